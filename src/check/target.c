/* Addresses as people write them into device lists. */
#include "check/target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

/* The services that an address may give a port for; "redfish" is another word for "https". */
static const char *const service_names[] = { "ucs", "control", "smb", "ipmi", "https", "ssh", "tls", "nfs" };

static const struct {
	const char *name;
	enum check_scheme scheme;
} schemes[] = {
	{ "smb", CHECK_SMB },
	{ "cifs", CHECK_SMB },
	{ "https", CHECK_HTTPS },
	{ "http", CHECK_HTTP },
	{ "nfs", CHECK_NFS },
	{ "nfs4", CHECK_NFS },
	{ "sftp", CHECK_SFTP },
	{ "ftp", CHECK_FTP },
	{ "ftps", CHECK_FTPS },
};

int
check_port_of(const char *text)
{
	long v = 0;
	size_t n = text != NULL ? strlen(text) : 0;
	if (n == 0 || n > 5 || strspn(text, "0123456789") != n) {
		return 0;
	}
	v = strtol(text, NULL, 10);
	return v >= 1 && v <= 65535 ? (int)v : 0;
}

/* One number or FROM-TO at *s, which goes on behind it and its comma; false when there is none. */
static bool
range_take(int *from, int *to, const char **s)
{
	char text[2][8] = { "", "" };
	for (int i = 0; i < 2; i++) {
		size_t n = strcspn(*s, i == 0 ? ",-" : ",");
		if (n == 0 || n >= sizeof(text[i])) {
			return false;
		}
		memcpy(text[i], *s, n);
		*s += n;
		if (i == 1 || **s != '-') {
			break;
		}
		(*s)++;
	}
	*from = check_port_of(text[0]);
	*to = text[1][0] != '\0' ? check_port_of(text[1]) : *from;
	bool more = **s == ',' && (*s)[1] != '\0';
	*s += more;
	return *from != 0 && *to >= *from && (more || **s == '\0');
}

size_t
check_ports_parse(int ports[CHECK_PORTS_MAX], const char *text)
{
	size_t n = 0;
	while (*text != '\0') {
		int from = 0, to = 0;
		if (!range_take(&from, &to, &text)) {
			return 0;
		}
		for (int p = from; p <= to; p++) {
			for (size_t i = 0; i < n; i++) {
				if (ports[i] == p) {
					return 0;
				}
			}
			if (n == CHECK_PORTS_MAX) {
				return 0;
			}
			ports[n++] = p;
		}
	}
	return n;
}

int
check_target_service(const struct check_target *t, const char *name)
{
	for (size_t i = 0; i < t->n_services; i++) {
		if (strcmp(t->services[i].name, name) == 0) {
			return t->services[i].port;
		}
	}
	return 0;
}

static bool
v4_allowed(uint32_t a)
{
	uint32_t first = a >> 24;
	return first != 0 && first < 224;
}

bool
check_address_allowed(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof(in));
		return v4_allowed(ntohl(in.sin_addr.s_addr));
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, sa, sizeof(in));
		const uint8_t *b = in.sin6_addr.s6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
			return v4_allowed((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15]);
		}
		return !IN6_IS_ADDR_MULTICAST(&in.sin6_addr) && !IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr);
	}
	return false;
}

/* IPv6 with an optional %zone. */
static bool
is_v6(const char *host)
{
	char bare[CHECK_HOST_MAX];
	struct in6_addr a;
	(void)snprintf(bare, sizeof(bare), "%s", host);
	char *zone = strchr(bare, '%');
	if (zone != NULL) {
		*zone = '\0';
		size_t n = strlen(zone + 1);
		if (n == 0 || n >= IF_NAMESIZE ||
		    strspn(zone + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != n) {
			return false;
		}
	}
	return inet_pton(AF_INET6, bare, &a) == 1;
}

static enum fp_status
numeric_check(struct check_target *t, const char *text, struct fp_err *err)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char bare[CHECK_HOST_MAX];
	(void)snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(t->host, "%"), t->host);
	bool ok = true;
	if (t->v6 && inet_pton(AF_INET6, bare, &in6.sin6_addr) == 1) {
		ok = check_address_allowed((const struct sockaddr *)&in6);
	} else if (inet_pton(AF_INET, t->host, &in.sin_addr) == 1) {
		ok = check_address_allowed((const struct sockaddr *)&in);
	}
	if (!ok) {
		return fp_fail(err, FP_EINVAL,
		    "address '%s' is not of one device (wildcard, broadcast or multicast); write the device's own address", text);
	}
	return FP_OK;
}

