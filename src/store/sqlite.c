/* SQLite as a driver of store/sql.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "store/sql.h"
#include "store/store.h"

#define PARAMS_MAX 32

struct lite_stmt {
	struct sql_stmt base;
	const char *name, *text;
	sqlite3_stmt *st;
	bool busy;
	int rc;  /* the first failure, or SQLITE_OK */
	int sys; /* errno of it */
	char *why;
	int index[PARAMS_MAX]; /* of parameter $n in SQLite's own numbering, which goes by first appearance */
};

struct lite {
	struct sql base;
	sqlite3 *db;
	char *path;
	struct lite_stmt **stmts;
	size_t n_stmts, cap_stmts;
	struct lite_stmt broken; /* what get gives when it has nothing to give */
};

/* What each of SQLite's answers means here, and what the reader can do. */
static const struct {
	int rc;
	enum fp_status status;
	const char *text;
} meanings[] = {
	{ SQLITE_FULL, FP_ENOSPC, "the disk is full; nothing was changed: make room and try again" },
	{ SQLITE_BUSY, FP_ETIMEOUT, "another program is writing to it; nothing was changed: try again when that has ended" },
	{ SQLITE_LOCKED, FP_ETIMEOUT, "it is being read while it should be changed; nothing was changed: try again" },
	{ SQLITE_CORRUPT, FP_EINTEGRITY,
	    "the database is damaged; nothing was changed: keep a copy of it and of its -wal file, and go back to a backup" },
	{ SQLITE_NOTADB, FP_EINTEGRITY, "this is not a database; nothing was changed: is it the right file?" },
	{ SQLITE_READONLY, FP_EDENIED, "it may not be written; give this user the right to write to the file and its folder" },
	{ SQLITE_PERM, FP_EDENIED, "access is not allowed; give this user the right to read and write the file and its folder" },
	{ SQLITE_AUTH, FP_EDENIED, "access is not allowed" },
	{ SQLITE_NOMEM, FP_ENOMEM, "out of memory" },
	{ SQLITE_TOOBIG, FP_ELIMIT, "a text is longer than the database takes (1 000 000 000 bytes)" },
	{ SQLITE_CANTOPEN, FP_EIO, "it cannot be opened" },
	{ SQLITE_IOERR, FP_EIO, "reading or writing failed" },
};

/* A full disk or quota, or a missing right, can also show as a failed system call. FP_OK when sys says nothing of the sort. */
static enum fp_status
by_errno(struct fp_err *err, const struct lite *l, int primary, int sys)
{
	if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG)
		return fp_fail(
		    err, FP_ENOSPC, "'%s': the disk or quota is full; nothing was changed: make room and try again", l->path);
	if (sys == EACCES || sys == EPERM || sys == EROFS)
		return fp_fail(err, FP_EDENIED,
		    "'%s': access is not allowed; give this user the right to read and write the file and its folder", l->path);
	if (primary == SQLITE_CANTOPEN && sys == ENOENT)
		return fp_fail(err, FP_ENOTFOUND, "'%s': its folder is not there; make it first", l->path);
	return FP_OK;
}

static enum fp_status
explain(struct fp_err *err, const struct lite *l, int rc, int sys, const char *detail)
{
	int primary = rc & 0xFF;

	if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID)
		return fp_fail(err, FP_EEXIST, "it is there already (%s)", detail);
	if (primary == SQLITE_CONSTRAINT)
		return fp_fail(err, FP_ECONFLICT, "the database does not allow it (%s)", detail);
	if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && by_errno(err, l, primary, sys) != FP_OK)
		return err->status;
	for (size_t i = 0; i < FP_COUNT(meanings); i++)
		if (meanings[i].rc == primary)
			return fp_fail(err, meanings[i].status, "'%s': %s (%s)", l->path, meanings[i].text, detail);
	return fp_fail(err, FP_EIO, "'%s': %s (SQLite error %d)", l->path, detail, rc);
}

