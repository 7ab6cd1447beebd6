/*
 * Shared by the files of the PDF writer. Its way: pdf_flow.c and pdf_table.c turn the tree into pieces (a line of text, a table
 * row, a drawing), pdf_page.c puts them on pages, pdf_draw.c draws them with their structure tags, pdf_finish.c and pdf_form.c
 * add what cairo cannot write. All lengths are points, y runs downwards, colours are 0xRRGGBB.
 */
#ifndef FP_DOCUMENT_PDF_INT_H
#define FP_DOCUMENT_PDF_INT_H

#include <pango/pangocairo.h>

#include "document/pdf.h"
#include "document/tree.h"

enum {
	INK = 0x1d1f24,
	SOFT = 0x5a5d64,
	LINE = 0xd4d5d1,
	ACCENT = 0x14506e,
	FIELD = 0xf4f6f8,
	FIELD_LINE = 0x8b9097,
	PAPER = 0xf6f6f4,
};

#define PDF_MAX_PAGES 5000u

/* A node of the structure tree. */
struct tag {
	const char *name; /* "H1", "TD": a literal */
	struct tag *parent;
	const char *alt, *lang; /* NULL: none */
	const char *scope;      /* of a TH: "Column" or "Row" */
	unsigned cols, rows;    /* spans of a cell */
	unsigned first_page, last_page;
	bool grouped; /* holds tags: text in it needs a leaf of its own */
};

/* A part of a paragraph that is more than coloured text. */
struct span {
	int start, end;
	const char *href; /* NULL: a badge */
	uint8_t style;
};

struct para {
	struct para *next; /* all of a document, to be given back */
	PangoLayout *layout;
	struct span *spans;
	size_t n_spans;
	double width;
	uint8_t align;
};

/* A box behind pieces: callouts, cards, code. */
struct frame {
	struct frame *parent, *next;
	double x, w;
	uint32_t fill, edge;
	bool bar;      /* a broad edge at the left */
	unsigned page; /* where top and bottom below were measured */
	double top, bottom;
};

/* What stands at the left of a piece: a bullet, or a box to tick. */
enum mark_kind { MARK_TEXT, MARK_CHECK, MARK_RADIO };
struct mark {
	enum mark_kind kind;
	double x, w;
	struct para *text;
	const struct doc_node *node;
	struct tag *tag;
};

enum piece_kind { PIECE_SPACE, PIECE_LINE, PIECE_ROW, PIECE_DRAW, PIECE_BREAK };

struct piece;
struct flow {
	struct piece *first, *last;
};

struct cell {
	struct flow flow;
	double x, w;
	double pad;
	double h; /* set for cells that span rows; 0: the row's */
	struct tag *tag;
	uint32_t fill, edge;
	bool filled; /* a matrix cell: rounded, inset */
	bool lined;  /* a rule below it */
	bool group;  /* names several columns of a matrix */
	bool head;
	unsigned rows;
};

struct row {
	struct cell *cell;
	size_t n;
	struct tag *tag;
	const struct flow *head; /* the header rows of its table, NULL when it is one itself */
};

struct pdf;
struct piece {
	struct piece *next;
	enum piece_kind kind;
	bool glue;     /* not parted from the next */
	unsigned keep; /* pieces of the same number (not 0) stand on one page if they can */
	double x, w, h;
	double above; /* space, dropped at the top of a page */
	struct tag *tag;
	struct frame *frame;
	struct para *para;
	int line;
	struct mark *mark;
	struct row *row;
	const struct doc_node *node;
	void (*draw)(struct pdf *p, const struct piece *piece, double y);
	const char *dest;    /* the id that links lead to */
	const char *outline; /* text of the bookmark */
	unsigned level;      /* of the bookmark, 1-6 */
};

/* What waits for the next piece of a flow. */
struct pending {
	double below; /* space that the last piece wants under it */
	struct mark *mark;
	const char *dest;
};

/* Where pieces go while the tree is laid out; passed by value to what is inside. */
struct lay {
	struct pdf *p;
	struct flow *flow;
	double x, w;
	double size; /* of the text */
	uint32_t ink;
	bool bold;
	uint8_t align;
	struct tag *tag;
	bool own; /* text stands in tag itself: a cell, an item, no P around it */
	struct frame *frame;
	unsigned keep;
	struct pending *pend;
	const char *lang;
};

/* Looks of a stretch of text. */
struct look {
	double size;
	uint32_t ink;
	bool bold, italic, mono;
	const char *href;
	const char *lang;
};

/* A text being put together with its attributes. */
struct words {
	struct pdf *p;
	struct fp_buf text;
	PangoAttrList *attrs;
	struct span *spans;
	size_t n_spans, cap_spans;
	unsigned links;
};

enum field_kind { FIELD_CHECK, FIELD_RADIO, FIELD_TEXT };
struct pdf_field {
	enum field_kind kind;
	const struct doc_node *node;
	unsigned page; /* from 0 */
	double x, y, w, h;
	size_t opened; /* its Form element: index into pdf.opened */
	double size;   /* of its text */
	bool shows;    /* it has a value, drawn on a page behind the last, from which its appearance is made */
};

/* One structure element in the order in which cairo was told. */
struct opened {
	const char *name;
	const struct tag *tag; /* NULL for Span and Link */
	ptrdiff_t field;       /* -1: none */
};

struct placed {
	struct piece *piece;
	double y;
	unsigned page;
	bool again; /* a header row repeated: no tags */
};

