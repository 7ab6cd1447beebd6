#include "collect/linux_ipmi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 1500
#define FRAME_MAX 128
#define VM_END 0xa0     /* ends a message */
#define VM_COMMAND 0xa1 /* ends a word about the machine itself */
#define VM_ESCAPE 0xaa
#define VM_ESCAPED 0x10 /* this bit is set in a byte behind VM_ESCAPE */
#define APP 0x06
#define TRANSPORT 0x0c

/* All that is ever sent. Each of them only reads; its request has this length. */
static const struct {
	uint8_t netfn, cmd;
	size_t len;
} allowed[IPMI_QUESTIONS] = {
	[IPMI_GET_DEVICE_ID] = { APP, 0x01, 0 },
	[IPMI_GET_CHANNEL_ACCESS] = { APP, 0x41, 2 },
	[IPMI_GET_CHANNEL_INFO] = { APP, 0x42, 1 },
	[IPMI_GET_USER_ACCESS] = { APP, 0x44, 2 },
	[IPMI_GET_USER_NAME] = { APP, 0x46, 1 },
	[IPMI_GET_LAN_PARAMETER] = { TRANSPORT, 0x02, 4 },
};

/* Of the LAN parameters these are read: what may log on and how, the address. None of them holds a password. */
static const uint8_t lan_parameters[] = { 2, 3, 5, 22, 23, 24 };

bool
ipmi_allowed(uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len)
{
	for (size_t q = 0; q < IPMI_QUESTIONS; q++) {
		if (allowed[q].netfn != netfn || allowed[q].cmd != cmd)
			continue;
		return len == allowed[q].len &&
		       (q != IPMI_GET_LAN_PARAMETER || memchr(lan_parameters, data[1], sizeof(lan_parameters)) != NULL);
	}
	return false;
}

int
ipmi_send(
    struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t out[IPMI_ANSWER_MAX], uint8_t *code)
{
	uint8_t answer[IPMI_ANSWER_MAX];
	size_t n;

	*code = 0;
	if (!ipmi_allowed(netfn, cmd, data, len))
		return -3;
	if (i->silent)
		return -2;
	i->asked++;
	n = i->exchange(i, netfn, cmd, data, len, answer);
	if (n == 0) {
		i->silent = true;
		return -2;
	}
	*code = answer[0];
	if (answer[0] != 0)
		return -1;
	memcpy(out, answer + 1, n - 1);
	return (int)n - 1;
}

int
ipmi_ask(struct ipmi *i, enum ipmi_question q, const uint8_t *data, size_t len, uint8_t out[IPMI_ANSWER_MAX], uint8_t *code)
{
	return ipmi_send(i, allowed[q].netfn, allowed[q].cmd, data, len, out, code);
}

/* ---- the kernel's driver: linux/ipmi.h ---- */

static size_t
driver_answer(struct ipmi *i, long id, uint8_t answer[IPMI_ANSWER_MAX])
{
	struct pollfd ready = { .fd = i->fd, .events = POLLIN };

	/* Answers to earlier questions of others do not come here; late ones of our own are passed over. */
	for (int tries = 0; tries < 8 && poll(&ready, 1, WAIT_MS) == 1; tries++) {
		struct ipmi_addr from;
		struct ipmi_recv got = { .addr = (unsigned char *)&from,
			.addr_len = sizeof(from),
			.msg = { .data = answer, .data_len = IPMI_ANSWER_MAX } };

		if (ioctl(i->fd, IPMICTL_RECEIVE_MSG_TRUNC, &got) != 0 && errno != EMSGSIZE)
			return 0;
		if (got.recv_type == IPMI_RESPONSE_RECV_TYPE && got.msgid == id)
			return got.msg.data_len < IPMI_ANSWER_MAX ? got.msg.data_len : IPMI_ANSWER_MAX;
	}
	return 0;
}

