#include "collect/linux.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 << 20)

/* Membership makes an administrator: by sudo's and polkit's usual rules, or because the group can take over the machine. */
static const char *const administrators[] = { "root", "sudo", "wheel", "admin", "docker", "lxd", "incus", "disk", "kmem" };

/* Field n (from 0) of a line "a:b:c", in the arena. */
static const char *
field(struct collect *c, const char *line, unsigned n)
{
	for (; n > 0 && line != NULL; n--) {
		line = strchr(line, ':');
		line = line == NULL ? NULL : line + 1;
	}
	return line == NULL ? NULL : collect_text(c->arena, "%.*s", (int)strcspn(line, ":"), line);
}

/* The line of /etc/passwd for a name or a number; NULL when there is none. */
static const char *
passwd_line(struct collect *c, const char *account)
{
	bool number = strspn(account, "0123456789") == strlen(account);
	char *text = linux_read(c, "/etc/passwd", FILE_MAX, NULL), *line;

	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		const char *value = field(c, line, number ? 2 : 0);

		if (value != NULL && strcmp(value, account) == 0)
			return line;
	}
	return NULL;
}

const char *
linux_account_sid(struct collect *c, const char *account)
{
	const char *line = passwd_line(c, account), *uid = line == NULL ? NULL : field(c, line, 2);

	if (uid == NULL && strspn(account, "0123456789") == strlen(account))
		uid = account;
	return uid == NULL || *uid == '\0' ? NULL : collect_text(c->arena, "uid:%s", uid);
}

/* Is name one of the words of a list with commas? */
static bool
lists(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; p != NULL && *p != '\0'; p = strchr(p, ',') == NULL ? NULL : strchr(p, ',') + 1)
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

/* Groups "gid:27 sudo", the first one too; true when one of them makes an administrator. */
static bool
groups_of(struct collect *c, struct collect_value *groups, const char *name, const char *first)
{
	char *text = linux_read(c, "/etc/group", FILE_MAX, NULL), *line;
	bool administrator = false;

	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		const char *group = field(c, line, 0), *gid = field(c, line, 2), *members = field(c, line, 3);

		if (gid == NULL || (strcmp(gid, first) != 0 && !lists(members, name)))
			continue;
		collect_add_text(groups, collect_text(c->arena, "gid:%s %s", gid, group));
		for (size_t i = 0; i < sizeof(administrators) / sizeof(administrators[0]); i++)
			administrator = administrator || strcmp(group, administrators[i]) == 0 || strcmp(gid, "0") == 0;
	}
	collect_sort(groups);
	return administrator;
}

/* Accounts and groups that are kept elsewhere (LDAP, a domain) are not in the files: nsswitch.conf(5). */
static bool
groups_are_local(struct collect *c)
{
	static const char *const local[] = { "files", "systemd", "compat", "[SUCCESS=merge]", "altfiles" };
	char *text = linux_read(c, "/etc/nsswitch.conf", FILE_MAX, NULL), *line;

	if (text == NULL)
		return errno == ENOENT;
	while ((line = linux_next_line(&text, false)) != NULL) {
		char *rest = NULL;

		line[strcspn(line, "#")] = '\0';
		line = linux_trim(line);
		if (strncmp(line, "group:", 6) != 0 && strncmp(line, "passwd:", 7) != 0 && strncmp(line, "initgroups:", 11) != 0)
			continue;
		for (char *w = strtok_r(strchr(line, ':') + 1, " \t", &rest); w != NULL; w = strtok_r(NULL, " \t", &rest)) {
			bool known = false;

			for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
				known = known || strcmp(w, local[i]) == 0;
			if (!known)
				return false;
		}
	}
	return true;
}

/* Does a line of this file begin with the account's name, its number, or ALL? 1, 0, or -1 when it cannot be read. */
static int
sudoers_file_names(struct collect *c, const char *path, const char *name, const char *uid)
{
	char *text = linux_read(c, path, FILE_MAX, NULL), *line;

	if (text == NULL)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	while ((line = linux_next_line(&text, true)) != NULL) {
		const char *word = linux_trim(line);
		size_t n = strcspn(word, " \t=");

		/* An alias may hold the name: then it stands somewhere in the line. */
		if ((strncmp(word, "User_Alias", 10) == 0 && strstr(word, name) != NULL) ||
		    (n == 3 && strncmp(word, "ALL", 3) == 0) || lists(collect_text(c->arena, "%.*s", (int)n, word), name) ||
		    lists(collect_text(c->arena, "%.*s", (int)n, word), collect_text(c->arena, "#%s", uid)))
			return 1;
	}
	return 0;
}

static int
sudoers_name(struct collect *c, const char *name, const char *uid)
{
	int said = sudoers_file_names(c, "/etc/sudoers", name, uid);
	char **names;
	ssize_t n = linux_names(c, "/etc/sudoers.d", &names);

	if (n < 0 && errno != ENOENT && said == 0)
		said = -1;
	for (ssize_t i = 0; i < n && said == 0; i++)
		if (strchr(names[i], '.') == NULL && strchr(names[i], '~') == NULL)
			said = sudoers_file_names(c, collect_text(c->arena, "/etc/sudoers.d/%s", names[i]), name, uid);
	return said;
}

void
linux_begin_accounts(struct collect *c)
{
	collect_put(c->facts, "accounts", collect_list(c->arena));
}

static bool
is_there(const struct collect_value *list, const char *name)
{
	for (size_t i = 0; i < collect_count(list); i++)
		if (strcmp(collect_as_text(collect_get(collect_at(list, i), "name")), name) == 0)
			return true;
	return false;
}

/* true: certainly an administrator; false: certainly none; null: sudo may have a rule for it, or its groups are not all known. */
static void
put_administrator(struct collect *c, struct collect_value *v, const char *name, const char *uid, bool by_group, bool complete)
{
	int sudo = strcmp(uid, "0") == 0 || by_group ? 0 : sudoers_name(c, name, uid);

	if (strcmp(uid, "0") == 0 || by_group) {
		collect_put_bool(v, "administrator", true);
		return;
	}
	if (complete && sudo == 0) {
		collect_put_bool(v, "administrator", false);
		return;
	}
	collect_put(v, "administrator", NULL);
	collect_unknown(c, "accounts.administrator", "%s: %s", name,
	    sudo < 0   ? "no right to read the rules of sudo"
	    : sudo > 0 ? "a rule of sudo names it"
		       : "its groups may be kept elsewhere than in /etc/group");
}

void
linux_add_account(struct collect *c, const char *account)
{
	struct collect_value *list = collect_get(c->facts, "accounts"), *v = collect_object(c->arena),
			     *groups = collect_list(c->arena);
	const char *line = passwd_line(c, account), *name = line == NULL ? account : field(c, line, 0);
	const char *uid = line == NULL ? NULL : field(c, line, 2), *gid = line == NULL ? NULL : field(c, line, 3);
	bool complete = groups_are_local(c);

	if (is_there(list, name))
		return;
	collect_put_text(v, "name", name);
	collect_put_bool(v, "complete", complete && uid != NULL && gid != NULL);
	collect_add(list, v);
	if (uid == NULL || gid == NULL) {
		collect_put_text(v, "sid", linux_account_sid(c, account));
		collect_put(v, "groups", NULL);
		collect_put(v, "administrator", NULL);
		collect_unknown(c, "accounts.groups", "%s: it is not in /etc/passwd", name);
		return;
	}
	collect_put_text(v, "sid", collect_text(c->arena, "uid:%s", uid));
	collect_put(v, "groups", groups);
	put_administrator(c, v, name, uid, groups_of(c, groups, name, gid), complete);
}
