/* From open cells to questions, from answers to verdicts, from verdicts to states: the whole of one check run. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define CHECKS_MAX 32 /* of one action */
#define DEFAULT_VANTAGE "this computer"

/* One check of one cell. */
struct question {
	size_t cell; /* in asking.cells */
	const struct check *check;
	int job;         /* -1: not asked */
	const char *why; /* reason code when not asked */
};

struct asked_cell {
	struct case_cell cell;
	int64_t notice_id;
	const struct notice *notice;
	const struct notice_action *action;
	const struct device *device;
	bool answered; /* some observation came back */
};

struct asking {
	struct app *a;
	const struct app_check_options *o;
	struct store_notice *rows;
	size_t n_rows;
	struct notice **notices;
	struct device *devices;
	size_t n_devices;
	struct asked_cell *cells;
	size_t n_cells, cap_cells;
	struct question *questions;
	size_t n_questions, cap_questions;
	struct check_plan *plan;
	struct app_param *params;
	struct evidence_param *param_items;
	struct check_params check_params;
	struct evidence_obs **observations; /* one per job; NULL while unanswered */
	char vantage[128];
};

static void
asking_free(struct asking *g)
{
	for (size_t i = 0; g->notices != NULL && i < g->n_rows; i++)
		notice_free(g->notices[i]);
	for (size_t i = 0; g->observations != NULL && i < check_plan_jobs(g->plan); i++)
		evidence_obs_free(g->observations[i]);
	free(g->observations);
	free(g->notices);
	free(g->rows);
	store_devices_free(g->devices, g->n_devices);
	free(g->cells);
	free(g->questions);
	check_plan_freep(&g->plan);
	free(g->params);
	free(g->param_items);
}

/* ---- what is asked ---- */

