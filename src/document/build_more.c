/* Pictures, paper and web forms: the calls of document.h that copy a structure. */
#include "document/tree.h"

#include <string.h>

static struct doc_node *
add_text(struct doc_node *parent, enum doc_kind kind, const char *text)
{
	struct doc_node *n = doc_add(parent, kind);

	n->text = doc_copy(n->doc, text);
	return n;
}

/* ---- Pictures ---- */

static const char *const *
copy_strings(struct doc *d, const char *const *s, size_t n)
{
	const char **copy = s != NULL ? doc_alloc(d, n, sizeof(*copy)) : NULL;

	for (size_t i = 0; copy != NULL && i < n; i++)
		copy[i] = doc_copy(d, s[i]);
	return copy;
}

static const struct doc_matrix_cell *
copy_cells(struct doc *d, const struct doc_matrix_cell *cells, size_t n)
{
	struct doc_matrix_cell *copy = doc_alloc(d, n, sizeof(*copy));

	for (size_t i = 0; copy != NULL && i < n; i++) {
		copy[i].style = cells[i].style < DOC_BADGE_COUNT ? cells[i].style : DOC_BADGE_NEUTRAL;
		copy[i].word = doc_copy(d, cells[i].word);
		copy[i].title = doc_copy(d, cells[i].title);
		copy[i].href = cells[i].href != NULL ? doc_copy_url(d, cells[i].href) : NULL;
	}
	return copy;
}

struct doc_node *
doc_matrix(struct doc_node *parent, const struct doc_matrix *m)
{
	struct doc *d = parent->doc;
	struct doc_node *n = add_text(parent, DOC_MATRIX, m->caption);
	struct doc_matrix *copy = doc_alloc(d, 1, sizeof(*copy));

	if (copy == NULL)
		return n;
	if (m->rows == 0 || m->cols == 0 || m->row_labels == NULL || m->col_labels == NULL || m->cells == NULL) {
		doc_failed(d, FP_EINVAL, "a matrix needs rows, columns and their labels");
		return n;
	}
	if (m->rows > DOC_MAX_NODES || m->cols > DOC_MAX_NODES || m->rows * m->cols > DOC_MAX_NODES) {
		doc_failed(
		    d, FP_ELIMIT, "a matrix of %zu x %zu cells is larger than the limit of %u", m->rows, m->cols, DOC_MAX_NODES);
		return n;
	}
	*copy = (struct doc_matrix){
		.caption = n->text,
		.corner = doc_copy(d, m->corner),
		.rows = m->rows,
		.cols = m->cols,
		.row_labels = copy_strings(d, m->row_labels, m->rows),
		.col_labels = copy_strings(d, m->col_labels, m->cols),
		.col_groups = copy_strings(d, m->col_groups, m->cols),
		.cells = copy_cells(d, m->cells, m->rows * m->cols),
	};
	n->extra = copy;
	return n;
}

struct doc_node *
doc_meter(struct doc_node *parent, double value, double max, const char *label)
{
	struct doc_node *n = add_text(parent, DOC_METER, label);
	double *v = doc_alloc(n->doc, 2, sizeof(*v));

	if (v == NULL)
		return n;
	v[1] = max > 0 ? max : 1;
	v[0] = value < 0 ? 0 : value > v[1] ? v[1] : value;
	n->extra = v;
	return n;
}

struct doc_node *
doc_bar(struct doc_node *parent, const char *caption, const struct doc_bar_part *parts, size_t count)
{
	struct doc_node *n = add_text(parent, DOC_BAR, caption);
	struct doc_bar *bar = doc_alloc(n->doc, 1, sizeof(*bar));
	struct doc_bar_part *copy = doc_alloc(n->doc, count, sizeof(*copy));

	if (bar == NULL || copy == NULL)
		return n;
	for (size_t i = 0; i < count; i++) {
		copy[i] = parts[i];
		copy[i].label = doc_copy(n->doc, parts[i].label);
		if (copy[i].style >= DOC_BADGE_COUNT)
			copy[i].style = DOC_BADGE_NEUTRAL;
	}
	*bar = (struct doc_bar){ count, copy };
	n->extra = bar;
	return n;
}

struct doc_node *
doc_qr(struct doc_node *parent, const char *text, unsigned size_mm, const char *alt)
{
	struct doc_node *n = add_text(parent, DOC_QR, text);

	n->cols = (uint16_t)(size_mm < 10 ? 10 : size_mm > 150 ? 150 : size_mm);
	return doc_label(n, alt);
}

/* ---- On paper ---- */

struct doc_node *
doc_paper_check(struct doc_node *parent, const char *name, const char *label, bool checked)
{
	struct doc_node *n = add_text(parent, DOC_PAPER_CHECK, label);

	doc_more(n)->name = doc_copy(n->doc, name);
	if (checked)
		n->flags |= DOC_F_CHECKED;
	return n;
}

