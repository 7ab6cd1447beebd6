/*
 * Finding terms in a text: one pass over its words. Small sieves say at once that no term begins with a word; what they let through is looked up, and
 * the words behind are compared. Long texts pass in windows, so that memory does not grow with them.
 */
#include <string.h>

#include "term/term_int.h"

#define WINDOW 512u                           /* words at once */
#define LOOKAHEAD 160u                        /* words that a term may reach over: twelve, and eleven gaps */
#define CANDIDATES 3072u                      /* first words in a window */
#define CANDIDATES_A_WORD (TERM_RUN_MAX + 1u) /* of one language */
#define RAW_MAX 256u                          /* terms that begin with one word of the text */
#define STEPS_MAX 400u                        /* words compared for one term: gaps in a row could make it very many */

/* A word that a term may begin with. What is known of it in memory is asked for a step before it is looked at: by then it is there. */
struct candidate {
	uint64_t hash;
	uint32_t word;
	int32_t first; /* pattern */
	uint8_t lang, how;
};

struct finder {
	const struct term_base *t;
	int lang; /* -1: all */
	unsigned groups;
	const char *text;
	size_t len, at; /* behind the last word */
	struct term_word w[WINDOW];
	size_t n_words, n_plain; /* n_plain: without numbers */
	bool whole_text;         /* the window holds all of the text */
	struct candidate c[CANDIDATES];
	size_t n_candidates;
	struct term_hit raw[RAW_MAX];
	size_t n_raw;
	struct {
		uint32_t from, to;
	} last[TERM_GROUP_COUNT];
	struct term_hit *hits; /* the caller's */
	size_t n, max;
};

/* ---- first words ---- */

static void
add_candidate(struct finder *f, size_t word, size_t lang, enum term_first how, uint64_t hash)
{
	if (f->n_candidates >= CANDIDATES)
		return;
	f->c[f->n_candidates++] = (struct candidate){ hash, (uint32_t)word, -1, (uint8_t)lang, (uint8_t)how };
	term_slot_fetch(f->t, lang, how, hash);
}

static inline void
try_first(struct finder *f, size_t word, enum term_first how, uint64_t hash)
{
	if (f->lang >= 0) {
		if (term_sieve_has(f->t->sieves[f->lang].first[how], hash))
			add_candidate(f, word, (size_t)f->lang, how, hash);
		return;
	}
	for (uint32_t set = term_set_of(f->t, how, hash); set != 0; set &= set - 1)
		add_candidate(f, word, (size_t)__builtin_ctz(set), how, hash);
}

static void
try_word(struct finder *f, size_t i, const uint64_t run[TERM_RUN_MAX])
{
	const struct term_word *w = &f->w[i];
	uint32_t most = w->letters < TERM_RUN_MAX ? w->letters : TERM_RUN_MAX;
	uint64_t lengths;

	try_first(f, i, TERM_FIRST_EXACT, w->hash);
	if (w->stem != 0)
		try_first(f, i, TERM_FIRST_EXACT, w->stem);
	if (w->number || most < 2)
		return;
	lengths = f->lang >= 0 ? f->t->sieves[f->lang].lengths[term_sieve_index(run[1], TERM_BEGIN_BITS)] : f->t->prefix_lengths;
	lengths &= most < 63 ? (UINT64_C(2) << most) - 1 : UINT64_MAX;
	for (lengths &= ~UINT64_C(3); lengths != 0; lengths &= lengths - 1)
		try_first(f, i, TERM_FIRST_PREFIX, run[__builtin_ctzll(lengths) - 1]);
}

/* ---- the words behind ---- */

static bool
same_word(const struct finder *f, const struct term_rest *r, const struct term_word *w)
{
	uint64_t run[TERM_RUN_MAX];
	struct term_word again;
	size_t at = w->from;

	if (w->hash == r->hash || (w->stem != 0 && w->stem == r->hash))
		return true;
	return r->prefix && w->letters > r->letters && r->letters <= TERM_RUN_MAX &&
	       term_word_next(f->t, f->text, w->to, &at, &again, run) && run[r->letters - 1] == r->hash;
}

