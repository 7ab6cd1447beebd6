/* An observation of probe "facts" to a reason: first whether the file counts at all, then the rules. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "rule/rule_int.h"

#define N_(text) text
#define HOUR 3600000

static const struct evidence_reason troubles[] = {
	{ "facts-missing", EVIDENCE_UNKNOWN, N_("A fact that this rests on could not be read on the device."), "host-facts" },
	{ "not-running", EVIDENCE_UNKNOWN,
	    N_("This boot mode was read from its disk while another one ran. What only the running system shows is not known."),
	    "collect-running" },
	{ "not-covered", EVIDENCE_UNKNOWN, N_("The facts show a case that the rule does not cover."), "attestation" },
	{ "facts-forged", EVIDENCE_UNKNOWN, N_("The fact file was changed after it was made: its signature does not hold."),
	    "collect-again" },
	{ "facts-unreadable", EVIDENCE_UNKNOWN, N_("There is no fact file that can be read."), "collect-again" },
	{ "facts-newer", EVIDENCE_UNKNOWN, N_("The fact file comes from a newer collector than this program knows."),
	    "newer-program" },
	{ "facts-undated", EVIDENCE_UNKNOWN,
	    N_("The fact file does not hold a challenge that this site issued: it may be an old file, and nothing shows when it "
	       "was made."),
	    "challenge" },
	{ "facts-other-device", EVIDENCE_UNKNOWN,
	    N_("The fact file comes from another device, or from a system that was exchanged."), "right-device" },
	{ "same-mode-twice", EVIDENCE_UNKNOWN, N_("The same system was read again and called another boot mode."),
	    "host-facts-both-modes" },
	{ "facts-unplaced", EVIDENCE_UNKNOWN, N_("It was not recorded which device and boot mode the fact file belongs to."),
	    "collect-again" },
	{ "facts-too-large", EVIDENCE_UNKNOWN, N_("The facts are too many to be looked through."), "attestation" },
	{ "parameter-missing", EVIDENCE_NOTCHECKED, N_("A setting that the operator must give is missing."), "parameter" },
	{ "parameter-unreadable", EVIDENCE_NOTCHECKED, N_("A setting that the operator gave cannot be read."), "parameter" },
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};

const struct evidence_reason *
rule_troubles(void)
{
	return troubles;
}

const struct evidence_reason *
rule_reason_find(const struct rule *r, const char *code)
{
	const struct evidence_reason *const lists[] = { r != NULL ? r->reasons : NULL, troubles };
	for (size_t i = 0; i < FP_COUNT(lists); i++) {
		for (const struct evidence_reason *e = lists[i]; e != NULL && e->code != NULL; e++) {
			if (strcmp(e->code, code) == 0) {
				return e;
			}
		}
	}
	return NULL;
}

static void FP_PRINTF(3, 4) say(struct evidence_verdict *out, const char *reason, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)snprintf(out->reason, sizeof(out->reason), "%s", reason);
	fp_utf8_copy(out->detail, sizeof(out->detail), text);
}

/* ---- the file ---- */

static const struct evidence_event *
file_of(const struct evidence_obs *obs, int step)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		const struct evidence_event *e = &obs->events[i];
		if (e->step == step && e->kind == EVIDENCE_RECEIVED && e->bytes != NULL) {
			return e;
		}
	}
	return NULL;
}

static const char *
trouble_of(enum fp_status st)
{
	return st == FP_EINTEGRITY ? "facts-forged" : st == FP_EUNSUPPORTED ? "facts-newer" : "facts-unreadable";
}

/* The part that a parameter names; NULL after saying what is wrong. */
static const struct facts_part *
part_of(struct evidence_verdict *out, const struct facts_file *f, const struct evidence_obs *obs, const char *param)
{
	const char *text = evidence_obs_param_get(obs, param);
	size_t i =
	    text != NULL && text[0] >= '0' && text[0] <= '9' && text[1] == '\0' ? (size_t)(text[0] - '0') : FACTS_PARTS_MAX;
	if (i >= f->n_parts) {
		say(out, "facts-unplaced", "the file has no part '%.20s'", text != NULL ? text : "");
		return NULL;
	}
	return &f->parts[i];
}

