#include "device/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/import_int.h"

/* ---- opening ---- */

static enum fp_status
read_fd(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct device_import *im = ctx;

	for (;;) {
		ssize_t n = read(im->fd, buf, len);

		if (n >= 0) {
			*got = (size_t)n;
			im->bytes_read += *got;
			return FP_OK;
		}
		if (errno != EINTR)
			return fp_fail_errno(err, errno, "cannot read");
	}
}

/* A column of modes may name Dx and RUO where no other column does. */
static void
know_modes(struct device_import_columns *c)
{
	static const char *const usual[] = { "Dx", "RUO" };

	for (size_t i = 0; i < FP_COUNT(usual); i++) {
		const char *mode = device_import_mode(usual[i], strlen(usual[i]));
		size_t k = 0;

		while (k < c->n_modes && strcmp(c->modes[k], mode) != 0)
			k++;
		if (k == c->n_modes && k < DEVICE_MODES_MAX)
			c->modes[c->n_modes++] = mode;
	}
}

static enum fp_status
start(struct device_import *im, device_csv_read_fn read, void *ctx, struct fp_err *err)
{
	const struct device_import_options *o = &im->options;
	struct device_csv_options csv = { .name = im->name, .delimiter = o->delimiter, .encoding = o->encoding };

	im->arena = fp_calloc(DEVICE_IMPORT_ARENA, 1);
	if (im->arena == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", im->name);
	if (device_csv_open(&im->csv, read, ctx, &csv, err) != FP_OK ||
	    device_import_columns_find(
		&im->columns, im->csv, o->map, o->identity_only, &im->first, &im->rejects, im->name, err) != FP_OK)
		return err != NULL ? err->status : FP_EINVAL;
	know_modes(&im->columns);
	im->rejects.delimiter = device_csv_delimiter(im->csv);
	/* Spreadsheets take a file without the mark for their own encoding. */
	im->rejects.bom = device_csv_bom(im->csv) || strcmp(device_csv_encoding(im->csv), "utf-8") != 0;
	for (size_t i = 0; i < im->columns.n; i++)
		im->column_of[im->columns.bind[i].as.what] = im->columns.bind[i].column + 1;
	im->serial_column = im->column_of[DEVICE_COL_SERIAL] > 0 ? im->column_of[DEVICE_COL_SERIAL] - 1 : DEVICE_CSV_FIELDS_MAX;
	return FP_OK;
}

static enum fp_status
make(struct device_import **out, const struct device_import_options *o, const char *name, struct fp_err *err)
{
	FP_AUTO(device_import_freep) struct device_import *im = fp_calloc(1, sizeof(*im));

	if (im == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", name);
	im->fd = im->rejects.fd = -1;
	for (size_t i = 0; i < DEVICE_COL_COUNT; i++)
		im->row.text[i].p = "";
	im->options = *o;
	im->options.map = im->options.encoding = im->options.rejects = im->options.name = NULL;
	im->name = fp_strdup(name);
	im->rejects.path = fp_strdup(o->rejects);
	if (im->name == NULL || (o->rejects != NULL && im->rejects.path == NULL))
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", name);
	*out = im;
	im = NULL;
	return FP_OK;
}

static enum fp_status
open_with(struct device_import **out, struct device_import *im, device_csv_read_fn read, void *ctx,
    const struct device_import_options *o, struct fp_err *err)
{
	enum fp_status status;

	im->options.map = o->map;
	im->options.encoding = o->encoding;
	status = start(im, read, ctx, err);
	im->options.map = im->options.encoding = NULL;
	if (status != FP_OK) {
		device_import_free(im);
		return status;
	}
	*out = im;
	return FP_OK;
}

enum fp_status
device_import_open(
    struct device_import **out, device_csv_read_fn read, void *ctx, const struct device_import_options *o, struct fp_err *err)
{
	struct device_import *im = NULL;

	*out = NULL;
	if (make(&im, o, o->name == NULL ? "list" : o->name, err) != FP_OK)
		return FP_ENOMEM;
	return open_with(out, im, read, ctx, o, err);
}

enum fp_status
device_import_open_path(struct device_import **out, const char *path, const struct device_import_options *o, struct fp_err *err)
{
	struct device_import *im = NULL;
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;

	*out = NULL;
	if (make(&im, o, o->name != NULL ? o->name : is_stdin ? "standard input" : path, err) != FP_OK)
		return FP_ENOMEM;
	im->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	im->owns_fd = !is_stdin;
	if (im->fd < 0) {
		int saved = errno;

		device_import_free(im);
		return fp_fail_errno(err, saved, "cannot open '%s'", path);
	}
	im->file_size = fstat(im->fd, &st) == 0 && S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	(void)posix_fadvise(im->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return open_with(out, im, read_fd, im, o, err);
}

void
device_import_free(struct device_import *im)
{
	if (im == NULL)
		return;
	if (im->owns_fd && im->fd >= 0)
		(void)close(im->fd);
	device_csv_free(im->csv);
	device_import_columns_free(&im->columns);
	device_import_rejects_close(&im->rejects);
	free(im->seen.slots);
	free(im->arena);
	free(im->name);
	free(im);
}

void
device_import_freep(struct device_import **im)
{
	device_import_free(*im);
	*im = NULL;
}

/* ---- rows ---- */

static enum fp_status
report(struct device_import *im, const struct device_csv_row *raw, const struct device_import_bad *bad, struct fp_err *err)
{
	im->counts.bad++;
	if (im->options.problem != NULL) {
		struct device_import_problem p = { raw->line, bad->column, bad->field, bad->message };

		im->options.problem(im->options.ctx, &p);
	}
	if (device_import_reject(&im->rejects, raw, bad->message, err) != FP_OK)
		return fp_ctx(err, "keeping the bad rows of '%s'", im->name);
	return FP_OK;
}

enum fp_status
device_import_next(struct device_import *im, const struct device_row **row, struct fp_err *err)
{
	*row = NULL;
	for (;;) {
		const struct device_csv_row *raw = im->first;
		struct device_import_bad bad;
		enum fp_status status = FP_OK;
		bool blank, good;

		im->first = NULL;
		if (raw == NULL)
			status = device_csv_next(im->csv, &raw, err);
		if (status != FP_OK || raw == NULL)
			return status;
		good = device_import_judge(im, raw, &blank, &bad);
		if (blank)
			continue;
		im->counts.rows++;
		if (good) {
			im->counts.good++;
			*row = &im->row;
			return FP_OK;
		}
		status = report(im, raw, &bad, err);
		if (status != FP_OK)
			return status;
	}
}

/* A text of the row in the arena, NUL-terminated, on one line; NULL when there is none. */
static char *
keep(struct device_import *im, struct device_span s)
{
	char *out = im->arena + im->arena_used;

	if (s.len == 0)
		return NULL;
	/* Every text was found no longer than DEVICE_FIELD_MAX, so that the arena holds them all. */
	if (s.len > DEVICE_FIELD_MAX)
		s.len = DEVICE_FIELD_MAX;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	for (char *p = out; (p = strpbrk(p, "\r\n\t")) != NULL; p++)
		*p = ' ';
	im->arena_used += s.len + 1;
	return out;
}

static void
keep_components(struct device_import *im, struct device *d)
{
	static char none[] = "";

	d->n_components = im->row.n_components;
	for (size_t i = 0; i < d->n_components; i++) {
		const char *mode = im->row.components[i].mode, *name = im->row.components[i].name;
		char *kept = keep(im, (struct device_span){ mode, strlen(mode) });

		d->components[i].name = keep(im, (struct device_span){ name, strlen(name) });
		d->components[i].mode = kept == NULL ? none : kept;
		d->components[i].version = keep(im, im->row.components[i].version);
	}
}

enum fp_status
device_import_device(struct device_import *im, const struct device **out, struct fp_err *err)
{
	const struct device_span *text = im->row.text;
	struct device *d = &im->device;
	const char *mode;

	if (text[DEVICE_COL_SERIAL].len == 0)
		return fp_fail(err, FP_ECONFLICT, "no row of '%s' has been read", im->name);
	im->arena_used = 0;
	*d = (struct device){ .serial = keep(im, text[DEVICE_COL_SERIAL]),
		.product = keep(im, text[DEVICE_COL_PRODUCT]),
		.manufacturer = keep(im, text[DEVICE_COL_MANUFACTURER]),
		.catalog_number = keep(im, text[DEVICE_COL_CATALOG]),
		.udi_di = keep(im, text[DEVICE_COL_UDI]),
		.lot = keep(im, text[DEVICE_COL_LOT]),
		.location = keep(im, text[DEVICE_COL_LOCATION]),
		.owner = keep(im, text[DEVICE_COL_OWNER]),
		.note = keep(im, text[DEVICE_COL_NOTE]),
		.host = keep(im, text[DEVICE_COL_HOST]),
		.bmc = keep(im, text[DEVICE_COL_BMC]),
		.storage = keep(im, text[DEVICE_COL_STORAGE]),
		.part_of = keep(im, text[DEVICE_COL_PART_OF]),
		.connectivity = im->connectivity,
		.status = im->status,
		.n_modes = im->row.n_modes };
	mode = device_import_mode(text[DEVICE_COL_MODE_NOW].p, text[DEVICE_COL_MODE_NOW].len);
	d->mode_now = keep(im, mode == NULL ? text[DEVICE_COL_MODE_NOW] : (struct device_span){ mode, strlen(mode) });
	for (size_t i = 0; i < d->n_modes; i++) {
		static char none[] = "";
		char *name = keep(im, (struct device_span){ im->row.modes[i].name, strlen(im->row.modes[i].name) });

		d->modes[i].name = name == NULL ? none : name;
		d->modes[i].software = keep(im, im->row.modes[i].software);
		d->modes[i].version = keep(im, im->row.modes[i].version);
	}
	keep_components(im, d);
	*out = d;
	return FP_OK;
}

bool
device_import_has(const struct device_import *im, enum device_column c)
{
	return im->column_of[c] > 0;
}

struct device_import_counts
device_import_counts(const struct device_import *im)
{
	return im->counts;
}

void
device_import_understood(const struct device_import *im, struct fp_buf *out)
{
	char delimiter = device_csv_delimiter(im->csv);

	fp_buf_puts(out, im->columns.understood.data);
	fp_buf_printf(out, "; %s, ", device_csv_encoding(im->csv));
	if (delimiter == '\t')
		fp_buf_puts(out, "tab");
	else
		fp_buf_printf(out, "'%c'", delimiter);
	if (im->columns.header_columns > 0)
		fp_buf_printf(out, ", header in line %zu", im->columns.header_line);
	else
		fp_buf_puts(out, ", no header");
}

enum fp_status
device_import_finish(struct device_import *im, struct fp_err *err)
{
	return device_import_rejects_publish(&im->rejects, err);
}
