/*
 * HTTP/1.1 answers, read strictly from bytes (RFC 9112): enough to know where an answer ends, what its status is and what its body holds.
 */
#ifndef FP_CHECK_HTTP_H
#define FP_CHECK_HTTP_H

#include "base/buf.h"
#include "check/probe.h"

#define HTTP_HEAD_MAX ((size_t)16 << 10)
#define HTTP_ANSWER_MAX ((size_t)128 << 10)

struct http_answer {
	int status;         /* 100-599 */
	bool sized;         /* Content-Length or chunked: the end is in the bytes; otherwise it ends with the connection */
	bool close;         /* the server will close */
	bool challenge;     /* WWW-Authenticate is there */
	struct fp_buf body; /* chunks put together; free it */
};

/* Where the answer to a GET stands; a message that ends with the connection is MORE for ever. */
enum check_frame http_frame(const uint8_t *p, size_t len);

/* Reads a whole answer; closed: the peer closed the connection behind these bytes. false when it is not one, whole and well formed. */
bool http_read(struct http_answer *out, const uint8_t *p, size_t len, bool closed);

#endif
