/* One cell: one step, on one device, in one boot mode. What is asked, what is said, what was seen, what comes next. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "document/markdown.h"

struct cell_problem {
	const char *what; /* translated; NULL: none */
	struct fp_err why;
	struct web_not_done not_done;
};

static enum fp_status
asked(struct web_req *r, struct doc_node *main, const struct app_cell_view *v, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf key = { .max = 128 };
	FP_AUTO(fp_buf_free) struct fp_buf md = { .max = (size_t)1 << 20 };
	const char *lang = web_notice_lang(r, v->notice);
	struct doc_node *box;
	struct fp_err ignored;

	doc_heading(main, 2, i18n_t(r->lang, "What the notice asks"));
	if (v->action == NULL)
		return FP_OK;
	if (v->action->modes == NOTICE_EACH_MODE && v->cell.mode[0] != '\0')
		doc_para(main,
		    web_keep(r, i18n_text(r->lang, "In each boot mode by itself: done in another mode does not count for {mode}.",
				    "mode", v->cell.mode, NULL)));
	else if (v->device.n_modes > 1)
		doc_para(main, i18n_t(r->lang, "Once for the whole device: it holds for all boot modes."));
	fp_buf_printf(&key, "action.%s", v->action->id);
	if (notice_section_text(&md, v->notice, lang, key.data, &ignored) != FP_OK || md.len == 0)
		return FP_OK;
	box = doc_details(main, i18n_t(r->lang, "Read the step in full"), false);
	doc_lang(box, lang);
	return doc_add_markdown(box, md.data, md.len, 2, err);
}

static void
said(struct web_req *r, struct doc_node *terms, const struct case_cell *c)
{
	const struct case_reason *reason = case_reason_find(c->reason);

	if (c->claimed)
		doc_term(terms, i18n_t(r->lang, "Said to be done by"),
		    web_fmt(r, "%s, %s", c->claimed_by, web_time(r, c->claimed_at)));
	if (c->claimed && c->claim_note[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "Note"), c->claim_note);
	if (c->reason[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "Reason"), reason != NULL ? i18n_t(r->lang, reason->text) : c->reason);
	if (c->reason_text[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "In their own words"), c->reason_text);
	if (c->planned.year != 0)
		doc_term(terms, i18n_t(r->lang, "Planned for"), web_date(r, c->planned));
}

/* The roll-up says fail although no check fails now: an earlier one did, and the newest could not tell everything. */
static bool
failed_before(const struct app_cell_view *v)
{
	for (size_t i = 0; i < v->n_checks; i++) {
		if (v->checks[i].verdict.result == EVIDENCE_FAIL)
			return false;
	}
	return v->cell.verdict.result == EVIDENCE_FAIL;
}

/* What could not tell, or failed, has no validity to lose. */
static bool
ran_out(const struct app_cell_check *k)
{
	return k->stale != NULL && (k->verdict.result == EVIDENCE_PASS || k->verdict.result == EVIDENCE_FIXED);
}

/* A verified cell whose evidence has run out, or is contradicted: there is something to do after all. */
static const char *
next_step(struct web_req *r, const struct app_cell_view *v)
{
	bool stale = false, contradicted = false;

	for (size_t i = 0; i < v->n_checks; i++) {
		stale |= ran_out(&v->checks[i]);
		contradicted |= v->checks[i].contradicted;
	}
	if (failed_before(v))
		return i18n_t(r->lang, "Settle the open question below, then check again.");
	if (contradicted)
		return i18n_t(
		    r->lang, "Two ways of the same check say the opposite. The stronger one counts; ask again, or find out why.");
	if (stale && v->cell.state == CASE_VERIFIED)
		return i18n_t(r->lang, "It was proven, but evidence no longer holds: see below which, and check again.");
	return web_cell_next(r, &v->cell);
}

