/*
 * SMB on a stream: Direct TCP and NetBIOS framing, then headers. MS-SMB2 2.2.1 (header), 2.2.3-2.2.10 (NEGOTIATE, SESSION_SETUP,
 * TREE_CONNECT), 2.2.19-2.2.22 (READ, WRITE), 2.2.41 and 2.2.42 (transforms); MS-CIFS 2.2.3, 2.2.4.42, 2.2.4.43, 2.2.4.55.
 */
#include <string.h>

#include "base/mem.h"
#include "capture/capture_int.h"

#define NB_MESSAGE 0x00
#define SMB2_HEADER 64u
#define SMB2_NEGOTIATE 0
#define SMB2_SESSION_SETUP 1
#define SMB2_TREE_CONNECT 3
#define SMB2_READ 8
#define SMB2_WRITE 9
#define SMB2_RESPONSE 0x1u
#define SMB2_ASYNC 0x2u
#define SMB2_RELATED 0x4u
#define SMB2_SIGNED 0x8u
#define STATUS_PENDING 0x103u
#define STATUS_BUFFER_OVERFLOW 0x80000005u
#define TRANSFORM_HEADER 52u
#define COMPRESSION_HEADER 16u
#define CAP_MULTICHANNEL 0x08u
#define CAP_ENCRYPTION 0x40u
#define CONTEXT_ENCRYPTION 2
#define CONTEXTS_MAX 16
#define PIPE 2

static bool
is_magic(const uint8_t *p, uint8_t first)
{
	return p[0] == first && p[1] == 'S' && p[2] == 'M' && p[3] == 'B';
}

static bool
is_nothing(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

static bool
head_fits(const uint8_t *m, uint32_t len)
{
	return (is_magic(m, 0xFE) && len >= SMB2_HEADER && capture_le16(m + 4) == SMB2_HEADER) ||
	       (is_magic(m, 0xFD) && len > TRANSFORM_HEADER) || (is_magic(m, 0xFC) && len > COMPRESSION_HEADER) ||
	       (is_magic(m, 0xFF) && len >= 35);
}

bool
capture_smb_begins(const uint8_t *p)
{
	return p[0] == NB_MESSAGE && head_fits(p + 4, capture_be32(p) & 0xFFFFFFu);
}

/* ---- one message of SMB2 ---- */

struct message {
	const uint8_t *p; /* the header */
	uint32_t len;     /* collected; at least SMB2_HEADER */
	unsigned command, flags;
	uint32_t status, tree;
	uint64_t session;
	bool response, is_signed;
};

static struct message
message_of(struct capture_stream *s, const uint8_t *p, uint32_t len)
{
	struct message m = { .p = p,
		.len = len,
		.status = capture_le32(p + 8),
		.command = capture_le16(p + 12),
		.flags = capture_le32(p + 16),
		.tree = capture_le32(p + 36),
		.session = capture_le64(p + 40) };

	m.response = (m.flags & SMB2_RESPONSE) != 0;
	m.is_signed = (m.flags & SMB2_SIGNED) != 0 && !is_nothing(p + 48, 16);
	if ((m.flags & SMB2_ASYNC) != 0)
		m.tree = UINT32_MAX; /* an id of another kind stands there */
	if ((m.flags & SMB2_RELATED) != 0 && (m.flags & SMB2_ASYNC) == 0) {
		m.tree = m.tree == UINT32_MAX ? s->tree : m.tree;
		m.session = m.session == UINT64_MAX ? s->session : m.session;
	}
	s->tree = m.tree;
	s->session = m.session;
	return m;
}

static unsigned
dialect_bit(unsigned dialect)
{
	static const struct {
		unsigned dialect, bit;
	} rows[] = { { 0x0202, CAPTURE_DIALECT_202 }, { 0x0210, CAPTURE_DIALECT_210 }, { 0x0300, CAPTURE_DIALECT_300 },
		{ 0x0302, CAPTURE_DIALECT_302 }, { 0x0311, CAPTURE_DIALECT_311 } };

	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].dialect == dialect)
			return rows[i].bit;
	}
	return 0;
}

/* Is there an encryption context with a cipher that is not 0? Contexts stand at offset, each at a multiple of 8. */
static bool
has_cipher(const struct message *m, uint32_t offset, unsigned count)
{
	for (unsigned i = 0; i < count && i < CONTEXTS_MAX; i++) {
		uint32_t length;

		offset = (offset + 7) & ~7u;
		if (offset < SMB2_HEADER || offset > m->len || m->len - offset < 8)
			return false;
		length = capture_le16(m->p + offset + 2);
		if (length > m->len - offset - 8)
			return false;
		if (capture_le16(m->p + offset) == CONTEXT_ENCRYPTION)
			return length >= 4 && capture_le16(m->p + offset + 8) > 0 && capture_le16(m->p + offset + 10) != 0;
		offset += 8 + length;
	}
	return false;
}

