/*
 * One document tree, written as HTML (html.h), PDF (pdf.h) and plain text (text.h). Pages, notices, replies and reports are
 * built with the calls below; no caller ever writes markup.
 *
 * Building cannot fail one call at a time: every doc_ call that adds something returns a node, never NULL. When memory or a
 * limit runs out, or a node stands where it may not (a row outside a table), the first failure sticks in the document, later
 * calls do nothing, and the writer (or doc_check) reports it once.
 *
 * All strings are UTF-8, copied, and made harmless on the way in: ill-formed bytes, control characters and bidirectional
 * overrides (U+202A-202E, U+2066-2069) become U+FFFD. NULL is the same as "". Every node belongs to its document.
 *
 *	FP_AUTO(doc_freep) struct doc *d = NULL;
 *	if (doc_new(&d, &(struct doc_meta){ .title = "Devices", .lang = "en", .created = now }, err) != FP_OK) return err->status;
 *	struct doc_node *main = doc_section(doc_root(d), DOC_ROLE_MAIN);
 *	doc_heading(main, 1, "Devices");
 *	struct doc_node *p = doc_para(main, "State: ");
 *	doc_badge(p, DOC_BADGE_UNKNOWN, "unknown");
 *	return doc_write_html(d, &(struct doc_html_options){ .styles = styles }, &out, err);
 */
#ifndef FP_DOCUMENT_DOCUMENT_H
#define FP_DOCUMENT_DOCUMENT_H

#include "base/buf.h"
#include "base/clock.h"

struct doc;
struct doc_node;

#define DOC_MAX_NODES 1000000u            /* more is FP_ELIMIT */
#define DOC_MAX_BYTES ((size_t)256 << 20) /* memory of one tree */
#define DOC_MAX_DEPTH 64u                 /* nodes inside nodes */

/* What a node is. A block stands between lines, an inline in a line; cells, items and details take both. */
enum doc_kind {
	DOC_ROOT,
	/* blocks */
	DOC_SECTION,
	DOC_CALLOUT,
	DOC_KEEP, /* PDF: not torn apart by a page end */
	DOC_HEADING,
	DOC_PARA,
	DOC_PRE,
	DOC_QUOTE,
	DOC_LIST,
	DOC_ITEM,
	DOC_TERMS, /* term and detail pairs */
	DOC_TERM,
	DOC_DETAIL,
	DOC_TABLE,
	DOC_ROW,
	DOC_CELL,
	DOC_RULE,
	DOC_PAGE_BREAK,
	DOC_COLUMNS, /* its children side by side */
	DOC_DETAILS, /* folded in HTML, open elsewhere */
	DOC_MATRIX,
	DOC_METER,
	DOC_BAR,
	DOC_QR,
	DOC_PAPER_CHECK,
	DOC_PAPER_RADIO,
	DOC_PAPER_LINE,
	DOC_SIGNATURE,
	/* inlines */
	DOC_TEXT,
	DOC_STRONG,
	DOC_EM,
	DOC_CODE,
	DOC_SPAN,
	DOC_LINK,
	DOC_BUTTON_LINK,
	DOC_BREAK, /* a line end inside a paragraph */
	DOC_BADGE,
	/* forms of the web pages; PDF and text leave them out, but print the label and value of inputs */
	DOC_FORM,
	DOC_FIELDSET,
	DOC_HIDDEN,
	DOC_INPUT,
	DOC_TEXTAREA,
	DOC_SELECT,
	DOC_OPTION,
	DOC_CHOICE,
	DOC_SUBMIT,
	DOC_KIND_COUNT
};

enum doc_role {
	DOC_ROLE_PLAIN,
	DOC_ROLE_HEADER,
	DOC_ROLE_NAV,
	DOC_ROLE_MAIN, /* at most one; the skip link leads to it */
	DOC_ROLE_ASIDE,
	DOC_ROLE_FOOTER,
	DOC_ROLE_CARD,
	DOC_ROLE_COUNT
};

/* Looks of a state: always colour and word. */
enum doc_badge_style {
	DOC_BADGE_NEUTRAL,
	DOC_BADGE_PASS,
	DOC_BADGE_FAIL,
	DOC_BADGE_UNKNOWN,
	DOC_BADGE_CLAIMED,
	DOC_BADGE_VERIFIED,
	DOC_BADGE_DISPUTED,
	DOC_BADGE_PENDING,
	DOC_BADGE_NOT_DONE,
	DOC_BADGE_NOT_APPLICABLE,
	DOC_BADGE_INFO,
	DOC_BADGE_WARNING,
	DOC_BADGE_COUNT
};

