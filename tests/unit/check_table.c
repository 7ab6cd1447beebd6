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
		size_t ways = 0;
		for (size_t k = 0; check_set_way(NULL, t[i].id, k) != NULL; k++) {
			ways += check_set_way(NULL, t[i].id, k) == &t[i];
		}
		assert_int_equal(ways, 1);
		assert_true(t[i].kind < EVIDENCE_KIND_COUNT);
		assert_true(strlen(t[i].id) < sizeof(((struct evidence_verdict *)0)->check));
		assert_non_null(t[i].title);
		assert_non_null(t[i].question);
		assert_non_null(t[i].proves);
		assert_int_equal(t[i].probe != NULL, t[i].judge != NULL || t[i].rule != NULL);
		assert_true(t[i].judge == NULL || t[i].rule == NULL);
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

/* ---- several ways, one answer ---- */

static struct check_said
said(enum evidence_kind kind, enum evidence_result r, fp_time at)
{
	static const struct check ways[EVIDENCE_KIND_COUNT] = { { .id = "X", .kind = EVIDENCE_ATTESTATION },
		{ .id = "X", .kind = EVIDENCE_REACHABILITY }, { .id = "X", .kind = EVIDENCE_CLAIM },
		{ .id = "X", .kind = EVIDENCE_CONFIGURATION }, { .id = "X", .kind = EVIDENCE_EFFECT } };
	return (
	    struct check_said){ .v = { .result = r, .level = (enum evidence_level)(kind + 1) }, .way = &ways[kind], .at = at };
}

static void
the_stronger_way_decides(void **state)
{
	(void)state;
	static const struct {
		enum evidence_kind k0, k1;
		enum evidence_result r0, r1;
		fp_time t0, t1;
		int taken;    /* which of the two */
		bool against; /* and the other contradicts it */
	} cases[] = {
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_UNKNOWN, EVIDENCE_PASS, 20, 10, 1, false },
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_FAIL, EVIDENCE_PASS, 10, 20, 1, true },
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_FAIL, EVIDENCE_PASS, 30, 20, 0, true },
		{ EVIDENCE_CLAIM, EVIDENCE_EFFECT, EVIDENCE_PASS, EVIDENCE_FAIL, 30, 20, 1, true },
		{ EVIDENCE_CONFIGURATION, EVIDENCE_EFFECT, EVIDENCE_PASS, EVIDENCE_PASS, 30, 20, 1, false },
		{ EVIDENCE_CLAIM, EVIDENCE_CLAIM, EVIDENCE_FAIL, EVIDENCE_FIXED, 10, 20, 1, true },
		{ EVIDENCE_CLAIM, EVIDENCE_CLAIM, EVIDENCE_FAIL, EVIDENCE_PASS, 20, 20, 0, true },
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_UNKNOWN, EVIDENCE_NOTCHECKED, 20, 0, 0, false },
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_NOTCHECKED, EVIDENCE_NOTCHECKED, 0, 0, 0, false },
		{ EVIDENCE_CLAIM, EVIDENCE_CONFIGURATION, EVIDENCE_UNKNOWN, EVIDENCE_ERROR, 20, 10, 1, false },
	};
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		struct check_said two[2] = { said(cases[i].k0, cases[i].r0, cases[i].t0),
			said(cases[i].k1, cases[i].r1, cases[i].t1) };
		for (int turn = 0; turn < 2; turn++) {
			const struct check_said *against = NULL;
			int taken = turn == 0 ? cases[i].taken : 1 - cases[i].taken;
			/* without an observation the first way is shown, whichever that is */
			if (cases[i].r0 == EVIDENCE_NOTCHECKED && cases[i].r1 == EVIDENCE_NOTCHECKED) {
				taken = 0;
			}
			assert_ptr_equal(check_combine(two, 2, &against), &two[taken]);
			assert_ptr_equal(against, cases[i].against ? &two[1 - taken] : NULL);
			struct check_said swap = two[0];
			two[0] = two[1];
			two[1] = swap;
		}
	}
}

