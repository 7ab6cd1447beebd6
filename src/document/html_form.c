#include "document/html_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const type_names[DOC_INPUT_TYPE_COUNT] = {
	"text",
	"password",
	"date",
	"email",
	"number",
	"search",
	"url",
	"tel",
	"file",
};

static size_t
hash(const char *s)
{
	uint64_t v = 1469598103934665603u;

	for (; *s != '\0'; s++)
		v = (v ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(v ^ (v >> 29));
}

static size_t
slot_of(const char *const *ids, size_t cap, const char *id)
{
	size_t i = hash(id) & (cap - 1);

	while (ids[i] != NULL && strcmp(ids[i], id) != 0)
		i = (i + 1) & (cap - 1);
	return i;
}

/* True the first time that id is asked for. Out of memory fails the output, so that no label ends up at a wrong input. */
static bool
claim_id(struct html *h, const char *id)
{
	if ((h->ids_len + 1) * 2 > h->ids_cap) {
		size_t cap = h->ids_cap == 0 ? 64 : h->ids_cap * 2;
		const char **grown = fp_calloc(cap, sizeof(*grown));

		if (grown == NULL) {
			h->out->failed = FP_ENOMEM;
			return true;
		}
		for (size_t i = 0; i < h->ids_cap; i++) {
			if (h->ids[i] != NULL)
				grown[slot_of(grown, cap, h->ids[i])] = h->ids[i];
		}
		free(h->ids);
		h->ids = grown;
		h->ids_cap = cap;
	}
	size_t slot = slot_of(h->ids, h->ids_cap, id);

	if (h->ids[slot] != NULL)
		return false;
	h->ids[slot] = id;
	h->ids_len++;
	return true;
}

/* An id for an input: its own, or with the count of inputs behind it when two forms of a page share a name. */
static void
unique_id(struct html *h, const struct doc_node *n, char *out, size_t size)
{
	const char *id = doc_get(n)->id;

	if (claim_id(h, id))
		(void)snprintf(out, size, "%s", id);
	else
		(void)snprintf(out, size, "%.200s--%zu", id, h->out->len);
}

void
html_form(struct html *h, const struct doc_node *n)
{
	html_open(h, "form", n, NULL, NULL);
	html_attr_always(h, "method", n->flags & DOC_F_POST ? "post" : "get");
	html_attr_always(h, "action", doc_get(n)->href);
	if (n->flags & DOC_F_MULTIPART)
		html_puts(h, " enctype=\"multipart/form-data\"");
	html_puts(h, ">\n");
	html_children(h, n);
	html_puts(h, "</form>\n");
}

void
html_fieldset(struct html *h, const struct doc_node *n)
{
	html_open(h, "fieldset", n, NULL, NULL);
	html_puts(h, "><legend>");
	html_text(h, n->text);
	html_puts(h, "</legend>\n");
	html_children(h, n);
	html_puts(h, "</fieldset>\n");
}

void
html_hidden(struct html *h, const struct doc_node *n)
{
	html_puts(h, "<input type=\"hidden\"");
	html_attr_always(h, "name", doc_get(n)->name);
	html_attr_always(h, "value", doc_get(n)->value);
	html_puts(h, ">\n");
}

static void
field_note(struct html *h, const char *class, const char *id, const char *suffix, const char *words)
{
	if (*words == '\0')
		return;
	fp_buf_printf(h->out, "<span class=\"%s\" id=\"%s-%s\">", class, id, suffix);
	html_text(h, words);
	html_puts(h, "</span>\n");
}

/* The box around a field, its label and hint: all before the control itself. */
static void
field_start(struct html *h, const struct doc_node *n, const struct doc_field *f, const char *id)
{
	fp_buf_printf(h->out, "<div class=\"field%s\">\n<label", *f->error != '\0' ? " field-bad" : "");
	html_attr_always(h, "for", id);
	html_puts(h, ">");
	html_text(h, n->text);
	html_puts(h, f->required ? "<span class=\"required\" aria-hidden=\"true\"> *</span></label>\n" : "</label>\n");
	field_note(h, "hint", id, "hint", f->hint);
}

/* The attributes that every control has. */
static void
field_attrs(struct html *h, const struct doc_node *n, const struct doc_field *f, const char *id)
{
	html_attr_always(h, "id", id);
	html_attr_always(h, "name", f->name);
	html_attr(h, "lang", doc_get(n)->lang);
	html_attr(h, "aria-label", doc_get(n)->label);
	if (*f->hint != '\0' || *f->error != '\0') {
		html_puts(h, " aria-describedby=\"");
		if (*f->hint != '\0')
			fp_buf_printf(h->out, "%s-hint%s", id, *f->error != '\0' ? " " : "");
		if (*f->error != '\0')
			fp_buf_printf(h->out, "%s-error", id);
		html_puts(h, "\"");
	}
	html_puts(h, *f->error != '\0' ? " aria-invalid=\"true\"" : "");
	html_puts(h, f->required ? " required" : "");
	html_puts(h, f->disabled ? " disabled" : "");
	html_puts(h, f->autofocus ? " autofocus" : "");
	html_attr(h, "autocomplete", f->autocomplete);
}

static void
field_end(struct html *h, const struct doc_field *f, const char *id)
{
	field_note(h, "error", id, "error", f->error);
	html_puts(h, "</div>\n");
}

void
html_input(struct html *h, const struct doc_node *n)
{
	const struct doc_field *f = n->extra;
	char id[256];

	if (f == NULL)
		return;
	unique_id(h, n, id, sizeof(id));
	field_start(h, n, f, id);
	html_puts(h, "<input");
	html_attr_always(h, "type", type_names[f->type]);
	field_attrs(h, n, f, id);
	/* A password that was typed wrong is typed again; a browser refuses a file's value anyway. */
	if (f->type != DOC_INPUT_PASSWORD && f->type != DOC_INPUT_FILE)
		html_attr(h, "value", f->value);
	html_attr(h, "placeholder", f->placeholder);
	html_attr(h, "accept", f->accept);
	if (f->type == DOC_INPUT_FILE && f->multiple)
		html_puts(h, " multiple");
	if (f->max_length != 0)
		html_attr_u(h, "maxlength", f->max_length);
	html_puts(h, ">\n");
	field_end(h, f, id);
}

void
html_textarea(struct html *h, const struct doc_node *n)
{
	const struct doc_field *f = n->extra;
	char id[256];

	if (f == NULL)
		return;
	unique_id(h, n, id, sizeof(id));
	field_start(h, n, f, id);
	html_puts(h, "<textarea");
	field_attrs(h, n, f, id);
	html_attr_u(h, "rows", f->rows != 0 ? f->rows : 4);
	html_attr(h, "placeholder", f->placeholder);
	if (f->max_length != 0)
		html_attr_u(h, "maxlength", f->max_length);
	/* A parser drops one line end behind the tag: give it one to drop. */
	html_puts(h, ">\n");
	html_text(h, f->value);
	html_puts(h, "</textarea>\n");
	field_end(h, f, id);
}

void
html_select(struct html *h, const struct doc_node *n)
{
	const struct doc_field *f = n->extra;
	char id[256];

	if (f == NULL)
		return;
	unique_id(h, n, id, sizeof(id));
	field_start(h, n, f, id);
	html_puts(h, "<select");
	field_attrs(h, n, f, id);
	html_puts(h, ">\n");
	for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
		html_puts(h, "<option");
		html_attr_always(h, "value", doc_get(c)->value);
		html_puts(h, strcmp(doc_get(c)->value, f->value) == 0 ? " selected>" : ">");
		html_text(h, c->text);
		html_puts(h, "</option>\n");
	}
	html_puts(h, "</select>\n");
	field_end(h, f, id);
}

void
html_choice(struct html *h, const struct doc_node *n)
{
	html_puts(h, "<label class=\"choice\"><input");
	html_attr_always(h, "type", n->flags & DOC_F_RADIO ? "radio" : "checkbox");
	html_attr(h, "id", doc_get(n)->id);
	html_attr_always(h, "name", doc_get(n)->name);
	html_attr_always(h, "value", doc_get(n)->value);
	html_attr(h, "aria-label", doc_get(n)->label);
	html_puts(h, n->flags & DOC_F_CHECKED ? " checked> " : "> ");
	html_text(h, n->text);
	html_puts(h, "</label>\n");
}

void
html_submit(struct html *h, const struct doc_node *n)
{
	html_open(h, "button", n, "button", doc_button_name(n->style));
	html_puts(h, " type=\"submit\"");
	if (*doc_get(n)->name != '\0') {
		html_attr_always(h, "name", doc_get(n)->name);
		html_attr_always(h, "value", doc_get(n)->value);
	}
	html_puts(h, ">");
	html_text(h, n->text);
	html_puts(h, "</button>\n");
}
