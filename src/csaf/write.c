/* A notice as CSAF 2.0, one document per language. What the standard asks stands beside it by number. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "csaf/write_int.h"

/* ---- JSON in the making ---- */

static void
handed_over(struct csaf_writer *w, json_t *value, bool taken)
{
	if (taken)
		json_decref(value);
	else
		w->no_memory = true; /* left lying rather than freed: callers go on with it */
}

void
csaf_put(struct csaf_writer *w, json_t *obj, const char *key, json_t *stolen)
{
	handed_over(w, stolen, json_object_set(obj, key, stolen) == 0);
}

void
csaf_push(struct csaf_writer *w, json_t *array, json_t *stolen)
{
	handed_over(w, stolen, json_array_append(array, stolen) == 0);
}

void
csaf_put_text(struct csaf_writer *w, json_t *obj, const char *key, const char *text)
{
	if (text != NULL && *text != '\0')
		csaf_put(w, obj, key, json_string(text));
}

const char *
csaf_write_keep(struct csaf_writer *w, const char *text)
{
	const char *copy = fp_arena_text(w->arena, text, strlen(text));

	w->no_memory = w->no_memory || copy == NULL;
	return copy ? copy : "";
}

/* ---- names and addresses ---- */

const char *
csaf_source_lang(const struct notice *n, const struct csaf_write_options *o)
{
	if (o != NULL && o->source_lang != NULL)
		return o->source_lang;
	if (notice_text_find(n, "en") != NULL)
		return "en";
	return n->n_texts > 0 ? n->texts[0].lang : "en";
}

static bool
is_source(const struct notice *n, const char *lang, const struct csaf_write_options *o)
{
	return strcmp(lang, csaf_source_lang(n, o)) == 0;
}

/* 9.1.9: a translation by the same issuer bears the original's id with the language behind it. */
static enum fp_status
tracking_id(
    char out[CSAF_NAME_MAX], const struct notice *n, const char *lang, const struct csaf_write_options *o, struct fp_err *err)
{
	int k = is_source(n, lang, o) ? snprintf(out, CSAF_NAME_MAX, "%s", n->reference)
				      : snprintf(out, CSAF_NAME_MAX, "%s-%s", n->reference, lang);

	return k > 0 && k < CSAF_NAME_MAX - 8
		   ? FP_OK
		   : fp_fail(err, FP_ELIMIT, "the reference %s is too long for a file name", n->reference);
}

