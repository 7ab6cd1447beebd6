/* UDI: the vectors of the standards and of the agencies' tables; each refusal says where and what was expected. */

#include "unit.h"

#include <stdio.h>

#include "device/udi.h"

#define GS "\x1d"

static const struct device_udi_options now = { .year = 2026 };
static const struct device_udi_options lenient = { .year = 2026, .accept_doubt = true };

static enum fp_status
parse(struct device_udi *u, const char *text, struct fp_err *err)
{
	return device_udi_parse(u, text, strlen(text), &now, err);
}

static void
accepts(struct device_udi *u, const char *text)
{
	struct fp_err err = { .msg = "" };

	if (parse(u, text, &err) != FP_OK)
		fail_msg("'%s': %s", text, err.msg);
}

static void
refuses(const char *text, const char *message)
{
	struct device_udi u;
	struct fp_err err = { .msg = "(accepted)" };

	assert_int_not_equal(parse(&u, text, &err), FP_OK);
	if (strstr(err.msg, message) == NULL)
		fail_msg("'%s': '%s' lacks '%s'", text, err.msg, message);
}

static void
assert_date(struct fp_date d, const char *iso)
{
	char text[FP_DATE_MAX];

	assert_string_equal(fp_date_text(text, d), iso);
}

/* notices.md 9.2 */
static void
gtin_check_digits(void **state)
{
	static const struct {
		const char *in, *out;
	} good[] = {
		{ "00816270020002", "00816270020002" },
		{ "00816270020125", "00816270020125" },
		{ "00816270020637", "00816270020637" },
		{ "51022222233336", "51022222233336" },
		{ "00887517567062", "00887517567062" },
		{ "816270020002", "00816270020002" },
		{ "0816270020002", "00816270020002" },
		{ "96385074", "00000096385074" },
		/* Mod 10 does not see these swaps: accepted as digits, no identity. */
		{ "00861270020002", "00861270020002" },
		{ "00816720020002", "00816720020002" },
		{ "00861270020125", "00861270020125" },
		{ "00816720020125", "00816720020125" },
		{ "00861270020637", "00861270020637" },
		{ "00816720020637", "00816720020637" },
	};
	char out[15];
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(good); i++) {
		assert_int_equal(device_gtin_normal(out, good[i].in, strlen(good[i].in), &err), FP_OK);
		assert_string_equal(out, good[i].out);
	}
	assert_int_equal(device_gtin_normal(out, "00816270020003", 14, &err), FP_EINVAL);
	assert_string_equal(err.msg, "position 14: check digit of GTIN 00816270020003 is 3, expected 2");
	assert_int_equal(device_gtin_normal(out, "0081627002000", 13, &err), FP_EINVAL);
	assert_int_equal(device_gtin_normal(out, "123456789", 9, &err), FP_EINVAL);
	assert_string_equal(err.msg, "GTIN has 9 digits, expected 8, 12, 13 or 14");
	assert_int_equal(device_gtin_normal(out, "0081627002000X", 14, &err), FP_EINVAL);
	assert_string_equal(err.msg, "position 14: 'X' in the GTIN, expected a digit");
	/* Every single wrong digit is found. */
	for (int at = 0; at < 14; at++)
		for (int c = '0'; c <= '9'; c++) {
			char bad[] = "00816270020637";

			bad[at] = (char)c;
			assert_int_equal(device_gtin_ok(out, bad, 14), c == "00816270020637"[at]);
		}
}

