/* Which fact files count at all: forged, old, of another device, of the same mode again; and the check over both modes. None of it is ever a pass. */
#define _GNU_SOURCE /* memmem */
#include "rule_help.h"

#define GOOD "windows-nextseq550dx-dx-good"
#define RUO "windows-nextseq550dx-ruo-good"

static struct evidence_verdict
verdict(const char *check, struct evidence_obs *owned)
{
	FP_AUTO(rule_freep) struct rule *r = rule_help_load(check);
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = owned;
	struct evidence_verdict v = { .reason = "" };
	rule_judge(&v, r, o);
	const struct evidence_reason *e = rule_reason_find(r, v.reason);
	assert_non_null(e);
	v.result = e->result;
	return v;
}

static struct evidence_verdict
with_site(struct rule_help_site s)
{
	FP_JSON json_t *facts = rule_help_facts(GOOD);
	return verdict("UCS-4", rule_help_obs(facts, &s));
}

static void
what_the_site_knew_decides_first(void **state)
{
	(void)state;
	static const struct {
		const char *issued, *identity, *part, *reason, *detail;
	} rows[] = {
		{ "2026-03-02T07:00:00Z", "first", "0", "standard-user", "sbsuser" },
		{ "2026-03-02T07:00:00Z", "same", "0", "standard-user", NULL },
		{ "2026-03-02T07:00:00Z", "re-imaged", "0", "standard-user", NULL },
		{ NULL, "first", "0", "facts-undated", "not one of this site" },
		{ "", "first", "0", "facts-undated", NULL },
		{ "yesterday", "first", "0", "facts-undated", NULL },
		{ "2026-03-02T07:00:00Z", "other-device", "0", "facts-other-device", "8a0d5b7c" },
		{ "2026-03-02T07:00:00Z", "other-mode", "0", "same-mode-twice", "B0C7" },
		{ "2026-03-02T07:00:00Z", NULL, "0", "facts-unplaced", NULL },
		{ "2026-03-02T07:00:00Z", "trusted", "0", "facts-unplaced", NULL },
		{ "2026-03-02T07:00:00Z", "first", NULL, "facts-unplaced", NULL },
		{ "2026-03-02T07:00:00Z", "first", "1", "facts-unplaced", "'1'" },
		{ "2026-03-02T07:00:00Z", "first", "-1", "facts-unplaced", NULL },
		{ "2026-03-02T07:00:00Z", "first", "00", "facts-unplaced", NULL },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_verdict v =
		    with_site((struct rule_help_site){ rows[i].issued, rows[i].identity, rows[i].part, "dx", { NULL } });
		if (strcmp(v.reason, rows[i].reason) != 0 ||
		    (rows[i].detail != NULL && strstr(v.detail, rows[i].detail) == NULL)) {
			fail_msg("row %zu: %s (%s)", i, v.reason, v.detail);
		}
		assert_int_equal(v.result == EVIDENCE_PASS, strcmp(rows[i].reason, "standard-user") == 0);
	}
}

static void
no_challenge_in_the_file_is_said(void **state)
{
	(void)state;
	FP_JSON json_t *facts = rule_help_facts(GOOD);
	struct rule_help_site s = { NULL, "first", "0", "dx", { NULL } };
	rule_help_set(facts, "challenge=null");
	struct evidence_verdict v = verdict("UCS-4", rule_help_obs(facts, &s));
	assert_string_equal(v.reason, "facts-undated");
	assert_non_null(strstr(v.detail, "holds no challenge"));
}

