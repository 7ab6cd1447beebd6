/* Start a check, look at what would be sent, watch it, read the result. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_AGAIN_S 2

/* ---- asking ---- */

static const char *
wish(struct web_req *r, const char *name)
{
	return *web_form(r, name) != '\0' ? web_form(r, name) : web_query(r, name);
}

static void
mode_select(struct web_req *r, struct doc_node *form)
{
	struct doc_node *s = doc_select(
	    form, &(struct doc_field){ .name = "mode",
		      .label = i18n_t(r->lang, "Boot mode that is running now"),
		      .value = wish(r, "mode"),
		      .hint = i18n_t(r->lang,
			  "A check sees only the mode that runs. The other mode stays open until it was started and checked.") });

	doc_option(s, "", i18n_t(r->lang, "as the list of devices says"));
	doc_option(s, "Dx", "Dx");
	doc_option(s, "RUO", "RUO");
}

static void
ask_form(struct web_req *r, struct doc_node *main, const struct app_notice_row *notices, size_t n, const struct app_site *site)
{
	struct doc_node *form = web_post(r, main, "/check"), *s, *bar;
	const char *vantage = *wish(r, "vantage") != '\0' ? wish(r, "vantage") : site->vantage;

	s = doc_select(form, &(struct doc_field){ .name = "ref", .label = i18n_t(r->lang, "Notice"), .value = wish(r, "ref") });
	doc_option(s, "", i18n_t(r->lang, "all notices"));
	for (size_t i = 0; i < n; i++)
		doc_option(s, notices[i].reference, web_fmt(r, "%s \u00b7 %s", notices[i].reference, notices[i].title));
	doc_input(form, &(struct doc_field){ .name = "serial",
			    .label = i18n_t(r->lang, "Serial number"),
			    .value = wish(r, "serial"),
			    .max_length = 127,
			    .hint = i18n_t(r->lang, "Leave empty for all affected devices") });
	mode_select(r, form);
	doc_input(form, &(struct doc_field){ .name = "vantage",
			    .label = i18n_t(r->lang, "Checked from"),
			    .value = vantage,
			    .max_length = 127,
			    .hint = i18n_t(r->lang, "The place in the network where this program runs: what cannot be reached "
						    "from here may be open from elsewhere") });
	bar = doc_class(doc_section(form, DOC_ROLE_PLAIN), DOC_CLASS_CLUSTER);
	doc_submit(bar, DOC_BUTTON_PRIMARY, "do", "start", i18n_t(r->lang, "Start the check"));
	doc_submit(bar, DOC_BUTTON_SECONDARY, "do", "dry-run", i18n_t(r->lang, "Only show what would be sent"));
}

static void
job_note(struct web_req *r, struct doc_node *main)
{
	struct web_job *j = &r->web->job;
	enum web_job_state state;
	struct doc_node *box;

	pthread_mutex_lock(&j->lock);
	state = j->state;
	pthread_mutex_unlock(&j->lock);
	if (state == WEB_JOB_RUNNING) {
		box = doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "A check is under way."));
		doc_link(doc_para(box, NULL), "/check/watch", i18n_t(r->lang, "Watch the check"));
	} else if (state != WEB_JOB_NONE) {
		doc_link(doc_para(main, NULL), "/check/result", i18n_t(r->lang, "Result of the last check"));
	}
}

static enum fp_status
check_page(
    struct web_req *r, unsigned status, const char *dry_run, const char *problem, const struct fp_err *why, struct fp_err *err)
{
	struct app_notice_row *notices = NULL;
	struct app_site site = { 0 };
	struct doc_node *main;
	size_t n = 0;

