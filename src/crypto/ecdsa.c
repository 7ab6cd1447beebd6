#include "crypto/ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define HALF 32

static void
pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void
pkey_ctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static void
md_ctx_freep(EVP_MD_CTX **p)
{
	EVP_MD_CTX_free(*p);
}

static void
sig_freep(ECDSA_SIG **p)
{
	ECDSA_SIG_free(*p);
}

static void
der_freep(unsigned char **p)
{
	OPENSSL_free(*p);
}

/* OpenSSL refuses a point that is not on the curve while it reads it; the check is asked for once more, so that it does not rest on that. */
static enum fp_status
key_of(EVP_PKEY **out, const uint8_t key[CRYPTO_ECDSA_PUBLIC], struct fp_err *err)
{
	char group[] = "P-256";
	uint8_t point[CRYPTO_ECDSA_PUBLIC];
	for (size_t i = 0; i < sizeof(point); i++) {
		point[i] = key[i];
	}
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};
	FP_AUTO(pkey_ctx_freep) EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (make == NULL || EVP_PKEY_fromdata_init(make) != 1) {
		return fp_fail(err, FP_ENOMEM, "out of memory verifying a signature");
	}
	FP_AUTO(pkey_freep) EVP_PKEY *k = NULL;
	FP_AUTO(pkey_ctx_freep) EVP_PKEY_CTX *check = NULL;
	if (key[0] != 4 || EVP_PKEY_fromdata(make, &k, EVP_PKEY_PUBLIC_KEY, params) != 1 ||
	    (check = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL)) == NULL || EVP_PKEY_public_check(check) != 1) {
		return fp_fail(err, FP_EINTEGRITY, "the public key is no point of the curve P-256");
	}
	*out = k;
	k = NULL;
	return FP_OK;
}

static enum fp_status
der_of(unsigned char **out, size_t *len, const uint8_t signature[CRYPTO_ECDSA_SIGNATURE], struct fp_err *err)
{
	FP_AUTO(sig_freep) ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
	if (sig == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return fp_fail(err, FP_ENOMEM, "out of memory verifying a signature");
	}
	int n = i2d_ECDSA_SIG(sig, out);
	if (n <= 0) {
		return fp_fail(err, FP_ENOMEM, "out of memory verifying a signature");
	}
	*len = (size_t)n;
	return FP_OK;
}

enum fp_status
crypto_ecdsa_verify(const uint8_t signature[CRYPTO_ECDSA_SIGNATURE], const void *data, size_t len,
    const uint8_t key[CRYPTO_ECDSA_PUBLIC], struct fp_err *err)
{
	FP_AUTO(pkey_freep) EVP_PKEY *k = NULL;
	FP_AUTO(der_freep) unsigned char *der = NULL;
	size_t der_len = 0;
	enum fp_status st = key_of(&k, key, err);
	if (st == FP_OK) {
		st = der_of(&der, &der_len, signature, err);
	}
	if (st != FP_OK) {
		ERR_clear_error();
		return st;
	}
	FP_AUTO(md_ctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, k, NULL) != 1) {
		return fp_fail(err, FP_ENOMEM, "out of memory verifying a signature");
	}
	int ok = EVP_DigestVerify(ctx, der, der_len, data, len);
	ERR_clear_error();
	return ok == 1 ? FP_OK : fp_fail(err, FP_EINTEGRITY, "the signature does not hold");
}
