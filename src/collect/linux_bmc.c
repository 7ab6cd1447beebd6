#include "collect/linux.h"
#include "collect/linux_ipmi.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHANNELS_MAX 0x0b /* LAN and serial channels are 1 to 0Bh (IPMI 2.0, 6.3) */
#define USERS_MAX 64
#define SUITES_MAX 16
#define MEDIUM_LAN 4
#define MEDIUM_OTHER_LAN 6
#define ACTIVE 0x80      /* of a channel: as it is now */
#define AFTER_RESET 0x40 /* as it will be */

static const char *const media[] = { NULL, "IPMB", "ICMB 1.0", "ICMB 0.9", "LAN", "serial", "other LAN", "PCI SMBus", "SMBus 1.x",
	"SMBus 2.0", "USB 1.x", "USB 2.x", "system interface" };
static const char *const accesses[] = { "disabled", "pre-boot", "always", "shared" };
static const unsigned openness[] = { 0, 1, 3, 2 };

/* Why an answer is not there; NULL in a refusal that only says "not on this controller". */
static void
note(struct collect *c, const char *fact, int n, uint8_t code)
{
	if (n == -1)
		collect_unknown(c, fact, "the controller refuses the question, code %02Xh", code);
	else if (n == -2)
		collect_unknown(c, fact, "the controller does not answer");
	else
		collect_unknown(c, fact, "the controller's answer is too short");
}

static void
put_device(struct collect *c, struct collect_value *bmc, struct ipmi *i)
{
	struct collect_value *v = collect_object(c->arena);
	uint8_t d[IPMI_ANSWER_MAX], code;
	int n = ipmi_ask(i, IPMI_GET_DEVICE_ID, NULL, 0, d, &code);

	if (n < 11) {
		collect_put(bmc, "device_id", NULL);
		note(c, "bmc.device_id", n, code);
		return;
	}
	collect_put_int(v, "device", d[0]);
	collect_put_text(v, "firmware", collect_text(c->arena, "%u.%02x", d[2] & 0x7fU, (unsigned)d[3]));
	collect_put_text(v, "ipmi", collect_text(c->arena, "%u.%u", d[4] & 0x0fU, (unsigned)d[4] >> 4));
	collect_put_int(v, "manufacturer", d[6] | d[7] << 8 | (d[8] & 0x0f) << 16);
	collect_put_int(v, "product", d[9] | d[10] << 8);
	collect_put_text(v, "aux", n < 15 ? NULL : collect_text(c->arena, "%02x%02x%02x%02x", d[11], d[12], d[13], d[14]));
	collect_put(bmc, "device_id", v);
}

/*
 * Access mode, privilege limit and demands of authentication (IPMI 2.0, 22.23). Now and after a reset may differ: what is more open stands in the facts,
 * because one power cut is enough.
 */
static void
put_access(struct collect *c, struct collect_value *v, struct ipmi *i, uint8_t channel)
{
	uint8_t now[IPMI_ANSWER_MAX] = { 0 }, later[IPMI_ANSWER_MAX] = { 0 }, code;
	int n = ipmi_ask(i, IPMI_GET_CHANNEL_ACCESS, (uint8_t[]){ channel, ACTIVE }, 2, now, &code);
	const uint8_t *most = now;

	if (n < 2) {
		collect_put(v, "access", NULL);
		note(c, "bmc.channels.access", n, code);
		return;
	}
	n = ipmi_ask(i, IPMI_GET_CHANNEL_ACCESS, (uint8_t[]){ channel, AFTER_RESET }, 2, later, &code);
	if (n < 2) {
		note(c, "bmc.channels.access", n, code);
	} else if (((now[0] ^ later[0]) & 0x1f) != 0 || ((now[1] ^ later[1]) & 0x0f) != 0) {
		if (openness[later[0] & 3] > openness[now[0] & 3])
			most = later;
		collect_unknown(c, "bmc.channels.access", "channel %u: it is '%s' now and '%s' after a reset", (unsigned)channel,
		    accesses[now[0] & 3], accesses[later[0] & 3]);
	}
	collect_put_text(v, "access", (most[0] & 7) < 4 ? accesses[most[0] & 3] : NULL);
	collect_put_int(v, "privilege_limit", most[1] & 0x0f);
	collect_put_bool(v, "per_message_auth", (most[0] & 0x10) == 0);
	collect_put_bool(v, "user_auth", (most[0] & 0x08) == 0);
}

/* ---- LAN ---- */

