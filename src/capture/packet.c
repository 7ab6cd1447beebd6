/* From a frame of the link to a TCP segment or UDP datagram. Lengths are those of the headers, never more than what was captured. */
#include <string.h>

#include "capture/capture_int.h"

#define ETHER_IPV4 0x0800u
#define ETHER_IPV6 0x86DDu
#define PROTO_TCP 6
#define PROTO_UDP 17
#define VLAN_MAX 4
#define EXTENSIONS_MAX 8

/* Bytes that remain, captured and on the wire. */
struct view {
	const uint8_t *p;
	size_t len, wire;
};

static bool
forward(struct view *v, size_t n)
{
	if (v->len < n)
		return false;
	v->p += n;
	v->len -= n;
	v->wire = v->wire > n ? v->wire - n : 0;
	return true;
}

/* To what the header says; padding of the link goes. */
static void
shorten(struct view *v, size_t wire)
{
	if (v->wire > wire)
		v->wire = wire;
	if (v->len > wire)
		v->len = wire;
}

static bool
is_vlan(unsigned type)
{
	return type == 0x8100u || type == 0x88A8u || type == 0x9100u;
}

/* Behind the tags; their own type says what follows. */
static unsigned
tags(struct view *v, unsigned type)
{
	for (int i = 0; i < VLAN_MAX && is_vlan(type) && v->len >= 4; i++) {
		type = capture_be16(v->p + 2);
		if (!forward(v, 4))
			return 0;
	}
	return type;
}

static unsigned
by_version(const struct view *v)
{
	if (v->len == 0)
		return 0;
	return v->p[0] >> 4 == 4 ? ETHER_IPV4 : v->p[0] >> 4 == 6 ? ETHER_IPV6 : 0;
}

/* The network's protocol, and v behind the link's header. 0: not IP. */
static unsigned
link_type(struct view *v, enum capture_link link)
{
	unsigned type;

	switch (link) {
	case CAPTURE_LINK_ETHERNET:
		type = v->len >= 14 ? capture_be16(v->p + 12) : 0;
		return forward(v, 14) ? tags(v, type) : 0;
	case CAPTURE_LINK_SLL:
		type = v->len >= 16 ? capture_be16(v->p + 14) : 0;
		return forward(v, 16) ? tags(v, type) : 0;
	case CAPTURE_LINK_SLL2:
		type = v->len >= 20 ? capture_be16(v->p) : 0;
		return forward(v, 20) ? tags(v, type) : 0;
	case CAPTURE_LINK_NULL: /* the family's number and its byte order differ from system to system: the packet says it itself */
		return forward(v, 4) ? by_version(v) : 0;
	case CAPTURE_LINK_RAW:
		return by_version(v);
	case CAPTURE_LINK_NONE:
	default:
		return 0;
	}
}

static enum capture_decoded
udp(struct capture_packet *out, struct view v)
{
	size_t length = v.len >= 8 ? capture_be16(v.p + 4) : 0;

	if (length < 8)
		return CAPTURE_NOT_OURS;
	out->udp = true;
	out->sport = capture_be16(v.p);
	out->dport = capture_be16(v.p + 2);
	if (!out->fragment)
		shorten(&v, length);
	if (!forward(&v, 8))
		return CAPTURE_NOT_OURS;
	out->payload = v.p;
	out->have = v.len;
	out->wire = v.wire;
	return CAPTURE_DECODED;
}

static enum capture_decoded
tcp(struct capture_packet *out, struct view v)
{
	size_t header = v.len >= 20 ? (size_t)(v.p[12] >> 4) * 4 : 0;
	unsigned flags;

	if (header < 20 || v.wire < header)
		return CAPTURE_NOT_OURS;
	out->sport = capture_be16(v.p);
	out->dport = capture_be16(v.p + 2);
	out->seq = capture_be32(v.p + 4);
	flags = v.p[13];
	out->fin = (flags & 0x01u) != 0;
	out->syn = (flags & 0x02u) != 0;
	out->rst = (flags & 0x04u) != 0;
	out->ack = (flags & 0x10u) != 0;
	out->wire = v.wire - header;
	if (!forward(&v, header)) /* options cut by the snap length: no byte of payload was captured */
		v.len = 0;
	out->payload = v.p;
	out->have = v.len < out->wire ? v.len : out->wire;
	return CAPTURE_DECODED;
}

