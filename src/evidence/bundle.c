/* The bundle: its manifest, chain and signature, and the list of verdicts; writer and reader together. */
#include "evidence/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#define VERDICTS_FORMAT "fieldproof-verdicts-1"
#define NOUGHT "0000000000000000000000000000000000000000000000000000000000000000" /* before the first link */

struct evidence_bundle *
evidence_bundle_new(void)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = fp_calloc(1, sizeof(*b));
	struct evidence_bundle *out;

	if (b == NULL || (b->archive = evidence_archive_new()) == NULL)
		return NULL;
	out = b;
	b = NULL;
	return out;
}

void
evidence_bundle_free(struct evidence_bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_verdicts; i++)
		free(b->verdicts[i].device);
	for (size_t i = 0; i < b->n_damage; i++) {
		free(b->damage[i].where);
		free(b->damage[i].why);
	}
	evidence_archive_free(b->archive);
	free(b->verdicts);
	free(b->damage);
	free(b);
}

void
evidence_bundle_freep(struct evidence_bundle **b)
{
	evidence_bundle_free(*b);
	*b = NULL;
}

static enum fp_status
no_memory(struct fp_err *err)
{
	return fp_fail(err, FP_ENOMEM, "out of memory for a bundle of evidence");
}

enum fp_status
evidence_bundle_verdict(struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err)
{
	struct evidence_bundle_verdict copy = *v;

	copy.device = fp_strdup(v->device ? v->device : "");
	if (copy.device == NULL || fp_grow(&b->verdicts, &b->cap_verdicts, b->n_verdicts + 1, sizeof(*b->verdicts)) != 0) {
		free(copy.device);
		return no_memory(err);
	}
	b->verdicts[b->n_verdicts++] = copy;
	return FP_OK;
}

enum fp_status
evidence_bundle_damaged(struct evidence_bundle *b, const char *where, const char *why, struct fp_err *err)
{
	struct evidence_damage d = { fp_strdup(where), fp_strdup(why) };

	if (d.where == NULL || d.why == NULL || fp_grow(&b->damage, &b->cap_damage, b->n_damage + 1, sizeof(d)) != 0) {
		free(d.where);
		free(d.why);
		return no_memory(err);
	}
	b->damage[b->n_damage++] = d;
	return FP_OK;
}

/* jansson drops what it has no memory for; a bundle with a hole must not be written. */
static bool
put(json_t *obj, const char *key, json_t *owned)
{
	return json_object_set_new(obj, key, owned) == 0;
}

/* ---- verdicts ---- */

static json_t *
verdict_json(const struct evidence_bundle_verdict *v)
{
	FP_JSON json_t *j = json_object();
	char at[FP_TIME_MAX];

	if (!put(j, "cell", json_integer(v->cell)) || !put(j, "device", json_string(v->device)) ||
	    !put(j, "mode", json_string(v->mode)) || !put(j, "action", json_string(v->action)) ||
	    !put(j, "at", json_string(fp_time_text(at, v->at))) || !put(j, "check", json_string(v->v.check)) ||
	    !put(j, "rule", json_string(v->rule)) || !put(j, "result", json_string(evidence_result_name(v->v.result))) ||
	    !put(j, "level", json_string(evidence_level_name(v->v.level))) || !put(j, "reason", json_string(v->v.reason)) ||
	    !put(j, "settle", json_string(v->v.settle)) || !put(j, "detail", json_string(v->v.detail)) ||
	    !put(j, "obs", json_string(v->v.obs)))
		return NULL;
	return json_incref(j);
}

enum fp_status
evidence_bundle_verdicts_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *j = json_object(), *list = json_array();

	for (size_t i = 0; i < b->n_verdicts; i++)
		if (json_array_append_new(list, verdict_json(&b->verdicts[i])) != 0)
			return no_memory(err);
	if (!put(j, "format", json_string(VERDICTS_FORMAT)) || !put(j, "verdicts", json_incref(list)))
		return no_memory(err);
	return fp_json_pretty(out, j, err);
}

static bool
copy_word(char *out, size_t size, const char *word)
{
	size_t len = strlen(word);

	if (len >= size)
		return false;
	memcpy(out, word, len + 1);
	return true;
}

/* A table of texts of bounded length. */
struct word {
	const char *key;
	char *out;
	size_t size;
};

