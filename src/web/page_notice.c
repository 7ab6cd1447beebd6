/* One notice: is it genuine, what it says, where the site stands. */
#include "web/internal.h"

#include <string.h>

#include "document/markdown.h"

static void
genuine_box(struct web_req *r, struct doc_node *main, enum app_genuine g, const char *signer)
{
	struct doc_node *box = doc_callout(main, web_genuine_style(g), i18n_t(r->lang, app_genuine_text(g)));

	if (*signer != '\0')
		doc_para(box, web_keep(r, i18n_text(r->lang, "Signed by: {signer}", "signer", signer, NULL)));
	else if (g != APP_GENUINE)
		doc_para(
		    box, i18n_t(r->lang, "A letter with a link to a patch is what a fraudster would send. Before you follow it, "
					 "ask the manufacturer in a "
					 "way that you know from elsewhere."));
}

static void
buttons(struct web_req *r, struct doc_node *main, const char *ref)
{
	struct doc_node *bar = doc_class(doc_section(main, DOC_ROLE_PLAIN), DOC_CLASS_CLUSTER), *form;

	doc_button_link(bar, DOC_BUTTON_PRIMARY, web_fmt(r, "/notice/%s/matrix", ref), i18n_t(r->lang, "Open the matrix"));
	if (web_may(r, WEB_ENGINEER))
		doc_button_link(bar, DOC_BUTTON_SECONDARY, web_fmt(r, "/check?ref=%s", ref), i18n_tc(r->lang, "button", "Check"));
	doc_button_link(bar, DOC_BUTTON_SECONDARY, web_fmt(r, "/notice/%s/reply", ref), i18n_tc(r->lang, "button", "Reply"));
	doc_button_link(
	    bar, DOC_BUTTON_QUIET, web_fmt(r, "/notice/%s/evidence.tar.zst", ref), i18n_t(r->lang, "Evidence as a file"));
	if (!web_may(r, WEB_ENGINEER))
		return;
	form = web_post(r, bar, web_fmt(r, "/notice/%s/match", ref));
	doc_submit(form, DOC_BUTTON_QUIET, NULL, NULL, i18n_t(r->lang, "Compare with my devices again"));
}

static void
undecided(struct web_req *r, struct doc_node *main, const struct app_matches *m)
{
	const char *const head[] = { i18n_t(r->lang, "Device"), i18n_t(r->lang, "Product as listed"),
		i18n_t(r->lang, "Why it is not clear"), i18n_t(r->lang, "Possible product") };
	struct doc_node *table;

	if (m->cannot_tell == 0)
		return;
	doc_id(doc_heading(main, 2, i18n_t(r->lang, "Your decision is needed")), "undecided");
	table = doc_table(
	    doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Your decision is needed")), DOC_CLASS_SCROLL),
	    web_keep(r, i18n_ntext(r->lang, "{n} device of which the list does not say enough",
			    "{n} devices of which the list does not say enough", (int64_t)m->cannot_tell, NULL)));
	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < m->n; i++) {
		const struct app_match_row *x = &m->items[i];
		struct doc_node *row;

		if (x->answer != MATCH_CANNOT_TELL)
			continue;
		row = doc_row(table);
		doc_link(doc_head_cell(row, DOC_SCOPE_ROW, NULL),
		    web_fmt(r, "/device/%lld#%s", (long long)x->device_id, x->reference), x->serial);
		doc_cell(row, x->product);
		doc_cell(row, i18n_t(r->lang, match_reason_text(x->reason)));
		doc_cell(row, x->product_name);
	}
}

static enum fp_status
text_of(struct web_req *r, struct doc_node *main, const struct notice *n, struct fp_err *err)
{
	const char *lang = web_notice_lang(r, n);
	const struct notice_text *t = notice_text_find(n, lang);
	struct doc_node *box = doc_section(main, DOC_ROLE_CARD);

	doc_lang(box, lang);
	for (size_t i = 0; t != NULL && i < t->n_sections; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf md = { .max = (size_t)1 << 20 };

		if (strcmp(t->sections[i].key, "title") == 0)
			continue;
		if (notice_section_text(&md, n, lang, t->sections[i].key, err) != FP_OK)
			return err->status;
		if (t->sections[i].heading[0] != '\0')
			doc_heading(box, 3, t->sections[i].heading);
		if (md.len > 0 && doc_add_markdown(box, md.data, md.len, 3, err) != FP_OK)
			return err->status;
	}
	return FP_OK;
}