	if (app_site_get(r->app, &site, err) != FP_OK || app_notices(r->app, i18n_tag(r->lang), &notices, &n, err) != FP_OK)
		return err->status;
	if (web_page(r, i18n_t(r->lang, "Check"), &main, err) != FP_OK) {
		free(notices);
		return err->status;
	}
	doc_para(main, i18n_t(r->lang, "A check asks the affected devices over the network and only reads: it never logs on, "
				       "never guesses a password, never changes "
				       "anything. Only addresses from your list of devices are asked. Tell the people who watch "
				       "your network before you start."));
	job_note(r, main);
	if (problem != NULL)
		web_problem(r, main, problem, why);
	if (n == 0)
		doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "There is no notice yet, so there is nothing to check."));
	else if (web_may(r, WEB_ENGINEER))
		ask_form(r, main, notices, n, &site);
	else
		doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "Your account may look, but not start a check."));
	free(notices);
	if (dry_run != NULL) {
		doc_id(doc_heading(main, 2, i18n_t(r->lang, "This would be sent, and nothing else")), "dry-run");
		doc_para(main, i18n_t(r->lang, "Nothing was sent."));
		doc_lang(doc_pre(main, dry_run), "en");
	}
	return web_page_done(r, status, err);
}

enum fp_status
web_page_check(struct web_req *r, struct fp_err *err)
{
	return check_page(r, 200, NULL, NULL, NULL, err);
}

static const char *
or_null(const char *s)
{
	return *s != '\0' ? s : NULL;
}

enum fp_status
web_post_check(struct web_req *r, struct fp_err *err)
{
	const struct web_job_ask ask = { .ref = web_form(r, "ref"),
		.serial = web_form(r, "serial"),
		.mode = web_form(r, "mode"),
		.vantage = web_form(r, "vantage") };
	const struct app_check_options o = {
		.ref = or_null(ask.ref), .serial = or_null(ask.serial), .mode = or_null(ask.mode), .vantage = or_null(ask.vantage)
	};
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = (size_t)8 << 20 };
	struct fp_err why;

	/* Also before a real run: a serial number that does not exist is told beside the form, not on the result page. */
	if (app_check_dry_run(r->app, &o, &text, &why) != FP_OK)
		return check_page(r, 422, NULL, i18n_t(r->lang, "This cannot be checked."), &why, err);
	if (strcmp(web_form(r, "do"), "start") != 0)
		return check_page(r, 200, text.data != NULL ? text.data : "", NULL, NULL, err);
	if (web_job_start(r->web, &r->session.actor, &ask, &why) != FP_OK)
		return check_page(r, 409, NULL,
		    i18n_t(r->lang, "The check could not be started. Wait until the other one has ended."), &why, err);
	return web_redirect(r, "/check/watch");
}

/* ---- watching ---- */

struct glance { /* what a moment of the job shows */
	enum web_job_state state;
	size_t done, total;
	char text[256], by[128], ref[64], serial[128];
	fp_time started;
};

static struct glance
look(struct web_req *r)
{
	struct web_job *j = &r->web->job;
	struct glance g;

	pthread_mutex_lock(&j->lock);
	g = (struct glance){ .state = j->state, .done = j->done, .total = j->total, .started = j->started };
	(void)snprintf(g.text, sizeof(g.text), "%s", j->text);
	(void)snprintf(g.by, sizeof(g.by), "%s", j->by.name);
	(void)snprintf(g.ref, sizeof(g.ref), "%s", j->ref);
	(void)snprintf(g.serial, sizeof(g.serial), "%s", j->serial);
	pthread_mutex_unlock(&j->lock);
	return g;
}

static void
progress(struct web_req *r, struct doc_node *box, const struct glance *g)
{
	if (g->total == 0) {
		doc_para(box, i18n_t(r->lang, "It is being prepared."));
		return;
	}
	doc_meter(box, (double)g->done, (double)g->total,
	    web_keep(r, i18n_text(r->lang, "{done} of {total} questions answered", "done", web_count(r, g->done), "total",
			    web_count(r, g->total), NULL)));
	if (g->text[0] != '\0')
		doc_lang(doc_code(doc_para(box, NULL), g->text), "en");
}