static enum fp_status
host_set(struct check_target *t, const char *host, size_t len, const char *text, struct fp_err *err)
{
	if (len == 0) {
		return fp_fail(err, FP_EINVAL, "address '%s' names no host; write a name or an IP address", text);
	}
	if (len >= sizeof(t->host)) {
		return fp_fail(err, FP_ELIMIT, "host name of %zu bytes in an address; at most %zu", len, sizeof(t->host) - 1);
	}
	memcpy(t->host, host, len);
	t->host[len] = '\0';
	if (t->v6) {
		if (!is_v6(t->host)) {
			return fp_fail(
			    err, FP_EINVAL, "address '%s' is no IPv6 address in brackets; write for example [fd00::5]:445", text);
		}
		return numeric_check(t, text, err);
	}
	for (char *c = t->host; *c != '\0'; c++) {
		*c = (char)tolower((unsigned char)*c);
		if (!isalnum((unsigned char)*c) && strchr(".-_", *c) == NULL) {
			return fp_fail(err, FP_EINVAL,
			    "address '%s' holds a character that no host name has; write the name in ASCII, or its IP address",
			    text);
		}
	}
	struct in_addr a;
	size_t last = strlen(t->host);
	while (last > 0 && t->host[last - 1] != '.') {
		last--;
	}
	/* inet_aton and getaddrinfo read "10.1" and "0x7f.1" as addresses of other hosts than the eye does. */
	if (isdigit((unsigned char)t->host[last]) && inet_pton(AF_INET, t->host, &a) != 1) {
		return fp_fail(err, FP_EINVAL,
		    "address '%s' looks like an IPv4 address but is none; write four numbers from 0 to 255", text);
	}
	return numeric_check(t, text, err);
}

static enum fp_status
port_set(int *port, const char *s, size_t len, const char *text, struct fp_err *err)
{
	char digits[8];
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)(len < 7 ? len : 7), s);
	*port = check_port_of(digits);
	if (*port == 0 || len > 5) {
		return fp_fail(err, FP_EINVAL, "address '%s': the port must be a number from 1 to 65535", text);
	}
	return FP_OK;
}

/* host, host:port, [v6], [v6]:port, bare v6; len bytes of s. */
static enum fp_status
authority(struct check_target *t, const char *s, size_t len, const char *text, struct fp_err *err)
{
	if (memchr(s, '@', len) != NULL) {
		return fp_fail(
		    err, FP_EINVAL, "address '%s' holds a user name; checks never send one: write the address without it", text);
	}
	if (len > 0 && s[0] == '[') {
		const char *end = memchr(s, ']', len);
		if (end == NULL) {
			return fp_fail(err, FP_EINVAL, "address '%s' lacks the closing bracket", text);
		}
		size_t rest = len - (size_t)(end + 1 - s);
		if (rest > 0 && end[1] != ':') {
			return fp_fail(err, FP_EINVAL, "address '%s' has something other than a port behind the bracket", text);
		}
		t->v6 = true;
		if (rest > 0 && port_set(&t->port, end + 2, rest - 1, text, err) != FP_OK) {
			return err != NULL ? err->status : FP_EINVAL;
		}
		return host_set(t, s + 1, (size_t)(end - s) - 1, text, err);
	}
	const char *colon = memchr(s, ':', len);
	if (colon != NULL && memchr(colon + 1, ':', len - (size_t)(colon + 1 - s)) != NULL) {
		t->v6 = true;
		return host_set(t, s, len, text, err);
	}
	if (colon != NULL && port_set(&t->port, colon + 1, len - (size_t)(colon + 1 - s), text, err) != FP_OK) {
		return err != NULL ? err->status : FP_EINVAL;
	}
	return host_set(t, s, colon != NULL ? (size_t)(colon - s) : len, text, err);
}

