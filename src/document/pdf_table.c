/* What stands in rows and columns: tables, matrices, terms with their details, columns. */
#include "document/pdf_int.h"

#include <math.h>
#include <string.h>

/* One place of a grid: a node, or a word of a matrix. */
struct slot {
	const struct doc_node *node;
	const char *word;
	const struct doc_matrix_cell *state;
	uint16_t cols, rows;
	uint8_t align, scope;
	bool head, covered, filled;
};

struct grid {
	struct slot *slot;
	size_t rows, cols, head;
	double *width;       /* of each column */
	double *min, *max;   /* what the content needs */
	const char *tags[4]; /* of the whole, a row, a head or first cell, another cell */
	bool lined, stretch, columns, terms;
	double pad_x, pad_y, gutter;
};

static bool
grid_make(struct lay *l, struct grid *g, size_t rows, size_t cols)
{
	struct doc_arena *mem = &l->p->mem;

	if (rows == 0 || cols == 0)
		return false;
	g->rows = rows;
	g->cols = cols;
	g->slot = doc_arena_alloc(mem, rows * cols, sizeof(*g->slot));
	g->width = doc_arena_alloc(mem, cols, sizeof(double));
	g->min = doc_arena_alloc(mem, cols, sizeof(double));
	g->max = doc_arena_alloc(mem, cols, sizeof(double));
	return mem->fail.status == FP_OK;
}

/* Put a cell into the first free place of its row and cover what it spans. */
static void
grid_place(struct grid *g, size_t row, const struct doc_node *cell)
{
	size_t c = 0;

	while (c < g->cols && (g->slot[row * g->cols + c].covered || g->slot[row * g->cols + c].cols != 0))
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
		.rows = (uint16_t)(row + cell->rows > g->rows ? g->rows - row : cell->rows),
		.align = cell->align,
		.scope = cell->style,
		.head = cell->flags & DOC_F_HEAD,
	};
}

/* ---- What the content of a cell needs ---- */

static void measure_children(struct lay *l, const struct doc_node *n, double *min, double *max);

/* A longer word may be broken: a column need not be wider than this many letters. */
enum { WORD_MAX = 20 };

static void
measure_words(struct lay *l, struct words *w, double *min, double *max)
{
	struct para *para = pdf_para(w, -1, DOC_ALIGN_START);
	double natural = pdf_para_natural(para), word;

	if (para == NULL)
		return;
	pango_layout_set_wrap(para->layout, PANGO_WRAP_WORD);
	pango_layout_set_width(para->layout, 0);
	word = fmin(pdf_para_natural(para), WORD_MAX * l->size * 0.56);
	*max = fmax(*max, natural);
	*min = fmax(*min, word);
}

static void
measure_block(struct lay *l, const struct doc_node *n, double *min, double *max)
{
	double in_min = 0, in_max = 0, extra = 0;
	struct look k = pdf_look(l);
	struct words w = { .p = l->p };

	switch (n->kind) {
	case DOC_PAPER_CHECK:
	case DOC_PAPER_RADIO:
		extra = l->size * 1.7;
		pdf_words_add(&w, n->text, &k);
		measure_words(l, &w, &in_min, &in_max);
		break;
	case DOC_PAPER_LINE:
	case DOC_SIGNATURE:
	case DOC_METER:
	case DOC_BAR:
		in_min = 80;
		in_max = 180;
		break;
	case DOC_QR:
		in_min = in_max = (double)n->cols * 72 / 25.4;
		break;
	case DOC_TABLE:
	case DOC_MATRIX:
	case DOC_TERMS:
		in_min = 120;
		in_max = 300;
		break;
	default:
		extra = n->kind == DOC_LIST ? l->size * 2.1 : 0;
		measure_children(l, n, &in_min, &in_max);
	}
	pdf_words_free(&w);
	*min = in_min + extra > *min ? in_min + extra : *min;
	*max = in_max + extra > *max ? in_max + extra : *max;
}

static void
measure_children(struct lay *l, const struct doc_node *n, double *min, double *max)
{
	const struct doc_node *c = n->first;
	struct look k = pdf_look(l);

	while (c != NULL) {
		if (doc_is_inline(c)) {
			struct words w = { .p = l->p };

			pdf_words_inlines(&w, &c, &k);
			measure_words(l, &w, min, max);
			pdf_words_free(&w);
			continue;
		}
		if (pdf_shown(c))
			measure_block(l, c, min, max);
		c = c->next;
	}
}

