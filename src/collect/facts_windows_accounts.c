#include "collect/facts_windows.h"

#include <string.h>

#define ADMINISTRATORS "S-1-5-32-544"

/* Groups that nobody is put into and that NetUserGetLocalGroups therefore leaves out; being in Administrators makes every service one. */
static const char *const implied[] = { "S-1-1-0", "S-1-5-11", "S-1-5-6", NULL };
static const char *const implied_virtual[] = { "S-1-1-0", "S-1-5-11", "S-1-5-6", "S-1-5-80-0", NULL };

static bool
has(const char *const *sids, size_t n, const char *sid)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(sids[i], sid) == 0)
			return true;
	return false;
}

static bool
has_any(const char *const *sids, size_t n, const char *const *of)
{
	for (; *of != NULL; of++)
		if (has(sids, n, *of))
			return true;
	return false;
}

/* LocalSystem is above every administrator; the other two are neither administrators nor standard users. -1: none of the three. */
static int
built_in_administrator(const char *sid)
{
	if (sid == NULL)
		return -1;
	if (strcmp(sid, "S-1-5-18") == 0)
		return 1;
	return strcmp(sid, "S-1-5-19") == 0 || strcmp(sid, "S-1-5-20") == 0 ? 0 : -1;
}

struct account {
	const char *sid, *full, *said;
	const char **groups;
	size_t n_groups;
	bool groups_known;
	enum collect_tri administrator;
	const char *why;
};

/* Is it an administrator, from its groups and from the direct members of Administrators; whatever one source shows holds, "no" needs both. */
static enum collect_tri
decide(struct account *x, bool is_virtual, const char *const *members, size_t n_members, bool members_known)
{
	if (has(x->groups, x->n_groups, ADMINISTRATORS)) /* half a list is enough for a yes */
		return COLLECT_YES;
	if (members_known &&
	    (has(members, n_members, x->sid) || has_any(members, n_members, is_virtual ? implied_virtual : implied)))
		return COLLECT_YES;
	return x->groups_known && members_known ? COLLECT_NO : COLLECT_NOT_KNOWN;
}

static void
ask(struct collect *c, const struct collect_from *f, struct account *x)
{
	const struct collect_windows *w = f->running;
	bool is_virtual, members_known;
	const char **members = NULL, *why = NULL;
	size_t n = 0;

	if (w == NULL) {
		x->why = COLLECT_OFFLINE_WHY;
		return;
	}
	if (!w->account(w->ctx, x->said, &x->sid, &x->full, c->arena, &x->why))
		return;
	/* A service's own account is in no group of users: only Administrators itself can name it. */
	is_virtual = collect_begins(x->sid, "S-1-5-80-") || collect_begins(x->sid, "S-1-5-82-");
	x->groups_known = is_virtual || w->groups(w->ctx, x->full, &x->groups, &x->n_groups, c->arena, &x->why);
	members_known = w->administrators(w->ctx, &members, &n, c->arena, &why);
	x->administrator = decide(x, is_virtual, members, n, members_known);
	if (x->why == NULL)
		x->why = why;
}

static struct collect_value *
account_value(struct collect *c, struct account *x)
{
	struct collect_value *one = collect_object(c->arena), *groups = collect_list(c->arena);

	collect_put_text(one, "sid", x->sid);
	collect_put_text(one, "name", x->full != NULL ? x->full : x->said);
	for (size_t i = 0; i < x->n_groups; i++)
		collect_add_text(groups, x->groups[i]);
	collect_sort(groups);
	collect_put(one, "groups", x->groups_known ? groups : NULL);
	collect_put(one, "administrator", NULL);
	if (x->administrator != COLLECT_NOT_KNOWN)
		collect_put_bool(one, "administrator", x->administrator == COLLECT_YES);
	collect_put_bool(one, "complete", x->groups_known && x->administrator != COLLECT_NOT_KNOWN);
	return one;
}

static bool
is_listed(const struct collect_value *list, const char *name, const char *sid)
{
	for (size_t i = 0; i < collect_count(list); i++) {
		const char *have_sid = collect_as_text(collect_get(collect_at(list, i), "sid"));
		const char *have_name = collect_as_text(collect_get(collect_at(list, i), "name"));

		if (sid != NULL && have_sid != NULL ? strcmp(sid, have_sid) == 0
						    : have_name != NULL && collect_same(name, have_name))
			return true;
	}
	return false;
}

static const char *
built_in_name(const char *sid)
{
	return strcmp(sid, "S-1-5-18") == 0   ? "NT AUTHORITY\\SYSTEM"
	       : strcmp(sid, "S-1-5-19") == 0 ? "NT AUTHORITY\\LOCAL SERVICE"
					      : "NT AUTHORITY\\NETWORK SERVICE";
}

