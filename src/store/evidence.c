/* Observations and verdicts: added, never changed. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"

enum fp_status
store_obs_put(struct store_tx *tx, const struct evidence_obs *o, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf body = { .max = EVIDENCE_JSON_MAX };
	enum fp_status s;
	int64_t seq;

	if ((s = evidence_obs_write(&body, o, err)) != FP_OK || (s = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "observation-add",
	    "INSERT INTO observation (id, probe, target, vantage, mode, started, body, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, "
	    "$8)"
	    " ON CONFLICT (id) DO NOTHING");
	sql_text(st, 1, o->id);
	sql_text(st, 2, o->probe);
	sql_text(st, 3, o->target);
	sql_text(st, 4, o->vantage);
	sql_text(st, 5, o->mode ? o->mode : "");
	sql_int(st, 6, o->started);
	sql_span(st, 7, body.data, body.len);
	sql_int(st, 8, seq);
	return sql_run(st, err);
}

static bool
is_hex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") == n && s[n] == '\0';
}

static enum fp_status
read_obs(struct evidence_obs **out, struct sql_stmt *st, char id[65], struct fp_err *err)
{
	const char *body;
	size_t len = 0;

	sql_copy_at(st, 0, id, 65);
	body = sql_borrow_at(st, 1, &len);
	if (evidence_obs_read(out, body, len, err) != FP_OK)
		return fp_ctx(err, "observation %.16s in the database", id);
	if (strcmp((*out)->id, id) == 0)
		return FP_OK;
	evidence_obs_freep(out);
	return fp_fail(err, FP_EINTEGRITY, "observation %.16s in the database has the content of another", id);
}

enum fp_status
store_obs_get(struct store *s, const char *id, struct evidence_obs **out, struct fp_err *err)
{
	/* 'g' follows all hexadecimal digits: the range holds what begins with id. */
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(
	    s->db, "observation-get", "SELECT id, body FROM observation WHERE id >= $1 AND id < $1 || 'g' ORDER BY id LIMIT 2");
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	size_t len = strnlen(id, 65), hits = 0;
	enum fp_status status = FP_OK;
	struct fp_err local;
	char found[65];

	err = err ? err : &local;
	if (len < 8 || len > 64 || !is_hex(id, len))
		return fp_fail(err, FP_EUSAGE, "'%.80s' names no observation; give at least its first 8 digits", id);
	sql_text(st, 1, id);
	while (status == FP_OK && sql_row(st))
		if (++hits == 1)
			status = read_obs(&o, st, found, err);
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	if (hits == 0)
		return fp_fail(err, FP_ENOTFOUND, "there is no observation %.64s", id);
	if (hits > 1)
		return fp_fail(err, FP_ECONFLICT, "several observations begin with '%s'; give more digits", id);
	*out = o;
	o = NULL;
	return FP_OK;
}

enum fp_status
store_obs_each(struct store *s, const char *probe, const char *target, fp_time since,
    enum fp_status (*each)(void *ctx, const char *id, const char *json, size_t len, struct fp_err *err), void *ctx,
    struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "observations",
	    "SELECT id, body FROM observation WHERE ($1 = '' OR probe = $1) AND ($2 = '' OR target = $2) AND started >= $3"
	    " ORDER BY started, no");
	enum fp_status status = FP_OK;
	char id[65];

	sql_text(st, 1, probe ? probe : "");
	sql_text(st, 2, target ? target : "");
	sql_int(st, 3, since ? since : INT64_MIN);
	while (status == FP_OK && sql_row(st)) {
		size_t len = 0;
		const char *body = sql_borrow_at(st, 1, &len);

		sql_copy_at(st, 0, id, sizeof(id));
		status = each(ctx, id, body, len, err);
	}
	return status != FP_OK ? status : sql_end(st, err);
}

