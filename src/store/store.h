/*
 * What a site keeps: one database behind one interface. SQLite today; PostgreSQL will share it, so no SQL stands outside this module.
 *
 * Law 7: a function that changes state takes a struct store_tx, and store_commit refuses a transaction in which anything changed after
 * its last ledger entry. So the order is always: change, then store_ledger_append that tells of it (one entry may tell of many changes).
 * Rows remember the number (seq) of the entry that tells of them. Log-ons, sessions and checkpoints are housekeeping and need none.
 *
 * A store is one connection: one thread at a time. Another thread or process opens its own; writers wait for each other up to
 * STORE_BUSY_MS, then FP_ETIMEOUT.
 *
 * Errors that any function here may give: FP_ENOSPC (disk full; nothing was changed), FP_EIO, FP_ENOMEM, FP_ETIMEOUT (another program is
 * writing), FP_EDENIED (read-only file or folder), FP_EINTEGRITY (no database, damaged database). Each message says what to do.
 *
 * Lists: a struct array goes with free(*out) unless said; texts in records are cut at their size, never in the middle of a character.
 * A callback returns FP_OK to go on; anything else ends the walk with that status. Inside a callback only other reads are allowed.
 */
#ifndef FP_STORE_STORE_H
#define FP_STORE_STORE_H

#include "base/buf.h"
#include "base/clock.h"
#include "case/case.h"
#include "device/device.h"
#include "evidence/evidence.h"
#include "ledger/ledger.h"

#define STORE_BUSY_MS 10000
#define STORE_APPLICATION_ID 0x46705366 /* "FpSf" in the file's header: file(1) and we know whose it is */

struct store;
struct store_tx;

/*
 * Open or make the database: "sqlite:PATH" or a plain path. Missing folders are not made. Brings an older database up to date, in one
 * transaction; a newer one is refused (FP_EUNSUPPORTED). clock must outlive the store. FP_EUSAGE for an unknown kind of database.
 */
