/* Text: inlines become Pango paragraphs, and their lines are drawn run by run, so that each run gets its colour and its tag. */
#include "document/pdf_int.h"

#include <hb.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A paragraph is cut after so many bytes, at a blank if one comes soon: breaking lines takes time with the square of its length. */
enum { LONGEST = 6000, SOON = 400 };

void
pdf_words_free(struct words *w)
{
	fp_buf_free(&w->text);
	free(w->spans);
	if (w->attrs != NULL)
		pango_attr_list_unref(w->attrs);
	*w = (struct words){ .p = w->p };
}

static void
insert(struct words *w, PangoAttribute *a, size_t start)
{
	a->start_index = (guint)start;
	a->end_index = (guint)w->text.len;
	pango_attr_list_insert(w->attrs, a);
}

static PangoAttribute *
ink_attr(uint32_t rgb)
{
	return pango_attr_foreground_new(
	    (guint16)((rgb >> 16 & 255) * 257), (guint16)((rgb >> 8 & 255) * 257), (guint16)((rgb & 255) * 257));
}

static void
set_looks(struct words *w, size_t start, const struct look *k)
{
	if (w->attrs == NULL)
		w->attrs = pango_attr_list_new();
	insert(w, pango_attr_size_new_absolute((int)(k->size * (k->mono ? 0.94 : 1) * PANGO_SCALE)), start);
	insert(w, ink_attr(k->ink), start);
	/* A serial number that is broken must not get a hyphen that is not part of it. */
	insert(w, pango_attr_insert_hyphens_new(FALSE), start);
	/* Ligatures would be marked in the file with their letters, inside the mark of the paragraph: readers then lose the rest of it. */
	insert(w, pango_attr_font_features_new("liga=0,clig=0,dlig=0,calt=0"), start);
	if (k->bold)
		insert(w, pango_attr_weight_new(PANGO_WEIGHT_BOLD), start);
	if (k->italic)
		insert(w, pango_attr_style_new(PANGO_STYLE_ITALIC), start);
	if (k->mono)
		insert(w, pango_attr_family_new("Noto Sans Mono,Liberation Mono,DejaVu Sans Mono,Noto Sans"), start);
	if (k->lang != NULL && *k->lang != '\0')
		insert(w, pango_attr_language_new(pango_language_from_string(k->lang)), start);
}

static void
add_span(struct words *w, size_t start, const char *href, unsigned style)
{
	if (fp_grow(&w->spans, &w->cap_spans, w->n_spans + 1, sizeof(*w->spans)) != 0) {
		w->text.failed = FP_ENOMEM;
		return;
	}
	w->spans[w->n_spans++] = (struct span){ (int)start, (int)w->text.len, href, (uint8_t)style };
}

