/* Cells, and what happened to them. */
#include <string.h>

#include "store/internal.h"

#define COLUMNS                                                                                                                  \
	"id, device_id, mode, action, state, reason, reason_text, planned, claimed, claimed_by, claimed_at, claim_note, "        \
	"check_id,"                                                                                                              \
	" result, level, verdict_reason, settle, detail, obs, verdict_at, changed_at"
#define VERDICT_AT 12 /* column of check_id */
#define NOTICE_AT 21  /* column of notice_id, where it is asked for */

/* $2 to $20: what may change of a cell. */
static void
bind_cell(struct sql_stmt *st, const struct case_cell *c, char planned[FP_DATE_MAX])
{
	sql_text(st, 2, case_state_name(c->state));
	sql_text(st, 3, c->reason);
	sql_text(st, 4, c->reason_text);
	sql_text(st, 5, fp_date_text(planned, c->planned));
	sql_int(st, 6, c->claimed);
	sql_text(st, 7, c->claimed_by);
	sql_int(st, 8, c->claimed_at);
	sql_text(st, 9, c->claim_note);
	sql_text(st, 10, c->verdict.check);
	sql_text(st, 11, evidence_result_name(c->verdict.result));
	sql_text(st, 12, evidence_level_name(c->verdict.level));
	sql_text(st, 13, c->verdict.reason);
	sql_text(st, 14, c->verdict.settle);
	sql_text(st, 15, c->verdict.detail);
	sql_text(st, 16, c->verdict.obs);
	sql_int(st, 17, c->verdict_at);
	sql_int(st, 18, c->changed_at);
}

static enum fp_status
insert(struct sql *db, int64_t notice_id, struct case_cell *c, int64_t seq, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(db, "cell-add",
	    "INSERT INTO cell (notice_id, device_id, mode, action, state, reason, reason_text, planned, claimed, claimed_by, "
	    "claimed_at,"
	    " claim_note, check_id, result, level, verdict_reason, settle, detail, obs, verdict_at, changed_at, seq)"
	    " VALUES ($1, $20, $21, $22, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
	    " RETURNING id");
	char planned[FP_DATE_MAX];
	enum fp_status s;

	sql_int(st, 1, notice_id);
	bind_cell(st, c, planned);
	sql_int(st, 19, seq);
	sql_int(st, 20, c->device_id);
	sql_text(st, 21, c->mode);
	sql_text(st, 22, c->action);
	if ((s = store_returned_id(st, &c->id, err)) == FP_EEXIST)
		return fp_fail(err, FP_EEXIST, "this device has a cell for mode '%s', action '%s' already", c->mode, c->action);
	return s;
}

static enum fp_status
update(struct sql *db, const struct case_cell *c, int64_t seq, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(db, "cell-update",
	    "UPDATE cell SET state = $2, reason = $3, reason_text = $4, planned = $5, claimed = $6, claimed_by = $7, claimed_at "
	    "= $8,"
	    " claim_note = $9, check_id = $10, result = $11, level = $12, verdict_reason = $13, settle = $14, detail = $15, obs "
	    "= $16,"
	    " verdict_at = $17, changed_at = $18, seq = $19 WHERE id = $1 RETURNING id");
	char planned[FP_DATE_MAX];
	enum fp_status s;
	int64_t id = 0;

	sql_int(st, 1, c->id);
	bind_cell(st, c, planned);
	sql_int(st, 19, seq);
	if ((s = store_returned_id(st, &id, err)) != FP_OK)
		return s;
	return id == c->id ? FP_OK : fp_fail(err, FP_ENOTFOUND, "there is no cell with number %lld", (long long)c->id);
}

