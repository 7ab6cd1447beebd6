/*
 * Inside of the web server: for src/web/ only. A request is read whole (server.c, body.c), finds its row (route.c), gets an app
 * handle from the pool, and its handler leaves one answer in it.
 */
#ifndef FP_WEB_INTERNAL_H
#define FP_WEB_INTERNAL_H

#include <pthread.h>

#include "app/app.h"
#include "document/document.h"
#include "i18n/i18n.h"
#include "web/web.h"

#define WEB_FORM_MAX ((size_t)64 << 10)      /* body of a form, bytes */
#define WEB_UPLOAD_MAX ((size_t)64 << 20)    /* body with a device list, bytes */
#define WEB_EVIDENCE_MAX ((size_t)256 << 20) /* body with fact files and captures, bytes */
#define WEB_FILES_MAX 24                     /* of them in one form */
#define WEB_HEADER_MAX ((size_t)32 << 10)    /* request line and headers, bytes */
#define WEB_FIELDS_MAX 2100                  /* fields of one form: a page of cells to choose from */
#define WEB_ARGS 2
#define WEB_POOL 4
#define WEB_TOKEN 33 /* 128 random bits as hex, and the NUL */

struct MHD_Connection;
struct MHD_PostProcessor;
struct web;
struct web_req;

/* ---- routes ---- */

enum web_access { WEB_PUBLIC, WEB_VIEWER, WEB_ENGINEER, WEB_SIGNER, WEB_ADMIN };
enum web_body {
	WEB_NO_BODY,
	WEB_FORM,
	WEB_UPLOAD, /* one file, kept for the forms that follow (upload.c) */
	WEB_FILES   /* several, gone with the request (files.c) */
};

struct web_route {
	const char *method; /* "GET" (also answers HEAD) or "POST" (always needs the session's CSRF token) */
	const char *path;   /* "*" stands for one segment, which becomes args[0], args[1] */
	enum web_access access;
	enum web_body body;
	enum fp_status (*run)(struct web_req *r, struct fp_err *err);
	const char *title;   /* English, key for i18n; of the page, or of the page that a form stands on */
	const char *section; /* path of the navigation entry that it belongs to; "" for none */
};
const struct web_route *web_routes(size_t *n);
/* The row of method and path, its arguments in r->args; NULL: *allow is "" (no such page) or the methods that the path has. */
const struct web_route *web_route_find(struct web_req *r, const char *method, const char *path, char allow[64]);
/* Host, session, role and token first, then the row's handler; always leaves an answer in r. */
void web_dispatch(struct web_req *r);
/* May whoever asks send a file here? 0, or the HTTP status of the refusal; asked before the first byte of it is taken. */
unsigned web_upload_refused(struct web_req *r);

/* ---- one request ---- */

struct web_field {
	char *name, *value;
};

struct web_header {
	const char *name;
	char *value;
};

/* One of several files that came with a form. */
struct web_file {
	char place[WEB_TOKEN]; /* its name in the folder of uploads; "" for one that is empty: nothing was kept of it */
	char name[128];        /* as the browser says */
	size_t size;
};

struct web_req {
	struct web *web;
	struct MHD_Connection *conn;
	const struct web_route *route;
	char *method, *path;
	char *args[WEB_ARGS];
	const struct i18n *lang;
	struct app *app;            /* while the handler runs */
	struct app_session session; /* when signed_in */
	bool signed_in;
	bool secure;   /* came by https, through a proxy that the site's public address names */
	char csrf[65]; /* that forms of this page carry: the session's, or that of the cookie before signing in */

	/* body */
	struct MHD_PostProcessor *post;
	size_t body_len, body_max;
	struct web_field *fields;
	size_t n_fields, cap_fields, fields_len;
	int upload_fd; /* -1: none */
	char upload[WEB_TOKEN];
	char upload_name[128]; /* as the browser says */
	struct web_file files[WEB_FILES_MAX];
	size_t n_files;
	unsigned refused; /* HTTP status when the body was refused; 0 */

	/* answer */
	unsigned status;
	const char *type;
	struct fp_buf out;
	struct web_header headers[8];
	size_t n_headers;
	bool cacheable;

