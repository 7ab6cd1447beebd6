/*
 * TLS-1: which versions of TLS does the server take, and is its certificate in date? One ClientHello per version, each over a connection of its
 * own; what the server says first is read, then the connection is closed. Versions are refused by an alert; or by hanging up, when that happens
 * twice and a newer version was accepted in between.
 */
#include <arpa/inet.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "check/probe.h"
#include "check/target.h"
#include "check/tls_proto.h"
#include "crypto/crypto.h"

enum { Q_10 = 1, Q_11 = 2, Q_12 = 3, Q_13 = 4, Q_10_AGAIN = 5, Q_11_AGAIN = 6, QUESTIONS = 6 };

static const struct check_ask asks[] = {
	{ Q_10, "ClientHello, TLS 1.0 at most", "always" },
	{ Q_11, "ClientHello, TLS 1.1 at most", "when the port is open" },
	{ Q_12, "ClientHello, TLS 1.2 at most", "when the port is open" },
	{ Q_13, "ClientHello, only TLS 1.3", "when the port is open" },
	{ Q_10_AGAIN, "ClientHello, TLS 1.0 at most, again", "when the first was answered by closing and a newer version works" },
	{ Q_11_AGAIN, "ClientHello, TLS 1.1 at most, again", "when the first was answered by closing and a newer version works" },
	{ 0, NULL, NULL },
};

static enum tls_version
version_of(int question)
{
	static const enum tls_version versions[QUESTIONS + 1] = {
		[Q_10] = TLS_10, [Q_11] = TLS_11, [Q_12] = TLS_12, [Q_13] = TLS_13, [Q_10_AGAIN] = TLS_10, [Q_11_AGAIN] = TLS_11
	};
	return versions[question];
}

/* ---- what was said to each question ---- */

enum said_as { ACCEPTED, REFUSED, CLOSED, UNCLEAR };

struct said {
	enum said_as as;
	struct tls_answer answer;
	const char *reason; /* when it is UNCLEAR or CLOSED */
	char detail[160];
};

struct view {
	struct said said[QUESTIONS + 1];
	bool accepted[TLS_13 - TLS_SSL3 + 1];
};

static void
view_free(struct view *v)
{
	for (int q = 1; q <= QUESTIONS; q++) {
		tls_answer_free(&v->said[q].answer);
	}
}

/* RFC 5246, 7.2.2: what a server says that does not want this version, or nothing that goes with it. */
static bool
alert_refuses(int alert)
{
	enum { HANDSHAKE_FAILURE = 40, PROTOCOL_VERSION = 70, INSUFFICIENT_SECURITY = 71 };
	return alert == HANDSHAKE_FAILURE || alert == PROTOCOL_VERSION || alert == INSUFFICIENT_SECURITY;
}

static void
said_read(struct said *out, const struct evidence_obs *obs, int question)
{
	size_t len = 0;
	const struct evidence_event *sent = check_event(obs, question, EVIDENCE_SENT);
	const uint8_t *p = check_reply(obs, question, &len);
	enum check_end end = check_end_of(obs, question);
	out->as = UNCLEAR;
	out->answer = (struct tls_answer){ .alert = TLS_NO_ALERT };
	out->reason = check_trouble(out->detail, sizeof(out->detail), obs, question);
	if (end == CHECK_END_CLOSED) {
		out->as = CLOSED;
		return;
	}
	if (p == NULL || sent == NULL || end == CHECK_END_REFUSED) {
		out->reason = out->reason != NULL ? out->reason : "not-the-protocol";
		return;
	}
	enum check_frame f = tls_answer_read(&out->answer, sent->bytes, sent->len, p, len);
	if (f == CHECK_FRAME_WHOLE && out->answer.version != 0 && out->answer.alert == TLS_NO_ALERT) {
		out->as = ACCEPTED;
	} else if (f == CHECK_FRAME_WHOLE && out->answer.version == 0 && alert_refuses(out->answer.alert)) {
		out->as = REFUSED;
	} else if (f == CHECK_FRAME_WHOLE) {
		out->reason = "odd-alert";
		(void)snprintf(out->detail, sizeof(out->detail), "%s was answered with alert %d%s%s",
		    tls_version_name(version_of(question)), out->answer.alert,
		    out->answer.version != 0 ? " behind the choice of " : "",
		    out->answer.version != 0 ? tls_version_name(out->answer.version) : "");
	} else if (f == CHECK_FRAME_BROKEN || out->reason == NULL) {
		out->reason = "not-the-protocol";
		(void)snprintf(out->detail, sizeof(out->detail), "question %d: no answer as TLS has it", question);
	}
}

static void
view_make(struct view *v, const struct evidence_obs *obs)
{
	memset(v, 0, sizeof(*v));
	for (int q = 1; q <= QUESTIONS; q++) {
		said_read(&v->said[q], obs, q);
		unsigned version = v->said[q].answer.version;
		/* REQ law-2: an old version that was chosen is a finding even when the answer broke off behind the choice; a new one is not. */
		if (v->said[q].as == ACCEPTED || (version != 0 && version < TLS_12)) {
			v->accepted[version - TLS_SSL3] = true;
		}
	}
}

