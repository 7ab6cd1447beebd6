/* Units of systemd and the rules of nft. */
#include "collect_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t;
	char *text = target_begin(&t, data, size);

	struct linux_unit u = { .service = false };

	linux_ruleset(&t.c, t.c.facts, target_text(t.arena, data, size));
	FUZZ_CHECK(collect_get(t.c.facts, "input_policy") != NULL);
	linux_unit_parse(t.arena, &u, text);
	FUZZ_CHECK(u.exec == NULL || strpbrk(u.exec, "\n") == NULL);
	return target_end(&t);
}
