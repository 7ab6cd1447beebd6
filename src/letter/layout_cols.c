/* Columns of a band: which piece of text stands in which, where one is really two. */
#include <math.h>
#include <string.h>

#include "letter/layout_int.h"

#define NEAR 3.0F      /* points between edges that are the same */
#define TOLERANCE 1.5F /* points that a text may reach into the next column */

bool
layout_touches(const struct lay_cols *cols, const struct lay_box *box, uint32_t *low, uint32_t *high)
{
	bool found = false;
	float width = box->x1 - box->x0, tolerance = width < 3 * TOLERANCE ? 0.3F * width : TOLERANCE;

	for (uint32_t c = 0; c < cols->n; c++) {
		if (box->x0 > cols->v[c].x1 - tolerance || box->x1 < cols->v[c].x0 + tolerance)
			continue;
		*low = found ? *low : c;
		*high = c;
		found = true;
	}
	return found;
}

static bool
is_aligned(const struct lay_col *c, const struct lay_box *box)
{
	return fabsf(c->x0 - box->x0) < NEAR || fabsf(c->x1 - box->x1) < NEAR ||
	       fabsf(c->x0 + c->x1 - box->x0 - box->x1) < 2 * NEAR;
}

struct lay_fit
layout_fit(const struct lay_cols *cols, const struct lay_strip *s)
{
	struct lay_fit f = { .low = UINT32_MAX };
	bool touched[LAY_COLS] = { false };

	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t low = 0, high = 0;

		if (!layout_touches(cols, &s->segs[k].box, &low, &high)) {
			f.fresh++;
		} else if (high > low) {
			f.spans++;
			f.all = f.all || (low == 0 && high + 1 == cols->n);
			f.low = low < f.low ? low : f.low;
		} else {
			touched[low] = true;
			f.aligned += is_aligned(&cols->v[low], &s->segs[k].box);
			f.low = low < f.low ? low : f.low;
		}
	}
	for (uint32_t c = 0; c < cols->n; c++)
		f.touched += touched[c];
	return f;
}

bool
layout_is_row(const struct lay_fit *f)
{
	if (f->spans > 0)
		return !f->all && f->touched >= 1;
	return f->touched >= 1 && f->touched + f->fresh >= 2;
}

bool
layout_is_single(const struct lay_fit *f)
{
	return f->spans == 0 && f->fresh == 0 && f->touched == 1;
}

static void
insert_col(struct lay_cols *cols, const struct lay_box *box)
{
	uint32_t at = 0;

	if (cols->n >= LAY_COLS)
		return;
	while (at < cols->n && cols->v[at].x0 < box->x0)
		at++;
	memmove(&cols->v[at + 1], &cols->v[at], (cols->n - at) * sizeof(cols->v[0]));
	cols->v[at] = (struct lay_col){ box->x0, box->x1 };
	cols->n++;
}

void
layout_widen(struct lay_cols *cols, const struct lay_strip *s)
{
	for (uint32_t k = 0; k < s->n; k++) {
		const struct lay_box *box = &s->segs[k].box;
		uint32_t low = 0, high = 0;

		if (!layout_touches(cols, box, &low, &high)) {
			insert_col(cols, box);
		} else if (low == high) {
			cols->v[low].x0 = box->x0 < cols->v[low].x0 ? box->x0 : cols->v[low].x0;
			cols->v[low].x1 = box->x1 > cols->v[low].x1 ? box->x1 : cols->v[low].x1;
		}
	}
}

struct lay_cols
layout_cols_of(const struct lay_strip *s)
{
	struct lay_cols cols = { .n = 0 };

	for (uint32_t k = 0; k < s->n; k++) {
		struct lay_box box = s->segs[k].box;
		uint32_t low = 0, high = 0;

		if (layout_touches(&cols, &box, &low, &high)) {
			box.x0 = cols.v[low].x0 < box.x0 ? cols.v[low].x0 : box.x0;
			box.x1 = cols.v[high].x1 > box.x1 ? cols.v[high].x1 : box.x1;
			memmove(&cols.v[low], &cols.v[high + 1], (cols.n - high - 1) * sizeof(cols.v[0]));
			cols.n -= high - low + 1;
		}
		insert_col(&cols, &box);
	}
	return cols;
}

static struct lay_seg
part_of(const struct layout *l, const struct lay_seg *whole, uint32_t from, uint32_t to)
{
	struct lay_seg s = *whole;

	s.first = whole->first + from;
	s.n = to - from;
	s.box.x0 = l->words[s.first].box.x0;
	s.box.x1 = l->words[s.first].box.x1;
	s.letters = 0;
	for (uint32_t i = s.first; i < s.first + s.n; i++) {
		s.box.x1 = l->words[i].box.x1 > s.box.x1 ? l->words[i].box.x1 : s.box.x1;
		s.letters += l->words[i].len;
	}
	return s;
}

