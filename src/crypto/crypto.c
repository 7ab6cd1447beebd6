#include "crypto/crypto.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/mem.h"

#define PASSWORD_PASSES 2
#define PASSWORD_MEMORY ((size_t)64 << 20)
#define PASSWORD_MEMORY_MAX ((unsigned long)1 << 20) /* KiB that a stored hash may ask for */
/* From this length on OpenSSL's start-up cost per message is less than what its speed wins. */
#define LARGE 2048

struct crypto_sha256 {
	EVP_MD_CTX *ctx;
	bool failed;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
start(void)
{
	if (sodium_init() < 0)
		abort(); /* no source of random bytes: nothing that follows could be trusted */
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static void
ready(void)
{
	(void)pthread_once(&once, start);
}

void
crypto_sha256(uint8_t out[CRYPTO_SHA256_BYTES], const void *data, size_t len)
{
	ready();
	if (len >= LARGE && sha256 != NULL && EVP_Digest(data, len, out, NULL, sha256, NULL) == 1)
		return;
	(void)crypto_hash_sha256(out, data, len);
}

char *
crypto_sha256_hex(char out[CRYPTO_SHA256_HEX], const void *data, size_t len)
{
	uint8_t hash[CRYPTO_SHA256_BYTES];

	crypto_sha256(hash, data, len);
	return crypto_hex(out, hash, sizeof(hash));
}

enum fp_status
crypto_sha256_new(struct crypto_sha256 **out, struct fp_err *err)
{
	FP_AUTO(crypto_sha256_freep) struct crypto_sha256 *h = fp_calloc(1, sizeof(*h));

	ready();
	if (h != NULL)
		h->ctx = EVP_MD_CTX_new();
	if (h == NULL || h->ctx == NULL || sha256 == NULL || EVP_DigestInit_ex2(h->ctx, sha256, NULL) != 1)
		return fp_fail(err, FP_ENOMEM, "out of memory for a SHA-256 stream");
	*out = h;
	h = NULL;
	return FP_OK;
}

void
crypto_sha256_update(struct crypto_sha256 *h, const void *data, size_t len)
{
	if (len != 0 && EVP_DigestUpdate(h->ctx, data, len) != 1)
		h->failed = true;
}

enum fp_status
crypto_sha256_final(uint8_t out[CRYPTO_SHA256_BYTES], struct crypto_sha256 *h, struct fp_err *err)
{
	bool ok = EVP_DigestFinal_ex(h->ctx, out, NULL) == 1 && !h->failed;

	h->failed = EVP_DigestInit_ex2(h->ctx, sha256, NULL) != 1;
	return ok ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory in a SHA-256 stream");
}

void
crypto_sha256_free(struct crypto_sha256 *h)
{
	if (h != NULL)
		EVP_MD_CTX_free(h->ctx);
	free(h);
}

void
crypto_sha256_freep(struct crypto_sha256 **h)
{
	crypto_sha256_free(*h);
	*h = NULL;
}

enum fp_status
crypto_sha256_fd(uint8_t out[CRYPTO_SHA256_BYTES], uint64_t *len, int fd, const char *what, struct fp_err *err)
{
	FP_AUTO(crypto_sha256_freep) struct crypto_sha256 *h = NULL;
	uint8_t chunk[65536];
	uint64_t total = 0;
	ssize_t n;

	if (crypto_sha256_new(&h, err) != FP_OK)
		return FP_ENOMEM;
	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno != EINTR)
			return fp_fail_errno(err, errno, "cannot read '%s'", what);
		if (n > 0) {
			crypto_sha256_update(h, chunk, (size_t)n);
			total += (uint64_t)n;
		}
	} while (n != 0);
	if (len != NULL)
		*len = total;
	return crypto_sha256_final(out, h, err);
}

char *
crypto_hex(char *out, const void *data, size_t len)
{
	return sodium_bin2hex(out, 2 * len + 1, data, len);
}

bool
crypto_unhex(void *out, size_t len, const char *text)
{
	size_t got = 0;

	return strlen(text) == 2 * len && sodium_hex2bin(out, len, text, 2 * len, NULL, &got, NULL) == 0 && got == len;
}

void
crypto_random(void *out, size_t len)
{
	ready();
	randombytes_buf(out, len);
}

