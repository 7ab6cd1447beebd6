#include "collect/facts_windows.h"

#include <stdio.h>
#include <string.h>

/* ---- listeners ---- */

static bool
is_mapped(const uint8_t a[16])
{
	static const uint8_t prefix[12] = { [10] = 0xFF, [11] = 0xFF };

	return memcmp(a, prefix, sizeof(prefix)) == 0;
}

static const char *
v4_text(struct collect_arena *a, const uint8_t *b)
{
	return collect_text(a, "%u.%u.%u.%u", (unsigned)b[0], (unsigned)b[1], (unsigned)b[2], (unsigned)b[3]);
}

/* RFC 5952: the longest run of zeros, the first of two alike, at least two groups, becomes "::". */
static const char *
v6_text(struct collect_arena *a, const uint8_t b[16])
{
	char out[48] = "";
	size_t n = 0;
	int run = -1, run_len = 1;

	for (int i = 0; i < 8; i++) {
		int k = i;

		while (k < 8 && b[2 * k] == 0 && b[2 * k + 1] == 0)
			k++;
		if (k - i > run_len) {
			run = i;
			run_len = k - i;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			n += (size_t)snprintf(out + n, sizeof(out) - n, "::");
			i += run_len - 1;
			continue;
		}
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%x", n > 0 && out[n - 1] != ':' ? ":" : "",
		    (unsigned)(b[2 * i] << 8 | b[2 * i + 1]));
	}
	return collect_text(a, "%s", out);
}

const char *
collect_windows_address(struct collect_arena *a, const struct collect_socket *s, bool *loopback)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (!s->v6 || is_mapped(s->address)) {
		const uint8_t *v4 = s->v6 ? s->address + 12 : s->address;

		*loopback = v4[0] == 127;
		return collect_text(a, "%s%s", s->v6 ? "::ffff:" : "", v4_text(a, v4));
	}
	*loopback = memcmp(s->address, one, sizeof(one)) == 0;
	return v6_text(a, s->address);
}

void
collect_windows_listeners(struct collect *c, const struct collect_from *f)
{
	struct collect_value *list = collect_list(c->arena);
	struct collect_socket *sockets;
	const char *why = COLLECT_OFFLINE_WHY;
	size_t n = 0;

	if (f->running == NULL || !f->running->sockets(f->running->ctx, &sockets, &n, c->arena, &why)) {
		collect_unknown(c, "listeners", "%s", why);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct collect_value *one = collect_object(c->arena);
		bool loopback;

		collect_put_text(one, "protocol", sockets[i].udp ? "udp" : "tcp");
		collect_put_text(one, "address", collect_windows_address(c->arena, &sockets[i], &loopback));
		collect_put_int(one, "port", sockets[i].port);
		collect_put_int(one, "pid", sockets[i].pid);
		collect_put_text(one, "scope", loopback ? "loopback" : "network");
		collect_add(list, one);
	}
	collect_sort(list);
	collect_put(c->facts, "listeners", list);
}

/* ---- http.sys ---- */

#define HTTP "CurrentControlSet\\Services\\HTTP\\Parameters"

static bool
is_loopback_host(const char *host)
{
	return collect_same(host, "localhost") || strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0;
}

bool
collect_windows_url_is_loopback(const char *url)
{
	const char *host = collect_begins(url, "http://") ? url + 7 : collect_begins(url, "https://") ? url + 8 : NULL;
	char name[256];
	size_t n;

	if (host == NULL)
		return false;
	n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
	if (n >= sizeof(name) || n > strlen(host))
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	return is_loopback_host(name);
}

/* http.sys may be told to listen on some addresses only; a list of nothing but loopback keeps every URL inside. */
static bool
listens_on_loopback_only(struct collect *c, const struct collect_from *f)
{
	struct collect_reg_value v;
	const char *p;
	bool any = false;

	if (f->registry->value(f->registry, "SYSTEM", HTTP, "ListenOnlyList", &v, c->arena) != COLLECT_REG_FOUND ||
	    v.type != COLLECT_REG_MULTI)
		return false;
	for (p = v.text; *p != '\0'; p += strlen(p) + 1) {
		any = true;
		if (!is_loopback_host(p) && strcmp(p, "::1") != 0)
			return false;
	}
	return any;
}

