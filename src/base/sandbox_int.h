/* Entering the sandbox: what the child does to itself after fork. Private to base/sandbox*.c. Everything here is async-signal-safe but sandbox_prepare. */
#ifndef FP_BASE_SANDBOX_INT_H
#define FP_BASE_SANDBOX_INT_H

#include "base/sandbox.h"

#define SANDBOX_CHANNEL 3 /* the one descriptor of a call or worker besides 0, 1, 2 */
/* How a child ends when it cannot answer. */
#define SANDBOX_EXIT_MEMORY 77
#define SANDBOX_EXIT_SETUP 78
#define SANDBOX_EXIT_EXEC 79

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_ASAN 1
#endif
#endif

enum sandbox_kind { SANDBOX_CALL, SANDBOX_WORKER, SANDBOX_RUN };

struct sandbox_wish {
	enum sandbox_kind kind;
	struct fp_sandbox_limits limits; /* filled: no zeros */
	const char *program;             /* RUN: path of what may be executed */
	const char *scratch;             /* RUN: folder for its own files, or NULL */
};

/* Make the seccomp filters, once for the program: before the first fork, because it takes memory. False: out of memory. */
bool sandbox_prepare(void);
int sandbox_landlock_abi(void); /* 0: none */

/* In the child: signals as new, descriptors 0-2 as given and everything above keep closed. keep < 0: nothing above 2. False: not possible. */
bool sandbox_descriptors(int in, int out, int said, int *keep);
/* In the child, last: privileges, Landlock, limits, system calls. False when not even that holds which every kernel has. */
bool sandbox_enter(const struct sandbox_wish *w);
/* In a worker, before each input: this much processor time from now on. */
void sandbox_more_time(unsigned seconds);

/* How every child ends. */
void sandbox_leave(int code) __attribute__((noreturn));
/* sandbox_prepare, then fork with all signals held back in the parent for that moment; in the child they stay held until sandbox_descriptors. -1 with errno. */
int sandbox_fork(void);
/* End the child and wait for it; gives its wait status, or that of SIGKILL when somebody else has reaped it. */
int sandbox_reap(int pid);
/* A status and words for a child that ended without an answer. who: "the reader", "pdftotext". */
enum fp_status sandbox_died(int wait_status, const char *who, const struct fp_sandbox_limits *l, struct fp_err *err);
struct fp_sandbox_limits sandbox_limits(const struct fp_sandbox_limits *o); /* the defaults filled in */

/* As fp_sandbox_call, but the wall clock in milliseconds: for the probe. */
enum fp_status sandbox_call_ms(struct fp_buf *out, fp_sandbox_work *work, void *ctx, const char *in, size_t len,
    const struct fp_sandbox_limits *o, unsigned ms, struct fp_err *err) FP_MUST_CHECK;

#endif