/* Index of the last word of the term when the word before rest k is word i; SIZE_MAX when the rest does not follow. */
static size_t
match_rest(const struct finder *f, const struct term_pattern *p, size_t k, size_t i, unsigned *steps)
{
	const struct term_rest *r;
	size_t most;

	if (k >= p->n)
		return i;
	r = &f->t->rests[p->rest + k - 1];
	most = r->gap ? TERM_GAP_MAX : 0;
	for (size_t skipped = 0; skipped <= most && ++i < f->n_words && ++*steps < STEPS_MAX; skipped++) {
		size_t last;

		/* What follows over a gap stands in the same sentence. */
		if (r->gap && f->w[i].starts)
			return SIZE_MAX;
		if (!same_word(f, r, &f->w[i]))
			continue;
		last = match_rest(f, p, k + 1, i, steps);
		if (last != SIZE_MAX)
			return last;
	}
	return SIZE_MAX;
}

/* Longest first; a false friend before the plain reading of the same word; then in the order of the concepts. */
static bool
goes_before(const struct term_hit *x, const struct term_hit *y)
{
	if (x->to != y->to)
		return x->to > y->to;
	if (x->ambiguous != y->ambiguous)
		return x->ambiguous;
	if (x->key != y->key)
		return x->key < y->key;
	return x->word < y->word;
}

static void
add_raw(struct finder *f, const struct term_pattern *p, size_t first, size_t last)
{
	const struct term_friend *friend = p->friend >= 0 ? &f->t->friends[p->friend] : NULL;
	size_t plain = 0, k;
	struct term_hit h;

	if (f->n_raw >= RAW_MAX)
		return;
	for (size_t i = first; i <= last; i++)
		plain += !f->w[i].number;
	h = (struct term_hit){ .from = f->w[first].from,
		.to = f->w[last].to,
		.key = p->key,
		.lang = &f->t->langs[p->lang],
		.group = p->group,
		.word = p->word,
		.whole = f->whole_text && plain == f->n_plain,
		.ambiguous = friend != NULL,
		.means = friend != NULL ? friend->means : NULL,
		.note = friend != NULL ? friend->note : NULL };
	for (k = f->n_raw++; k > 0 && goes_before(&h, &f->raw[k - 1]); k--)
		f->raw[k] = f->raw[k - 1];
	f->raw[k] = h;
}

/* Is a term of the same words there already that says the same, or that warns of this one? */
static bool
is_known(const struct finder *f, size_t i)
{
	const struct term_hit *h = &f->raw[i];

	for (size_t k = i; k-- > 0 && f->raw[k].to == h->to;)
		if (f->raw[k].lang == h->lang &&
		    (f->raw[k].key == h->key || (f->raw[k].group == h->group && f->raw[k].ambiguous && f->raw[k].means != NULL &&
						    strcmp(f->raw[k].means, h->key->id) == 0)))
			return true;
	return false;
}

/* All terms that begin at one word are known: inside a group the longest stays; terms of the same words stay beside each other. */
static void
settle(struct finder *f)
{
	for (size_t i = 0; i < f->n_raw; i++) {
		const struct term_hit *h = &f->raw[i];
		enum term_group g = h->group;
		bool same = h->from == f->last[g].from && h->to == f->last[g].to;

		if ((!same && h->from < f->last[g].to) || (same && is_known(f, i)))
			continue;
		f->last[g].from = h->from;
		f->last[g].to = h->to;
		if (f->n < f->max)
			f->hits[f->n] = *h;
		f->n++;
	}
	f->n_raw = 0;
}

/* ---- windows ---- */

