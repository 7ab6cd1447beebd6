#include "base/utf8.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

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

size_t
fp_utf8_bad_at(const char *s, size_t len)
{
	const char *p = s, *end = s + len;

	while (p < end) {
		const char *at = p;

		if ((unsigned char)*p < 0x80) {
			if (*p == '\0')
				return (size_t)(p - s);
			p++;
		} else if (fp_utf8_next(&p, end) == FP_UTF8_BAD) {
			return (size_t)(at - s);
		}
	}
	return len;
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

void
fp_utf8_fold(struct fp_buf *b, const char *s)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *norm;
	UChar in[512], out[1024];
	const char *p = s, *end = s + strlen(s);

	if (fold_ascii(b, s))
		return;
	norm = unorm2_getNFKCCasefoldInstance(&e);
	while (p < end && U_SUCCESS(e)) {
		int32_t n = 0, m, i;

		/* Break only between code points that are no marks, so that the pieces normalise alike. */
		while (p < end && n < 500) {
			uint32_t c = fp_utf8_next(&p, end);

			/* A trademark sign would unfold to the letters "tm". */
			if (c == 0x2122 || c == 0x2120 || c == FP_UTF8_BAD)
				continue;
			U16_APPEND_UNSAFE(in, n, (UChar32)c);
		}
		m = unorm2_normalize(norm, in, n, out, (int32_t)FP_COUNT(out), &e);
		for (i = 0; U_SUCCESS(e) && i < m;) {
			uint32_t c;

			c = out[i++];
			if (U16_IS_LEAD(c) && i < m)
				c = (uint32_t)U16_GET_SUPPLEMENTARY(c, out[i++]);
			if (u_isalnum((UChar32)c) || u_charType((UChar32)c) == U_NON_SPACING_MARK)
				fp_utf8_put(b, c);
		}
	}
}

char *
fp_utf8_folded(const char *s)
{
	struct fp_buf b = { .max = 0 };

	fp_utf8_fold(&b, s);
	return fp_buf_take(&b);
}
