#include "letter/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicode/ucnv.h>

#include "base/mem.h"
#include "base/utf8.h"

#define HIGH_BITS 0x8080808080808080U
#define LOW_BITS 0x0101010101010101U

void
letter_decoded_free(struct letter_decoded *d)
{
	free(d->owned);
	*d = (struct letter_decoded){ 0 };
}

size_t
letter_chars(const char *s, size_t len)
{
	size_t n = len, i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t w, rest;

		memcpy(&w, s + i, 8);
		/* a byte 10xxxxxx goes on with a character: top bit set, next bit clear */
		rest = ((w & HIGH_BITS) >> 7) & ~((w & (HIGH_BITS >> 1)) >> 6);
		n -= (size_t)((rest * LOW_BITS) >> 56);
	}
	for (; i < len; i++)
		n -= ((unsigned char)s[i] & 0xC0) == 0x80;
	return n;
}

/* How much of the bytes is UTF-8. */
struct census {
	size_t good, bad; /* sequences of more than one byte; bytes that fit nowhere */
	bool cut;         /* the last sequence is not whole */
	size_t whole;     /* length without it */
};

size_t
letter_skip_ascii(const char *s, size_t len, size_t i)
{
	uint64_t w;

	while (i + 8 <= len) {
		memcpy(&w, s + i, 8);
		if ((w & HIGH_BITS) != 0)
			break;
		i += 8;
	}
	while (i < len && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}

/* Would more bytes make the ones from i on a character? */
static bool
is_beginning(const char *s, size_t len, size_t i)
{
	unsigned char c = (unsigned char)s[i];
	size_t want = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;

	if (c > 0xF4 || want == 0 || len - i >= want)
		return false;
	for (size_t k = i + 1; k < len; k++) {
		if (((unsigned char)s[k] & 0xC0) != 0x80)
			return false;
	}
	return true;
}

static struct census
count_utf8(const char *s, size_t len)
{
	struct census c = { .whole = len };

	for (size_t i = letter_skip_ascii(s, len, 0); i < len; i = letter_skip_ascii(s, len, i)) {
		const char *p = s + i;

		if (fp_utf8_next(&p, s + len) != FP_UTF8_BAD) {
			c.good++;
		} else if (is_beginning(s, len, i)) {
			c.cut = true;
			c.whole = i;
			break;
		} else {
			c.bad++;
		}
		i = (size_t)(p - s);
	}
	return c;
}

static const uint16_t windows_1252[32] = { 0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
	0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
	0x203A, 0x0153, 0x9D, 0x017E, 0x0178 };

/* c below 0x110000 and no surrogate. */
static char *
put_char(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xC0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3F));
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xE0 | c >> 12);
		} else {
			*to++ = (char)(0xF0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3F));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
		*to++ = (char)(0x80 | (c & 0x3F));
	}
	return to;
}

static char *
make_room(struct letter_decoded *out, size_t len, size_t factor)
{
	out->owned = fp_reallocarray(NULL, len + 1, factor);
	out->s = out->owned;
	return out->owned;
}

static enum fp_status
from_windows(struct letter_decoded *out, const char *s, size_t len, struct fp_err *err)
{
	char *to = make_room(out, len, 3);

	if (to == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		to = put_char(to, c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c);
	}
	out->len = (size_t)(to - out->owned);
	return FP_OK;
}

