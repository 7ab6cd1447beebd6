#include "device/device.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* The text members, in the order in which a difference is told. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "serial", offsetof(struct device, serial) },
	{ "product", offsetof(struct device, product) },
	{ "manufacturer", offsetof(struct device, manufacturer) },
	{ "catalog number", offsetof(struct device, catalog_number) },
	{ "udi-di", offsetof(struct device, udi_di) },
	{ "lot", offsetof(struct device, lot) },
	{ "location", offsetof(struct device, location) },
	{ "owner", offsetof(struct device, owner) },
	{ "note", offsetof(struct device, note) },
	{ "host", offsetof(struct device, host) },
	{ "bmc", offsetof(struct device, bmc) },
	{ "storage", offsetof(struct device, storage) },
	{ "mode now", offsetof(struct device, mode_now) },
	{ "part of", offsetof(struct device, part_of) },
};

static char *
text_get(const struct device *d, size_t i)
{
	char *s;

	memcpy(&s, (const char *)d + texts[i].offset, sizeof(s));
	return s;
}

static void
text_set(struct device *d, size_t i, char *s)
{
	memcpy((char *)d + texts[i].offset, &s, sizeof(s));
}

void
device_free(struct device *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < FP_COUNT(texts); i++)
		free(text_get(d, i));
	for (size_t i = 0; i < DEVICE_MODES_MAX; i++) {
		free(d->modes[i].name);
		free(d->modes[i].software);
		free(d->modes[i].version);
	}
	for (size_t i = 0; i < DEVICE_COMPONENTS_MAX; i++) {
		free(d->components[i].name);
		free(d->components[i].version);
		free(d->components[i].mode);
	}
	*d = (struct device){ .id = 0 };
}

static bool
dup_text(char **out, const char *s)
{
	*out = fp_strdup(s);
	return s == NULL || *out != NULL;
}

enum fp_status
device_copy(struct device *out, const struct device *d, struct fp_err *err)
{
	struct device copy = { .id = d->id,
		.connectivity = d->connectivity,
		.status = d->status,
		.n_modes = d->n_modes,
		.n_components = d->n_components };
	bool ok = true;

	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		char *s = NULL;

		ok = ok && dup_text(&s, text_get(d, i));
		text_set(&copy, i, s);
	}
	for (size_t i = 0; i < d->n_modes && i < DEVICE_MODES_MAX; i++) {
		ok = ok && dup_text(&copy.modes[i].name, d->modes[i].name);
		ok = ok && dup_text(&copy.modes[i].software, d->modes[i].software);
		ok = ok && dup_text(&copy.modes[i].version, d->modes[i].version);
	}
	for (size_t i = 0; i < d->n_components && i < DEVICE_COMPONENTS_MAX; i++) {
		ok = ok && dup_text(&copy.components[i].name, d->components[i].name);
		ok = ok && dup_text(&copy.components[i].version, d->components[i].version);
		ok = ok && dup_text(&copy.components[i].mode, d->components[i].mode);
	}
	if (!ok) {
		device_free(&copy);
		return fp_fail(err, FP_ENOMEM, "out of memory for device '%s'", d->serial == NULL ? "" : d->serial);
	}
	*out = copy;
	return FP_OK;
}

static const char *const connectivity_names[] = { "unknown", "internet", "local", "none" };
static const char *const status_names[] = { "in-use", "stored", "transferred", "decommissioned" };

static const char *
name_at(const char *const *names, size_t n, size_t i)
{
	return names[i < n ? i : 0];
}

