#include "document/text_int.h"

#include <string.h>

#include "base/utf8.h"

static size_t
column_count(const char **p, const char *end)
{
	const char *start = *p;
	char one[8] = "";

	if (*start == '\033') {
		while (*p < end && **p != 'm')
			(*p)++;
		*p += *p < end;
		return 0;
	}
	if ((unsigned char)*start < 0x80) {
		(*p)++;
		return 1;
	}
	(void)fp_utf8_next(p, end);
	memcpy(one, start, (size_t)(*p - start));
	return fp_utf8_width(one);
}

size_t
text_width(const char *s, size_t len)
{
	const char *end = s + len;
	size_t w = 0;

	while (s < end)
		w += column_count(&s, end);
	return w;
}

void
text_coloured(struct text *t, struct fp_buf *b, const char *sgr, const char *s)
{
	if (!t->o.colour) {
		fp_buf_puts(b, s);
		return;
	}
	while (*s != '\0') {
		size_t gap = strspn(s, " \n\t"), word = strcspn(s + gap, " \n\t");

		if (gap != 0)
			fp_buf_putc(b, ' ');
		if (word != 0)
			fp_buf_printf(b, "\033[%sm%.*s\033[0m", sgr, (int)word, s + gap);
		s += gap + word;
	}
}

void
text_line(struct text *t, const char *s, size_t len)
{
	const struct fp_buf *front = t->armed ? &t->lead : &t->prefix;
	size_t start = t->out->len;

	fp_buf_add(t->out, front->data != NULL ? front->data : "", front->len);
	fp_buf_add(t->out, s, len);
	while (t->out->len > start && t->out->data[t->out->len - 1] == ' ')
		t->out->data[--t->out->len] = '\0';
	fp_buf_putc(t->out, '\n');
	t->armed = false;
	t->wrote = true;
}

void
text_gap(struct text *t)
{
	if (t->wrote && !t->no_gaps && !t->armed)
		text_line(t, "", 0);
}

/* first stands before the next line, rest before those that follow; returns what pop wants. */
static size_t
push(struct text *t, const char *first, const char *rest)
{
	size_t was = t->prefix.len;

	if (!t->armed) {
		fp_buf_clear(&t->lead);
		fp_buf_add(&t->lead, t->prefix.data != NULL ? t->prefix.data : "", t->prefix.len);
	}
	fp_buf_puts(&t->lead, first);
	fp_buf_puts(&t->prefix, rest);
	t->armed = true;
	return was;
}

static void
pop(struct text *t, size_t was)
{
	if (t->armed)
		text_line(t, "", 0);
	t->prefix.len = was;
	if (t->prefix.data != NULL)
		t->prefix.data[was] = '\0';
}

static size_t
room(const struct text *t)
{
	size_t front = text_width(t->prefix.data != NULL ? t->prefix.data : "", t->prefix.len);

	return t->o.width > front + 4 ? t->o.width - front : 4;
}

/* Cut what fits into cols columns off a word that is longer than a line. */
static size_t
piece(const char *s, size_t len, size_t cols)
{
	const char *p = s, *end = s + len;
	size_t w = 0;

	while (p < end) {
		const char *next = p;

		w += column_count(&next, end);
		if (w > cols && p > s)
			break;
		p = next;
	}
	return (size_t)(p - s);
}

void
text_flow(struct text *t, const char *run, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf line = { 0 };
	const char *p = run, *end = run + len;
	size_t cols = room(t), used = 0;

	while (p < end) {
		const char *word = p;
		size_t w;

		while (p < end && memchr(" \n\t\v", *p, 4) == NULL)
			p++;
		w = text_width(word, (size_t)(p - word));
		if (used > 0 && w > 0 && used + 1 + w > cols) {
			text_line(t, line.data, line.len);
			fp_buf_clear(&line);
			used = 0;
		}
		if (used > 0 && w > 0) {
			fp_buf_putc(&line, ' ');
			used++;
		}
		while (w > cols) {
			size_t n = piece(word, (size_t)(p - word), cols), got = text_width(word, n);

			text_line(t, word, n);
			word += n;
			w -= got < w ? got : w;
		}
		fp_buf_add(&line, word, (size_t)(p - word));
		used += w;
		if (p < end && *p++ == TEXT_BREAK) {
			text_line(t, line.data != NULL ? line.data : "", line.len);
			fp_buf_clear(&line);
			used = 0;
		}
	}
	if (used > 0)
		text_line(t, line.data, line.len);
	if (line.failed != FP_OK)
		t->out->failed = line.failed;
}

