/* ECDSA over P-256 by Windows' own cryptography (CNG, since Vista); the key's file is the same as everywhere (key.c). */
#include "collect/collect.h"

#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <bcrypt.h>

#define WHY_BYTES 256
#define PART 32 /* bytes of x, y and the scalar */

/* BCRYPT_ECCKEY_BLOB with x, y and d behind it. */
struct key_blob {
	BCRYPT_ECCKEY_BLOB head;
	uint8_t x[PART], y[PART], d[PART];
};

static bool
algorithm_open(BCRYPT_ALG_HANDLE *ecdsa, char why[WHY_BYTES])
{
	if (BCryptOpenAlgorithmProvider(ecdsa, BCRYPT_ECDSA_P256_ALGORITHM, NULL, 0) == 0)
		return true;
	(void)snprintf(why, WHY_BYTES, "this Windows has no ECDSA over P-256");
	return false;
}

static bool
key_import(BCRYPT_ALG_HANDLE ecdsa, const uint8_t key[COLLECT_KEY_BYTES], BCRYPT_KEY_HANDLE *pair)
{
	struct key_blob blob = { .head = { BCRYPT_ECDSA_PRIVATE_P256_MAGIC, PART } };
	bool ok;

	memcpy(blob.x, key + 1, PART);
	memcpy(blob.y, key + 1 + PART, PART);
	memcpy(blob.d, key + 1 + 2 * PART, PART);
	ok = BCryptImportKeyPair(ecdsa, NULL, BCRYPT_ECCPRIVATE_BLOB, pair, (PUCHAR)&blob, sizeof(blob), 0) == 0;
	SecureZeroMemory(&blob, sizeof(blob));
	return ok;
}

static bool
key_make(BCRYPT_ALG_HANDLE ecdsa, uint8_t key[COLLECT_KEY_BYTES], BCRYPT_KEY_HANDLE *pair)
{
	struct key_blob blob;
	ULONG n = 0;
	bool ok = BCryptGenerateKeyPair(ecdsa, pair, 256, 0) == 0 && BCryptFinalizeKeyPair(*pair, 0) == 0 &&
		  BCryptExportKey(*pair, NULL, BCRYPT_ECCPRIVATE_BLOB, (PUCHAR)&blob, sizeof(blob), &n, 0) == 0 &&
		  n == sizeof(blob) && blob.head.cbKey == PART;

	if (ok) {
		key[0] = 4;
		memcpy(key + 1, blob.x, PART);
		memcpy(key + 1 + PART, blob.y, PART);
		memcpy(key + 1 + 2 * PART, blob.d, PART);
	}
	SecureZeroMemory(&blob, sizeof(blob));
	return ok;
}

/* The key of the file, or a new one that is written there. */
static bool
key_of(const struct collect_options *o, BCRYPT_ALG_HANDLE ecdsa, uint8_t key[COLLECT_KEY_BYTES], BCRYPT_KEY_HANDLE *pair,
    char why[WHY_BYTES])
{
	enum collect_file got = collect_key_load(o, key, why);

	if (got == COLLECT_FILE_OK) {
		if (key_import(ecdsa, key, pair))
			return true;
		(void)snprintf(why, WHY_BYTES, "it is damaged; move it away and a new one is made");
		return false;
	}
	if (got != COLLECT_FILE_ABSENT)
		return false;
	if (!key_make(ecdsa, key, pair)) {
		(void)snprintf(why, WHY_BYTES, "Windows makes no key of P-256");
		return false;
	}
	return collect_key_save(o, key, why);
}

static bool
digest_of(const void *bytes, size_t len, uint8_t digest[PART])
{
	BCRYPT_ALG_HANDLE algorithm = NULL;
	BCRYPT_HASH_HANDLE hash = NULL;
	bool ok = BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) == 0 &&
		  BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0) == 0 &&
		  BCryptHashData(hash, (PUCHAR)(uintptr_t)bytes, (ULONG)len, 0) == 0 &&
		  BCryptFinishHash(hash, digest, PART, 0) == 0;

	if (hash != NULL)
		(void)BCryptDestroyHash(hash);
	if (algorithm != NULL)
		(void)BCryptCloseAlgorithmProvider(algorithm, 0);
	return ok;
}

/* The public half alone checks what the private one signed: the halves of a damaged key file do not fit. */
static bool
fits(BCRYPT_ALG_HANDLE ecdsa, const uint8_t public_key[65], uint8_t digest[PART], uint8_t signature[64])
{
	struct {
		BCRYPT_ECCKEY_BLOB head;
		uint8_t xy[2 * PART];
	} blob = { .head = { BCRYPT_ECDSA_PUBLIC_P256_MAGIC, PART } };
	BCRYPT_KEY_HANDLE key = NULL;
	bool ok;

	memcpy(blob.xy, public_key + 1, sizeof(blob.xy));
	ok = BCryptImportKeyPair(ecdsa, NULL, BCRYPT_ECCPUBLIC_BLOB, &key, (PUCHAR)&blob, sizeof(blob), 0) == 0 &&
	     BCryptVerifySignature(key, NULL, digest, PART, signature, 2 * PART, 0) == 0;
	if (key != NULL)
		(void)BCryptDestroyKey(key);
	return ok;
}

bool
collect_sign(
    const struct collect_options *o, const void *bytes, size_t len, uint8_t public_key[65], uint8_t signature[64], char why[256])
{
	uint8_t key[COLLECT_KEY_BYTES] = { 0 }, digest[PART];
	BCRYPT_ALG_HANDLE ecdsa = NULL;
	BCRYPT_KEY_HANDLE pair = NULL;
	ULONG n = 0;
	bool ok = algorithm_open(&ecdsa, why) && key_of(o, ecdsa, key, &pair, why);

	if (ok) {
		memcpy(public_key, key, 65);
		ok = digest_of(bytes, len, digest) &&
		     BCryptSignHash(pair, NULL, digest, sizeof(digest), signature, 2 * PART, &n, 0) == 0 && n == 2 * PART &&
		     fits(ecdsa, public_key, digest, signature);
		if (!ok)
			(void)snprintf(why, WHY_BYTES, "it does not sign: it may be damaged; move it away and a new one is made");
	}
	SecureZeroMemory(key, sizeof(key));
	if (pair != NULL)
		(void)BCryptDestroyKey(pair);
	if (ecdsa != NULL)
		(void)BCryptCloseAlgorithmProvider(ecdsa, 0);
	return ok;
}
