/*
 * The pages of one site: `fieldproof serve`. Speaks HTTP/1.1 by libmicrohttpd, builds document trees, knows no SQL and no protocol
 * of a check. Works without JavaScript.
 */
#ifndef FP_WEB_WEB_H
#define FP_WEB_WEB_H

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"

#define WEB_LISTEN "127.0.0.1:8480" /* when .listen is NULL */

/* All zero but .db and .clock is ready to use; texts and lists are borrowed until web_serve returns. */
struct web_options {
	const char *db;                 /* as in app_options */
	const char *listen;             /* "ADDRESS:PORT", numeric; IPv6 in brackets; port 0 = any free one. NULL = WEB_LISTEN */
	const char *const *notice_dirs; /* as in app_options; also what "add a notice" offers. NULL = none */
	struct fp_clock clock;          /* for everything that is stored or shown */
	const struct fp_log *log;       /* NULL: silent */
	const char *zone;               /* IANA zone of the times shown ("Europe/Copenhagen"); NULL = this machine\'s, or UTC */
	int stop_fd; /* web_serve ends in order once this can be read (the read end of a pipe that signals write to) */
	/* Called once, when requests are answered: "http://127.0.0.1:8480/". NULL: nobody is told. */
	void (*listening)(void *ctx, const char *url);
	/* Called before .listening when the database has no account yet: the address with a code that is good once, for a person at this terminal only. */
	void (*first_start)(void *ctx, const char *url);
	void *ctx;
	/* Limits; 0 = the default in brackets. */
	unsigned connections;        /* at once (64) */
	unsigned connections_per_ip; /* at once from one address (32) */
	unsigned
	    request_ms;     /* from the first byte of a request to its last, and from a connection to its first request (10000) */
	unsigned answer_ms; /* for the client to take the whole answer (60000) */
};

/*
 * Serve until .stop_fd can be read; requests under way are finished first (at most 10 s), a check under way is ended in order. FP_EINVAL
 * for an address that is none, FP_EIO (with the address) when it is taken; whatever app_open says about the database.
 */
enum fp_status web_serve(const struct web_options *o, struct fp_err *err) FP_MUST_CHECK;

#endif