/* 5.1: small letters, every run of other signs than + - and digits is one "_". */
enum fp_status
csaf_file_name(
    char out[CSAF_NAME_MAX], const struct notice *n, const char *lang, const struct csaf_write_options *o, struct fp_err *err)
{
	char id[CSAF_NAME_MAX];
	size_t k = 0;

	if (tracking_id(id, n, lang, o, err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	for (const char *p = id; *p != '\0'; p++) {
		if (isalnum((unsigned char)*p) || *p == '+' || *p == '-')
			out[k++] = (char)tolower((unsigned char)*p);
		else if (k == 0 || out[k - 1] != '_')
			out[k++] = '_';
	}
	memcpy(out + k, ".json", 6);
	return FP_OK;
}

void
csaf_side_name(char out[CSAF_NAME_MAX], const struct notice *n)
{
	(void)snprintf(out, CSAF_NAME_MAX, "%.63s.fieldproof.json", n->reference);
}

enum fp_status
csaf_maker_host(char out[256], const struct notice *n, struct fp_err *err)
{
	const char *p = n->legal_url ? strstr(n->legal_url, "://") : NULL, *at;
	size_t len;

	if (p != NULL)
		p += 3;
	else if (n->n_contacts > 0 && (at = strrchr(n->contacts[0].email, '@')) != NULL)
		p = at + 1;
	len = p == NULL ? 0 : strcspn(p, "/:?#");
	if (len == 0 || len > 200)
		return fp_fail(err, FP_EUSAGE, "%s gives no address of its maker (manufacturer.legal_url), which CSAF asks for",
		    n->reference);
	memcpy(out, p, len);
	out[len] = '\0';
	return FP_OK;
}

struct fp_date
csaf_first_date(const struct notice *n, const struct csaf_write_options *o)
{
	if (n->revision > 1 && o->n_earlier > 0)
		return o->earlier[0];
	return n->issue_date.year != 0 ? n->issue_date : o->date;
}

static const char *
tlp_of(const struct csaf_write_options *o)
{
	return o->tlp != NULL ? o->tlp : "WHITE";
}

/* 7.1.11: documents lie in folders by the year of their first release; 7.1.9: below /.well-known/csaf, by TLP label. */
enum fp_status
csaf_base_url(struct fp_buf *out, const struct notice *n, const struct csaf_write_options *o, struct fp_err *err)
{
	static const struct csaf_write_options none = { .source_lang = NULL };
	char host[256], label[16];
	struct fp_date first;

	o = o != NULL ? o : &none;
	first = csaf_first_date(n, o);
	if (o->base_url != NULL) {
		fp_buf_printf(out, "%s%s", o->base_url, o->base_url[strlen(o->base_url) - 1] == '/' ? "" : "/");
		return fp_buf_check(out, "the address", err);
	}
	if (csaf_maker_host(host, n, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	if (first.year == 0)
		return fp_fail(err, FP_EUSAGE, "%s has no date: say when it appears with --date=YYYY-MM-DD", n->reference);
	(void)snprintf(label, sizeof(label), "%s", tlp_of(o));
	for (char *p = label; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	fp_buf_printf(out, "https://%s/.well-known/csaf/%s/%04d/", host, label, first.year);
	return fp_buf_check(out, "the address", err);
}

void
csaf_write_tag(const struct csaf_writer *w, struct fp_buf *out)
{
	char host[256];
	const char *p = host;

	if (csaf_maker_host(host, w->n, NULL) != FP_OK)
		return;
	if (strncmp(p, "www.", 4) == 0)
		p += 4;
	fp_buf_printf(out, "tag:%s,%04d:%s", p, csaf_first_date(w->n, w->o).year, w->n->reference);
}

/* ---- /document ---- */

static json_t *
time_of_day(struct fp_date d)
{
	char day[FP_DATE_MAX], text[FP_DATE_MAX + 16];

	(void)snprintf(text, sizeof(text), "%sT00:00:00Z", fp_date_text(day, d));
	return json_string(text);
}

/* A notice that was dated is dated by itself; one without says so rather than getting a date nobody gave it (law 10). */
static enum fp_status
check_dates(const struct csaf_writer *w, struct fp_err *err)
{
	struct fp_date last = w->n->issue_date.year != 0 ? w->n->issue_date : w->o->date;

	if (last.year == 0)
		return fp_fail(err, FP_EUSAGE, "%s has no date, and CSAF needs one: say when it appears with --date=YYYY-MM-DD",
		    w->n->reference);
	if (w->n->issue_date.year != 0 && w->o->date.year != 0 && fp_date_compare(w->n->issue_date, w->o->date) != 0)
		return fp_fail(err, FP_EUSAGE, "%s has a date of its own: leave --date out", w->n->reference);
	if (w->n->revision > 1000)
		return fp_fail(err, FP_ELIMIT, "%s: revision %d; the limit is 1000", w->n->reference, w->n->revision);
	if (w->o->n_earlier != (size_t)(w->n->revision - 1))
		return fp_fail(err, FP_EUSAGE,
		    "%s is revision %d: CSAF lists every revision with its date; say when the %d earlier ones appeared with "
		    "--history=DATE,DATE,...",
		    w->n->reference, w->n->revision, w->n->revision - 1);
	for (size_t i = 0; i < w->o->n_earlier; i++)
		if (fp_date_compare(w->o->earlier[i], i + 1 < w->o->n_earlier ? w->o->earlier[i + 1] : last) > 0)
			return fp_fail(err, FP_EUSAGE, "--history: revision %zu is later than the one behind it", i + 1);
	return FP_OK;
}

static void
put_history(struct csaf_writer *w, json_t *tracking, struct fp_date last)
{
	json_t *history = json_array();

	for (int i = 1; i <= w->n->revision; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf summary = { .max = 256 };
		json_t *j = json_object();
		char number[16];

		(void)snprintf(number, sizeof(number), "%d", i);
		i18n_f(&summary, w->lang, N_("revision {number}"), "number", number, NULL);
		csaf_push(w, history, j);
		csaf_put_text(w, j, "number", number);
		csaf_put(w, j, "date", time_of_day(i < w->n->revision ? w->o->earlier[i - 1] : last));
		csaf_put_text(w, j, "summary", summary.data);
	}
	csaf_put(w, tracking, "revision_history", history);
}

static enum fp_status
put_tracking(struct csaf_writer *w, struct fp_err *err)
{
	struct fp_date last = w->n->issue_date.year != 0 ? w->n->issue_date : w->o->date;
	json_t *t = json_object(), *aliases = json_array(), *generator = json_object(), *engine = json_object();
	char id[CSAF_NAME_MAX], version[16];

	csaf_put(w, w->document, "tracking", t);
	csaf_put(w, t, "generator", generator);
	csaf_put(w, generator, "engine", engine);
	csaf_put(w, t, "aliases", aliases);
	if (tracking_id(id, w->n, w->t->lang, w->o, err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	(void)snprintf(version, sizeof(version), "%d", w->n->revision);
	csaf_push(w, aliases, json_string(w->n->document_number));
	csaf_put_text(w, engine, "name", w->o->tool ? w->o->tool : "fieldproof");
	csaf_put_text(w, engine, "version", w->o->tool_version);
	csaf_put_text(w, t, "id", id);
	csaf_put_text(w, t, "status", "final");
	csaf_put_text(w, t, "version", version);
	csaf_put(w, t, "initial_release_date", time_of_day(csaf_first_date(w->n, w->o)));
	csaf_put(w, t, "current_release_date", time_of_day(last));
	put_history(w, t, last);
	return FP_OK;
}

static enum fp_status
put_publisher(struct csaf_writer *w, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf contact = { .max = 8192 };
	json_t *p = json_object();
	char host[256], namespace[300];

	csaf_put(w, w->document, "publisher", p);
	if (csaf_maker_host(host, w->n, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	(void)snprintf(namespace, sizeof(namespace), "https://%s", host);
	for (size_t i = 0; i < w->n->n_contacts; i++)
		fp_buf_printf(&contact, "%s%s%s%s", i ? "; " : "", w->n->contacts[i].email, w->n->contacts[i].phone ? ", " : "",
		    w->n->contacts[i].phone ? w->n->contacts[i].phone : "");
	csaf_put_text(w, p, "category", w->translation ? "translator" : "vendor");
	csaf_put_text(w, p, "name", w->n->manufacturer);
	csaf_put_text(w, p, "namespace", namespace);
	csaf_put_text(w, p, "contact_details", contact.data);
	return FP_OK;
}

/* ---- notes ---- */

static const struct {
	const char *key, *category;
} note_sections[] = {
	{ "summary", "summary" },
	{ "scope", "general" },
	{ "purpose", "general" },
	{ "risk", "general" },
	{ "background", "general" },
	{ "manufacturer-actions", "general" },
	{ "inaction", "general" },
	{ "authorities", "general" },
	{ "customer-actions", "general" },
	{ "modes", "general" },
	{ "earlier-results", "general" },
	{ "emergency", "general" },
	{ "reply", "general" },
	{ "adverse-events", "general" },
	{ "pass-on", "general" },
	{ "further-notice", "general" },
	{ "support", "general" },
	{ "third-party", "general" },
	{ "why", "other" },
};
/* Only where there is no vulnerability, which would hold them. */
static const char *const problem_sections[] = { "problem", "impact" };

static enum fp_status
put_note(struct csaf_writer *w, json_t *notes, const char *category, const char *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 20 };
	json_t *note;

	if (csaf_section_plain(&text, w, key, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (text.len == 0)
		return FP_OK;
	note = json_object();
	csaf_push(w, notes, note);
	csaf_put_text(w, note, "category", category);
	csaf_put_text(w, note, "title", csaf_section_heading(w, key));
	csaf_put_text(w, note, "text", text.data);
	return FP_OK;
}

static enum fp_status
put_notes(struct csaf_writer *w, struct fp_err *err)
{
	json_t *notes = json_array();
	char key[80];

	csaf_put(w, w->document, "notes", notes);
	for (size_t i = 0; i < FP_COUNT(note_sections); i++)
		if (put_note(w, notes, note_sections[i].category, note_sections[i].key, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < w->n->n_recommendations; i++) {
		(void)snprintf(key, sizeof(key), "recommendation.%s", w->n->recommendations[i].id);
		if (put_note(w, notes, "general", key, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	for (size_t i = 0; i < FP_COUNT(problem_sections) && w->n->n_vulnerabilities == 0; i++)
		if (put_note(w, notes, "description", problem_sections[i], err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < w->n->n_actions && w->n->n_vulnerabilities == 0; i++) {
		(void)snprintf(key, sizeof(key), "action.%s", w->n->actions[i].id);
		if (put_note(w, notes, "general", key, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	return FP_OK;
}

/* ---- references ---- */

static void
add_reference(struct csaf_writer *w, json_t *list, const char *category, const char *summary, const char *url)
{
	json_t *j = json_object();

	csaf_push(w, list, j);
	csaf_put_text(w, j, "category", category);
	csaf_put_text(w, j, "summary", summary);
	csaf_put_text(w, j, "url", url);
}

/* The document of a language; text has the place of the language's name. */
static enum fp_status
reference_language(
    struct csaf_writer *w, json_t *list, const char *lang, const char *category, const char *text, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf summary = { .max = 512 }, url = { .max = 4096 };
	char file[CSAF_NAME_MAX];

	if (csaf_file_name(file, w->n, lang, w->o, err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	i18n_f(&summary, w->lang, text, "language", lang, NULL);
	fp_buf_printf(&url, "%s%s", w->base_url, file);
	if (fp_buf_check(&url, "the address", err) != FP_OK || fp_buf_check(&summary, "the summary", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	add_reference(w, list, category, summary.data, url.data);
	return FP_OK;
}

static void
reference_side(struct csaf_writer *w, json_t *list)
{
	FP_AUTO(fp_buf_free) struct fp_buf summary = { .max = 512 }, url = { .max = 4096 };
	char file[CSAF_NAME_MAX];

	if (w->o->side_hash == NULL)
		return;
	csaf_side_name(file, w->n);
	i18n_f(&summary, w->lang, N_("The whole notice for programs, all languages; SHA-256: {hash}"), "hash", w->o->side_hash,
	    NULL);
	fp_buf_printf(&url, "%s%s", w->base_url, file);
	add_reference(w, list, "external", summary.data, url.data);
}

/* What the notice itself links to, each address once. */
static void
reference_links(struct csaf_writer *w, json_t *list)
{
	struct csaf_map seen = { .n = 0 };

	for (size_t i = 0; i < w->n->n_actions; i++)
		for (size_t k = 0; k < w->n->actions[i].n_links; k++)
			if (w->n->actions[i].links[k].url != NULL &&
			    csaf_map_put(&seen, w->n->actions[i].links[k].url, 1, &w->no_memory))
				add_reference(w, list, "external", notice_action_title(w->n, w->t->lang, w->n->actions[i].id),
				    w->n->actions[i].links[k].url);
	for (size_t i = 0; i < w->n->n_adverse; i++)
		if (w->n->adverse[i].url != NULL && csaf_map_put(&seen, w->n->adverse[i].url, 1, &w->no_memory))
			add_reference(w, list, "external", w->n->adverse[i].to, w->n->adverse[i].url);
	csaf_map_free(&seen);
}

static enum fp_status
put_references(struct csaf_writer *w, struct fp_err *err)
{
	json_t *list = json_array();

	csaf_put(w, w->document, "references", list);
	/* 9.1.9: the original stands first. */
	if (w->translation &&
	    reference_language(w, list, w->source, "external", N_("The original of this translation ({language})"), err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	if (reference_language(w, list, w->t->lang, "self", N_("This document ({language})"), err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	for (size_t i = 0; i < w->n->n_texts; i++)
		if (strcmp(w->n->texts[i].lang, w->t->lang) != 0 && strcmp(w->n->texts[i].lang, w->source) != 0 &&
		    reference_language(w, list, w->n->texts[i].lang, "external", N_("Translation ({language})"), err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
	reference_side(w, list);
	reference_links(w, list);
	return FP_OK;
}

static enum fp_status
put_title(struct csaf_writer *w, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf title = { .max = 8192 }, body = { .max = 1 << 20 };
	const char *heading = csaf_section_heading(w, "title");

	if (csaf_section_plain(&body, w, "title", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_buf_puts(&title, heading ? heading : w->n->reference);
	if (body.len > 0) {
		size_t n = strcspn(body.data, "\n");

		fp_buf_printf(&title, ": %.*s", (int)n, body.data);
	}
	if (fp_buf_check(&title, "the title", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	csaf_put_text(w, w->document, "title", title.data);
	return FP_OK;
}

enum fp_status
csaf_write_document(struct csaf_writer *w, struct fp_err *err)
{
	json_t *distribution = json_object(), *tlp = json_object();

	csaf_put_text(w, w->document, "csaf_version", "2.0");
	/* Profile 4 asks for products, vulnerabilities and notes, not for a CVE; without a vulnerability there is only the base. */
	csaf_put_text(w, w->document, "category", w->n->n_vulnerabilities > 0 ? "csaf_security_advisory" : "csaf_base");
	csaf_put_text(w, w->document, "lang", w->t->lang);
	if (w->translation)
		csaf_put_text(w, w->document, "source_lang", w->source);
	csaf_put(w, w->document, "distribution", distribution);
	csaf_put(w, distribution, "tlp", tlp);
	csaf_put_text(w, tlp, "label", tlp_of(w->o));
	csaf_put_text(w, tlp, "url", "https://www.first.org/tlp/");
	if (put_title(w, err) != FP_OK || put_publisher(w, err) != FP_OK || put_tracking(w, err) != FP_OK ||
	    put_notes(w, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	return put_references(w, err);
}

/* ---- the whole ---- */

static void
writer_free(struct csaf_writer *w)
{
	json_decref(w->root);
	json_decref(w->vendor_branches);
	json_decref(w->relationships);
	csaf_map_free(&w->leaves);
	fp_arena_free(w->arena);
}

static int
to_buf(const char *data, size_t len, void *ctx)
{
	fp_buf_add(ctx, data, len);
	return 0;
}

static enum fp_status
check_options(const struct csaf_write_options *o, struct fp_err *err)
{
	static const char *const labels[] = { "WHITE", "GREEN", "AMBER", "RED" };
	size_t i = 0;

	while (i < FP_COUNT(labels) && strcmp(labels[i], tlp_of(o)) != 0)
		i++;
	if (i == FP_COUNT(labels))
		return fp_fail(err, FP_EUSAGE, "the TLP label is WHITE, GREEN, AMBER or RED, not '%.40s'", o->tlp);
	if (o->base_url != NULL && (strncmp(o->base_url, "https://", 8) != 0 || strpbrk(o->base_url, " \"<>\\^`{|}?#") != NULL))
		return fp_fail(
		    err, FP_EUSAGE, "the address of the documents must begin with https:// and hold no blanks, ? or #");
	return FP_OK;
}

static enum fp_status
write_all(struct csaf_writer *w, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf base = { .max = 4096 };

	if (check_dates(w, err) != FP_OK || csaf_base_url(&base, w->n, w->o, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	w->base_url = base.data;
	w->root = json_object();
	w->document = json_object();
	w->vendor_branches = json_array();
	w->relationships = json_array();
	csaf_put(w, w->root, "document", w->document);
	if (csaf_write_document(w, err) != FP_OK || csaf_write_vulnerabilities(w, err) != FP_OK ||
	    csaf_write_tree(w, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	/* 6.2.13: keys in the order of the alphabet. */
	if (w->no_memory || json_dump_callback(w->root, to_buf, out, JSON_INDENT(2) | JSON_SORT_KEYS) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	fp_buf_putc(out, '\n');
	return fp_buf_check(out, "the advisory", err);
}

enum fp_status
csaf_write(struct fp_buf *out, const struct notice *n, const char *lang, const struct csaf_write_options *o, struct fp_err *err)
{
	static const struct csaf_write_options none = { .source_lang = NULL };
	FP_AUTO(writer_free)
	struct csaf_writer w = { .n = n, .o = o ? o : &none, .lang = i18n_get(lang), .t = notice_text_find(n, lang) };
	struct fp_err own = { 0 };

	err = err ? err : &own;
	if (w.t == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s is not there in '%.20s'", n->reference, lang);
	w.source = csaf_source_lang(n, w.o);
	if (notice_text_find(n, w.source) == NULL)
		return fp_fail(
		    err, FP_ENOTFOUND, "%s is not there in '%.20s', which is to be the original", n->reference, w.source);
	w.translation = !is_source(n, lang, w.o);
	w.arena = fp_arena_new();
	if (w.arena == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return check_options(w.o, err) == FP_OK ? write_all(&w, out, err) : fp_failed(err, FP_EUSAGE);
}
