/* CLR-1: what each service says, whole, cut and hostile, and what follows from all of them together. */
#include "check_help.h"

#include "check/clear.h"

enum { FTP = 1, AUTH, TELNET, HTTP, EXEC, LOGIN, SHELL, RSYNC, VNC, TYPES, TFTP, QUESTIONS = TFTP };

/* A host that refuses every port; then single questions are answered otherwise. */
static struct evidence_obs *
host_except(int q, enum evidence_event_kind first, const void *bytes, size_t len, enum evidence_event_kind end)
{
	static const int openers[] = { FTP, TELNET, HTTP, EXEC, LOGIN, SHELL, RSYNC, VNC, TFTP };
	struct evidence_obs *o = blank("clear", "10.0.0.1:21");
	for (size_t i = 0; i < FP_COUNT(openers); i++) {
		if (openers[i] != q) {
			event(o, EVIDENCE_REFUSED, openers[i], 0, NULL, 0);
			continue;
		}
		if (first != EVIDENCE_NOTE) {
			event(o, first, q, 0, NULL, 0);
		}
		if (len > 0) {
			event(o, EVIDENCE_RECEIVED, q, 0, bytes, len);
		}
		if (end != EVIDENCE_NOTE) {
			event(o, end, q, 0, NULL, 0);
		}
	}
	return o;
}

static void
second(struct evidence_obs *o, int q, const void *sent, size_t sent_len, const void *bytes, size_t len)
{
	event(o, EVIDENCE_SENT, q, 0, sent, sent_len);
	if (len > 0) {
		event(o, EVIDENCE_RECEIVED, q, 0, bytes, len);
	} else {
		event(o, EVIDENCE_TIMEOUT, q, 0, NULL, 0);
	}
}

static void
done(struct evidence_obs *o, const char *result, const char *reason)
{
	expect(o, "CLR-1", result, reason);
	assert_int_equal(check_clear_steps.next(o), 0);
	evidence_obs_free(o);
}

static void
a_closed_host_passes(void **state)
{
	(void)state;
	struct evidence_obs *o = host_except(0, EVIDENCE_NOTE, NULL, 0, EVIDENCE_NOTE);
	assert_int_equal(verdict(o, "CLR-1").level, EVIDENCE_L1); /* nobody spoke */
	done(o, "pass", "nothing-clear");
	done(host_except(TFTP, EVIDENCE_SENT, NULL, 0, EVIDENCE_TIMEOUT), "pass", "nothing-clear");
}

/* REQ law-2 */
static void
silence_is_no_proof(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("clear", "10.0.0.1:21");
	expect(o, "CLR-1", "unknown", "not-asked");
	static const int openers[] = { FTP, TELNET, HTTP, EXEC, LOGIN, SHELL, RSYNC, VNC, TFTP };
	for (size_t i = 0; i < FP_COUNT(openers); i++) {
		assert_int_equal(check_clear_steps.next(o), openers[i]);
		event(o, EVIDENCE_TIMEOUT, openers[i], 0, NULL, 0);
	}
	done(o, "unknown", "no-answer");
	for (size_t i = 0; i + 1 < FP_COUNT(openers); i++) {
		done(host_except(openers[i], EVIDENCE_NOTE, NULL, 0, EVIDENCE_TIMEOUT), "unknown", "filtered");
	}
	o = blank("clear", "10.0.0.1:21");
	event(o, EVIDENCE_FAILED, FTP, ENXIO, NULL, 0);
	done(o, "unknown", "name-unknown"); /* a name that does not resolve is not asked for the other ports */
	o = host_except(0, EVIDENCE_NOTE, NULL, 0, EVIDENCE_NOTE);
	o->events[0].kind = EVIDENCE_FAILED;
	o->events[0].code = EHOSTUNREACH;
	done(o, "unknown", "filtered");
	o = host_except(0, EVIDENCE_NOTE, NULL, 0, EVIDENCE_NOTE);
	o->events[1].kind = EVIDENCE_FAILED;
	o->events[1].code = ECONNREFUSED; /* ICMP: a filter's word */
	done(o, "unknown", "filtered");
}

