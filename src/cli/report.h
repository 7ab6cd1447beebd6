#ifndef FP_CLI_REPORT_H
#define FP_CLI_REPORT_H

#include "cli/cli.h"

#define CLI_COLUMNS_MAX 64

/* A column of the matrix: every (action, mode) that some cell of the case has, in the notice's order. Texts are borrowed from k. */
struct cli_column {
	const char *action, *mode;
};
size_t cli_case_columns(struct cli_column *cols, size_t max, const struct app_case *k);
const struct case_cell *cli_case_cell(
    const struct app_case *k, const struct app_case_device *d, const struct cli_column *col); /* NULL: none */
/* "Step 2" into out, and the list of what each step is: the titles are too long for the head of a column. */
#define CLI_STEP_LABEL_MAX 64
void cli_step_label(char out[CLI_STEP_LABEL_MAX], const struct cli *c, const struct notice_action *a);
void cli_add_steps(struct doc_node *parent, const struct cli *c, const struct notice *n);

enum fp_status cli_run_report(struct cli *c, struct fp_err *err) FP_MUST_CHECK;

#endif
