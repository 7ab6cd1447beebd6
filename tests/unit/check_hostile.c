/* Every way of answering badly that tests/doubles/hostile knows: the run ends in time, within its budgets, and never with an unearned pass. */
#include "check_help.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "check/target.h"

#define MODES_MAX 160
#define TIMEOUT_MS 250

static char program[512];

static struct mode {
	char name[40], wire[8];
	pid_t pid;
	int port;
} modes[MODES_MAX];
static size_t n_modes;

/* Modes that answer as they should, or spoil only what the check does not look at: there a pass is earned. */
static const struct {
	const char *mode, *check;
} earned[] = {
	{ "smb-good", "SMB-1" },
	{ "smb-good", "SMB-2" },
	{ "smb-good", "SMB-3" },
	/* what is spoiled stands in contexts or fields of the SMB2 answer to 3.1.1; SMB1 is declined, and 3.0 offers encryption by its bit */
	{ "smb-", "SMB-1" },
	{ "smb-ctx", "SMB-3" },
	{ "smb-cipher", "SMB-3" },
	{ "smb-cipher-zero", "SMB-2" },
	{ "smb-salt", "SMB-3" },
	{ "nfs-good", "NFS-1" },
	{ "nfs-fragments", "NFS-1" },
	{ "nfs-starttls-always", "NFS-1" },
	{ "nfs-one-close", "NFS-1" }, /* each call over a connection of its own */
	{ "nfs-good", "NFS-2" },
	{ "nfs-fragments", "NFS-2" },
	{ "nfs-starttls-always", "NFS-2" },
	{ "nfs-one-close", "NFS-2" }, /* each call over a connection of its own */
	/* spoiled is only what is said about the export */
	{ "nfs-c-", "NFS-2" },
	{ "ipmi-good", "BMC-2" },
	{ "ipmi-good", "BMC-3" },
	{ "udp-twice", "BMC-2" },
	{ "udp-twice", "BMC-3" },
	{ "udp-stale", "BMC-2" },
	{ "udp-stale", "BMC-3" },
	/* only the list of suites does not end there */
	{ "ipmi-suites-endless", "BMC-2" },
};

static bool
is_earned(const char *mode, const char *check)
{
	/* Modes that spoil the frame, the header or every answer alike leave nothing that could be believed. */
	static const char *const not_even_smb1[] = { "smb-nb-", "smb-keepalives", "smb-protocol", "smb-header-size",
		"smb-pending", "smb-status", "smb-message-id" };
	if (strcmp(mode, "nfs-fragments-endless") == 0) {
		return false;
	}
	for (size_t i = 0; strcmp(check, "SMB-1") == 0 && i < FP_COUNT(not_even_smb1); i++) {
		if (strncmp(mode, not_even_smb1[i], strlen(not_even_smb1[i])) == 0) {
			return false;
		}
	}
	for (size_t i = 0; i < FP_COUNT(earned); i++) {
		if (strcmp(earned[i].check, check) == 0 && strncmp(mode, earned[i].mode, strlen(earned[i].mode)) == 0) {
			return true;
		}
	}
	return false;
}

static pid_t
spawn(char *const argv[], int *out)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	(void)close(fds[1]);
	*out = fds[0];
	return pid;
}

static size_t
read_line(int fd, char *line, size_t size)
{
	size_t n = 0;
	while (n + 1 < size && read(fd, line + n, 1) == 1 && line[n] != '\n') {
		n++;
	}
	line[n] = '\0';
	return n;
}

static void
modes_list(void)
{
	char *argv[] = { program, (char *)(uintptr_t) "--list", NULL };
	char line[200];
	int fd;
	pid_t pid = spawn(argv, &fd);
	while (n_modes < MODES_MAX && read_line(fd, line, sizeof(line)) > 0) {
		if (sscanf(line, "%39s %7s", modes[n_modes].name, modes[n_modes].wire) == 2) {
			n_modes++;
		}
	}
	(void)close(fd);
	(void)waitpid(pid, NULL, 0);
}

/* "listening tcp 127.0.0.1:37371" */
static void
mode_start(struct mode *m, bool tls, const char *cut)
{
	char line[100];
	int fd;
	char *argv[16] = { program, (char *)(uintptr_t) "--mode", m->name, (char *)(uintptr_t) "--seconds",
		(char *)(uintptr_t) "60", (char *)(uintptr_t) "--to", (char *)(uintptr_t) "https://127.0.0.1:1/" };
	size_t n = 7;
	if (tls) {
		argv[n++] = (char *)(uintptr_t) "--tls";
	}
	if (cut != NULL) {
		argv[n++] = (char *)(uintptr_t) "--cut";
		argv[n++] = (char *)(uintptr_t)cut;
		argv[n++] = (char *)(uintptr_t) "--cut-step";
		argv[n++] = (char *)(uintptr_t) "1";
	}
	argv[n] = NULL;
	m->pid = spawn(argv, &fd);
	(void)read_line(fd, line, sizeof(line));
	(void)close(fd);
	const char *colon = strrchr(line, ':');
	m->port = colon != NULL ? check_port_of(colon + 1) : 0;
}

