/* Page markers by their form: numbers, short words and strokes between them. The few words in the table only tell "Page 2" from "Step 2". */
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "letter/build_int.h"

#define TOKENS 40
#define LINE_MAX 200
#define PAGES_MAX 1999

struct token {
	char kind; /* 'n' number, 'w' word, otherwise the character itself, '?' what cannot stand in a marker */
	int value;
	const char *at;
	size_t len;
};

static bool
is_page_word(const char *s, size_t len)
{
	/* "page" in the languages of the Union, Norwegian, Icelandic, Bulgarian and Greek script, with the usual short forms; lower case */
	static const char *const words[] = { "page", "pages", "pg", "p", "pag", "pág", "página", "pagina", "seite", "side",
		"sida", "sivu", "s", "str", "strana", "stranica", "stran", "strona", "oldal", "lk", "lehekülg", "leht", "lpp",
		"lappuse", "lapa", "puslapis", "psl", "síða", "bls", "leathanach", "paġna", "blz", "bladzijde", "страница", "стр",
		"σελίδα", "σελ", "бр", "foglio" };
	char folded[32];
	size_t n = 0;

	if (len >= sizeof(folded) - 1)
		return false;
	for (const char *p = s, *end = s + len; p < end;) {
		uint32_t c = fp_utf8_next(&p, end);

		/* capitals of Latin-1, Greek and Cyrillic lie 32 below their small letters, Greek ones with an accent 37 */
		if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE) || (c >= 0x391 && c <= 0x3A9) ||
		    (c >= 0x410 && c <= 0x42F))
			c += 32;
		else if (c >= 0x388 && c <= 0x38A)
			c += 37;
		folded[n++] = (char)(c < 0x80 ? c : c < 0x800 ? 0xC0 | c >> 6 : '?');
		if (c >= 0x80 && n < sizeof(folded) - 1)
			folded[n++] = (char)(0x80 | (c & 0x3F));
		if (n >= sizeof(folded) - 1)
			return false;
	}
	for (size_t i = 0; i < FP_COUNT(words); i++) {
		if (strlen(words[i]) == n && memcmp(words[i], folded, n) == 0)
			return true;
	}
	return false;
}

static bool
is_letter(unsigned char c)
{
	return c >= 0x80 || (c | 0x20U) - 'a' < 26U;
}

