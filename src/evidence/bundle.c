/* A bundle of evidence as JSON: writer and reader together. */
#include "evidence/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crypto/crypto.h"

#define FORMAT "fieldproof-evidence-1"

struct evidence_bundle *
evidence_bundle_new(void)
{
	struct evidence_bundle *b = fp_calloc(1, sizeof(*b));

	if (b == NULL || (b->index = json_object()) == NULL) {
		free(b);
		return NULL;
	}
	return b;
}

static void
verdict_clear(struct evidence_bundle_verdict *v)
{
	free(v->notice);
	free(v->device);
	free(v->mode);
	free(v->action);
}

void
evidence_bundle_free(struct evidence_bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_observations; i++)
		evidence_obs_free(b->observations[i]);
	for (size_t i = 0; i < b->n_verdicts; i++)
		verdict_clear(&b->verdicts[i]);
	for (size_t i = 0; i < b->n_damage; i++) {
		free(b->damage[i].where);
		free(b->damage[i].why);
	}
	free(b->observations);
	free(b->verdicts);
	free(b->damage);
	free(b->tool);
	free(b->signature);
	json_decref(b->index);
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

const struct evidence_obs *
evidence_bundle_find(const struct evidence_bundle *b, const char *id)
{
	const json_t *at = json_object_get(b->index, id);

	return at ? b->observations[json_integer_value(at)] : NULL;
}

enum fp_status
evidence_bundle_obs(struct evidence_bundle *b, struct evidence_obs **o, struct fp_err *err)
{
	if (evidence_bundle_find(b, (*o)->id) != NULL) {
		evidence_obs_freep(o);
		return FP_OK;
	}
	if (fp_grow(&b->observations, &b->cap_observations, b->n_observations + 1, sizeof(struct evidence_obs *)) != 0 ||
	    json_object_set_new(b->index, (*o)->id, json_integer((json_int_t)b->n_observations)) != 0)
		return no_memory(err);
	b->observations[b->n_observations++] = *o;
	*o = NULL;
	return FP_OK;
}

enum fp_status
evidence_bundle_verdict(struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err)
{
	struct evidence_bundle_verdict copy = { .at = v->at, .v = v->v };

	copy.notice = fp_strdup(v->notice ? v->notice : "");
	copy.device = fp_strdup(v->device ? v->device : "");
	copy.mode = fp_strdup(v->mode ? v->mode : "");
	copy.action = fp_strdup(v->action ? v->action : "");
	if (copy.notice == NULL || copy.device == NULL || copy.mode == NULL || copy.action == NULL ||
	    fp_grow(&b->verdicts, &b->cap_verdicts, b->n_verdicts + 1, sizeof(*b->verdicts)) != 0) {
		verdict_clear(&copy);
		return no_memory(err);
	}
	b->verdicts[b->n_verdicts++] = copy;
	return FP_OK;
}

/* ---- writing ---- */

/* jansson drops what it has no memory for; a bundle with a hole must not be written. */
static bool
put(json_t *obj, const char *key, json_t *owned)
{
	return json_object_set_new(obj, key, owned) == 0;
}

static json_t *
verdict_json(const struct evidence_bundle_verdict *v)
{
	FP_JSON json_t *j = json_object();
	char at[FP_TIME_MAX];

	if (!put(j, "notice", json_string(v->notice)) || !put(j, "device", json_string(v->device)) ||
	    !put(j, "mode", json_string(v->mode)) || !put(j, "action", json_string(v->action)) ||
	    !put(j, "at", json_string(fp_time_text(at, v->at))) || !put(j, "check", json_string(v->v.check)) ||
	    !put(j, "result", json_string(evidence_result_name(v->v.result))) ||
	    !put(j, "level", json_string(evidence_level_name(v->v.level))) || !put(j, "reason", json_string(v->v.reason)) ||
	    !put(j, "settle", json_string(v->v.settle)) || !put(j, "detail", json_string(v->v.detail)) ||
	    !put(j, "obs", json_string(v->v.obs)))
		return NULL;
	return json_incref(j);
}

