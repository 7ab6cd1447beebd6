/* The runner against small servers of its own on loopback: limits, order, endings, and what it records. */
#include "check_help.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "check/target.h"

/* ---- servers: one process each, ended by its pid ---- */

struct server {
	pid_t pid;
	int port;
};

static int
bound(int type, const char *address, int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(inet_pton(AF_INET, address, &a.sin_addr), 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static struct server
serve(void (*each)(int fd))
{
	struct server s = { 0, 0 };
	int listener = bound(SOCK_STREAM, "127.0.0.1", &s.port);
	assert_int_equal(listen(listener, 64), 0);
	s.pid = fork();
	if (s.pid == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		(void)alarm(60);
		for (;;) {
			int fd = accept(listener, NULL, NULL);
			if (fd >= 0) {
				each(fd);
				(void)close(fd);
			}
		}
	}
	(void)close(listener);
	return s;
}

static void
stop(struct server s)
{
	(void)kill(s.pid, SIGKILL);
	(void)waitpid(s.pid, NULL, 0);
}

static void
say(int fd, const void *p, size_t len)
{
	(void)!write(fd, p, len);
}

static void
hear(int fd)
{
	char b[2048];
	(void)!read(fd, b, sizeof(b));
}

static void
each_silent(int fd)
{
	char b[64];
	while (read(fd, b, sizeof(b)) > 0) {
	}
}

static void
each_drip(int fd)
{
	hear(fd);
	say(fd, "\0\0\1\0", 4);
	for (int i = 0; i < 256; i++) {
		char c = 0;
		if (write(fd, &c, 1) != 1) {
			return;
		}
		(void)usleep(50000);
	}
}

static void
each_small_pieces(int fd)
{
	int on = 1;
	hear(fd);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	for (int i = 0; i < 100000; i++, (void)usleep(50)) {
		if (write(fd, i < 4 ? &"\0\0\x1f\x00"[i] : "x", 1) != 1) {
			return;
		}
	}
}

static void
each_reset(int fd)
{
	struct linger now = { 1, 0 };
	hear(fd);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void
each_good_smb(int fd)
{
	uint8_t b[1024];
	struct evidence_obs *o = recorded("smb-signreq");
	ssize_t n = read(fd, b, sizeof(b));
	for (size_t i = 0; i < o->n_events && n > 0; i++) {
		if (o->events[i].kind == EVIDENCE_SENT && o->events[i].len == (size_t)n &&
		    memcmp(o->events[i].bytes, b, (size_t)n) == 0) {
			say(fd, o->events[i + 1].bytes, o->events[i + 1].len);
			break;
		}
	}
	evidence_obs_free(o);
}

/* ---- running ---- */

struct outcome {
	struct evidence_obs *obs[64];
	size_t n, order[64];
	size_t ticks, stop_after;
	int64_t took_ms;
};

static enum fp_status
on_done(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err)
{
	struct outcome *o = ctx;
	(void)err;
	o->obs[job] = owned;
	o->order[o->n++] = job;
	return FP_OK;
}

static bool
on_progress(void *ctx, size_t done, size_t total, size_t job, const struct evidence_obs *obs)
{
	struct outcome *o = ctx;
	(void)job;
	assert_true(done <= total);
	o->ticks += obs == NULL;
	return o->stop_after == 0 || o->n + (obs != NULL) < o->stop_after;
}

static enum fp_status
run_plan(struct outcome *out, const struct check_plan *p, struct check_run_options o, struct fp_err *err)
{
	fp_time at = 1700000000000;
	struct fp_clock clock = fp_clock_fixed(&at);
	int64_t t0 = fp_monotonic_ms();
	o.clock = &clock;
	o.vantage = "test";
	o.tool = "test 1";
	o.done = on_done;
	o.progress = on_progress;
	o.ctx = out;
	enum fp_status st = check_run(p, &o, err);
	out->took_ms = fp_monotonic_ms() - t0;
	return st;
}

static void
plan_add(struct check_plan *p, const char *check, const char *address, const struct check_params *params)
{
	struct device d = { .serial = (char *)(uintptr_t) "A" };
	int job;
	const char *why;
	d.host = d.bmc = d.storage = (char *)(uintptr_t)address;
	assert_int_equal(check_plan_add(p, check_find(check), &d, "", params, &job, &why, NULL), FP_OK);
	assert_null(why);
}

/* Ask one address and judge; the caller frees nothing. */
static struct evidence_verdict
ask(const char *check, const char *address, int timeout_ms, struct outcome *keep)
{
	struct outcome out = { .n = 0 };
	struct fp_err err = { 0 };
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	plan_add(p, check, address, NULL);
	if (run_plan(&out, p, (struct check_run_options){ .timeout_ms = timeout_ms }, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(out.n, 1);
	const struct check_budget *b = &check_plan_job(p, 0)->probe->budget;
	assert_true(out.obs[0]->connections <= b->connections);
	assert_true(out.obs[0]->packets <= b->packets);
	assert_true(strlen(out.obs[0]->id) == 64);
	struct evidence_verdict v = verdict(out.obs[0], check);
	if (keep != NULL) {
		*keep = out;
	} else {
		evidence_obs_free(out.obs[0]);
	}
	return v;
}

static const char *
at(char *text, size_t size, const char *fmt, int port)
{
	(void)snprintf(text, size, "%s%d", fmt, port);
	return text;
}

static void
open_refused_silent_ports(void **state)
{
	(void)state;
	char a[64];
	int port = 0;
	struct server s = serve(each_silent);
	assert_string_equal(ask("UCS-1", at(a, sizeof(a), "127.0.0.1;ucs=", s.port), 300, NULL).reason, "port-open");
	stop(s);
	struct evidence_verdict v = ask("UCS-1", at(a, sizeof(a), "127.0.0.1;ucs=", s.port), 300, NULL);
	assert_string_equal(v.reason, "port-refused");
	assert_int_equal(v.result, EVIDENCE_PASS);
	assert_int_equal(v.level, EVIDENCE_L1);
	/* a listener whose queue is full drops what comes, as a filter does */
	int full = bound(SOCK_STREAM, "127.0.0.1", &port), fill[3];
	assert_int_equal(listen(full, 0), 0);
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) }
	};
	for (int i = 0; i < 3; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (const struct sockaddr *)&to, sizeof(to));
	}
	struct outcome out;
	v = ask("UCS-1", at(a, sizeof(a), "127.0.0.1;ucs=", port), 200, &out);
	assert_string_equal(v.reason, "no-answer");
	assert_int_equal(v.result, EVIDENCE_UNKNOWN);
	assert_int_equal(v.level, EVIDENCE_L_NONE);
	assert_in_range(out.took_ms, 190, 1000);
	evidence_obs_free(out.obs[0]);
	/* the same with a control port that answers: the host is there, so it is filtered */
	struct server other = serve(each_silent);
	char both[64];
	(void)snprintf(both, sizeof(both), "127.0.0.1;ucs=%d;control=%d", port, other.port);
	assert_string_equal(ask("UCS-1", both, 200, NULL).reason, "filtered");
	stop(other);
	for (int i = 0; i < 3; i++) {
		(void)close(fill[i]);
	}
	(void)close(full);
}

static void
a_good_server_is_recorded_as_it_is(void **state)
{
	(void)state;
	char a[64];
	struct outcome out;
	struct server s = serve(each_good_smb);
	struct evidence_verdict v = ask("SMB-2", at(a, sizeof(a), "smb://127.0.0.1:", s.port), 0, &out);
	stop(s);
	assert_string_equal(v.reason, "signing-required");
	struct evidence_obs *o = out.obs[0], *r = recorded("smb-signreq");
	assert_int_equal(o->connections, r->connections);
	assert_int_equal(o->n_events, r->n_events);
	assert_int_equal(o->started, 1700000000000);
	for (size_t i = 0; i < o->n_events; i++) {
		assert_int_equal(o->events[i].kind, r->events[i].kind);
		assert_int_equal(o->events[i].step, r->events[i].step);
		assert_int_equal(o->events[i].len, r->events[i].len);
		assert_true(o->events[i].len == 0 || memcmp(o->events[i].bytes, r->events[i].bytes, o->events[i].len) == 0);
	}
	/* law 8: written, read and judged again it says the same */
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct evidence_obs *again = NULL;
	assert_int_equal(evidence_obs_write(&b, o, NULL), FP_OK);
	assert_int_equal(evidence_obs_read(&again, b.data, b.len, NULL), FP_OK);
	struct evidence_verdict w = verdict(again, "SMB-2");
	assert_int_equal(v.result, w.result);
	assert_int_equal(v.level, w.level);
	assert_string_equal(v.reason, w.reason);
	assert_string_equal(v.detail, w.detail);
	assert_string_equal(v.obs, w.obs);
	evidence_obs_free(again);
	evidence_obs_free(o);
	evidence_obs_free(r);
}

static void
bad_servers_end_in_time_and_unknown(void **state)
{
	(void)state;
	static const struct {
		void (*each)(int fd);
		const char *reason;
		int timeout_ms;
		int64_t at_most_ms;
	} rows[] = {
		{ each_silent, "no-reply", 300, 1500 },
		{ each_drip, "cut-off", 300, 1500 },
		{ each_small_pieces, "stopped-by-limit", 4000, 1900 },
		{ each_reset, "closed-early", 300, 500 },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		char a[64];
		struct outcome out;
		struct server s = serve(rows[i].each);
		struct evidence_verdict v = ask("SMB-2", at(a, sizeof(a), "smb://127.0.0.1:", s.port), rows[i].timeout_ms, &out);
		stop(s);
		assert_int_equal(v.result, EVIDENCE_UNKNOWN);
		assert_string_equal(v.reason, rows[i].reason);
		assert_in_range(out.took_ms, 0, rows[i].at_most_ms);
		evidence_obs_free(out.obs[0]);
	}
}

/* ---- datagrams ---- */

struct udp {
	int fd, other;
};

/* Answers every datagram from another port of the same address, with the question's own bytes and a pong. */
static void *
udp_other_port(void *arg)
{
	struct udp *u = arg;
	static const uint8_t pong[28] = { 6, 0, 0xFF, 6, 0, 0, 0x11, 0xBE, 0x40, 1, 0, 16 };
	for (;;) {
		char b[256];
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		if (recvfrom(u->fd, b, sizeof(b), 0, (struct sockaddr *)&from, &len) <= 0) {
			return NULL;
		}
		(void)sendto(u->other, pong, sizeof(pong), 0, (const struct sockaddr *)&from, len);
	}
}

static void
answers_from_elsewhere_are_not_taken(void **state)
{
	(void)state;
	int port = 0, unused = 0;
	char a[64];
	struct udp u = { bound(SOCK_DGRAM, "127.0.0.1", &port), bound(SOCK_DGRAM, "127.0.0.1", &unused) };
	pthread_t t;
	assert_int_equal(pthread_create(&t, NULL, udp_other_port, &u), 0);
	struct outcome out;
	struct evidence_verdict v = ask("BMC-1", at(a, sizeof(a), "127.0.0.1;ipmi=", port), 300, &out);
	assert_string_equal(v.reason, "no-answer");
	assert_int_equal(out.obs[0]->packets, 5);
	assert_null(check_event(out.obs[0], 1, EVIDENCE_RECEIVED));
	evidence_obs_free(out.obs[0]);
	(void)shutdown(u.fd, SHUT_RDWR);
	(void)pthread_join(t, NULL);
	(void)close(u.fd);
	(void)close(u.other);
	assert_string_equal(ask("BMC-1", at(a, sizeof(a), "127.0.0.1;ipmi=", port), 300, NULL).reason, "port-closed");
}

/* ---- limits ---- */

static int
greedy_next(const struct evidence_obs *obs)
{
	int n = 1;
	while (check_asked(obs, n)) {
		n++;
	}
	return n;
}

static enum fp_status
greedy_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	(void)err;
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .port = 0, .connect_ms = 300, .wait_ms = 300 };
	out->port = check_port_of(strrchr(obs->target, ':') + 1);
	return FP_OK;
}

