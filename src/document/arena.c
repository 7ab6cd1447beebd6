#include "document/tree.h"

#include <stdlib.h>

#include "base/mem.h"

#define CHUNK ((size_t)32 << 10)

struct doc_chunk {
	struct doc_chunk *next;
	size_t used, size;
	max_align_t data[];
};

/* A chunk with room for size bytes at its front; NULL when there is no memory or the limit is reached. */
static struct doc_chunk *
chunk_for(struct doc_arena *a, size_t size)
{
	size_t want = size > CHUNK / 4 ? size : CHUNK;
	struct doc_chunk *c;

	if (a->chunks != NULL && a->chunks->size - a->chunks->used >= size)
		return a->chunks;
	if (want > DOC_MAX_BYTES || a->bytes > DOC_MAX_BYTES - want) {
		fp_fail(&a->fail, FP_ELIMIT, "the document is larger than its limit of %zu bytes", DOC_MAX_BYTES);
		return NULL;
	}
	c = fp_calloc(1, sizeof(*c) + want);
	if (c == NULL) {
		fp_fail(&a->fail, FP_ENOMEM, "out of memory for a document");
		return NULL;
	}
	c->size = want;
	a->bytes += want;
	/* A chunk made for one large thing goes behind the one that still has room. */
	if (want == size && a->chunks != NULL) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

void *
doc_arena_alloc(struct doc_arena *a, size_t count, size_t size)
{
	size_t bytes;
	struct doc_chunk *c;
	void *p;

	if (a->fail.status != FP_OK)
		return NULL;
	if (size != 0 && count > DOC_MAX_BYTES / size) {
		fp_fail(&a->fail, FP_ELIMIT, "the document is larger than its limit of %zu bytes", DOC_MAX_BYTES);
		return NULL;
	}
	bytes = (count * size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
	c = chunk_for(a, bytes);
	if (c == NULL)
		return NULL;
	p = (char *)c->data + c->used;
	c->used += bytes;
	return p;
}

void
doc_arena_free(struct doc_arena *a)
{
	while (a->chunks != NULL) {
		struct doc_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->bytes = 0;
}

void
doc_arena_join(struct doc_arena *to, struct doc_arena *from)
{
	struct doc_chunk **end = &to->chunks;

	while (*end != NULL)
		end = &(*end)->next;
	*end = from->chunks;
	to->bytes += from->bytes;
	from->chunks = NULL;
	from->bytes = 0;
}
