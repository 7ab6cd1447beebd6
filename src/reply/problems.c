/* What does not fit together in a reply: contradictions that may not be signed, and gaps that may. */
#include "reply/reply.h"

#include <stdio.h>
#include <string.h>

#include "i18n/i18n.h"

struct problems {
	struct reply_problem *out;
	size_t max, n;
	const struct reply *r;
	const struct notice *notice;
	const struct i18n *lang;
	bool contradictions; /* which kind is collected */
};

/* Cut at a letter, not in one. */
static void
put(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(out, text, len);
	out[len] = '\0';
}

static void
note(struct problems *p, bool contradiction, const struct fp_buf *text, const char *english)
{
	if (contradiction != p->contradictions)
		return;
	if (p->n < p->max) {
		p->out[p->n].contradiction = contradiction;
		put(p->out[p->n].text, sizeof(p->out[p->n].text), text->data ? text->data : english);
	}
	p->n++;
}

static void
contradiction(struct problems *p, const char *english)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4096 };

	fp_buf_puts(&text, i18n_t(p->lang, english));
	note(p, true, &text, english);
}

static void
gap(struct problems *p, const char *english)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4096 };

	fp_buf_puts(&text, i18n_t(p->lang, english));
	note(p, false, &text, english);
}

/* ---- statements ---- */

static int
statement(const struct reply *r, const char *code)
{
	for (size_t i = 0; i < r->n_statements; i++)
		if (strcmp(r->statements[i].code, code) == 0)
			return r->statements[i].answer;
	return -1;
}

/* How many rows have this answer; verb NULL: of any step, otherwise of the steps that ask for it. */
static size_t
answered(const struct problems *p, enum reply_answer answer, const char *verb)
{
	size_t n = 0;

	for (size_t i = 0; i < p->r->n_rows; i++) {
		const struct reply_row *w = &p->r->rows[i];
		const struct notice_action *a = verb ? notice_action_find(p->notice, w->action) : NULL;

		n += w->answer == answer && (verb == NULL || (a != NULL && notice_list_has(&a->verbs, verb)));
	}
	return n;
}

static void
received_problems(struct problems *p)
{
	size_t done = answered(p, REPLY_DONE, NULL);
	int understood = statement(p->r, "understood");

	if (statement(p->r, "received") == 0) {
		if (done > 0)
			contradiction(p, N_("The notice is said not to be received, yet steps are said to be done."));
		if (understood == 1)
			contradiction(p, N_("The notice is said not to be received, yet to be read and understood."));
	}
	if (understood == 0 && done > 0)
		contradiction(p, N_("The notice is said not to be read and understood, yet steps are said to be done."));
}

static void
guidance_problems(struct problems *p)
{
	int said = statement(p->r, "guidance-read");
	size_t done = answered(p, REPLY_DONE, "read"), not_done = answered(p, REPLY_NOT_DONE, "read");

	if (said == 0 && done > 0)
		contradiction(p, N_("The guidance is said not to be read, yet its step is said to be done."));
	if (said == 1 && not_done > 0)
		gap(p, N_("The guidance is said to be read, yet its step is said not to be done."));
}

static void
all_done_problems(struct problems *p)
{
	int said = statement(p->r, "all-servers-done");
	size_t open = answered(p, REPLY_OPEN, NULL), not_done = answered(p, REPLY_NOT_DONE, NULL),
	       done = answered(p, REPLY_DONE, NULL);

	if (said == 1 && not_done > 0)
		contradiction(p, N_("Every server is said to be done, yet at least one is said not to be done."));
	if (said == 0 && done > 0 && not_done == 0 && open == 0)
		contradiction(p, N_("Not every server is said to be done, yet each single one is."));
}

static void
statement_problems(struct problems *p)
{
	size_t open = 0;

	for (size_t i = 0; i < p->r->n_statements; i++)
		open += p->r->statements[i].answer < 0;
	if (open > 0)
		gap(p, N_("Not every statement is answered with yes or no."));
	received_problems(p);
	guidance_problems(p);
	all_done_problems(p);
}

/* ---- rows ---- */

enum row_rule {
	ROW_REASON_MISSING,
	ROW_REASON_UNKNOWN,
	ROW_REASON_OF_OTHER,
	ROW_REASON_OF_DONE,
	ROW_NO_DATE,
	ROW_NO_WORD,
	ROW_NONE_AT_SITE,
	ROW_PAST,
	ROW_DISPUTED,
	ROW_RULES
};

static const struct {
	bool contradiction;
	const char *text;
} row_rules[ROW_RULES] = {
	[ROW_REASON_MISSING] = { true, N_("{device}: the reason is missing.") },
	[ROW_REASON_UNKNOWN] = { true, N_("{device}: the reason is none that this program knows.") },
	[ROW_REASON_OF_OTHER] = { true, N_("{device}: the reason belongs to another answer.") },
	[ROW_REASON_OF_DONE] = { true, N_("{device}: said to be done, yet a reason for not doing it is given.") },
	[ROW_NO_DATE] = { true, N_("{device}: planned, but no date is given.") },
	[ROW_NO_WORD] = { true, N_("{device}: the reason needs a word of explanation.") },
	[ROW_NONE_AT_SITE] = { true, N_("{device}: \"no product at the site\" is said of a device that the site lists.") },
	[ROW_PAST] = { false, N_("{device}: planned for a day that is past.") },
	[ROW_DISPUTED] = { false, N_("{device}: said to be done, but the measurement says otherwise.") },
};

