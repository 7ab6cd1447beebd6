/*
 * Memory that goes all at once: everything a notice points at. Private to notice/.
 */
#ifndef FP_NOTICE_ARENA_H
#define FP_NOTICE_ARENA_H

#include <stddef.h>

struct notice_arena;

struct notice_arena *notice_arena_new(void); /* NULL when out of memory */
void notice_arena_free(struct notice_arena *a);
/* Zeroed, aligned for any type; NULL when out of memory. */
void *notice_arena_alloc(struct notice_arena *a, size_t count, size_t size);
/* A copy of len bytes with a NUL behind; NULL when out of memory. */
char *notice_arena_text(struct notice_arena *a, const char *s, size_t len);

#endif
