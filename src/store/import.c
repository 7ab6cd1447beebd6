/* Devices into the store: one, or a list of a million. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"

#define BULK_AFTER 4096    /* rows; until then the index answers faster than the keys are loaded */
#define NAMESAKES_MAX 1000 /* devices with one serial number: each new row is held against all of them */

struct store_import {
	struct store_tx *tx;
	struct store_import_counts counts;
	int64_t seq;
	fp_time now;
	int64_t last_id, last_id_before;
	size_t before, seen_before; /* devices there at the start, and how many of them the list names */
	bool bulk, keep_status, ended;
	struct store_keys keys;
	uint8_t *seen; /* a bit for each id */
	size_t seen_cap;
	struct sql_stmt *insert; /* held: asked for once a row, a million times */
	struct fp_buf modes, diff;
};

static void
import_clear(struct store_import *im)
{
	sql_reset(&im->insert);
	store_keys_free(&im->keys);
	fp_buf_free(&im->modes);
	fp_buf_free(&im->diff);
	free(im->seen);
	im->seen = NULL;
}

void
store_import_freep(struct store_import **im)
{
	if (*im != NULL)
		import_clear(*im);
	free(*im);
	*im = NULL;
}

static struct sql_stmt *
insert_stmt(struct sql *db)
{
	return sql_get(db, "device-add",
	    "INSERT INTO device (id, device_key, serial, product, manufacturer, catalog_number, udi_di, lot, location, owner, "
	    "note, host,"
	    " bmc, storage, mode_now, part_of, connectivity, status, modes, added_at, added_seq)"
	    " VALUES ($1, $19, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $20, $21)");
}

static enum fp_status
import_start(struct store_import *im, struct store_tx *tx, struct fp_err *err)
{
	struct sql_stmt *st;
	enum fp_status s;

	im->tx = tx;
	/* Nothing is changed yet; each row that changes something says so. */
	if (tx->s == NULL)
		return fp_fail(err, FP_ECONFLICT, "the change of the database is over already");
	if (tx->importing)
		return fp_fail(err, FP_ECONFLICT, "an import of devices is under way already");
	im->seq = tx->seq + 1;
	im->now = fp_now(tx->s->clock);
	st = sql_get(tx->s->db, "device-extent", "SELECT count(*), coalesce(max(id), 0) FROM device");
	if (sql_row(st)) {
		im->before = (size_t)sql_int_at(st, 0);
		im->last_id = im->last_id_before = sql_int_at(st, 1);
	}
	if ((s = sql_end(st, err)) != FP_OK)
		return s;
	im->insert = insert_stmt(tx->s->db);
	tx->importing = true;
	return FP_OK;
}

enum fp_status
store_import_begin(struct store_import **out, struct store_tx *tx, struct fp_err *err)
{
	FP_AUTO(store_import_freep) struct store_import *im = fp_calloc(1, sizeof(*im));
	enum fp_status s;

	if (im == NULL)
		return store_no_memory(err);
	if ((s = import_start(im, tx, err)) != FP_OK)
		return s;
	*out = im;
	im = NULL;
	return FP_OK;
}

void
store_import_keep_status(struct store_import *im)
{
	im->keep_status = true;
}

/* The index is put aside: filling a table and sorting once is several times faster than keeping a million keys in order on the way. */
static enum fp_status
go_bulk(struct store_import *im, struct fp_err *err)
{
	struct sql *db = im->tx->s->db;
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;

	sql_reset(&im->insert);
	if ((s = store_keys_init(&im->keys, im->before + BULK_AFTER * 16, err)) != FP_OK ||
	    (s = sql_exec(db, "DROP INDEX device_by_key", err)) != FP_OK)
		return s;
	st = sql_get(db, "device-keys", "SELECT id, device_key FROM device");
	while (s == FP_OK && sql_row(st))
		s = store_keys_add(&im->keys, store_keys_hash(&im->keys, sql_borrow_at(st, 1, NULL)), sql_int_at(st, 0), err);
	if (s == FP_OK)
		s = sql_end(st, err);
	im->insert = insert_stmt(db);
	im->bulk = s == FP_OK;
	return s;
}

static enum fp_status
mark_seen(struct store_import *im, int64_t id, struct fp_err *err)
{
	size_t byte = (size_t)id / 8;
	uint8_t bit = (uint8_t)(1u << (id % 8));

	if (fp_grow(&im->seen, &im->seen_cap, byte + 1, 1) != 0)
		return store_no_memory(err);
	if ((im->seen[byte] & bit) == 0 && id <= im->last_id_before)
		im->seen_before++;
	im->seen[byte] |= bit;
	return FP_OK;
}