static void
client_negotiate(struct capture_conv *conv, const struct message *m)
{
	const uint8_t *b = m->p + SMB2_HEADER;
	unsigned count, top = 0;
	uint32_t caps;

	if (m->len < SMB2_HEADER + 36)
		return;
	count = capture_le16(b + 2);
	caps = capture_le32(b + 8);
	for (unsigned i = 0; i < count && SMB2_HEADER + 38 + i * 2 <= m->len; i++) {
		unsigned d = capture_le16(b + 36 + (size_t)i * 2);
		top = d > top ? d : top;
	}
	conv->smb.client_negotiates++;
	conv->smb.client_signing_demands += (b[4] & 2u) != 0;
	conv->smb.client_encryption_offers +=
	    (caps & CAP_ENCRYPTION) != 0 || (top == 0x0311 && has_cipher(m, capture_le32(b + 28), capture_le16(b + 32)));
}

static void
server_negotiate(struct capture_conv *conv, const struct message *m)
{
	const uint8_t *b = m->p + SMB2_HEADER;
	unsigned dialect;
	uint32_t caps;

	if (m->len < SMB2_HEADER + 64 || m->status != 0)
		return;
	dialect = capture_le16(b + 4);
	caps = capture_le32(b + 24);
	if (dialect == 0x02FF)
		return; /* "ask again": the answer to an SMB1 question */
	conv->smb.dialects |= dialect_bit(dialect);
	conv->smb.server_negotiates++;
	conv->smb.server_signing_demands += (b[2] & 2u) != 0;
	conv->smb.server_encryption_offers += dialect == 0x0311 ? has_cipher(m, capture_le32(b + 60), capture_le16(b + 6))
								: dialect >= 0x0300 && (caps & CAP_ENCRYPTION) != 0;
	conv->smb.multichannel |= dialect >= 0x0300 && (caps & CAP_MULTICHANNEL) != 0;
}

static void
session_setup(struct capture_conv *conv, const struct message *m)
{
	unsigned flags;

	if (m->len < SMB2_HEADER + 4)
		return;
	if (!m->response) {
		conv->smb.bindings += (m->p[SMB2_HEADER + 2] & 1u) != 0;
		return;
	}
	if (m->status != 0)
		return;
	flags = capture_le16(m->p + SMB2_HEADER + 2);
	conv->smb.sessions++;
	conv->smb.guests += (flags & 1u) != 0;
	conv->smb.nobodies += (flags & 2u) != 0;
	conv->smb.encrypting += (flags & 4u) != 0;
}

static struct capture_tree *
tree_find(struct capture_flow *f, uint64_t session, uint32_t id)
{
	for (size_t i = 0; i < CAPTURE_TREES; i++) {
		if (f->trees[i].type != 0 && f->trees[i].id == id && f->trees[i].session == session)
			return &f->trees[i];
	}
	return NULL;
}

static void
tree_keep(struct capture_flow *f, uint64_t session, uint32_t id, uint8_t type)
{
	struct capture_tree *t = tree_find(f, session, id);

	if (t == NULL)
		t = &f->trees[f->next_tree++ % CAPTURE_TREES];
	*t = (struct capture_tree){ .session = session, .id = id, .type = type };
}

static void
tree_connect(struct capture_flow *f, struct capture_conv *conv, const struct message *m)
{
	if (!m->response || m->status != 0 || m->len < SMB2_HEADER + 8)
		return;
	conv->smb.trees++;
	conv->smb.encrypting_trees += (capture_le32(m->p + SMB2_HEADER + 4) & 0x8000u) != 0;
	if (m->tree != UINT32_MAX && m->p[SMB2_HEADER + 2] != 0)
		tree_keep(f, m->session, m->tree, m->p[SMB2_HEADER + 2]);
}

