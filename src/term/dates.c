/* Days in running text, in every language: names of months and days of the week by ICU and by the language's file. */
#include <stdlib.h>
#include <string.h>

#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "term/term_int.h"

#define TOKENS_LOCAL 512u
#define WEEKDAY 100

/* A number or a word, with what stands before it. */
struct token {
	uint32_t from, to;
	uint64_t hash;
	uint32_t letters;
	int value; /* of a number of at most 4 digits; -1 */
	uint32_t digits;
	bool mixed; /* digits and letters in one word: "5ης", "550Dx" */
};

/* ---- names ---- */

static void
add_name(const struct term_base *t, struct term_months *m, const char *text, int value)
{
	struct term_word w[2];
	size_t n = term_words_of(t, text, strlen(text), w, 2);

	if (n == 0 || n > (value < WEEKDAY ? 2 : 1) || w[0].number ||
	    fp_grow(&m->names, &m->cap, m->n + 1, sizeof(*m->names)) != 0)
		return;
	m->names[m->n].hash = w[0].hash;
	m->names[m->n].second = n == 2 ? w[1].hash : 0;
	m->names[m->n++].value = (uint8_t)value;
}

static void
add_icu(
    const struct term_base *t, struct term_months *m, UDateFormat *f, UDateFormatSymbolType type, int first, int count, int value)
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
			add_name(t, m, text, value == WEEKDAY ? WEEKDAY + (i == 0 ? 7 : i) : value + i);
	}
}

