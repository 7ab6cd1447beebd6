#include "collect/collect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 << 10)
#define TEXT_MAX_BYTES 1024

/* ---- memory: one arena, given back at once ---- */

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t bytes[];
};

struct collect_arena {
	struct chunk *chunks;
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *k = calloc(1, sizeof(*k) + size); /* lint-ok: this module stands alone; its only call */

	if (k == NULL)
		collect_fatal("out of memory");
	else
		k->size = size;
	return k;
}

struct collect_arena *
collect_arena_new(void)
{
	struct chunk *k = chunk_new(CHUNK_BYTES);
	struct collect_arena *a = (struct collect_arena *)(void *)k->bytes;

	k->used = sizeof(max_align_t) * ((sizeof(*a) + sizeof(max_align_t) - 1) / sizeof(max_align_t));
	a->chunks = k;
	return a;
}

/* The arena itself lies in its first chunk, which is the last of the list. */
void
collect_arena_free(struct collect_arena *a)
{
	for (struct chunk *k = a == NULL ? NULL : a->chunks, *next; k != NULL; k = next) {
		next = k->next;
		free(k);
	}
}

void *
collect_alloc(struct collect_arena *a, size_t n)
{
	struct chunk *k = a->chunks;
	char *p;

	if (n > SIZE_MAX / 4)
		collect_fatal("out of memory");
	n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (n > k->size - k->used) {
		k = chunk_new(n > CHUNK_BYTES ? n : CHUNK_BYTES);
		k->next = a->chunks;
		a->chunks = k;
	}
	p = (char *)k->bytes + k->used;
	k->used += n;
	return p;
}

char *
collect_text(struct collect_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		collect_fatal("a text could not be formatted");
	text = collect_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}

/* ---- the tree ---- */

enum kind { KIND_NULL, KIND_BOOL, KIND_INT, KIND_TEXT, KIND_LIST, KIND_OBJECT };

struct collect_value {
	enum kind kind;
	struct collect_arena *arena;
	int64_t number; /* of BOOL and INT */
	const char *text;
	struct collect_value **items; /* of LIST and OBJECT */
	const char **keys;            /* of OBJECT, beside the items */
	size_t n, cap;
};

static struct collect_value *
value_new(struct collect_arena *a, enum kind kind)
{
	struct collect_value *v = collect_alloc(a, sizeof(*v));

	v->kind = kind;
	v->arena = a;
	return v;
}

struct collect_value *
collect_object(struct collect_arena *a)
{
	return value_new(a, KIND_OBJECT);
}

struct collect_value *
collect_list(struct collect_arena *a)
{
	return value_new(a, KIND_LIST);
}

/* Length of the UTF-8 character at p (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF); 0 when there is none. */
static size_t
utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char from, to, least, most; /* first byte, second byte */
		size_t n;
	} forms[] = { { 0x00, 0x7f, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 } };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].from || p[0] > forms[i].to)
			continue;
		if (forms[i].n > 1 && (p[1] < forms[i].least || p[1] > forms[i].most))
			return 0;
		for (size_t k = 2; k < forms[i].n; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].n;
	}
	return 0;
}

/* The text as it may stand in the file. */
static const char *
clean_text(struct collect_arena *a, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	char *out = collect_alloc(a, strnlen(text, TEXT_MAX_BYTES) * 3 + 1);
	size_t n = 0;

	while (*p != '\0') {
		size_t had = utf8_length(p), len = had == 0 ? 3 : had;

		if (n + len > TEXT_MAX_BYTES)
			break;
		memcpy(out + n, had == 0 ? (const void *)"\xef\xbf\xbd" : (const void *)p, len);
		n += len;
		p += had == 0 ? 1 : had;
	}
	out[n] = '\0';
	return out;
}

static struct collect_value *
value_text(struct collect_arena *a, const char *text)
{
	struct collect_value *v = value_new(a, text == NULL ? KIND_NULL : KIND_TEXT);

	if (text != NULL)
		v->text = clean_text(a, text);
	return v;
}

static void
grow(struct collect_value *v)
{
	struct collect_value **items;
	const char **keys;

	if (v->n < v->cap)
		return;
	v->cap = v->cap == 0 ? 8 : 2 * v->cap;
	items = collect_alloc(v->arena, v->cap * sizeof(*items));
	keys = v->kind == KIND_OBJECT ? collect_alloc(v->arena, v->cap * sizeof(*keys)) : NULL;
	if (v->n > 0) {
		memcpy(items, v->items, v->n * sizeof(*items));
		if (keys != NULL)
			memcpy(keys, v->keys, v->n * sizeof(*keys));
	}
	v->items = items;
	v->keys = keys;
}

void
collect_put(struct collect_value *object, const char *key, struct collect_value *v)
{
	const char *name = clean_text(object->arena, key);
	size_t i = 0;

	if (object->kind != KIND_OBJECT)
		collect_fatal("a member was put into something that is no object");
	while (i < object->n && strcmp(object->keys[i], name) != 0)
		i++;
	if (i == object->n) {
		grow(object);
		object->keys[object->n++] = name;
	}
	object->items[i] = v != NULL ? v : value_new(object->arena, KIND_NULL);
}

void
collect_put_text(struct collect_value *object, const char *key, const char *text)
{
	collect_put(object, key, value_text(object->arena, text));
}

void
collect_put_int(struct collect_value *object, const char *key, int64_t n)
{
	struct collect_value *v = value_new(object->arena, KIND_INT);

	v->number = n;
	collect_put(object, key, v);
}

void
collect_put_bool(struct collect_value *object, const char *key, bool b)
{
	struct collect_value *v = value_new(object->arena, KIND_BOOL);

	v->number = b;
	collect_put(object, key, v);
}

