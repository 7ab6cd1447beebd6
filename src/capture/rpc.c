/*
 * NFS on a stream: record marking (RFC 5531 section 11), the head of each call (section 9), RPCSEC_GSS credentials (RFC 2203 5.3.1), RPC with TLS
 * (RFC 9289): behind STARTTLS the stream is TLS records. Which NFSv4 operations a COMPOUND holds: RFC 7531, RFC 5662.
 */
#include <string.h>

#include "base/buf.h"
#include "capture/capture_int.h"

#define PROGRAM_NFS 100003u
#define AUTH_GSS 6u
#define AUTH_TLS 7u
#define FLAVOR_MAX 400u /* bytes of a credential: RFC 5531 8.2 */
#define CALL 0u
#define REPLY 1u
#define GSS_DATA 0u
#define TLS_APPLICATION 0x17
#define RECORD_MAX (64u << 20)
#define V4_COMPOUND 1u
#define COMPOUND_LOOK 12 /* operations looked at */

static bool
is_tls(const uint8_t *p)
{
	return p[0] >= 0x14 && p[0] <= TLS_APPLICATION && p[1] == 3 && p[2] <= 4;
}

static bool
message_fits(uint32_t type, uint32_t third, uint32_t fourth)
{
	return (type == CALL && third == 2 && fourth >= 100000 && fourth < 0x60000000u) || (type == REPLY && third <= 1);
}

bool
capture_rpc_begins(const uint8_t *p)
{
	uint32_t len = capture_be32(p) & 0x7FFFFFFFu;

	if (is_tls(p))
		return true;
	return (p[0] & 0x80u) != 0 && len >= 16 && len <= RECORD_MAX &&
	       message_fits(capture_be32(p + 8), capture_be32(p + 12), capture_be32(p + 16));
}

/* An opaque: its length, its bytes, filled up to 4. */
static bool
pass_opaque(struct fp_cur *c)
{
	uint32_t n = fp_cur_be32(c);

	return !c->bad && n <= fp_cur_left(c) && fp_cur_take(c, (n + 3) & ~3u) != NULL;
}

/* The arguments of an operation that may stand before READ or WRITE; false: not known, stop looking. */
static bool
pass_operation(struct fp_cur *c, uint32_t op)
{
	uint32_t n;

	switch (op) {
	case 53: /* SEQUENCE: session, three numbers, cache this */
		return fp_cur_take(c, 32) != NULL;
	case 22: /* PUTFH */
	case 15: /* LOOKUP: the name is passed by */
		return pass_opaque(c);
	case 9: /* GETATTR: bitmap */
		n = fp_cur_be32(c);
		return !c->bad && n <= 8 && fp_cur_take(c, (size_t)n * 4) != NULL;
	case 3: /* ACCESS */
		return fp_cur_take(c, 4) != NULL;
	case 24: /* PUTROOTFH */
	case 31: /* RESTOREFH */
	case 32: /* SAVEFH */
	case 10: /* GETFH */
		return true;
	default:
		return false;
	}
}

/* READ, WRITE, READ_PLUS among the first operations. */
static bool
compound_transfers(struct fp_cur *c)
{
	uint32_t count;

	if (!pass_opaque(c)) /* tag */
		return false;
	(void)fp_cur_be32(c); /* minor version */
	count = fp_cur_be32(c);
	for (uint32_t i = 0; i < count && i < COMPOUND_LOOK && !c->bad; i++) {
		uint32_t op = fp_cur_be32(c);
		if (c->bad)
			return false;
		if (op == 25 || op == 38 || op == 68)
			return true;
		if (!pass_operation(c, op))
			return false;
	}
	return false;
}

struct call {
	uint32_t program, version, procedure;
	enum capture_rpc way;
	bool data; /* no NULL and no making of a context */
	bool tls;  /* asks for TLS */
};

/* The head of a call up to the end of the verifier; false when it is none. */
static bool
call_head(struct call *out, struct fp_cur *c)
{
	uint32_t flavor, length;
	const uint8_t *cred;

	memset(out, 0, sizeof(*out));
	if (fp_cur_be32(c) != 2)
		return false;
	out->program = fp_cur_be32(c);
	out->version = fp_cur_be32(c);
	out->procedure = fp_cur_be32(c);
	flavor = fp_cur_be32(c);
	length = fp_cur_be32(c);
	if (c->bad || length > FLAVOR_MAX || (cred = fp_cur_take(c, (length + 3) & ~3u)) == NULL)
		return false;
	out->data = out->procedure != 0;
	out->tls = flavor == AUTH_TLS && out->procedure == 0;
	if (flavor == AUTH_GSS) {
		uint32_t service = length >= 16 ? capture_be32(cred + 12) : 0;
		if (length < 16 || capture_be32(cred) != 1 || service < 1 || service > 3)
			return false;
		out->data = out->data && capture_be32(cred + 4) == GSS_DATA;
		out->way = service == 3 ? CAPTURE_RPC_PRIVACY : service == 2 ? CAPTURE_RPC_INTEGRITY : CAPTURE_RPC_GSS;
	}
	(void)fp_cur_be32(c); /* the verifier's flavour */
	return pass_opaque(c);
}

