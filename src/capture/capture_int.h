/*
 * Inside of capture/: frame -> packet -> TCP stream -> messages. Each direction of a connection is a small machine that collects the few bytes of the
 * next header and skips all else, so that a body is never copied and never looked at.
 */
#ifndef FP_CAPTURE_CAPTURE_INT_H
#define FP_CAPTURE_CAPTURE_INT_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/capture.h"

#define CAPTURE_HEAD 640 /* bytes of a message that are collected at most at once: an RPC call with its credential */
#define CAPTURE_SMB_HEAD 96
#define CAPTURE_RPC_HEAD CAPTURE_HEAD
#define CAPTURE_WHOLE 4096 /* of NEGOTIATE, whose contexts stand at its end */
#define CAPTURE_TREES 8

static inline uint16_t
capture_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t
capture_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint16_t
capture_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}
static inline uint32_t
capture_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline uint64_t
capture_le64(const uint8_t *p)
{
	return (uint64_t)capture_le32(p + 4) << 32 | capture_le32(p);
}

/* One TCP segment or UDP datagram. payload has have bytes; on the wire it had wire bytes (more when the capture cut it). */
struct capture_packet {
	struct capture_address src, dst;
	uint16_t sport, dport;
	uint32_t seq;
	bool udp, syn, ack, fin, rst;
	bool fragment; /* the first fragment of several: the ports are right, the payload is not whole */
	const uint8_t *payload;
	size_t have, wire;
};

enum capture_link {
	CAPTURE_LINK_NONE,
	CAPTURE_LINK_ETHERNET,
	CAPTURE_LINK_RAW,
	CAPTURE_LINK_SLL,
	CAPTURE_LINK_SLL2,
	CAPTURE_LINK_NULL
};

enum capture_decoded { CAPTURE_DECODED, CAPTURE_NOT_OURS, CAPTURE_LATER_FRAGMENT };
/* Take a frame apart; wire_len is its length on the wire. */
enum capture_decoded capture_decode(
    struct capture_packet *out, enum capture_link link, const uint8_t *p, size_t len, size_t wire_len);

/* A segment that came too early. */
struct capture_waiting {
	struct capture_waiting *next;
	uint32_t seq;
	uint32_t have, wire;
	uint8_t bytes[];
};

enum capture_phase {
	CAPTURE_AT_FRAME,   /* collecting the frame's own header: NetBIOS, record marker, TLS record */
	CAPTURE_AT_MESSAGE, /* collecting the head of a message */
	CAPTURE_AT_WHOLE,   /* collecting a message that must be read whole */
	CAPTURE_LOST        /* searching a segment that begins with a frame */
};

struct capture_stream {
	bool started;   /* next is known */
	uint8_t unsure; /* 2: found again, the first frame is not counted; 1: the second must be one too; 0: sure */
	bool more;      /* RPC: the next fragment continues a record */
	uint32_t next;
	struct capture_waiting *waiting, *waiting_last;
	size_t waiting_bytes, n_waiting;
	enum capture_phase phase;
	uint32_t frame_len; /* of the present frame */
	uint32_t left;      /* bytes of it that are neither collected nor skipped */
	uint32_t skip;      /* bytes to go by before collecting; within left */
	uint32_t have, want;
	uint8_t *whole; /* CAPTURE_WHOLE bytes while one is collected, otherwise NULL */
	uint8_t head[CAPTURE_HEAD];
	uint32_t tree; /* SMB2: of the message before, for related compounds */
	uint64_t session;
};

struct capture_tree {
	uint64_t session;
	uint32_t id;
	uint8_t type; /* 0 unused, 1 disk, 2 pipe, 3 print */
};

struct capture_flow {
	struct capture_flow *chain;         /* of its bucket */
	struct capture_flow *newer, *older; /* by last use */
	struct capture_address client, server;
	uint16_t client_port, server_port;
	uint32_t hash;
	uint32_t isn;
	bool syn_seen;
	bool start_missing; /* counted */
	enum capture_protocol protocol;
	size_t conv; /* index in capture.convs */
	struct capture_stream way[CAPTURE_WAYS];
	struct capture_tree trees[CAPTURE_TREES];
	unsigned next_tree;
};

/* What a reader has at hand while it reads. */
struct capture_reader {
	struct capture *c;
	const struct capture_options *o;
	uint8_t *ports;       /* 65536: 0, or capture_protocol + 1 */
	uint32_t *conv_slots; /* index in c->convs + 1 */
	struct capture_flow **buckets;
	struct capture_flow *newest, *oldest, *last;
	size_t n_flows;
	size_t waiting_bytes;
	uint64_t seed;
	uint64_t frame; /* number of the present one */
	fp_time at;
	bool no_memory;
};

#define CAPTURE_BUCKETS 16384u
#define CAPTURE_CONV_SLOTS 16384u /* more than CAPTURE_CONVS_MAX */

/* flow.c: give a packet to its connection; end all connections. */
void capture_flow_packet(struct capture_reader *r, const struct capture_packet *p);
void capture_flow_finish(struct capture_reader *r);

/* stream.c: bytes in order, and bytes that are missing. */
void capture_stream_reset(struct capture_stream *s);
void capture_stream_bytes(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, size_t len);
void capture_stream_gap(struct capture_reader *r, struct capture_flow *f, enum capture_way way, uint64_t n);
/* Begin the next frame. */
void capture_stream_next(struct capture_stream *s);
/* Nothing here is understood: look for the next segment that begins with a frame. */
void capture_stream_lose(struct capture_reader *r, struct capture_flow *f, enum capture_way way);
/* The rest of the frame is not looked at. */
void capture_stream_rest(struct capture_stream *s);
/* What stands here is not of the protocol: noted, unless the stream was unsure anyway, and a new beginning is looked for. */
void capture_stream_strange(struct capture_reader *r, struct capture_flow *f, enum capture_way way);

/* smb.c, rpc.c: what was wanted is collected; set what comes next. */
void capture_smb_step(struct capture_reader *r, struct capture_flow *f, enum capture_way way);
void capture_rpc_step(struct capture_reader *r, struct capture_flow *f, enum capture_way way);
/* Does a frame begin here? For finding again where messages begin; p has at least CAPTURE_PROBE bytes. */
#define CAPTURE_PROBE 24
bool capture_smb_begins(const uint8_t *p);
bool capture_rpc_begins(const uint8_t *p);
/* One RPC message of a datagram. */
void capture_rpc_datagram(
    struct capture_reader *r, struct capture_conv *conv, enum capture_way way, const uint8_t *p, size_t len, size_t wire);

static inline struct capture_conv *
capture_conv_of(const struct capture_reader *r, const struct capture_flow *f)
{
	return &r->c->convs[f->conv];
}
void capture_note(const struct capture_reader *r, struct capture_seen *s);

/* judge.c: does a conversation count; lies f inside of whole; how much a verdict says for all, from 1 (idle) to 4 (refutes). */
bool capture_let_through(const struct capture_filter *f, const struct capture_conv *v);
bool capture_within(const struct capture_filter *f, const struct capture_filter *whole);
int capture_weight(const struct evidence_verdict *v);
/* The dialects by bit, weakest first; ends with name NULL. */
struct capture_dialect {
	unsigned bit;
	const char *name;
};
extern const struct capture_dialect capture_dialects[];

#endif