static bool
index_of(const char *const *names, size_t n, const char *name, size_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (name != NULL && strcmp(names[i], name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

const char *
device_connectivity_name(enum device_connectivity c)
{
	return name_at(connectivity_names, FP_COUNT(connectivity_names), (size_t)c);
}

const char *
device_status_name(enum device_status s)
{
	return name_at(status_names, FP_COUNT(status_names), (size_t)s);
}

bool
device_connectivity_of(enum device_connectivity *out, const char *name)
{
	size_t i;

	if (!index_of(connectivity_names, FP_COUNT(connectivity_names), name, &i))
		return false;
	*out = (enum device_connectivity)i;
	return true;
}

bool
device_status_of(enum device_status *out, const char *name)
{
	size_t i;

	if (!index_of(status_names, FP_COUNT(status_names), name, &i))
		return false;
	*out = (enum device_status)i;
	return true;
}

static bool
filled(const char *s)
{
	return s != NULL && s[0] != '\0';
}

char *
device_key(const struct device *d)
{
	struct fp_buf key = { .max = 0 };

	fp_utf8_fold(&key, d->serial == NULL ? "" : d->serial);
	if (key.failed == FP_OK && key.len == 0)
		fp_buf_puts(&key, d->serial);
	return fp_buf_take(&key);
}

const struct device_mode *
device_mode_find(const struct device *d, const char *mode)
{
	for (size_t i = 0; i < d->n_modes; i++)
		if (d->modes[i].name != NULL && strcasecmp(d->modes[i].name, mode) == 0)
			return &d->modes[i];
	return NULL;
}

static size_t
differs(struct fp_buf *out, const char *mode, const char *field, const char *was, const char *is)
{
	if (!filled(was))
		was = "";
	if (!filled(is))
		is = "";
	if (strcmp(was, is) == 0)
		return 0;
	fp_buf_printf(out, "%s%s%s: '%s' -> '%s'\n", mode, mode[0] != '\0' ? " " : "", field, was, is);
	return 1;
}

static size_t
modes_diff(struct fp_buf *out, const struct device *was, const struct device *is)
{
	static const struct device_mode none = { .name = NULL };
	size_t n = 0;

	for (size_t i = 0; i < is->n_modes; i++) {
		const char *mode = is->modes[i].name == NULL ? "" : is->modes[i].name;
		const struct device_mode *old = device_mode_find(was, mode);

		if (old == NULL && mode[0] != '\0')
			n += differs(out, "", "mode", "", mode);
		if (old == NULL)
			old = &none;
		n += differs(out, mode, "software", old->software, is->modes[i].software);
		n += differs(out, mode, "version", old->version, is->modes[i].version);
	}
	for (size_t i = 0; i < was->n_modes; i++)
		if (was->modes[i].name != NULL && device_mode_find(is, was->modes[i].name) == NULL)
			n += differs(out, "", "mode", was->modes[i].name[0] != '\0' ? was->modes[i].name : "not named", "");
	return n;
}

/* 1 equal, 0 different, -1 when one of them says nothing. */
static int
folded_equal(const char *a, const char *b)
{
	FP_AUTO(fp_freep) char *x = NULL, *y = NULL;

	if (!filled(a) || !filled(b))
		return -1;
	if (strcmp(a, b) == 0)
		return 1;
	x = fp_utf8_folded(a);
	y = fp_utf8_folded(b);
	return x != NULL && y != NULL && x[0] != '\0' && strcmp(x, y) == 0;
}

const struct device_component *
device_component_find(const struct device *d, const char *name, const char *mode)
{
	for (size_t i = 0; i < d->n_components; i++) {
		const char *its = d->components[i].mode == NULL ? "" : d->components[i].mode;

		if (strcasecmp(its, mode) == 0 && folded_equal(d->components[i].name, name) == 1)
			return &d->components[i];
	}
	return NULL;
}

static size_t
components_diff(struct fp_buf *out, const struct device *was, const struct device *is)
{
	size_t n = 0;

	for (size_t i = 0; i < is->n_components; i++) {
		const struct device_component *c = &is->components[i];
		const char *mode = c->mode == NULL ? "" : c->mode;
		const struct device_component *old = device_component_find(was, c->name, mode);

		n += differs(out, mode, c->name, old == NULL ? NULL : old->version, c->version);
	}
	for (size_t i = 0; i < was->n_components; i++) {
		const struct device_component *c = &was->components[i];
		const char *mode = c->mode == NULL ? "" : c->mode;

		if (device_component_find(is, c->name, mode) == NULL)
			n += differs(out, mode, c->name, c->version, "");
	}
	return n;
}

size_t
device_diff(struct fp_buf *out, const struct device *was, const struct device *is)
{
	size_t n = 0;

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		n += differs(out, "", texts[i].name, text_get(was, i), text_get(is, i));
	n += differs(
	    out, "", "connectivity", device_connectivity_name(was->connectivity), device_connectivity_name(is->connectivity));
	n += differs(out, "", "status", device_status_name(was->status), device_status_name(is->status));
	return n + modes_diff(out, was, is) + components_diff(out, was, is);
}

static bool
names_agree(const char *a, const char *b)
{
	FP_AUTO(fp_freep) char *x = NULL, *y = NULL;

	if (!filled(a) || !filled(b) || strcmp(a, b) == 0)
		return true;
	x = fp_utf8_folded(a);
	y = fp_utf8_folded(b);
	return x != NULL && y != NULL && (strstr(x, y) != NULL || strstr(y, x) != NULL);
}

bool
device_same(const struct device *a, const struct device *b)
{
	int udi, ref;

	if (folded_equal(a->serial, b->serial) != 1 || folded_equal(a->manufacturer, b->manufacturer) == 0)
		return false;
	udi = folded_equal(a->udi_di, b->udi_di);
	ref = folded_equal(a->catalog_number, b->catalog_number);
	if (udi >= 0)
		return udi == 1;
	return ref >= 0 ? ref == 1 : names_agree(a->product, b->product);
}
