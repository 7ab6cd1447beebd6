/* For clang-tidy only: what base/status.c promises, which the analyser cannot see from another source. */
#include "base/status.h"

static inline enum fp_status
fp_modelled(enum fp_status made, enum fp_status status)
{
	(void)made;
	return status;
}

static inline enum fp_status
fp_modelled_bad(enum fp_status made)
{
	if (made == FP_OK)
		__builtin_unreachable();
	return made;
}

#define fp_fail(err, status, ...) fp_modelled(fp_fail(err, status, __VA_ARGS__), status)
#define fp_fail_errno(...) fp_modelled_bad(fp_fail_errno(__VA_ARGS__))
#define fp_ctx(...) fp_modelled_bad(fp_ctx(__VA_ARGS__))