enum doc_button { DOC_BUTTON_PRIMARY, DOC_BUTTON_SECONDARY, DOC_BUTTON_DANGER, DOC_BUTTON_QUIET, DOC_BUTTON_COUNT };

/* The only classes that a page may ask for (HTML class names in html.c; the PDF writer knows those marked *). */
enum doc_class {
	DOC_CLASS_NONE,
	DOC_CLASS_LEAD,    /* * first paragraph, larger */
	DOC_CLASS_SMALL,   /* * */
	DOC_CLASS_MUTED,   /* * grey */
	DOC_CLASS_NUMBER,  /* * big figure of an overview card */
	DOC_CLASS_MONO,    /* * serial numbers, hashes, addresses */
	DOC_CLASS_GRID,    /* children as cards, as many in a row as fit */
	DOC_CLASS_CLUSTER, /* children in one line, wrapping: tool bars, filters, button rows */
	DOC_CLASS_NARROW,  /* log-in boxes */
	DOC_CLASS_SCROLL,  /* scrolls sideways on a small screen; give it an aria label */
	DOC_CLASS_HIDDEN,  /* for screen readers only */
	DOC_CLASS_BRAND,
	DOC_CLASS_TOPBAR,
	DOC_CLASS_COMPACT, /* * tables with tighter rows */
	DOC_CLASS_PLAIN,   /* * list without bullets, table without rules */
	DOC_CLASS_COUNT
};

enum doc_align { DOC_ALIGN_START, DOC_ALIGN_CENTRE, DOC_ALIGN_END };
enum doc_scope { DOC_SCOPE_NONE, DOC_SCOPE_COL, DOC_SCOPE_ROW, DOC_SCOPE_COLGROUP, DOC_SCOPE_ROWGROUP };
enum doc_method { DOC_GET, DOC_POST };

/* Where a node is written (doc_only); the default is everywhere. */
enum doc_medium { DOC_IN_HTML = 1, DOC_IN_PDF = 2, DOC_IN_TEXT = 4, DOC_IN_ALL = 7 };

/* What holds for the whole document; only title and lang are required. Strings are copied. */
struct doc_meta {
	const char *title;
	const char *lang; /* BCP 47: "de", "pt-PT" */
	const char *author;
	const char *subject;
	fp_time created;       /* of the PDF; the same tree and time give the same bytes */
	const char *head_left; /* top of each PDF page, small; empty: none */
	const char *head_right;
	const char *foot_left;  /* "FSN2023-1338 · M-AMR-00719" */
	const char *foot_right; /* translated pattern: "page {page} of {pages}" */
	const char *font;       /* family in PDF; NULL: "Noto Sans" */
};

/* A new, empty document. FP_EINVAL without title or language, FP_ENOMEM. The caller frees with doc_free or FP_AUTO(doc_freep). */
enum fp_status doc_new(struct doc **out, const struct doc_meta *meta, struct fp_err *err) FP_MUST_CHECK;
void doc_free(struct doc *d);
void doc_freep(struct doc **d);
struct doc_node *doc_root(struct doc *d);

/* The failure that stuck, or FP_OK. Every writer asks this first. */
enum fp_status doc_check(const struct doc *d, struct fp_err *err) FP_MUST_CHECK;

/* The general form; the calls below say the same shorter. */
struct doc_node *doc_add(struct doc_node *parent, enum doc_kind kind);

/*
 * Move all of another document under parent and free what is left of it (*from becomes NULL): a reply shown on a page. Headings go down
 * by so many levels (at most 6), a main part becomes a plain section. The other document's failure becomes this one's.
 */
void doc_graft(struct doc_node *parent, struct doc **from, unsigned deeper);

/* ---- Properties of any node; each returns the node, so that they chain: doc_id(doc_para(p, "x"), "result"). ---- */
struct doc_node *doc_id(struct doc_node *n, const char *id); /* letters, digits, - _ . : others become '-' */
struct doc_node *doc_label(struct doc_node *n,
    const char *label); /* aria-label; in PDF the alternative text of a picture, the name of a field without words */
