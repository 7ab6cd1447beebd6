/*
 * Status, error text and the idioms that every module of Fieldproof shares.
 *
 * A function that can fail returns enum fp_status, takes struct fp_err *err as its last parameter (NULL is allowed) and must be
 * checked. The text is made once, where the fault is seen; callers add context with fp_ctx on the way up.
 */
#ifndef FP_BASE_STATUS_H
#define FP_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

enum fp_status {
	FP_OK = 0,
	FP_EUSAGE,    /* the caller's words are off: command line, form field */
	FP_EINVAL,    /* input that breaks its format */
	FP_ENOTFOUND, /* the named thing is not there */
	FP_EEXIST,    /* it is there already */
	FP_ECONFLICT, /* the state does not allow it now */
	FP_EDENIED,   /* this actor may not */
	FP_EIO,       /* the system refused: file, disk, network */
	FP_ENOSPC,    /* disk or quota full */
	FP_ENOMEM,
	FP_ELIMIT, /* larger than a limit that the message names */
	FP_ETIMEOUT,
	FP_EUNSUPPORTED,  /* well formed, but not something this program can do */
	FP_ENOTCORRECTED, /* checked, and the required action does not hold */
	FP_EUNKNOWN,      /* checked, and it could not be determined */
	FP_EINTEGRITY,    /* a hash, a signature or a chain does not hold */
	FP_STATUS_COUNT
};

#define FP_ERR_MAX 1024

struct fp_err {
	enum fp_status status;
	char msg[FP_ERR_MAX]; /* UTF-8, lower case, problem first, no final newline */
};

#define FP_MUST_CHECK __attribute__((warn_unused_result))
#define FP_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Give a local a destructor that takes the address of the local: FP_AUTO(notice_freep) struct notice *n = NULL; */
#define FP_AUTO(freep) __attribute__((cleanup(freep)))

#define FP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Set err (when not NULL) to status and the formatted text, and return status. */
enum fp_status fp_fail(struct fp_err *err, enum fp_status status, const char *fmt, ...) FP_PRINTF(3, 4);

/* As fp_fail for a failed system call: appends ": " and the text of saved_errno; ENOSPC, EDQUOT -> FP_ENOSPC, ENOENT -> FP_ENOTFOUND, ENOMEM -> FP_ENOMEM, otherwise FP_EIO. */
enum fp_status fp_fail_errno(struct fp_err *err, int saved_errno, const char *fmt, ...) FP_PRINTF(3, 4);

/* Put "context: " before the text of err and return err's status (FP_EIO when err is NULL: pass a real err where the status matters). */
enum fp_status fp_ctx(struct fp_err *err, const char *fmt, ...) FP_PRINTF(2, 3);

/* What to return after a call that failed and filled err: its status, never FP_OK. otherwise (not FP_OK) when err is NULL. */
static inline enum fp_status
fp_failed(const struct fp_err *err, enum fp_status otherwise)
{
	return err != NULL && err->status != FP_OK ? err->status : otherwise;
}

/* One table maps a status to its name, the program's exit code (DESIGN: 0 done, 1 failed, 2 usage, 3 not corrected, 4 not determined, 5 integrity) and the HTTP code. */
const char *fp_status_name(enum fp_status status);
int fp_status_exit(enum fp_status status);
int fp_status_http(enum fp_status status);

#endif
