/* Two editions side by side. Private to csaf/. */
#ifndef FP_CSAF_CHANGES_INT_H
#define FP_CSAF_CHANGES_INT_H

#include "csaf/csaf_int.h"

#define CSAF_CHANGES_MAX 10000u

enum csaf_edition { CSAF_OLD, CSAF_NEW };

struct csaf_pair {
	struct csaf_doc doc[2];
	struct fp_arena *arena;
	/* Per leaf of an edition: the leaf of the other that is the same product; CSAF_NONE: none. */
	size_t *twin[2];
	/* Per leaf: what it has of its own, for the summary per product. */
	struct csaf_mark {
		bool changed, status, remediation;
	} * mark[2];
	json_t *list;             /* changes */
	struct csaf_map by_words; /* what is said already, under other vulnerabilities */
	unsigned depth;           /* of the value that is evened out */
	size_t n;
	bool content; /* something besides tracking changed */
	bool no_memory;
};

/* {what, kind, subject}: appended to the list, borrowed; NULL past the limit. vulnerability NULL: of none. */
json_t *csaf_change(struct csaf_pair *p, const char *what, const char *kind, const char *subject, const char *vulnerability);
void csaf_change_put(struct csaf_pair *p, json_t *change, const char *key, json_t *stolen);

/*
 * A value as text for comparison: white space in texts evened out, lists without order (sorted), keys sorted, null like absent. Memory of the pair; never NULL.
 */
const char *csaf_even(struct csaf_pair *p, const json_t *v);
/* The same for a text. */
const char *csaf_even_text(struct csaf_pair *p, const char *text);

enum fp_status csaf_changes_products(struct csaf_pair *p, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_changes_vulnerabilities(struct csaf_pair *p, struct fp_err *err) FP_MUST_CHECK;

#endif