	/* page under way */
	struct doc *doc;
	struct doc_node *main;

	/* the checks of one notice (web_checks) */
	struct check_set *checks;
	char checks_of[64];

	/* texts that live as long as the request */
	char **kept;
	size_t n_kept, cap_kept;
};

struct web_req *web_req_new(struct web *w, struct MHD_Connection *conn, const char *method, const char *path);
void web_req_free(struct web_req *r);

/* Keep owned until the request ends and return it; "" for NULL. For the texts of i18n_text and fp_asprintf. */
const char *web_keep(struct web_req *r, char *owned);
const char *web_fmt(struct web_req *r, const char *fmt, ...) FP_PRINTF(2, 3);

/* A field of the posted form, trimmed; "" when there is none. */
const char *web_form(const struct web_req *r, const char *name);
/* A parameter of the address ("?q="), "" when there is none or it is not UTF-8. */
const char *web_query(struct web_req *r, const char *name);
/* A cookie; NULL when there is none. */
const char *web_cookie(struct web_req *r, const char *name);
const char *web_request_header(struct web_req *r, const char *name); /* NULL when there is none */
/* text as one segment of a path, percent-encoded; lives as long as the request. */
const char *web_segment(struct web_req *r, const char *text);
/* A whole number that is all of text; false otherwise. */
bool web_number(int64_t *out, const char *text);
/* Append text so that it may stand in a query (everything but unreserved characters percent-encoded). */
void web_url_put(struct fp_buf *b, const char *text);
/* Is it a path of this site ("/devices?q=x"), safe to be sent to after a form? */
bool web_is_local(const char *path);

/* body.c: take size bytes of body; sets r->refused. Called with 0 bytes at the end. */
void web_body_begin(struct web_req *r, enum web_body kind);
void web_body_take(struct web_req *r, const char *data, size_t size);
void web_body_end(struct web_req *r);

/* ---- answers (answer.c) ---- */

/* Value is cleared of everything that could end a header line. */
void web_set_header(struct web_req *r, const char *name, const char *value);
void web_set_cookie(struct web_req *r, const char *name, const char *value, int64_t seconds); /* seconds 0: forget it */
/* 303 to path of this site. */
enum fp_status web_redirect(struct web_req *r, const char *path);
enum fp_status web_redirectf(struct web_req *r, const char *fmt, ...) FP_PRINTF(2, 3);
/* The bytes in r->out as a file to keep; name holds letters, digits, - _ and . only (others become _). */
enum fp_status web_download(struct web_req *r, const char *type, const char *name);
/* A whole page that says what went wrong and what to do; never fails. */
void web_error_page(struct web_req *r, unsigned status, const char *detail);

/* ---- pages (page.c) ---- */

/* Start a page: title (already translated), navigation, and what ?said= tells; gives the main part. */
enum fp_status web_page(struct web_req *r, const char *title, struct doc_node **main, struct fp_err *err) FP_MUST_CHECK;
/* Write it as the answer. */
enum fp_status web_page_done(struct web_req *r, unsigned status, struct fp_err *err) FP_MUST_CHECK;
/* As web_page_done for a page that looks again by itself after so many seconds. */
enum fp_status web_page_done_refresh(struct web_req *r, unsigned seconds, struct fp_err *err) FP_MUST_CHECK;
/* The same below others: the way here as pairs of address and text, ended by NULL, stands above the title. */
enum fp_status web_page_under(
    struct web_req *r, const char *title, struct doc_node **main, struct fp_err *err, ...) FP_MUST_CHECK I18N_SENTINEL;
