/*
 * A management controller's answers without a session, byte by byte from the IPMI 2.0 specification (revision 1.1): RMCP and ASF
 * presence (13.1-13.2), the session wrappers of 1.5 and 2.0 (13.6), Get Channel Authentication Capabilities (22.13), Get Channel
 * Cipher Suites (22.15), Get System GUID (22.14), RMCP+ Open Session (13.17-13.18) as far as its refusal or first step.
 * Shared by the responder, which tells the truth, and by the hostile server, which spoils it.
 */
#ifndef FP_TESTS_BMC_H
#define FP_TESTS_BMC_H

#include "base/buf.h"

#define BMC_SUITES_MAX 64

struct bmc {
	bool pong, answers, lan, v2, v15;
	uint8_t auth_types; /* bits of 22.13 byte 3 without bit 7 */
	uint8_t
	    status; /* 22.13 byte 4: bit 5 Kg set, 4 per-message auth off, 3 user auth off, 2 named users, 1 null users, 0 anonymous */
	uint8_t suites[BMC_SUITES_MAX];
	size_t n_suites;
	bool oem_suite;
};

/* Table 22-20: id, authentication, integrity, confidentiality. */
static const uint8_t bmc_suite_table[][4] = {
	{ 0, 0, 0, 0 },
	{ 1, 1, 0, 0 },
	{ 2, 1, 1, 0 },
	{ 3, 1, 1, 1 },
	{ 4, 1, 1, 2 },
	{ 5, 1, 1, 3 },
	{ 6, 2, 0, 0 },
	{ 7, 2, 2, 0 },
	{ 8, 2, 2, 1 },
	{ 9, 2, 2, 2 },
	{ 10, 2, 2, 3 },
	{ 11, 2, 3, 0 },
	{ 12, 2, 3, 1 },
	{ 13, 2, 3, 2 },
	{ 14, 2, 3, 3 },
	{ 15, 3, 0, 0 },
	{ 16, 3, 4, 0 },
	{ 17, 3, 4, 1 },
	{ 18, 3, 4, 2 },
	{ 19, 3, 4, 3 },
};

enum {
	BMC_ASF = 6,
	BMC_IPMI = 7,
	BMC_ACK = 0x86,
	BMC_NETFN_APP = 6,
	BMC_OK = 0x00,
	BMC_NO_COMMAND = 0xC1,
	BMC_BAD_LENGTH = 0xC7,
	BMC_BAD_FIELD = 0xCC,
	BMC_NO_PRIVILEGE = 0xD4,
	BMC_NOT_NOW = 0xD5,
	BMC_CHANNEL = 1
};

static inline const uint8_t *
bmc_suite(uint8_t id)
{
	for (size_t i = 0; i < FP_COUNT(bmc_suite_table); i++)
		if (bmc_suite_table[i][0] == id)
			return bmc_suite_table[i];
	return NULL;
}

static inline uint8_t
bmc_checksum(const uint8_t *p, size_t n)
{
	uint8_t sum = 0;

	while (n-- > 0)
		sum = (uint8_t)(sum + *p++);
	return (uint8_t)-sum;
}

/* ASF 2.0, 3.2.4.2: presence pong. Supported entities: bit 7 IPMI, low nibble ASF 1.0. */
static inline void
bmc_pong(struct fp_buf *out, const struct bmc *b, uint8_t tag)
{
	fp_buf_be32(out, 4542);
	fp_buf_u8(out, 0x40);
	fp_buf_u8(out, tag);
	fp_buf_be16(out, 0x0010);
	fp_buf_be32(out, 4542);
	fp_buf_be32(out, 0);
	fp_buf_u8(out, b->lan ? 0x81 : 0x01);
	for (int i = 0; i < 7; i++)
		fp_buf_u8(out, 0);
}

static inline uint8_t
bmc_auth_capabilities(struct fp_buf *data, const struct bmc *b, const uint8_t *req, size_t n)
{
	bool extended;

	if (n != 2)
		return BMC_BAD_LENGTH;
	if (((req[0] & 0x0F) != 0x0E && (req[0] & 0x0F) != BMC_CHANNEL) || (req[1] & 0x0F) < 1 || (req[1] & 0x0F) > 5)
		return BMC_BAD_FIELD;
	/* A caller that does not ask for 2.0 data must see a plain 1.5 answer: bit 7, the Kg bit and byte 5 are zero. */
	extended = (req[0] & 0x80) != 0 && b->v2;
	fp_buf_u8(data, BMC_CHANNEL);
	fp_buf_u8(data, (uint8_t)(b->auth_types | (extended ? 0x80 : 0)));
	fp_buf_u8(data, (uint8_t)(b->status & (extended ? 0x3F : 0x1F)));
	fp_buf_u8(data, (uint8_t)(extended ? 0x02 | (b->v15 ? 1 : 0) : 0));
	fp_buf_add(data, "\0\0\0\0", 4);
	return BMC_OK;
}

