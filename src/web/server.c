/* libmicrohttpd: one thread per connection with a cap, requests read whole, answers sent, an orderly end. */
#include "web/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define IDLE_S 10                /* a connection without a request under way is kept so long */
#define UPLOAD_MS 180000         /* to send a device list */
#define FILES_MS 900000          /* to send captures */
#define STOP_MS 10000            /* for requests under way when the server stops */
#define BEYOND ((size_t)1 << 20) /* bytes over a limit that are still read, so that the refusal can be told */

void
web_token(char out[WEB_TOKEN])
{
	unsigned char raw[16];

	while (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		continue;
	for (size_t i = 0; i < sizeof(raw); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

bool
web_same(const char *a, const char *b)
{
	size_t len = strlen(a);
	volatile unsigned char diff = 0;

	if (len != strlen(b))
		return false;
	for (size_t i = 0; i < len; i++)
		diff |= (unsigned char)(a[i] ^ b[i]);
	return diff == 0;
}

static int
fd_of(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);

	return i != NULL ? (int)i->connect_fd : -1;
}

/* ---- app handles ---- */

struct app *
web_app_take(struct web *w)
{
	struct app *a = NULL;

	pthread_mutex_lock(&w->pool_lock);
	while (a == NULL) {
		for (size_t i = 0; i < WEB_POOL && a == NULL; i++) {
			if (!w->pool_used[i]) {
				w->pool_used[i] = true;
				a = w->pool[i];
			}
		}
		if (a == NULL)
			pthread_cond_wait(&w->pool_free, &w->pool_lock);
	}
	pthread_mutex_unlock(&w->pool_lock);
	return a;
}

void
web_app_give(struct web *w, struct app *a)
{
	pthread_mutex_lock(&w->pool_lock);
	for (size_t i = 0; i < WEB_POOL; i++) {
		if (w->pool[i] == a)
			w->pool_used[i] = false;
	}
	pthread_cond_signal(&w->pool_free);
	pthread_mutex_unlock(&w->pool_lock);
}

/* ---- requests ---- */

static const char *const fixed_headers[][2] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
	    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), microphone=(), geolocation=()" },
};

static enum MHD_Result
send_answer(struct web_req *r)
{
	struct MHD_Response *resp;
	enum MHD_Result ok;
	size_t len = r->out.len;
	char *body = fp_buf_take(&r->out);

	if (body == NULL)
		return MHD_NO;
	resp = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
	if (resp == NULL) {
		free(body);
		return MHD_NO;
	}
	for (size_t i = 0; i < FP_COUNT(fixed_headers); i++)
		(void)MHD_add_response_header(resp, fixed_headers[i][0], fixed_headers[i][1]);
	(void)MHD_add_response_header(
	    resp, MHD_HTTP_HEADER_CACHE_CONTROL, r->cacheable ? "public, max-age=31536000, immutable" : "no-store");
	if (r->type != NULL)
		(void)MHD_add_response_header(resp, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	for (size_t i = 0; i < r->n_headers; i++)
		(void)MHD_add_response_header(resp, r->headers[i].name, r->headers[i].value);
	/* What was refused unread is not read on. */
	if (r->refused != 0)
		(void)MHD_add_response_header(resp, MHD_HTTP_HEADER_CONNECTION, "close");
	ok = MHD_queue_response(r->conn, r->status, resp);
	MHD_destroy_response(resp);
	return ok;
}

static enum MHD_Result
answer(struct web_req *r)
{
	struct web *w = r->web;

	web_conn_deadline(w, fd_of(r->conn), 0);
	web_dispatch(r);
	web_conn_deadline(w, fd_of(r->conn), w->o.answer_ms);
	return send_answer(r);
}

static enum MHD_Result
begin(struct web *w, struct MHD_Connection *conn, const char *method, const char *url, void **ctx)
{
	struct web_req *r = web_req_new(w, conn, method, url);
	char allow[64];

	if (r == NULL)
		return MHD_NO;
	*ctx = r;
	(void)__atomic_add_fetch(&w->busy, 1, __ATOMIC_ACQ_REL);
	r->route = web_route_find(r, method, r->path, allow);
	web_body_begin(r, r->route != NULL ? r->route->body : WEB_NO_BODY);
	if (r->refused == 0 && r->route != NULL && (r->route->body == WEB_UPLOAD || r->route->body == WEB_FILES)) {
		/* Nobody fills the disk who may not. */
		r->refused = web_upload_refused(r);
		web_conn_deadline(w, fd_of(conn), r->route->body == WEB_FILES ? FILES_MS : UPLOAD_MS);
	}
	return r->refused != 0 ? answer(r) : MHD_YES;
}

static enum MHD_Result
on_request(void *web, struct MHD_Connection *conn, const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **ctx)
{
	struct web_req *r = *ctx;

	(void)version;
	if (r == NULL)
		return begin(web, conn, method, url, ctx);
	if (*size != 0) {
		web_body_take(r, data, *size);
		*size = 0;
		return r->body_len > r->body_max + BEYOND ? MHD_NO : MHD_YES;
	}
	web_body_end(r);
	return answer(r);
}

static void
on_completed(void *web, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct web *w = web;

	(void)why;
	if (*ctx == NULL)
		return;
	web_req_free(*ctx);
	*ctx = NULL;
	(void)__atomic_sub_fetch(&w->busy, 1, __ATOMIC_ACQ_REL);
	web_conn_deadline(w, fd_of(conn), (int64_t)w->o.request_ms + IDLE_S * 1000);
}

static void
on_connection(void *web, struct MHD_Connection *conn, void **ctx, enum MHD_ConnectionNotificationCode what)
{
	struct web *w = web;

	(void)ctx;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		web_conn_add(w, fd_of(conn), w->o.request_ms);
	else
		web_conn_drop(w, fd_of(conn));
}

static void
on_log(void *web, const char *fmt, va_list ap)
{
	struct web *w = web;
	char line[512];

	(void)vsnprintf(line, sizeof(line), fmt, ap);
	fp_log(w->o.log, FP_DEBUG, "http: %s", line);
}

/* ---- listening ---- */

static enum fp_status
split_address(const char *text, char host[256], char port[8], struct fp_err *err)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	int64_t n;

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL) {
		len = 0;
	}
	if (len == 0 || len > 255 || !web_number(&n, colon + 1) || n > 65535)
		return fp_fail(err, FP_EINVAL,
		    "'%s' is no address to listen on; write ADDRESS:PORT, for example 127.0.0.1:8480 or [::1]:8480", text);
	(void)snprintf(host, 256, "%.*s", (int)len, text);
	(void)snprintf(port, 8, "%d", (int)n);
	return FP_OK;
}