/* ---- Inlines: into a run ---- */

static void run_children(struct text *t, const struct doc_node *n, struct fp_buf *run);

static bool
only_child(const struct doc_node *n)
{
	return n->parent->kind == DOC_CELL && n->parent->first == n && n->next == NULL;
}

static void
run_link(struct text *t, const struct doc_node *n, struct fp_buf *run)
{
	const char *href = doc_get(n)->href;
	size_t start = run->len;

	run_children(t, n, run);
	if (!t->o.links || (strncmp(href, "http", 4) != 0 && strncmp(href, "mailto:", 7) != 0))
		return;
	if (run->data != NULL && strstr(run->data + start, strncmp(href, "mailto:", 7) == 0 ? href + 7 : href) != NULL)
		return;
	fp_buf_printf(run, " <%s>", href);
}

static void
run_node(struct text *t, const struct doc_node *n, struct fp_buf *run)
{
	if ((n->media & DOC_IN_TEXT) == 0)
		return;
	switch (n->kind) {
	case DOC_TEXT:
		fp_buf_puts(run, n->text);
		break;
	case DOC_BREAK:
		fp_buf_putc(run, TEXT_BREAK);
		break;
	case DOC_BADGE:
		fp_buf_puts(run, only_child(n) ? "" : "[");
		text_coloured(t, run, doc_look(n->style)->sgr, n->text);
		fp_buf_puts(run, only_child(n) ? "" : "]");
		break;
	case DOC_CHOICE:
		fp_buf_puts(run, n->flags & DOC_F_RADIO     ? (n->flags & DOC_F_CHECKED ? "(x) " : "( ) ")
				 : n->flags & DOC_F_CHECKED ? "[x] "
							    : "[ ] ");
		fp_buf_puts(run, n->text);
		fp_buf_putc(run, TEXT_BREAK);
		break;
	case DOC_LINK:
		run_link(t, n, run);
		break;
	case DOC_BUTTON_LINK:
	case DOC_HIDDEN:
	case DOC_SUBMIT:
		break;
	default:
		run_children(t, n, run);
	}
}

static void
run_children(struct text *t, const struct doc_node *n, struct fp_buf *run)
{
	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		run_node(t, c, run);
}

/* Write the inlines from *c on up to the next block. */
static void
flow_from(struct text *t, const struct doc_node **c)
{
	FP_AUTO(fp_buf_free) struct fp_buf run = { 0 };

	for (; *c != NULL && doc_is_inline(*c); *c = (*c)->next)
		run_node(t, *c, &run);
	if (run.len != 0 && strspn(run.data, " \n\t") < run.len) {
		text_gap(t);
		text_flow(t, run.data, run.len);
	}
	if (run.failed != FP_OK)
		t->out->failed = run.failed;
}

void
text_children(struct text *t, const struct doc_node *n)
{
	const struct doc_node *c = n->first;

	while (c != NULL) {
		if (doc_is_inline(c)) {
			flow_from(t, &c);
			continue;
		}
		text_node(t, c);
		c = c->next;
	}
}

/* ---- Blocks ---- */

static void
rule_of(struct text *t, const char *ascii, const char *drawn, size_t cols)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	for (size_t i = 0; i < cols; i++)
		fp_buf_puts(&b, t->o.ascii ? ascii : drawn);
	text_line(t, b.data != NULL ? b.data : "", b.len);
}

static void
bold_line(struct text *t, const char *s)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	text_coloured(t, &b, "1", s);
	text_flow(t, b.data != NULL ? b.data : "", b.len);
}

static void
heading(struct text *t, const struct doc_node *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf run = { 0 };
	size_t cols;

	run_children(t, n, &run);
	if (run.len == 0)
		return;
	text_gap(t);
	if (n->style >= 2 && t->wrote && !t->no_gaps)
		text_line(t, "", 0);
	bold_line(t, run.data);
	cols = text_width(run.data, run.len);
	cols = cols > room(t) ? room(t) : cols;
	if (n->style <= 2)
		rule_of(t, n->style == 1 ? "=" : "-", n->style == 1 ? "\u2550" : "\u2500", cols);
}

static void
preformatted(struct text *t, const struct doc_node *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf run = { 0 };
	size_t was;

	run_children(t, n, &run);
	text_gap(t);
	was = push(t, "    ", "    ");
	for (const char *p = run.data; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, "\n");

		text_line(t, p, len);
		p += len + (p[len] == '\n');
	}
	pop(t, was);
}

