/* SMB NEGOTIATE on the wire. Reading is strict: whatever the specification does not allow is no answer, so that damage never looks like a no. */
#include "check/smb_proto.h"

#include <string.h>

#define SMB1_COMMAND_NEGOTIATE 0x72
#define SMB1_FLAGS_REPLY 0x80
#define SMB1_PID 0xFEFF
#define SMB1_MID 1
#define SMB2_FLAGS_REPLY 0x01u
#define SMB2_FLAGS_ASYNC 0x02u
#define CONTEXT_PREAUTH 1
#define CONTEXT_ENCRYPTION 2
#define SMB2_HEADER 64

#define COMMAND_NEGOTIATE 0
#define COMMAND_SESSION_SETUP 1

#define STATUS_MORE_PROCESSING_REQUIRED 0xC0000016u
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_NOT_SUPPORTED 0xC00000BBu
#define STATUS_NOT_IMPLEMENTED 0xC0000002u
#define STATUS_INVALID_SMB 0x00010002u

static const struct {
	enum smb_dialect dialect;
	const char *name;
} dialects[] = {
	{ SMB_1, "1.0" },
	{ SMB_202, "2.0.2" },
	{ SMB_210, "2.1" },
	{ SMB_300, "3.0" },
	{ SMB_302, "3.0.2" },
	{ SMB_311, "3.1.1" },
};

static const char *const ciphers[SMB_CIPHERS + 1] = { "none", "AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM" };

/* Recognisable in the server's logs and captures; no secret depends on it, because no session follows. */
static const char client_guid[] = "fieldproof-chec";
static const char salt[] = "fieldproof asks and only reads..";

const char *
smb_dialect_name(enum smb_dialect d)
{
	for (size_t i = 0; i < FP_COUNT(dialects); i++) {
		if (dialects[i].dialect == d) {
			return dialects[i].name;
		}
	}
	return "?";
}

const char *
smb_cipher_name(int cipher)
{
	return cipher >= 0 && cipher <= SMB_CIPHERS ? ciphers[cipher] : "?";
}

static void
request_smb1(struct fp_buf *b)
{
	static const char dialect[] = "\x02NT LM 0.12";
	fp_buf_be32(b, 32 + 3 + sizeof(dialect));
	fp_buf_add(b, "\xffSMB", 4);
	fp_buf_u8(b, SMB1_COMMAND_NEGOTIATE);
	fp_buf_le32(b, 0);
	fp_buf_u8(b, 0x18);     /* canonical, caseless paths */
	fp_buf_le16(b, 0xC853); /* Unicode, NT status, extended security, long names */
	fp_buf_add(b, (const char[12]){ 0 }, 12);
	fp_buf_le16(b, 0);
	fp_buf_le16(b, SMB1_PID);
	fp_buf_le16(b, 0);
	fp_buf_le16(b, SMB1_MID);
	fp_buf_u8(b, 0); /* no words */
	fp_buf_le16(b, sizeof(dialect));
	fp_buf_add(b, dialect, sizeof(dialect));
}

static void
put_contexts(struct fp_buf *b, int cipher)
{
	size_t n = cipher == 0 ? SMB_CIPHERS : 1;
	fp_buf_le16(b, CONTEXT_PREAUTH);
	fp_buf_le16(b, 38);
	fp_buf_le32(b, 0);
	fp_buf_le16(b, 1);
	fp_buf_le16(b, 32);
	fp_buf_le16(b, 1); /* SHA-512 */
	fp_buf_add(b, salt, 32);
	if (cipher == SMB_CIPHER_ABSENT) {
		return;
	}
	fp_buf_le16(b, 0); /* padding to 8 */
	fp_buf_le16(b, CONTEXT_ENCRYPTION);
	fp_buf_le16(b, (uint16_t)(2 + 2 * n));
	fp_buf_le32(b, 0);
	fp_buf_le16(b, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		static const uint16_t order[SMB_CIPHERS] = { 2, 1, 4, 3 };
		fp_buf_le16(b, cipher == 0 ? order[i] : (uint16_t)cipher);
	}
}

/* The frame's length and the header of a request outside any session; n: bytes that follow the header. */
static void
put_header(struct fp_buf *b, uint16_t command, uint64_t message, size_t n)
{
	fp_buf_be32(b, (uint32_t)(SMB2_HEADER + n));
	fp_buf_add(b, "\xfeSMB", 4);
	fp_buf_le16(b, SMB2_HEADER);
	fp_buf_le16(b, 0);
	fp_buf_le32(b, 0);
	fp_buf_le16(b, command);
	fp_buf_le16(b, 1); /* one credit */
	fp_buf_le32(b, 0);
	fp_buf_le32(b, 0);
	fp_buf_le64(b, message);
	fp_buf_add(b, (const char[32]){ 0 }, 32);
}

