/* Drawing: pages, frames, rows, and the structure tags around them. */
#include "document/pdf_int.h"

#include <cairo-pdf.h>
#include <string.h>

#include "base/mem.h"

void
pdf_set_ink(struct pdf *p, uint32_t rgb)
{
	cairo_set_source_rgb(p->cr, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255, (double)(rgb & 255) / 255);
}

void
pdf_round_rect(struct pdf *p, double x, double y, double w, double h, double r)
{
	r = r > w / 2 ? w / 2 : r;
	r = r > h / 2 ? h / 2 : r;
	cairo_new_path(p->cr);
	cairo_arc(p->cr, x + w - r, y + r, r, -G_PI / 2, 0);
	cairo_arc(p->cr, x + w - r, y + h - r, r, 0, G_PI / 2);
	cairo_arc(p->cr, x + r, y + h - r, r, G_PI / 2, G_PI);
	cairo_arc(p->cr, x + r, y + r, r, G_PI, 3 * G_PI / 2);
	cairo_close_path(p->cr);
}

/* ---- Tags ---- */

/*
 * cairo 1.16 marks content only in elements without children, and such an element lives on one page. So text stands in its tag
 * itself where that is so, and in a Span inside it otherwise; elements with children go on over page ends.
 */
static bool
is_leaf(const struct tag *t)
{
	return !t->grouped && t->first_page == t->last_page;
}

static void
open_tag(struct pdf *p, const char *name, const char *attributes, const struct tag *tag, ptrdiff_t field)
{
	if (fp_grow(&p->opened, &p->cap_opened, p->n_opened + 1, sizeof(*p->opened)) != 0) {
		fp_fail(&p->mem.fail, FP_ENOMEM, "out of memory for the structure of a PDF");
		return;
	}
	p->opened[p->n_opened++] = (struct opened){ name, tag, field };
	cairo_tag_begin(p->cr, name, attributes);
}

static void
close_extra(struct pdf *p)
{
	if (p->extra != NULL)
		cairo_tag_end(p->cr, p->extra);
	p->extra = NULL;
}

static void
open_path(struct pdf *p, struct tag *tag)
{
	if (tag == p->at)
		return;
	open_path(p, tag->parent);
	open_tag(p, tag->name, NULL, tag, -1);
	p->at = tag;
}

static bool
is_within(const struct tag *tag, const struct tag *outer)
{
	for (; tag != NULL; tag = tag->parent) {
		if (tag == outer)
			return true;
	}
	return outer == NULL;
}

void
pdf_tag_goto(struct pdf *p, struct tag *tag)
{
	if (p->again || tag == p->at)
		return;
	close_extra(p);
	while (!is_within(tag, p->at)) {
		cairo_tag_end(p->cr, p->at->name);
		p->at = p->at->parent;
	}
	if (tag != NULL)
		open_path(p, tag);
}

/* uri='...' or dest='...'; false when a link inside the document has nowhere to lead. */
static bool
link_attributes(struct pdf *p, const char *href, struct fp_buf *b)
{
	const struct dest *d = href[0] == '#' ? pdf_dest(p, href + 1) : NULL;

	if (href[0] == '#' && (d == NULL || !d->found))
		return false;
	fp_buf_puts(b, href[0] == '#' ? "dest='" : "uri='");
	for (const char *c = href + (href[0] == '#'); *c != '\0'; c++) {
		if (*c == '\'' || *c == '\\')
			fp_buf_putc(b, '\\');
		fp_buf_putc(b, *c);
	}
	fp_buf_putc(b, '\'');
	return b->failed == FP_OK;
}

void
pdf_tag_leaf(struct pdf *p, struct tag *tag, const char *leaf, const char *href, ptrdiff_t field)
{
	FP_AUTO(fp_buf_free) struct fp_buf attributes = { 0 };
	bool span;

	if (p->again)
		return;
	pdf_tag_goto(p, tag);
	if (href != NULL && !link_attributes(p, href, &attributes)) {
		leaf = "Span";
		fp_buf_free(&attributes);
	}
	span = strcmp(leaf, "Span") == 0;
	if ((span && is_leaf(tag)) || (span && p->extra != NULL && strcmp(p->extra, "Span") == 0))
		return;
	close_extra(p);
	open_tag(p, leaf, attributes.data, NULL, field);
	p->extra = leaf;
}

/* Elements that hold content themselves end with their page. */
static void
close_leaves(struct pdf *p)
{
	close_extra(p);
	while (p->at != NULL && is_leaf(p->at)) {
		cairo_tag_end(p->cr, p->at->name);
		p->at = p->at->parent;
	}
}

/* ---- Fields ---- */

