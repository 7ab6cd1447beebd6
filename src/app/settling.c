/* From observations to verdicts, from verdicts to states: one cell at a time, in the transaction of the caller. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/internal.h"
#include "base/mem.h"
#include "check/target.h"
#include "rule/rule.h"

#define CHECKS_MAX 64 /* of one action */
#define WAYS_MAX 8    /* of one check */

/* ---- which checks concern a device ---- */

static const char *
storage_kind(const struct device *d)
{
	static const char *const kinds[] = { [CHECK_PLAIN] = "smb",
		[CHECK_UNC] = "smb",
		[CHECK_SMB] = "smb",
		[CHECK_HTTPS] = "https",
		[CHECK_FTPS] = "https",
		[CHECK_NFS] = "nfs",
		[CHECK_SFTP] = "sftp" };
	struct check_target t;

	if (d->storage == NULL || d->storage[0] == '\0' || check_target_parse(&t, d->storage, NULL) != FP_OK ||
	    (size_t)t.scheme >= FP_COUNT(kinds))
		return NULL;
	return kinds[t.scheme];
}

bool
app_check_applies(const struct notice_check *k, const struct device *d)
{
	const char *kind = d != NULL ? storage_kind(d) : NULL;

	/* Where the list does not say how the storage is reached, every question stays open. */
	return k->storage == NULL || kind == NULL || strcmp(k->storage, kind) == 0;
}

void
app_storage_host(char *out, size_t size, const struct device *d)
{
	struct check_target t;

	out[0] = '\0';
	if (d->storage != NULL && check_target_parse(&t, d->storage, NULL) == FP_OK)
		fp_utf8_copy(out, size, t.host);
}

/* ---- what was said on a check ---- */

static size_t
collect_said(struct check_said said[WAYS_MAX], const char *id, const struct check_set *checks, const struct store_verdict *latest,
    size_t n)
{
	const struct check *way;
	size_t count = 0;

	for (size_t i = 0; count < WAYS_MAX && (way = check_set_way(checks, id, i)) != NULL; i++) {
		struct check_said *s = &said[count++];

		*s = (struct check_said){ .way = way };
		check_verdict_without(&s->v, way, NULL, "");
		for (size_t k = 0; k < n; k++)
			if (strcasecmp(latest[k].v.check, id) == 0 && way->probe != NULL &&
			    strcmp(latest[k].probe, way->probe) == 0) {
				s->v = latest[k].v;
				s->at = latest[k].at;
			}
	}
	return count;
}

void
app_check_look(struct app_check_now *out, const struct notice_check *k, const struct device *d, const struct check_set *checks,
    const struct store_verdict *latest, size_t n, const fp_time ended[EVIDENCE_END_COUNT], fp_time now)
{
	struct check_said said[WAYS_MAX];
	const struct check_said *against = NULL, *taken;
	size_t count = collect_said(said, k->id, checks, latest, n);

	*out = (struct app_check_now){ .verdict = { .result = EVIDENCE_NOTCHECKED } };
	if (count == 0) {
		check_verdict_without(&out->verdict, NULL, NULL, "");
		fp_utf8_copy(out->verdict.check, sizeof(out->verdict.check), k->id);
		return;
	}
	out->way = said[0].way;
	if (!app_check_applies(k, d)) {
		check_verdict_without(&out->verdict, out->way, "other-storage", "");
		return;
	}
	taken = check_combine(said, count, &against);
	out->verdict = taken->v;
	out->way = taken->way;
	out->at = taken->at;
	if (against != NULL) {
		out->contradicted = true;
		out->against = against->v;
		out->against_at = against->at;
	}
	if (out->at != 0)
		out->stale = check_stale(out->way, out->at, now, ended);
}

