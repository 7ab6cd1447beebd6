/*
 * NFS-1 and NFS-2: which security flavours a server lists for an export, whether it acts by its list, and whether it offers RPC with TLS. One
 * connection; a NULL call first shows that NFS version 4 is there.
 */
#include "check/nfs_proto.h"

#include <string.h>

#include "check/target.h"

/* The question for TLS is the last: a server that takes it waits for a TLS handshake on that connection. */
enum { Q_NULL = 1, Q_AS_NOBODY = 2, Q_AS_SYS = 3, Q_PARENT = 4, Q_TLS = 5, Q_GETPORT = 6, Q_MNT = 7, Q_UMNT = 8 };

#define PORTMAPPER 111
#define MOUNT_USUAL 20048 /* for the dry run, which has no portmapper to ask */
#define XID 0x66700000u   /* "fp" and the question's number: easy to find in a capture */

static const struct check_ask asks[] = {
	{ Q_NULL, "NULL call to NFS version 4", "always" },
	{ Q_AS_NOBODY, "COMPOUND 4.0 that asks for the export's flavours (SECINFO) and enters it, AUTH_NONE",
	    "when NFS version 4 is there" },
	{ Q_AS_SYS, "the same, AUTH_SYS as user 65534 without a machine name",
	    "when the first does not say that the path is not there" },
	{ Q_PARENT, "the same for the folder that could not be entered, AUTH_SYS",
	    "when a folder above the export could not be entered" },
	{ Q_TLS, "NULL call with AUTH_TLS", "when NFS is there" },
	{ Q_GETPORT, "GETPORT for MOUNT version 3 over TCP, to the portmapper", "when nfs-v3-mnt is set" },
	{ Q_MNT, "MNT of the export, AUTH_NONE, at the port that the portmapper told", "when the portmapper told a port" },
	{ Q_UMNT, "UMNT of the export, AUTH_NONE", "whenever MNT was sent" },
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

static bool
v3_wanted(const struct evidence_obs *obs)
{
	const char *v = evidence_obs_param_get(obs, "nfs-v3-mnt");
	return v != NULL && strcmp(v, "yes") == 0;
}

/* Where MOUNT listens; 0 when the portmapper did not say. */
static int
mount_port(const struct evidence_obs *obs)
{
	struct said s;
	if (!said_read(&s, obs, Q_GETPORT) || s.rpc.said != RPC_DONE || s.rpc.len != 4) {
		return 0;
	}
	struct fp_cur c = fp_cur_make(s.rpc.body, s.rpc.len);
	uint32_t port = fp_cur_be32(&c);
	return port <= 65535 ? (int)port : 0;
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
next_v3(const struct evidence_obs *obs, const struct nfs_path *path)
{
	if (!v3_wanted(obs) || path->n == 0) {
		return 0;
	}
	if (!check_asked(obs, Q_GETPORT)) {
		return Q_GETPORT;
	}
	return !check_asked(obs, Q_MNT) && mount_port(obs) != 0 ? Q_MNT : 0;
}

static int
nfs_next(const struct evidence_obs *obs)
{
	struct said control;
	struct nfs_path path;
	(void)path_of(&path, obs);
	/* What MNT may have written into the server's list of clients is taken back, however MNT ended. */
	if (check_event(obs, Q_MNT, EVIDENCE_SENT) != NULL && !check_asked(obs, Q_UMNT)) {
		return Q_UMNT;
	}
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
	if (control.rpc.said == RPC_DONE && path.n > 0) {
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
	return check_asked(obs, Q_TLS) ? next_v3(obs, &path) : Q_TLS;
}

/* Version 3 only where the control call said that there is no 4. */
static uint32_t
version_of(const struct evidence_obs *obs)
{
	struct said control;
	bool no4 = said_read(&control, obs, Q_NULL) && control.rpc.said == RPC_NO_VERSION;
	return no4 && control.rpc.low <= 3 && control.rpc.high >= 3 ? 3 : 4;
}

static void
request_put(struct fp_buf *b, int number, const struct evidence_obs *obs, const struct nfs_path *path)
{
	const uint32_t xid = XID | (uint32_t)number;
	size_t parent = number == Q_PARENT ? refused_parent(obs, path->n) : path->n;
	switch (number) {
	case Q_NULL:
		rpc_call(b, xid, RPC_NFS, 4, 0, RPC_CRED_NONE);
		break;
	case Q_TLS:
		rpc_call(b, xid, RPC_NFS, version_of(obs), 0, RPC_CRED_TLS);
		break;
	case Q_GETPORT:
		portmap_getport_call(b, xid, RPC_MOUNT, 3);
		break;
	case Q_MNT:
	case Q_UMNT:
		mount_call(b, xid, number == Q_MNT, evidence_obs_param_get(obs, "nfs-path"));
		break;
	default:
		nfs_secinfo_call(b, xid, number == Q_AS_NOBODY ? RPC_CRED_NONE : RPC_CRED_SYS, path, parent > 0 ? parent : 1);
		break;
	}
	rpc_end(b);
}

static enum fp_status
nfs_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	struct nfs_path path;
	bool first = number == Q_NULL, v3 = number >= Q_GETPORT;
	/* The runner's deadline holds the sum of all these: UMNT is never cut off by it. */
	*out = (struct check_step){
		.number = number, .wire = CHECK_WIRE_TCP, .connect_ms = first ? 3000 : 2000, .wait_ms = first ? 3000 : 2000
	};
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of an NFS server", obs->target);
	}
	if ((!path_of(&path, obs) && number != Q_NULL && number != Q_TLS) || (v3 && !v3_wanted(obs))) {
		out->port = 0; /* without a path, or the operator's word, there is nothing to ask */
		return FP_OK;
	}
	if (number == Q_GETPORT) {
		out->port = PORTMAPPER;
	} else if (v3) {
		out->port = mount_port(obs) != 0 ? mount_port(obs) : MOUNT_USUAL;
	}
	out->keep = number < Q_TLS || number == Q_MNT;
	out->again = !first && (number <= Q_TLS || number == Q_UMNT);
	out->max_reply = RPC_REPLY_MAX;
	out->frame = rpc_frame;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
	request_put(&b, number, obs, &path);
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

static bool
integrity_will_do(const struct evidence_obs *obs)
{
	const char *level = evidence_obs_param_get(obs, "nfs-level");
	return level != NULL && strcmp(level, "integrity") == 0;
}

static void
by_list(struct evidence_verdict *out, const struct view *v, const struct evidence_obs *obs)
{
	const unsigned set = v->list.set;
	bool integrity = integrity_will_do(obs);
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

static void
by_version4(struct evidence_verdict *out, const struct evidence_obs *obs, const struct nfs_path *path)
{
	struct view v;
	view_make(&v, obs, path);
	if (v.a[0].said == NFS_LISTED || v.a[1].said == NFS_LISTED) {
		by_list(out, &v, obs);
	} else {
		without_list(out, &v, obs, path);
	}
}

/*
 * What MNT told, where the operator lets it be asked. It refutes what version 4 says; it passes only where there is no version 4, and never
 * makes up for a list that version 4 did not give.
 */
static void
by_version3(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct said s;
	struct mount_answer m;
	char text[64];
	const char *path = evidence_obs_param_get(obs, "nfs-path");
	if (!said_read(&s, obs, Q_MNT) || s.rpc.said != RPC_DONE) {
		return;
	}
	mount_answer_read(&m, s.rpc.body, s.rpc.len);
	bool only3 = strcmp(out->reason, "no-nfs4") == 0;
	const unsigned set = m.flavours.set;
	nfs_flavours_text(text, sizeof(text), &m.flavours);
	if (!m.ok || m.status != 0 || set == 0) {
		if (only3) {
			check_say(out,
			    !m.ok           ? "not-the-protocol"
			    : m.status != 0 ? "path-not-found"
					    : "list-empty",
			    "%s: version 3: MNT status %u, %s listed", path, (unsigned)m.status, text);
		}
	} else if ((set & (NFS_FLAVOUR_NONE | NFS_FLAVOUR_SYS)) != 0) {
		struct evidence_verdict tls;
		check_nfs2_judge(&tls, obs);
		check_say(out, strcmp(tls.reason, "tls-not-offered") == 0 ? "v3-unprotected" : "tls-perhaps-required",
		    "%s: version 3: %s listed; TLS: %s", path, text, tls.reason);
	} else if ((set & NFS_FLAVOUR_AUTH) != 0) {
		check_say(out, "authentication-only", "%s: version 3: %s listed", path, text);
	} else if ((set & NFS_FLAVOUR_OTHER) != 0) {
		check_say(out, "flavour-unknown", "%s: version 3: %s listed", path, text);
	} else if ((set & NFS_FLAVOUR_INTEGRITY) != 0 && !integrity_will_do(obs)) {
		check_say(out, "integrity-only", "%s: version 3: %s listed", path, text);
	} else if (only3) {
		check_say(out, (set & NFS_FLAVOUR_INTEGRITY) == 0 ? "v3-privacy-listed" : "v3-integrity-listed",
		    "%s: no version 4; version 3: only %s listed", path, text);
	}
}

void
check_nfs1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	struct nfs_path path;
	bool version4 = control_holds(out, obs, true);
	if (!version4 && strcmp(out->reason, "no-nfs4") != 0) {
		return;
	}
	if (!path_of(&path, obs)) {
		check_say(out, "no-export-path", "%s names no folder behind the server", obs->target);
		return;
	}
	if (version4) {
		by_version4(out, obs, &path);
	}
	const struct evidence_reason *r = check_reason_find(check_find("NFS-1"), out->reason);
	if (v3_wanted(obs) && r != NULL && r->result != EVIDENCE_FAIL) {
		by_version3(out, obs);
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
	{ "v3-unprotected", EVIDENCE_FAIL,
	    N_("The NFS server lists access without Kerberos for the export in version 3, and offers no TLS."), "" },
	{ "v3-privacy-listed", EVIDENCE_PASS,
	    N_("The NFS server has no version 4, and lists only Kerberos with privacy (krb5p) for the export in version 3."),
	    "" },
	{ "v3-integrity-listed", EVIDENCE_PASS,
	    N_("The NFS server has no version 4, and lists only Kerberos with integrity or privacy (krb5i, krb5p) for the export "
	       "in version 3. The "
	       "operator has set that this is enough."),
	    "" },
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
