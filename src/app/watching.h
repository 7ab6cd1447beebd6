/*
 * Watching: the same checks again and again on a schedule, inside the site's maintenance window; only what changed is told, and an alarm is
 * raised when a verified cell fails or loses its proof. Clock and waiting are the caller's: a year of rounds is tested in seconds.
 */
#ifndef FP_APP_WATCHING_H
#define FP_APP_WATCHING_H

#include "app/app.h"
#include "i18n/i18n.h"

/* ---- when ---- */

#define APP_WATCH_WEEK 10080 /* minutes, from Monday 00:00 */

/* The minutes of a local week in which a round may begin and go on. */
struct app_watch_window {
	unsigned char open[APP_WATCH_WEEK / 8];
	bool always;
};
/*
 * "Mon-Fri 22:00-05:00", "Sat,Sun 00:00-24:00, 12:00-13:00": days (English, three letters, spans may run over Sunday; none: every day) and a time from-until; several
 * joined by commas. A window over midnight belongs to the day on which it begins. NULL or "": always. FP_EUSAGE says which part is wrong.
 */
enum fp_status app_watch_window_parse(struct app_watch_window *out, const char *text, struct fp_err *err) FP_MUST_CHECK;

struct app_watch_plan {
	int64_t every, jitter; /* milliseconds; jitter < every */
	struct app_watch_window window;
	struct i18n_zone *zone; /* of the window; borrowed; NULL: UTC */
	uint64_t seed;          /* the same seed gives the same jitter */
	fp_time start;          /* of the first round's slot: those that follow lie at start + k * every + jitter(k) */
};
bool app_watch_open(const struct app_watch_plan *p, fp_time t);
/* The first moment from t on that is inside the window; 0 when there is none within 15 days (it lies in the hour that summer time leaves out). */
fp_time app_watch_opening(const struct app_watch_plan *p, fp_time t);
/* 0 <= jitter(k) <= p->jitter, spread evenly, always the same for a seed and k. */
int64_t app_watch_jitter(const struct app_watch_plan *p, int64_t k);
/*
 * When the round after one that ended at now begins: the next slot, moved into the window where it lies outside (with its jitter behind the opening where that still is
 * inside). What was missed meanwhile is not caught up. 0 as app_watch_opening.
 */
fp_time app_watch_next(const struct app_watch_plan *p, fp_time now);

/* ---- what changed ---- */

enum app_watch_kind {
	APP_WATCH_CHANGE, /* something else than before, no proof is touched */
	APP_WATCH_DOUBT,  /* of a verified cell: what held before could not be determined this time */
	APP_WATCH_STALE,  /* of a verified cell: its evidence came of age or was ended by an event */
	APP_WATCH_ALARM,  /* a verified cell fails, or is not verified any more */
	APP_WATCH_KINDS
};
const char *app_watch_kind_name(enum app_watch_kind k); /* "change", "doubt", "stale", "alarm" */

struct app_watch_change {
	enum app_watch_kind kind;
	int64_t cell_id;
	char reference[64], serial[128], mode[24], action[48], check[24], target[160];
	enum evidence_result before, after;        /* the same when only the state changed */
	enum case_state state_before, state_after; /* the same when only the result changed */
	char reason[48], detail[256];
	char stale[24]; /* what ended the evidence: "age", ...; "" when it is no news of that kind */
	fp_time at;
};
struct app_watch_changes {
	struct app_watch_change *items;
	size_t n, cap;
	size_t by_kind[APP_WATCH_KINDS];
};
void app_watch_changes_free(struct app_watch_changes *c); /* for FP_AUTO */

/* What the last round saw: states of cells, results per way of a check, evidence that is known to be stale. */
struct app_watch_memory;
enum fp_status app_watch_memory_new(struct app_watch_memory **out, struct fp_err *err) FP_MUST_CHECK;
void app_watch_memory_free(struct app_watch_memory *m);
void app_watch_memory_freep(struct app_watch_memory **m);
/*
 * Compare a round with the one before and remember it. What the memory does not know yet is compared with what stood in the database before the round. A question that was
 * not asked this time changes nothing; "fixed" is a pass; a cell that a person moved away from verified is a change, no alarm.
 */
enum fp_status app_watch_compare(struct app_watch_memory *m, const struct app_check_result *r, fp_time at,
    struct app_watch_changes *out, struct fp_err *err) FP_MUST_CHECK;
/* The same for stale evidence: each is told once, and again only when it was good meanwhile. all: the findings of every notice that is watched. */
struct app_watch_stale {
	int64_t cell_id;
	char reference[64], serial[128], mode[24], action[48], check[24];
	char stale[24];
	enum case_state state;
	enum evidence_result result;
};
enum fp_status app_watch_compare_stale(struct app_watch_memory *m, const struct app_watch_stale *all, size_t n, fp_time at,
    struct app_watch_changes *out, struct fp_err *err) FP_MUST_CHECK;

/* One line for people in the language, without a line end. */
void app_watch_line(struct fp_buf *out, const struct i18n *lang, const struct app_watch_change *c);

/* ---- rounds ---- */

struct app_watch_mail { /* a mail that wants to be sent; texts in the site's language */
	const char *id, *subject, *text;
	fp_time at;
};
struct app_watch_options {
	struct app_check_options check; /* its progress and ctx are the watch's own */
	struct app_watch_plan plan;     /* start 0: now */
	const char *zone;               /* name of the zone, for times in mails; NULL: UTC */
	int64_t rounds;                 /* 0: until wait says no */
	/* Wait until that moment. False: end now, in order; asked also while checks run, then with until 0, which does not wait. */
	bool (*wait)(void *ctx, fp_time until);
	enum fp_status (*report)(void *ctx, const struct app_watch_changes *c, struct fp_err *err);
	/* A word for the operator: a mail that could not be sent, a round that could not be done. English. */
	void (*say)(void *ctx, const char *text);
	/* NULL: no mails are made. */
	enum fp_status (*send)(void *ctx, const struct app_watch_mail *m, struct fp_err *err);
	void *ctx;
};
struct app_watch_outcome {
	int64_t rounds; /* that were done */
	size_t by_kind[APP_WATCH_KINDS];
	size_t mails_sent, mails_unsent; /* unsent: kept in the database, tried again by the next watch */
	bool last_failed;                /* the last round could not be done */
};
/*
 * Watch until the rounds are done or wait says no. Alarms, their mails and what is known to be stale are kept in the database, told to the ledger, before a mail is tried;
 * a mail that cannot be sent is tried again after 1, 2, 4, ... minutes (at most an hour; no longer than the rounds are apart for the first), and once more at the end.
 * A wrong name in the options is refused at once; a round that fails for another reason is said and comes again at the next slot.
 */
enum fp_status app_watch(struct app *a, const struct app_actor *by, const struct app_watch_options *o,
    struct app_watch_outcome *out, struct fp_err *err) FP_MUST_CHECK;
/* A seed of the site's own: from its name and the first entry of its ledger, so the same at every start and another one at every site. */
enum fp_status app_watch_seed(struct app *a, uint64_t *out, struct fp_err *err) FP_MUST_CHECK;

#endif
