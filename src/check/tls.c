/*
 * The encrypted part of a connection, by libcurl: it gets our connected socket, makes TLS over it, and then only carries bytes
 * (CURLOPT_CONNECT_ONLY). So every byte of the request is ours, as the dry run prints it: no redirect, no header, no credential of curl's.
 */
#include "check/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/json.h"
#include "base/mem.h"
#include "check/curl_lazy.h"
#include "crypto/crypto.h"

/* One thread asks (check_run), so one pointer will do; NULL until the first encrypted connection. */
static const struct curl_lazy *curl;

struct check_tls {
	CURLM *multi;
	int epoll_fd;
	int64_t due_us;
};

struct check_tls_conn {
	struct check_tls *tls;
	CURL *easy;
	struct curl_slist *resolve;
	int fd;
	void *owner;
};

static int
on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct check_tls *t = ctx;
	(void)multi;
	t->due_us = timeout_ms < 0 ? INT64_MAX : fp_monotonic_us() + timeout_ms * 1000;
	return 0;
}

/* curl says what it waits for; the socket is in our epoll set already, with its owner as the event's data. */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct check_tls *t = ctx;
	struct check_tls_conn *c = NULL;
	(void)unused;
	(void)curl->curl_easy_getinfo(easy, CURLINFO_PRIVATE, &c);
	if (c != NULL && what != CURL_POLL_REMOVE) {
		struct epoll_event e = { .data.ptr = c->owner };
		e.events = (what & CURL_POLL_IN ? (unsigned)EPOLLIN : 0u) | (what & CURL_POLL_OUT ? (unsigned)EPOLLOUT : 0u);
		(void)epoll_ctl(t->epoll_fd, EPOLL_CTL_MOD, fd, &e);
	}
	return 0;
}

static curl_socket_t
on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct check_tls_conn *c = ctx;
	(void)purpose;
	(void)address;
	return c->fd;
}