struct doc_node *doc_lang(struct doc_node *n, const char *lang);   /* this part is in another language */
struct doc_node *doc_class(struct doc_node *n, enum doc_class c);  /* several calls add up */
struct doc_node *doc_only(struct doc_node *n, unsigned media);     /* DOC_IN_HTML | DOC_IN_PDF ... */
struct doc_node *doc_title(struct doc_node *n, const char *title); /* HTML title attribute: extra, never the only way to know */
struct doc_node *doc_current(struct doc_node *n);                  /* the navigation entry of this page (aria-current) */
/* The page's script fetches url every seconds and puts the answer (a fragment) in place of the content: data-live, data-every, aria-live=polite. */
struct doc_node *doc_live(struct doc_node *n, const char *url, unsigned seconds);

/* ---- Blocks ---- */
struct doc_node *doc_section(struct doc_node *parent, enum doc_role role);
/* A box that must be seen: colour of the style, bold title (may be NULL). Put blocks inside. */
struct doc_node *doc_callout(struct doc_node *parent, enum doc_badge_style style, const char *title);
struct doc_node *doc_keep(struct doc_node *parent);
struct doc_node *doc_columns(struct doc_node *parent);
struct doc_node *doc_heading(
    struct doc_node *parent, unsigned level, const char *text);       /* level 1-6; text may be NULL, add inlines */
struct doc_node *doc_para(struct doc_node *parent, const char *text); /* text may be NULL, add inlines */
struct doc_node *doc_paraf(struct doc_node *parent, const char *fmt, ...) FP_PRINTF(2, 3);
struct doc_node *doc_pre(struct doc_node *parent, const char *text);
struct doc_node *doc_quote(struct doc_node *parent);
struct doc_node *doc_list(struct doc_node *parent, bool ordered);
struct doc_node *doc_item(struct doc_node *list, const char *text); /* inlines or blocks may follow */
struct doc_node *doc_terms(struct doc_node *parent);
struct doc_node *doc_term(struct doc_node *terms, const char *term, const char *detail); /* returns the detail; add more to it */
struct doc_node *doc_rule(struct doc_node *parent);
struct doc_node *doc_page_break(struct doc_node *parent);
struct doc_node *doc_details(struct doc_node *parent, const char *summary, bool open);

/* ---- Tables: rows in a table, cells in a row. Header rows are repeated on each PDF page. ---- */
struct doc_node *doc_table(struct doc_node *parent, const char *caption); /* caption NULL: none (then give it a doc_label) */
/* Relative widths of the first n columns in PDF (0: by content). */
struct doc_node *doc_table_widths(struct doc_node *table, const unsigned *weights, size_t n);
struct doc_node *doc_row(struct doc_node *table);
struct doc_node *doc_head_row(
    struct doc_node *table, const char *const *texts, size_t n);   /* n header cells of scope col; n 0: add them yourself */
struct doc_node *doc_cell(struct doc_node *row, const char *text); /* text may be NULL, add inlines or blocks */
struct doc_node *doc_head_cell(struct doc_node *row, enum doc_scope scope, const char *text);
struct doc_node *doc_cell_span(struct doc_node *cell, unsigned cols, unsigned rows); /* 1-1000 each */
struct doc_node *doc_cell_align(struct doc_node *cell, enum doc_align align);

/* ---- Inlines ---- */
struct doc_node *doc_text(struct doc_node *parent, const char *text);                      /* returns parent */
struct doc_node *doc_textf(struct doc_node *parent, const char *fmt, ...) FP_PRINTF(2, 3); /* returns parent */
struct doc_node *doc_strong(struct doc_node *parent, const char *text);
struct doc_node *doc_em(struct doc_node *parent, const char *text);
struct doc_node *doc_code(struct doc_node *parent, const char *text);
struct doc_node *doc_span(struct doc_node *parent, enum doc_class c, const char *text);
struct doc_node *doc_break(struct doc_node *parent);
/* Only http, https, mailto, relative addresses and #fragments; any other href becomes "#". text NULL: add inlines. */
struct doc_node *doc_link(struct doc_node *parent, const char *href, const char *text);
struct doc_node *doc_button_link(struct doc_node *parent, enum doc_button style, const char *href, const char *text);
struct doc_node *doc_badge(struct doc_node *parent, enum doc_badge_style style, const char *word);

