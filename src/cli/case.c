/* fieldproof case ...: the matrix of a notice, one cell, and what people say of it. */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static json_t *
findings_json(const struct app_case *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->n_findings; i++) {
		const struct app_case_finding *f = &k->findings[i];
		json_t *o = json_object();

		fp_json_set_str(o, "kind", f->kind == APP_STALE ? "stale" : "contradiction");
		fp_json_set_int(o, "cell", f->cell_id);
		fp_json_set_str(o, "serial", f->serial);
		fp_json_set_str(o, "mode", f->mode);
		fp_json_set_str(o, "action", f->action);
		fp_json_set_str(o, "check", f->check);
		fp_json_set_str(o, "stale", f->stale);
		fp_json_set(o, "verdict", cli_verdict_json(&f->verdict, f->at));
		if (f->kind == APP_CONTRADICTION)
			fp_json_set(o, "against", cli_verdict_json(&f->against, f->against_at));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
case_json(const struct app_case *k)
{
	json_t *j = json_object(), *devices = json_array(), *actions = json_array();

	fp_json_set_str(j, "reference", k->notice->reference);
	fp_json_set_str(j, "genuine", app_genuine_name(k->genuine));
	fp_json_set(j, "counts", cli_counts_json(&k->counts));
	fp_json_set_int(j, "devices_cannot_tell", (int64_t)k->devices_cannot_tell);
	fp_json_set(j, "findings", findings_json(k));
	for (size_t i = 0; i < k->notice->n_actions; i++) {
		json_t *a = json_object();

		fp_json_set_str(a, "action", k->notice->actions[i].id);
		fp_json_set_int(a, "number", k->notice->actions[i].number);
		fp_json_set(a, "counts", cli_counts_json(&k->by_action[i]));
		(void)json_array_append_new(actions, a);
	}
	for (size_t i = 0; i < k->n_devices; i++) {
		const struct app_case_device *d = &k->devices[i];
		json_t *o = json_object(), *cells = json_array();

		fp_json_set_int(o, "id", d->device_id);
		fp_json_set_str(o, "serial", d->serial);
		fp_json_set_str(o, "product", d->product);
		fp_json_set_str(o, "notice_product", d->product_id);
		fp_json_set_str(o, "location", d->location);
		for (size_t m = 0; m < d->n_cells; m++)
			(void)json_array_append_new(cells, cli_cell_json(&k->cells[d->first_cell + m]));
		fp_json_set(o, "cells", cells);
		(void)json_array_append_new(devices, o);
	}
	fp_json_set(j, "by_action", actions);
	fp_json_set(j, "devices", devices);
	return j;
}

static void
add_head(struct doc_node *table, const struct cli *c, const struct app_case *k, const struct cli_column *cols, size_t n)
{
	struct doc_node *row = doc_head_row(table, NULL, 0), *cell;

	(void)doc_head_cell(row, DOC_SCOPE_COL, cli_t(c, N_("Device")));
	(void)doc_head_cell(row, DOC_SCOPE_COL, cli_t(c, N_("Product")));
	for (size_t i = 0; i < n; i++) {
		char label[CLI_STEP_LABEL_MAX];

		cli_step_label(label, c, notice_action_find(k->notice, cols[i].action));
		cell = doc_head_cell(row, DOC_SCOPE_COL, NULL);
		(void)doc_textf(cell, "%s%s%s", label, cols[i].mode[0] ? " · " : "", cols[i].mode);
	}
}

static void
add_cell(struct doc_node *row, const struct cli *c, const struct case_cell *cell)
{
	struct doc_node *at = doc_cell(row, NULL);

	if (cell == NULL) {
		(void)doc_text(at, "–");
		return;
	}
	(void)doc_badge(at, app_state_style(cell->state), cli_t(c, case_state_text(cell->state)));
	if (cell->verdict.result != EVIDENCE_NOTCHECKED) {
		(void)doc_text(at, " ");
		(void)doc_badge(at, app_result_style(cell->verdict.result), cli_t(c, app_result_text(cell->verdict.result)));
	}
}

static void
add_counts(struct doc_node *list, const struct cli *c, const char *what, const struct case_counts *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 512 };
	struct doc_node *item;
	char verified[24];

	(void)snprintf(verified, sizeof(verified), "%zu", n->by_state[CASE_VERIFIED]);
	i18n_nf(&b, c->lang, "{verified} of {n} cell verified", "{verified} of {n} cells verified", (int64_t)n->cells, "verified",
	    verified, NULL);
	item = doc_term(list, what, b.data);
	for (int s = 0; s < CASE_STATE_COUNT; s++)
		if (s != CASE_VERIFIED && n->by_state[s] > 0)
			(void)doc_textf(item, ", %s: %zu", cli_t(c, case_state_text((enum case_state)s)), n->by_state[s]);
}

