/* What the files of parity/ share. Private. */
#ifndef FP_PARITY_PARITY_INT_H
#define FP_PARITY_PARITY_INT_H

#include "parity/parity.h"

#define PARITY_SIDES_MAX 40u

struct side_span {
	uint32_t first, n;
};

/* A language version made ready: its terms, and to which section and step each block belongs. */
struct side {
	const struct draft *d;
	const struct letter *l;
	const struct term_lang *lang; /* NULL: could not be told; then no term rule looks at it */
	struct term_hit *hits;
	struct side_span *span; /* per block */
	const char **section;   /* per block; "" for none */
	int *action;            /* per block: number of the customer's step, 0: none */
};

struct parity {
	struct parity_report *r;
	struct side *side;
	uint32_t n;
	const struct term_base *t;
	const struct parity_options *o;
	struct fp_arena *arena;
	size_t cap_findings;
	bool no_memory;
};

enum fp_status side_open(struct side *s, struct parity *p, const struct draft *d, struct fp_err *err) FP_MUST_CHECK;

/* A finding with a spot for each side, to be filled; NULL when out of memory (it sticks). severity: the rule's own when < 0. */
struct parity_finding *parity_add(struct parity *p, const char *code, int severity, enum parity_by by, const char *subject,
    const char *fmt, ...) FP_PRINTF(6, 7);
/* What side says: value is copied (NULL: nothing). block -1: the side has nothing there. */
void parity_spot(
    struct parity *p, struct parity_finding *f, uint32_t side, int32_t block, uint32_t from, uint32_t len, const char *value);
/* Where a fact of a side was read: block and bytes; block -1 when the draft gives no place. */
void parity_spot_fact(struct parity *p, struct parity_finding *f, uint32_t side, const char *pointer, const char *value);
/* A copy in the report's memory; "" when out of memory. */
const char *parity_text(struct parity *p, const char *fmt, ...) FP_PRINTF(2, 3);

/* The rules, one family a file. */
void parity_rules_pages(struct parity *p);  /* pages, printed ids, furniture */
void parity_rules_facts(struct parity *p);  /* numbers, products, contacts, days, counts of steps */
void parity_rules_form(struct parity *p);   /* fields, boxes, masks */
void parity_rules_tokens(struct parity *p); /* numbers, addresses and links inside sections; sections of one language only */
void parity_rules_terms(struct parity *p);  /* obligations, verbs, concepts */

/* Rows of the report. */
enum fp_status parity_align(struct parity *p, struct fp_err *err) FP_MUST_CHECK;

/* A growing set of short texts, kept sorted; for what a side says. */
#define WORDS_MAX 64
struct words {
	const char *item[WORDS_MAX];
	uint32_t block[WORDS_MAX], from[WORDS_MAX], len[WORDS_MAX]; /* where it was first seen */
	size_t n;
	bool friends; /* one of them was said by a false friend */
};
bool words_add(struct words *w, const char *item, uint32_t block, uint32_t from, uint32_t len);
bool words_has(const struct words *w, const char *item);
bool words_equal(const struct words *a, const struct words *b);
const char *words_join(struct parity *p, const struct words *w); /* "download, install"; NULL when empty */

#endif
