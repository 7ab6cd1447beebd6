/* Inside of letter_read_html: html.c (elements), html_table.c. */
#ifndef FP_LETTER_HTML_INT_H
#define FP_LETTER_HTML_INT_H

#include <libxml/parser.h>

#include "letter/build.h"
#include "letter/decode.h"

#define HTML_LISTS 16
#define HTML_COLUMNS 128 /* columns whose rowspans are kept */

struct html_table {
	int id, row, col;   /* col: the next free one */
	size_t first_block; /* that it can have */
	bool layout;        /* holds tables or headings: its cells are no cells of data */
	bool in_cell;
	bool terms;                  /* a <dl>: terms in column 0, what belongs to them in column 1 */
	uint16_t left[HTML_COLUMNS]; /* rows that a cell above still reaches down */
};

struct html {
	struct letter_build *b;
	xmlParserCtxtPtr ctxt;
	struct fp_buf title;
	char *url;       /* of the open link */
	bool *strong_at; /* per depth: the element there is strong */
	uint32_t depth, depth_max;
	bool deep; /* nested deeper than that */
	bool no_memory;

	struct html_table *tables; /* open ones, outermost first */
	size_t n_tables, cap_tables;
	int next_table;

	int skip; /* open elements that are left out */
	bool skip_hidden, hidden_noted;
	size_t scripts;

	bool in_head, in_title, in_heading, has_lang;
	int in_item, lists, pre, strong;
	int number[HTML_LISTS]; /* of the last item, -1: bullets */
	bool word_item;         /* the next text may be Word's list marker */
	bool fresh;             /* the next text opens a block */
	bool saw_strong, saw_plain;
};

void letter_html_open(struct html *h, enum letter_kind kind, int level);
void letter_html_close(struct html *h); /* the open block is done: says whether all of it was strong */
void letter_html_text(struct html *h, const char *s, size_t len);
struct letter_place letter_html_place(const struct html *h);

/* The number that an attribute's value begins with, at most 999,999; otherwise when it begins with none. */
int letter_html_number(const char *s, int otherwise);

/* html_source.c: what a <meta> or XML declaration says of the encoding ("": nothing). */
void letter_html_charset(const char *s, size_t len, char *out, size_t size);
/* Has it a tag with very many attributes? */
bool letter_html_is_hostile(const char *s, size_t len);
/* Zeros, which would end the text for the parser, and Word's conditions, which it takes for text, become blanks. False: out of memory. */
bool letter_html_clean(struct letter_decoded *d);

/* html_table.c */
void letter_html_begin_table(struct html *h, bool terms);
void letter_html_begin_term(struct html *h, bool value); /* <dt>, <dd> */
void letter_html_end_table(struct html *h);
void letter_html_begin_row(struct html *h);
void letter_html_begin_cell(struct html *h, const char *colspan, const char *rowspan);
void letter_html_end_cell(struct html *h);
bool letter_html_in_cell(const struct html *h); /* inside a cell that is one in the letter */
void letter_html_lay_out(struct html *h);       /* the table around is a frame for the page: its cells become paragraphs */

#endif
