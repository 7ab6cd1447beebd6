/* What the files of app/ share. */
#ifndef FP_APP_INTERNAL_H
#define FP_APP_INTERNAL_H

#include "app/app.h"
#include "base/json.h"
#include "base/utf8.h"
#include "store/store.h"

#define APP_TOOL "fieldproof " FP_VERSION

struct app {
	struct store *store;
	struct fp_clock clock;
	const struct fp_log *log;
	const char *const *notice_dirs;
};

/* The table of permissions: which role a use case needs at least. */
enum app_use {
	APP_USE_SITE,
	APP_USE_PARAMS,
	APP_USE_NOTICES,
	APP_USE_KEYS,
	APP_USE_DEVICES,
	APP_USE_MATCH,
	APP_USE_SAY,
	APP_USE_CHECK,
	APP_USE_SIGN,
	APP_USE_ACCOUNTS,
	APP_USE_COUNT
};
/* FP_EDENIED names the role that is needed. */
enum fp_status app_may(const struct app_actor *by, enum app_use use, struct fp_err *err) FP_MUST_CHECK;

/* Append a ledger entry whose body is j (stolen). */
enum fp_status app_tell(struct store_tx *tx, const struct app_actor *by, const char *kind, const char *subject, json_t *stolen,
    int64_t *seq, struct fp_err *err) FP_MUST_CHECK;

/* A stored notice by any spelling of its reference: the row (without bytes kept) and the parsed notice. */
enum fp_status app_stored(
    struct app *a, const char *ref, struct store_notice *row, struct notice **out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_stored_id(
    struct app *a, int64_t id, struct store_notice *row, struct notice **out, struct fp_err *err) FP_MUST_CHECK;
/* Rows of all stored notices, or of the one ref names when it is not NULL. free(*out). */
enum fp_status app_stored_rows(
    struct app *a, const char *ref, struct store_notice **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* One answer for one device, as a row; with an entry per vulnerability where the notice says what each affects. FP_ENOMEM. */
enum fp_status app_match_row_fill(struct app_match_row *row, const struct match_index *index, const struct notice *n,
    const struct match_result *r, const struct device *d, struct fp_err *err) FP_MUST_CHECK;
/* Only the vulnerabilities: r as match_device gave it, or as a person decided. */
enum fp_status app_match_row_vulnerabilities(struct app_match_row *row, const struct match_index *index, const struct notice *n,
    const struct match_result *r, const struct device *d, struct fp_err *err) FP_MUST_CHECK;

/* An advisory's draft that names a side file: taken over when it lies beside path and its hash is right; a finding says what became of it. */
struct draft;
enum fp_status app_csaf_complete(struct draft *d, const char *path, struct fp_err *err) FP_MUST_CHECK;
/* A folder as given, or REF below the notice folders. Caller frees. */
enum fp_status app_notice_folder(struct app *a, const char *ref_or_dir, char **out, struct fp_err *err) FP_MUST_CHECK;
enum app_genuine app_genuine_of(const char *name);

/* Every device that the filter lets through, copied. store_devices_free. */
enum fp_status app_all_devices(
    struct app *a, const struct store_device_filter *f, struct device **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* "FSN2023-1338/M01203/Dx/patch" into out. */
char *app_cell_subject(char out[256], const char *ref, const char *serial, const struct case_cell *cell);

/* The answer that counts: a person's, where there is one. */
bool app_match_affects(const struct store_match *m, const char **product_id);

/* ---- from observations to states (settling.c): shared by check runs and by evidence that people bring ---- */

/* A cell that is being looked at, with what it hangs on. All but told is borrowed. */
struct app_cell_now {
	struct case_cell cell;
	int64_t notice_id;
	const struct notice *notice;
	const struct notice_action *action;
	const struct device *device;
	const struct check_set *checks; /* of the notice */
	json_t *told;                   /* verdicts that came in, for the ledger; NULL while none did */
};

/* Does the notice ask this check of that device (its kind of storage)? */
bool app_check_applies(const struct notice_check *k, const struct device *d);
/* The host of a device's storage address, lower case, "" when there is none or it cannot be read. */
void app_storage_host(char *out, size_t size, const struct device *d);

/* Everything that was last said on one check of a cell, and what follows. FP_AUTO-less: plain. */
struct app_check_now {
	struct evidence_verdict verdict; /* NOTCHECKED when nothing was said */
	const struct check *way;         /* that decided, or the first; NULL for an unknown check */
	fp_time at;
	bool contradicted; /* another way says the opposite */
	struct evidence_verdict against;
	fp_time against_at;
	const char *stale; /* why it does not hold any more ("age", "re-image"); NULL */
};
/* latest: of store_verdicts_latest for the cell; ended: of store_device_ended; d NULL: every check concerns it. */
void app_check_look(struct app_check_now *out, const struct notice_check *k, const struct device *d,
    const struct check_set *checks, const struct store_verdict *latest, size_t n, const fp_time ended[EVIDENCE_END_COUNT],
    fp_time now);

/* Judge an observation for one way of a check at this cell and keep the verdict ("fixed" where it once failed). at: when it was seen, 0 = now. The observation is kept by the caller. */
enum fp_status app_cell_judge(struct app *a, struct store_tx *tx, struct app_cell_now *c, const struct check *way,
    const struct evidence_obs *obs, fp_time at, struct evidence_verdict *out, struct fp_err *err) FP_MUST_CHECK;
/* Move the cell by the latest of all its checks, and tell the ledger. Nothing happens when nothing was judged. Frees told. */
enum fp_status app_cell_move(
    struct app *a, struct store_tx *tx, const struct app_actor *by, struct app_cell_now *c, struct fp_err *err) FP_MUST_CHECK;
/* Count the cell in r: it fails, is open, or neither (verified). */
void app_cell_count(struct app_check_result *r, const struct case_cell *c);
json_t *app_verdict_json(const struct evidence_verdict *v);

/* Key "site.NAME"; "" when never set. */
enum fp_status app_setting(struct app *a, const char *name, char *out, size_t size, struct fp_err *err) FP_MUST_CHECK;

#endif
