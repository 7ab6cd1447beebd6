/* From the words of the command line to the verb, and from its status to the exit code. */
#include "cli/run.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"

static const struct cli_verb *const tables[] = { cli_notice_verbs, cli_letter_verbs, cli_parity_verbs, cli_csaf_verbs,
	cli_device_verbs, cli_check_verbs, cli_evidence_verbs, cli_bring_verbs, cli_case_verbs, cli_proof_verbs, cli_site_verbs };

static const struct cli_option common[] = {
	{ "db", "PATH", "database to use (FIELDPROOF_DB; otherwise fieldproof.db in the user's data folder)" },
	{ "lang", "LANG", "language of the answer: en, da, de, ... (otherwise from LANG)" },
	{ "format", "text|json", "text for people (default) or JSON for programs" },
	{ "as", "NAME", "who acts, as the ledger keeps it (otherwise the name of your account)" },
	{ "notices", "DIR", "folder where notices lie (FIELDPROOF_NOTICES)" },
	{ "color", "auto|always|never", "colours in the text" },
	{ "quiet", NULL, "no talk on standard error" },
	{ "verbose", NULL, "more talk on standard error" },
	{ "help", NULL, "this help" },
	{ NULL, NULL, NULL },
};

static const struct {
	const char *noun, *help;
} nouns[] = {
	{ "notice", "read, check, render and sign field safety notices" },
	{ "device", "the devices of the site" },
	{ "match", "which devices a notice affects" },
	{ "check", "test, without logging on, that the steps hold" },
	{ "case", "the cells device x mode x step: state, claims, reasons" },
	{ "evidence", "what the checks saw: verify, show, export" },
	{ "reply", "the verification form: make, sign, read again" },
	{ "ledger", "the record that cannot be altered: verify, receipts" },
	{ "key", "public keys of manufacturers whose notices are genuine" },
	{ "param", "values that no notice states and an operator must set" },
	{ "site", "name and address of the site, for the reply" },
	{ "account", "people who may use the pages" },
	{ "serve", "the pages, in the browser" },
	{ "doctor", "what is installed and what is misconfigured" },
};

const char *
cli_opt(const struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].name, name) == 0)
			return c->given[i].value;
	return NULL;
}

static void
print_options(FILE *f, const struct cli_option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		char word[64];

		(void)snprintf(word, sizeof(word), "--%s%s%s", o->name, o->value ? "=" : "", o->value ? o->value : "");
		fprintf(f, "  %-28s %s\n", word, o->help);
	}
}

static void
print_verb_help(FILE *f, const struct cli_verb *v)
{
	fprintf(f, "fieldproof %s%s%s %s\n\n  %s\n\n", v->noun, *v->verb ? " " : "", v->verb, v->args, v->help);
	if (v->options != NULL) {
		fputs("Options\n", f);
		print_options(f, v->options);
		fputc('\n', f);
	}
	fputs("Options of every verb\n", f);
	print_options(f, common);
	if (v->examples != NULL)
		fprintf(f, "\nExamples\n%s", v->examples);
}

/* NULL: all nouns; otherwise the verbs of that noun. Gives whether anything was printed. */
static bool
print_verbs(FILE *f, const char *noun)
{
	bool any = false;

	for (size_t t = 0; t < FP_COUNT(tables); t++)
		for (const struct cli_verb *v = tables[t]; v->noun != NULL; v++)
			if (strcmp(v->noun, noun) == 0) {
				fprintf(f, "  fieldproof %s%s%s %s\n      %s\n", v->noun, *v->verb ? " " : "", v->verb, v->args,
				    v->help);
				any = true;
			}
	return any;
}

