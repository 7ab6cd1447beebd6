#include "draft/signs.h"

#include <pthread.h>
#include <string.h>

struct draft_sign_book {
	struct draft_signs *block;       /* per block */
	uint32_t *head;                  /* per block: bytes of its heading */
	uint8_t *sign;                   /* per hit */
	uint8_t *code[TERM_GROUP_COUNT]; /* per key of the group: 1 + its sign; 0: not looked up yet */
	const struct term_key *first[TERM_GROUP_COUNT];
	size_t n[TERM_GROUP_COUNT];
};

static const struct {
	enum term_group group;
	const char *id;
} rows[SIGN_COUNT] = {
#define X(name, group_, id_) [SIGN_##name] = { TERM_##group_, id_ },
	DRAFT_SIGNS(X)
#undef X
};

/* Where a term is looked for among the rows: its place by its name, and those behind it. */
#define SHELF 512u
static uint8_t shelf[SHELF]; /* 1 + row; 0: empty */
static pthread_once_t shelved = PTHREAD_ONCE_INIT;

static uint32_t
place_on_shelf(enum term_group group, const char *id)
{
	uint32_t h = 2166136261u + (uint32_t)group;

	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * 16777619u;
	return (h ^ h >> 16) % SHELF;
}

static void
shelve(void)
{
	for (unsigned i = 0; i < SIGN_COUNT; i++) {
		uint32_t at = place_on_shelf(rows[i].group, rows[i].id);

		while (shelf[at] != 0)
			at = (at + 1) % SHELF;
		shelf[at] = (uint8_t)(i + 1);
	}
}

static enum draft_sign
look_up(const struct term_key *key)
{
	(void)pthread_once(&shelved, shelve);
	for (uint32_t at = place_on_shelf(key->group, key->id); shelf[at] != 0; at = (at + 1) % SHELF) {
		unsigned i = shelf[at] - 1u;

		if (rows[i].group == key->group && strcmp(rows[i].id, key->id) == 0)
			return (enum draft_sign)i;
	}
	return SIGN_COUNT;
}

enum draft_sign
draft_sign_of(const struct draft_work *w, const struct term_key *key)
{
	struct draft_sign_book *book = w->signs;
	size_t at;

	if (book == NULL || book->code[key->group] == NULL)
		return look_up(key);
	at = (size_t)(key - book->first[key->group]);
	if (at >= book->n[key->group])
		return look_up(key);
	if (book->code[key->group][at] == 0)
		book->code[key->group][at] = (uint8_t)(look_up(key) + 1);
	return (enum draft_sign)(book->code[key->group][at] - 1);
}

_Static_assert(SIGN_COUNT < 255, "a sign and one more fit a byte");

/* SIGN_COUNT, for a term that no rule asks for, has a bit that nobody looks at: so adding needs no question. */
_Static_assert(SIGN_COUNT % 64 != 0, "SIGN_COUNT has a bit of its own");

static void
sign_add(struct draft_signs *s, unsigned a)
{
	s->bits[a / 64] |= UINT64_C(1) << (a % 64);
}

struct draft_signs
draft_signs_in(const struct draft_work *w, uint32_t block, size_t from, size_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const uint8_t *sign = w->signs->sign + w->span[block].first;
	struct draft_signs s = { { 0 } };

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].from >= from && h[i].from < to)
			sign_add(&s, sign[i]);
	return s;
}

static bool
book_open(struct draft_work *w, struct draft_sign_book *book)
{
	book->block = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*book->block));
	book->head = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*book->head));
	book->sign = fp_arena_alloc(w->arena, w->n_hits + 1u, sizeof(*book->sign));
	for (int g = 0; g < TERM_GROUP_COUNT; g++) {
		book->first[g] = term_keys(w->t, (enum term_group)g, &book->n[g]);
		book->code[g] = fp_arena_alloc(w->arena, book->n[g] + 1, 1);
		if (book->code[g] == NULL)
			return false;
	}
	return book->block != NULL && book->head != NULL && book->sign != NULL;
}

