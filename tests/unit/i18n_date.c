/* Dates, times and numbers as each language writes them; days as people type them. */

#include "unit.h"

#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "i18n/i18n.h"

#define NBSP "\xC2\xA0"

static const struct {
	const char *lang;
	const char *dates[4];
	const char *long_time; /* 2026-11-21T09:30:15Z in Copenhagen */
	const char *number, *percent, *list, *month, *weekday;
} habits[] = {
	{ "en", { "05/04/2023", "5 Apr 2023", "5 April 2023", "Wednesday, 5 April 2023" }, "21 November 2026 at 10:30:15 CET",
	    "1,234,567", "94.5%", "a, b and c", "April", "Sunday" },
	{ "da", { "05.04.2023", "5. apr. 2023", "5. april 2023", "onsdag den 5. april 2023" },
	    "21. november 2026 kl. 10.30.15 CET", "1.234.567", "94,5" NBSP "%", "a, b og c", "april", "søndag" },
	{ "de", { "05.04.2023", "5. Apr. 2023", "5. April 2023", "Mittwoch, 5. April 2023" }, "21. November 2026 um 10:30:15 MEZ",
	    "1.234.567", "94,5" NBSP "%", "a, b und c", "April", "Sonntag" },
	{ "es", { "05/04/2023", "5 abr 2023", "5 de abril de 2023", "miércoles, 5 de abril de 2023" },
	    "21 de noviembre de 2026, 10:30:15 CET", "1.234.567", "94,5" NBSP "%", "a, b y c", "abril", "domingo" },
	{ "it", { "05/04/2023", "5 apr 2023", "5 aprile 2023", "mercoledì 5 aprile 2023" },
	    "21 novembre 2026 alle ore 10:30:15 CET", "1.234.567", "94,5%", "a, b e c", "aprile", "domenica" },
};

#define AT 1795253415000 /* 2026-11-21T09:30:15Z */

static void
habits_of_each_language(void **state)
{
	static const char *const items[] = { "a", "b", "c" };
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(habits); i++) {
		const struct i18n *lang = i18n_get(habits[i].lang);

		for (int style = I18N_NUMERIC; style <= I18N_FULL; style++) {
			fp_buf_clear(&b);
			i18n_date(&b, lang, (struct fp_date){ 2023, 4, 5 }, (enum i18n_style)style);
			assert_string_equal(b.data, habits[i].dates[style]);
		}
		fp_buf_clear(&b);
		i18n_time(&b, lang, AT, "Europe/Copenhagen", I18N_LONG);
		assert_string_equal(b.data, habits[i].long_time);
		fp_buf_clear(&b);
		i18n_number(&b, lang, 1234567);
		assert_string_equal(b.data, habits[i].number);
		fp_buf_clear(&b);
		i18n_percent(&b, lang, 0.9449999, 1);
		assert_string_equal(b.data, habits[i].percent);
		fp_buf_clear(&b);
		i18n_join(&b, lang, items, 3);
		assert_string_equal(b.data, habits[i].list);
		assert_string_equal(i18n_month_name(lang, 4), habits[i].month);
		assert_string_equal(i18n_weekday_name(lang, 7), habits[i].weekday);
	}
	fp_buf_free(&b);
}

static void
edges(void **state)
{
	struct fp_buf b = { .max = 0 };
	const char *const one[] = { "x{y}" };

	(void)state;
	i18n_date(&b, NULL, (struct fp_date){ 0, 0, 0 }, I18N_LONG);
	assert_int_equal(b.len, 0);
	i18n_date(&b, NULL, (struct fp_date){ 1500, 3, 1 },
	    I18N_LONG); /* before the Gregorian calendar: ISO, not a day of another one */
	assert_string_equal(b.data, "1500-03-01");
	fp_buf_clear(&b);
	i18n_date(&b, NULL, (struct fp_date){ 9999, 12, 31 }, I18N_LONG);
	assert_string_equal(b.data, "31 December 9999");
	fp_buf_clear(&b);
	i18n_number(&b, NULL, INT64_MIN);
	fp_buf_puts(&b, " ");
	i18n_number(&b, NULL, 999);
	fp_buf_puts(&b, " ");
	i18n_number(&b, NULL, -1000);
	fp_buf_puts(&b, " ");
	i18n_decimal(&b, NULL, 2.5, 0);
	fp_buf_puts(&b, " ");
	i18n_decimal(&b, NULL, 1234.5, 2);
	assert_string_equal(b.data, "-9,223,372,036,854,775,808 999 -1,000 3 1,234.50");
	fp_buf_clear(&b);
	i18n_join(&b, NULL, one, 1);
	i18n_join(&b, NULL, one, 0);
	assert_string_equal(b.data, "x{y}");
	assert_string_equal(i18n_month_name(NULL, 0), "");
	assert_string_equal(i18n_month_name(NULL, 13), "");
	assert_string_equal(i18n_weekday_name(NULL, 8), "");
	fp_buf_free(&b);
}