static enum fp_status
open_file(struct facts_file **f, struct evidence_verdict *out, const struct evidence_obs *obs, int step)
{
	const struct evidence_event *e = file_of(obs, step);
	struct fp_err err = { .msg = "" };
	if (e == NULL) {
		say(out, "facts-unreadable", "the observation holds no fact file");
		return FP_ENOTFOUND;
	}
	enum fp_status st = facts_read(f, e->bytes, e->len, "stored", &err);
	if (st != FP_OK) {
		say(out, trouble_of(st), "%s", err.msg);
	}
	return st;
}

/* What the site knew when the file came in. The challenge shows that it was made afterwards, whatever the device's clock says. */
static bool
counts(struct evidence_verdict *out, const struct facts_file *f, const struct evidence_obs *obs)
{
	const char *issued = evidence_obs_param_get(obs, RULE_P_CHALLENGED),
		   *identity = evidence_obs_param_get(obs, RULE_P_IDENTITY);
	fp_time t;
	if (issued == NULL || fp_time_parse(&t, issued, NULL) != FP_OK) {
		say(out, "facts-undated", "%s",
		    f->challenge[0] != '\0' ? "its challenge is not one of this site" : "it holds no challenge");
		return false;
	}
	identity = identity != NULL ? identity : "";
	if (strcmp(identity, "first") == 0 || strcmp(identity, "same") == 0 || strcmp(identity, "re-imaged") == 0) {
		return true;
	}
	say(out,
	    strcmp(identity, "other-device") == 0 ? "facts-other-device"
	    : strcmp(identity, "other-mode") == 0 ? "same-mode-twice"
						  : "facts-unplaced",
	    "machine %.60s, volume %.40s", f->parts[0].machine_id, f->parts[0].volume_serial);
	return false;
}

/* A clock that is off is common on such devices, and proves nothing: it is noted. */
static void
note_clock(struct evidence_verdict *out, const struct facts_file *f, const struct evidence_obs *obs)
{
	const char *issued = evidence_obs_param_get(obs, RULE_P_CHALLENGED);
	size_t at = strlen(out->detail);
	fp_time t = 0;
	if (issued == NULL || fp_time_parse(&t, issued, NULL) != FP_OK) {
		return;
	}
	bool behind = f->collected<t - HOUR, ahead = f->collected> obs->started + HOUR;
	if (behind || ahead) {
		char text[120];
		(void)snprintf(text, sizeof(text), "%sthe device's clock is %lld h %s", at > 0 ? "; " : "",
		    (long long)((behind ? t - f->collected : f->collected - obs->started) / HOUR), behind ? "behind" : "ahead");
		fp_utf8_copy(out->detail + at, sizeof(out->detail) - at, text);
	}
}

/* ---- why a fact is not known ---- */

/* How near two names are: whole names in common when one begins with the other ("a.b.c" and "a.b"), else only that the first is the same. */
static size_t
nearness(const char *a, const char *b)
{
	size_t names = 1, i = 0;
	while (a[i] != '\0' && a[i] == b[i]) {
		names += a[i++] == '.';
	}
	bool ends = (a[i] == '\0' || a[i] == '.') && (b[i] == '\0' || b[i] == '.');
	return ends && (a[i] == '\0' || b[i] == '\0') ? names + 1 : names > 1 ? 1 : 0;
}

/* The collector's words on the fact, or on what it belongs to. */
static const char *
stated_why(const json_t *facts, const char *fact)
{
	const json_t *list = json_object_get(facts, "unknown");
	const char *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *u = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(u, "fact"));
		size_t n = name != NULL ? nearness(name, fact) : 0;
		if (n > most) {
			most = n;
			best = json_string_value(json_object_get(u, "why"));
		}
	}
	return best;
}