static enum fp_status
insert(struct store_import *im, const struct device *d, const char *key, uint64_t hash, int64_t *id, struct fp_err *err)
{
	struct sql_stmt *st = im->insert;
	enum fp_status s;

	*id = im->last_id + 1;
	sql_int(st, 1, *id);
	store_device_row_bind(st, d, &im->modes);
	sql_text(st, 19, key);
	sql_int(st, 20, im->now);
	sql_int(st, 21, im->seq);
	if (im->modes.failed != FP_OK)
		return store_no_memory(err);
	if ((s = sql_run(st, err)) != FP_OK)
		return s;
	im->last_id = *id;
	im->counts.added++;
	im->tx->unrecorded = true;
	return im->bulk ? store_keys_add(&im->keys, hash, *id, err) : FP_OK;
}

/* What the list does not say stays as it was. Borrows from both. */
static void
keep_unsaid(char **to, char *was)
{
	if (*to == NULL || **to == '\0')
		*to = was;
}

static void
merge_modes(struct device *out, const struct device *was)
{
	bool named = false;

	for (size_t i = 0; i < out->n_modes; i++) {
		struct device_mode *m = &out->modes[i];
		const struct device_mode *old = device_mode_find(was, m->name ? m->name : "");

		named = named || (m->name != NULL && m->name[0] != '\0');
		if (old != NULL) {
			keep_unsaid(&m->software, old->software);
			keep_unsaid(&m->version, old->version);
		}
	}
	for (size_t i = 0; i < was->n_modes && out->n_modes < DEVICE_MODES_MAX; i++) {
		const char *name = was->modes[i].name ? was->modes[i].name : "";

		/* A version of no known mode is out of date as soon as the list names the modes. */
		if (device_mode_find(out, name) == NULL && !(named && name[0] == '\0'))
			out->modes[out->n_modes++] = was->modes[i];
	}
}

static void
merge_components(struct device *out, const struct device *was)
{
	for (size_t i = 0; i < was->n_components && out->n_components < DEVICE_COMPONENTS_MAX; i++) {
		const char *mode = was->components[i].mode ? was->components[i].mode : "";

		if (device_component_find(out, was->components[i].name, mode) == NULL)
			out->components[out->n_components++] = was->components[i];
	}
}

static void
merge(struct device *out, const struct device *is, const struct device *was, bool keep_status)
{
	*out = *is;
	out->id = was->id;
	keep_unsaid(&out->serial, was->serial);
	keep_unsaid(&out->product, was->product);
	keep_unsaid(&out->manufacturer, was->manufacturer);
	keep_unsaid(&out->catalog_number, was->catalog_number);
	keep_unsaid(&out->udi_di, was->udi_di);
	keep_unsaid(&out->lot, was->lot);
	keep_unsaid(&out->location, was->location);
	keep_unsaid(&out->owner, was->owner);
	keep_unsaid(&out->note, was->note);
	keep_unsaid(&out->host, was->host);
	keep_unsaid(&out->bmc, was->bmc);
	keep_unsaid(&out->storage, was->storage);
	keep_unsaid(&out->mode_now, was->mode_now);
	keep_unsaid(&out->part_of, was->part_of);
	if (out->connectivity == DEVICE_CONN_UNKNOWN)
		out->connectivity = was->connectivity;
	if (keep_status)
		out->status = was->status;
	merge_modes(out, was);
	merge_components(out, was);
}

static enum fp_status
write_change(struct store_import *im, const struct device *d, struct fp_err *err)
{
	struct sql *db = im->tx->s->db;
	FP_AUTO(sql_reset)
	struct sql_stmt *update = sql_get(db, "device-update",
	    "UPDATE device SET serial = $2, product = $3, manufacturer = $4, catalog_number = $5, udi_di = $6, lot = $7, "
	    "location = $8,"
	    " owner = $9, note = $10, host = $11, bmc = $12, storage = $13, mode_now = $14, part_of = $15, connectivity = $16,"
	    " status = $17, modes = $18 WHERE id = $1");
	FP_AUTO(sql_reset)
	struct sql_stmt *history =
	    sql_get(db, "device-change-add", "INSERT INTO device_change (device_id, at, diff, seq) VALUES ($1, $2, $3, $4)");
	enum fp_status s;

	im->tx->unrecorded = true;
	sql_int(update, 1, d->id);
	store_device_row_bind(update, d, &im->modes);
	if (im->modes.failed != FP_OK)
		return store_no_memory(err);
	if ((s = sql_run(update, err)) != FP_OK)
		return s;
	sql_int(history, 1, d->id);
	sql_int(history, 2, im->now);
	sql_span(history, 3, im->diff.data, im->diff.len);
	sql_int(history, 4, im->seq);
	return sql_run(history, err);
}

/* row is the stored device, still borrowed from its statement. */
static enum fp_status
update(struct store_import *im, const struct device *d, const struct device *was, bool *changed, struct fp_err *err)
{
	struct device merged;
	enum fp_status s;

	merge(&merged, d, was, im->keep_status);
	fp_buf_clear(&im->diff);
	*changed = device_diff(&im->diff, was, &merged) > 0;
	if ((s = fp_buf_check(&im->diff, "what changed of a device", err)) != FP_OK)
		return s;
	if (!*changed) {
		im->counts.unchanged++;
		return FP_OK;
	}
	im->counts.changed++;
	return write_change(im, &merged, err);
}

