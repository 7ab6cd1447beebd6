/* Version ranges as people write them: what is certain becomes a range, everything else says why not. */
#include "csaf_help.h"

#include "device/version.h"

struct row {
	const char *text;
	bool exact;
	const char *range; /* NULL: undecidable */
	const char *why;
};

static const struct row rows[] = {
	/* all */
	{ "vers:all/*", false, "*", NULL },
	{ "*", true, "*", NULL },
	{ "All Versions", false, "*", NULL },
	{ "* (end-of-life 2011)", true, "*", NULL },
	/* vers */
	{ "vers:intdot/>=1.0.0|<=1.3.1|>=1.3.3", false, ">=1.0.0|<=1.3.1 || >=1.3.3", NULL },
	{ "vers:generic/<2.4A", false, "<2.4A", NULL },
	{ "vers:semver/1.0|2.0", false, "=1.0 || =2.0", NULL },
	{ "vers:deb/<1.2.3", false, "<1.2.3", NULL },
	{ "vers:deb/<1.2.3-4ubuntu1", false, NULL, "scheme" },
	{ "vers:intdot/>=1.0|>=2.0", false, NULL, "order" },
	{ "vers:intdot/>=3.0|<2.0", false, NULL, "order" },
	{ "vers:intdot/!=1.5", false, "!=1.5", NULL },
	{ "vers:intdot/>=1.0|!=1.5|<2.0", false, ">=1.0|<2.0|!=1.5", NULL },
	{ "vers:generic/%3E=1.0", false, ">=1.0", NULL },
	{ "vers:generic/%zz", false, NULL, "form" },
	{ "vers:intdot/", false, NULL, "form" },
	{ "vers:/1", false, NULL, "form" },
	/* signs */
	{ "<= 2.4", false, "<=2.4", NULL },
	{ "\xE2\x89\xA4 2.4", false, "<=2.4", NULL },
	{ ">= 1.0.0  | <= 1.3.1", false, ">=1.0.0|<=1.3.1", NULL },
	{ ">=1.0|<=1.3.1", false, ">=1.0|<=1.3.1", NULL },
	{ ">=1.0 <2.0", false, ">=1.0|<2.0", NULL },
	{ ">=1.0, <2.0", false, ">=1.0|<2.0", NULL },
	{ "1.0 < 2.0", false, ">=1.0|<2.0", NULL },
	{ "A10 < A11", false, ">=A10|<A11", NULL },
	{ "2.0 < 1.0", false, NULL, "order" },
	{ "3.0|3.1", false, "=3.0 || =3.1", NULL },
	{ "< 3.x", false, "<3.x", NULL },
	{ "<= 12.2.x.x", false, "<=12.2.x.x", NULL },
	{ "=> 1.0", false, ">=1.0", NULL },
	/* words */
	{ "prior to 2.0", false, "<2.0", NULL },
	{ "Versions prior to v2.0.1", false, "<2.0.1", NULL },
	{ "before 7.1", false, "<7.1", NULL },
	{ "up to and including 3.2", false, "<=3.2", NULL },
	{ "up to 3.2", false, NULL, "inclusive" },
	{ "2.3.6 and  below", true, "<=2.3.6", NULL },
	{ "1.5 or earlier", false, "<=1.5", NULL },
	{ "version 4.0 and later", false, ">=4.0", NULL },
	{ "1.3 through 3.1", false, ">=1.3|<=3.1", NULL },
	{ "from 1.3 to 3.1", false, ">=1.3|<=3.1", NULL },
	{ "1.3 - 3.1", false, ">=1.3|<=3.1", NULL },
	{ "v1.x and v2.x", false, "=1.x || =2.x", NULL },
	{ "v5.0, v5.1, v3.0, and v3.1", false, "=5.0 || =5.1 || =3.0 || =3.1", NULL },
	/* letters, builds */
	{ "<= 2.4A", false, "<=2.4A", NULL },
	{ "< B.06.18", false, "<B.06.18", NULL },
	{ "<= R8.0.3", false, "<=R8.0.3", NULL },
	{ ">=BT02 | <= BT06", false, ">=BT02|<=BT06", NULL },
	{ "1.1.3 Build 10", true, "=1.1.3 build 10", NULL },
	{ "< 1.8.4 Service Pack 01", false, "<1.8.4 SP01", NULL },
	{ "<= 3.0 D15", false, "<=3.0 D15", NULL },
	{ "<= K", false, NULL, "letters" },
	{ "Rev B-M", true, NULL, "letters" },
	{ "A.01 <= C.0x | 4.0", false, NULL, "order" },
	{ "< 012U000040", false, NULL, "letters" },
	{ "<= S4 A.07.107", false, NULL, "form" },
	/* days, conditions, models */
	{ "< august 28", false, NULL, "date" },
	{ "<8/30/2024", false, NULL, "date" },
	{ "< 2024-08-30", false, NULL, "date" },
	{ "distributed  < april 1, 2018", false, NULL, "date" },
	{ "<=11.2 on Windows 8.1 with IIS 7.5", false, NULL, "condition" },
	{ "<= 1.54 (integrated into GE MobileLink)", false, NULL, "condition" },
	{ "9.x (with Wireless Battery Modules >= 22D19 | <= v22D28)", false, NULL, "condition" },
	{ "* running on old systems", true, NULL, "condition" },
	{ "MMT-522(K) / MMT-722(K) Paradigm REAL-TIME", true, NULL, "model" },
	{ "3120", true, NULL, "model" },
	{ "<= 3120", false, "<=3120", NULL },
	{ "CoaguChek Pro II", true, NULL, "model" },
	{ "4.0.0", true, "=4.0.0", NULL },
	{ "8", true, "=8", NULL },
	{ "14.1.x", true, "=14.1.x", NULL },
	{ "(Release 1.3.2 1.4.0)", true, "=1.3.2 || =1.4.0", NULL },
	/* nothing */
	{ "", false, NULL, "form" },
	{ "|", false, NULL, "letters" },
	{ "<", false, NULL, "letters" },
	{ "1.0 2.0", false, NULL, "form" },
};

