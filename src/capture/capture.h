/*
 * Captures of network traffic (pcap, pcapng): were transfers encrypted and signed in use? A file is read once, as a stream; what stays are facts for
 * each conversation (client, server, port): counts, flags, times and frame numbers. Names, paths and contents are never kept: of a message only
 * its header is looked at, and of that only what stands below. Verdicts are a pure function of the facts.
 *
 * SMB: MS-SMB2 2.2 (headers, NEGOTIATE, SESSION_SETUP, TREE_CONNECT, transform headers), MS-CIFS 2.2 for SMB1. NFS: RFC 5531 (RPC), RFC 2203
 * (RPCSEC_GSS), RFC 9289 (RPC with TLS), RFC 1813, RFC 8881. Checksums are not looked at: a capture on the sending host has none yet.
 */
#ifndef FP_CAPTURE_CAPTURE_H
#define FP_CAPTURE_CAPTURE_H

#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/status.h"
#include "evidence/evidence.h"

#define CAPTURE_PORTS_MAX 8
#define CAPTURE_CONVS_MAX 8192         /* conversations with facts; more are counted only, and no verdict is a pass then */
#define CAPTURE_FLOWS_MAX 16384        /* TCP connections followed at a time; the one that was quiet longest gives way */
#define CAPTURE_WINDOW (1 << 20)       /* bytes of one direction that wait for a missing segment; then it counts as lost */
#define CAPTURE_WAITING_MAX (32 << 20) /* the same for all connections together */
/* Inside encryption a READ looks like any other message: this many protected bytes are taken as a transfer, fewer as "cannot tell". */
#define CAPTURE_TRANSFER_MIN 65536
#define CAPTURE_JSON_MAX ((size_t)400 << 10) /* bytes of facts as JSON, so that they fit one observation */
#define CAPTURE_FORMAT "fieldproof-capture-1"

enum capture_way { CAPTURE_TO_SERVER, CAPTURE_TO_CLIENT, CAPTURE_WAYS };
enum capture_protocol { CAPTURE_SMB, CAPTURE_NFS };

struct capture_options {
	uint16_t smb_ports[CAPTURE_PORTS_MAX]; /* besides 445 and 139; unused ones are 0 */
	uint16_t nfs_ports[CAPTURE_PORTS_MAX]; /* besides 2049 */
};

struct capture_address {
	uint8_t family; /* 4 or 6 */
	uint8_t bytes[16];
};

/* How often, and where first: frame counts from 1 as other programs do. */
struct capture_seen {
	uint64_t count;
	uint64_t frame;
	fp_time at;
};

/* Facts about SMB. A transfer is a READ or WRITE of a share that is no pipe, asked or answered with data, outside of encryption. */
struct capture_smb {
	unsigned dialects;                      /* negotiated, CAPTURE_DIALECT_* bits */
	uint64_t client_negotiates;             /* NEGOTIATE requests of SMB2 */
	uint64_t client_signing_demands;        /* of these: SecurityMode says required */
	uint64_t client_encryption_offers;      /* of these: capability or context for encryption */
	uint64_t server_negotiates;             /* answers */
	uint64_t server_signing_demands;        /* of these: SecurityMode says required */
	uint64_t server_encryption_offers;      /* of these: capability or cipher for encryption */
	bool multichannel;                      /* both sides said that they can: a second path may lie outside the capture */
	uint64_t bindings;                      /* SESSION_SETUP that binds a further channel */
	uint64_t sessions;                      /* SESSION_SETUP answered with success */
	uint64_t guests, nobodies, encrypting;  /* of these with IS_GUEST, IS_NULL, ENCRYPT_DATA */
	uint64_t trees, encrypting_trees;       /* TREE_CONNECT answered with success, of these with SHAREFLAG_ENCRYPT_DATA */
	uint64_t transforms[CAPTURE_WAYS];      /* encrypted messages */
	uint64_t transform_bytes[CAPTURE_WAYS]; /* of their frames */
	uint64_t compressed[CAPTURE_WAYS];      /* compressed and not encrypted */
	uint64_t clear[CAPTURE_WAYS];           /* messages behind the log-on outside of encryption, of any kind */
	struct capture_seen reads, writes;      /* transfers of SMB2 in clear */
	struct capture_seen unsigned_transfers; /* of these without a signature */
	uint64_t signed_to[CAPTURE_WAYS];       /* READ and WRITE of SMB2 with a signature, of a file or undecided */
	uint64_t pipe_transfers;                /* READ and WRITE of pipes in clear: no files */
	struct capture_seen
	    undecided; /* READ and WRITE in clear that may be of a pipe or of a file, compressed ones that cannot be read */
	struct capture_seen undecided_unsigned; /* of these without a signature, and late answers without one */
	uint64_t smb1;                          /* messages of SMB1 */
	struct capture_seen smb1_transfers;
	struct capture_seen smb1_unsigned;
};
#define CAPTURE_DIALECT_202 0x01u
#define CAPTURE_DIALECT_210 0x02u
#define CAPTURE_DIALECT_300 0x04u
#define CAPTURE_DIALECT_302 0x08u
#define CAPTURE_DIALECT_311 0x10u
#define CAPTURE_DIALECT_1 0x20u /* SMB1 messages beyond NEGOTIATE */

