/* The decisions about Windows settings, from recorded registries and recorded answers of the system: what no test machine can be put into stands here. */
#include "unit.h"

#include <stdio.h>

#include "collect/facts_windows.h"

#define CV "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n"
#define WIN7                                                                                                                     \
	CV "\"ProductName\"=\"Windows 7 "                                                                                        \
	   "Professional\"\n\"CurrentBuild\"=\"7601\"\n\"EditionID\"=\"Professional\"\n\"SystemRoot\"=\"C:\\\\Windows\"\n"
#define WIN10                                                                                                                    \
	CV "\"ProductName\"=\"Windows 10 Enterprise 2016 "                                                                       \
	   "LTSB\"\n\"CurrentBuild\"=\"14393\"\n\"UBR\"=dword:00000a30\n\"EditionID\"=\"EnterpriseS\"\n"                         \
	   "\"SystemRoot\"=\"C:\\\\Windows\"\n"
#define SERVICES "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\"
#define POLICIES "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\"
#define FIREWALL SERVICES "SharedAccess\\Parameters\\FirewallPolicy\\"

/* ---- what the recorded system answers ---- */

struct recorded {
	struct collect_run_state states[4];
	size_t n_states;
	const char *groups[4], *members[4], *token_groups[4];
	size_t n_groups, n_members, n_token_groups;
	const char *token_sid;
	enum collect_tri elevated;
	bool no_groups, no_members, no_token;
	struct collect_socket sockets[4];
	size_t n_sockets;
};

static bool
say_services(void *ctx, struct collect_run_state **out, size_t *n, struct collect_arena *a, const char **why)
{
	struct recorded *r = ctx;

	(void)a;
	(void)why;
	*out = r->states;
	*n = r->n_states;
	return true;
}

static bool
say_account(void *ctx, const char *name, const char **sid, const char **full, struct collect_arena *a, const char **why)
{
	(void)ctx;
	if (strstr(name, "gone") != NULL) {
		*why = "no such account (1332)";
		return false;
	}
	*sid = collect_begins(name, "NT SERVICE\\") ? "S-1-5-80-1-2-3-4-5" : "S-1-5-21-1-2-3-1004";
	*full = collect_text(a, "M70123\\%s", strrchr(name, '\\') == NULL ? name : strrchr(name, '\\') + 1);
	return true;
}

static bool
say_groups(void *ctx, const char *full, const char ***sids, size_t *n, struct collect_arena *a, const char **why)
{
	struct recorded *r = ctx;

	(void)full;
	(void)a;
	*sids = r->groups;
	*n = r->n_groups;
	*why = "the domain does not answer (1355)";
	return !r->no_groups;
}

static bool
say_members(void *ctx, const char ***sids, size_t *n, struct collect_arena *a, const char **why)
{
	struct recorded *r = ctx;

	(void)a;
	*sids = r->members;
	*n = r->n_members;
	*why = "access denied (5)";
	return !r->no_members;
}

static bool
say_token(void *ctx, int64_t pid, struct collect_token *out, struct collect_arena *a, const char **why)
{
	struct recorded *r = ctx;

	(void)a;
	(void)pid;
	*why = "access denied (5)";
	if (r->no_token)
		return false;
	*out = (struct collect_token){ .sid = r->token_sid,
		.groups = r->token_groups,
		.n_groups = r->n_token_groups,
		.elevated = r->elevated,
		.integrity = r->elevated == COLLECT_YES ? 0x3000 : 0x2000 };
	return true;
}

static bool
say_image(void *ctx, int64_t pid, const char **path, struct collect_arena *a, const char **why)
{
	(void)ctx;
	(void)a;
	*why = "access denied (5)";
	*path = "C:\\Illumina\\ucs.exe";
	return pid != 4;
}

static bool
say_sockets(void *ctx, struct collect_socket **out, size_t *n, struct collect_arena *a, const char **why)
{
	struct recorded *r = ctx;

	(void)a;
	(void)why;
	*out = r->sockets;
	*n = r->n_sockets;
	return true;
}

