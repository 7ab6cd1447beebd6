/* The model as JSON. What comes often is an array without names: docs in the table of to_block and from_block. */
#include <math.h>
#include <string.h>

#include "letter/letter.h"

#define FORMAT "fieldproof-letter-1"
#define FLAG_BOLD 1
#define FLAG_CONTINUED 2

/* What a place needs: by lines, by boxes or (never made by our readers, but not lost) both. Numbers behind "at" of a mark. */
enum { PLACES_LINES = 3, PLACES_BOXES = 5, PLACES_BOTH = 7 };

/* Building: the first failure sticks. */

static void
add(json_t *array, json_t *stolen, bool *ok)
{
	if (json_array_append_new(array, stolen) != 0)
		*ok = false;
}

static void
add_int(json_t *array, json_int_t v, bool *ok)
{
	add(array, json_integer(v), ok);
}

static void
add_text(json_t *array, const char *s, size_t len, bool *ok)
{
	add(array, json_stringn_nocheck(s, len), ok);
}

static void
add_place(json_t *array, const struct letter_place *p, int form, bool *ok)
{
	add_int(array, p->page, ok);
	if (form != PLACES_BOXES) {
		add_int(array, p->line, ok);
		add_int(array, p->col, ok);
	}
	if (form != PLACES_LINES) {
		add_int(array, lroundf(p->x0 * 100.0F), ok);
		add_int(array, lroundf(p->y0 * 100.0F), ok);
		add_int(array, lroundf(p->x1 * 100.0F), ok);
		add_int(array, lroundf(p->y1 * 100.0F), ok);
	}
}

static int
form_of_place(const struct letter_place *p)
{
	bool box = p->x0 != 0 || p->y0 != 0 || p->x1 != 0 || p->y1 != 0;

	if (!box)
		return PLACES_LINES;
	return p->line != 0 || p->col != 0 ? PLACES_BOTH : PLACES_BOXES;
}

static int
form_of_letter(const struct letter *l)
{
	bool lines = false, boxes = false;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		for (uint32_t k = 0; k < l->blocks[i].n_marks; k++) {
			int f = form_of_place(&l->blocks[i].marks[k].place);

			if (f == PLACES_BOTH)
				return f;
			boxes = boxes || f == PLACES_BOXES;
			lines = lines || l->blocks[i].marks[k].place.line != 0;
		}
	}
	return boxes && lines ? PLACES_BOTH : boxes ? PLACES_BOXES : PLACES_LINES;
}

/* [kind, zone, level, number, flags, page, text, [at, place..., at, place...], [from, to, url, ...], table, row, col, colspan]; the last four for cells only. */
static json_t *
to_block(const struct letter_block *b, int form, bool *ok)
{
	json_t *j = json_array(), *marks = json_array(), *links = json_array();

	add_int(j, b->kind, ok);
	add_int(j, b->zone, ok);
	add_int(j, b->level, ok);
	add_int(j, b->number, ok);
	add_int(j, (b->bold ? FLAG_BOLD : 0) | (b->continued ? FLAG_CONTINUED : 0), ok);
	add_int(j, b->page, ok);
	add_text(j, b->text, b->len, ok);
	for (uint32_t i = 0; i < b->n_marks; i++) {
		add_int(marks, b->marks[i].at, ok);
		add_place(marks, &b->marks[i].place, form, ok);
	}
	for (uint32_t i = 0; i < b->n_links; i++) {
		add_int(links, b->links[i].from, ok);
		add_int(links, b->links[i].to, ok);
		add(links, json_string(b->links[i].url), ok);
	}
	add(j, marks, ok);
	add(j, links, ok);
	if (b->kind != LETTER_CELL)
		return j;
	add_int(j, b->table, ok);
	add_int(j, b->row, ok);
	add_int(j, b->col, ok);
	add_int(j, b->colspan, ok);
	return j;
}

static json_t *
to_place(const struct letter_place *p, bool *ok)
{
	json_t *j = json_array();

	add_place(j, p, form_of_place(p), ok);
	return j;
}

