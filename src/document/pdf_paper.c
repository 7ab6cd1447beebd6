/* Boxes and lines to fill in, signature lines, and the pictures. */
#include "document/pdf_int.h"

#include <math.h>
#include <string.h>

/* ---- Boxes ---- */

void
pdf_lay_check(struct lay *l, const struct doc_node *n)
{
	struct mark *m = doc_arena_alloc(&l->p->mem, 1, sizeof(*m));
	struct look k = pdf_look(l);
	double side = l->size * 1.02;
	struct lay in = *l;

	if (m == NULL)
		return;
	in.tag = pdf_tag(l->p, l->tag, "P");
	in.tag->grouped = true;
	*m = (struct mark){
		.kind = n->kind == DOC_PAPER_CHECK ? MARK_CHECK : MARK_RADIO, .x = l->x, .w = side, .node = n, .tag = in.tag
	};
	if (*n->text == '\0' && l->align != DOC_ALIGN_START)
		m->x += (l->w - side) / (l->align == DOC_ALIGN_CENTRE ? 2 : 1);
	in.pend->mark = m;
	in.align = DOC_ALIGN_START;
	in.x += side * 1.7;
	in.w -= side * 1.7;
	if (pdf_lay_text(&in, n->text, &k, l->own ? 0 : l->size * 0.15, l->size * (l->own ? 0.2 : 0.38)) == NULL)
		(void)pdf_piece(&in, PIECE_SPACE, 0, l->size * 1.36);
}

static void
draw_tick(struct pdf *p, double x, double y, double s)
{
	pdf_set_ink(p, INK);
	cairo_set_line_width(p->cr, s * 0.15);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
	cairo_move_to(p->cr, x + s * 0.22, y + s * 0.53);
	cairo_line_to(p->cr, x + s * 0.42, y + s * 0.74);
	cairo_line_to(p->cr, x + s * 0.79, y + s * 0.27);
	cairo_stroke(p->cr);
}

static void
draw_box(struct pdf *p, const struct mark *m, double x, double y)
{
	double s = m->w;
	bool radio = m->kind == MARK_RADIO;
	ptrdiff_t field;

	/* A repeated header row shows its boxes, but they are not asked twice. */
	field = p->again ? -1 : pdf_field_add(p, radio ? FIELD_RADIO : FIELD_CHECK, m->node, x, y, s, s);
	pdf_tag_leaf(p, m->tag, "Form", NULL, field);
	cairo_new_path(p->cr);
	if (radio)
		cairo_arc(p->cr, x + s / 2, y + s / 2, s / 2, 0, 2 * G_PI);
	else
		pdf_round_rect(p, x, y, s, s, 1.2);
	cairo_set_source_rgb(p->cr, 1, 1, 1);
	cairo_fill_preserve(p->cr);
	pdf_set_ink(p, FIELD_LINE);
	cairo_set_line_width(p->cr, 0.8);
	cairo_stroke(p->cr);
	if (field >= 0 || !(m->node->flags & DOC_F_CHECKED))
		return;
	if (radio) {
		pdf_set_ink(p, INK);
		cairo_arc(p->cr, x + s / 2, y + s / 2, s * 0.27, 0, 2 * G_PI);
		cairo_fill(p->cr);
	} else {
		draw_tick(p, x, y, s);
	}
}

void
pdf_draw_mark(struct pdf *p, const struct mark *m, double y, double line_h)
{
	if (m->kind == MARK_TEXT) {
		if (m->text != NULL)
			pdf_draw_line(p, m->text, 0, m->x, y, p->again ? NULL : m->tag);
		return;
	}
	draw_box(p, m, m->x, y + (fmin(line_h, m->w * 1.5) - m->w) / 2);
}

/* ---- Lines ---- */

struct para *
pdf_field_text(struct pdf *p, const struct doc_node *n, double w, double h, double *size)
{
	const char *value = doc_get(n)->value;
	struct para *para = NULL;

	*size = p->base / 0.92;
	for (int smaller = 0; smaller < 8; smaller++) {
		struct words words = { .p = p };

		*size *= 0.92;
		for (const char *line = value; *line != '\0';) {
			size_t len = strcspn(line, "\n");

			fp_buf_add(&words.text, line, len);
			line += len;
			if (*line == '\n') {
				fp_buf_puts(&words.text, n->rows > 1 ? "\u2028" : " ");
				line++;
			}
		}
		words.attrs = pango_attr_list_new();
		pango_attr_list_insert(words.attrs, pango_attr_size_new_absolute((int)(*size * PANGO_SCALE)));
		para = pdf_para(&words, n->rows > 1 ? w : -1, DOC_ALIGN_START);
		pdf_words_free(&words);
		if (para == NULL || (n->rows > 1 ? pdf_para_height(para) <= h : pdf_para_natural(para) <= w))
			break;
	}
	return para;
}

