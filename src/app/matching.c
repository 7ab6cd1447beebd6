/* Notice x device: ask the matcher, keep its answers, open the cells of what is affected; a person decides what it cannot tell. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "match/stream.h"

#define MODES_MAX DEVICE_MODES_MAX
#define CELLS_MAX 64 /* of one device under one notice */

bool
app_match_affects(const struct store_match *m, const char **product_id)
{
	const char *answer = m->by_person ? m->person_answer : m->answer;

	*product_id = m->by_person && m->person_product_id[0] != '\0' ? m->person_product_id : m->product_id;
	return strcmp(answer, match_answer_name(MATCH_AFFECTED)) == 0;
}

static enum match_answer
answer_of(const char *name)
{
	for (int a = MATCH_NOT_AFFECTED; a <= MATCH_AFFECTED; a++)
		if (strcmp(match_answer_name((enum match_answer)a), name) == 0)
			return (enum match_answer)a;
	return MATCH_CANNOT_TELL;
}

static enum match_reason
reason_of(const char *name)
{
	for (int r = 0; r < MATCH_R_COUNT; r++)
		if (strcmp(match_reason_name((enum match_reason)r), name) == 0)
			return (enum match_reason)r;
	return MATCH_R_NONE;
}

/* ---- opening cells ---- */

static bool
has_cell(const struct case_cell *cells, size_t n, const struct case_cell *wanted)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(cells[i].mode, wanted->mode) == 0 && strcmp(cells[i].action, wanted->action) == 0)
			return true;
	return false;
}

