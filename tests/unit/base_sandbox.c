/* The sandbox: what a child cannot do, how it ends at each limit, and that its parent lives on whatever it does. */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox_int.h"

#define WORK(name)                                                                                                               \
	static enum fp_status name(void *ctx __attribute__((unused)), const char *in __attribute__((unused)),                    \
	    size_t len __attribute__((unused)), struct fp_buf *out __attribute__((unused)),                                      \
	    struct fp_err *err __attribute__((unused)))

static struct fp_err why;

static struct fp_buf
call(enum fp_status expected, fp_sandbox_work *work, void *ctx, const char *in, const struct fp_sandbox_limits *o)
{
	struct fp_buf b = { .max = 0 };
	enum fp_status got;

	why = (struct fp_err){ .msg = "" };
	got = fp_sandbox_call(&b, work, ctx, in, in ? strlen(in) : 0, o, &why);
	if (got != expected)
		print_message("%s instead of %s: %s\n", fp_status_name(got), fp_status_name(expected), why.msg);
	assert_int_equal(got, expected);
	assert_true((got == FP_OK) == (why.msg[0] == '\0'));
	if (got != FP_OK)
		fp_buf_free(&b);
	return b;
}

static void
no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

WORK(echo)
{
	fp_buf_add(out, in, len);
	fp_buf_puts(out, ctx);
	return FP_OK;
}

static void
test_call(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = call(FP_OK, echo, (char[]){ "ctx" }, "input ", NULL);

	(void)state;
	assert_string_equal(b.data, "input ctx");
	no_children();
}

WORK(refuse)
{
	return fp_fail(err, FP_EUNSUPPORTED, "line 3: \x1b[31m%s", "not this one");
}

/* All of descriptor 0, and that nothing else can be had: no other file, not even the same one by its name. */
WORK(read_zero)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(0, chunk, sizeof(chunk))) > 0)
		fp_buf_add(out, chunk, (size_t)n);
	fp_buf_printf(out, "%d%d%d", n == 0, open(ctx, O_RDONLY) < 0, write(0, "x", 1) < 0);
	return FP_OK;
}

static void
test_file(void **state)
{
	char path[] = "/tmp/base_sandbox.XXXXXX";
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	int made = mkstemp(path), fd = open(path, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(made > 2 && fd > 2);
	for (int i = 0; i < 100000; i++)
		fp_buf_printf(&b, "%d ", i);
	assert_int_equal(write(made, b.data, b.len), (ssize_t)b.len);
	fp_buf_puts(&b, "111");
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	assert_int_equal(fp_sandbox_call_fd(&out, read_zero, path, fd, NULL, &why), FP_OK);
	assert_int_equal(out.len, b.len);
	assert_memory_equal(out.data, b.data, b.len);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), (off_t)b.len - 3); /* still ours */
	assert_int_equal(close(fd) + close(made) + unlink(path), 0);
	no_children();
}

static void
test_error(void **state)
{
	(void)state;
	(void)call(FP_EUNSUPPORTED, refuse, NULL, "x", NULL);
	assert_non_null(strstr(why.msg, "line 3"));
	assert_null(strchr(why.msg, '\x1b'));
	no_children();
}

/* Each line: what was tried, and its errno; 0 when it worked. */
static void
note(struct fp_buf *out, const char *what, long result)
{
	fp_buf_printf(out, "%s %d\n", what, result < 0 ? errno : 0);
	errno = 0;
}