/* All its gaps are wider than a blank: a head whose words are the names of the columns. */
static bool
is_spaced(const struct layout *l, const struct lay_seg *seg)
{
	for (uint32_t i = 1; i < seg->n; i++) {
		const struct lay_word *w = &l->words[seg->first + i];

		if (w->box.x0 - w[-1].box.x1 < 0.5F * lay_height(&seg->box))
			return false;
	}
	return seg->n > 1;
}

/* Does a column begin with word i of the segment: at its left edge, or (head) in another column than the word before? */
static bool
begins_column(const struct lay_cols *cols, const struct lay_word *w, bool spaced)
{
	uint32_t low = 0, high = 0, low_before = 0, high_before = 0;

	for (uint32_t c = 1; c < cols->n; c++) {
		if (fabsf(cols->v[c].x0 - w->box.x0) < 2.0F)
			return true;
	}
	if (!spaced)
		return false;
	if (!layout_touches(cols, &w->box, &low, &high))
		return true;
	return !layout_touches(cols, &w[-1].box, &low_before, &high_before) || low_before < low;
}

/* Is the gap before word i no worse than the others of the segment? */
static bool
is_gap(const struct layout *l, const struct lay_seg *seg, uint32_t i, float least, bool company)
{
	const struct lay_word *w = &l->words[seg->first + i];
	float gap = w->box.x0 - w[-1].box.x1, h = lay_height(&seg->box);

	return gap >= 0.15F * h && (company || gap >= 1.3F * least || gap > h);
}

static float
least_gap(const struct layout *l, const struct lay_seg *seg)
{
	float least = INFINITY, h = lay_height(&seg->box);

	for (uint32_t i = 1; i < seg->n; i++) {
		const struct lay_word *w = &l->words[seg->first + i];
		float gap = w->box.x0 - w[-1].box.x1;

		least = gap > 0.08F * h && gap < least ? gap : least;
	}
	return least;
}

/* Cells that run together: a piece over several columns is parted where a word stands at a column's left edge. */
static void
part_strip(struct layout *l, struct lay_strip *s, const struct lay_cols *cols)
{
	uint32_t words = 0, n = 0;
	struct lay_seg *parts;

	for (uint32_t k = 0; k < s->n; k++)
		words += s->segs[k].n;
	parts = layout_alloc(l, words, sizeof(*parts));
	for (uint32_t k = 0; parts != NULL && k < s->n; k++) {
		uint32_t low = 0, high = 0, from = 0;
		const struct lay_seg *seg = &s->segs[k];
		bool spans = layout_touches(cols, &seg->box, &low, &high) && high > low, spaced = is_spaced(l, seg);
		float least = least_gap(l, seg);

		for (uint32_t i = 1; spans && i < seg->n; i++) {
			if (!is_gap(l, seg, i, least, s->n > 1 || spaced) ||
			    !begins_column(cols, &l->words[seg->first + i], spaced))
				continue;
			parts[n++] = part_of(l, seg, from, i);
			from = i;
		}
		parts[n++] = part_of(l, seg, from, seg->n);
	}
	if (parts == NULL || n == s->n)
		return;
	s->segs = parts;
	s->n = n;
	s->multi = true;
}

struct lay_fit
layout_fit_parted(struct layout *l, const struct lay_cols *cols, struct lay_strip *s)
{
	struct lay_fit f = layout_fit(cols, s);

	if (f.spans == 0)
		return f;
	part_strip(l, s, cols);
	return layout_fit(cols, s);
}

/* Where pieces of one column stand beside each other. */
struct gutter {
	float x0, x1;
	uint32_t seen; /* strips that show it */
};

/* The gutter in column c that most strips show, as far as they agree. */
static struct gutter
find_gutter(const struct lay_cols *cols, uint32_t c, const struct lay_strip *strips, uint32_t n)
{
	struct gutter g = { .seen = 0 };

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 1; k < strips[i].n; k++) {
			const struct lay_seg *a = &strips[i].segs[k - 1], *b = &strips[i].segs[k];
			uint32_t low = 0, high = 0, low_b = 0, high_b = 0;
			float x0, x1;

			if (!layout_touches(cols, &a->box, &low, &high) || !layout_touches(cols, &b->box, &low_b, &high_b) ||
			    low != c || low_b != c)
				continue;
			x0 = g.seen > 0 && g.x0 > a->box.x1 ? g.x0 : a->box.x1;
			x1 = g.seen > 0 && g.x1 < b->box.x0 ? g.x1 : b->box.x0;
			if (x1 - x0 < 2.0F)
				continue;
			g = (struct gutter){ x0, x1, g.seen + 1 };
			break;
		}
	}
	return g;
}

