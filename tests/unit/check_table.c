/* The tables hang together, and rolling up keeps law 2. */
#include "check_help.h"

static void
table_rows_are_whole(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check *t = check_table(&n);
	assert_true(n <= 64); /* the planner keeps a bit per row */
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(check_find(t[i].id), &t[i]);
		assert_true(strlen(t[i].id) < sizeof(((struct evidence_verdict *)0)->check));
		assert_non_null(t[i].title);
		assert_non_null(t[i].question);
		assert_non_null(t[i].proves);
		assert_int_equal(t[i].probe != NULL, t[i].judge != NULL);
		assert_true(t[i].probe == NULL || check_probe_find(t[i].probe) != NULL);
		assert_non_null(t[i].reasons[0].code);
	}
	assert_ptr_equal(check_find("smb-2"), check_find("SMB-2"));
	assert_null(check_find("SMB-99"));
	assert_null(check_find(NULL));
}

static void
every_reason_has_text_and_way_out(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check *t = check_table(&n);
	for (size_t i = 0; i < n; i++) {
		for (const struct evidence_reason *r = t[i].reasons; r->code != NULL; r++) {
			assert_true(strlen(r->code) < sizeof(((struct evidence_verdict *)0)->reason));
			assert_non_null(r->text);
			assert_ptr_equal(check_reason_find(&t[i], r->code), r); /* no row twice */
			if (r->settle[0] != '\0' && check_settle_text(r->settle) == NULL) {
				fail_msg("%s %s: no text for settle code %s", t[i].id, r->code, r->settle);
			}
			/* REQ law-2: what is open names what would settle it. */
			assert_true(r->settle[0] != '\0' || (r->result != EVIDENCE_UNKNOWN && r->result != EVIDENCE_NOTCHECKED &&
								r->result != EVIDENCE_ERROR));
			assert_true(t[i].probe != NULL || r->result == EVIDENCE_NOTCHECKED);
		}
	}
	assert_null(check_settle_text("nothing-such"));
	assert_null(check_reason_find(check_find("SMB-1"), "nothing-such"));
}

static void
without_observation(void **state)
{
	(void)state;
	struct evidence_verdict v;
	check_verdict_without(&v, check_find("UCS-4"), NULL, NULL);
	assert_int_equal(v.result, EVIDENCE_NOTCHECKED);
	assert_string_equal(v.reason, "needs-host-facts");
	assert_string_equal(v.settle, "host-facts-account");
	check_verdict_without(&v, check_find("SMB-2"), "no-address", "storage");
	assert_int_equal(v.result, EVIDENCE_NOTCHECKED);
	assert_string_equal(v.settle, "address");
	assert_string_equal(v.detail, "storage");
	/* A code that means a pass elsewhere makes none here. */
	check_verdict_without(&v, check_find("SMB-2"), "signing-required", NULL);
	assert_int_equal(v.result, EVIDENCE_NOTCHECKED);
	assert_int_equal(v.level, EVIDENCE_L_NONE);
}

static void
judge_refuses_foreign_observations(void **state)
{
	(void)state;
	struct evidence_verdict v;
	struct fp_err err = { 0 };
	struct evidence_obs *o = blank("tcp", "10.0.0.1:1");
	assert_int_equal(check_judge(&v, check_find("SMB-1"), o, &err), FP_EINVAL);
	assert_int_equal(check_judge(&v, check_find("UCS-4"), o, &err), FP_EINVAL);
	evidence_obs_free(o);
}

/* ---- rolling up ---- */

static struct evidence_verdict
v_of(const char *check, enum evidence_result r, enum evidence_level l, const char *settle)
{
	struct evidence_verdict v = { .result = r, .level = l };
	(void)snprintf(v.check, sizeof(v.check), "%s", check);
	(void)snprintf(v.reason, sizeof(v.reason), "r-%s", check);
	(void)snprintf(v.settle, sizeof(v.settle), "%s", settle);
	(void)snprintf(v.obs, sizeof(v.obs), "obs-%s", check);
	return v;
}

static struct notice_check two_required[] = { { "SMB-2", NOTICE_CHECK_REQUIRED }, { "SMB-4", NOTICE_CHECK_REQUIRED },
	{ "SMB-1", NOTICE_CHECK_SUPPORTING } };
