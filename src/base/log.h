/*
 * Talk for the operator. Libraries never print: they get a struct fp_log and cli/ or web/ decides where the lines go.
 */
#ifndef FP_BASE_LOG_H
#define FP_BASE_LOG_H

#include "base/status.h"

enum fp_level { FP_DEBUG, FP_INFO, FP_WARN, FP_ERROR };

struct fp_log {
	void (*write)(void *ctx, enum fp_level level, const char *line);
	void *ctx;
	enum fp_level least; /* lines below this level are not made */
};

/* NULL log: nothing happens. A line holds no newline; control characters are shown as '?': names come from foreign files. */
void fp_log(const struct fp_log *log, enum fp_level level, const char *fmt, ...) FP_PRINTF(3, 4);

#endif
