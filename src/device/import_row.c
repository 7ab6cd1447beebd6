/* One row of a device list: fields trimmed and judged, UDI taken apart, contradictions found. Runs a million times a second. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "device/import_int.h"
#include "device/udi_int.h"

static bool refuse(struct device_import_bad *bad, const struct device_import *im, enum device_column c, const char *fmt, ...)
    FP_PRINTF(4, 5);

static bool
refuse(struct device_import_bad *bad, const struct device_import *im, enum device_column c, const char *fmt, ...)
{
	va_list ap;

	bad->column = im->column_of[c];
	bad->field = device_column_name(c);
	va_start(ap, fmt);
	(void)vsnprintf(bad->message, sizeof(bad->message), fmt, ap);
	va_end(ap);
	device_message_clean(bad->message);
	return false;
}

#define SHOW(s) (int)((s).len < 80 ? (s).len : 80), (s).p

/* ---- memo ---- */

static uint64_t *
memo(struct device_import_memo *m, struct device_span s, bool *known)
{
	uint64_t h = device_import_hash(0, s.p, s.len);
	size_t i = (size_t)(h % DEVICE_IMPORT_MEMO);

	*known = m->slot[i].used && m->slot[i].len == s.len && memcmp(m->slot[i].key, s.p, s.len) == 0;
	if (!*known) {
		m->slot[i].used = s.len <= sizeof(m->slot[i].key);
		m->slot[i].len = (uint8_t)s.len;
		memcpy(m->slot[i].key, s.p, m->slot[i].used ? s.len : 0);
	}
	return &m->slot[i].value;
}

/* ---- fields ---- */

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* White space, no-break spaces, and the ="..." with which spreadsheets keep leading zeros. */
static struct device_span
trim_slowly(const char *p, size_t len)
{
	for (;;) {
		if (len > 0 && is_blank((unsigned char)p[0])) {
			p++;
			len--;
		} else if (len > 0 && is_blank((unsigned char)p[len - 1])) {
			len--;
		} else if (len > 1 && p[0] == '\xc2' && p[1] == '\xa0') {
			p += 2;
			len -= 2;
		} else if (len > 1 && p[len - 2] == '\xc2' && p[len - 1] == '\xa0') {
			len -= 2;
		} else if (len > 3 && p[0] == '=' && p[1] == '"' && p[len - 1] == '"') {
			p += 2;
			len -= 3;
		} else {
			return (struct device_span){ p, len };
		}
	}
}

static inline struct device_span
trim(const char *p, size_t len)
{
	/* Nearly every field begins with a letter or digit and ends with a plain character. */
	if (len == 0 || (p[0] > '"' && p[0] != '=' && p[len - 1] > ' '))
		return (struct device_span){ p, len };
	return trim_slowly(p, len);
}

/* Words for "not given" begin with few pairs of letters, or hold a sign: a look at two bytes spares most fields the rest. */
static bool
may_be_nothing(struct device_span s)
{
#define BIT(letter) (1u << ((letter) - 'a'))
	static const uint32_t second[26] = {
		['d' - 'a'] = BIT('e'),
		['i' - 'a'] = BIT('t') | BIT('k'),
		['k' - 'a'] = BIT('a') | BIT('e'),
		['l' - 'a'] = BIT('e'),
		['n' - 'a'] = BIT('a') | BIT('v') | BIT('z') | BIT('d') | BIT('u') | BIT('i') | BIT('o'),
		['s' - 'a'] = BIT('c'),
		['u' - 'a'] = BIT('n') | BIT('k'),
	};
#undef BIT
	unsigned a = ((unsigned char)s.p[0] | 32u) - 'a', b;

	if (s.len > 20 || (unsigned)(s.p[0] - '0') < 10)
		return false;
	if (a >= 26)
		return true;
	if (second[a] == 0 || s.len < 2)
		return false;
	b = ((unsigned char)s.p[1] | 32u) - 'a';
	return b >= 26 ? (unsigned)(s.p[1] - '0') >= 10 : (second[a] >> b & 1) != 0;
}