static enum fp_status
service_add(struct check_target *t, const char *s, size_t len, const char *text, struct fp_err *err)
{
	const char *eq = memchr(s, '=', len);
	size_t name_len = eq != NULL ? (size_t)(eq - s) : 0;
	if (t->n_services == CHECK_SERVICES_MAX) {
		return fp_fail(err, FP_ELIMIT, "address '%s' gives more than %d services", text, CHECK_SERVICES_MAX);
	}
	struct check_service *v = &t->services[t->n_services];
	if (name_len == strlen("redfish") && strncasecmp(s, "redfish", name_len) == 0) {
		(void)snprintf(v->name, sizeof(v->name), "https");
	}
	for (size_t i = 0; i < FP_COUNT(service_names) && v->name[0] == '\0'; i++) {
		if (strlen(service_names[i]) == name_len && strncasecmp(service_names[i], s, name_len) == 0) {
			(void)snprintf(v->name, sizeof(v->name), "%s", service_names[i]);
		}
	}
	if (v->name[0] == '\0') {
		return fp_fail(err, FP_EINVAL,
		    "address '%s': '%.*s' is no service; write ucs, control, smb, ipmi, https, ssh, tls or nfs, for example "
		    ";ipmi=623",
		    text, (int)len, s);
	}
	t->n_services++;
	return port_set(&v->port, eq + 1, len - name_len - 1, text, err);
}

