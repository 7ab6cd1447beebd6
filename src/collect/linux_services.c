#include "collect/linux.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_MAX ((size_t)1 << 18)
#define SERVICES_MAX 5000

/* Version 2, and the tree of systemd's own in version 1. */
static const char *const cgroups_at[] = { "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/unified/system.slice",
	"/sys/fs/cgroup/systemd/system.slice" };

/* Where units are looked for, first found counts (systemd.unit(5)); /lib is another name of /usr/lib, or older. */
static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

struct names {
	char **all;
	size_t n, cap;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_name(struct collect_arena *a, struct names *s, char *name)
{
	if (s->n == s->cap) {
		char **more = collect_alloc(a, (2 * s->cap + 64) * sizeof(*more));

		if (s->n > 0)
			memcpy(more, s->all, s->n * sizeof(*more));
		s->all = more;
		s->cap = 2 * s->cap + 64;
	}
	s->all[s->n++] = name;
}

static void
sort_names(struct names *s)
{
	size_t n = 0;

	if (s->n == 0)
		return;
	qsort(s->all, s->n, sizeof(*s->all), by_name);
	for (size_t i = 0; i < s->n; i++)
		if (n == 0 || strcmp(s->all[n - 1], s->all[i]) != 0)
			s->all[n++] = s->all[i];
	s->n = n;
}

static bool
is_service(const char *name)
{
	size_t n = strlen(name);

	return n > 8 && strcmp(name + n - 8, ".service") == 0;
}

/* "getty@tty1.service" is made from "getty@.service"; NULL when the name is of no instance. */
static char *
template_of(struct collect_arena *a, const char *name)
{
	const char *at = strchr(name, '@');

	return at == NULL || strcmp(at, "@.service") == 0 ? NULL : collect_text(a, "%.*s@.service", (int)(at - name), name);
}

/* ---- one unit ---- */

/* Its drop-ins: all folders together, in the order of their names; a name in an earlier folder hides the same in a later one. */
static bool
take_drop_ins(struct collect *c, struct linux_unit *u, const char *unit)
{
	struct names names = { .n = 0 };
	bool ok = true;

	for (size_t i = 0; i < FOLDERS; i++) {
		char **found;
		ssize_t n = linux_names(c, collect_text(c->arena, "%s/%s.d", folders[i], unit), &found);

		ok = ok && (n >= 0 || errno == ENOENT || errno == ENOTDIR);
		for (ssize_t k = 0; k < n; k++)
			if (strlen(found[k]) > 5 && strcmp(found[k] + strlen(found[k]) - 5, ".conf") == 0)
				add_name(c->arena, &names, found[k]);
	}
	sort_names(&names);
	for (size_t k = 0; k < names.n; k++) {
		char *text = NULL;

		errno = ENOENT;
		for (size_t i = 0; i < FOLDERS && text == NULL && errno == ENOENT; i++)
			text =
			    linux_read(c, collect_text(c->arena, "%s/%s.d/%s", folders[i], unit, names.all[k]), UNIT_MAX, NULL);
		if (text != NULL)
			linux_unit_parse(c->arena, u, text);
		else
			ok = ok && errno == EINVAL; /* a link to /dev/null hides it */
	}
	return ok;
}

enum found { FOUND, FOUND_MASKED, FOUND_NOT, FOUND_UNREADABLE };

static enum found
take_file(struct collect *c, struct linux_unit *u, const char *unit)
{
	for (size_t i = 0; i < FOLDERS; i++) {
		const char *path = collect_text(c->arena, "%s/%s", folders[i], unit), *to = linux_link(c, path);
		char *text;

		if (to != NULL && strcmp(to, "/dev/null") == 0)
			return FOUND_MASKED;
		text = linux_read(c, path, UNIT_MAX, NULL);
		if (text == NULL && errno == ENOENT)
			continue;
		if (text == NULL)
			return FOUND_UNREADABLE;
		if (*text == '\0')
			return FOUND_MASKED;
		linux_unit_parse(c->arena, u, text);
		return FOUND;
	}
	return FOUND_NOT;
}

static enum found
take_unit(struct collect *c, struct linux_unit *u, const char *unit)
{
	const char *template = template_of(c->arena, unit);
	enum found found = take_file(c, u, unit);
	bool ok;

	if (found == FOUND_NOT && template != NULL)
		found = take_file(c, u, template);
	if (found != FOUND)
		return found;
	ok = take_drop_ins(c, u, "service");
	if (template != NULL)
		ok = take_drop_ins(c, u, template) && ok;
	return take_drop_ins(c, u, unit) && ok ? FOUND : FOUND_UNREADABLE;
}

/* Who starts it at boot: a link in a .wants or .requires folder of the administrator. */
static void
find_enabled(struct collect *c, struct names *enabled)
{
	for (size_t f = 0; f < 2; f++) {
		char **units, **links;
		ssize_t n = linux_names(c, folders[f], &units);

		for (ssize_t i = 0; i < n; i++) {
			ssize_t m;

			if (strstr(units[i], ".wants") == NULL && strstr(units[i], ".requires") == NULL)
				continue;
			m = linux_names(c, collect_text(c->arena, "%s/%s", folders[f], units[i]), &links);
			for (ssize_t k = 0; k < m; k++)
				add_name(c->arena, enabled, links[k]);
		}
	}
	sort_names(enabled);
}

static bool
holds(const struct names *s, const char *name)
{
	return s->n > 0 && bsearch(&name, s->all, s->n, sizeof(*s->all), by_name) != NULL;
}

/* Control groups of services: directly in the system's slice, or one slice further down. */
struct groups {
	struct names units, folders; /* side by side */
	bool seen;                   /* there is a tree of control groups */
};

static void
find_groups_in(struct collect *c, struct groups *g, const char *folder, bool further)
{
	char **found;
	ssize_t n = linux_names(c, folder, &found);

	g->seen = g->seen || n >= 0;
	for (ssize_t i = 0; i < n; i++) {
		size_t len = strlen(found[i]);

		if (is_service(found[i])) {
			add_name(c->arena, &g->units, found[i]);
			add_name(c->arena, &g->folders, collect_text(c->arena, "%s/%s", folder, found[i]));
		} else if (further && len > 6 && strcmp(found[i] + len - 6, ".slice") == 0) {
			find_groups_in(c, g, collect_text(c->arena, "%s/%s", folder, found[i]), false);
		}
	}
}

static void
find_groups(struct collect *c, struct groups *g)
{
	for (size_t i = 0; i < sizeof(cgroups_at) / sizeof(cgroups_at[0]) && g->units.n == 0; i++)
		find_groups_in(c, g, cgroups_at[i], true);
}

/* The lowest process of the unit's control group; 0: it does not run, -1: not known. */
static long
process_of(struct collect *c, const struct groups *g, const char *unit)
{
	char *text = NULL, *line;
	long pid = 0;

	for (size_t i = 0; i < g->units.n; i++) {
		if (strcmp(g->units.all[i], unit) != 0)
			continue;
		text = linux_read(c, collect_text(c->arena, "%s/cgroup.procs", g->folders.all[i]), UNIT_MAX, NULL);
		if (text == NULL && errno != ENOENT)
			return -1;
	}
	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		long one = strtol(line, NULL, 10);

		if (one > 0 && (pid == 0 || one < pid))
			pid = one;
	}
	return pid;
}

