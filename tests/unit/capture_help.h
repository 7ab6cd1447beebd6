/* Captures made in memory: a pcap or pcapng of a few packets, and the messages in them. Included by the tests and the fuzz target's corpus. */
#ifndef FP_TESTS_CAPTURE_HELP_H
#define FP_TESTS_CAPTURE_HELP_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "capture/capture.h"

#define UP CAPTURE_TO_SERVER
#define DOWN CAPTURE_TO_CLIENT

struct cap {
	struct fp_buf file;
	uint32_t link; /* as in the file: 1 Ethernet, 101 raw, 113, 276, 0 */
	bool ng, vlan, six;
	uint32_t snap; /* 0: all */
	uint16_t port, client_port;
	uint32_t seq[2];
	uint32_t seconds;
	unsigned frames;
	unsigned client_mode; /* SecurityMode of the client's NEGOTIATE in cap_greet */
	uint16_t fragment;    /* for the IPv4 header of the next packets */
};

__attribute__((unused)) static void
cap_open(struct cap *c, uint32_t link)
{
	memset(c, 0, sizeof(*c));
	c->link = link;
	c->port = 445;
	c->client_port = 50000;
	c->client_mode = 3;
	c->seq[UP] = 0xFFFFFF00u; /* so that every longer test passes 2^32 */
	c->seq[DOWN] = 1000;
	c->seconds = 1700000000;
	fp_buf_le32(&c->file, 0xA1B2C3D4u);
	fp_buf_le16(&c->file, 2);
	fp_buf_le16(&c->file, 4);
	fp_buf_le64(&c->file, 0);
	fp_buf_le32(&c->file, 262144);
	fp_buf_le32(&c->file, link);
}

/* The same as pcapng: section header and one interface. */
__attribute__((unused)) static void
cap_open_ng(struct cap *c, uint32_t link)
{
	cap_open(c, link);
	fp_buf_clear(&c->file);
	c->ng = true;
	fp_buf_le32(&c->file, 0x0A0D0D0Au);
	fp_buf_le32(&c->file, 28);
	fp_buf_le32(&c->file, 0x1A2B3C4Du);
	fp_buf_le16(&c->file, 1);
	fp_buf_le16(&c->file, 0);
	fp_buf_le64(&c->file, UINT64_MAX);
	fp_buf_le32(&c->file, 28);
	fp_buf_le32(&c->file, 1);
	fp_buf_le32(&c->file, 20);
	fp_buf_le16(&c->file, (uint16_t)link);
	fp_buf_le16(&c->file, 0);
	fp_buf_le32(&c->file, 0);
	fp_buf_le32(&c->file, 20);
}

static void
cap_record(struct cap *c, const struct fp_buf *frame)
{
	uint32_t len = (uint32_t)frame->len, kept = c->snap != 0 && c->snap < len ? c->snap : len, padded = (kept + 3) & ~3u;

	c->frames++;
	if (!c->ng) {
		fp_buf_le32(&c->file, c->seconds);
		fp_buf_le32(&c->file, c->frames);
		fp_buf_le32(&c->file, kept);
		fp_buf_le32(&c->file, len);
		fp_buf_add(&c->file, frame->data, kept);
		return;
	}
	fp_buf_le32(&c->file, 6);
	fp_buf_le32(&c->file, 32 + padded);
	fp_buf_le64(&c->file, 0);
	fp_buf_le32(&c->file, c->seconds);
	fp_buf_le32(&c->file, kept);
	fp_buf_le32(&c->file, len);
	fp_buf_add(&c->file, frame->data, kept);
	fp_buf_add(&c->file, "\0\0\0", padded - kept);
	fp_buf_le32(&c->file, 32 + padded);
}

static void
put_zeros(struct fp_buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fp_buf_u8(b, 0);
}

static void
put_link(struct cap *c, struct fp_buf *f)
{
	uint16_t type = c->six ? 0x86DD : 0x0800;

	if (c->link == 276)
		fp_buf_be16(f, type);
	put_zeros(f, c->link == 1 ? 12 : c->link == 113 ? 14 : c->link == 276 ? 18 : 0);
	if (c->link == 1 && c->vlan) {
		fp_buf_be16(f, 0x88A8);
		fp_buf_be16(f, 7);
		fp_buf_be16(f, 0x8100);
		fp_buf_be16(f, 8);
	}
	if (c->link == 1 || c->link == 113)
		fp_buf_be16(f, type);
	if (c->link == 0)
		fp_buf_le32(f, 2);
}

