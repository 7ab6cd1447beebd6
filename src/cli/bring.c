/* Evidence that people bring: fieldproof evidence challenge, evidence import; fieldproof device event, device events. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define FACTS_MAX ((size_t)1 << 20)

static enum fp_status
run_challenge(struct cli *c, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	char code[APP_CHALLENGE_MAX];
	int64_t days = 0;
	fp_time expires;
	struct doc_node *p;

	if (cli_opt(c, "days") != NULL && cli_number(&days, cli_opt(c, "days"), 1, 365, "--days", err) != FP_OK)
		return FP_EUSAGE;
	if (cli_app(c, err) != FP_OK || app_challenge_new(c->app, &c->actor, (int)days, code, &expires, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json) {
		json_t *j = json_object();

		fp_json_set_str(j, "code", code);
		fp_json_set_time(j, "expires", expires);
		return cli_print_json(c, "fieldproof-challenge-1", j, err);
	}
	if (cli_doc(&d, c, cli_t(c, N_("Challenge")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)doc_strong(doc_para(doc_root(d), NULL), code);
	p = doc_para(doc_root(d), cli_t(c, N_("Type this code at each device:")));
	(void)doc_textf(p, " fieldproof-collect --challenge=%s --serial=... --mode=...", code);
	p = doc_paraf(doc_root(d), "%s ", cli_t(c, N_("Fact files that carry it are taken as new until")));
	cli_add_time(p, c, expires);
	return cli_print(c, d, err);
}

/* ---- import ---- */

static const struct {
	const char *code, *text;
} identities[] = {
	{ "first", N_("read for the first time") },
	{ "same", N_("the same system as before") },
	{ "re-imaged", N_("another system than before; a person vouches for it") },
	{ "other-device",
	    N_("not the system that was read before: of another device, or installed anew (then import it with --confirm)") },
	{ "other-mode", N_("the system that was already read as the other boot mode: one mode was collected twice") },
	{ "unknown", N_("the file does not say which system this is") },
};

static const char *
identity_text(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(identities); i++)
		if (code != NULL && strcmp(identities[i].code, code) == 0)
			return identities[i].text;
	return N_("not taken in");
}

static json_t *
brought_json(const struct app_brought *b)
{
	json_t *j = json_object(), *parts = json_array();

	fp_json_set_str(j, "subject", b->subject);
	fp_json_set_time(j, "collected", b->collected);
	fp_json_set(j, "challenged", json_boolean(b->challenged));
	for (size_t i = 0; i < b->n_parts; i++) {
		const struct app_brought_part *p = &b->parts[i];
		json_t *o = json_object();

		fp_json_set_str(o, "mode", p->mode);
		fp_json_set(o, "offline", json_boolean(p->offline));
		fp_json_set_str(o, "identity", p->identity);
		fp_json_set_str(o, "observation", p->obs[0] ? p->obs : NULL);
		fp_json_set_str(o, "skipped", p->skipped);
		(void)json_array_append_new(parts, o);
	}
	fp_json_set(j, "parts", parts);
	fp_json_set(j, "checks", cli_checked_json(b->result));
	return j;
}