/* How much of text goes into one paragraph. */
static size_t
whole_letters(const char *text, size_t len)
{
	size_t n = LONGEST;

	if (len <= LONGEST)
		return len;
	while (n < LONGEST + SOON && n < len && text[n] != ' ' && text[n] != '\n')
		n++;
	while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void
pdf_words_add(struct words *w, const char *text, const struct look *k)
{
	size_t start = w->text.len, len = strlen(text);

	while (len > 0) {
		size_t n = whole_letters(text, len);

		fp_buf_add(&w->text, text, n);
		text += n;
		len -= n;
		if (len > 0)
			fp_buf_puts(&w->text, "\u2029");
	}
	for (size_t i = start; !k->mono && w->text.failed == FP_OK && i < w->text.len; i++) {
		if (w->text.data[i] == '\n' || w->text.data[i] == '\t')
			w->text.data[i] = ' ';
	}
	if (w->text.failed == FP_OK && w->text.len > start) {
		set_looks(w, start, k);
		if (k->href != NULL)
			add_span(w, start, k->href, 0);
	}
}

void
pdf_words_badge(struct words *w, unsigned style, const char *word, const struct look *k)
{
	struct look badge = { .size = k->size * 0.88, .ink = doc_look(style)->ink, .bold = true, .lang = k->lang };
	size_t start = w->text.len;

	/* The blanks make room for the rounded ends; nothing in a badge is broken at a line end. */
	fp_buf_putc(&w->text, ' ');
	fp_buf_puts(&w->text, word);
	fp_buf_putc(&w->text, ' ');
	if (w->text.failed != FP_OK)
		return;
	add_span(w, start, NULL, style);
	set_looks(w, start, &badge);
	insert(w, pango_attr_allow_breaks_new(FALSE), start);
}

static void inline_node(struct words *w, const struct doc_node *n, const struct look *k);

void
pdf_words_children(struct words *w, const struct doc_node *n, const struct look *k)
{
	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		inline_node(w, c, k);
}

/* A link that leads somewhere on paper: an absolute address, or a place in this document. */
static bool
leads(const char *href)
{
	return strncmp(href, "http", 4) == 0 || strncmp(href, "mailto:", 7) == 0 || (href[0] == '#' && href[1] != '\0');
}

static void
inline_link(struct words *w, const struct doc_node *n, struct look k)
{
	const char *href = doc_get(n)->href;

	if (leads(href)) {
		k.href = href;
		/* Neighbouring links differ in a bit that nobody sees, so that their runs stay apart. */
		k.ink = ACCENT ^ (w->links++ & 1);
	}
	pdf_words_children(w, n, &k);
}

static void
inline_node(struct words *w, const struct doc_node *n, const struct look *look)
{
	static const char *const choice_mark[2][2] = { { "\u2610 ", "\u2611 " }, { "\u25cb ", "\u25c9 " } };
	struct look k = *look;

	if (!pdf_shown(n))
		return;
	if (*doc_get(n)->lang != '\0')
		k.lang = doc_get(n)->lang;
	if (n->classes & (1u << DOC_CLASS_SMALL))
		k.size *= 0.86;
	if (n->classes & (1u << DOC_CLASS_MUTED))
		k.ink = SOFT;
	k.mono = k.mono || (n->classes & (1u << DOC_CLASS_MONO)) || n->kind == DOC_CODE;
	k.bold = k.bold || n->kind == DOC_STRONG;
	k.italic = k.italic || n->kind == DOC_EM;
	switch (n->kind) {
	case DOC_TEXT:
		pdf_words_add(w, n->text, &k);
		break;
	case DOC_BREAK:
		fp_buf_puts(&w->text, "\u2028");
		break;
	case DOC_BADGE:
		pdf_words_badge(w, n->style, n->text, &k);
		break;
	case DOC_CHOICE:
		pdf_words_add(w, choice_mark[(n->flags & DOC_F_RADIO) != 0][(n->flags & DOC_F_CHECKED) != 0], &k);
		pdf_words_add(w, n->text, &k);
		fp_buf_puts(&w->text, "\u2028");
		break;
	case DOC_LINK:
		inline_link(w, n, k);
		break;
	case DOC_BUTTON_LINK:
	case DOC_HIDDEN:
	case DOC_SUBMIT:
		break;
	default:
		pdf_words_children(w, n, &k);
	}
}

void
pdf_words_inlines(struct words *w, const struct doc_node **n, const struct look *k)
{
	for (; *n != NULL && doc_is_inline(*n); *n = (*n)->next)
		inline_node(w, *n, k);
}

static void
plain_text(struct fp_buf *b, const struct doc_node *n)
{
	if (n->kind == DOC_TEXT || n->kind == DOC_BADGE)
		fp_buf_puts(b, n->text);
	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		plain_text(b, c);
}

const char *
pdf_fold(struct pdf *p, const struct doc_node *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1000 };
	char *copy;

	plain_text(&b, n);
	copy = b.len != 0 && b.failed == FP_OK ? doc_arena_alloc(&p->mem, b.len + 1, 1) : NULL;
	if (copy != NULL)
		memcpy(copy, b.data, b.len);
	return copy;
}

