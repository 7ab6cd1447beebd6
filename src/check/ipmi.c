/* BMC-1 to BMC-3 and BMC-6: what a management controller says to anybody over IPMI, without a session, a name or a password. */
#include "check/ipmi_proto.h"

#include <string.h>

#include "check/probe.h"
#include "check/target.h"

enum { Q_PING = 1, Q_AUTH = 2, Q_AUTH_OLD = 3, Q_BLOCK = 10, BLOCKS = 16 };
#define BLOCK_FULL 16

#define FURTHER(i)                                                                                                               \
	{                                                                                                                        \
		Q_BLOCK + (i), "Get Channel Cipher Suites, block " #i, "when the block before was full"                          \
	}

static const struct check_ask asks[] = {
	{ Q_PING, "ASF presence ping", "always" },
	{ Q_AUTH, "Get Channel Authentication Capabilities, IPMI 2.0 data", "always" },
	{ Q_AUTH_OLD, "Get Channel Authentication Capabilities, IPMI 1.5 data", "when the controller refuses the 2.0 form" },
	{ Q_BLOCK, "Get Channel Cipher Suites, block 0", "when the controller answers" },
	FURTHER(1),
	FURTHER(2),
	FURTHER(3),
	FURTHER(4),
	FURTHER(5),
	FURTHER(6),
	FURTHER(7),
	FURTHER(8),
	FURTHER(9),
	FURTHER(10),
	FURTHER(11),
	FURTHER(12),
	FURTHER(13),
	FURTHER(14),
	FURTHER(15),
	{ 0, NULL, NULL },
};

static uint8_t
seq_of(int question)
{
	return (uint8_t)(question & 0x3F);
}

static uint8_t
command_of(int question)
{
	return question < Q_BLOCK ? IPMI_CMD_AUTH_CAPABILITIES : IPMI_CMD_CIPHER_SUITES;
}

static bool
answers(const struct check_step *s, const uint8_t *p, size_t len)
{
	struct ipmi_answer a;
	return s->number == Q_PING ? ipmi_pong_read(p, len, Q_PING)
				   : ipmi_answer_read(&a, p, len, seq_of(s->number), command_of(s->number));
}

/* The first datagram of that question that answers it; strays are passed over. */
static bool
find_answer(struct ipmi_answer *out, const struct evidence_obs *obs, int question)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		const struct evidence_event *e = &obs->events[i];
		if (e->step == question && e->kind == EVIDENCE_RECEIVED && e->bytes != NULL &&
		    ipmi_answer_read(out, e->bytes, e->len, seq_of(question), command_of(question))) {
			return true;
		}
	}
	return false;
}

static bool
ponged(const struct evidence_obs *obs)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		const struct evidence_event *e = &obs->events[i];
		if (e->step == Q_PING && e->kind == EVIDENCE_RECEIVED && e->bytes != NULL &&
		    ipmi_pong_read(e->bytes, e->len, Q_PING)) {
			return true;
		}
	}
	return false;
}

/* ---- the probe ---- */

/* An answer to block i that says that another block follows. */
static bool
full_block(const struct evidence_obs *obs, int i)
{
	struct ipmi_answer a;
	return find_answer(&a, obs, Q_BLOCK + i) && a.completion == 0 && a.len == 1 + BLOCK_FULL;
}

static int
ipmi_next(const struct evidence_obs *obs)
{
	struct ipmi_answer a;
	if (!check_asked(obs, Q_PING)) {
		return Q_PING;
	}
	enum check_end e = check_end_of(obs, Q_PING);
	/* No answer to a ping is common; all else but an answer ends it. */
	if (e != CHECK_END_BYTES && e != CHECK_END_CUT && e != CHECK_END_SILENT) {
		return 0;
	}
	if (!check_asked(obs, Q_AUTH)) {
		return Q_AUTH;
	}
	if (!find_answer(&a, obs, Q_AUTH)) {
		return 0;
	}
	if (a.completion != 0 && !check_asked(obs, Q_AUTH_OLD)) {
		return Q_AUTH_OLD;
	}
	for (int i = 0; i < BLOCKS; i++) {
		if (!check_asked(obs, Q_BLOCK + i)) {
			return Q_BLOCK + i;
		}
		if (!full_block(obs, i)) {
			return 0;
		}
	}
	return 0;
}