/* A parameter's data behind its revision; -1 when it cannot be had. A parameter that this controller does not have is no fault (code 80h). */
static int
parameter(struct collect *c, struct ipmi *i, uint8_t channel, uint8_t number, int least, uint8_t out[IPMI_ANSWER_MAX])
{
	uint8_t d[IPMI_ANSWER_MAX], code;
	int n = ipmi_ask(i, IPMI_GET_LAN_PARAMETER, (uint8_t[]){ channel, number, 0, 0 }, 4, d, &code);

	if (n < least + 1) {
		note(c, collect_text(c->arena, "bmc.lan.%u", (unsigned)number), n, code);
		return -1;
	}
	memcpy(out, d + 1, (size_t)n - 1);
	return n - 1;
}

static struct collect_value *
numbers(struct collect *c, const uint8_t *bytes, size_t n)
{
	struct collect_value *list = collect_list(c->arena);

	for (size_t k = 0; k < n; k++)
		collect_add_int(list, bytes[k]);
	return list;
}

/* Suites (parameters 22 and 23) and the highest privilege that each may be used for (24: a nibble each, lower one first). */
static void
put_suites(struct collect *c, struct collect_value *v, struct ipmi *i, uint8_t channel)
{
	uint8_t count[IPMI_ANSWER_MAX], d[IPMI_ANSWER_MAX], privileges[SUITES_MAX];
	int n = parameter(c, i, channel, 22, 1, count);
	size_t suites = n < 1 ? 0 : (size_t)(count[0] & 0x1f) < SUITES_MAX ? (size_t)(count[0] & 0x1f) : SUITES_MAX;
	bool ids = n >= 1 && parameter(c, i, channel, 23, 1 + (int)suites, d) >= 0;

	collect_put(v, "cipher_suites", ids ? numbers(c, d + 1, suites) : NULL);
	if (!ids || parameter(c, i, channel, 24, 9, d) < 0) {
		collect_put(v, "cipher_privileges", NULL);
		return;
	}
	for (size_t k = 0; k < SUITES_MAX; k++)
		privileges[k] = k % 2 == 0 ? d[1 + k / 2] & 0x0f : d[1 + k / 2] >> 4;
	collect_put(v, "cipher_privileges", numbers(c, privileges, suites));
}

static void
put_lan(struct collect *c, struct collect_value *list, struct ipmi *i, uint8_t channel)
{
	struct collect_value *v = collect_object(c->arena);
	uint8_t d[IPMI_ANSWER_MAX];

	collect_put_int(v, "channel", channel);
	collect_put(v, "auth_enables", parameter(c, i, channel, 2, 5, d) < 0 ? NULL : numbers(c, d, 5));
	collect_put_text(v, "address",
	    parameter(c, i, channel, 3, 4, d) < 0 ? NULL : collect_text(c->arena, "%u.%u.%u.%u", d[0], d[1], d[2], d[3]));
	collect_put_text(v, "mac",
	    parameter(c, i, channel, 5, 6, d) < 0
		? NULL
		: collect_text(c->arena, "%02x:%02x:%02x:%02x:%02x:%02x", d[0], d[1], d[2], d[3], d[4], d[5]));
	put_suites(c, v, i, channel);
	collect_add(list, v);
}

/* ---- users ---- */

/* Only whether the name is empty leaves the controller: a user without a name is the anonymous one. */
static void
put_user(struct collect *c, struct collect_value *list, struct ipmi *i, uint8_t channel, uint8_t id, const uint8_t access[4])
{
	struct collect_value *v = collect_object(c->arena);
	uint8_t name[IPMI_ANSWER_MAX], code;
	int n = ipmi_ask(i, IPMI_GET_USER_NAME, &id, 1, name, &code);
	unsigned status = (unsigned)access[1] >> 6;

	collect_put_int(v, "channel", channel);
	collect_put_int(v, "id", id);
	if (status == 1 || status == 2)
		collect_put_bool(v, "enabled", status == 1);
	else {
		collect_put(v, "enabled", NULL);
		collect_unknown(c, "bmc.users.enabled", "the controller does not tell of every user whether it is enabled");
	}
	collect_put_bool(v, "ipmi", (access[3] & 0x10) != 0);
	collect_put_int(v, "privilege", access[3] & 0x0f);
	/* CCh: "invalid data field": what controllers answer for a slot that never had a name. */
	if (n >= 1 || (n == -1 && code == 0xcc))
		collect_put_bool(v, "name_empty", n < 1 || name[0] == '\0');
	else {
		collect_put(v, "name_empty", NULL);
		collect_unknown(c, "bmc.users.name_empty", "the controller does not tell of every user whether it has a name");
	}
	memset(name, 0, sizeof(name));
	collect_add(list, v);
}

