/* Changes in words: a line each, and the mail that tells of those which need a person. */
#include <stdlib.h>
#include <string.h>

#include "app/watch_int.h"

static const char *const kind_words[APP_WATCH_KINDS] = {
	[APP_WATCH_CHANGE] = N_("Changed"),
	[APP_WATCH_DOUBT] = N_("Could not be determined this time"),
	[APP_WATCH_STALE] = N_("Evidence does not hold any more"),
	[APP_WATCH_ALARM] = N_("Alarm"),
};

static void
add_why(struct fp_buf *out, const struct i18n *lang, const struct app_watch_change *c)
{
	const struct evidence_reason *reason = check_reason_find(check_find(c->check), c->reason);
	const char *stale = c->stale[0] != '\0' ? app_stale_text(c->stale) : NULL;

	if (c->stale[0] != '\0')
		fp_buf_printf(out, ": %s", stale != NULL ? i18n_t(lang, stale) : c->stale);
	else if (c->reason[0] != '\0')
		fp_buf_printf(out, ": %s", reason != NULL ? i18n_t(lang, reason->text) : c->reason);
	if (c->detail[0] != '\0')
		fp_buf_printf(out, " (%s)", c->detail);
}

void
app_watch_line(struct fp_buf *out, const struct i18n *lang, const struct app_watch_change *c)
{
	fp_buf_printf(out, "%s: %s%s%s, %s %s, %s", i18n_t(lang, kind_words[c->kind]), c->serial, c->mode[0] ? " " : "", c->mode,
	    c->reference, c->action, c->check);
	if (c->target[0] != '\0')
		fp_buf_printf(out, " %s", c->target);
	if (c->before != c->after)
		fp_buf_printf(
		    out, ": %s → %s", i18n_t(lang, app_result_text(c->before)), i18n_t(lang, app_result_text(c->after)));
	else if (c->stale[0] == '\0')
		fp_buf_printf(out, ": %s", i18n_t(lang, app_result_text(c->after)));
	add_why(out, lang, c);
	if (c->state_before != c->state_after)
		fp_buf_printf(out, ". %s: %s → %s", i18n_t(lang, N_("State")), i18n_t(lang, case_state_text(c->state_before)),
		    i18n_t(lang, case_state_text(c->state_after)));
}

json_t *
watch_change_json(const struct app_watch_change *c)
{
	json_t *j = json_object();

	fp_json_set_str(j, "kind", app_watch_kind_name(c->kind));
	fp_json_set_int(j, "cell", c->cell_id);
	fp_json_set_str(j, "reference", c->reference);
	fp_json_set_str(j, "serial", c->serial);
	fp_json_set_str(j, "mode", c->mode);
	fp_json_set_str(j, "action", c->action);
	fp_json_set_str(j, "check", c->check);
	fp_json_set_str(j, "result", evidence_result_name(c->after));
	fp_json_set_str(j, "reason", c->reason);
	fp_json_set_str(j, "state", case_state_name(c->state_after));
	if (c->stale[0] != '\0')
		fp_json_set_str(j, "stale", c->stale);
	return j;
}

/* ---- mail ---- */

static void
add_lines(struct fp_buf *out, const struct i18n *lang, const struct app_watch_changes *c, bool urgent)
{
	for (size_t i = 0; i < c->n; i++)
		if ((c->items[i].kind >= APP_WATCH_STALE) == urgent) {
			fp_buf_puts(out, "- ");
			app_watch_line(out, lang, &c->items[i]);
			fp_buf_puts(out, "\n");
		}
}

static void
add_subject(struct fp_buf *out, const struct i18n *lang, const char *site, const struct app_watch_changes *c)
{
	if (c->by_kind[APP_WATCH_ALARM] > 0)
		i18n_nf(out, lang, "Fieldproof: {n} alarm, {site}", "Fieldproof: {n} alarms, {site}",
		    (int64_t)c->by_kind[APP_WATCH_ALARM], "site", site, NULL);
	else
		i18n_f(out, lang, "Fieldproof: evidence does not hold any more, {site}", "site", site, NULL);
}

/* References that the urgent changes name, each once, as the command to look at them. */
static void
add_commands(struct fp_buf *out, const struct app_watch_changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		bool before = c->items[i].kind < APP_WATCH_STALE;

		for (size_t k = 0; k < i && !before; k++)
			before = c->items[k].kind >= APP_WATCH_STALE && strcmp(c->items[k].reference, c->items[i].reference) == 0;
		if (!before)
			fp_buf_printf(out, "  fieldproof case show %s\n", c->items[i].reference);
	}
}

static void
add_text(struct fp_buf *out, const struct i18n *lang, const struct app_site *site, const char *name,
    const struct app_watch_changes *c, const char *when)
{
	i18n_f(out, lang,
	    "Steps of field safety notices that were verified at {site} are not proven any more (seen at {time}):", "site", name,
	    "time", when, NULL);
	fp_buf_puts(out, "\n\n");
	add_lines(out, lang, c, true);
	if (c->by_kind[APP_WATCH_CHANGE] + c->by_kind[APP_WATCH_DOUBT] > 0) {
		fp_buf_printf(out, "\n%s\n\n", i18n_t(lang, N_("Changed at the same time:")));
		add_lines(out, lang, c, false);
	}
	fp_buf_printf(
	    out, "\n%s\n\n", i18n_t(lang, N_("Look at the case, find out what was changed on the device, and correct it:")));
	add_commands(out, c);
	if (site->public_url[0] != '\0')
		fp_buf_printf(out, "  %s\n", site->public_url);
	fp_buf_printf(out, "\n%s\n",
	    i18n_t(lang,
		N_("This message was made by a program. It is sent once for each change; the ledger of the site keeps it.")));
}

enum fp_status
watch_mail_make(
    struct app *a, const struct app_watch_changes *c, const char *zone, char **subject, char **text, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf head = { .max = 1024 }, body = { .max = 4 << 20 }, when = { .max = 256 };
	struct app_site site;
	const struct i18n *lang;
	const char *name;

	*subject = *text = NULL;
	if (c->by_kind[APP_WATCH_ALARM] + c->by_kind[APP_WATCH_STALE] == 0)
		return FP_OK;
	if (app_site_get(a, &site, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	lang = i18n_get(site.language);
	name = site.name[0] != '\0' ? site.name : i18n_t(lang, N_("this site"));
	i18n_time(&when, lang, app_now(a), zone, I18N_MEDIUM);
	add_subject(&head, lang, name, c);
	add_text(&body, lang, &site, name, c, when.data ? when.data : "");
	if (fp_buf_check(&head, "the subject of the mail", err) != FP_OK || fp_buf_check(&body, "the mail", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	*subject = head.data;
	*text = body.data;
	head.data = body.data = NULL;
	return FP_OK;
}
