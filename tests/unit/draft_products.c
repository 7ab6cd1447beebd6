/* Products and their numbers, in every layout that a letter may have. */
#include "draft_help.h"

#define HEAD                                                                                                                     \
	"Field Safety Notice\n\nFSN reference: FSN-2024-077\n\n12 March 2024\n\nDear customer,\n\n"                              \
	"We write to you because our instruments may show a wrong temperature. This letter tells you what we have found and "    \
	"what you must do.\n\n"

#define TAIL                                                                                                                     \
	"\n\nDescription of the problem\n\nThe display may be wrong. You will find the instruments that we mean in the list "    \
	"above.\n"

static struct draft *
read_en(const char *text)
{
	char all[16384];

	(void)snprintf(all, sizeof(all), "%s%s%s", HEAD, text, TAIL);
	return read_letter(all, "en");
}

static void
table_with_heads(void **state)
{
	struct draft *d = read_en("Product\tCatalogue number\tUDI-DI\tLot number\n"
				  "Therma\xE2\x84\xA2 One\tTH-100-2\t00816270020002\t24A01, 24A02\n"
				  "Therma Two\t4711001 / 4711002\tN/A\tall\n");

	(void)state;
	is_count(d, "/products", 2);
	is_fact(d, "/products/0/id", "therma-one");
	is_list(d, "/products/0/names", "Therma\xE2\x84\xA2 One");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/0/lots", "24A01|24A02");
	assert_int_equal(confidence(d, "/products/0/udi_di"), 100);
	assert_int_equal(confidence(d, "/products/0/catalog_numbers/0"), 90);
	is_list(d, "/products/1/catalog_numbers", "4711001|4711002");
	is_fact(d, "/products/1/udi_di", NULL);
	is_fact(d, "/products/1/udi_di_stated", "not applicable");
	assert_false(is_missing(d, "/products/1/udi_di"));
	is_list(d, "/products/1/lots", "all");
	draft_free(d);
}

/* The letter says nothing, which is not the same as "none". */
static void
no_udi_column(void **state)
{
	struct draft *d = read_en("Product\tREF\nTherma One\tTH-100-2\n");

	(void)state;
	is_fact(d, "/products/0/udi_di", NULL);
	is_fact(d, "/products/0/udi_di_stated", NULL);
	assert_true(is_missing(d, "/products/0/udi_di"));
	draft_free(d);
}

static void
heads_in_first_column(void **state)
{
	struct draft *d = read_en("Product name\tTherma One\tTherma Two\n"
				  "Catalogue number\tTH-100-2\tTH-200-2\n"
				  "UDI-DI\t00816270020002\t00816270020125\n"
				  "Serial numbers\t1000-1999\t5001, 5002\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/0/names", "Therma One");
	is_list(d, "/products/0/serial_ranges", "1000-1999");
	is_list(d, "/products/0/serial_numbers", "");
	is_list(d, "/products/1/catalog_numbers", "TH-200-2");
	is_fact(d, "/products/1/udi_di", "00816270020125");
	is_list(d, "/products/1/serial_numbers", "5001|5002");
	draft_free(d);
}

static void
keys_and_values(void **state)
{
	struct draft *d = read_en("Product name\tTherma One\nArticle number\tTH-100-2\nLot\t24A01\n");

	(void)state;
	is_count(d, "/products", 1);
	is_list(d, "/products/0/names", "Therma One");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_list(d, "/products/0/lots", "24A01");
	draft_free(d);
}

static void
table_goes_on(void **state)
{
	struct draft *d =
	    read_letter("Field Safety Notice\n\nFSN reference: FSN-2024-077\n\nProduct\tREF\tLot\nTherma One\tTH-100-2\t24A01\n\n"
			"Therma Ltd, page footer\nPage 1 of 2\n\nTherma Two\tTH-200-2\t24B01\nTherma Three\tTH-300-2\t24C01\n\n"
			"Therma Ltd, page footer\nPage 2 of 2\n",
		"en");

	(void)state;
	is_count(d, "/products", 3);
	is_list(d, "/products/2/names", "Therma Three");
	is_list(d, "/products/2/catalog_numbers", "TH-300-2");
	is_list(d, "/products/1/lots", "24B01");
	draft_free(d);
}

