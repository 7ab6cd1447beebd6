/* Which column of the list means what: the header row found, words looked up, --map above all. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "device/import_int.h"
#include "device/udi_int.h"

#define HEADER_SEARCH 30 /* rows in which the header must stand */
#define MAPS_MAX 48

/* One pair of --map. */
struct map {
	struct device_import_column as;
	const char *column;
	size_t column_len;
	size_t number; /* from 1; 0 = by name */
	bool used;
};

const char *
device_import_intern(struct device_import_columns *c, const char *text, size_t len)
{
	const char *known = device_import_mode(text, len);

	if (known != NULL)
		return known;
	for (size_t i = 0; i < c->n_interned; i++)
		if (strlen(c->interned[i]) == len && memcmp(c->interned[i], text, len) == 0)
			return c->interned[i];
	if (c->n_interned == DEVICE_IMPORT_BINDS)
		return NULL;
	c->interned[c->n_interned] = fp_strndup(text, len);
	return c->interned[c->n_interned] == NULL ? NULL : c->interned[c->n_interned++];
}

void
device_import_columns_free(struct device_import_columns *c)
{
	for (size_t i = 0; i < c->n_interned; i++)
		free(c->interned[i]);
	fp_buf_free(&c->understood);
	c->n_interned = 0;
}

/* ---- --map ---- */

static size_t
number_of(const char *p, size_t len)
{
	size_t v = 0;

	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9' || v > DEVICE_CSV_FIELDS_MAX)
			return 0;
		v = v * 10 + (size_t)(p[i] - '0');
	}
	return v;
}

static enum fp_status
parse_pair(struct device_import_columns *c, struct map *m, const char *pair, size_t len, struct fp_err *err)
{
	const char *equals = memchr(pair, '=', len), *mode;
	size_t mode_len;

	if (equals == NULL || equals == pair || equals == pair + len - 1)
		return fp_fail(err, FP_EUSAGE,
		    "--map '%.*s': expected field=column, for instance serial=Inventarnummer or serial=3", (int)len, pair);
	if (!device_import_field(&m->as, pair, (size_t)(equals - pair), &mode, &mode_len))
		return fp_fail(err, FP_EUSAGE,
		    "--map '%.*s': no such field; fields are serial, product, manufacturer, ref, udi, lot, location, owner, "
		    "note, host, bmc, storage, "
		    "mode-now, part-of, connectivity, status, modes, version, version:Dx, software, software:Dx, component:UCS",
		    (int)len, pair);
	if (m->as.what == DEVICE_COL_COMPONENT) {
		if (mode_len >= sizeof(m->as.component))
			return fp_fail(err, FP_EUSAGE, "--map '%.*s': the component's name is too long", (int)len, pair);
		memcpy(m->as.component, mode, mode_len);
	} else if (mode_len > 0)
		m->as.mode = device_import_intern(c, mode, mode_len);
	if (m->as.mode == NULL)
		return fp_fail(err, FP_EUSAGE, "--map names too many modes");
	m->column = equals + 1;
	m->column_len = len - (size_t)(equals + 1 - pair);
	m->number = number_of(m->column, m->column_len);
	return FP_OK;
}

static enum fp_status
parse_map(struct device_import_columns *c, struct map *maps, size_t *n, const char *text, struct fp_err *err)
{
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, ",");

		if (*n == MAPS_MAX)
			return fp_fail(err, FP_EUSAGE, "--map names more than %d columns", MAPS_MAX);
		if (parse_pair(c, &maps[*n], text, len, err) != FP_OK)
			return err != NULL ? err->status : FP_EUSAGE;
		*n += 1;
		text += len + (text[len] == ',');
	}
	return FP_OK;
}

/* ---- one row as a header ---- */

static bool
same_name(const char *cell, size_t cell_len, const char *name, size_t name_len)
{
	struct fp_buf a = { .max = 0 }, b = { .max = 0 };
	bool same;

	device_import_fold(&a, cell, cell_len);
	device_import_fold(&b, name, name_len);
	/* Signs only ("#", "%") fold to nothing: then byte for byte. */
	if (a.len == 0 || b.len == 0)
		same = cell_len == name_len && memcmp(cell, name, cell_len) == 0;
	else
		same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
	fp_buf_free(&a);
	fp_buf_free(&b);
	return same;
}

static bool
map_for(struct device_import_column *out, struct map *maps, size_t n, size_t column, const struct device_csv_field *cell)
{
	for (size_t i = 0; i < n; i++)
		if (maps[i].number == column + 1 ||
		    (maps[i].number == 0 && same_name(cell->p, cell->len, maps[i].column, maps[i].column_len))) {
			maps[i].used = true;
			*out = maps[i].as;
			return true;
		}
	return false;
}

