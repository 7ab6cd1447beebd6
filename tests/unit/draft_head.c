/* The head of a letter: numbers, dates, kinds, maker, contacts, signatures, links, pages, and what is broken. */
#include "draft_help.h"

#define PROSE                                                                                                                    \
	"We write to you because our instruments may show a wrong temperature. This letter tells you what we have found and "    \
	"what you must do. "                                                                                                     \
	"Please read it and tell all users of the instruments in your laboratory what it says.\n\n"

static struct draft *
read_en(const char *top, const char *rest)
{
	char all[16384];

	(void)snprintf(all, sizeof(all), "%s\n\nDear customer,\n\n%s%s", top, PROSE, rest);
	return read_letter(all, "en");
}

/* ---- numbers ---- */

static void
labelled_numbers(void **state)
{
	struct draft *d = read_en("Urgent Field Safety Notice\n\nFSN reference: FSN-2024-077\nFSCA reference: CA "
				  "24-0815\nDocument number: QD-1234\nRevision: 2\n\n"
				  "12 March 2024",
	    "");

	(void)state;
	is_fact(d, "/reference", "FSN-2024-077");
	is_fact(d, "/fsca_reference", "CA24-0815");
	is_fact(d, "/document_number", "QD-1234");
	is_fact(d, "/revision", "2");
	assert_int_equal(confidence(d, "/reference"), 90);
	draft_free(d);
}

static void
numbers_in_cells(void **state)
{
	struct draft *d = read_en("Field Safety Notice\n\nFSN Ref\t4711/24\nFSCA Ref\tFSCA-24-1\nDate\t12 March 2024", "");

	(void)state;
	is_fact(d, "/reference", "4711/24");
	draft_free(d);
	d = read_en("Field Safety Notice\n\nFSN Ref\tTH-4711-24\nFSCA Ref\tFSCA-24-1\nDate\t12 March 2024", "");
	is_fact(d, "/reference", "TH-4711-24");
	is_fact(d, "/fsca_reference", "FSCA-24-1");
	is_fact(d, "/issue_date", "2024-03-12");
	draft_free(d);
}

/* Right behind what the letter calls itself; a label or the name of a kind that runs into a number is its beginning. */
static void
numbers_in_text(void **state)
{
	struct draft *d =
	    read_en("Important information\n\nPlease find below our field safety notice LKS-2025-021 dated 7 April 2025.", "");

	(void)state;
	is_fact(d, "/reference", "LKS-2025-021");
	is_fact(d, "/issue_date", "2025-04-07");
	draft_free(d);
	d = read_en("Field Safety Notice\n\nReference: FSCA-2023-RH-04\n\n12 March 2024", "");
	is_fact(d, "/reference", "FSCA-2023-RH-04");
	draft_free(d);
	d = read_en("Field Safety Notice\n\nReference number: TH-FSCA-05\nFSN number: TH-FSN-06\n\n12 March 2024", "");
	is_fact(d, "/reference", "TH-FSN-06");
	is_fact(d, "/fsca_reference", "TH-FSCA-05");
	draft_free(d);
}

/* The reference of a product is its catalogue number, and never the notice's. */
static void
reference_of_a_product(void **state)
{
	struct draft *d = read_letter("AVIS DE S\xC3\x89"
				      "CURIT\xC3\x89\n\nCher client,\n\nLe moniteur patient Vigilis 8 (r\xC3\xA9"
				      "f\xC3\xA9rence VG8-EU, IUD-ID 05412345000112) peut afficher une fr\xC3\xA9quence "
				      "fig\xC3\xA9"
				      "e lorsque le c\xC3\xA2"
				      "ble est d\xC3\xA9"
				      "branch\xC3\xA9 pendant le d\xC3\xA9marrage.\n",
	    "fr");

	(void)state;
	is_fact(d, "/reference", NULL);
	is_fact(d, "/products/0/catalog_numbers/0", "VG8-EU");
	draft_free(d);
}

/* By its form, in the text and in the footers, with a blank that the footers print. */
static void
formed_numbers(void **state)
{
	struct draft *d = read_letter("Field Safety Notice\n\nFSN2024-1234 is about our instruments and how they measure, which "
				      "you use in your laboratory.\n\n"
				      "FSN2024 -1234 ENG (D-AB-00719)\nPage 1 of 2\n\nMore text of this letter that goes on "
				      "here, on the second page of it.\n\n"
				      "FSN2024 -1234 ENG (D-AB-00719)\nPage 2 of 2\n",
	    "en");

	(void)state;
	is_fact(d, "/reference", "FSN2024-1234");
	is_fact(d, "/document_number", "D-AB-00719");
	assert_int_equal(confidence(d, "/reference"), 70);
	assert_int_equal(findings(d, "reference-spacing"), 1);
	is_count(d, "/printed_ids", 2);
	is_fact(d, "/printed_ids/1/text", "FSN2024 -1234 ENG (D-AB-00719)");
	is_fact(d, "/printed_ids/1/page", "2");
	draft_free(d);
}

