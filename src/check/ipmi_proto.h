/*
 * IPMI over LAN without a session: RMCP/ASF presence ping, Get Channel Authentication Capabilities, Get Channel Cipher Suites.
 * Sources: IPMI 2.0 rev 1.1, 13.1.3, 13.2.4 (RMCP, ASF), 13.6 (LAN message), 22.13, 22.15.
 */
#ifndef FP_CHECK_IPMI_PROTO_H
#define FP_CHECK_IPMI_PROTO_H

#include "base/buf.h"

#define IPMI_DATAGRAM_MAX 1024

void ipmi_ping(struct fp_buf *out, uint8_t tag);
bool ipmi_pong_read(const uint8_t *p, size_t len, uint8_t tag);

/* extended asks for IPMI 2.0 data (bit 7 of the channel byte); seq is 0-63 and comes back in the answer. */
void ipmi_auth_request(struct fp_buf *out, uint8_t seq, bool extended);
void ipmi_ciphers_request(struct fp_buf *out, uint8_t seq, uint8_t index);

/* One answer outside a session. */
struct ipmi_answer {
	uint8_t completion;  /* 0 is success */
	const uint8_t *data; /* behind the completion code; borrowed */
	size_t len;
};
/* true when the datagram is the answer to the command with that seq: addresses, both checksums, lengths all as they must be. */
bool ipmi_answer_read(struct ipmi_answer *out, const uint8_t *p, size_t len, uint8_t seq, uint8_t command);

#define IPMI_CMD_AUTH_CAPABILITIES 0x38
#define IPMI_CMD_CIPHER_SUITES 0x54

struct ipmi_auth {
	uint8_t channel;
	bool extended; /* IPMI 2.0 data present */
	bool none, md2, md5, straight, oem;
	bool kg_set; /* false: the two-key log-on's key is all zeros */
	bool per_message_off, user_level_off;
	bool named_users, null_users, anonymous;
	bool v15, v20; /* kinds of session; only with extended data */
};
/* 6.3: 0Ch-0Fh are no channels of a controller's own; "this channel" (0Eh) is answered with its real number. */
bool ipmi_channel_valid(uint8_t channel);
/* Data of Get Channel Authentication Capabilities; false when it is too short or names no channel. */
bool ipmi_auth_read(struct ipmi_auth *out, const uint8_t *data, size_t len);

#define IPMI_SUITES_MAX 128
struct ipmi_suite {
	uint8_t id;
	bool oem;
	uint8_t authentication; /* 0 is RAKP-none: no password is asked for */
};
/* Records of all blocks in one piece; false when they break 22.15.2. */
bool ipmi_suites_read(struct ipmi_suite *out, size_t *n, const uint8_t *records, size_t len);

#endif
