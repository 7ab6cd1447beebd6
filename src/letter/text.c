/* Plain text, Markdown and Markdown with HTML: one pass over groups of lines. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "letter/decode.h"
#include "letter/text_int.h"

/* Lists */

static void
push_level(struct text *t, const struct line *l, char kind)
{
	if (t->depth == LIST_DEPTH)
		t->depth--;
	t->list[t->depth++] = (struct list_level){ l->indent, kind };
}

/* Behind other text an item belongs to a list again only when it looks exactly like one of its levels. */
static void
resume_list(struct text *t, const struct line *l, char kind)
{
	int d = t->depth;

	while (d > 0 && (t->list[d - 1].indent != l->indent || t->list[d - 1].kind != kind))
		d--;
	t->depth = d;
	t->stale = false;
}

/* Depth of an item from 1: by its indent, and by its bullet where the indent is the same ("1." and "-" one below the other). */
static int
item_level(struct text *t, const struct line *l, char kind)
{
	int same;

	if (t->stale)
		resume_list(t, l, kind);
	while (t->depth > 0 && t->list[t->depth - 1].indent > l->indent)
		t->depth--;
	same = t->depth;
	while (same > 0 && t->list[same - 1].indent + 1 >= l->indent && t->list[same - 1].kind != kind)
		same--;
	if (same > 0 && t->list[same - 1].indent + 1 >= l->indent && t->list[same - 1].kind == kind)
		t->depth = same;
	else
		push_level(t, l, kind);
	return t->depth;
}

/* Blocks. Each takes line i of the group and says how many lines it took. */

static const char *
last_brace(const char *s, const char *end)
{
	while (end > s && *end != '{')
		end--;
	return *end == '{' ? end : NULL;
}