static void
mode_stop(struct mode *m)
{
	(void)kill(m->pid, SIGKILL);
	(void)waitpid(m->pid, NULL, 0);
}

struct found {
	struct evidence_obs *obs[MODES_MAX];
};

static enum fp_status
on_done(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err)
{
	struct found *f = ctx;
	(void)err;
	f->obs[job] = owned;
	return FP_OK;
}

/* Ask every server of that kind in one run, and hold each answer against what was earned. */
static void
ask_all(const char *wire, bool tls, const char *const *checks, const char *address)
{
	struct found found = { { NULL } };
	size_t of[MODES_MAX], n = 0;
	struct fp_clock clock = fp_clock_real();
	struct fp_err err = { 0 };
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	for (size_t i = 0; i < n_modes; i++) {
		char a[80], list[200];
		struct device d = { .serial = a, .storage = a, .bmc = a };
		int job;
		const char *why;
		/* "answer" wants a file, and without TLS http answers are tested through it anyway */
		if (strcmp(modes[i].wire, wire) != 0 || strcmp(modes[i].name, "answer") == 0) {
			continue;
		}
		mode_start(&modes[i], tls, NULL);
		(void)snprintf(a, sizeof(a), address, modes[i].port);
		assert_true(modes[i].port > 0);
		/* CLR-1 asks a list of ports: here each of them is the hostile one */
		const int port = modes[i].port;
		(void)snprintf(list, sizeof(list), "ftp=%d,telnet=%d,http=%d,exec=9,login=9,shell=9,rsync=%d,vnc=%d,tftp=9", port,
		    port, port, port, port);
		struct evidence_param item = { (char *)(uintptr_t) "clear-ports", list };
		const struct check_params params = { &item, 1 };
		assert_int_equal(check_plan_add(p, check_find(checks[0]), &d, "", &params, &job, &why, NULL), FP_OK);
		assert_null(why);
		of[n++] = i;
	}
	assert_true(n > 20);
	const struct check_run_options o = { .clock = &clock,
		.vantage = "test",
		.tool = "test",
		.timeout_ms = TIMEOUT_MS,
		.per_host = 8,
		.done = on_done,
		.ctx = &found };
	int64_t t0 = fp_monotonic_ms();
	assert_int_equal(check_run(p, &o, &err), FP_OK);
	assert_in_range(fp_monotonic_ms() - t0, 0, 30000);
	for (size_t k = 0; k < n; k++) {
		const struct check_budget *b = &check_plan_job(p, k)->probe->budget;
		const struct evidence_obs *obs = found.obs[k];
		mode_stop(&modes[of[k]]);
		assert_non_null(obs);
		assert_true(obs->connections <= b->connections && obs->packets <= b->packets);
		assert_true(obs->took_us < (int64_t)b->deadline_ms * 1000 * TIMEOUT_MS / b->timeout_ms + 1000000);
		for (size_t c = 0; checks[c] != NULL; c++) {
			struct evidence_verdict v = verdict(obs, checks[c]);
			if (v.result == EVIDENCE_PASS && !is_earned(modes[of[k]].name, checks[c])) {
				fail_msg("%s passes %s: %s (%s)", modes[of[k]].name, checks[c], v.reason, v.detail);
			}
			/* the controls must pass, or the test above proves nothing */
			bool smb = strncmp(checks[0], "SMB", 3) == 0, nfs = strncmp(checks[0], "NFS", 3) == 0;
			bool control = strcmp(modes[of[k]].name, smb ? "smb-good" : nfs ? "nfs-good" : "ipmi-good") == 0;
			if (control && strcmp(wire, tls ? "" : smb || nfs ? "tcp" : "udp") == 0) {
				assert_true(v.result == EVIDENCE_PASS || v.result == EVIDENCE_INFORMATIONAL);
			}
			assert_int_not_equal(v.result, EVIDENCE_ERROR);
		}
		evidence_obs_free(found.obs[k]);
	}
}

static void
hostile_smb(void **state)
{
	(void)state;
	static const char *const checks[] = { "SMB-1", "SMB-2", "SMB-3", NULL };
	ask_all("tcp", false, checks, "smb://127.0.0.1:%d");
}

static void
hostile_ssh(void **state)
{
	(void)state;
	static const char *const checks[] = { "SSH-1", NULL };
	ask_all("tcp", false, checks, "sftp://127.0.0.1:%d/");
}

