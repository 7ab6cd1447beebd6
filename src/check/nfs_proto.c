/* RPC, SECINFO and MNT on the wire. Reading is strict: whatever the specification does not allow is no answer, so that damage never looks like a list. */
#include "check/nfs_proto.h"

#include <string.h>

#define LAST_FRAGMENT 0x80000000u
#define CALL 0u
#define REPLY 1u
#define RPC_VERSION 2u
#define NOBODY 65534u
#define VERIFIER_MAX 400u /* RFC 5531 8.2 */
#define NFS4_COMPOUND 1u
#define TAG "fieldproof"
#define TAG_MAX 1024u
#define SECINFO_MAX 32u /* flavours of one list */
#define FSID_BIT (1u << 8)
#define GSS 6u
#define FHSIZE3 64u

enum op { OP_GETATTR = 9, OP_LOOKUP = 15, OP_PUTROOTFH = 24, OP_RESTOREFH = 31, OP_SAVEFH = 32, OP_SECINFO = 33 };

/* ---- XDR ---- */

void
rpc_put_opaque(struct fp_buf *out, const void *data, size_t len)
{
	fp_buf_be32(out, (uint32_t)len);
	fp_buf_add(out, data, len);
	fp_buf_add(out, "\0\0\0", (4 - len % 4) % 4);
}

/* Bytes with their length, at most max; NULL with c->bad when they are not there, or are not padded with zeros. */
static const uint8_t *
take_opaque(struct fp_cur *c, uint32_t max, uint32_t *len)
{
	*len = fp_cur_be32(c);
	if (c->bad || *len > max) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *p = fp_cur_take(c, *len);
	for (uint32_t i = *len; !c->bad && i % 4 != 0; i++) {
		c->bad = fp_cur_u8(c) != 0 || c->bad;
	}
	return c->bad ? NULL : p;
}

/* ---- calls ---- */

void
rpc_call(
    struct fp_buf *out, uint32_t xid, enum rpc_program program, uint32_t version, uint32_t procedure, enum rpc_credential cred)
{
	fp_buf_be32(out, LAST_FRAGMENT);
	fp_buf_be32(out, xid);
	fp_buf_be32(out, CALL);
	fp_buf_be32(out, RPC_VERSION);
	fp_buf_be32(out, (uint32_t)program);
	fp_buf_be32(out, version);
	fp_buf_be32(out, procedure);
	fp_buf_be32(out, (uint32_t)cred);
	if (cred == RPC_CRED_SYS) {
		fp_buf_be32(out, 20);
		fp_buf_be32(out, 0); /* stamp */
		fp_buf_be32(out, 0); /* machine name: none */
		fp_buf_be32(out, NOBODY);
		fp_buf_be32(out, NOBODY);
		fp_buf_be32(out, 0); /* further groups: none */
	} else {
		fp_buf_be32(out, 0);
	}
	fp_buf_be32(out, RPC_CRED_NONE);
	fp_buf_be32(out, 0);
}

void
rpc_end(struct fp_buf *out)
{
	if (out->failed == FP_OK && out->len >= 4) {
		uint32_t mark = LAST_FRAGMENT | (uint32_t)(out->len - 4);
		for (int i = 0; i < 4; i++) {
			out->data[i] = (char)(mark >> (24 - 8 * i) & 0xFF);
		}
	}
}

/* ---- replies ---- */

/* One pass over the record marks; body (RPC_REPLY_MAX bytes) gets the fragments without them when it is given. */
static enum check_frame
unmark(uint8_t *body, size_t *n, const uint8_t *p, size_t len)
{
	struct fp_cur c = fp_cur_make(p, len);
	*n = 0;
	for (int i = 0; i < RPC_FRAGMENTS_MAX; i++) {
		uint32_t mark = fp_cur_be32(&c);
		size_t want = mark & ~LAST_FRAGMENT;
		if (c.bad) {
			return CHECK_FRAME_MORE;
		}
		if (want == 0 || want + c.off > RPC_REPLY_MAX) {
			return CHECK_FRAME_BROKEN;
		}
		const uint8_t *part = fp_cur_take(&c, want);
		if (part == NULL) {
			return CHECK_FRAME_MORE;
		}
		if (body != NULL) {
			memcpy(body + *n, part, want);
		}
		*n += want;
		if ((mark & LAST_FRAGMENT) != 0) {
			return fp_cur_left(&c) == 0 ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN;
		}
	}
	return CHECK_FRAME_BROKEN;
}

enum check_frame
rpc_frame(const uint8_t *p, size_t len)
{
	size_t n;
	return unmark(NULL, &n, p, len);
}

