/* What matching said of each device, and what a person decided instead. */
#include <string.h>

#include "store/internal.h"

#define SELECT                                                                                                                   \
	"SELECT notice_id, device_id, answer, reason, product_id, confidence, detail, at, person_answer, person_product_id,"     \
	" decided_by, decided_why, decided_at FROM device_match"
#define EFFECTIVE "coalesce(person_answer, answer)"

enum fp_status
store_match_put(struct store_tx *tx, const struct store_match *m, bool *changed, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	bool was = tx->unrecorded;
	int64_t seq, hit = 0;
	enum fp_status s;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "match-put",
	    "INSERT INTO device_match (notice_id, device_id, answer, reason, product_id, confidence, detail, at, seq)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	    " ON CONFLICT (notice_id, device_id) DO UPDATE SET answer = excluded.answer, reason = excluded.reason,"
	    " product_id = excluded.product_id, confidence = excluded.confidence, detail = excluded.detail, at = excluded.at,"
	    " seq = excluded.seq"
	    " WHERE device_match.answer <> excluded.answer OR device_match.reason <> excluded.reason"
	    " OR device_match.product_id <> excluded.product_id OR device_match.confidence <> excluded.confidence"
	    " OR device_match.detail <> excluded.detail RETURNING 1");
	sql_int(st, 1, m->notice_id);
	sql_int(st, 2, m->device_id);
	sql_text(st, 3, m->answer);
	sql_text(st, 4, m->reason);
	sql_text(st, 5, m->product_id);
	sql_int(st, 6, m->confidence);
	sql_text(st, 7, m->detail);
	sql_int(st, 8, m->at ? m->at : now);
	sql_int(st, 9, seq);
	if ((s = store_returned_id(st, &hit, err)) != FP_OK)
		return s;
	tx->unrecorded = was || hit != 0;
	if (changed != NULL)
		*changed = hit != 0;
	return FP_OK;
}

enum fp_status
store_match_decide(struct store_tx *tx, const struct store_match *m, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	bool back = m->person_answer[0] == '\0';
	int64_t seq, hit = 0;
	enum fp_status s;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "match-decide",
	    "UPDATE device_match SET person_answer = $3, person_product_id = $4, decided_by = $5, decided_why = $6,"
	    " decided_at = $7, seq = $8 WHERE notice_id = $1 AND device_id = $2 RETURNING 1");
	sql_int(st, 1, m->notice_id);
	sql_int(st, 2, m->device_id);
	sql_text(st, 3, back ? NULL : m->person_answer);
	sql_text(st, 4, back ? NULL : m->person_product_id);
	sql_text(st, 5, m->decided_by);
	sql_text(st, 6, m->decided_why);
	sql_int(st, 7, now);
	sql_int(st, 8, seq);
	if ((s = store_returned_id(st, &hit, err)) != FP_OK)
		return s;
	return hit == 1 ? FP_OK : fp_fail(err, FP_ENOTFOUND, "this device was not matched against this notice yet");
}

static void
read_match(struct store_match *m, struct sql_stmt *st)
{
	memset(m, 0, sizeof(*m));
	m->notice_id = sql_int_at(st, 0);
	m->device_id = sql_int_at(st, 1);
	sql_copy_at(st, 2, m->answer, sizeof(m->answer));
	sql_copy_at(st, 3, m->reason, sizeof(m->reason));
	sql_copy_at(st, 4, m->product_id, sizeof(m->product_id));
	m->confidence = (int)sql_int_at(st, 5);
	sql_copy_at(st, 6, m->detail, sizeof(m->detail));
	m->at = sql_int_at(st, 7);
	m->by_person = sql_borrow_at(st, 8, NULL) != NULL;
	if (!m->by_person)
		return;
	sql_copy_at(st, 8, m->person_answer, sizeof(m->person_answer));
	sql_copy_at(st, 9, m->person_product_id, sizeof(m->person_product_id));
	sql_copy_at(st, 10, m->decided_by, sizeof(m->decided_by));
	sql_copy_at(st, 11, m->decided_why, sizeof(m->decided_why));
	m->decided_at = sql_int_at(st, 12);
}

/* One notice, or all of them (then the key's first column is walked through): the primary key answers either. */
static struct sql_stmt *
select_matches(struct store *s, int64_t notice_id, int64_t device_id, const char *answer)
{
	struct sql_stmt *st;

	if (device_id != 0)
		st = sql_get(s->db, "matches-of-device",
		    SELECT " WHERE notice_id IN (SELECT id FROM notice WHERE $1 = 0 OR id = $1) AND device_id = $3"
			   " AND ($2 = '' OR " EFFECTIVE " = $2) ORDER BY notice_id, device_id");
	else if (notice_id != 0)
		st = sql_get(s->db, "matches-of-notice",
		    SELECT " WHERE notice_id = $1 AND ($2 = '' OR " EFFECTIVE " = $2) ORDER BY notice_id, device_id");
	else
		st = sql_get(
		    s->db, "matches", SELECT " WHERE $1 = 0 AND ($2 = '' OR " EFFECTIVE " = $2) ORDER BY notice_id, device_id");
	sql_int(st, 1, notice_id);
	sql_text(st, 2, answer ? answer : "");
	if (device_id != 0)
		sql_int(st, 3, device_id);
	return st;
}

enum fp_status
store_match_each(struct store *s, int64_t notice_id, int64_t device_id, const char *answer,
    enum fp_status (*each)(void *ctx, const struct store_match *m, struct fp_err *err), void *ctx, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = select_matches(s, notice_id, device_id, answer);
	enum fp_status status = FP_OK;
	struct store_match m;

	while (status == FP_OK && sql_row(st)) {
		read_match(&m, st);
		status = each(ctx, &m, err);
	}
	return status != FP_OK ? status : sql_end(st, err);
}

enum fp_status
store_match_count(struct store *s, int64_t notice_id, struct store_match_counts *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "match-count",
	    "SELECT count(CASE WHEN " EFFECTIVE " = 'affected' THEN 1 END), count(CASE WHEN " EFFECTIVE
	    " = 'cannot-tell' THEN 1 END),"
	    " count(CASE WHEN " EFFECTIVE " = 'not-affected' THEN 1 END) FROM device_match WHERE notice_id = $1");

	*out = (struct store_match_counts){ 0 };
	sql_int(st, 1, notice_id);
	if (sql_row(st)) {
		out->affected = (size_t)sql_int_at(st, 0);
		out->cannot_tell = (size_t)sql_int_at(st, 1);
		out->not_affected = (size_t)sql_int_at(st, 2);
	}
	return sql_end(st, err);
}