static enum fp_status
verdicts_json(json_t **out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *list = json_array();

	for (size_t i = 0; i < b->n_verdicts; i++)
		if (json_array_append_new(list, verdict_json(&b->verdicts[i])) != 0)
			return fp_fail(err, FP_EINVAL, "verdict %zu has text that is not UTF-8, or memory is out", i + 1);
	*out = json_incref(list);
	return FP_OK;
}

static enum fp_status
observations_json(json_t **out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *list = json_array();
	enum fp_status s;

	for (size_t i = 0; i < b->n_observations; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = EVIDENCE_JSON_MAX };
		FP_JSON json_t *one = NULL;

		if ((s = evidence_obs_write(&text, b->observations[i], err)) != FP_OK ||
		    (s = fp_json_parse(&one, text.data, text.len, "observation", err)) != FP_OK)
			return s;
		if (json_array_append(list, one) != 0)
			return no_memory(err);
	}
	*out = json_incref(list);
	return FP_OK;
}

static enum fp_status
hash_json(char out[CRYPTO_SHA256_HEX], const json_t *j, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = EVIDENCE_BUNDLE_MAX };
	enum fp_status s = fp_json_canonical(&text, j, err);

	if (s == FP_OK)
		(void)crypto_sha256_hex(out, text.data, text.len);
	return s;
}

/*
 * The manifest: format, tool, made; for each observation the SHA-256 of its whole canonical JSON, by id; the SHA-256 of the list of
 * verdicts. So one signature over the manifest covers all of the bundle.
 */
static enum fp_status
manifest_json(json_t **out, const struct evidence_bundle *b, const json_t *verdicts, struct fp_err *err)
{
	FP_JSON json_t *j = json_object(), *parts = json_object();
	char hash[CRYPTO_SHA256_HEX], made[FP_TIME_MAX];
	enum fp_status s;

	for (size_t i = 0; i < b->n_observations; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = EVIDENCE_JSON_MAX };

		if ((s = evidence_obs_write(&text, b->observations[i], err)) != FP_OK)
			return s;
		if (!put(parts, b->observations[i]->id, json_string(crypto_sha256_hex(hash, text.data, text.len))))
			return no_memory(err);
	}
	if ((s = hash_json(hash, verdicts, err)) != FP_OK)
		return s;
	if (!put(j, "format", json_string(FORMAT)) || !put(j, "tool", json_string(b->tool ? b->tool : "")) ||
	    !put(j, "made", json_string(fp_time_text(made, b->made))) || !put(j, "observations", json_incref(parts)) ||
	    !put(j, "verdicts", json_string(hash)))
		return no_memory(err);
	*out = json_incref(j);
	return FP_OK;
}

enum fp_status
evidence_bundle_manifest(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *verdicts = NULL, *manifest = NULL;
	enum fp_status s;

	if ((s = verdicts_json(&verdicts, b, err)) != FP_OK || (s = manifest_json(&manifest, b, verdicts, err)) != FP_OK)
		return s;
	return fp_json_canonical(out, manifest, err);
}

enum fp_status
evidence_bundle_sign(struct evidence_bundle *b, const struct minisign_secret *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf manifest = { .max = EVIDENCE_BUNDLE_MAX };
	FP_AUTO(fp_buf_free) struct fp_buf signature = { .max = MINISIGN_FILE_MAX };
	char made[FP_TIME_MAX], trusted[FP_TIME_MAX + 64];
	enum fp_status s;
	char *text;

	if ((s = evidence_bundle_manifest(&manifest, b, err)) != FP_OK)
		return s;
	(void)snprintf(trusted, sizeof(trusted), "%s\tmade:%s", FORMAT, fp_time_text(made, b->made));
	if ((s = minisign_sign(&signature, key, manifest.data, manifest.len, trusted, NULL, err)) != FP_OK)
		return s;
	if ((text = fp_buf_take(&signature)) == NULL)
		return no_memory(err);
	free(b->signature);
	b->signature = text;
	return FP_OK;
}