static void
print_help(FILE *f)
{
	fputs("Fieldproof takes a field safety notice from issue to proof.\n\nUsage: fieldproof NOUN [VERB] [ARGUMENTS] "
	      "[--OPTIONS]\n\n",
	    f);
	for (size_t i = 0; i < FP_COUNT(nouns); i++)
		fprintf(f, "  %-10s %s\n", nouns[i].noun, nouns[i].help);
	fputs("\nfieldproof NOUN --help lists the verbs of a noun; fieldproof NOUN VERB --help tells all about one.\n\n"
	      "Exit codes: 0 done or verified; 1 failed; 2 usage; 3 checked and not corrected; 4 could not be determined; 5 "
	      "integrity broken.\n\n"
	      "First steps\n"
	      "  fieldproof notice add FSN2023-1338\n"
	      "  fieldproof device import devices.csv\n"
	      "  fieldproof match\n"
	      "  fieldproof check FSN2025-1682\n"
	      "  fieldproof case show FSN2025-1682\n"
	      "  fieldproof reply make FSN2025-1682 --lang=de --to=pdf --output=reply.pdf\n",
	    f);
}

static const struct cli_option *
find_option(const struct cli_verb *v, const char *name, size_t len)
{
	const struct cli_option *const lists[] = { v->options, common };

	for (size_t i = 0; i < FP_COUNT(lists); i++)
		for (const struct cli_option *o = lists[i]; o != NULL && o->name != NULL; o++)
			if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
				return o;
	return NULL;
}

/* Reads --name, --name=value and --name value; everything else stays as an argument. */
static enum fp_status
read_words(struct cli *c, int argc, char **argv, const char **args, struct fp_err *err)
{
	bool only_args = false;

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i], *eq;
		const struct cli_option *o;
		size_t len;

		if (only_args || strncmp(word, "--", 2) != 0) {
			args[c->n_args++] = word;
			continue;
		}
		if (word[2] == '\0') {
			only_args = true;
			continue;
		}
		eq = strchr(word, '=');
		len = eq ? (size_t)(eq - word - 2) : strlen(word + 2);
		o = find_option(c->verb, word + 2, len);
		if (o == NULL)
			return fp_fail(err, FP_EUSAGE, "unknown option '%s'; 'fieldproof %s%s%s --help' lists them", word,
			    c->verb->noun, *c->verb->verb ? " " : "", c->verb->verb);
		if (o->value == NULL && eq != NULL)
			return fp_fail(err, FP_EUSAGE, "option '--%s' takes no value", o->name);
		if (o->value != NULL && eq == NULL && i + 1 >= argc)
			return fp_fail(err, FP_EUSAGE, "option '--%s' needs a value (%s)", o->name, o->value);
		if (c->n_given == CLI_MAX_OPTIONS)
			return fp_fail(err, FP_EUSAGE, "more than %d options", CLI_MAX_OPTIONS);
		c->given[c->n_given].name = o->name;
		c->given[c->n_given++].value = o->value == NULL ? "" : eq ? eq + 1 : argv[++i];
	}
	c->args = args;
	return FP_OK;
}

static const struct cli_verb *
find_verb(int argc, char **argv, int *used)
{
	for (size_t t = 0; t < FP_COUNT(tables); t++)
		for (const struct cli_verb *v = tables[t]; v->noun != NULL; v++) {
			if (strcmp(v->noun, argv[1]) != 0)
				continue;
			if (*v->verb == '\0') {
				*used = 2;
				return v;
			}
			if (argc > 2 && strcmp(v->verb, argv[2]) == 0) {
				*used = 3;
				return v;
			}
		}
	return NULL;
}

static void
log_line(void *ctx, enum fp_level level, const char *line)
{
	static const char *const words[] = { "debug: ", "", "warning: ", "error: " };

	(void)ctx;
	fprintf(stderr, "%s%s\n", words[level], line);
}

static enum fp_status
one_of(const char *option, const char *value, const char *const *words, int *out, struct fp_err *err)
{
	for (*out = 0; words[*out] != NULL; (*out)++)
		if (strcmp(words[*out], value) == 0)
			return FP_OK;
	return fp_fail(err, FP_EUSAGE, "option '--%s' does not know '%s'", option, value);
}

