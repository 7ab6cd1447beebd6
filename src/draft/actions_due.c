/* By when: a day, or a period of time from the notice on. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "draft/actions_int.h"

#define DATES_MAX 16u
#define BESIDE 10u /* bytes between "until" and its day: an article */
#define NEAR 48u   /* bytes between the word and the day */

static const enum draft_sign due_signs[] = { SIGN_LABEL_DEADLINE, SIGN_BEFORE, SIGN_UNTIL, SIGN_WITHIN, SIGN_COUNT };
static const enum draft_sign made_signs[] = { SIGN_LABEL_MADE, SIGN_LABEL_EXPIRY, SIGN_LABEL_LOT, SIGN_LABEL_SERIAL,
	SIGN_LABEL_VERSION, SIGN_COUNT };

/* "until 30 April", but not "from 1 March to 30 April". */
static bool
until_beside(const struct draft_work *w, uint32_t block, const struct term_hit *h, size_t from, size_t to)
{
	const char *s = w->l->blocks[block].text;
	size_t before = h->from;

	/* "6-ig" */
	if (h->from >= to)
		return h->from == to + 1 && s[to] == '-';
	while (before > 0 && (s[before - 1] == ' ' || s[before - 1] == '.'))
		before--;
	return h->to <= from && from - h->to <= BESIDE && (before == 0 || !isdigit((unsigned char)s[before - 1]));
}

/* A word for "by" (period: for "within") ends shortly before the byte, or begins shortly behind it: "30 napon belül". */
static bool
due_near(const struct draft_work *w, uint32_t block, size_t from, size_t to, bool period, const struct term_hit **word)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++) {
		enum draft_sign a = draft_sign_of(w, h[i].key);
		bool by =
		    a == SIGN_LABEL_DEADLINE || a == SIGN_BEFORE || (a == SIGN_UNTIL && until_beside(w, block, &h[i], from, to));

		if (!(period ? a == SIGN_WITHIN : by) || h[i].to > to + NEAR || h[i].from + NEAR < from)
			continue;
		if (h[i].to <= from || h[i].from >= to || period) {
			*word = &h[i];
			return true;
		}
	}
	return false;
}

static bool
due_day(const struct draft_work *w, uint32_t block, size_t from, size_t to, char out[16], struct form_text *words)
{
	const char *s = w->l->blocks[block].text + from;
	struct term_date d[DATES_MAX];
	size_t n = term_dates(w->t, w->block_lang[block], s, to - from, d, DATES_MAX);
	const struct term_hit *word = NULL;

	for (size_t i = 0; i < n && i < DATES_MAX; i++) {
		if (d[i].date.year == 0 || d[i].other.year != 0 ||
		    !due_near(w, block, from + d[i].from, from + d[i].to, false, &word))
			continue;
		(void)snprintf(out, 16, "%04d-%02d-%02d", d[i].date.year, d[i].date.month, d[i].date.day);
		*words = (struct form_text){ block, (uint32_t)from + d[i].from, (uint32_t)from + d[i].to };
		return true;
	}
	return false;
}

static bool
is_unit(enum draft_sign a)
{
	return a == SIGN_HOUR || a == SIGN_DAY || a == SIGN_WORKING_DAY || a == SIGN_WEEK || a == SIGN_MONTH;
}

/* A number right before a unit of time, with a word for "within" near it. */
static bool
due_period(const struct draft_work *w, uint32_t block, size_t from, size_t to, struct form_text *words)
{
	const char *s = w->l->blocks[block].text;
	const struct term_hit *h = w->hits + w->span[block].first, *word = NULL;

	for (uint32_t i = 0; i < w->span[block].n; i++) {
		size_t at = h[i].from, digits;

		if (h[i].from < from || h[i].to > to || !is_unit(draft_sign_of(w, h[i].key)))
			continue;
		while (at > from && s[at - 1] == ' ')
			at--;
		for (digits = at; digits > from && isdigit((unsigned char)s[digits - 1]);)
			digits--;
		if (digits == at || at - digits > 3 || !due_near(w, block, digits, h[i].to, true, &word))
			continue;
		*words = (struct form_text){ block, word->from < digits ? word->from : (uint32_t)digits,
			word->to > h[i].to ? word->to : h[i].to };
		return true;
	}
	return false;
}

