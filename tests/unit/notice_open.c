/* The three notices open, and are the same after canonical bytes and back. */
#include "unit.h"

#include "notice/notice.h"

static const char *const refs[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };

static struct notice *
opened(const char *ref)
{
	struct notice *n = NULL;
	struct fp_err err;
	char dir[64];

	(void)snprintf(dir, sizeof(dir), "notices/%s", ref);
	if (notice_open(&n, dir, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return n;
}

static void
round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(refs); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(refs[i]), *again = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
		struct fp_err err;

		assert_string_equal(n->reference, refs[i]);
		assert_int_equal(notice_canonical(&one, n, &err), FP_OK);
		if (notice_parse(&again, one.data, one.len, &err) != FP_OK)
			fail_msg("%s", err.msg);
		assert_int_equal(notice_canonical(&two, again, &err), FP_OK);
		assert_int_equal(one.len, two.len);
		assert_memory_equal(one.data, two.data, one.len);
		assert_string_equal(n->content_hash, again->content_hash);
		assert_int_equal(strlen(n->content_hash), 64);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(round_trip) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
