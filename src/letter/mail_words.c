#include "letter/mail_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

#include "base/mem.h"
#include "base/utf8.h"

#define WORDS_MAX ((size_t)16384) /* of a header that we look at */

/* ---- character sets ---- */

/* What mail says and what it means by it: bytes 80-9F of "Latin 1" are those of Windows (WHATWG, Encoding). */
static const char *
real_name(const char *charset)
{
	static const struct {
		const char *said, *meant;
	} names[] = { { "iso-8859-1", "windows-1252" }, { "latin1", "windows-1252" }, { "us-ascii", "windows-1252" },
		{ "ascii", "windows-1252" }, { "iso-8859-9", "windows-1254" }, { "gb2312", "gb18030" }, { "gbk", "gb18030" },
		{ "ks_c_5601-1987", "windows-949" }, { "euc-kr", "windows-949" } };

	for (size_t i = 0; i < FP_COUNT(names); i++)
		if (strcasecmp(names[i].said, charset) == 0)
			return names[i].meant;
	return charset;
}

bool
mail_to_utf8(struct fp_buf *out, const char *charset, const char *s, size_t len)
{
	UErrorCode code = U_ZERO_ERROR;
	UConverter *from = charset[0] != '\0' && strlen(charset) < 60 ? ucnv_open(real_name(charset), &code) : NULL;
	UConverter *to = from != NULL ? ucnv_open("UTF-8", &code) : NULL;
	UChar between[512], *read = between, *write = between;
	const char *src = len > 0 ? s : "", *end = src + len;
	bool known = to != NULL && U_SUCCESS(code), first = true;

	while (known) {
		char chunk[4096], *dst = chunk;

		code = U_ZERO_ERROR;
		ucnv_convertEx(to, from, &dst, chunk + sizeof(chunk), &src, end, between, &read, &write,
		    between + FP_COUNT(between), first, true, &code);
		first = false;
		fp_buf_add(out, chunk, (size_t)(dst - chunk));
		if (code != U_BUFFER_OVERFLOW_ERROR)
			break;
	}
	if (to != NULL)
		ucnv_close(to);
	if (from != NULL)
		ucnv_close(from);
	return known;
}

/* Text without a name of its set. */
static void
put_unnamed(struct fp_buf *out, const char *s, size_t len)
{
	if (len == 0)
		return;
	if (fp_utf8_bad_at(s, len) == len)
		fp_buf_add(out, s, len);
	else
		(void)mail_to_utf8(out, "windows-1252", s, len);
}

static void
put_in_set(struct fp_buf *out, const char *charset, const char *s, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4 * WORDS_MAX };

	if (strcasecmp(charset, "utf-8") == 0 || !mail_to_utf8(&text, charset, s, len))
		put_unnamed(out, s, len);
	else
		fp_buf_add(out, text.data, text.len);
}

/* ---- encoded words ---- */

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "=3F" or "%3F" -> one byte; mark is the '=' or '%'. Q words write a blank as "_". */
static void
put_escaped(struct fp_buf *out, const char *s, size_t len, char mark, bool q)
{
	for (size_t i = 0; i < len; i++) {
		int high = s[i] == mark && len - i > 2 ? hex_value(s[i + 1]) : -1;
		int low = high >= 0 ? hex_value(s[i + 2]) : -1;

		if (low >= 0) {
			fp_buf_putc(out, (char)(high * 16 + low));
			i += 2;
		} else {
			fp_buf_putc(out, q && s[i] == '_' ? ' ' : s[i]);
		}
	}
}

static void
put_base64(struct fp_buf *out, const char *s, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		const char *d = s[i] != '\0' ? strchr(digits, s[i]) : NULL;

		if (d == NULL)
			continue;
		bits = bits << 6 | (unsigned)(d - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			fp_buf_putc(out, (char)(bits >> have & 0xFF));
		}
	}
}

/* "=?set?B|Q?text?=" at p: its bytes into bytes and its set into set. Gives its length, 0 when it is none. RFC 2047 section 2; "set*lang" by RFC 2231. */
static size_t
encoded_word(const char *p, char set[64], struct fp_buf *bytes)
{
	const char *q1, *q2, *end;
	size_t n;

	if (p[0] != '=' || p[1] != '?' || (q1 = strchr(p + 2, '?')) == NULL || q1[1] == '\0' || q1[2] != '?')
		return 0;
	q2 = q1 + 2;
	end = strstr(q2 + 1, "?=");
	n = strcspn(p + 2, "?*");
	if (end == NULL || n >= 64 || n == 0 || end - p > 2000)
		return 0;
	memcpy(set, p + 2, n);
	set[n] = '\0';
	if (tolower((unsigned char)q1[1]) == 'b')
		put_base64(bytes, q2 + 1, (size_t)(end - q2 - 1));
	else if (tolower((unsigned char)q1[1]) == 'q')
		put_escaped(bytes, q2 + 1, (size_t)(end - q2 - 1), '=', true);
	else
		return 0;
	return (size_t)(end + 2 - p);
}

/* Words in one set that stand beside each other are decoded as one: some writers cut a character in two. */
static size_t
word_run(struct fp_buf *out, const char *p)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = 4 * WORDS_MAX };
	char set[64], next[64];
	size_t len = encoded_word(p, set, &bytes);

	if (len == 0)
		return 0;
	for (;;) {
		FP_AUTO(fp_buf_free) struct fp_buf more = { .max = WORDS_MAX };
		size_t gap = strspn(p + len, " \t\r\n"), n = encoded_word(p + len + gap, next, &more);

		if (n == 0 || strcasecmp(set, next) != 0) {
			len += n != 0 ? gap : 0; /* white space between encoded words is none */
			break;
		}
		fp_buf_add(&bytes, more.data, more.len);
		len += gap + n;
	}
	put_in_set(out, set, bytes.data, bytes.len);
	return len;
}

