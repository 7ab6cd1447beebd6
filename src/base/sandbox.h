/*
 * Work on foreign bytes in a process of its own: without network, without files but those that are named, with bounded memory and time. Landlock first, then a
 * seccomp filter (deny list), rlimits always; what the kernel does not offer is said by sandbox_probe, never hidden.
 */
#ifndef FP_BASE_SANDBOX_H
#define FP_BASE_SANDBOX_H

#include "base/buf.h"
#include "base/status.h"

struct fp_sandbox_limits {
	size_t memory;    /* address space in bytes, beside what the program has already; 0: 1 GiB */
	unsigned seconds; /* of processor and of wall clock, for each input; 0: 30 */
	size_t output;    /* bytes that may come back; 0: 64 MiB */
};

/*
 * Call work(ctx, in, len, out, err) in a forked child that can open nothing and connect nowhere; its out comes back in *out, its error in *err. A child that dies (signal,
 * limit) gives FP_EINVAL ("the reader stopped on this file: ..."), one that takes too long FP_ETIMEOUT, one that needs too much FP_ELIMIT.
 */
typedef enum fp_status fp_sandbox_work(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err);
enum fp_status fp_sandbox_call(struct fp_buf *out, fp_sandbox_work *work, void *ctx, const char *in, size_t len,
    const struct fp_sandbox_limits *o, struct fp_err *err) FP_MUST_CHECK;
/* The same for a file that is too large for memory: work finds it, and nothing else, open as descriptor 0. fd stays the caller's; its position moves. */
enum fp_status fp_sandbox_call_fd(struct fp_buf *out, fp_sandbox_work *work, void *ctx, int fd, const struct fp_sandbox_limits *o,
    struct fp_err *err) FP_MUST_CHECK;

/*
 * A child that stays, for many inputs one after the other (a fork for each would cost more than reading a letter). When it dies, is late or runs out of memory it is ended,
 * and the next call starts a fresh one; it is renewed after every 256 inputs too. ctx is what it was at the time of that fork. Not for two threads at once.
 */
struct fp_sandbox_worker;
enum fp_status fp_sandbox_worker_new(struct fp_sandbox_worker **out, fp_sandbox_work *work, void *ctx,
    const struct fp_sandbox_limits *o, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_sandbox_worker_call(
    struct fp_sandbox_worker *w, struct fp_buf *out, const char *in, size_t len, struct fp_err *err) FP_MUST_CHECK;
/* The child goes; the next call starts a fresh one. */
void fp_sandbox_worker_end(struct fp_sandbox_worker *w);
void fp_sandbox_worker_free(struct fp_sandbox_worker *w);
void fp_sandbox_worker_freep(struct fp_sandbox_worker **w);

/*
 * Run another program on bytes: argv[0] is looked up in /usr/bin; in goes to its standard input, its standard output comes back. It may read system libraries, fonts and
 * data (/usr, /lib, /etc/fonts, ...) and scratch (a folder of its own, may be NULL), nothing else. FP_ENOTFOUND when it is not installed.
 * *exit_code is its exit status; what it said on standard error (first 4 KiB) goes to said, which may be NULL.
 */
enum fp_status fp_sandbox_run(struct fp_buf *out, int *exit_code, struct fp_buf *said, const char *const *argv, const char *in,
    size_t len, const char *scratch, const struct fp_sandbox_limits *o, struct fp_err *err) FP_MUST_CHECK;

/* What holds here, tried out in a child: for doctor. */
struct fp_sandbox_report {
	int landlock_abi;    /* 0: the kernel has none */
	bool files_denied;   /* a child in the sandbox could not open /etc/passwd */
	bool network_denied; /* nor make a socket */
	bool calls_denied;   /* the filter of system calls (seccomp) holds */
	bool memory_bounded, time_bounded;
};
enum fp_status fp_sandbox_probe(struct fp_sandbox_report *out, struct fp_err *err) FP_MUST_CHECK;

#endif
