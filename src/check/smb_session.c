/*
 * SMB-4's opt-in way: does the server refuse the log-on of a client that cannot encrypt? MS-SMB2 3.3.5.5: a server with EncryptData and
 * RejectUnencryptedAccess must fail SESSION_SETUP with STATUS_ACCESS_DENIED, before it looks at any credential, (step 1) on every dialect below 3.0 and (step 2) on the
 * others when the client's NEGOTIATE lacked the encryption capability. So the same leg is sent with and without that capability, by nobody: no name, no proof.
 */
#include <string.h>

#include "check/probe.h"
#include "check/smb_proto.h"
#include "check/target.h"

/* A leg is two questions over one connection: its NEGOTIATE and, one number higher, its SESSION_SETUP. */
enum { Q_CAN = 1, Q_CANNOT = 11, Q_SMB1 = 21, Q_SMB1_AGAIN = 22 };

static const struct leg {
	int number;
	enum smb_dialect dialect;
	bool encrypts;
} legs[] = {
	{ Q_CAN, SMB_311, true },
	{ Q_CAN + 2, SMB_302, true },
	{ Q_CAN + 4, SMB_300, true },
	{ Q_CANNOT, SMB_210, false },
	{ Q_CANNOT + 2, SMB_302, false },
	{ Q_CANNOT + 4, SMB_300, false },
	{ Q_CANNOT + 6, SMB_311, false },
};
enum { CONTROLS = 3, LEGS = FP_COUNT(legs) };

#define SESSION_SETUP "SESSION_SETUP without user, domain or workstation, over the same connection"

static const struct check_ask asks[] = {
	{ Q_CAN, "SMB2 NEGOTIATE, only dialect 3.1.1, client can encrypt", "always" },
	{ Q_CAN + 1, SESSION_SETUP, "when 3.1.1 was accepted" },
	{ Q_CAN + 2, "SMB2 NEGOTIATE, only dialect 3.0.2, client can encrypt", "when 3.1.1 was declined" },
	{ Q_CAN + 3, SESSION_SETUP, "when 3.0.2 was accepted" },
	{ Q_CAN + 4, "SMB2 NEGOTIATE, only dialect 3.0, client can encrypt", "when 3.0.2 was declined too" },
	{ Q_CAN + 5, SESSION_SETUP, "when 3.0 was accepted" },
	{ Q_CANNOT, "SMB2 NEGOTIATE, only dialect 2.1, which cannot encrypt", "when the leg before was answered by a challenge" },
	{ Q_CANNOT + 1, SESSION_SETUP, "when 2.1 was accepted" },
	{ Q_CANNOT + 2, "SMB2 NEGOTIATE, only dialect 3.0.2, client cannot encrypt",
	    "when 2.1 was declined or its session denied" },
	{ Q_CANNOT + 3, SESSION_SETUP, "when 3.0.2 was accepted" },
	{ Q_CANNOT + 4, "SMB2 NEGOTIATE, only dialect 3.0, client cannot encrypt", "when 3.0.2 was declined" },
	{ Q_CANNOT + 5, SESSION_SETUP, "when 3.0 was accepted" },
	{ Q_CANNOT + 6, "SMB2 NEGOTIATE, only dialect 3.1.1, client cannot encrypt", "when all before were declined or denied" },
	{ Q_CANNOT + 7, SESSION_SETUP, "when 3.1.1 was accepted" },
	{ Q_SMB1, "SMB1 NEGOTIATE, only dialect NT LM 0.12", "when every session without encryption was refused" },
	{ Q_SMB1_AGAIN, "SMB1 NEGOTIATE again", "when the first was answered by closing" },
	{ 0, NULL, NULL },
};

/* ---- what became of a leg ---- */

struct heard {
	enum { UNHEARD, DECLINED, CHALLENGED, DENIED, TROUBLE } as;
	const char *reason; /* with TROUBLE */
	bool encryption;    /* the server's NEGOTIATE answer offers encryption */
	int question;       /* the next one of this leg; 0: the leg is over */
	char detail[160];
};

static void
trouble(struct heard *h, const char *reason, const char *what, uint32_t status)
{
	h->as = TROUBLE;
	h->reason = reason;
	(void)snprintf(h->detail, sizeof(h->detail), "%s, status 0x%08x", what, (unsigned)status);
}

