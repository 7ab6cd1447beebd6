/*
 * Rules about what is the same in every language: numbers, codes, addresses, and which sections there are. No dictionary. Looked at over the whole letter: languages
 * order their sentences differently.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parity/parity_int.h"

#define TOKENS_MAX 2000u

struct token {
	const char *text; /* normalised */
	uint32_t block, from, len;
};

struct tokens {
	struct token *t;
	uint32_t n;
};

static bool
is_incomplete(const struct side *s)
{
	return json_array_size(draft_get(s->d, "/pages/missing")) > 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct token *)a)->text, ((const struct token *)b)->text);
}

/* Sorted, the first of equal ones kept. */
static void
tokens_sort(struct tokens *k)
{
	uint32_t n = 0;

	if (k->n > 1)
		qsort(k->t, k->n, sizeof(*k->t), by_text);
	for (uint32_t i = 0; i < k->n; i++)
		if (n == 0 || strcmp(k->t[n - 1].text, k->t[i].text) != 0)
			k->t[n++] = k->t[i];
	k->n = n;
}

static void
tokens_add(struct parity *p, struct tokens *k, const char *text, uint32_t block, uint32_t from, uint32_t len)
{
	if (k->n < TOKENS_MAX)
		k->t[k->n++] = (struct token){ .text = text, .block = block, .from = from, .len = len };
	(void)p;
}

static bool
in_date(const struct term_date *d, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		if (at >= d[i].from && at < d[i].to)
			return true;
	return false;
}

/* Runs of letters and digits with at least two digits ("550Dx", "20005715"); not days, which are written differently, and not addresses. */
static void
numbers_of(struct parity *p, struct tokens *out, const struct side *s, uint32_t b)
{
	const struct letter_block *k = &s->l->blocks[b];
	struct term_date dates[16];
	size_t n_dates = s->lang != NULL ? term_dates(p->t, s->lang, k->text, k->len, dates, FP_COUNT(dates)) : 0;

	n_dates = n_dates < FP_COUNT(dates) ? n_dates : FP_COUNT(dates);
	for (uint32_t i = 0; i < k->len;) {
		uint32_t from = i, digits = 0;
		bool address = false;

		/* A word in an address ends where the address ends. */
		while (i < k->len && !isspace((unsigned char)k->text[i])) {
			address = address || k->text[i] == '@' ||
				  (k->text[i] == '/' && i + 1 < k->len && k->text[i + 1] == '/') ||
				  strncmp(k->text + i, "www.", 4) == 0;
			i++;
		}
		for (uint32_t at = from; !address && at < i;) {
			uint32_t start = at;

			digits = 0;
			while (at < i && isalnum((unsigned char)k->text[at]))
				digits += isdigit((unsigned char)k->text[at++]) != 0;
			if (digits >= 2 && !in_date(dates, n_dates, start))
				tokens_add(
				    p, out, parity_text(p, "%.*s", (int)(at - start), k->text + start), b, start, at - start);
			at += at == start;
		}
		while (i < k->len && isspace((unsigned char)k->text[i]))
			i++;
	}
}

/* "http://www.fda.gov/x/" and "www.fda.gov/x" are one address. Private links ("#") and mail addresses are none. */
static const char *
address_normal(struct parity *p, const char *url)
{
	size_t n;

	if (strncmp(url, "https://", 8) == 0)
		url += 8;
	else if (strncmp(url, "http://", 7) == 0)
		url += 7;
	if (strncmp(url, "www.", 4) == 0)
		url += 4;
	n = strlen(url);
	while (n > 0 && (url[n - 1] == '/' || url[n - 1] == '.'))
		n--;
	return strchr(url, '@') == NULL && memchr(url, '.', n) != NULL ? parity_text(p, "%.*s", (int)n, url) : NULL;
}

static void
links_of(struct parity *p, struct tokens *out, const struct side *s)
{
	const json_t *list = draft_get(s->d, "/links");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *url = json_string_value(json_object_get(json_array_get(list, i), "url"));
		const char *text = url != NULL ? address_normal(p, url) : NULL;

		if (text != NULL)
			tokens_add(p, out, text, (uint32_t)i, 0, 0);
	}
}

static const struct token *
token_find(const struct tokens *k, const char *text)
{
	const struct token key = { .text = text };

	return k->n > 0 ? bsearch(&key, k->t, k->n, sizeof(*k->t), by_text) : NULL;
}