/* The zone is what the caller says, summer or winter; what ICU does not know is UTC, and says so. */
static void
zones(void **state)
{
	static const struct {
		fp_time t;
		const char *zone, *text;
	} at[] = { { AT, "Europe/Berlin", "21 Nov 2026, 10:30 CET" },
		{ AT - 150 * 86400000LL, "Europe/Berlin", "24 Jun 2026, 11:30 CEST" }, { AT, NULL, "21 Nov 2026, 09:30 UTC" },
		{ AT, "UTC", "21 Nov 2026, 09:30 UTC" }, { AT, "Mars/Olympus", "21 Nov 2026, 09:30 UTC" },
		{ AT, "", "21 Nov 2026, 09:30 UTC" }, { AT, "Europe/Athens", "21 Nov 2026, 11:30 EET" } };
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(at); i++) {
		fp_buf_clear(&b);
		i18n_time(&b, NULL, at[i].t, at[i].zone, I18N_MEDIUM);
		assert_string_equal(b.data, at[i].text);
	}
	assert_true(i18n_zone_known("Europe/Copenhagen"));
	assert_false(i18n_zone_known("Europe/Nowhere"));
	assert_false(i18n_zone_known("GMT+99"));
	assert_false(i18n_zone_known(NULL));
	fp_buf_free(&b);
}

/* More zones and styles than formatters are kept: the oldest go, none is mixed up. */
static void
many_formatters(void **state)
{
	static const char *const zone[] = { "Europe/Berlin", "Europe/Athens", "Europe/London", "America/New_York", "Asia/Tokyo" };
	static const char *const hour[] = { "10:30", "11:30", "09:30", "04:30", "18:30" };
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (int round = 0; round < 3; round++)
		for (size_t l = 0; l < FP_COUNT(habits); l++)
			for (size_t z = 0; z < FP_COUNT(zone); z++)
				for (int s = I18N_NUMERIC; s <= I18N_FULL; s++) {
					fp_buf_clear(&b);
					i18n_time(&b, i18n_get(habits[l].lang), AT, zone[z], (enum i18n_style)s);
					for (char *p = b.data; *p != '\0'; p++)
						*p = *p == '.' ? ':' : *p;
					assert_non_null(strstr(b.data, hour[z] + (hour[z][0] == '0')));
				}
	fp_buf_free(&b);
}

static void *
format_often(void *lang)
{
	struct fp_buf b = { .max = 64 };

	for (int i = 0; i < 500; i++) {
		fp_buf_clear(&b);
		i18n_date(&b, lang, (struct fp_date){ 2023, 4, 5 }, I18N_LONG);
		i18n_number(&b, lang, 1234567);
	}
	return fp_buf_take(&b);
}

static void
threads_do_not_mix(void **state)
{
	static const char *const want[] = { "5. april 20231.234.567", "5. April 20231.234.567", "5 aprile 20231.234.567" };
	static const char *const tag[] = { "da", "de", "it" };
	pthread_t thread[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, format_often, (void *)(uintptr_t)i18n_get(tag[i])), 0);
	for (size_t i = 0; i < 3; i++) {
		void *text;

		assert_int_equal(pthread_join(thread[i], &text), 0);
		assert_string_equal(text, want[i]);
		free(text);
	}
}

