/* Where the customer's steps are: numbered, headed, listed, in a table, ticked in a template, or told in sentences. */
#include <ctype.h>
#include <string.h>

#include "draft/actions_int.h"

bool
steps_block(const struct draft_work *w, uint32_t i)
{
	return w->l->blocks[i].zone == LETTER_BODY && draft_same(w->section[i], "customer-actions");
}

/* A block that may be a step: not the heading that opens the section. */
static bool
may_be_step(const struct draft_work *w, uint32_t i)
{
	return steps_block(w, i) && !draft_is_head(w, i);
}

static struct step *
add_step(struct steps *s, uint32_t block, uint32_t from, uint32_t to, int number)
{
	struct step *st;

	if (s->n >= STEPS_MAX) {
		s->limited = true;
		return NULL;
	}
	st = &s->step[s->n++];
	*st = (struct step){ .block = block, .from = from, .to = to, .number = number > 0 ? number : (int)s->n };
	return st;
}

static bool
add_block(struct steps *s, uint32_t i, int number)
{
	return add_step(s, i, draft_head_end(s->w, i), s->w->l->blocks[i].len, number) != NULL;
}

/* ---- the ways, best first ---- */

static bool
find_numbered(struct steps *s)
{
	const struct letter *l = s->w->l;
	int level = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++)
		if (may_be_step(s->w, i) && l->blocks[i].kind == LETTER_ITEM && l->blocks[i].number > 0 &&
		    (level == 0 || l->blocks[i].level < level))
			level = l->blocks[i].level;
	for (uint32_t i = 0; i < l->n_blocks && level > 0; i++)
		if (may_be_step(s->w, i) && l->blocks[i].kind == LETTER_ITEM && l->blocks[i].number > 0 &&
		    l->blocks[i].level == level && !add_block(s, i, l->blocks[i].number))
			break;
	return s->n > 0;
}

/* "Step 2: ..." as a heading or at the start of a paragraph. */
static bool
find_headed(struct steps *s)
{
	for (uint32_t i = 0; i < s->w->l->n_blocks; i++) {
		const struct letter_block *b = &s->w->l->blocks[i];
		const struct term_hit *h = may_be_step(s->w, i) ? draft_sign_hit(s->w, i, SIGN_STEP, 0, 6) : NULL;
		uint32_t at = h != NULL ? h->to : 0, from;
		int number = 0;

		if (h == NULL || b->kind == LETTER_CELL)
			continue;
		while (at < b->len && b->text[at] == ' ')
			at++;
		if ((at >= b->len || !isdigit((unsigned char)b->text[at])) && h->from > 0 && isdigit((unsigned char)b->text[0]))
			at = 0;
		for (from = at; at < b->len && isdigit((unsigned char)b->text[at]) && number < 100; at++)
			number = number * 10 + (b->text[at] - '0');
		if (at == from)
			continue;
		at = at < h->to ? h->to : at;
		while (at < b->len && strchr(" .:)-", b->text[at]) != NULL)
			at++;
		if (add_step(s, i, at, b->len, number) == NULL)
			break;
		s->step[s->n - 1].headed = true;
	}
	return s->n > 0;
}

static bool
find_listed(struct steps *s)
{
	const struct letter *l = s->w->l;
	int level = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		struct form_box box;
		size_t at = 0;

		if (!may_be_step(s->w, i) || l->blocks[i].kind != LETTER_ITEM ||
		    form_box_next(s->w, i, &at, l->blocks[i].len, &box))
			continue;
		if (level == 0)
			level = l->blocks[i].level;
		if (l->blocks[i].level <= level && !add_block(s, i, 0))
			break;
	}
	return s->n > 0;
}

/* "1) ..." typed into paragraphs, one each or one a line. */
static bool
find_typed(struct steps *s)
{
	for (uint32_t i = 0; i < s->w->l->n_blocks; i++) {
		const struct letter_block *b = &s->w->l->blocks[i];
		uint32_t from, to;
		size_t at = 0;

		if (!may_be_step(s->w, i) || b->kind == LETTER_CELL || b->kind == LETTER_ITEM)
			continue;
		while (draft_line_next(b->text, b->len, &at, &from, &to)) {
			int number = draft_typed_item(b, from);

			/* Numbers go up by one: a chapter number is none of them. */
			if (number != (s->n > 0 ? s->step[s->n - 1].number + 1 : 1))
				continue;
			while (from < to && b->text[from] != ' ')
				from++;
			if (add_step(s, i, from, to, number) == NULL)
				return true;
		}
	}
	if (s->n < 2)
		s->n = 0;
	return s->n > 0;
}

