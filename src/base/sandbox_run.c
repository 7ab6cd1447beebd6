/* Another program on foreign bytes, and the probe of what holds. */
#define _GNU_SOURCE /* clone */
#include "base/sandbox_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define SAID_MAX ((size_t)4096)
#define CHUNK ((size_t)65536)
#define STACK 65536 /* of a child until it executes */

/* The bytes as a file in memory: no second direction to wait for, and nothing on a disk. */
static enum fp_status
input_file(int *out, const char *in, size_t len, struct fp_err *err)
{
	int fd = (int)syscall(SYS_memfd_create, "input", 1U /* MFD_CLOEXEC */);

	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot make a file in memory");
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(fd, in + done, len - done, (off_t)done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			enum fp_status status = fp_fail_errno(err, errno, "cannot hand %zu bytes to another program", len);

			(void)close(fd);
			return status;
		}
	}
	*out = fd;
	return FP_OK;
}

struct run {
	const char *const *argv;
	char path[300], tmp[4200];
	struct fp_sandbox_limits limits;
	const char *scratch;
	int in, out[2], said[2];
	pid_t pid;
	int64_t deadline;
};

static void
close_run(struct run *r)
{
	int *const fds[] = { &r->in, &r->out[0], &r->out[1], &r->said[0], &r->said[1] };

	for (size_t i = 0; i < FP_COUNT(fds); i++)
		fp_closep(fds[i]);
}

static int __attribute__((noreturn)) child_exec(void *arg)
{
	const struct run *r = arg;
	const struct sandbox_wish w = { .kind = SANDBOX_RUN, .limits = r->limits, .program = r->path, .scratch = r->scratch };
	char *env[] = { (char[]){ "PATH=/usr/bin" }, (char[]){ "LC_ALL=C.UTF-8" }, (char[]){ "HOME=/nonexistent" },
		(char[]){ "OMP_THREAD_LIMIT=1" }, (char *)r->tmp, NULL };

	if (!sandbox_descriptors(r->in, r->out[1], r->said[1], NULL) || (r->scratch != NULL && chdir(r->scratch) != 0) ||
	    (r->scratch == NULL && chdir("/") != 0) || !sandbox_enter(&w))
		sandbox_leave(SANDBOX_EXIT_SETUP);
	(void)execve(r->path, (char *const *)(uintptr_t)r->argv, env);
	sandbox_leave(SANDBOX_EXIT_EXEC);
}

/*
 * A child that shares our memory until it executes, while this thread waits: copying the page tables of a program that holds the terms of 26 languages costs
 * more than drawing a page. It makes system calls and nothing else. (Not vfork(): a stack of its own keeps it from ours.)
 */
