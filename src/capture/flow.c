/*
 * Connections: segments into their order, within bounds. What comes too early waits (CAPTURE_WINDOW); when it has waited long enough, what is
 * missing counts as lost. What was seen first stands: a later segment with other bytes at the same place changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture_int.h"

#define SEGMENTS_MAX 1024 /* that wait in one direction */

static bool
same_address(const struct capture_address *a, const struct capture_address *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Who sent this, and between whom. */
struct ends {
	const struct capture_address *client, *server;
	uint16_t client_port, server_port;
	enum capture_way way;
	enum capture_protocol protocol;
};

static uint64_t
mix(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (uint64_t v; len > 0; p += 8) {
		size_t n = len < 8 ? len : 8;
		v = 0;
		memcpy(&v, p, n);
		len -= n;
		h = (h ^ v) * 0x9E3779B97F4A7C15u;
		h ^= h >> 29;
	}
	return h;
}

static uint32_t
hash_of(const struct capture_reader *r, const struct ends *e, bool with_client_port)
{
	uint16_t ports[2] = { e->server_port, with_client_port ? e->client_port : 0 };
	uint64_t h = mix(r->seed, e->client, sizeof(*e->client));

	h = mix(h, e->server, sizeof(*e->server));
	h = mix(h, ports, sizeof(ports));
	return (uint32_t)(h ^ h >> 32);
}

static struct ends
ends_of(const struct capture_packet *p, enum capture_way way, uint8_t kind)
{
	bool up = way == CAPTURE_TO_SERVER;

	return (struct ends){ .client = up ? &p->src : &p->dst,
		.server = up ? &p->dst : &p->src,
		.client_port = up ? p->sport : p->dport,
		.server_port = up ? p->dport : p->sport,
		.way = way,
		.protocol = (enum capture_protocol)(kind - 1) };
}

/* ---- conversations ---- */

static bool
conv_is(const struct capture_conv *c, const struct ends *e)
{
	return c->port == e->server_port && same_address(&c->client, e->client) && same_address(&c->server, e->server);
}

/* Index of the conversation, made when it is new; -1 when there are too many or no memory. */
static int64_t
conv_find(struct capture_reader *r, const struct ends *e)
{
	struct capture *c = r->c;
	uint32_t slot = hash_of(r, e, false) % CAPTURE_CONV_SLOTS;
	struct capture_conv *conv;

	for (; r->conv_slots[slot] != 0; slot = (slot + 1) % CAPTURE_CONV_SLOTS) {
		if (conv_is(&c->convs[r->conv_slots[slot] - 1], e))
			return (int64_t)r->conv_slots[slot] - 1;
	}
	if (c->n_convs >= CAPTURE_CONVS_MAX) {
		c->convs_over++;
		return -1;
	}
	if (fp_grow(&c->convs, &c->cap_convs, c->n_convs + 1, sizeof(*c->convs)) != 0) {
		r->no_memory = true;
		return -1;
	}
	conv = &c->convs[c->n_convs];
	memset(conv, 0, sizeof(*conv));
	conv->protocol = e->protocol;
	conv->client = *e->client;
	conv->server = *e->server;
	conv->port = e->server_port;
	conv->first = r->at;
	r->conv_slots[slot] = (uint32_t)++c->n_convs;
	return (int64_t)c->n_convs - 1;
}

/* ---- the table of connections ---- */

static void
unlink_use(struct capture_reader *r, struct capture_flow *f)
{
	if (f->newer != NULL)
		f->newer->older = f->older;
	else
		r->newest = f->older;
	if (f->older != NULL)
		f->older->newer = f->newer;
	else
		r->oldest = f->newer;
	f->newer = f->older = NULL;
}

static void
link_use(struct capture_reader *r, struct capture_flow *f)
{
	f->older = r->newest;
	if (r->newest != NULL)
		r->newest->newer = f;
	r->newest = f;
	if (r->oldest == NULL)
		r->oldest = f;
}

static struct capture_flow *
flow_find(struct capture_reader *r, const struct ends *e, uint32_t hash)
{
	struct capture_flow *f = r->last;

	if (f == NULL || f->hash != hash)
		f = r->buckets[hash % CAPTURE_BUCKETS];
	for (; f != NULL; f = f->chain) {
		if (f->hash == hash && f->client_port == e->client_port && f->server_port == e->server_port &&
		    same_address(&f->client, e->client) && same_address(&f->server, e->server))
			return f;
	}
	return NULL;
}

static void drain(struct capture_reader *r, struct capture_flow *f, enum capture_way way, bool all);

static void
flow_end(struct capture_reader *r, struct capture_flow *f)
{
	struct capture_flow **at = &r->buckets[f->hash % CAPTURE_BUCKETS];

	for (int way = 0; way < CAPTURE_WAYS; way++) {
		drain(r, f, (enum capture_way)way, true);
		free(f->way[way].whole);
	}
	while (*at != f)
		at = &(*at)->chain;
	*at = f->chain;
	unlink_use(r, f);
	if (r->last == f)
		r->last = NULL;
	r->n_flows--;
	free(f);
}

static struct capture_flow *
flow_new(struct capture_reader *r, const struct ends *e, uint32_t hash)
{
	struct capture_flow *f;
	int64_t conv = conv_find(r, e);

	if (conv < 0)
		return NULL;
	if (r->n_flows >= CAPTURE_FLOWS_MAX) {
		r->c->flows_evicted++;
		flow_end(r, r->oldest);
	}
	f = fp_calloc(1, sizeof(*f));
	if (f == NULL) {
		r->no_memory = true;
		return NULL;
	}
	f->client = *e->client;
	f->server = *e->server;
	f->client_port = e->client_port;
	f->server_port = e->server_port;
	f->protocol = e->protocol;
	f->hash = hash;
	f->conv = (size_t)conv;
	capture_stream_reset(&f->way[CAPTURE_TO_SERVER]);
	capture_stream_reset(&f->way[CAPTURE_TO_CLIENT]);
	f->chain = r->buckets[hash % CAPTURE_BUCKETS];
	r->buckets[hash % CAPTURE_BUCKETS] = f;
	link_use(r, f);
	r->n_flows++;
	r->c->convs[conv].connections++;
	return f;
}

/* ---- order ---- */

static void
deliver(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const uint8_t *p, size_t have, size_t wire)
{
	struct capture_stream *s = &f->way[way];

	s->next += (uint32_t)wire;
	capture_conv_of(r, f)->bytes[way] += have;
	if (have > 0)
		capture_stream_bytes(r, f, way, p, have);
	if (wire > have)
		capture_stream_gap(r, f, way, wire - have);
}

/* The part of a segment that is new. */
static void
deliver_new(struct capture_reader *r, struct capture_flow *f, enum capture_way way, uint32_t seq, const uint8_t *p, size_t have,
    size_t wire)
{
	uint32_t old = f->way[way].next - seq; /* bytes that were there already */

	if (old >= wire)
		return;
	if (old > have)
		deliver(r, f, way, p, 0, wire - old);
	else
		deliver(r, f, way, p + old, have - old, wire - old);
}

static size_t
cost(const struct capture_waiting *w)
{
	return sizeof(*w) + w->have;
}

/* Hand on what waits and now fits; all: also what does not, with a gap before it. */
static void
drain(struct capture_reader *r, struct capture_flow *f, enum capture_way way, bool all)
{
	struct capture_stream *s = &f->way[way];

	while (s->waiting != NULL) {
		struct capture_waiting *w = s->waiting;
		int32_t ahead = (int32_t)(w->seq - s->next);

		if (ahead > 0 && !all)
			return;
		if (ahead > 0) {
			s->next += (uint32_t)ahead;
			capture_stream_gap(r, f, way, (uint64_t)ahead);
		}
		s->waiting = w->next;
		if (s->waiting == NULL)
			s->waiting_last = NULL;
		s->n_waiting--;
		s->waiting_bytes -= cost(w);
		r->waiting_bytes -= cost(w);
		deliver_new(r, f, way, w->seq, w->bytes, w->have, w->wire);
		free(w);
	}
}

static void
wait_in_order(struct capture_stream *s, struct capture_waiting *w)
{
	struct capture_waiting **at = &s->waiting;

	if (s->waiting_last != NULL && (int32_t)(w->seq - s->waiting_last->seq) >= 0)
		at = &s->waiting_last->next;
	while (*at != NULL && (int32_t)((*at)->seq - w->seq) <= 0)
		at = &(*at)->next;
	w->next = *at;
	*at = w;
	if (w->next == NULL)
		s->waiting_last = w;
}

static void
too_early(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const struct capture_packet *p, uint32_t seq)
{
	struct capture_stream *s = &f->way[way];
	struct capture_waiting *w = fp_calloc(1, sizeof(*w) + p->have);

	if (w == NULL) {
		r->no_memory = true;
		return;
	}
	w->seq = seq;
	w->have = (uint32_t)p->have;
	w->wire = (uint32_t)p->wire;
	if (p->have > 0)
		memcpy(w->bytes, p->payload, p->have);
	wait_in_order(s, w);
	s->n_waiting++;
	s->waiting_bytes += cost(w);
	r->waiting_bytes += cost(w);
	if (r->waiting_bytes > r->c->peak_waiting)
		r->c->peak_waiting = r->waiting_bytes;
	capture_conv_of(r, f)->reordered++;
	if (s->waiting_bytes > CAPTURE_WINDOW || s->n_waiting > SEGMENTS_MAX || r->waiting_bytes > CAPTURE_WAITING_MAX)
		drain(r, f, way, true);
}

/* The first bytes of a direction whose beginning is not in the capture. */
static void
start_amid(struct capture_reader *r, struct capture_flow *f, enum capture_way way, uint32_t seq)
{
	f->way[way].started = true;
	f->way[way].next = seq;
	capture_stream_lose(r, f, way);
	if (!f->start_missing)
		capture_conv_of(r, f)->start_missing++;
	f->start_missing = true;
}

static void
segment(struct capture_reader *r, struct capture_flow *f, enum capture_way way, const struct capture_packet *p)
{
	struct capture_stream *s = &f->way[way];
	uint32_t seq = p->seq + (p->syn ? 1u : 0u);

	if (p->syn && !s->started) {
		s->started = true;
		s->next = seq;
	}
	if (p->wire == 0)
		return;
	if (!s->started)
		start_amid(r, f, way, seq);
	if (seq == s->next) {
		deliver(r, f, way, p->payload, p->have, p->wire);
	} else if ((int32_t)(seq - s->next) > 0) {
		too_early(r, f, way, p, seq);
		return;
	} else {
		capture_conv_of(r, f)->resent++;
		deliver_new(r, f, way, seq, p->payload, p->have, p->wire);
	}
	if (s->waiting != NULL)
		drain(r, f, way, false);
}

/* ---- from a packet ---- */

/* The client's SYN begins a connection; with another number than before, a new one on the same ports. */
static struct capture_flow *
begin_again(struct capture_reader *r, struct capture_flow *f, const struct capture_packet *p)
{
	if (f == NULL || !p->syn || p->ack || (f->syn_seen && f->isn == p->seq))
		return f;
	flow_end(r, f);
	return NULL;
}

static void
to_connection(struct capture_reader *r, const struct capture_packet *p, const struct ends *e)
{
	uint32_t hash = hash_of(r, e, true);
	struct capture_flow *f = begin_again(r, flow_find(r, e, hash), p);
	struct capture_conv *conv;

	if (f == NULL) {
		if (!p->syn && p->wire == 0 && !p->fragment)
			return; /* the last words of a connection that nothing is known of */
		f = flow_new(r, e, hash);
	}
	if (f == NULL)
		return;
	if (p->syn && !p->ack) {
		f->syn_seen = true;
		f->isn = p->seq;
	}
	if (r->newest != f) {
		unlink_use(r, f);
		link_use(r, f);
	}
	r->last = f;
	conv = capture_conv_of(r, f);
	conv->packets++;
	conv->last = r->at;
	if (p->fragment)
		conv->fragments++; /* what the other fragments hold is missing, and shows as a gap */
	segment(r, f, e->way, p);
}

static void
to_datagram(struct capture_reader *r, const struct capture_packet *p, const struct ends *e)
{
	struct capture_conv *conv;
	int64_t i = e->protocol == CAPTURE_NFS ? conv_find(r, e) : -1;

	if (i < 0)
		return;
	conv = &r->c->convs[i];
	conv->packets++;
	conv->last = r->at;
	conv->bytes[e->way] += p->have;
	if (p->fragment)
		conv->fragments++;
	capture_rpc_datagram(r, conv, e->way, p->payload, p->have, p->wire);
}

void
capture_flow_packet(struct capture_reader *r, const struct capture_packet *p)
{
	uint8_t up = r->ports[p->dport], down = r->ports[p->sport];
	enum capture_way way = up != 0 ? CAPTURE_TO_SERVER : CAPTURE_TO_CLIENT;
	struct ends e;

	if (up == 0 && down == 0)
		return;
	e = ends_of(p, way, up != 0 ? up : down);
	if (up != 0 && down != 0 && !p->udp) { /* both could be the server: who is known, or who does not begin */
		struct ends other = ends_of(p, CAPTURE_TO_CLIENT, down);
		if ((p->syn && p->ack) || flow_find(r, &other, hash_of(r, &other, true)) != NULL)
			e = other;
	}
	if (p->udp)
		to_datagram(r, p, &e);
	else
		to_connection(r, p, &e);
}

void
capture_flow_finish(struct capture_reader *r)
{
	for (struct capture_flow *f = r->oldest, *newer; f != NULL; f = newer) {
		newer = f->newer;
		flow_end(r, f);
	}
}