/* REQ typed-dates: the forms of the notices' own masks, and what people make of them. */
static const struct {
	const char *typed, *lang, *iso; /* lang NULL: not known */
} typed[] = {
	{ "05. 04 2023", "de", "2023-04-05" },
	{ "05. Apr. 2023", "de", "2023-04-05" },
	{ "05-apr-2023", "it", "2023-04-05" },
	{ "05-ABR-2023", "es", "2023-04-05" },
	{ "05-ABR-2023", NULL, "2023-04-05" },
	{ "05-APR-2023", "da", "2023-04-05" },
	{ "5. april 2023", "da", "2023-04-05" },
	{ "05-OKT-2023", "da", "2023-10-05" },
	{ "5-gen-2023", "es", "2023-01-05" },
	{ "5. März 2023", "en", "2023-03-05" },
	{ "5. marts 2023", "de", "2023-03-05" },
	{ "5 de abril de 2023", NULL, "2023-04-05" },
	{ "5 aprile 2023", "it", "2023-04-05" },
	{ "1º maggio 2023", "it", "2023-05-01" },
	{ "April 5, 2023", "en", "2023-04-05" },
	{ "5th of April, 2023", "en", "2023-04-05" },
	{ "2023 April 5", "en", "2023-04-05" },
	{ "5 sept 2023", "en", "2023-09-05" },
	{ "Mittwoch, 5. April 2023", "de", "2023-04-05" },
	{ "onsdag den 5. april 2023", "da", "2023-04-05" },
	{ "mar 4 apr 2023", "it", NULL }, /* "mar" is March before it is Tuesday */
	{ "2023-04-05", "en", "2023-04-05" },
	{ "2023/4/5", "en", "2023-04-05" },
	{ "20230405", "en", "2023-04-05" },
	{ " 5.4.23 ", "de", "2023-04-05" },
	{ "5/4/23", "it", "2023-04-05" },
	{ "05\xC2\xA0"
	  "04\xC2\xA0"
	  "2023",
	    "de", "2023-04-05" },
	{ "05\xE2\x80\x93"
	  "04\xE2\x80\x93"
	  "2023",
	    "de", "2023-04-05" },
	{ "03/04/2023", "it", "2023-04-03" },
	{ "03.04.2023", "en", "2023-04-03" },
	{ "05/25/2023", "en", "2023-05-25" }, /* only one reading is a day */
	{ "25/05/2023", "en", "2023-05-25" },
	{ "04/04/2023", "en", "2023-04-04" },           /* both readings are one day */
	{ "Wednesday 05/04/2023", "en", "2023-04-05" }, /* 4 May 2023 was a Thursday */
	{ "29.02.2024", "de", "2024-02-29" },
	{ "31.02.2023", "de", NULL },
	{ "29.02.2023", "de", NULL },
	{ "31. april 2023", "da", NULL },
	{ "04.25.2023", "en", NULL }, /* with dots the day is first everywhere */
	{ "Montag, 5. April 2023", "de", NULL },
	{ "5. april", "da", NULL },
	{ "april 2023", "da", NULL },
	{ "05042023", "de", NULL },
	{ "18990405", "de", NULL },
	{ "22000101", "de", NULL },
	{ "23-04-05", "en", NULL },
	{ "5. apr 0223", "de", NULL },
	{ "5.4.20233", "de", NULL },
	{ "5.4.203", "de", NULL },
	{ "0.4.2023", "de", NULL },
	{ "5.0.2023", "de", NULL },
	{ "5. foo 2023", "de", NULL },
	{ "5. ma 2023", "de", NULL },
	{ "5. april maj 2023", "da", NULL },
	{ "2023-04-05T10:00:00Z", "en", NULL },
	{ "05.04.2023 10", "de", NULL },
	{ "999999999999999999999", "de", NULL },
	{ "5.4.2023;", "de", NULL },
	{ "-", "de", NULL },
	{ "", "de", NULL },
};

