/* JSON: what is read is written canonically, read again and written to the same bytes. */
#include <string.h>

#include "fuzz.h"

#include "base/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_JSON json_t *first = NULL, *second = NULL;
	struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	struct fp_err err;

	if (fp_json_parse(&first, (const char *)data, size, "input", &err) != FP_OK) {
		FUZZ_CHECK(err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return 0;
	}
	FUZZ_CHECK(fp_json_canonical(&one, first, NULL) == FP_OK);
	FUZZ_CHECK(fp_json_parse(&second, one.data, one.len, "again", NULL) == FP_OK);
	FUZZ_CHECK(fp_json_canonical(&two, second, NULL) == FP_OK);
	FUZZ_CHECK(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	fp_buf_free(&one);
	fp_buf_free(&two);
	return 0;
}
