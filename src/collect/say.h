/* What the collector says to the person who runs it. English only: it is read by a service engineer at the device. */
#ifndef FP_COLLECT_SAY_H
#define FP_COLLECT_SAY_H

#include "collect/collect.h"

/* To standard output, as printf. */
void collect_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* To standard error: "fieldproof-collect: ..." and a line end. */
void collect_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
