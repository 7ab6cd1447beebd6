/* Days in running text, in every language. Only the words near digits are looked at. */
#include <string.h>

#include "term/dates_int.h"

#define TOKENS_MAX 192u
#define NEAR 48u      /* bytes on both sides of a digit that a day may reach over */
#define MASK_BACK 40u /* bytes before a day where its mask may stand */

/* ---- tokens ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct dates_token
token_of(const char *text, const struct term_word *w)
{
	struct dates_token k = { .hash = w->hash, .from = w->from, .to = w->to, .letters = w->letters, .value = -1 };
	uint32_t i = w->from;
	int v = 0;

	while (i < w->to && is_digit(text[i]) && k.digits < 5) {
		v = v * 10 + (text[i++] - '0');
		k.digits++;
	}
	/* "5ης", "5th", "1er": an ordinal; "05T10": a day with its hour; "550Dx": neither. */
	k.mixed = k.digits > 0 && i < w->to;
	if (k.digits > 0 && k.digits <= 4 &&
	    (!k.mixed || (k.digits <= 2 && w->letters - k.digits <= 3) || (k.digits == 2 && text[i] == 'T')))
		k.value = v;
	return k;
}

/* Between two neighbouring tokens stands nothing but the separator (and blanks). */
static bool
gap_is(const struct dates *r, size_t i, char sep)
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
close_by(const struct dates *r, size_t i)
{
	uint32_t from, to;

	if (i + 1 >= r->n)
		return false;
	from = r->k[i].to;
	to = r->k[i + 1].from;
	if (to - from > 6)
		return false;
	for (uint32_t p = from; p < to; p++)
		if (strchr(" .,-/\xc2\xb0\xa0\xe2\x80\x99\x91'", r->text[p]) == NULL)
			return false;
	return true;
}

static bool
is_day(const struct dates_token *k)
{
	return k->value >= 1 && k->value <= 31 && k->digits <= 2;
}

static bool
is_year(const struct dates_token *k)
{
	return k->digits == 4 && !k->mixed && k->value >= 1900 && k->value <= 2199;
}

static int
month_at(const struct dates *r, size_t i, size_t *words)
{
	int v = dates_name(r, i, words);

	return v >= 1 && v <= 12 ? v : 0;
}

/* Little words inside a day: "de", "den", "of", "gada", "m.", "ta'". */
static size_t
skip_little(const struct dates *r, size_t i)
{
	size_t words;
	const struct dates_token *k = &r->k[i];

	if (k->digits > 0 || k->letters > 4 || dates_name(r, i, &words) != 0 || !close_by(r, i))
		return i;
	return i + 1;
}

/* ---- the forms ---- */

struct found {
	size_t last; /* token */
	int year, month, day;
	bool both; /* day and month may change places */
};

/* A number before, joined by the same separator, or behind: then it is a version, a telephone number, a code. */
static bool
stands_alone(const struct dates *r, size_t i, size_t last, char sep)
{
	char before = r->k[i].from > 0 ? r->text[r->k[i].from - 1] : ' ',
	     behind = r->k[last].to < r->len ? r->text[r->k[last].to] : ' ';

	if (behind == sep && r->k[last].to + 1 < r->len && is_digit(r->text[r->k[last].to + 1]))
		return false;
	return strchr("-/.+", before) == NULL || before == '\0';
}

/* "(TT.MM.JJ)", "DD/MM/YY": letters as places, three runs of two, shortly before the day. */
static bool
mask_before(const struct dates *r, size_t i)
{
	uint32_t end = r->k[i].from, p = end > MASK_BACK ? end - MASK_BACK : 0;
	unsigned pairs = 0;

	for (; p + 1 < end; p++) {
		char c = r->text[p];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (letter && r->text[p + 1] == c && (p + 2 >= end || r->text[p + 2] != c)) {
			pairs++;
			p++;
			if (pairs == 3)
				return true;
		} else if (strchr("./- ", c) == NULL) {
			pairs = 0;
		}
	}
	return false;
}

/* 2000 + a year of two digits; 0: it is none, or nothing says that it is one. */
static int
short_year(const struct dates *r, size_t i, size_t first, bool named)
{
	const struct dates_token *k = &r->k[i];

	if (k->digits != 2 || k->mixed || !(named || mask_before(r, first)))
		return 0;
	return 2000 + k->value;
}

