/* What all pages together say: the height of the text, the gap between its lines, what comes back at the pages' edges. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define STEP 0.25F /* points of one step of heights */
#define STEPS 400
#define GAP_STEP 0.02F /* share of a height */
#define GAP_STEPS 128
#define GAP_LEAST (-0.6F)

static void
count_heights(struct layout *l, uint32_t *letters)
{
	for (size_t p = 0; p < l->n_pages; p++) {
		for (uint32_t i = 0; i < l->pages[p].n_strips; i++) {
			const struct lay_strip *s = &l->pages[p].strips[i];

			l->right = s->box.x1 > l->right ? s->box.x1 : l->right;
			for (uint32_t k = 0; k < s->n; k++) {
				float step = lay_height(&s->segs[k].box) / STEP;

				if (step >= 0 && step < STEPS - 1)
					letters[(uint32_t)(step + 0.5F)] += s->segs[k].letters;
			}
		}
	}
}

/* The most frequent height among those that were rounded to l->body. */
static float
exact_height(const struct layout *l)
{
	float best = l->body;
	int votes = 0;

	/* Majority vote (Boyer and Moore). */
	for (size_t i = 0; i < l->n_words; i++) {
		float h = lay_height(&l->words[i].box);

		if (fabsf(h - l->body) > STEP)
			continue;
		if (votes == 0)
			best = h;
		votes += fabsf(h - best) < 0.02F ? 1 : -1;
	}
	return best;
}

/* Heights of headings, descending, like ones together. */
static void
find_big(struct layout *l, const uint32_t *letters)
{
	float least = l->body * (l->scan ? 1.4F : 1.11F), last = INFINITY;

	for (uint32_t i = STEPS - 1; i > 0 && l->n_big < (int)FP_COUNT(l->big); i--) {
		float h = (float)i * STEP;

		if (letters[i] < 3 || h < least)
			continue;
		if (h < last * 0.93F)
			l->big[l->n_big++] = last = h;
	}
}

/* The gap, in steps, below which share of all counted lie; GAP_STEPS: none were counted. */
static uint32_t
gap_at(const uint32_t *gaps, uint32_t total, float share)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < GAP_STEPS && total > 0; i++) {
		seen += gaps[i];
		if ((float)seen >= share * (float)total)
			return i;
	}
	return GAP_STEPS;
}

static bool
count_gap(uint32_t *gaps, const struct lay_box *a, const struct lay_box *b)
{
	float step = ((b->y0 - a->y1) / lay_height(a) - GAP_LEAST) / GAP_STEP;

	if (!(step >= 0 && step < GAP_STEPS))
		return false;
	gaps[(uint32_t)step]++;
	return true;
}

/* Full lines, one below the other, with the same left edge: they are surely of one paragraph. */
static uint32_t
count_full_lines(const struct layout *l, const struct lay_page *p, uint32_t *gaps)
{
	float right = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_strips; i++)
		right = !p->strips[i].multi && p->strips[i].box.x1 > right ? p->strips[i].box.x1 : right;
	for (uint32_t i = 1; i < p->n_strips; i++) {
		const struct lay_strip *a = &p->strips[i - 1], *b = &p->strips[i];
		float h = lay_height(&a->segs[0].box);

		if (a->n > 1 || b->n > 1 || fabsf(h - l->body) > 0.1F * l->body || fabsf(a->box.x0 - b->box.x0) > 0.2F * h ||
		    layout_had_room(l, &a->segs[0], &b->segs[0], right))
			continue;
		n += count_gap(gaps, &a->segs[0].box, &b->segs[0].box);
	}
	return n;
}

/* In columns nobody knows which line is full: long lines with the same left edge. */
static uint32_t
count_long_lines(const struct layout *l, const struct lay_page *p, uint32_t *gaps)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_strips; i++) {
		const struct lay_strip *s = &p->strips[i];

		for (uint32_t k = 1; k < s->n; k++) {
			const struct lay_seg *b = &s->segs[k];

			for (uint32_t m = k; m > 0 && k - m < 6; m--) {
				const struct lay_seg *a = &s->segs[m - 1];

				if (fabsf(a->box.x0 - b->box.x0) > 1.0F || a->letters < 25 ||
				    fabsf(lay_height(&a->box) - l->body) > 0.1F * l->body)
					continue;
				n += count_gap(gaps, &a->box, &b->box);
				break;
			}
		}
	}
	return n;
}

void
layout_measure(struct layout *l)
{
	uint32_t letters[STEPS] = { 0 }, gaps[GAP_STEPS] = { 0 }, best = 0, n = 0, at;

	count_heights(l, letters);
	for (uint32_t i = 1; i + 1 < STEPS; i++) {
		if (letters[i] + letters[i + 1] > letters[best] + letters[best + 1])
			best = i;
	}
	l->body = best > 0 ? (float)(letters[best] >= letters[best + 1] ? best : best + 1) * STEP : 12.0F;
	l->body_exact = exact_height(l);
	find_big(l, letters);
	for (size_t p = 0; p < l->n_pages; p++)
		n += count_full_lines(l, &l->pages[p], gaps);
	at = gap_at(gaps, n, 0.5F);
	if (n < 5) {
		for (size_t p = 0; p < l->n_pages; p++)
			n += count_long_lines(l, &l->pages[p], gaps);
		at = gap_at(gaps, n, 0.4F);
	}
	l->wrap = at < GAP_STEPS ? (float)at * GAP_STEP + GAP_LEAST : 0.06F;
}