static int
on_option(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	(void)ctx;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int
on_close(void *ctx, curl_socket_t fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

enum fp_status
check_tls_new(struct check_tls **out, int epoll_fd, struct fp_err *err)
{
	struct check_tls *t = fp_calloc(1, sizeof(*t));
	if (t == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for encrypted connections");
	}
	t->epoll_fd = epoll_fd;
	t->due_us = INT64_MAX;
	*out = t;
	return FP_OK;
}

/* libcurl and its TLS library take longer to start than asking a server does: only a run that needs them pays. */
static enum fp_status
start(struct check_tls *t, struct fp_err *err)
{
	if (t->multi != NULL) {
		return FP_OK;
	}
	enum fp_status st = curl_lazy_load(&curl, err);
	if (st != FP_OK) {
		return st;
	}
	if (curl->curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return fp_fail(err, FP_EIO, "libcurl does not start");
	}
	t->multi = curl->curl_multi_init();
	if (t->multi == NULL) {
		curl->curl_global_cleanup();
		return fp_fail(err, FP_ENOMEM, "no memory for encrypted connections");
	}
	(void)curl->curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl->curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	(void)curl->curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl->curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
	return FP_OK;
}

void
check_tls_freep(struct check_tls **t)
{
	if (*t != NULL && (*t)->multi != NULL) {
		(void)curl->curl_multi_cleanup((*t)->multi);
		curl->curl_global_cleanup();
	}
	free(*t);
	*t = NULL;
}

int64_t
check_tls_due(const struct check_tls *t)
{
	return t->due_us;
}

void
check_tls_tick(struct check_tls *t)
{
	int running = 0;
	t->due_us = INT64_MAX;
	(void)curl->curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

void
check_tls_io(struct check_tls *t, int fd, unsigned epoll_events)
{
	int running = 0, mask = 0;
	mask |= epoll_events & EPOLLIN ? CURL_CSELECT_IN : 0;
	mask |= epoll_events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
	mask |= epoll_events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0;
	(void)curl->curl_multi_socket_action(t->multi, fd, mask, &running);
}

/* A management controller's certificate is its own and its TLS may be old: what it says is read all the same, and the certificate is noted. */
static void
options_set(struct check_tls_conn *c, const char *url)
{
	CURL *e = c->easy;
	(void)curl->curl_easy_setopt(e, CURLOPT_URL, url);
	(void)curl->curl_easy_setopt(e, CURLOPT_PRIVATE, c);
	(void)curl->curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl->curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl->curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl->curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
	(void)curl->curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl->curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
	(void)curl->curl_easy_setopt(e, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
	(void)curl->curl_easy_setopt(e, CURLOPT_CERTINFO, 1L);
	(void)curl->curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
	(void)curl->curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, c);
	(void)curl->curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, on_option);
	(void)curl->curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	(void)curl->curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	if (c->resolve != NULL) {
		(void)curl->curl_easy_setopt(e, CURLOPT_RESOLVE, c->resolve);
	}
}

enum fp_status
check_tls_begin(struct check_tls_conn **out, struct check_tls *t, int fd, const char *host, const char *numeric, int port,
    void *owner, struct fp_err *err)
{
	char url[400], entry[400];
	bool v6 = strchr(host, ':') != NULL;
	enum fp_status st = start(t, err);
	if (st != FP_OK) {
		return st;
	}
	struct check_tls_conn *c = fp_calloc(1, sizeof(*c));
	if (c == NULL || (c->easy = curl->curl_easy_init()) == NULL) {
		free(c);
		return fp_fail(err, FP_ENOMEM, "no memory for an encrypted connection");
	}
	*c = (struct check_tls_conn){ .tls = t, .easy = c->easy, .fd = fd, .owner = owner };
	/* A zone is of use to the socket only, which is connected already. */
	(void)snprintf(url, sizeof(url), v6 ? "https://[%.*s]:%d/" : "https://%.*s:%d/", (int)strcspn(host, "%"), host, port);
	if (!v6 && strcmp(host, numeric) != 0) {
		bool to6 = strchr(numeric, ':') != NULL;
		(void)snprintf(
		    entry, sizeof(entry), to6 ? "%s:%d:[%.*s]" : "%s:%d:%.*s", host, port, (int)strcspn(numeric, "%"), numeric);
		c->resolve = curl->curl_slist_append(NULL, entry);
	}
	options_set(c, url);
	if (curl->curl_multi_add_handle(t->multi, c->easy) != CURLM_OK) {
		curl->curl_slist_free_all(c->resolve);
		curl->curl_easy_cleanup(c->easy);
		free(c);
		return fp_fail(err, FP_EIO, "libcurl refuses a connection");
	}
	*out = c;
	return FP_OK;
}

/* "certificate SHA-256 <hex>" of the first certificate, from the PEM text that curl keeps. */
static void
certificate_note(CURL *easy, char *note, size_t size)
{
	struct curl_certinfo *info = NULL;
	(void)snprintf(note, size, "certificate unknown");
	if (curl->curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs < 1) {
		return;
	}
	for (const struct curl_slist *s = info->certinfo[0]; s != NULL; s = s->next) {
		const char *begin = strstr(s->data, "-----BEGIN CERTIFICATE-----");
		const char *end = begin != NULL ? strstr(begin, "-----END") : NULL;
		if (end == NULL) {
			continue;
		}
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 65536 }, der = { .max = 65536 };
		for (const char *p = begin + strlen("-----BEGIN CERTIFICATE-----"); p < end; p++) {
			if (*p != '\n' && *p != '\r') {
				fp_buf_putc(&text, *p);
			}
		}
		char hex[CRYPTO_SHA256_HEX];
		if (text.data != NULL && fp_base64_get(&der, text.data, NULL) == FP_OK && der.len > 0) {
			(void)snprintf(note, size, "certificate SHA-256 %s", crypto_sha256_hex(hex, der.data, der.len));
			return;
		}
	}
}

void *
check_tls_ready(struct check_tls *t, bool *ok, char *note, size_t size)
{
	int left = 0;
	if (t->multi == NULL) {
		return NULL;
	}
	for (CURLMsg *m = curl->curl_multi_info_read(t->multi, &left); m != NULL;
	     m = curl->curl_multi_info_read(t->multi, &left)) {
		struct check_tls_conn *c = NULL;
		if (m->msg != CURLMSG_DONE || curl->curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c) != CURLE_OK ||
		    c == NULL) {
			continue;
		}
		*ok = m->data.result == CURLE_OK;
		if (*ok) {
			certificate_note(c->easy, note, size);
		} else {
			(void)snprintf(note, size, "%s: %s", CHECK_NOTE_TLS, curl->curl_easy_strerror(m->data.result));
		}
		return c->owner;
	}
	return NULL;
}

static ssize_t
outcome(CURLcode r, size_t n)
{
	if (r == CURLE_OK) {
		return (ssize_t)n;
	}
	errno = r == CURLE_AGAIN ? EAGAIN : r == CURLE_RECV_ERROR || r == CURLE_SEND_ERROR ? ECONNRESET : EPROTO;
	return -1;
}

ssize_t
check_tls_send(struct check_tls_conn *c, const void *p, size_t len)
{
	size_t n = 0;
	CURLcode r = curl->curl_easy_send(c->easy, p, len, &n);
	return outcome(r, n);
}

ssize_t
check_tls_recv(struct check_tls_conn *c, void *p, size_t len)
{
	size_t n = 0;
	CURLcode r = curl->curl_easy_recv(c->easy, p, len, &n);
	return outcome(r, n);
}

void
check_tls_endp(struct check_tls_conn **c)
{
	if (*c != NULL) {
		(void)curl->curl_multi_remove_handle((*c)->tls->multi, (*c)->easy);
		curl->curl_easy_cleanup((*c)->easy);
		curl->curl_slist_free_all((*c)->resolve);
		free(*c);
		*c = NULL;
	}
}
