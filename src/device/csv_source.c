/* The encoding of a CSV file: found by its first bytes, by its first non-ASCII bytes, or told. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicode/ucnv.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "device/csv_int.h"

/* Single-byte encodings become a table of 256 code points. */
static enum fp_status
use_table(struct device_csv_source *s, const char *encoding, struct fp_err *err)
{
	UErrorCode e = U_ZERO_ERROR;
	UConverter *conv = ucnv_open(encoding, &e);

	if (U_FAILURE(e))
		return fp_fail(err, FP_EUNSUPPORTED,
		    "encoding '%s' is not known; known are utf-8, utf-16le, utf-16be, windows-1252, windows-1253, iso-8859-7, "
		    "windows-1251 and their like",
		    encoding);
	if (ucnv_getMaxCharSize(conv) != 1) {
		ucnv_close(conv);
		return fp_fail(err, FP_EUNSUPPORTED, "encoding '%s' is not read here: save the list as UTF-8", encoding);
	}
	for (int i = 0; i < 256; i++) {
		char byte = (char)i;
		UChar out[4];
		int32_t n;

		e = U_ZERO_ERROR;
		n = ucnv_toUChars(conv, out, (int32_t)FP_COUNT(out), &byte, 1, &e);
		s->table[i] = U_SUCCESS(e) && n == 1 ? out[0] : 0xFFFD;
	}
	ucnv_close(conv);
	s->kind = CSV_TABLE;
	fp_utf8_copy(s->encoding, sizeof(s->encoding), encoding);
	return FP_OK;
}

static void
use(struct device_csv_source *s, int kind)
{
	static const char *const names[] = { "utf-8", "utf-8", "utf-16le", "utf-16be" };

	s->kind = kind == CSV_UTF8      ? CSV_UTF8
		  : kind == CSV_UTF16LE ? CSV_UTF16LE
		  : kind == CSV_UTF16BE ? CSV_UTF16BE
					: CSV_UNDECIDED;
	fp_utf8_copy(s->encoding, sizeof(s->encoding), names[kind]);
}

static enum fp_status
use_told(struct device_csv_source *s, const char *encoding, struct fp_err *err)
{
	static const struct {
		const char *name;
		int kind;
	} own[] = {
		{ "utf-8", CSV_UTF8 },
		{ "utf8", CSV_UTF8 },
		{ "utf-16", CSV_UTF16LE },
		{ "utf-16le", CSV_UTF16LE },
		{ "utf-16be", CSV_UTF16BE },
		{ "utf16", CSV_UTF16LE },
	};

	s->told = true;
	for (size_t i = 0; i < FP_COUNT(own); i++)
		if (strcasecmp(encoding, own[i].name) == 0) {
			use(s, own[i].kind);
			return FP_OK;
		}
	return use_table(s, encoding, err);
}

