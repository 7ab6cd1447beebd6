/* Dates, times, numbers and lists by ICU. Formatters are costly to make and not thread-safe: they are kept, under one lock. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ulistformatter.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "i18n/internal.h"

#define DAY_MS 86400000.0
#define TEXT_MAX 256
#define ZONE_MAX 64
#define KEPT_MAX 64
/* 15 October 1582: before it ICU counts in the Julian calendar, fp_date does not. */
#define GREGORIAN_FROM (-141427)

struct kept_date {
	UDateFormat *format;
	size_t lang;
	bool with_time;
	enum i18n_style style;
	char zone[ZONE_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_date kept[KEPT_MAX];
static size_t next_kept;
static UNumberFormat *numbers[I18N_LANGUAGES_MAX];

static const char *const skeletons[][2] = {
	[I18N_NUMERIC] = { "yMMdd", "yMMddHmz" },
	[I18N_MEDIUM] = { "yMMMd", "yMMMdHmz" },
	[I18N_LONG] = { "yMMMMd", "yMMMMdHmsz" },
	[I18N_FULL] = { "yMMMMEEEEd", "yMMMMEEEEdHmsz" },
};

/* Append ICU's text; false (and nothing appended) when it does not fit. */
static bool
put_uchars(struct fp_buf *out, const UChar *s, int32_t n)
{
	char utf8[TEXT_MAX * 3];
	int32_t len = 0;
	UErrorCode e = U_ZERO_ERROR;

	u_strToUTF8(utf8, (int32_t)sizeof(utf8), &len, s, n, &e);
	if (U_FAILURE(e) || len > (int32_t)sizeof(utf8))
		return false;
	fp_buf_add(out, utf8, (size_t)len);
	return true;
}

/* A short ASCII text as UTF-16; empty when it is too long or not ASCII. */
static const UChar *
ascii(UChar out[ZONE_MAX], const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0' && n + 1 < ZONE_MAX && (unsigned char)s[n] < 0x80; n++)
		out[n] = (UChar)s[n];
	out[s[n] == '\0' ? n : 0] = 0;
	return out;
}

static bool
zone_known_locked(const char *zone)
{
	UChar id[ZONE_MAX], canonical[ZONE_MAX];
	UBool system_id = 0;
	UErrorCode e = U_ZERO_ERROR;

	if (zone == NULL || ascii(id, zone)[0] == 0)
		return false;
	(void)ucal_getCanonicalTimeZoneID(id, -1, canonical, ZONE_MAX, &system_id, &e);
	return U_SUCCESS(e) && system_id;
}

bool
i18n_zone_known(const char *zone)
{
	return zone_known_locked(zone);
}

static UDateFormat *
make_date_format(const char *locale, bool with_time, enum i18n_style style, const char *zone)
{
	UChar skeleton[ZONE_MAX], pattern[TEXT_MAX], id[ZONE_MAX];
	UErrorCode e = U_ZERO_ERROR;
	UDateTimePatternGenerator *maker = udatpg_open(locale, &e);
	UDateFormat *format = NULL;
	int32_t n;

	if (U_FAILURE(e))
		return NULL;
	n = udatpg_getBestPattern(maker, ascii(skeleton, skeletons[style][with_time]), -1, pattern, TEXT_MAX, &e);
	if (U_SUCCESS(e))
		format = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, ascii(id, zone), -1, pattern, n, &e);
	udatpg_close(maker);
	return U_SUCCESS(e) ? format : NULL;
}

static bool
is_kept(const struct kept_date *k, size_t lang, bool with_time, enum i18n_style style, const char *zone)
{
	return k->format != NULL && k->lang == lang && k->with_time == with_time && k->style == style &&
	       strcmp(k->zone, zone) == 0;
}

/* With the lock held. The oldest goes when all places are taken. */
static UDateFormat *
date_format(const struct i18n *lang, bool with_time, enum i18n_style style, const char *zone)
{
	struct kept_date *k;
	UDateFormat *format;

	for (size_t i = 0; i < KEPT_MAX; i++)
		if (is_kept(&kept[i], i18n_index(lang), with_time, style, zone))
			return kept[i].format;
	format = make_date_format(i18n_locale(lang), with_time, style, zone);
	if (format == NULL)
		return NULL;
	k = &kept[next_kept++ % KEPT_MAX];
	if (k->format != NULL)
		udat_close(k->format);
	*k = (struct kept_date){ .format = format, .lang = i18n_index(lang), .with_time = with_time, .style = style };
	(void)snprintf(k->zone, sizeof(k->zone), "%s", zone);
	return format;
}

static bool
put_date(struct fp_buf *out, const struct i18n *lang, bool with_time, enum i18n_style style, const char *zone, double ms)
{
	UChar text[TEXT_MAX];
	UErrorCode e = U_ZERO_ERROR;
	UDateFormat *format;
	int32_t n = 0;
	bool ok = false;

	(void)pthread_mutex_lock(&lock);
	format = date_format(lang, with_time, style, zone);
	if (format != NULL) {
		n = udat_format(format, ms, text, TEXT_MAX, NULL, &e);
		ok = U_SUCCESS(e) && n <= TEXT_MAX;
	}
	(void)pthread_mutex_unlock(&lock);
	return ok && put_uchars(out, text, n);
}

void
i18n_date(struct fp_buf *out, const struct i18n *lang, struct fp_date date, enum i18n_style style)
{
	char iso[FP_DATE_MAX];
	int64_t days;

	if (!fp_date_valid(date))
		return;
	days = fp_date_days(date);
	if (days < GREGORIAN_FROM || !put_date(out, lang, false, style, "UTC", (double)days * DAY_MS))
		fp_buf_puts(out, fp_date_text(iso, date));
}

void
i18n_time(struct fp_buf *out, const struct i18n *lang, fp_time t, const char *zone, enum i18n_style style)
{
	char iso[FP_TIME_MAX];
	const char *where = i18n_zone_known(zone) ? zone : "UTC";

	if (t < (fp_time)(GREGORIAN_FROM * DAY_MS) || !put_date(out, lang, true, style, where, (double)t))
		fp_buf_puts(out, fp_time_text(iso, t));
}

/* With the lock held. */
static UNumberFormat *
number_format(const struct i18n *lang)
{
	UNumberFormat **f = &numbers[i18n_index(lang)];
	UErrorCode e = U_ZERO_ERROR;

	if (*f == NULL)
		*f = unum_open(UNUM_DECIMAL, NULL, 0, i18n_locale(lang), NULL, &e);
	return U_SUCCESS(e) ? *f : NULL;
}

void
i18n_number(struct fp_buf *out, const struct i18n *lang, int64_t n)
{
	UChar text[TEXT_MAX];
	UErrorCode e = U_ZERO_ERROR;
	UNumberFormat *format;
	int32_t len = -1;

	if (n >= 0 && n < 1000) { /* the same in every language that we write */
		fp_buf_printf(out, "%d", (int)n);
		return;
	}
	(void)pthread_mutex_lock(&lock);
	format = number_format(lang);
	if (format != NULL) {
		unum_setAttribute(format, UNUM_FRACTION_DIGITS, 0);
		len = unum_formatInt64(format, n, text, TEXT_MAX, NULL, &e);
	}
	(void)pthread_mutex_unlock(&lock);
	if (len < 0 || U_FAILURE(e) || !put_uchars(out, text, len))
		fp_buf_printf(out, "%lld", (long long)n);
}

static void
put_double(struct fp_buf *out, const struct i18n *lang, double v, int decimals, bool percent)
{
	UNumberFormatStyle style = percent ? UNUM_PERCENT : UNUM_DECIMAL;
	UChar text[TEXT_MAX];
	UErrorCode e = U_ZERO_ERROR;
	UNumberFormat *format = unum_open(style, NULL, 0, i18n_locale(lang), NULL, &e);
	int32_t n = 0;
	int digits = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;

	if (U_SUCCESS(e)) {
		unum_setAttribute(format, UNUM_FRACTION_DIGITS, digits);
		/* 12,5 and 13,5 go up, as people do by hand; ICU's own way is to the even neighbour. */
		unum_setAttribute(format, UNUM_ROUNDING_MODE, UNUM_ROUND_HALFUP);
		n = unum_formatDouble(format, v, text, TEXT_MAX, NULL, &e);
	}
	if (U_FAILURE(e) || !put_uchars(out, text, n))
		fp_buf_printf(out, percent ? "%.*f %%" : "%.*f", digits, percent ? v * 100 : v);
	unum_close(format);
}

void
i18n_decimal(struct fp_buf *out, const struct i18n *lang, double v, int decimals)
{
	put_double(out, lang, v, decimals, false);
}

void
i18n_percent(struct fp_buf *out, const struct i18n *lang, double ratio, int decimals)
{
	put_double(out, lang, ratio, decimals, true);
}

/* "a, b und c": ICU gets placeholders of one private character each, so that items of any length and content fit. */
#define PRIVATE_FIRST 0xE000
#define ITEMS_MAX 64

static int32_t
join_pattern(UChar out[TEXT_MAX], const struct i18n *lang, size_t n)
{
	UChar marks[ITEMS_MAX];
	const UChar *strings[ITEMS_MAX];
	int32_t lengths[ITEMS_MAX], len = 0;
	UErrorCode e = U_ZERO_ERROR;
	UListFormatter *f = ulistfmt_open(i18n_locale(lang), &e);

	for (size_t i = 0; i < n; i++) {
		marks[i] = (UChar)(PRIVATE_FIRST + i);
		strings[i] = &marks[i];
		lengths[i] = 1;
	}
	if (U_SUCCESS(e))
		len = ulistfmt_format(f, strings, lengths, (int32_t)n, out, TEXT_MAX, &e);
	ulistfmt_close(f);
	return U_SUCCESS(e) && len <= TEXT_MAX ? len : 0;
}

static void
join_plain(struct fp_buf *out, const char *const *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fp_buf_puts(out, i ? ", " : "");
		fp_buf_puts(out, items[i]);
	}
}

