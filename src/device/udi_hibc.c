/* HIBCC: ANSI/HIBC 2.6 supplier labelling: primary, secondary and concatenated carriers, modulo-43 check character. */
#include <string.h>

#include "device/udi_int.h"

static const char set43[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

char
device_udi_mod43(const char *p, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = p[i] == '\0' ? NULL : strchr(set43, p[i]);

		if (at == NULL)
			return '\0';
		sum += (size_t)(at - set43);
	}
	return set43[sum % 43];
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Pieces of the string: p points into the upper-case copy, at is the position of p[0]. */
struct piece {
	const char *p;
	size_t len;
	size_t at;
	int year_now;
};

static enum fp_status
refuse(struct fp_err *err, const struct piece *s, size_t off, const char *expected)
{
	char shown[8];

	if (off >= s->len)
		return fp_fail(err, FP_EINVAL, "position %zu: the string ends, expected %s", s->at + off, expected);
	return fp_fail(err, FP_EINVAL, "position %zu: %s, expected %s", s->at + off, device_udi_char(shown, s->p[off]), expected);
}

/* Labeler code (a letter and three letters or digits), product (1 to 18), unit of measure (a digit). */
static enum fp_status
primary(struct device_udi *u, const struct piece *s, struct fp_err *err)
{
	if (s->len < 1 || s->p[0] < 'A' || s->p[0] > 'Z')
		return refuse(err, s, 0, "the labeler code, which begins with a letter");
	for (size_t i = 0; i < s->len; i++)
		if (!is_alnum(s->p[i]))
			return refuse(err, s, i, "a letter or digit of the device identifier");
	if (s->len < 6 || s->len > 23)
		return fp_fail(err, FP_EINVAL, "position %zu: the HIBCC device identifier has %zu characters, expected 6 to 23",
		    s->at, s->len);
	if (s->p[s->len - 1] > '9')
		return refuse(err, s, s->len - 1, "the digit of the unit of measure");
	device_udi_set(u->di, s->p, s->len);
	return device_udi_add(u, "+", "device identifier", s->at, s->p, s->len, err);
}

/* Date formats of the expiry flag: MMYY has none, and is known by its first digit 0 or 1. */
static const struct {
	char flag;
	const char *digits; /* Y M D year, month, day; J day of the year; H hour */
} date_forms[] = {
	{ '2', "MMDDYY" },
	{ '3', "YYMMDD" },
	{ '4', "YYMMDDHH" },
	{ '5', "YYJJJ" },
	{ '6', "YYJJJHH" },
	{ '7', "" },
	{ '\0', "MMYY" },
};

static int
field(const char *p, const char *form, char letter)
{
	int v = 0;

	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == letter)
			v = v * 10 + p[i] - '0';
	return v;
}

static enum fp_status
read_date(struct fp_date *out, const struct piece *s, size_t off, const char *form, struct fp_err *err)
{
	size_t n = strlen(form);
	int year;
	bool ok;

	for (size_t i = 0; i < n; i++)
		if (off + i >= s->len || s->p[off + i] < '0' || s->p[off + i] > '9')
			return refuse(err, s, off + i, "a digit of the expiry date");
	year = device_udi_century(field(s->p + off, form, 'Y'), s->year_now);
	if (strchr(form, 'J') != NULL)
		ok = device_udi_year_day(out, year, field(s->p + off, form, 'J'));
	else
		ok = device_udi_date(out, year, field(s->p + off, form, 'M'), field(s->p + off, form, 'D'));
	if (ok && field(s->p + off, form, 'H') < 24)
		return FP_OK;
	return fp_fail(err, FP_EINVAL, "position %zu: %.*s is no date, expected %s", s->at + off, (int)n, s->p + off, form);
}

