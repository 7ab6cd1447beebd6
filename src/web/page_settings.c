/* Settings: the site, the facts that a notice does not state, accounts. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
	const char *path, *title, *what;
	enum web_access access;
} parts[] = {
	{ "/settings/site", N_("My site"), N_("Name, address and contact, as they stand in replies."), WEB_ADMIN },
	{ "/settings/parameters", N_("Facts that the notice does not state"),
	    N_("For example a port number: asked for by a check, known to the manufacturer, never guessed by this program."),
	    WEB_VIEWER },
	{ "/settings/accounts", N_("Accounts"), N_("Who may read, check, sign, and administer."), WEB_ADMIN },
	{ "/about", N_("About this program"), N_("Version, and whether everything that it needs is there."), WEB_VIEWER },
};

enum fp_status
web_page_settings(struct web_req *r, struct fp_err *err)
{
	struct doc_node *main, *grid;

	if (web_page(r, i18n_t(r->lang, "Settings"), &main, err) != FP_OK)
		return err->status;
	grid = doc_class(doc_section(main, DOC_ROLE_PLAIN), DOC_CLASS_GRID);
	for (size_t i = 0; i < FP_COUNT(parts); i++) {
		struct doc_node *card = doc_section(grid, DOC_ROLE_CARD), *h = doc_heading(card, 2, NULL);

		if (web_may(r, parts[i].access))
			doc_link(h, parts[i].path, i18n_t(r->lang, parts[i].title));
		else
			doc_text(h, i18n_t(r->lang, parts[i].title));
		doc_para(card, i18n_t(r->lang, parts[i].what));
		if (!web_may(r, parts[i].access))
			doc_class(doc_para(card, i18n_t(r->lang, "Only the administrator may change this.")), DOC_CLASS_MUTED);
	}
	return web_page_done(r, 200, err);
}

/* ---- my site ---- */

static const struct {
	const char *name, *label, *hint;
	size_t offset, size;
	enum doc_input_type type;
	unsigned rows;
} site_fields[] = {
#define SITE(member) offsetof(struct app_site, member), sizeof(((struct app_site *)0)->member)
	{ "name", N_("Name of the organisation"), NULL, SITE(name), DOC_INPUT_TEXT, 0 },
	{ "department", N_("Department"), NULL, SITE(department), DOC_INPUT_TEXT, 0 },
	{ "address", N_("Address"), NULL, SITE(address), DOC_INPUT_TEXT, 3 },
	{ "country", N_("Country"), N_("Two letters, for example DK"), SITE(country), DOC_INPUT_TEXT, 0 },
	{ "customer_number", N_("Customer number at the manufacturer"), NULL, SITE(customer_number), DOC_INPUT_TEXT, 0 },
	{ "contact_name", N_("Contact person"), NULL, SITE(contact_name), DOC_INPUT_TEXT, 0 },
	{ "contact_title", N_("Function (job title) of the contact person"), NULL, SITE(contact_title), DOC_INPUT_TEXT, 0 },
	{ "contact_email", N_("E-mail"), NULL, SITE(contact_email), DOC_INPUT_EMAIL, 0 },
	{ "contact_phone", N_("Telephone"), NULL, SITE(contact_phone), DOC_INPUT_TEL, 0 },
	{ "public_url", N_("Public address of these pages"),
	    N_("Leave empty when they are only opened on this computer. It is what the QR code on a reply leads to."),
	    SITE(public_url), DOC_INPUT_TEXT, 0 },
	{ "vantage", N_("Place that checks are run from"), N_("For example: server room, laboratory network"), SITE(vantage),
	    DOC_INPUT_TEXT, 0 },
#undef SITE
};

static enum fp_status
site_form(struct web_req *r, unsigned status, const struct app_site *site, const char *too_long, const struct fp_err *why,
    struct fp_err *err)
{
	struct doc_node *main, *form;

	if (web_page_under(r, i18n_t(r->lang, "My site"), &main, err, "/settings", i18n_t(r->lang, "Settings"), NULL) != FP_OK)
		return err->status;
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "This could not be kept; nothing was changed."), why);
	form = web_post(r, main, "/settings/site");
	for (size_t i = 0; i < FP_COUNT(site_fields); i++) {
		const struct doc_field f = {
			.name = site_fields[i].name,
			.label = i18n_t(r->lang, site_fields[i].label),
			.hint = site_fields[i].hint != NULL ? i18n_t(r->lang, site_fields[i].hint) : NULL,
			.value = (const char *)site + site_fields[i].offset,
			.type = site_fields[i].type,
			.rows = site_fields[i].rows,
			.max_length = (unsigned)site_fields[i].size - 1,
			.error = too_long != NULL && strcmp(too_long, site_fields[i].name) == 0
				     ? i18n_t(r->lang, "This is too long.")
				     : NULL,
		};

		if (f.rows > 0)
			doc_textarea(form, &f);
		else
			doc_input(form, &f);
	}
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Save"));
	return web_page_done(r, status, err);
}