static unsigned
terminal_width(void)
{
	struct winsize w = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
		return w.ws_col > 400 ? 400 : w.ws_col;
	return 100;
}

static enum fp_status
unknown_language(const char *wanted, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 512 };
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);

	for (size_t i = 0; i < n; i++)
		fp_buf_printf(&known, "%s%s", i ? ", " : "", i18n_tag(all[i]));
	return fp_fail(err, FP_EUSAGE, "no texts in language '%.20s'; there are %s", wanted, known.data ? known.data : "en");
}

static enum fp_status
set_language(struct cli *c, struct fp_err *err)
{
	const char *wanted = cli_opt(c, "lang"), *env;

	if (wanted != NULL) {
		c->lang = i18n_get(wanted);
		if (c->lang == NULL)
			return unknown_language(wanted, err);
	} else {
		env = getenv("LC_ALL");
		if (env == NULL || *env == '\0')
			env = getenv("LC_MESSAGES");
		if (env == NULL || *env == '\0')
			env = getenv("LANG");
		c->lang = i18n_get(env ? env : "en");
		if (c->lang == NULL)
			c->lang = i18n_get("en");
	}
	c->lang_tag = i18n_tag(c->lang);
	return FP_OK;
}

static enum fp_status
set_output(struct cli *c, struct fp_err *err)
{
	static const char *const formats[] = { "text", "json", NULL }, *const colours[] = { "auto", "always", "never", NULL };
	int n;

	c->width = terminal_width();
	c->tty_err = isatty(STDERR_FILENO) == 1;
	c->quiet = cli_opt(c, "quiet") != NULL;
	c->log = (struct fp_log){ .write = c->quiet ? NULL : log_line, .least = cli_opt(c, "verbose") ? FP_DEBUG : FP_WARN };
	if (cli_opt(c, "format") != NULL) {
		if (one_of("format", cli_opt(c, "format"), formats, &n, err) != FP_OK)
			return FP_EUSAGE;
		c->json = n == 1;
	}
	if (one_of("color", cli_opt(c, "color") ? cli_opt(c, "color") : "auto", colours, &n, err) != FP_OK)
		return FP_EUSAGE;
	c->colour = n == 1 || (n == 0 && isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL);
	return FP_OK;
}

static void
set_actor(struct cli *c)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *name = cli_opt(c, "as");

	/* Whoever can write the database file can do anything to it: the command line acts with all rights, under a name. */
	(void)snprintf(c->actor.name, sizeof(c->actor.name), "%s", name ? name : pw && pw->pw_name ? pw->pw_name : "unknown");
	c->actor.role = APP_ADMIN;
}

/* Where notices are looked for: told; beside the program's folder (build/../notices, bin/../share: an installation may be moved); the prefix. */
static void
set_notice_dirs(struct cli *c)
{
	const char *told = cli_opt(c, "notices");
	size_t n = 0;
	char exe[4000], *slash;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (told == NULL)
		told = getenv("FIELDPROOF_NOTICES");
	if (told != NULL)
		c->notice_dirs[n++] = told;
	exe[len > 0 ? len : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash != NULL) {
		*slash = '\0';
		(void)snprintf(c->notice_dir_near, sizeof(c->notice_dir_near), "%s/../notices", exe);
		(void)snprintf(c->notice_dir_own, sizeof(c->notice_dir_own), "%s/../share/fieldproof/notices", exe);
		c->notice_dirs[n++] = c->notice_dir_near;
		c->notice_dirs[n++] = c->notice_dir_own;
	}
	c->notice_dirs[n++] = FP_PREFIX "/share/fieldproof/notices";
	c->notice_dirs[n] = NULL;
}

