/* Making a language version ready: terms, sections and steps of its blocks, and where a fact stands. */
#include <string.h>

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
	for (size_t i = 0; i < json_array_size(actions); i++) {
		const json_t *j = json_array_get(actions, i);

		if (!range_of(j, s->l, &first, &last))
			continue;
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

void
parity_spot_fact(struct parity *p, struct parity_finding *f, uint32_t side, const char *pointer, const char *value)
{
	const struct letter *l = p->side[side].l;
	const json_t *place = json_object_get(p->side[side].d->places, pointer);
	int line = (int)json_integer_value(json_object_get(place, "line")),
	    page = (int)json_integer_value(json_object_get(place, "page"));
	int col = (int)json_integer_value(json_object_get(place, "column")), best_col = 0;
	const char *text = json_string_value(json_object_get(place, "text"));
	int32_t best = -1;
	uint32_t from = 0;

	for (uint32_t b = 0; place != NULL && b < l->n_blocks; b++)
		for (uint32_t m = 0; m < l->blocks[b].n_marks; m++) {
			const struct letter_mark *k = &l->blocks[b].marks[m];

			if (!mark_is(k, page, line, col, json_object_get(place, "box")) || (line > 0 && k->place.col < best_col))
				continue;
			best = (int32_t)b;
			best_col = k->place.col;
			from = k->at + (uint32_t)bytes_of(l->blocks[b].text + k->at, l->blocks[b].len - k->at,
					   line > 0 ? col - k->place.col : 0);
		}
	if (text == NULL)
		text = value != NULL ? value : "";
	parity_spot(p, f, side, best, from,
	    best >= 0 && strncmp(l->blocks[best].text + from, text, strlen(text)) == 0 ? (uint32_t)strlen(text) : 0, value);
}
