/*
 * A streaming CSV reader: constant memory, fields as pointer and length. Finds delimiter (; , tab |), encoding (UTF-8, UTF-16,
 * Windows-1252) and line ends (LF, CRLF, CR). A broken row is given as such, and reading goes on behind it.
 */
#ifndef FP_DEVICE_CSV_H
#define FP_DEVICE_CSV_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define DEVICE_CSV_ROW_MAX ((size_t)1 << 20) /* bytes of one row, in UTF-8; a longer one ends the reading: not a table */
#define DEVICE_CSV_FIELDS_MAX 1024

/* Gives up to len bytes into buf and how many in *got (0 = end). */
typedef enum fp_status (*device_csv_read_fn)(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err);

struct device_csv_options {
	const char *name; /* of the source, in messages: "devices.csv" */
	char delimiter;   /* '\0' = find */
	const char *
	    encoding; /* NULL = find; else "utf-8", "utf-16le", "windows-1252", "windows-1253", "iso-8859-7", "windows-1251" ... */
	size_t row_max;    /* 0 = DEVICE_CSV_ROW_MAX */
	size_t fields_max; /* 0 = DEVICE_CSV_FIELDS_MAX */
};

/* UTF-8 (unless the row has DEVICE_CSV_HIGH and is ill-formed), quotes taken off, not trimmed; not NUL-terminated. */
struct device_csv_field {
	const char *p;
	uint32_t len;
	uint32_t at; /* offset of the field, with its quotes, in raw */
};

enum {                          /* what stands in a row: lets a caller skip the checks that cannot fail */
	DEVICE_CSV_HIGH = 1,    /* bytes of 0x80 and above */
	DEVICE_CSV_CONTROL = 2, /* control characters (NUL too) but for tab and line ends */
	DEVICE_CSV_QUOTED = 4,  /* quote characters */
	DEVICE_CSV_BREAKS = 8   /* line ends inside quoted fields */
};

enum device_csv_fault {
	DEVICE_CSV_FINE,
	DEVICE_CSV_UNTERMINATED, /* a quote that is never closed */
	DEVICE_CSV_AFTER_QUOTE,  /* text between a closing quote and the next delimiter */
	DEVICE_CSV_TOO_MANY      /* more fields than the limit */
};

/* Valid until the next call on the reader. A row with a fault is one physical line, its fields split at every delimiter, quotes as they stand. */
struct device_csv_row {
	size_t line;     /* from 1 */
	const char *raw; /* the row as it stands (in UTF-8), without its line end */
	size_t raw_len;
	unsigned flags;
	enum device_csv_fault fault;
	size_t fault_line;  /* where the fault began */
	size_t fault_field; /* from 1 */
	size_t n_fields;
	const struct device_csv_field *fields;
};

struct device_csv;
/* Reads the first bytes to find encoding and delimiter. Known other formats (xlsx, xls, pdf, gzip) are refused with what to do. */
enum fp_status device_csv_open(struct device_csv **out, device_csv_read_fn read, void *ctx, const struct device_csv_options *o,
    struct fp_err *err) FP_MUST_CHECK;
/* The next row, or NULL in *row at the end; empty lines are skipped. FP_ELIMIT when a row is longer than row_max; FP_EIO from read. */
enum fp_status device_csv_next(struct device_csv *c, const struct device_csv_row **row, struct fp_err *err) FP_MUST_CHECK;
/* A field (from 0) of the row that comes next, where it is at hand and plain: for reading ahead; false is always a right answer. */
bool device_csv_peek(const struct device_csv *c, size_t field, struct device_csv_field *out);
void device_csv_free(struct device_csv *c);
void device_csv_freep(struct device_csv **c);

char device_csv_delimiter(const struct device_csv *c);
const char *device_csv_encoding(
    const struct device_csv *c); /* "utf-8", "utf-16le", ...; may still change from "utf-8" while all is ASCII */
bool device_csv_bom(const struct device_csv *c);
/* Line and character column (both from 1) where field i (from 0) begins. */
void device_csv_place(const struct device_csv_row *row, size_t i, size_t *line, size_t *column);

/* Append a field as RFC 4180 writes it: quoted only where needed. */
void device_csv_put(struct fp_buf *out, const char *text, size_t len, char delimiter);

#endif
