/* fieldproof notice csaf, changes: advisories in OASIS CSAF 2.0. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define EARLIER_MAX 100

/* What the options say; earlier holds the days of --history. */
struct wishes {
	struct app_csaf_options o;
	struct fp_date earlier[EARLIER_MAX];
	char password[1024];
};

static enum fp_status
read_history(struct wishes *w, const char *text, struct fp_err *err)
{
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, ",");
		char day[16];

		if (w->o.n_earlier == EARLIER_MAX)
			return fp_fail(err, FP_EUSAGE, "--history names more than %d days", EARLIER_MAX);
		(void)snprintf(day, sizeof(day), "%.*s", (int)(n < 15 ? n : 15), p);
		if (n > 10 || fp_date_parse(&w->earlier[w->o.n_earlier], day, NULL) != FP_OK)
			return fp_fail(
			    err, FP_EUSAGE, "--history is a list of days like 2023-04-05,2023-06-01, not '%.60s'", text);
		w->o.n_earlier++;
		p += n + (p[n] == ',');
	}
	w->o.earlier = w->earlier;
	return FP_OK;
}

static enum fp_status
read_wishes(struct wishes *w, const struct cli *c, struct fp_err *err)
{
	const char *date = cli_opt(c, "date"), *history = cli_opt(c, "history");

	w->o = (struct app_csaf_options){ .source_lang = cli_opt(c, "source-lang"),
		.base_url = cli_opt(c, "base-url"),
		.tlp = cli_opt(c, "tlp"),
		.secret_key_file = cli_opt(c, "key") };
	if (date != NULL && fp_date_parse(&w->o.date, date, NULL) != FP_OK)
		return fp_fail(err, FP_EUSAGE, "--date is a day like 2025-03-01, not '%.40s'", date);
	return history != NULL ? read_history(w, history, err) : FP_OK;
}

static enum fp_status
print_files(const struct cli *c, const struct app_csaf_files *files, const char *dir, struct fp_err *err)
{
	json_t *j, *list;

	if (!c->json) {
		for (size_t i = 0; i < files->n; i++)
			printf("%s/%s\n", dir, files->items[i].name);
		return FP_OK;
	}
	j = json_object();
	list = json_array();
	for (size_t i = 0; i < files->n; i++) {
		const struct app_csaf_file *f = &files->items[i];
		json_t *o = json_object();

		fp_json_set_str(o, "name", f->name);
		fp_json_set_str(o, "what", f->what);
		fp_json_set_str(o, "language", f->lang[0] ? f->lang : NULL);
		fp_json_set_int(o, "bytes", (int64_t)f->bytes);
		(void)json_array_append_new(list, o);
	}
	fp_json_set_str(j, "folder", dir);
	fp_json_set_str(j, "base_url", files->base_url);
	fp_json_set(j, "files", list);
	return cli_print_json(c, "fieldproof-csaf-files-1", j, err);
}

