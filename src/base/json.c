#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"

#define DEPTH_MAX 64

void
fp_json_freep(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

/* jansson allows 2048 levels; our own documents have fewer than ten, and recursion elsewhere should never see more. */
static bool
too_deep(const char *data, size_t len)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		if (in_string) {
			if (data[i] == '\\')
				i++;
			else if (data[i] == '"')
				in_string = false;
		} else if (data[i] == '"') {
			in_string = true;
		} else if (data[i] == '{' || data[i] == '[') {
			if (++depth > DEPTH_MAX)
				return true;
		} else if (data[i] == '}' || data[i] == ']') {
			depth--;
		}
	}
	return false;
}

enum fp_status
fp_json_parse(json_t **out, const char *data, size_t len, const char *what, struct fp_err *err)
{
	json_error_t je;
	json_t *j;

	if (len == 0)
		return fp_fail(err, FP_EINVAL, "%s is empty", what);
	if (too_deep(data, len))
		return fp_fail(err, FP_ELIMIT, "%s is nested deeper than %d levels", what, DEPTH_MAX);
	j = json_loadb(data, len, JSON_REJECT_DUPLICATES, &je);
	if (j == NULL)
		return fp_fail(err, FP_EINVAL, "%s line %d column %d: %s", what, je.line, je.column, je.text);
	*out = j;
	return FP_OK;
}

enum fp_status
fp_json_load(json_t **out, const char *path, size_t max, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = max };

	if (fp_file_read(&b, path, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return fp_json_parse(out, b.data, b.len, path, err);
}

static int
to_buf(const char *data, size_t len, void *ctx)
{
	fp_buf_add(ctx, data, len);
	return 0;
}

static enum fp_status
dump(struct fp_buf *out, const json_t *j, size_t flags, struct fp_err *err)
{
	if (json_dump_callback(j, to_buf, out, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory writing JSON");
	return FP_OK;
}

enum fp_status
fp_json_canonical(struct fp_buf *out, const json_t *j, struct fp_err *err)
{
	if (dump(out, j, JSON_COMPACT | JSON_SORT_KEYS, err) != FP_OK)
		return FP_ENOMEM;
	return fp_buf_check(out, "JSON", err);
}

/* ---- one line ---- */

/* A buffer's calls for every comma cost more than the writing: pieces gather here first. */
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

/* Is none of eight characters one that wants an escape? A byte below n is one that n taken from it sets the top bit of, and that had it not. */
static bool
plain_eight(const char *s)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t w, quotes, strokes;

	memcpy(&w, s, 8);
	quotes = w ^ (ones * '"');
	strokes = w ^ (ones * '\\');
	return ((((w - ones * 0x20) & ~w) | ((quotes - ones) & ~quotes) | ((strokes - ones) & ~strokes)) & tops) == 0;
}

/* The same of sixteen. */
static bool
plain_sixteen(const char *s)
{
	fp_bytes v = fp_bytes_at(s);

	return !fp_bytes_any(fp_bytes_between(v, 0, 0x1F) | fp_bytes_are(v, '"') | fp_bytes_are(v, '\\'));
}

static void
put_text(struct writer *w, const char *s, size_t len)
{
	size_t from = 0;

	put_char(w, '"');
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)s[i];

		if (len - i >= FP_BYTES && plain_sixteen(s + i)) {
			i += FP_BYTES;
			continue;
		}
		if (len - i >= 8 && plain_eight(s + i)) {
			i += 8;
			continue;
		}
		i++;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		put(w, s + from, i - 1 - from);
		from = i;
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

/* As deep as the document is: who made it has bounded it. */
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
fp_json_line(struct fp_buf *out, const json_t *j, struct fp_err *err)
{
	struct writer w; /* large: only what is used is set */

	if (j == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	w.out = out;
	w.n = 0;
	put_value(&w, j);
	flush(&w);
	return fp_buf_check(out, "JSON", err);
}

void
fp_json_line_text(struct fp_buf *out, const char *s, size_t len)
{
	struct writer w;

	w.out = out;
	w.n = 0;
	put_text(&w, s, len);
	flush(&w);
}

enum fp_status
fp_json_pretty(struct fp_buf *out, const json_t *j, struct fp_err *err)
{
	if (dump(out, j, JSON_INDENT(2), err) != FP_OK)
		return FP_ENOMEM;
	fp_buf_putc(out, '\n');
	return fp_buf_check(out, "JSON", err);
}

static const char *const type_names[] = {
	[JSON_OBJECT] = "an object",
	[JSON_ARRAY] = "an array",
	[JSON_STRING] = "a text",
	[JSON_INTEGER] = "a whole number",
	[JSON_REAL] = "a number",
	[JSON_TRUE] = "true or false",
	[JSON_FALSE] = "true or false",
	[JSON_NULL] = "null",
};

/* The member, NULL when absent or null (allowed only if opt), FP_EINVAL when it has another type. */
static enum fp_status
member(const json_t **out, const json_t *obj, const char *key, json_type type, bool opt, const char *where, struct fp_err *err)
{
	const json_t *v = json_object_get(obj, key);

	*out = NULL;
	if (v == NULL || json_is_null(v)) {
		if (opt)
			return FP_OK;
		return fp_fail(err, FP_EINVAL, "%s: '%s' is missing; it must be %s", where, key, type_names[type]);
	}
	if (json_typeof(v) != type && !(type == JSON_TRUE && json_is_false(v)))
		return fp_fail(
		    err, FP_EINVAL, "%s: '%s' is %s; it must be %s", where, key, type_names[json_typeof(v)], type_names[type]);
	*out = v;
	return FP_OK;
}

enum fp_status
fp_json_str(const char **out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v;

	if (member(&v, obj, key, JSON_STRING, false, where, err) != FP_OK)
		return FP_EINVAL;
	*out = json_string_value(v);
	return FP_OK;
}

enum fp_status
fp_json_str_opt(const char **out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v;

	if (member(&v, obj, key, JSON_STRING, true, where, err) != FP_OK)
		return FP_EINVAL;
	*out = v ? json_string_value(v) : NULL;
	return FP_OK;
}

enum fp_status
fp_json_int(int64_t *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v;

	if (member(&v, obj, key, JSON_INTEGER, false, where, err) != FP_OK)
		return FP_EINVAL;
	*out = json_integer_value(v);
	return FP_OK;
}

enum fp_status
fp_json_int_opt(int64_t *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v;

	if (member(&v, obj, key, JSON_INTEGER, true, where, err) != FP_OK)
		return FP_EINVAL;
	*out = v ? json_integer_value(v) : 0;
	return FP_OK;
}

enum fp_status
fp_json_bool_opt(bool *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const json_t *v;

	if (member(&v, obj, key, JSON_TRUE, true, where, err) != FP_OK)
		return FP_EINVAL;
	*out = v != NULL && json_is_true(v);
	return FP_OK;
}

enum fp_status
fp_json_arr_opt(const json_t **out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	return member(out, obj, key, JSON_ARRAY, true, where, err);
}

enum fp_status
fp_json_obj_opt(const json_t **out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	return member(out, obj, key, JSON_OBJECT, true, where, err);
}

enum fp_status
fp_json_time(fp_time *out, const json_t *obj, const char *key, const char *where, struct fp_err *err)
{
	const char *s;

	if (fp_json_str(&s, obj, key, where, err) != FP_OK)
		return FP_EINVAL;
	if (fp_time_parse(out, s, err) != FP_OK)
		return fp_ctx(err, "%s: '%s'", where, key);
	return FP_OK;
}

enum fp_status
fp_json_only(const json_t *obj, const char *const *names, const char *where, struct fp_err *err)
{
	const char *key;
	json_t *v;

	if (!json_is_object(obj))
		return fp_fail(err, FP_EINVAL, "%s: must be an object", where);
	json_object_foreach((json_t *)obj, key, v)
	{
		FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 512 };
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], key) != 0)
			i++;
		if (names[i] != NULL)
			continue;
		for (i = 0; names[i] != NULL; i++)
			fp_buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
		return fp_fail(
		    err, FP_EINVAL, "%s: unknown key '%.60s'; known are: %s", where, key, known.data ? known.data : "");
	}
	return FP_OK;
}