/* The template of the European Commission bears a revision of its own. */
static void
revision_of_the_template(void **state)
{
	struct draft *d = read_en("Rev 1: September 2018\nFSN Ref: TH-4711\n\nField Safety Notice", "");

	(void)state;
	is_fact(d, "/revision", NULL);
	is_fact(d, "/reference", "TH-4711");
	assert_true(is_missing(d, "/revision"));
	draft_free(d);
}

static void
update_names_what_it_follows(void **state)
{
	struct draft *d = read_en(
	    "Field Safety Notice - update\n\nFSN reference: FSN-2024-078", "This letter follows FSN-2023-001 of 5 April 2023.");

	(void)state;
	is_fact(d, "/edition", "update");
	is_fact(d, "/reference", "FSN-2024-078");
	is_fact(d, "/previous/reference", "FSN-2023-001");
	is_fact(d, "/previous/issue_date", "2023-04-05");
	draft_free(d);
}

/* ---- days ---- */

static void
days_told_apart(void **state)
{
	struct draft *d = read_en("Field Safety Notice\n\nMunich, Tuesday, 12 March 2024",
	    "Description of the problem\n\nOn 3 January 2024 a laboratory told us of a wrong display.\n\n"
	    "Reply\n\nReturn the form by 30 April 2024.\n\n\xC2\xA9 2022 Therma Ltd. All rights reserved.\n\nReply "
	    "form\n\nName:\nDate (DD-MMM-YYYY):\n");

	(void)state;
	is_fact(d, "/issue_date", "2024-03-12");
	is_fact(d, "/issue_weekday", "tuesday");
	is_count(d, "/dates", 3);
	is_fact(d, "/dates/0/kind", "issue");
	is_fact(d, "/dates/1/kind", "event");
	is_fact(d, "/dates/1/date", "2024-01-03");
	is_fact(d, "/dates/2/kind", "deadline");
	assert_int_equal(findings(d, "weekday"), 0);
	draft_free(d);
}

static void
label_beats_position(void **state)
{
	struct draft *d = read_en("Printed on 1 February 2024\n\nField Safety Notice\n\nDate of issue: 12 March 2024", "");

	(void)state;
	is_fact(d, "/issue_date", "2024-03-12");
	assert_int_equal(confidence(d, "/issue_date"), 90);
	draft_free(d);
}

static void
wrong_days(void **state)
{
	struct draft *d =
	    read_en("Field Safety Notice\n\nMonday, 12 March 2024", "Something was seen on 31 February 2024, we think.");

	(void)state;
	is_fact(d, "/issue_date", "2024-03-12");
	assert_int_equal(findings(d, "weekday"), 1);
	assert_int_equal(findings(d, "no-such-day"), 1);
	draft_free(d);
}

static void
no_day_at_all(void **state)
{
	struct draft *d = read_en("Field Safety Notice", "\xC2\xA9 2024 Therma Ltd. All rights reserved.\n");

	(void)state;
	is_fact(d, "/issue_date", NULL);
	assert_true(is_missing(d, "/issue_date"));
	assert_int_equal(findings(d, "no-date"), 1);
	draft_free(d);
}

/* In English 03/04/2024 may be March or April: nobody guesses. In German it is April. */
static void
two_readings(void **state)
{
	struct draft *d = read_en("Field Safety Notice\n\nDate: 03/04/2024", "");

	(void)state;
	is_fact(d, "/issue_date", NULL);
	assert_int_equal(findings(d, "ambiguous-date"), 1);
	draft_free(d);
	d = read_en("Field Safety Notice\n\nDate: 23/04/2024", "");
	is_fact(d, "/issue_date", "2024-04-23");
	draft_free(d);
	d = read_letter("Dringende Sicherheitsinformation\n\n03.04.2024\n\nSehr geehrte Damen und Herren,\n\nwir schreiben Ihnen "
			"wegen unserer Ger\xC3\xA4te, die in Ihrem Labor "
			"stehen und nicht richtig messen.\n",
	    NULL);
	is_fact(d, "/language", "de");
	is_fact(d, "/issue_date", "2024-04-03");
	draft_free(d);
}

