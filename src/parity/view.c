/* The report for programs (JSON) and for people (a document: findings, then the versions side by side). */
#include <stdlib.h>
#include <string.h>

#include "parity/parity_int.h"

static const char *const by_names[] = {
	[PARITY_BY_STRUCTURE] = "structure", [PARITY_BY_TOKEN] = "token", [PARITY_BY_TERM] = "term"
};

#define EXCERPT 240u

/* At most so many bytes, cut at a character. */
static uint32_t
cut(const char *text, uint32_t len, uint32_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xC0u) == 0x80)
		max--;
	return max;
}

static json_t *
spot_json(const struct parity_report *r, const struct draft *const *sides, const struct parity_spot *s)
{
	const struct letter *l = sides[s->side]->letter;
	json_t *j = json_object();

	fp_json_set_str(j, "file", r->names[s->side]);
	fp_json_set_str(j, "language", r->languages[s->side]);
	fp_json_set(j, "value", s->value != NULL ? json_string(s->value) : json_null());
	fp_json_set_int(j, "page", s->place.page);
	if (s->place.line > 0) {
		fp_json_set_int(j, "line", s->place.line);
		fp_json_set_int(j, "column", s->place.col);
	}
	if (s->place.x1 > s->place.x0)
		fp_json_set(j, "box",
		    json_pack("[i,i,i,i]", (int)s->place.x0, (int)s->place.y0, (int)s->place.x1 + 1, (int)s->place.y1 + 1));
	fp_json_set(j, "block", s->block >= 0 ? json_integer(s->block) : json_null());
	if (s->block >= 0) {
		const struct letter_block *b = &l->blocks[s->block];

		fp_json_set(j, "text", json_stringn(b->text, cut(b->text, b->len, EXCERPT)));
	}
	return j;
}

static json_t *
finding_json(const struct parity_report *r, const struct draft *const *sides, const struct parity_finding *f)
{
	json_t *j = json_object(), *spots = json_array();

	fp_json_set_str(j, "id", f->id);
	fp_json_set_str(j, "code", f->code);
	fp_json_set_str(j, "severity", parity_severity_name(f->severity));
	fp_json_set_str(j, "by", by_names[f->by]);
	fp_json_set_str(j, "subject", f->subject);
	fp_json_set_str(j, "message", f->message);
	fp_json_set(j, "waived", json_boolean(f->waived));
	for (uint32_t i = 0; i < f->n_spots; i++)
		(void)json_array_append_new(spots, spot_json(r, sides, &f->spots[i]));
	fp_json_set(j, "versions", spots);
	return j;
}

json_t *
parity_to_json(const struct parity_report *r, const struct draft *const *sides)
{
	json_t *j = json_object(), *versions = json_array(), *findings = json_array(), *open = json_object(),
	       *rows = json_array();

	for (uint32_t i = 0; i < r->n_sides; i++) {
		json_t *v = json_object();

		fp_json_set_str(v, "file", r->names[i]);
		fp_json_set(v, "language", r->languages[i] != NULL ? json_string(r->languages[i]) : json_null());
		(void)json_array_append_new(versions, v);
	}
	for (uint32_t i = 0; i < r->n_findings; i++)
		(void)json_array_append_new(findings, finding_json(r, sides, &r->findings[i]));
	for (int s = PARITY_S1; s <= PARITY_S3; s++)
		fp_json_set_int(
		    open, parity_severity_name((enum parity_severity)s), (int64_t)parity_open(r, (enum parity_severity)s));
	for (uint32_t i = 0; i < r->n_rows; i++) {
		json_t *row = json_object(), *blocks = json_array();

		for (uint32_t s = 0; s < r->n_sides; s++)
			(void)json_array_append_new(
			    blocks, r->rows[i].block[s] >= 0 ? json_integer(r->rows[i].block[s]) : json_null());
		fp_json_set_str(row, "section", r->rows[i].section);
		fp_json_set(row, "blocks", blocks);
		(void)json_array_append_new(rows, row);
	}
	fp_json_set(j, "versions", versions);
	fp_json_set(j, "open", open);
	fp_json_set(j, "findings", findings);
	fp_json_set(j, "rows", rows);
	return j;
}

/* ---- the document ---- */

struct view {
	const struct parity_report *r;
	const struct draft *const *sides;
	const struct i18n *lang;
	bool side_by_side;
};

static enum doc_badge_style
style_of(const struct parity_finding *f)
{
	if (f->waived)
		return DOC_BADGE_NEUTRAL;
	return f->severity == PARITY_S1 ? DOC_BADGE_FAIL : f->severity == PARITY_S2 ? DOC_BADGE_WARNING : DOC_BADGE_INFO;
}