static enum fp_status
too_many(const struct device *d, struct fp_err *err)
{
	return fp_fail(err, FP_ELIMIT,
	    "the serial number '%.100s' belongs to %d devices already; is it a placeholder? Leave such rows out", d->serial,
	    NAMESAKES_MAX);
}

/* The stored device that d tells of, among the rows of st: *id 0 when none is. Updates it on the way, while the row is at hand. */
static enum fp_status
try_update(struct store_import *im, struct sql_stmt *st, const struct device *d, int64_t *id, bool *changed, struct fp_err *err)
{
	enum fp_status s = FP_OK;
	size_t tries = 0;

	*id = 0;
	while (s == FP_OK && *id == 0 && sql_row(st)) {
		FP_AUTO(store_device_row_free) struct store_device_row row = { .key = NULL };

		if (++tries > NAMESAKES_MAX)
			return too_many(d, err);
		s = store_device_row_read(&row, st, err);
		if (s == FP_OK && device_same(&row.d, d)) {
			*id = row.d.id;
			s = update(im, d, &row.d, changed, err);
		}
	}
	return s != FP_OK ? s : sql_end(st, err);
}

static enum fp_status
find_by_index(struct store_import *im, const struct device *d, const char *key, int64_t *id, bool *changed, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(
	    im->tx->s->db, "device-by-key", "SELECT " STORE_DEVICE_COLUMNS " FROM device WHERE device_key = $1 ORDER BY id");

	sql_text(st, 1, key);
	return try_update(im, st, d, id, changed, err);
}

static enum fp_status
find_in_keys(struct store_import *im, const struct device *d, uint64_t hash, int64_t *id, bool *changed, struct fp_err *err)
{
	enum fp_status s = FP_OK;
	size_t at = 0, tries = 0;
	int64_t candidate;

	*id = 0;
	while (s == FP_OK && *id == 0 && (candidate = store_keys_next(&im->keys, hash, &at)) != 0) {
		FP_AUTO(sql_reset)
		struct sql_stmt *st =
		    sql_get(im->tx->s->db, "device-by-id", "SELECT " STORE_DEVICE_COLUMNS " FROM device WHERE id = $1");

		if (++tries > NAMESAKES_MAX)
			return too_many(d, err);
		sql_int(st, 1, candidate);
		s = try_update(im, st, d, id, changed, err);
	}
	return s;
}

enum fp_status
store_import_put(
    struct store_import *im, const struct device *d, enum store_put *what, struct fp_buf *diff, int64_t *id, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *key = device_key(d);
	uint64_t hash = 0;
	int64_t found = 0;
	bool changed = false;
	enum fp_status s;

	if (key == NULL)
		return store_no_memory(err);
	if (d->serial == NULL || d->serial[0] == '\0')
		return fp_fail(err, FP_EINVAL, "a device without a serial number cannot be kept");
	if (!im->bulk && im->counts.rows >= BULK_AFTER && im->counts.rows >= im->before / 64 && (s = go_bulk(im, err)) != FP_OK)
		return s;
	if (im->bulk)
		hash = store_keys_hash(&im->keys, key);
	s = im->bulk ? find_in_keys(im, d, hash, &found, &changed, err) : find_by_index(im, d, key, &found, &changed, err);
	if (s != FP_OK)
		return s;
	if (what != NULL)
		*what = found == 0 ? STORE_ADDED : changed ? STORE_CHANGED : STORE_UNCHANGED;
	if (changed && diff != NULL)
		fp_buf_add(diff, im->diff.data, im->diff.len);
	if (found == 0 && (s = insert(im, d, key, hash, &found, err)) != FP_OK)
		return s;
	im->counts.rows++;
	if (id != NULL)
		*id = found;
	return mark_seen(im, found, err);
}

enum fp_status
store_import_end(struct store_import *im, struct store_import_counts *out, struct fp_err *err)
{
	enum fp_status s = FP_OK;

	if (im->ended)
		return fp_fail(err, FP_ECONFLICT, "the import of devices was ended already");
	im->counts.absent = im->before - im->seen_before;
	if (out != NULL)
		*out = im->counts;
	import_clear(im);
	if (im->bulk)
		s = sql_exec(im->tx->s->db, "CREATE INDEX device_by_key ON device (device_key)", err);
	if (s != FP_OK)
		return s;
	im->ended = true;
	im->tx->importing = false;
	return FP_OK;
}

enum fp_status
store_device_put(
    struct store_tx *tx, const struct device *d, enum store_put *what, struct fp_buf *diff, int64_t *id, struct fp_err *err)
{
	FP_AUTO(import_clear) struct store_import im = { .tx = tx };
	enum fp_status s;

	if ((s = import_start(&im, tx, err)) != FP_OK)
		return s;
	s = store_import_put(&im, d, what, diff, id, err);
	tx->importing = false; /* one device: the index is where it was */
	return s;
}
