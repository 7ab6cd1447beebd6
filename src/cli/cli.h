/*
 * The command line: one table of verbs, one option reader, one way to print. Results go to standard output (text for people, JSON for
 * programs), talk goes to standard error.
 */
#ifndef FP_CLI_CLI_H
#define FP_CLI_CLI_H

#include <stdio.h>

#include "app/app.h"
#include "base/json.h"
#include "document/document.h"
#include "i18n/i18n.h"

/* An option "--name" of a verb. value NULL: a switch. */
struct cli_option {
	const char *name;  /* without the dashes */
	const char *value; /* word for the help: "FILE"; NULL for a switch */
	const char *help;
};

struct cli;

struct cli_verb {
	const char *noun;       /* "notice" */
	const char *verb;       /* "read"; "" for a noun that is a verb of its own ("match") */
	const char *args;       /* "FILE..." */
	int min_args, max_args; /* -1: any number */
	const char *help;       /* one line */
	const char *examples;   /* lines, or NULL */
	enum fp_status (*run)(struct cli *c, struct fp_err *err);
	const struct cli_option *options; /* ends with name NULL; NULL for none */
};

#define CLI_MAX_OPTIONS 32

struct cli {
	const struct cli_verb *verb;
	const char *const *args; /* what is left after options */
	int n_args;
	struct {
		const char *name, *value;
	} given[CLI_MAX_OPTIONS];
	size_t n_given;
	const struct i18n *lang;
	const char *lang_tag;
	bool json, colour, quiet, tty_err;
	unsigned width;
	struct fp_clock clock;
	struct fp_log log;
	struct app *app; /* opened by cli_app */
	char db[4096];
	const char *notice_dirs[5];
	char notice_dir_own[4096], notice_dir_near[4096];
	struct app_actor actor;
};

/* The value of an option, "" for a switch that is on, NULL when not given. */
const char *cli_opt(const struct cli *c, const char *name);

/* Open the database on first use. */
enum fp_status cli_app(struct cli *c, struct fp_err *err) FP_MUST_CHECK;

const char *cli_t(const struct cli *c, const char *english);

/* A new document for the terminal. */
enum fp_status cli_doc(struct doc **out, const struct cli *c, const char *title, struct fp_err *err) FP_MUST_CHECK;
/* Print a tree as text, or the JSON when --format json was given. j is stolen; it gets "format": NAME as its first member. */
enum fp_status cli_print(const struct cli *c, const struct doc *d, struct fp_err *err) FP_MUST_CHECK;
enum fp_status cli_print_json(const struct cli *c, const char *format, json_t *stolen, struct fp_err *err) FP_MUST_CHECK;
/* The same for a list that was printed as text on the way: {"format": NAME, KEY: [...]} with --format json, nothing otherwise. The list is stolen. */
enum fp_status cli_print_list(
    const struct cli *c, const char *format, const char *key, json_t *stolen, struct fp_err *err) FP_MUST_CHECK;
/* Write bytes to the file of option --output, or to standard output when there is none. */
enum fp_status cli_put(const struct cli *c, const struct fp_buf *b, struct fp_err *err) FP_MUST_CHECK;
/* Talk: a line on standard error unless --quiet. */
void cli_say(const struct cli *c, const char *fmt, ...) FP_PRINTF(2, 3);
/* A progress line on standard error when it is a terminal; text NULL keeps the last one. cli_progress_end clears it. */
void cli_progress(const struct cli *c, size_t done, size_t total, const char *text);
void cli_progress_end(const struct cli *c);

/* A line without echo from the terminal, or a plain line when standard input is none. */
enum fp_status cli_password(char *out, size_t size, const char *prompt, struct fp_err *err) FP_MUST_CHECK;

/* Time as text for people ("2026-11-21 09:30 UTC"); "" for 0. */
void cli_add_time(struct doc_node *parent, const struct cli *c, fp_time t);
enum fp_status cli_number(
    int64_t *out, const char *text, int64_t least, int64_t most, const char *what, struct fp_err *err) FP_MUST_CHECK;

/* JSON of the shared records (output schemas). */
json_t *cli_verdict_json(const struct evidence_verdict *v, fp_time at);
json_t *cli_counts_json(const struct case_counts *n);
json_t *cli_device_json(const struct device *d);
json_t *cli_cell_json(const struct case_cell *cell);

/* What checks said: as JSON, as a table for people, and as the exit status (3 not corrected, 4 could not be determined). */
json_t *cli_checked_json(const struct app_check_result *r);
enum fp_status cli_checked_text(const struct cli *c, const struct app_check_result *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status cli_checked_outcome(const struct app_check_result *r, struct fp_err *err) FP_MUST_CHECK;

/* The cells of a row that say what came out and why. */
void cli_add_verdict(struct doc_node *row, const struct cli *c, const struct evidence_verdict *v);
enum fp_status cli_read_facts(struct cli *c, struct fp_err *err) FP_MUST_CHECK; /* evidence read, of a fact file */

extern const struct cli_verb cli_bring_verbs[], cli_notice_verbs[], cli_letter_verbs[], cli_parity_verbs[], cli_csaf_verbs[],
    cli_device_verbs[], cli_case_verbs[], cli_check_verbs[], cli_evidence_verbs[], cli_proof_verbs[],
    cli_site_verbs[]; /* each ends with noun NULL */

#endif
