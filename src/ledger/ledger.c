#include "ledger/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "ledger/merkle.h"

static const char zeros[65] = "0000000000000000000000000000000000000000000000000000000000000000";

void
ledger_entry_free(struct ledger_entry *e)
{
	if (e == NULL)
		return;
	free(e->actor);
	free(e->kind);
	free(e->subject);
	free(e->body);
	*e = (struct ledger_entry){ .seq = 0 };
}

static bool
set_text(json_t *j, const char *key, const char *text)
{
	return json_object_set_new(j, key, json_string(text ? text : "")) == 0;
}

static enum fp_status
hash_of(char out[65], const struct ledger_entry *e, const char *prev, struct fp_err *err)
{
	FP_JSON json_t *j = json_object();
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	char at[FP_TIME_MAX];
	enum fp_status s;

	/* jansson takes no text that is not UTF-8, and would leave it out: nothing may be left out of a hash. */
	if (json_object_set_new(j, "seq", json_integer(e->seq)) != 0 || !set_text(j, "at", fp_time_text(at, e->at)) ||
	    !set_text(j, "actor", e->actor) || !set_text(j, "kind", e->kind) || !set_text(j, "subject", e->subject) ||
	    !set_text(j, "body", e->body) || !set_text(j, "prev", prev))
		return fp_fail(err, FP_EINVAL, "ledger entry %" PRId64 " has text that is not UTF-8", e->seq);
	if ((s = fp_json_canonical(&b, j, err)) != FP_OK)
		return s;
	(void)crypto_sha256_hex(out, b.data, b.len);
	return FP_OK;
}

enum fp_status
ledger_entry_seal(struct ledger_entry *e, struct fp_err *err)
{
	if (e->prev[0] == '\0')
		memcpy(e->prev, zeros, sizeof(zeros));
	return hash_of(e->hash, e, e->prev, err);
}

static enum fp_status
out_of_order(const struct ledger_check *c, int64_t seq, struct fp_err *err)
{
	if (seq <= c->seq)
		return fp_fail(
		    err, FP_EINTEGRITY, "entry %" PRId64 " stands after entry %" PRId64 ": the order was changed", seq, c->seq);
	if (seq == c->seq + 2)
		return fp_fail(err, FP_EINTEGRITY, "entry %" PRId64 " is missing", c->seq + 1);
	return fp_fail(err, FP_EINTEGRITY, "entries %" PRId64 "-%" PRId64 " are missing", c->seq + 1, seq - 1);
}

enum fp_status
ledger_check_entry(struct ledger_check *c, const struct ledger_entry *e, struct fp_err *err)
{
	const char *prev = c->seq == 0 ? zeros : c->hash;
	char own[65], chained[65];
	enum fp_status s;

	if (e->seq != c->seq + 1)
		return out_of_order(c, e->seq, err);
	if ((s = hash_of(own, e, e->prev, err)) != FP_OK || (s = hash_of(chained, e, prev, err)) != FP_OK)
		return s;
	if (strcmp(e->prev, prev) != 0 && strcmp(chained, e->hash) == 0)
		return fp_fail(
		    err, FP_EINTEGRITY, "entry %" PRId64 ": its field 'prev' was changed after it was written", e->seq);
	if (strcmp(own, e->hash) != 0)
		return fp_fail(err, FP_EINTEGRITY, "entry %" PRId64 ": its content was changed after it was written", e->seq);
	if (strcmp(e->prev, prev) != 0)
		return fp_fail(err, FP_EINTEGRITY,
		    "entry %" PRId64 " does not follow %" PRId64 ": one of the two was replaced by another", e->seq, c->seq);
	c->seq = e->seq;
	c->count++;
	memcpy(c->hash, own, sizeof(own));
	return FP_OK;
}

static enum fp_status
leaf_of(struct merkle_hash *out, const char *hex, size_t i, struct fp_err *err)
{
	uint8_t raw[32];

	if (!crypto_unhex(raw, sizeof(raw), hex))
		return fp_fail(err, FP_EINVAL, "hash of entry %zu is not 64 hexadecimal digits", i + 1);
	merkle_leaf(out, raw, sizeof(raw));
	return FP_OK;
}

static enum fp_status
leaves_of(struct merkle_hash **out, const char (*hashes)[65], size_t n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct merkle_hash *leaves = fp_calloc(n, sizeof(*leaves));

	if (leaves == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for a tree over %zu ledger entries", n);
	for (size_t i = 0; i < n; i++)
		if (leaf_of(&leaves[i], hashes[i], i, err) != FP_OK)
			return FP_EINVAL;
	*out = leaves;
	leaves = NULL;
	return FP_OK;
}

enum fp_status
ledger_tree_head(char out[65], const char (*hashes)[65], size_t n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct merkle_hash *leaves = NULL;
	struct merkle_hash root;
	enum fp_status s = leaves_of(&leaves, hashes, n, err);

	if (s != FP_OK)
		return s;
	merkle_root(&root, leaves, n);
	(void)crypto_hex(out, root.b, sizeof(root.b));
	return FP_OK;
}

enum fp_status
ledger_proof_make(struct ledger_proof *out, const char (*hashes)[65], size_t n, size_t index, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct merkle_hash *leaves = NULL;
	struct merkle_hash path[MERKLE_PATH_MAX];
	enum fp_status s;

	if (index >= n)
		return fp_fail(err, FP_ENOTFOUND, "there is no entry %zu; the ledger has %zu", index + 1, n);
	if ((s = leaves_of(&leaves, hashes, n, err)) != FP_OK)
		return s;
	*out = (struct ledger_proof){ .index = (int64_t)index, .size = (int64_t)n };
	out->n = merkle_path(path, leaves, n, index);
	for (size_t i = 0; i < out->n; i++)
		(void)crypto_hex(out->path[i], path[i].b, sizeof(path[i].b));
	return FP_OK;
}

enum fp_status
ledger_proof_check(const struct ledger_proof *p, const char leaf[65], const char head[65], struct fp_err *err)
{
	struct merkle_hash path[MERKLE_PATH_MAX], at, root, want;
	enum fp_status s;

	if (p->n > MERKLE_PATH_MAX || p->size < 1 || p->index < 0 || p->index >= p->size)
		return fp_fail(err, FP_EINVAL, "proof is malformed: entry %" PRId64 " of %" PRId64 " with %zu steps",
		    p->index + 1, p->size, p->n);
	for (size_t i = 0; i < p->n; i++)
		if (!crypto_unhex(path[i].b, sizeof(path[i].b), p->path[i]))
			return fp_fail(err, FP_EINVAL, "step %zu of the proof is not 64 hexadecimal digits", i + 1);
	if ((s = leaf_of(&at, leaf, (size_t)p->index, err)) != FP_OK)
		return s;
	if (!crypto_unhex(want.b, sizeof(want.b), head))
		return fp_fail(err, FP_EINVAL, "tree head is not 64 hexadecimal digits");
	if (!merkle_follow(&root, &at, path, p->n, (uint64_t)p->index, (uint64_t)p->size) ||
	    !crypto_equal(root.b, want.b, sizeof(want.b)))
		return fp_fail(err, FP_EINTEGRITY,
		    "proof does not lead from entry %" PRId64 " to the tree head of %" PRId64 " entries", p->index + 1, p->size);
	return FP_OK;
}