static bool
new_accepted(const struct view *v)
{
	return v->accepted[TLS_12 - TLS_SSL3] || v->accepted[TLS_13 - TLS_SSL3];
}

/* ---- the probe ---- */

/* Nobody there, or nothing that speaks: further questions would only repeat it. */
static bool
hopeless(const struct evidence_obs *obs)
{
	enum check_end first = check_end_of(obs, Q_10);
	bool connected = check_event(obs, Q_10, EVIDENCE_CONNECTED) != NULL;
	return !connected || first == CHECK_END_LIMIT ||
	       (first == CHECK_END_SILENT && check_end_of(obs, Q_12) == CHECK_END_SILENT);
}

static int
tls_next(const struct evidence_obs *obs)
{
	FP_AUTO(view_free) struct view v;
	view_make(&v, obs);
	if (!check_asked(obs, Q_10)) {
		return Q_10;
	}
	for (int q = Q_11; q <= Q_13 && !hopeless(obs); q++) {
		if (!check_asked(obs, q)) {
			return q;
		}
	}
	for (int q = Q_10; q <= Q_11; q++) {
		int again = q == Q_10 ? Q_10_AGAIN : Q_11_AGAIN;
		if (v.said[q].as == CLOSED && new_accepted(&v) && !check_asked(obs, again)) {
			return again;
		}
	}
	return 0;
}

static enum check_frame
tls_frame_of(const struct check_step *s, const uint8_t *p, size_t len)
{
	struct tls_answer a;
	enum check_frame f = tls_answer_read(&a, s->bytes, s->len, p, len);
	tls_answer_free(&a);
	return f;
}

static enum check_frame
frame_unused(const uint8_t *p, size_t len)
{
	(void)p;
	(void)len;
	return CHECK_FRAME_BROKEN;
}

static enum fp_status
tls_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	struct in_addr a;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 3000, .wait_ms = 3000 };
	out->max_reply = TLS_ANSWER_MAX;
	out->frame = frame_unused;
	out->frame_of = tls_frame_of;
	if (number < 1 || number > QUESTIONS || !check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a TLS server", obs->target);
	}
	/* RFC 6066, 3: a server name is a name, never an address. */
	bool named = strchr(host, ':') == NULL && inet_pton(AF_INET, host, &a) != 1;
	tls_request(&b, version_of(number), named ? host : NULL);
	enum fp_status st = fp_buf_check(&b, "a ClientHello", err);
	if (st == FP_OK) {
		out->len = b.len;
		memcpy(out->bytes, b.data, b.len);
	}
	return st;
}

const struct check_steps check_tls_steps = { asks, tls_next, tls_make };

/* ---- the certificate ---- */

enum dates { DATES_UNSEEN, DATES_UNREADABLE, DATES_EARLY, DATES_OVER, DATES_GOOD };

static void
certificate_end(X509 **x)
{
	X509_free(*x);
}

static void
day_text(char out[16], const ASN1_TIME *t)
{
	struct tm tm = { 0 };
	struct fp_date d = { .year = 0 };
	if (ASN1_TIME_to_tm(t, &tm) == 1) {
		d = (struct fp_date){ .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday };
	}
	(void)snprintf(out, 16, "%s", fp_date_valid(d) ? fp_date_text((char[FP_DATE_MAX]){ 0 }, d) : "?");
}

/* Of the leaf, as seen at that time; text gets what the detail says of it. A certificate signed by itself is normal on such devices. */
static enum dates
certificate_dates(char *text, size_t size, const struct fp_buf *der, fp_time when)
{
	char hex[CRYPTO_SHA256_HEX], from[16], to[16];
	(void)snprintf(text, size, "certificate not seen");
	if (der->len == 0) {
		return DATES_UNSEEN;
	}
	const uint8_t *p = (const uint8_t *)der->data;
	FP_AUTO(certificate_end) X509 *x = d2i_X509(NULL, &p, (long)der->len);
	crypto_sha256_hex(hex, der->data, der->len);
	(void)snprintf(text, size, "certificate SHA-256 %s", hex);
	if (x == NULL || p != (const uint8_t *)der->data + der->len) {
		return DATES_UNREADABLE;
	}
	const ASN1_TIME *begin = X509_get0_notBefore(x), *end = X509_get0_notAfter(x);
	time_t now = (time_t)(when / 1000);
	int after = ASN1_TIME_cmp_time_t(begin, now), left = ASN1_TIME_cmp_time_t(end, now);
	day_text(from, begin);
	day_text(to, end);
	bool own = X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0;
	(void)snprintf(text, size, "certificate %s to %s%s, SHA-256 %s", from, to, own ? ", self-issued" : "", hex);
	return after < -1 || left < -1 ? DATES_UNREADABLE : after > 0 ? DATES_EARLY : left < 0 ? DATES_OVER : DATES_GOOD;
}