/* The runner keeps the budget, not the probe: one that never ends is ended. */
static void
budgets_hold_against_the_probe(void **state)
{
	(void)state;
	static const struct check_steps greedy = { NULL, greedy_next, greedy_make };
	const struct check_probe probe = { "tcp", CHECK_AT_HOST, 0, { 7, 7, 3000, 5000 }, NULL, &greedy };
	char a[64];
	struct outcome out = { .n = 0 };
	struct server s = serve(each_silent);
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	plan_add(p, "UCS-1", at(a, sizeof(a), "127.0.0.1;ucs=", s.port), NULL);
	((struct check_job *)(uintptr_t)check_plan_job(p, 0))->probe = &probe;
	assert_int_equal(run_plan(&out, p, (struct check_run_options){ .at_once = 1 }, NULL), FP_OK);
	stop(s);
	assert_int_equal(out.obs[0]->connections, 7);
	assert_int_equal(out.obs[0]->events[out.obs[0]->n_events - 1].kind, EVIDENCE_LIMIT);
	evidence_obs_free(out.obs[0]);
}

static void
each_large(int fd)
{
	static const char bytes[200000];
	hear(fd);
	say(fd, bytes, sizeof(bytes));
}

static enum check_frame
never_whole(const uint8_t *p, size_t len)
{
	(void)p;
	(void)len;
	return CHECK_FRAME_MORE;
}