/* ---- kinds ---- */

static void
kinds(void **state)
{
	struct draft *d = read_en("URGENT FIELD SAFETY NOTICE\n\nProduct recall", "");

	(void)state;
	is_list(d, "/kinds", "safety-information|recall");
	assert_true(json_is_true(draft_get(d, "/urgent")));
	draft_free(d);
	d = read_en("Field Safety Notice", "An urgent recall is not what this is; it says so only here, in the text behind the "
					   "title, where it counts for nothing.");
	is_list(d, "/kinds", "safety-information");
	assert_true(json_is_false(draft_get(d, "/urgent")));
	draft_free(d);
}

/* ---- maker ---- */

static void
maker_by_label(void **state)
{
	struct draft *d = read_en("Field Safety Notice",
	    "Manufacturer: Therma Instruments GmbH, Ring 5, 80331 Munich, Germany\nSRN: DE-MF-000012345\n\nAuthorised "
	    "representative: Repre S.A., Rue Haute 7, 1000 Brussels, SRN BE-AR-000000012\n");

	(void)state;
	is_fact(d, "/manufacturer/name", "Therma Instruments GmbH");
	is_fact(d, "/manufacturer/brand", "Therma Instruments");
	is_fact(d, "/manufacturer/address", "Ring 5, 80331 Munich, Germany");
	is_fact(d, "/manufacturer/srn", "DE-MF-000012345");
	is_fact(d, "/manufacturer/representative", "Repre S.A., Rue Haute 7, 1000 Brussels");
	assert_int_equal(confidence(d, "/manufacturer/name"), 90);
	draft_free(d);
}

static void
maker_by_copyright(void **state)
{
	struct draft *d = read_en(
	    "Field Safety Notice", "\xC2\xA9 2023 Therma, Inc. All rights reserved. See www.therma.example/legal for more.\n");

	(void)state;
	is_fact(d, "/manufacturer/name", "Therma, Inc.");
	is_fact(d, "/manufacturer/brand", "Therma");
	is_fact(d, "/manufacturer/legal_url", "www.therma.example/legal");
	is_fact(d, "/manufacturer/address", NULL);
	draft_free(d);
}

/* "Trademarks: https://..." has it as well as the line of the copyright; a sentence that only speaks of trademarks has not. */
static void
address_of_the_legal_notice(void **state)
{
	static const struct {
		const char *lang, *text, *want;
	} rows[] = {
		{ "en", "Trademarks: https://www.therma.example/legal.html", "https://www.therma.example/legal.html" },
		{ "de", "Marken: https://www.therma.example/recht", "https://www.therma.example/recht" },
		{ "es", "Marcas comerciales: https://www.therma.example/legal", "https://www.therma.example/legal" },
		{ "da", "Varemærker: https://www.therma.example/legal", "https://www.therma.example/legal" },
		{ "el", "Εμπορικά σήματα: https://www.therma.example/legal", "https://www.therma.example/legal" },
		{ "en", "The trademarks are ours. News: https://www.therma.example/news", NULL },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct draft *d = read_letter(rows[i].text, rows[i].lang);

		print_message("%s\n", rows[i].text);
		is_fact(d, "/manufacturer/legal_url", rows[i].want);
		draft_free(d);
	}
}

static void
maker_by_letterhead(void **state)
{
	struct draft *d =
	    read_en("Therma A/S\nIndustrivej 12\nDK-2730 Herlev\n\nField Safety Notice", "Write to help@therma.example.\n");

	(void)state;
	is_fact(d, "/manufacturer/name", "Therma A/S");
	is_fact(d, "/manufacturer/address", "Industrivej 12, DK-2730 Herlev");
	draft_free(d);
}

static void
brand_of_the_domain(void **state)
{
	struct draft *d = read_en("Field Safety Notice", "Write to help@therma.example.\n");

	(void)state;
	is_fact(d, "/manufacturer/name", NULL);
	is_fact(d, "/manufacturer/brand", "therma");
	assert_true(confidence(d, "/manufacturer/brand") <= 30);
	draft_free(d);
}

/* ---- contacts ---- */

