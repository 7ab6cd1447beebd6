#include "document/pdf.h"

#include <cairo-pdf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "document/pdf_int.h"

/* Fontconfig and the caches below Pango are not made for two threads at once. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
/* Fontconfig forgets 288 bytes once, when it reads its configuration: sanitizer builds of every program that makes a PDF know it. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}
#endif

static cairo_status_t
take_bytes(void *to, const unsigned char *data, unsigned len)
{
	struct fp_buf *b = to;

	fp_buf_add(b, data, len);
	return b->failed == FP_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void
free_pdf(struct pdf *p)
{
	for (struct para *para = p->paras; para != NULL; para = para->next)
		g_object_unref(para->layout);
	if (p->cr != NULL)
		cairo_destroy(p->cr);
	if (p->surface != NULL)
		cairo_surface_destroy(p->surface);
	if (p->context != NULL)
		g_object_unref(p->context);
	if (p->map != NULL)
		g_object_unref(p->map);
	free(p->placed);
	free(p->opened);
	free(p->fields);
	free(p->dests);
	doc_arena_free(&p->mem);
}

static enum fp_status
open_font(struct pdf *p, struct fp_err *err)
{
	const char *family = p->d->meta.font != NULL ? p->d->meta.font : "Noto Sans";
	cairo_font_options_t *options = cairo_font_options_create();
	PangoFontDescription *want = pango_font_description_new(), *got = NULL;
	PangoFont *font;
	bool found;

	p->map = pango_cairo_font_map_new();
	/* One Pango unit of size is one point. */
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->map), 72);
	p->context = pango_font_map_create_context(p->map);
	pango_font_description_set_family(want, family);
	pango_font_description_set_absolute_size(want, p->base * PANGO_SCALE);
	pango_context_set_font_description(p->context, want);
	pango_context_set_language(p->context, pango_language_from_string(p->d->meta.lang));
	/* Paper has no pixels: letters stand where their widths put them. */
	pango_context_set_round_glyph_positions(p->context, FALSE);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(p->context, options);
	font = pango_context_load_font(p->context, want);
	if (font != NULL)
		got = pango_font_describe(font);
	found = got != NULL && pango_font_description_get_family(got) != NULL &&
		g_ascii_strcasecmp(pango_font_description_get_family(got), family) == 0;
	pango_font_description_free(want);
	if (got != NULL)
		pango_font_description_free(got);
	if (font != NULL)
		g_object_unref(font);
	cairo_font_options_destroy(options);
	return found ? FP_OK
		     : fp_fail(err, FP_EUNSUPPORTED, "no font '%s' is installed (Debian: package fonts-noto-core)", family);
}

static void
set_page(struct pdf *p)
{
	const struct doc_meta *m = &p->d->meta;
	bool head = *m->head_left != '\0' || *m->head_right != '\0', foot = *m->foot_left != '\0' || *m->foot_right != '\0';

	p->page_w = p->o.landscape ? 841.89 : 595.28;
	p->page_h = p->o.landscape ? 595.28 : 841.89;
	p->base = p->o.base_size > 0 ? p->o.base_size : 9.5;
	p->left = 56.7;
	p->width = p->page_w - 2 * p->left;
	p->top = head ? 58 : 48;
	p->bottom = p->page_h - (foot ? 60 : 48);
}

static void
set_metadata(struct pdf *p)
{
	const struct doc_meta *m = &p->d->meta;
	char when[FP_TIME_MAX];

	/* cairo reads no fractions of a second. */
	(void)fp_time_text(when, m->created);
	(void)snprintf(strchr(when, '.'), 2, "Z");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, m->title);
	if (*m->author != '\0')
		cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, m->author);
	if (*m->subject != '\0')
		cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_SUBJECT, m->subject);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "Fieldproof");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
}

/* Which ids do links inside the document name? */
static void
collect_dests(struct pdf *p, const struct doc_node *n)
{
	const char *href = doc_get(n)->href;

	if (href[0] == '#' && href[1] != '\0' && pdf_dest(p, href + 1) == NULL && p->n_dests < 2000) {
		if (fp_grow(&p->dests, &p->cap_dests, p->n_dests + 1, sizeof(*p->dests)) != 0)
			fp_fail(&p->mem.fail, FP_ENOMEM, "out of memory for the links of a PDF");
		else
			p->dests[p->n_dests++] = (struct dest){ .id = href + 1 };
	}
	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		collect_dests(p, c);
}

static void
lay_out(struct pdf *p)
{
	struct flow flow = { NULL, NULL };
	struct pending pend = { 0 };
	struct lay l = { .p = p, .flow = &flow, .x = p->left, .w = p->width, .size = p->base, .ink = INK, .pend = &pend };

	p->root = doc_arena_alloc(&p->mem, 1, sizeof(*p->root));
	if (p->root == NULL)
		return;
	p->root->name = "Document";
	p->root->grouped = true;
	l.tag = p->root;
	collect_dests(p, p->d->root);
	pdf_lay_children(&l, p->d->root);
	if (p->mem.fail.status == FP_OK)
		pdf_paginate(p, &flow);
}

static enum fp_status
write_locked(struct pdf *p, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf raw = { 0 };
	cairo_status_t status;

	set_page(p);
	if (open_font(p, err) != FP_OK)
		return FP_EUNSUPPORTED;
	lay_out(p);
	p->surface = cairo_pdf_surface_create_for_stream(take_bytes, &raw, p->page_w, p->page_h);
	p->cr = cairo_create(p->surface);
	set_metadata(p);
	if (p->mem.fail.status == FP_OK)
		pdf_draw_pages(p);
	status = cairo_status(p->cr);
	cairo_surface_finish(p->surface);
	if (p->mem.fail.status != FP_OK)
		return fp_fail(err, p->mem.fail.status, "%s", p->mem.fail.msg);
	if (fp_buf_check(&raw, "the PDF document", err) != FP_OK)
		return raw.failed;
	status = status != CAIRO_STATUS_SUCCESS ? status : cairo_surface_status(p->surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return fp_fail(err, status == CAIRO_STATUS_NO_MEMORY ? FP_ENOMEM : FP_EIO, "drawing the PDF: %s",
		    cairo_status_to_string(status));
	return pdf_finish(p, &raw, out, err);
}

enum fp_status
doc_write_pdf(const struct doc *d, const struct doc_pdf_options *o, struct fp_buf *out, struct fp_err *err)
{
	struct pdf p = { .d = d };
	enum fp_status status;

	if (doc_check(d, err) != FP_OK)
		return d->mem.fail.status;
	if (o != NULL)
		p.o = *o;
	pthread_mutex_lock(&one_at_a_time);
	status = write_locked(&p, out, err);
	free_pdf(&p);
	pthread_mutex_unlock(&one_at_a_time);
	return status;
}
