/* The names of months and weekdays in every spelling that ICU knows, made once per language. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "i18n/internal.h"

struct names {
	struct i18n_name *items;
	size_t n;
	size_t cap;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct names all[I18N_LANGUAGES_MAX];

/* The long form alone stands first: i18n_month_name and i18n_weekday_name take the first one. */
static const struct source {
	UDateFormatSymbolType type;
	enum i18n_name_kind kind;
} sources[] = {
	{ UDAT_STANDALONE_MONTHS, I18N_MONTH },
	{ UDAT_MONTHS, I18N_MONTH },
	{ UDAT_SHORT_MONTHS, I18N_MONTH },
	{ UDAT_STANDALONE_SHORT_MONTHS, I18N_MONTH },
	{ UDAT_STANDALONE_WEEKDAYS, I18N_WEEKDAY },
	{ UDAT_WEEKDAYS, I18N_WEEKDAY },
	{ UDAT_SHORT_WEEKDAYS, I18N_WEEKDAY },
	{ UDAT_STANDALONE_SHORT_WEEKDAYS, I18N_WEEKDAY },
};

/* ICU counts weekdays from 1 Sunday with an empty place 0, months from 0. */
static int
value_of(enum i18n_name_kind kind, int32_t i)
{
	return kind == I18N_MONTH ? (int)i + 1 : i == 1 ? 7 : (int)i - 1;
}

/* Nothing is added for an empty or overlong name; false when out of memory. */
static bool
add_name(struct names *to, enum i18n_name_kind kind, int value, const UChar *text)
{
	struct i18n_name name = { .kind = kind, .value = value };
	FP_AUTO(fp_buf_free) struct fp_buf folded = { .max = sizeof(name.folded) - 1 };
	UErrorCode e = U_ZERO_ERROR;

	u_strToUTF8(name.text, (int32_t)sizeof(name.text), NULL, text, -1, &e);
	if (e != U_ZERO_ERROR || name.text[0] == '\0')
		return true;
	fp_utf8_fold(&folded, name.text);
	if (folded.failed == FP_ENOMEM)
		return false;
	if (folded.failed != FP_OK || folded.len == 0)
		return true;
	memcpy(name.folded, folded.data, folded.len + 1);
	if (fp_grow(&to->items, &to->cap, to->n + 1, sizeof(name)) != 0)
		return false;
	to->items[to->n++] = name;
	return true;
}

static bool
add_source(struct names *to, const UDateFormat *format, const struct source *source)
{
	int32_t count = udat_countSymbols(format, source->type);

	for (int32_t i = source->kind == I18N_WEEKDAY ? 1 : 0; i < count; i++) {
		UChar text[64];
		UErrorCode e = U_ZERO_ERROR;

		udat_getSymbols(format, source->type, i, text, (int32_t)FP_COUNT(text), &e);
		if (e == U_ZERO_ERROR && !add_name(to, source->kind, value_of(source->kind, i), text))
			return false;
	}
	return true;
}

/* All or nothing: a list that memory cut short would turn a good date into a bad one later. */
static void
make_names(struct names *to, const char *locale)
{
	UErrorCode e = U_ZERO_ERROR;
	UDateFormat *format = udat_open(UDAT_LONG, UDAT_LONG, locale, NULL, 0, NULL, 0, &e);
	bool ok = U_SUCCESS(e);

	for (size_t i = 0; ok && i < FP_COUNT(sources); i++)
		ok = add_source(to, format, &sources[i]);
	udat_close(format);
	if (!ok) {
		free(to->items);
		*to = (struct names){ .n = 0 };
	}
}

const struct i18n_name *
i18n_names(const struct i18n *lang, size_t *n)
{
	struct names *of = &all[i18n_index(lang)];

	(void)pthread_mutex_lock(&lock);
	if (of->n == 0)
		make_names(of, i18n_locale(lang));
	(void)pthread_mutex_unlock(&lock);
	*n = of->n;
	return of->items;
}

static const char *
first_name(const struct i18n *lang, enum i18n_name_kind kind, int value)
{
	size_t n;
	const struct i18n_name *names = i18n_names(lang, &n);

	for (size_t i = 0; i < n; i++)
		if (names[i].kind == kind && names[i].value == value)
			return names[i].text;
	return "";
}

const char *
i18n_month_name(const struct i18n *lang, int month)
{
	return first_name(lang, I18N_MONTH, month);
}

const char *
i18n_weekday_name(const struct i18n *lang, int weekday)
{
	return first_name(lang, I18N_WEEKDAY, weekday);
}
