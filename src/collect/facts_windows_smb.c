#include "collect/facts_windows.h"

#include <string.h>

#define WORKSTATION "CurrentControlSet\\Services\\LanmanWorkstation\\Parameters"
#define SERVER "CurrentControlSet\\Services\\LanmanServer\\Parameters"
#define CLIENT_POLICY "Policies\\Microsoft\\Windows\\LanmanWorkstation"

/* Builds at which a default or a setting changed. A build that is newer than all of them is not known. */
enum {
	WINDOWS_7 = 7600,
	WINDOWS_8 = 9200, /* SMB 3.0 */
	WINDOWS_10_1709 = 16299,
	WINDOWS_11_24H2 = 26100, /* and Server 2025 */
	NEWEST_KNOWN = 26200     /* Windows 11 25H2 */
};

enum default_kind { OFF, ON, DEPENDS, NO_SUCH_SETTING };

/* What a build takes when nothing is stated. */
struct default_of {
	enum default_kind kind;
	const char *why;
};

struct setting {
	const char *member, *key, *name, *policy;
	struct default_of (*absent)(const struct collect_from *f);
};

static bool
is_edition(const struct collect_from *f, const char *begins)
{
	return collect_begins(f->edition, begins);
}

static bool
is_known_build(const struct collect_from *f)
{
	return f->build >= WINDOWS_7 && f->build <= NEWEST_KNOWN;
}

/* Required by default since 24H2, inbound on clients only; what the Home editions and servers' inbound side take is described in contradictory ways, so nothing is claimed. */
static struct default_of
client_signing(const struct collect_from *f)
{
	if (f->build < WINDOWS_11_24H2)
		return (struct default_of){ OFF, "" };
	if (f->server || is_edition(f, "Enterprise") || is_edition(f, "Professional") || is_edition(f, "Education"))
		return (struct default_of){ ON, "" };
	return (struct default_of){ DEPENDS, "its default depends on the edition" };
}

static struct default_of
server_signing(const struct collect_from *f)
{
	struct default_of d = client_signing(f);

	return d.kind == ON && f->server ? (struct default_of){ DEPENDS, "its default depends on the role of the server" } : d;
}

static struct default_of
client_encryption(const struct collect_from *f)
{
	return (struct default_of){ f->build < WINDOWS_11_24H2 ? NO_SUCH_SETTING : OFF,
		"the client of this build has no such setting" };
}

/* Guests are let in by default before 1709; since then not by Enterprise, Education and servers, and by nobody since 24H2. */
static struct default_of
insecure_guest(const struct collect_from *f)
{
	if (f->build < WINDOWS_10_1709)
		return (struct default_of){ ON, "" };
	if (f->build >= WINDOWS_11_24H2 && is_edition(f, "Core"))
		return (struct default_of){ DEPENDS, "its default depends on the edition" };
	return (struct default_of){
		f->server || is_edition(f, "Enterprise") || is_edition(f, "Education") || f->build >= WINDOWS_11_24H2 ? OFF : ON, ""
	};
}

static struct default_of
always_off(const struct collect_from *f)
{
	(void)f;
	return (struct default_of){ OFF, "" };
}

static struct default_of
server_encryption(const struct collect_from *f)
{
	return (struct default_of){ f->build < WINDOWS_8 ? NO_SUCH_SETTING : OFF, "this build has no SMB 3" };
}

static struct default_of
reject_unencrypted(const struct collect_from *f)
{
	return (struct default_of){ f->build < WINDOWS_8 ? NO_SUCH_SETTING : ON, "this build has no SMB 3" };
}

/* A setting that this build does not have is off whatever the registry says: somebody wrote it there in vain. */
static struct collect_value *
not_taken(struct collect *c, const struct collect_from *f, const struct default_of *d, bool stated)
{
	return collect_setting(c->arena, 0, false,
	    collect_text(c->arena, "default: build %u: %s%s", (unsigned)f->build, d->why,
		stated ? "; the registry states one all the same" : ""));
}

