/* One line of text: what it begins and ends with, how the next goes on. */
#include <math.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define BLANK 0.28F /* width of a blank as a share of a line's height */

/* Characters that stand before the items of a list; with those of the picture fonts Symbol and Wingdings. */
static bool
is_bullet(uint32_t c)
{
	static const uint32_t bullets[] = { 0x95, 0xB7, 0x2022, 0x2023, 0x2043, 0x204C, 0x2190, 0x2192, 0x21D2, 0x2219, 0x25AA,
		0x25AB, 0x25A0, 0x25B6, 0x25B8, 0x25BA, 0x25BB, 0x25C6, 0x25C7, 0x25CA, 0x25CB, 0x25CF, 0x25E6, 0x25FE, 0x2714,
		0x2713, 0x2756, 0x2794, 0x27A2, 0x27A4, 0x2B9A, 0xF02D, 0xF0A7, 0xF0B7, 0xF0D8, 0xF0E0, 0xF0E8, 0xF0FC, 0xF076,
		0xF0AE };

	for (size_t i = 0; i < FP_COUNT(bullets); i++) {
		if (bullets[i] == c)
			return true;
	}
	return false;
}

/* What recognition makes of bullets. */
static bool
is_smudge(uint32_t c)
{
	return c == 0xA2 || c == 0xA4 || c == 0xA9 || c == 0xAB || c == 0xAE || c == 0xB0 || c == 0xBB || c == '=' || c == '~';
}

bool
layout_is_box(const struct lay_word *w)
{
	const char *p = w->text;
	uint32_t c;

	if (w->len != 3)
		return false;
	c = fp_utf8_next(&p, w->text + w->len);
	return (c >= 0x2610 && c <= 0x2612) || c == 0x25A1 || c == 0x25A2 || c == 0x25FB || (c >= 0x274F && c <= 0x2752) ||
	       c == 0x2B1C || (c >= 0xF06F && c <= 0xF072 && c != 0xF070) || c == 0xF0A3 || c == 0xF0A8 || c == 0xF0FD ||
	       c == 0xF0FE;
}

/* "12.", "3)", "(4)", "b)", "(b)", "iv)"; the whole word. */
static bool
take_number(const char *s, uint32_t len, struct lay_marker *m)
{
	bool bracket = len > 0 && s[0] == '(';
	const char *p = s + bracket, *end = s + len, *from = p;
	char close;

	for (; p < end && p - from < 3 && (unsigned char)(*p - '0') < 10; p++)
		m->number = m->number * 10 + (*p - '0');
	m->kind = 'n';
	if (p == from && p < end && (unsigned char)((*p | 0x20) - 'a') < 26) {
		m->kind = 'a';
		m->number = (*p++ | 0x20) - 'a' + 1;
		while (p < end && p - from < 5 && memchr("ivx", *p, 3) != NULL && memchr("ivx", *from, 3) != NULL)
			p++, m->number = 0;
	}
	close = p < end ? *p : '\0';
	if (p == from || end - p != 1 || (close != ')' && (bracket || close != '.' || m->kind == 'a')))
		*m = (struct lay_marker){ .kind = 0 };
	return m->kind != 0;
}

/* "5. April 2023", "3. 4. 2023". */
static bool
is_date(const struct layout *l, const struct lay_seg *line, int day)
{
	const struct lay_word *y = &l->words[line->first + 2];

	return line->n >= 3 && day <= 31 && y->len >= 4 && (memcmp(y->text, "19", 2) == 0 || memcmp(y->text, "20", 2) == 0) &&
	       (unsigned char)(y->text[2] - '0') < 10 && (unsigned char)(y->text[3] - '0') < 10 &&
	       (y->len == 4 || (unsigned char)(y->text[4] - '0') >= 10);
}

struct lay_marker
layout_marker(const struct layout *l, const struct lay_seg *line)
{
	struct lay_marker m = { .kind = 0 };
	const struct lay_word *w = &l->words[line->first];
	const char *p = w->text;
	uint32_t c = fp_utf8_next(&p, w->text + w->len);
	bool alone = p == w->text + w->len;
	float h = lay_height(&line->box);

	if (line->n > 2 && take_number(w[1].text, w[1].len, &m))
		return (struct lay_marker){ .kind = 0 };
	m = (struct lay_marker){ .kind = 0 };
	m.text_x = line->n > 1 ? w[1].box.x0 : w->box.x0;
	m.wide = line->n > 1 && w[1].box.x0 - w->box.x1 > 0.42F * h;
	/* In a justified line all blanks are wide. */
	if (line->n > 2)
		m.wide = m.wide && w[1].box.x0 - w->box.x1 > 1.4F * (w[2].box.x0 - w[1].box.x1);
	m.words = 1;
	if (is_bullet(c) || (l->scan && alone && line->n > 1 && is_smudge(c))) {
		m.kind = 'b';
		if (!alone)
			m.words = 0, m.bytes = (uint32_t)(p - w->text), m.wide = false, m.text_x = w->box.x0 + 0.5F * h;
	} else if (line->n < 2) {
		m.kind = 0;
	} else if (alone && (c == '-' || c == 0x2013 || c == 0x2014 || c == '*')) {
		m.kind = '-';
	} else if (alone && c == 'o' && m.wide) {
		m.kind = 'o';
	} else if (take_number(w->text, w->len, &m)) {
		m.kind = m.kind == 'n' && is_date(l, line, m.number) ? 0 : m.kind;
	}
	return m;
}

bool
layout_ends_choice(const struct layout *l, const struct lay_seg *line)
{
	uint32_t boxes = 0, behind = 0;

	for (uint32_t i = 0; i < line->n; i++) {
		bool box = layout_is_box(&l->words[line->first + i]);

		boxes += box;
		behind = box ? 0 : behind + 1;
	}
	return boxes >= 2 && (behind == 1 || behind == 2);
}

