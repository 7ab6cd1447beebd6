/* Days as people type them: cut into numbers and words, words named, then the order decided. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "i18n/internal.h"

#define TYPED_MAX 80 /* bytes of a date that a person types */
#define NUMBERS_MAX 3
#define YEAR_FIRST 1900
#define YEAR_LAST 2199

struct typed {
	const struct i18n *lang;
	const char *text; /* for messages */
	struct {
		int value;
		int digits;
	} numbers[NUMBERS_MAX];
	size_t n_numbers;
	int month;   /* by name; 0 none */
	int weekday; /* ISO; 0 none */
	bool dots;   /* between numbers: day first everywhere */
	bool hyphens;
};

/* Words inside dates that carry nothing: "5 de abril de 2023", "onsdag den 5. april", "5th of April", "1er". */
static const char *const fillers[] = { "de", "del", "den", "der", "d", "of", "the", "il", "el", "am", "st", "nd", "rd", "th", "o",
	"º", "г", "r" };

static bool
is_filler(const char *word)
{
	for (size_t i = 0; i < FP_COUNT(fillers); i++)
		if (strcmp(fillers[i], word) == 0)
			return true;
	return false;
}

/* Spelt exactly, or the beginning (four letters or more) of the name: "sept". */
static bool
is_spelling(const char *word, const struct i18n_name *name, bool exact)
{
	size_t n = strlen(word);

	if (exact)
		return strcmp(word, name->folded) == 0;
	return n >= 4 && strncmp(word, name->folded, n) == 0;
}

enum found { NOT_FOUND, FOUND, TWO_MEANINGS, NO_NAMES };

/* The meaning of word in one language into *name, which may hold the same meaning from another language already. */
static enum found
look_up(const struct i18n *lang, enum i18n_name_kind kind, bool exact, const char *word, const struct i18n_name **name)
{
	size_t n;
	const struct i18n_name *names = i18n_names(lang, &n);

	if (n == 0)
		return NO_NAMES;
	for (size_t i = 0; i < n; i++) {
		if (names[i].kind != kind || !is_spelling(word, &names[i], exact))
			continue;
		if (*name != NULL && (*name)->value != names[i].value)
			return TWO_MEANINGS;
		*name = &names[i];
	}
	return *name != NULL ? FOUND : NOT_FOUND;
}

/* The writer's language first; then all of them together, which must agree ("listopad" is October here and November there). */
static enum found
look_up_all(const struct i18n *lang, enum i18n_name_kind kind, bool exact, const char *word, const struct i18n_name **name)
{
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);
	enum found found = lang != NULL ? look_up(lang, kind, exact, word, name) : NOT_FOUND;

	for (size_t i = 0; i < n && found == NOT_FOUND; i++) {
		const struct i18n_name *same = NULL;

		found = look_up(all[i], kind, exact, word, &same);
		if (found == FOUND && *name != NULL && (*name)->value != same->value)
			return TWO_MEANINGS;
		if (found == FOUND) {
			*name = same;
			found = NOT_FOUND; /* go on: the others must agree */
		}
	}
	return found == NOT_FOUND && *name != NULL ? FOUND : found;
}

/* Whole names before beginnings; months before weekdays: "mar" is both in Italian and Spanish. */
static enum found
meaning(const struct i18n *lang, const char *word, const struct i18n_name **name)
{
	static const struct {
		bool exact;
		enum i18n_name_kind kind;
	} order[] = { { true, I18N_MONTH }, { true, I18N_WEEKDAY }, { false, I18N_MONTH }, { false, I18N_WEEKDAY } };
	enum found found = NOT_FOUND;

	*name = NULL;
	for (size_t i = 0; i < FP_COUNT(order) && found == NOT_FOUND; i++)
		found = look_up_all(lang, order[i].kind, order[i].exact, word, name);
	return found;
}