static bool
say_version(void *ctx, const char *path, const char **version, struct collect_arena *a)
{
	(void)ctx;
	(void)a;
	*version = "2.6.0.14";
	return strstr(path, "ucs.exe") != NULL;
}

static bool
say_sha256(const char *path, char hex[65])
{
	(void)path;
	memset(hex, 'a', 64);
	hex[64] = '\0';
	return true;
}

/* ---- one test's device ---- */

struct device {
	struct collect_options o;
	struct collect c;
	struct collect_from from;
	struct collect_windows windows;
	struct recorded recorded;
};

static void
device_begin(struct device *d, const char *registry, bool running)
{
	static const char *const none[] = { NULL };
	struct collect_arena *a = collect_arena_new();
	int line;

	memset(d, 0, sizeof(*d));
	d->o.others = none;
	d->c = (struct collect){ .o = &d->o, .arena = a, .facts = collect_object(a), .unknown = collect_list(a) };
	d->windows = (struct collect_windows){ &d->recorded, say_services, say_account, say_groups, say_members, say_token,
		say_image, say_sockets, say_version, say_sha256 };
	d->from = (struct collect_from){ .registry = collect_registry_recorded(a, registry, &line),
		.running = running ? &d->windows : NULL,
		.volume_serial = "5C1E-07A2" };
	if (d->from.registry == NULL)
		fail_msg("line %d of the recorded registry", line);
	d->recorded.token_sid = "S-1-5-21-1-2-3-1004";
}

static void
device_read(struct device *d)
{
	collect_from_registry(&d->c, &d->from);
	for (const struct collect_windows_reader *r = collect_windows_readers; r->member != NULL; r++)
		r->read(&d->c, &d->from);
}

/* The canonical text of a member by its dotted name; "0" takes the first of a list. */
static const char *
member(const struct device *d, const char *name)
{
	const struct collect_value *at = d->c.facts;
	size_t len;

	while (*name != '\0') {
		size_t n = strcspn(name, ".");
		char *part = collect_text(d->c.arena, "%.*s", (int)n, name);

		at = part[0] >= '0' && part[0] <= '9' ? collect_at(at, (size_t)(part[0] - '0')) : collect_get(at, part);
		if (at == NULL)
			return "(none)";
		name += n + (name[n] == '.');
	}
	return collect_canonical(d->c.arena, at, &len);
}

static const char *
why_of(const struct device *d, const char *fact)
{
	for (size_t i = 0; i < collect_count(d->c.unknown); i++)
		if (strcmp(collect_as_text(collect_get(collect_at(d->c.unknown, i), "fact")), fact) == 0)
			return collect_as_text(collect_get(collect_at(d->c.unknown, i), "why"));
	return "(not in unknown)";
}

static void
is(const struct device *d, const char *name, const char *want)
{
	const char *got = member(d, name);

	if (strcmp(got, want) != 0)
		fail_msg("%s is %s instead of %s", name, got, want);
}

static void
says(const struct device *d, const char *fact, const char *part)
{
	if (strstr(why_of(d, fact), part) == NULL)
		fail_msg("unknown %s: '%s' instead of '%s'", fact, why_of(d, fact), part);
}

static void
device_end(struct device *d)
{
	collect_arena_free(d->c.arena);
}

/* ---- SMB ---- */

static const char *
build_registry(struct collect_arena *a, unsigned build, const char *edition)
{
	return collect_text(a,
	    CV "\"CurrentBuild\"=\"%u\"\n\"EditionID\"=\"%s\"\n\"InstallationType\"=\"%s\"\n" SERVICES
	       "srv]\n\"Start\"=dword:3\n",
	    build, edition, strncmp(edition, "Server", 6) == 0 ? "Server" : "Client");
}

