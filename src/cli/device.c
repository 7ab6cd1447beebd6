/* fieldproof device ..., fieldproof match ... */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void
import_progress(void *ctx, size_t rows)
{
	const struct cli *c = ctx;
	char text[64];

	(void)snprintf(text, sizeof(text), "%zu rows", rows);
	if (c->tty_err && !c->quiet)
		fprintf(stderr, "\r\033[K%s", text);
}

static json_t *
import_json(const struct app_import_result *r)
{
	json_t *j = json_object(), *problems = json_array();

	fp_json_set_int(j, "rows", (int64_t)r->rows);
	fp_json_set_int(j, "added", (int64_t)r->added);
	fp_json_set_int(j, "changed", (int64_t)r->changed);
	fp_json_set_int(j, "unchanged", (int64_t)r->unchanged);
	fp_json_set_int(j, "bad", (int64_t)r->bad);
	fp_json_set_str(j, "rejects", r->rejects[0] ? r->rejects : NULL);
	fp_json_set_str(j, "understood", r->understood);
	fp_json_set_str(j, "changes", r->changes);
	for (size_t i = 0; i < r->n_problems; i++) {
		json_t *p = json_object();

		fp_json_set_int(p, "line", (int64_t)r->problems[i].line);
		fp_json_set_int(p, "column", (int64_t)r->problems[i].column);
		fp_json_set_str(p, "field", r->problems[i].field);
		fp_json_set_str(p, "message", r->problems[i].message);
		(void)json_array_append_new(problems, p);
	}
	fp_json_set(j, "problems", problems);
	return j;
}

/* How many rows, then what becomes of them: each count a line of its own, for each language has its own plural. */
static void
import_counts(struct doc_node *root, const struct cli *c, const char *file, const struct app_import_result *r)
{
	FP_AUTO(fp_buf_free)
	struct fp_buf rows = { .max = 8192 }, added = { .max = 256 }, changed = { .max = 256 }, same = { .max = 256 },
		      bad = { .max = 256 };
	struct doc_node *list;

	i18n_nf(&rows, c->lang, "{file}: {n} row", "{file}: {n} rows", (int64_t)r->rows, "file", file, NULL);
	i18n_nf(&added, c->lang, "{n} new device", "{n} new devices", (int64_t)r->added, NULL);
	i18n_nf(&changed, c->lang, "{n} device with changes", "{n} devices with changes", (int64_t)r->changed, NULL);
	i18n_nf(&same, c->lang, "{n} device as it is listed already", "{n} devices as they are listed already",
	    (int64_t)r->unchanged, NULL);
	i18n_nf(&bad, c->lang, "{n} row that cannot be taken", "{n} rows that cannot be taken", (int64_t)r->bad, NULL);
	(void)doc_para(root, rows.data);
	list = doc_list(root, false);
	(void)doc_item(list, added.data);
	(void)doc_item(list, changed.data);
	(void)doc_item(list, same.data);
	(void)doc_item(list, bad.data);
}