/* "M70001 RUO, step 2". */
static void
row_name(struct fp_buf *out, const struct problems *p, const struct reply_row *w)
{
	const struct notice_action *a = notice_action_find(p->notice, w->action);
	FP_AUTO(fp_buf_free) struct fp_buf unit = { .max = 2048 };
	char number[16];

	fp_buf_printf(&unit, "%s%s%s", w->serial, w->mode[0] ? " " : "", w->mode);
	(void)snprintf(number, sizeof(number), "%d", a ? a->number : 0);
	i18n_f(out, p->lang, N_("{device}, step {n}"), "device", unit.data ? unit.data : w->serial, "n", a ? number : w->action,
	    NULL);
}

static void
row_problem(struct problems *p, const struct reply_row *w, enum row_rule rule)
{
	FP_AUTO(fp_buf_free) struct fp_buf name = { .max = 4096 }, text = { .max = 8192 };

	if (row_rules[rule].contradiction != p->contradictions)
		return;
	row_name(&name, p, w);
	i18n_f(&text, p->lang, row_rules[rule].text, "device", name.data ? name.data : w->serial, NULL);
	note(p, row_rules[rule].contradiction, &text, row_rules[rule].text);
}

/* The reason of a row that says not done or not applicable. */
static void
reason_problems(struct problems *p, const struct reply_row *w)
{
	static const enum case_state state_of[REPLY_ANSWER_COUNT] = {
		[REPLY_NOT_DONE] = CASE_NOT_DONE, [REPLY_NOT_APPLICABLE] = CASE_NOT_APPLICABLE
	};
	const struct case_reason *reason = case_reason_find(w->reason);

	if (reason == NULL) {
		row_problem(p, w, w->reason[0] ? ROW_REASON_UNKNOWN : ROW_REASON_MISSING);
		return;
	}
	if (reason->state != state_of[w->answer])
		row_problem(p, w, ROW_REASON_OF_OTHER);
	if (reason->needs_date && !fp_date_valid(w->planned))
		row_problem(p, w, ROW_NO_DATE);
	if (reason->needs_date && fp_date_valid(w->planned) && fp_date_compare(w->planned, fp_date_of_time(p->r->made)) < 0)
		row_problem(p, w, ROW_PAST);
	if (reason->needs_text && w->reason_text[0] == '\0')
		row_problem(p, w, ROW_NO_WORD);
	if (strcmp(reason->code, "none-at-site") == 0)
		row_problem(p, w, ROW_NONE_AT_SITE);
}

static void
row_problems(struct problems *p, const struct reply_row *w)
{
	if (w->answer == REPLY_NOT_DONE || w->answer == REPLY_NOT_APPLICABLE)
		reason_problems(p, w);
	if (w->answer == REPLY_DONE && w->reason[0] != '\0')
		row_problem(p, w, ROW_REASON_OF_DONE);
	if (w->state == CASE_DISPUTED)
		row_problem(p, w, ROW_DISPUTED);
}

/* ---- distributor ---- */

/* A day later is still today somewhere: the reply does not know its site's zone. */
static bool
lies_ahead(struct fp_date d, fp_time now)
{
	return fp_date_days(d) > fp_date_days(fp_date_of_time(now)) + 1;
}

static void
distributor_problems(struct problems *p)
{
	const struct reply *r = p->r;

	if (r->distributor == 0 && (r->identified >= 0 || r->informed >= 0))
		contradiction(p, N_("Distributor part: \"not applicable\" stands together with an answer."));
	if (r->distributor != 0 && (r->identified < 0 || r->informed < 0))
		gap(p, N_("Distributor part: an answer is missing."));
	if (r->informed == 1 && !fp_date_valid(r->informed_on))
		contradiction(p, N_("Distributor part: customers are said to be informed, but the date is missing."));
	if (r->informed != 1 && fp_date_valid(r->informed_on))
		contradiction(p, N_("Distributor part: there is a date, but customers are not said to be informed."));
	if (r->informed == 1 && fp_date_valid(r->informed_on) && lies_ahead(r->informed_on, r->made))
		contradiction(p, N_("Distributor part: the date on which customers were informed lies ahead."));
	if (r->identified == 0 && r->informed == 1)
		contradiction(p, N_("Distributor part: customers are said to be informed, but none were identified."));
}

/* ---- all ---- */

static void
count_problems(struct problems *p)
{
	FP_AUTO(fp_buf_free) struct fp_buf open = { .max = 4096 }, undecided = { .max = 4096 };
	size_t n = answered(p, REPLY_OPEN, NULL);

	if (n > 0) {
		i18n_nf(&open, p->lang, "{n} question on a device is still open.", "{n} questions on devices are still open.",
		    (int64_t)n, NULL);
		note(p, false, &open, "");
	}
	if (p->r->devices_cannot_tell > 0) {
		i18n_nf(&undecided, p->lang, "{n} device of the list still waits for a decision whether it is affected.",
		    "{n} devices of the list still wait for a decision whether they are affected.",
		    (int64_t)p->r->devices_cannot_tell, NULL);
		note(p, false, &undecided, "");
	}
}

static void
collect(struct problems *p, bool contradictions)
{
	p->contradictions = contradictions;
	statement_problems(p);
	for (size_t i = 0; i < p->r->n_rows; i++)
		row_problems(p, &p->r->rows[i]);
	if (p->notice->reply_distributor.n > 0)
		distributor_problems(p);
	count_problems(p);
}

size_t
reply_problems(struct reply_problem *out, size_t max, const struct reply *r, const struct notice *n)
{
	struct problems p = { .out = out, .max = max, .r = r, .notice = n, .lang = i18n_get(r->lang) };

	collect(&p, true);
	collect(&p, false);
	return p.n;
}

size_t
reply_contradictions(const struct reply *r, const struct notice *n)
{
	struct problems p = { .r = r, .notice = n, .lang = i18n_get(r->lang) };

	collect(&p, true);
	return p.n;
}
