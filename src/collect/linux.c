#include "collect/linux.h"

#include <errno.h>
#include <string.h>

#define SMALL_FILE ((size_t)1 << 20)

static const struct collect_reader readers[] = {
	{ "host", "names and numbers of the machine: /etc/os-release, /etc/machine-id, /proc, /sys/class/dmi, /dev/disk/by-uuid",
	    linux_read_host },
	{ "software", "versions of packages that serve files or listen: /var/lib/dpkg/status", linux_read_software },
	{ "services", "services, their state and their accounts: units of systemd, /sys/fs/cgroup, /etc/passwd, group, sudoers",
	    linux_read_services },
	{ "listeners", "open ports and the programs behind them: /proc/net, /proc/PID", linux_read_listeners },
	{ "firewall", "names of tables and the policy for what comes in: nft list ruleset (as root)", linux_read_firewall },
	{ "smb_server", "how shares are protected: /etc/samba/smb.conf and what it includes", linux_read_smb_server },
	{ "mounts", "network file systems that are mounted: /proc/self/mounts", linux_read_mounts },
	{ "exports", "what is exported by NFS: /etc/exports, /etc/exports.d", linux_read_exports },
	{ "bmc", "the management controller from inside, commands that only read: /dev/ipmi0", linux_read_bmc },
	{ NULL, NULL, NULL },
};

const struct collect_reader *
collect_readers(void)
{
	return readers;
}

/* ---- host ---- */

/* PRETTY_NAME of os-release(5): an assignment of the shell, quoted or not. */
static const char *
os_name(struct collect *c)
{
	char *text = linux_read(c, "/etc/os-release", SMALL_FILE, NULL), *line;
	const char *name = NULL;

	if (text == NULL)
		text = linux_read(c, "/usr/lib/os-release", SMALL_FILE, NULL);
	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		char *value, *to;

		if (strncmp(line, "PRETTY_NAME=", 12) != 0)
			continue;
		value = linux_trim(line + 12);
		if (*value == '"' || *value == '\'') {
			value[strcspn(value + 1, (char[]){ *value, '\0' }) + 1] = '\0';
			value++;
		}
		to = value;
		for (const char *from = value; *from != '\0'; from++) {
			if (*from == '\\' && from[1] != '\0')
				from++;
			*to++ = *from;
		}
		*to = '\0';
		name = value;
	}
	return name;
}

/* "8:1" of the file system mounted at "/": field 3 of its line in mountinfo (proc(5)). */
static const char *
root_device(struct collect *c)
{
	char *text = linux_read(c, "/proc/self/mountinfo", 4 * SMALL_FILE, NULL), *line;
	const char *device = NULL;

	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		const char *field[5];
		size_t n = 0;
		char *rest = NULL;

		for (char *w = strtok_r(line, " ", &rest); w != NULL && n < 5; w = strtok_r(NULL, " ", &rest))
			field[n++] = w;
		if (n == 5 && strcmp(field[4], "/") == 0)
			device = field[2]; /* the last one lies on top */
	}
	return device;
}

/* udev's links /dev/disk/by-uuid/UUID -> ../../sda1; /sys/dev/block/8:1 ends with the same name. */
static const char *
root_uuid(struct collect *c, const char **why)
{
	const char *device = root_device(c);
	char **names, *block;
	ssize_t n;

	*why = "the root file system lies on no block device (container, network)";
	if (device == NULL || strncmp(device, "0:", 2) == 0)
		return NULL;
	block = linux_link(c, collect_text(c->arena, "/sys/dev/block/%s", device));
	*why = "/sys/dev/block does not name its device";
	if (block == NULL || strrchr(block, '/') == NULL)
		return NULL;
	n = linux_names(c, "/dev/disk/by-uuid", &names);
	*why = "/dev/disk/by-uuid does not name its device";
	for (ssize_t i = 0; i < n; i++) {
		const char *to = linux_link(c, collect_text(c->arena, "/dev/disk/by-uuid/%s", names[i]));
		const char *slash = to == NULL ? NULL : strrchr(to, '/');

		if (slash != NULL && strcmp(slash, strrchr(block, '/')) == 0)
			return names[i];
	}
	return NULL;
}

/* A file of one line; when it cannot be read, the fact is unknown. */
static const char *
known_line(struct collect *c, const char *fact, const char *path)
{
	const char *line = linux_line(c, path);

	if (line == NULL)
		collect_unknown(c, fact, "%s: %s", path, linux_why(errno));
	else if (*line == '\0')
		collect_unknown(c, fact, "%s: it is empty", path);
	return line != NULL && *line != '\0' ? line : NULL;
}

void
linux_read_host(struct collect *c)
{
	struct collect_value *host = collect_object(c->arena);
	const char *why, *uuid = root_uuid(c, &why), *os = os_name(c);

	collect_put(c->facts, "host", host);
	collect_put_text(host, "name", known_line(c, "host.name", "/proc/sys/kernel/hostname"));
	collect_put_text(host, "os", os);
	if (os == NULL)
		collect_unknown(c, "host.os", "/etc/os-release: no PRETTY_NAME");
	collect_put_text(host, "build", known_line(c, "host.build", "/proc/sys/kernel/osrelease"));
	collect_put_text(host, "machine_id", known_line(c, "host.machine_id", "/etc/machine-id"));
	collect_put_text(host, "volume_serial", uuid);
	if (uuid == NULL)
		collect_unknown(c, "host.volume_serial", "%s", why);
	collect_put_text(host, "system_id", known_line(c, "host.system_id", "/sys/class/dmi/id/product_uuid"));
}