/* Year, month, day of three numbers; *ok: the numbers may be that. */
static struct found
order(const struct dates *r, size_t i, char sep)
{
	const struct dates_token *k = &r->k[i];
	int a = k[0].value, b = k[1].value, c = is_year(&k[2]) ? k[2].value : 0;
	struct found f = { .last = i + 2 };

	if (is_year(&k[0]) && k[1].digits <= 2 && k[2].digits <= 2 && k[2].value >= 0)
		return (struct found){ .last = i + 2, .year = a, .month = b, .day = k[2].value };
	if (k[0].digits > 2 || k[1].digits > 2 || k[2].mixed)
		return f;
	if (c == 0)
		c = short_year(r, i + 2, i, false);
	if (c == 0)
		return f;
	f = (struct found){ .last = i + 2, .year = c, .month = b, .day = a };
	if (sep != '/')
		return f;
	/* The American order, where the other cannot be. */
	if (b > 12 && a <= 12)
		return (struct found){ .last = i + 2, .year = c, .month = a, .day = b };
	f.both = !r->day_first && a <= 12 && b <= 12 && a != b;
	return f;
}

static bool
numeric(const struct dates *r, size_t i, struct found *out)
{
	static const char seps[] = ".-/";

	if (i + 2 >= r->n || r->k[i].mixed || r->k[i + 1].mixed || r->k[i].value < 0 || r->k[i + 1].value < 0 ||
	    r->k[i + 2].value < 0)
		return false;
	for (const char *s = seps; *s != '\0'; s++) {
		/* "05. 04 2023": the second separator may be a blank behind a dot. */
		bool second = gap_is(r, i + 1, *s) ||
			      (*s == '.' && r->k[i + 2].from == r->k[i + 1].to + 1 && r->text[r->k[i + 1].to] == ' ');

		if (!gap_is(r, i, *s) || !second || !stands_alone(r, i, i + 2, *s))
			continue;
		*out = order(r, i, *s);
		if (out->year != 0)
			return true;
	}
	return false;
}

/* The year behind a month or a day, a little word between them or not. */
static void
year_behind(const struct dates *r, size_t i, size_t first, struct found *out)
{
	size_t k;

	if (!close_by(r, i))
		return;
	k = is_year(&r->k[i + 1]) ? i + 1 : skip_little(r, i + 1);
	if (k < r->n && is_year(&r->k[k])) {
		out->year = r->k[k].value;
		out->last = k;
	} else if (r->text[r->k[i].to] == '-' && r->k[i + 1].from == r->k[i].to + 1 && short_year(r, i + 1, first, true) != 0) {
		/* "05-APR-23" */
		out->year = short_year(r, i + 1, first, true);
		out->last = i + 1;
	}
}

/* "8. maj 2024", "5 de abril de 2023", "05-ABR-2023", "5ης Απριλίου 2023", "2023. gada ..." without its year. */
static bool
day_month(const struct dates *r, size_t i, struct found *out)
{
	size_t month, words;
	int m;

	if (!is_day(&r->k[i]) || !close_by(r, i))
		return false;
	month = month_at(r, i + 1, &words) != 0 ? i + 1 : skip_little(r, i + 1);
	m = month_at(r, month, &words);
	if (m == 0)
		return false;
	*out = (struct found){ .last = month + words - 1, .month = m, .day = r->k[i].value };
	year_behind(r, out->last, i, out);
	return true;
}

static bool
month_day(const struct dates *r, size_t i, struct found *out)
{
	size_t words, day;
	int m = month_at(r, i, &words);

	day = i + words;
	if (m == 0 || !close_by(r, day - 1) || !is_day(&r->k[day]))
		return false;
	*out = (struct found){ .last = day, .month = m, .day = r->k[day].value };
	if (close_by(r, day) && is_year(&r->k[day + 1])) {
		out->year = r->k[day + 1].value;
		out->last = day + 1;
	}
	return true;
}

/* "2023. április 5.", "2023 m. balandžio 5 d.", "2023. gada 5. aprīlis" */
static bool
year_first(const struct dates *r, size_t i, struct found *out)
{
	size_t k = i + 1, words;

	if (!is_year(&r->k[i]) || !close_by(r, i))
		return false;
	k = month_at(r, k, &words) != 0 || is_day(&r->k[k]) ? k : skip_little(r, k);
	if (k >= r->n || !(month_day(r, k, out) || day_month(r, k, out)) || out->year != 0)
		return false;
	out->year = r->k[i].value;
	return true;
}

/* ---- the day of the week ---- */

/* Two letters ("po", "so", "ne") are words of their own as well: they name a day only before a point or comma. */
static int
weekday_at(const struct dates *r, size_t i)
{
	size_t words;
	int v = dates_name(r, i, &words);
	char behind = r->k[i].to < r->len ? r->text[r->k[i].to] : ' ';

	return v > TERM_WEEKDAY && (r->k[i].letters > 2 || behind == '.' || behind == ',') ? v - TERM_WEEKDAY : 0;
}

static int
weekday_before(const struct dates *r, size_t i)
{
	for (size_t n = 1; n <= 2 && n <= i; n++) {
		int v;

		if (!close_by(r, i - n))
			return 0;
		v = weekday_at(r, i - n);
		/* "segunda-feira" */
		if (v != 0 || r->k[i - n].letters > 5)
			return v;
	}
	return 0;
}

