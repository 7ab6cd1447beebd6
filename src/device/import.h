/*
 * A device list as people have it -> devices: header words in five languages, UDI strings taken apart, each bad row reported with line, column,
 * field and reason and kept in a file to mend. Streaming: the store's import and the matcher that stores nothing both read through it.
 */
#ifndef FP_DEVICE_IMPORT_H
#define FP_DEVICE_IMPORT_H

#include "device/csv.h"
#include "device/device.h"
#include "device/udi.h"

enum device_column {
	DEVICE_COL_SERIAL,
	DEVICE_COL_PRODUCT,
	DEVICE_COL_MANUFACTURER,
	DEVICE_COL_CATALOG,
	DEVICE_COL_UDI, /* UDI-DI or a whole UDI: the content decides */
	DEVICE_COL_LOT,
	DEVICE_COL_LOCATION,
	DEVICE_COL_OWNER,
	DEVICE_COL_NOTE,
	DEVICE_COL_HOST,
	DEVICE_COL_BMC,
	DEVICE_COL_STORAGE,
	DEVICE_COL_MODE_NOW,
	DEVICE_COL_PART_OF,
	DEVICE_COL_CONNECTIVITY,
	DEVICE_COL_STATUS,
	DEVICE_COL_MODES,     /* list of boot modes: "Dx, RUO" */
	DEVICE_COL_VERSION,   /* software version, of one mode or of all: the column knows which */
	DEVICE_COL_SOFTWARE,  /* software name, the same */
	DEVICE_COL_COMPONENT, /* version of a component that the column names: "UCS version" */
	DEVICE_COL_COUNT
};
/* "serial", "product", ... as in --map and in messages. NULL never. */
const char *device_column_name(enum device_column c);

struct device_import_problem {
	size_t line;         /* from 1 */
	size_t column;       /* number of the column, from 1; 0 when the whole row is meant */
	const char *field;   /* "udi", or "" */
	const char *message; /* English, problem first */
};

struct device_import_options {
	const char *name; /* of the source, in messages; NULL = the path */
	const char *map;  /* "serial=Inventarnummer,ref=3,version:Dx=SW": column names or numbers; NULL. Overrides the guess */
	char delimiter;   /* '\0' = find */
	const char *encoding; /* NULL = find */
	int year;             /* the year now, for dates in UDIs */
	const char *
	    rejects; /* bad rows go there, with the reason as the last column; NULL = nowhere. Made only when there is a bad row */
	bool
	    identity_only; /* read and judge only what matching needs (serial, product, maker, catalogue number, UDI, versions) */
	bool allow_duplicates;                                             /* do not look for one device in two rows */
	void (*problem)(void *ctx, const struct device_import_problem *p); /* NULL = count only */
	void *ctx;
};

struct device_span { /* not NUL-terminated; len 0 when the list does not say */
	const char *p;
	size_t len;
};

/* A good row, trimmed, valid until the next call. mode "" = the list does not say which mode. */
struct device_row {
	size_t line;
	struct device_span text
	    [DEVICE_COL_COUNT]; /* UDI: the DI in normal form, or empty; VERSION and SOFTWARE are in modes, COMPONENT in components; the serial may come from the UDI */
	size_t n_modes;
	struct {
		const char *name;
		struct device_span software, version;
	} modes[DEVICE_MODES_MAX];
	size_t n_components;
	struct {
		const char *name, *mode; /* mode "" = whatever the mode */
		struct device_span version;
	} components[DEVICE_COMPONENTS_MAX];
};

struct device_import_counts {
	size_t rows; /* read below the header = good + bad */
	size_t good;
	size_t bad;
};

struct device_import;
/*
 * Opens the list, finds the header (also below title lines). FP_EINVAL when no column is the serial number or UDI: the message lists the columns found and says how
 * to use --map. read and ctx must live as long as the import.
 */
enum fp_status device_import_open(struct device_import **out, device_csv_read_fn read, void *ctx,
    const struct device_import_options *o, struct fp_err *err) FP_MUST_CHECK;
/* The same for a file; "-" is standard input. */
enum fp_status device_import_open_path(
    struct device_import **out, const char *path, const struct device_import_options *o, struct fp_err *err) FP_MUST_CHECK;

/* The next good row, or NULL at the end. Bad ones go to problem and the rejects file on the way. Fails only when reading or writing fails. */
enum fp_status device_import_next(struct device_import *im, const struct device_row **row, struct fp_err *err) FP_MUST_CHECK;
/* The last row as a device; borrowed: valid until the next call, never device_free it; device_copy keeps it. */
enum fp_status device_import_device(struct device_import *im, const struct device **d, struct fp_err *err) FP_MUST_CHECK;

/* Does the list have a column for it? What it has none for it says nothing of: the store keeps what it knew. */
bool device_import_has(const struct device_import *im, enum device_column c);

struct device_import_counts device_import_counts(const struct device_import *im);
/* How the columns were read, for the person: "'Seriennummer' -> serial, 'REF' -> catalog; not used: 'Raum 2'; windows-1252, ';', header in line 3". */
void device_import_understood(const struct device_import *im, struct fp_buf *out);

/* Publish the rejects file (if there is one) durably: until then, and when only freed, no file of that name is touched. */
enum fp_status device_import_finish(struct device_import *im, struct fp_err *err) FP_MUST_CHECK;
void device_import_free(struct device_import *im);
void device_import_freep(struct device_import **im);

#endif
