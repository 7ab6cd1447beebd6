/* Checks and their ways: the rows that are code, those that are data, and those that a notice brings along. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/asset.h"
#include "base/mem.h"
#include "check/check.h"
#include "check/probe.h"
#include "rule/rule.h"

#define WAYS_MAX 64 /* the planner keeps a bit per row */

static struct check program[WAYS_MAX];
static size_t n_program;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Its texts and reasons are the rule's own. */
struct check
check_of_rule(const struct rule *r)
{
	return (struct check){ .id = r->id,
		.title = r->title,
		.question = r->question,
		.proves = r->proves,
		.probe = CHECK_PROBE_FACTS,
		.level = r->level,
		.reasons = r->reasons,
		.kind = r->kind,
		.rule = r,
		.fresh_days = r->fresh_days > 0 ? r->fresh_days : CHECK_FRESH_ALWAYS,
		.ends_with = r->ends_with };
}

/* Code first: what can be asked over the network at once is shown before what somebody must bring. The files are tested when the program is built (tests/unit/rule_checks.c). */
static void
program_make(void)
{
	static const char folder[] = "checks/";
	size_t n = 0;
	const struct check *rows = check_in_code(&n);
	for (size_t i = 0; i < n && n_program < WAYS_MAX; i++) {
		program[n_program++] = rows[i];
	}
	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++) {
		struct rule *r = NULL;
		if (strncmp(a->name, folder, strlen(folder)) == 0 && n_program < WAYS_MAX &&
		    rule_parse(&r, a->data, a->len, a->name, NULL) == FP_OK) {
			program[n_program++] = check_of_rule(r);
		}
	}
}

const struct check *
check_table(size_t *n)
{
	(void)pthread_once(&once, program_make);
	*n = n_program;
	return program;
}

struct check_set {
	struct rule **rules; /* of the notice */
	struct check *rows;
	size_t n;
};

static enum fp_status
own_rule(struct rule **out, const struct notice_own_check *own, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *name = fp_asprintf("checks/%s.json", own->name);
	if (name == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the checks of a notice");
	}
	return rule_parse(out, own->json, own->len, name, err);
}

static const struct check *
row_in(const struct check_set *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcasecmp(s->rows[i].id, id) == 0) {
			return &s->rows[i];
		}
	}
	return NULL;
}

enum fp_status
check_set_new(struct check_set **out, const struct notice *n, struct fp_err *err)
{
	FP_AUTO(check_set_freep) struct check_set *s = fp_calloc(1, sizeof(*s));
	size_t count = n != NULL ? n->n_own_checks : 0;
	if (s == NULL || (s->rules = fp_calloc(count, sizeof(struct rule *))) == NULL ||
	    (s->rows = fp_calloc(count, sizeof(*s->rows))) == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the checks of a notice");
	}
	for (size_t i = 0; i < count; i++) {
		struct fp_err why = { .status = FP_OK };
		struct rule *r = NULL;
		if (own_rule(&r, &n->own_checks[i], &why) == FP_ENOMEM) {
			return fp_fail(err, FP_ENOMEM, "%s", why.msg);
		}
		/* Taken in by check_set_lint once; what this program cannot read any more, or has itself by now, is a check that it does not know. */
		if (r == NULL || check_find(r->id) != NULL || row_in(s, r->id) != NULL) {
			rule_free(r);
			continue;
		}
		s->rules[s->n] = r;
		s->rows[s->n++] = check_of_rule(r);
	}
	*out = s;
	s = NULL;
	return FP_OK;
}

enum fp_status
check_set_lint(const struct notice *n, struct fp_err *err)
{
	FP_AUTO(check_set_freep) struct check_set *s = NULL;
	for (size_t i = 0; i < n->n_own_checks; i++) {
		FP_AUTO(rule_freep) struct rule *r = NULL;
		if (own_rule(&r, &n->own_checks[i], err) != FP_OK) {
			return fp_failed(err, FP_EINVAL);
		}
		if (check_find(r->id) != NULL) {
			return fp_fail(err, FP_EINVAL,
			    "checks/%s.json: the program has a check '%s' of its own; give this one another id",
			    n->own_checks[i].name, r->id);
		}
	}
	if (check_set_new(&s, n, err) != FP_OK) {
		return fp_failed(err, FP_ENOMEM);
	}
	if (s->n != n->n_own_checks) {
		return fp_fail(err, FP_EINVAL, "checks/: two checks of the notice have the same id");
	}
	return FP_OK;
}

void
check_set_free(struct check_set *s)
{
	if (s != NULL) {
		for (size_t i = 0; i < s->n; i++) {
			rule_free(s->rules[i]);
		}
		free(s->rules);
		free(s->rows);
		free(s);
	}
}

void
check_set_freep(struct check_set **s)
{
	check_set_free(*s);
	*s = NULL;
}

