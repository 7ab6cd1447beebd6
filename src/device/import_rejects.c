/* The file of bad rows: each as it stood, with the reason behind it, ready to be mended and imported again. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "device/import_int.h"

#define PENDING ((size_t)64 << 10)

static enum fp_status
flush(struct device_import_rejects *r, struct fp_err *err)
{
	enum fp_status status = fp_buf_check(&r->pending, "rejected rows", err);

	if (status == FP_OK && r->pending.len > 0)
		status = fp_file_write_all(r->fd, r->pending.data, r->pending.len, r->temp, err);
	fp_buf_clear(&r->pending);
	return status;
}

/* The text of a row up to where a reason of an earlier run stands. */
static size_t
without_reason(const struct device_import_rejects *r, const struct device_csv_row *row)
{
	if (!r->reason_last || row->n_fields != r->columns || row->n_fields == 0)
		return row->raw_len;
	return row->fields[row->n_fields - 1].at > 0 ? row->fields[row->n_fields - 1].at - 1 : 0;
}

static enum fp_status
begin(struct device_import_rejects *r, struct fp_err *err)
{
	r->temp = fp_asprintf("%s.XXXXXX", r->path);
	if (r->temp == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for rejected rows");
	r->fd = mkstemp(r->temp);
	if (r->fd < 0) {
		int saved = errno;

		free(r->temp);
		r->temp = NULL;
		return fp_fail_errno(err, saved, "cannot write rejected rows to '%s'", r->path);
	}
	if (r->bom)
		fp_buf_puts(&r->pending, "\xef\xbb\xbf");
	if (r->header != NULL) {
		fp_buf_add(&r->pending, r->header, r->header_len);
		if (!r->reason_last)
			fp_buf_printf(&r->pending, "%c" DEVICE_IMPORT_REASON, r->delimiter);
		fp_buf_putc(&r->pending, '\n');
	}
	return FP_OK;
}

/* Never quoted: a row that lacks a quote must stay one line. */
static void
put_reason(struct device_import_rejects *r, const char *reason)
{
	for (const char *p = reason; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (*p == '"')
			fp_buf_putc(&r->pending, '\'');
		else
			fp_buf_putc(&r->pending, c < ' ' || *p == r->delimiter ? ' ' : *p);
	}
}

enum fp_status
device_import_reject(struct device_import_rejects *r, const struct device_csv_row *row, const char *reason, struct fp_err *err)
{
	size_t columns = r->columns - (r->reason_last ? 1 : 0);

	if (r->path == NULL)
		return FP_OK;
	if (r->temp == NULL && begin(r, err) != FP_OK)
		return err != NULL ? err->status : FP_EIO;
	fp_buf_add(&r->pending, row->raw, without_reason(r, row));
	/* The reason stands in its own column also behind a short row. */
	for (size_t i = row->n_fields; i < columns && row->fault == DEVICE_CSV_FINE; i++)
		fp_buf_putc(&r->pending, r->delimiter);
	fp_buf_putc(&r->pending, r->delimiter);
	put_reason(r, reason);
	fp_buf_putc(&r->pending, '\n');
	return r->pending.len < PENDING && r->pending.failed == FP_OK ? FP_OK : flush(r, err);
}

static enum fp_status
sync_folder(const char *path, struct fp_err *err)
{
	char *copy = fp_strdup(path);
	int fd, saved = 0;

	if (copy == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for rejected rows");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0 || fsync(fd) != 0)
		saved = errno;
	fp_closep(&fd);
	if (saved != 0)
		return fp_fail_errno(err, saved, "cannot keep the folder of '%s'", path);
	return FP_OK;
}

enum fp_status
device_import_rejects_publish(struct device_import_rejects *r, struct fp_err *err)
{
	if (r->temp == NULL)
		return FP_OK;
	if (flush(r, err) != FP_OK)
		return err != NULL ? err->status : FP_EIO;
	if (fsync(r->fd) != 0 || rename(r->temp, r->path) != 0)
		return fp_fail_errno(err, errno, "cannot write rejected rows to '%s'", r->path);
	free(r->temp);
	r->temp = NULL;
	(void)close(r->fd);
	r->fd = -1;
	return sync_folder(r->path, err);
}

void
device_import_rejects_close(struct device_import_rejects *r)
{
	if (r->temp != NULL) {
		(void)close(r->fd);
		(void)unlink(r->temp);
	}
	free(r->temp);
	free(r->path);
	free(r->header);
	fp_buf_free(&r->pending);
	*r = (struct device_import_rejects){ .fd = -1 };
}
