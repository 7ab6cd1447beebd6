/* The body of a request: fields of a form, or one uploaded file, within limits by stated length and by count. */
#include "web/internal.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Append to the last field's value when it goes on, otherwise open a new field. */
static bool
field_bytes(struct web_req *r, const char *name, const char *data, uint64_t off, size_t size)
{
	struct web_field *f;
	size_t had = 0;
	char *grown;

	r->fields_len += size + strlen(name);
	if (r->fields_len > WEB_FORM_MAX + 4096) {
		r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
		return false;
	}
	/* The parser may tell of a field before it has any of it, and then of its beginning again. */
	if (r->n_fields > 0 && off == 0 && r->fields[r->n_fields - 1].value[0] == '\0' &&
	    strcmp(r->fields[r->n_fields - 1].name, name) == 0)
		off = 1;
	if (off == 0 || r->n_fields == 0) {
		if (r->n_fields >= WEB_FIELDS_MAX) {
			r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
			return false;
		}
		if (fp_grow(&r->fields, &r->cap_fields, r->n_fields + 1, sizeof(*r->fields)) != 0)
			return false;
		f = &r->fields[r->n_fields++];
		f->name = fp_strdup(name);
		f->value = fp_strdup("");
	} else {
		f = &r->fields[r->n_fields - 1];
	}
	if (f->name == NULL || f->value == NULL)
		return false;
	had = strlen(f->value);
	grown = fp_reallocarray(f->value, had + size + 1, 1);
	if (grown == NULL)
		return false;
	if (size != 0)
		memcpy(grown + had, data, size);
	grown[had + size] = '\0';
	f->value = grown;
	return memchr(data != NULL ? data : "", '\0', size) == NULL;
}

static bool
file_bytes(struct web_req *r, const char *filename, const char *data, size_t size)
{
	struct fp_err err;

	if (size == 0)
		return true;
	if (r->upload_fd < 0) {
		if (web_upload_new(r, &err) != FP_OK) {
			fp_log(r->web->o.log, FP_ERROR, "%s", err.msg);
			r->refused = (unsigned)fp_status_http(err.status);
			return false;
		}
		if (fp_utf8_bad_at(filename, strlen(filename)) == strlen(filename))
			fp_utf8_copy(r->upload_name, sizeof(r->upload_name), filename);
	}
	if (fp_file_write_all(r->upload_fd, data, size, "the upload", &err) != FP_OK) {
		fp_log(r->web->o.log, FP_ERROR, "%s", err.msg);
		r->refused = (unsigned)fp_status_http(err.status);
		return false;
	}
	return true;
}

static enum MHD_Result
part(void *ctx, enum MHD_ValueKind kind, const char *name, const char *filename, const char *type, const char *encoding,
    const char *data, uint64_t off, size_t size)
{
	struct web_req *r = ctx;
	bool ok;

	(void)kind;
	(void)type;
	(void)encoding;
	if (filename != NULL && *filename != '\0' && r->route->body == WEB_FILES)
		ok = web_file_bytes(r, filename, data, off, size);
	else if (filename != NULL && *filename != '\0')
		ok = r->route->body == WEB_UPLOAD && file_bytes(r, filename, data, size);
	else
		ok = field_bytes(r, name != NULL ? name : "", data, off, size);
	if (!ok && r->refused == 0)
		r->refused = MHD_HTTP_BAD_REQUEST;
	return ok ? MHD_YES : MHD_NO;
}

void
web_body_begin(struct web_req *r, enum web_body kind)
{
	const char *length = web_request_header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);

	r->body_max = WEB_FORM_MAX + (kind == WEB_UPLOAD ? WEB_UPLOAD_MAX : kind == WEB_FILES ? WEB_EVIDENCE_MAX : 0);
	if (length != NULL) {
		char *end;
		unsigned long long n = strtoull(length, &end, 10);

		if (*end != '\0' || n > r->body_max)
			r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	}
}

void
web_body_take(struct web_req *r, const char *data, size_t size)
{
	/* A chunked body states no length: it is counted. */
	r->body_len += size;
	if (r->refused == 0 && r->body_len > r->body_max)
		r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	/* A body that no row asked for is counted and dropped. */
	if (r->refused != 0 || r->route == NULL || r->route->body == WEB_NO_BODY)
		return;
	if (r->post == NULL)
		r->post = MHD_create_post_processor(r->conn, 16384, part, r);
	if (r->post == NULL) {
		r->refused = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
		return;
	}
	if (MHD_post_process(r->post, data, size) != MHD_YES && r->refused == 0)
		r->refused = MHD_HTTP_BAD_REQUEST;
}

void
web_body_end(struct web_req *r)
{
	if (r->post != NULL && MHD_destroy_post_processor(r->post) != MHD_YES && r->refused == 0)
		r->refused = MHD_HTTP_BAD_REQUEST;
	r->post = NULL;
	for (size_t i = 0; i < r->n_fields && r->refused == 0; i++) {
		if (fp_utf8_bad_at(r->fields[i].name, strlen(r->fields[i].name)) != strlen(r->fields[i].name) ||
		    fp_utf8_bad_at(r->fields[i].value, strlen(r->fields[i].value)) != strlen(r->fields[i].value))
			r->refused = MHD_HTTP_BAD_REQUEST;
	}
	if (r->upload_fd >= 0) {
		(void)close(r->upload_fd);
		r->upload_fd = -1;
	}
}
