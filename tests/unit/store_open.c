/* Opening, transactions and law 7; files that are no database, damaged, newer, forbidden. */
#include "store_help.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void
file_is_private_and_ours(void **state)
{
	struct bench *b = *state;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	char name[128];
	struct stat st;
	sqlite3 *db;
	sqlite3_stmt *q;

	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	(void)snprintf(name, sizeof(name), "%s-wal", b->path);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA application_id", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), STORE_APPLICATION_ID);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	OK(store_describe(b->s, &text, &b->err));
	assert_non_null(strstr(text.data, "WAL"));
	assert_non_null(strstr(text.data, "schema 2"));
	assert_non_null(strstr(text.data, "mode 0600"));
	OK(store_check(b->s, &b->err));
}

static void
every_table_is_strict(void **state)
{
	struct bench *b = *state;
	sqlite3 *db;
	sqlite3_stmt *q;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'", -1, &q,
		NULL),
	    SQLITE_OK);
	if (sqlite3_step(q) == SQLITE_ROW)
		fail_msg("table %s is not STRICT", (const char *)sqlite3_column_text(q, 0));
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
}

static void
prefix_and_unknown_kinds(void **state)
{
	struct bench *b = *state;
	struct store *other = NULL;
	char name[160];

	(void)snprintf(name, sizeof(name), "sqlite:%s", b->path);
	OK(store_open(&other, name, &b->clock, &b->err));
	store_free(other);
	other = NULL;
	FAILS(store_open(&other, "postgres://x/y", &b->clock, &b->err), FP_EUSAGE, "unknown kind of database");
	FAILS(store_open(&other, "sqlite:", &b->clock, &b->err), FP_EUSAGE, "no database named");
	FAILS(store_open(&other, "/nowhere/at/all.db", &b->clock, &b->err), FP_ENOTFOUND, "folder is not there");
	FAILS(store_open(&other, b->dir, &b->clock, &b->err), FP_EINVAL, "is not a file");
	assert_null(other);
}

static void
newer_database_is_refused(void **state)
{
	struct bench *b = *state;

	store_freep(&b->s);
	bench_sql(b, "PRAGMA user_version = 99");
	FAILS(store_open(&b->s, b->path, &b->clock, &b->err), FP_EUNSUPPORTED,
	    "newer fieldproof (schema 99; this one knows up to 2)");
	bench_sql(b, "PRAGMA user_version = 2");
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
}

static void
foreign_database_is_refused(void **state)
{
	struct bench *b = *state;
	struct store *other = NULL;
	char path[128];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/other.db", b->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE mail (x)", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	FAILS(store_open(&other, path, &b->clock, &b->err), FP_EINVAL, "database of another program");
	(void)unlink(path);
}

static void
put_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	(void)close(fd);
}

static void
no_database_is_refused_and_kept(void **state)
{
	struct bench *b = *state;
	char path[128], text[4096], again[4096];
	struct store *other = NULL;
	int fd;

	memset(text, 'x', sizeof(text));
	(void)snprintf(path, sizeof(path), "%s/letter.pdf", b->dir);
	put_file(path, text, sizeof(text));
	FAILS(store_open(&other, path, &b->clock, &b->err), FP_EINTEGRITY, "not a database");
	assert_non_null(strstr(b->err.msg, path));
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, again, sizeof(again)), (ssize_t)sizeof(again));
	(void)close(fd);
	assert_memory_equal(text, again, sizeof(text));
	(void)unlink(path);
}

static void
truncated_file_is_found(void **state)
{
	struct bench *b = *state;
	struct stat st;
	enum fp_status s;

	for (int i = 0; i < 300; i++) {
		FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
		char serial[32];
		struct device d = { .serial = serial };

		(void)snprintf(serial, sizeof(serial), "SN%04d", i);
		OK(store_begin(&tx, b->s, &b->err));
		OK(store_device_put(tx, &d, NULL, NULL, NULL, &b->err));
		bench_append(b, tx, "device-import");
		OK(store_commit(tx, &b->err));
	}
	store_freep(&b->s);
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(truncate(b->path, st.st_size / 2), 0);
	s = store_open(&b->s, b->path, &b->clock, &b->err);
	if (s == FP_OK)
		s = store_check(b->s, &b->err);
	assert_string_equal(fp_status_name(s), "integrity");
	assert_non_null(strstr(b->err.msg, "damaged"));
	assert_non_null(strstr(b->err.msg, "backup"));
}