static void
rows_without_name(void **state)
{
	struct draft *d = read_en("Product\tREF\tLot\nTherma One\tTH-100-2\t24A01\n\tTH-100-2\t24A02\n\tTH-100-3\t24A03\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/0/lots", "24A01|24A02");
	is_list(d, "/products/1/names", "Therma One");
	is_list(d, "/products/1/catalog_numbers", "TH-100-3");
	draft_free(d);
}

static void
label_lines(void **state)
{
	struct draft *d =
	    read_en("Product: Therma One\nREF: TH-100-2\nUDI-DI: 00816270020002\nLot numbers: 24A01, 24A02 and 24A03\n\n"
		    "Product: Therma Two\nREF: TH-200-2\nSerial numbers: 1000 to 1999\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/0/names", "Therma One");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/0/lots", "24A01|24A02|24A03");
	is_list(d, "/products/1/names", "Therma Two");
	is_list(d, "/products/1/serial_ranges", "1000 to 1999");
	draft_free(d);
}

static void
labels_above_values(void **state)
{
	struct draft *d =
	    read_en("1.2 Commercial name(s)\n\nTherma One\n\n1.3 Unique Device Identifier(s) (UDI-DI)\n\n00816270020002\n\n"
		    "1.5 Device Model/Catalogue/part number(s)*\n\nTH-100-2\n\n1.7 Affected serial number range\n\n1000-1999\n");

	(void)state;
	is_count(d, "/products", 1);
	is_list(d, "/products/0/names", "Therma One");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_list(d, "/products/0/serial_ranges", "1000-1999");
	draft_free(d);
}

static void
bulleted_products(void **state)
{
	struct draft *d = read_en("Affected products\n\n- Therma One (REF TH-100-2, UDI-DI 00816270020002)\n- Therma Two (REF "
				  "TH-200-2; lots 24B01, 24B02)\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/0/names", "Therma One");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/1/names", "Therma Two");
	is_list(d, "/products/1/lots", "24B01|24B02");
	draft_free(d);
}

static void
columns_below_each_other(void **state)
{
	struct draft *d = read_en("Product name\n\nTherma One\n\nTherma Two\n\nCatalogue "
				  "number\n\nTH-100-2\n\nTH-200-2\n\nUDI-DI\n\n00816270020002\n\n00816270020125\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/0/names", "Therma One");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_fact(d, "/products/1/udi_di", "00816270020125");
	draft_free(d);
}

static void
heads_then_values(void **state)
{
	struct draft *d = read_en("Product name\n\nCatalogue number\n\nUDI-DI\n\nTherma "
				  "One\n\nTH-100-2\n\n00816270020002\n\nTherma Two\n\nTH-200-2\n\n00816270020125\n");

	(void)state;
	is_count(d, "/products", 2);
	is_list(d, "/products/1/names", "Therma Two");
	is_list(d, "/products/1/catalog_numbers", "TH-200-2");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	draft_free(d);
}

static void
run_together(void **state)
{
	struct draft *d = read_en("Product Catalogue number UDI-DI\nTherma Dx TH-410-1001 00816270020002\nTherma 550Dx 20005715 "
				  "00816270020125\nTherma Server v4 20051343 N/A\n");

	(void)state;
	is_count(d, "/products", 3);
	is_list(d, "/products/0/names", "Therma Dx");
	is_list(d, "/products/0/catalog_numbers", "TH-410-1001");
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/1/names", "Therma 550Dx");
	is_list(d, "/products/1/catalog_numbers", "20005715");
	is_list(d, "/products/2/names", "Therma Server v4");
	is_list(d, "/products/2/catalog_numbers", "20051343");
	is_fact(d, "/products/2/udi_di_stated", "not applicable");
	draft_free(d);
}

static void
several_udis(void **state)
{
	struct draft *d = read_en("Product\tREF\tUDI-DI\nTherma One\tTH-100-2 / TH-100-3\t00816270020002 / 00816270020125\n");

	(void)state;
	is_count(d, "/products", 2);
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_fact(d, "/products/1/udi_di", "00816270020125");
	is_list(d, "/products/1/catalog_numbers", "TH-100-3");
	is_list(d, "/products/1/names", "Therma One");
	draft_free(d);
}

/* ---- UDI ---- */