bool
draft_signs_make(struct draft_work *w)
{
	struct draft_sign_book *book;

	if (w->signs != NULL)
		return true;
	book = fp_arena_alloc(w->arena, 1, sizeof(*book));
	if (book == NULL || !book_open(w, book)) {
		w->d->no_memory = true;
		return false;
	}
	w->signs = book;
	for (uint32_t i = 0; i < w->n_hits; i++)
		book->sign[i] = (uint8_t)draft_sign_of(w, w->hits[i].key);
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		book->block[i] = draft_signs_in(w, i, 0, SIZE_MAX);
	return true;
}

const struct draft_signs *
draft_signs_of(const struct draft_work *w, uint32_t block)
{
	return &w->signs->block[block];
}

uint32_t
draft_head_end(const struct draft_work *w, uint32_t block)
{
	return w->signs->head[block];
}

void
draft_set_head(struct draft_work *w, uint32_t block, uint32_t to)
{
	w->signs->head[block] = to;
}

bool
draft_is_head(const struct draft_work *w, uint32_t block)
{
	return w->signs->head[block] > 0 && w->signs->head[block] >= w->l->blocks[block].len;
}

bool
draft_has_any(const struct draft_signs *s, const enum draft_sign *list)
{
	for (; *list != SIGN_COUNT; list++)
		if (draft_has(s, *list))
			return true;
	return false;
}

const struct term_hit *
draft_sign_hit(const struct draft_work *w, uint32_t block, enum draft_sign a, size_t from, size_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const uint8_t *sign = w->signs->sign + w->span[block].first;

	if (!draft_has(&w->signs->block[block], a))
		return NULL;
	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (sign[i] == a && h[i].from >= from && h[i].from < to)
			return &h[i];
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A full stop, a blank and a capital; "EE. UU." and "z. B." may end it too early, which only makes it shorter; "30. April" does not. */
static bool
sentence_ends(const struct letter_block *b, size_t i)
{
	unsigned char c = (unsigned char)b->text[i], next;

	if ((c != '.' && c != '!' && c != '?') || i + 2 >= b->len || b->text[i + 1] != ' ')
		return false;
	if (i > 0 && is_digit(b->text[i - 1]) && !(i > 2 && is_digit(b->text[i - 2]) && is_digit(b->text[i - 3])))
		return false;
	next = (unsigned char)b->text[i + 2];
	return next >= 0x80 || (next >= 'A' && next <= 'Z');
}

void
draft_sentence(const struct letter_block *b, size_t at, size_t *from, size_t *to)
{
	size_t i = at < b->len ? at : b->len;

	while (i > 0 && !(i >= 2 && sentence_ends(b, i - 2)))
		i--;
	*from = i;
	for (i = at; i < b->len && !sentence_ends(b, i);)
		i++;
	*to = i < b->len ? i + 1 : b->len;
}

static bool
mail_follows(const struct letter_block *b, uint32_t at)
{
	struct draft_address a;
	size_t next = at;

	return draft_address_next(b->text, b->len, &next, &a) && a.kind == DRAFT_A_MAIL && a.from <= at + 2;
}

bool
draft_by_post(const struct draft_work *w, uint32_t block)
{
	const struct term_hit *mail = w->hits + w->span[block].first;
	const struct term_hit *post = draft_sign_hit(w, block, SIGN_BY_POST, 0, SIZE_MAX);

	/* "el. paštu sauga@firm.example" */
	if (post != NULL && mail_follows(&w->l->blocks[block], post->to))
		return false;
	for (uint32_t i = 0; post != NULL && i < w->span[block].n; i++)
		if (draft_sign_of(w, mail[i].key) == SIGN_LABEL_EMAIL && mail[i].from <= post->to && mail[i].to > post->to)
			return false;
	return post != NULL;
}

int
draft_typed_item(const struct letter_block *b, uint32_t from)
{
	uint32_t at = from, digits;
	int n = 0;

	at += at < b->len && b->text[at] == '(';
	for (digits = at; at < b->len && is_digit(b->text[at]) && at - digits < 2; at++)
		n = n * 10 + (b->text[at] - '0');
	if (at == digits && at + 1 < b->len && b->text[at] >= 'a' && b->text[at] <= 'h' && b->text[at + 1] == ')')
		n = b->text[at++] - 'a' + 1;
	if (at + 1 >= b->len || (b->text[at] != ')' && b->text[at] != '.') || b->text[at + 1] != ' ')
		return 0;
	return n;
}
