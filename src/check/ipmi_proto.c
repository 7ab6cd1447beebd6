/* IPMI messages outside a session, on the wire. */
#include "check/ipmi_proto.h"

#include <string.h>

#define RMCP_VERSION 0x06
#define RMCP_CLASS_ASF 0x06
#define RMCP_CLASS_IPMI 0x07
#define ASF_IANA 0x000011BEu
#define ASF_PING 0x80
#define ASF_PONG 0x40
#define BMC_ADDRESS 0x20
#define CONSOLE_ADDRESS 0x81
#define NETFN_APP 0x06
#define CHANNEL_THIS 0x0E
#define PRIVILEGE_ADMIN 0x04

void
ipmi_ping(struct fp_buf *out, uint8_t tag)
{
	fp_buf_add(out, (const uint8_t[]){ RMCP_VERSION, 0, 0xFF, RMCP_CLASS_ASF }, 4);
	fp_buf_be32(out, ASF_IANA);
	fp_buf_add(out, (const uint8_t[]){ ASF_PING, tag, 0, 0 }, 4);
}

bool
ipmi_pong_read(const uint8_t *p, size_t len, uint8_t tag)
{
	struct fp_cur c = fp_cur_make(p, len);
	uint8_t version = fp_cur_u8(&c);
	fp_cur_u8(&c);
	fp_cur_u8(&c);
	uint8_t class = fp_cur_u8(&c);
	uint32_t iana = fp_cur_be32(&c);
	uint8_t type = fp_cur_u8(&c), got = fp_cur_u8(&c);
	fp_cur_u8(&c);
	uint8_t data = fp_cur_u8(&c);
	return !c.bad && version == RMCP_VERSION && class == RMCP_CLASS_ASF && iana == ASF_IANA && type == ASF_PONG &&
	       got == tag && data == 16 && fp_cur_left(&c) >= data;
}

static uint8_t
checksum(const uint8_t *p, size_t len)
{
	unsigned sum = 0;
	for (size_t i = 0; i < len; i++) {
		sum += p[i];
	}
	return (uint8_t)(0x100u - (sum & 0xFFu));
}

static void
request(struct fp_buf *out, uint8_t seq, uint8_t command, const uint8_t *data, uint8_t len)
{
	const uint8_t head[2] = { BMC_ADDRESS, NETFN_APP << 2 };
	uint8_t body[16] = { CONSOLE_ADDRESS, (uint8_t)(seq << 2), command };
	memcpy(body + 3, data, len);
	fp_buf_add(out, (const uint8_t[]){ RMCP_VERSION, 0, 0xFF, RMCP_CLASS_IPMI }, 4);
	fp_buf_u8(out, 0); /* no authentication: outside a session */
	fp_buf_le32(out, 0);
	fp_buf_le32(out, 0);
	fp_buf_u8(out, (uint8_t)(2 + 1 + 3 + len + 1));
	fp_buf_add(out, head, 2);
	fp_buf_u8(out, checksum(head, 2));
	fp_buf_add(out, body, (size_t)3 + len);
	fp_buf_u8(out, checksum(body, (size_t)3 + len));
}

void
ipmi_auth_request(struct fp_buf *out, uint8_t seq, bool extended)
{
	request(out, seq, IPMI_CMD_AUTH_CAPABILITIES,
	    (const uint8_t[]){ (uint8_t)((extended ? 0x80 : 0) | CHANNEL_THIS), PRIVILEGE_ADMIN }, 2);
}

void
ipmi_ciphers_request(struct fp_buf *out, uint8_t seq, uint8_t index)
{
	/* payload IPMI, list by cipher suite */
	request(out, seq, IPMI_CMD_CIPHER_SUITES, (const uint8_t[]){ CHANNEL_THIS, 0x00, (uint8_t)(0x80 | index) }, 3);
}