static void
add_account(struct collect *c, const struct collect_from *f, struct collect_value *list, const char *said, const char *sid)
{
	struct account x = { .said = said, .sid = sid, .administrator = COLLECT_NOT_KNOWN };
	int built_in = built_in_administrator(sid);

	if (is_listed(list, said, sid))
		return;
	if (built_in >= 0) {
		x.full = built_in_name(sid);
		x.groups_known = true;
		x.administrator = built_in > 0 ? COLLECT_YES : COLLECT_NO;
	} else {
		ask(c, f, &x);
	}
	collect_add(list, account_value(c, &x));
	if (x.administrator == COLLECT_NOT_KNOWN || !x.groups_known)
		collect_unknown(c, "accounts.groups", "%s: %s", said, x.why != NULL ? x.why : "its groups could not be read");
}

void
collect_windows_accounts(struct collect *c, const struct collect_from *f)
{
	const struct collect_value *services = collect_get(c->facts, "services");
	struct collect_value *list = collect_list(c->arena);

	if (collect_count(services) == 0) {
		collect_unknown(c, "accounts", "the services could not be read");
		return;
	}
	for (size_t i = 0; i < collect_count(services); i++) {
		const struct collect_value *s = collect_at(services, i);
		const char *said = collect_as_text(collect_get(s, "account"));

		if (said != NULL)
			add_account(c, f, list, said, collect_as_text(collect_get(s, "sid")));
	}
	collect_sort(list);
	collect_put(c->facts, "accounts", list);
}

/* ---- processes ---- */

#define SYSTEM_PROCESS 4 /* the kernel, http.sys too: its token is nobody's to open, and always LocalSystem's */

static const char *
integrity_word(uint32_t rid)
{
	return rid == UINT32_MAX ? NULL : rid < 0x2000 ? "low" : rid < 0x3000 ? "medium" : rid < 0x4000 ? "high" : "system";
}

static void
put_tri(struct collect_value *one, const char *key, enum collect_tri v)
{
	collect_put(one, key, NULL);
	if (v != COLLECT_NOT_KNOWN)
		collect_put_bool(one, key, v == COLLECT_YES);
}

static enum collect_tri
token_administrator(const struct collect_token *t)
{
	if (built_in_administrator(t->sid) == 1 || has(t->groups, t->n_groups, ADMINISTRATORS))
		return COLLECT_YES;
	return COLLECT_NO;
}

static struct collect_value *
process_value(struct collect *c, const struct collect_from *f, int64_t pid)
{
	struct collect_value *one = collect_object(c->arena);
	struct collect_token t = { .integrity = UINT32_MAX, .elevated = COLLECT_NOT_KNOWN };
	const char *image = NULL, *why = NULL;
	bool known = pid == SYSTEM_PROCESS || f->running->token(f->running->ctx, pid, &t, c->arena, &why);

	if (pid == SYSTEM_PROCESS)
		t = (struct collect_token){ .sid = "S-1-5-18", .elevated = COLLECT_YES, .integrity = 0x4000 };
	if (!known)
		collect_unknown(c, "processes.administrator", "process %d: %s", (int)pid, why);
	if (!f->running->image(f->running->ctx, pid, &image, c->arena, &why))
		image = NULL;
	collect_put_int(one, "pid", pid);
	collect_windows_put_image(c, f, one, image);
	collect_put_text(one, "sid", t.sid);
	put_tri(one, "administrator", known ? token_administrator(&t) : COLLECT_NOT_KNOWN);
	put_tri(one, "elevated", t.elevated);
	collect_put_text(one, "integrity", integrity_word(t.integrity));
	return one;
}

static bool
has_pid(const struct collect_value *list, int64_t pid)
{
	for (size_t i = 0; i < collect_count(list); i++) {
		int64_t have;

		if (collect_as_int(collect_get(collect_at(list, i), "pid"), &have) && have == pid)
			return true;
	}
	return false;
}

static void
add_processes(struct collect *c, const struct collect_from *f, struct collect_value *list, const char *member)
{
	const struct collect_value *from = collect_get(c->facts, member);

	for (size_t i = 0; i < collect_count(from); i++) {
		int64_t pid;

		if (collect_as_int(collect_get(collect_at(from, i), "pid"), &pid) && pid > 0 && !has_pid(list, pid))
			collect_add(list, process_value(c, f, pid));
	}
}

void
collect_windows_processes(struct collect *c, const struct collect_from *f)
{
	struct collect_value *list = collect_list(c->arena);

	if (f->running == NULL) {
		collect_unknown(c, "processes", COLLECT_OFFLINE_WHY);
		return;
	}
	add_processes(c, f, list, "services");
	add_processes(c, f, list, "listeners");
	collect_sort(list);
	collect_put(c->facts, "processes", list);
}
