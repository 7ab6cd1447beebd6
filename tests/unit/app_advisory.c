/* Advisories against devices: which vulnerability applies, which does not, and which cannot be told. */
#include "csaf_help.h"

#include "match/match.h"

static void
expect(const struct draft *d, struct device device, const char *letters)
{
	struct csaf_matchable *m = NULL;
	struct match_index *index = NULL;
	struct match_result r;
	char got[16] = "", *p = got;

	assert_int_equal(csaf_matchable_new(&m, d, NULL), FP_OK);
	assert_int_equal(match_index_new(&index, csaf_matchable_notice(m), NULL), FP_OK);
	match_device(&r, index, &device);
	*p++ = "N?A"[r.answer];
	for (size_t i = 0; i < csaf_matchable_notice(m)->n_vulnerabilities && i < 8; i++) {
		struct match_vulnerability v;

		match_vulnerability(&v, index, &r, &device, i);
		*p++ = "N?A"[v.answer];
	}
	match_index_free(index);
	csaf_matchable_free(m);
	if (strcmp(got, letters) != 0)
		fail_msg("%s %s: %s instead of %s (%s)", device.product ? device.product : "",
		    device.n_components ? device.components[0].version : "", got, letters, r.detail);
}

static struct device
with_component(const char *product, const char *own, const char *component, const char *version)
{
	return (struct device){ .product = (char *)product,
		.n_modes = 1,
		.modes = { { (char *)"", NULL, (char *)own } },
		.n_components = 1,
		.components = { { (char *)component, (char *)version, (char *)"" } } };
}

static void
matching(void **state)
{
	struct draft *d = read_advisory(DATA "identified.json"), *t = read_advisory(DATA "freetext.json");

	(void)state;
	/* Copy Helper 1.x has the first only, 2.x both; the sequencer's own version must fit, too. Its serial numbers are for a person. */
	expect(d, with_component("Sequencer 100", "2.1", "Copy Helper", "3.0"), "NNN");
	expect(d, with_component("Analyzer", "4.1", "Copy Helper", "1.4"), "AAN");
	expect(d, with_component("Analyzer", "4.2", "Copy Helper", "1.4"), "NNN");
	expect(d, with_component("Analyzer", NULL, "Copy Helper", "1.4"), "??N");
	expect(d, with_component("Example Gateway 3.1", "3.1", "x", "1"), "??N");
	expect(d, (struct device){ .product = (char *)"Sequencer 100", .catalog_number = (char *)"SQ-100-2000" }, "???");
	/* Free text: what is not certain is never matched silently. */
	expect(t, with_component("Reader", "2.4", "UDC", "2.0"), "AAA");
	expect(t, with_component("Reader", "2.4", "UDC", "1.0"), "ANA");
	expect(t, with_component("Reader", "2.5", "UDC", "2.0"), "NNN");
	expect(t, with_component("Reader", "2.4", "UDC", NULL), "???");
	expect(t, with_component("Cart", "1.0", "UDC", "2.0"), "???");
	expect(t, with_component("Cart", "1.0", "UDC", "3.0"), "NNN");
	expect(t, with_component("Scope", NULL, "UDC", "2.0"), "AAA");
	expect(t, (struct device){ .catalog_number = (char *)"PX-522(K)" }, "???");
	draft_free(d);
	draft_free(t);
}

static void
no_vulnerabilities(void **state)
{
	static const char doc[] =
	    "{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":\"t\",\"tracking\":{\"id\":\"X1\","
	    "\"version\":\"1\"}},"
	    "\"product_tree\":{\"branches\":[{\"category\":\"product_name\",\"name\":\"Reader\",\"branches\":["
	    "{\"category\":\"product_version_range\",\"name\":\"<= 2\",\"product\":{\"name\":\"Reader "
	    "2\",\"product_id\":\"P\"}}]}]}}";
	struct draft *d = read_bytes("x.json", doc, sizeof(doc) - 1);

	(void)state;
	expect(d, with_component("Reader", "2", "x", "1"), "AA");
	expect(d, with_component("Reader", "3", "x", "1"), "NN");
	expect(d, with_component("Reader", NULL, "x", "1"), "??");
	draft_free(d);
}

static void
copy_service(void **state)
{
	struct draft *d;

	(void)state;
	if (access(ADVISORIES "icsma-23-117-01.json", R_OK) != 0) {
		print_message("# SKIP: no advisories in " ADVISORIES "\n");
		skip();
	}
	d = read_advisory(ADVISORIES "icsma-23-117-01.json");
	expect(d, with_component("iSeq 100", NULL, "UCS", "1.4"), "ANA");
	expect(d, with_component("iSeq 100", NULL, "UCS", "v2.0"), "AAA");
	expect(d, with_component("iSeq 100", NULL, "UCS", NULL), "???");
	expect(d, with_component("NextSeq 550Dx Operating Software", "1.3.2", "UCS", "2.0"), "NNN");
	expect(d, with_component("iScan Control Software", "4.0.5", "UCS", "2.0"), "AAA");
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matching),
		cmocka_unit_test(no_vulnerabilities),
		cmocka_unit_test(copy_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
