/* The tree becomes a flow of pieces. */
#include "document/pdf_int.h"

#include <string.h>

bool
pdf_shown(const struct doc_node *n)
{
	return (n->media & DOC_IN_PDF) != 0;
}

struct tag *
pdf_tag(struct pdf *p, struct tag *parent, const char *name)
{
	struct tag *t = doc_arena_alloc(&p->mem, 1, sizeof(*t));

	if (t == NULL)
		return p->root;
	t->name = name;
	t->parent = parent;
	if (parent != NULL)
		parent->grouped = true;
	return t;
}

struct look
pdf_look(const struct lay *l)
{
	return (struct look){ .size = l->size, .ink = l->ink, .bold = l->bold, .lang = l->lang };
}

struct piece *
pdf_piece(struct lay *l, enum piece_kind kind, double above, double h)
{
	struct piece *piece = doc_arena_alloc(&l->p->mem, 1, sizeof(*piece));

	if (piece == NULL)
		return &l->p->lost;
	piece->kind = kind;
	piece->x = l->x;
	piece->w = l->w;
	piece->h = h;
	piece->above = above > l->pend->below ? above : l->pend->below;
	piece->tag = l->tag;
	piece->frame = l->frame;
	piece->keep = l->keep;
	piece->mark = l->pend->mark;
	piece->dest = l->pend->dest;
	*l->pend = (struct pending){ 0 };
	if (l->flow->last != NULL)
		l->flow->last->next = piece;
	else
		l->flow->first = piece;
	l->flow->last = piece;
	return piece;
}

double
pdf_flow_height(const struct flow *f)
{
	double h = 0;

	for (const struct piece *p = f->first; p != NULL; p = p->next)
		h += p->h + (p != f->first ? p->above : 0);
	return h;
}

struct piece *
pdf_lay_words(struct lay *l, struct words *w, double above, double below)
{
	struct para *para;
	struct piece *first = NULL;
	int lines;

	/* The caller's failure sticks to the words. */
	if (w->text.failed == FP_OK && (w->text.len == 0 || strspn(w->text.data, " ") == w->text.len))
		return NULL;
	para = pdf_para(w, l->w, l->align);
	if (para == NULL)
		return NULL;
	if (para->n_spans != 0)
		l->tag->grouped = true;
	lines = pango_layout_get_line_count(para->layout);
	for (int i = 0; i < lines; i++) {
		double h, ascent, width;
		struct piece *piece;

		pdf_line_metrics(para, i, &h, &ascent, &width);
		piece = pdf_piece(l, PIECE_LINE, i == 0 ? above : 0, h);
		piece->para = para;
		piece->line = i;
		/* No first line alone at the foot of a page, no last one alone at its head. */
		piece->glue = lines > 1 && (i == 0 || i == lines - 2);
		first = first != NULL ? first : piece;
	}
	l->pend->below = below;
	return first;
}

struct piece *
pdf_lay_text(struct lay *l, const char *text, const struct look *k, double above, double below)
{
	struct words w = { .p = l->p };
	struct piece *first;

	pdf_words_add(&w, text, k);
	first = pdf_lay_words(l, &w, above, below);
	pdf_words_free(&w);
	return first;
}

/* Give the place its own tag, unless text stands in the given one. */
static struct tag *
block_tag(struct lay *l, const struct doc_node *n, const char *name)
{
	struct tag *t = pdf_tag(l->p, l->tag, name);

	if (n != NULL && *doc_get(n)->lang != '\0')
		t->lang = doc_get(n)->lang;
	return t;
}

static void
lay_inlines(struct lay *l, const struct doc_node **n, const struct look *k, double above, double below)
{
	struct words w = { .p = l->p };

	pdf_words_inlines(&w, n, k);
	(void)pdf_lay_words(l, &w, above, below);
	pdf_words_free(&w);
}

void
pdf_lay_children(struct lay *l, const struct doc_node *n)
{
	const struct doc_node *c = n->first;

	while (c != NULL) {
		if (doc_is_inline(c)) {
			struct lay in = *l;
			struct look k = pdf_look(l);
			bool alone = l->own && c == n->first;

			for (const struct doc_node *r = c; alone && r != NULL; r = r->next)
				alone = doc_is_inline(r);
			if (!alone)
				in.tag = block_tag(l, NULL, "P");
			lay_inlines(&in, &c, &k, l->own ? 1 : 0, l->own ? 2 : l->size * 0.6);
			continue;
		}
		pdf_lay_node(l, c);
		c = c->next;
	}
}

