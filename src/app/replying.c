/* The reply: made from the case, signed, kept, written again. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "document/html.h"
#include "document/pdf.h"
#include "document/text.h"
#include "i18n/i18n.h"
#include "reply/reply.h"

#define DEFAULT_URL "http://127.0.0.1:8480"

static enum fp_status
fill_site(struct reply *r, struct app *a, struct fp_err *err)
{
	struct app_site s;
	char link[400];

	if (app_site_get(a, &s, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)snprintf(link, sizeof(link), "%s/notice/%s", s.public_url[0] ? s.public_url : DEFAULT_URL, r->reference);
	const struct {
		char **member;
		const char *text;
	} texts[] = { { &r->site.name, s.name }, { &r->site.department, s.department }, { &r->site.address, s.address },
		{ &r->site.country, s.country }, { &r->site.customer_number, s.customer_number },
		{ &r->site.contact_name, s.contact_name }, { &r->site.contact_title, s.contact_title },
		{ &r->site.contact_email, s.contact_email }, { &r->site.contact_phone, s.contact_phone }, { &r->link, link } };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		if (reply_set(texts[i].member, texts[i].text, err) != FP_OK)
			return FP_ENOMEM;
	return FP_OK;
}

static enum fp_status
fill_cells(struct reply *r, struct app *a, const struct app_case *k, struct fp_err *err)
{
	for (size_t i = 0; i < k->n_devices; i++) {
		FP_AUTO(device_free) struct device d = { .id = 0 };
		const struct app_case_device *cd = &k->devices[i];

		if (store_device_get(a->store, cd->device_id, &d, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		for (size_t c = 0; c < cd->n_cells; c++)
			if (reply_add_cell(r, &d, cd->product_name, &k->cells[cd->first_cell + c], err) != FP_OK)
				return fp_failed(err, FP_ENOMEM);
	}
	r->devices_cannot_tell = k->devices_cannot_tell;
	return FP_OK;
}

static enum fp_status
fill_words(struct reply *r, const struct app_reply_options *o, fp_time now, struct fp_err *err)
{
	for (size_t i = 0; i < o->n_statements; i++)
		if (reply_answer_statement(r, o->statements[i].code, o->statements[i].answer, err) != FP_OK)
			return fp_failed(err, FP_EUSAGE);
	r->distributor = o->distributor;
	r->identified = o->identified;
	r->informed = o->informed;
	r->informed_on = o->informed_on;
	if (o->remark != NULL && reply_set(&r->remark, o->remark, err) != FP_OK)
		return FP_ENOMEM;
	if (o->signature != NULL)
		return reply_sign(r, o->signature->name, o->signature->function, o->signature->date, now, err);
	return FP_OK;
}

static enum fp_status
build(struct app *a, const char *ref, const struct app_reply_options *o, struct reply **out, struct app_case **k,
    struct fp_err *err)
{
	FP_AUTO(reply_freep) struct reply *r = NULL;

	if (i18n_get(o->lang) == NULL)
		return fp_fail(err, FP_EUSAGE, "no texts in language '%.20s'", o->lang ? o->lang : "");
	if (app_case_get(a, ref, k, err) != FP_OK ||
	    reply_new(&r, (*k)->notice, i18n_tag(i18n_get(o->lang)), app_now(a), err) != FP_OK || fill_site(r, a, err) != FP_OK ||
	    fill_cells(r, a, *k, err) != FP_OK || fill_words(r, o, app_now(a), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = r;
	r = NULL;
	return FP_OK;
}

#define PROBLEMS_MAX 64

/* Lines for a person into problems; gives how many are contradictions. */
static size_t
list_problems(const struct reply *r, const struct notice *n, struct fp_buf *problems)
{
	struct reply_problem found[PROBLEMS_MAX];
	size_t count = reply_problems(found, PROBLEMS_MAX, r, n), contradictions = 0;

	for (size_t i = 0; i < count && i < PROBLEMS_MAX; i++) {
		contradictions += found[i].contradiction;
		if (problems != NULL)
			fp_buf_printf(problems, "%s%s", problems->len ? "\n" : "", found[i].text);
	}
	return contradictions;
}

static enum fp_status
write_document(const struct doc *d, const char *format, bool is_signed, struct fp_buf *out, struct fp_err *err)
{
	/* What is signed has no fields to fill in any more. */
	const struct doc_pdf_options pdf = { .flat = is_signed };
	const struct doc_html_options html = { .mode = DOC_HTML_STANDALONE };
	const struct doc_text_options text = { .width = 100 };

	if (strcmp(format, "pdf") == 0)
		return doc_write_pdf(d, &pdf, out, err);
	if (strcmp(format, "html") == 0)
		return doc_write_html(d, &html, out, err);
	if (strcmp(format, "text") == 0)
		return doc_write_text(d, &text, out, err);
	return fp_fail(err, FP_EUSAGE, "a reply can be pdf, html, json or text, not '%.20s'", format);
}

