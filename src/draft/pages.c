/* Pages: how many the letter says it has, and which of them are here. What is not here may have been lost on the way: that is said, and no more. */
#include "draft/draft_int.h"

#include <string.h>

#define PAGES_MAX 2000

struct pages {
	struct draft_work *w;
	const struct letter *l;
	int stated;  /* 0: none does */
	int highest; /* number that is printed */
	int *number; /* per page of the letter: its number, found out where none is printed; 0: unknown */
};

/* A page without a number lies between its neighbours: where they leave room for it, that is its number. */
static void
number_pages(struct pages *p)
{
	for (uint32_t i = 0; i < p->l->n_pages; i++) {
		const struct letter_page *is = &p->l->pages[i];

		p->number[i] = is->printed;
		if (is->printed == 0)
			p->number[i] = i == 0 ? 1 : p->number[i - 1] + 1;
		/* Its number is taken by the next one: it is a piece of that page, or of the one before. */
		if (is->printed == 0 && i + 1 < p->l->n_pages && p->l->pages[i + 1].printed != 0 &&
		    p->l->pages[i + 1].printed <= p->number[i])
			p->number[i] = 0;
		if (is->printed == 0 && p->stated > 0 && p->number[i] > p->stated)
			p->number[i] = 0;
		p->stated = is->stated > p->stated ? is->stated : p->stated;
		p->highest = p->number[i] > p->highest ? p->number[i] : p->highest;
	}
}

static bool
is_there(const struct pages *p, int number, bool printed_only)
{
	for (uint32_t i = 0; i < p->l->n_pages; i++)
		if (p->number[i] == number && (!printed_only || p->l->pages[i].printed == number))
			return true;
	return false;
}

static struct draft_source
marker_of(const struct pages *p, uint32_t page)
{
	uint32_t i = p->l->pages[page].first_block;

	return i < p->l->n_blocks ? draft_from(p->w, i, 0, 0, 70) : (struct draft_source){ .block = NULL };
}

/* Text behind the last marker is a page, too; the reader may have left it with the one before. */
static void
put_pages(struct pages *p)
{
	json_t *missing = json_array(), *without = json_array();
	int present = 0;

	for (int n = 1; n <= p->highest || n <= p->stated; n++) {
		bool there = is_there(p, n, false);

		present += there;
		if (!there)
			json_array_append_new(missing, json_integer(n));
		else if (!is_there(p, n, true))
			json_array_append_new(without, json_integer(n));
	}
	(void)draft_put(p->w->d, "/pages", json_object(), NULL);
	if (p->stated > 0)
		draft_put_int(p->w->d, "/pages/stated", p->stated, NULL);
	else
		draft_lacks(p->w->d, "/pages/stated");
	draft_put_int(p->w->d, "/pages/present", present, NULL);
	(void)draft_put(p->w->d, "/pages/missing", missing, NULL);
	(void)draft_put(p->w->d, "/pages/without_number", without, NULL);
}

/* "FSN2023 -1338 DEU (M-AMR-00719)": in the header or footer, with digits and capitals, and no sentence. */
static bool
is_printed_id(const struct pages *p, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = p->l->blocks[block].text;
	struct draft_token t;
	size_t at = from;

	if (to - from > 80 || !draft_token_next(s, to, &at, &t) || t.from > from + 1)
		return false;
	for (at = from; draft_token_next(s, to, &at, &t);) {
		uint32_t n = t.to - t.from;
		enum draft_number is = draft_number_of(s + t.from, n);

		if (is == DRAFT_N_REFERENCE || (t.capitals >= 2 && t.digits >= 4 && t.letters == t.capitals))
			return true;
		if (t.capitals >= 2 && draft_reference_word(s + t.from, n))
			return true;
		if (t.letters > t.capitals && t.letters > 4)
			return false;
	}
	return false;
}

