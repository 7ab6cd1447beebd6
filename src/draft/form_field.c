/* Fields to fill in: a label and what follows it, a colon or a rule, several in a line. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "draft/form_int.h"

#define LABEL_MAX 70u /* bytes of a label that stands alone */
#define WORDS_MAX 40u /* bytes of words behind its term */

/* Labels that ask for something, and what the field is called. given: where a value is printed behind it nothing is asked. */
static const struct field_row {
	const char *label, *id;
	enum form_kind kind;
	bool given;
	bool wordy; /* more words may follow: "Date returned", "Name of the person" */
} fields[] = {
	{ "company", "company", FORM_TEXT, false, false },
	{ "name", "name", FORM_TEXT, false, true },
	{ "contact", "contact", FORM_TEXT, false, true },
	{ "job-title", "job-title", FORM_TEXT, false, true },
	{ "courtesy-title", "job-title", FORM_TEXT, false, true },
	{ "date", "date", FORM_DATE, false, true },
	{ "signature", "signature", FORM_TEXT, false, true },
	{ "email", "email", FORM_TEXT, true, true },
	{ "phone", "phone", FORM_TEXT, true, true },
	{ "fax", "fax", FORM_TEXT, true, false },
	{ "address", "address", FORM_TEXT, true, true },
	{ "department", "department", FORM_TEXT, false, true },
	{ "account-number", "account-number", FORM_TEXT, false, false },
	{ "country", "country", FORM_TEXT, false, false },
	{ "quantity", "quantity", FORM_TEXT, false, true },
	{ "lot", "lot", FORM_TEXT, true, false },
	{ "comment", "comment", FORM_TEXT, false, false },
	{ "reference", "reference", FORM_TEXT, true, false },
	{ "issue-date", "issue-date", FORM_DATE, true, false },
	{ "product", "product", FORM_TEXT, true, false },
	{ "catalog-number", "catalog-number", FORM_TEXT, true, false },
	{ "model", "model", FORM_TEXT, true, false },
	{ "version", "version", FORM_TEXT, true, false },
	{ "expiry", "expiry", FORM_DATE, true, false },
	{ "serial-number", "serial-numbers", FORM_SERIALS, true, false },
	{ "distributor", "distributor", FORM_TEXT, false, false },
	{ "importer", "importer", FORM_TEXT, false, false },
};

static const struct field_row *
field_of(const struct term_key *key)
{
	if (key->group != TERM_LABEL)
		return NULL;
	for (size_t i = 0; i < FP_COUNT(fields); i++)
		if (draft_same(fields[i].label, key->id))
			return &fields[i];
	return NULL;
}

/* Behind "(s)", "*", "(DD/MM/YYYY)"; *mask gets what the brackets hold when it is a mask of a date. */
static uint32_t
behind_brackets(const char *s, uint32_t at, uint32_t to, struct form_text *mask)
{
	while (at < to && (s[at] == ' ' || s[at] == '*' || s[at] == '(' || s[at] == '[')) {
		uint32_t end = at + 1;

		if (s[at] == ' ' || s[at] == '*') {
			at++;
			continue;
		}
		while (end < to && s[end] != ')' && s[end] != ']' && end - at < 60)
			end++;
		if (end >= to || (s[end] != ')' && s[end] != ']'))
			break;
		if (end - at >= 6) {
			mask->from = at + 1;
			mask->to = end;
		}
		at = end + 1;
	}
	return at;
}

static bool
rule_at(const char *s, uint32_t at, uint32_t to)
{
	return at + 2 < to && (s[at] == '_' || s[at] == '.') && s[at + 1] == s[at] && s[at + 2] == s[at];
}

/* The label asks: a colon or a rule comes behind it. *end: behind those. */
static bool
asks(const struct draft_work *w, uint32_t block, uint32_t at, uint32_t to, uint32_t *end, struct form_text *mask)
{
	const char *s = w->l->blocks[block].text;
	uint32_t i = behind_brackets(s, at, to, mask);
	bool yes = i < to && (s[i] == ':' || rule_at(s, i, to));

	while (i < to && (s[i] == ':' || s[i] == '_' || s[i] == '.' || s[i] == ' '))
		i++;
	*end = i;
	return yes;
}

