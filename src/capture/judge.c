/*
 * From facts to verdicts. First what refutes, then what could have been missed, then whether anything was transferred at all; only then a pass.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "capture/capture_int.h"

#define N_(text) text /* marks a text for the catalogues */

/* What keeps from a verdict, the same for every question. */
/* clang-format off */
#define DOUBTS \
	{ "capture-filter", EVIDENCE_UNKNOWN, N_("Whose traffic was asked for cannot be read."), "capture-filtered" }, \
	{ "capture-damaged", EVIDENCE_UNKNOWN, N_("The facts of the capture cannot be read."), "capture" }, \
	{ "transfer-undecided", EVIDENCE_UNKNOWN, N_("Messages without protection may have been transfers of files; the capture does not show it."), "capture-from-start" }, \
	{ "capture-cut-off", EVIDENCE_UNKNOWN, N_("The capture file ends in the middle or is damaged."), "capture-whole" }, \
	{ "capture-limit", EVIDENCE_UNKNOWN, N_("The capture holds more conversations than are looked at."), "capture-filtered" }, \
	{ "capture-gaps", EVIDENCE_UNKNOWN, N_("Packets are missing in the capture."), "capture-whole" }, \
	{ "capture-fragments", EVIDENCE_UNKNOWN, N_("Packets are in fragments, which are not put together."), "capture-whole" }, \
	{ "not-understood", EVIDENCE_UNKNOWN, N_("There is traffic on the port that is not of the protocol."), "capture-filtered" }, \
	{ "start-missing", EVIDENCE_UNKNOWN, N_("A connection began before the capture did."), "capture-from-start" }, \
	{ "one-direction", EVIDENCE_UNKNOWN, N_("The capture holds only one direction."), "capture-both-directions" }, \
	{ "little-traffic", EVIDENCE_UNKNOWN, N_("There was protected traffic, but too little for a transfer."), "capture-during-transfer" }, \
	{ "only-handshake", EVIDENCE_UNKNOWN, N_("The connection is there, but nothing was transferred."), "capture-during-transfer" }, \
	{ "nothing-seen", EVIDENCE_UNKNOWN, N_("The capture holds no such traffic."), "capture-during-transfer" }, \
	{ NULL, EVIDENCE_NOTCHECKED, NULL, NULL }

const struct evidence_reason capture_smb5_reasons[] = {
	{ "encrypted-in-use", EVIDENCE_PASS, N_("All transfers in the capture were encrypted."), "" },
	{ "clear-transfer", EVIDENCE_FAIL, N_("A file was read or written without encryption."), "" },
	{ "smb1-transfer", EVIDENCE_FAIL, N_("A file was read or written with SMB1, which cannot encrypt."), "" },
	DOUBTS,
};

const struct evidence_reason capture_smb6_reasons[] = {
	{ "signed-in-use", EVIDENCE_PASS, N_("The client demands signing, and all transfers in the capture were signed."), "" },
	{ "encrypted-in-use", EVIDENCE_PASS, N_("The client demands signing, and all transfers in the capture were encrypted."), "" },
	{ "unsigned-transfer", EVIDENCE_FAIL, N_("A file was read or written without a signature."), "" },
	{ "smb1-signed", EVIDENCE_UNKNOWN, N_("Transfers were signed, but by SMB1, whose signature is weak."), "capture-without-smb1" },
	{ "client-demands-nothing", EVIDENCE_UNKNOWN, N_("Transfers were protected, but the client did not demand it."), "host-facts-smb-client" },
	DOUBTS,
};

const struct evidence_reason capture_nfs3_reasons[] = {
	{ "krb5p-in-use", EVIDENCE_PASS, N_("All NFS calls that transfer were encrypted with Kerberos."), "" },
	{ "krb5i-in-use", EVIDENCE_PASS, N_("All NFS calls that transfer were signed with Kerberos."), "" },
	{ "tls-in-use", EVIDENCE_PASS, N_("NFS ran inside of TLS."), "" },
	{ "clear-transfer", EVIDENCE_FAIL, N_("A file was read or written without encryption."), "" },
	{ "unsigned-transfer", EVIDENCE_FAIL, N_("A file was read or written without a signature."), "" },
	DOUBTS,
};
/* clang-format on */

