/* Making a language version ready: terms, sections and steps of its blocks, and where a fact stands. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#include "parity/parity_int.h"

#define HITS_MAX 512 /* of one block: more says nothing new */

static bool
find_terms(struct side *s, struct parity *p)
{
	struct term_hit hits[HITS_MAX];
	size_t total = 0;

	for (uint32_t b = 0; b < s->l->n_blocks; b++) {
		const struct letter_block *k = &s->l->blocks[b];
		size_t n = s->lang != NULL ? term_find(p->t, s->lang, TERM_ALL, k->text, k->len, hits, HITS_MAX) : 0;

		s->span[b].n = (uint32_t)(n < HITS_MAX ? n : HITS_MAX);
		total += s->span[b].n;
	}
	s->hits = fp_arena_alloc(p->arena, total + 1, sizeof(*s->hits));
	if (s->hits == NULL)
		return false;
	total = 0;
	for (uint32_t b = 0; b < s->l->n_blocks; b++) {
		const struct letter_block *k = &s->l->blocks[b];

		s->span[b].first = (uint32_t)total;
		if (s->span[b].n > 0)
			(void)term_find(p->t, s->lang, TERM_ALL, k->text, k->len, s->hits + total, s->span[b].n);
		total += s->span[b].n;
	}
	return true;
}

/* The drafts of foreign files come from another process: numbers are looked at before they are used. */
static bool
range_of(const json_t *j, const struct letter *l, uint32_t *first, uint32_t *last)
{
	json_int_t a = json_integer_value(json_object_get(j, "first_block"));
	json_int_t b = json_integer_value(json_object_get(j, "last_block"));

	if (!json_is_integer(json_object_get(j, "first_block")) || a < 0 || b < a || (uint64_t)b >= l->n_blocks)
		return false;
	*first = (uint32_t)a;
	*last = (uint32_t)b;
	return true;
}

/* Does the mark stand where the place says? By line and column, or by page and corner (drafts round boxes to whole points). */
static bool
mark_is(const struct letter_mark *m, int page, int line, int col, const json_t *box)
{
	if (line > 0)
		return m->place.line == line && m->place.col <= col;
	return m->place.page == page && json_is_array(box) &&
	       (int)m->place.x0 == (int)json_integer_value(json_array_get(box, 0)) &&
	       (int)m->place.y0 == (int)json_integer_value(json_array_get(box, 1));
}

static size_t
bytes_of(const char *s, size_t len, int chars)
{
	size_t at = 0;

	while (at < len && chars > 0) {
		at++;
		while (at < len && ((unsigned char)s[at] & 0xC0u) == 0x80)
			at++;
		chars--;
	}
	return at;
}

/* The place of a fact, or of what it is part of: "/actions/0/text" stands at "/actions/0". NULL when there is none. */
static const json_t *
place_of(const struct side *s, const char *pointer)
{
	char up[256];
	const json_t *place;

	fp_utf8_copy(up, sizeof(up), pointer);
	while ((place = json_object_get(s->d->places, up)) == NULL) {
		char *slash = strrchr(up, '/');

		if (slash == NULL || slash == up)
			return NULL;
		*slash = '\0';
	}
	return place;
}

/* The block that holds the place, and the byte of its text; -1 when no mark fits. */
static int32_t
block_of(const struct letter *l, const json_t *place, uint32_t *from)
{
	int line = (int)json_integer_value(json_object_get(place, "line")),
	    page = (int)json_integer_value(json_object_get(place, "page"));
	int col = (int)json_integer_value(json_object_get(place, "column")), best_col = 0;
	int32_t best = -1;

	*from = 0;
	for (uint32_t b = 0; place != NULL && b < l->n_blocks; b++)
		for (uint32_t m = 0; m < l->blocks[b].n_marks; m++) {
			const struct letter_block *k = &l->blocks[b];
			const struct letter_place *at = &k->marks[m].place;

			if (!mark_is(&k->marks[m], page, line, col, json_object_get(place, "box")) ||
			    (line > 0 && at->col < best_col))
				continue;
			best = (int32_t)b;
			best_col = at->col;
			*from = k->marks[m].at + (uint32_t)bytes_of(k->text + k->marks[m].at, k->len - k->marks[m].at,
						     line > 0 ? col - at->col : 0);
		}
	return best;
}

