/* Replies of an NFS server made field by field, and dialogues of the probe with them. */
#ifndef FP_TESTS_NFS_HELP_H
#define FP_TESTS_NFS_HELP_H

#include "check_help.h"

#include "check/nfs_proto.h"

#define XID 0x66700000u
#define WRONGSEC NFS4ERR_WRONGSEC

/* ---- making replies ---- */

static inline void
begin(struct fp_buf *b, int number)
{
	b->max = 65536;
	fp_buf_be32(b, 0);
	fp_buf_be32(b, XID | (uint32_t)number);
	fp_buf_be32(b, 1); /* reply */
	fp_buf_be32(b, 0); /* accepted */
	fp_buf_be32(b, 0);
	fp_buf_be32(b, 0); /* empty verifier */
	fp_buf_be32(b, 0); /* success */
}

/* A NULL reply; verifier "" or a text in it. */
static inline void
null_reply(struct fp_buf *b, int number, const char *verifier)
{
	begin(b, number);
	b->len -= 8;
	rpc_put_opaque(b, verifier, strlen(verifier));
	fp_buf_be32(b, 0);
	rpc_end(b);
}

static inline void
denied_reply(struct fp_buf *b, int number, uint32_t auth)
{
	begin(b, number);
	b->len = 12;
	fp_buf_be32(b, 1);
	fp_buf_be32(b, 1);
	fp_buf_be32(b, auth);
	rpc_end(b);
}

static inline void
unavailable_reply(struct fp_buf *b, int number, uint32_t stat, uint32_t low, uint32_t high)
{
	begin(b, number);
	b->len -= 4;
	fp_buf_be32(b, stat);
	if (stat == 2) {
		fp_buf_be32(b, low);
		fp_buf_be32(b, high);
	}
	rpc_end(b);
}

static inline void
gss(struct fp_buf *b, uint32_t service)
{
	fp_buf_be32(b, 6);
	rpc_put_opaque(b, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9);
	fp_buf_be32(b, 0);
	fp_buf_be32(b, service);
}

/* Flavours by letters: n none, s sys, k krb5, i krb5i, p krb5p, o another mechanism with privacy, P krb5p with the DER head before its name, d Diffie-Hellman. */
static inline void
flavours(struct fp_buf *b, const char *letters)
{
	fp_buf_be32(b, (uint32_t)strlen(letters));
	for (; *letters != '\0'; letters++) {
		if (*letters == 'o') {
			fp_buf_be32(b, 6);
			rpc_put_opaque(b, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x03", 9);
			fp_buf_be32(b, 0);
			fp_buf_be32(b, 3);
		} else if (*letters == 'P') {
			fp_buf_be32(b, 6);
			rpc_put_opaque(b, "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 11);
			fp_buf_be32(b, 0);
			fp_buf_be32(b, 3);
		} else if (strchr("kip", *letters) != NULL) {
			gss(b, *letters == 'k' ? 1 : *letters == 'i' ? 2 : 3);
		} else {
			fp_buf_be32(b, *letters == 'n' ? 0 : *letters == 's' ? 1 : 3);
		}
	}
}

static inline void
fsid(struct fp_buf *b, uint32_t id)
{
	fp_buf_be32(b, 1);
	fp_buf_be32(b, 256);
	fp_buf_be32(b, 16);
	for (int i = 0; i < 4; i++) {
		fp_buf_be32(b, id);
	}
}

/* Results of the COMPOUND over n names. Stops at operation stop (counted from 0) with status; stop -1: none fails. id: fsid of the export. */
static inline void
compound_reply(struct fp_buf *b, int number, size_t n, const char *letters, int stop, uint32_t status, uint32_t id)
{
	static const uint32_t behind[] = { 32, 33, 31, 15, 9 };
	size_t last = stop >= 0 ? (size_t)stop : n + 5;
	begin(b, number);
	fp_buf_be32(b, stop >= 0 ? status : 0);
	rpc_put_opaque(b, "fieldproof", 10);
	fp_buf_be32(b, (uint32_t)last + 1);
	for (size_t i = 0; i <= last; i++) {
		uint32_t op = i == 0 ? 24 : i == 1 ? 9 : i <= n ? 15 : behind[i - n - 1];
		bool ok = stop < 0 || i < last;
		fp_buf_be32(b, op);
		fp_buf_be32(b, ok ? 0 : status);
		if (ok && op == 33) {
			flavours(b, letters);
		} else if (ok && op == 9) {
			fsid(b, i == 1 ? 152 : id);
		}
	}
	rpc_end(b);
}

/* ---- dialogues ---- */

static inline struct evidence_obs *
dialogue(const char *path, const char *level)
{
	struct evidence_obs *o = blank("nfs", "192.0.2.1:2049");
	if (path != NULL) {
		assert_int_equal(evidence_obs_param(o, "nfs-path", path, NULL), FP_OK);
	}
	if (level != NULL) {
		assert_int_equal(evidence_obs_param(o, "nfs-level", level, NULL), FP_OK);
	}
	return o;
}

/* The probe's next question must be this one; it is sent, and these bytes come back (NULL: only the end). */
static inline void
exchange(struct evidence_obs *o, int number, struct fp_buf *reply, enum evidence_event_kind end)
{
	struct check_step s;
	assert_int_equal(check_nfs_steps.next(o), number);
	assert_int_equal(check_nfs_steps.make(&s, number, o, NULL), FP_OK);
	assert_true(s.len > 0);
	assert_int_equal(s.keep, number < 5 || number == 7);
	assert_int_equal(s.again, (number > 1 && number < 6) || number == 8);
	if (!s.again) {
		event(o, EVIDENCE_CONNECTED, number, s.port, NULL, 0);
	}
	event(o, EVIDENCE_SENT, number, 0, s.bytes, s.len);
	if (reply != NULL) {
		event(o, EVIDENCE_RECEIVED, number, 0, reply->data, reply->len);
		fp_buf_free(reply);
	}
	if (end != EVIDENCE_NOTE) {
		event(o, end, number, 0, NULL, 0);
	}
}

static inline void
control(struct evidence_obs *o)
{
	struct fp_buf b = { 0 };
	null_reply(&b, 1, "");
	exchange(o, 1, &b, EVIDENCE_NOTE);
}

static inline void
compound(struct evidence_obs *o, int number, size_t n, const char *letters, int stop, uint32_t status, uint32_t id)
{
	struct fp_buf b = { 0 };
	compound_reply(&b, number, n, letters, stop, status, id);
	exchange(o, number, &b, EVIDENCE_NOTE);
}

/* The last question: refused as Ganesha does, or offered. */
static inline void
tls(struct evidence_obs *o, bool offered)
{
	struct fp_buf b = { 0 };
	if (offered) {
		null_reply(&b, 5, "STARTTLS");
	} else {
		denied_reply(&b, 5, 2);
	}
	exchange(o, 5, &b, EVIDENCE_NOTE);
}

/* A whole dialogue about /export/runs: each side's list, and how entering it ended as nobody and as AUTH_SYS. */
static inline struct evidence_obs *
whole(const char *letters, uint32_t nobody, uint32_t sys, uint32_t id, bool offered, const char *level)
{
	struct evidence_obs *o = dialogue("/export/runs", level);
	const int lookup = 6; /* of 24 9 15 32 33 31 15 9 */
	control(o);
	compound(o, 2, 2, letters, nobody != 0 ? lookup : -1, nobody, id);
	compound(o, 3, 2, letters, sys != 0 ? lookup : -1, sys, id);
	tls(o, offered);
	return o;
}

#endif