static void
contacts(void **state)
{
	struct draft *d = read_en("Field Safety Notice", "Technical support:\ntech@therma.example\nTelephone: +45 44 12 34 "
							 "56\nFax: +45 44 12 34 57\n\nCustomer service:\ncare@therma.example\n\n"
							 "You may also write to the authority at safety@authority.example.\n");

	(void)state;
	is_count(d, "/manufacturer/contacts", 2);
	is_fact(d, "/manufacturer/contacts/0/id", "technical");
	is_fact(d, "/manufacturer/contacts/0/email", "tech@therma.example");
	is_fact(d, "/manufacturer/contacts/0/phone", "+45 44 12 34 56");
	is_fact(d, "/manufacturer/contacts/0/fax", "+45 44 12 34 57");
	is_fact(d, "/manufacturer/contacts/1/id", "customer");
	is_fact(d, "/manufacturer/contacts/1/phone", NULL);
	assert_int_equal(confidence(d, "/manufacturer/contacts/0/id"), 90);
	draft_free(d);
}

static void
contacts_without_labels(void **state)
{
	struct draft *d = read_en("Field Safety Notice", "Write to vigilance@therma.example or call us.\n");

	(void)state;
	is_count(d, "/manufacturer/contacts", 1);
	is_fact(d, "/manufacturer/contacts/0/id", "vigilance");
	assert_int_equal(confidence(d, "/manufacturer/contacts/0/id"), 50);
	draft_free(d);
}

/* ---- signatures ---- */

static void
signed_by(const char *lines, const char *a, const char *b)
{
	char rest[1024];
	struct draft *d;

	(void)snprintf(rest, sizeof(rest), "Yours sincerely,\n\n%s\n\nReply form\n\nName:\nDate:\n", lines);
	d = read_en("Field Safety Notice", rest);
	for (int i = 0; i < 2; i++) {
		const char *expected = i == 0 ? a : b;
		char is[200] = "", pointer[64];
		const json_t *p;

		(void)snprintf(pointer, sizeof(pointer), "/manufacturer/signatories/%d", i);
		p = draft_get(d, pointer);
		if (p != NULL && !json_is_null(p))
			(void)snprintf(is, sizeof(is), "%s|%s", json_string_value(json_object_get(p, "name")),
			    json_is_string(json_object_get(p, "title")) ? json_string_value(json_object_get(p, "title")) : "");
		if (strcmp(is, expected) != 0)
			fail_msg("'%s': '%s' should be '%s'", lines, is, expected);
	}
	draft_free(d);
}

static void
signatures(void **state)
{
	(void)state;
	signed_by("Anna Berg\nHead of Quality", "Anna Berg|Head of Quality", "");
	signed_by("Anna Berg\nVP, Global Quality\n\nDr. Otto van der Lieth\nQuality Manager", "Anna Berg|VP, Global Quality",
	    "Dr. Otto van der Lieth|Quality Manager");
	signed_by("Anna Berg\n\nOtto Lieth\n\nVice President of Global Quality\n\nVice President of Regulatory Affairs",
	    "Anna Berg|Vice President of Global Quality", "Otto Lieth|Vice President of Regulatory Affairs");
	signed_by("Anna Berg\n\nTherma GmbH", "Anna Berg|", "");
	signed_by("Therma GmbH\n\nhelp@therma.example", "", "");
}

/* ---- links ---- */

static void
links(void **state)
{
	struct draft *d = read_en("Field Safety Notice",
	    "Read [this](#) and [our guidance](https://therma.example/guide). The whole address is "
	    "https://therma.example/guide.\n\nSee www.therma.example, too.\n\n"
	    "Write to [help@therma.example](mailto:help@therma.example) or open [the page](https://hidden.example/x).\n");

	(void)state;
	is_count(d, "/links", 6);
	is_fact(d, "/links/0/text", "this");
	is_fact(d, "/links/0/url", NULL);
	is_fact(d, "/links/1/url", "https://therma.example/guide");
	assert_true(json_is_true(draft_get(d, "/links/1/printed")));
	is_fact(d, "/links/2/text", "https://therma.example/guide");
	is_fact(d, "/links/3/text", "www.therma.example");
	is_fact(d, "/links/4/url", "mailto:help@therma.example");
	assert_true(json_is_true(draft_get(d, "/links/4/printed")));
	is_fact(d, "/links/5/url", "https://hidden.example/x");
	assert_true(json_is_false(draft_get(d, "/links/5/printed")));
	draft_free(d);
}

/* ---- pages ---- */

#define FOOT(n) "\n\nTherma Ltd, all rights reserved, as printed on every page\nPage " #n " of 3\n\n"