static void
state(struct web_req *r, struct doc_node *main, const struct app_cell_view *v)
{
	const struct case_cell *c = &v->cell;
	struct doc_node *terms, *d;

	terms = doc_terms(main);
	doc_badge(doc_term(terms, i18n_t(r->lang, "State"), NULL), app_state_style(c->state), web_state_word(r, c->state));
	said(r, terms, c);
	d = doc_term(terms, i18n_t(r->lang, "Checks together say"), NULL);
	doc_badge(d, app_result_style(c->verdict.result), web_result_word(r, c->verdict.result));
	if (c->verdict_at != 0)
		doc_text(d, web_fmt(r, " %s", web_time(r, c->verdict_at)));
	if (failed_before(v))
		doc_para(d, i18n_t(r->lang, "It failed earlier, and the newest check could not answer every question. It counts "
					    "as failed until all of them pass: see "
					    "below which one is open."));
	if (c->verdict.result != EVIDENCE_NOTCHECKED)
		doc_term(terms, i18n_t(r->lang, "Strength of the evidence"), web_level_words(r, c->verdict.level));
	if (c->verdict.settle[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "What would settle it"), web_settle(r, c->verdict.settle));
	doc_term(terms, i18n_t(r->lang, "Next step"), next_step(r, v));
}

/* What stands against the answer: the evidence has run out, or another way says the opposite. */
static void
doubts(struct web_req *r, struct doc_node *card, const struct app_cell_view *v, const struct app_cell_check *k)
{
	struct doc_node *box, *p;

	if (ran_out(k)) {
		box = doc_callout(card, DOC_BADGE_WARNING,
		    web_fmt(
			r, "%s: %s", i18n_t(r->lang, "Evidence that no longer holds"), web_word(r, app_stale_text(k->stale))));
		doc_para(box, i18n_t(r->lang, "It was good when it was taken. Check again."));
	}
	if (!k->contradicted)
		return;
	box = doc_callout(card, DOC_BADGE_DISPUTED, i18n_t(r->lang, "Contradicted by"));
	p = doc_para(box, NULL);
	doc_badge(p, app_result_style(k->against.result), web_result_word(r, k->against.result));
	doc_text(p, web_fmt(r, " %s", web_reason_text(r, v->set, &k->against)));
	if (k->against.detail[0] != '\0')
		doc_lang(doc_code(doc_text(p, " "), k->against.detail), "en");
	p = doc_para(box, web_fmt(r, "%s, %s", web_level_words(r, k->against.level), web_time(r, k->against_at)));
	if (k->against.obs[0] != '\0') {
		doc_text(p, " \u00b7 ");
		doc_link(p, web_fmt(r, "/observation/%s", k->against.obs), i18n_t(r->lang, "What it saw"));
	}
}

static void
answer(struct web_req *r, struct doc_node *card, const struct app_cell_view *w, const struct app_cell_check *k)
{
	const struct evidence_verdict *v = &k->verdict;
	struct doc_node *terms = doc_terms(card);

	if (v->reason[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "Answer"), web_reason_text(r, w->set, v));
	if (v->detail[0] != '\0')
		doc_lang(doc_code(doc_term(terms, i18n_t(r->lang, "Seen"), NULL), v->detail), "en");
	if (k->at != 0)
		doc_term(terms, i18n_t(r->lang, "When"), web_time(r, k->at));
	if (v->result != EVIDENCE_NOTCHECKED) {
		doc_term(terms, i18n_t(r->lang, "Strength of the evidence"), web_level_words(r, v->level));
		doc_term(terms, i18n_t(r->lang, "How it is known"), web_kind_words(r, k->check->kind));
	}
	if (v->settle[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "What would settle it"), web_settle(r, v->settle));
	doc_term(terms, i18n_t(r->lang, "What a pass proves, and what not"), i18n_t(r->lang, k->check->proves));
}

static void
one_check(struct web_req *r, struct doc_node *main, const struct app_cell_view *w, const struct app_cell_check *k)
{
	struct doc_node *card = doc_section(main, DOC_ROLE_CARD), *h = doc_heading(card, 3, NULL), *p;
	const struct evidence_verdict *v = &k->verdict;

	doc_text(h, k->check != NULL ? i18n_t(r->lang, k->check->title) : k->id);
	doc_text(h, " ");
	doc_badge(h, app_result_style(v->result), web_result_word(r, v->result));
	if (k->check == NULL) {
		doc_para(card, i18n_t(r->lang, "This version of the program does not know this check, so it cannot tell."));
		return;
	}
	p = doc_para(card, i18n_t(r->lang, k->check->question));
	if (k->role == NOTICE_CHECK_SUPPORTING)
		doc_class(
		    doc_span(p, DOC_CLASS_SMALL, web_fmt(r, " (%s)", i18n_t(r->lang, "supporting: does not decide by itself"))),
		    DOC_CLASS_MUTED);
	doubts(r, card, w, k);
	answer(r, card, w, k);
	p = doc_class(doc_para(card, NULL), DOC_CLASS_SMALL);
	doc_span(p, DOC_CLASS_MUTED, web_keep(r, i18n_text(r->lang, "Check {id}", "id", k->id, NULL)));
	if (v->obs[0] != '\0') {
		doc_text(p, " \u00b7 ");
		doc_link(p, web_fmt(r, "/observation/%s", v->obs),
		    web_probe_brought(k->check->probe) ? i18n_t(r->lang, "What it saw")
						       : i18n_t(r->lang, "All that was sent and received"));
	}
}