/* ---- its facts ---- */

/* Without User= the system's manager runs it as root. A name with a specifier (%i) is not known. */
static const char *
account_of(struct collect *c, const struct linux_unit *u, const char *unit)
{
	const char *user = u->user;

	if (user == NULL && u->dynamic_user)
		user = collect_text(c->arena, "%.*s", (int)(strcspn(unit, "@.")), unit);
	if (user == NULL)
		user = "root";
	return strchr(user, '%') != NULL ? NULL : user;
}

static void
put_process(struct collect *c, struct collect_value *v, long pid, bool known)
{
	struct linux_process p;
	char hex[65];
	const char *image;

	collect_put_text(v, "state", !known || pid < 0 ? NULL : pid > 0 ? "running" : "stopped");
	if (pid <= 0) {
		collect_put(v, "pid", NULL);
		return;
	}
	collect_put_int(v, "pid", pid);
	image = linux_link(c, collect_text(c->arena, "/proc/%ld/exe", pid));
	if (image != NULL) {
		collect_put_text(v, "image", linux_public_path(c, image));
		collect_put_text(
		    v, "image_sha256", linux_sha256(c, collect_text(c->arena, "/proc/%ld/exe", pid), hex) ? hex : NULL);
	}
	if (linux_process_status(c, pid, &p))
		collect_put_text(v, "sid", collect_text(c->arena, "uid:%lu", p.uid));
}

