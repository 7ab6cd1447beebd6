/* Rules about paper: pages that are missing, identification that a page lost, statements in headers and footers. No dictionary. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "parity/parity_int.h"

static int
stated(const struct side *s)
{
	return (int)json_integer_value(draft_get(s->d, "/pages/stated"));
}

static void
page_counts(struct parity *p)
{
	int most = 0;
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		int n = stated(&p->side[i]);

		differ = differ || (n > 0 && most > 0 && n != most);
		most = n > most ? n : most;
	}
	if (differ) {
		struct parity_finding *f = parity_add(p, "pages", -1, PARITY_BY_STRUCTURE, "/pages/stated",
		    "the versions say that they have different numbers of pages");

		for (uint32_t i = 0; i < p->n; i++)
			parity_spot_fact(p, f, i, "/pages/stated", parity_text(p, "%d", stated(&p->side[i])));
	}
}

/* A page without its number or printed identification, in a letter whose other pages have them. */
static void
lost_ids(struct parity *p, uint32_t side)
{
	static const struct {
		const char *pointer, *what;
	} kinds[] = { { "/pages/without_number", "its number" }, { "/pages/without_id", "the identification of the notice" } };

	for (size_t k = 0; k < FP_COUNT(kinds); k++) {
		const json_t *list = draft_get(p->side[side].d, kinds[k].pointer);

		for (size_t i = 0; i < json_array_size(list); i++) {
			int page = (int)json_integer_value(json_array_get(list, i));
			const struct letter *l = p->side[side].l;
			struct parity_finding *f = parity_add(p, "page-id-lost", -1, PARITY_BY_STRUCTURE,
			    parity_text(p, "page %d of %s", page, p->r->names[side]), "page %d lost %s", page, kinds[k].what);

			parity_spot(p, f, side,
			    page >= 1 && (uint32_t)page <= l->n_pages && l->pages[page - 1].first_block < l->n_blocks
				? (int32_t)l->pages[page - 1].first_block
				: -1,
			    0, 0, kinds[k].what);
		}
	}
}

/* What a footer says beside addresses, numbers and short labels: a statement. */
static bool
is_statement(const struct letter_block *b)
{
	size_t letters = 0;

	if (b->zone == LETTER_BODY || b->kind == LETTER_CELL)
		return false;
	for (uint32_t i = 0; i < b->len; i++) {
		if (b->text[i] == '@' || (i + 4 < b->len && strncmp(b->text + i, "www.", 4) == 0) ||
		    (i + 2 < b->len && strncmp(b->text + i, "://", 3) == 0))
			return false;
		letters += isalpha((unsigned char)b->text[i]) != 0;
	}
	return letters >= 25 && b->n_links == 0;
}

struct statement {
	uint32_t block;
	uint32_t times;
};

/* The different statements of a version's headers and footers, each with how often it comes. */
static size_t
statements(const struct side *s, struct statement *out, size_t max)
{
	size_t n = 0;

	for (uint32_t b = 0; b < s->l->n_blocks; b++) {
		const struct letter_block *k = &s->l->blocks[b];
		size_t i;

		if (!is_statement(k))
			continue;
		for (i = 0; i < n; i++)
			if (s->l->blocks[out[i].block].len == k->len &&
			    memcmp(s->l->blocks[out[i].block].text, k->text, k->len) == 0)
				break;
		if (i < n)
			out[i].times++;
		else if (n < max)
			out[n++] = (struct statement){ .block = b, .times = 1 };
	}
	return n;
}

static void
furniture(struct parity *p)
{
	struct statement list[PARITY_SIDES_MAX][8];
	size_t n[PARITY_SIDES_MAX], least = SIZE_MAX;

	for (uint32_t i = 0; i < p->n; i++) {
		n[i] = statements(&p->side[i], list[i], FP_COUNT(list[i]));
		least = n[i] < least ? n[i] : least;
	}
	for (uint32_t i = 0; i < p->n; i++)
		for (size_t k = least; k < n[i]; k++) {
			const struct statement *s = &list[i][k];
			const struct letter_block *b = &p->side[i].l->blocks[s->block];
			struct parity_finding *f = parity_add(p, "block-one-language", -1, PARITY_BY_STRUCTURE,
			    "page header or footer", "a statement of %s on %u pages stands in no other version: \"%.*s\"",
			    p->r->names[i], s->times, (int)(b->len > 160 ? 160 : b->len), b->text);

			parity_spot(p, f, i, (int32_t)s->block, 0, 0, "there");
			for (uint32_t o = 0; o < p->n; o++)
				if (o != i && n[o] <= k)
					parity_spot(p, f, o, -1, 0, 0, NULL);
		}
}

void
parity_rules_pages(struct parity *p)
{
	page_counts(p);
	for (uint32_t i = 0; i < p->n; i++)
		lost_ids(p, i);
	furniture(p);
}
