/* One request: its memory, and what a handler may ask of it. */
#include "web/internal.h"

#include <ctype.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

struct web_req *
web_req_new(struct web *w, struct MHD_Connection *conn, const char *method, const char *path)
{
	struct web_req *r = fp_calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->web = w;
	r->conn = conn;
	r->upload_fd = -1;
	r->out.max = (size_t)64 << 20;
	r->method = fp_strdup(method);
	/* A path that is not text matches no row. */
	r->path = fp_strdup(fp_utf8_bad_at(path, strlen(path)) == strlen(path) ? path : "/not-text");
	if (r->method == NULL || r->path == NULL) {
		web_req_free(r);
		return NULL;
	}
	return r;
}

void
web_req_free(struct web_req *r)
{
	if (r == NULL)
		return;
	if (r->post != NULL)
		(void)MHD_destroy_post_processor(r->post);
	if (r->upload_fd >= 0)
		(void)close(r->upload_fd);
	web_files_end(r);
	for (size_t i = 0; i < r->n_fields; i++) {
		free(r->fields[i].name);
		free(r->fields[i].value);
	}
	for (size_t i = 0; i < r->n_headers; i++)
		free(r->headers[i].value);
	for (size_t i = 0; i < r->n_kept; i++)
		free(r->kept[i]);
	for (size_t i = 0; i < WEB_ARGS; i++)
		free(r->args[i]);
	doc_free(r->doc);
	check_set_free(r->checks);
	free(r->fields);
	free(r->kept);
	free(r->method);
	free(r->path);
	fp_buf_free(&r->out);
	free(r);
}

const char *
web_keep(struct web_req *r, char *owned)
{
	if (owned == NULL)
		return "";
	if (fp_grow(&r->kept, &r->cap_kept, r->n_kept + 1, sizeof(*r->kept)) != 0) {
		free(owned);
		return "";
	}
	r->kept[r->n_kept++] = owned;
	return owned;
}

const char *
web_fmt(struct web_req *r, const char *fmt, ...)
{
	va_list ap, again;
	char *text;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	text = len >= 0 ? fp_calloc((size_t)len + 1, 1) : NULL;
	if (text != NULL)
		(void)vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return web_keep(r, text);
}

/* Without blanks around it, and with line ends as we write them: forms send \r\n. */
static void
trim(char *s)
{
	size_t len, skip = strspn(s, " \t\r\n");
	char *to = s;

	memmove(s, s + skip, strlen(s + skip) + 1);
	for (len = strlen(s); len > 0 && strchr(" \t\r\n", s[len - 1]) != NULL; len--)
		s[len - 1] = '\0';
	for (const char *from = s; *from != '\0'; from++) {
		if (*from != '\r')
			*to++ = *from;
	}
	*to = '\0';
}

const char *
web_form(const struct web_req *r, const char *name)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		if (strcmp(r->fields[i].name, name) == 0) {
			/* A password is taken as it was typed. */
			if (strstr(name, "password") == NULL)
				trim(r->fields[i].value);
			return r->fields[i].value;
		}
	}
	return "";
}

const char *
web_query(struct web_req *r, const char *name)
{
	const char *v = MHD_lookup_connection_value(r->conn, MHD_GET_ARGUMENT_KIND, name);

	return v != NULL && fp_utf8_bad_at(v, strlen(v)) == strlen(v) ? v : "";
}

const char *
web_cookie(struct web_req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_COOKIE_KIND, name);
}

const char *
web_request_header(struct web_req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

bool
web_number(int64_t *out, const char *text)
{
	char *end;
	long long n;

	if (!isdigit((unsigned char)*text) || strlen(text) > 18)
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return false;
	*out = n;
	return true;
}

void
web_url_put(struct fp_buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) || strchr("-._~", c) != NULL)
			fp_buf_putc(b, (char)c);
		else
			fp_buf_printf(b, "%%%02X", c);
	}
}

const char *
web_segment(struct web_req *r, const char *text)
{
	struct fp_buf b = { .max = 4096 };

	web_url_put(&b, text);
	return web_keep(r, fp_buf_take(&b));
}

bool
web_is_local(const char *path)
{
	if (path[0] != '/' || path[1] == '/' || strlen(path) > 1000)
		return false;
	for (; *path != '\0'; path++) {
		if ((unsigned char)*path <= ' ' || *path == '\\' || (unsigned char)*path >= 0x7f)
			return false;
	}
	return true;
}
