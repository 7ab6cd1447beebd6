/* Private to facts/. */
#ifndef FP_FACTS_FACTS_INT_H
#define FP_FACTS_FACTS_INT_H

#include "facts/facts.h"

/* Does j fit the shape? place names it in messages ("services[2].sid"). FP_EINVAL, FP_ELIMIT, FP_EUNSUPPORTED (a member or word of a newer collector). */
enum fp_status facts_fits(const struct facts_shape *s, const json_t *j, const char *place, struct fp_err *err) FP_MUST_CHECK;

#endif
