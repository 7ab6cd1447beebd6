/*
 * NFS-1 and NFS-2: which security flavours a server lists for an export, whether it acts by its list, and whether it offers RPC with TLS. One
 * connection; a NULL call first shows that NFS version 4 is there.
 */
#include "check/nfs_proto.h"

#include <string.h>

#include "check/target.h"

/* The question for TLS is the last: a server that takes it waits for a TLS handshake on that connection. */
enum { Q_NULL = 1, Q_AS_NOBODY = 2, Q_AS_SYS = 3, Q_PARENT = 4, Q_TLS = 5 };

#define XID 0x66700000u /* "fp" and the question's number: easy to find in a capture */

static const struct check_ask asks[] = {
	{ Q_NULL, "NULL call to NFS version 4", "always" },
	{ Q_AS_NOBODY, "COMPOUND 4.0 that asks for the export's flavours (SECINFO) and enters it, AUTH_NONE",
	    "when NFS version 4 is there" },
	{ Q_AS_SYS, "the same, AUTH_SYS as user 65534 without a machine name",
	    "when the first does not say that the path is not there" },
	{ Q_PARENT, "the same for the folder that could not be entered, AUTH_SYS",
	    "when a folder above the export could not be entered" },
	{ Q_TLS, "NULL call with AUTH_TLS", "when NFS is there" },
	{ 0, NULL, NULL },
};

/* What became of one call. */
struct said {
	bool answered;      /* a well-formed reply of RPC came */
	const char *reason; /* when not */
	char detail[120];
	struct rpc_reply rpc;
};

static bool
said_read(struct said *s, const struct evidence_obs *obs, int number)
{
	size_t len = 0;
	const uint8_t *p = check_reply(obs, number, &len);
	memset(s, 0, sizeof(*s));
	s->reason = check_trouble(s->detail, sizeof(s->detail), obs, number);
	if (s->reason == NULL && check_end_of(obs, number) == CHECK_END_BYTES) {
		rpc_reply_read(&s->rpc, XID | (uint32_t)number, p, len);
		s->answered = s->rpc.said != RPC_GARBAGE;
	}
	if (!s->answered && s->reason == NULL) {
		s->reason = "not-the-protocol";
		(void)snprintf(s->detail, sizeof(s->detail), "question %d: malformed reply", number);
	}
	return s->answered;
}

static bool
path_of(struct nfs_path *path, const struct evidence_obs *obs)
{
	return nfs_path_split(path, evidence_obs_param_get(obs, "nfs-path")) && path->n > 0;
}

/* The names that a COMPOUND went over: all, but for the question about a folder above. */
static struct nfs_answer
answer_of(const struct evidence_obs *obs, int number, size_t n)
{
	struct said s;
	struct nfs_answer a = { .said = NFS_GARBAGE };
	if (n > 0 && said_read(&s, obs, number) && s.rpc.said == RPC_DONE) {
		nfs_answer_read(&a, s.rpc.body, s.rpc.len, n);
	}
	return a;
}

/* How many names lead to the folder that AUTH_SYS could not enter; 0 when it was none, or the export itself. */
static size_t
refused_parent(const struct evidence_obs *obs, size_t n)
{
	struct nfs_answer a = answer_of(obs, Q_AS_SYS, n);
	return a.said == NFS_STOPPED && a.status == NFS4ERR_WRONGSEC && a.root && a.names + 1 < n ? a.names + 1 : 0;
}

/* ---- the probe ---- */

/* Who does not take a connection, or lets us wait, would only do so again. */
static bool
hopeless(const struct evidence_obs *obs, int number)
{
	enum check_end e = check_end_of(obs, number);
	return (e != CHECK_END_BYTES && e != CHECK_END_CLOSED && e != CHECK_END_CUT) ||
	       check_event(obs, number, EVIDENCE_TIMEOUT) != NULL;
}

/* The first COMPOUND says all that another identity could be told. */
static bool
is_settled(const struct nfs_answer *a)
{
	return a->said == NFS_STOPPED && a->status != NFS4ERR_WRONGSEC && a->status != NFS4ERR_ACCESS &&
	       a->status != NFS4ERR_PERM;
}

