/* Devices read back: one, many, and what happened to them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "store/internal.h"

#define SELECT "SELECT " STORE_DEVICE_COLUMNS " FROM device"

static enum fp_status
copy_row(void *element, struct sql_stmt *st, struct fp_err *err)
{
	FP_AUTO(store_device_row_free) struct store_device_row row = { .key = NULL };
	enum fp_status s = store_device_row_read(&row, st, err);

	return s != FP_OK ? s : device_copy(element, &row.d, err);
}

static void
clear_device(void *element)
{
	device_free(element);
}

enum fp_status
store_device_get(struct store *s, int64_t id, struct device *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "device-by-id", SELECT " WHERE id = $1");
	FP_AUTO(device_free) struct device d = { .id = 0 };
	enum fp_status status = FP_OK;
	bool found;

	sql_int(st, 1, id);
	found = sql_row(st);
	if (found)
		status = copy_row(&d, st, err);
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	if (!found)
		return fp_fail(err, FP_ENOTFOUND, "there is no device with number %lld", (long long)id);
	*out = d;
	d = (struct device){ .id = 0 };
	return FP_OK;
}

enum fp_status
store_device_by_serial(struct store *s, const char *serial, struct device **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "device-by-serial", SELECT " WHERE device_key = $1 ORDER BY id");
	struct device wanted = { .serial = (char *)(uintptr_t)serial };
	FP_AUTO(fp_freep) char *key = device_key(&wanted);

	if (key == NULL)
		return store_no_memory(err);
	sql_text(st, 1, key);
	return store_array(st, out, n, sizeof(**out), copy_row, clear_device, err);
}

void
store_devices_free(struct device *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		device_free(&d[i]);
	free(d);
}

struct filter {
	const struct store_device_filter *f;
	struct fp_buf needle, hay;
	struct store_device_row row;
	size_t hits;
};

static void
filter_free(struct filter *w)
{
	fp_buf_free(&w->needle);
	fp_buf_free(&w->hay);
	store_device_row_free(&w->row);
}

/* Folding is ICU's, not the database's: SQLite folds ASCII only, and no two databases fold alike. */
static bool
fits(struct filter *w)
{
	const struct device *d = &w->row.d;
	const char *const fields[] = { d->serial, d->product, d->catalog_number, d->location, d->owner };

	if (w->needle.len == 0)
		return true;
	fp_buf_clear(&w->hay);
	for (size_t i = 0; i < FP_COUNT(fields); i++) {
		if (fields[i] != NULL)
			fp_utf8_fold(&w->hay, fields[i]);
		fp_buf_putc(&w->hay, '|');
	}
	return w->hay.failed == FP_OK && strstr(w->hay.data, w->needle.data) != NULL;
}

static bool
past_page(const struct filter *w)
{
	return w->f->limit != 0 && w->hits > w->f->offset && w->hits - w->f->offset > w->f->limit;
}

static enum fp_status
walk(struct filter *w, struct sql_stmt *st, enum fp_status (*each)(void *, const struct device *, struct fp_err *), void *ctx,
    bool all, struct fp_err *err)
{
	enum fp_status s = FP_OK;

	while (s == FP_OK && (all || !past_page(w)) && sql_row(st)) {
		if ((s = store_device_row_read(&w->row, st, err)) != FP_OK || !fits(w))
			continue;
		w->hits++;
		if (each != NULL && w->hits > w->f->offset && !past_page(w))
			s = each(ctx, &w->row.d, err);
	}
	return s != FP_OK ? s : sql_end(st, err);
}

enum fp_status
store_device_each(struct store *s, const struct store_device_filter *f,
    enum fp_status (*each)(void *ctx, const struct device *d, struct fp_err *err), void *ctx, size_t *total, struct fp_err *err)
{
	FP_AUTO(filter_free) struct filter w = { .f = f };
	FP_AUTO(sql_reset)
	struct sql_stmt *st = f->notice_id == 0
				  ? sql_get(s->db, "devices", SELECT " ORDER BY id")
				  : sql_get(s->db, "devices-of-notice",
					SELECT " WHERE id IN (SELECT device_id FROM device_match WHERE notice_id = $1"
					       " AND coalesce(person_answer, answer) <> 'not-affected') ORDER BY id");
	enum fp_status status;

	if (f->notice_id != 0)
		sql_int(st, 1, f->notice_id);
	if (f->text != NULL)
		fp_utf8_fold(&w.needle, f->text);
	if ((status = fp_buf_check(&w.needle, "search text", err)) != FP_OK)
		return status;
	status = walk(&w, st, each, ctx, total != NULL, err);
	if (total != NULL)
		*total = w.hits;
	return status;
}

static enum fp_status
read_change(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_device_change *c = element;

	c->seq = sql_int_at(st, 0);
	c->at = sql_int_at(st, 1);
	return sql_dup_at(st, 2, &c->diff, NULL) ? FP_OK : store_no_memory(err);
}

static void
clear_change(void *element)
{
	free(((struct store_device_change *)element)->diff);
}

enum fp_status
store_device_history(struct store *s, int64_t device_id, struct store_device_change **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "device-history",
	    "SELECT seq, at, diff FROM (SELECT seq, at, diff, id AS no FROM device_change WHERE device_id = $1"
	    " UNION ALL SELECT added_seq, added_at, NULL, 0 FROM device WHERE id = $1) AS told ORDER BY no DESC");

	sql_int(st, 1, device_id);
	return store_array(st, out, n, sizeof(**out), read_change, clear_change, err);
}

void
store_device_history_free(struct store_device_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(c[i].diff);
	free(c);
}
