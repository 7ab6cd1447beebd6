/* A store in a folder of its own, with a clock that stands still until it is moved. */
#ifndef FP_TESTS_STORE_HELP_H
#define FP_TESTS_STORE_HELP_H

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/store.h"

struct bench {
	char dir[64], path[96];
	fp_time now;
	struct fp_clock clock;
	struct store *s;
	struct fp_err err;
};

#define OK(call)                                                                                                                 \
	do {                                                                                                                     \
		b->err.msg[0] = '\0';                                                                                            \
		if ((call) != FP_OK)                                                                                             \
			fail_msg("%s: %s", #call, b->err.msg);                                                                   \
	} while (0)
#define FAILS(call, status, part)                                                                                                \
	do {                                                                                                                     \
		assert_string_equal(fp_status_name(call), fp_status_name(status));                                               \
		if (strstr(b->err.msg, part) == NULL)                                                                            \
			fail_msg("'%s' does not say '%s'", b->err.msg, part);                                                    \
	} while (0)

static inline int
bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/fp-store-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/site.db", b->dir);
	b->now = 1700000000000;
	b->clock = fp_clock_fixed(&b->now);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	*state = b;
	return 0;
}

static inline int
bench_teardown(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	struct bench *b = *state;
	char name[128];

	store_free(b->s);
	for (size_t i = 0; i < FP_COUNT(ends); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", b->path, ends[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static inline void
bench_reopen(struct bench *b)
{
	store_freep(&b->s);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
}

/* What a person with the sqlite3 program could do to the file. */
static inline void
bench_sql(struct bench *b, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void
bench_append(struct bench *b, struct store_tx *tx, const char *kind)
{
	OK(store_ledger_append(tx, "anna", kind, "test", "{}", NULL, &b->err));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

#endif
