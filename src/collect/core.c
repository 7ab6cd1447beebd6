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

/* Days since 1970-01-01 as a date of the Gregorian calendar; eras of 400 years begin on a first of March. */
static void
civil(int64_t days, int64_t *y, int *m, int *d)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

char *
collect_time_text(struct collect_arena *a, int64_t seconds)
{
	int64_t days = seconds / 86400 - (seconds % 86400 < 0), rest = seconds - days * 86400, y;
	int m, d;

	civil(days, &y, &m, &d);
	return collect_text(
	    a, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)y, m, d, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

void
collect_head(struct collect *c, const char *platform, const char *source)
{
	struct collect_value *stated = collect_object(c->arena);

	collect_put_text(c->facts, "collector", "fieldproof-collect " FP_VERSION);
	collect_put_text(c->facts, "platform", platform);
	collect_put_text(c->facts, "collected", collect_time_text(c->arena, collect_now()));
	collect_put_text(c->facts, "challenge", c->o->challenge);
	collect_put_text(stated, "serial", c->o->serial);
	collect_put_text(stated, "mode", c->o->mode);
	collect_put(c->facts, "stated", stated);
	collect_put_text(c->facts, "source", source);
	collect_put_bool(c->facts, "elevated", collect_elevated());
}

struct collect_value *
collect_setting(struct collect_arena *a, int value, bool stated, const char *source)
{
	struct collect_value *v = collect_object(a);

	if (value < 0)
		collect_put(v, "value", NULL);
	else
		collect_put_bool(v, "value", value > 0);
	collect_put_bool(v, "stated", stated);
	collect_put_text(v, "source", source);
	return v;
}
