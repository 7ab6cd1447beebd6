/* TLS-1: answers of real servers (recorded), the same spoiled, and what servers do that want no old version. */
#include "check_help.h"

#include "check/tls_proto.h"

static const char alert_version[] = "\x15\3\1\0\2\2\x46", alert_handshake[] = "\x15\3\1\0\2\2\x28";

/* A copy in which the events of one question are these instead: bytes (NULL: none), then end (EVIDENCE_NOTE: nothing). */
static struct evidence_obs *
other(const struct evidence_obs *o, int step, const void *bytes, size_t len, enum evidence_event_kind end)
{
	struct evidence_obs *s = blank(o->probe, o->target);
	bool put = false;
	s->started = o->started;
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		if (e->step != step || e->kind == EVIDENCE_CONNECTED || e->kind == EVIDENCE_SENT) {
			event(s, e->kind, e->step, e->code, e->bytes, e->len);
		}
		if (e->step == step && e->kind == EVIDENCE_SENT && !put) {
			put = true;
			if (len > 0) {
				event(s, EVIDENCE_RECEIVED, step, 0, bytes, len);
			}
			if (end != EVIDENCE_NOTE) {
				event(s, end, step, 0, NULL, 0);
			}
		}
	}
	return s;
}

static void
ask_again(struct evidence_obs *o, int step, enum evidence_event_kind end)
{
	struct check_step s;
	assert_int_equal(check_tls_steps.next(o), step);
	assert_int_equal(check_tls_steps.make(&s, step, o, NULL), FP_OK);
	event(o, EVIDENCE_CONNECTED, step, 443, NULL, 0);
	event(o, EVIDENCE_SENT, step, 0, s.bytes, s.len);
	event(o, end, step, 0, NULL, 0);
}

static const struct evidence_event *
answer_of(const struct evidence_obs *o, int step)
{
	const struct evidence_event *e = check_event(o, step, EVIDENCE_RECEIVED);
	assert_non_null(e);
	return e;
}

