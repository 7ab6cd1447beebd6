/* Making a mail and handing it to a server. */
#include "app/mailing.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "check/curl_lazy.h"

#define ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1.3 */

/* ---- addresses and server ---- */

/* Printable ASCII with one @ that has something on both sides: nothing that could begin a new line or command. */
static bool
is_address(const char *s, size_t len)
{
	size_t at = 0, ats = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] <= 0x20 || s[i] >= 0x7F || strchr("<>()[]\\,;:\"", s[i]) != NULL)
			return false;
		if (s[i] == '@') {
			at = i;
			ats++;
		}
	}
	return ats == 1 && at > 0 && at + 1 < len && len <= ADDRESS_MAX;
}

/* The next of a list joined by commas, blanks around it dropped; false at the end. */
static bool
next_address(const char **list, const char **start, size_t *len)
{
	const char *s = *list + strspn(*list, " ,");

	*start = s;
	*len = strcspn(s, ",");
	*list = s + *len;
	while (*len > 0 && s[*len - 1] == ' ')
		(*len)--;
	return *len > 0;
}

static enum fp_status
check_url(const char *url, struct fp_err *err)
{
	const char *host = url != NULL && strncmp(url, "smtp://", 7) == 0    ? url + 7
			   : url != NULL && strncmp(url, "smtps://", 8) == 0 ? url + 8
									     : NULL;

	if (host == NULL || host[0] == '\0' ||
	    host[strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]")] != '\0')
		return fp_fail(err, FP_EUSAGE,
		    "the mail server is like smtp://mail.example.org:25 or smtps://mail.example.org, not '%.100s'",
		    url ? url : "");
	return FP_OK;
}

enum fp_status
app_mail_check(const struct app_mail_server *s, struct fp_err *err)
{
	const char *list = s->to ? s->to : "", *start;
	size_t len, n = 0;

	if (check_url(s->url, err) != FP_OK)
		return FP_EUSAGE;
	if (s->from == NULL || !is_address(s->from, strlen(s->from)))
		return fp_fail(err, FP_EUSAGE, "the sender '%.100s' is no mail address", s->from ? s->from : "");
	for (; next_address(&list, &start, &len); n++)
		if (!is_address(start, len))
			return fp_fail(err, FP_EUSAGE, "'%.*s' is no mail address", len < 100 ? (int)len : 100, start);
	if (n == 0)
		return fp_fail(err, FP_EUSAGE, "nobody is named whom the mail goes to");
	if ((s->user != NULL) != (s->password != NULL))
		return fp_fail(err, FP_EUSAGE, "a user of the mail server and its password belong together");
	return FP_OK;
}

/* ---- the message ---- */

static void
init_gmime(void)
{
	g_mime_init();
}

static void
add_addresses(GMimeMessage *message, const struct app_mail_server *s)
{
	const char *list = s->to, *start;
	char address[ADDRESS_MAX + 1];
	size_t len;

	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, "Fieldproof", s->from);
	while (next_address(&list, &start, &len)) {
		(void)snprintf(address, sizeof(address), "%.*s", (int)len, start);
		g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, address);
	}
}

static void
add_heads(GMimeMessage *message, const struct app_mail_server *s, const struct app_mail *m)
{
	GDateTime *date = g_date_time_new_from_unix_utc(m->at / 1000);
	char id[512];

	(void)snprintf(id, sizeof(id), "%.64s%s", m->id, strchr(s->from, '@'));
	g_mime_message_set_subject(message, m->subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, id);
	/* RFC 3834: no automatic answers to this. */
	g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
	g_date_time_unref(date);
}

static void
add_text(GMimeMessage *message, const char *text)
{
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
	g_object_unref(content);
	g_object_unref(stream);
	g_object_unref(part);
}

enum fp_status
app_mail_write(struct fp_buf *out, const struct app_mail_server *s, const struct app_mail *m, struct fp_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	GMimeFormatOptions *format;
	GMimeMessage *message;
	char *text;

	if (app_mail_check(s, err) != FP_OK)
		return FP_EUSAGE;
	(void)pthread_once(&once, init_gmime);
	message = g_mime_message_new(TRUE);
	format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	add_addresses(message, s);
	add_heads(message, s, m);
	add_text(message, m->text);
	text = g_mime_object_to_string(GMIME_OBJECT(message), format);
	fp_buf_puts(out, text);
	g_free(text);
	g_mime_format_options_free(format);
	g_object_unref(message);
	return fp_buf_check(out, "the mail", err);
}