static bool
has_high(struct device_span s)
{
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		uint64_t word;

		memcpy(&word, s.p + i, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			return true;
	}
	for (; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

static bool
letters_ok(const struct device_import *im, enum device_column c, struct device_span s, struct device_import_bad *bad)
{
	const char *p = s.p, *end = s.p + s.len;

	while (p < end) {
		uint32_t ch = fp_utf8_next(&p, end);

		if (ch == FP_UTF8_BAD)
			return refuse(bad, im, c,
			    "ill-formed UTF-8: save the whole list in one encoding, or name it (--encoding windows-1252)");
		if (ch == 0xFFFD || (ch >= 0x80 && ch < 0xA0))
			return refuse(bad, im, c,
			    "a character that the encoding %s does not have: name the right one (--encoding)",
			    device_csv_encoding(im->csv));
	}
	return true;
}

static bool
controls_ok(const struct device_import *im, enum device_column c, struct device_span s, struct device_import_bad *bad)
{
	static const uint32_t may_break = 1u << DEVICE_COL_PRODUCT | 1u << DEVICE_COL_MANUFACTURER | 1u << DEVICE_COL_LOCATION |
					  1u << DEVICE_COL_OWNER | 1u << DEVICE_COL_NOTE;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch >= ' ' || ch == '\t' || (ch == 0x1d && c == DEVICE_COL_UDI))
			continue;
		if (ch != '\n' && ch != '\r')
			return refuse(bad, im, c, ch == 0 ? "NUL byte (0x00)" : "control character 0x%02X", ch);
		if ((may_break >> c & 1) == 0)
			return refuse(bad, im, c, "line break in the field");
	}
	return true;
}

/* The field of a bind, trimmed and sound; len 0 when the list does not say. */
static bool
take_field(struct device_import *im, const struct device_csv_row *raw, const struct device_import_bind *b,
    struct device_span *out, struct device_import_bad *bad)
{
	enum device_column c = b->as.what;
	struct device_span s;

	*out = (struct device_span){ "", 0 };
	if (b->column >= raw->n_fields)
		return true;
	s = trim(raw->fields[b->column].p, raw->fields[b->column].len);
	if (s.len == 0)
		return true;
	im->column_of[c] = b->column + 1;
	if (s.len > DEVICE_FIELD_MAX && c != DEVICE_COL_UDI)
		return refuse(bad, im, c, "%zu bytes, at most %d are kept", s.len, DEVICE_FIELD_MAX);
	if ((raw->flags & DEVICE_CSV_HIGH) != 0 && has_high(s) && !letters_ok(im, c, s, bad))
		return false;
	if ((raw->flags & (DEVICE_CSV_CONTROL | DEVICE_CSV_BREAKS)) != 0 && !controls_ok(im, c, s, bad))
		return false;
	if (may_be_nothing(s) && device_import_nothing(s.p, s.len))
		return true;
	*out = s;
	return true;
}

/* ---- UDI ---- */

static bool
all_digits(struct device_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* Equal as people write serial numbers: case, spaces and hyphens do not count. */
static bool
same_serial(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a_len && (a[i] == ' ' || a[i] == '-'))
			i++;
		while (k < b_len && (b[k] == ' ' || b[k] == '-'))
			k++;
		if (i == a_len || k == b_len)
			return i == a_len && k == b_len;
		if (a[i] != b[k] && ((unsigned)((a[i] | 32) - 'a') >= 26 || (a[i] | 32) != (b[k] | 32)))
			return false;
		i++;
		k++;
	}
}

static bool
keep_di(struct device_import *im, const char *di, struct device_import_bad *bad)
{
	if (im->di[0] != '\0' && strcmp(im->di, di) != 0)
		return refuse(bad, im, DEVICE_COL_UDI, "two UDI columns name two products: '%s' and '%s'", im->di, di);
	im->di_len = strlen(di);
	memcpy(im->di, di, im->di_len + 1);
	return true;
}

/* A whole UDI: DI, lot and serial number. */
static bool
take_whole_udi(struct device_import *im, struct device_span s, struct device_import_bad *bad)
{
	struct device_udi_options o = { .year = im->options.year, .accept_doubt = true };
	struct fp_err err;

	if (device_udi_parse(&im->udi, s.p, s.len, &o, &err) != FP_OK)
		return refuse(bad, im, DEVICE_COL_UDI, "%s", err.msg);
	if (im->udi.di[0] == '\0')
		return refuse(bad, im, DEVICE_COL_UDI, "the UDI '%.*s' holds no device identifier", SHOW(s));
	if (!keep_di(im, im->udi.di, bad))
		return false;
	memcpy(im->udi_serial, im->udi.serial, sizeof(im->udi_serial));
	memcpy(im->udi_lot, im->udi.lot, sizeof(im->udi_lot));
	im->udi_doubt = im->udi.doubt_at != 0;
	im->udi_whole = true;
	return true;
}

