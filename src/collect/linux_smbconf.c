#include "collect/linux_smbconf.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define GLOBAL (-1)
#define INCLUDE_DEPTH_MAX 16
#define INCLUDES_MAX 200

/* ---- names and values ---- */

/* Equal without regard to case and white space: how Samba compares the names of parameters and of [global]. */
static bool
same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
	}
}

struct word {
	const char *text;
	int value;
};

/* One list for "server smb encrypt" and "server signing", as in Samba. */
static const struct word levels[] = { { "default", SMBCONF_DEFAULT }, { "no", SMBCONF_OFF }, { "false", SMBCONF_OFF },
	{ "0", SMBCONF_OFF }, { "off", SMBCONF_OFF }, { "disabled", SMBCONF_OFF }, { "if_required", SMBCONF_IF_REQUIRED },
	{ "yes", SMBCONF_IF_REQUIRED }, { "true", SMBCONF_IF_REQUIRED }, { "1", SMBCONF_IF_REQUIRED },
	{ "on", SMBCONF_IF_REQUIRED }, { "enabled", SMBCONF_IF_REQUIRED }, { "auto", SMBCONF_IF_REQUIRED },
	{ "desired", SMBCONF_DESIRED }, { "required", SMBCONF_REQUIRED }, { "mandatory", SMBCONF_REQUIRED },
	{ "force", SMBCONF_REQUIRED }, { "forced", SMBCONF_REQUIRED }, { "enforced", SMBCONF_REQUIRED }, { NULL, 0 } };

/* SMB2_22, SMB2_24 and SMB3_10 were names of drafts; releases before 4.16 knew them. */
static const struct word protocols[] = { { "default", SMBCONF_PROTOCOL_DEFAULT }, { "SMB3", SMBCONF_SMB3 },
	{ "SMB3_11", SMBCONF_SMB3 }, { "SMB3_10", SMBCONF_SMB3 }, { "SMB3_02", SMBCONF_SMB3 }, { "SMB3_00", SMBCONF_SMB3 },
	{ "SMB2", SMBCONF_SMB2 }, { "SMB2_24", SMBCONF_SMB2 }, { "SMB2_22", SMBCONF_SMB2 }, { "SMB2_10", SMBCONF_SMB2 },
	{ "SMB2_02", SMBCONF_SMB2 }, { "NT1", SMBCONF_SMB1 }, { "LANMAN2", SMBCONF_SMB1 }, { "LANMAN1", SMBCONF_SMB1 },
	{ "CORE", SMBCONF_SMB1 }, { "COREPLUS", SMBCONF_SMB1 }, { "CORE+", SMBCONF_SMB1 }, { NULL, 0 } };

static bool
take_word(struct smbconf *s, const struct word *words, const char *name, const char *value, int *out)
{
	for (; words->text != NULL; words++)
		if (strcasecmp(words->text, value) == 0) {
			*out = words->value;
			return true;
		}
	s->broken = collect_text(s->arena, "Samba refuses the file: '%.40s' has the value '%.40s', which is none", name, value);
	return false;
}

/* ---- sections ---- */

static int
find_share(const struct smbconf *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcasecmp(s->shares[i].name, name) == 0)
			return (int)i;
	return GLOBAL;
}

static void
take_section(struct smbconf *s, const char *name)
{
	if (*name == '\0') {
		s->broken = "Samba refuses the file: a section has no name";
		return;
	}
	if (same_name(name, "global") || same_name(name, "globals")) {
		s->at = GLOBAL;
		return;
	}
	s->at = find_share(s, name);
	if (s->at != GLOBAL)
		return;
	if (s->n == SMBCONF_SHARES_MAX) {
		s->broken = "more shares than this program takes";
		return;
	}
	if (s->n == s->cap) {
		struct smbconf_share *more = collect_alloc(s->arena, (2 * s->cap + 16) * sizeof(*more));

		if (s->n > 0)
			memcpy(more, s->shares, s->n * sizeof(*more));
		s->shares = more;
		s->cap = 2 * s->cap + 16;
	}
	s->at = (int)s->n;
	/* A share begins as [global] stands here: a [global] further down does not reach it. */
	s->shares[s->n++] = (struct smbconf_share){ .name = collect_text(s->arena, "%s", name), .encrypt = s->encrypt };
}

/* ---- parameters ---- */

static void
set_encrypt(struct smbconf *s, const char *name, const char *value)
{
	int level;

	if (!take_word(s, levels, name, value, &level))
		return;
	if (s->at == GLOBAL) {
		s->encrypt = (enum smbconf_level)level;
		return;
	}
	s->shares[s->at].encrypt = (enum smbconf_level)level;
	s->shares[s->at].encrypt_stated = true;
}

static void
set_signing(struct smbconf *s, const char *name, const char *value)
{
	int level;

	if (take_word(s, levels, name, value, &level))
		s->signing = (enum smbconf_level)level;
}

static void
set_min(struct smbconf *s, const char *name, const char *value)
{
	int protocol;

	if (take_word(s, protocols, name, value, &protocol))
		s->min = (enum smbconf_protocol)protocol;
}

static void
set_max(struct smbconf *s, const char *name, const char *value)
{
	int protocol;

	if (take_word(s, protocols, name, value, &protocol))
		s->max = (enum smbconf_protocol)protocol;
}

