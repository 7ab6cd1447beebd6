#include "collect/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RULESET_MAX ((size_t)16 << 20)
#define WAIT_MS 5000
#define TABLES_MAX 1000

/* nft alone knows the language of the kernel's rules; it is asked to list them, which changes nothing. */
static const char *const programs[] = { "/usr/sbin/nft", "/sbin/nft" };

/*
 * What "nft list ruleset" says: names of the tables, and what becomes of a packet that comes in and that no rule decides. A packet passes through every chain
 * with "hook input", so one that drops is enough. Rules themselves are not kept.
 */
void
linux_ruleset(struct collect *c, struct collect_value *firewall, char *text)
{
	struct collect_value *tables = collect_list(c->arena);
	bool input = false, drop = false;
	char *line;

	while ((line = linux_next_line(&text, false)) != NULL) {
		line = linux_trim(line);
		if (strncmp(line, "table ", 6) == 0) {
			line[strcspn(line, "{")] = '\0';
			collect_add_text(tables, linux_trim(line + 6));
		} else if (strncmp(line, "type filter hook input ", 23) == 0) {
			input = true;
			drop = drop || strstr(line, "policy drop;") != NULL;
		}
	}
	collect_sort(tables);
	collect_put_text(firewall, "service", input ? "running" : "absent");
	collect_put(firewall, "tables", tables);
	(void)collect_cut(tables, TABLES_MAX);
	collect_put_text(firewall, "input_policy", drop ? "drop" : "accept");
}

/* All that comes out of fd until its end; NULL when it takes too long or is too much. */
static char *
drain(struct collect *c, int fd)
{
	size_t cap = 1 << 16, n = 0;
	char *text = collect_alloc(c->arena, cap + 1);
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	while (poll(&ready, 1, WAIT_MS) == 1) {
		ssize_t got = read(fd, text + n, cap - n);

		if (got <= 0)
			return got == 0 ? text : NULL;
		n += (size_t)got;
		if (n == cap) {
			char *more = cap >= RULESET_MAX ? NULL : collect_alloc(c->arena, 2 * cap + 1);

			if (more == NULL)
				return NULL;
			memcpy(more, text, n);
			text = more;
			cap *= 2;
		}
	}
	return NULL;
}

/* The list, or NULL with what went wrong. */
static char *
ask_nft(struct collect *c, const char *program, const char **why)
{
	char name[] = "nft", list[] = "list", ruleset[] = "ruleset", locale[] = "LC_ALL=C";
	char *const argv[] = { name, list, ruleset, NULL }, *const env[] = { locale, NULL };
	posix_spawn_file_actions_t files;
	int ends[2], status = 0;
	char *text = NULL;
	pid_t pid;
	bool started;

	*why = "nft cannot be started";
	if (pipe(ends) != 0)
		return NULL;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
	(void)posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_addclose(&files, ends[1]);
	started = posix_spawn(&pid, program, &files, NULL, argv, env) == 0;
	(void)posix_spawn_file_actions_destroy(&files);
	(void)close(ends[1]);
	if (started) {
		*why = "nft does not list the rules";
		text = drain(c, ends[0]);
		if (text == NULL)
			(void)kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			text = NULL;
	}
	(void)close(ends[0]);
	return text;
}

void
linux_read_firewall(struct collect *c)
{
	struct collect_value *firewall = collect_object(c->arena);
	const char *why = "nft is not installed: the rules of the kernel are not known", *old;
	char *text = NULL;

	if (!linux_is_live(c) || !collect_elevated()) {
		collect_unknown(c, "firewall",
		    linux_is_live(c) ? "only root may see the rules" : "a recorded tree has no rules of the kernel");
		return;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]) && text == NULL; i++)
		if (access(programs[i], X_OK) == 0)
			text = ask_nft(c, programs[i], &why);
	if (text == NULL) {
		collect_unknown(c, "firewall", "%s", why);
		return;
	}
	linux_ruleset(c, firewall, text);
	collect_put(c->facts, "firewall", firewall);
	/* Rules of the older kind are not in nft's list. */
	old = linux_line(c, "/proc/net/ip_tables_names");
	if (old != NULL && *old != '\0') {
		collect_put_text(firewall, "service", "running");
		collect_unknown(c, "firewall.input_policy", "there are rules of the older iptables, which nft does not list");
	}
}
