/* Tables, term lists and matrices as text: columns are measured, shrunk to the line, and when even that is too narrow each row becomes a list. */
#include "document/text_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_COLS = 256, NARROWEST = 6, WORD_MAX = 24 };

/* One cell: a node, or a word with a colour (of a matrix). */
struct slot {
	const struct doc_node *node;
	const char *word, *word2; /* word2: a group that is named before the word */
	const char *sgr;
	uint16_t cols, rows;
	uint8_t align;
	bool covered; /* by the span of another cell */
};

struct grid {
	struct slot *slot; /* rows * cols */
	size_t rows, cols, head;
	size_t width[MAX_COLS], min[MAX_COLS];
	bool rules;
};

static void
free_grid(struct grid *g)
{
	free(g->slot);
}

/* The content of a cell in lines of at most width columns. */
static void
render(const struct text *t, const struct slot *s, size_t width, struct fp_buf *out)
{
	struct text sub = { .out = out, .o = t->o, .no_gaps = true };
	FP_AUTO(fp_buf_free) struct fp_buf run = { 0 };

	fp_buf_clear(out);
	sub.o.width = (unsigned)width;
	if (s->node != NULL) {
		text_children(&sub, s->node);
	} else if (s->word != NULL) {
		fp_buf_puts(&run, s->word2);
		fp_buf_puts(&run, s->word2 != NULL ? ": " : "");
		if (s->sgr != NULL)
			text_coloured(&sub, &run, s->sgr, s->word);
		else
			fp_buf_puts(&run, s->word);
		text_flow(&sub, run.data != NULL ? run.data : "", run.len);
	}
	if (run.failed != FP_OK || sub.prefix.failed != FP_OK || sub.lead.failed != FP_OK)
		out->failed = FP_ENOMEM;
	fp_buf_free(&sub.prefix);
	fp_buf_free(&sub.lead);
}

static size_t
widest_line(const struct fp_buf *b)
{
	size_t most = 0;

	for (const char *p = b->data; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, "\n"), w = text_width(p, len);

		most = w > most ? w : most;
		p += len + (p[len] == '\n');
	}
	return most;
}

/* The longest word of rendered lines; a longer one than WORD_MAX may be cut. */
static size_t
widest_word(const struct fp_buf *b)
{
	size_t most = 0;

	for (const char *p = b->data; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, " \n"), w = text_width(p, len);

		most = w > most ? w : most;
		p += len + (p[len] != '\0');
	}
	return most < WORD_MAX ? most : WORD_MAX;
}

static void
measure(struct text *t, struct grid *g)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	for (size_t i = 0; i < g->rows * g->cols; i++) {
		size_t c = i % g->cols, w;

		if (g->slot[i].covered || g->slot[i].cols > 1)
			continue;
		render(t, &g->slot[i], 4000, &b);
		w = widest_line(&b);
		g->width[c] = w > g->width[c] ? w : g->width[c];
		w = widest_word(&b);
		g->min[c] = w > g->min[c] ? w : g->min[c];
	}
	if (b.failed != FP_OK)
		t->out->failed = b.failed;
}

/* Every column gets its longest word, and what is left in proportion to what it lacks. */
static void
share_by_words(struct grid *g, size_t room, size_t min_sum, size_t sum)
{
	size_t left = room - min_sum, lacks = sum - min_sum, given = 0;

	for (size_t c = 0; c < g->cols; c++) {
		size_t more = lacks != 0 ? (g->width[c] - g->min[c]) * left / lacks : 0;

		g->width[c] = g->min[c] + more;
		given += more;
	}
	for (size_t c = 0; c < g->cols && given < left; c++, given++)
		g->width[c]++;
}

/* Columns below the fair share keep their width; what they leave is shared by the others, whose words are cut. */
static void
share_fairly(struct grid *g, size_t room)
{
	bool keeps[MAX_COLS] = { false }, changed = true;
	size_t left = 0, wide = 0, fair = room / g->cols;

	while (changed) {
		changed = false;
		left = room;
		wide = 0;
		for (size_t c = 0; c < g->cols; c++) {
			left -= keeps[c] ? g->width[c] : 0;
			wide += !keeps[c];
		}
		fair = wide != 0 ? left / wide : fair;
		for (size_t c = 0; c < g->cols; c++) {
			if (!keeps[c] && g->width[c] <= fair)
				keeps[c] = changed = true;
		}
	}
	left -= fair * wide;
	for (size_t c = 0; c < g->cols; c++) {
		bool extra = !keeps[c] && left > 0;

		g->width[c] = keeps[c] ? g->width[c] : fair + extra;
		left -= extra;
	}
}