static const struct device *
device_of(const struct asking *g, int64_t id)
{
	for (size_t lo = 0, hi = g->n_devices; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->devices[mid].id == id)
			return &g->devices[mid];
		if (g->devices[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static enum fp_status
load_params(struct asking *g, struct fp_err *err)
{
	size_t n = 0;

	if (app_params(g->a, &g->params, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	g->param_items = fp_calloc(n, sizeof(*g->param_items));
	if (g->param_items == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (g->params[i].value[0] != '\0')
			g->param_items[g->check_params.n++] =
			    (struct evidence_param){ .name = g->params[i].name, .value = g->params[i].value };
	g->check_params.items = g->param_items;
	return FP_OK;
}

static enum fp_status
load_all(struct asking *g, struct fp_err *err)
{
	const struct store_device_filter all = { .limit = 0 };
	struct store_notice unused;

	if (app_stored_rows(g->a, g->o->ref, &g->rows, &g->n_rows, err) != FP_OK ||
	    app_all_devices(g->a, &all, &g->devices, &g->n_devices, err) != FP_OK || load_params(g, err) != FP_OK ||
	    check_plan_new(&g->plan, err) != FP_OK ||
	    app_setting(g->a, "site.vantage", g->vantage, sizeof(g->vantage), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (g->o->vantage != NULL)
		fp_utf8_copy(g->vantage, sizeof(g->vantage), g->o->vantage);
	if (g->vantage[0] == '\0')
		fp_utf8_copy(g->vantage, sizeof(g->vantage), DEFAULT_VANTAGE);
	g->notices = fp_calloc(g->n_rows, sizeof(*g->notices));
	if (g->notices == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < g->n_rows; i++)
		if (app_stored_id(g->a, g->rows[i].id, &unused, &g->notices[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

/* The boot mode that is said to run on d now; "" when nobody says. */
static const char *
running_mode(const struct asking *g, const struct device *d)
{
	if (g->o->mode != NULL)
		return g->o->mode;
	return d->mode_now ? d->mode_now : "";
}

/* REQ law-3: what is seen in one boot mode says nothing of the other. A cell of a mode is only asked while that mode is said to run. */
static const char *
mode_hinders(const struct asking *g, const struct asked_cell *c)
{
	const char *running = running_mode(g, c->device);

	if (c->cell.mode[0] == '\0')
		return NULL;
	if (running[0] == '\0')
		return "mode-not-stated";
	return strcasecmp(running, c->cell.mode) == 0 ? NULL : "other-mode-runs";
}

static enum fp_status
add_question(struct asking *g, size_t cell, const struct check *check, struct fp_err *err)
{
	const struct asked_cell *c = &g->cells[cell];
	struct question q = { .cell = cell, .check = check, .job = -1 };

	if (check->probe != NULL)
		q.why = mode_hinders(g, c);
	if (q.why == NULL &&
	    check_plan_add(g->plan, check, c->device, running_mode(g, c->device), &g->check_params, &q.job, &q.why, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (fp_grow(&g->questions, &g->cap_questions, g->n_questions + 1, sizeof(q)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	g->questions[g->n_questions++] = q;
	return FP_OK;
}

static bool
wanted(const struct asking *g, const struct case_cell *cell, const struct device *d)
{
	if (d == NULL || cell->state == CASE_NOT_APPLICABLE)
		return false;
	return g->o->serial == NULL || strcasecmp(g->o->serial, d->serial) == 0;
}

static enum fp_status
ask_cell(struct asking *g, const struct case_cell *cell, size_t notice, struct fp_err *err)
{
	struct asked_cell *c;
	size_t at = g->n_cells;

	if (fp_grow(&g->cells, &g->cap_cells, at + 1, sizeof(*g->cells)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	c = &g->cells[g->n_cells++];
	*c = (struct asked_cell){ .cell = *cell,
		.notice_id = g->rows[notice].id,
		.notice = g->notices[notice],
		.action = notice_action_find(g->notices[notice], cell->action),
		.device = device_of(g, cell->device_id) };
	for (size_t i = 0; c->action != NULL && i < c->action->n_checks; i++) {
		const struct check *check = check_find(c->action->checks[i].id);

		if (check == NULL || (g->o->check != NULL && strcasecmp(g->o->check, check->id) != 0))
			continue;
		if (add_question(g, at, check, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		c = &g->cells[at];
	}
	return FP_OK;
}

static enum fp_status
ask_notice(struct asking *g, size_t notice, struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = g->rows[notice].id, .state = -1 };
	FP_AUTO(fp_freep) struct case_cell *cells = NULL;
	size_t n = 0;

	if (store_cells(g->a->store, &f, &cells, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++)
		if (wanted(g, &cells[i], device_of(g, cells[i].device_id)) && ask_cell(g, &cells[i], notice, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

static enum fp_status
prepare(struct asking *g, struct app *a, const struct app_check_options *o, struct fp_err *err)
{
	FP_AUTO(device_free) struct device d = { .id = 0 };

	g->a = a;
	g->o = o;
	/* Names that do not exist are the caller's slip: said before anything is asked. */
	if (o->serial != NULL && app_device_by_serial(a, o->serial, &d, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (o->check != NULL && check_find(o->check) == NULL)
		return fp_fail(err, FP_EUSAGE, "there is no check '%.40s'", o->check);
	if (load_all(g, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < g->n_rows; i++)
		if (ask_notice(g, i, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

enum fp_status
app_check_dry_run(struct app *a, const struct app_check_options *o, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(asking_free) struct asking g = { .a = NULL };

	if (prepare(&g, a, o, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return check_plan_dry_run(out, g.plan, err);
}

/* ---- asking ---- */

static enum fp_status
keep(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err)
{
	struct asking *g = ctx;

	(void)err;
	evidence_obs_free(g->observations[job]);
	g->observations[job] = owned;
	return FP_OK;
}

static bool
on_progress(void *ctx, size_t done, size_t total, size_t job, const struct evidence_obs *obs)
{
	struct asking *g = ctx;
	const struct check_job *j = obs ? check_plan_job(g->plan, job) : NULL;
	char text[256];

	if (g->o->progress == NULL)
		return true;
	if (j != NULL)
		(void)snprintf(text, sizeof(text), "%s %s", j->probe->id, j->target);
	return g->o->progress(g->o->ctx, done, total, j ? text : NULL);
}

static enum fp_status
ask(struct asking *g, struct fp_err *err)
{
	const struct check_run_options ro = { .clock = &g->a->clock,
		.log = g->a->log,
		.vantage = g->vantage,
		.tool = APP_TOOL,
		.timeout_ms = g->o->timeout_ms,
		.progress = on_progress,
		.done = keep,
		.ctx = g };

	g->observations = fp_calloc(check_plan_jobs(g->plan), sizeof(*g->observations));
	if (g->observations == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return check_plan_jobs(g->plan) == 0 ? FP_OK : check_run(g->plan, &ro, err);
}

/* ---- keeping and judging ---- */

/* A pass after a stored fail of the same check at the same cell is "fixed" (XCCDF 1.2). */
static enum fp_status
mark_fixed(struct app *a, int64_t cell_id, struct evidence_verdict *v, struct fp_err *err)
{
	bool failed = false;

	if (v->result != EVIDENCE_PASS)
		return FP_OK;
	if (store_verdict_failed_before(a->store, cell_id, v->check, &failed, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (failed)
		v->result = EVIDENCE_FIXED;
	return FP_OK;
}

static struct evidence_verdict
latest_of(const struct store_verdict *latest, size_t n, const char *check, fp_time *at)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(latest[i].v.check, check) == 0) {
			if (at != NULL)
				*at = latest[i].at;
			return latest[i].v;
		}
	return (struct evidence_verdict){ .result = EVIDENCE_NOTCHECKED };
}

/* The action's verdict from the latest of each of its checks. */
static enum fp_status
roll_up(struct app *a, const struct asked_cell *c, struct evidence_verdict *out, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	struct evidence_verdict verdicts[CHECKS_MAX];
	size_t n = 0, count = 0;

	if (store_verdicts_latest(a->store, c->cell.id, &latest, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < c->action->n_checks && count < CHECKS_MAX; i++) {
		const struct check *check = check_find(c->action->checks[i].id);
		struct evidence_verdict *v = &verdicts[count++];

		*v = latest_of(latest, n, c->action->checks[i].id, NULL);
		if (v->result == EVIDENCE_NOTCHECKED) {
			check_verdict_without(v, check, NULL, "");
			fp_utf8_copy(v->check, sizeof(v->check), c->action->checks[i].id);
		}
	}
	check_roll_up(out, c->action, verdicts, count);
	return FP_OK;
}

static json_t *
verdict_json(const struct evidence_verdict *v)
{
	json_t *j = json_object();

	fp_json_set_str(j, "check", v->check);
	fp_json_set_str(j, "result", evidence_result_name(v->result));
	fp_json_set_str(j, "level", evidence_level_name(v->level));
	fp_json_set_str(j, "reason", v->reason);
	fp_json_set_str(j, "observation", v->obs);
	return j;
}

static enum fp_status
move_cell(
    struct app *a, struct store_tx *tx, const struct app_actor *by, struct asked_cell *c, json_t *stolen, struct fp_err *err)
{
	FP_JSON json_t *verdicts = stolen;
	struct evidence_verdict v = { .result = EVIDENCE_NOTCHECKED };
	const struct case_event e = { .kind = CASE_SEE, .at = app_now(a), .actor = by->name, .verdict = &v };
	struct store_cell_event told = { .kind = "see", .at = e.at, .from = c->cell.state };
	json_t *body;
	char subject[256];

	if (roll_up(a, c, &v, err) != FP_OK || case_apply(&c->cell, &e, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	told.to = c->cell.state;
	told.result = v.result;
	fp_utf8_copy(told.actor, sizeof(told.actor), by->name);
	fp_utf8_copy(told.reason, sizeof(told.reason), v.reason);
	fp_utf8_copy(told.text, sizeof(told.text), v.detail);
	if (store_cell_put(tx, c->notice_id, &c->cell, &told, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "from", case_state_name(told.from));
	fp_json_set_str(body, "to", case_state_name(told.to));
	fp_json_set(body, "verdict", verdict_json(&v));
	fp_json_set(body, "checks", json_incref(verdicts));
	return app_tell(
	    tx, by, "check", app_cell_subject(subject, c->notice->reference, c->device->serial, &c->cell), body, NULL, err);
}

static void
fill_row(struct app_check_row *row, const struct asking *g, const struct question *q, const struct evidence_verdict *v,
    const struct evidence_verdict *before)
{
	const struct asked_cell *c = &g->cells[q->cell];

	row->cell_id = c->cell.id;
	fp_utf8_copy(row->serial, sizeof(row->serial), c->device->serial);
	fp_utf8_copy(row->mode, sizeof(row->mode), c->cell.mode);
	fp_utf8_copy(row->action, sizeof(row->action), c->cell.action);
	fp_utf8_copy(row->reference, sizeof(row->reference), c->notice->reference);
	row->verdict = *v;
	row->before = *before;
	row->state_before = row->state_after = c->cell.state;
	if (q->job >= 0)
		fp_utf8_copy(row->target, sizeof(row->target), check_plan_job(g->plan, (size_t)q->job)->target);
}

/* Judge one question, keep observation and verdict. *told gets the verdict when something was observed. */
static enum fp_status
settle_question(
    struct asking *g, struct store_tx *tx, const struct question *q, struct app_check_row *row, json_t *told, struct fp_err *err)
{
	struct asked_cell *c = &g->cells[q->cell];
	const struct evidence_obs *obs = q->job >= 0 ? g->observations[q->job] : NULL;
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	struct store_verdict sv = { .cell_id = c->cell.id, .at = app_now(g->a) };
	struct evidence_verdict before;
	size_t n = 0;

	if (store_verdicts_latest(g->a->store, c->cell.id, &latest, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	before = latest_of(latest, n, q->check->id, NULL);
	if (obs == NULL) {
		check_verdict_without(&sv.v, q->check, q->job >= 0 ? "not-asked" : q->why, "");
		fill_row(row, g, q, &sv.v, &before);
		return FP_OK;
	}
	if (check_judge(&sv.v, q->check, obs, err) != FP_OK || mark_fixed(g->a, c->cell.id, &sv.v, err) != FP_OK ||
	    store_obs_put(tx, obs, err) != FP_OK || store_verdict_add(tx, &sv, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fill_row(row, g, q, &sv.v, &before);
	c->answered = true;
	(void)json_array_append_new(told, verdict_json(&sv.v));
	return FP_OK;
}

/* Questions of one cell stand side by side: settle them, then move the cell and tell the ledger. */
static enum fp_status
settle_cell(struct asking *g, struct store_tx *tx, const struct app_actor *by, size_t first, size_t end,
    struct app_check_result *r, struct fp_err *err)
{
	struct asked_cell *c = &g->cells[g->questions[first].cell];
	json_t *told = json_array();

	for (size_t i = first; i < end; i++)
		if (settle_question(g, tx, &g->questions[i], &r->rows[i], told, err) != FP_OK) {
			json_decref(told);
			return fp_failed(err, FP_EIO);
		}
	if (!c->answered) {
		json_decref(told);
		return FP_OK;
	}
	if (move_cell(g->a, tx, by, c, told, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = first; i < end; i++)
		r->rows[i].state_after = c->cell.state;
	return FP_OK;
}

static enum fp_status
settle(struct asking *g, const struct app_actor *by, struct app_check_result *r, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

	if (store_begin(&tx, g->a->store, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t first = 0, end; first < g->n_questions; first = end) {
		for (end = first + 1; end < g->n_questions && g->questions[end].cell == g->questions[first].cell;)
			end++;
		if (settle_cell(g, tx, by, first, end, r, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return store_commit(tx, err);
}

static void
sum_up(struct asking *g, struct app_check_result *r, int64_t started)
{
	for (size_t i = 0; i < r->n; i++)
		r->by_result[r->rows[i].verdict.result]++;
	r->jobs = check_plan_jobs(g->plan);
	for (size_t i = 0; i < r->jobs; i++)
		if (g->observations[i] != NULL) {
			r->connections += (size_t)g->observations[i]->connections;
			r->packets += (size_t)g->observations[i]->packets;
		}
	r->took_ms = fp_monotonic_ms() - started;
}

enum fp_status
app_check_run(struct app *a, const struct app_actor *by, const struct app_check_options *o, struct app_check_result **out,
    struct fp_err *err)
{
	FP_AUTO(asking_free) struct asking g = { .a = NULL };
	FP_AUTO(app_check_result_freep) struct app_check_result *r = fp_calloc(1, sizeof(*r));
	int64_t started = fp_monotonic_ms();

	if (r == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (app_may(by, APP_USE_CHECK, err) != FP_OK || prepare(&g, a, o, err) != FP_OK || ask(&g, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	r->rows = fp_calloc(g.n_questions, sizeof(*r->rows));
	if (r->rows == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	r->n = g.n_questions;
	if (settle(&g, by, r, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	sum_up(&g, r, started);
	*out = r;
	r = NULL;
	return FP_OK;
}

void
app_check_result_free(struct app_check_result *r)
{
	if (r == NULL)
		return;
	free(r->rows);
	free(r);
}

void
app_check_result_freep(struct app_check_result **r)
{
	app_check_result_free(*r);
	*r = NULL;
}
