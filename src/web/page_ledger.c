/* The ledger, and what this program says about itself. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ENTRIES_A_PAGE 50

/* Plain words, what it is about, and folded the entry itself. Its text is "SUBJECT {json}". */
static void
told(struct web_req *r, struct doc_node *cell, const struct app_history *h)
{
	const char *body = strstr(h->text, " {"), *word = app_ledger_kind_text(h->kind);
	size_t subject = body != NULL ? (size_t)(body - h->text) : strlen(h->text);

	doc_text(cell, word != NULL ? i18n_t(r->lang, word) : h->kind);
	doc_text(cell, ": ");
	doc_code(cell, web_keep(r, fp_strndup(h->text, subject)));
	if (body != NULL)
		doc_lang(doc_code(doc_para(doc_details(cell, i18n_t(r->lang, "The entry itself"), false), NULL), body + 1), "en");
}

static void
ledger_table(struct web_req *r, struct doc_node *main, const struct app_history *h, size_t n)
{
	const char *const head[] = { i18n_t(r->lang, "Entry"), i18n_t(r->lang, "When"), i18n_t(r->lang, "Who"),
		i18n_t(r->lang, "What"), i18n_t(r->lang, "Receipt") };
	struct doc_node *box = doc_id(
	    doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Ledger")), DOC_CLASS_SCROLL), "ledger");
	struct doc_node *table = doc_class(doc_table(box, i18n_t(r->lang, "Newest first")), DOC_CLASS_COMPACT);

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < n; i++) {
		struct doc_node *row = doc_row(table), *a;
		const char *seq = web_fmt(r, "%lld", (long long)h[i].seq);

		doc_head_cell(row, DOC_SCOPE_ROW, seq);
		doc_cell(row, web_time(r, h[i].at));
		doc_cell(row, h[i].actor);
		told(r, doc_cell(row, NULL), &h[i]);
		a = doc_link(doc_cell(row, NULL), web_fmt(r, "/ledger/%s/receipt.json", seq), i18n_t(r->lang, "Download"));
		doc_label(a, web_keep(r, i18n_text(r->lang, "Download the receipt of entry {n}", "n", seq, NULL)));
	}
}

static void
verify_result(
    struct web_req *r, struct doc_node *main, enum fp_status st, const struct app_ledger_state *s, const struct fp_err *why)
{
	struct doc_node *box, *terms;

	if (st != FP_OK) {
		web_problem(r, main,
		    i18n_t(
			r->lang, "The ledger was changed or damaged. Do not trust it; keep the file as it is and ask for help."),
		    why);
		return;
	}
	box = doc_callout(main, DOC_BADGE_VERIFIED,
	    web_keep(r, i18n_ntext(r->lang, "The ledger is whole: {n} entry, unchanged.",
			    "The ledger is whole: {n} entries, none changed.", s->entries, NULL)));
	terms = doc_terms(box);
	doc_code(doc_term(terms, i18n_t(r->lang, "Fingerprint of the last entry"), NULL), s->head);
	doc_code(doc_term(terms, i18n_t(r->lang, "Fingerprint of all entries"), NULL), s->tree);
}

static enum fp_status
ledger_page(struct web_req *r, unsigned status, enum fp_status verified, const struct app_ledger_state *state,
    const struct fp_err *why, struct fp_err *err)
{
	struct app_history *h = NULL;
	struct doc_node *main, *form, *list;
	int64_t before = 0;
	size_t n = 0;

	if (!web_number(&before, web_query(r, "before")))
		before = 0;
	if (app_ledger_list(r->app, before, ENTRIES_A_PAGE, &h, &n, err) != FP_OK)
		return err->status;
	if (web_page(r, i18n_t(r->lang, "Ledger"), &main, err) != FP_OK) {
		app_history_free(h, n);
		return err->status;
	}
	doc_para(main, i18n_t(r->lang, "Everything that happened, in order. Each entry carries the fingerprint of the one before "
				       "it, so that no line can be changed or taken "
				       "out without being noticed."));
	if (state != NULL || why != NULL)
		verify_result(r, main, verified, state, why);
	form = web_post(r, main, "/ledger/verify");
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Verify the ledger"));
	if (n > 0)
		ledger_table(r, main, h, n);
	else
		doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "Nothing has happened yet."));
	list = doc_class(doc_para(main, NULL), DOC_CLASS_CLUSTER);
	if (before != 0)
		doc_link(list, "/ledger", i18n_t(r->lang, "Newest"));
	if (n == ENTRIES_A_PAGE && h[n - 1].seq > 1)
		doc_link(list, web_fmt(r, "/ledger?before=%lld", (long long)h[n - 1].seq), i18n_t(r->lang, "Earlier entries"));
	app_history_free(h, n);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_ledger(struct web_req *r, struct fp_err *err)
{
	return ledger_page(r, 200, FP_OK, NULL, NULL, err);
}

enum fp_status
web_post_ledger_verify(struct web_req *r, struct fp_err *err)
{
	struct app_ledger_state s = { 0 };
	struct fp_err why = { .status = FP_OK, .msg = "" };
	enum fp_status st = app_ledger_verify(r->app, &s, &why);

	if (st != FP_OK && st != FP_EINTEGRITY)
		return fp_fail(err, st, "%s", why.msg);
	return ledger_page(r, 200, st, &s, &why, err);
}

enum fp_status
web_get_ledger_receipt(struct web_req *r, struct fp_err *err)
{
	int64_t seq;

	if (!web_number(&seq, r->args[0]))
		return fp_fail(err, FP_ENOTFOUND, "there is no entry '%.40s'", r->args[0]);
	if (app_receipt(r->app, seq, &r->out, err) != FP_OK)
		return err->status;
	return web_download(r, "application/json", web_fmt(r, "receipt-%lld.json", (long long)seq));
}

/* ---- about ---- */

enum fp_status
web_page_about(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_finding *list = NULL;
	const char *const head[] = { i18n_t(r->lang, "What"), i18n_t(r->lang, "State"), i18n_t(r->lang, "More") };
	struct doc_node *main, *table, *terms;
	size_t n = 0;

	if (app_doctor(r->app, &list, &n, err) != FP_OK)
		return err->status;
	if (web_page_under(
		r, i18n_t(r->lang, "About this program"), &main, err, "/settings", i18n_t(r->lang, "Settings"), NULL) != FP_OK)
		return err->status;
	doc_class(doc_para(main, i18n_t(r->lang, "Fieldproof takes a field safety notice from issue to proof: which devices are "
						 "affected, whether every step really holds on each of "
						 "them, and a signed reply.")),
	    DOC_CLASS_LEAD);
	terms = doc_terms(main);
	doc_term(terms, i18n_t(r->lang, "Version"), FP_VERSION);
	doc_term(terms, i18n_t(r->lang, "Address"), r->web->url);
	doc_heading(main, 2, i18n_t(r->lang, "Is everything in order?"));
	table = doc_table(
	    doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Is everything in order?")), DOC_CLASS_SCROLL),
	    i18n_t(r->lang, "What the program found out about itself"));
	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < n; i++) {
		struct doc_node *row = doc_row(table);

		doc_lang(doc_head_cell(row, DOC_SCOPE_ROW, list[i].what), "en");
		doc_badge(doc_cell(row, NULL), list[i].ok ? DOC_BADGE_PASS : DOC_BADGE_WARNING,
		    list[i].ok ? i18n_t(r->lang, "in order") : i18n_t(r->lang, "look at this"));
		doc_lang(doc_cell(row, list[i].text), "en");
	}
	return web_page_done(r, 200, err);
}