/* Natural widths if they fit; false when a column would be narrower than is readable. */
static bool
fit(struct text *t, struct grid *g, size_t line)
{
	size_t sep = 3 * (g->cols - 1), sum = 0, min_sum = 0;

	measure(t, g);
	for (size_t c = 0; c < g->cols; c++) {
		sum += g->width[c];
		min_sum += g->min[c];
	}
	if (sum + sep <= line)
		return true;
	if (min_sum + sep <= line)
		share_by_words(g, line - sep, min_sum, sum);
	else if (line >= sep + g->cols * NARROWEST)
		share_fairly(g, line - sep);
	else
		return false;
	return true;
}

static void
pad(struct fp_buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fp_buf_putc(b, ' ');
}

/* Append one line of a cell, aligned in its width; moves *p behind it. */
static void
put_part(struct fp_buf *line, const char **p, size_t width, unsigned align)
{
	size_t len = *p != NULL ? strcspn(*p, "\n") : 0, w = len != 0 ? text_width(*p, len) : 0;
	size_t spare = width > w ? width - w : 0;
	size_t before = align == DOC_ALIGN_END ? spare : align == DOC_ALIGN_CENTRE ? spare / 2 : 0;

	pad(line, before);
	fp_buf_add(line, *p != NULL ? *p : "", len);
	pad(line, spare - before);
	if (*p != NULL)
		*p += len + ((*p)[len] == '\n');
}

static size_t
span_width(const struct grid *g, size_t col, size_t cols)
{
	size_t w = 0;

	for (size_t c = col; c < col + cols && c < g->cols; c++)
		w += g->width[c] + (c > col ? 3 : 0);
	return w;
}

static void
put_row(struct text *t, const struct grid *g, size_t row)
{
	struct fp_buf cell[MAX_COLS] = { { 0 } };
	const char *at[MAX_COLS] = { NULL };
	const struct slot *s = &g->slot[row * g->cols];
	const char *bar = !g->rules ? "   " : t->o.ascii ? " | " : " \u2502 ";
	bool more = true;

	for (size_t c = 0; c < g->cols; c++) {
		if (!s[c].covered) {
			render(t, &s[c], span_width(g, c, s[c].cols), &cell[c]);
			at[c] = cell[c].data;
		}
	}
	while (more) {
		FP_AUTO(fp_buf_free) struct fp_buf line = { 0 };

		more = false;
		for (size_t c = 0; c<g->cols; c += s[c].cols> 1 ? s[c].cols : 1) {
			if (c > 0)
				fp_buf_puts(&line, bar);
			put_part(&line, &at[c], span_width(g, c, s[c].cols > 1 ? s[c].cols : 1), s[c].align);
			more = more || (at[c] != NULL && *at[c] != '\0');
		}
		text_line(t, line.data != NULL ? line.data : "", line.len);
		if (line.failed != FP_OK)
			t->out->failed = line.failed;
	}
	for (size_t c = 0; c < g->cols; c++) {
		if (cell[c].failed != FP_OK)
			t->out->failed = cell[c].failed;
		fp_buf_free(&cell[c]);
	}
}

static void
put_rule(struct text *t, const struct grid *g)
{
	FP_AUTO(fp_buf_free) struct fp_buf line = { 0 };

	for (size_t c = 0; c < g->cols; c++) {
		if (c > 0)
			fp_buf_puts(&line, t->o.ascii ? "-+-" : "\u2500\u253c\u2500");
		for (size_t i = 0; i < g->width[c]; i++)
			fp_buf_puts(&line, t->o.ascii ? "-" : "\u2500");
	}
	text_line(t, line.data != NULL ? line.data : "", line.len);
}

/* Too many columns for the line: "head: value" for every cell, a blank line between the rows. */
static void
put_as_lists(struct text *t, const struct grid *g)
{
	for (size_t r = g->head; r < g->rows; r++) {
		if (r > g->head)
			text_line(t, "", 0);
		for (size_t c = 0; c < g->cols; c++) {
			FP_AUTO(fp_buf_free) struct fp_buf head = { 0 };
			FP_AUTO(fp_buf_free) struct fp_buf both = { 0 };

			if (g->slot[r * g->cols + c].covered)
				continue;
			if (g->head > 0)
				render(t, &g->slot[(g->head - 1) * g->cols + c], 4000, &both);
			if (both.len > 0)
				both.data[--both.len] = '\0';
			if (both.len > 0)
				fp_buf_puts(&both, ": ");
			render(t, &g->slot[r * g->cols + c], 4000, &head);
			fp_buf_puts(&both, head.data);
			text_flow(t, both.data != NULL ? both.data : "", both.len);
		}
	}
}

static void
put_grid(struct text *t, struct grid *g)
{
	size_t front = text_width(t->prefix.data != NULL ? t->prefix.data : "", t->prefix.len);

	if (!fit(t, g, t->o.width > front ? t->o.width - front : 1)) {
		put_as_lists(t, g);
		return;
	}
	for (size_t r = 0; r < g->rows; r++) {
		put_row(t, g, r);
		if (g->rules && r + 1 == g->head)
			put_rule(t, g);
	}
}