static bool
is_tight(const struct doc_node *list)
{
	for (const struct doc_node *i = list->first; i != NULL; i = i->next) {
		for (const struct doc_node *c = i->first; c != NULL; c = c->next) {
			if (!doc_is_inline(c) && c->kind != DOC_LIST)
				return false;
		}
	}
	return true;
}

static void
list(struct text *t, const struct doc_node *n)
{
	bool gaps = t->no_gaps, tight = is_tight(n), first = true;
	unsigned number = 0;

	text_gap(t);
	for (const struct doc_node *i = n->first; i != NULL; i = i->next) {
		char mark[24], blank[24];
		size_t was;

		if ((i->media & DOC_IN_TEXT) == 0)
			continue;
		if (n->flags & DOC_F_ORDERED)
			(void)snprintf(mark, sizeof(mark), "%u. ", ++number);
		else if (n->classes & (1u << DOC_CLASS_PLAIN))
			mark[0] = '\0';
		else
			(void)snprintf(mark, sizeof(mark), "%s ", t->o.ascii ? "-" : "\u2022");
		if (!tight && !first)
			text_gap(t);
		(void)snprintf(blank, sizeof(blank), "%*s", (int)text_width(mark, strlen(mark)), "");
		was = push(t, mark, blank);
		t->no_gaps = gaps || tight;
		text_children(t, i);
		t->no_gaps = gaps;
		pop(t, was);
		first = false;
	}
}

static void
boxed(struct text *t, const struct doc_node *n)
{
	const char *bar = t->o.ascii ? "| " : n->kind == DOC_QUOTE ? "\u2502 " : "\u2503 ";
	size_t was;

	text_gap(t);
	was = push(t, bar, bar);
	if (*n->text != '\0')
		bold_line(t, n->text);
	text_children(t, n);
	pop(t, was);
}

static void
titled(struct text *t, const struct doc_node *n)
{
	if (n->kind == DOC_SECTION && n->style == DOC_ROLE_NAV)
		return;
	if (*n->text != '\0') {
		text_gap(t);
		bold_line(t, n->text);
	}
	text_children(t, n);
}

static void
rule(struct text *t, const struct doc_node *n)
{
	(void)n;
	text_gap(t);
	rule_of(t, "-", "\u2500", room(t));
}

static void
marked(struct text *t, const char *mark, const char *s)
{
	char blank[8];
	size_t was;

	(void)snprintf(blank, sizeof(blank), "%*s", (int)strlen(mark), "");
	was = push(t, mark, blank);
	text_flow(t, s, strlen(s));
	pop(t, was);
}

static void
paper_check(struct text *t, const struct doc_node *n)
{
	static const char *const marks[2][2] = { { "[ ] ", "[x] " }, { "( ) ", "(x) " } };
	bool radio = n->kind == DOC_PAPER_RADIO;

	if (n->parent->kind == DOC_CELL && n->parent->last == n && n->parent->first == n && *n->text == '\0') {
		text_line(t, marks[radio][(n->flags & DOC_F_CHECKED) != 0], 3);
		return;
	}
	marked(t, marks[radio][(n->flags & DOC_F_CHECKED) != 0], n->text);
}

static void
labelled(struct text *t, const char *label, const char *value, unsigned blanks)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	fp_buf_puts(&b, label);
	fp_buf_puts(&b, *label != '\0' ? ": " : "");
	fp_buf_puts(&b, value);
	for (unsigned i = 0; *value == '\0' && i < blanks; i++)
		fp_buf_putc(&b, '_');
	text_flow(t, b.data != NULL ? b.data : "", b.len);
}

static void
paper_line(struct text *t, const struct doc_node *n)
{
	/* In a cell the line is as short as the column. */
	size_t blanks = t->no_gaps && room(t) > 400 ? 10 : room(t) < 24 ? room(t) : 24;

	labelled(t, n->text, doc_get(n)->value, (unsigned)blanks);
}

static void
signature(struct text *t, const struct doc_node *n)
{
	text_gap(t);
	text_line(t, "", 0);
	rule_of(t, "_", "_", 32);
	text_flow(t, n->text, strlen(n->text));
}

static void
field(struct text *t, const struct doc_node *n)
{
	const struct doc_field *f = n->extra;
	const char *shown = f != NULL ? f->value : "";

	if (f != NULL && f->type == DOC_INPUT_PASSWORD)
		shown = "";
	for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
		if (strcmp(doc_get(c)->value, shown) == 0) {
			shown = c->text;
			break;
		}
	}
	labelled(t, n->text, shown, 0);
}