static size_t
take_token(struct token *t, const char *s, size_t len)
{
	size_t n = 0;

	*t = (struct token){ .at = s };
	if (*s >= '0' && *s <= '9') {
		t->kind = 'n';
		for (; n < len && s[n] >= '0' && s[n] <= '9'; n++)
			t->value = t->value <= PAGES_MAX ? t->value * 10 + (s[n] - '0') : t->value;
		if (n < len && is_letter((unsigned char)s[n]))
			t->kind = '?';
	} else if (len >= 3 && memcmp(s, "\xe2\x80", 2) == 0) {
		/* en dash and the like count as hyphens; quotation marks and bullets cannot stand here */
		t->kind = (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95 ? '-' : '?';
		n = 3;
	} else if (is_letter((unsigned char)*s)) {
		t->kind = 'w';
		while (n < len && is_letter((unsigned char)s[n]))
			n++;
		if (n > 24 || (n < len && s[n] >= '0' && s[n] <= '9'))
			t->kind = '?';
	} else {
		t->kind = *s;
		n = 1;
	}
	t->len = n;
	return n;
}

/* Tokens without dots, colons and blanks, which decide nothing; 0 when there are too many for a marker or none is a number. */
static size_t
tokenise(struct token *t, const char *s, size_t len)
{
	size_t n = 0;
	bool number = false;

	for (size_t i = 0; i < len;) {
		if (s[i] == ' ' || s[i] == ':' || s[i] == '*') {
			i++;
			continue;
		}
		if (n == TOKENS)
			return 0;
		i += take_token(&t[n], s + i, len - i);
		if (t[n].kind == '.' && n > 0 && (t[n - 1].kind == 'w' || t[n - 1].kind == 'n') &&
		    (i >= len || s[i] == ' ' || s[i] == '/'))
			continue;
		number = number || t[n].kind == 'n';
		n++;
	}
	return number ? n : 0;
}

/* The kinds of tokens [0, n) are exactly form. */
static bool
is_form(const struct token *t, size_t n, const char *form)
{
	if (strlen(form) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (t[i].kind != form[i])
			return false;
	}
	return true;
}

/* "2 of 5" in its many forms, the tokens from the first to the last. */
static bool
two_numbers(const struct token *t, size_t n, int *printed, int *stated)
{
	static const char *const forms[] = { "n/n", "nwn", "n|n", "n(n)", "n/wn", "nw/n", "nwwn", "nw(n)" };

	if (n > 1 && t[0].kind == 'w') {
		t++, n--;
		if (n > 1 && (t[0].kind == '|' || t[0].kind == '-'))
			t++, n--;
	}
	/* All of them begin with a number and are three to five tokens long. */
	if (n < 3 || n > 5 || t[0].kind != 'n')
		return false;
	for (size_t i = 0; i < FP_COUNT(forms); i++) {
		size_t last = forms[i][strlen(forms[i]) - 1] == ')' ? strlen(forms[i]) - 2 : strlen(forms[i]) - 1;

		if (!is_form(t, n, forms[i]) || t[0].value < 1 || t[0].value > t[last].value || t[last].value > PAGES_MAX)
			continue;
		/* "nwn" and the like want a short word between */
		if (t[1].kind == 'w' && t[1].len > 20)
			continue;
		*printed = t[0].value;
		*stated = t[last].value;
		return true;
	}
	return false;
}

static enum marker
one_number(const struct token *t, size_t n, bool dashed, int *printed)
{
	const struct token *number = n == 1 ? &t[0] : t[0].kind == 'n' ? &t[0] : &t[n - 1];
	const struct token *word = number == &t[0] ? &t[n - 1] : &t[0];

	if (!is_form(t, n, "n") && !is_form(t, n, "wn") && !is_form(t, n, "nw") && !is_form(t, n, "w|n") &&
	    !is_form(t, n, "n|w") && !is_form(t, n, "w-n"))
		return MARKER_NO;
	if (number->value < 1 || number->value > PAGES_MAX)
		return MARKER_NO;
	*printed = number->value;
	if (n == 1)
		return dashed ? MARKER_SURE : MARKER_WEAK;
	return is_page_word(word->at, word->len) ? MARKER_SURE : MARKER_WEAK;
}

/* Most texts have none, and need no closer look. */
static bool
has_digit(const char *s, size_t len)
{
	size_t i = 0;

	for (; len - i >= FP_BYTES; i += FP_BYTES)
		if (fp_bytes_any(fp_bytes_between(fp_bytes_at(s + i), '0', '9')))
			return true;
	while (i < len && (unsigned)(s[i] - '0') >= 10U)
		i++;
	return i < len;
}

static bool
is_edge(char kind)
{
	return kind == '-' || kind == '|' || kind == '[' || kind == ']' || kind == '_' || kind == '=' || kind == '~';
}

enum marker
letter_marker(const char *text, size_t len, int *printed, int *stated)
{
	struct token t[TOKENS];
	size_t from = 0, n = len <= LINE_MAX && has_digit(text, len) ? tokenise(t, text, len) : 0, to = n;
	enum marker m;

	*printed = *stated = 0;
	if (n == 0)
		return MARKER_NO;
	while (from < to && is_edge(t[from].kind))
		from++;
	while (to > from && is_edge(t[to - 1].kind))
		to--;
	if (to - from >= 2 && t[from].kind == '(' && t[to - 1].kind == ')')
		from++, to--;
	if (from == to)
		return MARKER_NO;
	if (two_numbers(t + from, to - from, printed, stated))
		return MARKER_SURE;
	m = one_number(t + from, to - from, from > 0 && to < n, printed);
	for (size_t k = 3; m == MARKER_NO && k <= 6 && k < n; k++) {
		if (two_numbers(t + n - k, k, printed, stated) || two_numbers(t, k, printed, stated))
			m = MARKER_PART;
	}
	return m;
}

bool
letter_page_marker(const char *text, size_t len, int *printed, int *stated)
{
	return letter_marker(text, len, printed, stated) == MARKER_SURE;
}
