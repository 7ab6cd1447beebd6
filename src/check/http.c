/* HTTP/1.1 answers from bytes. Two passes share one walk: framing (how much is there) and reading (what it says). */
#include "check/http.h"

#include <string.h>
#include <strings.h>

struct walk {
	const uint8_t *p;
	size_t len, at;
};

enum line { LINE_OK, LINE_MORE, LINE_BAD };

/* One line without its CRLF (a bare LF is accepted: RFC 9112 2.2). */
static enum line
line_next(struct walk *w, const char **s, size_t *n)
{
	const uint8_t *end = memchr(w->p + w->at, '\n', w->len - w->at);
	if (end == NULL) {
		return w->len > HTTP_HEAD_MAX && w->at < HTTP_HEAD_MAX ? LINE_BAD : LINE_MORE;
	}
	*s = (const char *)w->p + w->at;
	*n = (size_t)(end - (w->p + w->at));
	w->at += *n + 1;
	if (*n > 0 && (*s)[*n - 1] == '\r') {
		--*n;
	}
	return memchr(*s, '\0', *n) == NULL ? LINE_OK : LINE_BAD;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 401 Unauthorized" */
static bool
status_line(int *status, const char *s, size_t n)
{
	if (n < 12 || strncmp(s, "HTTP/1.", 7) != 0 || (s[7] != '0' && s[7] != '1') || s[8] != ' ' || (n > 12 && s[12] != ' ')) {
		return false;
	}
	if (!digit(s[9]) || !digit(s[10]) || !digit(s[11])) {
		return false;
	}
	*status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
	return *status >= 100 && *status <= 599;
}

/* Everything the head says about the length and the meaning of what follows. */
struct head {
	int status;
	bool chunked, has_length, close, challenge;
	size_t length;
};

static bool
number(size_t *out, const char *s, size_t n, unsigned base, size_t max)
{
	size_t v = 0;
	if (n == 0) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		unsigned d = digit(c)               ? (unsigned)(c - '0')
			     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
			     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
						    : 99;
		if (d >= base || v > max) {
			return false;
		}
		v = v * base + d;
	}
	*out = v;
	return v <= max;
}

static bool
field_is(const char *s, size_t n, const char *name)
{
	return n == strlen(name) && strncasecmp(s, name, n) == 0;
}

static bool
header_line(struct head *h, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	if (colon == NULL || colon == s || s[0] == ' ' || s[0] == '\t') {
		return false;
	}
	size_t name = (size_t)(colon - s), at = name + 1;
	while (at < n && (s[at] == ' ' || s[at] == '\t')) {
		at++;
	}
	while (n > at && (s[n - 1] == ' ' || s[n - 1] == '\t')) {
		n--;
	}
	const char *v = s + at;
	size_t len = n - at;
	if (field_is(s, name, "content-length")) {
		size_t length = 0;
		/* Two lengths that differ, or a length beside chunks, is how answers are smuggled: refuse. */
		if (!number(&length, v, len, 10, HTTP_ANSWER_MAX) || (h->has_length && h->length != length)) {
			return false;
		}
		h->has_length = true;
		h->length = length;
	} else if (field_is(s, name, "transfer-encoding")) {
		if (!field_is(v, len, "chunked") || h->chunked) {
			return false;
		}
		h->chunked = true;
	} else if (field_is(s, name, "connection")) {
		h->close |= field_is(v, len, "close");
	} else if (field_is(s, name, "www-authenticate")) {
		h->challenge = true;
	}
	return !(h->chunked && h->has_length);
}

static enum check_frame
head_read(struct head *h, struct walk *w)
{
	const char *s = NULL;
	size_t n = 0;
	*h = (struct head){ 0 };
	for (bool first = true;; first = false) {
		enum line l = line_next(w, &s, &n);
		if (l == LINE_MORE) {
			return w->len > HTTP_HEAD_MAX ? CHECK_FRAME_BROKEN : CHECK_FRAME_MORE;
		}
		if (l == LINE_BAD || w->at > HTTP_HEAD_MAX || (first && !status_line(&h->status, s, n))) {
			return CHECK_FRAME_BROKEN;
		}
		if (!first && n == 0) {
			return CHECK_FRAME_WHOLE;
		}
		if (!first && !header_line(h, s, n)) {
			return CHECK_FRAME_BROKEN;
		}
	}
}

