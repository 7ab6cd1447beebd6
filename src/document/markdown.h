/*
 * CommonMark (with the tables of GitHub's dialect) as nodes of a document tree: the texts of notices.
 */
#ifndef FP_DOCUMENT_MARKDOWN_H
#define FP_DOCUMENT_MARKDOWN_H

#include "document/document.h"

#define DOC_MARKDOWN_MAX ((size_t)64 << 10) /* bytes; libcmark-gfm is quadratic on hostile input */
#define DOC_MARKDOWN_DEPTH 24

/*
 * Append the blocks of len bytes of CommonMark to parent. Headings are moved down by the level of the last heading on the way
 * to parent (given as base_level: "# x" becomes a heading of level base_level + 1, at most 6). Raw HTML is dropped, unsafe
 * links go to "#", pictures become their alternative text. FP_ELIMIT over 64 KiB or nested deeper than 24, FP_EINVAL for
 * ill-formed UTF-8 or NUL (the message gives the offset), FP_ENOMEM; the failure of the tree itself still sticks in it.
 */
enum fp_status doc_add_markdown(
    struct doc_node *parent, const char *commonmark, size_t len, unsigned base_level, struct fp_err *err) FP_MUST_CHECK;

/* The same for one line of inline text (a label, a step's title): no blocks. */
enum fp_status doc_add_markdown_inline(
    struct doc_node *parent, const char *commonmark, size_t len, struct fp_err *err) FP_MUST_CHECK;

#endif