static void
gs1_all_ways_agree(void **state)
{
	static const char *const ways[] = {
		"0151022222233336"
		"11141231"
		"17150707"
		"10A213B1" GS "211234",
		GS "0151022222233336"
		   "11141231"
		   "17150707"
		   "10A213B1" GS "211234",
		"]d20151022222233336"
		"11141231"
		"17150707"
		"10A213B1" GS "211234",
		"]C10151022222233336"
		"11141231" GS "17150707"
		"10A213B1" GS "211234" GS,
		"]Q3"
		"211234" GS "0151022222233336"
		"10A213B1" GS "11141231"
		"17150707",
		"(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234",
		" (01) 51022222233336 (11) 141231 (17) 150707 (10) A213B1 (21) 1234 ",
		"https://id.gs1.org/01/51022222233336/10/A213B1/21/1234?11=141231&17=150707",
		"HTTPS://example.com/some/stem/01/51022222233336/10/A213B1/21/1234?linkType=all&11=141231&17=150707#part",
		"http://example.com/01/51022222233336/10/%41213B1/21/12%334?17=150707&11=141231",
	};
	struct device_udi u;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(ways); i++) {
		accepts(&u, ways[i]);
		assert_int_equal(u.agency, DEVICE_UDI_GS1);
		assert_string_equal(u.di, "51022222233336");
		assert_string_equal(u.lot, "A213B1");
		assert_string_equal(u.serial, "1234");
		assert_date(u.production, "2014-12-31");
		assert_date(u.expiry, "2015-07-07");
		assert_int_equal(u.n_elements, 5);
		assert_int_equal(u.doubt_at, 0);
		assert_int_equal(device_udi_complete(&u, NULL), FP_OK);
	}
}

static void
gs1_forms_of_a_bare_gtin(void **state)
{
	static const char *const ways[] = { "00816270020002", "816270020002", "0816270020002", "]E0816270020002",
		"]I100816270020002", "0100816270020002", "(01)00816270020002", "https://id.gs1.org/01/00816270020002/",
		"https://id.gs1.org/01/816270020002" };
	struct device_udi u;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(ways); i++) {
		accepts(&u, ways[i]);
		assert_string_equal(u.di, "00816270020002");
		assert_string_equal(u.serial, "");
	}
}

