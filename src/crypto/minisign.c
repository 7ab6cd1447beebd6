#include "crypto/minisign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/utf8.h"

/* Binary layouts behind the base64 lines; all without padding, numbers little endian. */
#define PUBLIC_BYTES (2 + MINISIGN_ID_BYTES + CRYPTO_ED25519_PUBLIC)
#define SIGNATURE_BYTES (2 + MINISIGN_ID_BYTES + CRYPTO_ED25519_SIGNATURE)
#define CHECKSUM_BYTES 32
#define SEALED_BYTES (MINISIGN_ID_BYTES + CRYPTO_ED25519_SECRET + CHECKSUM_BYTES) /* what the password hides */
#define SALT_BYTES 32
#define SECRET_BYTES (2 + 2 + 2 + SALT_BYTES + 8 + 8 + SEALED_BYTES)
#define KDF_OPS_MAX ((uint64_t)1 << 26)
#define KDF_MEMORY_MAX ((uint64_t)1 << 30)

static const char untrusted_label[] = "untrusted comment: ";
static const char trusted_label[] = "trusted comment: ";

/* A line of a text file, without its line end. */
struct line {
	const char *s;
	size_t len;
};

struct secret_file {
	bool encrypted;
	uint8_t salt[SALT_BYTES];
	uint64_t ops;
	uint64_t memory;
	uint8_t sealed[SEALED_BYTES];
};

char *
minisign_id_text(char out[MINISIGN_ID_TEXT], const uint8_t id[MINISIGN_ID_BYTES])
{
	uint64_t v = 0;

	for (int i = MINISIGN_ID_BYTES - 1; i >= 0; i--)
		v = v << 8 | id[i];
	(void)snprintf(out, MINISIGN_ID_TEXT, "%016llX", (unsigned long long)v);
	return out;
}

void
minisign_secret_wipe(struct minisign_secret *sec)
{
	crypto_wipe(sec, sizeof(*sec));
}

static void
wipe_secret_file(struct secret_file *f)
{
	crypto_wipe(f, sizeof(*f));
}

static void
wipe_buf(struct fp_buf *b)
{
	if (b->data != NULL)
		crypto_wipe(b->data, b->cap);
	fp_buf_free(b);
}

void
minisign_keygen(struct minisign_public *pub, struct minisign_secret *sec)
{
	crypto_random(sec->id, sizeof(sec->id));
	crypto_ed25519_keys(pub->key, sec->key, NULL);
	memcpy(pub->id, sec->id, sizeof(pub->id));
}

void
minisign_public_of(struct minisign_public *pub, const struct minisign_secret *sec)
{
	memcpy(pub->id, sec->id, sizeof(pub->id));
	memcpy(pub->key, sec->key + CRYPTO_ED25519_SECRET - CRYPTO_ED25519_PUBLIC, sizeof(pub->key));
}

/* Cut text into at most max lines; returns how many, or max + 1 when text is longer. A last empty line does not count; CRLF is taken as LF. */
static size_t
cut_lines(struct line *out, size_t max, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	size_t n = 0;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t k = nl != NULL ? (size_t)(nl - p) : (size_t)(end - p);

		if (n == max)
			return max + 1;
		out[n++] = (struct line){ p, k > 0 && p[k - 1] == '\r' ? k - 1 : k };
		p = nl != NULL ? nl + 1 : end;
	}
	return n;
}

