/* Notice against device: which clue outranks which, what is doubt, and that every answer says why. */

#include "unit.h"

#include <stdio.h>

#include "match/match.h"
#include "match_notices.h"

static struct match_result
ask(const struct notice *n, struct device d)
{
	struct match_index *m = NULL;
	struct match_result r;

	memset(&r, 0x5a, sizeof(r));
	assert_int_equal(match_index_new(&m, n, NULL), FP_OK);
	match_device(&r, m, &d);
	match_index_free(m);
	assert_true(memchr(r.detail, '\0', sizeof(r.detail)) != NULL && r.detail[0] != '\0');
	return r;
}

static void
expect(const struct notice *n, struct device d, enum match_answer answer, enum match_reason reason, const char *product)
{
	struct match_result r = ask(n, d);

	if (r.answer != answer || r.reason != reason || strcmp(product, r.product == NULL ? "" : r.product->id) != 0)
		fail_msg("product '%s' REF '%s' UDI '%s': %s, %s, '%s' (%s); expected %s, %s, '%s'",
		    d.product == NULL ? "" : d.product, d.catalog_number == NULL ? "" : d.catalog_number,
		    d.udi_di == NULL ? "" : d.udi_di, match_answer_name(r.answer), match_reason_name(r.reason),
		    r.product == NULL ? "" : r.product->id, r.detail, match_answer_name(answer), match_reason_name(reason),
		    product);
}

#define AFFECTED MATCH_AFFECTED
#define NOT_AFFECTED MATCH_NOT_AFFECTED
#define CANNOT_TELL MATCH_CANNOT_TELL
#define PRODUCT(text) ((struct device){ .product = text })
#define REF(text) ((struct device){ .catalog_number = text })
#define UDI(text) ((struct device){ .udi_di = text })

static void
the_ranking(void **state)
{
	struct device all = {
		.product = "Sequencer 4", .catalog_number = "LAB-7", .udi_di = "00816270020002", .manufacturer = "Illumina"
	};

	(void)state;
	expect(&notice_2023, UDI("00816270020002"), AFFECTED, MATCH_R_UDI, "miseqdx");
	expect(&notice_2023, REF("15036706"), AFFECTED, MATCH_R_CATALOG, "miseqdx");
	expect(&notice_2023, REF("20014053"), AFFECTED, MATCH_R_ALIAS, "miseqdx");
	expect(&notice_2023, PRODUCT("MiSeqDx"), AFFECTED, MATCH_R_NAME, "miseqdx");
	expect(&notice_2023, PRODUCT("MiSekDx"), CANNOT_TELL, MATCH_R_NAME_ALIKE, "miseqdx");
	/* A UDI-DI outranks names and numbers that the notice does not know. */
	expect(&notice_2023, all, AFFECTED, MATCH_R_UDI, "miseqdx");
	assert_int_equal(ask(&notice_2023, UDI("00816270020002")).confidence, 100);
	assert_int_equal(ask(&notice_2023, REF("15036706")).confidence, 100);
	assert_true(ask(&notice_2023, REF("20014053")).confidence < 100);
	assert_true(ask(&notice_2023, PRODUCT("MiSeqDx")).confidence < ask(&notice_2023, REF("20014053")).confidence);
	assert_true(ask(&notice_2023, PRODUCT("MiSekDx")).confidence < ask(&notice_2023, PRODUCT("MiSeqDx")).confidence);
	assert_true(ask(&notice_2023, all).confidence < 100);
	assert_non_null(strstr(ask(&notice_2023, REF("20014053")).detail,
	    "catalogue number '20014053' is an alias of MiSeqDx (source: reports of the 2022 recall)"));
}

