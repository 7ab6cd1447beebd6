/* SMB-1 to SMB-4, judged from recordings of real servers, whole, cut and spoiled. */
#include "check_help.h"

#include "check/smb_proto.h"

static const char *const checks[] = { "SMB-1", "SMB-2", "SMB-3", "SMB-4" };

/* What Samba 4.17 was set to, and what may follow from it. */
static const struct {
	const char *name;
	const char *result[4], *reason[4];
} postures[] = {
	{ "smb-nt1only", { "fail", "fail", "fail", "fail" }, { "smb1-accepted", "signing-not-required", "no-smb3", "no-smb3" } },
	{ "smb-nosign", { "pass", "fail", "fail", "fail" },
	    { "smb1-declined", "signing-not-required", "encryption-not-offered", "encryption-not-offered" } },
	{ "smb-signopt", { "pass", "fail", "pass", "unknown" },
	    { "smb1-declined", "signing-not-required", "encryption-offered", "older-dialect-accepted" } },
	{ "smb-signreq", { "pass", "pass", "pass", "unknown" },
	    { "smb1-declined", "signing-required", "encryption-offered", "older-dialect-accepted" } },
	{ "smb-encdes", { "pass", "fail", "pass", "unknown" },
	    { "smb1-declined", "signing-not-required", "encryption-offered", "older-dialect-accepted" } },
	{ "smb-encreq", { "pass", "fail", "pass", "unknown" },
	    { "smb1-declined", "signing-not-required", "encryption-offered", "required-not-provable" } },
	{ "smb-mixed", { "fail", "fail", "pass", "unknown" },
	    { "smb1-accepted", "signing-not-required", "encryption-offered", "older-dialect-accepted" } },
	{ "smb-smb2only", { "pass", "pass", "fail", "fail" }, { "smb1-declined", "signing-required", "no-smb3", "no-smb3" } },
	{ "smb-secure", { "pass", "pass", "pass", "unknown" },
	    { "smb1-declined", "signing-required", "encryption-offered", "required-not-provable" } },
};

static void
postures_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(postures); i++) {
		struct evidence_obs *o = recorded(postures[i].name);
		for (size_t c = 0; c < 4; c++) {
			expect(o, checks[c], postures[i].result[c], postures[i].reason[c]);
			struct evidence_verdict v = verdict(o, checks[c]);
			assert_int_equal(v.level, EVIDENCE_L2);
			assert_string_equal(v.obs, o->id);
		}
		assert_int_equal(check_smb_steps.next(o), 0); /* nothing was left to ask */
		evidence_obs_free(o);
	}
}