void
fp_json_set(json_t *obj, const char *key, json_t *owned)
{
	(void)json_object_set_new(obj, key, owned);
}

void
fp_json_set_str(json_t *obj, const char *key, const char *text)
{
	if (text != NULL)
		fp_json_set(obj, key, json_string(text));
}

void
fp_json_set_int(json_t *obj, const char *key, int64_t v)
{
	fp_json_set(obj, key, json_integer(v));
}

void
fp_json_set_time(json_t *obj, const char *key, fp_time t)
{
	char text[FP_TIME_MAX];

	fp_json_set_str(obj, key, fp_time_text(text, t));
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
fp_base64_put(struct fp_buf *b, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < len ? p[i + 2] : 0);
		char out[4] = { digits64[v >> 18], digits64[v >> 12 & 63], digits64[v >> 6 & 63], digits64[v & 63] };

		if (i + 1 >= len)
			out[2] = '=';
		if (i + 2 >= len)
			out[3] = '=';
		fp_buf_add(b, out, 4);
	}
}

static int
value64(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits64, c);

	return at == NULL ? -1 : (int)(at - digits64);
}

enum fp_status
fp_base64_get(struct fp_buf *out, const char *text, struct fp_err *err)
{
	size_t len = strlen(text);

	if (len % 4 != 0)
		return fp_fail(err, FP_EINVAL, "base64 text has %zu characters; it must be a multiple of 4", len);
	for (size_t i = 0; i < len; i += 4) {
		bool last = i + 4 == len;
		int pad = last ? (text[i + 3] == '=') + (text[i + 3] == '=' && text[i + 2] == '=') : 0;
		uint32_t v = 0;

		for (size_t k = 0; k < 4; k++) {
			int d = k >= 4 - (size_t)pad ? 0 : value64(text[i + k]);

			if (d < 0)
				return fp_fail(err, FP_EINVAL, "base64 text has a wrong character at %zu", i + k + 1);
			v = v << 6 | (uint32_t)d;
		}
		if ((pad == 1 && (v & 0xFF) != 0) || (pad == 2 && (v & 0xFFFF) != 0))
			return fp_fail(err, FP_EINVAL, "base64 text ends with stray bits");
		for (int k = 0; k < 3 - pad; k++)
			fp_buf_u8(out, (uint8_t)(v >> (16 - 8 * k)));
	}
	return fp_buf_check(out, "base64 data", err);
}