/* "Date returned (DD/MM/YY):", "Name of the person": a label that begins the text and goes on for a few words. */
static bool
goes_on(const struct draft_work *w, struct form_text t, const struct term_hit *h, uint32_t *end, struct form_text *mask)
{
	const char *s = w->l->blocks[t.block].text;
	uint32_t i = h->to;

	if (h->from > t.from + 4 || !field_of(h->key)->wordy)
		return false;
	while (i < t.to && i - h->to < WORDS_MAX && strchr(".,;?!:(_", s[i]) == NULL)
		i++;
	if (i < t.to && s[i] != ':' && s[i] != '(' && s[i] != '_')
		return false;
	if (i < t.to && !asks(w, t.block, i, t.to, end, mask))
		return false;
	if (i >= t.to)
		*end = t.to;
	return i - h->to < WORDS_MAX;
}

/* The label is all that its line says: "Company name". */
static bool
alone(const struct draft_work *w, struct form_text t, const struct term_hit *h)
{
	const char *s = w->l->blocks[t.block].text;
	struct form_text mask = { 0 };
	uint32_t i;
	size_t rest;

	if (t.to - t.from > LABEL_MAX || h->from > t.from + 4)
		return false;
	i = behind_brackets(s, h->to, t.to, &mask);
	rest = i < t.to ? draft_letters(s + i, t.to - i) : 0;
	return rest * 3 <= draft_letters(s + h->from, h->to - h->from);
}

struct form_text
form_trim(const struct draft_work *w, struct form_text t)
{
	enum { FRONT = 1, BACK = 2 };
	static const uint8_t trim[256] = { [' '] = FRONT | BACK,
		[':'] = FRONT | BACK,
		['_'] = FRONT | BACK,
		['*'] = FRONT | BACK,
		['|'] = FRONT | BACK,
		['\t'] = FRONT,
		['-'] = FRONT };
	const char *s = w->l->blocks[t.block].text;

	while (t.from < t.to && (trim[(unsigned char)s[t.from]] & FRONT) != 0)
		t.from++;
	while (t.to > t.from && ((trim[(unsigned char)s[t.to - 1]] & BACK) != 0 ||
				    (s[t.to - 1] == '.' && t.to - t.from > 1 && strchr(".: ", s[t.to - 2]) != NULL)))
		t.to--;
	return t;
}

/* A label begins its line, or what the field before it left; in the middle of words it asks only with a rule behind it. */
static bool
at_start(const struct draft_work *w, struct form_text t, uint32_t from, const struct term_hit *h)
{
	const char *s = w->l->blocks[t.block].text;
	uint32_t before = h->from, end = h->to;

	while (before > from && s[before - 1] == ' ')
		before--;
	if (before <= from + 2 || strchr("_.:,;/|()!?*", s[before - 1]) != NULL)
		return true;
	while (end < t.to && s[end] == ' ')
		end++;
	return rule_at(s, end, t.to);
}

static const struct term_hit *
next_field(const struct draft_work *w, struct form_text t, uint32_t from, uint32_t *end, struct form_text *mask, bool first)
{
	const struct term_hit *h = w->hits + w->span[t.block].first;

	for (uint32_t i = 0; i < w->span[t.block].n; i++) {
		if (h[i].from < from || h[i].to > t.to || field_of(h[i].key) == NULL)
			continue;
		*mask = (struct form_text){ .block = t.block };
		if (!at_start(w, t, from, &h[i]))
			continue;
		if (asks(w, t.block, h[i].to, t.to, end, mask) ||
		    (first && (alone(w, t, &h[i]) || (t.to - t.from <= LABEL_MAX && goes_on(w, t, &h[i], end, mask)))))
			return &h[i];
		first = false;
	}
	return NULL;
}

/* Letters as places for digits: "TT. MM JJJJ", "GG-MMM-AAAA"; not "if known". */
static bool
is_mask(const char *s, size_t n)
{
	size_t i = 0, groups = 0;

	while (i < n) {
		size_t run = 1, step = (unsigned char)s[i] >= 0x80 ? 2 : 1;

		if (strchr(" .-/", s[i]) != NULL) {
			i++;
			continue;
		}
		while (i + (run + 1) * step <= n && memcmp(s + i, s + i + run * step, step) == 0)
			run++;
		if (run < 2)
			return false;
		i += run * step;
		groups++;
	}
	return groups >= 2 && groups <= 3;
}

