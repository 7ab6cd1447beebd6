/* The reply as JSON: reader and writer of one format (assets/schema/reply.schema.json). */
#include "reply/reply.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

/* ---- writing ---- */

/* jansson drops a member without a word when memory runs out or a text is no UTF-8. Of a signed record nothing may be lost: it sticks here. */
struct writer {
	const char *lost; /* key of the first member that could not be set; NULL while all is well */
	bool bad_text;
};

static void
set(struct writer *w, json_t *obj, const char *key, json_t *owned)
{
	if (json_object_set_new(obj, key, owned) != 0 && w->lost == NULL)
		w->lost = key;
}

static void
set_text(struct writer *w, json_t *obj, const char *key, const char *text)
{
	if (w->lost == NULL)
		w->bad_text = fp_utf8_bad_at(text, strlen(text)) != strlen(text);
	set(w, obj, key, json_string(text));
}

static void
set_time(struct writer *w, json_t *obj, const char *key, fp_time t)
{
	char text[FP_TIME_MAX];

	set_text(w, obj, key, fp_time_text(text, t));
}

static void
set_date(struct writer *w, json_t *obj, const char *key, struct fp_date d)
{
	char text[FP_DATE_MAX];

	if (fp_date_valid(d))
		set_text(w, obj, key, fp_date_text(text, d));
}

static void
set_filled(struct writer *w, json_t *obj, const char *key, const char *text)
{
	if (text != NULL && *text != '\0')
		set_text(w, obj, key, text);
}

static void
set_answer(struct writer *w, json_t *obj, const char *key, int answer)
{
	if (answer >= 0)
		set(w, obj, key, json_boolean(answer));
}

/* The text members of a record by key: one table for the writer and the reader. */
struct text_field {
	const char *key;
	size_t offset;
};

static const struct text_field reply_fields[] = {
	{ "reference", offsetof(struct reply, reference) },
	{ "document_number", offsetof(struct reply, document_number) },
	{ "notice_hash", offsetof(struct reply, notice_hash) },
	{ "manufacturer", offsetof(struct reply, manufacturer) },
	{ "language", offsetof(struct reply, lang) },
	{ "tool", offsetof(struct reply, tool) },
	{ "link", offsetof(struct reply, link) },
	{ "remark", offsetof(struct reply, remark) },
};

static const struct text_field site_fields[] = {
	{ "name", offsetof(struct reply_site, name) },
	{ "department", offsetof(struct reply_site, department) },
	{ "address", offsetof(struct reply_site, address) },
	{ "country", offsetof(struct reply_site, country) },
	{ "customer_number", offsetof(struct reply_site, customer_number) },
	{ "contact_name", offsetof(struct reply_site, contact_name) },
	{ "contact_title", offsetof(struct reply_site, contact_title) },
	{ "contact_email", offsetof(struct reply_site, contact_email) },
	{ "contact_phone", offsetof(struct reply_site, contact_phone) },
};

static const struct text_field row_fields[] = {
	{ "serial", offsetof(struct reply_row, serial) },
	{ "product", offsetof(struct reply_row, product) },
	{ "catalog_number", offsetof(struct reply_row, catalog_number) },
	{ "udi_di", offsetof(struct reply_row, udi_di) },
	{ "mode", offsetof(struct reply_row, mode) },
	{ "action", offsetof(struct reply_row, action) },
};

static const struct text_field stated_fields[] = {
	{ "reason", offsetof(struct reply_row, reason) },
	{ "reason_text", offsetof(struct reply_row, reason_text) },
	{ "note", offsetof(struct reply_row, note) },
	{ "by", offsetof(struct reply_row, said_by) },
};

static const struct text_field signature_fields[] = {
	{ "name", offsetof(struct reply, signed_by) },
	{ "function", offsetof(struct reply, function) },
	{ "meaning", offsetof(struct reply, meaning) },
};

static char **
field_of(void *record, const struct text_field *f)
{
	return (char **)(void *)((char *)record + f->offset);
}

