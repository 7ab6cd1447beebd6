/*
 * The GS1 application identifiers, from the GS1 Barcode Syntax Dictionary (GS1 AISBL, Apache-2.0): what may follow each, and how it
 * is checked. Parts of a value that no device carries (prices, addresses) are checked for length and characters only.
 */
#include <string.h>

#include "device/udi_int.h"

#define FIXED true
#define SUM(at, n) .check = UDI_SUM, .check_at = (at), .check_len = (n)
#define DATE .check = UDI_DATE, .check_len = 6

static const struct device_udi_ai table[] = {
	{ 0, 0, 2, 9, 'N', 18, 18, FIXED, SUM(0, 18), .key = true, .title = "SSCC" },
	{ 1, 1, 2, 9, 'N', 14, 14, FIXED, SUM(0, 14), .target = UDI_TO_DI, .key = true, .title = "GTIN" },
	{ 2, 2, 2, 9, 'N', 14, 14, FIXED, SUM(0, 14), .title = "content GTIN" },
	{ 3, 3, 2, 9, 'N', 14, 14, FIXED, SUM(0, 14), .target = UDI_TO_DI, .title = "made-to-order GTIN" },
	{ 10, 10, 2, 9, 'X', 1, 20, .target = UDI_TO_LOT, .produced = true, .title = "batch or lot" },
	{ 11, 11, 2, 9, 'N', 6, 6, FIXED, DATE, .target = UDI_TO_PRODUCTION, .produced = true, .title = "production date" },
	{ 12, 12, 2, 9, 'N', 6, 6, FIXED, DATE, .title = "due date" },
	{ 13, 13, 2, 9, 'N', 6, 6, FIXED, DATE, .produced = true, .title = "packaging date" },
	{ 15, 15, 2, 9, 'N', 6, 6, FIXED, DATE, .title = "best before date" },
	{ 16, 16, 2, 9, 'N', 6, 6, FIXED, DATE, .title = "sell by date" },
	{ 17, 17, 2, 9, 'N', 6, 6, FIXED, DATE, .target = UDI_TO_EXPIRY, .produced = true, .title = "expiry date" },
	{ 20, 20, 2, 9, 'N', 2, 2, FIXED, .title = "variant" },
	{ 21, 21, 2, 9, 'X', 1, 20, .target = UDI_TO_SERIAL, .produced = true, .title = "serial number" },
	{ 22, 22, 2, 9, 'X', 1, 20, .title = "consumer product variant" },
	{ 235, 235, 3, 9, 'X', 1, 28, .title = "third-party serial extension" },
	{ 240, 241, 3, 9, 'X', 1, 30, .title = "additional product number" },
	{ 242, 242, 3, 9, 'N', 1, 6, .title = "made-to-order variant" },
	{ 243, 243, 3, 9, 'X', 1, 20, .title = "packaging component" },
	{ 250, 250, 3, 9, 'X', 1, 30, .title = "secondary serial number" },
	{ 251, 251, 3, 9, 'X', 1, 30, .title = "reference to source" },
	{ 253, 253, 3, 9, 'X', 13, 30, .numeric = 13, SUM(0, 13), .key = true, .title = "GDTI" },
	{ 254, 254, 3, 9, 'X', 1, 20, .title = "GLN extension" },
	{ 255, 255, 3, 9, 'N', 13, 25, SUM(0, 13), .key = true, .title = "coupon number" },
	{ 30, 30, 2, 9, 'N', 1, 8, .title = "variable count" },
	{ 3100, 3165, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 3200, 3295, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 3300, 3375, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 3400, 3495, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 3500, 3575, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 3600, 3695, 4, 5, 'N', 6, 6, FIXED, .title = "measure" },
	{ 37, 37, 2, 9, 'N', 1, 8, .title = "count" },
	{ 3900, 3909, 4, 9, 'N', 1, 15, .title = "amount" },
	{ 3910, 3919, 4, 9, 'N', 4, 18, .title = "amount with currency" },
	{ 3920, 3929, 4, 9, 'N', 1, 15, .title = "price" },
	{ 3930, 3939, 4, 9, 'N', 4, 18, .title = "price with currency" },
	{ 3940, 3943, 4, 3, 'N', 4, 4, .title = "per cent off" },
	{ 3950, 3955, 4, 5, 'N', 6, 6, .title = "price per unit" },
	{ 400, 400, 3, 9, 'X', 1, 30, .title = "order number" },
	{ 401, 401, 3, 9, 'X', 1, 30, .key = true, .title = "consignment number" },
	{ 402, 402, 3, 9, 'N', 17, 17, SUM(0, 17), .key = true, .title = "shipment number" },
	{ 403, 403, 3, 9, 'X', 1, 30, .title = "route" },
	{ 410, 413, 3, 9, 'N', 13, 13, FIXED, SUM(0, 13), .title = "GLN" },
	{ 414, 415, 3, 9, 'N', 13, 13, FIXED, SUM(0, 13), .key = true, .title = "GLN" },
	{ 416, 416, 3, 9, 'N', 13, 13, FIXED, SUM(0, 13), .title = "GLN" },
	{ 417, 417, 3, 9, 'N', 13, 13, FIXED, SUM(0, 13), .key = true, .title = "party GLN" },
	{ 420, 420, 3, 9, 'X', 1, 20, .title = "postal code" },
	{ 421, 421, 3, 9, 'X', 4, 12, .numeric = 3, .title = "postal code with country" },
	{ 422, 422, 3, 9, 'N', 3, 3, .title = "country of origin" },
	{ 423, 423, 3, 9, 'N', 3, 15, .title = "countries of processing" },
	{ 424, 424, 3, 9, 'N', 3, 3, .title = "country of processing" },
	{ 425, 425, 3, 9, 'N', 3, 15, .title = "countries of disassembly" },
	{ 426, 426, 3, 9, 'N', 3, 3, .title = "country of full processing" },
	{ 427, 427, 3, 9, 'X', 1, 3, .title = "subdivision of origin" },
	{ 4300, 4301, 4, 9, 'X', 1, 35, .title = "ship-to name" },
	{ 4302, 4306, 4, 9, 'X', 1, 70, .title = "ship-to address" },
	{ 4307, 4307, 4, 9, 'X', 2, 2, .title = "ship-to country" },
	{ 4308, 4308, 4, 9, 'X', 1, 30, .title = "ship-to telephone" },
	{ 4309, 4309, 4, 9, 'N', 20, 20, .title = "ship-to place" },
	{ 4310, 4311, 4, 9, 'X', 1, 35, .title = "return-to name" },
	{ 4312, 4316, 4, 9, 'X', 1, 70, .title = "return-to address" },
	{ 4317, 4317, 4, 9, 'X', 2, 2, .title = "return-to country" },
	{ 4318, 4318, 4, 9, 'X', 1, 20, .title = "return-to postal code" },
	{ 4319, 4319, 4, 9, 'X', 1, 30, .title = "return-to telephone" },
	{ 4320, 4320, 4, 9, 'X', 1, 35, .title = "service" },
	{ 4321, 4323, 4, 9, 'N', 1, 1, .title = "transport flag" },
	{ 4324, 4325, 4, 9, 'N', 10, 10, .title = "delivery time" },
	{ 4326, 4326, 4, 9, 'N', 6, 6, DATE, .title = "release date" },
	{ 4330, 4333, 4, 9, 'X', 6, 7, .numeric = 6, .title = "temperature" },
	{ 7001, 7001, 4, 9, 'N', 13, 13, .title = "NATO stock number" },
	{ 7002, 7002, 4, 9, 'X', 1, 30, .title = "cut" },
	{ 7003, 7003, 4, 9, 'N', 10, 10, DATE, .title = "expiry date and time" },
	{ 7004, 7004, 4, 9, 'N', 1, 4, .title = "active potency" },
	{ 7005, 7005, 4, 9, 'X', 1, 12, .title = "catch area" },
	{ 7006, 7006, 4, 9, 'N', 6, 6, DATE, .title = "first freeze date" },
	{ 7007, 7007, 4, 9, 'N', 6, 12, DATE, .title = "harvest date" },
	{ 7008, 7008, 4, 9, 'X', 1, 3, .title = "species" },
	{ 7009, 7009, 4, 9, 'X', 1, 10, .title = "gear type" },
	{ 7010, 7010, 4, 9, 'X', 1, 2, .title = "production method" },
	{ 7011, 7011, 4, 9, 'N', 6, 10, DATE, .title = "test by date" },
	{ 7020, 7020, 4, 9, 'X', 1, 20, .title = "refurbishment lot" },
	{ 7021, 7022, 4, 9, 'X', 1, 20, .title = "functional status" },
	{ 7023, 7023, 4, 9, 'X', 1, 30, .title = "GIAI of an assembly" },
	{ 7030, 7039, 4, 9, 'X', 4, 30, .numeric = 3, .title = "processor" },
	{ 7040, 7040, 4, 9, 'X', 4, 4, .numeric = 1, .title = "unique identification code" },
	{ 7041, 7041, 4, 9, 'X', 1, 4, .title = "freight unit type" },
	{ 710, 717, 3, 9, 'X', 1, 20, .title = "national reimbursement number" },
	{ 7230, 7239, 4, 9, 'X', 3, 30, .title = "certification" },
	{ 7240, 7240, 4, 9, 'X', 1, 20, .title = "protocol" },
	{ 7241, 7241, 4, 9, 'N', 2, 2, .title = "carrier type" },
	{ 7242, 7242, 4, 9, 'X', 1, 25, .title = "version control number" },
	{ 8001, 8001, 4, 9, 'N', 14, 14, .title = "dimensions" },
	{ 8002, 8002, 4, 9, 'X', 1, 20, .title = "telephone identifier" },
	{ 8003, 8003, 4, 9, 'X', 14, 30, .numeric = 14, SUM(1, 13), .key = true, .title = "GRAI" },
	{ 8004, 8004, 4, 9, 'X', 1, 30, .key = true, .title = "GIAI" },
	{ 8005, 8005, 4, 9, 'N', 6, 6, .title = "price per unit" },
	{ 8006, 8006, 4, 9, 'N', 18, 18, SUM(0, 14), .key = true, .title = "piece of a trade item" },
	{ 8007, 8007, 4, 9, 'X', 1, 34, .title = "IBAN" },
	{ 8008, 8008, 4, 9, 'N', 8, 12, DATE, .title = "production date and time" },
	{ 8009, 8009, 4, 9, 'X', 1, 50, .title = "sensor indicator" },
	{ 8010, 8010, 4, 9, 'Y', 1, 30, .key = true, .title = "component part" },
	{ 8011, 8011, 4, 9, 'N', 1, 12, .title = "component part serial number" },
	{ 8012, 8012, 4, 9, 'X', 1, 20, .target = UDI_TO_SOFTWARE, .produced = true, .title = "software version" },
	{ 8013, 8013, 4, 9, 'X', 3, 25, .check = UDI_MODEL, .key = true, .title = "global model number (Basic UDI-DI)" },
	{ 8014, 8014, 4, 9, 'X', 3, 25, .check = UDI_MODEL, .title = "highly individualised device" },
	{ 8017, 8018, 4, 9, 'N', 18, 18, SUM(0, 18), .key = true, .title = "GSRN" },
	{ 8019, 8019, 4, 9, 'N', 1, 10, .title = "service relation instance" },
	{ 8020, 8020, 4, 9, 'X', 1, 25, .title = "payment reference" },
	{ 8026, 8026, 4, 9, 'N', 18, 18, SUM(0, 14), .title = "content piece of a trade item" },
	{ 8030, 8030, 4, 9, 'X', 1, 90, .title = "digital signature" },
	{ 8110, 8112, 4, 9, 'X', 1, 70, .title = "coupon" },
	{ 8200, 8200, 4, 9, 'X', 1, 70, .title = "product address" },
	{ 90, 90, 2, 9, 'X', 1, 30, .title = "mutually agreed" },
	{ 91, 99, 2, 9, 'X', 1, 90, .title = "company internal" },
};