/* "server:/export", "[v6]:/export": how NFS mounts are written. Gives the colon, or NULL. */
static const char *
nfs_mount(const char *s, size_t len)
{
	const char *bracket = len > 0 && s[0] == '[' ? memchr(s, ']', len) : NULL;
	const char *from = bracket != NULL ? bracket : s;
	const char *colon = memchr(from, ':', len - (size_t)(from - s));
	bool is = colon != NULL && colon + 1 < s + len && colon[1] == '/' && (colon + 2 == s + len || colon[2] != '/') &&
		  colon - s > 1 && (bracket == NULL || colon == bracket + 1);
	return is ? colon : NULL;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* One byte of a path; %XX in a URL. -1 for what no path holds: NUL, an encoded slash, half an escape, control characters. */
static int
path_byte(const char **s, const char *end, bool url)
{
	int c = (unsigned char)*(*s)++;
	if (url && c == '%') {
		int high = end - *s >= 2 ? hex_digit((*s)[0]) : -1, low = end - *s >= 2 ? hex_digit((*s)[1]) : -1;
		c = high < 0 || low < 0 ? -1 : high << 4 | low;
		*s += 2;
		return c < ' ' || c == 127 || c == '/' ? -1 : c;
	}
	return c < ' ' || c == 127 ? -1 : c;
}

/* The export behind the server: slashes in a row are one, and none is left at the end. */
static enum fp_status
path_set(struct check_target *t, const char *s, size_t len, bool url, const char *text, struct fp_err *err)
{
	const char *end = s + len;
	size_t n = 0;
	while (s < end) {
		int c = path_byte(&s, end, url);
		if (c < 0) {
			return fp_fail(err, FP_EINVAL, "address '%s': the path holds a character that no export has", text);
		}
		if (c == '/' && n > 0 && t->path[n - 1] == '/') {
			continue;
		}
		if (n == CHECK_PATH_MAX) {
			return fp_fail(err, FP_ELIMIT, "path of %zu bytes in an address; at most %d", len, CHECK_PATH_MAX);
		}
		t->path[n++] = (char)c;
	}
	n -= n > 1 && t->path[n - 1] == '/';
	t->path[n] = '\0';
	if (fp_utf8_bad_at(t->path, n) != n) {
		return fp_fail(err, FP_EINVAL, "address '%s': the path is no UTF-8", text);
	}
	for (const char *p = t->path; *p != '\0'; p += strcspn(p, "/")) {
		p++;
		size_t part = strcspn(p, "/");
		if ((part == 1 && p[0] == '.') || (part == 2 && p[0] == '.' && p[1] == '.')) {
			return fp_fail(err, FP_EINVAL, "address '%s': the path holds '%.*s'; write the export's own path", text,
			    (int)part, p);
		}
	}
	return FP_OK;
}

/* Takes the scheme off; *len and *s are left at the authority. */
static enum fp_status
scheme_take(struct check_target *t, const char **s, size_t *len, const char *text, struct fp_err *err)
{
	const char *p = *s;
	size_t n = *len;
	if (n >= 2 && (strncmp(p, "\\\\", 2) == 0 || strncmp(p, "//", 2) == 0)) {
		t->scheme = CHECK_UNC;
		*s = p + 2;
		*len = n - 2;
	} else if (n >= 2 && isalpha((unsigned char)p[0]) && p[1] == ':') {
		return fp_fail(err, FP_EINVAL,
		    "address '%s' is a drive letter, which only that computer understands; write \\\\server\\share", text);
	} else if (n >= 1 && (p[0] == '/' || p[0] == '\\' || p[0] == '.')) {
		return fp_fail(err, FP_EINVAL, "address '%s' is a local path; write \\\\server\\share or a URL", text);
	} else if (nfs_mount(p, n) != NULL) {
		const char *colon = nfs_mount(p, n);
		t->scheme = CHECK_NFS;
		*len = (size_t)(colon - p);
		return path_set(t, colon + 1, n - *len - 1, false, text, err);
	} else {
		size_t name = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
		if (name > 0 && name + 3 <= n && strncmp(p + name, "://", 3) == 0) {
			t->scheme = CHECK_OTHER;
			for (size_t i = 0; i < FP_COUNT(schemes); i++) {
				if (strlen(schemes[i].name) == name && strncasecmp(schemes[i].name, p, name) == 0) {
					t->scheme = schemes[i].scheme;
				}
			}
			*s = p + name + 3;
			*len = n - name - 3;
		}
	}
	return FP_OK;
}

enum fp_status
check_target_parse(struct check_target *out, const char *text, struct fp_err *err)
{
	*out = (struct check_target){ .scheme = CHECK_PLAIN };
	const char *s = text + strspn(text, " \t");
	size_t len = strcspn(s, ";");
	const char *rest = s + len;
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t')) {
		len--;
	}
	enum fp_status st = scheme_take(out, &s, &len, text, err);
	if (st != FP_OK) {
		return st;
	}
	size_t host = 0;
	while (host < len && (out->scheme == CHECK_PLAIN ? true : strchr("/\\?#", s[host]) == NULL)) {
		host++;
	}
	st = authority(out, s, host, text, err);
	if (st == FP_OK && out->scheme == CHECK_NFS && host < len && s[host] == '/') {
		size_t path = host;
		while (path < len && strchr("?#", s[path]) == NULL) {
			path++;
		}
		st = path_set(out, s + host, path - host, true, text, err);
	}
	while (st == FP_OK && *rest == ';') {
		rest++;
		rest += strspn(rest, " \t");
		size_t n = strcspn(rest, ";");
		size_t trimmed = n;
		while (trimmed > 0 && (rest[trimmed - 1] == ' ' || rest[trimmed - 1] == '\t')) {
			trimmed--;
		}
		st = trimmed > 0 ? service_add(out, rest, trimmed, text, err) : FP_OK;
		rest += n;
	}
	return st;
}

char *
check_target_text(char *out, size_t size, const char *host, bool v6, int port)
{
	(void)snprintf(out, size, v6 ? "[%s]:%d" : "%s:%d", host, port);
	return out;
}

bool
check_target_split(char *host, size_t size, int *port, const char *text)
{
	if (text == NULL) {
		return false;
	}
	if (strncmp(text, "https://", 8) == 0) {
		text += 8;
	}
	const char *colon = strrchr(text, ':');
	if (colon == NULL || (*port = check_port_of(colon + 1)) == 0) {
		return false;
	}
	size_t n = (size_t)(colon - text);
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n == 0 || n >= size) {
		return false;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	return true;
}