static void
evidence(struct web_req *r, struct doc_node *main, const struct app_cell_view *v)
{
	doc_heading(main, 2, i18n_t(r->lang, "Evidence"));
	if (v->n_checks == 0)
		doc_para(main, i18n_t(r->lang, "No check of this program can see whether this step holds. It stays a claim of a "
					       "person, and is shown as that."));
	for (size_t i = 0; i < v->n_checks; i++)
		one_check(r, main, v, &v->checks[i]);
}

/* ---- what a person may say or do ---- */

static void
check_form(struct web_req *r, struct doc_node *main, const struct app_cell_view *v, const char *url)
{
	struct doc_node *form, *s;
	const char *now = v->cell.mode[0] != '\0' ? v->cell.mode : v->device.mode_now;

	if (v->n_checks == 0)
		return;
	form = doc_class(web_post(r, main, web_fmt(r, "%s/check", url)), DOC_CLASS_CLUSTER);
	if (v->device.n_modes > 0 || v->cell.mode[0] != '\0') {
		s = doc_select(
		    form, &(struct doc_field){
			      .name = "mode", .label = i18n_t(r->lang, "Boot mode that is running now"), .value = now });
		doc_option(s, "", i18n_t(r->lang, "as the list of devices says"));
		for (size_t i = 0; i < v->device.n_modes; i++)
			doc_option(s, v->device.modes[i].name, v->device.modes[i].name);
		if (v->cell.mode[0] != '\0' && device_mode_find(&v->device, v->cell.mode) == NULL)
			doc_option(s, v->cell.mode, v->cell.mode);
	}
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Check this device now"));
	for (size_t i = 0; i < v->n_checks; i++) {
		if (check_set_way_of(v->set, v->checks[i].id, CHECK_PROBE_FACTS) == NULL &&
		    check_set_way_of(v->set, v->checks[i].id, CHECK_PROBE_CAPTURE) == NULL)
			continue;
		doc_button_link(form, DOC_BUTTON_SECONDARY,
		    web_fmt(r, "/evidence?serial=%s&mode=%s", web_segment(r, v->device.serial), web_segment(r, v->cell.mode)),
		    i18n_t(r->lang, "Bring evidence from the device"));
		break;
	}
}

static void
why_form(struct web_req *r, struct doc_node *main, const char *action, const char *title, const char *label, const char *button)
{
	struct doc_node *box = doc_details(main, title, false), *form = web_post(r, box, action);

	doc_input(form,
	    &(struct doc_field){
		.name = "why", .id = web_fmt(r, "why-%zu", r->n_kept), .label = label, .max_length = 250, .required = true });
	doc_submit(form, DOC_BUTTON_SECONDARY, NULL, NULL, button);
}