/* REQ law-2: an answer that breaks off anywhere, in any way, never makes a pass of what depends on it. */
static void
cut_answers_never_pass(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT, EVIDENCE_LIMIT,
		EVIDENCE_NOTE };
	struct evidence_obs *o = recorded("smb-secure");
	for (size_t nth = 0; nth < 6; nth++) {
		const struct evidence_event *e = received(o, nth);
		for (size_t k = 0; k < e->len; k++) {
			for (size_t x = 0; x < FP_COUNT(ends); x++) {
				struct evidence_obs *s = spoiled(o, nth, e->bytes, k, ends[x]);
				assert_true(e->step != 1 || !passes(s, "SMB-1"));
				assert_false(passes(s, "SMB-2")); /* depends on every one of the first six answers */
				assert_false(passes(s, "SMB-4"));
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

/* The same with every answer cut at once: then encryption must not pass either. */
static void
all_answers_cut_never_pass(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-secure");
	for (size_t k = 0; k < 320; k++) {
		struct evidence_obs *s = blank("smb", o->target);
		for (size_t i = 0; i < o->n_events; i++) {
			const struct evidence_event *e = &o->events[i];
			size_t len = e->kind == EVIDENCE_RECEIVED && e->len > k ? k : e->len;
			bool whole = len == e->len;
			if (e->kind != EVIDENCE_RECEIVED || (whole && e->len < 200) || len > 0) {
				event(s, e->kind, e->step, e->code, e->bytes, len);
			}
			if (!whole) {
				event(s, EVIDENCE_CLOSED, e->step, 0, NULL, 0);
			}
		}
		bool left = false;
		for (size_t n = 0; received(o, n) != NULL; n++) {
			left |= received(o, n)->step >= 4 && received(o, n)->len <= k && received(o, n)->len > 150;
		}
		assert_true(left || !passes(s, "SMB-3"));
		assert_false(k < 77 && passes(s, "SMB-1") && received(o, 0)->len > k);
		evidence_obs_free(s);
	}
	evidence_obs_free(o);
}

/* Bytes of an accepting or declining SMB2 answer that carry its meaning; bits that may differ are masked out. */
static bool
carries_meaning(size_t at, uint8_t change)
{
	if (at == 20) {
		return (change & 0x03) != 0; /* answer, not asynchronous */
	}
	if (at == 70) {
		return (change & 0xFE) != 0; /* signing enabled may go when required stays */
	}
	return at < 10 || (at >= 12 && at < 18) || (at >= 24 && at < 36) || (at >= 44 && at < 52) || at == 68 || at == 69 ||
	       (at >= 70 && at < 74);
}

static void
changed_bytes_never_pass(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-secure");
	for (size_t nth = 1; nth < 6; nth++) {
		const struct evidence_event *e = received(o, nth);
		uint8_t copy[1024];
		assert_true(e->len < sizeof(copy));
		for (size_t at = 0; at < e->len; at++) {
			for (unsigned change = 1; change < 256; change++) {
				memcpy(copy, e->bytes, e->len);
				copy[at] = (uint8_t)(copy[at] ^ change);
				bool declined = e->len < 100;
				bool meaning = carries_meaning(at, (uint8_t)change) && !(declined && at >= 70);
				if (!meaning) {
					continue;
				}
				struct evidence_obs *s = spoiled(o, nth, copy, e->len, EVIDENCE_NOTE);
				if (passes(s, "SMB-2")) {
					fail_msg("answer %zu byte %zu ^ %02x: %s", nth, at, change, verdict(s, "SMB-2").detail);
				}
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

/* From a weak server no single changed byte makes what only a strong one may get. */
static void
weak_servers_do_not_pass_by_damage(void **state)
{
	(void)state;
	static const struct {
		const char *name, *check;
	} rows[] = { { "smb-signopt", "SMB-2" }, { "smb-mixed", "SMB-1" }, { "smb-mixed", "SMB-2" }, { "smb-nosign", "SMB-2" },
		{ "smb-nosign", "SMB-3" }, { "smb-nt1only", "SMB-1" }, { "smb-nt1only", "SMB-2" }, { "smb-smb2only", "SMB-3" } };
	for (size_t r = 0; r < FP_COUNT(rows); r++) {
		struct evidence_obs *o = recorded(rows[r].name);
		const struct evidence_event *e;
		for (size_t nth = 0; (e = received(o, nth)) != NULL; nth++) {
			for (size_t at = 0; at < e->len; at++) {
				for (unsigned bit = 0; bit < 8; bit++) {
					uint8_t copy[1024];
					memcpy(copy, e->bytes, e->len);
					copy[at] = (uint8_t)(copy[at] ^ 1u << bit);
					struct evidence_obs *s = spoiled(o, nth, copy, e->len, EVIDENCE_NOTE);
					/* the encryption bit itself is the server's word */
					bool word = strcmp(rows[r].check, "SMB-3") == 0 && at == 92 && bit == 6;
					assert_true(word || !passes(s, rows[r].check));
					evidence_obs_free(s);
				}
			}
		}
		evidence_obs_free(o);
	}
}

/* ---- made-up servers ---- */

/* SMB2 answers of a strong server to questions 2-6, declined where declined says so. */
static void
smb2_answers(struct evidence_obs *o, const char *from)
{
	struct evidence_obs *r = recorded(from);
	for (size_t i = 0; i < r->n_events; i++) {
		const struct evidence_event *e = &r->events[i];
		if (e->step >= 2 && e->step <= 10) {
			event(o, e->kind, e->step, e->code, e->bytes, e->len);
		}
	}
	evidence_obs_free(r);
}

static void
smb1_closed(struct evidence_obs *o, int step, enum evidence_event_kind how)
{
	event(o, EVIDENCE_CONNECTED, step, 445, NULL, 0);
	event(o, EVIDENCE_SENT, step, 0, "x", 1);
	event(o, how, step, 0, NULL, 0);
}

/* Windows without SMB1 closes the connection; so does a server under load, once. */
static void
closing_counts_only_twice(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("smb", "nas:445");
	smb1_closed(o, 1, EVIDENCE_RESET);
	assert_int_equal(check_smb_steps.next(o), 2);
	smb2_answers(o, "smb-secure");
	expect(o, "SMB-1", "unknown", "closed-early");
	expect(o, "SMB-2", "unknown", "closed-early");
	assert_int_equal(check_smb_steps.next(o), 11);
	smb1_closed(o, 11, EVIDENCE_CLOSED);
	assert_int_equal(check_smb_steps.next(o), 0);
	expect(o, "SMB-1", "pass", "smb1-closed");
	expect(o, "SMB-2", "pass", "signing-required");
	evidence_obs_free(o);

	o = blank("smb", "nas:445"); /* the second time it answers: accepted */
	struct evidence_obs *weak = recorded("smb-mixed");
	smb1_closed(o, 1, EVIDENCE_CLOSED);
	smb2_answers(o, "smb-secure");
	event(o, EVIDENCE_CONNECTED, 11, 445, NULL, 0);
	event(o, EVIDENCE_RECEIVED, 11, 0, received(weak, 0)->bytes, received(weak, 0)->len);
	expect(o, "SMB-1", "fail", "smb1-accepted");
	expect(o, "SMB-2", "fail", "signing-not-required");
	evidence_obs_free(weak);
	evidence_obs_free(o);
}

static void
silence_on_smb1_is_unknown(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("smb", "nas:445");
	smb1_closed(o, 1, EVIDENCE_TIMEOUT);
	assert_int_equal(check_smb_steps.next(o), 2);
	smb2_answers(o, "smb-secure");
	expect(o, "SMB-1", "unknown", "smb1-silent");
	expect(o, "SMB-2", "unknown", "no-reply");
	assert_int_equal(check_smb_steps.next(o), 0);
	evidence_obs_free(o);
}

static void
trouble_has_its_own_reason(void **state)
{
	(void)state;
	static const struct {
		enum evidence_event_kind first, second;
		int code;
		const char *result, *reason;
	} rows[] = {
		{ EVIDENCE_TIMEOUT, EVIDENCE_NOTE, 0, "unknown", "no-answer" },
		{ EVIDENCE_REFUSED, EVIDENCE_NOTE, 0, "unknown", "port-closed" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, EHOSTUNREACH, "unknown", "unreachable" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, ECONNREFUSED, "unknown", "rejected" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, ENXIO, "unknown", "name-unknown" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, EMFILE, "error", "own-failure" },
		{ EVIDENCE_LIMIT, EVIDENCE_NOTE, 0, "unknown", "stopped-by-limit" },
		{ EVIDENCE_CONNECTED, EVIDENCE_LIMIT, 0, "unknown", "stopped-by-limit" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = blank("smb", "nas:445");
		assert_int_equal(check_smb_steps.next(o), 1);
		event(o, rows[i].first, 1, rows[i].code, NULL, 0);
		if (rows[i].second != EVIDENCE_NOTE) {
			event(o, rows[i].second, 1, 0, NULL, 0);
		}
		for (size_t c = 0; c < 4; c++) {
			expect(o, checks[c], rows[i].result, rows[i].reason);
		}
		assert_int_equal(check_smb_steps.next(o), 0); /* no further connection to a host that does not take one */
		evidence_obs_free(o);
	}
	struct evidence_obs *o = blank("smb", "nas:445");
	expect(o, "SMB-1", "unknown", "not-asked");
	assert_int_equal(verdict(o, "SMB-1").level, EVIDENCE_L_NONE);
	evidence_obs_free(o);
}

/* The two encryption traps: a context with cipher 0 is not an absent one, and neither is a yes. */
static void
cipher_zero_and_absent_are_told_apart(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-secure");
	const struct evidence_event *e = NULL;
	size_t nth = 0, at = 0;
	while ((e = received(o, nth)) != NULL && e->step != 6) {
		nth++;
	}
	assert_non_null(e);
	for (size_t i = 132; e != NULL && i + 12 <= e->len; i++) { /* type 2, length 4 */
		if (memcmp(e->bytes + i, "\x02\x00\x04\x00", 4) == 0) {
			at = i;
		}
	}
	assert_true(at > 0);
	struct smb_answer a;
	uint8_t copy[1024];
	if (e == NULL) {
		return;
	}
	memcpy(copy, e->bytes, e->len);
	smb_answer_read(&a, SMB_311, 0, copy, e->len);
	assert_int_equal(a.said, SMB_ACCEPTED);
	assert_true(a.cipher >= 1 && a.cipher <= SMB_CIPHERS);
	copy[at + 10] = 0;
	smb_answer_read(&a, SMB_311, 0, copy, e->len);
	assert_int_equal(a.said, SMB_ACCEPTED);
	assert_int_equal(a.cipher, 0);
	copy[at + 10] = 9; /* a cipher that was not offered */
	smb_answer_read(&a, SMB_311, 0, copy, e->len);
	assert_int_equal(a.said, SMB_GARBAGE);
	copy[at] = 9; /* another context: now none for encryption */
	smb_answer_read(&a, SMB_311, 0, copy, e->len);
	assert_int_equal(a.said, SMB_ACCEPTED);
	assert_int_equal(a.cipher, SMB_CIPHER_ABSENT);
	evidence_obs_free(o);
}

static void
framing(void **state)
{
	(void)state;
	const uint8_t ok[8] = { 0, 0, 0, 4, 1, 2, 3, 4 }, huge[4] = { 0, 0xFF, 0xFF, 0xFF }, other[4] = { 0x82, 0, 0, 0 };
	for (size_t n = 0; n < 8; n++) {
		assert_int_equal(smb_frame(ok, n), CHECK_FRAME_MORE);
	}
	assert_int_equal(smb_frame(ok, 8), CHECK_FRAME_WHOLE);
	assert_int_equal(smb_frame(huge, 4), CHECK_FRAME_BROKEN);
	assert_int_equal(smb_frame(other, 1), CHECK_FRAME_BROKEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postures_are_told_apart),
		cmocka_unit_test(cut_answers_never_pass),
		cmocka_unit_test(all_answers_cut_never_pass),
		cmocka_unit_test(changed_bytes_never_pass),
		cmocka_unit_test(weak_servers_do_not_pass_by_damage),
		cmocka_unit_test(closing_counts_only_twice),
		cmocka_unit_test(silence_on_smb1_is_unknown),
		cmocka_unit_test(trouble_has_its_own_reason),
		cmocka_unit_test(cipher_zero_and_absent_are_told_apart),
		cmocka_unit_test(framing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
