/* Answers of a management controller, any bytes of any length: facts come out, and no list is longer than the schema allows. */
#include "collect_fuzz.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t;
	char *text = target_begin(&t, data, size);

	struct ipmi i = { .exchange = from_input };
	struct collect_value *bmc = collect_object(t.arena);

	answers = data;
	left = size;
	ipmi_facts(&t.c, bmc, &i);
	FUZZ_CHECK(collect_count(collect_get(bmc, "users")) <= 64 && collect_count(collect_get(bmc, "lan")) <= 16);
	(void)ipmi_vm_unframe((uint8_t *)text, size);
	collect_add(t.list, bmc);
	return target_end(&t);
}