static void
say_forms(struct web_req *r, struct doc_node *main, const struct app_cell_view *v, const char *url, const struct cell_problem *p)
{
	const struct case_cell *c = &v->cell;
	const struct web_not_done *nd = &p->not_done;
	bool asked_not_done =
	    nd->reason_error != NULL || nd->text_error != NULL || nd->date_error != NULL || *web_form(r, "reason") != '\0';
	struct doc_node *box, *form;

	if (!c->claimed && c->state != CASE_NOT_APPLICABLE && c->state != CASE_VERIFIED) {
		box = doc_details(main, i18n_t(r->lang, "It is done"), c->state == CASE_IN_SCOPE || c->state == CASE_PENDING);
		form = web_post(r, box, web_fmt(r, "%s/claim", url));
		doc_textarea(form, &(struct doc_field){ .name = "note",
				       .label = i18n_t(r->lang, "Note"),
				       .rows = 2,
				       .max_length = 250,
				       .value = web_form(r, "note"),
				       .hint = i18n_t(r->lang, "Who did it, when, under which ticket") });
		doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Say that it is done"));
	}
	if (c->state != CASE_VERIFIED) {
		box = doc_details(main, i18n_t(r->lang, "It is not done, or planned, or does not apply"), asked_not_done);
		form = web_post(r, box, web_fmt(r, "%s/not-done", url));
		web_not_done_fields(r, form, v->action != NULL ? &v->action->not_done : NULL, nd);
		doc_submit(form, DOC_BUTTON_SECONDARY, NULL, NULL, i18n_t(r->lang, "Save this reason"));
	}
	if (c->claimed)
		why_form(r, main, web_fmt(r, "%s/withdraw", url), i18n_t(r->lang, "Withdraw the claim"),
		    i18n_t(r->lang, "Why is it withdrawn?"), i18n_t(r->lang, "Withdraw"));
	if (c->state == CASE_NOT_DONE || c->state == CASE_NOT_APPLICABLE || c->state == CASE_VERIFIED)
		why_form(r, main, web_fmt(r, "%s/reopen", url), i18n_t(r->lang, "Open it again"),
		    i18n_t(r->lang, "Why is it opened again?"), i18n_t(r->lang, "Open again"));
}

static void
history(struct web_req *r, struct doc_node *main, const struct app_cell_view *v)
{
	const char *const head[] = { i18n_t(r->lang, "When"), i18n_t(r->lang, "Who"), i18n_t(r->lang, "What"),
		i18n_t(r->lang, "Entry") };
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4096 };
	struct doc_node *table;

	doc_heading(main, 2, i18n_t(r->lang, "History"));
	if (v->n_history == 0) {
		doc_para(main, i18n_t(r->lang, "Nothing has happened to this cell yet."));
		return;
	}
	table = doc_class(
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "History")), DOC_CLASS_SCROLL),
		i18n_t(r->lang, "Newest first. Nothing is ever removed; the ledger proves it.")),
	    DOC_CLASS_COMPACT);
	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < v->n_history; i++) {
		struct doc_node *row = doc_row(table);

		doc_cell(row, web_time(r, v->history[i].at));
		doc_cell(row, v->history[i].actor);
		fp_buf_clear(&text);
		app_history_write(&text, i18n_tag(r->lang), &v->history[i]);
		doc_cell(row, text.data);
		doc_cell(row, web_fmt(r, "%lld", (long long)v->history[i].seq));
	}
}

static void
device_facts(struct web_req *r, struct doc_node *main, const struct app_cell_view *v)
{
	struct doc_node *terms = doc_terms(main), *d = doc_term(terms, i18n_t(r->lang, "Device"), NULL);
	const struct device_mode *m = device_mode_find(&v->device, v->cell.mode);

	doc_link(d, web_fmt(r, "/device/%lld", (long long)v->device.id), v->device.serial);
	if (v->device.product != NULL)
		doc_text(d, web_fmt(r, ", %s", v->device.product));
	if (v->device.location != NULL)
		doc_term(terms, i18n_t(r->lang, "Location"), v->device.location);
	doc_term(terms, i18n_t(r->lang, "Boot mode"), web_mode_words(r, v->cell.mode));
	if (m != NULL && m->version != NULL)
		doc_term(terms, i18n_t(r->lang, "Software in this mode"),
		    web_fmt(r, "%s %s", m->software != NULL ? m->software : "", m->version));
}

static enum fp_status
cell_page(struct web_req *r, unsigned status, int64_t id, const struct cell_problem *p, struct fp_err *err)
{
	FP_AUTO(app_cell_view_freep) struct app_cell_view *v = NULL;
	const char *ref, *url, *step, *title;
	struct doc_node *main;

	if (app_cell_get(r->app, id, &v, err) != FP_OK)
		return err->status;
	ref = web_fmt(r, "/notice/%s", web_segment(r, v->reference));
	url = web_fmt(r, "/cell/%lld", (long long)id);
	step = notice_action_title(v->notice, web_notice_lang(r, v->notice), v->cell.action);
	title = v->cell.mode[0] != '\0' ? web_fmt(r, "%s: %s (%s)", v->device.serial, step, v->cell.mode)
					: web_fmt(r, "%s: %s", v->device.serial, step);
	if (web_page_under(r, title, &main, err, "/", i18n_t(r->lang, "My notices"), ref, v->reference,
		web_fmt(r, "%s/matrix", ref), i18n_t(r->lang, "Matrix"), NULL) != FP_OK)
		return err->status;
	if (p->what != NULL)
		web_problem(r, main, p->what, &p->why);
	state(r, main, v);
	if (web_may(r, WEB_ENGINEER)) {
		check_form(r, main, v, url);
		say_forms(r, main, v, url, p);
	}
	device_facts(r, main, v);
	if (asked(r, main, v, err) != FP_OK)
		return err->status;
	evidence(r, main, v);
	history(r, main, v);
	return web_page_done(r, status, err);
}

