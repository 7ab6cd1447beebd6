/* What comes with evidence that people bring: challenges, the systems that fact files were read on, what ends the validity of evidence. */
#include "store/internal.h"

enum fp_status
store_challenge_add(struct store_tx *tx, const struct store_challenge *c, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;

	if ((s = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "challenge-add",
	    "INSERT INTO challenge (code, issued, expires, issued_by, seq) VALUES ($1, $2, $3, $4, $5)");
	sql_text(st, 1, c->code);
	sql_int(st, 2, c->issued);
	sql_int(st, 3, c->expires);
	sql_text(st, 4, c->issued_by);
	sql_int(st, 5, seq);
	return sql_run(st, err);
}

enum fp_status
store_challenge_get(struct store *s, const char *code, struct store_challenge *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "challenge-get", "SELECT code, issued, expires, issued_by FROM challenge WHERE code = $1");

	*out = (struct store_challenge){ .issued = 0 };
	sql_text(st, 1, code);
	if (!sql_row(st)) {
		enum fp_status status = sql_end(st, err);

		return status != FP_OK ? status : fp_fail(err, FP_ENOTFOUND, "this site did not print the challenge %.40s", code);
	}
	sql_copy_at(st, 0, out->code, sizeof(out->code));
	out->issued = sql_int_at(st, 1);
	out->expires = sql_int_at(st, 2);
	sql_copy_at(st, 3, out->issued_by, sizeof(out->issued_by));
	return FP_OK;
}

/* ---- systems ---- */

enum fp_status
store_system_add(struct store_tx *tx, const struct store_system *y, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "system-add",
	    "INSERT INTO system_read (subject, mode, identity, key_id, file, part, collected, at, obs, seq, taken_as)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
	sql_text(st, 1, y->subject);
	sql_text(st, 2, y->mode);
	sql_text(st, 3, y->identity);
	sql_text(st, 4, y->key_id);
	sql_text(st, 5, y->file);
	sql_int(st, 6, y->part);
	sql_int(st, 7, y->collected);
	sql_int(st, 8, y->at != 0 ? y->at : now);
	sql_text(st, 9, y->obs);
	sql_int(st, 10, seq);
	sql_text(st, 11, y->taken_as);
	return sql_run(st, err);
}

static enum fp_status
read_system(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_system *y = element;

	(void)err;
	y->id = sql_int_at(st, 0);
	sql_copy_at(st, 1, y->subject, sizeof(y->subject));
	sql_copy_at(st, 2, y->mode, sizeof(y->mode));
	sql_copy_at(st, 3, y->identity, sizeof(y->identity));
	sql_copy_at(st, 4, y->key_id, sizeof(y->key_id));
	sql_copy_at(st, 5, y->file, sizeof(y->file));
	y->part = (int)sql_int_at(st, 6);
	y->collected = sql_int_at(st, 7);
	y->at = sql_int_at(st, 8);
	sql_copy_at(st, 9, y->obs, sizeof(y->obs));
	sql_copy_at(st, 10, y->taken_as, sizeof(y->taken_as));
	return FP_OK;
}

enum fp_status
store_systems(struct store *s, const char *subject, const char *identity, const char *file, struct store_system **out, size_t *n,
    struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "systems",
	    "SELECT id, subject, mode, identity, key_id, file, part, collected, at, obs, taken_as FROM system_read"
	    " WHERE ($1 = '' OR subject = $1) AND ($2 = '' OR identity = $2) AND ($3 = '' OR file = $3) ORDER BY id DESC");

	sql_text(st, 1, subject ? subject : "");
	sql_text(st, 2, identity ? identity : "");
	sql_text(st, 3, file ? file : "");
	return store_array(st, out, n, sizeof(**out), read_system, NULL, err);
}

/* ---- what ends the validity of evidence ---- */

enum fp_status
store_device_event_add(struct store_tx *tx, const struct store_device_event *e, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "device-event-add",
	    "INSERT INTO device_event (device_id, kind, at, actor, note, seq) VALUES ($1, $2, $3, $4, $5, $6)");
	sql_int(st, 1, e->device_id);
	sql_text(st, 2, e->kind);
	sql_int(st, 3, e->at != 0 ? e->at : now);
	sql_text(st, 4, e->actor);
	sql_text(st, 5, e->note);
	sql_int(st, 6, seq);
	return sql_run(st, err);
}

static enum fp_status
read_event(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_device_event *e = element;

	(void)err;
	e->id = sql_int_at(st, 0);
	e->device_id = sql_int_at(st, 1);
	sql_copy_at(st, 2, e->kind, sizeof(e->kind));
	e->at = sql_int_at(st, 3);
	sql_copy_at(st, 4, e->actor, sizeof(e->actor));
	sql_copy_at(st, 5, e->note, sizeof(e->note));
	return FP_OK;
}

enum fp_status
store_device_events(struct store *s, int64_t device_id, struct store_device_event **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "device-events",
	    "SELECT id, device_id, kind, at, actor, note FROM device_event WHERE $1 = 0 OR device_id = $1 ORDER BY at DESC, id "
	    "DESC");

	sql_int(st, 1, device_id);
	return store_array(st, out, n, sizeof(**out), read_event, NULL, err);
}

enum fp_status
store_device_ended(struct store *s, int64_t device_id, fp_time ended[EVIDENCE_END_COUNT], struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "device-ended", "SELECT kind, max(at) FROM device_event WHERE device_id = $1 GROUP BY kind");

	for (int i = 0; i < EVIDENCE_END_COUNT; i++)
		ended[i] = 0;
	sql_int(st, 1, device_id);
	while (sql_row(st)) {
		char kind[24];
		enum evidence_end e;

		sql_copy_at(st, 0, kind, sizeof(kind));
		if (evidence_end_of(&e, kind))
			ended[e] = sql_int_at(st, 1);
	}
	return sql_end(st, err);
}
