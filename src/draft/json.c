#include "draft/draft.h"

#include <stdio.h>
#include <string.h>

static const char format[] = "fieldproof-draft-1";

/* What stands beside the facts, and is no fact itself. */
static const char *const beside[] = { "places", "missing", "findings", "letter" };

json_t *
draft_to_json(const struct draft *d)
{
	json_t *j = json_copy(d->facts); /* shallow: the facts are shared */

	if (j == NULL)
		return NULL;
	json_object_set(j, "places", d->places);
	json_object_set(j, "missing", d->missing);
	json_object_set(j, "findings", d->findings);
	if (d->letter != NULL)
		json_object_set_new(j, "letter", letter_to_json(d->letter));
	return j;
}

/* ---- writing: several times as fast as the library's way, as a draft is mostly short texts and numbers ---- */

#define CHUNK 4096u

struct writer {
	struct fp_buf *out;
	size_t n;
	char chunk[CHUNK];
};

static void
flush(struct writer *w)
{
	fp_buf_add(w->out, w->chunk, w->n);
	w->n = 0;
}

static void
put(struct writer *w, const char *s, size_t len)
{
	if (len > CHUNK - w->n)
		flush(w);
	if (len > CHUNK) {
		fp_buf_add(w->out, s, len);
		return;
	}
	memcpy(w->chunk + w->n, s, len);
	w->n += len;
}

static inline void
put_char(struct writer *w, char c)
{
	if (w->n == CHUNK)
		flush(w);
	w->chunk[w->n++] = c;
}

