/* Notices as advisories: what stands where, what is refused, and the way back without loss. */
#include "csaf_help.h"

#include "base/mem.h"
#include "crypto/crypto.h"

static const char *const refs[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };
static const struct fp_date day = { 2025, 3, 1 };

static struct notice *
open_notice(const char *ref)
{
	struct notice *n = NULL;
	struct fp_err err;
	char dir[100];

	(void)snprintf(dir, sizeof(dir), "notices/%s", ref);
	if (notice_open(&n, dir, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return n;
}

/* The notice with a member of its facts set to JSON text (NULL: taken away). */
static struct notice *
with_fact(const char *ref, const char *vulnerability_key, const char *top_key, const char *json)
{
	struct notice *n = open_notice(ref), *out = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, c = { .max = 0 };
	FP_JSON json_t *whole = NULL;
	json_t *facts, *at;
	struct fp_err err;

	assert_int_equal(notice_canonical(&b, n, NULL), FP_OK);
	notice_free(n);
	assert_int_equal(fp_json_parse(&whole, b.data, b.len, "n", NULL), FP_OK);
	facts = json_object_get(whole, "facts");
	at = vulnerability_key ? json_array_get(json_object_get(facts, "vulnerabilities"), 0) : facts;
	/* Texts name facts: without one they do not open. */
	if (json == NULL)
		json_object_set_new(whole, "texts",
		    json_pack(
			"{s:s}", "en", "# A {#title}\n\n# B {#problem}\n\nWords.\n\n# C {#action.bmc-instructions}\n\nDo it.\n"));
	if (json == NULL)
		json_object_del(at, vulnerability_key ? vulnerability_key : top_key);
	else
		json_object_set_new(at, vulnerability_key ? vulnerability_key : top_key, json_loads(json, JSON_DECODE_ANY, NULL));
	assert_int_equal(fp_json_canonical(&c, whole, NULL), FP_OK);
	if (notice_parse(&out, c.data, c.len, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return out;
}

static json_t *
write_one(const struct notice *n, const char *lang, const struct csaf_write_options *o)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	json_t *j = NULL;
	struct fp_err err;

	if (csaf_write(&b, n, lang, o, &err) != FP_OK)
		fail_msg("%s %s: %s", n->reference, lang, err.msg);
	assert_int_equal(fp_json_parse(&j, b.data, b.len, "advisory", NULL), FP_OK);
	return j;
}

/* A value by a path of keys and numbers: "document/references/0/url". */
static const json_t *
at(const json_t *j, const char *path)
{
	char step[80];

	while (*path != '\0' && j != NULL) {
		size_t n = strcspn(path, "/");

		(void)snprintf(step, sizeof(step), "%.*s", (int)n, path);
		j = json_is_array(j) ? json_array_get(j, (size_t)atoi(step)) : json_object_get(j, step);
		path += n + (path[n] == '/');
	}
	return j;
}

static const char *
text(const json_t *j, const char *path)
{
	const char *s = json_string_value(at(j, path));

	return s ? s : "(none)";
}

static void
originals_and_translations(void **state)
{
	struct notice *n = open_notice("FSN2023-1338");
	const struct csaf_write_options o = { .side_hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" };
	FP_JSON json_t *en = write_one(n, "en", &o), *de = write_one(n, "de", &o);

	(void)state;
	assert_string_equal(text(en, "document/category"), "csaf_security_advisory");
	assert_string_equal(text(en, "document/tracking/id"), "FSN2023-1338");
	assert_string_equal(text(en, "document/publisher/category"), "vendor");
	assert_string_equal(text(en, "document/source_lang"), "(none)");
	assert_string_equal(text(en, "document/tracking/initial_release_date"), "2023-04-05T00:00:00Z");
	assert_string_equal(text(en, "document/tracking/aliases/0"), "M-AMR-00719");
	assert_string_equal(text(en, "document/publisher/namespace"), "https://www.illumina.com");
	assert_string_equal(
	    text(en, "document/references/0/url"), "https://www.illumina.com/.well-known/csaf/white/2023/fsn2023-1338.json");
	assert_string_equal(text(de, "document/tracking/id"), "FSN2023-1338-de");
	assert_string_equal(text(de, "document/publisher/category"), "translator");
	assert_string_equal(text(de, "document/source_lang"), "en");
	/* 9.1.9: the original first, then itself. */
	assert_string_equal(
	    text(de, "document/references/0/url"), "https://www.illumina.com/.well-known/csaf/white/2023/fsn2023-1338.json");
	assert_string_equal(text(de, "document/references/1/category"), "self");
	assert_string_equal(
	    text(de, "document/references/1/url"), "https://www.illumina.com/.well-known/csaf/white/2023/fsn2023-1338-de.json");
	/* No CVE is made up (law 10). */
	assert_null(at(de, "vulnerabilities/0/cve"));
	assert_string_equal(text(de, "vulnerabilities/0/ids/0/text"), "FSN2023-1338:ucs");
	assert_non_null(strstr(text(de, "vulnerabilities/0/remediations/0/details"), "Software-Patch"));
	/* Facts are the same in every language. */
	assert_true(json_equal(json_object_get(en, "product_tree"), json_object_get(de, "product_tree")));
	assert_true(json_equal(at(en, "vulnerabilities/0/product_status"), at(de, "vulnerabilities/0/product_status")));
	notice_free(n);
}

static void
products_and_components(void **state)
{
	struct notice *n = open_notice("FSN2023-1338");
	FP_JSON json_t *j = write_one(n, "en", NULL);

	(void)state;
	assert_string_equal(text(j, "product_tree/branches/0/name"), "Illumina, Inc.");
	assert_string_equal(text(j, "product_tree/branches/0/branches/0/name"), "MiSeqDx");
	assert_string_equal(text(j, "product_tree/branches/0/branches/0/branches/0/category"), "product_version_range");
	assert_string_equal(text(j, "product_tree/branches/0/branches/0/branches/0/name"), "vers:all/*");
	assert_string_equal(text(j, "product_tree/branches/0/branches/0/branches/0/product/product_id"), "miseqdx");
	assert_string_equal(
	    text(j, "product_tree/branches/0/branches/0/branches/0/product/product_identification_helper/skus/0"), "DX-410-1001");
	assert_string_equal(
	    text(j, "product_tree/branches/0/branches/0/branches/0/product/product_identification_helper/x_generic_uris/0/uri"),
	    "https://id.gs1.org/01/00816270020002");
	assert_string_equal(text(j, "product_tree/relationships/0/category"), "installed_on");
	assert_string_equal(text(j, "product_tree/relationships/0/relates_to_product_reference"), "miseqdx");
	assert_string_equal(text(j, "vulnerabilities/0/product_status/known_affected/0"),
	    text(j, "product_tree/relationships/0/full_product_name/product_id"));
	assert_int_equal(json_array_size(at(j, "vulnerabilities/0/product_status/known_affected")), 2);
	assert_string_equal(text(j, "vulnerabilities/0/remediations/0/category"), "vendor_fix");
	assert_string_equal(text(j, "vulnerabilities/0/remediations/1/category"), "mitigation");
	notice_free(n);
}

/* Ranges and components of CVEs: one product for each pair that there is. */
static void
ranges_and_cves(void **state)
{
	struct notice *n = with_fact("FSN2023-1338", "affects", NULL,
	    "[{\"products\":[\"miseqdx\"],\"component\":\"UCS\",\"component_range\":\"=2.x\"},"
	    "{\"products\":[\"miseqdx\",\"nextseq550dx\"],\"component\":\"UCS\",\"component_range\":\">=1.0|<2.0\"},"
	    "{\"products\":[\"nextseq550dx\"],\"range\":\">=1.0.0|<=1.3.1 || >=1.3.3\"}]");
	FP_JSON json_t *j = write_one(n, "en", NULL);
	struct draft *d;
	char *s = json_dumps(j, 0);

	(void)state;
	assert_int_equal(json_array_size(at(j, "vulnerabilities/0/product_status/known_affected")), 4);
	assert_int_equal(json_array_size(at(j, "product_tree/relationships")), 3);
	d = read_bytes("x.json", s, strlen(s));
	free(s);
	/* Read back, it says the same. */
	assert_int_equal(size_at(d, "/vulnerabilities/0/affects"), 3);
	assert_string_equal(joined_at(d, "/vulnerabilities/0/affects/0/products"), "miseqdx");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/0/component_range"), "=2.x || >=1.0|<2.0");
	assert_string_equal(joined_at(d, "/vulnerabilities/0/affects/1/products"), "nextseq-550dx");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/1/component_range"), ">=1.0|<2.0");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/1/range"), "(none)");
	assert_string_equal(text_at(d, "/vulnerabilities/0/affects/2/range"), ">=1.0.0|<=1.3.1 || >=1.3.3");
	draft_free(d);
	notice_free(n);
	/* Two CVEs are two vulnerabilities with the same remediations, which are read as one action each. */
	n = with_fact("FSN2023-1338", "cves", NULL, "[\"CVE-2023-1966\",\"CVE-2023-1968\"]");
	json_decref(j);
	j = write_one(n, "en", NULL);
	assert_int_equal(json_array_size(at(j, "vulnerabilities")), 2);
	assert_string_equal(text(j, "vulnerabilities/1/cve"), "CVE-2023-1968");
	assert_null(at(j, "vulnerabilities/1/ids"));
	s = json_dumps(j, 0);
	d = read_bytes("x.json", s, strlen(s));
	free(s);
	assert_int_equal(size_at(d, "/actions"), 2);
	assert_string_equal(joined_at(d, "/actions/0/cves"), "CVE-2023-1966 CVE-2023-1968");
	draft_free(d);
	notice_free(n);
}

static void
modes_parts_and_none(void **state)
{
	struct notice *n = open_notice("FSN2025-1682");
	const struct csaf_write_options o = { .date = day };
	FP_JSON json_t *j = write_one(n, "en", &o);

	(void)state;
	/* A part inside a product. */
	assert_string_equal(text(j, "product_tree/relationships/0/category"), "default_component_of");
	assert_string_equal(
	    text(j, "vulnerabilities/0/product_status/known_affected/0"), "part-dragen-novaseq6000dx-on-novaseq6000dx");
	notice_free(n);
	/* No vulnerability: the base profile, and the actions as notes. */
	n = with_fact("FSN2025-1682", NULL, "vulnerabilities", NULL);
	json_decref(j);
	j = write_one(n, "en", &o);
	assert_string_equal(text(j, "document/category"), "csaf_base");
	assert_null(json_object_get(j, "vulnerabilities"));
	assert_string_equal(text(j, "document/notes/0/text"), "Words.");
	assert_string_equal(text(j, "document/notes/1/text"), "Do it.");
	assert_string_equal(text(j, "product_tree/branches/0/branches/1/branches/0/product/product_id"), "dragen-nextseq550dx");
	notice_free(n);
}

static void
dates(void **state)
{
	struct notice *n = open_notice("FSN2025-1682"), *revised = with_fact("FSN2023-1338", NULL, "revision", "3");
	const struct fp_date earlier[] = { { 2023, 1, 1 }, { 2023, 2, 1 } }, wrong[] = { { 2023, 6, 1 }, { 2023, 2, 1 } };
	const struct csaf_write_options none = { .date = { 0 } }, dated = { .date = day },
					two = { .earlier = earlier, .n_earlier = 2 }, bad = { .earlier = wrong, .n_earlier = 2 };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct fp_err err;
	FP_JSON json_t *j = NULL;

	(void)state;
	assert_int_equal(csaf_write(&b, n, "en", &none, &err), FP_EUSAGE);
	assert_non_null(strstr(err.msg, "has no date, and CSAF needs one: say when it appears with --date"));
	j = write_one(n, "en", &dated);
	assert_string_equal(text(j, "document/tracking/current_release_date"), "2025-03-01T00:00:00Z");
	json_decref(j);
	assert_int_equal(csaf_write(&b, revised, "en", &none, &err), FP_EUSAGE);
	assert_non_null(strstr(err.msg, "--history"));
	assert_int_equal(csaf_write(&b, revised, "en", &bad, &err), FP_EUSAGE);
	assert_int_equal(csaf_write(&b, revised, "en", &dated, &err), FP_EUSAGE);
	assert_non_null(strstr(err.msg, "has a date of its own"));
	j = write_one(revised, "en", &two);
	assert_string_equal(text(j, "document/tracking/version"), "3");
	assert_string_equal(text(j, "document/tracking/initial_release_date"), "2023-01-01T00:00:00Z");
	assert_string_equal(text(j, "document/tracking/revision_history/1/date"), "2023-02-01T00:00:00Z");
	assert_int_equal(json_array_size(at(j, "document/tracking/revision_history")), 3);
	notice_free(n);
	notice_free(revised);
}

static void
options(void **state)
{
	static const struct {
		const char *lang;
		struct csaf_write_options o;
		enum fp_status status;
		const char *says;
	} rows[] = {
		{ "fr", { .tlp = NULL }, FP_ENOTFOUND, "is not there in 'fr'" },
		{ "en", { .source_lang = "fr" }, FP_ENOTFOUND, "which is to be the original" },
		{ "en", { .tlp = "PURPLE" }, FP_EUSAGE, "WHITE, GREEN, AMBER or RED" },
		{ "en", { .base_url = "http://x.example/" }, FP_EUSAGE, "https://" },
		{ "en", { .base_url = "https://x.example/a b" }, FP_EUSAGE, "blanks" },
	};
	struct notice *n = open_notice("FSN2023-1338");
	const struct csaf_write_options o = { .source_lang = "de", .base_url = "https://csaf.example.com/x", .tlp = "GREEN" };
	FP_JSON json_t *j = write_one(n, "en", &o);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	char name[CSAF_NAME_MAX];
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		assert_int_equal(csaf_write(&b, n, rows[i].lang, &rows[i].o, &err), rows[i].status);
		if (strstr(err.msg, rows[i].says) == NULL)
			fail_msg("'%s' lacks '%s'", err.msg, rows[i].says);
	}
	assert_string_equal(text(j, "document/tracking/id"), "FSN2023-1338-en");
	assert_string_equal(text(j, "document/distribution/tlp/label"), "GREEN");
	assert_string_equal(text(j, "document/references/0/url"), "https://csaf.example.com/x/fsn2023-1338.json");
	assert_int_equal(csaf_file_name(name, n, "en", &o, NULL), FP_OK);
	assert_string_equal(name, "fsn2023-1338-en.json");
	assert_int_equal(csaf_file_name(name, n, "de", &o, NULL), FP_OK);
	assert_string_equal(name, "fsn2023-1338.json");
	n->reference = "FSN 2023/7..A"; /* as a foreign reference might be */
	assert_int_equal(csaf_file_name(name, n, "de", &o, NULL), FP_OK);
	assert_string_equal(name, "fsn_2023_7_a.json");
	notice_free(n);
}

/* REQ round trip: every notice, every language; with its side file, the very bytes come back. */
static void
there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(refs); i++) {
		struct notice *n = open_notice(refs[i]);
		FP_AUTO(fp_buf_free) struct fp_buf side = { .max = 0 };
		char hash[65], name[CSAF_NAME_MAX], named[CSAF_NAME_MAX], wanted[65];
		struct csaf_write_options o = { .side_hash = hash };

		if (n->issue_date.year == 0)
			o.date = day;
		assert_int_equal(notice_canonical(&side, n, NULL), FP_OK);
		(void)crypto_sha256_hex(hash, side.data, side.len);
		csaf_side_name(name, n);
		assert_int_equal(n->n_texts, 5);
		for (size_t k = 0; k < n->n_texts; k++) {
			FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, again = { .max = 0 };
			struct notice *back = NULL;
			struct draft *d;

			assert_int_equal(csaf_write(&b, n, n->texts[k].lang, &o, NULL), FP_OK);
			d = read_bytes("a.json", b.data, b.len);
			/* Without the side file: what CSAF says. */
			assert_string_equal(text_at(d, "/reference"), refs[i]);
			assert_string_equal(text_at(d, "/language"), n->texts[k].lang);
			assert_int_equal(size_at(d, "/actions"), n->n_actions);
			assert_int_equal(size_at(d, "/vulnerabilities"), n->n_vulnerabilities);
			assert_int_equal(size_at(d, "/products"), n->n_products);
			assert_string_equal(text_at(d, "/products/0/udi_di"), n->products[0].udi_di);
			assert_int_equal(findings(d, "wrong-type") + findings(d, "version-range"), 0);
			assert_true(csaf_side_named(d, named, wanted));
			assert_string_equal(named, name);
			assert_string_equal(wanted, hash);
			assert_int_equal(csaf_side_apply(d, name, side.data, side.len, &back, NULL), FP_OK);
			assert_int_equal(notice_canonical(&again, back, NULL), FP_OK);
			assert_int_equal(again.len, side.len);
			assert_memory_equal(again.data, side.data, side.len);
			/* The draft now holds all of it, and nothing of what is there is listed as missing. */
			assert_string_equal(text_at(d, "/document_number"), n->document_number);
			assert_string_equal(text_at(d, "/actions/0/id"), n->actions[0].id);
			assert_int_equal(json_object_size(draft_get(d, "/texts")), 5);
			for (size_t m = 0; m < json_array_size(d->missing); m++)
				assert_string_not_equal(json_string_value(json_array_get(d->missing, m)), "/document_number");
			draft_free(d);
			notice_free(back);
		}
		notice_free(n);
	}
}

