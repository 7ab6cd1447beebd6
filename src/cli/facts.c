/* fieldproof evidence read, of a fact file: what it says, and what the checks would make of it. */
#include "cli/cli.h"

#include <strings.h>

#include "base/file.h"

#define FACTS_MAX ((size_t)1 << 20)

static json_t *
part_json(const struct app_facts_part *p)
{
	json_t *j = json_object(), *verdicts = json_array(), *unknown = json_array();

	fp_json_set_str(j, "mode", p->mode);
	fp_json_set(j, "offline", json_boolean(p->offline));
	fp_json_set_str(j, "host", p->host);
	fp_json_set_str(j, "os", p->os);
	fp_json_set_str(j, "build", p->build);
	for (size_t i = 0; i < p->n_verdicts; i++)
		(void)json_array_append_new(verdicts, cli_verdict_json(&p->verdicts[i], 0));
	for (size_t i = 0; i < p->n_unknown; i++) {
		json_t *u = json_object();

		fp_json_set_str(u, "fact", p->unknown[i].fact);
		fp_json_set_str(u, "why", p->unknown[i].why);
		(void)json_array_append_new(unknown, u);
	}
	fp_json_set(j, "verdicts", verdicts);
	fp_json_set(j, "unknown", unknown);
	return j;
}

static enum fp_status
facts_json(const struct cli *c, const struct app_facts_view *v, struct fp_err *err)
{
	json_t *j = json_object(), *parts = json_array();

	fp_json_set_str(j, "serial", v->serial);
	fp_json_set_str(j, "challenge", v->challenge);
	fp_json_set_time(j, "collected", v->collected);
	fp_json_set_str(j, "key", v->key_id);
	for (size_t i = 0; i < v->n_parts; i++)
		(void)json_array_append_new(parts, part_json(&v->parts[i]));
	fp_json_set(j, "parts", parts);
	return cli_print_json(c, "fieldproof-facts-read-1", j, err);
}

static bool
asked_for(const struct cli *c, const struct evidence_verdict *v)
{
	return cli_opt(c, "check") == NULL || strcasecmp(cli_opt(c, "check"), v->check) == 0;
}

static void
add_part(struct doc_node *root, const struct cli *c, const struct app_facts_part *p)
{
	const char *heads[] = { cli_t(c, N_("Check")), cli_t(c, N_("Result")), cli_t(c, N_("Why")) };
	static const unsigned widths[] = { 7, 14, 75 };
	struct doc_node *table, *list;

	(void)doc_heading(root, 2, p->mode[0] != '\0' ? p->mode : cli_t(c, N_("system")));
	(void)doc_paraf(root, "%s · %s · %s%s%s", p->host, p->os, p->build, p->offline ? " · " : "",
	    p->offline ? cli_t(c, N_("read offline")) : "");
	table = doc_table_widths(doc_table(root, NULL), widths, FP_COUNT(widths));
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < p->n_verdicts; i++)
		if (asked_for(c, &p->verdicts[i])) {
			struct doc_node *row = doc_row(table);

			(void)doc_head_cell(row, DOC_SCOPE_ROW, p->verdicts[i].check);
			cli_add_verdict(row, c, &p->verdicts[i]);
		}
	if (p->n_unknown == 0)
		return;
	(void)doc_para(root, cli_t(c, N_("What could not be read:")));
	list = doc_list(root, false);
	for (size_t i = 0; i < p->n_unknown; i++)
		(void)doc_textf(doc_item(list, NULL), "%s: %s", p->unknown[i].fact, p->unknown[i].why);
}

static enum fp_status
facts_text(const struct cli *c, const struct app_facts_view *v, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *list, *when;

	if (cli_doc(&d, c, v->serial, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	list = doc_terms(doc_root(d));
	(void)doc_term(list, cli_t(c, N_("File")), c->args[0]);
	(void)doc_term(list, cli_t(c, N_("Device")), v->serial[0] ? v->serial : "–");
	when = doc_term(list, cli_t(c, N_("collected")), NULL);
	cli_add_time(when, c, v->collected);
	(void)doc_term(list, cli_t(c, N_("Challenge")), v->challenge[0] ? v->challenge : "–");
	(void)doc_para(
	    doc_root(d), cli_t(c, N_("The signature holds: the file is as the collector wrote it. Below stands what the checks "
				     "would say if the site knows "
				     "the challenge and the device; that is found out by 'fieldproof evidence import'.")));
	for (size_t i = 0; i < v->n_parts; i++)
		add_part(doc_root(d), c, &v->parts[i]);
	return cli_print(c, d, err);
}

enum fp_status
cli_read_facts(struct cli *c, struct fp_err *err)
{
	FP_AUTO(app_facts_view_freep) struct app_facts_view *v = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = FACTS_MAX };

	if (fp_file_read(&bytes, c->args[0], err) != FP_OK ||
	    app_facts_view_new(&v, bytes.data, bytes.len, c->args[0], err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return c->json ? facts_json(c, v, err) : facts_text(c, v, err);
}