static json_t *
to_pages(const struct letter *l, bool *ok)
{
	json_t *pages = json_array();

	for (uint32_t i = 0; i < l->n_pages; i++) {
		json_t *j = json_array();

		add_int(j, l->pages[i].printed, ok);
		add_int(j, l->pages[i].stated, ok);
		add_int(j, l->pages[i].first_block, ok);
		add(j, to_place(&l->pages[i].marker, ok), ok);
		add(pages, j, ok);
	}
	return pages;
}

static json_t *
to_notes(const struct letter *l, bool *ok)
{
	json_t *notes = json_array();

	for (uint32_t i = 0; i < l->n_notes; i++) {
		json_t *j = json_array();

		add(j, json_string(l->notes[i].code), ok);
		add(j, json_string(l->notes[i].text), ok);
		add(j, to_place(&l->notes[i].place, ok), ok);
		add(notes, j, ok);
	}
	return notes;
}

static void
set(json_t *j, const char *key, json_t *stolen, bool *ok)
{
	if (json_object_set_new(j, key, stolen) != 0)
		*ok = false;
}

json_t *
letter_to_json(const struct letter *l)
{
	json_t *j = json_object(), *blocks = json_array();
	int form = form_of_letter(l);
	bool ok = true;

	set(j, "format", json_string(FORMAT), &ok);
	set(j, "file", json_string(l->file), &ok);
	set(j, "source", json_string(letter_format_name(l->format)), &ok);
	if (l->title != NULL)
		set(j, "title", json_string(l->title), &ok);
	if (l->declared_lang != NULL)
		set(j, "lang", json_string(l->declared_lang), &ok);
	set(j, "tables", json_integer(l->n_tables), &ok);
	set(j, "place", json_integer(form), &ok);
	for (uint32_t i = 0; i < l->n_blocks; i++)
		add(blocks, to_block(&l->blocks[i], form, &ok), &ok);
	set(j, "blocks", blocks, &ok);
	set(j, "pages", to_pages(l, &ok), &ok);
	set(j, "notes", to_notes(l, &ok), &ok);
	if (!ok) {
		json_decref(j);
		return NULL;
	}
	return j;
}

/* Reading: what is wrong first sticks, with where. */
struct in {
	struct letter *l;
	const char *where;
	size_t index;
	bool bad, no_memory;
	struct fp_err *err;
};

static void
refuse(struct in *in, const char *what)
{
	if (!in->bad)
		(void)fp_fail(in->err, FP_EINVAL, "letter: %s[%zu]: %s", in->where, in->index, what);
	in->bad = true;
}

/* Item i of an array as an integer from low to high. */
static int32_t
get_int(struct in *in, const json_t *array, size_t i, json_int_t low, json_int_t high)
{
	const json_t *j = json_array_get(array, i);
	json_int_t v = json_integer_value(j);

	if (json_is_integer(j) && v >= low && v <= high)
		return (int32_t)v;
	refuse(in, "a number is missing or out of its range");
	return 0;
}

static const char *
get_text(struct in *in, const json_t *j, size_t *len)
{
	char *copy;

	if (!json_is_string(j) || json_string_length(j) > INT32_MAX) {
		refuse(in, "a text is missing");
		return "";
	}
	*len = json_string_length(j);
	copy = fp_arena_text(in->l->arena, json_string_value(j), *len);
	if (copy == NULL) {
		in->no_memory = in->bad = true;
		return "";
	}
	return copy;
}

static void *
get_room(struct in *in, size_t n, size_t size)
{
	void *p = fp_arena_alloc(in->l->arena, n + 1, size);

	if (p == NULL)
		in->no_memory = in->bad = true;
	return p;
}

static float
get_point(struct in *in, const json_t *array, size_t i)
{
	return (float)get_int(in, array, i, -2000000, 2000000) / 100.0F;
}

static struct letter_place
get_place(struct in *in, const json_t *array, size_t i, int form)
{
	struct letter_place p = { .page = get_int(in, array, i++, 0, INT32_MAX) };

	if (form != PLACES_BOXES) {
		p.line = get_int(in, array, i++, 0, INT32_MAX);
		p.col = get_int(in, array, i++, 0, INT32_MAX);
	}
	if (form != PLACES_LINES) {
		p.x0 = get_point(in, array, i);
		p.y0 = get_point(in, array, i + 1);
		p.x1 = get_point(in, array, i + 2);
		p.y1 = get_point(in, array, i + 3);
	}
	return p;
}

