/* The case of a notice, one cell of it, and what people say of cells. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "i18n/i18n.h"

char *
app_cell_subject(char out[256], const char *ref, const char *serial, const struct case_cell *cell)
{
	char number[101];

	/* A long serial number is cut at a character: half of one would be no text for the ledger. */
	fp_utf8_copy(number, sizeof(number), serial);
	(void)snprintf(out, 256, "%.60s/%s/%s/%s", ref, number, cell->mode[0] ? cell->mode : "-", cell->action);
	return out;
}

/* ---- the whole case ---- */

/* Where a cell stands in the matrix: action number, then the product's order of modes. */
struct order {
	const struct notice *n;
	const struct notice_product *p;
};

static int
place(const struct order *o, const struct case_cell *cell)
{
	int action = 0, mode = 0;

	for (size_t i = 0; i < o->n->n_actions; i++)
		if (strcmp(o->n->actions[i].id, cell->action) == 0)
			action = (int)i;
	for (size_t i = 0; o->p != NULL && i < o->p->modes.n; i++)
		if (strcmp(o->p->modes.items[i], cell->mode) == 0)
			mode = (int)i;
	return action * 16 + mode;
}

/* A device has a handful of cells: insertion is the simplest stable sort. */
static void
sort_cells(struct case_cell *cells, size_t n, const struct order *o)
{
	for (size_t i = 1; i < n; i++) {
		struct case_cell moved = cells[i];
		size_t k = i;

		for (; k > 0 && place(o, &cells[k - 1]) > place(o, &moved); k--)
			cells[k] = cells[k - 1];
		cells[k] = moved;
	}
}

struct affected {
	int64_t device_id;
	char product_id[64];
};

struct gathering {
	struct affected *items;
	size_t n, cap, cannot_tell;
};

