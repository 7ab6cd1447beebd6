/* The boxes and lines of the pages as form fields that can be filled in on screen, each with an appearance of its own, because not every viewer makes one. */
#include "document/pdf_finish_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One radio group: a field whose widgets exclude each other. */
struct group {
	const char *name;
	qpdf_oh field, kids;
};

struct marks {
	double side;
	enum field_kind kind;
	qpdf_oh on, off;
};

struct form {
	struct finish *f;
	qpdf_oh fields; /* array */
	struct group *groups;
	size_t n_groups, cap_groups;
	struct marks marks; /* the last pair: mostly the next box is as large */
	size_t value_page;  /* first page of values */
};

static void
free_form(struct form *form)
{
	free(form->groups);
}

/* The name of a box's state must be a plain name: other letters become '_'. */
static void
state_name(char out[64], const char *value)
{
	size_t n = 0;

	out[n++] = '/';
	for (; *value != '\0' && n < 62; value++)
		out[n++] = isalnum((unsigned char)*value) || strchr("-_.", *value) != NULL ? *value : '_';
	if (n == 1 || strcmp(out + 1, "Off") == 0)
		out[n++] = '1';
	out[n] = '\0';
}

static void
point(struct fp_buf *b, double x, double y, const char *op)
{
	finish_number(b, x);
	finish_number(b, y);
	fp_buf_puts(b, op);
}

/* A disc of four Bezier curves. */
static void
disc(struct fp_buf *b, double c, double r)
{
	static const double way[4][6] = {
		{ 1, 0.5523, 0.5523, 1, 0, 1 },
		{ -0.5523, 1, -1, 0.5523, -1, 0 },
		{ -1, -0.5523, -0.5523, -1, 0, -1 },
		{ 0.5523, -1, 1, -0.5523, 1, 0 },
	};

	point(b, c + r, c, "m ");
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < 6; k++)
			finish_number(b, c + r * way[i][k]);
		fp_buf_puts(b, "c ");
	}
	fp_buf_puts(b, "f");
}

/* The drawn mark of a box, by lines: no font is needed, so every viewer shows it. */
static void
make_marks(struct form *form, enum field_kind kind, double s)
{
	FP_AUTO(fp_buf_free) struct fp_buf dict = { 0 };
	FP_AUTO(fp_buf_free) struct fp_buf on = { 0 };

	if (form->marks.side == s && form->marks.kind == kind && form->marks.on != 0)
		return;
	fp_buf_puts(&dict, "<< /Type /XObject /Subtype /Form /Resources << >> /BBox [ 0 0 ");
	finish_number(&dict, s);
	finish_number(&dict, s);
	fp_buf_puts(&dict, "] >>");
	fp_buf_puts(&on, "q ");
	if (kind == FIELD_RADIO) {
		fp_buf_puts(&on, "0.11 0.12 0.14 rg ");
		disc(&on, s / 2, s * 0.27);
	} else {
		fp_buf_puts(&on, "0.11 0.12 0.14 RG 1 J 1 j ");
		finish_number(&on, s * 0.15);
		fp_buf_puts(&on, "w ");
		point(&on, s * 0.22, s * 0.47, "m ");
		point(&on, s * 0.42, s * 0.26, "l ");
		point(&on, s * 0.79, s * 0.73, "l S");
	}
	fp_buf_puts(&on, " Q");
	if (!finish_good(form->f, &dict) || !finish_good(form->f, &on))
		return;
	form->marks = (struct marks){ s, kind, finish_stream(form->f, dict.data, on.data, on.len),
		finish_stream(form->f, dict.data, "", 0) };
}

/* What all widgets have: place, page, print flag. */
static qpdf_oh
make_widget(struct form *form, const struct pdf_field *field, const char *more)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	qpdf_data q = form->f->q;
	qpdf_oh page = qpdf_get_page_n(q, field->page), annots, widget;
	double top = form->f->p->page_h - field->y;

	fp_buf_puts(&b, "<< /Type /Annot /Subtype /Widget /F 4 /Rect [ ");
	point(&b, field->x, top - field->h, "");
	point(&b, field->x + field->w, top, "] ");
	fp_buf_puts(&b, more);
	fp_buf_puts(&b, " >>");
	widget = finish_object(form->f, &b, true);
	qpdf_oh_replace_key(q, widget, "/P", page);
	if (!qpdf_oh_has_key(q, page, "/Annots"))
		qpdf_oh_replace_key(q, page, "/Annots", qpdf_oh_new_array(q));
	annots = qpdf_oh_get_key(q, page, "/Annots");
	qpdf_oh_append_item(q, annots, widget);
	return widget;
}

