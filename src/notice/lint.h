/*
 * What a notice lacks, and where it contradicts itself: completeness after the European Commission's template, numbers with check
 * digits, day of the week, links on paper, and the same content in every language. Reports, never changes.
 */
#ifndef FP_NOTICE_LINT_H
#define FP_NOTICE_LINT_H

#include "notice/notice.h"

enum notice_severity { NOTICE_ERROR, NOTICE_WARNING, NOTICE_INFO };

struct notice_finding {
	const char *code; /* row of notice_lint_rules: "EC-3.4", "lang-placeholder" */
	enum notice_severity severity;
	char file[48]; /* "notice.json", "da.md", "*.md" for all texts, "." for the folder */
	int line;      /* from 1; 0 where there is none (the message then begins with the place in notice.json) */
	char message[400];
};

struct notice_findings {
	struct notice_finding *items;
	size_t n, cap;
};

struct notice_lint_options {
	const char *folder;           /* last part of the folder's name, to compare with the reference; NULL: not compared */
	const char *const *languages; /* that must be there, ends with NULL; NULL: en da de it es */
};

/* All findings, errors of the facts first, then language by language. out must be all zero. FP_ENOMEM only. o NULL: all zero. */
enum fp_status notice_lint(
    struct notice_findings *out, const struct notice *n, const struct notice_lint_options *o, struct fp_err *err) FP_MUST_CHECK;
void notice_findings_free(struct notice_findings *f);
size_t notice_findings_count(const struct notice_findings *f, enum notice_severity s);

/* The rules, for documentation and --format json: each code, where it comes from, what it says in one English sentence. */
struct notice_rule_row {
	const char *code;
	const char *source; /* "EC FSN template Rev. 1 (2018), 3.4"; "fieldproof" for our own */
	const char *text;
};
const struct notice_rule_row *notice_lint_rules(size_t *n);
const char *notice_severity_name(enum notice_severity s); /* "error", "warning", "info" */

#endif
