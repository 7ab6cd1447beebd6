/* Building ClientHellos and reading the first words of TLS servers. */
#include "check/tls_proto.h"

#include <stdlib.h>
#include <string.h>

enum { CCS = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };
enum { SERVER_HELLO = 2, ENCRYPTED_EXTENSIONS = 8, CERTIFICATE = 11, KEY_EXCHANGE = 12, REQUEST = 13, DONE = 14, STATUS = 22 };
enum { X_NAME = 0, X_GROUPS = 10, X_POINTS = 11, X_SIGNATURES = 13, X_VERSIONS = 43, X_SHARE = 51 };
#define RECORD_MAX 16384
#define X25519 29

static const uint8_t client_random[33] = "fieldproof asks and only reads..";

/*
 * The suites, best first. To an old version everything is offered that a server could want, down to none at all: a refusal must be one of the
 * version. To 1.2 only what encrypts is offered.
 */
static const uint16_t suites_13[] = { 0x1301, 0x1302, 0x1303 };
static const uint16_t suites_12[] = { 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca9, 0xcca8, 0xccaa, 0x009e, 0x009f, 0xc0ac, 0xc0ad,
	0xc09e, 0xc09f, 0x00a2, 0x00a3, 0xc023, 0xc024, 0xc027, 0xc028, 0x0067, 0x006b, 0x0040, 0x006a, 0x009c, 0x009d, 0xc09c,
	0xc09d, 0x003c, 0x003d };
static const uint16_t suites_any[] = { 0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x0032, 0x0038, 0x0045, 0x0088, 0x002f,
	0x0035, 0x0041, 0x0084, 0x0096, 0xc008, 0xc012, 0x0016, 0x0013, 0x000a };
static const uint16_t suites_old[] = { 0xc004, 0xc005, 0xc00e, 0xc00f, 0xc007, 0xc011, 0x0005, 0x0004, 0x0007, 0x0015, 0x0012,
	0x0009, 0xc018, 0xc019, 0x0034, 0x003a, 0x001b, 0x0018, 0x0014, 0x0011, 0x0008, 0x0006, 0x0003, 0xc006, 0xc010, 0x0002,
	0x0001 };
static const uint16_t renegotiation[] = { 0x00ff };

static const struct {
	bool to_old, to_12, to_13;
	const uint16_t *ids;
	size_t n;
} suites[] = {
	{ false, false, true, suites_13, FP_COUNT(suites_13) },
	{ false, true, false, suites_12, FP_COUNT(suites_12) },
	{ true, true, false, suites_any, FP_COUNT(suites_any) },
	{ true, false, false, suites_old, FP_COUNT(suites_old) },
	{ true, true, false, renegotiation, FP_COUNT(renegotiation) },
};

const char *
tls_version_name(unsigned v)
{
	static const char *const names[] = { "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3" };
	return v >= TLS_SSL3 && v <= TLS_13 ? names[v - TLS_SSL3] : "?";
}

/* ---- the request ---- */

/* A length of two bytes is put in when what it counts is there. */
static size_t
length_begin(struct fp_buf *b)
{
	fp_buf_be16(b, 0);
	return b->len;
}

static void
length_end(struct fp_buf *b, size_t at)
{
	if (b->failed == FP_OK) {
		b->data[at - 2] = (char)((b->len - at) >> 8);
		b->data[at - 1] = (char)((b->len - at) & 0xFF);
	}
}

static void
put_words(struct fp_buf *b, const uint16_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fp_buf_be16(b, words[i]);
	}
}

static void
put_name(struct fp_buf *b, const char *name)
{
	fp_buf_be16(b, X_NAME);
	size_t x = length_begin(b), list = length_begin(b);
	fp_buf_u8(b, 0);
	size_t n = length_begin(b);
	fp_buf_puts(b, name);
	length_end(b, n);
	length_end(b, list);
	length_end(b, x);
}