/* What each build takes when nothing is stated: 1, 0, -1 not known. */
static void
defaults_of_builds(void **state)
{
	static const struct {
		unsigned build;
		const char *edition;
		int client_signing, guest, server_signing, encrypt, reject, smb1;
	} rows[] = {
		{ 7601, "Professional", 0, 1, 0, 0, 0, 1 },
		{ 9600, "Professional", 0, 1, 0, 0, 1, 1 },
		{ 14393, "EnterpriseS", 0, 1, 0, 0, 1, 1 },
		{ 17763, "EnterpriseS", 0, 0, 0, 0, 1, -1 },
		{ 19045, "Professional", 0, 1, 0, 0, 1, -1 },
		{ 20348, "ServerStandard", 0, 0, 0, 0, 1, -1 },
		{ 26100, "Professional", 1, 0, 1, 0, 1, -1 },
		{ 26100, "Core", -1, -1, -1, 0, 1, -1 },
		{ 26100, "ServerStandard", 1, 0, -1, 0, 1, -1 },
		{ 31337, "Professional", -1, -1, -1, -1, -1, -1 },
	};
	static const char *const words[] = { "null", "false", "true" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_arena *a = collect_arena_new();
		struct device d;

		device_begin(&d, build_registry(a, rows[i].build, rows[i].edition), false);
		device_read(&d);
		is(&d, "smb_client.signing_required.value", words[rows[i].client_signing + 1]);
		is(&d, "smb_client.signing_required.stated", "false");
		is(&d, "smb_client.insecure_guest.value", words[rows[i].guest + 1]);
		is(&d, "smb_server.signing_required.value", words[rows[i].server_signing + 1]);
		is(&d, "smb_server.encryption_required.value", words[rows[i].encrypt + 1]);
		is(&d, "smb_server.unencrypted_rejected.value", words[rows[i].reject + 1]);
		is(&d, "smb_server.smb1.value", words[rows[i].smb1 + 1]);
		if (rows[i].encrypt < 0)
			says(&d, "smb_server.encryption_required", "31337");
		device_end(&d);
		collect_arena_free(a);
	}
}

static void
stated_settings(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d,
	    WIN10 SERVICES
	    "LanmanServer\\Parameters]\n\"EncryptData\"=dword:1\n\"RejectUnencryptedAccess\"=dword:0\n\"SMB1\"=dword:1\n" SERVICES
	    "srv]\n\"Start\"=dword:4\n" SERVICES "mrxsmb10]\n\"Start\"=dword:4\n" SERVICES
	    "LanmanWorkstation\\Parameters]\n\"AllowInsecureGuestAuth\"=dword:1\n\"RequireEncryption\"=dword:1\n"
	    "\"RequireSecuritySignature\"=\"yes\"\n" POLICIES
	    "Windows\\LanmanWorkstation]\n\"AllowInsecureGuestAuth\"=dword:0\n" POLICIES
	    "Windows\\NetworkProvider\\HardenedPaths]\n\"\\\\\\\\*\\\\runs\"=\"RequireIntegrity=1, RequirePrivacy=1\"\n",
	    false);
	device_read(&d);
	is(&d, "smb_server.encryption_required.value", "true");
	is(&d, "smb_server.encryption_required.stated", "true");
	is(&d, "smb_server.unencrypted_rejected.value", "false");
	is(&d, "smb_server.smb1.value", "false"); /* allowed, but its driver cannot load */
	is(&d, "smb_client.smb1_driver", "\"disabled\"");
	is(&d, "smb_client.insecure_guest.value", "false"); /* the policy wins */
	assert_non_null(strstr(member(&d, "smb_client.insecure_guest.source"), "policy"));
	/* 1607 has no such setting: somebody's hope is no encryption. */
	is(&d, "smb_client.encryption_required.value", "false");
	is(&d, "smb_client.encryption_required.stated", "false");
	/* A setting of the wrong type is damage, not absence. */
	is(&d, "smb_client.signing_required.value", "null");
	says(&d, "smb_client.signing_required", "is no number");
	is(&d, "smb_client.hardened_paths",
	    "[{\"integrity\":true,\"mutual\":false,\"path\":\"\\\\\\\\*\\\\runs\",\"privacy\":true}]");
	device_end(&d);
}

static void
encryption_on_windows_7_is_a_hope(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d, WIN7 SERVICES "LanmanServer\\Parameters]\n\"EncryptData\"=dword:1\n", false);
	device_read(&d);
	is(&d, "smb_server.encryption_required.value", "false");
	assert_non_null(strstr(member(&d, "smb_server.encryption_required.source"), "no SMB 3"));
	is(&d, "smb_client.smb1_driver", "\"absent\"");
	is(&d, "host.build", "\"7601\"");
	device_end(&d);
}