/* The bytes of an answer that came whole; NULL after it has said what happened instead. */
static const uint8_t *
whole_reply(struct heard *h, size_t *len, const struct evidence_obs *obs, int number)
{
	if (check_end_of(obs, number) == CHECK_END_BYTES) {
		return check_reply(obs, number, len);
	}
	h->reason = check_trouble(h->detail, sizeof(h->detail), obs, number);
	h->as = TROUBLE;
	h->reason = h->reason != NULL ? h->reason : "not-asked";
	return NULL;
}

/* REQ law-2: an answer counts only over the connection whose NEGOTIATE it follows. */
static bool
one_connection(const struct evidence_obs *obs, int negotiate)
{
	const struct evidence_event *a = check_event(obs, negotiate, EVIDENCE_RECEIVED);
	const struct evidence_event *b = check_event(obs, negotiate + 1, EVIDENCE_RECEIVED);
	return a != NULL && b != NULL && a->conn == b->conn && check_event(obs, negotiate + 1, EVIDENCE_CONNECTED) == NULL;
}

static void
hear_session(struct heard *h, const struct leg *l, const struct evidence_obs *obs)
{
	size_t len = 0;
	uint32_t status = 0;
	if (!check_asked(obs, l->number + 1)) {
		h->as = UNHEARD;
		h->question = l->number + 1;
		return;
	}
	const uint8_t *p = whole_reply(h, &len, obs, l->number + 1);
	if (p == NULL) {
		return;
	}
	enum smb_session_said said = one_connection(obs, l->number) ? smb_session_read(&status, p, len) : SMB_SESSION_GARBAGE;
	if (said == SMB_SESSION_GARBAGE) {
		trouble(h, "not-the-protocol", "malformed answer to SESSION_SETUP", status);
	} else if (said == SMB_SESSION_ODD) {
		trouble(h, "odd-status", "SESSION_SETUP", status);
	} else {
		h->as = said == SMB_SESSION_DENIED ? DENIED : CHALLENGED;
	}
}

static void
hear(struct heard *h, const struct leg *l, const struct evidence_obs *obs)
{
	struct smb_answer a;
	size_t len = 0;
	*h = (struct heard){ .as = UNHEARD };
	if (!check_asked(obs, l->number)) {
		h->question = l->number;
		return;
	}
	const uint8_t *p = whole_reply(h, &len, obs, l->number);
	if (p == NULL) {
		return;
	}
	smb_answer_read(&a, l->dialect, l->encrypts ? 0 : SMB_CIPHER_ABSENT, p, len);
	h->encryption = l->dialect == SMB_311 ? a.cipher > 0 : (a.capabilities & SMB2_CAP_ENCRYPTION) != 0;
	if (a.said == SMB_DECLINED) {
		h->as = DECLINED;
	} else if (a.said == SMB_ACCEPTED) {
		hear_session(h, l, obs);
	} else {
		trouble(h, a.said == SMB_ODD ? "odd-status" : "not-the-protocol", "NEGOTIATE", a.status);
	}
}

/* ---- the whole conversation ---- */

/* Everything so far: the next question, or why there is none. The probe and the judge read the same. */
enum outcome { OPEN, NO_CONTROL, NO_ENCRYPTION, DENIES_ALL, ACCEPTS, REFUSES, SMB1_TAKEN, SMB1_SILENT, BROKEN };

struct view {
	int next; /* 0: nothing is left to ask */
	enum outcome as;
	const struct leg *leg; /* the one that decided */
	struct heard heard;
	int denied; /* legs without encryption whose session was denied */
};

static bool
stop(struct view *v, enum outcome as, const struct leg *l)
{
	v->as = as;
	v->leg = l;
	v->next = 0;
	return true;
}

/* Asks that leg if it was not; true when the conversation stops at it. */
static bool
take(struct view *v, const struct leg *l, const struct evidence_obs *obs)
{
	hear(&v->heard, l, obs);
	if (v->heard.as == TROUBLE) {
		return stop(v, BROKEN, l);
	}
	if (v->heard.as == UNHEARD) {
		(void)stop(v, OPEN, l);
		v->next = v->heard.question;
		return true;
	}
	return false;
}

