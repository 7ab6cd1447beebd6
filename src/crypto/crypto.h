/*
 * Hashes, random bytes, passwords and Ed25519. Nothing here is home-made: OpenSSL hashes (it uses the processor's SHA instructions),
 * libsodium does the rest. Key files and signatures on disk are in crypto/minisign.h.
 */
#ifndef FP_CRYPTO_CRYPTO_H
#define FP_CRYPTO_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define CRYPTO_SHA256_BYTES 32
#define CRYPTO_SHA256_HEX 65 /* with the NUL */

/* SHA-256 (FIPS 180-4) of len bytes; data may be NULL when len is 0. The hex form is lower case and returns out. */
void crypto_sha256(uint8_t out[CRYPTO_SHA256_BYTES], const void *data, size_t len);
char *crypto_sha256_hex(char out[CRYPTO_SHA256_HEX], const void *data, size_t len);

/*
 * The same for a stream. A failure inside (only memory) sticks and is reported by crypto_sha256_final, which also makes the stream
 * ready for the next message. FP_ENOMEM.
 */
struct crypto_sha256;
enum fp_status crypto_sha256_new(struct crypto_sha256 **out, struct fp_err *err) FP_MUST_CHECK;
void crypto_sha256_update(struct crypto_sha256 *h, const void *data, size_t len);
enum fp_status crypto_sha256_final(uint8_t out[CRYPTO_SHA256_BYTES], struct crypto_sha256 *h, struct fp_err *err) FP_MUST_CHECK;
void crypto_sha256_free(struct crypto_sha256 *h);
void crypto_sha256_freep(struct crypto_sha256 **h);

/* Hash what can still be read from fd; *len (may be NULL) is how many bytes that were. FP_EIO names what. */
enum fp_status crypto_sha256_fd(
    uint8_t out[CRYPTO_SHA256_BYTES], uint64_t *len, int fd, const char *what, struct fp_err *err) FP_MUST_CHECK;

/* out gets 2 * len lower-case digits and a NUL; returns out. */
char *crypto_hex(char *out, const void *data, size_t len);
/* Exactly 2 * len digits, either case; false for anything else (out is then untouched or partly written). */
bool crypto_unhex(void *out, size_t len, const char *text);

/* Unpredictable bytes from the kernel. Never fails (the program ends when the kernel has none). */
void crypto_random(void *out, size_t len);
/* out gets len random bytes as 2 * len hex digits and a NUL: for tokens. */
char *crypto_token(char *out, size_t len);

/* Equal, in a time that does not depend on where they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* Overwrite a secret; the compiler does not drop it. */
void crypto_wipe(void *p, size_t len);

#define CRYPTO_PASSWORD_MAX 1024 /* bytes of a password; the limit keeps a hostile form from costing time */
#define CRYPTO_PASSWORD_HASH 128 /* text with its NUL */

/*
 * Argon2id (RFC 9106) with 64 MiB and 2 passes, as a text that carries its salt and costs ("$argon2id$v=19$...").
 * FP_EUSAGE for an empty or overlong password, FP_ENOMEM.
 */
enum fp_status crypto_password_hash(char out[CRYPTO_PASSWORD_HASH], const char *password, struct fp_err *err) FP_MUST_CHECK;
/* FP_OK; FP_EDENIED for a wrong password; FP_EINVAL when hash is no Argon2id text or asks for more than 1 GiB; FP_ENOMEM. */
enum fp_status crypto_password_verify(const char *hash, const char *password, struct fp_err *err) FP_MUST_CHECK;
/* True when the hash was made with other costs than today's: hash again at the next log-on. */
bool crypto_password_outdated(const char *hash);
/* Costs what a verification costs: for a log-on whose account does not exist, so that nobody can tell. */
void crypto_password_waste(const char *password);

#define CRYPTO_ED25519_PUBLIC 32
#define CRYPTO_ED25519_SECRET 64 /* the 32 bytes of the seed, then the public key (RFC 8032) */
#define CRYPTO_ED25519_SIGNATURE 64

/* A fresh pair; with seed (32 bytes) not NULL, the pair of that seed. Wipe the secret after use. */
void crypto_ed25519_keys(
    uint8_t public_key[CRYPTO_ED25519_PUBLIC], uint8_t secret_key[CRYPTO_ED25519_SECRET], const uint8_t *seed);
void crypto_ed25519_sign(
    uint8_t out[CRYPTO_ED25519_SIGNATURE], const void *data, size_t len, const uint8_t secret_key[CRYPTO_ED25519_SECRET]);
bool crypto_ed25519_verify(const uint8_t signature[CRYPTO_ED25519_SIGNATURE], const void *data, size_t len,
    const uint8_t public_key[CRYPTO_ED25519_PUBLIC]);

/* BLAKE2b (RFC 7693) without key, out_len 16-64 bytes: minisign's prehash (64) and checksum (32). */
void crypto_blake2b(uint8_t *out, size_t out_len, const void *data, size_t len);

#endif