static inline void
bmc_suite_records(struct fp_buf *all, const struct bmc *b)
{
	for (size_t i = 0; i < b->n_suites; i++) {
		const uint8_t *s = bmc_suite(b->suites[i]);

		if (s == NULL)
			continue;
		fp_buf_u8(all, 0xC0);
		fp_buf_u8(all, s[0]);
		fp_buf_u8(all, s[1]);
		fp_buf_u8(all, (uint8_t)(0x40 | s[2]));
		fp_buf_u8(all, (uint8_t)(0x80 | s[3]));
	}
	if (b->oem_suite)
		fp_buf_add(all, "\xC1\x80\x57\x01\x00\x01\x41\x81", 8);
}

/* The other listing of 22.15: every algorithm once, tagged, without suites. */
static inline void
bmc_algorithms(struct fp_buf *all, const struct bmc *b)
{
	for (uint8_t what = 1; what <= 3; what++) {
		uint32_t seen = 0;

		for (size_t i = 0; i < b->n_suites; i++) {
			const uint8_t *s = bmc_suite(b->suites[i]);

			if (s == NULL || (seen >> s[what] & 1) != 0)
				continue;
			seen |= 1u << s[what];
			fp_buf_u8(all, (uint8_t)((what - 1) << 6 | s[what]));
		}
	}
}

static inline uint8_t
bmc_cipher_suites(struct fp_buf *data, const struct bmc *b, const uint8_t *req, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf all = { .max = 4096 };
	size_t from;

	if (!b->v2)
		return BMC_NO_COMMAND;
	if (n != 3)
		return BMC_BAD_LENGTH;
	if ((req[0] & 0x0F) != 0x0E && (req[0] & 0x0F) != BMC_CHANNEL)
		return BMC_BAD_FIELD;
	if ((req[2] & 0x80) != 0)
		bmc_suite_records(&all, b);
	else
		bmc_algorithms(&all, b);
	fp_buf_u8(data, BMC_CHANNEL);
	from = (size_t)(req[2] & 0x3F) * 16;
	if (from < all.len)
		fp_buf_add(data, all.data + from, all.len - from < 16 ? all.len - from : 16);
	return BMC_OK;
}

static inline uint8_t
bmc_command(struct fp_buf *data, const struct bmc *b, uint8_t netfn, uint8_t cmd, const uint8_t *req, size_t n)
{
	if (!b->lan)
		return BMC_NOT_NOW;
	if (netfn != BMC_NETFN_APP)
		return BMC_NO_PRIVILEGE;
	switch (cmd) {
	case 0x37:
		fp_buf_add(data, "\x0f\x1e\x2d\x3c\x4b\x5a\x69\x78\x87\x96\xa5\xb4\xc3\xd2\xe1\xf0", 16);
		return BMC_OK;
	case 0x38:
		return bmc_auth_capabilities(data, b, req, n);
	case 0x39: /* Get Session Challenge: no user of this name. Nobody logs on here. */
		return 0x81;
	case 0x54:
		return bmc_cipher_suites(data, b, req, n);
	default:
		return BMC_NO_PRIVILEGE;
	}
}

/* One IPMI message (13.8) in m to its answer; false when it is no whole request with right checksums. */
static inline bool
bmc_message(struct fp_buf *out, const struct bmc *b, const uint8_t *m, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf data = { .max = 4096 };
	uint8_t cc, head[2];
	size_t at = out->len;

	if (n < 7 || bmc_checksum(m, 2) != m[2] || bmc_checksum(m + 3, n - 4) != m[n - 1] || (m[1] >> 2 & 1) != 0)
		return false;
	cc = bmc_command(&data, b, m[1] >> 2, m[5], m + 6, n - 7);
	head[0] = m[3];
	head[1] = (uint8_t)(((m[1] >> 2) + 1) << 2 | (m[4] & 3));
	fp_buf_add(out, head, 2);
	fp_buf_u8(out, bmc_checksum(head, 2));
	fp_buf_u8(out, m[0]);
	fp_buf_u8(out, (uint8_t)((m[4] & 0xFC) | (m[1] & 3)));
	fp_buf_u8(out, m[5]);
	fp_buf_u8(out, cc);
	if (cc == BMC_OK)
		fp_buf_add(out, data.data, data.len);
	fp_buf_u8(out, bmc_checksum((const uint8_t *)out->data + at + 3, out->len - at - 3));
	return true;
}

