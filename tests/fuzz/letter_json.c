/* Any JSON as the model: what is taken holds together and goes round. */
#include "letter_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_JSON json_t *j = NULL;
	FP_AUTO(letter_freep) struct letter *l = NULL;
	struct fp_err err = { .msg = "" };

	if (fp_json_parse(&j, (const char *)data, size, "fuzz", &err) != FP_OK)
		return 0;
	if (letter_from_json(&l, j, &err) != FP_OK) {
		FUZZ_CHECK(err.msg[0] != '\0');
		return 0;
	}
	letter_check(l, false);
	letter_check_json(l);
	return 0;
}