static void
say_unknown(struct evidence_verdict *out, const struct rule_run *run, const struct rule_value *v, const struct facts_part *p)
{
	const char *fact = v->fact != NULL && v->fact[0] != '\0' ? v->fact : "a fact";
	if (v->param) {
		say(out, strcmp(v->why, "it is not set") == 0 ? "parameter-missing" : "parameter-unreadable", "%s: %s", fact,
		    v->why);
		return;
	}
	const char *why = v->why != NULL ? v->why : stated_why(run->facts, fact);
	say(out, p->offline ? "not-running" : "facts-missing", "%s: %s", fact,
	    why != NULL ? why : "the collector does not say why");
}

/* ---- the rules ---- */

static void
put_value(struct fp_buf *b, const struct rule_value *v)
{
	switch (v->kind) {
	case RULE_V_TEXT:
		fp_buf_puts(b, v->text);
		break;
	case RULE_V_INT:
		fp_buf_printf(b, "%lld", (long long)v->number);
		break;
	case RULE_V_BOOL:
		fp_buf_puts(b, v->truth ? "true" : "false");
		break;
	default:
		fp_buf_puts(b, "?");
		break;
	}
}

static void
say_row(struct evidence_verdict *out, struct rule_run *run, const struct rule_row *row)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };
	for (size_t i = 0; i < row->n_detail; i++) {
		if (row->detail[i].node == NULL) {
			fp_buf_puts(&b, row->detail[i].text);
		} else {
			struct rule_value v = rule_eval(run, row->detail[i].node, NULL);
			put_value(&b, &v);
		}
	}
	say(out, row->then->code, "%s", b.data != NULL ? b.data : "");
}

static void
try_rows(struct evidence_verdict *out, struct rule_run *run, const struct facts_part *part)
{
	const struct rule_body *b = run->r->body;
	for (size_t i = 0; i < b->n_rows; i++) {
		struct rule_value v = rule_eval(run, b->rows[i].when, NULL);
		if (run->failed) {
			say(out, "facts-too-large", "rule %zu of %s", i + 1, run->r->id);
			return;
		}
		if (v.kind == RULE_V_BOOL && v.truth) {
			say_row(out, run, &b->rows[i]);
			return;
		}
		if (v.kind != RULE_V_BOOL) {
			say_unknown(out, run, &v, part);
			return;
		}
	}
	say(out, "not-covered", "none of the %zu rules of %s fits", b->n_rows, run->r->id);
}

static bool
params_set(struct evidence_verdict *out, const struct rule_run *run)
{
	for (size_t i = 0; i < run->r->n_params; i++) {
		if (run->r->params[i].required && rule_param_value(run, i) == NULL) {
			say(out, "parameter-missing", "%s: it is not set", run->r->params[i].name);
			return false;
		}
	}
	return true;
}

/* The facts of the other mode, for a rule across modes. They count when the file holds; whether it belongs here the import has seen. */
static bool
other_mode(struct rule_run *run, struct facts_file **f, struct evidence_verdict *out)
{
	if (!run->r->across_modes || evidence_obs_param_get(run->obs, RULE_P_OTHER) == NULL) {
		return true;
	}
	int step = file_of(run->obs, 2) != NULL ? 2 : 1;
	if (open_file(f, out, run->obs, step) != FP_OK) {
		return false;
	}
	const struct facts_part *p = part_of(out, *f, run->obs, RULE_P_OTHER);
	run->other = p != NULL ? p->facts : NULL;
	return p != NULL;
}

void
rule_judge(struct evidence_verdict *out, const struct rule *r, const struct evidence_obs *obs)
{
	FP_AUTO(facts_freep) struct facts_file *f = NULL, *second = NULL;
	FP_JSON json_t *made = json_array();
	if (open_file(&f, out, obs, 1) != FP_OK || !counts(out, f, obs)) {
		return;
	}
	const struct facts_part *part = part_of(out, f, obs, RULE_P_PART);
	struct rule_run run = { .r = r, .facts = part != NULL ? part->facts : NULL, .obs = obs, .made = made };
	if (part == NULL || !other_mode(&run, &second, out) || !params_set(out, &run)) {
		return;
	}
	try_rows(out, &run, part);
	note_clock(out, f, obs);
}