static void
put_users(struct collect *c, struct collect_value *list, struct ipmi *i, uint8_t channel)
{
	uint8_t d[IPMI_ANSWER_MAX], code;
	unsigned last = 1;

	for (unsigned id = 1; id <= last; id++) {
		int n = ipmi_ask(i, IPMI_GET_USER_ACCESS, (uint8_t[]){ channel, (uint8_t)id }, 2, d, &code);

		if (n < 4) {
			note(c, "bmc.users.*", n, code);
			return;
		}
		last = d[0] & 0x3f;
		if (collect_count(list) == USERS_MAX) {
			collect_unknown(c, "bmc.users.*", "there are more than %d; the rest is left out", USERS_MAX);
			return;
		}
		put_user(c, list, i, channel, (uint8_t)id, d);
	}
}

/* ---- all of it ---- */

void
ipmi_facts(struct collect *c, struct collect_value *bmc, struct ipmi *i)
{
	struct collect_value *channels = collect_list(c->arena), *lan = collect_list(c->arena), *users = collect_list(c->arena);

	put_device(c, bmc, i);
	for (uint8_t channel = 1; channel <= CHANNELS_MAX && !i->silent; channel++) {
		struct collect_value *v = collect_object(c->arena);
		uint8_t d[IPMI_ANSWER_MAX], code;
		int n = ipmi_ask(i, IPMI_GET_CHANNEL_INFO, &channel, 1, d, &code);
		unsigned medium = n < 2 ? 0 : d[1] & 0x7fU;

		if (n < 2)
			continue; /* there is no such channel */
		collect_put_int(v, "number", channel);
		collect_put_text(v, "medium", medium < sizeof(media) / sizeof(media[0]) ? media[medium] : NULL);
		collect_put(v, "access", NULL);
		collect_add(channels, v);
		if (medium != MEDIUM_LAN && medium != MEDIUM_OTHER_LAN)
			continue;
		put_access(c, v, i, channel);
		put_lan(c, lan, i, channel);
		put_users(c, users, i, channel);
	}
	collect_put(bmc, "channels", channels);
	collect_put(bmc, "lan", lan);
	collect_put(bmc, "users", users);
	if (i->silent)
		collect_unknown(c, "bmc.*", "the controller stopped answering: channels, addresses and users are not complete");
}

static void
put_nothing(struct collect *c, struct collect_value *bmc, const char *why)
{
	static const char *const members[] = { "device_id", "channels", "lan", "users" };

	for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
		collect_unknown(c, collect_text(c->arena, "bmc.%s", members[k]), "%s", why);
	(void)bmc;
}

/* Without the device: the firmware's tables say whether there is a controller (SMBIOS type 38). Its driver is not loaded: that would change the machine. */
static void
without_device(struct collect *c, struct collect_value *bmc, const char *why)
{
	char **entries;
	ssize_t n = linux_names(c, "/sys/firmware/dmi/entries", &entries);
	bool there = false;

	for (ssize_t k = 0; k < n; k++)
		there = there || strncmp(entries[k], "38-", 3) == 0;
	if (n < 0) {
		collect_unknown(c, "bmc.present", "%s, and the firmware's tables do not tell whether there is a controller", why);
		put_nothing(c, bmc, why);
		return;
	}
	collect_put_bool(bmc, "present", there);
	if (there)
		put_nothing(c, bmc, why);
}

void
linux_read_bmc(struct collect *c)
{
	struct collect_value *bmc = collect_object(c->arena);
	bool simulated = strncmp(c->o->ipmi, "tcp:", 4) == 0;
	struct ipmi i;
	int fd;

	if (strcmp(c->o->ipmi, "none") == 0) {
		collect_unknown(c, "bmc", "it was left out (--ipmi=none)");
		return;
	}
	collect_put(c->facts, "bmc", bmc);
	fd = simulated ? ipmi_connect(c->o->ipmi + 4) : linux_open(c, c->o->ipmi, 0);
	if (fd < 0) {
		without_device(c, bmc, collect_text(c->arena, "%s: %s", c->o->ipmi, linux_why(errno)));
		return;
	}
	if (simulated)
		ipmi_simulated(&i, fd);
	else
		ipmi_driver(&i, fd);
	collect_put_bool(bmc, "present", true);
	ipmi_facts(c, bmc, &i);
	(void)close(fd);
}
