#include "draft/draft_int.h"

#include <string.h>

#define SAMPLE_BLOCK 140u             /* bytes of one block */
#define SHORT_LETTER 5000u            /* bytes */
#define SAMPLE_MAX ((size_t)32 << 10) /* bytes of a letter that are enough to know its language */
#define BLOCK_MIN 60u                 /* a shorter block is too little to be sure */
#define MIXED_SHARE 12                /* percent of the text from which on a second language counts */
#define MIXED_BYTES 150u
#define MAYBE_MIXED 8  /* percent of the whole from which on the blocks are asked one by one */
#define BLOCK_CLEAR 60 /* percent of a block's telling words */
#define SHORT_HITS 32u
#define GUESSES 4
#define LANGS_MAX 32
#define HITS_PER_BLOCK 512u
#define FURNITURE_BACK 12u /* blocks of page headers and footers looked back */

/* Bytes of text per language, by the blocks that are clear. */
struct tally {
	const struct term_lang *lang[LANGS_MAX];
	size_t bytes[LANGS_MAX];
	size_t n, all;
};

static void
tally_add(struct tally *t, const struct term_lang *lang, size_t bytes)
{
	size_t i = 0;

	t->all += bytes;
	while (i < t->n && t->lang[i] != lang)
		i++;
	if (i == LANGS_MAX)
		return;
	t->n += i == t->n;
	t->lang[i] = lang;
	t->bytes[i] += bytes;
}

/* Most text first. */
static void
tally_sort(struct tally *t)
{
	for (size_t i = 1; i < t->n; i++)
		for (size_t k = i; k > 0 && t->bytes[k] > t->bytes[k - 1]; k--) {
			const struct term_lang *l = t->lang[k];
			size_t b = t->bytes[k];

			t->lang[k] = t->lang[k - 1], t->bytes[k] = t->bytes[k - 1];
			t->lang[k - 1] = l, t->bytes[k - 1] = b;
		}
}

/* The beginning of every block in one piece: enough to know the language of each, a fraction to read. */
static const char *
sample(const struct draft_work *w, size_t *len)
{
	size_t n = 0;
	uint32_t most;
	char *s;

	for (uint32_t i = 0; i < w->l->n_blocks && n < SAMPLE_MAX; i++)
		n += w->l->blocks[i].zone == LETTER_BODY ? w->l->blocks[i].len + 1u : 0;
	/* Of a short letter all of it. */
	most = n < SHORT_LETTER ? SHORT_LETTER : SAMPLE_BLOCK;
	s = fp_arena_alloc(w->arena, (n < SAMPLE_MAX ? n : SAMPLE_MAX) + SHORT_LETTER + 2, 1);
	*len = 0;
	for (uint32_t i = 0; s != NULL && i < w->l->n_blocks && *len < SAMPLE_MAX; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		uint32_t part = b->len;

		if (b->zone != LETTER_BODY)
			continue;
		/* Whole words of it. */
		if (part > most)
			for (part = most; part > 0 && b->text[part] != ' ';)
				part--;
		memcpy(s + *len, b->text, part);
		*len += part;
		s[(*len)++] = '\n';
	}
	return s;
}

/* Every block that is long enough on its own: what else is in the letter. */
static void
tally_blocks(struct draft_work *w, struct tally *t)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		struct term_guess g[GUESSES];

		if (b->len < BLOCK_MIN || b->zone != LETTER_BODY || t->all > SAMPLE_MAX)
			continue;
		if (term_guess(w->t, b->text, b->len, g, GUESSES) == 0 || g[0].share < BLOCK_CLEAR)
			continue;
		w->block_lang[i] = g[0].lang;
		tally_add(t, g[0].lang, b->len);
	}
	tally_sort(t);
}

static bool
is_mixed_in(const struct tally *t, const struct term_lang *lang)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->lang[i] == lang)
			return t->bytes[i] * 100 >= t->all * MIXED_SHARE && t->bytes[i] >= MIXED_BYTES;
	return false;
}

/* A short block of a letter in several languages: the head of a column, a label. It is in the language that knows most of it; of equals, in the given one. */
static const struct term_lang *
short_block_lang(const struct draft_work *w, const struct tally *t, uint32_t block, const struct term_lang *lang)
{
	const struct letter_block *b = &w->l->blocks[block];
	struct term_hit hit[SHORT_HITS];
	uint32_t most = 0;

	for (size_t i = 0; i <= t->n && b->len < BLOCK_MIN; i++) {
		const struct term_lang *other = i == 0 ? lang : t->lang[i - 1];
		uint32_t known = 0;
		size_t n;

		if (other == NULL || (i > 0 && !is_mixed_in(t, other)))
			continue;
		n = term_find(w->t, other, 1u << TERM_LABEL, b->text, b->len, hit, SHORT_HITS);
		for (size_t k = 0; k < n && k < SHORT_HITS; k++)
			known += hit[k].to - hit[k].from;
		if (known > most) {
			most = known;
			lang = other;
		}
	}
	return lang;
}

