/* Inside of struct letter_build: shared by build.c (taking text in), furniture.c, join.c and build_end.c (finishing). */
#ifndef FP_LETTER_BUILD_INT_H
#define FP_LETTER_BUILD_INT_H

#include "letter/build.h"

#define NONE UINT32_MAX

/* A block while the letter is made. b.text is NULL until the end. */
struct raw {
	struct letter_block b;
	size_t text_at;
	uint32_t mark_at, link_at;
	uint32_t next; /* its text goes on with that block's; NONE */
	bool tail;     /* its text belongs to an earlier block */
};

enum pending { PEND_NONE, PEND_BLANK, PEND_LINE, PEND_BREAK };

struct letter_build {
	struct fp_arena *arena;
	const char *file;
	enum letter_format format;
	struct letter_limits max;
	struct raw *blocks;
	size_t n_blocks, cap_blocks;
	char *text;
	size_t len, cap;
	struct letter_mark *marks;
	size_t n_marks, cap_marks;
	struct letter_link *links;
	size_t n_links, cap_links;
	struct letter_page *pages;
	size_t n_pages, cap_pages;
	struct letter_note *notes;
	size_t n_notes, cap_notes;
	bool open;
	enum pending pending; /* before the next character of the open block */
	bool soft;            /* a soft hyphen was the last that came */
	bool moved;           /* the next character needs a mark of its own */
	struct letter_place now;
	const char *url; /* of the open link; NULL */
	size_t url_from; /* SIZE_MAX: no text yet */
	size_t controls;
	struct letter_place first_control;
	const char *title, *lang;
	enum fp_status failed;
	const char *failed_what;
};

void letter_close_block(struct letter_build *b);
/* Close the open block and forget it when nothing is in it; an empty cell stays until the end: it shows how wide its table is. */
void letter_drop_empty(struct letter_build *b);

/* How the end of one piece of text and the beginning of the next go together. */
enum glue { GLUE_BLANK, GLUE_NONE, GLUE_DROP_HYPHEN };
enum glue letter_glue(const char *before, size_t before_len, const char *after, size_t after_len);

/* A paragraph, heading or item, or all cells of a table row: what is compared from page to page. */
struct unit {
	uint32_t first, last; /* blocks */
	uint32_t marked;      /* the block with the page number */
	uint32_t page;        /* index in pages */
	uint64_t print;       /* fingerprint with digits folded; 0: none, or has check boxes */
	bool data;            /* a row of a table with other rows that do not come back: never furniture */
	uint32_t size;        /* bytes of text */
	int printed, stated;  /* page number found in it */
	int cols;             /* rows: columns, empty ones too */
	enum letter_zone zone;
	uint8_t marker; /* enum marker */
};

/* What a text says about pages. */
enum marker {
	MARKER_NO,
	MARKER_WEAK, /* "2", "Step 2": only when it counts up beside things that come back */
	MARKER_PART, /* "... Page 2 of 5" or "2 of 5 ...": when it comes back counting up */
	MARKER_SURE, /* by itself: "Page 2", "2 of 5" */
};
enum marker letter_marker(const char *text, size_t len, int *printed, int *stated);

struct units {
	struct unit *u;
	size_t n;
};

/* The cells of that table, which are among the blocks from first on, become paragraphs. */
void letter_build_untable(struct letter_build *b, int table, size_t first);

/* One more note to a letter that is made. FP_ENOMEM. */
enum fp_status letter_add_note(struct letter *l, const char *code, const char *text, struct fp_err *err) FP_MUST_CHECK;

/* Zones of the units and pages of the letter. False: out of memory. */
bool letter_furniture(struct letter_build *b, struct units *us);
/* Rows, items and paragraphs that a page break cut. */
void letter_join_pages(struct letter_build *b, struct units *us);

#endif