/* READ and WRITE, asked, or answered with data taken or given. Only files have places other than 0: 2.2.19 and 2.2.21. */
static void
transfer(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const struct message *m)
{
	struct capture_smb *smb = &capture_conv_of(r, f)->smb;
	const struct capture_tree *t = tree_find(f, m->session, m->tree);
	bool file = t != NULL;

	if (m->response && m->status != 0 && m->status != STATUS_BUFFER_OVERFLOW)
		return; /* nothing was transferred; STATUS_PENDING is said without a signature */
	if (t != NULL && t->type == PIPE) {
		smb->pipe_transfers++;
		return;
	}
	if (t == NULL && !m->response && m->len >= SMB2_HEADER + 16)
		file = capture_le64(m->p + SMB2_HEADER + 8) != 0;
	if (!file) {
		/* A late answer does not say its tree; its question did. */
		if (!m->response || (m->flags & SMB2_ASYNC) == 0)
			capture_note(r, &smb->undecided);
		if (m->is_signed)
			smb->signed_to[way]++;
		else
			capture_note(r, &smb->undecided_unsigned);
		return;
	}
	capture_note(r, m->command == SMB2_READ ? &smb->reads : &smb->writes);
	if (m->is_signed)
		smb->signed_to[way]++;
	else
		capture_note(r, &smb->unsigned_transfers);
}

static void
smb2_message(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const struct message *m)
{
	struct capture_conv *conv = capture_conv_of(r, f);

	if (m->response != (way == CAPTURE_TO_CLIENT)) {
		capture_note(r, &conv->not_understood);
		return;
	}
	if (m->command > SMB2_SESSION_SETUP)
		conv->smb.clear[way]++;
	switch (m->command) {
	case SMB2_NEGOTIATE:
		if (m->response)
			server_negotiate(conv, m);
		else
			client_negotiate(conv, m);
		break;
	case SMB2_SESSION_SETUP:
		session_setup(conv, m);
		break;
	case SMB2_TREE_CONNECT:
		tree_connect(f, conv, m);
		break;
	case SMB2_READ:
	case SMB2_WRITE:
		transfer(r, f, way, m);
		break;
	default:
		break;
	}
}

/* ---- one message of SMB1 ---- */

static bool
smb1_is_signed(const uint8_t *p)
{
	return (capture_le16(p + 10) & 4u) != 0 && !is_nothing(p + 14, 8) && memcmp(p + 14, "BSRSPYL ", 8) != 0;
}

/* The service behind the words and the count of bytes: "IPC", "A:", "LPT1:". */
static void
smb1_tree(struct capture_flow *f, const uint8_t *p, uint32_t len)
{
	uint32_t at = 33 + 2u * p[32] + 2;

	if (at + 3 > len)
		return;
	tree_keep(f, UINT64_MAX, capture_le16(p + 24), memcmp(p + at, "IPC", 3) == 0 ? PIPE : 1);
}

static bool
smb1_is_transfer(unsigned command)
{
	static const uint8_t transfers[] = { 0x0A, 0x0B, 0x13, 0x14, 0x1A, 0x1B, 0x1D, 0x1E, 0x2C, 0x2E, 0x2F };

	return memchr(transfers, (int)command, sizeof(transfers)) != NULL;
}

static void
smb1_message(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, uint32_t len)
{
	struct capture_conv *conv = capture_conv_of(r, f);
	const struct capture_tree *t = tree_find(f, UINT64_MAX, capture_le16(p + 24));
	unsigned command = p[4];
	bool response = (p[9] & 0x80u) != 0;

	if (response != (way == CAPTURE_TO_CLIENT)) {
		capture_note(r, &conv->not_understood);
		return;
	}
	conv->smb.smb1++;
	if (command == 0x72)
		return;
	conv->smb.dialects |= CAPTURE_DIALECT_1;
	if (command != 0x73)
		conv->smb.clear[way]++;
	if (command == 0x75 && response && is_nothing(p + 5, 4))
		smb1_tree(f, p, len);
	if (!smb1_is_transfer(command) || (response && !is_nothing(p + 5, 4)))
		return;
	if (t == NULL) {
		capture_note(r, &conv->smb.undecided);
		capture_note(r, &conv->smb.undecided_unsigned);
	} else if (t->type == PIPE) {
		conv->smb.pipe_transfers++;
	} else {
		capture_note(r, &conv->smb.smb1_transfers);
		if (!smb1_is_signed(p))
			capture_note(r, &conv->smb.smb1_unsigned);
	}
}

/* ---- frames ---- */

static void
frame_begins(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];
	uint32_t len = capture_be32(s->head) & 0xFFFFFFu;
	unsigned type = s->head[0];

	if (type != NB_MESSAGE && (type < 0x81 || type > 0x85 || s->unsure != 0)) {
		capture_stream_strange(r, f, way);
		return;
	}
	s->frame_len = s->left = len;
	if (type != NB_MESSAGE || len == 0) { /* session request, answers, keep-alive: RFC 1002 4.3 */
		capture_stream_rest(s);
		return;
	}
	s->phase = CAPTURE_AT_MESSAGE;
	s->have = 0;
	s->want = len < CAPTURE_SMB_HEAD ? len : CAPTURE_SMB_HEAD;
}