/* notices.md 9.3: without the separator lot and serial run together. */
static void
gs1_run_together(void **state)
{
	const char *text = "0151022222233336"
			   "11141231"
			   "17150707"
			   "10A213B1"
			   "211234";
	struct device_udi u;

	(void)state;
	refuses(text,
	    "position 35: the batch or lot has no separator behind it and may hold the serial number too (from position 41)");
	assert_int_equal(device_udi_parse(&u, text, strlen(text), &lenient, NULL), FP_OK);
	assert_string_equal(u.lot, "A213B1211234");
	assert_string_equal(u.serial, "");
	assert_int_equal(u.doubt_at, 35);
	/* The other way round, and with a date behind. */
	refuses("010081627002000221SN99"
		"10LOT7",
	    "the serial number has no separator behind it and may hold the batch or lot too");
	refuses("010081627002000210LOTX"
		"17260405",
	    "may hold the expiry date too");
	/* Nothing that could be another element: no doubt without a separator. */
	accepts(&u, "010081627002000211230405"
		    "21M98765");
	assert_string_equal(u.serial, "M98765");
	assert_int_equal(u.doubt_at, 0);
	/* An expiry date stands already: another one inside the lot is none. */
	accepts(&u, "0100816270020002"
		    "17260405"
		    "10LOT"
		    "17260405");
	assert_string_equal(u.lot, "LOT17260405");
	/* A carrier's symbology identifier promises the separators. */
	accepts(&u, "]d2010081627002000221SN9910LOT7");
	assert_string_equal(u.serial, "SN9910LOT7");
	/* Longer than any lot. */
	refuses("010081627002000210ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	    "the batch or lot has 26 characters, expected 1 to 20 (is the separator behind it missing?)");
}

static void
gs1_identifiers(void **state)
{
	struct device_udi u;

	(void)state;
	accepts(&u, "(01)00816270020002(13)230405(240)ADD(241)CUST(243)PCN(21)S1(250)S2(30)12(400)ORDER(410)4012345000009(8012)1."
		    "3.1(20)07(22)V(235)T");
	assert_string_equal(u.software, "1.3.1");
	assert_string_equal(u.serial, "S1");
	accepts(&u, "(8003)04012345000009ASSET1(8004)GIAI-7(710)12345(717)X(37)5(90)free(91)internal");
	assert_int_equal(u.n_elements, 7);
	refuses("(8003)04012345000008ASSET1", "position 20: check digit of the GRAI is 8, expected 9");
	refuses("(410)4012345000008", "check digit of the GLN is 8, expected 9");
	accepts(&u, "(8013)1987654Ad4X4bL5ttr2310c2K");
	refuses(
	    "(8013)1987654Ad4X4bL5ttr2310c2L", "check characters of the global model number (Basic UDI-DI) are 2L, expected 2K");
	refuses("(01)00816270020002(05)12",
	    "position 19: '(05)12' is no GS1 application identifier in brackets, expected one such as (01) or (21)");
	refuses("010081627002000205X", "position 17: '05X' is no GS1 application identifier");
	refuses("(01)0081627002000", "the GTIN has 13 characters, expected 14");
	refuses("(01)00816270020003", "check digit of the GTIN is 3, expected 2");
	refuses("(01)00816270020002(21)A B", "position 24: a space in the serial number");
	refuses("(01)00816270020002(21)A\xc3\xb6", "position 24: 0xC3 in the serial number");
	refuses("(01)00816270020002(21)A(21)B", "a second serial number (21), other than the one at position 23");
	refuses("(01)00816270020002(21)", "the serial number has 0 characters, expected 1 to 20");
	accepts(&u, "(21)A(21)A(01)00816270020002");
	accepts(&u, "(21)A");
	assert_int_not_equal(device_udi_complete(&u, NULL), FP_OK);
	accepts(&u, "(01)00816270020002(250)B");
	assert_int_not_equal(device_udi_complete(&u, NULL), FP_OK);
}

static void
gs1_links_refused(void **state)
{
	(void)state;
	refuses("https://id.gs1.org/", "no GS1 key in the link's path, expected /01/ and a GTIN");
	refuses("https://id.gs1.org", "no GS1 key");
	refuses("https://id.gs1.org/01/00816270020003", "check digit of the GTIN is 3, expected 2");
	refuses("https://id.gs1.org/01/00816270020002/21", "'21' is no GS1 application identifier with a value behind it");
	refuses("https://id.gs1.org/01/00816270020002/21/%4", "broken % sequence");
	refuses("https://id.gs1.org/01/00816270020002/21/%00", "0x00 in the serial number");
	refuses("https://id.gs1.org/01/00816270020002?17=231345", "231345 is no day for the expiry date");
}

/* GS1 General Specifications 7.12: the window of 51 and 49 years; day 00 is the end of the month. */
static void
dates_and_centuries(void **state)
{
	struct device_udi u;

	(void)state;
	assert_int_equal(device_udi_century(26, 2026), 2026);
	assert_int_equal(device_udi_century(76, 2026), 2076);
	assert_int_equal(device_udi_century(77, 2026), 1977);
	assert_int_equal(device_udi_century(99, 2026), 1999);
	assert_int_equal(device_udi_century(0, 2026), 2000);
	assert_int_equal(device_udi_century(30, 2080), 2130);
	assert_int_equal(device_udi_century(31, 2080), 2031);
	assert_int_equal(device_udi_century(0, 2099), 2100);
	assert_int_equal(device_udi_century(49, 2099), 2149);
	accepts(&u, "(01)00816270020002(17)240200(11)230200");
	assert_date(u.expiry, "2024-02-29");
	assert_date(u.production, "2023-02-28");
	accepts(&u, "(01)00816270020002(17)990430");
	assert_date(u.expiry, "1999-04-30");
	refuses("(01)00816270020002(17)230431", "position 23: 230431 is no day for the expiry date");
	refuses("(01)00816270020002(17)230229", "230229 is no day");
	refuses("(01)00816270020002(17)231300", "231300 is no day");
	refuses("(01)00816270020002(17)230012", "230012 is no day");
	refuses("(01)00816270020002(17)2304A1", "'A' in the expiry date, expected a digit");
}

/* Examples of ANSI/HIBC 2.6 and of HIBCC's UDI labelling page. */
static void
hibcc(void **state)
{
	const char *whole = "+A123ABCDEFGHI1234567891/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202$";
	struct device_udi u, second;
	struct fp_buf text = { .max = 0 };

	(void)state;
	accepts(&u, whole);
	assert_int_equal(u.agency, DEVICE_UDI_HIBCC);
	assert_string_equal(u.di, "A123ABCDEFGHI1234567891");
	assert_string_equal(u.lot, "LOT123456789012345");
	assert_string_equal(u.serial, "XYZ456789012345678");
	assert_date(u.expiry, "2020-02-02");
	assert_date(u.production, "2013-02-02");
	device_udi_text(&text, &u);
	assert_string_equal(text.data, whole);
	fp_buf_free(&text);
	accepts(&u, "*+a123ABCDEFGHI1234567891/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202$*");
	assert_string_equal(u.di, "A123ABCDEFGHI1234567891");
	/* FDA's table prints this with a check character that is none. */
	refuses("+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202C",
	    "check character of the HIBCC string is 'C', expected 'H'");
	accepts(&u, "+A99912345/$$52001510X33");
	assert_string_equal(u.di, "A99912345");
	/* A check character that is a space may be lost at the end, and is printed as an underscore. */
	accepts(&u, "+A123F9 ");
	accepts(&u, "+A123F9_");
	refuses("+A123F9", "check character");
	/* Primary and secondary as two carriers (ANSI/HIBC 2.6): the link character is the primary's check character. */
	accepts(&u, "+A123BJC5D6E71G");
	assert_string_equal(u.di, "A123BJC5D6E71");
	accepts(&second, "+$$52001510X3GD");
	assert_string_equal(second.lot, "10X3");
	assert_int_equal(second.link, 'G');
	assert_date(second.expiry, "2020-01-15");
	assert_int_equal(device_udi_merge(&u, &second, NULL), FP_OK);
	assert_string_equal(u.lot, "10X3");
	assert_int_equal(device_udi_complete(&u, NULL), FP_OK);
}

static void
put_hibcc(char *out, const char *body)
{
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
	size_t sum = 0;

	for (const char *p = body; *p != '\0'; p++)
		sum += (size_t)(strchr(set, *p) - set);
	(void)sprintf(out, "%s%c", body, set[sum % 43]);
}

static void
hibcc_date_forms(void **state)
{
	static const struct {
		const char *body, *expiry, *lot, *serial;
	} rows[] = {
		{ "+A123X1/$$0926LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$2093026LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$3260930LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$426093023LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$526273LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$62627312LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$7LOT", "", "LOT", "" },
		{ "+A123X1/$$+7SER", "", "", "SER" },
		{ "+A123X1/$$+3260930SER", "2026-09-30", "", "SER" },
		{ "+A123X1/$LOT", "", "LOT", "" },
		{ "+A123X1/$+SER", "", "", "SER" },
		{ "+A123X1/26273LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$8123260930LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$$9123450926LOT", "2026-09-30", "LOT", "" },
		{ "+A123X1/$LOT/14D20260930/Q12", "2026-09-30", "LOT", "" },
	};
	static const struct {
		const char *body, *message;
	} bad[] = {
		{ "+A123X1/$$3260931LOT", "260931 is no date, expected YYMMDD" },
		{ "+A123X1/$$32609", "the string ends, expected a digit of the expiry date" },
		{ "+A123X1/$$526366LOT", "26366 is no date, expected YYJJJ" },
		{ "+A123X1/$$426093024LOT", "is no date" },
		{ "+A123X1/ZZZ", "'Z', expected $, $$, a day of the year, S, Q, 14D or 16D" },
		{ "+A123X1/14D20261301", "'20261301' is no date, expected YYYYMMDD" },
		{ "+A123XY", "'Y', expected the digit of the unit of measure" },
		{ "+A1231", "has 5 characters, expected 6 to 23" },
		{ "+A12.X1", "'.', expected a letter or digit of the device identifier" },
		{ "+A123X1/$LOT45678901234567890", "the lot has 20 characters, expected at most 18" },
	};
	char text[128];
	struct device_udi u;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		put_hibcc(text, rows[i].body);
		accepts(&u, text);
		assert_string_equal(u.di, "A123X1");
		assert_date(u.expiry, rows[i].expiry);
		assert_string_equal(u.lot, rows[i].lot);
		assert_string_equal(u.serial, rows[i].serial);
	}
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		put_hibcc(text, bad[i].body);
		refuses(text, bad[i].message);
	}
	refuses("+A", "the HIBCC string ends after 2 characters");
}

