/* Evidence that people bring: a challenge to take along, and the fact files and captures that come back. */
#include "web/internal.h"

#include <string.h>

#include "base/file.h"

#define FACTS_MAX ((size_t)1 << 20)

static bool
evidence_frame(struct web_req *r, const char *title, struct doc_node **main, struct fp_err *err)
{
	return web_page_under(r, title, main, err, "/evidence", i18n_t(r->lang, "Evidence"), NULL) == FP_OK;
}

/* ---- the page ---- */

static const char *
wish(struct web_req *r, const char *name)
{
	return *web_form(r, name) != '\0' ? web_form(r, name) : web_query(r, name);
}

static void
challenge_form(struct web_req *r, struct doc_node *main, const char *error)
{
	struct doc_node *form;

	doc_heading(main, 2, i18n_t(r->lang, "Before the visit: a challenge"));
	doc_para(
	    main, i18n_t(r->lang, "A code that is typed at the device. A file that carries it cannot be older than the code; a "
				  "file without one proves nothing, because it may be old."));
	form = doc_class(web_post(r, main, "/evidence/challenge"), DOC_CLASS_CLUSTER);
	doc_input(form, &(struct doc_field){ .name = "days",
			    .label = i18n_t(r->lang, "For how many days it may be used"),
			    .type = DOC_INPUT_NUMBER,
			    .value = *web_form(r, "days") != '\0' ? web_form(r, "days") : "7",
			    .error = error });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Make a challenge"));
}

static void
mode_select(struct web_req *r, struct doc_node *form, const char *name, const char *label)
{
	struct doc_node *s = doc_select(form, &(struct doc_field){ .name = name, .label = label, .value = wish(r, name) });

	doc_option(s, "", i18n_t(r->lang, "as the file says"));
	doc_option(s, "Dx", "Dx");
	doc_option(s, "RUO", "RUO");
}

static void
silent_fields(struct web_req *r, struct doc_node *form)
{
	struct doc_node *set = doc_fieldset(form, i18n_t(r->lang, "Only what the files do not say themselves"));

	doc_input(
	    set, &(struct doc_field){ .name = "serial",
		     .label = i18n_t(r->lang, "Serial number"),
		     .value = wish(r, "serial"),
		     .max_length = 127,
		     .hint = i18n_t(r->lang, "It holds for all files of this form, and must agree where a file says one") });
	mode_select(r, set, "mode", i18n_t(r->lang, "Boot mode that was running"));
	mode_select(r, set, "other-mode", i18n_t(r->lang, "Boot mode that was read beside it, without running"));
	doc_input(set, &(struct doc_field){ .name = "storage",
			   .label = i18n_t(r->lang, "Storage server"),
			   .value = web_form(r, "storage"),
			   .max_length = 250,
			   .hint = i18n_t(r->lang, "When the file was made on a storage server: its address as it stands in the "
						   "list of devices") });
}

static void
capture_fields(struct web_req *r, struct doc_node *form)
{
	const char *client = web_form(r, "client"), *server = web_form(r, "server");
	struct doc_node *box = doc_details(
	    form, i18n_t(r->lang, "Captures: addresses that are not in the list of devices"), *client != '\0' || *server != '\0');

	doc_input(box, &(struct doc_field){ .name = "client",
			   .label = i18n_t(r->lang, "Numeric address of the device"),
			   .value = client,
			   .max_length = 60,
			   .hint = i18n_t(r->lang, "With the serial number above") });
	doc_input(box, &(struct doc_field){ .name = "server",
			   .label = i18n_t(r->lang, "Numeric address of its storage"),
			   .value = server,
			   .max_length = 60 });
}

static void
bring_form(struct web_req *r, struct doc_node *main, const char *error)
{
	struct doc_node *form;

	doc_heading(main, 2, i18n_t(r->lang, "After the visit: bring what was collected"));
	doc_para(main,
	    i18n_t(r->lang, "Fact files of fieldproof-collect and network captures (pcap, pcapng). Each is judged by every check "
			    "that it can answer; what cannot be taken is refused as a whole, and told."));
	form = web_post(r, main, "/evidence");
	doc_input(
	    form, &(struct doc_field){ .name = "file",
		      .label = i18n_t(r->lang, "Files"),
		      .type = DOC_INPUT_FILE,
		      .required = true,
		      .multiple = true,
		      .accept = ".json,.pcap,.pcapng,.cap",
		      .error = error,
		      .hint = i18n_t(r->lang, "Up to 24 files, together up to 256 MB; the command line takes captures of any "
					      "size: fieldproof evidence import FILE...") });
	silent_fields(r, form);
	capture_fields(r, form);
	doc_checkbox(form, "confirm", "yes",
	    i18n_t(r->lang, "I vouch that the files are of this device, although its system is not the one that was read before"),
	    *web_form(r, "confirm") != '\0');
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Take them in"));
}

