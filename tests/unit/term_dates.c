/* Days in running text: what ICU prints in every language is read back; forms that makers use besides; what looks like a day and is none. */
#include "term_help.h"

#include <stdio.h>

#include <unicode/udat.h>
#include <unicode/ustring.h>

static void
print_day(char *out, size_t size, const char *lang, UDateFormatStyle style, fp_time at)
{
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *f = udat_open(UDAT_NONE, style, lang, u"UTC", -1, NULL, 0, &status);
	UChar wide[128];

	(void)udat_format(f, (UDate)at, wide, 128, NULL, &status);
	u_strToUTF8(out, (int32_t)size, NULL, wide, -1, &status);
	udat_close(f);
	assert_true(U_SUCCESS(status));
}

/* Each month of each language, as ICU writes it with and without the day of the week, inside a sentence. */
static void
read_back(UDateFormatStyle style, bool weekday)
{
	size_t n;
	const struct term_lang *langs = term_languages(base, &n);
	int wrong = 0;

	assert_int_equal(n, 26);
	for (size_t l = 0; l < n; l++)
		for (int month = 1; month <= 12; month++) {
			struct fp_date day = { .year = 2023, .month = month, .day = 3 + month * 2 };
			struct term_date d[4];
			char printed[128], text[200];
			size_t found;

			print_day(printed, sizeof(printed), langs[l].tag, style, fp_date_days(day) * 86400000);
			(void)snprintf(text, sizeof(text), "xyz 17 (%s) xyz 4.0", printed);
			found = term_dates(base, &langs[l], text, strlen(text), d, FP_COUNT(d));
			if (found == 1 && fp_date_compare(d[0].date, day) == 0 && d[0].other.year == 0 && !d[0].weekday_wrong &&
			    (!weekday || d[0].weekday == fp_date_weekday(day)))
				continue;
			print_error("%s: '%s' is not read\n", langs[l].tag, printed);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

static void
full_days_of_every_language(void **state)
{
	(void)state;
	read_back(UDAT_FULL, true);
}

static void
long_days_of_every_language(void **state)
{
	(void)state;
	read_back(UDAT_LONG, false);
}

static void
short_month_names_of_every_language(void **state)
{
	(void)state;
	read_back(UDAT_MEDIUM, false);
}

/* "ISO" for the day that is read, "ISO|ISO" with its other reading, " w3" for a day of the week, "!" when it is wrong. */
static const char *
read_all(const char *lang, const char *text)
{
	static char out[400];
	struct term_date d[8];
	size_t n = term_dates(base, term_lang_find(base, lang), text, strlen(text), d, FP_COUNT(d)), len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && i < FP_COUNT(d); i++) {
		char a[FP_DATE_MAX], b[FP_DATE_MAX];

		assert_true(d[i].from < d[i].to && d[i].to <= strlen(text));
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s%s%s", i > 0 ? ", " : "", fp_date_text(a, d[i].date),
		    d[i].other.year != 0 ? "|" : "", d[i].other.year != 0 ? fp_date_text(b, d[i].other) : "");
		if (d[i].date.year == 0)
			len += (size_t)snprintf(out + len, sizeof(out) - len, "none");
		if (d[i].weekday != 0)
			len +=
			    (size_t)snprintf(out + len, sizeof(out) - len, " w%d%s", d[i].weekday, d[i].weekday_wrong ? "!" : "");
	}
	return out;
}

struct row {
	const char *lang, *text, *days; /* lang NULL: every language */
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *days = read_all(rows[i].lang, rows[i].text);

		if (strcmp(days, rows[i].days) != 0)
			fail_msg("%s: '%s' is read as '%s', not '%s'", rows[i].lang != NULL ? rows[i].lang : "any", rows[i].text,
			    days, rows[i].days);
	}
}

static void
forms_of_makers(void **state)
{
	static const struct row rows[] = { { "da", "Onsdag den 8. maj 2024", "2024-05-08 w3" },
		{ "da", "d. 8. maj 2024", "2024-05-08" }, { "de", "Mittwoch, 5. April 2023", "2023-04-05 w3" },
		{ "de", "Mi., 05.04.2023", "2023-04-05 w3" },
		{ "de", "am 5. Jänner 2023 und 06.02.2023", "2023-01-05, 2023-02-06" },
		{ "de", "München, den 05. 04 2023", "2023-04-05" }, { "en", "April 5, 2023", "2023-04-05" },
		{ "en", "Wednesday, 5th of April 2023", "2023-04-05 w3" }, { "en", "05-APR-2023", "2023-04-05" },
		{ "en", "Sept. 1st, 2023", "2023-09-01" }, { "en", "2023 April 5", "2023-04-05" },
		{ "es", "Miércoles, 5 de abril de 2023", "2023-04-05 w3" }, { "es", "05-ABR-2023", "2023-04-05" },
		{ "es", "1º de abril del 2023", "2023-04-01" }, { "es", "5 de setiembre de 2023", "2023-09-05" },
		{ "fr", "le 1er avril 2023", "2023-04-01" }, { "fr", "Paris, le mercredi 5 avril 2023", "2023-04-05 w3" },
		{ "fr", "05 févr. 2023", "2023-02-05" }, { "fr", "5 AOUT 2023", "2023-08-05" },
		{ "it", "Mercoledì 5 aprile 2023", "2023-04-05 w3" }, { "it", "MERCOLEDI' 5 APRILE 2023", "2023-04-05 w3" },
		{ "nb", "onsdag 8. mai 2024", "2024-05-08 w3" }, { "nl", "woensdag 5 april 2023", "2023-04-05 w3" },
		{ "nl", "5-4-2023", "2023-04-05" }, { "pt", "quarta-feira, 5 de abril de 2023", "2023-04-05 w3" },
		{ "pt", "05 de Março de 2023", "2023-03-05" }, { "sv", "onsdagen den 5 april 2023", "2023-04-05" },
		{ "sv", "2023-04-05", "2023-04-05" }, { "hu", "2023. április 5.", "2023-04-05" },
		{ "hu", "2023. 04. 05.", "2023-04-05" }, { "el", "5ης Απριλίου 2023", "2023-04-05" },
		{ "lt", "2023 m. balandžio 5 d.", "2023-04-05" }, { "lv", "2023. gada 5. aprīlis", "2023-04-05" },
		{ "bg", "5 април 2023 г.", "2023-04-05" }, { "fi", "5. huhtikuuta 2023", "2023-04-05" },
		{ "mt", "5 ta' April 2023", "2023-04-05" }, { "pl", "5 kwietnia 2023 r.", "2023-04-05" },
		{ NULL, "5 avril 2023; 5. April 2023", "2023-04-05, 2023-04-05" }, { NULL, "2023-04-05T10:15:00Z", "2023-04-05" },
		{ NULL, "2023/04/05", "2023-04-05" } };

	(void)state;
	check(rows, FP_COUNT(rows));
}

