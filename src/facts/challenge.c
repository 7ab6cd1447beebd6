/* The code that a site prints and the collector writes into its file: whoever has it in a file made that file after the code was printed. */
#include <string.h>

#include "facts/facts.h"

#define LETTERS 16
#define GROUP 4

/* Crockford's base32: no I, L, O, U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Times x in GF(32) with x^5 + x^2 + 1. */
static unsigned
times_x(unsigned v)
{
	v <<= 1;
	return (v & 32) != 0 ? v ^ 0x25 : v;
}

/*
 * Each letter is weighted with another power of x before they are added: every single wrong letter and every two letters that changed places are found. Crockford's
 * own check character would do the same, but may be '*', '~' or '$', which a command line takes for something else.
 */
static unsigned
check_of(const uint8_t values[LETTERS])
{
	unsigned sum = 0;
	for (size_t i = 0; i < LETTERS; i++) {
		sum = times_x(sum ^ values[i]);
	}
	return sum;
}

static void
write_normal(char out[FACTS_CHALLENGE_TEXT], const uint8_t values[LETTERS])
{
	size_t n = 0;
	for (size_t i = 0; i < LETTERS; i++) {
		out[n++] = alphabet[values[i]];
		if (i % GROUP == GROUP - 1) {
			out[n++] = '-';
		}
	}
	out[n++] = alphabet[check_of(values)];
	out[n] = '\0';
}

void
facts_challenge_make(char out[FACTS_CHALLENGE_TEXT], const uint8_t random[10])
{
	uint8_t values[LETTERS];
	for (size_t i = 0; i < LETTERS; i++) {
		size_t bit = i * 5, byte = bit / 8;
		unsigned two = (unsigned)random[byte] << 8 | (byte + 1 < 10 ? random[byte + 1] : 0u);
		values[i] = (uint8_t)(two >> (11 - bit % 8) & 31);
	}
	write_normal(out, values);
}

static int
value_of(char c)
{
	if (c >= 'a' && c <= 'z') {
		c = (char)(c - 'a' + 'A');
	}
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
	return at != NULL ? (int)(at - alphabet) : -1;
}

enum fp_status
facts_challenge_normal(char out[FACTS_CHALLENGE_TEXT], const char *text, struct fp_err *err)
{
	uint8_t values[LETTERS + 1];
	size_t n = 0;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '-' || *p == ' ') {
			continue;
		}
		int v = value_of(*p);
		if (v < 0 || n > LETTERS) {
			return fp_fail(err, FP_EINVAL,
			    "'%.40s' is no challenge: it has %d letters and digits, like K7QF-2M9X-4RTB-0ZWD-5", text,
			    LETTERS + 1);
		}
		values[n++] = (uint8_t)v;
	}
	if (n != LETTERS + 1) {
		return fp_fail(
		    err, FP_EINVAL, "the challenge '%.40s' has %zu letters and digits; it must have %d", text, n, LETTERS + 1);
	}
	if (check_of(values) != values[LETTERS]) {
		return fp_fail(
		    err, FP_EINVAL, "the challenge '%.40s' is mistyped: its last letter does not fit the others", text);
	}
	write_normal(out, values);
	return FP_OK;
}
