/* From open cells to questions, from answers to verdicts, from verdicts to states: the whole of one check run. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* One check of one cell. */
struct question {
	size_t cell; /* in asking.cells */
	const struct check *check;
	int job;         /* -1: not asked */
	const char *why; /* reason code when not asked */
};

struct asking {
	struct app *a;
	const struct app_check_options *o;
	struct store_notice *rows;
	size_t n_rows;
	struct notice **notices;
	struct check_set **sets; /* the checks of each notice */
	struct device *devices;
	size_t n_devices;
	struct app_cell_now *cells;
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
	for (size_t i = 0; g->sets != NULL && i < g->n_rows; i++)
		check_set_free(g->sets[i]);
	for (size_t i = 0; i < g->n_cells; i++)
		json_decref(g->cells[i].told);
	for (size_t i = 0; g->observations != NULL && i < check_plan_jobs(g->plan); i++)
		evidence_obs_free(g->observations[i]);
	free(g->observations);
	free(g->notices);
	free(g->sets);
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
		fp_utf8_copy(g->vantage, sizeof(g->vantage), CHECK_VANTAGE_UNSTATED);
	g->notices = fp_calloc(g->n_rows, sizeof(*g->notices));
	g->sets = fp_calloc(g->n_rows, sizeof(struct check_set *));
	if (g->notices == NULL || g->sets == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < g->n_rows; i++)
		if (app_stored_id(g->a, g->rows[i].id, &unused, &g->notices[i], err) != FP_OK ||
		    check_set_new(&g->sets[i], g->notices[i], err) != FP_OK)
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
mode_hinders(const struct asking *g, const struct app_cell_now *c)
{
	const char *running = running_mode(g, c->device);

	if (c->cell.mode[0] == '\0')
		return NULL;
	if (running[0] == '\0')
		return "mode-not-stated";
	return strcasecmp(running, c->cell.mode) == 0 ? NULL : "other-mode-runs";
}

static bool
is_asked(const struct check *way)
{
	const struct check_probe *p = way->probe != NULL ? check_probe_find(way->probe) : NULL;

	return p != NULL && p->steps != NULL;
}

/* why: a reason that is known before any planning, or NULL. */
static enum fp_status
add_question(struct asking *g, size_t cell, const struct check *check, bool first, const char *why, struct fp_err *err)
{
	const struct app_cell_now *c = &g->cells[cell];
	struct question q = { .cell = cell, .check = check, .job = -1, .why = why };

	if (q.why == NULL && is_asked(check))
		q.why = mode_hinders(g, c);
	if (q.why == NULL &&
	    check_plan_add(g->plan, check, c->device, running_mode(g, c->device), &g->check_params, &q.job, &q.why, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	/* A further way that must be switched on is not worth a word until someone does. */
	if (!first && q.why != NULL && strcmp(q.why, "parameter-missing") == 0)
		return FP_OK;
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

/* All ways of a check that go over the network; where there is none, the first says what it waits for. */
static enum fp_status
ask_check(struct asking *g, size_t cell, const struct notice_check *k, struct fp_err *err)
{
	const struct app_cell_now *c = &g->cells[cell];
	const struct check *first = check_set_way(c->checks, k->id, 0), *way;
	bool asked = false;

	if (first == NULL)
		return FP_OK;
	if (!app_check_applies(k, c->device))
		return add_question(g, cell, first, true, "other-storage", err);
	for (size_t i = 0; (way = check_set_way(g->cells[cell].checks, k->id, i)) != NULL; i++) {
		if (!is_asked(way))
			continue;
		if (add_question(g, cell, way, !asked, NULL, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		asked = true;
	}
	return asked ? FP_OK : add_question(g, cell, first, true, NULL, err);
}

static enum fp_status
ask_cell(struct asking *g, const struct case_cell *cell, size_t notice, struct fp_err *err)
{
	struct app_cell_now *c;
	size_t at = g->n_cells;

	if (fp_grow(&g->cells, &g->cap_cells, at + 1, sizeof(*g->cells)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	c = &g->cells[g->n_cells++];
	*c = (struct app_cell_now){ .cell = *cell,
		.notice_id = g->rows[notice].id,
		.notice = g->notices[notice],
		.action = notice_action_find(g->notices[notice], cell->action),
		.device = device_of(g, cell->device_id),
		.checks = g->sets[notice] };
	for (size_t i = 0; c->action != NULL && i < c->action->n_checks; i++) {
		if (g->o->check != NULL && strcasecmp(g->o->check, c->action->checks[i].id) != 0)
			continue;
		if (ask_check(g, at, &c->action->checks[i], err) != FP_OK)
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

static bool
check_exists(const struct asking *g, const char *id)
{
	for (size_t i = 0; i < g->n_rows; i++)
		if (check_set_way(g->sets[i], id, 0) != NULL)
			return true;
	return check_find(id) != NULL;
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
	if (load_all(g, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (o->check != NULL && !check_exists(g, o->check))
		return fp_fail(err, FP_EUSAGE, "there is no check '%.40s'", o->check);
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

static struct evidence_verdict
latest_of(const struct store_verdict *latest, size_t n, const struct check *way)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(latest[i].v.check, way->id) == 0 && way->probe != NULL && strcmp(latest[i].probe, way->probe) == 0)
			return latest[i].v;
	return (struct evidence_verdict){ .result = EVIDENCE_NOTCHECKED };
}

static void
fill_row(struct app_check_row *row, const struct asking *g, const struct question *q, const struct evidence_verdict *v,
    const struct evidence_verdict *before)
{
	const struct app_cell_now *c = &g->cells[q->cell];

	row->cell_id = c->cell.id;
	fp_utf8_copy(row->serial, sizeof(row->serial), c->device->serial);
	fp_utf8_copy(row->mode, sizeof(row->mode), c->cell.mode);
	fp_utf8_copy(row->action, sizeof(row->action), c->cell.action);
	fp_utf8_copy(row->reference, sizeof(row->reference), c->notice->reference);
	row->verdict = *v;
	row->before = *before;
	row->state_before = row->state_after = c->cell.state;
	fp_utf8_copy(row->probe, sizeof(row->probe), q->check->probe);
	if (q->job >= 0)
		fp_utf8_copy(row->target, sizeof(row->target), check_plan_job(g->plan, (size_t)q->job)->target);
}

/* Judge one question, keep observation and verdict. *told gets the verdict when something was observed. */
static enum fp_status
settle_question(struct asking *g, struct store_tx *tx, const struct question *q, struct app_check_row *row, struct fp_err *err)
{
	struct app_cell_now *c = &g->cells[q->cell];
	const struct evidence_obs *obs = q->job >= 0 ? g->observations[q->job] : NULL;
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	struct evidence_verdict before, v;
	size_t n = 0;

	if (store_verdicts_latest(g->a->store, c->cell.id, &latest, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	before = latest_of(latest, n, q->check);
	if (obs == NULL) {
		check_verdict_without(&v, q->check, q->job >= 0 ? "not-asked" : q->why, "");
		fill_row(row, g, q, &v, &before);
		return FP_OK;
	}
	if (store_obs_put(tx, obs, err) != FP_OK || app_cell_judge(g->a, tx, c, q->check, obs, 0, &v, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fill_row(row, g, q, &v, &before);
	return FP_OK;
}

/* Questions of one cell stand side by side: settle them, then move the cell and tell the ledger. */
static enum fp_status
settle_cell(struct asking *g, struct store_tx *tx, const struct app_actor *by, size_t first, size_t end,
    struct app_check_result *r, struct fp_err *err)
{
	struct app_cell_now *c = &g->cells[g->questions[first].cell];

	for (size_t i = first; i < end; i++)
		if (settle_question(g, tx, &g->questions[i], &r->rows[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
	if (app_cell_move(g->a, tx, by, c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	app_cell_count(r, &c->cell);
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
