#include "collect/facts_windows.h"

#include <string.h>

#define CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion"

const struct collect_windows_reader collect_windows_readers[] = {
	{ "host", "registry: name, ProductName, CurrentBuild, UBR, MachineGuid; serial of the system volume",
	    collect_windows_host },
	{ "software", "registry: names and versions under Uninstall, 64 and 32 bit", collect_windows_software },
	{ "services",
	    "service manager and registry: account, program, start; of programs outside Windows their version and SHA-256",
	    collect_windows_services },
	{ "accounts", "of service accounts only: SID and groups (NetUserGetLocalGroups)", collect_windows_accounts },
	{ "listeners", "open ports, IPv4 and IPv6 (GetExtendedTcpTable, GetExtendedUdpTable)", collect_windows_listeners },
	{ "processes", "of services and listeners only: program and token", collect_windows_processes },
	{ "http_urls", "registry: what http.sys is reserved for (UrlAclInfo)", collect_windows_http },
	{ "firewall", "registry: three profiles, their policy, MpsSvc, products known to the security center",
	    collect_windows_firewall },
	{ "smb_client", "registry: LanmanWorkstation, HardenedPaths, mrxsmb10", collect_windows_smb_client },
	{ "smb_server", "registry: LanmanServer, names of shares", collect_windows_smb_server },
	{ NULL, NULL, NULL },
};

static uint32_t
decimal(const char *text)
{
	uint32_t v = 0;

	for (; *text >= '0' && *text <= '9' && v < 1000000; text++)
		v = v * 10 + (uint32_t)(*text - '0');
	return v;
}

void
collect_from_registry(struct collect *c, struct collect_from *f)
{
	const char *text;

	f->root = "C:\\Windows";
	f->edition = "";
	f->build = 0;
	f->server = false;
	if (collect_reg_text(f->registry, "SOFTWARE", CURRENT_VERSION, "SystemRoot", &text, c->arena) == COLLECT_REG_FOUND)
		f->root = text;
	if (collect_reg_text(f->registry, "SOFTWARE", CURRENT_VERSION, "CurrentBuild", &text, c->arena) == COLLECT_REG_FOUND)
		f->build = decimal(text);
	if (collect_reg_text(f->registry, "SOFTWARE", CURRENT_VERSION, "EditionID", &text, c->arena) == COLLECT_REG_FOUND)
		f->edition = text;
	if (collect_reg_text(f->registry, "SOFTWARE", CURRENT_VERSION, "InstallationType", &text, c->arena) == COLLECT_REG_FOUND)
		f->server = collect_begins(text, "Server");
	f->n_states = 0;
	f->states_why = COLLECT_OFFLINE_WHY;
	if (f->running != NULL && !f->running->services(f->running->ctx, &f->states, &f->n_states, c->arena, &f->states_why))
		f->n_states = 0;
	else if (f->running != NULL)
		f->states_why = NULL;
}

/* ---- host ---- */

static const struct {
	const char *member, *hive, *key, *name;
} host_texts[] = {
	{ "name", "SYSTEM", "CurrentControlSet\\Control\\ComputerName\\ComputerName", "ComputerName" },
	{ "os", "SOFTWARE", CURRENT_VERSION, "ProductName" },
	{ "build", "SOFTWARE", CURRENT_VERSION, "CurrentBuild" },
	{ "machine_id", "SOFTWARE", "Microsoft\\Cryptography", "MachineGuid" },
};

void
collect_windows_host(struct collect *c, const struct collect_from *f)
{
	struct collect_value *host = collect_object(c->arena);
	uint64_t revision;

	collect_put(c->facts, "host", host);
	collect_put(host, "system_id", NULL);
	for (size_t i = 0; i < sizeof(host_texts) / sizeof(host_texts[0]); i++) {
		const char *text;
		enum collect_reg_answer got =
		    collect_reg_text(f->registry, host_texts[i].hive, host_texts[i].key, host_texts[i].name, &text, c->arena);

		collect_put_text(host, host_texts[i].member, text);
		if (got != COLLECT_REG_FOUND)
			collect_unknown(
			    c, collect_text(c->arena, "host.%s", host_texts[i].member), "%s", collect_reg_why(f->registry, got));
	}
	/* Windows 7 has no UBR: its build stands alone. */
	if (f->build != 0 &&
	    collect_reg_number(f->registry, "SOFTWARE", CURRENT_VERSION, "UBR", &revision, c->arena) == COLLECT_REG_FOUND)
		collect_put_text(host, "build", collect_text(c->arena, "%u.%u", (unsigned)f->build, (unsigned)revision));
	collect_put_text(host, "volume_serial", f->volume_serial);
	if (f->volume_serial == NULL)
		collect_unknown(c, "host.volume_serial", "%s", f->volume_why != NULL ? f->volume_why : "not known");
}

/* ---- software ---- */

static const struct {
	const char *key, *arch;
} uninstall[] = {
	{ "Microsoft\\Windows\\CurrentVersion\\Uninstall", "x64" },
	{ "Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall", "x86" },
};

