#include "letter/layout_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DEPTH 3 /* columns within columns */

struct layout *
layout_new(const char *file, const struct letter_limits *o, bool scan)
{
	struct layout *l = fp_calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->scan = scan;
	l->arena = fp_arena_new();
	l->build = letter_build_new(file, scan ? LETTER_PICTURE : LETTER_PDF, o);
	if (l->arena == NULL || l->build == NULL)
		layout_freep(&l);
	return l;
}

void
layout_free(struct layout *l)
{
	if (l == NULL)
		return;
	letter_build_free(l->build);
	fp_arena_free(l->arena);
	free(l->words);
	free(l->pages);
	free(l);
}

void
layout_freep(struct layout **l)
{
	layout_free(*l);
	*l = NULL;
}

struct letter_build *
layout_build(struct layout *l)
{
	return l->build;
}

struct fp_arena *
layout_arena(struct layout *l)
{
	return l->arena;
}

void *
layout_alloc(struct layout *l, size_t count, size_t size)
{
	void *p = l->no_memory ? NULL : fp_arena_alloc(l->arena, count, size);

	l->no_memory = l->no_memory || p == NULL;
	return p;
}

void
layout_page(struct layout *l, float width, float height)
{
	if (l->no_memory)
		return;
	if (l->n_pages >= l->cap_pages && fp_grow(&l->pages, &l->cap_pages, l->n_pages + 1, sizeof(*l->pages)) != 0) {
		l->no_memory = true;
		return;
	}
	l->pages[l->n_pages++] = (struct lay_page){ .width = width, .height = height, .first = (uint32_t)l->n_words };
}

void
layout_word(struct layout *l, const struct lay_box *box, const char *text, size_t len, uint32_t line)
{
	if (l->no_memory || l->n_pages == 0 || len == 0 || len > UINT32_MAX / 2 || l->n_words >= UINT32_MAX / 2)
		return;
	if (l->n_words >= l->cap_words &&
	    fp_grow(&l->words, &l->cap_words, l->n_words < 512 ? 1024 : l->n_words + 1, sizeof(*l->words)) != 0) {
		l->no_memory = true;
		return;
	}
	l->words[l->n_words++] = (struct lay_word){ *box, text, (uint32_t)len, line };
	l->pages[l->n_pages - 1].n++;
}

/* All columns of a band, one behind the other. */
static void
write_columns(struct layout *l, const struct lay_strip *strips, const struct lay_band *band, float page_right, int depth)
{
	uint32_t total = 0;
	bool blocks = band->kind == BAND_BLOCKS;

	for (uint32_t i = band->first; i < band->end; i++)
		total += strips[i].n;
	for (uint32_t c = 0; c < band->cols.n; c++) {
		struct lay_seg *segs = layout_alloc(l, total, sizeof(*segs));
		struct lay_strip *column;
		uint32_t n = 0, n_strips = 0, low, high;
		float right = band->cols.v[c].x1;

		for (uint32_t i = band->first; segs != NULL && i < band->end; i++) {
			for (uint32_t k = 0; k < strips[i].n; k++) {
				bool found = layout_touches(&band->cols, &strips[i].segs[k].box, &low, &high);

				if ((found ? low : 0) == c)
					segs[n++] = strips[i].segs[k];
			}
		}
		if (segs != NULL && !blocks)
			n = layout_join_justified(l, segs, n);
		column = segs != NULL ? layout_make_strips(l, segs, n, &n_strips) : NULL;
		/* The lines of blocks were broken on purpose: there was room up to the next one. */
		if (blocks)
			right = c + 1 < band->cols.n ? band->cols.v[c + 1].x0 - l->body : page_right;
		l->goes_on = c > 0 && !blocks;
		if (column != NULL)
			layout_flow(l, column, n_strips, band->cols.v[c].x0, right, depth + 1);
	}
	l->goes_on = false;
}

static void
write_prose(struct layout *l, const struct lay_strip *strips, uint32_t n, float left, float right)
{
	uint32_t n_lines = 0;
	struct lay_seg *lines = n > 0 ? layout_lines(l, strips, n, &n_lines) : NULL;

	if (lines != NULL)
		layout_prose(l, lines, n_lines, left, right);
}

static void
write_band(struct layout *l, struct lay_strip *strips, const struct lay_band *band, float right, int depth)
{
	if (band->kind == BAND_TABLE) {
		l->goes_on = false;
		layout_table(l, strips + band->first, band->end - band->first, &band->cols);
	} else {
		write_columns(l, strips, band, right, depth);
	}
}

void
layout_flow(struct layout *l, struct lay_strip *strips, uint32_t n, float left, float right, int depth)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < n;) {
		struct lay_band band = { BAND_NONE, i, i + 1, { .n = 0 } };

		if (i == 0 && depth == 0)
			band = layout_band_continued(l, strips, n, left);
		if (band.kind == BAND_NONE && strips[i].multi && depth < DEPTH)
			band = layout_band(l, strips, n, done, i, left);
		if (band.kind == BAND_NONE) {
			i++;
			continue;
		}
		write_prose(l, strips + done, band.first - done, left, right);
		write_band(l, strips, &band, right, depth);
		i = done = band.end;
	}
	write_prose(l, strips + done, n - done, left, right);
}

static void
flow_zone(struct layout *l, const struct lay_page *p, uint32_t from, uint32_t to, enum letter_zone zone)
{
	float left = p->width, right = 0;

	for (uint32_t i = from; i < to; i++) {
		left = p->strips[i].box.x0 < left ? p->strips[i].box.x0 : left;
		right = p->strips[i].box.x1 > right ? p->strips[i].box.x1 : right;
	}
	/* Where lines may end; pages hold too little to tell. */
	if (zone == LETTER_BODY && right < l->right)
		right = l->right;
	l->zone = zone;
	if (from < to)
		layout_flow(l, p->strips + from, to - from, left, right, 0);
}

static void
write_page(struct layout *l, const struct lay_page *p)
{
	letter_build_page(l->build, 0, 0, (struct letter_place){ 0 });
	flow_zone(l, p, 0, p->body, LETTER_PAGE_HEADER);
	flow_zone(l, p, p->body, p->foot, LETTER_BODY);
	flow_zone(l, p, p->foot, p->n_strips, LETTER_PAGE_FOOTER);
}

enum fp_status
layout_end(struct letter **out, struct layout *l, struct fp_err *err)
{
	layout_boxes(l);
	if (l->scan)
		layout_even_heights(l);
	for (size_t i = 0; i < l->n_pages && !l->no_memory; i++)
		layout_strips(l, &l->pages[i]);
	if (!l->no_memory)
		layout_measure(l);
	if (!l->no_memory)
		layout_edges(l);
	if (!l->no_memory)
		layout_learn_widths(l);
	for (size_t i = 0; i < l->n_pages && !l->no_memory; i++) {
		l->page = (int)i + 1;
		write_page(l, &l->pages[i]);
	}
	if (l->no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory for the words of %zu pages", l->n_pages);
	return letter_build_end(out, l->build, err);
}