enum fp_status
device_csv_source_open(struct device_csv_source *s, device_csv_read_fn read, void *ctx, const char *encoding, struct fp_err *err)
{
	*s = (struct device_csv_source){ .read = read, .ctx = ctx };
	s->raw = fp_calloc(DEVICE_CSV_RAW, 1);
	if (s->raw == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for reading a list");
	use(s, CSV_UNDECIDED);
	return encoding == NULL ? FP_OK : use_told(s, encoding, err);
}

void
device_csv_source_close(struct device_csv_source *s)
{
	free(s->raw);
	s->raw = NULL;
}

/* Fill raw up as far as the source gives. */
static enum fp_status
more_raw(struct device_csv_source *s, struct fp_err *err)
{
	memmove(s->raw, s->raw + s->at, s->len - s->at);
	s->len -= s->at;
	s->at = 0;
	while (!s->ended && s->len < DEVICE_CSV_RAW) {
		size_t got = 0;
		enum fp_status status = s->read(s->ctx, s->raw + s->len, DEVICE_CSV_RAW - s->len, &got, err);

		if (status != FP_OK)
			return status;
		s->ended = got == 0;
		s->len += got;
	}
	return FP_OK;
}

static const struct {
	const char *magic;
	size_t len;
	const char *what, *advice;
} foreign[] = {
	{ "PK\x03\x04", 4, "an Excel workbook or ZIP archive", "save the sheet as CSV (UTF-8)" },
	{ "\xd0\xcf\x11\xe0", 4, "an old Excel workbook", "save the sheet as CSV (UTF-8)" },
	{ "%PDF-", 5, "a PDF", "export the list as CSV" },
	{ "\x1f\x8b", 2, "a gzip archive", "unpack it first" },
	{ "SQLite format 3", 15, "an SQLite database", "export the table as CSV" },
	{ "{\\rtf", 5, "an RTF document", "export the list as CSV" },
	{ "\xff\xfe\0\0", 4, "UTF-32 text", "save it as UTF-8" },
};

static enum fp_status
refuse_foreign(const struct device_csv_source *s, const char *what, struct fp_err *err)
{
	for (size_t i = 0; i < FP_COUNT(foreign); i++)
		if (s->len >= foreign[i].len && memcmp(s->raw, foreign[i].magic, foreign[i].len) == 0)
			return fp_fail(
			    err, FP_EINVAL, "'%s' is %s, not a CSV file: %s", what, foreign[i].what, foreign[i].advice);
	return FP_OK;
}

/* UTF-16 without a byte order mark: every other byte of plain letters is 0. */
static void
guess_utf16(struct device_csv_source *s)
{
	size_t zeros[2] = { 0, 0 }, n = s->len < 4096 ? s->len : 4096;

	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += s->raw[i] == 0;
	if (n >= 4 && zeros[1] * 8 > n * 3 && zeros[0] * 16 < n)
		use(s, CSV_UTF16LE);
	else if (n >= 4 && zeros[0] * 8 > n * 3 && zeros[1] * 16 < n)
		use(s, CSV_UTF16BE);
}

static enum fp_status
begin(struct device_csv_source *s, const char *what, struct fp_err *err)
{
	static const struct {
		const char *mark;
		size_t len;
		int kind;
	} marks[] = { { "\xef\xbb\xbf", 3, CSV_UTF8 }, { "\xff\xfe", 2, CSV_UTF16LE }, { "\xfe\xff", 2, CSV_UTF16BE } };

	s->begun = true;
	if (more_raw(s, err) != FP_OK)
		return fp_ctx(err, "reading '%s'", what);
	if (refuse_foreign(s, what, err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < FP_COUNT(marks); i++)
		if (s->len >= marks[i].len && memcmp(s->raw, marks[i].mark, marks[i].len) == 0) {
			use(s, marks[i].kind);
			s->bom = true;
			s->at = marks[i].len;
			return FP_OK;
		}
	if (!s->told)
		guess_utf16(s);
	return FP_OK;
}

static size_t
ascii_prefix(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			break;
	}
	while (i < len && p[i] < 0x80)
		i++;
	return i;
}

/* The first bytes that are not ASCII: more UTF-8 sequences than stray bytes, or Windows-1252. */
static enum fp_status
decide(struct device_csv_source *s, struct fp_err *err)
{
	const char *p = (const char *)s->raw + s->at, *end = (const char *)s->raw + s->len;
	size_t good = 0, bad = 0;

	for (p += ascii_prefix(p, (size_t)(end - p)); p < end;) {
		const char *at = p;

		if ((unsigned char)*p < 0x80) {
			p++;
		} else if (fp_utf8_next(&p, end) != FP_UTF8_BAD) {
			good++;
		} else if (end - at < 4 && !s->ended) {
			break; /* cut off by the end of the buffer */
		} else {
			bad++;
		}
	}
	if (good == 0 && bad == 0)
		return FP_OK;
	if (good >= bad) {
		use(s, CSV_UTF8);
		return FP_OK;
	}
	return use_table(s, "windows-1252", err);
}

static size_t
put_utf8(char *dst, uint32_t c)
{
	if (c < 0x80) {
		dst[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = (char)(0xC0 | c >> 6);
		dst[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		dst[0] = (char)(0xE0 | c >> 12);
		dst[1] = (char)(0x80 | (c >> 6 & 0x3F));
		dst[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	dst[0] = (char)(0xF0 | c >> 18);
	dst[1] = (char)(0x80 | (c >> 12 & 0x3F));
	dst[2] = (char)(0x80 | (c >> 6 & 0x3F));
	dst[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static uint32_t
unit(const struct device_csv_source *s, size_t at)
{
	return s->kind == CSV_UTF16LE ? (uint32_t)(s->raw[at] | s->raw[at + 1] << 8)
				      : (uint32_t)(s->raw[at] << 8 | s->raw[at + 1]);
}

/* One code point of UTF-16 at s->at; false when more bytes are needed. Lone surrogates and a lone last byte give U+FFFD. */
static bool
next_utf16(struct device_csv_source *s, uint32_t *c)
{
	size_t left = s->len - s->at;

	if (left < 2) {
		*c = 0xFFFD;
		s->at = s->ended ? s->len : s->at;
		return s->ended && left > 0;
	}
	*c = unit(s, s->at);
	if (*c < 0xD800 || *c > 0xDFFF) {
		s->at += 2;
		return true;
	}
	if (left < 4 && !s->ended)
		return false;
	s->at += 2;
	if (*c < 0xDC00 && left >= 4 && unit(s, s->at) >= 0xDC00 && unit(s, s->at) <= 0xDFFF) {
		*c = 0x10000 + ((*c - 0xD800) << 10) + (unit(s, s->at) - 0xDC00);
		s->at += 2;
	} else {
		*c = 0xFFFD;
	}
	return true;
}

static size_t
convert(struct device_csv_source *s, char *dst, size_t cap)
{
	size_t n = 0;
	uint32_t c;

	if (s->kind == CSV_UTF8 || s->kind == CSV_UNDECIDED) {
		n = s->len - s->at < cap ? s->len - s->at : cap;
		/* What is not decided yet waits for the rest of its sequence. */
		if (s->kind == CSV_UNDECIDED)
			n = ascii_prefix(s->raw + s->at, n);
		memcpy(dst, s->raw + s->at, n);
		s->at += n;
		return n;
	}
	while (n + 4 <= cap && s->at < s->len) {
		if (s->kind == CSV_TABLE)
			c = s->table[s->raw[s->at++]];
		else if (!next_utf16(s, &c))
			break;
		n += put_utf8(dst + n, c);
	}
	return n;
}

/* Past the buffer, straight to dst: what is not ASCII and not decided goes back to raw. */
static enum fp_status
read_straight(struct device_csv_source *s, char *dst, size_t cap, size_t *got, struct fp_err *err)
{
	enum fp_status status;

	if (s->kind == CSV_UNDECIDED && cap > DEVICE_CSV_RAW)
		cap = DEVICE_CSV_RAW;
	status = s->read(s->ctx, dst, cap, got, err);
	if (status != FP_OK)
		return status;
	s->ended = *got == 0;
	if (s->kind == CSV_UNDECIDED) {
		size_t plain = ascii_prefix(dst, *got);

		s->at = 0;
		s->len = *got - plain;
		memcpy(s->raw, dst + plain, s->len);
		*got = plain;
	}
	return FP_OK;
}

enum fp_status
device_csv_source_read(struct device_csv_source *s, char *dst, size_t cap, size_t *got, const char *what, struct fp_err *err)
{
	enum fp_status status = FP_OK;

	*got = 0;
	if (!s->begun && begin(s, what, err) != FP_OK)
		return err != NULL ? err->status : FP_EIO;
	while (status == FP_OK && *got == 0 && (s->at < s->len || !s->ended)) {
		if (s->at == s->len && (s->kind == CSV_UTF8 || s->kind == CSV_UNDECIDED)) {
			status = read_straight(s, dst, cap, got, err);
			continue;
		}
		/* Enough to decide by, and whole sequences. */
		if (!s->ended && s->len - s->at < (s->kind == CSV_UNDECIDED ? DEVICE_CSV_RAW / 2 : 4))
			status = more_raw(s, err);
		if (status == FP_OK && s->kind == CSV_UNDECIDED && (status = decide(s, err)) != FP_OK)
			return status;
		if (status == FP_OK)
			*got = convert(s, dst, cap);
	}
	return status == FP_OK ? FP_OK : fp_ctx(err, "reading '%s'", what);
}
