#include "letter/build_int.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf8.h"

#define LINE_SEPARATOR "\xe2\x80\xa8"

static const struct letter_limits defaults = { .bytes = LETTER_BYTES_MAX, .blocks = 100000, .pages = 2000, .depth = 64 };

/* A copy that is UTF-8 without NUL: what fits nowhere becomes "?". NULL when out of memory. */
static const char *
clean_copy(struct fp_arena *a, const char *s, size_t len)
{
	char *copy = fp_arena_text(a, s, len);

	for (size_t bad = 0; copy != NULL && (bad += fp_utf8_bad_at(copy + bad, len - bad)) < len;)
		copy[bad] = '?';
	return copy;
}

struct letter_build *
letter_build_new(const char *file, enum letter_format f, const struct letter_limits *o)
{
	struct letter_build *b = fp_calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->format = f;
	b->max = o != NULL ? *o : defaults;
	b->max.bytes = b->max.bytes != 0 ? b->max.bytes : defaults.bytes;
	b->max.blocks = b->max.blocks != 0 ? b->max.blocks : defaults.blocks;
	b->max.pages = b->max.pages != 0 ? b->max.pages : defaults.pages;
	b->max.depth = b->max.depth != 0 ? b->max.depth : defaults.depth;
	b->arena = fp_arena_new();
	b->file = b->arena != NULL ? clean_copy(b->arena, file, strlen(file)) : NULL;
	if (b->file == NULL)
		letter_build_freep(&b);
	return b;
}

void
letter_build_free(struct letter_build *b)
{
	if (b == NULL)
		return;
	fp_arena_free(b->arena);
	free(b->blocks);
	free(b->text);
	free(b->marks);
	free(b->links);
	free(b->pages);
	free(b->notes);
	free(b);
}

void
letter_build_freep(struct letter_build **b)
{
	letter_build_free(*b);
	*b = NULL;
}

static void
fail(struct letter_build *b, enum fp_status status, const char *what)
{
	if (b->failed != FP_OK)
		return;
	b->failed = status;
	b->failed_what = what;
}

/* Room for one more element; false when the letter has failed. */
static bool
room(struct letter_build *b, void *array, size_t *cap, size_t need, size_t size)
{
	if (b->failed == FP_OK && need > *cap && fp_grow(array, cap, need < 64 ? 64 : need, size) != 0)
		fail(b, FP_ENOMEM, NULL);
	return b->failed == FP_OK;
}

static struct raw *
top(struct letter_build *b)
{
	return &b->blocks[b->n_blocks - 1];
}

void
letter_close_block(struct letter_build *b)
{
	struct raw *r;

	if (!b->open)
		return;
	letter_build_link_end(b);
	r = top(b);
	r->b.len = (uint32_t)(b->len - r->text_at);
	r->b.n_marks = (uint32_t)(b->n_marks - r->mark_at);
	r->b.n_links = (uint32_t)(b->n_links - r->link_at);
	for (size_t i = r->link_at; i < b->n_links; i++) {
		b->links[i].to = b->links[i].to < r->b.len ? b->links[i].to : r->b.len;
		b->links[i].from = b->links[i].from < b->links[i].to ? b->links[i].from : b->links[i].to;
	}
	b->open = false;
}

void
letter_drop_empty(struct letter_build *b)
{
	const struct raw *last;

	letter_close_block(b);
	last = b->n_blocks > 0 ? top(b) : NULL;
	if (last != NULL && last->b.kind != LETTER_CELL && last->b.len == 0 && last->b.n_links == 0)
		b->n_blocks--;
}

void
letter_build_block(struct letter_build *b, enum letter_kind kind, int level, int page)
{
	letter_drop_empty(b);
	if (b->n_blocks >= b->max.blocks)
		fail(b, FP_ELIMIT, "blocks");
	if (!room(b, &b->blocks, &b->cap_blocks, b->n_blocks + 1, sizeof(*b->blocks)))
		return;
	b->blocks[b->n_blocks++] = (struct raw){
		.b = { .kind = kind, .level = level, .page = page, .table = -1, .colspan = kind == LETTER_CELL },
		.text_at = b->len,
		.mark_at = (uint32_t)b->n_marks,
		.link_at = (uint32_t)b->n_links,
		.next = NONE,
	};
	b->open = true;
	b->pending = PEND_NONE;
	b->soft = false;
	b->moved = true;
}

struct letter_block *
letter_build_open(struct letter_build *b)
{
	if (!b->open || b->failed != FP_OK)
		return NULL;
	top(b)->b.len = (uint32_t)(b->len - top(b)->text_at);
	return &top(b)->b;
}

