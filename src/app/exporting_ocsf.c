/*
 * OCSF (https://schema.ocsf.io) 1.3.0, class Compliance Finding (2003): a line of JSON for each check of each cell, for a SIEM. What OCSF has no field for stands in "unmapped".
 */
#include <string.h>

#include "app/exporting.h"
#include "base/mem.h"
#include "rule/rule.h"

#define OCSF_VERSION "1.3.0"
#define CATEGORY 2 /* Findings */
#define CLASS 2003 /* Compliance Finding */
#define ACTIVITY 1 /* Create */

/* How a result reads there: compliance.status_id (1 Pass, 2 Warning, 3 Fail, 0 Unknown, 99 Other), severity_id (1 Informational, 2 Low, 3 Medium, 4 High). */
static const struct {
	int status_id;
	const char *status;
	int severity_id;
	const char *severity;
} words[EVIDENCE_RESULT_COUNT] = {
	[EVIDENCE_NOTCHECKED] = { 0, "Unknown", 2, "Low" },
	[EVIDENCE_PASS] = { 1, "Pass", 1, "Informational" },
	[EVIDENCE_FAIL] = { 3, "Fail", 4, "High" },
	[EVIDENCE_ERROR] = { 0, "Unknown", 2, "Low" },
	[EVIDENCE_UNKNOWN] = { 0, "Unknown", 2, "Low" },
	[EVIDENCE_NOTAPPLICABLE] = { 99, "Not Applicable", 1, "Informational" },
	[EVIDENCE_INFORMATIONAL] = { 99, "Informational", 1, "Informational" },
	[EVIDENCE_FIXED] = { 1, "Pass", 1, "Informational" },
};

struct finding {
	const struct export_case *k;
	const struct export_cell *c;
	const struct notice_check *check;
	struct app_check_now now;
	char uid[300];
};

static json_t *
metadata(const struct finding *f)
{
	json_t *j = json_object(), *product = json_object(), *profiles = json_array();

	fp_json_set_str(product, "name", "Fieldproof");
	fp_json_set_str(product, "vendor_name", "Fieldproof");
	fp_json_set_str(product, "version", FP_VERSION);
	fp_json_set(j, "product", product);
	fp_json_set(j, "profiles", profiles);
	fp_json_set_str(j, "version", OCSF_VERSION);
	fp_json_set_str(j, "uid", f->uid);
	return j;
}

static json_t *
compliance(const struct finding *f)
{
	json_t *j = json_object(), *requirements = json_array(), *standards = json_array();
	const struct evidence_verdict *v = &f->now.verdict;
	const struct rule_reference *r;

	(void)json_array_append_new(standards, json_string(f->k->notice->reference));
	(void)json_array_append_new(requirements, json_string(f->c->cell->action));
	for (size_t i = 0; (r = export_reference(f->k, f->check->id, i)) != NULL; i++) {
		size_t n = json_array_size(standards);
		bool there = false;

		(void)json_array_append_new(requirements, json_string(r->id));
		for (size_t s = 0; s < n; s++)
			there = there || strcmp(json_string_value(json_array_get(standards, s)), r->source) == 0;
		if (!there)
			(void)json_array_append_new(standards, json_string(r->source));
	}
	fp_json_set_str(j, "control", f->check->id);
	fp_json_set(j, "requirements", requirements);
	fp_json_set(j, "standards", standards);
	fp_json_set_str(j, "status", words[v->result].status);
	fp_json_set_int(j, "status_id", words[v->result].status_id);
	fp_json_set_str(j, "status_code", v->reason);
	fp_json_set_str(j, "status_detail", v->detail[0] != '\0' ? v->detail : NULL);
	return j;
}

static json_t *
finding_info(const struct finding *f)
{
	json_t *j = json_object();
	const struct check *way = f->now.way;

	fp_json_set_str(j, "uid", f->uid);
	fp_json_set_str(j, "title", way != NULL ? way->title : f->check->id);
	fp_json_set_str(j, "desc", way != NULL ? way->question : NULL);
	if (f->now.at != 0)
		fp_json_set_int(j, "created_time", f->now.at);
	return j;
}