/* A step goes from where it was read to the next one, or to the end of its section. */
static void
mark_action(struct side *s, size_t number)
{
	char pointer[40];
	uint32_t from;
	int32_t b;

	(void)snprintf(pointer, sizeof(pointer), "/actions/%zu", number);
	b = block_of(s->l, place_of(s, pointer), &from);
	for (uint32_t i = (uint32_t)b; b >= 0 && i < s->l->n_blocks; i++) {
		if (s->l->blocks[i].zone != LETTER_BODY)
			continue;
		if (strcmp(s->section[i], "customer-actions") != 0)
			break;
		s->action[i] = (int)number + 1;
	}
}

static void
mark_sections(struct side *s)
{
	const json_t *list = draft_get(s->d, "/sections"), *actions = draft_get(s->d, "/actions");
	uint32_t first, last;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);
		const char *key = json_string_value(json_object_get(j, "key"));

		if (key == NULL || !range_of(j, s->l, &first, &last))
			continue;
		for (uint32_t b = first; b <= last; b++)
			if (s->l->blocks[b].zone == LETTER_BODY)
				s->section[b] = key;
	}
	/* Later steps overwrite what the one before took to the section's end. */
	for (size_t i = 0; i < json_array_size(actions); i++) {
		if (!range_of(json_array_get(actions, i), s->l, &first, &last)) {
			mark_action(s, i);
			continue;
		}
		for (uint32_t b = first; b <= last; b++)
			if (s->l->blocks[b].zone == LETTER_BODY && strcmp(s->section[b], "customer-actions") == 0)
				s->action[b] = (int)i + 1;
	}
}

enum fp_status
side_open(struct side *s, struct parity *p, const struct draft *d, struct fp_err *err)
{
	const char *lang = json_string_value(draft_get(d, "/language"));

	*s = (struct side){ .d = d, .l = d->letter };
	if (s->l == NULL)
		return fp_fail(err, FP_EINVAL, "a draft without its letter cannot be compared");
	s->lang = lang != NULL ? term_lang_find(p->t, lang) : NULL;
	s->span = fp_arena_alloc(p->arena, s->l->n_blocks + 1u, sizeof(*s->span));
	s->section = fp_arena_alloc(p->arena, s->l->n_blocks + 1u, sizeof(*s->section));
	s->action = fp_arena_alloc(p->arena, s->l->n_blocks + 1u, sizeof(*s->action));
	if (s->span == NULL || s->section == NULL || s->action == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (uint32_t b = 0; b <= s->l->n_blocks; b++)
		s->section[b] = "";
	if (!find_terms(s, p))
		return fp_fail(err, FP_ENOMEM, "out of memory");
	mark_sections(s);
	return FP_OK;
}

void
parity_spot_fact(struct parity *p, struct parity_finding *f, uint32_t side, const char *pointer, const char *value)
{
	const struct letter *l = p->side[side].l;
	const json_t *place = place_of(&p->side[side], pointer);
	const char *text = json_string_value(json_object_get(place, "text"));
	uint32_t from = 0, len = 0;
	int32_t block = block_of(l, place, &from);

	if (text == NULL)
		text = value != NULL ? value : "";
	if (block >= 0 && strlen(text) <= l->blocks[block].len - from &&
	    memcmp(l->blocks[block].text + from, text, strlen(text)) == 0)
		len = (uint32_t)strlen(text);
	parity_spot(p, f, side, block, from, len, value);
}
