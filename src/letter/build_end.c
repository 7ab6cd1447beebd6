/* Finishing a letter: what the reader collected becomes one struct letter. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "letter/build_int.h"

/* Over letters and digits, runs of digits as one and capitals (ASCII) as small letters, so that "Page 2" and "page 13" are the same. */
#define PRINT_START 0xcbf29ce484222325U
#define PRINT_PRIME 0x9e3779b97f4a7c15U
#define PRINT_BYTES 200

#define SAME(c) [c] = c, [(c)-32] = c
static const uint8_t print_of[128] = { ['0'] = '#',
	'#',
	'#',
	'#',
	'#',
	'#',
	'#',
	'#',
	'#',
	'#',
	SAME('a'),
	SAME('b'),
	SAME('c'),
	SAME('d'),
	SAME('e'),
	SAME('f'),
	SAME('g'),
	SAME('h'),
	SAME('i'),
	SAME('j'),
	SAME('k'),
	SAME('l'),
	SAME('m'),
	SAME('n'),
	SAME('o'),
	SAME('p'),
	SAME('q'),
	SAME('r'),
	SAME('s'),
	SAME('t'),
	SAME('u'),
	SAME('v'),
	SAME('w'),
	SAME('x'),
	SAME('y'),
	SAME('z') };

/* What counts of the first PRINT_BYTES bytes; returns how many there are. A byte is written whether it counts or not: that nobody could guess. */
static size_t
squeeze(char out[PRINT_BYTES + 8], const char *s, size_t len)
{
	size_t n = 0;
	bool digit = false;

	for (size_t i = 0; i < len && i < PRINT_BYTES; i++) {
		uint8_t byte = (uint8_t)s[i], c = byte < 0x80 ? print_of[byte] : byte;

		/* a line break is no letter */
		if (c == 0xE2 && len - i >= 3 && memcmp(s + i, "\xe2\x80\xa8", 3) == 0) {
			i += 2;
			continue;
		}
		out[n] = (char)c;
		if (c == '#') {
			n += !digit;
			digit = true;
			continue;
		}
		n += c != 0;
		digit = digit & (c == 0);
	}
	memset(out + n, 0, 8);
	return n;
}

static uint64_t
fingerprint(uint64_t h, const char *s, size_t len)
{
	char text[PRINT_BYTES + 8];
	size_t n = squeeze(text, s, len);

	for (size_t i = 0; i < n; i += 8) {
		uint64_t eight;

		memcpy(&eight, text + i, 8);
		h = (h ^ eight) * PRINT_PRIME;
		h ^= h >> 32;
	}
	return h;
}

static bool
has_box(const char *s, size_t len)
{
	for (const char *p = s, *end = s + len; (p = memchr(p, 0xE2, (size_t)(end - p))) != NULL; p++) {
		if (end - p >= 3 && (unsigned char)p[1] == 0x98 && (unsigned char)p[2] >= 0x90 && (unsigned char)p[2] <= 0x92)
			return true;
	}
	return false;
}

static void
add_to_unit(struct unit *u, const struct letter_build *b, uint32_t i)
{
	const struct raw *r = &b->blocks[i];
	const char *text;
	int printed, stated;
	enum marker m;

	u->last = i;
	u->size += r->b.len;
	u->cols = r->b.col + r->b.colspan > u->cols ? r->b.col + r->b.colspan : u->cols;
	if (r->b.len == 0)
		return;
	text = b->text + r->text_at;
	m = letter_marker(text, r->b.len, &printed, &stated);
	/* in a row of a table even "2 of 5" needs company */
	if (m == MARKER_SURE && r->b.kind == LETTER_CELL)
		m = MARKER_PART;
	if (m > (enum marker)u->marker)
		u->marker = (uint8_t)m, u->marked = i, u->printed = printed, u->stated = stated;
	if (u->print != 0)
		u->print = has_box(text, r->b.len) ? 0 : fingerprint(u->print, text, r->b.len);
}

static bool
same_row(const struct letter_block *a, const struct letter_block *b)
{
	return a->kind == LETTER_CELL && b->kind == LETTER_CELL && a->table == b->table && a->row == b->row;
}