static struct collect_value *
by_default(struct collect *c, const struct collect_from *f, const char *fact, const struct default_of *d)
{
	if (is_known_build(f) && d->kind != DEPENDS)
		return collect_setting(
		    c->arena, d->kind == ON, false, collect_text(c->arena, "default: build %u", (unsigned)f->build));
	if (f->build == 0)
		collect_unknown(c, fact, "not stated, and the build of the system is not known");
	else if (!is_known_build(f))
		collect_unknown(c, fact, "not stated, and the default of build %u is not known", (unsigned)f->build);
	else
		collect_unknown(c, fact, "not stated, and for build %u %s", (unsigned)f->build, d->why);
	return collect_setting(
	    c->arena, -1, false, collect_text(c->arena, "default: the default of build %u is not known", (unsigned)f->build));
}

static struct collect_value *
unread(struct collect *c, const struct collect_from *f, const char *fact, enum collect_reg_answer got)
{
	collect_unknown(c, fact, "%s", collect_reg_why(f->registry, got));
	return collect_setting(c->arena, -1, false, collect_text(c->arena, "registry: %s", collect_reg_why(f->registry, got)));
}

/* facts.MEMBER.SETTING, but for its place: it is put by the caller. */
static struct collect_value *
setting_value(struct collect *c, const struct collect_from *f, const char *member, const struct setting *s)
{
	const char *fact = collect_text(c->arena, "%s.%s", member, s->member);
	struct default_of d = s->absent(f);
	uint64_t local = 0, policy = 0;
	enum collect_reg_answer got = collect_reg_number(f->registry, "SYSTEM", s->key, s->name, &local, c->arena),
				by_policy = COLLECT_REG_ABSENT;

	if (s->policy != NULL)
		by_policy = collect_reg_number(f->registry, "SOFTWARE", s->policy, s->name, &policy, c->arena);
	if (is_known_build(f) && d.kind == NO_SUCH_SETTING)
		return not_taken(c, f, &d, got == COLLECT_REG_FOUND || by_policy == COLLECT_REG_FOUND);
	if (by_policy == COLLECT_REG_FOUND)
		return collect_setting(
		    c->arena, policy != 0, true, collect_text(c->arena, "policy: SOFTWARE\\%s, %s", s->policy, s->name));
	if (by_policy != COLLECT_REG_ABSENT)
		return unread(c, f, fact, by_policy);
	if (got == COLLECT_REG_FOUND)
		return collect_setting(
		    c->arena, local != 0, true, collect_text(c->arena, "registry: SYSTEM\\%s, %s", s->key, s->name));
	return got == COLLECT_REG_ABSENT ? by_default(c, f, fact, &d) : unread(c, f, fact, got);
}

/* The reasons are noted while the place is still empty, since noting one makes its place null. */
static void
put_settings(struct collect *c, const struct collect_from *f, const char *member, const struct setting *s, size_t n)
{
	struct collect_value *at = collect_get(c->facts, member);

	for (size_t i = 0; i < n; i++)
		collect_put(at, s[i].member, setting_value(c, f, member, &s[i]));
}

/* ---- client ---- */

static const struct setting client_settings[] = {
	{ "signing_required", WORKSTATION, "RequireSecuritySignature", NULL, client_signing },
	{ "encryption_required", WORKSTATION, "RequireEncryption", CLIENT_POLICY, client_encryption },
	{ "insecure_guest", WORKSTATION, "AllowInsecureGuestAuth", CLIENT_POLICY, insecure_guest },
	{ "plain_text_password", WORKSTATION, "EnablePlainTextPassword", NULL, always_off },
};

/* "Name=1" in a text of several; spaces anywhere. */
static bool
is_demanded(const char *text, const char *name)
{
	for (const char *at = text; (at = collect_find(at, name)) != NULL; at++) {
		const char *p = at + strlen(name);

		if (at != text && strchr(" ,\t", at[-1]) == NULL)
			continue;
		p += strspn(p, " \t");
		if (*p == '=')
			return p[1 + strspn(p + 1, " \t")] == '1';
	}
	return false;
}

void
collect_windows_hardened(const char *text, bool *mutual, bool *integrity, bool *privacy)
{
	*mutual = is_demanded(text, "RequireMutualAuthentication");
	*integrity = is_demanded(text, "RequireIntegrity");
	*privacy = is_demanded(text, "RequirePrivacy");
}

