/*
 * Ask one address the questions of named checks and print the verdicts as JSON lines, with the time of the whole run:
 *   check_run SMB-1,SMB-2 'smb://127.0.0.1:14453/runs' [NAME=VALUE...]
 *   check_run --dry-run BMC-2 '127.0.0.1;ipmi=16230'
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check/check.h"

#define CHECKS_MAX 16
#define PARAMS_MAX 8

struct ask {
	const struct check *checks[CHECKS_MAX];
	int jobs[CHECKS_MAX];
	const char *why[CHECKS_MAX];
	size_t n;
	struct evidence_obs *obs[CHECKS_MAX];
};

static enum fp_status
on_done(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err)
{
	struct ask *a = ctx;
	(void)err;
	a->obs[job] = owned;
	return FP_OK;
}

static int
died(const struct fp_err *err)
{
	(void)fprintf(stderr, "check_run: %s\n", err->msg);
	return 1;
}

static void
print_verdict(const struct evidence_verdict *v, const struct evidence_obs *obs, const char *why)
{
	FP_JSON json_t *j = json_object();
	fp_json_set_str(j, "check", v->check);
	fp_json_set_str(j, "result", evidence_result_name(v->result));
	fp_json_set_str(j, "level", evidence_level_name(v->level));
	fp_json_set_str(j, "reason", v->reason);
	fp_json_set_str(j, "settle", v->settle);
	fp_json_set_str(j, "detail", v->detail);
	fp_json_set_str(j, "why", why);
	fp_json_set_int(j, "connections", obs != NULL ? obs->connections : 0);
	fp_json_set_int(j, "packets", obs != NULL ? obs->packets : 0);
	fp_json_set_int(j, "took_us", obs != NULL ? obs->took_us : 0);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };
	if (fp_json_canonical(&b, j, NULL) == FP_OK) {
		(void)puts(b.data);
	}
}

static bool
checks_find(struct ask *a, char *list)
{
	char *save = NULL;
	for (char *id = strtok_r(list, ",", &save); id != NULL && a->n < CHECKS_MAX; id = strtok_r(NULL, ",", &save)) {
		a->checks[a->n] = check_find(id);
		if (a->checks[a->n++] == NULL) {
			(void)fprintf(stderr, "check_run: no check '%s'\n", id);
			return false;
		}
	}
	return true;
}

static int
show(struct ask *a)
{
	for (size_t i = 0; i < a->n; i++) {
		struct evidence_verdict v;
		struct fp_err err = { 0 };
		if (a->jobs[i] < 0) {
			check_verdict_without(&v, a->checks[i], a->why[i], "");
			print_verdict(&v, NULL, a->why[i]);
		} else if (check_judge(&v, a->checks[i], a->obs[a->jobs[i]], &err) != FP_OK) {
			return died(&err);
		} else {
			print_verdict(&v, a->obs[a->jobs[i]], NULL);
		}
	}
	if (getenv("SHOW_OBSERVATION") != NULL) {
		for (size_t i = 0; i < CHECKS_MAX && a->obs[i] != NULL; i++) {
			FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
			if (evidence_obs_write(&b, a->obs[i], NULL) == FP_OK) {
				(void)puts(b.data);
			}
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	bool dry = argc > 1 && strcmp(argv[1], "--dry-run") == 0;
	argv += dry;
	argc -= dry;
	if (argc < 3) {
		(void)fprintf(stderr, "usage: check_run [--dry-run] CHECK,CHECK... ADDRESS [NAME=VALUE...]\n");
		return 2;
	}
	struct ask a = { .n = 0 };
	struct fp_err err = { 0 };
	struct evidence_param items[PARAMS_MAX];
	struct check_params params = { items, 0 };
	for (int i = 3; i < argc && params.n < PARAMS_MAX; i++) {
		char *eq = strchr(argv[i], '=');
		if (eq != NULL) {
			*eq = '\0';
			items[params.n++] = (struct evidence_param){ argv[i], eq + 1 };
		}
	}
	struct device d = { .serial = argv[2], .host = argv[2], .bmc = argv[2], .storage = argv[2] };
	FP_AUTO(check_plan_freep) struct check_plan *plan = NULL;
	if (!checks_find(&a, argv[1])) {
		return 2;
	}
	if (check_plan_new(&plan, &err) != FP_OK) {
		return died(&err);
	}
	for (size_t i = 0; i < a.n; i++) {
		if (check_plan_add(plan, a.checks[i], &d, "", &params, &a.jobs[i], &a.why[i], &err) != FP_OK) {
			return died(&err);
		}
	}
	if (dry) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		if (check_plan_dry_run(&b, plan, &err) != FP_OK) {
			return died(&err);
		}
		(void)fputs(b.data != NULL ? b.data : "", stdout);
		return 0;
	}
	struct fp_clock clock = fp_clock_real();
	const char *ms = getenv("TIMEOUT_MS");
	struct check_run_options o = {
		.clock = &clock, .vantage = "bench", .tool = "fieldproof " FP_VERSION, .done = on_done, .ctx = &a
	};
	o.timeout_ms = ms != NULL ? (int)strtol(ms, NULL, 10) : 0;
	if (check_run(plan, &o, &err) != FP_OK) {
		return died(&err);
	}
	int rc = show(&a);
	for (size_t i = 0; i < CHECKS_MAX; i++) {
		evidence_obs_free(a.obs[i]);
	}
	return rc;
}
