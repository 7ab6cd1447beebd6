/* Facts of a capture from anywhere: what is read is written and read again the same, with the same verdicts; nothing left out lets a pass through. */
#include <string.h>

#include "fuzz.h"

#include "capture/capture.h"

static void
round_trip(const struct capture *c)
{
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	FP_AUTO(capture_freep) struct capture *again = NULL;

	if (capture_json_write(&one, c, NULL, 0, NULL) != FP_OK)
		return; /* the head alone may be too large: never with what capture_json_read takes, but the limit is not its business */
	FUZZ_CHECK(one.len <= CAPTURE_JSON_MAX);
	FUZZ_CHECK(capture_json_read(&again, one.data, one.len, NULL) == FP_OK);
	FUZZ_CHECK(capture_json_write(&two, again, NULL, 0, NULL) == FP_OK);
	FUZZ_CHECK(again->left_out != c->left_out || (one.len == two.len && memcmp(one.data, two.data, one.len) == 0));
	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		struct evidence_verdict x, y;

		capture_judge(&x, c, (enum capture_question)q, NULL);
		capture_judge(&y, again, (enum capture_question)q, NULL);
		FUZZ_CHECK(again->left_out != c->left_out ? y.result != EVIDENCE_PASS : memcmp(&x, &y, sizeof(x)) == 0);
		FUZZ_CHECK(x.result != EVIDENCE_PASS || (!c->cut_off && c->left_out == 0 && c->convs_over == 0));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(capture_freep) struct capture *c = NULL;
	struct fp_err err = { .status = FP_OK };

	if (capture_json_read(&c, (const char *)data, size, &err) == FP_OK)
		round_trip(c);
	else
		FUZZ_CHECK(c == NULL && err.status != FP_OK && err.msg[0] != '\0');
	return 0;
}
