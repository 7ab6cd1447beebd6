/*
 * From facts to verdicts. First what refutes, then what could have been missed, then whether anything was transferred at all; only then a pass.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "capture/capture_int.h"

static const struct evidence_reason reasons[] = {
	{ "encrypted-in-use", EVIDENCE_PASS, "All transfers in the capture were encrypted.", "" },
	{ "signed-in-use", EVIDENCE_PASS, "All transfers in the capture were signed.", "" },
	{ "krb5p-in-use", EVIDENCE_PASS, "All NFS calls that transfer were encrypted with Kerberos.", "" },
	{ "krb5i-in-use", EVIDENCE_PASS, "All NFS calls that transfer were signed with Kerberos.", "" },
	{ "tls-in-use", EVIDENCE_PASS, "NFS ran inside of TLS.", "" },
	{ "clear-transfer", EVIDENCE_FAIL, "A file was read or written without encryption.", "" },
	{ "unsigned-transfer", EVIDENCE_FAIL, "A file was read or written without a signature.", "" },
	{ "smb1-transfer", EVIDENCE_FAIL, "A file was read or written with SMB1, which cannot encrypt.", "" },
	{ "smb1-signed", EVIDENCE_UNKNOWN, "Transfers were signed, but by SMB1, whose signature is weak.",
	    "capture-without-smb1" },
	{ "transfer-undecided", EVIDENCE_UNKNOWN,
	    "Messages outside of encryption may have been transfers of files; the capture does not show it.",
	    "capture-from-start" },
	{ "capture-cut-off", EVIDENCE_UNKNOWN, "The capture file ends in the middle or is damaged.", "capture-whole" },
	{ "capture-limit", EVIDENCE_UNKNOWN, "The capture holds more conversations than are looked at.", "capture-filtered" },
	{ "capture-gaps", EVIDENCE_UNKNOWN, "Packets are missing in the capture.", "capture-whole" },
	{ "capture-fragments", EVIDENCE_UNKNOWN, "Packets are in fragments, which are not put together.", "capture-whole" },
	{ "not-understood", EVIDENCE_UNKNOWN, "There is traffic on the port that is not of the protocol.", "capture-filtered" },
	{ "start-missing", EVIDENCE_UNKNOWN, "A connection began before the capture did.", "capture-from-start" },
	{ "one-direction", EVIDENCE_UNKNOWN, "The capture holds only one direction.", "capture-both-directions" },
	{ "little-traffic", EVIDENCE_UNKNOWN, "There was protected traffic, but too little for a transfer.",
	    "capture-during-transfer" },
	{ "only-handshake", EVIDENCE_UNKNOWN, "The connection is there, but nothing was transferred.",
	    "capture-during-transfer" },
	{ "nothing-seen", EVIDENCE_UNKNOWN, "The capture holds no such traffic.", "capture-during-transfer" },
};

static const char *const checks[CAPTURE_QUESTIONS] = { "SMB-5", "SMB-6", "NFS-3", "NFS-3" };

const struct evidence_reason *
capture_reason_at(size_t i)
{
	return i < FP_COUNT(reasons) ? &reasons[i] : NULL;
}

const struct evidence_reason *
capture_reason_of(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(reasons); i++) {
		if (strcmp(reasons[i].code, code) == 0)
			return &reasons[i];
	}
	return NULL;
}

/* What kept us from seeing all; NULL when nothing did. */
static const char *
blind_spot(const struct capture *c, const struct capture_conv *v)
{
	const struct {
		bool there;
		const char *code;
	} rows[] = {
		{ c->cut_off, "capture-cut-off" },
		{ c->convs_over != 0, "capture-limit" },
		{ v->fragments != 0, "capture-fragments" },
		{ v->start_missing != 0, "start-missing" },
		{ v->gaps.count != 0, "capture-gaps" },
		{ v->not_understood.count != 0, "not-understood" },
		{ v->packets != 0 && (v->bytes[CAPTURE_TO_SERVER] == 0) != (v->bytes[CAPTURE_TO_CLIENT] == 0), "one-direction" },
	};

	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].there)
			return rows[i].code;
	}
	return NULL;
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
smb_encrypted(const struct capture *c, const struct capture_conv *v)
{
	const struct capture_smb *s = &v->smb;
	const char *why;

	if (s->reads.count + s->writes.count != 0)
		return "clear-transfer";
	if (s->smb1_transfers.count != 0)
		return "smb1-transfer";
	if (s->undecided.count != 0)
		return "transfer-undecided";
	why = blind_spot(c, v);
	if (why == NULL)
		why = too_little(s->transform_bytes);
	return why != NULL ? why : "encrypted-in-use";
}

