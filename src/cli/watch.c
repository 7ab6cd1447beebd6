/* fieldproof check --watch */
#include "cli/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "app/mailing.h"
#include "app/watching.h"
#include "base/file.h"

#define SECOND_MS 1000
#define EVERY_DEFAULT (3600 * SECOND_MS)
#define EVERY_MOST ((int64_t)366 * 86400 * SECOND_MS)
#define SLICE_MS 60000 /* the clock may be set while we sleep */
#define PASSWORD_MAX 1024

static volatile sig_atomic_t ended;

static void
on_end(int sig)
{
	(void)sig;
	ended = 1;
}

/* An option that is given and not empty: a service file names them all. */
static const char *
given(const struct cli *c, const char *name)
{
	const char *v = cli_opt(c, name);

	return v != NULL && *v != '\0' ? v : NULL;
}

/* ---- options ---- */

/* "1h", "90s", "1h30m", "2d": milliseconds. */
static enum fp_status
duration(int64_t *out, const char *text, const char *option, struct fp_err *err)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = { { 'd', 86400 * SECOND_MS }, { 'h', 3600 * SECOND_MS }, { 'm', 60 * SECOND_MS }, { 's', SECOND_MS } };
	const char *s = text;

	*out = 0;
	while (*s != '\0') {
		char *end;
		long long n = *s >= '0' && *s <= '9' ? strtoll(s, &end, 10) : -1;
		size_t u = 0;

		while (n >= 0 && u < FP_COUNT(units) && units[u].letter != *end)
			u++;
		if (n < 0 || u == FP_COUNT(units) || n > EVERY_MOST / units[u].ms || (*out += n * units[u].ms) > EVERY_MOST)
			return fp_fail(
			    err, FP_EUSAGE, "--%s is a time like 30s, 10m, 1h or 1h30m, at most 366d, not '%.40s'", option, text);
		s = end + 1;
	}
	return FP_OK;
}

static enum fp_status
read_times(const struct cli *c, struct app_watch_options *o, struct fp_err *err)
{
	o->plan.every = EVERY_DEFAULT;
	if (given(c, "every") != NULL && duration(&o->plan.every, given(c, "every"), "every", err) != FP_OK)
		return FP_EUSAGE;
	if (o->plan.every < SECOND_MS)
		return fp_fail(err, FP_EUSAGE, "--every is at least 1s");
	o->plan.jitter = o->plan.every / 6;
	if (given(c, "jitter") != NULL && duration(&o->plan.jitter, given(c, "jitter"), "jitter", err) != FP_OK)
		return FP_EUSAGE;
	if (o->plan.jitter >= o->plan.every)
		return fp_fail(err, FP_EUSAGE, "--jitter must be shorter than --every");
	if (given(c, "rounds") != NULL && cli_number(&o->rounds, given(c, "rounds"), 1, INT32_MAX, "--rounds", err) != FP_OK)
		return FP_EUSAGE;
	return app_watch_window_parse(&o->plan.window, given(c, "window"), err);
}

/* The zone of this machine by its name: TZ, otherwise where /etc/localtime points to. */
static const char *
own_zone(char out[128])
{
	const char *tz = getenv("TZ"), *name;
	ssize_t n;

	if (tz != NULL && *tz != '\0')
		return tz[0] == ':' ? tz + 1 : tz;
	n = readlink("/etc/localtime", out, 127);
	out[n > 0 ? n : 0] = '\0';
	name = strstr(out, "/zoneinfo/");
	return name != NULL ? name + strlen("/zoneinfo/") : "UTC";
}

static enum fp_status
read_zone(const struct cli *c, struct app_watch_options *o, char own[128], struct fp_err *err)
{
	o->zone = given(c, "zone") != NULL ? given(c, "zone") : own_zone(own);
	if (i18n_zone_new(&o->plan.zone, o->zone, err) == FP_OK)
		return FP_OK;
	return given(c, "zone") != NULL ? FP_EUSAGE : fp_ctx(err, "the time zone of this machine (use --zone)");
}

struct watch {
	struct cli *c;
	struct app_mail_server server;
	char password[PASSWORD_MAX];
};

