/* Values of a device list that have a form: addresses, and numbers that a spreadsheet spoilt. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>

#include "device/import_int.h"

bool
device_import_rounded(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	if (i == 0 || i == len)
		return false;
	if (text[i] == '.' || text[i] == ',')
		for (i++; i < len && text[i] >= '0' && text[i] <= '9';)
			i++;
	if (i + 2 >= len || (text[i] | 32) != 'e' || text[i + 1] != '+')
		return false;
	for (i += 2; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static bool
wrong(char why[DEVICE_IMPORT_WHY], const char *text, size_t len, const char *what)
{
	(void)snprintf(why, DEVICE_IMPORT_WHY, "'%.*s' %s", (int)(len < 100 ? len : 100), text, what);
	return false;
}

static bool
port_ok(const char *p, size_t len)
{
	int v = 0;

	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9' || v > 65535)
			return false;
		v = v * 10 + (p[i] - '0');
	}
	return len > 0 && v > 0 && v <= 65535;
}

static bool
ipv6_ok(const char *p, size_t len)
{
	char text[INET6_ADDRSTRLEN + 32];
	struct in6_addr a;
	const char *zone;

	if (len >= sizeof(text))
		return false;
	memcpy(text, p, len);
	text[len] = '\0';
	zone = strchr(text, '%');
	if (zone != NULL)
		text[zone - text] = '\0';
	return inet_pton(AF_INET6, text, &a) == 1;
}

/* Digits and dots only: it is meant as IPv4, and must be one. "010.1.2.3" is refused: some programs read such numbers as octal. */
static bool
ipv4_ok(const char *p, size_t len)
{
	char text[16];
	struct in_addr a;

	if (len >= sizeof(text))
		return false;
	memcpy(text, p, len);
	text[len] = '\0';
	return inet_pton(AF_INET, text, &a) == 1;
}

static bool
name_ok(const char *p, size_t len)
{
	size_t label = 0;

	if (len > 253 || p[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';

		if (c == '.' ? label == 0 : !letter && (c != '-' || label == 0))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return true;
}

/* "https://10.0.0.1/" is how people paste the address of a management controller. */
static void
strip_url(const char **text, size_t *len)
{
	static const char *const schemes[] = { "https://", "http://", "ssh://", "\\\\", "//" };

	for (size_t i = 0; i < FP_COUNT(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (*len > n && strncasecmp(*text, schemes[i], n) == 0) {
			*text += n;
			*len -= n;
			break;
		}
	}
	if (*len > 1 && ((*text)[*len - 1] == '/' || (*text)[*len - 1] == '\\'))
		*len -= 1;
}

static bool
host_part(char *out, char why[DEVICE_IMPORT_WHY], const char *text, size_t len)
{
	const char *whole = text, *colon;
	size_t whole_len = len, host;

	strip_url(&text, &len);
	if (len == 0 || len > DEVICE_FIELD_MAX - 2)
		return wrong(why, whole, whole_len, "is no address");
	colon = memchr(text, ':', len);
	if (text[0] != '[' && colon != NULL && memchr(colon + 1, ':', len - (size_t)(colon - text) - 1) != NULL) {
		/* IPv6 without brackets: given them, so that a port can follow. */
		if (!ipv6_ok(text, len))
			return wrong(why, whole, whole_len, "is no IPv6 address");
		(void)snprintf(out, DEVICE_FIELD_MAX + 1, "[%.*s]", (int)len, text);
		return true;
	}
	if (text[0] == '[') {
		const char *close = memchr(text, ']', len);

		if (close == NULL || !ipv6_ok(text + 1, (size_t)(close - text) - 1))
			return wrong(why, whole, whole_len, "is no IPv6 address in brackets");
		host = (size_t)(close - text) + 1;
		colon = host < len ? close + 1 : NULL;
		if (colon != NULL && *colon != ':')
			return wrong(why, whole, whole_len, "has text behind the bracket; expected a colon and a port");
	} else {
		host = colon == NULL ? len : (size_t)(colon - text);
		if (host > 0 && strspn(text, "0123456789.") >= host ? !ipv4_ok(text, host) : host == 0 || !name_ok(text, host))
			return wrong(why, whole, whole_len,
			    "is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be");
	}
	if (colon != NULL && !port_ok(colon + 1, len - (size_t)(colon - text) - 1))
		return wrong(why, whole, whole_len, "has no port between 1 and 65535 behind the colon");
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* ";ipmi=6230;https=8443": ports of single services behind the address. */
static bool
services_ok(const char *p, size_t len)
{
	const char *end = p + len;

	while (p < end) {
		const char *stop = memchr(p + 1, ';', (size_t)(end - p) - 1), *equals;

		if (stop == NULL)
			stop = end;
		equals = memchr(p + 1, '=', (size_t)(stop - p) - 1);
		if (equals == NULL || equals == p + 1 || !port_ok(equals + 1, (size_t)(stop - equals) - 1))
			return false;
		for (const char *c = p + 1; c < equals; c++)
			if (*c < 'a' || *c > 'z')
				return false;
		p = stop;
	}
	return true;
}

bool
device_import_host(char *out, char why[DEVICE_IMPORT_WHY], const char *text, size_t len)
{
	const char *services = memchr(text, ';', len);
	size_t host = services == NULL ? len : (size_t)(services - text), at;

	if (services == NULL)
		return host_part(out, why, text, len);
	if (!services_ok(services, len - host))
		return wrong(why, text, len, "has something else than ;service=port behind the address");
	if (!host_part(out, why, text, host))
		return false;
	at = strlen(out);
	if (at + len - host > DEVICE_FIELD_MAX)
		return wrong(why, text, len, "is too long");
	memcpy(out + at, services, len - host);
	out[at + len - host] = '\0';
	return true;
}
