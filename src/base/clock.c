#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_MS ((int64_t)86400000)

static fp_time
real_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static fp_time
fixed_now(void *ctx)
{
	return *(fp_time *)ctx;
}

struct fp_clock
fp_clock_real(void)
{
	return (struct fp_clock){ .now = real_now };
}

struct fp_clock
fp_clock_fixed(fp_time *at)
{
	return (struct fp_clock){ .now = fixed_now, .ctx = at };
}

fp_time
fp_now(const struct fp_clock *clock)
{
	return clock->now(clock->ctx);
}

int64_t
fp_monotonic_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
fp_monotonic_ms(void)
{
	return fp_monotonic_us() / 1000;
}

/* Days from civil and back: Howard Hinnant's "chrono-compatible low-level date algorithms", public domain formulas. */
int64_t
fp_date_days(struct fp_date d)
{
	int64_t y = d.year - (d.month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

struct fp_date
fp_date_of_days(int64_t z)
{
	int64_t era, doe, yoe, doy, mp;
	struct fp_date d;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2));
	return d;
}

struct fp_date
fp_date_of_time(fp_time t)
{
	return fp_date_of_days((t >= 0 ? t : t - DAY_MS + 1) / DAY_MS);
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool
fp_date_valid(struct fp_date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= days_in_month(d.year, d.month);
}

int
fp_date_weekday(struct fp_date d)
{
	int64_t since_monday = (fp_date_days(d) + 3) % 7; /* 1970-01-01 was a Thursday */

	return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

int
fp_date_compare(struct fp_date a, struct fp_date b)
{
	int64_t x = fp_date_days(a), y = fp_date_days(b);

	return (x > y) - (x < y);
}

char *
fp_date_text(char out[FP_DATE_MAX], struct fp_date d)
{
	out[0] = '\0';
	if (fp_date_valid(d))
		(void)snprintf(out, FP_DATE_MAX, "%04d-%02d-%02d", d.year, d.month, d.day);
	return out;
}

/* Exactly n digits at *p; -1 when they are not there. */
static int
digits(const char **p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

static bool
date_at(struct fp_date *d, const char **p)
{
	d->year = digits(p, 4);
	if (d->year < 0 || *(*p)++ != '-')
		return false;
	d->month = digits(p, 2);
	if (d->month < 0 || *(*p)++ != '-')
		return false;
	d->day = digits(p, 2);
	return d->day >= 0 && fp_date_valid(*d);
}

enum fp_status
fp_date_parse(struct fp_date *out, const char *iso, struct fp_err *err)
{
	const char *p = iso;
	struct fp_date d;

	if (!date_at(&d, &p) || *p != '\0')
		return fp_fail(err, FP_EINVAL, "not a calendar date (YYYY-MM-DD): '%.40s'", iso);
	*out = d;
	return FP_OK;
}

char *
fp_time_text(char out[FP_TIME_MAX], fp_time t)
{
	struct fp_date d = fp_date_of_time(t);
	int64_t ms = t - fp_date_days(d) * DAY_MS;

	(void)snprintf(out, FP_TIME_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day, (int)(ms / 3600000),
	    (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
	return out;
}

/* ".123" -> 123; further digits are read and dropped. */
static int
fraction_ms(const char **p)
{
	int ms = 0, scale = 100;

	if (**p != '.')
		return 0;
	for ((*p)++; **p >= '0' && **p <= '9'; (*p)++, scale /= 10)
		ms += (**p - '0') * scale;
	return ms;
}

/* "Z", "+02:00", "-0130" -> minutes; false when there is none. */
static bool
zone_minutes(int *out, const char **p)
{
	int sign, h, m;

	if (**p == 'Z' || **p == 'z') {
		(*p)++;
		*out = 0;
		return true;
	}
	if (**p != '+' && **p != '-')
		return false;
	sign = *(*p)++ == '-' ? -1 : 1;
	h = digits(p, 2);
	if (**p == ':')
		(*p)++;
	m = digits(p, 2);
	*out = sign * (h * 60 + m);
	return h >= 0 && h <= 23 && m >= 0 && m <= 59;
}

enum fp_status
fp_time_parse(fp_time *out, const char *s, struct fp_err *err)
{
	const char *p = s;
	struct fp_date d;
	int h = -1, m = -1, sec = -1, ms = 0, zone = 0;

	if (date_at(&d, &p) && (*p == 'T' || *p == ' ')) {
		p++;
		h = digits(&p, 2);
		if (h >= 0 && *p == ':') {
			p++;
			m = digits(&p, 2);
		}
		if (m >= 0 && *p == ':') {
			p++;
			sec = digits(&p, 2);
		}
		if (sec >= 0)
			ms = fraction_ms(&p);
	}
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60 || !zone_minutes(&zone, &p) || *p != '\0')
		return fp_fail(err, FP_EINVAL, "not a time (YYYY-MM-DDThh:mm:ssZ): '%.40s'", s);
	*out = fp_date_days(d) * DAY_MS + ((int64_t)h * 60 + m - zone) * 60000 + (int64_t)sec * 1000 + ms;
	return FP_OK;
}
