/* Inside of layout*.c. */
#ifndef FP_LETTER_LAYOUT_INT_H
#define FP_LETTER_LAYOUT_INT_H

#include "letter/layout.h"

#define LAY_COLS 24 /* columns of a table; more are prose */

#define LAY_WIDTHS 512

struct lay_word {
	struct lay_box box;
	const char *text;
	uint32_t len;
	uint32_t line;
};

/* Words side by side with nothing but blanks between: a line of a paragraph or a cell, or a piece of one. */
struct lay_seg {
	struct lay_box box; /* height as of the most of its text, without what is raised or lowered */
	uint32_t first, n;  /* words */
	uint32_t row;
	uint32_t letters; /* bytes of text */
};

/* What stands side by side on a page: one line of prose, or pieces of several columns. Strips do not overlap in height. */
struct lay_strip {
	struct lay_box box;
	struct lay_seg *segs;
	uint32_t n;
	bool multi; /* two or more stand beside each other */
};

struct lay_page {
	float width, height;
	uint32_t first, n; /* words */
	struct lay_strip *strips;
	uint32_t n_strips;
	uint32_t body, foot; /* strips [body, foot) are neither header nor footer */
};

struct lay_col {
	float x0, x1;
};

struct lay_cols {
	struct lay_col v[LAY_COLS];
	uint32_t n;
};

struct layout {
	struct letter_build *build;
	struct fp_arena *arena;
	struct lay_word *words;
	size_t n_words, cap_words;
	struct lay_page *pages;
	size_t n_pages, cap_pages;
	bool scan, no_memory;
	float body;                /* height of the most text */
	float cut;                 /* gap from which on a row of the table ends, in the same measure */
	float wrap;                /* gap between the lines of a paragraph, as a share of their height */
	float body_exact;          /* the same without rounding */
	float widths[LAY_WIDTHS];  /* of characters of the text, in points */
	uint32_t seen[LAY_WIDTHS]; /* how often */
	bool tells_bold;           /* bold lines can be told from others */
	struct {
		float x; /* 0: none */
		int number;
	} item;       /* the last one that was written, for lists over page breaks */
	float right;  /* farthest text of any page */
	float big[5]; /* heights of headings, descending */
	int n_big;
	int tables;
	int page;                  /* being written, from 1 */
	enum letter_zone zone;     /* of what is being written */
	char last;                 /* last byte that was written */
	bool goes_on;              /* what comes may belong to the paragraph at the end of the column before */
	struct lay_cols last_cols; /* of the table that the page before ends with; n 0: none */
};

static inline float
lay_height(const struct lay_box *b)
{
	return b->y1 - b->y0;
}

/* From words to strips. */
void layout_even_heights(struct layout *l);
void layout_strips(struct layout *l, struct lay_page *p);
struct lay_strip *layout_make_strips(struct layout *l, struct lay_seg *segs, uint32_t n, uint32_t *n_strips);
/* One strip's lines, pieces of one row joined; arena; *n of them. */
struct lay_seg *layout_lines(struct layout *l, const struct lay_strip *strips, uint32_t n_strips, uint32_t *n);

/* In a column of prose: pieces of justified lines become whole again. Returns how many segments are left. */
uint32_t layout_join_justified(const struct layout *l, struct lay_seg *segs, uint32_t n);

/* Of all pages: heights, gaps, what comes back at the pages' edges; boxes to tick written with letters of a picture font. */
void layout_measure(struct layout *l);
void layout_edges(struct layout *l);
void layout_boxes(struct layout *l);
/* How wide the letters of the text are; is that line set in the bold face of the same family? */
void layout_learn_widths(struct layout *l);
bool layout_is_bold(const struct layout *l, const struct lay_seg *line);

