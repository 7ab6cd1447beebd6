#include "draft/draft_int.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define POINTER_MAX 256 /* bytes of a JSON pointer with its indexes resolved */
#define FINDINGS_MAX 2000u

struct draft *
draft_new(const char *file)
{
	struct draft *d = fp_calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->facts = json_object();
	d->places = json_object();
	d->missing = json_array();
	d->findings = json_array();
	if (d->facts == NULL || d->places == NULL || d->missing == NULL || d->findings == NULL) {
		draft_free(d);
		return NULL;
	}
	draft_put_str(d, "/format", "fieldproof-draft-1", NULL);
	draft_put_str(d, "/file", file, NULL);
	return d;
}

void
draft_free(struct draft *d)
{
	if (d == NULL)
		return;
	json_decref(d->facts);
	json_decref(d->places);
	json_decref(d->missing);
	json_decref(d->findings);
	letter_free(d->letter);
	fp_buf_free(&d->scratch);
	free(d);
}

void
draft_freep(struct draft **d)
{
	draft_free(*d);
	*d = NULL;
}

/* One step of a JSON pointer, unescaped. */
struct step {
	char name[POINTER_MAX];
	bool is_index; /* digits or "-" */
	bool append;   /* "-" */
	size_t index;
};

/* At most six digits. */
static bool
index_of(const char *name, size_t n, size_t *index)
{
	*index = 0;
	for (size_t i = 0; i < n; i++) {
		if (name[i] < '0' || name[i] > '9' || i >= 6)
			return false;
		*index = *index * 10 + (size_t)(name[i] - '0');
	}
	return n > 0;
}

/* Reads the step behind the slash at *p and moves *p to the next slash or the end; false when there is none. */
static bool
step_next(struct step *s, const char **p)
{
	size_t n = 0;
	const char *c = *p;

	if (*c != '/')
		return false;
	for (c++; *c != '\0' && *c != '/'; c++) {
		char ch = *c;

		if (ch == '~' && (c[1] == '0' || c[1] == '1')) {
			ch = c[1] == '0' ? '~' : '/';
			c++;
		}
		if (n + 1 >= sizeof(s->name))
			return false;
		s->name[n++] = ch;
	}
	s->name[n] = '\0';
	s->append = n == 1 && s->name[0] == '-';
	s->is_index = s->append || index_of(s->name, n, &s->index);
	*p = c;
	return true;
}

static json_t *
child_of(const json_t *parent, const struct step *s)
{
	if (json_is_object(parent))
		return json_object_get(parent, s->name);
	return json_is_array(parent) && s->is_index && !s->append ? json_array_get(parent, s->index) : NULL;
}

/* parent[s] = value (stolen, also on failure). *index: where it came to stand in an array. */
static bool
child_set(json_t *parent, const struct step *s, json_t *value, size_t *index)
{
	*index = s->index;
	if (json_is_object(parent))
		return json_object_set_new_nocheck(parent, s->name, value) == 0;
	if (json_is_array(parent) && s->is_index) {
		if (!s->append && s->index < json_array_size(parent))
			return json_array_set_new(parent, s->index, value) == 0;
		*index = json_array_size(parent);
		return json_array_append_new(parent, value) == 0;
	}
	json_decref(value);
	return false;
}

/* The pointer with every "-" replaced by the index that it got. */
struct resolved {
	char text[POINTER_MAX];
	size_t len;
};

static void
resolved_add(struct resolved *r, const char *raw, size_t raw_len, const json_t *parent, size_t index)
{
	char number[24];
	size_t at = sizeof(number);

	if (json_is_array(parent)) {
		do
			number[--at] = (char)('0' + index % 10);
		while ((index /= 10) != 0);
		number[--at] = '/';
		raw = number + at;
		raw_len = sizeof(number) - at;
	}
	if (r->len + raw_len + 1 > sizeof(r->text))
		return;
	memcpy(r->text + r->len, raw, raw_len);
	r->len += raw_len;
	r->text[r->len] = '\0';
}