/* A heading's text ends before "{#key}" (a name for links) and before closing "#"s. */
static const char *
heading_end(const char *s, const char *end)
{
	while (end > s && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	if (end - s >= 4 && end[-1] == '}') {
		const char *open = last_brace(s, end - 1);

		if (open != NULL && open[1] == '#' && memchr(open, ' ', (size_t)(end - open)) == NULL)
			return heading_end(s, open);
	}
	if (end > s && end[-1] == '#') {
		const char *p = end;

		while (p > s && p[-1] == '#')
			p--;
		if (p == s || p[-1] == ' ')
			return heading_end(s, p);
	}
	return end;
}

static size_t
take_heading(struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	const char *p = letter_text_first(l);
	int level = 0;

	for (; p < l->end && *p == '#'; p++)
		level++;
	while (p < l->end && (*p == ' ' || *p == '\t'))
		p++;
	letter_text_open(t, LETTER_HEADING, level);
	letter_text_inline(t, l, p, heading_end(p, l->end));
	letter_text_open(t, LETTER_PARAGRAPH, 0);
	t->depth = t->last_number = 0;
	return 1;
}

/* "Heading" over "=======" of about its length. */
static bool
is_underlined(const struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	const char *p = letter_text_first(l);
	size_t len, under;
	char c;

	if (i + 1 >= t->n_lines)
		return false;
	under = letter_text_underline(&t->lines[i + 1], &c);
	len = letter_chars(p, (size_t)(l->end - p));
	return under > 0 && len > 0 && len <= 120 &&
	       (c == '=' || (i + 2 >= t->n_lines && i == 0) || (under + 3 >= len && under <= len + 3));
}

static size_t
take_underlined(struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	char c;

	(void)letter_text_underline(&t->lines[i + 1], &c);
	letter_text_open(t, LETTER_HEADING, c == '=' ? 1 : 2);
	letter_text_inline(t, l, letter_text_first(l), heading_end(l->s, l->end));
	letter_text_open(t, LETTER_PARAGRAPH, 0);
	t->depth = t->last_number = 0;
	return 2;
}

/* In wrapped text a line that is full may go on with a dash, or a number, that begins no item. */
static bool
interrupts(const struct text *t, size_t i)
{
	struct item item;

	if (!letter_text_item(t, i, &item))
		return false;
	if (!letter_text_is_full(t, i - 1))
		return true;
	if (item.kind == 'n' || item.kind == 'a')
		return item.number == 1 || (t->depth > 0 && !t->stale);
	return item.kind == '*' || item.kind == '+' || item.kind == '-' || item.kind == 'A';
}

/* Does line i go on with the paragraph or item of the line before? */
static bool
is_more(struct text *t, size_t i)
{
	enum line_kind k;

	if (i >= t->n_lines || t->lines[i].page)
		return false;
	k = letter_text_line_kind(t, i);
	if (k == LINE_ITEM)
		return !interrupts(t, i);
	if (k != LINE_TEXT || is_underlined(t, i))
		return false;
	return !letter_text_is_columns(t, i);
}

/* A capital letter or a digit; letters beyond ASCII may be either. */
static bool
begins_big(const struct line *l)
{
	const char *p = letter_text_first(l);

	return p < l->end && ((*p >= 'A' && *p <= 'Z') || *p < 0 || text_is_digit(*p));
}

/* A heading without mark-up: the first line of a paragraph is much shorter than the second and was not full. */
static bool
stands_alone(const struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	size_t usual = t->width != 0 ? t->width : 80;
	size_t len = letter_chars(l->s, (size_t)(l->end - l->s)), next;

	if (i + 1 >= t->n_lines || len * 10 > usual * 7 || letter_text_is_full(t, i) || !begins_big(&t->lines[i + 1]))
		return false;
	next = letter_chars(t->lines[i + 1].s, (size_t)(t->lines[i + 1].end - t->lines[i + 1].s));
	return t->width != 0 ? next * 10 >= usual * 8 && next > len : next > usual;
}

/* Wrapped text at the margin behind an item that is indented, and whose line was not full, is not the item's. */
static bool
leaves_item(const struct text *t, size_t i)
{
	return t->width != 0 && t->depth > 0 && t->lines[i].indent < t->lines[i - 1].indent + 1 &&
	       t->lines[i].indent <= t->list[t->depth - 1].indent && !letter_text_is_full(t, i - 1) && begins_big(&t->lines[i]);
}

/* The text of lines from i on, the first from s; returns how many. */
static size_t
take_lines(struct text *t, size_t i, const char *s, bool item)
{
	size_t n = 0;

	for (;;) {
		const struct line *l = &t->lines[i + n];
		bool in_tag;

		letter_text_inline(t, l, n == 0 ? s : letter_text_first(l), l->end);
		in_tag = t->skip_to != NULL && t->skip_to > l->end;
		n++;
		if (!in_tag && (!is_more(t, i + n) || (item ? leaves_item(t, i + n) : n == 1 && stands_alone(t, i))))
			return n;
		if (!in_tag && (l->two_blanks || !letter_text_is_full(t, i + n - 1)))
			letter_build_break(t->b);
		else
			letter_build_line(t->b);
	}
}

static size_t
take_item(struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];
	struct letter_block *open;
	struct item item;

	(void)letter_text_item(t, i, &item);
	letter_text_open(t, LETTER_ITEM, item_level(t, l, item.kind));
	open = letter_build_open(t->b);
	if (open != NULL)
		open->number = item.number;
	if (item.kind == 'n')
		t->last_number = item.number;
	return take_lines(t, i, item.text, true);
}

/* A paragraph that stands deeper than the item before it, behind a blank line, is the item's. */
static bool
belongs_to_item(struct text *t, size_t i)
{
	const struct letter_block *open = letter_build_open(t->b);

	return i == 0 && open != NULL && open->kind == LETTER_ITEM && t->depth > 0 && !t->stale &&
	       t->lines[i].indent >= t->list[t->depth - 1].indent + 2;
}

static size_t
take_text(struct text *t, size_t i)
{
	bool belongs = belongs_to_item(t, i);

	if (is_underlined(t, i))
		return take_underlined(t, i);
	if (belongs) {
		letter_build_break(t->b);
	} else {
		letter_text_open(t, LETTER_PARAGRAPH, 0);
		t->stale = true;
	}
	return take_lines(t, i, letter_text_first(&t->lines[i]), belongs);
}

static size_t
take_marker(struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];

	letter_text_open(t, LETTER_PARAGRAPH, 0);
	letter_text_inline(t, l, letter_text_first(l), l->end);
	letter_text_open(t, LETTER_PARAGRAPH, 0);
	t->stale = true;
	return 1;
}

