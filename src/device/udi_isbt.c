/* ICCBBA: ISBT 128 data structures for devices that contain human cells or tissue (ST-001, ST-011). */
#include <string.h>

#include "device/udi_int.h"

static const struct structure {
	const char *id;
	size_t len;
	const char *title;
	enum device_udi_target target;
} structures[] = {
	{ "=/", 16, "processor product identification code", UDI_TO_DI }, { "=,", 6, "serial number", UDI_TO_SERIAL },
	{ "=>", 6, "expiry date", UDI_TO_EXPIRY }, { "&>", 10, "expiry date and time", UDI_TO_EXPIRY },
	{ "=}", 6, "production date", UDI_TO_PRODUCTION }, { "=*", 6, "collection date", UDI_TO_NONE },
	{ "&,1", 18, "lot", UDI_TO_LOT }, { "=+", 5, "compound message", UDI_TO_NONE },
	{ "=", 15, "donation identification number",
	    UDI_TO_NONE }, /* last: its first character is a letter or digit of the value */
};

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* cyyjjj: century (0 = 2000, 9 = 1900), year, day of the year. */
static bool
read_date(struct fp_date *out, const char *p)
{
	int century, yy, day;

	if (!device_udi_number(&century, p, 1) || !device_udi_number(&yy, p + 1, 2) || !device_udi_number(&day, p + 3, 3))
		return false;
	return device_udi_year_day(out, (century == 9 ? 1900 : 2000 + century * 100) + yy, day);
}

static enum fp_status
put(struct device_udi *u, const struct structure *x, const char *value, size_t at, struct fp_err *err)
{
	char shown[8];

	for (size_t i = 0; i < x->len; i++)
		if (!is_alnum(value[i]))
			return fp_fail(err, FP_EINVAL, "position %zu: %s in the %s, expected a letter or digit", at + i,
			    device_udi_char(shown, value[i]), x->title);
	if ((x->target == UDI_TO_EXPIRY && !read_date(&u->expiry, value)) ||
	    (x->target == UDI_TO_PRODUCTION && !read_date(&u->production, value)))
		return fp_fail(err, FP_EINVAL,
		    "position %zu: %.6s is no date for the %s, expected century, year and day of the year: cyyjjj", at, value,
		    x->title);
	if (x->target == UDI_TO_DI)
		device_udi_set(u->di, value, x->len);
	else if (x->target == UDI_TO_SERIAL)
		device_udi_set(u->serial, value, x->len);
	else if (x->target == UDI_TO_LOT)
		device_udi_set(u->lot, value, x->len);
	return device_udi_add(u, x->id, x->title, at, value, x->len, err);
}

static const struct structure *
find(const char *p, size_t len)
{
	for (size_t i = 0; i < FP_COUNT(structures); i++) {
		size_t n = strlen(structures[i].id);

		if (len > n && strncmp(p, structures[i].id, n) == 0 && (n > 1 || is_alnum(p[n])))
			return &structures[i];
	}
	return NULL;
}

enum fp_status
device_udi_isbt(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	u->agency = DEVICE_UDI_ICCBBA;
	u->form = DEVICE_UDI_FORM_SCAN;
	for (size_t off = 0; off < in->len;) {
		const struct structure *x = find(in->p + off, in->len - off);
		size_t value;

		if (x == NULL)
			return fp_fail(err, FP_EINVAL,
			    "position %zu: '%.*s' is no ISBT 128 data identifier, expected =/ =, =} => &,1 or a donation number",
			    in->at + off, (int)(in->len - off < 3 ? in->len - off : 3), in->p + off);
		value = off + strlen(x->id);
		if (in->len - value < x->len)
			return fp_fail(err, FP_EINVAL, "position %zu: the %s has %zu characters, expected %zu", in->at + value,
			    x->title, in->len - value, x->len);
		if (put(u, x, in->p + value, in->at + value, err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
		off = value + x->len;
	}
	return FP_OK;
}