bool
layout_is_marker(const struct layout *l, const struct lay_seg *line)
{
	char text[64];
	size_t n = 0;
	int printed, stated;

	for (uint32_t i = 0; i < line->n && line->n <= 6; i++) {
		const struct lay_word *w = &l->words[line->first + i];

		if (n + w->len + 1 >= sizeof(text))
			return false;
		memcpy(text + n, w->text, w->len);
		n += w->len;
		text[n++] = ' ';
	}
	return n > 1 && letter_page_marker(text, n - 1, &printed, &stated);
}

uint32_t
layout_first_char(const struct layout *l, const struct lay_seg *line)
{
	const struct lay_word *w = &l->words[line->first];
	const char *p = w->text;

	return fp_utf8_next(&p, w->text + w->len);
}

char
layout_last_char(const struct layout *l, const struct lay_seg *line)
{
	const struct lay_word *w = &l->words[line->first + line->n - 1];

	return w->text[w->len - 1];
}

bool
layout_had_room(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b, float right)
{
	const struct lay_word *next = &l->words[b->first];
	float h = lay_height(&a->box), width = next->box.x1 - next->box.x0;

	return right - a->box.x1 > width + BLANK * h + 0.15F * h;
}

/* Both end at the right edge and begin where they like; a paragraph's first line may stand in, but not by so much. */
static bool
set_to_the_right(const struct lay_seg *a, const struct lay_seg *b)
{
	float h = lay_height(&a->box);

	return fabsf(a->box.x1 - b->box.x1) < 1.0F && (b->box.x0 - a->box.x0 > 1.5F * h || a->box.x0 - b->box.x0 > 4.0F * h);
}

static bool
is_address(const struct lay_word *w)
{
	return memchr(w->text, '@', w->len) != NULL || (w->len > 4 && memcmp(w->text, "www.", 4) == 0) ||
	       (w->len > 7 && memcmp(w->text, "http", 4) == 0);
}

enum lay_join
layout_join(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b, float right)
{
	uint32_t first = layout_first_char(l, b);
	char last = layout_last_char(l, a);

	if (layout_is_box(&l->words[b->first]))
		return JOIN_BREAK;
	/* A box at the end asks for its text, a hyphen for the rest of the word, room or not. */
	if (layout_is_box(&l->words[a->first + a->n - 1]))
		return JOIN_LINE;
	if (last == '-' && l->words[a->first + a->n - 1].len > 1)
		return JOIN_LINE;
	if (set_to_the_right(a, b))
		return JOIN_BREAK;
	if (!layout_had_room(l, a, b, right))
		return JOIN_LINE;
	/* A sentence that goes on in small letters was not meant to break. */
	if (first != FP_UTF8_BAD && u_islower((UChar32)first) && strchr(".:;!?", last) == NULL &&
	    !is_address(&l->words[b->first]))
		return JOIN_LINE;
	return JOIN_BREAK;
}

/* Smaller than its line and above the foot of it: a mark of trade, of a note, of a power. */
static bool
is_raised(const struct layout *l, const struct lay_word *w, const struct lay_box *line)
{
	float h = lay_height(line);

	return !l->scan && lay_height(&w->box) < 0.85F * h && w->len <= 4 && w->box.y1 < line->y1 - 0.1F * h &&
	       w->box.y0 < line->y0 + 0.25F * h;
}

/* Pieces of one word (a raised TM, another font) are put together again. */
static bool
touches_last(const struct lay_word *a, const struct lay_word *b, float h, bool raised)
{
	float gap = b->box.x0 - a->box.x1;

	return gap < (raised ? 0.15F : 0.09F) * h && gap > -1.5F * h;
}

/* A raised 1 behind a number must not become a digit of it. False: nothing of the kind. */
static bool
write_raised(struct layout *l, const struct lay_word *w, struct letter_place at)
{
	static const char *const digits[] = { "\xe2\x81\xb0", "\xc2\xb9", "\xc2\xb2", "\xc2\xb3", "\xe2\x81\xb4", "\xe2\x81\xb5",
		"\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9" };

	if (w->len == 2 && (memcmp(w->text, "TM", 2) == 0 || memcmp(w->text, "SM", 2) == 0)) {
		letter_build_text(l->build, w->text[0] == 'T' ? "\xe2\x84\xa2" : "\xe2\x84\xa0", 3, at);
		return true;
	}
	for (uint32_t i = 0; i < w->len; i++) {
		if ((unsigned char)(w->text[i] - '0') >= 10)
			return false;
	}
	for (uint32_t i = 0; i < w->len; i++) {
		const char *digit = digits[w->text[i] - '0'];

		letter_build_text(l->build, digit, strlen(digit), at);
	}
	return true;
}

void
layout_write_words(struct layout *l, const struct lay_seg *line, uint32_t skip_words, uint32_t skip_bytes)
{
	struct letter_place at = {
		.page = l->page, .x0 = line->box.x0, .y0 = line->box.y0, .x1 = line->box.x1, .y1 = line->box.y1
	};
	float h = lay_height(&line->box);

	for (uint32_t i = skip_words; i < line->n; i++) {
		const struct lay_word *w = &l->words[line->first + i];
		uint32_t skip = i == skip_words && skip_bytes < w->len ? skip_bytes : 0;
		bool raised = is_raised(l, w, &line->box);

		if (i > skip_words && !touches_last(w - 1, w, h, raised))
			letter_build_text(l->build, " ", 1, at);
		if (!raised || !write_raised(l, w, at))
			letter_build_text(l->build, w->text + skip, w->len - skip, at);
		l->last = w->text[w->len - 1];
	}
}