/* 13.17: the algorithms that the console proposes, against the suites that we list. Status 0x11: no cipher suite match. */
static inline uint8_t
bmc_open_status(const struct bmc *b, const uint8_t *p, size_t n)
{
	if (n < 32)
		return 0x12;
	for (size_t i = 0; i < b->n_suites; i++) {
		const uint8_t *s = bmc_suite(b->suites[i]);

		if (s != NULL && s[1] == (p[12] & 0x3F) && s[2] == (p[20] & 0x3F) && s[3] == (p[28] & 0x3F))
			return 0;
	}
	return 0x11;
}

static uint8_t bmc_console[4]; /* the id that the last console chose: RAKP 2 gives it back */

static inline void
bmc_open_session(struct fp_buf *out, const struct bmc *b, const uint8_t *p, size_t n)
{
	uint8_t status = bmc_open_status(b, p, n);

	memcpy(bmc_console, n >= 8 ? (const char *)p + 4 : "\0\0\0\0", 4);
	fp_buf_u8(out, n > 0 ? p[0] : 0);
	fp_buf_u8(out, status);
	fp_buf_u8(out, 4);
	fp_buf_u8(out, 0);
	fp_buf_add(out, bmc_console, 4);
	if (status != 0)
		return;
	fp_buf_le32(out, 0x02A1B2C3);
	fp_buf_add(out, p + 8, 24);
}

/* 13.6, format of 2.0: payload type 0 is an IPMI message, 10h an Open Session request, 12h RAKP 1 (answered: unauthorized name). */
static inline bool
bmc_wrapped_v2(struct fp_buf *out, const struct bmc *b, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf body = { .max = 4096 };
	uint8_t type, answer;
	size_t len;

	if (!b->v2 || n < 12)
		return false;
	type = p[1] & 0x3F;
	len = (size_t)(p[10] | p[11] << 8);
	if (len > n - 12)
		return false;
	answer = type;
	if (type == 0 && !bmc_message(&body, b, p + 12, len))
		return false;
	if (type == 0x10) {
		answer = 0x11;
		bmc_open_session(&body, b, p + 12, len);
	} else if (type == 0x12 && len >= 8) {
		answer = 0x13;
		fp_buf_add(&body, (const uint8_t[]){ p[12], 0x0D, 0, 0 }, 4);
		fp_buf_add(&body, bmc_console, 4);
	} else if (type != 0) {
		return false;
	}
	fp_buf_u8(out, 6);
	fp_buf_u8(out, answer);
	fp_buf_add(out, "\0\0\0\0\0\0\0\0", 8);
	fp_buf_le16(out, (uint16_t)body.len);
	fp_buf_add(out, body.data, body.len);
	return true;
}

/* 13.6, format of 1.5, only without a session: authentication type none, sequence 0, id 0, so no code follows. */
static inline bool
bmc_wrapped_v15(struct fp_buf *out, const struct bmc *b, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf body = { .max = 4096 };

	if (n < 10 || p[0] != 0 || p[9] > n - 10 || !bmc_message(&body, b, p + 10, p[9]))
		return false;
	fp_buf_add(out, "\0\0\0\0\0\0\0\0\0", 9);
	fp_buf_u8(out, (uint8_t)body.len);
	fp_buf_add(out, body.data, body.len);
	return true;
}

/*
 * One datagram to its answer, into an empty out. False: no answer is due (silence is what real controllers give to what they do
 * not understand). The caller sends an RMCP acknowledge of its own when the sequence number is not FFh.
 */
static inline bool
bmc_answer(struct fp_buf *out, const struct bmc *b, const uint8_t *p, size_t n)
{
	if (!b->answers || n < 4 || p[0] != 6)
		return false;
	fp_buf_add(out, (const uint8_t[]){ 6, 0, 0xFF, p[3] }, 4);
	if (p[3] == BMC_ASF && n >= 12 && memcmp(p + 4, "\0\0\x11\xBE\x80", 5) == 0 && b->pong) {
		bmc_pong(out, b, p[9]);
		return true;
	}
	if (p[3] != BMC_IPMI || n < 5)
		return false;
	return (p[4] & 0x0F) == 6 ? bmc_wrapped_v2(out, b, p + 4, n - 4) : bmc_wrapped_v15(out, b, p + 4, n - 4);
}

/* "0,3,17" into the list of suites; false for an unknown id. */
static inline bool
bmc_suites_parse(struct bmc *b, const char *text)
{
	b->n_suites = 0;
	while (*text != '\0') {
		char *end;
		long id = strtol(text, &end, 10);

		if (end == text || id < 0 || id > 255 || bmc_suite((uint8_t)id) == NULL || b->n_suites == BMC_SUITES_MAX)
			return false;
		b->suites[b->n_suites++] = (uint8_t)id;
		text = *end == ',' ? end + 1 : end;
		if (*end != ',' && *end != '\0')
			return false;
	}
	return true;
}

#endif