/* A box as it goes through JSON and back: hundredths of a point. */
static float
hundredths(float v)
{
	return isfinite(v) && v > -20000.0F && v < 20000.0F ? roundf(v * 100.0F) / 100.0F : 0.0F;
}

static void
add_mark(struct letter_build *b)
{
	uint32_t at = (uint32_t)(b->len - top(b)->text_at);

	/* a hyphen that was taken back leaves its mark behind */
	while (b->n_marks > top(b)->mark_at && b->marks[b->n_marks - 1].at >= at)
		b->n_marks--;
	if (!room(b, &b->marks, &b->cap_marks, b->n_marks + 1, sizeof(*b->marks)))
		return;
	b->marks[b->n_marks++] = (struct letter_mark){ at, b->now };
	b->moved = false;
}

static void
append(struct letter_build *b, const char *s, size_t len)
{
	if (b->len - top(b)->text_at > UINT32_MAX / 2 || b->n_marks > UINT32_MAX / 2)
		fail(b, FP_ELIMIT, "bytes of one block");
	if (!room(b, &b->text, &b->cap, b->len + len, 1))
		return;
	memcpy(b->text + b->len, s, len);
	b->len += len;
}

/* Between the last line and the next characters s: decided when both are known. */
static void
put_line_end(struct letter_build *b, const char *s, size_t len)
{
	size_t from = top(b)->text_at;
	enum glue g = b->soft ? GLUE_NONE : letter_glue(b->text + from, b->len - from, s, len);

	if (g == GLUE_DROP_HYPHEN) {
		do
			b->len--;
		while (((unsigned char)b->text[b->len] & 0xC0) == 0x80);
		b->moved = true;
	} else if (g == GLUE_BLANK) {
		append(b, " ", 1);
	}
}

static void
put_pending(struct letter_build *b, const char *s, size_t len)
{
	enum pending p = b->pending;

	b->pending = PEND_NONE;
	if (b->len == top(b)->text_at)
		return;
	if (p == PEND_BLANK)
		append(b, " ", 1);
	else if (p == PEND_BREAK)
		append(b, LINE_SEPARATOR, strlen(LINE_SEPARATOR));
	else if (p == PEND_LINE)
		put_line_end(b, s, len);
}

/* Visible characters; rest bytes follow them in the same call (for the hyphen at a line's end). */
static void
put(struct letter_build *b, const char *s, size_t len, size_t rest, int chars)
{
	if (b->pending != PEND_NONE)
		put_pending(b, s, rest);
	b->soft = false;
	if (b->failed != FP_OK)
		return;
	if (b->moved)
		add_mark(b);
	if (b->url != NULL && b->url_from == SIZE_MAX)
		b->url_from = b->len;
	append(b, s, len);
	b->now.col += b->now.col > 0 ? chars : 0;
}

/* What a character means for the model. */
enum what { W_PLAIN, W_BLANK, W_CONTROL, W_SOFT_HYPHEN, W_BREAK, W_BOX, W_BOX_TICKED, W_BOX_CROSSED };

static enum what
what_is(uint32_t c)
{
	static const struct {
		uint32_t from, to;
		enum what what;
	} table[] = {
		{ 0x00, 0x08, W_CONTROL },
		{ 0x09, 0x0D, W_BLANK },
		{ 0x0E, 0x1F, W_CONTROL },
		{ 0x20, 0x20, W_BLANK },
		{ 0x7F, 0x84, W_CONTROL },
		{ 0x85, 0x85, W_BLANK },
		{ 0x86, 0x9F, W_CONTROL },
		{ 0xA0, 0xA0, W_BLANK },
		{ 0xAD, 0xAD, W_SOFT_HYPHEN },
		{ 0x61C, 0x61C, W_CONTROL },
		{ 0x1680, 0x1680, W_BLANK },
		{ 0x2000, 0x200A, W_BLANK },
		{ 0x200B, 0x200F, W_CONTROL },
		{ 0x2028, 0x2029, W_BREAK },
		{ 0x202A, 0x202E, W_CONTROL },
		{ 0x202F, 0x202F, W_BLANK },
		{ 0x205F, 0x205F, W_BLANK },
		{ 0x2060, 0x206F, W_CONTROL },
		/* boxes to tick, as text, as a picture font's characters (Wingdings in a PDF) and as emoji */
		{ 0x25A1, 0x25A2, W_BOX },
		{ 0x25FB, 0x25FB, W_BOX },
		{ 0x25FD, 0x25FD, W_BOX },
		{ 0x274F, 0x2752, W_BOX },
		{ 0x2B1C, 0x2B1C, W_BOX },
		{ 0x3000, 0x3000, W_BLANK },
		{ 0xF06F, 0xF06F, W_BOX },
		{ 0xF071, 0xF072, W_BOX },
		{ 0xF0A3, 0xF0A3, W_BOX },
		{ 0xF0A8, 0xF0A8, W_BOX },
		{ 0xF0FD, 0xF0FD, W_BOX_CROSSED },
		{ 0xF0FE, 0xF0FE, W_BOX_TICKED },
		{ 0xFEFF, 0xFEFF, W_CONTROL },
		{ 0xFFF9, 0xFFFB, W_CONTROL },
	};

	for (size_t i = 0; i < FP_COUNT(table) && c >= table[i].from; i++) {
		if (c <= table[i].to)
			return table[i].what;
	}
	return W_PLAIN;
}

