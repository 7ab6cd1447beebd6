/* SMB-1 to SMB-4: one NEGOTIATE per connection and dialect, and what the answers together say about the server. */
#include "check/smb_proto.h"

#include <string.h>

#include "check/target.h"

enum { Q_SMB1 = 1, Q_FIRST = 2, Q_LAST = 6, Q_CIPHER = 6, Q_SMB1_AGAIN = 11 };

static const struct question {
	int number;
	enum smb_dialect dialect;
	int cipher; /* 0: all four */
} questions[] = {
	{ Q_SMB1, SMB_1, 0 },
	{ 2, SMB_202, 0 },
	{ 3, SMB_210, 0 },
	{ 4, SMB_300, 0 },
	{ 5, SMB_302, 0 },
	{ Q_LAST, SMB_311, 0 },
	{ Q_CIPHER + 1, SMB_311, 1 },
	{ Q_CIPHER + 2, SMB_311, 2 },
	{ Q_CIPHER + 3, SMB_311, 3 },
	{ Q_CIPHER + 4, SMB_311, 4 },
	{ Q_SMB1_AGAIN, SMB_1, 0 },
};

static const struct check_ask asks[] = {
	{ Q_SMB1, "SMB1 NEGOTIATE, only dialect NT LM 0.12", "always" },
	{ 2, "SMB2 NEGOTIATE, only dialect 2.0.2", "when the port is open" },
	{ 3, "SMB2 NEGOTIATE, only dialect 2.1", "when the port is open" },
	{ 4, "SMB2 NEGOTIATE, only dialect 3.0, client can encrypt", "when the port is open" },
	{ 5, "SMB2 NEGOTIATE, only dialect 3.0.2, client can encrypt", "when the port is open" },
	{ Q_LAST, "SMB2 NEGOTIATE, only dialect 3.1.1, four ciphers offered", "when the port is open" },
	{ Q_CIPHER + 1, "SMB2 NEGOTIATE, dialect 3.1.1, only AES-128-CCM", "when another cipher was chosen before" },
	{ Q_CIPHER + 2, "SMB2 NEGOTIATE, dialect 3.1.1, only AES-128-GCM", "when another cipher was chosen before" },
	{ Q_CIPHER + 3, "SMB2 NEGOTIATE, dialect 3.1.1, only AES-256-CCM", "when another cipher was chosen before" },
	{ Q_CIPHER + 4, "SMB2 NEGOTIATE, dialect 3.1.1, only AES-256-GCM", "when another cipher was chosen before" },
	{ Q_SMB1_AGAIN, "SMB1 NEGOTIATE again", "when the first was answered by closing and SMB2 works" },
	{ 0, NULL, NULL },
};

static const struct question *
question_of(int number)
{
	for (size_t i = 0; i < FP_COUNT(questions); i++) {
		if (questions[i].number == number) {
			return &questions[i];
		}
	}
	return NULL;
}

/* What became of one question. */
struct said {
	enum { NOT_ASKED, ACCEPTED, DECLINED, CLOSED, TROUBLE } as;
	struct smb_answer answer;
	const char *reason; /* with TROUBLE and NOT_ASKED */
	char detail[120];
};

static void
said_read(struct said *s, const struct evidence_obs *obs, int number)
{
	const struct question *q = question_of(number);
	enum check_end end = check_end_of(obs, number);
	size_t len = 0;
	const uint8_t *p = check_reply(obs, number, &len);
	*s = (struct said){ .as = TROUBLE };
	s->reason = check_trouble(s->detail, sizeof(s->detail), obs, number);
	if (end == CHECK_END_NOT_ASKED) {
		s->as = NOT_ASKED;
		return;
	}
	if (end == CHECK_END_CLOSED) {
		s->as = CLOSED;
		return;
	}
	if (end != CHECK_END_BYTES) {
		s->reason = s->reason != NULL ? s->reason : "not-asked";
		return;
	}
	smb_answer_read(&s->answer, q->dialect, q->cipher, p, len);
	s->as = s->answer.said == SMB_ACCEPTED ? ACCEPTED : s->answer.said == SMB_DECLINED ? DECLINED : TROUBLE;
	s->reason = s->answer.said == SMB_ODD ? "odd-status" : "not-the-protocol";
	(void)snprintf(s->detail, sizeof(s->detail), "dialect %s: %s 0x%08x", smb_dialect_name(q->dialect),
	    s->answer.said == SMB_GARBAGE ? "malformed answer, status" : "status", (unsigned)s->answer.status);
}