/* Chunks until the empty one, then trailers until the empty line. */
static enum check_frame
chunks_read(struct walk *w, struct fp_buf *body)
{
	const char *s = NULL;
	size_t n = 0, size = 1, total = 0;
	enum line l;
	while (size > 0) {
		l = line_next(w, &s, &n);
		if (l != LINE_OK) {
			return l == LINE_MORE && w->len - w->at < 1024 ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
		}
		const char *ext = memchr(s, ';', n);
		size_t digits = ext != NULL ? (size_t)(ext - s) : n;
		if (!number(&size, s, digits, 16, HTTP_ANSWER_MAX) || (total += size) > HTTP_ANSWER_MAX) {
			return CHECK_FRAME_BROKEN;
		}
		if (size > w->len - w->at) {
			return CHECK_FRAME_MORE;
		}
		if (body != NULL) {
			fp_buf_add(body, w->p + w->at, size);
		}
		w->at += size;
		if (size > 0) {
			l = line_next(w, &s, &n);
			if (l != LINE_OK || n != 0) {
				return l == LINE_MORE && w->len == w->at + (w->len > w->at && w->p[w->at] == '\r')
					   ? CHECK_FRAME_MORE
					   : CHECK_FRAME_BROKEN;
			}
		}
	}
	do {
		l = line_next(w, &s, &n);
		if (l != LINE_OK) {
			return l == LINE_MORE ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
		}
	} while (n > 0);
	return CHECK_FRAME_WHOLE;
}

/* The whole answer behind any 1xx ones; *ends says whether its end is in the bytes. */
static enum check_frame
answer_walk(struct head *h, struct walk *w, struct fp_buf *body, bool *ends)
{
	enum check_frame f;
	int interim = 0;
	*ends = true;
	do {
		f = head_read(h, w);
	} while (f == CHECK_FRAME_WHOLE && h->status < 200 && ++interim < 8);
	if (f != CHECK_FRAME_WHOLE) {
		return f;
	}
	if (h->status < 200) {
		return CHECK_FRAME_BROKEN;
	}
	if (h->status == 204 || h->status == 304) {
		return CHECK_FRAME_WHOLE;
	}
	if (h->chunked) {
		return chunks_read(w, body);
	}
	size_t left = w->len - w->at;
	*ends = h->has_length;
	if (h->has_length && left < h->length) {
		return CHECK_FRAME_MORE;
	}
	size_t take = h->has_length ? h->length : left;
	if (body != NULL) {
		fp_buf_add(body, w->p + w->at, take);
	}
	w->at += take;
	return h->has_length ? CHECK_FRAME_WHOLE : CHECK_FRAME_MORE;
}

enum check_frame
http_frame(const uint8_t *p, size_t len)
{
	struct walk w = { p, len, 0 };
	struct head h;
	bool ends;
	return answer_walk(&h, &w, NULL, &ends);
}

bool
http_read(struct http_answer *out, const uint8_t *p, size_t len, bool closed)
{
	struct walk w = { p, len, 0 };
	struct head h;
	bool ends;
	*out = (struct http_answer){ .body = { .max = HTTP_ANSWER_MAX } };
	enum check_frame f = answer_walk(&h, &w, &out->body, &ends);
	out->status = h.status;
	out->sized = ends;
	out->close = h.close;
	out->challenge = h.challenge;
	/* REQ law-2: an answer whose end nobody can tell from a break is whole only when the connection was closed in order. */
	return w.at == len && out->body.failed == FP_OK && (f == CHECK_FRAME_WHOLE || (f == CHECK_FRAME_MORE && !ends && closed));
}
