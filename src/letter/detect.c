/* What kind of file is this: by its first bytes, the name only decides between kinds of text. */
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "letter/letter.h"

static const char *const names[LETTER_FORMAT_COUNT] = {
	[LETTER_UNKNOWN] = "unknown",
	[LETTER_EMPTY] = "empty",
	[LETTER_TEXT] = "text",
	[LETTER_HTML] = "html",
	[LETTER_PDF] = "pdf",
	[LETTER_MAIL] = "mail",
	[LETTER_PICTURE] = "picture",
	[LETTER_JSON] = "json",
};

const char *
letter_format_name(enum letter_format f)
{
	return (unsigned)f < LETTER_FORMAT_COUNT ? names[f] : names[LETTER_UNKNOWN];
}

/* Beginnings that say all; what is for people. */
static const struct magic {
	const char *bytes;
	size_t len;
	enum letter_format format;
	const char *what;
} magics[] = {
	{ "%PDF-", 5, LETTER_PDF, "a PDF" },
	{ "\x89PNG\r\n\x1a\n", 8, LETTER_PICTURE, "a PNG picture" },
	{ "\xff\xd8\xff", 3, LETTER_PICTURE, "a JPEG picture" },
	{ "II*\0", 4, LETTER_PICTURE, "a TIFF picture" },
	{ "MM\0*", 4, LETTER_PICTURE, "a TIFF picture" },
	{ "{\\rtf", 5, LETTER_UNKNOWN, "an RTF document: save it as PDF or text" },
	{ "PK\x03\x04", 4, LETTER_UNKNOWN, "a ZIP archive or a Word, Excel or OpenDocument file: unpack it, or save it as PDF" },
	{ "PK\x05\x06", 4, LETTER_UNKNOWN, "an empty ZIP archive" },
	{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, LETTER_UNKNOWN,
	    "an old Word, Excel or Outlook file: save it as PDF or as .eml" },
	{ "\x1f\x8b", 2, LETTER_UNKNOWN, "a gzip archive: unpack it" },
	{ "BZh", 3, LETTER_UNKNOWN, "a bzip2 archive: unpack it" },
	{ "\xfd"
	  "7zXZ",
	    5, LETTER_UNKNOWN, "an xz archive: unpack it" },
	{ "7z\xbc\xaf\x27\x1c", 6, LETTER_UNKNOWN, "a 7-Zip archive: unpack it" },
	{ "Rar!\x1a\x07", 6, LETTER_UNKNOWN, "a RAR archive: unpack it" },
	{ "GIF8", 4, LETTER_UNKNOWN, "a GIF picture: save it as PNG" },
	{ "RIFF", 4, LETTER_UNKNOWN, "a WebP picture or a sound: save the picture as PNG" },
	{ "\x7f"
	  "ELF",
	    4, LETTER_UNKNOWN, "a program" },
	{ "MZ\x90", 3, LETTER_UNKNOWN, "a program" },
	{ "%!PS", 4, LETTER_UNKNOWN, "PostScript: make a PDF of it" },
};

