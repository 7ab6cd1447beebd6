/* My devices, and one of them. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DEVICES_A_PAGE 50

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static const char *
status_word(struct web_req *r, enum device_status s)
{
	static const char *const words[] = { [DEVICE_IN_USE] = N_("In use"),
		[DEVICE_STORED] = N_("Stored"),
		[DEVICE_TRANSFERRED] = N_("Given away"),
		[DEVICE_DECOMMISSIONED] = N_("Out of service") };

	return (unsigned)s < FP_COUNT(words) ? i18n_t(r->lang, words[s]) : "";
}

static const char *
connectivity_word(struct web_req *r, enum device_connectivity c)
{
	static const char *const words[] = { [DEVICE_CONN_UNKNOWN] = N_("Not known"),
		[DEVICE_CONN_INTERNET] = N_("Connected to the internet"),
		[DEVICE_CONN_LOCAL] = N_("Only to the local network"),
		[DEVICE_CONN_NONE] = N_("Not connected") };

	return (unsigned)c < FP_COUNT(words) ? i18n_t(r->lang, words[c]) : "";
}

/* ---- the list ---- */

static void
search_form(
    struct web_req *r, struct doc_node *main, const struct app_device_filter *f, const struct app_notice_row *notices, size_t n)
{
	struct doc_node *form = doc_class(doc_form(main, DOC_GET, "/devices"), DOC_CLASS_CLUSTER), *s;

	doc_input(form, &(struct doc_field){ .name = "q",
			    .label = i18n_t(r->lang, "Serial number, product, location, owner"),
			    .type = DOC_INPUT_SEARCH,
			    .value = f->text,
			    .max_length = 100 });
	s = doc_select(
	    form, &(struct doc_field){
		      .name = "notice", .label = i18n_t(r->lang, "Affected by"), .value = f->notice != NULL ? f->notice : "" });
	doc_option(s, "", i18n_t(r->lang, "any or no notice"));
	for (size_t i = 0; i < n; i++)
		doc_option(s, notices[i].reference, notices[i].reference);
	doc_submit(form, DOC_BUTTON_SECONDARY, NULL, NULL, i18n_t(r->lang, "Search"));
	if (*f->text != '\0' || f->notice != NULL)
		doc_link(form, "/devices", i18n_t(r->lang, "Show all"));
}

static void
device_table(struct web_req *r, struct doc_node *main, const struct app_devices *d)
{
	const char *const head[] = { i18n_t(r->lang, "Serial number"), i18n_t(r->lang, "Product"), i18n_t(r->lang, "Location"),
		i18n_t(r->lang, "Owner"), i18n_t(r->lang, "Software"), i18n_t(r->lang, "State") };
	struct doc_node *table =
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Devices")), DOC_CLASS_SCROLL),
		web_keep(r, i18n_ntext(r->lang, "{n} device", "{n} devices", (int64_t)d->total, NULL)));

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < d->n; i++) {
		const struct device *x = &d->items[i];
		struct doc_node *row = doc_row(table), *versions;

		doc_class(
		    doc_link(doc_head_cell(row, DOC_SCOPE_ROW, NULL), web_fmt(r, "/device/%lld", (long long)x->id), x->serial),
		    DOC_CLASS_MONO);
		doc_cell(row, or_empty(x->product));
		doc_cell(row, or_empty(x->location));
		doc_cell(row, or_empty(x->owner));
		versions = doc_cell(row, NULL);
		for (size_t k = 0; k < x->n_modes; k++)
			doc_text(
			    versions, web_fmt(r, "%s%s %s", k > 0 ? ", " : "", x->modes[k].name, or_empty(x->modes[k].version)));
		doc_cell(row, status_word(r, x->status));
	}
}

static enum fp_status
devices_page(struct web_req *r, const struct app_device_filter *f, const struct app_devices *d,
    const struct app_notice_row *notices, size_t n, struct fp_err *err)
{
	struct doc_node *main, *box;
	struct fp_buf query = { .max = 4096 };

	if (web_page(r, i18n_t(r->lang, "Devices"), &main, err) != FP_OK)
		return err->status;
	if (web_may(r, WEB_ENGINEER))
		doc_button_link(doc_para(main, NULL), DOC_BUTTON_PRIMARY, "/devices/import", i18n_t(r->lang, "Import devices"));
	if (d->total == 0 && *f->text == '\0' && f->notice == NULL) {
		box = doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "There are no devices yet."));
		doc_para(box, i18n_t(r->lang, "Import the list that you have: a CSV file, for example saved from a spreadsheet. "
					      "The columns are found by their names."));
		return web_page_done(r, 200, err);
	}
	search_form(r, main, f, notices, n);
	if (d->total == 0)
		doc_callout(main, DOC_BADGE_INFO, i18n_t(r->lang, "No device is like that. Try fewer letters."));
	else
		device_table(r, main, d);
	if (*f->text != '\0') {
		fp_buf_puts(&query, "q=");
		web_url_put(&query, f->text);
		fp_buf_putc(&query, '&');
	}
	if (f->notice != NULL) {
		fp_buf_puts(&query, "notice=");
		web_url_put(&query, f->notice);
		fp_buf_putc(&query, '&');
	}
	web_pager(r, main, "/devices", web_keep(r, fp_buf_take(&query)), f->offset, f->limit, d->total);
	return web_page_done(r, 200, err);
}

