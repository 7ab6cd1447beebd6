/* Every address of the pages, in one table; and what stands before every handler. */
#include "web/internal.h"

#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A more exact path stands before one with "*" in the same place. */
static const struct web_route routes[] = {
	{ "GET", "/", WEB_VIEWER, WEB_NO_BODY, web_page_start, N_("My notices"), "/" },
	{ "GET", "/static/*", WEB_PUBLIC, WEB_NO_BODY, web_static, "", "" },

	{ "GET", "/sign-in", WEB_PUBLIC, WEB_NO_BODY, web_page_sign_in, N_("Sign in"), "" },
	{ "POST", "/sign-in", WEB_PUBLIC, WEB_FORM, web_post_sign_in, N_("Sign in"), "" },
	{ "POST", "/sign-out", WEB_PUBLIC, WEB_FORM, web_post_sign_out, N_("Sign out"), "" },
	{ "POST", "/language", WEB_PUBLIC, WEB_FORM, web_post_language, N_("Language"), "" },
	{ "GET", "/setup", WEB_PUBLIC, WEB_NO_BODY, web_page_setup, N_("First start"), "" },
	{ "POST", "/setup", WEB_PUBLIC, WEB_FORM, web_post_setup, N_("First start"), "" },

	{ "GET", "/notices/add", WEB_ADMIN, WEB_NO_BODY, web_page_notice_add, N_("Add a notice"), "/" },
	{ "POST", "/notices/add", WEB_ADMIN, WEB_FORM, web_post_notice_add, N_("Add a notice"), "/" },
	{ "GET", "/notice/*", WEB_VIEWER, WEB_NO_BODY, web_page_notice, N_("Notice"), "/" },
	{ "POST", "/notice/*/match", WEB_ENGINEER, WEB_FORM, web_post_notice_match, N_("Compare with my devices"), "/" },
	{ "GET", "/notice/*/matrix", WEB_VIEWER, WEB_NO_BODY, web_page_matrix, N_("Matrix"), "/" },
	{ "GET", "/notice/*/several", WEB_ENGINEER, WEB_NO_BODY, web_page_bulk, N_("Several at once"), "/" },
	{ "POST", "/notice/*/several", WEB_ENGINEER, WEB_FORM, web_post_bulk, N_("Several at once"), "/" },
	{ "GET", "/notice/*/evidence.tar.zst", WEB_VIEWER, WEB_NO_BODY, web_get_bundle, N_("Evidence"), "/" },
	{ "GET", "/notice/*/reply", WEB_VIEWER, WEB_NO_BODY, web_page_reply, N_("Reply"), "/" },
	{ "POST", "/notice/*/reply", WEB_VIEWER, WEB_FORM, web_post_reply, N_("Reply"), "/" },
	{ "GET", "/reply/*", WEB_VIEWER, WEB_NO_BODY, web_page_reply_signed, N_("Signed reply"), "/" },
	{ "GET", "/reply/*/receipt.json", WEB_VIEWER, WEB_NO_BODY, web_get_reply_receipt, N_("Receipt"), "/" },
	{ "GET", "/reply/*/*", WEB_VIEWER, WEB_NO_BODY, web_get_reply_file, N_("Signed reply"), "/" },

	{ "GET", "/devices", WEB_VIEWER, WEB_NO_BODY, web_page_devices, N_("Devices"), "/devices" },
	{ "GET", "/devices/import", WEB_ENGINEER, WEB_NO_BODY, web_page_device_import, N_("Import a list of devices"),
	    "/devices" },
	{ "POST", "/devices/import", WEB_ENGINEER, WEB_UPLOAD, web_post_device_import, N_("Import a list of devices"),
	    "/devices" },
	{ "POST", "/devices/import/apply", WEB_ENGINEER, WEB_FORM, web_post_device_import_apply, N_("Import a list of devices"),
	    "/devices" },
	{ "GET", "/devices/rejected/*", WEB_ENGINEER, WEB_NO_BODY, web_get_device_rejected, N_("Rows to correct"), "/devices" },
	{ "GET", "/device/*", WEB_VIEWER, WEB_NO_BODY, web_page_device, N_("Device"), "/devices" },
	{ "POST", "/device/*/decide", WEB_ENGINEER, WEB_FORM, web_post_device_decide, N_("Device"), "/devices" },
	{ "POST", "/device/*/event", WEB_ENGINEER, WEB_FORM, web_post_device_event, N_("Device"), "/devices" },

	{ "GET", "/cell/*", WEB_VIEWER, WEB_NO_BODY, web_page_cell, N_("One step on one device"), "/" },
	{ "POST", "/cell/*/claim", WEB_ENGINEER, WEB_FORM, web_post_cell_claim, N_("One step on one device"), "/" },
	{ "POST", "/cell/*/not-done", WEB_ENGINEER, WEB_FORM, web_post_cell_not_done, N_("One step on one device"), "/" },
	{ "POST", "/cell/*/withdraw", WEB_ENGINEER, WEB_FORM, web_post_cell_withdraw, N_("One step on one device"), "/" },
	{ "POST", "/cell/*/reopen", WEB_ENGINEER, WEB_FORM, web_post_cell_reopen, N_("One step on one device"), "/" },
	{ "POST", "/cell/*/check", WEB_ENGINEER, WEB_FORM, web_post_cell_check, N_("One step on one device"), "/" },
	{ "GET", "/observation/*", WEB_VIEWER, WEB_NO_BODY, web_page_observation, N_("What the check saw"), "/" },

	{ "GET", "/check", WEB_VIEWER, WEB_NO_BODY, web_page_check, N_("Check"), "/check" },
	{ "POST", "/check", WEB_ENGINEER, WEB_FORM, web_post_check, N_("Check"), "/check" },
	{ "GET", "/check/watch", WEB_VIEWER, WEB_NO_BODY, web_page_check_watch, N_("Checking"), "/check" },
	{ "GET", "/check/progress", WEB_VIEWER, WEB_NO_BODY, web_get_check_progress, N_("Checking"), "/check" },
	{ "POST", "/check/stop", WEB_ENGINEER, WEB_FORM, web_post_check_stop, N_("Checking"), "/check" },
	{ "GET", "/check/result", WEB_VIEWER, WEB_NO_BODY, web_page_check_result, N_("Result of the check"), "/check" },

	{ "GET", "/evidence", WEB_ENGINEER, WEB_NO_BODY, web_page_evidence, N_("Evidence"), "/evidence" },
	{ "POST", "/evidence", WEB_ENGINEER, WEB_FILES, web_post_evidence, N_("Evidence"), "/evidence" },
	{ "POST", "/evidence/challenge", WEB_ENGINEER, WEB_FORM, web_post_challenge, N_("Challenge"), "/evidence" },
	{ "GET", "/evidence/challenge/*", WEB_ENGINEER, WEB_NO_BODY, web_page_challenge, N_("Challenge"), "/evidence" },

	{ "GET", "/ledger", WEB_VIEWER, WEB_NO_BODY, web_page_ledger, N_("Ledger"), "/ledger" },
	{ "POST", "/ledger/verify", WEB_VIEWER, WEB_FORM, web_post_ledger_verify, N_("Ledger"), "/ledger" },
	{ "GET", "/ledger/*/receipt.json", WEB_VIEWER, WEB_NO_BODY, web_get_ledger_receipt, N_("Receipt"), "/ledger" },

	{ "GET", "/settings", WEB_VIEWER, WEB_NO_BODY, web_page_settings, N_("Settings"), "/settings" },
	{ "GET", "/settings/site", WEB_ADMIN, WEB_NO_BODY, web_page_site, N_("My site"), "/settings" },
	{ "POST", "/settings/site", WEB_ADMIN, WEB_FORM, web_post_site, N_("My site"), "/settings" },
	{ "GET", "/settings/parameters", WEB_VIEWER, WEB_NO_BODY, web_page_parameters, N_("Facts that the notice does not state"),
	    "/settings" },
	{ "POST", "/settings/parameters", WEB_ADMIN, WEB_FORM, web_post_parameters, N_("Facts that the notice does not state"),
	    "/settings" },
	{ "GET", "/settings/accounts", WEB_ADMIN, WEB_NO_BODY, web_page_accounts, N_("Accounts"), "/settings" },
	{ "POST", "/settings/accounts", WEB_ADMIN, WEB_FORM, web_post_accounts, N_("Accounts"), "/settings" },
	{ "GET", "/about", WEB_VIEWER, WEB_NO_BODY, web_page_about, N_("About this program"), "/settings" },
};