void
collect_windows_http(struct collect *c, const struct collect_from *f)
{
	struct collect_value *list = collect_list(c->arena);
	bool inside = listens_on_loopback_only(c, f);
	char **names;
	size_t n;
	enum collect_reg_answer got = f->registry->names(f->registry, "SYSTEM", HTTP "\\UrlAclInfo", true, &names, &n, c->arena);

	if (got == COLLECT_REG_DENIED || got == COLLECT_REG_BROKEN) {
		collect_unknown(c, "http_urls", "%s", collect_reg_why(f->registry, got));
		return;
	}
	for (size_t i = 0; got == COLLECT_REG_FOUND && i < n; i++) {
		struct collect_value *one = collect_object(c->arena);

		if (!collect_begins(names[i], "http"))
			continue;
		collect_put_text(one, "url", names[i]);
		collect_put_text(one, "scope", inside || collect_windows_url_is_loopback(names[i]) ? "loopback" : "network");
		collect_add(list, one);
	}
	collect_sort(list);
	collect_put(c->facts, "http_urls", list);
}

/* ---- firewall ---- */

#define LOCAL "CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy"
#define POLICY "Policies\\Microsoft\\WindowsFirewall"

/*
 * The naming trap: what people call the private profile is StandardProfile in the device's own settings, and in a policy either PrivateProfile (the advanced console) or
 * StandardProfile (the templates of XP's time, which mean every network that is no domain).
 */
static const struct profile {
	const char *member, *local, *policy, *old_policy;
} profiles[] = {
	{ "domain", LOCAL "\\DomainProfile", POLICY "\\DomainProfile", NULL },
	{ "private", LOCAL "\\StandardProfile", POLICY "\\PrivateProfile", POLICY "\\StandardProfile" },
	{ "public", LOCAL "\\PublicProfile", POLICY "\\PublicProfile", POLICY "\\StandardProfile" },
};

struct asked {
	enum collect_reg_answer answer;
	uint64_t number;
};

static struct asked
ask_number(struct collect *c, const struct collect_from *f, const char *hive, const char *key, const char *name)
{
	struct asked x = { .answer = COLLECT_REG_ABSENT };

	if (key != NULL)
		x.answer = collect_reg_number(f->registry, hive, key, name, &x.number, c->arena);
	return x;
}

static bool
is_unread(const struct asked *x)
{
	return x->answer == COLLECT_REG_DENIED || x->answer == COLLECT_REG_BROKEN;
}

struct decided {
	int value; /* -1 not known */
	const char *source, *why;
};

/* A policy wins over the device's own setting; a setting that nobody made is on, and blocks (the state that Windows is installed in). */
static struct decided
decide(struct collect *c, const struct collect_from *f, const struct profile *p, const char *name)
{
	struct asked policy = ask_number(c, f, "SOFTWARE", p->policy, name);
	struct asked old = ask_number(c, f, "SOFTWARE", p->old_policy, name);
	struct asked local = ask_number(c, f, "SYSTEM", p->local, name);
	struct asked managed = ask_number(c, f, "SYSTEM", collect_text(c->arena, LOCAL "\\Mdm%s", strrchr(p->local, '\\')), name);
	struct decided d = { 1, "default", NULL };

	if (is_unread(&policy) || is_unread(&old) || is_unread(&local))
		return (struct decided){ -1, "registry",
			collect_reg_why(f->registry, is_unread(&policy) ? policy.answer
						     : is_unread(&old)  ? old.answer
									: local.answer) };
	if (local.answer == COLLECT_REG_FOUND)
		d = (struct decided){ local.number != 0, "registry", NULL };
	if (policy.answer == COLLECT_REG_FOUND)
		d = (struct decided){ policy.number != 0, "policy", NULL };
	else if (old.answer == COLLECT_REG_FOUND && strcmp(p->member, "private") == 0)
		d = (struct decided){ old.number != 0, "policy", NULL };
	if (old.answer == COLLECT_REG_FOUND && (old.number != 0) != (d.value != 0))
		return (struct decided){ -1, "policy",
			"the policy states StandardProfile too, with another value: which one holds here cannot be told from the "
			"registry" };
	if (managed.answer == COLLECT_REG_FOUND && (managed.number != 0) != (d.value != 0))
		return (struct decided){ -1, "policy", "device management (Mdm) states another value" };
	return d;
}