enum fp_status
evidence_bundle_verify(const struct evidence_bundle *b, const struct minisign_public *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf manifest = { .max = EVIDENCE_BUNDLE_MAX };
	struct minisign_signature sig;
	enum fp_status s;

	if (b->signature == NULL)
		return fp_fail(err, FP_ENOTFOUND, "the bundle is not signed");
	if (b->n_damage > 0)
		return fp_fail(err, FP_EINTEGRITY, "the bundle is damaged: %s: %s", b->damage[0].where, b->damage[0].why);
	if ((s = evidence_bundle_manifest(&manifest, b, err)) != FP_OK ||
	    (s = minisign_signature_parse(&sig, b->signature, strlen(b->signature), "signature of the bundle", err)) != FP_OK)
		return s;
	return minisign_verify(key, &sig, manifest.data, manifest.len, "the bundle's manifest", err);
}

enum fp_status
evidence_bundle_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *j = json_object(), *observations = NULL, *verdicts = NULL, *manifest = NULL;
	char made[FP_TIME_MAX];
	enum fp_status s;

	if ((s = observations_json(&observations, b, err)) != FP_OK || (s = verdicts_json(&verdicts, b, err)) != FP_OK ||
	    (s = manifest_json(&manifest, b, verdicts, err)) != FP_OK)
		return s;
	if (!put(j, "format", json_string(FORMAT)) || !put(j, "tool", json_string(b->tool ? b->tool : "")) ||
	    !put(j, "made", json_string(fp_time_text(made, b->made))) || !put(j, "observations", json_incref(observations)) ||
	    !put(j, "verdicts", json_incref(verdicts)) || !put(j, "manifest", json_incref(manifest)) ||
	    (b->signature != NULL && !put(j, "signature", json_string(b->signature))))
		return no_memory(err);
	return fp_json_pretty(out, j, err);
}

/* ---- reading ---- */

static enum fp_status
damaged(struct evidence_bundle *b, const char *where, const char *why, struct fp_err *err)
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

/* A part's own fault becomes damage of the bundle; only memory ends the reading. */
static enum fp_status
part_fault(struct evidence_bundle *b, const char *where, enum fp_status s, struct fp_err *err)
{
	char why[FP_ERR_MAX];

	if (s == FP_ENOMEM)
		return s;
	(void)snprintf(why, sizeof(why), "%s", err->msg);
	return damaged(b, where, why, err);
}

static enum fp_status
read_observation(struct evidence_bundle *b, const json_t *one, size_t i, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = EVIDENCE_JSON_MAX };
	char where[48];
	enum fp_status s = fp_json_canonical(&text, one, err);

	(void)snprintf(where, sizeof(where), "observation %zu", i + 1);
	if (s == FP_OK)
		s = evidence_obs_read(&o, text.data, text.len, err);
	if (s != FP_OK)
		return part_fault(b, where, s, err);
	if (evidence_bundle_find(b, o->id) != NULL)
		return damaged(b, where, "stands twice in the bundle", err);
	return evidence_bundle_obs(b, &o, err);
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

