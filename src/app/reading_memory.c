/*
 * Memory of the JSON trees in the reading process. A draft is some thousand small pieces that all go at once, when its letter has been answered: so pieces are cut off
 * one block after the other and never given back singly. Only for a process that does nothing else: jansson has one allocator for all.
 */
#include <stdlib.h>

#include "app/reading_int.h"
#include "base/mem.h"

#define FIRST ((size_t)1 << 20)
#define ALIGN _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, size;
	max_align_t data[];
};

static struct block *blocks; /* the first stays for the next letter */

static void *
take(size_t n)
{
	size_t want = (n + ALIGN - 1) / ALIGN * ALIGN;
	struct block *b = blocks;

	if (n > SIZE_MAX / 2)
		return NULL;
	if (b == NULL || b->size - b->used < want) {
		size_t size = want > FIRST ? want : FIRST;

		b = fp_calloc(1, sizeof(*b) + size);
		if (b == NULL)
			return NULL;
		b->next = blocks;
		b->size = size;
		blocks = b;
	}
	b->used += want;
	return (char *)b->data + b->used - want;
}

static void
keep(void *p)
{
	(void)p;
}

void
reading_memory_begin(void)
{
	json_set_alloc_funcs(take, keep);
}

void
reading_memory_end(void)
{
	while (blocks != NULL && blocks->next != NULL) {
		struct block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
	if (blocks != NULL)
		blocks->used = 0;
}
