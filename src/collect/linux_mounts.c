#include "collect/linux.h"

#include <errno.h>
#include <string.h>

#define MOUNTS_MAX 5000
#define FILE_MAX ((size_t)4 << 20)

static const char *const types[] = { "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs" };

/* What says how the file system is reached. All else stays on the machine: user names, passwords and their files, paths below the share, ids of people. */
static const char *const kept[] = { "ro", "rw", "vers", "minorversion", "sec", "xprtsec", "proto", "port", "mountproto",
	"mountport", "mountvers", "addr", "mountaddr", "clientaddr", "hard", "soft", "softerr", "timeo", "retrans", "nconnect",
	"lock", "nolock", "local_lock", "fsc", "resvport", "noresvport", "seal", "sign", "guest", "sfu", "multichannel",
	"max_channels", "multiuser", "cache", "nosuid", "nodev", "noexec", "snapshot", "persistenthandles", "resilienthandles",
	"unix", "posix", "nounix" };

static bool
is_among(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* Blank, tab, line end and backslash stand as \ooo in this file (proc(5)). */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3 && from[1] <= '3' &&
		    (from[1] | from[2] | from[3]) != '0') {
			*to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static struct collect_value *
options_of(struct collect_value *mount, struct collect_value *options, char *text)
{
	char *rest = NULL;

	for (char *w = strtok_r(text, ",", &rest); w != NULL; w = strtok_r(NULL, ",", &rest)) {
		char *value = strchr(w, '=');

		if (value != NULL)
			*value++ = '\0';
		if (is_among(w, kept, sizeof(kept) / sizeof(kept[0])))
			collect_put_text(options, w, value == NULL ? "" : value);
	}
	collect_put(mount, "options", options);
	return mount;
}

void
linux_mounts(struct collect *c, struct collect_value *list, char *text)
{
	char *line;

	while ((line = linux_next_line(&text, false)) != NULL) {
		struct collect_value *mount;
		char *rest = NULL, *source = strtok_r(line, " ", &rest), *at = strtok_r(NULL, " ", &rest);
		char *type = strtok_r(NULL, " ", &rest), *options = strtok_r(NULL, " ", &rest);

		if (at == NULL || options == NULL || !is_among(type, types, sizeof(types) / sizeof(types[0])))
			continue;
		unescape(source);
		/* sshfs: USER@HOST:PATH */
		if (strcmp(type, "fuse.sshfs") == 0 && strchr(source, '@') != NULL)
			source = strchr(source, '@') + 1;
		mount = collect_object(c->arena);
		collect_put_text(mount, "type", type);
		collect_put_text(mount, "source", source);
		collect_add(list, options_of(mount, collect_object(c->arena), options));
	}
}

void
linux_read_mounts(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena);
	char *text = linux_read(c, "/proc/self/mounts", FILE_MAX, NULL);

	if (text == NULL) {
		collect_unknown(c, "mounts", "/proc/self/mounts: %s", linux_why(errno));
		return;
	}
	linux_mounts(c, list, text);
	collect_sort(list);
	if (collect_cut(list, MOUNTS_MAX))
		collect_unknown(c, "mounts.*", "more than %d are mounted; the rest is left out", MOUNTS_MAX);
	collect_put(c->facts, "mounts", list);
}
