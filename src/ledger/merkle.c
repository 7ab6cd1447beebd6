#include "ledger/merkle.h"

#include <string.h>

#include "crypto/crypto.h"

void
merkle_leaf(struct merkle_hash *out, const void *data, size_t len)
{
	/* Leaves are short (a hash, or a test vector): one buffer spares a stream for each. */
	uint8_t in[1 + 64] = { 0 };
	size_t n = len < 64 ? len : 64;

	if (n > 0)
		memcpy(in + 1, data, n);
	crypto_sha256(out->b, in, 1 + n);
}

static void
node(struct merkle_hash *out, const struct merkle_hash *left, const struct merkle_hash *right)
{
	uint8_t in[65] = { 1 };

	memcpy(in + 1, left->b, 32);
	memcpy(in + 33, right->b, 32);
	crypto_sha256(out->b, in, sizeof(in));
}

/* The largest power of two below n (n > 1). */
static size_t
split(size_t n)
{
	size_t k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

void
merkle_root(struct merkle_hash *out, const struct merkle_hash *leaves, size_t n)
{
	struct merkle_hash left, right;
	size_t k;

	if (n == 0) {
		crypto_sha256(out->b, NULL, 0);
		return;
	}
	if (n == 1) {
		*out = leaves[0];
		return;
	}
	k = split(n);
	merkle_root(&left, leaves, k);
	merkle_root(&right, leaves + k, n - k);
	node(out, &left, &right);
}

size_t
merkle_path(struct merkle_hash path[MERKLE_PATH_MAX], const struct merkle_hash *leaves, size_t n, size_t m)
{
	size_t k, len;

	if (n <= 1)
		return 0;
	k = split(n);
	if (m < k) {
		len = merkle_path(path, leaves, k, m);
		merkle_root(&path[len], leaves + k, n - k);
	} else {
		len = merkle_path(path, leaves + k, n - k, m - k);
		merkle_root(&path[len], leaves, k);
	}
	return len + 1;
}

/* RFC 9162 section 2.1.3.2 says how, for the tree of RFC 6962. */
bool
merkle_follow(
    struct merkle_hash *out, const struct merkle_hash *leaf, const struct merkle_hash *path, size_t len, uint64_t m, uint64_t n)
{
	uint64_t fn = m, sn = n - 1;
	struct merkle_hash r = *leaf;

	if (m >= n)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			node(&r, &path[i], &r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			node(&r, &r, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	*out = r;
	return sn == 0;
}