static void
add_file(const struct term_base *t, struct term_months *m, const json_t *obj, int base)
{
	static const char *const days[] = { "", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
	const char *key;
	json_t *list;

	json_object_foreach((json_t *)obj, key, list)
	{
		int value = atoi(key);

		for (int d = 1; base == WEEKDAY && d <= 7; d++)
			if (strcmp(days[d], key) == 0)
				value = d;
		for (size_t i = 0; value >= 1 && value <= 12 && i < json_array_size(list); i++)
			if (json_is_string(json_array_get(list, i)))
				add_name(t, m, json_string_value(json_array_get(list, i)), base + value);
	}
}

/* Made on first use: opening ICU's calendar of 26 languages takes longer than reading a letter. */
static const struct term_months *
months_of(const struct term_base *t, size_t lang)
{
	struct term_months *m = &((struct term_base *)(uintptr_t)t)->months[lang];
	static const UDateFormatSymbolType months[] = { UDAT_MONTHS, UDAT_SHORT_MONTHS, UDAT_STANDALONE_MONTHS,
		UDAT_STANDALONE_SHORT_MONTHS };
	static const UDateFormatSymbolType days[] = { UDAT_WEEKDAYS, UDAT_STANDALONE_WEEKDAYS, UDAT_SHORT_WEEKDAYS };
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *f;

	if (m->ready)
		return m;
	m->ready = true;
	f = udat_open(UDAT_LONG, UDAT_LONG, t->langs[lang].tag, u"UTC", -1, NULL, 0, &status);
	if (U_SUCCESS(status)) {
		for (size_t i = 0; i < FP_COUNT(months); i++)
			add_icu(t, m, f, months[i], 0, 12, 1);
		for (size_t i = 0; i < FP_COUNT(days); i++)
			add_icu(t, m, f, days[i], 1, 7, WEEKDAY);
		udat_close(f);
	}
	add_file(t, m, t->month_words[lang], 0);
	add_file(t, m, t->weekday_words[lang], WEEKDAY);
	return m;
}

struct reader {
	const struct term_base *t;
	size_t first, last; /* languages */
	const char *text;
	size_t len;
	const struct token *k;
	size_t n;
};

/* Month 1-12, or 101-107 for a day of the week; 0: neither. words: of the name, 1 or 2. */
static int
name_at(const struct reader *r, const struct token *k, size_t *words)
{
	if (k->value >= 0 || k->letters < 2)
		return 0;
	for (size_t l = r->first; l < r->last; l++) {
		const struct term_months *m = months_of(r->t, l);

		for (size_t i = 0; i < m->n; i++) {
			if (m->names[i].hash != k->hash ||
			    (m->names[i].second != 0 && (k + 1 >= r->k + r->n || k[1].hash != m->names[i].second)))
				continue;
			*words = m->names[i].second != 0 ? 2 : 1;
			return m->names[i].value;
		}
	}
	return 0;
}

static int
name_of(const struct reader *r, const struct token *k)
{
	size_t words;

	return name_at(r, k, &words);
}

static int
month_at(const struct reader *r, size_t i)
{
	int v = i < r->n ? name_of(r, &r->k[i]) : 0;

	return v >= 1 && v <= 12 ? v : 0;
}

/* The token that ends the month's name. */
static size_t
month_end(const struct reader *r, size_t i)
{
	size_t words = 1;

	return name_at(r, &r->k[i], &words) != 0 ? i + words - 1 : i;
}

/* ---- tokens ---- */

static size_t
split(const struct term_base *t, const char *text, size_t len, struct token *out, size_t max)
{
	struct term_word w;
	size_t at = 0, n = 0;

	while (term_word_next(t, text, len, &at, &w, NULL, 0)) {
		struct token k = { .from = w.from, .to = w.to, .hash = w.hash, .letters = w.letters, .value = -1 };
		uint32_t i = w.from;
		int v = 0;

		while (i < w.to && text[i] >= '0' && text[i] <= '9' && k.digits < 5) {
			v = v * 10 + (text[i++] - '0');
			k.digits++;
		}
		/* "5ης", "5th", "1er": an ordinal; "550Dx": none. */
		k.mixed = k.digits > 0 && i < w.to;
		if (k.digits > 0 && k.digits <= 4 && (!k.mixed || (k.digits <= 2 && w.letters - k.digits <= 3)))
			k.value = v;
		if (n < max)
			out[n] = k;
		n++;
	}
	return n;
}

/* Between two neighbouring tokens stands nothing but the separator (and blanks). */
static bool
gap_is(const struct reader *r, size_t i, char sep)
{
	bool seen = false;

	for (uint32_t p = r->k[i].to; p < r->k[i + 1].from; p++) {
		if (r->text[p] == sep && !seen)
			seen = true;
		else if (r->text[p] != ' ')
			return false;
	}
	return seen;
}

/* The parts of a written day stand close: blanks, dots, commas, hyphens, an ordinal sign; no sentence ends between. */
static bool
close_by(const struct reader *r, size_t i)
{
	uint32_t from = r->k[i].to, to = r->k[i + 1].from;

	if (to - from > 6)
		return false;
	for (uint32_t p = from; p < to; p++)
		if (strchr(" .,-/\xc2\xba\xb0\xa0\xe2\x80\x99'", r->text[p]) == NULL)
			return false;
	return true;
}

static bool
is_day(const struct token *k)
{
	return k->value >= 1 && k->value <= 31 && k->digits <= 2;
}

static bool
is_year(const struct token *k)
{
	return k->digits == 4 && !k->mixed && k->value >= 1900 && k->value <= 2199;
}

/* Little words inside a day: "de", "den", "of", "gada", "m.", "ta'". */
static size_t
skip_little(const struct reader *r, size_t i)
{
	for (int n = 0; n < 1 && i + 1 < r->n; n++)
		if (r->k[i].value < 0 && r->k[i].letters <= 4 && !r->k[i].mixed && name_of(r, &r->k[i]) == 0 && close_by(r, i))
			i++;
	return i;
}

/* ---- the forms ---- */

struct found {
	size_t last; /* token */
	int year, month, day;
	bool both; /* day and month may change places */
};

/* A number before, joined by the same separator, or behind: then it is a version, a telephone number, a code. */
static bool
stands_alone(const struct reader *r, size_t i, size_t last, char sep)
{
	char before = r->k[i].from > 0 ? r->text[r->k[i].from - 1] : ' ',
	     behind = r->k[last].to < r->len ? r->text[r->k[last].to] : ' ';

	if (i > 0 && r->k[i - 1].digits > 0 && r->k[i - 1].to + 1 == r->k[i].from && before == sep)
		return false;
	if (last + 1 < r->n && behind == sep && r->k[last + 1].from == r->k[last].to + 1 && r->k[last + 1].digits > 0)
		return false;
	return strchr("-/.", before) == NULL || before == ' ';
}

static bool
numeric(const struct reader *r, size_t i, struct found *out)
{
	static const char seps[] = ".-/";

	if (i + 2 >= r->n || r->k[i].mixed || r->k[i + 1].mixed || r->k[i + 2].mixed || r->k[i].value < 0 ||
	    r->k[i + 1].value < 0 || r->k[i + 2].value < 0)
		return false;
	for (const char *s = seps; *s != '\0'; s++) {
		/* "05. 04 2023": the second separator may be a blank behind a dot. */
		bool first = gap_is(r, i, *s),
		     second = gap_is(r, i + 1, *s) ||
			      (*s == '.' && r->k[i + 2].from == r->k[i + 1].to + 1 && r->text[r->k[i + 1].to] == ' ');
		int a = r->k[i].value, b = r->k[i + 1].value, c = r->k[i + 2].value;

		if (!first || !second || !stands_alone(r, i, i + 2, *s))
			continue;
		if (is_year(&r->k[i]) && r->k[i + 1].digits <= 2 && r->k[i + 2].digits <= 2) {
			*out = (struct found){ .last = i + 2, .year = a, .month = b, .day = c };
			return true;
		}
		if (is_year(&r->k[i + 2]) && r->k[i].digits <= 2 && r->k[i + 1].digits <= 2) {
			*out = (struct found){
				.last = i + 2, .year = c, .month = b, .day = a, .both = *s == '/' && a <= 12 && b <= 12 && a != b
			};
			if (*s == '/' && b > 12 && a <= 12)
				*out = (struct found){ .last = i + 2, .year = c, .month = a, .day = b };
			return true;
		}
	}
	return false;
}

/* "8. maj 2024", "5 de abril de 2023", "05-ABR-2023", "5ης Απριλίου 2023", "2023. gada ..." without its year. */
static bool
day_month(const struct reader *r, size_t i, struct found *out)
{
	size_t k, month;

	if (!is_day(&r->k[i]) || i + 1 >= r->n || !close_by(r, i))
		return false;
	k = month_at(r, i + 1) != 0 ? i + 1 : skip_little(r, i + 1);
	month = k;
	if (month_at(r, month) == 0)
		return false;
	*out = (struct found){ .month = month_at(r, month), .day = r->k[i].value };
	month = month_end(r, month);
	out->last = month;
	if (month + 1 >= r->n || !close_by(r, month))
		return true;
	k = is_year(&r->k[month + 1]) ? month + 1 : skip_little(r, month + 1);
	if (k < r->n && is_year(&r->k[k])) {
		out->year = r->k[k].value;
		out->last = k;
	}
	return true;
}

static bool
month_day(const struct reader *r, size_t i, struct found *out)
{
	int month = month_at(r, i);

	i = month != 0 ? month_end(r, i) : i;
	if (month == 0 || i + 1 >= r->n || !close_by(r, i) || !is_day(&r->k[i + 1]))
		return false;
	*out = (struct found){ .last = i + 1, .month = month, .day = r->k[i + 1].value };
	if (i + 2 < r->n && close_by(r, i + 1) && is_year(&r->k[i + 2])) {
		out->year = r->k[i + 2].value;
		out->last = i + 2;
	}
	return true;
}

/* "2023. április 5.", "2023 m. balandžio 5 d.", "2023. gada 5. aprīlis" */
static bool
year_first(const struct reader *r, size_t i, struct found *out)
{
	size_t k = i + 1;
	int year;

	if (!is_year(&r->k[i]) || k >= r->n || !close_by(r, i))
		return false;
	year = r->k[i].value;
	k = month_at(r, k) != 0 || is_day(&r->k[k]) ? k : skip_little(r, k);
	if (k >= r->n || !(month_day(r, k, out) || day_month(r, k, out)) || out->year != 0)
		return false;
	out->year = year;
	return true;
}

/* Two letters ("po", "so", "ne") are words of their own as well: they name a day only before a point or comma. */
static int
weekday_at(const struct reader *r, size_t i)
{
	int v = name_of(r, &r->k[i]);
	char behind = r->k[i].to < r->len ? r->text[r->k[i].to] : ' ';

	return v > WEEKDAY && (r->k[i].letters > 2 || behind == '.' || behind == ',') ? v - WEEKDAY : 0;
}

static int
weekday_before(const struct reader *r, size_t i)
{
	for (size_t n = 1; n <= 2 && n <= i; n++) {
		int v = weekday_at(r, i - n);

		if (!close_by(r, i - n))
			return 0;
		if (v != 0)
			return v;
		if (r->k[i - n].letters > 4)
			return 0;
	}
	return 0;
}

/* "2024. augusztus 23., péntek", "2025 m. balandžio 7 d., pirmadienis": written out, not short. */
static int
weekday_behind(const struct reader *r, size_t last)
{
	for (size_t i = last + 1; i < r->n && i <= last + 2 && close_by(r, i - 1); i++) {
		int v = r->k[i].letters >= 5 ? weekday_at(r, i) : 0;

		if (v != 0 || r->k[i].letters > 2)
			return v;
	}
	return 0;
}

static struct term_date
make(const struct reader *r, size_t i, const struct found *f)
{
	struct term_date d = { .from = r->k[i].from, .to = r->k[f->last].to, .weekday = weekday_before(r, i) };
	struct fp_date date = { .year = f->year, .month = f->month, .day = f->day };

	if (d.weekday == 0)
		d.weekday = weekday_behind(r, f->last);
	if (fp_date_valid(date))
		d.date = date;
	if (f->both) {
		struct fp_date other = { .year = f->year, .month = f->day, .day = f->month };

		if (fp_date_valid(other))
			d.other = other;
	}
	d.weekday_wrong = d.weekday != 0 && d.date.year != 0 && fp_date_weekday(d.date) != d.weekday;
	return d;
}

static bool
any_digit(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] >= '0' && text[i] <= '9')
			return true;
	return false;
}