static enum fp_status
cell_id(struct web_req *r, int64_t *id, struct fp_err *err)
{
	return web_number(id, r->args[0]) ? FP_OK : fp_fail(err, FP_ENOTFOUND, "there is no cell '%.40s'", r->args[0]);
}

enum fp_status
web_page_cell(struct web_req *r, struct fp_err *err)
{
	const struct cell_problem none = { 0 };
	int64_t id;

	return cell_id(r, &id, err) == FP_OK ? cell_page(r, 200, id, &none, err) : err->status;
}

/* After a statement: back to the cell with a word, or the page again with what was typed and what is wrong. */
static enum fp_status
said_so(struct web_req *r, int64_t id, enum fp_status st, struct cell_problem *p, const char *said_code, struct fp_err *err)
{
	if (st == FP_OK)
		return web_redirectf(r, "/cell/%lld?said=%s", (long long)id, said_code);
	p->what = i18n_t(r->lang, "This could not be kept; nothing was changed.");
	return cell_page(r, 422, id, p, err);
}

enum fp_status
web_post_cell_claim(struct web_req *r, struct fp_err *err)
{
	struct cell_problem p = { 0 };
	int64_t id;

	if (cell_id(r, &id, err) != FP_OK)
		return err->status;
	return said_so(r, id, app_cell_claim(r->app, &r->session.actor, &id, 1, web_form(r, "note"), &p.why), &p, "claimed", err);
}

enum fp_status
web_post_cell_not_done(struct web_req *r, struct fp_err *err)
{
	struct cell_problem p = { 0 };
	int64_t id;
	enum fp_status st;

	if (cell_id(r, &id, err) != FP_OK)
		return err->status;
	if (!web_not_done_read(r, &p.not_done)) {
		p.what = i18n_t(r->lang, "Something is missing below.");
		return cell_page(r, 422, id, &p, err);
	}
	st = app_cell_not_done(r->app, &r->session.actor, &id, 1, p.not_done.reason, p.not_done.text, p.not_done.planned, &p.why);
	return said_so(r, id, st, &p, "not-done", err);
}

enum fp_status
web_post_cell_withdraw(struct web_req *r, struct fp_err *err)
{
	struct cell_problem p = { 0 };
	int64_t id;

	if (cell_id(r, &id, err) != FP_OK)
		return err->status;
	return said_so(
	    r, id, app_cell_withdraw(r->app, &r->session.actor, &id, 1, web_form(r, "why"), &p.why), &p, "withdrawn", err);
}

enum fp_status
web_post_cell_reopen(struct web_req *r, struct fp_err *err)
{
	struct cell_problem p = { 0 };
	int64_t id;

	if (cell_id(r, &id, err) != FP_OK)
		return err->status;
	return said_so(
	    r, id, app_cell_reopen(r->app, &r->session.actor, &id, 1, web_form(r, "why"), &p.why), &p, "reopened", err);
}

enum fp_status
web_post_cell_check(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(app_cell_view_freep) struct app_cell_view *v = NULL;
	struct cell_problem p = { 0 };
	int64_t id;

	if (cell_id(r, &id, err) != FP_OK || app_cell_get(r->app, id, &v, err) != FP_OK)
		return err->status;
	if (web_job_start(r->web, &r->session.actor,
		&(struct web_job_ask){ .ref = v->reference, .serial = v->device.serial, .mode = web_form(r, "mode") },
		&p.why) == FP_OK)
		return web_redirect(r, "/check/watch");
	p.what = i18n_t(r->lang, "The check could not be started. Wait until the other one has ended.");
	return cell_page(r, 409, id, &p, err);
}
