/* Fact files and captures on their way in: each in the folder of uploads while its request is answered, and no longer. */
#include "web/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"

void
web_speak_of(struct fp_err *err, const char *path, const char *name)
{
	char *at = *path != '\0' ? strstr(err->msg, path) : NULL;
	char rest[FP_ERR_MAX];

	if (at == NULL)
		return;
	(void)snprintf(rest, sizeof(rest), "%s", at + strlen(path));
	(void)snprintf(at, sizeof(err->msg) - (size_t)(at - err->msg), "%s%s", name, rest);
}

static bool
refuse(struct web_req *r, const struct fp_err *err)
{
	fp_log(r->web->o.log, FP_ERROR, "%s", err->msg);
	r->refused = (unsigned)fp_status_http(err->status);
	return false;
}

/* The file that these bytes belong to, a new one at a beginning. */
static struct web_file *
file_of(struct web_req *r, const char *filename, uint64_t off)
{
	struct web_file *last = r->n_files > 0 ? &r->files[r->n_files - 1] : NULL;
	char name[sizeof(last->name)] = "";

	if (off != 0)
		return last;
	if (fp_utf8_bad_at(filename, strlen(filename)) == strlen(filename))
		fp_utf8_copy(name, sizeof(name), filename);
	/* The parser may tell of a file before it has any of it, and then of its beginning again. */
	if (last != NULL && last->size == 0 && strcmp(last->name, name) == 0)
		return last;
	if (r->upload_fd >= 0)
		(void)close(r->upload_fd);
	r->upload_fd = -1;
	if (r->n_files == WEB_FILES_MAX)
		return NULL;
	last = &r->files[r->n_files++];
	memcpy(last->name, name, sizeof(name));
	return last;
}

static enum fp_status
open_file(struct web_req *r, struct web_file *f, struct fp_err *err)
{
	if (web_spool(r->web, err) != FP_OK)
		return err->status;
	web_token(f->place);
	r->upload_fd = openat(r->web->spool_fd, f->place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r->upload_fd >= 0)
		return FP_OK;
	f->place[0] = '\0';
	return fp_fail_errno(err, errno, "opening a file for the upload in '%s'", r->web->spool);
}

bool
web_file_bytes(struct web_req *r, const char *filename, const char *data, uint64_t off, size_t size)
{
	struct web_file *f = file_of(r, filename, off);
	struct fp_err err;

	if (f == NULL) {
		r->refused = 413;
		return false;
	}
	if (size == 0)
		return true;
	if (f->size == 0 && open_file(r, f, &err) != FP_OK)
		return refuse(r, &err);
	if (fp_file_write_all(r->upload_fd, data, size, "the upload", &err) != FP_OK)
		return refuse(r, &err);
	f->size += size;
	return true;
}

const char *
web_file_path(struct web_req *r, const struct web_file *f)
{
	return f->place[0] != '\0' ? web_fmt(r, "%s/%s", r->web->spool, f->place) : "";
}

void
web_files_end(struct web_req *r)
{
	for (size_t i = 0; i < r->n_files; i++) {
		if (r->files[i].place[0] != '\0')
			(void)unlinkat(r->web->spool_fd, r->files[i].place, 0);
	}
	r->n_files = 0;
}