/* Leads of characters that what_is may know something about; the other leads from 0xC3 on are letters for sure. */
static const bool look[256] = { [0xC2] = true, [0xD8] = true, [0xE1] = true, [0xE2] = true, [0xE3] = true, [0xEF] = true };

/* What plain_run takes: plain characters, and single blanks between them. */
enum { PLAIN = 1, BLANK = 2 };
static inline unsigned
plain(unsigned char c)
{
	return (c - 0x21U < 0x5EU) * (unsigned)PLAIN | (c == ' ') * (unsigned)BLANK;
}

/* Sixteen of them, no blank beside another, nor at the end beside the next. */
static inline bool
is_plain(const char *s)
{
	fp_bytes v = fp_bytes_at(s), next = fp_bytes_at(s + 1);

	return !fp_bytes_any(~fp_bytes_between(v, 0x20, 0x7E) | (fp_bytes_are(v, ' ') & fp_bytes_are(next, ' ')));
}

/* Bytes of the plain characters at p and how many characters they are. */
static size_t
plain_run(const char *p, const char *end, int *chars)
{
	const char *s = p, *next = p;
	int n = 0;
	unsigned may = PLAIN;

	for (; s < end; n++) {
		unsigned char c;

		for (; s >= next && end - s > (ptrdiff_t)FP_BYTES; n += (int)FP_BYTES) {
			next = s + FP_BYTES;
			if ((plain((unsigned char)*s) & may) == 0 || !is_plain(s))
				break;
			may = PLAIN | (next[-1] == ' ' ? 0 : BLANK);
			s = next;
		}
		c = (unsigned char)*s;
		if ((plain(c) & may) != 0) {
			/* Words and blanks in turns: no branch could be guessed. */
			may = PLAIN | (c == ' ' ? 0 : BLANK);
			s++;
		} else if (c >= 0xC3 && c < 0xE0 && !look[c] && end - s >= 2 && ((unsigned char)s[1] & 0xC0) == 0x80) {
			may = PLAIN | BLANK;
			s += 2;
		} else {
			break;
		}
	}
	if (s > p && s[-1] == ' ')
		s--, n--;
	*chars = n;
	return (size_t)(s - p);
}

/* White space: a run of one character that stands as one blank moves nothing; a longer one moves the columns behind it. */
static void
put_blank(struct letter_build *b)
{
	if (b->pending != PEND_NONE || b->len == top(b)->text_at)
		b->moved = true;
	if (b->pending == PEND_NONE)
		b->pending = PEND_BLANK;
	b->now.col += b->now.col > 0;
}

static void
put_dropped(struct letter_build *b, enum what what)
{
	if (what == W_CONTROL && b->controls++ == 0)
		b->first_control = b->now;
	b->soft = what == W_SOFT_HYPHEN;
	b->moved = true;
	b->now.col += b->now.col > 0;
}

/* One character that plain_run did not take. */
static const char *
put_other(struct letter_build *b, const char *p, const char *end)
{
	const char *from = p;
	uint32_t c = fp_utf8_next(&p, end);

	if (c == FP_UTF8_BAD) {
		put(b, "\xef\xbf\xbd", 3, 3, 1);
		b->moved = true;
		return p;
	}
	switch (what_is(c)) {
	case W_BLANK:
		put_blank(b);
		break;
	case W_CONTROL:
	case W_SOFT_HYPHEN:
		put_dropped(b, what_is(c));
		break;
	case W_BREAK:
		letter_build_break(b);
		put_dropped(b, W_BREAK);
		break;
	case W_BOX:
		put(b, "\xe2\x98\x90", 3, 3, 1);
		break;
	case W_BOX_TICKED:
		put(b, "\xe2\x98\x91", 3, 3, 1);
		break;
	case W_BOX_CROSSED:
		put(b, "\xe2\x98\x92", 3, 3, 1);
		break;
	case W_PLAIN:
		put(b, from, (size_t)(p - from), (size_t)(end - from), 1);
		break;
	}
	return p;
}