static bool
make_grid(struct text *t, struct grid *g, size_t rows, size_t cols)
{
	g->rows = rows;
	g->cols = cols;
	if (cols > MAX_COLS) {
		t->too_wide = true;
		return false;
	}
	g->slot = fp_calloc(rows * g->cols, sizeof(*g->slot));
	if (g->slot == NULL)
		t->out->failed = FP_ENOMEM;
	return g->slot != NULL && rows > 0 && cols > 0;
}

/* Put a cell into the first free place of its row and cover what it spans. */
static void
place(struct grid *g, size_t row, const struct doc_node *cell)
{
	size_t c = 0;

	while (c < g->cols && (g->slot[row * g->cols + c].covered || g->slot[row * g->cols + c].node != NULL))
		c++;
	if (c == g->cols)
		return;
	for (size_t r = row; r < row + cell->rows && r < g->rows; r++) {
		for (size_t k = c; k < c + cell->cols && k < g->cols; k++)
			g->slot[r * g->cols + k].covered = true;
	}
	g->slot[row * g->cols + c] = (struct slot){
		.node = cell,
		.cols = (uint16_t)(c + cell->cols > g->cols ? g->cols - c : cell->cols),
		.rows = cell->rows,
		.align = cell->align,
	};
}

static bool
shown(const struct doc_node *n)
{
	return (n->media & DOC_IN_TEXT) != 0;
}

void
text_table(struct text *t, const struct doc_node *n)
{
	FP_AUTO(free_grid) struct grid g = { .rules = (n->classes & (1u << DOC_CLASS_PLAIN)) == 0 };
	size_t rows = 0, cols = 0, r = 0;

	for (const struct doc_node *row = n->first; row != NULL; row = row->next) {
		size_t in_row = 0;

		for (const struct doc_node *c = row->first; c != NULL; c = c->next)
			in_row += shown(c) ? c->cols : 0;
		cols = in_row > cols ? in_row : cols;
		rows += shown(row);
	}
	text_gap(t);
	if (*n->text != '\0')
		text_flow(t, n->text, strlen(n->text));
	if (rows == 0 || cols == 0 || !make_grid(t, &g, rows, cols))
		return;
	for (const struct doc_node *row = n->first; row != NULL; row = row->next) {
		if (!shown(row))
			continue;
		for (const struct doc_node *c = row->first; c != NULL; c = c->next) {
			if (shown(c))
				place(&g, r, c);
		}
		r++;
		if ((row->flags & DOC_F_HEAD) && g.head == r - 1)
			g.head = r;
	}
	put_grid(t, &g);
}

void
text_terms(struct text *t, const struct doc_node *n)
{
	FP_AUTO(free_grid) struct grid g = { 0 };
	size_t rows = 0, r = 0;

	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		rows += c->kind == DOC_DETAIL && shown(c);
	text_gap(t);
	if (rows == 0 || !make_grid(t, &g, rows, 2))
		return;
	for (const struct doc_node *c = n->first, *term = NULL; c != NULL; c = c->next) {
		if (c->kind == DOC_TERM) {
			term = c;
		} else if (shown(c)) {
			g.slot[r * 2] = (struct slot){ .node = term, .cols = 1, .rows = 1 };
			g.slot[r * 2 + 1] = (struct slot){ .node = c, .cols = 1, .rows = 1 };
			r++;
			term = NULL;
		}
	}
	put_grid(t, &g);
}

void
text_matrix(struct text *t, const struct doc_node *n)
{
	FP_AUTO(free_grid) struct grid g = { .rules = true, .head = 1 };
	const struct doc_matrix *m = n->extra;

	text_gap(t);
	if (*n->text != '\0')
		text_flow(t, n->text, strlen(n->text));
	if (m == NULL || !make_grid(t, &g, m->rows + 1, m->cols + 1))
		return;
	for (size_t i = 0; i < g.rows * g.cols; i++) {
		size_t r = i / g.cols, c = i % g.cols;
		struct slot *s = &g.slot[i];

		s->cols = s->rows = 1;
		if (c == 0) {
			s->word = r == 0 ? m->corner : m->row_labels[r - 1];
		} else if (r == 0) {
			s->word = m->col_labels[c - 1];
			s->word2 = m->col_groups != NULL && *m->col_groups[c - 1] != '\0' ? m->col_groups[c - 1] : NULL;
		} else {
			const struct doc_matrix_cell *cell = &m->cells[(r - 1) * m->cols + c - 1];

			s->word = cell->word;
			s->sgr = doc_look(cell->style)->sgr;
		}
	}
	put_grid(t, &g);
}