static void
evidence_goes_stale(void **state)
{
	(void)state;
	const fp_time day = 86400000;
	const struct check quick = { .id = "X", .fresh_days = 180, .ends_with = 1u << EVIDENCE_END_PASSWORD },
			   usual = { .id = "Y" };
	fp_time ended[EVIDENCE_END_COUNT] = { 0 };
	assert_null(check_stale(&quick, 1000 * day, 1179 * day, ended));
	assert_string_equal(check_stale(&quick, 1000 * day, 1180 * day, ended), "age");
	assert_null(check_stale(&usual, 1000 * day, 1364 * day, NULL));
	assert_string_equal(check_stale(&usual, 1000 * day, 1365 * day, NULL), "age");
	const struct check always = { .id = "Z", .fresh_days = CHECK_FRESH_ALWAYS };
	assert_null(check_stale(&always, 1000 * day, 99999 * day, NULL));
	ended[EVIDENCE_END_PASSWORD] = 1001 * day;
	assert_string_equal(check_stale(&quick, 1000 * day, 1002 * day, ended), "password-rotation");
	assert_null(check_stale(&quick, 1001 * day, 1002 * day, ended));
	assert_null(check_stale(&usual, 1000 * day, 1002 * day, ended));
	ended[EVIDENCE_END_REIMAGE] = 1001 * day;
	assert_string_equal(check_stale(&usual, 1000 * day, 1002 * day, ended), "re-image");
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

static struct notice_check two_required[] = { { .id = "SMB-2", .role = NOTICE_CHECK_REQUIRED },
	{ .id = "SMB-4", .role = NOTICE_CHECK_REQUIRED }, { .id = "SMB-1", .role = NOTICE_CHECK_SUPPORTING } };
static const struct notice_action action = { .id = "a", .checks = two_required, .n_checks = 3 };
static struct notice_check only_supporting[] = { { .id = "SMB-1", .role = NOTICE_CHECK_SUPPORTING } };
static const struct notice_action weak_action = { .id = "a", .checks = only_supporting, .n_checks = 1 };

static struct evidence_verdict
rolled(const struct notice_action *a, struct evidence_verdict x, struct evidence_verdict y, struct evidence_verdict z)
{
	const struct evidence_verdict all[] = { x, y, z };
	struct evidence_verdict out;
	check_roll_up(&out, a, all, 3);
	return out;
}

static struct evidence_verdict
left_out(const char *check)
{
	struct evidence_verdict v;
	check_verdict_without(&v, check_find(check), "other-storage", NULL);
	assert_int_equal(v.result, EVIDENCE_NOTAPPLICABLE);
	return v;
}

static void
alternatives_need_one_pass(void **state)
{
	(void)state;
	struct notice_check of[] = { { .id = "SMB-4", .role = NOTICE_CHECK_REQUIRED, .group = "g" },
		{ .id = "SMB-5", .role = NOTICE_CHECK_REQUIRED, .group = "g" },
		{ .id = "SMB-1", .role = NOTICE_CHECK_REQUIRED } };
	const struct notice_action grouped = { .id = "a", .checks = of, .n_checks = 3 };
	const struct evidence_verdict u4 = v_of("SMB-4", EVIDENCE_UNKNOWN, EVIDENCE_L2, "capture"),
				      f4 = v_of("SMB-4", EVIDENCE_FAIL, EVIDENCE_L2, ""),

				      p5 = v_of("SMB-5", EVIDENCE_PASS, EVIDENCE_L0, ""),
				      n5 = v_of("SMB-5", EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "capture"),

				      p1 = v_of("SMB-1", EVIDENCE_PASS, EVIDENCE_L2, "");
	const struct evidence_verdict n4 = left_out("SMB-4"), a5 = left_out("SMB-5"), a1 = left_out("SMB-1");
	assert_int_equal(rolled(&grouped, u4, p5, p1).result, EVIDENCE_PASS);
	assert_int_equal(rolled(&grouped, u4, p5, p1).level, EVIDENCE_L2);
	assert_int_equal(rolled(&grouped, f4, p5, p1).result, EVIDENCE_FAIL);
	assert_int_equal(rolled(&grouped, u4, n5, p1).result, EVIDENCE_UNKNOWN);
	assert_string_equal(rolled(&grouped, u4, n5, p1).settle, "capture");
	/* Reachability proves nothing (law 1): it does not stand in for the alternative that would. */
	const struct evidence_verdict weak = v_of("SMB-4", EVIDENCE_PASS, EVIDENCE_L1, "");
	assert_int_equal(rolled(&grouped, weak, n5, p1).result, EVIDENCE_UNKNOWN);
	assert_string_equal(rolled(&grouped, weak, n5, p1).settle, "capture");
	assert_int_equal(rolled(&grouped, weak, n5, a1).result, EVIDENCE_UNKNOWN);
	assert_int_equal(rolled(&grouped, weak, p5, p1).level, EVIDENCE_L2);
	assert_int_equal(rolled(&grouped, weak, p5, a1).level, EVIDENCE_L0);
	assert_int_equal(rolled(&grouped, n4, p5, a1).result, EVIDENCE_PASS);
	assert_int_equal(rolled(&grouped, n4, a5, p1).result, EVIDENCE_PASS);
	assert_int_equal(rolled(&grouped, n4, a5, a1).result, EVIDENCE_NOTCHECKED);
	assert_string_equal(rolled(&grouped, n4, a5, a1).reason, "no-check");
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
		cmocka_unit_test(the_stronger_way_decides),
		cmocka_unit_test(evidence_goes_stale),
		cmocka_unit_test(alternatives_need_one_pass),
		cmocka_unit_test(roll_up_decides),
		cmocka_unit_test(roll_up_without_required),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
