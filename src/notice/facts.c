/* The reader that walks the tables of shape.c. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "notice/shape.h"

struct reader {
	struct fp_arena *arena;
	const char *file;
	char path[256];
	struct fp_err *err;
};

static enum fp_status read_object(struct reader *r, const json_t *obj, const struct notice_field *fields, void *base);

/* Append to the path for the time of one call; give the old length to path_back. */
static size_t path_in(struct reader *r, const char *fmt, ...) FP_PRINTF(2, 3);
static size_t
path_in(struct reader *r, const char *fmt, ...)
{
	size_t was = strlen(r->path);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->path + was, sizeof(r->path) - was, fmt, ap);
	va_end(ap);
	return was;
}

static void
path_back(struct reader *r, size_t was)
{
	r->path[was] = '\0';
}

static enum fp_status refuse(struct reader *r, enum fp_status status, const char *fmt, ...) FP_PRINTF(3, 4);
static enum fp_status
refuse(struct reader *r, enum fp_status status, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fp_fail(r->err, status, "%s: %s%s%s", r->file, r->path, *r->path ? ": " : "", text);
}

static enum fp_status
refuse_listing(struct reader *r, const char *what, const char *got, const char *const *words, const struct notice_field *fields)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 400 };

	for (size_t i = 0; words != NULL && words[i] != NULL; i++)
		fp_buf_printf(&known, "%s%s", i ? ", " : "", *words[i] ? words[i] : "\"\"");
	for (size_t i = 0; fields != NULL && fields[i].key != NULL; i++)
		fp_buf_printf(&known, "%s%s", i ? ", " : "", fields[i].key);
	return refuse(r, FP_EINVAL, "%s '%.60s'; known: %s", what, got, known.data ? known.data : "none");
}

/* ---- what a text must look like ---- */

static bool
all_of(const char *s, size_t max, const char *more, bool upper)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!(islower((unsigned char)s[i]) || isdigit((unsigned char)s[i]) || (upper && isupper((unsigned char)s[i])) ||
			strchr(more, s[i]) != NULL))
			return false;
	return n >= 1 && n <= max;
}

static bool
is_free(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return n >= 1 && s[0] != ' ' && s[n - 1] != ' ';
}

static bool
is_empty_or_free(const char *s)
{
	return *s == '\0' || is_free(s);
}

static bool
is_id(const char *s)
{
	return all_of(s, 47, "-", false);
}

static bool
is_mode(const char *s)
{
	return all_of(s, 23, "-_", true);
}

static bool
is_reference(const char *s)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

	return strlen(s) <= 63 && notice_reference_normal(&b, s, NULL) == FP_OK && strcmp(b.data, s) == 0;
}

static bool
is_url(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;

	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || strchr("<>\"\\^`{|}", *p) != NULL)
			return false;
	return scheme != 0 && isalnum((unsigned char)s[scheme]);
}

static bool
is_udi(const char *s)
{
	return strlen(s) == 14 && strspn(s, "0123456789") == 14;
}

static bool
is_cve(const char *s)
{
	size_t n = strlen(s);

	return n >= 13 && n <= 24 && strncmp(s, "CVE-", 4) == 0 && strspn(s + 4, "0123456789") == 4 && s[8] == '-' &&
	       strspn(s + 9, "0123456789") == n - 9;
}

static const struct {
	bool (*ok)(const char *s);
	const char *must;
} rules[NOTICE_R_COUNT] = {
	[NOTICE_R_FREE] = { is_free, "a text without control characters and without blanks at its ends" },
	[NOTICE_R_EMPTY_OK] = { is_empty_or_free, "a text without control characters and without blanks at its ends" },
	[NOTICE_R_ID] = { is_id, "1 to 47 of a-z, 0-9 and -" },
	[NOTICE_R_MODE] = { is_mode, "1 to 23 of A-Z, a-z, 0-9, - and _" },
	[NOTICE_R_REFERENCE] = { is_reference,
	    "a reference in its normal form, like FSN2023-1338 (capitals, no blanks, no brackets)" },
	[NOTICE_R_URL] = { is_url, "an address that starts with https:// or http:// and holds no blanks" },
	[NOTICE_R_UDI] = { is_udi, "14 digits (a shorter GTIN is filled with zeros on the left)" },
	[NOTICE_R_CVE] = { is_cve, "a CVE number like CVE-2023-1968" },
};