static void
add_field(
    struct form *f, const struct field_row *row, struct form_text label, struct form_text mask, const struct form_entry *after)
{
	struct form_entry *e = form_entry_new(f, row->kind, label);
	const char *s = f->w->l->blocks[label.block].text;
	char id[96];

	if (e == NULL)
		return;
	if (after != NULL)
		(void)snprintf(id, sizeof(id), "%s-%s", after->id, row->id);
	else if (row->kind == FORM_SERIALS && f->action > 0)
		(void)snprintf(id, sizeof(id), "step-%d-%s", f->action, row->id);
	else
		(void)snprintf(id, sizeof(id), "%s", row->id);
	form_entry_name(f, e, id);
	if (row->kind != FORM_SERIALS && after == NULL)
		e->action = 0;
	if (row->kind == FORM_DATE && mask.to > mask.from && is_mask(s + mask.from, mask.to - mask.from))
		e->mask = draft_keep(f->w, s + mask.from, mask.to - mask.from);
	f->joins = NULL;
}

bool
form_read_fields(struct form *f, struct form_text t, const struct form_entry *after)
{
	const char *s = f->w->l->blocks[t.block].text;
	struct form_text mask, next_mask;
	uint32_t end = t.from, next_end = t.from;
	const struct term_hit *h = next_field(f->w, t, t.from, &end, &mask, true);
	bool any = h != NULL;

	while (h != NULL) {
		const struct term_hit *next = next_field(f->w, t, h->to, &next_end, &next_mask, false);
		const struct field_row *row = field_of(h->key);
		uint32_t to = next != NULL ? next->from : t.to;
		bool given = row->given && (f->given || (end < to && draft_letters(s + end, to - end) > 1));
		uint32_t label_end = mask.to > mask.from ? mask.from - 1 : end;

		if (!given)
			add_field(f, row, (struct form_text){ t.block, h->from > t.from + 4 ? h->from : t.from, label_end }, mask,
			    after);
		h = next;
		end = next_end;
		mask = next_mask;
	}
	return any;
}

bool
form_is_serials(const struct draft_work *w, struct form_text t)
{
	const char *s = w->l->blocks[t.block].text;
	const struct term_hit *h = draft_sign_hit(w, t.block, SIGN_LIST_SERIALS, t.from, t.to);

	if (h != NULL)
		return true;
	h = draft_sign_hit(w, t.block, SIGN_LABEL_SERIAL, t.from, t.to);
	return h != NULL && t.to - t.from <= LABEL_MAX &&
	       draft_letters(s + h->from, h->to - h->from) * 2 >= draft_letters(s + t.from, t.to - t.from);
}

/* "No Date (DD/MM/YYYY):": an answer ends right before the byte. */
static bool
behind_answer(const struct draft_work *w, uint32_t block, uint32_t at)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const char *s = w->l->blocks[block].text;

	while (at > 0 && s[at - 1] == ' ')
		at--;
	for (uint32_t i = 0; i < w->span[block].n; i++) {
		enum draft_sign a = draft_sign_of(w, h[i].key);

		if (h[i].to == at && (a == SIGN_YES || a == SIGN_NO || a == SIGN_NOT_APPLICABLE))
			return true;
	}
	return false;
}

uint32_t
form_words_end(const struct draft_work *w, struct form_text t)
{
	const struct term_hit *h = w->hits + w->span[t.block].first;
	struct form_text mask;
	uint32_t end;

	for (uint32_t i = 0; i < w->span[t.block].n; i++) {
		if (h[i].from <= t.from || h[i].to > t.to)
			continue;
		if (draft_sign_of(w, h[i].key) == SIGN_LIST_SERIALS)
			return h[i].from;
		if (field_of(h[i].key) != NULL && asks(w, t.block, h[i].to, t.to, &end, &mask) &&
		    (at_start(w, t, t.from, &h[i]) || behind_answer(w, t.block, h[i].from)))
			return h[i].from;
	}
	return t.to;
}
