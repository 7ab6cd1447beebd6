/* What the files of term/ share. Private. */
#ifndef FP_TERM_INT_H
#define FP_TERM_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "term/term.h"

#define TERM_LANGS_MAX 32u    /* a set of languages is one word of bits */
#define TERM_WORDS_MAX 12u    /* of one term */
#define TERM_GAP_MAX 12u      /* words that "..." stands for at most */
#define TERM_FOLD_END 0x2500u /* letters behind it fold to themselves */

/* One word of a term or a text. Letters are folded: case, Greek accents, sharp s. */
struct term_word {
	uint64_t hash;     /* FNV-1a of the folded letters */
	uint32_t from, to; /* bytes of the text */
	uint32_t letters;  /* folded letters */
	bool number;       /* digits only */
};

/* A term made ready. The first word finds it. */
struct term_pattern {
	const struct term_key *key;
	uint16_t lang;
	uint16_t word; /* index in term_words */
	uint8_t n;
	bool prefix[TERM_WORDS_MAX]; /* any ending */
	bool gap[TERM_WORDS_MAX];    /* up to TERM_GAP_MAX words before it */
	uint64_t hash[TERM_WORDS_MAX];
	uint32_t letters[TERM_WORDS_MAX];
	bool ambiguous;
	const char *means, *note;
};

/* What decides whether a pattern is looked at, apart from it: the walk along a slot touches little memory. */
struct term_link {
	int32_t next; /* with the same first word */
	uint8_t lang, group;
	bool prefix;
};

struct term_slot {
	uint64_t hash;
	int32_t first;         /* pattern; -1: empty */
	uint32_t langs;        /* whose function word it is */
	uint32_t term_langs;   /* whose terms begin with it */
	uint32_t prefix_langs; /* whose terms begin with it and any ending */
};

struct term_months { /* names of months 1-12 and weekdays 1-7 of one language */
	bool ready;
	struct {
		uint64_t hash, second; /* of a month with two words ("Meán Fómhair"); 0 */
		uint8_t value;         /* month, or 100 + weekday */
	} * names;
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
	struct term_link *links; /* one for each pattern */
	size_t cap_links;
	struct term_slot *slots; /* first words, and first parts of words of terms that begin with one ending in "*" */
	size_t n_slots, cap_slots;
	uint64_t prefix_lengths[TERM_LANGS_MAX + 1]; /* bit n: a first word of n letters takes any ending; the last: in any language */
	uint32_t letters[TERM_LANGS_MAX][32]; /* letters that speak for the language, ends with 0 */
	json_t *month_words[TERM_LANGS_MAX], *weekday_words[TERM_LANGS_MAX]; /* beyond ICU */
	struct term_months months[TERM_LANGS_MAX];                           /* made on first use: not for two threads at once */
	uint16_t fold[TERM_FOLD_END];
};

#define TERM_HASH_START 14695981039346656037u
static inline uint64_t
term_hash_step(uint64_t h, uint32_t letter)
{
	return (h ^ letter) * 1099511628211u;
}

/* The next word of the text at *at: letters and digits; false at the end. running gets the hash after each letter when not NULL (room for max). */
bool term_word_next(
    const struct term_base *t, const char *text, size_t len, size_t *at, struct term_word *out, uint64_t *running, size_t max);
/* Split a text into at most max words; returns how many there are. */
size_t term_words_of(const struct term_base *t, const char *text, size_t len, struct term_word *out, size_t max);

struct term_slot *term_slot_find(const struct term_base *t, uint64_t hash); /* NULL */
/* The slot, made when it is not there; NULL when out of memory. */
struct term_slot *term_slot_make(struct term_base *t, uint64_t hash);

#endif
