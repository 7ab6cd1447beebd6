/* Canonical bytes of a notice: refused with words, or the same bytes again; then findings, signature and letter end in order. */
#include <string.h>

#include "fuzz.h"

#include "document/text.h"
#include "notice/lint.h"
#include "notice/render.h"
#include "notice/sign.h"

static void
use(const struct notice *n)
{
	struct notice_findings f = { 0 };
	struct notice_verdict v;

	FUZZ_CHECK(notice_lint(&f, n, NULL, NULL) == FP_OK);
	notice_findings_free(&f);
	FUZZ_CHECK(notice_verify(&v, n, NULL, 0, NULL, 0, NULL) == FP_OK && v.state == NOTICE_UNSIGNED);
	for (size_t i = 0; i < n->n_texts && i < 2; i++) {
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
		struct fp_err err;

		if (notice_render(&d, n, n->texts[i].lang, NULL, &err) != FP_OK || doc_write_text(d, NULL, &text, &err) != FP_OK)
			FUZZ_CHECK(err.msg[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf again = { .max = 0 };
	struct fp_err err = { .msg = "" };

	if (notice_parse(&n, (const char *)data, size, &err) != FP_OK) {
		FUZZ_CHECK(n == NULL && err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return 0;
	}
	FUZZ_CHECK(notice_canonical(&again, n, NULL) == FP_OK);
	FUZZ_CHECK(again.len == size && memcmp(again.data, data, size) == 0);
	use(n);
	return 0;
}
