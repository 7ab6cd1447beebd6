/*
 * The NFS server's modes of the hostile server: many calls on one connection, each answered as a strong server would that offers TLS (RFC 5531, 7531,
 * 9289), and then spoiled. To be included behind put() and hold(). The offsets are part of the contract; for an export of one name, from the first
 * byte of the record mark:
 *    0 mark   4 transaction   8 type   12 reply status   16 verifier (flavour, length 20)   24 accept status
 * and in the answer to COMPOUND (RFC 7531; PUTROOTFH, GETATTR, SAVEFH, SECINFO, RESTOREFH, LOOKUP refused):
 *   28 status   32 tag length   48 results   72 attribute mask   76 attribute length   104 SECINFO   112 flavours   116 flavour   120 mechanism
 *  140 service   160 end
 */
#ifndef FP_TESTS_HOSTILE_NFS_H
#define FP_TESTS_HOSTILE_NFS_H

#include "hostile.h"

enum { NFS_WRONGSEC = 10016, NFS_CALL_MAX = 4096 };

static inline uint32_t
nfs_word(const struct fp_buf *b, size_t at)
{
	struct fp_cur c = fp_cur_make(b->data, b->len);

	fp_cur_seek(&c, at);
	return fp_cur_be32(&c);
}

/* The next whole call into c->request; whoever hangs up ends the process. */
static inline void
nfs_get(struct conn *c)
{
	char in[NFS_CALL_MAX];

	fp_buf_clear(&c->request);
	do {
		ssize_t n = read(c->fd, in, sizeof(in));

		if (n <= 0)
			_exit(0);
		fp_buf_add(&c->request, in, (size_t)n);
	} while (c->request.len < 4 || (c->request.len - 4 < (nfs_word(&c->request, 0) & 0xFFFF)));
	double_log(c->o->log, "request", (const uint8_t *)c->request.data, c->request.len);
	double_nap(c->o->delay);
}

static inline bool
nfs_is_compound(const struct conn *c)
{
	return nfs_word(&c->request, 24) == 1;
}

static inline void
nfs_ops(struct fp_buf *out, uint32_t n)
{
	static const uint32_t behind[] = { 32, 33, 31, 15 };

	for (uint32_t i = 0; i < n + 5; i++) {
		uint32_t op = i == 0 ? 24 : i == 1 ? 9 : i <= n ? 15 : behind[i - n - 1];

		fp_buf_be32(out, op);
		fp_buf_be32(out, i == n + 4 ? NFS_WRONGSEC : 0);
		if (op == 9)
			fp_buf_add(out,
			    "\0\0\0\1\0\0\1\0\0\0\0\x10"
			    "0123456789abcdef",
			    28);
		if (op == 33)
			fp_buf_add(
			    out, "\0\0\0\1\0\0\0\6\0\0\0\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\0\0\0\0\0\0\0\0\0\0\3", 32);
	}
}

/* The good answer to the call: NULL, NULL with AUTH_TLS, or COMPOUND. */
static inline void
nfs_answer(struct fp_buf *out, const struct conn *c, bool tls)
{
	bool asks_tls = nfs_word(&c->request, 28) == 7;

	fp_buf_clear(out);
	fp_buf_be32(out, 0);
	fp_buf_be32(out, nfs_word(&c->request, 4));
	fp_buf_be32(out, 1);
	fp_buf_be32(out, 0);
	fp_buf_be32(out, 0);
	fp_buf_be32(out, tls || asks_tls ? 8 : 0);
	if (tls || asks_tls)
		fp_buf_puts(out, "STARTTLS");
	fp_buf_be32(out, 0);
	if (nfs_is_compound(c)) {
		uint32_t ops = nfs_word(&c->request, 44 + nfs_word(&c->request, 32) + 20);

		fp_buf_be32(out, NFS_WRONGSEC);
		fp_buf_add(out,
		    "\0\0\0\x0a"
		    "fieldproof\0\0",
		    16);
		fp_buf_be32(out, ops - 1);
		nfs_ops(out, ops > 7 && ops < 40 ? ops - 6 : 1);
	}
	if (out->failed == FP_OK) {
		out->data[0] = (char)0x80;
		out->data[2] = (char)((out->len - 4) >> 8);
		out->data[3] = (char)((out->len - 4) & 0xFF);
	}
}

/* Every answer spoiled. */
static inline void
tcp_nfs(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = NFS_CALL_MAX };

	for (;;) {
		nfs_get(c);
		nfs_answer(&b, c, false);
		patch_all(&b, c->o, m);
		put(c, b.data, b.len);
	}
}

/* Only the answers to COMPOUND spoiled: what stands in the others holds. */
static inline void
tcp_nfs_compound(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = NFS_CALL_MAX };

	for (;;) {
		nfs_get(c);
		nfs_answer(&b, c, false);
		if (nfs_is_compound(c))
			patch_all(&b, c->o, m);
		put(c, b.data, b.len);
	}
}

/* "every": STARTTLS in every answer; "twice": each answer two times. */
static inline void
tcp_nfs_more(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = NFS_CALL_MAX };

	for (;;) {
		nfs_get(c);
		nfs_answer(&b, c, strcmp(m->text, "every") == 0);
		put(c, b.data, b.len);
		if (strcmp(m->text, "twice") == 0)
			put(c, b.data, b.len);
	}
}

/* The first call is answered; then silence, or the end of the connection. */
static inline void
tcp_nfs_first(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = NFS_CALL_MAX };

	nfs_get(c);
	nfs_answer(&b, c, false);
	put(c, b.data, b.len);
	if (m->hold)
		hold(c);
}

/* In as many fragments as the text says; 0: without end. */
static inline void
tcp_nfs_fragments(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = NFS_CALL_MAX };
	size_t parts = strtoul(m->text, NULL, 10);

	for (;;) {
		nfs_get(c);
		nfs_answer(&b, c, false);
		for (size_t i = 0; parts == 0; i++)
			put(c, "\0\0\0\1", 5);
		size_t size = (b.len - 4 + parts - 1) / parts;

		for (size_t at = 4; at < b.len; at += size) {
			size_t n = b.len - at < size ? b.len - at : size;
			const char mark[4] = { at + n == b.len ? (char)0x80 : 0, 0, (char)(n >> 8), (char)(n & 0xFF) };

			put(c, mark, sizeof(mark));
			put(c, b.data + at, n);
		}
	}
}

#endif
