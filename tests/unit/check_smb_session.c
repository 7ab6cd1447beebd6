/* SMB-4's opt-in way, from recordings of Samba and of a double that answers as MS-SMB2 3.3.5.5 says: whole, cut, spoiled and put together anew. */
#include "check_help.h"

#include "check/smb_proto.h"

static const struct {
	const char *name, *result, *reason;
} recordings[] = {
	{ "smb-session-strict", "pass", "unencrypted-refused" },
	{ "smb-session-strict-300", "pass", "unencrypted-refused" },
	{ "smb-session-strict-311", "pass", "unencrypted-refused" },
	{ "smb-session-deny-all", "unknown", "denied-to-all" },
	{ "smb-session-deny-old", "unknown", "challenge-to-all" },
	{ "smb-session-smb1", "unknown", "smb1-beside" },
	{ "smb-session-samba-secure", "unknown", "challenge-to-all" },
	{ "smb-session-samba-nosign", "unknown", "session-without-encryption" },
	{ "smb-session-samba-smb2only", "unknown", "no-control" },
};

static void
recordings_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(recordings); i++) {
		struct evidence_obs *o = recorded(recordings[i].name);
		expect(o, "SMB-4", recordings[i].result, recordings[i].reason);
		assert_int_equal(verdict(o, "SMB-4").level, EVIDENCE_L2);
		assert_int_equal(check_smb_session_steps.next(o), 0);
		assert_true(o->connections <= check_probe_find("smb-session")->budget.connections);
		assert_true(o->packets <= check_probe_find("smb-session")->budget.packets);
		evidence_obs_free(o);
	}
}

/* A beginning of a recording is a conversation that is still open: the probe goes on with the very question that follows, and nothing passes. */
static void
the_probe_goes_on_where_it_stopped(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(recordings); i++) {
		struct evidence_obs *o = recorded(recordings[i].name);
		for (size_t n = 0; n < o->n_events; n++) {
			struct evidence_obs *s = blank(o->probe, o->target);
			int last = n > 0 ? o->events[n - 1].step : 0;
			for (size_t k = 0; k < n; k++) {
				event(s, o->events[k].kind, o->events[k].step, o->events[k].code, o->events[k].bytes,
				    o->events[k].len);
			}
			if (o->events[n].step != last) {
				assert_int_equal(check_smb_session_steps.next(s), o->events[n].step);
			}
			assert_false(passes(s, "SMB-4"));
			evidence_obs_free(s);
		}
		evidence_obs_free(o);
	}
}