static void
lay_para(struct lay *l, const struct doc_node *n)
{
	struct look k = pdf_look(l);
	const struct doc_node *c = n->first;
	double room = l->own ? l->size * 0.3 : l->size * 0.62;

	if (n->classes & (1u << DOC_CLASS_LEAD))
		k.size *= 1.16;
	if (n->classes & (1u << DOC_CLASS_SMALL))
		k.size *= 0.86;
	if (n->classes & (1u << DOC_CLASS_NUMBER)) {
		k.size *= 2;
		k.bold = true;
	}
	if (n->classes & (1u << DOC_CLASS_MUTED))
		k.ink = SOFT;
	k.mono = (n->classes & (1u << DOC_CLASS_MONO)) != 0;
	if (l->own && n->parent->first == n && n->next == NULL) {
		lay_inlines(l, &c, &k, 0, room);
		return;
	}
	l->tag = block_tag(l, n, "P");
	lay_inlines(l, &c, &k, 0, room);
}

static void
lay_heading(struct lay *l, const struct doc_node *n)
{
	static const struct {
		const char *tag;
		double size, above, below;
		uint32_t ink;
	} levels[7] = {
		{ "P", 1, 0, 0, INK },
		{ "H1", 1.95, 16, 6, INK },
		{ "H2", 1.36, 16, 5, ACCENT },
		{ "H3", 1.12, 11, 3, INK },
		{ "H4", 1.0, 9, 2, INK },
		{ "H5", 0.95, 8, 2, SOFT },
		{ "H6", 0.95, 8, 2, SOFT },
	};
	unsigned level = n->style > 6 ? 6 : n->style;
	struct look k = pdf_look(l);
	struct words w = { .p = l->p };
	struct piece *first;

	l->tag = block_tag(l, n, levels[level].tag);
	k.size *= levels[level].size;
	k.ink = levels[level].ink;
	k.bold = true;
	pdf_words_children(&w, n, &k);
	first = pdf_lay_words(l, &w, levels[level].above, levels[level].below);
	pdf_words_free(&w);
	for (struct piece *piece = first; piece != NULL; piece = piece->next)
		piece->glue = true;
	if (first != NULL) {
		first->outline = pdf_fold(l->p, n);
		first->level = level;
	}
}

/* How far to move in: nothing more once the column is narrow, so that the deepest text still stands on the page. */
static double
indent_of(const struct lay *l, double want)
{
	return l->w - want < 110 ? 0 : want;
}

static struct frame *
open_frame(struct lay *l, uint32_t fill, uint32_t edge, bool bar, double pad)
{
	struct frame *f = doc_arena_alloc(&l->p->mem, 1, sizeof(*f));
	struct piece *top;

	if (f == NULL)
		return NULL;
	*f = (struct frame){ .parent = l->frame, .x = l->x, .w = l->w, .fill = fill, .edge = edge, .bar = bar };
	l->frame = f;
	top = pdf_piece(l, PIECE_SPACE, l->size * 0.5, pad);
	top->glue = true;
	pad = indent_of(l, 2 * pad + 5) > 0 ? pad : 0;
	l->x += pad + (bar ? 5 : 2);
	l->w -= 2 * pad + (bar ? 5 : 4);
	return f;
}

static void
close_frame(struct lay *l, double pad)
{
	if (l->frame == NULL || l->flow->last == NULL)
		return;
	l->pend->below = 0;
	l->flow->last->glue = true;
	(void)pdf_piece(l, PIECE_SPACE, 0, pad);
	l->pend->below = l->size * 0.9;
}

static void
lay_callout(struct lay *l, const struct doc_node *n)
{
	const struct doc_look *look = doc_look(n->style);
	double pad = l->size * 0.75;
	struct lay in = *l;

	in.tag = block_tag(l, n, "Sect");
	if (open_frame(&in, look->ground, look->edge, true, pad) == NULL)
		return;
	if (*n->text != '\0') {
		struct lay title = in;
		struct look k = { .size = l->size * 1.04, .ink = look->ink, .bold = true };

		title.tag = pdf_tag(l->p, in.tag, "P");
		for (struct piece *p = pdf_lay_text(&title, n->text, &k, 0, l->size * 0.2); p != NULL; p = p->next)
			p->glue = true;
	}
	pdf_lay_children(&in, n);
	close_frame(&in, pad);
}

