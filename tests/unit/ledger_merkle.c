/* Merkle heads and inclusion proofs: the reference vectors of Certificate Transparency (RFC 6962), and every proof of small trees. */
#include "unit.h"

#include <stdio.h>

#include "crypto/crypto.h"
#include "ledger/ledger.h"
#include "ledger/merkle.h"

static struct fp_err err;

/* The eight leaves and heads that the reference implementations (certificate-transparency, trillian, merkle) test with. */
static const struct {
	const char *leaf, *head;
} reference[] = {
	{ "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

static void
reference_vectors(void **state)
{
	struct merkle_hash leaves[FP_COUNT(reference)], root;
	char hex[65];

	(void)state;
	merkle_root(&root, NULL, 0);
	assert_string_equal(crypto_hex(hex, root.b, 32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < FP_COUNT(reference); i++) {
		uint8_t raw[16];
		size_t len = strlen(reference[i].leaf) / 2;

		assert_true(crypto_unhex(raw, len, reference[i].leaf));
		merkle_leaf(&leaves[i], raw, len);
		merkle_root(&root, leaves, i + 1);
		assert_string_equal(crypto_hex(hex, root.b, 32), reference[i].head);
	}
}

/* Paths of the same reference: leaf 1 of 1, leaf 1 of 8, leaf 6 of 8, leaf 3 of 3, leaf 2 of 5 (counted from 1). */
static void
reference_paths(void **state)
{
	static const struct {
		size_t leaf, size, n;
		const char *path[3];
	} paths[] = {
		{ 1, 1, 0, { NULL } },
		{ 1, 8, 3,
		    { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
		{ 6, 8, 3,
		    { "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ 3, 3, 1, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
		{ 2, 5, 3,
		    { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
	};
	struct merkle_hash leaves[FP_COUNT(reference)], path[MERKLE_PATH_MAX], root, want;
	char hex[65];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(reference); i++) {
		uint8_t raw[16];
		size_t len = strlen(reference[i].leaf) / 2;

		assert_true(crypto_unhex(raw, len, reference[i].leaf));
		merkle_leaf(&leaves[i], raw, len);
	}
	for (size_t i = 0; i < FP_COUNT(paths); i++) {
		assert_int_equal(merkle_path(path, leaves, paths[i].size, paths[i].leaf - 1), paths[i].n);
		for (size_t k = 0; k < paths[i].n; k++)
			assert_string_equal(crypto_hex(hex, path[k].b, 32), paths[i].path[k]);
		merkle_root(&want, leaves, paths[i].size);
		assert_true(merkle_follow(&root, &leaves[paths[i].leaf - 1], path, paths[i].n, paths[i].leaf - 1, paths[i].size));
		assert_memory_equal(root.b, want.b, 32);
	}
}

static void
hashes_of(char (*hashes)[65], size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)crypto_sha256_hex(hashes[i], &i, sizeof(i));
}

#define TREE 70

static void
every_proof_of_small_trees(void **state)
{
	static char hashes[TREE][65];
	char head[65];

	(void)state;
	hashes_of(hashes, TREE);
	for (size_t n = 1; n <= TREE; n++) {
		assert_int_equal(ledger_tree_head(head, (const char(*)[65])hashes, n, &err), FP_OK);
		for (size_t i = 0; i < n; i++) {
			struct ledger_proof p, wrong;

			assert_int_equal(ledger_proof_make(&p, (const char(*)[65])hashes, n, i, &err), FP_OK);
			assert_int_equal(ledger_proof_check(&p, hashes[i], head, &err), FP_OK);
			assert_int_equal(ledger_proof_check(&p, hashes[(i + 1) % TREE], head, &err), FP_EINTEGRITY);
			wrong = p;
			wrong.index = (int64_t)((i + 1) % n);
			if (n > 1)
				assert_int_equal(ledger_proof_check(&wrong, hashes[i], head, &err), FP_EINTEGRITY);
			for (size_t k = 0; k < p.n; k++) {
				wrong = p;
				wrong.path[k][7] = wrong.path[k][7] == '0' ? '1' : '0';
				assert_int_equal(ledger_proof_check(&wrong, hashes[i], head, &err), FP_EINTEGRITY);
			}
			wrong = p;
			wrong.n += 1;
			memcpy(wrong.path[p.n], head, 65);
			assert_int_equal(ledger_proof_check(&wrong, hashes[i], head, &err), FP_EINTEGRITY);
			if (p.n > 0) {
				wrong = p;
				wrong.n -= 1;
				assert_int_equal(ledger_proof_check(&wrong, hashes[i], head, &err), FP_EINTEGRITY);
			}
		}
	}
}

static void
malformed_proofs_are_refused(void **state)
{
	static char hashes[4][65];
	struct ledger_proof p, wrong;
	char head[65];
	const char shorter[65] = "abc";

	(void)state;
	hashes_of(hashes, 4);
	assert_int_equal(ledger_tree_head(head, (const char(*)[65])hashes, 0, &err), FP_OK);
	assert_string_equal(head, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(ledger_tree_head(head, (const char(*)[65])hashes, 4, &err), FP_OK);
	assert_int_equal(ledger_proof_make(&p, (const char(*)[65])hashes, 4, 4, &err), FP_ENOTFOUND);
	assert_int_equal(ledger_proof_make(&p, (const char(*)[65])hashes, 4, 2, &err), FP_OK);
	wrong = p;
	wrong.n = 65;
	assert_int_equal(ledger_proof_check(&wrong, hashes[2], head, &err), FP_EINVAL);
	wrong = p;
	wrong.size = 0;
	assert_int_equal(ledger_proof_check(&wrong, hashes[2], head, &err), FP_EINVAL);
	wrong = p;
	wrong.index = -1;
	assert_int_equal(ledger_proof_check(&wrong, hashes[2], head, &err), FP_EINVAL);
	wrong = p;
	wrong.path[0][0] = 'x';
	assert_int_equal(ledger_proof_check(&wrong, hashes[2], head, &err), FP_EINVAL);
	assert_int_equal(ledger_proof_check(&p, shorter, head, &err), FP_EINVAL);
	assert_int_equal(ledger_proof_check(&p, hashes[2], shorter, &err), FP_EINVAL);
	hashes[1][10] = 'g';
	assert_int_equal(ledger_tree_head(head, (const char(*)[65])hashes, 4, &err), FP_EINVAL);
	assert_non_null(strstr(err.msg, "entry 2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reference_vectors),
		cmocka_unit_test(reference_paths),
		cmocka_unit_test(every_proof_of_small_trees),
		cmocka_unit_test(malformed_proofs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
