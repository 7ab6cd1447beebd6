/* Any bytes as what tesseract writes. The first byte is the resolution. */
#include "letter_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;
	struct letter_limits o = { 0 };
	struct fp_err err = { .msg = "" };
	enum fp_status status;

	if (size == 0)
		return 0;
	if (data[0] == 1)
		o = (struct letter_limits){ .bytes = 2000, .blocks = 5, .pages = 2 };
	status = letter_read_tsv(&l, "fuzz", (const char *)data + 1, size - 1, data[0] * 4, &o, &err);
	FUZZ_CHECK(status == FP_OK || (status == FP_ELIMIT && err.msg[0] != '\0'));
	if (status != FP_OK)
		return 0;
	letter_check(l, true);
	letter_check_json(l);
	return 0;
}