static enum fp_status
take_word(struct typed *t, const char *word, size_t len, struct fp_err *err)
{
	char copy[TYPED_MAX + 1];
	FP_AUTO(fp_buf_free) struct fp_buf folded = { .max = 4 * (size_t)TYPED_MAX };
	const struct i18n_name *name;
	enum found found;

	memcpy(copy, word, len);
	copy[len] = '\0';
	fp_utf8_fold(&folded, copy);
	if (fp_buf_check(&folded, "a date", err) != FP_OK)
		return folded.failed;
	if (folded.len == 0 || is_filler(folded.data))
		return FP_OK;
	found = meaning(t->lang, folded.data, &name);
	if (found == NO_NAMES)
		return fp_fail(err, FP_ENOMEM, "out of memory for the names of months");
	if (found != FOUND)
		return fp_fail(
		    err, FP_EINVAL, "not a date: '%s': the word '%s' is no month; write it as 2023-04-05", t->text, copy);
	if (name->kind == I18N_MONTH ? t->month != 0 : t->weekday != 0)
		return fp_fail(err, FP_EINVAL, "not a date: '%s' names two months or two weekdays", t->text);
	*(name->kind == I18N_MONTH ? &t->month : &t->weekday) = name->value;
	return FP_OK;
}

static enum fp_status
take_number(struct typed *t, const char *digits, size_t len, struct fp_err *err)
{
	int v = 0;

	if (t->n_numbers == NUMBERS_MAX || len > 8)
		return fp_fail(
		    err, FP_EINVAL, "not a date: '%s' has too many numbers or digits; write it as 2023-04-05", t->text);
	for (size_t i = 0; i < len; i++)
		v = v * 10 + (digits[i] - '0');
	t->numbers[t->n_numbers].value = v;
	t->numbers[t->n_numbers++].digits = (int)len;
	return FP_OK;
}

/* Separators: white space of any kind, and . , - / (the dashes that word processors make too). False for anything else. */
static bool
take_separator(struct typed *t, uint32_t c)
{
	bool between = t->n_numbers > 0 && t->n_numbers < NUMBERS_MAX;

	if (c == '.')
		t->dots = t->dots || between;
	else if (c == '-' || (c >= 0x2010 && c <= 0x2015))
		t->hyphens = t->hyphens || between;
	else
		return c == ' ' || c == '\t' || c == ',' || c == '/' || c == '\'' || c == 0xA0 || c == 0x202F || c == 0x2009;
	return true;
}

static bool
is_letter(uint32_t c)
{
	return (c | 0x20) - 'a' < 26 || (c >= 0xAA && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F));
}

static enum fp_status
cut(struct typed *t, struct fp_err *err)
{
	const char *p = t->text, *end = p + strlen(p);

	while (p < end) {
		const char *start = p, *next = p;
		enum fp_status st = FP_OK;
		uint32_t c = fp_utf8_next(&next, end);

		if (c >= '0' && c <= '9') {
			p += strspn(p, "0123456789");
			st = take_number(t, start, (size_t)(p - start), err);
		} else if (is_letter(c) && c != FP_UTF8_BAD) {
			do
				p = next;
			while (p < end && (c = fp_utf8_next(&next, end)) != FP_UTF8_BAD && is_letter(c));
			st = take_word(t, start, (size_t)(p - start), err);
		} else {
			if (!take_separator(t, c))
				return fp_fail(err, FP_EINVAL, "not a date: '%s'; write it as 2023-04-05", t->text);
			p = next;
		}
		if (st != FP_OK)
			return st;
	}
	return FP_OK;
}

/* Four digits, or two for this century. 0 when the number is no year. */
static int
year_of(const struct typed *t, size_t i)
{
	int v = t->numbers[i].value;

	if (t->numbers[i].digits == 2)
		v += 2000;
	else if (t->numbers[i].digits != 4)
		return 0;
	return v >= YEAR_FIRST && v <= YEAR_LAST ? v : 0;
}

static bool
is_long_year(const struct typed *t, size_t i)
{
	return t->numbers[i].digits == 4;
}