/* A place by itself says by its length what it is. */
static struct letter_place
get_lone_place(struct in *in, const json_t *array)
{
	size_t n = json_array_size(array);

	if (n != PLACES_LINES && n != PLACES_BOXES && n != PLACES_BOTH) {
		refuse(in, "no place");
		return (struct letter_place){ 0 };
	}
	return get_place(in, array, 0, (int)n);
}

/* Offsets are at characters, not inside them. */
static uint32_t
get_offset(struct in *in, const json_t *array, size_t i, const struct letter_block *b)
{
	uint32_t at = (uint32_t)get_int(in, array, i, 0, b->len);

	if (!in->bad && at < b->len && ((unsigned char)b->text[at] & 0xC0) == 0x80)
		refuse(in, "an offset is inside a character");
	return at;
}

static void
get_marks(struct in *in, struct letter_block *b, const json_t *marks, int form)
{
	size_t step = (size_t)form + 1, n = json_array_size(marks) / step;

	b->marks = get_room(in, n, sizeof(*b->marks));
	if (b->marks == NULL)
		return;
	if (n == 0 || json_array_size(marks) % step != 0)
		refuse(in, "no places");
	for (size_t i = 0; i < n && !in->bad; i++) {
		b->marks[i].at = get_offset(in, marks, i * step, b);
		b->marks[i].place = get_place(in, marks, i * step + 1, form);
		if (i == 0 ? b->marks[i].at != 0 : b->marks[i].at <= b->marks[i - 1].at)
			refuse(in, "the places do not ascend from 0");
	}
	b->n_marks = (uint32_t)n;
}

static void
get_links(struct in *in, struct letter_block *b, const json_t *links)
{
	size_t n = json_array_size(links) / 3, len;

	b->links = n > 0 ? get_room(in, n, sizeof(*b->links)) : NULL;
	if (!json_is_array(links) || json_array_size(links) % 3 != 0)
		refuse(in, "the links are not whole");
	for (size_t i = 0; i < n && !in->bad; i++) {
		b->links[i].from = get_offset(in, links, 3 * i, b);
		b->links[i].to = get_offset(in, links, 3 * i + 1, b);
		b->links[i].url = get_text(in, json_array_get(links, 3 * i + 2), &len);
		if (b->links[i].from > b->links[i].to)
			refuse(in, "a link ends before it begins");
	}
	b->n_links = (uint32_t)n;
}

static void
get_block(struct in *in, struct letter_block *b, const json_t *j, int form)
{
	size_t len = 0;
	int flags;

	b->kind = (enum letter_kind)get_int(in, j, 0, LETTER_HEADING, LETTER_CELL);
	b->zone = (enum letter_zone)get_int(in, j, 1, LETTER_BODY, LETTER_PAGE_FOOTER);
	b->level = get_int(in, j, 2, 0, INT32_MAX);
	b->number = get_int(in, j, 3, 0, INT32_MAX);
	flags = get_int(in, j, 4, 0, FLAG_BOLD | FLAG_CONTINUED);
	b->bold = (flags & FLAG_BOLD) != 0;
	b->continued = (flags & FLAG_CONTINUED) != 0;
	b->page = get_int(in, j, 5, 0, INT32_MAX);
	b->text = get_text(in, json_array_get(j, 6), &len);
	b->len = (uint32_t)len;
	b->table = -1;
	if (in->bad)
		return;
	get_marks(in, b, json_array_get(j, 7), form);
	get_links(in, b, json_array_get(j, 8));
	if (json_array_size(j) != (b->kind == LETTER_CELL ? 13U : 9U))
		refuse(in, "too few or too many members");
	if (b->kind != LETTER_CELL)
		return;
	b->table = get_int(in, j, 9, 0, (json_int_t)in->l->n_tables - 1);
	b->row = get_int(in, j, 10, 0, INT32_MAX / 2);
	b->col = get_int(in, j, 11, 0, INT32_MAX / 2);
	b->colspan = get_int(in, j, 12, 1, INT32_MAX / 2);
}