/* The structure element of the box learns of the widget, and the other way round. */
static void
join_structure(struct form *form, const struct pdf_field *field, qpdf_oh widget)
{
	struct finish *f = form->f;
	qpdf_oh element, kids, ref;

	if (field->opened >= f->n_elements || !qpdf_oh_is_array(f->q, f->parent_nums))
		return;
	element = f->element[field->opened];
	kids = qpdf_oh_get_key(f->q, element, "/K");
	if (!qpdf_oh_is_array(f->q, kids))
		kids = qpdf_oh_wrap_in_array(f->q, kids);
	ref = qpdf_oh_parse(f->q, "<< /Type /OBJR >>");
	qpdf_oh_replace_key(f->q, ref, "/Obj", widget);
	qpdf_oh_append_item(f->q, kids, ref);
	qpdf_oh_replace_key(f->q, element, "/K", kids);
	qpdf_oh_replace_key(f->q, widget, "/StructParent", qpdf_oh_new_integer(f->q, f->next_parent));
	qpdf_oh_append_item(f->q, f->parent_nums, qpdf_oh_new_integer(f->q, f->next_parent++));
	qpdf_oh_append_item(f->q, f->parent_nums, element);
}

static void
set_states(struct form *form, const struct pdf_field *field, qpdf_oh widget, const char *state)
{
	qpdf_data q = form->f->q;
	qpdf_oh ap = qpdf_oh_new_dictionary(q), normal = qpdf_oh_new_dictionary(q);
	bool on = field->node->flags & DOC_F_CHECKED;

	make_marks(form, field->kind, field->w);
	if (form->f->no_memory)
		return;
	qpdf_oh_replace_key(q, normal, state, form->marks.on);
	qpdf_oh_replace_key(q, normal, "/Off", form->marks.off);
	qpdf_oh_replace_key(q, ap, "/N", normal);
	qpdf_oh_replace_key(q, widget, "/AP", ap);
	qpdf_oh_replace_key(q, widget, "/AS", qpdf_oh_new_name(q, on ? state : "/Off"));
}

/* A partial name holds no dot: it would mean a hierarchy. */
static void
set_name(struct form *form, qpdf_oh dict, const struct pdf_field *field)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	fp_buf_puts(&b, doc_get(field->node)->name);
	if (!finish_good(form->f, &b))
		return;
	for (size_t i = 0; i < b.len; i++)
		b.data[i] = b.data[i] == '.' ? '_' : b.data[i];
	finish_text(form->f, dict, "/T", b.data);
}

/* What a screen reader says of a field: its label, or the one given for it when the head of a table is the visible one. */
static const char *
spoken(const struct doc_node *n)
{
	return *n->text != '\0' ? n->text : doc_get(n)->label;
}

static void
add_check(struct form *form, const struct pdf_field *field)
{
	qpdf_data q = form->f->q;
	qpdf_oh widget = make_widget(form, field, "/FT /Btn /MK << /CA (4) >> /DA (/ZaDb 0 Tf 0 g)");

	set_name(form, widget, field);
	finish_text(form->f, widget, "/TU", spoken(field->node));
	set_states(form, field, widget, "/Yes");
	qpdf_oh_replace_key(q, widget, "/V", qpdf_oh_new_name(q, field->node->flags & DOC_F_CHECKED ? "/Yes" : "/Off"));
	qpdf_oh_append_item(q, form->fields, widget);
	join_structure(form, field, widget);
}

static struct group *
group_of(struct form *form, const struct pdf_field *field)
{
	qpdf_data q = form->f->q;
	struct group *g;

	for (size_t i = form->n_groups; i > 0; i--) {
		if (strcmp(form->groups[i - 1].name, doc_get(field->node)->name) == 0)
			return &form->groups[i - 1];
	}
	if (fp_grow(&form->groups, &form->cap_groups, form->n_groups + 1, sizeof(*g)) != 0)
		return NULL;
	g = &form->groups[form->n_groups++];
	g->name = doc_get(field->node)->name;
	g->field = qpdf_make_indirect_object(q, qpdf_oh_parse(q, "<< /FT /Btn /Ff 32768 /V /Off >>"));
	g->kids = qpdf_oh_new_array(q);
	set_name(form, g->field, field);
	qpdf_oh_replace_key(q, g->field, "/Kids", g->kids);
	qpdf_oh_append_item(q, form->fields, g->field);
	return g;
}

static bool
add_radio(struct form *form, const struct pdf_field *field)
{
	qpdf_data q = form->f->q;
	struct group *g = group_of(form, field);
	qpdf_oh widget;
	char state[64];

	if (g == NULL)
		return false;
	widget = make_widget(form, field, "/MK << /CA (l) >> /DA (/ZaDb 0 Tf 0 g)");
	state_name(state, doc_get(field->node)->value);
	finish_text(form->f, widget, "/TU", spoken(field->node));
	qpdf_oh_replace_key(q, widget, "/Parent", g->field);
	set_states(form, field, widget, state);
	qpdf_oh_append_item(q, g->kids, widget);
	if (field->node->flags & DOC_F_CHECKED)
		qpdf_oh_replace_key(q, g->field, "/V", qpdf_oh_new_name(q, state));
	join_structure(form, field, widget);
	return true;
}