static const char *
start_of(const struct names *enabled, const char *unit, enum found found)
{
	if (found == FOUND_MASKED)
		return "disabled";
	return holds(enabled, unit) ? "auto" : "manual";
}

/* An instance is named by its template: what stands behind the @ may be the name of a device, a file or a person. */
static const char *
public_name(struct collect *c, const char *unit)
{
	const char *template = template_of(c->arena, unit);

	return template != NULL ? template : unit;
}

static void
add_service(
    struct collect *c, struct collect_value *list, const char *unit, const struct names *enabled, const struct groups *groups)
{
	struct collect_value *v = collect_object(c->arena);
	struct linux_unit u = { .service = false };
	enum found found = take_unit(c, &u, unit);
	const char *account = found == FOUND ? account_of(c, &u, unit) : NULL, *name = public_name(c, unit);
	long pid = process_of(c, groups, unit);

	if (found == FOUND_NOT && pid <= 0)
		return;
	collect_put_text(v, "name", name);
	collect_put_text(v, "display", u.description);
	collect_put_text(v, "start", start_of(enabled, unit, found));
	collect_put_text(v, "image", u.exec != NULL && strchr(u.exec, '%') == NULL ? linux_public_path(c, u.exec) : NULL);
	collect_put_text(v, "account", account);
	collect_put_text(v, "sid", account == NULL ? NULL : linux_account_sid(c, account));
	collect_put_text(v, "caps", u.bounding);
	put_process(c, v, pid, groups->seen);
	if (found == FOUND_UNREADABLE || (found == FOUND && account == NULL))
		collect_unknown(c, "services.account", "%s: its unit or a part of it cannot be read", name);
	collect_add(list, v);
	if (account != NULL && (pid > 0 || strcmp(start_of(enabled, unit, found), "auto") == 0))
		linux_add_account(c, account);
}

/* All units that have a file, and all that run; templates only by their instances. */
static void
find_units(struct collect *c, struct names *units, const struct groups *groups)
{
	char **found;
	ssize_t n;

	for (size_t i = 0; i < FOLDERS; i++) {
		n = linux_names(c, folders[i], &found);
		for (ssize_t k = 0; k < n; k++)
			if (is_service(found[k]) && strstr(found[k], "@.service") == NULL)
				add_name(c->arena, units, found[k]);
	}
	for (size_t k = 0; k < groups->units.n; k++)
		add_name(c->arena, units, groups->units.all[k]);
	sort_names(units);
}

void
linux_read_services(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena);
	struct names units = { .n = 0 }, enabled = { .n = 0 };
	struct groups groups = { .seen = false };

	find_groups(c, &groups);
	find_units(c, &units, &groups);
	if (units.n == 0) {
		collect_unknown(
		    c, "services", "no units of systemd are found; services that are started another way are not read");
		collect_unknown(c, "accounts", "they are found by the services");
		return;
	}
	if (!groups.seen)
		collect_unknown(
		    c, "services.state", "the control groups of services are not there: which of them run is not known");
	find_enabled(c, &enabled);
	linux_begin_accounts(c);
	for (size_t i = 0; i < units.n; i++)
		add_service(c, list, units.all[i], &enabled, &groups);
	collect_sort(list);
	if (collect_cut(list, SERVICES_MAX))
		collect_unknown(c, "services.*", "there are more than %d; the rest is left out", SERVICES_MAX);
	collect_put(c->facts, "services", list);
	collect_sort(collect_get(c->facts, "accounts"));
}