struct para *
pdf_para(struct words *w, double width, unsigned align)
{
	struct pdf *p = w->p;
	struct para *para = doc_arena_alloc(&p->mem, 1, sizeof(*para));
	struct span *spans = w->n_spans != 0 ? doc_arena_alloc(&p->mem, w->n_spans, sizeof(*spans)) : NULL;

	if (w->text.failed != FP_OK)
		fp_fail(&p->mem.fail, w->text.failed, "out of memory for the text of a PDF");
	if (p->mem.fail.status != FP_OK)
		return NULL;
	if (spans != NULL)
		memcpy(spans, w->spans, w->n_spans * sizeof(*spans));
	para->layout = pango_layout_new(p->context);
	para->next = p->paras;
	p->paras = para;
	para->spans = spans;
	para->n_spans = w->n_spans;
	para->width = width;
	para->align = (uint8_t)align;
	pango_layout_set_wrap(para->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_width(para->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(para->layout, w->text.data != NULL ? w->text.data : "", (int)w->text.len);
	if (w->attrs != NULL)
		pango_layout_set_attributes(para->layout, w->attrs);
	return para;
}

struct para *
pdf_para_of(struct pdf *p, const char *text, const struct look *k, double width, unsigned align)
{
	struct words w = { .p = p };
	struct para *para;

	pdf_words_add(&w, text, k);
	para = pdf_para(&w, width, align);
	pdf_words_free(&w);
	return para;
}

void
pdf_line_metrics(const struct para *para, int line, double *height, double *ascent, double *width)
{
	PangoLayoutLine *l = pango_layout_get_line_readonly(para->layout, line);
	PangoRectangle box = { 0 };

	if (l != NULL)
		pango_layout_line_get_extents(l, NULL, &box);
	*height = (double)box.height / PANGO_SCALE;
	*ascent = -(double)box.y / PANGO_SCALE;
	*width = (double)box.width / PANGO_SCALE;
}

double
pdf_para_height(const struct para *para)
{
	int w, h;

	if (para == NULL)
		return 0;
	pango_layout_get_size(para->layout, &w, &h);
	return (double)h / PANGO_SCALE;
}

double
pdf_para_natural(struct para *para)
{
	int w, h;

	if (para == NULL)
		return 0;
	pango_layout_get_size(para->layout, &w, &h);
	return (double)w / PANGO_SCALE;
}

static const struct span *
span_at(const struct para *para, int offset)
{
	for (size_t i = 0; i < para->n_spans; i++) {
		if (offset >= para->spans[i].start && offset < para->spans[i].end)
			return &para->spans[i];
	}
	return NULL;
}

static uint32_t
run_ink(const PangoLayoutRun *run)
{
	for (const GSList *a = run->item->analysis.extra_attrs; a != NULL; a = a->next) {
		const PangoAttribute *attr = a->data;

		if (attr->klass->type == PANGO_ATTR_FOREGROUND) {
			const PangoColor *c = &((const PangoAttrColor *)a->data)->color;

			return (uint32_t)(c->red >> 8) << 16 | (uint32_t)(c->green >> 8) << 8 | (uint32_t)(c->blue >> 8);
		}
	}
	return INK;
}

/* The grounds of the badges of a line: a badge can be several runs (letters of two scripts). */
static void
draw_badges(struct pdf *p, const struct para *para, const GSList *runs, double x, double top, double h)
{
	const struct span *open = NULL;
	double from = x, pad = h * 0.04;

	for (const GSList *r = runs;; r = r->next) {
		const PangoLayoutRun *run = r != NULL ? r->data : NULL;
		const struct span *s = run != NULL ? span_at(para, run->item->offset) : NULL;
		bool badge = s != NULL && s->href == NULL;

		if (open != NULL && s != open) {
			pdf_round_rect(p, from - pad, top + h * 0.09, x - from + 2 * pad, h * 0.82, h * 0.41);
			pdf_set_ink(p, doc_look(open->style)->ground);
			cairo_fill_preserve(p->cr);
			pdf_set_ink(p, doc_look(open->style)->edge);
			cairo_set_line_width(p->cr, 0.6);
			cairo_stroke(p->cr);
			open = NULL;
		}
		if (run == NULL)
			return;
		if (badge && open == NULL) {
			open = s;
			from = x;
		}
		x += (double)pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;
	}
}

/*
 * A blank at which a line was broken, and a line end, have no glyph left, and cairo would write them as a mark of their own (see
 * the ligatures above). The blank gets its glyph back, without width; a line end is left out.
 */
static void
show_run(struct pdf *p, const char *text, const PangoLayoutRun *run, double x, double baseline)
{
	PangoGlyphString *glyphs = pango_glyph_string_copy(run->glyphs);
	PangoItem item = *run->item;
	PangoGlyphItem shown = { &item, glyphs, 0, 0, 0 };
	hb_codepoint_t blank = 0;

	for (int i = glyphs->num_glyphs - 1; i >= 0 && glyphs->glyphs[i].glyph == PANGO_GLYPH_EMPTY; i--) {
		int at = glyphs->log_clusters[i];

		if (text[item.offset + at] == ' ' &&
		    hb_font_get_nominal_glyph(pango_font_get_hb_font(item.analysis.font), ' ', &blank)) {
			glyphs->glyphs[i].glyph = blank;
			break;
		}
		item.num_chars -= 1;
		item.length = at;
		glyphs->num_glyphs = i;
	}
	cairo_move_to(p->cr, x, baseline);
	if (glyphs->num_glyphs > 0)
		pango_cairo_show_glyph_item(p->cr, text, &shown);
	pango_glyph_string_free(glyphs);
}

static void
draw_run(struct pdf *p, const struct para *para, const PangoLayoutRun *run, double x, double baseline, struct tag *tag)
{
	const struct span *s = span_at(para, run->item->offset);
	const char *href = s != NULL ? s->href : NULL;
	double w = (double)pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;

	if (tag != NULL)
		pdf_tag_leaf(p, tag, href != NULL ? "Link" : "Span", href, -1);
	pdf_set_ink(p, run_ink(run));
	show_run(p, pango_layout_get_text(para->layout), run, x, baseline);
	if (href != NULL) {
		cairo_set_line_width(p->cr, 0.45);
		cairo_move_to(p->cr, x, baseline + 1.4);
		cairo_line_to(p->cr, x + w, baseline + 1.4);
		cairo_stroke(p->cr);
	}
}

void
pdf_draw_line(struct pdf *p, const struct para *para, int line, double x, double y, struct tag *tag)
{
	PangoLayoutLine *l = pango_layout_get_line_readonly(para->layout, line);
	double h, ascent, w;

	if (l == NULL)
		return;
	pdf_line_metrics(para, line, &h, &ascent, &w);
	if (para->align != DOC_ALIGN_START && para->width > w)
		x += (para->width - w) / (para->align == DOC_ALIGN_CENTRE ? 2 : 1);
	if (para->n_spans != 0)
		draw_badges(p, para, l->runs, x, y, h);
	for (GSList *r = l->runs; r != NULL; r = r->next) {
		PangoLayoutRun *run = r->data;

		draw_run(p, para, run, x, y + ascent, tag);
		x += (double)pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;
	}
}

void
pdf_draw_para(struct pdf *p, const struct para *para, double x, double y, struct tag *tag)
{
	int n = para != NULL ? pango_layout_get_line_count(para->layout) : 0;

	for (int i = 0; i < n; i++) {
		double h, ascent, w;

		pdf_line_metrics(para, i, &h, &ascent, &w);
		pdf_draw_line(p, para, i, x, y, tag);
		y += h;
	}
}
