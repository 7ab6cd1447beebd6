/* What the files of store/ share. */
#ifndef FP_STORE_INTERNAL_H
#define FP_STORE_INTERNAL_H

#include "store/sql.h"
#include "store/store.h"

struct store {
	struct sql *db;
	const struct fp_clock *clock;
	struct store_tx *tx; /* the one that is open, or NULL */
};

struct store_tx {
	struct store *s; /* NULL once it is committed or rolled back */
	bool unrecorded; /* something changed since the last ledger entry (law 7) */
	bool importing;  /* an import has put the index aside: no commit before it is ended */
	int64_t seq;     /* of the last entry */
	char hash[65];
};

/*
 * To be called before each change: *seq gets the number of the entry that will tell of it, *now the clock's time (either may be NULL).
 * FP_ECONFLICT when tx is over.
 */
enum fp_status store_tx_change(struct store_tx *tx, int64_t *seq, fp_time *now, struct fp_err *err) FP_MUST_CHECK;
/* Give the id of the row that the statement RETURNS, or the failure. */
enum fp_status store_returned_id(struct sql_stmt *st, int64_t *id, struct fp_err *err) FP_MUST_CHECK;
enum fp_status store_no_memory(struct fp_err *err);

/*
 * Rows into an array: read fills one zeroed element of size bytes from the current row. On failure nothing is given and clear (may be
 * NULL) has freed the members of those already read.
 */
enum fp_status store_array(struct sql_stmt *st, void *out, size_t *n, size_t size,
    enum fp_status (*read)(void *element, struct sql_stmt *st, struct fp_err *err), void (*clear)(void *element),
    struct fp_err *err) FP_MUST_CHECK;

/* Columns of a verdict from column first: check, result, level, reason, settle, detail, obs. */
void store_verdict_read(struct evidence_verdict *v, struct sql_stmt *st, int first);
/* ---- device rows (device_row.c) ---- */

#define STORE_DEVICE_COLUMNS                                                                                                     \
	"id, device_key, serial, product, manufacturer, catalog_number, udi_di, lot, location, owner, note, host, bmc, storage," \
	" mode_now, part_of, connectivity, status, modes"

/* The current row, borrowed: valid until the next row. FP_AUTO(store_device_row_free). */
struct store_device_row {
	struct device d;
	const char *key;
	struct fp_buf modes; /* what d.modes point into */
};
void store_device_row_free(struct store_device_row *r);
enum fp_status store_device_row_read(struct store_device_row *r, struct sql_stmt *st, struct fp_err *err) FP_MUST_CHECK;
/* Bind the columns from serial on as $2, $3, ...; modes is scratch that must live until the statement has run. */
void store_device_row_bind(struct sql_stmt *st, const struct device *d, struct fp_buf *modes);
#define STORE_DEVICE_PARAMS 18 /* the last parameter that store_device_row_bind fills */

/* ---- keys in memory (keys.c) ---- */

struct store_keys_slot {
	uint64_t hash; /* 0: empty */
	int64_t id;
};
struct store_keys {
	struct store_keys_slot *slots;
	size_t cap, n; /* cap is a power of two */
	uint64_t seed[2];
};
enum fp_status store_keys_init(struct store_keys *k, size_t expected, struct fp_err *err) FP_MUST_CHECK;
void store_keys_free(struct store_keys *k);
uint64_t store_keys_hash(const struct store_keys *k, const char *key); /* never 0 */
enum fp_status store_keys_add(struct store_keys *k, uint64_t hash, int64_t id, struct fp_err *err) FP_MUST_CHECK;
/* Candidates of a hash one after the other: *at begins at 0; 0 when there is no more. Two keys may share a hash. */
int64_t store_keys_next(const struct store_keys *k, uint64_t hash, size_t *at);

#endif