static enum fp_status
parse_verdict(struct evidence_bundle_verdict *v, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const known[] = { "notice", "device", "mode", "action", "at", "check", "result", "level", "reason",
		"settle", "detail", "obs", NULL };
	const struct {
		const char *key;
		char *out;
		size_t size;
	} words[] = { { "check", v->v.check, sizeof(v->v.check) }, { "reason", v->v.reason, sizeof(v->v.reason) },
		{ "settle", v->v.settle, sizeof(v->v.settle) }, { "detail", v->v.detail, sizeof(v->v.detail) },
		{ "obs", v->v.obs, sizeof(v->v.obs) } };
	const char *notice, *device, *mode, *action, *result, *level, *word;

	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_str(&notice, j, "notice", where, err) != FP_OK ||
	    fp_json_str(&device, j, "device", where, err) != FP_OK || fp_json_str(&mode, j, "mode", where, err) != FP_OK ||
	    fp_json_str(&action, j, "action", where, err) != FP_OK || fp_json_time(&v->at, j, "at", where, err) != FP_OK ||
	    fp_json_str(&result, j, "result", where, err) != FP_OK || fp_json_str(&level, j, "level", where, err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < FP_COUNT(words); i++) {
		if (fp_json_str(&word, j, words[i].key, where, err) != FP_OK)
			return FP_EINVAL;
		if (!copy_word(words[i].out, words[i].size, word))
			return fp_fail(
			    err, FP_EINVAL, "%s: '%s' is longer than %zu bytes", where, words[i].key, words[i].size - 1);
	}
	/* A word that this program does not know must not pass for one that it knows. */
	if (!evidence_result_of(&v->v.result, result) || !evidence_level_of(&v->v.level, level))
		return fp_fail(err, FP_EINVAL, "%s: unknown result '%.20s' or level '%.20s'", where, result, level);
	v->notice = (char *)(uintptr_t)notice;
	v->device = (char *)(uintptr_t)device;
	v->mode = (char *)(uintptr_t)mode;
	v->action = (char *)(uintptr_t)action;
	return FP_OK;
}

static enum fp_status
read_verdict(struct evidence_bundle *b, const json_t *one, size_t i, struct fp_err *err)
{
	struct evidence_bundle_verdict v = { .at = 0 };
	char where[48];
	enum fp_status s;

	(void)snprintf(where, sizeof(where), "verdict %zu", i + 1);
	if ((s = parse_verdict(&v, one, where, err)) != FP_OK)
		return part_fault(b, where, s, err);
	if (v.v.obs[0] != '\0' && evidence_bundle_find(b, v.v.obs) == NULL &&
	    (s = damaged(b, where, "its observation is not in the bundle, or is damaged", err)) != FP_OK)
		return s;
	return evidence_bundle_verdict(b, &v, err);
}

/* Every entry of the manifest must be there and fit, and nothing may be there that it does not name. */
static enum fp_status
check_observations(struct evidence_bundle *b, const json_t *stated, const json_t *found, struct fp_err *err)
{
	const char *id;
	const json_t *v;
	enum fp_status s = FP_OK;
	char where[48];

	json_object_foreach((json_t *)stated, id, v)
	{
		const json_t *is = json_object_get(found, id);

		(void)snprintf(where, sizeof(where), "observation %.16s", id);
		if (s == FP_OK && is == NULL)
			s = damaged(b, where, "the manifest names it and it is missing or damaged", err);
		else if (s == FP_OK && !json_equal(is, v))
			s = damaged(b, where, "its content does not fit the manifest", err);
	}
	json_object_foreach((json_t *)found, id, v)
	{
		(void)snprintf(where, sizeof(where), "observation %.16s", id);
		if (s == FP_OK && json_object_get(stated, id) == NULL)
			s = damaged(b, where, "the manifest does not name it", err);
	}
	return s;
}

static enum fp_status
check_manifest(struct evidence_bundle *b, const json_t *stated, const json_t *verdicts, struct fp_err *err)
{
	static const char *const heads[] = { "format", "tool", "made" };
	FP_JSON json_t *found = NULL;
	enum fp_status s = manifest_json(&found, b, verdicts, err);

	if (s != FP_OK)
		return s;
	if (json_equal(stated, found))
		return FP_OK;
	for (size_t i = 0; i < FP_COUNT(heads) && s == FP_OK; i++)
		if (!json_equal(json_object_get(stated, heads[i]), json_object_get(found, heads[i])))
			s = damaged(b, heads[i], "does not fit the manifest", err);
	if (s == FP_OK && !json_equal(json_object_get(stated, "verdicts"), json_object_get(found, "verdicts")))
		s = damaged(b, "verdicts", "their content does not fit the manifest", err);
	if (s == FP_OK && !json_is_object(json_object_get(stated, "observations")))
		return damaged(b, "manifest", "names no observations", err);
	if (s == FP_OK)
		s = check_observations(b, json_object_get(stated, "observations"), json_object_get(found, "observations"), err);
	if (s == FP_OK && b->n_damage == 0)
		s = damaged(b, "manifest", "has members that no bundle has", err);
	return s;
}

