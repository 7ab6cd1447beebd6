/* The chain: sealed entries follow each other; a changed, missing or exchanged entry is found and named. */
#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "ledger/ledger.h"

#define N 20

static struct fp_err err;

struct chain {
	struct ledger_entry e[N];
};

static int
setup(void **state)
{
	struct chain *c = calloc(1, sizeof(*c));

	for (int i = 0; i < N; i++) {
		struct ledger_entry *e = &c->e[i];

		e->seq = i + 1;
		e->at = 1700000000000 + i;
		e->actor = fp_strdup("anna");
		e->kind = fp_strdup("cell-claim");
		e->subject = fp_asprintf("FSN2023-1338/SN%d/Dx/patch", i);
		e->body = fp_strdup("{\"note\":\"größer\"}");
		if (i > 0)
			memcpy(e->prev, c->e[i - 1].hash, sizeof(e->prev));
		assert_int_equal(ledger_entry_seal(e, &err), FP_OK);
	}
	*state = c;
	return 0;
}

static int
teardown(void **state)
{
	struct chain *c = *state;

	for (int i = 0; i < N; i++)
		ledger_entry_free(&c->e[i]);
	free(c);
	return 0;
}

static enum fp_status
walk(const struct chain *c, const int *order, int n)
{
	struct ledger_check check = { .seq = 0 };
	enum fp_status s = FP_OK;

	for (int i = 0; i < n && s == FP_OK; i++)
		s = ledger_check_entry(&check, &c->e[order ? order[i] : i], &err);
	return s;
}

static void
whole_chain_holds(void **state)
{
	struct chain *c = *state;
	struct ledger_check check = { .seq = 0 };

	for (int i = 0; i < N; i++)
		assert_int_equal(ledger_check_entry(&check, &c->e[i], &err), FP_OK);
	assert_int_equal(check.count, N);
	assert_int_equal(check.seq, N);
	assert_string_equal(check.hash, c->e[N - 1].hash);
	assert_string_equal(c->e[0].prev, "0000000000000000000000000000000000000000000000000000000000000000");
}

/* The hash is a contract: computed here apart with Python's json and hashlib. */
static void
hash_of_an_entry_does_not_change(void **state)
{
	struct chain *c = *state;

	assert_string_equal(c->e[0].hash, "5477f01bc990b3113a71cd277a0dcd5664168bc8554f4761416537a4629e4acd");
	assert_string_equal(c->e[1].hash, "557133aa670154b4ff49c5d683d505208a9203ef009446973b054a276768b172");
}

static void
each_changed_field_is_found_and_named(void **state)
{
	struct chain *c = *state;
	struct ledger_entry *e = &c->e[9];
	char *const texts[] = { e->actor, e->kind, e->subject, e->body };

	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		for (char *p = texts[i]; *p != '\0'; p++) {
			char was = *p;

			*p = was == 'x' ? 'y' : 'x';
			assert_int_not_equal(walk(c, NULL, N), FP_OK);
			assert_non_null(strstr(err.msg, "entry 10"));
			*p = was;
		}
	}
	e->at++;
	assert_int_equal(walk(c, NULL, N), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 10: its content was changed after it was written");
	e->at--;
	e->prev[3] ^= 1;
	assert_int_equal(walk(c, NULL, N), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 10: its field 'prev' was changed after it was written");
	e->prev[3] ^= 1;
	e->hash[3] ^= 1;
	assert_int_equal(walk(c, NULL, N), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 10: its content was changed after it was written");
	e->hash[3] ^= 1;
	assert_int_equal(walk(c, NULL, N), FP_OK);
}

/* An entry written again with a right hash of its own: the next one does not follow it. */
static void
replaced_entry_is_found(void **state)
{
	struct chain *c = *state;

	c->e[9].at++;
	assert_int_equal(ledger_entry_seal(&c->e[9], &err), FP_OK);
	assert_int_equal(walk(c, NULL, N), FP_EINTEGRITY);
	assert_non_null(strstr(err.msg, "entry 11 does not follow 10"));
}

static void
missing_and_exchanged_entries_are_named(void **state)
{
	struct chain *c = *state;
	const int one_gone[] = { 0, 1, 3 }, many_gone[] = { 0, 1, 5 }, first_gone[] = { 1, 2 }, swapped[] = { 0, 2, 1 },
		  twice[] = { 0, 1, 1 };

	assert_int_equal(walk(c, one_gone, 3), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 3 is missing");
	assert_int_equal(walk(c, many_gone, 3), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entries 3-5 are missing");
	assert_int_equal(walk(c, first_gone, 2), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 1 is missing");
	assert_int_equal(walk(c, swapped, 3), FP_EINTEGRITY);
	assert_int_equal(walk(c, twice, 3), FP_EINTEGRITY);
	assert_string_equal(err.msg, "entry 2 stands after entry 2: the order was changed");
}

static void
text_that_is_no_utf8_is_never_left_out(void **state)
{
	struct ledger_entry e = {
		.seq = 1, .actor = (char *)"a\xff", .kind = (char *)"k", .subject = (char *)"s", .body = (char *)"{}"
	};

	(void)state;
	assert_int_equal(ledger_entry_seal(&e, &err), FP_EINVAL);
	assert_string_equal(e.hash, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_chain_holds, setup, teardown),
		cmocka_unit_test_setup_teardown(hash_of_an_entry_does_not_change, setup, teardown),
		cmocka_unit_test_setup_teardown(each_changed_field_is_found_and_named, setup, teardown),
		cmocka_unit_test_setup_teardown(replaced_entry_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_and_exchanged_entries_are_named, setup, teardown),
		cmocka_unit_test(text_that_is_no_utf8_is_never_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
