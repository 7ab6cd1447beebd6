/* Words of a text, folded: case, Greek accents and final sigma, sharp s, ligatures; marks of trade vanish, hyphens part. */
#include <string.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "term/term_int.h"

#define ENDING_MAX 4u /* letters of an ending in brackets: "Seriennummer(n)", "proizvod(i)" */

/* ---- the table ---- */

/*
 * Greek capitals carry no accents, so none count. Romanian s and t are printed with a cedilla as often as with the comma that they should have. The ordinal
 * signs of "n.º" are letters to Unicode's compatibility forms.
 */
static uint32_t
plain_letter(uint32_t c)
{
	static const struct {
		uint16_t from, to;
	} map[] = { { 0x3AC, 0x3B1 }, { 0x3AD, 0x3B5 }, { 0x3AE, 0x3B7 }, { 0x3AF, 0x3B9 }, { 0x3CC, 0x3BF }, { 0x3CD, 0x3C5 },
		{ 0x3CE, 0x3C9 }, { 0x3CA, 0x3B9 }, { 0x3CB, 0x3C5 }, { 0x390, 0x3B9 }, { 0x3B0, 0x3C5 }, { 0x3C2, 0x3C3 },
		{ 0x15F, 0x219 }, { 0x163, 0x21B }, { 0xAA, 'a' }, { 0xBA, 'o' }, { 0x17F, 's' } };

	for (size_t i = 0; i < FP_COUNT(map); i++)
		if (map[i].from == c)
			return map[i].to;
	return c;
}

static uint16_t
fold_one(uint32_t c)
{
	/* A soft hyphen, zero-width blanks and joiners, the marks behind a name: no letters, and they part no word. */
	static const uint16_t skipped[] = { 0xAD, 0xAE, 0x200B, 0x200C, 0x200D, 0x2060, 0x2122 };
	uint32_t f;

	for (size_t i = 0; i < FP_COUNT(skipped); i++)
		if (skipped[i] == c)
			return TERM_FOLD_SKIPPED;
	if (!u_isalnum((UChar32)c) && u_charType((UChar32)c) != U_NON_SPACING_MARK)
		return TERM_FOLD_PARTS;
	f = plain_letter((uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));
	return (uint16_t)(f < 0x10000 ? f : c);
}

void
term_fold_make(struct term_base *t)
{
	for (uint32_t c = 0; c < TERM_FOLD_END; c++)
		t->fold[c] = fold_one(c);
	for (uint32_t c = 0; c < 0x80; c++)
		t->ascii[c] = t->fold[c] > TERM_FOLD_SKIPPED ? (uint8_t)t->fold[c] : 0;
}

/* ---- a word ---- */

struct reader {
	const struct term_base *t;
	const char *p, *end;
	uint64_t hash, *run;
	uint32_t letters;
	uint32_t bits; /* of all letters, over each other; no digit has that of NO_DIGIT */
	uint8_t initial;
};
#define NO_DIGIT 0xFFC0u

static inline uint32_t
next_char(struct reader *r)
{
	unsigned char c = (unsigned char)*r->p;

	if (c < 0x80) {
		r->p++;
		return c;
	}
	/* Two bytes: all of Latin, Greek and Cyrillic. */
	if (c >= 0xC2 && c < 0xE0 && r->p + 1 < r->end && ((unsigned char)r->p[1] & 0xC0u) == 0x80) {
		uint32_t v = (c & 0x1Fu) << 6 | ((unsigned char)r->p[1] & 0x3Fu);

		r->p += 2;
		return v;
	}
	return fp_utf8_next(&r->p, r->end);
}

#define HASH_START 14695981039346656037u
#define HASH_PRIME 1099511628211u

static inline bool
digits_only(const struct reader *r)
{
	return (r->bits & NO_DIGIT) == 0;
}

static inline void
add(struct reader *r, uint32_t letter)
{
	r->hash = (r->hash ^ letter) * HASH_PRIME;
	r->initial = r->letters == 0 ? (uint8_t)letter : r->initial;
	if (r->run != NULL && r->letters < TERM_RUN_MAX)
		r->run[r->letters] = r->hash;
	r->letters++;
	r->bits |= letter - '0' < 10u ? 0 : NO_DIGIT;
}

/* Letters beyond the table: ligatures that printers' files keep, full-width forms; others as they are. */
static bool
add_rare(struct reader *r, uint32_t c)
{
	static const char *const ligatures[] = { "ff", "fi", "fl", "ffi", "ffl", "st", "st" };

	if (c >= 0xFB00 && c <= 0xFB06) {
		for (const char *s = ligatures[c - 0xFB00]; *s != '\0'; s++)
			add(r, (unsigned char)*s);
		return true;
	}
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c == FP_UTF8_BAD || !u_isalnum((UChar32)c))
		return false;
	add(r, (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));
	return true;
}

/* 1: a letter was added; 0: the character parts words; -1: it is as if it were not there. */
static inline int
take(struct reader *r, uint32_t c)
{
	uint32_t f;

	if (c >= TERM_FOLD_END)
		return c == 0xFEFF ? -1 : add_rare(r, c) ? 1 : 0;
	f = r->t->fold[c];
	if (f <= TERM_FOLD_SKIPPED)
		return f == TERM_FOLD_PARTS ? 0 : -1;
	if (f == TERM_FOLD_SHARP_S) {
		add(r, 's');
		f = 's';
	}
	add(r, f);
	return 1;
}