/* Strips that stand in columns beside each other: from [first, end). */
enum lay_band_kind {
	BAND_NONE,
	BAND_TABLE,
	BAND_COLUMNS, /* of prose */
	BAND_BLOCKS,  /* short lines beside each other: addresses, signatures, what a footer says */
};
struct lay_band {
	enum lay_band_kind kind;
	uint32_t first, end;
	struct lay_cols cols;
};
/* At strips[at], which is multi; what stands before first belongs to others. left: edge of the prose around it. */
struct lay_band layout_band(struct layout *l, struct lay_strip *strips, uint32_t n, uint32_t first, uint32_t at, float left);
/* The page begins inside the table that the page before ends with. BAND_NONE: it does not. */
struct lay_band layout_band_continued(struct layout *l, struct lay_strip *strips, uint32_t n, float left);
/* Columns that seg s touches: [*low, *high], false for none. */
bool layout_touches(const struct lay_cols *cols, const struct lay_box *box, uint32_t *low, uint32_t *high);

/* How a strip goes with the columns so far. */
struct lay_fit {
	uint32_t touched; /* columns in which something of it stands */
	uint32_t fresh;   /* pieces in none of them */
	uint32_t spans;   /* pieces in two or more */
	uint32_t aligned; /* pieces with an edge or the middle of their column */
	uint32_t low;     /* first column that is touched */
	bool all;         /* a piece goes over all columns */
};
struct lay_fit layout_fit(const struct lay_cols *cols, const struct lay_strip *s);
/* As layout_fit, but pieces that run together over several columns are parted first. */
struct lay_fit layout_fit_parted(struct layout *l, const struct lay_cols *cols, struct lay_strip *s);
bool layout_is_row(const struct lay_fit *f);    /* text in two columns or more */
bool layout_is_single(const struct lay_fit *f); /* text in one column and nowhere else */
/* The columns grow by what stands in them; a piece over two columns changes nothing. */
void layout_widen(struct lay_cols *cols, const struct lay_strip *s);
/* Columns of a strip by itself: what overlaps in width is one. */
struct lay_cols layout_cols_of(const struct lay_strip *s);
/* Columns in which pieces of several strips stand beside each other become two. */
void layout_divide_cols(struct layout *l, struct lay_cols *cols, struct lay_strip *strips, uint32_t n);
/* Columns between which more text stands than beside each other become one, and those that never have text together. */
void layout_merge_cols(struct lay_cols *cols, const struct lay_strip *strips, uint32_t n);

/* Writing. */
void layout_table(struct layout *l, const struct lay_strip *strips, uint32_t n, const struct lay_cols *cols);
void layout_prose(struct layout *l, const struct lay_seg *lines, uint32_t n, float left, float right);
void layout_flow(struct layout *l, struct lay_strip *strips, uint32_t n, float left, float right, int depth);
/* The words [first, first + n) of one line, from byte skip of the first word on. */
void layout_write_words(struct layout *l, const struct lay_seg *line, uint32_t skip_words, uint32_t skip_bytes);

/* Lines */
struct lay_marker {
	uint32_t words, bytes; /* to leave out: words, then bytes of the next word */
	int number;            /* 0: bullet */
	char kind;             /* 'b' bullet, '-' dash, 'o' letter o, 'n' number, 'a' letter; 0: none */
	float text_x;          /* where the text behind it begins */
	bool wide;             /* more than a blank behind it */
};
struct lay_marker layout_marker(const struct layout *l, const struct lay_seg *line);
/* "[] Yes [] No": what follows is something else. */
bool layout_ends_choice(const struct layout *l, const struct lay_seg *line);
/* Nothing but the number of the page. */
bool layout_is_marker(const struct layout *l, const struct lay_seg *line);
/* Beginning and end of a line's text. */
uint32_t layout_first_char(const struct layout *l, const struct lay_seg *line);
char layout_last_char(const struct layout *l, const struct lay_seg *line);
/* Is there room behind line a, up to right, for the first word of line b? Then the break between them was meant. */
bool layout_had_room(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b, float right);
/* How line b goes on behind line a in the same paragraph or cell. */
enum lay_join { JOIN_LINE, JOIN_BREAK };
enum lay_join layout_join(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b, float right);
bool layout_is_box(const struct lay_word *w);
void *layout_alloc(struct layout *l, size_t count, size_t size); /* never NULL when count is 0; sticks */

#endif