static void
denied_is_not_absent(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d,
	    WIN10 SERVICES "LanmanServer\\Parameters]\ndenied\n" SERVICES "mrxsmb10]\ndenied\n" FIREWALL
			   "PublicProfile]\ndenied\n"
			   "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\UrlAclInfo]\ndenied\n"
			   "[HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall]\nbroken\n",
	    false);
	device_read(&d);
	is(&d, "smb_server.signing_required.value", "null");
	says(&d, "smb_server.signing_required", "access denied");
	is(&d, "smb_client.smb1_driver", "null");
	is(&d, "firewall.profiles.public.enabled", "null");
	is(&d, "firewall.profiles.domain.enabled", "true");
	says(&d, "firewall.profiles.public.enabled", "access denied");
	is(&d, "http_urls", "null");
	is(&d, "software", "null");
	device_end(&d);
}

static void
shares(void **state)
{
	struct device d;

	(void)state;
	/* "CSCFlags=32768\0Path=C:\\x\0\0" and "CSCFlags=0\0\0" */
	device_begin(&d,
	    WIN10 SERVICES "LanmanServer\\Shares]\n\"runs\"=hex(7):43,00,53,00,43,00,46,00,6c,00,61,00,67,00,73,00,3d,00,33,00,"
			   "32,00,37,00,36,00,\\\n"
			   "  38,00,00,00,50,00,61,00,74,00,68,00,3d,00,43,00,3a,00,00,00,00,00\n"
			   "\"open\"=hex(7):43,00,53,00,43,00,46,00,6c,00,61,00,67,00,73,00,3d,00,30,00,00,00,00,00\n",
	    false);
	device_read(&d);
	is(&d, "smb_server.shares",
	    "[{\"encryption_required\":null,\"name\":\"open\"},{\"encryption_required\":true,\"name\":\"runs\"}]");
	says(&d, "smb_server.shares.open", "does not say");
	device_end(&d);
}

/* ---- firewall ---- */

static void
firewall_policies(void **state)
{
	static const struct {
		const char *registry, *enabled, *source;
	} rows[] = {
		/* of the private profile */
		{ "", "true", "\"default\"" },
		{ FIREWALL "StandardProfile]\n\"EnableFirewall\"=dword:0\n", "false", "\"registry\"" },
		/* PrivateProfile is no name of the local settings. */
		{ FIREWALL "PrivateProfile]\n\"EnableFirewall\"=dword:0\n", "true", "\"default\"" },
		{ FIREWALL "StandardProfile]\n\"EnableFirewall\"=dword:0\n" POLICIES
			   "WindowsFirewall\\PrivateProfile]\n\"EnableFirewall\"=dword:1\n",
		    "true", "\"policy\"" },
		{ FIREWALL "StandardProfile]\n\"EnableFirewall\"=dword:1\n" POLICIES
			   "WindowsFirewall\\PrivateProfile]\n\"EnableFirewall\"=dword:0\n",
		    "false", "\"policy\"" },
		{ FIREWALL "StandardProfile]\n\"EnableFirewall\"=dword:1\n" POLICIES
			   "WindowsFirewall\\StandardProfile]\n\"EnableFirewall\"=dword:0\n",
		    "false", "\"policy\"" },
		{ POLICIES "WindowsFirewall\\StandardProfile]\n\"EnableFirewall\"=dword:0\n" POLICIES
			   "WindowsFirewall\\PrivateProfile]\n\"EnableFirewall\"=dword:1\n",
		    "null", "\"policy\"" },
		{ FIREWALL "Mdm\\StandardProfile]\n\"EnableFirewall\"=dword:0\n", "null", "\"policy\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_arena *a = collect_arena_new();
		struct device d;

		device_begin(&d, collect_text(a, "%s%s", WIN10, rows[i].registry), false);
		device_read(&d);
		is(&d, "firewall.profiles.private.enabled", rows[i].enabled);
		is(&d, "firewall.profiles.private.source", rows[i].source);
		is(&d, "firewall.profiles.domain.enabled", "true");
		device_end(&d);
		collect_arena_free(a);
	}
}

static void
firewall_rest(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d,
	    WIN10 FIREWALL "DomainProfile]\n\"DefaultInboundAction\"=dword:0\n" SERVICES
			   "MpsSvc]\n\"Start\"=dword:2\n\"Type\"=dword:20\n"
			   "[HKLM\\SOFTWARE\\Microsoft\\Security "
			   "Center\\Provider\\Fw\\{1}]\n\"DISPLAYNAME\"=\"Wall\"\n\"STATE\"=dword:00041000\n",
	    true);
	d.recorded.states[0] = (struct collect_run_state){ "mpssvc", "stopped", "Windows Firewall", 0 };
	d.recorded.n_states = 1;
	device_read(&d);
	is(&d, "firewall.profiles.domain.inbound", "\"allow\"");
	is(&d, "firewall.profiles.public.inbound", "\"block\"");
	is(&d, "firewall.service", "\"stopped\"");
	is(&d, "firewall.third_party", "[{\"enabled\":true,\"name\":\"Wall\"}]");
	device_end(&d);
	device_begin(&d, WIN7 SERVICES "MpsSvc]\n\"Start\"=dword:2\n", false);
	device_read(&d);
	is(&d, "firewall.service", "null"); /* meant to start: whether it ran nobody knows */
	is(&d, "firewall.third_party", "null");
	says(&d, "firewall.third_party", "WMI");
	device_end(&d);
	device_begin(&d, WIN7 SERVICES "MpsSvc]\n\"Start\"=dword:4\n", false);
	device_read(&d);
	is(&d, "firewall.service", "\"stopped\"");
	device_end(&d);
}