/* The example of FDA's table of UDI formats. */
static void
iccbba(void **state)
{
	struct device_udi u;

	(void)state;
	accepts(&u, "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123");
	assert_int_equal(u.agency, DEVICE_UDI_ICCBBA);
	assert_string_equal(u.di, "A9999XYZ100T0944");
	assert_string_equal(u.serial, "000025");
	assert_string_equal(u.lot, "000000000000XYZ123");
	assert_date(u.expiry, "2014-02-01");
	assert_date(u.production, "2013-02-01");
	assert_int_equal(u.n_elements, 6);
	refuses("=/A9999XYZ100T0944=>014367", "position 21: 014367 is no date for the expiry date");
	refuses("=/A9999XYZ100", "position 3: the processor product identification code has 11 characters, expected 16");
	refuses("=/A9999XYZ100T0944?", "'?' is no ISBT 128 data identifier");
	refuses("&,1000000000000XYZ12-", "'-' in the lot, expected a letter or digit");
}

static void
other_refusals(void **state)
{
	struct device_udi u;
	char longest[DEVICE_UDI_TEXT_MAX + 2];

	(void)state;
	refuses("", "the UDI is empty");
	refuses("  ", "the UDI is empty");
	refuses("]d2", "nothing behind the symbology identifier");
	refuses("]!2123", "']!2' is no symbology identifier");
	refuses("MiSeqDx", "position 1: 'M', expected a digit or '(' (GS1), '+' (HIBCC)");
	memset(longest, '1', sizeof(longest));
	assert_int_equal(device_udi_parse(&u, longest, sizeof(longest), &now, NULL), FP_ELIMIT);
}

