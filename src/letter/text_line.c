/* Lines: how a text falls into them, and what one is by its first characters. */
#include <string.h>

#include <unicode/uchar.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "letter/decode.h"
#include "letter/text_int.h"

#define MEASURED ((size_t)256 << 10) /* bytes that are enough to see how a text is wrapped */
#define WIDEST 120                   /* a line longer than this was not wrapped */
#define NARROWEST 50                 /* and a text that wraps shorter does not either */

const char *
letter_text_first(const struct line *l)
{
	const char *p = l->s;

	while (p < l->end && text_is_blank(*p))
		p++;
	return p;
}

/* "> " and "> > " of quoted mail. */
static void
strip_quotes(struct line *l)
{
	for (;;) {
		const char *p = l->s;

		while (p < l->end && p - l->s < 3 && *p == ' ')
			p++;
		if (p == l->end || *p != '>' || (p + 1 < l->end && p[1] != ' ' && p[1] != '>'))
			return;
		p += p + 1 < l->end && p[1] == ' ' ? 2 : 1;
		l->col += (uint32_t)(p - l->s);
		l->s = p;
	}
}

static void
measure_indent(struct line *l)
{
	uint32_t indent = 0;
	const char *p = l->s;

	for (; p < l->end && text_is_blank(*p); p++)
		indent += *p == '\t' ? 4 - indent % 4 : 1;
	l->indent = (uint16_t)(indent < 1000 ? indent : 1000);
	l->lead_tab = l->s < l->end && *l->s == '\t';
}

/* Two blanks behind a full stop are a typist's habit and no gap. */
static bool
is_gap(const char *blank, size_t n)
{
	return n > 2 || memchr(".!?:", blank[-1], 4) == NULL;
}

/* No tab, no "|", and no two blanks in a row. */
static bool
is_one_piece(const char *p, size_t len)
{
	size_t i = 0;

	for (; len - i > FP_BYTES; i += FP_BYTES) {
		fp_bytes v = fp_bytes_at(p + i), next = fp_bytes_at(p + i + 1);

		if (fp_bytes_any(fp_bytes_are(v, '\t') | fp_bytes_are(v, '|') | (fp_bytes_are(v, ' ') & fp_bytes_are(next, ' '))))
			return false;
	}
	while (i < len && p[i] != '\t' && p[i] != '|' && !(p[i] == ' ' && i + 1 < len && p[i + 1] == ' '))
		i++;
	return i == len;
}

/* Count what tables are made of; p is the first character that is no blank. */
static void
measure_inside(struct line *l, const char *p)
{
	size_t len = (size_t)(l->end - p);

	if (is_one_piece(p, len))
		return;
	while (p < l->end) {
		const char *from;

		l->tabs += *p == '\t';
		l->pipes += *p == '|';
		for (from = p; p < l->end && *p == ' '; p++)
			;
		if (p - from >= 2 && p < l->end && *p != '\t')
			l->gap = l->gap || is_gap(from, (size_t)(p - from));
		p += p == from;
	}
}

/* The next line of the text; false at its end. Form feeds before and behind it are counted. */
static bool
read_line(struct text *t, struct line *l)
{
	const char *nl;

	if (t->at >= t->end)
		return false;
	nl = memchr(t->at, t->newline, (size_t)(t->end - t->at));
	*l = (struct line){ .s = t->at, .end = nl != NULL ? nl : t->end, .no = ++t->line_no, .col = 1, .page = t->page_next };
	t->page_next = false;
	t->at = nl != NULL ? nl + 1 : t->end;
	for (; l->s < l->end && *l->s == '\f'; l->s++, l->col++)
		l->page = true;
	if (l->end > l->s && l->end[-1] == '\r')
		l->end--;
	for (; l->end > l->s && l->end[-1] == '\f'; l->end--)
		t->page_next = true;
	return true;
}

static void
finish_line(struct line *l)
{
	const char *end = l->end;

	strip_quotes(l);
	measure_indent(l);
	while (end > l->s && end[-1] == ' ')
		end--;
	l->two_blanks = l->end - end >= 2;
	measure_inside(l, letter_text_first(l));
}