/* Two fields of one kind differ in mode and component. */
static bool
same_field(const struct device_import_column *a, const struct device_import_column *b)
{
	return a->what == b->what && strcmp(a->mode, b->mode) == 0 && strcasecmp(a->component, b->component) == 0;
}

/* Fields that --map gives to a column are not guessed for another. */
static bool
mapped_elsewhere(const struct map *maps, size_t n, const struct device_import_column *as)
{
	for (size_t i = 0; i < n; i++)
		if (same_field(&maps[i].as, as))
			return true;
	return false;
}

static bool
bound_already(const struct device_import_columns *c, const struct device_import_column *as)
{
	size_t times = 0;

	for (size_t i = 0; i < c->n; i++)
		times += same_field(&c->bind[i].as, as);
	/* The DI and the whole UDI often stand in two columns. */
	return times >= (as->what == DEVICE_COL_UDI ? 2 : 1);
}

/* Which of the components the column is of; false when there are too many. */
static bool
bind_component(struct device_import_columns *c, struct device_import_bind *b)
{
	const char *name = device_import_intern(c, b->as.component, strlen(b->as.component));

	if (c->n_components == DEVICE_COMPONENTS_MAX || name == NULL)
		return false;
	b->mode = c->n_components++;
	c->components[b->mode].name = name;
	c->components[b->mode].mode = b->as.mode;
	return true;
}

static bool
bind(struct device_import_columns *c, size_t column, const struct device_import_column *as)
{
	struct device_import_bind *b = &c->bind[c->n];

	if (c->n == DEVICE_IMPORT_BINDS || bound_already(c, as))
		return false;
	*b = (struct device_import_bind){ .column = column, .as = *as };
	if (as->what == DEVICE_COL_VERSION || as->what == DEVICE_COL_SOFTWARE) {
		while (b->mode < c->n_modes && strcmp(c->modes[b->mode], as->mode) != 0)
			b->mode++;
		if (b->mode == DEVICE_MODES_MAX)
			return false;
		c->modes[b->mode] = as->mode;
		c->n_modes = b->mode < c->n_modes ? c->n_modes : b->mode + 1;
	}
	if (as->what == DEVICE_COL_COMPONENT && !bind_component(c, b))
		return false;
	c->n++;
	return true;
}

static void
tell(struct device_import_columns *c, const struct device_csv_field *cell, size_t column, const struct device_import_column *as,
    bool used)
{
	fp_buf_puts(&c->understood, c->understood.len > 0 ? ", " : "");
	if (c->header_columns > 0)
		fp_buf_printf(&c->understood, "'%.*s' -> ", (int)(cell->len < 60 ? cell->len : 60), cell->p);
	else
		fp_buf_printf(&c->understood, "column %zu -> ", column + 1);
	if (!used) {
		fp_buf_puts(&c->understood, "not used");
		return;
	}
	fp_buf_puts(&c->understood, device_column_name(as->what));
	if (as->what == DEVICE_COL_COMPONENT)
		fp_buf_printf(&c->understood, " (%s%s%s)", as->component, as->mode[0] != '\0' ? ", " : "", as->mode);
	else if (as->mode[0] != '\0')
		fp_buf_printf(&c->understood, " (%s)", as->mode);
}

/* How well a row does as header: cells understood; 0 without the column that names the devices. */
static size_t
header_score(const struct device_csv_row *row, struct map *maps, size_t n)
{
	size_t known = 0;
	bool identity = false;

	for (size_t i = 0; row->fault == DEVICE_CSV_FINE && i < row->n_fields; i++) {
		struct device_import_column as;

		if (map_for(&as, maps, n, i, &row->fields[i]))
			known += as.what != DEVICE_COL_COUNT;
		else if (device_import_header(&as, row->fields[i].p, row->fields[i].len) && !as.reason)
			known++;
		else
			continue;
		identity = identity || as.what == DEVICE_COL_SERIAL || as.what == DEVICE_COL_UDI;
	}
	return identity ? known : 0;
}

static void
take_columns(struct device_import_columns *c, const struct device_csv_row *row, struct map *maps, size_t n)
{
	for (size_t i = 0; i < row->n_fields; i++) {
		struct device_import_column as = { .what = DEVICE_COL_COUNT, .mode = "" };
		bool by_map = map_for(&as, maps, n, i, &row->fields[i]), used = false;

		if (!by_map && c->header_columns > 0 && !device_import_header(&as, row->fields[i].p, row->fields[i].len))
			(void)device_import_component(&as, row->fields[i].p, row->fields[i].len);
		if (as.reason) {
			c->reason_last = i + 1 == row->n_fields;
			continue;
		}
		if (as.what != DEVICE_COL_COUNT && (by_map || !mapped_elsewhere(maps, n, &as)))
			used = bind(c, i, &as);
		if (used || row->fields[i].len > 0)
			tell(c, &row->fields[i], i, &as, used);
	}
}