/* Control characters and folded white space have no place in a name or subject. */
static void
put_clean(struct fp_buf *out, const char *s, size_t len)
{
	const char *end = s + len;
	bool blank = true;

	for (const char *p = s; p < end;) {
		const char *at = p;
		uint32_t c = fp_utf8_next(&p, end);
		bool white = c == ' ' || c == '\t' || c == '\r' || c == '\n';

		if (white && !blank)
			fp_buf_putc(out, ' ');
		else if (c == FP_UTF8_BAD)
			fp_utf8_put(out, 0xFFFD);
		else if (!white && c >= 0x20 && (c < 0x7F || c > 0x9F) && (c < 0x202A || c > 0x202E) &&
			 (c < 0x2066 || c > 0x2069))
			fp_buf_add(out, at, (size_t)(p - at));
		blank = white || (blank && c < 0x20);
	}
}

void
mail_decode_words(struct fp_buf *out, const char *raw)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 8 * WORDS_MAX };
	size_t len = strnlen(raw, WORDS_MAX);

	for (size_t i = 0; i < len;) {
		size_t word = word_run(&text, raw + i), plain = 1;

		if (word == 0) {
			while (i + plain < len && raw[i + plain] != '=')
				plain++;
			put_unnamed(&text, raw + i, plain);
		}
		i += word != 0 ? word : plain;
	}
	put_clean(out, text.data != NULL ? text.data : "", text.len);
}

/* ---- parameters ---- */

struct param {
	const char *name, *value;
	size_t name_len;
	struct fp_buf text; /* the value without quotes */
};

/* The next ";name=value" from *p; false at the end. */
static bool
next_param(const char **p, struct param *out)
{
	const char *s = *p + strcspn(*p, ";");

	if (*s == '\0')
		return false;
	s += 1 + strspn(s + 1, " \t\r\n");
	out->name = s;
	out->name_len = strcspn(s, "= \t\r\n;");
	s += out->name_len;
	s += strspn(s, " \t\r\n");
	fp_buf_clear(&out->text);
	if (*s == '=') {
		s += 1 + strspn(s + 1, " \t\r\n");
		if (*s == '"') {
			for (s++; *s != '\0' && *s != '"'; s++) {
				s += *s == '\\' && s[1] != '\0' ? 1 : 0;
				fp_buf_putc(&out->text, *s);
			}
		} else {
			size_t n = strcspn(s, "; \t\r\n");

			fp_buf_add(&out->text, s, n);
			s += n;
		}
	}
	*p = s;
	return true;
}

/* "name", "name*", "name*2" or "name*2*": the piece's number, -1 for another name. */
static int
piece_number(const struct param *p, const char *name, bool *escaped)
{
	size_t n = strlen(name), len = p->name_len;
	int number = 0;

	if (len < n || strncasecmp(p->name, name, n) != 0)
		return -1;
	*escaped = len > n && p->name[len - 1] == '*';
	len -= *escaped;
	if (len <= n)
		return 0;
	if (p->name[n] != '*' || len - n > 3)
		return -1;
	for (size_t i = n + 1; i < len; i++) {
		if (p->name[i] < '0' || p->name[i] > '9')
			return -1;
		number = number * 10 + (p->name[i] - '0');
	}
	return number;
}

/* RFC 2231: the first escaped piece begins with set'language'. */
static void
add_piece(struct fp_buf *bytes, char set[64], const struct param *p, bool first, bool escaped)
{
	const char *s = p->text.data != NULL ? p->text.data : "", *q = escaped && first ? strchr(s, '\'') : NULL;
	const char *q2 = q != NULL ? strchr(q + 1, '\'') : NULL;

	if (q2 != NULL && q - s < 64) {
		memcpy(set, s, (size_t)(q - s));
		set[q - s] = '\0';
		s = q2 + 1;
	}
	if (escaped)
		put_escaped(bytes, s, strlen(s), '%', false);
	else
		fp_buf_puts(bytes, s);
}

bool
mail_param(struct fp_buf *out, const char *raw, const char *name)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = WORDS_MAX };
	char set[64] = "";
	bool any = false, extended = false;

	/* Pieces may come in any order: look for number 0, then 1, ... */
	for (int wanted = 0, found = 1; found != 0 && wanted < 100; wanted++) {
		struct param p = { .text = { .max = WORDS_MAX } };
		const char *s = raw;

		for (found = 0; found == 0 && next_param(&s, &p);) {
			bool escaped = false;

			if (piece_number(&p, name, &escaped) != wanted)
				continue;
			add_piece(&bytes, set, &p, wanted == 0, escaped);
			extended |= escaped;
			found = 1;
			any = true;
		}
		fp_buf_free(&p.text);
	}
	if (!any || bytes.data == NULL)
		return any;
	if (extended) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4 * WORDS_MAX };

		put_in_set(&text, set[0] ? set : "utf-8", bytes.data, bytes.len);
		put_clean(out, text.data != NULL ? text.data : "", text.len);
	} else {
		mail_decode_words(out, bytes.data); /* against the rules, and done by many */
	}
	return true;
}
