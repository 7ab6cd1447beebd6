/* When a round may begin: maintenance windows of a local week, slots, jitter. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/watching.h"
#include "base/mem.h"

#define MINUTE_MS 60000
#define DAY_MINUTES 1440
/* A window that falls into the hour which summer time leaves out comes again a week later. */
#define SEARCH_MINUTES (15 * DAY_MINUTES)

/* ---- reading ---- */

static const char *
skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* 0 Monday ... 6 Sunday, -1 for no day. */
static int
read_day(const char **s)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

	for (int i = 0; i < 7; i++)
		if (strncasecmp(*s, days[i], 3) == 0) {
			*s += 3;
			return i;
		}
	return -1;
}

/* "22:00" -> minutes of the day, "24:00" too; -1. */
static int
read_clock(const char **s)
{
	const char *p = *s;
	int hours, minutes;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? p[i] != ':' : p[i] < '0' || p[i] > '9')
			return -1;
	hours = (p[0] - '0') * 10 + p[1] - '0';
	minutes = (p[3] - '0') * 10 + p[4] - '0';
	*s += 5;
	return minutes > 59 || hours * 60 + minutes > DAY_MINUTES ? -1 : hours * 60 + minutes;
}

static void
open_minutes(struct app_watch_window *w, unsigned days, int from, int until)
{
	int len = until > from ? until - from : until - from + DAY_MINUTES;

	for (int d = 0; d < 7; d++)
		for (int i = 0; (days >> d & 1) != 0 && i < len; i++) {
			int m = (d * DAY_MINUTES + from + i) % APP_WATCH_WEEK;

			w->open[m / 8] |= (unsigned char)(1u << (m % 8));
		}
}

/* "Mon", "Mon-Fri": into *days; false when there is none. */
static bool
read_days(const char **s, unsigned *days)
{
	int from = read_day(s), to = from;

	if (from < 0)
		return false;
	if (**s == '-') {
		(*s)++;
		to = read_day(s);
		if (to < 0)
			return false;
	}
	for (int d = from;; d = (d + 1) % 7) {
		*days |= 1u << d;
		if (d == to)
			return true;
	}
}

/* One part up to its comma. days holds those of parts before that had no time ("Mon,Wed 22:00-05:00"). Gives what is wrong, NULL when nothing. */
static const char *
read_part(struct app_watch_window *w, const char **s, unsigned *days)
{
	int from, until;

	*s = skip_blanks(*s);
	if (**s < '0' || **s > '9') {
		if (!read_days(s, days))
			return "a day is Mon, Tue, Wed, Thu, Fri, Sat or Sun, or two of them with a hyphen";
		*s = skip_blanks(*s);
		if (**s == ',')
			return NULL;
	}
	from = read_clock(s);
	if (from < 0 || from == DAY_MINUTES || **s != '-')
		return "a time is like 22:00-05:00";
	(*s)++;
	until = read_clock(s);
	if (until < 0)
		return "a time is like 22:00-05:00";
	if (until == from)
		return "a window that ends when it begins is never open; the whole day is 00:00-24:00";
	*s = skip_blanks(*s);
	if (**s != '\0' && **s != ',')
		return "windows are joined by commas";
	open_minutes(w, *days != 0 ? *days : 0x7F, from, until);
	*days = 0;
	return NULL;
}

enum fp_status
app_watch_window_parse(struct app_watch_window *out, const char *text, struct fp_err *err)
{
	const char *s = text != NULL ? skip_blanks(text) : "", *wrong = NULL;
	unsigned days = 0;

	memset(out, 0, sizeof(*out));
	out->always = *s == '\0';
	while (*s != '\0' && wrong == NULL) {
		wrong = read_part(out, &s, &days);
		if (wrong == NULL && *s == ',' && *skip_blanks(++s) == '\0')
			wrong = "nothing follows the last comma";
	}
	if (wrong == NULL && days != 0)
		wrong = "the last days have no time";
	if (wrong != NULL)
		return fp_fail(err, FP_EUSAGE, "the window '%.100s' cannot be understood at '%.20s': %s", text, s, wrong);
	return FP_OK;
}

/* ---- reckoning ---- */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t
offset_at(const struct app_watch_plan *p, fp_time t)
{
	return p->zone != NULL ? i18n_zone_offset(p->zone, t) : 0;
}

/* Minutes since Monday 00:00 local. 1970-01-01 was a Thursday. */
static int
local_minute(fp_time t, int64_t offset)
{
	int64_t minute = floor_div(t + offset, MINUTE_MS) + 3 * DAY_MINUTES;

	return (int)(minute - floor_div(minute, APP_WATCH_WEEK) * APP_WATCH_WEEK);
}

static bool
is_open(const struct app_watch_window *w, int minute)
{
	return w->always || (w->open[minute / 8] >> (minute % 8) & 1) != 0;
}

bool
app_watch_open(const struct app_watch_plan *p, fp_time t)
{
	return is_open(&p->window, local_minute(t, offset_at(p, t)));
}

fp_time
app_watch_opening(const struct app_watch_plan *p, fp_time t)
{
	int64_t offset = offset_at(p, t);
	fp_time minute = floor_div(t + offset, MINUTE_MS) * MINUTE_MS - offset;
	int at = local_minute(t, offset), wait = 1;

	if (is_open(&p->window, at))
		return t;
	while (wait <= APP_WATCH_WEEK && !is_open(&p->window, (at + wait) % APP_WATCH_WEEK))
		wait++;
	if (wait > APP_WATCH_WEEK)
		return 0;
	if (offset_at(p, minute + (int64_t)wait * MINUTE_MS) == offset)
		return minute + (int64_t)wait * MINUTE_MS;
	/* The clocks are changed in between: what the wall clock shows is looked up for every minute. */
	for (wait = 1; wait <= SEARCH_MINUTES; wait++)
		if (app_watch_open(p, minute + (int64_t)wait * MINUTE_MS))
			return minute + (int64_t)wait * MINUTE_MS;
	return 0;
}

/* SplitMix64 (Steele, Lea, Flood 2014): neighbouring k give unrelated numbers. */
static uint64_t
mixed(uint64_t x)
{
	x += UINT64_C(0x9E3779B97F4A7C15);
	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

int64_t
app_watch_jitter(const struct app_watch_plan *p, int64_t k)
{
	return p->jitter <= 0 ? 0 : (int64_t)(mixed(p->seed ^ mixed((uint64_t)k)) % ((uint64_t)p->jitter + 1));
}

fp_time
app_watch_next(const struct app_watch_plan *p, fp_time now)
{
	int64_t k = floor_div(now - p->start, p->every) + 1;
	fp_time slot = p->start + k * p->every + app_watch_jitter(p, k), opening, late;

	opening = app_watch_opening(p, slot);
	if (opening == slot || opening == 0)
		return opening;
	late = opening + app_watch_jitter(p, k);
	return app_watch_open(p, late) ? late : opening;
}