static void
add_finding(struct doc_node *list, const struct cli *c, const struct app_case_finding *f)
{
	struct doc_node *item = doc_item(list, NULL);

	(void)doc_textf(item, "%s%s%s, %s: ", f->serial, f->mode[0] ? " " : "", f->mode, f->check);
	if (f->kind == APP_STALE) {
		(void)doc_textf(item, "%s (", cli_t(c, app_stale_text(f->stale)));
		cli_add_time(item, c, f->at);
		(void)doc_text(item, ")");
		return;
	}
	(void)doc_textf(item, "%s (%s, ", cli_t(c, app_result_text(f->verdict.result)), evidence_level_name(f->verdict.level));
	cli_add_time(item, c, f->at);
	(void)doc_textf(
	    item, ") / %s (%s, ", cli_t(c, app_result_text(f->against.result)), evidence_level_name(f->against.level));
	cli_add_time(item, c, f->against_at);
	(void)doc_text(item, ")");
}

static void
add_findings(struct doc_node *root, const struct cli *c, const struct app_case *k)
{
	static const struct {
		enum app_finding_kind kind;
		const char *head, *text;
	} kinds[] = {
		{ APP_CONTRADICTION, N_("Answers that contradict each other"),
		    N_("Two ways of the same check say the opposite. The stronger one counts; ask again, or find out why.") },
		{ APP_STALE, N_("Evidence that no longer holds"), N_("It was good when it was taken. Check again.") },
	};

	for (size_t i = 0; i < FP_COUNT(kinds); i++) {
		struct doc_node *list = NULL;

		for (size_t n = 0; n < k->n_findings; n++) {
			if (k->findings[n].kind != kinds[i].kind)
				continue;
			if (list == NULL) {
				(void)doc_heading(root, 2, cli_t(c, kinds[i].head));
				(void)doc_para(root, cli_t(c, kinds[i].text));
				list = doc_list(root, false);
			}
			add_finding(list, c, &k->findings[n]);
		}
	}
}

/* What is left, in the words of the pages. */
static void
add_left(struct doc_node *root, const struct cli *c, const struct app_case *k)
{
	FP_AUTO(fp_buf_free) struct fp_buf left = { .max = 1024 }, waiting = { .max = 1024 };

	if (k->counts.unaccounted > 0) {
		i18n_nf(&left, c->lang, "Open or under way: {n} cell for which nobody has said or shown yet how it ended.",
		    "Open or under way: {n} cells for which nobody has said or shown yet how they ended.",
		    (int64_t)k->counts.unaccounted, NULL);
		(void)doc_para(root, left.data);
	}
	if (k->devices_cannot_tell > 0) {
		i18n_nf(&waiting, c->lang,
		    "{n} more device waits for a person's decision whether it is affected (fieldproof match)",
		    "{n} more devices wait for a person's decision whether they are affected (fieldproof match)",
		    (int64_t)k->devices_cannot_tell, NULL);
		(void)doc_para(root, waiting.data);
	}
}