static enum capture_decoded
transport(struct capture_packet *out, struct view v, unsigned proto)
{
	return proto == PROTO_TCP ? tcp(out, v) : proto == PROTO_UDP ? udp(out, v) : CAPTURE_NOT_OURS;
}

static enum capture_decoded
ipv4(struct capture_packet *out, struct view v)
{
	size_t header = v.len >= 20 ? (size_t)(v.p[0] & 15u) * 4 : 0, total;
	unsigned fragment, proto;

	if (header < 20 || v.p[0] >> 4 != 4)
		return CAPTURE_NOT_OURS;
	total = capture_be16(v.p + 2);
	fragment = capture_be16(v.p + 6);
	proto = v.p[9];
	out->src.family = out->dst.family = 4;
	memcpy(out->src.bytes, v.p + 12, 4);
	memcpy(out->dst.bytes, v.p + 16, 4);
	if (total != 0) { /* 0: left to the network card, which cuts the segment */
		if (total < header)
			return CAPTURE_NOT_OURS;
		shorten(&v, total);
	}
	if ((fragment & 0x1FFFu) != 0)
		return proto == PROTO_TCP ? CAPTURE_LATER_FRAGMENT : CAPTURE_NOT_OURS;
	out->fragment = (fragment & 0x2000u) != 0;
	return forward(&v, header) ? transport(out, v, proto) : CAPTURE_NOT_OURS;
}

static enum capture_decoded
ipv6(struct capture_packet *out, struct view v)
{
	size_t payload;
	unsigned proto;

	if (v.len < 40 || v.p[0] >> 4 != 6)
		return CAPTURE_NOT_OURS;
	payload = capture_be16(v.p + 4);
	proto = v.p[6];
	out->src.family = out->dst.family = 6;
	memcpy(out->src.bytes, v.p + 8, 16);
	memcpy(out->dst.bytes, v.p + 24, 16);
	if (payload != 0) /* 0: a jumbogram, or left to the network card */
		shorten(&v, 40 + payload);
	if (!forward(&v, 40))
		return CAPTURE_NOT_OURS;
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		size_t length;
		bool is_fragment = proto == 44, is_other = proto == 0 || proto == 43 || proto == 60 || proto == 51;

		if (!is_fragment && !is_other)
			return transport(out, v, proto);
		if (v.len < 8)
			return CAPTURE_NOT_OURS;
		length = is_fragment ? 8 : proto == 51 ? ((size_t)v.p[1] + 2) * 4 : ((size_t)v.p[1] + 1) * 8;
		if (is_fragment && (capture_be16(v.p + 2) & 0xFFF8u) != 0)
			return v.p[0] == PROTO_TCP ? CAPTURE_LATER_FRAGMENT : CAPTURE_NOT_OURS;
		if (is_fragment && (capture_be16(v.p + 2) & 1u) != 0)
			out->fragment = true;
		proto = v.p[0];
		if (!forward(&v, length))
			return CAPTURE_NOT_OURS;
	}
	return CAPTURE_NOT_OURS;
}

enum capture_decoded
capture_decode(struct capture_packet *out, enum capture_link link, const uint8_t *p, size_t len, size_t wire_len)
{
	struct view v = { .p = p, .len = len, .wire = wire_len < len ? len : wire_len };
	unsigned type;

	memset(out, 0, sizeof(*out));
	type = link_type(&v, link);
	return type == ETHER_IPV4 ? ipv4(out, v) : type == ETHER_IPV6 ? ipv6(out, v) : CAPTURE_NOT_OURS;
}
