/*
 * Language parity: do two or more language versions of one notice say the same? Structure and tokens need no dictionary, meaning goes through the term base. Reports, never
 * changes. The rule: IVDR Art. 84(8), MDR Art. 89(8): the content must be the same in every Member State. docs/parity.md is the manual.
 */
#ifndef FP_PARITY_PARITY_H
#define FP_PARITY_PARITY_H

#include "base/clock.h"
#include "document/document.h"
#include "draft/draft.h"
#include "i18n/i18n.h"

enum parity_severity { PARITY_S1, PARITY_S2, PARITY_S3 }; /* safety or legal meaning; data or form; cosmetic */

/* How it was found: tells a reader how far to trust it. */
enum parity_by { PARITY_BY_STRUCTURE, PARITY_BY_TOKEN, PARITY_BY_TERM };

/* One side's part in a finding. */
struct parity_spot {
	uint32_t side;      /* index of the language version */
	int32_t block;      /* of its letter; -1: the version has nothing there */
	uint32_t from, len; /* bytes of the block's text; len 0: the whole block */
	struct letter_place place;
	const char *value; /* what this side says: "must", "install", "2023-04-05"; NULL: nothing */
};

struct parity_finding {
	char id
	    [17]; /* 16 hex digits: the same as long as code, subject and the texts compared stay the same, so a waiver dies with the text it was given for */
	const char *code; /* row of parity_rules: "form-field-missing" */
	enum parity_severity severity;
	enum parity_by by;
	const char *subject; /* what it is about: "action 1", "emergency", "/issue_date" */
	const char *message; /* English, with the values of the sides */
	struct parity_spot *spots;
	uint32_t n_spots;
	bool waived; /* by a waiver that holds on the day of the report */
};

/* Blocks that belong together: block[side] is an index into that side's letter, -1 where it has none. In reading order of the first side. */
struct parity_row {
	int32_t *block;
	const char *section; /* "customer-actions" */
};

struct parity_report {
	uint32_t n_sides;
	const char **names;     /* file, or "FSN2023-1338/da.md" */
	const char **languages; /* NULL where it could not be told */
	struct parity_row *rows;
	uint32_t n_rows;
	struct parity_finding *findings; /* gravest first, then in reading order */
	uint32_t n_findings;
	struct fp_arena *arena; /* owns all of it */
};

/* Somebody answers for a difference until a day. */
struct parity_waiver {
	char id[17];
	char reason[512], name[128];
	struct fp_date given, until;
};

struct parity_options {
	const struct parity_waiver *waivers;
	size_t n_waivers;
	struct fp_date today; /* a waiver whose end lies before does not hold */
};

/*
 * Compare drafts that kept their letters; the first is the reference for the order of rows, not for the truth. FP_EINVAL when they are not versions of one notice
 * (reference or document number differ: the message gives both), or fewer than two. FP_ENOMEM.
 */
enum fp_status parity_compare(struct parity_report **out, const struct draft *const *sides, size_t n, const struct term_base *t,
    const struct parity_options *o, struct fp_err *err) FP_MUST_CHECK;
void parity_free(struct parity_report *r);
void parity_freep(struct parity_report **r);

size_t parity_open(
    const struct parity_report *r, enum parity_severity s); /* findings of that severity without a waiver that holds */

struct parity_rule_row {
	const char *code;
	enum parity_severity severity;
	const char *text; /* English sentence, key for i18n: what the rule finds */
};
const struct parity_rule_row *parity_rules(size_t *n);
const char *parity_severity_name(enum parity_severity s); /* "S1" */

/* "fieldproof-parity-1": findings with places on every side. drafts as given to parity_compare. */
json_t *parity_to_json(const struct parity_report *r, const struct draft *const *sides);
/*
 * Summary and findings; with side_by_side also the versions beside each other, row by row, the places marked and linked from the findings. Texts of the program in lang.
 */
enum fp_status parity_document(struct doc **out, const struct parity_report *r, const struct draft *const *sides,
    const struct i18n *lang, bool side_by_side, struct fp_err *err) FP_MUST_CHECK;

/* waivers.json beside the notice: read and written whole. Reading a file that is not there gives none. */
enum fp_status parity_waivers_read(
    struct parity_waiver **out, size_t *n, const char *data, size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;
enum fp_status parity_waivers_write(
    struct fp_buf *out, const struct parity_waiver *w, size_t n, struct fp_err *err) FP_MUST_CHECK;

#endif
