/* Signing and verifying a notice. */
#include "notice/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "i18n/i18n.h"

#define HASH_SHOWN 16 /* hex digits of a file's hash: enough to see a change, no proof by itself */

static const struct {
	const char *name, *text;
} states[NOTICE_GENUINE_COUNT] = {
	[NOTICE_UNSIGNED] = { "unsigned", N_("Not verified: this notice bears no signature.") },
	[NOTICE_MALFORMED] = { "malformed", N_("Not verified: the signature of this notice cannot be read.") },
	[NOTICE_UNKNOWN_KEY] = { "unknown-key", N_("Not verified: this notice is signed with a key that is not trusted here.") },
	[NOTICE_FILE_MISSING] = { "file-missing", N_("Not genuine: a part that was signed is missing.") },
	[NOTICE_CHANGED] = { "changed", N_("Not genuine: the content was changed after it was signed.") },
	[NOTICE_BAD_SIGNATURE] = { "bad-signature", N_("Not genuine: the signature does not hold.") },
	[NOTICE_GENUINE] = { "genuine", N_("Genuine: the signature of this notice holds.") },
};

const char *
notice_genuine_name(enum notice_genuine g)
{
	return (unsigned)g < NOTICE_GENUINE_COUNT ? states[g].name : "malformed";
}

const char *
notice_genuine_text(enum notice_genuine g)
{
	return (unsigned)g < NOTICE_GENUINE_COUNT ? states[g].text : states[NOTICE_MALFORMED].text;
}

/* ---- the list of files ---- */

static enum fp_status
parts(json_t **out, const struct notice *n, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	if (notice_canonical(&b, n, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return fp_json_parse(out, b.data, b.len, "the notice", err);
}

static enum fp_status
list_files(struct fp_buf *out, const struct notice *n, struct fp_err *err)
{
	FP_JSON json_t *whole = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf facts = { .max = 0 };
	char hex[CRYPTO_SHA256_HEX];

	if (parts(&whole, n, err) != FP_OK || fp_json_canonical(&facts, json_object_get(whole, "facts"), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_buf_printf(out, "notice.json=%.*s", HASH_SHOWN, crypto_sha256_hex(hex, facts.data, facts.len));
	for (size_t i = 0; i < n->n_texts; i++) {
		const json_t *text = json_object_get(json_object_get(whole, "texts"), n->texts[i].lang);

		(void)crypto_sha256_hex(hex, json_string_value(text), json_string_length(text));
		fp_buf_printf(out, " %s.md=%.*s", n->texts[i].lang, HASH_SHOWN, hex);
	}
	return fp_buf_check(out, "the list of signed files", err);
}

/* Does list ("a=1 b=2") hold name? Its hash in *hash, to the next blank. */
static bool
in_list(const char *list, const char *name, size_t len, const char **hash)
{
	for (const char *p = list; *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		size_t here = strcspn(p, "= ");

		if (here == len && memcmp(p, name, len) == 0 && p[here] == '=') {
			*hash = p + here + 1;
			return true;
		}
	}
	return false;
}

struct difference {
	struct fp_buf text;
	bool missing, changed;
};

static void
differs(struct difference *d, const char *name, size_t len, const char *what)
{
	fp_buf_printf(&d->text, "%s%.*s %s", d->text.len ? "; " : "", (int)len, name, what);
}

/* What is in signed and not, or otherwise, in now. */
static void
compare_lists(struct difference *d, const char *signed_list, const char *now)
{
	const char *a, *b;

	for (const char *p = signed_list; *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		size_t len = strcspn(p, "= ");

		if (p[len] != '=')
			continue;
		a = p + len + 1;
		if (!in_list(now, p, len, &b)) {
			differs(d, p, len, "was signed but is missing");
			d->missing = true;
		} else if (strncmp(a, b, HASH_SHOWN) != 0) {
			differs(d, p, len, "was changed after it was signed");
			d->changed = true;
		}
	}
	for (const char *p = now; *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		size_t len = strcspn(p, "= ");

		if (!in_list(signed_list, p, len, &a)) {
			differs(d, p, len, "was added after the signature was made");
			d->changed = true;
		}
	}
}

/* ---- verifying ---- */

static const struct notice_key *
key_of(const struct notice_key *keys, size_t n, const uint8_t id[MINISIGN_ID_BYTES])
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(keys[i].key.id, id, MINISIGN_ID_BYTES) == 0)
			return &keys[i];
	return NULL;
}

/* The signature over signature and trusted comment: when it holds, the comment is the signer's, whatever became of the content. */
static bool
comment_holds(const struct minisign_signature *sig, const struct minisign_public *key)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = MINISIGN_FILE_MAX };

	fp_buf_add(&b, sig->signature, sizeof(sig->signature));
	fp_buf_puts(&b, sig->trusted);
	return fp_buf_check(&b, "comment", NULL) == FP_OK && crypto_ed25519_verify(sig->global, b.data, b.len, key->key);
}

static void say(struct notice_verdict *v, enum notice_genuine state, const char *fmt, ...) FP_PRINTF(3, 4);
static void
say(struct notice_verdict *v, enum notice_genuine state, const char *fmt, ...)
{
	va_list ap;

	v->state = state;
	va_start(ap, fmt);
	(void)vsnprintf(v->message, sizeof(v->message), fmt, ap);
	va_end(ap);
}