/* As a user who may only read: root may always write, so the child stops being root. */
static void
read_only_file_is_said(void **state)
{
	struct bench *b = *state;
	int status;
	pid_t pid;

	store_freep(&b->s);
	assert_int_equal(chmod(b->path, 0444), 0);
	assert_int_equal(chmod(b->dir, 0555), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct store *s = NULL;
		struct fp_err err = { .status = FP_OK };
		enum fp_status r;

		if (getuid() == 0 && setuid(65534) != 0)
			_exit(9);
		r = store_open(&s, b->path, &b->clock, &err);
		_exit(r == FP_EDENIED && strstr(err.msg, "the right to") != NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(b->dir, 0755), 0);
	assert_int_equal(chmod(b->path, 0600), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* REQ law-7: a state change and its ledger entry commit together. */
static void
change_without_entry_is_refused(void **state)
{
	struct bench *b = *state;
	FP_AUTO(fp_buf_free) struct fp_buf value = { .max = 0 };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_setting_set(tx, "site.name", "Lab", &b->err));
	FAILS(store_commit(tx, &b->err), FP_ECONFLICT, "no ledger entry tells of it");
	store_tx_freep(&tx);
	FAILS(store_setting_get(b->s, "site.name", &value, &b->err), FP_ENOTFOUND, "site.name");

	/* An entry before the change does not tell of it. */
	OK(store_begin(&tx, b->s, &b->err));
	bench_append(b, tx, "site-set");
	OK(store_setting_set(tx, "site.name", "Lab", &b->err));
	FAILS(store_commit(tx, &b->err), FP_ECONFLICT, "no ledger entry");
	bench_append(b, tx, "site-set");
	OK(store_commit(tx, &b->err));
	OK(store_setting_get(b->s, "site.name", &value, &b->err));
	assert_string_equal(value.data, "Lab");
}

/* Each function that changes state counts as a change. */
static void
every_write_needs_an_entry(void **state)
{
	struct bench *b = *state;
	struct device d = { .serial = (char *)"SN1", .product = (char *)"MiSeqDx" };
	struct store_notice n = { .reference = "FSN1", .hash = "aa", .canonical = (char *)"{}", .canonical_len = 2 };
	struct store_match m = { .answer = "affected", .reason = "udi" };
	struct case_cell c = { .action = "patch", .mode = "Dx" };
	struct store_verdict v = { .v = { .result = EVIDENCE_FAIL, .check = "SMB-1" } };
	struct store_reply r = { .lang = "de", .json = (char *)"{}", .json_len = 2 };
	struct store_param p = { .name = "ucs-port", .value = "1" };
	struct store_key k = { .key_id = "A", .name = "maker" };
	struct store_account a = { .name = "anna", .role = "admin" };
	int64_t device = 0;

	for (int step = 0; step < 13; step++) {
		FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

		OK(store_begin(&tx, b->s, &b->err));
		switch (step) {
		case 0:
			OK(store_setting_set(tx, "x", "y", &b->err));
			break;
		case 1:
			OK(store_param_set(tx, &p, &b->err));
			break;
		case 2:
			OK(store_key_put(tx, &k, &b->err));
			break;
		case 3:
			OK(store_device_put(tx, &d, NULL, NULL, &device, &b->err));
			break;
		case 4:
			OK(store_notice_put(tx, &n, &b->err));
			break;
		case 5:
			OK(store_notice_genuine(tx, n.id, "genuine", "maker", &b->err));
			break;
		case 6:
			m.notice_id = n.id;
			m.device_id = device;
			OK(store_match_put(tx, &m, NULL, &b->err));
			break;
		case 7:
			(void)snprintf(m.person_answer, sizeof(m.person_answer), "not-affected");
			OK(store_match_decide(tx, &m, &b->err));
			break;
		case 8:
			c.device_id = device;
			OK(store_cell_put(tx, n.id, &c, NULL, &b->err));
			break;
		case 9:
			v.cell_id = c.id;
			OK(store_verdict_add(tx, &v, &b->err));
			break;
		case 10:
			r.notice_id = n.id;
			OK(store_reply_put(tx, &r, &b->err));
			break;
		case 11:
			OK(store_account_add(tx, &a, &b->err));
			break;
		default:
			OK(store_key_withdraw(tx, "A", &b->err));
			break;
		}
		FAILS(store_commit(tx, &b->err), FP_ECONFLICT, "no ledger entry");
		bench_append(b, tx, "change");
		OK(store_commit(tx, &b->err));
	}
}

static void
one_change_at_a_time_and_none_after_the_end(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_tx_freep) struct store_tx *second = NULL;

	OK(store_begin(&tx, b->s, &b->err));
	FAILS(store_begin(&second, b->s, &b->err), FP_ECONFLICT, "under way");
	OK(store_commit(tx, &b->err));
	FAILS(store_setting_set(tx, "x", "y", &b->err), FP_ECONFLICT, "over already");
	FAILS(store_ledger_append(tx, "a", "k", "s", "{}", NULL, &b->err), FP_ECONFLICT, "over already");
	FAILS(store_commit(tx, &b->err), FP_ECONFLICT, "over already");
	OK(store_begin(&second, b->s, &b->err));
}

static void
dropped_change_leaves_nothing(void **state)
{
	struct bench *b = *state;
	FP_AUTO(fp_buf_free) struct fp_buf value = { .max = 0 };
	char hash[65];
	int64_t seq;

	{
		FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;

		OK(store_begin(&tx, b->s, &b->err));
		OK(store_setting_set(tx, "x", "y", &b->err));
		bench_append(b, tx, "x");
	}
	FAILS(store_setting_get(b->s, "x", &value, &b->err), FP_ENOTFOUND, "never made");
	OK(store_ledger_head(b->s, &seq, hash, &b->err));
	assert_int_equal(seq, 0);
}

static void
second_connection_sees_only_what_is_committed(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_freep) struct store *other = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf value = { .max = 0 };

	OK(store_open(&other, b->path, &b->clock, &b->err));
	OK(store_begin(&tx, b->s, &b->err));
	OK(store_setting_set(tx, "x", "y", &b->err));
	bench_append(b, tx, "x");
	FAILS(store_setting_get(other, "x", &value, &b->err), FP_ENOTFOUND, "never made");
	OK(store_commit(tx, &b->err));
	OK(store_setting_get(other, "x", &value, &b->err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_is_private_and_ours),
		TEST(every_table_is_strict),
		TEST(prefix_and_unknown_kinds),
		TEST(newer_database_is_refused),
		TEST(foreign_database_is_refused),
		TEST(no_database_is_refused_and_kept),
		TEST(truncated_file_is_found),
		TEST(read_only_file_is_said),
		TEST(change_without_entry_is_refused),
		TEST(every_write_needs_an_entry),
		TEST(one_change_at_a_time_and_none_after_the_end),
		TEST(dropped_change_leaves_nothing),
		TEST(second_connection_sees_only_what_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
