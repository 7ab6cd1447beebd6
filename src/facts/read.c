/* A fact file: the envelope, its signature, then the facts. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "crypto/ecdsa.h"
#include "facts/facts_int.h"

static const char *
text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s != NULL ? s : "";
}

/* ---- envelope ---- */

static enum fp_status
bytes_of(uint8_t *out, size_t len, const json_t *root, const char *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };
	const char *text;
	if (fp_json_str(&text, root, key, "fact file", err) != FP_OK) {
		return FP_EINVAL;
	}
	if (strlen(text) > 128 || fp_base64_get(&b, text, err) != FP_OK || b.len != len) {
		return fp_fail(err, FP_EINVAL, "'%s' must be %zu bytes in base64", key, len);
	}
	memcpy(out, b.data, len);
	return FP_OK;
}

/* The bytes that were read must be the ones that would be written: else two files could say the same and hash otherwise. */
static enum fp_status
is_canonical(const json_t *root, const char *bytes, size_t len, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = FACTS_FILE_MAX };
	if (fp_json_canonical(&b, root, err) != FP_OK) {
		return fp_failed(err, FP_ENOMEM);
	}
	if (len > 0 && bytes[len - 1] == '\n') {
		len--;
		len -= len > 0 && bytes[len - 1] == '\r';
	}
	if (b.len != len || memcmp(b.data, bytes, len) != 0) {
		return fp_fail(err, FP_EINTEGRITY, "it was rewritten after it was made: its bytes are not in canonical form");
	}
	return FP_OK;
}

static enum fp_status
is_signed(struct facts_file *f, const json_t *facts, struct fp_err *err)
{
	uint8_t key[CRYPTO_ECDSA_PUBLIC], signature[CRYPTO_ECDSA_SIGNATURE];
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = FACTS_FILE_MAX };
	enum fp_status st = bytes_of(key, sizeof(key), f->root, "key", err);
	if (st == FP_OK) {
		st = bytes_of(signature, sizeof(signature), f->root, "signature", err);
	}
	if (st == FP_OK) {
		st = fp_json_canonical(&b, facts, err);
	}
	if (st == FP_OK) {
		st = crypto_ecdsa_verify(signature, b.data, b.len, key, err);
	}
	(void)crypto_sha256_hex(f->key_id, key, st == FP_OK ? sizeof(key) : 0);
	return st;
}

static enum fp_status
open_envelope(struct facts_file *f, const json_t **facts, const char *bytes, size_t len, struct fp_err *err)
{
	static const char *const known[] = { "facts", "format", "key", "signature", NULL };
	const char *format;
	if (!json_is_object(f->root) || fp_json_str(&format, f->root, "format", "fact file", err) != FP_OK) {
		return fp_fail(err, FP_EINVAL, "it is JSON, but no fact file: it has no 'format'");
	}
	if (strcmp(format, FACTS_FORMAT) != 0) {
		return fp_fail(err, FP_EUNSUPPORTED, "it has the format '%.60s'; this program reads '" FACTS_FORMAT "'", format);
	}
	if (fp_json_only(f->root, known, "fact file", err) != FP_OK ||
	    fp_json_obj_opt(facts, f->root, "facts", "fact file", err) != FP_OK) {
		return FP_EINVAL;
	}
	if (*facts == NULL) {
		return fp_fail(err, FP_EINVAL, "'facts' is missing; it must be an object");
	}
	return is_canonical(f->root, bytes, len, err);
}

/* ---- parts ---- */

/* A machine-id is made anew by each installation of Linux (machine-id(5)), and btrfs, ZFS and roots in the network have no volume to tell; the MachineGuid of
 * Windows travels with copies of a disk. */
