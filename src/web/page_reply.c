/* The reply: the person's statements, a look at the whole form, the signature, the files. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define STATEMENTS_MAX 16

/* What was typed, as the use case wants it. */
struct answers {
	struct app_statement statements[STATEMENTS_MAX];
	struct app_signature signature;
	struct app_reply_options o;
	const char *date_error, *name_error, *function_error, *read_error;
};

static int
yes_no(const char *v)
{
	return strcmp(v, "yes") == 0 ? 1 : strcmp(v, "no") == 0 ? 0 : -1;
}

static bool
read_day(struct web_req *r, struct answers *a)
{
	const char *day = web_form(r, "informed_on");
	struct fp_err why;

	if (*day == '\0' || i18n_date_parse(&a->o.informed_on, NULL, r->lang, day, &why) == FP_OK)
		return true;
	a->date_error = i18n_t(r->lang, "This is not a day of the calendar. Write it like 2026-12-31.");
	return false;
}

static bool
read_answers(struct web_req *r, const struct notice *n, struct answers *a)
{
	const struct i18n *lang = i18n_get(web_form(r, "language"));
	const char *distributor = web_form(r, "distributor");

	*a = (struct answers){ .o = { .lang = i18n_tag(lang != NULL ? lang : r->lang), .statements = a->statements } };
	for (size_t i = 0; i < n->reply_statements.n && i < STATEMENTS_MAX; i++) {
		a->statements[i].code = n->reply_statements.items[i];
		a->statements[i].answer = yes_no(web_form(r, web_fmt(r, "s-%s", n->reply_statements.items[i])));
		a->o.n_statements = i + 1;
	}
	a->o.distributor = strcmp(distributor, "none") == 0 ? 0 : strcmp(distributor, "yes") == 0 ? 1 : -1;
	a->o.identified = yes_no(web_form(r, "identified"));
	a->o.informed = yes_no(web_form(r, "informed"));
	a->o.remark = web_form(r, "remark");
	return read_day(r, a);
}

/* ---- the form ---- */

static void
yes_no_field(struct web_req *r, struct doc_node *form, const char *name, const char *legend, int answer)
{
	struct doc_node *set = doc_class(doc_fieldset(form, legend), DOC_CLASS_CLUSTER);

	doc_radio(set, name, "yes", i18n_t(r->lang, "Yes"), answer == 1);
	doc_radio(set, name, "no", i18n_t(r->lang, "No"), answer == 0);
}

static void
distributor_part(struct web_req *r, struct doc_node *form, const struct answers *a)
{
	struct doc_node *set;

	doc_heading(form, 2, i18n_t(r->lang, "For distributors and importers"));
	set = doc_fieldset(form, i18n_t(r->lang, "Do you pass such products on to others?"));
	doc_radio(set, "distributor", "none", i18n_t(r->lang, "No, this part does not apply to us"), a->o.distributor == 0);
	doc_radio(set, "distributor", "yes", i18n_t(r->lang, "Yes, we are a distributor or importer"), a->o.distributor == 1);
	yes_no_field(r, form, "identified",
	    i18n_t(r->lang, "We have identified the customers that received such products or may have received them"),
	    a->o.identified);
	yes_no_field(r, form, "informed", i18n_t(r->lang, "We have informed these customers"), a->o.informed);
	doc_input(form, &(struct doc_field){ .name = "informed_on",
			    .label = i18n_t(r->lang, "Informed on"),
			    .type = DOC_INPUT_DATE,
			    .value = web_form(r, "informed_on"),
			    .error = a->date_error });
}

static void
statements_part(struct web_req *r, struct doc_node *form, const struct answers *a)
{
	doc_heading(form, 2, i18n_t(r->lang, "Your statements"));
	for (size_t i = 0; i < a->o.n_statements; i++) {
		const char *text = app_statement_text(a->statements[i].code);

		yes_no_field(r, form, web_fmt(r, "s-%s", a->statements[i].code),
		    text != NULL ? i18n_t(r->lang, text) : a->statements[i].code, a->statements[i].answer);
	}
}

static void
language_part(struct web_req *r, struct doc_node *form, const struct notice *n, const struct answers *a)
{
	struct doc_node *s = doc_select(form,
	    &(struct doc_field){ .name = "language", .label = i18n_t(r->lang, "Language of the reply"), .value = a->o.lang });

	for (size_t i = 0; i < n->n_texts; i++) {
		const struct i18n *l = i18n_get(n->texts[i].lang);

		if (l != NULL)
			doc_lang(doc_option(s, n->texts[i].lang, i18n_own_name(l)), i18n_tag(l));
	}
}