static const char *
text_or_null(struct collect *c, const struct collect_from *f, const char *hive, const char *key, const char *name)
{
	const char *text;

	return collect_reg_text(f->registry, hive, key, name, &text, c->arena) == COLLECT_REG_FOUND ? text : NULL;
}

static void
add_product(struct collect *c, const struct collect_from *f, struct collect_value *list, const char *key, const char *arch)
{
	struct collect_value *one;
	const char *name = text_or_null(c, f, "SOFTWARE", key, "DisplayName");

	if (name == NULL || *name == '\0')
		return; /* parts and updates of products have none */
	one = collect_object(c->arena);
	collect_put_text(one, "name", name);
	collect_put_text(one, "version", text_or_null(c, f, "SOFTWARE", key, "DisplayVersion"));
	collect_put_text(one, "publisher", text_or_null(c, f, "SOFTWARE", key, "Publisher"));
	collect_put_text(one, "arch", arch);
	collect_add(list, one);
}

void
collect_windows_software(struct collect *c, const struct collect_from *f)
{
	struct collect_value *list = collect_list(c->arena);

	for (size_t i = 0; i < sizeof(uninstall) / sizeof(uninstall[0]); i++) {
		char **names;
		size_t n;
		enum collect_reg_answer got =
		    f->registry->names(f->registry, "SOFTWARE", uninstall[i].key, false, &names, &n, c->arena);

		if (got == COLLECT_REG_ABSENT)
			continue;
		if (got != COLLECT_REG_FOUND) {
			/* Half a list would let a product look as if it were not there. */
			collect_unknown(c, "software", "%s: %s", uninstall[i].key, collect_reg_why(f->registry, got));
			return;
		}
		for (size_t k = 0; k < n; k++)
			add_product(c, f, list, collect_text(c->arena, "%s\\%s", uninstall[i].key, names[k]), uninstall[i].arch);
	}
	collect_sort(list);
	collect_put(c->facts, "software", list);
}

/* ---- services ---- */

const struct collect_run_state *
collect_windows_state(const struct collect_from *f, const char *name)
{
	for (size_t i = 0; i < f->n_states; i++)
		if (collect_same(f->states[i].name, name))
			return &f->states[i];
	return NULL;
}

/* What variables in an ImagePath mean; others stay as they are. */
static const char *
expand(struct collect_arena *a, const char *text, const char *root)
{
	static const char *const names[] = { "%SystemRoot%", "%windir%", "%SystemDrive%", "%ProgramFiles%", "%ProgramFiles(x86)%",
		"%ProgramData%" };
	const char *drive = collect_text(a, "%.2s", root);
	const char *means[] = { root, root, drive, collect_text(a, "%s\\Program Files", drive),
		collect_text(a, "%s\\Program Files (x86)", drive), collect_text(a, "%s\\ProgramData", drive) };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (collect_begins(text, names[i]))
			return collect_text(a, "%s%s", means[i], text + strlen(names[i]));
	return text;
}

/* The first ".exe" that ends a word ends the program; without one, the first blank does. */
static size_t
program_length(const char *text)
{
	const char *at = text;

	while ((at = collect_find(at, ".exe")) != NULL) {
		if (at[4] == '\0' || at[4] == ' ' || at[4] == '\t' || at[4] == '"')
			return (size_t)(at + 4 - text);
		at++;
	}
	return strcspn(text, " \t");
}

const char *
collect_windows_program(struct collect_arena *a, const char *image_path, const char *root)
{
	const char *text = image_path + strspn(image_path, " \t");

	if (*text == '"') {
		text++;
		text = collect_text(a, "%.*s", (int)strcspn(text, "\""), text);
	} else {
		text = collect_text(a, "%.*s", (int)program_length(text), text);
	}
	if (collect_begins(text, "\\??\\"))
		text += 4;
	if (collect_begins(text, "\\SystemRoot\\"))
		text = collect_text(a, "%s%s", root, text + strlen("\\SystemRoot"));
	else if (collect_begins(text, "system32\\") || collect_begins(text, "SysWOW64\\"))
		text = collect_text(a, "%s\\%s", root, text);
	text = expand(a, text, root);
	return *text == '\0' ? NULL : text;
}

/* Programs of Windows itself carry no fact of a notice: their versions and hashes are left out. */
static bool
is_foreign(const char *image, const char *root)
{
	return image != NULL && !(collect_begins(image, root) && image[strlen(root)] == '\\');
}

void
collect_windows_put_image(struct collect *c, const struct collect_from *f, struct collect_value *one, const char *image)
{
	const char *version = NULL;
	char hex[65] = "";
	bool ask = f->running != NULL && is_foreign(image, f->root);

	collect_put_text(one, "image", image);
	collect_put_text(
	    one, "image_version", ask && f->running->version(f->running->ctx, image, &version, c->arena) ? version : NULL);
	collect_put_text(one, "image_sha256", ask && f->running->sha256(image, hex) ? hex : NULL);
}

