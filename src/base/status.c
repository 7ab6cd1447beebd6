#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
	const char *name;
	int exit;
	int http;
} statuses[FP_STATUS_COUNT] = {
	[FP_OK] = { "ok", 0, 200 },
	[FP_EUSAGE] = { "usage", 2, 400 },
	[FP_EINVAL] = { "invalid", 1, 400 },
	[FP_ENOTFOUND] = { "not-found", 1, 404 },
	[FP_EEXIST] = { "exists", 1, 409 },
	[FP_ECONFLICT] = { "conflict", 1, 409 },
	[FP_EDENIED] = { "denied", 1, 403 },
	[FP_EIO] = { "io", 1, 500 },
	[FP_ENOSPC] = { "no-space", 1, 507 },
	[FP_ENOMEM] = { "no-memory", 1, 503 },
	[FP_ELIMIT] = { "limit", 1, 413 },
	[FP_ETIMEOUT] = { "timeout", 1, 504 },
	[FP_EUNSUPPORTED] = { "unsupported", 1, 501 },
	[FP_ENOTCORRECTED] = { "not-corrected", 3, 200 },
	[FP_EUNKNOWN] = { "unknown", 4, 200 },
	[FP_EINTEGRITY] = { "integrity", 5, 500 },
};

const char *
fp_status_name(enum fp_status status)
{
	return (unsigned)status < FP_STATUS_COUNT ? statuses[status].name : "?";
}

int
fp_status_exit(enum fp_status status)
{
	return (unsigned)status < FP_STATUS_COUNT ? statuses[status].exit : 1;
}

int
fp_status_http(enum fp_status status)
{
	return (unsigned)status < FP_STATUS_COUNT ? statuses[status].http : 500;
}

/*
 * Messages quote foreign files and are cut to length: what is left of a cut character goes, other ill-formed bytes and control
 * characters (but line feeds) become '?', so that a message can always stand in JSON and on a terminal.
 */
static void
make_presentable(char *s)
{
	char *end = s + strlen(s);

	for (char *p = s; p < end;) {
		const char *next = p;
		uint32_t c = fp_utf8_next(&next, end);

		if (c == FP_UTF8_BAD && (size_t)(end - s) == FP_ERR_MAX - 1 && end - p < 4 && (unsigned char)*p >= 0xC0) {
			*p = '\0';
			return;
		}
		if (c == FP_UTF8_BAD || (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0))
			memset(p, '?', (size_t)(next - p));
		p += next - p;
	}
}

enum fp_status
fp_fail(struct fp_err *err, enum fp_status status, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return status;
	err->status = status;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	make_presentable(err->msg);
	return status;
}

static enum fp_status
status_of_errno(int e)
{
	switch (e) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return FP_ENOSPC;
	case ENOENT:
		return FP_ENOTFOUND;
	case ENOMEM:
		return FP_ENOMEM;
	case EEXIST:
		return FP_EEXIST;
	case ETIMEDOUT:
		return FP_ETIMEOUT;
	default:
		return FP_EIO;
	}
}

enum fp_status
fp_fail_errno(struct fp_err *err, int saved_errno, const char *fmt, ...)
{
	enum fp_status status = status_of_errno(saved_errno);
	char reason[128], text[FP_ERR_MAX];
	va_list ap;

	if (err == NULL)
		return status;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (strerror_r(saved_errno, reason, sizeof(reason)) != 0)
		(void)snprintf(reason, sizeof(reason), "error %d", saved_errno);
	return fp_fail(err, status, "%.800s: %s", text, reason);
}

enum fp_status
fp_ctx(struct fp_err *err, const char *fmt, ...)
{
	char before[FP_ERR_MAX], was[FP_ERR_MAX];
	va_list ap;

	if (err == NULL)
		return FP_EIO;
	va_start(ap, fmt);
	(void)vsnprintf(before, sizeof(before), fmt, ap);
	va_end(ap);
	memcpy(was, err->msg, sizeof(was));
	return fp_fail(err, err->status, "%.400s: %s", before, was);
}
