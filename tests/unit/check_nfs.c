/* NFS-1 and NFS-2: replies as NFS-Ganesha gives them, every trap of the protocol, and replies that break its rules. */
#include "nfs_help.h"

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
		cmocka_unit_test(long_paths_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
