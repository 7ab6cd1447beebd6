/* Finding terms in a text: one pass over its words; the first word of a term finds it, the rest is compared. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "term/term_int.h"

#define WORDS_LOCAL 512u
#define RUN_MAX 63u /* letters of a word that are looked at for endings */
#define FOUND_MAX 4096u

struct finder {
	const struct term_base *t;
	uint32_t langs;          /* bits of those that are asked for */
	uint64_t prefix_lengths; /* of those */
	unsigned groups;
	const char *text;
	size_t len;
	const struct term_word *w;
	size_t n_words, n_plain; /* n_plain: without numbers */
	struct term_hit *hits;   /* own growing list */
	size_t n, cap;
};

/* Hash of the first letters of a word: what a term with any ending is compared with. */
static bool
starts_with(const struct finder *f, const struct term_word *w, uint64_t hash, uint32_t letters)
{
	uint64_t run[RUN_MAX];
	struct term_word again;
	size_t at = 0;

	if (w->letters < letters || letters == 0 || letters > RUN_MAX)
		return false;
	return term_word_next(f->t, f->text + w->from, w->to - w->from, &at, &again, run, RUN_MAX) && run[letters - 1] == hash;
}

static bool
same_word(const struct finder *f, const struct term_pattern *p, size_t k, const struct term_word *w)
{
	return w->hash == p->hash[k] || (p->prefix[k] && starts_with(f, w, p->hash[k], p->letters[k]));
}

/* Index of the last word of the term when its first stands at word i; SIZE_MAX when the rest does not follow. */
static size_t
match_rest(const struct finder *f, const struct term_pattern *p, size_t i)
{
	for (size_t k = 1; k < p->n; k++) {
		size_t most = p->gap[k] ? TERM_GAP_MAX : 0, skipped = 0;

		for (i++; i < f->n_words && skipped < most && !same_word(f, p, k, &f->w[i]); i++)
			skipped++;
		if (i >= f->n_words || !same_word(f, p, k, &f->w[i]))
			return SIZE_MAX;
	}
	return i;
}

static void
add_hit(struct finder *f, const struct term_pattern *p, size_t first, size_t last)
{
	size_t plain = 0;

	if (f->n >= FOUND_MAX || fp_grow(&f->hits, &f->cap, f->n + 1, sizeof(*f->hits)) != 0)
		return;
	for (size_t i = first; i <= last; i++)
		plain += !f->w[i].number;
	f->hits[f->n++] = (struct term_hit){ .from = f->w[first].from,
		.to = f->w[last].to,
		.key = p->key,
		.lang = &f->t->langs[p->lang],
		.word = p->word,
		.whole = plain == f->n_plain,
		.ambiguous = p->ambiguous,
		.means = p->means,
		.note = p->note };
}

static void
try_slot(struct finder *f, const struct term_slot *s, size_t i, bool as_prefix)
{
	const struct term_link *links = f->t->links;

	if (s == NULL || (f->langs & (as_prefix ? s->prefix_langs : s->term_langs)) == 0)
		return;
	for (int32_t k = s->first; k >= 0; k = links[k].next) {
		size_t last;

		if ((f->langs >> links[k].lang & 1u) == 0 || (f->groups >> links[k].group & 1u) == 0 ||
		    (as_prefix && !links[k].prefix))
			continue;
		last = match_rest(f, &f->t->patterns[k], i);
		if (last != SIZE_MAX)
			add_hit(f, &f->t->patterns[k], i, last);
	}
}

static void
try_word(struct finder *f, size_t i)
{
	uint64_t run[RUN_MAX];
	struct term_word w;
	size_t at = 0, most;

	try_slot(f, term_slot_find(f->t, f->w[i].hash), i, false);
	if (f->w[i].number || !term_word_next(f->t, f->text + f->w[i].from, f->w[i].to - f->w[i].from, &at, &w, run, RUN_MAX))
		return;
	most = w.letters < RUN_MAX ? w.letters : RUN_MAX;
	for (size_t n = 2; n < most; n++)
		if (f->prefix_lengths >> n & 1u)
			try_slot(f, term_slot_find(f->t, run[n - 1]), i, true);
}

