/* The table of first words and function words, and the sieves in front of it. */
#include <stdlib.h>

#include "base/mem.h"
#include "term/term_int.h"

/* Never 0, which marks an empty slot. */
static inline uint64_t
slot_hash(uint64_t word, enum term_first how)
{
	uint64_t h = (word ^ ((uint64_t)how + 1) * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;

	return (h ^ (h >> 32)) | 1u;
}

/* The low bit of all is the same. */
static inline size_t
slot_place(uint64_t hash, size_t cap)
{
	return (size_t)(hash >> 1) & (cap - 1);
}

struct term_slot *
term_slot_find(const struct term_base *t, size_t table, enum term_first how, uint64_t word)
{
	const struct term_table *x = &t->tables[table];
	uint64_t hash = slot_hash(word, how);

	if (x->cap == 0)
		return NULL;
	for (size_t i = slot_place(hash, x->cap); x->slots[i].hash != 0; i = (i + 1) & (x->cap - 1))
		if (x->slots[i].hash == hash)
			return &x->slots[i];
	return NULL;
}

void
term_slot_fetch(const struct term_base *t, size_t table, enum term_first how, uint64_t word)
{
	const struct term_table *x = &t->tables[table];

	if (x->cap != 0)
		__builtin_prefetch(&x->slots[slot_place(slot_hash(word, how), x->cap)]);
}

static struct term_slot *
put(struct term_slot *slots, size_t cap, uint64_t hash)
{
	size_t i = slot_place(hash, cap);

	while (slots[i].hash != 0)
		i = (i + 1) & (cap - 1);
	slots[i].hash = hash;
	slots[i].first = -1;
	return &slots[i];
}

/* Room for one more: at most half of a table is full. */
static bool
reserve(struct term_table *x)
{
	size_t cap = x->cap == 0 ? 1024 : x->cap * 2;
	struct term_slot *fresh;

	if ((x->n + 1) * 2 <= x->cap)
		return true;
	fresh = fp_calloc(cap, sizeof(*fresh));
	if (fresh == NULL)
		return false;
	for (size_t i = 0; i < x->cap; i++)
		if (x->slots[i].hash != 0)
			*put(fresh, cap, x->slots[i].hash) = x->slots[i];
	free(x->slots);
	x->slots = fresh;
	x->cap = cap;
	return true;
}

struct term_slot *
term_slot_make(struct term_base *t, size_t table, enum term_first how, uint64_t word)
{
	struct term_slot *s = term_slot_find(t, table, how, word);

	if (s != NULL)
		return s;
	if (!reserve(&t->tables[table]))
		return NULL;
	t->tables[table].n++;
	return put(t->tables[table].slots, t->tables[table].cap, slot_hash(word, how));
}

void
term_sieve_add(struct term_base *t, size_t lang, enum term_first how, const struct term_word *first, uint64_t begin)
{
	struct term_sieve *s = &t->sieves[lang];
	uint64_t i = term_sieve_index(first->hash, TERM_SIEVE_BITS);

	s->first[how][i / 64] |= UINT64_C(1) << (i % 64);
	t->sets[how][term_sieve_index(first->hash, TERM_SETS_BITS)] |= 1u << lang;
	if (how == TERM_FIRST_EXACT)
		return;
	s->lengths[term_sieve_index(begin, TERM_BEGIN_BITS)] |= UINT64_C(1) << first->letters;
	t->prefix_lengths |= UINT64_C(1) << first->letters;
}

void
term_function_add(struct term_base *t, uint64_t word)
{
	uint64_t i = term_sieve_index(word, TERM_SETS_BITS);

	t->functions[i / 64] |= UINT64_C(1) << (i % 64);
}

/* The patterns of one slot in a row, from place n on; returns the next place. */
static int32_t
order_slot(struct term_base *t, struct term_slot *s, struct term_pattern *ordered, int32_t n)
{
	int32_t k = s->hash != 0 ? s->first : -1;

	if (k < 0)
		return n;
	s->first = n;
	for (; k >= 0; k = t->patterns[k].next, n++) {
		const struct term_pattern *p = &t->patterns[k];

		ordered[n] = *p;
		t->glances[n] = (struct term_glance){ p->tag, p->group & 15u, p->then & 7u, p->next < 0 };
	}
	return n;
}

/* Terms are added key by key; looked at they are language by language and first word by first word. */
bool
term_patterns_order(struct term_base *t)
{
	struct term_pattern *ordered = fp_calloc(t->n_patterns + 1, sizeof(*ordered));
	int32_t n = 0;

	free(t->glances);
	t->glances = fp_calloc(t->n_patterns + 1, sizeof(*t->glances));
	if (ordered == NULL || t->glances == NULL) {
		free(ordered);
		return false;
	}
	for (size_t lang = 0; lang < t->n_langs; lang++)
		for (size_t i = 0; i < t->tables[lang].cap; i++)
			n = order_slot(t, &t->tables[lang].slots[i], ordered, n);
	free(t->patterns);
	t->patterns = ordered;
	t->cap_patterns = t->n_patterns + 1;
	return true;
}
