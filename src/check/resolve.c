/* Names to addresses, once, before anything is sent: the answer is fixed for the run and noted in the observation. */
#include "check/wire.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "check/target.h"

#define THREADS 8
#define TICK_MS 200

struct name {
	char host[CHECK_HOST_MAX];
	size_t job;
	bool done;
	int gai;
	struct sockaddr_storage sa;
	socklen_t len;
};

/* Shared by the threads: a resolver that never answers keeps its thread, so the last one to leave frees it. */
struct pool {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct name *names;
	size_t n, next, done;
	int users;
	bool stop;
};

static void
pool_leave(struct pool *p) /* with the lock held */
{
	bool last = --p->users == 0;
	(void)pthread_mutex_unlock(&p->lock);
	if (last) {
		(void)pthread_mutex_destroy(&p->lock);
		(void)pthread_cond_destroy(&p->moved);
		free(p->names);
		free(p);
	}
}

static int
lookup(struct sockaddr_storage *sa, socklen_t *len, const char *host, int flags)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags }, *found = NULL;
	int gai = getaddrinfo(host, NULL, &hints, &found);
	if (gai == 0 && found->ai_addrlen <= sizeof(*sa)) {
		memcpy(sa, found->ai_addr, found->ai_addrlen);
		*len = found->ai_addrlen;
	}
	if (gai == 0) {
		freeaddrinfo(found);
	}
	return gai;
}

static void *
worker(void *arg)
{
	struct pool *p = arg;
	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop && p->next < p->n) {
		struct name *m = &p->names[p->next++];
		char host[CHECK_HOST_MAX];
		struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };
		socklen_t len = 0;
		memcpy(host, m->host, sizeof(host));
		(void)pthread_mutex_unlock(&p->lock);
		int gai = lookup(&sa, &len, host, AI_ADDRCONFIG);
		(void)pthread_mutex_lock(&p->lock);
		m->gai = gai;
		m->sa = sa;
		m->len = len;
		m->done = true;
		p->done++;
		(void)pthread_cond_signal(&p->moved);
	}
	pool_leave(p);
	return NULL;
}

static void
where_set(struct check_where *w, const struct sockaddr_storage *sa, socklen_t len)
{
	if (!check_address_allowed((const struct sockaddr *)sa)) {
		(void)snprintf(w->note, sizeof(w->note), "%s: to an address that is not of one device", CHECK_NOTE_NAME);
		return;
	}
	w->sa = *sa;
	w->len = len;
	(void)getnameinfo((const struct sockaddr *)sa, len, w->numeric, sizeof(w->numeric), NULL, 0, NI_NUMERICHOST);
}

static int
name_compare(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = strcmp(x->host, y->host);
	return c != 0 ? c : (x->job > y->job) - (x->job < y->job);
}

/* Numbers are set at once; names are collected, n of them, one entry per job. */
static enum fp_status
numbers_first(struct check_where *where, struct name **names, size_t *n, const struct check_plan *p, struct fp_err *err)
{
	size_t cap = 0;
	for (size_t i = 0; i < check_plan_jobs(p); i++) {
		char host[CHECK_HOST_MAX] = "";
		int port = 0;
		struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };
		socklen_t len = 0;
		where[i] = (struct check_where){ .named = false };
		if (!check_target_split(host, sizeof(host), &port, check_plan_job(p, i)->target)) {
			return fp_fail(err, FP_EINVAL, "'%s' is no target", check_plan_job(p, i)->target);
		}
		if (lookup(&sa, &len, host, AI_NUMERICHOST) == 0) {
			where_set(&where[i], &sa, len);
			continue;
		}
		if (fp_grow(names, &cap, *n + 1, sizeof(**names)) != 0) {
			return fp_fail(err, FP_ENOMEM, "no memory for %zu names", *n + 1);
		}
		struct name *m = &(*names)[(*n)++];
		*m = (struct name){ .job = i };
		memcpy(m->host, host, sizeof(m->host));
	}
	return FP_OK;
}

static struct pool *
pool_make(const struct name *names, size_t n, struct fp_err *err)
{
	struct pool *p = fp_calloc(1, sizeof(*p));
	struct name *own = fp_calloc(n, sizeof(*own));
	if (p == NULL || own == NULL) {
		(void)fp_fail(err, FP_ENOMEM, "no memory for %zu names", n);
		free(p);
		free(own);
		return NULL;
	}
	(void)pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_t attr;
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); /* that of fp_monotonic_us */
	(void)pthread_cond_init(&p->moved, &attr);
	(void)pthread_condattr_destroy(&attr);
	for (size_t i = 0; i < n; i++) {
		if (p->n == 0 || strcmp(own[p->n - 1].host, names[i].host) != 0) {
			own[p->n++] = names[i];
		}
	}
	p->names = own;
	p->users = 1;
	for (size_t i = 0; i < THREADS && i < p->n; i++) {
		pthread_t t;
		p->users++;
		if (pthread_create(&t, NULL, worker, p) != 0) {
			p->users--;
			break;
		}
		(void)pthread_detach(t);
	}
	return p;
}

static void
pool_wait(struct pool *p, int limit_ms, bool (*tick)(void *ctx), void *ctx, bool *go)
{
	int64_t end = fp_monotonic_ms() + limit_ms;
	while (*go && p->done < p->n && p->users > 1 && fp_monotonic_ms() < end) {
		int64_t wake_us = fp_monotonic_us() + TICK_MS * 1000;
		struct timespec until = { .tv_sec = (time_t)(wake_us / 1000000), .tv_nsec = (long)(wake_us % 1000000) * 1000 };
		(void)pthread_cond_timedwait(&p->moved, &p->lock, &until);
		(void)pthread_mutex_unlock(&p->lock);
		*go = tick == NULL || tick(ctx);
		(void)pthread_mutex_lock(&p->lock);
	}
	p->stop = true;
}

/* names and the pool's are sorted alike: walk both. */
static void
answers_take(struct check_where *where, const struct name *names, size_t n, const struct pool *p)
{
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		while (at + 1 < p->n && strcmp(p->names[at].host, names[i].host) < 0) {
			at++;
		}
		struct check_where *w = &where[names[i].job];
		const struct name *m = &p->names[at];
		w->named = true;
		if (m->done && m->gai == 0) {
			where_set(w, &m->sa, m->len);
		} else {
			(void)snprintf(w->note, sizeof(w->note), "%s: %s", CHECK_NOTE_NAME,
			    m->done ? gai_strerror(m->gai) : "no answer in time");
		}
	}
}

enum fp_status
check_resolve(struct check_where *where, const struct check_plan *p, int limit_ms, bool (*tick)(void *ctx), void *ctx, bool *go,
    struct fp_err *err)
{
	FP_AUTO(fp_freep) struct name *names = NULL;
	size_t n = 0;
	*go = true;
	enum fp_status st = numbers_first(where, &names, &n, p, err);
	if (st != FP_OK || n == 0) {
		return st;
	}
	qsort(names, n, sizeof(*names), name_compare);
	struct pool *pool = pool_make(names, n, err);
	if (pool == NULL) {
		return FP_ENOMEM;
	}
	(void)pthread_mutex_lock(&pool->lock);
	pool_wait(pool, limit_ms, tick, ctx, go);
	answers_take(where, names, n, pool);
	pool_leave(pool);
	return FP_OK;
}
