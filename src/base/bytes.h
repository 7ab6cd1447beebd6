/*
 * Sixteen bytes looked at at once, in vectors that gcc and clang have for every processor: for the loops that look for something that is nearly never there. Where it
 * is, or less than sixteen bytes are left, the caller looks byte by byte.
 */
#ifndef FP_BASE_BYTES_H
#define FP_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FP_BYTES 16u

/* A byte of a comparison's result is 0xFF where it holds, otherwise 0. */
typedef uint8_t fp_bytes __attribute__((vector_size(FP_BYTES)));

static inline fp_bytes
fp_bytes_at(const char *s)
{
	fp_bytes v;

	memcpy(&v, s, sizeof(v));
	return v;
}

static inline bool
fp_bytes_any(fp_bytes v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

static inline fp_bytes
fp_bytes_are(fp_bytes v, char c)
{
	return (fp_bytes)(v == (uint8_t)c);
}

/* From first to last. */
static inline fp_bytes
fp_bytes_between(fp_bytes v, uint8_t first, uint8_t last)
{
	return (fp_bytes)(v - first <= (uint8_t)(last - first));
}

/* The sum of the bytes, each at most 255. */
static inline size_t
fp_bytes_sum(fp_bytes v)
{
	const uint64_t low = 0x00FF00FF00FF00FFu;
	uint64_t half[2], pairs;

	memcpy(half, &v, sizeof(half));
	pairs = (half[0] & low) + (half[0] >> 8 & low) + (half[1] & low) + (half[1] >> 8 & low);
	return (size_t)((pairs * 0x0001000100010001u) >> 48);
}

#endif
