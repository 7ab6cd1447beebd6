/* An observation as canonical JSON: writer, sealer and reader together. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "evidence/evidence.h"

#define FORMAT "fieldproof-observation-1"

/* jansson drops what it has no memory for and goes on; evidence with a hole must never be sealed, so each failure is kept. */
struct maker {
	bool failed;
};

static void
put(struct maker *m, json_t *obj, const char *key, json_t *owned)
{
	if (json_object_set_new(obj, key, owned) != 0)
		m->failed = true;
}

static void
put_bytes(struct maker *m, json_t *obj, const char *key, const uint8_t *bytes, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = EVIDENCE_JSON_MAX };

	fp_base64_put(&b, bytes, len);
	if (b.failed != FP_OK)
		m->failed = true;
	else
		put(m, obj, key, json_stringn(b.data ? b.data : "", b.len));
}

static json_t *
event_json(struct maker *m, const struct evidence_event *e)
{
	json_t *j = json_object();

	put(m, j, "kind", json_string(evidence_event_name(e->kind)));
	put(m, j, "conn", json_integer(e->conn));
	put(m, j, "step", json_integer(e->step));
	put(m, j, "at_us", json_integer(e->at_us));
	if (e->code != 0)
		put(m, j, "code", json_integer(e->code));
	if (e->note != NULL)
		put(m, j, "note", json_string(e->note));
	if (e->len > 0)
		put_bytes(m, j, "bytes", e->bytes, e->len);
	return j;
}

static void
put_lists(struct maker *m, json_t *j, const struct evidence_obs *o)
{
	json_t *params = json_object(), *events = json_array();

	for (size_t i = 0; i < o->n_params; i++)
		put(m, params, o->params[i].name, json_string(o->params[i].value));
	for (size_t i = 0; i < o->n_events; i++)
		if (json_array_append_new(events, event_json(m, &o->events[i])) != 0)
			m->failed = true;
	put(m, j, "params", params);
	put(m, j, "events", events);
}

static json_t *
obs_json(const struct evidence_obs *o)
{
	struct maker m = { false };
	json_t *j = json_object();
	char started[FP_TIME_MAX];

	put(&m, j, "format", json_string(FORMAT));
	put(&m, j, "probe", json_string(o->probe));
	put(&m, j, "target", json_string(o->target));
	put(&m, j, "vantage", json_string(o->vantage));
	put(&m, j, "mode", json_string(o->mode ? o->mode : ""));
	put(&m, j, "tool", json_string(o->tool));
	put(&m, j, "started", json_string(fp_time_text(started, o->started)));
	put(&m, j, "took_us", json_integer(o->took_us));
	put(&m, j, "connections", json_integer(o->connections));
	put(&m, j, "packets", json_integer(o->packets));
	put_lists(&m, j, o);
	if (!m.failed)
		return j;
	json_decref(j);
	return NULL;
}

static enum fp_status
text_fits(const char *name, const char *text, bool required, struct fp_err *err)
{
	size_t len = text ? strnlen(text, EVIDENCE_TEXT_MAX + 1) : 0;

	if (required && len == 0)
		return fp_fail(err, FP_EINVAL, "observation says no %s", name);
	if (len > EVIDENCE_TEXT_MAX)
		return fp_fail(err, FP_ELIMIT, "observation's %s is longer than %d bytes", name, EVIDENCE_TEXT_MAX);
	if (len > 0 && fp_utf8_bad_at(text, len) != len)
		return fp_fail(err, FP_EINVAL, "observation's %s is not UTF-8", name);
	return FP_OK;
}