static void
pages(void **state)
{
	struct draft *d = read_letter("Field Safety Notice\n\nThis is the first page of the letter." FOOT(
					  1) "This is the second page, and there is another one." FOOT(2),
	    "en");

	(void)state;
	is_fact(d, "/pages/stated", "3");
	is_fact(d, "/pages/present", "2");
	is_list(d, "/pages/missing", "3");
	is_list(d, "/pages/without_number", "");
	assert_int_equal(findings(d, "copy-incomplete"), 1);
	draft_free(d);
	d = read_letter("Field Safety Notice\n\nThis is the first page of the letter." FOOT(1) "This is the second page." FOOT(
			    2) "And this is the third page." FOOT(3),
	    "en");
	is_list(d, "/pages/missing", "");
	assert_int_equal(findings(d, "copy-incomplete"), 0);
	draft_free(d);
	d = read_en("Field Safety Notice", "This letter shows no pages.");
	assert_true(json_is_null(draft_get(d, "/pages")));
	assert_int_equal(findings(d, "copy-incomplete"), 0);
	draft_free(d);
}

/* ---- broken things ---- */

static void
broken_addresses(void **state)
{
	struct draft *d = read_en("Field Safety Notice", "Customer service: customercare@therma.example\n\nAgain, customer "
							 "service: customer care@therma.example\n\nOr user@ for short.\n");

	(void)state;
	assert_int_equal(findings(d, "email-space"), 1);
	assert_int_equal(findings(d, "email-broken"), 1);
	draft_free(d);
	/* Nothing says that the two words are one address. */
	d = read_en("Field Safety Notice", "For customer care@therma.example is the right address.\n");
	assert_int_equal(findings(d, "email-space"), 0);
	draft_free(d);
	/* The link does. */
	d = read_en(
	    "Field Safety Notice", "Customer service: [customer care@therma.example](mailto:customer%20care@therma.example)\n");
	assert_int_equal(findings(d, "email-space"), 1);
	is_list(d, "/manufacturer/contacts", "");
	draft_free(d);
}

static void
broken_characters(void **state)
{
	struct draft *d = read_en("Field Safety Notice",
	    "The Ger\xC3\x83\xC2\xA4t is broken, and so is th\xEF\xBF\xBDs. The reference is FSN\xE2\x80\x91"
	    "2024-077.\n");

	(void)state;
	assert_int_equal(findings(d, "mojibake"), 1);
	assert_int_equal(findings(d, "character-lost"), 1);
	assert_int_equal(findings(d, "odd-hyphen"), 1);
	draft_free(d);
	d = read_en("Field Safety Notice",
	    "C\xC3\xA2teau, \xC3\x83o, \xE2\x80\x9Cquoted\xE2\x80\x9D \xE2\x80\x93 and so on\xE2\x84\xA2.\n");
	assert_int_equal(
	    json_array_size(d->findings), findings(d, "no-date") + findings(d, "no-products") + findings(d, "form-missing"));
	draft_free(d);
}

/* ---- languages ---- */

static void
two_languages(void **state)
{
	struct draft *d = read_letter("Field Safety Notice\n\nDear customer,\n\n" PROSE
				      "Sehr geehrte Damen und Herren,\n\nwir schreiben Ihnen, weil unsere Ger\xC3\xA4te in Ihrem "
				      "Labor eine falsche Temperatur anzeigen k\xC3\xB6nnen. In diesem Brief "
				      "steht, was wir gefunden haben und was Sie tun m\xC3\xBCssen.\n",
	    NULL);

	(void)state;
	is_fact(d, "/language", "en");
	is_count(d, "/languages", 2);
	is_fact(d, "/languages/1/language", "de");
	assert_int_equal(findings(d, "mixed-languages"), 1);
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labelled_numbers),
		cmocka_unit_test(numbers_in_cells),
		cmocka_unit_test(numbers_in_text),
		cmocka_unit_test(reference_of_a_product),
		cmocka_unit_test(formed_numbers),
		cmocka_unit_test(revision_of_the_template),
		cmocka_unit_test(update_names_what_it_follows),
		cmocka_unit_test(days_told_apart),
		cmocka_unit_test(label_beats_position),
		cmocka_unit_test(wrong_days),
		cmocka_unit_test(no_day_at_all),
		cmocka_unit_test(two_readings),
		cmocka_unit_test(kinds),
		cmocka_unit_test(maker_by_label),
		cmocka_unit_test(maker_by_copyright),
		cmocka_unit_test(maker_by_letterhead),
		cmocka_unit_test(brand_of_the_domain),
		cmocka_unit_test(contacts),
		cmocka_unit_test(contacts_without_labels),
		cmocka_unit_test(signatures),
		cmocka_unit_test(links),
		cmocka_unit_test(pages),
		cmocka_unit_test(broken_addresses),
		cmocka_unit_test(broken_characters),
		cmocka_unit_test(address_of_the_legal_notice),
		cmocka_unit_test(two_languages),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
