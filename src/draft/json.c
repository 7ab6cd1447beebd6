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

/* The places as an object, each as it is. */
static void
write_places(struct fp_buf *out, const json_t *places)
{
	const char *pointer;
	json_t *place;
	char between = '{';

	json_object_foreach((json_t *)places, pointer, place)
	{
		fp_buf_putc(out, between);
		fp_json_line_text(out, pointer, strlen(pointer));
		fp_buf_putc(out, ':');
		fp_buf_add(out, json_string_value(place), json_string_length(place));
		between = ',';
	}
	fp_buf_puts(out, between == '{' ? "{}" : "}");
}

static enum fp_status
write_member(struct fp_buf *out, const char *name, const json_t *j, struct fp_err *err)
{
	fp_buf_printf(out, ",\"%s\":", name);
	return fp_json_line(out, j, err);
}

/* What draft_to_json puts together, put together as text. */
static enum fp_status
write_pieces(struct fp_buf *out, const struct draft *d, struct fp_err *err)
{
	FP_JSON json_t *letter = d->letter != NULL ? letter_to_json(d->letter) : NULL;

	if (fp_json_line(out, d->facts, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	out->len--; /* the bracket that closes the facts: they go on */
	fp_buf_puts(out, ",\"places\":");
	write_places(out, d->places);
	if (write_member(out, "missing", d->missing, err) != FP_OK || write_member(out, "findings", d->findings, err) != FP_OK ||
	    (d->letter != NULL && write_member(out, "letter", letter, err) != FP_OK))
		return fp_failed(err, FP_ENOMEM);
	fp_buf_putc(out, '}');
	return fp_buf_check(out, "the draft", err);
}

enum fp_status
draft_write(struct fp_buf *out, const struct draft *d, struct fp_err *err)
{
	FP_JSON json_t *j = d->written_places ? NULL : draft_to_json(d);

	return d->written_places ? write_pieces(out, d, err) : fp_json_line(out, j, err);
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