static enum fp_status
talking_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	enum fp_status st = greedy_make(out, number, obs, err);
	out->len = 1;
	out->max_reply = 250000;
	out->frame = never_whole;
	return st;
}

/* An observation holds 1 MiB: one more answer ends the job, and what was seen before stays. */
static void
full_observations_end_the_job(void **state)
{
	(void)state;
	static const struct check_steps talking = { NULL, greedy_next, talking_make };
	const struct check_probe probe = { "tcp", CHECK_AT_HOST, 0, { 9, 9, 3000, 5000 }, NULL, &talking };
	char a[64];
	struct outcome out = { .n = 0 };
	struct server s = serve(each_large);
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	plan_add(p, "UCS-1", at(a, sizeof(a), "127.0.0.1;ucs=", s.port), NULL);
	((struct check_job *)(uintptr_t)check_plan_job(p, 0))->probe = &probe;
	assert_int_equal(run_plan(&out, p, (struct check_run_options){ .at_once = 1 }, NULL), FP_OK);
	stop(s);
	const struct evidence_obs *o = out.obs[0];
	assert_in_range(o->connections, 5, 7);
	assert_int_equal(o->events[o->n_events - 1].kind, EVIDENCE_LIMIT);
	assert_int_equal(check_event(o, 2, EVIDENCE_RECEIVED)->len, 200000);
	evidence_obs_free(out.obs[0]);
}

