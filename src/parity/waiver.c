/* waivers.json: who answers for which difference, why, and until when. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parity/parity.h"

#define WAIVERS_MAX 1000u
#define FORMAT "fieldproof-waivers-1"

static enum fp_status
read_text(char *out, size_t size, const json_t *j, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str(&s, j, key, where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (*s == '\0' || strlen(s) >= size)
		return fp_fail(err, FP_EINVAL, "%s: '%s' must have 1 to %zu bytes", where, key, size - 1);
	fp_utf8_copy(out, size, s);
	return FP_OK;
}

static enum fp_status
read_day(struct fp_date *out, const json_t *j, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str(&s, j, key, where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (fp_date_parse(out, s, NULL) != FP_OK)
		return fp_fail(err, FP_EINVAL, "%s: '%s' is '%.40s'; write a day as 2026-12-31", where, key, s);
	return FP_OK;
}

static enum fp_status
read_one(struct parity_waiver *w, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const keys[] = { "finding", "reason", "name", "given", "until", NULL };

	if (fp_json_only(j, keys, where, err) != FP_OK || read_text(w->id, sizeof(w->id), j, "finding", where, err) != FP_OK ||
	    read_text(w->reason, sizeof(w->reason), j, "reason", where, err) != FP_OK ||
	    read_text(w->name, sizeof(w->name), j, "name", where, err) != FP_OK ||
	    read_day(&w->given, j, "given", where, err) != FP_OK || read_day(&w->until, j, "until", where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strlen(w->id) != 16 || strspn(w->id, "0123456789abcdef") != 16)
		return fp_fail(err, FP_EINVAL, "%s: 'finding' is the number of a finding, 16 digits of 0-9 and a-f", where);
	return FP_OK;
}

enum fp_status
parity_waivers_read(struct parity_waiver **out, size_t *n, const char *data, size_t len, const char *what, struct fp_err *err)
{
	static const char *const keys[] = { "format", "waivers", NULL };
	FP_AUTO(fp_freep) struct parity_waiver *list = NULL;
	FP_JSON json_t *j = NULL;
	const char *format;
	const json_t *items;

	*out = NULL;
	*n = 0;
	if (len == 0)
		return FP_OK;
	if (fp_json_parse(&j, data, len, what, err) != FP_OK || fp_json_only(j, keys, what, err) != FP_OK ||
	    fp_json_str(&format, j, "format", what, err) != FP_OK || fp_json_arr_opt(&items, j, "waivers", what, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, FORMAT) != 0)
		return fp_fail(err, FP_EINVAL, "%s: format is '%.40s', expected " FORMAT, what, format);
	if (json_array_size(items) > WAIVERS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: %zu waivers, at most %u", what, json_array_size(items), WAIVERS_MAX);
	list = fp_calloc(json_array_size(items) + 1, sizeof(*list));
	if (list == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < json_array_size(items); i++) {
		char where[300];

		(void)snprintf(where, sizeof(where), "%.200s: waivers[%zu]", what, i);
		if (read_one(&list[i], json_array_get(items, i), where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	*n = json_array_size(items);
	*out = list;
	list = NULL;
	return FP_OK;
}

enum fp_status
parity_waivers_write(struct fp_buf *out, const struct parity_waiver *w, size_t n, struct fp_err *err)
{
	FP_JSON json_t *j = json_object();
	json_t *items = json_array();
	char day[FP_DATE_MAX];

	fp_json_set_str(j, "format", FORMAT);
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		fp_json_set_str(o, "finding", w[i].id);
		fp_json_set_str(o, "reason", w[i].reason);
		fp_json_set_str(o, "name", w[i].name);
		fp_json_set_str(o, "given", fp_date_text(day, w[i].given));
		fp_json_set_str(o, "until", fp_date_text(day, w[i].until));
		(void)json_array_append_new(items, o);
	}
	fp_json_set(j, "waivers", items);
	return fp_json_pretty(out, j, err);
}
