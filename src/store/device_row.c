/* A device as a row, both ways. */
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

/* The text columns, in the order of STORE_DEVICE_COLUMNS from serial on. */
static const size_t offsets[] = {
	offsetof(struct device, serial),
	offsetof(struct device, product),
	offsetof(struct device, manufacturer),
	offsetof(struct device, catalog_number),
	offsetof(struct device, udi_di),
	offsetof(struct device, lot),
	offsetof(struct device, location),
	offsetof(struct device, owner),
	offsetof(struct device, note),
	offsetof(struct device, host),
	offsetof(struct device, bmc),
	offsetof(struct device, storage),
	offsetof(struct device, mode_now),
	offsetof(struct device, part_of),
};
#define FIRST_TEXT 2 /* column of serial */
#define AFTER_TEXTS ((int)(FIRST_TEXT + FP_COUNT(offsets)))
_Static_assert(FP_COUNT(offsets) + 4 == STORE_DEVICE_PARAMS, "serial is $2, then the texts, connectivity, status, modes");

void
store_device_row_free(struct store_device_row *r)
{
	fp_buf_free(&r->modes);
}

static void
put_field(struct fp_buf *b, const char *s)
{
	if (s == NULL) {
		fp_buf_puts(b, "-,");
		return;
	}
	fp_buf_printf(b, "%zu:", strlen(s));
	fp_buf_puts(b, s);
	fp_buf_putc(b, ',');
}

/* One field at *p: its text, made to end with a NUL in place, or NULL for '-'. False when the field is malformed. */
static bool
take_field(char **p, char *end, char **out)
{
	char *colon;
	unsigned long len;

	*out = NULL;
	if (end - *p >= 2 && (*p)[0] == '-' && (*p)[1] == ',') {
		*p += 2;
		return true;
	}
	len = strtoul(*p, &colon, 10);
	if (colon == *p || colon >= end || *colon != ':' || len >= (size_t)(end - colon - 1) || colon[1 + len] != ',')
		return false;
	*out = colon + 1;
	colon[1 + len] = '\0';
	*p = colon + 2 + len;
	return true;
}

/* Components stand behind the modes and a semicolon. */
static enum fp_status
read_components(struct device *d, char *p, char *end, struct fp_err *err)
{
	static char none[] = "";

	for (p += p < end && *p == ';'; p < end && d->n_components < DEVICE_COMPONENTS_MAX;) {
		struct device_component *c = &d->components[d->n_components++];

		if (!take_field(&p, end, &c->name) || !take_field(&p, end, &c->version) || !take_field(&p, end, &c->mode) ||
		    c->name == NULL)
			return fp_fail(
			    err, FP_EINTEGRITY, "the components of device %lld are damaged in the database", (long long)d->id);
		c->mode = c->mode == NULL ? none : c->mode;
	}
	return FP_OK;
}

static enum fp_status
read_modes(struct store_device_row *r, const char *text, size_t len, struct fp_err *err)
{
	struct device *d = &r->d;
	char *p, *end;

	d->n_modes = 0;
	d->n_components = 0;
	if (text == NULL || len == 0)
		return FP_OK;
	fp_buf_clear(&r->modes);
	fp_buf_add(&r->modes, text, len);
	if (r->modes.failed != FP_OK)
		return store_no_memory(err);
	p = r->modes.data;
	end = p + len;
	while (p < end && *p != ';' && d->n_modes < DEVICE_MODES_MAX) {
		struct device_mode *m = &d->modes[d->n_modes++];

		if (!take_field(&p, end, &m->name) || !take_field(&p, end, &m->software) || !take_field(&p, end, &m->version))
			return fp_fail(
			    err, FP_EINTEGRITY, "the boot modes of device %lld are damaged in the database", (long long)d->id);
	}
	return read_components(d, p, end, err);
}

enum fp_status
store_device_row_read(struct store_device_row *r, struct sql_stmt *st, struct fp_err *err)
{
	const char *text;
	size_t len = 0;

	r->d.id = sql_int_at(st, 0);
	r->key = sql_borrow_at(st, 1, NULL);
	for (size_t i = 0; i < FP_COUNT(offsets); i++) {
		text = sql_borrow_at(st, FIRST_TEXT + (int)i, NULL);
		memcpy((char *)&r->d + offsets[i], &text, sizeof(text));
	}
	if (!device_connectivity_of(&r->d.connectivity, sql_borrow_at(st, AFTER_TEXTS, NULL)))
		r->d.connectivity = DEVICE_CONN_UNKNOWN;
	if (!device_status_of(&r->d.status, sql_borrow_at(st, AFTER_TEXTS + 1, NULL)))
		r->d.status = DEVICE_IN_USE;
	text = sql_borrow_at(st, AFTER_TEXTS + 2, &len);
	return read_modes(r, text, len, err);
}

void
store_device_row_bind(struct sql_stmt *st, const struct device *d, struct fp_buf *modes)
{
	int n = 2;

	for (size_t i = 0; i < FP_COUNT(offsets); i++) {
		const char *text;

		memcpy(&text, (const char *)d + offsets[i], sizeof(text));
		sql_text(st, n++, text);
	}
	sql_text(st, n++, device_connectivity_name(d->connectivity));
	sql_text(st, n++, device_status_name(d->status));
	fp_buf_clear(modes);
	for (size_t i = 0; i < d->n_modes && i < DEVICE_MODES_MAX; i++) {
		put_field(modes, d->modes[i].name);
		put_field(modes, d->modes[i].software);
		put_field(modes, d->modes[i].version);
	}
	for (size_t i = 0; i < d->n_components && i < DEVICE_COMPONENTS_MAX; i++) {
		fp_buf_puts(modes, i == 0 ? ";" : "");
		put_field(modes, d->components[i].name);
		put_field(modes, d->components[i].version);
		put_field(modes, d->components[i].mode);
	}
	sql_span(st, n, modes->len > 0 ? modes->data : NULL, modes->len);
}