/* The page on which the value was drawn becomes the appearance: its letters come from the fonts in the file, so Greek stays Greek. */
static qpdf_oh
value_appearance(struct form *form, const struct pdf_field *field)
{
	FP_AUTO(fp_buf_free) struct fp_buf dict = { 0 };
	FP_AUTO(fp_buf_free) struct fp_buf data = { 0 };
	FP_AUTO(fp_freep) unsigned char *content = NULL;
	qpdf_data q = form->f->q;
	qpdf_oh stream;
	size_t len = 0;

	fp_buf_puts(&dict, "<< /Type /XObject /Subtype /Form /Resources << >> /BBox [ 0 0 ");
	point(&dict, field->w, field->h, "] >>");
	fp_buf_puts(&data, "/Tx BMC\n");
	if (field->shows) {
		qpdf_oh page = qpdf_get_page_n(q, form->value_page);

		if ((qpdf_oh_get_page_content_data(q, page, &content, &len) & QPDF_ERRORS) == 0) {
			fp_buf_puts(&data, "q\n");
			fp_buf_add(&data, content, len);
			fp_buf_puts(&data, "\nQ\n");
		}
	}
	fp_buf_puts(&data, "EMC");
	if (!finish_good(form->f, &data) || !finish_good(form->f, &dict))
		return qpdf_oh_new_null(q);
	stream = finish_stream(form->f, dict.data, data.data, data.len);
	if (field->shows) {
		qpdf_oh page = qpdf_get_page_n(q, form->value_page);

		qpdf_oh_replace_key(q, qpdf_oh_get_dict(q, stream), "/Resources", qpdf_oh_get_key(q, page, "/Resources"));
		(void)qpdf_remove_page(q, page);
	}
	return stream;
}

static void
add_text(struct form *form, const struct pdf_field *field)
{
	FP_AUTO(fp_buf_free) struct fp_buf more = { 0 };
	qpdf_data q = form->f->q;
	qpdf_oh widget, ap;

	fp_buf_printf(&more, "/FT /Tx /Ff %d /DA (/Helv ", field->node->rows > 1 ? 4096 : 0);
	finish_number(&more, field->size);
	fp_buf_puts(&more, "Tf 0.11 0.12 0.14 rg)");
	if (!finish_good(form->f, &more))
		return;
	widget = make_widget(form, field, more.data);
	set_name(form, widget, field);
	finish_text(form->f, widget, "/TU", spoken(field->node));
	qpdf_oh_replace_key(q, widget, "/V", qpdf_oh_new_unicode_string(q, doc_get(field->node)->value));
	ap = qpdf_oh_new_dictionary(q);
	qpdf_oh_replace_key(q, ap, "/N", value_appearance(form, field));
	qpdf_oh_replace_key(q, widget, "/AP", ap);
	qpdf_oh_append_item(q, form->fields, widget);
	join_structure(form, field, widget);
}

static int
by_name(const void *a, const void *b)
{
	const struct pdf_field *const *x = a, *const *y = b;

	return strcmp(doc_get((*x)->node)->name, doc_get((*y)->node)->name);
}

/* Two boxes of one name would tick each other, and one answer would be lost. */
static enum fp_status
check_names(const struct pdf *p, struct fp_err *err)
{
	FP_AUTO(fp_freep) const struct pdf_field **sorted = fp_calloc(p->n_fields, sizeof(*sorted));

	if (sorted == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the fields of a PDF");
	for (size_t i = 0; i < p->n_fields; i++)
		sorted[i] = &p->fields[i];
	qsort(sorted, p->n_fields, sizeof(*sorted), by_name);
	for (size_t i = 1; i < p->n_fields; i++) {
		if (by_name(&sorted[i - 1], &sorted[i]) == 0 &&
		    (sorted[i]->kind != FIELD_RADIO || sorted[i - 1]->kind != FIELD_RADIO))
			return fp_fail(
			    err, FP_EINVAL, "two fields of the document have the name '%s'", doc_get(sorted[i]->node)->name);
	}
	return FP_OK;
}

enum fp_status
finish_fields(struct finish *f, struct fp_err *err)
{
	FP_AUTO(free_form) struct form form = { .f = f, .value_page = f->p->pages };
	struct pdf *p = f->p;
	qpdf_oh acro;

	if (p->n_fields == 0)
		return FP_OK;
	if (check_names(p, err) != FP_OK)
		return err != NULL ? err->status : FP_EINVAL;
	form.fields = qpdf_oh_new_array(f->q);
	for (size_t i = 0; i < p->n_fields && !f->no_memory; i++) {
		if (p->fields[i].kind == FIELD_CHECK)
			add_check(&form, &p->fields[i]);
		else if (p->fields[i].kind == FIELD_TEXT)
			add_text(&form, &p->fields[i]);
		else if (!add_radio(&form, &p->fields[i]))
			return fp_fail(err, FP_ENOMEM, "out of memory for the fields of a PDF");
	}
	acro = qpdf_make_indirect_object(
	    f->q, qpdf_oh_parse(f->q, "<< /DA (/Helv 9 Tf 0 g) /DR << /Font << "
				      "/Helv << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
				      "/ZaDb << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >> >> >>"));
	qpdf_oh_replace_key(f->q, acro, "/Fields", form.fields);
	qpdf_oh_replace_key(f->q, qpdf_get_root(f->q), "/AcroForm", acro);
	return FP_OK;
}