static json_t *
place_of(const struct draft_source *s, const json_t *value)
{
	struct letter_place at = letter_place_at(s->block, s->from);
	json_t *j = json_object();
	const char *text = s->block->text + s->from;
	bool same =
	    json_is_string(value) && json_string_length(value) == s->len && memcmp(json_string_value(value), text, s->len) == 0;

	if (j == NULL)
		return NULL;
	json_object_set_new_nocheck(j, "page", json_integer(at.page != 0 ? at.page : s->block->page));
	if (at.line > 0) {
		json_object_set_new_nocheck(j, "line", json_integer(at.line));
		json_object_set_new_nocheck(j, "column", json_integer(at.col));
	}
	/* Whole points: our JSON holds no reals. All four are 0 where there is no box. */
	if (at.x1 > at.x0 && at.y1 > at.y0)
		json_object_set_new_nocheck(
		    j, "box", json_pack("[i,i,i,i]", (int)at.x0, (int)at.y0, (int)at.x1 + 1, (int)at.y1 + 1));
	json_object_set_new_nocheck(j, "confidence", json_integer(s->confidence));
	if (s->len > 0 && !same)
		json_object_set_new_nocheck(j, "text", json_stringn_nocheck(text, s->len));
	return j;
}

/* ,"name":v behind p */
static char *
put_field(char *p, const char *name, size_t len, int64_t v)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (v < 0)
		digits[--at] = '-';
	memcpy(p, name, len);
	memcpy(p + len, digits + at, sizeof(digits) - at);
	return p + len + sizeof(digits) - at;
}

#define PUT_FIELD(p, name, v) put_field(p, name, sizeof(name) - 1, v)

/* What place_of makes, as the text that it becomes. */
static json_t *
place_text(struct fp_buf *whole, const struct draft_source *s, const json_t *value)
{
	static const char text_field[] = ",\"text\":";
	struct letter_place at = letter_place_at(s->block, s->from);
	const char *text = s->block->text + s->from;
	bool same =
	    json_is_string(value) && json_string_length(value) == s->len && memcmp(json_string_value(value), text, s->len) == 0;
	char out[320], *p = PUT_FIELD(out, "{\"page\":", at.page != 0 ? at.page : s->block->page);

	if (at.line > 0) {
		p = PUT_FIELD(p, ",\"line\":", at.line);
		p = PUT_FIELD(p, ",\"column\":", at.col);
	}
	if (at.x1 > at.x0 && at.y1 > at.y0) {
		p = PUT_FIELD(p, ",\"box\":[", (int)at.x0);
		p = PUT_FIELD(p, ",", (int)at.y0);
		p = PUT_FIELD(p, ",", (int)at.x1 + 1);
		p = PUT_FIELD(p, ",", (int)at.y1 + 1);
		*p++ = ']';
	}
	p = PUT_FIELD(p, ",\"confidence\":", s->confidence);
	if (s->len == 0 || same) {
		*p++ = '}';
		return json_stringn_nocheck(out, (size_t)(p - out));
	}
	memcpy(p, text_field, sizeof(text_field) - 1);
	fp_buf_clear(whole);
	fp_buf_add(whole, out, (size_t)(p - out) + sizeof(text_field) - 1);
	fp_json_line_text(whole, text, s->len);
	fp_buf_putc(whole, '}');
	return whole->failed == FP_OK ? json_stringn_nocheck(whole->data, whole->len) : NULL;
}

const char *
draft_pointer(char out[DRAFT_POINTER], const char *list, size_t at, const char *key)
{
	char *p = put_field(out, list, strlen(list), (int64_t)at);

	memcpy(p, key, strlen(key) + 1);
	return out;
}

