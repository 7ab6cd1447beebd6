/* Names of months and of days of the week: those of the language's file, and ICU's. */
#include <string.h>

#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "term/dates_int.h"

bool
term_name_add(const struct term_base *t, struct term_names *m, const char *text, int value)
{
	struct term_word w[2];
	size_t n = term_words_of(t, text, strlen(text), w, 2);
	uint64_t bit;

	/* A weekday of two words is known by the one that the file gives: "segunda-feira" is no common noun, "feira" is. */
	if (n == 0 || n > (value < TERM_WEEKDAY ? 2 : 1) || w[0].number)
		return true;
	if (fp_grow(&m->name, &m->cap, m->n + 1, sizeof(*m->name)) != 0)
		return false;
	bit = term_sieve_index(w[0].hash, TERM_NAMES_BITS);
	m->sieve[bit / 64] |= UINT64_C(1) << (bit % 64);
	m->name[m->n++] = (struct term_name){ .hash = w[0].hash, .second = n == 2 ? w[1].hash : 0, .value = (uint8_t)value };
	return true;
}

static void
add_icu(
    const struct term_base *t, struct term_names *m, UDateFormat *f, UDateFormatSymbolType type, int first, int count, int value)
{
	for (int i = 0; i < count; i++) {
		UErrorCode status = U_ZERO_ERROR;
		UChar wide[64];
		char text[200];
		int32_t n = udat_getSymbols(f, type, first + i, wide, 64, &status);

		if (U_FAILURE(status) || n <= 0)
			continue;
		u_strToUTF8(text, sizeof(text), NULL, wide, n, &status);
		/* ICU counts days of the week from Sunday = 1. */
		if (U_SUCCESS(status))
			(void)term_name_add(t, m, text, value == TERM_WEEKDAY ? TERM_WEEKDAY + (i == 0 ? 7 : i) : value + i);
	}
}

/* Made on first use: opening ICU's calendar of 26 languages takes longer than reading a letter. */
static const struct term_names *
names_of(const struct term_base *t, size_t lang)
{
	static const UDateFormatSymbolType months[] = { UDAT_MONTHS, UDAT_SHORT_MONTHS, UDAT_STANDALONE_MONTHS,
		UDAT_STANDALONE_SHORT_MONTHS };
	static const UDateFormatSymbolType days[] = { UDAT_WEEKDAYS, UDAT_STANDALONE_WEEKDAYS, UDAT_SHORT_WEEKDAYS };
	struct term_names *m = &((struct term_base *)(uintptr_t)t)->names[lang];
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *f;

	if (m->ready)
		return m;
	m->ready = true;
	f = udat_open(UDAT_LONG, UDAT_LONG, t->langs[lang].tag, u"UTC", -1, NULL, 0, &status);
	if (U_FAILURE(status))
		return m;
	for (size_t i = 0; i < FP_COUNT(months); i++)
		add_icu(t, m, f, months[i], 0, 12, 1);
	for (size_t i = 0; i < FP_COUNT(days); i++)
		add_icu(t, m, f, days[i], 1, 7, TERM_WEEKDAY);
	udat_close(f);
	return m;
}

static int
name_in(const struct dates *r, const struct term_names *m, size_t i, size_t *words)
{
	const struct dates_token *k = &r->k[i];
	uint64_t bit = term_sieve_index(k->hash, TERM_NAMES_BITS);

	if ((m->sieve[bit / 64] >> (bit % 64) & 1) == 0)
		return 0;
	for (size_t x = 0; x < m->n; x++) {
		const struct term_name *name = &m->name[x];

		if (name->hash != k->hash || (name->second != 0 && (i + 1 >= r->n || k[1].hash != name->second)))
			continue;
		*words = name->second != 0 ? 2 : 1;
		return name->value;
	}
	return 0;
}

int
dates_name(const struct dates *r, size_t i, size_t *words)
{
	*words = 1;
	if (i >= r->n || r->k[i].value >= 0 || r->k[i].letters < 2)
		return 0;
	for (size_t l = r->first; l < r->last; l++) {
		int v = name_in(r, names_of(r->t, l), i, words);

		if (v != 0)
			return v;
	}
	return 0;
}