enum fp_status
web_page_devices(struct web_req *r, struct fp_err *err)
{
	struct app_device_filter f = { .text = web_query(r, "q"), .limit = DEVICES_A_PAGE };
	struct app_devices d = { 0 };
	struct app_notice_row *notices = NULL;
	enum fp_status st;
	int64_t page;
	size_t n;

	if (*web_query(r, "notice") != '\0')
		f.notice = web_query(r, "notice");
	if (web_number(&page, web_query(r, "page")) && page >= 1 && page < 1000000)
		f.offset = (size_t)(page - 1) * DEVICES_A_PAGE;
	if (app_devices(r->app, &f, &d, err) != FP_OK)
		return err->status;
	st = app_notices(r->app, i18n_tag(r->lang), &notices, &n, err);
	if (st == FP_OK)
		st = devices_page(r, &f, &d, notices, n, err);
	free(notices);
	app_devices_free(&d);
	return st;
}

/* ---- one device ---- */

/* Something about a form of this page that was not right: beside its field, or above (err). */
struct device_problem {
	const char *why, *day, *kind; /* translated; NULL: none */
	const struct fp_err *err;
};

static void
facts(struct web_req *r, struct doc_node *main, const struct device *d)
{
	const struct {
		const char *label, *value;
		bool mono;
	} rows[] = {
		{ i18n_t(r->lang, "Product"), d->product, false },
		{ i18n_t(r->lang, "Manufacturer"), d->manufacturer, false },
		{ i18n_t(r->lang, "Catalogue number (REF)"), d->catalog_number, true },
		{ i18n_t(r->lang, "UDI-DI"), d->udi_di, true },
		{ i18n_t(r->lang, "Lot"), d->lot, true },
		{ i18n_t(r->lang, "Location"), d->location, false },
		{ i18n_t(r->lang, "Owner"), d->owner, false },
		{ i18n_t(r->lang, "Note"), d->note, false },
		{ i18n_t(r->lang, "Address of the device"), d->host, true },
		{ i18n_t(r->lang, "Address of its management controller (BMC)"), d->bmc, true },
		{ i18n_t(r->lang, "Where its runs go"), d->storage, true },
		{ i18n_t(r->lang, "Boot mode that is running"), d->mode_now, false },
		{ i18n_t(r->lang, "Belongs to"), d->part_of, true },
		{ i18n_t(r->lang, "Network"), connectivity_word(r, d->connectivity), false },
		{ i18n_t(r->lang, "State"), status_word(r, d->status), false },
	};
	struct doc_node *terms = doc_terms(main);

	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		if (rows[i].value != NULL && *rows[i].value != '\0')
			doc_class(doc_span(doc_term(terms, rows[i].label, NULL), DOC_CLASS_NONE, rows[i].value),
			    rows[i].mono ? DOC_CLASS_MONO : DOC_CLASS_NONE);
	}
	for (size_t i = 0; i < d->n_modes; i++)
		doc_term(terms, web_keep(r, i18n_text(r->lang, "Software in {mode}", "mode", d->modes[i].name, NULL)),
		    web_fmt(r, "%s %s", or_empty(d->modes[i].software),
			d->modes[i].version != NULL ? d->modes[i].version : i18n_t(r->lang, "(version not known)")));
	for (size_t i = 0; i < d->n_components; i++)
		doc_term(terms, web_fmt(r, "%s %s", d->components[i].name, or_empty(d->components[i].mode)),
		    d->components[i].version != NULL ? d->components[i].version : i18n_t(r->lang, "(version not known)"));
}