static enum fp_status
case_text(const struct cli *c, const struct app_case *k, struct fp_err *err)
{
	struct cli_column cols[CLI_COLUMNS_MAX];
	size_t n = cli_case_columns(cols, CLI_COLUMNS_MAX, k);
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *root, *table, *row, *list;

	if (cli_doc(&d, c, k->notice->reference, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	root = doc_root(d);
	(void)doc_paraf(
	    root, "%s, %s (%s)", k->notice->reference, k->notice->manufacturer, cli_t(c, app_genuine_text(k->genuine)));
	cli_add_steps(root, c, k->notice);
	table = doc_table(root, NULL);
	add_head(table, c, k, cols, n);
	for (size_t i = 0; i < k->n_devices; i++) {
		row = doc_row(table);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, k->devices[i].serial);
		(void)doc_cell(row, k->devices[i].product_name);
		for (size_t m = 0; m < n; m++)
			add_cell(row, c, cli_case_cell(k, &k->devices[i], &cols[m]));
	}
	list = doc_terms(root);
	for (size_t i = 0; i < k->notice->n_actions; i++) {
		char label[CLI_STEP_LABEL_MAX];

		cli_step_label(label, c, &k->notice->actions[i]);
		add_counts(list, c, label, &k->by_action[i]);
	}
	add_counts(list, c, cli_t(c, N_("all cells")), &k->counts);
	add_findings(root, c, k);
	add_left(root, c, k);
	return cli_print(c, d, err);
}

static json_t *
cell_view_json(const struct app_cell_view *v)
{
	json_t *j = json_object(), *checks = json_array(), *history = json_array();

	fp_json_set_str(j, "reference", v->reference);
	fp_json_set_str(j, "serial", v->device.serial);
	fp_json_set(j, "cell", cli_cell_json(&v->cell));
	for (size_t i = 0; i < v->n_checks; i++) {
		json_t *o = cli_verdict_json(&v->checks[i].verdict, v->checks[i].at);

		fp_json_set_str(o, "check", v->checks[i].id);
		fp_json_set_str(o, "role", v->checks[i].role == NOTICE_CHECK_REQUIRED ? "required" : "supporting");
		fp_json_set_str(o, "stale", v->checks[i].stale);
		if (v->checks[i].contradicted)
			fp_json_set(o, "against", cli_verdict_json(&v->checks[i].against, v->checks[i].against_at));
		(void)json_array_append_new(checks, o);
	}
	for (size_t i = 0; i < v->n_history; i++) {
		json_t *o = json_object();

		fp_json_set_int(o, "entry", v->history[i].seq);
		fp_json_set_time(o, "at", v->history[i].at);
		fp_json_set_str(o, "actor", v->history[i].actor);
		fp_json_set_str(o, "kind", v->history[i].kind);
		fp_json_set_str(o, "text", v->history[i].text);
		(void)json_array_append_new(history, o);
	}
	fp_json_set(j, "checks", checks);
	fp_json_set(j, "history", history);
	return j;
}

static void
add_check(struct doc_node *root, const struct cli *c, const struct app_cell_check *k)
{
	const struct evidence_reason *reason = k->check ? check_reason_find(k->check, k->verdict.reason) : NULL;
	struct doc_node *p = doc_para(root, NULL), *list;

	(void)doc_strong(p, k->id);
	(void)doc_text(p, " ");
	(void)doc_badge(p, app_result_style(k->verdict.result), cli_t(c, app_result_text(k->verdict.result)));
	(void)doc_textf(p, " %s", k->check ? cli_t(c, k->check->title) : cli_t(c, N_("a check that this program does not know")));
	list = doc_list(root, false);
	if (k->check != NULL)
		(void)doc_item(list, cli_t(c, k->check->question));
	if (reason != NULL)
		(void)doc_item(list, cli_t(c, reason->text));
	if (k->verdict.detail[0] != '\0')
		(void)doc_item(list, k->verdict.detail);
	if (k->verdict.settle[0] != '\0' && check_settle_text(k->verdict.settle) != NULL)
		(void)doc_textf(doc_item(list, NULL), "%s: %s", cli_t(c, N_("What would settle it")),
		    cli_t(c, check_settle_text(k->verdict.settle)));
	if (k->verdict.obs[0] != '\0')
		(void)doc_textf(doc_item(list, NULL), "%s: %.16s", cli_t(c, N_("Evidence")), k->verdict.obs);
	if (k->stale != NULL)
		(void)doc_textf(doc_item(list, NULL), "%s: %s", cli_t(c, N_("Evidence that no longer holds")),
		    cli_t(c, app_stale_text(k->stale)));
	if (k->contradicted)
		(void)doc_textf(doc_item(list, NULL), "%s: %s (%s, %.16s)", cli_t(c, N_("Contradicted by")),
		    cli_t(c, app_result_text(k->against.result)), evidence_level_name(k->against.level), k->against.obs);
}

static enum fp_status
cell_text(const struct cli *c, const struct app_cell_view *v, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *root, *p, *list;

	if (cli_doc(&d, c, v->reference, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	root = doc_root(d);
	(void)doc_heading(root, 1, notice_action_title(v->notice, c->lang_tag, v->cell.action));
	p = doc_paraf(root, "%s · %s %s%s%s · ", v->reference, v->device.product ? v->device.product : "", v->device.serial,
	    v->cell.mode[0] ? " · " : "", v->cell.mode);
	(void)doc_badge(p, app_state_style(v->cell.state), cli_t(c, case_state_text(v->cell.state)));
	if (v->cell.claimed)
		(void)doc_paraf(root, "%s: %s %s", cli_t(c, N_("Claimed by")), v->cell.claimed_by, v->cell.claim_note);
	for (size_t i = 0; i < v->n_checks; i++)
		add_check(root, c, &v->checks[i]);
	(void)doc_heading(root, 2, cli_t(c, N_("History")));
	list = doc_list(root, false);
	for (size_t i = 0; i < v->n_history; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4096 };

		p = doc_item(list, NULL);
		cli_add_time(p, c, v->history[i].at);
		app_history_write(&text, c->lang_tag, &v->history[i]);
		(void)doc_textf(p, ", %s: %s", v->history[i].actor, text.data ? text.data : "");
	}
	return cli_print(c, d, err);
}

static enum fp_status
find_cells(struct cli *c, int64_t **ids, size_t *n, struct fp_err *err)
{
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_cells_find(c->app, c->args[0], cli_opt(c, "device"), cli_opt(c, "mode"), cli_opt(c, "action"), ids, n, err);
}

static enum fp_status
show_cells(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	json_t *cells = json_array();
	size_t n = 0;
	enum fp_status status = find_cells(c, &ids, &n, err);

	for (size_t i = 0; i < n && status == FP_OK; i++) {
		FP_AUTO(app_cell_view_freep) struct app_cell_view *v = NULL;

		status = app_cell_get(c->app, ids[i], &v, err);
		if (status == FP_OK && c->json)
			(void)json_array_append_new(cells, cell_view_json(v));
		else if (status == FP_OK)
			status = cell_text(c, v, err);
	}
	if (status == FP_OK)
		return cli_print_list(c, "fieldproof-cells-1", "cells", cells, err);
	json_decref(cells);
	return status;
}

static enum fp_status
run_show(struct cli *c, struct fp_err *err)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;

	if (cli_opt(c, "device") != NULL)
		return show_cells(c, err);
	if (cli_app(c, err) != FP_OK || app_case_get(c->app, c->args[0], &k, err) != FP_OK ||
	    app_case_findings(c->app, k, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return c->json ? cli_print_json(c, "fieldproof-case-1", case_json(k), err) : case_text(c, k, err);
}

/* Words that change many cells at once must name at least the device or the action: no slip of the hand claims a whole site. */
static enum fp_status
chosen_cells(struct cli *c, int64_t **ids, size_t *n, struct fp_err *err)
{
	if (cli_opt(c, "device") == NULL && cli_opt(c, "all-devices") == NULL)
		return fp_fail(err, FP_EUSAGE, "say which device: --device=SERIAL, or --all-devices");
	return find_cells(c, ids, n, err);
}

static enum fp_status
run_claim(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	size_t n = 0;
	enum fp_status status;

	if (cli_opt(c, "same-devices") != NULL) {
		if (cli_opt(c, "action") == NULL)
			return fp_fail(err, FP_EUSAGE, "--same-devices needs --action=ACTION");
		status = cli_app(c, err);
		if (status == FP_OK)
			status = app_cell_claim_same(c->app, &c->actor, c->args[0], cli_opt(c, "action"), &n, err);
	} else {
		status = chosen_cells(c, &ids, &n, err);
		if (status == FP_OK)
			status = app_cell_claim(c->app, &c->actor, ids, n, cli_opt(c, "note"), err);
	}
	if (status == FP_OK)
		cli_say(c, "claimed: %zu %s", n, n == 1 ? "cell" : "cells");
	return status;
}

static enum fp_status
run_withdraw(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	size_t n = 0;
	enum fp_status status = chosen_cells(c, &ids, &n, err);

	if (status == FP_OK)
		status = app_cell_withdraw(c->app, &c->actor, ids, n, cli_opt(c, "note"), err);
	if (status == FP_OK)
		cli_say(c, "withdrawn: %zu %s", n, n == 1 ? "cell" : "cells");
	return status;
}

static enum fp_status
run_reopen(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	size_t n = 0;
	enum fp_status status = chosen_cells(c, &ids, &n, err);

	if (status == FP_OK)
		status = app_cell_reopen(c->app, &c->actor, ids, n, cli_opt(c, "note"), err);
	if (status == FP_OK)
		cli_say(c, "open again: %zu %s", n, n == 1 ? "cell" : "cells");
	return status;
}

static enum fp_status
unknown_reason(const char *given, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 1024 };
	size_t n;
	const struct case_reason *all = case_reasons(&n);

	for (size_t i = 0; i < n; i++)
		fp_buf_printf(&known, "%s%s", i ? ", " : "", all[i].code);
	return fp_fail(err, FP_EUSAGE, "say why with --reason=CODE%s%.40s; codes: %s", given ? ", not " : "", given ? given : "",
	    known.data ? known.data : "");
}

static enum fp_status
run_not_done(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *ids = NULL;
	const char *reason = cli_opt(c, "reason"), *date = cli_opt(c, "date");
	struct fp_date planned = { 0, 0, 0 };
	size_t n = 0;
	enum fp_status status;

	if (reason == NULL || case_reason_find(reason) == NULL)
		return unknown_reason(reason, err);
	if (date != NULL && i18n_date_parse(&planned, NULL, c->lang, date, err) != FP_OK)
		return fp_ctx(err, "--date");
	status = chosen_cells(c, &ids, &n, err);
	if (status == FP_OK)
		status = app_cell_not_done(c->app, &c->actor, ids, n, reason, cli_opt(c, "note"), planned, err);
	if (status == FP_OK)
		cli_say(c, "recorded: %zu %s", n, n == 1 ? "cell" : "cells");
	return status;
}

#define CELL_OPTIONS                                                                                                             \
	{ "device", "SERIAL", "only this device" }, { "mode", "MODE", "only this boot mode" },                                   \
	{                                                                                                                        \
		"action", "ACTION", "only this step"                                                                             \
	}
static const struct cli_option show_options[] = { CELL_OPTIONS, { NULL, NULL, NULL } };
static const struct cli_option report_options[] = {
	{ "to", "html|pdf", "what to write (html)" },
	{ "output", "FILE", "where to write (standard output)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option say_options[] = {
	CELL_OPTIONS,
	{ "all-devices", NULL, "all affected devices" },
	{ "note", "TEXT", "a word of explanation, kept in the ledger" },
	{ NULL, NULL, NULL },
};
static const struct cli_option claim_options[] = {
	CELL_OPTIONS,
	{ "all-devices", NULL, "all affected devices" },
	{ "same-devices", NULL, "the same devices and modes as for the step before (needs --action)" },
	{ "note", "TEXT", "how and when it was done, kept in the ledger" },
	{ NULL, NULL, NULL },
};
static const struct cli_option not_done_options[] = {
	CELL_OPTIONS,
	{ "all-devices", NULL, "all affected devices" },
	{ "reason", "CODE", "avoid-interruption, planned, transferred, decommissioned, not-ours, ..." },
	{ "date", "DATE", "for when it is planned" },
	{ "note", "TEXT", "a word of explanation, kept in the ledger" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_case_verbs[] = {
	{ "case", "show", "REF", 1, 1, "the matrix of a notice: devices x modes x steps; with --device one cell whole",
	    "  fieldproof case show FSN2023-1338\n  fieldproof case show FSN2023-1338 --device=M00123 --mode=Dx --action=patch\n",
	    run_show, show_options },
	{ "case", "report", "REF...", 1, -1, "one page with the matrix as a picture, to show or to file",
	    "  fieldproof case report FSN2023-1338 FSN2024-1562 --output=report.html\n", cli_run_report, report_options },
	{ "case", "claim", "REF", 1, 1, "say that a step is done; a claim is not a proof",
	    "  fieldproof case claim FSN2023-1338 --device=M00123 --mode=Dx --action=patch --note=\"done by J. Olsen\"\n"
	    "  fieldproof case claim FSN2023-1338 --action=standard-user --same-devices\n",
	    run_claim, claim_options },
	{ "case", "withdraw", "REF", 1, 1, "take a claim back",
	    "  fieldproof case withdraw FSN2023-1338 --device=M00123 --mode=RUO\n", run_withdraw, say_options },
	{ "case", "not-done", "REF", 1, 1, "say that a step is not done, or does not apply, and why",
	    "  fieldproof case not-done FSN2023-1338 --device=M00123 --mode=RUO --reason=planned --date=2026-12-01\n",
	    run_not_done, not_done_options },
	{ "case", "reopen", "REF", 1, 1, "open a cell again that was not done or not applicable",
	    "  fieldproof case reopen FSN2023-1338 --device=M00123\n", run_reopen, say_options },
	{ .noun = NULL },
};