static enum fp_status
listen_on(struct web *w, int *out, struct fp_err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE }, *ai = NULL;
	const char *text = w->o.listen;
	char host[256], port[8];
	int fd, one = 1, rc;
	enum fp_status st = split_address(text, host, port, err);

	if (st != FP_OK)
		return st;
	if (strcmp(host, "localhost") != 0)
		hints.ai_flags |= AI_NUMERICHOST;
	rc = getaddrinfo(host, port, &hints, &ai);
	if (rc != 0)
		return fp_fail(
		    err, FP_EINVAL, "cannot listen on '%s': %s; give a numeric address of this machine", text, gai_strerror(rc));
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, 128) != 0)
		st = fp_fail_errno(err, errno, "cannot listen on '%s'", text);
	freeaddrinfo(ai);
	if (st != FP_OK) {
		if (fd >= 0)
			(void)close(fd);
		return st;
	}
	*out = fd;
	return FP_OK;
}

/* The address under which this server is found, from the socket itself: port 0 has become a real one. */
static enum fp_status
name_address(struct web *w, int fd, struct fp_err *err)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[256], port[8];
	int64_t number;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0 || getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host),
								      port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return fp_fail_errno(err, errno, "finding the address of the listening socket");
	if (strcmp(host, "0.0.0.0") == 0)
		(void)snprintf(host, sizeof(host), "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		(void)snprintf(host, sizeof(host), "::1");
	if (!web_number(&number, port))
		return fp_fail(err, FP_EIO, "the listening socket has no port");
	w->port = (int)number;
	(void)snprintf(w->host, sizeof(w->host), strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
	(void)snprintf(w->url, sizeof(w->url), "http://%s", w->host);
	(void)snprintf(w->cookie, sizeof(w->cookie), "fieldproof-%s", port);
	(void)snprintf(w->pre_cookie, sizeof(w->pre_cookie), "fieldproof-pre-%s", port);
	return FP_OK;
}

/* ---- life ---- */

static enum fp_status
open_pool(struct web *w, struct fp_err *err)
{
	const struct app_options o = { .db = w->o.db, .clock = w->o.clock, .log = w->o.log, .notice_dirs = w->o.notice_dirs };
	struct app_account *accounts = NULL;
	size_t n;

	for (size_t i = 0; i < WEB_POOL; i++) {
		if (app_open(&w->pool[i], &o, err) != FP_OK)
			return err->status;
	}
	if (app_accounts(w->pool[0], &accounts, &n, err) != FP_OK)
		return err->status;
	free(accounts);
	web_token(w->setup_code);
	w->setup_open = n == 0;
	return FP_OK;
}

static struct MHD_Daemon *
start(struct web *w, int fd)
{
	return MHD_start_daemon(
	    MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0,
	    NULL, NULL, on_request, w, MHD_OPTION_EXTERNAL_LOGGER, on_log, w, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, w->o.connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, w->o.connections_per_ip,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, WEB_HEADER_MAX,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)1 << 20, MHD_OPTION_NOTIFY_CONNECTION, on_connection, w,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, w, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static void
wait_for_stop(struct web *w)
{
	struct pollfd p = { .fd = w->o.stop_fd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
}

/* No new connections; what is under way is answered; then everything ends. */
static void
stop(struct web *w, struct MHD_Daemon *d)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	MHD_socket listening = MHD_quiesce_daemon(d);
	int64_t until = fp_monotonic_ms() + STOP_MS;

	web_job_stop(w);
	while (__atomic_load_n(&w->busy, __ATOMIC_ACQUIRE) != 0 && fp_monotonic_ms() < until)
		(void)nanosleep(&nap, NULL);
	MHD_stop_daemon(d);
	if (listening != MHD_INVALID_SOCKET)
		(void)close(listening);
}

static void
tell(struct web *w)
{
	char url[400];

	if (w->setup_open && w->o.first_start != NULL) {
		(void)snprintf(url, sizeof(url), "%s/setup?code=%s", w->url, w->setup_code);
		w->o.first_start(w->o.ctx, url);
	}
	if (w->o.listening != NULL) {
		(void)snprintf(url, sizeof(url), "%s/", w->url);
		w->o.listening(w->o.ctx, url);
	}
}

static enum fp_status
run(struct web *w, struct fp_err *err)
{
	struct MHD_Daemon *d;
	pthread_t reaper;
	int fd = -1;

	if (open_pool(w, err) != FP_OK || listen_on(w, &fd, err) != FP_OK)
		return err->status;
	if (name_address(w, fd, err) != FP_OK) {
		(void)close(fd);
		return err->status;
	}
	if (pthread_create(&reaper, NULL, web_reaper, w) != 0) {
		(void)close(fd);
		return fp_fail(err, FP_ENOMEM, "cannot start a thread");
	}
	d = start(w, fd);
	if (d != NULL) {
		tell(w);
		wait_for_stop(w);
		stop(w, d);
	} else {
		(void)close(fd);
	}
	__atomic_store_n(&w->stopping, 1, __ATOMIC_RELEASE);
	(void)pthread_join(reaper, NULL);
	return d != NULL ? FP_OK : fp_fail(err, FP_EIO, "the web server on '%s' could not be started", w->o.listen);
}

/* TZ, or what /etc/localtime leads to ("/usr/share/zoneinfo/Europe/Copenhagen"); NULL when neither is a zone that is known. */
static const char *
machine_zone(char link[256])
{
	const char *tz = getenv("TZ"), *name;
	ssize_t len;

	if (tz != NULL && *tz != '\0')
		return i18n_zone_known(tz) ? tz : NULL;
	len = readlink("/etc/localtime", link, 255);
	if (len <= 0)
		return NULL;
	link[len] = '\0';
	name = strstr(link, "zoneinfo/");
	return name != NULL && i18n_zone_known(name + strlen("zoneinfo/")) ? name + strlen("zoneinfo/") : NULL;
}

static void
set_limits(struct web_options *o)
{
	o->listen = o->listen != NULL ? o->listen : WEB_LISTEN;
	o->connections = o->connections != 0 ? o->connections : 64;
	o->connections_per_ip = o->connections_per_ip != 0 ? o->connections_per_ip : 32;
	o->request_ms = o->request_ms != 0 ? o->request_ms : 10000;
	o->answer_ms = o->answer_ms != 0 ? o->answer_ms : 60000;
}

enum fp_status
web_serve(const struct web_options *o, struct fp_err *err)
{
	struct fp_err own;
	struct web w = { .o = *o, .spool_fd = -1 };
	pthread_mutex_t *locks[] = { &w.pool_lock, &w.conn_lock, &w.upload_lock, &w.setup_lock, &w.job.lock };
	char link[256];
	enum fp_status st;

	err = err != NULL ? err : &own;
	set_limits(&w.o);
	if (w.o.zone == NULL)
		w.o.zone = machine_zone(link);
	for (size_t i = 0; i < FP_COUNT(locks); i++)
		(void)pthread_mutex_init(locks[i], NULL);
	(void)pthread_cond_init(&w.pool_free, NULL);
	st = run(&w, err);
	web_job_end(&w);
	web_uploads_end(&w);
	for (size_t i = 0; i < WEB_POOL; i++)
		app_free(w.pool[i]);
	free(w.conns);
	(void)pthread_cond_destroy(&w.pool_free);
	for (size_t i = 0; i < FP_COUNT(locks); i++)
		(void)pthread_mutex_destroy(locks[i]);
	return st;
}