/* Fill the readings that the numbers allow, valid or not; false when their number or shape is no date at all. */
static bool
arrange(const struct typed *t, struct fp_date *first, struct fp_date *month_first)
{
	int a = t->numbers[0].value, b = t->numbers[1].value;

	if (t->n_numbers == 1 && t->month == 0 && t->numbers[0].digits == 8) {
		*first = (struct fp_date){ a / 10000, a / 100 % 100, a % 100 };
		return true;
	}
	if (t->n_numbers == 2 && t->month != 0) {
		bool year_leads = is_long_year(t, 0);

		*first = (struct fp_date){ year_of(t, year_leads ? 0 : 1), t->month, year_leads ? b : a };
		return t->numbers[year_leads ? 1 : 0].digits <= 2;
	}
	if (t->n_numbers != 3 || t->month != 0)
		return false;
	if (is_long_year(t, 0)) {
		*first = (struct fp_date){ year_of(t, 0), b, t->numbers[2].value };
		return t->numbers[1].digits <= 2 && t->numbers[2].digits <= 2;
	}
	/* 23-04-05 has its year at either end. */
	if (t->hyphens && !is_long_year(t, 2))
		return false;
	*first = (struct fp_date){ year_of(t, 2), b, a };
	if (!t->dots)
		*month_first = (struct fp_date){ year_of(t, 2), a, b };
	return t->numbers[0].digits <= 2 && t->numbers[1].digits <= 2;
}

/* A weekday that was written decides between readings and refutes a wrong one. */
static bool
holds(const struct typed *t, struct fp_date d)
{
	return fp_date_valid(d) && d.year >= YEAR_FIRST && d.year <= YEAR_LAST &&
	       (t->weekday == 0 || t->weekday == fp_date_weekday(d));
}

static enum fp_status
no_such_day(const struct typed *t, struct fp_date d, struct fp_err *err)
{
	char iso[FP_DATE_MAX];

	if (d.year == 0)
		return fp_fail(err, FP_EINVAL, "not a date: '%s': the year must be %d to %d, with four digits", t->text,
		    YEAR_FIRST, YEAR_LAST);
	if (fp_date_valid(d) && t->weekday != 0)
		return fp_fail(err, FP_EINVAL, "not a date: '%s': %s is a %s, not a %s", t->text, fp_date_text(iso, d),
		    i18n_weekday_name(NULL, fp_date_weekday(d)), i18n_weekday_name(NULL, t->weekday));
	return fp_fail(err, FP_EINVAL, "not a date: '%s': the calendar has no such day", t->text);
}

static enum fp_status
decide(struct fp_date *out, struct fp_date *other, const struct typed *t, struct fp_err *err)
{
	struct fp_date first = { 0, 0, 0 }, second = { 0, 0, 0 };
	char x[FP_DATE_MAX], y[FP_DATE_MAX];

	if (!arrange(t, &first, &second))
		return fp_fail(err, FP_EINVAL, "not a date: '%s'; write it as 2023-04-05", t->text);
	if (!holds(t, first) && !holds(t, second))
		return no_such_day(t, first, err);
	*out = holds(t, first) ? first : second;
	if (!holds(t, first) || !holds(t, second) || fp_date_compare(first, second) == 0)
		return FP_OK;
	/* Every language but English writes the day first. */
	if (t->lang != NULL && i18n_index(t->lang) != 0)
		return FP_OK;
	*other = second;
	return fp_fail(err, FP_ECONFLICT, "'%s' can be %s or %s; write the one that is meant", t->text, fp_date_text(x, first),
	    fp_date_text(y, second));
}

enum fp_status
i18n_date_parse(struct fp_date *out, struct fp_date *other, const struct i18n *lang, const char *text, struct fp_err *err)
{
	struct typed t = { .lang = lang, .text = text };
	struct fp_date ignored;
	size_t len = strlen(text);
	enum fp_status st;

	if (other == NULL)
		other = &ignored;
	*other = (struct fp_date){ 0, 0, 0 };
	if (len > TYPED_MAX || fp_utf8_bad_at(text, len) != len)
		return fp_fail(err, FP_EINVAL, "not a date: %zu bytes, or not UTF-8; write it as 2023-04-05", len);
	st = cut(&t, err);
	return st != FP_OK ? st : decide(out, other, &t, err);
}