enum fp_status
web_page_site(struct web_req *r, struct fp_err *err)
{
	struct app_site site = { 0 };

	if (app_site_get(r->app, &site, err) != FP_OK)
		return err->status;
	return site_form(r, 200, &site, NULL, NULL, err);
}

enum fp_status
web_post_site(struct web_req *r, struct fp_err *err)
{
	struct app_site site = { 0 };
	const char *too_long = NULL;
	struct fp_err why;

	if (app_site_get(r->app, &site, err) != FP_OK)
		return err->status;
	for (size_t i = 0; i < FP_COUNT(site_fields); i++) {
		const char *value = web_form(r, site_fields[i].name);

		if (strlen(value) >= site_fields[i].size)
			too_long = site_fields[i].name;
		fp_utf8_copy((char *)&site + site_fields[i].offset, site_fields[i].size, value);
	}
	if (too_long != NULL)
		return site_form(r, 422, &site, too_long, NULL, err);
	if (app_site_set(r->app, &r->session.actor, &site, &why) != FP_OK)
		return site_form(r, 422, &site, NULL, &why, err);
	return web_redirect(r, "/settings/site?said=saved");
}

/* ---- facts that the notice does not state ---- */

static void
parameter_form(struct web_req *r, struct doc_node *parent, const struct app_param *p, bool tried)
{
	struct doc_node *form = web_post(r, parent, "/settings/parameters");

	doc_hidden(form, "name", p->name);
	doc_input(form, &(struct doc_field){ .name = "value",
			    .id = web_fmt(r, "value-%s", p->name),
			    .label = i18n_t(r->lang, "Value"),
			    .value = tried ? web_form(r, "value") : p->value,
			    .max_length = 127,
			    .hint = i18n_t(r->lang, "Leave empty to take it away") });
	doc_checkbox(form, "confirmed", "yes", i18n_t(r->lang, "The manufacturer has confirmed this value to us"),
	    tried ? *web_form(r, "confirmed") != '\0' : p->confirmed);
	doc_submit(form, DOC_BUTTON_SECONDARY, NULL, NULL, i18n_t(r->lang, "Save"));
}

static void
parameter_card(struct web_req *r, struct doc_node *main, const struct app_param *p, bool tried)
{
	struct doc_node *card = doc_section(main, DOC_ROLE_CARD), *line;

	doc_code(doc_heading(card, 2, NULL), p->name);
	doc_para(card, p->text != NULL ? i18n_t(r->lang, p->text) : i18n_t(r->lang, "No check of this version asks for it."));
	line = doc_para(card, NULL);
	if (p->value[0] == '\0') {
		doc_badge(line, DOC_BADGE_NEUTRAL, i18n_t(r->lang, "Not set"));
	} else {
		doc_strong(line, p->value);
		doc_text(line, " ");
		/* REQ law-10: never a built-in fact; what nobody confirmed says so wherever it stands. */
		doc_badge(line, p->confirmed ? DOC_BADGE_VERIFIED : DOC_BADGE_WARNING,
		    p->confirmed ? i18n_t(r->lang, "Confirmed by the manufacturer") : i18n_t(r->lang, "Not confirmed"));
		doc_span(line, DOC_CLASS_MUTED,
		    web_keep(
			r, i18n_text(r->lang, " set by {who}, {when}", "who", p->set_by, "when", web_time(r, p->set_at), NULL)));
	}
	if (web_may(r, WEB_ADMIN))
		parameter_form(r, card, p, tried);
}

static enum fp_status
parameters_page(struct web_req *r, unsigned status, const struct fp_err *why, struct fp_err *err)
{
	struct app_param *list = NULL;
	struct doc_node *main;
	size_t n;

	if (app_params(r->app, &list, &n, err) != FP_OK)
		return err->status;
	if (web_page_under(r, i18n_t(r->lang, "Facts that the notice does not state"), &main, err, "/settings",
		i18n_t(r->lang, "Settings"), NULL) != FP_OK) {
		free(list);
		return err->status;
	}
	doc_para(
	    main, i18n_t(r->lang,
		      "Some checks need a fact that the manufacturer has not published, for example the port of a service. This "
		      "program does "
		      "not guess: ask the manufacturer, write the answer here, and tick the box only when they told you so."));
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "This could not be kept; nothing was changed."), why);
	for (size_t i = 0; i < n; i++)
		parameter_card(r, main, &list[i], why != NULL && strcmp(list[i].name, web_form(r, "name")) == 0);
	if (n == 0)
		doc_para(main, i18n_t(r->lang, "No check asks for such a fact."));
	free(list);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_parameters(struct web_req *r, struct fp_err *err)
{
	return parameters_page(r, 200, NULL, err);
}

