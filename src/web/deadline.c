/*
 * Deadlines of connections. libmicrohttpd's own time-out counts inactivity only, so a client that drips a byte a second would keep its
 * thread for ever: here a connection has a moment by which its request must be whole or its answer taken.
 */
#include "web/internal.h"

#include <sys/socket.h>
#include <time.h>

#include "base/mem.h"

static struct web_conn *
find(struct web *w, int fd)
{
	for (size_t i = 0; i < w->n_conns; i++) {
		if (w->conns[i].fd == fd)
			return &w->conns[i];
	}
	return NULL;
}

void
web_conn_add(struct web *w, int fd, int64_t ms)
{
	pthread_mutex_lock(&w->conn_lock);
	/* Without memory for the table the connection could not be limited: it is refused. */
	if (fp_grow(&w->conns, &w->cap_conns, w->n_conns + 1, sizeof(*w->conns)) != 0)
		(void)shutdown(fd, SHUT_RDWR);
	else
		w->conns[w->n_conns++] = (struct web_conn){ .fd = fd, .deadline = fp_monotonic_ms() + ms };
	pthread_mutex_unlock(&w->conn_lock);
}

/* Called before libmicrohttpd closes fd: the reaper can never hit a number that has gone to somebody else. */
void
web_conn_drop(struct web *w, int fd)
{
	struct web_conn *c;

	pthread_mutex_lock(&w->conn_lock);
	c = find(w, fd);
	if (c != NULL)
		*c = w->conns[--w->n_conns];
	pthread_mutex_unlock(&w->conn_lock);
}

void
web_conn_deadline(struct web *w, int fd, int64_t ms)
{
	struct web_conn *c;

	pthread_mutex_lock(&w->conn_lock);
	c = find(w, fd);
	if (c != NULL)
		c->deadline = ms == 0 ? 0 : fp_monotonic_ms() + ms;
	pthread_mutex_unlock(&w->conn_lock);
}

static void
reap(struct web *w)
{
	int64_t now = fp_monotonic_ms();

	pthread_mutex_lock(&w->conn_lock);
	for (size_t i = 0; i < w->n_conns; i++) {
		if (w->conns[i].deadline != 0 && w->conns[i].deadline <= now) {
			(void)shutdown(w->conns[i].fd, SHUT_RDWR);
			w->conns[i].deadline = 0;
			fp_log(w->o.log, FP_INFO, "a client was too slow and was cut off");
		}
	}
	pthread_mutex_unlock(&w->conn_lock);
}

void *
web_reaper(void *web)
{
	struct web *w = web;
	const struct timespec nap = { .tv_nsec = 200 * 1000 * 1000 };

	while (!__atomic_load_n(&w->stopping, __ATOMIC_ACQUIRE)) {
		reap(w);
		(void)nanosleep(&nap, NULL);
	}
	return NULL;
}
