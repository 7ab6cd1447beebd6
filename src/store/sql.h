/*
 * The thin layer between the store's SQL and a database: connections, named statements with $1, $2... parameters, rows, transactions.
 * Private to store/. A driver is one table of functions; all SQL above it is portable.
 *
 * Errors stick to the statement: bind and read without checks, then sql_end (or sql_run) reports the first failure once.
 */
#ifndef FP_STORE_SQL_H
#define FP_STORE_SQL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct sql;
struct sql_stmt;

struct sql_driver {
	const char *name; /* "sqlite": also in migrations NNNN_x.sqlite.sql that only this driver runs */
	enum fp_status (*open)(struct sql **out, const char *where, struct fp_err *err);
	void (*close)(struct sql *db);
	/* The version of the schema that the database has; 0 for an empty one. Refuses what is not ours. */
	enum fp_status (*schema_get)(struct sql *db, int *version, struct fp_err *err);
	enum fp_status (*schema_set)(struct sql *db, int version, struct fp_err *err);
	/* Run several statements without parameters. */
	enum fp_status (*exec)(struct sql *db, const char *text, struct fp_err *err);
	/* Begin takes the right to write at once: who cannot have it waits or is told so, and nobody fails half-way. */
	enum fp_status (*begin)(struct sql *db, struct fp_err *err);
	enum fp_status (*commit)(struct sql *db, struct fp_err *err);
	void (*rollback)(struct sql *db);
	enum fp_status (*check)(struct sql *db, struct fp_err *err);
	void (*describe)(struct sql *db, struct fp_buf *out);

	/* Prepared once per name and kept. Never NULL: a failure sticks and is reported by end. One use at a time per name. */
	struct sql_stmt *(*get)(struct sql *db, const char *name, const char *text);
	void (*bind_int)(struct sql_stmt *st, int n, int64_t v);
	void (*bind_text)(
	    struct sql_stmt *st, int n, const char *s, size_t len); /* s NULL: NULL. Must live until the next row or end */
	void (*bind_blob)(struct sql_stmt *st, int n, const void *p, size_t len);
	bool (*row)(struct sql_stmt *st);
	int64_t (*int_at)(struct sql_stmt *st, int column);
	const char *(*text_at)(struct sql_stmt *st, int column, size_t *len); /* NULL for NULL; valid until the next row or end */
	/* Make ready for the next use; FP_OK or the failure. FP_EEXIST for a broken UNIQUE. err NULL: reset only. */
	enum fp_status (*end)(struct sql_stmt *st, struct fp_err *err);
};

extern const struct sql_driver sql_sqlite;

struct sql {
	const struct sql_driver *driver; /* first member of each driver's own connection */
};
struct sql_stmt {
	struct sql *db; /* first member of each driver's own statement */
};

/* Open "sqlite:PATH" or PATH and bring the schema up to date. */
enum fp_status sql_open(struct sql **out, const char *where, struct fp_err *err) FP_MUST_CHECK;
void sql_close(struct sql *db);
enum fp_status sql_exec(struct sql *db, const char *text, struct fp_err *err) FP_MUST_CHECK;

/* FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(db, "cell-get", "SELECT ... WHERE id = $1"); parameters n from 1, columns from 0. */
struct sql_stmt *sql_get(struct sql *db, const char *name, const char *text);
void sql_reset(struct sql_stmt **st);
void sql_int(struct sql_stmt *st, int n, int64_t v);
void sql_text(struct sql_stmt *st, int n, const char *s);
void sql_span(struct sql_stmt *st, int n, const char *s, size_t len);
void sql_blob(struct sql_stmt *st, int n, const void *p, size_t len);
bool sql_row(struct sql_stmt *st); /* the next row; false at the end and after a failure */
enum fp_status sql_end(struct sql_stmt *st, struct fp_err *err) FP_MUST_CHECK;
enum fp_status sql_run(struct sql_stmt *st, struct fp_err *err) FP_MUST_CHECK; /* all rows, then sql_end */

int64_t sql_int_at(struct sql_stmt *st, int column);
/* Into an array of size bytes, cut between characters when it does not fit; NULL gives "". */
void sql_copy_at(struct sql_stmt *st, int column, char *out, size_t size);
const char *sql_borrow_at(struct sql_stmt *st, int column, size_t *len); /* until the next row; NULL for NULL; len may be NULL */
/* Fresh memory, or NULL for NULL; false when out of memory. */
bool sql_dup_at(struct sql_stmt *st, int column, char **out, size_t *len);

#endif
