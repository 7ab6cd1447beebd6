/*
 * The NEGOTIATE answer of a strong SMB server (MS-SMB2 2.2.4, MS-CIFS 2.2.4.52.2): signing required, SHA-512, AES-128-GCM, GMAC, the
 * highest dialect that was offered; SMB1 refused with dialect index FFFFh. The hostile server spoils it byte by byte, so the offsets
 * are part of its contract; for 3.1.1, from the first byte of the NetBIOS length:
 *    0 length   4 protocol   8 header size   12 status   16 command   20 flags   24 next command   28 message id
 *   68 structure size   70 security mode   72 dialect   74 context count   92 capabilities   124 blob offset   126 blob length
 *  128 context offset   132 blob (74 bytes)   212 pre-authentication (type, length, -, hash count 220, salt length 222, hash 224)
 *  260 encryption (type, length 262, -, cipher count 268, cipher 270)   276 signing (type, length 278, -, count 284, algorithm 286)   288 end
 */
#ifndef FP_TESTS_SMB_ANSWER_H
#define FP_TESTS_SMB_ANSWER_H

#include "base/buf.h"

enum { SMB_BLOB = 74, SMB_CONTEXTS_AT = 208 };

/* Whether these bytes are the beginning of a NetBIOS frame that has not wholly come (RFC 1002 4.3.1; other protocols do not begin with 0). */
static inline bool
smb_unfinished(const uint8_t *p, size_t n)
{
	return n > 0 && p[0] == 0 && (n < 4 || n - 4 < ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]));
}

/* The highest dialect in an SMB2 NEGOTIATE request (frame with its 4 length bytes) that we know; 0x0311 when it is none. */
static inline uint16_t
smb_dialect_offered(const uint8_t *frame, size_t n)
{
	struct fp_cur c = fp_cur_make(frame, n);
	uint16_t best = 0, count;

	fp_cur_seek(&c, 4 + 64 + 2);
	count = fp_cur_le16(&c);
	fp_cur_seek(&c, 4 + 64 + 36);
	while (count-- > 0 && fp_cur_left(&c) >= 2) {
		uint16_t d = fp_cur_le16(&c);

		if (d > best && d <= 0x0311)
			best = d;
	}
	return c.bad || best == 0 ? 0x0311 : best;
}

static inline void
smb_zeros(struct fp_buf *out, size_t n)
{
	while (n-- > 0)
		fp_buf_u8(out, 0);
}

static inline void
smb_contexts(struct fp_buf *out)
{
	smb_zeros(out, 4 + SMB_CONTEXTS_AT - out->len);
	fp_buf_add(out, "\x01\x00\x26\x00\x00\x00\x00\x00\x01\x00\x20\x00\x01\x00", 14);
	for (uint8_t i = 0; i < 32; i++)
		fp_buf_u8(out, (uint8_t)(i * 37 + 11));
	smb_zeros(out, 2);
	fp_buf_add(out, "\x02\x00\x04\x00\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00\x00\x00", 16);
	fp_buf_add(out, "\x08\x00\x04\x00\x00\x00\x00\x00\x01\x00\x02\x00", 12);
}

static inline void
smb_answer_v2(struct fp_buf *out, const uint8_t *frame, size_t n)
{
	uint16_t dialect = smb_dialect_offered(frame, n);

	smb_zeros(out, 4);
	fp_buf_add(out, "\xFESMB\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00", 24);
	fp_buf_add(out, n >= 36 ? (const char *)frame + 28 : "\0\0\0\0\0\0\0\0", 8); /* message id as asked */
	smb_zeros(out, 32);
	fp_buf_le16(out, 65);
	fp_buf_le16(out, 0x0003);
	fp_buf_le16(out, dialect);
	fp_buf_le16(out, dialect == 0x0311 ? 3 : 0);
	fp_buf_add(out, "laboratory-guid0", 16);
	fp_buf_le32(out, dialect >= 0x0300 && dialect < 0x0311 ? 0x47 : 0x07);
	fp_buf_le32(out, 8 << 20);
	fp_buf_le32(out, 8 << 20);
	fp_buf_le32(out, 8 << 20);
	fp_buf_le64(out, 133000000000000000u);
	fp_buf_le64(out, 0);
	fp_buf_le16(out, 128);
	fp_buf_le16(out, SMB_BLOB);
	fp_buf_le32(out, dialect == 0x0311 ? SMB_CONTEXTS_AT : 0);
	/* SPNEGO (RFC 4178) NegTokenInit2 with NTLMSSP alone, and a hint that nobody reads. */
	fp_buf_add(out,
	    "\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x3e\x30\x3c\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02"
	    "\x0a\xa3\x2a",
	    32);
	fp_buf_add(out, "\x30\x28\xa0\x26\x1b\x24not_defined_in_RFC4178@please_ignore", SMB_BLOB - 32);
	if (dialect == 0x0311)
		smb_contexts(out);
}

/* The legal "no" of a server without SMB1: one word, dialect index FFFFh. */
static inline void
smb_answer_v1(struct fp_buf *out)
{
	smb_zeros(out, 4);
	fp_buf_add(out, "\xFFSMB\x72\x00\x00\x00\x00\x98\x03\xC0", 12);
	smb_zeros(out, 20);
	fp_buf_add(out, "\x01\xFF\xFF\x00\x00", 5);
}

/* Whatever was asked, in whatever protocol, gets an SMB answer, with its NetBIOS length filled in. */
static inline void
smb_answer(struct fp_buf *out, const uint8_t *frame, size_t n)
{
	if (n >= 8 && memcmp(frame + 4, "\xFFSMB", 4) == 0)
		smb_answer_v1(out);
	else
		smb_answer_v2(out, frame, n);
	if (fp_buf_check(out, "answer", NULL) != FP_OK)
		return;
	if (n >= 36 && memcmp(frame + 4, "\xFFSMB", 4) == 0) { /* process and multiplex id as asked (MS-CIFS 2.2.3.1) */
		memcpy(out->data + 30, frame + 30, 2);
		memcpy(out->data + 34, frame + 34, 2);
	}
	out->data[1] = (char)((out->len - 4) >> 16);
	out->data[2] = (char)((out->len - 4) >> 8);
	out->data[3] = (char)(out->len - 4);
}

#endif