static int
nfs_next(const struct evidence_obs *obs)
{
	struct said control;
	struct nfs_path path;
	if (!check_asked(obs, Q_NULL)) {
		return Q_NULL;
	}
	if (!said_read(&control, obs, Q_NULL) || (control.rpc.said != RPC_DONE && control.rpc.said != RPC_NO_VERSION)) {
		return 0;
	}
	for (int q = Q_AS_NOBODY; q <= Q_TLS; q++) {
		if (check_asked(obs, q) && hopeless(obs, q)) {
			return 0;
		}
	}
	if (control.rpc.said == RPC_DONE && path_of(&path, obs)) {
		if (!check_asked(obs, Q_AS_NOBODY)) {
			return Q_AS_NOBODY;
		}
		struct nfs_answer a = answer_of(obs, Q_AS_NOBODY, path.n);
		if (!check_asked(obs, Q_AS_SYS) && !is_settled(&a)) {
			return Q_AS_SYS;
		}
		if (!check_asked(obs, Q_PARENT) && refused_parent(obs, path.n) > 0) {
			return Q_PARENT;
		}
	}
	return check_asked(obs, Q_TLS) ? 0 : Q_TLS;
}

/* Version 3 only where the control call said that there is no 4. */
static uint32_t
version_of(const struct evidence_obs *obs)
{
	struct said control;
	bool no4 = said_read(&control, obs, Q_NULL) && control.rpc.said == RPC_NO_VERSION;
	return no4 && control.rpc.low <= 3 && control.rpc.high >= 3 ? 3 : 4;
}

static enum fp_status
nfs_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	struct nfs_path path;
	bool named = path_of(&path, obs);
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 3000, .wait_ms = 3000 };
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of an NFS server", obs->target);
	}
	if (number != Q_NULL && number != Q_TLS && !named) {
		out->port = 0; /* without a path there is nothing to ask */
		return FP_OK;
	}
	out->keep = number != Q_TLS;
	out->again = number != Q_NULL;
	out->max_reply = RPC_REPLY_MAX;
	out->frame = rpc_frame;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	uint32_t xid = XID | (uint32_t)number;
	if (number == Q_NULL || number == Q_TLS) {
		bool tls = number == Q_TLS;
		rpc_call(&b, xid, RPC_NFS, tls ? version_of(obs) : 4, 0, tls ? RPC_CRED_TLS : RPC_CRED_NONE);
		rpc_end(&b);
	} else {
		size_t parent = number == Q_PARENT ? refused_parent(obs, path.n) : path.n;
		nfs_secinfo_call(&b, xid, number == Q_AS_NOBODY ? RPC_CRED_NONE : RPC_CRED_SYS, &path, parent > 0 ? parent : 1);
	}
	enum fp_status st = fp_buf_check(&b, "an NFS request", err);
	if (st == FP_OK) {
		memcpy(out->bytes, b.data, b.len);
		out->len = b.len;
	}
	return st;
}

const struct check_steps check_nfs_steps = { asks, nfs_next, nfs_make };

/* What an export must demand; said in every observation, so that it is judged again by the same. */
bool
check_nfs_level_make(char *out, size_t size, const char *value)
{
	const char *level = value != NULL ? value : "privacy";
	(void)snprintf(out, size, "%s", level);
	return strcmp(level, "privacy") == 0 || strcmp(level, "integrity") == 0;
}

/* ---- what the judges share ---- */

/* The control call: false when it already decides, and out says how. */
static bool
control_holds(struct evidence_verdict *out, const struct evidence_obs *obs, bool version4)
{
	struct said s;
	if (!said_read(&s, obs, Q_NULL)) {
		check_say(out, s.reason, "%s", s.detail);
	} else if (s.rpc.said == RPC_NO_PROGRAM) {
		check_say(out, "no-nfs", "the RPC service at %s has no program 100003", obs->target);
	} else if (s.rpc.said == RPC_NO_VERSION && version4) {
		check_say(out, "no-nfs4", "NFS versions %u to %u", (unsigned)s.rpc.low, (unsigned)s.rpc.high);
	} else if (s.rpc.said != RPC_DONE && s.rpc.said != RPC_NO_VERSION) {
		check_say(out, "odd-status", "NULL call refused, authentication status %u", (unsigned)s.rpc.auth);
	} else {
		return true;
	}
	return false;
}