static void
carriers_merge(void **state)
{
	struct device_udi a, b;
	struct fp_err err;

	(void)state;
	accepts(&a, "(01)00816270020002");
	accepts(&b, "(21)S1(17)260400");
	assert_int_equal(device_udi_merge(&a, &b, NULL), FP_OK);
	assert_string_equal(a.serial, "S1");
	assert_date(a.expiry, "2026-04-30");
	accepts(&b, "(21)S2");
	assert_int_equal(device_udi_merge(&a, &b, &err), FP_EINVAL);
	assert_string_equal(err.msg, "the two carriers disagree about the serial number: 'S1' and 'S2'");
	assert_string_equal(a.serial, "S1");
	accepts(&b, "=,000025");
	assert_int_equal(device_udi_merge(&a, &b, &err), FP_EINVAL);
	accepts(&a, "+A123BJC5D6E71G");
	accepts(&b, "+$$52001510X3HE");
	assert_int_equal(device_udi_merge(&a, &b, &err), FP_EINVAL);
	assert_string_equal(err.msg, "the secondary carrier belongs to another primary: link character 'H', expected 'G'");
}

static void
device_identifiers(void **state)
{
	char out[DEVICE_UDI_VALUE_MAX + 1];

	(void)state;
	assert_int_equal(device_di_normal(out, "816270020002", 12, NULL), FP_OK);
	assert_string_equal(out, "00816270020002");
	assert_int_equal(device_di_normal(out, "+A123BJC5D6E71G", 15, NULL), FP_OK);
	assert_string_equal(out, "A123BJC5D6E71");
	assert_int_equal(device_di_normal(out, "a123bjc5d6e71", 13, NULL), FP_OK);
	assert_string_equal(out, "A123BJC5D6E71");
	assert_int_equal(device_di_normal(out, "=/A9999XYZ100T0944", 18, NULL), FP_OK);
	assert_string_equal(out, "A9999XYZ100T0944");
	assert_int_not_equal(device_di_normal(out, "00816270020003", 14, NULL), FP_OK);
	assert_int_not_equal(device_di_normal(out, "8.1627E+11", 10, NULL), FP_OK);
	assert_int_not_equal(device_di_normal(out, "", 0, NULL), FP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gtin_check_digits),
		cmocka_unit_test(gs1_all_ways_agree),
		cmocka_unit_test(gs1_forms_of_a_bare_gtin),
		cmocka_unit_test(gs1_run_together),
		cmocka_unit_test(gs1_identifiers),
		cmocka_unit_test(gs1_links_refused),
		cmocka_unit_test(dates_and_centuries),
		cmocka_unit_test(hibcc),
		cmocka_unit_test(hibcc_date_forms),
		cmocka_unit_test(iccbba),
		cmocka_unit_test(other_refusals),
		cmocka_unit_test(carriers_merge),
		cmocka_unit_test(device_identifiers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