/* The content does not hold: say as exactly as the trusted comment allows what became of it. */
static enum fp_status
explain(struct notice_verdict *v, const struct notice *n, const struct minisign_signature *sig, const struct notice_key *key,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf now = { .max = 65536 };
	struct difference d = { .text = { .max = 16384 } };
	const char *list;

	if (!comment_holds(sig, &key->key)) {
		say(v, NOTICE_BAD_SIGNATURE,
		    "the signature names key %s ('%s'), but does not hold for it: it was damaged or forged", v->key_id,
		    v->signer);
		return FP_OK;
	}
	(void)snprintf(v->comment, sizeof(v->comment), "%s", sig->trusted);
	list = strstr(sig->trusted, "\tfiles:");
	if (list != NULL) {
		if (list_files(&now, n, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		compare_lists(&d, list + 7, now.data);
	}
	say(v, d.missing && !d.changed ? NOTICE_FILE_MISSING : NOTICE_CHANGED, "%s is not what key %s ('%s') signed: %s",
	    n->reference, v->key_id, v->signer,
	    d.text.len ? d.text.data : "its content was changed; the signature does not say which file");
	fp_buf_free(&d.text);
	return FP_OK;
}

enum fp_status
notice_verify(struct notice_verdict *out, const struct notice *n, const char *minisig, size_t len, const struct notice_key *keys,
    size_t n_keys, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = 0 };
	FP_AUTO(fp_freep) struct minisign_signature *sig = fp_calloc(1, sizeof(*sig));
	const struct notice_key *key;
	struct fp_err why;

	memset(out, 0, sizeof(*out));
	if (sig == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (minisig == NULL || len == 0) {
		say(out, NOTICE_UNSIGNED, "%s bears no signature (" NOTICE_SIGNATURE_FILE ")", n->reference);
		return FP_OK;
	}
	if (minisign_signature_parse(sig, minisig, len, NOTICE_SIGNATURE_FILE, &why) != FP_OK) {
		say(out, NOTICE_MALFORMED, "the signature cannot be read: %s", why.msg);
		return FP_OK;
	}
	(void)minisign_id_text(out->key_id, sig->id);
	key = key_of(keys, n_keys, sig->id);
	if (key == NULL) {
		say(out, NOTICE_UNKNOWN_KEY,
		    "%s is signed with key %s, which is not among the %zu trusted: get the manufacturer's key by a way you trust",
		    n->reference, out->key_id, n_keys);
		return FP_OK;
	}
	(void)snprintf(out->signer, sizeof(out->signer), "%s", key->name);
	if (notice_canonical(&bytes, n, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (minisign_verify(&key->key, sig, bytes.data, bytes.len, n->reference, &why) != FP_OK)
		return explain(out, n, sig, key, err);
	(void)snprintf(out->comment, sizeof(out->comment), "%s", sig->trusted);
	say(out, NOTICE_GENUINE, "%s is what key %s ('%s') signed", n->reference, out->key_id, key->name);
	return FP_OK;
}

enum fp_status
notice_verdict_status(const struct notice_verdict *v, struct fp_err *err)
{
	return v->state == NOTICE_GENUINE ? FP_OK : fp_fail(err, FP_EINTEGRITY, "%s", v->message);
}

enum fp_status
notice_signature_read(struct fp_buf *out, const char *dir, struct fp_err *err)
{
	struct fp_err own = { 0 };
	FP_AUTO(fp_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	err = err ? err : &own;
	if (out->max == 0 || out->max > MINISIGN_FILE_MAX)
		out->max = MINISIGN_FILE_MAX;
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open the notice folder '%s'", dir);
	if (fp_file_read_at(out, fd, NOTICE_SIGNATURE_FILE, err) == FP_OK || err->status == FP_ENOTFOUND)
		return FP_OK;
	return fp_ctx(err, "%s", dir);
}

/* ---- signing ---- */

enum fp_status
notice_sign(struct fp_buf *out, const struct notice *n, const struct minisign_secret *sec, fp_time now, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = 0 };
	FP_AUTO(fp_buf_free) struct fp_buf comment = { .max = MINISIGN_TRUSTED_MAX };
	struct fp_err own = { 0 };

	err = err ? err : &own;
	fp_buf_printf(&comment, "timestamp:%lld\tnotice:%s revision %d\tsha256:%s\tfiles:", (long long)(now / 1000), n->reference,
	    n->revision, n->content_hash);
	if (list_files(&comment, n, err) != FP_OK || notice_canonical(&bytes, n, err) != FP_OK)
		return err->status;
	return minisign_sign(out, sec, bytes.data, bytes.len, comment.data, NULL, err);
}

enum fp_status
notice_sign_folder(const char *dir, const struct minisign_secret *sec, fp_time now, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(fp_closep) int fd = -1;
	struct fp_err own = { 0 };

	err = err ? err : &own;
	if (notice_open(&n, dir, err) != FP_OK || notice_sign(&sig, n, sec, now, err) != FP_OK)
		return err->status;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open the notice folder '%s'", dir);
	if (fp_file_publish_at(fd, NOTICE_SIGNATURE_FILE, sig.data, sig.len, 0644, err) != FP_OK)
		return fp_ctx(err, "%s", dir);
	return FP_OK;
}
