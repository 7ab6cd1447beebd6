/*
 * The append-only record: each entry carries the hash of the one before it; a Merkle tree over the entry hashes (RFC 6962) gives short
 * receipts. Pure functions over entries: the store keeps them, in the same transaction as the change they tell of (law 7).
 */
#ifndef FP_LEDGER_LEDGER_H
#define FP_LEDGER_LEDGER_H

#include "base/buf.h"
#include "base/clock.h"

struct ledger_entry {
	int64_t seq; /* from 1, without gaps */
	fp_time at;
	char *actor;   /* "anna" or "fieldproof" */
	char *kind;    /* "device-import", "cell-claim", "observation", "reply-signed", ... */
	char *subject; /* "FSN2023-1338/SN123/Dx/patch" */
	char *body;    /* canonical JSON of the change */
	char prev[65]; /* hash of the entry before; 64 zeros for the first */
	char hash[65];
};
void ledger_entry_free(struct ledger_entry *e);

/* SHA-256 over canonical JSON of {seq, at, actor, kind, subject, body (as text), prev}; fills e->hash. */
enum fp_status ledger_entry_seal(struct ledger_entry *e, struct fp_err *err) FP_MUST_CHECK;

/*
 * Verify a chain fed entry by entry; names the first wrong entry and field as well as can be known: "entry 17: its content was
 * changed after it was written", "entry 18 does not follow 17", "entries 19-21 are missing". Keep one zeroed ledger_check per walk.
 */
struct ledger_check {
	int64_t seq;
	char hash[65];
	int64_t count;
};
enum fp_status ledger_check_entry(struct ledger_check *c, const struct ledger_entry *e, struct fp_err *err) FP_MUST_CHECK;

/* Merkle tree head over the hashes of n entries in order (hex); empty tree = SHA-256 of nothing. RFC 6962 section 2.1. */
enum fp_status ledger_tree_head(char out[65], const char (*hashes)[65], size_t n, struct fp_err *err) FP_MUST_CHECK;

/* Inclusion proof of entry index (0-based) in a tree of n: list of hex hashes into path (at most 64); RFC 6962 section 2.1.1. */
struct ledger_proof {
	int64_t index, size;
	size_t n;
	char path[64][65];
};
enum fp_status ledger_proof_make(
    struct ledger_proof *out, const char (*hashes)[65], size_t n, size_t index, struct fp_err *err) FP_MUST_CHECK;
/* FP_EINTEGRITY when the proof does not lead from leaf to head. */
enum fp_status ledger_proof_check(
    const struct ledger_proof *p, const char leaf[65], const char head[65], struct fp_err *err) FP_MUST_CHECK;

#endif