static const struct magic *
find_magic(const char *s, size_t len)
{
	for (size_t i = 0; i < FP_COUNT(magics); i++) {
		if (len >= magics[i].len && memcmp(s, magics[i].bytes, magics[i].len) == 0)
			return &magics[i];
	}
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static size_t
skip_blank(const char *s, size_t len, size_t i)
{
	while (i < len && is_blank(s[i]))
		i++;
	return i;
}

/* { "name" or an array of such; "[text](address)" of a letter is no JSON. */
static bool
is_json(const char *s, size_t len, size_t i)
{
	size_t next = i < len ? skip_blank(s, len, i + 1) : len;

	if (next >= len)
		return false;
	if (s[i] == '{')
		return s[next] == '"' || s[next] == '}';
	return s[i] == '[' && (s[next] == '{' || s[next] == '"' || s[next] == '[') && memchr(s + i, ']', len - i) != NULL &&
	       memchr(s + next, ':', len - next) != NULL;
}

static bool
begins(const char *s, size_t len, size_t i, const char *word)
{
	size_t n = strlen(word);

	return len - i >= n && strncasecmp(s + i, word, n) == 0;
}

static bool
ends_with(const char *name, const char *const *endings)
{
	size_t n = name != NULL ? strlen(name) : 0;

	for (; *endings != NULL; endings++) {
		size_t k = strlen(*endings);

		if (n >= k && strcasecmp(name + n - k, *endings) == 0)
			return true;
	}
	return false;
}

/* Behind comments and the XML declaration stands a tag that only a page begins with; other tags are Markdown's unless the name says HTML. */
static bool
is_html(const char *name, const char *s, size_t len, size_t i)
{
	static const char *const tags[] = { "!doctype html", "html", "head", "body", "title", "meta", "link", "style", "script" };
	static const char *const endings[] = { ".html", ".htm", ".xhtml", NULL };

	while (i < len && (begins(s, len, i, "<!--") || begins(s, len, i, "<?xml"))) {
		const char *end = memchr(s + i, '>', len - i);

		while (s[i + 1] == '!' && end != NULL && (end - s < (ptrdiff_t)i + 6 || end[-1] != '-'))
			end = memchr(end + 1, '>', (size_t)(s + len - end - 1));
		if (end == NULL)
			return false;
		i = skip_blank(s, len, (size_t)(end - s) + 1);
	}
	for (size_t k = 0; k < FP_COUNT(tags); k++) {
		if (i < len && s[i] == '<' && begins(s, len, i + 1, tags[k]))
			return true;
	}
	return i < len && s[i] == '<' && ends_with(name, endings);
}

/* Name of a header field ("Subject:") at i; its length without the colon, 0 when there is none. */
static size_t
field_name(const char *s, size_t len, size_t i)
{
	size_t n = 0;

	while (i + n < len && n < 70 && s[i + n] > 0x20 && s[i + n] < 0x7F && s[i + n] != ':')
		n++;
	return n > 0 && i + n < len && s[i + n] == ':' ? n : 0;
}

/* A block of header fields with one that only a mail has ("From:" and "Date:" also begin a memo). */
static bool
is_mail(const char *name, const char *s, size_t len, size_t i)
{
	static const char *const technical[] = { "received:", "return-path:", "message-id:", "mime-version:", "delivered-to:",
		"dkim-signature:", "content-type:", "content-transfer-encoding:", "authentication-results:", "arc-seal:",
		"x-mailer:" };
	static const char *const endings[] = { ".eml", NULL };
	bool sure = ends_with(name, endings);
	size_t fields = 0;

	if (begins(s, len, i, "From ") && memchr(s + i, '\n', len - i) != NULL)
		i = (size_t)((const char *)memchr(s + i, '\n', len - i) - s) + 1;
	while (i < len && s[i] != '\n' && s[i] != '\r') {
		const char *end = memchr(s + i, '\n', len - i);

		if (s[i] != ' ' && s[i] != '\t') {
			if (field_name(s, len, i) == 0)
				return false;
			fields++;
			for (size_t k = 0; k < FP_COUNT(technical) && !sure; k++)
				sure = begins(s, len, i, technical[k]);
		} else if (fields == 0) {
			return false;
		}
		if (end == NULL)
			break;
		i = (size_t)(end - s) + 1;
	}
	return sure && fields >= 2;
}

/* Many bytes that no text has. UTF-16 has zeros, but in every other byte. */
static bool
is_binary(const char *s, size_t len)
{
	size_t n = len < 4096 ? len : 4096, bad = 0, zeros[2] = { 0, 0 };

	if (len >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0))
		return false;
	for (size_t from = 0; from < n; from += FP_BYTES) {
		if (n - from >= FP_BYTES && !fp_bytes_any(fp_bytes_between(fp_bytes_at(s + from), 0, 0x1F)))
			continue;
		for (size_t i = from; i < n && i < from + FP_BYTES; i++) {
			unsigned char c = (unsigned char)s[i];

			zeros[i & 1] += c == 0;
			bad += c < 0x20 && !is_blank(s[i]) && c != 0x1B;
		}
	}
	if (n >= 16 && ((zeros[0] == 0 && zeros[1] * 5 > n * 2) || (zeros[1] == 0 && zeros[0] * 5 > n * 2)))
		return false;
	return bad * 20 > n;
}

enum letter_format
letter_detect(const char *name, const char *data, size_t len)
{
	size_t i = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	size_t head = len < 1024 ? len : 1024;
	const struct magic *m = find_magic(data, len);

	if (m != NULL)
		return m->format;
	i = skip_blank(data, len, i);
	if (i == len)
		return LETTER_EMPTY;
	for (const char *p = data; (p = memchr(p, '%', head - (size_t)(p - data))) != NULL; p++) {
		if (len - (size_t)(p - data) >= 5 && memcmp(p, "%PDF-", 5) == 0)
			return LETTER_PDF;
	}
	if (is_binary(data, len))
		return LETTER_UNKNOWN;
	if (is_json(data, len, i))
		return LETTER_JSON;
	if (is_html(name, data, len, i))
		return LETTER_HTML;
	return is_mail(name, data, len, i) ? LETTER_MAIL : LETTER_TEXT;
}

const char *
letter_looks_like(const char *data, size_t len)
{
	const struct magic *m = find_magic(data, len);

	return m != NULL ? m->what : "no text, or text in an encoding that is not known";
}
