/* Advisories as drafts: every identifier, components on products, doubt kept as doubt, remediations merged. */
#include "csaf_help.h"

static void
head(void **state)
{
	struct draft *d = read_advisory(DATA "identified.json");

	(void)state;
	assert_string_equal(text_at(d, "/source"), "csaf");
	assert_string_equal(text_at(d, "/reference"), "EX-2024-001");
	assert_string_equal(place_of(d, "/reference"), "/document/tracking/id");
	assert_string_equal(text_at(d, "/language"), "en");
	assert_string_equal(text_at(d, "/issue_date"), "2024-02-01");
	assert_int_equal(json_integer_value(draft_get(d, "/revision")), 1);
	assert_string_equal(text_at(d, "/manufacturer/name"), "Example Devices");
	assert_string_equal(text_at(d, "/csaf/publisher/category"), "vendor");
	assert_string_equal(text_at(d, "/csaf/tracking/status"), "final");
	assert_string_equal(text_at(d, "/links/0/section"), "self");
	assert_string_equal(text_at(d, "/notes/0/text"), "Made up for tests.");
	/* What CSAF does not say is null and listed. */
	assert_string_equal(text_at(d, "/reply"), "null");
	assert_string_equal(text_at(d, "/emergency"), "null");
	assert_true(json_array_size(d->missing) >= 5);
	draft_free(d);
}

static void
identifiers(void **state)
{
	struct draft *d = read_advisory(DATA "identified.json");

	(void)state;
	assert_int_equal(size_at(d, "/products"), 4);
	assert_string_equal(text_at(d, "/products/0/id"), "sequencer-100");
	assert_string_equal(joined_at(d, "/products/0/names"), "Sequencer 100");
	assert_string_equal(joined_at(d, "/products/0/catalog_numbers"), "SQ-100-1001 SQ-100-*");
	assert_string_equal(joined_at(d, "/products/0/models"), "SQ100");
	assert_string_equal(joined_at(d, "/products/0/serial_numbers"), "SQ1??77*");
	assert_string_equal(text_at(d, "/products/0/udi_di"), "00816270020002");
	assert_string_equal(place_of(d, "/products/0/udi_di"),
	    "/product_tree/branches/0/branches/0/branches/0/product/product_identification_helper/x_generic_uris/0");
	assert_string_equal(text_at(d, "/products/0/uris/0/uri"), "https://www.example.com/ids/sq100");
	assert_string_equal(text_at(d, "/products/0/cpe"), "cpe:2.3:h:example:sq100:-:*:*:*:*:*:*:*");
	assert_string_equal(text_at(d, "/products/0/versions/0/range"), ">=2.0|<3.0");
	assert_string_equal(text_at(d, "/products/0/versions/0/text"), "vers:intdot/>=2.0|<3.0");
	/* Versions of one product are one product. */
	assert_string_equal(text_at(d, "/products/1/id"), "analyzer");
	assert_int_equal(size_at(d, "/products/1/versions"), 2);
	assert_int_equal(size_at(d, "/products/1/csaf_products"), 2);
	assert_string_equal(text_at(d, "/products/1/udi_di"), "null");
	/* Full product names without branches: one says its version only in its name. */
	assert_string_equal(text_at(d, "/products/2/versions/0/range"), "*");
	assert_string_equal(text_at(d, "/products/3/versions/0/range"), "null");
	assert_true(json_is_true(draft_get(d, "/products/3/versions/0/undecidable")));
	/* What only stands on others is a component. */
	assert_int_equal(size_at(d, "/components"), 1);
	assert_string_equal(joined_at(d, "/components/0/names"), "Copy Helper");
	assert_string_equal(text_at(d, "/components/0/purl"), "pkg:generic/example/copy-helper");
	assert_string_equal(text_at(d, "/components/0/hashes/0/filename"), "copyhelper.msi");
	assert_int_equal(findings(d, "serial-prefix"), 1);
	draft_free(d);
}