static void
put_ip(struct cap *c, struct fp_buf *f, enum capture_way way, uint8_t proto, size_t len)
{
	if (c->six) {
		fp_buf_be32(f, 0x60000000u);
		fp_buf_be16(f, (uint16_t)(len > 65535 ? 0 : len));
		fp_buf_u8(f, proto);
		fp_buf_u8(f, 64);
		for (int i = 0; i < 2; i++) {
			fp_buf_be16(f, 0xFE80);
			put_zeros(f, 13);
			fp_buf_u8(f, (uint8_t)((i == 0) == (way == UP) ? 1 : 2));
		}
		return;
	}
	fp_buf_be16(f, 0x4500);
	fp_buf_be16(f, (uint16_t)(len + 20 > 65535 ? 0 : len + 20));
	fp_buf_be16(f, 1);
	fp_buf_be16(f, c->fragment);
	fp_buf_u8(f, 64);
	fp_buf_u8(f, proto);
	fp_buf_be16(f, 0);
	fp_buf_be32(f, way == UP ? 0x0A000001u : 0x0A000002u);
	fp_buf_be32(f, way == UP ? 0x0A000002u : 0x0A000001u);
}

/* One segment at a place of one's own; flags as in TCP: 2 SYN, 1 FIN, 16 ACK. */
static void
cap_segment(struct cap *c, enum capture_way way, uint32_t seq, unsigned flags, const void *p, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf f = { .data = NULL };

	put_link(c, &f);
	put_ip(c, &f, way, 6, 20 + len);
	fp_buf_be16(&f, way == UP ? c->client_port : c->port);
	fp_buf_be16(&f, way == UP ? c->port : c->client_port);
	fp_buf_be32(&f, seq);
	fp_buf_be32(&f, 0);
	fp_buf_u8(&f, 0x50);
	fp_buf_u8(&f, (uint8_t)flags);
	put_zeros(&f, 6);
	fp_buf_add(&f, p, len);
	if (c->link == 1 && f.len < 60)
		put_zeros(&f, 60 - f.len);
	cap_record(c, &f);
}

__attribute__((unused)) static void
cap_datagram(struct cap *c, enum capture_way way, const struct fp_buf *b)
{
	FP_AUTO(fp_buf_free) struct fp_buf f = { .data = NULL };

	put_link(c, &f);
	put_ip(c, &f, way, 17, 8 + b->len);
	fp_buf_be16(&f, way == UP ? c->client_port : c->port);
	fp_buf_be16(&f, way == UP ? c->port : c->client_port);
	fp_buf_be16(&f, (uint16_t)(8 + b->len));
	fp_buf_be16(&f, 0);
	fp_buf_add(&f, b->data, b->len);
	cap_record(c, &f);
}

/* Bytes at the next place, in segments of at most step. */
static void
cap_send(struct cap *c, enum capture_way way, const struct fp_buf *b, size_t step)
{
	for (size_t at = 0; at < b->len; at += step) {
		size_t n = b->len - at < step ? b->len - at : step;
		cap_segment(c, way, c->seq[way], 16, b->data + at, n);
		c->seq[way] += (uint32_t)n;
	}
}

__attribute__((unused)) static void
cap_handshake(struct cap *c)
{
	cap_segment(c, UP, c->seq[UP]++, 2, "", 0);
	cap_segment(c, DOWN, c->seq[DOWN]++, 18, "", 0);
	cap_segment(c, UP, c->seq[UP], 16, "", 0);
}

__attribute__((unused)) static struct capture *
cap_read_bytes(const void *data, size_t len, const struct capture_options *o, struct fp_err *err)
{
	struct capture *c = NULL;
	FILE *f = fmemopen((void *)(uintptr_t)data, len, "rb");

	if (f == NULL)
		abort();
	return capture_read_file(&c, f, "test.pcap", o, err) == FP_OK ? c : NULL;
}

/* ---- SMB ---- */

#define SIGNED 0x8u
#define TREE 5u
#define PIPE_TREE 9u

/* A message: header and body into b, which the NetBIOS header goes before. next: place of the following one in a compound. */
static void
put_smb2(struct fp_buf *b, enum capture_way way, unsigned command, uint32_t status, unsigned flags, uint32_t tree, uint32_t next,
    const struct fp_buf *body)
{
	fp_buf_add(b, "\xFESMB", 4);
	fp_buf_le16(b, 64);
	fp_buf_le16(b, 0);
	fp_buf_le32(b, status);
	fp_buf_le16(b, (uint16_t)command);
	fp_buf_le16(b, 1);
	fp_buf_le32(b, flags | (way == DOWN ? 1u : 0));
	fp_buf_le32(b, next);
	fp_buf_le64(b, 3);
	fp_buf_le32(b, 0);
	fp_buf_le32(b, tree);
	fp_buf_le64(b, 0x77);
	for (int i = 0; i < 16; i++)
		fp_buf_u8(b, (flags & SIGNED) != 0 ? 0xAB : 0);
	fp_buf_add(b, body->data, body->len);
}

static void
cap_frame(struct cap *c, enum capture_way way, const struct fp_buf *message, size_t step)
{
	FP_AUTO(fp_buf_free) struct fp_buf f = { .data = NULL };

	fp_buf_be32(&f, (uint32_t)message->len);
	fp_buf_add(&f, message->data, message->len);
	cap_send(c, way, &f, step);
}

