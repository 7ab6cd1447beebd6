/* fieldproof notice compare, waive: the languages of a notice against each other. */
#include "cli/cli.h"

#include <string.h>

#include "document/html.h"
#include "document/text.h"

static enum fp_status
write_report(const struct cli *c, const struct app_parity *p, struct fp_err *err)
{
	const struct doc_html_options html = { .mode = DOC_HTML_STANDALONE };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	if (app_parity_document(p, c->lang_tag, true, &d, err) != FP_OK || doc_write_html(d, &html, &out, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return cli_put(c, &out, err);
}

static enum fp_status
run_compare(struct cli *c, struct fp_err *err)
{
	FP_AUTO(app_parity_freep) struct app_parity *p = NULL;
	FP_AUTO(doc_freep) struct doc *d = NULL;
	size_t grave;

	if (app_parity_new(&p, c->args, (size_t)c->n_args, NULL, cli_opt(c, "waivers"), fp_now(&c->clock), err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (cli_opt(c, "output") != NULL && write_report(c, p, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		if (cli_print_json(c, "fieldproof-parity-1", app_parity_json(p), err) != FP_OK)
			return fp_failed(err, FP_EIO);
	} else if (app_parity_document(p, c->lang_tag, false, &d, err) != FP_OK || cli_print(c, d, err) != FP_OK) {
		return fp_failed(err, FP_EIO);
	}
	grave = app_parity_open(p, 1);
	return grave == 0 ? FP_OK : fp_fail(err, FP_EINVAL, "%zu open differences of safety or legal meaning", grave);
}

static enum fp_status
run_waive(struct cli *c, struct fp_err *err)
{
	const char *reason = cli_opt(c, "reason"), *name = cli_opt(c, "name"), *until = cli_opt(c, "until");
	struct fp_date day;

	if (reason == NULL || name == NULL || until == NULL)
		return fp_fail(err, FP_EUSAGE, "a waiver needs --reason, --name and --until");
	if (fp_date_parse(&day, until, NULL) != FP_OK)
		return fp_fail(err, FP_EUSAGE, "--until is a day like 2026-12-31, not '%.40s'", until);
	if (app_notice_waive(c->args[0], c->args[1], reason, name, day, fp_now(&c->clock), err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	cli_say(c, "waived %s until %s", c->args[1], until);
	return FP_OK;
}

static enum fp_status
run_merge(struct cli *c, struct fp_err *err)
{
	const char *dir = cli_opt(c, "output");
	struct app_merged m;

	if (dir == NULL)
		return fp_fail(err, FP_EUSAGE, "say where the notice shall stand: --output=FOLDER");
	if (app_notice_merge(&m, c->args, (size_t)c->n_args, dir, NULL, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_str(j, "folder", dir);
		fp_json_set_int(j, "languages", (int64_t)m.texts);
		fp_json_set_int(j, "questions", (int64_t)m.questions);
		fp_json_set_int(j, "open", (int64_t)m.open);
		fp_json_set(j, "is_notice", json_boolean(m.opens));
		fp_json_set(j, "problem", m.opens ? json_null() : json_string(m.why));
		return cli_print_json(c, "fieldproof-merged-1", j, err);
	}
	printf("%s: %zu\n", cli_t(c, N_("Languages")), m.texts);
	printf("%s: %zu\n", cli_t(c, N_("Open questions")), m.open);
	if (m.open > 0)
		printf("%s %s/decisions.txt\n", cli_t(c, N_("Answer them in this file, then merge again:")), dir);
	else if (m.opens)
		printf("%s\n",
		    cli_t(c, N_("The letters are one notice now. Read its texts, then run 'fieldproof notice lint' on it.")));
	else
		printf("%s %s\n", cli_t(c, N_("Not yet a notice:")), m.why);
	return FP_OK;
}

static const struct cli_option merge_options[] = {
	{ "output", "FOLDER", "where notice.json, the texts and decisions.txt are written" },
	{ NULL, NULL, NULL },
};
static const struct cli_option compare_options[] = {
	{ "output", "FILE", "write the versions side by side, the differences marked, as an HTML page" },
	{ "waivers", "FILE", "waivers that hold (waivers.json of the notice's folder)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option waive_options[] = {
	{ "reason", "TEXT", "why the difference may stay" },
	{ "name", "NAME", "who answers for it" },
	{ "until", "DAY", "last day that it holds: 2026-12-31" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_parity_verbs[] = {
	{ "notice", "compare", "FILE|DIR...", 1, -1, "do the language versions of a notice say the same",
	    "  fieldproof notice compare letter-de.pdf letter-it.pdf letter-es.txt --output=side-by-side.html\n"
	    "  fieldproof notice compare notices/FSN2023-1338\n",
	    run_compare, compare_options },
	{ "notice", "waive", "DIR FINDING", 2, 2, "answer for a difference between languages until a day",
	    "  fieldproof notice waive notices/FSN2023-1338 0123456789abcdef --reason='agreed with the authority' --name='A. "
	    "Person' --until=2026-12-31\n",
	    run_waive, waive_options },
	{ "notice", "merge", "FILE...", 1, -1,
	    "the letters of one notice into one draft: facts once, texts per language, and what a person must decide",
	    "  fieldproof notice merge letter-de.pdf letter-it.pdf --output=drafts/FSN2023-1338\n"
	    "  (edit drafts/FSN2023-1338/decisions.txt, then the same command again)\n",
	    run_merge, merge_options },
	{ .noun = NULL },
};