size_t
term_dates(
    const struct term_base *t, const struct term_lang *lang, const char *text, size_t len, struct term_date *out, size_t max)
{
	struct token local[TOKENS_LOCAL];
	FP_AUTO(fp_freep) struct token *more = NULL;
	struct reader r = { .t = t,
		.first = lang != NULL ? (size_t)(lang - t->langs) : 0,
		.last = lang != NULL ? (size_t)(lang - t->langs) + 1 : t->n_langs,
		.text = text,
		.len = len,
		.k = local };
	size_t n = 0;

	if (!any_digit(text, len))
		return 0;
	r.n = split(t, text, len, local, TOKENS_LOCAL);
	if (r.n > TOKENS_LOCAL) {
		more = fp_calloc(r.n, sizeof(*more));
		r.n = more != NULL ? split(t, text, len, more, r.n) : TOKENS_LOCAL;
		r.k = more != NULL ? more : local;
	}
	for (size_t i = 0; i < r.n; i++) {
		struct found f;
		bool is = numeric(&r, i, &f) || year_first(&r, i, &f) || day_month(&r, i, &f) || month_day(&r, i, &f);

		/* A day without its year is none that a machine could keep. */
		if (!is || f.year == 0)
			continue;
		if (n < max)
			out[n] = make(&r, i, &f);
		n++;
		i = f.last;
	}
	return n;
}
