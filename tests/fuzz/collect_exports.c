/* exports(5): whatever the text, each export has a client and each client a flavour. */
#include "collect_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t;
	char *text = target_begin(&t, data, size);

	(void)linux_exports(&t.c, t.list, text);
	for (size_t i = 0; i < collect_count(t.list); i++) {
		const struct collect_value *clients = collect_get(collect_at(t.list, i), "clients");

		FUZZ_CHECK(collect_count(clients) > 0);
		for (size_t k = 0; k < collect_count(clients); k++)
			FUZZ_CHECK(collect_count(collect_get(collect_at(clients, k), "sec")) > 0);
	}
	return target_end(&t);
}
