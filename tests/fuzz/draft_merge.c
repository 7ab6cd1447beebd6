/* Any bytes as a decisions file for two fixed letters that differ: refused with words, or a notice; the file written anew reads to the same notice. */
#include <string.h>

#include "fuzz.h"

#include "draft/merge.h"

static const char *const letters[] = {
	"FIELD SAFETY NOTICE\n\nReference: FSN2031-0042\nDate: 5 March 2031\n\nDear customer,\n\n| Product | Catalogue number | "
	"UDI-DI |\n"
	"|---|---|---|\n| Hemalux 300 | HX-300-01 | 05712345000014 |\n\n**What you must do**\n\n1. You must install the "
	"update.\n\n"
	"Technical support: support@norlab.example\n",
	"SICHERHEITSANWEISUNG IM FELD\n\nReferenz: FSN2031-0042\nDatum: 6. März 2031\n\nSehr geehrte Damen und Herren,\n\n"
	"| Produkt | Katalognummer | UDI-DI |\n|---|---|---|\n| Hemalux 300 | HX-300-02 | 05712345000014 |\n\n"
	"**Was Sie tun müssen**\n\n1. Sie müssen das Update installieren.\n\nTechnischer Support: hilfe@norlab.example\n",
};
static struct term_base *terms;
static struct draft *side[2];

static void
prepare(void)
{
	if (terms != NULL)
		return;
	FUZZ_CHECK(term_base_open(&terms, NULL, NULL) == FP_OK);
	for (size_t i = 0; i < FP_COUNT(letters); i++) {
		struct letter *l = NULL;

		FUZZ_CHECK(
		    letter_read_text(&l, i == 0 ? "en.txt" : "de.txt", letters[i], strlen(letters[i]), NULL, NULL) == FP_OK);
		FUZZ_CHECK(draft_from_letter(&side[i], l, terms, &(struct draft_options){ .keep_letter = true }, NULL) == FP_OK);
	}
}

static enum fp_status
merge(struct merge **m, const char *data, size_t size, struct fp_err *err)
{
	return draft_merge(m, (const struct draft *const *)side, 2, terms, data, size, "decisions.txt", err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(merge_freep) struct merge *m = NULL;
	FP_AUTO(merge_freep) struct merge *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };
	struct fp_err err = { .msg = "" };

	prepare();
	if (merge(&m, (const char *)data, size, &err) != FP_OK) {
		FUZZ_CHECK(m == NULL && err.msg[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(merge_decisions(&file, m, NULL) == FP_OK);
	FUZZ_CHECK(merge(&again, file.data, file.len, &err) == FP_OK);
	FUZZ_CHECK(json_equal(m->notice, again->notice) == 1 && m->n_open == again->n_open);
	return 0;
}