static const struct {
	const char *check;
	enum capture_protocol protocol;
	const struct evidence_reason *reasons;
} questions[CAPTURE_QUESTIONS] = { { "SMB-5", CAPTURE_SMB, capture_smb5_reasons }, { "SMB-6", CAPTURE_SMB, capture_smb6_reasons },
	{ "NFS-3", CAPTURE_NFS, capture_nfs3_reasons }, { "NFS-3", CAPTURE_NFS, capture_nfs3_reasons } };

const struct evidence_reason *
capture_reasons(enum capture_question q)
{
	return questions[q].reasons;
}

const struct evidence_reason *
capture_reason_of(enum capture_question q, const char *code)
{
	for (const struct evidence_reason *r = questions[q].reasons; r->code != NULL; r++) {
		if (strcmp(r->code, code) == 0)
			return r;
	}
	return NULL;
}

/* A question to the facts and the reason when it holds. */
struct row {
	bool there;
	const char *code;
};

static const char *
first_of(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].there)
			return rows[i].code;
	}
	return NULL;
}

/* What kept us from seeing all; NULL when nothing did. */
static const char *
blind_spot(const struct capture *c, const struct capture_conv *v)
{
	const struct row rows[] = {
		{ c->cut_off, "capture-cut-off" },
		{ c->convs_over + c->left_out != 0, "capture-limit" },
		{ v->fragments != 0, "capture-fragments" },
		{ v->start_missing != 0, "start-missing" },
		{ v->gaps.count != 0, "capture-gaps" },
		{ v->not_understood.count != 0, "not-understood" },
		{ v->packets != 0 && (v->bytes[CAPTURE_TO_SERVER] == 0) != (v->bytes[CAPTURE_TO_CLIENT] == 0), "one-direction" },
	};

	return first_of(rows, FP_COUNT(rows));
}

/* Enough inside of encryption that it was a transfer? NULL: yes, in both directions. */
static const char *
too_little(const uint64_t bytes[CAPTURE_WAYS])
{
	if (bytes[0] + bytes[1] == 0)
		return "only-handshake";
	if (bytes[0] == 0 || bytes[1] == 0)
		return "one-direction";
	return bytes[0] + bytes[1] < CAPTURE_TRANSFER_MIN ? "little-traffic" : NULL;
}

static const char *
smb(const struct capture *c, const struct capture_conv *v, enum capture_question q)
{
	const struct capture_smb *s = &v->smb;
	const struct row refuted[][3] = {
		[CAPTURE_SMB_ENCRYPTED] = { { s->reads.count + s->writes.count != 0, "clear-transfer" },
		    { s->smb1_transfers.count != 0, "smb1-transfer" }, { s->undecided.count != 0, "transfer-undecided" } },
		[CAPTURE_SMB_SIGNED] = { { s->unsigned_transfers.count + s->smb1_unsigned.count != 0, "unsigned-transfer" },
		    { s->smb1_transfers.count != 0, "smb1-signed" }, { s->undecided_unsigned.count != 0, "transfer-undecided" } },
	};
	bool clear = s->reads.count + s->writes.count != 0; /* here: signed */
	const char *why = first_of(refuted[q], FP_COUNT(refuted[q]));

	if (why == NULL)
		why = blind_spot(c, v);
	if (why == NULL && clear && (s->signed_to[CAPTURE_TO_SERVER] == 0 || s->signed_to[CAPTURE_TO_CLIENT] == 0))
		why = "one-direction";
	if (why == NULL && !clear)
		why = too_little(s->transform_bytes);
	/* A server may demand what the client would do without: that is no setting of the client. */
	if (why == NULL && q == CAPTURE_SMB_SIGNED &&
	    (s->client_negotiates == 0 || s->client_signing_demands != s->client_negotiates))
		why = "client-demands-nothing";
	return why != NULL ? why : clear ? "signed-in-use" : "encrypted-in-use";
}

