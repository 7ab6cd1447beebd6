#include "notice/arena.h"

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

struct notice_arena {
	struct chunk *chunks;
};

struct notice_arena *
notice_arena_new(void)
{
	return fp_calloc(1, sizeof(struct notice_arena));
}

void
notice_arena_free(struct notice_arena *a)
{
	if (a == NULL)
		return;
	for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void *
notice_arena_alloc(struct notice_arena *a, size_t count, size_t size)
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
notice_arena_text(struct notice_arena *a, const char *s, size_t len)
{
	char *copy = notice_arena_alloc(a, len + 1, 1);

	if (copy != NULL && len != 0)
		memcpy(copy, s, len);
	return copy;
}
