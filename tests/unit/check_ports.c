/* FW-2: open, refused, filtered, and the device that is off. */
#include "check_help.h"

static struct evidence_obs *
asked(const char *list, const char *how)
{
	struct evidence_obs *o = blank("ports", "10.0.0.1:135");
	assert_int_equal(evidence_obs_param(o, "fw-ports", list, NULL), FP_OK);
	for (int q = 1; how[q - 1] != '\0'; q++) {
		struct check_step s;
		assert_int_equal(check_ports_steps.next(o), q);
		assert_int_equal(check_ports_steps.make(&s, q, o, NULL), FP_OK);
		assert_int_equal(s.len, 0);
		switch (how[q - 1]) {
		case 'o':
			event(o, EVIDENCE_CONNECTED, q, s.port, NULL, 0);
			break;
		case 'r':
			event(o, EVIDENCE_REFUSED, q, 0, NULL, 0);
			break;
		case 'i':
			event(o, EVIDENCE_FAILED, q, ECONNREFUSED, NULL, 0);
			break;
		case 'u':
			event(o, EVIDENCE_FAILED, q, EHOSTUNREACH, NULL, 0);
			break;
		default:
			event(o, EVIDENCE_TIMEOUT, q, 0, NULL, 0);
			break;
		}
	}
	return o;
}

static void
lists_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *how, *result, *reason, *detail;
	} rows[] = {
		{ "rrr", "pass", "ports-refused", "refused: 135, 445, 3389" },
		{ "frf", "pass", "ports-filtered", "filtered: 135, 3389; refused: 445" },
		{ "fir", "pass", "ports-filtered", "filtered: 135, 445; refused: 3389" },
		{ "fff", "unknown", "no-answer", "silent: 135, 445, 3389; no port of this host answered" },
		{ "iff", "unknown", "rejected", "silent: 135, 445, 3389; no port of this host answered" },
		{ "fof", "fail", "ports-open", "open: 445" },
		{ "oro", "fail", "ports-open", "open: 135, 3389" },
		{ "uuu", "unknown", "unreachable", "silent: 135, 445, 3389; no port of this host answered" },
		{ "rur", "pass", "ports-filtered", "filtered: 445; refused: 135, 3389" },
		{ "rr", "unknown", "not-asked", NULL },
		{ "ro", "fail", "ports-open", NULL },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = asked("135,445,3389", rows[i].how);
		struct evidence_verdict v = verdict(o, "FW-2");
		expect(o, "FW-2", rows[i].result, rows[i].reason);
		if (rows[i].detail != NULL) {
			assert_string_equal(v.detail, rows[i].detail);
			assert_int_equal(check_ports_steps.next(o), 0);
		}
		assert_true(v.level <= EVIDENCE_L1); /* never enough to verify a cell */
		evidence_obs_free(o);
	}
}

/* REQ law-2: filtered is also what a dead host looks like; only a port that answers tells them apart. */
static void
silence_needs_a_control(void **state)
{
	(void)state;
	static const struct {
		enum evidence_event_kind kind;
		const char *result, *reason;
	} rows[] = {
		{ EVIDENCE_CONNECTED, "pass", "ports-filtered" },
		{ EVIDENCE_REFUSED, "pass", "ports-filtered" },
		{ EVIDENCE_TIMEOUT, "unknown", "no-answer" },
		{ EVIDENCE_LIMIT, "unknown", "no-answer" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_step s;
		struct evidence_obs *o = asked("135,445", "ff");
		assert_int_equal(check_ports_steps.next(o), 0); /* no control port is known */
		assert_int_equal(evidence_obs_param(o, "control-port", "8080", NULL), FP_OK);
		assert_int_equal(check_ports_steps.next(o), 20);
		assert_int_equal(check_ports_steps.make(&s, 20, o, NULL), FP_OK);
		assert_int_equal(s.port, 8080);
		event(o, rows[i].kind, 20, 0, NULL, 0);
		expect(o, "FW-2", rows[i].result, rows[i].reason);
		assert_int_equal(check_ports_steps.next(o), 0);
		evidence_obs_free(o);
	}
	/* a host that spoke needs none */
	struct evidence_obs *o = asked("135,445", "fr");
	assert_int_equal(evidence_obs_param(o, "control-port", "8080", NULL), FP_OK);
	assert_int_equal(check_ports_steps.next(o), 0);
	evidence_obs_free(o);
}

static void
lists_by_setting(void **state)
{
	(void)state;
	char made[200];
	assert_true(check_fw_ports_make(made, sizeof(made), NULL));
	assert_string_equal(made, "135,139,445,3389,5357,5985,22,80,5900");
	assert_true(check_fw_ports_make(made, sizeof(made), "1,2,65535"));
	assert_true(check_fw_ports_make(made, sizeof(made), "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"));
	static const char *const bad[] = { "", "0", "65536", "1,", ",1", "1,,2", "1,1", "a", "1 ,2", "99999999999999999999",
		"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17" };
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		if (check_fw_ports_make(made, sizeof(made), bad[i])) {
			fail_msg("'%s' was taken", bad[i]);
		}
	}
}

static void
planning(void **state)
{
	(void)state;
	static struct evidence_param items[] = { { (char *)(uintptr_t) "fw-ports", (char *)(uintptr_t) "8135,8445" } };
	const struct check_params params = { items, 1 };
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	struct device d = { .serial = (char *)(uintptr_t) "A", .host = (char *)(uintptr_t) "10.0.0.1;control=3390" };
	int job = -1;
	const char *why = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	assert_int_equal(check_plan_add(p, check_find("FW-2"), &d, "Dx", &params, &job, &why, NULL), FP_OK);
	assert_null(why);
	const struct check_job *j = check_plan_job(p, 0);
	assert_string_equal(j->target, "10.0.0.1:8135");
	assert_string_equal(j->mode, "Dx");
	assert_int_equal(j->n_params, 2);
	items[0].value = (char *)(uintptr_t) "8135,8135";
	assert_int_equal(check_plan_add(p, check_find("FW-2"), &d, "Dx", &params, &job, &why, NULL), FP_OK);
	assert_string_equal(why, "parameter-malformed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_judged),
		cmocka_unit_test(silence_needs_a_control),
		cmocka_unit_test(lists_by_setting),
		cmocka_unit_test(planning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