static bool
take_udi(struct device_import *im, struct device_span s, struct device_import_bad *bad)
{
	struct fp_err err;
	char gtin[15];

	if (device_gtin_ok(gtin, s.p, s.len))
		return keep_di(im, gtin, bad);
	if (device_import_rounded(s.p, s.len))
		return refuse(bad, im, DEVICE_COL_UDI,
		    "'%.*s': the spreadsheet has rounded the number; make the column text and enter it again", SHOW(s));
	if (all_digits(s) && s.len < 16 && device_gtin_normal(gtin, s.p, s.len, &err) != FP_OK)
		return refuse(bad, im, DEVICE_COL_UDI, "%s", err.msg);
	if ((unsigned)((s.p[0] | 32) - 'a') < 26 && s.len <= 23) {
		char di[DEVICE_UDI_VALUE_MAX + 1];

		if (device_di_normal(di, s.p, s.len, &err) != FP_OK)
			return refuse(bad, im, DEVICE_COL_UDI, "%s", err.msg);
		return keep_di(im, di, bad);
	}
	return take_whole_udi(im, s, bad);
}

/* Without separators the UDI's last value may hold two: the serial column says where the border is. */
static bool
resolve_doubt(struct device_import *im, struct device_span serial, struct device_import_bad *bad)
{
	const struct device_udi_element *last = &im->udi.elements[im->udi.n_elements - 1];
	size_t len = strlen(last->value);

	if (serial.len == 0)
		return refuse(bad, im, DEVICE_COL_UDI,
		    "'%s' at the end of the UDI may be the %s alone or hold a second element: write brackets, (21)..., or fill "
		    "in the serial number too",
		    last->value, last->title);
	if (same_serial(im->udi_serial, strlen(im->udi_serial), serial.p, serial.len))
		return true;
	if (strcmp(last->id, "10") == 0 && len > serial.len + 2 &&
	    same_serial(last->value + len - serial.len, serial.len, serial.p, serial.len) &&
	    memcmp(last->value + len - serial.len - 2, "21", 2) == 0)
		im->udi_lot[len - serial.len - 2] = '\0';
	else if (strcmp(last->id, "21") == 0 && len > serial.len + 2 &&
		 same_serial(last->value, serial.len, serial.p, serial.len) && memcmp(last->value + serial.len, "10", 2) == 0)
		memcpy(im->udi_lot, last->value + serial.len + 2, len - serial.len - 1);
	else
		return refuse(bad, im, DEVICE_COL_UDI, "the UDI ends with '%s', where serial number '%.*s' is not found",
		    last->value, SHOW(serial));
	memset(im->udi_serial, 0, sizeof(im->udi_serial));
	return true;
}

/* The UDI against the columns beside it; what they lack comes from it. */
static bool
reconcile(struct device_import *im, struct device_import_bad *bad)
{
	struct device_span *serial = &im->row.text[DEVICE_COL_SERIAL], *lot = &im->row.text[DEVICE_COL_LOT];
	size_t serial_len, lot_len;

	im->row.text[DEVICE_COL_UDI] = (struct device_span){ im->di, im->di_len };
	if (!im->udi_whole)
		return true;
	if (im->udi_doubt && !resolve_doubt(im, *serial, bad))
		return false;
	serial_len = strlen(im->udi_serial);
	lot_len = strlen(im->udi_lot);
	if (serial->len == 0)
		*serial = (struct device_span){ im->udi_serial, serial_len };
	else if (serial_len > 0 && !same_serial(im->udi_serial, serial_len, serial->p, serial->len))
		return refuse(bad, im, DEVICE_COL_SERIAL, "the UDI says serial number '%s', this column '%.*s'", im->udi_serial,
		    SHOW(*serial));
	if (lot->len == 0)
		*lot = (struct device_span){ im->udi_lot, lot_len };
	else if (lot_len > 0 && !same_serial(im->udi_lot, lot_len, lot->p, lot->len))
		return refuse(bad, im, DEVICE_COL_LOT, "the UDI says lot '%s', this column '%.*s'", im->udi_lot, SHOW(*lot));
	return true;
}

/* ---- words ---- */