/* The row that shows a block of a side; -1 for none (headers and footers stand in no row). */
static int64_t
row_of(const struct parity_report *r, uint32_t side, int32_t block)
{
	for (uint32_t i = 0; block >= 0 && i < r->n_rows; i++)
		if (r->rows[i].block[side] == block)
			return i;
	return -1;
}

static void
place_text(struct doc_node *parent, const struct view *v, const struct parity_spot *s)
{
	int64_t row = v->side_by_side ? row_of(v->r, s->side, s->block) : -1;
	FP_AUTO(fp_buf_free) struct fp_buf where = { .max = 400 };
	char page[24], line[24], col[24], href[40];

	(void)snprintf(page, sizeof(page), "%d", s->place.page);
	(void)snprintf(line, sizeof(line), "%d", s->place.line);
	(void)snprintf(col, sizeof(col), "%d", s->place.col);
	if (s->place.line > 0 && s->place.page > 0)
		i18n_f(&where, v->lang, "page {page}, line {line}, column {column}", "page", page, "line", line, "column", col,
		    NULL);
	else if (s->place.line > 0)
		i18n_f(&where, v->lang, "line {line}, column {column}", "line", line, "column", col, NULL);
	else if (s->place.page > 0)
		i18n_f(&where, v->lang, "page {page}", "page", page, NULL);
	(void)snprintf(href, sizeof(href), "#row-%lld", (long long)row);
	if (where.len == 0)
		return;
	(void)doc_text(parent, " (");
	if (row >= 0)
		(void)doc_link(parent, href, where.data);
	else
		(void)doc_text(parent, where.data);
	(void)doc_text(parent, ")");
}

static void
one_finding(struct doc_node *parent, const struct view *v, uint32_t number)
{
	const struct parity_finding *f = &v->r->findings[number];
	struct doc_node *box = doc_section(parent, DOC_ROLE_CARD), *p = doc_para(box, NULL), *list;
	char id[24];

	(void)snprintf(id, sizeof(id), "finding-%u", number + 1);
	(void)doc_id(box, id);
	(void)doc_badge(p, style_of(f), parity_severity_name(f->severity));
	(void)doc_textf(p, " %u. ", number + 1);
	/* What a rule finds is a fact about letters; its words stay English, like those of other findings. */
	(void)doc_lang(doc_strong(p, f->message), "en");
	list = doc_list(box, false);
	for (uint32_t i = 0; i < f->n_spots; i++) {
		const struct parity_spot *s = &f->spots[i];
		struct doc_node *item = doc_item(list, NULL);

		(void)doc_textf(item, "%s: ", v->r->names[s->side]);
		(void)doc_strong(item, s->value != NULL ? s->value : i18n_t(v->lang, "not there"));
		place_text(item, v, s);
	}
	p = doc_class(doc_para(box, NULL), DOC_CLASS_MUTED);
	(void)doc_textf(p, "%s \u00b7 ", f->code);
	(void)doc_code(p, f->id);
	if (f->waived)
		(void)doc_textf(p, " \u00b7 %s", i18n_t(v->lang, "waived"));
}

/* The block's text with what findings point at in bold, each with a link to its finding. */
static void
marked_text(struct doc_node *cell, const struct view *v, uint32_t side, int32_t block)
{
	const struct letter_block *b = &v->sides[side]->letter->blocks[block];
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	struct doc_node *p = doc_para(cell, NULL);
	uint32_t at = 0;

	if (v->r->languages[side] != NULL)
		(void)doc_lang(p, v->r->languages[side]);
	for (uint32_t i = 0; i < v->r->n_findings; i++)
		for (uint32_t k = 0; k < v->r->findings[i].n_spots; k++) {
			const struct parity_spot *s = &v->r->findings[i].spots[k];
			char href[24], label[16];

			if (s->side != side || s->block != block)
				continue;
			(void)snprintf(href, sizeof(href), "#finding-%u", i + 1);
			(void)snprintf(label, sizeof(label), "%s-%u", parity_severity_name(v->r->findings[i].severity), i + 1);
			/* Overlapping places: the text is written once, the later finding only linked. */
			if (s->len > 0 && s->from >= at && s->from + s->len <= b->len) {
				fp_buf_clear(&text);
				fp_buf_add(&text, b->text + at, s->from - at);
				(void)doc_text(p, text.data);
				fp_buf_clear(&text);
				fp_buf_add(&text, b->text + s->from, s->len);
				(void)doc_strong(p, text.data);
				at = s->from + s->len;
			}
			(void)doc_text(p, "[");
			(void)doc_link(p, href, label);
			(void)doc_text(p, "] ");
		}
	fp_buf_clear(&text);
	fp_buf_add(&text, b->text + at, b->len - at);
	(void)doc_text(p, text.data);
}

