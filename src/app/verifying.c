/* A bundle that somebody brought: unpacked in the sandbox, checked part by part, every verdict judged again. Needs no database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/exporting.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "evidence/bundle.h"
#include "rule/rule.h"

#define SECONDS 120
#define MEMORY ((size_t)2 << 30)
#define PLAIN_MAX (EVIDENCE_BUNDLE_MAX + EVIDENCE_MEMBERS_MAX * (size_t)(EVIDENCE_NAME_MAX + 8))

struct verifying {
	struct evidence_bundle *b;
	struct app_bundle_seen *out;
	struct rule **rules;
	size_t n_rules, cap_rules;
	struct evidence_obs *obs; /* read last: verdicts that rest on one observation stand together */
	json_t *failed;           /* "CELL/CHECK" of every fail so far */
	json_t *proven;           /* "CELL" of every pass that is strong enough to verify */
};

static void
verifying_free(struct verifying *g)
{
	for (size_t i = 0; i < g->n_rules; i++)
		rule_free(g->rules[i]);
	free(g->rules);
	evidence_bundle_free(g->b);
	evidence_obs_free(g->obs);
	json_decref(g->failed);
	json_decref(g->proven);
}

static void
fault(struct verifying *g, const char *where, const char *why)
{
	struct app_bundle_seen *s = g->out;

	if (s->n_faults < APP_BUNDLE_FAULTS) {
		fp_utf8_copy(s->faults[s->n_faults].where, sizeof(s->faults[0].where), where);
		fp_utf8_copy(s->faults[s->n_faults].why, sizeof(s->faults[0].why), why);
	}
	s->n_faults++;
}

/* ---- the members, by kind ---- */

/* What stands between the folder and ".json" of a member's name. */
static bool
stem_of(char *out, size_t size, const char *name)
{
	const char *base = strrchr(name, '/');
	size_t len;

	base = base != NULL ? base + 1 : name;
	len = strlen(base);
	if (len < 6 || len - 5 >= size || strcmp(base + len - 5, ".json") != 0)
		return false;
	memcpy(out, base, len - 5);
	out[len - 5] = '\0';
	return true;
}