static enum fp_status
evidence_page(struct web_req *r, unsigned status, const char *days_error, const char *file_error, struct fp_err *err)
{
	struct doc_node *main;

	if (web_page(r, i18n_t(r->lang, "Evidence"), &main, err) != FP_OK)
		return err->status;
	doc_class(doc_para(main, i18n_t(r->lang, "What the network cannot show is read on the device itself: by a small program "
						 "that changes nothing, from a stick.")),
	    DOC_CLASS_LEAD);
	challenge_form(r, main, days_error);
	bring_form(r, main, file_error);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_evidence(struct web_req *r, struct fp_err *err)
{
	return evidence_page(r, 200, NULL, NULL, err);
}

/* ---- the challenge ---- */

enum fp_status
web_post_challenge(struct web_req *r, struct fp_err *err)
{
	char code[APP_CHALLENGE_MAX];
	fp_time expires;
	int64_t days;

	if (!web_number(&days, web_form(r, "days")) || days < 1 || days > 365)
		return evidence_page(r, 422, i18n_t(r->lang, "Please give a number from 1 to 365."), NULL, err);
	if (app_challenge_new(r->app, &r->session.actor, (int)days, code, &expires, err) != FP_OK)
		return err->status;
	return web_redirectf(r, "/evidence/challenge/%s", web_segment(r, code));
}

static void
instructions(struct web_req *r, struct doc_node *main, const char *code, fp_time expires)
{
	struct doc_node *list, *item;

	doc_heading(main, 2, i18n_t(r->lang, "At the device"));
	list = doc_list(main, true);
	doc_item(
	    list, i18n_t(r->lang, "Put the program on an empty stick: fieldproof-collect.exe for Windows, fieldproof-collect "
				  "for Linux. Nothing is installed and nothing is changed."));
	item = doc_item(list, NULL);
	doc_para(item, i18n_t(r->lang, "On the device, start it from the stick with the serial number of the type plate and the "
				       "boot mode that is running:"));
	/* Quoted: the last letter may be one that a shell takes for its own. */
	doc_pre(item, web_fmt(r,
			  "fieldproof-collect.exe --serial=... --mode=Dx --challenge=\"%s\"\n"
			  "./fieldproof-collect --serial=... --challenge=\"%s\"",
			  code, code));
	doc_item(list, i18n_t(r->lang, "Start an instrument with two boot modes in each of them, and say which: --mode=Dx, then "
				       "--mode=RUO."));
	doc_item(list, web_keep(r, i18n_text(r->lang, "Bring the files back on the stick and take them in here before {when}.",
				       "when", web_time(r, expires), NULL)));
}

enum fp_status
web_page_challenge(struct web_req *r, struct fp_err *err)
{
	char code[APP_CHALLENGE_MAX];
	fp_time issued, expires;
	struct doc_node *main, *terms;

	if (app_challenge_get(r->app, r->args[0], code, &issued, &expires, err) != FP_OK)
		return fp_fail(err, FP_ENOTFOUND, "there is no challenge '%.40s'", r->args[0]);
	if (!evidence_frame(r, i18n_t(r->lang, "Challenge"), &main, err))
		return err->status;
	if (expires < app_now(r->app))
		doc_para(doc_callout(main, DOC_BADGE_WARNING, i18n_t(r->lang, "This code has run out.")),
		    i18n_t(r->lang, "Make a new one: files that carry this one are taken as possibly old."));
	doc_id(doc_class(doc_class(doc_para(main, code), DOC_CLASS_NUMBER), DOC_CLASS_MONO), "challenge");
	terms = doc_terms(main);
	doc_strong(
	    doc_term(terms, i18n_t(r->lang, "Fact files that carry it are taken as new until"), NULL), web_time(r, expires));
	doc_term(terms, i18n_t(r->lang, "Made"), web_time(r, issued));
	doc_para(main, i18n_t(r->lang, "One code serves every device of a visit. Print this page and take it along."));
	instructions(r, main, code, expires);
	doc_button_link(
	    doc_para(main, NULL), DOC_BUTTON_SECONDARY, "/evidence", i18n_t(r->lang, "Back: bring what was collected"));
	return web_page_done(r, 200, err);
}

/* ---- what became of a file ---- */

static const struct {
	const char *code, *text;
	enum doc_badge_style style;
} identities[] = {
	{ "first", N_("read for the first time"), DOC_BADGE_PASS },
	{ "same", N_("the same system as before"), DOC_BADGE_PASS },
	{ "re-imaged", N_("another system than before; a person vouches for it"), DOC_BADGE_WARNING },
	{ "other-device",
	    N_("not the system that was read before: of another device, or installed anew. It proves nothing. If you know that "
	       "it is "
	       "this device, collect once more and tick that you vouch for it"),
	    DOC_BADGE_FAIL },
	{ "other-mode", N_("the system that was already read as the other boot mode: one mode was collected twice"),
	    DOC_BADGE_FAIL },
	{ "unknown", N_("the file does not say which system this is"), DOC_BADGE_UNKNOWN },
};

static void
part(struct web_req *r, struct doc_node *list, const struct app_brought_part *p)
{
	struct doc_node *item = doc_item(list, NULL);
	const char *text = N_("not taken in");

	doc_strong(item, p->mode[0] != '\0' ? p->mode : i18n_t(r->lang, "system"));
	if (p->offline)
		doc_text(item, web_fmt(r, ", %s", i18n_t(r->lang, "read offline")));
	for (size_t i = 0; p->skipped == NULL && p->identity != NULL && i < FP_COUNT(identities); i++) {
		if (strcmp(identities[i].code, p->identity) == 0)
			text = identities[i].text;
	}
	doc_text(item, web_fmt(r, ": %s", i18n_t(r->lang, p->skipped != NULL ? p->skipped : text)));
	if (p->obs[0] != '\0') {
		doc_text(item, " \u00b7 ");
		doc_link(item, web_fmt(r, "/observation/%s", p->obs), i18n_t(r->lang, "What it saw"));
	}
}

static void
facts_told(struct web_req *r, struct doc_node *card, const struct app_brought *b)
{
	struct doc_node *list, *box;

	if (b->challenged)
		doc_callout(card, DOC_BADGE_PASS,
		    i18n_t(r->lang, "The file answers a challenge of this site: it is not older than that."));
	else {
		box = doc_callout(card, DOC_BADGE_UNKNOWN,
		    i18n_t(
			r->lang, "The file answers no valid challenge of this site, so it may be old: it proves nothing yet."));
		doc_para(box, i18n_t(r->lang, "Make a challenge and collect again."));
	}
	list = doc_list(card, false);
	for (size_t i = 0; i < b->n_parts; i++)
		part(r, list, &b->parts[i]);
}

static void
taken(struct web_req *r, struct doc_node *card, const struct app_brought *b, bool capture)
{
	struct doc_node *terms = doc_terms(card);

	doc_term(terms, i18n_t(r->lang, "Recognised as"),
	    i18n_t(r->lang, web_brought_text(capture ? CHECK_PROBE_CAPTURE : CHECK_PROBE_FACTS)));
	doc_class(doc_span(doc_term(terms, capture ? i18n_t(r->lang, "Fingerprint") : i18n_t(r->lang, "Device"), NULL),
		      DOC_CLASS_NONE, b->subject),
	    DOC_CLASS_MONO);
	if (b->collected != 0)
		doc_term(terms, i18n_t(r->lang, "Collected"), web_time(r, b->collected));
	if (!capture)
		facts_told(r, card, b);
	if (b->result->n > 0) {
		web_answers(r, card, b->result);
		return;
	}
	doc_para(card, i18n_t(r->lang, "No open step of an affected device asks for what this file answers. It is kept."));
}

/* What a refusal means for a person; the program's own words say which case it is. */
static const struct {
	enum fp_status status;
	const char *text;
} refusals[] = {
	{ FP_EINTEGRITY, N_("It was changed after it was written, or forged: its signature does not hold.") },
	{ FP_ECONFLICT, N_("It does not fit what is there: taken in before, older, or of something else than was said.") },
	{ FP_ENOTFOUND, N_("Nothing in the list of devices fits it.") },
	{ FP_EUSAGE,
	    N_("Something must be said that the file does not say. Fill the field below and choose the file once more.") },
	{ FP_EINVAL, N_("It is no fact file and no capture, or it is damaged.") },
	{ FP_EUNSUPPORTED, N_("It is of a kind that this program does not read.") },
	{ FP_ELIMIT, N_("It is too large: a fact file has less than 1 MB. For captures use the command line.") },
	{ FP_ETIMEOUT, N_("Reading it took too long. Use the command line.") },
};

/* The program speaks of options of the command line; here they are fields. */
static void
speak_of_fields(struct web_req *r, struct fp_err *err)
{
	const struct {
		const char *option, *label;
	} fields[] = {
		{ "--other-mode", i18n_t(r->lang, "Boot mode that was read beside it, without running") },
		{ "--device", i18n_t(r->lang, "Serial number") },
		{ "--mode", i18n_t(r->lang, "Boot mode that was running") },
		{ "--client", i18n_t(r->lang, "Numeric address of the device") },
		{ "--server", i18n_t(r->lang, "Numeric address of its storage") },
	};

	for (size_t i = 0; i < FP_COUNT(fields); i++)
		web_speak_of(err, fields[i].option, web_fmt(r, "\"%s\"", fields[i].label));
}

static void
refused(struct web_req *r, struct doc_node *card, struct fp_err *why)
{
	const char *text = N_("It could not be taken in.");

	for (size_t i = 0; i < FP_COUNT(refusals); i++) {
		if (refusals[i].status == why->status)
			text = refusals[i].text;
	}
	speak_of_fields(r, why);
	web_problem(r, card, i18n_t(r->lang, text), why);
	doc_para(card, i18n_t(r->lang, "Nothing of it was kept, and nothing was changed."));
}

static const char *
or_null(const char *s)
{
	return *s != '\0' ? s : NULL;
}

static enum fp_status
bring_capture(struct web_req *r, const char *path, struct app_brought **out, struct fp_err *err)
{
	const struct app_capture_options read = { .client = or_null(web_form(r, "client")),
		.server = or_null(web_form(r, "server")) };
	const struct app_capture_bring_options o = {
		.read = &read, .serial = or_null(web_form(r, "serial")), .mode = or_null(web_form(r, "mode"))
	};

	return app_capture_bring(r->app, &r->session.actor, path, &o, out, err);
}

static enum fp_status
bring_facts(struct web_req *r, const char *path, const char *name, struct app_brought **out, struct fp_err *err)
{
	const struct app_bring_options o = { .serial = or_null(web_form(r, "serial")),
		.mode = or_null(web_form(r, "mode")),
		.other_mode = or_null(web_form(r, "other-mode")),
		.storage = or_null(web_form(r, "storage")),
		.confirmed = *web_form(r, "confirm") != '\0' };
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = FACTS_MAX };

	if (fp_file_read(&bytes, path, err) != FP_OK)
		return err->status;
	return app_facts_bring(r->app, &r->session.actor, bytes.data, bytes.len, name, &o, out, err);
}

