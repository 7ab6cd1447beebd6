/*
 * Software versions and ranges of them. Makers write versions as they like: an order that cannot be known is said, never guessed (law 2).
 */
#ifndef FP_DEVICE_VERSION_H
#define FP_DEVICE_VERSION_H

#include "base/status.h"

enum device_version_order {
	DEVICE_VERSION_LESS = -1,
	DEVICE_VERSION_EQUAL = 0,
	DEVICE_VERSION_GREATER = 1,
	DEVICE_VERSION_INCOMPARABLE = 2
};

/*
 * a against b. Numbers by value (1.3.10 > 1.3.9), missing ones are 0 (1.3 = 1.3.0); "v", "ver.", "version" in front do not count;
 * a letter behind is a later release (1.3.1 < 1.3.1a), alpha, beta, pre, rc an earlier one (1.3.1-rc1 < 1.3.1); a build ("+5",
 * "build 5", "-5") counts only where both have one. "1.3.x" is incomparable with 1.3.9 and less than 1.4. Up to three letters
 * in front ("B.06.18", "R8.0.3") must be the same: B.06 < B.12, but B.06 and C.01 are incomparable, and so are words.
 */
enum device_version_order device_version_compare(const char *a, const char *b);
enum device_version_order device_version_compare_n(const char *a, size_t a_len, const char *b, size_t b_len);

enum device_version_in { DEVICE_VERSION_OUT, DEVICE_VERSION_IN, DEVICE_VERSION_UNDECIDABLE };

/*
 * Is the version in the range? Grammar: range = "*" | all { "||" all }; all = term { ("|" | ",") term }; term = [ ">=" | "<=" | ">" |
 * "<" | "=" | "!=" ] version. ">=1.0.0|<=1.3.1 || >=1.3.3": from 1.0.0 to 1.3.1, or from 1.3.3. UNDECIDABLE when an incomparable pair would
 * settle it, when version is NULL or empty (but for "*"), or when the range is not well formed.
 */
enum device_version_in device_version_in_range(const char *range, const char *version);
enum device_version_in device_version_in_range_n(const char *range, const char *version, size_t version_len);

/* Is the range well formed? The message names the place in it and what was expected. FP_EINVAL. */
enum fp_status device_version_range_check(const char *range, struct fp_err *err) FP_MUST_CHECK;

#endif
