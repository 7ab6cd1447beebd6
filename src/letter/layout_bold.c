/*
 * Bold text by its width. The words of a PDF come with exact boxes and without fonts, but a bold word is wider than the same letters in the font of the text, and
 * both fonts of one family are of one height. So: learn how wide each letter of the text is, then look which lines are too wide for their letters.
 */
#include <math.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define ROUNDS 5
#define WORDS_MAX 6000     /* that are learnt from */
#define WIDER 0.035F       /* bold faces are 4 to 12 % wider, what is learnt is right to one percent */
#define DOUBT 0.12F        /* more for few letters: this much, divided by their number */
#define SAME_HEIGHT 0.004F /* share by which two fonts of one family may differ */

static uint32_t
slot(uint32_t c)
{
	return c < 128 ? c : 128 + c % (LAY_WIDTHS - 128);
}

static bool
is_body(const struct layout *l, const struct lay_word *w)
{
	return fabsf(lay_height(&w->box) - l->body_exact) <= SAME_HEIGHT * l->body_exact;
}

/* How wide the word should be; *n its characters, *known those that were learnt. */
static float
expected(const struct layout *l, const struct lay_word *w, uint32_t *n, uint32_t *known)
{
	float sum = 0;

	*n = *known = 0;
	for (const char *p = w->text, *end = p + w->len; p < end; (*n)++) {
		uint32_t s = slot(fp_utf8_next(&p, end));

		sum += l->widths[s];
		*known += l->seen[s] >= 3;
	}
	return sum;
}

static void
count_letters(struct layout *l, size_t end)
{
	double width = 0;
	uint64_t letters = 0;

	for (size_t i = 0; i < end; i++) {
		const struct lay_word *w = &l->words[i];

		if (!is_body(l, w))
			continue;
		width += (double)(w->box.x1 - w->box.x0);
		for (const char *p = w->text, *stop = p + w->len; p < stop; letters++) {
			uint32_t s = slot(fp_utf8_next(&p, stop));

			l->seen[s]++;
		}
	}
	for (uint32_t s = 0; s < LAY_WIDTHS; s++)
		l->widths[s] = letters > 0 ? (float)(width / (double)letters) : 0;
}

/* One round: what a word is too wide or too narrow goes to its letters, in small steps; later on outliers (bold words) count little. */
static void
learn(struct layout *l, size_t end, int round)
{
	float rate = round < 2 ? 0.7F : 0.3F;

	for (size_t i = 0; i < end; i++) {
		const struct lay_word *w = &l->words[i];
		uint32_t n, known;
		float want = w->box.x1 - w->box.x0, have, step;

		if (!is_body(l, w))
			continue;
		have = expected(l, w, &n, &known);
		step = want - have;
		if (round >= 2 && fabsf(step) > 0.015F * have)
			step = copysignf(0.015F * have, step);
		for (const char *p = w->text, *stop = p + w->len; p < stop;)
			l->widths[slot(fp_utf8_next(&p, stop))] += rate * step / (float)n;
	}
}

/* Is the line so much wider than expected? *told: enough is known to say so. */
static bool
is_wide(const struct layout *l, const struct lay_seg *line, bool *told)
{
	float want = 0, have = 0;
	uint32_t letters = 0, used = 0;

	for (uint32_t i = line->first; i < line->first + line->n; i++) {
		uint32_t n, known;
		float width = expected(l, &l->words[i], &n, &known);

		letters += n;
		if (known < n || !is_body(l, &l->words[i]))
			continue;
		used += n;
		have += width;
		want += l->words[i].box.x1 - l->words[i].box.x0;
	}
	*told = used >= 5 && 3 * used >= 2 * letters && have > 0;
	return *told && want / have > 1 + WIDER + DOUBT / (float)used;
}

/* When too many lines seem bold, or there is too little text, nothing can be said. */
static void
check_share(struct layout *l)
{
	double bold = 0, all = 0;

	for (size_t p = 0; p < l->n_pages; p++) {
		for (uint32_t i = 0; i < l->pages[p].n_strips; i++) {
			const struct lay_strip *s = &l->pages[p].strips[i];

			for (uint32_t k = 0; k < s->n; k++) {
				bool told, wide = is_wide(l, &s->segs[k], &told);

				all += told ? s->segs[k].letters : 0;
				bold += wide ? s->segs[k].letters : 0;
			}
		}
	}
	l->tells_bold = all >= 500 && bold <= 0.4 * all;
}

void
layout_learn_widths(struct layout *l)
{
	size_t end = l->n_words < WORDS_MAX ? l->n_words : WORDS_MAX;

	if (l->scan)
		return;
	count_letters(l, end);
	for (int round = 0; round < ROUNDS; round++)
		learn(l, end, round);
	check_share(l);
}

bool
layout_is_bold(const struct layout *l, const struct lay_seg *line)
{
	bool told;

	return l->tells_bold && is_wide(l, line, &told);
}