void
collect_add(struct collect_value *list, struct collect_value *v)
{
	if (list->kind != KIND_LIST)
		collect_fatal("an element was added to something that is no list");
	grow(list);
	list->items[list->n++] = v != NULL ? v : value_new(list->arena, KIND_NULL);
}

void
collect_add_text(struct collect_value *list, const char *text)
{
	collect_add(list, value_text(list->arena, text));
}

void
collect_add_int(struct collect_value *list, int64_t n)
{
	struct collect_value *v = value_new(list->arena, KIND_INT);

	v->number = n;
	collect_add(list, v);
}

struct collect_value *
collect_get(const struct collect_value *object, const char *key)
{
	for (size_t i = 0; object != NULL && object->kind == KIND_OBJECT && i < object->n; i++)
		if (strcmp(object->keys[i], key) == 0)
			return object->items[i];
	return NULL;
}

size_t
collect_count(const struct collect_value *list)
{
	return list == NULL || (list->kind != KIND_LIST && list->kind != KIND_OBJECT) ? 0 : list->n;
}

struct collect_value *
collect_at(const struct collect_value *list, size_t i)
{
	return i < collect_count(list) ? list->items[i] : NULL;
}

const char *
collect_as_text(const struct collect_value *v)
{
	return v != NULL && v->kind == KIND_TEXT ? v->text : NULL;
}

bool
collect_as_int(const struct collect_value *v, int64_t *out)
{
	if (v == NULL || v->kind != KIND_INT)
		return false;
	*out = v->number;
	return true;
}

bool
collect_is_object(const struct collect_value *v)
{
	return v != NULL && v->kind == KIND_OBJECT;
}

/* ---- canonical bytes ---- */

struct writer {
	struct collect_arena *arena;
	char *bytes;
	size_t len, cap;
};

static void
put(struct writer *w, const char *bytes, size_t n)
{
	if (w->bytes == NULL || n > w->cap - w->len) {
		size_t cap = 2 * (w->cap + n) + 256;
		char *more = collect_alloc(w->arena, cap);

		if (w->bytes != NULL && w->len > 0)
			memcpy(more, w->bytes, w->len);
		w->bytes = more;
		w->cap = cap;
	}
	memcpy(w->bytes + w->len, bytes, n);
	w->len += n;
}

static void
put_string(struct writer *w, const char *text)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	put(w, "\"", 1);
	for (const char *p = text; *p != '\0'; p++) {
		const char *at = strchr(plain, *p);
		char escape[8];

		if (at != NULL)
			(void)snprintf(escape, sizeof(escape), "\\%c", letters[at - plain]);
		else if ((unsigned char)*p < 0x20)
			(void)snprintf(escape, sizeof(escape), "\\u%04X", (unsigned)(unsigned char)*p);
		else
			(void)snprintf(escape, sizeof(escape), "%c", *p);
		put(w, escape, strlen(escape));
	}
	put(w, "\"", 1);
}

/* Byte order of UTF-8 is the order of code points. */
static int
by_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_value(struct writer *w, const struct collect_value *v);

static void
put_object(struct writer *w, const struct collect_value *v)
{
	const char **keys = collect_alloc(w->arena, (v->n + 1) * sizeof(*keys));

	if (v->n > 0)
		memcpy(keys, v->keys, v->n * sizeof(*keys));
	qsort(keys, v->n, sizeof(*keys), by_key);
	for (size_t i = 0; i < v->n; i++) {
		put(w, i == 0 ? "{" : ",", 1);
		put_string(w, keys[i]);
		put(w, ":", 1);
		put_value(w, collect_get(v, keys[i]));
	}
	put(w, v->n == 0 ? "{}" : "}", v->n == 0 ? 2 : 1);
}

static void
put_value(struct writer *w, const struct collect_value *v)
{
	char number[24];

	switch (v->kind) {
	case KIND_NULL:
		put(w, "null", 4);
		break;
	case KIND_BOOL:
		put(w, v->number != 0 ? "true" : "false", v->number != 0 ? 4 : 5);
		break;
	case KIND_INT:
		(void)snprintf(number, sizeof(number), "%lld", (long long)v->number);
		put(w, number, strlen(number));
		break;
	case KIND_TEXT:
		put_string(w, v->text);
		break;
	case KIND_LIST:
		put(w, "[", 1);
		for (size_t i = 0; i < v->n; i++) {
			if (i > 0)
				put(w, ",", 1);
			put_value(w, v->items[i]);
		}
		put(w, "]", 1);
		break;
	case KIND_OBJECT:
		put_object(w, v);
		break;
	}
}

char *
collect_canonical(struct collect_arena *a, const struct collect_value *v, size_t *len)
{
	struct writer w = { .arena = a };

	put_value(&w, v);
	put(&w, "", 1);
	if (len != NULL)
		*len = w.len - 1;
	return w.bytes;
}

struct sorted {
	const char *bytes;
	struct collect_value *v;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(((const struct sorted *)a)->bytes, ((const struct sorted *)b)->bytes);
}

void
collect_sort(struct collect_value *list)
{
	struct collect_arena *scratch = collect_arena_new();
	struct sorted *all = collect_alloc(scratch, (list->n + 1) * sizeof(*all));

	for (size_t i = 0; i < list->n; i++)
		all[i] = (struct sorted){ collect_canonical(scratch, list->items[i], NULL), list->items[i] };
	qsort(all, list->n, sizeof(*all), by_bytes);
	for (size_t i = 0; i < list->n; i++)
		list->items[i] = all[i].v;
	collect_arena_free(scratch);
}

bool
collect_cut(struct collect_value *list, size_t max)
{
	bool cut = list->n > max;

	if (cut)
		list->n = max;
	return cut;
}