static enum fp_status
write_reply(const struct reply *r, const struct notice *n, const struct reply_record *rec, const char *format, struct fp_buf *out,
    struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;

	if (strcmp(format, "json") == 0)
		return reply_write(out, r, err);
	if (reply_document(&d, r, n, rec, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return write_document(d, format, r->signed_by != NULL, out, err);
}

enum fp_status
app_reply_draft(struct app *a, const char *ref, const struct app_reply_options *o, const char *format, struct fp_buf *out,
    struct fp_buf *problems, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	FP_AUTO(reply_freep) struct reply *r = NULL;

	if (build(a, ref, o, &r, &k, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)list_problems(r, k->notice, problems);
	return write_reply(r, k->notice, NULL, format, out, err);
}

enum fp_status
app_reply_document(struct app *a, const char *ref, const struct app_reply_options *o, struct doc **out, struct fp_buf *problems,
    struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	FP_AUTO(reply_freep) struct reply *r = NULL;

	if (build(a, ref, o, &r, &k, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)list_problems(r, k->notice, problems);
	return reply_document(out, r, k->notice, NULL, err);
}

static enum fp_status
refuse_contradictions(const struct reply *r, const struct notice *n, struct fp_err *err)
{
	struct reply_problem found[PROBLEMS_MAX];
	size_t count = reply_problems(found, PROBLEMS_MAX, r, n);

	for (size_t i = 0; i < count && i < PROBLEMS_MAX; i++)
		if (found[i].contradiction)
			return fp_fail(err, FP_ECONFLICT, "the reply contradicts itself and cannot be signed: %s", found[i].text);
	return FP_OK;
}

static enum fp_status
keep_reply(struct app *a, const struct app_actor *by, const struct reply *r, int64_t notice_id, struct store_reply *sr,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = REPLY_MAX_BYTES };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	json_t *body;

	if (reply_write(&json, r, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	sr->notice_id = notice_id;
	fp_utf8_copy(sr->lang, sizeof(sr->lang), r->lang);
	fp_utf8_copy(sr->signed_by, sizeof(sr->signed_by), r->signed_by);
	fp_utf8_copy(sr->function, sizeof(sr->function), r->function);
	(void)crypto_sha256_hex(sr->hash, json.data, json.len);
	sr->signed_at = r->signed_at;
	sr->json_len = json.len;
	sr->json = fp_buf_take(&json);
	if (sr->json == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	if (store_begin(&tx, a->store, err) != FP_OK || store_reply_put(tx, sr, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_int(body, "number", sr->id);
	fp_json_set_str(body, "sha256", sr->hash);
	fp_json_set_str(body, "signed_by", r->signed_by);
	fp_json_set_str(body, "function", r->function);
	fp_json_set_str(body, "meaning", r->meaning);
	fp_json_set_str(body, "language", r->lang);
	if (app_tell(tx, by, "reply-signed", r->reference, body, &sr->seq, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_reply_sign(struct app *a, const struct app_actor *by, const char *ref, const struct app_reply_options *o, int64_t *number,
    struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	FP_AUTO(reply_freep) struct reply *r = NULL;
	FP_AUTO(fp_freep) struct store_notice *row = NULL;
	FP_AUTO(store_reply_clear) struct store_reply sr = { .id = 0 };
	size_t n = 0;

	if (app_may(by, APP_USE_SIGN, err) != FP_OK)
		return FP_EDENIED;
	if (o->signature == NULL)
		return fp_fail(err, FP_EUSAGE, "a signature needs the name and the function of the person who signs");
	if (build(a, ref, o, &r, &k, err) != FP_OK || app_stored_rows(a, ref, &row, &n, err) != FP_OK ||
	    refuse_contradictions(r, k->notice, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (keep_reply(a, by, r, row[0].id, &sr, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*number = sr.id;
	return FP_OK;
}

enum fp_status
app_replies(struct app *a, const char *ref, struct app_reply_row **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_reply *list = NULL;
	FP_AUTO(fp_freep) struct store_notice *row = NULL;
	size_t rows = 0;

	*n = 0;
	if (ref != NULL && app_stored_rows(a, ref, &row, &rows, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (store_replies(a->store, row ? row[0].id : 0, &list, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = fp_calloc(*n, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++) {
		struct app_reply_row *r = &(*out)[i];

		r->number = list[i].id;
		r->ledger_seq = list[i].seq;
		r->signed_at = list[i].signed_at;
		fp_utf8_copy(r->reference, sizeof(r->reference), list[i].reference);
		fp_utf8_copy(r->lang, sizeof(r->lang), list[i].lang);
		fp_utf8_copy(r->signed_by, sizeof(r->signed_by), list[i].signed_by);
		fp_utf8_copy(r->function, sizeof(r->function), list[i].function);
		fp_utf8_copy(r->hash, sizeof(r->hash), list[i].hash);
	}
	return FP_OK;
}

/* The revision that was answered, which need not be today's newest. */
static enum fp_status
answered_notice(struct app *a, const struct reply *r, struct notice **out, struct fp_err *err)
{
	FP_AUTO(store_notice_clear) struct store_notice row = { .id = 0 };

	if (store_notice_get_hash(a->store, r->notice_hash, &row, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	return notice_parse(out, row.canonical, row.canonical_len, err);
}

enum fp_status
app_reply_get(struct app *a, int64_t number, const char *format, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(store_reply_clear) struct store_reply sr = { .id = 0 };
	FP_AUTO(reply_freep) struct reply *r = NULL;
	FP_AUTO(notice_freep) struct notice *n = NULL;
	char digest[CRYPTO_SHA256_HEX];

	if (store_reply_get(a->store, number, &sr, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (strcmp(crypto_sha256_hex(digest, sr.json, sr.json_len), sr.hash) != 0)
		return fp_fail(err, FP_EINTEGRITY,
		    "reply %lld was changed after it was signed: its SHA-256 is not the one in the ledger", (long long)number);
	if (strcmp(format, "json") == 0) {
		fp_buf_add(out, sr.json, sr.json_len);
		return fp_buf_check(out, "reply", err);
	}
	const struct reply_record rec = { .number = sr.id, .ledger_seq = sr.seq, .hash = sr.hash };

	if (reply_read(&r, sr.json, sr.json_len, err) != FP_OK || answered_notice(a, r, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return write_reply(r, n, &rec, format, out, err);
}