#define HARDENED "Policies\\Microsoft\\Windows\\NetworkProvider\\HardenedPaths"

static void
put_hardened(struct collect *c, const struct collect_from *f, struct collect_value *client)
{
	struct collect_value *list = collect_list(c->arena);
	char **names;
	size_t n = 0;
	enum collect_reg_answer got = f->registry->names(f->registry, "SOFTWARE", HARDENED, true, &names, &n, c->arena);

	for (size_t i = 0; got == COLLECT_REG_FOUND && i < n; i++) {
		struct collect_value *one;
		const char *text;
		bool mutual, integrity, privacy;

		got = collect_reg_text(f->registry, "SOFTWARE", HARDENED, names[i], &text, c->arena);
		if (got != COLLECT_REG_FOUND || names[i][0] == '\0')
			continue;
		collect_windows_hardened(text, &mutual, &integrity, &privacy);
		one = collect_object(c->arena);
		collect_put_text(one, "path", names[i]);
		collect_put_bool(one, "mutual", mutual);
		collect_put_bool(one, "integrity", integrity);
		collect_put_bool(one, "privacy", privacy);
		collect_add(list, one);
	}
	if (got != COLLECT_REG_FOUND && got != COLLECT_REG_ABSENT) {
		collect_unknown(c, "smb_client.hardened_paths", "%s", collect_reg_why(f->registry, got));
		return;
	}
	collect_sort(list);
	collect_put(client, "hardened_paths", list);
}

/* A driver of which Start is 4 cannot load, whatever depends on it. */
static const char *
driver_word(struct collect *c, const struct collect_from *f, const char *name, enum collect_reg_answer *got)
{
	uint64_t start;

	*got = collect_reg_number(
	    f->registry, "SYSTEM", collect_text(c->arena, "CurrentControlSet\\Services\\%s", name), "Start", &start, c->arena);
	if (*got == COLLECT_REG_FOUND)
		return start == 4 ? "disabled" : "enabled";
	return *got == COLLECT_REG_ABSENT ? "absent" : NULL;
}

void
collect_windows_smb_client(struct collect *c, const struct collect_from *f)
{
	struct collect_value *client = collect_object(c->arena);
	enum collect_reg_answer got;
	const char *driver = driver_word(c, f, "mrxsmb10", &got);

	collect_put(c->facts, "smb_client", client);
	put_settings(c, f, "smb_client", client_settings, sizeof(client_settings) / sizeof(client_settings[0]));
	collect_put_text(client, "smb1_driver", driver);
	if (driver == NULL)
		collect_unknown(c, "smb_client.smb1_driver", "%s", collect_reg_why(f->registry, got));
	put_hardened(c, f, client);
}

/* ---- server ---- */

static const struct setting server_settings[] = {
	{ "signing_required", SERVER, "RequireSecuritySignature", NULL, server_signing },
	{ "encryption_required", SERVER, "EncryptData", NULL, server_encryption },
	{ "unencrypted_rejected", SERVER, "RejectUnencryptedAccess", NULL, reject_unencrypted },
};

/* SMB1 is spoken when its driver (srv) can load and the setting does not forbid it. Without a setting it is spoken by builds before 1709; later ones bring the driver only where it was added. */
static void
put_smb1(struct collect *c, const struct collect_from *f, struct collect_value *server)
{
	enum collect_reg_answer got, stated;
	const char *driver = driver_word(c, f, "srv", &got);
	uint64_t value;

	stated = collect_reg_number(f->registry, "SYSTEM", SERVER, "SMB1", &value, c->arena);
	if (driver != NULL && strcmp(driver, "enabled") != 0)
		collect_put(server, "smb1",
		    collect_setting(c->arena, 0, true, collect_text(c->arena, "registry: the driver srv is %s", driver)));
	else if (stated == COLLECT_REG_FOUND)
		collect_put(server, "smb1", collect_setting(c->arena, value != 0, true, "registry: SYSTEM\\" SERVER ", SMB1"));
	else if (stated != COLLECT_REG_ABSENT || driver == NULL)
		collect_put(server, "smb1", unread(c, f, "smb_server.smb1", stated != COLLECT_REG_ABSENT ? stated : got));
	else
		collect_put(server, "smb1",
		    by_default(c, f, "smb_server.smb1",
			&(struct default_of){
			    f->build < WINDOWS_10_1709 ? ON : DEPENDS, "the driver is there, but no setting" }));
}