WORK(try_all)
{
	char *const args[] = { NULL };
	int secret = *(int *)ctx;
	char c;

	note(out, "passwd", open("/etc/passwd", O_RDONLY));
	note(out, "write", open("/tmp/fp-sandbox-was-here", O_WRONLY | O_CREAT, 0600));
	note(out, "folder", open("/", O_RDONLY | O_DIRECTORY));
	note(out, "unlink", unlink("/tmp/fp-sandbox-was-here"));
	note(out, "mkdir", mkdir("/tmp/fp-sandbox-dir", 0700));
	note(out, "tcp", socket(AF_INET, SOCK_STREAM, 0));
	note(out, "udp6", socket(AF_INET6, SOCK_DGRAM, 0));
	note(out, "unix", socket(AF_UNIX, SOCK_STREAM, 0));
	note(out, "netlink", socket(AF_NETLINK, SOCK_RAW, 0));
	note(out, "exec", execve("/bin/true", args, args));
	note(out, "fork", fork());
	note(out, "kill", kill(getppid(), 0));
	note(out, "ptrace", syscall(SYS_ptrace, 16, getppid(), 0, 0));
	note(out, "unshare", syscall(SYS_unshare, 0x10000000));
	note(out, "bpf", syscall(SYS_bpf, 0, NULL, 0));
	note(out, "keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
	note(out, "io_uring", syscall(SYS_io_uring_setup, 1, NULL));
	note(out, "mount", syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
	note(out, "secret", read(secret, &c, 1));
	return FP_OK;
}

static void
test_denied(void **state)
{
	int fds[2], secret;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "s", 1), 1);
	secret = fcntl(fds[0], F_DUPFD, 100);
	b = call(FP_OK, try_all, &secret, "", NULL);
	for (char *save = NULL, *line = strtok_r(b.data, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, " 0") != NULL)
			print_message("a child could: %s\n", line);
		assert_null(strstr(line, " 0"));
	}
	(void)close(fds[0]);
	(void)close(fds[1]);
	(void)close(secret);
	no_children();
}

WORK(count_descriptors)
{
	int n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	fp_buf_printf(out, "%d", n);
	return FP_OK;
}

static void
test_descriptors(void **state)
{
	int high = fcntl(1, F_DUPFD, 1000);
	FP_AUTO(fp_buf_free) struct fp_buf b = call(FP_OK, count_descriptors, NULL, "", NULL);

	(void)state;
	assert_string_equal(b.data, "4");
	(void)close(high);
}

#ifdef SANDBOX_ASAN
#define MEMORY_BOUNDED false
#else
#define MEMORY_BOUNDED true
#endif

static const struct fp_sandbox_limits tight = { .memory = (size_t)64 << 20, .seconds = 1, .output = 1000 };

WORK(eat_memory)
{
	static char *kept[4096];

	for (size_t n = 0; n < FP_COUNT(kept); n++) {
		kept[n] = malloc((size_t)1 << 20);
		if (kept[n] == NULL)
			return FP_ENOMEM;
		memset(kept[n], (int)n + 1, (size_t)1 << 20);
	}
	return FP_OK;
}

WORK(spin)
{
	for (volatile unsigned n = 1; n != 0;)
		n |= 1;
	return FP_OK;
}

WORK(sleep_long)
{
	(void)sleep(100);
	return FP_OK;
}

WORK(talk)
{
	for (int i = 0; i < 2000; i++)
		fp_buf_putc(out, 'x');
	return FP_OK;
}

static void
test_limits(void **state)
{
	(void)state;
	if (MEMORY_BOUNDED) {
		(void)call(FP_ELIMIT, eat_memory, NULL, "", &tight);
		assert_non_null(strstr(why.msg, "64 MiB"));
	}
	(void)call(FP_ETIMEOUT, spin, NULL, "", &tight);
	(void)call(FP_ETIMEOUT, sleep_long, NULL, "", &tight);
	assert_non_null(strstr(why.msg, "1 seconds"));
	(void)call(FP_ELIMIT, talk, NULL, "", &tight);
	assert_non_null(strstr(why.msg, "1000"));
	no_children();
}

WORK(crash)
{
	(void)raise(SIGSEGV);
	return FP_OK;
}

WORK(give_up)
{
	abort();
}

WORK(leave)
{
	_exit(3);
}

static void
test_dying(void **state)
{
	(void)state;
	(void)call(FP_EINVAL, crash, NULL, "", NULL);
	assert_non_null(strstr(why.msg, "stopped on this file"));
	(void)call(FP_EINVAL, give_up, NULL, "", NULL);
	(void)call(FP_EINVAL, leave, NULL, "", NULL);
	assert_non_null(strstr(why.msg, "code 3"));
	no_children();
}