/* Four silent ports of one host, one after the other; of four hosts, side by side. */
static void
hosts_side_by_side_each_one_at_a_time(void **state)
{
	(void)state;
	struct server s[4];
	for (int i = 0; i < 4; i++) {
		s[i] = serve(each_silent);
	}
	for (int per_host = 1; per_host <= 4; per_host += 3) {
		struct outcome out = { .n = 0 };
		FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
		assert_int_equal(check_plan_new(&p, NULL), FP_OK);
		for (int i = 0; i < 4; i++) {
			char a[64];
			plan_add(p, "SMB-1", at(a, sizeof(a), "smb://127.0.0.1:", s[i].port), NULL);
		}
		assert_int_equal(
		    run_plan(&out, p, (struct check_run_options){ .timeout_ms = 200, .per_host = per_host }, NULL), FP_OK);
		assert_int_equal(out.n, 4);
		/* each: 100 ms on the SMB1 question, 200 ms on the next */
		assert_in_range(out.took_ms, per_host == 1 ? 1190 : 290, per_host == 1 ? 3000 : 900);
		assert_true(per_host == 4 || (out.order[0] == 0 && out.order[3] == 3));
		assert_true(out.ticks > 0);
		for (int i = 0; i < 4; i++) {
			evidence_obs_free(out.obs[i]);
		}
	}
	for (int i = 0; i < 4; i++) {
		stop(s[i]);
	}
}