static void
lay_section(struct lay *l, const struct doc_node *n)
{
	struct lay in = *l;

	if (n->style == DOC_ROLE_NAV)
		return;
	in.tag = block_tag(l, n, "Sect");
	in.own = false;
	if (n->style == DOC_ROLE_CARD && n->first != NULL) {
		if (open_frame(&in, 0xffffff, LINE, false, l->size * 0.8) == NULL)
			return;
		pdf_lay_children(&in, n);
		close_frame(&in, l->size * 0.8);
		return;
	}
	pdf_lay_children(&in, n);
}

static void
lay_keep(struct lay *l, const struct doc_node *n)
{
	if (l->keep == 0)
		l->keep = ++l->p->keeps;
	pdf_lay_children(l, n);
}

static void
lay_details(struct lay *l, const struct doc_node *n)
{
	struct look k = pdf_look(l);
	struct lay in = *l;

	in.tag = block_tag(l, n, "Sect");
	in.own = false;
	if (*n->text != '\0') {
		struct lay title = in;

		k.bold = true;
		title.tag = pdf_tag(l->p, in.tag, "P");
		for (struct piece *p = pdf_lay_text(&title, n->text, &k, l->size * 0.6, l->size * 0.3); p != NULL; p = p->next)
			p->glue = true;
	}
	pdf_lay_children(&in, n);
}

static void
lay_pre(struct lay *l, const struct doc_node *n)
{
	struct look k = pdf_look(l);
	struct lay in = *l;
	struct words w = { .p = l->p };

	k.mono = true;
	k.size *= 0.9;
	in.tag = block_tag(l, n, "Code");
	if (open_frame(&in, PAPER, LINE, false, l->size * 0.55) == NULL)
		return;
	pdf_words_children(&w, n, &k);
	while (w.text.failed == FP_OK && w.text.len > 0 && w.text.data[w.text.len - 1] == '\n')
		w.text.data[--w.text.len] = '\0';
	(void)pdf_lay_words(&in, &w, 0, 0);
	pdf_words_free(&w);
	close_frame(&in, l->size * 0.55);
}

static void
lay_quote(struct lay *l, const struct doc_node *n)
{
	struct lay in = *l;

	in.tag = block_tag(l, n, "BlockQuote");
	in.own = false;
	in.x += indent_of(l, 14);
	in.w -= indent_of(l, 14);
	in.ink = SOFT;
	pdf_lay_children(&in, n);
}

/* The mark of an item: a bullet or its number, hung at the left of the item's first piece. */
static struct mark *
item_mark(struct lay *l, const struct doc_node *list, unsigned number, double indent, struct tag *li)
{
	struct mark *m = doc_arena_alloc(&l->p->mem, 1, sizeof(*m));
	struct look k = { .size = l->size, .ink = SOFT };
	char text[16] = "\u2022";

	if (m == NULL || indent <= 0)
		return NULL;
	if (list->flags & DOC_F_ORDERED)
		(void)snprintf(text, sizeof(text), "%u.", number);
	m->kind = MARK_TEXT;
	m->x = l->x;
	m->w = indent - 5;
	m->tag = pdf_tag(l->p, li, "Lbl");
	m->text = pdf_para_of(l->p, text, &k, m->w, list->flags & DOC_F_ORDERED ? DOC_ALIGN_END : DOC_ALIGN_CENTRE);
	return m;
}

