/* From words to rows (words on one base line), segments (between wide gaps) and strips (what stands side by side). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "letter/layout_int.h"

#define INK 1.25F    /* height of a font as against that of its ink */
#define ROWS_BACK 12 /* rows that may still take a run of words */

/* Consecutive words of one line of the source. */
struct run {
	float y0, y1, x0; /* height as of its longest word */
	uint32_t first, n;
	uint32_t row;
	bool upright;
};

struct placed {
	struct lay_word word;
	uint32_t row, at;
};

static int
by_centre(const void *a, const void *b)
{
	const struct run *r = a, *s = b;
	float c = r->y0 + r->y1, d = s->y0 + s->y1;

	if (r->upright != s->upright)
		return r->upright ? -1 : 1;
	if (fabsf(c - d) > 0.01F)
		return c < d ? -1 : 1;
	return r->first < s->first ? -1 : 1;
}

static int
by_row(const void *a, const void *b)
{
	const struct placed *p = a, *q = b;

	if (p->row != q->row)
		return p->row < q->row ? -1 : 1;
	if (p->word.box.x0 < q->word.box.x0)
		return -1;
	if (p->word.box.x0 > q->word.box.x0)
		return 1;
	return p->at < q->at ? -1 : 1;
}

static float
overlap(float a0, float a1, float b0, float b1)
{
	float low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1;

	return high - low;
}

static float
smaller(float a, float b)
{
	return a < b ? a : b;
}

static uint32_t
make_runs(const struct layout *l, const struct lay_page *p, struct run *runs)
{
	uint32_t n = 0;

	for (uint32_t i = p->first, k; i < p->first + p->n; i = k) {
		struct run *r = &runs[n++];
		uint32_t longest = i;

		for (k = i + 1; k < p->first + p->n && l->words[k].line == l->words[i].line; k++)
			longest = l->words[k].len > l->words[longest].len ? k : longest;
		*r = (struct run){ .first = i, .n = k - i, .x0 = l->words[i].box.x0, .upright = true };
		r->y0 = l->words[longest].box.y0;
		r->y1 = l->words[longest].box.y1;
		if (l->words[longest].len >= 4)
			r->upright = r->y1 - r->y0 < 2.5F * (l->words[longest].box.x1 - l->words[longest].box.x0);
	}
	return n;
}

/* Rows by overlap in height; what stands upright (turned by 90 degrees) gets rows of its own behind all others. */
static uint32_t
make_rows(struct run *runs, uint32_t n)
{
	uint32_t rows = 0, ref[ROWS_BACK];

	qsort(runs, n, sizeof(*runs), by_centre);
	for (uint32_t i = 0; i < n; i++) {
		float best = 0.6F;
		struct run *r = &runs[i];
		uint32_t row = rows, back = rows < ROWS_BACK ? rows : ROWS_BACK;

		for (uint32_t k = 1; k <= back && r->upright; k++) {
			const struct run *other = &runs[ref[(rows - k) % ROWS_BACK]];
			float h = smaller(r->y1 - r->y0, other->y1 - other->y0);
			float share = h > 0 ? overlap(r->y0, r->y1, other->y0, other->y1) / h : 0;

			if (share > best)
				best = share, row = rows - k;
		}
		r->row = row;
		if (row == rows)
			ref[rows++ % ROWS_BACK] = i;
	}
	return rows;
}

/* The page's words by row and, in it, from left to right. */
static void
sort_words(struct layout *l, const struct lay_page *p, const struct run *runs, uint32_t n, struct placed *placed)
{
	bool sorted = true;
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < runs[i].n; k++, at++) {
			placed[at] = (struct placed){ l->words[runs[i].first + k], runs[i].row, at };
			sorted = sorted && (at == 0 || by_row(&placed[at - 1], &placed[at]) < 0);
		}
	}
	if (!sorted)
		qsort(placed, at, sizeof(*placed), by_row);
	for (uint32_t i = 0; i < at; i++) {
		l->words[p->first + i] = placed[i].word;
		l->words[p->first + i].line = placed[i].row;
	}
}

static struct lay_seg
make_seg(const struct layout *l, uint32_t first, uint32_t n)
{
	struct lay_seg s = { .box = l->words[first].box, .first = first, .n = n, .row = l->words[first].line };
	uint32_t longest = first;

	for (uint32_t i = first; i < first + n; i++) {
		s.box.x1 = l->words[i].box.x1 > s.box.x1 ? l->words[i].box.x1 : s.box.x1;
		s.letters += l->words[i].len;
		longest = l->words[i].len > l->words[longest].len ? i : longest;
	}
	s.box.y0 = l->words[longest].box.y0;
	s.box.y1 = l->words[longest].box.y1;
	return s;
}