static void
cut_answers_never_pass(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT, EVIDENCE_LIMIT,
		EVIDENCE_NOTE };
	struct evidence_obs *o = recorded("smb-session-strict");
	const struct evidence_event *e;
	for (size_t nth = 0; (e = received(o, nth)) != NULL; nth++) {
		for (size_t k = 0; k < e->len; k++) {
			for (size_t x = 0; x < FP_COUNT(ends); x++) {
				struct evidence_obs *s = spoiled(o, nth, e->bytes, k, ends[x]);
				assert_false(passes(s, "SMB-4"));
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

/* No single changed bit makes a pass of what is none. */
static void
damage_makes_no_pass(void **state)
{
	(void)state;
	for (size_t i = 3; i < FP_COUNT(recordings); i++) {
		struct evidence_obs *o = recorded(recordings[i].name);
		const struct evidence_event *e;
		for (size_t nth = 0; (e = received(o, nth)) != NULL; nth++) {
			for (size_t bit = 0; bit < e->len * 8; bit++) {
				uint8_t copy[1024];
				assert_true(e->len <= sizeof(copy));
				memcpy(copy, e->bytes, e->len);
				copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
				struct evidence_obs *s = spoiled(o, nth, copy, e->len, EVIDENCE_NOTE);
				/* the word of an SMB1 server that it takes no dialect after all is its own */
				bool own_word = strcmp(recordings[i].name, "smb-session-smb1") == 0 && e->step >= 21;
				assert_true(own_word || !passes(s, "SMB-4"));
				evidence_obs_free(s);
			}
		}
		evidence_obs_free(o);
	}
}

/* The control is what makes the refusal mean something: swap its answer for a refusal, or take it away. */
static void
no_pass_without_control(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-session-strict");
	const struct evidence_event *denied = received(o, 3);
	assert_int_equal(denied->step, 12);
	struct evidence_obs *s = spoiled(o, 1, denied->bytes, denied->len, EVIDENCE_NOTE);
	expect(s, "SMB-4", "unknown", "denied-to-all");
	evidence_obs_free(s);
	s = blank("smb-session", o->target);
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		if (e->step > 10) {
			event(s, e->kind, e->step, e->code, e->bytes, e->len);
		}
	}
	expect(s, "SMB-4", "unknown", "not-asked");
	evidence_obs_free(s);
	evidence_obs_free(o);
}

/* An answer over another connection than its NEGOTIATE's is none. */
static void
legs_belong_to_one_connection(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-session-strict"), *s = blank("smb-session", "nas:445");
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		int conn = e->step == 12 ? 40 : e->conn;
		assert_int_equal(evidence_obs_add(s, e->kind, conn, e->step, 0, e->code, e->bytes, e->len, e->note, NULL), FP_OK);
	}
	expect(o, "SMB-4", "pass", "unencrypted-refused");
	expect(s, "SMB-4", "unknown", "not-the-protocol");
	evidence_obs_free(s);
	evidence_obs_free(o);
}

/* REQ law-2: who declines every version without encryption has refused no session; that it would is only likely. */
static void
declining_is_no_refusal(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("smb-session-strict-311"), *s = blank("smb-session", o->target);
	const struct evidence_event *declined = NULL;
	for (size_t i = 0; i < o->n_events && o->events[i].step <= 15; i++) {
		const struct evidence_event *e = &o->events[i];
		event(s, e->kind, e->step, e->code, e->bytes, e->len);
		declined = e->kind == EVIDENCE_RECEIVED && e->step == 15 ? e : declined;
	}
	assert_non_null(declined);
	assert_int_equal(check_smb_session_steps.next(s), 17);
	event(s, EVIDENCE_CONNECTED, 17, 445, NULL, 0);
	event(s, EVIDENCE_RECEIVED, 17, 0, declined != NULL ? declined->bytes : NULL, declined != NULL ? declined->len : 0);
	assert_int_equal(check_smb_session_steps.next(s), 0);
	event(s, EVIDENCE_CONNECTED, 21, 445, NULL, 0);
	event(s, EVIDENCE_CLOSED, 21, 0, NULL, 0);
	event(s, EVIDENCE_CONNECTED, 22, 445, NULL, 0);
	event(s, EVIDENCE_CLOSED, 22, 0, NULL, 0);
	expect(s, "SMB-4", "unknown", "no-control");
	evidence_obs_free(s);
	evidence_obs_free(o);
}

/* Closing on SMB1 counts twice only; silence never. */
static void
smb1_must_be_declined(void **state)
{
	(void)state;
	static const struct {
		enum evidence_event_kind first, second;
		const char *result, *reason;
		int next;
	} rows[] = {
		{ EVIDENCE_CLOSED, EVIDENCE_CLOSED, "pass", "unencrypted-refused", 0 },
		{ EVIDENCE_RESET, EVIDENCE_CLOSED, "pass", "unencrypted-refused", 0 },
		{ EVIDENCE_TIMEOUT, EVIDENCE_NOTE, "unknown", "smb1-unclear", 0 },
		{ EVIDENCE_CLOSED, EVIDENCE_TIMEOUT, "unknown", "smb1-unclear", 0 },
		{ EVIDENCE_CLOSED, EVIDENCE_NOTE, "unknown", "not-asked", 22 },
		{ EVIDENCE_LIMIT, EVIDENCE_NOTE, "unknown", "smb1-unclear", 0 },
	};
	struct evidence_obs *o = recorded("smb-session-strict");
	for (size_t r = 0; r < FP_COUNT(rows); r++) {
		struct evidence_obs *s = blank("smb-session", "nas:445");
		for (size_t i = 0; i < o->n_events; i++) {
			const struct evidence_event *e = &o->events[i];
			if (e->step < 21) {
				event(s, e->kind, e->step, e->code, e->bytes, e->len);
			}
		}
		assert_int_equal(check_smb_session_steps.next(s), 21);
		event(s, EVIDENCE_CONNECTED, 21, 445, NULL, 0);
		event(s, rows[r].first, 21, 0, NULL, 0);
		if (rows[r].second != EVIDENCE_NOTE) {
			event(s, EVIDENCE_CONNECTED, 22, 445, NULL, 0);
			event(s, rows[r].second, 22, 0, NULL, 0);
		}
		expect(s, "SMB-4", rows[r].result, rows[r].reason);
		assert_int_equal(check_smb_session_steps.next(s), rows[r].next);
		evidence_obs_free(s);
	}
	evidence_obs_free(o);
}

/* REQ law-4: nobody is named, nothing is proved, and no other message than these two kinds is ever made. */
static void
the_log_on_is_nobodys(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	smb_session_request(&b);
	const uint8_t *p = (const uint8_t *)b.data;
	assert_int_equal(b.len, 158);
	assert_int_equal(p[4 + 12], 1);                                     /* SESSION_SETUP */
	assert_memory_equal(p + 4 + 64 + 24 + 34, "NTLMSSP\0\1\0\0\0", 12); /* the first of three messages */
	for (size_t i = 4 + 64 + 24 + 34 + 16; i < b.len; i++) {
		assert_int_equal(p[i], 0); /* domain and workstation: length, room and place all zero; nothing follows */
	}
	struct evidence_obs *o = blank("smb-session", "nas:445");
	struct check_step s;
	for (const struct check_ask *a = check_smb_session_steps.asks; a->number != 0; a++) {
		assert_int_equal(check_smb_session_steps.make(&s, a->number, o, NULL), FP_OK);
		bool negotiate = memcmp(s.bytes + 4, "\xffSMB\x72", 5) == 0 || (s.bytes[4] == 0xfe && s.bytes[4 + 12] == 0);
		assert_true(negotiate || (s.len == b.len && memcmp(s.bytes, p, b.len) == 0));
		assert_int_equal(s.same, !negotiate); /* never over a connection of its own */
		assert_int_equal(s.again, !negotiate);
	}
	assert_int_equal(check_smb_session_steps.make(&s, 99, o, NULL), FP_EINVAL);
	evidence_obs_free(o);
}

/* Without encryption no bit and no context may say otherwise. */
static void
requests_that_cannot_encrypt(void **state)
{
	(void)state;
	static const struct {
		int question, dialect, can, contexts;
	} rows[] = { { 1, 0x311, 0x40, 2 }, { 3, 0x302, 0x40, 0 }, { 5, 0x300, 0x40, 0 }, { 11, 0x210, 0, 0 },
		{ 13, 0x302, 0, 0 }, { 15, 0x300, 0, 0 }, { 17, 0x311, 0, 1 } };
	struct evidence_obs *o = blank("smb-session", "nas:445");
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_step s;
		assert_int_equal(check_smb_session_steps.make(&s, rows[i].question, o, NULL), FP_OK);
		assert_int_equal(s.bytes[104] | s.bytes[105] << 8, rows[i].dialect);
		assert_int_equal(s.bytes[76], rows[i].can);
		assert_int_equal(rows[i].dialect == 0x311 ? s.bytes[100] : 0, rows[i].contexts);
		assert_int_equal(smb_frame(s.bytes, s.len), CHECK_FRAME_WHOLE);
		assert_int_equal(smb_frame(s.bytes, s.len - 1), CHECK_FRAME_MORE);
	}
	evidence_obs_free(o);
}

