/*
 * Bands: strips in which text stands side by side at the same places. A table, or columns of prose. There are no rules (lines) to go by, only words: columns are
 * what no word crosses.
 */
#include <math.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define PENDING 14 /* strips of one column only that may stand between two rows */

static float
height_of(const struct lay_strip *s)
{
	return lay_height(&s->segs[0].box);
}

static float
gap_between(const struct lay_strip *a, const struct lay_strip *b)
{
	return b->box.y0 - a->box.y1;
}

/* So little between them that they are lines of one cell or paragraph. */
static bool
is_tight(const struct layout *l, const struct lay_strip *a, const struct lay_strip *b)
{
	return gap_between(a, b) < (l->wrap + 0.22F) * height_of(b);
}

/* Growing a band downwards from its first row. */
struct growth {
	struct lay_band band;
	uint32_t rows; /* strips with text in two columns or more */
	float widest;  /* gap between its strips so far */
	float foot;    /* where its last row ends */
	bool strict;   /* the next row must be just like those of the page before */
};

static float
gap_limit(const struct growth *g, float h)
{
	float limit = g->band.end - g->band.first > 1 ? 1.6F * g->widest + 2.0F : 2.2F * h;

	return limit > 1.2F * h ? limit : 1.2F * h;
}

/* Strips up to j become part of the band. */
static void
take_strips(struct growth *g, const struct lay_strip *strips, uint32_t j)
{
	for (uint32_t i = g->band.end; i <= j; i++) {
		float gap = gap_between(&strips[i - 1], &strips[i]);

		g->widest = gap > g->widest ? gap : g->widest;
		layout_widen(&g->band.cols, &strips[i]);
	}
	g->band.end = j + 1;
	g->foot = strips[j].box.y1;
}

/* A row like the ones before? Behind lines over all columns it must be very like them: another table may have begun. */
static bool
goes_with(const struct growth *g, const struct lay_fit *f, const struct lay_strip *s, uint32_t spans)
{
	if (spans > 0 || g->strict)
		return f->aligned == s->n && f->touched == s->n;
	return 2 * f->aligned >= s->n || (f->touched == s->n && s->box.y0 < g->foot + 1.2F * height_of(s));
}

/* At the left edge of the prose, which is not that of the cells. */
static bool
is_outside(const struct growth *g, const struct lay_strip *s, float left)
{
	return s->n == 1 && s->box.x0 < left + 1.0F && g->band.cols.v[0].x0 > left + 2.0F;
}

static void
grow_down(struct layout *l, struct growth *g, struct lay_strip *strips, uint32_t n, float left)
{
	uint32_t spans = 0;

	for (uint32_t j = g->band.end; j < n && j < g->band.end + PENDING; j++) {
		float gap = gap_between(&strips[j - 1], &strips[j]), h = height_of(&strips[j]);
		struct lay_strip trial = strips[j];
		struct lay_fit f;

		if (gap > gap_limit(g, h) || is_outside(g, &strips[j], left))
			break;
		f = layout_fit_parted(l, &g->band.cols, &trial);
		if (layout_is_row(&f) && g->band.cols.n + f.fresh <= LAY_COLS && goes_with(g, &f, &trial, spans)) {
			strips[j] = trial;
			take_strips(g, strips, j);
			g->rows++;
			g->strict = false;
			spans = 0;
		} else if (!layout_is_single(&f) && ++spans > 2) {
			break;
		}
	}
}

/* Text of one column only: a form's label without a cell beside it, one more paragraph in a cell. At the edge of cells where no prose begins. */
static bool
is_label_row(const struct growth *g, const struct lay_strip *s, float gap, float left)
{
	if (s->n > 1 || s->box.x0 < left + 2.0F)
		return false;
	for (uint32_t c = 0; c < g->band.cols.n; c++) {
		float most = c > 0 ? 1.6F * lay_height(&s->box) : g->rows > 1 ? 1.15F * g->widest + 1.0F : 0;

		if (fabsf(s->box.x0 - g->band.cols.v[c].x0) < 1.0F)
			return gap <= (most > 1.15F * g->widest ? most : 1.15F * g->widest);
	}
	return false;
}

