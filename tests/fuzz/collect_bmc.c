/* Answers of a management controller, any bytes of any length: facts come out, and no list is longer than the schema allows. */
#include <string.h>

#include "fuzz.h"

#include "collect/linux.h"
#include "collect/linux_ipmi.h"

static const uint8_t *answers;
static size_t left;

static size_t
from_input(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	size_t n = left == 0 ? 0 : answers[0] % IPMI_ANSWER_MAX;

	(void)i;
	FUZZ_CHECK(ipmi_allowed(netfn, cmd, data, len));
	if (left == 0)
		return 0;
	answers++;
	left--;
	n = n < left ? n : left;
	if (n > 0)
		memcpy(answer, answers, n);
	answers += n;
	left -= n;
	return n;
}

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

	struct ipmi i = { .exchange = from_input };
	struct collect_value *bmc = collect_object(a);

	answers = data;
	left = size;
	ipmi_facts(&c, bmc, &i);
	FUZZ_CHECK(collect_count(collect_get(bmc, "users")) <= 64 && collect_count(collect_get(bmc, "lan")) <= 16);
	(void)ipmi_vm_unframe((uint8_t *)text, size);
	collect_add(list, bmc);
	(void)collect_canonical(a, list, NULL);
	(void)collect_canonical(a, c.unknown, NULL);
	collect_arena_free(a);
	return 0;
}
