/* Which languages a text is in: by its function words, and by letters that few languages have. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "term/term_int.h"

#define CHUNK 24u /* words that are judged together: about two sentences */
#define WORDS_LOCAL 2048u
#define WORDS_MOST 200000u /* more do not tell more */
#define LETTERS_SEEN 64u
#define VOTES_LEAST 3u
#define SHARE_LEAST 5

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

/* For every word the languages whose function word it is. Returns how many words there are. */
static size_t
read_words(const struct term_base *t, const char *text, size_t len, uint32_t *sets, size_t max)
{
	struct term_word w;
	size_t at = 0, n = 0;

	while (n < WORDS_MOST && term_word_next(t, text, len, &at, &w, NULL)) {
		const struct term_slot *s = n < max && term_may_be_function(t, w.hash)
						? term_slot_find(t, TERM_FUNCTION_WORDS, TERM_FIRST_EXACT, w.hash)
						: NULL;

		if (n < max)
			sets[n] = s != NULL && !is_of_code(text, len, &w) ? s->langs : 0;
		n++;
	}
	return n;
}

/* Four languages at once. */
typedef uint32_t four __attribute__((vector_size(16)));

/* Every language of the set gets the weight; without a branch, as which languages share a word nobody can guess. */
static void
add_weight(four score[TERM_LANGS_MAX / 4], uint32_t set, uint32_t weight)
{
	four bit = { 1, 2, 4, 8 };

	for (size_t i = 0; i < TERM_LANGS_MAX / 4; i++, bit <<= 4)
		score[i] += (four)((bit & set) != 0) & weight;
}

/* The scores of n words; returns how many of them say something. */
static uint32_t
vote(const uint32_t *sets, size_t n, uint32_t score[TERM_LANGS_MAX])
{
	four sums[TERM_LANGS_MAX / 4] = { 0 };
	uint32_t votes = 0;

	for (size_t i = 0; i < n; i++) {
		if (sets[i] == 0)
			continue;
		/* A word that many languages have says little. */
		add_weight(sums, sets[i], 60u / (uint32_t)__builtin_popcount(sets[i]));
		votes++;
	}
	memcpy(score, sums, sizeof(sums));
	return votes;
}

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

/* Letters speak in words that are no function words, too. */
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

/* Telling words per language, chunk by chunk; returns their sum. Neighbours share words: another language than the main one must be clearly ahead in a chunk. */
static uint32_t
share_out(const struct term_base *t, const uint32_t *sets, size_t n, size_t main, uint32_t words[TERM_LANGS_MAX])
{
	uint32_t total = 0;

	for (size_t i = 0; i < n; i += CHUNK) {
		uint32_t score[TERM_LANGS_MAX] = { 0 }, here = vote(sets + i, n - i < CHUNK ? n - i : CHUNK, score);
		size_t best = best_of(score, t->n_langs);

		if (here == 0)
			continue;
		if (best != main && (here < 4 || score[best] * 2 < score[main] * 5))
			best = main;
		words[best] += here;
		total += here;
	}
	return total;
}

size_t
term_guess(const struct term_base *t, const char *text, size_t len, struct term_guess *out, size_t max)
{
	uint32_t all[TERM_LANGS_MAX] = { 0 }, words[TERM_LANGS_MAX] = { 0 }, local[WORDS_LOCAL], total;
	FP_AUTO(fp_freep) uint32_t *more = NULL;
	const uint32_t *sets = local;
	size_t n = read_words(t, text, len, local, WORDS_LOCAL), found = 0;

	if (n > WORDS_LOCAL) {
		more = fp_calloc(n, sizeof(*more));
		n = more != NULL ? read_words(t, text, len, more, n) : WORDS_LOCAL;
		sets = more != NULL ? more : local;
	}
	if (t->n_langs == 0 || vote(sets, n, all) < VOTES_LEAST)
		return 0;
	vote_letters(t, text, len, all);
	total = share_out(t, sets, n, best_of(all, t->n_langs), words);
	for (size_t k = 0; k < t->n_langs; k++) {
		size_t i = best_of(words, t->n_langs);
		int share = total > 0 ? (int)((uint64_t)words[i] * 100u / total) : 0;

		if (share <= SHARE_LEAST)
			break;
		if (found < max)
			out[found] = (struct term_guess){ .lang = &t->langs[i], .share = share };
		found++;
		words[i] = 0;
	}
	return found;
}
