/* Words of a text, folded: case, Greek accents and final sigma, sharp s; marks and hyphens part or vanish. */
#include <stdlib.h>

#include <unicode/uchar.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "term/term_int.h"

bool
term_word_next(
    const struct term_base *t, const char *text, size_t len, size_t *at, struct term_word *out, uint64_t *running, size_t max)
{
	const char *p = text + *at, *end = text + len, *from = NULL, *to = NULL;
	uint64_t h = TERM_HASH_START;
	uint32_t letters = 0;
	bool number = true;

	while (p < end) {
		const char *was = p;
		uint32_t c = (unsigned char)*p < 0x80 ? (unsigned char)*p++ : fp_utf8_next(&p, end), f;

		/* A soft hyphen is no letter and parts no word; so are the marks behind a name. */
		if (c == 0xAD || c == 0x2122 || c == 0xAE || c == 0x200B)
			continue;
		f = c < TERM_FOLD_END ? t->fold[c] : u_isalnum((UChar32)c) ? c : 0;
		if (f == 0) {
			if (from != NULL)
				break;
			continue;
		}
		if (from == NULL)
			from = was;
		to = p;
		number = number && f >= '0' && f <= '9';
		h = term_hash_step(h, f);
		if (letters < max && running != NULL)
			running[letters] = h;
		letters++;
		if (c == 0xDF) { /* sharp s is two */
			h = term_hash_step(h, f);
			if (letters < max && running != NULL)
				running[letters] = h;
			letters++;
		}
	}
	*at = (size_t)(p - text);
	if (from == NULL)
		return false;
	*out = (struct term_word){
		.hash = h, .from = (uint32_t)(from - text), .to = (uint32_t)(to - text), .letters = letters, .number = number
	};
	return true;
}

size_t
term_words_of(const struct term_base *t, const char *text, size_t len, struct term_word *out, size_t max)
{
	struct term_word w;
	size_t at = 0, n = 0;

	while (term_word_next(t, text, len, &at, &w, NULL, 0)) {
		if (n < max)
			out[n] = w;
		n++;
	}
	return n;
}

struct term_slot *
term_slot_find(const struct term_base *t, uint64_t hash)
{
	size_t i = (size_t)hash & (t->cap_slots - 1);

	while (t->slots[i].first != -1 || t->slots[i].langs != 0) {
		if (t->slots[i].hash == hash)
			return &t->slots[i];
		i = (i + 1) & (t->cap_slots - 1);
	}
	return NULL;
}

static bool
grow(struct term_base *t)
{
	size_t cap = t->cap_slots == 0 ? (size_t)1 << 14 : t->cap_slots * 2;
	struct term_slot *old = t->slots, *fresh = fp_calloc(cap, sizeof(*fresh));

	if (fresh == NULL)
		return false;
	for (size_t i = 0; i < cap; i++)
		fresh[i].first = -1;
	for (size_t i = 0; i < t->cap_slots; i++) {
		size_t k = (size_t)old[i].hash & (cap - 1);

		if (old[i].first == -1 && old[i].langs == 0)
			continue;
		while (fresh[k].first != -1 || fresh[k].langs != 0)
			k = (k + 1) & (cap - 1);
		fresh[k] = old[i];
	}
	free(old);
	t->slots = fresh;
	t->cap_slots = cap;
	return true;
}

struct term_slot *
term_slot_make(struct term_base *t, uint64_t hash)
{
	struct term_slot *s = t->cap_slots > 0 ? term_slot_find(t, hash) : NULL;
	size_t i;

	if (s != NULL)
		return s;
	if ((t->n_slots + 1) * 3 > t->cap_slots && !grow(t))
		return NULL;
	i = (size_t)hash & (t->cap_slots - 1);
	while (t->slots[i].first != -1 || t->slots[i].langs != 0)
		i = (i + 1) & (t->cap_slots - 1);
	t->slots[i].hash = hash;
	t->n_slots++;
	return &t->slots[i];
}