static bool
crosses(const struct layout *l, const struct lay_strip *s, float x)
{
	for (uint32_t k = 0; k < s->n; k++) {
		for (uint32_t i = 0; i < s->segs[k].n; i++) {
			const struct lay_box *box = &l->words[s->segs[k].first + i].box;

			if (box->x0 < x - 1.0F && box->x1 > x + 1.0F)
				return true;
		}
	}
	return false;
}

/* Pieces over x are parted between the words there. */
static void
part_at(struct layout *l, struct lay_strip *s, float x)
{
	struct lay_seg *parts = layout_alloc(l, (size_t)s->n * 2, sizeof(*parts));
	uint32_t n = 0;

	for (uint32_t k = 0; parts != NULL && k < s->n; k++) {
		const struct lay_seg *seg = &s->segs[k];
		uint32_t at = 0;

		while (at < seg->n && l->words[seg->first + at].box.x1 <= x + 1.0F)
			at++;
		if (at == 0 || at == seg->n) {
			parts[n++] = *seg;
			continue;
		}
		parts[n++] = part_of(l, seg, 0, at);
		parts[n++] = part_of(l, seg, at, seg->n);
	}
	if (parts == NULL || n == s->n)
		return;
	s->segs = parts;
	s->n = n;
	s->multi = true;
}

/* Strips in which a word begins at x. */
static uint32_t
count_begins(const struct layout *l, const struct lay_strip *strips, uint32_t n, float x)
{
	uint32_t begins = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool found = false;

		for (uint32_t k = 0; k < strips[i].n && !found; k++) {
			const struct lay_seg *s = &strips[i].segs[k];

			for (uint32_t w = s->first; w < s->first + s->n && !found; w++)
				found = fabsf(l->words[w].box.x0 - x) < 1.5F;
		}
		begins += found;
	}
	return begins;
}

/* Where in the gutter (almost) no word stands. */
static bool
find_cut(const struct layout *l, const struct gutter *g, const struct lay_strip *strips, uint32_t n, float *x)
{
	const float tries[] = { (g->x0 + g->x1) / 2, g->x1 - 1.2F, g->x0 + 1.2F };

	for (size_t t = 0; t < FP_COUNT(tries); t++) {
		uint32_t crossed = 0;

		for (uint32_t i = 0; i < n; i++)
			crossed += crosses(l, &strips[i], tries[t]);
		*x = tries[t];
		if (crossed <= g->seen / 2)
			return true;
	}
	return false;
}

/* One column that is two: two strips show it, or one does and in two others words begin there. False: it is one. */
static bool
divide(struct layout *l, struct lay_cols *cols, uint32_t c, struct lay_strip *strips, uint32_t n)
{
	struct gutter g = find_gutter(cols, c, strips, n);
	float x;
	struct lay_col old = cols->v[c];

	if (g.seen == 0 || cols->n >= LAY_COLS || (g.seen == 1 && count_begins(l, strips, n, g.x1) < 3))
		return false;
	if (!find_cut(l, &g, strips, n, &x))
		return false;
	memmove(&cols->v[c + 1], &cols->v[c], (cols->n - c) * sizeof(cols->v[0]));
	cols->n++;
	cols->v[c] = (struct lay_col){ old.x0, g.x0 };
	cols->v[c + 1] = (struct lay_col){ g.x1, old.x1 };
	for (uint32_t i = 0; i < n; i++) {
		if (!crosses(l, &strips[i], x))
			part_at(l, &strips[i], x);
	}
	return true;
}

void
layout_divide_cols(struct layout *l, struct lay_cols *cols, struct lay_strip *strips, uint32_t n)
{
	for (uint32_t c = 0; c < cols->n; c++) {
		while (divide(l, cols, c, strips, n))
			;
	}
}

/* Does the strip have text in columns c and c + 1, or one text over both? */
static void
look_at_border(const struct lay_cols *cols, uint32_t c, const struct lay_strip *s, uint32_t *both, uint32_t *over)
{
	bool left = false, right = false, across = false;

	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t low = 0, high = 0;

		if (!layout_touches(cols, &s->segs[k].box, &low, &high))
			continue;
		left = left || (low <= c && high == c);
		right = right || low == c + 1;
		across = across || (low <= c && high > c && !(low == 0 && high + 1 == cols->n));
	}
	*both += left && right;
	*over += across;
}

void
layout_merge_cols(struct lay_cols *cols, const struct lay_strip *strips, uint32_t n)
{
	for (uint32_t c = 0; c + 1 < cols->n && cols->n > 2;) {
		uint32_t both = 0, over = 0;

		for (uint32_t i = 0; i < n; i++)
			look_at_border(cols, c, &strips[i], &both, &over);
		if (both > over) {
			c++;
			continue;
		}
		cols->v[c].x1 = cols->v[c + 1].x1 > cols->v[c].x1 ? cols->v[c + 1].x1 : cols->v[c].x1;
		memmove(&cols->v[c + 1], &cols->v[c + 2], (cols->n - c - 2) * sizeof(cols->v[0]));
		cols->n--;
	}
}
