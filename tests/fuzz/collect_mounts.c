/* /proc/self/mounts: no option that is a secret or names a person gets through. */
#include <string.h>

#include "fuzz.h"

#include "collect/linux.h"

static struct collect_options options = { .root = "/", .ipmi = "none" };

static char *
text_of(struct collect_arena *a, const uint8_t *data, size_t size)
{
	char *text = collect_alloc(a, size + 1);

	if (size > 0)
		memcpy(text, data, size);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collect_arena *a = collect_arena_new();
	struct collect c = { &options, a, collect_object(a), collect_list(a) };
	struct collect_value *list = collect_list(a);
	char *text = text_of(a, data, size);

	linux_mounts(&c, list, text);
	for (size_t i = 0; i < collect_count(list); i++) {
		const struct collect_value *o = collect_get(collect_at(list, i), "options");

		FUZZ_CHECK(collect_get(o, "username") == NULL && collect_get(o, "password") == NULL &&
			   collect_get(o, "credentials") == NULL);
		FUZZ_CHECK(collect_as_text(collect_get(collect_at(list, i), "source")) != NULL);
	}
	(void)collect_canonical(a, list, NULL);
	(void)collect_canonical(a, c.unknown, NULL);
	collect_arena_free(a);
	return 0;
}