static void
request_smb2(struct fp_buf *b, enum smb_dialect d, int cipher, uint8_t tag)
{
	size_t n = cipher == 0 ? SMB_CIPHERS : 1;
	size_t encryption = cipher == SMB_CIPHER_ABSENT ? 0 : 2 + 8 + 2 + 2 * n;
	size_t contexts = d == SMB_311 ? 2 + 46 + encryption : 0;
	bool can = d >= SMB_300 && cipher != SMB_CIPHER_ABSENT;
	put_header(b, COMMAND_NEGOTIATE, 0, 36 + 2 + contexts);
	fp_buf_le16(b, 36);
	fp_buf_le16(b, 1);
	fp_buf_le16(b, 1); /* signing enabled, not required */
	fp_buf_le16(b, 0);
	/* A server tells of encryption only to a client that says it can encrypt (MS-SMB2 3.3.5.4). */
	fp_buf_le32(b, can ? SMB2_CAP_ENCRYPTION : 0);
	fp_buf_add(b, client_guid, 15);
	fp_buf_u8(b, tag);
	fp_buf_le32(b, d == SMB_311 ? SMB2_HEADER + 36 + 4 : 0);
	fp_buf_le16(b, d != SMB_311 ? 0 : cipher == SMB_CIPHER_ABSENT ? 1 : 2);
	fp_buf_le16(b, 0);
	fp_buf_le16(b, (uint16_t)d);
	if (d == SMB_311) {
		fp_buf_le16(b, 0); /* padding to 8 */
		put_contexts(b, cipher);
	}
}

void
smb_request(struct fp_buf *out, enum smb_dialect d, int cipher, uint8_t tag)
{
	if (d == SMB_1) {
		request_smb1(out);
	} else {
		request_smb2(out, d, cipher, tag);
	}
}

enum check_frame
smb_frame(const uint8_t *p, size_t len)
{
	if (len > 0 && p[0] != 0) {
		return CHECK_FRAME_BROKEN;
	}
	if (len < 4) {
		return CHECK_FRAME_MORE;
	}
	size_t want = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (want + 4 > SMB_MESSAGE_MAX) {
		return CHECK_FRAME_BROKEN;
	}
	return len < want + 4 ? CHECK_FRAME_MORE : CHECK_FRAME_WHOLE;
}

/* SMB1: accepted means 17 words and index 0 of our one dialect; index 0xFFFF means none. */
static enum smb_said
read_smb1(struct smb_answer *a, struct fp_cur *c)
{
	uint8_t command = fp_cur_u8(c);
	a->status = fp_cur_le32(c);
	uint8_t flags = fp_cur_u8(c);
	fp_cur_seek(c, 4 + 26);
	uint16_t pid = fp_cur_le16(c);
	fp_cur_le16(c);
	uint16_t mid = fp_cur_le16(c);
	uint8_t words = fp_cur_u8(c);
	if (c->bad || command != SMB1_COMMAND_NEGOTIATE || (flags & SMB1_FLAGS_REPLY) == 0 || pid != SMB1_PID ||
	    mid != SMB1_MID) {
		return SMB_GARBAGE;
	}
	if (a->status != 0) {
		bool no =
		    a->status == STATUS_NOT_SUPPORTED || a->status == STATUS_NOT_IMPLEMENTED || a->status == STATUS_INVALID_SMB;
		return no ? SMB_DECLINED : SMB_ODD;
	}
	uint16_t index = fp_cur_le16(c);
	a->security = words == 17 ? fp_cur_u8(c) : 0;
	fp_cur_seek(c, 4 + 33 + (size_t)words * 2);
	uint16_t bytes = fp_cur_le16(c);
	if (c->bad || fp_cur_left(c) != bytes) {
		return SMB_GARBAGE;
	}
	if (index == 0xFFFF && (words == 1 || words == 17)) {
		return SMB_DECLINED;
	}
	return words == 17 && index == 0 ? SMB_ACCEPTED : SMB_GARBAGE;
}

/* One context of a 3.1.1 answer; false when it breaks the rules. */
static bool
read_context(struct smb_answer *a, bool *preauth, struct fp_cur *c, int offered)
{
	uint16_t type = fp_cur_le16(c), len = fp_cur_le16(c);
	fp_cur_le32(c);
	const uint8_t *data = fp_cur_take(c, len);
	if (c->bad) {
		return false;
	}
	if (type == CONTEXT_PREAUTH) {
		/* one hash algorithm, SHA-512, and a salt that fills the rest */
		bool ok = !*preauth && len >= 6 && data[0] == 1 && data[1] == 0 && data[4] == 1 && data[5] == 0 &&
			  (size_t)(data[2] | data[3] << 8) == (size_t)len - 6;
		*preauth = true;
		return ok;
	}
	if (type == CONTEXT_ENCRYPTION) {
		if (a->cipher != SMB_CIPHER_ABSENT || len != 4 || data[0] != 1 || data[1] != 0) {
			return false;
		}
		a->cipher = data[2] | data[3] << 8;
		return a->cipher == 0 || (offered == 0 ? a->cipher <= SMB_CIPHERS : a->cipher == offered);
	}
	return true;
}