/* The action's verdict from the latest of each of its checks. */
static enum fp_status
roll_up(struct app *a, const struct app_cell_now *c, struct evidence_verdict *out, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_verdict *latest = NULL;
	FP_AUTO(fp_freep) struct evidence_verdict *verdicts = fp_calloc(CHECKS_MAX, sizeof(*verdicts));
	fp_time ended[EVIDENCE_END_COUNT];
	size_t n = 0, count = 0;

	if (verdicts == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (store_verdicts_latest(a->store, c->cell.id, &latest, &n, err) != FP_OK ||
	    store_device_ended(a->store, c->device->id, ended, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < c->action->n_checks && count < CHECKS_MAX; i++) {
		struct app_check_now now;

		app_check_look(&now, &c->action->checks[i], c->device, c->checks, latest, n, ended, app_now(a));
		verdicts[count] = now.verdict;
		fp_utf8_copy(verdicts[count].check, sizeof(verdicts[count].check), c->action->checks[i].id);
		count++;
	}
	check_roll_up(out, c->action, verdicts, count);
	return FP_OK;
}

/* ---- judging and moving ---- */

json_t *
app_verdict_json(const struct evidence_verdict *v)
{
	json_t *j = json_object();

	fp_json_set_str(j, "check", v->check);
	fp_json_set_str(j, "result", evidence_result_name(v->result));
	fp_json_set_str(j, "level", evidence_level_name(v->level));
	fp_json_set_str(j, "reason", v->reason);
	fp_json_set_str(j, "observation", v->obs);
	return j;
}

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

/* The rule is kept as it judged: law 8 holds with a later program, too. */
static enum fp_status
keep_rule(struct store_tx *tx, const struct rule *r, struct store_verdict *v, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = RULE_FILE_MAX };

	if (r == NULL)
		return FP_OK;
	if (fp_json_canonical(&json, r->json, err) != FP_OK ||
	    store_rule_put(tx, r->hash, r->id, json.data, json.len, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(v->rule, sizeof(v->rule), r->hash);
	return FP_OK;
}

enum fp_status
app_cell_judge(struct app *a, struct store_tx *tx, struct app_cell_now *c, const struct check *way,
    const struct evidence_obs *obs, fp_time at, struct evidence_verdict *out, struct fp_err *err)
{
	struct store_verdict sv = { .cell_id = c->cell.id, .at = at != 0 ? at : app_now(a) };

	if (check_judge(&sv.v, way, obs, err) != FP_OK || mark_fixed(a, c->cell.id, &sv.v, err) != FP_OK ||
	    keep_rule(tx, way->rule, &sv, err) != FP_OK || store_verdict_add(tx, &sv, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->told == NULL && (c->told = json_array()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	(void)json_array_append_new(c->told, app_verdict_json(&sv.v));
	*out = sv.v;
	return FP_OK;
}

enum fp_status
app_cell_move(struct app *a, struct store_tx *tx, const struct app_actor *by, struct app_cell_now *c, struct fp_err *err)
{
	FP_JSON json_t *verdicts = c->told;
	struct evidence_verdict v = { .result = EVIDENCE_NOTCHECKED };
	const struct case_event e = { .kind = CASE_SEE, .at = app_now(a), .actor = by->name, .verdict = &v };
	struct store_cell_event told = { .kind = "see", .at = e.at, .from = c->cell.state };
	json_t *body;
	char subject[256];

	c->told = NULL;
	if (verdicts == NULL)
		return FP_OK;
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
	fp_json_set(body, "verdict", app_verdict_json(&v));
	fp_json_set(body, "checks", json_incref(verdicts));
	return app_tell(
	    tx, by, "check", app_cell_subject(subject, c->notice->reference, c->device->serial, &c->cell), body, NULL, err);
}

void
app_cell_count(struct app_check_result *r, const struct case_cell *c)
{
	if (c->state == CASE_DISPUTED || c->verdict.result == EVIDENCE_FAIL)
		r->cells_failed++;
	else if (c->state != CASE_VERIFIED && c->state != CASE_NOT_APPLICABLE)
		r->cells_open++;
}
