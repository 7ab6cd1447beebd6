/* fieldproof notice ... */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "document/html.h"
#include "document/pdf.h"
#include "document/text.h"

static enum fp_status
run_add(struct cli *c, struct fp_err *err)
{
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (int i = 0; i < c->n_args; i++) {
		if (app_notice_add(c->app, &c->actor, c->args[i], err) != FP_OK)
			return fp_failed(err, FP_EIO);
		cli_say(c, "added %s", c->args[i]);
	}
	return FP_OK;
}

static enum fp_status
run_list(struct cli *c, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Reference")), cli_t(c, N_("Date")), cli_t(c, N_("Title")), cli_t(c, N_("Genuine")),
		cli_t(c, N_("Affected")), cli_t(c, N_("Cannot tell")), cli_t(c, N_("Verified")) };
	FP_AUTO(fp_freep) struct app_notice_row *rows = NULL;
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_JSON json_t *items = json_array();
	struct doc_node *table, *row;
	char day[FP_DATE_MAX];
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_notices(c->app, c->lang_tag, &rows, &n, err) != FP_OK ||
	    cli_doc(&d, c, cli_t(c, N_("Notices")), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	table = doc_table(doc_root(d), NULL);
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		fp_json_set_str(o, "reference", rows[i].reference);
		fp_json_set_str(o, "document_number", rows[i].document_number);
		fp_json_set_str(o, "manufacturer", rows[i].manufacturer);
		fp_json_set_str(o, "title", rows[i].title);
		fp_json_set_str(
		    o, "issue_date", fp_date_valid(rows[i].issue_date) ? fp_date_text(day, rows[i].issue_date) : NULL);
		fp_json_set_str(o, "genuine", app_genuine_name(rows[i].genuine));
		fp_json_set_str(o, "signer", rows[i].signer[0] ? rows[i].signer : NULL);
		fp_json_set_int(o, "affected", (int64_t)rows[i].affected);
		fp_json_set_int(o, "cannot_tell", (int64_t)rows[i].cannot_tell);
		fp_json_set_int(o, "not_affected", (int64_t)rows[i].not_affected);
		fp_json_set(o, "counts", cli_counts_json(&rows[i].counts));
		(void)json_array_append_new(items, o);
		row = doc_row(table);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, rows[i].reference);
		(void)doc_cell(row, fp_date_text(day, rows[i].issue_date));
		(void)doc_cell(row, rows[i].title);
		(void)doc_cell(row, cli_t(c, app_genuine_text(rows[i].genuine)));
		(void)doc_textf(doc_cell(row, NULL), "%zu", rows[i].affected);
		(void)doc_textf(doc_cell(row, NULL), "%zu", rows[i].cannot_tell);
		(void)doc_textf(doc_cell(row, NULL), "%zu / %zu", rows[i].counts.by_state[CASE_VERIFIED], rows[i].counts.cells);
	}
	if (c->json) {
		json_t *j = json_object();

		fp_json_set(j, "notices", json_incref(items));
		return cli_print_json(c, "fieldproof-notices-1", j, err);
	}
	return cli_print(c, d, err);
}