/* A part of a page, for its script: what stands in r->main. */
enum fp_status web_fragment(struct web_req *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status web_fragment_done(struct web_req *r, struct fp_err *err) FP_MUST_CHECK;
/* A form that posts to action and carries the token. */
struct doc_node *web_post(struct web_req *r, struct doc_node *parent, const char *action);
/* A red box: what is wrong (translated) and the program's own words in English (NULL: none). */
void web_problem(struct web_req *r, struct doc_node *parent, const char *what, const struct fp_err *err);
/* "Page 2 of 5" with links that keep the query; query is "q=x&" or "". */
void web_pager(
    struct web_req *r, struct doc_node *parent, const char *path, const char *query, size_t offset, size_t limit, size_t total);
/* No account yet: only the holder of the code from the terminal gets in. */
bool web_setup_open(struct web_req *r);
bool web_may(const struct web_req *r, enum web_access access);

/* ---- words (words.c) ---- */

const char *web_time(struct web_req *r, fp_time t);        /* in the site's zone, with UTC behind it; "" for 0 */
const char *web_date(struct web_req *r, struct fp_date d); /* "" for none */
const char *web_count(struct web_req *r, size_t n);
const char *web_state_word(struct web_req *r, enum case_state s);
const char *web_result_word(struct web_req *r, enum evidence_result v);
const char *web_level_words(struct web_req *r, enum evidence_level l);
const char *web_mode_words(struct web_req *r, const char *mode); /* "both modes at once" for "" */
/* State and what the last check said, for one place of the matrix. */
const char *web_cell_word(struct web_req *r, const struct case_cell *c);
enum doc_badge_style web_cell_style(const struct case_cell *c);
/* What comes next for this cell, in plain words. */
const char *web_cell_next(struct web_req *r, const struct case_cell *c);
/* Its title, with the reference once. */
const char *web_notice_name(struct web_req *r, const struct app_notice_row *n);
enum doc_badge_style web_genuine_style(enum app_genuine g);
void web_genuine_badge(struct web_req *r, struct doc_node *parent, enum app_genuine g);
/* The stacked bar of a case and the sentence with its denominator. */
void web_counts(struct web_req *r, struct doc_node *parent, const struct case_counts *c);
const char *web_role_word(struct web_req *r, enum app_role role);
/* Title of a check or a check's reason, question ...: an English key from the tables, "" for NULL. */
const char *web_word(struct web_req *r, const char *english);
/* The language of a notice's text to show: the reader's, else English, else the first. */
const char *web_notice_lang(struct web_req *r, const struct notice *n);
/* What would settle it; "" when nothing is open. */
const char *web_settle(struct web_req *r, const char *code);
/* The checks that a notice knows, its own among them; lives as long as the request, until another notice's are asked for. NULL: the program's alone. */
const struct check_set *web_checks(struct web_req *r, const char *ref);
const char *web_check_title(struct web_req *r, const struct check_set *set, const char *id);
const char *web_reason_text(struct web_req *r, const struct check_set *set, const struct evidence_verdict *v);
/* Is it evidence that a person brings (a fact file, a capture), not asked over the network? probe may be NULL. */
bool web_probe_brought(const char *probe);
const char *web_brought_text(const char *probe); /* English key: "network capture" */
/* How a verdict is known: seen to happen, set on the host, ... */
const char *web_kind_words(struct web_req *r, enum evidence_kind k);

/* ---- answers of a check, or of evidence that was brought (page_check.c) ---- */

void web_answers_sum(struct web_req *r, struct doc_node *main, const struct app_check_result *x);
void web_answers(struct web_req *r, struct doc_node *main, const struct app_check_result *x);

/* ---- findings of a case (findings.c); app_case_findings has been called ---- */

void web_findings(struct web_req *r, struct doc_node *main, const struct app_case *c);
/* What is to be said of one cell beside its state, from the n findings of its device; NULL: nothing. */
const char *web_cell_doubt(struct web_req *r, const struct app_case_finding *f, size_t n, int64_t cell_id);

/* ---- pieces of the case (cells.c) ---- */

/* What a person asked to see of a case: ?state=, ?product=, ?q=, ?mode=, ?action=. */
struct web_filter {
	const char *state, *product, *text, *mode, *action;
};
struct web_filter web_filter_read(struct web_req *r);
/* The same as a query, "state=x&q=y&" or "". */
const char *web_filter_query(struct web_req *r, const struct web_filter *f);
bool web_filter_device(const struct web_filter *f, const struct app_case_device *d);
bool web_filter_cell(const struct web_filter *f, const struct case_cell *c);
/* The form with the filters; mode and action only when asked for. */
void web_filter_form(struct web_req *r, struct doc_node *parent, const char *action, const struct app_case *c,
    const struct web_filter *f, bool finer);

/* "Not done because ...": reason, date, words; problems of the posted values beside their fields. */
struct web_not_done {
	const char *reason, *text;
	struct fp_date planned;
	const char *reason_error, *text_error, *date_error;
};
/* allowed: codes of the notice's action; NULL or empty = all. */
void web_not_done_fields(
    struct web_req *r, struct doc_node *form, const struct notice_list *allowed, const struct web_not_done *v);
/* From the posted form; false when something is missing. */
bool web_not_done_read(struct web_req *r, struct web_not_done *v);

/* ---- the server ---- */

struct web_conn {
	int fd;
	int64_t deadline; /* monotonic ms; 0: none now */
};

/* One run of checks at a time, in a thread of its own with its own app handle (job.c). */
enum web_job_state { WEB_JOB_NONE, WEB_JOB_RUNNING, WEB_JOB_DONE, WEB_JOB_FAILED };
struct web_job {
	pthread_mutex_t lock;
	pthread_t thread;
	bool joinable, stop;
	enum web_job_state state;
	struct app_actor by;
	char ref[64], serial[128], mode[24], check[24], vantage[128];
	size_t done, total;
	char text[256];
	fp_time started, ended;
	struct app_check_result *result;
	struct fp_err err;
};
/* What was asked for; empty texts mean all, or the default. */
struct web_job_ask {
	const char *ref, *serial, *mode, *check, *vantage;
};
/* FP_ECONFLICT while another one runs. */
enum fp_status web_job_start(
    struct web *w, const struct app_actor *by, const struct web_job_ask *ask, struct fp_err *err) FP_MUST_CHECK;
void web_job_stop(struct web *w); /* asks it to end, in order */
void web_job_end(struct web *w);  /* at shutdown: ask, wait, free */

#define WEB_UPLOADS 16
struct web_upload {
	char token[WEB_TOKEN]; /* "" = free; also its file's name, with .csv */
	char account[64];
	char name[128]; /* as the browser said */
	int64_t at;     /* monotonic ms */
};

struct web {
	struct web_options o;
	char url[300];  /* "http://127.0.0.1:8480" */
	char host[280]; /* "127.0.0.1:8480" */
	int port;
	char cookie[32], pre_cookie[32]; /* names; they hold the port: cookies of other programs on this host stay theirs */
	char setup_code[WEB_TOKEN];
	int setup_open; /* there is no account yet; atomic */
	pthread_mutex_t setup_lock;
	int stopping; /* atomic */

	pthread_mutex_t pool_lock;
	pthread_cond_t pool_free;
	struct app *pool[WEB_POOL];
	bool pool_used[WEB_POOL];

	pthread_mutex_t conn_lock;
	struct web_conn *conns;
	size_t n_conns, cap_conns;
	unsigned busy; /* requests between their first byte that we saw and the end of their answer */

	char spool[64]; /* folder of uploads, removed at the end; "" until it is needed */
	int spool_fd;
	pthread_mutex_t upload_lock;
	struct web_upload uploads[WEB_UPLOADS];

	struct web_job job;
};

/* A handle for one request; waits for a free one. NULL when the server stops. */
struct app *web_app_take(struct web *w);
void web_app_give(struct web *w, struct app *a);

/* Deadlines (deadline.c): a client that is slower is cut off by the reaper, whatever it drips (REQ slow-client). */
void web_conn_add(struct web *w, int fd, int64_t ms);
void web_conn_drop(struct web *w, int fd);
void web_conn_deadline(struct web *w, int fd, int64_t ms); /* from now; 0: none */
void *web_reaper(void *web);

/* 128 random bits as hex. */
void web_token(char out[WEB_TOKEN]);
/* Compare in constant time. */
bool web_same(const char *a, const char *b);

/* upload.c */
enum fp_status web_upload_new(struct web_req *r, struct fp_err *err) FP_MUST_CHECK; /* r->upload_fd, r->upload */
/* The path of an upload of this account; FP_ENOTFOUND. */
enum fp_status web_upload_path(
    struct web_req *r, const char *token, const char *suffix, char path[160], char name[128], struct fp_err *err) FP_MUST_CHECK;
void web_uploads_end(struct web *w);
/* Open the folder of uploads, which is made when it is needed. */
enum fp_status web_spool(struct web *w, struct fp_err *err) FP_MUST_CHECK;

/* files.c: bytes of a file of a form, off counted from its beginning; sets r->refused and gives false when they cannot be taken. */
bool web_file_bytes(struct web_req *r, const char *filename, const char *data, uint64_t off, size_t size);
/* Where it is, until the request ends; "" for an empty one. */
const char *web_file_path(struct web_req *r, const struct web_file *f);
void web_files_end(struct web_req *r);
/* People know their file by its name, not by the place where it is kept meanwhile: say so in a message. */
void web_speak_of(struct fp_err *err, const char *path, const char *name);

/* static.c: the address of a style sheet, with the hash of its content ("/static/app.1a2b3c4d.css"). */
const char *web_static_url(const char *name);
enum fp_status web_static(struct web_req *r, struct fp_err *err);

/* Media type of a form that a reply can be had in ("pdf"); NULL when there is none. */
const char *web_reply_type(const char *format);

/* ---- handlers, as the table in route.c names them ---- */
#define WEB_HANDLER(name) enum fp_status name(struct web_req *r, struct fp_err *err)
WEB_HANDLER(web_page_start);
WEB_HANDLER(web_page_sign_in);
WEB_HANDLER(web_post_sign_in);
WEB_HANDLER(web_post_sign_out);
WEB_HANDLER(web_post_language);
WEB_HANDLER(web_page_setup);
WEB_HANDLER(web_post_setup);
WEB_HANDLER(web_page_notice);
WEB_HANDLER(web_page_notice_add);
WEB_HANDLER(web_post_notice_add);
WEB_HANDLER(web_post_notice_match);
WEB_HANDLER(web_page_matrix);
WEB_HANDLER(web_page_bulk);
WEB_HANDLER(web_post_bulk);
WEB_HANDLER(web_get_bundle);
WEB_HANDLER(web_page_reply);
WEB_HANDLER(web_post_reply);
WEB_HANDLER(web_page_reply_signed);
WEB_HANDLER(web_get_reply_file);
WEB_HANDLER(web_get_reply_receipt);
WEB_HANDLER(web_page_devices);
WEB_HANDLER(web_page_device_import);
WEB_HANDLER(web_post_device_import);
WEB_HANDLER(web_post_device_import_apply);
WEB_HANDLER(web_get_device_rejected);
WEB_HANDLER(web_page_device);
WEB_HANDLER(web_post_device_decide);
WEB_HANDLER(web_post_device_event);
WEB_HANDLER(web_page_cell);
WEB_HANDLER(web_post_cell_claim);
WEB_HANDLER(web_post_cell_not_done);
WEB_HANDLER(web_post_cell_withdraw);
WEB_HANDLER(web_post_cell_reopen);
WEB_HANDLER(web_post_cell_check);
WEB_HANDLER(web_page_observation);
WEB_HANDLER(web_page_check);
WEB_HANDLER(web_post_check);
WEB_HANDLER(web_page_check_watch);
WEB_HANDLER(web_get_check_progress);
WEB_HANDLER(web_post_check_stop);
WEB_HANDLER(web_page_check_result);
WEB_HANDLER(web_page_evidence);
WEB_HANDLER(web_post_evidence);
WEB_HANDLER(web_post_challenge);
WEB_HANDLER(web_page_challenge);
WEB_HANDLER(web_page_ledger);
WEB_HANDLER(web_post_ledger_verify);
WEB_HANDLER(web_get_ledger_receipt);
WEB_HANDLER(web_page_settings);
WEB_HANDLER(web_page_site);
WEB_HANDLER(web_post_site);
WEB_HANDLER(web_page_parameters);
WEB_HANDLER(web_post_parameters);
WEB_HANDLER(web_page_accounts);
WEB_HANDLER(web_post_accounts);
WEB_HANDLER(web_page_about);

#endif
