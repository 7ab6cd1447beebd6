/* The table of first words and function words, and the sieves in front of it. */
#include <stdlib.h>

#include "base/mem.h"
#include "term/term_int.h"

struct term_slot *
term_slot_find(const struct term_base *t, uint64_t hash)
{
	if (t->cap_slots == 0)
		return NULL;
	for (size_t i = (size_t)hash & (t->cap_slots - 1); t->slots[i].hash != 0; i = (i + 1) & (t->cap_slots - 1))
		if (t->slots[i].hash == hash)
			return &t->slots[i];
	return NULL;
}

static struct term_slot *
put(struct term_slot *slots, size_t cap, uint64_t hash)
{
	size_t i = (size_t)hash & (cap - 1);

	while (slots[i].hash != 0)
		i = (i + 1) & (cap - 1);
	slots[i].hash = hash;
	slots[i].first = -1;
	return &slots[i];
}

bool
term_slots_reserve(struct term_base *t, size_t n)
{
	size_t cap = t->cap_slots == 0 ? 1024 : t->cap_slots;
	struct term_slot *fresh;

	while (cap < (t->n_slots + n) * 2)
		cap *= 2;
	if (cap == t->cap_slots)
		return true;
	fresh = fp_calloc(cap, sizeof(*fresh));
	if (fresh == NULL)
		return false;
	for (size_t i = 0; i < t->cap_slots; i++)
		if (t->slots[i].hash != 0) {
			struct term_slot *s = put(fresh, cap, t->slots[i].hash);

			*s = t->slots[i];
		}
	free(t->slots);
	t->slots = fresh;
	t->cap_slots = cap;
	return true;
}

struct term_slot *
term_slot_make(struct term_base *t, uint64_t hash)
{
	struct term_slot *s = term_slot_find(t, hash);

	if (s != NULL)
		return s;
	if (!term_slots_reserve(t, 1))
		return NULL;
	t->n_slots++;
	return put(t->slots, t->cap_slots, hash);
}

void
term_sieve_add(struct term_base *t, size_t lang, enum term_first how, uint64_t word)
{
	uint64_t i = term_sieve_index(word, TERM_SIEVE_BITS);

	t->sieve[lang][how][i / 64] |= UINT64_C(1) << (i % 64);
	t->sets[how][term_sieve_index(word, TERM_SETS_BITS)] |= 1u << lang;
}

/* Terms are added key by key; looked at they are first word by first word. */
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
	for (size_t i = 0; i < t->cap_slots; i++) {
		int32_t k = t->slots[i].hash != 0 ? t->slots[i].first : -1;

		if (k < 0)
			continue;
		t->slots[i].first = n;
		for (; k >= 0; k = t->patterns[k].next, n++) {
			const struct term_pattern *p = &t->patterns[k];

			ordered[n] = *p;
			t->glances[n] = (struct term_glance){ p->tag, p->group, p->near, p->next < 0 };
		}
	}
	free(t->patterns);
	t->patterns = ordered;
	t->cap_patterns = t->n_patterns + 1;
	return true;
}