/* ---- the probe ---- */

/* A peer that did not take the connection, or let us wait, would only do so again. */
static bool
hopeless(const struct evidence_obs *obs, int number)
{
	enum check_end e = check_end_of(obs, number);
	bool timeout = check_event(obs, number, EVIDENCE_TIMEOUT) != NULL;
	return (e != CHECK_END_BYTES && e != CHECK_END_CLOSED && e != CHECK_END_CUT && e != CHECK_END_SILENT) ||
	       (timeout && number != Q_SMB1);
}

static int
smb_next(const struct evidence_obs *obs)
{
	bool smb2_works = false;
	for (int q = Q_SMB1; q <= Q_LAST; q++) {
		struct said s;
		if (!check_asked(obs, q)) {
			return q;
		}
		if (hopeless(obs, q)) {
			return 0;
		}
		said_read(&s, obs, q);
		/* Something else than SMB is not asked on. */
		if (q != Q_SMB1 && s.as == TROUBLE && s.answer.said == SMB_GARBAGE && check_end_of(obs, q) == CHECK_END_BYTES) {
			return 0;
		}
		smb2_works |= q != Q_SMB1 && s.as == ACCEPTED;
	}
	struct said best;
	said_read(&best, obs, Q_LAST);
	for (int c = 1; best.as == ACCEPTED && best.answer.cipher > 0 && c <= SMB_CIPHERS; c++) {
		int q = Q_CIPHER + c;
		if (c != best.answer.cipher && !check_asked(obs, q)) {
			return q;
		}
		if (check_asked(obs, q) && hopeless(obs, q)) {
			return 0;
		}
	}
	bool again = smb2_works && check_end_of(obs, Q_SMB1) == CHECK_END_CLOSED && !check_asked(obs, Q_SMB1_AGAIN);
	return again ? Q_SMB1_AGAIN : 0;
}

static enum fp_status
smb_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	const struct question *q = question_of(number);
	char host[256];
	if (q == NULL) {
		return fp_fail(err, FP_EINVAL, "the SMB probe has no question %d", number);
	}
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 3000, .wait_ms = 3000 };
	/* Servers without SMB1 may let the question pass in silence. */
	out->wait_ms = q->dialect == SMB_1 ? 1500 : 3000;
	out->max_reply = SMB_MESSAGE_MAX;
	out->frame = smb_frame;
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of an SMB server", obs->target);
	}
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	smb_request(&b, q->dialect, q->cipher, (uint8_t)('0' + number));
	enum fp_status st = fp_buf_check(&b, "an SMB request", err);
	if (st == FP_OK) {
		memcpy(out->bytes, b.data, b.len);
		out->len = b.len;
	}
	return st;
}

const struct check_steps check_smb_steps = { asks, smb_next, smb_make };

/* ---- the judges ---- */

struct view {
	struct said smb1;     /* both tries taken together */
	struct said smb2[5];  /* 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1 */
	int accepted, closed; /* of smb2 */
	unsigned ciphers;     /* bit c: a 3.1.1 answer chose cipher c */
};

static enum smb_dialect
dialect_at(int i)
{
	return question_of(Q_FIRST + i)->dialect;
}

/*
 * REQ law-2: closing on an SMB1 question is how a server without SMB1 may answer, but also how an overloaded one looks. It counts as a no
 * only when it happened twice and SMB2 worked in between.
 */