static int
spawn(struct run *r)
{
#ifdef SANDBOX_ASAN
	int pid = sandbox_fork();

	if (pid == 0)
		(void)child_exec(r);
	return pid;
#else
	_Alignas(16) char stack[STACK];
	sigset_t all, before;
	int pid;

	if (!sandbox_prepare()) {
		errno = ENOMEM;
		return -1;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone(child_exec, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, r);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
#endif
}

static enum fp_status
start(struct run *r, const char *in, size_t len, struct fp_err *err)
{
	if (strchr(r->argv[0], '/') != NULL || strlen(r->argv[0]) > 200)
		return fp_fail(err, FP_EUSAGE, "'%.40s' is not the name of a program", r->argv[0]);
	(void)snprintf(r->path, sizeof(r->path), "/usr/bin/%s", r->argv[0]);
	(void)snprintf(r->tmp, sizeof(r->tmp), "TMPDIR=%.4000s", r->scratch != NULL ? r->scratch : "/nonexistent");
	if (access(r->path, X_OK) != 0)
		return fp_fail(err, FP_ENOTFOUND, "the program '%s' is not installed", r->argv[0]);
	if (input_file(&r->in, in, len, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (syscall(SYS_pipe2, r->out, O_CLOEXEC) != 0 || syscall(SYS_pipe2, r->said, O_CLOEXEC) != 0)
		return fp_fail_errno(err, errno, "cannot make a pipe to '%s'", r->argv[0]);
	r->deadline = fp_monotonic_ms() + (int64_t)r->limits.seconds * 1000;
	r->pid = spawn(r);
	if (r->pid < 0)
		return fp_fail_errno(err, errno, "cannot start a process for '%s'", r->argv[0]);
	(void)close(r->out[1]);
	(void)close(r->said[1]);
	r->out[1] = r->said[1] = -1;
	return FP_OK;
}

/* One end of a pipe that has something: up to room bytes are kept, the rest is read and dropped. Closes it at its end. Gives what was dropped. */
static size_t
drain(int *fd, struct fp_buf *to, size_t room)
{
	char chunk[CHUNK];
	ssize_t n = read(*fd, chunk, sizeof(chunk));
	size_t got = n > 0 ? (size_t)n : 0, kept = got < room ? got : room;

	if (n == 0 || (n < 0 && errno != EINTR)) {
		(void)close(*fd);
		*fd = -1;
	}
	if (to != NULL)
		fp_buf_add(to, chunk, kept);
	return got - kept;
}

static enum fp_status
too_late(const struct run *r, struct fp_err *err)
{
	return fp_fail(err, FP_ETIMEOUT, "%s needs more than %u seconds for this file", r->argv[0], r->limits.seconds);
}

static enum fp_status
listen_to(struct run *r, struct fp_buf *out, struct fp_buf *said, struct fp_err *err)
{
	size_t start_len = out->len;

	while (r->out[0] >= 0 || r->said[0] >= 0) {
		struct pollfd p[2] = { { .fd = r->out[0], .events = POLLIN }, { .fd = r->said[0], .events = POLLIN } };
		int64_t left = r->deadline - fp_monotonic_ms();

		if (left <= 0)
			return too_late(r, err);
		if (poll(p, 2, left > 60000 ? 60000 : (int)left) <= 0)
			continue;
		if (p[0].revents != 0 && drain(&r->out[0], out, r->limits.output - (out->len - start_len)) != 0)
			return fp_fail(
			    err, FP_ELIMIT, "%s gives more than %zu MiB for this file", r->argv[0], r->limits.output >> 20);
		if (p[1].revents != 0)
			(void)drain(&r->said[0], said, SAID_MAX - (said->len < SAID_MAX ? said->len : SAID_MAX));
	}
	return FP_OK;
}

/* Wait until the child has ended, or a moment where the kernel cannot tell. */
static void
wait_moment(int pidfd, int64_t left)
{
	const struct timespec nap = { .tv_nsec = 200000 };
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	if (pidfd >= 0)
		(void)poll(&p, 1, left > 1000 ? 1000 : (int)left);
	else
		(void)nanosleep(&nap, NULL);
}

/* Both pipes are closed: it is about to end. Not killed before its time, because its exit code tells what was wrong with the file. */
static enum fp_status
wait_end(struct run *r, int *how, struct fp_err *err)
{
	FP_AUTO(fp_closep) int pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);

	for (;;) {
		pid_t n = waitpid(r->pid, how, WNOHANG);
		int64_t left = r->deadline - fp_monotonic_ms();

		if (n == r->pid || (n < 0 && errno != EINTR)) {
			r->pid = -1;
			return FP_OK;
		}
		if (left <= 0)
			return too_late(r, err);
		wait_moment(pidfd, left);
	}
}

/* A program that gives up for want of memory says so in its own way. */
static bool
ran_out_of_memory(const struct fp_buf *said)
{
	return said->data != NULL && (strstr(said->data, "bad_alloc") != NULL || strstr(said->data, "ut of memory") != NULL);
}

enum fp_status
fp_sandbox_run(struct fp_buf *out, int *exit_code, struct fp_buf *said, const char *const *argv, const char *in, size_t len,
    const char *scratch, const struct fp_sandbox_limits *o, struct fp_err *err)
{
	struct run r = { .argv = argv,
		.limits = sandbox_limits(o),
		.scratch = scratch,
		.in = -1,
		.out = { -1, -1 },
		.said = { -1, -1 },
		.pid = -1 };
	FP_AUTO(fp_buf_free) struct fp_buf words = { .max = SAID_MAX };
	enum fp_status status = start(&r, in, len, err);
	int how = 0, code;

	*exit_code = -1;
	if (status == FP_OK)
		status = listen_to(&r, out, &words, err);
	if (status == FP_OK)
		status = wait_end(&r, &how, err);
	if (r.pid > 0)
		(void)sandbox_reap(r.pid);
	close_run(&r);
	if (said != NULL)
		fp_buf_add(said, words.data, words.len);
	if (status != FP_OK)
		return status;
	code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	if (code != 0 && ran_out_of_memory(&words))
		code = SANDBOX_EXIT_MEMORY, how = SANDBOX_EXIT_MEMORY << 8;
	if (code < 0 || code == SANDBOX_EXIT_MEMORY || code == SANDBOX_EXIT_SETUP || code == SANDBOX_EXIT_EXEC)
		return sandbox_died(how, argv[0], &r.limits, err);
	*exit_code = code;
	return fp_buf_check(out, argv[0], err);
}

/* ---- the probe ---- */

struct tried {
	bool files_denied, network_denied, filtered;
};

static enum fp_status
try_it(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	struct tried t = { .filtered = false };

	(void)ctx, (void)in, (void)len, (void)err;
	/* The limit of open files is no protection: whoever closes one may open another. */
	(void)close(0);
	t.files_denied = open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0;
	t.network_denied = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 && errno == EPERM;
	errno = 0;
	t.filtered = syscall(SYS_bpf, -1, NULL, 0) < 0 && errno == EPERM && unlink("/nonexistent") < 0 && errno == EPERM;
	fp_buf_add(out, &t, sizeof(t));
	return FP_OK;
}

static enum fp_status
try_memory(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	void *p = mmap(NULL, (size_t)256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)ctx, (void)in, (void)len, (void)err;
	fp_buf_putc(out, p == MAP_FAILED ? '1' : '0');
	return FP_OK;
}

static enum fp_status
try_time(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	(void)ctx, (void)in, (void)len, (void)out, (void)err;
	(void)sleep(10);
	return FP_OK;
}

enum fp_status
fp_sandbox_probe(struct fp_sandbox_report *out, struct fp_err *err)
{
	const struct fp_sandbox_limits small = { .memory = (size_t)64 << 20, .seconds = 1 };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 64 }, m = { .max = 64 }, t = { .max = 64 };
	struct fp_err late = { .status = FP_OK, .msg = "" };
	struct tried tried;

	*out = (struct fp_sandbox_report){ .landlock_abi = sandbox_landlock_abi() };
	if (fp_sandbox_call(&b, try_it, NULL, NULL, 0, NULL, err) != FP_OK ||
	    fp_sandbox_call(&m, try_memory, NULL, NULL, 0, &small, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (b.len != sizeof(tried) || m.len != 1)
		return fp_fail(err, FP_EIO, "the sandbox answered with garbage");
	memcpy(&tried, b.data, sizeof(tried));
	out->files_denied = tried.files_denied;
	out->network_denied = tried.network_denied;
	out->calls_denied = tried.filtered;
	out->memory_bounded = m.data[0] == '1';
	out->time_bounded = sandbox_call_ms(&t, try_time, NULL, NULL, 0, NULL, 100, &late) == FP_ETIMEOUT;
	return FP_OK;
}
