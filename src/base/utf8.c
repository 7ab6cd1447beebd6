#include "base/utf8.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/bytes.h"

uint32_t
fp_utf8_next(const char **p, const char *end)
{
	const uint8_t *s = (const uint8_t *)*p;
	int32_t i = 0, n = end - *p > 4 ? 4 : (int32_t)(end - *p);
	UChar32 c;

	U8_NEXT(s, i, n, c);
	if (c < 0) {
		*p += 1;
		return FP_UTF8_BAD;
	}
	*p += i;
	return (uint32_t)c;
}

/* Behind the bytes from p on that are ASCII and no NUL, sixteen at a time. */
static const char *
skip_ascii(const char *p, const char *end)
{
	while (end - p >= (ptrdiff_t)FP_BYTES && !fp_bytes_any(~fp_bytes_between(fp_bytes_at(p), 1, 0x7F)))
		p += FP_BYTES;
	return p;
}

size_t
fp_utf8_bad_at(const char *s, size_t len)
{
	const char *p = s, *end = s + len;

	while ((p = skip_ascii(p, end)) < end) {
		const char *at;

		/* What keeps it from skipping is among the next ones. */
		while (p < end && (unsigned char)*p < 0x80) {
			if (*p == '\0')
				return (size_t)(p - s);
			p++;
		}
		at = p;
		if (p < end && fp_utf8_next(&p, end) == FP_UTF8_BAD)
			return (size_t)(at - s);
	}
	return len;
}

bool
fp_utf8_has_control(const char *s, size_t len)
{
	bool any = false;
	size_t i = 0;

	for (; len - i >= FP_BYTES && !any; i += FP_BYTES) {
		fp_bytes v = fp_bytes_at(s + i);

		any = fp_bytes_any(fp_bytes_between(v, 0, 0x1F) | fp_bytes_are(v, 0x7F));
	}
	for (; i < len; i++)
		any = any || (unsigned char)s[i] < 0x20 || s[i] == 0x7F;
	return any;
}

void
fp_utf8_copy(char *out, size_t size, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (size == 0)
		return;
	if (text != NULL && len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	if (len > 0)
		memcpy(out, text, len);
	out[len] = '\0';
}

void
fp_utf8_put(struct fp_buf *b, uint32_t c)
{
	char out[4];
	size_t n;

	if (c < 0x80) {
		out[0] = (char)c;
		n = 1;
	} else if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		n = 2;
	} else if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		n = 3;
	} else {
		out[0] = (char)(0xF0 | c >> 18);
		out[1] = (char)(0x80 | (c >> 12 & 0x3F));
		out[2] = (char)(0x80 | (c >> 6 & 0x3F));
		out[3] = (char)(0x80 | (c & 0x3F));
		n = 4;
	}
	fp_buf_add(b, out, n);
}

size_t
fp_utf8_width(const char *s)
{
	const char *end = s + strlen(s);
	size_t width = 0;

	while (s < end) {
		uint32_t c = fp_utf8_next(&s, end);
		int ea, type;

		if (c < 0x300 || c == FP_UTF8_BAD) {
			width++;
			continue;
		}
		type = u_charType((UChar32)c);
		if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
			continue;
		ea = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
		width += ea == U_EA_WIDE || ea == U_EA_FULLWIDTH ? 2 : 1;
	}
	return width;
}

/* Fold without ICU's normaliser: plain ASCII is nearly all there is in an inventory. */
static bool
fold_ascii(struct fp_buf *b, const char *s)
{
	char out[128];
	size_t n = 0;

	for (const char *p = s; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c >= 0x80 || n == sizeof(out))
			return false;
		if (c >= 'A' && c <= 'Z')
			out[n++] = (char)(c + 32);
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = (char)c;
	}
	fp_buf_add(b, out, n);
	return true;
}

#define FOLD_SOFT 400 /* UTF-16 units after which the next safe place ends a piece */
#define FOLD_HARD 500
/* NFKC makes at most 18 units of one (U+FDFA). */
#define FOLD_OUT (FOLD_HARD * 18)

/* The next piece of s as UTF-16, without trademark signs, which would unfold to the letters "tm". Cut where normalising does not look across. */
static int32_t
fold_piece(UChar *out, const char **s, const char *end, const UNormalizer2 *norm)
{
	int32_t n = 0;

	while (*s < end && n < FOLD_HARD) {
		const char *next = *s;
		uint32_t c = fp_utf8_next(&next, end);

		if (n >= FOLD_SOFT && c != FP_UTF8_BAD && unorm2_hasBoundaryBefore(norm, (UChar32)c))
			break;
		*s = next;
		if (c == 0x2122 || c == 0x2120 || c == FP_UTF8_BAD)
			continue;
		U16_APPEND_UNSAFE(out, n, (UChar32)c);
	}
	return n;
}

/* Keep letters, digits and their marks, in place; returns the new length. */
static int32_t
keep_letters(UChar *text, int32_t n)
{
	int32_t kept = 0;

	for (int32_t i = 0; i < n;) {
		UChar32 c = text[i++];

		if (U16_IS_LEAD((uint32_t)c) && i < n)
			c = (UChar32)U16_GET_SUPPLEMENTARY(c, text[i++]);
		if (u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK)
			U16_APPEND_UNSAFE(text, kept, c);
	}
	return kept;
}

static void
put_utf16(struct fp_buf *b, const UChar *text, int32_t n)
{
	for (int32_t i = 0; i < n;) {
		UChar32 c = text[i++];

		if (U16_IS_LEAD((uint32_t)c) && i < n)
			c = (UChar32)U16_GET_SUPPLEMENTARY(c, text[i++]);
		fp_utf8_put(b, (uint32_t)c);
	}
}

void
fp_utf8_fold(struct fp_buf *b, const char *s)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *norm;
	const char *end = s + strlen(s);
	UChar in[FOLD_HARD + 2], out[FOLD_OUT], again[FOLD_OUT];

	if (fold_ascii(b, s))
		return;
	norm = unorm2_getNFKCCasefoldInstance(&e);
	while (s < end && U_SUCCESS(e)) {
		int32_t n = fold_piece(in, &s, end, norm);

		n = unorm2_normalize(norm, in, n, out, FOLD_OUT, &e);
		n = U_SUCCESS(e) ? keep_letters(out, n) : 0;
		/* What a dropped sign kept apart may compose now: folding twice must change nothing. */
		n = unorm2_normalize(norm, out, n, again, FOLD_OUT, &e);
		put_utf16(b, again, U_SUCCESS(e) ? n : 0);
	}
	if (U_FAILURE(e) && b->failed == FP_OK)
		b->failed = FP_ENOMEM;
}

char *
fp_utf8_folded(const char *s)
{
	struct fp_buf b = { .max = 0 };

	fp_utf8_fold(&b, s);
	return fp_buf_take(&b);
}