static void
recorded_servers(void **state)
{
	(void)state;
	static const struct {
		const char *name, *result, *reason, *detail;
	} rows[] = {
		{ "tls-good", "pass", "old-refused", "accepted: TLS 1.2, TLS 1.3; certificate 20" },
		{ "tls-only12", "pass", "old-refused", "accepted: TLS 1.2; certificate 20" },
		{ "tls-only13-aes128", "pass", "old-refused", "accepted: TLS 1.3; certificate 20" },
		{ "tls-only13-aes256", "pass", "old-refused", "accepted: TLS 1.3; certificate 20" },
		{ "tls-only13-chacha", "pass", "old-refused", "accepted: TLS 1.3; certificate 20" },
		{ "tls-only13-p256", "unknown", "certificate-not-seen", "accepted: TLS 1.3; certificate not seen" },
		{ "tls-old", "fail", "old-accepted", "accepted: TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3; certificate 20" },
		{ "tls-expired", "fail", "certificate-expired", "accepted: TLS 1.2, TLS 1.3; certificate 20" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = recorded(rows[i].name);
		expect(o, "TLS-1", rows[i].result, rows[i].reason);
		struct evidence_verdict v = verdict(o, "TLS-1");
		assert_memory_equal(v.detail, rows[i].detail, strlen(rows[i].detail));
		assert_int_equal(check_tls_steps.next(o), 0);
		evidence_obs_free(o);
	}
}

/* What the program sends today is what it sent when these were recorded: stored answers stay readable. */
static void
requests_do_not_change(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("tls-good");
	for (int q = 1; q <= 4; q++) {
		struct check_step s;
		const struct evidence_event *sent = check_event(o, q, EVIDENCE_SENT);
		assert_int_equal(check_tls_steps.make(&s, q, o, NULL), FP_OK);
		assert_int_equal(s.len, sent->len);
		assert_memory_equal(s.bytes, sent->bytes, s.len);
	}
	evidence_obs_free(o);
	/* a name is told to the server, an address is not */
	struct check_step s;
	o = blank("tls", "nas.example:443");
	assert_int_equal(check_tls_steps.make(&s, 3, o, NULL), FP_OK);
	bool told = false;
	for (size_t i = 0; i + 11 <= s.len; i++) {
		told = told || memcmp(s.bytes + i, "nas.example", 11) == 0;
	}
	assert_true(told);
	evidence_obs_free(o);
}

static void
dates_count_from_the_observation(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("tls-good");
	fp_time then = o->started;
	o->started = then + (fp_time)31 * 86400 * 1000;
	expect(o, "TLS-1", "fail", "certificate-expired");
	o->started = then - (fp_time)2 * 86400 * 1000;
	expect(o, "TLS-1", "fail", "certificate-not-yet-valid");
	evidence_obs_free(o);
}

static void
how_old_versions_are_refused(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("tls-good"), *s;
	static const struct {
		const char *bytes;
		size_t len;
		enum evidence_event_kind end;
		const char *result, *reason;
	} rows[] = {
		{ alert_version, 7, EVIDENCE_NOTE, "pass", "old-refused" },
		{ alert_handshake, 7, EVIDENCE_NOTE, "pass", "old-refused" },
		{ "\x15\3\1\0\2\2\x47", 7, EVIDENCE_NOTE, "pass", "old-refused" },
		{ "\x15\3\1\0\2\1\x70\x15\3\1\0\2\2\x46", 14, EVIDENCE_NOTE, "pass", "old-refused" }, /* a warning before it */
		{ "\x15\3\1\0\2\2\x50", 7, EVIDENCE_NOTE, "unknown", "odd-alert" },                   /* internal_error */
		{ "\x15\3\1\0\2\1\0", 7, EVIDENCE_NOTE, "unknown", "odd-alert" },                     /* close_notify */
		{ "\x15\3\1\0\2\2\x70", 7, EVIDENCE_NOTE, "unknown", "odd-alert" },                   /* unrecognized_name */
		{ "\x15\3\1\0\2\3\x46", 7, EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ "\x15\3\1\0\2\2", 6, EVIDENCE_CLOSED, "unknown", "cut-off" },
		{ NULL, 0, EVIDENCE_TIMEOUT, "unknown", "no-reply" },
		{ NULL, 0, EVIDENCE_CLOSED, "unknown", "not-asked" }, /* once is not enough */
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", 28, EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ "\x80\x03\x00\x00\x01", 5, EVIDENCE_NOTE, "unknown", "not-the-protocol" }, /* SSL 2 */
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		for (int q = 1; q <= 2; q++) {
			s = other(o, q, rows[i].bytes, rows[i].len, rows[i].end);
			expect(s, "TLS-1", rows[i].result, rows[i].reason);
			evidence_obs_free(s);
		}
	}
	s = other(o, 1, NULL, 0, EVIDENCE_RESET);
	ask_again(s, 5, EVIDENCE_CLOSED);
	expect(s, "TLS-1", "pass", "old-closed");
	assert_int_equal(check_tls_steps.next(s), 0);
	evidence_obs_free(s);
	s = other(o, 2, NULL, 0, EVIDENCE_CLOSED);
	ask_again(s, 6, EVIDENCE_TIMEOUT);
	expect(s, "TLS-1", "unknown", "no-reply");
	evidence_obs_free(s);
	evidence_obs_free(o);
}

/* Without a newer version that works, no refusal counts. */
static void
refusals_need_a_positive_control(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("tls-only12"), *s = other(o, 3, alert_handshake, 7, EVIDENCE_NOTE);
	expect(s, "TLS-1", "unknown", "none-accepted");
	evidence_obs_free(s);
	s = other(o, 3, NULL, 0, EVIDENCE_CLOSED);
	expect(s, "TLS-1", "unknown", "closed-early");
	evidence_obs_free(s);
	/* chosen, and then given up */
	const struct evidence_event *e = answer_of(o, 3);
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	size_t first = 5 + ((size_t)e->bytes[3] << 8 | e->bytes[4]);
	fp_buf_add(&b, e->bytes, first);
	fp_buf_add(&b, "\x15\3\3\0\2\2\x28", 7);
	s = other(o, 3, b.data, b.len, EVIDENCE_NOTE);
	assert_false(passes(s, "TLS-1"));
	evidence_obs_free(s);
	evidence_obs_free(o);
}

/* An old version in answer to a newer hello is an old version that was accepted, also when the rest is missing. */
static void
an_older_choice_is_a_finding(void **state)
{
	(void)state;
	struct evidence_obs *old = recorded("tls-old"), *good = recorded("tls-only12"), *s;
	const struct evidence_event *e = answer_of(old, 1);
	s = other(good, 2, e->bytes, e->len, EVIDENCE_NOTE);
	expect(s, "TLS-1", "fail", "old-accepted");
	evidence_obs_free(s);
	size_t first = 5 + ((size_t)e->bytes[3] << 8 | e->bytes[4]);
	s = other(good, 1, e->bytes, first, EVIDENCE_CLOSED);
	expect(s, "TLS-1", "fail", "old-accepted");
	evidence_obs_free(s);
	/* a choice above what was offered is none */
	e = answer_of(old, 3);
	s = other(good, 1, e->bytes, e->len, EVIDENCE_NOTE);
	expect(s, "TLS-1", "unknown", "not-the-protocol");
	evidence_obs_free(s);
	evidence_obs_free(old);
	evidence_obs_free(good);
}

/* A ServerHello by hand, to a hello that offers 1.1 at most: what it may choose, and what not. */
static void
choices_that_were_not_offered(void **state)
{
	(void)state;
	static const struct {
		unsigned version, suite, compression;
		enum check_frame f;
	} rows[] = {
		{ TLS_11, 0x002f, 0, CHECK_FRAME_WHOLE },
		{ TLS_10, 0x002f, 0, CHECK_FRAME_WHOLE },
		{ TLS_SSL3, 0x0005, 0, CHECK_FRAME_WHOLE },
		{ TLS_12, 0x002f, 0, CHECK_FRAME_BROKEN },
		{ TLS_13, 0x002f, 0, CHECK_FRAME_BROKEN },
		{ 0x0200, 0x002f, 0, CHECK_FRAME_BROKEN },
		{ TLS_11, 0xc02f, 0, CHECK_FRAME_BROKEN }, /* a suite of 1.2 */
		{ TLS_11, 0x00ff, 0, CHECK_FRAME_BROKEN }, /* no suite at all */
		{ TLS_11, 0x002f, 1, CHECK_FRAME_BROKEN },
	};
	FP_AUTO(fp_buf_free) struct fp_buf request = { 0 };
	tls_request(&request, TLS_11, NULL);
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct tls_answer a;
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		fp_buf_add(&b, "\x16\3\1\0\x2e\2\0\0\x26", 9);
		fp_buf_be16(&b, (uint16_t)rows[i].version);
		fp_buf_add(&b, "0123456789abcdef0123456789abcdef", 33); /* its end is an empty session id */
		fp_buf_be16(&b, (uint16_t)rows[i].suite);
		fp_buf_u8(&b, (uint8_t)rows[i].compression);
		fp_buf_add(&b, "\x0e\0\0\0", 4);
		assert_int_equal(
		    tls_answer_read(&a, (const uint8_t *)request.data, request.len, (const uint8_t *)b.data, b.len), rows[i].f);
		assert_int_equal(a.version, rows[i].f == CHECK_FRAME_WHOLE ? rows[i].version : 0);
		tls_answer_free(&a);
	}
}