static void
set_role(struct smbconf *s, const char *name, const char *value)
{
	static const char *const controllers[] = { "active directory domain controller", "domain controller", "dc" };

	(void)name;
	s->domain_controller = false;
	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++)
		s->domain_controller |= strcasecmp(value, controllers[i]) == 0;
}

static void
set_copy(struct smbconf *s, const char *name, const char *value)
{
	int from = find_share(s, value);

	(void)name;
	if (s->at == GLOBAL) {
		s->broken = "Samba refuses the file: 'copy' stands in [global]";
		return;
	}
	if (from == GLOBAL || from == s->at) {
		s->broken = collect_text(s->arena, "Samba refuses the file: there is no other share '%.40s' to copy", value);
		return;
	}
	if (!s->shares[s->at].encrypt_stated)
		s->shares[s->at].encrypt = s->shares[from].encrypt;
}

static void
set_backend(struct smbconf *s, const char *name, const char *value)
{
	(void)name;
	if (strcasecmp(value, "file") != 0)
		s->broken = "Samba takes its configuration from its registry, which this program does not read";
}

static void
set_config_file(struct smbconf *s, const char *name, const char *value)
{
	(void)name;
	if (*value != '\0')
		s->broken = "'config file' leads to another file, which this program does not follow";
}

static void
set_registry_shares(struct smbconf *s, const char *name, const char *value)
{
	(void)name;
	if (strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 || strcasecmp(value, "on") == 0 ||
	    strcmp(value, "1") == 0)
		s->shares_unknown = "there may be more shares in Samba's registry, which this program does not read";
}

static void
set_include(struct smbconf *s, const char *name, const char *value)
{
	bool denied = false;
	char *text;

	(void)name;
	if (strcasecmp(value, "registry") == 0) {
		s->broken = "Samba takes a part of its configuration from its registry, which this program does not read";
	} else if (strchr(value, '%') != NULL) {
		s->broken = "an included file depends on the client (its name has a variable)";
	} else if (s->deep == INCLUDE_DEPTH_MAX || s->included == INCLUDES_MAX) {
		s->broken = "too many files are included in one another";
	} else if ((text = s->include == NULL ? NULL : s->include(s->ctx, value, &denied)) != NULL) {
		s->deep++;
		s->included++;
		smbconf_parse(s, text);
		s->deep--;
	} else if (denied) {
		s->broken = "no right to read an included file";
	}
}

/* Which sections a parameter means something in: Samba passes over a global one inside a share. */
static const struct parameter {
	const char *name;
	bool share;
	void (*set)(struct smbconf *s, const char *name, const char *value);
} parameters[] = {
	{ "server smb encrypt", true, set_encrypt },
	{ "smb encrypt", true, set_encrypt },
	{ "server signing", false, set_signing },
	{ "server min protocol", false, set_min },
	{ "min protocol", false, set_min },
	{ "server max protocol", false, set_max },
	{ "max protocol", false, set_max },
	{ "protocol", false, set_max },
	{ "server role", false, set_role },
	{ "copy", true, set_copy },
	{ "include", true, set_include },
	{ "config backend", false, set_backend },
	{ "config file", false, set_config_file },
	{ "registry shares", false, set_registry_shares },
};

static void
take_parameter(struct smbconf *s, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (same_name(parameters[i].name, name) && (parameters[i].share || s->at == GLOBAL)) {
			parameters[i].set(s, parameters[i].name, value);
			return;
		}
}

/* ---- lines ---- */

/*
 * One logical line: blank lines and comments skipped (a comment is never continued), runs of white space made one, a line that ends with a
 * backslash (and perhaps one blank) continued. Written in place; NULL at the end.
 */
static char *
next_line(char **p)
{
	char *from = *p, *line, *to;

	for (;;) {
		while (isspace((unsigned char)*from))
			from++;
		if (*from != '#' && *from != ';')
			break;
		while (*from != '\0' && *from != '\n')
			from++;
	}
	if (*from == '\0')
		return NULL;
	line = to = from;
	for (; *from != '\0'; from++) {
		if (*from == '\n' && to > line && to[-1] == '\\') {
			to--;
			continue;
		}
		if (*from == '\n' && to > line + 1 && to[-2] == '\\' && isspace((unsigned char)to[-1])) {
			to -= 2;
			continue;
		}
		if (*from == '\n')
			break;
		if (to > line && isspace((unsigned char)to[-1]) && isspace((unsigned char)*from))
			continue;
		*to++ = *from;
	}
	*p = *from == '\0' ? from : from + 1;
	*to = '\0';
	return line;
}

static char *
trim(char *text)
{
	size_t n;

	if (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	if (n > 0 && isspace((unsigned char)text[n - 1]))
		text[n - 1] = '\0';
	return text;
}

void
smbconf_parse(struct smbconf *s, char *text)
{
	char *line, *sign;

	if (s->deep == 0)
		s->at = GLOBAL;
	while (s->broken == NULL && (line = next_line(&text)) != NULL) {
		if (*line == '[') {
			sign = strchr(line, ']');
			if (sign == NULL) {
				s->broken = "Samba refuses the file: a section's name has no end";
				return;
			}
			*sign = '\0';
			take_section(s, line + 1);
		} else if ((sign = strchr(line, '=')) != NULL) {
			*sign = '\0';
			if (*line == '\0')
				s->broken = "Samba refuses the file: a value has no name";
			else
				take_parameter(s, trim(line), trim(sign + 1));
		}
	}
}
