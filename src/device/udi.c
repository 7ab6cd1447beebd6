#include "device/udi.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "device/udi_int.h"

/* ---- shared by the agencies' readers ---- */

void
device_udi_set(char *dst, const char *value, size_t len)
{
	if (len > DEVICE_UDI_VALUE_MAX)
		len = DEVICE_UDI_VALUE_MAX;
	memcpy(dst, value, len);
	dst[len] = '\0';
}

bool
device_udi_number(int *out, const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*out = v;
	return true;
}

bool
device_udi_date(struct fp_date *out, int year, int month, int day)
{
	struct fp_date d = { year, month, day == 0 ? 31 : day };

	while (day == 0 && d.day > 27 && !fp_date_valid(d))
		d.day--;
	if (!fp_date_valid(d))
		return false;
	*out = d;
	return true;
}

bool
device_udi_year_day(struct fp_date *out, int year, int day)
{
	struct fp_date first = { year, 1, 1 }, d;

	if (!fp_date_valid(first) || day < 1)
		return false;
	d = fp_date_of_days(fp_date_days(first) + day - 1);
	if (d.year != year)
		return false;
	*out = d;
	return true;
}

const char *
device_udi_char(char out[8], char c)
{
	if (c > ' ' && c < 0x7f)
		(void)snprintf(out, 8, "'%c'", c);
	else if (c == ' ')
		(void)snprintf(out, 8, "a space");
	else
		(void)snprintf(out, 8, "0x%02X", (unsigned char)c);
	return out;
}

void
device_message_clean(char *message)
{
	char *p = message, *end = message + strlen(message);

	while (p < end) {
		const char *next = p;
		uint32_t c = fp_utf8_next(&next, end);

		if (c == FP_UTF8_BAD || c < ' ' || (c >= 0x7f && c < 0xa0))
			memset(p, '?', (size_t)(next - p));
		p += next - p;
	}
}

enum fp_status
device_udi_add(
    struct device_udi *u, const char *id, const char *title, size_t at, const char *value, size_t len, struct fp_err *err)
{
	struct device_udi_element *e;

	for (size_t i = 0; i < u->n_elements; i++) {
		e = &u->elements[i];
		if (strcmp(e->id, id) != 0 || (strlen(e->value) == len && memcmp(e->value, value, len) == 0))
			continue;
		return fp_fail(
		    err, FP_EINVAL, "position %zu: a second %s (%s), other than the one at position %zu", at, title, id, e->at);
	}
	if (u->n_elements == DEVICE_UDI_ELEMENTS_MAX)
		return fp_fail(err, FP_ELIMIT, "position %zu: more than %d elements", at, DEVICE_UDI_ELEMENTS_MAX);
	if (len > DEVICE_UDI_VALUE_MAX)
		return fp_fail(
		    err, FP_ELIMIT, "position %zu: the %s is longer than %d characters", at, title, DEVICE_UDI_VALUE_MAX);
	e = &u->elements[u->n_elements++];
	(void)snprintf(e->id, sizeof(e->id), "%s", id);
	e->title = title;
	e->at = at;
	device_udi_set(e->value, value, len);
	return FP_OK;
}

int
device_udi_century(int yy, int year_now)
{
	int century = year_now - year_now % 100, ahead = yy - year_now % 100;

	if (ahead >= 51)
		return century - 100 + yy;
	if (ahead <= -50)
		return century + 100 + yy;
	return century + yy;
}

/* ---- GTIN ---- */

static int
check_digit(const char *digits, size_t len)
{
	int sum = 0;

	for (size_t i = 1; i < len; i++)
		sum += (digits[len - 1 - i] - '0') * (i % 2 == 1 ? 3 : 1);
	return (10 - sum % 10) % 10;
}

bool
device_gtin_ok(char out[15], const char *digits, size_t len)
{
	unsigned sum = 0, bad = 0;

	if (len != 14 && len != 13 && len != 12 && len != 8)
		return false;
	memset(out, '0', 14 - len);
	memcpy(out + 14 - len, digits, len);
	out[14] = '\0';
	/* With the check digit itself the weighted sum is a multiple of 10. */
	for (size_t i = 0; i < 14; i += 2) {
		unsigned a = (unsigned char)out[i] - (unsigned)'0', b = (unsigned char)out[i + 1] - (unsigned)'0';

		bad |= (unsigned)(a > 9) | (unsigned)(b > 9);
		sum += 3 * a + b;
	}
	return bad == 0 && sum % 10 == 0;
}

