/*
 * How a reply form is read: its rows are lines of text with boxes in them; a small state (part, step, question) turns lines into entries.
 * Private to draft/.
 */
#ifndef FP_DRAFT_FORM_INT_H
#define FP_DRAFT_FORM_INT_H

#include "draft/signs.h"

/* ---- form_boxes.c ---- */

struct form_box {
	uint32_t from, to;
	bool ticked;
};
/*
 * The next box in [*at, to): U+2610 and its kin, "[ ]", "( )", and a short rule of underscores beside yes or no or before a statement. *at moves
 * behind it.
 */
bool form_box_next(const struct draft_work *w, uint32_t block, size_t *at, size_t to, struct form_box *out);

/* ---- form_entry.c ---- */

enum form_part { FORM_CUSTOMER, FORM_ACTIONS, FORM_DISTRIBUTOR };
enum form_kind { FORM_TEXT, FORM_DATE, FORM_CHOICE, FORM_YES_NO, FORM_YES, FORM_SERIALS };

struct form_option {
	const char *id;
	uint32_t from, to; /* its words in the block; from == to: a box without words */
	uint32_t block;
};

#define FORM_OPTIONS_MAX 24u
#define FORM_ENTRIES_MAX 400u

struct form_entry {
	const char *id;
	enum form_part part;
	enum form_kind kind;
	const char *label;        /* as printed, without colon and rule; "" for none */
	uint32_t block, from, to; /* where the label stands, or the first box */
	struct form_option *options;
	uint32_t n_options;
	const char *mask;                /* of a date; NULL */
	int action;                      /* number of the step that it asks for; 0: none */
	bool reason;                     /* why a step was not done */
	bool worded;                     /* its box has the word "yes" */
	struct draft_signs about;        /* of the label */
	const struct term_key *verbs[8]; /* of the label */
	uint32_t n_verbs;
};

/* Bytes [from, to) of a block. */
struct form_text {
	uint32_t block, from, to;
};

#define FORM_COLUMNS 8

struct form {
	struct draft_work *w;
	struct form_entry *entries[FORM_ENTRIES_MAX];
	uint32_t n;
	bool limited; /* more entries than we take */

	/* where we are */
	enum form_part part;
	int action;                   /* step that is being asked for; 0 none */
	bool reason;                  /* the boxes that come are reasons */
	bool products;                /* the boxes that come are products */
	struct form_text asked;       /* what the next boxes answer; from == to: nothing */
	struct form_entry *joins;     /* a following box without a question of its own belongs to it; NULL: none */
	int serial_table;             /* rows of this table each ask for serial numbers; -1 */
	struct form_text serial_head; /* of its column; from == to once a row has asked */
	bool listed;                  /* devices were listed, each with its serial numbers: "done" means on all of them */
	int head_table;               /* table whose columns are headed by yes and no; -1 */
	struct form_text head[FORM_COLUMNS];
	int col;    /* of the cell that is read; 0 outside tables */
	bool given; /* the next cell of the row holds the value already */
};

/* A new entry; NULL when there are too many or no memory is left. */
struct form_entry *form_entry_new(struct form *f, enum form_kind kind, struct form_text label);
/* Gives the entry its id by what its label says; a number is put behind one that is taken. */
void form_entry_name(struct form *f, struct form_entry *e, const char *id);
const char *form_statement_id(
    enum form_part part, const struct draft_signs *about); /* "received", "users-informed"; NULL: another */
const char *form_reason_id(const struct draft_signs *s);   /* "none-at-site"; NULL */
struct form_option *form_option_add(struct form *f, struct form_entry *e, const char *id, struct form_text words);
/* An id made of the words: "NextSeq 550Dx" -> "nextseq-550dx"; of a product that is known, its own. */
const char *form_product_id(struct form *f, struct form_text words);
const char *form_part_name(enum form_part p);
const char *form_kind_name(enum form_kind k);

/* ---- form_line.c ---- */

void form_read_line(struct form *f, struct form_text t);
/* A statement, label or heading without a box. */
void form_read_text(struct form *f, struct form_text t);
/* What boxes beside or below it answer: never a field. */
void form_read_question(struct form *f, struct form_text t);
struct form_text form_trim(const struct draft_work *w, struct form_text t); /* without blanks, colons, rules at its ends */

/* ---- form_field.c ---- */

/* Fields "Label:", "Label ____", one or more in the text; false: there is none. after: the entry that they belong to, NULL for none. */
bool form_read_fields(struct form *f, struct form_text t, const struct form_entry *after);
/* Where in the words of an option something else begins: a field, a list of serial numbers. t.to: nowhere. */
uint32_t form_words_end(const struct draft_work *w, struct form_text t);
bool form_is_serials(const struct draft_work *w, struct form_text t); /* asks for serial numbers */

/* ---- form_rows.c ---- */
void form_read_rows(struct form *f);

/* ---- form.c ---- */

const char *draft_contact_of(
    const struct draft_work *w, const char *mail, size_t len); /* id of the contact with that address; NULL */

/* ---- sections.c ---- */

/* The section that words [from, to) of a block name, and how much of their letters that is, in percent; NULL: none. */
const char *draft_named_section(const struct draft_work *w, uint32_t block, size_t from, size_t to, size_t *share);
/* Letters of the text in bytes: digits, punctuation and blanks do not count. */
size_t draft_letters(const char *s, size_t n);

#endif