static struct lay
slot_lay(struct lay *l, const struct slot *s)
{
	struct lay in = *l;

	in.align = s->align;
	in.own = true;
	if (s->head) {
		in.bold = true;
		in.ink = s->scope == DOC_SCOPE_ROW || s->scope == DOC_SCOPE_ROWGROUP ? INK : SOFT;
	}
	if (s->state != NULL) {
		in.bold = true;
		in.size *= 0.9;
		in.ink = doc_look(s->state->style)->ink;
	}
	return in;
}

static void
grid_measure(struct lay *l, struct grid *g)
{
	for (size_t i = 0; i < g->rows * g->cols; i++) {
		const struct slot *s = &g->slot[i];
		struct lay in = slot_lay(l, s);
		size_t c = i % g->cols;

		if (s->cols != 1)
			continue;
		if (s->node != NULL) {
			measure_children(&in, s->node, &g->min[c], &g->max[c]);
		} else if (s->word != NULL) {
			struct words w = { .p = l->p };
			struct look k = pdf_look(&in);

			pdf_words_add(&w, s->word, &k);
			measure_words(&in, &w, &g->min[c], &g->max[c]);
			pdf_words_free(&w);
		}
	}
	for (size_t c = 0; c < g->cols; c++) {
		double pad = g->columns ? (c + 1 < g->cols ? g->gutter : 0) : 2 * g->pad_x;

		g->min[c] += pad;
		g->max[c] += pad + 0.5;
	}
}

/* Widths by the given weights; a column that would be narrower than its longest word takes that, and the others share the rest. */
static void
weighted_widths(struct lay *l, struct grid *g, const struct doc_widths *given)
{
	bool again = true;

	while (again) {
		double left = l->w, weights = 0;

		again = false;
		for (size_t c = 0; c < g->cols; c++) {
			left -= g->width[c];
			weights += g->width[c] > 0 || c >= given->n ? 0 : given->weight[c];
		}
		for (size_t c = 0; c < g->cols && left > 0; c++) {
			double share = c < given->n && weights > 0 ? left * given->weight[c] / weights : 0;

			if (g->width[c] > 0 || share >= g->min[c])
				continue;
			g->width[c] = g->min[c];
			again = true;
			break;
		}
		for (size_t c = 0; c < g->cols && !again; c++) {
			if (c < given->n && weights > 0 && g->width[c] <= 0)
				g->width[c] = fmax(left, 0) * given->weight[c] / weights;
		}
	}
}

/* Share the width: everybody what it needs, and what is left (or lacking) in proportion. */
static void
grid_widths(struct lay *l, struct grid *g, const struct doc_widths *given)
{
	double min = 0, max = 0;

	for (size_t c = 0; c < g->cols; c++) {
		min += g->min[c];
		max += g->max[c];
	}
	if (given != NULL && min < l->w) {
		weighted_widths(l, g, given);
		return;
	}
	for (size_t c = 0; c < g->cols; c++) {
		if (max <= l->w)
			g->width[c] = g->stretch ? g->max[c] + (l->w - max) * (max > 0 ? g->max[c] / max : 0) : g->max[c];
		else if (min < l->w)
			g->width[c] = g->min[c] + (l->w - min) * (g->max[c] - g->min[c]) / (max - min);
		else
			g->width[c] = l->w * g->min[c] / min;
	}
}

/* ---- Rows ---- */

static double
slot_width(const struct grid *g, size_t col, size_t cols)
{
	double w = 0;

	for (size_t c = col; c < col + cols && c < g->cols; c++)
		w += g->width[c];
	return w;
}

static void
lay_slot(struct lay *l, const struct grid *g, const struct slot *s, struct cell *cell, size_t col)
{
	struct pending pend = { 0 };
	struct lay in = slot_lay(l, s);
	struct look k;
	double left = g->columns || col == 0 ? 0 : g->pad_x;
	double right = g->columns                             ? (col + s->cols < g->cols ? g->gutter : 0)
		       : col + s->cols < g->cols || s->filled ? g->pad_x
							      : 0;

	in.flow = &cell->flow;
	in.pend = &pend;
	in.x = cell->x + left;
	in.w = cell->w - left - right > 6 ? cell->w - left - right : 6;
	in.tag = cell->tag;
	in.own = !g->columns;
	in.frame = NULL;
	in.keep = 0;
	k = pdf_look(&in);
	if (s->state != NULL && s->state->href != NULL && strncmp(s->state->href, "http", 4) == 0)
		k.href = s->state->href;
	if (s->node != NULL && g->columns)
		pdf_lay_node(&in, s->node);
	else if (s->node != NULL)
		pdf_lay_children(&in, s->node);
	else if (s->word != NULL)
		(void)pdf_lay_text(&in, s->word, &k, 0, 0);
}