struct parts {
	const json_t *observations, *verdicts, *manifest;
};

static enum fp_status
read_head(struct evidence_bundle *b, struct parts *p, const json_t *j, struct fp_err *err)
{
	static const char *const known[] = { "format", "tool", "made", "observations", "verdicts", "manifest", "signature",
		NULL };
	static const char where[] = "bundle";
	const char *format, *tool, *signature;

	if (!json_is_object(j))
		return fp_fail(err, FP_EINVAL, "a bundle of evidence must be a JSON object");
	if (fp_json_str(&format, j, "format", where, err) != FP_OK)
		return FP_EINVAL;
	if (strcmp(format, FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "bundle has format '%.60s'; this program reads '" FORMAT "'", format);
	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_str(&tool, j, "tool", where, err) != FP_OK ||
	    fp_json_time(&b->made, j, "made", where, err) != FP_OK ||
	    fp_json_arr_opt(&p->observations, j, "observations", where, err) != FP_OK ||
	    fp_json_arr_opt(&p->verdicts, j, "verdicts", where, err) != FP_OK ||
	    fp_json_obj_opt(&p->manifest, j, "manifest", where, err) != FP_OK ||
	    fp_json_str_opt(&signature, j, "signature", where, err) != FP_OK)
		return FP_EINVAL;
	if (p->observations == NULL || p->verdicts == NULL || p->manifest == NULL)
		return fp_fail(err, FP_EINVAL, "bundle lacks its observations, verdicts or manifest");
	b->tool = fp_strdup(tool);
	b->signature = fp_strdup(signature);
	return b->tool != NULL && (signature == NULL || b->signature != NULL) ? FP_OK : no_memory(err);
}

static enum fp_status
read_bundle(struct evidence_bundle *b, const json_t *j, struct fp_err *err)
{
	struct parts p = { NULL, NULL, NULL };
	enum fp_status s;

	if ((s = read_head(b, &p, j, err)) != FP_OK)
		return s;
	for (size_t i = 0; i < json_array_size(p.observations); i++)
		if ((s = read_observation(b, json_array_get(p.observations, i), i, err)) != FP_OK)
			return s;
	for (size_t i = 0; i < json_array_size(p.verdicts); i++)
		if ((s = read_verdict(b, json_array_get(p.verdicts, i), i, err)) != FP_OK)
			return s;
	return check_manifest(b, p.manifest, p.verdicts, err);
}

enum fp_status
evidence_bundle_read(struct evidence_bundle **out, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = NULL;
	FP_JSON json_t *j = NULL;
	struct fp_err local = { .status = FP_OK };
	enum fp_status s;

	err = err ? err : &local;
	if (len > EVIDENCE_BUNDLE_MAX)
		return fp_fail(err, FP_ELIMIT, "bundle has %zu bytes; the limit is %zu", len, EVIDENCE_BUNDLE_MAX);
	if ((s = fp_json_parse(&j, json, len, "bundle", err)) != FP_OK)
		return s;
	if ((b = evidence_bundle_new()) == NULL)
		return no_memory(err);
	if ((s = read_bundle(b, j, err)) != FP_OK)
		return s;
	if (b->n_damage > 0)
		s = fp_fail(err, FP_EINTEGRITY, "the bundle is damaged in %zu place%s; first %s: %s", b->n_damage,
		    b->n_damage == 1 ? "" : "s", b->damage[0].where, b->damage[0].why);
	*out = b;
	b = NULL;
	return s;
}