static void
asked_only_on_a_yes(void **state)
{
	(void)state;
	static const struct {
		const char *value, *why;
	} rows[] = { { NULL, "parameter-missing" }, { "", "parameter-missing" }, { "no", "parameter-missing" },
		{ "1", "parameter-malformed" }, { "YES!", "parameter-malformed" }, { "yes", NULL } };
	const struct check *way = check_set_way_of(NULL, "SMB-4", "smb-session");
	const struct device d = { .storage = (char *)(uintptr_t) "10.0.0.9" };
	assert_non_null(way);
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_param item = { (char *)(uintptr_t) "smb-session", (char *)(uintptr_t)rows[i].value };
		const struct check_params params = { &item, rows[i].value != NULL ? 1 : 0 };
		struct check_plan *p = NULL;
		const char *why = "unset";
		int job = -2;
		assert_int_equal(check_plan_new(&p, NULL), FP_OK);
		assert_int_equal(check_plan_add(p, way, &d, "", &params, &job, &why, NULL), FP_OK);
		if (rows[i].why == NULL) {
			assert_null(why);
			assert_string_equal(check_plan_job(p, 0)->target, "10.0.0.9:445");
			assert_string_equal(check_plan_job(p, 0)->probe->id, "smb-session");
		} else {
			assert_string_equal(why, rows[i].why);
			assert_int_equal(check_plan_jobs(p), 0);
		}
		check_plan_freep(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recordings_are_told_apart),
		cmocka_unit_test(the_probe_goes_on_where_it_stopped),
		cmocka_unit_test(cut_answers_never_pass),
		cmocka_unit_test(damage_makes_no_pass),
		cmocka_unit_test(no_pass_without_control),
		cmocka_unit_test(legs_belong_to_one_connection),
		cmocka_unit_test(declining_is_no_refusal),
		cmocka_unit_test(smb1_must_be_declined),
		cmocka_unit_test(the_log_on_is_nobodys),
		cmocka_unit_test(requests_that_cannot_encrypt),
		cmocka_unit_test(asked_only_on_a_yes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
