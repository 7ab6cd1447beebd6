/* Mark-up inside a block: emphasis, links, boxes, character references. What is no mark-up after all stands as text. */
#include <string.h>

#include <unicode/uchar.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "letter/decode.h"
#include "letter/entity.h"
#include "letter/text_int.h"

void
letter_text_place(struct text *t, const struct line *l, const char *s, struct letter_place *out)
{
	if (t->cursor_line != l->no || t->cursor > s) {
		t->cursor = l->s;
		t->cursor_col = l->col;
		t->cursor_line = l->no;
	}
	t->cursor_col += (uint32_t)letter_chars(t->cursor, (size_t)(s - t->cursor));
	t->cursor = s;
	*out = (struct letter_place){ .line = (int)l->no, .col = (int)t->cursor_col };
}

void
letter_text_close(struct text *t)
{
	struct letter_block *open = letter_build_open(t->b);

	if (open != NULL)
		open->bold = t->saw_strong && !t->saw_plain;
	t->strong = t->star = t->underline = t->ticked = false;
	t->strong_tags = 0;
	t->saw_strong = t->saw_plain = t->link_tag = false;
	t->link_close = NULL;
}

void
letter_text_open(struct text *t, enum letter_kind kind, int level)
{
	letter_text_close(t);
	letter_build_block(t->b, kind, level, 0);
	if (kind != LETTER_CELL)
		t->table = -1;
}

/* Letters or digits: what makes a block plain when it is not strong. */
static bool
has_word(const char *s, const char *end)
{
	for (; s < end; s++) {
		unsigned char c = (unsigned char)*s;

		if (text_is_alnum(s[0]) || (c >= 0xC3 && c != 0xE2))
			return true;
	}
	return false;
}

static bool
is_all_blank(const char *s, const char *end)
{
	while (s < end && text_is_blank(*s))
		s++;
	return s == end;
}

void
letter_text_emit(struct text *t, const struct line *l, const char *s, const char *end)
{
	struct letter_place place;

	if (letter_build_open(t->b) == NULL) {
		if (is_all_blank(s, end))
			return;
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	}
	if (t->strong || t->strong_tags > 0)
		t->saw_strong = true;
	else if (!t->saw_plain)
		t->saw_plain = has_word(s, end);
	letter_text_place(t, l, s, &place);
	letter_build_text(t->b, s, (size_t)(end - s), place);
}

/* One character instead of what stands at s. */
static void
emit_char(struct text *t, const struct line *l, const char *s, uint32_t c)
{
	struct letter_place place;
	char utf8[8];
	struct fp_buf b = { .data = utf8, .cap = sizeof(utf8) };

	fp_utf8_put(&b, c);
	if (letter_build_open(t->b) == NULL)
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	letter_text_place(t, l, s, &place);
	letter_build_text(t->b, utf8, b.len, place);
}

void
letter_text_box(struct text *t, const struct line *l, const char *s, uint32_t box)
{
	emit_char(t, l, s, ' ');
	emit_char(t, l, s, box);
	emit_char(t, l, s, ' ');
}

/* Looking ahead. Each finder only moves forward inside a group of lines, so that all looking together is linear. */

static bool
closes(int what, const char *p, const char *end)
{
	switch (what) {
	case FIND_STRONG:
		return *p == '*' && p + 1 < end && p[1] == '*' && !text_is_blank(p[-1]);
	case FIND_STAR:
		return *p == '*' && !text_is_blank(p[-1]);
	case FIND_UNDERLINE:
	case FIND_UNDERLINES:
		if (*p != '_' || text_is_blank(p[-1]) || (what == FIND_UNDERLINES && (p + 1 == end || p[1] != '_')))
			return false;
		p += what == FIND_UNDERLINES ? 2 : 1;
		return p >= end || !(text_is_alnum(*p) || *p < 0 || *p == '_');
	default:
		return true;
	}
}

const char *
letter_text_find(struct text *t, int what, const char *from)
{
	static const char chars[FIND_COUNT] = { '*', '*', '_', '_', '`', ']', '[', ')', '>', '\n' };
	char c = what == FIND_NEWLINE ? t->newline : chars[what];
	const char *p = t->find[what].at;

	if (p != NULL && p >= from)
		return p;
	for (p = from; p < t->group_end; p++) {
		p = memchr(p, c, (size_t)(t->group_end - p));
		if (p == NULL)
			break;
		if (closes(what, p, t->group_end))
			break;
	}
	t->find[what].at = p != NULL ? p : t->group_end;
	return t->find[what].at;
}

static bool
word_before(const struct line *l, const char *s)
{
	const char *p = s;
	uint32_t c;

	if (s == l->s)
		return false;
	do
		p--;
	while (p > l->s && ((unsigned char)*p & 0xC0) == 0x80);
	c = fp_utf8_next(&p, s);
	return c < 0x80 ? (c | 0x20U) - 'a' < 26U || c - '0' < 10U : c != FP_UTF8_BAD && u_isalnum((UChar32)c);
}

