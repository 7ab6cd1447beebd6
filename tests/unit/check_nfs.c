/* NFS-1 and NFS-2: replies as NFS-Ganesha gives them, every trap of the protocol, and replies that break its rules. */
#include "check_help.h"

#include "check/nfs_proto.h"

#define XID 0x66700000u
#define WRONGSEC NFS4ERR_WRONGSEC

/* ---- real servers ---- */

/* What NFS-Ganesha 4.3 was set to (and for TLS our own double), and what follows from it. */
static void
postures_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *name, *result, *reason, *tls;
		int packets;
	} rows[] = {
		{ "nfs-sys", "fail", "unprotected-accepted", "tls-not-offered", 4 },
		{ "nfs-krb5", "fail", "authentication-only", "tls-not-offered", 4 },
		{ "nfs-krb5i", "fail", "integrity-only", "tls-not-offered", 4 },
		{ "nfs-krb5p", "pass", "privacy-required", "tls-not-offered", 4 },
		{ "nfs-both", "fail", "unprotected-accepted", "tls-not-offered", 4 },
		{ "nfs-pseudo", "unknown", "perhaps-no-export", "tls-not-offered", 4 },
		{ "nfs-below", "unknown", "parent-protected", "tls-not-offered", 5 },
		{ "nfs-nowhere", "unknown", "path-not-found", "tls-not-offered", 3 },
		{ "nfs-mountd", "unknown", "no-nfs", "no-nfs", 1 },
		{ "nfs-v3-sys", "fail", "v3-unprotected", "tls-not-offered", 6 },
		{ "nfs-v3-krb5p", "unknown", "path-not-found", "tls-not-offered", 6 },
		{ "nfs-tls", "pass", "privacy-required", "tls-offered", 4 },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = recorded(rows[i].name);
		expect(o, "NFS-1", rows[i].result, rows[i].reason);
		assert_string_equal(verdict(o, "NFS-2").reason, rows[i].tls);
		assert_int_equal(check_nfs_steps.next(o), 0); /* nothing was left to ask */
		assert_int_equal(o->packets, rows[i].packets);
		for (size_t k = 0; k < o->n_events; k++) { /* the same bytes would be sent today */
			struct check_step s;
			if (o->events[k].kind == EVIDENCE_SENT) {
				assert_int_equal(check_nfs_steps.make(&s, o->events[k].step, o, NULL), FP_OK);
				assert_int_equal(s.len, o->events[k].len);
				assert_memory_equal(s.bytes, o->events[k].bytes, s.len);
			}
		}
		evidence_obs_free(o);
	}
}

/* ---- making replies ---- */

static void
begin(struct fp_buf *b, int number)
{
	b->max = 65536;
	fp_buf_be32(b, 0);
	fp_buf_be32(b, XID | (uint32_t)number);
	fp_buf_be32(b, 1); /* reply */
	fp_buf_be32(b, 0); /* accepted */
	fp_buf_be32(b, 0);
	fp_buf_be32(b, 0); /* empty verifier */
	fp_buf_be32(b, 0); /* success */
}

/* A NULL reply; verifier "" or a text in it. */
static void
null_reply(struct fp_buf *b, int number, const char *verifier)
{
	begin(b, number);
	b->len -= 8;
	rpc_put_opaque(b, verifier, strlen(verifier));
	fp_buf_be32(b, 0);
	rpc_end(b);
}

static void
denied_reply(struct fp_buf *b, int number, uint32_t auth)
{
	begin(b, number);
	b->len = 12;
	fp_buf_be32(b, 1);
	fp_buf_be32(b, 1);
	fp_buf_be32(b, auth);
	rpc_end(b);
}

static void
unavailable_reply(struct fp_buf *b, int number, uint32_t stat, uint32_t low, uint32_t high)
{
	begin(b, number);
	b->len -= 4;
	fp_buf_be32(b, stat);
	if (stat == 2) {
		fp_buf_be32(b, low);
		fp_buf_be32(b, high);
	}
	rpc_end(b);
}

static void
gss(struct fp_buf *b, uint32_t service)
{
	fp_buf_be32(b, 6);
	rpc_put_opaque(b, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9);
	fp_buf_be32(b, 0);
	fp_buf_be32(b, service);
}