/* ---- services, accounts, tokens ---- */

#define UCS(account)                                                                                                             \
	WIN7 SERVICES "Ucs]\n\"Type\"=dword:10\n\"Start\"=dword:2\n\"DisplayName\"=\"Illumina UCS\"\n"                           \
		      "\"ImagePath\"=\"C:\\\\Illumina\\\\ucs.exe -secret\"\n" account SERVICES                                   \
		      "disk]\n\"Type\"=dword:1\n\"Start\"=dword:0\n"
#define SBSUSER "\"ObjectName\"=\".\\\\sbsuser\"\n"

static void
device_with_service(struct device *d, const char *registry)
{
	device_begin(d, registry, true);
	d->recorded.states[0] = (struct collect_run_state){ "UCS", "running", "Illumina Universal Copy Service", 2324 };
	d->recorded.n_states = 1;
}

static void
services(void **state)
{
	struct device d;

	(void)state;
	device_with_service(&d, UCS(SBSUSER));
	device_read(&d);
	is(&d, "services",
	    "[{\"account\":\".\\\\sbsuser\",\"display\":\"Illumina Universal Copy "
	    "Service\",\"image\":\"C:\\\\Illumina\\\\ucs.exe\","
	    "\"image_sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"image_version\":\"2.6.0."
	    "14\","
	    "\"name\":\"Ucs\",\"pid\":2324,\"sid\":\"S-1-5-21-1-2-3-1004\",\"start\":\"auto\",\"state\":\"running\"}]");
	device_end(&d);
	/* Without ObjectName a service is LocalSystem's. */
	device_with_service(&d, UCS(""));
	device_read(&d);
	is(&d, "services.0.account", "\"LocalSystem\"");
	is(&d, "services.0.sid", "\"S-1-5-18\"");
	is(&d, "accounts",
	    "[{\"administrator\":true,\"complete\":true,\"groups\":[],\"name\":\"NT "
	    "AUTHORITY\\\\SYSTEM\",\"sid\":\"S-1-5-18\"}]");
	device_end(&d);
	/* Neither an administrator nor anybody's standard user. */
	device_with_service(&d, UCS("\"ObjectName\"=\"NT AUTHORITY\\\\NetworkService\"\n"));
	device_read(&d);
	is(&d, "accounts.0.administrator", "false");
	is(&d, "accounts.0.sid", "\"S-1-5-20\"");
	device_end(&d);
}

