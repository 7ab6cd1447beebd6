/* Matching per vulnerability, and against advisories that are not stored. */
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "base/mem.h"
#include "csaf/csaf.h"
#include "match/stream.h"

/* ---- rows ---- */

static bool
says_where(const struct notice *n)
{
	for (size_t i = 0; i < n->n_vulnerabilities; i++)
		if (n->vulnerabilities[i].n_affects > 0)
			return true;
	return false;
}

static void
fill_one(struct app_match_vulnerability *out, const struct match_vulnerability *v)
{
	size_t used = 0;

	fp_utf8_copy(out->id, sizeof(out->id), v->vulnerability->id);
	for (size_t i = 0; i < v->vulnerability->cves.n && used + 1 < sizeof(out->cves); i++) {
		fp_utf8_copy(out->cves + used, sizeof(out->cves) - used, i > 0 ? " " : "");
		used = strlen(out->cves);
		fp_utf8_copy(out->cves + used, sizeof(out->cves) - used, v->vulnerability->cves.items[i]);
		used = strlen(out->cves);
	}
	out->answer = v->answer;
	out->reason = v->reason;
	fp_utf8_copy(out->detail, sizeof(out->detail), v->detail);
}

enum fp_status
app_match_row_vulnerabilities(struct app_match_row *row, const struct match_index *index, const struct notice *n,
    const struct match_result *r, const struct device *d, struct fp_err *err)
{
	if (!says_where(n) || r->answer == MATCH_NOT_AFFECTED)
		return FP_OK;
	row->vulnerabilities = fp_calloc(n->n_vulnerabilities, sizeof(*row->vulnerabilities));
	if (row->vulnerabilities == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the answers");
	for (size_t i = 0; i < n->n_vulnerabilities; i++) {
		struct match_vulnerability v;

		match_vulnerability(&v, index, r, d, i);
		fill_one(&row->vulnerabilities[i], &v);
	}
	row->n_vulnerabilities = n->n_vulnerabilities;
	return FP_OK;
}

enum fp_status
app_match_row_fill(struct app_match_row *row, const struct match_index *index, const struct notice *n,
    const struct match_result *r, const struct device *d, struct fp_err *err)
{
	memset(row, 0, sizeof(*row));
	row->answer = r->answer;
	row->reason = r->reason;
	row->confidence = r->confidence;
	fp_utf8_copy(row->serial, sizeof(row->serial), d->serial);
	fp_utf8_copy(row->product, sizeof(row->product), d->product);
	fp_utf8_copy(row->reference, sizeof(row->reference), n->reference);
	fp_utf8_copy(row->detail, sizeof(row->detail), r->detail);
	if (r->product != NULL) {
		fp_utf8_copy(row->product_id, sizeof(row->product_id), r->product->id);
		fp_utf8_copy(row->product_name, sizeof(row->product_name), r->product->names.n ? r->product->names.items[0] : "");
	}
	return app_match_row_vulnerabilities(row, index, n, r, d, err);
}

/* ---- an advisory ---- */

struct advice {
	struct draft *d;
	struct csaf_matchable *matchable;
	const struct notice *n;
	struct match_index *index;
	struct app_matches *out;
	size_t cap, limit;
};

static void
advice_free(struct advice *q)
{
	match_index_free(q->index);
	csaf_matchable_free(q->matchable);
	draft_free(q->d);
}

/* The codes of findings that leave open which devices are meant. */
static void
tell_doubts(const struct draft *d, struct fp_buf *out)
{
	static const char *const codes[] = { "version-range", "model-in-version", "component-from-text", "no-status",
		"product-unknown", "relationship", "side-file" };
	size_t i;
	json_t *f;

	json_array_foreach(d->findings, i, f)
	{
		const char *code = json_string_value(json_object_get(f, "code"));

		for (size_t k = 0; out != NULL && code != NULL && k < FP_COUNT(codes); k++)
			if (strcmp(code, codes[k]) == 0)
				fp_buf_printf(out, "%s\n", json_string_value(json_object_get(f, "message")));
	}
}

static enum fp_status
advice_load(struct advice *q, const char *advisory, struct fp_buf *doubts, struct fp_err *err)
{
	FP_AUTO(app_reader_freep) struct app_reader *reader = NULL;
	const char *source;

	if (app_reader_new(&reader, NULL, err) != FP_OK || app_letter_draft(reader, advisory, &q->d, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	source = json_string_value(draft_get(q->d, "/source"));
	if (source == NULL || strcmp(source, "csaf") != 0)
		return fp_fail(
		    err, FP_EUSAGE, "'%s' is no CSAF advisory; a notice is matched after 'fieldproof notice add'", advisory);
	tell_doubts(q->d, doubts);
	if (csaf_matchable_new(&q->matchable, q->d, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	q->n = csaf_matchable_notice(q->matchable);
	return match_index_new(&q->index, q->n, err);
}

static enum fp_status
keep(struct advice *q, const struct device *d, const struct match_result *r, struct fp_err *err)
{
	if (q->out->n == q->limit)
		return FP_OK;
	if (fp_grow(&q->out->items, &q->cap, q->out->n + 1, sizeof(*q->out->items)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the answers");
	return app_match_row_fill(&q->out->items[q->out->n++], q->index, q->n, r, d, err);
}

static enum fp_status
on_hit(void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err)
{
	(void)notice;
	(void)line;
	return keep(ctx, d, r, err);
}

static enum fp_status
ask_list(struct advice *q, struct app *a, const char *list, const char *map, size_t *rows, size_t *bad, struct fp_err *err)
{
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	const struct device_import_options io = { .map = map, .year = fp_date_of_time(app_now(a)).year, .identity_only = true };
	const struct match_stream_options so = { .hit = on_hit, .ctx = q };
	const struct match_index *index = q->index;
	struct match_stream_counts counts;
	struct device_import_counts read;

	if (device_import_open_path(&im, list, &io, err) != FP_OK || match_stream(&counts, im, &index, 1, &so, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	q->out->affected = counts.by_answer[MATCH_AFFECTED];
	q->out->cannot_tell = counts.by_answer[MATCH_CANNOT_TELL];
	q->out->not_affected = counts.by_answer[MATCH_NOT_AFFECTED];
	read = device_import_counts(im);
	*rows = read.rows;
	*bad = read.bad;
	return FP_OK;
}

static enum fp_status
ask_stored(struct advice *q, struct app *a, size_t *rows, struct fp_err *err)
{
	const struct store_device_filter all = { .limit = 0 };
	struct device *devices = NULL;
	size_t n = 0;
	enum fp_status status = app_all_devices(a, &all, &devices, &n, err);

	for (size_t i = 0; i < n && status == FP_OK; i++) {
		size_t *const counts[] = { [MATCH_NOT_AFFECTED] = &q->out->not_affected,
			[MATCH_CANNOT_TELL] = &q->out->cannot_tell,
			[MATCH_AFFECTED] = &q->out->affected };
		struct match_result r;

		match_device(&r, q->index, &devices[i]);
		(*counts[r.answer])++;
		if (r.answer != MATCH_NOT_AFFECTED) {
			size_t was = q->out->n;

			status = keep(q, &devices[i], &r, err);
			if (q->out->n > was)
				q->out->items[was].device_id = devices[i].id;
		}
	}
	store_devices_free(devices, n);
	*rows = n;
	return status;
}

enum fp_status
app_match_advisory(struct app *a, const char *advisory, const char *list, const char *map, size_t limit, struct app_matches *out,
    size_t *rows, size_t *bad, struct fp_buf *doubts, struct fp_err *err)
{
	FP_AUTO(advice_free) struct advice q = { .out = out, .limit = limit };

	memset(out, 0, sizeof(*out));
	*rows = *bad = 0;
	if (advice_load(&q, advisory, doubts, err) != FP_OK ||
	    (list != NULL ? ask_list(&q, a, list, map, rows, bad, err) : ask_stored(&q, a, rows, err)) != FP_OK) {
		app_matches_free(out);
		return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}
