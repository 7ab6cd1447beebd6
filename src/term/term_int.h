/* What the files of term/ share. Private. */
#ifndef FP_TERM_TERM_INT_H
#define FP_TERM_TERM_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "term/term.h"

#define TERM_LANGS_MAX 32u    /* a set of languages is one word of bits */
#define TERM_WORDS_MAX 12u    /* of one term */
#define TERM_GAP_MAX 12u      /* words that "..." stands for at most */
#define TERM_FOLD_END 0x2500u /* letters below it are folded by a table */
#define TERM_RUN_MAX 63u      /* letters of a word that a term with any ending may have */

/* What the table of folds says of characters that are no letters. */
enum { TERM_FOLD_PARTS = 0, TERM_FOLD_SKIPPED = 1, TERM_FOLD_SHARP_S = 0xDF };

/* One word of a term or a text, its letters folded. */
struct term_word {
	uint64_t hash;     /* of the folded letters */
	uint64_t stem;     /* of those in front of an ending in brackets, "produit(s)"; 0: there is none */
	uint32_t from, to; /* bytes of the text */
	uint32_t letters;  /* folded letters */
	uint8_t initial;   /* low bits of the first letter */
	bool number;       /* digits only */
	bool starts;       /* a sentence ends before it */
};

/* A word of a term behind its first one. */
struct term_rest {
	uint64_t hash;
	uint8_t letters;
	bool prefix; /* any ending */
	bool gap;    /* up to TERM_GAP_MAX words before it */
};

/* A term made ready. A slot of the language and its first word finds it; those of one slot stand in a row. */
struct term_pattern {
	const struct term_key *key;
	int32_t next;   /* with the same first word; -1; while the base is read */
	uint32_t rest;  /* index of its second word in rests */
	uint16_t word;  /* index in term_words */
	int16_t friend; /* index in friends; -1: the word means what it says */
	uint16_t tag;   /* of its second word */
	uint8_t lang;
	uint8_t n : 4; /* words */
	uint8_t group : 3;
	uint8_t then : 2; /* enum term_second */
};

/* What is asked of the word behind the first one before a term is looked at. */
enum term_second {
	TERM_SECOND_ANY,    /* nothing: the term has one word, or a gap follows; its tag is 0 */
	TERM_SECOND_EXACT,  /* the tag is the low bits of its hash */
	TERM_SECOND_BEGINS, /* the tag is its initial, as it takes any ending */
	TERM_SECOND_COUNT
};

/* What tells of nearly every pattern that it does not fit, in one row for the eye of the search: 16 of them fill a line of the cache. */
struct term_glance {
	uint16_t tag;
	uint8_t group : 4;
	uint8_t then : 3; /* enum term_second */
	uint8_t last : 1; /* of its slot */
};

struct term_friend {
	const char *means, *note;
};

/* First words are kept by language and by whether any ending may follow; function words by themselves, with the set of their languages. */
struct term_slot {
	uint64_t hash;  /* 0: empty */
	int32_t first;  /* pattern; -1: none */
	uint32_t langs; /* of a function word */
};
enum term_first { TERM_FIRST_EXACT, TERM_FIRST_PREFIX, TERM_FIRST_COUNT };

/* A table of its own per language: a letter is in one, whose slots and patterns then stay in the cache. */
struct term_table {
	struct term_slot *slots;
	size_t n, cap;
};
#define TERM_FUNCTION_WORDS TERM_LANGS_MAX /* the table behind those of the languages */

/* Small tables that say no for nearly every word that no term begins with: bits per language, sets of languages for all. */
#define TERM_SIEVE_BITS 14u
#define TERM_SIEVE_WORDS ((1u << TERM_SIEVE_BITS) / 64u)
#define TERM_SETS_BITS 16u
#define TERM_BEGIN_BITS 9u
struct term_sieve {
	uint64_t first[TERM_FIRST_COUNT][TERM_SIEVE_WORDS]; /* first words */
	uint64_t lengths[1u << TERM_BEGIN_BITS]; /* by the first two letters, bit n: a first word of n letters takes any ending */
};

struct term_name {             /* of a month, or of a day of the week */
	uint64_t hash, second; /* second word of "Meán Fómhair"; 0 */
	uint8_t value;         /* month 1-12, or TERM_WEEKDAY + 1-7 */
};
#define TERM_WEEKDAY 100

#define TERM_NAMES_BITS 10u
struct term_names {
	bool ready;                                  /* ICU's names are there, too */
	uint64_t sieve[1u << (TERM_NAMES_BITS - 6)]; /* a bit of each name: nearly every word is none */
	struct term_name *name;
	size_t n, cap;
};