/* NFS: up to which protection a transfer refutes, and from which on it passes. */
static const char *
nfs(const struct capture *c, const struct capture_conv *v, enum capture_rpc enough)
{
	const struct capture_nfs *n = &v->nfs;
	uint64_t below = 0, kept = 0, seen = 0;
	const char *why;

	for (int way = 0; way < CAPTURE_RPC_WAYS; way++) {
		if (way < (int)enough && n->transfers[way].count != 0)
			return enough == CAPTURE_RPC_PRIVACY ? "clear-transfer" : "unsigned-transfer";
		*(way < (int)enough ? &below : &kept) += n->bytes[way];
		seen += way >= (int)enough ? n->transfers[way].count : 0;
	}
	if (below >= CAPTURE_TRANSFER_MIN)
		return "transfer-undecided"; /* so much that is no READ and no WRITE that we know */
	why = blind_spot(c, v);
	if (why != NULL)
		return why;
	if (kept == 0) {
		why = too_little(n->tls_bytes);
		return why != NULL ? why : "tls-in-use";
	}
	if (n->replies == 0)
		return "one-direction";
	if (seen == 0 && kept + n->reply_bytes < CAPTURE_TRANSFER_MIN)
		return "little-traffic";
	return n->bytes[CAPTURE_RPC_INTEGRITY] != 0 && enough == CAPTURE_RPC_INTEGRITY ? "krb5i-in-use" : "krb5p-in-use";
}

/* ---- the decisive facts in words ---- */

const struct capture_dialect capture_dialects[] = { { CAPTURE_DIALECT_1, "1" }, { CAPTURE_DIALECT_202, "2.0.2" },
	{ CAPTURE_DIALECT_210, "2.1" }, { CAPTURE_DIALECT_300, "3.0" }, { CAPTURE_DIALECT_302, "3.0.2" },
	{ CAPTURE_DIALECT_311, "3.1.1" }, { 0, NULL } };

static const char *
dialect_text(unsigned bits)
{
	for (const struct capture_dialect *d = capture_dialects; d->name != NULL; d++) { /* the weakest says most */
		if ((bits & d->bit) != 0)
			return d->name;
	}
	return "not seen";
}

static const char *
demand_text(uint64_t negotiates, uint64_t demands)
{
	return negotiates == 0 ? "not seen" : demands == negotiates ? "yes" : demands == 0 ? "no" : "not always";
}

static uint64_t
first_frame(const struct capture_conv *v, enum capture_question q)
{
	const struct capture_seen *rows[] = { &v->smb.unsigned_transfers, &v->smb.smb1_unsigned, &v->smb.reads, &v->smb.writes,
		&v->smb.smb1_transfers, &v->nfs.transfers[CAPTURE_RPC_CLEAR], &v->nfs.transfers[CAPTURE_RPC_GSS],
		&v->nfs.transfers[CAPTURE_RPC_INTEGRITY] };
	size_t from = q == CAPTURE_SMB_ENCRYPTED ? 2 : 0, to = q == CAPTURE_SMB_SIGNED ? 2 : q == CAPTURE_NFS_INTACT ? 7 : 8;
	uint64_t first = UINT64_MAX;

	for (size_t i = from; i < to; i++) {
		if (rows[i]->count != 0 && rows[i]->frame < first)
			first = rows[i]->frame;
	}
	return first;
}

