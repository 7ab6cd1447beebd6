/* A reply from outside: what is read is written and read again as the same, judged for contradictions, and shown whole. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#include "document/text.h"
#include "reply/reply.h"

static struct notice *
some_notice(void)
{
	static struct notice *n;

	if (n == NULL)
		FUZZ_CHECK(notice_open(&n, "notices/FSN2023-1338", NULL) == FP_OK);
	return n;
}

static void
check_form(const struct reply *r)
{
	struct reply_problem found[8];
	struct doc *d = NULL;
	struct fp_buf text = { .max = 0 };
	struct fp_err err;

	FUZZ_CHECK(reply_problems(found, 8, r, some_notice()) >= reply_contradictions(r, some_notice()));
	if (r->n_rows > 200)
		return;
	if (reply_document(&d, r, some_notice(), NULL, &err) == FP_OK)
		FUZZ_CHECK(doc_write_text(d, NULL, &text, &err) == FP_OK);
	fp_buf_free(&text);
	doc_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply *r = NULL, *again = NULL;
	struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	struct fp_err err = { .msg = "" };

	if (reply_read(&r, (const char *)data, size, &err) != FP_OK) {
		FUZZ_CHECK(r == NULL && err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return 0;
	}
	FUZZ_CHECK(reply_write(&one, r, NULL) == FP_OK);
	FUZZ_CHECK(reply_read(&again, one.data, one.len, NULL) == FP_OK);
	FUZZ_CHECK(reply_write(&two, again, NULL) == FP_OK);
	FUZZ_CHECK(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	check_form(r);
	reply_free(r);
	reply_free(again);
	fp_buf_free(&one);
	fp_buf_free(&two);
	return 0;
}