static bool
transfers(const struct call *call, struct fp_cur *c)
{
	if (call->version < 4)
		return call->version == 3 ? call->procedure == 6 || call->procedure == 7
					  : call->procedure == 6 || call->procedure == 8;
	if (call->procedure != V4_COMPOUND || call->way == CAPTURE_RPC_PRIVACY)
		return false;
	if (call->way == CAPTURE_RPC_INTEGRITY)
		(void)fp_cur_take(c, 8); /* length and sequence number: RFC 2203 5.3.2.2 */
	return compound_transfers(c);
}

/* One message, of which len bytes are at hand and size were sent; false when it is none. */
static bool
rpc_message(struct capture_reader *r, struct capture_conv *conv, enum capture_way way, const uint8_t *p, size_t len, size_t size)
{
	struct fp_cur c = fp_cur_make(p, len);
	uint32_t type, verifier;
	struct call call;

	(void)fp_cur_be32(&c);
	type = fp_cur_be32(&c);
	if (c.bad || type > REPLY)
		return false;
	if ((type == REPLY) != (way == CAPTURE_TO_CLIENT)) /* the back channel of NFSv4.1 */
		return type == REPLY || call_head(&call, &c);
	if (type == REPLY) {
		conv->nfs.replies++;
		conv->nfs.reply_bytes += size;
		if (fp_cur_be32(&c) != 0)
			return !c.bad;
		verifier = fp_cur_be32(&c);
		if (fp_cur_be32(&c) == 8 && verifier == 0 && fp_cur_left(&c) >= 8 &&
		    memcmp(fp_cur_take(&c, 8), "STARTTLS", 8) == 0)
			conv->nfs.tls_granted++;
		return true;
	}
	if (!call_head(&call, &c))
		return false;
	conv->nfs.tls_asked += call.tls;
	if (call.program != PROGRAM_NFS || !call.data)
		return true;
	conv->nfs.calls[call.way]++;
	conv->nfs.bytes[call.way] += size;
	if (transfers(&call, &c))
		capture_note(r, &conv->nfs.transfers[call.way]);
	return true;
}

void
capture_rpc_datagram(
    struct capture_reader *r, struct capture_conv *conv, enum capture_way way, const uint8_t *p, size_t len, size_t wire)
{
	if (!rpc_message(r, conv, way, p, len, wire))
		capture_note(r, &conv->not_understood);
}

static void
tls_record(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];
	uint32_t len = capture_be16(s->head + 3);

	if (s->unsure != 0)
		s->unsure--;
	if (s->unsure == 0 && s->head[0] == TLS_APPLICATION)
		capture_conv_of(r, f)->nfs.tls_bytes[way] += len;
	s->left = s->frame_len = len;
	capture_stream_rest(s);
}

static void
record_begins(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];
	uint32_t marker = capture_be32(s->head), len = marker & 0x7FFFFFFFu;
	bool goes_on = s->more;

	if (is_tls(s->head) && !goes_on) {
		if (s->have < 5)
			s->want = 5;
		else
			tls_record(r, f, way);
		return;
	}
	if (len > RECORD_MAX) {
		capture_stream_strange(r, f, way);
		return;
	}
	s->more = (marker & 0x80000000u) == 0;
	s->left = s->frame_len = len;
	if (goes_on || len == 0) { /* the rest of a record whose head was seen */
		capture_stream_rest(s);
		return;
	}
	s->phase = CAPTURE_AT_MESSAGE;
	s->have = 0;
	s->want = len < CAPTURE_RPC_HEAD ? len : CAPTURE_RPC_HEAD;
}

static void
message_begins(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];

	if (s->unsure == 2) {
		s->unsure = 1;
	} else if (rpc_message(r, capture_conv_of(r, f), way, s->head, s->have, s->frame_len)) {
		s->unsure = 0;
	} else {
		capture_stream_strange(r, f, way);
		return;
	}
	capture_stream_rest(s);
}

void
capture_rpc_step(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	if (f->way[way].phase == CAPTURE_AT_FRAME)
		record_begins(r, f, way);
	else
		message_begins(r, f, way);
}