/* What the writer could not write so that the reader reads the same. */
static enum fp_status
obs_fits(const struct evidence_obs *o, struct fp_err *err)
{
	const struct {
		const char *name, *text;
		bool required;
	} texts[] = { { "probe", o->probe, true }, { "target", o->target, true }, { "vantage", o->vantage, true },
		{ "tool", o->tool, true }, { "mode", o->mode, false } };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		if (text_fits(texts[i].name, texts[i].text, texts[i].required, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; i < o->n_params; i++)
		if (text_fits("parameter name", o->params[i].name, true, err) != FP_OK ||
		    text_fits("parameter", o->params[i].value, false, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	if (o->took_us < 0 || o->connections < 0 || o->packets < 0)
		return fp_fail(err, FP_EINVAL, "observation has a negative count or duration");
	for (size_t i = 0; i < o->n_events; i++)
		if ((unsigned)o->events[i].kind >= EVIDENCE_EVENT_KINDS || o->events[i].at_us < 0)
			return fp_fail(
			    err, FP_EINVAL, "event %zu of the observation has no known kind or a negative time", i + 1);
	return FP_OK;
}

static enum fp_status
id_of(char id[65], const json_t *without_id, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = EVIDENCE_JSON_MAX };

	if (fp_json_canonical(&b, without_id, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)crypto_sha256_hex(id, b.data, b.len);
	return FP_OK;
}

/* The document without its id, and the id that it should have. */
static enum fp_status
make(json_t **out, char id[65], const struct evidence_obs *o, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	struct fp_err local = { .status = FP_OK };

	err = err ? err : &local;
	if (obs_fits(o, err) != FP_OK)
		return err->status;
	if ((j = obs_json(o)) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory writing an observation");
	if (id_of(id, j, err) != FP_OK)
		return err->status;
	*out = json_incref(j);
	return FP_OK;
}

enum fp_status
evidence_obs_seal(struct evidence_obs *o, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;

	return make(&j, o->id, o, err);
}

enum fp_status
evidence_obs_write(struct fp_buf *out, const struct evidence_obs *o, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	enum fp_status s;
	char id[65];

	if ((s = make(&j, id, o, err)) != FP_OK)
		return s;
	if (strcmp(id, o->id) != 0)
		return fp_fail(err, FP_ECONFLICT, "observation of '%s' was %s", o->target,
		    o->id[0] == '\0' ? "never sealed" : "changed after it was sealed");
	if (json_object_set_new(j, "id", json_string(id)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory writing an observation");
	return fp_json_canonical(out, j, err);
}

static enum fp_status
read_int(int *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	int64_t v;

	if (fp_json_int_opt(&v, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	if (v < INT_MIN || v > INT_MAX)
		return fp_fail(err, FP_EINVAL, "%s: '%s' is out of range", where, key);
	*out = (int)v;
	return FP_OK;
}

static enum fp_status
read_text(char **out, const json_t *obj, const char *key, struct fp_err *err)
{
	const char *s;

	if (fp_json_str(&s, obj, key, "observation", err) != FP_OK)
		return FP_EINVAL;
	*out = fp_strdup(s);
	return *out ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory reading an observation");
}

static enum fp_status
read_event(struct evidence_obs *o, const json_t *j, size_t i, struct fp_err *err)
{
	static const char *const known[] = { "kind", "conn", "step", "at_us", "code", "note", "bytes", NULL };
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = EVIDENCE_OBS_MAX };
	const char *kind_name, *note, *base64;
	enum evidence_event_kind kind;
	int conn = 0, step = 0, code = 0;
	char where[32];
	int64_t at;

	(void)snprintf(where, sizeof(where), "events[%zu]", i);
	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_str(&kind_name, j, "kind", where, err) != FP_OK ||
	    read_int(&conn, j, "conn", where, err) != FP_OK || read_int(&step, j, "step", where, err) != FP_OK ||
	    read_int(&code, j, "code", where, err) != FP_OK || fp_json_int(&at, j, "at_us", where, err) != FP_OK ||
	    fp_json_str_opt(&note, j, "note", where, err) != FP_OK || fp_json_str_opt(&base64, j, "bytes", where, err) != FP_OK)
		return FP_EINVAL;
	if (!evidence_event_of(&kind, kind_name))
		return fp_fail(err, FP_EINVAL, "%s: unknown kind '%.40s'", where, kind_name);
	if (base64 != NULL && fp_base64_get(&bytes, base64, err) != FP_OK)
		return fp_ctx(err, "%s", where);
	return evidence_obs_add(o, kind, conn, step, at, code, bytes.data, bytes.len, note, err);
}

static enum fp_status
read_lists(struct evidence_obs *o, const json_t *j, struct fp_err *err)
{
	const json_t *params, *events, *v;
	const char *name;
	size_t i;

	if (fp_json_obj_opt(&params, j, "params", "observation", err) != FP_OK ||
	    fp_json_arr_opt(&events, j, "events", "observation", err) != FP_OK)
		return FP_EINVAL;
	json_object_foreach((json_t *)params, name, v)
	{
		if (!json_is_string(v))
			return fp_fail(err, FP_EINVAL, "params: '%.60s' must be a text", name);
		if (evidence_obs_param(o, name, json_string_value(v), err) != FP_OK)
			return err->status;
	}
	json_array_foreach(events, i, v) if (read_event(o, v, i, err) != FP_OK) return err->status;
	return FP_OK;
}

static enum fp_status
read_obs(struct evidence_obs *o, const json_t *j, struct fp_err *err)
{
	static const char *const known[] = { "format", "id", "probe", "target", "vantage", "mode", "tool", "started", "took_us",
		"connections", "packets", "params", "events", NULL };
	static const char where[] = "observation";
	const char *format, *id;

	if (fp_json_only(j, known, where, err) != FP_OK || fp_json_str(&format, j, "format", where, err) != FP_OK)
		return err->status;
	if (strcmp(format, FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "observation has format '%.60s'; this program reads '" FORMAT "'", format);
	if (fp_json_str(&id, j, "id", where, err) != FP_OK || read_text(&o->probe, j, "probe", err) != FP_OK ||
	    read_text(&o->target, j, "target", err) != FP_OK || read_text(&o->vantage, j, "vantage", err) != FP_OK ||
	    read_text(&o->mode, j, "mode", err) != FP_OK || read_text(&o->tool, j, "tool", err) != FP_OK ||
	    fp_json_time(&o->started, j, "started", where, err) != FP_OK ||
	    fp_json_int(&o->took_us, j, "took_us", where, err) != FP_OK ||
	    read_int(&o->connections, j, "connections", where, err) != FP_OK ||
	    read_int(&o->packets, j, "packets", where, err) != FP_OK || read_lists(o, j, err) != FP_OK)
		return err->status;
	if (evidence_obs_seal(o, err) != FP_OK)
		return err->status;
	if (strcmp(o->id, id) != 0)
		return fp_fail(err, FP_EINTEGRITY,
		    "observation of '%.100s': its content does not fit its id %.16s; it was changed after it was made", o->target,
		    id);
	return FP_OK;
}

enum fp_status
evidence_obs_read(struct evidence_obs **out, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	FP_JSON json_t *j = NULL;
	struct fp_err local = { .status = FP_OK };
	enum fp_status s;

	err = err ? err : &local;
	if (len > EVIDENCE_JSON_MAX)
		return fp_fail(err, FP_ELIMIT, "observation has %zu bytes; the limit is %d", len, EVIDENCE_JSON_MAX);
	if ((s = fp_json_parse(&j, json, len, "observation", err)) != FP_OK)
		return s;
	if ((o = evidence_obs_new()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory reading an observation");
	if ((s = read_obs(o, j, err)) != FP_OK)
		return s;
	*out = o;
	o = NULL;
	return FP_OK;
}
