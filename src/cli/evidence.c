/* fieldproof evidence read: files of evidence that somebody brings, by what they are. */
#include "cli/cli.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"

/* ---- captures ---- */

static enum fp_status
capture_options(struct app_capture_options *o, const char **level, const struct cli *c, struct fp_err *err)
{
	int64_t seconds = 0, memory = 0;

	*o = (struct app_capture_options){ .client = cli_opt(c, "client"),
		.server = cli_opt(c, "server"),
		.port = cli_opt(c, "port"),
		.smb_port = cli_opt(c, "smb-port"),
		.nfs_port = cli_opt(c, "nfs-port") };
	*level = cli_opt(c, "nfs-level");
	if (*level != NULL && strcmp(*level, "privacy") != 0 && strcmp(*level, "integrity") != 0)
		return fp_fail(err, FP_EUSAGE, "--nfs-level is privacy or integrity, not '%.40s'", *level);
	if ((cli_opt(c, "seconds") != NULL && cli_number(&seconds, cli_opt(c, "seconds"), 1, 86400, "--seconds", err) != FP_OK) ||
	    (cli_opt(c, "memory") != NULL && cli_number(&memory, cli_opt(c, "memory"), 16, 65536, "--memory", err) != FP_OK))
		return FP_EUSAGE;
	o->max_seconds = (unsigned)seconds;
	o->max_memory = (size_t)memory << 20;
	return FP_OK;
}

static json_t *
verdicts_json(const struct evidence_verdict *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, cli_verdict_json(&v[i], 0));
	return list;
}

static json_t *
conversation_json(const struct app_capture_row *r)
{
	json_t *o = json_object();

	fp_json_set_str(o, "protocol", r->protocol);
	fp_json_set_str(o, "client", r->client);
	fp_json_set_str(o, "server", r->server);
	fp_json_set_int(o, "port", r->port);
	fp_json_set_int(o, "connections", (int64_t)r->connections);
	fp_json_set_int(o, "bytes_to_server", (int64_t)r->to_server);
	fp_json_set_int(o, "bytes_to_client", (int64_t)r->to_client);
	fp_json_set(o, "verdicts", verdicts_json(r->verdicts, r->n_verdicts));
	return o;
}

static enum fp_status
capture_json(const struct cli *c, const struct app_capture_view *v, struct fp_err *err)
{
	json_t *j = json_object(), *list = json_array();

	fp_json_set_str(j, "sha256", v->sha256);
	fp_json_set_int(j, "bytes", (int64_t)v->file_bytes);
	fp_json_set_int(j, "frames", (int64_t)v->frames);
	if (v->first != 0) {
		fp_json_set_time(j, "first", v->first);
		fp_json_set_time(j, "last", v->last);
	}
	if (v->cut_off[0] != '\0')
		fp_json_set_str(j, "cut_off", v->cut_off);
	fp_json_set_int(j, "elsewhere", (int64_t)v->elsewhere);
	fp_json_set_int(j, "left_out", (int64_t)v->left_out);
	fp_json_set(j, "verdicts", verdicts_json(v->verdicts, APP_CAPTURE_CHECKS));
	for (size_t i = 0; i < v->n_rows; i++)
		(void)json_array_append_new(list, conversation_json(&v->rows[i]));
	fp_json_set(j, "conversations", list);
	return cli_print_json(c, "fieldproof-capture-judged-1", j, err);
}

void
cli_add_verdict(struct doc_node *row, const struct cli *c, const struct evidence_verdict *v)
{
	const struct evidence_reason *reason = check_reason_find(check_find(v->check), v->reason);
	struct doc_node *cell;

	(void)doc_badge(doc_cell(row, NULL), app_result_style(v->result), cli_t(c, app_result_text(v->result)));
	cell = doc_cell(row, reason ? cli_t(c, reason->text) : v->reason);
	if (v->detail[0] != '\0')
		(void)doc_textf(cell, " (%s)", v->detail);
	if (v->settle[0] != '\0' && check_settle_text(v->settle) != NULL)
		(void)doc_textf(cell, " %s", cli_t(c, check_settle_text(v->settle)));
}

