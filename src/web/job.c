/* A run of checks, in a thread with an app handle of its own: it goes on when the browser goes away. One at a time. */
#include "web/internal.h"

#include <string.h>

static bool
progress(void *ctx, size_t done, size_t total, const char *text)
{
	struct web_job *j = &((struct web *)ctx)->job;
	bool go_on;

	pthread_mutex_lock(&j->lock);
	j->done = done;
	j->total = total;
	if (text != NULL)
		(void)snprintf(j->text, sizeof(j->text), "%s", text);
	go_on = !j->stop;
	pthread_mutex_unlock(&j->lock);
	return go_on;
}

static const char *
or_null(const char *s)
{
	return *s != '\0' ? s : NULL;
}

static enum fp_status
run(struct web *w, struct app_check_result **result, struct fp_err *err)
{
	const struct app_options ao = { .db = w->o.db, .clock = w->o.clock, .log = w->o.log, .notice_dirs = w->o.notice_dirs };
	const struct web_job *j = &w->job; /* what was asked for stands still while the job runs */
	const struct app_check_options co = {
		.ref = or_null(j->ref),
		.serial = or_null(j->serial),
		.mode = or_null(j->mode),
		.check = or_null(j->check),
		.vantage = or_null(j->vantage),
		.progress = progress,
		.ctx = w,
	};
	FP_AUTO(app_freep) struct app *a = NULL;

	if (app_open(&a, &ao, err) != FP_OK)
		return err->status;
	return app_check_run(a, &j->by, &co, result, err);
}

static void *
job_thread(void *web)
{
	struct web *w = web;
	struct web_job *j = &w->job;
	struct app_check_result *result = NULL;
	struct fp_err err = { .status = FP_OK, .msg = "" };
	enum fp_status st = run(w, &result, &err);

	pthread_mutex_lock(&j->lock);
	j->state = st == FP_OK ? WEB_JOB_DONE : WEB_JOB_FAILED;
	j->err = err;
	j->result = result;
	j->ended = fp_now(&w->o.clock);
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

static void
put(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from != NULL ? from : "");
}

/* With the lock held: everything for a fresh run. */
static void
prepare(struct web *w, const struct app_actor *by, const struct web_job_ask *ask)
{
	struct web_job *j = &w->job;

	app_check_result_free(j->result);
	j->result = NULL;
	j->err = (struct fp_err){ .status = FP_OK, .msg = "" };
	j->stop = false;
	j->done = j->total = 0;
	j->text[0] = '\0';
	j->by = *by;
	put(j->ref, sizeof(j->ref), ask->ref);
	put(j->serial, sizeof(j->serial), ask->serial);
	put(j->mode, sizeof(j->mode), ask->mode);
	put(j->check, sizeof(j->check), ask->check);
	put(j->vantage, sizeof(j->vantage), ask->vantage);
	j->started = fp_now(&w->o.clock);
	j->ended = 0;
	j->state = WEB_JOB_RUNNING;
}

enum fp_status
web_job_start(struct web *w, const struct app_actor *by, const struct web_job_ask *ask, struct fp_err *err)
{
	struct web_job *j = &w->job;
	enum fp_status st = FP_OK;

	pthread_mutex_lock(&j->lock);
	if (j->state == WEB_JOB_RUNNING) {
		st = fp_fail(err, FP_ECONFLICT, "another run of checks is under way, started by %s", j->by.name);
	} else {
		if (j->joinable)
			(void)pthread_join(j->thread, NULL);
		prepare(w, by, ask);
		j->joinable = pthread_create(&j->thread, NULL, job_thread, w) == 0;
		if (!j->joinable) {
			j->state = WEB_JOB_NONE;
			st = fp_fail(err, FP_ENOMEM, "cannot start a thread for the checks");
		}
	}
	pthread_mutex_unlock(&j->lock);
	return st;
}

void
web_job_stop(struct web *w)
{
	pthread_mutex_lock(&w->job.lock);
	w->job.stop = true;
	pthread_mutex_unlock(&w->job.lock);
}

void
web_job_end(struct web *w)
{
	web_job_stop(w);
	if (w->job.joinable)
		(void)pthread_join(w->job.thread, NULL);
	app_check_result_free(w->job.result);
	w->job.result = NULL;
}
