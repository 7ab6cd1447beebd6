/* Shared by the UDI readers of one agency each; not for other modules. */
#ifndef FP_DEVICE_UDI_INT_H
#define FP_DEVICE_UDI_INT_H

#include "device/udi.h"

/* The text without white space around it; at is the position of p[0] in what the caller gave, from 1. */
struct device_udi_in {
	const char *p;
	size_t len;
	size_t at;
	bool padded;  /* white space stood behind it: it may have been a HIBCC check character */
	bool scanned; /* a symbology identifier stood before it: the scanner gives every separator */
	const struct device_udi_options *o;
};

enum fp_status device_udi_gs1_scan(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err) FP_MUST_CHECK;
enum fp_status device_udi_gs1_brackets(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err) FP_MUST_CHECK;
enum fp_status device_udi_gs1_link(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err) FP_MUST_CHECK;
enum fp_status device_udi_hibc(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err) FP_MUST_CHECK;
enum fp_status device_udi_isbt(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err) FP_MUST_CHECK;

/* What a GS1 application identifier asks of its value. */
enum device_udi_check { UDI_ANY, UDI_SUM, UDI_DATE, UDI_MODEL };
enum device_udi_target { UDI_TO_NONE, UDI_TO_DI, UDI_TO_LOT, UDI_TO_SERIAL, UDI_TO_SOFTWARE, UDI_TO_PRODUCTION, UDI_TO_EXPIRY };
struct device_udi_ai {
	int lo, hi;       /* 310 to 316 with four digits in all: lo 3100, hi 3165 */
	int digits;       /* of the identifier: 2 to 4 */
	int last_max;     /* greatest last digit, where a decimal point is coded there; otherwise 9 */
	char set;         /* 'N' digits, 'X' the 82 characters, 'Y' the 39 of component identifiers */
	uint8_t min, max; /* length of the value */
	bool fixed;       /* length known by its first two digits: no separator behind it */
	uint8_t numeric;  /* with set 'X': so many digits first */
	enum device_udi_check check;
	uint8_t check_at, check_len; /* the digits that the check covers */
	enum device_udi_target target;
	bool key;      /* may begin the path of a Digital Link */
	bool produced; /* part of the production identifier: may have run together with the value before it */
	const char *title;
};
/* The identifier that text begins with, or NULL. */
const struct device_udi_ai *device_udi_ai_find(const char *text, size_t len);
/* Length, characters, check digit and date of a value. at: its position, for messages. */
enum fp_status device_udi_ai_value(
    const struct device_udi_ai *ai, const char *value, size_t len, size_t at, struct fp_err *err) FP_MUST_CHECK;

/* Keep an element; FP_ELIMIT, or FP_EINVAL when the id stands already with another value. */
enum fp_status device_udi_add(struct device_udi *u, const char *id, const char *title, size_t at, const char *value, size_t len,
    struct fp_err *err) FP_MUST_CHECK;
/* dst holds DEVICE_UDI_VALUE_MAX + 1 bytes; a longer value was refused before. */
void device_udi_set(char *dst, const char *value, size_t len);

/* Digits at p -> number; false when one is none. */
bool device_udi_number(int *out, const char *p, size_t n);
/* Day 0 is the last of the month. False when the day does not exist. */
bool device_udi_date(struct fp_date *out, int year, int month, int day);
/* Day 1 to 366 of a year. */
bool device_udi_year_day(struct fp_date *out, int year, int day);
/* A character as messages show it: 'A', or its number in hex. */
const char *device_udi_char(char out[8], char c);

/* Ill-formed UTF-8 and control characters of a message that quotes foreign text become '?': also a character that a limit cut in two. */
void device_message_clean(char *message);

char device_udi_mod43(const char *p, size_t n); /* '\0' when a character is not in the set */

#endif
