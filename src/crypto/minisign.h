/*
 * Keys and signatures in the file formats of minisign (https://jedisct1.github.io/minisign/): what is signed here the ordinary
 * minisign program verifies, and the other way round. Three small text files: public key, secret key (with or without a
 * password), signature. Each reader takes a whole file and refuses whatever it does not know.
 */
#ifndef FP_CRYPTO_MINISIGN_H
#define FP_CRYPTO_MINISIGN_H

#include "base/buf.h"
#include "crypto/crypto.h"

#define MINISIGN_ID_BYTES 8
#define MINISIGN_ID_TEXT 17       /* "C24183FF54C39FEB" */
#define MINISIGN_COMMENT_MAX 1024 /* bytes of an untrusted comment */
#define MINISIGN_TRUSTED_MAX 8192 /* bytes of a trusted comment */
#define MINISIGN_FILE_MAX 16384   /* bytes of any of the three files */

struct minisign_public {
	uint8_t id[MINISIGN_ID_BYTES];
	uint8_t key[CRYPTO_ED25519_PUBLIC];
};

struct minisign_secret { /* FP_AUTO(minisign_secret_wipe) */
	uint8_t id[MINISIGN_ID_BYTES];
	uint8_t key[CRYPTO_ED25519_SECRET];
};

struct minisign_signature {
	bool prehashed; /* "ED": over BLAKE2b-512 of the content; otherwise "Ed": over the content */
	uint8_t id[MINISIGN_ID_BYTES];
	uint8_t signature[CRYPTO_ED25519_SIGNATURE];
	uint8_t global[CRYPTO_ED25519_SIGNATURE]; /* over signature and trusted comment */
	char trusted[MINISIGN_TRUSTED_MAX + 1];   /* the signer's words: believe them only after minisign_verify */
};

/* How dear it is made to guess the password: FULL is what minisign writes (1 GiB, seconds); less memory is taken when there is not so much. */
enum minisign_cost { MINISIGN_FULL, MINISIGN_QUICK };

void minisign_keygen(struct minisign_public *pub, struct minisign_secret *sec);
void minisign_public_of(struct minisign_public *pub, const struct minisign_secret *sec);
void minisign_secret_wipe(struct minisign_secret *sec);
/* The key id as minisign prints it, 16 upper-case digits; returns out. */
char *minisign_id_text(char out[MINISIGN_ID_TEXT], const uint8_t id[MINISIGN_ID_BYTES]);

/*
 * Public key. parse takes the file, or the bare line that minisign -P takes; what names it in messages. FP_EINVAL.
 * write appends the two lines of a .pub file; comment NULL means minisign's own.
 */
enum fp_status minisign_public_parse(
    struct minisign_public *out, const char *text, size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;
void minisign_public_write(struct fp_buf *out, const struct minisign_public *pub, const char *comment);

/*
 * Secret key. password NULL: the file carries none (minisign -W). FP_EINVAL for a malformed file, FP_EUSAGE when it is encrypted and
 * password is NULL, FP_EDENIED for a wrong password (or a damaged encrypted file: the two cannot be told apart), FP_EINTEGRITY when the
 * key in an unencrypted file does not hold together, FP_ELIMIT when it asks for more than 1 GiB, FP_ENOMEM.
 */
enum fp_status minisign_secret_parse(struct minisign_secret *out, const char *text, size_t len, const char *password,
    const char *what, struct fp_err *err) FP_MUST_CHECK;
/* True when the file is a secret key that needs a password: ask before parsing. */
bool minisign_secret_encrypted(const char *text, size_t len);
enum fp_status minisign_secret_write(struct fp_buf *out, const struct minisign_secret *sec, const char *password,
    enum minisign_cost cost, struct fp_err *err) FP_MUST_CHECK;

/*
 * Append a signature file over data, prehashed. trusted is signed with it ("timestamp:...\tfile:..."); comment NULL means minisign's
 * own. FP_EUSAGE when one of them has a line break or is too long.
 */
enum fp_status minisign_sign(struct fp_buf *out, const struct minisign_secret *sec, const void *data, size_t len,
    const char *trusted, const char *comment, struct fp_err *err) FP_MUST_CHECK;

/* FP_EINVAL names the line and what is wrong with it ("cut short", "unknown algorithm"). */
enum fp_status minisign_signature_parse(
    struct minisign_signature *out, const char *text, size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;

/*
 * Does sig hold for data under pub? FP_EINTEGRITY with one of three messages, what naming the content: signed with another key (both
 * ids), content changed after it was signed, trusted comment changed.
 */
enum fp_status minisign_verify(const struct minisign_public *pub, const struct minisign_signature *sig, const void *data,
    size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;

#endif
