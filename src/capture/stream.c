/*
 * One direction of a connection: bytes in order go in, heads of messages come out. What is missing is skipped where the header before
 * says how far, so that a capture with short records still shows every message.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/capture_int.h"

#define FRAME_HEADER 4

void
capture_note(const struct capture_reader *r, struct capture_seen *s)
{
	if (s->count++ == 0) {
		s->frame = r->frame;
		s->at = r->at;
	}
}

void
capture_stream_next(struct capture_stream *s)
{
	free(s->whole);
	s->whole = NULL;
	s->phase = CAPTURE_AT_FRAME;
	s->have = 0;
	s->want = FRAME_HEADER;
}

void
capture_stream_reset(struct capture_stream *s)
{
	s->left = s->skip = s->frame_len = 0;
	s->more = false;
	s->unsure = 0;
	capture_stream_next(s);
}

void
capture_stream_lose(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	(void)r;
	capture_stream_reset(&f->way[way]);
	f->way[way].phase = CAPTURE_LOST;
}

void
capture_stream_rest(struct capture_stream *s)
{
	s->skip = s->left;
	capture_stream_next(s);
}

void
capture_stream_strange(struct capture_reader *r, struct capture_flow *f, enum capture_way way)
{
	if (f->way[way].unsure == 0)
		capture_note(r, &capture_conv_of(r, f)->not_understood);
	capture_stream_lose(r, f, way);
}

/* A segment that begins with a frame: go on there. Its first frame only says where the second is; two in a row are no accident. */
static bool
found_again(struct capture_flow *f, struct capture_stream *s, const uint8_t *p, size_t len)
{
	if (len < CAPTURE_PROBE || !(f->protocol == CAPTURE_SMB ? capture_smb_begins(p) : capture_rpc_begins(p)))
		return false;
	capture_stream_reset(s);
	s->unsure = 2;
	return true;
}

static size_t
pass_by(struct capture_stream *s, size_t len)
{
	uint32_t n = len < s->skip ? (uint32_t)len : s->skip;

	s->skip -= n;
	s->left -= n;
	return n;
}

static size_t
collect(struct capture_stream *s, const uint8_t *p, size_t len)
{
	uint32_t need = s->want - s->have;
	uint32_t n = len < need ? (uint32_t)len : need;

	memcpy((s->whole != NULL ? s->whole : s->head) + s->have, p, n);
	s->have += n;
	if (s->phase != CAPTURE_AT_FRAME)
		s->left -= n;
	return n;
}

void
capture_stream_bytes(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, size_t len)
{
	struct capture_stream *s = &f->way[way];

	if (s->phase == CAPTURE_LOST && !found_again(f, s, p, len)) {
		capture_conv_of(r, f)->lost_bytes += len;
		return;
	}
	while (len > 0 && s->phase != CAPTURE_LOST) {
		size_t n = s->skip > 0 ? pass_by(s, len) : collect(s, p, len);

		p += n;
		len -= n;
		while (s->skip == 0 && s->have >= s->want && s->phase != CAPTURE_LOST) {
			if (f->protocol == CAPTURE_SMB)
				capture_smb_step(r, f, way);
			else
				capture_rpc_step(r, f, way);
		}
	}
	capture_conv_of(r, f)->lost_bytes += len;
}

void
capture_stream_gap(struct capture_reader *r, struct capture_flow *f, enum capture_way way, uint64_t n)
{
	struct capture_stream *s = &f->way[way];
	struct capture_conv *conv = capture_conv_of(r, f);

	if (s->phase != CAPTURE_LOST && n <= s->skip) {
		s->skip -= (uint32_t)n;
		s->left -= (uint32_t)n;
		conv->body_bytes_lost += n;
		return;
	}
	conv->lost_bytes += n;
	if (s->phase == CAPTURE_LOST)
		return;
	capture_note(r, &conv->gaps);
	if (n > s->left || s->unsure != 0) {
		capture_stream_lose(r, f, way);
		return;
	}
	/* A message's head is lost, but its frame's length is known: the next one stands where it should. */
	s->left -= (uint32_t)n;
	s->skip = s->left;
	capture_stream_next(s);
}