static enum fp_status
run_lint(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_lint *list = NULL;
	FP_JSON json_t *items = json_array();
	size_t n = 0, errors = 0;

	if (cli_app(c, err) != FP_OK || app_notice_lint(c->app, c->args[0], &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		errors += strcmp(list[i].severity, "error") == 0;
		if (!c->json)
			printf(
			    "%s:%d: %s: %s [%s]\n", list[i].file, list[i].line, list[i].severity, list[i].message, list[i].code);
		fp_json_set_str(o, "code", list[i].code);
		fp_json_set_str(o, "severity", list[i].severity);
		fp_json_set_str(o, "file", list[i].file);
		fp_json_set_int(o, "line", list[i].line);
		fp_json_set_str(o, "message", list[i].message);
		(void)json_array_append_new(items, o);
	}
	if (c->json) {
		json_t *j = json_object();

		fp_json_set(j, "findings", json_incref(items));
		if (cli_print_json(c, "fieldproof-lint-1", j, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return errors == 0 ? FP_OK : fp_fail(err, FP_EINVAL, "%zu errors in %s", errors, c->args[0]);
}

/* One document, without side file: 'notice csaf' writes all. */
static enum fp_status
render_csaf(struct cli *c, struct fp_err *err)
{
	struct app_csaf_options o = { .lang = c->lang_tag };
	const char *date = cli_opt(c, "date");
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	if (date != NULL && fp_date_parse(&o.date, date, NULL) != FP_OK)
		return fp_fail(err, FP_EUSAGE, "--date is a day like 2025-03-01, not '%.40s'", date);
	if (cli_app(c, err) != FP_OK || app_notice_csaf_one(c->app, c->args[0], &o, &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static enum fp_status
run_render(struct cli *c, struct fp_err *err)
{
	const struct doc_text_options text = { .width = c->width, .colour = c->colour, .links = true };
	const struct doc_html_options html = { .mode = DOC_HTML_STANDALONE };
	const char *to = cli_opt(c, "to") ? cli_opt(c, "to") : "text";
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	enum fp_status status;

	if (strcmp(to, "csaf") == 0)
		return render_csaf(c, err);
	if (cli_app(c, err) != FP_OK || app_notice_document(c->app, c->args[0], c->lang_tag, &d, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (strcmp(to, "text") == 0)
		status = doc_write_text(d, &text, &out, err);
	else if (strcmp(to, "html") == 0)
		status = doc_write_html(d, &html, &out, err);
	else if (strcmp(to, "pdf") == 0)
		status = doc_write_pdf(d, NULL, &out, err);
	else
		status = fp_fail(err, FP_EUSAGE, "--to is html, pdf, text or csaf, not '%.40s'", to);
	return status == FP_OK ? cli_put(c, &out, err) : status;
}

static enum fp_status
run_canonical(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	if (cli_app(c, err) != FP_OK || app_notice_canonical(c->app, c->args[0], &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static enum fp_status
run_sign(struct cli *c, struct fp_err *err)
{
	char password[1024];
	const char *key = cli_opt(c, "key");
	bool none = cli_opt(c, "no-password") != NULL;

	if (key == NULL)
		return fp_fail(err, FP_EUSAGE, "say which secret key: --key=FILE ('fieldproof key generate PREFIX' makes one)");
	if (!none && cli_password(password, sizeof(password), "Password of the secret key: ", err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (cli_app(c, err) != FP_OK || app_notice_sign(c->app, c->args[0], key, none ? NULL : password, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	cli_say(c, "signed %s", c->args[0]);
	return FP_OK;
}

static enum fp_status
run_verify(struct cli *c, struct fp_err *err)
{
	char signer[128];

	if (cli_app(c, err) != FP_OK || app_notice_verify(c->app, c->args[0], cli_opt(c, "key"), signer, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_str(j, "notice", c->args[0]);
		fp_json_set_str(j, "signer", signer);
		return cli_print_json(c, "fieldproof-genuine-1", j, err);
	}
	printf("%s: %s %s\n", c->args[0], cli_t(c, N_("genuine, signed by")), signer);
	return FP_OK;
}

static const struct cli_option render_options[] = {
	{ "to", "text|html|pdf|csaf", "what to write (text)" },
	{ "output", "FILE", "where to write (standard output)" },
	{ "date", "YYYY-MM-DD", "for CSAF, of a notice that has no date" },
	{ NULL, NULL, NULL },
};
static const struct cli_option output_options[] = {
	{ "output", "FILE", "where to write (standard output)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option sign_options[] = {
	{ "key", "FILE", "minisign secret key" },
	{ "no-password", NULL, "the key has no password" },
	{ NULL, NULL, NULL },
};
static const struct cli_option verify_options[] = {
	{ "key", "FILE|KEY", "minisign public key; without it the trusted keys" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_notice_verbs[] = {
	{ "notice", "add", "REF|DIR...", 1, -1, "take a notice over into the database, from its folder or by its reference",
	    "  fieldproof notice add FSN2023-1338 FSN2024-1562 FSN2025-1682\n", run_add, NULL },
	{ "notice", "list", "", 0, 0, "the notices of the site", NULL, run_list, NULL },
	{ "notice", "lint", "REF|DIR", 1, 1, "what a notice lacks or has wrong",
	    "  fieldproof notice lint notices/FSN2025-1682\n", run_lint, NULL },
	{ "notice", "render", "REF|DIR", 1, 1, "the letter in a language, as text, HTML, PDF or CSAF",
	    "  fieldproof notice render FSN2023-1338 --lang=da --to=pdf --output=letter.pdf\n", run_render, render_options },
	{ "notice", "canonical", "REF|DIR", 1, 1, "the exact bytes that a signature covers",
	    "  fieldproof notice canonical DIR --output=notice.canonical\n"
	    "  minisign -V -p maker.pub -m notice.canonical -x DIR/notice.minisig\n",
	    run_canonical, output_options },
	{ "notice", "sign", "DIR", 1, 1, "sign a notice; minisign can verify it",
	    "  fieldproof notice sign notices/FSN2023-1338 --key=maker.key\n", run_sign, sign_options },
	{ "notice", "verify", "REF|DIR", 1, 1, "is it genuine: does the signature hold, and whose is it",
	    "  fieldproof notice verify notices/FSN2023-1338 --key=maker.pub\n", run_verify, verify_options },
	{ .noun = NULL },
};
