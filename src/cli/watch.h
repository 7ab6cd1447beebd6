/* fieldproof check --watch: the options, and what check.c calls. */
#ifndef FP_CLI_WATCH_H
#define FP_CLI_WATCH_H

#include "cli/cli.h"

#define CLI_WATCH_OPTIONS                                                                                                        \
	{ "every", "TIME", "with --watch: time between two rounds (1h), at least 1s" },                                          \
	    { "jitter", "TIME", "with --watch: each round begins up to this much later (a sixth of --every)" },                  \
	    { "window", "WINDOW", "with --watch: ask only then, for example 'Mon-Fri 22:00-05:00, Sun 00:00-24:00' (always)" },  \
	    { "zone", "ZONE", "with --watch: time zone of the window, like Europe/Copenhagen (this machine's)" },                \
	    { "rounds", "N", "with --watch: end after N rounds" },                                                               \
	    { "mail-to", "ADDRESS,...",                                                                                          \
		    "with --watch: who gets a mail when something that was verified is not proven any more" },                   \
	    { "mail-from", "ADDRESS", "with --watch: the sender of that mail" },                                                 \
	    { "smtp", "URL", "with --watch: mail server, smtp://HOST:PORT or smtps://HOST:PORT (smtp://localhost:25)" },         \
	    { "smtp-user", "NAME", "with --watch: log on to the mail server, encrypted only" },                                  \
	    { "smtp-password-file", "FILE", "with --watch: its first line is the password" },                                    \
	{                                                                                                                        \
		"smtp-ca", "FILE", "with --watch: encrypt always, the mail server's certificate must lead to one of these"       \
	}

/* Watch with the options of the command line: 3 alarm, 4 doubt, 1 a mail that waits or a last round that failed. */
enum fp_status cli_watch(struct cli *c, const struct app_check_options *check, struct fp_err *err) FP_MUST_CHECK;
/* Without --watch: FP_EUSAGE when one of the others was given. */
enum fp_status cli_watch_options_alone(const struct cli *c, struct fp_err *err) FP_MUST_CHECK;

#endif