/* Does the list say something by words, apart from what --map numbers say? */
static bool
words_score(const struct device_csv_row *row)
{
	size_t known = 0;

	for (size_t i = 0; row->fault == DEVICE_CSV_FINE && i < row->n_fields; i++) {
		struct device_import_column as;

		known += device_import_header(&as, row->fields[i].p, row->fields[i].len);
	}
	return known >= 2 || (known == 1 && row->n_fields == 1);
}

/* ---- the search ---- */

static bool
by_number(const struct map *maps, size_t n)
{
	bool identity = false;

	for (size_t i = 0; i < n; i++) {
		if (maps[i].number == 0)
			return false;
		identity = identity || maps[i].as.what == DEVICE_COL_SERIAL || maps[i].as.what == DEVICE_COL_UDI;
	}
	return identity;
}

static void
show_cells(struct fp_buf *out, const struct device_csv_row *row)
{
	fp_buf_clear(out);
	for (size_t i = 0; i < row->n_fields && out->len < 500; i++)
		fp_buf_printf(out, "%s%zu '%.*s'", i > 0 ? ", " : "", i + 1,
		    (int)(row->fields[i].len < 40 ? row->fields[i].len : 40), row->fields[i].p);
}

static enum fp_status
no_header(const char *name, const struct fp_buf *cells, struct fp_err *err)
{
	if (cells->len == 0)
		return fp_fail(err, FP_EINVAL, "'%s' is empty: no header and no devices in it", name);
	device_message_clean(cells->data);
	return fp_fail(err, FP_EINVAL,
	    "'%s' has no header row with a serial number or UDI among its first %d rows; its columns are %s: say which is which "
	    "with "
	    "--map serial=COLUMN,product=COLUMN (names or numbers)",
	    name, HEADER_SEARCH, cells->data);
}

static enum fp_status
unused_map(const struct map *maps, size_t n, const struct device_csv_row *row, const char *name, struct fp_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!maps[i].used)
			return fp_fail(err, FP_EUSAGE,
			    "--map: '%s' has no column '%.*s' (its header in line %zu has %zu columns)", name,
			    (int)maps[i].column_len, maps[i].column, row->line, row->n_fields);
	return FP_OK;
}

/* Drop what matching does not ask for. */
static void
keep_identity(struct device_import_columns *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		enum device_column w = c->bind[i].as.what;

		if (w <= DEVICE_COL_UDI || w == DEVICE_COL_VERSION || w == DEVICE_COL_SOFTWARE || w == DEVICE_COL_MODES ||
		    w == DEVICE_COL_COMPONENT)
			c->bind[n++] = c->bind[i];
	}
	c->n = n;
}

static enum fp_status
keep_header(
    struct device_import_rejects *r, const struct device_csv_row *row, const struct device_import_columns *c, struct fp_err *err)
{
	r->columns = row->n_fields;
	r->reason_last = c->reason_last;
	if (c->header_columns == 0)
		return FP_OK;
	r->header = fp_strndup(row->raw, row->raw_len);
	if (r->header == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the header");
	r->header_len = strlen(r->header);
	return FP_OK;
}

enum fp_status
device_import_columns_find(struct device_import_columns *c, struct device_csv *csv, const char *map, bool identity_only,
    const struct device_csv_row **first, struct device_import_rejects *rejects, const char *name, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf cells = { .max = 4096 };
	struct map maps[MAPS_MAX] = { { .number = 0 } };
	const struct device_csv_row *row = NULL;
	size_t n = 0, widest = 0;
	bool headless, found = false;

	*first = NULL;
	if (parse_map(c, maps, &n, map, err) != FP_OK)
		return err != NULL ? err->status : FP_EUSAGE;
	headless = n > 0 && by_number(maps, n);
	for (size_t i = 0; i < HEADER_SEARCH && !found; i++) {
		enum fp_status status = device_csv_next(csv, &row, err);

		if (status != FP_OK)
			return status;
		if (row == NULL)
			break;
		if (row->n_fields > widest) {
			widest = row->n_fields;
			show_cells(&cells, row);
		}
		if (headless && !words_score(row)) {
			*first = row;
			found = true;
			break;
		}
		found = header_score(row, maps, n) >= (row->n_fields > 1 ? 2 : 1);
	}
	if (!found)
		return no_header(name, &cells, err);
	c->header_columns = *first == NULL ? row->n_fields : 0;
	c->header_line = row->line;
	take_columns(c, row, maps, n);
	if (unused_map(maps, n, row, name, err) != FP_OK || keep_header(rejects, row, c, err) != FP_OK)
		return err != NULL ? err->status : FP_EUSAGE;
	if (c->understood.data != NULL)
		device_message_clean(c->understood.data);
	if (identity_only)
		keep_identity(c);
	return FP_OK;
}
