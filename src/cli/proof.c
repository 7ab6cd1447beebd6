/* fieldproof reply ..., fieldproof ledger ... */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

#define STATEMENTS_MAX 16

/* What the options of make and sign say, ready for the use case. */
struct wanted {
	struct app_reply_options o;
	struct app_statement statements[STATEMENTS_MAX];
	struct app_signature signature;
	char codes[STATEMENTS_MAX][48];
};

static enum fp_status
yes_no(int *out, const struct cli *c, const char *option, struct fp_err *err)
{
	const char *v = cli_opt(c, option);

	*out = -1;
	if (v == NULL)
		return FP_OK;
	if (strcmp(v, "yes") != 0 && strcmp(v, "no") != 0)
		return fp_fail(err, FP_EUSAGE, "--%s is yes or no, not '%.40s'", option, v);
	*out = strcmp(v, "yes") == 0;
	return FP_OK;
}

/* "received=yes,understood=yes,users-informed=no" */
static enum fp_status
read_statements(struct wanted *w, const char *text, struct fp_err *err)
{
	size_t n = 0;

	for (const char *p = text; p != NULL && *p != '\0'; p = *p == ',' ? p + 1 : p) {
		const char *eq = strchr(p, '='), *end = p + strcspn(p, ",");
		size_t len = eq != NULL && eq < end ? (size_t)(eq - p) : 0;
		bool yes = len > 0 && (size_t)(end - eq - 1) == 3 && strncmp(eq + 1, "yes", 3) == 0;
		bool no = len > 0 && (size_t)(end - eq - 1) == 2 && strncmp(eq + 1, "no", 2) == 0;

		if (len == 0 || len >= sizeof(w->codes[0]) || (!yes && !no) || n == STATEMENTS_MAX)
			return fp_fail(err, FP_EUSAGE, "--statements is CODE=yes|no, separated by commas, not '%.60s'", text);
		memcpy(w->codes[n], p, len);
		w->codes[n][len] = '\0';
		w->statements[n] = (struct app_statement){ .code = w->codes[n], .answer = yes };
		n++;
		p = end;
	}
	w->o.statements = w->statements;
	w->o.n_statements = n;
	return FP_OK;
}

static enum fp_status
read_wanted(struct wanted *w, struct cli *c, struct fp_err *err)
{
	const char *date = cli_opt(c, "informed-on"), *name = cli_opt(c, "signer"), *function = cli_opt(c, "function");

	memset(w, 0, sizeof(*w));
	w->o.lang = c->lang_tag;
	w->o.remark = cli_opt(c, "remark");
	if (read_statements(w, cli_opt(c, "statements"), err) != FP_OK)
		return FP_EUSAGE;
	if (yes_no(&w->o.distributor, c, "distributor", err) != FP_OK ||
	    yes_no(&w->o.identified, c, "identified", err) != FP_OK || yes_no(&w->o.informed, c, "informed", err) != FP_OK)
		return FP_EUSAGE;
	if (date != NULL && i18n_date_parse(&w->o.informed_on, NULL, c->lang, date, err) != FP_OK)
		return fp_ctx(err, "--informed-on");
	if (name != NULL) {
		(void)snprintf(w->signature.name, sizeof(w->signature.name), "%s", name);
		(void)snprintf(w->signature.function, sizeof(w->signature.function), "%s", function ? function : "");
		w->signature.date = fp_date_of_time(fp_now(&c->clock));
		w->o.signature = &w->signature;
	}
	return FP_OK;
}

