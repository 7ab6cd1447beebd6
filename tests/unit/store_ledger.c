/* The ledger in the database: kept in order, proven, and each changed byte found and named. */
#define _GNU_SOURCE
#include "store_help.h"

#include <fcntl.h>
#include <sys/stat.h>

static void
append(struct bench *b, int n)
{
	for (int i = 0; i < n; i++) {
		FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
		char subject[64], body[64];
		int64_t seq;

		b->now += 1000;
		(void)snprintf(subject, sizeof(subject), "FSN2023-1338/SN%d", i);
		(void)snprintf(body, sizeof(body), "{ \"z\": %d, \"a\": \"Bjørn\" }", i);
		OK(store_begin(&tx, b->s, &b->err));
		OK(store_ledger_append(tx, "anna", "cell-claim", subject, body, &seq, &b->err));
		OK(store_ledger_append(tx, "fieldproof", "note", "x", "{}", NULL, &b->err));
		OK(store_commit(tx, &b->err));
		assert_int_equal(seq, 2 * i + 1);
	}
}

/* Changes of a row that the triggers would stop: whoever can write the file can take them away. */
static void
tamper(struct bench *b, const char *sql)
{
	store_freep(&b->s);
	bench_sql(b, "DROP TRIGGER ledger_keeps; DROP TRIGGER ledger_stays");
	bench_sql(b, sql);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
}

static enum fp_status
verify(struct bench *b)
{
	struct ledger_check c;

	b->err.msg[0] = '\0';
	return store_ledger_verify(b->s, &c, &b->err);
}

static void
entries_come_back(void **state)
{
	struct bench *b = *state;
	struct ledger_entry *list = NULL, one;
	struct ledger_check c;
	char head[65];
	int64_t seq;
	size_t n;

	append(b, 5);
	OK(store_ledger_verify(b->s, &c, &b->err));
	assert_int_equal(c.count, 10);
	OK(store_ledger_head(b->s, &seq, head, &b->err));
	assert_int_equal(seq, 10);
	assert_string_equal(head, c.hash);
	OK(store_ledger_get(b->s, 3, &one, &b->err));
	assert_string_equal(one.actor, "anna");
	assert_string_equal(one.body, "{\"a\":\"Bjørn\",\"z\":1}");
	assert_int_equal(one.at, 1700000002000);
	ledger_entry_free(&one);
	FAILS(store_ledger_get(b->s, 99, &one, &b->err), FP_ENOTFOUND, "no entry 99");

	OK(store_ledger_list(b->s, 0, 3, NULL, &list, &n, &b->err));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].seq, 10);
	assert_int_equal(list[2].seq, 8);
	store_ledger_entries_free(list, n);
	OK(store_ledger_list(b->s, 4, 100, NULL, &list, &n, &b->err));
	assert_int_equal(n, 3);
	store_ledger_entries_free(list, n);
	OK(store_ledger_list(b->s, 0, 100, "x", &list, &n, &b->err));
	assert_int_equal(n, 5);
	store_ledger_entries_free(list, n);
}

static void
body_must_be_an_object(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

	OK(store_begin(&tx, b->s, &b->err));
	FAILS(store_ledger_append(tx, "a", "k", "s", "[]", NULL, &b->err), FP_EINVAL, "must be a JSON object");
	FAILS(store_ledger_append(tx, "a", "k", "s", "{", NULL, &b->err), FP_EINVAL, "body of the ledger entry");
	FAILS(store_ledger_append(tx, "a\xff", "k", "s", "{}", NULL, &b->err), FP_EINVAL, "UTF-8");
	OK(store_ledger_append(tx, "a", "k", "s", "{}", NULL, &b->err));
	OK(store_commit(tx, &b->err));
	OK(verify(b));
}

static void
every_changed_column_is_found(void **state)
{
	static const struct {
		const char *sql, *says;
	} cases[] = {
		{ "UPDATE ledger SET at = at + 1 WHERE seq = 4", "entry 4: its content was changed" },
		{ "UPDATE ledger SET actor = 'bert' WHERE seq = 4", "entry 4: its content was changed" },
		{ "UPDATE ledger SET kind = 'x' WHERE seq = 4", "entry 4: its content was changed" },
		{ "UPDATE ledger SET subject = subject || ' ' WHERE seq = 4", "entry 4: its content was changed" },
		{ "UPDATE ledger SET body = '{\"a\":1}' WHERE seq = 4", "entry 4: its content was changed" },
		{ "UPDATE ledger SET prev = hash WHERE seq = 4", "entry 4: its field 'prev' was changed" },
		{ "UPDATE ledger SET hash = prev WHERE seq = 4", "entry 4: its content was changed" },
		{ "DELETE FROM ledger WHERE seq = 4", "entry 4 is missing" },
		{ "DELETE FROM ledger WHERE seq BETWEEN 4 AND 6", "entries 4-6 are missing" },
		{ "UPDATE ledger SET seq = 99 WHERE seq = 4", "entry 4 is missing" },
	};

	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		struct bench *b;

		if (i > 0)
			(void)bench_setup(state);
		b = *state;
		append(b, 5);
		tamper(b, cases[i].sql);
		FAILS(verify(b), FP_EINTEGRITY, cases[i].says);
		if (i + 1 < FP_COUNT(cases))
			(void)bench_teardown(state);
	}
}