static bool
read_contexts(struct smb_answer *a, struct fp_cur *c, uint32_t offset, unsigned count, int offered)
{
	bool preauth = false;
	if (offset % 8 != 0 || offset < SMB2_HEADER + 64 || count == 0 || count > 16) {
		return false;
	}
	for (unsigned i = 0; i < count; i++) {
		fp_cur_seek(c, 4 + (size_t)offset);
		if (c->bad || !read_context(a, &preauth, c, offered)) {
			return false;
		}
		offset = (uint32_t)((c->off - 4 + 7) & ~(size_t)7);
	}
	return preauth;
}

/* The header's fields that the one answer to that message can have; an answer to NEGOTIATE belongs to no session. */
static bool
read_header(uint32_t *status, struct fp_cur *c, uint16_t asked, uint64_t number)
{
	uint16_t size = fp_cur_le16(c);
	fp_cur_le16(c); /* credit charge */
	*status = fp_cur_le32(c);
	uint16_t command = fp_cur_le16(c);
	fp_cur_le16(c); /* credits */
	uint32_t flags = fp_cur_le32(c), next = fp_cur_le32(c);
	uint64_t message = fp_cur_le64(c);
	fp_cur_le64(c); /* process, tree */
	uint64_t session = fp_cur_le64(c);
	fp_cur_take(c, 16);
	return !c->bad && size == SMB2_HEADER && command == asked &&
	       (flags & (SMB2_FLAGS_REPLY | SMB2_FLAGS_ASYNC)) == SMB2_FLAGS_REPLY && next == 0 && message == number &&
	       (session == 0 || command != COMMAND_NEGOTIATE);
}

static enum smb_said
read_smb2(struct smb_answer *a, struct fp_cur *c, enum smb_dialect d, int offered)
{
	if (!read_header(&a->status, c, COMMAND_NEGOTIATE, 0)) {
		return SMB_GARBAGE;
	}
	uint16_t size = fp_cur_le16(c);
	if (a->status != 0) {
		if (c->bad || size != 9) {
			return SMB_GARBAGE;
		}
		return a->status == STATUS_NOT_SUPPORTED ? SMB_DECLINED : SMB_ODD;
	}
	a->security = fp_cur_le16(c);
	uint16_t dialect = fp_cur_le16(c), contexts = fp_cur_le16(c);
	fp_cur_take(c, 16);
	a->capabilities = fp_cur_le32(c);
	fp_cur_take(c, 12 + 16);
	uint16_t blob_at = fp_cur_le16(c), blob_len = fp_cur_le16(c);
	uint32_t contexts_at = fp_cur_le32(c);
	if (c->bad || size != 65 || (a->security & ~3u) != 0 || (d != SMB_1 && dialect != (uint16_t)d)) {
		return SMB_GARBAGE;
	}
	if (blob_len > 0 && (blob_at < SMB2_HEADER + 64 || (size_t)blob_at + blob_len + 4 > c->len)) {
		return SMB_GARBAGE;
	}
	if (d == SMB_311 && !read_contexts(a, c, contexts_at, contexts, offered)) {
		return SMB_GARBAGE;
	}
	return SMB_ACCEPTED;
}

void
smb_answer_read(struct smb_answer *out, enum smb_dialect d, int cipher, const uint8_t *p, size_t len)
{
	struct fp_cur c = fp_cur_make(p, len);
	*out = (struct smb_answer){ .said = SMB_GARBAGE, .cipher = SMB_CIPHER_ABSENT };
	uint32_t want = fp_cur_be32(&c), protocol = fp_cur_be32(&c);
	if (c.bad || smb_frame(p, len) != CHECK_FRAME_WHOLE || (size_t)want + 4 != len) {
		return;
	}
	if (d == SMB_1 && protocol == 0xFF534D42u) {
		out->said = read_smb1(out, &c);
	} else if (protocol == 0xFE534D42u) {
		out->said = read_smb2(out, &c, d, cipher);
		if (d == SMB_1) {
			/* Only NT LM 0.12 was offered: an SMB2 answer, whatever it holds, is a server that does not take it. */
			out->as_smb2 = true;
			out->said = out->said == SMB_ACCEPTED || out->said == SMB_DECLINED ? SMB_DECLINED : out->said;
		}
	}
}

