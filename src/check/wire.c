/* One job on the network, from step to step. The probe says what to ask; limits of bytes, packets, connections and time are kept here. */
#include "check/wire.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "check/target.h"

#define READS_MAX 1024 /* per answer: whoever sends byte by byte is not read for ever */
#define READS_AT_ONCE 8
#define STRAYS_MAX 8
#define CHUNK 16384

static enum fp_status step_next(struct wire *w, struct fp_err *err);
static enum fp_status connection_open(struct wire *w, struct fp_err *err);

static enum fp_status
note(struct wire *w, enum evidence_event_kind kind, int code, const void *bytes, size_t len, const char *text, struct fp_err *err)
{
	int number = w->number >= 0 ? w->number : 0;
	return evidence_obs_add(w->obs, kind, number, w->step.number, fp_monotonic_us() - w->t0_us, code, bytes, len, text, err);
}

static int64_t
scaled_us(const struct wire *w, int ms)
{
	return (int64_t)ms * 1000 * w->scale_ms / w->scale_of;
}

static void
wait_for(struct wire *w, int ms)
{
	int64_t due = fp_monotonic_us() + scaled_us(w, ms);
	w->due_us = due < w->deadline_us ? due : w->deadline_us;
}

static void
connection_close(struct wire *w)
{
	check_tls_endp(&w->conn);
	if (w->fd >= 0) {
		(void)close(w->fd);
		w->fd = -1;
	}
}

static enum fp_status
finish(struct wire *w)
{
	connection_close(w);
	w->state = WIRE_FINISHED;
	w->obs->took_us = fp_monotonic_us() - w->t0_us;
	return FP_OK;
}

static bool
watch(struct wire *w, bool add, unsigned events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };
	return epoll_ctl(w->epoll_fd, add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, w->fd, &e) == 0;
}

/* ---- how a step ends ---- */

/* What has come so far becomes one event: how the peer cut its answer into segments is no evidence. */
static enum fp_status
flush(struct wire *w, struct fp_err *err)
{
	if (w->rx.failed != FP_OK) {
		return fp_buf_check(&w->rx, "an answer", err);
	}
	if (w->rx.len == 0) {
		return FP_OK;
	}
	enum fp_status st = note(w, EVIDENCE_RECEIVED, 0, w->rx.data, w->rx.len, NULL, err);
	fp_buf_clear(&w->rx);
	return st;
}

/* A whole answer: keep the connection when the step says so. */
static enum fp_status
step_done(struct wire *w, struct fp_err *err)
{
	enum fp_status st = flush(w, err);
	if (st != FP_OK) {
		return st;
	}
	if (!w->step.keep && w->step.wire != CHECK_WIRE_UDP) {
		connection_close(w);
	}
	return step_next(w, err);
}

/* The step ends with this event, and the connection with it. */
static enum fp_status
step_broken(struct wire *w, enum evidence_event_kind kind, int code, const char *text, struct fp_err *err)
{
	bool stale = w->reused && !w->step.same && w->rx.len == 0 && (kind == EVIDENCE_CLOSED || kind == EVIDENCE_RESET);
	enum fp_status st = flush(w, err);
	if (st == FP_OK && stale) {
		/* A server may end an idle connection at any time (RFC 9112 9.5): ask once more over a new one. */
		st = note(
		    w, EVIDENCE_NOTE, 0, NULL, 0, "the kept connection was closed by the peer; asked again over a new one", err);
		connection_close(w);
		return st == FP_OK ? connection_open(w, err) : st;
	}
	if (st == FP_OK) {
		st = note(w, kind, code, NULL, 0, text, err);
	}
	connection_close(w);
	if (st != FP_OK) {
		return st;
	}
	return kind == EVIDENCE_LIMIT ? finish(w) : step_next(w, err);
}

static enum fp_status
step_failed(struct wire *w, int code, const char *text, struct fp_err *err)
{
	return step_broken(w, EVIDENCE_FAILED, code, text != NULL ? text : strerror(code), err);
}

/* ---- UDP whose answer may come from another port ---- */

static void
port_put(struct sockaddr_storage *sa, int port)
{
	if (sa->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof(in));
		in.sin_port = htons((uint16_t)port);
		memcpy(sa, &in, sizeof(in));
	} else {
		struct sockaddr_in6 in;
		memcpy(&in, sa, sizeof(in));
		in.sin6_port = htons((uint16_t)port);
		memcpy(sa, &in, sizeof(in));
	}
}