/* Behind "$$" or "$$+": quantity (8 and two, 9 and five digits), then the date with its flag. *off is moved behind both. */
static enum fp_status
quantity_and_date(struct device_udi *u, const struct piece *s, size_t *off, struct fp_err *err)
{
	size_t i = *off, digits = i < s->len && s->p[i] == '8' ? 2 : i < s->len && s->p[i] == '9' ? 5 : 0, form = 0;

	for (size_t k = 1; k <= digits; k++)
		if (i + k >= s->len || s->p[i + k] < '0' || s->p[i + k] > '9')
			return refuse(err, s, i + k, "a digit of the quantity");
	i += digits == 0 ? 0 : digits + 1;
	if (i >= s->len && digits != 0) {
		*off = i;
		return FP_OK;
	}
	while (date_forms[form].flag != '\0' && (i >= s->len || s->p[i] != date_forms[form].flag))
		form++;
	i += date_forms[form].flag != '\0' ? 1 : 0;
	if (date_forms[form].digits[0] != '\0' && read_date(&u->expiry, s, i, date_forms[form].digits, err) != FP_OK)
		return FP_EINVAL;
	*off = i + strlen(date_forms[form].digits);
	return FP_OK;
}

static enum fp_status
set_lot_or_serial(struct device_udi *u, const struct piece *s, size_t off, bool serial, struct fp_err *err)
{
	size_t len = s->len - off;

	if (len > 18)
		return fp_fail(err, FP_EINVAL, "position %zu: the %s has %zu characters, expected at most 18", s->at + off,
		    serial ? "serial number" : "lot", len);
	device_udi_set(serial ? u->serial : u->lot, s->p + off, len);
	return FP_OK;
}

/* "$", "$+", "$$", "$$+", or a day of the year, then lot or serial number. */
static enum fp_status
reference(struct device_udi *u, const struct piece *s, struct fp_err *err)
{
	static const char *const ids[] = { "$$+", "$$", "$+", "$", "" };
	static const char *const titles[] = { "expiry date and serial number", "expiry date and lot", "serial number", "lot",
		"expiry day and lot" };
	size_t k = 0, off;

	while (strncmp(s->p, ids[k], s->len < strlen(ids[k]) ? s->len : strlen(ids[k])) != 0 || s->len < strlen(ids[k]))
		k++;
	off = strlen(ids[k]);
	if (k <= 1 && quantity_and_date(u, s, &off, err) != FP_OK)
		return FP_EINVAL;
	if (k == 4) {
		if (read_date(&u->expiry, s, 0, "YYJJJ", err) != FP_OK)
			return FP_EINVAL;
		off = 5;
	}
	if (set_lot_or_serial(u, s, off, k == 0 || k == 2, err) != FP_OK)
		return FP_EINVAL;
	off = strlen(ids[k]);
	return device_udi_add(u, ids[k], titles[k], s->at + off, s->p + off, s->len - off, err);
}

static enum fp_status
long_date(struct fp_date *out, const struct piece *s, size_t off, struct fp_err *err)
{
	int y, m, d;

	if (s->len - off == 8 && device_udi_number(&y, s->p + off, 4) && device_udi_number(&m, s->p + off + 4, 2) &&
	    device_udi_number(&d, s->p + off + 6, 2) && y > 0 && device_udi_date(out, y, m, d))
		return FP_OK;
	return fp_fail(
	    err, FP_EINVAL, "position %zu: '%.*s' is no date, expected YYYYMMDD", s->at + off, (int)(s->len - off), s->p + off);
}

static const struct supplement {
	const char *id;
	const char *title;
	enum device_udi_target target;
} supplements[] = {
	{ "14D", "expiry date", UDI_TO_EXPIRY },
	{ "16D", "production date", UDI_TO_PRODUCTION },
	{ "S", "serial number", UDI_TO_SERIAL },
	{ "Q", "quantity", UDI_TO_NONE },
};