/* With encryption the log-on must go on to the challenge: else a later no says nothing about encryption. */
static bool
control(struct view *v, const struct leg **found, const struct evidence_obs *obs)
{
	*found = NULL;
	for (int i = 0; i < CONTROLS; i++) {
		if (take(v, &legs[i], obs)) {
			return true;
		}
		if (v->heard.as == DECLINED) {
			continue;
		}
		*found = &legs[i];
		if (v->heard.as == DENIED) {
			return stop(v, DENIES_ALL, &legs[i]);
		}
		return !v->heard.encryption && stop(v, NO_ENCRYPTION, &legs[i]);
	}
	return stop(v, NO_CONTROL, &legs[CONTROLS - 1]);
}

/* Every dialect on which a client that cannot encrypt might get in; the first that does ends it. */
static bool
without(struct view *v, const struct leg *with, const struct evidence_obs *obs)
{
	bool newer = false; /* 3.0.2 was accepted, so 3.0 tells nothing more */
	for (int i = CONTROLS; i < LEGS; i++) {
		if (legs[i].dialect > with->dialect || (legs[i].dialect == SMB_300 && newer)) {
			continue;
		}
		if (take(v, &legs[i], obs)) {
			return true;
		}
		if (v->heard.as == CHALLENGED) {
			return stop(v, ACCEPTS, &legs[i]);
		}
		v->denied += v->heard.as == DENIED;
		newer |= legs[i].dialect == SMB_302 && v->heard.as == DENIED;
	}
	return false;
}

/* SMB1 cannot encrypt at all. Closing counts as a no only twice, with SMB2 working in between, as in SMB-1. */
static void
smb1(struct view *v, const struct evidence_obs *obs)
{
	for (int q = Q_SMB1; q <= Q_SMB1_AGAIN; q++) {
		struct smb_answer a = { .said = SMB_GARBAGE };
		size_t len = 0;
		if (!check_asked(obs, q)) {
			(void)stop(v, OPEN, NULL);
			v->next = q;
			return;
		}
		enum check_end end = check_end_of(obs, q);
		if (end == CHECK_END_CLOSED) {
			continue;
		}
		const uint8_t *p = end == CHECK_END_BYTES ? check_reply(obs, q, &len) : NULL;
		if (p != NULL) {
			smb_answer_read(&a, SMB_1, 0, p, len);
		}
		(void)stop(v, a.said == SMB_ACCEPTED ? SMB1_TAKEN : a.said == SMB_DECLINED ? REFUSES : SMB1_SILENT, NULL);
		return;
	}
	(void)stop(v, REFUSES, NULL);
}

static void
view_make(struct view *v, const struct evidence_obs *obs)
{
	const struct leg *with;
	*v = (struct view){ .as = OPEN };
	if (control(v, &with, obs) || without(v, with, obs)) {
		return;
	}
	/* REQ law-2: declining every dialect without encryption is not refusing a session: at least one must have been denied. */
	if (v->denied == 0) {
		(void)stop(v, NO_CONTROL, with);
		return;
	}
	smb1(v, obs);
}

/* ---- the probe ---- */

static int
session_next(const struct evidence_obs *obs)
{
	struct view v;
	view_make(&v, obs);
	return v.next;
}

static void
request(struct fp_buf *b, const struct leg *l, int number)
{
	if (l == NULL) {
		smb_request(b, SMB_1, 0, 0);
	} else if (number == l->number) {
		/* A GUID of its own per leg: a server may end the sessions of a client that comes back with another dialect. */
		smb_request(b, l->dialect, l->encrypts ? 0 : SMB_CIPHER_ABSENT, (uint8_t)('A' + number));
	} else {
		smb_session_request(b);
	}
}

static enum fp_status
session_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	const struct leg *l = NULL;
	char host[CHECK_HOST_MAX];
	for (size_t i = 0; i < LEGS; i++) {
		l = number == legs[i].number || number == legs[i].number + 1 ? &legs[i] : l;
	}
	if (l == NULL && number != Q_SMB1 && number != Q_SMB1_AGAIN) {
		return fp_fail(err, FP_EINVAL, "the SMB session probe has no question %d", number);
	}
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 3000 };
	out->wait_ms = l == NULL ? 1500 : 3000;
	out->max_reply = SMB_MESSAGE_MAX;
	out->frame = smb_frame;
	out->keep = l != NULL && number == l->number;
	out->again = out->same = l != NULL && number != l->number;
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of an SMB server", obs->target);
	}
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	request(&b, l, number);
	enum fp_status st = fp_buf_check(&b, "an SMB request", err);
	if (st == FP_OK) {
		memcpy(out->bytes, b.data, b.len);
		out->len = b.len;
	}
	return st;
}

