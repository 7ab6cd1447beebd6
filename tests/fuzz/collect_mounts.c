/* /proc/self/mounts: no option that is a secret or names a person gets through. */
#include "collect_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t;
	char *text = target_begin(&t, data, size);

	linux_mounts(&t.c, t.list, text);
	for (size_t i = 0; i < collect_count(t.list); i++) {
		const struct collect_value *o = collect_get(collect_at(t.list, i), "options");

		FUZZ_CHECK(collect_get(o, "username") == NULL && collect_get(o, "password") == NULL &&
			   collect_get(o, "credentials") == NULL);
		FUZZ_CHECK(collect_as_text(collect_get(collect_at(t.list, i), "source")) != NULL);
	}
	return target_end(&t);
}
