/* A band that is a table: its rows and cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define MIDDLE_ROWS 8 /* that a cell in the middle may span in either direction */

static bool
is_cut(const struct layout *l, const struct lay_strip *a, const struct lay_strip *b)
{
	return b->box.y0 - a->box.y1 > l->cut * lay_height(&b->segs[0].box);
}

/* Columns that the strip has text in; *first: the first one too. */
static uint32_t
count_cols(const struct lay_strip *s, const struct lay_cols *cols, bool *first)
{
	bool touched[LAY_COLS] = { false };
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t low = 0, high = 0;

		if (layout_touches(cols, &s->segs[k].box, &low, &high))
			touched[low] = true;
	}
	for (uint32_t c = 0; c < cols->n; c++)
		n += touched[c];
	*first = touched[0];
	return n;
}

/*
 * Strips [0, n) without a gap through all columns. In a table without such gaps a row begins where the first column and another have text; between gaps
 * only where three or more lines in a row fill all columns.
 */
static bool
has_inner_rows(const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols, uint32_t cuts)
{
	uint32_t full = 0, rows = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool first;
		uint32_t touched = count_cols(&strips[i], cols, &first);

		full += touched == cols->n;
		rows += first && touched >= 2;
	}
	return cuts > 1 ? n >= 3 && full == n : rows >= 2 + cuts;
}

/* The text above in the same column, up to two strips away. */
static const struct lay_seg *
above(const struct lay_strip *strips, uint32_t at, const struct lay_cols *cols, uint32_t col)
{
	for (uint32_t i = at; i > 0 && at - i < 2; i--) {
		for (uint32_t k = strips[i - 1].n; k > 0; k--) {
			uint32_t low = 0, high = 0;

			if (layout_touches(cols, &strips[i - 1].segs[k - 1].box, &low, &high) && low == col)
				return &strips[i - 1].segs[k - 1];
		}
	}
	return NULL;
}

/* A sentence that has not ended goes on in small letters. */
static bool
continues(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b)
{
	uint32_t first = layout_first_char(l, b);

	return first != FP_UTF8_BAD && u_islower((UChar32)first) && strchr(".:;!?", layout_last_char(l, a)) == NULL;
}

/* A line of one column that begins in small letters below a line without an end: the cell goes on, however wide its lines are set. */
static bool
is_rest(const struct layout *l, const struct lay_strip *strips, uint32_t at, const struct lay_cols *cols)
{
	const struct lay_seg *s = &strips[at].segs[0], *before;
	uint32_t low = 0, high = 0;

	if (strips[at].n > 1 || !layout_touches(cols, &s->box, &low, &high))
		return false;
	before = above(strips, at, cols, low);
	return before != NULL && continues(l, before, s) && s->box.y0 - before->box.y1 < 0.9F * lay_height(&s->box);
}

/* Are all pieces of the strip rests of sentences in the strip above? */
static bool
all_rest(const struct layout *l, const struct lay_strip *strips, uint32_t at, const struct lay_cols *cols)
{
	for (uint32_t k = 0; k < strips[at].n; k++) {
		uint32_t low = 0, high = 0;
		const struct lay_seg *before;

		if (!layout_touches(cols, &strips[at].segs[k].box, &low, &high))
			return false;
		before = above(strips, at, cols, low);
		if (before == NULL || !continues(l, before, &strips[at].segs[k]))
			return false;
	}
	return true;
}

/* The gap from which on a row ends, as a share of the height: more than between lines of which one surely goes on from the other, where there are such. */
static float
cut_gap(const struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols)
{
	float most = -1;

	for (uint32_t i = 1; i < n; i++) {
		float gap = (strips[i].box.y0 - strips[i - 1].box.y1) / lay_height(&strips[i].segs[0].box);

		if (gap > most && gap < 0.9F && all_rest(l, strips, i, cols))
			most = gap;
	}
	if (most > -1)
		return most + (l->scan ? 0.15F : 0.09F);
	return l->wrap + (l->scan ? 0.22F : 0.17F);
}

