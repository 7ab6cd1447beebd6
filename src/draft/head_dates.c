/* Days in a letter, told apart: when it was issued, by when something is due, and the others. */
#include "draft/head_int.h"

#include <stdio.h>
#include <string.h>

#define DATES_MAX 200u
#define PER_BLOCK 32u
#define TOP_BLOCKS 14u /* of the body */
#define BEHIND_MAX 16u /* bytes between the reference and its date: "FSN-12 of 5 April 2023", "FSN-12 | Issued 5 April 2023" */
#define REST_MAX 40u   /* bytes beside a date in a block that is little more than a date ("Munich, 5 April 2023") */

struct day {
	uint32_t block;
	struct term_date d;
	const char *kind;
	int score; /* as the issue date; 0: it is not */
};

struct days {
	struct draft_work *w;
	struct day *day;
	size_t n;
	uint32_t top_end; /* block */
};

static bool
date_label(const struct draft_work *w, uint32_t block, uint32_t from, const char *id)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == TERM_LABEL && draft_same(h[i].key->id, id) && h[i].from < from)
			return true;
	return false;
}

/* The label of the date in its block, in the cell to the left or above, or in the block before. */
static bool
labelled(const struct draft_work *w, const struct day *d, const char *id)
{
	const struct letter_block *b = &w->l->blocks[d->block];
	struct head_slice v;

	if (date_label(w, d->block, d->d.from, id))
		return true;
	if (d->block == 0 || b[-1].zone != b->zone || d->d.from > 3)
		return false;
	for (uint32_t i = w->span[d->block - 1].n; i-- > 0;) {
		const struct term_hit *h = &w->hits[w->span[d->block - 1].first + i];

		if (h->group == TERM_LABEL && draft_same(h->key->id, id) && head_value(w, d->block - 1, h->to, &v) &&
		    v.block == d->block)
			return true;
	}
	return false;
}

/* Bytes of the line beside the date. */
static uint32_t
rest_of_line(const struct letter_block *b, const struct term_date *d)
{
	struct draft_rows rows = { .b = b };
	uint32_t from = 0, to = b->len;

	while (draft_row_next(&rows, &from, &to))
		if (d->from >= from && d->from < to)
			return to - from - (d->to < to ? d->to - d->from : to - d->from);
	return b->len;
}

/* "Safety notice FSN-12 of 5 April 2023": a date behind the letter's own number is that of the letter. */
static bool
behind_reference(const struct draft_work *w, const struct day *d)
{
	const struct letter_block *b = &w->l->blocks[d->block];
	const char *own = json_string_value(draft_get(w->d, "/reference"));
	size_t len = own != NULL ? strlen(own) : 0;

	for (uint32_t at = d->d.from; len > 0 && at-- > 0 && d->d.from - at <= len + BEHIND_MAX;) {
		if (at + len > d->d.from || memcmp(b->text + at, own, len) != 0)
			continue;
		return memchr(b->text + at + len, '.', d->d.from - at - len) == NULL;
	}
	return false;
}

static int
issue_score(const struct days *x, const struct day *d)
{
	const struct draft_work *w = x->w;
	const struct letter_block *b = &w->l->blocks[d->block];
	uint32_t rest = rest_of_line(b, &d->d);

	if (labelled(w, d, "issue-date"))
		return 90;
	if (d->block <= x->top_end && labelled(w, d, "date"))
		return 85;
	if (d->block <= x->top_end && behind_reference(w, d))
		return 80;
	if (b->zone != LETTER_BODY)
		return rest <= REST_MAX ? 50 : 0;
	if (d->block <= x->top_end && rest <= REST_MAX && b->kind != LETTER_CELL)
		return rest <= 4 ? 75 : 70;
	if (d->block <= x->top_end && rest <= REST_MAX)
		return 60;
	return draft_same(w->section[d->block], "closing") && rest <= REST_MAX ? 55 : 0;
}

static bool
is_deadline(const struct draft_work *w, const struct day *d)
{
	const struct term_hit *h = w->hits + w->span[d->block].first;

	for (uint32_t i = 0; i < w->span[d->block].n; i++)
		if (h[i].group == TERM_WORD && h[i].to <= d->d.from && d->d.from - h[i].to <= 6 &&
		    (draft_same(h[i].key->id, "to") || draft_same(h[i].key->id, "before")))
			return true;
	return false;
}

static const char *
other_kind(const struct draft_work *w, const struct day *d)
{
	static const char *const told[] = { "problem", "background", "impact", "exploitation", "earlier-results" };

	for (size_t i = 0; i < FP_COUNT(told); i++)
		if (draft_same(w->section[d->block], told[i]))
			return "event";
	return "other";
}

/* Makers write dates of other things in tables: production, expiry. */
static bool
of_a_product(const struct draft_work *w, const struct day *d)
{
	return labelled(w, d, "expiry") || labelled(w, d, "manufacture-date");
}

static bool
at_title(const struct draft_work *w, const struct day *d)
{
	const char *section = w->section[d->block];

	return section[0] == '\0' || strcmp(section, "title") == 0 || strcmp(section, "summary") == 0;
}

static void
judge_day(struct days *x, struct day *d)
{
	const struct draft_work *w = x->w;

	if (draft_in_form(w, d->block)) {
		d->kind = "form";
		return;
	}
	d->kind = other_kind(w, d);
	if (of_a_product(w, d))
		return;
	d->score = d->d.date.year != 0 ? issue_score(x, d) : 0;
	/* "Madrid, a 21 de diciembre": a little word before a day at the top is no deadline. */
	if (labelled(w, d, "deadline") || ((d->score < 60 || !at_title(w, d)) && is_deadline(w, d))) {
		d->kind = "deadline";
		d->score = 0;
	}
}

