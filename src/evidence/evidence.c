#include "evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *const result_names[EVIDENCE_RESULT_COUNT] = {
	[EVIDENCE_NOTCHECKED] = "notchecked",
	[EVIDENCE_PASS] = "pass",
	[EVIDENCE_FAIL] = "fail",
	[EVIDENCE_ERROR] = "error",
	[EVIDENCE_UNKNOWN] = "unknown",
	[EVIDENCE_NOTAPPLICABLE] = "notapplicable",
	[EVIDENCE_INFORMATIONAL] = "informational",
	[EVIDENCE_FIXED] = "fixed",
};

static const char *const level_names[EVIDENCE_LEVEL_COUNT] = {
	[EVIDENCE_L_NONE] = "none",
	[EVIDENCE_L_D] = "D",
	[EVIDENCE_L1] = "L1",
	[EVIDENCE_L2] = "L2",
	[EVIDENCE_L_H] = "H",
	[EVIDENCE_L0] = "L0",
};

static const char *const kind_names[EVIDENCE_KIND_COUNT] = {
	[EVIDENCE_ATTESTATION] = "attestation",
	[EVIDENCE_REACHABILITY] = "reachability",
	[EVIDENCE_CLAIM] = "claim",
	[EVIDENCE_CONFIGURATION] = "configuration",
	[EVIDENCE_EFFECT] = "effect",
};

static const char *const end_names[EVIDENCE_END_COUNT] = {
	[EVIDENCE_END_REIMAGE] = "re-image",
	[EVIDENCE_END_PASSWORD] = "password-rotation",
	[EVIDENCE_END_SERVICE] = "service-visit",
	[EVIDENCE_END_NETWORK] = "network-change",
};

static const char *const event_names[EVIDENCE_EVENT_KINDS] = {
	[EVIDENCE_CONNECTED] = "connected",
	[EVIDENCE_REFUSED] = "refused",
	[EVIDENCE_SENT] = "sent",
	[EVIDENCE_RECEIVED] = "received",
	[EVIDENCE_CLOSED] = "closed",
	[EVIDENCE_RESET] = "reset",
	[EVIDENCE_TIMEOUT] = "timeout",
	[EVIDENCE_FAILED] = "failed",
	[EVIDENCE_LIMIT] = "limit",
	[EVIDENCE_NOTE] = "note",
};

/* Index of name in names, or -1. */
static int
index_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *
evidence_result_name(enum evidence_result r)
{
	return (unsigned)r < EVIDENCE_RESULT_COUNT ? result_names[r] : "unknown";
}

const char *
evidence_level_name(enum evidence_level l)
{
	return (unsigned)l < EVIDENCE_LEVEL_COUNT ? level_names[l] : "none";
}

const char *
evidence_kind_name(enum evidence_kind k)
{
	return (unsigned)k < EVIDENCE_KIND_COUNT ? kind_names[k] : "attestation";
}

const char *
evidence_end_name(enum evidence_end e)
{
	return (unsigned)e < EVIDENCE_END_COUNT ? end_names[e] : "";
}

bool
evidence_kind_of(enum evidence_kind *out, const char *name)
{
	int i = index_of(kind_names, EVIDENCE_KIND_COUNT, name);

	if (i >= 0)
		*out = (enum evidence_kind)i;
	return i >= 0;
}

bool
evidence_end_of(enum evidence_end *out, const char *name)
{
	int i = index_of(end_names, EVIDENCE_END_COUNT, name);

	if (i >= 0)
		*out = (enum evidence_end)i;
	return i >= 0;
}

const char *
evidence_event_name(enum evidence_event_kind k)
{
	return (unsigned)k < EVIDENCE_EVENT_KINDS ? event_names[k] : "note";
}

bool
evidence_result_of(enum evidence_result *out, const char *name)
{
	int i = index_of(result_names, EVIDENCE_RESULT_COUNT, name);

	if (i >= 0)
		*out = (enum evidence_result)i;
	return i >= 0;
}

bool
evidence_level_of(enum evidence_level *out, const char *name)
{
	int i = index_of(level_names, EVIDENCE_LEVEL_COUNT, name);

	if (i >= 0)
		*out = (enum evidence_level)i;
	return i >= 0;
}

