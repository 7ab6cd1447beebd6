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

/* Key "site.NAME"; "" when never set. */
enum fp_status app_setting(struct app *a, const char *name, char *out, size_t size, struct fp_err *err) FP_MUST_CHECK;

#endif