/* Is this the host that was asked, whatever the port? */
static bool
same_host(const struct wire *w, const void *address, socklen_t len)
{
	struct sockaddr_storage a = w->where->sa, b = { 0 };
	memcpy(&b, address, len < sizeof(b) ? len : sizeof(b));
	if (a.ss_family != b.ss_family) {
		return false;
	}
	if (a.ss_family == AF_INET) {
		struct sockaddr_in x, y;
		memcpy(&x, &a, sizeof(x));
		memcpy(&y, &b, sizeof(y));
		return x.sin_addr.s_addr == y.sin_addr.s_addr;
	}
	struct sockaddr_in6 x, y;
	memcpy(&x, &a, sizeof(x));
	memcpy(&y, &b, sizeof(y));
	return memcmp(&x.sin6_addr, &y.sin6_addr, sizeof(x.sin6_addr)) == 0;
}

/* Such a socket is not connected: the kernel tells it of ICMP only when it is told to. */
static bool
any_port_open(struct wire *w)
{
	int on = 1;
	bool v4 = w->where->sa.ss_family == AF_INET;
	return setsockopt(w->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on)) == 0;
}

/* "Port unreachable", by the host itself; another's word about it would be a filter's. */
static enum fp_status
udp_refused(struct wire *w, struct fp_err *err)
{
	char control[512], data[64];
	struct sockaddr_storage to;
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	bool host = !w->step.any_port;
	if (!host && recvmsg(w->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) {
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
			const struct sock_extended_err *e = (const struct sock_extended_err *)(const void *)CMSG_DATA(c);
			size_t room = c->cmsg_len - CMSG_LEN(0);
			bool icmp = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
				    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
			if (icmp && room > sizeof(*e)) {
				host = same_host(w, SO_EE_OFFENDER(e), (socklen_t)(room - sizeof(*e)));
			}
		}
	}
	return host ? step_broken(w, EVIDENCE_REFUSED, 0, NULL, err) : step_failed(w, ECONNREFUSED, CHECK_NOTE_ICMP, err);
}

/* ---- sending ---- */

static ssize_t
bytes_out(struct wire *w)
{
	if (w->step.wire == CHECK_WIRE_UDP && w->step.any_port) {
		struct sockaddr_storage to = w->where->sa;
		port_put(&to, w->step.port);
		return sendto(w->fd, w->step.bytes, w->step.len, MSG_NOSIGNAL, (const struct sockaddr *)&to, w->where->len);
	}
	return w->conn != NULL ? check_tls_send(w->conn, w->step.bytes, w->step.len)
			       : send(w->fd, w->step.bytes, w->step.len, MSG_NOSIGNAL);
}

static enum fp_status
request_send(struct wire *w, struct fp_err *err)
{
	if (w->step.len == 0) { /* the peer speaks first */
		w->reads = 0;
		wait_for(w, w->step.wait_ms);
		return FP_OK;
	}
	if (w->obs->packets >= w->job->probe->budget.packets) {
		return step_broken(w, EVIDENCE_LIMIT, 0, "limit of packets", err);
	}
	ssize_t n = bytes_out(w);
	int code = errno;
	if (n < 0 && (code == ECONNRESET || code == EPIPE)) {
		return step_broken(w, EVIDENCE_RESET, 0, NULL, err);
	}
	if (n < 0 && code == ECONNREFUSED) {
		/* An ICMP answer to the datagram before this one. */
		return udp_refused(w, err);
	}
	if (n < 0 || (size_t)n != w->step.len) {
		return step_failed(w, n < 0 ? code : EIO, NULL, err);
	}
	w->obs->packets++;
	w->reads = 0;
	wait_for(w, w->step.wait_ms);
	return note(w, EVIDENCE_SENT, 0, w->step.bytes, w->step.len, NULL, err);
}

/* The connection stands (and is encrypted where it must be): ask, or be done when connecting was the question. */
static enum fp_status
talk(struct wire *w, struct fp_err *err)
{
	if (w->step.len == 0 && w->step.frame == NULL) {
		return step_done(w, err);
	}
	w->state = WIRE_TALKING;
	if (!watch(w, false, EPOLLIN)) {
		return step_failed(w, errno, NULL, err);
	}
	return request_send(w, err);
}