static void
set_fields(struct writer *w, json_t *obj, const void *record, const struct text_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text;

		memcpy(&text, (const char *)record + f[i].offset, sizeof(text));
		set_filled(w, obj, f[i].key, text);
	}
}

static json_t *
site_json(struct writer *w, const struct reply_site *s)
{
	json_t *j = json_object();

	set_fields(w, j, s, site_fields, FP_COUNT(site_fields));
	return j;
}

static json_t *
measured_json(struct writer *w, const struct reply_row *row)
{
	const struct evidence_verdict *v = &row->verdict;
	json_t *j = json_object();

	set_text(w, j, "result", evidence_result_name(v->result));
	if (row->verdict_at == 0)
		return j;
	set_text(w, j, "level", evidence_level_name(v->level));
	set_filled(w, j, "check", v->check);
	set_filled(w, j, "reason", v->reason);
	set_filled(w, j, "settle", v->settle);
	set_filled(w, j, "detail", v->detail);
	set_filled(w, j, "observation", v->obs);
	set_time(w, j, "at", row->verdict_at);
	return j;
}

static json_t *
stated_json(struct writer *w, const struct reply_row *row)
{
	json_t *j = json_object();

	set_text(w, j, "answer", reply_answer_name(row->answer));
	set_fields(w, j, row, stated_fields, FP_COUNT(stated_fields));
	set_date(w, j, "planned", row->planned);
	if (row->said_at != 0)
		set_time(w, j, "at", row->said_at);
	return j;
}

static json_t *
row_json(struct writer *w, const struct reply_row *row)
{
	json_t *j = json_object();

	set_fields(w, j, row, row_fields, FP_COUNT(row_fields));
	set_text(w, j, "state", case_state_name(row->state));
	set(w, j, "stated", stated_json(w, row));
	set(w, j, "measured", measured_json(w, row));
	return j;
}

static json_t *
distributor_json(struct writer *w, const struct reply *r)
{
	json_t *j = json_object();

	set_answer(w, j, "applies", r->distributor);
	set_answer(w, j, "identified", r->identified);
	set_answer(w, j, "informed", r->informed);
	set_date(w, j, "informed_on", r->informed_on);
	return j;
}

static json_t *
signature_json(struct writer *w, const struct reply *r)
{
	json_t *j = json_object();

	set_fields(w, j, r, signature_fields, FP_COUNT(signature_fields));
	set_date(w, j, "date", r->signed_on);
	set_time(w, j, "at", r->signed_at);
	return j;
}

static json_t *
statements_json(struct writer *w, const struct reply *r)
{
	json_t *j = json_object();

	for (size_t i = 0; i < r->n_statements; i++)
		set(w, j, r->statements[i].code,
		    r->statements[i].answer < 0 ? json_null() : json_boolean(r->statements[i].answer));
	return j;
}

static json_t *
cells_json(struct writer *w, const struct reply *r)
{
	json_t *j = json_array();

	for (size_t i = 0; i < r->n_rows; i++)
		if (json_array_append_new(j, row_json(w, &r->rows[i])) != 0 && w->lost == NULL)
			w->lost = "cells";
	return j;
}