bool
check_smb_session_make(char *out, size_t size, const char *value)
{
	(void)snprintf(out, size, "%s", value != NULL ? value : "");
	return value != NULL && strcmp(value, "yes") == 0;
}

const struct check_steps check_smb_session_steps = { asks, session_next, session_make };

/* ---- the judge ---- */

/* The legs' outcomes in the order they were asked: "3.1.1 encrypting: challenge; 2.1: denied". */
static void
legs_text(char *out, size_t size, const struct evidence_obs *obs)
{
	static const char *const words[] = { "", "declined", "challenge", "denied", "?" };
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < LEGS && at < size; i++) {
		struct heard h;
		hear(&h, &legs[i], obs);
		if (h.as != UNHEARD) {
			int n = snprintf(out + at, size - at, "%s%s%s: %s", at > 0 ? "; " : "", smb_dialect_name(legs[i].dialect),
			    legs[i].encrypts ? " with encryption" : " without", words[h.as]);
			at += n > 0 ? (size_t)n : 0;
		}
	}
}

/* REQ law-2: never a fail: a server that challenges may still refuse later (Samba answers so whatever it is set to). */
void
check_smb_session_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	static const char *const reasons[] = { [OPEN] = "not-asked",
		[NO_CONTROL] = "no-control",
		[NO_ENCRYPTION] = "session-without-encryption",
		[DENIES_ALL] = "denied-to-all",
		[ACCEPTS] = "challenge-to-all",
		[REFUSES] = "unencrypted-refused",
		[SMB1_TAKEN] = "smb1-beside",
		[SMB1_SILENT] = "smb1-unclear" };
	struct view v;
	char text[200];
	view_make(&v, obs);
	legs_text(text, sizeof(text), obs);
	if (v.as == BROKEN) {
		check_say(out, v.heard.reason, "dialect %s%s: %s", smb_dialect_name(v.leg->dialect),
		    v.leg->encrypts ? "" : " without encryption", v.heard.detail);
	} else {
		check_say(out, reasons[v.as], "%s", text[0] != '\0' ? text : "nothing was asked");
	}
}

const struct evidence_reason check_smb_session_reasons[] = {
	{ "unencrypted-refused", EVIDENCE_PASS,
	    N_("The file server refuses the log-on of a client that cannot encrypt, before it knows who it is, and goes on with "
	       "the "
	       "log-on of one that can."),
	    "" },
	{ "challenge-to-all", EVIDENCE_UNKNOWN,
	    N_("The file server goes on with the log-on of a client that cannot encrypt. It may still refuse it later: some "
	       "servers do "
	       "so whatever they are set to."),
	    "host-facts-smb-server" },
	{ "denied-to-all", EVIDENCE_UNKNOWN,
	    N_("The file server refuses the log-on also of a client that can encrypt, so the refusal says nothing about "
	       "encryption."),
	    "host-facts-smb-server" },
	{ "session-without-encryption", EVIDENCE_UNKNOWN,
	    N_("The file server did not offer encryption here, so there was nothing to compare with."), "host-facts-smb-server" },
	{ "no-control", EVIDENCE_UNKNOWN,
	    N_("The file server takes no version that could be asked both with and without encryption."),
	    "host-facts-smb-server" },
	{ "smb1-beside", EVIDENCE_UNKNOWN,
	    N_("The file server refuses clients of SMB version 2 and 3 that cannot encrypt, but also accepts version 1, which "
	       "never can."),
	    "host-facts-smb-server" },
	{ "smb1-unclear", EVIDENCE_UNKNOWN,
	    N_("The file server refuses clients of SMB version 2 and 3 that cannot encrypt. Whether it accepts version 1 did not "
	       "show."),
	    "host-facts-smb-server" },
	{ "odd-status", EVIDENCE_UNKNOWN, N_("The file server answered with an error that says neither yes nor no."),
	    "host-facts-smb-server" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