static enum rpc_said
read_accepted(struct rpc_reply *r, struct fp_cur *c)
{
	static const enum rpc_said stats[] = { RPC_DONE, RPC_NO_PROGRAM, RPC_NO_VERSION, RPC_NO_PROCEDURE, RPC_NO_PROCEDURE,
		RPC_NO_PROCEDURE };
	uint32_t len = 0, flavour = fp_cur_be32(c);
	const uint8_t *verifier = take_opaque(c, VERIFIER_MAX, &len);
	r->starttls = verifier != NULL && flavour == RPC_CRED_NONE && len == 8 && memcmp(verifier, "STARTTLS", 8) == 0;
	uint32_t stat = fp_cur_be32(c);
	if (c->bad || stat >= FP_COUNT(stats)) {
		return RPC_GARBAGE;
	}
	if (stats[stat] == RPC_NO_VERSION) {
		r->low = fp_cur_be32(c);
		r->high = fp_cur_be32(c);
	}
	bool empty = stats[stat] == RPC_DONE || fp_cur_left(c) == 0;
	return c->bad || !empty || r->low > r->high ? RPC_GARBAGE : stats[stat];
}

static enum rpc_said
read_denied(struct rpc_reply *r, struct fp_cur *c)
{
	uint32_t why = fp_cur_be32(c);
	r->auth = fp_cur_be32(c);
	/* why 0 is another version of RPC itself: nothing that speaks version 2 may say so to a call of version 2. */
	return c->bad || why != 1 || r->auth == 0 || r->auth > 14 || fp_cur_left(c) != 0 ? RPC_GARBAGE : RPC_REFUSED;
}

void
rpc_reply_read(struct rpc_reply *out, uint32_t xid, const uint8_t *p, size_t len)
{
	size_t n = 0;
	*out = (struct rpc_reply){ .said = RPC_GARBAGE };
	if (p == NULL || unmark(NULL, &n, p, len) != CHECK_FRAME_WHOLE) {
		return;
	}
	(void)unmark(out->body, &n, p, len);
	struct fp_cur c = fp_cur_make(out->body, n);
	uint32_t id = fp_cur_be32(&c), type = fp_cur_be32(&c), state = fp_cur_be32(&c);
	if (c.bad || id != xid || type != REPLY || state > 1) {
		return;
	}
	out->said = state == 0 ? read_accepted(out, &c) : read_denied(out, &c);
	if (out->said == RPC_DONE) {
		out->len = fp_cur_left(&c);
		memmove(out->body, out->body + c.off, out->len);
	}
}

/* ---- flavours ---- */

static const struct {
	enum nfs_flavour flavour;
	const char *name;
} flavour_names[] = {
	{ NFS_FLAVOUR_NONE, "none" },
	{ NFS_FLAVOUR_SYS, "sys" },
	{ NFS_FLAVOUR_AUTH, "krb5" },
	{ NFS_FLAVOUR_INTEGRITY, "krb5i" },
	{ NFS_FLAVOUR_PRIVACY, "krb5p" },
	{ NFS_FLAVOUR_OTHER, "others" },
};

void
nfs_flavours_text(char *out, size_t size, const struct nfs_flavours *f)
{
	size_t at = 0;
	(void)snprintf(out, size, "%s", "nothing");
	for (size_t i = 0; i < FP_COUNT(flavour_names); i++) {
		if ((f->set & flavour_names[i].flavour) != 0 && at < size) {
			int n = snprintf(out + at, size - at, "%s%s", at > 0 ? " " : "", flavour_names[i].name);
			at += n > 0 ? (size_t)n : 0;
		}
	}
}

/* A flavour by its number: those of RPC, and the numbers that stand for Kerberos and its services in MNT (RFC 2623 2.7). */
static enum nfs_flavour
flavour_of(uint32_t number)
{
	static const struct {
		uint32_t number;
		enum nfs_flavour flavour;
	} rows[] = { { 0, NFS_FLAVOUR_NONE }, { 1, NFS_FLAVOUR_SYS }, { 390003, NFS_FLAVOUR_AUTH },
		{ 390004, NFS_FLAVOUR_INTEGRITY }, { 390005, NFS_FLAVOUR_PRIVACY } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].number == number) {
			return rows[i].flavour;
		}
	}
	return NFS_FLAVOUR_OTHER;
}