/* The certificate of the newest version that showed one. */
static const struct fp_buf *
certificate_of(const struct view *v)
{
	const struct fp_buf *newest = &v->said[Q_13].answer.certificate;
	return v->said[Q_13].as == ACCEPTED && newest->len > 0 ? newest : &v->said[Q_12].answer.certificate;
}

/* ---- the judge ---- */

static void
versions_text(char *out, size_t size, const struct view *v)
{
	size_t used = 0;
	out[0] = '\0';
	for (unsigned i = 0; i < FP_COUNT(v->accepted); i++) {
		if (v->accepted[i] && used < size) {
			used += (size_t)snprintf(
			    out + used, size - used, "%s%s", used > 0 ? ", " : "", tls_version_name(TLS_SSL3 + i));
		}
	}
}

/* NULL when that old version was refused; otherwise what keeps it open. *closed: by hanging up. */
static const struct said *
open_question(const struct view *v, int question, bool *closed)
{
	const struct said *first = &v->said[question], *again = &v->said[question == Q_10 ? Q_10_AGAIN : Q_11_AGAIN];
	if (first->as == CLOSED) {
		*closed = true;
		return again->as == CLOSED || again->as == REFUSED ? NULL : again;
	}
	/* Accepted here means: an even older one was chosen, which is judged before. */
	return first->as == REFUSED || first->as == ACCEPTED ? NULL : first;
}

void
check_tls1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	static const char *const by_dates[] = { [DATES_UNSEEN] = "certificate-not-seen",
		[DATES_UNREADABLE] = "certificate-unreadable",
		[DATES_EARLY] = "certificate-not-yet-valid",
		[DATES_OVER] = "certificate-expired" };
	char versions[60], certificate[160];
	bool closed = false;
	FP_AUTO(view_free) struct view v;
	view_make(&v, obs);
	versions_text(versions, sizeof(versions), &v);
	enum dates dates = certificate_dates(certificate, sizeof(certificate), certificate_of(&v), obs->started);
	const struct said *open10 = open_question(&v, Q_10, &closed), *open11 = open_question(&v, Q_11, &closed);
	const struct said *open = open10 != NULL ? open10 : open11;
	const struct said *newer = &v.said[v.said[Q_12].as == UNCLEAR || v.said[Q_13].as != UNCLEAR ? Q_12 : Q_13];
	if (v.accepted[0] || v.accepted[TLS_10 - TLS_SSL3] || v.accepted[TLS_11 - TLS_SSL3]) {
		check_say(out, "old-accepted", "accepted: %s; %s", versions, certificate);
	} else if (!check_asked(obs, Q_11) && v.said[Q_10].as == UNCLEAR) {
		check_say(out, v.said[Q_10].reason, "%s", v.said[Q_10].detail);
	} else if (!new_accepted(&v) && (newer->as == UNCLEAR || newer->as == CLOSED)) {
		check_say(out, newer->reason, "%s", newer->detail);
	} else if (!new_accepted(&v)) {
		check_say(out, "none-accepted", "TLS 1.0 to 1.3 were offered, and refused by alert");
	} else if (open != NULL) {
		check_say(out, open->reason, "%s; accepted: %s", open->detail, versions);
	} else if (dates != DATES_GOOD) {
		check_say(out, by_dates[dates], "accepted: %s; %s", versions, certificate);
	} else {
		check_say(out, closed ? "old-closed" : "old-refused", "accepted: %s; %s", versions, certificate);
	}
}

const struct evidence_reason check_tls1_reasons[] = {
	{ "old-refused", EVIDENCE_PASS,
	    N_("The server refuses TLS below 1.2, accepts a newer version, and its certificate is in date."), "" },
	{ "old-closed", EVIDENCE_PASS,
	    N_("The server hangs up, twice, when TLS below 1.2 is offered, and accepts a newer version in between; its "
	       "certificate "
	       "is in date."),
	    "" },
	{ "old-accepted", EVIDENCE_FAIL, N_("The server accepts a version of TLS below 1.2."), "" },
	{ "certificate-expired", EVIDENCE_FAIL, N_("The server refuses TLS below 1.2, but its certificate has expired."), "" },
	{ "certificate-not-yet-valid", EVIDENCE_FAIL,
	    N_("The server refuses TLS below 1.2, but its certificate is not valid yet."), "" },
	{ "certificate-not-seen", EVIDENCE_UNKNOWN,
	    N_("The server refuses TLS below 1.2, but it did not show a certificate in a way that can be read."), "attestation" },
	{ "certificate-unreadable", EVIDENCE_UNKNOWN, N_("The server refuses TLS below 1.2, but its certificate cannot be read."),
	    "attestation" },
	{ "none-accepted", EVIDENCE_UNKNOWN, N_("The server speaks TLS, but refused every version that was offered."),
	    "address" },
	{ "odd-alert", EVIDENCE_UNKNOWN,
	    N_("The server answered with an alert that does not say whether it refuses the version."), "attestation" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
