/* Rules over recorded facts: the file is signed, put into an observation as the import does it, judged. */
#ifndef FP_TESTS_RULE_HELP_H
#define FP_TESTS_RULE_HELP_H

#include "unit.h"

#include <stdio.h>

#include "base/asset.h"
#include "base/mem.h"
#include "facts_help.h"
#include "rule/rule.h"

#define RULE_HELP_PARAMS 8

/* What the site knew and the operator set; pairs of name and value, ended by NULL. */
struct rule_help_site {
	const char *issued, *identity, *part, *mode;
	const char *params[2 * RULE_HELP_PARAMS + 1];
};

static const struct rule_help_site rule_help_good = { "2026-03-02T07:00:00Z", "first", "0", "dx", { NULL } };

static inline struct rule *
rule_help_load(const char *name)
{
	char path[80];
	struct rule *r = NULL;
	struct fp_err err;
	(void)snprintf(path, sizeof(path), "checks/%s.json", name);
	const struct fp_asset *a = fp_asset_find(path);
	if (a == NULL) {
		fail_msg("there is no %s", path);
		return NULL;
	}
	if (rule_parse(&r, a->data, a->len, path, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	return r;
}

static inline json_t *
rule_help_facts(const char *name)
{
	char path[160];
	json_t *j = NULL;
	struct fp_err err;
	(void)snprintf(path, sizeof(path), "tests/data/facts/%s.json", name);
	if (fp_json_load(&j, path, 1 << 20, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	return j;
}

/* Set members: "host.name=\"x\"; services.0.pid=null; listeners.+={...}": dots, numbers as indices, + behind the last element, - as the value takes it away. Values hold no ';'. */
static inline void
rule_help_set(json_t *facts, const char *sets)
{
	while (*sets != '\0') {
		char path[200], value[600];
		size_t len = strcspn(sets, ";"), eq = strcspn(sets, "=");
		json_t *at = facts, *v = NULL;
		const char *p = path, *dot;
		assert_true(eq < len && eq < sizeof(path) && len - eq < sizeof(value));
		(void)snprintf(path, sizeof(path), "%.*s", (int)eq, sets);
		(void)snprintf(value, sizeof(value), "%.*s", (int)(len - eq - 1), sets + eq + 1);
		for (; (dot = strchr(p, '.')) != NULL; p = dot + 1) {
			char name[80];
			(void)snprintf(name, sizeof(name), "%.*s", (int)(dot - p), p);
			at = json_is_array(at) ? json_array_get(at, (size_t)atoi(name)) : json_object_get(at, name);
			if (at == NULL) {
				fail_msg("%s: no %s", path, name);
			}
		}
		v = strcmp(value, "-") != 0 ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
		if (strcmp(value, "-") == 0) {
			assert_int_equal(json_object_del(at, p), 0);
		} else if (v == NULL) {
			fail_msg("%s is no value", value);
		} else if (json_is_array(at)) {
			assert_int_equal(json_array_append_new(at, v), 0);
		} else {
			assert_int_equal(json_object_set_new(at, p, v), 0);
		}
		sets += len;
		sets += strspn(sets, "; ");
	}
}

static inline void
rule_help_param(struct evidence_obs *o, const char *name, const char *value)
{
	if (value != NULL && evidence_obs_param(o, name, value, NULL) != FP_OK) {
		fail_msg("no parameter %s", name);
	}
}

static inline void
rule_help_file(struct evidence_obs *o, int step, const json_t *facts)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	assert_true(facts_help_sign(&b, facts, 0));
	assert_int_equal(evidence_obs_add(o, EVIDENCE_RECEIVED, 0, step, 0, 0, b.data, b.len, NULL, NULL), FP_OK);
}

static inline struct evidence_obs *
rule_help_obs(const json_t *facts, const struct rule_help_site *s)
{
	struct evidence_obs *o = evidence_obs_new();
	assert_non_null(o);
	o->probe = fp_strdup("facts");
	o->target = fp_strdup("M70123");
	o->vantage = fp_strdup("stick");
	o->tool = fp_strdup("fieldproof test");
	o->mode = fp_strdup(s->mode != NULL ? s->mode : "");
	assert_int_equal(fp_time_parse(&o->started, "2026-03-02T10:00:00Z", NULL), FP_OK);
	rule_help_param(o, RULE_P_PART, s->part);
	rule_help_param(o, RULE_P_CHALLENGED, s->issued);
	rule_help_param(o, RULE_P_IDENTITY, s->identity);
	for (size_t i = 0; s->params[i] != NULL; i += 2) {
		rule_help_param(o, s->params[i], s->params[i + 1]);
	}
	if (facts != NULL) {
		rule_help_file(o, 1, facts);
	}
	return o;
}

static inline enum evidence_result
rule_help_judge(struct evidence_verdict *v, const struct rule *r, const json_t *facts, const struct rule_help_site *s)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = rule_help_obs(facts, s);
	*v = (struct evidence_verdict){ .reason = "" };
	rule_judge(v, r, o);
	const struct evidence_reason *e = rule_reason_find(r, v->reason);
	if (e == NULL) {
		fail_msg("%s gives '%s', which is none of its reasons", r->id, v->reason);
		return EVIDENCE_ERROR;
	}
	return e->result;
}

#endif
