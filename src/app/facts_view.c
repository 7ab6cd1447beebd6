/* What a fact file says, for showing, and what the checks would make of it: without a database, at the device. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "facts/facts.h"
#include "rule/rule.h"

struct app_facts {
	struct app_facts_view v;
	struct facts_file *file;
};

static const char *
text_of(const json_t *facts, const char *object, const char *key)
{
	const char *s = json_string_value(json_object_get(json_object_get(facts, object), key));

	return s != NULL ? s : "";
}

static enum fp_status
fill_unknown(struct app_facts_part *out, const json_t *facts, struct fp_err *err)
{
	const json_t *list = json_object_get(facts, "unknown");
	size_t n = json_array_size(list);

	out->unknown = fp_calloc(n, sizeof(*out->unknown));
	if (out->unknown == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const json_t *u = json_array_get(list, i);
		const char *fact = json_string_value(json_object_get(u, "fact")),
			   *why = json_string_value(json_object_get(u, "why"));

		out->unknown[out->n_unknown++] = (struct app_facts_unknown){ fact ? fact : "", why ? why : "" };
	}
	return FP_OK;
}

/*
 * The observation that an import would make, were the file recognised and its challenge ours: those two only a site can tell, and it is said to the reader. The rest is
 * as it will be.
 */
static enum fp_status
suppose(struct evidence_obs **out, const struct facts_file *f, size_t part, const void *bytes, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = evidence_obs_new();
	const char *name = text_of(f->parts[part].facts, "host", "name");
	char number[24], collected[FP_TIME_MAX];

	if (obs == NULL || (obs->probe = fp_strdup(CHECK_PROBE_FACTS)) == NULL ||
	    (obs->target = fp_strdup(f->serial[0] ? f->serial : "?")) == NULL || (obs->vantage = fp_strdup("file")) == NULL ||
	    (obs->mode = fp_strdup(f->parts[part].mode)) == NULL || (obs->tool = fp_strdup(APP_TOOL)) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	(void)snprintf(number, sizeof(number), "%zu", part);
	obs->started = f->collected;
	if (evidence_obs_add(obs, EVIDENCE_RECEIVED, 0, 1, 0, 0, bytes, len, NULL, err) != FP_OK ||
	    evidence_obs_param(obs, RULE_P_PART, number, err) != FP_OK ||
	    evidence_obs_param(obs, RULE_P_IDENTITY, "first", err) != FP_OK ||
	    evidence_obs_param(obs, RULE_P_CHALLENGED, fp_time_text(collected, f->collected), err) != FP_OK ||
	    (name[0] != '\0' && evidence_obs_param(obs, "storage-host", name, err) != FP_OK) ||
	    evidence_obs_seal(obs, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = obs;
	obs = NULL;
	return FP_OK;
}

/* A member that is left out does not exist on that platform (docs/facts.md): what rests on it is no question there. */
static bool
fits_platform(const struct rule *r, const json_t *facts)
{
	static const char *const everywhere[] = { "platform", "host", "stated", "source" };
	size_t asked = 0;

	for (size_t i = 0; r->needs[i] != NULL; i++) {
		bool common = false;

		for (size_t k = 0; k < FP_COUNT(everywhere); k++)
			common |= strcmp(r->needs[i], everywhere[k]) == 0;
		if (!common && json_object_get(facts, r->needs[i]) != NULL)
			return true;
		asked += !common;
	}
	return asked == 0;
}

static enum fp_status
fill_verdicts(struct app_facts_part *out, const json_t *facts, const struct evidence_obs *obs, struct fp_err *err)
{
	size_t n = 0;
	const struct check *t = check_table(&n);

	out->verdicts = fp_calloc(n, sizeof(*out->verdicts));
	if (out->verdicts == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (t[i].rule == NULL || t[i].rule->across_modes || !fits_platform(t[i].rule, facts))
			continue;
		if (check_judge(&out->verdicts[out->n_verdicts++], &t[i], obs, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

static enum fp_status
fill_part(struct app_facts *f, size_t i, const void *bytes, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = NULL;
	struct app_facts_part *out = &f->v.parts[f->v.n_parts++];
	const struct facts_part *p = &f->file->parts[i];

	out->mode = p->mode;
	out->offline = p->offline;
	out->host = text_of(p->facts, "host", "name");
	out->os = text_of(p->facts, "host", "os");
	out->build = text_of(p->facts, "host", "build");
	if (fill_unknown(out, p->facts, err) != FP_OK || suppose(&obs, f->file, i, bytes, len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return fill_verdicts(out, p->facts, obs, err);
}

enum fp_status
app_facts_view_new(struct app_facts_view **out, const void *bytes, size_t len, const char *name, struct fp_err *err)
{
	FP_AUTO(app_facts_view_freep) struct app_facts_view *v = NULL;
	struct app_facts *f = fp_calloc(1, sizeof(*f));

	if (f == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	v = &f->v;
	if (facts_read(&f->file, bytes, len, name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	v->serial = f->file->serial;
	v->challenge = f->file->challenge;
	v->key_id = f->file->key_id;
	v->collected = f->file->collected;
	for (size_t i = 0; i < f->file->n_parts; i++)
		if (fill_part(f, i, bytes, len, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	*out = v;
	v = NULL;
	return FP_OK;
}

void
app_facts_view_free(struct app_facts_view *v)
{
	if (v == NULL)
		return;
	struct app_facts *f = (struct app_facts *)(void *)((char *)v - offsetof(struct app_facts, v));
	for (size_t i = 0; i < v->n_parts; i++) {
		free(v->parts[i].unknown);
		free(v->parts[i].verdicts);
	}
	facts_free(f->file);
	free(f);
}

void
app_facts_view_freep(struct app_facts_view **v)
{
	app_facts_view_free(*v);
	*v = NULL;
}