static void
put_extensions(struct fp_buf *b, enum tls_version v, const char *name)
{
	static const uint16_t groups[] = { X25519, 23, 24, 25, 30, 256, 257 };
	static const uint16_t signatures[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a,
		0x080b, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0402, 0x0202 };
	if (name != NULL) {
		put_name(b, name);
	}
	fp_buf_be16(b, X_GROUPS);
	size_t x = length_begin(b), list = length_begin(b);
	put_words(b, groups, FP_COUNT(groups));
	length_end(b, list);
	length_end(b, x);
	if (v < TLS_13) {
		fp_buf_add(b, "\0\x0b\0\2\1\0", 6); /* uncompressed points */
	}
	if (v >= TLS_12) {
		fp_buf_be16(b, X_SIGNATURES);
		x = length_begin(b), list = length_begin(b);
		put_words(b, signatures, FP_COUNT(signatures));
		length_end(b, list);
		length_end(b, x);
	}
	if (v == TLS_13) {
		fp_buf_add(b, "\0\x2b\0\3\2\3\4", 7); /* supported_versions: 1.3 */
		fp_buf_be16(b, X_SHARE);
		x = length_begin(b), list = length_begin(b);
		fp_buf_be16(b, X25519);
		fp_buf_be16(b, TLS_KEY_BYTES);
		fp_buf_add(b, tls_client_public, TLS_KEY_BYTES);
		length_end(b, list);
		length_end(b, x);
	}
}

void
tls_request(struct fp_buf *out, enum tls_version v, const char *name)
{
	fp_buf_add(out, "\x16\3\1", 3); /* the record's own version: what every server takes (RFC 8446, 5.1) */
	size_t record = length_begin(out);
	fp_buf_add(out, "\1\0", 2);
	size_t message = length_begin(out);
	fp_buf_be16(out, (uint16_t)(v < TLS_12 ? v : TLS_12));
	fp_buf_add(out, client_random, 32);
	fp_buf_u8(out, 0);
	size_t list = length_begin(out);
	for (size_t i = 0; i < FP_COUNT(suites); i++) {
		if (v == TLS_13 ? suites[i].to_13 : v == TLS_12 ? suites[i].to_12 : suites[i].to_old) {
			put_words(out, suites[i].ids, suites[i].n);
		}
	}
	length_end(out, list);
	fp_buf_add(out, "\1\0", 2); /* no compression */
	list = length_begin(out);
	put_extensions(out, v, name);
	length_end(out, list);
	length_end(out, message);
	length_end(out, record);
}

/* ---- the answer ---- */

struct reader {
	struct tls_answer *out;
	const uint8_t *request;
	size_t request_len;
	unsigned legacy;     /* the version that the request says */
	bool only13;         /* the request offers 1.3 alone */
	struct fp_buf words; /* handshake messages, joined across records */
	size_t at;           /* how far they are read */
	struct tls13 keys;
	bool encrypted, blind; /* the rest is encrypted; ... and we have no key */
	bool share_seen;
	uint8_t share[TLS_KEY_BYTES];
};

void
tls_answer_free(struct tls_answer *a)
{
	fp_buf_free(&a->certificate);
}

static void
words_free(struct reader *r)
{
	fp_buf_free(&r->words);
}

/* Was this suite among ours? The request's own bytes say so: they begin at a fixed place. */
static bool
suite_offered(const struct reader *r, unsigned id)
{
	struct fp_cur c = fp_cur_make(r->request, r->request_len);
	fp_cur_seek(&c, 44);
	size_t n = fp_cur_be16(&c) / 2u;
	for (size_t i = 0; i < n && !c.bad; i++) {
		if (fp_cur_be16(&c) == id) {
			return !c.bad && id != renegotiation[0];
		}
	}
	return false;
}

static bool
request_read(struct reader *r)
{
	struct fp_cur c = fp_cur_make(r->request, r->request_len);
	fp_cur_seek(&c, 9);
	r->legacy = fp_cur_be16(&c);
	fp_cur_seek(&c, 46);
	r->only13 = fp_cur_be16(&c) == suites_13[0];
	return !c.bad && r->legacy >= TLS_10 && r->legacy <= TLS_12;
}

/* supported_versions and key_share of a ServerHello; each extension at most once, and only what was offered. */
static bool
extension_read(struct reader *r, unsigned type, const uint8_t *p, size_t len, unsigned *version)
{
	struct fp_cur c = fp_cur_make(p, len);
	if (type == X_VERSIONS) {
		*version = fp_cur_be16(&c);
		return r->only13 && *version == TLS_13 && !c.bad && fp_cur_left(&c) == 0;
	}
	if (type == X_SHARE) {
		unsigned group = fp_cur_be16(&c);
		if (!r->only13 || r->out->retry) {
			return r->only13 && !c.bad && fp_cur_left(&c) == 0;
		}
		size_t n = fp_cur_be16(&c);
		const uint8_t *share = fp_cur_take(&c, n);
		if (group != X25519 || n != TLS_KEY_BYTES || share == NULL || fp_cur_left(&c) != 0) {
			return false;
		}
		memcpy(r->share, share, TLS_KEY_BYTES);
		r->share_seen = true;
	}
	return true;
}