static int
page_number(const struct pages *p, uint32_t block)
{
	int number = 0;

	for (uint32_t i = 0; i < p->l->n_pages && p->l->pages[i].first_block <= block; i++)
		number = p->number[i];
	return number != 0 ? number : p->l->blocks[block].page;
}

static void
put_ids(struct pages *p)
{
	bool any = false;
	json_t *without = json_array();
	uint8_t *has = fp_arena_alloc(p->w->arena, PAGES_MAX + 1, 1);

	(void)draft_put(p->w->d, "/printed_ids", json_array(), NULL);
	for (uint32_t i = 0; has != NULL && i < p->l->n_blocks; i++) {
		const struct letter_block *b = &p->l->blocks[i];
		struct draft_rows rows = { .b = b };
		uint32_t from, to;

		if (b->zone == LETTER_BODY || (p->w->holds[i] & DRAFT_HOLDS_DIGIT) == 0)
			continue;
		while (draft_row_next(&rows, &from, &to)) {
			int page = page_number(p, i);
			struct draft_source s = draft_from(p->w, i, from, to - from, 90);
			json_t *j;

			if (!is_printed_id(p, i, from, to))
				continue;
			j = json_object();
			fp_json_set(j, "text", json_stringn(b->text + from, to - from));
			fp_json_set_int(j, "page", page);
			(void)draft_put(p->w->d, "/printed_ids/-", j, &s);
			any = true;
			if (page > 0 && page <= PAGES_MAX)
				has[page] = 1;
		}
	}
	for (int n = 1; any && n <= PAGES_MAX && (n <= p->highest || n <= p->stated); n++)
		if (has[n] == 0 && is_there(p, n, false))
			json_array_append_new(without, json_integer(n));
	(void)draft_put(p->w->d, "/pages/without_id", without, NULL);
}

static bool
cut_off(const struct letter *l)
{
	for (uint32_t i = 0; i < l->n_notes; i++)
		if (strcmp(l->notes[i].code, "cut-off") == 0)
			return true;
	return false;
}

static void
put_findings(const struct pages *p)
{
	const json_t *missing = draft_get(p->w->d, "/pages/missing"), *without = draft_get(p->w->d, "/pages/without_number");
	struct draft_source s = marker_of(p, p->l->n_pages - 1);
	int present = (int)json_integer_value(draft_get(p->w->d, "/pages/present"));

	if (json_array_size(missing) > 0)
		draft_finding(p->w->d, "copy-incomplete", DRAFT_ERROR, &s, "copy incomplete: %d of %d pages are here", present,
		    p->stated > p->highest ? p->stated : p->highest);
	else if (cut_off(p->l))
		draft_finding(p->w->d, "copy-incomplete", DRAFT_ERROR, &s, "copy incomplete: the file is cut off");
	if (json_array_size(without) > 0)
		draft_finding(p->w->d, "page-number-lost", DRAFT_WARNING, NULL,
		    "%zu of %d pages have no page number, though others do", json_array_size(without), present);
}

void
draft_stage_pages(struct draft_work *w)
{
	struct pages p = { .w = w, .l = w->l, .number = fp_arena_alloc(w->arena, w->l->n_pages + 1u, sizeof(int)) };
	bool any = false;

	if (p.number == NULL) {
		w->d->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < p.l->n_pages; i++) {
		any = any || p.l->pages[i].printed != 0;
		p.stated = p.l->pages[i].stated > p.stated && p.l->pages[i].stated <= PAGES_MAX ? p.l->pages[i].stated : p.stated;
	}
	if (!any && p.l->format != LETTER_PDF && p.l->format != LETTER_PICTURE) {
		(void)draft_put(w->d, "/pages", json_null(), NULL);
		if (cut_off(p.l))
			draft_finding(w->d, "copy-incomplete", DRAFT_ERROR, NULL, "copy incomplete: the file is cut off");
		return;
	}
	number_pages(&p);
	put_pages(&p);
	put_ids(&p);
	if (p.l->n_pages > 0)
		put_findings(&p);
}
