/* Any bytes as a page. */
#include "letter_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;
	struct fp_err err = { .msg = "" };
	struct letter_limits o = { .depth = size > 0 && data[0] == 1 ? 2 : 0 };
	enum fp_status status;

	(void)letter_detect("a.html", (const char *)data, size);
	status = letter_read_html(&l, "fuzz", (const char *)data, size, &o, &err);
	FUZZ_CHECK(status == FP_OK || err.msg[0] != '\0');
	if (status != FP_OK)
		return 0;
	letter_check(l, true);
	letter_check_json(l);
	return 0;
}