static void
cells_part(struct web_req *r, struct doc_node *main, const struct app_case *c)
{
	const char *const head[] = { i18n_t(r->lang, "Device"), i18n_t(r->lang, "Boot mode"), i18n_t(r->lang, "Step"),
		i18n_t(r->lang, "You say"), i18n_t(r->lang, "Measured") };
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *box = doc_details(main,
	    web_keep(r, i18n_ntext(r->lang, "What is filled in from the matrix: {n} cell",
			    "What is filled in from the matrix: {n} cells", (int64_t)c->n_cells, NULL)),
	    c->n_cells <= 40);
	struct doc_node *table = doc_class(
	    doc_table(
		doc_class(doc_label(doc_section(box, DOC_ROLE_PLAIN), i18n_t(r->lang, "Cells in this reply")), DOC_CLASS_SCROLL),
		i18n_t(r->lang, "To change an answer, open its cell")),
	    DOC_CLASS_COMPACT);

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < c->n_devices; i++) {
		for (size_t k = 0; k < c->devices[i].n_cells; k++) {
			const struct case_cell *x = &c->cells[c->devices[i].first_cell + k];
			const struct case_reason *reason = case_reason_find(x->reason);
			struct doc_node *row = doc_row(table), *cell = doc_head_cell(row, DOC_SCOPE_ROW, NULL);

			doc_class(
			    doc_link(cell, web_fmt(r, "/cell/%lld", (long long)x->id), c->devices[i].serial), DOC_CLASS_MONO);
			doc_cell(row, web_mode_words(r, x->mode));
			doc_cell(row, notice_action_title(c->notice, lang, x->action));
			cell = doc_cell(row, NULL);
			doc_badge(cell, app_state_style(x->state), web_state_word(r, x->state));
			if (reason != NULL)
				doc_text(cell, web_fmt(r, " %s", i18n_t(r->lang, reason->text)));
			doc_badge(
			    doc_cell(row, NULL), app_result_style(x->verdict.result), web_result_word(r, x->verdict.result));
		}
	}
}

static void
signed_list(struct web_req *r, struct doc_node *main, const char *ref)
{
	FP_AUTO(fp_freep) struct app_reply_row *list = NULL;
	struct doc_node *ul;
	size_t n = 0;

	if (app_replies(r->app, ref, &list, &n, NULL) != FP_OK || n == 0)
		return;
	doc_heading(main, 2, i18n_t(r->lang, "Replies that are signed"));
	ul = doc_list(main, false);
	for (size_t i = 0; i < n; i++)
		doc_link(doc_item(ul, NULL), web_fmt(r, "/reply/%lld", (long long)list[i].number),
		    web_keep(r, i18n_text(r->lang, "No. {number}, signed by {name}, {when}", "number",
				    web_fmt(r, "%lld", (long long)list[i].number), "name", list[i].signed_by, "when",
				    web_time(r, list[i].signed_at), NULL)));
}

static struct doc_node *
reply_frame(struct web_req *r, const struct notice *n, const char *title, struct fp_err *err)
{
	const char *url = web_fmt(r, "/notice/%s", web_segment(r, n->reference));
	struct doc_node *main;

	if (web_page_under(r, title, &main, err, "/", i18n_t(r->lang, "My notices"), url, n->reference, NULL) != FP_OK)
		return NULL;
	return main;
}