static enum fp_status
ipmi_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	*out = (struct check_step){
		.number = number, .wire = CHECK_WIRE_UDP, .tries = 3, .wait_ms = 600, .max_reply = IPMI_DATAGRAM_MAX
	};
	out->answers = answers;
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a management controller", obs->target);
	}
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	if (number == Q_PING) {
		out->tries = 2;
		ipmi_ping(&b, Q_PING);
	} else if (number == Q_AUTH || number == Q_AUTH_OLD) {
		ipmi_auth_request(&b, seq_of(number), number == Q_AUTH);
	} else {
		ipmi_ciphers_request(&b, seq_of(number), (uint8_t)(number - Q_BLOCK));
	}
	enum fp_status st = fp_buf_check(&b, "an IPMI request", err);
	if (st == FP_OK) {
		memcpy(out->bytes, b.data, b.len);
		out->len = b.len;
	}
	return st;
}

const struct check_steps check_ipmi_steps = { asks, ipmi_next, ipmi_make };

/* ---- the judges ---- */

static int
datagrams_sent(const struct evidence_obs *obs)
{
	int n = 0;
	for (size_t i = 0; i < obs->n_events; i++) {
		n += obs->events[i].kind == EVIDENCE_SENT;
	}
	return n;
}

/* The question that an unasked one waited for: it was not asked because of that one's answer, or because the run ended. */
static int
before(int question)
{
	return question > Q_BLOCK ? question - 1 : question == Q_BLOCK || question == Q_AUTH_OLD ? Q_AUTH : Q_PING;
}

/* No usable answer to a question: say why. For UDP silence and a closed port have their own words. */
static void
say_trouble(struct evidence_verdict *out, const struct evidence_obs *obs, int question)
{
	struct ipmi_answer a;
	char detail[200];
	int q = question;
	while (q > Q_PING && !check_asked(obs, q)) {
		q = before(q);
	}
	enum check_end end = check_end_of(obs, q);
	const char *reason = check_trouble(detail, sizeof(detail), obs, q);
	if (q != question && (q == Q_PING ? ponged(obs) : find_answer(&a, obs, q))) {
		check_say(out, "not-asked", "question %d was not asked", question);
	} else if (end == CHECK_END_SILENT) {
		check_say(out, "no-answer", "no answer to %d datagrams", datagrams_sent(obs));
	} else if (end == CHECK_END_BYTES || end == CHECK_END_CUT || end == CHECK_END_OPEN) {
		check_say(out, "not-the-protocol", "question %d: what came is no answer to it", q);
	} else {
		check_say(out, reason, "%s", detail);
	}
}

void
check_bmc1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct ipmi_answer a;
	if (ponged(obs)) {
		check_say(out, "answers-here", "presence pong from %s at vantage '%s'", obs->target,
		    obs->vantage != NULL ? obs->vantage : "");
	} else if (find_answer(&a, obs, Q_AUTH)) {
		check_say(out, "answers-here", "IPMI answer from %s at vantage '%s'", obs->target,
		    obs->vantage != NULL ? obs->vantage : "");
	} else {
		say_trouble(out, obs, Q_AUTH);
	}
}

/* The authentication capabilities, from either form; false after say_trouble. */
static bool
auth_find(struct ipmi_auth *auth, struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct ipmi_answer a;
	int question = Q_AUTH;
	if (!find_answer(&a, obs, Q_AUTH)) {
		say_trouble(out, obs, Q_AUTH);
		return false;
	}
	if (a.completion != 0) {
		question = Q_AUTH_OLD;
		if (!find_answer(&a, obs, Q_AUTH_OLD)) {
			say_trouble(out, obs, Q_AUTH_OLD);
			return false;
		}
	}
	if (a.completion != 0) {
		check_say(out, "command-refused", "question %d: completion code 0x%02x", question, a.completion);
		return false;
	}
	if (!ipmi_auth_read(auth, a.data, a.len)) {
		check_say(out, "not-the-protocol", "question %d: answer of %zu bytes, or for no channel", question, a.len);
		return false;
	}
	return true;
}