static void
table(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct csaf_range r;

		csaf_range_read(&r, rows[i].text, strlen(rows[i].text), rows[i].exact);
		if (strcmp(r.range, rows[i].range ? rows[i].range : "") != 0 ||
		    strcmp(r.why ? r.why : "-", rows[i].why ? rows[i].why : "-") != 0)
			fail_msg("'%s': '%s' (%s), expected '%s' (%s)", rows[i].text, r.range, r.why ? r.why : "-",
			    rows[i].range ? rows[i].range : "", rows[i].why ? rows[i].why : "-");
		assert_int_equal(r.kind == CSAF_RANGE_UNDECIDABLE, rows[i].range == NULL);
		if (rows[i].range != NULL)
			assert_int_equal(device_version_range_check(r.range, NULL), FP_OK);
		else
			assert_true(strlen(csaf_range_why(r.why)) > 10);
	}
}

static void
flags(void **state)
{
	struct csaf_range r;

	(void)state;
	csaf_range_read(&r, "<= 2.01 (end-of-life Nov 2017)", 30, false);
	assert_true(r.remark);
	assert_string_equal(r.range, "<=2.01");
	csaf_range_read(&r, "1.1 | 1.2", 9, true);
	assert_true(r.as_words);
	csaf_range_read(&r, "1.1", 3, true);
	assert_false(r.as_words || r.remark);
}

static void
vers_out(void **state)
{
	static const struct {
		const char *range, *vers; /* NULL: cannot be said */
	} to[] = {
		{ "*", "vers:all/*" },
		{ ">=4.0.1", "vers:intdot/>=4.0.1" },
		{ ">=1.0.0|<=1.3.1 || >=1.3.3", "vers:intdot/>=1.0.0|<=1.3.1|>=1.3.3" },
		{ "=2.x", "vers:generic/2.x" },
		{ "=1.0 || =2.0", "vers:intdot/1.0|2.0" },
		{ "<=2.4A", "vers:generic/<=2.4A" },
		{ ">=1 || >=3", NULL },
		{ "nonsense", NULL },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(to); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		struct csaf_range again;
		struct fp_err err;
		enum fp_status s = csaf_range_vers(&b, to[i].range, &err);

		assert_int_equal(s == FP_OK, to[i].vers != NULL);
		if (s != FP_OK)
			continue;
		assert_string_equal(b.data, to[i].vers);
		/* And back: the same range, in the words of the grammar. */
		csaf_range_read(&again, b.data, b.len, false);
		assert_string_equal(again.range, to[i].range);
	}
}

static void
long_texts(void **state)
{
	struct csaf_range r;
	char text[3000];

	(void)state;
	memset(text, '1', sizeof(text));
	csaf_range_read(&r, text, sizeof(text), false);
	assert_string_equal(r.why, "form");
	/* More pieces than there is room for. */
	for (size_t i = 0; i + 1 < 400; i += 2)
		memcpy(text + i, "1|", 2);
	csaf_range_read(&r, text, 400, false);
	assert_string_equal(r.why, "form");
}

/* The ranges of a coordinator: how many are understood, and why not the others. */
struct tally {
	size_t ranges, understood, versions, versions_understood;
};

static void
count_branches(struct tally *t, const json_t *branches)
{
	size_t i;
	json_t *b;

	json_array_foreach(branches, i, b)
	{
		const char *category = json_string_value(json_object_get(b, "category")),
			   *name = json_string_value(json_object_get(b, "name"));
		bool exact = category != NULL && strcmp(category, "product_version") == 0;
		struct csaf_range r;

		count_branches(t, json_object_get(b, "branches"));
		if (category == NULL || strncmp(category, "product_version", 15) != 0)
			continue;
		csaf_range_read(&r, name, strlen(name), exact);
		*(exact ? &t->versions : &t->ranges) += 1;
		*(exact ? &t->versions_understood : &t->understood) += r.kind != CSAF_RANGE_UNDECIDABLE;
		assert_true(r.kind != CSAF_RANGE_UNDECIDABLE || r.why != NULL);
	}
}

static void
ranges_of_real_advisories(void **state)
{
	DIR *dir = opendir(ADVISORIES);
	struct tally t = { 0 };
	struct dirent *e;

	(void)state;
	if (dir == NULL) {
		print_message("# SKIP: no advisories in " ADVISORIES "\n");
		skip();
	}
	while ((e = readdir(dir)) != NULL) {
		char path[600];
		FP_JSON json_t *j = NULL;

		if (strstr(e->d_name, ".json") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), ADVISORIES "%s", e->d_name);
		assert_int_equal(fp_json_load(&j, path, 1 << 20, NULL), FP_OK);
		count_branches(&t, json_object_get(json_object_get(j, "product_tree"), "branches"));
	}
	(void)closedir(dir);
	print_message(
	    "# ranges understood: %zu of %zu, versions: %zu of %zu\n", t.understood, t.ranges, t.versions_understood, t.versions);
	assert_int_equal(t.ranges, 236);
	assert_true(t.understood >= 182);
	/* Nothing is guessed for more: what is understood beyond this must be looked at first. */
	assert_true(t.understood <= 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(flags),
		cmocka_unit_test(vers_out),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(ranges_of_real_advisories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
