/* Products: records put together, and products put into the draft. */
#include "draft/products_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define PRODUCTS_MAX 5000u
#define ITEMS_MAX 20000u
#define SIEVE_BLOCKS 1000u
#define NEAR 3u /* blocks */

void
prod_add(
    struct prod *p, enum prod_field f, unsigned is, uint32_t block, uint32_t from, uint32_t to, const char *value, int confidence)
{
	struct prod_record *r = &p->rec;

	if (r->n >= ITEMS_MAX)
		return;
	if (fp_grow(&r->items, &r->cap, r->n + 1, sizeof(*r->items)) != 0) {
		p->w->d->no_memory = true;
		return;
	}
	r->items[r->n++] = (struct prod_item){ f, is, block, from, to - from, value, confidence };
}

unsigned
prod_has(const struct prod_record *r)
{
	unsigned has = 0;

	for (size_t i = 0; i < r->n; i++)
		has |= PROD(r->items[i].field);
	return has;
}

static const struct prod_item *
first_of(const struct prod_record *r, enum prod_field f)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->items[i].field == f)
			return &r->items[i];
	return NULL;
}

static size_t
count_of(const struct prod_record *r, enum prod_field f, unsigned but)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->items[i].field == f && (r->items[i].is & but) == 0;
	return n;
}

/* ---- sieves: what was surely not there before ---- */

#define SIEVE_BITS 262144u
#define SIEVE_FROM 64u /* values of one product from which on a sieve pays */

static uint32_t
hash_of(const char *s, unsigned kind)
{
	uint32_t h = 2166136261u + kind;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return (h ^ h >> 16) % SIEVE_BITS;
}

/* May the value have been there? It is from now on. Without a sieve: it may. */
static bool
sieve_was(uint64_t *sieve, const char *s, unsigned kind)
{
	uint32_t h = hash_of(s, kind);
	bool was;

	if (sieve == NULL)
		return true;
	was = (sieve[h / 64] >> (h % 64) & 1u) != 0;
	sieve[h / 64] |= (uint64_t)1 << (h % 64);
	return was;
}

static uint64_t *
sieve_new(struct prod *p)
{
	return fp_arena_alloc(p->w->arena, SIEVE_BITS / 64, sizeof(uint64_t));
}

/* ---- which product ---- */

static bool
share(const struct prod_record *a, const struct prod_record *b, enum prod_field f)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (a->items[i].field == f && b->items[k].field == f && a->items[i].is == 0 && b->items[k].is == 0 &&
			    strcmp(a->items[i].value, b->items[k].value) == 0)
				return true;
	return false;
}

static const char *
folded_name(struct prod *p, const struct prod_record *r)
{
	const struct prod_item *name = first_of(r, PROD_NAME);

	return name != NULL ? draft_folded(p->w, name->value, strlen(name->value)) : "";
}

static const char *
udi_of(const struct prod_record *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->items[i].field == PROD_UDI && r->items[i].is == 0)
			return r->items[i].value;
	return NULL;
}

/* The record may speak of the product: nothing that both have tells them apart. */
static bool
same_product(const struct prod_product *is, const struct prod_record *r, const char *folded, const char *udi)
{
	if (is->udi != NULL && udi != NULL)
		return strcmp(is->udi, udi) == 0;
	if (share(&is->r, r, PROD_CATALOG))
		return true;
	if (count_of(&is->r, PROD_CATALOG, 0) > 0 && count_of(r, PROD_CATALOG, 0) > 0)
		return false;
	return folded[0] != '\0' && strcmp(is->folded, folded) == 0;
}

/* Lots alone do not say whose they are. */
static bool
is_anonymous(const struct prod_record *r, const char *folded, const char *udi)
{
	return folded[0] == '\0' && udi == NULL && (prod_has(r) & (PROD(PROD_CATALOG) | PROD(PROD_MODEL))) == 0;
}