static size_t
driver_exchange(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	struct ipmi_system_interface_addr to = { .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE, .channel = IPMI_BMC_CHANNEL };
	uint8_t copy[8] = { 0 };
	struct ipmi_req req = { .addr = (unsigned char *)&to,
		.addr_len = sizeof(to),
		.msgid = ++i->sequence,
		.msg = { .netfn = netfn, .cmd = cmd, .data_len = (unsigned short)len, .data = copy } };

	if (len > sizeof(copy))
		return 0;
	if (len > 0)
		memcpy(copy, data, len);
	if (ioctl(i->fd, IPMICTL_SEND_COMMAND, &req) != 0)
		return 0;
	return driver_answer(i, req.msgid, answer);
}

void
ipmi_driver(struct ipmi *i, int fd)
{
	*i = (struct ipmi){ .exchange = driver_exchange, .fd = fd };
}

/* ---- ipmi_sim's codec for virtual machines ---- */

static size_t
put_escaped(uint8_t *out, size_t n, uint8_t byte)
{
	if (byte == VM_END || byte == VM_COMMAND || byte == VM_ESCAPE) {
		out[n++] = VM_ESCAPE;
		byte |= VM_ESCAPED;
	}
	out[n++] = byte;
	return n;
}

/* The checksum makes the sum of all bytes zero, as in IPMB. */
size_t
ipmi_vm_frame(uint8_t *out, const uint8_t *bytes, size_t len)
{
	unsigned sum = 0;
	size_t n = 0;

	for (size_t k = 0; k < len; k++) {
		sum += bytes[k];
		n = put_escaped(out, n, bytes[k]);
	}
	n = put_escaped(out, n, (uint8_t)(0x100 - (sum & 0xff)));
	out[n++] = VM_END;
	return n;
}

size_t
ipmi_vm_unframe(uint8_t *in, size_t len)
{
	unsigned sum = 0;
	size_t n = 0;

	if (len == 0 || in[len - 1] != VM_END)
		return 0;
	for (size_t k = 0; k + 1 < len; k++) {
		uint8_t byte = in[k];

		if (byte == VM_ESCAPE) {
			if (k + 2 >= len)
				return 0;
			byte = (uint8_t)(in[++k] & ~VM_ESCAPED);
		}
		in[n++] = byte;
		sum += byte;
	}
	return n < 4 || (sum & 0xff) != 0 ? 0 : n - 1;
}

static size_t
read_frame(int fd, uint8_t frame[FRAME_MAX])
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	while (n < FRAME_MAX && poll(&ready, 1, WAIT_MS) == 1 && read(fd, frame + n, 1) == 1) {
		if (frame[n] == VM_COMMAND)
			n = 0;
		else if (frame[n++] == VM_END)
			return n;
	}
	return 0;
}

static size_t
simulated_exchange(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	uint8_t bytes[3 + 8] = { ++i->sequence, (uint8_t)(netfn << 2), cmd }, frame[FRAME_MAX];
	size_t n;

	if (len > 8)
		return 0;
	if (len > 0)
		memcpy(bytes + 3, data, len);
	n = ipmi_vm_frame(frame, bytes, 3 + len);
	if (write(i->fd, frame, n) != (ssize_t)n)
		return 0;
	while ((n = read_frame(i->fd, frame)) > 0) {
		n = ipmi_vm_unframe(frame, n);
		if (n < 4 || frame[0] != i->sequence || frame[1] != ((netfn | 1) << 2) || frame[2] != cmd)
			continue;
		n = n - 3 < IPMI_ANSWER_MAX ? n - 3 : IPMI_ANSWER_MAX;
		memcpy(answer, frame + 3, n);
		return n;
	}
	return 0;
}

void
ipmi_simulated(struct ipmi *i, int fd)
{
	*i = (struct ipmi){ .exchange = simulated_exchange, .fd = fd };
}

int
ipmi_connect(const char *place)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	const char *colon = strrchr(place, ':');
	char address[INET_ADDRSTRLEN];
	size_t len = colon == NULL ? 0 : (size_t)(colon - place);
	char *end = NULL;
	unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
	int fd;

	if (len == 0 || len >= sizeof(address) || port == 0 || port > 65535 || *end != '\0')
		return -1;
	memcpy(address, place, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 || ntohl(to.sin_addr.s_addr) >> 24 != 127)
		return -1;
	to.sin_port = htons((uint16_t)port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}