/* Exactly want bytes from a base64 line. */
static enum fp_status
decode(uint8_t *out, size_t want, struct line l, const char *what, int number, struct fp_err *err)
{
	size_t got = 0;
	const char *end = NULL;

	if (sodium_base642bin(out, want, l.s, l.len, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    end != l.s + l.len || got != want)
		return fp_fail(err, FP_EINVAL,
		    "%s line %d: %zu bytes in base64 are expected; it is cut short, too long or damaged", what, number, want);
	return FP_OK;
}

static bool
starts_with(struct line l, const char *label)
{
	return l.len >= strlen(label) && memcmp(l.s, label, strlen(label)) == 0;
}

static enum fp_status
check_size(const char *text, size_t len, const char *what, struct fp_err *err)
{
	if (len > MINISIGN_FILE_MAX)
		return fp_fail(err, FP_EINVAL, "%s has %zu bytes; a minisign file has at most %d", what, len, MINISIGN_FILE_MAX);
	if (fp_utf8_bad_at(text, len) != len)
		return fp_fail(
		    err, FP_EINVAL, "%s is no minisign file: byte %zu is not UTF-8", what, fp_utf8_bad_at(text, len) + 1);
	return FP_OK;
}

/* The base64 line of a file of two lines, or of one bare line when bare. */
static enum fp_status
key_line(struct line *out, const char *text, size_t len, bool bare, const char *what, struct fp_err *err)
{
	struct line lines[2];
	size_t n;

	if (check_size(text, len, what, err) != FP_OK)
		return FP_EINVAL;
	n = cut_lines(lines, 2, text, len);
	if (bare && n == 1 && !starts_with(lines[0], untrusted_label)) {
		*out = lines[0];
		return FP_OK;
	}
	if (n != 2 || !starts_with(lines[0], untrusted_label))
		return fp_fail(err, FP_EINVAL, "%s is no minisign key: it must be a line '%s...' and a line of base64", what,
		    untrusted_label);
	*out = lines[1];
	return FP_OK;
}

enum fp_status
minisign_public_parse(struct minisign_public *out, const char *text, size_t len, const char *what, struct fp_err *err)
{
	uint8_t raw[PUBLIC_BYTES];
	struct line l;

	if (key_line(&l, text, len, true, what, err) != FP_OK ||
	    decode(raw, sizeof(raw), l, what, l.s == text ? 1 : 2, err) != FP_OK)
		return FP_EINVAL;
	if (memcmp(raw, "Ed", 2) != 0)
		return fp_fail(err, FP_EINVAL, "%s is a key of an unknown algorithm; Ed25519 is known", what);
	memcpy(out->id, raw + 2, sizeof(out->id));
	memcpy(out->key, raw + 2 + sizeof(out->id), sizeof(out->key));
	return FP_OK;
}

static void
put_base64(struct fp_buf *out, const uint8_t *data, size_t len)
{
	char text[2 * SECRET_BYTES];

	_Static_assert(
	    sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_ORIGINAL) <= 2 * SECRET_BYTES, "the text fits");
	fp_buf_puts(out, sodium_bin2base64(text, sizeof(text), data, len, sodium_base64_VARIANT_ORIGINAL));
	fp_buf_putc(out, '\n');
	crypto_wipe(text, sizeof(text));
}

void
minisign_public_write(struct fp_buf *out, const struct minisign_public *pub, const char *comment)
{
	uint8_t raw[PUBLIC_BYTES];
	char id[MINISIGN_ID_TEXT];

	memcpy(raw, "Ed", 2);
	memcpy(raw + 2, pub->id, sizeof(pub->id));
	memcpy(raw + 2 + sizeof(pub->id), pub->key, sizeof(pub->key));
	fp_buf_puts(out, untrusted_label);
	if (comment != NULL)
		fp_buf_puts(out, comment);
	else
		fp_buf_printf(out, "minisign public key %s", minisign_id_text(id, pub->id));
	fp_buf_putc(out, '\n');
	put_base64(out, raw, sizeof(raw));
}

/* BLAKE2b-256 over algorithm, key id and secret key. */
static void
checksum(uint8_t out[CHECKSUM_BYTES], const uint8_t *id_and_key)
{
	uint8_t raw[2 + MINISIGN_ID_BYTES + CRYPTO_ED25519_SECRET] = { 'E', 'd' };

	memcpy(raw + 2, id_and_key, sizeof(raw) - 2);
	crypto_blake2b(out, CHECKSUM_BYTES, raw, sizeof(raw));
	crypto_wipe(raw, sizeof(raw));
}

