/* The frame of every page: navigation, messages, footer; and the pieces that pages share. */
#include "web/internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "document/html.h"

static const struct {
	const char *path, *text;
	enum web_access access;
} navigation[] = {
	{ "/", N_("Notices"), WEB_VIEWER },
	{ "/devices", N_("Devices"), WEB_VIEWER },
	{ "/check", N_("Check"), WEB_VIEWER },
	{ "/evidence", N_("Evidence"), WEB_ENGINEER },
	{ "/ledger", N_("Ledger"), WEB_VIEWER },
	{ "/settings", N_("Settings"), WEB_VIEWER },
};

/* What ?said= tells after a form was taken; the address carries the code only. */
static const struct {
	const char *code, *text;
} said[] = {
	{ "claimed", N_("Noted: you say that it is done. A check can now prove it.") },
	{ "not-done", N_("Noted, with the reason.") },
	{ "withdrawn", N_("The claim is withdrawn.") },
	{ "reopened", N_("It is open again.") },
	{ "event", N_("Recorded. Evidence from before it no longer counts as fresh; the matrix of each notice lists what to "
		      "check again.") },
	{ "decided", N_("Your decision is kept, with its reason.") },
	{ "added", N_("The notice is added and compared with your devices.") },
	{ "matched", N_("The notice is compared with your devices again.") },
	{ "saved", N_("Saved.") },
	{ "account", N_("The account is made.") },
	{ "signed", N_("The reply is signed, kept and entered in the ledger.") },
	{ "welcome", N_("Welcome. Two things make the pages useful: your list of devices, and the notices that you received.") },
	{ "signed-out", N_("You are signed out.") },
};

static void
account_part(struct web_req *r, struct doc_node *bar)
{
	struct doc_node *form, *box;

	if (!r->signed_in)
		return;
	form = doc_class(web_post(r, bar, "/sign-out"), DOC_CLASS_CLUSTER);
	box = doc_span(doc_para(form, NULL), DOC_CLASS_SMALL,
	    r->session.account.display[0] != '\0' ? r->session.account.display : r->session.account.name);
	doc_title(box, web_role_word(r, r->session.actor.role));
	doc_submit(form, DOC_BUTTON_QUIET, NULL, NULL, i18n_t(r->lang, "Sign out"));
}

static void
top(struct web_req *r, struct doc_node *root)
{
	struct doc_node *bar = doc_class(doc_section(root, DOC_ROLE_HEADER), DOC_CLASS_TOPBAR), *nav, *list;

	doc_class(doc_link(bar, "/", "Fieldproof"), DOC_CLASS_BRAND);
	if (r->signed_in) {
		nav = doc_label(doc_section(bar, DOC_ROLE_NAV), i18n_t(r->lang, "Main parts"));
		list = doc_class(doc_list(nav, false), DOC_CLASS_PLAIN);
		for (size_t i = 0; i < FP_COUNT(navigation); i++) {
			struct doc_node *a;

			if (!web_may(r, navigation[i].access))
				continue;
			a = doc_link(doc_item(list, NULL), navigation[i].path, i18n_t(r->lang, navigation[i].text));
			if (r->route != NULL && strcmp(r->route->section, navigation[i].path) == 0)
				doc_current(a);
		}
	}
	account_part(r, bar);
}

static void
message(struct web_req *r)
{
	const char *code = web_query(r, "said");

	for (size_t i = 0; i < FP_COUNT(said); i++) {
		if (strcmp(said[i].code, code) == 0)
			doc_id(doc_callout(r->main, DOC_BADGE_PASS, i18n_t(r->lang, said[i].text)), "message");
	}
}

static void
give_pre_token(struct web_req *r)
{
	char token[WEB_TOKEN];

	if (r->csrf[0] != '\0')
		return;
	web_token(token);
	(void)snprintf(r->csrf, sizeof(r->csrf), "%s", token);
	web_set_cookie(r, r->web->pre_cookie, token, 12 * 3600);
}

static enum fp_status
frame(struct web_req *r, const char *title, struct fp_err *err)
{
	const struct doc_meta meta = {
		.title = web_fmt(r, "%s \u00b7 Fieldproof", title), .lang = i18n_tag(r->lang), .created = fp_now(&r->web->o.clock)
	};
	enum fp_status st;

	doc_free(r->doc);
	r->doc = NULL;
	st = doc_new(&r->doc, &meta, err);
	if (st != FP_OK)
		return st;
	give_pre_token(r);
	top(r, doc_root(r->doc));
	r->main = doc_section(doc_root(r->doc), DOC_ROLE_MAIN);
	return FP_OK;
}

enum fp_status
web_page(struct web_req *r, const char *title, struct doc_node **main, struct fp_err *err)
{
	if (frame(r, title, err) != FP_OK)
		return err != NULL ? err->status : FP_ENOMEM;
	doc_heading(r->main, 1, title);
	message(r);
	*main = r->main;
	return FP_OK;
}

enum fp_status
web_page_under(struct web_req *r, const char *title, struct doc_node **main, struct fp_err *err, ...)
{
	const char *href, *text;
	struct doc_node *p;
	va_list ap;

	if (frame(r, title, err) != FP_OK)
		return err != NULL ? err->status : FP_ENOMEM;
	p = doc_class(
	    doc_para(doc_label(doc_section(r->main, DOC_ROLE_NAV), i18n_t(r->lang, "You are here")), NULL), DOC_CLASS_SMALL);
	va_start(ap, err);
	while ((href = va_arg(ap, const char *)) != NULL && (text = va_arg(ap, const char *)) != NULL) {
		doc_link(p, href, text);
		doc_text(p, " \u203a ");
	}
	va_end(ap);
	doc_span(p, DOC_CLASS_MUTED, title);
	doc_heading(r->main, 1, title);
	message(r);
	*main = r->main;
	return FP_OK;
}

