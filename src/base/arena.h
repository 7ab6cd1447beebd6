/*
 * Memory that goes all at once: everything that one record points at. Grows without limit: its user bounds the input.
 */
#ifndef FP_BASE_ARENA_H
#define FP_BASE_ARENA_H

#include <stddef.h>

struct fp_arena;

struct fp_arena *fp_arena_new(void); /* NULL when out of memory */
void fp_arena_free(struct fp_arena *a);
void fp_arena_freep(struct fp_arena **a); /* for FP_AUTO */
/* Zeroed, aligned for any type; NULL when out of memory. */
void *fp_arena_alloc(struct fp_arena *a, size_t count, size_t size);
/* A copy of len bytes with a NUL behind; NULL when out of memory. */
char *fp_arena_text(struct fp_arena *a, const char *s, size_t len);

#endif