/* XOR with the stream that scrypt makes of the password: the same for sealing and opening. */
static enum fp_status
seal(struct secret_file *f, const char *password, struct fp_err *err)
{
	uint8_t stream[SEALED_BYTES];

	if (f->ops > KDF_OPS_MAX || f->memory > KDF_MEMORY_MAX)
		return fp_fail(err, FP_ELIMIT,
		    "the secret key asks for %llu bytes of memory and %llu steps; the limits are %llu and %llu",
		    (unsigned long long)f->memory, (unsigned long long)f->ops, (unsigned long long)KDF_MEMORY_MAX,
		    (unsigned long long)KDF_OPS_MAX);
	if (crypto_pwhash_scryptsalsa208sha256(
		stream, sizeof(stream), password, strlen(password), f->salt, f->ops, (size_t)f->memory) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the password of the secret key (%llu MiB are needed)",
		    (unsigned long long)(f->memory >> 20));
	for (size_t i = 0; i < sizeof(stream); i++)
		f->sealed[i] ^= stream[i];
	crypto_wipe(stream, sizeof(stream));
	return FP_OK;
}

static enum fp_status
read_secret_file(struct secret_file *out, const char *text, size_t len, const char *what, struct fp_err *err)
{
	uint8_t raw[SECRET_BYTES] = { 0 };
	struct fp_cur c = fp_cur_make(raw + 6, sizeof(raw) - 6);
	enum fp_status st = FP_OK;
	struct line l;

	if (key_line(&l, text, len, false, what, err) != FP_OK || decode(raw, sizeof(raw), l, what, 2, err) != FP_OK)
		return FP_EINVAL;
	out->encrypted = memcmp(raw + 2, "Sc", 2) == 0;
	if (memcmp(raw, "Ed", 2) != 0 || memcmp(raw + 4, "B2", 2) != 0 || (!out->encrypted && memcmp(raw + 2, "\0\0", 2) != 0))
		st = fp_fail(
		    err, FP_EINVAL, "%s is a secret key of an unknown algorithm; Ed25519, scrypt and BLAKE2b are known", what);
	memcpy(out->salt, fp_cur_take(&c, SALT_BYTES), SALT_BYTES);
	out->ops = fp_cur_le64(&c);
	out->memory = fp_cur_le64(&c);
	memcpy(out->sealed, fp_cur_take(&c, SEALED_BYTES), SEALED_BYTES);
	crypto_wipe(raw, sizeof(raw));
	return st;
}

bool
minisign_secret_encrypted(const char *text, size_t len)
{
	FP_AUTO(wipe_secret_file) struct secret_file f = { .encrypted = false };

	return read_secret_file(&f, text, len, "", NULL) == FP_OK && f.encrypted;
}

/* Is the second half of the key the public key of its first half? */
static bool
is_whole_key(const struct minisign_secret *sec)
{
	FP_AUTO(minisign_secret_wipe) struct minisign_secret again;
	uint8_t public_key[CRYPTO_ED25519_PUBLIC];

	crypto_ed25519_keys(public_key, again.key, sec->key);
	return crypto_equal(again.key, sec->key, sizeof(again.key));
}

enum fp_status
minisign_secret_parse(
    struct minisign_secret *out, const char *text, size_t len, const char *password, const char *what, struct fp_err *err)
{
	static const uint8_t none[CHECKSUM_BYTES]; /* minisign -W writes no checksum */
	FP_AUTO(wipe_secret_file) struct secret_file f = { .encrypted = false };
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec;
	const uint8_t *sum = f.sealed + SEALED_BYTES - CHECKSUM_BYTES;
	uint8_t want[CHECKSUM_BYTES];
	enum fp_status st = read_secret_file(&f, text, len, what, err);
	bool holds;

	if (st != FP_OK)
		return st;
	if (f.encrypted && password == NULL)
		return fp_fail(err, FP_EUSAGE, "%s is protected by a password; give it", what);
	if (f.encrypted)
		st = seal(&f, password, err);
	if (st != FP_OK)
		return st;
	checksum(want, f.sealed);
	memcpy(sec.id, f.sealed, sizeof(sec.id));
	memcpy(sec.key, f.sealed + sizeof(sec.id), sizeof(sec.key));
	holds = crypto_equal(sum, want, sizeof(want)) || (!f.encrypted && memcmp(sum, none, sizeof(none)) == 0);
	if (!holds && f.encrypted)
		return fp_fail(err, FP_EDENIED, "%s: wrong password, or the file is damaged", what);
	if (!holds || !is_whole_key(&sec))
		return fp_fail(err, FP_EINTEGRITY, "%s: the secret key in it is damaged", what);
	*out = sec;
	return FP_OK;
}

