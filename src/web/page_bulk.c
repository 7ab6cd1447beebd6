/* One statement for several cells. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CELLS_A_PAGE 500

struct chosen {
	int64_t *ids;
	size_t n, cap;
};

static void
chosen_free(struct chosen *c)
{
	free(c->ids);
}

static bool
is_chosen(const struct chosen *c, int64_t id)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->ids[i] == id)
			return true;
	}
	return false;
}

static enum fp_status
read_chosen(struct web_req *r, struct chosen *c, struct fp_err *err)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		int64_t id;

		if (strcmp(r->fields[i].name, "cell") != 0)
			continue;
		if (!web_number(&id, r->fields[i].value))
			return fp_fail(err, FP_EUSAGE, "'%.40s' is no number of a cell", r->fields[i].value);
		if (fp_grow(&c->ids, &c->cap, c->n + 1, sizeof(*c->ids)) != 0)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		c->ids[c->n++] = id;
	}
	return FP_OK;
}

/* Cells about which something can be said: not those that are verified or do not apply. */
static bool
open_to_words(const struct case_cell *c)
{
	return c->state != CASE_VERIFIED && c->state != CASE_NOT_APPLICABLE;
}

static size_t
cell_rows(struct web_req *r, struct doc_node *form, const struct app_case *c, const struct web_filter *f,
    const struct chosen *chosen, bool all)
{
	const char *const head[] = { i18n_t(r->lang, "Device"), i18n_t(r->lang, "Boot mode"), i18n_t(r->lang, "Step"),
		i18n_t(r->lang, "Location"), i18n_t(r->lang, "State") };
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *table =
	    doc_class(doc_table(doc_class(doc_label(doc_section(form, DOC_ROLE_PLAIN), i18n_t(r->lang, "Cells to choose from")),
				    DOC_CLASS_SCROLL),
			  i18n_t(r->lang, "Cells to choose from")),
		DOC_CLASS_COMPACT);
	size_t n = 0;

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < c->n_devices && n < CELLS_A_PAGE; i++) {
		const struct app_case_device *d = &c->devices[i];

		for (size_t k = 0; k < d->n_cells && n < CELLS_A_PAGE && web_filter_device(f, d); k++) {
			const struct case_cell *x = &c->cells[d->first_cell + k];
			struct doc_node *row;

			if (!open_to_words(x) || !web_filter_cell(f, x))
				continue;
			n++;
			row = doc_row(table);
			doc_checkbox(doc_head_cell(row, DOC_SCOPE_ROW, NULL), "cell", web_fmt(r, "%lld", (long long)x->id),
			    d->serial, all || is_chosen(chosen, x->id));
			doc_cell(row, web_mode_words(r, x->mode));
			doc_cell(row, notice_action_title(c->notice, lang, x->action));
			doc_cell(row, d->location);
			doc_badge(doc_cell(row, NULL), web_cell_style(x), web_cell_word(r, x));
		}
	}
	return n;
}

static void
statements(struct web_req *r, struct doc_node *form, const struct web_not_done *v)
{
	struct doc_node *set = doc_fieldset(form, i18n_t(r->lang, "These cells are done"));

	doc_textarea(set, &(struct doc_field){ .name = "note",
			      .label = i18n_t(r->lang, "Note"),
			      .rows = 2,
			      .max_length = 250,
			      .value = web_form(r, "note"),
			      .hint = i18n_t(r->lang, "Who did it, when, under which ticket") });
	doc_submit(set, DOC_BUTTON_PRIMARY, "do", "claim", i18n_t(r->lang, "Say that they are done"));
	set = doc_fieldset(form, i18n_t(r->lang, "These cells are not done"));
	web_not_done_fields(r, set, NULL, v);
	doc_submit(set, DOC_BUTTON_SECONDARY, "do", "not-done", i18n_t(r->lang, "Say that they are not done"));
}

/* "Same instruments as for step 1": one button, as the letters' forms have one box. */
static void
same_forms(struct web_req *r, struct doc_node *main, const struct notice *n, const char *url)
{
	const char *lang = web_notice_lang(r, n);

	for (size_t i = 0; i < n->n_actions; i++) {
		const struct notice_action *a = &n->actions[i];
		struct doc_node *form;

		if (a->same_devices_as == NULL)
			continue;
		form = doc_class(web_post(r, main, web_fmt(r, "%s/several", url)), DOC_CLASS_CLUSTER);
		doc_hidden(form, "action", a->id);
		doc_submit(form, DOC_BUTTON_SECONDARY, "do", "same",
		    web_keep(r, i18n_text(r->lang, "{step}: done on the same devices and modes as {other}", "step",
				    notice_action_title(n, lang, a->id), "other",
				    notice_action_title(n, lang, a->same_devices_as), NULL)));
	}
}

