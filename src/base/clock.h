/*
 * Time. The clock is injected everywhere (law 9): only main() makes a real one.
 */
#ifndef FP_BASE_CLOCK_H
#define FP_BASE_CLOCK_H

#include <stdint.h>

#include "base/status.h"

typedef int64_t fp_time; /* milliseconds since 1970-01-01T00:00:00Z, without leap seconds */

struct fp_clock {
	fp_time (*now)(void *ctx);
	void *ctx;
};

struct fp_clock fp_clock_real(void);
struct fp_clock fp_clock_fixed(fp_time *at); /* reads *at each time: tests move it */
fp_time fp_now(const struct fp_clock *clock);

/* Monotonic milliseconds for deadlines and durations only; never stored. */
int64_t fp_monotonic_ms(void);
int64_t fp_monotonic_us(void);

#define FP_TIME_MAX 96
/* "2026-11-21T09:30:00.123Z" (RFC 3339, always UTC, always milliseconds) into out; returns out. */
char *fp_time_text(char out[FP_TIME_MAX], fp_time t);
/* Reads what fp_time_text writes; also without the fraction, and with an offset. */
enum fp_status fp_time_parse(fp_time *out, const char *s, struct fp_err *err) FP_MUST_CHECK;

/* A calendar day without a zone. year 0 means "no date". */
struct fp_date {
	int year;
	int month; /* 1-12 */
	int day;   /* 1-31 */
};

#define FP_DATE_MAX 40
bool fp_date_valid(struct fp_date d);  /* proleptic Gregorian, years 1-9999 */
int fp_date_weekday(struct fp_date d); /* 1 Monday ... 7 Sunday (ISO 8601) */
int fp_date_compare(struct fp_date a, struct fp_date b);
int64_t fp_date_days(struct fp_date d); /* days since 1970-01-01 */
struct fp_date fp_date_of_days(int64_t days);
struct fp_date fp_date_of_time(fp_time t);                   /* UTC */
char *fp_date_text(char out[FP_DATE_MAX], struct fp_date d); /* "2023-04-05"; "" for no date */
enum fp_status fp_date_parse(struct fp_date *out, const char *iso, struct fp_err *err) FP_MUST_CHECK; /* YYYY-MM-DD only */

#endif
