/*
 * A draft notice: the facts that a letter states, under the names of notice.json, each with the place it was read at and a confidence, and a
 * list of findings. What was not found is null and listed as missing; nothing is guessed. docs/draft-format.md is the manual,
 * assets/schema/draft.schema.json the schema ("fieldproof-draft-1").
 *
 * A draft is an open document (parity and merge walk all of it), so it is kept as JSON with a few typed ways in.
 */
#ifndef FP_DRAFT_DRAFT_H
#define FP_DRAFT_DRAFT_H

#include "base/json.h"
#include "letter/letter.h"
#include "term/term.h"

struct draft {
	json_t *facts; /* object: format, file, source, language, reference, ... */
	json_t *
	    places; /* object: JSON pointer of a fact -> {page,line,column,box,confidence,text}; a string of that when written_places */
	json_t *missing;       /* array of JSON pointers */
	json_t *findings;      /* array of {code,severity,message,place} */
	struct letter *letter; /* what it was read from; NULL when not kept */
	bool written_places;   /* see draft_options */
	struct fp_buf scratch; /* for the text of one place */
	bool no_memory;
};

enum draft_severity { DRAFT_ERROR, DRAFT_WARNING, DRAFT_INFO };

struct draft *draft_new(const char *file);
void draft_free(struct draft *d);
void draft_freep(struct draft **d);

/* Where a fact comes from. len 0: the fact has a place but no text of its own. */
struct draft_source {
	const struct letter_block *block;
	size_t from, len; /* bytes of the block's text */
	int confidence;   /* 0-100: 100 printed under its own label and checked; 90 by label; 70 by form; 50 by position */
};

/*
 * facts at pointer (RFC 6901; "-" appends to an array; what lacks on the way is made) = value (stolen), with its place. s NULL: no place (a container).
 * Out of memory sticks in d. Returns the pointer's final index for "-", otherwise 0.
 */
size_t draft_put(struct draft *d, const char *pointer, json_t *stolen, const struct draft_source *s);
void draft_put_str(struct draft *d, const char *pointer, const char *text, const struct draft_source *s);
void draft_put_int(struct draft *d, const char *pointer, int64_t v, const struct draft_source *s);
/* The fact was looked for and is not there: null, and listed. */
void draft_lacks(struct draft *d, const char *pointer);
json_t *draft_get(const struct draft *d, const char *pointer); /* borrowed; NULL when there is none */
void draft_finding(struct draft *d, const char *code, enum draft_severity sev, const struct draft_source *s, const char *fmt, ...)
    FP_PRINTF(5, 6);

struct draft_options {
	const char *lang; /* the reader knows the language; NULL: found out */
	bool keep_letter; /* d->letter is the letter afterwards (it is taken over) */
	bool
	    to_write; /* for draft_write alone: places are kept as the text that it writes, which is much faster than a tree of each */
};

/* The whole way from a letter to its draft. The letter is taken over with keep_letter, otherwise left to the caller. FP_ENOMEM, FP_ELIMIT. */
enum fp_status draft_from_letter(struct draft **out, struct letter *l, const struct term_base *t, const struct draft_options *o,
    struct fp_err *err) FP_MUST_CHECK;

/* One JSON document (facts with "places", "missing", "findings" and, when kept, "letter" as members), and back. Reading checks form and limits. */
json_t *draft_to_json(const struct draft *d);
/* The same as compact text, appended to out: what goes through a pipe, fast. FP_ENOMEM, FP_ELIMIT. */
enum fp_status draft_write(struct fp_buf *out, const struct draft *d, struct fp_err *err) FP_MUST_CHECK;
enum fp_status draft_from_json(struct draft **out, const json_t *j, struct fp_err *err) FP_MUST_CHECK;

#endif
