/* Shared by the pieces of the device list reader; not for other modules. */
#ifndef FP_DEVICE_IMPORT_INT_H
#define FP_DEVICE_IMPORT_INT_H

#include "device/import.h"

/* ---- words: header cells, modes, vocabularies (import_words.c) ---- */

/* How a yes or no in a connectivity column is meant. */
enum device_import_yes { IMPORT_YES_UNCLEAR, IMPORT_YES_INTERNET, IMPORT_YES_NETWORK };

struct device_import_column {
	enum device_column what; /* DEVICE_COL_COUNT: not used */
	enum device_import_yes yes;
	const char *mode;   /* VERSION, SOFTWARE, COMPONENT: static or interned; "" for no mode */
	char component[48]; /* COMPONENT: its name */
	bool reason;        /* the last column of a rejects file */
};
#define DEVICE_IMPORT_REASON "rejected because" /* header of that column */

/* Fold text for looking words up: fp_utf8_fold, then accents off. */
void device_import_fold(struct fp_buf *out, const char *text, size_t len);
/* What a header cell means; false when it is not understood. */
bool device_import_header(struct device_import_column *out, const char *cell, size_t len);
/* "UCS version", "Version of UCS (Dx)": the version of a component. Asked only of columns that device_import_header does not understand. */
bool device_import_component(struct device_import_column *out, const char *cell, size_t len);
/* A field as --map names it: "serial", "ref", "version:Dx" (mode is then the text behind the colon, not NUL-terminated at mode_len). */
bool device_import_field(struct device_import_column *out, const char *name, size_t len, const char **mode, size_t *mode_len);
/* The usual spelling of a known mode ("dx mode" -> "Dx"), or NULL. */
const char *device_import_mode(const char *text, size_t len);
bool device_import_connectivity(enum device_connectivity *out, const char *text, size_t len, enum device_import_yes yes);
bool device_import_status(enum device_status *out, const char *text, size_t len);
/* "-", "n/a", "k. A.", "unbekannt": the list says that it does not say. */
bool device_import_nothing(const char *text, size_t len);

/* ---- values (import_value.c) ---- */

#define DEVICE_IMPORT_WHY 256
/* An address as the record keeps it, into out (DEVICE_FIELD_MAX + 1 bytes); false: why says what is wrong. */
bool device_import_host(char *out, char why[DEVICE_IMPORT_WHY], const char *text, size_t len);
/* What a spreadsheet makes of a long number: "8.1627E+11". */
bool device_import_rounded(const char *text, size_t len);

/* ---- devices seen already (import_seen.c) ---- */

/* What tells two devices with one serial number apart, as short hashes (0 = the list does not say): see device_same. */
struct device_import_identity {
	uint32_t udi : 9, ref : 9, maker : 7, name : 7;
};
struct device_import_slot {
	uint32_t high, low; /* of the key */
	uint32_t line;      /* 0 = free */
	struct device_import_identity identity;
};
struct device_import_seen {
	struct device_import_slot *slots;
	size_t cap, n;
	size_t expected; /* rows in all, as far as it can be guessed; 0 = not */
};
#define DEVICE_IMPORT_SEEN_MAX ((size_t)16 << 20) /* beyond that many devices in one file duplicates are not looked for */
#define DEVICE_IMPORT_NAMESAKES 1000              /* devices with one serial number that are told apart */
/*
 * The line where the device stands already (key: hash of its serial number), or 0 after keeping it (also beyond the limits or without memory: seeing
 * is a service, not a law).
 */
size_t device_import_seen(struct device_import_seen *s, uint64_t key, struct device_import_identity identity, size_t line);
/* It will grow with the next key: the time to set expected. */
bool device_import_seen_full(const struct device_import_seen *s);
/* A key with these upper 32 bits will be asked for soon. */
void device_import_seen_soon(const struct device_import_seen *s, uint64_t key);
uint64_t device_import_hash(uint64_t seed, const char *p, size_t len);
/* As device_import_hash over the folded text. */
uint64_t device_import_hash_folded(uint64_t seed, const char *p, size_t len);

/* ---- rejects (import_rejects.c) ---- */