bool
ipmi_answer_read(struct ipmi_answer *out, const uint8_t *p, size_t len, uint8_t seq, uint8_t command)
{
	struct fp_cur c = fp_cur_make(p, len);
	uint8_t version = fp_cur_u8(&c);
	fp_cur_u8(&c);
	fp_cur_u8(&c);
	uint8_t class = fp_cur_u8(&c), auth = fp_cur_u8(&c);
	uint32_t session_seq = fp_cur_le32(&c), session = fp_cur_le32(&c);
	size_t n = fp_cur_u8(&c);
	const uint8_t *m = fp_cur_take(&c, n);
	if (c.bad || version != RMCP_VERSION || class != RMCP_CLASS_IPMI || auth != 0 || session_seq != 0 || session != 0 ||
	    n < 8) {
		return false;
	}
	/* Some controllers pad the datagram by one byte (13.6, legacy pad). */
	if (fp_cur_left(&c) > 1 || checksum(m, 3) != 0 || checksum(m + 3, n - 3) != 0) {
		return false;
	}
	if (m[0] != CONSOLE_ADDRESS || m[1] != (NETFN_APP + 1) << 2 || m[3] != BMC_ADDRESS || m[4] != (uint8_t)(seq << 2) ||
	    m[5] != command) {
		return false;
	}
	*out = (struct ipmi_answer){ .completion = m[6], .data = m + 7, .len = n - 8 };
	return true;
}

bool
ipmi_channel_valid(uint8_t channel)
{
	return channel <= 0x0B;
}

bool
ipmi_auth_read(struct ipmi_auth *out, const uint8_t *data, size_t len)
{
	*out = (struct ipmi_auth){ .channel = 0 };
	if (len < 8) {
		return false;
	}
	out->channel = data[0] & 0x0F;
	if (!ipmi_channel_valid(data[0])) {
		return false;
	}
	out->extended = (data[1] & 0x80) != 0;
	out->none = (data[1] & 0x01) != 0;
	out->md2 = (data[1] & 0x02) != 0;
	out->md5 = (data[1] & 0x04) != 0;
	out->straight = (data[1] & 0x10) != 0;
	out->oem = (data[1] & 0x20) != 0;
	out->kg_set = (data[2] & 0x20) != 0;
	out->per_message_off = (data[2] & 0x10) != 0;
	out->user_level_off = (data[2] & 0x08) != 0;
	out->named_users = (data[2] & 0x04) != 0;
	out->null_users = (data[2] & 0x02) != 0;
	out->anonymous = (data[2] & 0x01) != 0;
	out->v15 = out->extended && (data[3] & 0x01) != 0;
	out->v20 = out->extended && (data[3] & 0x02) != 0;
	return true;
}

/* The algorithm bytes of one record: first authentication, then any integrity and confidentiality ones, in that order. */
static bool
read_algorithms(struct ipmi_suite *s, struct fp_cur *c)
{
	unsigned last = 0, count = 0;
	while (fp_cur_left(c) > 0 && c->p[c->off] < 0xC0) {
		uint8_t b = fp_cur_u8(c);
		unsigned tag = b >> 6;
		if (tag < last || (count == 0 && tag != 0) || (count > 0 && tag == 0)) {
			return false;
		}
		if (count == 0) {
			s->authentication = b & 0x3F;
		}
		last = tag;
		count++;
	}
	return count > 0;
}

bool
ipmi_suites_read(struct ipmi_suite *out, size_t *n, const uint8_t *records, size_t len)
{
	struct fp_cur c = fp_cur_make(records, len);
	*n = 0;
	while (fp_cur_left(&c) > 0) {
		uint8_t start = fp_cur_u8(&c);
		struct ipmi_suite s = { .oem = start == 0xC1 };
		s.id = fp_cur_u8(&c);
		if (start == 0xC1) {
			fp_cur_take(&c, 3); /* the maker's number */
		}
		if ((start != 0xC0 && start != 0xC1) || c.bad || !read_algorithms(&s, &c) || *n == IPMI_SUITES_MAX) {
			return false;
		}
		out[(*n)++] = s;
	}
	return true;
}