/* ---- Pictures ---- */
struct doc_matrix_cell {
	enum doc_badge_style style;
	const char *word;  /* short; empty: an empty place without frame */
	const char *href;  /* NULL: no link */
	const char *title; /* what a screen reader says: "miseqdx-3, Dx, patch: failed"; NULL: made of the labels and the word */
};
/* A grid of states. row_labels[rows], col_labels[cols], cells[rows * cols] row by row. */
struct doc_matrix {
	const char *caption;
	const char *corner; /* what the row labels are: "Device" */
	size_t rows, cols;
	const char *const *row_labels;
	const char *const *col_labels;
	const char *const *col_groups; /* NULL or [cols]: a line above the labels; equal neighbours are joined */
	const struct doc_matrix_cell *cells;
};
struct doc_node *doc_matrix(struct doc_node *parent, const struct doc_matrix *m);

/* value of max with its label ("41 of 62 verified"): the label always stands beside it. */
struct doc_node *doc_meter(struct doc_node *parent, double value, double max, const char *label);

struct doc_bar_part {
	enum doc_badge_style style;
	uint64_t count;
	const char *label; /* "verified"; the legend says "verified 41" */
};
/* One stacked bar with its legend; caption names the denominator ("of 62 devices distributed"). */
struct doc_node *doc_bar(struct doc_node *parent, const char *caption, const struct doc_bar_part *parts, size_t n);

/* A QR code (error correction M, quiet zone) of text, size_mm wide on paper; alt is read aloud and printed below it when not NULL. FP_ELIMIT by the writer when text does not fit (2,331 bytes). */
struct doc_node *doc_qr(struct doc_node *parent, const char *text, unsigned size_mm, const char *alt);

/*
 * ---- On paper: boxes and lines to fill in by pen; in PDF also real form fields ----
 * name: of the field, unique in the document but for the radios of one group (the PDF writer refuses a second one with FP_EINVAL);
 * a dot in it becomes '_'. Empty: drawn, but no field. A ticked check box has the value /Yes; a radio its value with letters,
 * digits, - _ . kept and others as '_'.
 */
struct doc_node *doc_paper_check(struct doc_node *parent, const char *name, const char *label, bool checked);
/* Radios of one name exclude each other; value is what the form reports. */
struct doc_node *doc_paper_radio(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked);
/* A line to write on under its label (which may be empty), width_percent of the place wide; rows > 1: a box of so many lines. */
struct doc_node *doc_paper_line(
    struct doc_node *parent, const char *name, const char *label, const char *value, unsigned width_percent, unsigned rows);
/* An empty line to sign on with the label beneath. */
struct doc_node *doc_signature(struct doc_node *parent, const char *label);

/* ---- Forms of the web pages ---- */
enum doc_input_type {
	DOC_INPUT_TEXT,
	DOC_INPUT_PASSWORD,
	DOC_INPUT_DATE,
	DOC_INPUT_EMAIL,
	DOC_INPUT_NUMBER,
	DOC_INPUT_SEARCH,
	DOC_INPUT_URL,
	DOC_INPUT_TEL,
	DOC_INPUT_FILE,
	DOC_INPUT_TYPE_COUNT
};
/* name and label are required; the id is the name unless given. */
struct doc_field {
	const char *name;
	const char *label;
	const char *value; /* never written for passwords and files */
	const char *id;
	enum doc_input_type type;
	bool required;
	bool disabled;
	bool autofocus;
	bool multiple;            /* of a file: several at once */
	unsigned rows;            /* of a text area */
	unsigned max_length;      /* 0: none */
	const char *hint;         /* below the label */
	const char *error;        /* what is wrong with the value; aria-invalid */
	const char *autocomplete; /* "username", "current-password", "off" */
	const char *accept;       /* of a file: ".csv,text/csv" */
	const char *placeholder;
};
struct doc_node *doc_form(struct doc_node *parent, enum doc_method method, const char *action); /* multipart when it has a file */
struct doc_node *doc_fieldset(struct doc_node *parent, const char *legend);
struct doc_node *doc_hidden(struct doc_node *parent, const char *name, const char *value);
struct doc_node *doc_input(struct doc_node *parent, const struct doc_field *f);
struct doc_node *doc_textarea(struct doc_node *parent, const struct doc_field *f);
struct doc_node *doc_select(struct doc_node *parent, const struct doc_field *f); /* f->value is the selected option's value */
struct doc_node *doc_option(struct doc_node *select, const char *value, const char *text);
struct doc_node *doc_checkbox(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked);
struct doc_node *doc_radio(struct doc_node *parent, const char *name, const char *value, const char *label, bool checked);
/* name may be NULL; with it the pressed button is sent as name=value. */
struct doc_node *doc_submit(
    struct doc_node *parent, enum doc_button style, const char *name, const char *value, const char *text);

#endif