static void
smb1_settle(struct view *v, const struct evidence_obs *obs)
{
	struct said again;
	if (v->smb1.as != CLOSED) {
		return;
	}
	said_read(&again, obs, Q_SMB1_AGAIN);
	if (again.as == ACCEPTED || again.as == DECLINED || again.as == TROUBLE) {
		v->smb1 = again;
	} else if (again.as == CLOSED && v->accepted > 0) {
		return;
	} else {
		v->smb1.as = TROUBLE;
	}
}

static void
view_make(struct view *v, const struct evidence_obs *obs)
{
	*v = (struct view){ .accepted = 0 };
	said_read(&v->smb1, obs, Q_SMB1);
	for (int i = 0; i < 5; i++) {
		said_read(&v->smb2[i], obs, Q_FIRST + i);
		v->accepted += v->smb2[i].as == ACCEPTED;
		v->closed += v->smb2[i].as == CLOSED;
	}
	for (int c = 0; c <= SMB_CIPHERS; c++) {
		struct said s;
		said_read(&s, obs, Q_CIPHER + c);
		if (s.as == ACCEPTED && s.answer.cipher > 0) {
			v->ciphers |= 1u << s.answer.cipher;
		}
	}
	smb1_settle(v, obs);
}

/* "accepted 2.1 (0x01) 3.0 (0x01) ..." */
static void
dialects_text(char *out, size_t size, const struct view *v)
{
	size_t at = 0;
	out[0] = '\0';
	for (int i = -1; i < 5; i++) {
		const struct said *s = i < 0 ? &v->smb1 : &v->smb2[i];
		if (s->as == ACCEPTED && at < size) {
			int n = snprintf(out + at, size - at, "%s%s (0x%02x)", at > 0 ? ", " : "",
			    i < 0 ? "1.0" : smb_dialect_name(dialect_at(i)), s->answer.security);
			at += n > 0 ? (size_t)n : 0;
		}
	}
}

/* Nothing was accepted at all: the first trouble tells why. */
static bool
nothing_accepted(struct evidence_verdict *out, const struct view *v)
{
	if (v->accepted > 0 || v->smb1.as == ACCEPTED) {
		return false;
	}
	for (int i = -1; i < 5; i++) {
		const struct said *s = i < 0 ? &v->smb1 : &v->smb2[i];
		if (s->as == TROUBLE) {
			check_say(out, s->reason, "%s", s->detail);
			return true;
		}
	}
	if (v->closed > 0) {
		check_say(out, "closed-early", "every connection was closed without an answer");
	} else {
		check_say(out, "no-dialect", "no dialect from 1.0 to 3.1.1 was accepted");
	}
	return true;
}

void
check_smb1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct view v;
	view_make(&v, obs);
	switch (v.smb1.as) {
	case ACCEPTED:
		check_say(out, "smb1-accepted", "NT LM 0.12 accepted, SecurityMode 0x%02x", v.smb1.answer.security);
		break;
	case DECLINED:
		check_say(out, "smb1-declined", "NT LM 0.12 declined%s", v.smb1.answer.as_smb2 ? ", answered in SMB2" : "");
		break;
	case CLOSED:
		check_say(out, "smb1-closed", "NT LM 0.12: connection closed, twice; %d newer dialects accepted", v.accepted);
		break;
	case NOT_ASKED:
	case TROUBLE:
		if (strcmp(v.smb1.reason, "no-reply") == 0 && v.accepted > 0) {
			check_say(out, "smb1-silent", "NT LM 0.12: no answer in time; %d newer dialects accepted", v.accepted);
		} else {
			check_say(out, v.smb1.reason, "%s", v.smb1.detail);
		}
		break;
	}
}