static const char *
start_word(uint64_t start)
{
	static const char *const words[] = { "boot", "system", "auto", "manual", "disabled" };

	return start < sizeof(words) / sizeof(words[0]) ? words[start] : NULL;
}

static const struct {
	const char *name, *sid, *full;
	bool administrator;
} well_known[] = {
	{ "LocalSystem", "S-1-5-18", "NT AUTHORITY\\SYSTEM", true },
	{ "NT AUTHORITY\\SYSTEM", "S-1-5-18", "NT AUTHORITY\\SYSTEM", true },
	{ "NT AUTHORITY\\LocalService", "S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE", false },
	{ "NT AUTHORITY\\LOCAL SERVICE", "S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE", false },
	{ "NT AUTHORITY\\NetworkService", "S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", false },
	{ "NT AUTHORITY\\NETWORK SERVICE", "S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", false },
};
#define WELL_KNOWN (sizeof(well_known) / sizeof(well_known[0]))

static size_t
well_known_of(const char *name)
{
	size_t i = 0;

	while (i < WELL_KNOWN && !collect_same(well_known[i].name, name))
		i++;
	return i;
}

static const char *
sid_of(struct collect *c, const struct collect_from *f, const char *account)
{
	const char *sid = NULL, *full = NULL, *why = NULL;
	size_t known = well_known_of(account);

	if (known < WELL_KNOWN)
		return well_known[known].sid;
	if (f->running == NULL || !f->running->account(f->running->ctx, account, &sid, &full, c->arena, &why))
		return NULL;
	return sid;
}

/* A name like "@%SystemRoot%\system32\x.dll,-1" is the number of a text; the running system gives the text itself. */
static const char *
display_name(const char *registry, const struct collect_run_state *state)
{
	if (state != NULL && state->display != NULL)
		return state->display;
	return registry != NULL && registry[0] != '@' ? registry : NULL;
}

#define SERVICES "CurrentControlSet\\Services"
#define WIN32_SERVICE 0x30u /* own process, shared process */
#define USER_SERVICE_COPY 0x80u

static void
add_service(struct collect *c, const struct collect_from *f, struct collect_value *list, const char *name)
{
	const char *key = collect_text(c->arena, SERVICES "\\%s", name);
	const struct collect_run_state *state = collect_windows_state(f, name);
	const char *account, *image;
	struct collect_value *one;
	uint64_t type, start;
	enum collect_reg_answer got = collect_reg_number(f->registry, "SYSTEM", key, "Type", &type, c->arena);

	/* Not to be read is not the same as no service: it is listed, with nulls. */
	if ((got != COLLECT_REG_FOUND && got != COLLECT_REG_DENIED) || (got == COLLECT_REG_FOUND && (type & WIN32_SERVICE) == 0))
		return;
	if (got == COLLECT_REG_DENIED)
		collect_unknown(c, collect_text(c->arena, "services.%s", name), "access denied");
	one = collect_object(c->arena);
	account = text_or_null(c, f, "SYSTEM", key, "ObjectName");
	/* A service without ObjectName runs as LocalSystem; of one that was not read nothing is said. */
	if (account == NULL && got == COLLECT_REG_FOUND && (type & USER_SERVICE_COPY) == 0)
		account = "LocalSystem";
	image = text_or_null(c, f, "SYSTEM", key, "ImagePath");
	collect_put_text(one, "name", name);
	collect_put_text(one, "display", display_name(text_or_null(c, f, "SYSTEM", key, "DisplayName"), state));
	collect_put_text(one, "state", state != NULL ? state->state : NULL);
	got = collect_reg_number(f->registry, "SYSTEM", key, "Start", &start, c->arena);
	collect_put_text(one, "start", got == COLLECT_REG_FOUND ? start_word(start) : NULL);
	collect_windows_put_image(c, f, one, image == NULL ? NULL : collect_windows_program(c->arena, image, f->root));
	collect_put(one, "pid", NULL);
	if (state != NULL && state->pid != 0)
		collect_put_int(one, "pid", state->pid);
	collect_put_text(one, "account", account);
	collect_put_text(one, "sid", account == NULL ? NULL : sid_of(c, f, account));
	collect_add(list, one);
}

void
collect_windows_services(struct collect *c, const struct collect_from *f)
{
	struct collect_value *list = collect_list(c->arena);
	char **names;
	size_t n;
	enum collect_reg_answer got = f->registry->names(f->registry, "SYSTEM", SERVICES, false, &names, &n, c->arena);

	if (got != COLLECT_REG_FOUND) {
		collect_unknown(c, "services", "%s", collect_reg_why(f->registry, got));
		return;
	}
	for (size_t i = 0; i < n; i++)
		add_service(c, f, list, names[i]);
	collect_sort(list);
	collect_put(c->facts, "services", list);
	if (f->states_why != NULL)
		collect_unknown(c, "services.state", "%s", f->states_why);
}
