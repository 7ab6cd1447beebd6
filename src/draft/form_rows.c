/* Rows of the form: cells of one row belong together, everything else is a row of its own. */
#include <string.h>

#include "draft/form_int.h"

#define ROW_MAX 16u

struct row {
	uint32_t cell[ROW_MAX]; /* blocks */
	uint32_t n;
	int table; /* -1: no table */
};

static struct form_text
whole(const struct form *f, uint32_t block)
{
	return (struct form_text){ block, 0, f->w->l->blocks[block].len };
}

static bool
has_box(const struct form *f, uint32_t block)
{
	struct form_box box;
	size_t at = 0;

	return form_box_next(f->w, block, &at, f->w->l->blocks[block].len, &box);
}

static bool
has_text(const struct form *f, uint32_t block)
{
	struct form_text t = form_trim(f->w, whole(f, block));

	return t.from < t.to;
}

static void
read_lines(struct form *f, uint32_t block)
{
	const struct letter_block *b = &f->w->l->blocks[block];
	struct form_text t = { .block = block };
	size_t at = 0;

	f->col = b->kind == LETTER_CELL ? b->col : 0;
	while (draft_line_next(b->text, b->len, &at, &t.from, &t.to))
		form_read_line(f, t);
}

/* ---- tables that ask for serial numbers, row by row ---- */

static void
end_serial_table(struct form *f)
{
	struct form_entry *e;

	if (f->serial_table >= 0 && f->serial_head.to > f->serial_head.from) {
		e = form_entry_new(f, FORM_SERIALS, f->serial_head);
		if (e != NULL)
			form_entry_name(f, e, "serial-numbers");
	}
	f->serial_table = -1;
	f->serial_head = (struct form_text){ 0 };
}

/* "Server | Serial number(s)" over empty cells. */
static bool
begins_serial_table(struct form *f, const struct row *r)
{
	for (uint32_t i = 1; i < r->n; i++) {
		const struct letter_block *b = &f->w->l->blocks[r->cell[i]];

		if (b->len < 60 && has_text(f, r->cell[0]) && !has_box(f, r->cell[0]) &&
		    draft_has(draft_signs_of(f->w, r->cell[i]), SIGN_LABEL_SERIAL)) {
			end_serial_table(f);
			f->serial_table = r->table;
			f->serial_head = whole(f, r->cell[i]);
			return true;
		}
	}
	return false;
}

static bool
reads_serial_row(struct form *f, const struct row *r)
{
	const struct letter_block *b = &f->w->l->blocks[r->cell[0]];
	struct form_text t = whole(f, r->cell[0]);
	struct form_entry *e;
	char id[96] = "serial-numbers-";
	size_t share = 0;
	const char *key = draft_named_section(f->w, r->cell[0], 0, b->len, &share);

	for (uint32_t i = 1; i < r->n; i++)
		if (has_text(f, r->cell[i]))
			return false;
	if (f->serial_table < 0 || r->table != f->serial_table || b->col != 0 || b->len > 120 || has_box(f, r->cell[0]) ||
	    (key != NULL && strncmp(key, "form", 4) == 0 && share >= 60))
		return false;
	if (!has_text(f, r->cell[0]))
		return true;
	e = form_entry_new(f, FORM_SERIALS, t);
	if (e != NULL) {
		const char *product = form_product_id(f, t);

		memcpy(id + 15, product, strlen(product) < 64 ? strlen(product) + 1 : 0);
		form_entry_name(f, e, id);
		f->listed = true;
	}
	f->serial_head = (struct form_text){ 0 };
	return true;
}

/* ---- heads of columns over boxes ---- */

static bool
is_answer(const struct form *f, uint32_t block)
{
	const struct draft_signs *s = draft_signs_of(f->w, block);

	return f->w->l->blocks[block].len < 30 &&
	       (draft_has(s, SIGN_YES) || draft_has(s, SIGN_NO) || draft_has(s, SIGN_NOT_APPLICABLE));
}