static const char *
smb_signed(const struct capture *c, const struct capture_conv *v)
{
	const struct capture_smb *s = &v->smb;
	const char *why;

	if (s->unsigned_transfers.count + s->smb1_unsigned.count != 0)
		return "unsigned-transfer";
	if (s->smb1_transfers.count != 0)
		return "smb1-signed";
	if (s->undecided_unsigned.count != 0)
		return "transfer-undecided";
	why = blind_spot(c, v);
	if (why != NULL)
		return why;
	if (s->reads.count + s->writes.count != 0)
		return s->signed_to[CAPTURE_TO_SERVER] == 0 || s->signed_to[CAPTURE_TO_CLIENT] == 0 ? "one-direction"
												    : "signed-in-use";
	why = too_little(s->transform_bytes);
	return why != NULL ? why : "encrypted-in-use";
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

static const char *
dialect_text(unsigned bits)
{
	static const struct {
		unsigned bit;
		const char *name;
	} rows[] = { { CAPTURE_DIALECT_1, "1" }, { CAPTURE_DIALECT_202, "2.0.2" }, { CAPTURE_DIALECT_210, "2.1" },
		{ CAPTURE_DIALECT_300, "3.0" }, { CAPTURE_DIALECT_302, "3.0.2" }, { CAPTURE_DIALECT_311, "3.1.1" } };

	for (size_t i = 0; i < FP_COUNT(rows); i++) { /* the weakest says most */
		if ((bits & rows[i].bit) != 0)
			return rows[i].name;
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
	const struct evidence_reason *row = capture_reason_of(code);

	memset(out, 0, sizeof(*out));
	out->result = row->result;
	out->level = EVIDENCE_L0;
	fp_utf8_copy(out->check, sizeof(out->check), checks[q]);
	fp_utf8_copy(out->reason, sizeof(out->reason), row->code);
	fp_utf8_copy(out->settle, sizeof(out->settle), row->settle);
}

static enum capture_protocol
protocol_of(enum capture_question q)
{
	return q == CAPTURE_SMB_ENCRYPTED || q == CAPTURE_SMB_SIGNED ? CAPTURE_SMB : CAPTURE_NFS;
}

void
capture_judge_conv(struct evidence_verdict *out, const struct capture *c, const struct capture_conv *v, enum capture_question q)
{
	const char *code = v->protocol != protocol_of(q) ? "nothing-seen"
			   : q == CAPTURE_SMB_ENCRYPTED  ? smb_encrypted(c, v)
			   : q == CAPTURE_SMB_SIGNED
			       ? smb_signed(c, v)
			       : nfs(c, v, q == CAPTURE_NFS_PRIVATE ? CAPTURE_RPC_PRIVACY : CAPTURE_RPC_INTEGRITY);

	give(out, q, code);
	tell(out->detail, sizeof(out->detail), v, q, out->result == EVIDENCE_FAIL);
}

static bool
let_through(const struct capture_filter *f, const struct capture_conv *v)
{
	if (f == NULL)
		return true;
	return (f->client == NULL || memcmp(f->client, &v->client, sizeof(v->client)) == 0) &&
	       (f->server == NULL || memcmp(f->server, &v->server, sizeof(v->server)) == 0) &&
	       (f->port == 0 || f->port == v->port);
}

/* Which verdict speaks for all: the larger. A conversation that only greeted says nothing beside one that transferred. */
static int
weight(const struct evidence_verdict *v)
{
	bool idle = strcmp(v->reason, "only-handshake") == 0 || strcmp(v->reason, "little-traffic") == 0;

	return v->result == EVIDENCE_FAIL ? 4 : v->result == EVIDENCE_PASS ? 2 : idle ? 1 : 3;
}

void
capture_judge(struct evidence_verdict *out, const struct capture *c, enum capture_question q, const struct capture_filter *f)
{
	int best = 0;

	give(out, q, c->cut_off ? "capture-cut-off" : c->convs_over != 0 ? "capture-limit" : "nothing-seen");
	for (size_t i = 0; i < c->n_convs; i++) {
		struct evidence_verdict v;
		if (c->convs[i].protocol != protocol_of(q) || !let_through(f, &c->convs[i]))
			continue;
		capture_judge_conv(&v, c, &c->convs[i], q);
		if (weight(&v) > best) {
			best = weight(&v);
			*out = v;
		}
	}
}