/* Edges of the pages */

struct sight {
	uint64_t print;
	float y, x;
	uint32_t page, strip;
	bool is_long; /* more than a number or a name */
};

/* FNV-1a over letters, digits as one. */
static uint64_t
strip_print(const struct layout *l, const struct lay_strip *s)
{
	uint64_t h = 0xcbf29ce484222325U;
	bool digit = false;

	for (uint32_t k = 0; k < s->n; k++) {
		for (uint32_t w = 0; w < s->segs[k].n; w++) {
			const struct lay_word *word = &l->words[s->segs[k].first + w];

			for (uint32_t i = 0; i < word->len; i++) {
				unsigned char c = (unsigned char)word->text[i];
				bool is = c >= '0' && c <= '9';

				c = c >= 'A' && c <= 'Z' ? c | 0x20U : c;

				if (!(is && digit))
					h = (h ^ (is ? '#' : c)) * 0x100000001b3U;
				digit = is;
			}
		}
	}
	return h;
}

static bool
is_long(const struct lay_strip *s)
{
	uint32_t letters = 0;

	for (uint32_t k = 0; k < s->n; k++)
		letters += s->segs[k].letters;
	return letters >= 12;
}

static int
by_print(const void *a, const void *b)
{
	const struct sight *s = a, *t = b;

	if (s->print != t->print)
		return s->print < t->print ? -1 : 1;
	if (s->y < t->y || s->y > t->y)
		return s->y < t->y ? -1 : 1;
	return s->page < t->page ? -1 : s->page > t->page;
}

static bool
in_top(const struct lay_page *p, const struct lay_strip *s)
{
	return s->box.y1 < 0.13F * p->height;
}

static bool
in_bottom(const struct lay_page *p, const struct lay_strip *s)
{
	return s->box.y0 > 0.72F * p->height;
}

/* Does a part of the strip say nothing but which page this is? */
static bool
holds_marker(const struct layout *l, const struct lay_strip *s)
{
	for (uint32_t k = 0; k < s->n; k++) {
		if (layout_is_marker(l, &s->segs[k]))
			return true;
	}
	return false;
}

/* Strips outside of *from and *to come back or hold the page's number; what stands between them and the edge goes with them. */
static void
take_edges(const struct layout *l, struct lay_page *p, const bool *back)
{
	uint32_t odd = 0;

	for (uint32_t i = 0; i < p->n_strips && odd <= 3 && in_top(p, &p->strips[i]); i++) {
		if (back[i] || (i == 0 && p->n_strips > 1 && holds_marker(l, &p->strips[i])))
			p->body = i + 1;
		else
			odd++;
	}
	odd = 0;
	for (uint32_t i = p->n_strips; i > p->body && odd <= 3 && in_bottom(p, &p->strips[i - 1]); i--) {
		if (back[i - 1] || (i == p->n_strips && holds_marker(l, &p->strips[i - 1])))
			p->foot = i - 1;
		else
			odd++;
	}
}

/* Which strips of all pages come back at the same height of other pages; true in back, which is per strip of all pages. */
static void
find_returning(const struct layout *l, struct sight *seen, size_t n, const size_t *base, bool *back)
{

	qsort(seen, n, sizeof(*seen), by_print);
	for (size_t i = 0, k; i < n; i = k) {
		float near = seen[i].is_long && seen[i].y > 0.72F * l->pages[seen[i].page].height ? 30.0F : 4.0F;
		size_t pages = 1, need = l->n_pages >= 6 && !seen[i].is_long ? 3 : 2;

		for (k = i + 1; k < n && seen[k].print == seen[i].print && seen[k].y - seen[k - 1].y < near &&
				fabsf(seen[k].x - seen[i].x) < 8.0F;
		     k++)
			pages += seen[k].page != seen[k - 1].page;
		for (size_t m = i; m < k && pages >= need; m++)
			back[base[seen[m].page] + seen[m].strip] = true;
	}
}

void
layout_edges(struct layout *l)
{
	size_t total = 0, n = 0;
	size_t *base = layout_alloc(l, l->n_pages + 1, sizeof(*base));
	struct sight *seen;
	bool *back;

	for (size_t p = 0; base != NULL && p < l->n_pages; p++) {
		base[p] = total;
		total += l->pages[p].n_strips;
	}
	seen = layout_alloc(l, total + 1, sizeof(*seen));
	back = layout_alloc(l, total + 1, sizeof(*back));
	if (base == NULL || seen == NULL || back == NULL)
		return;
	for (size_t p = 0; p < l->n_pages; p++) {
		const struct lay_page *page = &l->pages[p];

		for (uint32_t i = 0; i < page->n_strips; i++) {
			const struct lay_strip *s = &page->strips[i];

			if (in_top(page, s) || in_bottom(page, s))
				seen[n++] = (struct sight){ strip_print(l, s), s->box.y0, s->box.x0, (uint32_t)p, i, is_long(s) };
		}
	}
	find_returning(l, seen, n, base, back);
	for (size_t p = 0; p < l->n_pages; p++)
		take_edges(l, &l->pages[p], back + base[p]);
}