/* ---- one value ---- */

static enum fp_status
read_text(struct reader *r, const char **out, const json_t *v, const struct notice_field *f)
{
	const char *s;
	size_t len;

	if (!json_is_string(v))
		return refuse(r, FP_EINVAL, "must be a text");
	s = json_string_value(v);
	len = json_string_length(v);
	if (len > NOTICE_FACT_MAX)
		return refuse(r, FP_ELIMIT, "has %zu bytes; the limit is %u", len, NOTICE_FACT_MAX);
	if (f->words != NULL) {
		size_t i = 0;

		while (f->words[i] != NULL && strcmp(f->words[i], s) != 0)
			i++;
		if (f->words[i] == NULL)
			return refuse_listing(r, "unknown word", s, f->words, NULL);
	} else if (!rules[f->rule].ok(s)) {
		return refuse(r, FP_EINVAL, "must be %s; it is '%.80s'", rules[f->rule].must, s);
	}
	*out = fp_arena_text(r->arena, s, len);
	return *out ? FP_OK : refuse(r, FP_ENOMEM, "out of memory");
}

static enum fp_status
take_text(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	(void)base;
	return read_text(r, (const char **)(void *)at, v, f);
}

static enum fp_status
take_none(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	const char *unused;

	(void)at;
	(void)base;
	return read_text(r, &unused, v, f);
}

static enum fp_status
array_size(struct reader *r, const json_t *v, const struct notice_field *f, size_t *n)
{
	if (!json_is_array(v))
		return refuse(r, FP_EINVAL, "must be a list in [ ]");
	*n = json_array_size(v);
	if (*n > NOTICE_ITEMS_MAX)
		return refuse(r, FP_ELIMIT, "has %zu items; the limit is %u", *n, NOTICE_ITEMS_MAX);
	if (*n == 0 && (f->flags & NOTICE_NOT_EMPTY))
		return refuse(r, FP_EINVAL, "is empty; it must hold at least one item");
	return FP_OK;
}

static enum fp_status
take_list(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	struct notice_list *l = (struct notice_list *)(void *)at;
	size_t n;

	(void)base;
	if (array_size(r, v, f, &n) != FP_OK)
		return r->err->status;
	l->items = fp_arena_alloc(r->arena, n + 1, sizeof(*l->items));
	if (l->items == NULL)
		return refuse(r, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		size_t was = path_in(r, "[%zu]", i);

		if (read_text(r, &l->items[i], json_array_get(v, i), f) != FP_OK)
			return r->err->status;
		if (notice_list_has(l, l->items[i]))
			return refuse(r, FP_EINVAL, "'%.60s' stands twice in the list", l->items[i]);
		l->n++;
		path_back(r, was);
	}
	return FP_OK;
}

static enum fp_status
take_int(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	json_int_t i = json_integer_value(v);

	(void)f;
	(void)base;
	if (!json_is_integer(v) || i < 1 || i > 1000000)
		return refuse(r, FP_EINVAL, "must be a whole number from 1 to 1000000");
	*(int *)(void *)at = (int)i;
	return FP_OK;
}

static enum fp_status
take_bool(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	(void)f;
	(void)base;
	if (!json_is_boolean(v))
		return refuse(r, FP_EINVAL, "must be true or false");
	*(bool *)(void *)at = json_is_true(v);
	return FP_OK;
}

static enum fp_status
take_date(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	(void)f;
	(void)base;
	if (!json_is_string(v) || fp_date_parse((struct fp_date *)(void *)at, json_string_value(v), NULL) != FP_OK)
		return refuse(r, FP_EINVAL, "must be a day like \"2023-04-05\"%s",
		    (f->flags & NOTICE_NULLABLE) ? ", or null when the notice has none" : "");
	return FP_OK;
}

