/* People: accounts, sessions, wrong passwords. Only the hash of a session's token is kept. */
#include <string.h>

#include "store/internal.h"

#define COLUMNS "name, display, role, language, password_hash, created"

enum fp_status
store_account_add(struct store_tx *tx, const struct store_account *a, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;
	fp_time now;

	if ((s = store_tx_change(tx, &seq, &now, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "account-add", "INSERT INTO account (" COLUMNS ", seq) VALUES ($1, $2, $3, $4, $5, $6, $7)");
	sql_text(st, 1, a->name);
	sql_text(st, 2, a->display);
	sql_text(st, 3, a->role);
	sql_text(st, 4, a->language);
	sql_text(st, 5, a->password_hash);
	sql_int(st, 6, a->created ? a->created : now);
	sql_int(st, 7, seq);
	if ((s = sql_run(st, err)) == FP_EEXIST)
		return fp_fail(err, FP_EEXIST, "there is an account '%s' already", a->name);
	return s;
}

/* One row was changed, or there is no such account. */
static enum fp_status
changed_one(struct sql_stmt *st, const char *name, struct fp_err *err)
{
	int64_t hit = 0;
	enum fp_status s = store_returned_id(st, &hit, err);

	return s != FP_OK || hit == 1 ? s : fp_fail(err, FP_ENOTFOUND, "there is no account '%.100s'", name);
}

enum fp_status
store_account_change(struct store_tx *tx, const struct store_account *a, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;
	int64_t seq;

	if ((s = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "account-change",
	    "UPDATE account SET display = $2, role = $3, language = $4, password_hash = $5, seq = $6 WHERE name = $1 RETURNING "
	    "1");
	sql_text(st, 1, a->name);
	sql_text(st, 2, a->display);
	sql_text(st, 3, a->role);
	sql_text(st, 4, a->language);
	sql_text(st, 5, a->password_hash);
	sql_int(st, 6, seq);
	return changed_one(st, a->name, err);
}

static enum fp_status
read_account(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_account *a = element;

	(void)err;
	sql_copy_at(st, 0, a->name, sizeof(a->name));
	sql_copy_at(st, 1, a->display, sizeof(a->display));
	sql_copy_at(st, 2, a->role, sizeof(a->role));
	sql_copy_at(st, 3, a->language, sizeof(a->language));
	sql_copy_at(st, 4, a->password_hash, sizeof(a->password_hash));
	a->created = sql_int_at(st, 5);
	return FP_OK;
}

enum fp_status
store_account_get(struct store *s, const char *name, struct store_account *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "account-get", "SELECT " COLUMNS " FROM account WHERE name = $1");
	enum fp_status status;
	bool found;

	memset(out, 0, sizeof(*out));
	sql_text(st, 1, name);
	found = sql_row(st);
	if (found)
		(void)read_account(out, st, err);
	if ((status = sql_end(st, err)) != FP_OK)
		return status;
	return found ? FP_OK : fp_fail(err, FP_ENOTFOUND, "there is no account '%.100s'", name);
}

enum fp_status
store_accounts(struct store *s, struct store_account **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "accounts", "SELECT name, display, role, language, '', created FROM account ORDER BY name");

	return store_array(st, out, n, sizeof(**out), read_account, NULL, err);
}

enum fp_status
store_account_language(struct store *s, const char *name, const char *lang, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "account-language", "UPDATE account SET language = $2 WHERE name = $1 RETURNING 1");

	sql_text(st, 1, name);
	sql_text(st, 2, lang);
	return changed_one(st, name, err);
}

enum fp_status
store_account_rehash(struct store *s, const char *name, const char *hash, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "account-rehash", "UPDATE account SET password_hash = $2 WHERE name = $1 RETURNING 1");

	sql_text(st, 1, name);
	sql_text(st, 2, hash);
	return changed_one(st, name, err);
}

enum fp_status
store_session_put(struct store *s, const struct store_session *x, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "session-put", "INSERT INTO session (token_hash, account, csrf, expires) VALUES ($1, $2, $3, $4)");

	sql_text(st, 1, x->token_hash);
	sql_text(st, 2, x->account);
	sql_text(st, 3, x->csrf);
	sql_int(st, 4, x->expires);
	return sql_run(st, err);
}

enum fp_status
store_session_get(struct store *s, const char *token_hash, struct store_session *out, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "session-get",
	    "SELECT token_hash, account, csrf, expires FROM session WHERE token_hash = $1 AND expires > $2");
	enum fp_status status;
	bool found;

	memset(out, 0, sizeof(*out));
	sql_text(st, 1, token_hash);
	sql_int(st, 2, fp_now(s->clock));
	found = sql_row(st);
	if (found) {
		sql_copy_at(st, 0, out->token_hash, sizeof(out->token_hash));
		sql_copy_at(st, 1, out->account, sizeof(out->account));
		sql_copy_at(st, 2, out->csrf, sizeof(out->csrf));
		out->expires = sql_int_at(st, 3);
	}
	if ((status = sql_end(st, err)) != FP_OK)
		return status;
	return found ? FP_OK : fp_fail(err, FP_ENOTFOUND, "this session is unknown or has expired");
}

enum fp_status
store_session_end(struct store *s, const char *token_hash, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "session-end", "DELETE FROM session WHERE token_hash = $1");

	sql_text(st, 1, token_hash);
	return sql_run(st, err);
}

enum fp_status
store_sessions_expire(struct store *s, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "sessions-expire", "DELETE FROM session WHERE expires <= $1 RETURNING 1");

	*n = 0;
	sql_int(st, 1, fp_now(s->clock));
	while (sql_row(st))
		*n += 1;
	return sql_end(st, err);
}

enum fp_status
store_login_failed(struct store *s, const char *name, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "login-failed", "INSERT INTO login_failure (name, at) VALUES ($1, $2)");

	sql_text(st, 1, name);
	sql_int(st, 2, fp_now(s->clock));
	return sql_run(st, err);
}

enum fp_status
store_login_failures(struct store *s, const char *name, fp_time since, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st =
	    sql_get(s->db, "login-failures", "SELECT count(*) FROM login_failure WHERE ($1 = '' OR name = $1) AND at >= $2");

	*n = 0;
	sql_text(st, 1, name);
	sql_int(st, 2, since);
	if (sql_row(st))
		*n = (size_t)sql_int_at(st, 0);
	return sql_end(st, err);
}

enum fp_status
store_login_forget(struct store *s, const char *name, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "login-forget", "DELETE FROM login_failure WHERE name = $1");

	sql_text(st, 1, name);
	return sql_run(st, err);
}