static enum fp_status
gather(void *ctx, const struct store_match *m, struct fp_err *err)
{
	struct gathering *g = ctx;
	const char *product, *answer = m->by_person ? m->person_answer : m->answer;

	g->cannot_tell += strcmp(answer, match_answer_name(MATCH_CANNOT_TELL)) == 0;
	if (!app_match_affects(m, &product))
		return FP_OK;
	if (fp_grow(&g->items, &g->cap, g->n + 1, sizeof(*g->items)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	g->items[g->n].device_id = m->device_id;
	fp_utf8_copy(g->items[g->n++].product_id, sizeof(g->items[0].product_id), product);
	return FP_OK;
}

static int
by_device(const void *x, const void *y)
{
	int64_t a = ((const struct affected *)x)->device_id, b = ((const struct affected *)y)->device_id;

	return (a > b) - (a < b);
}

static void
fill_device(struct app_case_device *out, const struct device *d, const struct notice *n, const struct affected *m)
{
	const struct notice_product *p = m ? notice_product_find(n, m->product_id) : NULL;

	fp_utf8_copy(out->serial, sizeof(out->serial), d->serial);
	fp_utf8_copy(out->product, sizeof(out->product), d->product);
	fp_utf8_copy(out->location, sizeof(out->location), d->location);
	fp_utf8_copy(out->mode_now, sizeof(out->mode_now), d->mode_now);
	fp_utf8_copy(out->product_id, sizeof(out->product_id), m ? m->product_id : "");
	fp_utf8_copy(out->product_name, sizeof(out->product_name), p && p->names.n ? p->names.items[0] : d->product);
}

/* Cells come ordered by device: cut them into the devices' runs. */
static enum fp_status
cut_devices(struct app_case *k, struct fp_err *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < k->n_cells; i++) {
		struct app_case_device *last = k->n_devices ? &k->devices[k->n_devices - 1] : NULL;

		if (last == NULL || last->device_id != k->cells[i].device_id) {
			if (fp_grow(&k->devices, &cap, k->n_devices + 1, sizeof(*k->devices)) != 0)
				return fp_fail(err, FP_ENOMEM, "out of memory for the case");
			last = &k->devices[k->n_devices++];
			memset(last, 0, sizeof(*last));
			last->device_id = k->cells[i].device_id;
			last->first_cell = i;
		}
		last->n_cells++;
	}
	return FP_OK;
}

struct naming {
	struct app_case *k;
	const struct gathering *g;
};

static enum fp_status
name_device(void *ctx, const struct device *d, struct fp_err *err)
{
	struct naming *w = ctx;
	struct affected key = { .device_id = d->id };

	(void)err;
	for (size_t lo = 0, hi = w->k->n_devices; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->k->devices[mid].device_id == d->id) {
			const struct affected *m = w->g->n ? bsearch(&key, w->g->items, w->g->n, sizeof(key), by_device) : NULL;

			fill_device(&w->k->devices[mid], d, w->k->notice, m);
			return FP_OK;
		}
		if (w->k->devices[mid].device_id < d->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return FP_OK;
}

/* Devices that a person has decided on since keep their cells and are no longer in the filter: fetch these one by one. */
static enum fp_status
name_rest(struct app *a, struct app_case *k, struct fp_err *err)
{
	for (size_t i = 0; i < k->n_devices; i++) {
		FP_AUTO(device_free) struct device d = { .id = 0 };

		if (k->devices[i].serial[0] != '\0')
			continue;
		if (store_device_get(a->store, k->devices[i].device_id, &d, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		fill_device(&k->devices[i], &d, k->notice, NULL);
	}
	return FP_OK;
}

static enum fp_status
count_case(struct app_case *k, struct fp_err *err)
{
	k->by_action = fp_calloc(k->notice->n_actions, sizeof(*k->by_action));
	if (k->by_action == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	for (size_t i = 0; i < k->n_devices; i++) {
		const struct order o = { k->notice, notice_product_find(k->notice, k->devices[i].product_id) };

		sort_cells(&k->cells[k->devices[i].first_cell], k->devices[i].n_cells, &o);
	}
	for (size_t i = 0; i < k->n_cells; i++) {
		case_count(&k->counts, &k->cells[i]);
		for (size_t j = 0; j < k->notice->n_actions; j++)
			if (strcmp(k->notice->actions[j].id, k->cells[i].action) == 0)
				case_count(&k->by_action[j], &k->cells[i]);
	}
	return FP_OK;
}

static enum fp_status
fill_case(struct app *a, struct app_case *k, int64_t notice_id, struct gathering *g, struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = notice_id, .state = -1 };
	const struct store_device_filter df = { .notice_id = notice_id };
	struct naming w = { .k = k, .g = g };

	if (store_cells(a->store, &f, &k->cells, &k->n_cells, err) != FP_OK || cut_devices(k, err) != FP_OK ||
	    store_match_each(a->store, notice_id, 0, NULL, gather, g, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (g->n > 0)
		qsort(g->items, g->n, sizeof(*g->items), by_device);
	k->devices_cannot_tell = g->cannot_tell;
	if (store_device_each(a->store, &df, name_device, &w, NULL, err) != FP_OK || name_rest(a, k, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return count_case(k, err);
}

enum fp_status
app_case_get(struct app *a, const char *ref, struct app_case **out, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = fp_calloc(1, sizeof(*k));
	struct gathering g = { .items = NULL };
	struct store_notice row;
	enum fp_status status;

	if (k == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	if (app_stored(a, ref, &row, &k->notice, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	k->notice_id = row.id;
	k->genuine = app_genuine_of(row.genuine);
	fp_utf8_copy(k->signer, sizeof(k->signer), row.signer);
	status = fill_case(a, k, row.id, &g, err);
	free(g.items);
	if (status != FP_OK)
		return status;
	*out = k;
	k = NULL;
	return FP_OK;
}

void
app_case_free(struct app_case *k)
{
	if (k == NULL)
		return;
	notice_free(k->notice);
	free(k->devices);
	free(k->cells);
	free(k->by_action);
	free(k->findings);
	free(k);
}

void
app_case_freep(struct app_case **k)
{
	app_case_free(*k);
	*k = NULL;
}

/* ---- finding cells by words ---- */

enum fp_status
app_cells_find(struct app *a, const char *ref, const char *serial, const char *mode, const char *action, int64_t **ids, size_t *n,
    struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	FP_AUTO(fp_freep) int64_t *list = NULL;
	FP_AUTO(device_free) struct device d = { .id = 0 };

	*n = 0;
	if (app_case_get(a, ref, &k, err) != FP_OK || (serial != NULL && app_device_by_serial(a, serial, &d, err) != FP_OK))
		return fp_failed(err, FP_ENOTFOUND);
	list = fp_calloc(k->n_cells, sizeof(*list));
	if (list == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < k->n_cells; i++) {
		const struct case_cell *c = &k->cells[i];

		if ((serial == NULL || c->device_id == d.id) && (mode == NULL || strcasecmp(c->mode, mode) == 0) &&
		    (action == NULL || strcmp(c->action, action) == 0))
			list[(*n)++] = c->id;
	}
	if (*n == 0 && action != NULL && notice_action_find(k->notice, action) == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no action '%.60s'; its first is '%s'", k->notice->reference, action,
		    k->notice->n_actions ? k->notice->actions[0].id : "-");
	if (*n == 0)
		return fp_fail(err, FP_ENOTFOUND, "%s has no such cell%s%.80s%s", k->notice->reference, serial ? " for '" : "",
		    serial ? serial : "",
		    serial ? "': is the device affected, is the boot mode right?" : "; run the match first");
	*ids = list;
	list = NULL;
	return FP_OK;
}

/* ---- what a person must look at ---- */

static enum fp_status
add_finding(struct app_case *k, const struct app_case_device *d, const struct case_cell *cell, const struct app_check_now *now,
    enum app_finding_kind kind, struct fp_err *err)
{
	struct app_case_finding *f;

	if (fp_grow(&k->findings, &k->cap_findings, k->n_findings + 1, sizeof(*k->findings)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	f = &k->findings[k->n_findings++];
	*f = (struct app_case_finding){ .kind = kind,
		.cell_id = cell->id,
		.serial = d->serial,
		.stale = now->stale,
		.verdict = now->verdict,
		.against = now->against,
		.at = now->at,
		.against_at = now->against_at };
	fp_utf8_copy(f->mode, sizeof(f->mode), cell->mode);
	fp_utf8_copy(f->action, sizeof(f->action), cell->action);
	fp_utf8_copy(f->check, sizeof(f->check), now->verdict.check);
	return FP_OK;
}

struct looking {
	struct app *a;
	struct app_case *k;
	struct check_set *set;
	struct store_verdict *latest; /* of all cells, ordered by cell */
	size_t n;
	fp_time ended[EVIDENCE_END_COUNT];
};

/* The run of a cell's verdicts in the list. */
static const struct store_verdict *
verdicts_of(const struct looking *w, int64_t cell, size_t *n)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->latest[mid].cell_id < cell)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < w->n && w->latest[lo + *n].cell_id == cell;)
		(*n)++;
	return &w->latest[lo];
}

static enum fp_status
look_at_cell(struct looking *w, const struct app_case_device *d, const struct case_cell *cell, struct fp_err *err)
{
	const struct notice_action *action = notice_action_find(w->k->notice, cell->action);
	size_t n = 0;
	const struct store_verdict *latest = verdicts_of(w, cell->id, &n);

	for (size_t i = 0; n > 0 && action != NULL && i < action->n_checks; i++) {
		struct app_check_now now;

		app_check_look(&now, &action->checks[i], NULL, w->set, latest, n, w->ended, app_now(w->a));
		/* Only what was relied upon can go stale: an open answer is open anyway. */
		bool relied = now.verdict.result == EVIDENCE_PASS || now.verdict.result == EVIDENCE_FIXED;
		if ((now.stale != NULL && relied && add_finding(w->k, d, cell, &now, APP_STALE, err) != FP_OK) ||
		    (now.contradicted && add_finding(w->k, d, cell, &now, APP_CONTRADICTION, err) != FP_OK))
			return fp_failed(err, FP_ENOMEM);
	}
	return FP_OK;
}

enum fp_status
app_case_findings(struct app *a, struct app_case *k, struct fp_err *err)
{
	FP_AUTO(check_set_freep) struct check_set *set = NULL;
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	struct looking w = { .a = a, .k = k };

	k->n_findings = 0;
	/* Silence that came later takes nothing back: what was decided last is what is relied upon, and what contradicts. */
	if (check_set_new(&set, k->notice, err) != FP_OK ||
	    store_verdicts_latest_of_notice(a->store, k->notice_id, true, &latest, &w.n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	w.set = set;
	w.latest = latest;
	for (size_t i = 0; w.n > 0 && i < k->n_devices; i++) {
		const struct app_case_device *d = &k->devices[i];

		if (store_device_ended(a->store, d->device_id, w.ended, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		for (size_t c = 0; c < d->n_cells; c++)
			if (look_at_cell(&w, d, &k->cells[d->first_cell + c], err) != FP_OK)
				return fp_failed(err, FP_ENOMEM);
	}
	return FP_OK;
}

/* ---- one cell ---- */

static enum fp_status
fill_checks(struct app *a, struct app_cell_view *v, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	fp_time ended[EVIDENCE_END_COUNT];
	size_t n = 0;

	if (store_verdicts_latest(a->store, v->cell.id, &latest, &n, err) != FP_OK ||
	    store_device_ended(a->store, v->device.id, ended, err) != FP_OK || check_set_new(&v->set, v->notice, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	v->checks = fp_calloc(v->action->n_checks, sizeof(*v->checks));
	if (v->checks == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < v->action->n_checks; i++) {
		struct app_cell_check *k = &v->checks[v->n_checks++];
		struct app_check_now now;

		app_check_look(&now, &v->action->checks[i], &v->device, v->set, latest, n, ended, app_now(a));
		fp_utf8_copy(k->id, sizeof(k->id), v->action->checks[i].id);
		k->role = v->action->checks[i].role;
		k->check = now.way;
		k->verdict = now.verdict;
		k->at = now.at;
		k->stale = now.stale;
		k->contradicted = now.contradicted;
		k->against = now.against;
		k->against_at = now.against_at;
	}
	return FP_OK;
}

static char *
event_text(const struct store_cell_event *e)
{
	bool moved = e->from != e->to;

	return fp_asprintf("%s%s%s%s%s%s%s%s%s", e->kind, strcmp(e->kind, "see") == 0 ? " " : "",
	    strcmp(e->kind, "see") == 0 ? evidence_result_name(e->result) : "", e->reason[0] ? " " : "", e->reason,
	    e->text[0] ? ": " : "", e->text, moved ? " -> " : "", moved ? case_state_name(e->to) : "");
}

static enum fp_status
fill_history(struct app *a, struct app_cell_view *v, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_cell_event *list = NULL;
	size_t n = 0;

	if (store_cell_history(a->store, v->cell.id, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	v->history = fp_calloc(n, sizeof(*v->history));
	if (v->history == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct app_history *h = &v->history[v->n_history++];

		h->seq = list[i].seq;
		h->at = list[i].at;
		fp_utf8_copy(h->actor, sizeof(h->actor), list[i].actor);
		fp_utf8_copy(h->kind, sizeof(h->kind), list[i].kind);
		h->of_cell = true;
		h->from = list[i].from;
		h->to = list[i].to;
		h->result = list[i].result;
		fp_utf8_copy(h->reason, sizeof(h->reason), list[i].reason);
		fp_utf8_copy(h->note, sizeof(h->note), list[i].text);
		h->text = event_text(&list[i]);
		if (h->text == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	return FP_OK;
}

enum fp_status
app_cell_get(struct app *a, int64_t cell_id, struct app_cell_view **out, struct fp_err *err)
{
	FP_AUTO(app_cell_view_freep) struct app_cell_view *v = fp_calloc(1, sizeof(*v));
	struct store_notice row;
	int64_t notice_id;

	if (v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (store_cell_get(a->store, cell_id, &v->cell, &notice_id, err) != FP_OK ||
	    app_stored_id(a, notice_id, &row, &v->notice, err) != FP_OK ||
	    store_device_get(a->store, v->cell.device_id, &v->device, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	fp_utf8_copy(v->reference, sizeof(v->reference), v->notice->reference);
	v->action = notice_action_find(v->notice, v->cell.action);
	if (v->action == NULL)
		return fp_fail(err, FP_ECONFLICT, "%s has no action '%s' any more: a newer revision took it away", v->reference,
		    v->cell.action);
	if (fill_checks(a, v, err) != FP_OK || fill_history(a, v, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = v;
	v = NULL;
	return FP_OK;
}

void
app_history_free(struct app_history *h, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(h[i].text);
	free(h);
}

void
app_cell_view_free(struct app_cell_view *v)
{
	if (v == NULL)
		return;
	device_free(&v->device);
	notice_free(v->notice);
	free(v->checks);
	check_set_free(v->set);
	app_history_free(v->history, v->n_history);
	free(v);
}

void
app_cell_view_freep(struct app_cell_view **v)
{
	app_cell_view_free(*v);
	*v = NULL;
}

/* ---- what people say ---- */

static const char *const event_kinds[] = {
	[CASE_CLAIM] = "claim",
	[CASE_WITHDRAW] = "withdraw",
	[CASE_SAY_NOT_DONE] = "not-done",
	[CASE_SEE] = "see",
	[CASE_REOPEN] = "reopen",
};

static json_t *
said_body(const struct case_event *e, const struct case_cell *cell, enum case_state from)
{
	json_t *body = json_object();
	char day[FP_DATE_MAX];

	fp_json_set_str(body, "from", case_state_name(from));
	fp_json_set_str(body, "to", case_state_name(cell->state));
	fp_json_set_str(body, "reason", e->reason);
	fp_json_set_str(body, "text", e->text);
	fp_json_set_str(body, "planned", fp_date_valid(e->planned) ? fp_date_text(day, e->planned) : NULL);
	return body;
}

/* One event on one cell with its history and ledger entry. */
static enum fp_status
say(struct app *a, struct store_tx *tx, const struct app_actor *by, int64_t id, const struct case_event *e, struct fp_err *err)
{
	FP_AUTO(device_free) struct device d = { .id = 0 };
	FP_AUTO(store_notice_clear) struct store_notice row = { .id = 0 };
	struct store_cell_event told = { .at = e->at };
	struct case_cell cell;
	char subject[256], kind[32];
	int64_t notice_id;

	if (store_cell_get(a->store, id, &cell, &notice_id, err) != FP_OK ||
	    store_notice_get_id(a->store, notice_id, &row, err) != FP_OK ||
	    store_device_get(a->store, cell.device_id, &d, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)app_cell_subject(subject, row.reference, d.serial, &cell);
	told.from = cell.state;
	if (case_apply(&cell, e, err) != FP_OK)
		return fp_ctx(err, "%s", subject);
	told.to = cell.state;
	fp_utf8_copy(told.actor, sizeof(told.actor), by->name);
	fp_utf8_copy(told.kind, sizeof(told.kind), event_kinds[e->kind]);
	fp_utf8_copy(told.reason, sizeof(told.reason), e->reason);
	fp_utf8_copy(told.text, sizeof(told.text), e->text);
	(void)snprintf(kind, sizeof(kind), "cell-%s", event_kinds[e->kind]);
	if (store_cell_put(tx, notice_id, &cell, &told, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_tell(tx, by, kind, subject, said_body(e, &cell, told.from), NULL, err);
}

static enum fp_status
say_all(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const struct case_event *e, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

	if (app_may(by, APP_USE_SAY, err) != FP_OK || store_begin(&tx, a->store, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	for (size_t i = 0; i < n; i++)
		if (say(a, tx, by, ids[i], e, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_cell_claim(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *note, struct fp_err *err)
{
	const struct case_event e = { .kind = CASE_CLAIM, .at = app_now(a), .actor = by->name, .text = note };

	return say_all(a, by, ids, n, &e, err);
}

enum fp_status
app_cell_withdraw(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *why, struct fp_err *err)
{
	const struct case_event e = { .kind = CASE_WITHDRAW, .at = app_now(a), .actor = by->name, .text = why };

	return say_all(a, by, ids, n, &e, err);
}

enum fp_status
app_cell_reopen(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *why, struct fp_err *err)
{
	const struct case_event e = { .kind = CASE_REOPEN, .at = app_now(a), .actor = by->name, .text = why };

	return say_all(a, by, ids, n, &e, err);
}

enum fp_status
app_cell_not_done(struct app *a, const struct app_actor *by, const int64_t *ids, size_t n, const char *reason, const char *text,
    struct fp_date planned, struct fp_err *err)
{
	const struct case_event e = {
		.kind = CASE_SAY_NOT_DONE, .at = app_now(a), .actor = by->name, .reason = reason, .text = text, .planned = planned
	};

	return say_all(a, by, ids, n, &e, err);
}

/* The cell of the other action at the same device and mode is said, or proven, to be done. */
static bool
done_elsewhere(const struct app_case *k, const struct case_cell *cell, const char *other)
{
	for (size_t i = 0; i < k->n_cells; i++)
		if (k->cells[i].device_id == cell->device_id && strcmp(k->cells[i].mode, cell->mode) == 0 &&
		    strcmp(k->cells[i].action, other) == 0)
			return k->cells[i].claimed || k->cells[i].state == CASE_VERIFIED;
	return false;
}

/* The note goes into the reply, so it is in the site's language, whoever claims. */
static enum fp_status
same_note(struct fp_buf *note, struct app *a, const struct notice_action *other, struct fp_err *err)
{
	struct app_site site;
	char number[16];

	if (app_site_get(a, &site, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)snprintf(number, sizeof(number), "%d", other != NULL ? other->number : 0);
	i18n_f(note, i18n_get(site.language), "same devices and boot modes as for step {n}", "n", number, NULL);
	return fp_buf_check(note, "the note", err);
}

enum fp_status
app_cell_claim_same(struct app *a, const struct app_actor *by, const char *ref, const char *action, size_t *n, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf note = { .max = 256 };
	const struct notice_action *act;

	*n = 0;
	if (app_case_get(a, ref, &k, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	act = notice_action_find(k->notice, action);
	if (act == NULL || act->same_devices_as == NULL)
		return fp_fail(
		    err, FP_EUSAGE, "%s offers no 'same devices' for the action '%.60s'", k->notice->reference, action);
	ids = fp_calloc(k->n_cells, sizeof(*ids));
	if (ids == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < k->n_cells; i++)
		if (strcmp(k->cells[i].action, action) == 0 && !k->cells[i].claimed &&
		    done_elsewhere(k, &k->cells[i], act->same_devices_as))
			ids[(*n)++] = k->cells[i].id;
	if (*n == 0)
		return fp_fail(err, FP_ECONFLICT, "no device is claimed for '%s' that is not claimed for '%s' already",
		    act->same_devices_as, action);
	if (same_note(&note, a, notice_action_find(k->notice, act->same_devices_as), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_cell_claim(a, by, ids, *n, note.data, err);
}