/* ---- connecting ---- */

static enum fp_status
connected(struct wire *w, struct fp_err *err)
{
	struct sockaddr_storage me = { 0 }, peer = { 0 };
	socklen_t me_len = sizeof(me), peer_len = sizeof(peer);
	if (getpeername(w->fd, (struct sockaddr *)&peer, &peer_len) != 0) {
		return errno == ENOTCONN ? FP_OK : step_failed(w, errno, NULL, err); /* not yet */
	}
	/* On our own host a closed port in the ephemeral range can connect to itself (simultaneous open): nobody listens there. */
	if (getsockname(w->fd, (struct sockaddr *)&me, &me_len) == 0 && me_len == peer_len && memcmp(&me, &peer, me_len) == 0) {
		return step_broken(w, EVIDENCE_REFUSED, 0, "the connection met itself: nothing listens there", err);
	}
	enum fp_status st = note(w, EVIDENCE_CONNECTED, w->step.port, NULL, 0, NULL, err);
	if (st != FP_OK || w->step.wire != CHECK_WIRE_TLS) {
		return st != FP_OK ? st : talk(w, err);
	}
	char host[CHECK_HOST_MAX];
	int port = 0;
	(void)check_target_split(host, sizeof(host), &port, w->job->target);
	w->state = WIRE_HANDSHAKE;
	wait_for(w, w->step.connect_ms);
	return check_tls_begin(&w->conn, w->tls, w->fd, host, w->where->numeric, port, w, err);
}

/*
 * A refusal by RST is a segment of the host's own; one by ICMP is some router's or filter's word (Linux gives ECONNREFUSED for both). The
 * kernel's count of segments that came in tells them apart.
 */
static bool
by_segment(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       len >= offsetof(struct tcp_info, tcpi_segs_in) + sizeof(info.tcpi_segs_in) && info.tcpi_segs_in > 0;
}

static enum fp_status
connect_ended(struct wire *w, int code, struct fp_err *err)
{
	if (code == 0) {
		return connected(w, err);
	}
	if (code == ECONNRESET || code == EPIPE) {
		/* Accepted, and broken before we looked: a reset of a connection that never stood would be a refusal. */
		enum fp_status st = note(w, EVIDENCE_CONNECTED, w->step.port, NULL, 0, NULL, err);
		return st == FP_OK ? step_broken(w, EVIDENCE_RESET, 0, NULL, err) : st;
	}
	if (code == ECONNREFUSED && by_segment(w->fd)) {
		return step_broken(w, EVIDENCE_REFUSED, 0, NULL, err);
	}
	return step_failed(w, code, code == ECONNREFUSED ? CHECK_NOTE_ICMP : NULL, err);
}

