/*
 * The reply (verification form) as data: one answer per cell, the person's statement apart from what was measured, the distributor's
 * part, the signature. Made from a case, written and read as JSON (reply.schema.json), rendered as one document tree.
 *
 * It repairs what the paper forms could not say: per mode, transferred, decommissioned, planned for a date, not ours.
 */
#ifndef FP_REPLY_REPLY_H
#define FP_REPLY_REPLY_H

#include "case/case.h"
#include "device/device.h"
#include "document/document.h"
#include "notice/notice.h"

#define REPLY_FORMAT "fieldproof-reply-1"
#define REPLY_MAX_BYTES ((size_t)32 << 20)

enum reply_answer { REPLY_OPEN, REPLY_DONE, REPLY_NOT_DONE, REPLY_NOT_APPLICABLE, REPLY_ANSWER_COUNT };
const char *reply_answer_name(enum reply_answer a); /* "open", "done", "not-done", "not-applicable" */

struct reply_site {
	char *name, *department, *address, *country, *customer_number;
	char *contact_name, *contact_title, *contact_email, *contact_phone;
};

struct reply_statement {
	char *code; /* one of the notice's reply statements */
	int answer; /* 1 yes, 0 no, -1 not answered */
};

/* One cell. The person's part: answer to claimed_at. The measured part: verdict. Neither is ever derived from the other. */
struct reply_row {
	char *serial, *product, *catalog_number, *udi_di;
	char *mode, *action;
	enum reply_answer answer;
	char *reason, *reason_text, *note; /* "" when there is none */
	struct fp_date planned;
	char *said_by;
	fp_time said_at; /* 0 when nobody said anything, or when is not known */
	struct evidence_verdict verdict;
	fp_time verdict_at;
	enum case_state state;
};

struct reply {
	char *reference, *document_number, *notice_hash, *manufacturer;
	int revision;
	char *lang;
	char *tool; /* "fieldproof 0.1.0" */
	char *link; /* where the case can be opened: the QR code; "" for none */
	fp_time made;
	struct reply_site site;
	struct reply_statement *statements;
	size_t n_statements;
	struct reply_row *rows;
	size_t n_rows, cap_rows;
	size_t devices_cannot_tell; /* devices that a person has still to decide on: said on the form, never dropped */
	int distributor;            /* -1 not answered, 0 not applicable, 1 yes */
	int identified, informed;   /* -1, 0, 1 */
	struct fp_date informed_on;
	char *remark;
	char *signed_by, *function; /* NULL while unsigned */
	char *meaning;              /* English sentence of what the signature means (21 CFR 11.50), key for i18n */
	struct fp_date signed_on;
	fp_time signed_at;
};

enum fp_status reply_new(
    struct reply **out, const struct notice *n, const char *lang, fp_time now, struct fp_err *err) FP_MUST_CHECK;
void reply_free(struct reply *r);
void reply_freep(struct reply **r);

/* Copy text into a member of the reply (frees what was there; NULL becomes ""). FP_ENOMEM. */
enum fp_status reply_set(char **member, const char *text, struct fp_err *err) FP_MUST_CHECK;
/* Add the row of one cell. product_name is the notice's name of the product. */
enum fp_status reply_add_cell(struct reply *r, const struct device *d, const char *product_name, const struct case_cell *cell,
    struct fp_err *err) FP_MUST_CHECK;
enum fp_status reply_answer_statement(
    struct reply *r, const char *code, int answer, struct fp_err *err) FP_MUST_CHECK; /* FP_EUSAGE names the codes */
/* Who signs, as what, on which day; the meaning is ours. Both names are required. */
enum fp_status reply_sign(
    struct reply *r, const char *name, const char *function, struct fp_date on, fp_time at, struct fp_err *err) FP_MUST_CHECK;

/* The English sentence that a signature stands for, key for i18n: printed above the line to sign on. */
const char *reply_signature_meaning(void);

/*
 * What does not fit together in what the person says. A gap (something left open) may stand in a draft and in a signed reply; a
 * contradiction may not be signed. Texts are in the reply's language. Contradictions come first, so that a full list hides none behind gaps.
 */
struct reply_problem {
	bool contradiction;
	char text[384];
};
size_t reply_problems(struct reply_problem *out, size_t max, const struct reply *r,
    const struct notice *n);                                                /* how many there are; may exceed max */
size_t reply_contradictions(const struct reply *r, const struct notice *n); /* how many of them are contradictions */

/* Canonical JSON: what is hashed and kept. */
enum fp_status reply_write(struct fp_buf *out, const struct reply *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status reply_read(struct reply **out, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;

/* The number, ledger entry and hash of a kept reply, printed on it; NULL for a draft. */
struct reply_record {
	int64_t number, ledger_seq;
	const char *hash;
};
/* The form as a document tree in the reply's language; the caller frees. Same reply and record give the same tree. */
enum fp_status reply_document(struct doc **out, const struct reply *r, const struct notice *n, const struct reply_record *rec,
    struct fp_err *err) FP_MUST_CHECK;

/* Shared with pages: how a state, an answer and a result look. */
enum doc_badge_style reply_state_style(enum case_state s);
enum doc_badge_style reply_result_style(enum evidence_result r);
const char *reply_result_text(enum evidence_result r); /* English word, key for i18n: "passed" */
const char *reply_level_text(enum evidence_level l);   /* "read from the network without logging on" */
const char *reply_statement_text(const char *code);    /* English sentence, key for i18n; NULL when unknown */

#endif