static enum fp_status
ask_page(struct web_req *r, unsigned status, const struct app_case *c, const struct answers *a, struct fp_err *err)
{
	const char *url = web_fmt(r, "/notice/%s/reply", web_segment(r, c->notice->reference));
	struct doc_node *main = reply_frame(r, c->notice,
			    web_keep(r, i18n_text(r->lang, "Reply to {reference}", "reference", c->notice->reference, NULL)),
			    err),
			*form;

	if (main == NULL)
		return err->status;
	doc_para(main, i18n_t(r->lang, "The reply says for every device, boot mode and step what you say and, beside it, what "
				       "was measured. Answer the questions, look at the "
				       "whole form, then sign it."));
	web_counts(r, main, &c->counts);
	cells_part(r, main, c);
	form = web_post(r, main, url);
	language_part(r, form, c->notice, a);
	statements_part(r, form, a);
	distributor_part(r, form, a);
	doc_heading(form, 2, i18n_t(r->lang, "Anything else"));
	doc_textarea(form, &(struct doc_field){ .name = "remark",
			       .label = i18n_t(r->lang, "Remark to the manufacturer"),
			       .rows = 3,
			       .max_length = 2000,
			       .value = web_form(r, "remark") });
	doc_submit(form, DOC_BUTTON_PRIMARY, "do", "preview", i18n_t(r->lang, "Look at the whole form"));
	signed_list(r, main, c->notice->reference);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_reply(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	struct answers a;

	if (app_case_get(r->app, r->args[0], &c, err) != FP_OK)
		return err->status;
	(void)read_answers(r, c->notice, &a);
	return ask_page(r, 200, c, &a, err);
}

/* ---- the look at the whole, and the signature ---- */

/* Every answer goes along unseen, so that nothing typed is lost between the steps. */
static void
carry(struct web_req *r, struct doc_node *form)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		const char *name = r->fields[i].name;

		if (strncmp(name, "s-", 2) == 0 || strcmp(name, "language") == 0 || strcmp(name, "distributor") == 0 ||
		    strcmp(name, "identified") == 0 || strcmp(name, "informed") == 0 || strcmp(name, "informed_on") == 0 ||
		    strcmp(name, "remark") == 0)
			doc_hidden(form, name, r->fields[i].value);
	}
}

static void
sign_form(struct web_req *r, struct doc_node *main, const char *url, const struct answers *a)
{
	const char *name = *web_form(r, "name") != '\0' ? web_form(r, "name") : r->session.account.display;
	struct doc_node *form;

	doc_id(doc_heading(main, 2, i18n_t(r->lang, "Sign")), "sign");
	if (!web_may(r, WEB_SIGNER)) {
		doc_callout(main, DOC_BADGE_INFO,
		    i18n_t(r->lang, "Your account may prepare a reply, but not sign it. Ask a signer of this site."));
		return;
	}
	form = web_post(r, main, url);
	carry(r, form);
	doc_input(form, &(struct doc_field){ .name = "name",
			    .label = i18n_t(r->lang, "Your name"),
			    .value = name,
			    .required = true,
			    .max_length = 127,
			    .error = a->name_error,
			    .autocomplete = "name" });
	doc_input(form, &(struct doc_field){ .name = "function",
			    .label = i18n_t(r->lang, "Your function (job title)"),
			    .value = web_form(r, "function"),
			    .required = true,
			    .max_length = 127,
			    .error = a->function_error,
			    .autocomplete = "organization-title" });
	doc_checkbox(form, "read", "yes",
	    i18n_t(r->lang, "I have read the notice and this reply, and what it says is true to the best of my knowledge."),
	    *web_form(r, "read") != '\0');
	if (a->read_error != NULL)
		doc_callout(form, DOC_BADGE_FAIL, a->read_error);
	doc_submit(form, DOC_BUTTON_PRIMARY, "do", "sign", i18n_t(r->lang, "Sign the reply"));
}

static void
draft_buttons(struct web_req *r, struct doc_node *main, const char *url)
{
	struct doc_node *form = doc_class(web_post(r, main, url), DOC_CLASS_CLUSTER);

	carry(r, form);
	doc_button_link(form, DOC_BUTTON_PRIMARY, "#sign", i18n_t(r->lang, "To the signature"));
	doc_submit(form, DOC_BUTTON_SECONDARY, "do", "edit", i18n_t(r->lang, "Change the answers"));
	doc_submit(form, DOC_BUTTON_QUIET, "do", "pdf", i18n_t(r->lang, "Draft as PDF"));
	doc_submit(form, DOC_BUTTON_QUIET, "do", "html", i18n_t(r->lang, "Draft as a web page"));
	doc_submit(form, DOC_BUTTON_QUIET, "do", "json", i18n_t(r->lang, "Draft as data (JSON)"));
}