char *
crypto_token(char *out, size_t len)
{
	uint8_t bytes[32];

	out[0] = '\0';
	for (size_t done = 0, n; done < len; done += n) {
		n = len - done < sizeof(bytes) ? len - done : sizeof(bytes);
		crypto_random(bytes, n);
		(void)crypto_hex(out + 2 * done, bytes, n);
	}
	crypto_wipe(bytes, sizeof(bytes));
	return out;
}

bool
crypto_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
crypto_wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}

enum fp_status
crypto_password_hash(char out[CRYPTO_PASSWORD_HASH], const char *password, struct fp_err *err)
{
	size_t len = strlen(password);

	_Static_assert(CRYPTO_PASSWORD_HASH >= crypto_pwhash_STRBYTES, "the text fits");
	if (len == 0)
		return fp_fail(err, FP_EUSAGE, "the password is empty");
	if (len > CRYPTO_PASSWORD_MAX)
		return fp_fail(err, FP_EUSAGE, "the password has %zu bytes; the limit is %d", len, CRYPTO_PASSWORD_MAX);
	ready();
	if (crypto_pwhash_str_alg(out, password, len, PASSWORD_PASSES, PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory hashing a password (%zu MiB are needed)", PASSWORD_MEMORY >> 20);
	return FP_OK;
}

/* "$argon2id$v=19$m=65536,t=2,p=1$...": a store that was tampered with must not make a log-on cost gigabytes or hours. */
static bool
is_bounded_hash(const char *hash)
{
	static const char head[] = "$argon2id$v=19$m=";
	char *end;
	unsigned long memory, passes;

	if (strncmp(hash, head, sizeof(head) - 1) != 0 || strlen(hash) >= crypto_pwhash_STRBYTES)
		return false;
	memory = strtoul(hash + sizeof(head) - 1, &end, 10);
	if (memory > PASSWORD_MEMORY_MAX || strncmp(end, ",t=", 3) != 0)
		return false;
	passes = strtoul(end + 3, &end, 10);
	return passes <= 16 && *end == ',';
}

enum fp_status
crypto_password_verify(const char *hash, const char *password, struct fp_err *err)
{
	size_t len = strlen(password);

	if (!is_bounded_hash(hash))
		return fp_fail(err, FP_EINVAL, "the stored password hash is no Argon2id text of this program");
	ready();
	errno = 0;
	if (len <= CRYPTO_PASSWORD_MAX && crypto_pwhash_str_verify(hash, password, len) == 0)
		return FP_OK;
	if (errno == ENOMEM)
		return fp_fail(err, FP_ENOMEM, "out of memory checking a password");
	return fp_fail(err, FP_EDENIED, "wrong password");
}

bool
crypto_password_outdated(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSWORD_PASSES, PASSWORD_MEMORY) != 0;
}

void
crypto_password_waste(const char *password)
{
	uint8_t out[32], salt[crypto_pwhash_SALTBYTES] = { 0 };
	size_t len = strnlen(password, CRYPTO_PASSWORD_MAX);

	ready();
	if (crypto_pwhash(
		out, sizeof(out), password, len, salt, PASSWORD_PASSES, PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return; /* a verification without memory ends as soon */
	crypto_wipe(out, sizeof(out));
}

void
crypto_ed25519_keys(uint8_t public_key[CRYPTO_ED25519_PUBLIC], uint8_t secret_key[CRYPTO_ED25519_SECRET], const uint8_t *seed)
{
	ready();
	if (seed != NULL)
		(void)crypto_sign_seed_keypair(public_key, secret_key, seed);
	else
		(void)crypto_sign_keypair(public_key, secret_key);
}

void
crypto_ed25519_sign(
    uint8_t out[CRYPTO_ED25519_SIGNATURE], const void *data, size_t len, const uint8_t secret_key[CRYPTO_ED25519_SECRET])
{
	ready();
	(void)crypto_sign_detached(out, NULL, data, len, secret_key);
}

bool
crypto_ed25519_verify(const uint8_t signature[CRYPTO_ED25519_SIGNATURE], const void *data, size_t len,
    const uint8_t public_key[CRYPTO_ED25519_PUBLIC])
{
	ready();
	return crypto_sign_verify_detached(signature, data, len, public_key) == 0;
}

void
crypto_blake2b(uint8_t *out, size_t out_len, const void *data, size_t len)
{
	ready();
	(void)crypto_generichash(out, out_len, data, len, NULL, 0);
}