/* One line of a conversation for each of its questions; its name stands in the first. */
static void
add_conversation(struct doc_node *table, const struct cli *c, const struct app_capture_row *r)
{
	for (size_t i = 0; i < r->n_verdicts; i++) {
		struct doc_node *row = doc_row(table), *cell = doc_head_cell(row, DOC_SCOPE_ROW, i == 0 ? r->client : "");

		if (i == 0)
			(void)doc_textf(cell, " → %s, %u", r->server, r->port);
		(void)doc_cell(row, r->verdicts[i].check);
		cli_add_verdict(row, c, &r->verdicts[i]);
	}
}

static void
add_count(struct doc_node *root, const struct cli *c, const char *one, const char *many, uint64_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 512 };

	if (n == 0)
		return;
	i18n_nf(&text, c->lang, one, many, (int64_t)n, NULL);
	(void)doc_para(root, text.data);
}

static void
add_file(struct doc_node *root, const struct cli *c, const char *name, const struct app_capture_view *v)
{
	struct doc_node *list = doc_terms(root), *when;

	(void)doc_term(list, cli_t(c, N_("File")), name);
	(void)doc_term(list, "SHA-256", v->sha256);
	if (v->first != 0) {
		when = doc_term(list, cli_t(c, N_("Captured")), NULL);
		cli_add_time(when, c, v->first);
		(void)doc_textf(when, " – ");
		cli_add_time(when, c, v->last);
	}
	add_count(root, c, NN_("{n} frame.", "{n} frames."), v->frames);
	if (v->cut_off[0] != '\0')
		(void)doc_paraf(root, "%s (%s)", cli_t(c, N_("The capture file ends in the middle or is damaged.")), v->cut_off);
	add_count(
	    root, c, NN_("{n} conversation of others is not shown.", "{n} conversations of others are not shown."), v->elsewhere);
	add_count(root, c,
	    NN_("For {n} conversation there was no room: nothing can pass.",
		"For {n} conversations there was no room: nothing can pass."),
	    v->left_out);
}

static bool
asked_for(const struct cli *c, const struct evidence_verdict *v)
{
	const char *check = cli_opt(c, "check");

	return check == NULL || strcasecmp(check, v->check) == 0;
}

/* A single conversation speaks for itself. */
static bool
said_already(const struct app_capture_view *v, const char *check)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_rows; i++) {
		for (size_t k = 0; k < v->rows[i].n_verdicts; k++)
			n += strcmp(v->rows[i].verdicts[k].check, check) == 0;
	}
	return n == 1;
}

static enum fp_status
capture_text(const struct cli *c, const struct app_capture_view *v, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Conversation")), cli_t(c, N_("Check")), cli_t(c, N_("Result")),
		cli_t(c, N_("Why")) };
	static const unsigned widths[] = { 24, 7, 14, 55 };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table, *row;

	if (cli_doc(&d, c, cli_t(c, N_("Capture")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	add_file(doc_root(d), c, c->args[0], v);
	table = doc_table_widths(doc_table(doc_root(d), NULL), widths, FP_COUNT(widths));
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < v->n_rows; i++)
		add_conversation(table, c, &v->rows[i]);
	for (size_t i = 0; i < APP_CAPTURE_CHECKS; i++) {
		if (!asked_for(c, &v->verdicts[i]) || said_already(v, v->verdicts[i].check))
			continue;
		row = doc_row(table);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, cli_t(c, N_("All of them")));
		(void)doc_cell(row, v->verdicts[i].check);
		cli_add_verdict(row, c, &v->verdicts[i]);
	}
	return cli_print(c, d, err);
}

/* What was asked by --check counts; without it a protocol of which there is nothing in the capture does not count beside one of which there is. */
static enum fp_status
capture_outcome(const struct cli *c, const struct app_capture_view *v, struct fp_err *err)
{
	size_t failed = 0, open = 0, passed = 0, silent = 0;

	for (size_t i = 0; i < APP_CAPTURE_CHECKS; i++) {
		const struct evidence_verdict *k = &v->verdicts[i];

		if (!asked_for(c, k))
			continue;
		failed += k->result == EVIDENCE_FAIL;
		passed += k->result == EVIDENCE_PASS;
		silent += strcmp(k->reason, "nothing-seen") == 0;
		open += k->result != EVIDENCE_FAIL && k->result != EVIDENCE_PASS && strcmp(k->reason, "nothing-seen") != 0;
	}
	if (failed + passed + open + silent == 0)
		return fp_fail(err, FP_EUSAGE, "--check is SMB-5, SMB-6 or NFS-3, not '%.40s'", cli_opt(c, "check"));
	if (failed > 0)
		return fp_fail(err, FP_ENOTCORRECTED, "%zu questions failed", failed);
	return passed > 0 && open == 0 ? FP_OK : fp_fail(err, FP_EUNKNOWN, "%zu questions could not be answered", open + silent);
}

