#include "collect/collect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UNKNOWN_MAX 1000
#define WHY_MAX 512

/* Null at the place that a dotted name means; a place inside a list, or below something that is not there, has no member of its own. */
static void
put_null(struct collect *c, const char *fact)
{
	struct collect_value *at = c->facts;
	const char *part = fact, *dot;

	while ((dot = strchr(part, '.')) != NULL && at != NULL) {
		at = collect_get(at, collect_text(c->arena, "%.*s", (int)(dot - part), part));
		part = dot + 1;
	}
	if (collect_is_object(at))
		collect_put(at, part, NULL);
}

static bool
is_noted(const struct collect *c, const char *fact, const char *why)
{
	for (size_t i = 0; i < collect_count(c->unknown); i++) {
		const struct collect_value *one = collect_at(c->unknown, i);

		if (strcmp(collect_as_text(collect_get(one, "fact")), fact) == 0 &&
		    strcmp(collect_as_text(collect_get(one, "why")), why) == 0)
			return true;
	}
	return false;
}

void
collect_unknown(struct collect *c, const char *fact, const char *fmt, ...)
{
	struct collect_value *one = collect_object(c->arena);
	char why[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	put_null(c, fact);
	collect_put_text(one, "fact", fact);
	collect_put_text(one, "why", why);
	if (collect_count(c->unknown) < UNKNOWN_MAX && !is_noted(c, fact, collect_as_text(collect_get(one, "why"))))
		collect_add(c->unknown, one);
}