/* Entries cut off at the end break no chain: what they told of, or a checkpoint, gives it away. */
static void
cut_off_end_is_found(void **state)
{
	struct bench *b = *state;
	struct store_checkpoint point = { .size = 10, .at = 1 }, last;
	struct ledger_check c;

	append(b, 5);
	OK(store_ledger_verify(b->s, &c, &b->err));
	memcpy(point.hash, c.hash, sizeof(point.hash));
	FAILS(store_checkpoint_last(b->s, &last, &b->err), FP_ENOTFOUND, "no checkpoint");
	OK(store_checkpoint_add(b->s, &point, &b->err));
	OK(store_checkpoint_last(b->s, &last, &b->err));
	assert_int_equal(last.size, 10);
	OK(verify(b));
	tamper(b, "DELETE FROM ledger WHERE seq > 7");
	FAILS(verify(b), FP_EINTEGRITY, "entries 8-10 are missing at the end: a checkpoint counted them");
}

static void
change_without_its_entry_is_found(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

	append(b, 2);
	OK(store_begin(&tx, b->s, &b->err));
	OK(store_setting_set(tx, "site.name", "Lab", &b->err));
	bench_append(b, tx, "site-set");
	OK(store_commit(tx, &b->err));
	OK(verify(b));
	tamper(b, "DELETE FROM ledger WHERE seq = 5");
	FAILS(verify(b), FP_EINTEGRITY, "entry 5 is missing at the end: what they tell of is in the database");
}

/* Someone who writes the whole chain again from one entry on is found by the checkpoint. */
static void
rewritten_chain_is_found_by_the_checkpoint(void **state)
{
	struct bench *b = *state;
	struct store_checkpoint point = { .size = 4, .at = 1 };
	struct ledger_entry e;

	append(b, 2);
	OK(store_ledger_get(b->s, 4, &e, &b->err));
	memcpy(point.hash, e.hash, sizeof(point.hash));
	point.hash[0] = point.hash[0] == '0' ? '1' : '0';
	ledger_entry_free(&e);
	OK(store_checkpoint_add(b->s, &point, &b->err));
	FAILS(verify(b), FP_EINTEGRITY, "entry 4 is not the one that the checkpoint saw");
}

static void
slipping_hand_is_stopped(void **state)
{
	static const char *const hands[] = { "UPDATE ledger SET actor = 'x'", "DELETE FROM ledger" };
	struct bench *b = *state;
	sqlite3 *db;

	append(b, 1);
	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	for (size_t i = 0; i < FP_COUNT(hands); i++) {
		assert_int_equal(sqlite3_exec(db, hands[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
		assert_non_null(strstr(sqlite3_errmsg(db), "append-only"));
	}
	(void)sqlite3_close(db);
	OK(verify(b));
}

/* One byte of the file, where an entry's text stands. */
static void
changed_byte_in_the_file_is_found(void **state)
{
	struct bench *b = *state;
	static char file[1 << 20];
	ssize_t n;
	char *at;
	int fd;

	append(b, 5);
	store_freep(&b->s);
	bench_sql(b, "PRAGMA wal_checkpoint(TRUNCATE)");
	fd = open(b->path, O_RDWR);
	n = read(fd, file, sizeof(file));
	assert_in_range(n, 4096, sizeof(file) - 1);
	at = memmem(file, (size_t)n, "\"Bj\xc3\xb8rn\",\"z\":2", 14);
	assert_non_null(at);
	assert_int_equal(pwrite(fd, "i", 1, at - file + 2), 1);
	(void)close(fd);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	FAILS(verify(b), FP_EINTEGRITY, "entry 5: its content was changed after it was written");
}

static void
hashes_prove_an_entry(void **state)
{
	struct bench *b = *state;
	struct ledger_proof p;
	char(*hashes)[65] = NULL, head[65];
	size_t n;

	append(b, 4);
	OK(store_ledger_hashes(b->s, &hashes, &n, &b->err));
	assert_int_equal(n, 8);
	OK(ledger_tree_head(head, (const char(*)[65])hashes, n, &b->err));
	OK(ledger_proof_make(&p, (const char(*)[65])hashes, n, 5, &b->err));
	OK(ledger_proof_check(&p, hashes[5], head, &b->err));
	free(hashes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_come_back),
		TEST(body_must_be_an_object),
		TEST(every_changed_column_is_found),
		TEST(cut_off_end_is_found),
		TEST(change_without_its_entry_is_found),
		TEST(rewritten_chain_is_found_by_the_checkpoint),
		TEST(slipping_hand_is_stopped),
		TEST(changed_byte_in_the_file_is_found),
		TEST(hashes_prove_an_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