static enum fp_status
take_word(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	const char *s;
	unsigned i = 0;

	(void)base;
	if (read_text(r, &s, v, f) != FP_OK)
		return r->err->status;
	while (strcmp(f->words[i], s) != 0)
		i++;
	memcpy(at, &i, sizeof(i));
	return FP_OK;
}

static enum fp_status
take_object(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	(void)at;
	return read_object(r, v, f->sub, base);
}

static enum fp_status
take_array(struct reader *r, const json_t *v, const struct notice_field *f, char *at, void *base)
{
	size_t n;
	char *items;

	if (array_size(r, v, f, &n) != FP_OK)
		return r->err->status;
	items = fp_arena_alloc(r->arena, n + 1, f->sub_size);
	if (items == NULL)
		return refuse(r, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		size_t was = path_in(r, "[%zu]", i);

		if (read_object(r, json_array_get(v, i), f->sub, items + i * f->sub_size) != FP_OK)
			return r->err->status;
		path_back(r, was);
	}
	memcpy(at, &items, sizeof(items));
	memcpy((char *)base + f->count_off, &n, sizeof(n));
	return FP_OK;
}

static enum fp_status (*const takers[])(struct reader *, const json_t *, const struct notice_field *, char *, void *) = {
	[NOTICE_K_NONE] = take_none,
	[NOTICE_K_TEXT] = take_text,
	[NOTICE_K_LIST] = take_list,
	[NOTICE_K_INT] = take_int,
	[NOTICE_K_BOOL] = take_bool,
	[NOTICE_K_DATE] = take_date,
	[NOTICE_K_WORD] = take_word,
	[NOTICE_K_OBJECT] = take_object,
	[NOTICE_K_ARRAY] = take_array,
};
_Static_assert(sizeof(enum notice_mode_rule) == sizeof(unsigned), "a word lands in an enum");
_Static_assert(sizeof(enum notice_check_role) == sizeof(unsigned), "a word lands in an enum");

/* ---- objects ---- */

/* Keys that start with x_ are a maker's own: kept in the canonical bytes, otherwise not looked at. */
static enum fp_status
only_known(struct reader *r, const json_t *obj, const struct notice_field *fields)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)obj, key, v)
	{
		size_t i = 0;

		while (fields[i].key != NULL && strcmp(fields[i].key, key) != 0)
			i++;
		if (fields[i].key == NULL && strncmp(key, "x_", 2) != 0)
			return refuse_listing(r, "unknown key", key, NULL, fields);
	}
	return FP_OK;
}

static enum fp_status
read_field(struct reader *r, const json_t *obj, const struct notice_field *f, void *base)
{
	const json_t *v = json_object_get(obj, f->key);
	size_t was = path_in(r, "%s%s", *r->path ? "." : "", f->key);
	enum fp_status s = FP_OK;

	if (v == NULL && (f->flags & NOTICE_REQUIRED))
		s = refuse(
		    r, FP_EINVAL, "is missing%s", (f->flags & NOTICE_NULLABLE) ? "; write null when the notice has none" : "");
	else if (json_is_null(v) && !(f->flags & NOTICE_NULLABLE))
		s = refuse(r, FP_EINVAL, "must not be null%s", (f->flags & NOTICE_REQUIRED) ? "" : "; leave the key out");
	else if (v != NULL && !json_is_null(v))
		s = takers[f->kind](r, v, f, (char *)base + f->off, base);
	path_back(r, was);
	return s;
}

static enum fp_status
read_object(struct reader *r, const json_t *obj, const struct notice_field *fields, void *base)
{
	if (!json_is_object(obj))
		return refuse(r, FP_EINVAL, "must be an object in { }");
	if (only_known(r, obj, fields) != FP_OK)
		return r->err->status;
	for (size_t i = 0; fields[i].key != NULL; i++)
		if (read_field(r, obj, &fields[i], base) != FP_OK)
			return r->err->status;
	return FP_OK;
}

enum fp_status
notice_facts_read(struct notice *n, struct fp_arena *a, const json_t *facts, const char *file, struct fp_err *err)
{
	struct fp_err own = { 0 };
	struct reader r = { .arena = a, .file = file, .err = err ? err : &own };

	return read_object(&r, facts, notice_fields, n);
}