static bool
extensions_read(struct reader *r, struct fp_cur *c, unsigned *version)
{
	unsigned seen[32];
	size_t n_seen = 0, n = fp_cur_be16(c);
	if (n != fp_cur_left(c)) {
		return false;
	}
	while (fp_cur_left(c) > 0 && !c->bad) {
		unsigned type = fp_cur_be16(c);
		size_t len = fp_cur_be16(c);
		const uint8_t *p = fp_cur_take(c, len);
		for (size_t i = 0; i < n_seen; i++) {
			if (seen[i] == type) {
				return false;
			}
		}
		if (p == NULL || n_seen == FP_COUNT(seen) || !extension_read(r, type, p, len, version)) {
			return false;
		}
		seen[n_seen++] = type;
	}
	return !c->bad;
}

static bool
server_hello_read(struct reader *r, const uint8_t *p, size_t len)
{
	/* RFC 8446, 4.1.3: this random means HelloRetryRequest. */
	static const uint8_t retry[32] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65,
		0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };
	struct fp_cur c = fp_cur_make(p, len);
	unsigned version = fp_cur_be16(&c);
	const uint8_t *random = fp_cur_take(&c, 32);
	size_t session = fp_cur_u8(&c);
	(void)fp_cur_take(&c, session);
	unsigned cipher = fp_cur_be16(&c), compression = fp_cur_u8(&c);
	if (c.bad || session > 32 || version < TLS_SSL3 || version > r->legacy || compression != 0) {
		return false;
	}
	r->out->retry = r->only13 && memcmp(random, retry, sizeof(retry)) == 0;
	if (fp_cur_left(&c) > 0 && !extensions_read(r, &c, &version)) {
		return false;
	}
	if (!suite_offered(r, cipher) || (version == TLS_13 && !r->out->retry && !r->share_seen)) {
		return false;
	}
	r->out->version = version;
	r->out->cipher = cipher;
	return true;
}

/* The first certificate of the list; the others must be there, and are not kept. */
static bool
certificate_read(struct reader *r, const uint8_t *p, size_t len)
{
	struct fp_cur c = fp_cur_make(p, len);
	bool v13 = r->out->version == TLS_13;
	if (v13 && fp_cur_u8(&c) != 0) {
		return false;
	}
	size_t list = (size_t)fp_cur_u8(&c) << 16;
	list |= fp_cur_be16(&c);
	if (c.bad || list != fp_cur_left(&c)) {
		return false;
	}
	for (size_t i = 0; fp_cur_left(&c) > 0 && !c.bad; i++) {
		size_t n = (size_t)fp_cur_u8(&c) << 16;
		n |= fp_cur_be16(&c);
		const uint8_t *der = fp_cur_take(&c, n);
		if (der == NULL || n == 0) {
			return false;
		}
		if (v13) {
			(void)fp_cur_take(&c, fp_cur_be16(&c));
		}
		if (i == 0) {
			r->out->certificate.max = TLS_CERTIFICATE_MAX;
			fp_buf_add(&r->out->certificate, der, n);
		}
	}
	return !c.bad && r->out->certificate.failed == FP_OK;
}

/* One handshake message. WHOLE: all that is wanted has been seen. */
static enum check_frame
message_read(struct reader *r, unsigned type, const uint8_t *p, size_t len, size_t begin)
{
	if (r->out->version == 0) {
		if (type != SERVER_HELLO || !server_hello_read(r, p, len)) {
			return CHECK_FRAME_BROKEN;
		}
		if (r->out->version < TLS_13) {
			return CHECK_FRAME_MORE;
		}
		if (r->out->retry) {
			return CHECK_FRAME_WHOLE;
		}
		r->encrypted = true;
		r->blind = !tls13_begin(&r->keys, r->out->cipher, r->share, r->request + 5, r->request_len - 5,
		    (const uint8_t *)r->words.data + begin, len + 4);
		return r->blind ? CHECK_FRAME_WHOLE : CHECK_FRAME_MORE;
	}
	if (type == CERTIFICATE) {
		return certificate_read(r, p, len) ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN;
	}
	if (r->encrypted) {
		return type == ENCRYPTED_EXTENSIONS || type == REQUEST ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
	}
	/* Behind these no certificate comes any more. */
	return type == KEY_EXCHANGE || type == DONE ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN;
}