static struct row *
lay_row(struct lay *l, const struct grid *g, size_t r, struct tag *table, double *height)
{
	struct row *row = doc_arena_alloc(&l->p->mem, 1, sizeof(*row));
	struct cell *cells = doc_arena_alloc(&l->p->mem, g->cols, sizeof(*cells));
	double x = l->x;

	if (row == NULL || cells == NULL)
		return NULL;
	row->cell = cells;
	row->tag = pdf_tag(l->p, table, g->tags[1]);
	for (size_t c = 0; c < g->cols; c++) {
		const struct slot *s = &g->slot[r * g->cols + c];
		struct cell *cell = &cells[row->n];
		double h, left = x;

		x += g->width[c];

		if (s->cols == 0)
			continue;
		row->n++;
		cell->x = left;
		cell->w = slot_width(g, c, s->cols);
		cell->pad = g->pad_y;
		cell->rows = s->rows;
		cell->head = r < g->head;
		cell->lined = g->lined;
		cell->group = s->head && s->scope == DOC_SCOPE_COLGROUP && s->word != NULL && *s->word != '\0';
		cell->tag = pdf_tag(l->p, row->tag, g->tags[s->head || (g->terms && c == 0) ? 2 : 3]);
		cell->tag->cols = s->cols;
		cell->tag->rows = s->rows;
		cell->tag->scope = !s->head                                                      ? NULL
				   : s->scope == DOC_SCOPE_ROW || s->scope == DOC_SCOPE_ROWGROUP ? "Row"
												 : "Column";
		if (s->filled) {
			cell->filled = true;
			cell->fill = doc_look(s->state->style)->ground;
			cell->edge = doc_look(s->state->style)->edge;
		}
		lay_slot(l, g, s, cell, c);
		h = pdf_flow_height(&cell->flow) + 2 * g->pad_y;
		if (s->rows == 1 && h > *height)
			*height = h;
	}
	return row;
}

/* A cell over several rows: the last of them grows when it needs more. */
static void
stretch_spans(const struct grid *g, struct row **rows, double *heights)
{
	for (size_t r = 0; r < g->rows; r++) {
		for (size_t i = 0; i < rows[r]->n; i++) {
			struct cell *cell = &rows[r]->cell[i];
			double need = pdf_flow_height(&cell->flow) + 2 * cell->pad, have = 0;

			for (size_t k = r; k < r + cell->rows; k++)
				have += heights[k];
			if (cell->rows > 1 && need > have)
				heights[r + cell->rows - 1] += need - have;
		}
	}
	for (size_t r = 0; r < g->rows; r++) {
		for (size_t i = 0; i < rows[r]->n; i++) {
			struct cell *cell = &rows[r]->cell[i];

			for (size_t k = r; cell->rows > 1 && k < r + cell->rows; k++)
				cell->h += heights[k];
		}
	}
}

/* Does a cell reach from row r into the next one? */
static bool
spans_on(const struct grid *g, size_t r)
{
	for (size_t k = 0; k <= r; k++) {
		for (size_t c = 0; c < g->cols; c++) {
			const struct slot *s = &g->slot[(r - k) * g->cols + c];

			if (s->cols != 0 && s->rows > k + 1)
				return true;
		}
		if (k > 64)
			break;
	}
	return false;
}

static void
grid_lay(struct lay *l, struct grid *g, struct tag *table, double above, double below)
{
	struct row **rows = doc_arena_alloc(&l->p->mem, g->rows, sizeof(struct row *));
	double *heights = doc_arena_alloc(&l->p->mem, g->rows, sizeof(double));
	struct flow *head = doc_arena_alloc(&l->p->mem, 1, sizeof(*head));
	struct pending head_pend = { 0 };

	for (size_t r = 0; rows != NULL && heights != NULL && r < g->rows; r++) {
		rows[r] = lay_row(l, g, r, table, &heights[r]);
		if (rows[r] == NULL)
			return;
	}
	if (rows == NULL || heights == NULL || head == NULL)
		return;
	stretch_spans(g, rows, heights);
	for (size_t r = 0; r < g->rows; r++) {
		struct piece *piece = pdf_piece(l, PIECE_ROW, r == 0 ? above : 0, heights[r]);

		piece->row = rows[r];
		piece->tag = rows[r]->tag;
		piece->glue = r < g->head || spans_on(g, r);
		if (r < g->head) {
			struct lay copy = *l;
			struct piece *again;

			copy.flow = head;
			copy.pend = &head_pend;
			copy.frame = NULL;
			again = pdf_piece(&copy, PIECE_ROW, 0, heights[r]);
			again->row = rows[r];
		} else if (g->head > 0) {
			rows[r]->head = head;
		}
	}
	l->pend->below = below;
}

