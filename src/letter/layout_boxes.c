/* Boxes to tick that a PDF writes with letters of a picture font or with brackets. Only where there is no doubt. */
#include <string.h>

#include "letter/layout_int.h"

#define EMPTY "\xe2\x98\x90"
#define TICKED "\xe2\x98\x91"
#define CROSSED "\xe2\x98\x92"

/* Wingdings and Zapf Dingbats whose letters came through as such. sure: nobody writes that letter alone. */
static const struct glyph {
	const char *letter, *box;
	bool sure;
} glyphs[] = {
	{ "o", EMPTY, false },
	{ "q", EMPTY, false },
	{ "\xc2\xa8", EMPTY, true },
	{ "\xc2\xa3", EMPTY, false },
	{ "\xc3\xbe", TICKED, false },
	{ "\xc3\xbd", CROSSED, false },
};

/* Wingdings' own code points that are boxes for sure; the rest letter_build_text knows. */
static const struct glyph private[] = {
	{ "\xef\x81\x92", TICKED, true },
	{ "\xef\x81\x93", CROSSED, true },
	{ "\xef\x81\x94", CROSSED, true },
	{ "\xef\x81\xb8", CROSSED, true },
};

/* What recognition makes of an empty box. */
static const struct glyph recognised[] = {
	{ "O", EMPTY, false },
	{ "0", EMPTY, false },
	{ "o", EMPTY, false },
	{ "LJ", EMPTY, false },
	{ "CJ", EMPTY, false },
	{ "[J", EMPTY, false },
	{ "[1", EMPTY, false },
	{ "\xc2\xa9", EMPTY, false },
};

static const struct glyph *
find_glyph(const struct glyph *table, size_t n, const struct lay_word *w)
{
	for (size_t i = 0; i < n && w->len <= 3; i++) {
		if (strlen(table[i].letter) == w->len && memcmp(table[i].letter, w->text, w->len) == 0)
			return &table[i];
	}
	return NULL;
}

static void
become(struct lay_word *w, const char *box)
{
	w->text = box;
	w->len = 3;
}

static const struct glyph *
glyph_of(const struct layout *l, const struct lay_word *w)
{
	return l->scan ? find_glyph(recognised, FP_COUNT(recognised), w) : find_glyph(glyphs, FP_COUNT(glyphs), w);
}

/* "o Yes o No": two or more, the first one leads the line, each has one to four words behind it, which are no numbers. */
static bool
is_choice(const struct layout *l, const struct lay_word *w, size_t n)
{
	size_t boxes = 0, since = 0;

	for (size_t i = 0; i < n; i++) {
		if (glyph_of(l, &w[i]) == NULL) {
			since++;
			if (boxes == 0 || since > 4 || (w[i].text[0] >= '0' && w[i].text[0] <= '9'))
				return false;
			continue;
		}
		if (boxes > 0 && since == 0)
			return false;
		boxes++;
		since = 0;
	}
	return boxes >= 2 && since > 0;
}

/* "[ ]", "[x]" in front of text. */
static void
take_brackets(struct lay_word *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (w[i].len == 3 && w[i].text[0] == '[' && (w[i].text[1] | 0x20) == 'x' && w[i].text[2] == ']') {
			become(&w[i], CROSSED);
		} else if (w[i].len == 2 && memcmp(w[i].text, "[]", 2) == 0) {
			become(&w[i], EMPTY);
		} else if (i + 1 < n && w[i].len == 1 && w[i].text[0] == '[' && w[i + 1].len == 1 && w[i + 1].text[0] == ']') {
			become(&w[i], EMPTY);
			w[i].box.x1 = w[i + 1].box.x1;
			become(&w[i + 1], EMPTY);
			w[i + 1].len = 0;
		}
	}
}

static size_t
line_end(const struct layout *l, size_t i)
{
	size_t k = i + 1;

	while (k < l->n_words && l->words[k].line == l->words[i].line)
		k++;
	return k;
}

/* Words that went into the one before. */
static void
drop_empty(struct layout *l)
{
	size_t to = 0;

	for (size_t p = 0; p < l->n_pages; p++) {
		size_t from = l->pages[p].first, end = from + l->pages[p].n;

		l->pages[p].first = (uint32_t)to;
		for (size_t i = from; i < end; i++) {
			if (l->words[i].len > 0)
				l->words[to++] = l->words[i];
		}
		l->pages[p].n = (uint32_t)to - l->pages[p].first;
	}
	l->n_words = to;
}

void
layout_boxes(struct layout *l)
{
	size_t choices = 0;

	for (size_t i = 0, end; i < l->n_words; i = end) {
		end = line_end(l, i);
		choices += is_choice(l, &l->words[i], end - i);
		take_brackets(&l->words[i], end - i);
	}
	for (size_t i = 0, end; i < l->n_words; i = end) {
		bool choice = is_choice(l, &l->words[i], line_end(l, i) - i);

		end = line_end(l, i);
		for (size_t k = i; k < end; k++) {
			const struct glyph *g = find_glyph(private, FP_COUNT(private), &l->words[k]);

			if (g == NULL)
				g = glyph_of(l, &l->words[k]);
			if (g != NULL && (g->sure || (choice && choices >= 2)))
				become(&l->words[k], g->box);
		}
	}
	drop_empty(l);
}