const struct web_route *
web_routes(size_t *n)
{
	*n = FP_COUNT(routes);
	return routes;
}

/* Does path fit the row? Its "*" segments are copied to args. */
static bool
fits(const char *pattern, const char *path, char *args[WEB_ARGS])
{
	size_t n = 0;

	for (;;) {
		size_t a = strcspn(pattern, "/"), b = strcspn(path, "/");

		if (a == 1 && *pattern == '*') {
			if (b == 0 || b > 200 || n >= WEB_ARGS)
				return false;
			args[n++] = fp_strndup(path, b);
		} else if (a != b || strncmp(pattern, path, a) != 0) {
			return false;
		}
		pattern += a;
		path += b;
		if (*pattern == '\0' || *path == '\0')
			return *pattern == *path;
		pattern++;
		path++;
	}
}

const struct web_route *
web_route_find(struct web_req *r, const char *method, const char *path, char allow[64])
{
	const char *want = strcmp(method, "HEAD") == 0 ? "GET" : method;
	const struct web_route *found = NULL;

	allow[0] = '\0';
	for (size_t i = 0; i < FP_COUNT(routes) && found == NULL; i++) {
		char *args[WEB_ARGS] = { NULL };

		if (fits(routes[i].path, path, args)) {
			bool get = strcmp(routes[i].method, "GET") == 0;

			if (strstr(allow, routes[i].method) == NULL)
				(void)snprintf(allow + strlen(allow), 64 - strlen(allow), "%s%s", *allow != '\0' ? ", " : "",
				    get ? "GET, HEAD" : routes[i].method);
			if (strcmp(routes[i].method, want) == 0)
				found = &routes[i];
		}
		for (size_t a = 0; a < WEB_ARGS; a++) {
			if (found != NULL)
				r->args[a] = args[a];
			else
				free(args[a]);
		}
	}
	return found;
}