static json_t *
resources(const struct device *d)
{
	json_t *list = json_array(), *j = json_object();

	fp_json_set_str(j, "uid", d->serial);
	fp_json_set_str(j, "name", d->product);
	fp_json_set_str(j, "type", "Medical device");
	(void)json_array_append_new(list, j);
	return list;
}

static json_t *
unmapped(const struct finding *f)
{
	json_t *j = json_object();
	const struct evidence_verdict *v = &f->now.verdict;

	fp_json_set_str(j, "result", evidence_result_name(v->result));
	fp_json_set_str(j, "level", evidence_level_name(v->level));
	fp_json_set_str(j, "settle", v->settle[0] != '\0' ? v->settle : NULL);
	fp_json_set_str(j, "observation", v->obs[0] != '\0' ? v->obs : NULL);
	fp_json_set_str(j, "stale", f->now.stale);
	if (f->now.contradicted)
		fp_json_set(j, "contradicted_by", app_verdict_json(&f->now.against));
	fp_json_set_str(j, "mode", f->c->cell->mode[0] != '\0' ? f->c->cell->mode : NULL);
	fp_json_set_str(j, "action", f->c->cell->action);
	fp_json_set_str(j, "state", case_state_name(f->c->cell->state));
	fp_json_set_str(j, "role", f->check->role == NOTICE_CHECK_REQUIRED ? "required" : "supporting");
	return j;
}

static json_t *
finding_json(const struct finding *f)
{
	const struct evidence_verdict *v = &f->now.verdict;
	const struct evidence_reason *r = check_reason_find(f->now.way, v->reason);
	json_t *j = json_object();

	fp_json_set_int(j, "activity_id", ACTIVITY);
	fp_json_set_str(j, "activity_name", "Create");
	fp_json_set_int(j, "category_uid", CATEGORY);
	fp_json_set_str(j, "category_name", "Findings");
	fp_json_set_int(j, "class_uid", CLASS);
	fp_json_set_str(j, "class_name", "Compliance Finding");
	fp_json_set_int(j, "type_uid", CLASS * 100 + ACTIVITY);
	fp_json_set_str(j, "type_name", "Compliance Finding: Create");
	fp_json_set_int(j, "time", f->now.at != 0 ? f->now.at : f->k->made);
	fp_json_set_int(j, "severity_id", words[v->result].severity_id);
	fp_json_set_str(j, "severity", words[v->result].severity);
	fp_json_set_int(j, "status_id", 1);
	fp_json_set_str(j, "status", "New");
	fp_json_set_str(j, "message", r != NULL && r->text != NULL ? r->text : v->reason);
	fp_json_set(j, "metadata", metadata(f));
	fp_json_set(j, "finding_info", finding_info(f));
	fp_json_set(j, "compliance", compliance(f));
	fp_json_set(j, "resources", resources(f->c->device));
	fp_json_set(j, "unmapped", unmapped(f));
	return j;
}

static enum fp_status
write_cell(const struct export_case *k, const struct export_cell *c, const fp_time ended[EVIDENCE_END_COUNT], struct fp_buf *out,
    struct fp_err *err)
{
	size_t n = 0;
	const struct store_verdict *latest = export_latest(k, c->cell->id, &n);
	char subject[256];

	for (size_t i = 0; c->action != NULL && i < c->action->n_checks; i++) {
		struct finding f = { .k = k, .c = c, .check = &c->action->checks[i] };
		FP_JSON json_t *j = NULL;

		app_check_look(&f.now, f.check, c->device, k->checks, latest, n, ended, k->made);
		(void)snprintf(f.uid, sizeof(f.uid), "%s/%s",
		    app_cell_subject(subject, k->notice->reference, c->device->serial, c->cell), f.check->id);
		j = finding_json(&f);
		if (fp_json_line(out, j, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		fp_buf_putc(out, '\n');
	}
	return FP_OK;
}

enum fp_status
export_ocsf(struct export_case *k, struct fp_buf *out, struct fp_err *err)
{
	fp_time ended[EVIDENCE_END_COUNT];

	for (size_t i = 0; i < k->n_cells; i++) {
		const struct export_cell *c = &k->view[i];

		if ((i == 0 || c->device != k->view[i - 1].device) &&
		    store_device_ended(k->a->store, c->device->id, ended, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		if (write_cell(k, c, ended, out, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	return fp_buf_check(out, "the findings", err);
}