static enum fp_status
brought_text(const struct cli *c, const struct app_brought *b, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *p, *list;

	if (cli_doc(&d, c, b->subject, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	p = doc_paraf(doc_root(d), "%s, %s ", b->subject, cli_t(c, N_("collected")));
	cli_add_time(p, c, b->collected);
	(void)doc_para(doc_root(d),
	    cli_t(c, b->challenged ? N_("The file answers a challenge of this site: it is not older than that.")
				   : N_("The file answers no valid challenge of this site, so it may be old: what it says proves "
					"nothing yet. Print one with 'fieldproof evidence challenge' and collect again.")));
	list = doc_list(doc_root(d), false);
	for (size_t i = 0; i < b->n_parts; i++) {
		const struct app_brought_part *q = &b->parts[i];

		(void)doc_textf(doc_item(list, NULL), "%s%s%s: %s", q->mode[0] ? q->mode : cli_t(c, N_("system")),
		    q->offline ? ", " : "", q->offline ? cli_t(c, N_("read offline")) : "",
		    cli_t(c, q->skipped != NULL ? q->skipped : identity_text(q->identity)));
	}
	if (cli_print(c, d, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_checked_text(c, b->result, err);
}

static enum fp_status
import_capture(struct cli *c, const char *path, json_t *list, struct fp_err *err)
{
	const struct app_capture_options read = { .client = cli_opt(c, "client"),
		.server = cli_opt(c, "server"),
		.port = cli_opt(c, "port"),
		.smb_port = cli_opt(c, "smb-port"),
		.nfs_port = cli_opt(c, "nfs-port") };
	const struct app_capture_bring_options o = { .read = &read,
		.serial = cli_opt(c, "device"),
		.mode = cli_opt(c, "mode"),
		.vantage = cli_opt(c, "vantage"),
		.nfs_level = cli_opt(c, "nfs-level") };
	FP_AUTO(app_brought_freep) struct app_brought *b = NULL;

	if (app_capture_bring(c->app, &c->actor, path, &o, &b, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json)
		(void)json_array_append_new(list, brought_json(b));
	else if (cli_checked_text(c, b->result, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_checked_outcome(b->result, err);
}

/* Several files: the most serious outcome is the exit status. */
static enum fp_status
import_one(struct cli *c, const char *path, json_t *list, struct fp_err *err)
{
	const struct app_bring_options o = { .serial = cli_opt(c, "device"),
		.mode = cli_opt(c, "mode"),
		.other_mode = cli_opt(c, "other-mode"),
		.storage = cli_opt(c, "storage"),
		.confirmed = cli_opt(c, "confirm") != NULL };
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = FACTS_MAX };
	FP_AUTO(app_brought_freep) struct app_brought *b = NULL;
	const char *kind = "";

	if (app_evidence_kind(&kind, path, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (strncmp(kind, "capture", 7) == 0)
		return import_capture(c, path, list, err);
	if (fp_file_read(&bytes, path, err) != FP_OK ||
	    app_facts_bring(c->app, &c->actor, bytes.data, bytes.len, path, &o, &b, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->json)
		(void)json_array_append_new(list, brought_json(b));
	else if (brought_text(c, b, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_checked_outcome(b->result, err);
}

static enum fp_status
run_import(struct cli *c, struct fp_err *err)
{
	json_t *list = json_array();
	enum fp_status worst = FP_OK;
	struct fp_err first = { .status = FP_OK };

	if (cli_app(c, err) != FP_OK) {
		json_decref(list);
		return fp_failed(err, FP_EIO);
	}
	for (int i = 0; i < c->n_args; i++) {
		struct fp_err one = { .status = FP_OK };
		enum fp_status status = import_one(c, c->args[i], list, &one);

		if (status != FP_OK && i + 1 < c->n_args)
			cli_say(c, "%s", one.msg);
		if (status != FP_OK && worst == FP_OK) {
			worst = status;
			first = one;
		}
	}
	if (cli_print_list(c, "fieldproof-imported-1", "files", list, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (worst != FP_OK)
		*err = first;
	return worst;
}

/* ---- what ends evidence ---- */

static enum fp_status
run_event(struct cli *c, struct fp_err *err)
{
	fp_time at = 0;

	if (cli_opt(c, "at") != NULL) {
		struct fp_date day;

		if (fp_date_parse(&day, cli_opt(c, "at"), NULL) == FP_OK)
			at = (fp_date_days(day) + 1) * 86400000 -
			     1; /* when in the day is not said: all that was seen on it may be of before */
		else if (fp_time_parse(&at, cli_opt(c, "at"), err) != FP_OK)
			return fp_fail(err, FP_EUSAGE, "--at is a day (2026-11-21) or a time (2026-11-21T09:30:00Z), not '%.40s'",
			    cli_opt(c, "at"));
	}
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (at > app_now(c->app) && at - app_now(c->app) < 86400000)
		at = 0; /* today */
	if (app_device_event_add(c->app, &c->actor, c->args[0], c->args[1], at, cli_opt(c, "note"), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	cli_say(
	    c, "recorded: evidence from before it no longer counts as fresh; 'fieldproof case show' lists what to check again");
	return FP_OK;
}

static enum fp_status
run_events(struct cli *c, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Device")), cli_t(c, N_("Event")), cli_t(c, N_("When")), cli_t(c, N_("Who")),
		cli_t(c, N_("Note")) };
	FP_AUTO(fp_freep) struct app_device_event *list = NULL;
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table, *row;
	json_t *events;
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_device_events(c->app, c->n_args ? c->args[0] : NULL, &list, &n, err) != FP_OK ||
	    cli_doc(&d, c, cli_t(c, N_("Events")), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	events = json_array();
	table = doc_table(doc_root(d), NULL);
	row = doc_row(table);
	for (size_t i = 0; i < FP_COUNT(heads); i++)
		(void)doc_head_cell(row, DOC_SCOPE_COL, heads[i]);
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		row = doc_row(table);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, list[i].serial);
		(void)doc_cell(row, list[i].kind);
		cli_add_time(doc_cell(row, NULL), c, list[i].at);
		(void)doc_cell(row, list[i].actor);
		(void)doc_cell(row, list[i].note);
		fp_json_set_str(o, "serial", list[i].serial);
		fp_json_set_str(o, "kind", list[i].kind);
		fp_json_set_time(o, "at", list[i].at);
		fp_json_set_str(o, "actor", list[i].actor);
		fp_json_set_str(o, "note", list[i].note);
		(void)json_array_append_new(events, o);
	}
	if (!c->json && n > 0 && cli_print(c, d, err) != FP_OK) {
		json_decref(events);
		return fp_failed(err, FP_EIO);
	}
	return cli_print_list(c, "fieldproof-device-events-1", "events", events, err);
}

/* ---- the table ---- */

static const struct cli_option challenge_options[] = {
	{ "days", "N", "how long it may be used (7)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option import_options[] = {
	{ "device", "SERIAL", "the device, when the file does not say" },
	{ "mode", "MODE", "the boot mode that was running, when the file does not say" },
	{ "other-mode", "MODE", "the boot mode of the system that was read offline beside it" },
	{ "storage", "HOST", "the file is of the storage server with this address in the device list" },
	{ "client", "ADDRESS", "capture: the device's address, when the list has none (with --device)" },
	{ "server", "ADDRESS", "capture: the storage's address, when the list has none (with --device)" },
	{ "port", "N", "capture: only the server's port N" },
	{ "smb-port", "N,...", "capture: where SMB is spoken besides 445 and 139" },
	{ "nfs-port", "N,...", "capture: where NFS is spoken besides 2049" },
	{ "nfs-level", "privacy|integrity", "capture: what NFS must have (privacy)" },
	{ "vantage", "NAME", "capture: where it was taken" },
	{ "confirm", NULL, "you vouch that the file is of this device, although its system is not the one that was read before" },
	{ NULL, NULL, NULL },
};
static const struct cli_option event_options[] = {
	{ "at", "DAY", "when it happened (now)" },
	{ "note", "TEXT", "a word to it" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_bring_verbs[] = {
	{ "evidence", "challenge", "", 0, 0, "a code to type at the device, so that an old fact file cannot pass for a new one",
	    "  fieldproof evidence challenge\n", run_challenge, challenge_options },
	{ "evidence", "import", "FILE...", 1, -1,
	    "take in fact files of fieldproof-collect and network captures, and judge every check that they answer",
	    "  fieldproof evidence import /media/stick/*.facts.json\n"
	    "  fieldproof evidence import M00123.facts.json --device=M00123 --mode=Dx\n",
	    run_import, import_options },
	{ "device", "event", "SERIAL KIND", 2, 2,
	    "record what ends the validity of evidence: re-image, password-rotation, service-visit, network-change",
	    "  fieldproof device event M00123 service-visit --at=2026-11-20 --note='hard disk changed'\n", run_event,
	    event_options },
	{ "device", "events", "[SERIAL]", 0, 1, "what was recorded so", NULL, run_events, NULL },
	{ .noun = NULL },
};
