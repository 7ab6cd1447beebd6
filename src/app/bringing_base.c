/* The cells of a device, judged by evidence that somebody brought. */
#include "app/bringing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rule/rule.h"

enum fp_status
bring_load(struct bring_base *b, struct fp_err *err)
{
	struct store_notice unused;

	if (app_stored_rows(b->a, NULL, &b->rows, &b->n_rows, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	b->notices = fp_calloc(b->n_rows, sizeof(struct notice *));
	b->sets = fp_calloc(b->n_rows, sizeof(struct check_set *));
	if (b->notices == NULL || b->sets == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < b->n_rows; i++)
		if (app_stored_id(b->a, b->rows[i].id, &unused, &b->notices[i], err) != FP_OK ||
		    check_set_new(&b->sets[i], b->notices[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

void
bring_base_free(struct bring_base *b)
{
	store_tx_freep(&b->tx);
	for (size_t i = 0; i < b->n_rows; i++) {
		if (b->notices != NULL)
			notice_free(b->notices[i]);
		if (b->sets != NULL)
			check_set_free(b->sets[i]);
	}
	free(b->notices);
	free(b->sets);
	free(b->rows);
}

static enum fp_status
add_row(struct bring_base *b, const struct app_cell_now *c, const struct check *way, const struct evidence_verdict *v,
    const struct evidence_verdict *before, struct fp_err *err)
{
	struct app_check_result *r = b->result;
	struct app_check_row *row;

	if (fp_grow(&r->rows, &b->cap_rows, r->n + 1, sizeof(*r->rows)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	row = &r->rows[r->n++];
	*row = (struct app_check_row){ .cell_id = c->cell.id,
		.verdict = *v,
		.before = *before,
		.state_before = c->cell.state,
		.state_after = c->cell.state };
	fp_utf8_copy(row->serial, sizeof(row->serial), c->device->serial);
	fp_utf8_copy(row->mode, sizeof(row->mode), c->cell.mode);
	fp_utf8_copy(row->action, sizeof(row->action), c->cell.action);
	fp_utf8_copy(row->reference, sizeof(row->reference), c->notice->reference);
	fp_utf8_copy(row->target, sizeof(row->target), b->subject);
	fp_utf8_copy(row->probe, sizeof(row->probe), way->probe);
	r->by_result[v->result]++;
	return FP_OK;
}

static const struct store_verdict *
before_of(const struct store_verdict *latest, size_t n, const char *check, const char *probe)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(latest[i].v.check, check) == 0 && strcmp(latest[i].probe, probe) == 0)
			return &latest[i];
	return NULL;
}

static enum fp_status
judge_check(struct bring_base *b, struct app_cell_now *c, const struct check *way, const struct store_verdict *before,
    const struct bring_judging *j, struct fp_err *err)
{
	const struct evidence_verdict none = { .result = EVIDENCE_NOTCHECKED };
	struct evidence_verdict v;
	char then[FP_TIME_MAX], now[FP_TIME_MAX];

	/* One that looks at both boot modes is as new as the newer of its two files. */
	bool both = way->rule != NULL && way->rule->across_modes;
	fp_time at = both && before != NULL && before->at > j->at ? before->at : j->at;

	/* What is older must not take the place of what is newer. */
	if (before != NULL && before->at > at)
		return fp_fail(err, FP_ECONFLICT, "the evidence is of %s, but %s of %.80s was judged by newer one, of %s",
		    fp_time_text(then, j->at), way->id, c->device->serial, fp_time_text(now, before->at));
	if (app_cell_judge(b->a, b->tx, c, way, j->obs, at, &v, err) != FP_OK ||
	    add_row(b, c, way, &v, before != NULL ? &before->v : &none, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return FP_OK;
}

static enum fp_status
judge_cell(struct bring_base *b, struct app_cell_now *c, const struct bring_judging *j, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	size_t n = 0, first = b->result->n;

	if (store_verdicts_latest(b->a->store, c->cell.id, &latest, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < c->action->n_checks; i++) {
		const struct notice_check *k = &c->action->checks[i];
		const struct check *way = check_set_way_of(c->checks, k->id, j->obs->probe);

		if (way == NULL || !app_check_applies(k, c->device) || !j->concerns(j->ctx, way, &c->cell))
			continue;
		if (judge_check(b, c, way, before_of(latest, n, k->id, j->obs->probe), j, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	if (app_cell_move(b->a, b->tx, b->by, c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (b->result->n > first)
		app_cell_count(b->result, &c->cell);
	for (size_t i = first; i < b->result->n; i++)
		b->result->rows[i].state_after = c->cell.state;
	return FP_OK;
}

static enum fp_status
judge_notice(struct bring_base *b, size_t notice, const struct device *d, const struct bring_judging *j, struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = b->rows[notice].id, .device_id = d->id, .state = -1 };
	FP_AUTO(fp_freep) struct case_cell *cells = NULL;
	size_t n = 0;

	if (store_cells(b->a->store, &f, &cells, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++) {
		struct app_cell_now c = { .cell = cells[i],
			.notice_id = b->rows[notice].id,
			.notice = b->notices[notice],
			.action = notice_action_find(b->notices[notice], cells[i].action),
			.device = d,
			.checks = b->sets[notice] };

		if (c.action == NULL || c.cell.state == CASE_NOT_APPLICABLE)
			continue;
		enum fp_status status = judge_cell(b, &c, j, err);
		json_decref(c.told);
		if (status != FP_OK)
			return status;
	}
	return FP_OK;
}

enum fp_status
bring_judge(struct bring_base *b, const struct device *d, const struct bring_judging *j, struct fp_err *err)
{
	for (size_t i = 0; i < b->n_rows; i++)
		if (judge_notice(b, i, d, j, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}
