/* Reading what services say in the clear. */
#include "check/clear.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* One line with its end; its length without CR and LF. NULL: it has not ended yet. */
static const char *
line_take(size_t *n, const uint8_t *p, size_t len, size_t *at)
{
	const uint8_t *end = *at < len ? memchr(p + *at, '\n', len - *at) : NULL;
	if (end == NULL) {
		return NULL;
	}
	const char *line = (const char *)p + *at;
	*n = (size_t)(end - (p + *at));
	*at += *n + 1;
	*n -= *n > 0 && line[*n - 1] == '\r';
	return line;
}

static int
number_of(const char *s, size_t n)
{
	if (n < 3 || !isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2])) {
		return 0;
	}
	return (s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0');
}

enum check_frame
clear_ftp_read(int *code, size_t *used, const uint8_t *p, size_t len)
{
	size_t n = 0, at = 0;
	*code = 0;
	/* What does not begin with digits never becomes a reply. */
	for (size_t i = 0; i < len && i < 3; i++) {
		if (!isdigit(p[i])) {
			return CHECK_FRAME_BROKEN;
		}
	}
	for (const char *line = line_take(&n, p, len, &at); line != NULL; line = line_take(&n, p, len, &at)) {
		int number = number_of(line, n);
		if (*code == 0 && (number < 100 || number > 599 || (n > 3 && line[3] != ' ' && line[3] != '-'))) {
			return CHECK_FRAME_BROKEN;
		}
		*code = *code == 0 ? number : *code;
		if (number == *code && (n == 3 || line[3] == ' ')) {
			*used = at;
			return CHECK_FRAME_WHOLE;
		}
	}
	return len < CLEAR_REPLY_MAX ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
}

enum check_frame
clear_ftp_answer(int *code, const uint8_t *p, size_t len)
{
	size_t at = 0, used = 0;
	for (;;) {
		enum check_frame f = clear_ftp_read(code, &used, p + at, len - at);
		if (f != CHECK_FRAME_WHOLE || (*code != 220 && *code >= 200)) {
			return f;
		}
		at += used;
		if (at >= len) {
			*code = 0;
			return CHECK_FRAME_MORE;
		}
	}
}

enum check_frame
clear_http_read(int *status, bool *to_https, const uint8_t *p, size_t len)
{
	static const char magic[] = "HTTP/1.";
	size_t n = 0, at = 0, locations = 0;
	bool secure = false;
	*status = 0;
	*to_https = false;
	if (len > 0 && memcmp(p, magic, len < 7 ? len : 7) != 0) {
		return CHECK_FRAME_BROKEN;
	}
	const char *line = line_take(&n, p, len, &at);
	if (line != NULL && (n < 12 || line[8] != ' ' || number_of(line + 9, n - 9) < 100 || (n > 12 && line[12] != ' '))) {
		return CHECK_FRAME_BROKEN;
	}
	int found = line != NULL ? number_of(line + 9, n - 9) : 0;
	while (line != NULL && (line = line_take(&n, p, len, &at)) != NULL) {
		if (n == 0) {
			*status = found;
			*to_https = found >= 301 && found <= 308 && found != 304 && locations == 1 && secure;
			return CHECK_FRAME_WHOLE;
		}
		if (n > 9 && strncasecmp(line, "Location:", 9) == 0) {
			size_t skip = 9 + strspn(line + 9, " \t");
			locations++;
			secure = skip + 8 < n && strncasecmp(line + skip, "https://", 8) == 0;
		}
	}
	return len < CLEAR_REPLY_MAX ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
}

enum check_frame
clear_rfb_version(int *minor, const uint8_t *p, size_t len)
{
	static const char shape[] = "RFB ddd.ddd\n";
	*minor = 0;
	for (size_t i = 0; i < len && i < sizeof(shape) - 1; i++) {
		if (shape[i] == 'd' ? !isdigit(p[i]) : p[i] != (uint8_t)shape[i]) {
			return CHECK_FRAME_BROKEN;
		}
	}
	if (len < sizeof(shape) - 1) {
		return CHECK_FRAME_MORE;
	}
	int major = number_of((const char *)p + 4, 3), said = number_of((const char *)p + 8, 3);
	/* RFC 6143, 7.1.1: other minor versions are to be taken as 3.3; above 3.8 a server must take 3.8. */
	*minor = major > 3 || (major == 3 && said >= 8) ? 8 : major == 3 && said == 7 ? 7 : 3;
	return major >= 3 ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN;
}

/* Security types (RFC 6143, 7.2, and the IANA list): what they leave in the clear after log-on. */
static const struct {
	uint8_t type;
	bool clear, unclear;
} rfb_types[] = {
	{ 1, true, false },    /* None */
	{ 2, true, false },    /* VNC Authentication */
	{ 5, false, false },   /* RA2: encrypted */
	{ 6, true, false },    /* RA2ne: only the log-on */
	{ 16, true, false },   /* Tight */
	{ 18, false, false },  /* TLS */
	{ 19, false, true },   /* VeNCrypt: its own list may hold plain types */
	{ 30, true, false },   /* Apple: only the log-on */
	{ 129, false, false }, /* RA2_256 */
	{ 130, true, false },  /* RA2ne_256 */
};

static void
rfb_type_note(bool *clear, bool *unclear, uint32_t type)
{
	for (size_t i = 0; i < FP_COUNT(rfb_types); i++) {
		if (rfb_types[i].type == type) {
			*clear = *clear || rfb_types[i].clear;
			*unclear = *unclear || rfb_types[i].unclear;
			return;
		}
	}
	*unclear = true;
}

enum check_frame
clear_rfb_types(bool *clear, bool *unclear, size_t *n, int minor, const uint8_t *p, size_t len)
{
	int again = 0;
	*clear = *unclear = false;
	*n = 0;
	/* Asked over a new connection the server says its version once more. "R" and "F" as a number of types would be more than there are. */
	if (len >= 2 && p[0] == 'R' && p[1] == 'F') {
		enum check_frame f = clear_rfb_version(&again, p, len);
		if (f != CHECK_FRAME_WHOLE) {
			return f;
		}
		p += 12;
		len -= 12;
	}
	struct fp_cur c = fp_cur_make(p, len);
	size_t count = minor == 3 ? 1 : fp_cur_u8(&c);
	for (size_t i = 0; i < count && !c.bad; i++) {
		uint32_t type = minor == 3 ? fp_cur_be32(&c) : fp_cur_u8(&c);
		if (c.bad) {
			break;
		}
		if (type == 0 && minor != 3) {
			return CHECK_FRAME_BROKEN;
		}
		if (type != 0) {
			rfb_type_note(clear, unclear, type);
			++*n;
		}
	}
	return c.bad ? CHECK_FRAME_MORE : CHECK_FRAME_WHOLE;
}

/* DATA block 1, ERROR with its text, OACK: nothing else answers a read request. */
bool
clear_tftp_answers(const uint8_t *p, size_t len)
{
	enum { DATA = 3, ERROR = 5, OACK = 6 };
	if (len < 4 || p[0] != 0) {
		return false;
	}
	return (p[1] == DATA && p[2] == 0 && p[3] == 1) || (p[1] == ERROR && len >= 5 && p[len - 1] == 0) ||
	       (p[1] == OACK && p[len - 1] == 0);
}