/* ---- before the handler ---- */

/* The address at which this very connection arrived, as a Host header would say it. */
static void
local_host(struct web_req *r, char out[300], bool *loopback)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(r->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[256] = "";

	*loopback = false;
	if (i == NULL || getsockname((int)i->connect_fd, (struct sockaddr *)&ss, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		host[0] = '\0';
	*loopback = strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
	(void)snprintf(out, 300, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, r->web->port);
}

/* The host part of "https://lab.example:8443/x"; "" when it is none. */
static void
url_host(const char *url, char out[256])
{
	const char *p = strstr(url, "://");

	(void)snprintf(out, 256, "%.*s", p != NULL ? (int)strcspn(p + 3, "/") : 0, p != NULL ? p + 3 : "");
}

/*
 * REQ dns-rebinding: only this server's own names are answered, so that a foreign page whose name is bent to this address reads nothing.
 */
static bool
host_known(struct web_req *r)
{
	const char *host = web_request_header(r, MHD_HTTP_HEADER_HOST);
	struct app_site site = { 0 };
	char own[300], local[64], public_host[256];
	bool loopback;

	if (host == NULL)
		return false;
	local_host(r, own, &loopback);
	(void)snprintf(local, sizeof(local), "localhost:%d", r->web->port);
	if (strcasecmp(host, own) == 0 || strcasecmp(host, r->web->host) == 0 || (loopback && strcasecmp(host, local) == 0))
		return true;
	if (app_site_get(r->app, &site, NULL) != FP_OK || site.public_url[0] == '\0')
		return false;
	url_host(site.public_url, public_host);
	r->secure = strncmp(site.public_url, "https:", 6) == 0;
	return public_host[0] != '\0' && strcasecmp(host, public_host) == 0;
}

static void
identify(struct web_req *r)
{
	const char *token = web_cookie(r, r->web->cookie), *pre = web_cookie(r, r->web->pre_cookie);

	if (token != NULL && strlen(token) == 64 && app_session_get(r->app, token, &r->session, NULL) == FP_OK) {
		r->signed_in = true;
		(void)snprintf(r->csrf, sizeof(r->csrf), "%s", r->session.csrf);
	} else if (pre != NULL && strlen(pre) == WEB_TOKEN - 1 && strspn(pre, "0123456789abcdef") == WEB_TOKEN - 1) {
		(void)snprintf(r->csrf, sizeof(r->csrf), "%s", pre);
	}
}

/* The account's choice, then the cookie's, then the browser's wish, then the site's, then English. */
static void
choose_language(struct web_req *r)
{
	const char *cookie = web_cookie(r, "fieldproof-language"), *wish = web_request_header(r, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
	struct app_site site = { 0 };

	if (r->signed_in)
		r->lang = i18n_get(r->session.account.language);
	if (r->lang == NULL && cookie != NULL)
		r->lang = i18n_get(cookie);
	if (r->lang == NULL && wish != NULL)
		r->lang = i18n_accept(wish);
	if (r->lang == NULL && app_site_get(r->app, &site, NULL) == FP_OK)
		r->lang = i18n_get(site.language);
	if (r->lang == NULL)
		r->lang = i18n_get("en");
}

bool
web_may(const struct web_req *r, enum web_access access)
{
	/* One row of access lies above each role: public. */
	return access == WEB_PUBLIC || (r->signed_in && (int)r->session.actor.role + 1 >= (int)access);
}

/* REQ csrf: a form counts only with the token of this session, and never from a page of another origin. */
static bool
same_origin(struct web_req *r)
{
	const char *site = web_request_header(r, "Sec-Fetch-Site"), *origin = web_request_header(r, "Origin");
	const char *host = web_request_header(r, MHD_HTTP_HEADER_HOST);
	char from[256];

	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	if (origin == NULL)
		return true;
	url_host(origin, from);
	return host != NULL && strcasecmp(from, host) == 0;
}

static bool
token_right(struct web_req *r)
{
	return r->csrf[0] != '\0' && web_same(web_form(r, "csrf"), r->csrf) && same_origin(r);
}

/* Not signed in: to the sign-in page and back afterwards; at first start to the page that makes the first account. */
static void
send_to_sign_in(struct web_req *r)
{
	struct fp_buf to = { .max = 4096 };

	fp_buf_puts(&to, web_setup_open(r) ? "/setup" : "/sign-in");
	if (!web_setup_open(r) && strcmp(r->path, "/") != 0) {
		fp_buf_puts(&to, "?to=");
		web_url_put(&to, r->path);
	}
	(void)web_redirect(r, to.data != NULL ? to.data : "/sign-in");
	fp_buf_free(&to);
}

static void
run_handler(struct web_req *r)
{
	struct fp_err err = { .status = FP_OK, .msg = "" };
	bool post = strcmp(r->route->method, "POST") == 0;

	if (!web_may(r, r->route->access)) {
		if (r->signed_in)
			web_error_page(r, MHD_HTTP_FORBIDDEN, NULL);
		else if (post)
			web_error_page(r, MHD_HTTP_UNAUTHORIZED, NULL);
		else
			send_to_sign_in(r);
		return;
	}
	if (post && !token_right(r)) {
		web_error_page(r, MHD_HTTP_FORBIDDEN, NULL);
		return;
	}
	if (r->route->run(r, &err) != FP_OK) {
		fp_log(r->web->o.log, FP_WARN, "%s %s: %s", r->method, r->path, err.msg);
		web_error_page(r, (unsigned)fp_status_http(err.status), err.msg);
	}
}

static void
no_route(struct web_req *r)
{
	char allow[64];

	(void)web_route_find(r, "", r->path, allow);
	if (allow[0] == '\0') {
		web_error_page(r, MHD_HTTP_NOT_FOUND, NULL);
		return;
	}
	web_set_header(r, MHD_HTTP_HEADER_ALLOW, allow);
	if (strcmp(r->method, "OPTIONS") == 0) {
		r->status = MHD_HTTP_NO_CONTENT;
		return;
	}
	web_error_page(r, MHD_HTTP_METHOD_NOT_ALLOWED, NULL);
}

unsigned
web_upload_refused(struct web_req *r)
{
	unsigned status = 0;

	r->app = web_app_take(r->web);
	identify(r);
	if (!host_known(r))
		status = MHD_HTTP_MISDIRECTED_REQUEST;
	else if (!r->signed_in)
		status = MHD_HTTP_UNAUTHORIZED;
	else if (!web_may(r, r->route->access))
		status = MHD_HTTP_FORBIDDEN;
	web_app_give(r->web, r->app);
	r->app = NULL;
	return status;
}

void
web_dispatch(struct web_req *r)
{
	r->app = web_app_take(r->web);
	identify(r);
	choose_language(r);
	if (!host_known(r))
		web_error_page(r, MHD_HTTP_MISDIRECTED_REQUEST, NULL);
	else if (r->refused != 0)
		web_error_page(r, r->refused, NULL);
	else if (r->route == NULL)
		no_route(r);
	else
		run_handler(r);
	web_app_give(r->web, r->app);
	r->app = NULL;
}
