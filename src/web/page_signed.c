/* A signed reply: its files and its receipt. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct {
	const char *format, *type, *title;
} files[] = {
	{ "pdf", "application/pdf", N_("Reply as PDF") },
	{ "html", "text/html; charset=utf-8", N_("Reply as a web page") },
	{ "json", "application/json", N_("Reply as data (JSON)") },
	{ "text", "text/plain; charset=utf-8", N_("Reply as plain text") },
};

const char *
web_reply_type(const char *format)
{
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		if (strcmp(files[i].format, format) == 0)
			return files[i].type;
	}
	return NULL;
}

/* The row of reply number r->args[0]. */
static enum fp_status
find(struct web_req *r, struct app_reply_row *out, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_reply_row *list = NULL;
	int64_t number;
	size_t n = 0;

	if (app_replies(r->app, NULL, &list, &n, err) != FP_OK)
		return err->status;
	for (size_t i = 0; web_number(&number, r->args[0]) && i < n; i++) {
		if (list[i].number == number) {
			*out = list[i];
			return FP_OK;
		}
	}
	return fp_fail(err, FP_ENOTFOUND, "there is no reply '%.40s'", r->args[0]);
}

enum fp_status
web_page_reply_signed(struct web_req *r, struct fp_err *err)
{
	struct app_reply_row row;
	struct doc_node *main, *terms, *bar;
	const char *notice;

	if (find(r, &row, err) != FP_OK)
		return err->status;
	notice = web_fmt(r, "/notice/%s", web_segment(r, row.reference));
	if (web_page_under(r,
		web_keep(r,
		    i18n_text(r->lang, "Signed reply no. {number}", "number", web_fmt(r, "%lld", (long long)row.number), NULL)),
		&main, err, "/", i18n_t(r->lang, "My notices"), notice, row.reference, web_fmt(r, "%s/reply", notice),
		i18n_t(r->lang, "Reply"), NULL) != FP_OK)
		return err->status;
	terms = doc_terms(main);
	doc_link(doc_term(terms, i18n_t(r->lang, "Notice"), NULL), notice, row.reference);
	doc_term(terms, i18n_t(r->lang, "Signed by"), web_fmt(r, "%s, %s", row.signed_by, row.function));
	doc_term(terms, i18n_t(r->lang, "When"), web_time(r, row.signed_at));
	doc_term(terms, i18n_t(r->lang, "Language"), i18n_get(row.lang) != NULL ? i18n_own_name(i18n_get(row.lang)) : row.lang);
	doc_term(terms, i18n_t(r->lang, "Entry in the ledger"), web_fmt(r, "%lld", (long long)row.ledger_seq));
	doc_code(doc_term(terms, i18n_t(r->lang, "Fingerprint"), NULL), row.hash);
	doc_heading(main, 2, i18n_t(r->lang, "Download"));
	doc_para(main, i18n_t(r->lang, "Send the reply to the manufacturer in the way that the notice says. Keep the receipt: it "
				       "proves that exactly this reply was in the ledger on that day."));
	bar = doc_class(doc_section(main, DOC_ROLE_PLAIN), DOC_CLASS_CLUSTER);
	for (size_t i = 0; i < FP_COUNT(files); i++)
		doc_button_link(bar, i == 0 ? DOC_BUTTON_PRIMARY : DOC_BUTTON_SECONDARY,
		    web_fmt(r, "/reply/%lld/%s", (long long)row.number, files[i].format), i18n_t(r->lang, files[i].title));
	doc_button_link(
	    bar, DOC_BUTTON_SECONDARY, web_fmt(r, "/reply/%lld/receipt.json", (long long)row.number), i18n_t(r->lang, "Receipt"));
	return web_page_done(r, 200, err);
}

enum fp_status
web_get_reply_file(struct web_req *r, struct fp_err *err)
{
	const char *type = web_reply_type(r->args[1]);
	struct app_reply_row row;

	if (type == NULL)
		return fp_fail(err, FP_ENOTFOUND, "a reply has no form '%.20s'", r->args[1]);
	if (find(r, &row, err) != FP_OK || app_reply_get(r->app, row.number, r->args[1], &r->out, err) != FP_OK)
		return err->status;
	return web_download(r, type,
	    web_fmt(r, "%s-reply-%lld.%s", row.reference, (long long)row.number,
		strcmp(r->args[1], "text") == 0 ? "txt" : r->args[1]));
}

enum fp_status
web_get_reply_receipt(struct web_req *r, struct fp_err *err)
{
	struct app_reply_row row;

	if (find(r, &row, err) != FP_OK || app_receipt(r->app, row.ledger_seq, &r->out, err) != FP_OK)
		return err->status;
	return web_download(
	    r, "application/json", web_fmt(r, "%s-reply-%lld-receipt.json", row.reference, (long long)row.number));
}