/* An id that a link names. */
struct dest {
	const char *id;
	bool found; /* a piece has it */
};

struct pdf {
	const struct doc *d;
	struct doc_pdf_options o;
	struct doc_arena mem;
	struct fp_buf *out; /* of the surface */
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoFontMap *map;
	PangoContext *context;
	struct para *paras;
	struct piece lost;                               /* what pdf_piece gives after a failure */
	double page_w, page_h, left, top, bottom, width; /* of the text: bottom is a y */
	double base;
	unsigned keeps;
	struct dest *dests; /* what links inside the document lead to */
	size_t n_dests, cap_dests;
	struct tag *root;
	struct placed *placed;
	size_t n_placed, cap_placed;
	unsigned pages, page; /* page: the one being drawn, from 1 */
	bool again;
	struct tag *at;    /* innermost open tag */
	const char *extra; /* open leaf inside it: "Span" or "Link" */
	struct opened *opened;
	size_t n_opened, cap_opened;
	struct pdf_field *fields;
	size_t n_fields, cap_fields;
	int outline[7]; /* bookmark of each level on the way */
};

/* ---- pdf_text.c ---- */
void pdf_words_free(struct words *w);
void pdf_words_add(struct words *w, const char *text, const struct look *k);
void pdf_words_badge(struct words *w, unsigned style, const char *word, const struct look *k);
/* The inlines from *n on up to the next block; moves *n there. */
void pdf_words_inlines(struct words *w, const struct doc_node **n, const struct look *k);
void pdf_words_children(struct words *w, const struct doc_node *n, const struct look *k);
/* NULL after a failure. width < 0: one line as long as it is. */
struct para *pdf_para(struct words *w, double width, unsigned align);
/* A plain text in one look. */
struct para *pdf_para_of(struct pdf *p, const char *text, const struct look *k, double width, unsigned align);
double pdf_para_height(const struct para *para);
double pdf_para_natural(struct para *para);
void pdf_line_metrics(const struct para *para, int line, double *height, double *ascent, double *width);
/* Draw line i of para at x with its top at y; tag NULL: untagged. */
void pdf_draw_line(struct pdf *p, const struct para *para, int line, double x, double y, struct tag *tag);
void pdf_draw_para(struct pdf *p, const struct para *para, double x, double y, struct tag *tag);
const char *pdf_fold(struct pdf *p, const struct doc_node *n); /* the text of n's inlines, for bookmarks */

/* ---- pdf_flow.c ---- */
struct tag *pdf_tag(struct pdf *p, struct tag *parent, const char *name);
struct piece *pdf_piece(struct lay *l, enum piece_kind kind, double above, double h);
/* Lines of the words; below: space wanted under them. Returns the first piece or NULL. */
struct piece *pdf_lay_words(struct lay *l, struct words *w, double above, double below);
struct piece *pdf_lay_text(struct lay *l, const char *text, const struct look *k, double above, double below);
struct look pdf_look(const struct lay *l);
void pdf_lay_children(struct lay *l, const struct doc_node *n);
void pdf_lay_node(struct lay *l, const struct doc_node *n);
double pdf_flow_height(const struct flow *f);
bool pdf_shown(const struct doc_node *n);

/* ---- pdf_table.c ---- */
void pdf_lay_table(struct lay *l, const struct doc_node *n);
void pdf_lay_matrix(struct lay *l, const struct doc_node *n);
void pdf_lay_terms(struct lay *l, const struct doc_node *n);
void pdf_lay_columns(struct lay *l, const struct doc_node *n);

/* ---- pdf_paper.c ---- */
void pdf_lay_check(struct lay *l, const struct doc_node *n);
void pdf_lay_line(struct lay *l, const struct doc_node *n);
void pdf_lay_signature(struct lay *l, const struct doc_node *n);
void pdf_lay_qr(struct lay *l, const struct doc_node *n);
void pdf_lay_meter(struct lay *l, const struct doc_node *n);
void pdf_lay_bar(struct lay *l, const struct doc_node *n);
void pdf_draw_mark(struct pdf *p, const struct mark *m, double y, double line_h);
/* The value of a line on paper in w x h, its letters made smaller where it is long; *size: of the letters. */
struct para *pdf_field_text(struct pdf *p, const struct doc_node *n, double w, double h, double *size);

/* ---- pdf_page.c ---- */
void pdf_paginate(struct pdf *p, struct flow *f);
struct dest *pdf_dest(struct pdf *p, const char *id); /* NULL when no link names it */

/* ---- pdf_draw.c ---- */
void pdf_set_ink(struct pdf *p, uint32_t rgb);
void pdf_round_rect(struct pdf *p, double x, double y, double w, double h, double r);
void pdf_tag_goto(struct pdf *p, struct tag *tag);
/* What is drawn next belongs to tag: as itself, or as "Span", "Link" (href) or "Form" inside it. field -1: none. */
void pdf_tag_leaf(struct pdf *p, struct tag *tag, const char *leaf, const char *href, ptrdiff_t field);
void pdf_draw_pages(struct pdf *p);
/* Note a form field; draws nothing. Its index, or -1 when there is none to be (flat, without a name). */
ptrdiff_t pdf_field_add(struct pdf *p, enum field_kind kind, const struct doc_node *n, double x, double y, double w, double h);

/* ---- pdf_finish.c: what cairo does not write; from is its file ---- */
enum fp_status pdf_finish(struct pdf *p, const struct fp_buf *from, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

#endif