enum fp_status
reply_write(struct fp_buf *out, const struct reply *r, struct fp_err *err)
{
	FP_JSON json_t *j = json_object();
	struct writer w = { .lost = NULL };

	set_text(&w, j, "format", REPLY_FORMAT);
	set_fields(&w, j, r, reply_fields, FP_COUNT(reply_fields));
	set(&w, j, "revision", json_integer(r->revision));
	set_time(&w, j, "made", r->made);
	set(&w, j, "site", site_json(&w, &r->site));
	set(&w, j, "devices_cannot_tell", json_integer((json_int_t)r->devices_cannot_tell));
	set(&w, j, "statements", statements_json(&w, r));
	set(&w, j, "cells", cells_json(&w, r));
	set(&w, j, "distributor", distributor_json(&w, r));
	if (r->signed_by != NULL)
		set(&w, j, "signature", signature_json(&w, r));
	if (w.lost != NULL && w.bad_text)
		return fp_fail(err, FP_EINVAL, "reply: '%s' is not UTF-8 text", w.lost);
	if (w.lost != NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply's JSON");
	return fp_json_canonical(out, j, err);
}

/* ---- reading ---- */

static enum fp_status
get_text(char **member, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str_opt(&s, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	return reply_set(member, s, err);
}

static enum fp_status
get_fields(void *record, const json_t *obj, const struct text_field *f, size_t n, const char *where, struct fp_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (get_text(field_of(record, &f[i]), obj, f[i].key, where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	return FP_OK;
}

/* Members that an object must have as texts with something in them. */
static enum fp_status
need_texts(const json_t *obj, const char *const *keys, const char *where, struct fp_err *err)
{
	const char *text;

	for (; *keys != NULL; keys++) {
		if (fp_json_str(&text, obj, *keys, where, err) != FP_OK)
			return FP_EINVAL;
		if (*text == '\0')
			return fp_fail(err, FP_EINVAL, "%s: '%s' is empty", where, *keys);
	}
	return FP_OK;
}

/* A member that must be there as an object, with no keys but these. */
static enum fp_status
need_object(
    const json_t **out, const json_t *obj, const char *key, const char *const *known, const char *where, struct fp_err *err)
{
	if (fp_json_obj_opt(out, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	if (*out == NULL)
		return fp_fail(err, FP_EINVAL, "%s: '%s' is missing", where, key);
	return fp_json_only(*out, known, key, err);
}

static enum fp_status
get_date(struct fp_date *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str_opt(&s, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	if (s != NULL && fp_date_parse(out, s, err) != FP_OK)
		return fp_ctx(err, "%s: '%s'", where, key);
	return FP_OK;
}

static enum fp_status
get_time(fp_time *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	if (json_object_get(obj, key) == NULL)
		return FP_OK;
	return fp_json_time(out, obj, key, where, err);
}

static enum fp_status
get_answer(int *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v = json_object_get(obj, key);

	*out = -1;
	if (v == NULL || json_is_null(v))
		return FP_OK;
	if (!json_is_boolean(v))
		return fp_fail(err, FP_EINVAL, "%s: '%s' must be true, false or null", where, key);
	*out = json_is_true(v);
	return FP_OK;
}

static enum fp_status
read_stated(struct reply_row *w, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const known[] = { "answer", "reason", "reason_text", "note", "by", "planned", "at", NULL };
	const char *answer;
	unsigned a = 0;

	if (fp_json_only(j, known, where, err) != FP_OK)
		return FP_EINVAL;

	if (fp_json_str(&answer, j, "answer", where, err) != FP_OK)
		return FP_EINVAL;
	while (a < REPLY_ANSWER_COUNT && strcmp(reply_answer_name((enum reply_answer)a), answer) != 0)
		a++;
	if (a == REPLY_ANSWER_COUNT)
		return fp_fail(err, FP_EINVAL, "%s: unknown answer '%.40s'", where, answer);
	w->answer = (enum reply_answer)a;
	if (get_fields(w, j, stated_fields, FP_COUNT(stated_fields), where, err) != FP_OK ||
	    get_date(&w->planned, j, "planned", where, err) != FP_OK)
		return FP_EINVAL;
	return get_time(&w->said_at, j, "at", where, err);
}

static enum fp_status
get_fixed(char *out, size_t size, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str_opt(&s, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	if (s != NULL && strlen(s) >= size)
		return fp_fail(err, FP_ELIMIT, "%s: '%s' is longer than %zu bytes", where, key, size - 1);
	(void)snprintf(out, size, "%s", s ? s : "");
	return FP_OK;
}

static enum fp_status
read_measured(struct reply_row *w, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const known[] = { "result", "level", "check", "reason", "settle", "detail", "observation", "at",
		NULL };
	struct evidence_verdict *v = &w->verdict;
	const char *result, *level;

	if (fp_json_only(j, known, where, err) != FP_OK)
		return FP_EINVAL;
	if (fp_json_str(&result, j, "result", where, err) != FP_OK || fp_json_str_opt(&level, j, "level", where, err) != FP_OK)
		return FP_EINVAL;
	if (!evidence_result_of(&v->result, result) || (level != NULL && !evidence_level_of(&v->level, level)))
		return fp_fail(err, FP_EINVAL, "%s: unknown result '%.40s' or level '%.40s'", where, result, level ? level : "");
	if (get_fixed(v->check, sizeof(v->check), j, "check", where, err) != FP_OK ||
	    get_fixed(v->reason, sizeof(v->reason), j, "reason", where, err) != FP_OK ||
	    get_fixed(v->settle, sizeof(v->settle), j, "settle", where, err) != FP_OK ||
	    get_fixed(v->detail, sizeof(v->detail), j, "detail", where, err) != FP_OK ||
	    get_fixed(v->obs, sizeof(v->obs), j, "observation", where, err) != FP_OK)
		return FP_EINVAL;
	return get_time(&w->verdict_at, j, "at", where, err);
}

static enum fp_status
read_row(struct reply *r, const json_t *j, size_t i, struct fp_err *err)
{
	static const char *const known[] = { "serial", "product", "catalog_number", "udi_di", "mode", "action", "state", "stated",
		"measured", NULL };
	static const char *const needed[] = { "serial", "action", NULL };
	char where[40];
	const json_t *stated, *measured;
	const char *state;
	struct reply_row *w;

	(void)snprintf(where, sizeof(where), "cells[%zu]", i);
	if (fp_grow(&r->rows, &r->cap_rows, r->n_rows + 1, sizeof(*r->rows)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	w = &r->rows[r->n_rows++];
	memset(w, 0, sizeof(*w));
	if (fp_json_only(j, known, where, err) != FP_OK || need_texts(j, needed, where, err) != FP_OK)
		return FP_EINVAL;
	if (get_fields(w, j, row_fields, FP_COUNT(row_fields), where, err) != FP_OK ||
	    fp_json_str(&state, j, "state", where, err) != FP_OK || fp_json_obj_opt(&stated, j, "stated", where, err) != FP_OK ||
	    fp_json_obj_opt(&measured, j, "measured", where, err) != FP_OK)
		return FP_EINVAL;
	if (stated == NULL || measured == NULL || !case_state_of(&w->state, state))
		return fp_fail(err, FP_EINVAL, "%s: needs 'stated', 'measured' and a known 'state'", where);
	if (read_stated(w, stated, where, err) != FP_OK)
		return FP_EINVAL;
	return read_measured(w, measured, where, err);
}

static enum fp_status
read_lists(struct reply *r, const json_t *j, struct fp_err *err)
{
	const json_t *statements, *cells;
	json_t *v;
	const char *key;
	size_t i;

	if (fp_json_obj_opt(&statements, j, "statements", "reply", err) != FP_OK ||
	    fp_json_arr_opt(&cells, j, "cells", "reply", err) != FP_OK)
		return FP_EINVAL;
	if (statements == NULL || cells == NULL)
		return fp_fail(err, FP_EINVAL, "reply: 'statements' or 'cells' is missing");
	r->statements = fp_calloc(json_object_size(statements), sizeof(*r->statements));
	if (r->statements == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	json_object_foreach((json_t *)statements, key, v)
	{
		struct reply_statement *s = &r->statements[r->n_statements++];

		if (reply_set(&s->code, key, err) != FP_OK || get_answer(&s->answer, statements, key, "statements", err) != FP_OK)
			return FP_EINVAL;
	}
	json_array_foreach((json_t *)cells, i, v) if (read_row(r, v, i, err) != FP_OK) return FP_EINVAL;
	return FP_OK;
}

static enum fp_status
read_site(struct reply_site *s, const json_t *root, struct fp_err *err)
{
	static const char *const known[] = { "name", "department", "address", "country", "customer_number", "contact_name",
		"contact_title", "contact_email", "contact_phone", NULL };
	const json_t *j;

	if (need_object(&j, root, "site", known, "reply", err) != FP_OK)
		return FP_EINVAL;
	return get_fields(s, j, site_fields, FP_COUNT(site_fields), "site", err);
}

static enum fp_status
read_distributor(struct reply *r, const json_t *root, struct fp_err *err)
{
	static const char *const known[] = { "applies", "identified", "informed", "informed_on", NULL };
	const json_t *j;

	if (need_object(&j, root, "distributor", known, "reply", err) != FP_OK ||
	    get_answer(&r->distributor, j, "applies", "distributor", err) != FP_OK ||
	    get_answer(&r->identified, j, "identified", "distributor", err) != FP_OK ||
	    get_answer(&r->informed, j, "informed", "distributor", err) != FP_OK)
		return FP_EINVAL;
	return get_date(&r->informed_on, j, "informed_on", "distributor", err);
}

static enum fp_status
read_signature(struct reply *r, const json_t *root, struct fp_err *err)
{
	static const char *const known[] = { "name", "function", "meaning", "date", "at", NULL };
	static const char *const needed[] = { "name", "function", "meaning", "date", NULL };
	const json_t *j;

	if (json_object_get(root, "signature") == NULL)
		return FP_OK;
	if (need_object(&j, root, "signature", known, "reply", err) != FP_OK || need_texts(j, needed, "signature", err) != FP_OK)
		return FP_EINVAL;
	if (get_fields(r, j, signature_fields, FP_COUNT(signature_fields), "signature", err) != FP_OK ||
	    get_date(&r->signed_on, j, "date", "signature", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return fp_json_time(&r->signed_at, j, "at", "signature", err);
}

static enum fp_status
read_head(struct reply *r, const json_t *j, struct fp_err *err)
{
	static const char *const known[] = { "format", "reference", "document_number", "notice_hash", "manufacturer", "language",
		"tool", "link", "remark", "revision", "made", "site", "devices_cannot_tell", "statements", "cells", "distributor",
		"signature", NULL };
	static const char *const needed[] = { "reference", "document_number", "notice_hash", "manufacturer", "language", "tool",
		NULL };
	int64_t revision, cannot_tell;

	if (fp_json_only(j, known, "reply", err) != FP_OK || need_texts(j, needed, "reply", err) != FP_OK)
		return FP_EINVAL;
	if (get_fields(r, j, reply_fields, FP_COUNT(reply_fields), "reply", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (fp_json_int(&revision, j, "revision", "reply", err) != FP_OK ||
	    fp_json_time(&r->made, j, "made", "reply", err) != FP_OK ||
	    fp_json_int(&cannot_tell, j, "devices_cannot_tell", "reply", err) != FP_OK)
		return FP_EINVAL;
	if (revision < 0 || revision > 10000 || cannot_tell < 0)
		return fp_fail(err, FP_EINVAL, "reply: 'revision' or 'devices_cannot_tell' is out of range");
	r->revision = (int)revision;
	r->devices_cannot_tell = (size_t)cannot_tell;
	return FP_OK;
}

enum fp_status
reply_read(struct reply **out, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(reply_freep) struct reply *r = fp_calloc(1, sizeof(*r));
	FP_JSON json_t *j = NULL;
	const char *format;

	if (r == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	if (len > REPLY_MAX_BYTES)
		return fp_fail(err, FP_ELIMIT, "reply has %zu bytes; the limit is %zu", len, REPLY_MAX_BYTES);
	if (fp_json_parse(&j, json, len, "reply", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (fp_json_str(&format, j, "format", "reply", err) != FP_OK)
		return FP_EINVAL;
	if (strcmp(format, REPLY_FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "reply has format '%.60s'; this program reads '%s'", format, REPLY_FORMAT);
	if (read_head(r, j, err) != FP_OK || read_site(&r->site, j, err) != FP_OK || read_lists(r, j, err) != FP_OK ||
	    read_distributor(r, j, err) != FP_OK || read_signature(r, j, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = r;
	r = NULL;
	return FP_OK;
}
