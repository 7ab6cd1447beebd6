/* What the fuzz targets of the collector's readers share: a collection to read into, the input as text, and canonical bytes of all that came out at the end. */
#ifndef FP_TESTS_COLLECT_FUZZ_H
#define FP_TESTS_COLLECT_FUZZ_H

#include <string.h>

#include "fuzz.h"

#include "collect/linux.h"

struct target {
	struct collect_options options;
	struct collect_arena *arena;
	struct collect c;
	struct collect_value *list;
};

static inline char *
target_text(struct collect_arena *a, const uint8_t *data, size_t size)
{
	char *text = collect_alloc(a, size + 1);

	if (size > 0)
		memcpy(text, data, size);
	return text;
}

/* Gives the input, zero-terminated. */
static inline char *
target_begin(struct target *t, const uint8_t *data, size_t size)
{
	t->options = (struct collect_options){ .root = "/", .ipmi = "none" };
	t->arena = collect_arena_new();
	t->c = (struct collect){ &t->options, t->arena, collect_object(t->arena), collect_list(t->arena) };
	t->list = collect_list(t->arena);
	return target_text(t->arena, data, size);
}

static inline int
target_end(struct target *t)
{
	(void)collect_canonical(t->arena, t->list, NULL);
	(void)collect_canonical(t->arena, t->c.unknown, NULL);
	collect_arena_free(t->arena);
	return 0;
}

#endif