static void
footer(struct web_req *r)
{
	struct doc_node *foot = doc_section(doc_root(r->doc), DOC_ROLE_FOOTER), *form, *p;
	size_t n;
	const struct i18n *const *langs = i18n_languages(&n);
	bool get = strcmp(r->method, "GET") == 0;

	form = doc_class(web_post(r, foot, "/language"), DOC_CLASS_CLUSTER);
	doc_hidden(form, "to", get && web_is_local(r->path) ? r->path : "/");
	/* The address of the first start must keep its code. */
	if (strcmp(r->path, "/setup") == 0)
		doc_hidden(form, "code", *web_query(r, "code") != '\0' ? web_query(r, "code") : web_form(r, "code"));
	doc_span(form, DOC_CLASS_MUTED, i18n_t(r->lang, "Language:"));
	for (size_t i = 0; i < n; i++) {
		struct doc_node *b = doc_submit(form, DOC_BUTTON_QUIET, "lang", i18n_tag(langs[i]), i18n_own_name(langs[i]));

		doc_lang(b, i18n_tag(langs[i]));
		if (langs[i] == r->lang)
			doc_current(b);
	}
	p = doc_class(doc_para(foot, "Fieldproof " FP_VERSION), DOC_CLASS_SMALL);
	if (r->signed_in) {
		doc_text(p, " \u00b7 ");
		doc_link(p, "/about", i18n_t(r->lang, "About this program"));
	}
}

static enum fp_status
write_page(struct web_req *r, unsigned status, unsigned refresh, struct fp_err *err)
{
	const char *styles[] = { web_static_url("document.css"), web_static_url("app.css"), NULL };
	const char *scripts[] = { web_static_url("app.js"), NULL };
	const struct doc_html_options o = {
		.styles = styles,
		.scripts = scripts,
		.icon = web_static_url("icon.svg"),
		.skip_text = i18n_t(r->lang, "Skip to content"),
		.refresh_seconds = refresh,
	};
	enum fp_status st;

	footer(r);
	fp_buf_clear(&r->out);
	st = doc_write_html(r->doc, &o, &r->out, err);
	r->status = status;
	r->type = "text/html; charset=utf-8";
	return st;
}

enum fp_status
web_page_done(struct web_req *r, unsigned status, struct fp_err *err)
{
	return write_page(r, status, 0, err);
}

enum fp_status
web_page_done_refresh(struct web_req *r, unsigned seconds, struct fp_err *err)
{
	return write_page(r, 200, seconds, err);
}

enum fp_status
web_fragment(struct web_req *r, struct fp_err *err)
{
	const struct doc_meta meta = { .title = "-", .lang = i18n_tag(r->lang) };

	doc_free(r->doc);
	r->doc = NULL;
	if (doc_new(&r->doc, &meta, err) != FP_OK)
		return err->status;
	r->main = doc_root(r->doc);
	return FP_OK;
}

enum fp_status
web_fragment_done(struct web_req *r, struct fp_err *err)
{
	const struct doc_html_options o = { .mode = DOC_HTML_FRAGMENT };

	r->status = 200;
	r->type = "text/html; charset=utf-8";
	return doc_write_html(r->doc, &o, &r->out, err);
}

struct doc_node *
web_post(struct web_req *r, struct doc_node *parent, const char *action)
{
	struct doc_node *form = doc_form(parent, DOC_POST, action);

	doc_hidden(form, "csrf", r->csrf);
	return form;
}

void
web_problem(struct web_req *r, struct doc_node *parent, const char *what, const struct fp_err *err)
{
	struct doc_node *box = doc_callout(parent, DOC_BADGE_FAIL, what), *p;

	if (err == NULL || err->msg[0] == '\0')
		return;
	p = doc_para(box, i18n_t(r->lang, "In the program's own words:"));
	doc_text(p, " ");
	doc_lang(doc_code(p, err->msg), "en");
}

void
web_pager(
    struct web_req *r, struct doc_node *parent, const char *path, const char *query, size_t offset, size_t limit, size_t total)
{
	size_t page = offset / limit + 1, pages = (total + limit - 1) / limit;
	struct doc_node *nav, *list;

	if (pages <= 1)
		return;
	nav = doc_label(doc_section(parent, DOC_ROLE_NAV), i18n_t(r->lang, "Pages of this list"));
	list = doc_class(doc_class(doc_list(nav, false), DOC_CLASS_CLUSTER), DOC_CLASS_PLAIN);
	if (page > 1)
		doc_link(
		    doc_item(list, NULL), web_fmt(r, "%s?%spage=%zu", path, query, page - 1), i18n_t(r->lang, "Earlier page"));
	doc_item(list, web_keep(r, i18n_text(r->lang, "Page {page} of {pages}", "page", web_count(r, page), "pages",
				       web_count(r, pages), NULL)));
	if (page < pages)
		doc_link(doc_item(list, NULL), web_fmt(r, "%s?%spage=%zu", path, query, page + 1), i18n_t(r->lang, "Next page"));
}
