/*
 * What the collector does at its end, for tests: sign a facts object and put it into its envelope. Two keys, made for these tests only: two sticks.
 * Used by unit tests, by the fuzz targets and by tests/doubles/facts_sign.
 */
#ifndef FP_TESTS_FACTS_HELP_H
#define FP_TESTS_FACTS_HELP_H

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/json.h"
#include "facts/facts.h"

static const char *const facts_help_keys[] = {
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQhYKS2C+945fDcopwCWi/"
	"IeSWvYwbxgDklSRrk6J6vqhRANCAARKTmSNKFsffLay27D9CU9nz4okd+gxG857VEho0WqL8NlJsld5oKORwtE+1Izc5Fddlydq3QRi3udqqm62tPFS",
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbnSHCnjEjZitWAswSuiWbL7yeodU5S67iAn5B6YGy26hRANCAAQz8m2VakiotKNUwLjmUd23"
	"i6PiPNCn4KDAQePFOmYcLEXVWCJt1bQS2+ujf180KCSl5mUSIIW5WNZdYCp/y161",
};

/* Read once: a test signs by the thousand. Borrowed. */
static inline EVP_PKEY *
facts_help_key(int which)
{
	static EVP_PKEY *keys[FP_COUNT(facts_help_keys)];
	FP_AUTO(fp_buf_free) struct fp_buf der = { .max = 1024 };
	if (keys[which] == NULL && fp_base64_get(&der, facts_help_keys[which], NULL) == FP_OK) {
		const unsigned char *p = (const unsigned char *)der.data;
		keys[which] = d2i_AutoPrivateKey(NULL, &p, (long)der.len);
	}
	return keys[which];
}

/* 65 bytes 04 || x || y. */
static inline bool
facts_help_public(uint8_t out[65], EVP_PKEY *k)
{
	size_t n = 0;
	return EVP_PKEY_get_octet_string_param(k, OSSL_PKEY_PARAM_PUB_KEY, out, 65, &n) == 1 && n == 65;
}

/* 64 bytes r || s. */
static inline bool
facts_help_signature(uint8_t out[64], EVP_PKEY *k, const void *data, size_t len)
{
	unsigned char der[128];
	const unsigned char *p = der;
	size_t n = sizeof(der);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok =
	    EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, k, NULL) == 1 && EVP_DigestSign(ctx, der, &n, data, len) == 1;
	ECDSA_SIG *sig = ok ? d2i_ECDSA_SIG(NULL, &p, (long)n) : NULL;
	ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32) == 32 &&
	     BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32) == 32;
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static inline bool
facts_help_set64(json_t *o, const char *name, const void *bytes, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };
	fp_base64_put(&b, bytes, len);
	return json_object_set_new(o, name, json_string(b.data)) == 0;
}

/* Appends the fact file of the facts object, signed with key 0 or 1, with its line end. False when something fails. */
static inline bool
facts_help_sign(struct fp_buf *out, const json_t *facts, int which)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4 << 20 };
	FP_JSON json_t *o = json_object();
	uint8_t key[65], signature[64];
	EVP_PKEY *k = facts_help_key(which);
	bool ok = k != NULL && fp_json_canonical(&b, facts, NULL) == FP_OK && facts_help_public(key, k) &&
		  facts_help_signature(signature, k, b.data, b.len);
	ok = ok && json_object_set(o, "facts", (json_t *)facts) == 0 &&
	     json_object_set_new(o, "format", json_string(FACTS_FORMAT)) == 0 && facts_help_set64(o, "key", key, sizeof(key)) &&
	     facts_help_set64(o, "signature", signature, sizeof(signature)) && fp_json_canonical(out, o, NULL) == FP_OK;
	fp_buf_putc(out, '\n');
	return ok && out->failed == FP_OK;
}

#endif