static void
draw_line_box(struct pdf *p, const struct piece *piece, double y)
{
	const struct doc_node *n = piece->node;
	ptrdiff_t field = pdf_field_add(p, FIELD_TEXT, n, piece->x, y, piece->w, piece->h);

	pdf_tag_leaf(p, piece->tag, "Form", NULL, field);
	pdf_set_ink(p, FIELD);
	cairo_rectangle(p->cr, piece->x, y, piece->w, piece->h);
	cairo_fill(p->cr);
	pdf_set_ink(p, FIELD_LINE);
	cairo_set_line_width(p->cr, 0.7);
	if (n->rows > 1) {
		cairo_rectangle(p->cr, piece->x, y, piece->w, piece->h);
	} else {
		cairo_move_to(p->cr, piece->x, y + piece->h);
		cairo_line_to(p->cr, piece->x + piece->w, y + piece->h);
	}
	cairo_stroke(p->cr);
	if (field < 0 && *doc_get(n)->value != '\0') {
		double size;
		struct para *para = pdf_field_text(p, n, piece->w - 6, piece->h - 4, &size);

		if (para != NULL)
			pdf_draw_para(
			    p, para, piece->x + 3, y + (n->rows > 1 ? 2 : (piece->h - pdf_para_height(para)) / 2), piece->tag);
	}
}

/* A value that does not fit even in small letters makes its line a box, and its box taller: on paper nothing can be scrolled. */
static const struct doc_node *
roomy(struct lay *l, const struct doc_node *n, double w, double *h)
{
	double size, page = l->p->bottom - l->p->top;
	struct doc_node *copy;
	struct para *para;

	if (*doc_get(n)->value == '\0')
		return n;
	para = pdf_field_text(l->p, n, w - 6, *h - 4, &size);
	if (para == NULL || (n->rows > 1 ? pdf_para_height(para) <= *h - 4 : pdf_para_natural(para) <= w - 6))
		return n;
	copy = doc_arena_alloc(&l->p->mem, 1, sizeof(*copy));
	if (copy == NULL)
		return n;
	*copy = *n;
	copy->rows = n->rows > 1 ? n->rows : 2;
	*h = fmin(pdf_para_height(pdf_field_text(l->p, copy, w - 6, page, &size)) + 8, page * 0.9);
	return copy;
}

void
pdf_lay_line(struct lay *l, const struct doc_node *n)
{
	struct look k = { .size = l->size * 0.86, .ink = SOFT, .lang = l->lang };
	double h = n->rows > 1 ? n->rows * l->size * 1.4 + 6 : l->size * (l->own ? 1.55 : 1.95);
	struct lay in = *l;
	struct piece *box;

	in.tag = pdf_tag(l->p, l->tag, "P");
	in.tag->grouped = true;
	in.align = DOC_ALIGN_START;
	in.w = l->w * n->cols / 100;
	for (struct piece *piece = pdf_lay_text(&in, n->text, &k, l->own ? 0 : l->size * 0.45, 1); piece != NULL;
	     piece = piece->next)
		piece->glue = true;
	n = roomy(l, n, in.w, &h);
	box = pdf_piece(&in, PIECE_DRAW, 0, h);
	box->draw = draw_line_box;
	box->node = n;
	l->pend->below = l->size * (l->own ? 0.2 : 0.75);
}

static void
draw_signature(struct pdf *p, const struct piece *piece, double y)
{
	pdf_set_ink(p, INK);
	cairo_set_line_width(p->cr, 0.7);
	cairo_move_to(p->cr, piece->x, y + piece->h);
	cairo_line_to(p->cr, piece->x + piece->w, y + piece->h);
	cairo_stroke(p->cr);
}

void
pdf_lay_signature(struct lay *l, const struct doc_node *n)
{
	struct look k = { .size = l->size * 0.86, .ink = SOFT, .lang = l->lang };
	struct lay in = *l;
	struct piece *line;

	in.tag = pdf_tag(l->p, l->tag, "P");
	in.align = DOC_ALIGN_START;
	in.w = fmin(l->w, 235);
	line = pdf_piece(&in, PIECE_DRAW, l->size * 0.5, 36);
	line->draw = draw_signature;
	line->glue = true;
	(void)pdf_lay_text(&in, n->text, &k, 3, l->size * 1.2);
}

/* ---- Pictures ---- */