/* What a child under foreign control could send. */
struct forged {
	uint32_t magic, status, err_len, spare;
	uint64_t len;
};

WORK(forge)
{
	const struct forged *f = ctx;

	if (write(3, f, sizeof(*f)) == (ssize_t)sizeof(*f) && f->err_len == 7)
		(void)!write(3, "\xff\x1b]0;x\a", 7);
	_exit(0);
}

static void
test_garbage(void **state)
{
	enum { MAGIC = 0x46505342 };
	static struct forged bad[] = {
		{ .magic = 0x58585858 },
		{ .magic = MAGIC, .status = 4000 },
		{ .magic = MAGIC, .status = 1, .err_len = 0xFFFFFFFF },
		{ .magic = MAGIC, .len = UINT64_MAX },
		{ .magic = MAGIC, .status = 2, .len = 10 },
		{ .magic = MAGIC, .len = 10 }, /* and then nothing */
		{ .magic = MAGIC, .status = 2, .err_len = 7 },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		(void)call(FP_EINVAL, forge, &bad[i], "", NULL);
		for (const char *p = why.msg; *p != '\0'; p++)
			assert_true((unsigned char)*p >= ' ');
	}
	no_children();
}

/* ---- workers ---- */

WORK(tell_pid)
{
	if (len > 0 && in[0] == 'c')
		(void)raise(SIGSEGV);
	if (len > 0 && in[0] == 'e')
		return fp_fail(err, FP_EINVAL, "line 1: bad");
	if (len > 0 && in[0] == 's')
		(void)sleep(100);
	fp_buf_printf(out, "%d", (int)getpid());
	return FP_OK;
}

static int
ask(struct fp_sandbox_worker *w, const char *in, enum fp_status expected)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	enum fp_status got;

	why = (struct fp_err){ .msg = "" };
	got = fp_sandbox_worker_call(w, &b, in, strlen(in), &why);
	if (got != expected)
		print_message("%s\n", why.msg);
	assert_int_equal(got, expected);
	return b.data != NULL ? (int)strtol(b.data, NULL, 10) : 0;
}

static void
test_worker(void **state)
{
	FP_AUTO(fp_sandbox_worker_freep) struct fp_sandbox_worker *w = NULL;
	int before = 0, processes = 0;

	(void)state;
	assert_int_equal(fp_sandbox_worker_new(&w, tell_pid, NULL, NULL, &why), FP_OK);
	for (int i = 0; i < 1000; i++) {
		int pid = ask(w, "x", FP_OK);

		processes += pid != before;
		before = pid;
	}
	assert_int_equal(processes, 4); /* 256 inputs each */
	fp_sandbox_worker_freep(&w);
	no_children();
}

static void
test_worker_failing(void **state)
{
	FP_AUTO(fp_sandbox_worker_freep) struct fp_sandbox_worker *w = NULL;
	int first, second;

	(void)state;
	assert_int_equal(fp_sandbox_worker_new(&w, tell_pid, NULL, &tight, &why), FP_OK);
	first = ask(w, "x", FP_OK);
	(void)ask(w, "e", FP_EINVAL);
	assert_string_equal(why.msg, "line 1: bad");
	assert_int_equal(ask(w, "x", FP_OK), first);
	(void)ask(w, "c", FP_EINVAL);
	second = ask(w, "x", FP_OK);
	assert_int_not_equal(second, first);
	(void)ask(w, "s", FP_ETIMEOUT);
	first = ask(w, "x", FP_OK);
	/* Killed while it had nothing to do: nobody notices. */
	assert_int_equal(kill(first, SIGKILL), 0);
	(void)usleep(50000);
	assert_int_not_equal(ask(w, "x", FP_OK), first);
	fp_sandbox_worker_freep(&w);
	no_children();
}