static void
tell(char *out, size_t size, const struct capture_conv *v, enum capture_question q, bool refuted)
{
	const struct capture_smb *s = &v->smb;
	const struct capture_nfs *n = &v->nfs;
	char where[48] = "";

	if (refuted)
		(void)snprintf(where, sizeof(where), ", first at frame %" PRIu64, first_frame(v, q));
	if (v->protocol == CAPTURE_SMB)
		(void)snprintf(out, size,
		    "dialect %s, %" PRIu64 " encrypted messages; in clear %" PRIu64 " reads, %" PRIu64 " writes, %" PRIu64
		    " unsigned%s; client demands signing: %s%s",
		    dialect_text(s->dialects), s->transforms[0] + s->transforms[1], s->reads.count,
		    s->writes.count + s->smb1_transfers.count, s->unsigned_transfers.count + s->smb1_unsigned.count, where,
		    demand_text(s->client_negotiates, s->client_signing_demands),
		    s->multichannel ? "; multichannel: other paths may be missing" : "");
	else
		(void)snprintf(out, size,
		    "calls: %" PRIu64 " AUTH_SYS, %" PRIu64 " krb5, %" PRIu64 " krb5i, %" PRIu64 " krb5p, %" PRIu64
		    " bytes in TLS%s",
		    n->calls[0], n->calls[1], n->calls[2], n->calls[3], n->tls_bytes[0] + n->tls_bytes[1], where);
}

static void
give(struct evidence_verdict *out, enum capture_question q, const char *code)
{
	const struct evidence_reason *row = capture_reason_of(q, code);

	memset(out, 0, sizeof(*out));
	out->result = row->result;
	out->level = EVIDENCE_L0;
	fp_utf8_copy(out->check, sizeof(out->check), questions[q].check);
	fp_utf8_copy(out->reason, sizeof(out->reason), row->code);
	fp_utf8_copy(out->settle, sizeof(out->settle), row->settle);
}

void
capture_judge_conv(struct evidence_verdict *out, const struct capture *c, const struct capture_conv *v, enum capture_question q)
{
	const char *code = v->protocol != questions[q].protocol ? "nothing-seen"
			   : v->protocol == CAPTURE_SMB
			       ? smb(c, v, q)
			       : nfs(c, v, q == CAPTURE_NFS_PRIVATE ? CAPTURE_RPC_PRIVACY : CAPTURE_RPC_INTEGRITY);

	give(out, q, code);
	tell(out->detail, sizeof(out->detail), v, q, out->result == EVIDENCE_FAIL);
}

static bool
same(const struct capture_address *asked, const struct capture_address *a)
{
	return asked->family == 0 || memcmp(asked, a, sizeof(*a)) == 0;
}

bool
capture_let_through(const struct capture_filter *f, const struct capture_conv *v)
{
	return same(&f->client, &v->client) && same(&f->server, &v->server) && (f->port == 0 || f->port == v->port);
}

bool
capture_within(const struct capture_filter *f, const struct capture_filter *whole)
{
	return same(&whole->client, &f->client) && same(&whole->server, &f->server) &&
	       (whole->port == 0 || whole->port == f->port);
}

/* Which verdict speaks for all: the larger. A conversation that only greeted says nothing beside one that transferred. */
int
capture_weight(const struct evidence_verdict *v)
{
	bool idle = strcmp(v->reason, "only-handshake") == 0 || strcmp(v->reason, "little-traffic") == 0;

	return v->result == EVIDENCE_FAIL ? 4 : v->result == EVIDENCE_PASS ? 2 : idle ? 1 : 3;
}

void
capture_judge(struct evidence_verdict *out, const struct capture *c, enum capture_question q, const struct capture_filter *f)
{
	static const struct capture_filter any;
	const struct capture_filter *filter = f != NULL ? f : &any;
	/* Asked for more than is here: what is elsewhere could refute. */
	bool missed = c->elsewhere != 0 && !capture_within(filter, &c->kept);
	int best = 0;

	give(out, q,
	    c->cut_off                                   ? "capture-cut-off"
	    : missed || c->convs_over + c->left_out != 0 ? "capture-limit"
							 : "nothing-seen");
	for (size_t i = 0; i < c->n_convs; i++) {
		struct evidence_verdict v;
		if (c->convs[i].protocol != questions[q].protocol || !capture_let_through(filter, &c->convs[i]))
			continue;
		capture_judge_conv(&v, c, &c->convs[i], q);
		if (v.result == EVIDENCE_PASS && missed)
			give(&v, q, "capture-limit");
		if (capture_weight(&v) > best) {
			best = capture_weight(&v);
			*out = v;
		}
	}
}
