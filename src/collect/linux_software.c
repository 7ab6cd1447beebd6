#include "collect/linux.h"

#include <errno.h>
#include <string.h>

#define STATUS_PATH "/var/lib/dpkg/status"
#define STATUS_MAX ((size_t)64 << 20)
#define SOFTWARE_MAX 2000

/* Beginnings of the names of packages that serve files, give a remote console, listen by design, or are the instrument's own. */
static const char *const wanted[] = { "samba", "ctdb", "winbind", "cifs-utils", "nfs-", "libnfs", "rpcbind", "ktls-utils",
	"sshfs", "openssh-", "dropbear", "vsftpd", "proftpd", "pure-ftpd", "ftpd", "tftpd", "atftpd", "telnetd", "inetutils-",
	"rsh-", "rsync", "xinetd", "openbsd-inetd", "nginx", "apache2", "httpd", "lighttpd", "haproxy", "squid", "cockpit",
	"webmin", "xrdp", "tigervnc", "tightvnc", "x11vnc", "vino", "anydesk", "teamviewer", "cups", "snmpd", "ipmitool",
	"openipmi", "freeipmi", "postgresql", "mariadb-server", "mysql-server", "redis", "mongodb", "docker", "containerd",
	"podman", "libssl", "openssl", "nftables", "iptables", "firewalld", "ufw", "fail2ban", "dragen", "edico", "veriseq",
	"illumina", "linux-image", "systemd", NULL };

static bool
is_wanted(const char *name)
{
	for (size_t i = 0; wanted[i] != NULL; i++)
		if (strncmp(name, wanted[i], strlen(wanted[i])) == 0)
			return true;
	return false;
}

/* One paragraph of the database (deb822). */
struct package {
	const char *name, *version, *arch;
	bool installed;
};

/* The next paragraph of *text; false at its end. Texts are borrowed from it. */
static bool
next_package(char **text, struct package *p)
{
	bool any = false;
	char *line;

	*p = (struct package){ .installed = false };
	while ((line = linux_next_line(text, false)) != NULL) {
		if (*line == '\0') {
			if (any)
				break;
			continue;
		}
		any = true;
		if (strncmp(line, "Package:", 8) == 0)
			p->name = linux_trim(line + 8);
		else if (strncmp(line, "Version:", 8) == 0)
			p->version = linux_trim(line + 8);
		else if (strncmp(line, "Architecture:", 13) == 0)
			p->arch = linux_trim(line + 13);
		else if (strncmp(line, "Status:", 7) == 0)
			p->installed = strstr(line, " installed") != NULL && strstr(line, "not-installed") == NULL;
	}
	return any;
}

/* The database is some megabytes long: it is read into an arena of its own, and only what is wanted stays. */
static struct collect_arena *
open_database(struct collect *c, char **text)
{
	struct collect_arena *whole = c->arena, *own = collect_arena_new();
	int error;

	c->arena = own;
	*text = linux_read(c, STATUS_PATH, STATUS_MAX, NULL);
	error = errno;
	c->arena = whole;
	errno = error;
	return own;
}

const char *
linux_package_version(struct collect *c, const char *name)
{
	const struct collect_value *list = collect_get(c->facts, "software");

	for (size_t i = 0; i < collect_count(list); i++)
		if (strcmp(collect_as_text(collect_get(collect_at(list, i), "name")), name) == 0)
			return collect_as_text(collect_get(collect_at(list, i), "version"));
	return NULL;
}

void
linux_read_software(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena);
	struct package p;
	char *text;
	struct collect_arena *own = open_database(c, &text);

	if (text == NULL) {
		collect_unknown(c, "software",
		    errno == ENOENT ? STATUS_PATH ": %s; another database of packages (rpm) is not read" : STATUS_PATH ": %s",
		    linux_why(errno));
		collect_arena_free(own);
		return;
	}
	while (next_package(&text, &p)) {
		struct collect_value *v;

		if (p.name == NULL || !p.installed || !is_wanted(p.name))
			continue;
		v = collect_object(c->arena);
		collect_put_text(v, "name", p.name);
		collect_put_text(v, "version", p.version);
		collect_put_text(v, "publisher", NULL);
		collect_put_text(v, "arch", p.arch);
		collect_add(list, v);
	}
	collect_arena_free(own);
	collect_sort(list);
	if (collect_cut(list, SOFTWARE_MAX))
		collect_unknown(c, "software.*", "there are more than %d packages; the rest is left out", SOFTWARE_MAX);
	collect_put(c->facts, "software", list);
}
