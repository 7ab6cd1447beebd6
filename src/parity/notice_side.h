/* A language of a notice in our own format, made ready to be compared. */
#ifndef FP_PARITY_NOTICE_SIDE_H
#define FP_PARITY_NOTICE_SIDE_H

#include "notice/notice.h"
#include "parity/parity.h"

/* The text of n in lang as a draft with its letter ("FSN2023-1338/da.md"); draft_free it. FP_ENOTFOUND, FP_ENOMEM. */
enum fp_status parity_notice_side(
    struct draft **out, const struct notice *n, const char *lang, const struct term_base *t, struct fp_err *err) FP_MUST_CHECK;

#endif
