/* exports(5): whatever the text, each export has a client and each client a flavour. */
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

	(void)linux_exports(&c, list, text);
	for (size_t i = 0; i < collect_count(list); i++) {
		const struct collect_value *clients = collect_get(collect_at(list, i), "clients");

		FUZZ_CHECK(collect_count(clients) > 0);
		for (size_t k = 0; k < collect_count(clients); k++)
			FUZZ_CHECK(collect_count(collect_get(collect_at(clients, k), "sec")) > 0);
	}
	(void)collect_canonical(a, list, NULL);
	(void)collect_canonical(a, c.unknown, NULL);
	collect_arena_free(a);
	return 0;
}
