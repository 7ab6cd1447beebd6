/* Units of systemd and the rules of nft. */
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

	struct linux_unit u = { .service = false };

	linux_ruleset(&c, c.facts, text_of(a, data, size));
	FUZZ_CHECK(collect_get(c.facts, "input_policy") != NULL);
	linux_unit_parse(a, &u, text);
	FUZZ_CHECK(u.exec == NULL || strpbrk(u.exec, "\n") == NULL);
	(void)collect_canonical(a, list, NULL);
	(void)collect_canonical(a, c.unknown, NULL);
	collect_arena_free(a);
	return 0;
}
