/* What the files of watching share. */
#ifndef FP_APP_WATCH_INT_H
#define FP_APP_WATCH_INT_H

#include "app/internal.h"
#include "app/watching.h"

/* What is known to be stale, as an array of texts, sorted; owned by the caller, NULL when out of memory. */
json_t *watch_memory_stale(const struct app_watch_memory *m);
/* Take such an array over; what is no text in it is passed over. */
enum fp_status watch_memory_stale_set(struct app_watch_memory *m, const json_t *list, struct fp_err *err) FP_MUST_CHECK;

json_t *watch_change_json(const struct app_watch_change *c); /* for the ledger */

/* The mail of a round: subject and text in the site's language. *subject NULL when no mail is due. Both to be freed. */
enum fp_status watch_mail_make(struct app *a, const struct app_watch_changes *c, const char *zone, char **subject, char **text,
    struct fp_err *err) FP_MUST_CHECK;

/* ---- kept in the database (watch_keep.c) ---- */

/* The stale evidence that a watch with these filters knows. */
enum fp_status watch_stale_load(
    struct app *a, const struct app_check_options *o, struct app_watch_memory *m, struct fp_err *err) FP_MUST_CHECK;
/* Alarms and stale evidence of a round into the ledger, its mail (subject NULL: none) into the outbox: one transaction. Nothing happens when there is nothing to keep. */
enum fp_status watch_keep_round(struct app *a, const struct app_actor *by, const struct app_check_options *o,
    const struct app_watch_memory *m, const struct app_watch_changes *c, const char *subject, const char *text,
    struct fp_err *err) FP_MUST_CHECK;
/* The mails that wait, oldest first: [{"id", "at", "subject", "text"}]. */
enum fp_status watch_outbox(struct app *a, json_t **out, struct fp_err *err) FP_MUST_CHECK;
/* A mail was taken by the mail server. */
enum fp_status watch_mail_sent(struct app *a, const struct app_actor *by, const char *id, struct fp_err *err) FP_MUST_CHECK;

#endif
