#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CHUNK ((size_t)16 << 10)
#define ALIGN _Alignof(max_align_t)

struct chunk {
	struct chunk *next;
	size_t used, cap;
	_Alignas(max_align_t) char data[];
};

struct fp_arena {
	struct chunk *chunks;
};

struct fp_arena *
fp_arena_new(void)
{
	return fp_calloc(1, sizeof(struct fp_arena));
}

void
fp_arena_free(struct fp_arena *a)
{
	if (a == NULL)
		return;
	for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void
fp_arena_freep(struct fp_arena **a)
{
	fp_arena_free(*a);
	*a = NULL;
}

void *
fp_arena_alloc(struct fp_arena *a, size_t count, size_t size)
{
	size_t want;
	struct chunk *c = a->chunks;

	if (size != 0 && count > (SIZE_MAX / 2) / size)
		return NULL;
	want = (count * size + ALIGN) / ALIGN * ALIGN;
	if (c == NULL || c->cap - c->used < want) {
		size_t cap = want > CHUNK ? want : CHUNK;

		c = fp_calloc(1, sizeof(*c) + cap);
		if (c == NULL)
			return NULL;
		c->cap = cap;
		c->next = a->chunks;
		a->chunks = c;
	}
	c->used += want;
	return c->data + c->used - want;
}

char *
fp_arena_text(struct fp_arena *a, const char *s, size_t len)
{
	char *copy = fp_arena_alloc(a, len + 1, 1);

	if (copy != NULL && len != 0)
		memcpy(copy, s, len);
	return copy;
}
