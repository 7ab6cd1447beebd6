/* The rounds of a watch: wait, ask, compare, keep, tell, send. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/watch_int.h"
#include "base/mem.h"
#include "crypto/crypto.h"

#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)

struct watching {
	struct app *a;
	const struct app_actor *by;
	const struct app_watch_options *o;
	struct app_watch_plan plan;
	struct app_watch_memory *memory;
	struct app_watch_outcome *out;
	fp_time try_mail; /* 0: none waits */
	int64_t pause;    /* before the next try */
	size_t unkept;    /* mails that went neither to the server nor into the database */
};

static void
say(const struct watching *w, const char *text)
{
	if (w->o->say != NULL)
		w->o->say(w->o->ctx, text);
}

/* ---- stale evidence ---- */

struct stale_list {
	struct app_watch_stale *items;
	size_t n, cap;
};

static void
stale_list_free(struct stale_list *l)
{
	free(l->items);
}

static bool
is_watched(const struct app_check_options *o, const struct app_case_finding *f)
{
	return f->kind == APP_STALE && (o->serial == NULL || strcmp(o->serial, f->serial) == 0) &&
	       (o->check == NULL || strcmp(o->check, f->check) == 0);
}

static enum case_state
state_of(const struct app_case *k, int64_t cell)
{
	for (size_t i = 0; i < k->n_cells; i++)
		if (k->cells[i].id == cell)
			return k->cells[i].state;
	return CASE_IN_SCOPE;
}

