/* Shared by the pieces of the CSV reader; not for other modules. */
#ifndef FP_DEVICE_CSV_INT_H
#define FP_DEVICE_CSV_INT_H

#include "device/csv.h"

/* Bytes of any encoding in, UTF-8 out. */
struct device_csv_source {
	device_csv_read_fn read;
	void *ctx;
	enum { CSV_UNDECIDED, CSV_UTF8, CSV_UTF16LE, CSV_UTF16BE, CSV_TABLE } kind; /* UNDECIDED: all ASCII so far */
	char encoding[32];
	bool bom, begun, ended, told;
	unsigned char *raw; /* read, not yet converted: raw[at] to raw[len] */
	size_t at, len;
	uint16_t table[256]; /* CSV_TABLE: code points */
};

#define DEVICE_CSV_RAW ((size_t)64 << 10)

enum fp_status device_csv_source_open(
    struct device_csv_source *s, device_csv_read_fn read, void *ctx, const char *encoding, struct fp_err *err) FP_MUST_CHECK;
/* Up to cap bytes (at least 16) of UTF-8 into dst; *got 0 at the end only. what names the source in messages. */
enum fp_status device_csv_source_read(
    struct device_csv_source *s, char *dst, size_t cap, size_t *got, const char *what, struct fp_err *err) FP_MUST_CHECK;
void device_csv_source_close(struct device_csv_source *s);

/*
 * Positions (in marks) of the delimiter, quotes and line ends in len bytes of p; returns how many. p is readable to the next multiple of 64 behind
 * len. flags[i] gets the DEVICE_CSV_ bits of the 64 bytes from i * 64 on.
 */
size_t device_csv_scan(uint32_t *marks, uint8_t *flags, const char *p, size_t len, char delimiter);

/* The delimiter that splits the lines of a sample most evenly; ',' when none does. */
char device_csv_guess(const char *p, size_t len);

#endif