static void
typed_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(typed); i++) {
		struct fp_date d = { 0, 0, 0 }, other = { 1, 1, 1 };
		struct fp_err err = { .msg = "" };
		char iso[FP_DATE_MAX];
		enum fp_status st = i18n_date_parse(&d, &other, i18n_get(typed[i].lang), typed[i].typed, &err);

		if (st != (typed[i].iso ? FP_OK : FP_EINVAL) ||
		    strcmp(fp_date_text(iso, d), typed[i].iso ? typed[i].iso : "") != 0)
			fail_msg("'%s': %s %s %s", typed[i].typed, fp_status_name(st), fp_date_text(iso, d), err.msg);
		assert_int_equal(other.year, 0);
		assert_int_equal(err.msg[0] != '\0', st != FP_OK);
	}
}

static void
two_readings_are_said(void **state)
{
	static const char *const langs[] = { NULL, "en" };
	struct fp_date d, other;
	struct fp_err err;
	char iso[FP_DATE_MAX];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(langs); i++) {
		assert_int_equal(i18n_date_parse(&d, &other, i18n_get(langs[i]), "03/04/2023", &err), FP_ECONFLICT);
		assert_string_equal(err.msg, "'03/04/2023' can be 2023-04-03 or 2023-03-04; write the one that is meant");
		assert_string_equal(fp_date_text(iso, d), "2023-04-03");
		assert_string_equal(fp_date_text(iso, other), "2023-03-04");
	}
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, "3 4 2023", NULL), FP_ECONFLICT);
}

static void
typed_messages(void **state)
{
	struct fp_date d;
	struct fp_err err;
	char text[100];

	(void)state;
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, "31.02.2023", &err), FP_EINVAL);
	assert_string_equal(err.msg, "not a date: '31.02.2023': the calendar has no such day");
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, "Montag, 5. April 2023", &err), FP_EINVAL);
	assert_string_equal(err.msg, "not a date: 'Montag, 5. April 2023': 2023-04-05 is a Wednesday, not a Monday");
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, "5. foo 2023", &err), FP_EINVAL);
	assert_string_equal(err.msg, "not a date: '5. foo 2023': the word 'foo' is no month; write it as 2023-04-05");
	memset(text, '1', sizeof(text));
	text[99] = '\0';
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, text, &err), FP_EINVAL);
	assert_int_equal(i18n_date_parse(&d, NULL, NULL, "\xff", &err), FP_EINVAL);
}

/* What a language writes, it reads: every style but the two-way English numeric one, a day in each month. */
static void
what_is_written_is_read(void **state)
{
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (int style = i == 0 ? I18N_MEDIUM : I18N_NUMERIC; style <= I18N_FULL; style++)
			for (int month = 1; month <= 12; month++) {
				struct fp_date d = { 2023, month, 9 }, back = { 0, 0, 0 };
				struct fp_err err = { .msg = "" };

				fp_buf_clear(&b);
				i18n_date(&b, all[i], d, (enum i18n_style)style);
				if (i18n_date_parse(&back, NULL, all[i], b.data, &err) != FP_OK || fp_date_compare(d, back) != 0)
					fail_msg("%s writes '%s' and cannot read it: %s", i18n_tag(all[i]), b.data, err.msg);
			}
	fp_buf_free(&b);
}

/* Runs before any other test here, so that the names are made while memory fails. */
static void
without_memory(void **state)
{
	struct fp_date d = { 0, 0, 0 };
	int64_t n = 0;
	enum fp_status st;

	(void)state;
	do {
		(void)fp_mem_fail_after(n++);
		st = i18n_date_parse(&d, NULL, NULL, "5. April 2023", NULL);
		(void)fp_mem_fail_after(-1);
		assert_true(st == FP_OK || st == FP_ENOMEM);
	} while (st != FP_OK && n < 10000);
	assert_int_equal(d.month, 4);
	assert_true(n > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_memory), cmocka_unit_test(habits_of_each_language),
		cmocka_unit_test(edges), cmocka_unit_test(zones), cmocka_unit_test(many_formatters),
		cmocka_unit_test(threads_do_not_mix), cmocka_unit_test(typed_days), cmocka_unit_test(two_readings_are_said),
		cmocka_unit_test(typed_messages), cmocka_unit_test(what_is_written_is_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