static enum fp_status
read_words(const struct word *words, size_t n, const json_t *j, const char *where, struct fp_err *err)
{
	const char *text;

	for (size_t i = 0; i < n; i++) {
		if (fp_json_str(&text, j, words[i].key, where, err) != FP_OK)
			return FP_EINVAL;
		if (!copy_word(words[i].out, words[i].size, text))
			return fp_fail(
			    err, FP_EINVAL, "%s: '%s' is longer than %zu bytes", where, words[i].key, words[i].size - 1);
	}
	return FP_OK;
}

static enum fp_status
parse_verdict(struct evidence_bundle_verdict *v, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const known[] = { "cell", "device", "mode", "action", "at", "check", "rule", "result", "level",
		"reason", "settle", "detail", "obs", NULL };
	const struct word words[] = { { "mode", v->mode, sizeof(v->mode) }, { "action", v->action, sizeof(v->action) },
		{ "rule", v->rule, sizeof(v->rule) }, { "check", v->v.check, sizeof(v->v.check) },
		{ "reason", v->v.reason, sizeof(v->v.reason) }, { "settle", v->v.settle, sizeof(v->v.settle) },
		{ "detail", v->v.detail, sizeof(v->v.detail) }, { "obs", v->v.obs, sizeof(v->v.obs) } };
	const char *device, *result, *level;

	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_int(&v->cell, j, "cell", where, err) != FP_OK ||
	    fp_json_str(&device, j, "device", where, err) != FP_OK || fp_json_time(&v->at, j, "at", where, err) != FP_OK ||
	    fp_json_str(&result, j, "result", where, err) != FP_OK || fp_json_str(&level, j, "level", where, err) != FP_OK ||
	    read_words(words, FP_COUNT(words), j, where, err) != FP_OK)
		return FP_EINVAL;
	/* A word that this program does not know must not pass for one that it knows. */
	if (!evidence_result_of(&v->v.result, result) || !evidence_level_of(&v->v.level, level))
		return fp_fail(err, FP_EINVAL, "%s: unknown result '%.20s' or level '%.20s'", where, result, level);
	v->device = (char *)(uintptr_t)device;
	return FP_OK;
}