static int
by_place(const void *a, const void *b)
{
	const struct term_hit *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to > y->to ? -1 : 1;
	/* A false friend before the plain reading of the same word. */
	if (x->ambiguous != y->ambiguous)
		return x->ambiguous ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->word - y->word;
}

/* Inside a group the longest wins where terms overlap; terms of the same words stay beside each other, one of each key and language. */
static size_t
choose(struct finder *f)
{
	struct {
		uint32_t from, to;
	} last[TERM_GROUP_COUNT] = { { 0, 0 } };
	size_t n = 0;

	if (f->n > 1)
		qsort(f->hits, f->n, sizeof(*f->hits), by_place);
	for (size_t i = 0; i < f->n; i++) {
		const struct term_hit h = f->hits[i];
		enum term_group g = h.key->group;
		bool same = h.from == last[g].from && h.to == last[g].to, known = false;

		if (!same && h.from < last[g].to)
			continue;
		for (size_t k = n; same && k > 0 && f->hits[k - 1].from == h.from && !known; k--)
			known = f->hits[k - 1].to == h.to && f->hits[k - 1].lang == h.lang &&
				(f->hits[k - 1].key == h.key ||
				    (f->hits[k - 1].key->group == g && f->hits[k - 1].ambiguous && f->hits[k - 1].means != NULL &&
					strcmp(f->hits[k - 1].means, h.key->id) == 0));
		if (known)
			continue;
		last[g].from = h.from;
		last[g].to = h.to;
		f->hits[n++] = h;
	}
	return n;
}

size_t
term_find(const struct term_base *t, const struct term_lang *lang, unsigned groups, const char *text, size_t len,
    struct term_hit *hits, size_t max)
{
	struct term_word local[WORDS_LOCAL];
	FP_AUTO(fp_freep) struct term_word *more = NULL;
	struct finder f = { .t = t,
		.langs = lang != NULL ? 1u << (lang - t->langs) : UINT32_MAX,
		.prefix_lengths = t->prefix_lengths[lang != NULL ? (size_t)(lang - t->langs) : TERM_LANGS_MAX],
		.groups = groups,
		.text = text,
		.len = len,
		.w = local };
	size_t n;

	f.n_words = term_words_of(t, text, len, local, WORDS_LOCAL);
	if (f.n_words > WORDS_LOCAL) {
		more = fp_calloc(f.n_words, sizeof(*more));
		f.w = more != NULL ? more : local;
		f.n_words = more != NULL ? term_words_of(t, text, len, more, f.n_words) : WORDS_LOCAL;
	}
	for (size_t i = 0; i < f.n_words; i++)
		f.n_plain += !f.w[i].number;
	for (size_t i = 0; i < f.n_words; i++)
		try_word(&f, i);
	n = choose(&f);
	for (size_t i = 0; i < n && i < max; i++)
		hits[i] = f.hits[i];
	free(f.hits);
	return n;
}

/* ---- which language ---- */

#define CHUNK 24u /* words that are judged together: about two sentences */

/* "UDI-DI", "AM-FSN2024", "d.o.o.", "e-mail": parts of codes and abbreviations are words of no language, though they may look like its little ones. */
static bool
is_of_code(const char *text, size_t len, const struct term_word *w)
{
	static const char joins[] = "-/_0123456789";
	char before = w->from > 0 ? text[w->from - 1] : ' ', behind = w->to < len ? text[w->to] : ' ';

	if (w->letters == 1 && (before == '.' || behind == '.' || behind == '-'))
		return true;
	for (uint32_t i = w->from; i < w->to; i++)
		if (text[i] < 'A' || text[i] > 'Z')
			return false;
	return w->letters <= 4 && (strchr(joins, before) != NULL || strchr(joins, behind) != NULL);
}