static void
hostile_tls(void **state)
{
	(void)state;
	static const char *const checks[] = { "TLS-1", NULL };
	ask_all("tcp", false, checks, "https://127.0.0.1:%d/");
}

static void
hostile_nfs(void **state)
{
	(void)state;
	static const char *const checks[] = { "NFS-1", "NFS-2", NULL };
	ask_all("tcp", false, checks, "nfs://127.0.0.1:%d/export");
}

static void
hostile_clear(void **state)
{
	(void)state;
	static const char *const checks[] = { "CLR-1", NULL };
	ask_all("tcp", false, checks, "127.0.0.1:%d");
}

static void
hostile_web(void **state)
{
	(void)state;
	static const char *const checks[] = { "BMC-4", NULL };
	ask_all("tcp", true, checks, "127.0.0.1;https=%d");
}

static void
hostile_web_without_tls(void **state)
{
	(void)state;
	static const char *const checks[] = { "BMC-4", NULL };
	ask_all("tcp", false, checks, "127.0.0.1;https=%d");
}

static void
hostile_ipmi(void **state)
{
	(void)state;
	static const char *const checks[] = { "BMC-2", "BMC-3", "BMC-1", NULL };
	ask_all("udp", false, checks, "127.0.0.1;ipmi=%d");
}

/* Each further connection is cut one byte later: through the whole length of an answer nothing that needs it passes. */
static void
closing_at_every_byte(void **state)
{
	(void)state;
	static const char *const checks[] = { "SMB-1", "SMB-2", "SMB-3", "SMB-4" };
	struct mode m = { .name = "smb-good" };
	char a[80];
	struct fp_clock clock = fp_clock_real();
	mode_start(&m, false, "0");
	(void)snprintf(a, sizeof(a), "smb://127.0.0.1:%d", m.port);
	/* answers are 37, 206 and 288 bytes: while the cut is shorter than all, nothing may pass but what a whole SMB1 answer gives */
	for (int cut = 0; cut < 190;) {
		struct found found = { { NULL } };
		struct device d = { .serial = a, .storage = a };
		int job;
		const char *why;
		FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
		const struct check_run_options o = {
			.clock = &clock, .vantage = "t", .tool = "t", .timeout_ms = TIMEOUT_MS, .done = on_done, .ctx = &found
		};
		assert_int_equal(check_plan_new(&p, NULL), FP_OK);
		assert_int_equal(check_plan_add(p, check_find("SMB-1"), &d, "", NULL, &job, &why, NULL), FP_OK);
		assert_int_equal(check_run(p, &o, NULL), FP_OK);
		for (size_t c = 0; c < FP_COUNT(checks); c++) {
			struct evidence_verdict v = verdict(found.obs[0], checks[c]);
			if (v.result == EVIDENCE_PASS && !(c == 0 && cut >= 41)) {
				fail_msg("cut from byte %d on: %s passes (%s)", cut, checks[c], v.detail);
			}
		}
		cut += found.obs[0]->connections;
		evidence_obs_free(found.obs[0]);
	}
	mode_stop(&m);
}

static int
setup(void **state)
{
	(void)state;
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 64);
	program[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(program, '/');
	(void)snprintf(slash != NULL ? slash : program, 64, "/../doubles/hostile");
	return 0;
}

/* cmocka's skip() is per test, and all of them need the program. */
static void
modes_are_known(void **state)
{
	(void)state;
	if (access(program, X_OK) != 0) {
		skip();
	}
	modes_list();
	assert_true(n_modes > 60);
}

#define NEEDS(test)                                                                                                              \
	static void test##_or_skip(void **state)                                                                                 \
	{                                                                                                                        \
		if (n_modes == 0) {                                                                                              \
			skip();                                                                                                  \
		}                                                                                                                \
		test(state);                                                                                                     \
	}

NEEDS(hostile_smb)
NEEDS(hostile_ssh)
NEEDS(hostile_tls)
NEEDS(hostile_nfs)
NEEDS(hostile_clear)
NEEDS(hostile_web)
NEEDS(hostile_web_without_tls)
NEEDS(hostile_ipmi)
NEEDS(closing_at_every_byte)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_are_known),
		cmocka_unit_test(hostile_smb_or_skip),
		cmocka_unit_test(hostile_ssh_or_skip),
		cmocka_unit_test(hostile_tls_or_skip),
		cmocka_unit_test(hostile_nfs_or_skip),
		cmocka_unit_test(hostile_clear_or_skip),
		cmocka_unit_test(hostile_web_or_skip),
		cmocka_unit_test(hostile_web_without_tls_or_skip),
		cmocka_unit_test(hostile_ipmi_or_skip),
		cmocka_unit_test(closing_at_every_byte_or_skip),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
