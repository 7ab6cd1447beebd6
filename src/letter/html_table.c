/* Tables of a page: columns with colspan and rowspan; a table that only frames the page is no table. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "letter/build_int.h"
#include "letter/html_int.h"

#define NESTED_MAX 32

static struct html_table *
top(const struct html *h)
{
	return h->n_tables > 0 ? &h->tables[h->n_tables - 1] : NULL;
}

bool
letter_html_in_cell(const struct html *h)
{
	const struct html_table *t = top(h);

	return t != NULL && t->in_cell && !t->layout;
}

void
letter_html_lay_out(struct html *h)
{
	struct html_table *t = top(h);

	if (t == NULL || t->layout)
		return;
	t->layout = true;
	letter_build_untable(h->b, t->id, t->first_block);
}

void
letter_html_begin_table(struct html *h, bool terms)
{
	letter_html_lay_out(h);
	letter_html_close(h);
	letter_drop_empty(h->b);
	if (h->n_tables >= h->cap_tables && fp_grow(&h->tables, &h->cap_tables, h->n_tables + 1, sizeof(*h->tables)) != 0) {
		h->no_memory = true;
		return;
	}
	h->tables[h->n_tables] =
	    (struct html_table){ .id = h->next_table++, .first_block = h->b->n_blocks, .row = -1, .terms = terms };
	h->tables[h->n_tables].layout = h->n_tables >= NESTED_MAX;
	h->n_tables++;
}

void
letter_html_end_table(struct html *h)
{
	h->n_tables -= h->n_tables > 0;
	letter_html_close(h);
}

void
letter_html_begin_row(struct html *h)
{
	struct html_table *t = top(h);

	letter_html_close(h);
	if (t == NULL)
		return;
	t->row++;
	t->col = 0;
	t->in_cell = false;
	for (size_t i = 0; i < HTML_COLUMNS; i++) {
		if (t->left[i] > 0)
			t->left[i]--;
	}
}

static int
span(const char *text)
{
	int n = text != NULL ? letter_html_number(text, 1) : 1;

	return n < 1 ? 1 : n > 1000 ? 1000 : n;
}

static bool
is_taken(const struct html_table *t)
{
	return t->col < HTML_COLUMNS && t->left[t->col] > 0;
}

void
letter_html_begin_cell(struct html *h, const char *colspan, const char *rowspan)
{
	struct html_table *t = top(h);
	struct letter_block *open;
	int columns = span(colspan), rows = span(rowspan);

	letter_html_close(h);
	if (t == NULL || t->layout)
		return;
	if (t->row < 0)
		t->row = 0;
	while (is_taken(t))
		t->col++;
	letter_html_open(h, LETTER_CELL, 0);
	open = letter_build_open(h->b);
	if (open == NULL)
		return;
	open->table = t->id;
	open->row = t->row;
	open->col = t->col;
	open->colspan = columns;
	/* a row begins by counting down, so the cell's own row is counted too */
	for (int i = t->col; i < t->col + columns && i < HTML_COLUMNS; i++)
		t->left[i] = (uint16_t)rows;
	t->col += columns;
	t->in_cell = true;
}

void
letter_html_begin_term(struct html *h, bool value)
{
	struct html_table *t = top(h);

	if (t == NULL || !t->terms) {
		letter_html_close(h);
		return;
	}
	if (!value || t->col > 1 || t->row < 0)
		letter_html_begin_row(h);
	t->col = value;
	letter_html_begin_cell(h, NULL, NULL);
}

void
letter_html_end_cell(struct html *h)
{
	struct html_table *t = top(h);

	letter_html_close(h);
	if (t != NULL)
		t->in_cell = false;
}