static void
test_worker_large(void **state)
{
	static const size_t size = (size_t)20 << 20;
	FP_AUTO(fp_sandbox_worker_freep) struct fp_sandbox_worker *w = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	char *in = malloc(size);

	(void)state;
	assert_non_null(in);
	memset(in, 'a', size);
	assert_int_equal(fp_sandbox_worker_new(&w, echo, (char[]){ "." }, NULL, &why), FP_OK);
	assert_int_equal(fp_sandbox_worker_call(w, &b, in, size, &why), FP_OK);
	assert_int_equal(b.len, size + 1);
	assert_memory_equal(b.data, in, size);
	free(in);
}

static void *
thread_of_calls(void *arg)
{
	static const char *const cat[] = { "cat", NULL };
	FP_AUTO(fp_sandbox_worker_freep) struct fp_sandbox_worker *w = NULL;
	struct fp_err e;

	if (fp_sandbox_worker_new(&w, echo, arg, NULL, &e) != FP_OK)
		return NULL;
	for (int i = 0; i < 60; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, c = { .max = 0 }, d = { .max = 0 };
		char text[32];
		int code = -1;

		(void)snprintf(text, sizeof(text), "%d ", i);
		if (fp_sandbox_worker_call(w, &b, text, strlen(text), &e) != FP_OK || strncmp(b.data, text, strlen(text)) != 0 ||
		    (i % 10 == 0 && fp_sandbox_call(&c, echo, arg, text, strlen(text), NULL, &e) != FP_OK) ||
		    (i % 10 == 5 && (fp_sandbox_run(&d, &code, NULL, cat, text, strlen(text), NULL, NULL, &e) != FP_OK ||
					code != 0 || strcmp(d.data, text) != 0))) {
			fprintf(stderr, "input %d: %s\n", i, e.msg);
			return NULL;
		}
	}
	return arg;
}

static void
test_threads(void **state)
{
	static char word[] = "thread";
	pthread_t t[6];

	(void)state;
	/* The sanitizer's allocator does not survive a fork beside a thread that allocates; glibc's does. */
	if (!MEMORY_BOUNDED)
		skip();
	for (size_t i = 0; i < FP_COUNT(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, thread_of_calls, word), 0);
	for (size_t i = 0; i < FP_COUNT(t); i++) {
		void *result = NULL;

		assert_int_equal(pthread_join(t[i], &result), 0);
		assert_non_null(result);
	}
	no_children();
}

/* ---- programs ---- */

static int
run(struct fp_buf *out, struct fp_buf *said, enum fp_status expected, const char *const *argv, const char *in,
    const char *scratch, const struct fp_sandbox_limits *o)
{
	int code = -2;
	enum fp_status got;

	why = (struct fp_err){ .msg = "" };
	got = fp_sandbox_run(out, &code, said, argv, in, strlen(in), scratch, o, &why);
	if (got != expected)
		print_message("%s: %s\n", argv[0], why.msg);
	assert_int_equal(got, expected);
	return code;
}
#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_run(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 }, said = { .max = 0 }, none = { .max = 0 };

	(void)state;
	assert_int_equal(run(&out, NULL, FP_OK, ARGV("cat"), "through another program", NULL, NULL), 0);
	assert_string_equal(out.data, "through another program");
	assert_int_equal(run(&none, &said, FP_OK, ARGV("cat", "/etc/passwd"), "", NULL, NULL), 1);
	assert_non_null(strstr(said.data, "Permission denied"));
	assert_int_equal(none.len, 0);
	fp_buf_clear(&out);
	assert_int_equal(run(&out, NULL, FP_OK, ARGV("env"), "", NULL, NULL), 0);
	assert_null(strstr(out.data, "USER"));
	(void)run(&none, NULL, FP_ENOTFOUND, ARGV("fp-no-such-program"), "", NULL, NULL);
	(void)run(&none, NULL, FP_EUSAGE, ARGV("../bin/cat"), "", NULL, NULL);
	no_children();
}