static const struct notice_action action = { .id = "a", .checks = two_required, .n_checks = 3 };
static struct notice_check only_supporting[] = { { "SMB-1", NOTICE_CHECK_SUPPORTING } };
static const struct notice_action weak_action = { .id = "a", .checks = only_supporting, .n_checks = 1 };

static struct evidence_verdict
rolled(const struct notice_action *a, struct evidence_verdict x, struct evidence_verdict y, struct evidence_verdict z)
{
	const struct evidence_verdict all[] = { x, y, z };
	struct evidence_verdict out;
	check_roll_up(&out, a, all, 3);
	return out;
}

static void
roll_up_decides(void **state)
{
	(void)state;
	const struct evidence_verdict p2 = v_of("SMB-2", EVIDENCE_PASS, EVIDENCE_L2, ""),
				      p4 = v_of("SMB-4", EVIDENCE_PASS, EVIDENCE_L_H, "");
	const struct evidence_verdict f4 = v_of("SMB-4", EVIDENCE_FAIL, EVIDENCE_L2, ""),
				      u4 = v_of("SMB-4", EVIDENCE_UNKNOWN, EVIDENCE_L2, "capture");
	const struct evidence_verdict x4 = v_of("SMB-4", EVIDENCE_FIXED, EVIDENCE_L_H, ""),
				      e4 = v_of("SMB-4", EVIDENCE_ERROR, EVIDENCE_L_NONE, "reach-it");
	const struct evidence_verdict f1 = v_of("SMB-1", EVIDENCE_FAIL, EVIDENCE_L2, ""),
				      p1 = v_of("SMB-1", EVIDENCE_PASS, EVIDENCE_L1, "");
	struct evidence_verdict v = rolled(&action, p2, p4, f1);
	assert_int_equal(v.result, EVIDENCE_PASS); /* a supporting fail does not decide */
	assert_int_equal(v.level, EVIDENCE_L2);    /* the lowest of the required ones */
	v = rolled(&action, p2, f4, p1);
	assert_int_equal(v.result, EVIDENCE_FAIL);
	assert_string_equal(v.obs, "obs-SMB-4");
	v = rolled(&action, p2, u4, p1);
	assert_int_equal(v.result, EVIDENCE_UNKNOWN);
	assert_string_equal(v.settle, "capture");
	v = rolled(&action, p2, x4, p1);
	assert_int_equal(v.result, EVIDENCE_FIXED);
	v = rolled(&action, p2, e4, p1);
	assert_int_equal(v.result, EVIDENCE_ERROR);
	/* a required check without any verdict keeps the action open */
	v = rolled(&action, p2, p1, p1);
	assert_int_equal(v.result, EVIDENCE_UNKNOWN);
	assert_string_equal(v.check, "SMB-4");
	assert_string_equal(v.reason, "not-run");
	for (int r = 0; r < EVIDENCE_RESULT_COUNT; r++) {
		v = rolled(&action, p2, v_of("SMB-4", (enum evidence_result)r, EVIDENCE_L2, ""), p1);
		assert_int_equal(
		    v.result == EVIDENCE_PASS || v.result == EVIDENCE_FIXED, r == EVIDENCE_PASS || r == EVIDENCE_FIXED);
	}
}

static void
roll_up_without_required(void **state)
{
	(void)state;
	struct evidence_verdict out, v = v_of("SMB-1", EVIDENCE_PASS, EVIDENCE_L2, "");
	check_roll_up(&out, &weak_action, &v, 1);
	assert_int_equal(out.result, EVIDENCE_UNKNOWN);
	assert_string_equal(out.reason, "supporting-only");
	check_roll_up(&out, &weak_action, NULL, 0);
	assert_int_equal(out.result, EVIDENCE_NOTCHECKED);
	assert_string_equal(out.reason, "no-check");
	v.result = EVIDENCE_FAIL;
	check_roll_up(&out, &weak_action, &v, 1);
	assert_int_equal(out.result, EVIDENCE_UNKNOWN);
	const struct evidence_verdict none[2] = { v_of("SMB-2", EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "address"),
		v_of("SMB-4", EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "address") };
	check_roll_up(&out, &action, none, 2);
	assert_int_equal(out.result, EVIDENCE_NOTCHECKED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_rows_are_whole),
		cmocka_unit_test(every_reason_has_text_and_way_out),
		cmocka_unit_test(without_observation),
		cmocka_unit_test(judge_refuses_foreign_observations),
		cmocka_unit_test(roll_up_decides),
		cmocka_unit_test(roll_up_without_required),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