/* A message behind the first of a compound, n bytes on. */
static void
compound(struct capture_reader *r, struct capture_flow *f, enum capture_way way, uint32_t n)
{
	struct capture_stream *s = &f->way[way];
	uint32_t here = s->have + s->left;

	if (n == 0) {
		capture_stream_rest(s);
		return;
	}
	if (n % 8 != 0 || n < SMB2_HEADER || n > here || here - n < SMB2_HEADER ||
	    s->whole != NULL) { /* NEGOTIATE stands alone */
		capture_stream_strange(r, f, way);
		return;
	}
	s->phase = CAPTURE_AT_MESSAGE;
	s->want = here - n < CAPTURE_SMB_HEAD ? here - n : CAPTURE_SMB_HEAD;
	if (n >= s->have) {
		s->skip = n - s->have;
		s->have = 0;
		return;
	}
	memmove(s->head, s->head + n, s->have - n);
	s->have -= n;
}

static void
smb2_head(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, uint32_t len)
{
	struct capture_stream *s = &f->way[way];
	struct message m;

	if (len < SMB2_HEADER || capture_le16(p + 4) != SMB2_HEADER) {
		capture_stream_strange(r, f, way);
		return;
	}
	if (capture_le16(p + 12) == SMB2_NEGOTIATE && s->phase == CAPTURE_AT_MESSAGE && s->left > 0 && s->have < CAPTURE_WHOLE) {
		s->whole = fp_calloc(1, CAPTURE_WHOLE);
		if (s->whole == NULL) {
			r->no_memory = true;
			capture_stream_rest(s);
			return;
		}
		memcpy(s->whole, s->head, s->have);
		s->phase = CAPTURE_AT_WHOLE;
		s->want = s->have + s->left < CAPTURE_WHOLE ? s->have + s->left : CAPTURE_WHOLE;
		return;
	}
	m = message_of(s, p, len);
	smb2_message(r, f, way, &m);
	compound(r, f, way, capture_le32(p + 20));
}

/* Compressed and not encrypted: what is left uncompressed at its beginning holds the header, if anything. No chains: 2.2.42. */
static void
compressed(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, uint32_t len)
{
	struct capture_stream *s = &f->way[way];
	struct capture_conv *conv = capture_conv_of(r, f);
	uint32_t plain = len >= COMPRESSION_HEADER && capture_le16(p + 10) == 0 ? capture_le32(p + 12) : 0;

	conv->smb.compressed[way]++;
	if (len > COMPRESSION_HEADER && plain > len - COMPRESSION_HEADER)
		plain = len - COMPRESSION_HEADER;
	if (plain >= SMB2_HEADER && is_magic(p + COMPRESSION_HEADER, 0xFE)) {
		struct message m = message_of(s, p + COMPRESSION_HEADER, plain);
		smb2_message(r, f, way, &m);
	} else {
		capture_note(r, &conv->smb.undecided);
		capture_note(r, &conv->smb.undecided_unsigned);
	}
	capture_stream_rest(s);
}

static void
message_begins(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];
	const uint8_t *p = s->whole != NULL ? s->whole : s->head;
	bool first = s->have + s->left == s->frame_len;

	if (s->have < 4 || (first && !head_fits(p, s->frame_len)) || (!first && !is_magic(p, 0xFE))) {
		capture_stream_strange(r, f, way);
		return;
	}
	if (s->unsure != 0 && --s->unsure != 0) {
		capture_stream_rest(s);
		return;
	}
	if (p[0] == 0xFE) {
		smb2_head(r, f, way, p, s->have);
	} else if (p[0] == 0xFC) {
		compressed(r, f, way, p, s->have);
	} else if (p[0] == 0xFF) {
		smb1_message(r, f, way, p, s->have);
		capture_stream_rest(s);
	} else {
		capture_conv_of(r, f)->smb.transforms[way]++;
		capture_conv_of(r, f)->smb.transform_bytes[way] += s->frame_len;
		capture_stream_rest(s);
	}
}

void
capture_smb_step(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	struct capture_stream *s = &f->way[way];

	if (s->phase == CAPTURE_AT_FRAME)
		frame_begins(r, f, way);
	else if (s->phase == CAPTURE_AT_WHOLE)
		smb2_head(r, f, way, s->whole, s->have);
	else
		message_begins(r, f, way);
}