/* Less and less memory until the system gives it, as minisign does. */
static enum fp_status
seal_new(struct secret_file *f, const char *password, enum minisign_cost cost, struct fp_err *err)
{
	enum fp_status st;

	crypto_random(f->salt, sizeof(f->salt));
	f->encrypted = true;
	f->ops = cost == MINISIGN_FULL ? crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE
				       : crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_INTERACTIVE;
	f->memory = cost == MINISIGN_FULL ? crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE
					  : crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_INTERACTIVE;
	while ((st = seal(f, password, err)) == FP_ENOMEM && f->memory / 2 >= crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_MIN &&
	       f->ops / 2 >= crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_MIN) {
		f->memory /= 2;
		f->ops /= 2;
	}
	return st;
}

enum fp_status
minisign_secret_write(
    struct fp_buf *out, const struct minisign_secret *sec, const char *password, enum minisign_cost cost, struct fp_err *err)
{
	FP_AUTO(wipe_secret_file) struct secret_file f = { .encrypted = false };
	FP_AUTO(wipe_buf) struct fp_buf raw = { .max = SECRET_BYTES };
	enum fp_status st;

	memcpy(f.sealed, sec->id, sizeof(sec->id));
	memcpy(f.sealed + sizeof(sec->id), sec->key, sizeof(sec->key));
	if (password != NULL) {
		checksum(f.sealed + SEALED_BYTES - CHECKSUM_BYTES, f.sealed);
		st = seal_new(&f, password, cost, err);
		if (st != FP_OK)
			return st;
	}
	fp_buf_puts(&raw, "Ed");
	fp_buf_add(&raw, password != NULL ? "Sc" : "\0", 2);
	fp_buf_puts(&raw, "B2");
	fp_buf_add(&raw, f.salt, sizeof(f.salt));
	fp_buf_le64(&raw, f.ops);
	fp_buf_le64(&raw, f.memory);
	fp_buf_add(&raw, f.sealed, sizeof(f.sealed));
	st = fp_buf_check(&raw, "a secret key", err);
	if (st != FP_OK)
		return st;
	fp_buf_printf(out, "%sminisign encrypted secret key\n", untrusted_label); /* minisign's words, for both kinds */
	put_base64(out, (const uint8_t *)raw.data, raw.len);
	return fp_buf_check(out, "a secret key", err);
}

static enum fp_status
check_comment(const char *text, size_t max, const char *what, struct fp_err *err)
{
	if (strlen(text) > max)
		return fp_fail(err, FP_EUSAGE, "the %s has %zu bytes; the limit is %zu", what, strlen(text), max);
	if (strpbrk(text, "\r\n") != NULL)
		return fp_fail(err, FP_EUSAGE, "the %s must be one line", what);
	if (fp_utf8_bad_at(text, strlen(text)) != strlen(text))
		return fp_fail(err, FP_EUSAGE, "the %s is not UTF-8", what);
	return FP_OK;
}

/* What the second signature covers: the first signature and the trusted comment. */
static void
put_global(struct fp_buf *out, const uint8_t signature[CRYPTO_ED25519_SIGNATURE], const char *trusted)
{
	fp_buf_add(out, signature, CRYPTO_ED25519_SIGNATURE);
	fp_buf_puts(out, trusted);
}

enum fp_status
minisign_sign(struct fp_buf *out, const struct minisign_secret *sec, const void *data, size_t len, const char *trusted,
    const char *comment, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf global = { .max = CRYPTO_ED25519_SIGNATURE + MINISIGN_TRUSTED_MAX };
	uint8_t raw[SIGNATURE_BYTES] = { 'E', 'D' }, hash[64], over[CRYPTO_ED25519_SIGNATURE];
	uint8_t *signature = raw + 2 + MINISIGN_ID_BYTES;
	const char *said = comment != NULL ? comment : "signature from minisign secret key";
	enum fp_status st;

	if (check_comment(said, MINISIGN_COMMENT_MAX, "untrusted comment", err) != FP_OK ||
	    check_comment(trusted, MINISIGN_TRUSTED_MAX, "trusted comment", err) != FP_OK)
		return FP_EUSAGE;
	memcpy(raw + 2, sec->id, sizeof(sec->id));
	crypto_blake2b(hash, sizeof(hash), data, len);
	crypto_ed25519_sign(signature, hash, sizeof(hash), sec->key);
	put_global(&global, signature, trusted);
	st = fp_buf_check(&global, "a signature", err);
	if (st != FP_OK)
		return st;
	crypto_ed25519_sign(over, global.data, global.len, sec->key);
	fp_buf_printf(out, "%s%s\n", untrusted_label, said);
	put_base64(out, raw, sizeof(raw));
	fp_buf_printf(out, "%s%s\n", trusted_label, trusted);
	put_base64(out, over, sizeof(over));
	return fp_buf_check(out, "a signature", err);
}