static bool
take_connectivity(struct device_import *im, struct device_span s, enum device_import_yes yes, struct device_import_bad *bad)
{
	bool known;
	uint64_t *value = memo(&im->connectivities, s, &known);

	if (!known) {
		enum device_connectivity c;

		*value = device_import_connectivity(&c, s.p, s.len, yes) ? (uint64_t)c : UINT64_MAX;
	}
	if (*value == UINT64_MAX)
		return refuse(bad, im, DEVICE_COL_CONNECTIVITY,
		    "'%.*s' is not understood: write internet, local, none or unknown", SHOW(s));
	im->connectivity = (enum device_connectivity) * value;
	return true;
}

static bool
take_status(struct device_import *im, struct device_span s, struct device_import_bad *bad)
{
	bool known;
	uint64_t *value = memo(&im->statuses, s, &known);

	if (!known) {
		enum device_status st;

		*value = device_import_status(&st, s.p, s.len) ? (uint64_t)st : UINT64_MAX;
	}
	if (*value == UINT64_MAX)
		return refuse(bad, im, DEVICE_COL_STATUS,
		    "'%.*s' is not understood: write in use, stored, transferred or decommissioned", SHOW(s));
	im->status = (enum device_status) * value;
	return true;
}

/* Bits of the file's modes that a list like "Dx, RUO" names; UINT64_MAX when a word in it is none. */
static uint64_t
mode_bits(const struct device_import *im, struct device_span s)
{
	static const char between[] = ",;/+&| \t()";
	static const char *const fillers[] = { "and", "und", "og", "e", "y", "mode", "modus", "modo", "modalità", "tilstand",
		"boot" };
	uint64_t bits = 0;

	for (size_t i = 0; i < s.len;) {
		size_t n = 0, k = 0;
		const char *known;

		while (i + n < s.len && strchr(between, s.p[i + n]) == NULL)
			n++;
		known = device_import_mode(s.p + i, n);
		while (k < im->columns.n_modes && known != im->columns.modes[k] &&
		       (strlen(im->columns.modes[k]) != n || strncasecmp(im->columns.modes[k], s.p + i, n) != 0))
			k++;
		if (k < im->columns.n_modes)
			bits |= (uint64_t)1 << k;
		for (size_t f = 0; k == im->columns.n_modes && n > 0; f++) {
			if (f == FP_COUNT(fillers))
				return UINT64_MAX;
			if (strlen(fillers[f]) == n && strncasecmp(fillers[f], s.p + i, n) == 0)
				break;
		}
		i += n + 1;
	}
	return bits;
}

static bool
take_modes(struct device_import *im, struct device_span s, uint64_t *bits, struct device_import_bad *bad)
{
	bool known;
	uint64_t *value = memo(&im->mode_lists, s, &known);

	if (!known)
		*value = mode_bits(im, s);
	if (*value == UINT64_MAX)
		return refuse(bad, im, DEVICE_COL_MODES, "'%.*s' is not understood: name boot modes such as Dx, RUO", SHOW(s));
	*bits = *value;
	return true;
}

static bool
take_address(struct device_import *im, enum device_column c, struct device_span s, struct device_import_bad *bad)
{
	char *out = im->address[c == DEVICE_COL_BMC];
	char why[DEVICE_IMPORT_WHY];

	if (!device_import_host(out, why, s.p, s.len))
		return refuse(bad, im, c, "%s", why);
	im->row.text[c] = (struct device_span){ out, strlen(out) };
	return true;
}

static bool
take_serial(struct device_import *im, struct device_span s, struct device_import_bad *bad)
{
	if (s.p[0] == '\'' && s.len > 1) {
		/* The sign that makes a spreadsheet cell a text. */
		s.p++;
		s.len--;
	}
	if (s.p[0] <= '9' && device_import_rounded(s.p, s.len))
		return refuse(bad, im, DEVICE_COL_SERIAL,
		    "'%.*s': the spreadsheet has rounded the number; make the column text and enter it again", SHOW(s));
	im->row.text[DEVICE_COL_SERIAL] = s;
	im->serial_hash = s.p == im->ahead.p && s.len == im->ahead.len ? im->ahead_hash : 0;
	return true;
}

/* ---- the row ---- */

