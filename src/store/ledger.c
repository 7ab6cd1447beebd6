/* The ledger's rows. What makes and proves the chain is in ledger/. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "store/internal.h"

#define COLUMNS "seq, at, actor, kind, subject, body, prev, hash"

static enum fp_status
canonical_body(struct fp_buf *out, const char *body, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	enum fp_status s = fp_json_parse(&j, body, strlen(body), "body of the ledger entry", err);

	if (s != FP_OK)
		return s;
	if (!json_is_object(j))
		return fp_fail(err, FP_EINVAL, "body of the ledger entry must be a JSON object");
	return fp_json_canonical(out, j, err);
}

static enum fp_status
insert(struct sql *db, const struct ledger_entry *e, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(db, "ledger-append", "INSERT INTO ledger (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	sql_int(st, 1, e->seq);
	sql_int(st, 2, e->at);
	sql_text(st, 3, e->actor);
	sql_text(st, 4, e->kind);
	sql_text(st, 5, e->subject);
	sql_text(st, 6, e->body);
	sql_text(st, 7, e->prev);
	sql_text(st, 8, e->hash);
	return sql_run(st, err);
}

static enum fp_status
copy_texts(
    struct ledger_entry *e, const char *actor, const char *kind, const char *subject, struct fp_buf *body, struct fp_err *err)
{
	e->actor = fp_strdup(actor);
	e->kind = fp_strdup(kind);
	e->subject = fp_strdup(subject);
	e->body = fp_buf_take(body);
	return e->actor && e->kind && e->subject && e->body ? FP_OK : store_no_memory(err);
}

enum fp_status
store_ledger_append(struct store_tx *tx, const char *actor, const char *kind, const char *subject, const char *body, int64_t *seq,
    struct fp_err *err)
{
	FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = tx->seq + 1 };
	FP_AUTO(fp_buf_free) struct fp_buf canonical = { .max = 0 };
	enum fp_status s;

	if (tx->s == NULL)
		return fp_fail(err, FP_ECONFLICT, "the change of the database is over already");
	if ((s = canonical_body(&canonical, body, err)) != FP_OK ||
	    (s = copy_texts(&e, actor, kind, subject, &canonical, err)) != FP_OK)
		return s;
	e.at = fp_now(tx->s->clock);
	memcpy(e.prev, tx->hash, sizeof(e.prev));
	if ((s = ledger_entry_seal(&e, err)) != FP_OK || (s = insert(tx->s->db, &e, err)) != FP_OK)
		return s;
	tx->seq = e.seq;
	memcpy(tx->hash, e.hash, sizeof(tx->hash));
	tx->unrecorded = false;
	if (seq != NULL)
		*seq = e.seq;
	return FP_OK;
}

static enum fp_status
read_entry(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct ledger_entry *e = element;

	e->seq = sql_int_at(st, 0);
	e->at = sql_int_at(st, 1);
	sql_copy_at(st, 6, e->prev, sizeof(e->prev));
	sql_copy_at(st, 7, e->hash, sizeof(e->hash));
	if (!sql_dup_at(st, 2, &e->actor, NULL) || !sql_dup_at(st, 3, &e->kind, NULL) || !sql_dup_at(st, 4, &e->subject, NULL) ||
	    !sql_dup_at(st, 5, &e->body, NULL))
		return store_no_memory(err);
	return FP_OK;
}

static void
clear_entry(void *element)
{
	ledger_entry_free(element);
}

enum fp_status
store_ledger_each(struct store *s, int64_t from_seq,
    enum fp_status (*each)(void *ctx, const struct ledger_entry *e, struct fp_err *err), void *ctx, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "ledger-each", "SELECT " COLUMNS " FROM ledger WHERE seq >= $1 ORDER BY seq");
	enum fp_status status = FP_OK;

	sql_int(st, 1, from_seq);
	while (status == FP_OK && sql_row(st)) {
		FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = 0 };

		status = read_entry(&e, st, err);
		if (status == FP_OK)
			status = each(ctx, &e, err);
	}
	return status != FP_OK ? status : sql_end(st, err);
}

enum fp_status
store_ledger_list(struct store *s, int64_t before_seq, size_t limit, const char *subject, struct ledger_entry **out, size_t *n,
    struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    subject == NULL
		? sql_get(s->db, "ledger-list", "SELECT " COLUMNS " FROM ledger WHERE seq < $1 ORDER BY seq DESC LIMIT $2")
		: sql_get(s->db, "ledger-list-subject",
		      "SELECT " COLUMNS " FROM ledger WHERE seq < $1 AND subject = $3 ORDER BY seq DESC LIMIT $2");

	sql_int(st, 1, before_seq > 0 ? before_seq : INT64_MAX);
	sql_int(st, 2, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
	if (subject != NULL)
		sql_text(st, 3, subject);
	return store_array(st, out, n, sizeof(**out), read_entry, clear_entry, err);
}

void
store_ledger_entries_free(struct ledger_entry *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ledger_entry_free(&e[i]);
	free(e);
}

enum fp_status
store_ledger_get(struct store *s, int64_t seq, struct ledger_entry *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "ledger-get", "SELECT " COLUMNS " FROM ledger WHERE seq = $1");
	FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = 0 };
	enum fp_status status = FP_OK;

	sql_int(st, 1, seq);
	if (sql_row(st))
		status = read_entry(&e, st, err);
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	if (e.seq == 0)
		return fp_fail(err, FP_ENOTFOUND, "the ledger has no entry %" PRId64, seq);
	*out = e;
	e = (struct ledger_entry){ .seq = 0 };
	return FP_OK;
}

enum fp_status
store_ledger_head(struct store *s, int64_t *seq, char hash[65], struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "ledger-head", "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1");

	*seq = 0;
	memset(hash, '0', 64);
	hash[64] = '\0';
	if (sql_row(st)) {
		*seq = sql_int_at(st, 0);
		sql_copy_at(st, 1, hash, 65);
	}
	return sql_end(st, err);
}

struct walk {
	struct ledger_check check;
	struct store_checkpoint point;
	bool has_point;
};

static enum fp_status
walk_entry(void *ctx, const struct ledger_entry *e, struct fp_err *err)
{
	struct walk *w = ctx;
	enum fp_status s = ledger_check_entry(&w->check, e, err);

	if (s == FP_OK && w->has_point && e->seq == w->point.size && strcmp(e->hash, w->point.hash) != 0)
		return fp_fail(err, FP_EINTEGRITY,
		    "entry %" PRId64 " is not the one that the checkpoint saw: entries up to it were written again", e->seq);
	return s;
}

/* The highest entry number that any row points at: entries cut off at the end leave their changes behind. */
static enum fp_status
highest_told(struct store *s, int64_t *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "ledger-told",
	    "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM setting UNION ALL SELECT max(seq) FROM param"
	    " UNION ALL SELECT max(seq) FROM notice_version UNION ALL SELECT max(seq) FROM trusted_key"
	    " UNION ALL SELECT max(added_seq) FROM device UNION ALL SELECT max(seq) FROM device_change"
	    " UNION ALL SELECT max(seq) FROM device_match UNION ALL SELECT max(seq) FROM cell"
	    " UNION ALL SELECT max(seq) FROM cell_event UNION ALL SELECT max(seq) FROM observation"
	    " UNION ALL SELECT max(seq) FROM verdict UNION ALL SELECT max(seq) FROM reply"
	    " UNION ALL SELECT max(seq) FROM account) AS told");

	*out = 0;
	if (sql_row(st))
		*out = sql_int_at(st, 0);
	return sql_end(st, err);
}