void
check_smb2_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct view v;
	char accepted[120];
	view_make(&v, obs);
	dialects_text(accepted, sizeof(accepted), &v);
	bool weak = v.smb1.as == ACCEPTED && (v.smb1.answer.security & SMB1_SIGNING_REQUIRED) == 0;
	for (int i = 0; i < 5; i++) {
		weak |= v.smb2[i].as == ACCEPTED && (v.smb2[i].answer.security & SMB2_SIGNING_REQUIRED) == 0;
	}
	if (weak) {
		check_say(out, "signing-not-required", "accepted with SecurityMode %s", accepted);
		return;
	}
	if (nothing_accepted(out, &v)) {
		return;
	}
	/* REQ law-2: a pass needs a clear word on every dialect, not only on those that were accepted. */
	for (int i = 0; i < 5; i++) {
		if (v.smb2[i].as != ACCEPTED && v.smb2[i].as != DECLINED) {
			check_say(out, v.smb2[i].reason, "%s", v.smb2[i].detail);
			return;
		}
	}
	if (v.smb1.as == TROUBLE || v.smb1.as == NOT_ASKED) {
		check_say(out, v.smb1.reason, "%s", v.smb1.detail);
		return;
	}
	check_say(out, "signing-required", "accepted with SecurityMode %s; all others declined", accepted);
}

enum encryption { ENC_OFFERED, ENC_NOT_OFFERED, ENC_NO_SMB3, ENC_NO_COMMON, ENC_UNCLEAR };

static bool
offers(const struct said *s, enum smb_dialect d)
{
	return s->as == ACCEPTED && (d == SMB_311 ? s->answer.cipher > 0 : (s->answer.capabilities & SMB2_CAP_ENCRYPTION) != 0);
}

/* What the three dialects that can encrypt say together; unclear names the one that does not say. */
static enum encryption
encryption_of(const struct view *v, const struct said **unclear)
{
	int taken = 0, no = 0;
	/* A server that closes on every SMB2 question, but takes SMB1, does not know SMB2. */
	bool smb1_only = v->smb1.as == ACCEPTED && v->closed == 5;
	*unclear = NULL;
	for (int i = 2; i < 5; i++) {
		const struct said *s = &v->smb2[i];
		if (offers(s, dialect_at(i))) {
			return ENC_OFFERED;
		}
		taken += s->as == ACCEPTED;
		no += s->as == ACCEPTED || s->as == DECLINED || (s->as == CLOSED && smb1_only);
		if (s->as != ACCEPTED && s->as != DECLINED && *unclear == NULL) {
			*unclear = s;
		}
	}
	if (v->smb2[4].as == ACCEPTED && v->smb2[4].answer.cipher == 0) {
		return ENC_NO_COMMON;
	}
	return no < 3 ? ENC_UNCLEAR : taken > 0 ? ENC_NOT_OFFERED : ENC_NO_SMB3;
}

static void
ciphers_text(char *out, size_t size, unsigned ciphers)
{
	size_t at = 0;
	(void)snprintf(out, size, "%s", ciphers == 0 ? "by capability bit" : "");
	for (int c = 1; c <= SMB_CIPHERS; c++) {
		if ((ciphers >> c & 1u) != 0 && at < size) {
			int n = snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "", smb_cipher_name(c));
			at += n > 0 ? (size_t)n : 0;
		}
	}
}

void
check_smb3_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct view v;
	const struct said *unclear;
	char ciphers_seen[96], accepted[120];
	view_make(&v, obs);
	enum encryption e = encryption_of(&v, &unclear);
	ciphers_text(ciphers_seen, sizeof(ciphers_seen), v.ciphers);
	dialects_text(accepted, sizeof(accepted), &v);
	if (e == ENC_OFFERED) {
		check_say(out, "encryption-offered", "encryption offered: %s", ciphers_seen);
	} else if (!nothing_accepted(out, &v)) {
		switch (e) {
		case ENC_NO_COMMON:
			check_say(out, "no-common-cipher", "dialect 3.1.1: cipher 0, none of four ciphers in common");
			break;
		case ENC_NOT_OFFERED:
			check_say(out, "encryption-not-offered", "accepted without encryption: %s", accepted);
			break;
		case ENC_NO_SMB3:
			check_say(out, "no-smb3", "no dialect that can encrypt; accepted: %s", accepted);
			break;
		default:
			check_say(
			    out, unclear != NULL ? unclear->reason : "not-asked", "%s", unclear != NULL ? unclear->detail : "");
			break;
		}
	}
}

