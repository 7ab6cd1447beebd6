/* The hostile server's UDP modes: a strong controller's answers with one thing spoiled, or from the wrong place, or too many. */
#ifndef FP_TESTS_HOSTILE_UDP_H
#define FP_TESTS_HOSTILE_UDP_H

#include "bmc.h"
#include "hostile.h"

static void
send_udp(int fd, const struct options *o, const struct double_peer *to, const void *data, size_t len)
{
	double_nap(o->delay);
	if (o->cut != NEVER && len > (size_t)o->cut)
		len = (size_t)o->cut;
	double_send(fd, to, data, len);
}

/* A strong controller's answer; false when none is due. */
static inline bool
good_bmc(struct fp_buf *out, const uint8_t *p, size_t n)
{
	const struct bmc b = { .pong = true,
		.answers = true,
		.lan = true,
		.v2 = true,
		.auth_types = 4,
		.status = 0x24,
		.suites = { 3, 8, 12, 17 },
		.n_suites = 4 };

	return bmc_answer(out, &b, p, n) && fp_buf_check(out, "answer", NULL) == FP_OK;
}

/* Where the IPMI message lies in a datagram: behind 10 bytes of 1.5 wrapper or 12 of 2.0 (and 4 of RMCP). 0 when there is none. */
static inline size_t
message_at(const struct fp_buf *b)
{
	if (b->len < 24 || b->data[3] != BMC_IPMI)
		return 0;
	return b->data[4] == 6 ? 16 : 14;
}

static inline void
sum_again(struct fp_buf *b)
{
	size_t at = message_at(b);

	if (at == 0)
		return;
	b->data[at + 2] = (char)bmc_checksum((const uint8_t *)b->data + at, 2);
	b->data[b->len - 1] = (char)bmc_checksum((const uint8_t *)b->data + at + 3, b->len - at - 4);
}

/* Patches count from the IPMI message (0 requester address, 1 function, 3 responder, 4 sequence, 5 command, 6 completion code), checksums made right. */
static inline void
udp_ipmi(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };
	size_t at;

	if (!good_bmc(&b, p, n))
		return;
	at = message_at(&b);
	if (at != 0)
		patch((uint8_t *)b.data + at, b.len - at, m->text);
	sum_again(&b);
	for (size_t i = 0; i < o->patches.n; i++)
		patch((uint8_t *)b.data, b.len, o->patches.items[i]);
	send_udp(fd, o, from, b.data, b.len);
}

/* Patches count from the start of the datagram; nothing is made right. */
static inline void
udp_raw(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };

	if (!good_bmc(&b, p, n))
		return;
	patch_all(&b, o, m);
	send_udp(fd, o, from, b.data, b.len);
}

/* Patches count from the length field of whichever wrapper was asked for. */
static inline void
udp_length(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };
	size_t at;

	if (!good_bmc(&b, p, n))
		return;
	at = message_at(&b);
	if (at != 0)
		patch((uint8_t *)b.data + (at == 16 ? 14 : 13), at == 16 ? 2 : 1, m->text);
	send_udp(fd, o, from, b.data, b.len);
}

static inline void
udp_bad_sums(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };

	(void)m;
	if (!good_bmc(&b, p, n))
		return;
	b.data[b.len - 1] ^= 0x55;
	send_udp(fd, o, from, b.data, b.len);
}

static inline void
udp_silent(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	(void)fd, (void)o, (void)m, (void)from, (void)p, (void)n;
}

static inline void
udp_mirror(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	(void)m;
	send_udp(fd, o, from, p, n);
}

/* A good answer from a socket that was not asked: another port, or (text) another address. */
static inline void
udp_elsewhere(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };
	struct sockaddr_in own = { 0 };
	socklen_t len = sizeof(own);
	int other = getsockname(fd, (struct sockaddr *)&own, &len);

	other = double_bind(SOCK_DGRAM, m->text != NULL ? m->text : o->bind, m->text != NULL ? ntohs(own.sin_port) : 0, 0);

	/* Plain sendto: with packet information the route, not the socket, would choose the source. */
	if (good_bmc(&b, p, n))
		(void)sendto(other, b.data, b.len, 0, (const struct sockaddr *)&from->from, sizeof(from->from));
	(void)close(other);
}

static inline void
udp_many(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 8192 };

	if (!good_bmc(&b, p, n))
		return;
	for (int i = atoi(m->text); i > 0; i--)
		send_udp(fd, o, from, b.data, b.len);
}

/* The answer to the question before: right in form, wrong in time. */
static inline void
udp_stale(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	static struct fp_buf last = { .max = 8192 };

	(void)m;
	send_udp(fd, o, from, last.data != NULL ? last.data : "", last.len);
	fp_buf_clear(&last);
	(void)good_bmc(&last, p, n);
}

static inline void
udp_random(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	static uint64_t state;
	uint8_t data[512];

	(void)m, (void)p, (void)n;
	if (state == 0)
		state = (uint64_t)(unsigned)o->seed * 0x9E3779B97F4A7C15u + 1;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(next_random(&state) >> 56);
	send_udp(fd, o, from, data, next_random(&state) % sizeof(data));
}

static inline void
udp_huge(int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = UDP_MAX };

	(void)m;
	if (!good_bmc(&b, p, n))
		return;
	while (b.len < UDP_MAX)
		fp_buf_u8(&b, 0xC0);
	send_udp(fd, o, from, b.data, b.len);
}

/* Get Channel Cipher Suites never comes to its end: every index gives the same full block. */
static inline void
udp_endless_suites(
    int fd, const struct options *o, const struct mode *m, const struct double_peer *from, const uint8_t *p, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf ask = { .max = 8192 };
	size_t at;

	fp_buf_add(&ask, p, n);
	at = message_at(&ask);
	if (at != 0 && ask.len > at + 8 && ask.data[at + 5] == 0x54) {
		ask.data[at + 8] = (char)0x80;
		sum_again(&ask);
	}
	udp_ipmi(fd, o, m, from, (const uint8_t *)ask.data, ask.len);
}

#endif