static void
memberships(void **state)
{
	static const struct {
		const char *group, *member;
		bool no_groups, no_members;
		const char *administrator, *complete;
	} rows[] = {
		{ "S-1-5-32-545", "S-1-5-21-1-2-3-500", false, false, "false", "true" },
		{ "S-1-5-32-544", "S-1-5-21-1-2-3-500", false, false, "true", "true" }, /* nested: no direct member */
		{ "S-1-5-32-545", "S-1-5-21-1-2-3-1004", false, false, "true", "true" },
		{ "S-1-5-32-545", "S-1-5-11", false, false, "true", "true" }, /* everybody who logged on is an administrator */
		{ "S-1-5-32-545", "", true, false, "null", "false" },
		{ "S-1-5-32-544", "", true, false, "true", "false" }, /* half a list */
		{ "S-1-5-32-545", "", false, true, "null", "false" }, /* implied groups could still be in it */
		{ "S-1-5-32-545", "S-1-5-21-1-2-3-1004", true, false, "true", "false" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct device d;

		device_with_service(&d, UCS(SBSUSER));
		d.recorded.groups[0] = rows[i].group;
		d.recorded.members[0] = rows[i].member;
		d.recorded.n_groups = d.recorded.n_members = 1;
		d.recorded.no_groups = rows[i].no_groups;
		d.recorded.no_members = rows[i].no_members;
		device_read(&d);
		is(&d, "accounts.0.administrator", rows[i].administrator);
		is(&d, "accounts.0.complete", rows[i].complete);
		if (rows[i].no_groups) {
			is(&d, "accounts.0.groups", "null");
			says(&d, "accounts.groups", "1355");
		}
		device_end(&d);
	}
}

static void
accounts_that_are_not_people(void **state)
{
	struct device d;

	(void)state;
	device_with_service(&d, UCS("\"ObjectName\"=\"NT SERVICE\\\\Ucs\"\n"));
	d.recorded.no_groups = true; /* Windows knows no groups of such an account */
	d.recorded.members[0] = "S-1-5-80-0";
	d.recorded.n_members = 1;
	device_read(&d);
	is(&d, "accounts.0.administrator", "true"); /* all services are in Administrators */
	device_end(&d);
	device_with_service(&d, UCS("\"ObjectName\"=\"LAB\\\\gone\"\n"));
	device_read(&d);
	is(&d, "accounts.0.sid", "null");
	is(&d, "accounts.0.administrator", "null");
	says(&d, "accounts.groups", "1332");
	device_end(&d);
}

static void
tokens(void **state)
{
	struct device d;

	(void)state;
	/* Taken out of Administrators, not started again: the token still has the group. */
	device_with_service(&d, UCS(SBSUSER));
	d.recorded.groups[0] = "S-1-5-32-545";
	d.recorded.n_groups = 1;
	d.recorded.token_groups[0] = "S-1-5-32-544";
	d.recorded.n_token_groups = 1;
	d.recorded.elevated = COLLECT_YES;
	device_read(&d);
	is(&d, "accounts.0.administrator", "false");
	is(&d, "processes.0.administrator", "true");
	is(&d, "processes.0.elevated", "true");
	is(&d, "processes.0.integrity", "\"high\"");
	device_end(&d);
	device_with_service(&d, UCS(SBSUSER));
	d.recorded.token_groups[0] = "S-1-5-32-545";
	d.recorded.n_token_groups = 1;
	device_read(&d);
	is(&d, "processes.0.administrator", "false");
	is(&d, "processes.0.integrity", "\"medium\"");
	device_end(&d);
	device_with_service(&d, UCS(SBSUSER));
	d.recorded.no_token = true;
	device_read(&d);
	is(&d, "processes.0.administrator", "null");
	is(&d, "processes.0.integrity", "null");
	says(&d, "processes.administrator", "process 2324: access denied");
	device_end(&d);
}

static void
listeners_and_their_processes(void **state)
{
	struct device d;

	(void)state;
	device_with_service(&d, UCS(SBSUSER) "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\UrlAclInfo]\n\"http:/"
					     "/+:29644/ucs/\"=hex:00\n");
	d.recorded.no_token = true;
	d.recorded.sockets[0] = (struct collect_socket){ .v6 = true, .port = 29644, .pid = 4 };
	d.recorded.sockets[1] = (struct collect_socket){ .address = { 127, 0, 0, 1 }, .port = 29645, .pid = 2324, .udp = true };
	d.recorded.n_sockets = 2;
	device_read(&d);
	is(&d, "listeners",
	    "[{\"address\":\"127.0.0.1\",\"pid\":2324,\"port\":29645,\"protocol\":\"udp\",\"scope\":\"loopback\"},"
	    "{\"address\":\"::\",\"pid\":4,\"port\":29644,\"protocol\":\"tcp\",\"scope\":\"network\"}]");
	is(&d, "http_urls", "[{\"scope\":\"network\",\"url\":\"http://+:29644/ucs/\"}]");
	/* The kernel's process is LocalSystem's; nobody needs its token for that. Each process is listed once. */
	is(&d, "processes.2", "(none)");
	is(&d, "processes.1.pid", "4");
	is(&d, "processes.1.administrator", "true");
	is(&d, "processes.1.image", "null");
	device_end(&d);
}

static void
http_that_listens_on_loopback_only(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d,
	    WIN10 "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters]\n\"ListenOnlyList\"=hex(7):31,00,32,00,37,00,2e,"
		  "00,30,00,2e,00,30,"
		  "00,2e,00,31,00,00,00,00,00\n[HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\UrlAclInfo]\n\"http:"
		  "//+:80/\"=hex:00\n",
	    false);
	device_read(&d);
	is(&d, "http_urls.0.scope", "\"loopback\"");
	device_end(&d);
}