/* SQLite forgets the system's answer in its own cleaning up; errno still has it then, since nothing else was called. */
static int
system_error(const struct lite *l)
{
	int saved = errno, known = l->db ? sqlite3_system_errno(l->db) : 0;

	return known != 0 ? known : saved;
}

static enum fp_status
fail_now(struct fp_err *err, struct lite *l, int rc)
{
	int sys = system_error(l);
	struct fp_err local;

	return explain(err ? err : &local, l, rc, sys, l->db ? sqlite3_errmsg(l->db) : sqlite3_errstr(rc));
}

static enum fp_status
lite_exec(struct sql *base, const char *text, struct fp_err *err)
{
	struct lite *l = (struct lite *)base;
	int rc;

	errno = 0;
	rc = sqlite3_exec(l->db, text, NULL, NULL, NULL);
	return rc == SQLITE_OK ? FP_OK : fail_now(err, l, sqlite3_extended_errcode(l->db));
}

/* One number, or text, from a statement that gives one row. */
static enum fp_status
ask(struct lite *l, const char *text, int64_t *number, char *word, size_t size, struct fp_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(l->db, text, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW && number != NULL)
		*number = sqlite3_column_int64(st, 0);
	if (rc == SQLITE_ROW && word != NULL && sqlite3_column_text(st, 0) != NULL)
		(void)snprintf(word, size, "%s", (const char *)sqlite3_column_text(st, 0));
	if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
		(void)sqlite3_finalize(st);
		return FP_OK;
	}
	rc = sqlite3_extended_errcode(l->db);
	(void)fail_now(err, l, rc);
	(void)sqlite3_finalize(st);
	return err->status;
}

static void
stmt_free(struct lite_stmt *st)
{
	(void)sqlite3_finalize(st->st);
	free(st->why);
	free(st);
}

static void
lite_close(struct sql *base)
{
	struct lite *l = (struct lite *)base;

	for (size_t i = 0; i < l->n_stmts; i++)
		stmt_free(l->stmts[i]);
	free(l->stmts);
	free(l->broken.why);
	(void)sqlite3_close_v2(l->db);
	free(l->path);
	free(l);
}

/*
 * Made by us with mode 0600, before SQLite makes it with 0644: it holds names, addresses and password hashes (-wal and -shm take over the
 * mode). A file that is there is not touched: closing it here would take the locks of another connection of this process.
 */