/* Behind the last row: lines of its cells, labels without a cell beside them. */
static void
grow_tail(const struct layout *l, struct growth *g, struct lay_strip *strips, uint32_t n, float left)
{
	for (uint32_t j = g->band.end; j < n; j++) {
		struct lay_fit f = layout_fit(&g->band.cols, &strips[j]);
		float gap = gap_between(&strips[j - 1], &strips[j]);

		if (!(layout_is_single(&f) && is_tight(l, &strips[j - 1], &strips[j]) && !is_outside(g, &strips[j], left)) &&
		    !is_label_row(g, &strips[j], gap, left))
			break;
		take_strips(g, strips, j);
	}
}

/* A line above the first row in the first column: is it the beginning of that column's text, or a caption? */
static bool
is_first_line(const struct layout *l, const struct lay_cols *cols, const struct lay_strip *s)
{
	const struct lay_strip *next = s + 1;

	for (uint32_t k = 0; k < next->n; k++) {
		const struct lay_seg *b = &next->segs[k];
		uint32_t low = 0, high = 0, first = layout_first_char(l, b);

		if (!layout_touches(cols, &b->box, &low, &high) || low != 0)
			continue;
		if (first != FP_UTF8_BAD && u_islower((UChar32)first))
			return true;
		return fabsf(s->box.x0 - b->box.x0) < 1.0F && !layout_had_room(l, &s->segs[0], b, cols->v[0].x1);
	}
	return false;
}

/* Before the first row: first lines of its cells, a head that runs together, labels. */
static void
grow_head(struct layout *l, struct growth *g, struct lay_strip *strips, uint32_t least, float left)
{
	while (g->band.first > least) {
		struct lay_strip *s = &strips[g->band.first - 1];
		float gap = gap_between(s, s + 1);
		struct lay_fit f = layout_fit(&g->band.cols, s);
		bool tight = is_tight(l, s, s + 1), row = false;

		if (f.spans == 1 && s->n == 1 && gap <= gap_limit(g, height_of(s)) && g->band.cols.n > 2) {
			struct lay_strip trial = *s;

			f = layout_fit_parted(l, &g->band.cols, &trial);
			row = layout_is_row(&f) && f.aligned >= 2;
			if (row)
				*s = trial;
		}
		if (!row && !is_label_row(g, s, gap, left) &&
		    !(tight && layout_is_single(&f) && (f.low > 0 || is_first_line(l, &g->band.cols, s))))
			break;
		layout_widen(&g->band.cols, s);
		g->widest = gap > g->widest ? gap : g->widest;
		g->band.first--;
	}
}

/* Table or columns */

struct column {
	uint32_t lines, letters, codes, colons, boxes;
	uint32_t gaps; /* between paragraphs, where the other columns go on */
	float last;    /* foot of the last line */
};

struct look {
	struct column c[LAY_COLS];
	uint32_t cuts; /* gaps that go through all columns */
};

static bool
has_digit(const struct lay_word *w)
{
	for (uint32_t i = 0; i < w->len; i++) {
		if ((unsigned char)(w->text[i] - '0') < 10)
			return true;
	}
	return false;
}

static void
look_at_seg(const struct layout *l, struct look *k, const struct lay_cols *cols, const struct lay_seg *s, float cut_y)
{
	uint32_t low = 0, high = 0;
	struct column *c;
	float h = lay_height(&s->box);

	if (!layout_touches(cols, &s->box, &low, &high) || low != high)
		return;
	c = &k->c[low];
	if (c->lines > 0 && s->box.y0 - c->last > (l->wrap + 0.3F) * h && cut_y < c->last)
		c->gaps++;
	c->lines++;
	c->letters += s->letters;
	c->codes += s->n == 1 && has_digit(&l->words[s->first]);
	c->colons += layout_last_char(l, s) == ':';
	c->boxes += layout_is_box(&l->words[s->first]);
	c->last = s->box.y1;
}

