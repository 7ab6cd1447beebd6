/* BMC-1's second way and BMC-6: what open, closed and silent ports of a management controller say, and what they do not. */
#include "check_help.h"

#include "check/target.h"

static struct evidence_obs *
ports_obs(const char *target, const char *list, const char *ends)
{
	struct evidence_obs *o = blank("bmc-ports", target);
	if (list != NULL) {
		assert_int_equal(evidence_obs_param(o, "bmc-ports", list, NULL), FP_OK);
	}
	for (int q = 1; ends[q - 1] != '\0'; q++) {
		assert_int_equal(check_bmc_ports_steps.next(o), q);
		switch (ends[q - 1]) {
		case 'o':
			event(o, EVIDENCE_CONNECTED, q, 1, NULL, 0);
			break;
		case 'r':
			event(o, EVIDENCE_REFUSED, q, 0, NULL, 0);
			break;
		case 'n':
			event(o, EVIDENCE_FAILED, q, ENXIO, NULL, 0);
			break;
		case 'u':
			event(o, EVIDENCE_FAILED, q, EHOSTUNREACH, NULL, 0);
			break;
		default:
			event(o, EVIDENCE_TIMEOUT, q, 0, NULL, 0);
		}
	}
	return o;
}

static void
ports_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *list, *ends, *result, *reason, *detail;
	} rows[] = {
		{ NULL, "sssssssssss", "unknown", "no-answer", "no answer in 11 tries from vantage 'test'" },
		{ NULL, "ossssssssss", "fail", "reachable", "open from vantage 'test': 443" },
		{ NULL, "rrrorrrrrro", "fail", "reachable", "open from vantage 'test': 23, 7578" },
		{ NULL, "srsssssssss", "unknown", "host-there", "1 of 11 ports refused, none open, from vantage 'test'" },
		{ NULL, "uuuuuuuuuuu", "unknown", "unreachable", "no answer in 11 tries from vantage 'test'" },
		{ NULL, "n", "unknown", "name-unknown", "question 1: no address" },
		{ "8443", "o", "fail", "reachable", "open from vantage 'test': 8443" },
		{ "8443,22-23", "sss", "unknown", "no-answer", "no answer in 3 tries from vantage 'test'" },
		{ NULL, "", "unknown", "not-asked", "question 1: the question was not asked" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = ports_obs("192.0.2.9:443", rows[i].list, rows[i].ends);
		expect(o, "BMC-1", rows[i].result, rows[i].reason);
		assert_string_equal(verdict(o, "BMC-1").detail, rows[i].detail);
		assert_true(verdict(o, "BMC-1").level <= EVIDENCE_L1);
		assert_true(rows[i].ends[0] == '\0' || check_bmc_ports_steps.next(o) == 0);
		evidence_obs_free(o);
	}
}

/* From the controllers' own network an answer is no finding; from a place of another name it is. */
static void
the_vantage_decides(void **state)
{
	(void)state;
	struct evidence_obs *o = ports_obs("192.0.2.9:443", NULL, "oooooosssso");
	assert_int_equal(evidence_obs_param(o, "bmc-vantage", "rack", NULL), FP_OK);
	expect(o, "BMC-1", "fail", "reachable");
	assert_int_equal(evidence_obs_param(o, "bmc-vantage", "test", NULL), FP_OK);
	expect(o, "BMC-1", "informational", "answers-here");
	evidence_obs_free(o);
	o = ports_obs("192.0.2.9:443", NULL, "oooooosssso");
	free(o->vantage);
	o->vantage = fp_strdup(CHECK_VANTAGE_UNSTATED); /* nobody said where this is */
	expect(o, "BMC-1", "informational", "answers-here");
	evidence_obs_free(o);
}

static void
ports_asked(void **state)
{
	(void)state;
	static const int usual[] = { 443, 80, 22, 23, 5900, 5120, 5121, 5122, 5123, 5124, 7578, 0, 0, 0, 0, 0 };
	struct evidence_obs *o = blank("bmc-ports", "192.0.2.9:443"), *own = blank("bmc-ports", "192.0.2.9:80");
	struct check_step s;
	for (int q = 1; q <= 16; q++) {
		assert_int_equal(check_bmc_ports_steps.make(&s, q, o, NULL), FP_OK);
		assert_int_equal(s.port, usual[q - 1]);
		assert_int_equal(s.len, 0);
		assert_int_equal(check_bmc_ports_steps.make(&s, q, own, NULL), FP_OK);
		assert_int_equal(s.port, q == 1 ? 80 : q <= 10 ? usual[q] : 0); /* named twice is asked once */
	}
	evidence_obs_free(o);
	evidence_obs_free(own);
}