/* How an RPC call to NFS was protected. */
enum capture_rpc {
	CAPTURE_RPC_CLEAR, /* AUTH_SYS, AUTH_NONE, other flavours */
	CAPTURE_RPC_GSS,   /* RPCSEC_GSS, service none (krb5) */
	CAPTURE_RPC_INTEGRITY,
	CAPTURE_RPC_PRIVACY,
	CAPTURE_RPC_WAYS
};

struct capture_nfs {
	uint64_t calls[CAPTURE_RPC_WAYS]; /* to program 100003 but NULL and the making of contexts */
	uint64_t bytes[CAPTURE_RPC_WAYS];
	struct capture_seen
	    transfers[CAPTURE_RPC_WAYS]; /* READ and WRITE as far as they can be seen: never in NFSv4 with privacy */
	uint64_t replies, reply_bytes;
	uint64_t tls_asked, tls_granted;  /* NULL with AUTH_TLS, its answer STARTTLS */
	uint64_t tls_bytes[CAPTURE_WAYS]; /* of TLS records with application data */
};

struct capture_conv {
	enum capture_protocol protocol;
	struct capture_address client, server;
	uint16_t port; /* of the server */
	fp_time first, last;
	uint64_t connections;
	uint64_t packets;
	uint64_t bytes[CAPTURE_WAYS]; /* payload of TCP, in order */
	/* What could not be seen. */
	uint64_t start_missing;             /* connections whose SYN is not in the capture */
	struct capture_seen gaps;           /* places where messages may be missing */
	uint64_t lost_bytes;                /* in these */
	uint64_t body_bytes_lost;           /* missing inside of a body whose header was seen: no message is lost (snap length) */
	uint64_t fragments;                 /* IP fragments with our port */
	struct capture_seen not_understood; /* frames that are not of the protocol */
	uint64_t resent, reordered;         /* segments; for information */
	struct capture_smb smb;
	struct capture_nfs nfs;
};

/* Which conversations count; family 0 and port 0: any. */
struct capture_filter {
	struct capture_address client, server;
	uint16_t port;
};

struct capture {
	uint64_t file_bytes;          /* of the file, and its SHA-256: set by who opened it */
	char sha256[65];              /* "" while it is not known */
	uint64_t frames, frame_bytes; /* records read, bytes captured in them */
	fp_time first, last;
	bool cut_off; /* the file ends inside a record, or a record is broken: cut_off_why says which */
	char cut_off_why[160];
	uint64_t fragments;  /* IP fragments of TCP, whatever the port */
	uint64_t other;      /* frames that are no TCP or UDP over IP, or whose headers are broken */
	uint64_t convs_over; /* connections beyond CAPTURE_CONVS_MAX: not looked at */
	uint64_t flows_evicted;
	size_t peak_waiting;        /* most bytes that waited for missing segments */
	struct capture_conv *convs; /* ordered by their first frame */
	size_t n_convs, cap_convs;
	/* Facts that were made small (capture_json_write): */
	struct capture_filter kept; /* only these conversations are here */
	uint64_t elsewhere;         /* conversations that it did not let through */
	uint64_t left_out; /* conversations that it let through, but for which there was no room; no verdict is a pass then */
};