static enum fp_status
set_database(struct cli *c, struct fp_err *err)
{
	const char *told = cli_opt(c, "db"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (told == NULL)
		told = getenv("FIELDPROOF_DB");
	if (told != NULL) {
		if (strlen(told) >= sizeof(c->db))
			return fp_fail(err, FP_EUSAGE, "the path of the database is longer than %zu bytes", sizeof(c->db) - 1);
		(void)snprintf(c->db, sizeof(c->db), "%s", told);
		return FP_OK;
	}
	if (data != NULL && *data == '/')
		(void)snprintf(c->db, sizeof(c->db), "%.3000s/fieldproof/fieldproof.db", data);
	else if (home != NULL && *home == '/')
		(void)snprintf(c->db, sizeof(c->db), "%.3000s/.local/share/fieldproof/fieldproof.db", home);
	else
		return fp_fail(err, FP_EUSAGE, "no folder for the database is known (HOME is not set): use --db=PATH");
	for (char *slash = strchr(c->db + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		int made;

		*slash = '\0';
		made = mkdir(c->db, 0700) == 0 || errno == EEXIST;
		if (!made)
			return fp_fail_errno(err, errno, "cannot make the folder '%s'", c->db);
		*slash = '/';
	}
	return FP_OK;
}

enum fp_status
cli_app(struct cli *c, struct fp_err *err)
{
	if (c->app != NULL)
		return FP_OK;
	if (set_database(c, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	const struct app_options o = { .db = c->db, .clock = c->clock, .log = &c->log, .notice_dirs = c->notice_dirs };

	return app_open(&c->app, &o, err);
}

static enum fp_status
run_verb(struct cli *c, int argc, char **argv, struct fp_err *err)
{
	const char **args = fp_calloc((size_t)argc + 1, sizeof(*args));
	enum fp_status status;

	if (args == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	status = read_words(c, argc, argv, args, err);
	if (status == FP_OK && cli_opt(c, "help") != NULL) {
		print_verb_help(stdout, c->verb);
		free(args);
		return FP_OK;
	}
	if (status == FP_OK && (c->n_args < c->verb->min_args || (c->verb->max_args >= 0 && c->n_args > c->verb->max_args)))
		status = fp_fail(err, FP_EUSAGE, "usage: fieldproof %s%s%s %s", c->verb->noun, *c->verb->verb ? " " : "",
		    c->verb->verb, c->verb->args);
	if (status == FP_OK)
		status = set_language(c, err);
	if (status == FP_OK)
		status = set_output(c, err);
	if (status == FP_OK) {
		set_actor(c);
		set_notice_dirs(c);
		status = c->verb->run(c, err);
	}
	app_free(c->app);
	free(args);
	return status;
}

static int
help_or_unknown(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return fp_status_exit(FP_EUSAGE);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		puts("fieldproof " FP_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		if (argc > 2 && print_verbs(stdout, argv[2]))
			return 0;
		print_help(stdout);
		return 0;
	}
	if (argc > 2 && strcmp(argv[2], "--help") == 0 && print_verbs(stdout, argv[1]))
		return 0;
	if (print_verbs(stderr, argv[1]))
		fprintf(stderr, "fieldproof: '%s' needs one of these verbs\n", argv[1]);
	else
		fprintf(stderr, "fieldproof: unknown word '%s'; 'fieldproof --help' lists what there is\n", argv[1]);
	return fp_status_exit(FP_EUSAGE);
}

int
cli_run(int argc, char **argv)
{
	struct cli c = { .clock = fp_clock_real() };
	struct fp_err err = { .status = FP_OK, .msg = "" };
	enum fp_status status;
	int used = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	c.verb = argc > 1 ? find_verb(argc, argv, &used) : NULL;
	if (c.verb == NULL)
		return help_or_unknown(argc, argv);
	status = run_verb(&c, argc - used, argv + used, &err);
	if (status != FP_OK && err.msg[0] != '\0' && status != FP_ENOTCORRECTED && status != FP_EUNKNOWN)
		fprintf(stderr, "fieldproof: %s\n", err.msg);
	if (fflush(stdout) != 0 && status == FP_OK) {
		fprintf(stderr, "fieldproof: cannot write the result: %s\n", strerror(errno));
		return 1;
	}
	return fp_status_exit(status);
}