const struct device_udi_ai *
device_udi_ai_find(const char *text, size_t len)
{
	int value = 0;

	for (int digits = 1; digits <= 4 && (size_t)digits <= len; digits++) {
		char c = text[digits - 1];

		if (c < '0' || c > '9')
			return NULL;
		value = value * 10 + (c - '0');
		for (size_t i = 0; digits > 1 && i < FP_COUNT(table); i++)
			if (table[i].digits == digits && value >= table[i].lo && value <= table[i].hi &&
			    value % 10 <= table[i].last_max)
				return &table[i];
	}
	return NULL;
}

/* GS1 General Specifications figure 7.11-1, in the order that gives the values of the check character pair. */
static const char set82[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
static const char set39[] = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static bool
in_set(char set, char c)
{
	if (c == '\0')
		return false;
	if (set == 'N')
		return c >= '0' && c <= '9';
	return strchr(set == 'Y' ? set39 : set82, c) != NULL;
}

static enum fp_status
check_sum(const struct device_udi_ai *ai, const char *value, size_t at, struct fp_err *err)
{
	const char *p = value + ai->check_at;
	int sum = 0, want;

	for (size_t i = 1; i < ai->check_len; i++)
		sum += (p[ai->check_len - 1 - i] - '0') * (i % 2 == 1 ? 3 : 1);
	want = (10 - sum % 10) % 10;
	if (p[ai->check_len - 1] - '0' == want)
		return FP_OK;
	return fp_fail(err, FP_EINVAL, "position %zu: check digit of the %s is %c, expected %d",
	    at + ai->check_at + ai->check_len - 1, ai->title, p[ai->check_len - 1], want);
}

static enum fp_status
check_date(const struct device_udi_ai *ai, const char *value, size_t at, struct fp_err *err)
{
	struct fp_date d;
	int yy, mm, dd;

	if (device_udi_number(&yy, value, 2) && device_udi_number(&mm, value + 2, 2) && device_udi_number(&dd, value + 4, 2) &&
	    device_udi_date(&d, 2000 + yy, mm, dd))
		return FP_OK;
	return fp_fail(err, FP_EINVAL,
	    "position %zu: %.6s is no day for the %s, expected YYMMDD (day 00 for the end of the month)", at, value, ai->title);
}

/* GS1 General Specifications 7.9.5: check character pair of alphanumeric keys. */
static enum fp_status
check_model(const struct device_udi_ai *ai, const char *value, size_t len, size_t at, struct fp_err *err)
{
	static const int primes[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83 };
	static const char pair[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	size_t body = len - 2;
	int sum = 0;

	for (size_t i = 0; i < body; i++)
		sum = (sum + (int)(strchr(set82, value[i]) - set82) * primes[body - 1 - i]) % 1021;
	if (value[body] == pair[sum >> 5] && value[body + 1] == pair[sum & 31])
		return FP_OK;
	return fp_fail(err, FP_EINVAL, "position %zu: check characters of the %s are %.2s, expected %c%c", at + body, ai->title,
	    value + body, pair[sum >> 5], pair[sum & 31]);
}

static enum fp_status
wrong_length(const struct device_udi_ai *ai, size_t len, size_t at, struct fp_err *err)
{
	if (ai->min == ai->max)
		return fp_fail(
		    err, FP_EINVAL, "position %zu: the %s has %zu characters, expected %d", at, ai->title, len, ai->min);
	return fp_fail(err, FP_EINVAL, "position %zu: the %s has %zu characters, expected %d to %d%s", at, ai->title, len,
	    ai->min, ai->max, len > ai->max ? " (is the separator behind it missing?)" : "");
}

enum fp_status
device_udi_ai_value(const struct device_udi_ai *ai, const char *value, size_t len, size_t at, struct fp_err *err)
{
	if (len < ai->min || len > ai->max)
		return wrong_length(ai, len, at, err);
	for (size_t i = 0; i < len; i++) {
		char set = i < ai->numeric ? 'N' : ai->set;
		char shown[8];

		if (!in_set(set, value[i]))
			return fp_fail(err, FP_EINVAL, "position %zu: %s in the %s, expected %s", at + i,
			    device_udi_char(shown, value[i]), ai->title,
			    set == 'N' ? "a digit" : "a letter, digit or sign of the GS1 character set");
	}
	if (ai->check == UDI_SUM)
		return check_sum(ai, value, at, err);
	if (ai->check == UDI_DATE)
		return check_date(ai, value, at, err);
	if (ai->check == UDI_MODEL)
		return check_model(ai, value, len, at, err);
	return FP_OK;
}