/* Has any of what the record is known by been seen? It is from now on. */
static bool
is_known(struct prod *p, const char *folded)
{
	bool known = folded[0] != '\0' && sieve_was(p->seen, folded, PROD_NAME);

	for (size_t i = 0; i < p->rec.n; i++)
		if (p->rec.items[i].field == PROD_UDI || p->rec.items[i].field == PROD_CATALOG)
			known = sieve_was(p->seen, p->rec.items[i].value, p->rec.items[i].field) || known;
	return known;
}

static struct prod_product *
product_for(struct prod *p, const char *folded, const char *udi)
{
	if (!is_known(p, folded))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		if (same_product(&p->products[i], &p->rec, folded, udi))
			return &p->products[i];
	return NULL;
}

/* They are those of the only product, or of the one that was read right before them; otherwise that is left to a person. */
static struct prod_product *
product_before(struct prod *p)
{
	const struct prod_item *first = &p->rec.items[0];
	struct prod_product *last = p->n > 0 ? &p->products[p->n - 1] : NULL;
	struct draft_source s = draft_from(p->w, first->block, first->from, first->len, first->confidence);

	if (p->n == 1 || (last != NULL && !p->prose && first->block >= last->r.items[last->r.n - 1].block &&
			     first->block <= last->r.items[last->r.n - 1].block + NEAR))
		return last;
	if (last != NULL)
		draft_finding(p->w->d, "unassigned-numbers", DRAFT_WARNING, &s,
		    "of which product '%s' is, the letter does not say", first->value);
	return NULL;
}

/* "DRAGEN Server for NovaSeq 6000Dx" of a form: every telling word of it is in the name of one product only. */
static bool
holds_words(const char *name, const char *words)
{
	size_t len = strlen(words), name_len = strlen(name), told = 0;
	struct draft_token t, u;

	for (size_t at = 0; draft_token_next(words, len, &at, &t);) {
		bool found = false;

		/* "for", "and": words of small letters tell nothing. */
		if (t.digits == 0 && t.capitals == 0)
			continue;
		for (size_t k = 0; !found && draft_token_next(name, name_len, &k, &u);)
			found = u.to - u.from == t.to - t.from && strncasecmp(name + u.from, words + t.from, t.to - t.from) == 0;
		if (!found)
			return false;
		told++;
	}
	return told >= 3;
}

static struct prod_product *
product_of_words(struct prod *p)
{
	const struct prod_item *name = first_of(&p->rec, PROD_NAME), *is;
	struct prod_product *found = NULL;

	for (size_t i = 0; name != NULL && i < p->n; i++) {
		is = first_of(&p->products[i].r, PROD_NAME);
		if (is == NULL || !holds_words(is->value, name->value))
			continue;
		if (found != NULL)
			return NULL;
		found = &p->products[i];
	}
	if (found != NULL)
		for (size_t i = 0; i < p->rec.n; i++)
			p->rec.items[i].confidence = 50;
	return found;
}

/* A product of many values gets a sieve of them. */
static uint64_t *
values_sieve(struct prod *p, struct prod_product *to)
{
	if (to->seen == NULL && to->r.n >= SIEVE_FROM && (to->seen = sieve_new(p)) != NULL)
		for (size_t i = 0; i < to->r.n; i++)
			(void)sieve_was(to->seen, to->r.items[i].value, to->r.items[i].field);
	return to->seen;
}

static bool
has_value(const struct prod_record *r, const struct prod_item *i)
{
	for (size_t k = 0; k < r->n; k++)
		if (r->items[k].field == i->field && r->items[k].is == i->is && strcmp(r->items[k].value, i->value) == 0)
			return true;
	return false;
}

void
prod_more(struct prod *p, struct prod_product *to, const struct prod_item *i)
{
	if (to->r.n >= ITEMS_MAX || (sieve_was(values_sieve(p, to), i->value, i->field) && has_value(&to->r, i)))
		return;
	if (fp_grow(&to->r.items, &to->r.cap, to->r.n + 1, sizeof(*to->r.items)) != 0)
		p->w->d->no_memory = true;
	else
		to->r.items[to->r.n++] = *i;
}

static bool
is_of_another(const struct prod *p, const struct prod_product *but, const struct prod_item *i)
{
	for (size_t k = 0; k < p->n; k++)
		if (&p->products[k] != but && has_value(&p->products[k].r, i))
			return true;
	return false;
}