/* ---- NFS-2 ---- */

void
check_nfs2_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct said s;
	if (!control_holds(out, obs, false)) {
		return;
	}
	if (!said_read(&s, obs, Q_TLS)) {
		check_say(out, s.reason, "%s", s.detail);
	} else if (s.rpc.said == RPC_DONE) {
		check_say(out, s.rpc.starttls ? "tls-offered" : "tls-not-offered", "AUTH_TLS: accepted, verifier %s STARTTLS",
		    s.rpc.starttls ? "is" : "is not");
	} else if (s.rpc.said == RPC_REFUSED) {
		check_say(out, "tls-not-offered", "AUTH_TLS: refused, authentication status %u", (unsigned)s.rpc.auth);
	} else {
		check_say(out, "odd-status", "AUTH_TLS: the NULL call was not carried out");
	}
}

/* ---- NFS-1 ---- */

struct view {
	struct said said[2]; /* as nobody, as AUTH_SYS */
	struct nfs_answer a[2];
	struct nfs_flavours list; /* both lists together: who lists something once takes it */
	bool entered, elsewhere;
	char text[64];
	const char *path;
};

static void
view_make(struct view *v, const struct evidence_obs *obs, const struct nfs_path *path)
{
	memset(v, 0, sizeof(*v));
	v->path = evidence_obs_param_get(obs, "nfs-path");
	for (int i = 0; i < 2; i++) {
		(void)said_read(&v->said[i], obs, Q_AS_NOBODY + i);
		v->a[i] = answer_of(obs, Q_AS_NOBODY + i, path->n);
		v->list.set |= v->a[i].flavours.set;
		v->list.n += v->a[i].flavours.n;
		v->entered |= v->a[i].entered;
		v->elsewhere |= v->a[i].elsewhere;
	}
	nfs_flavours_text(v->text, sizeof(v->text), &v->list);
}

static const char *
reason_of_status(uint32_t status)
{
	static const struct {
		uint32_t status;
		const char *reason;
	} rows[] = { { NFS4ERR_NOENT, "path-not-found" }, { NFS4ERR_NOTDIR, "path-not-found" }, { 22, "path-not-found" },
		{ 63, "path-not-found" }, { 10019, "path-not-found" }, { 10029, "path-not-found" }, { 10040, "path-not-found" },
		{ 10041, "path-not-found" }, { NFS4ERR_PERM, "not-permitted" }, { NFS4ERR_ACCESS, "not-permitted" },
		{ NFS4ERR_WRONGSEC, "parent-protected" }, { NFS4ERR_MINOR_VERS_MISMATCH, "no-nfs40" } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].status == status) {
			return rows[i].reason;
		}
	}
	return "odd-status";
}

/* No list came. The answer to AUTH_SYS says why, or the first where the second was not asked. */
static void
without_list(struct evidence_verdict *out, const struct view *v, const struct evidence_obs *obs, const struct nfs_path *path)
{
	int i = check_asked(obs, Q_AS_SYS) ? 1 : 0;
	const struct said *s = &v->said[i];
	const struct nfs_answer *a = &v->a[i];
	char parent[64] = "not told";
	if (!s->answered) {
		check_say(out, s->reason, "%s", s->detail);
		return;
	}
	if (s->rpc.said == RPC_REFUSED) {
		check_say(
		    out, "not-permitted", "calls without log-on are refused, authentication status %u", (unsigned)s->rpc.auth);
		return;
	}
	if (a->said == NFS_GARBAGE) {
		check_say(out, s->rpc.said == RPC_DONE ? "not-the-protocol" : "odd-status",
		    "question %d: malformed answer to the COMPOUND", Q_AS_NOBODY + i);
		return;
	}
	size_t n = refused_parent(obs, path->n);
	struct nfs_answer above = answer_of(obs, Q_PARENT, n);
	if (above.said == NFS_LISTED) {
		nfs_flavours_text(parent, sizeof(parent), &above.flavours);
	}
	const char *reason = reason_of_status(a->status);
	if (!a->root) {
		check_say(
		    out, reason, "%s: %s (%u) at the server's root", v->path, nfs_status_name(a->status), (unsigned)a->status);
	} else if (strcmp(reason, "parent-protected") == 0) {
		check_say(out, reason, "%s: name %zu of %zu could not be entered; its flavours: %s", v->path, a->names + 1,
		    path->n, parent);
	} else {
		check_say(out, reason, "%s: %s (%u) at name %zu of %zu", v->path, nfs_status_name(a->status), (unsigned)a->status,
		    a->names + 1, path->n);
	}
}

