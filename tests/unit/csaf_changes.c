/* Two editions of an advisory: what changed, what only looks so, and edits that nobody announced. */
#include "csaf_help.h"

static void
compare(struct csaf_changes *out, const char *was, size_t was_len, const char *is, size_t is_len)
{
	struct fp_err err;

	if (csaf_changes(out, "old.json", was, was_len, "new.json", is, is_len, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

/* The first edition with text replaced by text in its compact form. */
static char *
edited(const char *from, const char *to)
{
	FP_JSON json_t *j = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	char *s, *p;

	assert_int_equal(fp_json_load(&j, DATA "edition-1.json", 1 << 20, NULL), FP_OK);
	s = json_dumps(j, JSON_COMPACT);
	if (from != NULL && strstr(s, from) == NULL)
		fail_msg("'%s' is not in the advisory", from);
	for (p = s; from != NULL; p += strlen(from)) {
		char *hit = strstr(p, from);

		fp_buf_add(&b, p, hit ? (size_t)(hit - p) : strlen(p));
		if (hit == NULL)
			break;
		fp_buf_puts(&b, to);
		p = hit;
	}
	if (from == NULL)
		fp_buf_puts(&b, s);
	free(s);
	return fp_buf_take(&b);
}

static const char *
member(const struct csaf_changes *c, size_t i, const char *key)
{
	const json_t *j = json_array_get(json_object_get(c->report, "changes"), i);
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "(none)";
}

/* "what kind subject" of every change, one a line. */
static void
expect(const char *from, const char *to, const char *answer, const char *lines)
{
	FP_AUTO(fp_buf_free) struct fp_buf got = { .max = 0 };
	char *was = edited(NULL, NULL), *is = edited(from, to);
	struct csaf_changes c;

	compare(&c, was, strlen(was), is, strlen(is));
	for (size_t i = 0; i < json_array_size(json_object_get(c.report, "changes")); i++)
		fp_buf_printf(&got, "%s %s %s\n", member(&c, i, "what"), member(&c, i, "kind"), member(&c, i, "subject"));
	if (strcmp(got.len ? got.data : "", lines) != 0 ||
	    strcmp(json_string_value(json_object_get(c.report, "answer")), answer) != 0)
		fail_msg("'%s' -> '%s': %s\n%sinstead of %s\n%s", from, to,
		    json_string_value(json_object_get(c.report, "answer")), got.len ? got.data : "", answer, lines);
	assert_int_equal(c.silent, strcmp(answer, "silent-edit") == 0);
	assert_int_equal(c.n == 0, strcmp(answer, "same") == 0 || strcmp(answer, "form-only") == 0);
	csaf_changes_free(&c);
	free(was);
	free(is);
}

static void
form_only(void **state)
{
	struct fp_buf pretty = slurp(DATA "edition-1.json");
	char *compact = edited(NULL, NULL);
	struct csaf_changes c;

	(void)state;
	compare(&c, pretty.data, pretty.len, pretty.data, pretty.len);
	assert_true(c.n == 0 && !c.form_only && !c.silent);
	csaf_changes_free(&c);
	compare(&c, pretty.data, pretty.len, compact, strlen(compact));
	assert_true(c.n == 0 && c.form_only && !c.silent);
	csaf_changes_free(&c);
	free(compact);
	fp_buf_free(&pretty);
	/* Ids handed out anew, white space, an order that means nothing. */
	expect("\"AN-4.1\"", "\"CSAFPID-0007\"", "form-only", "");
	expect("Install update 3.0.", "Install  update\\n3.0.", "form-only", "");
	expect("\"CH2-SQ\",\"CH1-SQ\"", "\"CH1-SQ\",\"CH2-SQ\"", "form-only", "");
}

static void
each_kind(void **state)
{
	(void)state;
	expect("vers:intdot/>=2.0|<3.0", "vers:intdot/>=1.0|<3.0", "silent-edit", "product changed Example Sequencer 100 2.x\n");
	expect("\"SQ-100-1001\",", "", "silent-edit", "product changed Example Sequencer 100 2.x\n");
	expect("{\"name\":\"Example Report Viewer\",\"product_id\":\"RV\"},", "", "silent-edit",
	    "product removed Example Report Viewer\nstatus products-removed known_not_affected\n");
	expect("Close the port.", "Close the port, and restart.", "silent-edit",
	    "remediation changed Close the port, and restart.\n");
	expect("https://www.example.com/update", "https://www.example.com/update2", "silent-edit",
	    "remediation changed Install update 3.0.\n");
	expect("No exploitation is known.", "It is exploited.", "silent-edit", "vulnerability changed cve-2024-10001\n");
	expect("\"baseScore\":9.8", "\"baseScore\":9.1", "silent-edit",
	    "vulnerability changed cve-2024-10001\nvulnerability changed cve-2024-10002\n");
	expect("CVE-2024-10002", "CVE-2024-10009", "silent-edit",
	    "vulnerability added cve-2024-10009\n"
	    "remediation added Install update 3.0.\n"
	    "remediation added Close the port.\n"
	    "vulnerability removed cve-2024-10002\n"
	    "remediation removed Install update 3.0.\n"
	    "remediation removed Close the port.\n");
	expect("\"fixed\":[\"AN-4.2\"]", "\"fixed\":[\"RV\"]", "silent-edit",
	    "status products-added fixed\nstatus products-removed fixed\n");
	expect("Made up for tests.", "Made up.", "silent-edit", "document removed notes\ndocument added notes\n");
	expect("Copy Helper on Sequencer 100", "Copy Helper", "silent-edit", "document changed title\n");
	expect("\"category\":\"installed_on\"", "\"category\":\"installed_with\"", "silent-edit",
	    "product added Copy Helper 2.x on Sequencer 100\nproduct added Copy Helper 1.x on Sequencer 100\n"
	    "product removed Copy Helper 2.x on Sequencer 100\nproduct removed Copy Helper 1.x on Sequencer 100\n"
	    "status products-added known_affected\nstatus products-removed known_affected\n"
	    "remediation products-added Install update 3.0.\nremediation products-removed Install update 3.0.\n"
	    "status products-added known_affected\nstatus products-removed known_affected\n"
	    "status products-added known_not_affected\nstatus products-removed known_not_affected\n"
	    "remediation products-added Close the port.\nremediation products-removed Close the port.\n");
}

static void
announced(void **state)
{
	(void)state;
	/* A new date: told, and not silent. */
	expect("\"current_release_date\":\"2024-02-01T09:00:00Z\"", "\"current_release_date\":\"2024-03-01T09:00:00Z\"",
	    "changed", "tracking changed current_release_date\n");
	expect("\"status\":\"final\",", "", "changed", "tracking removed status\n");
	expect("\"version\":\"1\"", "\"version\":\"2\"", "changed", "tracking changed version\n");
}

static void
per_product(void **state)
{
	struct fp_buf a = slurp(DATA "edition-1.json"), b = slurp(DATA "edition-2.json");
	const json_t *products, *p;
	struct csaf_changes c;
	size_t i, changed = 0;

	(void)state;
	compare(&c, a.data, a.len, b.data, b.len);
	assert_true(c.silent);
	products = json_object_get(c.report, "products");
	json_array_foreach(products, i, p)
	{
		const char *id = json_string_value(json_object_get(p, "product_id")),
			   *fix = json_string_value(json_object_get(p, "remediations")),
			   *tree = json_string_value(json_object_get(p, "product"));
		bool copy = strcmp(id, "CH2-SQ") == 0, sequencer = strcmp(id, "SQ100-2") == 0;

		/* Only what stands on the sequencer has another remediation; the analyzer, whose id is another, needs no second look. */
		assert_string_equal(fix, copy ? "changed" : "unchanged");
		assert_string_equal(tree, sequencer ? "changed" : "unchanged");
		changed += copy || sequencer;
	}
	assert_int_equal(changed, 2);
	/* "all versions" in another spelling is a change, of the same meaning. */
	csaf_changes_free(&c);
	fp_buf_free(&a);
	fp_buf_free(&b);
}

static void
same_meaning(void **state)
{
	char *was = edited("vers:intdot/>=2.0|<3.0", "vers:all/*"), *is = edited("vers:intdot/>=2.0|<3.0", "*");
	struct csaf_changes c;

	(void)state;
	compare(&c, was, strlen(was), is, strlen(is));
	assert_int_equal(c.n, 1);
	assert_true(c.silent);
	assert_true(json_is_true(json_object_get(json_array_get(json_object_get(c.report, "changes"), 0), "same_meaning")));
	csaf_changes_free(&c);
	free(was);
	free(is);
}

static void
refused(void **state)
{
	struct fp_buf a = slurp(DATA "edition-1.json"), b = slurp(DATA "identified.json");
	struct csaf_changes c;
	struct fp_err err;

	(void)state;
	assert_int_equal(csaf_changes(&c, "a", a.data, a.len, "b", b.data, b.len, &err), FP_ECONFLICT);
	assert_non_null(strstr(err.msg, "two advisories"));
	assert_int_equal(csaf_changes(&c, "a", a.data, a.len, "b", "{}", 2, &err), FP_EUNSUPPORTED);
	assert_int_equal(csaf_changes(&c, "a", "", 0, "b", b.data, b.len, &err), FP_EINVAL);
	fp_buf_free(&a);
	fp_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_only),
		cmocka_unit_test(each_kind),
		cmocka_unit_test(announced),
		cmocka_unit_test(per_product),
		cmocka_unit_test(same_meaning),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