static enum fp_status
from_utf16(struct letter_decoded *out, const char *s, size_t len, bool big, struct fp_err *err)
{
	char *to = make_room(out, len / 2 + 1, 3);

	if (to == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i + 1 < len; i += 2) {
		uint32_t c = (uint32_t)(unsigned char)s[i + big] | (uint32_t)(unsigned char)s[i + !big] << 8;

		if (c >= 0xD800 && c < 0xDC00 && i + 3 < len) {
			uint32_t low = (uint32_t)(unsigned char)s[i + 2 + big] | (uint32_t)(unsigned char)s[i + 2 + !big] << 8;

			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		to = put_char(to, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	}
	out->len = (size_t)(to - out->owned);
	out->cut = len % 2 != 0;
	return FP_OK;
}

/* Every byte that is no UTF-8 becomes U+FFFD. */
static enum fp_status
from_broken_utf8(struct letter_decoded *out, const char *s, size_t len, struct fp_err *err)
{
	const char *p = s, *end = s + len;
	char *to = make_room(out, len, 3);

	if (to == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	while (p < end) {
		uint32_t c = fp_utf8_next(&p, end);

		to = put_char(to, c == FP_UTF8_BAD ? 0xFFFD : c);
	}
	out->len = (size_t)(to - out->owned);
	return FP_OK;
}

static enum fp_status
from_named(struct letter_decoded *out, const char *s, size_t len, UConverter *conv, struct fp_err *err)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t n;

	if (len > INT32_MAX / 4)
		return fp_fail(err, FP_ELIMIT, "%zu bytes in a foreign encoding, the limit is %d", len, INT32_MAX / 4);
	if (make_room(out, len, 4) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	n = ucnv_toAlgorithmic(UCNV_UTF8, conv, out->owned, (int32_t)(4 * len), s, (int32_t)len, &code);
	if (U_FAILURE(code))
		return fp_fail(err, FP_EINVAL, "the text cannot be converted from its encoding (%s)", u_errorName(code));
	out->len = (size_t)n;
	return FP_OK;
}

/* Zeros in every other byte: UTF-16 without its mark. 0 no, 1 little endian, 2 big endian. */
static int
looks_utf16(const char *s, size_t len)
{
	size_t n = len < 4096 ? len : 4096, zeros[2] = { 0, 0 };

	if (n < 16 || memchr(s, 0, n) == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		zeros[i & 1] += s[i] == 0;
	if (zeros[0] == 0 && zeros[1] * 5 > n * 2)
		return 1;
	return zeros[1] == 0 && zeros[0] * 5 > n * 2 ? 2 : 0;
}

static bool
is_western(const char *charset)
{
	static const char *const names[] = { "iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252", "us-ascii", "ascii",
		"utf-8", "utf8" };

	for (size_t i = 0; i < FP_COUNT(names); i++) {
		if (strcasecmp(charset, names[i]) == 0)
			return true;
	}
	return false;
}

/* No mark, no valid UTF-8. */
static enum fp_status
decode_other(struct letter_decoded *out, const char *s, size_t len, const char *charset, struct census c, struct fp_err *err)
{
	UErrorCode code = U_ZERO_ERROR;
	UConverter *conv = charset != NULL && !is_western(charset) ? ucnv_open(charset, &code) : NULL;

	if (conv != NULL && U_SUCCESS(code)) {
		enum fp_status status = from_named(out, s, len, conv, err);

		ucnv_close(conv);
		return status;
	}
	if (c.good > 4 * c.bad) {
		out->note = "broken UTF-8: bytes that fit nowhere stand as U+FFFD";
		return from_broken_utf8(out, s, len, err);
	}
	if (charset == NULL || !is_western(charset) || strncasecmp(charset, "utf", 3) == 0)
		out->note = "no UTF-8: read as Windows-1252";
	return from_windows(out, s, len, err);
}

enum fp_status
letter_decode(struct letter_decoded *out, const char *data, size_t len, const char *charset, struct fp_err *err)
{
	struct census c;
	int wide;

	*out = (struct letter_decoded){ .s = data, .len = len };
	if (len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
		return from_utf16(out, data + 2, len - 2, *data == '\xfe', err);
	wide = looks_utf16(data, len);
	if (wide != 0) {
		out->note = "UTF-16 without a byte order mark";
		return from_utf16(out, data, len, wide == 2, err);
	}
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		data += 3, len -= 3;
	c = count_utf8(data, len);
	if (c.bad > 0 || (charset != NULL && c.good == 0 && c.cut) || (c.cut && c.good == 0))
		return decode_other(out, data, len, charset, c, err);
	out->s = data;
	out->len = c.whole;
	out->cut = c.cut;
	if (charset != NULL && c.good > 0 && strncasecmp(charset, "utf", 3) != 0)
		out->note = "says another encoding, but is UTF-8";
	return FP_OK;
}

/* U+2500 to U+257F: bytes E2 94 80 to E2 95 BF. */
static bool
is_frame(const char *p, const char *end)
{
	return end - p >= 3 && (unsigned char)p[0] == 0xE2 && ((unsigned char)p[1] == 0x94 || (unsigned char)p[1] == 0x95);
}

static const char *
find_frame(const char *p, const char *end)
{
	while ((p = memchr(p, 0xE2, (size_t)(end - p))) != NULL && !is_frame(p, end))
		p++;
	return p;
}

/* first: nothing stands before it on its line. */
static char
plain_frame(unsigned n, bool first)
{
	static const struct {
		unsigned char to; /* offset from U+2500, inclusive */
		char c;
	} table[] = { { 1, '-' }, { 2, '|' }, { 3, '>' }, { 5, '-' }, { 7, '|' }, { 9, '-' }, { 11, '|' }, { 0x4B, '+' },
		{ 0x4D, '-' }, { 0x4F, '|' }, { 0x50, '=' }, { 0x51, '|' }, { 0x73, '+' }, { 0x74, '-' }, { 0x75, '|' },
		{ 0x76, '-' }, { 0x77, '|' }, { 0x78, '-' }, { 0x79, '|' }, { 0x7A, '-' }, { 0x7B, '|' }, { 0x7C, '-' },
		{ 0x7D, '|' }, { 0x7E, '-' }, { 0x7F, '|' } };
	size_t i = 0;

	while (n > table[i].to)
		i++;
	return table[i].c == '>' && !first ? '|' : table[i].c;
}

enum fp_status
letter_plain_frames(struct letter_decoded *d, struct fp_err *err)
{
	const char *end = d->s + d->len, *p = find_frame(d->s, end);
	char *copy, *to;
	bool first = true;

	if (p == NULL)
		return FP_OK;
	copy = fp_reallocarray(NULL, d->len + 1, 1);
	if (copy == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	to = copy;
	for (p = d->s; p < end;) {
		if (is_frame(p, end)) {
			*to++ = plain_frame((((unsigned char)p[1] & 1U) << 6) | ((unsigned char)p[2] & 0x3FU), first);
			p += 3;
			first = false;
			continue;
		}
		first = *p == '\n' || (first && *p == ' ');
		*to++ = *p++;
	}
	free(d->owned);
	d->owned = copy;
	d->s = copy;
	d->len = (size_t)(to - copy);
	return FP_OK;
}
