/* What the exports of one case share: everything that the store has of it, read once. */
#ifndef FP_APP_EXPORTING_H
#define FP_APP_EXPORTING_H

#include "app/internal.h"
#include "crypto/minisign.h"

struct export_cell { /* borrowed from the case */
	const struct case_cell *cell;
	const struct device *device;
	const struct notice_action *action;
};

struct export_case {
	struct app *a;
	fp_time made;
	struct store_notice row; /* canonical bytes filled */
	struct notice *notice;
	struct check_set *checks;
	struct device *devices; /* those that have cells, in order of the cells */
	size_t n_devices;
	struct case_cell *cells; /* ordered by device, id */
	struct export_cell *view;
	size_t n_cells;
	struct store_verdict *verdicts; /* all, in the order in which they were made */
	size_t n_verdicts, cap_verdicts;
	struct store_verdict *latest; /* of each way of each check of each cell, ordered by cell */
	size_t n_latest;
};

enum fp_status export_case_open(
    struct export_case **out, struct app *a, const char *ref, fp_time made, struct fp_err *err) FP_MUST_CHECK;
void export_case_freep(struct export_case **k);
/* The latest verdicts of one cell. */
const struct store_verdict *export_latest(const struct export_case *k, int64_t cell_id, size_t *n);
/* The i-th reference (NIST, CCI) of a check: a check over the network has those of the rule that answers the same question. NULL: no more. */
struct rule_reference;
const struct rule_reference *export_reference(const struct export_case *k, const char *check, size_t i);

enum fp_status export_bundle(struct export_case *k, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status export_xccdf(struct export_case *k, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status export_ocsf(struct export_case *k, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- of proving.c ---- */

/* The site's own key, made on first use; wipe it. */
enum fp_status app_site_key(struct app *a, struct minisign_secret *sec, struct fp_err *err) FP_MUST_CHECK;
/* Receipts for these entries against one head of the ledger: each as JSON to add(ctx, seq, ...). */
enum fp_status app_receipts(struct app *a, fp_time made, const int64_t *seqs, size_t n,
    enum fp_status (*add)(void *ctx, int64_t seq, const struct fp_buf *json, struct fp_err *err), void *ctx,
    struct fp_err *err) FP_MUST_CHECK;
/* Judged again, the same? "fixed" is a pass whose check failed at that cell before. */
bool app_same_verdict(const struct evidence_verdict *x, const struct evidence_verdict *y);

#endif
