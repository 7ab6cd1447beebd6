/*
 * ONC RPC over TCP, and the few calls of NFS that need no log-on: the requests that the probes send and a strict reading of the answers.
 * Sources: RFC 5531 (RPC; section 11 record marking), RFC 7530 and 7531 (NFSv4.0: COMPOUND, SECINFO), RFC 1813 appendix I (MOUNT version 3),
 * RFC 1833 3 (portmapper), RFC 9289 4.1 (AUTH_TLS, STARTTLS), RFC 2623 2.7 (numbers of the Kerberos flavours).
 */
#ifndef FP_CHECK_NFS_PROTO_H
#define FP_CHECK_NFS_PROTO_H

#include "base/buf.h"
#include "check/probe.h"
#include "check/target.h"

#define RPC_REPLY_MAX 8192  /* bytes of a reply with its record marks; the longest that is asked for has a few hundred */
#define RPC_FRAGMENTS_MAX 8 /* of one reply */
#define NFS_PARTS_MAX 24    /* names of a path; with CHECK_PATH_MAX it keeps a request under CHECK_REQUEST_MAX */

enum rpc_program { RPC_PORTMAP = 100000, RPC_NFS = 100003, RPC_MOUNT = 100005 };
/* How a call says who asks: nobody; user number 65534 ("nobody") without a machine name; or the question for TLS, which says nothing else. */
enum rpc_credential { RPC_CRED_NONE = 0, RPC_CRED_SYS = 1, RPC_CRED_TLS = 7 };

/* Begin a call; the caller appends the arguments, then rpc_end sets the record mark. out holds nothing else. */
void rpc_call(
    struct fp_buf *out, uint32_t xid, enum rpc_program program, uint32_t version, uint32_t procedure, enum rpc_credential cred);
void rpc_end(struct fp_buf *out);
void rpc_put_opaque(struct fp_buf *out, const void *data, size_t len); /* XDR: length, bytes, zeros to a multiple of four */

/* Framing of a stream: MORE until the last fragment is whole; BROKEN over RPC_REPLY_MAX, over RPC_FRAGMENTS_MAX, or with an empty fragment. */
enum check_frame rpc_frame(const uint8_t *p, size_t len);

enum rpc_said {
	RPC_GARBAGE,      /* not a well-formed reply to our call */
	RPC_DONE,         /* accepted and carried out; the results are in body */
	RPC_NO_PROGRAM,   /* the program is not there */
	RPC_NO_VERSION,   /* the program is there, in versions low to high */
	RPC_NO_PROCEDURE, /* accepted, but not carried out */
	RPC_REFUSED       /* denied for who asks: auth is the auth_stat */
};

struct rpc_reply {
	enum rpc_said said;
	uint32_t low, high, auth;
	bool starttls; /* the verifier is AUTH_NONE with the eight bytes STARTTLS (RFC 9289 4.1) */
	size_t len;    /* of body */
	uint8_t body[RPC_REPLY_MAX];
};
/* Read the reply to the call with that xid out of its fragments. */
void rpc_reply_read(struct rpc_reply *out, uint32_t xid, const uint8_t *p, size_t len);

/* ---- flavours of an export ---- */

enum nfs_flavour {
	NFS_FLAVOUR_NONE = 1,
	NFS_FLAVOUR_SYS = 2,
	NFS_FLAVOUR_AUTH = 4,      /* RPCSEC_GSS, service "none": krb5 */
	NFS_FLAVOUR_INTEGRITY = 8, /* krb5i */
	NFS_FLAVOUR_PRIVACY = 16,  /* krb5p */
	NFS_FLAVOUR_OTHER = 32     /* anything else; who lists it takes more than we can name */
};
struct nfs_flavours {
	unsigned set; /* of enum nfs_flavour */
	size_t n;     /* entries of the list */
};
void nfs_flavours_text(char *out, size_t size, const struct nfs_flavours *f); /* "sys krb5p"; "nothing" */

/* ---- NFSv4.0: one COMPOUND that walks to a path and asks for its flavours ---- */

struct nfs_path {
	size_t n;
	struct nfs_name {
		const char *p; /* borrowed */
		size_t len;
	} part[NFS_PARTS_MAX];
};
/* "/export/runs" into its names. False when it is over CHECK_PATH_MAX or NFS_PARTS_MAX, or has a part "." or "..". The root has no names. */
bool nfs_path_split(struct nfs_path *out, const char *text);

/*
 * COMPOUND {PUTROOTFH, GETATTR fsid, LOOKUP of all names but the last, SAVEFH, SECINFO last, RESTOREFH, LOOKUP last, GETATTR fsid} over the first
 * n names of the path (1 or more): what the server says of it, and what it does when it is entered. Nothing is opened or read.
 */
/* All calls from here on still want rpc_end. */
void nfs_secinfo_call(struct fp_buf *out, uint32_t xid, enum rpc_credential cred, const struct nfs_path *path, size_t n);

#define NFS4_OK 0u
#define NFS4ERR_PERM 1u
#define NFS4ERR_NOENT 2u
#define NFS4ERR_ACCESS 13u
#define NFS4ERR_NOTDIR 20u
#define NFS4ERR_WRONGSEC 10016u
#define NFS4ERR_MINOR_VERS_MISMATCH 10021u

enum nfs_said {
	NFS_GARBAGE, /* no well-formed answer to this COMPOUND */
	NFS_STOPPED, /* it ended before the list, with status */
	NFS_LISTED   /* the list came; status is how the COMPOUND ended behind it */
};
struct nfs_answer {
	enum nfs_said said;
	uint32_t status;
	bool root;    /* the server's root could be entered */
	size_t names; /* STOPPED: names that were entered before; the one behind them refused */
	struct nfs_flavours flavours;
	bool entered;     /* LISTED: the LOOKUP of the path itself succeeded */
	bool turned_away; /* LISTED: that LOOKUP was refused for who asks: WRONGSEC, ACCESS or PERM */
	bool elsewhere;   /* entered, and its file system is another one than the root's */
};
/* body as rpc_reply_read gave it; n as in the call. */
void nfs_answer_read(struct nfs_answer *out, const uint8_t *body, size_t len, size_t n);
const char *nfs_status_name(uint32_t status); /* "NFS4ERR_WRONGSEC"; "?" */

/* ---- the portmapper, and MOUNT version 3 ---- */

/* GETPORT (version 2): the TCP port of that program and version; the result is one number, 0 when it is not there. */
void portmap_getport_call(struct fp_buf *out, uint32_t xid, enum rpc_program program, uint32_t version);
/* MNT, or UMNT, of a path, AUTH_NONE. MNT makes the server note the caller's address as a client; UMNT takes that back. */
void mount_call(struct fp_buf *out, uint32_t xid, bool mount, const char *path);

struct mount_answer {
	bool ok; /* well formed */
	uint32_t status;
	struct nfs_flavours flavours;
};
/* Results of MNT: status, and when that is 0 a handle (passed over) and the flavours. */
void mount_answer_read(struct mount_answer *out, const uint8_t *body, size_t len);

#endif
