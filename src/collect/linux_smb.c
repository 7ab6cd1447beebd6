#include "collect/linux.h"
#include "collect/linux_smbconf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF_PATH "/etc/samba/smb.conf"
#define CONF_MAX ((size_t)1 << 20)
#define NOT_KNOWN (-1)

static char *
read_include(void *ctx, const char *path, bool *denied)
{
	char *text = linux_read(ctx, path, CONF_MAX, NULL);

	*denied = text == NULL && errno != ENOENT && errno != ENOTDIR;
	return text;
}

/* A server started with another file, or with settings on its command line, does not do what smb.conf says. Nothing of it is kept. */
static bool
started_otherwise(struct collect *c, const char *pid)
{
	size_t len;
	char *words = linux_read(c, collect_text(c->arena, "/proc/%s/cmdline", pid), CONF_MAX, &len);

	for (const char *w = words; w != NULL && w < words + len; w += strlen(w) + 1)
		if (w > words &&
		    (strncmp(w, "-s", 2) == 0 || strncmp(w, "--configfile", 12) == 0 || strncmp(w, "--option", 8) == 0))
			return true;
	return false;
}

static bool
is_running(struct collect *c, bool *otherwise)
{
	char **pids;
	ssize_t n = linux_names(c, "/proc", &pids);
	bool running = false;

	for (ssize_t i = 0; i < n; i++) {
		const char *name;

		if (strspn(pids[i], "0123456789") != strlen(pids[i]))
			continue;
		name = linux_line(c, collect_text(c->arena, "/proc/%s/comm", pids[i]));
		if (name == NULL || strcmp(name, "smbd") != 0)
			continue;
		running = true;
		*otherwise = *otherwise || started_otherwise(c, pids[i]);
	}
	return running;
}

/* What "default" means: SMB1 went out of the default with 4.11; the rest is the same in all of 4. -1: which Samba it is, is not known. */
static int
smb1_by_default(const char *version)
{
	const char *number = version == NULL ? NULL : strchr(version, ':');
	char *end;
	long major, minor;

	if (version == NULL)
		return NOT_KNOWN;
	number = number == NULL ? version : number + 1;
	major = strtol(number, &end, 10);
	if (*end != '.' || major < 3)
		return NOT_KNOWN;
	minor = strtol(end + 1, NULL, 10);
	return major == 3 || (major == 4 && minor < 11);
}

static void
put_settings(struct collect *c, struct collect_value *server, const struct smbconf *s)
{
	const char *version = linux_package_version(c, "samba");
	const char *by_default = version == NULL ? "default of Samba" : collect_text(c->arena, "default of Samba %s", version);
	bool min = s->min != SMBCONF_PROTOCOL_DEFAULT, max_old = s->max == SMBCONF_SMB1;
	int smb1 = min ? s->min == SMBCONF_SMB1 : max_old ? 1 : smb1_by_default(version);
	bool signing = s->signing != SMBCONF_DEFAULT, encrypt = s->encrypt != SMBCONF_DEFAULT;
	/* By default only a domain controller demands signatures, and nobody demands encryption (smb.conf(5)). */
	int signed_always = signing ? s->signing == SMBCONF_REQUIRED : s->domain_controller;
	int required = s->encrypt == SMBCONF_REQUIRED;

	collect_put(server, "smb1", collect_setting(c->arena, smb1, min || max_old, min || max_old ? CONF_PATH : by_default));
	collect_put(
	    server, "signing_required", collect_setting(c->arena, signed_always, signing, signing ? CONF_PATH : by_default));
	collect_put(
	    server, "encryption_required", collect_setting(c->arena, required, encrypt, encrypt ? CONF_PATH : by_default));
	/* Samba turns away a session without encryption exactly when it demands encryption. */
	collect_put(
	    server, "unencrypted_rejected", collect_setting(c->arena, required, encrypt, encrypt ? CONF_PATH : by_default));
	if (smb1 == NOT_KNOWN)
		collect_unknown(c, "smb_server.smb1.value", "smb.conf does not say, and the version of Samba is not known");
}

static void
put_shares(struct collect *c, struct collect_value *server, const struct smbconf *s)
{
	struct collect_value *shares = collect_list(c->arena);
	char **users;

	for (size_t i = 0; i < s->n; i++) {
		struct collect_value *share = collect_object(c->arena);

		/* Whole sessions are encrypted when [global] demands it, whatever the share says. */
		collect_put_text(share, "name", s->shares[i].name);
		collect_put_bool(
		    share, "encryption_required", s->encrypt == SMBCONF_REQUIRED || s->shares[i].encrypt == SMBCONF_REQUIRED);
		collect_add(shares, share);
	}
	collect_sort(shares);
	collect_put(server, "shares", shares);
	if (s->shares_unknown != NULL)
		collect_unknown(c, "smb_server.shares", "%s", s->shares_unknown);
	else if (linux_names(c, "/var/lib/samba/usershares", &users) > 0)
		collect_unknown(
		    c, "smb_server.shares", "users have shares of their own below /var/lib/samba/usershares, which are not read");
}

static void
put_unknown(struct collect *c, struct collect_value *server, const char *why)
{
	static const char *const settings[] = { "smb1", "signing_required", "encryption_required", "unencrypted_rejected" };

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		collect_put(server, settings[i], collect_setting(c->arena, NOT_KNOWN, false, CONF_PATH));
		collect_unknown(c, collect_text(c->arena, "smb_server.%s.value", settings[i]), CONF_PATH ": %s", why);
	}
	collect_unknown(c, "smb_server.shares", CONF_PATH ": %s", why);
}

void
linux_read_smb_server(struct collect *c)
{
	struct collect_value *server = collect_object(c->arena);
	struct smbconf s = { .arena = c->arena, .include = read_include, .ctx = c };
	bool otherwise = false, running = is_running(c, &otherwise);
	char *text = linux_read(c, CONF_PATH, CONF_MAX, NULL);
	int error = errno;

	collect_put(c->facts, "smb_server", server);
	collect_put_bool(server, "running", running);
	if (text == NULL && error == ENOENT && !running)
		return;
	if (text != NULL)
		smbconf_parse(&s, text);
	if (text == NULL || otherwise || s.broken != NULL) {
		put_unknown(c, server,
		    text == NULL ? linux_why(error)
		    : otherwise  ? "smbd was started with another file, or with settings on its command line"
				 : s.broken);
		return;
	}
	put_settings(c, server, &s);
	put_shares(c, server, &s);
}
