/* fieldproof check ..., fieldproof evidence ... */
#include "cli/cli.h"
#include "cli/watch.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static bool
check_progress(void *ctx, size_t done, size_t total, const char *text)
{
	cli_progress(ctx, done, total, text);
	return !interrupted;
}

json_t *
cli_checked_json(const struct app_check_result *r)
{
	json_t *j = json_object(), *rows = json_array(), *counts = json_object();

	for (size_t i = 0; i < r->n; i++) {
		const struct app_check_row *w = &r->rows[i];
		json_t *o = json_object();

		fp_json_set_str(o, "reference", w->reference);
		fp_json_set_int(o, "cell", w->cell_id);
		fp_json_set_str(o, "serial", w->serial);
		fp_json_set_str(o, "mode", w->mode);
		fp_json_set_str(o, "action", w->action);
		fp_json_set_str(o, "target", w->target);
		fp_json_set_str(o, "probe", w->probe);
		fp_json_set(o, "verdict", cli_verdict_json(&w->verdict, 0));
		fp_json_set_str(o, "before", evidence_result_name(w->before.result));
		fp_json_set_str(o, "state_before", case_state_name(w->state_before));
		fp_json_set_str(o, "state_after", case_state_name(w->state_after));
		(void)json_array_append_new(rows, o);
	}
	for (int i = 0; i < EVIDENCE_RESULT_COUNT; i++)
		fp_json_set_int(counts, evidence_result_name((enum evidence_result)i), (int64_t)r->by_result[i]);
	fp_json_set_int(j, "jobs", (int64_t)r->jobs);
	fp_json_set_int(j, "connections", (int64_t)r->connections);
	fp_json_set_int(j, "packets", (int64_t)r->packets);
	fp_json_set_int(j, "took_ms", r->took_ms);
	fp_json_set(j, "by_result", counts);
	fp_json_set(j, "rows", rows);
	return j;
}

static void
add_row(struct doc_node *table, const struct cli *c, const struct app_check_row *w)
{
	const struct check *check = check_find(w->verdict.check);
	const struct evidence_reason *reason = check ? check_reason_find(check, w->verdict.reason) : NULL;
	struct doc_node *row = doc_row(table), *cell;

	cell = doc_head_cell(row, DOC_SCOPE_ROW, w->serial);
	if (w->mode[0] != '\0')
		(void)doc_textf(cell, " %s", w->mode);
	(void)doc_cell(row, w->verdict.check);
	(void)doc_cell(row, w->target);
	cell = doc_cell(row, NULL);
	if (w->before.result != EVIDENCE_NOTCHECKED && w->before.result != w->verdict.result)
		(void)doc_textf(cell, "%s → ", cli_t(c, app_result_text(w->before.result)));
	(void)doc_badge(cell, app_result_style(w->verdict.result), cli_t(c, app_result_text(w->verdict.result)));
	cell = doc_cell(row, reason ? cli_t(c, reason->text) : w->verdict.reason);
	if (w->verdict.detail[0] != '\0')
		(void)doc_textf(cell, " (%s)", w->verdict.detail);
}

/* Questions that nothing was asked for: what keeps them open, counted, instead of a row each. */
static void
add_not_asked(struct doc_node *root, const struct cli *c, const struct app_check_result *r)
{
	struct doc_node *list = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct evidence_verdict *v = &r->rows[i].verdict;
		const struct evidence_reason *reason;
		size_t same = 0, before = 0;

		if (v->result != EVIDENCE_NOTCHECKED)
			continue;
		for (size_t k = 0; k < r->n; k++)
			if (r->rows[k].verdict.result == EVIDENCE_NOTCHECKED && strcmp(r->rows[k].verdict.check, v->check) == 0 &&
			    strcmp(r->rows[k].verdict.reason, v->reason) == 0) {
				same++;
				before += k < i;
			}
		if (before > 0)
			continue;
		if (list == NULL) {
			(void)doc_para(root, cli_t(c, N_("Not asked:")));
			list = doc_list(root, false);
		}
		reason = check_reason_find(check_find(v->check), v->reason);
		(void)doc_textf(
		    doc_item(list, NULL), "%s (%zu x): %s", v->check, same, reason ? cli_t(c, reason->text) : v->reason);
	}
}

static void
add_traffic(struct fp_buf *out, const struct cli *c, int64_t connections, int64_t packets)
{
	i18n_nf(out, c->lang, "{n} connection", "{n} connections", connections, NULL);
	fp_buf_puts(out, ", ");
	i18n_nf(out, c->lang, "{n} packet sent", "{n} packets sent", packets, NULL);
}