struct device_import_rejects {
	char *path, *temp; /* temp NULL: nothing written yet */
	int fd;
	char delimiter;
	bool bom;
	size_t columns;   /* of the header */
	bool reason_last; /* the source is a rejects file itself: its last column is replaced */
	char *header;
	size_t header_len;
	struct fp_buf pending;
};
enum fp_status device_import_reject(
    struct device_import_rejects *r, const struct device_csv_row *row, const char *reason, struct fp_err *err) FP_MUST_CHECK;
enum fp_status device_import_rejects_publish(struct device_import_rejects *r, struct fp_err *err) FP_MUST_CHECK;
void device_import_rejects_close(struct device_import_rejects *r);

/* ---- columns (import_columns.c) ---- */

#define DEVICE_IMPORT_BINDS 48
struct device_import_bind {
	size_t column; /* from 0 */
	struct device_import_column as;
	size_t mode; /* index of as.mode among the modes; of COMPONENT among the components */
};

struct device_import_columns {
	struct device_import_bind bind[DEVICE_IMPORT_BINDS];
	size_t n;
	size_t header_columns; /* 0: no header */
	size_t header_line;
	bool reason_last;
	const char *modes[DEVICE_MODES_MAX]; /* that columns name */
	size_t n_modes;
	struct {
		const char *name, *mode;
	} components[DEVICE_COMPONENTS_MAX]; /* that columns name */
	size_t n_components;
	char *interned[DEVICE_IMPORT_BINDS];
	size_t n_interned;
	struct fp_buf understood;
};
/*
 * Find the header among the first rows of csv and bind its columns. *first is a row that is data already (no header, columns given by
 * number), or NULL. FP_EINVAL with advice when nothing names the devices.
 */
enum fp_status device_import_columns_find(struct device_import_columns *c, struct device_csv *csv, const char *map,
    bool identity_only, const struct device_csv_row **first, struct device_import_rejects *rejects, const char *name,
    struct fp_err *err) FP_MUST_CHECK;
void device_import_columns_free(struct device_import_columns *c);
/* Keep a copy of text as long as the columns live; NULL when there is no room. Equal texts give one pointer. */
const char *device_import_intern(struct device_import_columns *c, const char *text, size_t len);

/* ---- one row (import_row.c) ---- */

#define DEVICE_IMPORT_MEMO 512 /* different values of a column that are judged only once while they stand near each other */
struct device_import_memo {
	struct {
		char key[46];
		uint8_t len;
		bool used;
		uint64_t value;
	} slot[DEVICE_IMPORT_MEMO];
};

/* Why a row is bad. */
struct device_import_bad {
	size_t column; /* from 1; 0 = the row */
	const char *field;
	char message[DEVICE_IMPORT_WHY + 128];
};

struct device_import {
	char *name;
	struct device_csv *csv;
	struct device_import_options options;
	struct device_import_columns columns;
	struct device_import_rejects rejects;
	struct device_import_seen seen;
	struct device_import_counts counts;
	struct device_row row;
	enum device_connectivity connectivity; /* of row */
	enum device_status status;
	size_t column_of[DEVICE_COL_COUNT]; /* from 1, for messages */
	struct device_udi udi;
	size_t di_len;
	bool udi_whole; /* more than the DI was read from it */
	uint64_t serial_hash;
	struct device_span ahead; /* serial number of the next row, as far as it is known */
	uint64_t ahead_hash;
	size_t serial_column; /* from 0 */
	char di[DEVICE_UDI_VALUE_MAX + 1], udi_serial[DEVICE_UDI_VALUE_MAX + 1], udi_lot[DEVICE_UDI_VALUE_MAX + 1];
	bool udi_doubt;
	char address[2][DEVICE_FIELD_MAX + 1]; /* host, bmc */
	struct device_import_memo connectivities, statuses, mode_lists, products;
	const struct device_csv_row *first; /* data row that the search for the header met */
	struct device device;               /* its texts lie in arena */
	char *arena;
	size_t arena_used;
	int fd;
	bool owns_fd;
	size_t file_size, bytes_read; /* of a regular file; 0 when it is not one */
};
#define DEVICE_IMPORT_ARENA                                                                                                      \
	((size_t)(DEVICE_COL_COUNT + 3 * DEVICE_MODES_MAX + 3 * DEVICE_COMPONENTS_MAX) * (DEVICE_FIELD_MAX + 1))

/* Judge a row and fill im->row; false: bad says why. *blank: nothing stands in it. */
bool device_import_judge(struct device_import *im, const struct device_csv_row *raw, bool *blank, struct device_import_bad *bad);

#endif