static enum fp_status
run_csaf(struct cli *c, struct fp_err *err)
{
	const char *dir = cli_opt(c, "output");
	struct wishes w = { .password = "" };
	struct app_csaf_files files;
	enum fp_status status;
	bool signed_too = false;

	if (dir == NULL)
		return fp_fail(err, FP_EUSAGE, "say into which folder: --output=DIR");
	if (read_wishes(&w, c, err) != FP_OK)
		return FP_EUSAGE;
	w.o.lang = cli_opt(c, "lang");
	if (w.o.secret_key_file != NULL && cli_opt(c, "no-password") == NULL) {
		if (cli_password(w.password, sizeof(w.password), "Password of the secret key: ", err) != FP_OK)
			return fp_failed(err, FP_EIO);
		w.o.password = w.password;
	}
	if (cli_app(c, err) != FP_OK || app_notice_csaf(c->app, c->args[0], &w.o, dir, &files, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < files.n; i++)
		signed_too = signed_too || strcmp(files.items[i].what, "signature") == 0;
	if (!signed_too)
		cli_say(c, "the side file is not signed: --key=FILE signs it");
	cli_say(c, "the documents name each other below %s; --base-url=URL when they will stand elsewhere", files.base_url);
	status = print_files(c, &files, dir, err);
	free(files.items);
	return status;
}

/* ---- two editions ---- */

static const struct {
	const char *answer, *text;
} answers[] = {
	{ "same", N_("The two editions are the same.") },
	{ "form-only", N_("Only the form of the file changed; the content is the same.") },
	{ "changed", N_("The content changed.") },
	{ "silent-edit", N_("Silent edit: the content changed, but version and date of the advisory did not.") },
};
static const struct {
	const char *word, *text;
} words[] = {
	{ "product", N_("Product") },
	{ "vulnerability", N_("Vulnerability") },
	{ "status", N_("Status of products") },
	{ "remediation", N_("Remediation") },
	{ "document", N_("Document") },
	{ "tracking", N_("Version and dates") },
	{ "added", N_("added") },
	{ "removed", N_("removed") },
	{ "changed", N_("changed") },
	{ "products-added", N_("products added") },
	{ "products-removed", N_("products removed") },
};

static const char *
word(const struct cli *c, const json_t *change, const char *key)
{
	const char *s = json_string_value(json_object_get(change, key));

	for (size_t i = 0; s != NULL && i < FP_COUNT(words); i++)
		if (strcmp(words[i].word, s) == 0)
			return cli_t(c, words[i].text);
	return s ? s : "";
}

/* A text as it is, a list of texts with commas, anything else as JSON; long ones cut. */
static void
add_value(struct doc_node *cell, const json_t *v)
{
	enum { SHOWN = 200 };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	char *dumped;
	size_t i;
	json_t *item;

	if (json_is_string(v)) {
		fp_buf_puts(&b, json_string_value(v));
	} else if (json_is_array(v) && json_is_string(json_array_get(v, 0))) {
		json_array_foreach(v, i, item)
		{
			fp_buf_printf(&b, "%s%s", i ? ", " : "", json_is_string(item) ? json_string_value(item) : "");
		}
	} else if (v != NULL && !json_is_null(v)) {
		dumped = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
		fp_buf_puts(&b, dumped);
		free(dumped);
	}
	if (b.data == NULL || b.failed != FP_OK)
		return;
	for (i = b.len < SHOWN ? b.len : SHOWN; i < b.len && ((unsigned char)b.data[i] & 0xC0) == 0x80; i--)
		;
	(void)doc_textf(cell, "%.*s%s", (int)i, b.data, i < b.len ? "..." : "");
}

static void
add_change(const struct cli *c, struct doc_node *table, const json_t *change)
{
	struct doc_node *row = doc_row(table), *cell;
	const char *field = json_string_value(json_object_get(change, "field"));
	const json_t *products = json_object_get(change, "products"),
		     *vulnerabilities = json_object_get(change, "vulnerabilities");

	(void)doc_head_cell(row, DOC_SCOPE_ROW, word(c, change, "what"));
	cell = doc_cell(row, word(c, change, "kind"));
	if (field != NULL)
		(void)doc_textf(cell, " (%s)", field);
	cell = doc_cell(row, NULL);
	add_value(cell, json_object_get(change, "subject"));
	if (vulnerabilities != NULL) {
		(void)doc_text(cell, " [");
		add_value(cell, vulnerabilities);
		(void)doc_text(cell, "]");
	}
	add_value(doc_cell(row, NULL), json_object_get(change, "old"));
	add_value(doc_cell(row, NULL), products ? products : json_object_get(change, "new"));
}

static enum fp_status
changes_text(const struct cli *c, const json_t *report, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("What")), cli_t(c, N_("Change")), cli_t(c, N_("Of what")), cli_t(c, N_("Before")),
		cli_t(c, N_("Now")) };
	const char *answer = json_string_value(json_object_get(report, "answer"));
	const json_t *changes = json_object_get(report, "changes");
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table;
	size_t i;
	json_t *change;

	if (cli_doc(&d, c, cli_t(c, N_("Changes of an advisory")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	for (i = 0; i < FP_COUNT(answers); i++)
		if (answer != NULL && strcmp(answers[i].answer, answer) == 0)
			(void)doc_para(doc_root(d), cli_t(c, answers[i].text));
	if (json_array_size(changes) > 0) {
		table = doc_table(doc_root(d), NULL);
		(void)doc_head_row(table, heads, FP_COUNT(heads));
		json_array_foreach(changes, i, change)
		{
			add_change(c, table, change);
		}
	}
	return cli_print(c, d, err);
}

static enum fp_status
run_changes(struct cli *c, struct fp_err *err)
{
	FP_JSON json_t *report = NULL;
	enum fp_status status;
	bool silent = false;
	size_t n = 0;

	if (app_csaf_changes(c->args[0], c->args[1], &report, &n, &silent, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	status =
	    c->json ? cli_print_json(c, "fieldproof-csaf-changes-1", json_incref(report), err) : changes_text(c, report, err);
	if (status != FP_OK)
		return status;
	/* As diff does: another exit code when there is a difference; not the one for trouble. */
	return n == 0 ? FP_OK : fp_fail(err, FP_ENOTCORRECTED, "%zu changes%s", n, silent ? ", silently" : "");
}

static const struct cli_option csaf_options[] = {
	{ "output", "DIR", "folder for the documents; made when it is not there" },
	{ "date", "YYYY-MM-DD", "when the notice appears, for one that has no date" },
	{ "history", "DATE,DATE...", "when the earlier revisions appeared" },
	{ "key", "FILE", "sign the side file with this minisign secret key" },
	{ "no-password", NULL, "the key has no password" },
	{ "base-url", "URL", "where the documents will stand (below /.well-known/csaf/ of the manufacturer's site)" },
	{ "source-lang", "LANG", "language of the original (en)" },
	{ "tlp", "LABEL", "WHITE (default), GREEN, AMBER, RED" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_csaf_verbs[] = {
	{ "notice", "csaf", "REF|DIR", 1, 1,
	    "the notice as CSAF 2.0: a document per language (--lang: one), and a side file for the rest",
	    "  fieldproof notice csaf FSN2023-1338 --output=csaf --key=maker.key\n"
	    "  fieldproof notice csaf FSN2025-1682 --output=csaf --date=2025-03-01\n",
	    run_csaf, csaf_options },
	{ "notice", "changes", "OLD.json NEW.json", 2, 2,
	    "what a new edition of a CSAF advisory changed, also silently; exit code 0: nothing, 3: something",
	    "  fieldproof notice changes old/icsma-23-117-01.json icsma-23-117-01.json --format=json\n", run_changes, NULL },
	{ .noun = NULL },
};