static void
product_take(struct prod *p, struct prod_product *to, const struct prod_record *r)
{
	for (size_t i = 0; i < r->n; i++)
		/* A sentence may speak of several products at once: what is known to be another's stays there. */
		if (!p->prose || r->items[i].field != PROD_CATALOG || !is_of_another(p, to, &r->items[i]))
			prod_more(p, to, &r->items[i]);
	if (to->udi == NULL)
		to->udi = udi_of(&to->r);
	if (to->folded[0] == '\0')
		to->folded = folded_name(p, &to->r);
}

/* "Product: Immuno i400 analyser" above a table of its variants: a name alone that shares its telling words with products that have numbers. */
static bool
is_family(const struct prod *p)
{
	const struct prod_item *name = first_of(&p->rec, PROD_NAME);
	struct draft_token t;

	if (name == NULL || prod_has(&p->rec) != PROD(PROD_NAME))
		return false;
	for (size_t at = 0, len = strlen(name->value); draft_token_next(name->value, len, &at, &t);) {
		/* A word with a digit, or with capitals inside. */
		if (t.digits == 0 && t.capitals < 2)
			continue;
		for (size_t i = 0; i < p->n; i++) {
			const struct prod_item *is = first_of(&p->products[i].r, PROD_NAME);
			char word[80];

			if (is == NULL || (prod_has(&p->products[i].r) & (PROD_CODES)) == 0 || t.to - t.from >= sizeof(word))
				continue;
			memcpy(word, name->value + t.from, t.to - t.from);
			word[t.to - t.from] = '\0';
			if (draft_holds(is->value, strlen(is->value), word))
				return true;
		}
	}
	return false;
}

/* Said once. */
static bool
over_limit(struct prod *p)
{
	const struct prod_item *first = p->rec.n > 0 ? &p->rec.items[0] : NULL;
	struct draft_source s;

	if (p->n < PRODUCTS_MAX)
		return false;
	if (first != NULL && !p->limited) {
		s = draft_from(p->w, first->block, first->from, first->len, first->confidence);
		draft_finding(p->w->d, "limit", DRAFT_ERROR, &s,
		    "the letter lists more than %u products: from here on they were not read", PRODUCTS_MAX);
	}
	p->limited = true;
	return true;
}

static void
record_done(struct prod *p)
{
	const char *folded = folded_name(p, &p->rec), *udi = udi_of(&p->rec);
	bool anonymous = is_anonymous(&p->rec, folded, udi);
	struct prod_product *to = anonymous ? product_before(p) : product_for(p, folded, udi);

	if (to == NULL && p->form)
		to = product_of_words(p);
	if (to == NULL && is_family(p))
		return;
	if (to == NULL) {
		if (p->form || over_limit(p) || (anonymous && p->n > 0))
			return;
		if (fp_grow(&p->products, &p->cap, p->n + 1, sizeof(*p->products)) != 0) {
			p->w->d->no_memory = true;
			return;
		}
		to = &p->products[p->n++];
		*to = (struct prod_product){ .folded = "" };
	}
	product_take(p, to, &p->rec);
}

/* Every UDI-DI is a product of its own: the record once for each, and codes beside them one each where there are as many. */
static void
record_split(struct prod *p, size_t n)
{
	struct prod_record all = p->rec, one = { .n = 0 };
	bool zip_names = count_of(&all, PROD_NAME, PROD_NA) == n, zip_codes = count_of(&all, PROD_CATALOG, PROD_NA) == n;

	for (size_t k = 0; k < n; k++) {
		size_t seen[PROD_FIELDS] = { 0 };

		p->rec = one;
		p->rec.n = 0;
		for (size_t i = 0; i < all.n; i++) {
			const struct prod_item *it = &all.items[i];
			bool zip = it->field == PROD_UDI || (it->field == PROD_NAME && zip_names) ||
				   (it->field == PROD_CATALOG && zip_codes);

			if ((it->is & PROD_NA) == 0 && (!zip || seen[it->field]++ == k))
				prod_add(
				    p, it->field, it->is, it->block, it->from, it->from + it->len, it->value, it->confidence);
		}
		record_done(p);
		one = p->rec;
	}
	free(one.items);
	p->rec = all;
}