static void
what_is_affected(void **state)
{
	struct draft *d = read_advisory(DATA "identified.json");

	(void)state;
	assert_string_equal(text_at(d, "/vulnerabilities/0/id"), "cve-2024-10001");
	assert_string_equal(joined_at(d, "/vulnerabilities/0/cves"), "CVE-2024-10001");
	assert_string_equal(joined_at(d, "/vulnerabilities/0/cwes"), "CWE-250");
	assert_string_equal(text_at(d, "/vulnerabilities/0/cvss/0/score"), "9.8");
	assert_string_equal(text_at(d, "/vulnerabilities/0/cvss/0/version"), "3.1");
	assert_string_equal(text_at(d, "/vulnerabilities/0/exploitation"), "null");
	assert_string_equal(text_at(d, "/vulnerabilities/0/exploitation_text"), "No exploitation is known.");
	/* Copy Helper 1.x and 2.x on the sequencer; the analyzer in 4.1 only; the gateway is not known yet. */
	assert_int_equal(size_at(d, "/vulnerabilities/0/affects"), 3);
	assert_string_equal(joined_at(d, "/vulnerabilities/0/affects/0/products"), "sequencer-100");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/0/component"), "Copy Helper");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/0/component_range"), ">=2|<3 || <2");
	assert_string_equal(joined_at(d, "/vulnerabilities/0/affects/1/products"), "analyzer");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/1/range"), "=4.1");
	assert_string_equal(joined_at(d, "/vulnerabilities/0/affects/2/products"), "example-gateway-3-1");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/2/why"), "under-investigation");
	assert_string_equal(text_at(d, "/vulnerabilities/1/affects/0/component_range"), ">=2|<3");
	assert_int_equal(size_at(d, "/vulnerabilities/1/affects"), 1);
	draft_free(d);
}

static void
remediations(void **state)
{
	struct draft *d = read_advisory(DATA "identified.json");

	(void)state;
	assert_int_equal(size_at(d, "/actions"), 2);
	assert_string_equal(text_at(d, "/actions/0/category"), "vendor_fix");
	assert_string_equal(text_at(d, "/actions/0/text"), "Install update 3.0.");
	assert_string_equal(joined_at(d, "/actions/0/cves"), "CVE-2024-10001 CVE-2024-10002");
	assert_string_equal(joined_at(d, "/actions/0/products"), "sequencer-100 analyzer");
	assert_string_equal(text_at(d, "/actions/0/links/0/url"), "https://www.example.com/update");
	assert_string_equal(text_at(d, "/actions/0/available_from"), "2024-02-05T00:00:00Z");
	assert_string_equal(text_at(d, "/actions/0/restart_required/category"), "system");
	assert_string_equal(joined_at(d, "/actions/0/entitlements"), "Support contract");
	assert_string_equal(joined_at(d, "/actions/1/cves"), "CVE-2024-10002");
	assert_string_equal(place_of(d, "/actions/1"), "/vulnerabilities/1/remediations/1");
	draft_free(d);
}

static void
free_text(void **state)
{
	struct draft *d = read_advisory(DATA "freetext.json");

	(void)state;
	assert_int_equal(findings(d, "version-range"), 3);
	assert_int_equal(findings(d, "model-in-version"), 1);
	assert_string_equal(text_at(d, "/products/0/versions/0/range"), "<=2.4");
	assert_string_equal(text_at(d, "/products/1/versions/0/why"), "model");
	assert_string_equal(joined_at(d, "/products/1/models"), "PX-522(K) PX-722(K)");
	assert_string_equal(text_at(d, "/products/2/versions/0/why"), "date");
	assert_string_equal(text_at(d, "/products/3/versions/0/range"), "<=2.3.6");
	assert_string_equal(text_at(d, "/products/5/versions/0/why"), "condition");
	/* Check sums are of the patch, not four more actions. */
	assert_int_equal(size_at(d, "/actions"), 2);
	assert_string_equal(text_at(d, "/actions/0/hashes/0/filename"), "Patch.msi");
	assert_int_equal(size_at(d, "/actions/0/hashes/0/file_hashes"), 2);
	assert_string_equal(text_at(d, "/actions/0/hashes/0/file_hashes/0/algorithm"), "sha512");
	assert_string_equal(text_at(d, "/actions/0/hashes/0/file_hashes/1/value"), "4552a1130947b95ac18be4335c1447f5");
	assert_string_equal(text_at(d, "/actions/1/links/0/url"), "mailto:support@example.com");
	assert_int_equal(findings(d, "hash-as-remediation"), 1);
	/* Software that only the sentences name. */
	assert_string_equal(text_at(d, "/vulnerabilities/0/component"), "Universal Data Carrier (UDC)");
	assert_string_equal(text_at(d, "/vulnerabilities/1/component"), "Universal Data Carrier (UDC)");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/0/component_range"), "=2.x");
	assert_string_equal(text_at(d, "/vulnerabilities/1/affects/0/component_range"), "=1.x || =2.x");
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(d->places, "/vulnerabilities/0/component"), "confidence")), 70);
	assert_string_equal(place_of(d, "/vulnerabilities/0/component"), "/vulnerabilities/0/notes/0/text");
	assert_string_equal(text_at(d, "/vulnerabilities/0/exploitation"), "none-reported");
	draft_free(d);
}

