/*
 * The Merkle tree of RFC 6962 section 2.1 over leaf hashes. Private to ledger/; apart so that the RFC's test vectors reach it.
 */
#ifndef FP_LEDGER_MERKLE_H
#define FP_LEDGER_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_PATH_MAX 64

struct merkle_hash {
	uint8_t b[32];
};

/* SHA-256(0x00 || data). */
void merkle_leaf(struct merkle_hash *out, const void *data, size_t len);
/* The head over n leaf hashes; SHA-256 of nothing for n 0. */
void merkle_root(struct merkle_hash *out, const struct merkle_hash *leaves, size_t n);
/* The path of leaf m (m < n) into path; returns its length. */
size_t merkle_path(struct merkle_hash path[MERKLE_PATH_MAX], const struct merkle_hash *leaves, size_t n, size_t m);
/* The head to which the path leads from leaf m of n; false when the path has not the length that such a tree needs. */
bool merkle_follow(
    struct merkle_hash *out, const struct merkle_hash *leaf, const struct merkle_hash *path, size_t len, uint64_t m, uint64_t n);

#endif
