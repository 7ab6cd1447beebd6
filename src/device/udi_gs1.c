/* GS1: element strings as scanned, in brackets, and as a Digital Link. */
#include <stdio.h>
#include <string.h>

#include "device/udi_int.h"

#define GS '\x1d'
#define PLACES 3 /* how many repeats of "and another" a doubt may hide: lot, serial, software */

static void
set_target(struct device_udi *u, const struct device_udi_ai *ai, const char *value, size_t len, int year_now)
{
	int yy, mm, dd;

	switch (ai->target) {
	case UDI_TO_DI:
		device_udi_set(u->di, value, len);
		break;
	case UDI_TO_LOT:
		device_udi_set(u->lot, value, len);
		break;
	case UDI_TO_SERIAL:
		device_udi_set(u->serial, value, len);
		break;
	case UDI_TO_SOFTWARE:
		device_udi_set(u->software, value, len);
		break;
	case UDI_TO_PRODUCTION:
	case UDI_TO_EXPIRY:
		if (device_udi_number(&yy, value, 2) && device_udi_number(&mm, value + 2, 2) &&
		    device_udi_number(&dd, value + 4, 2))
			(void)device_udi_date(
			    ai->target == UDI_TO_EXPIRY ? &u->expiry : &u->production, device_udi_century(yy, year_now), mm, dd);
		break;
	case UDI_TO_NONE:
		break;
	}
}

static enum fp_status
put(struct device_udi *u, const struct device_udi_ai *ai, const char *id, size_t at, const char *value, size_t len, int year_now,
    struct fp_err *err)
{
	char name[6] = "";
	struct fp_date day;
	int yy;

	memcpy(name, id, (size_t)ai->digits);
	if (device_udi_ai_value(ai, value, len, at, err) != FP_OK)
		return fp_ctx(err, "(%s)", name);
	/* 29 February exists or not by the century that the window gives. */
	if (ai->check == UDI_DATE && device_udi_number(&yy, value, 2)) {
		int mm = (value[2] - '0') * 10 + value[3] - '0', dd = (value[4] - '0') * 10 + value[5] - '0';

		if (!device_udi_date(&day, device_udi_century(yy, year_now), mm, dd))
			return fp_fail(err, FP_EINVAL, "(%s): position %zu: %.6s is no day in %d", name, at, value,
			    device_udi_century(yy, year_now));
	}
	if (device_udi_add(u, name, ai->title, at, value, len, err) != FP_OK)
		return err != NULL ? err->status : FP_EINVAL;
	set_target(u, ai, value, len, year_now);
	return FP_OK;
}

/* ---- as scanned ---- */

/* Can all of this be read as production identifiers, each once, none of those that stand already? */
static bool
reads_as_elements(const char *p, size_t len, const struct device_udi_ai **seen, size_t n_seen)
{
	const struct device_udi_ai *ai = device_udi_ai_find(p, len);
	size_t left;

	if (ai == NULL || !ai->produced || n_seen == PLACES + 3)
		return false;
	for (size_t i = 0; i < n_seen; i++)
		if (seen[i] == ai)
			return false;
	p += ai->digits;
	left = len - (size_t)ai->digits;
	seen[n_seen] = ai;
	if (!ai->fixed)
		return left >= 1 && device_udi_ai_value(ai, p, left < ai->max ? left : ai->max, 1, NULL) == FP_OK;
	if (left < ai->max || device_udi_ai_value(ai, p, ai->max, 1, NULL) != FP_OK)
		return false;
	return left == ai->max || reads_as_elements(p + ai->max, left - ai->max, seen, n_seen + 1);
}

/* Where, inside a value that ends without a separator, the next element may begin at last; 0 = nowhere. */
static size_t
next_inside(const struct device_udi *u, const struct device_udi_ai *ai, const char *value, size_t len)
{
	const struct device_udi_ai *seen[PLACES + 4];

	for (size_t i = len - 1 < ai->max ? len - 1 : ai->max; len > 1 && i > 0; i--) {
		const struct device_udi_ai *next = device_udi_ai_find(value + i, len - i);
		bool stands = false;

		for (size_t k = 0; next != NULL && k < u->n_elements; k++)
			stands = stands || device_udi_ai_find(u->elements[k].id, strlen(u->elements[k].id)) == next;
		seen[0] = ai;
		if (!stands && reads_as_elements(value + i, len - i, seen, 1))
			return i;
	}
	return 0;
}

static enum fp_status
doubt(struct device_udi *u, const struct device_udi_ai *ai, const struct device_udi_in *in, size_t off, size_t inside,
    struct fp_err *err)
{
	const struct device_udi_ai *next = device_udi_ai_find(in->p + off + inside, in->len - off - inside);

