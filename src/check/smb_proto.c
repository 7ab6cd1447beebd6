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

static void
request_smb2(struct fp_buf *b, enum smb_dialect d, int cipher, uint8_t tag)
{
	size_t n = cipher == 0 ? SMB_CIPHERS : 1;
	size_t contexts = d == SMB_311 ? 2 + 48 + 8 + 2 + 2 * n : 0;
	fp_buf_be32(b, (uint32_t)(SMB2_HEADER + 36 + 2 + contexts));
	fp_buf_add(b, "\xfeSMB", 4);
	fp_buf_le16(b, SMB2_HEADER);
	fp_buf_le16(b, 0);
	fp_buf_le32(b, 0);
	fp_buf_le16(b, 0); /* NEGOTIATE */
	fp_buf_le16(b, 1); /* one credit */
	fp_buf_add(b, (const char[48]){ 0 }, 48);
	fp_buf_le16(b, 36);
	fp_buf_le16(b, 1);
	fp_buf_le16(b, 1); /* signing enabled, not required */
	fp_buf_le16(b, 0);
	/* A server tells of encryption only to a client that says it can encrypt (MS-SMB2 3.3.5.4). */
	fp_buf_le32(b, d >= SMB_300 ? SMB2_CAP_ENCRYPTION : 0);
	fp_buf_add(b, client_guid, 15);
	fp_buf_u8(b, tag);
	fp_buf_le32(b, d == SMB_311 ? SMB2_HEADER + 36 + 4 : 0);
	fp_buf_le16(b, d == SMB_311 ? 2 : 0);
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

/* The header's fields that a first answer to message 0 outside any session can have. */
static bool
read_header(struct smb_answer *a, struct fp_cur *c)
{
	uint16_t size = fp_cur_le16(c);
	fp_cur_le16(c); /* credit charge */
	a->status = fp_cur_le32(c);
	uint16_t command = fp_cur_le16(c);
	fp_cur_le16(c); /* credits */
	uint32_t flags = fp_cur_le32(c), next = fp_cur_le32(c);
	uint64_t message = fp_cur_le64(c);
	fp_cur_le64(c); /* process, tree */
	uint64_t session = fp_cur_le64(c);
	fp_cur_take(c, 16);
	return !c->bad && size == SMB2_HEADER && command == 0 &&
	       (flags & (SMB2_FLAGS_REPLY | SMB2_FLAGS_ASYNC)) == SMB2_FLAGS_REPLY && next == 0 && message == 0 && session == 0;
}

static enum smb_said
read_smb2(struct smb_answer *a, struct fp_cur *c, enum smb_dialect d, int offered)
{
	if (!read_header(a, c)) {
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