static const struct check *
way_in(const struct check *rows, size_t n, const char *id, size_t *i)
{
	for (size_t k = 0; k < n; k++) {
		if (strcasecmp(rows[k].id, id) == 0 && (*i)-- == 0) {
			return &rows[k];
		}
	}
	return NULL;
}

const struct check *
check_set_way(const struct check_set *s, const char *id, size_t i)
{
	size_t n = 0;
	const struct check *t = check_table(&n);
	if (id == NULL) {
		return NULL;
	}
	const struct check *c = way_in(t, n, id, &i);
	return c != NULL || s == NULL ? c : way_in(s->rows, s->n, id, &i);
}

const struct check *
check_set_way_of(const struct check_set *s, const char *id, const char *probe)
{
	const struct check *c;
	for (size_t i = 0; (c = check_set_way(s, id, i)) != NULL; i++) {
		if (c->probe != NULL && probe != NULL && strcmp(c->probe, probe) == 0) {
			return c;
		}
	}
	return NULL;
}

const struct check *
check_find(const char *id)
{
	return check_set_way(NULL, id, 0);
}

static const struct evidence_reason *
reason_in(const struct check *c, const char *code)
{
	for (const struct evidence_reason *r = c->reasons; r->code != NULL; r++) {
		if (strcmp(r->code, code) == 0) {
			return r;
		}
	}
	return NULL;
}

/* A reason of another way of the same check is as good: pages know the check's id and the code, not which way it was. */
static const struct evidence_reason *
reason_of_ways(const struct check *c, const char *code)
{
	const struct evidence_reason *r = reason_in(c, code);
	const struct check *w;
	for (size_t i = 0; r == NULL && (w = check_set_way(NULL, c->id, i)) != NULL; i++) {
		r = reason_in(w, code);
	}
	return r;
}

const struct evidence_reason *
check_reason_find(const struct check *c, const char *code)
{
	if (code == NULL) {
		return NULL;
	}
	const struct evidence_reason *r = c != NULL ? reason_of_ways(c, code) : NULL;
	if (r == NULL) {
		r = rule_reason_find(NULL, code);
	}
	return r != NULL ? r : check_shared_reason(code);
}

/* ---- several ways, one answer ---- */

static bool
is_pass(const struct evidence_verdict *v)
{
	return v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED;
}

static bool
decides(const struct evidence_verdict *v)
{
	return is_pass(v) || v->result == EVIDENCE_FAIL;
}

/* Is a the better of two answers that both decide? */
static bool
outranks(const struct check_said *a, const struct check_said *b)
{
	bool a_fails = !is_pass(&a->v), b_fails = !is_pass(&b->v);
	/* REQ law-2: a fail that is newer than the pass was seen in a state that the pass knows nothing of. */
	if (a_fails != b_fails) {
		const struct check_said *fail = a_fails ? a : b, *pass = a_fails ? b : a;
		if (fail->at > pass->at) {
			return a == fail;
		}
	}
	if (a->way->kind != b->way->kind) {
		return a->way->kind > b->way->kind;
	}
	return a->at != b->at ? a->at > b->at : a_fails;
}

static bool
more_open(const struct check_said *a, const struct check_said *b)
{
	bool a_asked = a->v.result != EVIDENCE_NOTCHECKED, b_asked = b->v.result != EVIDENCE_NOTCHECKED;
	if (a_asked != b_asked) {
		return a_asked;
	}
	return a_asked && a->way->kind > b->way->kind;
}

const struct check_said *
check_combine(const struct check_said *said, size_t n, const struct check_said **against)
{
	const struct check_said *best = NULL, *open = NULL, *other = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!decides(&said[i].v)) {
			open = open == NULL || more_open(&said[i], open) ? &said[i] : open;
		} else if (best == NULL || outranks(&said[i], best)) {
			best = &said[i];
		}
	}
	for (size_t i = 0; best != NULL && i < n; i++) {
		if (decides(&said[i].v) && is_pass(&said[i].v) != is_pass(&best->v) &&
		    (other == NULL || outranks(&said[i], other))) {
			other = &said[i];
		}
	}
	if (against != NULL) {
		*against = other;
	}
	return best != NULL ? best : open;
}

const char *
check_stale(const struct check *way, fp_time at, fp_time now, const fp_time ended[EVIDENCE_END_COUNT])
{
	unsigned ends = way->ends_with != 0 ? way->ends_with : CHECK_ENDS_WITH;
	for (int e = 0; e < EVIDENCE_END_COUNT; e++) {
		if ((ends >> e & 1u) != 0 && ended != NULL && ended[e] > at) {
			return evidence_end_name((enum evidence_end)e);
		}
	}
	int64_t days = way->fresh_days != 0 ? way->fresh_days : CHECK_FRESH_DAYS;
	return days != CHECK_FRESH_ALWAYS && now > at && (now - at) / 86400000 >= days ? "age" : NULL;
}
