/* What the hostile server's files share: its options, a connection, a mode, patches and random bytes. */
#ifndef FP_TESTS_HOSTILE_H
#define FP_TESTS_HOSTILE_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "double.h"

enum { NEVER = INT32_MAX, REQUEST_MAX = 65536, BLOCK = 65536, UDP_MAX = 65507, CHILDREN_MAX = 128 };

struct options {
	const char *mode, *bind, *answer, *to, *log;
	struct double_list patches;
	int port, cut, cut_step, drip, delay, seed, seconds;
	bool tls, list;
};

struct conn {
	const struct options *o;
	int fd;
	SSL *ssl;
	size_t left; /* bytes until the cut */
	struct fp_buf request;
};

struct mode {
	const char *name;
	void (*tcp)(struct conn *c, const struct mode *m);
	void (*udp)(
	    int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n);
	const char *text; /* what is sent (HTTP), or patches "OFFSET:HEX ..." */
	const char *help;
	bool hold; /* stay open behind the text */
};

/* Apply "OFFSET:HEX OFFSET:HEX"; what lies behind the end is left out, so that one patch serves all answers. */
static inline void
patch(uint8_t *data, size_t len, const char *text)
{
	while (text != NULL && *text != '\0') {
		char *end;
		size_t at = strtoul(text, &end, 10);

		if (*end++ != ':')
			double_die("a patch is OFFSET:HEX, not '%s'", text);
		for (; *end != '\0' && *end != ' '; end += 2) {
			unsigned v;

			if (sscanf(end, "%2x", &v) != 1 || end[1] == '\0')
				double_die("a patch is OFFSET:HEX with pairs of digits, not '%s'", text);
			if (at < len)
				data[at] = (uint8_t)v;
			at++;
		}
		text = *end == ' ' ? end + 1 : end;
	}
}

static inline void
patch_all(struct fp_buf *b, const struct options *o, const struct mode *m)
{
	patch((uint8_t *)b->data, b->len, m->text);
	for (size_t i = 0; i < o->patches.n; i++)
		patch((uint8_t *)b->data, b->len, o->patches.items[i]);
}

static inline uint64_t
next_random(uint64_t *state) /* xorshift64* (Vigna 2016): the same bytes for the same seed, everywhere */
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717u;
}

#endif