/* One step of a run of stars: how many of the n it uses up as mark-up, 0: the rest is text. */
static size_t
use_stars(struct text *t, const char *s, size_t n, bool opens, bool can_close)
{
	if (n >= 2 && t->strong && can_close) {
		t->strong = false;
		/* "**a****b**": a lost line break between two headings */
		if (n >= 4 && opens)
			letter_build_break(t->b);
		return 2;
	}
	if (t->star && can_close && n != 2) {
		t->star = false;
		return 1;
	}
	if (!opens)
		return 0;
	if (n >= 2 && letter_text_find(t, FIND_STRONG, s + n + 1) < t->group_end) {
		t->strong = true;
		return 2;
	}
	if (n != 2 && letter_text_find(t, FIND_STAR, s + n + 1) < t->group_end) {
		t->star = true;
		return 1;
	}
	return 0;
}

static const char *
take_stars(struct text *t, const struct line *l, const char *s, const char *end)
{
	size_t n = 0, used = 0;
	bool next, can_close = s > l->s && !text_is_blank(s[-1]), after_word = word_before(l, s);

	while (s + n < end && s[n] == '*')
		n++;
	next = s + n < end && !text_is_blank(s[n]);
	for (size_t step = 1; step > 0 && used < n; used += step)
		step = use_stars(
		    t, s + used, n - used, next && (!after_word || used > 0 || (n == 4 && t->strong)), can_close && used < 3);
	if (used < n)
		letter_text_emit(t, l, s + used, s + n);
	return s + n;
}

static const char *
take_underlines(struct text *t, const struct line *l, const char *s, const char *end)
{
	size_t n = 0;
	bool next_word, *state;
	int what;

	while (s + n < end && s[n] == '_')
		n++;
	state = n == 1 ? &t->underline : &t->strong;
	what = n == 1 ? FIND_UNDERLINE : FIND_UNDERLINES;
	next_word = s + n < end && !text_is_blank(s[n]);
	if (n <= 2 && *state && s > l->s && closes(what, s, end)) {
		*state = false;
	} else if (n <= 2 && !*state && next_word && !word_before(l, s) && letter_text_find(t, what, s + n + 1) < t->group_end) {
		*state = true;
	} else {
		letter_text_emit(t, l, s, s + n);
	}
	return s + n;
}

void
letter_text_link(struct text *t, const char *url, const char *end)
{
	char small[512];
	char *copy = end - url < (ptrdiff_t)sizeof(small) ? small : fp_reallocarray(NULL, (size_t)(end - url) + 1, 1);
	size_t n = 0;

	if (copy == NULL) {
		t->no_memory = true;
		return;
	}
	while (url < end) {
		if (*url == '\0')
			url++;
		else if (end - url >= 5 && memcmp(url, "&amp;", 5) == 0)
			copy[n++] = '&', url += 5;
		else
			copy[n++] = *url++;
	}
	copy[n] = '\0';
	letter_build_link(t->b, copy);
	if (copy != small)
		fp_freep(&copy);
}

/* Behind "](": where the address ends; the bracket that closes it is at *close. NULL: it does not end on this line. */
static const char *
address_end(struct text *t, const char *s, const char **close)
{
	const char *p = letter_text_find(t, FIND_PAREN, s), *open;

	if (p >= t->group_end || letter_text_find(t, FIND_NEWLINE, s) < p)
		return NULL;
	/* an address with a pair of brackets inside */
	open = memchr(s, '(', (size_t)(p - s));
	if (open != NULL && p + 1 < t->group_end && !text_is_blank(p[1])) {
		const char *q = letter_text_find(t, FIND_PAREN, p + 1);

		if (q < t->group_end && letter_text_find(t, FIND_NEWLINE, s) > q && memchr(p, ' ', (size_t)(q - p)) == NULL)
			p = q;
	}
	*close = p;
	/* a title in quotation marks is not part of it */
	if (p - s > 2 && p[-1] == '"') {
		const char *quote = memchr(s, '"', (size_t)(p - 1 - s));

		while (quote != NULL && quote > s && text_is_blank(quote[-1]))
			quote--;
		if (quote != NULL && quote > s)
			return quote;
	}
	return p;
}

/* "[ ]" and "[x]": how many bytes, 0: no box. */
static size_t
is_box(const char *s, const char *end, uint32_t *box)
{
	size_t n = 1;
	char in;

	while (s + n < end && n < 4 && (s[n] == ' ' || s[n] == '_'))
		n++;
	in = s + n < end ? s[n] : '\0';
	*box = 0x2610;
	if (n == 1 && *s == '[' && (in == 'x' || in == 'X')) {
		*box = 0x2612;
		n++;
	}
	if (n == 1 || s + n >= end || s[n] != (*s == '[' ? ']' : ')') || (s + n + 1 < end && s[n + 1] == '('))
		return 0;
	return n + 1;
}