/* The blocks that do not tell are in the language of the letter, and so are those that seem to be in one that is hardly there: names and addresses look foreign. */
static void
fill_blocks(struct draft_work *w, const struct tally *t)
{
	bool mixed = t->n > 1 && is_mixed_in(t, t->lang[1]);

	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		if (w->block_lang[i] != NULL && (w->lang == NULL || is_mixed_in(t, w->block_lang[i])))
			continue;
		w->block_lang[i] = mixed ? short_block_lang(w, t, i, w->lang) : w->lang;
	}
}

static void
put_languages(struct draft_work *w, const struct tally *t)
{
	if (t->n < 2 || !is_mixed_in(t, t->lang[1]))
		return;
	for (size_t i = 0; i < t->n; i++) {
		json_t *j;
		size_t share = t->bytes[i] * 100 / t->all;

		if (share < 5)
			break;
		j = json_pack("{s:s,s:I}", "language", t->lang[i]->tag, "share", (json_int_t)share);
		(void)draft_put(w->d, "/languages/-", j, NULL);
	}
	draft_finding(w->d, "mixed-languages", DRAFT_INFO, NULL, "the letter is in more than one language: %s %zu %%, %s %zu %%",
	    t->lang[0]->tag, t->bytes[0] * 100 / t->all, t->lang[1]->tag, t->bytes[1] * 100 / t->all);
}

/* The letter as a whole, as short blocks say little each on their own. Returns the share of the second language, percent. */
static int
find_language(struct draft_work *w)
{
	struct term_guess g[GUESSES];
	size_t len, n;
	const char *text = sample(w, &len);

	n = text != NULL ? term_guess(w->t, text, len, g, GUESSES) : 0;
	if (w->o->lang != NULL)
		w->lang = term_lang_find(w->t, w->o->lang);
	if (w->lang == NULL)
		w->lang = n > 0 ? g[0].lang : NULL;
	return n > 1 ? g[1].share : 0;
}

/* A language that the file declares and we know, where its text is too short to tell. */
static void
put_language(struct draft_work *w)
{
	if (w->lang == NULL && w->l->declared_lang != NULL) {
		w->lang = term_lang_find(w->t, w->l->declared_lang);
		if (w->lang != NULL) {
			draft_put_str(w->d, "/language", w->lang->tag, NULL);
			draft_finding(w->d, "language-declared", DRAFT_INFO, NULL,
			    "the text is too short to tell its language: '%s' is what the file declares", w->l->declared_lang);
			return;
		}
	}
	if (w->lang != NULL) {
		draft_put_str(w->d, "/language", w->lang->tag, NULL);
		return;
	}
	draft_lacks(w->d, "/language");
	draft_finding(w->d, "no-language", DRAFT_WARNING, NULL, "the language of the letter could not be told");
}

/* Page headers and footers come back word for word: what was found in them the first time holds. */
static bool
same_furniture(const struct draft_work *w, uint32_t block, uint32_t *was)
{
	const struct letter_block *b = &w->l->blocks[block];

	if (b->zone == LETTER_BODY)
		return false;
	for (uint32_t i = block, seen = 0; i-- > 0 && seen < FURNITURE_BACK;) {
		const struct letter_block *a = &w->l->blocks[i];

		if (a->zone == LETTER_BODY)
			continue;
		seen++;
		if (a->len == b->len && w->block_lang[i] == w->block_lang[block] && memcmp(a->text, b->text, b->len) == 0) {
			*was = i;
			return true;
		}
	}
	return false;
}

static uint32_t
find_terms(struct draft_work *w, uint32_t block, struct term_hit *out)
{
	const struct letter_block *b = &w->l->blocks[block];
	size_t n = term_find(w->t, w->block_lang[block], TERM_ALL, b->text, b->len, out, HITS_PER_BLOCK);

	return (uint32_t)(n < HITS_PER_BLOCK ? n : HITS_PER_BLOCK);
}

void
draft_stage_language(struct draft_work *w)
{
	struct term_hit found[HITS_PER_BLOCK];
	struct tally t = { .n = 0 };
	uint32_t n = 0, cap = 64;

	/* Never NULL, so that the stages may point into it where a letter has none. */
	w->hits = fp_arena_alloc(w->arena, cap, sizeof(*w->hits));
	if (w->hits == NULL) {
		w->d->no_memory = true;
		return;
	}
	if (find_language(w) >= MAYBE_MIXED)
		tally_blocks(w, &t);
	put_language(w);
	put_languages(w, &t);
	fill_blocks(w, &t);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		uint32_t was, more;

		if (same_furniture(w, i, &was)) {
			w->span[i] = w->span[was];
			continue;
		}
		more = find_terms(w, i, found);
		if (n + more > cap) {
			uint32_t to = (n + more) * 2 + 256;
			struct term_hit *grown = fp_arena_alloc(w->arena, to, sizeof(*grown));

			if (grown == NULL) {
				w->d->no_memory = true;
				return;
			}
			if (n > 0)
				memcpy(grown, w->hits, n * sizeof(*grown));
			w->hits = grown;
			cap = to;
		}
		w->span[i] = (struct draft_span){ n, more };
		if (more > 0)
			memcpy(w->hits + n, found, more * sizeof(*found));
		n += more;
		w->n_hits = n;
	}
}