	if (in->o->accept_doubt) {
		u->doubt_at = in->at + off;
		return FP_OK;
	}
	return fp_fail(err, FP_EINVAL,
	    "position %zu: the %s has no separator behind it and may hold the %s too (from position %zu): keep the scanner's "
	    "FNC1/GS (0x1D) "
	    "characters, or write brackets: (21)...",
	    in->at + off, ai->title, next->title, in->at + off + inside);
}

/* Length of the value that begins at off. */
static size_t
value_length(const struct device_udi_ai *ai, const struct device_udi_in *in, size_t off, bool separators)
{
	const char *end = memchr(in->p + off, GS, in->len - off);
	size_t len = end == NULL ? in->len - off : (size_t)(end - in->p) - off;

	/* One length only: it ends by itself, also where a careless printer left the separator out. */
	if (ai->min == ai->max && (ai->fixed || !separators) && len > ai->max)
		return ai->max;
	return len;
}

enum fp_status
device_udi_gs1_scan(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	bool separators = in->scanned || memchr(in->p, GS, in->len) != NULL;
	size_t off = in->len > 0 && in->p[0] == GS ? 1 : 0;

	u->form = DEVICE_UDI_FORM_SCAN;
	if (off == in->len)
		return fp_fail(err, FP_EINVAL,
		    "position %zu: nothing behind the separator, expected a GS1 application identifier", in->at + off);
	while (off < in->len) {
		const struct device_udi_ai *ai = device_udi_ai_find(in->p + off, in->len - off);
		size_t start, len, inside;

		if (ai == NULL)
			return fp_fail(err, FP_EINVAL,
			    "position %zu: '%.*s' is no GS1 application identifier, expected one such as 01, 10, 17 or 21",
			    in->at + off, (int)(in->len - off < 4 ? in->len - off : 4), in->p + off);
		start = off + (size_t)ai->digits;
		len = value_length(ai, in, start, separators);
		inside = separators || ai->min == ai->max || start + len != in->len ? 0 : next_inside(u, ai, in->p + start, len);
		if (inside != 0 && doubt(u, ai, in, start, inside, err) != FP_OK)
			return FP_EINVAL;
		if (put(u, ai, in->p + off, in->at + start, in->p + start, len, in->o->year, err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
		off = start + len;
		if (off < in->len && in->p[off] == GS)
			off++;
	}
	return FP_OK;
}

/* ---- in brackets ---- */

/* Digits of the identifier in brackets at p: "(21)" has 2; 0 when there is none. */
static size_t
bracket(const char *p, size_t len)
{
	size_t digits = 0;

	if (len < 4 || p[0] != '(')
		return 0;
	while (digits + 1 < len && p[digits + 1] >= '0' && p[digits + 1] <= '9')
		digits++;
	return digits >= 2 && digits <= 4 && digits + 1 < len && p[digits + 1] == ')' ? digits : 0;
}

static const struct device_udi_ai *
whole_ai(const char *p, size_t len)
{
	const struct device_udi_ai *ai = len == 0 ? NULL : device_udi_ai_find(p, len);

	return ai != NULL && (size_t)ai->digits == len ? ai : NULL;
}

enum fp_status
device_udi_gs1_brackets(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	size_t off = 0;

	u->form = DEVICE_UDI_FORM_BRACKET;
	while (off < in->len) {
		const struct device_udi_ai *ai = whole_ai(in->p + off + 1, bracket(in->p + off, in->len - off));
		size_t start, end, trimmed;

		if (ai == NULL)
			return fp_fail(err, FP_EINVAL,
			    "position %zu: '%.*s' is no GS1 application identifier in brackets, expected one such as (01) or "
			    "(21)",
			    in->at + off, (int)(in->len - off < 6 ? in->len - off : 6), in->p + off);
		start = off + (size_t)ai->digits + 2;
		while (start < in->len && in->p[start] == ' ')
			start++;
		for (end = start; end < in->len && bracket(in->p + end, in->len - end) == 0; end++)
			;
		for (trimmed = end; trimmed > start && (in->p[trimmed - 1] == ' ' || in->p[trimmed - 1] == GS); trimmed--)
			;
		if (put(u, ai, in->p + off + 1, in->at + start, in->p + start, trimmed - start, in->o->year, err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
		off = end;
	}
	return FP_OK;
}

/* ---- Digital Link ---- */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoded into out; false when it is not well formed or does not fit. */
static bool
decode(char out[DEVICE_UDI_VALUE_MAX + 1], size_t *out_len, const char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = p[i];

		if (n == DEVICE_UDI_VALUE_MAX)
			return false;
		if (c == '%') {
			if (i + 2 >= len || hex(p[i + 1]) < 0 || hex(p[i + 2]) < 0)
				return false;
			c = (char)(hex(p[i + 1]) * 16 + hex(p[i + 2]));
			i += 2;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	*out_len = n;
	return true;
}

static enum fp_status
put_encoded(struct device_udi *u, const struct device_udi_ai *ai, const struct device_udi_in *in, size_t id, size_t value,
    size_t len, struct fp_err *err)
{
	char text[DEVICE_UDI_VALUE_MAX + 1], gtin[15];
	size_t n;

	if (!decode(text, &n, in->p + value, len))
		return fp_fail(err, FP_EINVAL, "position %zu: the %s is longer than %d characters or has a broken %% sequence",
		    in->at + value, ai->title, DEVICE_UDI_VALUE_MAX);
	/* Older links hold GTINs in their own length. */
	if (ai->target == UDI_TO_DI && n < 14) {
		if (device_gtin_normal(gtin, text, n, err) != FP_OK)
			return fp_ctx(err, "position %zu", in->at + value);
		return put(u, ai, in->p + id, in->at + value, gtin, 14, in->o->year, err);
	}
	return put(u, ai, in->p + id, in->at + value, text, n, in->o->year, err);
}

/* End of the piece that begins at off: before the next of the given signs, or end. */
static size_t
piece_end(const struct device_udi_in *in, size_t off, size_t end, char sign)
{
	const char *p = off < end ? memchr(in->p + off, sign, end - off) : NULL;

	return p == NULL ? end : (size_t)(p - in->p);
}

/* The path from its primary key on: /01/.../10/.../21/...; *off behind the slash before the key. */
static bool
find_key(const struct device_udi_in *in, size_t *off, size_t end)
{
	for (size_t at = *off; at < end;) {
		size_t stop = piece_end(in, at, end, '/');
		const struct device_udi_ai *ai = whole_ai(in->p + at, stop - at);

		if (ai != NULL && ai->key && stop < end) {
			*off = at;
			return true;
		}
		at = stop + 1;
	}
	return false;
}

static enum fp_status
link_path(struct device_udi *u, const struct device_udi_in *in, size_t off, size_t end, struct fp_err *err)
{
	if (end > off && in->p[end - 1] == '/')
		end--;
	if (!find_key(in, &off, end))
		return fp_fail(
		    err, FP_EINVAL, "position %zu: no GS1 key in the link's path, expected /01/ and a GTIN", in->at + off);
	while (off < end) {
		size_t id_end = piece_end(in, off, end, '/');
		size_t value_end = id_end < end ? piece_end(in, id_end + 1, end, '/') : end;
		const struct device_udi_ai *ai = whole_ai(in->p + off, id_end - off);

		if (ai == NULL || id_end >= end)
			return fp_fail(err, FP_EINVAL,
			    "position %zu: '%.*s' is no GS1 application identifier with a value behind it", in->at + off,
			    (int)(id_end - off < 40 ? id_end - off : 40), in->p + off);
		if (put_encoded(u, ai, in, off, id_end + 1, value_end - id_end - 1, err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
		off = value_end + 1;
	}
	return FP_OK;
}

static enum fp_status
link_query(struct device_udi *u, const struct device_udi_in *in, size_t off, size_t end, struct fp_err *err)
{
	while (off < end) {
		size_t stop = piece_end(in, off, end, '&');
		size_t equals = piece_end(in, off, stop, '=');
		const struct device_udi_ai *ai = whole_ai(in->p + off, equals - off);

		/* Other keys ("linkType") are not the product's. */
		if (ai != NULL && equals < stop && put_encoded(u, ai, in, off, equals + 1, stop - equals - 1, err) != FP_OK)
			return err != NULL ? err->status : FP_EINVAL;
		off = stop + 1;
	}
	return FP_OK;
}

enum fp_status
device_udi_gs1_link(struct device_udi *u, const struct device_udi_in *in, struct fp_err *err)
{
	size_t host = (size_t)((const char *)memchr(in->p, ':', in->len) - in->p) + 3;
	size_t end = piece_end(in, 0, in->len, '#');
	size_t query = piece_end(in, 0, end, '?');
	size_t path = piece_end(in, host, query, '/');

	u->form = DEVICE_UDI_FORM_LINK;
	if (link_path(u, in, path < query ? path + 1 : query, query, err) != FP_OK)
		return err != NULL ? err->status : FP_EINVAL;
	return link_query(u, in, query < end ? query + 1 : end, end, err);
}
