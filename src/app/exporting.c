/* A case as the exports need it; which exports there are. */
#include "app/exporting.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rule/rule.h"

void
export_case_freep(struct export_case **k)
{
	if (*k == NULL)
		return;
	for (size_t i = 0; i < (*k)->n_devices; i++)
		device_free(&(*k)->devices[i]);
	store_notice_clear(&(*k)->row);
	notice_free((*k)->notice);
	check_set_free((*k)->checks);
	free((*k)->devices);
	free((*k)->cells);
	free((*k)->view);
	free((*k)->verdicts);
	free((*k)->latest);
	free(*k);
	*k = NULL;
}

static enum fp_status
keep_verdict(void *ctx, const struct store_verdict *v, struct fp_err *err)
{
	struct export_case *k = ctx;

	if (fp_grow(&k->verdicts, &k->cap_verdicts, k->n_verdicts + 1, sizeof(*v)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the verdicts");
	k->verdicts[k->n_verdicts++] = *v;
	return FP_OK;
}

/* Cells come ordered by device, so a device is new where its number differs from the one before. */
static enum fp_status
fill_view(struct export_case *k, struct fp_err *err)
{
	k->view = fp_calloc(k->n_cells + 1, sizeof(*k->view));
	k->devices = fp_calloc(k->n_cells + 1, sizeof(*k->devices));
	if (k->view == NULL || k->devices == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	for (size_t i = 0; i < k->n_cells; i++) {
		const struct case_cell *c = &k->cells[i];

		if (i == 0 || k->cells[i - 1].device_id != c->device_id) {
			if (store_device_get(k->a->store, c->device_id, &k->devices[k->n_devices], err) != FP_OK)
				return fp_failed(err, FP_EIO);
			k->n_devices++;
		}
		k->view[i] = (struct export_cell){
			.cell = c, .device = &k->devices[k->n_devices - 1], .action = notice_action_find(k->notice, c->action)
		};
	}
	return FP_OK;
}

enum fp_status
export_case_open(struct export_case **out, struct app *a, const char *ref, fp_time made, struct fp_err *err)
{
	FP_AUTO(export_case_freep) struct export_case *k = fp_calloc(1, sizeof(*k));
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	struct store_cell_filter filter = { .state = -1 };
	size_t n = 0;

	if (k == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the case");
	k->a = a;
	k->made = made != 0 ? made : app_now(a);
	if (app_stored_rows(a, ref, &rows, &n, err) != FP_OK ||
	    store_notice_get_id(a->store, rows[0].id, &k->row, err) != FP_OK ||
	    notice_parse(&k->notice, k->row.canonical, k->row.canonical_len, err) != FP_OK ||
	    check_set_new(&k->checks, k->notice, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	filter.notice_id = k->row.id;
	if (store_cells(a->store, &filter, &k->cells, &k->n_cells, err) != FP_OK || fill_view(k, err) != FP_OK ||
	    store_verdict_each(a->store, k->row.id, 0, keep_verdict, k, err) != FP_OK ||
	    store_verdicts_latest_of_notice(a->store, k->row.id, false, &k->latest, &k->n_latest, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = k;
	k = NULL;
	return FP_OK;
}

const struct store_verdict *
export_latest(const struct export_case *k, int64_t cell_id, size_t *n)
{
	size_t low = 0, high = k->n_latest;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->latest[mid].cell_id < cell_id)
			low = mid + 1;
		else
			high = mid;
	}
	for (*n = 0; low + *n < k->n_latest && k->latest[low + *n].cell_id == cell_id;)
		++*n;
	return k->latest + low;
}

const struct rule_reference *
export_reference(const struct export_case *k, const char *check, size_t i)
{
	const struct check *way = check_set_way_of(k->checks, check, CHECK_PROBE_FACTS);

	return way != NULL && way->rule != NULL && i < way->rule->n_references ? &way->rule->references[i] : NULL;
}

static const struct {
	const char *name;
	enum fp_status (*write)(struct export_case *k, struct fp_buf *out, struct fp_err *err);
} exports[] = {
	{ "bundle", export_bundle },
	{ "xccdf", export_xccdf },
	{ "ocsf", export_ocsf },
};

enum fp_status
app_evidence_export(struct app *a, const char *ref, const char *to, fp_time made, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(export_case_freep) struct export_case *k = NULL;

	for (size_t i = 0; i < FP_COUNT(exports); i++) {
		if (strcmp(exports[i].name, to) != 0)
			continue;
		if (export_case_open(&k, a, ref, made, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		return exports[i].write(k, out, err);
	}
	return fp_fail(err, FP_EUSAGE, "--to is bundle, xccdf or ocsf, not '%.40s'", to);
}