/* A line inside an HTML table or list, or inside what is left out. */
static size_t
take_html(struct text *t, size_t i)
{
	const struct line *l = &t->lines[i];

	letter_text_inline(t, l, letter_text_first(l), l->end);
	letter_build_line(t->b);
	return 1;
}

static size_t
take_block(struct text *t, size_t i)
{
	size_t n = 0;

	if (t->html_tables > 0 || t->html_lists > 0 || t->skip_name != NULL || (t->skip_to != NULL && t->skip_to > t->lines[i].s))
		return take_html(t, i);
	switch (letter_text_line_kind(t, i)) {
	case LINE_HEADING:
		return take_heading(t, i);
	case LINE_RULE:
	case LINE_FENCE:
		letter_text_open(t, LETTER_PARAGRAPH, 0);
		return 1;
	case LINE_ITEM:
		return take_item(t, i);
	case LINE_MARKER:
		return take_marker(t, i);
	case LINE_ROW:
		n = letter_text_tab_table(t, i);
		break;
	case LINE_PIPES:
		n = letter_text_pipe_table(t, i);
		break;
	case LINE_TEXT:
		n = letter_text_column_table(t, i);
		break;
	}
	return n > 0 ? n : take_text(t, i);
}

static void
take_group(struct text *t)
{
	t->group_end = t->lines[t->n_lines - 1].end;
	memset(t->find, 0, sizeof(t->find));
	t->strong = t->star = t->underline = t->ticked = false;
	for (size_t i = 0; i < t->n_lines;) {
		if (t->lines[i].page) {
			letter_text_close(t);
			letter_build_page(t->b, 0, 0, (struct letter_place){ .line = (int)t->lines[i].no, .col = 1 });
			t->stale = true;
		}
		i += take_block(t, i);
	}
}

/* The first page of a text that has form feeds. */
static void
begin_pages(struct text *t)
{
	if (memchr(t->at, '\f', (size_t)(t->end - t->at)) != NULL)
		letter_build_page(t->b, 0, 0, (struct letter_place){ .line = 1, .col = 1 });
}

static void
note_encoding(struct text *t, const struct letter_decoded *d)
{
	struct letter_place start = { .line = 1, .col = 1 };

	if (d->note != NULL)
		letter_build_note(t->b, "encoding", start, "%s", d->note);
	if (d->cut)
		letter_build_note(t->b, "cut-off", start, "the file ends inside a character");
}

static bool
read_all(struct text *t)
{
	begin_pages(t);
	letter_text_measure(t);
	while (letter_text_group(t) && !t->no_memory)
		take_group(t);
	letter_text_close(t);
	if (t->skip_name != NULL)
		letter_build_note(t->b, "cut-off", (struct letter_place){ .line = (int)t->line_no, .col = 1 },
		    "the text ends inside a comment or script: what follows its beginning is left out");
	return !t->no_memory;
}

enum fp_status
letter_read_text(
    struct letter **out, const char *file, const char *data, size_t len, const struct letter_limits *o, struct fp_err *err)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new(file, LETTER_TEXT, o);
	FP_AUTO(letter_decoded_free) struct letter_decoded d = { 0 };
	size_t max = o != NULL && o->bytes != 0 ? o->bytes : LETTER_BYTES_MAX;
	struct text t = { .b = b, .table = -1, .newline = '\n' };
	bool ok;

	if (b == NULL)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	if (len > max)
		return fp_fail(err, FP_ELIMIT, "%s: %zu bytes, the limit is %zu", file, len, max);
	if (letter_decode(&d, data, len, NULL, err) != FP_OK || letter_plain_frames(&d, err) != FP_OK)
		return fp_ctx(err, "%s", file);
	note_encoding(&t, &d);
	t.at = d.s;
	t.end = d.s + d.len;
	if (memchr(d.s, '\n', d.len) == NULL && memchr(d.s, '\r', d.len) != NULL)
		t.newline = '\r';
	ok = read_all(&t);
	free(t.lines);
	if (!ok)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	return letter_build_end(out, b, err);
}
