/* My notices, and adding one. */
#include "web/internal.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

/* One sentence and one button: what to do next for this notice, worst first. */
static void
next_step(struct web_req *r, struct doc_node *card, const struct app_notice_row *n)
{
	const struct case_counts *c = &n->counts;
	const char *ref = web_segment(r, n->reference), *text, *button, *href;
	struct doc_node *p = doc_para(card, NULL);

	if (n->cannot_tell > 0) {
		text = web_keep(r, i18n_ntext(r->lang, "{n} device needs your decision: is it affected?",
				       "{n} devices need your decision: are they affected?", (int64_t)n->cannot_tell, NULL));
		button = i18n_t(r->lang, "Decide");
		href = web_fmt(r, "/notice/%s#undecided", ref);
	} else if (n->affected + n->not_affected == 0) {
		text = i18n_t(r->lang, "Import your list of devices; then it shows which of them are affected.");
		button = i18n_t(r->lang, "Import devices");
		href = "/devices/import";
	} else if (n->affected == 0) {
		text = i18n_t(r->lang, "None of your devices is affected. Tell the manufacturer so with a reply.");
		button = i18n_t(r->lang, "Make the reply");
		href = web_fmt(r, "/notice/%s/reply", ref);
	} else if (c->by_state[CASE_DISPUTED] > 0) {
		text = i18n_t(r->lang, "A claim and a check disagree. Look at the cells marked as disputed.");
		button = i18n_t(r->lang, "Open the matrix");
		href = web_fmt(r, "/notice/%s/matrix?state=disputed", ref);
	} else if (c->unaccounted > 0) {
		text = i18n_t(r->lang, "Do the open steps, or say why not; a check shows what holds already.");
		button = i18n_t(r->lang, "Open the matrix");
		href = web_fmt(r, "/notice/%s/matrix", ref);
	} else if (c->by_state[CASE_CLAIMED] > 0) {
		text = i18n_t(r->lang, "What is claimed is not yet proven. Run the check.");
		button = i18n_tc(r->lang, "button", "Check");
		href = web_fmt(r, "/check?ref=%s", ref);
	} else {
		text = i18n_t(r->lang, "Everything is accounted for. Make the reply to the manufacturer.");
		button = i18n_t(r->lang, "Make the reply");
		href = web_fmt(r, "/notice/%s/reply", ref);
	}
	doc_strong(p, i18n_t(r->lang, "Next step:"));
	doc_text(p, " ");
	doc_text(p, text);
	doc_button_link(doc_para(card, NULL), DOC_BUTTON_PRIMARY, href, button);
}

static void
notice_card(struct web_req *r, struct doc_node *main, const struct app_notice_row *n)
{
	struct doc_node *card = doc_section(main, DOC_ROLE_CARD), *p;
	const char *url = web_fmt(r, "/notice/%s", web_segment(r, n->reference));

	doc_link(doc_heading(card, 2, NULL), url, web_notice_name(r, n));
	p = doc_para(card, NULL);
	doc_text(p, web_fmt(r, "%s \u00b7 %s", n->document_number, n->manufacturer));
	if (n->issue_date.year != 0)
		doc_text(p, web_fmt(r, " \u00b7 %s", web_date(r, n->issue_date)));
	doc_text(p, "  ");
	web_genuine_badge(r, p, n->genuine);
	doc_para(
	    card, web_keep(r, i18n_text(r->lang,
				  "Of your devices, {affected} are affected, {open} need your decision, {rest} are not affected.",
				  "affected", web_count(r, n->affected), "open", web_count(r, n->cannot_tell), "rest",
				  web_count(r, n->not_affected), NULL)));
	if (n->counts.cells > 0)
		web_counts(r, card, &n->counts);
	next_step(r, card, n);
}

static void
first_steps(struct web_req *r, struct doc_node *main, bool devices, bool notices)
{
	struct doc_node *box = doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "First steps")), *list = doc_list(box, true),
			*item;

	item = doc_item(list, NULL);
	if (web_may(r, WEB_ADMIN))
		doc_link(item, "/settings/site", i18n_t(r->lang, "Say who you are: the site's name, address and contact"));
	else
		doc_text(item, i18n_t(r->lang, "The administrator says who you are: the site's name, address and contact"));
	item = doc_item(list, NULL);
	if (web_may(r, WEB_ENGINEER))
		doc_link(item, "/devices/import", i18n_t(r->lang, "Import your list of devices, as you have it"));
	else
		doc_text(item, i18n_t(r->lang, "An engineer imports your list of devices"));
	if (devices)
		doc_badge(item, DOC_BADGE_PASS, i18n_t(r->lang, "done"));
	item = doc_item(list, NULL);
	if (web_may(r, WEB_ADMIN))
		doc_link(item, "/notices/add", i18n_t(r->lang, "Add the notices that you received"));
	else
		doc_text(item, i18n_t(r->lang, "The administrator adds the notices that you received"));
	if (notices)
		doc_badge(item, DOC_BADGE_PASS, i18n_t(r->lang, "done"));
}

enum fp_status
web_page_start(struct web_req *r, struct fp_err *err)
{
	struct app_device_filter any = { .limit = 1 };
	struct app_devices devices = { 0 };
	FP_AUTO(fp_freep) struct app_notice_row *list = NULL;
	struct doc_node *main;
	size_t n;

	if (app_notices(r->app, i18n_tag(r->lang), &list, &n, err) != FP_OK || app_devices(r->app, &any, &devices, err) != FP_OK)
		return err->status;
	if (web_page(r, i18n_t(r->lang, "My notices"), &main, err) != FP_OK) {
		app_devices_free(&devices);
		return err->status;
	}
	if (n == 0 || devices.total == 0)
		first_steps(r, main, devices.total > 0, n > 0);
	app_devices_free(&devices);
	for (size_t i = 0; i < n; i++)
		notice_card(r, main, &list[i]);
	if (n > 0 && web_may(r, WEB_ADMIN))
		doc_button_link(doc_para(main, NULL), DOC_BUTTON_SECONDARY, "/notices/add", i18n_t(r->lang, "Add a notice"));
	return web_page_done(r, 200, err);
}

