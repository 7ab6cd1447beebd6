/* Answers: headers, redirects, files, error pages. */
#include "web/internal.h"

#include <ctype.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
web_set_header(struct web_req *r, const char *name, const char *value)
{
	char *copy = fp_strdup(value);

	if (copy == NULL)
		return;
	if (r->n_headers >= FP_COUNT(r->headers)) {
		free(copy);
		return;
	}
	for (char *p = copy; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '_';
	}
	r->headers[r->n_headers++] = (struct web_header){ .name = name, .value = copy };
}

void
web_set_cookie(struct web_req *r, const char *name, const char *value, int64_t seconds)
{
	web_set_header(r, MHD_HTTP_HEADER_SET_COOKIE,
	    web_fmt(r, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", name, value, (long long)seconds,
		r->secure ? "; Secure" : ""));
}

enum fp_status
web_redirect(struct web_req *r, const char *path)
{
	fp_buf_clear(&r->out);
	r->status = MHD_HTTP_SEE_OTHER;
	r->type = "text/plain; charset=utf-8";
	web_set_header(r, MHD_HTTP_HEADER_LOCATION, web_is_local(path) ? path : "/");
	return FP_OK;
}

enum fp_status
web_redirectf(struct web_req *r, const char *fmt, ...)
{
	char path[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return web_redirect(r, path);
}

enum fp_status
web_download(struct web_req *r, const char *type, const char *name)
{
	char safe[128];
	size_t n = 0;

	for (; *name != '\0' && n + 1 < sizeof(safe); name++)
		safe[n++] = isalnum((unsigned char)*name) || strchr("-_.", *name) != NULL ? *name : '_';
	safe[n] = '\0';
	r->status = MHD_HTTP_OK;
	r->type = type;
	web_set_header(r, MHD_HTTP_HEADER_CONTENT_DISPOSITION, web_fmt(r, "attachment; filename=\"%s\"", safe));
	return FP_OK;
}

/* What each status says to a person, and what to do. */
static const struct {
	unsigned status;
	const char *title, *what;
} sayings[] = {
	{ 400, N_("This request could not be read"),
	    N_("The browser sent something that this program does not understand. Go back and try again.") },
	{ 401, N_("Please sign in"),
	    N_("Your session has ended. Sign in again; what you had typed may have to be typed again.") },
	{ 403, N_("You may not do this"),
	    N_("The role of your account does not allow this, or the page was open for too long. Go back, reload the page and "
	       "try again; or ask the administrator of this site.") },
	{ 404, N_("There is nothing here"),
	    N_("The address is mistyped, or what it led to is not in the database. Start again from your notices.") },
	{ 405, N_("This address is not used that way"), N_("Go back and use the buttons of the page.") },
	{ 409, N_("Not in this state"),
	    N_("The state has changed in the meantime, or does not allow this step. Look at it again.") },
	{ 413, N_("That is too much at once"),
	    N_("A device list may have 64 MB, any other form 64 kB. Send it in parts, or use the command line.") },
	{ 415, N_("This kind of form is not known"), N_("Go back and use the buttons of the page.") },
	{ 421, N_("This address is not this server's"),
	    N_("Open the address that the server printed when it started. A name that leads here must first be set as the public "
	       "address of "
	       "the site.") },
	{ 422, N_("Something is not right yet"), N_("Nothing was changed. Go back and look at what was typed.") },
	{ 503, N_("Too busy just now"), N_("Try again in a moment.") },
	{ 507, N_("The disk is full"), N_("Nothing was lost and nothing was changed. Make room on the disk and try again.") },
	{ 500, N_("Something went wrong"),
	    N_("Nothing was lost. Try again; when it goes wrong again, look into the server's own messages.") },
};

static size_t
saying(unsigned status)
{
	for (size_t i = 0; i < FP_COUNT(sayings); i++) {
		if (sayings[i].status == status)
			return i;
	}
	return FP_COUNT(sayings) - 1;
}

static const char *
what_to_do(const struct web_req *r, size_t i)
{
	if (sayings[i].status == 413 && r->route != NULL && r->route->body == WEB_FILES)
		return N_(
		    "Together the files may have 256 MB, and be 24. Send them in parts, or use the command line, which takes "
		    "captures of any size: fieldproof evidence import FILE...");
	return sayings[i].what;
}

void
web_error_page(struct web_req *r, unsigned status, const char *detail)
{
	size_t i = saying(status);
	struct doc_node *main;

	fp_buf_clear(&r->out);
	if (web_page(r, i18n_t(r->lang, sayings[i].title), &main, NULL) == FP_OK) {
		doc_class(doc_para(main, i18n_t(r->lang, what_to_do(r, i))), DOC_CLASS_LEAD);
		if (detail != NULL && *detail != '\0') {
			struct doc_node *p = doc_para(main, i18n_t(r->lang, "In the program's own words:"));

			doc_text(p, " ");
			doc_lang(doc_code(p, detail), "en");
		}
		doc_button_link(doc_para(main, NULL), DOC_BUTTON_SECONDARY, "/", i18n_t(r->lang, "To my notices"));
		if (web_page_done(r, status, NULL) == FP_OK)
			return;
	}
	/* Not even a page could be made. */
	fp_buf_clear(&r->out);
	fp_buf_puts(&r->out, sayings[i].title);
	fp_buf_putc(&r->out, '\n');
	r->status = status;
	r->type = "text/plain; charset=utf-8";
}