enum fp_status
minisign_signature_parse(struct minisign_signature *out, const char *text, size_t len, const char *what, struct fp_err *err)
{
	uint8_t raw[SIGNATURE_BYTES];
	struct line lines[4];
	size_t n, label = strlen(trusted_label);

	if (check_size(text, len, what, err) != FP_OK)
		return FP_EINVAL;
	n = cut_lines(lines, 4, text, len);
	if (n == 0 || !starts_with(lines[0], untrusted_label))
		return fp_fail(err, FP_EINVAL, "%s is no minisign signature: line 1 must begin with '%s'", what, untrusted_label);
	if (n != 4)
		return fp_fail(
		    err, FP_EINVAL, "%s is %s: a minisign signature has 4 lines", what, n < 4 ? "cut short" : "too long");
	if (decode(raw, sizeof(raw), lines[1], what, 2, err) != FP_OK ||
	    decode(out->global, sizeof(out->global), lines[3], what, 4, err) != FP_OK)
		return FP_EINVAL;
	if (memcmp(raw, "ED", 2) != 0 && memcmp(raw, "Ed", 2) != 0)
		return fp_fail(err, FP_EINVAL, "%s line 2: a signature of an unknown algorithm; Ed25519 is known", what);
	if (!starts_with(lines[2], trusted_label) || lines[2].len - label > MINISIGN_TRUSTED_MAX)
		return fp_fail(
		    err, FP_EINVAL, "%s line 3 must be '%s' and at most %d bytes", what, trusted_label, MINISIGN_TRUSTED_MAX);
	out->prehashed = raw[1] == 'D';
	memcpy(out->id, raw + 2, sizeof(out->id));
	memcpy(out->signature, raw + 2 + sizeof(out->id), sizeof(out->signature));
	memcpy(out->trusted, lines[2].s + label, lines[2].len - label);
	out->trusted[lines[2].len - label] = '\0';
	return FP_OK;
}

static bool
content_holds(const struct minisign_public *pub, const struct minisign_signature *sig, const void *data, size_t len)
{
	uint8_t hash[64];

	if (!sig->prehashed)
		return crypto_ed25519_verify(sig->signature, data, len, pub->key);
	crypto_blake2b(hash, sizeof(hash), data, len);
	return crypto_ed25519_verify(sig->signature, hash, sizeof(hash), pub->key);
}

enum fp_status
minisign_verify(const struct minisign_public *pub, const struct minisign_signature *sig, const void *data, size_t len,
    const char *what, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf global = { .max = CRYPTO_ED25519_SIGNATURE + MINISIGN_TRUSTED_MAX };
	char wanted[MINISIGN_ID_TEXT], found[MINISIGN_ID_TEXT];
	enum fp_status st;

	if (!crypto_equal(pub->id, sig->id, sizeof(pub->id)))
		return fp_fail(err, FP_EINTEGRITY, "%s was signed with another key: %s, not %s", what,
		    minisign_id_text(found, sig->id), minisign_id_text(wanted, pub->id));
	if (!content_holds(pub, sig, data, len))
		return fp_fail(err, FP_EINTEGRITY,
		    "%s does not match its signature: it was changed after it was signed, or the key is false", what);
	put_global(&global, sig->signature, sig->trusted);
	st = fp_buf_check(&global, "a signature", err);
	if (st != FP_OK)
		return st;
	if (!crypto_ed25519_verify(sig->global, global.data, global.len, pub->key))
		return fp_fail(err, FP_EINTEGRITY, "%s: the trusted comment of its signature was changed", what);
	return FP_OK;
}