ptrdiff_t
pdf_field_add(struct pdf *p, enum field_kind kind, const struct doc_node *n, double x, double y, double w, double h)
{
	if (p->o.flat || *doc_get(n)->name == '\0')
		return -1;
	if (fp_grow(&p->fields, &p->cap_fields, p->n_fields + 1, sizeof(*p->fields)) != 0) {
		fp_fail(&p->mem.fail, FP_ENOMEM, "out of memory for the fields of a PDF");
		return -1;
	}
	p->fields[p->n_fields] = (struct pdf_field){
		.kind = kind, .node = n, .page = p->page - 1, .x = x, .y = y, .w = w, .h = h, .size = p->base, .opened = SIZE_MAX
	};
	return (ptrdiff_t)p->n_fields++;
}

/* The value of a text field on a page of its own: pdf_finish makes its appearance of that, with the fonts of the document. */
static void
draw_appearances(struct pdf *p)
{
	for (size_t i = 0; i < p->n_fields; i++) {
		struct pdf_field *f = &p->fields[i];
		struct para *para;

		if (f->kind != FIELD_TEXT || *doc_get(f->node)->value == '\0')
			continue;
		para = pdf_field_text(p, f->node, f->w - 6, f->h - 4, &f->size);
		if (para == NULL)
			return;
		cairo_pdf_surface_set_size(p->surface, f->w, f->h);
		pdf_draw_para(p, para, 3, f->node->rows > 1 ? 2 : (f->h - pdf_para_height(para)) / 2, NULL);
		cairo_show_page(p->cr);
		f->shows = true;
	}
}

/* ---- Pieces ---- */

static void draw_piece(struct pdf *p, const struct piece *piece, double y);

static void
draw_flow(struct pdf *p, const struct flow *f, double y)
{
	for (const struct piece *piece = f->first; piece != NULL; piece = piece->next) {
		y += piece == f->first ? 0 : piece->above;
		draw_piece(p, piece, y);
		y += piece->h;
	}
}

static void
draw_cell(struct pdf *p, const struct cell *c, double y, double row_h)
{
	double h = c->h > 0 ? c->h : row_h, content = pdf_flow_height(&c->flow);
	/* Heads stand on their rule, states in the middle of their ground. */
	double top = c->head && c->lined ? h - content - c->pad : c->filled ? (h - content) / 2 : c->pad;

	if (c->filled) {
		pdf_round_rect(p, c->x + 1.2, y + 1.2, c->w - 2.4, h - 2.4, 2.5);
		pdf_set_ink(p, c->fill);
		cairo_fill_preserve(p->cr);
		pdf_set_ink(p, c->edge);
		cairo_set_line_width(p->cr, 0.6);
		cairo_stroke(p->cr);
	}
	pdf_tag_goto(p, c->tag);
	draw_flow(p, &c->flow, y + top);
	if (!c->lined && !c->group)
		return;
	pdf_set_ink(p, c->head ? FIELD_LINE : LINE);
	cairo_set_line_width(p->cr, c->head && c->lined ? 0.9 : 0.5);
	cairo_move_to(p->cr, c->x + (c->group ? 3 : 0), y + h);
	cairo_line_to(p->cr, c->x + c->w - (c->group ? 3 : 0), y + h);
	cairo_stroke(p->cr);
}

static void
add_anchors(struct pdf *p, const struct piece *piece, double y)
{
	char at[256];
	unsigned parent = piece->level;

	if (piece->dest != NULL && strlen(piece->dest) < 150) {
		(void)snprintf(at, sizeof(at), "name='%s' x=%d y=%d", piece->dest, (int)piece->x, (int)y);
		cairo_tag_begin(p->cr, CAIRO_TAG_DEST, at);
		cairo_tag_end(p->cr, CAIRO_TAG_DEST);
	}
	if (piece->outline == NULL)
		return;
	while (parent > 0 && p->outline[parent - 1] == 0)
		parent--;
	(void)snprintf(at, sizeof(at), "page=%u pos=[%d %d]", p->page, (int)piece->x, (int)y);
	p->outline[piece->level] = cairo_pdf_surface_add_outline(p->surface,
	    parent > 0 ? p->outline[parent - 1] : CAIRO_PDF_OUTLINE_ROOT, piece->outline, at, CAIRO_PDF_OUTLINE_FLAG_OPEN);
	for (unsigned i = piece->level + 1; i < 7; i++)
		p->outline[i] = 0;
}

