/* Judging: pure, over an observation, with the table as the only source of results. */
#include "check/check.h"

#include <stdarg.h>
#include <string.h>

#include "check/probe.h"
#include "rule/rule.h"

void
check_say(struct evidence_verdict *out, const char *reason, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	(void)snprintf(out->reason, sizeof(out->reason), "%s", reason);
	(void)vsnprintf(out->detail, sizeof(out->detail), fmt, ap);
	va_end(ap);
}

/*
 * How strong the observation is for this check: bytes that the peer sent count as the check's own level; a connection made or refused shows only
 * that it can be reached (L1); without any sign of life there is no level to speak of.
 */
static enum evidence_level
level_of(const struct check *c, const struct evidence_obs *obs)
{
	bool reached = false;
	for (size_t i = 0; i < obs->n_events; i++) {
		enum evidence_event_kind k = obs->events[i].kind;
		if (k == EVIDENCE_RECEIVED) {
			return c->level;
		}
		reached = reached || k == EVIDENCE_CONNECTED || k == EVIDENCE_REFUSED;
	}
	if (!reached) {
		return EVIDENCE_L_NONE;
	}
	return c->level < EVIDENCE_L1 ? c->level : EVIDENCE_L1;
}

static void
settle_by(struct evidence_verdict *out, const struct evidence_reason *r)
{
	out->result = r->result;
	(void)snprintf(out->reason, sizeof(out->reason), "%s", r->code);
	(void)snprintf(out->settle, sizeof(out->settle), "%s", r->settle != NULL ? r->settle : "");
}

static const struct evidence_reason *
reason_of_way(const struct check *c, const char *code)
{
	return c->rule != NULL ? rule_reason_find(c->rule, code) : check_reason_find(c, code);
}

enum fp_status
check_judge(struct evidence_verdict *out, const struct check *c, const struct evidence_obs *obs, struct fp_err *err)
{
	*out = (struct evidence_verdict){ .result = EVIDENCE_UNKNOWN };
	if (c->probe == NULL || (c->judge == NULL && c->rule == NULL)) {
		return fp_fail(err, FP_EINVAL, "check '%s' is not judged from an observation", c->id);
	}
	if (obs->probe == NULL || strcmp(obs->probe, c->probe) != 0) {
		return fp_fail(err, FP_EINVAL, "check '%s' is judged from an observation of probe '%s', this one is of '%s'",
		    c->id, c->probe, obs->probe != NULL ? obs->probe : "");
	}
	if (c->rule != NULL) {
		rule_judge(out, c->rule, obs);
	} else {
		c->judge(out, obs);
	}
	const struct evidence_reason *r = reason_of_way(c, out->reason);
	if (r == NULL) {
		return fp_fail(
		    err, FP_EINVAL, "check '%s' gave the reason '%s', which its table does not hold", c->id, out->reason);
	}
	settle_by(out, r);
	/* What is wrong with the file itself says nothing about the device, at no level. */
	out->level = c->rule != NULL && r == rule_reason_find(NULL, r->code) ? EVIDENCE_L_NONE : level_of(c, obs);
	(void)snprintf(out->check, sizeof(out->check), "%s", c->id);
	(void)snprintf(out->obs, sizeof(out->obs), "%s", obs->id);
	return FP_OK;
}

/* What a check waits for that nobody has answered yet. */
static const char *
without(const struct check *c)
{
	if (c == NULL) {
		return "not-run";
	}
	if (c->probe == NULL) {
		return c->reasons[0].code;
	}
	return strcmp(c->probe, CHECK_PROBE_FACTS) == 0     ? "needs-host-facts"
	       : strcmp(c->probe, CHECK_PROBE_CAPTURE) == 0 ? "needs-capture"
							    : "not-run";
}

/* Which facts the rule waits for, as far as its own reasons say. */
static const char *
facts_wanted(const struct rule *rule)
{
	for (const struct evidence_reason *r = rule->reasons; r->code != NULL; r++) {
		if (strncmp(r->settle, "host-facts", 10) == 0) {
			return r->settle;
		}
	}
	return "host-facts";
}

void
check_verdict_without(struct evidence_verdict *out, const struct check *c, const char *reason, const char *detail)
{
	*out = (struct evidence_verdict){ .result = EVIDENCE_NOTCHECKED, .level = EVIDENCE_L_NONE };
	const char *code = reason != NULL ? reason : without(c);
	const struct evidence_reason *r = check_reason_find(c, code);
	if (r != NULL &&
	    (r->result == EVIDENCE_NOTCHECKED || r->result == EVIDENCE_UNKNOWN || r->result == EVIDENCE_NOTAPPLICABLE)) {
		settle_by(out, r);
	} else {
		/* REQ law-2: without an observation there is never more than "not checked", whatever the code means elsewhere. */
		(void)snprintf(out->reason, sizeof(out->reason), "%s", code);
	}
	if (c != NULL && c->rule != NULL && strcmp(code, "needs-host-facts") == 0) {
		(void)snprintf(out->settle, sizeof(out->settle), "%s", facts_wanted(c->rule));
	}
	(void)snprintf(out->check, sizeof(out->check), "%s", c != NULL ? c->id : "");
	(void)snprintf(out->detail, sizeof(out->detail), "%s", detail != NULL ? detail : "");
}