static void
decide_form(
    struct web_req *r, struct doc_node *card, const struct app_match_row *m, const struct notice *n, const char *why_error)
{
	struct doc_node *box = doc_details(card,
			    m->by_person                     ? i18n_t(r->lang, "Decide again")
			    : m->answer == MATCH_CANNOT_TELL ? i18n_t(r->lang, "Decide")
							     : i18n_t(r->lang, "Not right? Decide yourself"),
			    m->answer == MATCH_CANNOT_TELL),
			*form, *s;
	bool mine = strcmp(web_form(r, "reference"), m->reference) == 0;
	const char *guess = mine ? web_form(r, "product") : m->product_id;

	form = web_post(r, box, web_fmt(r, "/device/%lld/decide", (long long)m->device_id));
	doc_hidden(form, "reference", m->reference);
	s = doc_select(form, &(struct doc_field){ .name = "product",
				 .id = web_fmt(r, "product-%s", m->reference),
				 .label = i18n_t(r->lang, "This device is"),
				 .value = guess });
	doc_option(s, "", i18n_t(r->lang, "not affected by this notice"));
	for (size_t i = 0; i < n->n_products; i++)
		doc_option(s, n->products[i].id,
		    web_keep(r, i18n_text(r->lang, "affected, as {product}", "product",
				    n->products[i].names.n > 0 ? n->products[i].names.items[0] : n->products[i].id, NULL)));
	doc_input(form, &(struct doc_field){ .name = "why",
			    .id = web_fmt(r, "why-%s", m->reference),
			    .label = i18n_t(r->lang, "How do you know?"),
			    .required = true,
			    .max_length = 250,
			    .value = mine ? web_form(r, "why") : "",
			    .error = mine ? why_error : NULL,
			    .hint = i18n_t(r->lang, "For example: read on the type plate") });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Save this decision"));
}

static void
cell_line(struct web_req *r, struct doc_node *card, const struct app_case *c, int64_t device_id)
{
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *list;

	for (size_t i = 0; i < c->n_devices; i++) {
		const struct app_case_device *d = &c->devices[i];

		if (d->device_id != device_id || d->n_cells == 0)
			continue;
		list = doc_class(doc_list(card, false), DOC_CLASS_PLAIN);
		for (size_t k = 0; k < d->n_cells; k++) {
			const struct case_cell *x = &c->cells[d->first_cell + k];
			struct doc_node *item = doc_item(list, NULL);

			doc_badge(item, web_cell_style(x), web_cell_word(r, x));
			doc_text(item, " ");
			doc_link(item, web_fmt(r, "/cell/%lld", (long long)x->id),
			    web_fmt(r, "%s: %s", web_mode_words(r, x->mode), notice_action_title(c->notice, lang, x->action)));
		}
	}
}

static enum fp_status
match_card(struct web_req *r, struct doc_node *main, const struct app_match_row *m, const char *why_error, struct fp_err *err)
{
	static const struct {
		enum doc_badge_style style;
		const char *word;
	} answers[] = {
		[MATCH_NOT_AFFECTED] = { DOC_BADGE_NOT_APPLICABLE, N_("Not affected") },
		[MATCH_CANNOT_TELL] = { DOC_BADGE_UNKNOWN, N_("Cannot tell: please decide") },
		[MATCH_AFFECTED] = { DOC_BADGE_WARNING, N_("Affected") },
	};
	FP_AUTO(app_case_freep) struct app_case *c = NULL;
	struct doc_node *card = doc_section(main, DOC_ROLE_CARD), *h = doc_heading(card, 3, NULL), *p;
	unsigned a = (unsigned)m->answer < FP_COUNT(answers) ? (unsigned)m->answer : MATCH_CANNOT_TELL;

	doc_id(card, m->reference);
	doc_link(h, web_fmt(r, "/notice/%s", web_segment(r, m->reference)), m->reference);
	doc_text(h, " ");
	doc_badge(h, answers[a].style, i18n_t(r->lang, answers[a].word));
	p = doc_para(card, m->by_person ? web_keep(r, i18n_text(r->lang, "Decided by {who}: {why}", "who", m->decided_by, "why",
							  m->decided_why, NULL))
					: i18n_t(r->lang, match_reason_text(m->reason)));
	if (!m->by_person && m->detail[0] != '\0')
		doc_lang(doc_class(doc_span(p, DOC_CLASS_SMALL, web_fmt(r, " (%s)", m->detail)), DOC_CLASS_MUTED), "en");
	if (m->product_name[0] != '\0')
		doc_para(card, web_keep(r, i18n_text(r->lang, "In the notice: {product}", "product", m->product_name, NULL)));
	if (app_case_get(r->app, m->reference, &c, err) != FP_OK)
		return err->status;
	cell_line(r, card, c, m->device_id);
	if (web_may(r, WEB_ENGINEER))
		decide_form(r, card, m, c->notice, why_error);
	return FP_OK;
}