static void
json_and_back(void **state)
{
	static const char *const files[] = { "identified.json", "freetext.json", "broken.json" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		char path[100];
		struct draft *d, *again = NULL;
		FP_JSON json_t *j = NULL, *k = NULL;

		(void)snprintf(path, sizeof(path), DATA "%s", files[i]);
		d = read_advisory(path);
		j = draft_to_json(d);
		assert_int_equal(draft_from_json(&again, j, NULL), FP_OK);
		k = draft_to_json(again);
		assert_true(json_equal(j, k));
		draft_free(d);
		draft_free(again);
	}
}

/* ---- the advisories of a coordinator ---- */

static void
all_real_advisories(void **state)
{
	DIR *dir = opendir(ADVISORIES);
	struct dirent *e;
	size_t files = 0;

	(void)state;
	if (dir == NULL) {
		print_message("# SKIP: no advisories in " ADVISORIES "\n");
		skip();
	}
	while ((e = readdir(dir)) != NULL) {
		char path[600];
		struct draft *d;
		struct csaf_matchable *m = NULL;

		if (strstr(e->d_name, ".json") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), ADVISORIES "%s", e->d_name);
		d = read_advisory(path);
		files++;
		assert_true(size_at(d, "/products") > 0 && size_at(d, "/vulnerabilities") > 0 && size_at(d, "/actions") > 0);
		assert_int_equal(findings(d, "wrong-type") + findings(d, "product-unknown"), 0);
		assert_int_equal(csaf_matchable_new(&m, d, NULL), FP_OK);
		csaf_matchable_free(m);
		draft_free(d);
	}
	(void)closedir(dir);
	assert_int_equal(files, 144);
}

static void
the_two_of_the_letters(void **state)
{
	struct draft *d;

	(void)state;
	if (access(ADVISORIES_OTHER "icsa-22-153-02.json", R_OK) != 0)
		skip();
	d = read_advisory(ADVISORIES "icsma-23-117-01.json");
	assert_int_equal(size_at(d, "/products"), 11);
	assert_int_equal(size_at(d, "/actions"), 1);
	assert_string_equal(joined_at(d, "/actions/0/cves"), "CVE-2023-1968 CVE-2023-1966");
	assert_string_equal(text_at(d, "/vulnerabilities/0/component"), "Universal Copy Service (UCS)");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/0/component_range"), "=2.x");
	assert_string_equal(text_at(d, "/vulnerabilities/1/affects/0/component_range"), "=1.x || =2.x");
	assert_int_equal(findings(d, "lost-character"), 1);
	draft_free(d);
	d = read_advisory(ADVISORIES_OTHER "icsa-22-153-02.json");
	assert_int_equal(size_at(d, "/actions"), 3);
	assert_int_equal(size_at(d, "/actions/1/hashes/0/file_hashes"), 4);
	assert_string_equal(text_at(d, "/actions/1/hashes/0/filename"), "LocalRunManagerSecurityPatch.msi");
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head),
		cmocka_unit_test(identifiers),
		cmocka_unit_test(what_is_affected),
		cmocka_unit_test(remediations),
		cmocka_unit_test(free_text),
		cmocka_unit_test(json_and_back),
		cmocka_unit_test(all_real_advisories),
		cmocka_unit_test(the_two_of_the_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
