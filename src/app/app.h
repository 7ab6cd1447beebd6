/*
 * The use cases, with their permissions: the only place that joins domain and store. cli/ and web/ call this and nothing below it
 * but base, i18n and document. Not for use by two threads at once on one struct app: a second thread opens its own.
 *
 * Views are plain records made for showing: all memory of a view goes with its one free function. Texts are borrowed from the view.
 */
#ifndef FP_APP_APP_H
#define FP_APP_APP_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "case/case.h"
#include "check/check.h"
#include "device/device.h"
#include "document/document.h"
#include "evidence/evidence.h"
#include "match/match.h"
#include "notice/notice.h"

struct app;

struct app_options {
	const char *db; /* "sqlite:PATH" or a plain path */
	struct fp_clock clock;
	const struct fp_log *log;       /* NULL: silent */
	const char *const *notice_dirs; /* folders that hold REF/ folders, searched in order; ends with NULL */
};

enum fp_status app_open(struct app **out, const struct app_options *o, struct fp_err *err) FP_MUST_CHECK;
void app_free(struct app *a);
void app_freep(struct app **a);
fp_time app_now(const struct app *a);

/* ---- who may do what ---- */

enum app_role { APP_VIEWER, APP_ENGINEER, APP_SIGNER, APP_ADMIN, APP_ROLE_COUNT }; /* each may all that the one before may */
struct app_actor {
	char name[128]; /* as the ledger keeps it */
	enum app_role role;
};
const char *app_role_name(enum app_role r); /* "viewer", ... */
bool app_role_of(enum app_role *out, const char *name);

/* ---- the site ---- */