/* Flavours by letters: n none, s sys, k krb5, i krb5i, p krb5p, o another mechanism with privacy, P krb5p with the DER head before its name, d Diffie-Hellman. */
static void
flavours(struct fp_buf *b, const char *letters)
{
	fp_buf_be32(b, (uint32_t)strlen(letters));
	for (; *letters != '\0'; letters++) {
		if (*letters == 'o') {
			fp_buf_be32(b, 6);
			rpc_put_opaque(b, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x03", 9);
			fp_buf_be32(b, 0);
			fp_buf_be32(b, 3);
		} else if (*letters == 'P') {
			fp_buf_be32(b, 6);
			rpc_put_opaque(b, "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 11);
			fp_buf_be32(b, 0);
			fp_buf_be32(b, 3);
		} else if (strchr("kip", *letters) != NULL) {
			gss(b, *letters == 'k' ? 1 : *letters == 'i' ? 2 : 3);
		} else {
			fp_buf_be32(b, *letters == 'n' ? 0 : *letters == 's' ? 1 : 3);
		}
	}
}

static void
fsid(struct fp_buf *b, uint32_t id)
{
	fp_buf_be32(b, 1);
	fp_buf_be32(b, 256);
	fp_buf_be32(b, 16);
	for (int i = 0; i < 4; i++) {
		fp_buf_be32(b, id);
	}
}

/* Results of the COMPOUND over n names. Stops at operation stop (counted from 0) with status; stop -1: none fails. id: fsid of the export. */
static void
compound_reply(struct fp_buf *b, int number, size_t n, const char *letters, int stop, uint32_t status, uint32_t id)
{
	static const uint32_t behind[] = { 32, 33, 31, 15, 9 };
	size_t last = stop >= 0 ? (size_t)stop : n + 5;
	begin(b, number);
	fp_buf_be32(b, stop >= 0 ? status : 0);
	rpc_put_opaque(b, "fieldproof", 10);
	fp_buf_be32(b, (uint32_t)last + 1);
	for (size_t i = 0; i <= last; i++) {
		uint32_t op = i == 0 ? 24 : i == 1 ? 9 : i <= n ? 15 : behind[i - n - 1];
		bool ok = stop < 0 || i < last;
		fp_buf_be32(b, op);
		fp_buf_be32(b, ok ? 0 : status);
		if (ok && op == 33) {
			flavours(b, letters);
		} else if (ok && op == 9) {
			fsid(b, i == 1 ? 152 : id);
		}
	}
	rpc_end(b);
}

/* ---- dialogues ---- */

static struct evidence_obs *
dialogue(const char *path, const char *level)
{
	struct evidence_obs *o = blank("nfs", "192.0.2.1:2049");
	if (path != NULL) {
		assert_int_equal(evidence_obs_param(o, "nfs-path", path, NULL), FP_OK);
	}
	if (level != NULL) {
		assert_int_equal(evidence_obs_param(o, "nfs-level", level, NULL), FP_OK);
	}
	return o;
}

/* The probe's next question must be this one; it is sent, and these bytes come back (NULL: only the end). */
static void
exchange(struct evidence_obs *o, int number, struct fp_buf *reply, enum evidence_event_kind end)
{
	struct check_step s;
	assert_int_equal(check_nfs_steps.next(o), number);
	assert_int_equal(check_nfs_steps.make(&s, number, o, NULL), FP_OK);
	assert_true(s.len > 0);
	assert_int_equal(s.keep, number < 5 || number == 7);
	assert_int_equal(s.again, (number > 1 && number < 6) || number == 8);
	if (!s.again) {
		event(o, EVIDENCE_CONNECTED, number, s.port, NULL, 0);
	}
	event(o, EVIDENCE_SENT, number, 0, s.bytes, s.len);
	if (reply != NULL) {
		event(o, EVIDENCE_RECEIVED, number, 0, reply->data, reply->len);
		fp_buf_free(reply);
	}
	if (end != EVIDENCE_NOTE) {
		event(o, end, number, 0, NULL, 0);
	}
}

static void
control(struct evidence_obs *o)
{
	struct fp_buf b = { 0 };
	null_reply(&b, 1, "");
	exchange(o, 1, &b, EVIDENCE_NOTE);
}

static void
compound(struct evidence_obs *o, int number, size_t n, const char *letters, int stop, uint32_t status, uint32_t id)
{
	struct fp_buf b = { 0 };
	compound_reply(&b, number, n, letters, stop, status, id);
	exchange(o, number, &b, EVIDENCE_NOTE);
}

/* The last question: refused as Ganesha does, or offered. */
static void
tls(struct evidence_obs *o, bool offered)
{
	struct fp_buf b = { 0 };
	if (offered) {
		null_reply(&b, 5, "STARTTLS");
	} else {
		denied_reply(&b, 5, 2);
	}
	exchange(o, 5, &b, EVIDENCE_NOTE);
}

/* A whole dialogue about /export/runs: each side's list, and how entering it ended as nobody and as AUTH_SYS. */
static struct evidence_obs *
whole(const char *letters, uint32_t nobody, uint32_t sys, uint32_t id, bool offered, const char *level)
{
	struct evidence_obs *o = dialogue("/export/runs", level);
	const int lookup = 6; /* of 24 9 15 32 33 31 15 9 */
	control(o);
	compound(o, 2, 2, letters, nobody != 0 ? lookup : -1, nobody, id);
	compound(o, 3, 2, letters, sys != 0 ? lookup : -1, sys, id);
	tls(o, offered);
	return o;
}

static void
lists_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *letters;
		uint32_t nobody, sys, id;
		bool tls;
		const char *level, *result, *reason;
	} rows[] = {
		{ "p", WRONGSEC, WRONGSEC, 7, false, NULL, "pass", "privacy-required" },
		{ "p", WRONGSEC, NFS4ERR_ACCESS, 7, false, "privacy", "pass", "privacy-required" },
		{ "p", WRONGSEC, WRONGSEC, 7, false, "integrity", "pass", "privacy-required" },
		{ "pp", WRONGSEC, WRONGSEC, 7, true, NULL, "pass", "privacy-required" },
		{ "i", WRONGSEC, WRONGSEC, 7, false, NULL, "fail", "integrity-only" },
		{ "pi", WRONGSEC, WRONGSEC, 7, false, "privacy", "fail", "integrity-only" },
		{ "pi", WRONGSEC, WRONGSEC, 7, false, "integrity", "pass", "integrity-required" },
		/* a word that is none of the two never lowers what is asked */
		{ "i", WRONGSEC, WRONGSEC, 7, false, "INTEGRITY", "fail", "integrity-only" },
		{ "k", WRONGSEC, WRONGSEC, 7, false, "integrity", "fail", "authentication-only" },
		{ "kip", WRONGSEC, WRONGSEC, 7, false, NULL, "fail", "authentication-only" },
		{ "s", WRONGSEC, 0, 7, false, NULL, "fail", "unprotected-accepted" },
		{ "ps", WRONGSEC, 0, 7, true, NULL, "fail", "unprotected-accepted" },
		{ "n", 0, WRONGSEC, 7, false, "integrity", "fail", "unprotected-accepted" },
		/* listed, but not let in: without TLS the list counts, with TLS it may be demanded */
		{ "s", WRONGSEC, WRONGSEC, 7, false, NULL, "fail", "unprotected-listed" },
		{ "s", WRONGSEC, WRONGSEC, 7, true, NULL, "unknown", "tls-perhaps-required" },
		{ "ps", NFS4ERR_ACCESS, NFS4ERR_ACCESS, 7, true, NULL, "unknown", "tls-perhaps-required" },
		{ "s", 10008, 10008, 7, false, NULL, "unknown", "odd-status" },
		/* the folders above the exports take everything */
		{ "nskip", 0, 0, 152, false, NULL, "unknown", "perhaps-no-export" },
		{ "", WRONGSEC, WRONGSEC, 7, false, NULL, "unknown", "list-empty" },
		{ "d", WRONGSEC, WRONGSEC, 7, false, NULL, "unknown", "flavour-unknown" },
		{ "P", WRONGSEC, WRONGSEC, 7, false, NULL, "pass", "privacy-required" },
		{ "po", WRONGSEC, WRONGSEC, 7, false, NULL, "unknown", "flavour-unknown" },
		/* REQ law-2: what the server does outranks what it says */
		{ "p", 0, WRONGSEC, 7, false, NULL, "unknown", "list-contradicted" },
		{ "p", WRONGSEC, 0, 7, false, NULL, "unknown", "list-contradicted" },
		{ "p", WRONGSEC, 0, 152, false, "integrity", "unknown", "list-contradicted" },
		{ "p", WRONGSEC, 10008, 7, false, NULL, "unknown", "odd-status" },
		{ "p", NFS4ERR_NOENT, WRONGSEC, 7, false, NULL, "unknown", "odd-status" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o =
		    whole(rows[i].letters, rows[i].nobody, rows[i].sys, rows[i].id, rows[i].tls, rows[i].level);
		expect(o, "NFS-1", rows[i].result, rows[i].reason);
		expect(o, "NFS-2", rows[i].tls ? "pass" : "fail", rows[i].tls ? "tls-offered" : "tls-not-offered");
		assert_int_equal(verdict(o, "NFS-1").level, EVIDENCE_L2);
		assert_int_equal(check_nfs_steps.next(o), 0); /* version 3 is not asked without the operator's word */
		evidence_obs_free(o);
	}
}

/* The two lists are taken together: a server that says krb5p to nobody and sys to AUTH_SYS takes sys. */
static void
lists_that_differ(void **state)
{
	(void)state;
	struct evidence_obs *o = dialogue("/export/runs", NULL);
	control(o);
	compound(o, 2, 2, "p", 6, WRONGSEC, 7);
	compound(o, 3, 2, "ps", -1, 0, 7);
	tls(o, false);
	expect(o, "NFS-1", "fail", "unprotected-accepted");
	evidence_obs_free(o);
}

static void
paths_that_give_no_list(void **state)
{
	(void)state;
	static const struct {
		int stop; /* of 24 9 15 32 33 31 15 9 */
		uint32_t status;
		bool settled;
		const char *reason;
	} rows[] = {
		{ 2, NFS4ERR_NOENT, true, "path-not-found" },
		{ 4, NFS4ERR_NOENT, true, "path-not-found" },
		{ 2, 10029, true, "path-not-found" }, /* a link in the path */
		{ 4, NFS4ERR_NOTDIR, true, "path-not-found" },
		{ 0, NFS4ERR_MINOR_VERS_MISMATCH, true, "no-nfs40" },
		{ 2, 10008, true, "odd-status" },
		{ 2, 4242, true, "odd-status" },
		{ 2, NFS4ERR_PERM, false, "not-permitted" }, /* Linux without "insecure": the port is above 1023 */
		{ 4, NFS4ERR_ACCESS, false, "not-permitted" },
		{ 1, WRONGSEC, false, "parent-protected" },
		{ 4, WRONGSEC, false, "parent-protected" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = dialogue("/export/runs", NULL);
		control(o);
		compound(o, 2, 2, "p", rows[i].stop, rows[i].status, 7);
		if (!rows[i].settled) {
			compound(o, 3, 2, "p", rows[i].stop, rows[i].status, 7);
		}
		tls(o, false);
		expect(o, "NFS-1", "unknown", rows[i].reason);
		expect(o, "NFS-2", "fail", "tls-not-offered");
		evidence_obs_free(o);
	}
}

/* /a/b/c where b is an export of its own: AUTH_NONE may not enter a, AUTH_SYS not b; then b's list is asked for, which is not c's. */
static void
protected_parents(void **state)
{
	(void)state;
	struct check_step s;
	struct evidence_obs *o = dialogue("/a/b/c", NULL);
	control(o);
	compound(o, 2, 3, "", 2, WRONGSEC, 7);
	compound(o, 3, 3, "", 3, WRONGSEC, 7);
	assert_int_equal(check_nfs_steps.make(&s, 4, o, NULL), FP_OK);
	struct nfs_path path;
	assert_true(nfs_path_split(&path, "/a/b"));
	FP_AUTO(fp_buf_free) struct fp_buf want = { 0 };
	nfs_secinfo_call(&want, XID | 4, RPC_CRED_SYS, &path, 2);
	rpc_end(&want);
	assert_int_equal(want.len, s.len);
	assert_memory_equal(want.data, s.bytes, s.len);
	compound(o, 4, 2, "p", 6, WRONGSEC, 7);
	tls(o, false);
	expect(o, "NFS-1", "unknown", "parent-protected"); /* c may be an export of its own with other flavours */
	assert_non_null(strstr(verdict(o, "NFS-1").detail, "krb5p"));
	evidence_obs_free(o);

	o = dialogue("/a/b/c", NULL); /* AUTH_SYS gets further than nobody */
	control(o);
	compound(o, 2, 3, "", 2, WRONGSEC, 7);
	compound(o, 3, 3, "s", -1, 0, 7);
	tls(o, false);
	expect(o, "NFS-1", "fail", "unprotected-accepted");
	evidence_obs_free(o);
}

static void
no_path_no_question(void **state)
{
	(void)state;
	static const char *const paths[] = { NULL, "", "/", "//", "/..", "/a/./b" };
	for (size_t i = 0; i < FP_COUNT(paths); i++) {
		struct evidence_obs *o = dialogue(paths[i], NULL);
		control(o);
		tls(o, true);
		expect(o, "NFS-1", "unknown", "no-export-path");
		expect(o, "NFS-2", "pass", "tls-offered");
		evidence_obs_free(o);
	}
}

static void
other_services(void **state)
{
	(void)state;
	struct fp_buf b = { 0 };
	struct check_step s;
	struct evidence_obs *o = dialogue("/export", NULL);
	unavailable_reply(&b, 1, 1, 0, 0); /* RPC, but no NFS */
	exchange(o, 1, &b, EVIDENCE_NOTE);
	assert_int_equal(check_nfs_steps.next(o), 0);
	expect(o, "NFS-1", "unknown", "no-nfs");
	expect(o, "NFS-2", "unknown", "no-nfs");
	evidence_obs_free(o);

	o = dialogue("/export", NULL); /* NFS 2 and 3 only: TLS is asked for with version 3 */
	unavailable_reply(&b, 1, 2, 2, 3);
	exchange(o, 1, &b, EVIDENCE_NOTE);
	assert_int_equal(check_nfs_steps.make(&s, 5, o, NULL), FP_OK);
	assert_int_equal(s.bytes[23], 3);
	tls(o, true);
	expect(o, "NFS-1", "unknown", "no-nfs4");
	expect(o, "NFS-2", "pass", "tls-offered");
	evidence_obs_free(o);

	o = dialogue("/export", NULL); /* who refuses even the NULL call is not asked on */
	denied_reply(&b, 1, 5);
	exchange(o, 1, &b, EVIDENCE_NOTE);
	assert_int_equal(check_nfs_steps.next(o), 0);
	expect(o, "NFS-1", "unknown", "odd-status");
	evidence_obs_free(o);

	o = dialogue("/export", NULL); /* AUTH_NONE and AUTH_SYS refused by RPC */
	control(o);
	denied_reply(&b, 2, 5);
	exchange(o, 2, &b, EVIDENCE_NOTE);
	denied_reply(&b, 3, 5);
	exchange(o, 3, &b, EVIDENCE_NOTE);
	tls(o, false);
	expect(o, "NFS-1", "unknown", "not-permitted");
	evidence_obs_free(o);

	o = dialogue(
	    "/export", NULL); /* AUTH_NONE refused by closing: AUTH_SYS is asked all the same, but one refusal makes no pass */
	control(o);
	exchange(o, 2, NULL, EVIDENCE_CLOSED);
	compound(o, 3, 1, "p", 5, WRONGSEC, 7);
	tls(o, false);
	expect(o, "NFS-1", "unknown", "closed-early");
	evidence_obs_free(o);
}

/* RFC 9289 4.1: STARTTLS in a verifier of flavour AUTH_NONE, in the reply to the call with AUTH_TLS, and nothing else. */
static void
only_starttls_is_tls(void **state)
{
	(void)state;
	static const char *const verifiers[] = { "", "STARTTL", "STARTTLS!", "starttls", "STARTTLS\n" };
	for (size_t i = 0; i < FP_COUNT(verifiers); i++) {
		struct fp_buf b = { 0 };
		struct evidence_obs *o = dialogue(NULL, NULL);
		null_reply(&b, 1, "STARTTLS"); /* to the control call: says nothing */
		exchange(o, 1, &b, EVIDENCE_NOTE);
		null_reply(&b, 5, verifiers[i]);
		exchange(o, 5, &b, EVIDENCE_NOTE);
		expect(o, "NFS-2", "fail", "tls-not-offered");
		evidence_obs_free(o);
	}
	struct fp_buf b = { 0 };
	struct evidence_obs *o = dialogue(NULL, NULL);
	control(o);
	null_reply(&b, 5, "STARTTLS");
	b.data[19] = 1; /* a verifier of AUTH_SYS */
	exchange(o, 5, &b, EVIDENCE_NOTE);
	expect(o, "NFS-2", "fail", "tls-not-offered");
	evidence_obs_free(o);
	o = dialogue(NULL, NULL);
	control(o);
	unavailable_reply(&b, 5, 3, 0, 0); /* no NULL procedure: neither yes nor no */
	exchange(o, 5, &b, EVIDENCE_NOTE);
	expect(o, "NFS-2", "unknown", "odd-status");
	evidence_obs_free(o);
	o = dialogue(NULL, NULL);
	control(o);
	exchange(o, 5, NULL, EVIDENCE_CLOSED);
	expect(o, "NFS-2", "unknown", "closed-early");
	evidence_obs_free(o);
}

static void
trouble_has_its_own_reason(void **state)
{
	(void)state;
	static const struct {
		enum evidence_event_kind first, second;
		int code;
		const char *result, *reason;
	} rows[] = {
		{ EVIDENCE_TIMEOUT, EVIDENCE_NOTE, 0, "unknown", "no-answer" },
		{ EVIDENCE_REFUSED, EVIDENCE_NOTE, 0, "unknown", "port-closed" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, EHOSTUNREACH, "unknown", "unreachable" },
		{ EVIDENCE_FAILED, EVIDENCE_NOTE, EMFILE, "error", "own-failure" },
		{ EVIDENCE_CONNECTED, EVIDENCE_TIMEOUT, 0, "unknown", "no-reply" },
		{ EVIDENCE_CONNECTED, EVIDENCE_RESET, 0, "unknown", "closed-early" },
		{ EVIDENCE_CONNECTED, EVIDENCE_LIMIT, 0, "unknown", "stopped-by-limit" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = dialogue("/export", NULL);
		event(o, rows[i].first, 1, rows[i].code, NULL, 0);
		if (rows[i].second != EVIDENCE_NOTE) {
			event(o, rows[i].second, 1, 0, NULL, 0);
		}
		expect(o, "NFS-1", rows[i].result, rows[i].reason);
		expect(o, "NFS-2", rows[i].result, rows[i].reason);
		assert_int_equal(check_nfs_steps.next(o), 0);
		evidence_obs_free(o);
	}
	struct evidence_obs *o = dialogue("/export", NULL); /* a server that falls silent is not asked on */
	control(o);
	exchange(o, 2, NULL, EVIDENCE_TIMEOUT);
	assert_int_equal(check_nfs_steps.next(o), 0);
	expect(o, "NFS-1", "unknown", "no-reply");
	expect(o, "NFS-2", "unknown", "not-asked");
	evidence_obs_free(o);
}

/* ---- replies that break the rules ---- */

/* REQ law-2: whatever is cut off, whereever, passes nothing that depends on it. */
static void
cut_replies_never_pass(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT, EVIDENCE_LIMIT,
		EVIDENCE_NOTE };
	struct evidence_obs *o = whole("p", WRONGSEC, WRONGSEC, 7, true, NULL);
	expect(o, "NFS-1", "pass", "privacy-required");
	for (size_t nth = 0; nth < 4; nth++) {
		const struct evidence_event *e = received(o, nth);
		for (size_t k = 0; k < e->len; k++) {
			for (size_t x = 0; x < FP_COUNT(ends); x++) {
				struct evidence_obs *s = spoiled(o, nth, e->bytes, k, ends[x]);
				assert_true(e->step == 5 || !passes(s, "NFS-1"));
				assert_true((e->step != 1 && e->step != 5) || !passes(s, "NFS-2"));
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

/* No changed bit makes a pass of an export that takes less; in the reply of a good one only bits without meaning may change. */
static void
changed_bits_never_pass(void **state)
{
	(void)state;
	static const char *const lists[] = { "s", "k", "ps", "kp", "i", "d" };
	for (size_t r = 0; r < FP_COUNT(lists); r++) {
		struct evidence_obs *o = whole(lists[r], WRONGSEC, strchr(lists[r], 's') != NULL ? 0 : WRONGSEC, 7, false, NULL);
		for (size_t nth = 0; nth < 4; nth++) {
			const struct evidence_event *e = received(o, nth);
			for (size_t bit = 0; bit < e->len * 8; bit++) {
				uint8_t copy[1024];
				memcpy(copy, e->bytes, e->len);
				copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
				struct evidence_obs *s = spoiled(o, nth, copy, e->len, EVIDENCE_NOTE);
				/* Both lists would have to be damaged alike. */
				assert_false(passes(s, "NFS-1"));
				assert_false(passes(s, "NFS-2"));
				evidence_obs_free(s);
			}
		}
		evidence_obs_free(o);
	}
}

static void
records(void **state)
{
	(void)state;
	uint8_t p[RPC_REPLY_MAX + 8] = { 0x80, 0, 0, 4, 1, 2, 3, 4 };
	for (size_t n = 0; n < 8; n++) {
		assert_int_equal(rpc_frame(p, n), CHECK_FRAME_MORE);
	}
	assert_int_equal(rpc_frame(p, 8), CHECK_FRAME_WHOLE);
	assert_int_equal(rpc_frame(p, 9), CHECK_FRAME_BROKEN); /* something behind the reply */
	static const uint8_t bad[][4] = { { 0x80, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0xFF, 0xFF, 0xFF, 0xFF },
		{ 0x7F, 0xFF, 0xFF, 0xFF }, { 0x80, 0, 0x20, 0 }, { 'S', 'S', 'H', '-' }, { 'H', 'T', 'T', 'P' } };
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		assert_int_equal(rpc_frame(bad[i], 4), CHECK_FRAME_BROKEN);
	}
	/* the largest that fits, and fragments that add up to more */
	p[2] = 0x1F;
	p[3] = 0xFC;
	assert_int_equal(rpc_frame(p, RPC_REPLY_MAX), CHECK_FRAME_WHOLE);
	p[0] = 0;
	memcpy(p + RPC_REPLY_MAX, "\x80\0\0\x01", 4);
	assert_int_equal(rpc_frame(p, RPC_REPLY_MAX + 4), CHECK_FRAME_BROKEN);
}

/* A reply may come in fragments of any size (RFC 5531 11); endless ones are not followed. */
static void
fragments(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct rpc_reply one, many;
	compound_reply(&b, 2, 2, "pi", 6, WRONGSEC, 7);
	rpc_reply_read(&one, XID | 2, (const uint8_t *)b.data, b.len);
	assert_int_equal(one.said, RPC_DONE);
	for (size_t size = 1; size < b.len; size++) {
		FP_AUTO(fp_buf_free) struct fp_buf f = { 0 };
		for (size_t at = 4; at < b.len; at += size) {
			size_t n = b.len - at < size ? b.len - at : size;
			fp_buf_be32(&f, (uint32_t)n | (at + n == b.len ? 0x80000000u : 0));
			fp_buf_add(&f, b.data + at, n);
		}
		bool few = (b.len - 4 + size - 1) / size <= RPC_FRAGMENTS_MAX;
		assert_int_equal(rpc_frame((const uint8_t *)f.data, f.len), few ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN);
		rpc_reply_read(&many, XID | 2, (const uint8_t *)f.data, f.len);
		assert_int_equal(many.said, few ? RPC_DONE : RPC_GARBAGE);
		assert_true(!few || (many.len == one.len && memcmp(many.body, one.body, one.len) == 0));
	}
}

static void
replies_to_others(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct rpc_reply r;
	null_reply(&b, 1, "");
	const uint8_t *p = (const uint8_t *)b.data;
	rpc_reply_read(&r, XID | 1, p, b.len);
	assert_int_equal(r.said, RPC_DONE);
	rpc_reply_read(&r, XID | 2, p, b.len); /* another call's */
	assert_int_equal(r.said, RPC_GARBAGE);
	static const struct {
		size_t at;
		char value;
	} rows[] = { { 11, 0 }, { 11, 2 }, { 15, 2 }, { 23, 1 }, { 27, 6 }, { 24, 1 } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) { /* a call, no type, no state, a verifier that is not there, no status */
		char was = b.data[rows[i].at];
		b.data[rows[i].at] = rows[i].value;
		rpc_reply_read(&r, XID | 1, p, b.len);
		assert_int_equal(r.said, RPC_GARBAGE);
		b.data[rows[i].at] = was;
	}
	rpc_reply_read(&r, XID | 1, NULL, 0);
	assert_int_equal(r.said, RPC_GARBAGE);
}

/* Counts and lengths far over what follows, results out of order or after an error, attributes that were not asked for. */
static void
answers_that_lie(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct rpc_reply r;
	struct nfs_answer a;
	compound_reply(&b, 2, 1, "p", -1, 0, 7);
	rpc_reply_read(&r, XID | 2, (const uint8_t *)b.data, b.len);
	nfs_answer_read(&a, r.body, r.len, 1);
	assert_int_equal(a.said, NFS_LISTED);
	assert_true(a.entered && a.elsewhere);
	assert_int_equal(a.flavours.set, NFS_FLAVOUR_PRIVACY);
	nfs_answer_read(&a, r.body, r.len, 2); /* of another path */
	assert_int_equal(a.said, NFS_GARBAGE);
	/* status, tag, results, then 24, 9 with fsid, 32, 33 with its list */
	static const struct {
		size_t at;
		uint32_t value;
	} rows[] = { { 0, 1 }, { 0, 10016 }, { 4, 0xFFFFFFFF }, { 4, 2000 }, { 20, 0 }, { 20, 0xFFFFFFFF }, { 20, 6 }, { 20, 8 },
		{ 24, 25 }, { 28, 13 }, { 40, 0xFFFFFFFF }, { 40, 9 }, { 44, 0xFFFF }, { 48, 0 }, { 48, 8 }, { 48, 0xFFFFFFFC },
		{ 84, 0 }, { 84, 2 }, { 84, 33 }, { 84, 0x40000000 }, { 92, 0xFFFFFFFF }, { 92, 129 }, { 112, 0 }, { 112, 4 } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		uint8_t copy[RPC_REPLY_MAX];
		memcpy(copy, r.body, r.len);
		for (size_t k = 0; k < 4; k++) {
			copy[rows[i].at + k] = (uint8_t)(rows[i].value >> (24 - 8 * k));
		}
		nfs_answer_read(&a, copy, r.len, 1);
		if (a.said != NFS_GARBAGE) {
			fail_msg("byte %zu as %x was read", rows[i].at, rows[i].value);
		}
	}
	r.body[r.len] = 0;
	nfs_answer_read(&a, r.body, r.len + 1, 1);
	assert_int_equal(a.said, NFS_GARBAGE);
}

static void
mounts(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		bool ok;
		uint32_t status;
		unsigned set;
	} rows[] = {
		/* as NFS-Ganesha answers: sys; a list without its Kerberos flavours; no such export */
		{ "00000000000000184300000112443da7b2b1d22a8331016688af00149a8e5b000000000100000001", true, 0, NFS_FLAVOUR_SYS },
		{ "00000000000000184300000412443da7b2b1d22a8331016988af00194313be0000000000", true, 0, 0 },
		{ "0000000d", true, 13, 0 },
		/* made up: krb5p and krb5i by their numbers (RFC 2623), Diffie-Hellman */
		{ "000000000000000411111111000000020005f3750005f374", true, 0, NFS_FLAVOUR_PRIVACY | NFS_FLAVOUR_INTEGRITY },
		{ "0000000000000004111111110000000100000003", true, 0, NFS_FLAVOUR_OTHER },
		{ "0000000000000000000000010005f375", false, 0, 0 },
		{ "000000000000000411111111000000020005f375", false, 0, 0 },
		{ "000000000000000411111111ffffffff0005f375", false, 0, 0 },
		{ "00000000ffffffff11111111000000010005f375", false, 0, 0 },
		{ "0000000d00000000", false, 0, 0 },
		{ "", false, 0, 0 },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		uint8_t p[128];
		size_t n = strlen(rows[i].hex) / 2;
		struct mount_answer a;
		for (size_t k = 0; k < n; k++) {
			unsigned v = 0;
			assert_int_equal(sscanf(rows[i].hex + 2 * k, "%2x", &v), 1);
			p[k] = (uint8_t)v;
		}
		mount_answer_read(&a, p, n);
		assert_int_equal(a.ok, rows[i].ok);
		assert_int_equal(a.status, rows[i].status);
		assert_int_equal(a.flavours.set, rows[i].set);
	}
}

/* ---- version 3 ---- */

static struct evidence_obs *
allowed(const char *path, const char *level)
{
	struct evidence_obs *o = dialogue(path, level);
	assert_int_equal(evidence_obs_param(o, "nfs-v3-mnt", "yes", NULL), FP_OK);
	return o;
}

static void
getport(struct evidence_obs *o, uint32_t port)
{
	struct fp_buf b = { 0 };
	begin(&b, 6);
	fp_buf_be32(&b, port);
	rpc_end(&b);
	exchange(o, 6, &b, EVIDENCE_NOTE);
}

/* MNT with these flavours (numbers, 0 ends; NULL: status 13), and the UMNT that must follow. */
static void
mount(struct evidence_obs *o, const uint32_t *list)
{
	struct fp_buf b = { 0 };
	uint32_t n = 0;
	begin(&b, 7);
	fp_buf_be32(&b, list == NULL ? 13 : 0);
	while (list != NULL && list[n] != 0) {
		n++;
	}
	if (list != NULL) {
		rpc_put_opaque(&b, "a handle", 8);
		fp_buf_be32(&b, n);
	}
	for (uint32_t i = 0; i < n; i++) {
		fp_buf_be32(&b, list[i]);
	}
	rpc_end(&b);
	exchange(o, 7, &b, EVIDENCE_NOTE);
	null_reply(&b, 8, "");
	exchange(o, 8, &b, EVIDENCE_NOTE);
	assert_int_equal(check_nfs_steps.next(o), 0);
}

static void
version3_refutes(void **state)
{
	(void)state;
	static const uint32_t sys[] = { 1, 0 }, krb5[] = { 390003, 390005, 0 }, krb5i[] = { 390004, 0 }, krb5p[] = { 390005, 0 },
			      other[] = { 3, 0 }, empty[] = { 0 };
	static const struct {
		const char *letters; /* of version 4; NULL: there is none */
		const uint32_t *list;
		bool tls;
		const char *level, *result, *reason;
	} rows[] = {
		{ "p", krb5p, false, NULL, "pass", "privacy-required" },
		{ "p", sys, false, NULL, "fail", "v3-unprotected" },
		{ "p", sys, true, NULL, "unknown", "tls-perhaps-required" },
		{ "p", krb5, false, "integrity", "fail", "authentication-only" },
		{ "p", krb5i, false, NULL, "fail", "integrity-only" },
		{ "p", krb5i, false, "integrity", "pass", "privacy-required" },
		{ "p", other, false, NULL, "unknown", "flavour-unknown" },
		{ "p", empty, false, NULL, "pass", "privacy-required" }, /* as NFS-Ganesha says it of krb5p */
		{ "p", NULL, false, NULL, "pass", "privacy-required" },
		{ "i", krb5p, false, NULL, "fail", "integrity-only" },
		{ "d", krb5p, false, NULL, "unknown", "flavour-unknown" }, /* never makes up for version 4 */
		{ NULL, krb5p, false, NULL, "pass", "v3-privacy-listed" },
		{ NULL, krb5i, false, "integrity", "pass", "v3-integrity-listed" },
		{ NULL, krb5i, false, NULL, "fail", "integrity-only" },
		{ NULL, sys, false, NULL, "fail", "v3-unprotected" },
		{ NULL, empty, false, NULL, "unknown", "list-empty" },
		{ NULL, NULL, false, NULL, "unknown", "path-not-found" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct fp_buf b = { 0 };
		struct evidence_obs *o = allowed("/export", rows[i].level);
		if (rows[i].letters != NULL) {
			control(o);
			compound(o, 2, 1, rows[i].letters, 5, WRONGSEC, 7);
			compound(o, 3, 1, rows[i].letters, 5, WRONGSEC, 7);
		} else {
			unavailable_reply(&b, 1, 2, 3, 3);
			exchange(o, 1, &b, EVIDENCE_NOTE);
		}
		tls(o, rows[i].tls);
		getport(o, 32767);
		mount(o, rows[i].list);
		expect(o, "NFS-1", rows[i].result, rows[i].reason);
		evidence_obs_free(o);
	}
}

/* UMNT follows MNT however MNT ended; without a port there is no MNT. */
static void
what_is_mounted_is_unmounted(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT };
	for (size_t i = 0; i < FP_COUNT(ends); i++) {
		struct check_step s;
		struct evidence_obs *o = allowed("/export", NULL);
		control(o);
		compound(o, 2, 1, "p", 5, WRONGSEC, 7);
		compound(o, 3, 1, "p", 5, WRONGSEC, 7);
		tls(o, false);
		getport(o, 635);
		assert_int_equal(check_nfs_steps.make(&s, 7, o, NULL), FP_OK);
		assert_int_equal(s.port, 635);
		exchange(o, 7, NULL, ends[i]);
		exchange(o, 8, NULL, EVIDENCE_TIMEOUT);
		assert_int_equal(check_nfs_steps.next(o), 0);
		expect(o, "NFS-1", "pass", "privacy-required"); /* by version 4 */
		evidence_obs_free(o);
	}
	static const uint32_t ports[] = { 0, 65536, 0xFFFFFFFF };
	for (size_t i = 0; i < FP_COUNT(ports); i++) {
		struct evidence_obs *o = allowed("/export", NULL);
		control(o);
		compound(o, 2, 1, "p", 5, WRONGSEC, 7);
		compound(o, 3, 1, "p", 5, WRONGSEC, 7);
		tls(o, false);
		getport(o, ports[i]);
		assert_int_equal(check_nfs_steps.next(o), 0);
		evidence_obs_free(o);
	}
}

/* UMNT is never cut off by a limit of the runner's: every question's longest wait fits into the deadline, and each may need a connection again. */
static void
budget_leaves_room_for_unmounting(void **state)
{
	(void)state;
	const struct check_probe *p = check_probe_find("nfs");
	struct evidence_obs *o = allowed("/export", NULL);
	int ms = 0, packets = 0, connections = 0;
	for (const struct check_ask *a = check_nfs_steps.asks; a->number != 0; a++) {
		struct check_step s;
		assert_int_equal(check_nfs_steps.make(&s, a->number, o, NULL), FP_OK);
		ms += s.connect_ms + s.wait_ms;
		packets += s.again ? 2 : 1;
		connections++;
	}
	assert_true(ms < p->budget.deadline_ms);
	assert_true(packets <= p->budget.packets);
	assert_true(connections <= p->budget.connections);
	evidence_obs_free(o);
}

/* The longest path that an address may hold still makes a request that fits. */
static void
long_paths_fit(void **state)
{
	(void)state;
	char path[CHECK_PATH_MAX + 1] = "";
	for (size_t i = 0; i < NFS_PARTS_MAX - 1; i++) {
		memcpy(path + i * 2, "/a", 2);
	}
	size_t at = (NFS_PARTS_MAX - 1) * 2;
	path[at++] = '/';
	memset(path + at, 'b', CHECK_PATH_MAX - at);
	for (int round = 0; round < 2; round++) {
		struct evidence_obs *o = dialogue(path, NULL);
		struct check_step s;
		for (int q = 2; q <= 4; q++) {
			assert_int_equal(check_nfs_steps.make(&s, q, o, NULL), FP_OK);
			assert_true(s.len > 0 && s.len <= CHECK_REQUEST_MAX);
		}
		evidence_obs_free(o);
		memset(path, 'c', CHECK_PATH_MAX); /* the same length in the longest names */
		for (size_t i = 0; i < CHECK_PATH_MAX; i += 256) {
			path[i] = '/';
		}
	}
	struct nfs_path parts;
	for (size_t i = 0; i <= NFS_PARTS_MAX; i++) {
		memcpy(path + i * 2, "/a", 3);
	}
	assert_false(nfs_path_split(&parts, path));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postures_are_told_apart),
		cmocka_unit_test(lists_are_judged),
		cmocka_unit_test(lists_that_differ),
		cmocka_unit_test(paths_that_give_no_list),
		cmocka_unit_test(protected_parents),
		cmocka_unit_test(no_path_no_question),
		cmocka_unit_test(other_services),
		cmocka_unit_test(only_starttls_is_tls),
		cmocka_unit_test(trouble_has_its_own_reason),
		cmocka_unit_test(cut_replies_never_pass),
		cmocka_unit_test(changed_bits_never_pass),
		cmocka_unit_test(records),
		cmocka_unit_test(fragments),
		cmocka_unit_test(replies_to_others),
		cmocka_unit_test(answers_that_lie),
		cmocka_unit_test(mounts),
		cmocka_unit_test(version3_refutes),
		cmocka_unit_test(what_is_mounted_is_unmounted),
		cmocka_unit_test(budget_leaves_room_for_unmounting),
		cmocka_unit_test(long_paths_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
