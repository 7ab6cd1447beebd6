/* The run: one thread, one epoll set, every job a small state machine. Hosts are asked side by side, each host one job at a time. */
#include "check/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "check/wire.h"

#define AT_ONCE 2048
#define TICK_US 250000
#define RESOLVE_MS 5000
#define EVENTS 256
#define NONE SIZE_MAX

/* Jobs of one host and kind (TCP or UDP) go one behind the other: asking a server in parallel gains nothing and burdens it. */
struct lane {
	int active;
	size_t first, last; /* waiting jobs, linked by run.next */
};

struct run {
	const struct check_plan *plan;
	const struct check_run_options *o;
	size_t n, at_once, done, cursor;
	int per_host;
	struct check_where *where;
	struct lane *lanes;
	size_t *lane_of, *next; /* per job */
	size_t ready;           /* a list of jobs whose lane has room again, linked by next */
	struct wire **active;
	size_t n_active;
	int epoll_fd;
	struct check_tls *tls;
	int64_t ticked_us, due_us; /* due_us: no job is due before */
	bool stop;
};

static bool
tick(void *ctx)
{
	struct run *r = ctx;
	r->ticked_us = fp_monotonic_us();
	if (r->o->progress != NULL && !r->o->progress(r->o->ctx, r->done, r->n, r->done, NULL)) {
		r->stop = true;
	}
	return !r->stop;
}

/* ---- lanes ---- */

struct lane_key {
	uint8_t address[sizeof(struct sockaddr_storage)];
	uint8_t udp;
	size_t job;
};

static int
key_compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct lane_key, job));
}

static enum fp_status
lanes_make(struct run *r, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct lane_key *keys = fp_calloc(r->n + 1, sizeof(*keys));
	if (keys == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for %zu jobs", r->n);
	}
	for (size_t i = 0; i < r->n; i++) {
		memcpy(keys[i].address, &r->where[i].sa, r->where[i].len);
		keys[i].udp = check_plan_job(r->plan, i)->probe->budget.connections == 0;
		keys[i].job = i;
	}
	qsort(keys, r->n, sizeof(*keys), key_compare);
	size_t lane = 0;
	for (size_t i = 0; i < r->n; i++) {
		lane += i > 0 && key_compare(&keys[i - 1], &keys[i]) != 0;
		r->lane_of[keys[i].job] = lane;
		r->lanes[lane] = (struct lane){ 0, NONE, NONE };
	}
	return FP_OK;
}

/* The next job that may begin, or NONE. */
static size_t
job_take(struct run *r)
{
	if (r->ready != NONE) {
		size_t job = r->ready;
		r->ready = r->next[job];
		return job;
	}
	while (r->cursor < r->n) {
		size_t job = r->cursor++;
		struct lane *l = &r->lanes[r->lane_of[job]];
		if (l->active < r->per_host) {
			l->active++;
			return job;
		}
		r->next[job] = NONE;
		if (l->last != NONE) {
			r->next[l->last] = job;
		} else {
			l->first = job;
		}
		l->last = job;
	}
	return NONE;
}

/* A job of that lane has ended: the one that waits longest takes its place. */
static void
lane_free(struct run *r, size_t job)
{
	struct lane *l = &r->lanes[r->lane_of[job]];
	size_t waiting = l->first;
	if (waiting == NONE) {
		l->active--;
		return;
	}
	l->first = r->next[waiting];
	l->last = l->first == NONE ? NONE : l->last;
	r->next[waiting] = r->ready;
	r->ready = waiting;
}

/* ---- jobs ---- */

static void
due_note(struct run *r, const struct wire *w)
{
	if (w->state != WIRE_FINISHED && w->due_us < r->due_us) {
		r->due_us = w->due_us;
	}
}