struct term_base {
	struct fp_arena *arena;
	struct term_key *keys[TERM_GROUP_COUNT];
	size_t n_keys[TERM_GROUP_COUNT];
	struct term_lang langs[TERM_LANGS_MAX];
	size_t n_langs;
	const char *const **words[TERM_LANGS_MAX][TERM_GROUP_COUNT]; /* [lang][group][key] -> texts, ends with NULL */
	struct term_pattern *patterns;
	size_t n_patterns, cap_patterns;
	struct term_glance *glances; /* one per pattern, once they stand in order */
	struct term_rest *rests;
	size_t n_rests, cap_rests;
	struct term_friend *friends;
	size_t n_friends, cap_friends;
	struct term_table tables[TERM_LANGS_MAX + 1];
	uint64_t prefix_lengths; /* bit n: a first word of n letters takes any ending, in any language */
	struct term_sieve sieves[TERM_LANGS_MAX];
	uint32_t sets[TERM_FIRST_COUNT][1u << TERM_SETS_BITS];
	uint64_t functions[(1u << TERM_SETS_BITS) / 64u]; /* bits of the function words */
	uint32_t letters[TERM_LANGS_MAX][32];             /* letters that speak for the language, ends with 0 */
	struct term_names names[TERM_LANGS_MAX];          /* ICU's are added on first use: not for two threads at once */
	uint16_t fold[TERM_FOLD_END];
	uint8_t ascii[256]; /* fold of letters and digits of ASCII, otherwise 0 */
};

/* ---- word.c ---- */

void term_fold_make(struct term_base *t);

/*
 * The next word of the text from *at on, which moves behind it; false at the end. An ending in brackets belongs to its word. run, when not NULL,
 * gets the hash after each of the first TERM_RUN_MAX letters.
 */
bool term_word_next(
    const struct term_base *t, const char *text, size_t len, size_t *at, struct term_word *out, uint64_t run[TERM_RUN_MAX]);
/* Split a text into at most max words; returns how many there are. */
size_t term_words_of(const struct term_base *t, const char *text, size_t len, struct term_word *out, size_t max);

/* ---- table.c ---- */

/* The slot of a word in a language's table or in that of the function words; how may follow it, EXACT for a function word. NULL: there is none. */
struct term_slot *term_slot_find(const struct term_base *t, size_t table, enum term_first how, uint64_t word);
/* Have that slot brought near; it will be looked for soon. */
void term_slot_fetch(const struct term_base *t, size_t table, enum term_first how, uint64_t word);
/* The slot, made when it is not there; NULL when out of memory. */
struct term_slot *term_slot_make(struct term_base *t, size_t table, enum term_first how, uint64_t word);
/* Bring the patterns of each slot together; false when out of memory. */
bool term_patterns_order(struct term_base *t);
/* Short words differ in the low bits of their hash only. */
static inline uint64_t
term_sieve_index(uint64_t word, unsigned bits)
{
	return (word * 0x9E3779B97F4A7C15u) >> (64 - bits);
}

void term_function_add(struct term_base *t, uint64_t word);
/* Mark the first word of a term in the sieves; begin: the hash of its first two letters. */
void term_sieve_add(struct term_base *t, size_t lang, enum term_first how, const struct term_word *first, uint64_t begin);

static inline bool
term_sieve_has(const uint64_t bits[TERM_SIEVE_WORDS], uint64_t word)
{
	uint64_t i = term_sieve_index(word, TERM_SIEVE_BITS);

	return (bits[i / 64] >> (i % 64) & 1u) != 0;
}

static inline bool
term_may_be_function(const struct term_base *t, uint64_t word)
{
	uint64_t i = term_sieve_index(word, TERM_SETS_BITS);

	return (t->functions[i / 64] >> (i % 64) & 1u) != 0;
}

static inline uint32_t
term_set_of(const struct term_base *t, enum term_first how, uint64_t word)
{
	return t->sets[how][term_sieve_index(word, TERM_SETS_BITS)];
}

/* ---- scan.c: JSON of strings, lists and objects, read in place ---- */

struct term_scan {
	char *p, *end, *start;
	const char *file; /* for messages */
	bool first;       /* in a list or object: nothing came yet */
};

/* data (len bytes, a NUL behind) is written to: strings end with a NUL where they stand. FP_EINVAL with the line for all that follows. */
enum fp_status term_scan_open(struct term_scan *s, char *data, size_t len, const char *file, struct fp_err *err) FP_MUST_CHECK;
enum fp_status term_scan_enter(struct term_scan *s, char bracket, struct fp_err *err) FP_MUST_CHECK; /* '{' or '[' */
/* *key: of the next member; NULL behind the last one. */
enum fp_status term_scan_member(struct term_scan *s, char **key, struct fp_err *err) FP_MUST_CHECK;
enum fp_status term_scan_item(struct term_scan *s, bool *more, struct fp_err *err) FP_MUST_CHECK;
enum fp_status term_scan_string(struct term_scan *s, char **text, struct fp_err *err) FP_MUST_CHECK;
enum fp_status term_scan_close(struct term_scan *s, struct fp_err *err) FP_MUST_CHECK; /* nothing but blanks follows */
enum fp_status term_scan_fail(const struct term_scan *s, struct fp_err *err, const char *fmt, ...) FP_PRINTF(3, 4) FP_MUST_CHECK;

/* ---- base.c, lang.c ---- */

extern const char *const term_group_names[TERM_GROUP_COUNT];
/* One language's file: what = its name. */
enum fp_status term_read_language(
    struct term_base *t, const char *data, size_t len, const char *file, struct fp_err *err) FP_MUST_CHECK;
/* A name of a month or a day of the week, at most two words; false when out of memory. */
bool term_name_add(const struct term_base *t, struct term_names *m, const char *text, int value);

#endif
