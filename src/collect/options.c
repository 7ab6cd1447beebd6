#include "collect/run.h"
#include "collect/say.h"

#include <string.h>

#define OTHERS_MAX 8
#define STATED_MAX 200

const char *const collect_help =
    "fieldproof-collect: reads settings of this machine and writes one fact file for Fieldproof.\n"
    "It changes nothing, installs nothing and opens no connection; it needs no administrator, but can read more as one.\n"
    "\n"
    "  fieldproof-collect [--serial=TEXT] [--mode=TEXT] [--challenge=CODE] [--out=FILE|FOLDER] [--key=FILE] [--other=FOLDER]... "
    "[--yes|--quiet]\n"
    "\n"
    "  --serial=TEXT      serial number of the device, as its label says\n"
    "  --mode=TEXT        boot mode that runs now: Dx, RUO\n"
    "  --challenge=CODE   the code that the site printed: it shows that this file is new\n"
    "  --out=FILE|FOLDER  where the fact file goes (facts-SERIAL-MODE-TIME.json in the current folder)\n"
    "  --key=FILE         the key that signs; made on first use (collect.key beside the fact file)\n"
    "  --other=FOLDER     where another boot mode's Windows is mounted: its settings are read too (up to 8 times)\n"
    "  --yes              do not ask before reading\n"
    "  --quiet            do not ask, and say only what went wrong\n"
    "  --ipmi=PLACE       Linux: /dev/ipmi0 (default), none, or tcp:ADDRESS:PORT of a simulated controller (tests)\n"
    "  --root=FOLDER      Linux: read a recorded tree instead of / (tests)\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0 the file is written, 1 it is not, 2 wrong use. Windows device, from the stick:\n"
    "  fieldproof-collect.exe --serial=M01234 --mode=RUO --challenge=K7QF-2M9X-4RTB-0ZWD-5\n";

enum option {
	OPTION_SERIAL,
	OPTION_MODE,
	OPTION_CHALLENGE,
	OPTION_OUT,
	OPTION_KEY,
	OPTION_ROOT,
	OPTION_IPMI,
	OPTION_OTHER,
	OPTION_YES,
	OPTION_QUIET,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

static const struct {
	const char *name;
	bool value;
} options[OPTION_COUNT] = {
	[OPTION_SERIAL] = { "--serial", true },
	[OPTION_MODE] = { "--mode", true },
	[OPTION_CHALLENGE] = { "--challenge", true },
	[OPTION_OUT] = { "--out", true },
	[OPTION_KEY] = { "--key", true },
	[OPTION_ROOT] = { "--root", true },
	[OPTION_IPMI] = { "--ipmi", true },
	[OPTION_OTHER] = { "--other", true },
	[OPTION_YES] = { "--yes", false },
	[OPTION_QUIET] = { "--quiet", false },
	[OPTION_HELP] = { "--help", false },
	[OPTION_VERSION] = { "--version", false },
};

static enum option
option_of(const char *word, const char **value)
{
	size_t len = strcspn(word, "=");

	*value = word[len] == '=' ? word + len + 1 : NULL;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strlen(options[i].name) == len && strncmp(options[i].name, word, len) == 0)
			return (enum option)i;
	return OPTION_COUNT;
}

/* A value that the table says belongs to a text of the options. */
static const char **
place_of(struct collect_options *o, enum option which)
{
	const char **places[OPTION_COUNT] = { [OPTION_SERIAL] = &o->serial,
		[OPTION_MODE] = &o->mode,
		[OPTION_CHALLENGE] = &o->challenge,
		[OPTION_OUT] = &o->out,
		[OPTION_KEY] = &o->key,
		[OPTION_ROOT] = &o->root,
		[OPTION_IPMI] = &o->ipmi };

	return places[which];
}

static bool
take_value(struct collect_options *o, enum option which, const char *value, const char **others, size_t *n)
{
	if (which == OPTION_OTHER && *n == OTHERS_MAX) {
		collect_complain("--other can be said %d times", OTHERS_MAX);
		return false;
	}
	if (value[0] == '\0') {
		collect_complain("%s needs a value", options[which].name);
		return false;
	}
	if ((which == OPTION_SERIAL || which == OPTION_MODE || which == OPTION_CHALLENGE) && strlen(value) > STATED_MAX) {
		collect_complain("%s is longer than %d bytes", options[which].name, STATED_MAX);
		return false;
	}
	if (which == OPTION_OTHER)
		others[(*n)++] = value;
	else
		*place_of(o, which) = value;
	return true;
}

enum collect_asked
collect_options_read(struct collect_options *o, int argc, char **argv, struct collect_arena *a)
{
	const char **others = collect_alloc(a, (OTHERS_MAX + 1) * sizeof(*others));
	enum collect_asked asked = COLLECT_RUN;
	size_t n = 0;

	*o = (struct collect_options){ .root = "/", .ipmi = "/dev/ipmi0", .others = others };
	for (int i = 1; i < argc; i++) {
		const char *value;
		enum option which = option_of(argv[i], &value);

		if (which == OPTION_COUNT) {
			collect_complain("unknown argument '%s'; --help lists the options", argv[i]);
			return COLLECT_WRONG;
		}
		if (!options[which].value && value != NULL) {
			collect_complain("%s takes no value", options[which].name);
			return COLLECT_WRONG;
		}
		if (options[which].value && value == NULL && i + 1 < argc)
			value = argv[++i];
		if (options[which].value && !take_value(o, which, value == NULL ? "" : value, others, &n))
			return COLLECT_WRONG;
		o->yes = o->yes || which == OPTION_YES || which == OPTION_QUIET;
		o->quiet = o->quiet || which == OPTION_QUIET;
		if ((which == OPTION_HELP || which == OPTION_VERSION) && asked == COLLECT_RUN)
			asked = which == OPTION_HELP ? COLLECT_HELP : COLLECT_VERSION;
	}
	return asked;
}

/* Letters, digits, '.', '_' and '-' of a text that a person typed: it becomes part of a file's name, on FAT too. */
static char *
name_part(struct collect_arena *a, const char *text)
{
	char *out = collect_text(a, "-%.60s", text);

	for (char *p = out; *p != '\0'; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *p) == NULL)
			*p = '_';
	return out;
}

static bool
is_separator(char c)
{
#ifdef _WIN32
	return c == '/' || c == '\\' || c == ':';
#else
	return c == '/';
#endif
}

void
collect_options_places(struct collect_options *o, const char *time_text, struct collect_arena *a)
{
	const char *out = o->out == NULL ? "" : o->out;
	size_t len = strlen(out), folder;
	char *stamp = collect_text(a, "%s", time_text), *to = stamp;

	for (const char *p = time_text; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			*to++ = *p;
	*to = '\0';
	if (len > 0 && !is_separator(out[len - 1]) && collect_is_folder(out))
		out = collect_text(a, "%s/", out);
	len = strlen(out);
	if (len == 0 || is_separator(out[len - 1]))
		out = collect_text(a, "%sfacts%s%s-%s.json", out, o->serial == NULL ? "" : name_part(a, o->serial),
		    o->mode == NULL ? "" : name_part(a, o->mode), stamp);
	for (folder = strlen(out); folder > 0 && !is_separator(out[folder - 1]);)
		folder--;
	if (o->key == NULL)
		o->key = collect_text(a, "%.*scollect.key", (int)folder, out);
	o->out = out;
}
