/*
 * The letters of one notice -> one draft in our format: facts once, texts per language, and what a person must decide. Nothing is decided silently: where letters differ,
 * or a fact that notice.json needs is not in any of them, stands a question in a file that is edited and applied again.
 */
#ifndef FP_DRAFT_MERGE_H
#define FP_DRAFT_MERGE_H

#include "draft/draft.h"

/* One thing to decide. */
struct merge_question {
	const char *key;   /* stable: "issue_date", "products.miseqdx.udi_di", "actions.1.id" */
	const char *about; /* English sentence */
	struct merge_choice {
		const char *value; /* as it would stand in notice.json */
		const char *where; /* "de.txt page 1 line 5" */
	} * choices;
	size_t n_choices;
	const char *answer; /* from the decisions; NULL: open */
	bool needed;        /* notice.json cannot be written without it */
};

struct merge_text { /* DIR/LANG.md */
	const char *lang;
	const char *markdown;
};

struct merge {
	json_t *notice; /* notice.json as far as it is known; unanswered questions leave their key out */
	struct merge_question *questions;
	size_t n_questions, n_open;
	struct merge_text *texts;
	size_t n_texts;
	struct fp_arena *arena;
};

/*
 * Merge drafts (with their letters) of one notice. decisions: text of an edited file, or NULL. Messages name its line: unknown keys, answers that do not fit. FP_EINVAL also when the
 * letters are not of one notice, or two are in one language and differ.
 */
enum fp_status draft_merge(struct merge **out, const struct draft *const *sides, size_t n, const struct term_base *t,
    const char *decisions, size_t decisions_len, const char *decisions_name, struct fp_err *err) FP_MUST_CHECK;
void merge_free(struct merge *m);
void merge_freep(struct merge **m);

/* The file to edit: every question with its choices and places as comment lines, and one "key = answer" line each; answered ones keep their answer. */
enum fp_status merge_decisions(struct fp_buf *out, const struct merge *m, struct fp_err *err) FP_MUST_CHECK;

#endif