enum fp_status store_open(struct store **out, const char *db, const struct fp_clock *clock, struct fp_err *err) FP_MUST_CHECK;
void store_free(struct store *s);
void store_freep(struct store **s);
/* What the database says of itself: full consistency check. FP_EINTEGRITY names the first fault. Seconds for a large one. */
enum fp_status store_check(struct store *s, struct fp_err *err) FP_MUST_CHECK;
/* For doctor: "SQLite 3.40.1, /path, schema 1, WAL" as text. */
enum fp_status store_describe(struct store *s, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- transactions ---- */

/*
 * FP_AUTO(store_tx_freep) struct store_tx *tx = NULL; begin, change, append, commit: what is not committed is rolled back when tx goes.
 * FP_ECONFLICT when one is open already.
 */
enum fp_status store_begin(struct store_tx **out, struct store *s, struct fp_err *err) FP_MUST_CHECK;
/* FP_ECONFLICT when a change has no ledger entry (law 7): nothing is committed then. After success tx is only good for freeing. */
enum fp_status store_commit(struct store_tx *tx, struct fp_err *err) FP_MUST_CHECK;
void store_rollback(struct store_tx *tx);
void store_tx_freep(struct store_tx **tx);

/* ---- ledger ---- */

/*
 * Append an entry at the clock's time that tells of all changes since the one before. body is JSON text (an object); it is kept in
 * canonical form. seq (may be NULL) gets its number. FP_EINVAL when body is no JSON object.
 */
enum fp_status store_ledger_append(struct store_tx *tx, const char *actor, const char *kind, const char *subject,
    const char *body, int64_t *seq, struct fp_err *err) FP_MUST_CHECK;

/* Entries from_seq, from_seq + 1, ... in order. The entry is borrowed. */
enum fp_status store_ledger_each(struct store *s, int64_t from_seq,
    enum fp_status (*each)(void *ctx, const struct ledger_entry *e, struct fp_err *err), void *ctx,
    struct fp_err *err) FP_MUST_CHECK;
/* At most limit entries below before_seq (0 = from the last), newest first; subject NULL = all. store_ledger_entries_free. */
enum fp_status store_ledger_list(struct store *s, int64_t before_seq, size_t limit, const char *subject,
    struct ledger_entry **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
void store_ledger_entries_free(struct ledger_entry *e, size_t n);
/* One entry; FP_ENOTFOUND. ledger_entry_free it. */
enum fp_status store_ledger_get(struct store *s, int64_t seq, struct ledger_entry *out, struct fp_err *err) FP_MUST_CHECK;
/* Number and hash of the last entry; 0 and 64 zeros for an empty ledger. */
enum fp_status store_ledger_head(struct store *s, int64_t *seq, char hash[65], struct fp_err *err) FP_MUST_CHECK;
/* Walk the whole chain, and against the latest checkpoint when there is one. FP_EINTEGRITY names the first wrong entry. */
enum fp_status store_ledger_verify(struct store *s, struct ledger_check *out, struct fp_err *err) FP_MUST_CHECK;
/* All entry hashes in order, for ledger_tree_head and ledger_proof_make. free(*out). */
enum fp_status store_ledger_hashes(struct store *s, char (**out)[65], size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* A tree head that was given out: entries cut off at the end are found by it. */
struct store_checkpoint {
	int64_t size;
	char tree[65];
	char hash[65]; /* of entry number size */
	fp_time at;
	char signature[512]; /* minisign signature file, or "" */
};
enum fp_status store_checkpoint_add(struct store *s, const struct store_checkpoint *c, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_checkpoint_last(
    struct store *s, struct store_checkpoint *out, struct fp_err *err) FP_MUST_CHECK; /* FP_ENOTFOUND */

/* ---- the site ---- */

/* Free names: "site.name", "site.language", "site.key". get gives FP_ENOTFOUND for one never set; value NULL takes it away. */
enum fp_status store_setting_get(struct store *s, const char *name, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_setting_set(struct store_tx *tx, const char *name, const char *value, struct fp_err *err) FP_MUST_CHECK;

/* Operator's parameters (law 10). */
struct store_param {
	char name[64], value[128], set_by[128];
	bool confirmed;
	fp_time set_at;
};
enum fp_status store_params(struct store *s, struct store_param **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* set_at is the clock's; value "" takes the parameter away. */
enum fp_status store_param_set(struct store_tx *tx, const struct store_param *p, struct fp_err *err) FP_MUST_CHECK;

/* ---- notices ---- */

struct store_notice {
	int64_t id;         /* the same for all revisions */
	char reference[64]; /* "FSN2023-1338" */
	int revision;
	char hash[65];    /* of the canonical bytes */
	char genuine[24]; /* what the signature said at import: a word of the app */
	char signer[128];
	char imported_by[128];
	fp_time imported_at;
	int64_t seq;
	char *canonical; /* notice_canonical bytes; NULL in lists */
	size_t canonical_len;
	char *signature; /* minisign file; NULL when unsigned, and in lists */
};
void store_notice_clear(struct store_notice *n); /* frees the members; for FP_AUTO */
/* A new notice or a new revision; earlier ones are kept. Gives n->id, imported_at. FP_EEXIST when the newest stored one has the same hash. */
enum fp_status store_notice_put(struct store_tx *tx, struct store_notice *n, struct fp_err *err) FP_MUST_CHECK;
/* What the signature says now (a key was trusted later). */
enum fp_status store_notice_genuine(
    struct store_tx *tx, int64_t id, const char *genuine, const char *signer, struct fp_err *err) FP_MUST_CHECK;
/* The newest stored one, with its bytes; FP_ENOTFOUND names what there is. reference as normalised. */
enum fp_status store_notice_get(
    struct store *s, const char *reference, struct store_notice *out, struct fp_err *err) FP_MUST_CHECK;
/* The revision with those canonical bytes (SHA-256), which need not be the newest; FP_ENOTFOUND. */
enum fp_status store_notice_get_hash(
    struct store *s, const char *hash, struct store_notice *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_notice_get_id(struct store *s, int64_t id, struct store_notice *out, struct fp_err *err) FP_MUST_CHECK;
/* The newest of each, ordered by reference, without bytes; with all_revisions every one, newest first within its reference. free(*out). */
enum fp_status store_notices(
    struct store *s, bool all_revisions, struct store_notice **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;

struct store_key {
	char key_id[32], name[128], public_key[64], trusted_by[128];
	fp_time trusted_at;
};
/* Trust a key, or rename it; trusted_at is the clock's. */
enum fp_status store_key_put(struct store_tx *tx, const struct store_key *k, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_key_withdraw(struct store_tx *tx, const char *key_id, struct fp_err *err) FP_MUST_CHECK; /* FP_ENOTFOUND */
enum fp_status store_keys(struct store *s, struct store_key **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* trusted now */

/* ---- devices ---- */

enum store_put { STORE_UNCHANGED, STORE_ADDED, STORE_CHANGED };

/*
 * Add the device, or update the one that it is (device_same): what d does not say (NULL, connectivity unknown, a mode's version) stays as it
 * was; what differs (device_diff lines) is added to diff (may be NULL) and
 * kept in the device's history. id and what may be NULL. d->id is ignored.
 */
enum fp_status store_device_put(struct store_tx *tx, const struct device *d, enum store_put *what, struct fp_buf *diff,
    int64_t *id, struct fp_err *err) FP_MUST_CHECK;

/*
 * The same for a list of any length, fast: after some thousand rows it puts the index aside and keeps the keys in memory (about 40 bytes
 * a device). The tx must see nothing else between begin and end. What is not ended is undone with the tx.
 */
struct store_import;
struct store_import_counts {
	size_t rows, added, changed, unchanged;
	size_t absent; /* stored before and not in this list: kept as they are, never dropped */
};
enum fp_status store_import_begin(struct store_import **out, struct store_tx *tx, struct fp_err *err) FP_MUST_CHECK;
/* The list has no column for the status: devices that are there keep theirs. Otherwise a device that the list leaves "in use" is so again. */
void store_import_keep_status(struct store_import *im);
enum fp_status store_import_put(struct store_import *im, const struct device *d, enum store_put *what, struct fp_buf *diff,
    int64_t *id, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_import_end(struct store_import *im, struct store_import_counts *out, struct fp_err *err) FP_MUST_CHECK;
void store_import_freep(struct store_import **im);

struct store_device_filter {
	const char *text;     /* in serial, product, catalogue number, location, owner, compared folded; NULL or "" = all */
	int64_t notice_id;    /* only devices affected by, or undecided for, this notice; 0 = all */
	size_t offset, limit; /* limit 0 = no limit */
};
/* In order of id; d is borrowed. total (may be NULL) counts without offset and limit. each NULL: count only. */
enum fp_status store_device_each(struct store *s, const struct store_device_filter *f,
    enum fp_status (*each)(void *ctx, const struct device *d, struct fp_err *err), void *ctx, size_t *total,
    struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_device_get(
    struct store *s, int64_t id, struct device *out, struct fp_err *err) FP_MUST_CHECK; /* device_free; FP_ENOTFOUND */
/* All devices whose folded serial is that of serial (none: n 0). store_devices_free. */
enum fp_status store_device_by_serial(
    struct store *s, const char *serial, struct device **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
void store_devices_free(struct device *d, size_t n);

struct store_device_change {
	int64_t seq;
	fp_time at;
	char *diff; /* device_diff lines; NULL for the first entry: added */
};
/* Newest first. store_device_history_free. */
enum fp_status store_device_history(
    struct store *s, int64_t device_id, struct store_device_change **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
void store_device_history_free(struct store_device_change *c, size_t n);

/* ---- what matching said ---- */

/* Words are those of match_answer_name and match_reason_name. */
struct store_match {
	int64_t notice_id, device_id;
	char answer[16], reason[32], product_id[64], detail[256]; /* the program's */
	int confidence;
	fp_time at;
	bool by_person; /* a person decided: it outranks the program's answer, which is kept beside it */
	char person_answer[16], person_product_id[64], decided_by[128], decided_why[256];
	fp_time decided_at;
};
/* Keep the program's answer; a person's decision stays. Unchanged answers cost nothing; *changed (may be NULL) says so. */
enum fp_status store_match_put(struct store_tx *tx, const struct store_match *m, bool *changed, struct fp_err *err) FP_MUST_CHECK;
/* A person decides (person_answer "affected" or "not-affected", "" = takes the decision back). FP_ENOTFOUND when never matched. */
enum fp_status store_match_decide(struct store_tx *tx, const struct store_match *m, struct fp_err *err) FP_MUST_CHECK;
/* notice_id 0 = all, device_id 0 = all, answer NULL = all (the person's where there is one). Ordered by notice, device. */
enum fp_status store_match_each(struct store *s, int64_t notice_id, int64_t device_id, const char *answer,
    enum fp_status (*each)(void *ctx, const struct store_match *m, struct fp_err *err), void *ctx,
    struct fp_err *err) FP_MUST_CHECK;
struct store_match_counts {
	size_t affected, cannot_tell, not_affected; /* the person's answer where there is one */
};
enum fp_status store_match_count(
    struct store *s, int64_t notice_id, struct store_match_counts *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- cells ---- */

/* What happened to a cell, told in its history beside the ledger entry. */
struct store_cell_event {
	int64_t cell_id, seq;
	fp_time at;
	char actor[128];
	char kind[24]; /* "open", "claim", "withdraw", "not-done", "see", "reopen" */
	enum case_state from, to;
	enum evidence_result result; /* of kind "see" */
	char reason[48];
	char text[256];
};
/*
 * Keep the cell; a new one (id 0) gets its id. e (seq, cell_id ignored; at 0 = now) goes to its history; NULL: nothing to tell.
 * FP_EEXIST for a second cell of the same notice, device, mode and action.
 */
enum fp_status store_cell_put(struct store_tx *tx, int64_t notice_id, struct case_cell *c, const struct store_cell_event *e,
    struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_cell_get(
    struct store *s, int64_t id, struct case_cell *out, int64_t *notice_id, struct fp_err *err) FP_MUST_CHECK; /* FP_ENOTFOUND */

struct store_cell_filter {
	int64_t notice_id;  /* 0 = all */
	int64_t device_id;  /* 0 = all */
	const char *mode;   /* NULL = all; CASE_ALL_MODES is a mode */
	const char *action; /* NULL = all */
	int state;          /* enum case_state, or -1 = all */
};
/* Ordered by notice, device, id. free(*out). */
enum fp_status store_cells(
    struct store *s, const struct store_cell_filter *f, struct case_cell **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* Counts only; the same filter. */
enum fp_status store_cell_count(
    struct store *s, const struct store_cell_filter *f, struct case_counts *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_cell_history(struct store *s, int64_t cell_id, struct store_cell_event **out, size_t *n,
    struct fp_err *err) FP_MUST_CHECK; /* newest first; free */

/* ---- evidence ---- */

/* Keep a sealed observation; one that is there already is left as it is. */
enum fp_status store_obs_put(struct store_tx *tx, const struct evidence_obs *o, struct fp_err *err) FP_MUST_CHECK;
/* id: whole, or its first 8 or more digits. FP_ENOTFOUND; FP_ECONFLICT when several begin so; FP_EINTEGRITY when it was changed. */
enum fp_status store_obs_get(struct store *s, const char *id, struct evidence_obs **out, struct fp_err *err) FP_MUST_CHECK;
/* The stored JSON, unjudged, in order of time. probe, target NULL = all; since 0 = all. */
enum fp_status store_obs_each(struct store *s, const char *probe, const char *target, fp_time since,
    enum fp_status (*each)(void *ctx, const char *id, const char *json, size_t len, struct fp_err *err), void *ctx,
    struct fp_err *err) FP_MUST_CHECK;

struct store_verdict {
	int64_t id, cell_id, seq;
	fp_time at;
	struct evidence_verdict v;
	int64_t notice_id, device_id; /* of the cell; filled when read */
	char mode[24], action[48];
	char probe[24]; /* of the observation: which way of the check; filled when read */
	char rule[65];  /* SHA-256 of the rule that judged (store_rule_get); "" when code did */
};
/* Keep a rule under the SHA-256 of its canonical bytes; one that is there already is left as it is. */
enum fp_status store_rule_put(
    struct store_tx *tx, const char *hash, const char *id, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_rule_get(
    struct store *s, const char *hash, struct fp_buf *json, struct fp_err *err) FP_MUST_CHECK; /* FP_ENOTFOUND */
/* Add what a check said of a cell; at 0 = now. */
enum fp_status store_verdict_add(struct store_tx *tx, struct store_verdict *v, struct fp_err *err) FP_MUST_CHECK;
/* The latest of each way (check and probe) of the cell, ordered by check, then by age. free(*out). */
enum fp_status store_verdicts_latest(
    struct store *s, int64_t cell_id, struct store_verdict **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* The same for every cell of a notice, ordered by cell; decided: only answers that decide (pass, fixed, fail), whatever came after. */
enum fp_status store_verdicts_latest_of_notice(
    struct store *s, int64_t notice_id, bool decided, struct store_verdict **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* All, in order of id; notice_id, cell_id 0 = all. */
enum fp_status store_verdict_each(struct store *s, int64_t notice_id, int64_t cell_id,
    enum fp_status (*each)(void *ctx, const struct store_verdict *v, struct fp_err *err), void *ctx,
    struct fp_err *err) FP_MUST_CHECK;
/* Did this check ever say fail of this cell? (a pass is then "fixed") */
enum fp_status store_verdict_failed_before(
    struct store *s, int64_t cell_id, const char *check, bool *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- evidence that people bring ---- */

struct store_challenge {
	char code[24];
	fp_time issued, expires;
	char issued_by[128];
};
enum fp_status store_challenge_add(struct store_tx *tx, const struct store_challenge *c, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_challenge_get(
    struct store *s, const char *code, struct store_challenge *out, struct fp_err *err) FP_MUST_CHECK; /* FP_ENOTFOUND */

/* One system that a fact file told of. subject: "device:12" or "storage:10.0.0.5". */
struct store_system {
	int64_t id;
	char subject[300], mode[24], identity[65], key_id[65];
	char taken_as[16]; /* "first", "same", "other-device", ...: what it was recognised as */
	char file[65];     /* SHA-256 of the fact file */
	int part;
	fp_time collected, at;
	char obs[65];
};
enum fp_status store_system_add(struct store_tx *tx, const struct store_system *y, struct fp_err *err) FP_MUST_CHECK;
/* Newest first; subject, identity, file NULL = all. free(*out). */
enum fp_status store_systems(struct store *s, const char *subject, const char *identity, const char *file,
    struct store_system **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;

struct store_device_event {
	int64_t id, device_id;
	char kind[24]; /* evidence_end_name */
	fp_time at;    /* when it happened */
	char actor[128], note[256];
};
enum fp_status store_device_event_add(struct store_tx *tx, const struct store_device_event *e, struct fp_err *err) FP_MUST_CHECK;
/* Newest first; device_id 0 = all. free(*out). */
enum fp_status store_device_events(
    struct store *s, int64_t device_id, struct store_device_event **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* When each kind last happened to the device; 0: never. */
enum fp_status store_device_ended(
    struct store *s, int64_t device_id, fp_time ended[EVIDENCE_END_COUNT], struct fp_err *err) FP_MUST_CHECK;

/* ---- replies ---- */

struct store_reply {
	int64_t id, notice_id, seq; /* id: the reply's number, from 1 */
	char reference[64];         /* filled when read */
	char lang[16], signed_by[128], function[128];
	char hash[65]; /* of the JSON */
	char html_hash[65], pdf_hash[65];
	fp_time signed_at;
	char *json; /* NULL in lists */
	size_t json_len;
};
void store_reply_clear(struct store_reply *r); /* frees the members; for FP_AUTO */
enum fp_status store_reply_put(struct store_tx *tx, struct store_reply *r, struct fp_err *err) FP_MUST_CHECK; /* gives r->id */
enum fp_status store_reply_get(struct store *s, int64_t id, struct store_reply *out, struct fp_err *err) FP_MUST_CHECK;
/* Newest first, without JSON; notice_id 0 = all. free(*out). */
enum fp_status store_replies(
    struct store *s, int64_t notice_id, struct store_reply **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* ---- people ---- */

struct store_account {
	char name[128], display[128], role[24], language[16];
	char password_hash[160]; /* Argon2id text; "" in lists */
	fp_time created;
};
enum fp_status store_account_add(
    struct store_tx *tx, const struct store_account *a, struct fp_err *err) FP_MUST_CHECK; /* FP_EEXIST */
/* All but name and created. FP_ENOTFOUND. */
enum fp_status store_account_change(struct store_tx *tx, const struct store_account *a, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_account_get(struct store *s, const char *name, struct store_account *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_accounts(struct store *s, struct store_account **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;
/* Housekeeping: the person's own choice, and a hash made again with newer costs. */
enum fp_status store_account_language(struct store *s, const char *name, const char *lang, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_account_rehash(struct store *s, const char *name, const char *hash, struct fp_err *err) FP_MUST_CHECK;

struct store_session {
	char token_hash[65]; /* SHA-256 of the token: the token itself is never kept */
	char account[128], csrf[65];
	fp_time expires;
};
enum fp_status store_session_put(struct store *s, const struct store_session *x, struct fp_err *err) FP_MUST_CHECK;
/* FP_ENOTFOUND when unknown or expired at the clock's time. */
enum fp_status store_session_get(
    struct store *s, const char *token_hash, struct store_session *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_session_end(struct store *s, const char *token_hash, struct fp_err *err) FP_MUST_CHECK;
/* Take away what has expired; gives how many. */
enum fp_status store_sessions_expire(struct store *s, size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* Wrong passwords: note one now, count those of a name (or of anyone: "") since a time, forget them after success. */
enum fp_status store_login_failed(struct store *s, const char *name, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_login_failures(
    struct store *s, const char *name, fp_time since, size_t *n, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_login_forget(struct store *s, const char *name, struct fp_err *err) FP_MUST_CHECK;

#endif
