/*
 * Inside of the document tree: for the writers of this module only.
 */
#ifndef FP_DOCUMENT_TREE_H
#define FP_DOCUMENT_TREE_H

#include "document/document.h"

enum doc_flag {
	DOC_F_CHECKED = 1,
	DOC_F_ORDERED = 2,
	DOC_F_HEAD = 4, /* a header row or cell */
	DOC_F_CURRENT = 8,
	DOC_F_OPEN = 16,
	DOC_F_RADIO = 32,
	DOC_F_POST = 64,
	DOC_F_MULTIPART = 128, /* a form with a file input */
};

/* What few nodes have. Strings are never NULL. */
struct doc_more {
	const char *id, *label, *lang, *title;
	const char *live;
	unsigned every;
	const char *href; /* link, form action; already made safe */
	const char *name, *value;
};

struct doc_node {
	struct doc *doc;
	struct doc_node *parent, *first, *last, *next;
	const char *text; /* text, caption, summary, label on paper, word of a badge; never NULL */
	struct doc_more *more;
	const void *extra; /* by kind: struct doc_matrix, doc_bar, doc_field, doc_widths, double[2] of a meter */
	uint32_t classes;  /* bit per enum doc_class */
	uint16_t flags;
	uint16_t cols, rows; /* spans of a cell; size, width and rows on paper */
	uint8_t kind, depth, media;
	uint8_t style; /* heading level, badge or button style, role, scope */
	uint8_t align;
};

struct doc_bar {
	size_t n;
	const struct doc_bar_part *parts;
};

struct doc_widths {
	size_t n;
	const unsigned *weight;
};

struct doc_chunk;

/* Memory that is given back all at once; the first failure sticks. */
struct doc_arena {
	struct doc_chunk *chunks;
	size_t bytes;
	struct fp_err fail; /* .status FP_OK while all is well */
};

/* count * size zeroed bytes, at most DOC_MAX_BYTES in all; NULL once something has failed. */
void *doc_arena_alloc(struct doc_arena *a, size_t count, size_t size);
void doc_arena_free(struct doc_arena *a);
/* What from holds belongs to to from now on; from is empty afterwards. */
void doc_arena_join(struct doc_arena *to, struct doc_arena *from);

struct doc {
	struct doc_meta meta; /* strings never NULL, but font */
	struct doc_node *root;
	struct doc_node sink; /* what the calls return after a failure */
	struct doc_more lost; /* and its properties */
	struct doc_arena mem;
	size_t nodes;
};

/* Memory that lives as long as the document, zeroed; NULL after the failure has been noted. */
void *doc_alloc(struct doc *d, size_t count, size_t size);
/* Harmless copy of s ("" for NULL and on failure). */
const char *doc_copy(struct doc *d, const char *s);
/* href by the policy of doc_link, "#" when it is not safe. mail: mailto is allowed. */
const char *doc_copy_url(struct doc *d, const char *href);
void doc_failed(struct doc *d, enum fp_status status, const char *fmt, ...) FP_PRINTF(3, 4);
struct doc_more *doc_more(struct doc_node *n); /* never NULL; scratch after a failure */

/* The properties, "" when not set. */
const struct doc_more *doc_get(const struct doc_node *n);
bool doc_is_inline(const struct doc_node *n);
/* Is there a node of this kind at or below n? */
bool doc_has_kind(const struct doc_node *n, enum doc_kind kind);
const char *doc_kind_name(enum doc_kind kind); /* "a table row": for messages */

/* One look of a state for all writers: 0xRRGGBB for the ground, the ink on it (contrast of at least 4.5 : 1) and the edge, and the ANSI SGR code. */
struct doc_look {
	const char *name; /* of the HTML class: "pass" */
	uint32_t ground, ink, edge;
	const char *sgr;
};
const struct doc_look *doc_look(unsigned style);
const char *doc_button_name(unsigned style);

/* A QR code as rows of modules, 1 is dark: module[row * size + col]; without its quiet zone of 4 modules. */
struct doc_qr_code {
	unsigned size;
	uint8_t module[177 * 177];
};
enum fp_status doc_qr_make(struct doc_qr_code *out, const char *text, struct fp_err *err) FP_MUST_CHECK;

#endif