static void
place_put(struct draft *d, const char *pointer, const struct draft_source *s, const json_t *value)
{
	json_t *place;

	if (s == NULL || s->block == NULL)
		return;
	place = d->written_places ? place_text(&d->scratch, s, value) : place_of(s, value);
	if (place == NULL || json_object_set_new_nocheck(d->places, pointer, place) != 0)
		d->no_memory = true;
}

size_t
draft_put(struct draft *d, const char *pointer, json_t *stolen, const struct draft_source *s)
{
	struct resolved r = { .len = 0 };
	struct step step;
	json_t *at = d->facts;
	const char *p = pointer;
	size_t index = 0;

	d->no_memory = d->no_memory || stolen == NULL;
	while (stolen != NULL) {
		const char *raw = p;
		json_t *next;
		bool last;

		if (!step_next(&step, &p)) {
			json_decref(stolen);
			return 0;
		}
		last = *p == '\0';
		next = last ? stolen : child_of(at, &step);
		if (last || next == NULL || json_is_null(next)) {
			/* What lacks on the way is an array where an index or "-" comes next. */
			if (!last)
				next = p[1] == '-' || (p[1] >= '0' && p[1] <= '9') ? json_array() : json_object();
			if (next == NULL || !child_set(at, &step, next, &index)) {
				d->no_memory = true;
				if (!last)
					json_decref(stolen);
				return 0;
			}
		} else {
			index = step.index;
		}
		resolved_add(&r, raw, (size_t)(p - raw), at, index);
		at = next;
		if (last) {
			place_put(d, r.text, s, stolen);
			break;
		}
	}
	return index;
}

void
draft_put_str(struct draft *d, const char *pointer, const char *text, const struct draft_source *s)
{
	(void)draft_put(d, pointer, text != NULL ? json_string(text) : json_null(), s);
}

void
draft_put_int(struct draft *d, const char *pointer, int64_t v, const struct draft_source *s)
{
	(void)draft_put(d, pointer, json_integer(v), s);
}

json_t *
draft_get(const struct draft *d, const char *pointer)
{
	json_t *at = d->facts;
	struct step step;

	for (const char *p = pointer; at != NULL && *p != '\0';)
		at = step_next(&step, &p) ? child_of(at, &step) : NULL;
	return at;
}

void
draft_lacks(struct draft *d, const char *pointer)
{
	const json_t *is = draft_get(d, pointer);

	if (is != NULL && !json_is_null(is))
		return;
	(void)draft_put(d, pointer, json_null(), NULL);
	if (json_array_append_new(d->missing, json_string(pointer)) != 0)
		d->no_memory = true;
}

static const char *const severities[] = { [DRAFT_ERROR] = "error", [DRAFT_WARNING] = "warning", [DRAFT_INFO] = "info" };

/* Cut at a character, as messages may quote foreign text. */
static json_t *
message_of(const char *fmt, va_list ap)
{
	char raw[1024], text[1024];

	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	/* vsnprintf may have cut inside a character. */
	raw[fp_utf8_bad_at(raw, strlen(raw))] = '\0';
	fp_utf8_copy(text, sizeof(text), raw);
	return json_string(text);
}

void
draft_finding(struct draft *d, const char *code, enum draft_severity sev, const struct draft_source *s, const char *fmt, ...)
{
	json_t *j;
	va_list ap;

	if (json_array_size(d->findings) >= FINDINGS_MAX)
		return;
	j = s != NULL && s->block != NULL ? place_of(s, NULL) : json_object();
	if (j == NULL) {
		d->no_memory = true;
		return;
	}
	(void)json_object_del(j, "confidence");
	json_object_set_new_nocheck(j, "code", json_string(code));
	json_object_set_new_nocheck(j, "severity", json_string(severities[sev]));
	va_start(ap, fmt);
	json_object_set_new_nocheck(j, "message", message_of(fmt, ap));
	va_end(ap);
	if (json_array_append_new(d->findings, j) != 0)
		d->no_memory = true;
}
