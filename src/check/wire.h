/*
 * Inside of check/: one job on the network. run.c owns the loop and the queue, wire.c moves a single job from step to step, tls.c lets libcurl
 * make the encrypted part of a connection, resolve.c turns names into addresses before anything is sent.
 */
#ifndef FP_CHECK_WIRE_H
#define FP_CHECK_WIRE_H

#include <sys/socket.h>

#include "check/probe.h"

/* ---- resolve.c ---- */

struct check_where {
	struct sockaddr_storage sa; /* ss_family AF_UNSPEC: the name does not resolve */
	socklen_t len;
	bool named; /* the list has a name, so the address is noted in the observation */
	char numeric[64];
	char note[96]; /* why it does not resolve */
};

/*
 * Fill where[i] for job i of the plan. Numbers at once; names by a few threads, at most limit_ms for all together. tick is called about every
 * 200 ms; false ends the waiting (*go false).
 */
enum fp_status check_resolve(struct check_where *where, const struct check_plan *p, int limit_ms, bool (*tick)(void *ctx),
    void *ctx, bool *go, struct fp_err *err) FP_MUST_CHECK;

/* ---- tls.c ---- */

struct check_tls;      /* one per run */
struct check_tls_conn; /* one encrypted connection over a connected socket */

enum fp_status check_tls_new(struct check_tls **out, int epoll_fd, struct fp_err *err) FP_MUST_CHECK;
void check_tls_freep(struct check_tls **t);
int64_t check_tls_due(const struct check_tls *t); /* monotonic us when check_tls_tick wants to be called; INT64_MAX for never */
void check_tls_tick(struct check_tls *t);
/* Begin the handshake over fd, which stays the caller's. host is for the server name only. owner comes back from check_tls_ready. */
enum fp_status check_tls_begin(struct check_tls_conn **out, struct check_tls *t, int fd, const char *host, const char *numeric,
    int port, void *owner, struct fp_err *err) FP_MUST_CHECK;
void check_tls_io(struct check_tls *t, int fd, unsigned epoll_events); /* while the handshake runs */
/* The next connection whose handshake has ended: its owner, or NULL when there is none. note: the certificate, or what failed. */
void *check_tls_ready(struct check_tls *t, bool *ok, char *note, size_t size);
/* As send and recv: > 0 bytes, 0 closed by the peer, -1 with errno EAGAIN, ECONNRESET or EPROTO. */
ssize_t check_tls_send(struct check_tls_conn *c, const void *p, size_t len);
ssize_t check_tls_recv(struct check_tls_conn *c, void *p, size_t len);
void check_tls_endp(struct check_tls_conn **c); /* the socket stays open */

/* ---- wire.c ---- */

enum wire_state { WIRE_IDLE, WIRE_CONNECTING, WIRE_HANDSHAKE, WIRE_TALKING, WIRE_UDP, WIRE_FINISHED };

struct wire {
	const struct check_job *job;
	const struct check_where *where;
	struct evidence_obs *obs;
	size_t index; /* of the job in the plan */
	int epoll_fd, fd;
	struct check_tls *tls;
	struct check_tls_conn *conn;
	enum wire_state state;
	struct check_step step;
	struct fp_buf rx;
	int number; /* of the connection or UDP socket in use */
	int tries_left, strays, reads;
	bool reused;            /* the step goes over a connection that an earlier step left */
	int scale_ms, scale_of; /* waits are multiplied by scale_ms / scale_of */
	int64_t t0_us, due_us, deadline_us;
};

/* Begin the job: the observation is made, the first question goes out. FP_OK also when that fails on the network: see state. */
enum fp_status wire_begin(
    struct wire *w, const struct fp_clock *clock, const char *vantage, const char *tool, struct fp_err *err) FP_MUST_CHECK;
enum fp_status wire_on_event(struct wire *w, unsigned epoll_events, struct fp_err *err) FP_MUST_CHECK;
enum fp_status wire_on_handshake(struct wire *w, bool ok, const char *note, struct fp_err *err) FP_MUST_CHECK;
enum fp_status wire_on_due(struct wire *w, int64_t now_us, struct fp_err *err) FP_MUST_CHECK; /* due_us has passed */
/* When a call above said FP_ELIMIT the observation is full: the job ends with an event that says so, and FP_OK. Any other st is given back. */
enum fp_status wire_capped(struct wire *w, enum fp_status st, struct fp_err *err) FP_MUST_CHECK;
void wire_end(struct wire *w); /* close and free all that is left */

#endif