/* notices.md 9.5 and what people make of such numbers. */
static void
catalogue_numbers(void **state)
{
	static const char *const miseq[] = { "DX-410-1001/15036706", "DX-410-1001 / 15036706", "dx-410-1001", "DX4101001",
		"DX 410 1001", "REF 15036706", "REF15036706", "15036706 (DX-410-1001)", "DX-410-1001, 15036706", "15036706/XYZ",
		"OLD-1; 15036706" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(miseq); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%s", miseq[i]);
		expect(&notice_2023, REF(text), AFFECTED, MATCH_R_CATALOG, "miseqdx");
	}
	expect(&notice_2023, REF("15036707"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2023, REF("20086130"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2024, REF("20086130"), AFFECTED, MATCH_R_CATALOG, "dragen-nextseq550dx");
	expect(&notice_2024, REF("20047000"), AFFECTED, MATCH_R_CATALOG, "veriseq-onsite-v2");
	expect(&notice_2023, REF("15036706/20005715"), CANNOT_TELL, MATCH_R_UDI_CONTRADICTS, "miseqdx");
	expect(&notice_2023, PRODUCT("Sequencer (REF 15036706)"), AFFECTED, MATCH_R_CATALOG, "miseqdx");
}

/* notices.md 9.6 */
static void
names(void **state)
{
	(void)state;
	expect(&notice_2023, PRODUCT("MiSeq\xe2\x84\xa2 Dx-Instrument"), AFFECTED, MATCH_R_NAME, "miseqdx");
	expect(&notice_2023,
	    PRODUCT("MiSeq\xe2\x84\xa2"
		    "Dx Instrument"),
	    AFFECTED, MATCH_R_NAME, "miseqdx");
	expect(&notice_2023, PRODUCT("illumina miseq dx"), AFFECTED, MATCH_R_NAME, "miseqdx");
	expect(&notice_2023, PRODUCT("NextSeq\xe2\x84\xa2 550Dx-Ger\xc3\xa4t"), AFFECTED, MATCH_R_NAME, "nextseq550dx");
	expect(&notice_2023, PRODUCT("NEXTSEQ\xc2\xae 550 DX SYSTEM"), AFFECTED, MATCH_R_NAME, "nextseq550dx");
	expect(&notice_2024, PRODUCT("DRAGEN Server f\xc3\xbcr NextSeq 550Dx"), AFFECTED, MATCH_R_NAME, "dragen-nextseq550dx");
	expect(&notice_2024, PRODUCT("DRAGEN-server til NextSeq 550Dx"), AFFECTED, MATCH_R_NAME, "dragen-nextseq550dx");
	expect(&notice_2024, PRODUCT("NovaSeq 6000Dx Instrument inkl. DRAGEN Server"), AFFECTED, MATCH_R_NAME, "novaseq6000dx");
	expect(&notice_2023, PRODUCT("NovaSeq 6000Dx"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2023, PRODUCT("Centrifuge 5430"), NOT_AFFECTED, MATCH_R_NONE, "");
}

/* A name that is only alike is a suggestion; against a number that the notice does not have, a weak likeness is nothing. */
static void
likeness(void **state)
{
	(void)state;
	expect(&notice_2023, PRODUCT("MiSeq"), CANNOT_TELL, MATCH_R_NAME_ALIKE, "miseqdx");
	expect(&notice_2023, ((struct device){ .product = "MiSeq", .catalog_number = "SY-410-1003" }), NOT_AFFECTED, MATCH_R_NONE,
	    "");
	expect(&notice_2023, ((struct device){ .product = "MiSeq", .udi_di = "00887517567062" }), NOT_AFFECTED,
	    MATCH_R_UDI_NOT_IN_CATALOG, "");
	expect(&notice_2023, PRODUCT("NextSeq 500Dx"), CANNOT_TELL, MATCH_R_NAME_ALIKE, "nextseq550dx");
	expect(&notice_2023, ((struct device){ .product = "NextSeq 500Dx", .catalog_number = "X1" }), NOT_AFFECTED, MATCH_R_NONE,
	    "");
	expect(&notice_2023, ((struct device){ .product = "MiSeqDx backup unit", .catalog_number = "X1" }), CANNOT_TELL,
	    MATCH_R_NAME_ALIKE, "miseqdx");
	expect(&notice_2023, ((struct device){ .product = "NetxSeq 550Dx", .catalog_number = "X1" }), CANNOT_TELL,
	    MATCH_R_NAME_ALIKE, "nextseq550dx");
	/* Number and name both one slip off. */
	expect(&notice_2023, ((struct device){ .product = "MiSeq", .catalog_number = "15036760" }), CANNOT_TELL,
	    MATCH_R_NAME_ALIKE, "miseqdx");
	/* The name alone would do; the unknown number lowers the confidence. */
	expect(
	    &notice_2023, ((struct device){ .product = "MiSeqDx", .catalog_number = "X1" }), AFFECTED, MATCH_R_NAME, "miseqdx");
	assert_int_equal(ask(&notice_2023, ((struct device){ .product = "MiSeqDx", .catalog_number = "X1" })).confidence, 60);
	expect(&notice_2025, PRODUCT("DRAGEN Server v3"), CANNOT_TELL, MATCH_R_NAME_ALIKE, "dragen-nextseq550dx");
	expect(&notice_2025, ((struct device){ .product = "DRAGEN Server v3", .catalog_number = "20040619" }), NOT_AFFECTED,
	    MATCH_R_NONE, "");
	for (int i = 0; i < 5; i++) {
		static const char *const far[] = { "Server", "Dx", "X", "550", "Instrument" };
		char text[16];

		(void)snprintf(text, sizeof(text), "%s", far[i]);
		expect(&notice_2023, PRODUCT(text), NOT_AFFECTED, MATCH_R_NONE, "");
	}
}

static void
parts_and_wholes(void **state)
{
	struct match_result r;

	(void)state;
	/* The instrument that contains the affected server, by each of its identifiers. */
	r = ask(&notice_2025, UDI("00816270020637"));
	assert_int_equal(r.reason, MATCH_R_UDI);
	assert_string_equal(r.part->id, "dragen-novaseq6000dx");
	r = ask(&notice_2025, REF("20068232"));
	assert_int_equal(r.reason, MATCH_R_CATALOG);
	assert_string_equal(r.part->id, "dragen-novaseq6000dx");
	expect(&notice_2025, PRODUCT("NovaSeq 6000Dx"), AFFECTED, MATCH_R_CONTAINS, "novaseq6000dx");
	expect(&notice_2025, PRODUCT("NovaSeq\xe2\x84\xa2 6000Dx Instrument incl. DRAGEN\xe2\x84\xa2 Server"), AFFECTED,
	    MATCH_R_CONTAINS, "novaseq6000dx");
	/* The server under its own name. */
	expect(&notice_2025, PRODUCT("DRAGEN Server for NovaSeq 6000Dx"), AFFECTED, MATCH_R_PART, "novaseq6000dx");
	assert_string_equal(ask(&notice_2025, PRODUCT("DRAGEN Server for NovaSeq 6000Dx")).part->id, "dragen-novaseq6000dx");
	expect(&notice_2025, REF("20086130"), AFFECTED, MATCH_R_CATALOG, "dragen-nextseq550dx");
	assert_null(ask(&notice_2025, REF("20086130")).part);
	/* The instrument of the other server is not in the notice, nor is a kit or a server for an instrument that is. */
	expect(&notice_2025, ((struct device){ .product = "NextSeq 550Dx", .catalog_number = "20005715" }), NOT_AFFECTED,
	    MATCH_R_NONE, "");
	expect(&notice_2025, PRODUCT("NextSeq 550Dx"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2023, PRODUCT("DRAGEN Server for NextSeq 550Dx"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2023, PRODUCT("MiSeqDx Reagent Kit v3"), NOT_AFFECTED, MATCH_R_NONE, "");
	expect(&notice_2025, PRODUCT("Sequencer with DRAGEN Server for NextSeq 550Dx"), CANNOT_TELL, MATCH_R_NAME_ALIKE,
	    "dragen-nextseq550dx");
}

static void
contradictions(void **state)
{
	(void)state;
	expect(&notice_2023, ((struct device){ .udi_di = "00816270020002", .catalog_number = "20005715" }), CANNOT_TELL,
	    MATCH_R_UDI_CONTRADICTS, "miseqdx");
	expect(&notice_2023, ((struct device){ .udi_di = "00816270020002", .product = "NextSeq 550Dx" }), CANNOT_TELL,
	    MATCH_R_UDI_CONTRADICTS, "miseqdx");
	expect(&notice_2023, ((struct device){ .catalog_number = "20005715", .product = "MiSeqDx" }), CANNOT_TELL,
	    MATCH_R_UDI_CONTRADICTS, "nextseq550dx");
	/* notices.md 4.1: the check digit does not see the swap, the notice does. */
	expect(&notice_2023, UDI("00861270020002"), CANNOT_TELL, MATCH_R_UDI_NOT_IN_CATALOG, "miseqdx");
	expect(&notice_2023, UDI("00816720020002"), CANNOT_TELL, MATCH_R_UDI_NOT_IN_CATALOG, "miseqdx");
	expect(&notice_2023, UDI("00887517567062"), NOT_AFFECTED, MATCH_R_UDI_NOT_IN_CATALOG, "");
	expect(&notice_2023, ((struct device){ .udi_di = "00861270020002", .catalog_number = "15036706" }), CANNOT_TELL,
	    MATCH_R_UDI_CONTRADICTS, "miseqdx");
	expect(&notice_2023, ((struct device){ .udi_di = "00887517567062", .product = "MiSeqDx" }), CANNOT_TELL,
	    MATCH_R_UDI_CONTRADICTS, "miseqdx");
	/* The notice states no UDI-DI for the server: nothing to contradict. */
	expect(&notice_2024, ((struct device){ .udi_di = "00887517567062", .catalog_number = "20086130" }), AFFECTED,
	    MATCH_R_CATALOG, "dragen-nextseq550dx");
	expect(&notice_2023, (struct device){ .serial = "A1" }, CANNOT_TELL, MATCH_R_NO_IDENTITY, "");
	expect(&notice_2023, (struct device){ .product = "--", .catalog_number = "?" }, CANNOT_TELL, MATCH_R_NO_IDENTITY, "");
}

static void
makers(void **state)
{
	static const char *const same[] = { "Illumina", "ILLUMINA, Inc.", "illumina Cambridge Ltd", "Illumina Inc",
		"Fa. Illumina" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(same); i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%s", same[i]);
		expect(&notice_2023, ((struct device){ .catalog_number = "15036706", .manufacturer = text }), AFFECTED,
		    MATCH_R_CATALOG, "miseqdx");
	}
	expect(&notice_2023, ((struct device){ .catalog_number = "15036706", .manufacturer = "Eppendorf" }), NOT_AFFECTED,
	    MATCH_R_OTHER_MAKER, "");
	expect(&notice_2023,
	    ((struct device){ .catalog_number = "15036706", .product = "Centrifuge", .manufacturer = "Eppendorf" }), NOT_AFFECTED,
	    MATCH_R_OTHER_MAKER, "");
	expect(&notice_2023,
	    ((struct device){ .catalog_number = "15036706", .udi_di = "00887517567062", .manufacturer = "Eppendorf" }),
	    NOT_AFFECTED, MATCH_R_OTHER_MAKER, "");
	/* The seller in the maker's column must not hide a device. */
	expect(&notice_2023,
	    ((struct device){ .catalog_number = "15036706", .product = "MiSeqDx", .manufacturer = "Lab Trade AG" }), CANNOT_TELL,
	    MATCH_R_OTHER_MAKER, "miseqdx");
	expect(&notice_2023, ((struct device){ .product = "MiSeqDx", .manufacturer = "Lab Trade AG" }), CANNOT_TELL,
	    MATCH_R_OTHER_MAKER, "miseqdx");
	expect(&notice_2023, ((struct device){ .udi_di = "00816270020002", .manufacturer = "Lab Trade AG" }), AFFECTED,
	    MATCH_R_UDI, "miseqdx");
	assert_int_equal(
	    ask(&notice_2023, ((struct device){ .udi_di = "00816270020002", .manufacturer = "Lab Trade AG" })).confidence, 90);
	expect(&notice_2023, ((struct device){ .product = "MiSeq", .manufacturer = "Lab Trade AG" }), NOT_AFFECTED, MATCH_R_NONE,
	    "");
}

static void
versions_per_mode(void **state)
{
	static char os[] = "NextSeq 550Dx Operating Software", other[] = "Local Run Manager";
	struct device d = {
		.udi_di = "00816270020125", .n_modes = 2, .modes = { { "Dx", NULL, "1.3.1" }, { "RUO", NULL, "4.1" } }
	};
	struct match_result r = ask(&notice_versions, d);

	(void)state;
	assert_int_equal(r.answer, AFFECTED);
	assert_int_equal(r.reason, MATCH_R_UDI);
	assert_int_equal(r.n_modes, 2);
	assert_string_equal(r.modes[0].mode, "Dx");
	assert_int_equal(r.modes[0].answer, AFFECTED);
	assert_int_equal(r.modes[1].answer, NOT_AFFECTED);
	assert_int_equal(r.modes[1].reason, MATCH_R_VERSION_OUTSIDE);
	d.modes[0].version = "1.3.2";
	expect(&notice_versions, d, NOT_AFFECTED, MATCH_R_VERSION_OUTSIDE, "nextseq550dx");
	/* One mode outside, one not known: not known. */
	d.modes[1].version = NULL;
	expect(&notice_versions, d, CANNOT_TELL, MATCH_R_VERSION_UNKNOWN, "nextseq550dx");
	d.n_modes = 0;
	expect(&notice_versions, d, CANNOT_TELL, MATCH_R_VERSION_UNKNOWN, "nextseq550dx");
	assert_non_null(strstr(ask(&notice_versions, d).detail, "for mode RUO"));
	/* A version of no named mode says nothing about either. */
	d.n_modes = 1;
	d.modes[0] = (struct device_mode){ "", NULL, "1.3.2" };
	expect(&notice_versions, d, CANNOT_TELL, MATCH_R_VERSION_UNKNOWN, "nextseq550dx");
	/* The range holds for the software that it names. */
	d.n_modes = 2;
	d.modes[0] = (struct device_mode){ "dx", os, "v1.3.1" };
	d.modes[1] = (struct device_mode){ "RUO", other, "4.0" };
	expect(&notice_versions, d, AFFECTED, MATCH_R_UDI, "nextseq550dx");
	/* Without ranges every version is meant. */
	d.modes[0].version = NULL;
	r = ask(&notice_2023, d);
	assert_int_equal(r.answer, AFFECTED);
	assert_int_equal(r.modes[0].answer, AFFECTED);
	assert_int_equal(r.modes[1].answer, AFFECTED);
	/* A server has no modes: one version for all. */
	d = (struct device){ .catalog_number = "20051343", .n_modes = 1, .modes = { { "", NULL, "4.1.9" } } };
	expect(&notice_versions, d, AFFECTED, MATCH_R_CATALOG, "dragen-v4");
	d.modes[0].version = "4.2";
	expect(&notice_versions, d, NOT_AFFECTED, MATCH_R_VERSION_OUTSIDE, "dragen-v4");
	d.modes[0].version = "unclear";
	expect(&notice_versions, d, CANNOT_TELL, MATCH_R_VERSION_UNKNOWN, "dragen-v4");
	/* A suggestion stays one. */
	d = (struct device){ .product = "NextSeq 550", .n_modes = 1, .modes = { { "Dx", NULL, "1.3.1" } } };
	r = ask(&notice_versions, d);
	assert_int_equal(r.answer, CANNOT_TELL);
	assert_int_equal(r.modes[0].answer, CANNOT_TELL);
}

static void
words_for_all(void **state)
{
	(void)state;
	for (int r = 0; r < MATCH_R_COUNT; r++) {
		assert_non_null(match_reason_name((enum match_reason)r));
		assert_non_null(match_reason_text((enum match_reason)r));
		for (int k = 0; k < r; k++)
			assert_string_not_equal(match_reason_name((enum match_reason)r), match_reason_name((enum match_reason)k));
	}
	assert_string_equal(match_answer_name(CANNOT_TELL), "cannot-tell");
}

/* The details are cut between characters. */
static void
long_details(void **state)
{
	char name[400] = "MiSeqDx ";

	(void)state;
	for (size_t lead = 8; lead < 12; lead++) {
		struct match_result r;
		size_t n = lead;

		memset(name + 8, 'x', 4);
		for (; n < 390; n += 2)
			memcpy(name + n, "\xc3\xbc", 2);
		name[n] = '\0';
		r = ask(&notice_2023, PRODUCT(name));
		assert_true(strlen(r.detail) < sizeof(r.detail));
	}
}

/* The notices that are shipped answer as those built here. */
static void
shipped_notices(void **state)
{
	static const struct {
		const char *dir;
		const struct notice *same;
	} rows[] = { { "notices/FSN2023-1338", &notice_2023 }, { "notices/FSN2024-1562", &notice_2024 },
		{ "notices/FSN2025-1682", &notice_2025 } };
	static char *const values[][3] = { { "MiSeqDx", NULL, NULL }, { NULL, "20014053", NULL },
		{ NULL, NULL, "00816270020637" }, { NULL, "20068232", NULL }, { "NextSeq 550Dx", "20005715", NULL },
		{ "DRAGEN Server for NovaSeq 6000Dx", NULL, NULL }, { NULL, "20086130", NULL }, { NULL, "20051343", NULL },
		{ NULL, "20047000", NULL }, { "NovaSeq 6000Dx Instrument inkl. DRAGEN Server", NULL, NULL } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct notice *n = NULL;
		struct fp_err err;

		if (notice_open(&n, rows[i].dir, &err) != FP_OK)
			fail_msg("%s", err.msg);
		for (size_t k = 0; k < FP_COUNT(values); k++) {
			struct device d = { .product = values[k][0], .catalog_number = values[k][1], .udi_di = values[k][2] };
			struct match_result want = ask(rows[i].same, d);

			expect(n, d, want.answer, want.reason, want.product == NULL ? "" : want.product->id);
		}
		notice_free(n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ranking),
		cmocka_unit_test(catalogue_numbers),
		cmocka_unit_test(names),
		cmocka_unit_test(likeness),
		cmocka_unit_test(parts_and_wholes),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(makers),
		cmocka_unit_test(versions_per_mode),
		cmocka_unit_test(words_for_all),
		cmocka_unit_test(long_details),
		cmocka_unit_test(shipped_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
