/*
 * CSAF 2.0 (OASIS, 2022) both ways: an advisory as a draft with places, a notice as an advisory per language with a side file for what CSAF cannot
 * say, and what changed between two editions. docs/csaf.md is the manual. No network, no files: bytes in, bytes out.
 */
#ifndef FP_CSAF_CSAF_H
#define FP_CSAF_CSAF_H

#include "base/buf.h"
#include "base/clock.h"
#include "draft/draft.h"
#include "notice/notice.h"

#define CSAF_BYTES_MAX ((size_t)64 << 20) /* of one advisory */
#define CSAF_NAME_MAX 128                 /* bytes of a file name with its NUL */

/* ---- version ranges as people write them ---- */

enum csaf_range_kind { CSAF_RANGE_ALL, CSAF_RANGE_KNOWN, CSAF_RANGE_UNDECIDABLE };

struct csaf_range {
	enum csaf_range_kind kind;
	char range[512]; /* grammar of device/version.h; "*" for all; "" when undecidable */
	/* Why undecidable: "date", "model", "condition", "letters", "scheme", "order", "inclusive", "form"; NULL otherwise. */
	const char *why;
	bool remark;   /* a remark in brackets that limits nothing was left out ("end-of-life 2011") */
	bool as_words; /* a field for one version held a range or a list */
};
/*
 * "vers:intdot/>=1.0|<2.0", "<= X", "X < Y", ">=1.0|<=1.3.1", "all versions", "prior to 2", "2.3.6 and below", "1.0 | 1.1". exact: text stands in
 * a field for one version (category product_version). Never guesses: what is not certain is undecidable, with its reason.
 */
void csaf_range_read(struct csaf_range *out, const char *text, size_t len, bool exact);
/* An English sentence for a reason. */
const char *csaf_range_why(const char *why);
/* The other way: a range of ours as "vers:..."; FP_EUNSUPPORTED where vers cannot say it ("!=" inside intervals, unordered bounds). */
enum fp_status csaf_range_vers(struct fp_buf *out, const char *range, struct fp_err *err) FP_MUST_CHECK;

/* ---- reading ---- */

/*
 * An advisory as a draft (docs/draft-format.md, and docs/csaf.md for what only CSAF has); places are JSON pointers of the advisory. Any CSAF 2.0
 * category. What breaks the standard but can be read is a finding; FP_EINVAL, FP_ELIMIT, FP_EUNSUPPORTED (another CSAF version) otherwise.
 */
enum fp_status csaf_read(struct draft **out, const char *file, const char *data, size_t len, struct fp_err *err) FP_MUST_CHECK;

/* The side file that a draft's advisory names: its file name and SHA-256 in hex. False when it names none. */
bool csaf_side_named(const struct draft *d, char name[CSAF_NAME_MAX], char sha256[65]);
/*
 * Take the side file's facts and texts over: the draft then holds the whole notice ("texts" beside the facts). FP_EINTEGRITY when its hash is not the one
 * that the advisory names, FP_ECONFLICT when it is of another notice.
 */
enum fp_status csaf_side_apply(struct draft *d, const char *name, const char *side, size_t len, struct notice **notice,
    struct fp_err *err) FP_MUST_CHECK; /* notice may be NULL */

/*
 * A draft of an advisory as far as matching needs it: products, versions, vulnerabilities with what they affect. No texts, actions or reply: never stored,
 * signed or shown. Free with csaf_matchable_free.
 */
struct csaf_matchable;
enum fp_status csaf_matchable_new(struct csaf_matchable **out, const struct draft *d, struct fp_err *err) FP_MUST_CHECK;
const struct notice *csaf_matchable_notice(const struct csaf_matchable *m);
void csaf_matchable_free(struct csaf_matchable *m);
void csaf_matchable_freep(struct csaf_matchable **m);

/* ---- writing ---- */

struct csaf_write_options {
	const char *source_lang; /* language of the original; NULL: "en" where there is one, otherwise the first */
	struct fp_date date;     /* of a notice without a date; otherwise its own counts */
	/* When revisions 1, 2, ... before this one appeared: as many as revision - 1. */
	const struct fp_date *earlier;
	size_t n_earlier;
	const char *base_url;  /* where the documents will stand, with the "/" at its end; NULL: csaf_base_url */
	const char *tlp;       /* "WHITE" (NULL), "GREEN", "AMBER", "RED" */
	const char *side_hash; /* SHA-256 in hex of the side file; NULL: none is referenced */
	const char *tool;      /* "fieldproof" when NULL */
	const char *tool_version;
};

/*
 * The advisory of n in lang, strictly valid, keys sorted. The original's tracking id is the reference; a translation's has "-lang" behind it and category
 * translator (9.1.9). FP_EUSAGE when a date is needed that neither the notice nor the options give; FP_ENOTFOUND without that language.
 */
enum fp_status csaf_write(struct fp_buf *out, const struct notice *n, const char *lang, const struct csaf_write_options *o,
    struct fp_err *err) FP_MUST_CHECK;
/* The language that counts as the original. */
const char *csaf_source_lang(const struct notice *n, const struct csaf_write_options *o);
/* "fsn2023-1338-da.json" (5.1: small letters, "_" for runs of other signs); lang the source language: "fsn2023-1338.json". */
enum fp_status csaf_file_name(char out[CSAF_NAME_MAX], const struct notice *n, const char *lang,
    const struct csaf_write_options *o, struct fp_err *err) FP_MUST_CHECK;
/* "FSN2023-1338.fieldproof.json": the canonical bytes of the notice (notice_canonical). */
void csaf_side_name(char out[CSAF_NAME_MAX], const struct notice *n);
/* Where 7.1.11 wants the documents: "https://www.illumina.com/.well-known/csaf/white/2023/". */
enum fp_status csaf_base_url(
    struct fp_buf *out, const struct notice *n, const struct csaf_write_options *o, struct fp_err *err) FP_MUST_CHECK;

/* ---- two editions ---- */

struct csaf_changes {
	json_t *report; /* "fieldproof-csaf-changes-1" without its format member: see docs/csaf.md */
	size_t n;       /* changes; 0: none, or the form of the file only */
	bool silent;    /* content changed, version and current_release_date did not */
	bool form_only; /* the bytes differ, the content does not */
};
/*
 * What the new edition adds, removes and changes, per product, vulnerability and remediation. Products are matched by identification helper, then branch
 * path, then name; never by product_id alone. FP_ECONFLICT when the two are not editions of one advisory (tracking id).
 */
enum fp_status csaf_changes(struct csaf_changes *out, const char *old_name, const char *old_data, size_t old_len,
    const char *new_name, const char *new_data, size_t new_len, struct fp_err *err) FP_MUST_CHECK;
void csaf_changes_free(struct csaf_changes *c);

#endif