static void
ftp_by_what_it_says(void **state)
{
	(void)state;
	static const struct {
		const char *greeting, *answer, *result, *reason;
	} rows[] = {
		{ "220 ready\r\n", "530 Please login with USER and PASS.\r\n", "fail", "clear-text-offered" },
		{ "220 ready\r\n", "500 AUTH not understood\r\n", "fail", "clear-text-offered" },
		{ "220-Welcome\r\n220-to all\r\n 220 x\r\n220 ready\r\n", "502 no\r\n", "fail", "clear-text-offered" },
		{ "220 ready\r\n", "534 not now\r\n", "fail", "clear-text-offered" },
		{ "220 ready\r\n", "234 Proceed\r\n", "unknown", "ftp-tls-offered" },
		{ "220 ready\r\n", "220 ready\r\n234 Proceed\r\n", "unknown", "ftp-tls-offered" }, /* over a new connection */
		{ "220 ready\r\n", "431 try later\r\n", "unknown", "open-unclear" },
		{ "220 ready\r\n", "421 closing\r\n", "unknown", "open-unclear" },
		{ "220 ready\r\n", "hello\r\n", "unknown", "open-unclear" },
		{ "220 ready\r\n", "", "unknown", "open-unclear" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o =
		    host_except(FTP, EVIDENCE_CONNECTED, rows[i].greeting, strlen(rows[i].greeting), EVIDENCE_NOTE);
		assert_int_equal(check_clear_steps.next(o), AUTH);
		second(o, AUTH, "AUTH TLS\r\n", 10, rows[i].answer, strlen(rows[i].answer));
		done(o, rows[i].result, rows[i].reason);
	}
	done(host_except(FTP, EVIDENCE_CONNECTED, "421 too many\r\n", 14, EVIDENCE_NOTE), "unknown", "open-unclear");
	done(host_except(FTP, EVIDENCE_CONNECTED, "SSH-2.0-x\r\n", 11, EVIDENCE_NOTE), "pass", "nothing-clear");
	done(host_except(FTP, EVIDENCE_CONNECTED, "220 rea", 7, EVIDENCE_CLOSED), "unknown", "open-unclear");
	done(host_except(FTP, EVIDENCE_CONNECTED, NULL, 0, EVIDENCE_TIMEOUT), "unknown", "open-unclear");
	done(host_except(FTP, EVIDENCE_CONNECTED, "220-no end\r\n", 12, EVIDENCE_TIMEOUT), "unknown", "open-unclear");
}

static void
other_services(void **state)
{
	(void)state;
	static const struct {
		int q;
		const char *bytes;
		size_t len;
		enum evidence_event_kind end;
		const char *result, *reason;
	} rows[] = {
		{ TELNET, "\xff\xfd\x18", 3, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ TELNET, "login: ", 7, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ TELNET, "SSH-2.0-x\r\n", 11, EVIDENCE_NOTE, "pass", "nothing-clear" },
		{ TELNET, NULL, 0, EVIDENCE_TIMEOUT, "unknown", "open-unclear" },
		{ TELNET, NULL, 0, EVIDENCE_CLOSED, "unknown", "open-unclear" },
		{ EXEC, NULL, 0, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ LOGIN, NULL, 0, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ SHELL, NULL, 0, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ RSYNC, "@RSYNCD: 31.0\n", 14, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ RSYNC, "hello\n", 6, EVIDENCE_NOTE, "unknown", "open-unclear" },
		{ RSYNC, NULL, 0, EVIDENCE_TIMEOUT, "unknown", "open-unclear" },
		{ HTTP, "HTTP/1.1 200 OK\r\n\r\n", 19, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.0 401 No\r\nA: b\r\n\r\n", 25, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 404\r\n\r\n", 16, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 400 Bad\r\n\r\n", 20, EVIDENCE_NOTE, "unknown", "open-unclear" },
		{ HTTP, "HTTP/1.1 503 Busy\r\n\r\n", 21, EVIDENCE_NOTE, "unknown", "open-unclear" },
		{ HTTP, "HTTP/1.1 301 Moved\r\nlocation:  HTTPS://a/\r\n\r\n", 45, EVIDENCE_NOTE, "pass", "only-redirect" },
		{ HTTP, "HTTP/1.1 302 x\r\nLocation: http://a/\r\n\r\n", 39, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 302 x\r\nLocation: /a\r\n\r\n", 32, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 302 x\r\n\r\n", 18, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 302 x\r\nLocation: https://a/\r\nLocation: http://a/\r\n\r\n", 61, EVIDENCE_NOTE, "fail",
		    "clear-text-offered" },
		{ HTTP, "HTTP/1.1 200 OK\r\nLocation: https://a/\r\n\r\n", 41, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ HTTP, "HTTP/1.1 301 Moved\r\nLocation: https://a/\r\n", 42, EVIDENCE_CLOSED, "unknown", "open-unclear" },
		{ HTTP, "<html>", 6, EVIDENCE_NOTE, "unknown", "open-unclear" },
		{ HTTP, NULL, 0, EVIDENCE_TIMEOUT, "unknown", "open-unclear" },
		{ TFTP, "\0\5\0\1File not found", 19, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ TFTP, "\0\3\0\1data", 8, EVIDENCE_NOTE, "fail", "clear-text-offered" },
		{ TFTP, "\0\4\0\1", 4, EVIDENCE_TIMEOUT, "pass", "nothing-clear" }, /* an ACK answers no read request */
		{ VNC, "RFB 003", 7, EVIDENCE_CLOSED, "unknown", "open-unclear" },
		{ VNC, "220 ready\r\n", 11, EVIDENCE_NOTE, "unknown", "open-unclear" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		enum evidence_event_kind first = rows[i].q == TFTP ? EVIDENCE_SENT : EVIDENCE_CONNECTED;
		struct evidence_obs *o = host_except(rows[i].q, first, rows[i].bytes, rows[i].len, rows[i].end);
		struct evidence_verdict v = verdict(o, "CLR-1");
		if (strcmp(v.reason, rows[i].reason) != 0) {
			fail_msg("row %zu: %s (%s) instead of %s", i, v.reason, v.detail, rows[i].reason);
		}
		done(o, rows[i].result, rows[i].reason);
	}
}

static void
vnc_by_its_types(void **state)
{
	(void)state;
	static const struct {
		const char *version, *ours, *types;
		size_t len;
		const char *result, *reason;
	} rows[] = {
		{ "RFB 003.008\n", "RFB 003.008\n", "\1\2", 2, "fail", "clear-text-offered" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\2\x13\1", 3, "fail", "clear-text-offered" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\1\x10", 2, "fail", "clear-text-offered" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\1\x12", 2, "pass", "nothing-clear" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\2\5\x81", 3, "pass", "nothing-clear" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\1\x13", 2, "unknown", "open-unclear" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\1\x77", 2, "unknown", "open-unclear" }, /* a type that nobody knows */
		{ "RFB 003.008\n", "RFB 003.008\n", "\0\0\0\0\4busy", 9, "unknown", "open-unclear" },
		{ "RFB 003.008\n", "RFB 003.008\n", "\3\x12\x12", 3, "unknown", "open-unclear" }, /* one is missing */
		{ "RFB 003.008\n", "RFB 003.008\n", "", 0, "unknown", "open-unclear" },
		{ "RFB 003.889\n", "RFB 003.008\n", "\1\x1e", 2, "fail", "clear-text-offered" }, /* Apple */
		{ "RFB 004.001\n", "RFB 003.008\n", "\1\5", 2, "pass", "nothing-clear" },
		{ "RFB 003.007\n", "RFB 003.007\n", "\1\1", 2, "fail", "clear-text-offered" },
		{ "RFB 003.003\n", "RFB 003.003\n", "\0\0\0\2", 4, "fail", "clear-text-offered" },
		{ "RFB 003.005\n", "RFB 003.003\n", "\0\0\0\0", 4, "unknown", "open-unclear" },
		/* asked over a new connection: the version comes once more */
		{ "RFB 003.008\n", "RFB 003.008\n", "RFB 003.008\n\1\2", 14, "fail", "clear-text-offered" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_step s;
		struct evidence_obs *o = host_except(VNC, EVIDENCE_CONNECTED, rows[i].version, 12, EVIDENCE_NOTE);
		assert_int_equal(check_clear_steps.next(o), TYPES);
		assert_int_equal(check_clear_steps.make(&s, TYPES, o, NULL), FP_OK);
		assert_int_equal(s.len, 12);
		assert_memory_equal(s.bytes, rows[i].ours, 12);
		second(o, TYPES, s.bytes, s.len, rows[i].types, rows[i].len);
		done(o, rows[i].result, rows[i].reason);
	}
}

/* A finding outranks what is unclear; what is unclear outranks silence. */
static void
what_decides_first(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("clear", "10.0.0.1:21");
	event(o, EVIDENCE_TIMEOUT, FTP, 0, NULL, 0);
	event(o, EVIDENCE_CONNECTED, TELNET, 0, NULL, 0);
	event(o, EVIDENCE_TIMEOUT, TELNET, 0, NULL, 0);
	expect(o, "CLR-1", "unknown", "open-unclear");
	event(o, EVIDENCE_CONNECTED, SHELL, 0, NULL, 0);
	expect(o, "CLR-1", "fail", "clear-text-offered");
	assert_string_equal(verdict(o, "CLR-1").detail, "shell 514 is open");
	evidence_obs_free(o);
}

static void
ports_by_setting(void **state)
{
	(void)state;
	char made[500];
	struct check_step s;
	assert_true(check_clear_ports_make(made, sizeof(made), NULL));
	assert_string_equal(made, "ftp=21,telnet=23,http=80,exec=512,login=513,shell=514,rsync=873,vnc=5900,tftp=69");
	assert_true(check_clear_ports_make(made, sizeof(made), "vnc=5901,ftp=2121"));
	assert_string_equal(made, "ftp=2121,telnet=23,http=80,exec=512,login=513,shell=514,rsync=873,vnc=5901,tftp=69");
	static const char *const bad[] = { "ftp", "ftp=", "ftp=0", "ftp=65536", "smb=1", "ftp=1,", "ftp=1,,vnc=2", "ftp=1,ftp=2",
		"=1", "ftp=1x", ",", "ftp =1" };
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		if (check_clear_ports_make(made, sizeof(made), bad[i])) {
			fail_msg("'%s' was taken", bad[i]);
		}
	}
	struct evidence_obs *o = blank("clear", "10.0.0.1:2121");
	assert_int_equal(evidence_obs_param(o, "clear-ports", "ftp=2121,tftp=6969", NULL), FP_OK);
	assert_int_equal(check_clear_steps.make(&s, FTP, o, NULL), FP_OK);
	assert_int_equal(s.port, 2121);
	assert_int_equal(check_clear_steps.make(&s, AUTH, o, NULL), FP_OK);
	assert_int_equal(s.port, 2121);
	assert_int_equal(check_clear_steps.make(&s, TFTP, o, NULL), FP_OK);
	assert_int_equal(s.port, 6969);
	assert_true(s.wire == CHECK_WIRE_UDP && s.any_port);
	assert_int_equal(check_clear_steps.make(&s, VNC, o, NULL), FP_OK);
	assert_int_equal(s.port, 5900);
	evidence_obs_free(o);
}

/* Nothing that is sent holds a log-on, and answers of any length are bounded. */
static void
requests_are_harmless(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("clear", "[fe80::1%eth0]:21");
	for (int q = FTP; q <= QUESTIONS; q++) {
		struct check_step s;
		assert_int_equal(check_clear_steps.make(&s, q, o, NULL), FP_OK);
		s.bytes[s.len] = '\0';
		assert_null(strstr((const char *)s.bytes, "USER"));
		assert_null(strstr((const char *)s.bytes, "%eth0"));
		assert_true(s.max_reply <= CLEAR_REPLY_MAX);
	}
	evidence_obs_free(o);
	static char many[CLEAR_REPLY_MAX + 1];
	int code = 0;
	size_t used = 0;
	bool away = false;
	memset(many, 'a', sizeof(many));
	memcpy(many, "220-a\n", 6);
	assert_int_equal(clear_ftp_read(&code, &used, (const uint8_t *)many, 1000), CHECK_FRAME_MORE);
	assert_int_equal(clear_ftp_read(&code, &used, (const uint8_t *)many, CLEAR_REPLY_MAX), CHECK_FRAME_BROKEN);
	memcpy(many, "HTTP/1.1 200 OK\n", 16);
	assert_int_equal(clear_http_read(&code, &away, (const uint8_t *)many, CLEAR_REPLY_MAX), CHECK_FRAME_BROKEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_host_passes),
		cmocka_unit_test(silence_is_no_proof),
		cmocka_unit_test(ftp_by_what_it_says),
		cmocka_unit_test(other_services),
		cmocka_unit_test(vnc_by_its_types),
		cmocka_unit_test(what_decides_first),
		cmocka_unit_test(ports_by_setting),
		cmocka_unit_test(requests_are_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