/* ---- what ends evidence ---- */

static const struct {
	enum evidence_end end;
	const char *word;
} events[] = {
	{ EVIDENCE_END_REIMAGE, N_("System installed anew") },
	{ EVIDENCE_END_PASSWORD, N_("Passwords changed") },
	{ EVIDENCE_END_SERVICE, N_("Service visit") },
	{ EVIDENCE_END_NETWORK, N_("Network changed") },
};

static const char *
event_word(struct web_req *r, const char *kind)
{
	for (size_t i = 0; i < FP_COUNT(events); i++) {
		if (strcmp(evidence_end_name(events[i].end), kind) == 0)
			return i18n_t(r->lang, events[i].word);
	}
	return kind;
}

static void
event_table(struct web_req *r, struct doc_node *main, const struct app_device_event *e, size_t n)
{
	const char *const head[] = { i18n_t(r->lang, "Event"), i18n_t(r->lang, "When"), i18n_t(r->lang, "Who"),
		i18n_t(r->lang, "Note") };
	struct doc_node *table = doc_class(
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Events")), DOC_CLASS_SCROLL), NULL),
	    DOC_CLASS_COMPACT);

	doc_label(table, i18n_t(r->lang, "Events"));
	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < n; i++) {
		struct doc_node *row = doc_row(table);

		doc_head_cell(row, DOC_SCOPE_ROW, event_word(r, e[i].kind));
		doc_cell(row, web_time(r, e[i].at));
		doc_cell(row, e[i].actor);
		doc_cell(row, e[i].note);
	}
}

static void
event_form(struct web_req *r, struct doc_node *main, const struct device *d, const struct device_problem *p)
{
	bool mine = *web_form(r, "kind") != '\0' || p->kind != NULL || p->day != NULL;
	struct doc_node *box = doc_details(main, i18n_t(r->lang, "Record an event"), mine), *form, *s;

	form = web_post(r, box, web_fmt(r, "/device/%lld/event", (long long)d->id));
	s = doc_select(form, &(struct doc_field){ .name = "kind",
				 .label = i18n_t(r->lang, "What happened"),
				 .value = web_form(r, "kind"),
				 .required = true,
				 .error = p->kind });
	doc_option(s, "", i18n_t(r->lang, "please choose"));
	for (size_t i = 0; i < FP_COUNT(events); i++)
		doc_option(s, evidence_end_name(events[i].end), i18n_t(r->lang, events[i].word));
	doc_input(form, &(struct doc_field){ .name = "day",
			    .label = i18n_t(r->lang, "Day"),
			    .type = DOC_INPUT_DATE,
			    .value = web_form(r, "day"),
			    .error = p->day,
			    .hint = i18n_t(r->lang, "Empty: now. What was seen on that day counts as seen before it.") });
	doc_input(form, &(struct doc_field){
			    .name = "note", .label = i18n_t(r->lang, "Note"), .value = web_form(r, "note"), .max_length = 250 });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Record it"));
}

static enum fp_status
happened(struct web_req *r, struct doc_node *main, const struct device *d, const struct device_problem *p, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_device_event *list = NULL;
	size_t n = 0;

	if (app_device_events(r->app, d->serial, &list, &n, err) != FP_OK)
		return err->status;
	doc_id(doc_heading(main, 2, i18n_t(r->lang, "Events")), "events");
	doc_para(main, i18n_t(r->lang, "What ends the validity of evidence: what was seen before it must be checked again."));
	if (n == 0)
		doc_class(doc_para(main, i18n_t(r->lang, "Nothing has been recorded.")), DOC_CLASS_MUTED);
	else
		event_table(r, main, list, n);
	if (web_may(r, WEB_ENGINEER))
		event_form(r, main, d, p);
	return FP_OK;
}

