/* What is to be done: found step by step, then written down. Private to draft/actions*.c. */
#ifndef FP_DRAFT_ACTIONS_INT_H
#define FP_DRAFT_ACTIONS_INT_H

#include "draft/form_int.h"

#define STEPS_MAX 60u

/* One of the customer's steps: its own words and the blocks that go with it. */
struct step {
	uint32_t block, from, to;    /* its words, heading included */
	uint32_t head_from, head_to; /* equal: it has no heading */
	uint32_t text_from;          /* of its running text */
	uint32_t end;                /* the blocks from its own up to this one go with it */
	int number;                  /* as printed, otherwise counted */
	bool headed;                 /* "Step 2: ..." */
	bool open;                   /* its running text stands in the blocks behind it */
};

struct steps {
	struct draft_work *w;
	struct step step[STEPS_MAX];
	uint32_t n;
	bool limited;
	const char *modes;      /* "each", "once"; NULL: nothing is said */
	const char *obligation; /* of the section's heading and the words before the first step; NULL */
};

/* ---- actions_find.c ---- */
void steps_find(struct steps *s);
/* The block is one of a step's: body, section of the customer's actions. */
bool steps_block(const struct draft_work *w, uint32_t block);

/* ---- actions_step.c ---- */
void steps_put(struct steps *s);
const char *draft_obligation(const struct draft_signs *s); /* the strongest; NULL */

/* ---- actions_link.c ---- */
/* Links of blocks [first, end) of a step: with condition, access, and who gives the address where none is printed. */
json_t *steps_links(struct draft_work *w, const struct step *st);

/* ---- actions_due.c ---- */
void draft_put_deadlines(struct draft_work *w);
/* A day, or a period of time, in [from, to): "2023-06-30" into date (empty for a period). false: neither. */
bool draft_due(const struct draft_work *w, uint32_t block, size_t from, size_t to, char date[16], struct form_text *words);

#endif