static void
rows(struct doc_node *parent, const struct view *v)
{
	struct doc_node *box = doc_section(parent, DOC_ROLE_PLAIN), *table = doc_table(box, NULL),
			*head = doc_head_row(table, NULL, 0);

	(void)doc_label(doc_class(box, DOC_CLASS_SCROLL), i18n_t(v->lang, "The versions side by side"));
	(void)doc_label(doc_class(table, DOC_CLASS_COMPACT), i18n_t(v->lang, "The versions side by side"));
	(void)doc_head_cell(head, DOC_SCOPE_COL, i18n_t(v->lang, "Section"));
	for (uint32_t s = 0; s < v->r->n_sides; s++)
		(void)doc_head_cell(head, DOC_SCOPE_COL, v->r->names[s]);
	for (uint32_t i = 0; i < v->r->n_rows; i++) {
		struct doc_node *row = doc_row(table);
		const char *section = v->r->rows[i].section;
		char id[24];

		(void)snprintf(id, sizeof(id), "row-%u", i);
		(void)doc_id(row, id);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, i > 0 && strcmp(section, v->r->rows[i - 1].section) == 0 ? "" : section);
		for (uint32_t s = 0; s < v->r->n_sides; s++) {
			struct doc_node *cell = doc_cell(row, NULL);

			if (v->r->rows[i].block[s] >= 0)
				marked_text(cell, v, s, v->r->rows[i].block[s]);
			else
				(void)doc_class(doc_para(cell, "\u2014"), DOC_CLASS_MUTED);
		}
	}
}

static void
summary(struct doc_node *parent, const struct view *v)
{
	struct doc_node *p;
	bool clean = v->r->n_findings == 0, grave = parity_open(v->r, PARITY_S1) > 0;
	char s1[24], s2[24], s3[24];
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 2000 };

	(void)snprintf(s1, sizeof(s1), "%zu", parity_open(v->r, PARITY_S1));
	(void)snprintf(s2, sizeof(s2), "%zu", parity_open(v->r, PARITY_S2));
	(void)snprintf(s3, sizeof(s3), "%zu", parity_open(v->r, PARITY_S3));
	i18n_f(&text, v->lang,
	    "Open differences: {s1} of safety or legal meaning (S1), {s2} of data or form (S2), {s3} cosmetic (S3).", "s1", s1,
	    "s2", s2, "s3", s3, NULL);
	p = doc_callout(parent,
	    clean   ? DOC_BADGE_PASS
	    : grave ? DOC_BADGE_FAIL
		    : DOC_BADGE_WARNING,
	    clean   ? i18n_t(v->lang, "No difference was found")
	    : grave ? i18n_t(v->lang, "The versions do not say the same")
		    : i18n_t(v->lang, "The versions differ in details"));
	(void)doc_para(p, text.data);
	(void)doc_para(p, i18n_t(v->lang, "What no rule can find is left to a reader: compare the versions side by side."));
	for (uint32_t i = 0; i < v->r->n_sides; i++)
		if (v->r->languages[i] == NULL) {
			fp_buf_clear(&text);
			i18n_f(&text, v->lang, "The language of {file} could not be told: its words were not compared.", "file",
			    v->r->names[i], NULL);
			(void)doc_para(p, text.data);
		}
}

enum fp_status
parity_document(struct doc **out, const struct parity_report *r, const struct draft *const *sides, const struct i18n *lang,
    bool side_by_side, struct fp_err *err)
{
	const struct view v = { .r = r, .sides = sides, .lang = lang, .side_by_side = side_by_side };
	const struct doc_meta meta = { .title = i18n_t(lang, "Comparison of language versions"), .lang = i18n_tag(lang) };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *main;

	*out = NULL;
	if (doc_new(&d, &meta, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	main = doc_section(doc_root(d), DOC_ROLE_MAIN);
	(void)doc_heading(main, 1, meta.title);
	summary(main, &v);
	if (r->n_findings > 0)
		(void)doc_heading(main, 2, i18n_t(lang, "Differences"));
	for (uint32_t i = 0; i < r->n_findings; i++)
		one_finding(main, &v, i);
	if (side_by_side) {
		(void)doc_heading(main, 2, i18n_t(lang, "Side by side"));
		rows(main, &v);
	}
	*out = d;
	d = NULL;
	return FP_OK;
}