/* Smallest gap that is one in [first, end); 0: none. */
static float
smallest_gap(const struct layout *l, uint32_t first, uint32_t end, float h)
{
	float least = 0;

	for (uint32_t i = first + 1; i < end; i++) {
		float gap = l->words[i].box.x0 - l->words[i - 1].box.x1;

		if (gap > 0.08F * h && (least == 0.0F || gap < least))
			least = gap;
	}
	return least;
}

static float
gap_before(const struct layout *l, uint32_t at)
{
	return l->words[at].box.x0 - l->words[at - 1].box.x1;
}

/* As wide as the one before or behind it, and neither is narrower: the line is justified. */
static bool
is_even(const struct layout *l, uint32_t row_first, uint32_t row_end, uint32_t at)
{
	float gap = gap_before(l, at), before = at >= row_first + 2 ? gap_before(l, at - 1) : INFINITY;
	float behind = at + 1 < row_end ? gap_before(l, at + 1) : INFINITY;

	if (before < 0.96F * gap || behind < 0.96F * gap)
		return false;
	return before < 1.04F * gap || behind < 1.04F * gap;
}

/*
 * Is the gap behind the first words of a segment more than a blank? In a justified line all gaps are wide; between cells some are wider than
 * the rest. A marker ("1.", a bullet, a box to tick) goes with its text however wide the gap.
 */
static bool
parts(const struct layout *l, uint32_t seg_first, uint32_t row_first, uint32_t row_end, uint32_t at, float least, float h)
{
	float gap = gap_before(l, at);
	uint32_t gaps = row_end - row_first - 1;

	if (gap <= 2.2F * h && is_even(l, row_first, row_end, at))
		return false;
	if (gap <= 0.6F * h || (gap <= 1.8F * least && gap <= 1.3F * h && gaps > 2) || (gaps <= 2 && gap <= 0.8F * h))
		return false;
	if (layout_is_box(&l->words[at - 1]))
		return gap > 2.5F * h;
	if (gap < 4.0F * h && seg_first == at - 1) {
		struct lay_seg s = make_seg(l, seg_first, at + 1 < row_end ? 3 : 2);
		char kind = layout_marker(l, &s).kind;

		/* A dash may be all that a cell holds. */
		return kind == 0 || (kind == '-' && gap > 2.0F * h);
	}
	return true;
}

static uint32_t
make_segs(struct layout *l, const struct lay_page *p, struct lay_seg *segs)
{
	uint32_t n = 0, end = p->first + p->n;

	for (uint32_t i = p->first, k; i < end; i = k) {
		struct lay_seg row;
		float least;
		uint32_t first = i;

		for (k = i + 1; k < end && l->words[k].line == l->words[i].line; k++)
			;
		row = make_seg(l, i, k - i);
		least = smallest_gap(l, i, k, lay_height(&row.box));
		for (uint32_t at = i + 1; at < k; at++) {
			if (!parts(l, first, i, k, at, least, lay_height(&row.box)))
				continue;
			segs[n++] = make_seg(l, first, at - first);
			first = at;
		}
		segs[n++] = make_seg(l, first, k - first);
	}
	return n;
}

static int
by_top(const void *a, const void *b)
{
	const struct lay_seg *s = a, *t = b;

	if (s->box.y0 < t->box.y0)
		return -1;
	if (s->box.y0 > t->box.y0)
		return 1;
	return s->first < t->first ? -1 : s->first > t->first;
}

/* Do two of the segments stand beside each other? */
static bool
stand_beside(const struct lay_seg *segs, uint32_t n)
{
	float low = segs[0].box.x0, high = segs[0].box.x1;

	for (uint32_t i = 1; i < n; i++) {
		if (segs[i].box.x0 >= high || segs[i].box.x1 <= low)
			return true;
		low = segs[i].box.x0 < low ? segs[i].box.x0 : low;
		high = segs[i].box.x1 > high ? segs[i].box.x1 : high;
	}
	return false;
}

struct lay_strip *
layout_make_strips(struct layout *l, struct lay_seg *segs, uint32_t n, uint32_t *n_strips)
{
	struct lay_strip *strips = layout_alloc(l, (size_t)n + 1, sizeof(*strips));

	*n_strips = 0;
	if (strips == NULL)
		return NULL;
	qsort(segs, n, sizeof(*segs), by_top);
	for (uint32_t i = 0; i < n; i++) {
		struct lay_strip *s = *n_strips > 0 ? &strips[*n_strips - 1] : NULL;
		const struct lay_box *box = &segs[i].box;

		if (s == NULL || s->box.y1 - box->y0 <= 0.25F * smaller(lay_height(box), lay_height(&s->box))) {
			s = &strips[(*n_strips)++];
			*s = (struct lay_strip){ .box = *box, .segs = &segs[i] };
		}
		s->n++;
		s->box.x0 = box->x0 < s->box.x0 ? box->x0 : s->box.x0;
		s->box.x1 = box->x1 > s->box.x1 ? box->x1 : s->box.x1;
		s->box.y1 = box->y1 > s->box.y1 ? box->y1 : s->box.y1;
	}
	for (uint32_t i = 0; i < *n_strips; i++)
		strips[i].multi = strips[i].n > 1 && stand_beside(strips[i].segs, strips[i].n);
	return strips;
}

