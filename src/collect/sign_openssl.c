#include "collect/linux.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define WHY_BYTES 256
#define POINT_BYTES 65
#define SCALAR_BYTES 32
#define HASHED_MAX ((off_t)256 << 20)
#define DER_MAX 80 /* an ECDSA signature of P-256 has at most 72 bytes */

/* Nothing of this machine's configuration of OpenSSL is read: providers or engines of others have no business here. */
static void
begin(void)
{
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* The key of the file, taken only when both halves belong together: a damaged file must not sign. */
static EVP_PKEY *
key_import(const uint8_t key[COLLECT_KEY_BYTES])
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *scalar = BN_bin2bn(key + POINT_BYTES, SCALAR_BYTES, NULL);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL), *check = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (build != NULL && scalar != NULL && ctx != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, key, POINT_BYTES) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1 &&
	    (params = OSSL_PARAM_BLD_to_param(build)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params);
	if (pkey != NULL)
		check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (pkey != NULL && (check == NULL || EVP_PKEY_check(check) != 1)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(check);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_clear_free(scalar);
	return pkey;
}

static bool
key_export(EVP_PKEY *pkey, uint8_t key[COLLECT_KEY_BYTES])
{
	BIGNUM *scalar = NULL;
	size_t len = 0;
	bool ok = EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1 &&
		  EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, key, POINT_BYTES, &len) == 1 &&
		  len == POINT_BYTES && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1 &&
		  BN_bn2binpad(scalar, key + POINT_BYTES, SCALAR_BYTES) == SCALAR_BYTES;

	BN_clear_free(scalar);
	return ok;
}

static EVP_PKEY *
key_make(const struct collect_options *o, uint8_t key[COLLECT_KEY_BYTES], char why[WHY_BYTES])
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");

	if (pkey == NULL || !key_export(pkey, key)) {
		(void)snprintf(why, WHY_BYTES, "OpenSSL makes no key of P-256");
	} else if (collect_key_save(o, key, why)) {
		return pkey;
	}
	EVP_PKEY_free(pkey);
	return NULL;
}

/* From OpenSSL's DER to the plain r || s of the fact file. */
static bool
plain_signature(const uint8_t *der, size_t len, uint8_t signature[64])
{
	const uint8_t *p = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	bool ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, SCALAR_BYTES) == SCALAR_BYTES &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + SCALAR_BYTES, SCALAR_BYTES) == SCALAR_BYTES;

	ECDSA_SIG_free(sig);
	return ok;
}

bool
collect_sign(
    const struct collect_options *o, const void *bytes, size_t len, uint8_t public_key[65], uint8_t signature[64], char why[256])
{
	uint8_t key[COLLECT_KEY_BYTES], der[DER_MAX];
	size_t der_len = sizeof(der);
	enum collect_file got = collect_key_load(o, key, why);
	EVP_PKEY *pkey = NULL;
	EVP_MD_CTX *md = NULL;
	bool ok = false;

	begin();
	md = EVP_MD_CTX_new();
	if (got == COLLECT_FILE_OK && (pkey = key_import(key)) == NULL)
		(void)snprintf(why, WHY_BYTES, "it is damaged: its halves do not fit; move it away and a new one is made");
	else if (got == COLLECT_FILE_ABSENT)
		pkey = key_make(o, key, why);
	if (pkey != NULL) {
		ok = md != NULL && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, pkey) == 1 &&
		     EVP_DigestSign(md, der, &der_len, bytes, len) == 1 && plain_signature(der, der_len, signature);
		if (!ok)
			(void)snprintf(why, WHY_BYTES, "OpenSSL does not sign with it");
	}
	memcpy(public_key, key, POINT_BYTES);
	OPENSSL_cleanse(key, sizeof(key));
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return ok;
}

bool
collect_sha256_fd(int fd, char hex[65])
{
	static const char digits[] = "0123456789abcdef";
	EVP_MD_CTX *md = (begin(), EVP_MD_CTX_new());
	unsigned char block[65536], sum[EVP_MAX_MD_SIZE];
	struct stat st;
	bool ok = md != NULL && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= HASHED_MAX &&
		  EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
	ssize_t n = 0;

	for (off_t total = 0; ok && (n = read(fd, block, sizeof(block))) != 0; total += n)
		ok = n > 0 && total <= HASHED_MAX && EVP_DigestUpdate(md, block, (size_t)n) == 1;
	ok = ok && EVP_DigestFinal_ex(md, sum, NULL) == 1;
	for (size_t i = 0; ok && i < 32; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[ok ? 64 : 0] = '\0';
	EVP_MD_CTX_free(md);
	return ok;
}
