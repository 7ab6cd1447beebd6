/* Where the marks of a CSV text stand: 64 bytes at a time. */
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "device/csv_int.h"

struct block {
	uint64_t marks;
	uint8_t flags;
};

#ifdef __SSE2__

static struct block
look(const char *p, char delimiter)
{
	const __m128i delim = _mm_set1_epi8(delimiter), quote = _mm_set1_epi8('"'), cr = _mm_set1_epi8('\r'),
		      lf = _mm_set1_epi8('\n');
	const __m128i tab = _mm_set1_epi8('\t'), low = _mm_set1_epi8(0x1f);
	__m128i quotes = _mm_setzero_si128(), controls = quotes, high = quotes;
	struct block b = { 0, 0 };

	for (int i = 0; i < 4; i++) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + (ptrdiff_t)i * 16));
		__m128i is_quote = _mm_cmpeq_epi8(x, quote);
		__m128i is_end = _mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf));
		__m128i is_mark = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, delim), is_quote), is_end);
		__m128i is_low = _mm_cmpeq_epi8(_mm_min_epu8(x, low), x);

		b.marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_mark) << (16 * i);
		quotes = _mm_or_si128(quotes, is_quote);
		controls = _mm_or_si128(controls, _mm_andnot_si128(_mm_or_si128(is_end, _mm_cmpeq_epi8(x, tab)), is_low));
		high = _mm_or_si128(high, x);
	}
	b.flags = (uint8_t)((_mm_movemask_epi8(high) != 0 ? DEVICE_CSV_HIGH : 0) |
			    (_mm_movemask_epi8(controls) != 0 ? DEVICE_CSV_CONTROL : 0) |
			    (_mm_movemask_epi8(quotes) != 0 ? DEVICE_CSV_QUOTED : 0));
	return b;
}

#else

static struct block
look(const char *p, char delimiter)
{
	struct block b = { 0, 0 };

	for (int i = 0; i < 64; i++) {
		unsigned char c = (unsigned char)p[i];

		if (p[i] == delimiter || c == '"' || c == '\r' || c == '\n')
			b.marks |= (uint64_t)1 << i;
		b.flags |= (uint8_t)(c >= 0x80 ? DEVICE_CSV_HIGH : c == '"' ? DEVICE_CSV_QUOTED : 0);
		if (c < 0x20 && c != '\t' && c != '\r' && c != '\n')
			b.flags |= DEVICE_CSV_CONTROL;
	}
	return b;
}

#endif

size_t
device_csv_scan(uint32_t *marks, uint8_t *flags, const char *p, size_t len, char delimiter)
{
	size_t n = 0;

	for (size_t at = 0; at < len; at += 64) {
		struct block b = look(p + at, delimiter);

		if (len - at < 64)
			b.marks &= ((uint64_t)1 << (len - at)) - 1;
		flags[at / 64] = b.flags;
		while (b.marks != 0) {
			marks[n++] = (uint32_t)(at + (size_t)__builtin_ctzll(b.marks));
			b.marks &= b.marks - 1;
		}
	}
	return n;
}

/* ---- which delimiter ---- */

#define LINES_MAX 200
#define COUNT_MAX 64 /* more fields than that are counted as that many */

/* How often c stands outside quotes in each line. */
static size_t
count_per_line(uint8_t counts[LINES_MAX], const char *p, size_t len, char c)
{
	size_t lines = 0, n = 0, chars = 0;
	bool quoted = false;

	for (size_t i = 0; i < len && lines < LINES_MAX; i++) {
		if (p[i] == '"')
			quoted = !quoted;
		else if (!quoted && p[i] == c)
			n++;
		if (quoted || (p[i] != '\n' && p[i] != '\r')) {
			chars++;
			continue;
		}
		if (chars > 0)
			counts[lines++] = (uint8_t)(n < COUNT_MAX ? n : COUNT_MAX);
		n = chars = 0;
	}
	/* The last line of a sample may be cut off: it counts only when it is alone. */
	if (lines == 0 && chars > 0)
		counts[lines++] = (uint8_t)(n < COUNT_MAX ? n : COUNT_MAX);
	return lines;
}

/* Share of the lines that have the commonest number of fields, in thousandths, then that number. */
static size_t
evenness(const uint8_t *counts, size_t lines)
{
	size_t seen[COUNT_MAX + 1] = { 0 }, best = 0;

	for (size_t i = 0; i < lines; i++)
		seen[counts[i]]++;
	for (size_t k = 1; k <= COUNT_MAX; k++) {
		size_t score = seen[k] == 0 ? 0 : seen[k] * 1000 / lines * 100 + k;

		best = score > best ? score : best;
	}
	return best;
}

char
device_csv_guess(const char *p, size_t len)
{
	static const char candidates[] = { ';', ',', '\t', '|' };
	size_t best = 0;
	char found = ',';

	for (size_t i = 0; i < FP_COUNT(candidates); i++) {
		uint8_t counts[LINES_MAX];
		size_t lines = count_per_line(counts, p, len, candidates[i]);
		size_t score = lines == 0 ? 0 : evenness(counts, lines);

		if (score > best) {
			best = score;
			found = candidates[i];
		}
	}
	return found;
}