static void
facts(struct web_req *r, struct doc_node *main, const struct notice *n)
{
	struct doc_node *terms = doc_terms(main);

	doc_term(terms, i18n_t(r->lang, "Reference"), n->reference);
	doc_term(terms, i18n_t(r->lang, "Document number"), n->document_number);
	doc_term(terms, i18n_t(r->lang, "Manufacturer"), n->manufacturer);
	doc_term(terms, i18n_t(r->lang, "Date"),
	    n->issue_date.year != 0 ? web_date(r, n->issue_date) : i18n_t(r->lang, "The notice bears no date"));
}

/* The heading of the title section, or the reference. */
static const char *
title_of(struct web_req *r, const struct notice *n)
{
	const struct notice_text *t = notice_text_find(n, web_notice_lang(r, n));

	for (size_t i = 0; t != NULL && i < t->n_sections; i++) {
		if (strcmp(t->sections[i].key, "title") == 0 && t->sections[i].heading[0] != '\0')
			return t->sections[i].heading;
	}
	return n->reference;
}

/* The line below the title: what the letter is about. */
static enum fp_status
subject(struct web_req *r, struct doc_node *main, const struct notice *n, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf md = { .max = 65536 };
	struct doc_node *p;

	if (notice_section_text(&md, n, web_notice_lang(r, n), "title", NULL) != FP_OK || md.len == 0)
		return FP_OK;
	p = doc_lang(doc_class(doc_para(main, NULL), DOC_CLASS_LEAD), web_notice_lang(r, n));
	return doc_add_markdown_inline(p, md.data, md.len, err);
}

static enum fp_status
build(struct web_req *r, const struct app_case *c, const struct app_matches *m, struct fp_err *err)
{
	const struct notice *n = c->notice;
	const char *ref = web_segment(r, n->reference);
	struct doc_node *main;

	if (web_page_under(r, title_of(r, n), &main, err, "/", i18n_t(r->lang, "My notices"), NULL) != FP_OK)
		return err->status;
	if (subject(r, main, n, err) != FP_OK)
		return err->status;
	genuine_box(r, main, c->genuine, c->signer);
	facts(r, main, n);
	doc_heading(main, 2, i18n_t(r->lang, "Where you stand"));
	doc_para(
	    main, web_keep(r, i18n_text(r->lang,
				  "Of your devices, {affected} are affected, {open} need your decision, {rest} are not affected.",
				  "affected", web_count(r, m->affected), "open", web_count(r, m->cannot_tell), "rest",
				  web_count(r, m->not_affected), NULL)));
	web_counts(r, main, &c->counts);
	buttons(r, main, ref);
	undecided(r, main, m);
	doc_heading(main, 2, i18n_t(r->lang, "What the notice says"));
	if (strcmp(web_notice_lang(r, n), i18n_tag(r->lang)) != 0)
		doc_callout(main, DOC_BADGE_INFO,
		    i18n_t(r->lang,
			"The manufacturer has not written this notice in your language; it stands here in another one."));
	if (text_of(r, main, n, err) != FP_OK)
		return err->status;
	return web_page_done(r, 200, err);
}

enum fp_status
web_page_notice(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	struct app_matches m = { 0 };
	enum fp_status st;

	if (app_case_get(r->app, r->args[0], &c, err) != FP_OK || app_matches(r->app, c->notice->reference, 0, &m, err) != FP_OK)
		return err->status;
	st = build(r, c, &m, err);
	app_matches_free(&m);
	return st;
}

enum fp_status
web_post_notice_match(struct web_req *r, struct fp_err *err)
{
	struct app_matches m = { 0 };

	if (app_match_run(r->app, &r->session.actor, r->args[0], &m, err) != FP_OK)
		return err->status;
	app_matches_free(&m);
	return web_redirectf(r, "/notice/%s?said=matched", web_segment(r, r->args[0]));
}

enum fp_status
web_get_bundle(struct web_req *r, struct fp_err *err)
{
	if (app_evidence_export(r->app, r->args[0], "bundle", 0, &r->out, err) != FP_OK)
		return err->status;
	return web_download(r, "application/zstd", web_fmt(r, "%s.evidence.tar.zst", r->args[0]));
}
