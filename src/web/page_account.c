/* Getting in and out: first start, sign in, sign out, language. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define SESSION_S (12 * 3600)

bool
web_setup_open(struct web_req *r)
{
	struct app_account *list = NULL;
	size_t n = 0;

	if (!__atomic_load_n(&r->web->setup_open, __ATOMIC_ACQUIRE))
		return false;
	/* An account may have been made on the command line meanwhile. */
	if (app_accounts(r->app, &list, &n, NULL) == FP_OK && n > 0)
		__atomic_store_n(&r->web->setup_open, 0, __ATOMIC_RELEASE);
	free(list);
	return n == 0;
}

static void
language_select(struct web_req *r, struct doc_node *form, const char *chosen)
{
	const struct doc_field f = {
		.name = "language", .label = i18n_t(r->lang, "Language"), .value = *chosen != '\0' ? chosen : i18n_tag(r->lang)
	};
	struct doc_node *select = doc_select(form, &f);
	size_t n;
	const struct i18n *const *langs = i18n_languages(&n);

	for (size_t i = 0; i < n; i++)
		doc_lang(doc_option(select, i18n_tag(langs[i]), i18n_own_name(langs[i])), i18n_tag(langs[i]));
}

static void
open_session(struct web_req *r, const struct app_session *s)
{
	/* REQ session-fixation: the token is made at sign-in, whatever the browser sent; the one from before is forgotten. */
	web_set_cookie(r, r->web->cookie, s->token, SESSION_S);
	web_set_cookie(r, r->web->pre_cookie, "", 0);
}

static enum fp_status
sign_in_form(struct web_req *r, unsigned status, const char *problem, struct fp_err *err)
{
	const char *to = *web_query(r, "to") != '\0' ? web_query(r, "to") : web_form(r, "to");
	struct doc_node *main, *form;

	if (web_page(r, i18n_t(r->lang, "Sign in"), &main, err) != FP_OK)
		return err->status;
	doc_class(main, DOC_CLASS_NARROW);
	if (problem != NULL)
		web_problem(r, main, problem, NULL);
	form = web_post(r, main, "/sign-in");
	doc_hidden(form, "to", web_is_local(to) ? to : "/");
	doc_input(form, &(struct doc_field){ .name = "name",
			    .label = i18n_t(r->lang, "Account"),
			    .value = web_form(r, "name"),
			    .required = true,
			    .autofocus = true,
			    .autocomplete = "username",
			    .max_length = 63 });
	doc_input(form, &(struct doc_field){ .name = "password",
			    .label = i18n_t(r->lang, "Password"),
			    .type = DOC_INPUT_PASSWORD,
			    .required = true,
			    .autocomplete = "current-password" });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Sign in"));
	doc_class(
	    doc_para(main, i18n_t(r->lang, "No account yet, or the password forgotten? Ask the administrator of this site.")),
	    DOC_CLASS_MUTED);
	return web_page_done(r, status, err);
}

enum fp_status
web_page_sign_in(struct web_req *r, struct fp_err *err)
{
	if (web_setup_open(r))
		return web_redirect(r, "/setup");
	if (r->signed_in)
		return web_redirect(r, "/");
	return sign_in_form(r, 200, NULL, err);
}

enum fp_status
web_post_sign_in(struct web_req *r, struct fp_err *err)
{
	struct app_session s;
	struct fp_err why;
	enum fp_status st = app_login(r->app, web_form(r, "name"), web_form(r, "password"), &s, &why);

	if (st == FP_EDENIED)
		return sign_in_form(r, 401,
		    i18n_t(r->lang,
			"Account or password is not right. After ten wrong tries you have to wait for a quarter of an hour."),
		    err);
	if (st != FP_OK)
		return fp_fail(err, st, "%s", why.msg);
	open_session(r, &s);
	return web_redirect(r, web_form(r, "to"));
}

enum fp_status
web_post_sign_out(struct web_req *r, struct fp_err *err)
{
	if (r->signed_in && app_logout(r->app, r->session.token, err) != FP_OK)
		return err->status;
	web_set_cookie(r, r->web->cookie, "", 0);
	return web_redirect(r, "/sign-in?said=signed-out");
}

enum fp_status
web_post_language(struct web_req *r, struct fp_err *err)
{
	const struct i18n *lang = i18n_get(web_form(r, "lang"));
	const char *to = web_form(r, "to"), *code = web_form(r, "code");

	if (lang == NULL)
		return fp_fail(err, FP_EUSAGE, "there is no language '%.20s'", web_form(r, "lang"));
	if (r->signed_in && app_account_language(r->app, r->session.account.name, i18n_tag(lang), err) != FP_OK)
		return err->status;
	web_set_cookie(r, "fieldproof-language", i18n_tag(lang), (int64_t)365 * 24 * 3600);
	if (strcmp(to, "/setup") == 0 && strspn(code, "0123456789abcdef") == strlen(code))
		return web_redirectf(r, "/setup?code=%s", code);
	return web_redirect(r, to);
}

/* ---- first start ---- */

struct setup_problems {
	const char *name, *password, *again;
};

static enum fp_status
setup_form(struct web_req *r, unsigned status, const char *code, const struct setup_problems *p, const struct fp_err *why,
    struct fp_err *err)
{
	struct doc_node *main, *form;