static enum fp_status
parse_verdicts(struct evidence_bundle *b, const struct evidence_member *m, struct fp_err *err)
{
	static const char *const known[] = { "format", "verdicts", NULL };
	FP_JSON json_t *j = NULL;
	const json_t *list;
	const char *format;

	if (fp_json_parse(&j, m->data, m->len, EVIDENCE_VERDICTS, err) != FP_OK ||
	    fp_json_only(j, known, EVIDENCE_VERDICTS, err) != FP_OK ||
	    fp_json_str(&format, j, "format", EVIDENCE_VERDICTS, err) != FP_OK ||
	    fp_json_arr_opt(&list, j, "verdicts", EVIDENCE_VERDICTS, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, VERDICTS_FORMAT) != 0 || list == NULL)
		return fp_fail(err, FP_EINVAL, "it is no list of verdicts that this program knows");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct evidence_bundle_verdict v = { .at = 0 };
		char where[48];

		(void)snprintf(where, sizeof(where), "verdict %zu", i + 1);
		if (parse_verdict(&v, json_array_get(list, i), where, err) != FP_OK ||
		    evidence_bundle_verdict(b, &v, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

/* ---- the manifest ---- */

/* The next link: SHA-256 of the line "LINK NAME HASH\n", so that anyone can follow it with printf and sha256sum. */
static enum fp_status
next_link(char link[CRYPTO_SHA256_HEX], const char *name, const char *hash, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf line = { .max = 4096 };

	fp_buf_printf(&line, "%s %s %s\n", link, name, hash);
	if (fp_buf_check(&line, "a link of the chain", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)crypto_sha256_hex(link, line.data, line.len);
	return FP_OK;
}

static enum fp_status
members_json(json_t *list, const struct evidence_archive *a, struct fp_err *err)
{
	char link[CRYPTO_SHA256_HEX] = NOUGHT, hash[CRYPTO_SHA256_HEX];

	for (size_t i = 0; i < a->n; i++) {
		FP_JSON json_t *j = json_object();

		(void)crypto_sha256_hex(hash, a->items[i].data, a->items[i].len);
		if (next_link(link, a->items[i].name, hash, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		if (!put(j, "name", json_string(a->items[i].name)) ||
		    !put(j, "size", json_integer((json_int_t)a->items[i].len)) || !put(j, "sha256", json_string(hash)) ||
		    !put(j, "link", json_string(link)) || json_array_append(list, j) != 0)
			return no_memory(err);
	}
	return FP_OK;
}

static enum fp_status
manifest_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *j = json_object(), *notice = json_object(), *list = json_array();
	char made[FP_TIME_MAX];

	if (members_json(list, b->archive, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (!put(notice, "reference", json_string(b->head.reference)) ||
	    !put(notice, "revision", json_integer(b->head.revision)) ||
	    !put(notice, "sha256", json_string(b->head.notice_hash)) || !put(j, "format", json_string(EVIDENCE_BUNDLE_FORMAT)) ||
	    !put(j, "tool", json_string(b->head.tool)) || !put(j, "made", json_string(fp_time_text(made, b->head.made))) ||
	    !put(j, "notice", json_incref(notice)) || !put(j, "key", json_string(b->head.key)) ||
	    !put(j, "members", json_incref(list)))
		return no_memory(err);
	return fp_json_pretty(out, j, err);
}

static enum fp_status
add_first(struct evidence_archive *a, const char *name, const struct fp_buf *data, struct fp_err *err)
{
	if (evidence_archive_add(a, name, data->data, data->len, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	evidence_archive_last_first(a);
	return FP_OK;
}

enum fp_status
evidence_bundle_seal(struct evidence_bundle *b, const struct minisign_secret *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf manifest = { .max = EVIDENCE_MEMBER_MAX }, text = { .max = MINISIGN_FILE_MAX };
	struct minisign_public pub;
	char made[FP_TIME_MAX], trusted[FP_TIME_MAX + 160];

	minisign_public_of(&pub, key);
	(void)minisign_id_text(b->head.key, pub.id);
	minisign_public_write(&text, &pub, NULL);
	if (fp_buf_check(&text, EVIDENCE_KEY, err) != FP_OK ||
	    evidence_archive_add(b->archive, EVIDENCE_KEY, text.data, text.len, err) != FP_OK ||
	    evidence_archive_sort(b->archive, err) != FP_OK || manifest_write(&manifest, b, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_buf_clear(&text);
	(void)snprintf(trusted, sizeof(trusted), "%s\tnotice:%s\tmade:%s", EVIDENCE_BUNDLE_FORMAT, b->head.reference,
	    fp_time_text(made, b->head.made));
	if (minisign_sign(&text, key, manifest.data, manifest.len, trusted, NULL, err) != FP_OK ||
	    add_first(b->archive, EVIDENCE_SIGNATURE, &text, err) != FP_OK ||
	    add_first(b->archive, EVIDENCE_MANIFEST, &manifest, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return FP_OK;
}

/* ---- reading ---- */

static enum fp_status
read_head(struct evidence_bundle_head *h, const json_t **members, const json_t *j, struct fp_err *err)
{
	static const char *const known[] = { "format", "tool", "made", "notice", "key", "members", NULL };
	static const char *const of_notice[] = { "reference", "revision", "sha256", NULL };
	static const char where[] = EVIDENCE_MANIFEST;
	const struct word words[] = { { "tool", h->tool, sizeof(h->tool) }, { "key", h->key, sizeof(h->key) } };
	const struct word notice_words[] = { { "reference", h->reference, sizeof(h->reference) },
		{ "sha256", h->notice_hash, sizeof(h->notice_hash) } };
	const json_t *notice = NULL;
	const char *format;

	if (fp_json_str(&format, j, "format", where, err) != FP_OK)
		return FP_EINVAL;
	if (strcmp(format, EVIDENCE_BUNDLE_FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED,
		    "the bundle has format '%.60s'; this program reads '" EVIDENCE_BUNDLE_FORMAT "'", format);
	if (fp_json_only(j, known, where, err) != FP_OK || read_words(words, FP_COUNT(words), j, where, err) != FP_OK ||
	    fp_json_time(&h->made, j, "made", where, err) != FP_OK ||
	    fp_json_arr_opt(members, j, "members", where, err) != FP_OK ||
	    fp_json_obj_opt(&notice, j, "notice", where, err) != FP_OK)
		return FP_EINVAL;
	if (notice == NULL || *members == NULL)
		return fp_fail(err, FP_EINVAL, "%s lacks its notice or its members", where);
	if (fp_json_only(notice, of_notice, "notice", err) != FP_OK ||
	    read_words(notice_words, FP_COUNT(notice_words), notice, "notice", err) != FP_OK ||
	    fp_json_int(&h->revision, notice, "revision", "notice", err) != FP_OK)
		return FP_EINVAL;
	return FP_OK;
}

/* A member that the manifest does not name, with these bytes: what was renamed. */
static const char *
elsewhere(const struct evidence_bundle *b, const json_t *named, const char *hash)
{
	char is[CRYPTO_SHA256_HEX];

	for (size_t i = 0; i < b->archive->n; i++) {
		const struct evidence_member *m = &b->archive->items[i];

		if (json_object_get(named, m->name) == NULL && strcmp(crypto_sha256_hex(is, m->data, m->len), hash) == 0)
			return m->name;
	}
	return NULL;
}

struct stated { /* an entry of the manifest */
	const char *name, *hash, *link;
	int64_t size;
};

static enum fp_status
parse_entry(struct stated *e, const json_t *j, size_t i, struct fp_err *err)
{
	static const char *const known[] = { "name", "size", "sha256", "link", NULL };
	char where[48];

	(void)snprintf(where, sizeof(where), "members[%zu]", i);
	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_str(&e->name, j, "name", where, err) != FP_OK ||
	    fp_json_int(&e->size, j, "size", where, err) != FP_OK || fp_json_str(&e->hash, j, "sha256", where, err) != FP_OK ||
	    fp_json_str(&e->link, j, "link", where, err) != FP_OK)
		return FP_EINVAL;
	if (strlen(e->name) > EVIDENCE_NAME_MAX || fp_utf8_has_control(e->name, strlen(e->name)))
		return fp_fail(err, FP_EINVAL, "%s: 'name' is no name of a member", where);
	return FP_OK;
}

static enum fp_status
check_entry(struct evidence_bundle *b, const struct stated *e, const json_t *named, bool *there, struct fp_err *err)
{
	const struct evidence_member *m = evidence_archive_find(b->archive, e->name);
	char is[CRYPTO_SHA256_HEX], why[EVIDENCE_NAME_MAX + 80];
	const char *now;

	*there = m != NULL;
	if (m == NULL) {
		/* Only for the first ones: each costs a walk over all members. */
		now = b->n_damage < 8 ? elsewhere(b, named, e->hash) : NULL;
		(void)snprintf(why, sizeof(why), "%s%s%s", now != NULL ? "it was renamed to '" : "it is missing",
		    now != NULL ? now : "", now != NULL ? "'" : "");
		return evidence_bundle_damaged(b, e->name, why, err);
	}
	(void)crypto_sha256_hex(is, m->data, m->len);
	if (strcmp(is, e->hash) != 0 || (int64_t)m->len != e->size)
		return evidence_bundle_damaged(b, e->name, "it was changed: the manifest has another hash or size", err);
	return FP_OK;
}

/* Nothing may be there that the manifest does not name; what it names stands in its order, behind the manifest and its signature. */
static enum fp_status
check_places(struct evidence_bundle *b, const json_t *named, const json_t *entries, bool whole, struct fp_err *err)
{
	static const char *const heads[] = { EVIDENCE_MANIFEST, EVIDENCE_SIGNATURE };
	bool complete = whole;

	for (size_t i = 0; i < b->archive->n; i++) {
		const char *name = b->archive->items[i].name;

		if (strcmp(name, heads[0]) == 0 || strcmp(name, heads[1]) == 0 || json_object_get(named, name) != NULL)
			continue;
		complete = false;
		if (evidence_bundle_damaged(b, name, "it was added: the manifest does not name it", err) != FP_OK)
			return FP_ENOMEM;
	}
	for (size_t i = 0; complete && i < b->archive->n; i++) {
		const char *want = i < FP_COUNT(heads)
				       ? heads[i]
				       : json_string_value(json_object_get(json_array_get(entries, i - FP_COUNT(heads)), "name"));

		if (want == NULL || strcmp(b->archive->items[i].name, want) != 0)
			return evidence_bundle_damaged(
			    b, b->archive->items[i].name, "it stands in another place than the manifest has it", err);
	}
	return FP_OK;
}

static json_t *
names_of(const json_t *entries)
{
	json_t *named = json_object();

	for (size_t i = 0; i < json_array_size(entries); i++) {
		const char *name = json_string_value(json_object_get(json_array_get(entries, i), "name"));

		if (name != NULL)
			(void)json_object_set_new(named, name, json_true());
	}
	return named;
}

static enum fp_status
check_members(struct evidence_bundle *b, const json_t *entries, struct fp_err *err)
{
	FP_JSON json_t *named = names_of(entries);
	char link[CRYPTO_SHA256_HEX] = NOUGHT;
	const char *before = "";
	bool whole = true, chained = true;

	for (size_t i = 0; i < json_array_size(entries); i++) {
		struct stated e;
		bool there;

		if (parse_entry(&e, json_array_get(entries, i), i, err) != FP_OK ||
		    check_entry(b, &e, named, &there, err) != FP_OK || next_link(link, e.name, e.hash, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		whole = whole && there;
		if (chained && (strcmp(link, e.link) != 0 || strcmp(before, e.name) >= 0)) {
			char why[EVIDENCE_NAME_MAX + 80];

			chained = false;
			(void)snprintf(why, sizeof(why), "its chain breaks at '%s'", e.name);
			if (evidence_bundle_damaged(b, EVIDENCE_MANIFEST, why, err) != FP_OK)
				return FP_ENOMEM;
		}
		before = e.name;
	}
	return check_places(b, named, entries, whole, err);
}

static enum fp_status
read_verdicts(struct evidence_bundle *b, struct fp_err *err)
{
	const struct evidence_member *m = evidence_archive_find(b->archive, EVIDENCE_VERDICTS);
	struct fp_err local = { .status = FP_OK };

	if (m == NULL)
		return evidence_bundle_damaged(b, EVIDENCE_VERDICTS, "no bundle is without it", err);
	if (parse_verdicts(b, m, &local) == FP_OK)
		return FP_OK;
	return local.status == FP_ENOMEM ? no_memory(err) : evidence_bundle_damaged(b, EVIDENCE_VERDICTS, local.msg, err);
}

enum fp_status
evidence_bundle_open(struct evidence_bundle **out, struct evidence_archive **archive, struct fp_err *err)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = fp_calloc(1, sizeof(*b));
	FP_JSON json_t *j = NULL;
	const json_t *entries = NULL;
	const struct evidence_member *m;

	if (b == NULL)
		return no_memory(err);
	b->archive = *archive;
	*archive = NULL;
	if ((m = evidence_archive_find(b->archive, EVIDENCE_MANIFEST)) == NULL)
		return fp_fail(err, FP_EINTEGRITY, "this is no bundle of evidence: it has no " EVIDENCE_MANIFEST);
	if (fp_json_parse(&j, m->data, m->len, EVIDENCE_MANIFEST, err) != FP_OK ||
	    read_head(&b->head, &entries, j, err) != FP_OK || check_members(b, entries, err) != FP_OK ||
	    read_verdicts(b, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = b;
	b = NULL;
	return FP_OK;
}

enum fp_status
evidence_bundle_signed(const struct evidence_bundle *b, const struct minisign_public *key, struct fp_err *err)
{
	const struct evidence_member *manifest = evidence_archive_find(b->archive, EVIDENCE_MANIFEST);
	const struct evidence_member *signature = evidence_archive_find(b->archive, EVIDENCE_SIGNATURE);
	const struct evidence_member *pub = evidence_archive_find(b->archive, EVIDENCE_KEY);
	FP_AUTO(fp_freep) struct minisign_signature *sig = fp_calloc(1, sizeof(*sig));
	struct minisign_public enclosed;
	char id[MINISIGN_ID_TEXT];

	if (sig == NULL)
		return no_memory(err);
	if (signature == NULL || pub == NULL || manifest == NULL)
		return fp_fail(err, FP_EINTEGRITY, "it is not signed: it lacks its signature or its key");
	if (minisign_public_parse(&enclosed, pub->data, pub->len, EVIDENCE_KEY, err) != FP_OK ||
	    minisign_signature_parse(sig, signature->data, signature->len, EVIDENCE_SIGNATURE, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(minisign_id_text(id, enclosed.id), b->head.key) != 0)
		return fp_fail(err, FP_EINTEGRITY, "it says that key %.16s signed it, and encloses key %s", b->head.key, id);
	return minisign_verify(key != NULL ? key : &enclosed, sig, manifest->data, manifest->len, EVIDENCE_MANIFEST, err);
}