static void
lay_list(struct lay *l, const struct doc_node *n)
{
	struct lay in = *l;
	double want = n->classes & (1u << DOC_CLASS_PLAIN) ? 0 : n->flags & DOC_F_ORDERED ? l->size * 2.1 : l->size * 1.6;
	double indent = indent_of(l, want);
	struct tag *list = block_tag(l, n, "L");
	unsigned number = 0;

	for (const struct doc_node *i = n->first; i != NULL; i = i->next) {
		struct tag *li;

		if (!pdf_shown(i))
			continue;
		li = pdf_tag(l->p, list, "LI");
		in = *l;
		l->pend->mark = item_mark(l, n, ++number, indent, li);
		in.tag = pdf_tag(l->p, li, "LBody");
		in.own = true;
		in.x += indent;
		in.w -= indent;
		pdf_lay_children(&in, i);
		if (l->pend->mark != NULL)
			(void)pdf_piece(&in, PIECE_SPACE, 0, l->size * 1.3);
		if (l->pend->below < l->size * 0.22)
			l->pend->below = l->size * 0.22;
	}
	l->pend->below = l->own ? l->size * 0.22 : l->size * 0.62;
}

static void
draw_rule(struct pdf *p, const struct piece *piece, double y)
{
	pdf_set_ink(p, LINE);
	cairo_set_line_width(p->cr, 0.6);
	cairo_move_to(p->cr, piece->x, y + piece->h / 2);
	cairo_line_to(p->cr, piece->x + piece->w, y + piece->h / 2);
	cairo_stroke(p->cr);
}

static void
lay_rule(struct lay *l, const struct doc_node *n)
{
	(void)n;
	pdf_piece(l, PIECE_DRAW, l->size * 0.6, 2)->draw = draw_rule;
	l->pend->below = l->size * 0.8;
}

static void
lay_break(struct lay *l, const struct doc_node *n)
{
	(void)n;
	(void)pdf_piece(l, PIECE_BREAK, 0, 0);
}

static void
lay_field(struct lay *l, const struct doc_node *n)
{
	const struct doc_field *f = n->extra;
	const char *shown = f == NULL || f->type == DOC_INPUT_PASSWORD ? "" : f->value;
	struct look k = pdf_look(l);
	struct words w = { .p = l->p };

	for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
		if (strcmp(doc_get(c)->value, shown) == 0)
			shown = c->text;
	}
	l->tag = block_tag(l, n, "P");
	k.ink = SOFT;
	pdf_words_add(&w, n->text, &k);
	pdf_words_add(&w, ": ", &k);
	k.ink = l->ink;
	pdf_words_add(&w, shown, &k);
	(void)pdf_lay_words(l, &w, 0, l->size * 0.3);
	pdf_words_free(&w);
}

static void (*const layers[DOC_KIND_COUNT])(struct lay *l, const struct doc_node *n) = {
	[DOC_SECTION] = lay_section,
	[DOC_CALLOUT] = lay_callout,
	[DOC_KEEP] = lay_keep,
	[DOC_HEADING] = lay_heading,
	[DOC_PARA] = lay_para,
	[DOC_PRE] = lay_pre,
	[DOC_QUOTE] = lay_quote,
	[DOC_LIST] = lay_list,
	[DOC_TERMS] = pdf_lay_terms,
	[DOC_TABLE] = pdf_lay_table,
	[DOC_RULE] = lay_rule,
	[DOC_PAGE_BREAK] = lay_break,
	[DOC_COLUMNS] = pdf_lay_columns,
	[DOC_DETAILS] = lay_details,
	[DOC_MATRIX] = pdf_lay_matrix,
	[DOC_METER] = pdf_lay_meter,
	[DOC_BAR] = pdf_lay_bar,
	[DOC_QR] = pdf_lay_qr,
	[DOC_PAPER_CHECK] = pdf_lay_check,
	[DOC_PAPER_RADIO] = pdf_lay_check,
	[DOC_PAPER_LINE] = pdf_lay_line,
	[DOC_SIGNATURE] = pdf_lay_signature,
	[DOC_FORM] = pdf_lay_children,
	[DOC_FIELDSET] = lay_details,
	[DOC_INPUT] = lay_field,
	[DOC_TEXTAREA] = lay_field,
	[DOC_SELECT] = lay_field,
};

void
pdf_lay_node(struct lay *l, const struct doc_node *n)
{
	struct lay in = *l;

	if (!pdf_shown(n) || layers[n->kind] == NULL || l->p->mem.fail.status != FP_OK)
		return;
	if (*doc_get(n)->id != '\0')
		in.pend->dest = doc_get(n)->id;
	if (*doc_get(n)->lang != '\0')
		in.lang = doc_get(n)->lang;
	layers[n->kind](&in, n);
}
