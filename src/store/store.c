#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum fp_status
store_no_memory(struct fp_err *err)
{
	return fp_fail(err, FP_ENOMEM, "out of memory reading or writing the database");
}

enum fp_status
store_open(struct store **out, const char *db, const struct fp_clock *clock, struct fp_err *err)
{
	FP_AUTO(store_freep) struct store *s = fp_calloc(1, sizeof(*s));
	enum fp_status status;

	if (s == NULL)
		return store_no_memory(err);
	s->clock = clock;
	if ((status = sql_open(&s->db, db, err)) != FP_OK)
		return status;
	*out = s;
	s = NULL;
	return FP_OK;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	if (s->tx != NULL)
		store_rollback(s->tx);
	sql_close(s->db);
	free(s);
}

void
store_freep(struct store **s)
{
	store_free(*s);
	*s = NULL;
}

enum fp_status
store_check(struct store *s, struct fp_err *err)
{
	return s->db->driver->check(s->db, err);
}

enum fp_status
store_describe(struct store *s, struct fp_buf *out, struct fp_err *err)
{
	enum fp_status status;
	int version;

	if ((status = s->db->driver->schema_get(s->db, &version, err)) != FP_OK)
		return status;
	s->db->driver->describe(s->db, out);
	fp_buf_printf(out, ", schema %d", version);
	return fp_buf_check(out, "description of the database", err);
}

enum fp_status
store_begin(struct store_tx **out, struct store *s, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	enum fp_status status;

	if (s->tx != NULL)
		return fp_fail(err, FP_ECONFLICT, "a change of the database is under way already");
	if ((tx = fp_calloc(1, sizeof(*tx))) == NULL)
		return store_no_memory(err);
	if ((status = s->db->driver->begin(s->db, err)) != FP_OK)
		return status;
	tx->s = s;
	s->tx = tx;
	/* Nobody else writes from here on, so the number of the next entry is known. */
	if ((status = store_ledger_head(s, &tx->seq, tx->hash, err)) != FP_OK)
		return status;
	*out = tx;
	tx = NULL;
	return FP_OK;
}

enum fp_status
store_commit(struct store_tx *tx, struct fp_err *err)
{
	enum fp_status status;

	if (tx->s == NULL)
		return fp_fail(err, FP_ECONFLICT, "the change of the database is over already");
	/* REQ law-7: a state change and its ledger entry commit together. */
	if (tx->unrecorded)
		return fp_fail(err, FP_ECONFLICT, "refusing to commit: something was changed and no ledger entry tells of it");
	if (tx->importing)
		return fp_fail(err, FP_ECONFLICT, "refusing to commit: the import of devices was not ended");
	if ((status = tx->s->db->driver->commit(tx->s->db, err)) != FP_OK)
		return status;
	tx->s->tx = NULL;
	tx->s = NULL;
	return FP_OK;
}

void
store_rollback(struct store_tx *tx)
{
	if (tx == NULL || tx->s == NULL)
		return;
	tx->s->db->driver->rollback(tx->s->db);
	tx->s->tx = NULL;
	tx->s = NULL;
}

void
store_tx_freep(struct store_tx **tx)
{
	store_rollback(*tx);
	free(*tx);
	*tx = NULL;
}

enum fp_status
store_tx_change(struct store_tx *tx, int64_t *seq, fp_time *now, struct fp_err *err)
{
	if (tx->s == NULL)
		return fp_fail(err, FP_ECONFLICT, "the change of the database is over already");
	tx->unrecorded = true;
	if (seq != NULL)
		*seq = tx->seq + 1;
	if (now != NULL)
		*now = fp_now(tx->s->clock);
	return FP_OK;
}

enum fp_status
store_returned_id(struct sql_stmt *st, int64_t *id, struct fp_err *err)
{
	if (sql_row(st))
		*id = sql_int_at(st, 0);
	return sql_run(st, err);
}

struct array {
	char *items;
	size_t n, cap, size;
	void (*clear)(void *element);
};

static void
array_free(struct array *a)
{
	for (size_t i = 0; a->clear != NULL && i < a->n; i++)
		a->clear(a->items + i * a->size);
	free(a->items);
}

static enum fp_status
array_add(
    struct array *a, struct sql_stmt *st, enum fp_status (*read)(void *, struct sql_stmt *, struct fp_err *), struct fp_err *err)
{
	if (fp_grow(&a->items, &a->cap, a->n + 1, a->size) != 0)
		return store_no_memory(err);
	a->n++;
	return read(a->items + (a->n - 1) * a->size, st, err);
}

enum fp_status
store_array(struct sql_stmt *st, void *out, size_t *n, size_t size,
    enum fp_status (*read)(void *element, struct sql_stmt *st, struct fp_err *err), void (*clear)(void *element),
    struct fp_err *err)
{
	FP_AUTO(array_free) struct array a = { .size = size, .clear = clear };
	enum fp_status status = FP_OK;

	while (status == FP_OK && sql_row(st))
		status = array_add(&a, st, read, err);
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	memcpy(out, &a.items, sizeof(a.items));
	*n = a.n;
	a.items = NULL;
	a.n = 0;
	return FP_OK;
}

void
store_verdict_read(struct evidence_verdict *v, struct sql_stmt *st, int first)
{
	char word[24];

	sql_copy_at(st, first, v->check, sizeof(v->check));
	sql_copy_at(st, first + 1, word, sizeof(word));
	/* A word that this program does not know is never taken for a pass. */
	if (!evidence_result_of(&v->result, word))
		v->result = EVIDENCE_UNKNOWN;
	sql_copy_at(st, first + 2, word, sizeof(word));
	if (!evidence_level_of(&v->level, word))
		v->level = EVIDENCE_L_NONE;
	sql_copy_at(st, first + 3, v->reason, sizeof(v->reason));
	sql_copy_at(st, first + 4, v->settle, sizeof(v->settle));
	sql_copy_at(st, first + 5, v->detail, sizeof(v->detail));
	sql_copy_at(st, first + 6, v->obs, sizeof(v->obs));
}
