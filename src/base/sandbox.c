/* Calls and workers: a forked child, one socket to it, frames both ways. A socket rather than pipes: writing to a dead child must not raise SIGPIPE. */
#include "base/sandbox_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define MAGIC 0x46505342u
#define WORKER_INPUTS 256
#define CHUNK ((size_t)65536)

struct frame {
	uint32_t magic, status, err_len, spare;
	uint64_t len;
};

void
sandbox_leave(int code)
{
	_exit(code); /* lint-ok: a child of fork must not run what its parent wants done at its end */
}

struct fp_sandbox_limits
sandbox_limits(const struct fp_sandbox_limits *o)
{
	struct fp_sandbox_limits l = o != NULL ? *o : (struct fp_sandbox_limits){ .memory = 0 };

	l.memory = l.memory ? l.memory : (size_t)1 << 30;
	l.seconds = l.seconds ? l.seconds : 30;
	l.output = l.output ? l.output : (size_t)64 << 20;
	return l;
}

int
sandbox_fork(void)
{
	sigset_t all, before;
	pid_t pid;

	if (!sandbox_prepare()) {
		errno = ENOMEM;
		return -1;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid != 0)
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

int
sandbox_reap(int pid)
{
	int status = 0;

	/* A child that is ending already keeps the status that it ends with. */
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return SIGKILL;
	return status;
}

static const char *
signal_text(int s)
{
	static const struct {
		int number;
		const char *text;
	} texts[] = { { SIGSEGV, "bad memory access" }, { SIGBUS, "bad memory access" }, { SIGABRT, "gave up" },
		{ SIGFPE, "arithmetic fault" }, { SIGILL, "bad instruction" }, { SIGSYS, "forbidden system call" },
		{ SIGTRAP, "gave up" }, { SIGKILL, "killed" } };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		if (texts[i].number == s)
			return texts[i].text;
	return "signal";
}

enum fp_status
sandbox_died(int wait_status, const char *who, const struct fp_sandbox_limits *l, struct fp_err *err)
{
	int s = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0,
	    code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;

	if (s == SIGXCPU)
		return fp_fail(err, FP_ETIMEOUT, "%s needs more than %u seconds for this file", who, l->seconds);
	if (code == SANDBOX_EXIT_MEMORY)
		return fp_fail(err, FP_ELIMIT, "%s needs more than %zu MiB of memory for this file", who, l->memory >> 20);
	if (code == SANDBOX_EXIT_SETUP)
		return fp_fail(err, FP_EIO, "the sandbox for %s could not be set up", who);
	if (code == SANDBOX_EXIT_EXEC)
		return fp_fail(err, FP_EIO, "%s could not be started", who);
	if (s != 0)
		return fp_fail(err, FP_EINVAL, "%s stopped on this file: %s (signal %d)", who, signal_text(s), s);
	return fp_fail(err, FP_EINVAL, "%s stopped on this file: it ended with code %d and without an answer", who, code);
}

/* ---- the child's side ---- */

static bool
child_read(void *to, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(SANDBOX_CHANNEL, (char *)to + done, len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return false;
	}
	return true;
}

static bool
child_write(const void *from, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(SANDBOX_CHANNEL, (const char *)from + done, len - done, MSG_NOSIGNAL);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

struct task {
	fp_sandbox_work *work;
	void *ctx;
	struct fp_sandbox_limits limits;
};

/* Do the work and send the answer; false when the channel is gone. */
static bool
child_answer(const struct task *t, const char *in, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = t->limits.output };
	struct fp_err err = { .status = FP_OK, .msg = "" };
	enum fp_status status = t->work(t->ctx, in, len, &out, &err);
	struct frame f = { .magic = MAGIC };

	if (status == FP_OK)
		status = fp_buf_check(&out, "what was read", &err);
	if (status == FP_ENOMEM)
		status = fp_fail(
		    &err, FP_ELIMIT, "the reader needs more than %zu MiB of memory for this file", t->limits.memory >> 20);
	f.status = (uint32_t)status;
	f.err_len = status == FP_OK ? 0 : (uint32_t)strlen(err.msg);
	f.len = status == FP_OK ? out.len : 0;
	return child_write(&f, sizeof(f)) && child_write(err.msg, f.err_len) && child_write(out.data, f.len);
}

static void __attribute__((noreturn)) child_serve(const struct task *t)
{
	struct frame f;
	char *in = NULL;
	size_t cap = 0;

	while (child_read(&f, sizeof(f))) {
		sandbox_more_time(t->limits.seconds);
		if (fp_grow(&in, &cap, f.len + 1, 1) != 0)
			sandbox_leave(SANDBOX_EXIT_MEMORY);
		in[f.len] = '\0';
		if (!child_read(in, f.len) || !child_answer(t, in, f.len))
			break;
		if (cap > 16 * CHUNK) { /* a large input is rare: give its memory back */
			free(in);
			in = NULL;
			cap = 0;
		}
	}
	sandbox_leave(0);
}

/* A child on the other end of *fd; in is NULL for a worker; file (or -1) becomes its descriptor 0. */
static enum fp_status
start_child(
    const struct task *t, enum sandbox_kind kind, const char *in, size_t len, int file, pid_t *pid, int *fd, struct fp_err *err)
{
	const struct sandbox_wish wish = { .kind = kind, .limits = t->limits };
	int ends[2], said = -1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fp_fail_errno(err, errno, "cannot make a channel to a process of its own");
	*pid = sandbox_fork();
	if (*pid == 0) {
#ifdef SANDBOX_ASAN
		said = STDERR_FILENO; /* where the sanitizer tells what it found */
#endif
		if (!sandbox_descriptors(file, -1, said, &ends[1]) || !sandbox_enter(&wish))
			sandbox_leave(SANDBOX_EXIT_SETUP);
		if (kind == SANDBOX_WORKER)
			child_serve(t);
		sandbox_leave(child_answer(t, in, len) ? 0 : 1);
	}
	(void)close(ends[1]);
	if (*pid < 0) {
		(void)close(ends[0]);
		return fp_fail_errno(err, errno, "cannot start a process of its own for foreign files");
	}
	*fd = ends[0];
	return FP_OK;
}

/* ---- the parent's side ---- */

enum talk { TALK_OK, TALK_GONE, TALK_LATE, TALK_BAD };

static enum talk
wait_for(int fd, short what, int64_t deadline)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = what };
		int64_t left = deadline - fp_monotonic_ms();
		int n = left > 0 ? poll(&p, 1, left > 60000 ? 60000 : (int)left) : 0;

		if (n > 0)
			return TALK_OK;
		if (left <= 0)
			return TALK_LATE;
		if (n < 0 && errno != EINTR)
			return TALK_GONE;
	}
}

