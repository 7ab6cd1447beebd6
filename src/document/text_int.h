/* Shared by the files of the plain text writer. */
#ifndef FP_DOCUMENT_TEXT_INT_H
#define FP_DOCUMENT_TEXT_INT_H

#include "document/text.h"
#include "document/tree.h"

/* A line end inside a run of inlines: cannot occur in a text (tree.c). */
#define TEXT_BREAK '\v'

struct text {
	struct fp_buf *out;
	struct doc_text_options o;
	struct fp_buf prefix; /* before every line: indents, bars */
	struct fp_buf lead;   /* before the next line only, when armed: a bullet */
	bool armed;
	bool wrote;    /* something stands above */
	bool too_wide; /* a table has more columns than text_table.c takes */
	bool no_gaps;  /* blocks follow each other without a blank line */
};

void text_node(struct text *t, const struct doc_node *n);
/* Blocks and runs of inlines among the children of n. */
void text_children(struct text *t, const struct doc_node *n);
/* One finished line behind the prefix. */
void text_line(struct text *t, const char *s, size_t len);
/* A run of words, wrapped. */
void text_flow(struct text *t, const char *run, size_t len);
/* Blank line before a block, where one belongs. */
void text_gap(struct text *t);
/* Each word of s in colour by itself, so that no line end and no neighbour is coloured. */
void text_coloured(struct text *t, struct fp_buf *b, const char *sgr, const char *s);
/* Columns of s, colour sequences not counted. */
size_t text_width(const char *s, size_t len);

void text_table(struct text *t, const struct doc_node *n);
void text_terms(struct text *t, const struct doc_node *n);
void text_matrix(struct text *t, const struct doc_node *n);

#endif