/* Height of most lines that reach above and below ("Typ"), as ink. */
static float
usual_ink(const struct layout *l)
{
	uint32_t letters[256] = { 0 }, best = 0, total = 0, seen = 0, i;

	for (size_t k = 0; k < l->n_words; k++) {
		float h = lay_height(&l->words[k].box);

		letters[h < 0 ? 0 : h > 127 ? 255 : (uint32_t)(2 * h)] += l->words[k].len;
	}
	for (i = 1; i < 255; i++) {
		if (letters[i] + letters[i + 1] > letters[best] + letters[best + 1])
			best = i;
	}
	for (i = best - best / 5; i < 256 && 2 * i < 3 * (best + 1); i++)
		total += letters[i];
	for (i = best - best / 5; i < 255 && 10 * (seen + letters[i]) < 6 * total; i++)
		seen += letters[i];
	return ((float)i + 0.5F) / 2;
}

/* The ink of a line is as high as its letters ("no", "Typ"): lines of about the usual height get that of their font, so that gaps can be compared. */
void
layout_even_heights(struct layout *l)
{
	float usual = usual_ink(l);

	for (size_t i = 0; i < l->n_words; i++) {
		struct lay_box *b = &l->words[i].box;
		float h = lay_height(b);

		b->y1 = b->y0 + INK * (h > 0.6F * usual && h < 1.35F * usual ? usual : h);
	}
}

void
layout_strips(struct layout *l, struct lay_page *p)
{
	struct run *runs = layout_alloc(l, (size_t)p->n + 1, sizeof(*runs));
	struct placed *placed = layout_alloc(l, (size_t)p->n + 1, sizeof(*placed));
	struct lay_seg *segs = layout_alloc(l, (size_t)p->n + 1, sizeof(*segs));
	uint32_t n;

	if (segs == NULL)
		return;
	n = make_runs(l, p, runs);
	(void)make_rows(runs, n);
	sort_words(l, p, runs, n, placed);
	n = make_segs(l, p, segs);
	p->strips = layout_make_strips(l, segs, n, &p->n_strips);
	p->body = 0;
	p->foot = p->n_strips;
}

static int
by_first(const void *a, const void *b)
{
	const struct lay_seg *s = a, *t = b;

	return s->first < t->first ? -1 : s->first > t->first;
}

/* Are all gaps of the words equally wide? */
static bool
all_even(const struct layout *l, uint32_t first, uint32_t end)
{
	for (uint32_t i = first + 2; i < end; i++) {
		if (fabsf(gap_before(l, i) - gap_before(l, i - 1)) > 0.06F * gap_before(l, i))
			return false;
	}
	return end - first > 2;
}

uint32_t
layout_join_justified(const struct layout *l, struct lay_seg *segs, uint32_t n)
{
	uint32_t to = 0;

	qsort(segs, n, sizeof(*segs), by_first);
	for (uint32_t i = 0, k; i < n; i = k) {
		uint32_t end = segs[i].first + segs[i].n;

		for (k = i + 1; k < n && segs[k].row == segs[i].row && segs[k].first == end; k++)
			end = segs[k].first + segs[k].n;
		if (k > i + 1 && all_even(l, segs[i].first, end)) {
			segs[to++] = make_seg(l, segs[i].first, end - segs[i].first);
			continue;
		}
		for (uint32_t m = i; m < k; m++)
			segs[to++] = segs[m];
	}
	return to;
}

struct lay_seg *
layout_lines(struct layout *l, const struct lay_strip *strips, uint32_t n_strips, uint32_t *n)
{
	uint32_t total = 0;
	struct lay_seg *lines;

	for (uint32_t i = 0; i < n_strips; i++)
		total += strips[i].n;
	lines = layout_alloc(l, total, sizeof(*lines));
	*n = 0;
	for (uint32_t i = 0; lines != NULL && i < n_strips; i++) {
		struct lay_seg *from = lines + *n;
		uint32_t k = strips[i].n;

		memcpy(from, strips[i].segs, k * sizeof(*from));
		qsort(from, k, sizeof(*from), by_first);
		/* Words are sorted by row: the pieces of one row follow each other. */
		for (uint32_t at = 0; at < k; at++) {
			struct lay_seg *last = at > 0 ? &lines[*n - 1] : NULL;

			if (last != NULL && last->row == from[at].row && last->first + last->n == from[at].first)
				*last = make_seg(l, last->first, last->n + from[at].n);
			else
				lines[(*n)++] = from[at];
		}
	}
	return lines;
}