static void
draw_piece(struct pdf *p, const struct piece *piece, double y)
{
	if (!p->again)
		add_anchors(p, piece, y);
	if (piece->mark != NULL)
		pdf_draw_mark(p, piece->mark, y, piece->h);
	switch (piece->kind) {
	case PIECE_LINE:
		pdf_draw_line(p, piece->para, piece->line, piece->x, y, p->again ? NULL : piece->tag);
		break;
	case PIECE_ROW:
		pdf_tag_goto(p, piece->tag);
		for (size_t i = 0; i < piece->row->n; i++)
			draw_cell(p, &piece->row->cell[i], y, piece->h);
		break;
	case PIECE_DRAW:
		if (piece->draw != NULL)
			piece->draw(p, piece, y);
		break;
	default:
		break;
	}
}

/* ---- Pages ---- */

/* Measure the part of a frame (and of those around it) that this page shows; *list gets it, outer ones first. */
static void
note_frame(struct frame *f, struct frame ***tail, unsigned page, double top, double bottom)
{
	if (f == NULL)
		return;
	note_frame(f->parent, tail, page, top, bottom);
	if (f->page != page) {
		f->page = page;
		f->top = top;
		f->next = NULL;
		**tail = f;
		*tail = &f->next;
	}
	f->bottom = bottom;
}

static void
draw_frame(struct pdf *p, const struct frame *f)
{
	double h = f->bottom - f->top;

	pdf_round_rect(p, f->x, f->top, f->w, h, 3);
	pdf_set_ink(p, f->fill);
	cairo_fill_preserve(p->cr);
	pdf_set_ink(p, f->edge);
	cairo_set_line_width(p->cr, 0.7);
	cairo_stroke(p->cr);
	if (!f->bar)
		return;
	cairo_save(p->cr);
	pdf_round_rect(p, f->x, f->top, f->w, h, 3);
	cairo_clip(p->cr);
	cairo_rectangle(p->cr, f->x - 1, f->top, 4.5, h);
	cairo_fill(p->cr);
	cairo_restore(p->cr);
}

static void
draw_frames(struct pdf *p, size_t from, size_t to)
{
	struct frame *list = NULL, **tail = &list;

	for (size_t i = from; i < to; i++)
		note_frame(p->placed[i].piece->frame, &tail, p->page, p->placed[i].y, p->placed[i].y + p->placed[i].piece->h);
	for (const struct frame *f = list; f != NULL; f = f->next)
		draw_frame(p, f);
}

/* {page} and {pages} in a pattern. */
static void
fill_pattern(struct pdf *p, struct fp_buf *b, const char *pattern)
{
	while (*pattern != '\0') {
		if (strncmp(pattern, "{page}", 6) == 0) {
			fp_buf_printf(b, "%u", p->page);
			pattern += 6;
		} else if (strncmp(pattern, "{pages}", 7) == 0) {
			fp_buf_printf(b, "%u", p->pages);
			pattern += 7;
		} else {
			fp_buf_putc(b, *pattern++);
		}
	}
}

static void
draw_margin(struct pdf *p, const char *pattern, double y, unsigned align)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct look k = { .size = p->base * 0.8, .ink = SOFT };
	struct para *para;

	fill_pattern(p, &b, pattern);
	para = b.len != 0 ? pdf_para_of(p, b.data, &k, p->width, align) : NULL;
	if (para != NULL)
		pdf_draw_line(p, para, 0, p->left, y, NULL);
}

static void
draw_margins(struct pdf *p)
{
	const struct doc_meta *m = &p->d->meta;
	double foot = p->page_h - 40;

	draw_margin(p, m->head_left, 30, DOC_ALIGN_START);
	draw_margin(p, m->head_right, 30, DOC_ALIGN_END);
	if (*m->foot_left == '\0' && *m->foot_right == '\0')
		return;
	pdf_set_ink(p, LINE);
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, p->left, foot - 5);
	cairo_line_to(p->cr, p->left + p->width, foot - 5);
	cairo_stroke(p->cr);
	draw_margin(p, m->foot_left, foot, DOC_ALIGN_START);
	draw_margin(p, m->foot_right, foot, DOC_ALIGN_END);
}

void
pdf_draw_pages(struct pdf *p)
{
	size_t i = 0;

	for (p->page = 1; p->page <= p->pages && p->mem.fail.status == FP_OK; p->page++) {
		size_t end = i;

		while (end < p->n_placed && p->placed[end].page == p->page)
			end++;
		draw_frames(p, i, end);
		for (; i < end; i++) {
			p->again = p->placed[i].again;
			draw_piece(p, p->placed[i].piece, p->placed[i].y);
			p->again = false;
		}
		close_leaves(p);
		draw_margins(p);
		cairo_show_page(p->cr);
	}
	pdf_tag_goto(p, NULL);
	draw_appearances(p);
}