/* "2024. augusztus 23., péntek", "2025 m. balandžio 7 d., pirmadienis": written out, not short. */
static int
weekday_behind(const struct dates *r, size_t last)
{
	for (size_t i = last + 1; i < r->n && i <= last + 2 && close_by(r, i - 1); i++) {
		int v = r->k[i].letters >= 4 ? weekday_at(r, i) : 0;

		if (v != 0 || r->k[i].letters > 2)
			return v;
	}
	return 0;
}

/* ---- what is found ---- */

static struct term_date
make(const struct dates *r, size_t i, const struct found *f)
{
	struct term_date d = { .from = r->k[i].from, .to = r->k[f->last].to, .weekday = weekday_before(r, i) };
	struct fp_date date = { .year = f->year, .month = f->month, .day = f->day };
	struct fp_date other = { .year = f->year, .month = f->day, .day = f->month };

	if (d.weekday == 0)
		d.weekday = weekday_behind(r, f->last);
	/* A printed day of the week may tell which of the two readings is meant. */
	if (f->both && d.weekday != 0 && fp_date_valid(date) && fp_date_valid(other) &&
	    (fp_date_weekday(date) == d.weekday) != (fp_date_weekday(other) == d.weekday)) {
		d.date = fp_date_weekday(date) == d.weekday ? date : other;
		return d;
	}
	if (fp_date_valid(date))
		d.date = date;
	if (f->both && fp_date_valid(other))
		d.other = other;
	d.weekday_wrong = d.weekday != 0 && d.date.year != 0 && fp_date_weekday(d.date) != d.weekday;
	return d;
}

struct output {
	struct term_date *out;
	size_t n, max;
	uint32_t done; /* bytes of the text */
};

static void
read_tokens(const struct dates *r, struct output *o)
{
	for (size_t i = 0; i < r->n; i++) {
		struct found f;

		if (r->k[i].from < o->done ||
		    !(numeric(r, i, &f) || year_first(r, i, &f) || day_month(r, i, &f) || month_day(r, i, &f)))
			continue;
		/* A day without its year is none that a machine could keep. */
		if (f.year == 0)
			continue;
		if (o->n < o->max)
			o->out[o->n] = make(r, i, &f);
		o->n++;
		o->done = r->k[f.last].to;
		i = f.last;
	}
}

/* ---- windows around digits ---- */

static size_t
next_digit(const char *text, size_t at, size_t len)
{
	while (at < len && !is_digit(text[at]))
		at++;
	return at;
}

/* Back to behind a blank, so that no word is cut; a long run without blanks is cut all the same. */
static size_t
window_start(const char *text, size_t digit)
{
	size_t least = digit > 2 * NEAR ? digit - 2 * NEAR : 0, at = digit > NEAR ? digit - NEAR : 0;

	while (at > least && text[at - 1] != ' ' && text[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the last digit of the group that begins at digit. */
static size_t
window_end(const char *text, size_t digit, size_t len)
{
	size_t end = digit;

	for (size_t at = digit; at < len && at - end <= 2 * NEAR; at++)
		if (is_digit(text[at]))
			end = at;
	end = end + NEAR < len ? end + NEAR : len;
	while (end < len && text[end] != ' ' && text[end] != '\n' && end - digit < 4096)
		end++;
	return end;
}

/* One window, or as much of it as there are tokens for; returns where to go on. */
static size_t
read_window(struct dates *r, size_t at, size_t end, struct output *o)
{
	struct dates_token token[TOKENS_MAX];
	struct term_word w;
	size_t n = 0;

	while (n < TOKENS_MAX && term_word_next(r->t, r->text, end, &at, &w, NULL))
		token[n++] = token_of(r->text, &w);
	r->k = token;
	r->n = n;
	read_tokens(r, o);
	r->k = NULL;
	/* The last words come again: a day may begin in them. */
	return n < TOKENS_MAX ? end : token[n - 12].from;
}

size_t
term_dates(
    const struct term_base *t, const struct term_lang *lang, const char *text, size_t len, struct term_date *out, size_t max)
{
	struct dates r = { .t = t,
		.first = lang != NULL ? (size_t)(lang - t->langs) : 0,
		.last = lang != NULL ? (size_t)(lang - t->langs) + 1 : t->n_langs,
		.day_first = lang != NULL && strcmp(lang->tag, "en") != 0,
		.text = text,
		.len = len < UINT32_MAX ? len : UINT32_MAX };
	struct output o = { .out = out, .max = max };

	for (size_t at = 0; at < r.len;) {
		size_t digit = next_digit(text, at, r.len), from, end;

		if (digit >= r.len)
			break;
		from = window_start(text, digit);
		end = window_end(text, digit, r.len);
		for (at = from > at ? from : at; at < end;)
			at = read_window(&r, at, end, &o);
	}
	return o.n;
}