static void
udi_forms(void **state)
{
	struct draft *d = read_en("Product\tUDI-DI\nA-one Meter\t(01)00816270020002(21)SN4711\nB-two Meter\t0 08 16270 02012 "
				  "5\nC-three Meter\t+M123ABC1\nD-four Meter\t00816270020003\n");

	(void)state;
	is_fact(d, "/products/0/udi_di", "00816270020002");
	is_list(d, "/products/0/serial_numbers", "SN4711");
	is_fact(d, "/products/1/udi_di", "00816270020125");
	is_fact(d, "/products/2/udi_di", "M123ABC1");
	is_fact(d, "/products/3/udi_di", NULL);
	is_fact(d, "/products/3/udi_di_printed", "00816270020003");
	assert_int_equal(findings(d, "udi-check-digit"), 1);
	draft_free(d);
}

/* ---- lots and serial numbers ---- */

static void
open_ends(void **state)
{
	struct draft *d =
	    read_en("Product\tLot\tSerial number\nTherma One\t1401XX\t2001 and following\nTherma Two\t14*\tfrom 3000\n");

	(void)state;
	is_list(d, "/products/0/lots", "1401XX");
	is_list(d, "/products/0/serial_ranges", "2001 and following");
	is_list(d, "/products/0/serial_numbers", "");
	is_list(d, "/products/1/lots", "14*");
	is_list(d, "/products/1/serial_ranges", "from 3000");
	assert_int_equal(findings(d, "wildcard"), 2);
	assert_int_equal(findings(d, "open-ended"), 2);
	draft_free(d);
}

static void
ranges(void **state)
{
	struct draft *d = read_en("Product: Therma One\nSerial numbers: SN 1000 - SN 1999, A2000\xE2\x80\x93"
				  "A2999, 3001\n");

	(void)state;
	is_list(d, "/products/0/serial_ranges",
	    "1000 - SN 1999|A2000\xE2\x80\x93"
	    "A2999");
	is_list(d, "/products/0/serial_numbers", "3001");
	draft_free(d);
}

static void
numbers_in_prose(void **state)
{
	struct draft *d =
	    read_en("Product\tREF\nTherma One\tTH-100-2\nTherma Two\tTH-200-2\n\n"
		    "Of Therma Two only the serial numbers 4001, 4002 and 4010 to 4020 are affected. They were made in 2023.\n");

	(void)state;
	is_list(d, "/products/0/serial_numbers", "");
	is_list(d, "/products/1/serial_numbers", "4001|4002");
	is_list(d, "/products/1/serial_ranges", "4010 to 4020");
	draft_free(d);
}

/* ---- versions ---- */

static void
versions(void **state)
{
	struct draft *d =
	    read_en("Product\tSoftware version\nTherma One\tv2.x\nTherma Two\t<= 3.1\nTherma Three\t4.0.1 and newer\n"
		    "Therma Four\tDx: 4.0.1 and newer; RUO: 4.0\nTherma Five\t1.0.0 to 1.3.1 and 1.3.3 and above\nTherma "
		    "Six\tall\nTherma Seven\tmost of them\n");

	(void)state;
	is_fact(d, "/products/0/versions/0/range", ">=2|<3");
	is_fact(d, "/products/0/versions/0/printed", "v2.x");
	is_fact(d, "/products/1/versions/0/range", "<=3.1");
	is_fact(d, "/products/2/versions/0/range", ">=4.0.1");
	is_count(d, "/products/3/versions", 2);
	is_fact(d, "/products/3/versions/0/mode", "Dx");
	is_fact(d, "/products/3/versions/0/range", ">=4.0.1");
	is_fact(d, "/products/3/versions/1/mode", "RUO");
	is_fact(d, "/products/3/versions/1/range", "4.0");
	is_fact(d, "/products/4/versions/0/range", ">=1.0.0|<=1.3.1 || >=1.3.3");
	is_fact(d, "/products/5/versions/0/range", "*");
	is_fact(d, "/products/6/versions/0/range", NULL);
	assert_int_equal(findings(d, "version-range"), 1);
	draft_free(d);
}

/* ---- what is no product ---- */