static enum fp_status
read_password(struct watch *w, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = PASSWORD_MAX };
	const char *file = given(w->c, "smtp-password-file");
	size_t len;

	if (file == NULL)
		return FP_OK;
	if (fp_file_read(&b, file, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	len = b.data != NULL ? strcspn(b.data, "\r\n") : 0;
	if (len == 0 || len >= sizeof(w->password))
		return fp_fail(err, FP_EINVAL, "%s: its first line is no password of 1 to %d bytes", file, PASSWORD_MAX - 1);
	memcpy(w->password, b.data, len);
	w->password[len] = '\0';
	explicit_bzero(b.data, b.len);
	w->server.password = w->password;
	return FP_OK;
}

static enum fp_status
read_mail(struct watch *w, struct fp_err *err)
{
	static const char *const more[] = { "mail-from", "smtp", "smtp-user", "smtp-password-file", "smtp-ca" };
	const struct cli *c = w->c;

	w->server = (struct app_mail_server){ .url = given(c, "smtp") ? given(c, "smtp") : "smtp://localhost:25",
		.from = given(c, "mail-from"),
		.to = given(c, "mail-to"),
		.user = given(c, "smtp-user"),
		.ca = given(c, "smtp-ca") };
	if (w->server.to == NULL) {
		for (size_t i = 0; i < FP_COUNT(more); i++)
			if (given(c, more[i]) != NULL)
				return fp_fail(err, FP_EUSAGE, "--%s needs --mail-to", more[i]);
		return FP_OK;
	}
	if (w->server.from == NULL)
		return fp_fail(err, FP_EUSAGE, "--mail-to needs --mail-from");
	if (read_password(w, err) != FP_OK || app_mail_check(&w->server, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	return FP_OK;
}

/* ---- what the watch calls ---- */

static bool
wait_until(void *ctx, fp_time until)
{
	const struct watch *w = ctx;
	sigset_t ends, before;

	if (until == 0)
		return !ended;
	/* Held back but while we sleep: a signal between the look at ended and the sleep would be slept over. */
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &ends, &before);
	for (int64_t left; !ended && (left = until - fp_now(&w->c->clock)) > 0;) {
		const int64_t ms = left < SLICE_MS ? left : SLICE_MS;
		const struct timespec sleep = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

		(void)pselect(0, NULL, NULL, NULL, &sleep, &before);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return !ended;
}

static json_t *
change_json(const struct app_watch_change *k)
{
	json_t *j = json_object();

	fp_json_set_str(j, "format", "fieldproof-watch-1");
	fp_json_set_str(j, "kind", app_watch_kind_name(k->kind));
	fp_json_set_time(j, "at", k->at);
	fp_json_set_int(j, "cell", k->cell_id);
	fp_json_set_str(j, "reference", k->reference);
	fp_json_set_str(j, "serial", k->serial);
	fp_json_set_str(j, "mode", k->mode);
	fp_json_set_str(j, "action", k->action);
	fp_json_set_str(j, "check", k->check);
	fp_json_set_str(j, "target", k->target);
	fp_json_set_str(j, "before", evidence_result_name(k->before));
	fp_json_set_str(j, "after", evidence_result_name(k->after));
	fp_json_set_str(j, "reason", k->reason);
	fp_json_set_str(j, "detail", k->detail);
	fp_json_set_str(j, "stale", k->stale[0] != '\0' ? k->stale : NULL);
	fp_json_set_str(j, "state_before", case_state_name(k->state_before));
	fp_json_set_str(j, "state_after", case_state_name(k->state_after));
	return j;
}

static enum fp_status
report(void *ctx, const struct app_watch_changes *changes, struct fp_err *err)
{
	const struct watch *w = ctx;
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	char when[FP_TIME_MAX];

	for (size_t i = 0; i < changes->n; i++) {
		FP_JSON json_t *j = w->c->json ? change_json(&changes->items[i]) : NULL;

		if (j != NULL && fp_json_canonical(&out, j, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		if (j == NULL) {
			fp_buf_printf(&out, "%s  ", fp_time_text(when, changes->items[i].at));
			app_watch_line(&out, w->c->lang, &changes->items[i]);
		}
		fp_buf_putc(&out, '\n');
	}
	if (fp_buf_check(&out, "the report", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	/* Each round at once: whoever reads this through a pipe waits for it. */
	if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
		return fp_fail_errno(err, errno, "cannot write the result");
	return FP_OK;
}

static void
say(void *ctx, const char *text)
{
	const struct watch *w = ctx;

	fp_log(&w->c->log, FP_WARN, "%s", text);
}

static enum fp_status
send_mail(void *ctx, const struct app_watch_mail *m, struct fp_err *err)
{
	const struct watch *w = ctx;
	const struct app_mail mail = { .id = m->id, .subject = m->subject, .text = m->text, .at = m->at };

	return app_mail_send(&w->server, &mail, err);
}

/* 3 for an alarm; 1 when something could not be done or said; 4 when something is not known any more that was; otherwise 0. */
static enum fp_status
outcome(const struct app_watch_outcome *r, struct fp_err *err)
{
	size_t doubts = r->by_kind[APP_WATCH_DOUBT] + r->by_kind[APP_WATCH_STALE];

	if (r->by_kind[APP_WATCH_ALARM] > 0)
		return fp_fail(err, FP_ENOTCORRECTED, "%zu alarms", r->by_kind[APP_WATCH_ALARM]);
	if (r->mails_unsent > 0)
		return fp_fail(err, FP_EIO, "mails that wait to be sent: %zu", r->mails_unsent);
	if (r->last_failed)
		return fp_fail(err, FP_EIO, "the last round could not be done");
	if (doubts > 0)
		return fp_fail(err, FP_EUNKNOWN, "%zu things that were verified could not be determined", doubts);
	return FP_OK;
}

enum fp_status
cli_watch(struct cli *c, const struct app_check_options *check, struct fp_err *err)
{
	FP_AUTO(i18n_zone_freep) struct i18n_zone *zone = NULL;
	struct watch w = { .c = c };
	struct app_watch_options o = { .check = *check, .wait = wait_until, .report = report, .say = say, .ctx = &w };
	const struct sigaction end = { .sa_handler = on_end };
	struct app_watch_outcome r;
	char own[128];
	enum fp_status status;

	if (read_times(c, &o, err) != FP_OK || read_mail(&w, err) != FP_OK || read_zone(c, &o, own, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	zone = o.plan.zone; /* NOLINT(clang-analyzer-deadcode.DeadStores): freed with it */
	o.send = w.server.to != NULL ? send_mail : NULL;
	if (cli_app(c, err) != FP_OK || app_watch_seed(c->app, &o.plan.seed, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGINT, &end, NULL);
	status = app_watch(c->app, &c->actor, &o, &r, err);
	explicit_bzero(w.password, sizeof(w.password));
	return status == FP_OK ? outcome(&r, err) : status;
}

/* Options that mean something only with --watch. */
enum fp_status
cli_watch_options_alone(const struct cli *c, struct fp_err *err)
{
	static const struct cli_option options[] = { CLI_WATCH_OPTIONS, { NULL, NULL, NULL } };

	for (const struct cli_option *o = options; o->name != NULL; o++)
		if (cli_opt(c, o->name) != NULL)
			return fp_fail(err, FP_EUSAGE, "--%s needs --watch", o->name);
	return FP_OK;
}
