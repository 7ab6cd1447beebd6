/*
 * One mail to a mail server: a plain text in UTF-8, made by GMime, handed over by libcurl (loaded when the first mail is sent). The server
 * is the one that the operator names; nothing is read from the environment and no proxy is used.
 */
#ifndef FP_APP_MAILING_H
#define FP_APP_MAILING_H

#include "base/buf.h"
#include "base/clock.h"

struct app_mail_server {
	const char *url;      /* "smtp://host:25", "smtps://host:465" */
	const char *from;     /* address */
	const char *to;       /* addresses, joined by commas */
	const char *user;     /* NULL: no log-on */
	const char *password; /* of user */
	const char *ca;       /* file with the certificates that the server's must lead to; NULL: those of the system */
	int timeout_s;        /* for the whole of a mail; 0: 60 */
};
/*
 * How the connection is encrypted: smtps:// from the start; smtp:// with STARTTLS. With a user or a ca encryption is required and the server's certificate must be right
 * (RFC 8314); without, STARTTLS is used when the server offers it, whatever its certificate (RFC 7435: still better than clear text).
 */

/* Is that a server, are those addresses? FP_EUSAGE says what is wrong. */
enum fp_status app_mail_check(const struct app_mail_server *s, struct fp_err *err) FP_MUST_CHECK;

struct app_mail {
	const char *id; /* letters and digits; the same id gives the same Message-ID */
	const char *subject, *text;
	fp_time at;
};
/* The message as it goes over the line (RFC 5322, CRLF): appended. */
enum fp_status app_mail_write(
    struct fp_buf *out, const struct app_mail_server *s, const struct app_mail *m, struct fp_err *err) FP_MUST_CHECK;
/* FP_OK: the server has taken it for every address. FP_EIO, FP_ETIMEOUT, FP_EDENIED (log-on), FP_EUNSUPPORTED (no libcurl): the message says at which server. */
enum fp_status app_mail_send(const struct app_mail_server *s, const struct app_mail *m, struct fp_err *err) FP_MUST_CHECK;

#endif
