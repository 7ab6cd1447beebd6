/* What comes with evidence that people bring: kept, found again, never changed; a database from before gets its tables. */
#include "store_help.h"

#include "base/mem.h"

static void
challenges_are_kept(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	const struct store_challenge c = { .code = "K7QF-2M9X", .issued = b->now, .expires = b->now + 5, .issued_by = "anna" };
	struct store_challenge got;

	FAILS(store_challenge_get(b->s, "K7QF-2M9X", &got, &b->err), FP_ENOTFOUND, "did not print");
	OK(store_begin(&tx, b->s, &b->err));
	OK(store_challenge_add(tx, &c, &b->err));
	assert_int_not_equal(store_commit(tx, &b->err), FP_OK); /* REQ law-7: nothing without its ledger entry */
	store_tx_freep(&tx);
	OK(store_begin(&tx, b->s, &b->err));
	OK(store_challenge_add(tx, &c, &b->err));
	bench_append(b, tx, "challenge");
	OK(store_commit(tx, &b->err));
	store_tx_freep(&tx);
	OK(store_challenge_get(b->s, "K7QF-2M9X", &got, &b->err));
	assert_true(got.issued == c.issued && got.expires == c.expires);
	assert_string_equal(got.issued_by, "anna");
}

static void
systems_are_found_by_subject_identity_and_file(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_system y = { .subject = "device:1",
		.mode = "Dx",
		.identity = "i1",
		.key_id = "k",
		.taken_as = "first",
		.file = "f1",
		.collected = 7,
		.obs = "o1" };
	struct store_system *list = NULL;
	size_t n = 0;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_system_add(tx, &y, &b->err));
	(void)snprintf(y.mode, sizeof(y.mode), "RUO");
	(void)snprintf(y.identity, sizeof(y.identity), "i2");
	(void)snprintf(y.file, sizeof(y.file), "f2");
	y.part = 1;
	OK(store_system_add(tx, &y, &b->err));
	(void)snprintf(y.subject, sizeof(y.subject), "storage:files01");
	OK(store_system_add(tx, &y, &b->err));
	bench_append(b, tx, "systems");
	OK(store_commit(tx, &b->err));
	store_tx_freep(&tx);
	OK(store_systems(b->s, "device:1", NULL, NULL, &list, &n, &b->err));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].mode, "RUO"); /* newest first */
	assert_int_equal(list[0].part, 1);
	assert_string_equal(list[1].taken_as, "first");
	assert_true(list[1].collected == 7 && list[1].at == b->now);
	free(list);
	OK(store_systems(b->s, NULL, "i2", NULL, &list, &n, &b->err));
	assert_int_equal(n, 2);
	free(list);
	OK(store_systems(b->s, "device:1", NULL, "f1", &list, &n, &b->err));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].obs, "o1");
	free(list);
}

static void
events_of_a_device(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	const struct device d = { .serial = (char *)"SN1", .product = (char *)"MiSeqDx" };
	struct store_device_event e = { .kind = "re-image", .at = 50, .actor = "anna", .note = "new disk" }, *list = NULL;
	fp_time ended[EVIDENCE_END_COUNT];
	size_t n = 0;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_device_put(tx, &d, NULL, NULL, &e.device_id, &b->err));
	OK(store_device_event_add(tx, &e, &b->err));
	e.at = 40;
	OK(store_device_event_add(tx, &e, &b->err));
	e.at = 60;
	(void)snprintf(e.kind, sizeof(e.kind), "service-visit");
	OK(store_device_event_add(tx, &e, &b->err));
	bench_append(b, tx, "events");
	OK(store_commit(tx, &b->err));
	store_tx_freep(&tx);
	OK(store_device_events(b->s, e.device_id, &list, &n, &b->err));
	assert_int_equal(n, 3);
	assert_true(list[0].at == 60 && list[1].at == 50 && list[2].at == 40);
	assert_string_equal(list[0].note, "new disk");
	free(list);
	OK(store_device_ended(b->s, e.device_id, ended, &b->err));
	assert_true(ended[EVIDENCE_END_REIMAGE] == 50 && ended[EVIDENCE_END_SERVICE] == 60 && ended[EVIDENCE_END_PASSWORD] == 0);
	OK(store_device_ended(b->s, e.device_id + 1, ended, &b->err));
	assert_true(ended[EVIDENCE_END_REIMAGE] == 0);
}

static void
a_database_from_before_gets_the_tables(void **state)
{
	struct bench *b = *state;
	struct store_challenge got;

	store_freep(&b->s);
	bench_sql(b, "DROP TABLE challenge; DROP TABLE system_read; DROP TABLE device_event; DROP TABLE rule; ALTER TABLE "
		     "verdict DROP COLUMN rule;"
		     " PRAGMA user_version = 1");
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	FAILS(store_challenge_get(b->s, "K7QF-2M9X", &got, &b->err), FP_ENOTFOUND, "did not print");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(challenges_are_kept, bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(systems_are_found_by_subject_identity_and_file, bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(events_of_a_device, bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(a_database_from_before_gets_the_tables, bench_setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