enum fp_status
web_post_parameters(struct web_req *r, struct fp_err *err)
{
	const char *value = web_form(r, "value");
	struct fp_err why;

	if (app_param_set(r->app, &r->session.actor, web_form(r, "name"), *value != '\0' ? value : NULL,
		*web_form(r, "confirmed") != '\0', &why) != FP_OK)
		return parameters_page(r, 422, &why, err);
	return web_redirect(r, "/settings/parameters?said=saved");
}

/* ---- accounts ---- */

static void
account_table(struct web_req *r, struct doc_node *main, const struct app_account *list, size_t n)
{
	const char *const head[] = { i18n_t(r->lang, "Account"), i18n_t(r->lang, "Full name"), i18n_t(r->lang, "Role"),
		i18n_t(r->lang, "Language"), i18n_t(r->lang, "Since") };
	struct doc_node *table =
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Accounts")), DOC_CLASS_SCROLL),
		web_keep(r, i18n_ntext(r->lang, "{n} account", "{n} accounts", (int64_t)n, NULL)));

	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < n; i++) {
		struct doc_node *row = doc_row(table);

		doc_head_cell(row, DOC_SCOPE_ROW, list[i].name);
		doc_cell(row, list[i].display);
		doc_cell(row, web_role_word(r, list[i].role));
		doc_cell(row, i18n_get(list[i].language) != NULL ? i18n_own_name(i18n_get(list[i].language)) : "");
		doc_cell(row, web_time(r, list[i].created));
	}
}

static void
account_form(struct web_req *r, struct doc_node *main, const char *name_error, const char *password_error)
{
	struct doc_node *form, *select;

	doc_heading(main, 2, i18n_t(r->lang, "Add an account"));
	form = web_post(r, main, "/settings/accounts");
	doc_input(form, &(struct doc_field){ .name = "name",
			    .label = i18n_t(r->lang, "Account"),
			    .value = web_form(r, "name"),
			    .required = true,
			    .max_length = 63,
			    .autocomplete = "off",
			    .error = name_error,
			    .hint = i18n_t(r->lang, "A short name to sign in with, for example anna") });
	doc_input(form, &(struct doc_field){ .name = "display",
			    .label = i18n_t(r->lang, "Full name"),
			    .value = web_form(r, "display"),
			    .max_length = 127,
			    .autocomplete = "off" });
	select = doc_select(
	    form, &(struct doc_field){ .name = "role", .label = i18n_t(r->lang, "Role"), .value = web_form(r, "role") });
	for (int i = 0; i < APP_ROLE_COUNT; i++)
		doc_option(select, app_role_name((enum app_role)i), web_role_word(r, (enum app_role)i));
	doc_input(form, &(struct doc_field){ .name = "password",
			    .label = i18n_t(r->lang, "Password"),
			    .type = DOC_INPUT_PASSWORD,
			    .required = true,
			    .autocomplete = "new-password",
			    .error = password_error,
			    .hint = i18n_t(r->lang, "At least 10 characters; several words are good") });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Make the account"));
}

static enum fp_status
accounts_page(struct web_req *r, unsigned status, const char *name_error, const char *password_error, const struct fp_err *why,
    struct fp_err *err)
{
	struct app_account *list = NULL;
	struct doc_node *main;
	size_t n;

	if (app_accounts(r->app, &list, &n, err) != FP_OK)
		return err->status;
	if (web_page_under(r, i18n_t(r->lang, "Accounts"), &main, err, "/settings", i18n_t(r->lang, "Settings"), NULL) != FP_OK) {
		free(list);
		return err->status;
	}
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "The account could not be made."), why);
	account_table(r, main, list, n);
	account_form(r, main, name_error, password_error);
	free(list);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_accounts(struct web_req *r, struct fp_err *err)
{
	return accounts_page(r, 200, NULL, NULL, NULL, err);
}

enum fp_status
web_post_accounts(struct web_req *r, struct fp_err *err)
{
	const char *name_error = NULL, *password_error = NULL;
	struct app_account a = { .role = APP_VIEWER };
	struct fp_err why;

	fp_utf8_copy(a.name, sizeof(a.name), web_form(r, "name"));
	fp_utf8_copy(a.display, sizeof(a.display), web_form(r, "display"));
	(void)snprintf(a.language, sizeof(a.language), "%s", i18n_tag(r->lang));
	if (a.name[0] == '\0')
		name_error = i18n_t(r->lang, "Please give a name for the account.");
	if (strlen(web_form(r, "password")) < 10)
		password_error = i18n_t(r->lang, "The password is too short: at least 10 characters.");
	if (name_error != NULL || password_error != NULL)
		return accounts_page(r, 422, name_error, password_error, NULL, err);
	if (!app_role_of(&a.role, web_form(r, "role")))
		return fp_fail(err, FP_EUSAGE, "there is no right '%.20s'", web_form(r, "role"));
	if (app_account_add(r->app, &r->session.actor, &a, web_form(r, "password"), &why) != FP_OK)
		return accounts_page(r, 422, NULL, NULL, &why, err);
	return web_redirect(r, "/settings/accounts?said=account");
}