static void
a_run_can_be_ended(void **state)
{
	(void)state;
	struct outcome out = { .stop_after = 3 };
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	for (int i = 1; i <= 20; i++) {
		char a[64];
		(void)snprintf(a, sizeof(a), "127.0.3.%d;ucs=1", i);
		plan_add(p, "UCS-1", a, NULL);
	}
	assert_int_equal(run_plan(&out, p, (struct check_run_options){ .at_once = 2 }, NULL), FP_OK);
	assert_in_range(out.n, 3, 4); /* what has finished is handed over, the rest is not asked */
	for (size_t i = 0; i < out.n; i++) {
		evidence_obs_free(out.obs[out.order[i]]);
	}
}

static void
names_are_resolved_once_and_noted(void **state)
{
	(void)state;
	char a[64];
	struct outcome out;
	struct server s = serve(each_silent);
	struct evidence_verdict v = ask("UCS-1", at(a, sizeof(a), "localhost;ucs=", s.port), 300, &out);
	stop(s);
	assert_true(
	    strcmp(v.reason, "port-open") == 0 || strcmp(v.reason, "port-refused") == 0); /* refused: localhost is ::1 first */
	assert_int_equal(out.obs[0]->events[0].kind, EVIDENCE_NOTE);
	assert_non_null(strstr(out.obs[0]->events[0].note, "the name is "));
	evidence_obs_free(out.obs[0]);
	v = ask("SMB-2", "no-such-host.invalid", 300, &out);
	assert_string_equal(v.reason, "name-unknown");
	assert_int_equal(out.obs[0]->connections, 0);
	evidence_obs_free(out.obs[0]);
}

/* ---- in a network of its own: what loopback alone cannot show ---- */

static bool
command(const char *const argv[])
{
	int status = 1;
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(1);
		(void)close(2);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* 0 as expected, 1 otherwise, 77 when this system gives no such network. */
static int
in_own_network(void)
{
	static const char *const up[] = { "ip", "link", "set", "lo", "up", NULL };
	static const char *const rules[] = { "nft",
		"add table inet t; add chain inet t i { type filter hook input priority 0; }; add rule inet t i tcp dport 1001 "
		"reject; "
		"add rule inet t i tcp dport 1002 reject with tcp reset; add rule inet t i tcp dport 1003 reject with icmpx "
		"admin-prohibited; "
		"add rule inet t i udp dport 1004 drop",
		NULL };
	static const struct {
		const char *check, *address, *result, *reason;
	} rows[] = {
		{ "UCS-1", "127.0.0.1;ucs=1000", "pass", "port-refused" },
		/* an ICMP refusal is not the host's word, though Linux calls it "connection refused" too */
		{ "UCS-1", "127.0.0.1;ucs=1001", "unknown", "rejected" },
		{ "UCS-1", "127.0.0.1;ucs=1002", "pass", "port-refused" },
		{ "UCS-1", "[::1];ucs=1002", "pass", "port-refused" },
		{ "UCS-1", "127.0.0.1;ucs=1003", "unknown", "unreachable" },
		{ "SMB-2", "smb://127.0.0.1:1001", "unknown", "rejected" },
		{ "BMC-1", "127.0.0.1;ipmi=1004", "unknown", "no-answer" },
		{ "UCS-1", "192.0.2.1;ucs=1000", "unknown", "unreachable" },
		/* only one port to connect from: the connection meets itself, and nobody listens all the same */
		{ "UCS-1", "127.0.0.1;ucs=40000", "pass", "port-refused" },
	};
	if (syscall(SYS_unshare, geteuid() == 0 ? 0x40000000 : 0x50000000) != 0 || !command(up) || !command(rules)) {
		return 77;
	}
	FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");
	if (range == NULL || fputs("40000 40000", range) < 0 || fclose(range) != 0) {
		return 77;
	}
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_verdict v = ask(rows[i].check, rows[i].address, 200, NULL);
		if (strcmp(evidence_result_name(v.result), rows[i].result) != 0 || strcmp(v.reason, rows[i].reason) != 0) {
			(void)fprintf(stderr, "%s of %s: %s %s (%s)\n", rows[i].check, rows[i].address,
			    evidence_result_name(v.result), v.reason, v.detail);
			return 1;
		}
	}
	return 0;
}

