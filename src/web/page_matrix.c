/* The matrix of a notice: devices down, steps and boot modes across, one state in each place. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_A_PAGE 100
#define COLUMNS_MAX 64

struct column {
	size_t action; /* index in notice->actions */
	const char *mode;
};

struct columns {
	struct column at[COLUMNS_MAX];
	size_t n;
};

static int
by_action_then_mode(const void *a, const void *b)
{
	const struct column *x = a, *y = b;

	if (x->action != y->action)
		return x->action < y->action ? -1 : 1;
	return strcmp(x->mode, y->mode);
}

static size_t
action_index(const struct notice *n, const char *id)
{
	size_t i = 0;

	while (i < n->n_actions && strcmp(n->actions[i].id, id) != 0)
		i++;
	return i;
}

static bool
is_column(const struct columns *cols, size_t i, size_t action, const char *mode)
{
	return cols->at[i].action == action && strcmp(cols->at[i].mode, mode) == 0;
}

/* Every pair of action and mode that some cell has. */
static void
find_columns(struct columns *cols, const struct app_case *c)
{
	cols->n = 0;
	for (size_t i = 0; i < c->n_cells; i++) {
		size_t action = action_index(c->notice, c->cells[i].action), k = 0;

		while (k < cols->n && !is_column(cols, k, action, c->cells[i].mode))
			k++;
		if (k == cols->n && cols->n < COLUMNS_MAX)
			cols->at[cols->n++] = (struct column){ .action = action, .mode = c->cells[i].mode };
	}
	qsort(cols->at, cols->n, sizeof(cols->at[0]), by_action_then_mode);
}

static void
head(struct web_req *r, struct doc_node *table, const struct app_case *c, const struct columns *cols)
{
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *row = doc_head_row(table, NULL, 0);

	doc_cell_span(doc_head_cell(row, DOC_SCOPE_COL, i18n_t(r->lang, "Device")), 1, 2);
	for (size_t i = 0, j; i < cols->n; i = j) {
		const struct notice_action *a =
		    cols->at[i].action < c->notice->n_actions ? &c->notice->actions[cols->at[i].action] : NULL;

		for (j = i + 1; j < cols->n && cols->at[j].action == cols->at[i].action;)
			j++;
		doc_cell_span(doc_head_cell(row, DOC_SCOPE_COLGROUP,
				  a != NULL ? web_fmt(r, "%d. %s", a->number, notice_action_title(c->notice, lang, a->id)) : ""),
		    (unsigned)(j - i), 1);
	}
	row = doc_head_row(table, NULL, 0);
	for (size_t i = 0; i < cols->n; i++)
		doc_head_cell(row, DOC_SCOPE_COL, web_mode_words(r, cols->at[i].mode));
}

static void
place(struct web_req *r, struct doc_node *row, const struct case_cell *c, const char *doubt, const char *serial, bool dim)
{
	struct doc_node *cell = doc_cell(row, NULL), *a;
	const char *word = web_cell_word(r, c);

	a = doc_link(cell, web_fmt(r, "/cell/%lld", (long long)c->id), NULL);
	doc_label(a, web_fmt(r, "%s%s%s: %s, %s", word, doubt != NULL ? ", " : "", doubt != NULL ? doubt : "", serial,
			 web_mode_words(r, c->mode)));
	doc_badge(a, web_cell_style(c), word);
	if (dim)
		doc_class(cell, DOC_CLASS_MUTED);
	if (doubt != NULL)
		doc_class(doc_para(cell, doubt), DOC_CLASS_SMALL);
	if (c->state == CASE_NOT_DONE && c->planned.year != 0)
		doc_class(doc_para(cell, web_date(r, c->planned)), DOC_CLASS_SMALL);
}

static void
device_row(struct web_req *r, struct doc_node *table, const struct app_case *c, const struct app_case_device *d,
    const struct columns *cols, const struct web_filter *f, const struct app_case_finding *findings, size_t n_findings)
{
	struct doc_node *row = doc_row(table), *first = doc_head_cell(row, DOC_SCOPE_ROW, NULL);

	doc_class(doc_link(first, web_fmt(r, "/device/%lld", (long long)d->device_id), d->serial), DOC_CLASS_MONO);
	doc_break(first);
	doc_class(doc_span(first, DOC_CLASS_SMALL, d->product_name[0] != '\0' ? d->product_name : d->product), DOC_CLASS_MUTED);
	if (d->location[0] != '\0')
		doc_class(doc_span(first, DOC_CLASS_SMALL, web_fmt(r, " \u00b7 %s", d->location)), DOC_CLASS_MUTED);
	for (size_t i = 0; i < cols->n; i++) {
		const struct case_cell *found = NULL;

		for (size_t k = 0; k < d->n_cells && found == NULL; k++) {
			const struct case_cell *x = &c->cells[d->first_cell + k];

			if (is_column(cols, i, action_index(c->notice, x->action), x->mode))
				found = x;
		}
		if (found != NULL)
			place(r, row, found, web_cell_doubt(r, findings, n_findings, found->id), d->serial,
			    !web_filter_cell(f, found));
		else
			doc_class(doc_cell(row, "\u2013"), DOC_CLASS_MUTED);
	}
}

