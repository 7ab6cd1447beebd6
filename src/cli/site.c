/* fieldproof site, param, key, account, serve, doctor. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "web/web.h"

/* ---- the site ---- */

static const struct {
	const char *option;
	size_t offset, size;
} site_fields[] = {
#define FIELD(option, member)                                                                                                    \
	{                                                                                                                        \
		option, offsetof(struct app_site, member), sizeof(((struct app_site *)0)->member)                                \
	}
	FIELD("name", name),
	FIELD("department", department),
	FIELD("address", address),
	FIELD("country", country),
	FIELD("customer-number", customer_number),
	FIELD("contact", contact_name),
	FIELD("contact-title", contact_title),
	FIELD("contact-email", contact_email),
	FIELD("contact-phone", contact_phone),
	FIELD("language", language),
	FIELD("public-url", public_url),
	FIELD("vantage", vantage),
#undef FIELD
};

static enum fp_status
run_site_set(struct cli *c, struct fp_err *err)
{
	struct app_site s;

	if (cli_app(c, err) != FP_OK || app_site_get(c->app, &s, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < FP_COUNT(site_fields); i++) {
		const char *v = cli_opt(c, site_fields[i].option);

		if (v == NULL)
			continue;
		if (strlen(v) >= site_fields[i].size)
			return fp_fail(
			    err, FP_EUSAGE, "--%s is longer than %zu bytes", site_fields[i].option, site_fields[i].size - 1);
		memcpy((char *)&s + site_fields[i].offset, v, strlen(v) + 1);
	}
	return app_site_set(c->app, &c->actor, &s, err);
}

static enum fp_status
run_site_show(struct cli *c, struct fp_err *err)
{
	struct app_site s;
	json_t *j = json_object();

	if (cli_app(c, err) != FP_OK || app_site_get(c->app, &s, err) != FP_OK) {
		json_decref(j);
		return fp_failed(err, FP_EIO);
	}
	for (size_t i = 0; i < FP_COUNT(site_fields); i++) {
		const char *v = (const char *)&s + site_fields[i].offset;

		if (!c->json)
			printf("%-16s %s\n", site_fields[i].option, v);
		fp_json_set_str(j, site_fields[i].option, v);
	}
	if (c->json)
		return cli_print_json(c, "fieldproof-site-1", j, err);
	json_decref(j);
	return FP_OK;
}

/* ---- parameters ---- */

static enum fp_status
run_param_set(struct cli *c, struct fp_err *err)
{
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_param_set(
	    c->app, &c->actor, c->args[0], c->n_args > 1 ? c->args[1] : NULL, cli_opt(c, "confirmed") != NULL, err);
}

static enum fp_status
params_text(const struct cli *c, const struct app_param *list, size_t n, struct fp_err *err)
{
	const char *heads[] = { cli_t(c, N_("Name")), cli_t(c, N_("Value")), cli_t(c, N_("Confirmed by the manufacturer")),
		cli_t(c, N_("Meaning")) };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *table, *row;

	if (cli_doc(&d, c, cli_t(c, N_("Facts that the notice does not state")), err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	table = doc_table(doc_root(d), NULL);
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < n; i++) {
		bool set = list[i].value[0] != '\0';

		row = doc_row(table);
		(void)doc_head_cell(row, DOC_SCOPE_ROW, list[i].name);
		(void)doc_cell(row, set ? list[i].value : cli_t(c, N_("Not set")));
		(void)doc_cell(row, !set ? "–" : cli_t(c, list[i].confirmed ? N_("Yes") : N_("No")));
		(void)doc_cell(row, list[i].text ? cli_t(c, list[i].text) : "");
	}
	return cli_print(c, d, err);
}

static enum fp_status
run_param_list(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_param *list = NULL;
	json_t *items;
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_params(c->app, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (!c->json)
		return params_text(c, list, n, err);
	items = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct app_param *p = &list[i];
		json_t *o = json_object();

		fp_json_set_str(o, "name", p->name);
		fp_json_set_str(o, "value", p->value[0] ? p->value : NULL);
		fp_json_set(o, "confirmed", json_boolean(p->confirmed));
		fp_json_set_str(o, "set_by", p->set_by[0] ? p->set_by : NULL);
		fp_json_set_str(o, "text", p->text);
		(void)json_array_append_new(items, o);
	}
	return cli_print_list(c, "fieldproof-params-1", "params", items, err);
}

/* ---- keys ---- */

static enum fp_status
run_key_trust(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };
	const char *text = c->args[1];

	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (access(text, R_OK) == 0) {
		if (fp_file_read(&b, text, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		text = b.data;
	}
	return app_key_trust(c->app, &c->actor, c->args[0], text, err);
}

static enum fp_status
run_key_site(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 4096 };

	if (cli_app(c, err) != FP_OK || app_site_public_key(c->app, &out, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return cli_put(c, &out, err);
}

static enum fp_status
run_key_list(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_key *list = NULL;
	json_t *items;
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_keys(c->app, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	items = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		if (!c->json)
			printf("%-18s %-24s %s\n", list[i].key_id, list[i].name, list[i].public_key);
		fp_json_set_str(o, "key_id", list[i].key_id);
		fp_json_set_str(o, "name", list[i].name);
		fp_json_set_str(o, "public_key", list[i].public_key);
		fp_json_set_time(o, "trusted_at", list[i].trusted_at);
		(void)json_array_append_new(items, o);
	}
	return cli_print_list(c, "fieldproof-keys-1", "keys", items, err);
}

/* A line without echo from the terminal, or a plain line when standard input is none. */
enum fp_status
cli_password(char *out, size_t size, const char *prompt, struct fp_err *err)
{
	struct termios was, quiet;
	bool tty = tcgetattr(STDIN_FILENO, &was) == 0;
	size_t len;

	if (tty) {
		fputs(prompt, stderr);
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	out[0] = '\0';
	if (fgets(out, (int)size, stdin) == NULL)
		out[0] = '\0';
	if (tty) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	len = strcspn(out, "\r\n");
	if (out[len] == '\0' && len + 1 == size)
		return fp_fail(err, FP_ELIMIT, "the password is longer than %zu bytes", size - 2);
	out[len] = '\0';
	return FP_OK;
}

static enum fp_status
run_key_generate(struct cli *c, struct fp_err *err)
{
	char password[1024];

	if (cli_opt(c, "no-password") != NULL)
		return app_key_generate(c->args[0], NULL, err);
	if (cli_password(password, sizeof(password), "Password for the secret key: ", err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_key_generate(c->args[0], password, err);
}

/* ---- accounts ---- */

static enum fp_status
run_account_add(struct cli *c, struct fp_err *err)
{
	struct app_account a = { .role = APP_ENGINEER };
	const char *role = cli_opt(c, "role"), *display = cli_opt(c, "display");
	char password[1024];

	(void)snprintf(a.name, sizeof(a.name), "%s", c->args[0]);
	(void)snprintf(a.display, sizeof(a.display), "%s", display ? display : c->args[0]);
	(void)snprintf(a.language, sizeof(a.language), "%s", c->lang_tag);
	if (role != NULL && !app_role_of(&a.role, role))
		return fp_fail(err, FP_EUSAGE, "roles are viewer, engineer, signer, admin, not '%.40s'", role);
	if (cli_app(c, err) != FP_OK || cli_password(password, sizeof(password), "Password: ", err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_account_add(c->app, &c->actor, &a, password, err);
}

static enum fp_status
run_account_list(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_account *list = NULL;
	json_t *items;
	size_t n = 0;

	if (cli_app(c, err) != FP_OK || app_accounts(c->app, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	items = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		if (!c->json)
			printf("%-20s %-10s %-4s %s\n", list[i].name, app_role_name(list[i].role), list[i].language,
			    list[i].display);
		fp_json_set_str(o, "name", list[i].name);
		fp_json_set_str(o, "role", app_role_name(list[i].role));
		fp_json_set_str(o, "display", list[i].display);
		fp_json_set_str(o, "language", list[i].language);
		(void)json_array_append_new(items, o);
	}
	return cli_print_list(c, "fieldproof-accounts-1", "accounts", items, err);
}

/* ---- serve ---- */

static int stop_pipe[2] = { -1, -1 };

static void
on_stop(int sig)
{
	int saved = errno;

	(void)sig;
	(void)!write(stop_pipe[1], "x", 1);
	errno = saved;
}

static void
on_listening(void *ctx, const char *url)
{
	(void)ctx;
	printf("%s\n", url);
	(void)fflush(stdout);
}

static void
on_first_start(void *ctx, const char *url)
{
	const struct cli *c = ctx;

	printf("%s\n  %s\n", cli_t(c, N_("There is no account yet. Open this address once to make the first one:")), url);
	(void)fflush(stdout);
}

static enum fp_status
run_serve(struct cli *c, struct fp_err *err)
{
	struct sigaction act = { .sa_handler = on_stop };
	struct web_options o = { .listen = cli_opt(c, "listen"),
		.notice_dirs = c->notice_dirs,
		.clock = c->clock,
		.log = &c->log,
		.zone = cli_opt(c, "zone"),
		.listening = on_listening,
		.first_start = on_first_start,
		.ctx = c };

	/* Opening it here first makes the folder and gives the plain error before anything listens. */
	if (cli_app(c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	app_freep(&c->app);
	if (pipe(stop_pipe) != 0)
		return fp_fail_errno(err, errno, "cannot make a pipe");
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	o.db = c->db;
	o.stop_fd = stop_pipe[0];
	return web_serve(&o, err);
}

/* ---- doctor ---- */

static enum fp_status
run_doctor(struct cli *c, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct app_finding *list = NULL;
	json_t *j, *items;
	size_t n = 0, bad = 0;

	if (cli_app(c, err) != FP_OK || app_doctor(c->app, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	j = json_object();
	items = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		bad += !list[i].ok;
		if (!c->json)
			printf("%-4s %-28s %s\n", list[i].ok ? "ok" : "!!", list[i].what, list[i].text);
		fp_json_set_str(o, "what", list[i].what);
		fp_json_set(o, "ok", json_boolean(list[i].ok));
		fp_json_set_str(o, "text", list[i].text);
		(void)json_array_append_new(items, o);
	}
	fp_json_set(j, "findings", items);
	if (!c->json)
		json_decref(j);
	else if (cli_print_json(c, "fieldproof-doctor-1", j, err) != FP_OK)
		return err->status;
	return bad == 0 ? FP_OK : fp_fail(err, FP_ECONFLICT, "%zu findings need attention", bad);
}

static const struct cli_option site_options[] = {
	{ "name", "TEXT", "organisation" },
	{ "department", "TEXT", "department or laboratory" },
	{ "address", "TEXT", "postal address" },
	{ "country", "XX", "country code" },
	{ "customer-number", "TEXT", "your number at the manufacturer" },
	{ "contact", "NAME", "contact person" },
	{ "contact-title", "TEXT", "function of the contact person" },
	{ "contact-email", "E-MAIL", "e-mail" },
	{ "contact-phone", "NUMBER", "telephone" },
	{ "language", "LANG", "language of replies" },
	{ "public-url", "URL", "where the pages are reached from elsewhere (QR code of replies)" },
	{ "vantage", "NAME", "where this machine stands in the network: \"laboratory network\"" },
	{ NULL, NULL, NULL },
};
static const struct cli_option param_options[] = {
	{ "confirmed", NULL, "the manufacturer has confirmed the value" },
	{ NULL, NULL, NULL },
};
static const struct cli_option site_key_options[] = {
	{ "output", "FILE", "where to write (standard output)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option generate_options[] = {
	{ "no-password", NULL, "a secret key without password (for tests and machines)" },
	{ NULL, NULL, NULL },
};
static const struct cli_option account_options[] = {
	{ "role", "ROLE", "viewer, engineer (default), signer or admin" },
	{ "display", "NAME", "name to show" },
	{ NULL, NULL, NULL },
};
static const struct cli_option serve_options[] = {
	{ "listen", "ADDRESS:PORT", "where to listen (127.0.0.1:8480: this machine only)" },
	{ "zone", "ZONE", "time zone of the times shown, such as Europe/Copenhagen (this computer's)" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_site_verbs[] = {
	{ "site", "set", "", 0, 0, "name, address and contact of the site, for the reply",
	    "  fieldproof site set --name=\"Sequencing laboratory\" --contact=\"Jens Olsen\" --vantage=\"laboratory network\"\n",
	    run_site_set, site_options },
	{ "site", "show", "", 0, 0, "what is known of the site", NULL, run_site_show, NULL },
	{ "param", "set", "NAME [VALUE]", 1, 2, "a value that no notice states, such as ucs-port; without VALUE it is taken away",
	    "  fieldproof param set ucs-port 29644\n", run_param_set, param_options },
	{ "param", "list", "", 0, 0, "the parameters and what they are", NULL, run_param_list, NULL },
	{ "key", "trust", "NAME KEY|FILE", 2, 2, "trust a manufacturer's minisign public key",
	    "  fieldproof key trust \"Illumina product security\" maker.pub\n", run_key_trust, NULL },
	{ "key", "list", "", 0, 0, "the trusted keys", NULL, run_key_list, NULL },
	{ "key", "site", "", 0, 0, "this site's own public key, which signs its receipts and bundles",
	    "  fieldproof key site --output=site.pub\n", run_key_site, site_key_options },
	{ "key", "generate", "PREFIX", 1, 1,
	    "a new key pair for signing notices, in minisign's format: PREFIX.key and PREFIX.pub", NULL, run_key_generate,
	    generate_options },
	{ "account", "add", "NAME", 1, 1, "a person who may use the pages; the password is asked for", NULL, run_account_add,
	    account_options },
	{ "account", "list", "", 0, 0, "the people who may use the pages", NULL, run_account_list, NULL },
	{ "serve", "", "", 0, 0, "the pages, in the browser; on this machine only unless told otherwise",
	    "  fieldproof serve\n  fieldproof serve --listen=127.0.0.1:9000 --zone=Europe/Copenhagen\n", run_serve,
	    serve_options },
	{ "doctor", "", "", 0, 0, "what is installed, which protection holds, what is misconfigured", NULL, run_doctor, NULL },
	{ .noun = NULL },
};