/* "Deadline | 30 April 2024": the word stands in the cell before. */
static bool
due_cell(const struct draft_work *w, uint32_t block, char out[16], struct form_text *words)
{
	const struct letter_block *b = &w->l->blocks[block];
	struct term_date d[2];

	if (block == 0 || b->kind != LETTER_CELL || b->col == 0 || b->len > 60 || w->l->blocks[block - 1].row != b->row ||
	    w->l->blocks[block - 1].table != b->table || !draft_has(draft_signs_of(w, block - 1), SIGN_LABEL_DEADLINE) ||
	    term_dates(w->t, w->block_lang[block], b->text, b->len, d, FP_COUNT(d)) == 0 || d[0].date.year == 0 ||
	    d[0].other.year != 0)
		return false;
	(void)snprintf(out, 16, "%04d-%02d-%02d", d[0].date.year, d[0].date.month, d[0].date.day);
	*words = (struct form_text){ block, d[0].from, d[0].to };
	return true;
}

bool
draft_due(const struct draft_work *w, uint32_t block, size_t from, size_t to, char date[16], struct form_text *words)
{
	struct draft_signs s = draft_signs_in(w, block, from, to);

	date[0] = '\0';
	if ((w->holds[block] & DRAFT_HOLDS_DIGIT) == 0)
		return false;
	if (from == 0 && due_cell(w, block, date, words))
		return true;
	/* "Devices made before 2021" is no deadline. */
	if (!draft_has_any(&s, due_signs) || draft_has_any(&s, made_signs))
		return false;
	return due_day(w, block, from, to, date, words) || due_period(w, block, from, to, words);
}

static bool
is_reply(const struct draft_work *w, uint32_t block, size_t at)
{
	static const enum draft_sign signs[] = { SIGN_VERIFICATION_FORM, SIGN_ACKNOWLEDGEMENT_FORM, SIGN_REPLY_FORM,
		SIGN_DO_RETURN, SIGN_DO_COMPLETE, SIGN_SEC_REPLY, SIGN_COUNT };
	size_t from, to;
	struct draft_signs s;

	if (draft_same(w->section[block], "reply") || draft_in_form(w, block))
		return true;
	draft_sentence(&w->l->blocks[block], at, &from, &to);
	s = draft_signs_in(w, block, from, to);
	return draft_has_any(&s, signs);
}

static void
put_deadline(struct draft_work *w, const char *date, struct form_text t)
{
	struct draft_source src = draft_from(w, t.block, t.from, t.to - t.from, date[0] != '\0' ? 90 : 70);
	const char *s = w->l->blocks[t.block].text + t.from;

	(void)draft_put(w->d, "/deadlines/-",
	    json_pack("{s:o,s:o,s:s}", "date", date[0] != '\0' ? json_string(date) : json_null(), "text",
		json_stringn_nocheck(s, t.to - t.from), "for", is_reply(w, t.block, t.from) ? "reply" : "actions"),
	    &src);
}

void
draft_put_deadlines(struct draft_work *w)
{
	static const char *const where[] = { "customer-actions", "reply", "modes", "summary", "support" };

	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		bool look = b->zone == LETTER_BODY && draft_in_form(w, i);
		size_t from = 0, to;

		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) == 0 ||
		    (!draft_has_any(draft_signs_of(w, i), due_signs) && (b->kind != LETTER_CELL || b->col == 0)))
			continue;

		for (size_t k = 0; k < FP_COUNT(where) && b->zone == LETTER_BODY; k++)
			look = look || draft_same(w->section[i], where[k]);
		for (; look && from < b->len; from = to) {
			struct form_text t;
			char date[16];
			size_t start;

			draft_sentence(b, from, &start, &to);
			if (draft_due(w, i, from, to, date, &t))
				put_deadline(w, date, t);
			to = to > from ? to : b->len;
		}
	}
}