static void
put_profile(struct collect *c, const struct collect_from *f, struct collect_value *all, const struct profile *p)
{
	struct collect_value *one = collect_object(c->arena);
	struct decided enabled = decide(c, f, p, "EnableFirewall"), inbound = decide(c, f, p, "DefaultInboundAction");

	collect_put(all, p->member, one);
	collect_put(one, "enabled", NULL);
	if (enabled.value >= 0)
		collect_put_bool(one, "enabled", enabled.value > 0);
	else
		collect_unknown(c, collect_text(c->arena, "firewall.profiles.%s.enabled", p->member), "%s", enabled.why);
	collect_put_text(one, "inbound", inbound.value < 0 ? NULL : inbound.value > 0 ? "block" : "allow");
	if (inbound.value < 0)
		collect_unknown(c, collect_text(c->arena, "firewall.profiles.%s.inbound", p->member), "%s", inbound.why);
	collect_put_text(one, "source", enabled.source);
}

static void
put_service(struct collect *c, const struct collect_from *f, struct collect_value *firewall)
{
	struct asked start = ask_number(c, f, "SYSTEM", "CurrentControlSet\\Services\\MpsSvc", "Start");
	const struct collect_run_state *state = collect_windows_state(f, "MpsSvc");

	collect_put(firewall, "service", NULL);
	if (state != NULL)
		collect_put_text(firewall, "service", strcmp(state->state, "running") == 0 ? "running" : "stopped");
	else if (start.answer == COLLECT_REG_ABSENT)
		collect_put_text(firewall, "service", "absent");
	else if (start.answer == COLLECT_REG_FOUND && start.number == 4)
		collect_put_text(firewall, "service", "stopped"); /* disabled: nothing can start it */
	else
		collect_unknown(c, "firewall.service", "%s",
		    is_unread(&start)       ? collect_reg_why(f->registry, start.answer)
		    : f->states_why != NULL ? f->states_why
					    : "the service manager does not list MpsSvc");
}

#define PROVIDERS "Microsoft\\Security Center\\Provider\\Fw"
#define PRODUCT_ON 0x1000u /* of the state that a product tells the security center */

static void
add_third_party(struct collect *c, const struct collect_from *f, struct collect_value *list, const char *id)
{
	const char *key = collect_text(c->arena, PROVIDERS "\\%s", id), *name = NULL;
	struct collect_value *one = collect_object(c->arena);
	struct asked state = ask_number(c, f, "SOFTWARE", key, "STATE");

	(void)collect_reg_text(f->registry, "SOFTWARE", key, "DISPLAYNAME", &name, c->arena);
	collect_put_text(one, "name", name != NULL ? name : id);
	collect_put(one, "enabled", NULL);
	if (state.answer == COLLECT_REG_FOUND)
		collect_put_bool(one, "enabled", (state.number & PRODUCT_ON) != 0);
	collect_add(list, one);
}

/* Products report themselves to the security center. Its list stands in the registry since Windows 8; before that, and on servers, nothing but WMI has it. */
static void
put_third_party(struct collect *c, const struct collect_from *f, struct collect_value *firewall)
{
	struct collect_value *list = collect_list(c->arena);
	char **ids;
	size_t n;
	enum collect_reg_answer got = f->registry->names(f->registry, "SOFTWARE", PROVIDERS, false, &ids, &n, c->arena);

	if (got == COLLECT_REG_FOUND) {
		for (size_t i = 0; i < n; i++)
			add_third_party(c, f, list, ids[i]);
		collect_sort(list);
		collect_put(firewall, "third_party", list);
		return;
	}
	collect_unknown(c, "firewall.third_party", "%s",
	    got == COLLECT_REG_ABSENT ? "the registry does not list them; on this system only WMI (root\\SecurityCenter2) can"
				      : collect_reg_why(f->registry, got));
}

void
collect_windows_firewall(struct collect *c, const struct collect_from *f)
{
	struct collect_value *firewall = collect_object(c->arena), *all = collect_object(c->arena);

	collect_put(c->facts, "firewall", firewall);
	collect_put(firewall, "profiles", all);
	put_service(c, f, firewall);
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		put_profile(c, f, all, &profiles[i]);
	put_third_party(c, f, firewall);
}