/* Units of all blocks that have text; false: out of memory. */
static bool
make_units(struct letter_build *b, struct units *us)
{
	us->u = fp_calloc(b->n_blocks, sizeof(*us->u));
	if (us->u == NULL)
		return false;
	for (uint32_t i = 0; i < b->n_blocks; i++) {
		struct unit *u = us->n > 0 ? &us->u[us->n - 1] : NULL;

		if (u == NULL || !same_row(&b->blocks[u->last].b, &b->blocks[i].b)) {
			if (u != NULL && u->size == 0)
				us->n--;
			u = &us->u[us->n++];
			*u = (struct unit){ .first = i, .print = PRINT_START, .zone = b->blocks[i].b.zone };
		}
		add_to_unit(u, b, i);
	}
	if (us->n > 0 && us->u[us->n - 1].size == 0)
		us->n--;
	for (size_t i = 0; i < us->n; i++) {
		if (us->u[i].print == PRINT_START)
			us->u[i].print = 0;
	}
	return true;
}

/* Zones and pages go from the units to their blocks. */
static void
settle_units(struct letter_build *b, const struct units *us)
{
	for (size_t i = 0; i < us->n && b->n_pages > 0; i++) {
		for (uint32_t k = us->u[i].first; k <= us->u[i].last; k++) {
			struct raw *r = &b->blocks[k];

			r->b.zone = us->u[i].zone;
			if (r->b.page != 0)
				continue;
			r->b.page = (int)us->u[i].page + 1;
			for (uint32_t m = 0; m < r->b.n_marks; m++)
				b->marks[r->mark_at + m].place.page = r->b.page;
		}
	}
}

/* Where the text of the letter goes: one piece of the arena each for texts, marks and links. */
struct pen {
	char *text;
	struct letter_mark *marks;
	struct letter_link *links;
};

static void
write_piece(struct pen *pen, struct letter_block *out, const struct letter_build *b, const struct raw *r)
{
	const char *text = b->text + r->text_at;
	char *to = pen->text;

	if (out->len > 0) {
		enum glue g = letter_glue(out->text, out->len, text, r->b.len);

		if (g == GLUE_DROP_HYPHEN) {
			do
				out->len--, to--;
			while (((unsigned char)*to & 0xC0) == 0x80);
			while (out->n_marks > 0 && out->marks[out->n_marks - 1].at >= out->len)
				out->n_marks--, pen->marks--;
		} else if (g == GLUE_BLANK) {
			*to++ = ' ';
			out->len++;
		}
		out->continued = true;
		out->bold = out->bold && r->b.bold;
	}
	for (uint32_t i = 0; i < r->b.n_marks; i++) {
		*pen->marks = b->marks[r->mark_at + i];
		pen->marks++->at += out->len;
	}
	for (uint32_t i = 0; i < r->b.n_links; i++) {
		*pen->links = b->links[r->link_at + i];
		pen->links->from += out->len;
		pen->links++->to += out->len;
	}
	memcpy(to, text, r->b.len);
	pen->text = to + r->b.len;
	out->len += r->b.len;
	out->n_marks += r->b.n_marks;
	out->n_links += r->b.n_links;
}

static void
write_block(struct pen *pen, struct letter_block *out, const struct letter_build *b, const struct raw *r)
{
	*out = r->b;
	out->text = pen->text;
	out->marks = pen->marks;
	out->links = r->b.n_links > 0 || r->next != NONE ? pen->links : NULL;
	out->len = out->n_marks = out->n_links = 0;
	write_piece(pen, out, b, r);
	while (r->next != NONE) {
		r = &b->blocks[r->next];
		write_piece(pen, out, b, r);
	}
	*pen->text++ = '\0';
}

/* Tables get the numbers of their first appearance. False: out of memory. */
static bool
number_tables(struct letter *l)
{
	FP_AUTO(fp_freep) int *names = NULL;
	int highest = -1, n = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++)
		highest = l->blocks[i].table > highest ? l->blocks[i].table : highest;
	if (highest < 0)
		return true;
	names = fp_calloc((size_t)highest + 1, sizeof(*names));
	if (names == NULL)
		return false;
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		int *name = l->blocks[i].table >= 0 ? &names[l->blocks[i].table] : NULL;

		if (name == NULL)
			continue;
		if (*name == 0)
			*name = ++n;
		l->blocks[i].table = *name - 1;
	}
	l->n_tables = (uint32_t)n;
	return true;
}

static void
write_pages(struct letter *l, const struct letter_build *b)
{
	uint32_t block = 0;

	if (b->n_pages > 0)
		memcpy(l->pages, b->pages, b->n_pages * sizeof(*b->pages));
	l->n_pages = (uint32_t)b->n_pages;
	for (uint32_t p = 0; p < l->n_pages; p++) {
		while (block < l->n_blocks && l->blocks[block].page <= (int)p)
			block++;
		l->pages[p].first_block = block;
	}
}