static void
match_candidate(struct finder *f, const struct candidate *c)
{
	const struct term_word *second = c->word + 1 < f->n_words ? &f->w[c->word + 1] : NULL;
	/* What the tag must be; NONE where no word follows or none has an ending in brackets. */
	enum { NONE = 0x10000 };
	const uint32_t tags[TERM_SECOND_COUNT] = { [TERM_SECOND_ANY] = 0,
		[TERM_SECOND_EXACT] = second != NULL ? (uint16_t)second->hash : NONE,
		[TERM_SECOND_BEGINS] = second != NULL ? second->initial : NONE };
	uint32_t stem = second != NULL && second->stem != 0 ? (uint16_t)second->stem : NONE;
	const struct term_glance *g = &f->t->glances[c->first];

	for (const struct term_pattern *p = &f->t->patterns[c->first];; p++, g++) {
		bool may = g->tag == tags[g->then] || (g->then == TERM_SECOND_EXACT && g->tag == stem);
		unsigned steps = 0;
		size_t last;

		if (may && (f->groups & TERM_GROUPS(g->group)) != 0) {
			last = p->n == 1 ? c->word : match_rest(f, p, 1, c->word, &steps);
			if (last != SIZE_MAX)
				add_raw(f, p, c->word, last);
		}
		if (g->last)
			return;
	}
}

/* Those of the first n candidates that stay, with their patterns. */
static size_t
choose(struct finder *f, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct term_slot *s = term_slot_find(f->t, f->c[i].lang, (enum term_first)f->c[i].how, f->c[i].hash);

		if (s == NULL || s->first < 0)
			continue;
		__builtin_prefetch(&f->t->glances[s->first]);
		__builtin_prefetch(&f->t->patterns[s->first]);
		f->c[kept] = f->c[i];
		f->c[kept++].first = s->first;
	}
	return kept;
}

/* Candidates of words below end; later ones stay. */
static void
match_until(struct finder *f, size_t end)
{
	size_t n = 0, kept;

	while (n < f->n_candidates && f->c[n].word < end)
		n++;
	kept = choose(f, n);
	for (size_t i = 0; i < kept; i++) {
		if (i > 0 && f->c[i].word != f->c[i - 1].word)
			settle(f);
		match_candidate(f, &f->c[i]);
	}
	settle(f);
	memmove(f->c, f->c + n, (f->n_candidates - n) * sizeof(f->c[0]));
	f->n_candidates -= n;
	for (size_t k = 0; k < f->n_candidates; k++)
		f->c[k].word -= (uint32_t)end;
	memmove(f->w, f->w + end, (f->n_words - end) * sizeof(f->w[0]));
	f->n_words -= end;
}

/* Fill the window; false at the end of the text. */
static bool
fill(struct finder *f)
{
	size_t room = CANDIDATES - CANDIDATES_A_WORD * (f->lang >= 0 ? 1 : f->t->n_langs);
	uint64_t run[TERM_RUN_MAX];

	while (f->n_words < WINDOW && f->n_candidates <= room) {
		struct term_word *w = &f->w[f->n_words];

		if (!term_word_next(f->t, f->text, f->len, &f->at, w, run))
			return false;
		f->n_plain += !w->number;
		try_word(f, f->n_words++, run);
	}
	return true;
}

size_t
term_find(const struct term_base *t, const struct term_lang *lang, unsigned groups, const char *text, size_t len,
    struct term_hit *hits, size_t max)
{
	struct finder f; /* large: only what is used is set */
	bool windows = false;

	f.t = t;
	f.lang = lang != NULL ? (int)(lang - t->langs) : -1;
	f.groups = groups;
	f.text = text;
	f.len = len < UINT32_MAX ? len : UINT32_MAX;
	f.at = f.n_words = f.n_plain = f.n_candidates = f.n_raw = f.n = 0;
	f.hits = hits;
	f.max = max;
	f.whole_text = false;
	memset(f.last, 0, sizeof(f.last));
	while (fill(&f)) {
		windows = true;
		match_until(&f, f.n_words > 2 * LOOKAHEAD ? f.n_words - LOOKAHEAD : (f.n_words + 1) / 2);
	}
	f.whole_text = !windows;
	match_until(&f, f.n_words);
	return f.n;
}