/*
 * The list holds sys or none. A server may list sys and take it only inside of TLS, and a folder of its pseudo file system takes everything: so what
 * happened when the path was entered counts, and the list alone only where there is no TLS.
 */
static void
unprotected(struct evidence_verdict *out, const struct view *v, const struct evidence_obs *obs)
{
	struct evidence_verdict tls;
	if (v->entered && v->elsewhere) {
		check_say(out, "unprotected-accepted", "%s: %s listed; entered without Kerberos", v->path, v->text);
	} else if (v->entered) {
		check_say(out, "perhaps-no-export", "%s: %s listed; entered, but in the file system of the server's root",
		    v->path, v->text);
	} else if (v->a[1].said != NFS_LISTED || !v->a[1].turned_away) {
		check_say(out, v->said[1].answered ? "odd-status" : v->said[1].reason, "%s: %s listed; entering it: %s", v->path,
		    v->text, v->said[1].answered ? nfs_status_name(v->a[1].status) : v->said[1].detail);
	} else {
		check_nfs2_judge(&tls, obs);
		check_say(out, strcmp(tls.reason, "tls-not-offered") == 0 ? "unprotected-listed" : "tls-perhaps-required",
		    "%s: %s listed; entering it with AUTH_SYS: %s; TLS: %s", v->path, v->text, nfs_status_name(v->a[1].status),
		    tls.reason);
	}
}

static void
by_list(struct evidence_verdict *out, const struct view *v, const struct evidence_obs *obs)
{
	const unsigned set = v->list.set;
	const char *level = evidence_obs_param_get(obs, "nfs-level");
	bool integrity = level != NULL && strcmp(level, "integrity") == 0;
	bool shown = v->a[0].said == NFS_LISTED && v->a[1].said == NFS_LISTED && v->a[0].turned_away && v->a[1].turned_away;
	const char *reason = (set & NFS_FLAVOUR_INTEGRITY) == 0 ? "privacy-required"
			     : integrity                        ? "integrity-required"
								: "integrity-only";
	if (set == 0) {
		check_say(out, "list-empty", "%s: an empty list", v->path);
	} else if ((set & (NFS_FLAVOUR_SYS | NFS_FLAVOUR_NONE)) != 0) {
		unprotected(out, v, obs);
	} else if ((set & NFS_FLAVOUR_AUTH) != 0) {
		check_say(out, "authentication-only", "%s: %s listed", v->path, v->text);
	} else if ((set & NFS_FLAVOUR_OTHER) != 0) {
		check_say(out, "flavour-unknown", "%s: %s listed", v->path, v->text);
	} else if (v->entered) {
		check_say(out, "list-contradicted", "%s: %s listed, but it was entered without", v->path, v->text);
	} else if (!shown && strcmp(reason, "integrity-only") != 0) {
		/* REQ law-2: a pass is a list, given to both identities, and both turned away. */
		int i = v->said[0].answered ? 1 : 0;
		check_say(out, v->said[i].answered ? "odd-status" : v->said[i].reason, "%s: %s listed; entering it: %s", v->path,
		    v->text, v->said[i].answered ? nfs_status_name(v->a[i].status) : v->said[i].detail);
	} else {
		check_say(out, reason, "%s: only %s listed; entering it without: refused", v->path, v->text);
	}
}

void
check_nfs1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct nfs_path path;
	struct view v;
	if (!control_holds(out, obs, true)) {
		return;
	}
	if (!path_of(&path, obs)) {
		check_say(out, "no-export-path", "%s names no folder behind the server", obs->target);
		return;
	}
	view_make(&v, obs, &path);
	if (v.a[0].said == NFS_LISTED || v.a[1].said == NFS_LISTED) {
		by_list(out, &v, obs);
	} else {
		without_list(out, &v, obs, &path);
	}
}