enum fp_status
store_verdict_add(struct store_tx *tx, struct store_verdict *v, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	fp_time now;

	if ((s = store_tx_change(tx, &v->seq, &now, err)) != FP_OK)
		return s;
	if (v->at == 0)
		v->at = now;
	st = sql_get(tx->s->db, "verdict-add",
	    "INSERT INTO verdict (cell_id, check_id, at, result, level, reason, settle, detail, obs, seq, rule)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
	sql_int(st, 1, v->cell_id);
	sql_text(st, 2, v->v.check);
	sql_int(st, 3, v->at);
	sql_text(st, 4, evidence_result_name(v->v.result));
	sql_text(st, 5, evidence_level_name(v->v.level));
	sql_text(st, 6, v->v.reason);
	sql_text(st, 7, v->v.settle);
	sql_text(st, 8, v->v.detail);
	sql_text(st, 9, v->v.obs[0] != '\0' ? v->v.obs : NULL);
	sql_int(st, 10, v->seq);
	sql_text(st, 11, v->rule);
	return store_returned_id(st, &v->id, err);
}

#define SELECT                                                                                                                   \
	"SELECT v.id, v.cell_id, v.seq, v.at, c.notice_id, c.device_id, c.mode, c.action, v.check_id, v.result, v.level,"        \
	" v.reason, v.settle, v.detail, v.obs, coalesce(o.probe, ''), v.rule FROM verdict v JOIN cell c ON c.id = v.cell_id"     \
	" LEFT JOIN observation o ON o.id = v.obs"

static enum fp_status
read_verdict(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_verdict *v = element;

	(void)err;
	v->id = sql_int_at(st, 0);
	v->cell_id = sql_int_at(st, 1);
	v->seq = sql_int_at(st, 2);
	v->at = sql_int_at(st, 3);
	v->notice_id = sql_int_at(st, 4);
	v->device_id = sql_int_at(st, 5);
	sql_copy_at(st, 6, v->mode, sizeof(v->mode));
	sql_copy_at(st, 7, v->action, sizeof(v->action));
	store_verdict_read(&v->v, st, 8);
	sql_copy_at(st, 15, v->probe, sizeof(v->probe));
	sql_copy_at(st, 16, v->rule, sizeof(v->rule));
	return FP_OK;
}

enum fp_status
store_verdicts_latest(struct store *s, int64_t cell_id, struct store_verdict **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "verdicts-latest",
	    SELECT " WHERE v.id IN (SELECT max(w.id) FROM verdict w LEFT JOIN observation p ON p.id = w.obs WHERE w.cell_id = $1"
		   " GROUP BY w.check_id, p.probe) ORDER BY v.check_id, v.id");

	sql_int(st, 1, cell_id);
	return store_array(st, out, n, sizeof(**out), read_verdict, NULL, err);
}

enum fp_status
store_verdicts_latest_of_notice(
    struct store *s, int64_t notice_id, bool decided, struct store_verdict **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "verdicts-latest-of-notice",
	    SELECT " WHERE v.id IN (SELECT max(w.id) FROM verdict w JOIN cell d ON d.id = w.cell_id LEFT JOIN observation p ON "
		   "p.id = w.obs"
		   " WHERE d.notice_id = $1 AND ($2 = 0 OR w.result IN ('pass', 'fixed', 'fail')) GROUP BY w.cell_id, "
		   "w.check_id, p.probe)"
		   " ORDER BY v.cell_id, v.check_id, v.id");

	sql_int(st, 1, notice_id);
	sql_int(st, 2, decided);
	return store_array(st, out, n, sizeof(**out), read_verdict, NULL, err);
}

enum fp_status
store_verdict_each(struct store *s, int64_t notice_id, int64_t cell_id,
    enum fp_status (*each)(void *ctx, const struct store_verdict *v, struct fp_err *err), void *ctx, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    cell_id != 0 ? sql_get(s->db, "verdicts-of-cell",
			       SELECT " WHERE v.cell_id = $2 AND ($1 = 0 OR c.notice_id = $1) ORDER BY v.id")
			 : sql_get(s->db, "verdicts", SELECT " WHERE ($1 = 0 OR c.notice_id = $1) AND $2 = 0 ORDER BY v.id");
	enum fp_status status = FP_OK;

	sql_int(st, 1, notice_id);
	sql_int(st, 2, cell_id);
	while (status == FP_OK && sql_row(st)) {
		struct store_verdict v = { .id = 0 };

		if ((status = read_verdict(&v, st, err)) == FP_OK)
			status = each(ctx, &v, err);
	}
	return status != FP_OK ? status : sql_end(st, err);
}

enum fp_status
store_verdict_failed_before(struct store *s, int64_t cell_id, const char *check, bool *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "verdict-failed-before",
	    "SELECT 1 FROM verdict WHERE cell_id = $1 AND check_id = $2 AND result = 'fail' LIMIT 1");

	sql_int(st, 1, cell_id);
	sql_text(st, 2, check);
	*out = sql_row(st);
	return sql_end(st, err);
}

enum fp_status
store_rule_put(struct store_tx *tx, const char *hash, const char *id, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;

	if ((s = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "rule-add",
	    "INSERT INTO rule (hash, id, json, seq) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING");
	sql_text(st, 1, hash);
	sql_text(st, 2, id);
	sql_span(st, 3, json, len);
	sql_int(st, 4, seq);
	return sql_run(st, err);
}

enum fp_status
store_rule_get(struct store *s, const char *hash, struct fp_buf *json, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "rule-get", "SELECT json FROM rule WHERE hash = $1");
	const char *text;
	size_t len = 0;

	sql_text(st, 1, hash);
	if (!sql_row(st)) {
		enum fp_status status = sql_end(st, err);

		return status != FP_OK ? status : fp_fail(err, FP_ENOTFOUND, "the rule %.16s is not in the database", hash);
	}
	text = sql_borrow_at(st, 0, &len);
	fp_buf_add(json, text, len);
	return fp_buf_check(json, "the rule", err);
}