static enum fp_status
cut_off(const struct walk *w, int64_t last, const char *witness, struct fp_err *err)
{
	if (last <= w->check.seq)
		return FP_OK;
	if (last == w->check.seq + 1)
		return fp_fail(err, FP_EINTEGRITY, "entry %" PRId64 " is missing at the end: %s", last, witness);
	return fp_fail(
	    err, FP_EINTEGRITY, "entries %" PRId64 "-%" PRId64 " are missing at the end: %s", w->check.seq + 1, last, witness);
}

enum fp_status
store_ledger_verify(struct store *s, struct ledger_check *out, struct fp_err *err)
{
	struct walk w = { .has_point = false };
	struct fp_err local = { .status = FP_OK };
	enum fp_status status;
	int64_t told;

	err = err ? err : &local;
	status = store_checkpoint_last(s, &w.point, err);
	if (status != FP_OK && status != FP_ENOTFOUND)
		return status;
	w.has_point = status == FP_OK;
	/* Before the walk: another program may append meanwhile, and the walk then sees more, never less. */
	if ((status = highest_told(s, &told, err)) != FP_OK)
		return status;
	status = store_ledger_each(s, 0, walk_entry, &w, err);
	*out = w.check;
	if (status != FP_OK)
		return status;
	if (w.has_point && (status = cut_off(&w, w.point.size, "a checkpoint counted them", err)) != FP_OK)
		return status;
	return cut_off(&w, told, "what they tell of is in the database", err);
}

static enum fp_status
read_hash(void *element, struct sql_stmt *st, struct fp_err *err)
{
	(void)err;
	sql_copy_at(st, 0, element, 65);
	return FP_OK;
}

enum fp_status
store_ledger_hashes(struct store *s, char (**out)[65], size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "ledger-hashes", "SELECT hash FROM ledger ORDER BY seq");

	return store_array(st, out, n, sizeof(**out), read_hash, NULL, err);
}

enum fp_status
store_checkpoint_add(struct store *s, const struct store_checkpoint *c, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "checkpoint-add",
	    "INSERT INTO checkpoint (size, tree, hash, at, signature) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size) DO NOTHING");

	sql_int(st, 1, c->size);
	sql_text(st, 2, c->tree);
	sql_text(st, 3, c->hash);
	sql_int(st, 4, c->at);
	sql_text(st, 5, c->signature);
	return sql_run(st, err);
}

enum fp_status
store_checkpoint_last(struct store *s, struct store_checkpoint *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(
	    s->db, "checkpoint-last", "SELECT size, tree, hash, at, signature FROM checkpoint ORDER BY size DESC LIMIT 1");
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	if (sql_row(st)) {
		out->size = sql_int_at(st, 0);
		sql_copy_at(st, 1, out->tree, sizeof(out->tree));
		sql_copy_at(st, 2, out->hash, sizeof(out->hash));
		out->at = sql_int_at(st, 3);
		sql_copy_at(st, 4, out->signature, sizeof(out->signature));
	}
	if ((status = sql_end(st, err)) != FP_OK)
		return status;
	return out->size > 0 ? FP_OK : fp_fail(err, FP_ENOTFOUND, "there is no checkpoint yet");
}