static enum fp_status
see_observation(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;

	g->out->again.observations++;
	if (evidence_obs_read(&o, m->data, m->len, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	return strcmp(o->id, stem) == 0
		   ? FP_OK
		   : fp_fail(err, FP_EINTEGRITY, "it holds observation %.16s..., which is not the one of its name", o->id);
}

static void
compare_rule(struct verifying *g, const struct rule *r)
{
	const struct check *own = check_set_way_of(NULL, r->id, CHECK_PROBE_FACTS);
	size_t len = strlen(g->out->other);

	if (own == NULL || own->rule == NULL || strcmp(own->rule->hash, r->hash) == 0)
		return;
	g->out->rules_other++;
	(void)snprintf(g->out->other + len, sizeof(g->out->other) - len, "%s%s", len > 0 ? ", " : "", r->id);
}

static enum fp_status
see_rule(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err)
{
	struct rule *r = NULL;
	char older[64];

	g->out->rules++;
	if (rule_parse(&r, m->data, m->len, m->name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	(void)snprintf(older, sizeof(older), "%s.%.12s", r->id, r->hash);
	if (strcmp(r->id, stem) != 0 && strcmp(older, stem) != 0) {
		enum fp_status s = fp_fail(err, FP_EINTEGRITY, "it holds the rule '%s', which is not the one of its name", r->id);

		rule_free(r);
		return s;
	}
	if (fp_grow(&g->rules, &g->cap_rules, g->n_rules + 1, sizeof(struct rule *)) != 0) {
		rule_free(r);
		return fp_fail(err, FP_ENOMEM, "out of memory for the rules");
	}
	g->rules[g->n_rules++] = r;
	compare_rule(g, r);
	return FP_OK;
}

static enum fp_status
see_receipt(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf what = { .max = 65536 };
	FP_JSON json_t *j = NULL;
	const struct evidence_member *key = evidence_archive_find(g->b->archive, EVIDENCE_KEY);
	const char *public_key = NULL;
	char entry[24];

	g->out->receipts++;
	if (app_receipt_verify(m->data, m->len, "en", &what, err) != FP_OK ||
	    fp_json_parse(&j, m->data, m->len, m->name, err) != FP_OK ||
	    fp_json_str(&public_key, j, "public_key", m->name, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	(void)snprintf(
	    entry, sizeof(entry), "%lld", (long long)json_integer_value(json_object_get(json_object_get(j, "entry"), "seq")));
	if (strcmp(entry, stem) != 0)
		return fp_fail(err, FP_EINTEGRITY, "it proves entry %s, which is not the one of its name", entry);
	if (key == NULL || strcmp(key->data, public_key) != 0)
		return fp_fail(err, FP_EINTEGRITY, "another key signed it than the bundle");
	return FP_OK;
}

/* An earlier revision of the notice may have worded it so, but the one in the bundle does not: it stays open, and is a fault where it passes for the present one. */
static void
other_wording(struct verifying *g, const struct rule *r)
{
	char name[EVIDENCE_NAME_MAX + 1];

	(void)snprintf(name, sizeof(name), "rules/%s.%.12s.json", r->id, r->hash);
	if (evidence_archive_find(g->b->archive, name) != NULL)
		g->out->own_older++;
	else
		fault(g, r->id, "the rule is another one than the check that the notice brings along");
}

/*
 * A check that the notice brings along is part of what the maker signed: the rule of the bundle must be that one, or the program's own where the program has that id (as in
 * check_set_new, which leaves out what it cannot read).
 */
static enum fp_status
compare_own_checks(struct verifying *g, const struct notice *n, struct fp_err *err)
{
	for (size_t i = 0; i < n->n_own_checks; i++) {
		FP_AUTO(rule_freep) struct rule *own = NULL;
		const struct notice_own_check *o = &n->own_checks[i];
		const struct check *ours;

		if (rule_parse(&own, o->json, o->len, o->name, err) == FP_ENOMEM)
			return FP_ENOMEM;
		if (own == NULL)
			continue;
		ours = check_set_way_of(NULL, own->id, CHECK_PROBE_FACTS);
		for (size_t k = 0; k < g->n_rules; k++)
			if (strcmp(g->rules[k]->id, own->id) == 0 && strcmp(g->rules[k]->hash, own->hash) != 0 &&
			    (ours == NULL || strcmp(ours->rule->hash, g->rules[k]->hash) != 0))
				other_wording(g, g->rules[k]);
	}
	return FP_OK;
}

static enum fp_status
see_notice(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	const struct evidence_bundle_head *h = &g->b->head;

	(void)stem;
	if (notice_parse(&n, m->data, m->len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(n->content_hash, h->notice_hash) != 0 || strcmp(n->reference, h->reference) != 0 || n->revision != h->revision)
		return fp_fail(err, FP_EINTEGRITY, "it is not the notice that the manifest names");
	return compare_own_checks(g, n, err);
}

static enum fp_status
see_cell(struct verifying *g, const json_t *j, struct fp_err *err)
{
	enum case_state state;
	const char *word;
	char name[24];
	int64_t cell;

	if (fp_json_int(&cell, j, "cell", "cells", err) != FP_OK || fp_json_str(&word, j, "state", "cells", err) != FP_OK)
		return FP_EINVAL;
	if (!case_state_of(&state, word))
		return fp_fail(err, FP_EINVAL, "cell %lld has the state '%.40s', which nobody knows", (long long)cell, word);
	(void)snprintf(name, sizeof(name), "%lld", (long long)cell);
	/* REQ law-1: no claim is verified without evidence of level 2 or better for that very cell. */
	if (state == CASE_VERIFIED && json_object_get(g->proven, name) == NULL)
		return fp_fail(err, FP_EINTEGRITY, "cell %s is 'verified', and no verdict of the bundle proves it", name);
	g->out->cells++;
	return FP_OK;
}

static enum fp_status
see_cells(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	const json_t *cells;

	(void)stem;
	if (fp_json_parse(&j, m->data, m->len, m->name, err) != FP_OK ||
	    fp_json_arr_opt(&cells, j, "cells", m->name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; i < json_array_size(cells); i++)
		if (see_cell(g, json_array_get(cells, i), err) != FP_OK)
			return fp_failed(err, FP_EINTEGRITY);
	return FP_OK;
}

/* In this order: the notice compares the rules, the cells need the verdicts. */
static const struct {
	const char *name; /* of the member, or of its folder when it ends with a slash */
	bool after;       /* seen when the verdicts have been judged */
	enum fp_status (*see)(struct verifying *g, const struct evidence_member *m, const char *stem, struct fp_err *err);
} kinds[] = {
	{ "observations/", false, see_observation },
	{ "rules/", false, see_rule },
	{ "receipts/", false, see_receipt },
	{ "notice.json", false, see_notice },
	{ "cells.json", true, see_cells },
	{ EVIDENCE_MANIFEST, false, NULL },
	{ EVIDENCE_SIGNATURE, false, NULL },
	{ EVIDENCE_VERDICTS, false, NULL },
	{ EVIDENCE_KEY, false, NULL },
	{ "README.txt", false, NULL },
};

static bool
is_kind(size_t kind, const char *name)
{
	size_t len = strlen(kinds[kind].name);
	bool folder = kinds[kind].name[len - 1] == '/';

	return folder ? strncmp(name, kinds[kind].name, len) == 0 : strcmp(name, kinds[kind].name) == 0;
}

/* A part's own fault is told and the rest is looked at all the same; only memory ends the work. */
static enum fp_status
see_member(struct verifying *g, size_t kind, const struct evidence_member *m, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	char stem[EVIDENCE_NAME_MAX];
	enum fp_status s;

	if (!stem_of(stem, sizeof(stem), m->name))
		s = fp_fail(&local, FP_EINTEGRITY, "no bundle has such a member");
	else
		s = kinds[kind].see(g, m, stem, &local);
	if (s == FP_ENOMEM)
		return fp_fail(err, FP_ENOMEM, "%s", local.msg);
	if (s != FP_OK)
		fault(g, m->name, local.msg);
	return FP_OK;
}

static enum fp_status
see_members(struct verifying *g, bool after, struct fp_err *err)
{
	const struct evidence_archive *a = g->b->archive;

	for (size_t k = 0; k < FP_COUNT(kinds); k++) {
		if (kinds[k].see == NULL || kinds[k].after != after)
			continue;
		for (size_t i = 0; i < a->n; i++)
			if (is_kind(k, a->items[i].name) && see_member(g, k, &a->items[i], err) != FP_OK)
				return FP_ENOMEM;
	}
	return FP_OK;
}

static void
find_strangers(struct verifying *g)
{
	static const char *const needed[] = { "notice.json", "cells.json" };
	const struct evidence_archive *a = g->b->archive;

	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		while (k < FP_COUNT(kinds) && !is_kind(k, a->items[i].name))
			k++;
		if (k == FP_COUNT(kinds))
			fault(g, a->items[i].name, "it is of a kind that no bundle has");
	}
	for (size_t i = 0; i < FP_COUNT(needed); i++)
		if (evidence_archive_find(a, needed[i]) == NULL)
			fault(g, needed[i], "no bundle is without it");
}

/* ---- verdicts ---- */

static const struct evidence_obs *
observation(struct verifying *g, const char *id)
{
	char name[EVIDENCE_NAME_MAX + 1];
	const struct evidence_member *m;

	if (g->obs != NULL && strcmp(g->obs->id, id) == 0)
		return g->obs;
	evidence_obs_free(g->obs);
	g->obs = NULL;
	(void)snprintf(name, sizeof(name), "observations/%s.json", id);
	m = evidence_archive_find(g->b->archive, name);
	if (m == NULL || evidence_obs_read(&g->obs, m->data, m->len, NULL) != FP_OK || strcmp(g->obs->id, id) != 0)
		return NULL;
	return g->obs;
}

/* The rule of that check with that hash; failing that, another one of the check, for the message. */
static const struct rule *
rule_named(const struct verifying *g, const char *id, const char *hash)
{
	const struct rule *other = NULL;

	for (size_t i = 0; i < g->n_rules; i++)
		if (strcasecmp(g->rules[i]->id, id) == 0) {
			if (strcmp(g->rules[i]->hash, hash) == 0)
				return g->rules[i];
			other = g->rules[i];
		}
	return other;
}

/* Facts are judged by the rules of the bundle, whatever the program has under their ids; the rest by the program's code. */
static enum fp_status
judge(struct evidence_verdict *again, const struct verifying *g, const struct evidence_bundle_verdict *w,
    const struct evidence_obs *obs, struct fp_err *err)
{
	const struct rule *r = rule_named(g, w->v.check, w->rule);
	const struct check *way;
	struct check row;

	if (strcmp(obs->probe, CHECK_PROBE_FACTS) == 0) {
		if (r == NULL)
			return fp_fail(err, FP_EINTEGRITY, "the rule that judged it, '%s', is not in the bundle", w->v.check);
		if (strcmp(r->hash, w->rule) != 0)
			return fp_fail(err, FP_EINTEGRITY, "the rule '%s' of the bundle is not the one that judged it", r->id);
		row = check_of_rule(r);
		return check_judge(again, &row, obs, err);
	}
	way = check_set_way_of(NULL, w->v.check, obs->probe);
	if (way == NULL || w->rule[0] != '\0')
		return fp_fail(
		    err, FP_EUNSUPPORTED, "this program cannot judge '%s' from an observation of '%s'", w->v.check, obs->probe);
	return check_judge(again, way, obs, err);
}

static const char *
first_difference(const struct evidence_verdict *was, const struct evidence_verdict *is)
{
	return was->result != is->result              ? "result"
	       : was->level != is->level              ? "level"
	       : strcmp(was->reason, is->reason) != 0 ? "reason"
	       : strcmp(was->settle, is->settle) != 0 ? "what would settle it"
						      : "detail";
}

/* "fixed" is a pass of which the bundle holds an earlier fail of the same check at the same cell, and nothing else is. */
static void
remember(struct verifying *g, const struct evidence_bundle_verdict *w, struct evidence_verdict *again)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%lld/%s", (long long)w->cell, w->v.check);
	if (again->result == EVIDENCE_PASS && json_object_get(g->failed, name) != NULL)
		again->result = EVIDENCE_FIXED;
	if (again->result == EVIDENCE_FAIL)
		(void)json_object_set_new(g->failed, name, json_true());
	if ((again->result == EVIDENCE_PASS || again->result == EVIDENCE_FIXED) && again->level >= EVIDENCE_L2) {
		(void)snprintf(name, sizeof(name), "%lld", (long long)w->cell);
		(void)json_object_set_new(g->proven, name, json_true());
	}
}

static void
judge_verdict(struct verifying *g, size_t i)
{
	const struct evidence_bundle_verdict *w = &g->b->verdicts[i];
	const struct evidence_obs *obs = w->v.obs[0] != '\0' ? observation(g, w->v.obs) : NULL;
	struct evidence_verdict again;
	struct fp_err err = { .status = FP_OK, .msg = "" };
	char where[80], why[160];

	(void)snprintf(where, sizeof(where), "verdict %zu (%s)", i + 1, w->v.check);
	g->out->again.verdicts++;
	if (obs == NULL || judge(&again, g, w, obs, &err) != FP_OK) {
		g->out->again.damaged++;
		fault(g, where, obs == NULL ? "the observation that it rests on is not there, or is damaged" : err.msg);
		return;
	}
	remember(g, w, &again);
	if (again.result == w->v.result && app_same_verdict(&w->v, &again)) {
		g->out->again.same++;
		return;
	}
	g->out->again.differ++;
	(void)snprintf(why, sizeof(why), "judged again it comes out differently: '%s', not '%s' (%s)",
	    evidence_result_name(again.result), evidence_result_name(w->v.result), first_difference(&w->v, &again));
	fault(g, where, why);
}

/* ---- the whole ---- */

static enum fp_status
unpack(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	(void)ctx;
	return evidence_archive_unpack(out, in, len, err);
}

static enum fp_status
open_bundle(struct evidence_bundle **out, const char *path, struct fp_err *err)
{
	const struct fp_sandbox_limits limits = { .memory = MEMORY, .seconds = SECONDS, .output = PLAIN_MAX };
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = EVIDENCE_BUNDLE_MAX }, plain = { .max = PLAIN_MAX };
	FP_AUTO(evidence_archive_freep) struct evidence_archive *archive = NULL;

	if (fp_file_read(&file, path, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (fp_sandbox_call(&plain, unpack, NULL, file.data, file.len, &limits, err) != FP_OK ||
	    evidence_archive_load(&archive, plain.data, plain.len, err) != FP_OK ||
	    evidence_bundle_open(out, &archive, err) != FP_OK)
		return fp_ctx(err, "'%s'", path);
	return FP_OK;
}

static enum fp_status
read_key(struct minisign_public *pub, const char *public_key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = MINISIGN_FILE_MAX };
	const char *text = public_key;

	if (access(public_key, R_OK) == 0) {
		if (fp_file_read(&file, public_key, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		text = file.data;
	}
	return minisign_public_parse(pub, text, strlen(text), public_key, err);
}

static void
fill_seen(struct verifying *g)
{
	const struct evidence_bundle_head *h = &g->b->head;
	struct app_bundle_seen *s = g->out;

	fp_utf8_copy(s->reference, sizeof(s->reference), h->reference);
	fp_utf8_copy(s->tool, sizeof(s->tool), h->tool);
	fp_utf8_copy(s->key_id, sizeof(s->key_id), h->key);
	s->made = h->made;
	s->members = g->b->archive->n;
	for (size_t i = 0; i < g->b->n_damage; i++)
		fault(g, g->b->damage[i].where, g->b->damage[i].why);
}

static enum fp_status
look(struct verifying *g, const struct minisign_public *key, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };

	g->failed = json_object();
	g->proven = json_object();
	if (g->failed == NULL || g->proven == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	fill_seen(g);
	if (evidence_bundle_signed(g->b, key, &local) != FP_OK)
		fault(g, EVIDENCE_SIGNATURE, local.msg);
	g->out->signed_by_key = key != NULL && local.status == FP_OK;
	find_strangers(g);
	if (see_members(g, false, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < g->b->n_verdicts; i++)
		judge_verdict(g, i);
	return see_members(g, true, err);
}

enum fp_status
app_bundle_verify(const char *path, const char *public_key, struct app_bundle_seen **out, struct fp_err *err)
{
	FP_AUTO(verifying_free) struct verifying g = { .b = NULL };
	FP_AUTO(fp_freep) struct app_bundle_seen *seen = fp_calloc(1, sizeof(*seen));
	struct minisign_public key;

	*out = NULL;
	if (seen == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	g.out = seen;
	if ((public_key != NULL && read_key(&key, public_key, err) != FP_OK) || open_bundle(&g.b, path, err) != FP_OK ||
	    look(&g, public_key != NULL ? &key : NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = seen;
	seen = NULL;
	if ((*out)->n_faults > 0)
		return fp_fail(err, FP_EINTEGRITY, "the bundle does not hold: %zu fault%s; the first: %s: %s", (*out)->n_faults,
		    (*out)->n_faults == 1 ? "" : "s", (*out)->faults[0].where, (*out)->faults[0].why);
	if ((*out)->own_older > 0)
		return fp_fail(err, FP_EUNKNOWN,
		    "the bundle holds together, but verdicts rest on an older wording of a check that the notice brings along, "
		    "which the notice in the "
		    "bundle does not vouch for");
	if (public_key == NULL)
		return fp_fail(err, FP_EUNKNOWN,
		    "the bundle holds together, but whose it is was not checked: give the site's key with --key (its own copy "
		    "names %s)",
		    (*out)->key_id);
	return FP_OK;
}
