/*
 * SMB NEGOTIATE, both versions: the requests that the probe sends and a strict reading of the answers. Sources: MS-CIFS 2.2.4.52,
 * MS-SMB2 2.2.3 and 2.2.4. Direct TCP framing (MS-SMB2 2.1): a zero byte and a 24-bit length before each message.
 */
#ifndef FP_CHECK_SMB_PROTO_H
#define FP_CHECK_SMB_PROTO_H

#include "base/buf.h"
#include "check/probe.h"

#define SMB_MESSAGE_MAX 8192 /* a NEGOTIATE answer is a few hundred bytes */

enum smb_dialect { SMB_1 = 1, SMB_202 = 0x0202, SMB_210 = 0x0210, SMB_300 = 0x0300, SMB_302 = 0x0302, SMB_311 = 0x0311 };

#define SMB1_SIGNING_REQUIRED 0x08
#define SMB2_SIGNING_REQUIRED 0x02
#define SMB2_CAP_ENCRYPTION 0x40u
#define SMB_CIPHER_ABSENT (-1) /* no encryption context in the answer */
#define SMB_CIPHERS 4          /* 1 AES-128-CCM, 2 AES-128-GCM, 3 AES-256-CCM, 4 AES-256-GCM */

enum smb_said {
	SMB_GARBAGE,  /* not a well-formed answer to our question */
	SMB_ACCEPTED, /* the dialect was taken */
	SMB_DECLINED, /* a well-formed no */
	SMB_ODD       /* well formed, but an error that is neither */
};

struct smb_answer {
	enum smb_said said;
	uint32_t status;       /* NT status of the answer */
	unsigned security;     /* SecurityMode */
	uint32_t capabilities; /* SMB2 */
	int cipher;            /* 3.1.1: SMB_CIPHER_ABSENT, 0 (supported, none in common), or the cipher chosen */
	bool as_smb2;          /* the SMB1 question was answered in SMB2 */
};

const char *smb_dialect_name(enum smb_dialect d); /* "3.0.2" */
const char *smb_cipher_name(int cipher);          /* "AES-128-GCM"; "?" */

/*
 * A request for one dialect. cipher 0 offers all four (3.1.1 only); SMB_CIPHER_ABSENT says that the client cannot encrypt: no capability bit, no
 * context. tag makes the client's GUID differ from question to question.
 */
void smb_request(struct fp_buf *out, enum smb_dialect d, int cipher, uint8_t tag);

/* Framing of a stream: MORE until the announced length is there; BROKEN for anything longer than SMB_MESSAGE_MAX or not framed so. */
enum check_frame smb_frame(const uint8_t *p, size_t len);

/* Read the answer to a request for dialect d with that cipher (0: all four offered; SMB_CIPHER_ABSENT: none). */
void smb_answer_read(struct smb_answer *out, enum smb_dialect d, int cipher, const uint8_t *p, size_t len);

/* ---- the first leg of a log-on, without anybody who logs on ---- */

enum smb_session_said {
	SMB_SESSION_GARBAGE,   /* not a well-formed answer to our message */
	SMB_SESSION_CHALLENGE, /* STATUS_MORE_PROCESSING_REQUIRED with an NTLM challenge: the server would go on with the log-on */
	SMB_SESSION_DENIED,    /* STATUS_ACCESS_DENIED */
	SMB_SESSION_ODD        /* well formed, another status */
};

/*
 * SESSION_SETUP (MS-SMB2 2.2.5), message 1 of a connection whose message 0 was the NEGOTIATE: SPNEGO with one mechanism, and in it an NTLMSSP
 * NEGOTIATE_MESSAGE (MS-NLMP 2.2.1.1) without user, domain and workstation. It names nobody and proves nothing; a log-on would need a third message.
 */
void smb_session_request(struct fp_buf *out);
enum smb_session_said smb_session_read(uint32_t *status, const uint8_t *p, size_t len);

#endif