/*
 * A dialect below 3.0 that is accepted is suspicious, but no refutation: a server that rejects unencrypted access does so in SESSION_SETUP
 * (MS-SMB2 3.3.5.5), after it has accepted the dialect here.
 */
void
check_smb4_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct view v;
	const struct said *unclear;
	char accepted[120];
	check_smb3_judge(out, obs);
	if (strcmp(out->reason, "encryption-offered") != 0) {
		return;
	}
	view_make(&v, obs);
	(void)encryption_of(&v, &unclear);
	dialects_text(accepted, sizeof(accepted), &v);
	bool older = v.smb1.as == ACCEPTED || v.smb2[0].as == ACCEPTED || v.smb2[1].as == ACCEPTED;
	check_say(out, older ? "older-dialect-accepted" : "required-not-provable", "encryption offered; accepted: %s", accepted);
}

/* ---- reasons ---- */

#define SMB_TROUBLES                                                                                                             \
	CHECK_TROUBLES,                                                                                                          \
	    { "odd-status", EVIDENCE_UNKNOWN, N_("The file server answered with an error that says neither yes nor no."),        \
		    "host-facts-smb-server" },                                                                                   \
	    { "no-dialect", EVIDENCE_UNKNOWN, N_("The file server declined every SMB version."), "address" },                    \
	{                                                                                                                        \
		NULL, EVIDENCE_UNKNOWN, NULL, NULL                                                                               \
	}

const struct evidence_reason check_smb1_reasons[] = {
	{ "smb1-declined", EVIDENCE_PASS, N_("The file server declines SMB version 1."), "" },
	{ "smb1-closed", EVIDENCE_PASS,
	    N_("The file server closes the connection when only SMB version 1 is offered, twice, and accepts newer versions in "
	       "between."),
	    "" },
	{ "smb1-accepted", EVIDENCE_FAIL, N_("The file server accepts SMB version 1."), "" },
	{ "smb1-silent", EVIDENCE_UNKNOWN,
	    N_("The file server accepts newer versions, but did not answer when only version 1 was offered. Silence is no "
	       "proof."),
	    "host-facts-smb-server" },
	SMB_TROUBLES,
};

const struct evidence_reason check_smb2_reasons[] = {
	{ "signing-required", EVIDENCE_PASS, N_("The file server requires signing in every SMB version that it accepts."), "" },
	{ "signing-not-required", EVIDENCE_FAIL, N_("The file server accepts sessions without signing."), "" },
	SMB_TROUBLES,
};

#define ENCRYPTION_REFUTED                                                                                                       \
	{ "encryption-not-offered", EVIDENCE_FAIL, N_("The file server does not offer encryption."), "" },                       \
	    { "no-smb3", EVIDENCE_FAIL, N_("The file server speaks no SMB version that can encrypt."), "" },                     \
	{                                                                                                                        \
		"no-common-cipher", EVIDENCE_UNKNOWN,                                                                            \
		    N_("The file server knows encryption, but none of the four ciphers that SMB defines."),                      \
		    "host-facts-smb-server"                                                                                      \
	}

const struct evidence_reason check_smb3_reasons[] = {
	{ "encryption-offered", EVIDENCE_PASS, N_("The file server offers encryption."), "" },
	ENCRYPTION_REFUTED,
	SMB_TROUBLES,
};

const struct evidence_reason check_smb4_reasons[] = {
	{ "required-not-provable", EVIDENCE_UNKNOWN,
	    N_("The file server offers encryption and takes only versions that can encrypt. Whether it refuses unencrypted "
	       "sessions does not show "
	       "before log-on."),
	    "host-facts-smb-server" },
	{ "older-dialect-accepted", EVIDENCE_UNKNOWN,
	    N_("The file server offers encryption, but also accepts versions that cannot encrypt. It may still refuse them at "
	       "log-on."),
	    "host-facts-smb-server" },
	ENCRYPTION_REFUTED,
	SMB_TROUBLES,
};