static void
look_at_band(const struct layout *l, struct look *k, const struct lay_strip *strips, const struct lay_band *band)
{
	float cut_y = -INFINITY;

	memset(k, 0, sizeof(*k));
	for (uint32_t i = band->first; i < band->end; i++) {
		if (i > band->first && !is_tight(l, &strips[i - 1], &strips[i])) {
			k->cuts++;
			cut_y = strips[i - 1].box.y1;
		}
		for (uint32_t s = 0; s < strips[i].n; s++)
			look_at_seg(l, k, &band->cols, &strips[i].segs[s], cut_y);
	}
}

/* Columns of prose: long lines, paragraphs that end at different heights. */
static bool
is_prose(const struct look *k, const struct lay_cols *cols)
{
	uint32_t long_ones = 0, gaps = 0;

	for (uint32_t c = 0; c < cols->n; c++) {
		long_ones += k->c[c].lines >= 4 && k->c[c].letters >= 18 * k->c[c].lines;
		gaps += k->c[c].gaps;
	}
	return cols->n <= 3 && long_ones >= 2 && (gaps > k->cuts || k->cuts == 0);
}

/* Two blocks beside each other, such as addresses and signatures: no rows, no labels, no codes. */
static bool
is_pair(const struct look *k, const struct lay_cols *cols)
{
	const struct column *a = &k->c[0], *b = &k->c[1];

	if (cols->n != 2 || k->cuts > 0)
		return false;
	return 2 * a->colons < a->lines && 2 * a->codes < a->lines && 2 * b->codes < b->lines && a->boxes + b->boxes == 0;
}

/* How far strips from at on stay inside the columns; *whole: to the end of the region, or up to a wide gap. */
static uint32_t
inside_columns(
    const struct layout *l, const struct lay_cols *cols, const struct lay_strip *strips, uint32_t n, uint32_t at, bool *whole)
{
	*whole = true;
	for (; at < n && gap_between(&strips[at - 1], &strips[at]) <= 3.0F * l->body; at++) {
		struct lay_fit f = layout_fit(cols, &strips[at]);

		if (f.spans > 0 || f.fresh > 0) {
			*whole = false;
			break;
		}
	}
	return at;
}

/* Columns of prose go on as long as nothing crosses them; where something does, only lines of the last paragraph still belong to them. */
static void
grow_columns(const struct layout *l, struct growth *g, struct lay_strip *strips, uint32_t n, uint32_t least)
{
	bool whole;
	uint32_t end = inside_columns(l, &g->band.cols, strips, n, g->band.end, &whole);

	while (g->band.end < end && (whole || is_tight(l, &strips[g->band.end - 1], &strips[g->band.end])))
		take_strips(g, strips, g->band.end);
	while (g->band.first > least) {
		const struct lay_strip *s = &strips[g->band.first - 1];
		struct lay_fit f = layout_fit(&g->band.cols, s);

		if (!layout_is_single(&f) || !is_tight(l, s, s + 1))
			break;
		layout_widen(&g->band.cols, s);
		g->band.first--;
	}
}

/* One row only. Boxes with their texts are a line; pieces far apart are columns. */
static enum lay_band_kind
kind_of_row(const struct layout *l, const struct lay_strip *s)
{
	uint32_t boxes = 0;

	for (uint32_t k = 0; k < s->n; k++)
		boxes += layout_is_box(&l->words[s->segs[k].first]);
	if (boxes == s->n)
		return BAND_NONE;
	for (uint32_t k = 1; k < s->n; k++) {
		float gap = s->segs[k].box.x0 - s->segs[k - 1].box.x1;

		if (s->segs[k].row == s->segs[k - 1].row && gap < (boxes > 1 ? 4.0F : 1.5F) * height_of(s))
			return BAND_NONE;
	}
	return boxes > 0 ? BAND_TABLE : BAND_BLOCKS;
}

