/*
 * Is this notice what its maker signed? The signature (notice.minisig, minisign's format, prehashed) covers notice_canonical's
 * bytes, so `fieldproof notice canonical DIR >FILE` and `minisign -V -p KEY.pub -m FILE -x DIR/notice.minisig` say the same.
 *
 * The trusted comment that notice_sign writes lists the files with the beginning of their hashes, so that verifying can say
 * which one was changed, removed or added. Signatures made by the minisign program itself hold too, without that list.
 */
#ifndef FP_NOTICE_SIGN_H
#define FP_NOTICE_SIGN_H

#include "base/clock.h"
#include "crypto/minisign.h"
#include "notice/notice.h"

#define NOTICE_SIGNATURE_FILE "notice.minisig"

/* What verifying found. Only NOTICE_GENUINE may be shown as genuine. */
enum notice_genuine {
	NOTICE_UNSIGNED,
	NOTICE_MALFORMED,     /* there is a signature file, but it is none of minisign's */
	NOTICE_UNKNOWN_KEY,   /* signed, by a key that is not among those given: says nothing about the content */
	NOTICE_FILE_MISSING,  /* signed by a key given, but a language file that was signed is not there */
	NOTICE_CHANGED,       /* signed by a key given, but the content is another now */
	NOTICE_BAD_SIGNATURE, /* bears the id of a key given, but that key did not make it, or it was damaged */
	NOTICE_GENUINE,
	NOTICE_GENUINE_COUNT
};

/* A public key that the reader trusts, under the name he knows it by. */
struct notice_key {
	const char *name;
	struct minisign_public key;
};

struct notice_verdict {
	enum notice_genuine state;
	char key_id[MINISIGN_ID_TEXT];          /* that the signature names; "" without a readable signature */
	char signer[128];                       /* name of the key given; "" when none has that id */
	char comment[MINISIGN_TRUSTED_MAX + 1]; /* the trusted comment; only where the signature over it holds */
	char message[600];                      /* one English sentence for people: what was found, which file, what to do */
};

/*
 * Judge minisig (len bytes; NULL: there is none) for n. Always gives a verdict: FP_OK whatever it is; otherwise FP_ENOMEM.
 * keys may be empty: then a signed notice is NOTICE_UNKNOWN_KEY.
 */
enum fp_status notice_verify(struct notice_verdict *out, const struct notice *n, const char *minisig, size_t len,
    const struct notice_key *keys, size_t n_keys, struct fp_err *err) FP_MUST_CHECK;
/* FP_OK for NOTICE_GENUINE; otherwise FP_EINTEGRITY with the verdict's message in err. */
enum fp_status notice_verdict_status(const struct notice_verdict *v, struct fp_err *err) FP_MUST_CHECK;

/* The signature file of dir into out, which stays empty when there is none. FP_EIO, FP_ELIMIT. */
enum fp_status notice_signature_read(struct fp_buf *out, const char *dir, struct fp_err *err) FP_MUST_CHECK;

/*
 * Append the signature file of n. The same notice, key and time give the same bytes. The trusted comment has, separated by tabs:
 * timestamp:SECONDS, notice:REFERENCE revision N, sha256:HASH, files:notice.json=HASH16 da.md=HASH16 ...
 */
enum fp_status notice_sign(
    struct fp_buf *out, const struct notice *n, const struct minisign_secret *sec, fp_time now, struct fp_err *err) FP_MUST_CHECK;

/* Open dir, sign it, publish DIR/notice.minisig (an older one is replaced whole). */
enum fp_status notice_sign_folder(
    const char *dir, const struct minisign_secret *sec, fp_time now, struct fp_err *err) FP_MUST_CHECK;

const char *notice_genuine_name(
    enum notice_genuine g); /* "unsigned", "malformed", "unknown-key", "file-missing", "changed", "bad-signature", "genuine" */
const char *notice_genuine_text(enum notice_genuine g); /* English sentence, key for i18n: what a banner says */

#endif