enum fp_status
cli_checked_text(const struct cli *c, const struct app_check_result *r, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Device")), cli_t(c, N_("Check")), cli_t(c, N_("Asked")), cli_t(c, N_("Result")),
		cli_t(c, N_("Why")) };
	static const unsigned widths[] = { 14, 8, 18, 18, 42 };
	FP_AUTO(fp_buf_free) struct fp_buf spent = { .max = 512 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table, *p;
	bool first = true;

	if (cli_doc(&d, c, cli_t(c, N_("Checks")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	table = doc_table_widths(doc_table(doc_root(d), NULL), widths, FP_COUNT(widths));
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].verdict.result != EVIDENCE_NOTCHECKED || cli_opt(c, "all") != NULL)
			add_row(table, c, &r->rows[i]);
	if (cli_opt(c, "all") == NULL)
		add_not_asked(doc_root(d), c, r);
	p = doc_para(doc_root(d), NULL);
	for (int i = 0; i < EVIDENCE_RESULT_COUNT; i++)
		if (r->by_result[i] > 0) {
			(void)doc_textf(p, "%s%s: %zu", first ? "" : ", ", cli_t(c, app_result_text((enum evidence_result)i)),
			    r->by_result[i]);
			first = false;
		}
	i18n_nf(&spent, c->lang, "{n} address asked", "{n} addresses asked", (int64_t)r->jobs, NULL);
	fp_buf_puts(&spent, ", ");
	add_traffic(&spent, c, (int64_t)r->connections, (int64_t)r->packets);
	(void)doc_paraf(doc_root(d), "%s, %lld ms", spent.data ? spent.data : "", (long long)r->took_ms);
	return cli_print(c, d, err);
}

/* 3 when a step is known not to hold, otherwise 4 when one is not proven, otherwise 0. Supporting checks are shown and decide nothing. */
enum fp_status
cli_checked_outcome(const struct app_check_result *r, struct fp_err *err)
{
	if (r->cells_failed > 0)
		return fp_fail(err, FP_ENOTCORRECTED,
		    r->cells_failed == 1 ? "%zu step is not corrected" : "%zu steps are not corrected", r->cells_failed);
	if (r->cells_open > 0)
		return fp_fail(
		    err, FP_EUNKNOWN, r->cells_open == 1 ? "%zu step is not proven" : "%zu steps are not proven", r->cells_open);
	return FP_OK;
}

/* Asked for one check by name: its own answers count. */
static enum fp_status
single_outcome(const struct app_check_result *r, struct fp_err *err)
{
	size_t open = r->by_result[EVIDENCE_UNKNOWN] + r->by_result[EVIDENCE_ERROR] + r->by_result[EVIDENCE_NOTCHECKED];

	if (r->by_result[EVIDENCE_FAIL] > 0)
		return fp_fail(err, FP_ENOTCORRECTED, "%zu questions failed", r->by_result[EVIDENCE_FAIL]);
	if (open > 0)
		return fp_fail(err, FP_EUNKNOWN, "%zu questions could not be answered", open);
	return FP_OK;
}

static enum fp_status
dry_run(struct cli *c, const struct app_check_options *o, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	if (app_check_dry_run(c->app, o, &text, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_str(j, "text", text.data ? text.data : "");
		return cli_print_json(c, "fieldproof-dry-run-1", j, err);
	}
	if (text.len > 0)
		(void)fwrite(text.data, 1, text.len, stdout);
	return FP_OK;
}

static enum fp_status
run_check(struct cli *c, struct fp_err *err)
{
	struct app_check_options o = { .ref = c->n_args ? c->args[0] : NULL,
		.serial = cli_opt(c, "device"),
		.mode = cli_opt(c, "mode"),
		.check = cli_opt(c, "check"),
		.vantage = cli_opt(c, "vantage"),
		.progress = check_progress,
		.ctx = c };
	FP_AUTO(app_check_result_freep) struct app_check_result *r = NULL;
	int64_t timeout = 0;
	enum fp_status status;

	if (cli_opt(c, "timeout") != NULL && cli_number(&timeout, cli_opt(c, "timeout"), 50, 600000, "--timeout", err) != FP_OK)
		return FP_EUSAGE;
	o.timeout_ms = (int)timeout;
	if (cli_opt(c, "watch") == NULL && cli_watch_options_alone(c, err) != FP_OK)
		return FP_EUSAGE;
	if (cli_opt(c, "watch") != NULL && cli_opt(c, "dry-run") == NULL)
		return cli_watch(c, &o, err);
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (cli_opt(c, "dry-run") != NULL)
		return dry_run(c, &o, err);
	(void)signal(SIGINT, on_interrupt);
	status = app_check_run(c->app, &c->actor, &o, &r, err);
	cli_progress_end(c);
	if (status != FP_OK)
		return status;
	if (interrupted)
		cli_say(c, "ended early; what was answered is kept");
	status = c->json ? cli_print_json(c, "fieldproof-checks-1", cli_checked_json(r), err) : cli_checked_text(c, r, err);
	if (status != FP_OK)
		return status;
	return o.check != NULL ? single_outcome(r, err) : cli_checked_outcome(r, err);
}

/* ---- evidence ---- */

static enum fp_status
again_text(const struct cli *c, const struct app_judged_again *g, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf seen = { .max = 512 }, damaged = { .max = 512 }, judged = { .max = 512 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *list;
	char same[24], differ[24];

	(void)snprintf(same, sizeof(same), "%zu", g->same);
	(void)snprintf(differ, sizeof(differ), "%zu", g->differ);
	i18n_nf(&seen, c->lang, "{n} observation was read again.", "{n} observations were read again.", (int64_t)g->observations,
	    NULL);
	i18n_nf(&damaged, c->lang, "{n} observation is damaged.", "{n} observations are damaged.", (int64_t)g->damaged, NULL);
	i18n_nf(&judged, c->lang, "{n} verdict was worked out again: {same} the same, {differ} different.",
	    "{n} verdicts were worked out again: {same} the same, {differ} different.", (int64_t)g->verdicts, "same", same,
	    "differ", differ, NULL);
	if (cli_doc(&d, c, cli_t(c, N_("Evidence")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	list = doc_list(doc_root(d), false);
	(void)doc_item(list, seen.data);
	(void)doc_item(list, damaged.data);
	(void)doc_item(list, judged.data);
	return cli_print(c, d, err);
}

static enum fp_status
show_again(struct cli *c, const struct app_judged_again *g, enum fp_status verdict, struct fp_err *err)
{
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_int(j, "observations", (int64_t)g->observations);
		fp_json_set_int(j, "verdicts", (int64_t)g->verdicts);
		fp_json_set_int(j, "same", (int64_t)g->same);
		fp_json_set_int(j, "differ", (int64_t)g->differ);
		fp_json_set_int(j, "damaged", (int64_t)g->damaged);
		fp_json_set_str(j, "first", g->first[0] ? g->first : NULL);
		if (cli_print_json(c, "fieldproof-judged-again-1", j, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		return verdict;
	}
	return again_text(c, g, err) == FP_OK ? verdict : fp_failed(err, FP_ENOMEM);
}

/* ---- a bundle that somebody brought ---- */

static json_t *
bundle_json(const struct app_bundle_seen *s)
{
	json_t *j = json_object(), *faults = json_array();

	fp_json_set_str(j, "reference", s->reference);
	fp_json_set_str(j, "tool", s->tool);
	fp_json_set_time(j, "made", s->made);
	fp_json_set_str(j, "key", s->key_id);
	fp_json_set(j, "key_checked", json_boolean(s->signed_by_key));
	fp_json_set_int(j, "members", (int64_t)s->members);
	fp_json_set_int(j, "observations", (int64_t)s->again.observations);
	fp_json_set_int(j, "rules", (int64_t)s->rules);
	fp_json_set_str(j, "rules_other", s->other);
	fp_json_set_int(j, "own_older", (int64_t)s->own_older);
	fp_json_set_int(j, "receipts", (int64_t)s->receipts);
	fp_json_set_int(j, "cells", (int64_t)s->cells);
	fp_json_set_int(j, "verdicts", (int64_t)s->again.verdicts);
	fp_json_set_int(j, "same", (int64_t)s->again.same);
	fp_json_set_int(j, "faults_total", (int64_t)s->n_faults);
	for (size_t i = 0; i < s->n_faults && i < APP_BUNDLE_FAULTS; i++) {
		json_t *f = json_object();

		fp_json_set_str(f, "where", s->faults[i].where);
		fp_json_set_str(f, "why", s->faults[i].why);
		(void)json_array_append_new(faults, f);
	}
	fp_json_set(j, "faults", faults);
	return j;
}

static void
add_signer(struct doc_node *list, const struct cli *c, const struct app_bundle_seen *s)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 512 };

	if (s->n_faults > 0)
		return;
	i18n_f(&b, c->lang,
	    s->signed_by_key ? N_("Signed with the key {key}, the one that you named.")
			     : N_("Signed with the key {key}. Whose it is was not checked: name the site's key with --key."),
	    "key", s->key_id, NULL);
	(void)doc_item(list, b.data);
}

static enum fp_status
bundle_text(const struct cli *c, const struct app_bundle_seen *s, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf judged = { .max = 512 }, other = { .max = 1024 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *list;
	char same[24], differ[24];

	(void)snprintf(same, sizeof(same), "%zu", s->again.same);
	(void)snprintf(differ, sizeof(differ), "%zu", s->again.verdicts - s->again.same);
	if (cli_doc(&d, c, cli_t(c, N_("Bundle of evidence")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)doc_para(
	    doc_root(d), cli_t(c, s->n_faults == 0 ? N_("The bundle holds together.") : N_("The bundle does not hold.")));
	list = doc_list(doc_root(d), false);
	add_signer(list, c, s);
	i18n_nf(&judged, c->lang, "{n} verdict was worked out again: {same} the same, {differ} different.",
	    "{n} verdicts were worked out again: {same} the same, {differ} different.", (int64_t)s->again.verdicts, "same", same,
	    "differ", differ, NULL);
	(void)doc_item(list, judged.data);
	if (s->rules_other > 0) {
		i18n_f(&other, c->lang,
		    N_("This program has other rules for {checks}; the bundle was judged by its own, which its maker answers "
		       "for."),
		    "checks", s->other, NULL);
		(void)doc_item(list, other.data);
	}
	if (s->own_older > 0)
		(void)doc_item(list, cli_t(c, N_("Verdicts rest on an older wording of a check that the notice brings along. The "
						 "notice in the bundle does not hold that "
						 "wording, so nobody vouches for it here.")));
	for (size_t i = 0; i < s->n_faults && i < APP_BUNDLE_FAULTS; i++)
		(void)doc_textf(doc_item(list, NULL), "%s: %s", s->faults[i].where, s->faults[i].why);
	return cli_print(c, d, err);
}

static enum fp_status
verify_bundle(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_bundle_seen *s = NULL;
	enum fp_status status = app_bundle_verify(c->args[0], cli_opt(c, "key"), &s, err);

	if (s == NULL)
		return status;
	if ((c->json ? cli_print_json(c, "fieldproof-bundle-verified-1", bundle_json(s), err) : bundle_text(c, s, err)) != FP_OK)
		return fp_failed(err, FP_EIO);
	return status;
}

static enum fp_status
run_verify(struct cli *c, struct fp_err *err)
{
	struct app_judged_again g = { .observations = 0 };
	enum fp_status status;

	if (c->n_args == 1)
		return verify_bundle(c, err);
	status = cli_app(c, err);
	if (status == FP_OK)
		status = app_evidence_verify(c->app, &g, err);
	if (status != FP_OK && status != FP_EINTEGRITY)
		return status;
	return show_again(c, &g, status, err);
}

static enum fp_status
run_export(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	const char *to = cli_opt(c, "to") != NULL ? cli_opt(c, "to") : "bundle";
	fp_time made = 0;

	if (cli_opt(c, "made") != NULL && fp_time_parse(&made, cli_opt(c, "made"), err) != FP_OK)
		return fp_ctx(err, "--made");
	if (strcmp(to, "bundle") == 0 && cli_opt(c, "output") == NULL && isatty(STDOUT_FILENO))
		return fp_fail(
		    err, FP_EUSAGE, "a bundle is no text for a terminal: give --output=%.60s.evidence.tar.zst", c->args[0]);
	if (cli_app(c, err) != FP_OK || app_evidence_export(c->app, c->args[0], to, made, &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static const char *const event_words[EVIDENCE_EVENT_KINDS] = {
	[EVIDENCE_CONNECTED] = N_("connected"),
	[EVIDENCE_REFUSED] = N_("refused: the host is there, nothing listens"),
	[EVIDENCE_SENT] = N_("sent"),
	[EVIDENCE_RECEIVED] = N_("received"),
	[EVIDENCE_CLOSED] = N_("closed by the other side"),
	[EVIDENCE_RESET] = N_("broken off by the other side"),
	[EVIDENCE_TIMEOUT] = N_("no answer in time"),
	[EVIDENCE_FAILED] = N_("the network refused"),
	[EVIDENCE_LIMIT] = N_("ended by us: limit reached"),
	[EVIDENCE_NOTE] = N_("note"),
};

static void
print_bytes(const struct evidence_event *e)
{
	for (size_t i = 0; i < e->len; i += 16) {
		printf("        %04zx  ", i);
		for (size_t k = i; k < i + 16; k++)
			if (k < e->len)
				printf("%02x ", e->bytes[k]);
			else
				fputs("   ", stdout);
		fputc(' ', stdout);
		for (size_t k = i; k < i + 16 && k < e->len; k++)
			fputc(e->bytes[k] >= 0x20 && e->bytes[k] < 0x7F ? e->bytes[k] : '.', stdout);
		fputc('\n', stdout);
	}
}

static enum fp_status
run_show(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf traffic = { .max = 256 };
	struct evidence_obs *o = NULL;
	char when[FP_TIME_MAX];

	if (cli_app(c, err) != FP_OK || app_observation_get(c->app, c->args[0], &o, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
		enum fp_status status = evidence_obs_write(&out, o, err);

		if (status == FP_OK)
			printf("%s\n", out.data);
		evidence_obs_free(o);
		return status;
	}
	printf("%s  %s\n", cli_t(c, N_("Observation")), o->id);
	printf("%s %s, %s %s, %s\n", o->probe, o->target, cli_t(c, N_("seen from")), o->vantage, fp_time_text(when, o->started));
	add_traffic(&traffic, c, o->connections, o->packets);
	printf("%s: %s; %s; %s, %.1f ms\n", cli_t(c, N_("boot mode")), o->mode[0] ? o->mode : "?", o->tool,
	    traffic.data ? traffic.data : "", (double)o->took_us / 1000);
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];

		printf("  %8.3f ms  #%d.%d  %s", (double)e->at_us / 1000, e->conn, e->step, cli_t(c, event_words[e->kind]));
		if (e->kind == EVIDENCE_FAILED)
			printf(" (%s)", strerror(e->code));
		printf("%s%s\n", e->note ? ": " : e->len ? ":" : "", e->note ? e->note : "");
		print_bytes(e);
	}
	evidence_obs_free(o);
	return FP_OK;
}

static const struct cli_option check_options[] = {
	{ "device", "SERIAL", "only this device" },
	{ "mode", "MODE", "boot mode that is running now on the devices that are asked (Dx, RUO)" },
	{ "check", "ID", "only this check (SMB-2, BMC-4, ...)" },
	{ "vantage", "NAME", "name of the place that the questions are asked from" },
	{ "timeout", "MS", "longest wait for one answer, in milliseconds" },
	{ "all", NULL, "list also the questions that could not be asked" },
	{ "dry-run", NULL, "print the exact bytes that would be sent, and to whom; send nothing" },
	{ "watch", NULL, "again and again; print only what changed since the round before" },
	CLI_WATCH_OPTIONS,
	{ NULL, NULL, NULL },
};
static const struct cli_option verify_options[] = {
	{ "key", "FILE|KEY", "public key that must have signed the bundle ('fieldproof key site' prints a site's own)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option export_options[] = {
	{ "to", "bundle|xccdf|ocsf", "what to write: a bundle (tar, zstd), XCCDF 1.2 results, OCSF findings as JSON lines" },
	{ "output", "FILE", "where to write (standard output)" },
	{ "made", "TIME", "write it as made then (now): the same evidence and time give the same bytes" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_check_verbs[] = {
	{ "check", "", "[REF]", 0, 1, "test, read-only and without logging on, whether the steps of one notice, or all, hold",
	    "  fieldproof check FSN2025-1682 --dry-run\n  fieldproof check FSN2023-1338 --device=M00123 --mode=Dx\n"
	    "  fieldproof check --watch --every=6h --window='Mon-Fri 22:00-05:00' --mail-to=it@lab.example "
	    "--mail-from=fieldproof@lab.example\n",
	    run_check, check_options },
	{ "evidence", "verify", "[FILE]", 0, 1,
	    "judge all evidence again from the stored bytes, of this database or of a bundle file",
	    "  fieldproof evidence verify\n  fieldproof evidence verify case.evidence.tar.zst --key=site.pub\n", run_verify,
	    verify_options },
	{ "evidence", "show", "ID", 1, 1, "one observation, byte by byte", "  fieldproof evidence show 3f2a91c0\n", run_show,
	    NULL },
	{ "evidence", "export", "REF", 1, 1,
	    "the evidence of a notice as one file that anyone can verify without this database, or for other tools",
	    "  fieldproof evidence export FSN2025-1682 --output=FSN2025-1682.evidence.tar.zst\n"
	    "  fieldproof evidence export FSN2025-1682 --to=xccdf --output=results.xml\n",
	    run_export, export_options },
	{ .noun = NULL },
};
