/* The verdict of an action from those of its checks. */
#include "check/check.h"

#include <string.h>
#include <strings.h>

static const struct evidence_verdict *
verdict_of(const struct evidence_verdict *verdicts, size_t n, const char *check)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(verdicts[i].check, check) == 0) {
			return &verdicts[i];
		}
	}
	return NULL;
}

static void
as(struct evidence_verdict *out, const struct evidence_verdict *v, enum evidence_result result)
{
	*out = *v;
	out->result = result;
}

/* What the required checks amount to while they are walked. */
struct sum {
	const struct evidence_verdict *fail, *error, *open,
	    *weakest;                    /* the first of each; weakest: the pass of the lowest level */
	struct evidence_verdict missing; /* stands in for a required check without a verdict */
	size_t required, passes, fixed, asked;
};

static void
sum_add(struct sum *s, const struct evidence_verdict *v)
{
	bool pass = v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED;
	s->required++;
	s->asked += v->result != EVIDENCE_NOTCHECKED;
	s->passes += pass;
	s->fixed += v->result == EVIDENCE_FIXED;
	if (v->result == EVIDENCE_FAIL && s->fail == NULL) {
		s->fail = v;
	}
	if (v->result == EVIDENCE_ERROR && s->error == NULL) {
		s->error = v;
	}
	if (pass && (s->weakest == NULL || v->level < s->weakest->level)) {
		s->weakest = v;
	}
	if (!pass && s->open == NULL) {
		s->open = v;
	}
}

/*
 * The notice asks this only of devices with another kind of storage. Any other "not applicable" keeps the action open: it is no pass, and nobody but
 * the notice says that a required check need not be answered.
 */
static bool
left_out(const struct evidence_verdict *v)
{
	return v->result == EVIDENCE_NOTAPPLICABLE && strcmp(v->reason, "other-storage") == 0;
}

static bool
answered(const struct evidence_verdict *v)
{
	return v != NULL && v->result != EVIDENCE_NOTCHECKED && !left_out(v);
}

/* Which of several alternatives speaks for the group, when none fails: the strongest proof; else what is open; a pass that proves nothing (law 1) last. */
static int
worth(const struct evidence_verdict *v)
{
	if (v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED) {
		return v->level >= EVIDENCE_L2 ? 4 + (int)v->level : 1;
	}
	return answered(v) ? 3 : 2;
}

/* The verdict of the group that row first leads; NULL when it does not apply. */
static const struct evidence_verdict *
group_verdict(const struct notice_action *a, size_t first, const struct evidence_verdict *verdicts, size_t n, size_t *seen)
{
	const struct evidence_verdict *best = NULL;
	for (size_t i = first; i < a->n_checks; i++) {
		const struct notice_check *k = &a->checks[i];
		if (k->role != NOTICE_CHECK_REQUIRED || k->group == NULL || strcmp(k->group, a->checks[first].group) != 0) {
			continue;
		}
		const struct evidence_verdict *v = verdict_of(verdicts, n, k->id);
		*seen += answered(v);
		if (v == NULL || left_out(v) || (best != NULL && best->result == EVIDENCE_FAIL)) {
			continue;
		}
		if (best == NULL || v->result == EVIDENCE_FAIL || worth(v) > worth(best)) {
			best = v;
		}
	}
	return best;
}

/* Is row i the first required one of its group? */
static bool
leads_group(const struct notice_action *a, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		const struct notice_check *c = &a->checks[k];
		if (c->role == NOTICE_CHECK_REQUIRED && c->group != NULL && strcmp(c->group, a->checks[i].group) == 0) {
			return false;
		}
	}
	return true;
}

/* No required check: a supporting one can say something, but never close the action. */
static void
without_required(struct evidence_verdict *out, const struct notice_action *a, const struct evidence_verdict *verdicts, size_t n)
{
	for (size_t i = 0; i < a->n_checks; i++) {
		const struct evidence_verdict *v = verdict_of(verdicts, n, a->checks[i].id);
		if (answered(v)) {
			const struct evidence_reason *r = check_reason_find(NULL, "supporting-only");
			as(out, v, EVIDENCE_UNKNOWN);
			if (v->settle[0] == '\0') {
				(void)snprintf(out->reason, sizeof(out->reason), "%s", r->code);
				(void)snprintf(out->settle, sizeof(out->settle), "%s", r->settle);
			}
			return;
		}
	}
	check_verdict_without(out, NULL, "no-check", "");
}

void
check_roll_up(struct evidence_verdict *out, const struct notice_action *a, const struct evidence_verdict *verdicts, size_t n)
{
	struct sum s = { 0 };
	size_t seen = 0;
	for (size_t i = 0; i < a->n_checks; i++) {
		const struct evidence_verdict *v = verdict_of(verdicts, n, a->checks[i].id);
		if (a->checks[i].role != NOTICE_CHECK_REQUIRED) {
			seen += answered(v);
			continue;
		}
		if (a->checks[i].group != NULL && !leads_group(a, i)) {
			continue;
		}
		const struct evidence_verdict *said = a->checks[i].group != NULL ? group_verdict(a, i, verdicts, n, &seen) : v;
		if (said == NULL && a->checks[i].group != NULL && v != NULL) {
			continue; /* the whole group does not apply */
		}
		if (said == NULL && s.missing.reason[0] == '\0') {
			check_verdict_without(&s.missing, check_find(a->checks[i].id), "not-run", a->checks[i].id);
		}
		if (said == NULL || !left_out(said)) {
			sum_add(&s, said != NULL ? said : &s.missing);
		}
	}
	if (s.required == 0) {
		without_required(out, a, verdicts, n);
	} else if (s.fail != NULL) {
		*out = *s.fail;
	} else if (s.passes == s.required) {
		as(out, s.weakest, s.fixed > 0 ? EVIDENCE_FIXED : EVIDENCE_PASS);
	} else if (s.error != NULL) {
		*out = *s.error;
	} else {
		/* REQ law-2: whatever is not a pass keeps the action open; "notchecked" only when nothing at all was asked. */
		as(out, s.open, s.asked + seen == 0 ? EVIDENCE_NOTCHECKED : EVIDENCE_UNKNOWN);
	}
}