/* ---- SESSION_SETUP ---- */

/* MS-NLMP 2.2.2.5: Unicode, NTLM, always sign, extended session security, 128 bits: what every client says. Not: a target name, a version. */
#define NTLM_FLAGS 0x20088201u
#define NTLM_TOKEN 32
#define SPNEGO_HEAD 34

static const uint8_t spnego_head[SPNEGO_HEAD] = {
	/* RFC 4178 4.2: InitialContextToken, OID 1.3.6.1.5.5.2, NegTokenInit of one mechanism (NTLMSSP) and its token */
	0x60, 0x40, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x36, 0x30, 0x34, 0xa0, 0x0e, 0x30, 0x0c, 0x06, 0x0a,
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a, 0xa2, 0x22, 0x04, NTLM_TOKEN
};

void
smb_session_request(struct fp_buf *out)
{
	put_header(out, COMMAND_SESSION_SETUP, 1, 24 + SPNEGO_HEAD + NTLM_TOKEN);
	fp_buf_le16(out, 25);
	fp_buf_u8(out, 0);   /* no binding to another session */
	fp_buf_u8(out, 1);   /* signing enabled, as in the NEGOTIATE */
	fp_buf_le32(out, 0); /* capabilities */
	fp_buf_le32(out, 0); /* channel */
	fp_buf_le16(out, SMB2_HEADER + 24);
	fp_buf_le16(out, SPNEGO_HEAD + NTLM_TOKEN);
	fp_buf_le64(out, 0); /* no session before */
	fp_buf_add(out, spnego_head, SPNEGO_HEAD);
	fp_buf_add(out, "NTLMSSP", 8);
	fp_buf_le32(out, 1); /* NEGOTIATE_MESSAGE */
	fp_buf_le32(out, NTLM_FLAGS);
	fp_buf_add(out, (const char[16]){ 0 }, 16); /* neither domain nor workstation */
}

static bool
has_challenge(const uint8_t *blob, size_t len)
{
	static const uint8_t head[12] = "NTLMSSP\0\2\0\0";
	for (size_t i = 0; i + 32 <= len; i++) { /* 32: the fixed part that every CHALLENGE_MESSAGE has (MS-NLMP 2.2.1.2) */
		if (memcmp(blob + i, head, sizeof(head)) == 0) {
			return true;
		}
	}
	return false;
}

static enum smb_session_said
read_challenge(struct fp_cur *c)
{
	fp_cur_le16(c); /* session flags: meaningless until the log-on is done */
	uint16_t at = fp_cur_le16(c), len = fp_cur_le16(c);
	if (c->bad || at < SMB2_HEADER + 8 || (size_t)at + len + 4 > c->len) {
		return SMB_SESSION_GARBAGE;
	}
	fp_cur_seek(c, 4 + (size_t)at);
	const uint8_t *blob = fp_cur_take(c, len);
	return !c->bad && has_challenge(blob, len) ? SMB_SESSION_CHALLENGE : SMB_SESSION_GARBAGE;
}

enum smb_session_said
smb_session_read(uint32_t *status, const uint8_t *p, size_t len)
{
	struct fp_cur c = fp_cur_make(p, len);
	*status = 0;
	uint32_t want = fp_cur_be32(&c), protocol = fp_cur_be32(&c);
	if (c.bad || smb_frame(p, len) != CHECK_FRAME_WHOLE || (size_t)want + 4 != len || protocol != 0xFE534D42u ||
	    !read_header(status, &c, COMMAND_SESSION_SETUP, 1)) {
		return SMB_SESSION_GARBAGE;
	}
	uint16_t size = fp_cur_le16(&c);
	if (c.bad || size != 9) { /* the answer's and the error's structure have the same size (MS-SMB2 2.2.2, 2.2.6) */
		return SMB_SESSION_GARBAGE;
	}
	if (*status == STATUS_MORE_PROCESSING_REQUIRED) {
		static const uint8_t none[8] = { 0 }; /* a log-on that goes on has a session id (MS-SMB2 3.3.5.5.1) */
		return memcmp(p + 4 + 40, none, sizeof(none)) == 0 ? SMB_SESSION_GARBAGE : read_challenge(&c);
	}
	/* An error: no contexts, no data (MS-SMB2 2.2.2); a byte of padding may stand in their place. */
	uint8_t contexts = fp_cur_u8(&c);
	fp_cur_u8(&c);
	uint32_t bytes = fp_cur_le32(&c);
	if (*status == STATUS_ACCESS_DENIED) {
		return !c.bad && contexts == 0 && bytes == 0 && fp_cur_left(&c) <= 1 ? SMB_SESSION_DENIED : SMB_SESSION_GARBAGE;
	}
	return SMB_SESSION_ODD;
}