static enum fp_status
import_text(const struct cli *c, const char *file, const struct app_import_result *r, bool dry_run, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf look = { .max = 8192 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *root, *list;

	if (cli_doc(&d, c, cli_t(c, N_("Import of devices")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	root = doc_root(d);
	if (dry_run) {
		i18n_f(&look, c->lang, "This is only a look at {file}. Nothing has been changed yet.", "file", file, NULL);
		(void)doc_para(root, look.data);
	}
	import_counts(root, c, file, r);
	(void)doc_paraf(root, "%s: %s", cli_t(c, N_("How the columns were read")), r->understood);
	if (r->changes != NULL && *r->changes != '\0') {
		(void)doc_para(root, cli_t(c, N_("What changed:")));
		(void)doc_pre(root, r->changes);
	}
	if (r->n_problems > 0) {
		(void)doc_para(root, cli_t(c, N_("Rows that were not taken over:")));
		list = doc_list(root, false);
		for (size_t i = 0; i < r->n_problems; i++)
			(void)doc_textf(doc_item(list, NULL), "%s:%zu:%zu: %s: %s", file, r->problems[i].line,
			    r->problems[i].column, r->problems[i].field, r->problems[i].message);
		if (r->bad > r->n_problems)
			(void)doc_textf(doc_item(list, NULL), "… %zu", r->bad - r->n_problems);
		if (r->rejects[0] != '\0')
			(void)doc_paraf(
			    root, "%s %s", cli_t(c, N_("They are kept, with the reason in the last column, in")), r->rejects);
	}
	return cli_print(c, d, err);
}

static enum fp_status
run_import(struct cli *c, struct fp_err *err)
{
	const struct app_import_options o = { .map = cli_opt(c, "map"),
		.rejects = cli_opt(c, "rejects"),
		.dry_run = cli_opt(c, "dry-run") != NULL,
		.strict = cli_opt(c, "strict") != NULL,
		.progress = import_progress,
		.ctx = c };
	struct app_import_result *r = fp_calloc(1, sizeof(*r));
	enum fp_status status = r == NULL ? fp_fail(err, FP_ENOMEM, "out of memory") : cli_app(c, err);

	if (status == FP_OK)
		status = app_device_import(c->app, &c->actor, c->args[0], &o, r, err);
	cli_progress_end(c);
	if (status == FP_OK)
		status = c->json ? cli_print_json(c, "fieldproof-import-1", import_json(r), err)
				 : import_text(c, c->args[0], r, o.dry_run, err);
	/* Rows left behind are a failure that a script must see, though the good ones are in. */
	if (status == FP_OK && r->bad > 0)
		status = fp_fail(err, FP_EINVAL, "%zu of %zu rows were not taken over", r->bad, r->rows);
	if (r != NULL)
		app_import_result_free(r);
	free(r);
	return status;
}

static void
add_device_row(struct doc_node *table, const struct cli *c, const struct device *d)
{
	struct doc_node *row = doc_row(table), *cell;

	(void)doc_head_cell(row, DOC_SCOPE_ROW, d->serial);
	(void)doc_cell(row, d->product);
	(void)doc_cell(row, d->catalog_number);
	(void)doc_cell(row, d->udi_di);
	cell = doc_cell(row, NULL);
	for (size_t i = 0; i < d->n_modes; i++)
		(void)doc_textf(
		    cell, "%s%s %s", i ? ", " : "", d->modes[i].name, d->modes[i].version ? d->modes[i].version : "?");
	(void)doc_cell(row, d->location);
	(void)doc_cell(row, d->host);
	(void)c;
}

static enum fp_status
run_list(struct cli *c, struct fp_err *err)
{
	const struct app_device_filter f = { .text = cli_opt(c, "find"), .notice = cli_opt(c, "notice") };
	struct app_devices list = { .n = 0 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	const char *heads[] = { cli_t(c, N_("Serial number")), cli_t(c, N_("Product")), cli_t(c, N_("REF")), "UDI-DI",
		cli_t(c, N_("Boot modes")), cli_t(c, N_("Location")), cli_t(c, N_("Address")) };
	struct doc_node *table;
	enum fp_status status = cli_app(c, err);

	if (status == FP_OK)
		status = app_devices(c->app, &f, &list, err);
	if (status == FP_OK && c->json) {
		json_t *j = json_object(), *items = json_array();

		for (size_t i = 0; i < list.n; i++)
			(void)json_array_append_new(items, cli_device_json(&list.items[i]));
		fp_json_set_int(j, "total", (int64_t)list.total);
		fp_json_set(j, "devices", items);
		status = cli_print_json(c, "fieldproof-devices-1", j, err);
	} else if (status == FP_OK) {
		status = cli_doc(&d, c, cli_t(c, N_("Devices")), err);
		if (status == FP_OK) {
			table = doc_table(doc_root(d), NULL);
			(void)doc_head_row(table, heads, FP_COUNT(heads));
			for (size_t i = 0; i < list.n; i++)
				add_device_row(table, c, &list.items[i]);
			(void)doc_paraf(doc_root(d), "%zu / %zu", list.n, list.total);
			status = cli_print(c, d, err);
		}
	}
	app_devices_free(&list);
	return status;
}

static enum fp_status
run_udi(struct cli *c, struct fp_err *err)
{
	FP_JSON json_t *items = json_array();
	enum fp_status worst = FP_OK;

	for (int i = 0; i < c->n_args; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 65536 }, json = { .max = 65536 };
		json_t *j = NULL;
		enum fp_status status = app_udi_read(c->args[i], fp_date_of_time(fp_now(&c->clock)).year, &text, &json, err);

		if (status != FP_OK) {
			json_t *bad = json_object();

			fprintf(stderr, "fieldproof: %s: %s\n", c->args[i], err->msg);
			fp_json_set_str(bad, "input", c->args[i]);
			fp_json_set_str(bad, "error", err->msg);
			(void)json_array_append_new(items, bad);
			worst = status;
			continue;
		}
		if (!c->json)
			(void)fwrite(text.data, 1, text.len, stdout);
		else if (fp_json_parse(&j, json.data, json.len, "UDI", err) == FP_OK)
			(void)json_array_append_new(items, j);
	}
	if (c->json) {
		json_t *j = json_object();

		fp_json_set(j, "udis", json_incref(items));
		if (cli_print_json(c, "fieldproof-udi-1", j, err) != FP_OK)
			return err->status;
	}
	return worst == FP_OK ? FP_OK : fp_fail(err, worst, "not every UDI could be read");
}

/* ---- match ---- */

static enum doc_badge_style
answer_style(enum match_answer a)
{
	static const enum doc_badge_style styles[] = { [MATCH_NOT_AFFECTED] = DOC_BADGE_NEUTRAL,
		[MATCH_CANNOT_TELL] = DOC_BADGE_UNKNOWN,
		[MATCH_AFFECTED] = DOC_BADGE_WARNING };

	return styles[a];
}

static const char *
answer_text(enum match_answer a)
{
	static const char *const texts[] = { [MATCH_NOT_AFFECTED] = N_("not affected"),
		[MATCH_CANNOT_TELL] = N_("cannot tell"),
		[MATCH_AFFECTED] = N_("affected") };

	return texts[a];
}

static json_t *
vulnerabilities_json(const struct app_match_row *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_vulnerabilities; i++) {
		const struct app_match_vulnerability *v = &r->vulnerabilities[i];
		json_t *o = json_object();

		fp_json_set_str(o, "id", v->id);
		fp_json_set_str(o, "cves", v->cves[0] ? v->cves : NULL);
		fp_json_set_str(o, "answer", match_answer_name(v->answer));
		fp_json_set_str(o, "reason", match_reason_name(v->reason));
		fp_json_set_str(o, "detail", v->detail);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
matches_json(const struct app_matches *m)
{
	json_t *j = json_object(), *items = json_array();

	fp_json_set_int(j, "affected", (int64_t)m->affected);
	fp_json_set_int(j, "cannot_tell", (int64_t)m->cannot_tell);
	fp_json_set_int(j, "not_affected", (int64_t)m->not_affected);
	for (size_t i = 0; i < m->n; i++) {
		const struct app_match_row *r = &m->items[i];
		json_t *o = json_object();

		fp_json_set_str(o, "reference", r->reference);
		fp_json_set_int(o, "device", r->device_id);
		fp_json_set_str(o, "serial", r->serial);
		fp_json_set_str(o, "product", r->product);
		fp_json_set_str(o, "answer", match_answer_name(r->answer));
		fp_json_set_str(o, "reason", match_reason_name(r->reason));
		fp_json_set_int(o, "confidence", r->confidence);
		fp_json_set_str(o, "notice_product", r->product_id[0] ? r->product_id : NULL);
		fp_json_set_str(o, "detail", r->detail);
		fp_json_set_str(o, "decided_by", r->by_person ? r->decided_by : NULL);
		fp_json_set_str(o, "decided_why", r->by_person ? r->decided_why : NULL);
		if (r->n_vulnerabilities > 0)
			fp_json_set(o, "vulnerabilities", vulnerabilities_json(r));
		(void)json_array_append_new(items, o);
	}
	fp_json_set(j, "matches", items);
	return j;
}

/* The reason in the reader's language, then what it rests on, in the words of the list. */
static void
add_why(struct doc_node *cell, const struct cli *c, const struct app_match_row *r)
{
	if (r->by_person) {
		(void)doc_textf(cell, "%s: %s", r->decided_by, r->decided_why);
		return;
	}
	(void)doc_text(cell, cli_t(c, match_reason_text(r->reason)));
	if (r->detail[0] != '\0')
		(void)doc_textf(cell, " (%s)", r->detail);
}

/* A row for each vulnerability where they differ from the answer for the device. */
static void
add_vulnerabilities(struct doc_node *table, const struct cli *c, const struct app_match_row *r)
{
	bool differ = r->n_vulnerabilities > 1;

	for (size_t i = 0; i < r->n_vulnerabilities; i++)
		differ = differ || r->vulnerabilities[i].answer != r->answer;
	for (size_t i = 0; differ && i < r->n_vulnerabilities; i++) {
		const struct app_match_vulnerability *v = &r->vulnerabilities[i];
		struct doc_node *row = doc_row(table);

		(void)doc_cell(row, NULL);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, r->serial);
		(void)doc_cell(row, v->cves[0] ? v->cves : v->id);
		(void)doc_badge(doc_cell(row, NULL), answer_style(v->answer), cli_t(c, answer_text(v->answer)));
		(void)doc_cell(row, v->detail);
		(void)doc_cell(row, NULL);
	}
}

static enum fp_status
matches_text(const struct cli *c, const struct app_matches *m, bool all, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Notice")), cli_t(c, N_("Serial number")), cli_t(c, N_("Product")),
		cli_t(c, N_("Answer")), cli_t(c, N_("Why")), "%" };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table = NULL, *row;
	char percent[8];

	if (cli_doc(&d, c, cli_t(c, N_("Affected devices")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < m->n; i++) {
		const struct app_match_row *r = &m->items[i];

		if (r->answer == MATCH_NOT_AFFECTED && !all)
			continue;
		/* a table with nothing but its heads tells nobody anything */
		if (table == NULL) {
			table = doc_table(doc_root(d), NULL);
			(void)doc_head_row(table, heads, FP_COUNT(heads));
		}
		row = doc_row(table);
		(void)doc_cell(row, r->reference);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, r->serial);
		(void)doc_cell(row, r->product);
		(void)doc_badge(doc_cell(row, NULL), answer_style(r->answer), cli_t(c, answer_text(r->answer)));
		add_why(doc_cell(row, NULL), c, r);
		add_vulnerabilities(table, c, r);
		(void)snprintf(percent, sizeof(percent), "%d", r->confidence);
		(void)doc_cell(row, percent);
	}
	(void)doc_paraf(doc_root(d), "%s: %zu, %s: %zu, %s: %zu", cli_t(c, answer_text(MATCH_AFFECTED)), m->affected,
	    cli_t(c, answer_text(MATCH_CANNOT_TELL)), m->cannot_tell, cli_t(c, answer_text(MATCH_NOT_AFFECTED)), m->not_affected);
	if (m->not_affected > 0 && !all)
		(void)doc_para(
		    doc_root(d), cli_t(c, N_("With --all also the devices that are not affected, each with its reason.")));
	return cli_print(c, d, err);
}

#define MATCH_LIST_SHOWN 5000 /* keeps a million rows within 64 MB */

/* A list that is only looked at: nothing is stored, no cell is opened. */
static enum fp_status
match_list(struct cli *c, const char *path, struct app_matches *m, struct fp_err *err)
{
	size_t rows = 0, bad = 0;
	int64_t limit = MATCH_LIST_SHOWN;
	enum fp_status status;

	if (cli_opt(c, "limit") != NULL && cli_number(&limit, cli_opt(c, "limit"), 1, 100000000, "--limit", err) != FP_OK)
		return FP_EUSAGE;
	status =
	    app_match_list(c->app, c->n_args ? c->args[0] : NULL, path, cli_opt(c, "map"), (size_t)limit, m, &rows, &bad, err);
	if (status != FP_OK)
		return status;
	if (m->n == (size_t)limit && m->affected + m->cannot_tell > m->n)
		cli_say(c, "the first %zu of %zu answers are listed (--limit=N for more); the counts count all", m->n,
		    m->affected + m->cannot_tell);
	if (bad > 0)
		cli_say(c,
		    "%zu of %zu rows could not be read and were not matched; 'fieldproof device import %s --dry-run' says why",
		    bad, rows, path);
	return FP_OK;
}

/* An advisory in CSAF, against a list or the stored devices; nothing is stored. */
static enum fp_status
match_advisory(struct cli *c, const char *advisory, struct app_matches *m, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf doubts = { .max = 1 << 20 };
	size_t rows = 0, bad = 0;
	int64_t limit = MATCH_LIST_SHOWN;

	if (c->n_args > 0)
		return fp_fail(err, FP_EUSAGE, "either a stored notice or --advisory, not both");
	if (cli_opt(c, "limit") != NULL && cli_number(&limit, cli_opt(c, "limit"), 1, 100000000, "--limit", err) != FP_OK)
		return FP_EUSAGE;
	if (app_match_advisory(
		c->app, advisory, cli_opt(c, "list"), cli_opt(c, "map"), (size_t)limit, m, &rows, &bad, &doubts, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (doubts.len > 0)
		cli_say(c, "to know about this advisory:\n%.*s", (int)doubts.len - 1, doubts.data);
	if (bad > 0)
		cli_say(c, "%zu of %zu rows could not be read and were not matched", bad, rows);
	return FP_OK;
}

static enum fp_status
run_match(struct cli *c, struct fp_err *err)
{
	struct app_matches m = { .n = 0 };
	enum fp_status status = cli_app(c, err);

	if (status == FP_OK && cli_opt(c, "advisory") != NULL)
		status = match_advisory(c, cli_opt(c, "advisory"), &m, err);
	else if (status == FP_OK && cli_opt(c, "list") != NULL)
		status = match_list(c, cli_opt(c, "list"), &m, err);
	else if (status == FP_OK)
		status = app_match_run(c->app, &c->actor, c->n_args ? c->args[0] : NULL, &m, err);
	if (status == FP_OK)
		status = c->json ? cli_print_json(c, "fieldproof-matches-1", matches_json(&m), err)
				 : matches_text(c, &m, cli_opt(c, "all") != NULL, err);
	app_matches_free(&m);
	return status;
}

static enum fp_status
run_decide(struct cli *c, struct fp_err *err)
{
	struct device d = { .id = 0 };
	const char *answer = c->args[2], *why = cli_opt(c, "why");
	bool affected = strcmp(answer, "affected") == 0;
	enum fp_status status;

	if (!affected && strcmp(answer, "not-affected") != 0)
		return fp_fail(err, FP_EUSAGE, "the decision is 'affected' or 'not-affected', not '%.40s'", answer);
	if (why == NULL)
		return fp_fail(err, FP_EUSAGE, "a decision needs its reason: --why=\"...\"");
	status = cli_app(c, err);
	if (status == FP_OK)
		status = app_device_by_serial(c->app, c->args[1], &d, err);
	if (status == FP_OK)
		status = app_match_decide(c->app, &c->actor, c->args[0], d.id, affected, cli_opt(c, "product"), why, err);
	device_free(&d);
	return status;
}

static const struct cli_option import_options[] = {
	{ "map", "FIELD=COLUMN,...", "columns that are not understood by themselves: serial=Inventory no,ref=3" },
	{ "rejects", "FILE", "where rows that cannot be taken over are kept (FILE.rejected.csv)" },
	{ "dry-run", NULL, "say what would happen, change nothing" },
	{ "strict", NULL, "one bad row refuses the whole file" },
	{ NULL, NULL, NULL },
};
static const struct cli_option list_options[] = {
	{ "find", "TEXT", "only devices with this text in serial number, product, location or owner" },
	{ "notice", "REF", "only devices that this notice affects" },
	{ NULL, NULL, NULL },
};
static const struct cli_option match_options[] = {
	{ "all", NULL, "list also the devices that are not affected" },
	{ "list", "FILE.csv", "match this list instead of the stored devices; nothing is stored" },
	{ "advisory", "FILE.json", "match a CSAF 2.0 advisory instead of a notice; nothing is stored" },
	{ "limit", "N", "with --list: how many answers are listed (5000)" },
	{ "map", "FIELD=COLUMN,...", "with --list: columns that are not understood by themselves" },
	{ NULL, NULL, NULL },
};
static const struct cli_option decide_options[] = {
	{ "why", "TEXT", "the reason, kept in the ledger" },
	{ "product", "ID", "which product of the notice it is" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_device_verbs[] = {
	{ "device", "import", "FILE.csv", 1, 1, "take devices over from a list, new ones and changed ones",
	    "  fieldproof device import devices.csv --dry-run\n  fieldproof device import list.csv "
	    "--map=serial=Inventarnummer,ref=3\n",
	    run_import, import_options },
	{ "device", "list", "", 0, 0, "the devices of the site", "  fieldproof device list --find=\"room 12\"\n", run_list,
	    list_options },
	{ "device", "udi", "STRING...", 1, -1, "read UDI strings: GS1, HIBCC, ICCBBA",
	    "  fieldproof device udi '(01)00816270020002(21)M00123'\n", run_udi, NULL },
	{ "match", "decide", "REF SERIAL affected|not-affected", 3, 3, "decide what the program cannot tell",
	    "  fieldproof match decide FSN2023-1338 M00123 affected --product=miseqdx --why=\"label seen on the device\"\n",
	    run_decide, decide_options },
	{ "match", "", "[REF]", 0, 1, "find the devices that one notice, or all, affect; opens their cells",
	    "  fieldproof match FSN2023-1338\n  fieldproof match --all --format=json\n  fieldproof match --list=country.csv\n"
	    "  fieldproof match --advisory=icsma-23-117-01.json --list=devices.csv\n",
	    run_match, match_options },
	{ .noun = NULL },
};
