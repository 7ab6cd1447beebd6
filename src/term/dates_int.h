/* What the files that find days share. Private. */
#ifndef FP_TERM_DATES_INT_H
#define FP_TERM_DATES_INT_H

#include "term/term_int.h"

/* A number or a word. */
struct dates_token {
	uint64_t hash;
	uint32_t from, to;
	uint32_t letters;
	int value; /* of a number of at most 4 digits; -1 */
	uint32_t digits;
	bool mixed; /* digits and letters in one word: "5ης", "550Dx" */
};

struct dates {
	const struct term_base *t;
	size_t first, last; /* languages */
	bool day_first;     /* in this language nobody writes the month first */
	const char *text;
	size_t len;
	const struct dates_token *k;
	size_t n;
};

/* Month 1-12, or TERM_WEEKDAY + 1-7, that token i names; 0: neither. *words: of the name, 1 or 2. */
int dates_name(const struct dates *r, size_t i, size_t *words);

#endif