static void
lay_caption(struct lay *l, const char *caption, struct tag *table)
{
	struct lay in = *l;
	struct look k = pdf_look(l);

	if (*caption == '\0')
		return;
	k.ink = SOFT;
	in.tag = pdf_tag(l->p, table, "Caption");
	for (struct piece *p = pdf_lay_text(&in, caption, &k, l->size * 0.9, l->size * 0.15); p != NULL; p = p->next)
		p->glue = true;
}

static void
text_size_of_table(struct lay *l)
{
	if (l->size > l->p->base * 0.92)
		l->size *= 0.94;
}

void
pdf_lay_table(struct lay *l, const struct doc_node *n)
{
	bool plain = n->classes & (1u << DOC_CLASS_PLAIN), compact = n->classes & (1u << DOC_CLASS_COMPACT);
	struct grid g = {
		.tags = { "Table", "TR", "TH", "TD" }, .lined = !plain, .stretch = true, .pad_x = 5, .pad_y = compact ? 2 : 3.6
	};
	struct tag *table = pdf_tag(l->p, l->tag, "Table");
	size_t rows = 0, cols = 0, r = 0;

	text_size_of_table(l);
	for (const struct doc_node *row = n->first; row != NULL; row = row->next) {
		size_t in_row = 0;

		for (const struct doc_node *c = row->first; c != NULL; c = c->next)
			in_row += pdf_shown(c) ? c->cols : 0;
		cols = in_row > cols ? in_row : cols;
		rows += pdf_shown(row);
	}
	if (!grid_make(l, &g, rows, cols))
		return;
	for (const struct doc_node *row = n->first; row != NULL; row = row->next) {
		if (!pdf_shown(row))
			continue;
		for (const struct doc_node *c = row->first; c != NULL; c = c->next) {
			if (pdf_shown(c))
				grid_place(&g, r, c);
		}
		r++;
		if ((row->flags & DOC_F_HEAD) && g.head == r - 1)
			g.head = r;
	}
	if (g.head == g.rows)
		g.head = 0;
	lay_caption(l, n->text, table);
	grid_measure(l, &g);
	grid_widths(l, &g, n->extra);
	grid_lay(l, &g, table, l->size * 0.4, l->size * 1.1);
}

void
pdf_lay_terms(struct lay *l, const struct doc_node *n)
{
	struct grid g = { .tags = { "L", "LI", "Lbl", "LBody" }, .terms = true, .pad_x = 5, .pad_y = l->size * 0.16 };
	size_t rows = 0, r = 0;

	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		rows += c->kind == DOC_DETAIL && pdf_shown(c);
	if (!grid_make(l, &g, rows, 2))
		return;
	for (const struct doc_node *c = n->first, *term = NULL; c != NULL; c = c->next) {
		if (c->kind == DOC_TERM) {
			term = c;
		} else if (pdf_shown(c)) {
			g.slot[r * 2] = (struct slot){ .node = term, .cols = 1, .rows = 1 };
			g.slot[r * 2 + 1] = (struct slot){ .node = c, .cols = 1, .rows = 1 };
			r++;
			term = NULL;
		}
	}
	grid_measure(l, &g);
	/* The terms stand in a column as wide as the widest of them, up to a third, or up to half so that no word of theirs is torn. */
	g.width[0] = fmin(fmax(g.max[0] + 8, l->w * 0.2), fmax(l->w * 0.36, fmin(g.min[0] + 8, l->w * 0.5)));
	g.width[1] = l->w - g.width[0];
	grid_lay(l, &g, pdf_tag(l->p, l->tag, "L"), 0, l->size * 0.62);
}