static void
problem_list(struct web_req *r, struct doc_node *main, const struct fp_buf *problems)
{
	struct doc_node *box, *list;
	const char *p = problems->data;

	if (p == NULL || *p == '\0') {
		doc_callout(main, DOC_BADGE_PASS, i18n_t(r->lang, "Nothing is missing and nothing contradicts itself."));
		return;
	}
	box = doc_callout(main, DOC_BADGE_WARNING, i18n_t(r->lang, "Please look at this first"));
	doc_para(box,
	    i18n_t(r->lang,
		"What is only open may stay open. What contradicts itself must be corrected before the reply can be signed."));
	list = doc_list(box, false);
	while (*p != '\0') {
		size_t len = strcspn(p, "\n");
		char *line = fp_strndup(p, len);

		if (len > 0)
			doc_item(list, web_keep(r, line));
		else
			free(line);
		p += len + (p[len] == '\n');
	}
}

static enum fp_status
preview_page(struct web_req *r, unsigned status, const struct notice *n, const struct answers *a, const struct fp_err *why,
    struct fp_err *err)
{
	const char *url = web_fmt(r, "/notice/%s/reply", web_segment(r, n->reference));
	FP_AUTO(fp_buf_free) struct fp_buf problems = { .max = (size_t)1 << 20 };
	FP_AUTO(doc_freep) struct doc *reply = NULL;
	struct doc_node *main, *paper;

	if (app_reply_document(r->app, n->reference, &a->o, &reply, &problems, err) != FP_OK)
		return err->status;
	main = reply_frame(r, n, i18n_t(r->lang, "Look at the reply and sign it"), err);
	if (main == NULL)
		return err->status;
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "The reply could not be signed; nothing was kept."), why);
	problem_list(r, main, &problems);
	draft_buttons(r, main, url);
	paper = doc_id(doc_label(doc_section(main, DOC_ROLE_CARD), i18n_t(r->lang, "The reply as it will be sent")), "paper");
	doc_lang(paper, a->o.lang);
	doc_graft(paper, &reply, 1);
	sign_form(r, main, url, a);
	return web_page_done(r, status, err);
}

static enum fp_status
draft_file(struct web_req *r, const struct notice *n, const struct answers *a, const char *format, struct fp_err *err)
{
	if (app_reply_draft(r->app, n->reference, &a->o, format, &r->out, NULL, err) != FP_OK)
		return err->status;
	return web_download(r, web_reply_type(format), web_fmt(r, "%s-draft.%s", n->reference, format));
}

static bool
read_signature(struct web_req *r, struct answers *a)
{
	fp_utf8_copy(a->signature.name, sizeof(a->signature.name), web_form(r, "name"));
	fp_utf8_copy(a->signature.function, sizeof(a->signature.function), web_form(r, "function"));
	a->signature.date = fp_date_of_time(fp_now(&r->web->o.clock));
	if (a->signature.name[0] == '\0')
		a->name_error = i18n_t(r->lang, "Please write your name.");
	if (a->signature.function[0] == '\0')
		a->function_error = i18n_t(r->lang, "Please write your function.");
	if (*web_form(r, "read") == '\0')
		a->read_error = i18n_t(r->lang, "Please tick the sentence above; without it the reply cannot be signed.");
	return a->name_error == NULL && a->function_error == NULL && a->read_error == NULL;
}

static enum fp_status
sign(struct web_req *r, const struct notice *n, struct answers *a, struct fp_err *err)
{
	struct fp_err why;
	int64_t number;

	if (!web_may(r, WEB_SIGNER))
		return fp_fail(err, FP_EDENIED, "only a signer may sign a reply");
	if (!read_signature(r, a))
		return preview_page(r, 422, n, a, NULL, err);
	a->o.signature = &a->signature;
	if (app_reply_sign(r->app, &r->session.actor, n->reference, &a->o, &number, &why) == FP_OK)
		return web_redirectf(r, "/reply/%lld?said=signed", (long long)number);
	a->o.signature = NULL;
	return preview_page(r, 422, n, a, &why, err);
}

enum fp_status
web_post_reply(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	const char *what = web_form(r, "do");
	struct answers a;

	if (app_case_get(r->app, r->args[0], &c, err) != FP_OK)
		return err->status;
	if (!read_answers(r, c->notice, &a))
		return ask_page(r, 422, c, &a, err);
	if (strcmp(what, "edit") == 0)
		return ask_page(r, 200, c, &a, err);
	if (strcmp(what, "sign") == 0)
		return sign(r, c->notice, &a, err);
	if (web_reply_type(what) != NULL)
		return draft_file(r, c->notice, &a, what, err);
	return preview_page(r, 200, c->notice, &a, NULL, err);
}