static void
get_blocks(struct in *in, const json_t *j, int form)
{
	size_t n = json_array_size(j);

	in->where = "blocks";
	in->l->blocks = get_room(in, n, sizeof(*in->l->blocks));
	in->l->n_blocks = (uint32_t)n;
	for (in->index = 0; in->index < n && !in->bad; in->index++)
		get_block(in, &in->l->blocks[in->index], json_array_get(j, in->index), form);
}

static void
get_pages(struct in *in, const json_t *j)
{
	size_t n = json_array_size(j);
	uint32_t least = 0;

	in->where = "pages";
	in->l->pages = get_room(in, n, sizeof(*in->l->pages));
	in->l->n_pages = (uint32_t)n;
	for (in->index = 0; in->index < n && !in->bad; in->index++) {
		const json_t *page = json_array_get(j, in->index);
		struct letter_page *p = &in->l->pages[in->index];

		p->printed = get_int(in, page, 0, 0, INT32_MAX);
		p->stated = get_int(in, page, 1, 0, INT32_MAX);
		p->first_block = (uint32_t)get_int(in, page, 2, least, in->l->n_blocks);
		p->marker = get_lone_place(in, json_array_get(page, 3));
		least = p->first_block;
	}
}

static void
get_notes(struct in *in, const json_t *j)
{
	size_t n = json_array_size(j), len;

	in->where = "notes";
	in->l->notes = get_room(in, n, sizeof(*in->l->notes));
	in->l->n_notes = (uint32_t)n;
	for (in->index = 0; in->index < n && !in->bad; in->index++) {
		const json_t *note = json_array_get(j, in->index);

		in->l->notes[in->index].code = get_text(in, json_array_get(note, 0), &len);
		in->l->notes[in->index].text = get_text(in, json_array_get(note, 1), &len);
		in->l->notes[in->index].place = get_lone_place(in, json_array_get(note, 2));
	}
}

static const char *
get_member(struct in *in, const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	size_t len;

	return v == NULL || json_is_null(v) ? NULL : get_text(in, v, &len);
}

static void
get_head(struct in *in, const json_t *j, int *form)
{
	const char *format = json_string_value(json_object_get(j, "format"));
	const char *source = json_string_value(json_object_get(j, "source"));
	const json_t *tables = json_object_get(j, "tables");

	in->where = "head";
	if (format == NULL || strcmp(format, FORMAT) != 0)
		refuse(in, "the format is not " FORMAT);
	for (int f = 0; source != NULL && f < LETTER_FORMAT_COUNT; f++) {
		if (strcmp(source, letter_format_name((enum letter_format)f)) == 0)
			in->l->format = (enum letter_format)f;
	}
	in->l->file = get_member(in, j, "file");
	in->l->title = get_member(in, j, "title");
	in->l->declared_lang = get_member(in, j, "lang");
	if (in->l->file == NULL)
		refuse(in, "the file has no name");
	if (json_integer_value(tables) < 0 || json_integer_value(tables) > INT32_MAX)
		refuse(in, "the number of tables is out of its range");
	in->l->n_tables = (uint32_t)json_integer_value(tables);
	*form = (int)json_integer_value(json_object_get(j, "place"));
	if (*form != PLACES_LINES && *form != PLACES_BOXES && *form != PLACES_BOTH)
		refuse(in, "the form of places is not known");
}

enum fp_status
letter_from_json(struct letter **out, const json_t *j, struct fp_err *err)
{
	struct fp_arena *arena = fp_arena_new();
	struct letter *l = arena != NULL ? fp_arena_alloc(arena, 1, sizeof(*l)) : NULL;
	struct in in = { .l = l, .err = err };
	int form = 0;

	if (l == NULL) {
		fp_arena_free(arena);
		return fp_fail(err, FP_ENOMEM, "letter: out of memory");
	}
	l->arena = arena;
	get_head(&in, j, &form);
	if (!in.bad)
		get_blocks(&in, json_object_get(j, "blocks"), form);
	if (!in.bad)
		get_pages(&in, json_object_get(j, "pages"));
	if (!in.bad)
		get_notes(&in, json_object_get(j, "notes"));
	if (in.bad) {
		fp_arena_free(arena);
		return in.no_memory ? fp_fail(err, FP_ENOMEM, "letter: out of memory") : FP_EINVAL;
	}
	*out = l;
	return FP_OK;
}