/* A row whose first cell holds nothing but a number. */
static bool
find_rows(struct steps *s)
{
	const struct letter *l = s->w->l;

	for (uint32_t i = 0; i + 1 < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i], *next = &l->blocks[i + 1];
		int number = 0;
		uint32_t at = 0;

		if (!may_be_step(s->w, i) || b->kind != LETTER_CELL || b->col != 0 || next->kind != LETTER_CELL ||
		    next->row != b->row || next->table != b->table)
			continue;
		for (; at < b->len && isdigit((unsigned char)b->text[at]) && number < 100; at++)
			number = number * 10 + (b->text[at] - '0');
		if (number > 0 && draft_letters(b->text, b->len) == 0 && b->len <= 4 && !add_block(s, i + 1, number))
			break;
	}
	return s->n > 0;
}

/* The European Commission's template: the boxes that are ticked. */
static bool
find_ticked(struct steps *s)
{
	for (uint32_t i = 0; i < s->w->l->n_blocks; i++) {
		const struct letter_block *b = &s->w->l->blocks[i];
		struct form_box box, next;
		size_t line = 0, at, ahead;
		uint32_t from, to;

		while (may_be_step(s->w, i) && draft_line_next(b->text, b->len, &line, &from, &to))
			for (at = from; form_box_next(s->w, i, &at, to, &box);) {
				struct form_text t = { i, box.to, to };

				ahead = at;
				if (form_box_next(s->w, i, &ahead, to, &next))
					t.to = next.from;
				t = form_trim(s->w, t);
				if (box.ticked && t.to > t.from && add_step(s, i, t.from, t.to, 0) == NULL)
					return true;
			}
	}
	return s->n > 0;
}

/* Sentences that name a deed; words that only lead on to something end in a colon. */
static bool
find_told(struct steps *s)
{
	for (uint32_t i = 0; i < s->w->l->n_blocks; i++) {
		const struct letter_block *b = &s->w->l->blocks[i];

		if (!may_be_step(s->w, i) || b->kind != LETTER_PARAGRAPH || b->len < 12 || b->text[b->len - 1] == ':' ||
		    draft_hit_first(s->w, i, TERM_VERB) == NULL)
			continue;
		if (!add_block(s, i, 0))
			break;
	}
	return s->n > 0;
}

/* ---- heading and running text ---- */

static const enum draft_sign condition_signs[] = { SIGN_INTERNET, SIGN_NOT_CONNECTED, SIGN_NETWORKED, SIGN_COUNT };

/* "Heading: text", "Heading: for all devices that ...: text". A condition in front of a colon is no heading. */
static void
split_colon(const struct draft_work *w, struct step *st)
{
	const struct letter_block *b = &w->l->blocks[st->block];

	for (uint32_t i = st->from; i + 1 < st->to && i - st->from < 160; i++) {
		struct draft_signs s;

		if ((b->text[i] == '.' || b->text[i] == '?' || b->text[i] == '!') && b->text[i + 1] == ' ' && i > st->from + 12)
			return;
		if (b->text[i] != ':' || (b->text[i + 1] != ' ' && b->text[i + 1] != '\xE2'))
			continue;
		s = draft_signs_in(w, st->block, st->from, i);
		if (draft_has_any(&s, condition_signs))
			return;
		st->head_from = st->from;
		st->head_to = i;
		st->text_from = i + 1;
		return;
	}
}

/* A first line without a full stop above more lines. */
static void
split_line(const struct draft_work *w, struct step *st)
{
	const struct letter_block *b = &w->l->blocks[st->block];
	size_t at = st->from;
	uint32_t from, to;

	if (!draft_line_next(b->text, st->to, &at, &from, &to) || to >= st->to || to - from > 100 ||
	    strchr(".:;,?!", b->text[to - 1]) != NULL)
		return;
	st->head_from = from;
	st->head_to = to;
	st->text_from = (uint32_t)at;
}

static void
split_heading(const struct draft_work *w, struct step *st)
{
	const struct letter_block *b = &w->l->blocks[st->block];
	bool head = b->kind == LETTER_HEADING || b->bold;

	st->head_from = st->head_to = st->text_from = st->from;
	if (head || (st->headed && st->to - st->from < 100 && b->text[st->to - 1] != '.')) {
		st->head_from = st->from;
		st->head_to = st->text_from = st->to;
		st->open = true;
		return;
	}
	split_colon(w, st);
	if (st->head_to == st->head_from)
		split_line(w, st);
}

/* Up to the next step, or the end of what is said of the steps. */
static void
set_ends(struct steps *s)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < s->w->l->n_blocks; i++)
		if (steps_block(s->w, i))
			last = i + 1;
	for (uint32_t i = 0; i < s->n; i++)
		s->step[i].end = i + 1 < s->n ? s->step[i + 1].block : last;
}

void
steps_find(struct steps *s)
{
	static bool (*const ways[])(
	    struct steps *) = { find_ticked, find_numbered, find_headed, find_typed, find_rows, find_listed, find_told };

	for (size_t i = 0; i < FP_COUNT(ways) && !ways[i](s); i++)
		;
	set_ends(s);
	for (uint32_t i = 0; i < s->n; i++)
		split_heading(s->w, &s->step[i]);
}