void
prod_flush(struct prod *p)
{
	size_t udis = count_of(&p->rec, PROD_UDI, PROD_NA | PROD_BAD), names = count_of(&p->rec, PROD_NAME, 0),
	       codes = count_of(&p->rec, PROD_CATALOG, 0);

	if ((prod_has(&p->rec) & PROD_READ) != 0) {
		if (udis > 1)
			record_split(p, udis);
		else if (names > 1 && udis == 0 && (names == codes || codes == 0))
			record_split(p, names);
		else
			record_done(p);
	}
	p->rec.n = 0;
}

/* ---- into the draft ---- */

/* "MiSeq(TM) Dx-Instrument" -> "miseq-dx-instrument": as ids of notices are, at most 47 bytes. */
static void
make_id(char out[48], const char *name, size_t number)
{
	size_t n = 0;

	for (const char *s = name; *s != '\0' && n < 40; s++) {
		char c = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
		else if (n > 0 && out[n - 1] != '-' && (unsigned char)c < 0x80)
			out[n++] = '-';
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	if (n == 0)
		n = (size_t)snprintf(out, 48, "product-%zu", number + 1);
	out[n] = '\0';
}

static bool
id_taken(struct prod *p, const char *id, size_t before)
{
	const json_t *products = json_object_get(p->w->d->facts, "products");

	if (!sieve_was(p->seen, id, PROD_FIELDS))
		return false;
	for (size_t i = 0; i < before; i++) {
		const char *is = json_string_value(json_object_get(json_array_get(products, i), "id"));

		if (is != NULL && strcmp(is, id) == 0)
			return true;
	}
	return false;
}

static void
put_id(struct prod *p, const struct prod_product *is, size_t number)
{
	const struct prod_item *name = first_of(&is->r, PROD_NAME);
	const struct prod_item *code = first_of(&is->r, PROD_CATALOG);
	char id[64], pointer[DRAFT_POINTER];

	make_id(id, name != NULL ? name->value : code != NULL ? code->value : "", number);
	for (size_t k = 2, n = strlen(id); id_taken(p, id, number) && k < 1000; k++)
		(void)snprintf(id + n, sizeof(id) - n, "-%zu", k);
	draft_put_str(p->w->d, draft_pointer(pointer, "/products/", number, "/id"), id, NULL);
}

static struct draft_source
source_of(const struct prod *p, const struct prod_item *i)
{
	return draft_from(p->w, i->block, i->from, i->len, i->confidence);
}

static void
put_list(
    struct prod *p, const struct prod_product *is, size_t number, const char *key, enum prod_field f, unsigned only, unsigned but)
{
	char pointer[DRAFT_POINTER];
	size_t n = strlen(draft_pointer(pointer, "/products/", number, key));

	(void)draft_put(p->w->d, pointer, json_array(), NULL);
	memcpy(pointer + n, "/-", 3);
	for (size_t i = 0; i < is->r.n; i++) {
		const struct prod_item *it = &is->r.items[i];
		struct draft_source s = source_of(p, it);

		if (it->field == f && (it->is & but) == 0 && (only == 0 || (it->is & only) != 0))
			draft_put_str(p->w->d, pointer, it->value, &s);
	}
}

static void
put_udi(struct prod *p, const struct prod_product *is, size_t number)
{
	char udi[DRAFT_POINTER], other[DRAFT_POINTER];
	bool found = false;

	(void)draft_pointer(udi, "/products/", number, "/udi_di");
	for (size_t i = 0; i < is->r.n; i++) {
		const struct prod_item *it = &is->r.items[i];
		struct draft_source s = source_of(p, it);

		if (it->field != PROD_UDI || found)
			continue;
		if ((it->is & PROD_NA) != 0 && is->udi == NULL) {
			(void)draft_put(p->w->d, udi, json_null(), NULL);
			draft_put_str(
			    p->w->d, draft_pointer(other, "/products/", number, "/udi_di_stated"), "not applicable", &s);
			return;
		}
		if ((it->is & PROD_BAD) != 0)
			draft_put_str(p->w->d, draft_pointer(other, "/products/", number, "/udi_di_printed"), it->value, &s);
		found = it->is == 0;
		if (found)
			draft_put_str(p->w->d, udi, it->value, &s);
	}
	if (!found)
		draft_lacks(p->w->d, udi);
}

static void
put_versions(struct prod *p, const struct prod_product *is, size_t number)
{
	char pointer[DRAFT_POINTER];

	(void)draft_put(p->w->d, draft_pointer(pointer, "/products/", number, "/versions"), json_array(), NULL);
	(void)draft_pointer(pointer, "/products/", number, "/versions/-");
	for (size_t i = 0; i < is->r.n; i++) {
		const struct prod_item *it = &is->r.items[i];
		struct draft_source s = source_of(p, it);
		json_t *list, *one;
		size_t k;

		if (it->field != PROD_VERSION)
			continue;
		list = prod_versions(p, it);
		json_array_foreach(list, k, one)
		{
			(void)draft_put(p->w->d, pointer, json_incref(one), &s);
		}
		json_decref(list);
	}
}

/* What a list of numbers cannot say as numbers is said beside it. */
static void
put_findings(struct prod *p, const struct prod_product *is)
{
	static const struct {
		unsigned is;
		const char *code, *message;
	} table[] = {
		{ PROD_OPEN, "open-ended", "'%s' has no end: which units it means cannot be listed" },
		{ PROD_WILD, "wildcard", "'%s' stands for many numbers; it was not spelled out" },
	};

	for (size_t i = 0; i < is->r.n; i++)
		for (size_t k = 0; k < FP_COUNT(table); k++) {
			struct draft_source s = source_of(p, &is->r.items[i]);

			if ((is->r.items[i].is & table[k].is) == 0)
				continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			draft_finding(p->w->d, table[k].code, DRAFT_WARNING, &s, table[k].message, is->r.items[i].value);
#pragma GCC diagnostic pop
		}
}

static void
put_product(struct prod *p, const struct prod_product *is, size_t number)
{
	char pointer[DRAFT_POINTER];

	(void)draft_put(p->w->d, draft_pointer(pointer, "/products/", number, ""), json_object(), NULL);
	put_id(p, is, number);
	put_list(p, is, number, "/names", PROD_NAME, 0, PROD_NA);
	put_list(p, is, number, "/catalog_numbers", PROD_CATALOG, 0, PROD_NA | PROD_UNTRUE);
	put_udi(p, is, number);
	put_list(p, is, number, "/models", PROD_MODEL, 0, PROD_NA);
	put_list(p, is, number, "/lots", PROD_LOT, 0, PROD_NA | PROD_UNTRUE);
	put_list(p, is, number, "/serial_numbers", PROD_SERIAL, 0,
	    PROD_NA | PROD_UNTRUE | PROD_RANGE | PROD_OPEN | PROD_WILD | PROD_ALL);
	put_list(p, is, number, "/serial_ranges", PROD_SERIAL, PROD_RANGE | PROD_OPEN | PROD_WILD | PROD_ALL, PROD_NA);
	put_versions(p, is, number);
	put_findings(p, is);
}

void
draft_stage_products(struct draft_work *w)
{
	struct prod p = { .w = w, .used = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(bool)) };

	/* Few letters have so many products that searching them takes longer than making a sieve. */
	p.seen = w->l->n_blocks > SIEVE_BLOCKS ? sieve_new(&p) : NULL;
	if (p.used == NULL) {
		w->d->no_memory = true;
		return;
	}
	prod_read_tables(&p);
	prod_read_lists(&p);
	prod_read_lines(&p);
	prod_check(&p);
	prod_spellings(&p);
	(void)draft_put(w->d, "/products", json_array(), NULL);
	for (size_t i = 0; i < p.n && !w->d->no_memory; i++)
		put_product(&p, &p.products[i], i);
	for (size_t i = 0; i < p.n; i++)
		free(p.products[i].r.items);
	free(p.products);
	free(p.rec.items);
}