/* Those that are in some versions and not in others. A version with missing pages may lack anything: nobody can say. */
static void
compare(struct parity *p, const struct tokens *k, const char *code, const char *what, bool links)
{
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t t = 0; t < k[i].n; t++) {
			const struct token *token = &k[i].t[t];
			struct parity_finding *f;
			bool lacks = false, told = false;

			for (uint32_t o = 0; o < p->n; o++) {
				bool there = token_find(&k[o], token->text) != NULL;

				lacks = lacks || (!there && !is_incomplete(&p->side[o]));
				told = told || (there && o < i);
			}
			if (!lacks || told)
				continue;
			f = parity_add(p, code, -1, PARITY_BY_TOKEN, parity_text(p, "%s %s", what, token->text),
			    "the %s %s stands in some versions only", what, token->text);
			for (uint32_t o = 0; o < p->n; o++) {
				const struct token *its = token_find(&k[o], token->text);

				if (its != NULL && links)
					parity_spot_fact(p, f, o, parity_text(p, "/links/%u/url", its->block), its->text);
				else if (its != NULL)
					parity_spot(p, f, o, (int32_t)its->block, its->from, its->len, its->text);
				else
					parity_spot(p, f, o, -1, 0, 0, NULL);
			}
		}
}

/* Sections that every version must have when one has it, and how much their lack weighs. */
static const struct {
	const char *key;
	enum parity_severity severity;
} sections[] = { { "problem", PARITY_S1 }, { "manufacturer-actions", PARITY_S2 }, { "customer-actions", PARITY_S1 },
	{ "modes", PARITY_S1 }, { "emergency", PARITY_S1 }, { "adverse-events", PARITY_S1 }, { "reply", PARITY_S2 },
	{ "form", PARITY_S2 }, { "inaction", PARITY_S2 }, { "authorities", PARITY_S2 }, { "exploitation", PARITY_S2 } };

static int32_t
section_block(const struct side *s, const char *key)
{
	for (uint32_t b = 0; b < s->l->n_blocks; b++)
		if (strcmp(s->section[b], key) == 0)
			return (int32_t)b;
	return -1;
}

static void
missing_sections(struct parity *p)
{
	for (size_t k = 0; k < FP_COUNT(sections); k++) {
		int32_t at[PARITY_SIDES_MAX];
		uint32_t there = 0, lacks = 0;
		struct parity_finding *f;

		for (uint32_t i = 0; i < p->n; i++) {
			at[i] = section_block(&p->side[i], sections[k].key);
			there += at[i] >= 0;
			lacks += at[i] < 0 && !is_incomplete(&p->side[i]);
		}
		if (there == 0 || lacks == 0)
			continue;
		f = parity_add(p, "section-missing", (int)sections[k].severity, PARITY_BY_STRUCTURE,
		    parity_text(p, "section %s", sections[k].key), "the section '%s' was found in some versions only",
		    sections[k].key);
		for (uint32_t i = 0; i < p->n; i++)
			parity_spot(p, f, i, at[i], 0, 0, at[i] >= 0 ? "there" : NULL);
	}
}

void
parity_rules_tokens(struct parity *p)
{
	struct tokens numbers[PARITY_SIDES_MAX], links[PARITY_SIDES_MAX];

	for (uint32_t i = 0; i < p->n; i++) {
		numbers[i] = (struct tokens){ .t = fp_arena_alloc(p->arena, TOKENS_MAX, sizeof(struct token)) };
		links[i] = (struct tokens){ .t = fp_arena_alloc(p->arena, TOKENS_MAX, sizeof(struct token)) };
		if (numbers[i].t == NULL || links[i].t == NULL) {
			p->no_memory = true;
			return;
		}
		for (uint32_t b = 0; b < p->side[i].l->n_blocks; b++)
			if (p->side[i].l->blocks[b].zone == LETTER_BODY)
				numbers_of(p, &numbers[i], &p->side[i], b);
		links_of(p, &links[i], &p->side[i]);
		tokens_sort(&numbers[i]);
		tokens_sort(&links[i]);
	}
	compare(p, numbers, "number", "number", false);
	compare(p, links, "link", "address", true);
	missing_sections(p);
}