enum fp_status
device_gtin_normal(char out[15], const char *digits, size_t len, struct fp_err *err)
{
	char shown[8];

	if (device_gtin_ok(out, digits, len))
		return FP_OK;
	for (size_t i = 0; i < len; i++)
		if (digits[i] < '0' || digits[i] > '9')
			return fp_fail(err, FP_EINVAL, "position %zu: %s in the GTIN, expected a digit", i + 1,
			    device_udi_char(shown, digits[i]));
	if (len != 14 && len != 13 && len != 12 && len != 8)
		return fp_fail(err, FP_EINVAL, "GTIN has %zu digits, expected 8, 12, 13 or 14", len);
	return fp_fail(err, FP_EINVAL, "position %zu: check digit of GTIN %.*s is %c, expected %d", len, (int)len, digits,
	    digits[len - 1], check_digit(digits, len));
}

/* ---- device identifier of any agency ---- */

enum fp_status
device_di_normal(char out[DEVICE_UDI_VALUE_MAX + 1], const char *text, size_t len, struct fp_err *err)
{
	size_t digits = 0, n = 0;

	while (digits < len && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits == len && len > 0)
		return device_gtin_normal(out, text, len, err);
	if (len > 1 && text[0] == '+') {
		/* With its check character, if that is what the last one is. */
		char upper[DEVICE_UDI_VALUE_MAX + 1];

		for (size_t i = 0; i < len && i < DEVICE_UDI_VALUE_MAX; i++)
			upper[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
		if (len < DEVICE_UDI_VALUE_MAX && device_udi_mod43(upper, len - 1) == upper[len - 1])
			len--;
		text++;
		len--;
	} else if (len > 2 && text[0] == '=' && text[1] == '/') {
		text += 2;
		len -= 2;
	}
	if (len < 6 || len > 23)
		return fp_fail(err, FP_EINVAL,
		    "'%.*s' is no UDI-DI: expected a GTIN of 8, 12, 13 or 14 digits, or 6 to 23 letters and digits (HIBCC, "
		    "ICCBBA)",
		    (int)(len < 60 ? len : 60), text);
	for (; n < len; n++) {
		char c = text[n] >= 'a' && text[n] <= 'z' ? (char)(text[n] - 32) : text[n];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) || (n == 0 && c <= '9'))
			return fp_fail(err, FP_EINVAL,
			    "'%.*s' is no UDI-DI: expected a GTIN of 8, 12, 13 or 14 digits, or letters and digits that begin "
			    "with a letter",
			    (int)len, text);
		out[n] = c;
	}
	out[n] = '\0';
	return FP_OK;
}

/* ---- the whole string ---- */

/* Symbology identifiers (ISO/IEC 15424): those of GS1 carriers promise an element string, those of EAN and ITF a bare GTIN. */
static const struct {
	const char *id;
	bool element_string;
} gs1_symbologies[] = {
	{ "]C1", true },
	{ "]d2", true },
	{ "]Q3", true },
	{ "]e0", true },
	{ "]e1", true },
	{ "]e2", true },
	{ "]J1", true },
	{ "]E0", false },
	{ "]E4", false },
	{ "]I1", false },
};

static void
cut(struct device_udi_in *in, size_t n)
{
	in->p += n;
	in->len -= n;
	in->at += n;
}