static enum talk
send_all(int fd, const void *data, size_t len, int64_t deadline)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, (const char *)data + done, len - done, MSG_NOSIGNAL | MSG_DONTWAIT);
		enum talk t;

		if (n > 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN) {
			t = wait_for(fd, POLLOUT, deadline);
			if (t != TALK_OK)
				return t;
		} else if (errno != EINTR) {
			return TALK_GONE;
		}
	}
	return TALK_OK;
}

/* At most len bytes, at least one. */
static enum talk
take_some(int fd, void *to, size_t len, size_t *got, int64_t deadline)
{
	for (;;) {
		ssize_t n = recv(fd, to, len, MSG_DONTWAIT);
		enum talk t;

		if (n > 0) {
			*got = (size_t)n;
			return TALK_OK;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return TALK_GONE;
		t = wait_for(fd, POLLIN, deadline);
		if (t != TALK_OK)
			return t;
	}
}

static enum talk
take_all(int fd, void *to, size_t len, int64_t deadline)
{
	enum talk t = TALK_OK;
	size_t got = 0;

	for (size_t done = 0; done < len && t == TALK_OK; done += got)
		t = take_some(fd, (char *)to + done, len - done, &got, deadline);
	return t;
}

struct answer {
	enum fp_status status;
	char msg[FP_ERR_MAX];
};

/* The child may be under foreign control: every number of its frame is doubted. */
static enum talk
take_answer(int fd, struct fp_buf *out, const struct fp_sandbox_limits *l, struct answer *a, int64_t deadline)
{
	char chunk[CHUNK];
	struct frame f;
	enum talk t = take_all(fd, &f, sizeof(f), deadline);

	if (t != TALK_OK)
		return t;
	if (f.magic != MAGIC || f.status >= FP_STATUS_COUNT || f.err_len >= sizeof(a->msg) || f.len > l->output ||
	    (f.status != FP_OK && f.len != 0))
		return TALK_BAD;
	a->status = (enum fp_status)f.status;
	t = take_all(fd, a->msg, f.err_len, deadline);
	a->msg[f.err_len] = '\0';
	for (uint64_t done = 0; done < f.len && t == TALK_OK;) {
		size_t got = 0;

		t = take_some(fd, chunk, f.len - done < sizeof(chunk) ? (size_t)(f.len - done) : sizeof(chunk), &got, deadline);
		fp_buf_add(out, chunk, got);
		done += got;
	}
	return t;
}

static enum fp_status
conclude(const struct answer *a, const struct fp_buf *out, struct fp_err *err)
{
	if (a->status != FP_OK)
		return fp_fail(err, a->status, "%s", a->msg[0] ? a->msg : "the reader failed and did not say why");
	return fp_buf_check(out, "what was read", err);
}

static enum fp_status
no_answer(enum talk t, int wait_status, const struct task *k, struct fp_err *err)
{
	if (t == TALK_LATE)
		return fp_fail(err, FP_ETIMEOUT, "the reader needs more than %u seconds for this file", k->limits.seconds);
	if (t == TALK_BAD)
		return fp_fail(err, FP_EINVAL, "the reader stopped on this file: it answered with garbage");
	return sandbox_died(wait_status, "the reader", &k->limits, err);
}

/* What a call works on: bytes, or an open file. */
struct input {
	const char *bytes;
	size_t len;
	int fd;
};

static enum fp_status
call(struct fp_buf *out, const struct task *k, const struct input *in, int64_t ms, struct fp_err *err)
{
	struct answer a = { .status = FP_OK, .msg = "" };
	int64_t deadline = fp_monotonic_ms() + ms;
	enum talk t;
	pid_t pid = -1;
	int fd = -1, how;

	if (start_child(k, SANDBOX_CALL, in->bytes, in->len, in->fd, &pid, &fd, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	t = take_answer(fd, out, &k->limits, &a, deadline);
	how = sandbox_reap(pid);
	(void)close(fd);
	return t == TALK_OK ? conclude(&a, out, err) : no_answer(t, how, k, err);
}

enum fp_status
sandbox_call_ms(struct fp_buf *out, fp_sandbox_work *work, void *ctx, const char *in, size_t len,
    const struct fp_sandbox_limits *o, unsigned ms, struct fp_err *err)
{
	const struct task k = { .work = work, .ctx = ctx, .limits = sandbox_limits(o) };
	const struct input i = { .bytes = in, .len = len, .fd = -1 };

	return call(out, &k, &i, ms, err);
}

enum fp_status
fp_sandbox_call_fd(
    struct fp_buf *out, fp_sandbox_work *work, void *ctx, int fd, const struct fp_sandbox_limits *o, struct fp_err *err)
{
	const struct task k = { .work = work, .ctx = ctx, .limits = sandbox_limits(o) };
	const struct input i = { .bytes = "", .len = 0, .fd = fd };

	return call(out, &k, &i, (int64_t)k.limits.seconds * 1000, err);
}

enum fp_status
fp_sandbox_call(struct fp_buf *out, fp_sandbox_work *work, void *ctx, const char *in, size_t len,
    const struct fp_sandbox_limits *o, struct fp_err *err)
{
	return sandbox_call_ms(out, work, ctx, in, len, o, sandbox_limits(o).seconds * 1000, err);
}

/* ---- workers ---- */

struct fp_sandbox_worker {
	struct task task;
	pid_t pid; /* 0: none is running */
	int fd;
	unsigned inputs;
};

enum fp_status
fp_sandbox_worker_new(
    struct fp_sandbox_worker **out, fp_sandbox_work *work, void *ctx, const struct fp_sandbox_limits *o, struct fp_err *err)
{
	struct fp_sandbox_worker *w = fp_calloc(1, sizeof(*w));

	if (w == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	w->task = (struct task){ .work = work, .ctx = ctx, .limits = sandbox_limits(o) };
	w->fd = -1;
	*out = w;
	return FP_OK;
}

static int
worker_end(struct fp_sandbox_worker *w)
{
	int how = 0;

	if (w->pid > 0) {
		how = sandbox_reap(w->pid);
		(void)close(w->fd);
	}
	w->pid = 0;
	w->fd = -1;
	return how;
}

/* A child that can be trusted with one more input; one that died while it had nothing to do is replaced without a word. */
static enum fp_status
worker_ready(struct fp_sandbox_worker *w, struct fp_err *err)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	if (w->pid > 0 && (w->inputs >= WORKER_INPUTS || poll(&p, 1, 0) != 0))
		(void)worker_end(w);
	if (w->pid > 0)
		return FP_OK;
	w->inputs = 0;
	if (start_child(&w->task, SANDBOX_WORKER, NULL, 0, -1, &w->pid, &w->fd, err) == FP_OK)
		return FP_OK;
	w->pid = 0;
	w->fd = -1;
	return fp_failed(err, FP_EIO);
}

enum fp_status
fp_sandbox_worker_call(struct fp_sandbox_worker *w, struct fp_buf *out, const char *in, size_t len, struct fp_err *err)
{
	const struct frame f = { .magic = MAGIC, .len = len };
	struct answer a = { .status = FP_OK, .msg = "" };
	int64_t deadline;
	enum talk t;

	if (worker_ready(w, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	deadline = fp_monotonic_ms() + (int64_t)w->task.limits.seconds * 1000;
	w->inputs++;
	t = send_all(w->fd, &f, sizeof(f), deadline);
	if (t == TALK_OK)
		t = send_all(w->fd, in, len, deadline);
	if (t == TALK_OK)
		t = take_answer(w->fd, out, &w->task.limits, &a, deadline);
	if (t != TALK_OK)
		return no_answer(t, worker_end(w), &w->task, err);
	/* What ran out of memory may hold some of it for ever. */
	if (a.status == FP_ELIMIT || a.status == FP_ENOMEM)
		(void)worker_end(w);
	return conclude(&a, out, err);
}

void
fp_sandbox_worker_free(struct fp_sandbox_worker *w)
{
	if (w == NULL)
		return;
	(void)worker_end(w);
	free(w);
}

void
fp_sandbox_worker_freep(struct fp_sandbox_worker **w)
{
	fp_sandbox_worker_free(*w);
	*w = NULL;
}
