#include "reply/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "i18n/i18n.h"

static const char *const answer_names[REPLY_ANSWER_COUNT] = {
	[REPLY_OPEN] = "open",
	[REPLY_DONE] = "done",
	[REPLY_NOT_DONE] = "not-done",
	[REPLY_NOT_APPLICABLE] = "not-applicable",
};

const char *
reply_answer_name(enum reply_answer a)
{
	return (unsigned)a < REPLY_ANSWER_COUNT ? answer_names[a] : "open";
}

enum fp_status
reply_set(char **member, const char *text, struct fp_err *err)
{
	char *copy = fp_strdup(text ? text : "");

	if (copy == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	free(*member);
	*member = copy;
	return FP_OK;
}

static enum fp_status
set_all(char **const members[], const char *const texts[], size_t n, struct fp_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (reply_set(members[i], texts[i], err) != FP_OK)
			return FP_ENOMEM;
	return FP_OK;
}

static enum fp_status
new_statements(struct reply *r, const struct notice_list *codes, struct fp_err *err)
{
	r->statements = fp_calloc(codes->n, sizeof(*r->statements));
	if (r->statements == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	for (size_t i = 0; i < codes->n; i++) {
		r->n_statements = i + 1;
		r->statements[i].answer = -1;
		if (reply_set(&r->statements[i].code, codes->items[i], err) != FP_OK)
			return FP_ENOMEM;
	}
	return FP_OK;
}

enum fp_status
reply_new(struct reply **out, const struct notice *n, const char *lang, fp_time now, struct fp_err *err)
{
	FP_AUTO(reply_freep) struct reply *r = fp_calloc(1, sizeof(*r));

	if (r == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	r->revision = n->revision;
	r->made = now;
	r->distributor = r->identified = r->informed = -1;
	char **const members[] = { &r->reference, &r->document_number, &r->notice_hash, &r->manufacturer, &r->lang, &r->tool,
		&r->link, &r->remark, &r->site.name, &r->site.department, &r->site.address, &r->site.country,
		&r->site.customer_number, &r->site.contact_name, &r->site.contact_title, &r->site.contact_email,
		&r->site.contact_phone };
	const char *const texts[FP_COUNT(members)] = { n->reference, n->document_number, n->content_hash, n->manufacturer, lang,
		"fieldproof " FP_VERSION };

	if (set_all(members, texts, FP_COUNT(members), err) != FP_OK)
		return FP_ENOMEM;
	if (new_statements(r, &n->reply_statements, err) != FP_OK)
		return FP_ENOMEM;
	*out = r;
	r = NULL;
	return FP_OK;
}

static void
row_free(struct reply_row *w)
{
	char *const texts[] = { w->serial, w->product, w->catalog_number, w->udi_di, w->mode, w->action, w->reason,
		w->reason_text, w->note, w->said_by };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		free(texts[i]);
}

void
reply_free(struct reply *r)
{
	if (r == NULL)
		return;
	char *const texts[] = { r->reference, r->document_number, r->notice_hash, r->manufacturer, r->lang, r->tool, r->link,
		r->remark, r->site.name, r->site.department, r->site.address, r->site.country, r->site.customer_number,
		r->site.contact_name, r->site.contact_title, r->site.contact_email, r->site.contact_phone, r->signed_by,
		r->function, r->meaning };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < r->n_statements; i++)
		free(r->statements[i].code);
	for (size_t i = 0; i < r->n_rows; i++)
		row_free(&r->rows[i]);
	free(r->statements);
	free(r->rows);
	free(r);
}

void
reply_freep(struct reply **r)
{
	reply_free(*r);
	*r = NULL;
}

/* What the person said of a cell. A verified cell without a claim stays open here: measuring is not saying. */
static enum reply_answer
answer_of(const struct case_cell *c)
{
	if (c->state == CASE_NOT_DONE)
		return REPLY_NOT_DONE;
	if (c->state == CASE_NOT_APPLICABLE)
		return REPLY_NOT_APPLICABLE;
	return c->claimed ? REPLY_DONE : REPLY_OPEN;
}

enum fp_status
reply_add_cell(struct reply *r, const struct device *d, const char *product_name, const struct case_cell *c, struct fp_err *err)
{
	struct reply_row *w;

	if (fp_grow(&r->rows, &r->cap_rows, r->n_rows + 1, sizeof(*r->rows)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	w = &r->rows[r->n_rows++];
	memset(w, 0, sizeof(*w));
	w->answer = answer_of(c);
	w->planned = c->planned;
	w->said_at = c->claimed ? c->claimed_at : w->answer == REPLY_OPEN ? 0 : c->changed_at;
	w->verdict = c->verdict;
	w->verdict_at = c->verdict_at;
	w->state = c->state;
	char **const members[] = { &w->serial, &w->product, &w->catalog_number, &w->udi_di, &w->mode, &w->action, &w->reason,
		&w->reason_text, &w->note, &w->said_by };
	const char *const texts[FP_COUNT(members)] = { d->serial, product_name ? product_name : d->product, d->catalog_number,
		d->udi_di, c->mode, c->action, c->reason, c->reason_text, c->claim_note, c->claimed_by };

	return set_all(members, texts, FP_COUNT(members), err);
}

enum fp_status
reply_answer_statement(struct reply *r, const char *code, int answer, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 512 };

	for (size_t i = 0; i < r->n_statements; i++) {
		if (strcmp(r->statements[i].code, code) == 0) {
			r->statements[i].answer = answer;
			return FP_OK;
		}
		fp_buf_printf(&known, "%s%s", i ? ", " : "", r->statements[i].code);
	}
	return fp_fail(
	    err, FP_EUSAGE, "%s has no statement '%.60s'; it has: %s", r->reference, code, known.data ? known.data : "none");
}

enum fp_status
reply_sign(struct reply *r, const char *name, const char *function, struct fp_date on, fp_time at, struct fp_err *err)
{
	static const char meaning[] = N_("I have read the notice, my statements above are true to the best of my knowledge, and "
					 "I answer for them on behalf of the "
					 "site named above.");

	if (name == NULL || *name == '\0' || function == NULL || *function == '\0')
		return fp_fail(err, FP_EUSAGE, "a signature needs the name and the function of the person who signs");
	if (!fp_date_valid(on))
		return fp_fail(err, FP_EUSAGE, "a signature needs a date");
	r->signed_on = on;
	r->signed_at = at;
	if (reply_set(&r->signed_by, name, err) != FP_OK || reply_set(&r->function, function, err) != FP_OK)
		return FP_ENOMEM;
	return reply_set(&r->meaning, meaning, err);
}

/* ---- what does not fit together ---- */

struct problems {
	struct reply_problem *out;
	size_t max, n;
	const struct i18n *lang;
};

/* Pairs: placeholder name, value, ..., NULL. */
static void
problem(struct problems *p, bool contradiction, const char *english, const char *const *pairs)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 2048 };

	i18n_fill(&text, i18n_t(p->lang, english), pairs);
	if (p->n < p->max) {
		p->out[p->n].contradiction = contradiction;
		(void)snprintf(p->out[p->n].text, sizeof(p->out[p->n].text), "%s", text.data ? text.data : english);
	}
	p->n++;
}

static int
statement(const struct reply *r, const char *code)
{
	for (size_t i = 0; i < r->n_statements; i++)
		if (strcmp(r->statements[i].code, code) == 0)
			return r->statements[i].answer;
	return -1;
}

static void
statement_problems(struct problems *p, const struct reply *r)
{
	size_t open = 0, done = 0;
	static const char *const none[] = { NULL };

	for (size_t i = 0; i < r->n_statements; i++)
		open += r->statements[i].answer < 0;
	for (size_t i = 0; i < r->n_rows; i++)
		done += r->rows[i].answer == REPLY_DONE;
	if (open > 0)
		problem(p, false, N_("Not every statement is answered with yes or no."), none);
	if (statement(r, "received") == 0 && done > 0)
		problem(p, true, N_("The notice is said not to be received, yet actions are said to be done."), none);
	if (statement(r, "understood") == 0 && done > 0)
		problem(p, true, N_("The notice is said not to be read and understood, yet actions are said to be done."), none);
	if (statement(r, "guidance-read") == 0)
		for (size_t i = 0; i < r->n_rows; i++)
			if (r->rows[i].answer == REPLY_DONE && strcmp(r->rows[i].action, "read-guidance") == 0) {
				problem(
				    p, true, N_("The guidance is said not to be read, yet its step is said to be done."), none);
				break;
			}
}

static void
row_problems(struct problems *p, const struct reply *r, const struct reply_row *w)
{
	const struct case_reason *reason = case_reason_find(w->reason);
	const char *const who[] = { "serial", w->serial, "mode", w->mode, "action", w->action, NULL };
	bool answered = w->answer == REPLY_NOT_DONE || w->answer == REPLY_NOT_APPLICABLE;

	if (answered && reason == NULL)
		problem(p, true, N_("{serial} {mode} {action}: the reason is missing."), who);
	if (answered && reason != NULL && reason->needs_date && !fp_date_valid(w->planned))
		problem(p, true, N_("{serial} {mode} {action}: planned, but no date is given."), who);
	if (answered && reason != NULL && reason->needs_text && w->reason_text[0] == '\0')
		problem(p, true, N_("{serial} {mode} {action}: the reason needs a word of explanation."), who);
	if (answered && strcmp(w->reason, "none-at-site") == 0)
		problem(p, true,
		    N_("{serial} {mode} {action}: \"no product at the site\" is said of a device that the site lists."), who);
	if (w->state == CASE_DISPUTED)
		problem(p, false, N_("{serial} {mode} {action}: said to be done, but the measurement says otherwise."), who);
	(void)r;
}

static void
distributor_problems(struct problems *p, const struct reply *r)
{
	static const char *const none[] = { NULL };

	if (r->distributor == 0 && (r->identified >= 0 || r->informed >= 0))
		problem(p, true, N_("Distributor part: \"not applicable\" stands together with an answer."), none);
	if (r->distributor == 1 && (r->identified < 0 || r->informed < 0))
		problem(p, false, N_("Distributor part: an answer is missing."), none);
	if (r->informed == 1 && !fp_date_valid(r->informed_on))
		problem(p, true, N_("Distributor part: customers are said to be informed, but the date is missing."), none);
	if (r->identified == 0 && r->informed == 1)
		problem(p, true, N_("Distributor part: customers are said to be informed, but none were identified."), none);
}

size_t
reply_problems(struct reply_problem *out, size_t max, const struct reply *r, const struct notice *n)
{
	struct problems p = { .out = out, .max = max, .lang = i18n_get(r->lang) };
	size_t open = 0;
	char count[24];
	const char *const pairs[] = { "n", count, NULL };

	statement_problems(&p, r);
	for (size_t i = 0; i < r->n_rows; i++) {
		open += r->rows[i].answer == REPLY_OPEN;
		row_problems(&p, r, &r->rows[i]);
	}
	if (n->reply_distributor.n > 0)
		distributor_problems(&p, r);
	(void)snprintf(count, sizeof(count), "%zu", open);
	if (open > 0)
		problem(&p, false, N_("{n} questions on devices are still open."), pairs);
	(void)snprintf(count, sizeof(count), "%zu", r->devices_cannot_tell);
	if (r->devices_cannot_tell > 0)
		problem(&p, false, N_("{n} devices of the list still wait for a decision whether they are affected."), pairs);
	return p.n;
}