/* Where rows begin. */
static void
find_rows(struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols, bool *begins)
{
	uint32_t cuts = 0;

	l->cut = cut_gap(l, strips, n, cols);
	for (uint32_t i = 1; i < n; i++)
		cuts += is_cut(l, &strips[i - 1], &strips[i]);
	for (uint32_t i = 0, k; i < n; i = k) {
		bool inner;

		begins[i] = i == 0 || !is_rest(l, strips, i, cols);
		for (k = i + 1; k < n && !is_cut(l, &strips[k - 1], &strips[k]); k++)
			;
		inner = has_inner_rows(strips + i, k - i, cols, cuts);
		for (uint32_t m = i + 1; inner && m < k; m++) {
			bool first;

			begins[m] = count_cols(&strips[m], cols, &first) >= 2 && first;
		}
	}
}

/* A row as the strips make it: its height, and that of its text in the first column. */
struct extent {
	uint32_t first; /* strip */
	float y0, y1;
	float own0, own1; /* own1 0: no text in the first column */
};

static struct extent
extent_of(const struct lay_strip *strips, uint32_t first, uint32_t end, const struct lay_cols *cols)
{
	struct extent e = { .first = first, .y0 = strips[first].box.y0, .y1 = strips[first].box.y1 };

	for (uint32_t i = first; i < end; i++) {
		e.y1 = strips[i].box.y1 > e.y1 ? strips[i].box.y1 : e.y1;
		for (uint32_t k = 0; k < strips[i].n; k++) {
			const struct lay_box *box = &strips[i].segs[k].box;
			uint32_t low = 0, high = 0;

			if (!layout_touches(cols, box, &low, &high) || low != 0)
				continue;
			e.own0 = e.own1 > 0 ? e.own0 : box->y0;
			e.own1 = box->y1;
		}
	}
	return e;
}

/* How many rows above and below e[r], none of which has text in the first column, make its text stand in the middle of all; false: none. */
static bool
find_middle(const struct extent *e, uint32_t n, uint32_t r, uint32_t *above_it, uint32_t *below_it)
{
	float middle = (e[r].own0 + e[r].own1) / 2;

	for (uint32_t up = 1; up <= r && up <= MIDDLE_ROWS && e[r - up].own1 <= 0; up++) {
		for (uint32_t down = 0; r + down < n && down <= MIDDLE_ROWS && (down == 0 || e[r + down].own1 <= 0); down++) {
			float whole = (e[r - up].y0 + e[r + down].y1) / 2;

			if (fabsf(whole - middle) < 1.5F) {
				*above_it = up;
				*below_it = down;
				return true;
			}
		}
	}
	return false;
}

/* A first cell set in the middle of its row, beside a cell of several paragraphs: what looks like rows above and below is that cell. */
static void
join_middle_rows(struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols, bool *begins)
{
	struct extent *e = layout_alloc(l, n, sizeof(*e));
	uint32_t rows = 0;

	for (uint32_t i = 0, k; e != NULL && i < n; i = k) {
		for (k = i + 1; k < n && !begins[k]; k++)
			;
		e[rows++] = extent_of(strips, i, k, cols);
	}
	for (uint32_t r = 1; r < rows; r++) {
		uint32_t up = 0, down = 0;

		if (e[r].own1 <= 0 || e[r - 1].own1 > 0 || !find_middle(e, rows, r, &up, &down))
			continue;
		for (uint32_t k = r - up + 1; k <= r + down; k++)
			begins[e[k].first] = false;
		r += down;
	}
}

/* Pieces of one cell. */
struct cell {
	const struct lay_seg **v;
	uint32_t n;
	uint32_t last; /* last column that it goes over */
};

static bool
is_code(const struct layout *l, const struct lay_seg *s)
{
	const struct lay_word *w = &l->words[s->first];
	bool digit = false;

	for (uint32_t i = 0; i < w->len && !digit; i++)
		digit = (unsigned char)(w->text[i] - '0') < 10;
	return s->n == 1 && digit && strchr("-/,;", w->text[w->len - 1]) == NULL;
}