/* Each beginning of each answer: never whole, never a pass by itself. */
static void
half_answers_never_pass(void **state)
{
	(void)state;
	static const char *const names[] = { "tls-only12", "tls-only13-aes128", "tls-only13-aes256", "tls-only13-chacha" };
	for (size_t i = 0; i < FP_COUNT(names); i++) {
		struct evidence_obs *o = recorded(names[i]);
		int q = i == 0 ? 3 : 4;
		const struct evidence_event *sent = check_event(o, q, EVIDENCE_SENT), *e = answer_of(o, q);
		size_t whole = 0;
		for (size_t n = 0; n <= e->len; n++) {
			struct tls_answer a;
			enum check_frame f = tls_answer_read(&a, sent->bytes, sent->len, e->bytes, n);
			assert_true(
			    f == (whole != 0 ? CHECK_FRAME_WHOLE : CHECK_FRAME_MORE) || (whole == 0 && f == CHECK_FRAME_WHOLE));
			whole = whole == 0 && f == CHECK_FRAME_WHOLE ? n : whole;
			assert_int_equal(a.certificate.len > 0, f == CHECK_FRAME_WHOLE);
			tls_answer_free(&a);
		}
		assert_true(whole > 600);
		for (size_t n = 1; n < whole; n += 7) {
			struct evidence_obs *s = other(o, q, e->bytes, n, n % 2 == 0 ? EVIDENCE_CLOSED : EVIDENCE_TIMEOUT);
			assert_false(passes(s, "TLS-1"));
			evidence_obs_free(s);
		}
		evidence_obs_free(o);
	}
}

