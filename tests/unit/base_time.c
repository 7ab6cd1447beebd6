/* Calendar and clock. */

#include "unit.h"

#include "base/clock.h"

static const struct {
	const char *text;
	int64_t ms; /* by GNU date: date -u -d TEXT +%s%3N */
} times[] = {
	{ "1970-01-01T00:00:00.000Z", 0 },
	{ "1969-12-31T23:59:59.999Z", -1 },
	{ "2000-02-29T12:00:00.000Z", 951825600000 },
	{ "2038-01-19T03:14:08.000Z", 2147483648000 },
	{ "2026-11-21T09:30:00.123Z", 1795253400123 },
	{ "0001-01-01T00:00:00.000Z", -62135596800000 },
	{ "9999-12-31T23:59:59.999Z", 253402300799999 },
};

static void
times_both_ways(void **state)
{
	char text[FP_TIME_MAX];
	fp_time t;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(times); i++) {
		assert_int_equal(fp_time_parse(&t, times[i].text, NULL), FP_OK);
		assert_int_equal(t, times[i].ms);
		assert_string_equal(fp_time_text(text, t), times[i].text);
	}
}

static const struct {
	const char *text, *utc;
} forms[] = {
	{ "2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z" },
	{ "2024-02-29 23:59:59.5z", "2024-02-29T23:59:59.500Z" },
	{ "2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00.000Z" },
	{ "2023-12-31T23:30:00-0130", "2024-01-01T01:00:00.000Z" },
	{ "2024-02-29T23:59:59.123456789Z", "2024-02-29T23:59:59.123Z" },
	{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z" },
};

static void
forms_of_time(void **state)
{
	char text[FP_TIME_MAX];
	fp_time t;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(forms); i++) {
		assert_int_equal(fp_time_parse(&t, forms[i].text, NULL), FP_OK);
		assert_string_equal(fp_time_text(text, t), forms[i].utc);
	}
}

static void
no_times(void **state)
{
	static const char *const bad[] = { "", "2024-02-29", "2024-02-29T", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
		"2024-02-29T24:00:00Z", "2024-02-29T23:60:00Z", "2024-02-29T23:59:61Z", "2024-02-29T23:59:59",
		"2024-02-29T23:59Z", "2024-02-29T23:59:59+24:00", "2024-02-29T23:59:59+01:60", "2024-02-29T23:59:59+1:00",
		"2024-02-29T23:59:59Zx", "2024-2-29T23:59:59Z", "0000-01-01T00:00:00Z", "2024-13-01T00:00:00Z",
		"-024-01-01T00:00:00Z" };
	struct fp_err err;
	fp_time t = 7;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		assert_int_equal(fp_time_parse(&t, bad[i], &err), FP_EINVAL);
	assert_int_equal(t, 7);
	assert_string_equal(err.msg, "not a time (YYYY-MM-DDThh:mm:ssZ): '-024-01-01T00:00:00Z'");
}

/* Every day from year 1 to 2400 follows the one before: count, weekday and text agree with a calendar that is counted by hand. */
static void
every_day_in_turn(void **state)
{
	struct fp_date d = { 1, 1, 1 }, back;
	int64_t days = fp_date_days(d);
	int weekday = fp_date_weekday(d);

	(void)state;
	assert_int_equal(weekday, 1); /* 1 January of year 1 was a Monday in the proleptic Gregorian calendar */
	while (d.year <= 2400) {
		struct fp_date next = { d.year, d.month, d.day + 1 };

		if (!fp_date_valid(next))
			next = d.month == 12 ? (struct fp_date){ d.year + 1, 1, 1 } : (struct fp_date){ d.year, d.month + 1, 1 };
		days++;
		weekday = weekday % 7 + 1;
		assert_int_equal(fp_date_days(next), days);
		/* By its members: 29 February of a year without one would count as the same day. */
		back = fp_date_of_days(days);
		assert_memory_equal(&back, &next, sizeof(next));
		assert_int_equal(fp_date_weekday(next), weekday);
		assert_true(fp_date_compare(d, next) < 0);
		d = next;
	}
	assert_int_equal(days, 13601088000 / 86400); /* date -u -d 2401-01-01 +%s */
}

static void
dates(void **state)
{
	char text[FP_DATE_MAX];
	struct fp_date d;
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_date_parse(&d, "2023-04-05", NULL), FP_OK);
	assert_string_equal(fp_date_text(text, d), "2023-04-05");
	assert_int_equal(fp_date_weekday(d), 3); /* as printed in FSN2023-1338 */
	assert_int_equal(fp_date_weekday((struct fp_date){ 2024, 5, 8 }), 3);
	assert_int_equal(fp_date_parse(&d, "2100-02-29", &err), FP_EINVAL);
	assert_string_equal(err.msg, "not a calendar date (YYYY-MM-DD): '2100-02-29'");
	assert_int_equal(fp_date_parse(&d, "2000-02-29", NULL), FP_OK);
	assert_int_equal(fp_date_parse(&d, "2023-04-05 ", NULL), FP_EINVAL);
	assert_int_equal(fp_date_parse(&d, "2023-4-5", NULL), FP_EINVAL);
	assert_string_equal(fp_date_text(text, (struct fp_date){ 0, 0, 0 }), "");
	assert_string_equal(fp_date_text(text, fp_date_of_time(-1)), "1969-12-31");
	assert_string_equal(fp_date_text(text, fp_date_of_time(0)), "1970-01-01");
}

static void
clocks(void **state)
{
	fp_time at = 1000;
	struct fp_clock fixed = fp_clock_fixed(&at), real = fp_clock_real();
	int64_t before;

	(void)state;
	assert_int_equal(fp_now(&fixed), 1000);
	at += 365LL * 86400000;
	assert_int_equal(fp_now(&fixed), 31536001000);
	assert_true(fp_now(&real) > 1700000000000);
	before = fp_monotonic_us();
	assert_true(fp_monotonic_us() >= before);
	assert_in_range(fp_monotonic_ms() - before / 1000, 0, 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(times_both_ways), cmocka_unit_test(forms_of_time),
		cmocka_unit_test(no_times), cmocka_unit_test(every_day_in_turn), cmocka_unit_test(dates),
		cmocka_unit_test(clocks) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