/* Four digits that may be a year, or one or two, a sign, and a digit again: without either there is no date. */
static bool
may_hold_date(const char *s, uint32_t len)
{
	for (uint32_t i = 0, n; i < len; i += n + 1) {
		for (n = 0; i + n < len && s[i + n] >= '0' && s[i + n] <= '9';)
			n++;
		if (n == 4 && (memcmp(s + i, "19", 2) == 0 || memcmp(s + i, "20", 2) == 0))
			return true;
		if (n >= 1 && n <= 2 && i + n + 1 < len && strchr("./-", s[i + n]) != NULL && s[i + n + 1] >= '0' &&
		    s[i + n + 1] <= '9')
			return true;
	}
	return false;
}

static void
find_days(struct days *x)
{
	uint32_t body = 0;

	for (uint32_t i = 0; i < x->w->l->n_blocks; i++) {
		const struct letter_block *b = &x->w->l->blocks[i];
		struct term_date found[PER_BLOCK];
		size_t n;

		if (b->zone == LETTER_BODY && body++ < TOP_BLOCKS)
			x->top_end = i;
		if ((x->w->holds[i] & DRAFT_HOLDS_DIGIT) == 0 || !may_hold_date(b->text, b->len))
			continue;
		n = term_dates(x->w->t, x->w->block_lang[i], b->text, b->len, found, PER_BLOCK);
		for (size_t k = 0; k < n && k < PER_BLOCK && x->n < DATES_MAX; k++)
			x->day[x->n++] = (struct day){ .block = i, .d = found[k] };
	}
}

/* ---- into the draft ---- */

static struct draft_source
source_of(const struct draft_work *w, const struct day *d, int confidence)
{
	return draft_from(w, d->block, d->d.from, d->d.to - d->d.from, confidence);
}

static void
day_findings(struct draft_work *w, const struct day *d)
{
	struct draft_source s = source_of(w, d, 90);
	const char *text = w->l->blocks[d->block].text + d->d.from;
	int len = (int)(d->d.to - d->d.from);

	if (d->d.date.year == 0)
		draft_finding(w->d, "no-such-day", DRAFT_ERROR, &s, "there is no such day: '%.*s'", len, text);
	else if (d->d.weekday_wrong)
		draft_finding(w->d, "weekday", DRAFT_WARNING, &s, "'%.*s': that day was another day of the week", len, text);
}

/* "03/04/2023" is the third of April but for Americans. In English nobody can tell, unless another date of the letter can be read in one way only. */
static bool
is_ambiguous(const struct draft_work *w, const struct day *d)
{
	const struct term_lang *lang = w->block_lang[d->block];

	return d->d.other.year != 0 && (lang == NULL || strcmp(lang->tag, "en") == 0);
}

static void
put_issue(struct draft_work *w, const struct day *d)
{
	static const char *const names[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
	char iso[FP_DATE_MAX];
	bool checked = d->d.weekday != 0 && !d->d.weekday_wrong;
	int base = d->score >= 85 ? 90 : d->score >= 60 ? 70 : 50;
	struct draft_source s = source_of(w, d, checked ? base + 10 : base);

	if (is_ambiguous(w, d)) {
		char other[FP_DATE_MAX];

		draft_lacks(w->d, "/issue_date");
		draft_finding(w->d, "ambiguous-date", DRAFT_WARNING, &s, "'%.*s' is %s or %s: which, the letter does not say",
		    (int)s.len, s.block->text + s.from, fp_date_text(iso, d->d.date), fp_date_text(other, d->d.other));
		return;
	}
	draft_put_str(w->d, "/issue_date", fp_date_text(iso, d->d.date), &s);
	if (d->d.weekday >= 1 && d->d.weekday <= 7)
		draft_put_str(w->d, "/issue_weekday", names[d->d.weekday - 1], &s);
}

static bool
listed(const struct days *x, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (fp_date_compare(x->day[k].d.date, x->day[i].d.date) == 0 && strcmp(x->day[k].kind, x->day[i].kind) == 0)
			return true;
	return false;
}

static void
put_days(const struct days *x)
{
	(void)draft_put(x->w->d, "/dates", json_array(), NULL);
	for (size_t i = 0; i < x->n; i++) {
		const struct day *d = &x->day[i];
		const char *text = x->w->l->blocks[d->block].text + d->d.from;
		struct draft_source s = source_of(x->w, d, 70);
		char iso[FP_DATE_MAX];
		json_t *j;

		if (listed(x, i))
			continue;
		day_findings(x->w, d);
		j = json_object();
		fp_json_set(j, "date", d->d.date.year != 0 ? json_string(fp_date_text(iso, d->d.date)) : json_null());
		fp_json_set_str(j, "kind", d->kind);
		fp_json_set(j, "text", json_stringn(text, d->d.to - d->d.from));
		(void)draft_put(x->w->d, "/dates/-", j, &s);
	}
}

void
head_dates(struct draft_work *w)
{
	struct days x = { .w = w, .day = fp_arena_alloc(w->arena, DATES_MAX, sizeof(*x.day)) };
	struct day *best = NULL;

	if (x.day == NULL) {
		w->d->no_memory = true;
		return;
	}
	find_days(&x);
	for (size_t i = 0; i < x.n; i++) {
		judge_day(&x, &x.day[i]);
		if (x.day[i].score > (best != NULL ? best->score : 0))
			best = &x.day[i];
	}
	if (best != NULL) {
		best->kind = "issue";
		put_issue(w, best);
	} else {
		draft_lacks(w->d, "/issue_date");
		draft_finding(w->d, "no-date", DRAFT_ERROR, NULL, "the letter has no date of issue");
	}
	put_days(&x);
}