static enum fp_status
connection_open(struct wire *w, struct fp_err *err)
{
	bool udp = w->step.wire == CHECK_WIRE_UDP;
	struct sockaddr_storage sa = w->where->sa;
	w->reused = false;
	fp_buf_clear(&w->rx);
	if (!udp && w->obs->connections >= w->job->probe->budget.connections) {
		return step_broken(w, EVIDENCE_LIMIT, 0, "limit of connections", err);
	}
	w->number++;
	w->fd = socket(sa.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0) {
		return step_failed(w, errno, NULL, err);
	}
	if (!udp) {
		int on = 1;
		(void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		w->obs->connections++;
	}
	port_put(&sa, w->step.port);
	bool meets = !(udp && w->step.any_port);
	int code = meets ? connect(w->fd, (const struct sockaddr *)&sa, w->where->len) : any_port_open(w) ? 0 : -1;
	code = code == 0 ? 0 : errno;
	if (!watch(w, true, udp ? EPOLLIN : EPOLLOUT)) {
		return step_failed(w, errno, NULL, err);
	}
	if (udp && code == 0) {
		w->state = WIRE_UDP;
		return request_send(w, err);
	}
	w->state = WIRE_CONNECTING;
	wait_for(w, w->step.connect_ms);
	return code == EINPROGRESS ? FP_OK : connect_ended(w, code, err);
}

/* ---- steps ---- */

static enum fp_status
step_next(struct wire *w, struct fp_err *err)
{
	int number = w->job->probe->steps->next(w->obs);
	if (number == 0 || w->state == WIRE_FINISHED) {
		return finish(w);
	}
	enum fp_status st = w->job->probe->steps->make(&w->step, number, w->obs, err);
	if (st != FP_OK) {
		return fp_ctx(err, "asking '%s'", w->job->target);
	}
	w->tries_left = w->step.tries - 1;
	w->strays = 0;
	w->rx.max = w->step.max_reply + CHUNK;
	if (w->where->sa.ss_family == AF_UNSPEC) {
		w->number = 0;
		return step_failed(w, ENXIO, w->where->note, err);
	}
	/* A UDP socket serves all UDP questions of a job; a TCP connection that was kept does not. */
	if (w->fd >= 0 && w->step.wire == CHECK_WIRE_UDP && w->state == WIRE_UDP) {
		return request_send(w, err);
	}
	if (w->fd >= 0 && w->step.again && w->state != WIRE_UDP) {
		w->reused = true;
		fp_buf_clear(&w->rx);
		return request_send(w, err);
	}
	if (w->step.same) {
		return step_broken(w, EVIDENCE_CLOSED, 0, "the connection that this belongs to was gone", err);
	}
	connection_close(w);
	return connection_open(w, err);
}

enum fp_status
wire_begin(struct wire *w, const struct fp_clock *clock, const char *vantage, const char *tool, struct fp_err *err)
{
	struct evidence_obs *o = evidence_obs_new();
	w->obs = o;
	w->fd = -1;
	w->number = -1;
	w->t0_us = fp_monotonic_us();
	w->deadline_us = w->t0_us + scaled_us(w, w->job->probe->budget.deadline_ms);
	w->due_us = w->deadline_us;
	if (o == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for an observation");
	}
	o->started = fp_now(clock);
	o->probe = fp_strdup(w->job->probe->id);
	o->target = fp_strdup(w->job->target);
	o->vantage = fp_strdup(vantage);
	o->mode = fp_strdup(w->job->mode);
	o->tool = fp_strdup(tool);
	if (o->probe == NULL || o->target == NULL || o->vantage == NULL || o->mode == NULL || o->tool == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for an observation");
	}
	enum fp_status st = FP_OK;
	for (size_t i = 0; st == FP_OK && i < w->job->n_params; i++) {
		st = evidence_obs_param(o, w->job->params[i].name, w->job->params[i].value, err);
	}
	if (st == FP_OK && w->where->named && w->where->sa.ss_family != AF_UNSPEC) {
		char text[96];
		(void)snprintf(text, sizeof(text), "the name is %s", w->where->numeric);
		st = note(w, EVIDENCE_NOTE, 0, NULL, 0, text, err);
	}
	return st == FP_OK ? step_next(w, err) : st;
}

/* ---- receiving ---- */

static ssize_t
bytes_in(struct wire *w, void *p, size_t size)
{
	return w->conn != NULL ? check_tls_recv(w->conn, p, size) : recv(w->fd, p, size, 0);
}

static enum check_frame
frame_now(const struct wire *w)
{
	const uint8_t *p = (const uint8_t *)w->rx.data;
	return w->step.frame_of != NULL ? w->step.frame_of(&w->step, p, w->rx.len) : w->step.frame(p, w->rx.len);
}

static enum fp_status
stream_in(struct wire *w, struct fp_err *err)
{
	uint8_t chunk[CHUNK];
	/* Data that TLS holds decrypted wakes no epoll: read on until it says so. */
	for (int i = 0; i < READS_AT_ONCE || w->conn != NULL; i++) {
		ssize_t n = bytes_in(w, chunk, sizeof(chunk));
		if (n < 0) {
			int code = errno;
			if (code == EAGAIN || code == EINTR) {
				return FP_OK;
			}
			return code == ECONNRESET ? step_broken(w, EVIDENCE_RESET, 0, NULL, err)
						  : step_failed(w, code, NULL, err);
		}
		if (n == 0) {
			return step_broken(w, EVIDENCE_CLOSED, 0, NULL, err);
		}
		size_t room = w->step.max_reply - w->rx.len;
		fp_buf_add(&w->rx, chunk, (size_t)n < room ? (size_t)n : room);
		if (w->rx.failed != FP_OK) {
			return fp_buf_check(&w->rx, "an answer", err);
		}
		if (frame_now(w) != CHECK_FRAME_MORE) {
			return step_done(w, err);
		}
		if (w->rx.len >= w->step.max_reply || ++w->reads >= READS_MAX) {
			return step_broken(
			    w, EVIDENCE_LIMIT, 0, w->reads >= READS_MAX ? "limit of reads" : "limit of bytes", err);
		}
	}
	return FP_OK;
}

static enum fp_status
datagram_in(struct wire *w, struct fp_err *err)
{
	uint8_t chunk[CHUNK];
	for (int i = 0; i < READS_AT_ONCE; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(w->fd, chunk, sizeof(chunk), 0, (struct sockaddr *)&from, &from_len);
		if (n >= 0 && w->step.any_port && !same_host(w, &from, from_len)) {
			if (++w->strays >= STRAYS_MAX) {
				return step_broken(w, EVIDENCE_LIMIT, 0, "limit of datagrams that answer nothing", err);
			}
			continue;
		}
		if (n < 0) {
			if (errno == EAGAIN || errno == EINTR) {
				return FP_OK;
			}
			return errno == ECONNREFUSED ? udp_refused(w, err) : step_failed(w, errno, NULL, err);
		}
		size_t keep = (size_t)n < w->step.max_reply ? (size_t)n : w->step.max_reply;
		enum fp_status st = note(w, EVIDENCE_RECEIVED, 0, chunk, keep, NULL, err);
		if (st != FP_OK) {
			return st;
		}
		if (keep == (size_t)n && w->step.answers(&w->step, chunk, keep)) {
			return step_done(w, err);
		}
		if (++w->strays >= STRAYS_MAX) {
			return step_broken(w, EVIDENCE_LIMIT, 0, "limit of datagrams that answer nothing", err);
		}
	}
	return FP_OK;
}

enum fp_status
wire_on_event(struct wire *w, unsigned epoll_events, struct fp_err *err)
{
	int code = 0;
	socklen_t len = sizeof(code);
	switch (w->state) {
	case WIRE_CONNECTING:
		if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &code, &len) != 0) {
			code = errno;
		}
		return connect_ended(w, code, err);
	case WIRE_HANDSHAKE:
		check_tls_io(w->tls, w->fd, epoll_events);
		return FP_OK;
	case WIRE_TALKING:
		return stream_in(w, err);
	case WIRE_UDP:
		return datagram_in(w, err);
	case WIRE_IDLE:
	case WIRE_FINISHED:
		break;
	}
	return FP_OK;
}

