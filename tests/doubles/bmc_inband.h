/*
 * The same controller seen from within its server: ipmi_sim's codec for virtual machines over TCP, for a collector that only reads. Every message ends
 * with A0h, bytes A0h, A1h and AAh are escaped, a checksum makes the sum zero. Tables are those of IPMI 2.0; what nobody asks is refused (C1h).
 */
#ifndef FP_TESTS_BMC_INBAND_H
#define FP_TESTS_BMC_INBAND_H

#include "double.h"

#include <signal.h>
#include <sys/prctl.h>

#include "bmc.h"

#define INBAND_END 0xA0
#define INBAND_ESCAPE 0xAA
#define INBAND_MAX 64

/* What follows the completion code 00h; false: the command is not for this controller. Channel 1 is its LAN, user 2 has a name. */
static inline bool
inband_lan(struct fp_buf *out, const struct bmc *b, uint8_t parameter)
{
	fp_buf_u8(out, 0x11); /* revision */
	switch (parameter) {
	case 2: /* authentication types of the five levels; none at OEM */
		for (int level = 0; level < 5; level++)
			fp_buf_u8(out, level < 4 ? b->auth_types : 0);
		return true;
	case 3:
		fp_buf_add(out, (const uint8_t[]){ 10, 0, 0, 2 }, 4);
		return true;
	case 5:
		fp_buf_add(out, (const uint8_t[]){ 2, 0, 0, 0, 0, 2 }, 6);
		return true;
	case 22:
		fp_buf_u8(out, (uint8_t)b->n_suites);
		return true;
	case 23:
		for (size_t i = 0; i <= 16; i++)
			fp_buf_u8(out, i > 0 && i <= b->n_suites && i <= BMC_SUITES_MAX ? b->suites[i - 1] : 0);
		return true;
	case 24: /* administrators may use every suite that is listed; two in a byte, the first in its low half */
		fp_buf_u8(out, 0);
		for (size_t i = 0; i < 8; i++)
			fp_buf_u8(out, (uint8_t)((i * 2 < b->n_suites ? 4 : 0) | (i * 2 + 1 < b->n_suites ? 0x40 : 0)));
		return true;
	default:
		return false;
	}
}

static inline bool
inband_user(struct fp_buf *out, const struct bmc *b, uint8_t user)
{
	bool nameless = (b->status & 0x03) != 0, enabled = user == 2 || (user == 1 && nameless);
	fp_buf_u8(out, 2); /* users there are */
	fp_buf_u8(out, (uint8_t)((enabled ? 0x40 : 0x80) | (nameless ? 2 : 1)));
	fp_buf_u8(out, 0);
	fp_buf_u8(out, enabled ? 0x14 : 0x0F); /* messages, administrator; or no access */
	return user == 1 || user == 2;
}

static inline bool
inband_answer(struct fp_buf *out, const struct bmc *b, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t n)
{
	uint8_t first = n > 0 ? data[0] & 0x3F : 0, second = n > 1 ? data[1] & 0x3F : 0;
	switch (netfn << 8 | cmd) {
	case 0x0601: /* Get Device ID: IPMI 2.0, firmware 2.14 of a made-up maker */
		fp_buf_add(out, (const uint8_t[]){ 0x20, 1, 0x02, 0x14, 0x02, 0xBF, 0xFF, 0xFF, 0, 1, 0, 0, 0, 0, 0 }, 15);
		return true;
	case 0x0642: /* Get Channel Info: only channel 1 is there, 802.3 */
		fp_buf_add(out, (const uint8_t[]){ first, 4, 1, 0x80, 0xF2, 0x1B, 0, 0, 0 }, 9);
		return first == 1;
	case 0x0641: /* Get Channel Access: always, or disabled; authentication per message and at user level as the status says */
		fp_buf_u8(out, (uint8_t)((b->lan ? 2 : 0) | ((b->status & 0x18))));
		fp_buf_u8(out, 4);
		return first == 1;
	case 0x0C02:
		return first == 1 && inband_lan(out, b, n > 1 ? data[1] : 0);
	case 0x0644:
		return first == 1 && inband_user(out, b, second);
	case 0x0646: /* Get User Name */
		for (int i = 0; i < 16; i++)
			fp_buf_u8(out, i == 0 && first == 2 ? 'x' : 0);
		return first == 1 || first == 2;
	default:
		return false;
	}
}

/* One request without its frame: number, netfn and lun, command, data. */
static inline void
inband_reply(int fd, const struct bmc *b, const uint8_t *in, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf data = { .max = INBAND_MAX }, out = { .max = 4 * INBAND_MAX };
	bool known = inband_answer(&data, b, in[1] >> 2, in[2], in + 3, n - 3);
	uint8_t head[4] = { in[0], (uint8_t)(in[1] | 4), in[2], known ? 0 : 0xC1 }, sum = 0;
	size_t len = known ? data.len : 0;
	for (size_t i = 0; i < 4 + len + 1; i++) {
		uint8_t byte = i < 4 ? head[i] : i < 4 + len ? (uint8_t)data.data[i - 4] : (uint8_t)(0 - sum);
		sum = (uint8_t)(sum + byte);
		if (byte == INBAND_END || byte == INBAND_END + 1 || byte == INBAND_ESCAPE) {
			fp_buf_u8(&out, INBAND_ESCAPE);
			byte |= 0x10;
		}
		fp_buf_u8(&out, byte);
	}
	fp_buf_u8(&out, INBAND_END);
	if (write(fd, out.data, out.len) < 0)
		double_die("cannot answer: %s", strerror(errno));
}

static inline void
inband_talk(int fd, const struct bmc *b)
{
	uint8_t in[INBAND_MAX], byte, set = 0, sum = 0;
	size_t n = 0;
	while (read(fd, &byte, 1) == 1) {
		if (byte == INBAND_END) {
			if (n >= 4 && sum == 0)
				inband_reply(fd, b, in, n - 1);
			n = sum = 0;
		} else if (byte == INBAND_ESCAPE) {
			set = 0x10;
		} else if (n < sizeof(in)) {
			in[n++] = (uint8_t)(byte & ~set);
			sum = (uint8_t)(sum + in[n - 1]);
			set = 0;
		}
	}
}

/* In a process of its own, which ends with this one. */
static inline void
inband_serve(const char *address, int port, const struct bmc *b)
{
	int fd = double_bind(SOCK_STREAM, address, port, 4), peer;
	pid_t pid = fork();
	if (pid < 0)
		double_die("fork: %s", strerror(errno));
	if (pid > 0) {
		(void)close(fd);
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	while ((peer = accept(fd, NULL, NULL)) >= 0 || errno == EINTR) {
		if (peer >= 0) {
			inband_talk(peer, b);
			(void)close(peer);
		}
	}
	exit(1);
}

#endif
