/* What the files of merging share. Private to draft/. */
#ifndef FP_DRAFT_MERGE_INT_H
#define FP_DRAFT_MERGE_INT_H

#include "draft/merge.h"

struct answer {
	char key[128];
	const char *value; /* NULL: still open ("?") */
	int line;
	bool used;
};

struct merger {
	struct merge *m;
	const struct draft *const *sides;
	size_t n;
	const struct term_base *t;
	struct draft *out; /* builds notice.json */
	struct answer *answers;
	size_t n_answers, cap_answers, cap_questions;
	const char *decisions_name;
	bool no_memory;
};

/* Read the decisions: "key = value" lines. FP_EINVAL names the line. */
enum fp_status merge_answers_read(
    struct merger *g, const char *text, size_t len, const char *name, struct fp_err *err) FP_MUST_CHECK;
/* Every answer must have been to a question: a mistyped key would be lost in silence. */
enum fp_status merge_answers_used(const struct merger *g, struct fp_err *err) FP_MUST_CHECK;

/* What sides say about one thing. */
struct merge_values {
	const char *value[40];
	const char *where[40];
	size_t n; /* different ones */
};
void merge_value_add(struct merger *g, struct merge_values *v, const char *value, const char *where);
/* "de.txt page 1 line 5" of a fact of a side. */
const char *merge_where(struct merger *g, size_t side, const char *pointer);
/* The decision about key, or the only value, or NULL (then a question stands where they differ, or when it is needed). "none" decides for nothing. */
const char *merge_decide(struct merger *g, const char *key, const struct merge_values *v, bool needed, const char *about);
/* Is there a question of that key without an answer? */
bool merge_is_open(const struct merger *g, const char *key);
const char *merge_text(struct merger *g, const char *fmt, ...) FP_PRINTF(2, 3);

/* The fact at pointer of every letter, decided. */
const char *merge_decide_at(struct merger *g, const char *key, const char *pointer, bool needed, const char *about);
/* Everything that any letter lists there. only: the words that notice.json knows; NULL: all. The caller's. */
json_t *merge_all(struct merger *g, const char *pointer, const char *const *only);
/* have (taken over), or a person's answer: words with commas. Asked where have is empty. */
json_t *merge_decided_list(struct merger *g, const char *key, json_t *have, const char *about);
/* An address as notice.json wants it. */
const char *merge_url(struct merger *g, const char *s);

void merge_facts(struct merger *g);
void merge_actions(struct merger *g);
void merge_recommendations(struct merger *g);
/* LANG.md of each side; facts become placeholders. */
void merge_texts(struct merger *g);

#endif
