/*
 * Linux: files below --root, and one parser for each kind of file. Parsers are pure: text in (zero-terminated, may be changed), values out; they never fail:
 * what is no setting is passed over, as the program that the file belongs to would.
 */
#ifndef FP_COLLECT_LINUX_H
#define FP_COLLECT_LINUX_H

#include "collect/collect.h"

#include <sys/types.h>

/* ---- files (linux_file.c): absolute paths, taken below --root; symbolic links too lead no further up than there ---- */

int linux_open(const struct collect *c, const char *path, int flags); /* -1 and errno */
/* Whole text of a plain file or of one in /proc; NULL with errno (EFBIG: longer than max). */
char *linux_read(struct collect *c, const char *path, size_t max, size_t *len);
/* First line without its end, NULL when it cannot be read. */
char *linux_line(struct collect *c, const char *path);
/* Where a symbolic link leads; NULL with errno. */
char *linux_link(struct collect *c, const char *path);
/* Names in a folder, sorted, without "." and ".."; -1 with errno. */
ssize_t linux_names(struct collect *c, const char *path, char ***names);
bool linux_is_live(const struct collect *c); /* root is "/" */
/* SHA-256 of a file below the root; false when it cannot be read or is larger than 256 MiB. */
bool linux_sha256(struct collect *c, const char *path, char hex[65]);
bool collect_sha256_fd(int fd, char hex[65]); /* sign_openssl.c */
/* What to say of errno: "no right to read it", "it is not there", ... */
const char *linux_why(int error);

/* ---- text ---- */

/* The next line of *p (changed: its end becomes zero), or NULL at the end of the text. When continued is true a backslash at the end joins lines, with a blank. */
char *linux_next_line(char **p, bool continued);
char *linux_trim(char *text); /* blanks of both ends */

/* ---- parsers ---- */

/* /proc/self/mounts: adds the network file systems to list; only options that say how they are reached. */
void linux_mounts(struct collect *c, struct collect_value *list, char *text);

/* /etc/exports and exports.d: adds {path, clients}. Returns false when a line could not be understood (it is left out). */
bool linux_exports(struct collect *c, struct collect_value *list, char *text);

/* Values of a systemd unit and its drop-ins, in the order read. */
struct linux_unit {
	const char *user, *description, *exec, *bounding, *ambient;
	bool dynamic_user, service; /* has a [Service] section */
};
void linux_unit_parse(struct collect_arena *a, struct linux_unit *u, char *text);

/* ---- processes (linux_process.c) ---- */

struct linux_process {
	unsigned long uid; /* effective */
	bool root;         /* any of its user ids is 0 */
	uint64_t caps;     /* effective capabilities */
};
bool linux_process_status(struct collect *c, long pid, struct linux_process *p);
char *linux_public_path(
    struct collect *c, const char *path); /* the user of a path below /home becomes a star: no names of people */
bool linux_caps_dangerous(uint64_t caps); /* as good as an administrator */
/* Adds the facts of a process that is not in the list yet. */
void linux_add_process(struct collect *c, struct collect_value *list, long pid);

/* ---- accounts of services (linux_accounts.c) ---- */

void linux_begin_accounts(struct collect *c);
void linux_add_account(struct collect *c, const char *account);        /* a name or a number of /etc/passwd; once each */
const char *linux_account_sid(struct collect *c, const char *account); /* "uid:1000", NULL when it is not known */

/* "nft list ruleset" into firewall (linux_firewall.c). */
void linux_ruleset(struct collect *c, struct collect_value *firewall, char *text);

/* ---- readers: one for each member of the facts ---- */

void linux_read_host(struct collect *c);
void linux_read_software(struct collect *c);
void linux_read_services(struct collect *c);  /* accounts too */
void linux_read_listeners(struct collect *c); /* processes too */
void linux_read_firewall(struct collect *c);
void linux_read_smb_server(struct collect *c);
void linux_read_mounts(struct collect *c);
void linux_read_exports(struct collect *c);
void linux_read_bmc(struct collect *c);

/* Version of a Debian package as the database has it ("2:4.17.12+dfsg-0+deb12u3"), NULL when it is not installed or the database cannot be read. */
const char *linux_package_version(struct collect *c, const char *name);

#endif
