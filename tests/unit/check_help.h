/* Recorded observations (tests/unit/data/check, from real servers and the laboratory's doubles) and ways to spoil them. */
#ifndef FP_TESTS_CHECK_HELP_H
#define FP_TESTS_CHECK_HELP_H

#include "unit.h"

#include <errno.h>

#include "base/file.h"
#include "base/mem.h"
#include "check/check.h"
#include "check/probe.h"

static inline struct evidence_obs *
recorded(const char *name)
{
	char path[200];
	struct fp_err err = { 0 };
	struct evidence_obs *o = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	(void)snprintf(path, sizeof(path), "tests/unit/data/check/%s.json", name);
	if (fp_file_read(&b, path, &err) != FP_OK || evidence_obs_read(&o, b.data, b.len, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	return o;
}

static inline struct evidence_obs *
blank(const char *probe, const char *target)
{
	struct evidence_obs *o = evidence_obs_new();
	assert_non_null(o);
	o->probe = fp_strdup(probe);
	o->target = fp_strdup(target);
	o->vantage = fp_strdup("test");
	o->mode = fp_strdup("");
	o->tool = fp_strdup("test");
	return o;
}

static inline void
event(struct evidence_obs *o, enum evidence_event_kind kind, int step, int code, const void *bytes, size_t len)
{
	assert_int_equal(evidence_obs_add(o, kind, 0, step, 0, code, bytes, len, NULL, NULL), FP_OK);
}

/* A copy in which the n-th received answer is these bytes; end is added behind it unless it is EVIDENCE_NOTE. */
static inline struct evidence_obs *
spoiled(const struct evidence_obs *o, size_t nth, const void *bytes, size_t len, enum evidence_event_kind end)
{
	struct evidence_obs *s = blank(o->probe, o->target);
	size_t seen = 0;
	for (size_t i = 0; i < o->n_params; i++) {
		assert_int_equal(evidence_obs_param(s, o->params[i].name, o->params[i].value, NULL), FP_OK);
	}
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		bool hit = e->kind == EVIDENCE_RECEIVED && seen++ == nth;
		if (!hit || len > 0) {
			event(s, e->kind, e->step, e->code, hit ? bytes : e->bytes, hit ? len : e->len);
		}
		if (hit && end != EVIDENCE_NOTE) {
			event(s, end, e->step, 0, NULL, 0);
		}
	}
	return s;
}

static inline const struct evidence_event *
received(const struct evidence_obs *o, size_t nth)
{
	for (size_t i = 0; i < o->n_events; i++) {
		if (o->events[i].kind == EVIDENCE_RECEIVED && nth-- == 0) {
			return &o->events[i];
		}
	}
	return NULL;
}

static inline struct evidence_verdict
verdict(const struct evidence_obs *o, const char *check)
{
	struct evidence_verdict v;
	struct fp_err err = { 0 };
	const struct check *way = check_set_way_of(NULL, check, o->probe);
	if (check_judge(&v, way != NULL ? way : check_find(check), o, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	return v;
}

static inline void
expect(const struct evidence_obs *o, const char *check, const char *result, const char *reason)
{
	struct evidence_verdict v = verdict(o, check);
	if (strcmp(evidence_result_name(v.result), result) != 0 || strcmp(v.reason, reason) != 0) {
		fail_msg("%s of %s: got %s %s (%s), expected %s %s", check, o->target, evidence_result_name(v.result), v.reason,
		    v.detail, result, reason);
	}
}

static inline bool
passes(const struct evidence_obs *o, const char *check)
{
	return verdict(o, check).result == EVIDENCE_PASS;
}

#endif