static void
wrong_side_files(void **state)
{
	struct notice *n = open_notice("FSN2023-1338"), *other = open_notice("FSN2024-1562");
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, side = { .max = 0 };
	char hash[65], named[CSAF_NAME_MAX];
	struct csaf_write_options o = { .side_hash = hash };
	struct draft *d;
	struct fp_err err;

	(void)state;
	assert_int_equal(notice_canonical(&side, other, NULL), FP_OK);
	(void)crypto_sha256_hex(hash, side.data, side.len);
	assert_int_equal(csaf_write(&b, n, "en", &o, NULL), FP_OK);
	d = read_bytes("a.json", b.data, b.len);
	/* The hash is right, the notice is another. */
	assert_int_equal(csaf_side_apply(d, "s.json", side.data, side.len, NULL, &err), FP_ECONFLICT);
	side.data[100] ^= 1;
	assert_int_equal(csaf_side_apply(d, "s.json", side.data, side.len, NULL, &err), FP_EINTEGRITY);
	assert_string_equal(text_at(d, "/document_number"), "null");
	draft_free(d);
	/* Names that lead elsewhere are none. */
	d = draft_new("x");
	draft_put_str(d, "/links/0/text", "x SHA-256: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", NULL);
	draft_put_str(d, "/links/0/url", "https://x.example/%2e%2e%2fpasswd.fieldproof.json", NULL);
	assert_false(csaf_side_named(d, named, hash));
	draft_put_str(d, "/links/0/url", "https://x.example/.fieldproof.json", NULL);
	assert_false(csaf_side_named(d, named, hash));
	draft_put_str(d, "/links/0/url", "https://x.example/a.fieldproof.json", NULL);
	assert_true(csaf_side_named(d, named, hash));
	draft_free(d);
	notice_free(n);
	notice_free(other);
}

static void
out_of_memory(void **state)
{
	struct notice *n = open_notice("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf whole = { .max = 0 };
	bool passed = false;

	(void)state;
	assert_int_equal(csaf_write(&whole, n, "de", NULL, NULL), FP_OK);
	for (int64_t i = 0; i < 20000 && !passed; i += i < 300 ? 1 : 7) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		enum fp_status s;

		(void)fp_mem_fail_after(i);
		s = csaf_write(&b, n, "de", NULL, NULL);
		(void)fp_mem_fail_after(-1);
		passed = s == FP_OK;
		assert_true(passed || s == FP_ENOMEM);
		if (passed)
			assert_true(b.len == whole.len && memcmp(b.data, whole.data, b.len) == 0);
	}
	assert_true(passed);
	notice_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(originals_and_translations),
		cmocka_unit_test(products_and_components),
		cmocka_unit_test(ranges_and_cves),
		cmocka_unit_test(modes_parts_and_none),
		cmocka_unit_test(dates),
		cmocka_unit_test(options),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(wrong_side_files),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