/* How many segments with payload the handshake took: they count against the budget as ours do. */
static int
segments_out(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? (int)info.tcpi_data_segs_out : 0;
}

enum fp_status
wire_on_handshake(struct wire *w, bool ok, const char *text, struct fp_err *err)
{
	if (w->state != WIRE_HANDSHAKE) {
		return FP_OK;
	}
	w->obs->packets += segments_out(w->fd);
	if (!ok) {
		return step_failed(w, EPROTO, text, err);
	}
	enum fp_status st = note(w, EVIDENCE_NOTE, 0, NULL, 0, text, err);
	return st == FP_OK ? talk(w, err) : st;
}

enum fp_status
wire_on_due(struct wire *w, int64_t now_us, struct fp_err *err)
{
	if (now_us >= w->deadline_us) {
		return step_broken(w, EVIDENCE_LIMIT, 0, "limit of time", err);
	}
	if (w->state == WIRE_UDP && w->tries_left > 0) {
		w->tries_left--;
		return request_send(w, err);
	}
	if (w->state == WIRE_UDP) {
		enum fp_status st = note(w, EVIDENCE_TIMEOUT, 0, NULL, 0, NULL, err);
		return st == FP_OK ? step_next(w, err) : st;
	}
	return step_broken(w, EVIDENCE_TIMEOUT, 0, NULL, err);
}

enum fp_status
wire_capped(struct wire *w, enum fp_status st, struct fp_err *err)
{
	if (st != FP_ELIMIT) {
		return st;
	}
	fp_buf_clear(&w->rx);
	st = note(w, EVIDENCE_LIMIT, 0, NULL, 0, "limit of what an observation may hold", err);
	return st == FP_OK ? finish(w) : st;
}

void
wire_end(struct wire *w)
{
	connection_close(w);
	fp_buf_free(&w->rx);
	evidence_obs_freep(&w->obs);
}