static void
cap_smb2(struct cap *c, enum capture_way way, unsigned command, uint32_t status, unsigned flags, uint32_t tree,
    const struct fp_buf *body)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };

	put_smb2(&m, way, command, status, flags, tree, 0, body);
	cap_frame(c, way, &m, 1400);
}

__attribute__((unused)) static void
cap_negotiate(struct cap *c, unsigned client_mode, unsigned server_mode, uint16_t dialect)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	fp_buf_le16(&q, 36);
	fp_buf_le16(&q, 2);
	fp_buf_le16(&q, (uint16_t)client_mode);
	fp_buf_le16(&q, 0);
	fp_buf_le32(&q, 0);
	put_zeros(&q, 16);
	fp_buf_le32(&q, 64 + 40);
	fp_buf_le32(&q, 1);
	fp_buf_le16(&q, 0x0210);
	fp_buf_le16(&q, 0x0311);
	fp_buf_le16(&q, 2); /* encryption context: two ciphers */
	fp_buf_le16(&q, 6);
	fp_buf_le32(&q, 0);
	fp_buf_le16(&q, 2);
	fp_buf_le16(&q, 2);
	fp_buf_le16(&q, 1);
	cap_smb2(c, UP, 0, 0, 0, 0, &q);
	fp_buf_le16(&a, 65);
	fp_buf_le16(&a, (uint16_t)server_mode);
	fp_buf_le16(&a, dialect);
	fp_buf_le16(&a, dialect == 0x0311 ? 1 : 0);
	put_zeros(&a, 16);
	fp_buf_le32(&a, 0x4F);
	put_zeros(&a, 28);
	fp_buf_le16(&a, 128);
	fp_buf_le16(&a, 40);
	fp_buf_le32(&a, 64 + 64 + 40);
	put_zeros(&a, 40); /* security blob */
	fp_buf_le16(&a, 2);
	fp_buf_le16(&a, 4);
	fp_buf_le32(&a, 0);
	fp_buf_le16(&a, 1);
	fp_buf_le16(&a, 2);
	cap_smb2(c, DOWN, 0, 0, 0, 0, &a);
}

__attribute__((unused)) static void
cap_session(struct cap *c, uint16_t flags)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	fp_buf_le16(&q, 25);
	fp_buf_le16(&q, 0x0100);
	put_zeros(&q, 60);
	cap_smb2(c, UP, 1, 0, 0, 0, &q);
	fp_buf_le16(&a, 9);
	fp_buf_le16(&a, flags);
	put_zeros(&a, 20);
	cap_smb2(c, DOWN, 1, 0, SIGNED, 0, &a);
}

__attribute__((unused)) static void
cap_tree(struct cap *c, uint32_t id, uint8_t type, uint32_t share_flags)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	put_zeros(&q, 40);
	cap_smb2(c, UP, 3, 0, SIGNED, 0, &q);
	fp_buf_le16(&a, 16);
	fp_buf_u8(&a, type);
	fp_buf_u8(&a, 0);
	fp_buf_le32(&a, share_flags);
	put_zeros(&a, 8);
	cap_smb2(c, DOWN, 3, 0, SIGNED, id, &a);
}

/* WRITE with data and its answer. */
__attribute__((unused)) static void
cap_write(struct cap *c, unsigned flags, uint32_t tree, uint64_t offset, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	fp_buf_le16(&q, 49);
	fp_buf_le16(&q, 112);
	fp_buf_le32(&q, (uint32_t)len);
	fp_buf_le64(&q, offset);
	put_zeros(&q, 32 + len);
	cap_smb2(c, UP, 9, 0, flags, tree, &q);
	put_zeros(&a, 17);
	cap_smb2(c, DOWN, 9, 0, flags, tree, &a);
}

/* READ and its answer with data. */
__attribute__((unused)) static void
cap_read(struct cap *c, unsigned flags, unsigned answer_flags, uint32_t tree, uint64_t offset, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	fp_buf_le16(&q, 49);
	fp_buf_le16(&q, 0);
	fp_buf_le32(&q, (uint32_t)len);
	fp_buf_le64(&q, offset);
	put_zeros(&q, 33);
	cap_smb2(c, UP, 8, 0, flags, tree, &q);
	fp_buf_le16(&a, 17);
	put_zeros(&a, 14 + len);
	cap_smb2(c, DOWN, 8, 0, answer_flags, tree, &a);
}

__attribute__((unused)) static void
cap_encrypted(struct cap *c, enum capture_way way, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };

	fp_buf_add(&m, "\xFDSMB", 4);
	for (size_t i = 0; i < 48 + len; i++)
		fp_buf_u8(&m, (uint8_t)(i * 37 + 11));
	cap_frame(c, way, &m, 1400);
}

/* Log-on and tree of an ordinary conversation. */
__attribute__((unused)) static void
cap_greet(struct cap *c, uint16_t session_flags)
{
	cap_handshake(c);
	cap_negotiate(c, c->client_mode, 1, 0x0311);
	cap_session(c, session_flags);
}

#endif
