/*
 * Words of the field in every language, as data: assets/terms/concepts.json (what is meant) and assets/terms/XX.json (how language XX says it). All
 * 24 official EU languages, Norwegian and Icelandic; a new language is a new file. docs/terms.md is the manual.
 */
#ifndef FP_TERM_TERM_H
#define FP_TERM_TERM_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/status.h"

/*
 * What a term is good for. Ids inside a group are names in concepts.json, e.g. LABEL "catalog-number", SECTION "customer-actions", VERB "install".
 */
enum term_group {
	TERM_LABEL,      /* head of a column or name of a field */
	TERM_SECTION,    /* heading of a section */
	TERM_KIND,       /* "recall", "safety-information", "urgent", "update" */
	TERM_OBLIGATION, /* "must", "should", "may", "important", "please" */
	TERM_VERB,       /* what somebody does: "download", "install", "disconnect" */
	TERM_WORD,    /* "yes", "no", "not-applicable", "all", "and-following", "to", "none", "page", "of", "before", "after" */
	TERM_CONCEPT, /* things whose name must mean the same everywhere: "network-cable", "verification-form", "immediately" */
	TERM_GROUP_COUNT
};

struct term_base;

struct term_lang {
	const char *tag;  /* "da" */
	const char *name; /* "dansk" */
};

struct term_key {
	enum term_group group;
	const char *id;
	const char *gloss;    /* English, for people */
	const char *severity; /* what a difference weighs: "S1", "S2", "S3"; NULL where it is not compared */
	const char *family;   /* keys that exclude each other: "cable" for network-cable and mains-cable; NULL */
	bool one_word;        /* one version should use one word for it all through ("one_word": true in concepts.json) */
};

/* A term found in a text. */
struct term_hit {
	uint32_t from, to; /* bytes of the text */
	const struct term_key *key;
	const struct term_lang *lang;
	int word;          /* index in term_words: two words for one concept in one text are a finding */
	uint8_t group;     /* enum term_group of its key */
	bool whole;        /* the term is all that the text holds, punctuation and numbers aside: a heading or label of its own */
	bool ambiguous;    /* the word is a false friend: in this language it means something else first (see means) */
	const char *means; /* id of what it means first; NULL */
	const char *note;  /* for the reader of a finding, English; NULL */
};

/* Everything embedded in the program; dir NULL, or a folder of such files read instead of it. Messages name file and place. FP_EINVAL, FP_ENOMEM. */
enum fp_status term_base_open(struct term_base **out, const char *dir, struct fp_err *err) FP_MUST_CHECK;
/* The same from memory: concepts.json, and the file of one language or NULL. Messages call them "concepts" and "language". */
enum fp_status term_base_parse(struct term_base **out, const char *concepts, size_t n_concepts, const char *language,
    size_t n_language, struct fp_err *err) FP_MUST_CHECK;
void term_base_free(struct term_base *t);
void term_base_freep(struct term_base **t);

const struct term_lang *term_languages(const struct term_base *t, size_t *n);
const struct term_lang *term_lang_find(const struct term_base *t, const char *tag); /* "de-AT" finds "de"; NULL */
const struct term_key *term_key_find(const struct term_base *t, enum term_group g, const char *id);
const struct term_key *term_keys(const struct term_base *t, enum term_group g, size_t *n);
/* Terms of a key in a language, best first; NULL when the language has none. Ends with NULL. */
const char *const *term_words(const struct term_base *t, const struct term_lang *lang, const struct term_key *key);

#define TERM_GROUPS(g) (1u << (g))
#define TERM_ALL ((1u << TERM_GROUP_COUNT) - 1u)

/*
 * Terms of lang (NULL: of every language) in the groups, longest first where they overlap inside a group, ascending by place; at most max, returns how many
 * there are. Case, hyphens, trademark signs, and runs of white space do not count; words are whole but for terms that end in "*"; "product(s)" is "product" and "products".
 */
size_t term_find(const struct term_base *t, const struct term_lang *lang, unsigned groups, const char *text, size_t len,
    struct term_hit *hits, size_t max);

struct term_guess {
	const struct term_lang *lang;
	int share; /* of the words that speak for any language, percent */
};
/* Which languages is the text in: by function words, letters and terms; best first. Returns how many are above 5 %; 0: cannot tell (too short). */
size_t term_guess(const struct term_base *t, const char *text, size_t len, struct term_guess *out, size_t max);

/*
 * Days in running text: "Onsdag den 8. maj 2024", "5 de abril de 2023", "2023-04-05", "05.04.2023", "05-ABR-2023", "April 5, 2023", "2023. április 5.", "5ης Απριλίου 2023".
 * Months by ICU and the language's file. lang NULL: every language. A year of two digits counts behind a month's name ("05-APR-23") or a mask ("(TT.MM.JJ): 05.04.23").
 * Versions, telephone and catalogue numbers are no days.
 */
struct term_date {
	uint32_t from, to;
	struct fp_date date; /* year 0 when there is no such day ("31.02.2023") */
	struct fp_date
	    other; /* the other reading of 03/04/2023 in English or an unknown language, unless a day of the week decides; year 0 */
	int weekday;        /* as printed, ISO 1-7; 0 none */
	bool weekday_wrong; /* it is not that day's */
};
size_t term_dates(
    const struct term_base *t, const struct term_lang *lang, const char *text, size_t len, struct term_date *out, size_t max);

#endif
