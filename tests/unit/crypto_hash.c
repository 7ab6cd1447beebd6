/* Published vectors for hashes and signatures; passwords. */

#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "crypto/crypto.h"

/* FIPS 180-4 examples (NIST "SHA-256 example values") and the empty message. */
static const struct {
	const char *text;
	size_t times;
	const char *hash;
} sha256[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void
sha256_vectors(void **state)
{
	struct crypto_sha256 *h = NULL;
	uint8_t hash[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_SHA256_HEX];

	(void)state;
	assert_int_equal(crypto_sha256_new(&h, NULL), FP_OK);
	for (size_t i = 0; i < sizeof(sha256) / sizeof(sha256[0]); i++) {
		size_t n = strlen(sha256[i].text), len = n * sha256[i].times;
		char *whole = calloc(len + 1, 1);

		assert_non_null(whole);
		for (size_t k = 0; k < sha256[i].times; k++) {
			memcpy(whole + k * n, sha256[i].text, n);
			crypto_sha256_update(h, sha256[i].text, n);
		}
		assert_string_equal(crypto_sha256_hex(hex, whole, len), sha256[i].hash);
		/* The same stream serves one message after the other. */
		assert_int_equal(crypto_sha256_final(hash, h, NULL), FP_OK);
		assert_string_equal(crypto_hex(hex, hash, sizeof(hash)), sha256[i].hash);
		free(whole);
	}
	crypto_sha256_free(h);
}

/* Lengths on both sides of the point where the one-shot changes its library. */
static void
sha256_agrees_with_its_stream(void **state)
{
	static uint8_t data[5000];
	uint8_t one[CRYPTO_SHA256_BYTES], two[CRYPTO_SHA256_BYTES];
	struct crypto_sha256 *h = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(crypto_sha256_new(&h, NULL), FP_OK);
	for (size_t len = 0; len <= sizeof(data); len += len < 130 ? 1 : 61) {
		crypto_sha256(one, data, len);
		crypto_sha256_update(h, data, len / 3);
		crypto_sha256_update(h, data + len / 3, len - len / 3);
		assert_int_equal(crypto_sha256_final(two, h, NULL), FP_OK);
		assert_memory_equal(one, two, sizeof(one));
	}
	crypto_sha256_freep(&h);
	assert_null(h);
}

static void
sha256_of_a_descriptor(void **state)
{
	char path[] = "/tmp/fp-sha-XXXXXX", hex[CRYPTO_SHA256_HEX];
	uint8_t hash[CRYPTO_SHA256_BYTES];
	struct fp_err err;
	uint64_t len = 0;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "xabc", 4), 4);
	assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
	assert_int_equal(crypto_sha256_fd(hash, &len, fd, "f", NULL), FP_OK);
	assert_int_equal(len, 3);
	assert_string_equal(crypto_hex(hex, hash, sizeof(hash)), sha256[1].hash);
	(void)close(fd);
	(void)unlink(path);
	assert_int_equal(crypto_sha256_fd(hash, &len, fd, "f", &err), FP_EIO);
	assert_memory_equal(err.msg, "cannot read 'f': ", 17);
	(void)fp_mem_fail_after(0);
	assert_int_equal(crypto_sha256_fd(hash, &len, 0, "f", &err), FP_ENOMEM);
	(void)fp_mem_fail_after(-1);
}

/* RFC 8032, 7.1, tests 1 to 3. */
static const struct {
	const char *seed, *public_key, *message, *signature;
} ed25519[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246551"
	    "41438"
	    "e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
	    "29161"
	    "2bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027"
	    "beceea"
	    "1ec40a" },
};

