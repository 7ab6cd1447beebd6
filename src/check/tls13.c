/* The server's handshake records of TLS 1.3 (RFC 8446, 5.2 and 7): opened with a key that everybody knows, to see the certificate in them. */
#include "check/tls_proto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const uint8_t client_private[TLS_KEY_BYTES + 1] = "fieldproof: key without a secret";
const uint8_t tls_client_public[TLS_KEY_BYTES] = { 0xb0, 0x90, 0x8a, 0x3a, 0x3a, 0xc8, 0xc0, 0xa3, 0x96, 0xb6, 0x44, 0xdf, 0xb1,
	0xc9, 0x62, 0xb8, 0xda, 0x37, 0x7e, 0xe4, 0x95, 0xa2, 0x5a, 0x24, 0xd2, 0xa3, 0x5b, 0x2f, 0x3e, 0xa0, 0x0c, 0x00 };

#define HASH_MAX 48
#define TAG 16

static const struct suite {
	unsigned id;
	const EVP_MD *(*hash)(void);
	const EVP_CIPHER *(*cipher)(void);
	size_t key;
} suites[] = {
	{ 0x1301, EVP_sha256, EVP_aes_128_gcm, 16 },
	{ 0x1302, EVP_sha384, EVP_aes_256_gcm, 32 },
	{ 0x1303, EVP_sha256, EVP_chacha20_poly1305, 32 },
};

static const struct suite *
suite_of(unsigned id)
{
	for (size_t i = 0; i < FP_COUNT(suites); i++) {
		if (suites[i].id == id) {
			return &suites[i];
		}
	}
	return NULL;
}

static void
key_end(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void
agreement_end(EVP_PKEY_CTX **c)
{
	EVP_PKEY_CTX_free(*c);
}

static void
cipher_end(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

static void
digest_end(EVP_MD_CTX **c)
{
	EVP_MD_CTX_free(*c);
}

static bool
agree(uint8_t out[TLS_KEY_BYTES], const uint8_t share[TLS_KEY_BYTES])
{
	size_t n = TLS_KEY_BYTES;
	FP_AUTO(key_end) EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, client_private, TLS_KEY_BYTES);
	FP_AUTO(key_end) EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, share, TLS_KEY_BYTES);
	FP_AUTO(agreement_end) EVP_PKEY_CTX *c = own != NULL ? EVP_PKEY_CTX_new(own, NULL) : NULL;
	return peer != NULL && c != NULL && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, peer) == 1 &&
	       EVP_PKEY_derive(c, out, &n) == 1 && n == TLS_KEY_BYTES;
}

static bool
hmac(uint8_t *out, const EVP_MD *md, const uint8_t *key, size_t key_len, const uint8_t *p, size_t len)
{
	unsigned n = 0;
	return HMAC(md, key, (int)key_len, p, len, out, &n) != NULL;
}

/* HKDF-Expand-Label of RFC 8446, 7.1, for at most one block of the hash. */
static bool
expand(uint8_t *out, size_t len, const EVP_MD *md, const uint8_t *secret, const char *label, const uint8_t *context, size_t n)
{
	uint8_t block[HASH_MAX];
	FP_AUTO(fp_buf_free) struct fp_buf info = { .max = 256 };
	fp_buf_be16(&info, (uint16_t)len);
	fp_buf_u8(&info, (uint8_t)(6 + strlen(label)));
	fp_buf_puts(&info, "tls13 ");
	fp_buf_puts(&info, label);
	fp_buf_u8(&info, (uint8_t)n);
	fp_buf_add(&info, context, n);
	fp_buf_u8(&info, 1);
	size_t h = (size_t)EVP_MD_get_size(md);
	if (info.failed != FP_OK || len > h || !hmac(block, md, secret, h, (const uint8_t *)info.data, info.len)) {
		return false;
	}
	memcpy(out, block, len);
	return true;
}

static bool
hash_two(uint8_t *out, const EVP_MD *md, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	FP_AUTO(digest_end) EVP_MD_CTX *c = EVP_MD_CTX_new();
	return c != NULL && EVP_DigestInit_ex(c, md, NULL) == 1 && EVP_DigestUpdate(c, a, a_len) == 1 &&
	       EVP_DigestUpdate(c, b, b_len) == 1 && EVP_DigestFinal_ex(c, out, NULL) == 1;
}

bool
tls13_begin(struct tls13 *out, unsigned cipher, const uint8_t share[TLS_KEY_BYTES], const uint8_t *client, size_t client_len,
    const uint8_t *server, size_t server_len)
{
	static const uint8_t zeros[HASH_MAX];
	uint8_t shared[TLS_KEY_BYTES], early[HASH_MAX], derived[HASH_MAX], handshake[HASH_MAX], traffic[HASH_MAX], hash[HASH_MAX];
	const struct suite *s = suite_of(cipher);
	*out = (struct tls13){ .cipher = cipher };
	if (s == NULL || !agree(shared, share)) {
		return false;
	}
	const EVP_MD *md = s->hash();
	size_t h = (size_t)EVP_MD_get_size(md);
	return hmac(early, md, zeros, h, zeros, h) && hash_two(hash, md, zeros, 0, zeros, 0) &&
	       expand(derived, h, md, early, "derived", hash, h) && hmac(handshake, md, derived, h, shared, sizeof(shared)) &&
	       hash_two(hash, md, client, client_len, server, server_len) &&
	       expand(traffic, h, md, handshake, "s hs traffic", hash, h) &&
	       expand(out->key, s->key, md, traffic, "key", zeros, 0) &&
	       expand(out->iv, sizeof(out->iv), md, traffic, "iv", zeros, 0);
}

int
tls13_open(struct tls13 *k, struct fp_buf *out, const uint8_t *record, size_t len)
{
	enum { header = 5 };
	uint8_t nonce[sizeof(k->iv)], plain[16384 + 256];
	const struct suite *s = suite_of(k->cipher);
	int n = 0, more = 0;
	if (s == NULL || len < header + TAG + 1 || len - header - TAG > sizeof(plain)) {
		return -1;
	}
	size_t body = len - header - TAG;
	memcpy(nonce, k->iv, sizeof(nonce));
	for (int i = 0; i < 8; i++) {
		nonce[11 - i] ^= (uint8_t)(k->records >> (8 * i));
	}
	k->records++;
	FP_AUTO(cipher_end) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (c == NULL || EVP_DecryptInit_ex(c, s->cipher(), NULL, k->key, nonce) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(uintptr_t)(record + len - TAG)) != 1 ||
	    EVP_DecryptUpdate(c, NULL, &n, record, header) != 1 ||
	    EVP_DecryptUpdate(c, plain, &n, record + header, (int)body) != 1 || EVP_DecryptFinal_ex(c, plain + n, &more) != 1) {
		return -1;
	}
	/* The type stands behind the content, with zeros as padding behind it. */
	while (body > 0 && plain[body - 1] == 0) {
		body--;
	}
	if (body == 0) {
		return -1;
	}
	fp_buf_add(out, plain, body - 1);
	return plain[body - 1];
}