static void
filters_are_told_from_hosts(void **state)
{
	(void)state;
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		(void)alarm(60);
		_exit(in_own_network());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		skip();
	}
	assert_int_equal(status, 0);
}

static void
options_are_required(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	struct fp_err err = { 0 };
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	struct fp_clock clock = fp_clock_real();
	const struct check_run_options o = { .clock = &clock, .tool = "t" };
	assert_int_equal(check_run(p, &o, &err), FP_EUSAGE);
	const struct check_run_options empty = { .clock = &clock, .tool = "t", .vantage = "v" };
	assert_int_equal(check_run(p, &empty, &err), FP_OK);
}

static void
memory_may_end_at_any_point(void **state)
{
	(void)state;
	char a[64];
	bool all = false;
	struct server s = serve(each_good_smb);
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	plan_add(p, "SMB-1", at(a, sizeof(a), "smb://127.0.0.1:", s.port), NULL);
	plan_add(p, "UCS-1", "127.0.0.1;ucs=1", NULL);
	for (int64_t n = 0; !all; n += n < 60 ? 1 : 13) {
		struct outcome out = { .n = 0 };
		struct fp_err err = { 0 };
		fp_mem_fail_after(n);
		enum fp_status st = run_plan(&out, p, (struct check_run_options){ .at_once = 2 }, &err);
		fp_mem_fail_after(-1);
		assert_true(st == FP_OK || st == FP_ENOMEM);
		all = st == FP_OK && out.n == 2;
		for (size_t i = 0; i < out.n; i++) {
			assert_true(passes(
			    out.obs[out.order[i]], check_plan_job(p, out.order[i])->probe->id[0] == 's' ? "SMB-1" : "UCS-1"));
			evidence_obs_free(out.obs[out.order[i]]);
		}
		assert_true(n < 20000);
	}
	stop(s);
}

/* ---- who speaks first, and who answers from elsewhere (CLR-1) ---- */

static void
each_telnet(int fd)
{
	char b[64];
	say(fd, "login: ", 7);
	(void)!read(fd, b, sizeof(b)); /* until the client goes: it must send nothing */
}

/* TFTP from a port of its own (RFC 1350, 4), on this address; with "stranger" from another one. */
static struct server
serve_tftp(const char *from)
{
	struct server s = { 0, 0 };
	int fd = bound(SOCK_DGRAM, "127.0.0.1", &s.port);
	s.pid = fork();
	if (s.pid == 0) {
		(void)alarm(60);
		for (;;) {
			char b[600];
			struct sockaddr_in peer;
			socklen_t len = sizeof(peer);
			int port;
			if (recvfrom(fd, b, sizeof(b), 0, (struct sockaddr *)&peer, &len) > 0) {
				int own = bound(SOCK_DGRAM, from, &port);
				(void)sendto(own, "\0\5\0\1No", 7, 0, (struct sockaddr *)&peer, len);
				(void)close(own);
			}
		}
	}
	(void)close(fd);
	return s;
}