static void
put_running(struct collect *c, const struct collect_from *f, struct collect_value *server)
{
	const struct collect_run_state *state = collect_windows_state(f, "LanmanServer");
	enum collect_reg_answer got;
	const char *driver = driver_word(c, f, "LanmanServer", &got);

	collect_put(server, "running", NULL);
	if (state != NULL)
		collect_put_bool(server, "running", strcmp(state->state, "running") == 0);
	else if (driver != NULL && strcmp(driver, "enabled") != 0)
		collect_put_bool(server, "running", false);
	else
		collect_unknown(c, "smb_server.running", "%s",
		    driver == NULL          ? collect_reg_why(f->registry, got)
		    : f->states_why != NULL ? f->states_why
					    : "the service manager does not list LanmanServer");
}

#define SHARES "CurrentControlSet\\Services\\LanmanServer\\Shares"
#define FLAG_ENCRYPT 0x8000u /* SHI1005_FLAGS_ENCRYPT_DATA */

/* "CSCFlags=32768" among the parts of a share; -1 when it is not stated in a form that is known. */
static int
share_encryption(const struct collect_reg_value *v)
{
	static const char flags[] = "CSCFlags=";

	for (const char *p = v->text; v->type == COLLECT_REG_MULTI && *p != '\0'; p += strlen(p) + 1) {
		uint32_t n = 0;

		if (!collect_begins(p, flags))
			continue;
		for (p += sizeof(flags) - 1; *p >= '0' && *p <= '9' && n < 100000000; p++)
			n = n * 10 + (uint32_t)(*p - '0');
		/* Set it speaks for itself; not set proves nothing, since nobody documents that every build keeps the flag there. */
		return *p == '\0' && (n & FLAG_ENCRYPT) != 0 ? 1 : -1;
	}
	return -1;
}

static void
put_shares(struct collect *c, const struct collect_from *f, struct collect_value *server)
{
	struct collect_value *list = collect_list(c->arena);
	char **names;
	size_t n = 0;
	enum collect_reg_answer got = f->registry->names(f->registry, "SYSTEM", SHARES, true, &names, &n, c->arena);

	for (size_t i = 0; got == COLLECT_REG_FOUND && i < n; i++) {
		struct collect_value *one = collect_object(c->arena);
		struct collect_reg_value v;

		if (f->registry->value(f->registry, "SYSTEM", SHARES, names[i], &v, c->arena) != COLLECT_REG_FOUND)
			continue;
		collect_put_text(one, "name", names[i]);
		collect_put(one, "encryption_required", NULL);
		if (f->build >= WINDOWS_7 && f->build < WINDOWS_8)
			collect_put_bool(one, "encryption_required", false);
		else if (share_encryption(&v) > 0)
			collect_put_bool(one, "encryption_required", true);
		else
			collect_unknown(c, collect_text(c->arena, "smb_server.shares.%s", names[i]),
			    "the registry does not say whether this share demands encryption");
		collect_add(list, one);
	}
	if (got != COLLECT_REG_FOUND && got != COLLECT_REG_ABSENT) {
		collect_unknown(c, "smb_server.shares", "%s", collect_reg_why(f->registry, got));
		return;
	}
	collect_sort(list);
	collect_put(server, "shares", list);
}

void
collect_windows_smb_server(struct collect *c, const struct collect_from *f)
{
	struct collect_value *server = collect_object(c->arena);

	collect_put(c->facts, "smb_server", server);
	put_settings(c, f, "smb_server", server_settings, sizeof(server_settings) / sizeof(server_settings[0]));
	put_smb1(c, f, server);
	put_running(c, f, server);
	put_shares(c, f, server);
}
