/*
 * Which blocks belong together: the classic global alignment (Needleman and Wunsch 1970) of each version with the first, scored by what needs no dictionary: kind, section,
 * place in a table, numbers and addresses, length.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parity/parity_int.h"

#define ANCHORS 12
#define CELLS_MAX ((size_t)6 << 20) /* of the table; longer letters are paired in order */
#define GAP (-2)

struct key { /* what a block shows without a dictionary */
	uint32_t block;
	uint32_t anchor[ANCHORS];
	size_t n;
};

struct keys {
	struct key *k;
	uint32_t n;
};

/* Runs of letters and digits that hold a digit, and addresses: the same in every language. */
static void
find_anchors(struct key *k, const struct letter_block *b)
{
	uint32_t h = 2166136261u;
	bool digit = false;

	for (uint32_t i = 0; i <= b->len && k->n < ANCHORS; i++) {
		unsigned char c = i < b->len ? (unsigned char)b->text[i] : ' ';

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '@' || c == '.') {
			digit = digit || (c >= '0' && c <= '9') || c == '@';
			h = (h ^ (c | 0x20u)) * 16777619u;
			continue;
		}
		if (digit)
			k->anchor[k->n++] = h;
		h = 2166136261u;
		digit = false;
	}
}

static bool
keys_of(struct keys *out, struct parity *p, const struct side *s)
{
	out->k = fp_arena_alloc(p->arena, s->l->n_blocks + 1u, sizeof(*out->k));
	out->n = 0;
	if (out->k == NULL)
		return false;
	for (uint32_t b = 0; b < s->l->n_blocks; b++) {
		if (s->l->blocks[b].zone != LETTER_BODY)
			continue;
		out->k[out->n].block = b;
		find_anchors(&out->k[out->n++], &s->l->blocks[b]);
	}
	return true;
}

static int
shared(const struct key *a, const struct key *b)
{
	int n = 0;

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (a->anchor[i] == b->anchor[k]) {
				n++;
				break;
			}
	return n;
}

static int
score(const struct side *x, const struct key *a, const struct side *y, const struct key *b)
{
	const struct letter_block *p = &x->l->blocks[a->block], *q = &y->l->blocks[b->block];
	int s = p->kind == q->kind ? 2 : -2, same = shared(a, b);

	s += strcmp(x->section[a->block], y->section[b->block]) == 0 ? 2 : -3;
	s += x->action[a->block] == y->action[b->block] ? 1 : -2;
	if (p->kind == LETTER_CELL && q->kind == LETTER_CELL)
		s += (p->col == q->col ? 1 : -3) + (p->row == q->row ? 1 : 0);
	if (p->kind == LETTER_ITEM && q->kind == LETTER_ITEM)
		s += (p->level == q->level) + (p->number == q->number);
	s += same > 3 ? 6 : 2 * same;
	if (same == 0 && (a->n > 0) != (b->n > 0))
		s -= 1;
	if (p->len < 2 * q->len + 20 && q->len < 2 * p->len + 20)
		s += 1;
	else
		s -= 2;
	return s;
}

/* pair[i]: index in b of what belongs to a's i-th block, -1: nothing. */
static bool
align(int32_t *pair, const struct side *x, const struct keys *a, const struct side *y, const struct keys *b)
{
	size_t w = b->n + 1u;
	FP_AUTO(fp_freep) int32_t *t = NULL;

	for (uint32_t i = 0; i < a->n; i++)
		pair[i] = i < b->n ? (int32_t)i : -1;
	if ((a->n + 1u) * w > CELLS_MAX)
		return true;
	t = fp_calloc((a->n + 1u) * w, sizeof(*t));
	if (t == NULL)
		return false;
	for (uint32_t i = 0; i <= a->n; i++)
		for (uint32_t k = 0; k <= b->n; k++) {
			int32_t best;

			if (i == 0 || k == 0) {
				t[i * w + k] = GAP * (int32_t)(i + k);
				continue;
			}
			best = t[(i - 1) * w + k - 1] + score(x, &a->k[i - 1], y, &b->k[k - 1]);
			if (t[(i - 1) * w + k] + GAP > best)
				best = t[(i - 1) * w + k] + GAP;
			if (t[i * w + k - 1] + GAP > best)
				best = t[i * w + k - 1] + GAP;
			t[i * w + k] = best;
		}
	for (uint32_t i = a->n, k = b->n; i > 0;) {
		if (k > 0 && t[i * w + k] == t[(i - 1) * w + k - 1] + score(x, &a->k[i - 1], y, &b->k[k - 1])) {
			pair[--i] = (int32_t)--k;
		} else if (k > 0 && t[i * w + k] == t[i * w + k - 1] + GAP) {
			k--;
		} else {
			pair[--i] = -1;
		}
	}
	return true;
}

static struct parity_row *
row_new(struct parity *p, const char *section)
{
	struct parity_row *row = &p->r->rows[p->r->n_rows];

	row->block = fp_arena_alloc(p->arena, p->n, sizeof(*row->block));
	if (row->block == NULL)
		return NULL;
	for (uint32_t s = 0; s < p->n; s++)
		row->block[s] = -1;
	row->section = section;
	p->r->n_rows++;
	return row;
}

/* What side s has before its block number until (and was not used): rows of its own. */
static bool
flush_own(struct parity *p, const struct keys *keys, uint32_t s, uint32_t *used, uint32_t until)
{
	for (; *used < until; (*used)++) {
		uint32_t b = keys[s].k[*used].block;
		struct parity_row *row = row_new(p, p->side[s].section[b]);

		if (row == NULL)
			return false;
		row->block[s] = (int32_t)b;
	}
	return true;
}

static bool
make_rows(struct parity *p, const struct keys *keys, int32_t *const *pair)
{
	uint32_t used[PARITY_SIDES_MAX] = { 0 };

	for (uint32_t i = 0; i <= keys[0].n; i++) {
		struct parity_row *row;

		for (uint32_t s = 1; s < p->n; s++) {
			uint32_t until = i == keys[0].n ? keys[s].n : pair[s][i] >= 0 ? (uint32_t)pair[s][i] : used[s];

			if (!flush_own(p, keys, s, &used[s], until))
				return false;
		}
		if (i == keys[0].n)
			break;
		row = row_new(p, p->side[0].section[keys[0].k[i].block]);
		if (row == NULL)
			return false;
		row->block[0] = (int32_t)keys[0].k[i].block;
		for (uint32_t s = 1; s < p->n; s++)
			if (pair[s][i] >= 0) {
				row->block[s] = (int32_t)keys[s].k[pair[s][i]].block;
				used[s] = (uint32_t)pair[s][i] + 1;
			}
	}
	return true;
}

enum fp_status
parity_align(struct parity *p, struct fp_err *err)
{
	struct keys keys[PARITY_SIDES_MAX];
	int32_t *pair[PARITY_SIDES_MAX] = { NULL };
	size_t all = 0;

	for (uint32_t s = 0; s < p->n; s++) {
		if (!keys_of(&keys[s], p, &p->side[s]))
			return fp_fail(err, FP_ENOMEM, "out of memory");
		all += keys[s].n;
	}
	for (uint32_t s = 1; s < p->n; s++) {
		pair[s] = fp_arena_alloc(p->arena, keys[0].n + 1u, sizeof(**pair));
		if (pair[s] == NULL || !align(pair[s], &p->side[0], &keys[0], &p->side[s], &keys[s]))
			return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	p->r->rows = fp_arena_alloc(p->arena, all + 1, sizeof(*p->r->rows));
	if (p->r->rows == NULL || !make_rows(p, keys, pair))
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return FP_OK;
}