bool
evidence_event_of(enum evidence_event_kind *out, const char *name)
{
	int i = index_of(event_names, EVIDENCE_EVENT_KINDS, name);

	if (i >= 0)
		*out = (enum evidence_event_kind)i;
	return i >= 0;
}

struct evidence_obs *
evidence_obs_new(void)
{
	return fp_calloc(1, sizeof(struct evidence_obs));
}

void
evidence_obs_free(struct evidence_obs *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n_params; i++) {
		free(o->params[i].name);
		free(o->params[i].value);
	}
	for (size_t i = 0; i < o->n_events; i++) {
		free(o->events[i].note);
		free(o->events[i].bytes);
	}
	free(o->params);
	free(o->events);
	free(o->probe);
	free(o->target);
	free(o->vantage);
	free(o->mode);
	free(o->tool);
	free(o);
}

void
evidence_obs_freep(struct evidence_obs **o)
{
	evidence_obs_free(*o);
	*o = NULL;
}

/* A note may quote what a foreign server sent: kept short, valid UTF-8 and without control characters. The bytes stand beside it. */
static char *
clean_note(const char *note)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4 * (size_t)EVIDENCE_NOTE_MAX };
	const char *p = note, *end = note + strnlen(note, EVIDENCE_NOTE_MAX);

	while (p < end) {
		const char *at = p;
		uint32_t c = fp_utf8_next(&p, end);

		if (c == FP_UTF8_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0))
			fp_buf_putc(&b, '?');
		else
			fp_buf_add(&b, at, (size_t)(p - at));
	}
	return fp_buf_take(&b);
}

enum fp_status
evidence_obs_add(struct evidence_obs *o, enum evidence_event_kind kind, int conn, int step, int64_t at_us, int code,
    const void *bytes, size_t len, const char *note, struct fp_err *err)
{
	struct evidence_event e = { .kind = kind, .conn = conn, .step = step, .at_us = at_us, .code = code, .len = len };
	size_t cost = EVIDENCE_EVENT_COST + (note ? strnlen(note, EVIDENCE_NOTE_MAX) : 0);
	size_t max = EVIDENCE_OBS_MAX + (kind == EVIDENCE_LIMIT ? EVIDENCE_EVENT_COST + EVIDENCE_NOTE_MAX : 0);

	if (o->size + cost > max || len > max - o->size - cost)
		return fp_fail(err, FP_ELIMIT, "observation of '%s' is larger than its limit of %d bytes",
		    o->target ? o->target : "?", EVIDENCE_OBS_MAX);
	if (fp_grow(&o->events, &o->cap_events, o->n_events + 1, sizeof(*o->events)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory keeping an observation");
	if (note != NULL && (e.note = clean_note(note)) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory keeping an observation");
	if (len > 0 && (e.bytes = fp_calloc(len, 1)) == NULL) {
		free(e.note);
		return fp_fail(err, FP_ENOMEM, "out of memory keeping an observation");
	}
	if (len > 0)
		memcpy(e.bytes, bytes, len);
	o->events[o->n_events++] = e;
	o->size += cost + len;
	return FP_OK;
}

static struct evidence_param *
param_find(const struct evidence_obs *o, const char *name)
{
	for (size_t i = 0; i < o->n_params; i++)
		if (strcmp(o->params[i].name, name) == 0)
			return &o->params[i];
	return NULL;
}

enum fp_status
evidence_obs_param(struct evidence_obs *o, const char *name, const char *value, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *n = fp_strdup(name);
	FP_AUTO(fp_freep) char *v = fp_strdup(value);
	struct evidence_param *known = param_find(o, name), *grown;

	if (n == NULL || v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory keeping a parameter");
	if (known != NULL) {
		free(known->value);
		known->value = v;
		v = NULL;
		return FP_OK;
	}
	if (o->n_params >= EVIDENCE_PARAMS_MAX)
		return fp_fail(err, FP_ELIMIT, "an observation has at most %d parameters", EVIDENCE_PARAMS_MAX);
	grown = fp_reallocarray(o->params, o->n_params + 1, sizeof(*o->params));
	if (grown == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory keeping a parameter");
	o->params = grown;
	o->params[o->n_params++] = (struct evidence_param){ n, v };
	n = v = NULL;
	return FP_OK;
}

const char *
evidence_obs_param_get(const struct evidence_obs *o, const char *name)
{
	const struct evidence_param *p = param_find(o, name);

	return p ? p->value : NULL;
}