/* At '[': a link's text begins (s of an image at '!'). False: it is a bracket. */
static bool
begin_link(struct text *t, const char *s, bool image)
{
	const char *close, *end, *paren;

	if (t->link_close != NULL)
		return false;
	close = letter_text_find(t, FIND_BRACKET, s + 1);
	if (close + 1 >= t->group_end || close[1] != '(' || letter_text_find(t, FIND_OPEN, s + 1) < close)
		return false;
	end = address_end(t, close + 2, &paren);
	if (end == NULL)
		return false;
	t->link_close = close;
	t->link_resume = paren + 1;
	if (letter_build_open(t->b) == NULL)
		letter_text_open(t, LETTER_PARAGRAPH, 0), t->link_close = close;
	if (!image)
		letter_text_link(t, close + 2, end);
	return true;
}

static const char *
take_bracket(struct text *t, const struct line *l, const char *s, const char *end)
{
	uint32_t box;
	size_t n = is_box(s, end, &box);

	if (n > 0) {
		letter_text_box(t, l, s, box);
		return s + n;
	}
	if (*s == '[' && begin_link(t, s, false))
		return s + 1;
	letter_text_emit(t, l, s, s + 1);
	return s + 1;
}

static const char *
take_close(struct text *t, const struct line *l, const char *s, const char *end)
{
	const char *resume = t->link_resume;

	if (s != t->link_close) {
		letter_text_emit(t, l, s, s + 1);
		return s + 1;
	}
	t->link_close = NULL;
	letter_build_link_end(t->b);
	return resume <= end ? resume : end;
}

static const char *
take_entity(struct text *t, const struct line *l, const char *s, const char *end)
{
	uint32_t c;
	size_t n = letter_entity(s, (size_t)(end - s), &c);

	if (n == 0) {
		letter_text_emit(t, l, s, s + 1);
		return s + 1;
	}
	if (!t->strong && t->strong_tags == 0 && c > ' ' && u_isalnum((UChar32)c))
		t->saw_plain = true;
	emit_char(t, l, s, c);
	return s + n;
}

static const char *
take_special(struct text *t, const struct line *l, const char *s, const char *end)
{
	const char *next;

	switch (*s) {
	case '*':
		return take_stars(t, l, s, end);
	case '_':
		return take_underlines(t, l, s, end);
	case '[':
	case '(':
		return take_bracket(t, l, s, end);
	case ']':
		return take_close(t, l, s, end);
	case '&':
		return take_entity(t, l, s, end);
	case '<':
		next = letter_text_tag(t, l, s, end);
		if (next > s)
			return next;
		break;
	case '!':
		if (begin_link(t, s + 1, true))
			return s + 2;
		break;
	case '\\':
		letter_text_emit(t, l, s + 1, s + 2);
		return s + 2;
	case '`':
		if (t->ticked || letter_text_find(t, FIND_TICK, s + 1) < t->group_end) {
			t->ticked = !t->ticked;
			return s + 1;
		}
		break;
	default:
		break;
	}
	letter_text_emit(t, l, s, s + 1);
	return s + 1;
}

/* Could the character at s be mark-up? Quick no for brackets and strokes that are plainly text. */
static bool
is_special(const struct text *t, const char *s, const char *end)
{
	switch (*s) {
	case '*':
	case '_':
	case '[':
	case '&':
	case '<':
	case '`':
		return true;
	case ']':
		return s == t->link_close;
	case '(':
		return s + 1 < end && (s[1] == ' ' || s[1] == '_' || s[1] == ')');
	case '!':
		return s + 1 < end && s[1] == '[';
	case '\\':
		return s + 1 < end && memchr("*_[]#`|<>~.+!(){}-", s[1], 18) != NULL;
	default:
		return false;
	}
}

/* Behind the sixteens from s on that hold no mark-up. */
static const char *
skip_plain(const char *s, const char *end)
{
	for (; end - s >= (ptrdiff_t)FP_BYTES; s += FP_BYTES) {
		fp_bytes v = fp_bytes_at(s);

		if (fp_bytes_any(fp_bytes_are(v, '*') | fp_bytes_are(v, '_') | fp_bytes_between(v, '[', ']') |
				 fp_bytes_are(v, '&') | fp_bytes_are(v, '<') | fp_bytes_are(v, '`') | fp_bytes_are(v, '(') |
				 fp_bytes_are(v, '!')))
			break;
	}
	return s;
}

void
letter_text_inline(struct text *t, const struct line *l, const char *s, const char *end)
{
	static const bool maybe[256] = { ['*'] = true,
		['_'] = true,
		['['] = true,
		[']'] = true,
		['&'] = true,
		['<'] = true,
		['`'] = true,
		['('] = true,
		['!'] = true,
		['\\'] = true };

	if (t->skip_to != NULL && t->skip_to > s)
		s = t->skip_to < end ? t->skip_to : end;
	while (s < end) {
		const char *run = s;

		if (t->skip_name != NULL) {
			s = letter_text_skip(t, s, end);
			continue;
		}
		s = t->ticked ? s : skip_plain(s, end);
		while (s < end && (t->ticked ? *s != '`' : !maybe[(unsigned char)*s] || !is_special(t, s, end)))
			s++;
		if (s > run)
			letter_text_emit(t, l, run, s);
		if (s < end)
			s = take_special(t, l, s, end);
	}
}