/*
 * Read a capture to its end; o may be NULL. FP_EINVAL: no capture file; FP_EUNSUPPORTED: a link type that is not read (Ethernet, raw IP, Linux
 * cooked v1 and v2, BSD null/loop are); FP_ENOTFOUND, FP_EIO, FP_ENOMEM. A file that is
 * cut off or broken further on (or a pcapng with a second interface of another type) is no error: what was read stays, with .cut_off.
 */
enum fp_status capture_read(
    struct capture **out, const char *path, const struct capture_options *o, struct fp_err *err) FP_MUST_CHECK;
/* As capture_read from an open file, which it closes in any case. name is for messages. */
enum fp_status capture_read_file(
    struct capture **out, FILE *file, const char *name, const struct capture_options *o, struct fp_err *err) FP_MUST_CHECK;
void capture_free(struct capture *c);
void capture_freep(struct capture **c);

/*
 * Facts as canonical JSON (docs/capture.md), at most max bytes (0: CAPTURE_JSON_MAX): only conversations that f (NULL: all) lets through; when there are more than
 * fit, those that refute first, then those that leave doubt, and the others are counted. FP_EINVAL: no hash, or c holds only conversations outside of f; FP_ELIMIT: max
 * is less than the head needs; FP_ENOMEM.
 */
enum fp_status capture_json_write(
    struct fp_buf *out, const struct capture *c, const struct capture_filter *f, size_t max, struct fp_err *err) FP_MUST_CHECK;
/* Reads what write wrote; other programs may have: types, limits and what must agree are checked. FP_EINVAL with the place, FP_EUNSUPPORTED: another format. */
enum fp_status capture_json_read(struct capture **out, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;
/* Does this look like such facts, or like a capture file (pcap, pcapng), from its first bytes? */
bool capture_json_is(const void *bytes, size_t len);
bool capture_file_is(const void *bytes, size_t len);

/* What can be asked of a capture. */
enum capture_question {
	CAPTURE_SMB_ENCRYPTED, /* "SMB-5": transfers encrypted in use */
	CAPTURE_SMB_SIGNED, /* "SMB-6": the client demands signing, and transfers are signed (or encrypted, which is more) in use */
	CAPTURE_NFS_PRIVATE, /* "NFS-3": krb5p or TLS in use */
	CAPTURE_NFS_INTACT,  /* "NFS-3" at the level of integrity: krb5i will do */
	CAPTURE_QUESTIONS
};

/* The reasons of the checks, each ends with code NULL; those of a question; and the row of a code, NULL for none. */
extern const struct evidence_reason capture_smb5_reasons[], capture_smb6_reasons[], capture_nfs3_reasons[];
const struct evidence_reason *capture_reasons(enum capture_question q);
const struct evidence_reason *capture_reason_of(enum capture_question q, const char *code);

/*
 * Pure: the verdict of one conversation, and of all that f lets through (one fail fails; then one unknown is unknown; conversations without any transfer
 * do not count beside others). Never a pass when anything could have been missed; f NULL: all. level is EVIDENCE_L0; obs stays "".
 */
void capture_judge_conv(
    struct evidence_verdict *out, const struct capture *c, const struct capture_conv *conv, enum capture_question q);
void capture_judge(
    struct evidence_verdict *out, const struct capture *c, enum capture_question q, const struct capture_filter *f);

#define CAPTURE_ADDRESS_MAX 48
/* "10.0.0.1", "fe80::1" into out; returns out. And back; false when it is no address. */
char *capture_address_text(char out[CAPTURE_ADDRESS_MAX], const struct capture_address *a);
bool capture_address_of(struct capture_address *out, const char *text);

#endif