static enum fp_status
show_capture(struct cli *c, const struct fp_buf *facts, const char *level, struct fp_err *err)
{
	FP_AUTO(app_capture_view_freep) struct app_capture_view *v = NULL;
	const char *keep = cli_opt(c, "output");
	enum fp_status outcome;

	if (app_capture_view_new(&v, facts->data, facts->len, level, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	outcome = capture_outcome(c, v, err);
	if (outcome == FP_EUSAGE || (keep != NULL && fp_file_publish(keep, facts->data, facts->len, 0644, err) != FP_OK))
		return fp_failed(err, FP_EIO);
	if ((c->json ? capture_json(c, v, err) : capture_text(c, v, err)) != FP_OK)
		return fp_failed(err, FP_EIO);
	return outcome;
}

static enum fp_status
read_capture(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf facts = { .max = 0 };
	struct app_capture_options o;
	const char *level;

	if (capture_options(&o, &level, c, err) != FP_OK || app_capture_read(c->args[0], &o, &facts, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return show_capture(c, &facts, level, err);
}

/* The facts that --output wrote, without the capture file. */
static enum fp_status
read_capture_facts(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf facts = { .max = 0 };
	struct app_capture_options o;
	const char *level;

	if (capture_options(&o, &level, c, err) != FP_OK || app_capture_facts(c->args[0], &o, &facts, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return show_capture(c, &facts, level, err);
}

/* ---- by what the file is ---- */

static const struct {
	const char *kind; /* of app_evidence_kind */
	enum fp_status (*read)(struct cli *c, struct fp_err *err);
} kinds[] = {
	{ "capture", read_capture },
	{ "capture-facts", read_capture_facts },
	{ "facts", cli_read_facts },
};

static enum fp_status
run_read(struct cli *c, struct fp_err *err)
{
	const char *kind;

	if (app_evidence_kind(&kind, c->args[0], err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < FP_COUNT(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].read(c, err);
	}
	return fp_fail(err, FP_EINVAL,
	    "'%s' is no evidence that can be read: a capture (pcap, pcapng), its facts as JSON, or a fact file of "
	    "fieldproof-collect",
	    c->args[0]);
}

static const struct cli_option read_options[] = {
	{ "client", "ADDRESS", "capture: only traffic of this device" },
	{ "server", "ADDRESS", "capture: only traffic with this storage" },
	{ "port", "PORT", "capture: only this port of the storage" },
	{ "smb-port", "PORT,...", "capture: SMB is spoken on these ports too (445 and 139)" },
	{ "nfs-port", "PORT,...", "capture: NFS is spoken on these ports too (2049)" },
	{ "nfs-level", "privacy|integrity", "what is enough for NFS-3 (privacy)" },
	{ "check", "ID", "only this one; of a capture: SMB-5, SMB-6 or NFS-3, and the exit code answers it" },
	{ "seconds", "N", "longest time for reading the file (600)" },
	{ "memory", "MIB", "most memory of the process that reads it (256)" },
	{ "output", "FILE", "keep the facts as JSON, without names and contents; 'evidence read' reads them too" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_evidence_verbs[] = {
	{ "evidence", "read", "FILE", 1, 1, "what a network capture (pcap, pcapng) or a fact file shows, without a database",
	    "  fieldproof evidence read transfer.pcapng\n  fieldproof evidence read M00123.facts.json\n"
	    "  fieldproof evidence read transfer.pcap --client=10.0.0.7 --check=SMB-5 --output=facts.json\n",
	    run_read, read_options },
	{ .noun = NULL },
};