static void
meter(struct text *t, const struct doc_node *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	const double *v = n->extra;
	unsigned full = v != NULL ? (unsigned)(v[0] / v[1] * 20 + 0.5) : 0;

	text_gap(t);
	for (unsigned i = 0; i < 20; i++)
		fp_buf_puts(&b, t->o.ascii ? (i < full ? "#" : ".") : i < full ? "\u2588" : "\u2591");
	fp_buf_putc(&b, ' ');
	fp_buf_puts(&b, n->text);
	text_flow(t, b.data != NULL ? b.data : "", b.len);
}

static void
bar(struct text *t, const struct doc_node *n)
{
	const struct doc_bar *bar = n->extra;
	size_t label = 0, longest;
	uint64_t most = 1;

	text_gap(t);
	text_flow(t, n->text, strlen(n->text));
	for (size_t i = 0; bar != NULL && i < bar->n; i++) {
		size_t w = fp_utf8_width(bar->parts[i].label);

		label = w > label ? w : label;
		most = bar->parts[i].count > most ? bar->parts[i].count : most;
	}
	longest = room(t) > label + 10 ? room(t) - label - 9 : 1;
	longest = longest > 30 ? 30 : longest;
	for (size_t i = 0; bar != NULL && i < bar->n; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		const struct doc_bar_part *p = &bar->parts[i];
		unsigned len = (unsigned)((double)p->count / (double)most * (double)longest + 0.999);

		text_coloured(t, &b, doc_look(p->style)->sgr, p->label);
		fp_buf_printf(&b, "%*s %6llu ", (int)(label - fp_utf8_width(p->label)), "", (unsigned long long)p->count);
		for (unsigned k = 0; k < len; k++)
			fp_buf_puts(&b, t->o.ascii ? "#" : "\u2588");
		text_line(t, b.data != NULL ? b.data : "", b.len);
	}
}

static void
qr(struct text *t, const struct doc_node *n)
{
	text_gap(t);
	labelled(t, doc_get(n)->label, n->text, 0);
}

static void (*const writers[DOC_KIND_COUNT])(struct text *t, const struct doc_node *n) = {
	[DOC_ROOT] = text_children,
	[DOC_SECTION] = titled,
	[DOC_CALLOUT] = boxed,
	[DOC_KEEP] = text_children,
	[DOC_COLUMNS] = text_children,
	[DOC_HEADING] = heading,
	[DOC_PRE] = preformatted,
	[DOC_QUOTE] = boxed,
	[DOC_LIST] = list,
	[DOC_TERMS] = text_terms,
	[DOC_TABLE] = text_table,
	[DOC_RULE] = rule,
	[DOC_PAGE_BREAK] = rule,
	[DOC_DETAILS] = titled,
	[DOC_MATRIX] = text_matrix,
	[DOC_METER] = meter,
	[DOC_BAR] = bar,
	[DOC_QR] = qr,
	[DOC_PARA] = text_children,
	[DOC_PAPER_CHECK] = paper_check,
	[DOC_PAPER_RADIO] = paper_check,
	[DOC_PAPER_LINE] = paper_line,
	[DOC_SIGNATURE] = signature,
	[DOC_FORM] = text_children,
	[DOC_FIELDSET] = titled,
	[DOC_INPUT] = field,
	[DOC_TEXTAREA] = field,
	[DOC_SELECT] = field,
};

void
text_node(struct text *t, const struct doc_node *n)
{
	if ((n->media & DOC_IN_TEXT) != 0 && writers[n->kind] != NULL)
		writers[n->kind](t, n);
}

enum fp_status
doc_write_text(const struct doc *d, const struct doc_text_options *o, struct fp_buf *out, struct fp_err *err)
{
	struct text t = { .out = out };

	if (doc_check(d, err) != FP_OK)
		return d->mem.fail.status;
	if (o != NULL)
		t.o = *o;
	t.o.width = t.o.width == 0 ? 80 : t.o.width < 20 ? 20 : t.o.width > 400 ? 400 : t.o.width;
	text_children(&t, d->root);
	if (t.prefix.failed != FP_OK || t.lead.failed != FP_OK)
		out->failed = FP_ENOMEM;
	fp_buf_free(&t.prefix);
	fp_buf_free(&t.lead);
	if (t.too_wide)
		return fp_fail(err, FP_ELIMIT, "a table has more than 256 columns, which plain text does not hold");
	return fp_buf_check(out, "the text document", err);
}