static enum fp_status
device_page(struct web_req *r, unsigned status, const struct device *d, const struct app_matches *m,
    const struct device_problem *problem, struct fp_err *err)
{
	struct doc_node *main;

	if (web_page_under(r, web_fmt(r, "%s %s", d->serial, or_empty(d->product)), &main, err, "/devices",
		i18n_t(r->lang, "Devices"), NULL) != FP_OK)
		return err->status;
	if (problem->err != NULL)
		web_problem(r, main, i18n_t(r->lang, "This could not be kept; nothing was changed."), problem->err);
	facts(r, main, d);
	if (web_may(r, WEB_ENGINEER) && m->affected > 0)
		doc_button_link(doc_para(main, NULL), DOC_BUTTON_SECONDARY,
		    web_fmt(r, "/check?serial=%s", web_segment(r, d->serial)), i18n_t(r->lang, "Check this device"));
	doc_heading(main, 2, i18n_t(r->lang, "Notices"));
	if (m->n == 0)
		doc_para(
		    main, i18n_t(r->lang,
			      "This device has not been compared with any notice yet. That happens when a notice is added."));
	for (size_t i = 0; i < m->n; i++) {
		if (match_card(r, main, &m->items[i], problem->why, err) != FP_OK)
			return err->status;
	}
	if (happened(r, main, d, problem, err) != FP_OK)
		return err->status;
	return web_page_done(r, status, err);
}

static enum fp_status
show_device(struct web_req *r, unsigned status, const struct device_problem *problem, struct fp_err *err)
{
	struct device d = { 0 };
	struct app_matches m = { 0 };
	enum fp_status st;
	int64_t id;

	if (!web_number(&id, r->args[0]))
		return fp_fail(err, FP_ENOTFOUND, "there is no device '%.40s'", r->args[0]);
	if (app_device_get(r->app, id, &d, err) != FP_OK)
		return err->status;
	st = app_matches(r->app, NULL, id, &m, err);
	if (st == FP_OK)
		st = device_page(r, status, &d, &m, problem, err);
	app_matches_free(&m);
	device_free(&d);
	return st;
}

enum fp_status
web_page_device(struct web_req *r, struct fp_err *err)
{
	return show_device(r, 200, &(struct device_problem){ .err = NULL }, err);
}

enum fp_status
web_post_device_decide(struct web_req *r, struct fp_err *err)
{
	const char *product = web_form(r, "product"), *ref = web_form(r, "reference");
	struct fp_err why;
	int64_t id;

	if (!web_number(&id, r->args[0]))
		return fp_fail(err, FP_ENOTFOUND, "there is no device '%.40s'", r->args[0]);
	if (*web_form(r, "why") == '\0')
		return show_device(r, 422,
		    &(struct device_problem){ .why = i18n_t(r->lang, "Please say how you know: it is kept with your decision.") },
		    err);
	if (app_match_decide(r->app, &r->session.actor, ref, id, *product != '\0', *product != '\0' ? product : NULL,
		web_form(r, "why"), &why) != FP_OK)
		return show_device(r, 422, &(struct device_problem){ .err = &why }, err);
	return web_redirectf(r, "/device/%lld?said=decided", (long long)id);
}

#define DAY_MS ((fp_time)86400000)
#define EARLIEST_ZONE_MS (14 * (fp_time)3600000)

/* The end of the day: when in it is not said, and all that was seen on it may be of before. 0 is now. False: no day, or one to come. */
static bool
end_of_day(fp_time *at, const char *text, fp_time now)
{
	struct fp_date day;

	*at = 0;
	if (*text == '\0')
		return true;
	if (fp_date_parse(&day, text, NULL) != FP_OK)
		return false;
	*at = (fp_date_days(day) + 1) * DAY_MS - 1;
	if (*at <= now)
		return true;
	/* Today, here or where the day began already. */
	*at = 0;
	return fp_date_days(day) * DAY_MS - EARLIEST_ZONE_MS <= now;
}

enum fp_status
web_post_device_event(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(device_free) struct device d = { .id = 0 };
	struct device_problem p = { .err = NULL };
	enum evidence_end end;
	struct fp_err why;
	fp_time at;
	int64_t id;

	if (!web_number(&id, r->args[0]))
		return fp_fail(err, FP_ENOTFOUND, "there is no device '%.40s'", r->args[0]);
	if (app_device_get(r->app, id, &d, err) != FP_OK)
		return err->status;
	if (!evidence_end_of(&end, web_form(r, "kind")))
		p.kind = i18n_t(r->lang, "Please choose what happened.");
	if (!end_of_day(&at, web_form(r, "day"), app_now(r->app)))
		p.day = i18n_t(r->lang, "Please give a day that is not in the future, like 2026-12-31.");
	if (p.kind != NULL || p.day != NULL)
		return show_device(r, 422, &p, err);
	if (app_device_event_add(r->app, &r->session.actor, d.serial, web_form(r, "kind"), at, web_form(r, "note"), &why) !=
	    FP_OK)
		return show_device(r, 422, &(struct device_problem){ .err = &why }, err);
	return web_redirectf(r, "/device/%lld?said=event#events", (long long)id);
}