static struct evidence_verdict
ask_clear(int telnet, int tftp, struct outcome *out)
{
	char list[200];
	int closed = 0;
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	int holder = bound(SOCK_STREAM, "127.0.0.1", &closed); /* bound and not listening: refuses */
	(void)snprintf(list, sizeof(list), "ftp=%d,telnet=%d,http=%d,exec=%d,login=%d,shell=%d,rsync=%d,vnc=%d,tftp=%d", closed,
	    telnet != 0 ? telnet : closed, closed, closed, closed, closed, closed, closed, tftp != 0 ? tftp : closed);
	struct evidence_param item = { (char *)(uintptr_t) "clear-ports", list };
	const struct check_params params = { &item, 1 };
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	plan_add(p, "CLR-1", "127.0.0.1", &params);
	assert_int_equal(run_plan(out, p, (struct check_run_options){ .timeout_ms = 400 }, NULL), FP_OK);
	(void)close(holder);
	assert_true(out->obs[0]->connections <= 10 && out->obs[0]->packets <= 7);
	return verdict(out->obs[0], "CLR-1");
}

static void
listening_sends_nothing(void **state)
{
	(void)state;
	struct outcome out = { .n = 0 };
	struct server s = serve(each_telnet);
	struct evidence_verdict v = ask_clear(s.port, 0, &out);
	assert_string_equal(v.reason, "clear-text-offered");
	assert_null(check_event(out.obs[0], 3, EVIDENCE_SENT));
	assert_non_null(check_event(out.obs[0], 3, EVIDENCE_RECEIVED));
	evidence_obs_free(out.obs[0]);
	stop(s);
	out = (struct outcome){ .n = 0 };
	s = serve(each_silent);
	v = ask_clear(s.port, 0, &out);
	assert_string_equal(v.reason, "open-unclear");
	assert_int_equal(check_end_of(out.obs[0], 3), CHECK_END_SILENT);
	assert_true(out.took_ms < 3000);
	evidence_obs_free(out.obs[0]);
	stop(s);
}

static void
answers_from_another_port(void **state)
{
	(void)state;
	struct outcome out = { .n = 0 };
	struct server s = serve_tftp("127.0.0.1");
	struct evidence_verdict v = ask_clear(0, s.port, &out);
	assert_string_equal(v.reason, "clear-text-offered");
	evidence_obs_free(out.obs[0]);
	stop(s);
	/* ... but not from another host */
	out = (struct outcome){ .n = 0 };
	s = serve_tftp("127.0.0.9");
	v = ask_clear(0, s.port, &out);
	assert_string_equal(v.reason, "nothing-clear");
	assert_null(check_event(out.obs[0], 11, EVIDENCE_RECEIVED));
	evidence_obs_free(out.obs[0]);
	stop(s);
	/* a closed port of UDP is told by the host itself */
	out = (struct outcome){ .n = 0 };
	v = ask_clear(0, 0, &out);
	assert_string_equal(v.reason, "nothing-clear");
	assert_int_equal(check_end_of(out.obs[0], 11), CHECK_END_REFUSED);
	evidence_obs_free(out.obs[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_refused_silent_ports),
		cmocka_unit_test(a_good_server_is_recorded_as_it_is),
		cmocka_unit_test(bad_servers_end_in_time_and_unknown),
		cmocka_unit_test(answers_from_elsewhere_are_not_taken),
		cmocka_unit_test(budgets_hold_against_the_probe),
		cmocka_unit_test(full_observations_end_the_job),
		cmocka_unit_test(hosts_side_by_side_each_one_at_a_time),
		cmocka_unit_test(a_run_can_be_ended),
		cmocka_unit_test(names_are_resolved_once_and_noted),
		cmocka_unit_test(filters_are_told_from_hosts),
		cmocka_unit_test(options_are_required),
		cmocka_unit_test(memory_may_end_at_any_point),
		cmocka_unit_test(listening_sends_nothing),
		cmocka_unit_test(answers_from_another_port),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