/* ---- a system that does not run ---- */

static void
offline_claims_nothing_that_runs(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d, UCS(SBSUSER), false);
	device_read(&d);
	is(&d, "services.0.state", "null");
	is(&d, "services.0.pid", "null");
	is(&d, "services.0.account", "\".\\\\sbsuser\"");
	is(&d, "services.0.sid", "null");
	is(&d, "services.0.image_sha256", "null");
	is(&d, "accounts.0.administrator", "null");
	is(&d, "processes", "null");
	is(&d, "listeners", "null");
	is(&d, "smb_server.running", "false"); /* no such service at all */
	says(&d, "accounts.groups", "not running");
	says(&d, "listeners", "not running");
	says(&d, "processes", "not running");
	says(&d, "services.state", "not running");
	device_end(&d);
}

static void
reads_software_of_both_kinds(void **state)
{
	struct device d;

	(void)state;
	device_begin(&d,
	    WIN10 "[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{1}]\n\"DisplayName\"="
		  "\"UCS\"\n\"DisplayVersion\"=\"2.6\"\n"
		  "[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{2}]\n\"DisplayVersion\"=\"1\"\n"
		  "[HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{3}]\n\"DisplayName\"=\"LRM\"\n",
	    false);
	device_read(&d);
	is(&d, "software",
	    "[{\"arch\":\"x64\",\"name\":\"UCS\",\"publisher\":null,\"version\":\"2.6\"},"
	    "{\"arch\":\"x86\",\"name\":\"LRM\",\"publisher\":null,\"version\":null}]");
	is(&d, "host.build", "\"14393.2608\"");
	is(&d, "host.machine_id", "null");
	says(&d, "host.machine_id", "does not have it");
	is(&d, "host.volume_serial", "\"5C1E-07A2\"");
	device_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_of_builds),
		cmocka_unit_test(stated_settings),
		cmocka_unit_test(encryption_on_windows_7_is_a_hope),
		cmocka_unit_test(denied_is_not_absent),
		cmocka_unit_test(shares),
		cmocka_unit_test(firewall_policies),
		cmocka_unit_test(firewall_rest),
		cmocka_unit_test(services),
		cmocka_unit_test(memberships),
		cmocka_unit_test(accounts_that_are_not_people),
		cmocka_unit_test(tokens),
		cmocka_unit_test(listeners_and_their_processes),
		cmocka_unit_test(http_that_listens_on_loopback_only),
		cmocka_unit_test(offline_claims_nothing_that_runs),
		cmocka_unit_test(reads_software_of_both_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