static bool
shown(const struct app_case *c, const struct app_case_device *d, const struct web_filter *f)
{
	if (!web_filter_device(f, d))
		return false;
	for (size_t k = 0; k < d->n_cells; k++) {
		if (web_filter_cell(f, &c->cells[d->first_cell + k]))
			return true;
	}
	return d->n_cells == 0 && *f->state == '\0';
}

static void
grid(struct web_req *r, struct doc_node *main, const struct app_case *c, const struct web_filter *f)
{
	const char *path = web_fmt(r, "/notice/%s/matrix", web_segment(r, c->notice->reference));
	int64_t page = 1;
	size_t total = 0, from, n = 0;
	struct columns cols;
	struct doc_node *box, *table;

	for (size_t i = 0; i < c->n_devices; i++)
		total += shown(c, &c->devices[i], f);
	if (!web_number(&page, web_query(r, "page")) || page < 1 || (size_t)(page - 1) * ROWS_A_PAGE >= total)
		page = 1;
	from = (size_t)(page - 1) * ROWS_A_PAGE;
	if (total == 0) {
		doc_callout(
		    main, DOC_BADGE_INFO, i18n_t(r->lang, "No cell is like that. Show all of them, or choose another state."));
		return;
	}
	find_columns(&cols, c);
	box = doc_id(
	    doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Matrix")), DOC_CLASS_SCROLL), "matrix");
	table = doc_class(doc_table(box, web_keep(r, i18n_text(r->lang, "{shown} of {all} affected devices are shown", "shown",
							 web_count(r, total), "all", web_count(r, c->n_devices), NULL))),
	    DOC_CLASS_COMPACT);
	head(r, table, c, &cols);
	/* Findings stand in the order of the devices. */
	for (size_t i = 0, first = 0, next = 0; i < c->n_devices; i++, first = next) {
		while (next < c->n_findings && c->findings[next].serial == c->devices[i].serial)
			next++;
		if (!shown(c, &c->devices[i], f))
			continue;
		if (n >= from && n < from + ROWS_A_PAGE)
			device_row(
			    r, table, c, &c->devices[i], &cols, f, next > first ? &c->findings[first] : NULL, next - first);
		n++;
	}
	web_pager(r, main, path, web_filter_query(r, f), from, ROWS_A_PAGE, total);
}

static void
by_action(struct web_req *r, struct doc_node *main, const struct app_case *c)
{
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *list = doc_class(doc_list(main, false), DOC_CLASS_SMALL);

	for (size_t i = 0; i < c->notice->n_actions; i++) {
		const struct case_counts *k = &c->by_action[i];

		doc_item(list, web_keep(r, i18n_text(r->lang, "Step {number}, {title}: {verified} of {cells} cells verified",
					       "number", web_fmt(r, "%d", c->notice->actions[i].number), "title",
					       notice_action_title(c->notice, lang, c->notice->actions[i].id), "verified",
					       web_count(r, k->by_state[CASE_VERIFIED]), "cells", web_count(r, k->cells), NULL)));
	}
}

static void
none_affected(struct web_req *r, struct doc_node *main, const struct app_case *c)
{
	struct doc_node *box =
	    doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "None of your devices is affected, as far as the list tells."));

	if (c->devices_cannot_tell > 0)
		doc_link(doc_para(box, NULL), web_fmt(r, "/notice/%s#undecided", web_segment(r, c->notice->reference)),
		    web_keep(r, i18n_ntext(r->lang, "{n} device waits for your decision", "{n} devices wait for your decision",
				    (int64_t)c->devices_cannot_tell, NULL)));
	else
		doc_link(doc_para(box, NULL), "/devices/import",
		    i18n_t(r->lang, "Is the list complete? Import it again when something is missing."));
}

enum fp_status
web_page_matrix(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	struct web_filter f = web_filter_read(r);
	struct doc_node *main, *bar;
	const char *ref, *url;

	if (app_case_get(r->app, r->args[0], &c, err) != FP_OK || app_case_findings(r->app, c, err) != FP_OK)
		return err->status;
	ref = web_segment(r, c->notice->reference);
	url = web_fmt(r, "/notice/%s", ref);
	if (web_page_under(r, web_keep(r, i18n_text(r->lang, "Matrix of {reference}", "reference", c->notice->reference, NULL)),
		&main, err, "/", i18n_t(r->lang, "My notices"), url, c->notice->reference, NULL) != FP_OK)
		return err->status;
	if (c->n_devices == 0) {
		none_affected(r, main, c);
		return web_page_done(r, 200, err);
	}
	web_counts(r, main, &c->counts);
	by_action(r, main, c);
	web_findings(r, main, c);
	bar = doc_class(doc_section(main, DOC_ROLE_PLAIN), DOC_CLASS_CLUSTER);
	if (web_may(r, WEB_ENGINEER)) {
		doc_button_link(bar, DOC_BUTTON_PRIMARY, web_fmt(r, "%s/several?%s", url, web_filter_query(r, &f)),
		    i18n_t(r->lang, "Claim several at once"));
		doc_button_link(bar, DOC_BUTTON_SECONDARY, web_fmt(r, "/check?ref=%s", ref), i18n_tc(r->lang, "button", "Check"));
	}
	doc_button_link(bar, DOC_BUTTON_SECONDARY, web_fmt(r, "%s/reply", url), i18n_tc(r->lang, "button", "Reply"));
	web_filter_form(r, main, web_fmt(r, "%s/matrix", url), c, &f, false);
	grid(r, main, c, &f);
	return web_page_done(r, 200, err);
}