static bool
write_letter(struct letter_build *b, struct letter *l)
{
	struct pen pen;

	pen.text = fp_arena_alloc(b->arena, b->len + 2 * b->n_blocks + 1, 1);
	pen.marks = fp_arena_alloc(b->arena, b->n_marks + 1, sizeof(*pen.marks));
	pen.links = fp_arena_alloc(b->arena, b->n_links + 1, sizeof(*pen.links));
	l->blocks = fp_arena_alloc(b->arena, b->n_blocks + 1, sizeof(*l->blocks));
	l->pages = fp_arena_alloc(b->arena, b->n_pages + 1, sizeof(*l->pages));
	l->notes = fp_arena_alloc(b->arena, b->n_notes + 1, sizeof(*l->notes));
	if (pen.text == NULL || pen.marks == NULL || pen.links == NULL || l->blocks == NULL || l->pages == NULL ||
	    l->notes == NULL)
		return false;
	for (size_t i = 0; i < b->n_blocks; i++) {
		if (b->blocks[i].b.len > 0 && !b->blocks[i].tail)
			write_block(&pen, &l->blocks[l->n_blocks++], b, &b->blocks[i]);
	}
	write_pages(l, b);
	if (b->n_notes > 0)
		memcpy(l->notes, b->notes, b->n_notes * sizeof(*b->notes));
	l->n_notes = (uint32_t)b->n_notes;
	return number_tables(l);
}

static enum fp_status
why_failed(const struct letter_build *b, struct fp_err *err)
{
	if (b->failed == FP_ENOMEM)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", b->file);
	return fp_fail(err, b->failed, "%s: more %s than the limit of %u: split the file or raise the limit", b->file,
	    b->failed_what,
	    strcmp(b->failed_what, "pages") == 0    ? b->max.pages
	    : strcmp(b->failed_what, "blocks") == 0 ? b->max.blocks
						    : UINT32_MAX / 2);
}

static bool
finish_units(struct letter_build *b, struct units *us)
{
	if (!make_units(b, us) || !letter_furniture(b, us))
		return false;
	settle_units(b, us);
	letter_join_pages(b, us);
	return true;
}

static bool
finish(struct letter_build *b, struct letter *l)
{
	struct units us = { 0 };
	bool ok = b->n_blocks == 0 || finish_units(b, &us);

	free(us.u);
	return ok && b->failed == FP_OK && write_letter(b, l);
}

enum fp_status
letter_build_end(struct letter **out, struct letter_build *b, struct fp_err *err)
{
	struct letter *l;

	letter_close_block(b);
	if (b->controls > 0)
		letter_build_note(
		    b, "controls-dropped", b->first_control, "%zu control or invisible characters left out", b->controls);
	if (b->failed != FP_OK)
		return why_failed(b, err);
	l = fp_arena_alloc(b->arena, 1, sizeof(*l));
	if (l == NULL || !finish(b, l)) {
		b->failed = b->failed != FP_OK ? b->failed : FP_ENOMEM;
		return why_failed(b, err);
	}
	l->file = b->file;
	l->format = b->format;
	l->title = b->title;
	l->declared_lang = b->lang;
	l->arena = b->arena;
	b->arena = NULL;
	*out = l;
	return FP_OK;
}

enum fp_status
letter_add_note(struct letter *l, const char *code, const char *text, struct fp_err *err)
{
	struct letter_note *notes = fp_arena_alloc(l->arena, l->n_notes + 1, sizeof(*notes));

	if (notes == NULL)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", l->file);
	if (l->n_notes > 0)
		memcpy(notes, l->notes, l->n_notes * sizeof(*notes));
	notes[l->n_notes++] = (struct letter_note){ .code = code, .text = text };
	l->notes = notes;
	return FP_OK;
}

void
letter_free(struct letter *l)
{
	if (l != NULL)
		fp_arena_free(l->arena);
}

void
letter_freep(struct letter **l)
{
	letter_free(*l);
	*l = NULL;
}

struct letter_place
letter_place_at(const struct letter_block *b, size_t at)
{
	uint32_t low = 0, high = b->n_marks;
	struct letter_place place;

	if (b->n_marks == 0)
		return (struct letter_place){ .page = b->page };
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (b->marks[mid].at <= at)
			low = mid;
		else
			high = mid;
	}
	place = b->marks[low].place;
	for (size_t i = b->marks[low].at; place.col > 0 && i < at && i < b->len; i++)
		place.col += ((unsigned char)b->text[i] & 0xC0) != 0x80;
	return place;
}