static enum fp_status
take_symbology(struct device_udi_in *in, struct fp_err *err)
{
	bool other;

	if (in->len < 3 || in->p[0] != ']')
		return FP_OK;
	other = ((in->p[1] | 32) >= 'a' && (in->p[1] | 32) <= 'z') && in->p[2] >= '0' && in->p[2] <= '9';
	for (size_t i = 0; i < FP_COUNT(gs1_symbologies); i++)
		if (memcmp(in->p, gs1_symbologies[i].id, 3) == 0)
			in->scanned = gs1_symbologies[i].element_string;
	if (!other)
		return fp_fail(err, FP_EINVAL,
		    "position %zu: '%.3s' is no symbology identifier, expected one such as ]d2, ]C1 or ]Q3", in->at, in->p);
	cut(in, 3);
	return FP_OK;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

static bool
is_gtin(const struct device_udi_in *in)
{
	for (size_t i = 0; i < in->len; i++)
		if (in->p[i] < '0' || in->p[i] > '9')
			return false;
	return in->len == 8 || (in->len >= 12 && in->len <= 14);
}

static enum fp_status
bare_gtin(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	u->form = DEVICE_UDI_FORM_DI;
	if (device_gtin_normal(u->di, in->p, in->len, err) != FP_OK)
		return err != NULL ? err->status : FP_EINVAL;
	return device_udi_add(u, "01", "GTIN", in->at, u->di, 14, err);
}

static enum fp_status
dispatch(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	char shown[8];

	if ((in->len > 8 && strncasecmp(in->p, "https://", 8) == 0) || (in->len > 7 && strncasecmp(in->p, "http://", 7) == 0))
		return device_udi_gs1_link(u, in, err);
	if (in->p[0] == '(')
		return device_udi_gs1_brackets(u, in, err);
	if (in->p[0] == '+')
		return device_udi_hibc(u, in, err);
	if (in->p[0] == '=' || in->p[0] == '&')
		return device_udi_isbt(u, in, err);
	if (!in->scanned && is_gtin(in))
		return bare_gtin(u, in, err);
	if ((in->p[0] >= '0' && in->p[0] <= '9') || in->p[0] == '\x1d')
		return device_udi_gs1_scan(u, in, err);
	return fp_fail(err, FP_EINVAL,
	    "position %zu: %s, expected a digit or '(' (GS1), '+' (HIBCC), '=' or '&' (ICCBBA), ']' (symbology identifier) or "
	    "http (Digital Link)",
	    in->at, device_udi_char(shown, in->p[0]));
}

static void
clear(struct device_udi *u)
{
	u->agency = DEVICE_UDI_GS1;
	u->form = DEVICE_UDI_FORM_DI;
	u->di[0] = u->lot[0] = u->serial[0] = u->software[0] = u->link = '\0';
	u->production = u->expiry = (struct fp_date){ 0, 0, 0 };
	u->n_elements = 0;
	u->doubt_at = 0;
}

enum fp_status
device_udi_parse(struct device_udi *out, const char *text, size_t len, const struct device_udi_options *o, struct fp_err *err)
{
	struct device_udi_in in = { .p = text, .len = len, .at = 1, .o = o };
	struct fp_err local; /* the readers ask it for the status */

	clear(out);
	if (err == NULL)
		err = &local;
	if (len > DEVICE_UDI_TEXT_MAX)
		return fp_fail(err, FP_ELIMIT, "UDI of %zu characters, at most %d are read", len, DEVICE_UDI_TEXT_MAX);
	while (in.len > 0 && is_space(in.p[in.len - 1])) {
		in.len--;
		in.padded = true;
	}
	while (in.len > 0 && is_space(in.p[0]))
		cut(&in, 1);
	/* Code 39 prints its start and stop character. */
	if (in.len > 2 && in.p[0] == '*' && in.p[in.len - 1] == '*') {
		in.len--;
		cut(&in, 1);
	}
	if (in.len == 0)
		return fp_fail(err, FP_EINVAL, "the UDI is empty");
	if (take_symbology(&in, err) != FP_OK) {
		device_message_clean(err->msg);
		return err->status;
	}
	if (in.len == 0)
		return fp_fail(err, FP_EINVAL, "position %zu: nothing behind the symbology identifier", in.at);
	if (dispatch(out, &in, err) == FP_OK)
		return FP_OK;
	device_message_clean(err->msg);
	return err->status;
}

/* ---- two carriers, completeness, text ---- */

static enum fp_status
merge_text(char *to, const char *from, const char *what, struct fp_err *err)
{
	if (from[0] == '\0' || strcmp(to, from) == 0)
		return FP_OK;
	if (to[0] != '\0')
		return fp_fail(err, FP_EINVAL, "the two carriers disagree about the %s: '%s' and '%s'", what, to, from);
	device_udi_set(to, from, strlen(from));
	return FP_OK;
}

static enum fp_status
merge_date(struct fp_date *to, struct fp_date from, const char *what, struct fp_err *err)
{
	if (from.year == 0 || fp_date_compare(*to, from) == 0)
		return FP_OK;
	if (to->year != 0)
		return fp_fail(err, FP_EINVAL, "the two carriers disagree about the %s", what);
	*to = from;
	return FP_OK;
}

/* The check character of a primary carrier, which its secondary repeats. */
static char
primary_check(const struct device_udi *u)
{
	char text[DEVICE_UDI_VALUE_MAX + 2];
	int n = snprintf(text, sizeof(text), "+%s", u->di);

	return device_udi_mod43(text, (size_t)n);
}

enum fp_status
device_udi_merge(struct device_udi *u, const struct device_udi *add, struct fp_err *err)
{
	struct device_udi sum = *u;

	if (u->agency != add->agency)
		return fp_fail(err, FP_EINVAL, "the two carriers are of different agencies: %s and %s",
		    device_udi_agency_name(u->agency), device_udi_agency_name(add->agency));
	if (add->link != '\0' && u->di[0] != '\0' && add->link != primary_check(u))
		return fp_fail(err, FP_EINVAL,
		    "the secondary carrier belongs to another primary: link character '%c', expected '%c'", add->link,
		    primary_check(u));
	if (merge_text(sum.di, add->di, "device identifier", err) != FP_OK ||
	    merge_text(sum.lot, add->lot, "lot", err) != FP_OK ||
	    merge_text(sum.serial, add->serial, "serial number", err) != FP_OK ||
	    merge_text(sum.software, add->software, "software version", err) != FP_OK ||
	    merge_date(&sum.production, add->production, "production date", err) != FP_OK ||
	    merge_date(&sum.expiry, add->expiry, "expiry date", err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < add->n_elements; i++) {
		const struct device_udi_element *e = &add->elements[i];
		bool there = false;

		for (size_t k = 0; k < sum.n_elements; k++)
			there = there || (strcmp(sum.elements[k].id, e->id) == 0 && strcmp(sum.elements[k].value, e->value) == 0);
		if (!there && device_udi_add(&sum, e->id, e->title, e->at, e->value, strlen(e->value), err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
	}
	if (sum.doubt_at == 0)
		sum.doubt_at = add->doubt_at;
	*u = sum;
	return FP_OK;
}

static bool
has(const struct device_udi *u, const char *id)
{
	for (size_t i = 0; i < u->n_elements; i++)
		if (strcmp(u->elements[i].id, id) == 0)
			return true;
	return false;
}

enum fp_status
device_udi_complete(const struct device_udi *u, struct fp_err *err)
{
	if (u->agency == DEVICE_UDI_GS1 && has(u, "21") && !has(u, "01") && !has(u, "03") && !has(u, "8006"))
		return fp_fail(err, FP_EINVAL, "serial number (21) without a GTIN (01): scan the other carrier too");
	if (u->agency == DEVICE_UDI_GS1 && has(u, "250") && !has(u, "21"))
		return fp_fail(err, FP_EINVAL, "secondary serial number (250) without a serial number (21)");
	if (u->di[0] == '\0')
		return fp_fail(err, FP_EINVAL, "no device identifier in the UDI: scan the carrier that holds it too");
	return FP_OK;
}

void
device_udi_text(struct fp_buf *out, const struct device_udi *u)
{
	size_t from = out->len;

	for (size_t i = 0; i < u->n_elements; i++) {
		const struct device_udi_element *e = &u->elements[i];

		if (u->agency == DEVICE_UDI_GS1)
			fp_buf_printf(out, "(%s)%s", e->id, e->value);
		else if (u->agency == DEVICE_UDI_HIBCC)
			fp_buf_printf(out, "%s%s%s", i == 0 && e->id[0] != '+' ? "+" : i > 0 ? "/" : "", e->id, e->value);
		else
			fp_buf_printf(out, "%s%s", e->id, e->value);
	}
	if (u->agency == DEVICE_UDI_HIBCC && u->link != '\0' && u->di[0] == '\0')
		fp_buf_putc(out, u->link);
	if (u->agency == DEVICE_UDI_HIBCC && out->failed == FP_OK && out->len > from) {
		char c = device_udi_mod43(out->data + from, out->len - from);

		if (c != '\0')
			fp_buf_putc(out, c);
	}
}

const char *
device_udi_agency_name(enum device_udi_agency a)
{
	static const char *const names[] = { "GS1", "HIBCC", "ICCBBA" };

	return names[(size_t)a < FP_COUNT(names) ? (size_t)a : 0];
}