/* ---- handing over ---- */

struct reading {
	const struct fp_buf *from;
	size_t at;
};

static size_t
give(char *to, size_t size, size_t count, void *ctx)
{
	struct reading *r = ctx;
	size_t n = size * count, left = r->from->len - r->at;

	n = n < left ? n : left;
	if (n > 0)
		memcpy(to, r->from->data + r->at, n);
	r->at += n;
	return n;
}

struct handing {
	const struct curl_lazy *curl;
	CURL *easy;
	struct curl_slist *to;
	char said[CURL_ERROR_SIZE];
};

static void
handing_free(struct handing *h)
{
	if (h->curl == NULL)
		return;
	h->curl->curl_slist_free_all(h->to);
	if (h->easy != NULL)
		h->curl->curl_easy_cleanup(h->easy);
}

static enum fp_status
add_recipients(struct handing *h, const char *list, struct fp_err *err)
{
	char address[ADDRESS_MAX + 3];
	const char *start;
	size_t len;

	while (next_address(&list, &start, &len)) {
		struct curl_slist *longer;

		(void)snprintf(address, sizeof(address), "<%.*s>", (int)len, start);
		longer = h->curl->curl_slist_append(h->to, address);
		if (longer == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		h->to = longer;
	}
	return FP_OK;
}

static void
set_encryption(const struct handing *h, const struct app_mail_server *s)
{
	bool whole = strncmp(s->url, "smtps:", 6) == 0, required = whole || s->user != NULL || s->ca != NULL;

	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_USE_SSL, (long)(required ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYPEER, required ? 1L : 0L);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYHOST, required ? 2L : 0L);
	if (s->ca != NULL)
		(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_CAINFO, s->ca);
}

static enum fp_status
prepare(struct handing *h, const struct app_mail_server *s, struct reading *r, struct fp_err *err)
{
	char from[ADDRESS_MAX + 3];
	long seconds = s->timeout_s > 0 ? s->timeout_s : 60;

	h->easy = h->curl->curl_easy_init();
	if (h->easy == NULL || add_recipients(h, s->to, err) != FP_OK)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	(void)snprintf(from, sizeof(from), "<%s>", s->from);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->said);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_URL, s->url);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_PROXY, "");
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_NOSIGNAL, 1L);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_CONNECTTIMEOUT, seconds < 15 ? seconds : 15L);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_TIMEOUT, seconds);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_MAIL_FROM, from);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_MAIL_RCPT, h->to);
	if (s->user != NULL) {
		(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_USERNAME, s->user);
		(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_PASSWORD, s->password);
	}
	set_encryption(h, s);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_UPLOAD, 1L);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_READFUNCTION, give);
	(void)h->curl->curl_easy_setopt(h->easy, CURLOPT_READDATA, r);
	return FP_OK;
}

static enum fp_status
status_of(CURLcode code)
{
	switch ((int)code) {
	case CURLE_OPERATION_TIMEDOUT:
		return FP_ETIMEOUT;
	case CURLE_LOGIN_DENIED:
		return FP_EDENIED;
	case CURLE_OUT_OF_MEMORY:
		return FP_ENOMEM;
	default:
		return FP_EIO;
	}
}

enum fp_status
app_mail_send(const struct app_mail_server *s, const struct app_mail *m, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 8 << 20 };
	FP_AUTO(handing_free) struct handing h = { .curl = NULL };
	struct reading r = { .from = &text };
	CURLcode code;

	if (app_mail_write(&text, s, m, err) != FP_OK || curl_lazy_load(&h.curl, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (prepare(&h, s, &r, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	code = h.curl->curl_easy_perform(h.easy);
	if (code == CURLE_OK)
		return FP_OK;
	return fp_fail(err, status_of(code), "the mail server %s did not take the mail: %s", s->url,
	    h.said[0] ? h.said : h.curl->curl_easy_strerror(code));
}
