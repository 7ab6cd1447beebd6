/*
 * A document tree as plain text: for terminals, mail bodies and people who read with a pipe.
 */
#ifndef FP_DOCUMENT_TEXT_H
#define FP_DOCUMENT_TEXT_H

#include "document/document.h"

/* All zero: 80 columns, box drawing characters, no colour. */
struct doc_text_options {
	unsigned width; /* columns, 20-400; 0: 80 */
	bool ascii;     /* rules of tables by + - | instead of box drawing */
	bool colour;    /* badges and headings with ANSI SGR sequences */
	bool links;     /* write the address behind a link's text when it differs */
};

/* Append to out; lines end with one \n and hold no trailing blanks. The failure of the tree, FP_ENOMEM or FP_ELIMIT. o NULL: all zero. */
enum fp_status doc_write_text(
    const struct doc *d, const struct doc_text_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

#endif
