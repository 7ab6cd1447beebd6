#include "evidence/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crypto/crypto.h"

enum fp_status
evidence_bundle_new(struct evidence_bundle **out, const char *tool, fp_time made, struct fp_err *err)
{
	struct evidence_bundle *b = fp_calloc(1, sizeof(*b));

	if (b == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	(void)snprintf(b->tool, sizeof(b->tool), "%s", tool);
	b->made = made;
	*out = b;
	return FP_OK;
}

void
evidence_bundle_free(struct evidence_bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_observations; i++)
		evidence_obs_free(b->observations[i]);
	free(b->observations);
	free(b->verdicts);
	free(b);
}

void
evidence_bundle_freep(struct evidence_bundle **b)
{
	evidence_bundle_free(*b);
	*b = NULL;
}

enum fp_status
evidence_bundle_add_obs(struct evidence_bundle *b, struct evidence_obs *owned, struct fp_err *err)
{
	if (fp_grow(&b->observations, &b->cap_observations, b->n_observations + 1, sizeof(*b->observations)) != 0) {
		evidence_obs_free(owned);
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	}
	b->observations[b->n_observations++] = owned;
	return FP_OK;
}

enum fp_status
evidence_bundle_add_verdict(struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err)
{
	if (fp_grow(&b->verdicts, &b->cap_verdicts, b->n_verdicts + 1, sizeof(*b->verdicts)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	b->verdicts[b->n_verdicts++] = *v;
	return FP_OK;
}

const struct evidence_obs *
evidence_bundle_find(const struct evidence_bundle *b, const char *id)
{
	for (size_t i = 0; i < b->n_observations; i++)
		if (strcmp(b->observations[i]->id, id) == 0)
			return b->observations[i];
	return NULL;
}

/* ---- parts ---- */

/* The text members of a verdict: one table for writer and reader. */
static const struct {
	const char *key;
	size_t offset, size;
} fields[] = {
#define FIELD(key, member)                                                                                                       \
	{                                                                                                                        \
		key, offsetof(struct evidence_bundle_verdict, member), sizeof(((struct evidence_bundle_verdict *)0)->member)     \
	}
	FIELD("reference", reference),
	FIELD("device", device),
	FIELD("mode", mode),
	FIELD("action", action),
	FIELD("check", v.check),
	FIELD("reason", v.reason),
	FIELD("settle", v.settle),
	FIELD("detail", v.detail),
	FIELD("observation", v.obs),
#undef FIELD
};

static json_t *
verdict_json(const struct evidence_bundle_verdict *v)
{
	json_t *j = json_object();

	for (size_t i = 0; i < FP_COUNT(fields); i++)
		fp_json_set_str(j, fields[i].key, (const char *)v + fields[i].offset);
	fp_json_set_str(j, "result", evidence_result_name(v->v.result));
	fp_json_set_str(j, "level", evidence_level_name(v->v.level));
	fp_json_set_time(j, "at", v->at);
	return j;
}

static enum fp_status
verdict_read(struct evidence_bundle *b, const json_t *j, size_t i, struct fp_err *err)
{
	struct evidence_bundle_verdict v = { .at = 0 };
	char where[40];
	const char *text, *level;

	(void)snprintf(where, sizeof(where), "verdicts[%zu]", i);
	for (size_t k = 0; k < FP_COUNT(fields); k++) {
		if (fp_json_str(&text, j, fields[k].key, where, err) != FP_OK)
			return FP_EINVAL;
		if (strlen(text) >= fields[k].size)
			return fp_fail(
			    err, FP_ELIMIT, "%s: '%s' is longer than %zu bytes", where, fields[k].key, fields[k].size - 1);
		memcpy((char *)&v + fields[k].offset, text, strlen(text) + 1);
	}
	if (fp_json_str(&text, j, "result", where, err) != FP_OK || fp_json_str(&level, j, "level", where, err) != FP_OK ||
	    fp_json_time(&v.at, j, "at", where, err) != FP_OK)
		return FP_EINVAL;
	if (!evidence_result_of(&v.v.result, text) || !evidence_level_of(&v.v.level, level))
		return fp_fail(err, FP_EINVAL, "%s: unknown result '%.20s' or level '%.20s'", where, text, level);
	if (v.v.obs[0] != '\0' && evidence_bundle_find(b, v.v.obs) == NULL)
		return fp_fail(err, FP_EINTEGRITY, "%s rests on observation %.16s, which is not in the bundle", where, v.v.obs);
	return evidence_bundle_add_verdict(b, &v, err);
}

/* A part's hash is that of its canonical bytes. */
static enum fp_status
hash_part(char out[CRYPTO_SHA256_HEX], const json_t *part, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = EVIDENCE_BUNDLE_MAX };

	if (fp_json_canonical(&bytes, part, err) != FP_OK)
		return err ? err->status : FP_ENOMEM;
	(void)crypto_sha256_hex(out, bytes.data, bytes.len);
	return FP_OK;
}

static const char *const parts[] = { "observations", "verdicts" };

static json_t *
observations_json(const struct evidence_bundle *b, struct fp_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->n_observations; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
		json_t *o = NULL;

		if (evidence_obs_write(&text, b->observations[i], err) != FP_OK ||
		    fp_json_parse(&o, text.data, text.len, "observation", err) != FP_OK || json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

enum fp_status
evidence_bundle_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err)
{
	FP_JSON json_t *j = json_object();
	json_t *observations = observations_json(b, err), *verdicts = json_array(), *manifest = json_object();
	char hash[CRYPTO_SHA256_HEX];

	if (observations == NULL) {
		json_decref(verdicts);
		json_decref(manifest);
		return err && err->status != FP_OK ? err->status : FP_ENOMEM;
	}
	for (size_t i = 0; i < b->n_verdicts; i++)
		(void)json_array_append_new(verdicts, verdict_json(&b->verdicts[i]));
	fp_json_set_str(j, "format", EVIDENCE_BUNDLE_FORMAT);
	fp_json_set_str(j, "tool", b->tool);
	fp_json_set_time(j, "made", b->made);
	fp_json_set(j, "observations", observations);
	fp_json_set(j, "verdicts", verdicts);
	for (size_t i = 0; i < FP_COUNT(parts); i++) {
		if (hash_part(hash, json_object_get(j, parts[i]), err) != FP_OK) {
			json_decref(manifest);
			return err ? err->status : FP_ENOMEM;
		}
		fp_json_set_str(manifest, parts[i], hash);
	}
	fp_json_set(j, "manifest", manifest);
	return fp_json_pretty(out, j, err);
}

static enum fp_status
check_manifest(const json_t *root, struct fp_err *err)
{
	const json_t *manifest;
	const char *listed;
	char hash[CRYPTO_SHA256_HEX];

	if (fp_json_obj_opt(&manifest, root, "manifest", "bundle", err) != FP_OK)
		return FP_EINVAL;
	if (manifest == NULL)
		return fp_fail(err, FP_EINVAL, "bundle: 'manifest' is missing");
	for (size_t i = 0; i < FP_COUNT(parts); i++) {
		if (fp_json_str(&listed, manifest, parts[i], "manifest", err) != FP_OK)
			return FP_EINVAL;
		if (!json_is_array(json_object_get(root, parts[i])))
			return fp_fail(err, FP_EINVAL, "bundle: '%s' is missing", parts[i]);
		if (hash_part(hash, json_object_get(root, parts[i]), err) != FP_OK)
			return err ? err->status : FP_ENOMEM;
		if (strcmp(hash, listed) != 0)
			return fp_fail(err, FP_EINTEGRITY,
			    "the part '%s' of the bundle was changed: its SHA-256 is not the one in the manifest", parts[i]);
	}
	return FP_OK;
}

static enum fp_status
read_parts(struct evidence_bundle *b, const json_t *root, struct fp_err *err)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(root, "observations"), i, item)
	{
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
		struct evidence_obs *o = NULL;

		if (fp_json_canonical(&text, item, err) != FP_OK)
			return err ? err->status : FP_ENOMEM;
		if (evidence_obs_read(&o, text.data, text.len, err) != FP_OK)
			return fp_ctx(err, "observations[%zu]", i);
		if (evidence_bundle_add_obs(b, o, err) != FP_OK)
			return err ? err->status : FP_ENOMEM;
	}
	json_array_foreach(json_object_get(root, "verdicts"), i, item)
	{
		if (verdict_read(b, item, i, err) != FP_OK)
			return err ? err->status : FP_EINVAL;
	}
	return FP_OK;
}

enum fp_status
evidence_bundle_read(struct evidence_bundle **out, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = NULL;
	FP_JSON json_t *root = NULL;
	const char *format, *tool;
	struct fp_err local = { .status = FP_OK };
	struct fp_err *e = err ? err : &local;
	fp_time made;

	if (fp_json_parse(&root, json, len, "bundle", e) != FP_OK || fp_json_str(&format, root, "format", "bundle", e) != FP_OK)
		return e->status;
	if (strcmp(format, EVIDENCE_BUNDLE_FORMAT) != 0)
		return fp_fail(
		    e, FP_EUNSUPPORTED, "the bundle has format '%.60s'; this program reads '%s'", format, EVIDENCE_BUNDLE_FORMAT);
	if (fp_json_str(&tool, root, "tool", "bundle", e) != FP_OK || fp_json_time(&made, root, "made", "bundle", e) != FP_OK ||
	    check_manifest(root, e) != FP_OK || evidence_bundle_new(&b, tool, made, e) != FP_OK ||
	    read_parts(b, root, e) != FP_OK)
		return e->status;
	*out = b;
	b = NULL;
	return FP_OK;
}
