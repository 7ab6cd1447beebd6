/*
 * Questions to a management controller from inside the machine. Only the commands of the allow-list can be sent, all of them read (IPMI 2.0, tables 20, 22 and 23).
 */
#ifndef FP_COLLECT_LINUX_IPMI_H
#define FP_COLLECT_LINUX_IPMI_H

#include "collect/collect.h"

#define IPMI_ANSWER_MAX 64

enum ipmi_question {
	IPMI_GET_DEVICE_ID,
	IPMI_GET_CHANNEL_ACCESS,
	IPMI_GET_CHANNEL_INFO,
	IPMI_GET_USER_ACCESS,
	IPMI_GET_USER_NAME,
	IPMI_GET_LAN_PARAMETER,
	IPMI_QUESTIONS
};

struct ipmi {
	/* One command and its answer: completion code first. Returns the answer's length, 0 when there is none in time. */
	size_t (*exchange)(
	    struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX]);
	int fd;
	uint8_t sequence;
	bool silent;  /* an answer failed to come: nothing more is asked */
	size_t asked; /* commands sent */
};

/* The allow-list: may this command be sent at all? */
bool ipmi_allowed(uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len);

/* Ask; out gets what follows the completion code. Returns its length, or -1: refused (*code), -2: no answer, -3: not allowed. */
int ipmi_ask(struct ipmi *i, enum ipmi_question q, const uint8_t *data, size_t len, uint8_t out[IPMI_ANSWER_MAX], uint8_t *code);
/* As ipmi_ask with the bare numbers; what the allow-list does not hold is never sent. */
int ipmi_send(
    struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t out[IPMI_ANSWER_MAX], uint8_t *code);

/* The kernel's driver (an open /dev/ipmi0), or the "VM" serial codec of ipmi_sim. */
void ipmi_driver(struct ipmi *i, int fd);
void ipmi_simulated(struct ipmi *i, int fd);
/* Connects to "ADDRESS:PORT" of 127.0.0.0/8, nowhere else; -1 when that fails. */
int ipmi_connect(const char *place);

/* One frame of the codec, with its escapes; returns its length, at most 2 * len + 6. sequence, network function and command are in bytes already. */
size_t ipmi_vm_frame(uint8_t *out, const uint8_t *bytes, size_t len);
/* The bytes of a frame without checksum and end; 0 when it is damaged. in is changed. */
size_t ipmi_vm_unframe(uint8_t *in, size_t len);

/* All facts of a controller (linux_bmc.c). */
void ipmi_facts(struct collect *c, struct collect_value *bmc, struct ipmi *i);

#endif