struct app_site {
	char name[256], department[256], address[512], country[8], customer_number[64];
	char contact_name[128], contact_title[128], contact_email[256], contact_phone[64];
	char language[16];
	char public_url
	    [256]; /* what the QR code of a reply leads back to: "http://127.0.0.1:8480"; "" = the default address of serve */
	char vantage[128]; /* name of the place that checks are run from by default */
};
enum fp_status app_site_get(struct app *a, struct app_site *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_site_set(
    struct app *a, const struct app_actor *by, const struct app_site *s, struct fp_err *err) FP_MUST_CHECK;

/* Operator's parameters (law 10): never built in. value NULL takes it away. */
struct app_param {
	char name[64], value[128], set_by[128];
	bool confirmed; /* the maker confirmed it */
	fp_time set_at;
	const char *text; /* what it is (English, key for i18n); NULL for an unknown name */
};
enum fp_status app_params(struct app *a, struct app_param **out, size_t *n,
    struct fp_err *err) FP_MUST_CHECK; /* free(*out); known but unset ones have value "" */
enum fp_status app_param_set(struct app *a, const struct app_actor *by, const char *name, const char *value, bool confirmed,
    struct fp_err *err) FP_MUST_CHECK;

/* ---- notices ---- */

enum app_genuine { APP_UNSIGNED, APP_SIGNED_UNKNOWN_KEY, APP_GENUINE, APP_FORGED };
const char *app_genuine_name(enum app_genuine g); /* "unsigned", "unknown-key", "genuine", "forged" */
const char *app_genuine_text(enum app_genuine g); /* English sentence, key for i18n */

/* A folder, or a reference found below notice_dirs -> the notice and what its signature says. Does not store it. */
enum fp_status app_notice_load(struct app *a, const char *ref_or_dir, struct notice **out, enum app_genuine *genuine,
    char signer[128], struct fp_err *err) FP_MUST_CHECK;
/* Store it (a newer revision replaces; a changed text under the same revision is refused). A forged one is refused: FP_EINTEGRITY. */
enum fp_status app_notice_add(
    struct app *a, const struct app_actor *by, const char *ref_or_dir, struct fp_err *err) FP_MUST_CHECK;

struct app_notice_row {
	char reference[64], document_number[64], manufacturer[128];
	char title[256]; /* in the asked language */
	struct fp_date issue_date;
	enum app_genuine genuine;
	char signer[128];
	size_t affected, cannot_tell, not_affected; /* devices */
	struct case_counts counts;                  /* of its cells */
};
enum fp_status app_notices(
    struct app *a, const char *lang, struct app_notice_row **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */
/* A stored notice; FP_ENOTFOUND names what is there. ref may be in any spelling that notice_reference_normal takes. */
enum fp_status app_notice_get(struct app *a, const char *ref, struct notice **out, enum app_genuine *genuine, char signer[128],
    struct fp_err *err) FP_MUST_CHECK;

struct app_lint {
	char code[32], severity[16], file[128], message[512];
	int line; /* 0 when the finding has no line */
};
/* What is wrong with, or missing from, a notice: the EC template's requirements, check digits, dates, links, differences between languages. */
enum fp_status app_notice_lint(
    struct app *a, const char *ref_or_dir, struct app_lint **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */
/* The letter in a language, with the banner that says whether it is genuine. doc_free it. */
enum fp_status app_notice_document(
    struct app *a, const char *ref_or_dir, const char *lang, struct doc **out, struct fp_err *err) FP_MUST_CHECK;
/* The bytes that a signature covers. */
enum fp_status app_notice_canonical(struct app *a, const char *ref_or_dir, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
/* Sign the notice in dir with a minisign secret key file; password NULL for a key without one. Writes notice.minisig. */
enum fp_status app_notice_sign(
    struct app *a, const char *dir, const char *secret_key_file, const char *password, struct fp_err *err) FP_MUST_CHECK;
/* Verify dir's signature with one public key (text or file name), or with the trusted ones when NULL. FP_EINTEGRITY says what does not hold. */
enum fp_status app_notice_verify(
    struct app *a, const char *ref_or_dir, const char *public_key, char signer[128], struct fp_err *err) FP_MUST_CHECK;
/* A new key pair in minisign's format: PREFIX.key (secret, mode 0600) and PREFIX.pub. Existing files are never overwritten. */
enum fp_status app_key_generate(const char *prefix, const char *password, struct fp_err *err) FP_MUST_CHECK;

/* ---- CSAF ---- */

struct app_csaf_options {
	const char *lang;              /* only this language; NULL: all */
	const char *source_lang;       /* of the original; NULL: English where there is one */
	const char *base_url;          /* where the documents will stand; NULL: where CSAF wants them on the maker's own site */
	const char *tlp;               /* NULL: WHITE */
	struct fp_date date;           /* of a notice that has none */
	const struct fp_date *earlier; /* of the revisions before this one */
	size_t n_earlier;
	const char *secret_key_file, *password; /* sign the side file; NULL: unsigned, or the notice's own signature */
};
struct app_csaf_file {
	char name[160], lang[16], what[16]; /* "advisory", "side-file", "signature"; lang "" for the last two */
	size_t bytes;
};
struct app_csaf_files {
	struct app_csaf_file *items;
	size_t n;
	char base_url[512]; /* where the documents say that they stand */
};
/* The notice as CSAF 2.0 into dir (made when it is not there): a document per language, the side file, its signature. free(out->items). */
enum fp_status app_notice_csaf(struct app *a, const char *ref_or_dir, const struct app_csaf_options *o, const char *dir,
    struct app_csaf_files *out, struct fp_err *err) FP_MUST_CHECK;
/* One document of it, which names no side file. o->lang must be given. */
enum fp_status app_notice_csaf_one(struct app *a, const char *ref_or_dir, const struct app_csaf_options *o, struct fp_buf *out,
    struct fp_err *err) FP_MUST_CHECK;
/* What the second edition of an advisory changed: JSON (docs/csaf.md), owned by the caller. *n changes; *silent: content changed, version and date did not. */
enum fp_status app_csaf_changes(
    const char *old_path, const char *new_path, json_t **report, size_t *n, bool *silent, struct fp_err *err) FP_MUST_CHECK;

struct app_key {
	char name[128], public_key[64], key_id[32];
	fp_time trusted_at;
};
enum fp_status app_keys(struct app *a, struct app_key **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */
enum fp_status app_key_trust(struct app *a, const struct app_actor *by, const char *name, const char *minisign_public_key,
    struct fp_err *err) FP_MUST_CHECK;

/* ---- reading letters ---- */

struct app_read_options {
	size_t max_bytes;     /* of a file; 0: 64 MiB */
	unsigned max_seconds; /* for each step (a page, for scans); 0: 30 */
	size_t max_memory;    /* of the process that reads; 0: 1 GiB */
	bool no_ocr;          /* scans are not read */
	bool blocks;          /* the draft holds the letter itself ("letter") */
	const char *lang;     /* language of the letters, BCP 47; NULL: found out */
};
/* Reads many files one after the other with one worker process, without network and files. Needs no database. Not for two threads at once. */
struct app_reader;
enum fp_status app_reader_new(struct app_reader **out, const struct app_read_options *o, struct fp_err *err) FP_MUST_CHECK;
void app_reader_free(struct app_reader *r);
void app_reader_freep(struct app_reader **r);
/* These files will be read in this order: small ones go to the worker several at a time, which changes no answer. paths stay the caller's, and there. */
void app_reader_ahead(struct app_reader *r, const char *const *paths, size_t n);
/*
 * A letter in any format that we read ("-": standard input; a notice's folder) -> its draft as JSON in one line without a line end ("fieldproof-draft-1"), appended.
 * FP_OK also when the file could not be read: then *read is false and the draft's first finding says why.
 */
enum fp_status app_letter_read(
    struct app_reader *r, const char *path, struct fp_buf *json, bool *read, struct fp_err *err) FP_MUST_CHECK;
struct draft;
/* The same as a draft, for use cases that go on with it (comparing, merging); FP_EINVAL when it could not be read. Needs draft/draft.h; draft_free it. */
enum fp_status app_letter_draft(struct app_reader *r, const char *path, struct draft **out, struct fp_err *err) FP_MUST_CHECK;

/* ---- language versions ---- */

/*
 * Compare letters in any format, or the languages of a notice's folder. waivers: file; NULL: waivers.json of the folder when one folder is compared. FP_EINVAL when they are
 * not versions of one notice or fewer than two.
 */
struct app_parity;
enum fp_status app_parity_new(struct app_parity **out, const char *const *paths, size_t n, const struct app_read_options *o,
    const char *waivers, fp_time now, struct fp_err *err) FP_MUST_CHECK;
void app_parity_free(struct app_parity *p);
void app_parity_freep(struct app_parity **p);
/* The findings; side_by_side: and all versions beside each other. doc_free it. */
enum fp_status app_parity_document(
    const struct app_parity *p, const char *lang, bool side_by_side, struct doc **out, struct fp_err *err) FP_MUST_CHECK;
json_t *app_parity_json(const struct app_parity *p);              /* "fieldproof-parity-1" without its format */
size_t app_parity_open(const struct app_parity *p, int severity); /* 1, 2, 3: findings that no waiver covers */
/* Answer for a difference until a day: into waivers.json of the notice's folder. FP_ENOTFOUND when there is no such finding. */
enum fp_status app_notice_waive(const char *dir, const char *finding, const char *reason, const char *name, struct fp_date until,
    fp_time now, struct fp_err *err) FP_MUST_CHECK;
/* May the notice in dir be signed? FP_ECONFLICT names the first open difference of safety or legal meaning. */
enum fp_status app_parity_gate(const char *dir, fp_time now, struct fp_err *err) FP_MUST_CHECK;

/* ---- letters into one notice ---- */

struct app_merged {
	size_t texts, questions, open; /* languages; things to decide, and those that are not decided yet */
	bool opens;                    /* what was written is a notice already */
	char why[512];                 /* why not */
};
/*
 * Letters of one notice, one language each -> dir/notice.json, dir/LANG.md and dir/decisions.txt, which holds what a person must decide; its answers are taken when the same is done
 * again. FP_EEXIST when dir holds a notice that this did not write.
 */
enum fp_status app_notice_merge(struct app_merged *out, const char *const *paths, size_t n, const char *dir,
    const struct app_read_options *o, struct fp_err *err) FP_MUST_CHECK;

/* ---- devices ---- */

struct app_import_options {
	const char *map;     /* "serial=Inventarnummer,ref=3": column names or numbers; NULL */
	const char *name;    /* what the file is called in records; NULL = its path */
	const char *rejects; /* where bad rows are kept; NULL = the file's name with .rejected.csv */
	bool dry_run;        /* say what would happen, change nothing */
	bool strict;         /* any bad row refuses the whole file */
	void (*progress)(void *ctx, size_t rows);
	void *ctx;
};
struct app_import_problem {
	size_t line, column;
	char field[64];
	char message[256];
};
#define APP_IMPORT_SHOWN 100
struct app_import_result {
	size_t rows, bad, added, changed, unchanged;
	char rejects[512];                                    /* where the bad rows are; "" when there were none */
	struct app_import_problem problems[APP_IMPORT_SHOWN]; /* the first ones */
	size_t n_problems;
	char *changes; /* "SN123: location: 'Lab 1' -> 'Lab 2'" lines, the first 100; owned */
	char understood
	    [1024]; /* how the columns were read: "Seriennummer -> serial, REF -> catalog_number"; encoding and delimiter */
};
/* path "-" is standard input. All good rows go in in one transaction, or none. */
enum fp_status app_device_import(struct app *a, const struct app_actor *by, const char *path, const struct app_import_options *o,
    struct app_import_result *out, struct fp_err *err) FP_MUST_CHECK;
void app_import_result_free(struct app_import_result *r);

struct app_device_filter {
	const char *text;     /* in serial, product, location, owner; NULL or "" = all */
	const char *notice;   /* only devices affected by, or undecided for, this notice; NULL = all */
	size_t offset, limit; /* limit 0 = 100000 */
};
struct app_devices {
	struct device *items;
	size_t n, total; /* total without offset and limit */
};
enum fp_status app_devices(
    struct app *a, const struct app_device_filter *f, struct app_devices *out, struct fp_err *err) FP_MUST_CHECK;
void app_devices_free(struct app_devices *d);
enum fp_status app_device_get(struct app *a, int64_t id, struct device *out, struct fp_err *err) FP_MUST_CHECK; /* device_free */
/* By serial number as a person types it; FP_ENOTFOUND, or FP_ECONFLICT when two devices bear it (the message lists them). */
enum fp_status app_device_by_serial(struct app *a, const char *serial, struct device *out, struct fp_err *err) FP_MUST_CHECK;

/* Read a UDI string or carrier: its parts as lines of text and as JSON. FP_EINVAL says where it breaks. Needs no database; year_now is for the century of two-digit years. */
enum fp_status app_udi_read(
    const char *udi, int year_now, struct fp_buf *text, struct fp_buf *json, struct fp_err *err) FP_MUST_CHECK;

/* ---- matching ---- */

struct app_match_vulnerability {
	char id[64], cves[128]; /* "CVE-2023-1966"; "" for one without; joined by blanks */
	enum match_answer answer;
	enum match_reason reason;
	char detail[MATCH_DETAIL_MAX];
};
struct app_match_row {
	int64_t device_id;
	char serial[128], product[256], reference[64];
	enum match_answer answer;
	enum match_reason reason;
	int confidence;
	char product_id[64], product_name[256]; /* of the notice */
	char detail[256];
	bool by_person; /* a person decided */
	char decided_by[128], decided_why[256];
	/* One for each vulnerability of a notice that says where they are; none for others and for devices that are not affected. */
	struct app_match_vulnerability *vulnerabilities;
	size_t n_vulnerabilities;
};
struct app_matches {
	struct app_match_row *items;
	size_t n;
	size_t affected, cannot_tell, not_affected;
};
/* Match all devices against one stored notice (ref) or all (NULL), keep the answers and open the cells of affected devices. */
enum fp_status app_match_run(
    struct app *a, const struct app_actor *by, const char *ref, struct app_matches *out, struct fp_err *err) FP_MUST_CHECK;
/*
 * Match a device list (CSV) against one stored notice or all without storing anything: is there anything of ours in it? out gets the affected and undecided
 * rows (device_id 0; at most limit of them, the counts count all), rows and bad how many were read and could not be.
 */
enum fp_status app_match_list(struct app *a, const char *ref, const char *path, const char *map, size_t limit,
    struct app_matches *out, size_t *rows, size_t *bad, struct fp_err *err) FP_MUST_CHECK;
/*
 * Match devices against a CSAF advisory without storing anything: those of the list (CSV), or the stored ones when list is NULL. Otherwise as
 * app_match_list. doubts (may be NULL) gets what the advisory leaves unclear, a line each.
 */
enum fp_status app_match_advisory(struct app *a, const char *advisory, const char *list, const char *map, size_t limit,
    struct app_matches *out, size_t *rows, size_t *bad, struct fp_buf *doubts, struct fp_err *err) FP_MUST_CHECK;
/* The kept answers; ref NULL = all notices; device_id 0 = all devices. */
enum fp_status app_matches(
    struct app *a, const char *ref, int64_t device_id, struct app_matches *out, struct fp_err *err) FP_MUST_CHECK;
void app_matches_free(struct app_matches *m);
/* A person decides what the program could not: affected as product_id, or not affected. why is required and kept. */
enum fp_status app_match_decide(struct app *a, const struct app_actor *by, const char *ref, int64_t device_id, bool affected,
    const char *product_id, const char *why, struct fp_err *err) FP_MUST_CHECK;

/* ---- the case ---- */

struct app_case_device {
	int64_t device_id;
	char serial[128], product[256], location[256], mode_now[24];
	char product_id[64], product_name[256];
	size_t first_cell, n_cells; /* in app_case.cells, ordered by action number, then mode */
};
enum app_finding_kind { APP_STALE, APP_CONTRADICTION };
struct app_case_finding {
	enum app_finding_kind kind;
	int64_t cell_id;
	const char *serial; /* borrowed from the case */
	char mode[24], action[48], check[24];
	const char *stale;                        /* APP_STALE: "age", "re-image", ... */
	struct evidence_verdict verdict, against; /* against: APP_CONTRADICTION */
	fp_time at, against_at;
};
/* Words for people, keys for i18n: what ends evidence ("age", "re-image", "password-rotation", ...). */
const char *app_stale_text(const char *stale);

struct app_case {
	struct notice *notice;
	int64_t notice_id;
	enum app_genuine genuine;
	char signer[128];
	struct app_case_device *devices;
	size_t n_devices;
	struct case_cell *cells;
	size_t n_cells;
	struct case_counts counts;
	struct case_counts *by_action;     /* one per notice->actions */
	size_t devices_cannot_tell;        /* waiting for a person's decision */
	struct app_case_finding *findings; /* what a person must look at: stale evidence, contradictions */
	size_t n_findings, cap_findings;
};
enum fp_status app_case_get(struct app *a, const char *ref, struct app_case **out, struct fp_err *err) FP_MUST_CHECK;
/* Fill .findings: evidence that does not hold any more and answers that contradict each other. Not part of app_case_get: few callers need it. */
enum fp_status app_case_findings(struct app *a, struct app_case *c, struct fp_err *err) FP_MUST_CHECK;
void app_case_free(struct app_case *c);
void app_case_freep(struct app_case **c);

/* One check of the cell's action, with what was last said on it. */
struct app_cell_check {
	const struct check *check; /* the way that decided, or the first; NULL when the program does not know the id */
	char id[24];
	enum notice_check_role role;
	struct evidence_verdict verdict; /* NOTCHECKED when never run */
	fp_time at;
	const char *stale; /* why it does not hold any more: "age", "re-image", ...; NULL */
	bool contradicted; /* another way says the opposite: a finding of its own */
	struct evidence_verdict against;
	fp_time against_at;
};
struct app_history {
	int64_t seq;
	fp_time at;
	char actor[128], kind[48];
	char *text; /* the ledger's own words, in English */
	/* Of a cell's history only (kind "open", "claim", "withdraw", "not-done", "see", "reopen"): what app_history_write tells in a language. */
	bool of_cell;
	enum case_state from, to;
	enum evidence_result result;
	char reason[48], note[256];
};
/* Append what happened, in the language: "checked: failed (dialect 2.0.2)", "claimed", "not done: planned". The ledger's own words where it is no cell's history. */
void app_history_write(struct fp_buf *out, const char *lang, const struct app_history *h);
struct app_cell_view {
	struct case_cell cell;
	struct device device;
	struct notice *notice;
	struct check_set *set; /* the checks that the notice knows */
	const struct notice_action *action;
	struct app_cell_check *checks;
	size_t n_checks;
	struct app_history *history; /* newest first */
	size_t n_history;
	char reference[64];
};
enum fp_status app_cell_get(struct app *a, int64_t cell_id, struct app_cell_view **out, struct fp_err *err) FP_MUST_CHECK;
void app_cell_view_free(struct app_cell_view *v);
void app_cell_view_freep(struct app_cell_view **v);

/* Which cells a word on the command line means: serial, mode, action may each be NULL for "all". Gives ids (free) in the case's order; FP_ENOTFOUND names what exists. */
enum fp_status app_cells_find(struct app *a, const char *ref, const char *serial, const char *mode, const char *action,
    int64_t **ids, size_t *n, struct fp_err *err) FP_MUST_CHECK;

enum fp_status app_cell_claim(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *note,
    struct fp_err *err) FP_MUST_CHECK; /* all or none */
enum fp_status app_cell_withdraw(
    struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *why, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_cell_not_done(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *reason,
    const char *text, struct fp_date planned, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_cell_reopen(
    struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *why, struct fp_err *err) FP_MUST_CHECK;
/* "Same instruments as for ...": claim action for every (device, mode) whose action->same_devices_as cell is claimed or verified; recorded as such. Gives how many. */
enum fp_status app_cell_claim_same(
    struct app *a, const struct app_actor *by, const char *ref, const char *action, size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* ---- checking ---- */

struct app_check_options {
	const char *ref;     /* NULL = every stored notice */
	const char *serial;  /* NULL = every affected device */
	const char *mode;    /* boot mode that is running now on the devices asked; NULL = as each device's list entry says */
	const char *check;   /* only this check id; NULL = all */
	const char *vantage; /* NULL = the site's */
	int timeout_ms;      /* 0 = the probes' own */
	/* done of total jobs; the text names the last answer, NULL at mere ticks; false stops in order */
	bool (*progress)(void *ctx, size_t done, size_t total, const char *text);
	void *ctx;
};
struct app_check_row { /* what became of one question */
	int64_t cell_id;
	char serial[128], mode[24], action[48], reference[64];
	struct evidence_verdict verdict, before; /* before: the one that stood, result NOTCHECKED when none */
	enum case_state state_before, state_after;
	char target[160];
	char probe[24]; /* which way of the check; "" for one that has no probe */
};
struct app_check_result {
	struct app_check_row *rows;
	size_t n;
	size_t jobs, connections, packets;
	size_t by_result[EVIDENCE_RESULT_COUNT];
	size_t cells_failed,
	    cells_open; /* of the cells that were looked at: what their required checks came to, supporting ones aside */
	int64_t took_ms;
};
/* Ask, keep the observations, judge, move the cells. FP_OK even when things failed: see the rows. */
enum fp_status app_check_run(struct app *a, const struct app_actor *by, const struct app_check_options *o,
    struct app_check_result **out, struct fp_err *err) FP_MUST_CHECK;
void app_check_result_free(struct app_check_result *r);
void app_check_result_freep(struct app_check_result **r);
/* What would be sent, to whom; nothing is. */
enum fp_status app_check_dry_run(
    struct app *a, const struct app_check_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- evidence that people bring ---- */

/* A code to be typed at the device, so that what is collected there cannot be older than now. Valid for days (0: 7). Kept, told to the ledger. */
#define APP_CHALLENGE_MAX 24
enum fp_status app_challenge_new(struct app *a, const struct app_actor *by, int days, char code[APP_CHALLENGE_MAX],
    fp_time *expires, struct fp_err *err) FP_MUST_CHECK;

/* One that was printed: FP_ENOTFOUND, FP_EINVAL for no code. Its days may be over: see expires. */
enum fp_status app_challenge_get(struct app *a, const char *text, char code[APP_CHALLENGE_MAX], fp_time *issued, fp_time *expires,
    struct fp_err *err) FP_MUST_CHECK;

struct app_bring_options {
	const char *serial;     /* device, when the file does not say; must agree when it does */
	const char *mode;       /* boot mode that the file was made in; the same */
	const char *other_mode; /* boot mode of the system that was read offline beside it */
	const char *storage;    /* the file is of a storage server: its host as the device list names it. NULL: of a device */
	bool confirmed; /* a person vouches that the file is of this device, although the system is another one than before */
};

/* What became of one system that the file tells of. */
struct app_brought_part {
	char mode[24];
	bool offline;
	const char *identity; /* as RULE_P_IDENTITY: "first", "same", "other-device", ... */
	char obs[65];         /* "" when nothing was made of it */
	const char *skipped;  /* why nothing was, key for i18n; NULL */
};
struct app_brought {
	char subject[300]; /* serial number, or host of the storage */
	fp_time collected;
	bool challenged; /* the challenge in the file is one that this site printed and that has not run out */
	fp_time challenge_issued;
	struct app_brought_part parts[9];
	size_t n_parts;
	struct app_check_result *result; /* rows as of a check run; jobs, packets 0 */
};
/*
 * Take a fact file in: verified, bound to its device and boot mode, judged by every check of the device's open cells, kept. FP_EINTEGRITY: forged or
 * changed; FP_ECONFLICT: imported before, older than what is there, of another serial number or mode than said; FP_ENOTFOUND: no such device. Nothing is kept then.
 * What is only doubtful (another system than before, no challenge) is kept and its verdicts are unknown.
 */
enum fp_status app_facts_bring(struct app *a, const struct app_actor *by, const void *bytes, size_t len, const char *name,
    const struct app_bring_options *o, struct app_brought **out, struct fp_err *err) FP_MUST_CHECK;
void app_brought_free(struct app_brought *b);
void app_brought_freep(struct app_brought **b);

struct app_capture_options;
struct app_capture_bring_options {
	const struct app_capture_options
	    *read; /* ports, limits; client and server: addresses of the device and its storage where the list has none */
	const char *serial;    /* only this device; NULL: every one whose traffic is in the capture */
	const char *mode;      /* boot mode that was running; NULL: as the list says */
	const char *vantage;   /* where the capture was taken; NULL: the site's */
	const char *nfs_level; /* "privacy", "integrity"; NULL: privacy */
};
/*
 * Take a capture in: for each device of the list whose own traffic with its own storage is in it, facts of that traffic alone are kept and judged. FP_ENOTFOUND: none is; FP_ECONFLICT: a newer one was judged.
 * Only numeric addresses can be found in a capture.
 */
enum fp_status app_capture_bring(struct app *a, const struct app_actor *by, const char *path,
    const struct app_capture_bring_options *o, struct app_brought **out, struct fp_err *err) FP_MUST_CHECK;

/* Something happened to a device that ends the validity of evidence: kind is an evidence_end_name; at 0 = now. */
struct app_device_event {
	char serial[128], kind[24];
	fp_time at;
	char actor[128], note[256];
};
enum fp_status app_device_event_add(struct app *a, const struct app_actor *by, const char *serial, const char *kind, fp_time at,
    const char *note, struct fp_err *err) FP_MUST_CHECK;
/* Newest first; serial NULL = all. free(*out). */
enum fp_status app_device_events(
    struct app *a, const char *serial, struct app_device_event **out, size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* ---- evidence ---- */

enum fp_status app_observation_get(struct app *a, const char *id, struct evidence_obs **out,
    struct fp_err *err) FP_MUST_CHECK; /* id: full, or its first 8+ characters */

struct app_judged_again {
	size_t observations, verdicts, same, differ, damaged;
	char first[256]; /* the first difference, in English */
};
/* Judge everything again from the stored bytes (law 8). FP_EINTEGRITY when something is damaged or differs. */
enum fp_status app_evidence_verify(struct app *a, struct app_judged_again *out, struct fp_err *err) FP_MUST_CHECK;

/* What does not hold in a bundle: which member ("observations/1a2b.json", "verdict 3") and why, in English. */
struct app_bundle_fault {
	char where[128], why[384];
};
#define APP_BUNDLE_FAULTS 100
struct app_bundle_seen {
	struct app_judged_again again;
	char reference[64], tool[64], key_id[32];
	fp_time made;
	bool signed_by_key; /* the key that the reader named made the signature; false: nobody named one */
	size_t members, rules, cells, receipts;
	size_t rules_other; /* rules that the program has too, in other words: judged by those of the bundle */
	char other[256];    /* their ids */
	size_t
	    own_older; /* checks of the notice's own in a wording that the notice of the bundle does not carry: nobody signed it here */
	size_t n_faults;                                   /* all of them */
	struct app_bundle_fault faults[APP_BUNDLE_FAULTS]; /* the first ones */
};
/*
 * Verify a bundle file without the database: manifest, chain, signature, observations, and every verdict judged again by the rules of the bundle and the program's code. public_key:
 * minisign key (text or file name) that must have signed it. FP_EINTEGRITY: something does not hold, *out says what (NULL when it cannot be read at all); FP_EUNKNOWN: all holds, but
 * public_key is NULL, so that nobody knows whose it is, or .own_older is not 0; FP_EINVAL: no bundle; FP_ELIMIT, FP_ETIMEOUT, FP_EIO. free(*out).
 */
enum fp_status app_bundle_verify(
    const char *path, const char *public_key, struct app_bundle_seen **out, struct fp_err *err) FP_MUST_CHECK;
/*
 * The evidence of a notice: to "bundle" (docs/evidence.md), "xccdf" (Benchmark with a TestResult per device and boot mode), "ocsf" (compliance findings, a JSON line each). The same
 * evidence and made (0: now) give the same bytes. FP_EUSAGE, FP_ENOTFOUND.
 */
enum fp_status app_evidence_export(
    struct app *a, const char *ref, const char *to, fp_time made, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
/* The public half of the site's own key, which signs receipts and bundles, as minisign writes it. */
enum fp_status app_site_public_key(struct app *a, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- reply ---- */

struct reply; /* reply/reply.h; cli and web get it rendered */
struct app_signature {
	char name[128], function[128];
	struct fp_date date;
};
struct app_statement {
	const char *code;
	int answer;
}; /* 1 yes, 0 no, -1 not answered */
struct app_reply_options {
	const char *lang;
	const struct app_statement *statements; /* the person's own words on the notice's statements; n may be 0 */
	size_t n_statements;
	int distributor;          /* -1 not answered, 0 not applicable, 1 we are a distributor: then the next two hold */
	int identified, informed; /* -1, 0, 1 */
	struct fp_date informed_on;
	const struct app_signature *signature; /* NULL: unsigned draft */
	const char *remark;
};
/* A draft from the case as it stands; nothing is stored. format: "pdf", "html", "text", "json". problems gets the contradictions and gaps, one a line (may be NULL). */
enum fp_status app_reply_draft(struct app *a, const char *ref, const struct app_reply_options *o, const char *format,
    struct fp_buf *out, struct fp_buf *problems, struct fp_err *err) FP_MUST_CHECK;
/* The draft as a document tree for a page. doc_free it. */
enum fp_status app_reply_document(struct app *a, const char *ref, const struct app_reply_options *o, struct doc **out,
    struct fp_buf *problems, struct fp_err *err) FP_MUST_CHECK;
/* Sign (name, function, meaning, time), keep it, enter it in the ledger. Refused while contradictions stand. Gives the reply's number. */
enum fp_status app_reply_sign(struct app *a, const struct app_actor *by, const char *ref, const struct app_reply_options *o,
    int64_t *number, struct fp_err *err) FP_MUST_CHECK;
struct app_reply_row {
	int64_t number, ledger_seq;
	char reference[64], lang[16], signed_by[128], function[128];
	char hash[65];
	fp_time signed_at;
};
enum fp_status app_replies(
    struct app *a, const char *ref, struct app_reply_row **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */
/* A signed reply again, byte-identical for the same format. */
enum fp_status app_reply_get(
    struct app *a, int64_t number, const char *format, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* ---- ledger ---- */

struct app_ledger_state {
	int64_t entries;
	char head[65]; /* hash of the last entry */
	char tree[65]; /* Merkle tree head */
};
/* FP_EINTEGRITY names the first wrong entry. */
enum fp_status app_ledger_verify(struct app *a, struct app_ledger_state *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_ledger_list(struct app *a, int64_t before_seq, size_t limit, struct app_history **out, size_t *n,
    struct fp_err *err) FP_MUST_CHECK; /* newest first; app_history_free */
void app_history_free(struct app_history *h, size_t n);
/* What an entry of a kind ("cell-claim") tells, for i18n: "A step was said to be done"; NULL for a kind that is not known. */
const char *app_ledger_kind_text(const char *kind);
/* Proof that entry seq is in the ledger, signed by the site's key: JSON, schema receipt.schema.json. */
enum fp_status app_receipt(struct app *a, int64_t seq, struct fp_buf *json, struct fp_err *err) FP_MUST_CHECK;
/* Check a receipt without the database; what it proves is appended to what as a sentence in the language. */
enum fp_status app_receipt_verify(
    const char *json, size_t len, const char *lang, struct fp_buf *what, struct fp_err *err) FP_MUST_CHECK;

/* ---- accounts and sessions of the pages ---- */

struct app_account {
	char name[64], display[128], language[16];
	enum app_role role;
	fp_time created;
};
enum fp_status app_accounts(
    struct app *a, struct app_account **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */
/* by NULL is allowed only while there is no account at all: the first one becomes admin. Password of at least 10 characters. */
enum fp_status app_account_add(struct app *a, const struct app_actor *by, const struct app_account *account, const char *password,
    struct fp_err *err) FP_MUST_CHECK;
struct app_session {
	char token[65]; /* for the cookie; the store keeps only its hash */
	char csrf[65];
	struct app_account account;
	struct app_actor actor;
};
/* FP_EDENIED for a wrong name or password alike, and after 10 wrong tries within 15 minutes. */
enum fp_status app_login(
    struct app *a, const char *name, const char *password, struct app_session *out, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_session_get(struct app *a, const char *token, struct app_session *out,
    struct fp_err *err) FP_MUST_CHECK; /* FP_EDENIED when unknown or expired (12 h) */
enum fp_status app_logout(struct app *a, const char *token, struct fp_err *err) FP_MUST_CHECK;
enum fp_status app_account_language(struct app *a, const char *name, const char *lang, struct fp_err *err) FP_MUST_CHECK;

/* How a state and a result look and read (the reply uses the same). Texts are English keys for i18n. */
enum doc_badge_style app_state_style(enum case_state s);
enum doc_badge_style app_result_style(enum evidence_result r);
const char *app_result_text(enum evidence_result r);
const char *app_level_text(enum evidence_level l);
const char *app_statement_text(const char *code);

/* ---- doctor ---- */

struct app_finding {
	char what[128];
	bool ok;
	char text[512];
};
enum fp_status app_doctor(struct app *a, struct app_finding **out, size_t *n, struct fp_err *err) FP_MUST_CHECK; /* free(*out) */

/* ---- captures of network traffic (docs/capture.md); no database is needed ---- */

struct app_capture_options {
	const char *client, *server; /* whose traffic counts: numeric addresses; NULL: any */
	const char *port;            /* of the server; NULL: any */
	const char *smb_port,
	    *nfs_port;        /* where these are spoken besides the usual ports, separated by commas; NULL: only there */
	unsigned max_seconds; /* 0: 600 */
	size_t max_memory;    /* of the process that reads; 0: 256 MiB */
	size_t max_json;      /* 0: 400 KiB, what fits one observation */
};
/*
 * Read a capture file of any size (pcap, pcapng; "-": standard input) in a process without network and files: its facts as canonical JSON ("fieldproof-capture-1"), appended.
 * FP_EUSAGE: an option; FP_EINVAL: no capture; FP_EUNSUPPORTED, FP_ENOTFOUND, FP_EIO, FP_ETIMEOUT, FP_ELIMIT.
 */
enum fp_status app_capture_read(
    const char *path, const struct app_capture_options *o, struct fp_buf *json, struct fp_err *err) FP_MUST_CHECK;
/* The same facts for fewer addresses (client, server, port of o) without the file: one capture for many devices is read once with a large max_json. FP_EINVAL: they are not in there. */
enum fp_status app_capture_narrow(
    const char *json, size_t len, const struct app_capture_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

#define APP_CAPTURE_CHECKS 3
struct app_capture_row {      /* a conversation */
	const char *protocol; /* "smb", "nfs" */
	char client[48], server[48];
	uint16_t port;
	fp_time first, last;
	uint64_t connections, to_server, to_client; /* bytes */
	struct evidence_verdict verdicts[APP_CAPTURE_CHECKS];
	size_t n_verdicts;
};
struct app_capture_view {
	char sha256[65], cut_off[160]; /* cut_off "": the file is whole */
	uint64_t file_bytes, frames, elsewhere, left_out;
	fp_time first, last;
	struct evidence_verdict verdicts[APP_CAPTURE_CHECKS]; /* SMB-5, SMB-6, NFS-3, of all conversations that are there */
	struct app_capture_row *rows;
	size_t n_rows;
};
/* What facts say, judged as evidence of them is judged (nfs_level NULL: "privacy"). FP_EINVAL: no facts of a capture. */
enum fp_status app_capture_view_new(
    struct app_capture_view **out, const char *json, size_t len, const char *nfs_level, struct fp_err *err) FP_MUST_CHECK;
void app_capture_view_free(struct app_capture_view *v);
void app_capture_view_freep(struct app_capture_view **v);
/* ---- fact files, shown without a database ---- */

struct app_facts_unknown {
	const char *fact, *why;
};
struct app_facts_part {
	const char *mode, *host, *os, *build; /* "" when not said */
	bool offline;
	struct app_facts_unknown *unknown;
	size_t n_unknown;
	struct evidence_verdict *verdicts; /* one for each check over facts, but those over both modes */
	size_t n_verdicts;
};
struct app_facts_view {
	const char *serial, *challenge, *key_id; /* "" when not said */
	fp_time collected;
	struct app_facts_part parts[9];
	size_t n_parts;
};
/* What the file says, and what the checks would if the site knew its challenge and its device. As facts_read for bad files. */
enum fp_status app_facts_view_new(
    struct app_facts_view **out, const void *bytes, size_t len, const char *name, struct fp_err *err) FP_MUST_CHECK;
void app_facts_view_free(struct app_facts_view *v);
void app_facts_view_freep(struct app_facts_view **v);

/* What a file of evidence seems to be, from its first bytes: "capture", "capture-facts", "facts"; "" for something else. What is no regular file ("-", a pipe) is taken as a capture. */
enum fp_status app_evidence_kind(const char **kind, const char *path, struct fp_err *err) FP_MUST_CHECK;
/* The facts in a file that holds them as JSON, checked and narrowed as app_capture_narrow does. */
enum fp_status app_capture_facts(
    const char *path, const struct app_capture_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

#endif
