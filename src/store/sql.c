#include "store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"

#define MIGRATIONS "store/"
#define SCHEME "sqlite:"

enum fp_status
sql_exec(struct sql *db, const char *text, struct fp_err *err)
{
	return db->driver->exec(db, text, err);
}

void
sql_close(struct sql *db)
{
	if (db != NULL)
		db->driver->close(db);
}

struct sql_stmt *
sql_get(struct sql *db, const char *name, const char *text)
{
	return db->driver->get(db, name, text);
}

void
sql_reset(struct sql_stmt **st)
{
	if (*st != NULL)
		(void)(*st)->db->driver->end(*st, NULL);
	*st = NULL;
}

void
sql_int(struct sql_stmt *st, int n, int64_t v)
{
	st->db->driver->bind_int(st, n, v);
}

void
sql_text(struct sql_stmt *st, int n, const char *s)
{
	st->db->driver->bind_text(st, n, s, s ? strlen(s) : 0);
}

void
sql_span(struct sql_stmt *st, int n, const char *s, size_t len)
{
	st->db->driver->bind_text(st, n, s, len);
}

void
sql_blob(struct sql_stmt *st, int n, const void *p, size_t len)
{
	st->db->driver->bind_blob(st, n, p, len);
}

bool
sql_row(struct sql_stmt *st)
{
	return st->db->driver->row(st);
}

enum fp_status
sql_end(struct sql_stmt *st, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };

	return st->db->driver->end(st, err ? err : &local);
}

enum fp_status
sql_run(struct sql_stmt *st, struct fp_err *err)
{
	while (sql_row(st))
		continue;
	return sql_end(st, err);
}

int64_t
sql_int_at(struct sql_stmt *st, int column)
{
	return st->db->driver->int_at(st, column);
}

const char *
sql_borrow_at(struct sql_stmt *st, int column, size_t *len)
{
	size_t ignored;

	return st->db->driver->text_at(st, column, len ? len : &ignored);
}

void
sql_copy_at(struct sql_stmt *st, int column, char *out, size_t size)
{
	size_t len = 0;
	const char *s = sql_borrow_at(st, column, &len);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)s[len] & 0xC0) == 0x80)
			len--;
	}
	if (s != NULL && len > 0)
		memcpy(out, s, len);
	out[len] = '\0';
}

bool
sql_dup_at(struct sql_stmt *st, int column, char **out, size_t *len)
{
	size_t n = 0;
	const char *s = sql_borrow_at(st, column, &n);

	*out = NULL;
	if (len != NULL)
		*len = n;
	if (s == NULL)
		return true;
	*out = fp_calloc(n + 1, 1);
	if (*out == NULL)
		return false;
	memcpy(*out, s, n);
	return true;
}

/* "store/0002_more.sql" -> 2 and *driver ""; "store/0002_more.sqlite.sql" -> 2 and "sqlite.sql"; 0 for what is no migration. */
static int
migration_of(const char *name, const char **driver)
{
	const char *dot;
	int number;

	if (strncmp(name, MIGRATIONS, strlen(MIGRATIONS)) != 0)
		return 0;
	number = (int)strtol(name + strlen(MIGRATIONS), NULL, 10);
	dot = strchr(name, '.');
	if (number <= 0 || dot == NULL)
		return 0;
	*driver = strcmp(dot, ".sql") == 0 ? "" : dot + 1;
	return number;
}

static int
newest(void)
{
	const char *ignored;
	int max = 0;

	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++) {
		int number = migration_of(a->name, &ignored);

		max = number > max ? number : max;
	}
	return max;
}

/* The portable file of a step first, then what only this driver needs. */
static enum fp_status
run_step(struct sql *db, int step, struct fp_err *err)
{
	char own[64];

	(void)snprintf(own, sizeof(own), "%s.sql", db->driver->name);
	for (int pass = 0; pass < 2; pass++)
		for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++) {
			const char *driver = "";

			if (migration_of(a->name, &driver) != step || strcmp(driver, pass == 0 ? "" : own) != 0)
				continue;
			if (sql_exec(db, a->data, err) != FP_OK)
				return fp_ctx(err, "bringing the database up to date with %s", a->name);
		}
	return db->driver->schema_set(db, step, err);
}

static enum fp_status
migrate_in_tx(struct sql *db, int target, struct fp_err *err)
{
	enum fp_status s;
	int version;

	/* Another program may have been faster between our look and our turn to write. */
	if ((s = db->driver->schema_get(db, &version, err)) != FP_OK)
		return s;
	while (version < target)
		if ((s = run_step(db, ++version, err)) != FP_OK)
			return s;
	return db->driver->commit(db, err);
}

static enum fp_status
migrate(struct sql *db, struct fp_err *err)
{
	int target = newest(), version;
	enum fp_status s;

	if ((s = db->driver->schema_get(db, &version, err)) != FP_OK)
		return s;
	if (version > target)
		return fp_fail(err, FP_EUNSUPPORTED,
		    "the database was written by a newer fieldproof (schema %d; this one knows up to %d); use the newer program, "
		    "or a copy "
		    "of the database from before",
		    version, target);
	if (version == target)
		return FP_OK;
	if ((s = db->driver->begin(db, err)) != FP_OK)
		return s;
	if ((s = migrate_in_tx(db, target, err)) != FP_OK)
		db->driver->rollback(db);
	return s;
}

enum fp_status
sql_open(struct sql **out, const char *where, struct fp_err *err)
{
	const char *path = where;
	struct sql *db = NULL;
	enum fp_status s;

	if (strncmp(where, SCHEME, strlen(SCHEME)) == 0)
		path = where + strlen(SCHEME);
	else if (strstr(where, "://") != NULL)
		return fp_fail(err, FP_EUSAGE, "unknown kind of database '%.200s'; use sqlite:PATH or a path", where);
	if (*path == '\0')
		return fp_fail(err, FP_EUSAGE, "no database named; use sqlite:PATH or a path");
	if ((s = sql_sqlite.open(&db, path, err)) != FP_OK)
		return s;
	if ((s = migrate(db, err)) != FP_OK) {
		sql_close(db);
		return s;
	}
	*out = db;
	return FP_OK;
}