static enum fp_status
bulk_page(struct web_req *r, unsigned status, const struct chosen *chosen, const struct web_not_done *v, const char *problem,
    const struct fp_err *why, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	struct web_filter f = web_filter_read(r);
	struct doc_node *main, *form;
	const char *url, *query;
	size_t n;

	if (app_case_get(r->app, r->args[0], &c, err) != FP_OK)
		return err->status;
	url = web_fmt(r, "/notice/%s", web_segment(r, c->notice->reference));
	if (web_page_under(r, i18n_t(r->lang, "Several at once"), &main, err, "/", i18n_t(r->lang, "My notices"), url,
		c->notice->reference, web_fmt(r, "%s/matrix", url), i18n_t(r->lang, "Matrix"), NULL) != FP_OK)
		return err->status;
	doc_para(main, i18n_t(r->lang, "Choose the cells, then say below what holds for all of them. What you say is a claim, in "
				       "your name; only a check makes it verified."));
	if (problem != NULL)
		web_problem(r, main, problem, why);
	same_forms(r, main, c->notice, url);
	web_filter_form(r, main, web_fmt(r, "%s/several", url), c, &f, true);
	query = web_filter_query(r, &f);
	doc_link(
	    doc_para(main, NULL), web_fmt(r, "%s/several?%sall=1", url, query), i18n_t(r->lang, "Choose all that are shown"));
	form = web_post(r, main, web_fmt(r, "%s/several?%s", url, query));
	n = cell_rows(r, form, c, &f, chosen, *web_query(r, "all") != '\0');
	if (n >= CELLS_A_PAGE)
		doc_para(form,
		    web_keep(r, i18n_text(r->lang, "Only the first {n} cells are shown. Choose fewer with the filters above.",
				    "n", web_count(r, n), NULL)));
	statements(r, form, v);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_bulk(struct web_req *r, struct fp_err *err)
{
	const struct chosen none = { 0 };
	const struct web_not_done empty = { 0 };

	return bulk_page(r, 200, &none, &empty, NULL, NULL, err);
}

static enum fp_status
apply(struct web_req *r, const struct chosen *chosen, const struct web_not_done *v, bool claim, struct fp_err *err)
{
	const struct app_actor *by = &r->session.actor;

	if (claim)
		return app_cell_claim(r->app, by, chosen->ids, chosen->n, web_form(r, "note"), err);
	return app_cell_not_done(r->app, by, chosen->ids, chosen->n, v->reason, v->text, v->planned, err);
}

static enum fp_status
claim_same(struct web_req *r, struct fp_err *err)
{
	const struct chosen none = { 0 };
	const struct web_not_done empty = { 0 };
	struct fp_err why;
	size_t n = 0;

	if (app_cell_claim_same(r->app, &r->session.actor, r->args[0], web_form(r, "action"), &n, &why) != FP_OK)
		return bulk_page(
		    r, 422, &none, &empty, i18n_t(r->lang, "This could not be kept; nothing was changed."), &why, err);
	if (n == 0)
		return bulk_page(r, 422, &none, &empty,
		    i18n_t(r->lang, "There is nothing to take over: no cell of the other step is claimed or verified whose own "
				    "is still open."),
		    NULL, err);
	return web_redirectf(r, "/notice/%s/matrix?said=claimed", web_segment(r, r->args[0]));
}

enum fp_status
web_post_bulk(struct web_req *r, struct fp_err *err)
{
	bool claim = strcmp(web_form(r, "do"), "claim") == 0;
	struct web_not_done v = { 0 };
	FP_AUTO(chosen_free) struct chosen chosen = { 0 };
	struct fp_err why;

	if (strcmp(web_form(r, "do"), "same") == 0)
		return claim_same(r, err);
	if (read_chosen(r, &chosen, err) != FP_OK)
		return err->status;
	if (chosen.n == 0)
		return bulk_page(r, 422, &chosen, &v, i18n_t(r->lang, "No cell is chosen. Tick those that you mean."), NULL, err);
	if (!claim && !web_not_done_read(r, &v))
		return bulk_page(r, 422, &chosen, &v, i18n_t(r->lang, "Something is missing below."), NULL, err);
	if (apply(r, &chosen, &v, claim, &why) != FP_OK)
		return bulk_page(r, 422, &chosen, &v, i18n_t(r->lang, "This could not be kept; nothing was changed."), &why, err);
	return web_redirectf(r, "/notice/%s/matrix?said=%s", web_segment(r, r->args[0]), claim ? "claimed" : "not-done");
}