enum fp_status
web_page_check_watch(struct web_req *r, struct fp_err *err)
{
	struct glance g = look(r);
	struct doc_node *main, *box, *form;

	if (g.state == WEB_JOB_NONE)
		return web_redirect(r, "/check");
	if (g.state != WEB_JOB_RUNNING)
		return web_redirect(r, "/check/result");
	if (web_page_under(r, i18n_t(r->lang, "Checking"), &main, err, "/check", i18n_t(r->lang, "Check"), NULL) != FP_OK)
		return err->status;
	doc_para(main, web_keep(r, i18n_text(r->lang, "Started by {who}, {when}. You may leave this page: the check goes on.",
				       "who", g.by, "when", web_time(r, g.started), NULL)));
	box = doc_live(doc_section(main, DOC_ROLE_PLAIN), "/check/progress", LOOK_AGAIN_S);
	progress(r, box, &g);
	if (web_may(r, WEB_ENGINEER)) {
		form = web_post(r, main, "/check/stop");
		doc_submit(form, DOC_BUTTON_DANGER, NULL, NULL, i18n_t(r->lang, "Stop the check"));
	}
	return web_page_done_refresh(r, LOOK_AGAIN_S, err);
}

/* The part of the watch page that changes; without content once the run has ended: the page's script then loads the page anew. */
enum fp_status
web_get_check_progress(struct web_req *r, struct fp_err *err)
{
	struct glance g = look(r);

	if (g.state != WEB_JOB_RUNNING) {
		r->status = 204;
		return FP_OK;
	}
	if (web_fragment(r, err) != FP_OK)
		return err->status;
	progress(r, r->main, &g);
	return web_fragment_done(r, err);
}

enum fp_status
web_post_check_stop(struct web_req *r, struct fp_err *err)
{
	(void)err;
	web_job_stop(r->web);
	return web_redirect(r, "/check/watch");
}

/* ---- the result ---- */

void
web_answers_sum(struct web_req *r, struct doc_node *main, const struct app_check_result *x)
{
	static const enum evidence_result order[] = { EVIDENCE_FAIL, EVIDENCE_FIXED, EVIDENCE_PASS, EVIDENCE_UNKNOWN,
		EVIDENCE_ERROR, EVIDENCE_NOTAPPLICABLE, EVIDENCE_INFORMATIONAL, EVIDENCE_NOTCHECKED };
	struct doc_bar_part parts[FP_COUNT(order)];
	size_t n = 0;

	for (size_t i = 0; i < FP_COUNT(order); i++) {
		if (x->by_result[order[i]] > 0)
			parts[n++] = (struct doc_bar_part){ .style = app_result_style(order[i]),
				.count = x->by_result[order[i]],
				.label = web_result_word(r, order[i]) };
	}
	if (n > 0)
		doc_bar(main, web_keep(r, i18n_ntext(r->lang, "of {n} answer", "of {n} answers", (int64_t)x->n, NULL)), parts, n);
	doc_class(doc_paraf(main, "%s, %s, %lld s",
		      web_keep(r, i18n_ntext(r->lang, "{n} connection", "{n} connections", (int64_t)x->connections, NULL)),
		      web_keep(r, i18n_ntext(r->lang, "{n} packet sent", "{n} packets sent", (int64_t)x->packets, NULL)),
		      (long long)((x->took_ms + 999) / 1000)),
	    DOC_CLASS_MUTED);
}

static void
from_to(struct doc_node *cell, enum doc_badge_style a, const char *before, enum doc_badge_style b, const char *after)
{
	if (strcmp(before, after) != 0) {
		doc_badge(cell, a, before);
		doc_text(cell, " \u2192 ");
	}
	doc_badge(cell, b, after);
}