static void
vote(const struct term_base *t, const char *text, size_t len, const struct term_word *w, size_t n, uint32_t score[TERM_LANGS_MAX],
    uint32_t *hits)
{
	for (size_t i = 0; i < n; i++) {
		const struct term_slot *s = term_slot_find(t, w[i].hash);
		uint32_t langs = s != NULL ? s->langs : 0, weight;

		if (langs == 0 || is_of_code(text, len, &w[i]))
			continue;
		/* A word that many languages have says little. */
		weight = 60u / (uint32_t)__builtin_popcount(langs);
		(*hits)++;
		for (uint32_t rest = langs; rest != 0; rest &= rest - 1)
			score[__builtin_ctz(rest)] += weight;
	}
}

#define LETTERS_SEEN 64u

/* Letters beyond ASCII of a text, each with its number; one that comes when there is no room is not counted. */
static size_t
count_letters(const char *text, size_t len, uint32_t letter[LETTERS_SEEN], uint32_t times[LETTERS_SEEN])
{
	const char *end = text + len;
	size_t n = 0;

	for (const char *p = text; p < end;) {
		uint32_t c;
		size_t i = 0;

		if ((unsigned char)*p < 0x80) {
			p++;
			continue;
		}
		c = fp_utf8_next(&p, end);
		while (i < n && letter[i] != c)
			i++;
		if (i == LETTERS_SEEN)
			continue;
		if (i == n) {
			letter[n] = c;
			times[n++] = 0;
		}
		times[i]++;
	}
	return n;
}

/* Letters that few languages have speak, too: in words that are no function words. */
static void
vote_letters(const struct term_base *t, const char *text, size_t len, uint32_t score[TERM_LANGS_MAX])
{
	uint32_t letter[LETTERS_SEEN], times[LETTERS_SEEN];
	size_t seen = count_letters(text, len, letter, times);

	for (size_t l = 0; seen > 0 && l < t->n_langs; l++) {
		uint32_t n = 0;

		for (size_t i = 0; t->letters[l][i] != 0; i++)
			for (size_t k = 0; k < seen; k++)
				n += letter[k] == t->letters[l][i] ? times[k] : 0;
		score[l] += n < 40 ? n * 4 : 160;
	}
}

static size_t
best_of(const uint32_t score[TERM_LANGS_MAX], size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (score[i] > score[best])
			best = i;
	return best;
}

size_t
term_guess(const struct term_base *t, const char *text, size_t len, struct term_guess *out, size_t max)
{
	uint32_t all[TERM_LANGS_MAX] = { 0 }, words[TERM_LANGS_MAX] = { 0 }, hits = 0, total = 0;
	FP_AUTO(fp_freep) struct term_word *w = NULL;
	size_t n = term_words_of(t, text, len, NULL, 0), main, found = 0;

	w = fp_calloc(n + 1, sizeof(*w));
	if (w == NULL || n == 0 || t->n_langs == 0)
		return 0;
	(void)term_words_of(t, text, len, w, n);
	vote(t, text, len, w, n, all, &hits);
	if (hits < 3)
		return 0;
	vote_letters(t, text, len, all);
	main = best_of(all, t->n_langs);
	for (size_t i = 0; i < n; i += CHUNK) {
		uint32_t score[TERM_LANGS_MAX] = { 0 }, here = 0;
		size_t best;

		vote(t, text, len, w + i, n - i < CHUNK ? n - i : CHUNK, score, &here);
		if (here == 0)
			continue;
		best = best_of(score, t->n_langs);
		/* Neighbours share words: another language must be clearly ahead in the chunk. */
		if (best != main && (here < 4 || score[best] * 2 < score[main] * 5))
			best = main;
		words[best] += here;
		total += here;
	}
	for (size_t k = 0; k < t->n_langs; k++) {
		size_t i = best_of(words, t->n_langs);
		int share = total > 0 ? (int)(words[i] * 100u / total) : 0;

		if (share <= 5)
			break;
		if (found < max)
			out[found] = (struct term_guess){ .lang = &t->langs[i], .share = share };
		found++;
		words[i] = 0;
	}
	return found;
}