static void
port_lists(void **state)
{
	(void)state;
	static const char *const bad[] = { "", ",", "443,", ",443", "443,,22", "0", "65536", "22-", "-22", "25-22", "22-23-24",
		"a", "22;23", "22, 23", "22,22", "20-30,25", "1-17", "1-65535", "000022", "123456" };
	int ports[CHECK_PORTS_MAX];
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		if (check_ports_parse(ports, bad[i]) != 0) {
			fail_msg("'%s' was read as ports", bad[i]);
		}
	}
	assert_int_equal(check_ports_parse(ports, "1-16"), 16);
	assert_int_equal(check_ports_parse(ports, "65535,1,5120-5122"), 5);
	assert_int_equal(ports[0], 65535);
	assert_int_equal(ports[4], 5122);
}

static void
planned(void **state)
{
	(void)state;
	static const struct {
		const char *bmc, *value, *target, *why;
	} rows[] = { { "10.0.0.6", NULL, "10.0.0.6:443", NULL }, { "https://10.0.0.6:8443", NULL, "10.0.0.6:8443", NULL },
		{ "10.0.0.6;ipmi=1;https=2", "22,80", "10.0.0.6:2", NULL }, { "10.0.0.6", "22,x", NULL, "parameter-malformed" },
		{ "smb://10.0.0.6", NULL, NULL, "other-protocol" } };
	const struct check *way = check_set_way_of(NULL, "BMC-1", "bmc-ports");
	assert_non_null(way);
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const struct device d = { .bmc = (char *)(uintptr_t)rows[i].bmc };
		struct evidence_param items[] = { { (char *)(uintptr_t) "bmc-vantage", (char *)(uintptr_t) "rack" },
			{ (char *)(uintptr_t) "bmc-ports", (char *)(uintptr_t)rows[i].value } };
		const struct check_params params = { items, rows[i].value != NULL ? 2 : 1 };
		struct check_plan *p = NULL;
		const char *why = NULL;
		int job = -2;
		assert_int_equal(check_plan_new(&p, NULL), FP_OK);
		assert_int_equal(check_plan_add(p, way, &d, "", &params, &job, &why, NULL), FP_OK);
		if (rows[i].why != NULL) {
			assert_string_equal(why, rows[i].why);
		} else {
			const struct check_job *j = check_plan_job(p, 0);
			assert_string_equal(j->target, rows[i].target);
			assert_int_equal(j->n_params, rows[i].value != NULL ? 2 : 1);
			assert_string_equal(j->params[j->n_params - 1].value, "rack");
		}
		check_plan_freep(&p);
	}
}

/* ---- BMC-6 ---- */

static void
ipmi_that_answers(void **state)
{
	(void)state;
	static const char *const names[] = { "ipmi-good", "ipmi-worst", "ipmi-v15", "ipmi-sim-hard", "ipmi-sim-weak" };
	for (size_t i = 0; i < FP_COUNT(names); i++) {
		struct evidence_obs *o = recorded(names[i]);
		expect(o, "BMC-6", "fail", "ipmi-answers");
		evidence_obs_free(o);
	}
}

/* A pong without a command's answer is no IPMI, a refusal neither; silence proves nothing. */
static void
ipmi_that_does_not(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("ipmi-good"), *s = blank("ipmi", o->target);
	for (size_t i = 0; i < o->n_events && o->events[i].step == 1; i++) {
		event(s, o->events[i].kind, 1, 0, o->events[i].bytes, o->events[i].len);
	}
	event(s, EVIDENCE_SENT, 2, 0, "x", 1);
	event(s, EVIDENCE_TIMEOUT, 2, 0, NULL, 0);
	expect(s, "BMC-6", "unknown", "pong-only");
	evidence_obs_free(s);

	s = blank("ipmi", o->target);
	event(s, EVIDENCE_SENT, 1, 0, "x", 1);
	event(s, EVIDENCE_TIMEOUT, 1, 0, NULL, 0);
	event(s, EVIDENCE_SENT, 2, 0, "x", 1);
	event(s, EVIDENCE_TIMEOUT, 2, 0, NULL, 0);
	expect(s, "BMC-6", "unknown", "no-answer");
	assert_string_equal(verdict(s, "BMC-6").settle, "reach-it");
	evidence_obs_free(s);

	/* the command refused: completion code D5h, checksum made right */
	const struct evidence_event *e = received(o, 1);
	uint8_t copy[256];
	assert_int_equal(e->step, 2);
	assert_true(e->len < sizeof(copy));
	memcpy(copy, e->bytes, e->len);
	copy[e->len - 1] = (uint8_t)(copy[e->len - 1] - 0xD5);
	copy[20] = 0xD5;
	s = spoiled(o, 1, copy, e->len, EVIDENCE_NOTE);
	expect(s, "BMC-6", "unknown", "command-refused");
	evidence_obs_free(s);
	evidence_obs_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_judged),
		cmocka_unit_test(the_vantage_decides),
		cmocka_unit_test(ports_asked),
		cmocka_unit_test(port_lists),
		cmocka_unit_test(planned),
		cmocka_unit_test(ipmi_that_answers),
		cmocka_unit_test(ipmi_that_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