static enum fp_status
bring(struct web_req *r, const struct web_file *f, const char *name, bool *capture, struct app_brought **out, struct fp_err *err)
{
	const char *path = web_file_path(r, f), *kind = "";
	enum fp_status st;

	if (f->size == 0)
		return fp_fail(err, FP_EINVAL, "%s is empty", name);
	if (app_evidence_kind(&kind, path, err) != FP_OK)
		return err->status;
	*capture = strncmp(kind, "capture", 7) == 0;
	st = *capture ? bring_capture(r, path, out, err) : bring_facts(r, path, name, out, err);
	if (st != FP_OK)
		web_speak_of(err, path, name);
	return st;
}

/* One file: its card. False when it was refused. */
static bool
one_file(struct web_req *r, struct doc_node *main, size_t i)
{
	const struct web_file *f = &r->files[i];
	const char *name = f->name[0] != '\0' ? f->name : web_fmt(r, "%zu", i + 1);
	FP_AUTO(app_brought_freep) struct app_brought *b = NULL;
	struct doc_node *card = doc_section(main, DOC_ROLE_CARD), *h = doc_heading(card, 2, NULL);
	struct fp_err why = { .status = FP_OK };
	bool capture = false, ok = bring(r, f, name, &capture, &b, &why) == FP_OK;

	doc_text(h, web_fmt(r, "%s ", name));
	doc_badge(h, ok ? DOC_BADGE_PASS : DOC_BADGE_FAIL, ok ? i18n_t(r->lang, "taken in") : i18n_t(r->lang, "refused"));
	if (ok)
		taken(r, card, b, capture);
	else
		refused(r, card, &why);
	return ok;
}

/* Answers with the page itself and no redirect: what became of a file cannot be asked for a second time, and sending it again is refused. */
enum fp_status
web_post_evidence(struct web_req *r, struct fp_err *err)
{
	struct doc_node *main;
	size_t ok = 0;

	if (r->n_files == 0)
		return evidence_page(r, 422, NULL, i18n_t(r->lang, "Please choose a file."), err);
	if (!evidence_frame(r, i18n_t(r->lang, "What became of the files"), &main, err))
		return err->status;
	for (size_t i = 0; i < r->n_files; i++)
		ok += one_file(r, main, i);
	bring_form(r, main, NULL);
	return web_page_done(r, ok > 0 ? 200 : 422, err);
}