static void
other_numbers(void **state)
{
	struct draft *d =
	    read_en("Product\tREF\t510(k) number\tFEI\nTherma One\tTH-100-2\tK123456\t3001234567\n\n"
		    "Manufacturer: Therma GmbH, Ring 5, 80331 Munich, SRN DE-MF-000012345\n\n"
		    "Telephone: +49 89 1234567, fax: +49 89 1234568. IBAN DE89370400440532013000. VAT number DE123456789.\n\n"
		    "The instruments meet ISO 13485:2016 and (EU) 2017/745. ARTG 123456. SHA-256 "
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855. See page 12 of document D-4711. It costs "
		    "EUR 3000.\n");

	(void)state;
	is_count(d, "/products", 1);
	is_list(d, "/products/0/catalog_numbers", "TH-100-2");
	is_list(d, "/products/0/serial_numbers", "");
	is_list(d, "/products/0/lots", "");
	is_fact(d, "/manufacturer/srn", "DE-MF-000012345");
	draft_free(d);
}

static void
instructions_are_none(void **state)
{
	struct draft *d =
	    read_en("Product\tREF\nTherma One\tTH-100-2\n\nActions to be taken by the user\n\n1. Check the serial number on page "
		    "2 of the manual.\n"
		    "2. List all serial numbers of your products by 31 December 2024.\n3. Stop using the device.\n");

	(void)state;
	is_count(d, "/products", 1);
	is_list(d, "/products/0/serial_numbers", "");
	is_list(d, "/products/0/serial_ranges", "");
	draft_free(d);
}

/* ---- names ---- */

static void
spellings(void **state)
{
	struct draft *d = read_en("Product\tREF\nTherma\xE2\x84\xA2 Dx-Instrument\tTH-100-2\nTherma 550Dx Instrument\tTH-550\n\n"
				  "On ThermaDx and on Therma\xE2\x84\xA2 550Dx the display is wrong; Therma Dx is old. Therma "
				  "alone is the name of the family.\n");

	(void)state;
	is_list(d, "/products/0/names", "Therma\xE2\x84\xA2 Dx-Instrument|ThermaDx|Therma Dx");
	is_list(d, "/products/1/names", "Therma 550Dx Instrument|Therma\xE2\x84\xA2 550Dx");
	draft_free(d);
}

/* ---- broken codes ---- */

static void
lost_separator(void **state)
{
	struct draft *d = read_en("Product\tREF\nTherma One\t20047000\nTherma Two\t20051343\nTherma Three\t2004700020051343\n");

	(void)state;
	assert_int_equal(findings(d, "lost-separator"), 1);
	is_list(d, "/products/2/catalog_numbers", "");
	draft_free(d);
}

static void
letter_for_digit(void **state)
{
	struct draft *d =
	    read_en("Product\tREF\nTherma One\t20047000\nTherma Two\t20051343\nTherma Three\t2OO68232\nTherma Four\t20068233\n");

	(void)state;
	assert_int_equal(findings(d, "letter-for-digit"), 1);
	is_list(d, "/products/2/catalog_numbers", "2OO68232");
	draft_free(d);
}

static void
odd_signs(void **state)
{
	struct draft *d = read_en("Product\tREF\nTherma One\tTH\xE2\x80\x91"
				  "100\xE2\x80\x90"
				  "2\nTherma Two\tT\xD0\x9D-200\n");

	(void)state;
	assert_int_equal(findings(d, "odd-hyphen"), 1);
	assert_int_equal(findings(d, "mixed-script"), 1);
	is_list(d, "/products/0/catalog_numbers",
	    "TH\xE2\x80\x91"
	    "100\xE2\x80\x90"
	    "2");
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_with_heads),
		cmocka_unit_test(no_udi_column),
		cmocka_unit_test(heads_in_first_column),
		cmocka_unit_test(keys_and_values),
		cmocka_unit_test(table_goes_on),
		cmocka_unit_test(rows_without_name),
		cmocka_unit_test(label_lines),
		cmocka_unit_test(labels_above_values),
		cmocka_unit_test(bulleted_products),
		cmocka_unit_test(columns_below_each_other),
		cmocka_unit_test(heads_then_values),
		cmocka_unit_test(run_together),
		cmocka_unit_test(several_udis),
		cmocka_unit_test(udi_forms),
		cmocka_unit_test(open_ends),
		cmocka_unit_test(ranges),
		cmocka_unit_test(numbers_in_prose),
		cmocka_unit_test(versions),
		cmocka_unit_test(other_numbers),
		cmocka_unit_test(instructions_are_none),
		cmocka_unit_test(spellings),
		cmocka_unit_test(lost_separator),
		cmocka_unit_test(letter_for_digit),
		cmocka_unit_test(odd_signs),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
