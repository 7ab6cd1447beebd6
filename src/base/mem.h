/*
 * Allocation for the whole program. Tests make the Nth allocation fail (fp_mem_fail_after) and see that nothing is lost.
 */
#ifndef FP_BASE_MEM_H
#define FP_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* As calloc, realloc with an overflow check on count * size, strdup, strndup; NULL on failure. Free with free(). */
void *fp_calloc(size_t count, size_t size);
void *fp_reallocarray(void *p, size_t count, size_t size);
char *fp_strdup(const char *s); /* NULL in, NULL out */
char *fp_strndup(const char *s, size_t n);
char *fp_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Grow *array (elements of size bytes, *cap of them) so that it holds need; new bytes are zero. Returns 0, or -1 and leaves all as it was. */
int fp_grow(void *array, size_t *cap, size_t need, size_t size);

/* Cleanup helpers for FP_AUTO. */
void fp_freep(void *pointer_to_pointer);
void fp_closep(const int *fd); /* closes when >= 0 */

/* For tests: let n more allocations succeed and fail every later one; negative switches it off. Returns how many were asked since the last call. */
int64_t fp_mem_fail_after(int64_t n);

#endif
