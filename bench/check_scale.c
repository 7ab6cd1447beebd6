/*
 * 1,000 devices of which 200 do not answer, in a network namespace of its own (bench/check makes it): UCS-1, SMB-1 to SMB-4 and BMC-1 to
 * BMC-3 of each. The answering ones are one responder process that says what recorded servers said.
 *   check_scale TOTAL SILENT: addresses 10.9.0.0/17 answer, 10.9.128.0/17 are dropped.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "check/check.h"

#define PORT_SMB 1445
#define PORT_IPMI 1623
#define LONGEST_MS 3000

static struct evidence_obs *
recorded(const char *path)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	struct evidence_obs *o = NULL;
	struct fp_err err = { 0 };
	if (fp_file_read(&b, path, &err) != FP_OK || evidence_obs_read(&o, b.data, b.len, &err) != FP_OK) {
		(void)fprintf(stderr, "check_scale: %s\n", err.msg);
		exit(1);
	}
	return o;
}

/* What the recorded server answered to these bytes; NULL when they were not asked then. */
static const struct evidence_event *
answer_to(const struct evidence_obs *o, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 1 < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		if (e->kind == EVIDENCE_SENT && e->len == len && memcmp(e->bytes, p, len) == 0) {
			return &o->events[i + 1];
		}
	}
	return NULL;
}

static int
listener(int type, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int on = 1, fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 || (type == SOCK_STREAM && listen(fd, 4096) != 0)) {
		perror("check_scale: bind");
		exit(1);
	}
	return fd;
}

/* Answers from the address that was asked: the asker takes no other. */
static void
udp_answer(int fd, const struct evidence_obs *o)
{
	uint8_t b[512], control[256];
	struct sockaddr_in from;
	struct iovec iov = { b, sizeof(b) };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control
	};
	m.msg_controllen = sizeof(control);
	ssize_t n = recvmsg(fd, &m, 0);
	const struct evidence_event *e = n > 0 ? answer_to(o, b, (size_t)n) : NULL;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (e == NULL || c == NULL) {
		return;
	}
	struct in_pktinfo info;
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	info = (struct in_pktinfo){ .ipi_spec_dst = info.ipi_addr };
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	iov = (struct iovec){ e->bytes, e->len };
	(void)sendmsg(fd, &m, 0);
}

static void
responder(void)
{
	struct evidence_obs *smb = recorded("tests/unit/data/check/smb-signreq.json"),
			    *ipmi = recorded("tests/unit/data/check/ipmi-good.json");
	int ep = epoll_create1(0), tcp = listener(SOCK_STREAM, PORT_SMB), udp = listener(SOCK_DGRAM, PORT_IPMI);
	struct epoll_event events[256], e = { .events = EPOLLIN, .data.fd = tcp };
	(void)epoll_ctl(ep, EPOLL_CTL_ADD, tcp, &e);
	e.data.fd = udp;
	(void)epoll_ctl(ep, EPOLL_CTL_ADD, udp, &e);
	for (;;) {
		int n = epoll_wait(ep, events, 256, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			uint8_t b[512];
			if (fd == udp) {
				udp_answer(udp, ipmi);
			} else if (fd == tcp) {
				e.data.fd = accept(tcp, NULL, NULL);
				(void)epoll_ctl(ep, EPOLL_CTL_ADD, e.data.fd, &e);
			} else {
				ssize_t got = read(fd, b, sizeof(b));
				const struct evidence_event *a = got > 0 ? answer_to(smb, b, (size_t)got) : NULL;
				if (a == NULL || write(fd, a->bytes, a->len) < 0) {
					(void)close(fd);
				}
			}
		}
	}
}

struct counts {
	size_t done, unknown, judged;
};

static enum fp_status
on_done(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err)
{
	static const char *const of[][2] = { { "tcp", "UCS-1" }, { "smb", "SMB-2" }, { "ipmi", "BMC-3" } };
	struct counts *c = ctx;
	struct evidence_verdict v;
	(void)job;
	c->done++;
	for (size_t i = 0; i < FP_COUNT(of); i++) {
		if (strcmp(of[i][0], owned->probe) == 0) {
			if (check_judge(&v, check_find(of[i][1]), owned, err) != FP_OK) {
				return err->status;
			}
			c->judged += v.result == EVIDENCE_PASS;
			c->unknown += v.result == EVIDENCE_UNKNOWN;
		}
	}
	evidence_obs_free(owned);
	return FP_OK;
}

int
main(int argc, char **argv)
{
	int total = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000, silent = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;
	struct fp_err err = { 0 };
	struct fp_clock clock = fp_clock_real();
	struct counts c = { 0, 0, 0 };
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	if (check_plan_new(&p, &err) != FP_OK) {
		return 1;
	}
	for (int i = 0; i < total; i++) {
		char host[80];
		static const char *const checks[] = { "UCS-1", "SMB-1", "SMB-2", "SMB-3", "SMB-4", "BMC-1", "BMC-2", "BMC-3" };
		(void)snprintf(host, sizeof(host), "10.9.%d.%d;ucs=1644;smb=%d;ipmi=%d", (i < silent ? 128 : 0) + i / 250,
		    i % 250 + 1, PORT_SMB, PORT_IPMI);
		struct device d = { .serial = host, .host = host, .storage = host, .bmc = host };
		for (size_t k = 0; k < FP_COUNT(checks); k++) {
			int job;
			const char *why;
			if (check_plan_add(p, check_find(checks[k]), &d, "", NULL, &job, &why, &err) != FP_OK || job < 0) {
				(void)fprintf(stderr, "check_scale: %s %s\n", host, why != NULL ? why : err.msg);
				return 1;
			}
		}
	}
	pid_t child = fork();
	if (child == 0) {
		responder();
	}
	(void)usleep(200000);
	/* Storage and instrument of a device are one host here: they are asked side by side, as two hosts would be. */
	const struct check_run_options o = {
		.clock = &clock, .vantage = "bench", .tool = "bench", .per_host = 2, .done = on_done, .ctx = &c
	};
	int64_t t0 = fp_monotonic_ms();
	enum fp_status st = check_run(p, &o, &err);
	int64_t ms = fp_monotonic_ms() - t0;
	(void)kill(child, SIGTERM);
	(void)waitpid(child, NULL, 0);
	if (st != FP_OK) {
		(void)fprintf(stderr, "check_scale: %s\n", err.msg);
		return 1;
	}
	struct rusage u;
	(void)getrusage(RUSAGE_SELF, &u);
	(void)printf("%d devices, %d silent: %zu jobs in %lld ms, %.2f times the longest time-out of %d ms; %zu pass, %zu "
		     "unknown; %ld MB\n",
	    total, silent, c.done, (long long)ms, (double)ms / LONGEST_MS, LONGEST_MS, c.judged, c.unknown, u.ru_maxrss / 1024);
	return ms * 2 <= LONGEST_MS * 3 && c.unknown == 3 * (size_t)silent ? 0 : 1;
}