static void
ed25519_vectors(void **state)
{
	uint8_t seed[32], pub[32], sec[64], sig[64], want[64], message[2];

	(void)state;
	for (size_t i = 0; i < sizeof(ed25519) / sizeof(ed25519[0]); i++) {
		size_t len = strlen(ed25519[i].message) / 2;

		assert_true(crypto_unhex(seed, sizeof(seed), ed25519[i].seed));
		assert_true(crypto_unhex(message, len, ed25519[i].message));
		crypto_ed25519_keys(pub, sec, seed);
		assert_true(crypto_unhex(want, 32, ed25519[i].public_key));
		assert_memory_equal(pub, want, 32);
		crypto_ed25519_sign(sig, message, len, sec);
		assert_true(crypto_unhex(want, 64, ed25519[i].signature));
		assert_memory_equal(sig, want, 64);
		assert_true(crypto_ed25519_verify(sig, message, len, pub));
		for (size_t k = 0; k < sizeof(sig); k++) {
			sig[k] ^= 1;
			assert_false(crypto_ed25519_verify(sig, message, len, pub));
			sig[k] ^= 1;
		}
		message[0] ^= 1;
		assert_int_equal(crypto_ed25519_verify(sig, message, len, pub), len == 0);
	}
}

/* RFC 7693, appendix A. */
static void
blake2b_vector(void **state)
{
	uint8_t out[64];
	char hex[129];

	(void)state;
	crypto_blake2b(out, sizeof(out), "abc", 3);
	assert_string_equal(crypto_hex(hex, out, sizeof(out)), "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17"
							       "d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4"
							       "009923");
}

static void
hex_is_strict(void **state)
{
	uint8_t out[2];

	(void)state;
	assert_true(crypto_unhex(out, 2, "00Ff"));
	assert_int_equal(out[1], 0xFF);
	assert_false(crypto_unhex(out, 2, "00f"));
	assert_false(crypto_unhex(out, 2, "00ff0"));
	assert_false(crypto_unhex(out, 2, "00fg"));
	assert_false(crypto_unhex(out, 2, "0 ff"));
}

static void
tokens_differ(void **state)
{
	char a[129], b[129];

	(void)state;
	assert_int_equal(strlen(crypto_token(a, 64)), 128);
	assert_int_equal(strspn(a, "0123456789abcdef"), 128);
	assert_string_not_equal(a, crypto_token(b, 64));
	assert_string_not_equal(a, a + 64); /* the second half is not the first one again */
	assert_memory_not_equal(a, a + 64, 64);
	assert_true(crypto_equal(a, a, 64));
	assert_false(crypto_equal(a, b, 64));
}

static void
passwords(void **state)
{
	char hash[CRYPTO_PASSWORD_HASH], again[CRYPTO_PASSWORD_HASH], longest[CRYPTO_PASSWORD_MAX + 2];
	struct fp_err err;

	(void)state;
	assert_int_equal(crypto_password_hash(hash, "s\303\270d fl\303\270de", NULL), FP_OK);
	assert_int_equal(crypto_password_hash(again, "s\303\270d fl\303\270de", NULL), FP_OK);
	assert_string_not_equal(hash, again); /* the salt */
	assert_int_equal(crypto_password_verify(hash, "s\303\270d fl\303\270de", &err), FP_OK);
	assert_int_equal(crypto_password_verify(hash, "sod flode", &err), FP_EDENIED);
	assert_int_equal(crypto_password_verify(hash, "", &err), FP_EDENIED);
	assert_false(crypto_password_outdated(hash));
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(crypto_password_hash(again, longest, &err), FP_EUSAGE);
	assert_string_equal(err.msg, "the password has 1025 bytes; the limit is 1024");
	assert_int_equal(crypto_password_verify(hash, longest, &err), FP_EDENIED);
	assert_int_equal(crypto_password_hash(again, "", &err), FP_EUSAGE);
}

/* Cheap (8 KiB, 1 pass), dear (2 GiB, 100 passes) and broken hashes from a store that somebody edited. */
static void
foreign_password_hashes(void **state)
{
	static const char *const bad[] = { "", "x", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x", "$2b$12$abc",
		"$argon2id$v=19$m=2097152,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
		"$argon2id$v=19$m=65536,t=100,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(crypto_password_verify(bad[i], "x", NULL), FP_EINVAL);
	assert_true(crypto_password_outdated(
	    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sha256_vectors), cmocka_unit_test(sha256_agrees_with_its_stream),
		cmocka_unit_test(sha256_of_a_descriptor), cmocka_unit_test(ed25519_vectors), cmocka_unit_test(blake2b_vector),
		cmocka_unit_test(hex_is_strict), cmocka_unit_test(tokens_differ), cmocka_unit_test(passwords),
		cmocka_unit_test(foreign_password_hashes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