static bool
add_line(struct text *t, const struct line *l)
{
	if (t->n_lines >= t->cap_lines && fp_grow(&t->lines, &t->cap_lines, t->n_lines + 1, sizeof(*t->lines)) != 0) {
		t->no_memory = true;
		return false;
	}
	t->lines[t->n_lines++] = *l;
	return true;
}

bool
letter_text_group(struct text *t)
{
	struct line l;

	t->n_lines = 0;
	while (t->n_lines < GROUP_MAX) {
		if (t->n_lines > 0 && (t->page_next || (t->at < t->end && *t->at == '\f')))
			break;
		if (!read_line(t, &l))
			break;
		finish_line(&l);
		if (letter_text_first(&l) == l.end) {
			t->page_next = t->page_next || l.page;
			if (t->n_lines > 0)
				break;
			continue;
		}
		if (!add_line(t, &l))
			return false;
	}
	return t->n_lines > 0;
}

bool
letter_text_next_line(const struct text *t, struct line *out)
{
	struct text look = { .at = t->at, .end = t->end, .newline = t->newline };

	for (int blank = 0; blank < 2 && read_line(&look, out); blank++) {
		finish_line(out);
		if (letter_text_first(out) < out->end)
			return !out->page;
	}
	return false;
}

/* Nine of ten lines that are followed by another are at most that long. */
static uint32_t
usual_width(const uint32_t *lines, uint32_t n)
{
	uint32_t seen = 0, width = 0;

	while (width < WIDEST && seen + lines[width] < n - n / 10)
		seen += lines[width++];
	return width;
}

void
letter_text_measure(struct text *t)
{
	uint32_t lengths[WIDEST + 1] = { 0 }, n = 0, old = 0;
	size_t long_bytes = 0, bytes = 0;
	const char *p = t->at, *end = t->end - t->at > (ptrdiff_t)MEASURED ? t->at + MEASURED : t->end;
	bool tabs = memchr(p, '\t', (size_t)(end - p)) != NULL;

	while (p < end) {
		const char *nl = memchr(p, t->newline, (size_t)(end - p));
		size_t len = (size_t)((nl != NULL ? nl : end) - p);
		size_t chars = len < 4 * WIDEST ? letter_chars(p, len) : len;
		bool table = tabs && memchr(p, '\t', len) != NULL;

		if (chars > 1 && old > 0)
			lengths[old]++, n++;
		bytes += table ? 0 : len;
		long_bytes += chars > WIDEST && !table ? len : 0;
		old = chars > 1 && chars <= WIDEST && !table ? (uint32_t)chars : 0;
		p += len + 1;
	}
	t->width = n >= 2 && 2 * long_bytes < bytes ? usual_width(lengths, n) : 0;
	t->width = t->width < NARROWEST ? 0 : t->width;
}

bool
letter_text_is_full(const struct text *t, size_t i)
{
	const struct line *l = &t->lines[i], *next = &t->lines[i + 1];
	const char *word = letter_text_first(next), *p = word;

	/* a soft hyphen is there because the word was cut */
	if (l->end - l->s > 2 && memcmp(l->end - 2, "\xc2\xad", 2) == 0)
		return true;
	if (t->width == 0)
		return false;
	while (p < next->end && !text_is_blank(*p))
		p++;
	return letter_chars(l->s, (size_t)(l->end - l->s)) + 1 + letter_chars(word, (size_t)(p - word)) > t->width;
}

size_t
letter_text_underline(const struct line *l, char *c)
{
	const char *p = letter_text_first(l), *from = p;

	*c = p < l->end ? *p : '\0';
	if (*c != '=' && *c != '-')
		return 0;
	while (p < l->end && *p == *c)
		p++;
	for (const char *q = p; q < l->end; q++) {
		if (!text_is_blank(*q))
			return 0;
	}
	return p - from >= 3 ? (size_t)(p - from) : 0;
}

/* "---", "* * *", "______". */
static bool
is_rule(const struct line *l, const char *p)
{
	char c = *p;
	size_t n = 0;

	if (memchr("-*_=~", c, 5) == NULL)
		return false;
	for (; p < l->end; p++) {
		if (*p != c && !text_is_blank(*p))
			return false;
		n += *p == c;
	}
	return n >= 3;
}

