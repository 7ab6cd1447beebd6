/* Settings, operator's parameters, trusted keys. */
#include "store/internal.h"

enum fp_status
store_setting_get(struct store *s, const char *name, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "setting-get", "SELECT value FROM setting WHERE name = $1");
	enum fp_status status;
	bool found = false;

	sql_text(st, 1, name);
	if (sql_row(st)) {
		size_t len = 0;
		const char *value = sql_borrow_at(st, 0, &len);

		fp_buf_add(out, value, len);
		found = true;
	}
	if ((status = sql_end(st, err)) != FP_OK)
		return status;
	if (!found)
		return fp_fail(err, FP_ENOTFOUND, "the setting '%.100s' was never made", name);
	return fp_buf_check(out, name, err);
}

enum fp_status
store_setting_set(struct store_tx *tx, const char *name, const char *value, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status status;
	int64_t seq;

	if ((status = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return status;
	if (value == NULL) {
		st = sql_get(tx->s->db, "setting-clear", "DELETE FROM setting WHERE name = $1");
		sql_text(st, 1, name);
		return sql_run(st, err);
	}
	st = sql_get(tx->s->db, "setting-set",
	    "INSERT INTO setting (name, value, seq) VALUES ($1, $2, $3)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, seq = excluded.seq");
	sql_text(st, 1, name);
	sql_text(st, 2, value);
	sql_int(st, 3, seq);
	return sql_run(st, err);
}

static enum fp_status
read_param(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_param *p = element;

	(void)err;
	sql_copy_at(st, 0, p->name, sizeof(p->name));
	sql_copy_at(st, 1, p->value, sizeof(p->value));
	p->confirmed = sql_int_at(st, 2) != 0;
	sql_copy_at(st, 3, p->set_by, sizeof(p->set_by));
	p->set_at = sql_int_at(st, 4);
	return FP_OK;
}

enum fp_status
store_params(struct store *s, struct store_param **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "params", "SELECT name, value, confirmed, set_by, set_at FROM param ORDER BY name");

	return store_array(st, out, n, sizeof(**out), read_param, NULL, err);
}

enum fp_status
store_param_set(struct store_tx *tx, const struct store_param *p, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status status;
	int64_t seq;
	fp_time now;

	if ((status = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return status;
	if (p->value[0] == '\0') {
		st = sql_get(tx->s->db, "param-clear", "DELETE FROM param WHERE name = $1");
		sql_text(st, 1, p->name);
		return sql_run(st, err);
	}
	st = sql_get(tx->s->db, "param-set",
	    "INSERT INTO param (name, value, confirmed, set_by, set_at, seq) VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, confirmed = excluded.confirmed,"
	    " set_by = excluded.set_by, set_at = excluded.set_at, seq = excluded.seq");
	sql_text(st, 1, p->name);
	sql_text(st, 2, p->value);
	sql_int(st, 3, p->confirmed);
	sql_text(st, 4, p->set_by);
	sql_int(st, 5, now);
	sql_int(st, 6, seq);
	return sql_run(st, err);
}

enum fp_status
store_key_put(struct store_tx *tx, const struct store_key *k, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status status;
	int64_t seq;
	fp_time now;

	if ((status = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return status;
	st = sql_get(tx->s->db, "key-put",
	    "INSERT INTO trusted_key (key_id, name, public_key, trusted_by, trusted_at, withdrawn_at, seq)"
	    " VALUES ($1, $2, $3, $4, $5, NULL, $6)"
	    " ON CONFLICT (key_id) DO UPDATE SET name = excluded.name, public_key = excluded.public_key,"
	    " trusted_by = excluded.trusted_by, trusted_at = excluded.trusted_at, withdrawn_at = NULL, seq = excluded.seq");
	sql_text(st, 1, k->key_id);
	sql_text(st, 2, k->name);
	sql_text(st, 3, k->public_key);
	sql_text(st, 4, k->trusted_by);
	sql_int(st, 5, now);
	sql_int(st, 6, seq);
	return sql_run(st, err);
}

enum fp_status
store_key_withdraw(struct store_tx *tx, const char *key_id, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status status;
	int64_t seq, no = 0;
	fp_time now;

	if ((status = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return status;
	st = sql_get(tx->s->db, "key-withdraw",
	    "UPDATE trusted_key SET withdrawn_at = $2, seq = $3 WHERE key_id = $1 AND withdrawn_at IS NULL RETURNING 1");
	sql_text(st, 1, key_id);
	sql_int(st, 2, now);
	sql_int(st, 3, seq);
	if ((status = store_returned_id(st, &no, err)) != FP_OK)
		return status;
	return no == 1 ? FP_OK : fp_fail(err, FP_ENOTFOUND, "the key '%.40s' is not among the trusted ones", key_id);
}

static enum fp_status
read_key(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_key *k = element;

	(void)err;
	sql_copy_at(st, 0, k->key_id, sizeof(k->key_id));
	sql_copy_at(st, 1, k->name, sizeof(k->name));
	sql_copy_at(st, 2, k->public_key, sizeof(k->public_key));
	sql_copy_at(st, 3, k->trusted_by, sizeof(k->trusted_by));
	k->trusted_at = sql_int_at(st, 4);
	return FP_OK;
}

enum fp_status
store_keys(struct store *s, struct store_key **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "keys",
	    "SELECT key_id, name, public_key, trusted_by, trusted_at FROM trusted_key WHERE withdrawn_at IS NULL ORDER BY name, "
	    "key_id");

	return store_array(st, out, n, sizeof(**out), read_key, NULL, err);
}