struct doc_node *
doc_paper_radio(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked)
{
	struct doc_node *n = add_text(parent, DOC_PAPER_RADIO, label);

	doc_more(n)->name = doc_copy(n->doc, name);
	doc_more(n)->value = doc_copy(n->doc, value);
	if (checked)
		n->flags |= DOC_F_CHECKED;
	return n;
}

struct doc_node *
doc_paper_line(
    struct doc_node *parent, const char *name, const char *label, const char *value, unsigned width_percent, unsigned rows)
{
	struct doc_node *n = add_text(parent, DOC_PAPER_LINE, label);

	doc_more(n)->name = doc_copy(n->doc, name);
	doc_more(n)->value = doc_copy(n->doc, value);
	n->cols = (uint16_t)(width_percent < 5 ? 5 : width_percent > 100 ? 100 : width_percent);
	n->rows = (uint16_t)(rows < 1 ? 1 : rows > 40 ? 40 : rows);
	return n;
}

struct doc_node *
doc_signature(struct doc_node *parent, const char *label)
{
	return add_text(parent, DOC_SIGNATURE, label);
}

/* ---- Forms of the web pages ---- */

struct doc_node *
doc_form(struct doc_node *parent, enum doc_method method, const char *action)
{
	struct doc_node *n = doc_add(parent, DOC_FORM);

	if (method == DOC_POST)
		n->flags |= DOC_F_POST;
	doc_more(n)->href = doc_copy_url(n->doc, action);
	return n;
}

struct doc_node *
doc_fieldset(struct doc_node *parent, const char *legend)
{
	return add_text(parent, DOC_FIELDSET, legend);
}

static struct doc_node *
add_field(struct doc_node *parent, enum doc_kind kind, const struct doc_field *f)
{
	struct doc_node *n = add_text(parent, kind, f->label);
	struct doc_field *copy = doc_alloc(n->doc, 1, sizeof(*copy));

	if (copy == NULL)
		return n;
	*copy = *f;
	copy->name = doc_copy(n->doc, f->name);
	copy->label = n->text;
	copy->value = doc_copy(n->doc, f->value);
	copy->hint = doc_copy(n->doc, f->hint);
	copy->error = doc_copy(n->doc, f->error);
	copy->autocomplete = doc_copy(n->doc, f->autocomplete);
	copy->accept = doc_copy(n->doc, f->accept);
	copy->placeholder = doc_copy(n->doc, f->placeholder);
	if (copy->type >= DOC_INPUT_TYPE_COUNT)
		copy->type = DOC_INPUT_TEXT;
	n->extra = copy;
	return doc_id(n, f->id != NULL ? f->id : f->name);
}

struct doc_node *
doc_input(struct doc_node *parent, const struct doc_field *f)
{
	struct doc_node *n = add_field(parent, DOC_INPUT, f);

	for (struct doc_node *p = parent; p != NULL && f->type == DOC_INPUT_FILE; p = p->parent) {
		if (p->kind == DOC_FORM)
			p->flags |= DOC_F_MULTIPART;
	}
	return n;
}

struct doc_node *
doc_textarea(struct doc_node *parent, const struct doc_field *f)
{
	return add_field(parent, DOC_TEXTAREA, f);
}

struct doc_node *
doc_select(struct doc_node *parent, const struct doc_field *f)
{
	return add_field(parent, DOC_SELECT, f);
}

static struct doc_node *
add_named(struct doc_node *parent, enum doc_kind kind, const char *name, const char *value, const char *text)
{
	struct doc_node *n = add_text(parent, kind, text);

	doc_more(n)->name = doc_copy(n->doc, name);
	doc_more(n)->value = doc_copy(n->doc, value);
	return n;
}

struct doc_node *
doc_hidden(struct doc_node *parent, const char *name, const char *value)
{
	return add_named(parent, DOC_HIDDEN, name, value, NULL);
}

struct doc_node *
doc_option(struct doc_node *select, const char *value, const char *text)
{
	return add_named(select, DOC_OPTION, NULL, value, text);
}

static struct doc_node *
add_choice(struct doc_node *parent, unsigned flags, const char *name, const char *value, const char *label)
{
	struct doc_node *n = add_named(parent, DOC_CHOICE, name, value, label);

	n->flags |= (uint16_t)flags;
	return n;
}

struct doc_node *
doc_checkbox(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked)
{
	return add_choice(parent, checked ? DOC_F_CHECKED : 0u, name, value, label);
}

struct doc_node *
doc_radio(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked)
{
	return add_choice(parent, DOC_F_RADIO | (checked ? DOC_F_CHECKED : 0u), name, value, label);
}

struct doc_node *
doc_submit(struct doc_node *parent, enum doc_button style, const char *name, const char *value, const char *text)
{
	struct doc_node *n = add_named(parent, DOC_SUBMIT, name, value, text);

	n->style = (uint8_t)(style < DOC_BUTTON_COUNT ? style : DOC_BUTTON_PRIMARY);
	return n;
}