/* Rows that were taken before all columns were known. */
static void
part_all(struct layout *l, struct lay_band *band, struct lay_strip *strips)
{
	for (uint32_t i = band->first; i < band->end; i++) {
		struct lay_fit f = layout_fit_parted(l, &band->cols, &strips[i]);

		if (f.spans == 0 && f.fresh > 0 && band->cols.n + f.fresh <= LAY_COLS)
			layout_widen(&band->cols, &strips[i]);
	}
}

struct lay_band
layout_band(struct layout *l, struct lay_strip *strips, uint32_t n, uint32_t first, uint32_t at, float left)
{
	struct growth g = { { BAND_NONE, at, at + 1, layout_cols_of(&strips[at]) }, 1, 0, strips[at].box.y1, false };
	struct look look;

	if (g.band.cols.n < 2 || g.band.cols.n >= LAY_COLS)
		return g.band;
	grow_down(l, &g, strips, n, left);
	grow_tail(l, &g, strips, n, left);
	grow_head(l, &g, strips, first, left);
	if (g.band.end - g.band.first == 1 && strips[at].segs[0].row == strips[at].segs[strips[at].n - 1].row) {
		g.band.kind = kind_of_row(l, &strips[at]);
		return g.band;
	}
	layout_divide_cols(l, &g.band.cols, strips + g.band.first, g.band.end - g.band.first);
	part_all(l, &g.band, strips);
	layout_merge_cols(&g.band.cols, strips + g.band.first, g.band.end - g.band.first);
	if (l->zone != LETTER_BODY) {
		g.band.kind = BAND_BLOCKS;
		return g.band;
	}
	look_at_band(l, &look, strips, &g.band);
	g.band.kind = BAND_TABLE;
	if (is_prose(&look, &g.band.cols)) {
		g.band.kind = BAND_COLUMNS;
		grow_columns(l, &g, strips, n, first);
	} else if (is_pair(&look, &g.band.cols)) {
		g.band.kind = BAND_BLOCKS;
	}
	return g.band;
}

/* Does the strip go on with the table at the end of the last page: a row of it, or the rest of a cell? */
static bool
goes_on(const struct layout *l, const struct lay_strip *s, float left)
{
	const struct lay_cols *cols = &l->last_cols;
	struct lay_fit f = layout_fit(cols, s);
	uint32_t low = 0, high = 0, first = layout_first_char(l, &s->segs[0]);

	if (layout_is_row(&f))
		return f.spans == 0 && f.fresh == 0 && (f.aligned >= 2 || f.aligned == s->n);
	if (!layout_is_single(&f) || s->n > 1 || !layout_touches(cols, &s->box, &low, &high))
		return false;
	return fabsf(cols->v[low].x0 - s->box.x0) < 1.5F &&
	       ((first != FP_UTF8_BAD && u_islower((UChar32)first)) || s->box.x0 > left + 2.0F);
}

struct lay_band
layout_band_continued(struct layout *l, struct lay_strip *strips, uint32_t n, float left)
{
	struct growth g = { { BAND_NONE, 0, 1, l->last_cols }, 1, 0, strips[0].box.y1, !strips[0].multi };

	if (l->zone != LETTER_BODY || l->last_cols.n < 2 || !goes_on(l, &strips[0], left))
		return g.band;
	layout_widen(&g.band.cols, &strips[0]);
	grow_down(l, &g, strips, n, left);
	grow_tail(l, &g, strips, n, left);
	part_all(l, &g.band, strips);
	g.band.kind = BAND_TABLE;
	return g.band;
}