void
i18n_join(struct fp_buf *out, const struct i18n *lang, const char *const *items, size_t n)
{
	UChar pattern[TEXT_MAX];
	int32_t len = n >= 2 && n <= ITEMS_MAX ? join_pattern(pattern, lang, n) : 0;

	if (len == 0)
		join_plain(out, items, n);
	for (int32_t i = 0; i < len; i++) {
		if (pattern[i] >= PRIVATE_FIRST && pattern[i] < PRIVATE_FIRST + ITEMS_MAX)
			fp_buf_puts(out, items[pattern[i] - PRIVATE_FIRST]);
		else
			(void)put_uchars(out, &pattern[i], 1);
	}
}

void
i18n_display_name(char *out, size_t size, const char *tag)
{
	UChar name[64];
	UErrorCode e = U_ZERO_ERROR;
	FP_AUTO(fp_buf_free) struct fp_buf own = { .max = size - 1 };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = size - 1 };
	int32_t n = uloc_getDisplayName(tag, tag, name, (int32_t)FP_COUNT(name), &e);

	if (U_SUCCESS(e) && n > 0 && put_uchars(&own, name, n) && own.len > 0) {
		const char *rest = own.data, *end = own.data + own.len;
		uint32_t first = fp_utf8_next(&rest, end);

		fp_utf8_put(&b, (uint32_t)u_totitle((UChar32)first));
		fp_buf_add(&b, rest, (size_t)(end - rest));
	}
	if (b.failed != FP_OK || b.len == 0) {
		fp_buf_clear(&b);
		fp_buf_puts(&b, tag);
	}
	(void)snprintf(out, size, "%s", b.data ? b.data : "");
}
