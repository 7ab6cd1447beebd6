/* The bytes of a page before they are parsed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "letter/html_int.h"

#define HEAD_BYTES 4096   /* where the encoding is said */
#define WORDS_OF_TAG 1000 /* a tag with more attributes is no page's: the parser's time grows with their square */

void
letter_html_charset(const char *s, size_t len, char *out, size_t size)
{
	size_t n = 0;

	len = len < HEAD_BYTES ? len : HEAD_BYTES;
	out[0] = '\0';
	for (size_t i = 0; i + 9 < len && out[0] == '\0'; i++) {
		size_t skip = strncasecmp(s + i, "charset=", 8) == 0 ? 8 : strncasecmp(s + i, "encoding=", 9) == 0 ? 9 : 0;

		if (skip == 0)
			continue;
		for (i += skip; i < len && (s[i] == '"' || s[i] == '\'' || s[i] == ' '); i++)
			;
		for (n = 0; i < len && n + 1 < size && s[i] > ' ' && memchr("\"'>;/?", s[i], 6) == NULL; i++)
			out[n++] = s[i];
		out[n] = '\0';
	}
}

static size_t
count_words(const char *s, const char *end)
{
	size_t n = 0;

	for (; s < end; s++)
		n += *s == ' ' || *s == '=' || *s == '\n' || *s == '\t';
	return n;
}

bool
letter_html_is_hostile(const char *s, size_t len)
{
	const char *end = s + len;

	while ((s = memchr(s, '<', (size_t)(end - s))) != NULL) {
		const char *close = memchr(s, '>', (size_t)(end - s));

		close = close != NULL ? close : end;
		if (close - s > 2 * WORDS_OF_TAG && count_words(s, close) > 2 * WORDS_OF_TAG)
			return true;
		s = close;
	}
	return false;
}

/* Word's "<![if ...]>" and "<![endif]>", which the parser takes for text, become blanks. */
static void
blank_conditions(char *s, size_t len)
{
	char *end = s + len, *close;

	while ((s = memchr(s, '<', (size_t)(end - s))) != NULL) {
		bool condition = end - s > 5 && (strncasecmp(s, "<![if", 5) == 0 || strncasecmp(s, "<![en", 5) == 0);

		close = condition ? memchr(s, '>', (size_t)(end - s)) : NULL;
		if (condition && close == NULL)
			return;
		for (s++; close != NULL && s <= close; s++)
			s[-1] = s[-1] == '\n' ? '\n' : ' ';
		if (close != NULL)
			*close = ' ';
	}
}

bool
letter_html_clean(struct letter_decoded *d)
{
	bool zeros = memchr(d->s, '\0', d->len) != NULL, conditions = false;

	for (const char *p = d->s, *end = d->s + d->len; !conditions && (p = memchr(p, '<', (size_t)(end - p))) != NULL; p++)
		conditions = end - p > 3 && p[1] == '!' && p[2] == '[';
	if (!zeros && !conditions)
		return true;
	if (d->owned == NULL) {
		d->owned = fp_calloc(d->len + 1, 1);
		if (d->owned == NULL)
			return false;
		memcpy(d->owned, d->s, d->len);
		d->s = d->owned;
	}
	for (size_t i = 0; zeros && i < d->len; i++)
		d->owned[i] = d->owned[i] == '\0' ? ' ' : d->owned[i];
	blank_conditions(d->owned, d->len);
	return true;
}
