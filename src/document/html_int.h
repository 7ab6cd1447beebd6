/* Shared by the files of the HTML writer. */
#ifndef FP_DOCUMENT_HTML_INT_H
#define FP_DOCUMENT_HTML_INT_H

#include "document/html.h"
#include "document/tree.h"

struct html {
	struct fp_buf *out;
	enum doc_html_mode mode;
	enum fp_status failed; /* of a QR code; the text stands in err */
	struct fp_err err;
	const char **ids; /* open-addressed set of the ids of inputs */
	size_t ids_cap, ids_len;
};

/* The three sinks: text between tags, a whole attribute (nothing when value is ""), a number as attribute. */
void html_text(struct html *h, const char *s);
void html_attr(struct html *h, const char *name, const char *value);
void html_attr_always(struct html *h, const char *name, const char *value);
void html_attr_u(struct html *h, const char *name, unsigned long v);
void html_puts(struct html *h, const char *markup); /* only literals */

/* "<tag" with id, class (base, suffix of a style or NULL, and the node's classes), lang, aria-label, title; without ">". */
void html_open(struct html *h, const char *tag, const struct doc_node *n, const char *base, const char *suffix);
void html_node(struct html *h, const struct doc_node *n);
void html_children(struct html *h, const struct doc_node *n);

void html_matrix(struct html *h, const struct doc_node *n);
void html_meter(struct html *h, const struct doc_node *n);
void html_bar(struct html *h, const struct doc_node *n);
void html_qr(struct html *h, const struct doc_node *n);

void html_form(struct html *h, const struct doc_node *n);
void html_fieldset(struct html *h, const struct doc_node *n);
void html_hidden(struct html *h, const struct doc_node *n);
void html_input(struct html *h, const struct doc_node *n);
void html_textarea(struct html *h, const struct doc_node *n);
void html_select(struct html *h, const struct doc_node *n);
void html_choice(struct html *h, const struct doc_node *n);
void html_submit(struct html *h, const struct doc_node *n);

#endif
