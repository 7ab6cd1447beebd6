#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int_least64_t fail_after = -1;
static atomic_int_least64_t asked;

static int
refuse(void)
{
	int64_t left = atomic_load_explicit(&fail_after, memory_order_relaxed);

	if (left < 0)
		return 0;
	atomic_fetch_add(&asked, 1);
	if (left == 0)
		return 1;
	atomic_fetch_sub(&fail_after, 1);
	return 0;
}

int64_t
fp_mem_fail_after(int64_t n)
{
	atomic_store(&fail_after, n);
	return atomic_exchange(&asked, 0);
}

void *
fp_calloc(size_t count, size_t size)
{
	return refuse() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *
fp_reallocarray(void *p, size_t count, size_t size)
{
	size_t bytes;

	if (refuse())
		return NULL;
	if (size != 0 && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	bytes = count * size;
	return realloc(p, bytes != 0 ? bytes : 1);
}

char *
fp_strdup(const char *s)
{
	return s == NULL ? NULL : fp_strndup(s, strlen(s));
}

char *
fp_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = fp_reallocarray(NULL, len + 1, 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
fp_asprintf(const char *fmt, ...)
{
	va_list ap, again;
	int n;
	char *s;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = n < 0 ? NULL : fp_reallocarray(NULL, (size_t)n + 1, 1);
	if (s != NULL)
		(void)vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

int
fp_grow(void *array, size_t *cap, size_t need, size_t size)
{
	void *old, *grown;
	size_t want = *cap;

	if (need <= *cap)
		return 0;
	while (want < need)
		want = want < 8 ? 8 : want + want / 2;
	memcpy(&old, array, sizeof(old));
	grown = fp_reallocarray(old, want, size);
	if (grown == NULL)
		return -1;
	memset((char *)grown + *cap * size, 0, (want - *cap) * size);
	memcpy(array, &grown, sizeof(grown));
	*cap = want;
	return 0;
}

void
fp_freep(void *pointer_to_pointer)
{
	void *p;

	memcpy(&p, pointer_to_pointer, sizeof(p));
	free(p);
	p = NULL;
	memcpy(pointer_to_pointer, &p, sizeof(p));
}

void
fp_closep(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}