static void
doubts_are_said(void **state)
{
	static const struct row rows[] = { { "en", "03/04/2023", "2023-04-03|2023-03-04" },
		{ NULL, "03/04/2023", "2023-04-03|2023-03-04" }, { "de", "03/04/2023", "2023-04-03" },
		{ "en", "23/04/2023", "2023-04-23" }, { "en", "04/23/2023", "2023-04-23" }, { "en", "04/04/2023", "2023-04-04" },
		/* The day of the week decides: 3 April 2023 was a Monday, 4 March a Saturday. */
		{ "en", "Monday, 03/04/2023", "2023-04-03 w1" }, { "en", "Saturday, 03/04/2023", "2023-03-04 w6" },
		{ "en", "Friday, 03/04/2023", "2023-04-03|2023-03-04 w5!" }, { "de", "Freitag, 5. April 2023", "2023-04-05 w5!" },
		/* No such day. */
		{ "de", "31.02.2023", "none" }, { "de", "29. Februar 2023", "none" }, { "de", "29. Februar 2024", "2024-02-29" },
		{ "de", "45.13.2023", "none" } };

	(void)state;
	check(rows, FP_COUNT(rows));
}

static void
short_years_need_a_reason(void **state)
{
	static const struct row rows[] = { { "en", "05-APR-23", "2023-04-05" },
		{ "de", "Datum (TT.MM.JJ): 05.04.23", "2023-04-05" }, { "fr", "Date (JJ/MM/AA) : 05/04/23", "2023-04-05" },
		{ "de", "05.04.23", "" }, { "en", "5/4/23", "" }, { "en", "5 April 23 pumps", "" },
		{ "en", "pin 05-04-23", "" } };

	(void)state;
	check(rows, FP_COUNT(rows));
}

static void
what_is_no_day(void **state)
{
	static const struct row rows[] = { { "en", "version 4.0.1", "" }, { "en", "4.0.2023.1", "" },
		{ "en", "1.12.04.2023", "" }, { "de", "Tel. +49 89 1234-2023", "" }, { "de", "+49.30.04.2023", "" },
		{ "en", "REF DX-410-1001 / 15036706", "" }, { "en", "FSN-2023-04-05", "" }, { "en", "2023-1338", "" },
		{ "en", "EN ISO 13485:2016", "" }, { "en", "May 2023", "" }, { "en", "you may 5 or 2023", "" },
		{ "de", "8. Mai", "" }, { "en", "page 5 of 12, 2023", "" }, { "en", "(EU) 2017/745 of 5 April", "" },
		{ "en", "12345-04-2023", "" }, { "en", "5. The pumps. 2023 was", "" }, { "en", "", "" },
		{ "en", "no digits at all", "" } };

	(void)state;
	check(rows, FP_COUNT(rows));
}

/* Far apart in a long text, and many close together: none is lost where what is looked at once ends. */
static void
long_texts_lose_none(void **state)
{
	const struct term_lang *de = term_lang_find(base, "de");
	struct term_date *d = calloc(3000, sizeof(*d));

	(void)state;
	assert_non_null(d);
	for (size_t words = 0; words < 40; words++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

		for (int i = 0; i < 500; i++) {
			fp_buf_printf(&b, "%d. Mai 2023 ", i % 28 + 1);
			for (size_t k = 0; k < words; k++)
				fp_buf_puts(&b, k % 3 == 0 ? "Teil 7 " : "Wort ");
		}
		assert_int_equal(term_dates(base, de, b.data, b.len, d, 3000), 500);
		for (size_t i = 0; i < 500; i++)
			assert_int_equal(d[i].date.day, i % 28 + 1);
	}
	free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_days_of_every_language),
		cmocka_unit_test(long_days_of_every_language),
		cmocka_unit_test(short_month_names_of_every_language),
		cmocka_unit_test(forms_of_makers),
		cmocka_unit_test(doubts_are_said),
		cmocka_unit_test(short_years_need_a_reason),
		cmocka_unit_test(what_is_no_day),
		cmocka_unit_test(long_texts_lose_none),
	};

	return cmocka_run_group_tests(tests, open_base, close_base);
}
