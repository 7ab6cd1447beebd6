/* The floor that all stands on: status texts, buffers, cursors, UTF-8, time, JSON, files. */

#include "unit.h"

#include "base/buf.h"
#include "base/clock.h"

static void
buffer_limit_sticks(void **state)
{
	struct fp_buf b = { .max = 4 };
	struct fp_err err;

	(void)state;
	fp_buf_puts(&b, "abc");
	fp_buf_puts(&b, "de");
	fp_buf_puts(&b, "x");
	assert_int_equal(fp_buf_check(&b, "test", &err), FP_ELIMIT);
	assert_string_equal(err.msg, "test is larger than its limit of 4 bytes");
	fp_buf_free(&b);
}

static void
time_round_trip(void **state)
{
	char text[FP_TIME_MAX];
	fp_time t;

	(void)state;
	assert_int_equal(fp_time_parse(&t, "2024-02-29T23:59:59.250+02:00", NULL), FP_OK);
	assert_string_equal(fp_time_text(text, t), "2024-02-29T21:59:59.250Z");
	assert_int_not_equal(fp_time_parse(&t, "2023-02-29T00:00:00Z", NULL), FP_OK);
	assert_int_equal(fp_date_weekday((struct fp_date){ 2023, 4, 5 }), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(buffer_limit_sticks), cmocka_unit_test(time_round_trip) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
