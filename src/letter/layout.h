/*
 * Words with boxes become the blocks of a letter: lines, columns, paragraphs, headings, items, tables. Shared by the readers of PDF (bbox.c) and
 * scans (tsv.c). Private to letter/.
 *
 * layout_page, layout_word ... then layout_end. Words come in the reading order of their own line; the order of lines does not matter. Boxes are in points from the top left.
 */
#ifndef FP_LETTER_LAYOUT_H
#define FP_LETTER_LAYOUT_H

#include "letter/build.h"

struct lay_box {
	float x0, y0, x1, y1;
};

struct layout;

/* NULL when out of memory. scan: boxes are those of the ink, so that a line's height says little about its font. */
struct layout *layout_new(const char *file, const struct letter_limits *o, bool scan);
void layout_free(struct layout *l);
void layout_freep(struct layout **l);
/* For notes and for text that outlives the input: it becomes part of the letter. */
struct letter_build *layout_build(struct layout *l);
struct fp_arena *layout_arena(struct layout *l); /* lives as long as l */

void layout_page(struct layout *l, float width, float height);
/* text must live until layout_end. line: words of one line of the source have the same number. */
void layout_word(struct layout *l, const struct lay_box *box, const char *text, size_t len, uint32_t line);

/* FP_ELIMIT, FP_ENOMEM. */
enum fp_status layout_end(struct letter **out, struct layout *l, struct fp_err *err) FP_MUST_CHECK;

#endif