/* Open what is not open yet. Gives how many were opened; the caller tells the ledger. */
static enum fp_status
open_cells(struct app *a, struct store_tx *tx, const struct app_actor *by, int64_t notice_id, const struct notice *n,
    const struct notice_product *p, const struct device *d, const char *const *modes, size_t n_modes, size_t *opened,
    struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = notice_id, .device_id = d->id, .state = -1 };
	FP_AUTO(fp_freep) struct case_cell *have = NULL;
	struct case_cell cells[CELLS_MAX];
	struct store_cell_event e = { .kind = "open", .at = app_now(a) };
	size_t n_have = 0, count = case_cells_of(cells, CELLS_MAX, n, p, d, modes, n_modes);

	if (count > CELLS_MAX)
		return fp_fail(
		    err, FP_ELIMIT, "%s has %zu cells for one device; the limit is %d", n->reference, count, CELLS_MAX);
	if (store_cells(a->store, &f, &have, &n_have, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(e.actor, sizeof(e.actor), by->name);
	for (size_t i = 0; i < count; i++) {
		if (has_cell(have, n_have, &cells[i]))
			continue;
		cells[i].changed_at = app_now(a);
		e.from = e.to = cells[i].state;
		if (store_cell_put(tx, notice_id, &cells[i], &e, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		(*opened)++;
	}
	return FP_OK;
}

/* ---- running ---- */

struct matching {
	struct app *a;
	const struct app_actor *by;
	struct store_tx *tx;
	const struct notice *n;
	const struct match_index *index;
	int64_t notice_id;
	size_t answers[MATCH_AFFECTED + 1], changed, opened;
};

/* The person's decision on this pair, when there is one. */
static enum fp_status
keep_decision(void *ctx, const struct store_match *m, struct fp_err *err)
{
	(void)err;
	*(struct store_match *)ctx = *m;
	return FP_OK;
}

static enum fp_status
match_one(struct matching *g, const struct device *d, struct fp_err *err)
{
	struct match_result r;
	struct store_match m = { .notice_id = g->notice_id, .device_id = d->id };
	const struct notice_product *p;
	const char *modes[MODES_MAX], *product_id;
	size_t n_modes = 0;
	bool changed = false;

	match_device(&r, g->index, d);
	fp_utf8_copy(m.answer, sizeof(m.answer), match_answer_name(r.answer));
	fp_utf8_copy(m.reason, sizeof(m.reason), match_reason_name(r.reason));
	fp_utf8_copy(m.product_id, sizeof(m.product_id), r.product ? r.product->id : "");
	fp_utf8_copy(m.detail, sizeof(m.detail), r.detail);
	m.confidence = r.confidence;
	m.at = app_now(g->a);
	if (store_match_put(g->tx, &m, &changed, err) != FP_OK ||
	    store_match_each(g->a->store, g->notice_id, d->id, NULL, keep_decision, &m, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	g->changed += changed;
	g->answers[answer_of(m.by_person ? m.person_answer : m.answer)]++;
	if (!app_match_affects(&m, &product_id))
		return FP_OK;
	p = notice_product_find(g->n, product_id);
	if (p == NULL)
		return FP_OK;
	for (size_t i = 0; i < p->modes.n && n_modes < MODES_MAX; i++) {
		bool out = false;

		for (size_t k = 0; k < r.n_modes && !m.by_person; k++)
			out |= strcmp(r.modes[k].mode, p->modes.items[i]) == 0 && r.modes[k].answer == MATCH_NOT_AFFECTED;
		if (!out)
			modes[n_modes++] = p->modes.items[i];
	}
	return open_cells(g->a, g->tx, g->by, g->notice_id, g->n, p, d, modes, n_modes, &g->opened, err);
}

static enum fp_status
match_notice(struct app *a, struct store_tx *tx, const struct app_actor *by, int64_t notice_id, const struct device *devices,
    size_t n, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *notice = NULL;
	FP_AUTO(match_index_freep) struct match_index *index = NULL;
	struct store_notice row;
	struct matching g = { .a = a, .by = by, .tx = tx, .notice_id = notice_id };
	json_t *body;

	if (app_stored_id(a, notice_id, &row, &notice, err) != FP_OK || match_index_new(&index, notice, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	g.n = notice;
	g.index = index;
	for (size_t i = 0; i < n; i++)
		if (match_one(&g, &devices[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
	if (g.changed == 0 && g.opened == 0)
		return FP_OK;
	body = json_object();
	fp_json_set_int(body, "affected", (int64_t)g.answers[MATCH_AFFECTED]);
	fp_json_set_int(body, "cannot_tell", (int64_t)g.answers[MATCH_CANNOT_TELL]);
	fp_json_set_int(body, "not_affected", (int64_t)g.answers[MATCH_NOT_AFFECTED]);
	fp_json_set_int(body, "answers_changed", (int64_t)g.changed);
	fp_json_set_int(body, "cells_opened", (int64_t)g.opened);
	fp_json_set_str(body, "notice_sha256", notice->content_hash);
	return app_tell(tx, by, "match", notice->reference, body, NULL, err);
}

enum fp_status
app_match_run(struct app *a, const struct app_actor *by, const char *ref, struct app_matches *out, struct fp_err *err)
{
	const struct store_device_filter all = { .limit = 0 };
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct device *devices = NULL;
	size_t n_rows = 0, n = 0;
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	if (app_may(by, APP_USE_MATCH, err) != FP_OK || app_stored_rows(a, ref, &rows, &n_rows, err) != FP_OK ||
	    app_all_devices(a, &all, &devices, &n, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	status = store_begin(&tx, a->store, err);
	for (size_t i = 0; i < n_rows && status == FP_OK; i++)
		status = match_notice(a, tx, by, rows[i].id, devices, n, err);
	store_devices_free(devices, n);
	if (status == FP_OK)
		status = store_commit(tx, err);
	return status == FP_OK ? app_matches(a, ref, 0, out, err) : status;
}

/* ---- a list, nothing stored ---- */

/* The notices to ask, made ready. */
struct asked_notices {
	struct store_notice *rows;
	struct notice **notices;
	struct match_index **indexes;
	struct match_stream_counts *counts;
	size_t n, cap, limit;
	struct app_matches *out;
};

static void
asked_free(struct asked_notices *q)
{
	for (size_t i = 0; i < q->n; i++) {
		if (q->indexes != NULL)
			match_index_free(q->indexes[i]);
		if (q->notices != NULL)
			notice_free(q->notices[i]);
	}
	free(q->indexes);
	free(q->notices);
	free(q->counts);
	free(q->rows);
}

static enum fp_status
asked_load(struct asked_notices *q, struct app *a, const char *ref, struct fp_err *err)
{
	struct store_notice unused;

	if (app_stored_rows(a, ref, &q->rows, &q->n, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (q->n == 0)
		return fp_fail(err, FP_ENOTFOUND, "there is no notice yet: fieldproof notice add REF");
	q->notices = fp_calloc(q->n, sizeof(*q->notices));
	q->indexes = fp_calloc(q->n, sizeof(*q->indexes));
	q->counts = fp_calloc(q->n, sizeof(*q->counts));
	if (q->notices == NULL || q->indexes == NULL || q->counts == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < q->n; i++)
		if (app_stored_id(a, q->rows[i].id, &unused, &q->notices[i], err) != FP_OK ||
		    match_index_new(&q->indexes[i], q->notices[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

static enum fp_status
on_hit(void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err)
{
	struct asked_notices *q = ctx;
	struct app_match_row *row;

	(void)line;
	if (q->out->n == q->limit)
		return FP_OK;
	if (fp_grow(&q->out->items, &q->cap, q->out->n + 1, sizeof(*row)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the answers");
	row = &q->out->items[q->out->n++];
	return app_match_row_fill(row, q->indexes[notice], q->notices[notice], r, d, err);
}

enum fp_status
app_match_list(struct app *a, const char *ref, const char *path, const char *map, size_t limit, struct app_matches *out,
    size_t *rows, size_t *bad, struct fp_err *err)
{
	FP_AUTO(asked_free) struct asked_notices q = { .out = out, .limit = limit };
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	const struct device_import_options io = { .map = map, .year = fp_date_of_time(app_now(a)).year, .identity_only = true };
	const struct match_stream_options so = { .hit = on_hit, .ctx = &q };
	struct device_import_counts read;

	memset(out, 0, sizeof(*out));
	if (asked_load(&q, a, ref, err) != FP_OK || device_import_open_path(&im, path, &io, err) != FP_OK ||
	    match_stream(q.counts, im, (const struct match_index *const *)q.indexes, q.n, &so, err) != FP_OK) {
		app_matches_free(out);
		return fp_failed(err, FP_EIO);
	}
	for (size_t i = 0; i < q.n; i++) {
		out->affected += q.counts[i].by_answer[MATCH_AFFECTED];
		out->cannot_tell += q.counts[i].by_answer[MATCH_CANNOT_TELL];
		out->not_affected += q.counts[i].by_answer[MATCH_NOT_AFFECTED];
	}
	read = device_import_counts(im);
	*rows = read.rows;
	*bad = read.bad;
	return FP_OK;
}

/* ---- the kept answers ---- */

struct listing {
	struct app *a;
	struct app_matches *out;
	size_t cap;
	const struct store_notice *rows;
	size_t n_rows;
	struct notice **notices;
	struct match_index **indexes;
};

static void
name_product(struct listing *l, struct app_match_row *row, size_t i)
{
	const struct notice_product *p;
	struct store_notice unused;

	if (row->product_id[0] == '\0')
		return;
	if (l->notices[i] == NULL && app_stored_id(l->a, l->rows[i].id, &unused, &l->notices[i], NULL) != FP_OK)
		return;
	p = notice_product_find(l->notices[i], row->product_id);
	if (p != NULL && p->names.n > 0)
		fp_utf8_copy(row->product_name, sizeof(row->product_name), p->names.items[0]);
}

static enum fp_status
list_match(void *ctx, const struct store_match *m, struct fp_err *err)
{
	struct listing *l = ctx;
	struct app_match_row *row;
	size_t i = 0;
	size_t *const counts[] = { [MATCH_NOT_AFFECTED] = &l->out->not_affected,
		[MATCH_CANNOT_TELL] = &l->out->cannot_tell,
		[MATCH_AFFECTED] = &l->out->affected };

	if (fp_grow(&l->out->items, &l->cap, l->out->n + 1, sizeof(*row)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the answers");
	row = &l->out->items[l->out->n++];
	memset(row, 0, sizeof(*row));
	while (i < l->n_rows && l->rows[i].id != m->notice_id)
		i++;
	row->device_id = m->device_id;
	row->answer = answer_of(m->by_person ? m->person_answer : m->answer);
	row->reason = reason_of(m->reason);
	row->confidence = m->confidence;
	row->by_person = m->by_person;
	fp_utf8_copy(row->product_id, sizeof(row->product_id),
	    m->by_person && m->person_product_id[0] ? m->person_product_id : m->product_id);
	fp_utf8_copy(row->detail, sizeof(row->detail), m->detail);
	fp_utf8_copy(row->decided_by, sizeof(row->decided_by), m->decided_by);
	fp_utf8_copy(row->decided_why, sizeof(row->decided_why), m->decided_why);
	if (i < l->n_rows) {
		fp_utf8_copy(row->reference, sizeof(row->reference), l->rows[i].reference);
		name_product(l, row, i);
	}
	(*counts[row->answer])++;
	return FP_OK;
}

/* The notice of a row, made ready for questions once. */
static size_t
notice_of(const struct listing *l, const struct app_match_row *row)
{
	size_t i = 0;

	while (i < l->n_rows && strcmp(l->rows[i].reference, row->reference) != 0)
		i++;
	return i;
}

/* A person's decision names the product; the versions still say which vulnerabilities apply. */
static enum fp_status
tell_vulnerabilities(struct listing *l, struct app_match_row *row, const struct device *d, struct fp_err *err)
{
	size_t i = notice_of(l, row);
	struct match_result r;

	if (row->answer == MATCH_NOT_AFFECTED || i == l->n_rows || l->notices[i] == NULL)
		return FP_OK;
	if (l->indexes[i] == NULL && match_index_new(&l->indexes[i], l->notices[i], err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	match_device(&r, l->indexes[i], d);
	if (row->by_person) {
		r.answer = MATCH_AFFECTED;
		r.reason = row->reason;
		r.product = notice_product_find(l->notices[i], row->product_id);
	}
	return app_match_row_vulnerabilities(row, l->indexes[i], l->notices[i], &r, d, err);
}

/* Serial numbers and names come afterwards: inside the walk over the answers the database is busy. */
static enum fp_status
name_devices(struct listing *l, struct fp_err *err)
{
	struct app_matches *m = l->out;
	struct device d = { .id = 0 };
	enum fp_status status = FP_OK;

	for (size_t i = 0; i < m->n && status == FP_OK; i++) {
		if (d.id != m->items[i].device_id) {
			device_free(&d);
			memset(&d, 0, sizeof(d));
			status = store_device_get(l->a->store, m->items[i].device_id, &d, err);
			if (status != FP_OK)
				break;
		}
		fp_utf8_copy(m->items[i].serial, sizeof(m->items[i].serial), d.serial);
		fp_utf8_copy(m->items[i].product, sizeof(m->items[i].product), d.product);
		status = tell_vulnerabilities(l, &m->items[i], &d, err);
	}
	device_free(&d);
	return status;
}

enum fp_status
app_matches(struct app *a, const char *ref, int64_t device_id, struct app_matches *out, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	FP_AUTO(fp_freep) struct notice **notices = NULL;
	FP_AUTO(fp_freep) struct match_index **indexes = NULL;
	struct listing l = { .a = a, .out = out };
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	if (app_stored_rows(a, ref, &rows, &l.n_rows, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	notices = fp_calloc(l.n_rows, sizeof(struct notice *));
	indexes = fp_calloc(l.n_rows, sizeof(struct match_index *));
	if (notices == NULL || indexes == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	l.indexes = indexes;
	l.rows = rows;
	l.notices = notices;
	status = store_match_each(a->store, ref && l.n_rows ? rows[0].id : 0, device_id, NULL, list_match, &l, err);
	if (status == FP_OK)
		status = name_devices(&l, err);
	for (size_t i = 0; i < l.n_rows; i++) {
		match_index_free(indexes[i]);
		notice_free(notices[i]);
	}
	if (status != FP_OK)
		app_matches_free(out);
	return status;
}

void
app_matches_free(struct app_matches *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->items[i].vulnerabilities);
	free(m->items);
	m->items = NULL;
	m->n = 0;
}

/* ---- a person decides ---- */

/* Cells that are open but no longer apply are closed with the reason, not taken away: nothing is deleted. */
static enum fp_status
close_cells(struct app *a, struct store_tx *tx, const struct app_actor *by, int64_t notice_id, int64_t device_id, const char *why,
    struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = notice_id, .device_id = device_id, .state = -1 };
	const struct case_event e = {
		.kind = CASE_SAY_NOT_DONE, .at = app_now(a), .actor = by->name, .reason = "not-affected", .text = why
	};
	struct store_cell_event told = { .kind = "not-done", .at = e.at, .reason = "not-affected" };
	FP_AUTO(fp_freep) struct case_cell *cells = NULL;
	size_t n = 0;

	if (store_cells(a->store, &f, &cells, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(told.actor, sizeof(told.actor), by->name);
	fp_utf8_copy(told.text, sizeof(told.text), why);
	for (size_t i = 0; i < n; i++) {
		told.from = cells[i].state;
		if (cells[i].state == CASE_NOT_APPLICABLE)
			continue;
		if (case_apply(&cells[i], &e, err) != FP_OK)
			return fp_failed(err, FP_ECONFLICT);
		told.to = cells[i].state;
		if (store_cell_put(tx, notice_id, &cells[i], &told, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}

static const struct notice_product *
decided_product(const struct notice *n, const struct store_match *m, const char *product_id, struct fp_err *err)
{
	const char *id = product_id && *product_id ? product_id : m->product_id;
	const struct notice_product *p = notice_product_find(n, id);
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 2048 };

	if (p != NULL)
		return p;
	for (size_t i = 0; i < n->n_products; i++)
		fp_buf_printf(&known, "%s%s", i ? ", " : "", n->products[i].id);
	(void)fp_fail(
	    err, FP_EUSAGE, "say which product of %s it is; there are: %s", n->reference, known.data ? known.data : "none");
	return NULL;
}

enum fp_status
app_match_decide(struct app *a, const struct app_actor *by, const char *ref, int64_t device_id, bool affected,
    const char *product_id, const char *why, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(device_free) struct device d = { .id = 0 };
	const struct notice_product *p = NULL;
	struct store_match m = { .notice_id = 0 };
	struct store_notice row;
	char subject[192], serial[101];
	size_t opened = 0;
	json_t *body;

	if (app_may(by, APP_USE_MATCH, err) != FP_OK)
		return FP_EDENIED;
	if (why == NULL || *why == '\0')
		return fp_fail(err, FP_EUSAGE, "a decision needs its reason");
	if (app_stored(a, ref, &row, &n, err) != FP_OK || store_device_get(a->store, device_id, &d, err) != FP_OK ||
	    store_match_each(a->store, row.id, device_id, NULL, keep_decision, &m, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (m.notice_id == 0)
		return fp_fail(err, FP_ENOTFOUND, "'%s' was never matched with %s: run the match first", d.serial, n->reference);
	if (affected && (p = decided_product(n, &m, product_id, err)) == NULL)
		return FP_EUSAGE;
	fp_utf8_copy(m.person_answer, sizeof(m.person_answer), match_answer_name(affected ? MATCH_AFFECTED : MATCH_NOT_AFFECTED));
	fp_utf8_copy(m.person_product_id, sizeof(m.person_product_id), p ? p->id : "");
	fp_utf8_copy(m.decided_by, sizeof(m.decided_by), by->name);
	fp_utf8_copy(m.decided_why, sizeof(m.decided_why), why);
	m.by_person = true;
	m.decided_at = app_now(a);
	if (store_begin(&tx, a->store, err) != FP_OK || store_match_decide(tx, &m, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (affected ? open_cells(a, tx, by, row.id, n, p, &d, p->modes.items, p->modes.n, &opened, err) != FP_OK
		     : close_cells(a, tx, by, row.id, d.id, why, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "answer", m.person_answer);
	fp_json_set_str(body, "product", p ? p->id : NULL);
	fp_json_set_str(body, "why", why);
	fp_json_set_int(body, "cells_opened", (int64_t)opened);
	fp_utf8_copy(serial, sizeof(serial), d.serial);
	(void)snprintf(subject, sizeof(subject), "%.60s/%s", n->reference, serial);
	if (app_tell(tx, by, "match-decided", subject, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}