static bool
broken(const struct device_csv_row *raw, struct device_import_bad *bad)
{
	bad->column = raw->fault_field;
	bad->field = "";
	if (raw->fault == DEVICE_CSV_UNTERMINATED)
		(void)snprintf(bad->message, sizeof(bad->message),
		    "the quote that opens in line %zu, column %zu, is never closed", raw->fault_line, raw->fault_field);
	else if (raw->fault == DEVICE_CSV_AFTER_QUOTE)
		(void)snprintf(bad->message, sizeof(bad->message),
		    "text behind a closing quote in line %zu, column %zu: inside quotes a quote is written twice",
		    raw->fault_line, raw->fault_field);
	else
		(void)snprintf(bad->message, sizeof(bad->message), "more than %zu columns", raw->fault_field - 1);
	return false;
}

/* More fields than the header has: a delimiter in an unquoted text, most often. */
static bool
too_wide(const struct device_import *im, const struct device_csv_row *raw, struct device_import_bad *bad)
{
	for (size_t i = im->columns.header_columns; i < raw->n_fields; i++)
		if (trim(raw->fields[i].p, raw->fields[i].len).len > 0) {
			bad->column = i + 1;
			bad->field = "";
			(void)snprintf(bad->message, sizeof(bad->message),
			    "%zu columns, the header has %zu: put quotes around a text that holds the delimiter '%c'",
			    raw->n_fields, im->columns.header_columns, device_csv_delimiter(im->csv));
			return true;
		}
	return false;
}

static bool
is_all_blank(const struct device_csv_row *raw)
{
	for (size_t i = 0; i < raw->n_fields; i++)
		if (trim(raw->fields[i].p, raw->fields[i].len).len > 0)
			return false;
	return true;
}

static bool
take_one(struct device_import *im, const struct device_csv_row *raw, const struct device_import_bind *b,
    struct device_span *versions, struct device_span *softwares, uint64_t *modes, struct device_import_bad *bad)
{
	struct device_span s;

	if (!take_field(im, raw, b, &s, bad))
		return false;
	if (s.len == 0) {
		if (b->as.what != DEVICE_COL_UDI)
			im->row.text[b->as.what] = s;
		return true;
	}
	switch (b->as.what) {
	case DEVICE_COL_SERIAL:
		return take_serial(im, s, bad);
	case DEVICE_COL_UDI:
		return take_udi(im, s, bad);
	case DEVICE_COL_HOST:
	case DEVICE_COL_BMC:
		return take_address(im, b->as.what, s, bad);
	case DEVICE_COL_CONNECTIVITY:
		return take_connectivity(im, s, b->as.yes, bad);
	case DEVICE_COL_STATUS:
		return take_status(im, s, bad);
	case DEVICE_COL_MODES:
		return take_modes(im, s, modes, bad);
	case DEVICE_COL_VERSION:
		versions[b->mode] = s;
		return true;
	case DEVICE_COL_SOFTWARE:
		softwares[b->mode] = s;
		return true;
	case DEVICE_COL_COMPONENT:
		im->row.components[im->row.n_components].name = im->columns.components[b->mode].name;
		im->row.components[im->row.n_components].mode = im->columns.components[b->mode].mode;
		im->row.components[im->row.n_components++].version = s;
		return true;
	default:
		im->row.text[b->as.what] = s;
		return true;
	}
}

static void
set_modes(struct device_import *im, const struct device_span *versions, const struct device_span *softwares, uint64_t bits)
{
	im->row.n_modes = 0;
	for (size_t i = 0; i < im->columns.n_modes; i++) {
		if (versions[i].len == 0 && softwares[i].len == 0 && (bits >> i & 1) == 0)
			continue;
		im->row.modes[im->row.n_modes].name = im->columns.modes[i];
		im->row.modes[im->row.n_modes].version = versions[i];
		im->row.modes[im->row.n_modes].software = softwares[i];
		im->row.n_modes++;
	}
}

/*
 * Ask for the memory that the next row's serial number needs: it comes while this row is judged. A wrong guess (quotes, blanks around it) costs
 * nothing but the time that it would have saved.
 */
static void
look_ahead(struct device_import *im)
{
	struct device_csv_field f;

	if (im->options.allow_duplicates || !device_csv_peek(im->csv, im->serial_column, &f))
		return;
	im->ahead = (struct device_span){ f.p, f.len };
	im->ahead_hash = device_import_hash_folded(1, f.p, f.len);
	device_import_seen_soon(&im->seen, im->ahead_hash);
}