/* Bullets beyond ASCII, as text and as a symbol font's characters; loose ones need no blank behind. */
static const struct bullet {
	const char *s;
	bool tight; /* also a dash or dot in running text: needs a blank behind it */
} bullets[] = {
	{ "\xe2\x80\xa2", false },
	{ "\xe2\x80\xa3", false },
	{ "\xe2\x96\xaa", false },
	{ "\xe2\x96\xa0", true },
	{ "\xe2\x97\x8f", false },
	{ "\xe2\x97\x8b", true },
	{ "\xe2\x97\xa6", false },
	{ "\xe2\x80\x93", true },
	{ "\xe2\x80\x94", true },
	{ "\xc2\xb7", true },
	{ "\xe2\x9e\xa2", false },
	{ "\xe2\x86\x92", true },
	{ "\xe2\x81\x83", false },
	{ "\xef\x82\xb7", false },
	{ "\xef\x82\xa7", false },
	{ "\xef\x83\x98", false },
	{ "\xef\x80\xad", false },
};

/* Bytes of a bullet at p, 0: none. kind tells it from other bullets. */
static size_t
take_bullet(const char *p, const char *end, char *kind)
{
	if ((*p == '-' || *p == '*' || *p == '+') && (p + 1 == end || text_is_blank(p[1]))) {
		*kind = *p;
		return 1;
	}
	if ((unsigned char)*p < 0x80)
		return 0;
	for (size_t i = 0; i < FP_COUNT(bullets); i++) {
		size_t n = strlen(bullets[i].s);

		if ((size_t)(end - p) < n || memcmp(p, bullets[i].s, n) != 0)
			continue;
		*kind = (char)('A' + i);
		return !bullets[i].tight || (p + n < end && text_is_blank(p[n])) ? n : 0;
	}
	return 0;
}

/* Some converters write the hollow bullet as the letter o. */
static bool
is_letter_bullet(const struct text *t, const struct line *l, const char *p)
{
	const char *q = p + 1;

	if (*p != 'o' || q >= l->end || !text_is_blank(*q))
		return false;
	while (q < l->end && text_is_blank(*q))
		q++;
	if (q == l->end)
		return false;
	return p[1] == '\t' || q - p > 2 ||
	       ((l->indent >= 2 || (t->depth > 0 && !t->stale)) && ((*q >= 'A' && *q <= 'Z') || *q < 0));
}

/* "5. April 2023", "3. 4. 2023" at the beginning of a line are days and no items. */
static bool
is_date(const char *p, const char *end, int number)
{
	const char *word;

	while (p < end && text_is_blank(*p))
		p++;
	word = p;
	while (p < end && !text_is_blank(*p))
		p++;
	if (number > 31 || p == word || p - word > 24 || p == end)
		return false;
	while (p < end && text_is_blank(*p))
		p++;
	return end - p >= 4 && (p[0] == '1' || p[0] == '2') && (p[1] == '9' || p[1] == '0') && text_is_digit(p[2]) &&
	       text_is_digit(p[3]) && (end - p == 4 || !text_is_digit(p[4]));
}

/* "1.", "1)", "(1)", "a)", "(a)", "iv)". Bytes of the marker, 0: none. */
static size_t
take_number(const char *p, const char *end, struct item *out)
{
	bool bracket = *p == '(';
	const char *s = p + bracket, *q = s;

	out->number = 0;
	for (; q < end && q - s < 3 && text_is_digit(*q); q++)
		out->number = out->number * 10 + (*q - '0');
	out->kind = 'n';
	if (q == s && q < end && (*q | 0x20) >= 'a' && (*q | 0x20) <= 'z') {
		out->kind = 'a';
		out->number = (*q | 0x20) - 'a' + 1;
		if (++q < end && memchr("ivx", *q, 3) != NULL && memchr("ivx", *s, 3) != NULL) {
			out->number = 0;
			while (q < end && q - s < 5 && memchr("ivx", *q, 3) != NULL)
				q++;
		}
	}
	if (q == s || q >= end || (*q != ')' && (bracket || *q != '.' || out->kind == 'a')))
		return 0;
	out->stop = *q == '.' && q + 1 < end && q[1] == ' ';
	q++;
	if ((q < end && !text_is_blank(*q)) || (out->kind == 'n' && is_date(q, end, out->number)))
		return 0;
	return (size_t)(q - p);
}