/* One byte spoiled: the encrypted part of 1.3 is then not genuine; in 1.2 nothing crashes, and no version appears that was not there. */
static void
spoiled_answers(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("tls-only13-aes128");
	const struct evidence_event *sent = check_event(o, 4, EVIDENCE_SENT), *e = answer_of(o, 4);
	size_t hello = 5 + ((size_t)e->bytes[3] << 8 | e->bytes[4]);
	for (size_t at = 0; at < e->len; at += at < hello + 20 ? 1 : 13) {
		struct tls_answer a;
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		fp_buf_add(&b, e->bytes, e->len);
		b.data[at] ^= 1;
		enum check_frame f = tls_answer_read(&a, sent->bytes, sent->len, (const uint8_t *)b.data, b.len);
		if (at < hello && f == CHECK_FRAME_WHOLE) {
			assert_true(at < 5); /* the record's own version protects nothing */
		}
		tls_answer_free(&a);
	}
	evidence_obs_free(o);
	o = recorded("tls-only12");
	sent = check_event(o, 3, EVIDENCE_SENT);
	e = answer_of(o, 3);
	for (size_t at = 0; at < e->len; at++) {
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			struct tls_answer a;
			FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
			fp_buf_add(&b, e->bytes, e->len);
			b.data[at] ^= (char)bit;
			(void)tls_answer_read(&a, sent->bytes, sent->len, (const uint8_t *)b.data, b.len);
			assert_true(a.version == 0 || a.version == TLS_12 || at == 9 || at == 10);
			tls_answer_free(&a);
		}
	}
	evidence_obs_free(o);
}

static void
nobody_there(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("tls", "10.0.0.1:443");
	expect(o, "TLS-1", "unknown", "not-asked");
	event(o, EVIDENCE_REFUSED, 1, 0, NULL, 0);
	expect(o, "TLS-1", "unknown", "port-closed");
	assert_int_equal(check_tls_steps.next(o), 0);
	evidence_obs_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_servers),
		cmocka_unit_test(requests_do_not_change),
		cmocka_unit_test(dates_count_from_the_observation),
		cmocka_unit_test(how_old_versions_are_refused),
		cmocka_unit_test(refusals_need_a_positive_control),
		cmocka_unit_test(an_older_choice_is_a_finding),
		cmocka_unit_test(choices_that_were_not_offered),
		cmocka_unit_test(half_answers_never_pass),
		cmocka_unit_test(spoiled_answers),
		cmocka_unit_test(nobody_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
