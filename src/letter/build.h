/* Making a letter: what the readers share. Private to letter/. */
#ifndef FP_LETTER_BUILD_H
#define FP_LETTER_BUILD_H

#include "letter/letter.h"

struct letter_build;

#define LETTER_BYTES_MAX ((size_t)64 << 20)

/* l->file and l->format are set. NULL when out of memory. */
struct letter_build *letter_build_new(const char *file, enum letter_format f, const struct letter_limits *o);
void letter_build_free(struct letter_build *b);
void letter_build_freep(struct letter_build **b);

/* Open a block (closing the one before); its text follows. */
void letter_build_block(struct letter_build *b, enum letter_kind kind, int level, int page);
/* The open block's other properties. */
struct letter_block *letter_build_open(struct letter_build *b); /* NULL when none is open */
/* Text at a place: white space runs become one blank, a place that goes on where the last ended makes no new mark. */
void letter_build_text(struct letter_build *b, const char *s, size_t len, struct letter_place at);
void letter_build_break(struct letter_build *b); /* U+2028 */
/* The line ends here and the text goes on: a blank, or nothing where a hyphen cut a word ("Sicher-" "heit", "FSN2024-" "1562"). */
void letter_build_line(struct letter_build *b);
/* Of the container; borrowed text is copied. */
void letter_build_title(struct letter_build *b, const char *title, size_t len);
void letter_build_lang(struct letter_build *b, const char *lang, size_t len);
/* From here to _link_end the text leads to url. */
void letter_build_link(struct letter_build *b, const char *url);
void letter_build_link_end(struct letter_build *b);
/* A page begins (form feed, page of a PDF); what the page says of its number is found at the end where printed is 0. */
void letter_build_page(struct letter_build *b, int printed, int stated, struct letter_place marker);
void letter_build_note(struct letter_build *b, const char *code, struct letter_place at, const char *fmt, ...) FP_PRINTF(4, 5);

/* "Side 2 af 5", "2/5", "Page 2": the only thing on its line; no language is needed. stated 0 where it says none. */
bool letter_page_marker(const char *text, size_t len, int *printed, int *stated);

/*
 * Finish: empty blocks dropped, what comes back on page after page (fold digits first) moved to header and footer zones, blocks cut by a page joined.
 * FP_ELIMIT, FP_ENOMEM (failure sticks in b until here). b is empty afterwards.
 */
enum fp_status letter_build_end(struct letter **out, struct letter_build *b, struct fp_err *err) FP_MUST_CHECK;

#endif