/* The mechanism, a quality of protection, and the service, which is what counts. Only of Kerberos 5 is it known what the service is worth. */
static enum nfs_flavour
take_gss(struct fp_cur *c)
{
	static const uint8_t kerberos[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
	static const enum nfs_flavour services[] = { NFS_FLAVOUR_OTHER, NFS_FLAVOUR_AUTH, NFS_FLAVOUR_INTEGRITY,
		NFS_FLAVOUR_PRIVACY };
	uint32_t len = 0;
	const uint8_t *oid = take_opaque(c, 128, &len);
	(void)fp_cur_be32(c);
	uint32_t service = fp_cur_be32(c);
	if (c->bad || service == 0 || service > 3) {
		c->bad = true;
		return NFS_FLAVOUR_OTHER;
	}
	/* Some servers leave the DER tag and length before it. */
	if (len == sizeof(kerberos) + 2 && oid[0] == 6 && oid[1] == sizeof(kerberos)) {
		oid += 2;
		len -= 2;
	}
	return len == sizeof(kerberos) && memcmp(oid, kerberos, len) == 0 ? services[service] : NFS_FLAVOUR_OTHER;
}

static void
take_secinfo(struct nfs_flavours *f, struct fp_cur *c)
{
	uint32_t n = fp_cur_be32(c);
	c->bad = c->bad || n > SECINFO_MAX;
	for (uint32_t i = 0; i < n && !c->bad; i++) {
		uint32_t number = fp_cur_be32(c);
		enum nfs_flavour one = number == GSS ? take_gss(c) : flavour_of(number);
		f->set |= c->bad ? 0u : (unsigned)one;
		f->n++;
	}
}

/* ---- the COMPOUND ---- */

bool
nfs_path_split(struct nfs_path *out, const char *text)
{
	*out = (struct nfs_path){ .n = 0 };
	if (text == NULL || strlen(text) > CHECK_PATH_MAX) {
		return false;
	}
	for (const char *p = text + strspn(text, "/"); *p != '\0'; p += strspn(p, "/")) {
		size_t len = strcspn(p, "/");
		bool dots = (len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.');
		if (out->n == NFS_PARTS_MAX || dots || len > 255) {
			out->n = 0;
			return false;
		}
		out->part[out->n++] = (struct nfs_name){ p, len };
		p += len;
	}
	return true;
}

/* Operation i of the COMPOUND over n names; the writer and the reader go by the same order. There are n + 6. */
static enum op
op_at(size_t i, size_t n)
{
	static const enum op behind[] = { OP_SAVEFH, OP_SECINFO, OP_RESTOREFH, OP_LOOKUP, OP_GETATTR };
	return i == 0 ? OP_PUTROOTFH : i == 1 ? OP_GETATTR : i <= n ? OP_LOOKUP : behind[i - n - 1];
}

void
nfs_secinfo_call(struct fp_buf *out, uint32_t xid, enum rpc_credential cred, const struct nfs_path *path, size_t n)
{
	rpc_call(out, xid, RPC_NFS, 4, NFS4_COMPOUND, cred);
	rpc_put_opaque(out, TAG, strlen(TAG));
	fp_buf_be32(out, 0); /* minor version */
	fp_buf_be32(out, (uint32_t)n + 6);
	for (size_t i = 0; i < n + 6; i++) {
		enum op op = op_at(i, n);
		fp_buf_be32(out, op);
		if (op == OP_GETATTR) {
			fp_buf_be32(out, 1);
			fp_buf_be32(out, FSID_BIT);
		} else if (op == OP_LOOKUP || op == OP_SECINFO) {
			const struct nfs_name *name = &path->part[i <= n ? i - 2 : n - 1];
			rpc_put_opaque(out, name->p, name->len);
		}
	}
}

struct fsid {
	bool known;
	uint8_t id[16];
};

static void
take_fsid(struct fsid *f, struct fp_cur *c)
{
	uint32_t words = fp_cur_be32(c), set = 0, len = 0;
	c->bad = c->bad || words > 8;
	for (uint32_t i = 0; i < words && !c->bad; i++) {
		uint32_t word = fp_cur_be32(c);
		/* more than was asked for cannot be read */
		c->bad = c->bad || (word & ~(i == 0 ? FSID_BIT : 0u)) != 0;
		set |= word;
	}
	const uint8_t *p = take_opaque(c, 16, &len);
	c->bad = c->bad || len != (set != 0 ? 16u : 0u);
	f->known = !c->bad && set != 0;
	if (f->known) {
		memcpy(f->id, p, sizeof(f->id));
	}
}

/* What is gathered from the results, in order. */
struct walk {
	struct nfs_answer *a;
	struct fsid root, here;
};

static void
result_read(struct walk *w, struct fp_cur *c, size_t i, size_t n, uint32_t status)
{
	enum op op = op_at(i, n);
	if (status == NFS4_OK && op == OP_GETATTR) {
		take_fsid(i == 1 ? &w->root : &w->here, c);
		w->a->root = true;
	} else if (status == NFS4_OK && op == OP_SECINFO) {
		take_secinfo(&w->a->flavours, c);
		w->a->said = NFS_LISTED;
	} else if (op == OP_LOOKUP && i > n) {
		w->a->entered = status == NFS4_OK;
		w->a->turned_away = status == NFS4ERR_WRONGSEC || status == NFS4ERR_ACCESS || status == NFS4ERR_PERM;
	} else if (status == NFS4_OK && op == OP_LOOKUP) {
		w->a->names++;
	}
}

void
nfs_answer_read(struct nfs_answer *out, const uint8_t *body, size_t len, size_t n)
{
	struct fp_cur c = fp_cur_make(body, len);
	struct nfs_answer a = { .said = NFS_STOPPED };
	struct walk w = { .a = &a };
	uint32_t tag = 0, last = NFS4_OK;
	*out = (struct nfs_answer){ .said = NFS_GARBAGE };
	a.status = fp_cur_be32(&c);
	(void)take_opaque(&c, TAG_MAX, &tag);
	uint32_t results = fp_cur_be32(&c);
	/* Only a COMPOUND that was refused as a whole has no results. */
	if (c.bad || results > n + 6 || (results == 0 && a.status == NFS4_OK)) {
		return;
	}
	for (uint32_t i = 0; i < results && !c.bad; i++) {
		uint32_t op = fp_cur_be32(&c);
		last = fp_cur_be32(&c);
		/* An error ends the COMPOUND (RFC 7530 14.2): there is none but in the last result. */
		if (c.bad || op != (uint32_t)op_at(i, n) || (last != NFS4_OK && i + 1 != results)) {
			return;
		}
		result_read(&w, &c, i, n, last);
	}
	bool whole = results == 0 || (last == a.status && (last != NFS4_OK || results == n + 6));
	if (c.bad || !whole || fp_cur_left(&c) != 0) {
		return;
	}
	a.elsewhere = a.entered && w.root.known && w.here.known && memcmp(w.root.id, w.here.id, sizeof(w.root.id)) != 0;
	*out = a;
}

const char *
nfs_status_name(uint32_t status)
{
	static const struct {
		uint32_t status;
		const char *name;
	} rows[] = { { NFS4_OK, "NFS4_OK" }, { NFS4ERR_PERM, "NFS4ERR_PERM" }, { NFS4ERR_NOENT, "NFS4ERR_NOENT" },
		{ NFS4ERR_ACCESS, "NFS4ERR_ACCESS" }, { NFS4ERR_NOTDIR, "NFS4ERR_NOTDIR" }, { 22, "NFS4ERR_INVAL" },
		{ 63, "NFS4ERR_NAMETOOLONG" }, { 10004, "NFS4ERR_NOTSUPP" }, { 10006, "NFS4ERR_SERVERFAULT" },
		{ 10008, "NFS4ERR_DELAY" }, { 10013, "NFS4ERR_GRACE" }, { NFS4ERR_WRONGSEC, "NFS4ERR_WRONGSEC" },
		{ 10018, "NFS4ERR_RESOURCE" }, { 10019, "NFS4ERR_MOVED" }, { 10020, "NFS4ERR_NOFILEHANDLE" },
		{ NFS4ERR_MINOR_VERS_MISMATCH, "NFS4ERR_MINOR_VERS_MISMATCH" }, { 10029, "NFS4ERR_SYMLINK" },
		{ 10040, "NFS4ERR_BADCHAR" }, { 10041, "NFS4ERR_BADNAME" }, { 10044, "NFS4ERR_OP_ILLEGAL" } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].status == status) {
			return rows[i].name;
		}
	}
	return "?";
}