void
web_answers(struct web_req *r, struct doc_node *main, const struct app_check_result *x)
{
	const char *const head[] = { i18n_t(r->lang, "Device"), i18n_t(r->lang, "Boot mode"), i18n_t(r->lang, "Check"),
		i18n_t(r->lang, "Result"), i18n_t(r->lang, "Why"), i18n_t(r->lang, "Cell") };
	struct doc_node *table = doc_class(
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Answers")), DOC_CLASS_SCROLL),
		i18n_t(r->lang, "Before and now")),
	    DOC_CLASS_COMPACT);

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < x->n; i++) {
		const struct app_check_row *a = &x->rows[i];
		const struct check_set *set = web_checks(r, a->reference);
		struct doc_node *row = doc_row(table), *cell;

		doc_class(doc_head_cell(row, DOC_SCOPE_ROW, a->serial), DOC_CLASS_MONO);
		doc_cell(row, web_mode_words(r, a->mode));
		doc_cell(row, web_check_title(r, set, a->verdict.check));
		from_to(doc_cell(row, NULL), app_result_style(a->before.result), web_result_word(r, a->before.result),
		    app_result_style(a->verdict.result), web_result_word(r, a->verdict.result));
		cell = doc_cell(row, web_reason_text(r, set, &a->verdict));
		if (a->target[0] != '\0' && strcmp(a->target, a->serial) != 0)
			doc_class(doc_code(doc_text(cell, " "), a->target), DOC_CLASS_SMALL);
		cell = doc_link(doc_cell(row, NULL), web_fmt(r, "/cell/%lld", (long long)a->cell_id), NULL);
		from_to(cell, app_state_style(a->state_before), web_state_word(r, a->state_before),
		    app_state_style(a->state_after), web_state_word(r, a->state_after));
	}
}

/* With the job's lock held. */
static enum fp_status
result_page(struct web_req *r, const struct web_job *j, struct fp_err *err)
{
	struct doc_node *main, *p;

	if (web_page_under(r, i18n_t(r->lang, "Result of the check"), &main, err, "/check", i18n_t(r->lang, "Check"), NULL) !=
	    FP_OK)
		return err->status;
	doc_para(main, web_keep(r, i18n_text(r->lang, "Started by {who}, {when}.", "who", j->by.name, "when",
				       web_time(r, j->started), NULL)));
	if (j->stop)
		doc_callout(main, DOC_BADGE_WARNING, i18n_t(r->lang, "It was stopped: not everything was asked."));
	if (j->state == WEB_JOB_FAILED)
		web_problem(r, main, i18n_t(r->lang, "The check could not be carried out."), &j->err);
	if (j->result != NULL && j->result->n == 0)
		doc_callout(
		    main, DOC_BADGE_INFO, i18n_t(r->lang, "There was nothing to ask: no affected device fits what was chosen."));
	if (j->result != NULL && j->result->n > 0) {
		web_answers_sum(r, main, j->result);
		web_answers(r, main, j->result);
	}
	p = doc_para(main, NULL);
	if (j->ref[0] != '\0')
		doc_button_link(p, DOC_BUTTON_PRIMARY, web_fmt(r, "/notice/%s/matrix", web_segment(r, j->ref)),
		    i18n_t(r->lang, "Open the matrix"));
	else
		doc_button_link(p, DOC_BUTTON_PRIMARY, "/", i18n_t(r->lang, "To my notices"));
	doc_text(p, " ");
	doc_button_link(p, DOC_BUTTON_SECONDARY, "/check", i18n_t(r->lang, "Check again"));
	return web_page_done(r, 200, err);
}

enum fp_status
web_page_check_result(struct web_req *r, struct fp_err *err)
{
	struct web_job *j = &r->web->job;
	enum fp_status st;

	pthread_mutex_lock(&j->lock);
	if (j->state == WEB_JOB_DONE || j->state == WEB_JOB_FAILED)
		st = result_page(r, j, err);
	else
		st = web_redirect(r, j->state == WEB_JOB_RUNNING ? "/check/watch" : "/check");
	pthread_mutex_unlock(&j->lock);
	return st;
}