/* "(s)", "(en)" right behind the word, small letters: r stands behind the opening bracket, and afterwards behind the closing one. */
static bool
take_ending(struct reader *r)
{
	struct reader ahead = *r;
	uint32_t n = 0;

	for (; ahead.p < ahead.end && *ahead.p != ')'; n++) {
		uint32_t c = next_char(&ahead);

		if (n >= ENDING_MAX || c >= TERM_FOLD_END || r->t->fold[c] != c || c <= '9' || take(&ahead, c) != 1)
			return false;
	}
	if (n == 0 || ahead.p >= ahead.end)
		return false;
	ahead.p++;
	*r = ahead;
	return true;
}

/* Letters and digits of ASCII, which are most of every text, without a look at what else there is; false: none follows. */
static inline bool
take_ascii(struct reader *r)
{
	const char *p = r->p, *end = r->end, *noted = p;
	const uint8_t *ascii = r->t->ascii;
	uint64_t hash = r->hash;
	uint32_t bits = 0, f;

	if (r->run != NULL && r->letters < TERM_RUN_MAX) {
		uint64_t *run = r->run + r->letters;

		noted += (size_t)(end - p) < TERM_RUN_MAX - r->letters ? (size_t)(end - p) : TERM_RUN_MAX - r->letters;
		for (; p < noted && (f = ascii[(unsigned char)*p]) != 0; p++) {
			hash = (hash ^ f) * HASH_PRIME;
			bits |= f;
			*run++ = hash;
		}
	}
	if (p == noted)
		for (; p < end && (f = ascii[(unsigned char)*p]) != 0; p++) {
			hash = (hash ^ f) * HASH_PRIME;
			bits |= f;
		}
	if (p == r->p)
		return false;
	r->initial = r->letters == 0 ? ascii[(unsigned char)*r->p] : r->initial;
	r->letters += (uint32_t)(p - r->p);
	r->bits |= bits;
	r->hash = hash;
	r->p = p;
	return true;
}

/* The word's letters; returns the end of the last one. *stem is set where an ending in brackets follows. */
static inline const char *
take_word(struct reader *r, uint64_t *stem)
{
	const char *to = r->p;

	while (r->p < r->end) {
		const char *was;
		uint32_t c;
		int what;

		if (take_ascii(r))
			to = r->p;
		was = r->p;
		if (was == r->end || ((unsigned char)*was < 0x80 && *was != '('))
			break;
		c = next_char(r);
		what = take(r, c);
		if (what > 0)
			to = r->p;
		if (what != 0)
			continue;
		if (c == '(' && !digits_only(r) && r->letters > 1) {
			uint64_t before = r->hash;

			if (take_ending(r)) {
				*stem = before;
				return r->p;
			}
		}
		r->p = was;
		break;
	}
	return to;
}

/* The word that ends at at has one letter: the dot of "z. B." ends no sentence. */
static bool
behind_initial(const char *text, size_t at)
{
	char before = at >= 2 ? text[at - 2] : ' ';

	return at >= 1 && strchr(" .-/(\"'\t\n", before) != NULL;
}

/* To the next letter; false when there is none. *starts: a sentence ends before it. */
static inline bool
skip_to_word(struct reader *r, const char *text, size_t at, bool *starts)
{
	bool stop = false, blank = false;

	/* Mostly one blank. */
	if (r->end - r->p > 1 && *r->p == ' ' && r->t->ascii[(unsigned char)r->p[1]] != 0) {
		r->p++;
		return true;
	}
	while (r->p < r->end) {
		const char *was = r->p;
		uint32_t c = next_char(r);
		uint32_t f = c < TERM_FOLD_END ? r->t->fold[c] : TERM_FOLD_END;

		if (f > TERM_FOLD_SKIPPED) {
			struct reader probe = *r;
			int what = f < TERM_FOLD_END ? 1 : take(&probe, c);

			if (what > 0) {
				/* A sentence ends before a capital or a number; "z. B. den" goes on. */
				*starts = blank && (f != c || c - '0' < 10u);
				r->p = was;
				return true;
			}
			f = (uint32_t)(what < 0 ? TERM_FOLD_SKIPPED : TERM_FOLD_PARTS);
		}
		blank = stop && (c == ' ' || c == '\n') ? true : f == TERM_FOLD_SKIPPED ? blank : blank && c != '.';
		stop = (c == '.' && !behind_initial(text, at)) || c == '!' || c == '?';
	}
	return false;
}

bool
term_word_next(
    const struct term_base *t, const char *text, size_t len, size_t *at, struct term_word *out, uint64_t run[TERM_RUN_MAX])
{
	struct reader r = { .t = t, .p = text + *at, .end = text + len, .hash = HASH_START, .run = run };
	bool starts = false;
	uint64_t stem = 0;
	const char *from, *to;

	if (!skip_to_word(&r, text, *at, &starts)) {
		*at = len;
		return false;
	}
	from = r.p;
	to = take_word(&r, &stem);
	*out = (struct term_word){ .hash = r.hash,
		.stem = stem,
		.from = (uint32_t)(from - text),
		.to = (uint32_t)(to - text),
		.letters = r.letters,
		.initial = r.initial,
		.number = digits_only(&r),
		.starts = starts };
	*at = (size_t)(r.p - text);
	return true;
}

size_t
term_words_of(const struct term_base *t, const char *text, size_t len, struct term_word *out, size_t max)
{
	struct term_word w;
	size_t at = 0, n = 0;

	while (term_word_next(t, text, len, &at, &w, NULL)) {
		if (n < max)
			out[n] = w;
		n++;
	}
	return n;
}
