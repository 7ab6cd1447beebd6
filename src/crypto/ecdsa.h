/*
 * ECDSA over P-256 with SHA-256 (FIPS 186-4), verifying only: what the collector signs its fact files with, because every system that it runs on can make it.
 */
#ifndef FP_CRYPTO_ECDSA_H
#define FP_CRYPTO_ECDSA_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define CRYPTO_ECDSA_PUBLIC 65    /* 04 || x || y, the uncompressed point (SEC 1, 2.3.3) */
#define CRYPTO_ECDSA_SIGNATURE 64 /* r || s, 32 bytes each */

/* Does the signature over len bytes of data hold? FP_EINTEGRITY: it does not, or the key is no point of the curve; FP_ENOMEM. */
enum fp_status crypto_ecdsa_verify(const uint8_t signature[CRYPTO_ECDSA_SIGNATURE], const void *data, size_t len,
    const uint8_t key[CRYPTO_ECDSA_PUBLIC], struct fp_err *err) FP_MUST_CHECK;

#endif