void
check_bmc2_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct ipmi_auth a;
	char facts[160];
	if (!auth_find(&a, out, obs)) {
		return;
	}
	const struct {
		bool found;
		const char *reason;
	} findings[] = {
		{ a.anonymous, "anonymous-log-on" },
		{ a.none, "no-authentication" },
		{ a.null_users, "null-user" },
		{ a.user_level_off, "user-level-authentication-off" },
		{ a.per_message_off, "per-message-authentication-off" },
	};
	(void)snprintf(facts, sizeof(facts), "channel %u:%s%s%s%s%s%s%s", a.channel, a.anonymous ? " anonymous log-on," : "",
	    a.none ? " type none," : "", a.null_users ? " null user names," : "",
	    a.user_level_off ? " user-level authentication off," : "",
	    a.per_message_off ? " per-message authentication off," : "", a.named_users ? " named users," : "",
	    !a.extended ? " IPMI 1.5 data"
	    : a.kg_set  ? " BMC key set"
			: " BMC key at its default");
	for (size_t i = 0; i < FP_COUNT(findings); i++) {
		if (findings[i].found) {
			check_say(out, findings[i].reason, "%s", facts);
			return;
		}
	}
	check_say(out, "log-on-required", "%s", facts);
}

/*
 * REQ law-2: a pong is no IPMI: ASF devices without IPMI answer it too, and so do controllers whose IPMI is switched off. A command that is answered
 * is IPMI over LAN at work. Silence proves nothing, so there is no pass over the network.
 */
void
check_bmc6_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct ipmi_answer a;
	bool old = find_answer(&a, obs, Q_AUTH_OLD) && a.completion == 0;
	if (old || (find_answer(&a, obs, Q_AUTH) && a.completion == 0)) {
		check_say(out, "ipmi-answers", "Get Channel Authentication Capabilities answered to vantage '%s'",
		    obs->vantage != NULL ? obs->vantage : "");
	} else if (find_answer(&a, obs, Q_AUTH)) {
		check_say(
		    out, "command-refused", "Get Channel Authentication Capabilities: completion code 0x%02x", a.completion);
	} else if (ponged(obs) && check_end_of(obs, Q_AUTH) == CHECK_END_SILENT) {
		check_say(out, "pong-only", "presence pong, no answer to IPMI commands; %d datagrams sent", datagrams_sent(obs));
	} else {
		say_trouble(out, obs, Q_AUTH);
	}
}

enum list { LIST_WHOLE, LIST_TROUBLE, LIST_REFUSED, LIST_TOO_LONG, LIST_MALFORMED };

/* Puts the blocks together. WHOLE only when the last block was not full: else suite 0 might stand in what was not read. */
static enum list
list_read(struct fp_buf *records, int *at, uint8_t *completion, const struct evidence_obs *obs)
{
	uint8_t channel = 0;
	for (*at = 0; *at < BLOCKS; (*at)++) {
		struct ipmi_answer a;
		if (!find_answer(&a, obs, Q_BLOCK + *at)) {
			return LIST_TROUBLE;
		}
		*completion = a.completion;
		if (a.completion != 0) {
			return LIST_REFUSED;
		}
		if (a.len < 1 || a.len > 1 + BLOCK_FULL || !ipmi_channel_valid(a.data[0]) || (*at > 0 && a.data[0] != channel)) {
			return LIST_MALFORMED;
		}
		channel = a.data[0];
		fp_buf_add(records, a.data + 1, a.len - 1);
		if (a.len < 1 + BLOCK_FULL) {
			return LIST_WHOLE;
		}
	}
	return LIST_TOO_LONG;
}

static void
judge_suites(struct evidence_verdict *out, const struct fp_buf *records, int blocks)
{
	struct ipmi_suite suites[IPMI_SUITES_MAX];
	char ids[160] = "";
	size_t n = 0, at = 0;
	if (!ipmi_suites_read(suites, &n, (const uint8_t *)records->data, records->len) || n == 0) {
		check_say(out, "list-malformed", "%zu bytes in %d blocks are no list of cipher suites", records->len, blocks);
		return;
	}
	const struct ipmi_suite *open = NULL;
	for (size_t i = 0; i < n; i++) {
		/* Suite 0 by its number, and any other that asks for no password by its algorithm. */
		if (open == NULL && ((!suites[i].oem && suites[i].id == 0) || suites[i].authentication == 0)) {
			open = &suites[i];
		}
		int w = at < sizeof(ids) ? snprintf(ids + at, sizeof(ids) - at, "%s%u", i > 0 ? " " : "", suites[i].id) : 0;
		at += w > 0 ? (size_t)w : 0;
	}
	if (open != NULL) {
		check_say(out, open->id == 0 ? "suite0-listed" : "suite-without-authentication",
		    "suite %u listed without authentication; listed: %s", open->id, ids);
	} else {
		check_say(out, "suite0-absent", "%zu suites listed: %s", n, ids);
	}
}