static enum fp_status
job_start(struct run *r, size_t job, struct fp_err *err)
{
	struct wire *w = fp_calloc(1, sizeof(*w));
	if (w == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for a job");
	}
	w->job = check_plan_job(r->plan, job);
	w->index = job;
	w->where = &r->where[job];
	w->epoll_fd = r->epoll_fd;
	w->tls = r->tls;
	w->fd = -1;
	w->scale_of = w->job->probe->budget.timeout_ms;
	w->scale_ms = r->o->timeout_ms > 0 ? r->o->timeout_ms : w->scale_of;
	r->active[r->n_active++] = w;
	enum fp_status st = wire_capped(w, wire_begin(w, r->o->clock, r->o->vantage, r->o->tool, err), err);
	due_note(r, w);
	return st;
}

static enum fp_status
job_finish(struct run *r, size_t slot, struct fp_err *err)
{
	struct wire *w = r->active[slot];
	size_t job = w->index;
	r->active[slot] = r->active[--r->n_active];
	lane_free(r, job);
	struct evidence_obs *obs = w->obs;
	w->obs = NULL;
	wire_end(w);
	free(w);
	r->done++;
	enum fp_status st = evidence_obs_seal(obs, err);
	if (st != FP_OK) {
		evidence_obs_free(obs);
		return st;
	}
	r->ticked_us = fp_monotonic_us();
	if (r->o->progress != NULL && !r->o->progress(r->o->ctx, r->done, r->n, job, obs)) {
		r->stop = true;
	}
	if (r->o->done == NULL) {
		evidence_obs_free(obs);
		return FP_OK;
	}
	return r->o->done(r->o->ctx, job, obs, err);
}

/* Hand over what has finished, then fill the free places. A job may finish as it begins: hence the loop. */
static enum fp_status
turn_over(struct run *r, struct fp_err *err)
{
	enum fp_status st = FP_OK;
	bool moved = true;
	while (st == FP_OK && moved) {
		moved = false;
		for (size_t i = r->n_active; st == FP_OK && i-- > 0;) {
			if (r->active[i]->state == WIRE_FINISHED) {
				st = job_finish(r, i, err);
				moved = true;
			}
		}
		while (st == FP_OK && !r->stop && r->n_active < r->at_once) {
			size_t job = job_take(r);
			if (job == NONE) {
				break;
			}
			st = job_start(r, job, err);
			moved = true;
		}
	}
	return st;
}

/* ---- the loop ---- */

static enum fp_status
handshakes_take(struct run *r, struct fp_err *err)
{
	bool ok = false;
	char text[200];
	enum fp_status st = FP_OK;
	struct wire *w;
	while (st == FP_OK && (w = check_tls_ready(r->tls, &ok, text, sizeof(text))) != NULL) {
		st = wire_capped(w, wire_on_handshake(w, ok, text, err), err);
		due_note(r, w);
	}
	return st;
}

static enum fp_status
due_take(struct run *r, int64_t now, struct fp_err *err)
{
	enum fp_status st = FP_OK;
	if (now < r->due_us) {
		return FP_OK;
	}
	r->due_us = INT64_MAX;
	for (size_t i = 0; st == FP_OK && i < r->n_active; i++) {
		struct wire *w = r->active[i];
		if (w->state != WIRE_FINISHED && w->due_us <= now) {
			st = wire_capped(w, wire_on_due(w, now, err), err);
		}
		due_note(r, w);
	}
	return st;
}

static int
wait_ms(const struct run *r, int64_t now)
{
	int64_t until = r->ticked_us + TICK_US;
	until = r->due_us < until ? r->due_us : until;
	until = check_tls_due(r->tls) < until ? check_tls_due(r->tls) : until;
	return until <= now ? 0 : (int)((until - now + 999) / 1000);
}