static enum fp_status
make_file(const struct lite *l, struct fp_err *err)
{
	FP_AUTO(fp_closep) int fd = open(l->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	struct stat st;

	if (fd >= 0)
		return FP_OK;
	if (errno == EEXIST && stat(l->path, &st) == 0 && !S_ISREG(st.st_mode))
		return fp_fail(err, FP_EINVAL, "'%s' is not a file", l->path);
	if (errno == EEXIST)
		return FP_OK;
	if (errno == ENOENT)
		return fp_fail(
		    err, FP_ENOTFOUND, "cannot make the database '%s': its folder is not there; make it first", l->path);
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		return fp_fail(err, FP_EDENIED, "cannot make the database '%s': this user may not write to its folder", l->path);
	return fp_fail_errno(err, errno, "cannot make the database '%s'", l->path);
}

/* Switching an empty file to WAL does not wait for others as the busy time-out says; so we wait. */
static enum fp_status
use_wal(struct lite *l, struct fp_err *err)
{
	char mode[16] = "";
	enum fp_status s;

	for (int tries = 0; tries < STORE_BUSY_MS / 20; tries++) {
		if ((s = ask(l, "PRAGMA journal_mode", NULL, mode, sizeof(mode), err)) != FP_OK)
			return s;
		if (strcmp(mode, "wal") == 0 || strcmp(mode, "memory") == 0)
			return FP_OK;
		s = ask(l, "PRAGMA journal_mode = WAL", NULL, mode, sizeof(mode), err);
		if (s == FP_OK && (strcmp(mode, "wal") == 0 || strcmp(mode, "memory") == 0))
			return FP_OK;
		if (s == FP_OK)
			return fp_fail(err, FP_EUNSUPPORTED,
			    "'%s' lies on a file system that cannot share memory; use a local disk", l->path);
		if (s != FP_ETIMEOUT)
			return s;
		(void)sqlite3_sleep(20);
	}
	return err->status;
}

/* Whose file is it? An empty one becomes ours. */
static enum fp_status
ours(struct lite *l, struct fp_err *err)
{
	int64_t id = 0, tables = 0;
	enum fp_status s;

	/* In this order: another program that is making the database just now writes tables and mark in one transaction. */
	if ((s = ask(l, "SELECT count(*) FROM sqlite_schema", &tables, NULL, 0, err)) != FP_OK ||
	    (s = ask(l, "PRAGMA application_id", &id, NULL, 0, err)) != FP_OK)
		return s;
	if (id == STORE_APPLICATION_ID)
		return FP_OK;
	if (id != 0 || tables != 0)
		return fp_fail(err, FP_EINVAL, "'%s' is a database of another program; name another file", l->path);
	return FP_OK;
}

/*
 * synchronous FULL: in WAL mode NORMAL may lose the last commits when the power goes. A check cannot be repeated as of then, and a receipt
 * may have been given out for the entry: what was said to be kept must be kept.
 */
static const char settings[] = "PRAGMA synchronous = FULL;"
			       "PRAGMA foreign_keys = ON;"
			       "PRAGMA trusted_schema = OFF;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA cache_size = -65536;"
			       "PRAGMA threads = 2;" /* for sorting an index of a long import */
			       "PRAGMA journal_size_limit = 67108864;";

static enum fp_status
prepare_connection(struct lite *l, struct fp_err *err)
{
	enum fp_status s;
	int rc = sqlite3_open_v2(l->path, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return fail_now(err, l, rc);
	(void)sqlite3_busy_timeout(l->db, STORE_BUSY_MS);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if (sqlite3_db_readonly(l->db, "main") == 1)
		return fp_fail(err, FP_EDENIED,
		    "'%s' may not be written; give this user the right to write to the file and its folder", l->path);
	if ((s = ours(l, err)) != FP_OK || (s = use_wal(l, err)) != FP_OK)
		return s;
	return lite_exec(&l->base, settings, err);
}

static enum fp_status
lite_open(struct sql **out, const char *path, struct fp_err *err)
{
	struct lite *l = fp_calloc(1, sizeof(*l));
	struct fp_err local = { .status = FP_OK };
	enum fp_status s;

	err = err ? err : &local;
	if (l == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory opening the database");
	l->base.driver = &sql_sqlite;
	l->broken.base.db = &l->base;
	l->path = fp_strdup(path);
	if (l->path == NULL)
		s = fp_fail(err, FP_ENOMEM, "out of memory opening the database");
	else
		s = make_file(l, err);
	if (s == FP_OK)
		s = prepare_connection(l, err);
	if (s != FP_OK) {
		lite_close(&l->base);
		return s;
	}
	*out = &l->base;
	return FP_OK;
}

static enum fp_status
lite_schema_get(struct sql *base, int *version, struct fp_err *err)
{
	struct fp_err local;
	int64_t v = 0;
	enum fp_status s = ask((struct lite *)base, "PRAGMA user_version", &v, NULL, 0, err ? err : &local);

	*version = (int)v;
	return s;
}

static enum fp_status
lite_schema_set(struct sql *base, int version, struct fp_err *err)
{
	char text[96];

	(void)snprintf(
	    text, sizeof(text), "PRAGMA user_version = %d; PRAGMA application_id = %d;", version, STORE_APPLICATION_ID);
	return lite_exec(base, text, err);
}

static enum fp_status
lite_begin(struct sql *base, struct fp_err *err)
{
	return lite_exec(base, "BEGIN IMMEDIATE", err);
}

static enum fp_status
lite_commit(struct sql *base, struct fp_err *err)
{
	struct lite *l = (struct lite *)base;

	/* SQLite itself rolls back after some failures (disk full); what follows must not be taken for a commit. */
	if (sqlite3_get_autocommit(l->db) != 0)
		return fp_fail(
		    err, FP_ECONFLICT, "'%s': the change was undone after an earlier failure; nothing was changed", l->path);
	return lite_exec(base, "COMMIT", err);
}

static void
lite_rollback(struct sql *base)
{
	struct lite *l = (struct lite *)base;

	if (sqlite3_get_autocommit(l->db) == 0)
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum fp_status
lite_check(struct sql *base, struct fp_err *err)
{
	struct lite *l = (struct lite *)base;
	char word[256] = "";
	int64_t broken = 0;
	struct fp_err local;
	enum fp_status s;

	err = err ? err : &local;
	if ((s = ask(l, "PRAGMA integrity_check(1)", NULL, word, sizeof(word), err)) != FP_OK)
		return s;
	if (strcmp(word, "ok") != 0)
		return fp_fail(
		    err, FP_EINTEGRITY, "'%s' is damaged: %s; keep a copy of it and go back to a backup", l->path, word);
	if ((s = ask(l, "SELECT count(*) FROM pragma_foreign_key_check", &broken, NULL, 0, err)) != FP_OK)
		return s;
	if (broken != 0)
		return fp_fail(err, FP_EINTEGRITY, "'%s' has %lld rows that point at nothing", l->path, (long long)broken);
	return FP_OK;
}

static void
lite_describe(struct sql *base, struct fp_buf *out)
{
	struct lite *l = (struct lite *)base;
	struct stat st;

	fp_buf_printf(out, "SQLite %s, %s, WAL, synchronous FULL", sqlite3_libversion(), l->path);
	if (stat(l->path, &st) == 0)
		fp_buf_printf(out, ", mode %04o, %lld bytes", (unsigned)st.st_mode & 07777u, (long long)st.st_size);
}

static void
note(struct lite_stmt *st, int rc)
{
	struct lite *l = (struct lite *)st->base.db;

	if (rc == SQLITE_OK || st->rc != SQLITE_OK)
		return;
	st->rc = rc;
	st->sys = system_error(l);
	st->why = fp_strdup(l->db ? sqlite3_errmsg(l->db) : sqlite3_errstr(rc));
}

static void
prepare(struct lite *l, struct lite_stmt *st, const char *text)
{
	note(st, sqlite3_prepare_v3(l->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL));
	for (int i = sqlite3_bind_parameter_count(st->st); i > 0; i--) {
		const char *name = sqlite3_bind_parameter_name(st->st, i);
		int n = name != NULL && name[0] == '$' ? (int)strtol(name + 1, NULL, 10) : 0;

		if (n > 0 && n < PARAMS_MAX)
			st->index[n] = i;
		else
			note(st, SQLITE_MISUSE);
	}
}

static struct lite_stmt *
new_stmt(struct lite *l, const char *name, const char *text)
{
	struct lite_stmt *st = fp_calloc(1, sizeof(*st));

	if (st == NULL || fp_grow(&l->stmts, &l->cap_stmts, l->n_stmts + 1, sizeof(*l->stmts)) != 0) {
		free(st);
		note(&l->broken, SQLITE_NOMEM);
		return &l->broken;
	}
	st->base.db = &l->base;
	st->name = name;
	st->text = text;
	l->stmts[l->n_stmts++] = st;
	prepare(l, st, text);
	return st;
}

/* Texts are constants, mostly the same one; a name used for two texts by mistake must not run the wrong one. */
static bool
is_for(const struct lite_stmt *st, const char *name, const char *text)
{
	return (st->name == name || strcmp(st->name, name) == 0) && (st->text == text || strcmp(st->text, text) == 0);
}

static struct sql_stmt *
lite_get(struct sql *base, const char *name, const char *text)
{
	struct lite *l = (struct lite *)base;
	struct lite_stmt *st = NULL;

	/* One that is in use stays so: a walk may ask the same question inside its callback. */
	for (size_t i = 0; i < l->n_stmts && st == NULL; i++)
		if (!l->stmts[i]->busy && is_for(l->stmts[i], name, text))
			st = l->stmts[i];
	if (st == NULL)
		st = new_stmt(l, name, text);
	else if (st->st == NULL)
		prepare(l, st, text);
	st->busy = true;
	return &st->base;
}

/* SQLite's number of $n, or 0 after a failure. */
static int
at(struct lite_stmt *st, int n)
{
	if (st->rc == SQLITE_OK && (n <= 0 || n >= PARAMS_MAX || st->index[n] == 0))
		note(st, SQLITE_RANGE);
	return st->rc == SQLITE_OK ? st->index[n] : 0;
}

static void
lite_bind_int(struct sql_stmt *base, int n, int64_t v)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	int i = at(st, n);

	if (i > 0)
		note(st, sqlite3_bind_int64(st->st, i, v));
}

static void
lite_bind_text(struct sql_stmt *base, int n, const char *s, size_t len)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	int i = at(st, n);

	if (i > 0)
		note(st, sqlite3_bind_text64(st->st, i, s, len, SQLITE_STATIC, SQLITE_UTF8));
}

static void
lite_bind_blob(struct sql_stmt *base, int n, const void *p, size_t len)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	int i = at(st, n);

	if (i > 0)
		note(st, sqlite3_bind_blob64(st->st, i, p, len, SQLITE_STATIC));
}

static bool
lite_row(struct sql_stmt *base)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	int rc;

	if (st->rc != SQLITE_OK)
		return false;
	errno = 0;
	rc = sqlite3_step(st->st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		note(st, rc);
	return rc == SQLITE_ROW;
}

static int64_t
lite_int_at(struct sql_stmt *base, int column)
{
	return sqlite3_column_int64(((struct lite_stmt *)base)->st, column);
}

static const char *
lite_text_at(struct sql_stmt *base, int column, size_t *len)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	int type = sqlite3_column_type(st->st, column);
	const void *s = type == SQLITE_BLOB ? sqlite3_column_blob(st->st, column) : sqlite3_column_text(st->st, column);

	*len = (size_t)sqlite3_column_bytes(st->st, column);
	return s == NULL && type != SQLITE_NULL ? "" : s; /* SQLite gives NULL for an empty blob too */
}

static enum fp_status
lite_end(struct sql_stmt *base, struct fp_err *err)
{
	struct lite_stmt *st = (struct lite_stmt *)base;
	enum fp_status s = FP_OK;

	if (st->rc != SQLITE_OK && err != NULL)
		s = explain(err, (struct lite *)base->db, st->rc, st->sys, st->why ? st->why : sqlite3_errstr(st->rc));
	if (st->st != NULL) {
		(void)sqlite3_reset(st->st);
		(void)sqlite3_clear_bindings(st->st);
	}
	free(st->why);
	st->why = NULL;
	st->rc = SQLITE_OK;
	st->busy = false;
	return s;
}

const struct sql_driver sql_sqlite = {
	.name = "sqlite",
	.open = lite_open,
	.close = lite_close,
	.schema_get = lite_schema_get,
	.schema_set = lite_schema_set,
	.exec = lite_exec,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.check = lite_check,
	.describe = lite_describe,
	.get = lite_get,
	.bind_int = lite_bind_int,
	.bind_text = lite_bind_text,
	.bind_blob = lite_bind_blob,
	.row = lite_row,
	.int_at = lite_int_at,
	.text_at = lite_text_at,
	.end = lite_end,
};