/* The challenge proves that the file was made after it was issued; a clock that is off is noted, no more. */
static void
a_clock_that_is_off_is_noted(void **state)
{
	(void)state;
	static const struct {
		const char *set, *note;
	} rows[] = {
		{ "collected=\"2026-03-02T08:15:00Z\"", NULL },
		{ "collected=\"2026-03-02T06:01:00Z\"", NULL },
		{ "collected=\"2026-03-02T05:00:00Z\"", "clock is 2 h behind" },
		{ "collected=\"2009-01-01T00:00:00Z\"", "behind" },
		{ "collected=\"2026-03-02T10:59:00Z\"", NULL },
		{ "collected=\"2026-03-02T15:00:00Z\"", "clock is 5 h ahead" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_JSON json_t *facts = rule_help_facts(GOOD);
		rule_help_set(facts, rows[i].set);
		struct evidence_verdict v = verdict("UCS-4", rule_help_obs(facts, &rule_help_good));
		assert_string_equal(v.reason, "standard-user");
		assert_int_equal(strstr(v.detail, "clock") != NULL, rows[i].note != NULL);
		assert_true(rows[i].note == NULL || strstr(v.detail, rows[i].note) != NULL);
	}
}

/* ---- the bytes ---- */

static void
stored_bytes_are_verified_again(void **state)
{
	(void)state;
	FP_JSON json_t *facts = rule_help_facts(GOOD);
	struct evidence_obs *o = rule_help_obs(facts, &rule_help_good);
	char *at = memmem(o->events[0].bytes, o->events[0].len, "S-1-5-32-545", 12);
	assert_non_null(at);
	at[11] = '6';
	struct evidence_verdict v = verdict("UCS-4", o);
	assert_string_equal(v.reason, "facts-forged");
	assert_int_equal(v.result, EVIDENCE_UNKNOWN);

	o = rule_help_obs(facts, &rule_help_good);
	at = memmem(o->events[0].bytes, o->events[0].len, "fieldproof-facts-1", 18);
	at[17] = '2';
	assert_string_equal(verdict("UCS-4", o).reason, "facts-newer");

	o = rule_help_obs(facts, &rule_help_good);
	o->events[0].len /= 2;
	assert_string_equal(verdict("UCS-4", o).reason, "facts-unreadable");
	assert_string_equal(verdict("UCS-4", rule_help_obs(NULL, &rule_help_good)).reason, "facts-unreadable");

	/* a newer collector's member, properly signed */
	rule_help_set(facts, "secure_boot=true");
	v = verdict("UCS-4", rule_help_obs(facts, &rule_help_good));
	assert_string_equal(v.reason, "facts-newer");
	assert_non_null(strstr(v.detail, "secure_boot"));
}

/* ---- both modes ---- */

static struct evidence_verdict
both(const char *sets, const char *other_sets, const char *other_part, const char *mode)
{
	FP_JSON json_t *facts = rule_help_facts(GOOD), *other = rule_help_facts(RUO);
	struct rule_help_site s = rule_help_good;
	s.params[0] = RULE_P_OTHER_MODE;
	s.params[1] = mode;
	if (other_part != NULL) {
		s.params[2] = RULE_P_OTHER;
		s.params[3] = other_part;
	}
	rule_help_set(facts, sets);
	struct evidence_obs *o = rule_help_obs(facts, &s);
	if (other_part != NULL) {
		rule_help_set(other, other_sets);
		rule_help_file(o, 2, other);
	}
	return verdict("UCS-5", o);
}

static void
two_modes_are_two_systems(void **state)
{
	(void)state;
#define DX_HOST "host.machine_id=\"8a0d5b7c-63b4-47a4-a0b1-2f6f1f0c9d02\"; host.volume_serial=\"B0C7-4E19\""
	static const struct {
		const char *sets, *other, *part, *mode, *reason;
	} rows[] = {
		{ "", "", "0", "ruo", "two-systems" },
		{ "", "", NULL, "ruo", "one-mode-only" },
		{ "", "", "0", "dx", "one-mode-only" },
		{ "", "", "0", NULL, "facts-missing" },
		{ "", DX_HOST, "0", "ruo", "one-system" },
		{ "", "host.machine_id=\"8A0D5B7C-63B4-47A4-A0B1-2F6F1F0C9D02\"; host.volume_serial=\"b0c7-4e19\"", "0", "ruo",
		    "one-system" },
		{ "", "host.machine_id=\"8a0d5b7c-63b4-47a4-a0b1-2f6f1f0c9d02\"", "0", "ruo",
		    "two-systems" }, /* one image on two volumes */
		{ "", "host.machine_id=null; host.volume_serial=null", "0", "ruo", "facts-missing" },
		{ "", "host.machine_id=null", "0", "ruo", "two-systems" },
		{ "", "host.machine_id=null; host.volume_serial=\"B0C7-4E19\"", "0", "ruo", "facts-missing" },
		{ "", "stated.serial=\"OTHER\"", "0", "ruo", "two-devices" },
		{ "", "stated.serial=null", "0", "ruo", "facts-missing" },
		{ "", "", "3", "ruo", "facts-unplaced" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_verdict v = both(rows[i].sets, rows[i].other, rows[i].part, rows[i].mode);
		if (strcmp(v.reason, rows[i].reason) != 0) {
			fail_msg("row %zu: %s (%s), expected %s", i, v.reason, v.detail, rows[i].reason);
		}
	}
}

static void
one_file_can_hold_both_modes(void **state)
{
	(void)state;
	FP_JSON json_t *facts = rule_help_facts("windows-nextseq550dx-dx-offline-ruo-good");
	struct rule_help_site s = rule_help_good;
	const char *const params[] = { RULE_P_OTHER_MODE, "ruo", RULE_P_OTHER, "1", NULL };
	memcpy(s.params, params, sizeof(params));
	struct evidence_verdict v = verdict("UCS-5", rule_help_obs(facts, &s));
	assert_string_equal(v.reason, "two-systems");
}

static void
a_forged_file_of_the_other_mode_does_not_count(void **state)
{
	(void)state;
	FP_JSON json_t *facts = rule_help_facts(GOOD), *other = rule_help_facts(RUO);
	struct rule_help_site s = rule_help_good;
	const char *const params[] = { RULE_P_OTHER_MODE, "ruo", RULE_P_OTHER, "0", NULL };
	memcpy(s.params, params, sizeof(params));
	struct evidence_obs *o = rule_help_obs(facts, &s);
	rule_help_file(o, 2, other);
	char *at = memmem(o->events[1].bytes, o->events[1].len, "17F2-88AB", 9);
	assert_non_null(at);
	at[0] = '2';
	assert_string_equal(verdict("UCS-5", o).reason, "facts-forged");
}

/* ---- no memory ---- */

static void
without_memory_there_is_no_other_verdict(void **state)
{
	(void)state;
	FP_JSON json_t *facts = rule_help_facts("linux-dragen-good");
	FP_AUTO(rule_freep) struct rule *r = rule_help_load("BMC-3.facts");
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = rule_help_obs(facts, &rule_help_good);
	bool done = false;
	int64_t n = 0;
	for (; !done && n < 20000; n++) {
		struct evidence_verdict v = { .reason = "" };
		(void)fp_mem_fail_after(n);
		rule_judge(&v, r, o);
		done = fp_mem_fail_after(-1) <= n;
		const struct evidence_reason *e = rule_reason_find(r, v.reason);
		assert_non_null(e);
		if (e->result == EVIDENCE_PASS || e->result == EVIDENCE_FAIL) {
			assert_string_equal(v.reason, "suite0-switched-off");
		}
		assert_true(!done || e->result == EVIDENCE_PASS);
	}
	assert_true(done && n > 2);

	const struct fp_asset *a = fp_asset_find("checks/BMC-3.facts.json");
	for (done = false, n = 0; !done && n < 20000; n++) {
		FP_AUTO(rule_freep) struct rule *again = NULL;
		struct fp_err err = { .msg = "" };
		(void)fp_mem_fail_after(n);
		enum fp_status st = rule_parse(&again, a->data, a->len, "x", &err);
		done = fp_mem_fail_after(-1) <= n;
		assert_true((st == FP_OK) == (again != NULL));
		assert_true(st == FP_OK || err.msg[0] != '\0');
		assert_true(!done || st == FP_OK);
	}
	assert_true(done && n > 2);
}

/* ---- the list of troubles ---- */

static void
no_trouble_is_a_verdict(void **state)
{
	(void)state;
	size_t n = 0;
	for (const struct evidence_reason *e = rule_troubles(); e->code != NULL; e++, n++) {
		assert_true(e->result == EVIDENCE_UNKNOWN || e->result == EVIDENCE_NOTCHECKED);
		assert_true(strlen(e->code) < 48 && e->text[0] != '\0' && e->settle[0] != '\0');
		assert_ptr_equal(rule_reason_find(NULL, e->code), e);
	}
	assert_true(n >= 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_site_knew_decides_first),
		cmocka_unit_test(no_challenge_in_the_file_is_said),
		cmocka_unit_test(a_clock_that_is_off_is_noted),
		cmocka_unit_test(stored_bytes_are_verified_again),
		cmocka_unit_test(two_modes_are_two_systems),
		cmocka_unit_test(one_file_can_hold_both_modes),
		cmocka_unit_test(a_forged_file_of_the_other_mode_does_not_count),
		cmocka_unit_test(without_memory_there_is_no_other_verdict),
		cmocka_unit_test(no_trouble_is_a_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