static bool
goes_on(const struct letter_build *b, const struct letter_place *at)
{
	if (at->line > 0)
		return at->line == b->now.line && at->col == b->now.col && at->page == b->now.page;
	return at->page == b->now.page && at->x0 == b->now.x0 && at->y0 == b->now.y0 && at->x1 == b->now.x1 &&
	       at->y1 == b->now.y1;
}

void
letter_build_text(struct letter_build *b, const char *s, size_t len, struct letter_place at)
{
	const char *p = s, *end = s + len;

	if (!b->open || b->failed != FP_OK)
		return;
	at.x0 = hundredths(at.x0), at.y0 = hundredths(at.y0), at.x1 = hundredths(at.x1), at.y1 = hundredths(at.y1);
	b->moved = b->moved || !goes_on(b, &at);
	b->now = at;
	while (p < end && b->failed == FP_OK) {
		int chars;
		size_t n = plain_run(p, end, &chars);

		if (n > 0)
			put(b, p, n, (size_t)(end - p), chars);
		p += n;
		if (p < end && n == 0)
			p = put_other(b, p, end);
		else if (p < end && *p == ' ')
			put_blank(b), p++;
	}
}

void
letter_build_break(struct letter_build *b)
{
	if (!b->open)
		return;
	b->pending = PEND_BREAK;
	b->moved = true;
}

void
letter_build_line(struct letter_build *b)
{
	if (!b->open)
		return;
	if (b->pending != PEND_BREAK)
		b->pending = PEND_LINE;
	b->moved = true;
}

void
letter_build_link(struct letter_build *b, const char *url)
{
	letter_build_link_end(b);
	if (!b->open || b->failed != FP_OK)
		return;
	b->url = clean_copy(b->arena, url, strlen(url));
	b->url_from = SIZE_MAX;
	if (b->url == NULL)
		fail(b, FP_ENOMEM, NULL);
}

void
letter_build_link_end(struct letter_build *b)
{
	size_t at;

	if (b->url == NULL || !b->open)
		return;
	at = b->url_from != SIZE_MAX ? b->url_from : b->len;
	if (room(b, &b->links, &b->cap_links, b->n_links + 1, sizeof(*b->links)))
		b->links[b->n_links++] =
		    (struct letter_link){ (uint32_t)(at - top(b)->text_at), (uint32_t)(b->len - top(b)->text_at), b->url };
	b->url = NULL;
}

void
letter_build_page(struct letter_build *b, int printed, int stated, struct letter_place marker)
{
	letter_drop_empty(b);
	if (b->n_pages >= b->max.pages)
		fail(b, FP_ELIMIT, "pages");
	if (!room(b, &b->pages, &b->cap_pages, b->n_pages + 1, sizeof(*b->pages)))
		return;
	b->pages[b->n_pages++] = (struct letter_page){ printed, stated, (uint32_t)b->n_blocks, marker };
}

void
letter_build_note(struct letter_build *b, const char *code, struct letter_place at, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	const char *kept, *kept_code;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kept = clean_copy(b->arena, text, strlen(text));
	kept_code = fp_arena_text(b->arena, code, strlen(code));
	if (kept == NULL || kept_code == NULL)
		fail(b, FP_ENOMEM, NULL);
	if (room(b, &b->notes, &b->cap_notes, b->n_notes + 1, sizeof(*b->notes)))
		b->notes[b->n_notes++] = (struct letter_note){ kept_code, kept, at };
}

static void
keep(struct letter_build *b, const char **where, const char *text, size_t len)
{
	if (len == 0 || b->failed != FP_OK)
		return;
	*where = clean_copy(b->arena, text, len);
	if (*where == NULL)
		fail(b, FP_ENOMEM, NULL);
}

void
letter_build_title(struct letter_build *b, const char *title, size_t len)
{
	keep(b, &b->title, title, len);
}

void
letter_build_lang(struct letter_build *b, const char *lang, size_t len)
{
	keep(b, &b->lang, lang, len);
}

void
letter_build_untable(struct letter_build *b, int table, size_t first)
{
	for (size_t i = first; i < b->n_blocks; i++) {
		struct letter_block *cell = &b->blocks[i].b;

		if (cell->table != table)
			continue;
		cell->kind = LETTER_PARAGRAPH;
		cell->table = -1;
		cell->row = cell->col = cell->colspan = 0;
	}
}
