/* Device lists on their way in: kept in a folder that only this program can read, under a name that nobody can guess. */
#include "web/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UPLOAD_AGE_MS (60 * 60 * 1000)

static void
forget(struct web *w, struct web_upload *u)
{
	static const char *const suffixes[] = { ".csv", ".rejected.csv" };
	char name[WEB_TOKEN + 16];

	for (size_t i = 0; i < FP_COUNT(suffixes) && u->token[0] != '\0'; i++) {
		(void)snprintf(name, sizeof(name), "%s%s", u->token, suffixes[i]);
		(void)unlinkat(w->spool_fd, name, 0);
	}
	memset(u, 0, sizeof(*u));
}

static enum fp_status
make_folder(struct web *w, struct fp_err *err)
{
	if (w->spool[0] != '\0')
		return FP_OK;
	(void)snprintf(w->spool, sizeof(w->spool), "/tmp/fieldproof-XXXXXX");
	if (mkdtemp(w->spool) == NULL) {
		w->spool[0] = '\0';
		return fp_fail_errno(err, errno, "making a folder for uploads in /tmp");
	}
	w->spool_fd = open(w->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->spool_fd >= 0 ? FP_OK : fp_fail_errno(err, errno, "opening the folder '%s'", w->spool);
}

/* A free place; the oldest upload makes room. */
static struct web_upload *
place(struct web *w)
{
	struct web_upload *best = &w->uploads[0];
	int64_t now = fp_monotonic_ms();

	for (size_t i = 0; i < WEB_UPLOADS; i++) {
		struct web_upload *u = &w->uploads[i];

		if (u->token[0] != '\0' && now - u->at > UPLOAD_AGE_MS)
			forget(w, u);
		if (u->token[0] == '\0')
			return u;
		if (u->at < best->at)
			best = u;
	}
	forget(w, best);
	return best;
}

enum fp_status
web_spool(struct web *w, struct fp_err *err)
{
	enum fp_status st;

	pthread_mutex_lock(&w->upload_lock);
	st = make_folder(w, err);
	pthread_mutex_unlock(&w->upload_lock);
	return st;
}

enum fp_status
web_upload_new(struct web_req *r, struct fp_err *err)
{
	struct web *w = r->web;
	struct web_upload *u;
	enum fp_status st;
	char name[WEB_TOKEN + 16];

	pthread_mutex_lock(&w->upload_lock);
	st = make_folder(w, err);
	if (st == FP_OK) {
		u = place(w);
		web_token(u->token);
		u->at = fp_monotonic_ms();
		memcpy(r->upload, u->token, sizeof(r->upload));
		(void)snprintf(name, sizeof(name), "%s.csv", u->token);
		r->upload_fd = openat(w->spool_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (r->upload_fd < 0)
			st = fp_fail_errno(err, errno, "opening a file for the upload in '%s'", w->spool);
	}
	pthread_mutex_unlock(&w->upload_lock);
	return st;
}

enum fp_status
web_upload_path(struct web_req *r, const char *token, const char *suffix, char path[160], char name[128], struct fp_err *err)
{
	struct web *w = r->web;
	enum fp_status st = FP_ENOTFOUND;

	pthread_mutex_lock(&w->upload_lock);
	for (size_t i = 0; i < WEB_UPLOADS && *token != '\0'; i++) {
		struct web_upload *u = &w->uploads[i];

		if (!web_same(u->token, token))
			continue;
		/* The first who asks, in the request that brought it, becomes its owner. */
		if (u->account[0] == '\0' && strcmp(r->upload, token) == 0) {
			(void)snprintf(u->account, sizeof(u->account), "%s", r->session.account.name);
			(void)snprintf(u->name, sizeof(u->name), "%s", r->upload_name);
		}
		if (strcmp(u->account, r->session.account.name) != 0)
			break;
		(void)snprintf(path, 160, "%s/%s%s", w->spool, u->token, suffix);
		(void)snprintf(name, 128, "%s", u->name);
		st = FP_OK;
		break;
	}
	pthread_mutex_unlock(&w->upload_lock);
	return st == FP_OK ? FP_OK : fp_fail(err, st, "the uploaded file is no longer kept; choose it once more");
}

void
web_uploads_end(struct web *w)
{
	for (size_t i = 0; i < WEB_UPLOADS; i++)
		forget(w, &w->uploads[i]);
	if (w->spool_fd >= 0)
		(void)close(w->spool_fd);
	if (w->spool[0] != '\0')
		(void)rmdir(w->spool);
}