static enum lay_join
join_in_cell(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b, float right)
{
	if (a->row == b->row)
		return JOIN_LINE;
	/* Two codes, one below the other, are two. */
	if (is_code(l, a) && is_code(l, b))
		return JOIN_BREAK;
	/* "[] Yes [] No" is complete: what begins anew below it is something else. */
	if (layout_ends_choice(l, a) && !u_islower((UChar32)layout_first_char(l, b)))
		return JOIN_BREAK;
	if (b->box.y0 - a->box.y1 > (l->wrap + 0.35F) * lay_height(&b->box) && !continues(l, a, b))
		return JOIN_BREAK;
	return layout_join(l, a, b, right);
}

static void
write_cell(struct layout *l, const struct cell *c, int row, uint32_t col, float right)
{
	struct letter_block *block;

	letter_build_block(l->build, LETTER_CELL, 0, l->page);
	block = letter_build_open(l->build);
	if (block == NULL)
		return;
	block->table = l->tables;
	block->row = row;
	block->col = (int)col;
	block->colspan = (int)(c->last - col) + 1;
	block->zone = l->zone;
	block->bold = c->n > 0;
	for (uint32_t i = 0; i < c->n && block->bold; i++)
		block->bold = layout_is_bold(l, c->v[i]);
	for (uint32_t i = 0; i < c->n; i++) {
		if (i > 0 && c->v[i]->row == c->v[i - 1]->row)
			letter_build_text(l->build, " ", 1,
			    (struct letter_place){ .page = l->page,
				.x0 = c->v[i]->box.x0,
				.y0 = c->v[i]->box.y0,
				.x1 = c->v[i]->box.x1,
				.y1 = c->v[i]->box.y1 });
		else if (i > 0 && join_in_cell(l, c->v[i - 1], c->v[i], right) == JOIN_BREAK)
			letter_build_break(l->build);
		else if (i > 0)
			letter_build_line(l->build);
		layout_write_words(l, c->v[i], 0, 0);
	}
}

/* Reading order: rows of words are numbered from the top, words in them from the left. */
static int
by_first(const void *a, const void *b)
{
	const struct lay_seg *const *s = a, *const *t = b;

	return (*s)->first < (*t)->first ? -1 : (*s)->first > (*t)->first;
}

/* The pieces of n strips go to their cells, which are one per column; they are only counted where a cell has no room yet. */
static void
put_pieces(struct cell *cells, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < strips[i].n; k++) {
			uint32_t low = 0, high = 0;
			struct cell *c;

			if (!layout_touches(cols, &strips[i].segs[k].box, &low, &high))
				continue;
			c = &cells[low];
			if (c->v != NULL)
				c->v[c->n] = &strips[i].segs[k];
			c->n++;
			c->last = high > c->last ? high : c->last;
		}
	}
}

static bool
fill_cells(struct layout *l, struct cell *cells, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols)
{
	put_pieces(cells, strips, n, cols);
	for (uint32_t c = 0; c < cols->n; c++) {
		cells[c].v = layout_alloc(l, (size_t)cells[c].n + 1, sizeof(const struct lay_seg *));
		cells[c].n = 0;
	}
	put_pieces(cells, strips, n, cols);
	return !l->no_memory;
}

static void
write_row(struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols, int row)
{
	struct cell cells[LAY_COLS] = { { .n = 0 } };

	for (uint32_t c = 0; c < cols->n; c++)
		cells[c].last = c;
	if (!fill_cells(l, cells, strips, n, cols))
		return;
	for (uint32_t c = 0; c < cols->n; c++) {
		if (cells[c].n > 1)
			qsort(cells[c].v, cells[c].n, sizeof(const struct lay_seg *), by_first);
		/* A cell over several columns ends before the next one with text. */
		for (uint32_t k = c + 1; k <= cells[c].last; k++) {
			if (cells[k].n > 0)
				cells[c].last = k - 1;
		}
		write_cell(l, &cells[c], row, c, cols->v[cells[c].last].x1);
		c = cells[c].last;
	}
}

void
layout_table(struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols)
{
	bool *begins = layout_alloc(l, (size_t)n + 1, sizeof(*begins));
	int row = 0;

	if (begins == NULL)
		return;
	find_rows(l, strips, n, cols, begins);
	join_middle_rows(l, strips, n, cols, begins);
	for (uint32_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && !begins[k]; k++)
			;
		write_row(l, strips + i, k - i, cols, row++);
	}
	l->tables++;
	l->last_cols = *cols;
}