void
check_bmc3_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	FP_AUTO(fp_buf_free) struct fp_buf records = { .max = (size_t)BLOCKS * BLOCK_FULL };
	int at = 0;
	uint8_t completion = 0;
	switch (list_read(&records, &at, &completion, obs)) {
	case LIST_TROUBLE:
		say_trouble(out, obs, Q_BLOCK + at);
		break;
	case LIST_REFUSED:
		check_say(out, "command-refused", "block %d: completion code 0x%02x", at, completion);
		break;
	case LIST_TOO_LONG:
		check_say(out, "list-too-long", "more than %d blocks", BLOCKS);
		break;
	case LIST_MALFORMED:
		check_say(out, "list-malformed", "block %d has a length or a channel that no block has", at);
		break;
	case LIST_WHOLE:
		if (records.failed != FP_OK) {
			check_say(out, "own-failure", "no memory");
		} else {
			judge_suites(out, &records, at + 1);
		}
		break;
	}
}

/* ---- reasons ---- */

#define IPMI_TROUBLES                                                                                                            \
	{ "command-refused", EVIDENCE_UNKNOWN, N_("The management controller is there, but refuses to tell."),                   \
		"host-facts-ipmi" },                                                                                             \
	    CHECK_TROUBLES,                                                                                                      \
	{                                                                                                                        \
		NULL, EVIDENCE_UNKNOWN, NULL, NULL                                                                               \
	}

const struct evidence_reason check_bmc1_reasons[] = {
	{ "answers-here", EVIDENCE_INFORMATIONAL,
	    N_("The management controller answers here. If this place belongs to the laboratory's network, that is a finding."),
	    "" },
	IPMI_TROUBLES,
};

const struct evidence_reason check_bmc2_reasons[] = {
	{ "log-on-required", EVIDENCE_PASS, N_("The management controller says that every log-on needs a name and a password."),
	    "" },
	{ "anonymous-log-on", EVIDENCE_FAIL, N_("The management controller takes a log-on without name and password."), "" },
	{ "no-authentication", EVIDENCE_FAIL, N_("The management controller offers sessions without authentication."), "" },
	{ "null-user", EVIDENCE_FAIL, N_("The management controller has users without a name."), "" },
	{ "user-level-authentication-off", EVIDENCE_FAIL,
	    N_("The management controller takes commands at user level without authentication."), "" },
	{ "per-message-authentication-off", EVIDENCE_FAIL,
	    N_("The management controller authenticates only the start of a session, not its messages."), "" },
	IPMI_TROUBLES,
};

const struct evidence_reason check_bmc3_reasons[] = {
	{ "suite0-absent", EVIDENCE_PASS, N_("The complete list of cipher suites holds none without authentication."), "" },
	{ "suite0-listed", EVIDENCE_UNKNOWN,
	    N_("Cipher suite 0, which asks for no password, is listed. It may be switched off all the same: listed is not "
	       "enabled."),
	    "host-facts-ipmi" },
	{ "suite-without-authentication", EVIDENCE_UNKNOWN,
	    N_("A cipher suite without authentication is listed. It may be switched off all the same: listed is not enabled."),
	    "host-facts-ipmi" },
	{ "list-malformed", EVIDENCE_UNKNOWN, N_("The list of cipher suites cannot be read."), "host-facts-ipmi" },
	{ "list-too-long", EVIDENCE_UNKNOWN, N_("The list of cipher suites does not end."), "host-facts-ipmi" },
	IPMI_TROUBLES,
};

const struct evidence_reason check_bmc6_reasons[] = {
	{ "ipmi-answers", EVIDENCE_FAIL,
	    N_("The management controller answers an IPMI command from the network: IPMI over LAN is on."), "" },
	{ "pong-only", EVIDENCE_UNKNOWN,
	    N_("The management controller answers a presence ping, but no IPMI command. It looks switched off; only its own "
	       "settings prove it."),
	    "host-facts-ipmi" },
	IPMI_TROUBLES,
};