/* Rows in all, by those read so far. */
static size_t
expected_rows(const struct device_import *im)
{
	if (im->file_size == 0 || im->bytes_read == 0)
		return 0;
	return (size_t)((double)im->file_size / (double)im->bytes_read * (double)(im->counts.rows + 1));
}

/* Hash of a folded text, kept for those that come again; 0 for none. */
static uint64_t
folded_hash(struct device_import *im, struct device_span s)
{
	bool known;
	uint64_t *value;

	if (s.len == 0)
		return 0;
	value = memo(&im->products, s, &known);
	if (!known)
		*value = device_import_hash_folded(1, s.p, s.len);
	return *value;
}

/* The beginning of a product's name: five letters or digits, in bytes that are ASCII. */
static uint64_t
name_hash(struct device_span s)
{
	uint64_t h = 0;

	for (size_t i = 0, n = 0; i < s.len && n < 5; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((unsigned)(c - '0') < 10 || (unsigned)((c | 32) - 'a') < 26) {
			h = h * 37 + (c | 32);
			n++;
		}
	}
	return h;
}

static uint32_t
few_bits(uint64_t hash, unsigned most)
{
	return hash == 0 ? 0 : (uint32_t)(hash % most) + 1;
}

/* One device in two rows, as the store would see it (device_same). */
static bool
seen_before(struct device_import *im, struct device_import_bad *bad)
{
	const struct device_span *text = im->row.text;
	struct device_import_identity identity;
	uint64_t key;
	size_t line;

	if (im->options.allow_duplicates)
		return true;
	identity.udi = few_bits(folded_hash(im, text[DEVICE_COL_UDI]), 511) & 511;
	identity.ref = few_bits(folded_hash(im, text[DEVICE_COL_CATALOG]), 511) & 511;
	identity.maker = few_bits(folded_hash(im, text[DEVICE_COL_MANUFACTURER]), 127) & 127;
	identity.name = few_bits(name_hash(text[DEVICE_COL_PRODUCT]), 127) & 127;
	key = im->serial_hash != 0 ? im->serial_hash
				   : device_import_hash_folded(1, text[DEVICE_COL_SERIAL].p, text[DEVICE_COL_SERIAL].len);
	if (device_import_seen_full(&im->seen))
		im->seen.expected = expected_rows(im);
	line = device_import_seen(&im->seen, key, identity, im->row.line);
	return line == 0 ||
	       refuse(bad, im, DEVICE_COL_SERIAL, "serial number '%.*s' stands in line %zu already: keep one of the two rows",
		   SHOW(text[DEVICE_COL_SERIAL]), line);
}

bool
device_import_judge(struct device_import *im, const struct device_csv_row *raw, bool *blank, struct device_import_bad *bad)
{
	struct device_span versions[DEVICE_MODES_MAX] = { { "", 0 } }, softwares[DEVICE_MODES_MAX] = { { "", 0 } };
	uint64_t modes = 0;

	*blank = false;
	if (raw->fault != DEVICE_CSV_FINE)
		return broken(raw, bad);
	/* Columns that no bind fills stay empty from the start; these come from elsewhere too. */
	im->row.text[DEVICE_COL_SERIAL] = im->row.text[DEVICE_COL_UDI] = im->row.text[DEVICE_COL_LOT] =
	    (struct device_span){ "", 0 };
	im->row.line = raw->line;
	im->row.n_components = 0;
	im->connectivity = DEVICE_CONN_UNKNOWN;
	im->status = DEVICE_IN_USE;
	im->di[0] = im->udi_serial[0] = im->udi_lot[0] = '\0';
	im->udi_doubt = im->udi_whole = false;
	im->serial_hash = 0;
	if (im->columns.header_columns > 0 && raw->n_fields > im->columns.header_columns && too_wide(im, raw, bad))
		return false;
	for (size_t i = 0; i < im->columns.n; i++)
		if (!take_one(im, raw, &im->columns.bind[i], versions, softwares, &modes, bad))
			return false;
	if (im->di[0] != '\0' && !reconcile(im, bad))
		return false;
	if (im->row.text[DEVICE_COL_SERIAL].len == 0) {
		*blank = is_all_blank(raw);
		return refuse(bad, im, DEVICE_COL_SERIAL, "no serial number");
	}
	set_modes(im, versions, softwares, modes);
	look_ahead(im);
	return seen_before(im, bad);
}