	if (web_page(r, i18n_t(r->lang, "First start: your account"), &main, err) != FP_OK)
		return err->status;
	doc_class(main, DOC_CLASS_NARROW);
	doc_para(main, i18n_t(r->lang, "There is no account yet. The one that you make now is the administrator's: it may add "
				       "more accounts, notices and "
				       "devices, and sign replies."));
	if (why != NULL)
		web_problem(r, main, i18n_t(r->lang, "The account could not be made."), why);
	form = web_post(r, main, "/setup");
	doc_hidden(form, "code", code);
	doc_input(form, &(struct doc_field){ .name = "name",
			    .label = i18n_t(r->lang, "Account"),
			    .value = web_form(r, "name"),
			    .required = true,
			    .autocomplete = "username",
			    .max_length = 63,
			    .error = p->name,
			    .hint = i18n_t(r->lang, "A short name to sign in with, for example anna") });
	doc_input(form, &(struct doc_field){ .name = "display",
			    .label = i18n_t(r->lang, "Your full name"),
			    .value = web_form(r, "display"),
			    .autocomplete = "name",
			    .max_length = 127,
			    .hint = i18n_t(r->lang, "As it shall stand in records and replies") });
	doc_input(form, &(struct doc_field){ .name = "password",
			    .label = i18n_t(r->lang, "Password"),
			    .type = DOC_INPUT_PASSWORD,
			    .required = true,
			    .autocomplete = "new-password",
			    .error = p->password,
			    .hint = i18n_t(r->lang, "At least 10 characters; several words are good") });
	doc_input(form, &(struct doc_field){ .name = "password2",
			    .label = i18n_t(r->lang, "The password once more"),
			    .type = DOC_INPUT_PASSWORD,
			    .required = true,
			    .autocomplete = "new-password",
			    .error = p->again });
	language_select(r, form, web_form(r, "language"));
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "Make the account"));
	return web_page_done(r, status, err);
}

static enum fp_status
setup_closed(struct web_req *r, struct fp_err *err)
{
	struct doc_node *main;

	if (!web_setup_open(r))
		return web_redirect(r, r->signed_in ? "/" : "/sign-in");
	if (web_page(r, i18n_t(r->lang, "First start"), &main, err) != FP_OK)
		return err->status;
	doc_class(
	    doc_para(main,
		i18n_t(r->lang,
		    "There is no account yet. To make the first one, open the address that the server printed in its terminal "
		    "when it started: it holds a code that is good once.")),
	    DOC_CLASS_LEAD);
	doc_para(main, i18n_t(r->lang, "This way nobody else on the network can take the first account. If the line is lost, "
				       "stop the server and start it again."));
	return web_page_done(r, 403, err);
}

enum fp_status
web_page_setup(struct web_req *r, struct fp_err *err)
{
	const struct setup_problems none = { 0 };
	const char *code = web_query(r, "code");

	if (!web_setup_open(r) || !web_same(code, r->web->setup_code))
		return setup_closed(r, err);
	return setup_form(r, 200, code, &none, NULL, err);
}

static bool
setup_check(struct web_req *r, struct setup_problems *p)
{
	if (*web_form(r, "name") == '\0')
		p->name = i18n_t(r->lang, "Please give a name for the account.");
	if (strlen(web_form(r, "password")) < 10)
		p->password = i18n_t(r->lang, "The password is too short: at least 10 characters.");
	else if (strcmp(web_form(r, "password"), web_form(r, "password2")) != 0)
		p->again = i18n_t(r->lang, "This is not the same password.");
	return p->name == NULL && p->password == NULL && p->again == NULL;
}

/* With the lock held, so that two browsers cannot both be the first. */
static enum fp_status
first_account(struct web_req *r, struct app_session *s, struct fp_err *err)
{
	struct app_account a = { .role = APP_ADMIN };

	fp_utf8_copy(a.name, sizeof(a.name), web_form(r, "name"));
	fp_utf8_copy(a.display, sizeof(a.display), web_form(r, "display"));
	fp_utf8_copy(a.language, sizeof(a.language), web_form(r, "language"));
	if (!web_setup_open(r))
		return fp_fail(err, FP_ECONFLICT, "the first account has just been made by somebody else");
	if (app_account_add(r->app, NULL, &a, web_form(r, "password"), err) != FP_OK)
		return err->status;
	__atomic_store_n(&r->web->setup_open, 0, __ATOMIC_RELEASE);
	return app_login(r->app, a.name, web_form(r, "password"), s, err);
}

enum fp_status
web_post_setup(struct web_req *r, struct fp_err *err)
{
	struct setup_problems p = { 0 };
	struct app_session s;
	struct fp_err why;
	enum fp_status st;

	if (!web_setup_open(r) || !web_same(web_form(r, "code"), r->web->setup_code))
		return setup_closed(r, err);
	if (!setup_check(r, &p))
		return setup_form(r, 422, web_form(r, "code"), &p, NULL, err);
	pthread_mutex_lock(&r->web->setup_lock);
	st = first_account(r, &s, &why);
	pthread_mutex_unlock(&r->web->setup_lock);
	if (st != FP_OK)
		return setup_form(r, 422, web_form(r, "code"), &p, &why, err);
	open_session(r, &s);
	return web_redirect(r, "/?said=welcome");
}
