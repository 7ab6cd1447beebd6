/* What the ways of taking evidence in share (bringing.c, bringing_capture.c): one transaction, the notices with their checks, the cells of a device. */
#ifndef FP_APP_BRINGING_H
#define FP_APP_BRINGING_H

#include "app/internal.h"

struct bring_base {
	struct app *a;
	const struct app_actor *by;
	struct store_tx *tx;
	struct store_notice *rows;
	size_t n_rows;
	struct notice **notices;
	struct check_set **sets;
	struct app_check_result *result; /* borrowed; rows are added */
	size_t cap_rows;
	const char *subject; /* shown as the target of the rows */
};

enum fp_status bring_load(struct bring_base *b, struct fp_err *err) FP_MUST_CHECK; /* notices and their checks */
void bring_base_free(struct bring_base *b);

struct bring_judging {
	const struct evidence_obs *obs; /* stored already */
	fp_time at;                     /* when it was seen */
	/* Does the way concern that cell? */
	bool (*concerns)(void *ctx, const struct check *way, const struct case_cell *cell);
	void *ctx;
};
/* Judge every open cell of d, in every notice, by the ways that belong to the observation's probe. FP_ECONFLICT: something newer was judged already. */
enum fp_status bring_judge(
    struct bring_base *b, const struct device *d, const struct bring_judging *j, struct fp_err *err) FP_MUST_CHECK;

#endif