static void
set_identity(struct facts_part *p)
{
	bool alone = strcmp(text_of(p->facts, "platform"), "linux") == 0;
	if (p->machine_id[0] == '\0' || (p->volume_serial[0] == '\0' && !alone)) {
		return;
	}
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = FACTS_FILE_MAX };
	fp_buf_printf(&b, "%s\n%s", p->machine_id, p->volume_serial);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] = (char)tolower((unsigned char)b.data[i]);
	}
	if (b.failed == FP_OK) {
		(void)crypto_sha256_hex(p->identity, b.data, b.len);
	}
}

static enum fp_status
add_part(struct facts_file *f, const json_t *facts, bool offline, struct fp_err *err)
{
	const json_t *host = json_object_get(facts, "host");
	if ((strcmp(text_of(facts, "source"), "offline") == 0) != offline) {
		return fp_fail(err, FP_EINVAL, "%s must have the source '%s'",
		    offline ? "a system in 'offline'" : "the system itself", offline ? "offline" : "running");
	}
	if (offline && json_object_get(facts, "offline") != NULL) {
		return fp_fail(err, FP_EINVAL, "offline[%zu]: a system that was read offline holds no others", f->n_parts - 1);
	}
	struct facts_part *p = &f->parts[f->n_parts++];
	p->facts = facts;
	p->mode = text_of(json_object_get(facts, "stated"), "mode");
	p->machine_id = text_of(host, "machine_id");
	p->volume_serial = text_of(host, "volume_serial");
	p->offline = offline;
	set_identity(p);
	return FP_OK;
}

static enum fp_status
take_apart(struct facts_file *f, const json_t *facts, struct fp_err *err)
{
	const json_t *others = json_object_get(facts, "offline");
	enum fp_status st = fp_time_parse(&f->collected, text_of(facts, "collected"), err);
	if (st == FP_OK) {
		st = add_part(f, facts, false, err);
	}
	for (size_t i = 0; st == FP_OK && i < json_array_size(others); i++) {
		st = add_part(f, json_array_get(others, i), true, err);
	}
	f->serial = text_of(json_object_get(facts, "stated"), "serial");
	f->challenge = text_of(facts, "challenge");
	return st;
}

/* ---- the whole ---- */

static enum fp_status
read_file(struct facts_file *f, const char *bytes, size_t len, struct fp_err *err)
{
	const json_t *facts = NULL;
	enum fp_status st = len > FACTS_FILE_MAX
				? fp_fail(err, FP_ELIMIT, "it has %zu bytes; the limit is %d", len, FACTS_FILE_MAX)
				: fp_json_parse(&f->root, bytes, len, "JSON", err);
	if (st == FP_OK) {
		st = open_envelope(f, &facts, bytes, len, err);
	}
	if (st == FP_OK) {
		st = is_signed(f, facts, err);
	}
	if (st == FP_OK) {
		st = facts_fits(facts_shape(), facts, "", err);
	}
	return st == FP_OK ? take_apart(f, facts, err) : st;
}

enum fp_status
facts_read(struct facts_file **out, const void *bytes, size_t len, const char *name, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	err = err != NULL ? err : &local;
	FP_AUTO(facts_freep) struct facts_file *f = fp_calloc(1, sizeof(*f));
	if (f == NULL) {
		return fp_fail(err, FP_ENOMEM, "out of memory reading '%s'", name);
	}
	if (read_file(f, bytes, len, err) != FP_OK) {
		return fp_ctx(err, "fact file '%.200s'", name);
	}
	*out = f;
	f = NULL;
	return FP_OK;
}

void
facts_free(struct facts_file *f)
{
	if (f != NULL) {
		json_decref(f->root);
		free(f);
	}
}

void
facts_freep(struct facts_file **f)
{
	facts_free(*f);
	*f = NULL;
}

bool
facts_is(const void *bytes, size_t len)
{
	/* Canonical form puts "facts" first; its members begin with "accounts", "bmc", "challenge", so no more of it is fixed. */
	static const char head[] = "{\"facts\":{";
	return len >= sizeof(head) - 1 && memcmp(bytes, head, sizeof(head) - 1) == 0;
}