/* ---- reasons ---- */

#define NFS_TROUBLES                                                                                                             \
	CHECK_TROUBLES, { "no-nfs", EVIDENCE_UNKNOWN, N_("What answers at this address is no NFS server."), "address" },         \
	{                                                                                                                        \
		"odd-status", EVIDENCE_UNKNOWN, N_("The NFS server answered with an error that says neither yes nor no."),       \
		    "host-facts-exports"                                                                                         \
	}

const struct evidence_reason check_nfs1_reasons[] = {
	{ "privacy-required", EVIDENCE_PASS,
	    N_("The NFS server lists only Kerberos with privacy (krb5p) for the export, and turns away whoever comes without."),
	    "" },
	{ "integrity-required", EVIDENCE_PASS,
	    N_("The NFS server lists only Kerberos with integrity or privacy (krb5i, krb5p) for the export. Integrity answers "
	       "alteration, not "
	       "interception; the operator has set that this is enough."),
	    "" },
	{ "unprotected-accepted", EVIDENCE_FAIL, N_("The NFS server lets clients without Kerberos into the export."), "" },
	{ "unprotected-listed", EVIDENCE_FAIL,
	    N_("The NFS server lists access without Kerberos for the export and offers no TLS. It did not let this computer in."),
	    "" },
	{ "authentication-only", EVIDENCE_FAIL,
	    N_("The NFS server accepts Kerberos without integrity and privacy (krb5): the data can be read and altered on its "
	       "way."),
	    "" },
	{ "integrity-only", EVIDENCE_FAIL,
	    N_("The NFS server accepts Kerberos without privacy (krb5i): the data cannot be altered on its way, but read."), "" },
	{ "tls-perhaps-required", EVIDENCE_UNKNOWN,
	    N_("The NFS server lists access without Kerberos, but did not let this computer in. It may demand TLS for it."),
	    "host-facts-exports" },
	{ "perhaps-no-export", EVIDENCE_UNKNOWN,
	    N_("The path can be entered without Kerberos, but may be only a folder above the exports, without data of its own."),
	    "export-path" },
	{ "parent-protected", EVIDENCE_UNKNOWN,
	    N_("A folder above the path cannot be entered without log-on, so the path's own list does not show."),
	    "export-path" },
	{ "path-not-found", EVIDENCE_UNKNOWN, N_("The NFS server does not know the path by this name."), "export-path" },
	{ "no-export-path", EVIDENCE_UNKNOWN, N_("The address in the device list names a server, but no export."),
	    "export-path" },
	{ "not-permitted", EVIDENCE_UNKNOWN,
	    N_("The NFS server answers no questions of this computer without log-on: its address or port is not allowed."),
	    "host-facts-exports" },
	{ "list-contradicted", EVIDENCE_UNKNOWN,
	    N_("The NFS server lists only Kerberos for the export, but let this computer in without. One of both is wrong."),
	    "host-facts-exports" },
	{ "list-empty", EVIDENCE_UNKNOWN, N_("The NFS server gave an empty list for the export."), "host-facts-exports" },
	{ "flavour-unknown", EVIDENCE_UNKNOWN,
	    N_("The NFS server lists a way of access of which it is not known how well it protects."), "host-facts-exports" },
	{ "no-nfs4", EVIDENCE_UNKNOWN,
	    N_("The NFS server has no version 4. Version 3 tells its flavours only to a client that mounts."),
	    "host-facts-exports" },
	{ "no-nfs40", EVIDENCE_UNKNOWN, N_("The NFS server has no version 4.0, the only one that answers without a session."),
	    "host-facts-exports" },
	NFS_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};

const struct evidence_reason check_nfs2_reasons[] = {
	{ "tls-offered", EVIDENCE_PASS, N_("The NFS server offers TLS. Whether it demands it does not show."), "" },
	{ "tls-not-offered", EVIDENCE_FAIL, N_("The NFS server does not offer TLS."), "" },
	NFS_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
