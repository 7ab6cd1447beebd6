/* Inside of letter_read_text: text.c (lines, blocks), text_line.c (what a line is), text_inline.c (mark-up inside), text_table.c. */
#ifndef FP_LETTER_TEXT_INT_H
#define FP_LETTER_TEXT_INT_H

#include "letter/build.h"

#define GROUP_MAX 4096 /* lines looked at together */
#define LIST_DEPTH 16

/* ASCII only, and no look at the locale. */
static inline bool
text_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v';
}

static inline bool
text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
text_is_alnum(char c)
{
	return text_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A line without its end and without the "> " of quoted mail. */
struct line {
	const char *s, *end;
	uint32_t no;
	uint32_t col;  /* of s, from 1 */
	uint32_t tabs; /* behind the first character that is no blank */
	uint32_t pipes;
	uint16_t indent; /* columns of white space before the text */
	bool gap;        /* two blanks or more between words */
	bool page;       /* a form feed stands before it */
	bool lead_tab;   /* begins with TAB */
	bool two_blanks; /* ends with two blanks: a forced break */
};

/* Columns of blanks as intervals of characters. */
#define COLUMNS_MAX 32
struct columns {
	uint16_t from[COLUMNS_MAX], to[COLUMNS_MAX];
	size_t n;
};

struct list_level {
	uint16_t indent;
	char kind; /* '-', '*', 'o', 'n' (numbers), 'a' (letters) */
};

/* What an item begins with. */
struct item {
	const char *text; /* behind the marker */
	char kind;
	int number;
	bool stop; /* a full stop and a blank stand behind the number */
};

/* The next place of something that is looked for again and again, so that looking stays linear. */
struct finder {
	const char *at; /* NULL: not looked for yet */
};

enum {
	FIND_STRONG,
	FIND_STAR,
	FIND_UNDERLINE,
	FIND_UNDERLINES,
	FIND_TICK,
	FIND_BRACKET,
	FIND_OPEN,
	FIND_PAREN,
	FIND_ANGLE,
	FIND_NEWLINE,
	FIND_COUNT
};

struct text {
	struct letter_build *b;
	const struct letter_limits *max;
	const char *at, *end; /* what is not read yet */
	char newline;         /* \n, or \r in old files */
	uint32_t line_no;
	uint32_t width; /* lines are wrapped at this column; 0: they are not */
	struct line *lines;
	size_t n_lines, cap_lines;
	bool page_next; /* a form feed came */
	bool no_memory;

	struct list_level list[LIST_DEPTH];
	int depth;
	bool stale;      /* text that is no item came since */
	int last_number; /* of the item before; 0: none */

	/* tables */
	int tables;    /* next number */
	int table;     /* the block before is a cell of this table; -1 */
	int row_table; /* the rows that are read now belong to */
	int table_rows, table_cols;
	struct columns table_at; /* n 0: its columns are not of blanks */
	bool table_one;          /* the run of rows before was one row */

	/* inside a block */
	const char *group_end;
	struct finder find[FIND_COUNT];
	const char *cursor; /* the column at ... */
	uint32_t cursor_col;
	uint32_t cursor_line;
	int strong_tags;
	bool strong, star, underline, ticked;
	bool saw_strong, saw_plain;
	const char *link_close, *link_resume;
	bool link_tag;
	const char *skip_to;   /* a tag that ends on a later line */
	const char *skip_name; /* inside <script> or a comment: what ends it */

	/* HTML in the text */
	int html_tables, html_lists; /* open ones: their lines are no Markdown */
	int html_table, html_row, html_col;
	int html_number[LIST_DEPTH];      /* of the last item, -1: not numbered */
	const char *table_end, *list_end; /* the next end tags; NULL: not looked for yet */
};

/* text_line.c */
enum line_kind { LINE_TEXT, LINE_HEADING, LINE_RULE, LINE_FENCE, LINE_ITEM, LINE_ROW, LINE_PIPES, LINE_MARKER };
/* Read the lines up to the next blank one into t->lines; false at the end of the text. */
bool letter_text_group(struct text *t);
/* Measure the text: sets t->width. */
void letter_text_measure(struct text *t);
enum line_kind letter_text_line_kind(const struct text *t, size_t i);
bool letter_text_item(const struct text *t, size_t i, struct item *out);
const char *letter_text_first(const struct line *l);                /* its first character that is no blank */
bool letter_text_is_full(const struct text *t, size_t i);           /* line i ends where it does because it was full */
size_t letter_text_underline(const struct line *l, char *c);        /* length of a line of "=" or "-" only, else 0 */
bool letter_text_next_line(const struct text *t, struct line *out); /* the first line of the next group, unread */

/* text_table.c: a table that begins with line i of the group; how many lines it takes, 0 when there is none. */
size_t letter_text_tab_table(struct text *t, size_t i);
size_t letter_text_pipe_table(struct text *t, size_t i);
bool letter_text_is_border(const struct line *l); /* "+----+----+", "|---|:-:|": between rows */
size_t letter_text_column_table(struct text *t, size_t i);
bool letter_text_is_columns(const struct text *t, size_t i); /* would there be one */

/* text_inline.c */
void letter_text_open(struct text *t, enum letter_kind kind, int level); /* a new block, mark-up state reset */
void letter_text_close(struct text *t);                                  /* says whether all of it was strong */
void letter_text_inline(struct text *t, const struct line *l, const char *s, const char *end);

/* text_tag.c: HTML tags; s at '<'. Returns what is behind, s itself when it is no tag. */
const char *letter_text_tag(struct text *t, const struct line *l, const char *s, const char *end);
/* Inside <script>, or a comment, and the like: what is behind its end tag, or end. */
const char *letter_text_skip(struct text *t, const char *s, const char *end);
void letter_text_place(struct text *t, const struct line *l, const char *s, struct letter_place *out);
void letter_text_emit(struct text *t, const struct line *l, const char *s, const char *end);
/* An empty box or a ticked one instead of what stands at s, with blanks around. */
void letter_text_box(struct text *t, const struct line *l, const char *s, uint32_t box);
/* The text from here on leads to the address [url, end). */
void letter_text_link(struct text *t, const char *url, const char *end);
const char *letter_text_find(struct text *t, int what, const char *from);

#endif
