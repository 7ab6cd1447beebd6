/* What the files of the linter share. */
#ifndef FP_NOTICE_LINT_INT_H
#define FP_NOTICE_LINT_INT_H

#include "notice/lint.h"

struct lint {
	struct notice_findings *out;
	const struct notice *n;
	const struct notice_lint_options *o;
	bool no_memory;
};

/* Add a finding; out of memory sticks. */
void lint_add(struct lint *l, const char *code, enum notice_severity s, const char *file, int line, const char *fmt, ...)
    FP_PRINTF(6, 7);

void lint_ec(struct lint *l);    /* completeness after the EC template */
void lint_facts(struct lint *l); /* contradictions inside notice.json */
void lint_texts(struct lint *l); /* the languages, each and against each other */

#endif