static enum check_frame
messages_read(struct reader *r)
{
	for (;;) {
		struct fp_cur c = fp_cur_make(r->words.data, r->words.len);
		size_t begin = r->at;
		fp_cur_seek(&c, begin);
		unsigned type = fp_cur_u8(&c);
		size_t n = (size_t)fp_cur_u8(&c) << 16;
		n |= fp_cur_be16(&c);
		if (c.bad) {
			return CHECK_FRAME_MORE;
		}
		if (n > TLS_ANSWER_MAX || (r->out->version == 0 && type != SERVER_HELLO)) {
			return CHECK_FRAME_BROKEN;
		}
		const uint8_t *p = fp_cur_take(&c, n);
		if (p == NULL) {
			return CHECK_FRAME_MORE;
		}
		r->at = c.off;
		enum check_frame f = message_read(r, type, p, n, begin);
		if (f != CHECK_FRAME_MORE) {
			return f;
		}
	}
}

static enum check_frame
alert_read(struct reader *r, const uint8_t *p, size_t len)
{
	if (len != 2 || p[0] < 1 || p[0] > 2) {
		return CHECK_FRAME_BROKEN;
	}
	if (p[0] == 1 && p[1] != 0) {
		return CHECK_FRAME_MORE; /* a warning; the server goes on */
	}
	r->out->alert = p[1];
	return CHECK_FRAME_WHOLE;
}

/* One record, header and body. */
static enum check_frame
record_read(struct reader *r, const uint8_t *p, size_t len)
{
	unsigned type = p[0];
	const uint8_t *body = p + 5;
	size_t n = len - 5;
	FP_AUTO(fp_buf_free) struct fp_buf opened = { .max = RECORD_MAX + 256 };
	if (type == CCS && r->encrypted) {
		return n == 1 && body[0] == 1 ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
	}
	if (r->encrypted && type == DATA) {
		int inner = tls13_open(&r->keys, &opened, p, len);
		if (inner < 0 || opened.failed != FP_OK) {
			return CHECK_FRAME_BROKEN;
		}
		type = (unsigned)inner;
		body = (const uint8_t *)opened.data;
		n = opened.len;
	} else if (r->encrypted && type == HANDSHAKE) {
		return CHECK_FRAME_BROKEN;
	}
	if (type == ALERT) {
		return alert_read(r, body, n);
	}
	if (type != HANDSHAKE || n == 0) {
		return CHECK_FRAME_BROKEN;
	}
	fp_buf_add(&r->words, body, n);
	return r->words.failed != FP_OK ? CHECK_FRAME_BROKEN : messages_read(r);
}

enum check_frame
tls_answer_read(struct tls_answer *out, const uint8_t *request, size_t request_len, const uint8_t *p, size_t len)
{
	*out = (struct tls_answer){ .alert = TLS_NO_ALERT };
	FP_AUTO(words_free) struct reader r = { .out = out, .request = request, .request_len = request_len };
	r.words.max = TLS_ANSWER_MAX;
	if (request == NULL || request_len < 48 || !request_read(&r)) {
		return CHECK_FRAME_BROKEN;
	}
	for (size_t at = 0;;) {
		size_t left = p != NULL ? len - at : 0;
		const uint8_t *q = left > 0 ? p + at : request; /* not looked at when nothing is left */
		if ((left > 0 && (q[0] < CCS || q[0] > DATA)) || (left > 1 && q[1] != 3) || (left > 2 && q[2] > 4)) {
			return CHECK_FRAME_BROKEN;
		}
		if (left < 5) {
			return CHECK_FRAME_MORE;
		}
		size_t n = (size_t)q[3] << 8 | q[4];
		if (n == 0 || n > RECORD_MAX + 256) {
			return CHECK_FRAME_BROKEN;
		}
		if (left < n + 5) {
			return CHECK_FRAME_MORE;
		}
		enum check_frame f = record_read(&r, q, n + 5);
		if (f != CHECK_FRAME_MORE) {
			return f;
		}
		at += n + 5;
	}
}