static void
test_run_stays_inside(void **state)
{
	static const char script[] =
	    "cat /etc/hostname; echo x > /tmp/fp-sandbox-was-here; echo 1 > /dev/tcp/127.0.0.1/1; /usr/bin/id";
	char scratch[] = "/tmp/fp-scratch-XXXXXX", path[64];
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 }, said = { .max = 0 };

	(void)state;
	assert_non_null(mkdtemp(scratch));
	(void)snprintf(path, sizeof(path), "%s/kept", scratch);
	assert_int_equal(run(&out, NULL, FP_OK, ARGV("tee", "kept"), "own file", scratch, NULL), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_not_equal(run(&out, NULL, FP_OK, ARGV("tee", "kept"), "own file", NULL, NULL), 0);
	fp_buf_clear(&out);
	assert_int_not_equal(run(&out, &said, FP_OK, ARGV("bash", "-c", script), "", NULL, NULL), 0);
	assert_int_equal(out.len, 0);
	assert_int_not_equal(access("/tmp/fp-sandbox-was-here", F_OK), 0);
	assert_int_equal(rmdir(scratch), 0);
	no_children();
}

static void
test_run_limits(void **state)
{
	static const struct fp_sandbox_limits some = { .memory = (size_t)64 << 20, .seconds = 1, .output = 100000 };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	(void)state;
	(void)run(&out, NULL, FP_ELIMIT, ARGV("yes"), "", NULL, &some);
	assert_true(out.len <= 100000);
	(void)run(&out, NULL, FP_ETIMEOUT, ARGV("sleep", "100"), "", NULL, &some);
	/* Both pipes closed, and it stays. */
	(void)run(&out, NULL, FP_ETIMEOUT, ARGV("bash", "-c", "exec >&- 2>&-; while :; do :; done"), "", NULL, &some);
	(void)run(&out, NULL, FP_EINVAL, ARGV("bash", "-c", "ulimit -c 0; s=(); f() { f; }; ulimit -s 64; f"), "", NULL, NULL);
	assert_non_null(strstr(why.msg, "bash"));
	no_children();
}

static void
test_probe(void **state)
{
	struct fp_sandbox_report r;

	(void)state;
	assert_int_equal(fp_sandbox_probe(&r, &why), FP_OK);
	assert_true(r.files_denied);
	assert_true(r.network_denied);
	assert_true(r.calls_denied);
	assert_true(r.time_bounded);
	assert_true(r.memory_bounded == MEMORY_BOUNDED);
	assert_true(r.landlock_abi >= 0);
	no_children();
}

/* As on a kernel that lacks something: these calls fail from now on, in this process and its children. */
static void
take_away(bool landlock, bool seccomp)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);

	assert_non_null(c);
	if (landlock)
		assert_int_equal(seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0), 0);
	if (seccomp)
		assert_int_equal(
		    seccomp_rule_add(c, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)), 0);
	assert_int_equal(seccomp_load(c), 0);
	seccomp_release(c);
}

static void
test_older_kernels(void **state)
{
	(void)state;
	for (int without = 1; without < 4; without++) {
		pid_t pid = fork();
		int how = -1;

		if (pid == 0) {
			struct fp_sandbox_report r;
			FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
			bool landlock = (without & 1) == 0, seccomp = (without & 2) == 0, ok;

			take_away(!landlock, !seccomp);
			ok = fp_sandbox_probe(&r, &why) == FP_OK &&
			     (r.landlock_abi > 0) == (landlock && sandbox_landlock_abi() > 0) && r.calls_denied == seccomp &&
			     r.network_denied == seccomp && r.time_bounded && r.files_denied == (seccomp || r.landlock_abi > 0) &&
			     r.memory_bounded == MEMORY_BOUNDED &&
			     fp_sandbox_call(&b, echo, (char[]){ "!" }, "still works", 11, NULL, &why) == FP_OK && b.len == 12;
			if (!ok)
				fprintf(stderr, "without %d: landlock %d files %d network %d calls %d time %d memory %d: %s\n",
				    without, r.landlock_abi, r.files_denied, r.network_denied, r.calls_denied, r.time_bounded,
				    r.memory_bounded, why.msg);
			_exit(ok ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &how, 0), pid);
		assert_int_equal(how, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_dying),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_worker),
		cmocka_unit_test(test_worker_failing),
		cmocka_unit_test(test_worker_large),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_stays_inside),
		cmocka_unit_test(test_run_limits),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_older_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
