/*
 * Addresses as a device list has them: "host", "host:port", "[v6]:port", "\\server\share", "//server/share", "scheme://server[:port]/path", each
 * with optional ports of single services behind semicolons: "10.0.0.31;ipmi=6230;https=8443". Pure text work: nothing is resolved.
 */
#ifndef FP_CHECK_TARGET_H
#define FP_CHECK_TARGET_H

#include "base/status.h"

enum check_scheme {
	CHECK_PLAIN,
	CHECK_UNC,
	CHECK_SMB,
	CHECK_HTTPS,
	CHECK_HTTP,
	CHECK_NFS,
	CHECK_SFTP,
	CHECK_FTP,
	CHECK_FTPS,
	CHECK_OTHER
};

#define CHECK_HOST_MAX 254
#define CHECK_PATH_MAX 300 /* bytes of an export's path */
#define CHECK_SERVICES_MAX 8

struct check_target {
	enum check_scheme scheme;
	char host[CHECK_HOST_MAX]; /* lower case; IPv6 without brackets, with its %zone when given */
	bool v6;
	int port; /* 0 when not given */
	/* CHECK_NFS: the export, "/" and names, each with a slash before it; "" when the address has none. URLs are decoded. */
	char path[CHECK_PATH_MAX + 1];
	struct check_service {
		char name[16]; /* "ucs", "control", "smb", "ipmi", "https", "ssh", "tls", "nfs" */
		int port;
	} services[CHECK_SERVICES_MAX];
	size_t n_services;
};

/*
 * FP_EINVAL says what is wrong and what to write instead: user names in addresses, drive letters, ports out of range, broadcast, multicast and
 * wildcard addresses, characters that no host name has, paths of exports with "." or "..". FP_ELIMIT for more than CHECK_SERVICES_MAX services, a
 * name over 253 bytes or a path over CHECK_PATH_MAX.
 */
enum fp_status check_target_parse(struct check_target *out, const char *text, struct fp_err *err) FP_MUST_CHECK;

/* The port of that service as the address gives it; 0 when it does not. */
int check_target_service(const struct check_target *t, const char *name);

/* "host:port" or "[v6]:port" into out; returns out. */
char *check_target_text(char *out, size_t size, const char *host, bool v6, int port);

/* Splits what check_target_text made (and "https://" before it); false when it is not of that shape. */
bool check_target_split(char *host, size_t size, int *port, const char *text);

/* A number 1-65535 in decimal; 0 when text is anything else. */
int check_port_of(const char *text);

#define CHECK_PORTS_MAX 16
/* "443,80,5120-5124" in that order; how many, or 0 when text is anything else, names a port twice, or more than CHECK_PORTS_MAX. */
size_t check_ports_parse(int ports[CHECK_PORTS_MAX], const char *text);

/* Loopback and unicast addresses may be asked; wildcard, broadcast and multicast may not (law 4: only addresses of the list). */
struct sockaddr;
bool check_address_allowed(const struct sockaddr *sa);

#endif
