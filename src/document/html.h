/*
 * A document tree as HTML. This is the only place that writes markup: text, attributes and addresses are each escaped by type,
 * nothing inline is executable (no script, no event attribute), and page mode needs no more than
 * Content-Security-Policy: default-src 'self'.
 */
#ifndef FP_DOCUMENT_HTML_H
#define FP_DOCUMENT_HTML_H

#include "document/document.h"

enum doc_html_mode {
	DOC_HTML_PAGE,     /* complete page that links its style sheets; no style attribute, no inline style */
	DOC_HTML_FRAGMENT, /* the content of the root only: answers for doc_live */
	DOC_HTML_STANDALONE, /* one file that travels alone: the style sheet stands inside it, no script, no outside address is loaded */
};

/* All zero is a plain page with the built-in style sheet inlined nowhere and linked nowhere. Lists end with NULL. */
struct doc_html_options {
	enum doc_html_mode mode;
	const char *const *styles;  /* addresses; page mode */
	const char *const *scripts; /* addresses, loaded with defer; page mode */
	const char *icon;           /* address; page mode */
	const char *skip_text;      /* translated "Skip to content"; NULL: no skip link */
	unsigned refresh_seconds;   /* page reloads itself without a script; 0: not */
};

/* Append to out. The failure of the tree, FP_ENOMEM or FP_ELIMIT. o NULL: page mode, no style. */
enum fp_status doc_write_html(
    const struct doc *d, const struct doc_html_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

/* The style sheet of all that doc_write_html writes (asset "document/document.css"); NUL-terminated, static. Serve it as a file in page mode. */
const char *doc_html_css(void);

#endif