void
pdf_lay_columns(struct lay *l, const struct doc_node *n)
{
	struct grid g = { .tags = { "Div", "Div", "Div", "Div" }, .columns = true, .gutter = l->size * 2 };
	size_t cols = 0, flexible = 0, c = 0;
	double left = l->w;

	for (const struct doc_node *k = n->first; k != NULL; k = k->next)
		cols += pdf_shown(k) && !doc_is_inline(k);
	if (!grid_make(l, &g, 1, cols))
		return;
	for (const struct doc_node *k = n->first; k != NULL; k = k->next) {
		if (!pdf_shown(k) || doc_is_inline(k))
			continue;
		g.slot[c] = (struct slot){ .node = k, .cols = 1, .rows = 1 };
		/* A symbol takes its own width, the others share the rest. */
		g.width[c] = k->kind == DOC_QR ? (double)k->cols * 72 / 25.4 + (c + 1 < cols ? g.gutter : 0) : 0;
		left -= k->kind == DOC_QR ? g.width[c] : c + 1 < cols ? g.gutter : 0;
		flexible += k->kind != DOC_QR;
		c++;
	}
	for (c = 0; c < cols; c++) {
		if (g.width[c] <= 0)
			g.width[c] = left / (double)flexible + (c + 1 < cols ? g.gutter : 0);
	}
	grid_lay(l, &g, l->tag, l->size * 0.75, l->size * 0.8);
}

/* ---- Matrix ---- */

static void
matrix_heads(const struct doc_matrix *m, struct grid *g)
{
	size_t top = 0;

	if (m->col_groups != NULL) {
		g->slot[0] = (struct slot){ .word = "", .cols = 1, .rows = 1, .head = true };
		for (size_t c = 0, end; c < m->cols; c = end) {
			for (end = c + 1; end < m->cols && strcmp(m->col_groups[end], m->col_groups[c]) == 0;)
				end++;
			g->slot[c + 1] = (struct slot){ .word = m->col_groups[c],
				.cols = (uint16_t)(end - c),
				.rows = 1,
				.align = DOC_ALIGN_CENTRE,
				.head = true,
				.scope = DOC_SCOPE_COLGROUP };
		}
		top = g->cols;
	}
	g->slot[top] = (struct slot){ .word = m->corner, .cols = 1, .rows = 1, .head = true, .scope = DOC_SCOPE_COL };
	for (size_t c = 0; c < m->cols; c++)
		g->slot[top + c + 1] = (struct slot){ .word = m->col_labels[c],
			.cols = 1,
			.rows = 1,
			.align = DOC_ALIGN_CENTRE,
			.head = true,
			.scope = DOC_SCOPE_COL };
	g->head = top != 0 ? 2 : 1;
}

void
pdf_lay_matrix(struct lay *l, const struct doc_node *n)
{
	const struct doc_matrix *m = n->extra;
	struct grid g = { .tags = { "Table", "TR", "TH", "TD" }, .pad_x = 4, .pad_y = 3 };
	struct tag *table;
	double widest = 0, room;

	if (m != NULL && m->cols > 100)
		fp_fail(&l->p->mem.fail, FP_ELIMIT, "a matrix of %zu columns does not fit on paper, the limit is 100", m->cols);
	if (m == NULL || m->cols > 100 || !grid_make(l, &g, m->rows + (m->col_groups != NULL ? 2 : 1), m->cols + 1))
		return;
	table = pdf_tag(l->p, l->tag, "Table");
	text_size_of_table(l);
	matrix_heads(m, &g);
	for (size_t r = 0; r < m->rows; r++) {
		struct slot *s = &g.slot[(r + g.head) * g.cols];

		s[0] = (struct slot){ .word = m->row_labels[r], .cols = 1, .rows = 1, .head = true, .scope = DOC_SCOPE_ROW };
		for (size_t c = 0; c < m->cols; c++) {
			const struct doc_matrix_cell *cell = &m->cells[r * m->cols + c];

			s[c + 1] = (struct slot){ .word = cell->word,
				.state = cell,
				.cols = 1,
				.rows = 1,
				.align = DOC_ALIGN_CENTRE,
				.filled = *cell->word != '\0' };
		}
	}
	lay_caption(l, n->text, table);
	grid_measure(l, &g);
	/* All states equally wide, the labels get what is left of half the width. */
	for (size_t c = 1; c < g.cols; c++)
		widest = fmax(widest, fmin(g.max[c], fmax(g.min[c], 78)));
	room = l->w - fmin(g.max[0], l->w * 0.45);
	widest = fmin(fmax(widest, 46), room / (double)m->cols);
	g.width[0] = fmin(g.max[0], l->w * 0.45);
	for (size_t c = 1; c < g.cols; c++)
		g.width[c] = widest;
	grid_lay(l, &g, table, l->size * 0.4, l->size * 1.1);
}