static enum fp_status
turn(struct run *r, struct fp_err *err)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(r->epoll_fd, events, EVENTS, wait_ms(r, fp_monotonic_us()));
	enum fp_status st = FP_OK;
	if (n < 0 && errno != EINTR) {
		return fp_fail_errno(err, errno, "waiting for answers");
	}
	/* A job has one socket at a time, so one event per turn; it is freed only after the turn. */
	for (int i = 0; st == FP_OK && i < n; i++) {
		struct wire *w = events[i].data.ptr;
		st = wire_capped(w, wire_on_event(w, events[i].events, err), err);
		due_note(r, w);
	}
	int64_t now = fp_monotonic_us();
	if (st == FP_OK && check_tls_due(r->tls) <= now) {
		check_tls_tick(r->tls);
	}
	if (st == FP_OK) {
		st = handshakes_take(r, err);
	}
	if (st == FP_OK) {
		st = due_take(r, now, err);
	}
	if (st == FP_OK && now - r->ticked_us >= TICK_US) {
		(void)tick(r);
	}
	return st;
}

/* Each job under way holds a socket: no more of them than the system lets us open, with some left for the rest of the program. */
static size_t
places(size_t wanted)
{
	struct rlimit l;
	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur == RLIM_INFINITY) {
		return wanted;
	}
	if (l.rlim_cur < wanted + 128 && l.rlim_max > l.rlim_cur) {
		rlim_t up = wanted + 128;
		l.rlim_cur = l.rlim_max == RLIM_INFINITY || l.rlim_max > up ? up : l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
		(void)getrlimit(RLIMIT_NOFILE, &l);
	}
	size_t room = l.rlim_cur > 160 ? (size_t)l.rlim_cur - 128 : 32;
	return wanted < room ? wanted : room;
}

static void
run_free(struct run *r)
{
	for (size_t i = 0; i < r->n_active; i++) {
		wire_end(r->active[i]);
		free(r->active[i]);
	}
	check_tls_freep(&r->tls);
	if (r->epoll_fd >= 0) {
		(void)close(r->epoll_fd);
	}
	free(r->where);
	free(r->lanes);
	free(r->lane_of);
	free(r->next);
	free(r->active);
}

static enum fp_status
run_setup(struct run *r, struct fp_err *err)
{
	bool go = true;
	r->where = fp_calloc(r->n + 1, sizeof(*r->where));
	r->lanes = fp_calloc(r->n + 1, sizeof(*r->lanes));
	r->lane_of = fp_calloc(r->n + 1, sizeof(*r->lane_of));
	r->next = fp_calloc(r->n + 1, sizeof(*r->next));
	r->active = fp_calloc(r->at_once, sizeof(struct wire *));
	if (r->where == NULL || r->lanes == NULL || r->lane_of == NULL || r->next == NULL || r->active == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for %zu jobs", r->n);
	}
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0) {
		return fp_fail_errno(err, errno, "setting up the event loop");
	}
	enum fp_status st = check_tls_new(&r->tls, r->epoll_fd, err);
	if (st == FP_OK) {
		st = check_resolve(r->where, r->plan, RESOLVE_MS, tick, r, &go, err);
	}
	if (st == FP_OK) {
		st = lanes_make(r, err);
	}
	r->stop = r->stop || !go;
	return st;
}

enum fp_status
check_run(const struct check_plan *p, const struct check_run_options *o, struct fp_err *err)
{
	if (o->vantage == NULL || o->vantage[0] == '\0' || o->tool == NULL || o->clock == NULL) {
		return fp_fail(
		    err, FP_EUSAGE, "a check run needs the name of the place it is run from, a clock and the tool's name");
	}
	struct run r = { .plan = p, .o = o, .n = check_plan_jobs(p), .epoll_fd = -1, .ready = NONE, .due_us = INT64_MAX };
	r.per_host = o->per_host > 0 ? o->per_host : 1;
	r.at_once = places(o->at_once > 0 ? (size_t)o->at_once : AT_ONCE);
	r.ticked_us = fp_monotonic_us();
	enum fp_status st = run_setup(&r, err);
	while (st == FP_OK && !r.stop) {
		st = turn_over(&r, err);
		if (st != FP_OK || r.stop || r.n_active == 0) {
			break;
		}
		st = turn(&r, err);
	}
	if (st == FP_OK) {
		fp_log(o->log, FP_INFO, "%zu of %zu addresses asked", r.done, r.n);
	}
	run_free(&r);
	return st;
}