/* The row below it holds a box without words. */
static bool
boxes_below(const struct form *f, const struct row *r)
{
	const struct letter_block *head = &f->w->l->blocks[r->cell[0]];

	for (uint32_t i = r->cell[r->n - 1] + 1; i < f->w->l->n_blocks; i++) {
		const struct letter_block *b = &f->w->l->blocks[i];
		struct form_box box;
		size_t at = 0;

		if (b->zone != LETTER_BODY)
			continue;
		if (b->kind != LETTER_CELL || b->table != head->table || b->row > head->row + 1)
			return false;
		if (b->len <= 6 && form_box_next(f->w, i, &at, b->len, &box))
			return true;
	}
	return false;
}

/* "Statement | Yes | No", "Product | Returned | Destroyed": what a lone box below means stands at the head of its column. */
static bool
begins_headed_table(struct form *f, const struct row *r)
{
	uint32_t answers = 0;

	for (uint32_t i = 0; i < r->n; i++)
		answers += is_answer(f, r->cell[i]) && !has_box(f, r->cell[i]);
	if (r->n < 2 || (answers < 2 && !boxes_below(f, r)))
		return false;
	f->head_table = r->table;
	memset(f->head, 0, sizeof(f->head));
	for (uint32_t i = 0; i < r->n; i++) {
		int col = f->w->l->blocks[r->cell[i]].col;

		if (col >= 0 && col < FORM_COLUMNS)
			f->head[col] = whole(f, r->cell[i]);
	}
	return true;
}

/* ---- rows ---- */

/* What the row asks stands in its first cell without a box, left or right of the boxes, in one piece whatever lines it was printed in. */
static void
read_answer_row(struct form *f, const struct row *r)
{
	const struct form_entry *answered;
	uint32_t asks = r->n;

	for (uint32_t i = 0; i < r->n && asks == r->n; i++)
		if (!has_box(f, r->cell[i]) && has_text(f, r->cell[i]))
			asks = i;
	if (asks < r->n)
		form_read_question(f, whole(f, r->cell[asks]));
	for (uint32_t i = 0; i < r->n; i++)
		if (has_box(f, r->cell[i]))
			read_lines(f, r->cell[i]);
	answered = f->n > 0 ? f->entries[f->n - 1] : NULL;
	for (uint32_t i = asks + 1; i < r->n; i++)
		if (!has_box(f, r->cell[i]))
			(void)form_read_fields(f, whole(f, r->cell[i]), answered);
}

/* "Name: | Date:" are two labels, "Reference | FSN-1" is one with its value. */
static bool
is_label(const struct form *f, uint32_t block)
{
	const struct term_hit *h = draft_hit_first(f->w, block, TERM_LABEL);

	return h != NULL && h->from <= 2;
}

static void
read_table_row(struct form *f, const struct row *r)
{
	bool boxes = false;

	for (uint32_t i = 0; i < r->n; i++)
		boxes = boxes || has_box(f, r->cell[i]);
	if (!boxes && (begins_serial_table(f, r) || reads_serial_row(f, r) || begins_headed_table(f, r)))
		return;
	end_serial_table(f);
	if (boxes) {
		read_answer_row(f, r);
		return;
	}
	if (r->n == 2 && has_text(f, r->cell[0]) && has_text(f, r->cell[1]) && !is_label(f, r->cell[1])) {
		f->given = true;
		read_lines(f, r->cell[0]);
		f->given = false;
		return;
	}
	for (uint32_t i = 0; i < r->n; i++)
		read_lines(f, r->cell[i]);
}

static bool
same_row(const struct letter_block *a, const struct letter_block *b)
{
	return a->kind == LETTER_CELL && b->kind == LETTER_CELL && a->table == b->table && a->row == b->row;
}

static void
read_row(struct form *f, const struct row *r)
{
	if (r->n == 0)
		return;
	if (r->table >= 0) {
		read_table_row(f, r);
		return;
	}
	end_serial_table(f);
	read_lines(f, r->cell[0]);
}

void
form_read_rows(struct form *f)
{
	const struct letter *l = f->w->l;
	struct row r = { .n = 0, .table = -1 };

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];

		if (b->zone != LETTER_BODY || !draft_in_form(f->w, i))
			continue;
		if (r.n > 0 && !(r.n < ROW_MAX && same_row(&l->blocks[r.cell[0]], b))) {
			read_row(f, &r);
			r.n = 0;
		}
		r.table = b->kind == LETTER_CELL ? b->table : -1;
		r.cell[r.n++] = i;
	}
	read_row(f, &r);
	end_serial_table(f);
}
