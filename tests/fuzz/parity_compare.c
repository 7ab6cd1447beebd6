/* Any two texts, divided by the byte 0x1E, as language versions of one notice: refused with words, or a report that holds together and can be shown. */
#include <string.h>

#include "fuzz.h"

#include "document/html.h"
#include "parity/parity.h"

#define DIVIDER 0x1E

static struct term_base *terms;
static const struct letter_limits small = { .bytes = 20000, .blocks = 400, .pages = 20, .depth = 16 };

static struct draft *
read_side(const char *file, const uint8_t *data, size_t size)
{
	struct letter *l = NULL;
	struct draft *d = NULL;

	if (letter_read_text(&l, file, (const char *)data, size, &small, NULL) != FP_OK)
		return NULL;
	if (draft_from_letter(&d, l, terms, &(struct draft_options){ .keep_letter = true }, NULL) != FP_OK)
		letter_free(l);
	return d;
}

static void
check_finding(const struct parity_finding *f, const struct draft *const *side)
{
	FUZZ_CHECK(strlen(f->id) == 16 && f->message[0] != '\0' && f->severity <= PARITY_S3 && !f->waived);
	for (uint32_t i = 0; i < f->n_spots; i++) {
		const struct parity_spot *s = &f->spots[i];
		const struct letter *l;

		FUZZ_CHECK(s->side < 2);
		l = side[s->side]->letter;
		FUZZ_CHECK(s->block < 0 || (uint32_t)s->block < l->n_blocks);
		FUZZ_CHECK(s->block < 0 || (s->from <= l->blocks[s->block].len && s->len <= l->blocks[s->block].len - s->from));
	}
}

static void
check_report(const struct parity_report *r, const struct draft *const *side)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf html = { .max = 0 };
	FP_JSON json_t *j = parity_to_json(r, side);

	FUZZ_CHECK(r->n_sides == 2 && j != NULL);
	for (uint32_t i = 0; i < r->n_findings; i++)
		check_finding(&r->findings[i], side);
	for (uint32_t i = 0; i < r->n_rows; i++)
		for (uint32_t k = 0; k < 2; k++)
			FUZZ_CHECK(r->rows[i].block[k] < 0 || (uint32_t)r->rows[i].block[k] < side[k]->letter->n_blocks);
	FUZZ_CHECK(parity_document(&d, r, side, i18n_get("en"), true, NULL) == FP_OK);
	FUZZ_CHECK(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_STANDALONE }, &html, NULL) == FP_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *middle = size > 0 ? memchr(data, DIVIDER, size) : NULL;
	FP_AUTO(parity_freep) struct parity_report *r = NULL;
	FP_AUTO(draft_freep) struct draft *a = NULL;
	FP_AUTO(draft_freep) struct draft *b = NULL;
	struct fp_err err = { .msg = "" };

	if (middle == NULL || (terms == NULL && term_base_open(&terms, NULL, NULL) != FP_OK))
		return 0;
	a = read_side("a.txt", data, (size_t)(middle - data));
	b = read_side("b.txt", middle + 1, (size_t)(data + size - middle) - 1);
	if (a == NULL || b == NULL)
		return 0;
	if (parity_compare(&r, (const struct draft *const[]){ a, b }, 2, terms, NULL, &err) != FP_OK) {
		FUZZ_CHECK(r == NULL && err.msg[0] != '\0');
		return 0;
	}
	check_report(r, (const struct draft *const[]){ a, b });
	return 0;
}