static enum fp_status
supplement(struct device_udi *u, const struct piece *s, struct fp_err *err)
{
	for (size_t i = 0; i < FP_COUNT(supplements); i++) {
		const struct supplement *x = &supplements[i];
		size_t n = strlen(x->id);

		if (s->len <= n || strncmp(s->p, x->id, n) != 0)
			continue;
		if (x->target == UDI_TO_SERIAL && set_lot_or_serial(u, s, n, true, err) != FP_OK)
			return FP_EINVAL;
		if (x->target == UDI_TO_EXPIRY && long_date(&u->expiry, s, n, err) != FP_OK)
			return FP_EINVAL;
		if (x->target == UDI_TO_PRODUCTION && long_date(&u->production, s, n, err) != FP_OK)
			return FP_EINVAL;
		return device_udi_add(u, x->id, x->title, s->at + n, s->p + n, s->len - n, err);
	}
	return refuse(err, s, 0, "$, $$, a day of the year, S, Q, 14D or 16D with its value");
}

/* The pieces between slashes. */
static enum fp_status
pieces(struct device_udi *u, struct piece s, struct fp_err *err)
{
	bool first = true;

	for (;;) {
		const char *slash = memchr(s.p, '/', s.len);
		struct piece one = { s.p, slash == NULL ? s.len : (size_t)(slash - s.p), s.at, s.year_now };
		enum fp_status status;

		if (first && one.len > 0 && one.p[0] >= 'A' && one.p[0] <= 'Z')
			status = primary(u, &one, err);
		else if (one.len > 0 && (one.p[0] == '$' || (one.len >= 5 && strspn(one.p, "0123456789") >= 5)))
			status = reference(u, &one, err);
		else
			status = supplement(u, &one, err);
		if (status != FP_OK || slash == NULL)
			return status;
		first = false;
		s = (struct piece){ slash + 1, s.len - one.len - 1, s.at + one.len + 1, s.year_now };
	}
}

static enum fp_status
check_character(const char *text, size_t *len, const struct device_udi_in *in, struct fp_err *err)
{
	char want = device_udi_mod43(text, *len - 1), shown[8], wanted[8];

	for (size_t i = 0; i < *len; i++)
		if (text[i] == '\0' || (strchr(set43, text[i]) == NULL && !(i == *len - 1 && text[i] == '_')))
			return fp_fail(err, FP_EINVAL,
			    "position %zu: %s, expected a letter, a digit or one of - . space $ / + %%", in->at + i,
			    device_udi_char(shown, text[i]));
	if (text[*len - 1] == want || (want == ' ' && text[*len - 1] == '_')) {
		*len -= 1;
		return FP_OK;
	}
	/* The check character may be a space, which trimming took off. */
	if (in->padded && device_udi_mod43(text, *len) == ' ')
		return FP_OK;
	return fp_fail(err, FP_EINVAL, "position %zu: check character of the HIBCC string is %s, expected %s", in->at + *len - 1,
	    device_udi_char(shown, text[*len - 1]), device_udi_char(wanted, want));
}

enum fp_status
device_udi_hibc(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	char text[DEVICE_UDI_TEXT_MAX + 1];
	size_t len = in->len;
	struct piece s = { text + 1, 0, in->at + 1, in->o->year };

	for (size_t i = 0; i < len; i++)
		text[i] = in->p[i] >= 'a' && in->p[i] <= 'z' ? (char)(in->p[i] - 32) : in->p[i];
	text[len] = '\0';
	u->agency = DEVICE_UDI_HIBCC;
	u->form = DEVICE_UDI_FORM_SCAN;
	if (len < 4)
		return fp_fail(err, FP_EINVAL, "position %zu: the HIBCC string ends after %zu characters", in->at + len, len);
	if (check_character(text, &len, in, err) != FP_OK)
		return FP_EINVAL;
	/* A secondary carrier of its own ends with its primary's check character. */
	if (text[1] < 'A' || text[1] > 'Z')
		u->link = text[--len];
	text[len] = '\0';
	s.len = len - 1;
	return pieces(u, s, err);
}