/* ---- the portmapper and MOUNT ---- */

void
portmap_getport_call(struct fp_buf *out, uint32_t xid, enum rpc_program program, uint32_t version)
{
	rpc_call(out, xid, RPC_PORTMAP, 2, 3, RPC_CRED_NONE);
	fp_buf_be32(out, (uint32_t)program);
	fp_buf_be32(out, version);
	fp_buf_be32(out, 6); /* TCP */
	fp_buf_be32(out, 0);
}

void
mount_call(struct fp_buf *out, uint32_t xid, bool mount, const char *path)
{
	rpc_call(out, xid, RPC_MOUNT, 3, mount ? 1 : 3, RPC_CRED_NONE);
	rpc_put_opaque(out, path, strlen(path));
}

void
mount_answer_read(struct mount_answer *out, const uint8_t *body, size_t len)
{
	struct fp_cur c = fp_cur_make(body, len);
	uint32_t handle = 0;
	struct mount_answer a = { .status = fp_cur_be32(&c) };
	*out = (struct mount_answer){ .ok = false };
	if (a.status == 0) {
		(void)take_opaque(&c, FHSIZE3, &handle);
		uint32_t n = fp_cur_be32(&c);
		c.bad = c.bad || n > SECINFO_MAX || handle == 0;
		for (uint32_t i = 0; i < n && !c.bad; i++) {
			a.flavours.set |= (unsigned)flavour_of(fp_cur_be32(&c));
			a.flavours.n++;
		}
	}
	a.ok = !c.bad && fp_cur_left(&c) == 0;
	if (a.ok) {
		*out = a;
	}
}