static void
put_escape(struct writer *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char plain[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
	const char *at = c != '\0' ? strchr(plain, c) : NULL;
	char escape[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	if (at != NULL)
		escape[1] = letters[at - plain];
	put(w, escape, at != NULL ? 2 : 6);
}

static void
put_text(struct writer *w, const char *s, size_t len)
{
	size_t from = 0;

	put_char(w, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		put(w, s + from, i - from);
		from = i + 1;
		put_escape(w, c);
	}
	put(w, s + from, len - from);
	put_char(w, '"');
}

static void
put_int(struct writer *w, json_int_t v)
{
	char digits[24];
	size_t n = sizeof(digits);
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		digits[--n] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (v < 0)
		digits[--n] = '-';
	put(w, digits + n, sizeof(digits) - n);
}

static void put_value(struct writer *w, const json_t *j);

static void
put_object(struct writer *w, const json_t *j)
{
	bool first = true;

	put_char(w, '{');
	for (void *i = json_object_iter((json_t *)j); i != NULL; i = json_object_iter_next((json_t *)j, i)) {
		const char *key = json_object_iter_key(i);

		if (!first)
			put_char(w, ',');
		first = false;
		put_text(w, key, strlen(key));
		put_char(w, ':');
		put_value(w, json_object_iter_value(i));
	}
	put_char(w, '}');
}

static void
put_array(struct writer *w, const json_t *j)
{
	put_char(w, '[');
	for (size_t i = 0; i < json_array_size(j); i++) {
		if (i > 0)
			put_char(w, ',');
		put_value(w, json_array_get(j, i));
	}
	put_char(w, ']');
}

/* As deep as a draft is: its makers are bounded. */
static void
put_value(struct writer *w, const json_t *j)
{
	char real[40];

	switch (json_typeof(j)) {
	case JSON_OBJECT:
		put_object(w, j);
		return;
	case JSON_ARRAY:
		put_array(w, j);
		return;
	case JSON_STRING:
		put_text(w, json_string_value(j), json_string_length(j));
		return;
	case JSON_INTEGER:
		put_int(w, json_integer_value(j));
		return;
	case JSON_REAL:
		put(w, real, (size_t)snprintf(real, sizeof(real), "%.15g", json_real_value(j)));
		return;
	case JSON_TRUE:
		put(w, "true", 4);
		return;
	case JSON_FALSE:
		put(w, "false", 5);
		return;
	default:
		put(w, "null", 4);
		return;
	}
}

enum fp_status
draft_write(struct fp_buf *out, const struct draft *d, struct fp_err *err)
{
	FP_JSON json_t *j = draft_to_json(d);
	struct writer w = { .out = out };

	if (j == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	put_value(&w, j);
	flush(&w);
	return fp_buf_check(out, "the draft", err);
}

/* ---- reading ---- */

static enum fp_status
check_places(const json_t *places, struct fp_err *err)
{
	const char *pointer;
	json_t *place;

	json_object_foreach((json_t *)places, pointer, place)
	{
		int64_t v;
		const char *text;

		if (pointer[0] != '/' || !json_is_object(place))
			return fp_fail(err, FP_EINVAL, "draft: places: '%.80s' is no place of a fact", pointer);
		if (fp_json_int_opt(&v, place, "page", pointer, err) != FP_OK ||
		    fp_json_int_opt(&v, place, "line", pointer, err) != FP_OK ||
		    fp_json_int_opt(&v, place, "column", pointer, err) != FP_OK ||
		    fp_json_int_opt(&v, place, "confidence", pointer, err) != FP_OK ||
		    fp_json_str_opt(&text, place, "text", pointer, err) != FP_OK)
			return fp_ctx(err, "draft: places");
	}
	return FP_OK;
}

static enum fp_status
check_lists(const json_t *missing, const json_t *findings, struct fp_err *err)
{
	size_t i;
	json_t *item;

	json_array_foreach(missing, i, item)
	{
		if (!json_is_string(item))
			return fp_fail(err, FP_EINVAL, "draft: missing[%zu] must be a JSON pointer", i);
	}
	json_array_foreach(findings, i, item)
	{
		const char *s;

		if (!json_is_object(item))
			return fp_fail(err, FP_EINVAL, "draft: findings[%zu] must be an object", i);
		if (fp_json_str(&s, item, "code", "findings", err) != FP_OK ||
		    fp_json_str(&s, item, "severity", "findings", err) != FP_OK ||
		    fp_json_str(&s, item, "message", "findings", err) != FP_OK)
			return fp_ctx(err, "draft: findings[%zu]", i);
	}
	return FP_OK;
}

/* d->member = the member of j, which becomes shared. */
static void
take(json_t **out, const json_t *found)
{
	if (found == NULL)
		return;
	json_decref(*out);
	*out = json_incref((json_t *)found);
}

static enum fp_status
read_members(struct draft *d, const json_t *j, struct fp_err *err)
{
	const json_t *places, *missing, *findings, *letter;

	if (fp_json_obj_opt(&places, j, "places", "draft", err) != FP_OK ||
	    fp_json_arr_opt(&missing, j, "missing", "draft", err) != FP_OK ||
	    fp_json_arr_opt(&findings, j, "findings", "draft", err) != FP_OK ||
	    fp_json_obj_opt(&letter, j, "letter", "draft", err) != FP_OK || check_places(places, err) != FP_OK ||
	    check_lists(missing, findings, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (letter != NULL && letter_from_json(&d->letter, letter, err) != FP_OK)
		return fp_ctx(err, "draft: letter");
	take(&d->places, places);
	take(&d->missing, missing);
	take(&d->findings, findings);
	json_decref(d->facts);
	d->facts = json_copy((json_t *)j);
	if (d->facts == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < FP_COUNT(beside); i++)
		(void)json_object_del(d->facts, beside[i]);
	return FP_OK;
}

enum fp_status
draft_from_json(struct draft **out, const json_t *j, struct fp_err *err)
{
	FP_AUTO(draft_freep) struct draft *d = NULL;
	const char *is;

	*out = NULL;
	if (!json_is_object(j))
		return fp_fail(err, FP_EINVAL, "draft: must be a JSON object");
	if (fp_json_str(&is, j, "format", "draft", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(is, format) != 0)
		return fp_fail(err, FP_EINVAL, "draft: format is '%.60s'; expected '%s'", is, format);
	d = draft_new("");
	if (d == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (read_members(d, j, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = d;
	d = NULL;
	return FP_OK;
}