/* ---- adding ---- */

static void
offer(
    struct web_req *r, struct doc_node *main, const char *name, const char *dir, const struct app_notice_row *have, size_t n_have)
{
	struct notice *n = NULL;
	enum app_genuine genuine = APP_UNSIGNED;
	char signer[128] = "";
	struct fp_err why;
	struct doc_node *card, *form;
	bool stored = false;

	if (app_notice_load(r->app, dir, &n, &genuine, signer, &why) != FP_OK) {
		card = doc_section(main, DOC_ROLE_CARD);
		doc_heading(card, 2, name);
		web_problem(r, card, i18n_t(r->lang, "This folder cannot be read as a notice."), &why);
		return;
	}
	for (size_t i = 0; i < n_have; i++)
		stored = stored || strcmp(have[i].reference, n->reference) == 0;
	card = doc_section(main, DOC_ROLE_CARD);
	doc_heading(card, 2, n->reference);
	doc_para(card, web_fmt(r, "%s \u00b7 %s%s%s", n->document_number, n->manufacturer,
			   n->issue_date.year != 0 ? " \u00b7 " : "", web_date(r, n->issue_date)));
	doc_badge(doc_para(card, NULL), web_genuine_style(genuine), i18n_t(r->lang, app_genuine_text(genuine)));
	if (stored)
		doc_badge(doc_para(card, NULL), DOC_BADGE_PASS, i18n_t(r->lang, "Added already"));
	if (!stored && genuine != APP_FORGED) {
		form = web_post(r, card, "/notices/add");
		doc_hidden(form, "folder", name);
		doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL,
		    web_keep(r, i18n_text(r->lang, "Add {reference}", "reference", n->reference, NULL)));
	}
	notice_free(n);
}

/* A plain name of a folder right below one of the notice folders, and which (where may be NULL); NULL otherwise. */
static char *
folder_path(struct web_req *r, const char *name, const char *const **where)
{
	struct stat st;

	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL)
		return NULL;
	for (const char *const *d = r->web->o.notice_dirs; d != NULL && *d != NULL; d++) {
		char *path = fp_asprintf("%s/%s", *d, name), *file = path != NULL ? fp_asprintf("%s/notice.json", path) : NULL;
		bool found = file != NULL && stat(file, &st) == 0 && S_ISREG(st.st_mode);

		free(file);
		if (found && where != NULL)
			*where = d;
		if (found)
			return path;
		free(path);
	}
	return NULL;
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static size_t
offer_all(struct web_req *r, struct doc_node *main, const struct app_notice_row *have, size_t n_have)
{
	size_t found = 0;

	for (const char *const *d = r->web->o.notice_dirs; d != NULL && *d != NULL; d++) {
		struct dirent **names = NULL;
		int n = scandir(*d, &names, visible, alphasort);

		for (int i = 0; i < n; i++) {
			const char *const *where = NULL;
			char *path = folder_path(r, names[i]->d_name, &where);

			/* One name, one notice: the first folder that has it hides the others, and two may be the same. */
			if (path != NULL && where == d) {
				offer(r, main, names[i]->d_name, path, have, n_have);
				found++;
			}
			free(path);
			free(names[i]);
		}
		free(names);
	}
	return found;
}

static enum fp_status
add_page(struct web_req *r, unsigned status, const struct fp_err *why, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_notice_row *have = NULL;
	struct doc_node *main;
	size_t n_have;

	if (app_notices(r->app, i18n_tag(r->lang), &have, &n_have, err) != FP_OK ||
	    web_page_under(r, i18n_t(r->lang, "Add a notice"), &main, err, "/", i18n_t(r->lang, "My notices"), NULL) != FP_OK)
		return err->status;
	doc_para(main, i18n_t(r->lang, "These notices lie in the folders of this server. One that is not genuine may be a fraud: "
				       "a letter with a link to a patch is what a fraudster would send. Compare the key with the "
				       "manufacturer's before you add it."));
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "The notice could not be added."), why);
	if (offer_all(r, main, have, n_have) == 0)
		doc_callout(main, DOC_BADGE_INFO,
		    i18n_t(r->lang,
			"There is none. Put the notice's folder below one of the folders that the server was started with."));
	return web_page_done(r, status, err);
}

enum fp_status
web_page_notice_add(struct web_req *r, struct fp_err *err)
{
	return add_page(r, 200, NULL, err);
}

enum fp_status
web_post_notice_add(struct web_req *r, struct fp_err *err)
{
	struct app_matches m = { 0 };
	FP_AUTO(fp_freep) char *path = folder_path(r, web_form(r, "folder"), NULL);
	struct fp_err why;

	if (path == NULL)
		return fp_fail(err, FP_ENOTFOUND, "there is no notice folder '%.80s'", web_form(r, "folder"));
	if (app_notice_add(r->app, &r->session.actor, path, &why) != FP_OK)
		return add_page(r, 422, &why, err);
	if (app_match_run(r->app, &r->session.actor, NULL, &m, err) != FP_OK)
		return err->status;
	app_matches_free(&m);
	return web_redirect(r, "/?said=added");
}