static enum fp_status
collect_stale(struct watching *w, const char *ref, struct stale_list *l, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;

	if (app_case_get(w->a, ref, &k, err) != FP_OK || app_case_findings(w->a, k, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < k->n_findings; i++) {
		const struct app_case_finding *f = &k->findings[i];
		struct app_watch_stale *s;

		if (!is_watched(&w->o->check, f))
			continue;
		if (fp_grow(&l->items, &l->cap, l->n + 1, sizeof(*s)) != 0)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		s = &l->items[l->n++];
		*s = (struct app_watch_stale){
			.cell_id = f->cell_id, .state = state_of(k, f->cell_id), .result = f->verdict.result
		};
		fp_utf8_copy(s->reference, sizeof(s->reference), ref);
		fp_utf8_copy(s->serial, sizeof(s->serial), f->serial);
		fp_utf8_copy(s->mode, sizeof(s->mode), f->mode);
		fp_utf8_copy(s->action, sizeof(s->action), f->action);
		fp_utf8_copy(s->check, sizeof(s->check), f->check);
		fp_utf8_copy(s->stale, sizeof(s->stale), f->stale);
	}
	return FP_OK;
}

static enum fp_status
compare_stale(struct watching *w, struct app_watch_changes *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	FP_AUTO(stale_list_free) struct stale_list l = { .n = 0 };
	size_t n = 0;

	if (app_stored_rows(w->a, w->o->check.ref, &rows, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++)
		if (collect_stale(w, rows[i].reference, &l, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return app_watch_compare_stale(w->memory, l.items, l.n, app_now(w->a), c, err);
}

/* ---- mails ---- */

static enum fp_status
send_one(struct watching *w, const json_t *mail, struct fp_err *err)
{
	struct app_watch_mail m;

	if (fp_json_str(&m.id, mail, "id", "outbox", err) != FP_OK ||
	    fp_json_str(&m.subject, mail, "subject", "outbox", err) != FP_OK ||
	    fp_json_str(&m.text, mail, "text", "outbox", err) != FP_OK || fp_json_time(&m.at, mail, "at", "outbox", err) != FP_OK)
		return FP_EINVAL;
	if (w->o->send(w->o->ctx, &m, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	w->out->mails_sent++;
	/* If this fails, the mail comes twice: better than not at all. */
	return watch_mail_sent(w->a, w->by, m.id, err);
}

/* Try what waits, oldest first. What does not go is tried again later, ever more rarely. */
static void
send_waiting(struct watching *w)
{
	FP_JSON json_t *list = NULL;
	struct fp_err err = { .status = FP_OK, .msg = "" };
	char text[FP_ERR_MAX + 128];
	size_t n, done = 0;

	w->try_mail = 0;
	if (watch_outbox(w->a, &list, &err) == FP_OK)
		while (done < json_array_size(list) && send_one(w, json_array_get(list, done), &err) == FP_OK)
			done++;
	n = list != NULL ? json_array_size(list) - done : 1;
	w->out->mails_unsent = n + w->unkept;
	if (n == 0) {
		w->pause = 0;
		return;
	}
	if (w->pause == 0)
		w->pause = w->plan.every < MINUTE_MS ? w->plan.every : MINUTE_MS;
	else
		w->pause = w->pause * 2 < HOUR_MS ? w->pause * 2 : HOUR_MS;
	w->try_mail = app_now(w->a) + w->pause;
	(void)snprintf(
	    text, sizeof(text), "%zu mail%s could not be sent and wait%s: %s", n, n == 1 ? "" : "s", n == 1 ? "s" : "", err.msg);
	say(w, text);
}

/* Mails of an earlier watch, and this one was not told of a mail server. */
static void
say_waiting(const struct watching *w)
{
	FP_JSON json_t *list = NULL;
	char text[128];

	if (watch_outbox(w->a, &list, NULL) != FP_OK || json_array_size(list) == 0)
		return;
	(void)snprintf(
	    text, sizeof(text), "%zu mail(s) of an earlier watch wait for a mail server to be named", json_array_size(list));
	say(w, text);
}

/* The database takes nothing: the alarm must not wait for that. */
static void
send_unkept(struct watching *w, const char *subject, const char *text)
{
	const struct app_watch_mail m = { .id = "unkept", .subject = subject, .text = text, .at = app_now(w->a) };
	struct fp_err err = { .status = FP_OK, .msg = "" };

	if (w->o->send == NULL || subject == NULL)
		return;
	if (w->o->send(w->o->ctx, &m, &err) == FP_OK) {
		w->out->mails_sent++;
		return;
	}
	w->out->mails_unsent = ++w->unkept;
	say(w, err.msg);
}

/* ---- one round ---- */

static bool
go_on(void *ctx, size_t done, size_t total, const char *text)
{
	struct watching *w = ctx;

	(void)done;
	(void)total;
	(void)text;
	return w->o->wait(w->o->ctx, 0) && app_watch_open(&w->plan, app_now(w->a));
}

static enum fp_status
tell(struct watching *w, const struct app_watch_changes *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *subject = NULL;
	FP_AUTO(fp_freep) char *text = NULL;
	struct fp_err local = { .status = FP_OK, .msg = "" };

	for (int i = 0; i < APP_WATCH_KINDS; i++)
		w->out->by_kind[i] += c->by_kind[i];
	if (w->o->send != NULL && watch_mail_make(w->a, c, w->o->zone, &subject, &text, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (watch_keep_round(w->a, w->by, &w->o->check, w->memory, c, subject, text, &local) != FP_OK) {
		w->out->last_failed = true;
		say(w, local.msg);
		send_unkept(w, subject, text);
	} else if (subject != NULL) {
		w->pause = 0;
		w->try_mail = app_now(w->a);
	}
	return c->n > 0 ? w->o->report(w->o->ctx, c, err) : FP_OK;
}

static enum fp_status
look(struct watching *w, struct app_watch_changes *c, struct fp_err *err)
{
	FP_AUTO(app_check_result_freep) struct app_check_result *r = NULL;
	struct app_check_options o = w->o->check;

	o.progress = go_on;
	o.ctx = w;
	if (app_check_run(w->a, w->by, &o, &r, err) != FP_OK || app_watch_compare(w->memory, r, app_now(w->a), c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return compare_stale(w, c, err);
}

/* Slips of the caller and a database that cannot be trusted end the watch; what may pass is said and tried again. */
static bool
ends_the_watch(const struct watching *w, enum fp_status status)
{
	if (status == FP_EINTEGRITY || status == FP_ENOMEM)
		return true;
	return w->out->rounds == 0 &&
	       (status == FP_EUSAGE || status == FP_ENOTFOUND || status == FP_EDENIED || status == FP_EINVAL);
}

static enum fp_status
round_once(struct watching *w, struct fp_err *err)
{
	FP_AUTO(app_watch_changes_free) struct app_watch_changes c = { .n = 0 };
	struct fp_err local = { .status = FP_OK, .msg = "" };
	enum fp_status status = look(w, &c, &local);

	w->out->last_failed = status != FP_OK;
	if (status != FP_OK && ends_the_watch(w, status))
		return fp_fail(err, status, "%s", local.msg);
	w->out->rounds++;
	if (status != FP_OK)
		say(w, local.msg);
	/* What was found before it broke off is told all the same. */
	return tell(w, &c, err);
}

/* ---- all rounds ---- */

static enum fp_status
rounds(struct watching *w, struct fp_err *err)
{
	fp_time next = app_watch_opening(&w->plan, app_now(w->a));

	if (w->o->send != NULL)
		send_waiting(w);
	else
		say_waiting(w);
	for (;;) {
		if (next == 0)
			return fp_fail(err, FP_EUSAGE, "the window is never open within the next 15 days");
		if (!w->o->wait(w->o->ctx, w->try_mail != 0 && w->try_mail < next ? w->try_mail : next))
			return FP_OK;
		if (w->try_mail != 0 && app_now(w->a) >= w->try_mail)
			send_waiting(w);
		if (app_now(w->a) < next)
			continue;
		/* After a sleep of the machine the window may have closed. */
		if (!app_watch_open(&w->plan, app_now(w->a))) {
			next = app_watch_next(&w->plan, app_now(w->a));
			continue;
		}
		if (round_once(w, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		if (w->try_mail != 0 && app_now(w->a) >= w->try_mail)
			send_waiting(w);
		if (w->o->rounds > 0 && w->out->rounds >= w->o->rounds)
			return FP_OK;
		next = app_watch_next(&w->plan, app_now(w->a));
	}
}

enum fp_status
app_watch(struct app *a, const struct app_actor *by, const struct app_watch_options *o, struct app_watch_outcome *out,
    struct fp_err *err)
{
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *memory = NULL;
	struct watching w = { .a = a, .by = by, .o = o, .plan = o->plan, .out = out };
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	if (o->plan.every < 1 || o->plan.jitter < 0 || o->plan.jitter >= o->plan.every)
		return fp_fail(err, FP_EUSAGE, "the jitter must be shorter than the time between two rounds");
	if (app_may(by, APP_USE_CHECK, err) != FP_OK || app_watch_memory_new(&memory, err) != FP_OK ||
	    watch_stale_load(a, &o->check, memory, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	w.memory = memory;
	if (w.plan.start == 0)
		w.plan.start = app_now(a);
	status = rounds(&w, err);
	if (w.out->mails_unsent > 0)
		send_waiting(&w);
	return status;
}

/* ---- jitter that a site keeps ---- */

enum fp_status
app_watch_seed(struct app *a, uint64_t *out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };
	FP_AUTO(ledger_entry_free) struct ledger_entry first = { .seq = 0 };
	struct fp_err local = { .status = FP_OK };
	struct app_site site;
	uint8_t hash[CRYPTO_SHA256_BYTES];
	enum fp_status status = store_ledger_get(a->store, 1, &first, &local);

	if (status != FP_OK && status != FP_ENOTFOUND)
		return fp_fail(err, status, "%s", local.msg);
	if (app_site_get(a, &site, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_buf_printf(&b, "%s\n%s\n%s", site.name, site.customer_number, status == FP_OK ? first.hash : "");
	crypto_sha256(hash, b.data ? b.data : "", b.len);
	*out = 0;
	for (size_t i = 0; i < sizeof(*out); i++)
		*out = *out << 8 | hash[i];
	return FP_OK;
}