static void
draw_qr(struct pdf *p, const struct piece *piece, double y)
{
	struct doc_qr_code qr;
	double unit;

	if (doc_qr_make(&qr, piece->node->text, &p->mem.fail) != FP_OK)
		return;
	pdf_tag_leaf(p, piece->tag, "Span", NULL, -1);
	unit = piece->h / (qr.size + 8);
	cairo_set_source_rgb(p->cr, 1, 1, 1);
	cairo_rectangle(p->cr, piece->x, y, piece->h, piece->h);
	cairo_fill(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
	for (unsigned r = 0; r < qr.size; r++) {
		for (unsigned c = 0, run; c < qr.size; c += run) {
			uint8_t dark = qr.module[r * qr.size + c];

			for (run = 1; c + run < qr.size && qr.module[r * qr.size + c + run] == dark;)
				run++;
			if (dark)
				cairo_rectangle(p->cr, piece->x + (c + 4) * unit, y + (r + 4) * unit, run * unit, unit);
		}
	}
	/* One path: neighbouring modules leave no hair lines between them. */
	cairo_fill(p->cr);
}

void
pdf_lay_qr(struct lay *l, const struct doc_node *n)
{
	struct look k = { .size = l->size * 0.8, .ink = SOFT, .lang = l->lang };
	const char *alt = doc_get(n)->label;
	struct doc_qr_code qr;
	struct lay in = *l;
	struct piece *piece;

	if (doc_qr_make(&qr, n->text, &l->p->mem.fail) != FP_OK)
		return;
	in.tag = pdf_tag(l->p, l->tag, "Figure");
	in.tag->alt = *alt != '\0' ? alt : n->text;
	piece = pdf_piece(&in, PIECE_DRAW, l->own ? 0 : l->size * 0.4, n->cols * 72 / 25.4);
	piece->draw = draw_qr;
	piece->node = n;
	l->pend->below = l->size * 0.6;
	if (*alt == '\0')
		return;
	piece->glue = true;
	in.tag = pdf_tag(l->p, l->tag, "P");
	/* Flush with the modules, not with the quiet zone. */
	in.x += piece->h * 4 / (qr.size + 8);
	(void)pdf_lay_text(&in, alt, &k, 0, l->size * 0.6);
}

static void
draw_meter(struct pdf *p, const struct piece *piece, double y)
{
	const double *v = piece->node->extra;

	pdf_tag_leaf(p, piece->tag, "Span", NULL, -1);
	pdf_round_rect(p, piece->x, y, piece->w, piece->h, piece->h / 2);
	cairo_save(p->cr);
	cairo_clip_preserve(p->cr);
	pdf_set_ink(p, 0xe6e7e3);
	cairo_fill(p->cr);
	pdf_set_ink(p, doc_look(DOC_BADGE_VERIFIED)->edge);
	cairo_rectangle(p->cr, piece->x, y, piece->w * v[0] / v[1], piece->h);
	cairo_fill(p->cr);
	cairo_restore(p->cr);
}

void
pdf_lay_meter(struct lay *l, const struct doc_node *n)
{
	struct look k = pdf_look(l);
	struct lay in = *l;
	struct piece *piece;

	if (n->extra == NULL)
		return;
	in.tag = pdf_tag(l->p, l->tag, "P");
	for (piece = pdf_lay_text(&in, n->text, &k, 0, l->size * 0.25); piece != NULL; piece = piece->next)
		piece->glue = true;
	in.tag = pdf_tag(l->p, l->tag, "Figure");
	in.tag->alt = n->text;
	in.w = fmin(l->w, 220);
	piece = pdf_piece(&in, PIECE_DRAW, 0, l->size * 0.7);
	piece->draw = draw_meter;
	piece->node = n;
	l->pend->below = l->size * 0.8;
}

static void
draw_bar(struct pdf *p, const struct piece *piece, double y)
{
	const struct doc_bar *bar = piece->node->extra;
	double x = piece->x, total = 0;

	pdf_tag_leaf(p, piece->tag, "Span", NULL, -1);
	for (size_t i = 0; i < bar->n; i++)
		total += (double)bar->parts[i].count;
	cairo_save(p->cr);
	pdf_round_rect(p, piece->x, y, piece->w, piece->h, 2.5);
	cairo_clip(p->cr);
	for (size_t i = 0; i < bar->n && total > 0; i++) {
		double w = piece->w * (double)bar->parts[i].count / total;

		pdf_set_ink(p, doc_look(bar->parts[i].style)->edge);
		cairo_rectangle(p->cr, x, y, w, piece->h);
		cairo_fill(p->cr);
		x += w;
	}
	cairo_restore(p->cr);
}

void
pdf_lay_bar(struct lay *l, const struct doc_node *n)
{
	const struct doc_bar *bar = n->extra;
	struct look k = pdf_look(l);
	struct words w = { .p = l->p };
	struct lay in = *l;
	struct piece *piece;

	if (bar == NULL)
		return;
	in.tag = pdf_tag(l->p, l->tag, "P");
	for (piece = pdf_lay_text(&in, n->text, &k, 0, l->size * 0.25); piece != NULL; piece = piece->next)
		piece->glue = true;
	in.tag = pdf_tag(l->p, l->tag, "Figure");
	in.tag->alt = n->text;
	piece = pdf_piece(&in, PIECE_DRAW, 0, l->size * 1.15);
	piece->draw = draw_bar;
	piece->node = n;
	piece->glue = true;
	for (size_t i = 0; i < bar->n; i++) {
		char count[32];

		(void)snprintf(count, sizeof(count), " %llu    ", (unsigned long long)bar->parts[i].count);
		pdf_words_badge(&w, bar->parts[i].style, bar->parts[i].label, &k);
		pdf_words_add(&w, count, &k);
	}
	in.tag = pdf_tag(l->p, l->tag, "P");
	(void)pdf_lay_words(&in, &w, l->size * 0.4, l->size * 0.9);
	pdf_words_free(&w);
}
