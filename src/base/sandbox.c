/* Calls and workers: a forked child, one socket to it, frames both ways. A socket rather than pipes: writing to a dead child must not raise SIGPIPE. */
#include "base/sandbox_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define MAGIC 0x46505342u
#define WORKER_INPUTS 256
#define CHUNK ((size_t)65536)
#define MEMORY_KEPT (16 * CHUNK) /* of an input or an answer, for the next one */

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

/* A frame and what belongs to it in one call, so that the other end wakes up once; done bytes of both have gone already. */
static ssize_t
send_pair(int fd, const struct frame *f, const void *data, size_t len, size_t done, int flags)
{
	size_t head = done < sizeof(*f) ? done : sizeof(*f);
	struct iovec v[2] = { { (char *)(uintptr_t)f + head, sizeof(*f) - head } };
	const struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };

	if (len > 0)
		v[1] = (struct iovec){ (char *)(uintptr_t)data + (done - head), len - (done - head) };

	return sendmsg(fd, &m, flags | MSG_NOSIGNAL);
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
child_write(const struct frame *f, const void *data, size_t len)
{
	for (size_t done = 0; done < sizeof(*f) + len;) {
		ssize_t n = send_pair(SANDBOX_CHANNEL, f, data, len, done, 0);

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

/* Do the work in out, which is empty, and send the answer; false when the channel is gone. */
static bool
child_answer(const struct task *t, const char *in, size_t len, struct fp_buf *out)
{
	struct fp_err err = { .status = FP_OK, .msg = "" };
	enum fp_status status = t->work(t->ctx, in, len, out, &err);
	struct frame f = { .magic = MAGIC };

	if (status == FP_OK)
		status = fp_buf_check(out, "what was read", &err);
	if (status == FP_ENOMEM)
		status = fp_fail(
		    &err, FP_ELIMIT, "the reader needs more than %zu MiB of memory for this file", t->limits.memory >> 20);
	f.status = (uint32_t)status;
	f.err_len = status == FP_OK ? 0 : (uint32_t)strlen(err.msg);
	f.len = status == FP_OK ? out->len : 0;
	return status == FP_OK ? child_write(&f, out->data, f.len) : child_write(&f, err.msg, f.err_len);
}

/* The next frame, and as much of its input as has come and finds room; false when the channel is gone. */
static bool
child_take(struct frame *f, char *in, size_t room, size_t *got)
{
	struct iovec v[2] = { { f, sizeof(*f) }, { in, room } };
	ssize_t n = readv(SANDBOX_CHANNEL, v, 2);

	*got = n > (ssize_t)sizeof(*f) ? (size_t)n - sizeof(*f) : 0;
	if (*got > 0)
		return *got <= f->len;
	n = n > 0 ? n : 0;
	return child_read((char *)f + n, sizeof(*f) - (size_t)n);
}

static void __attribute__((noreturn)) child_serve(const struct task *t)
{
	struct fp_buf out = { .max = t->limits.output };
	struct frame f;
	char *in = NULL;
	size_t cap = 0, got;

	while (child_take(&f, in, cap, &got)) {
		sandbox_more_time(t->limits.seconds);
		if (fp_grow(&in, &cap, f.len + 1, 1) != 0)
			sandbox_leave(SANDBOX_EXIT_MEMORY);
		in[f.len] = '\0';
		if (!child_read(in + got, f.len - got) || !child_answer(t, in, f.len, &out))
			break;
		if (cap > MEMORY_KEPT) { /* a large input is rare: give its memory back */
			free(in);
			in = NULL;
			cap = 0;
		}
		if (out.cap > MEMORY_KEPT)
			fp_buf_free(&out);
		fp_buf_clear(&out);
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
		sandbox_leave(child_answer(t, in, len, &(struct fp_buf){ .max = t->limits.output }) ? 0 : 1);
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
send_all(int fd, const struct frame *f, const void *data, size_t len, int64_t deadline)
{
	for (size_t done = 0; done < sizeof(*f) + len;) {
		ssize_t n = send_pair(fd, f, data, len, done, MSG_DONTWAIT);
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

/* At least one byte of what v has room for, the first piece first. */
static enum talk
take_some(int fd, struct iovec *v, size_t n_v, size_t *got, int64_t deadline)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = n_v };

	for (;;) {
		ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
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

/* len bytes, of which done are there already. */
static enum talk
take_all(int fd, void *to, size_t len, size_t done, int64_t deadline)
{
	enum talk t = TALK_OK;

	for (size_t got = 0; done < len && t == TALK_OK; done += got) {
		struct iovec v = { (char *)to + done, len - done };

		t = take_some(fd, &v, 1, &got, deadline);
	}
	return t;
}

/* The frame, and what has come behind it: *more bytes in chunk. */
static enum talk
take_frame(int fd, struct frame *f, char *chunk, size_t room, size_t *more, int64_t deadline)
{
	struct iovec v[2] = { { f, sizeof(*f) }, { chunk, room } };
	size_t got = 0;
	enum talk t = wait_for(fd, POLLIN, deadline); /* it never is there at once */

	if (t == TALK_OK)
		t = take_some(fd, v, 2, &got, deadline);
	*more = got > sizeof(*f) ? got - sizeof(*f) : 0;
	return t == TALK_OK ? take_all(fd, f, sizeof(*f), got, deadline) : t;
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
	size_t got = 0;
	enum talk t = take_frame(fd, &f, chunk, sizeof(chunk), &got, deadline);

	if (t != TALK_OK)
		return t;
	if (f.magic != MAGIC || f.status >= FP_STATUS_COUNT || f.err_len >= sizeof(a->msg) || f.len > l->output ||
	    (f.status != FP_OK && f.len != 0) || (f.status == FP_OK && f.err_len != 0) || got > f.err_len + f.len)
		return TALK_BAD;
	a->status = (enum fp_status)f.status;
	if (f.status != FP_OK) {
		memcpy(a->msg, chunk, got);
		a->msg[f.err_len] = '\0';
		return take_all(fd, a->msg, f.err_len, got, deadline);
	}
	fp_buf_add(out, chunk, got);
	/* The room grows with what comes, not with what the frame says; what finds none is read all the same. */
	for (uint64_t done = got; done < f.len && t == TALK_OK; done += got) {
		size_t most = f.len - done < sizeof(chunk) ? (size_t)(f.len - done) : sizeof(chunk);
		char *room = fp_buf_room(out, most);
		struct iovec v = { room != NULL ? room : chunk, most };

		got = 0;
		t = take_some(fd, &v, 1, &got, deadline);
		if (room != NULL)
			fp_buf_grew(out, got);
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
	t = send_all(w->fd, &f, in, len, deadline);
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
fp_sandbox_worker_end(struct fp_sandbox_worker *w)
{
	(void)worker_end(w);
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
