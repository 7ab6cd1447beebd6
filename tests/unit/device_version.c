/* Software versions: what is ordered, what is equal, and what cannot be known. */

#include "unit.h"

#include "device/version.h"

enum { L = DEVICE_VERSION_LESS, E = DEVICE_VERSION_EQUAL, G = DEVICE_VERSION_GREATER, X = DEVICE_VERSION_INCOMPARABLE };

static void
orders(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = {
		{ "1.3.9", "1.3.10", L },
		{ "1.3.1", "1.3.1", E },
		{ "1.3", "1.3.0", E },
		{ "1.3", "1.3.0.0", E },
		{ "1.3", "1.3.1", L },
		{ "1.03", "1.3", E },
		{ "2", "10", L },
		{ "v1.3.1", "1.3.1", E },
		{ "V 1.3.1", "version 1.3.1", E },
		{ "Ver. 4.0", "4.0.1", L },
		{ " 4.0.1 ", "4.0.1", E },
		{ "1.3.1", "1.3.1a", L },
		{ "1.3.1a", "1.3.1B", L },
		{ "1.3.1b", "1.3.2", L },
		{ "1.3.1-rc1", "1.3.1", L },
		{ "1.3.1-rc2", "1.3.1-rc10", L },
		{ "1.3.1 beta", "1.3.1-rc1", L },
		{ "1.3.1beta2", "1.3.1beta1", G },
		{ "1.3.1-alpha", "1.3.1-dev", G },
		{ "1.3.1 SP1", "1.3.1", G },
		{ "1.3.1r2", "1.3.1r10", L },
		{ "1.3.1+5", "1.3.1", E },
		{ "1.3.1 build 5", "1.3.1 (build 12)", L },
		{ "1.3.1-5", "1.3.1-4", G },
		{ "1.3.1 (7)", "1.3.1", E },
		{ "1.3.1-hotfix", "1.3.1-hotfix", E },
		{ "1.3.1-hotfix", "1.3.2", L },
		{ "99999999999999999999999.1", "99999999999999999999998.2", G },
		{ "B.06.18", "B.12", L },
		{ "R8.0.3", "r8.0.10", L },
		{ "D25", "D9", G },
		/* What no one can order. */
		{ "B.12", "C.01", X },
		{ "R8.0.3", "8.0.3", X },
		{ "L", "N", X },
		{ "B..1", "B..2", X },
		{ "1.3.1-hotfix", "1.3.1", X },
		{ "1.3.1a", "1.3.1r2", X },
		{ "1.3.x", "1.3.9", X },
		{ "1.3.x", "1.4", L },
		{ "1.3.x", "1.2.9", G },
		{ "1.3.*", "1.3", X },
		{ "latest", "1.3", X },
		{ "", "1.3", X },
		{ "4.0 or newer", "4.1", X },
		{ "4.0, 4.1", "4.1", X },
		{ "4.0/4.1", "4.1", X },
		{ ">=4.0", "4.1", X },
		{ "LRM 2.0", "1.0", X },
		{ "1..3", "1.3", X },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		int order = device_version_compare(rows[i].a, rows[i].b);
		int turned = device_version_compare(rows[i].b, rows[i].a);

		if (order != rows[i].order)
			fail_msg("'%s' against '%s': %d, expected %d", rows[i].a, rows[i].b, order, rows[i].order);
		assert_int_equal(turned, rows[i].order == X ? X : -rows[i].order);
	}
}

static void
ranges(void **state)
{
	/* The affected NextSeq 550Dx versions of 2023: 1.3.2 is not among them. */
	static const char real[] = ">=1.0.0|<=1.3.1 || >=1.3.3";
	enum { OUT = DEVICE_VERSION_OUT, IN = DEVICE_VERSION_IN, UNDECIDABLE = DEVICE_VERSION_UNDECIDABLE };
	static const struct {
		const char *range, *version;
		int in;
	} rows[] = {
		{ real, "1.0.0", IN },
		{ real, "1.3.1", IN },
		{ real, "1.3.2", OUT },
		{ real, "1.3.3", IN },
		{ real, "v1.3.10", IN },
		{ real, "0.9", OUT },
		{ real, "1.3.1a", OUT },
		{ real, "1.3.x", UNDECIDABLE },
		{ real, "1.2.x", IN },
		{ real, "unknown", UNDECIDABLE },
		{ real, "", UNDECIDABLE },
		{ real, NULL, UNDECIDABLE },
		{ "*", NULL, IN },
		{ " * ", "anything", IN },
		{ ">=1.0, <2", "1.9", IN },
		{ ">=1.0, <2", "2.0", OUT },
		{ "1.3", "1.3.0", IN },
		{ "=1.3.x", "1.3.7", IN },
		{ "=1.3.x", "1.4", OUT },
		{ "1.3.x", "1.3.x", IN },
		{ "=1.3.x", "1.x", UNDECIDABLE },
		{ "=B.1.x", "B.1.9", IN },
		{ "=B.1.x", "1.9", UNDECIDABLE },
		{ "<=B.12", "C.01", UNDECIDABLE },
		{ ">1.3.x", "1.3.7", OUT },
		{ "!=1.3", "1.4", IN },
		{ ">1.2 || nonsense", "1.3", UNDECIDABLE },
		/* One settled part is enough, however doubtful the other. */
		{ ">=1.3.5 || >=1.0", "1.3.x", IN },
		{ ">=1.3.5 | <1.0", "1.3.x", OUT },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if ((int)device_version_in_range(rows[i].range, rows[i].version) != rows[i].in)
			fail_msg("'%s' in '%s': not %d", rows[i].version == NULL ? "NULL" : rows[i].version, rows[i].range,
			    rows[i].in);
}

static void
range_form(void **state)
{
	struct fp_err err;

	(void)state;
	assert_int_equal(device_version_range_check(">=1.0.0|<=1.3.1 || >=1.3.3", NULL), FP_OK);
	assert_int_equal(device_version_range_check("*", NULL), FP_OK);
	assert_int_equal(device_version_range_check(">=1.0 || x", &err), FP_EINVAL);
	assert_non_null(strstr(err.msg, "position 9: ' x' is not a version"));
	assert_int_equal(device_version_range_check("", NULL), FP_EINVAL);
	assert_int_equal(device_version_range_check("1.0|", NULL), FP_EINVAL);
	assert_int_equal(device_version_range_check("=>1.0", NULL), FP_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(orders), cmocka_unit_test(ranges), cmocka_unit_test(range_form) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