static enum fp_status
run_make(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 }, problems = { .max = 65536 };
	const char *to = cli_opt(c, "to");
	struct wanted w;

	if (read_wanted(&w, c, err) != FP_OK || cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (app_reply_draft(c->app, c->args[0], &w.o, to ? to : c->json ? "json" : "text", &out, &problems, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (problems.len > 0)
		cli_say(c, "%s", problems.data);
	return cli_put(c, &out, err);
}

static enum fp_status
run_sign(struct cli *c, struct fp_err *err)
{
	struct wanted w;
	int64_t number;

	if (cli_opt(c, "signer") == NULL || cli_opt(c, "function") == NULL)
		return fp_fail(err, FP_EUSAGE, "a signature needs --signer=NAME and --function=FUNCTION");
	if (read_wanted(&w, c, err) != FP_OK || cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (app_reply_sign(c->app, &c->actor, c->args[0], &w.o, &number, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_int(j, "number", number);
		return cli_print_json(c, "fieldproof-signed-1", j, err);
	}
	printf("%lld\n", (long long)number);
	cli_say(c, "signed as reply %lld; 'fieldproof reply get %lld --to=pdf --output=FILE' writes it", (long long)number,
	    (long long)number);
	return FP_OK;
}

static enum fp_status
run_get(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	const char *to = cli_opt(c, "to");
	int64_t number;

	if (cli_number(&number, c->args[0], 1, INT64_MAX, "the reply's number", err) != FP_OK || cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (app_reply_get(c->app, number, to ? to : c->json ? "json" : "text", &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static enum fp_status
run_replies(struct cli *c, struct fp_err *err)
{
	const char *heads[] = { "#", cli_t(c, N_("Notice")), cli_t(c, N_("Language")), cli_t(c, N_("Signed by")),
		cli_t(c, N_("Function (job title)")), cli_t(c, N_("When")), cli_t(c, N_("Ledger entry")) };
	FP_AUTO(fp_freep) struct app_reply_row *rows = NULL;
	FP_AUTO(doc_freep) struct doc *d = NULL;
	json_t *j = json_object(), *items = json_array();
	struct doc_node *table, *row;
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_replies(c->app, c->n_args ? c->args[0] : NULL, &rows, &n, err) != FP_OK ||
	    cli_doc(&d, c, cli_t(c, N_("Replies")), err) != FP_OK) {
		json_decref(j);
		json_decref(items);
		return fp_failed(err, FP_EIO);
	}
	table = doc_table(doc_root(d), NULL);
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		fp_json_set_int(o, "number", rows[i].number);
		fp_json_set_str(o, "reference", rows[i].reference);
		fp_json_set_str(o, "language", rows[i].lang);
		fp_json_set_str(o, "signed_by", rows[i].signed_by);
		fp_json_set_str(o, "function", rows[i].function);
		fp_json_set_time(o, "signed_at", rows[i].signed_at);
		fp_json_set_int(o, "ledger_entry", rows[i].ledger_seq);
		fp_json_set_str(o, "sha256", rows[i].hash);
		(void)json_array_append_new(items, o);
		row = doc_row(table);
		(void)doc_textf(doc_cell(row, NULL), "%lld", (long long)rows[i].number);
		(void)doc_cell(row, rows[i].reference);
		(void)doc_cell(row, rows[i].lang);
		(void)doc_cell(row, rows[i].signed_by);
		(void)doc_cell(row, rows[i].function);
		cli_add_time(doc_cell(row, NULL), c, rows[i].signed_at);
		(void)doc_textf(doc_cell(row, NULL), "%lld", (long long)rows[i].ledger_seq);
	}
	fp_json_set(j, "replies", items);
	if (c->json)
		return cli_print_json(c, "fieldproof-replies-1", j, err);
	json_decref(j);
	return cli_print(c, d, err);
}

/* ---- ledger ---- */

static enum fp_status
ledger_text(const struct cli *c, const struct app_ledger_state *s, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf whole = { .max = 512 };
	FP_AUTO(doc_freep) struct doc *d = NULL;

	i18n_nf(&whole, c->lang, "The ledger is whole: {n} entry, unchanged.", "The ledger is whole: {n} entries, none changed.",
	    s->entries, NULL);
	if (cli_doc(&d, c, cli_t(c, N_("Ledger")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)doc_para(doc_root(d), whole.data);
	(void)doc_paraf(doc_root(d), "%s:", cli_t(c, N_("Fingerprint of the last entry")));
	(void)doc_pre(doc_root(d), s->head);
	(void)doc_paraf(doc_root(d), "%s:", cli_t(c, N_("Fingerprint of all entries")));
	(void)doc_pre(doc_root(d), s->tree);
	return cli_print(c, d, err);
}

static enum fp_status
run_ledger_verify(struct cli *c, struct fp_err *err)
{
	struct app_ledger_state s;

	if (cli_app(c, err) != FP_OK || app_ledger_verify(c->app, &s, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_int(j, "entries", s.entries);
		fp_json_set_str(j, "head", s.head);
		fp_json_set_str(j, "tree", s.tree);
		return cli_print_json(c, "fieldproof-ledger-1", j, err);
	}
	return ledger_text(c, &s, err);
}

static const char *
kind_words(const struct cli *c, const char *kind)
{
	const char *text = app_ledger_kind_text(kind);

	return text != NULL ? cli_t(c, text) : kind;
}

static enum fp_status
run_ledger_list(struct cli *c, struct fp_err *err)
{
	struct app_history *list = NULL;
	size_t n = 0;
	char when[FP_TIME_MAX];
	json_t *j, *items;

	if (cli_app(c, err) != FP_OK || app_ledger_list(c->app, 0, 1000, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (!c->json) {
		for (size_t i = 0; i < n; i++) {
			char line[300]; /* the whole entry is in the JSON */

			fp_utf8_copy(line, sizeof(line), list[i].text);
			printf("%6lld  %s  %-12s %s: %s\n", (long long)list[i].seq, fp_time_text(when, list[i].at), list[i].actor,
			    kind_words(c, list[i].kind), line);
		}
		app_history_free(list, n);
		return FP_OK;
	}
	j = json_object();
	items = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		fp_json_set_int(o, "entry", list[i].seq);
		fp_json_set_time(o, "at", list[i].at);
		fp_json_set_str(o, "actor", list[i].actor);
		fp_json_set_str(o, "kind", list[i].kind);
		fp_json_set_str(o, "text", list[i].text);
		(void)json_array_append_new(items, o);
	}
	app_history_free(list, n);
	fp_json_set(j, "entries", items);
	return cli_print_json(c, "fieldproof-history-1", j, err);
}

static enum fp_status
run_receipt(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	int64_t seq;

	if (cli_number(&seq, c->args[0], 1, INT64_MAX, "the ledger entry", err) != FP_OK || cli_app(c, err) != FP_OK ||
	    app_receipt(c->app, seq, &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static enum fp_status
run_receipt_check(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf in = { .max = 1 << 20 }, what = { .max = 65536 };

	if (fp_file_read(&in, c->args[0], err) != FP_OK || app_receipt_verify(in.data, in.len, c->lang_tag, &what, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_str(j, "text", what.data);
		return cli_print_json(c, "fieldproof-receipt-holds-1", j, err);
	}
	printf("%s\n", what.data ? what.data : "");
	return FP_OK;
}

#define REPLY_OPTIONS                                                                                                            \
	{ "statements", "CODE=yes|no,...", "received=yes,understood=yes,users-informed=yes" },                                   \
	    { "distributor", "yes|no", "no: the distributor part does not apply" },                                              \
	    { "identified", "yes|no", "distributor: customers identified" },                                                     \
	    { "informed", "yes|no", "distributor: customers informed" }, { "informed-on", "DATE", "distributor: when" },         \
	    { "remark", "TEXT", "remark to the manufacturer" }, { "signer", "NAME", "who signs" },                               \
	{                                                                                                                        \
		"function", "FUNCTION", "as what"                                                                                \
	}
static const struct cli_option make_options[] = {
	{ "to", "pdf|html|json|text", "what to make (text)" },
	{ "output", "FILE", "where to write (standard output)" },
	REPLY_OPTIONS,
	{ NULL, NULL, NULL },
};
static const struct cli_option sign_options[] = { REPLY_OPTIONS, { NULL, NULL, NULL } };
static const struct cli_option get_options[] = {
	{ "to", "pdf|html|json|text", "what to write (text)" },
	{ "output", "FILE", "where to write (standard output)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option receipt_options[] = {
	{ "output", "FILE", "where to write (standard output)" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_proof_verbs[] = {
	{ "reply", "make", "REF", 1, 1, "the verification form, filled from the case, as a draft",
	    "  fieldproof reply make FSN2023-1338 --lang=de --to=pdf --output=reply.pdf\n", run_make, make_options },
	{ "reply", "sign", "REF", 1, 1, "sign the form; it is kept and entered in the ledger",
	    "  fieldproof reply sign FSN2023-1338 --lang=da --signer=\"Jens Olsen\" --function=\"Head of IT\" "
	    "--statements=received=yes,understood=yes,users-informed=yes --distributor=no\n",
	    run_sign, sign_options },
	{ "reply", "get", "NUMBER", 1, 1, "a signed reply again, byte for byte",
	    "  fieldproof reply get 1 --to=pdf --output=reply.pdf\n", run_get, get_options },
	{ "reply", "list", "[REF]", 0, 1, "the signed replies", NULL, run_replies, NULL },
	{ "ledger", "verify", "", 0, 0, "prove that no entry was changed, taken out or put in", NULL, run_ledger_verify, NULL },
	{ "ledger", "list", "", 0, 0, "the newest entries", NULL, run_ledger_list, NULL },
	{ "ledger", "receipt", "ENTRY", 1, 1, "proof, signed by this site, that an entry is in the ledger",
	    "  fieldproof ledger receipt 12 --output=receipt.json\n", run_receipt, receipt_options },
	{ "ledger", "check-receipt", "FILE", 1, 1, "check such a proof without the database", NULL, run_receipt_check, NULL },
	{ .noun = NULL },
};