static bool
read_item(const struct text *t, const struct line *l, struct item *out)
{
	const char *p = letter_text_first(l);
	size_t n;
	bool tab;

	*out = (struct item){ 0 };
	if (p == l->end)
		return false;
	n = take_bullet(p, l->end, &out->kind);
	if (n == 0 && is_letter_bullet(t, l, p))
		n = 1, out->kind = 'o';
	if (n == 0)
		n = take_number(p, l->end, out);
	tab = n > 0 && p + n < l->end && p[n] == '\t';
	if (n == 0 || l->tabs > tab)
		return false;
	for (p += n; p < l->end && text_is_blank(*p);)
		p++;
	if (out->kind == '-' && p + 2 < l->end && *p == 'o' && p[1] == ' ' && ((p[2] >= 'A' && p[2] <= 'Z') || p[2] < 0))
		p += 2;
	out->text = p;
	return true;
}

/* Is the next numbered item n, here or behind a blank line? */
static bool
number_follows(const struct text *t, size_t i, int n)
{
	struct item item;
	struct line next;

	for (size_t k = i + 1; k < t->n_lines && k < i + 20; k++) {
		if (read_item(t, &t->lines[k], &item) && item.kind == 'n')
			return item.number == n;
	}
	return letter_text_next_line(t, &next) && read_item(t, &next, &item) && item.number == n;
}

/* "1. táblázat: ..." is the first table in Hungarian, and no item: a small letter behind a number that belongs to no row of numbers. */
static bool
is_ordinal(const struct text *t, size_t i, const struct item *item)
{
	const char *p = item->text, *end = t->lines[i].end;
	uint32_t c = p < end ? fp_utf8_next(&p, end) : 0;

	if (item->kind != 'n' || !item->stop || !(c < 0x80 ? c >= 'a' && c <= 'z' : c != FP_UTF8_BAD && u_islower((UChar32)c)))
		return false;
	return t->last_number + 1 != item->number ? !number_follows(t, i, item->number + 1)
						  : item->number == 1 && !number_follows(t, i, 2);
}

bool
letter_text_item(const struct text *t, size_t i, struct item *out)
{
	return read_item(t, &t->lines[i], out) && !is_ordinal(t, i, out);
}

static bool
is_heading(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] == '#')
		n++;
	return n >= 1 && n <= 6 && (p + n == end || text_is_blank(p[n]));
}

static bool
is_marker_line(const struct line *l, const char *p)
{
	size_t len = (size_t)(l->end - p);
	bool digit = false;
	int printed, stated;

	if (len > 48 || l->tabs > 0)
		return false;
	for (size_t i = 0; i < len && !digit; i++)
		digit = text_is_digit(p[i]);
	return digit && letter_page_marker(p, len, &printed, &stated);
}

/* Does line i stand in a table of "|"? */
static bool
is_pipe_row(const struct text *t, size_t i, const char *p)
{
	const struct line *l = &t->lines[i];

	if (*p == '|' || (*p == '+' && p + 1 < l->end && (p[1] == '-' || p[1] == '=')))
		return true;
	if (l->pipes == 0)
		return false;
	if (i + 1 < t->n_lines && (t->lines[i + 1].pipes == l->pipes || letter_text_is_border(&t->lines[i + 1])))
		return true;
	return i > 0 && t->lines[i - 1].pipes == l->pipes;
}

enum line_kind
letter_text_line_kind(const struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	const char *p = letter_text_first(l);
	struct item item;

	if (is_heading(p, l->end))
		return LINE_HEADING;
	if (l->end - p >= 3 && memcmp(p, "```", 3) == 0)
		return LINE_FENCE;
	if (is_rule(l, p))
		return LINE_RULE;
	if (is_marker_line(l, p))
		return LINE_MARKER;
	if (letter_text_item(t, i, &item))
		return LINE_ITEM;
	if (l->tabs > 0 || (l->lead_tab && t->table >= 0))
		return LINE_ROW;
	return is_pipe_row(t, i, p) ? LINE_PIPES : LINE_TEXT;
}
