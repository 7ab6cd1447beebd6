/* Devices: import, lists; matching them against notices; opening their cells. */
#include "app/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "device/import.h"

/* ---- import ---- */

struct importing {
	struct app_import_result *r;
};

static void
on_problem(void *ctx, const struct device_import_problem *p)
{
	struct app_import_result *r = ((struct importing *)ctx)->r;
	struct app_import_problem *out;

	if (r->n_problems == APP_IMPORT_SHOWN)
		return;
	out = &r->problems[r->n_problems++];
	out->line = p->line;
	out->column = p->column;
	fp_utf8_copy(out->field, sizeof(out->field), p->field);
	fp_utf8_copy(out->message, sizeof(out->message), p->message);
}

#define CHANGES_SHOWN 65536

static void
keep_change(struct fp_buf *changes, const struct device *d, const char *diff)
{
	if (diff == NULL || changes->len > CHANGES_SHOWN)
		return;
	fp_buf_printf(changes, "%s: ", d->serial);
	for (const char *p = diff; *p != '\0'; p++)
		if (*p != '\n')
			fp_buf_putc(changes, *p);
		else if (p[1] != '\0')
			fp_buf_puts(changes, "; ");
	fp_buf_putc(changes, '\n');
}

static enum fp_status
import_rows(struct device_import *im, struct store_import *to, struct app_import_result *r, struct fp_buf *changes,
    const struct app_import_options *o, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf diff = { .max = 1 << 20 };
	const struct device_row *row;
	const struct device *d;
	enum store_put what;

	for (;;) {
		if (device_import_next(im, &row, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		if (row == NULL)
			return FP_OK;
		fp_buf_clear(&diff);
		if (device_import_device(im, &d, err) != FP_OK || store_import_put(to, d, &what, &diff, NULL, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		if (what == STORE_CHANGED)
			keep_change(changes, d, diff.data);
		r->rows++;
		if (o->progress != NULL && r->rows % 10000 == 0)
			o->progress(o->ctx, r->rows);
	}
}

static json_t *
import_body(const char *path, const struct app_import_result *r, const char *digest, size_t absent, const char *changes)
{
	json_t *body = json_object();

	fp_json_set_str(body, "file", path);
	fp_json_set_str(body, "sha256", digest);
	fp_json_set_int(body, "rows", (int64_t)r->rows);
	fp_json_set_int(body, "added", (int64_t)r->added);
	fp_json_set_int(body, "changed", (int64_t)r->changed);
	fp_json_set_int(body, "unchanged", (int64_t)r->unchanged);
	fp_json_set_int(body, "bad", (int64_t)r->bad);
	fp_json_set_int(body, "absent_from_list", (int64_t)absent);
	fp_json_set_str(body, "changes", changes);
	return body;
}

/* Reads through to the file and hashes on the way, so that the ledger names exactly the bytes that were imported. */
struct hashed_file {
	FILE *f;
	struct crypto_sha256 *hash;
	const char *path;
};

static enum fp_status
read_hashed(void *ctx, void *data, size_t max, size_t *got, struct fp_err *err)
{
	struct hashed_file *h = ctx;

	*got = fread(data, 1, max, h->f);
	if (*got == 0 && ferror(h->f))
		return fp_fail_errno(err, errno, "cannot read it");
	crypto_sha256_update(h->hash, data, *got);
	return FP_OK;
}

static void
hashed_close(struct hashed_file *h)
{
	if (h->f != NULL && h->f != stdin)
		(void)fclose(h->f);
	crypto_sha256_free(h->hash);
}

static enum fp_status
hashed_open(struct hashed_file *h, const char *path, struct fp_err *err)
{
	h->path = path;
	h->f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (h->f == NULL)
		return fp_fail_errno(err, errno, "cannot open '%s'", path);
	return crypto_sha256_new(&h->hash, err);
}

static enum fp_status
hashed_digest(struct hashed_file *h, char digest[CRYPTO_SHA256_HEX], struct fp_err *err)
{
	uint8_t raw[CRYPTO_SHA256_BYTES];

	if (crypto_sha256_final(raw, h->hash, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)crypto_hex(digest, raw, sizeof(raw));
	return FP_OK;
}

/* The file next to the list, or where the caller says; a dry run and standard input without a name keep nothing. */
static const char *
rejects_path(char out[512], const char *path, const struct app_import_options *o)
{
	if (o->dry_run)
		return NULL;
	if (o->rejects != NULL)
		fp_utf8_copy(out, 512, o->rejects);
	else if (strcmp(path, "-") == 0)
		fp_utf8_copy(out, 512, "devices.rejected.csv");
	else
		(void)snprintf(out, 512, "%.490s.rejected.csv", path);
	return out;
}

static enum fp_status
import_into(struct app *a, const struct app_actor *by, const char *path, const struct app_import_options *o,
    struct device_import *im, struct hashed_file *file, struct app_import_result *out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf changes = { .max = 4 << 20 };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *to = NULL;
	struct store_import_counts done;
	char digest[CRYPTO_SHA256_HEX];
	struct device_import_counts read;

	if (store_begin(&tx, a->store, err) != FP_OK || store_import_begin(&to, tx, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (!device_import_has(im, DEVICE_COL_STATUS))
		store_import_keep_status(to);
	if (import_rows(im, to, out, &changes, o, err) != FP_OK || store_import_end(to, &done, err) != FP_OK ||
	    hashed_digest(file, digest, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	read = device_import_counts(im);
	out->rows = read.rows;
	out->bad = read.bad;
	out->added = done.added;
	out->changed = done.changed;
	out->unchanged = done.unchanged;
	if (o->strict && read.bad > 0)
		return fp_fail(err, FP_EINVAL, "%zu of %zu rows are bad and --strict was asked: nothing was taken over", read.bad,
		    read.rows);
	fp_buf_puts(&changes, "");
	out->changes = fp_buf_take(&changes);
	if (o->dry_run)
		return FP_OK; /* the transaction goes, and with it every change */
	if (read.bad > 0 && device_import_finish(im, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (read.bad == 0)
		out->rejects[0] = '\0';
	if (app_tell(tx, by, "device-import", "devices",
		import_body(o->name != NULL ? o->name : path, out, digest, done.absent, out->changes), NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_device_import(struct app *a, const struct app_actor *by, const char *path, const struct app_import_options *o,
    struct app_import_result *out, struct fp_err *err)
{
	FP_AUTO(hashed_close) struct hashed_file file = { .f = NULL };
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf understood = { .max = 65536 };
	struct importing ctx = { .r = out };
	const char *rejects;

	memset(out, 0, sizeof(*out));
	if (app_may(by, APP_USE_DEVICES, err) != FP_OK || hashed_open(&file, path, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	rejects = rejects_path(out->rejects, path, o);
	const struct device_import_options io = { .name = path,
		.map = o->map,
		.rejects = rejects,
		.year = fp_date_of_time(app_now(a)).year,
		.problem = on_problem,
		.ctx = &ctx };

	if (device_import_open(&im, read_hashed, &file, &io, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	device_import_understood(im, &understood);
	fp_utf8_copy(out->understood, sizeof(out->understood), understood.data);
	return import_into(a, by, path, o, im, &file, out, err);
}

void
app_import_result_free(struct app_import_result *r)
{
	free(r->changes);
	r->changes = NULL;
}

/* ---- lists ---- */

struct collecting {
	struct device *items;
	size_t n, cap;
};

static enum fp_status
collect(void *ctx, const struct device *d, struct fp_err *err)
{
	struct collecting *c = ctx;

	if (fp_grow(&c->items, &c->cap, c->n + 1, sizeof(*c->items)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the list of devices");
	memset(&c->items[c->n], 0, sizeof(*c->items));
	if (device_copy(&c->items[c->n], d, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	c->n++;
	return FP_OK;
}

static enum fp_status
collect_devices(
    struct app *a, const struct store_device_filter *f, struct device **out, size_t *n, size_t *total, struct fp_err *err)
{
	struct collecting c = { .items = NULL };
	enum fp_status status = store_device_each(a->store, f, collect, &c, total, err);

	if (status != FP_OK) {
		store_devices_free(c.items, c.n);
		return status;
	}
	*out = c.items;
	*n = c.n;
	return FP_OK;
}

enum fp_status
app_all_devices(struct app *a, const struct store_device_filter *f, struct device **out, size_t *n, struct fp_err *err)
{
	return collect_devices(a, f, out, n, NULL, err);
}

enum fp_status
app_devices(struct app *a, const struct app_device_filter *f, struct app_devices *out, struct fp_err *err)
{
	struct store_device_filter sf = { .text = f->text, .offset = f->offset, .limit = f->limit ? f->limit : 100000 };

	memset(out, 0, sizeof(*out));
	if (f->notice != NULL) {
		FP_AUTO(fp_freep) struct store_notice *row = NULL;
		size_t n;

		if (app_stored_rows(a, f->notice, &row, &n, err) != FP_OK)
			return fp_failed(err, FP_ENOTFOUND);
		sf.notice_id = row[0].id;
	}
	return collect_devices(a, &sf, &out->items, &out->n, &out->total, err);
}

void
app_devices_free(struct app_devices *d)
{
	store_devices_free(d->items, d->n);
	d->items = NULL;
	d->n = 0;
}

enum fp_status
app_device_get(struct app *a, int64_t id, struct device *out, struct fp_err *err)
{
	return store_device_get(a->store, id, out, err);
}

enum fp_status
app_device_by_serial(struct app *a, const char *serial, struct device *out, struct fp_err *err)
{
	struct device *found = NULL;
	size_t n = 0;
	enum fp_status status = store_device_by_serial(a->store, serial, &found, &n, err);

	if (status != FP_OK)
		return status;
	if (n == 1)
		status = device_copy(out, &found[0], err);
	else if (n == 0)
		status = fp_fail(err, FP_ENOTFOUND, "no device with the serial number '%.80s' in the list", serial);
	else
		status = fp_fail(err, FP_ECONFLICT, "%zu devices bear the serial number '%.80s' (%s, %s)", n, serial,
		    found[0].product ? found[0].product : "?", found[1].product ? found[1].product : "?");
	store_devices_free(found, n);
	return status;
}
