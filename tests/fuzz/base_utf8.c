/* UTF-8, folding, base64, times and dates: everything that takes loose text. Folding twice changes nothing. */
#include <string.h>

#include "fuzz.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

static void
check_fold(const char *text)
{
	FP_AUTO(fp_freep) char *once = fp_utf8_folded(text);
	FP_AUTO(fp_freep) char *twice = once ? fp_utf8_folded(once) : NULL;

	FUZZ_CHECK(once != NULL && twice != NULL);
	FUZZ_CHECK(fp_utf8_bad_at(once, strlen(once)) == strlen(once));
	FUZZ_CHECK(strcmp(once, twice) == 0);
	FUZZ_CHECK(fp_utf8_width(text) <= 2 * strlen(text));
}

static void
check_decode(const char *text, size_t len)
{
	struct fp_buf again = { .max = 0 };

	for (const char *p = text, *end = text + len; p < end;) {
		const char *at = p;
		uint32_t c = fp_utf8_next(&p, end);

		FUZZ_CHECK(p > at && p <= end);
		fp_buf_clear(&again);
		fp_utf8_put(&again, c);
		FUZZ_CHECK(c == FP_UTF8_BAD || (again.len == (size_t)(p - at) && memcmp(again.data, at, again.len) == 0));
	}
	fp_buf_free(&again);
}

static void
check_parsers(const char *text)
{
	struct fp_buf bytes = { .max = 0 }, back = { .max = 0 };
	char said[FP_TIME_MAX];
	struct fp_date date;
	fp_time t, u;

	if (fp_base64_get(&bytes, text, NULL) == FP_OK) {
		fp_base64_put(&back, bytes.data, bytes.len);
		FUZZ_CHECK(strcmp(back.data ? back.data : "", text) == 0);
	}
	if (fp_time_parse(&t, text, NULL) == FP_OK && fp_time_parse(&u, fp_time_text(said, t), NULL) == FP_OK)
		FUZZ_CHECK(t == u);
	if (fp_date_parse(&date, text, NULL) == FP_OK)
		FUZZ_CHECK(strcmp(fp_date_text(said, date), text) == 0);
	fp_buf_free(&bytes);
	fp_buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(fp_freep) char *text = fp_strndup((const char *)data, size);

	FUZZ_CHECK(text != NULL);
	check_decode((const char *)data, size);
	if (fp_utf8_bad_at(text, strlen(text)) == strlen(text))
		check_fold(text);
	check_parsers(text);
	return 0;
}
