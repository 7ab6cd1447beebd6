/* Style sheets, script and icon: carried inside the program, addressed by the hash of their content, so that browsers may keep them. */
#include "web/internal.h"

#include <pthread.h>
#include <string.h>

#include "base/asset.h"

static struct file {
	const char *name, *asset, *type;
	char url[64];
} files[] = {
	{ "document.css", "document/document.css", "text/css; charset=utf-8", "" },
	{ "app.css", "web/app.css", "text/css; charset=utf-8", "" },
	{ "app.js", "web/app.js", "text/javascript; charset=utf-8", "" },
	{ "icon.svg", "web/icon.svg", "image/svg+xml", "" },
};
static pthread_once_t named = PTHREAD_ONCE_INIT;

static void
name_files(void)
{
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		const struct fp_asset *a = fp_asset_find(files[i].asset);
		uint64_t h = 1469598103934665603u;

		for (size_t k = 0; a != NULL && k < a->len; k++)
			h = (h ^ (unsigned char)a->data[k]) * 1099511628211u;
		(void)snprintf(files[i].url, sizeof(files[i].url), "/static/%016llx-%s", (unsigned long long)h, files[i].name);
	}
}

const char *
web_static_url(const char *name)
{
	(void)pthread_once(&named, name_files);
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		if (strcmp(files[i].name, name) == 0)
			return files[i].url;
	}
	return "";
}

enum fp_status
web_static(struct web_req *r, struct fp_err *err)
{
	(void)pthread_once(&named, name_files);
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		const struct fp_asset *a = fp_asset_find(files[i].asset);

		if (a == NULL || strcmp(files[i].url, r->path) != 0)
			continue;
		fp_buf_add(&r->out, a->data, a->len);
		r->status = 200;
		r->type = files[i].type;
		r->cacheable = true;
		return fp_buf_check(&r->out, files[i].name, err);
	}
	return fp_fail(err, FP_ENOTFOUND, "there is no file '%s'", r->path);
}