static enum fp_status
add_event(struct sql *db, int64_t cell_id, const struct store_cell_event *e, int64_t seq, fp_time now, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(db, "cell-event-add",
	    "INSERT INTO cell_event (cell_id, at, actor, kind, was, became, result, reason, text, seq)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

	sql_int(st, 1, cell_id);
	sql_int(st, 2, e->at ? e->at : now);
	sql_text(st, 3, e->actor);
	sql_text(st, 4, e->kind);
	sql_text(st, 5, case_state_name(e->from));
	sql_text(st, 6, case_state_name(e->to));
	sql_text(st, 7, evidence_result_name(e->result));
	sql_text(st, 8, e->reason);
	sql_text(st, 9, e->text);
	sql_int(st, 10, seq);
	return sql_run(st, err);
}

enum fp_status
store_cell_put(struct store_tx *tx, int64_t notice_id, struct case_cell *c, const struct store_cell_event *e, struct fp_err *err)
{
	enum fp_status s;
	int64_t seq;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	s = c->id == 0 ? insert(tx->s->db, notice_id, c, seq, err) : update(tx->s->db, c, seq, err);
	return s != FP_OK || e == NULL ? s : add_event(tx->s->db, c->id, e, seq, now, err);
}

static enum fp_status
read_cell(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct case_cell *c = element;
	char word[24];

	c->id = sql_int_at(st, 0);
	c->device_id = sql_int_at(st, 1);
	sql_copy_at(st, 2, c->mode, sizeof(c->mode));
	sql_copy_at(st, 3, c->action, sizeof(c->action));
	sql_copy_at(st, 4, word, sizeof(word));
	if (!case_state_of(&c->state, word))
		return fp_fail(
		    err, FP_EINTEGRITY, "cell %lld has the unknown state '%s' in the database", (long long)c->id, word);
	sql_copy_at(st, 5, c->reason, sizeof(c->reason));
	sql_copy_at(st, 6, c->reason_text, sizeof(c->reason_text));
	sql_copy_at(st, 7, word, sizeof(word));
	if (word[0] != '\0' && fp_date_parse(&c->planned, word, err) != FP_OK)
		return fp_fail(
		    err, FP_EINTEGRITY, "cell %lld has the malformed day '%s' in the database", (long long)c->id, word);
	c->claimed = sql_int_at(st, 8) != 0;
	sql_copy_at(st, 9, c->claimed_by, sizeof(c->claimed_by));
	c->claimed_at = sql_int_at(st, 10);
	sql_copy_at(st, 11, c->claim_note, sizeof(c->claim_note));
	store_verdict_read(&c->verdict, st, VERDICT_AT);
	c->verdict_at = sql_int_at(st, 19);
	c->changed_at = sql_int_at(st, 20);
	return FP_OK;
}

enum fp_status
store_cell_get(struct store *s, int64_t id, struct case_cell *out, int64_t *notice_id, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "cell-get", "SELECT " COLUMNS ", notice_id FROM cell WHERE id = $1");
	struct case_cell c = { .id = 0 };
	enum fp_status status = FP_OK;
	int64_t notice = 0;

	sql_int(st, 1, id);
	if (sql_row(st)) {
		status = read_cell(&c, st, err);
		notice = sql_int_at(st, NOTICE_AT);
	}
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	if (c.id == 0)
		return fp_fail(err, FP_ENOTFOUND, "there is no cell with number %lld", (long long)id);
	*out = c;
	if (notice_id != NULL)
		*notice_id = notice;
	return FP_OK;
}

#define FILTER " AND ($3 = 0 OR mode = $4) AND ($5 = '' OR action = $5) AND ($6 = '' OR state = $6)"
#define ORDER " ORDER BY notice_id, device_id, id"

/* By device, by notice, or all: one of the indexes for each. */
static struct sql_stmt *
select_cells(struct store *s, const struct store_cell_filter *f)
{
	struct sql_stmt *st;

	if (f->device_id != 0)
		st = sql_get(s->db, "cells-of-device",
		    "SELECT " COLUMNS " FROM cell WHERE device_id = $2 AND ($1 = 0 OR notice_id = $1)" FILTER ORDER);
	else if (f->notice_id != 0)
		st = sql_get(
		    s->db, "cells-of-notice", "SELECT " COLUMNS " FROM cell WHERE notice_id = $1 AND $2 = 0" FILTER ORDER);
	else
		st = sql_get(s->db, "cells", "SELECT " COLUMNS " FROM cell WHERE $1 = 0 AND $2 = 0" FILTER ORDER);
	sql_int(st, 1, f->notice_id);
	sql_int(st, 2, f->device_id);
	sql_int(st, 3, f->mode != NULL);
	sql_text(st, 4, f->mode ? f->mode : "");
	sql_text(st, 5, f->action ? f->action : "");
	sql_text(st, 6, f->state >= 0 ? case_state_name((enum case_state)f->state) : "");
	return st;
}

enum fp_status
store_cells(struct store *s, const struct store_cell_filter *f, struct case_cell **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = select_cells(s, f);

	return store_array(st, out, n, sizeof(**out), read_cell, NULL, err);
}

enum fp_status
store_cell_count(struct store *s, const struct store_cell_filter *f, struct case_counts *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = select_cells(s, f);
	enum fp_status status = FP_OK;

	memset(out, 0, sizeof(*out));
	while (status == FP_OK && sql_row(st)) {
		struct case_cell c = { .id = 0 };

		if ((status = read_cell(&c, st, err)) == FP_OK)
			case_count(out, &c);
	}
	return status != FP_OK ? status : sql_end(st, err);
}

static enum fp_status
read_event(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_cell_event *e = element;
	char word[24];

	(void)err;
	e->cell_id = sql_int_at(st, 0);
	e->seq = sql_int_at(st, 1);
	e->at = sql_int_at(st, 2);
	sql_copy_at(st, 3, e->actor, sizeof(e->actor));
	sql_copy_at(st, 4, e->kind, sizeof(e->kind));
	sql_copy_at(st, 5, word, sizeof(word));
	(void)case_state_of(&e->from, word);
	sql_copy_at(st, 6, word, sizeof(word));
	(void)case_state_of(&e->to, word);
	sql_copy_at(st, 7, word, sizeof(word));
	(void)evidence_result_of(&e->result, word);
	sql_copy_at(st, 8, e->reason, sizeof(e->reason));
	sql_copy_at(st, 9, e->text, sizeof(e->text));
	return FP_OK;
}

enum fp_status
store_cell_history(struct store *s, int64_t cell_id, struct store_cell_event **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "cell-history",
	    "SELECT cell_id, seq, at, actor, kind, was, became, result, reason, text FROM cell_event WHERE cell_id = $1"
	    " ORDER BY id DESC");

	sql_int(st, 1, cell_id);
	return store_array(st, out, n, sizeof(**out), read_event, NULL, err);
}
