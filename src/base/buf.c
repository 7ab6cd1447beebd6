#include "base/buf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
fp_buf_free(struct fp_buf *b)
{
	size_t max = b->max;

	free(b->data);
	*b = (struct fp_buf){ .max = max };
}

void
fp_buf_clear(struct fp_buf *b)
{
	b->len = 0;
	b->failed = FP_OK;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Make room for more bytes and the NUL; false when the buffer has failed. */
static bool
reserve(struct fp_buf *b, size_t more)
{
	size_t max = b->max ? b->max : FP_BUF_MAX;

	if (b->failed != FP_OK)
		return false;
	if (more > max || b->len > max - more) {
		b->failed = FP_ELIMIT;
		return false;
	}
	if (fp_grow(&b->data, &b->cap, b->len + more + 1, 1) != 0) {
		b->failed = FP_ENOMEM;
		return false;
	}
	return true;
}

void
fp_buf_add(struct fp_buf *b, const void *data, size_t len)
{
	if (!reserve(b, len))
		return;
	if (len != 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

char *
fp_buf_room(struct fp_buf *b, size_t len)
{
	return reserve(b, len) ? b->data + b->len : NULL;
}

void
fp_buf_grew(struct fp_buf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void
fp_buf_puts(struct fp_buf *b, const char *s)
{
	if (s != NULL)
		fp_buf_add(b, s, strlen(s));
}

void
fp_buf_putc(struct fp_buf *b, char c)
{
	fp_buf_add(b, &c, 1);
}

void
fp_buf_printf(struct fp_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0 && reserve(b, (size_t)n)) {
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

static void
put_int(struct fp_buf *b, uint64_t v, int bytes, bool little)
{
	uint8_t out[8];

	for (int i = 0; i < bytes; i++)
		out[little ? i : bytes - 1 - i] = (uint8_t)(v >> (8 * i));
	fp_buf_add(b, out, (size_t)bytes);
}

void
fp_buf_u8(struct fp_buf *b, uint8_t v)
{
	put_int(b, v, 1, true);
}

void
fp_buf_le16(struct fp_buf *b, uint16_t v)
{
	put_int(b, v, 2, true);
}

void
fp_buf_le32(struct fp_buf *b, uint32_t v)
{
	put_int(b, v, 4, true);
}

void
fp_buf_le64(struct fp_buf *b, uint64_t v)
{
	put_int(b, v, 8, true);
}

void
fp_buf_be16(struct fp_buf *b, uint16_t v)
{
	put_int(b, v, 2, false);
}

void
fp_buf_be32(struct fp_buf *b, uint32_t v)
{
	put_int(b, v, 4, false);
}

enum fp_status
fp_buf_check(const struct fp_buf *b, const char *what, struct fp_err *err)
{
	if (b->failed == FP_ELIMIT)
		return fp_fail(err, FP_ELIMIT, "%s is larger than its limit of %zu bytes", what, b->max ? b->max : FP_BUF_MAX);
	if (b->failed != FP_OK)
		return fp_fail(err, FP_ENOMEM, "out of memory for %s", what);
	return FP_OK;
}

char *
fp_buf_take(struct fp_buf *b)
{
	char *s = NULL;

	fp_buf_add(b, "", 0); /* an empty buffer still gives a string */
	if (b->failed == FP_OK) {
		s = b->data;
		b->data = NULL;
	}
	fp_buf_free(b);
	return s;
}

struct fp_cur
fp_cur_make(const void *data, size_t len)
{
	return (struct fp_cur){ .p = data, .len = len };
}

size_t
fp_cur_left(const struct fp_cur *c)
{
	return c->bad ? 0 : c->len - c->off;
}

const uint8_t *
fp_cur_take(struct fp_cur *c, size_t n)
{
	const uint8_t *p;

	if (c->bad || n > c->len - c->off) {
		c->bad = true;
		return NULL;
	}
	p = c->p + c->off;
	c->off += n;
	return p;
}

void
fp_cur_seek(struct fp_cur *c, size_t off)
{
	if (off > c->len)
		c->bad = true;
	else
		c->off = off;
}

static uint64_t
get_int(struct fp_cur *c, int bytes, bool little)
{
	const uint8_t *p = fp_cur_take(c, (size_t)bytes);
	uint64_t v = 0;

	for (int i = 0; p != NULL && i < bytes; i++)
		v |= (uint64_t)p[little ? i : bytes - 1 - i] << (8 * i);
	return v;
}

uint8_t
fp_cur_u8(struct fp_cur *c)
{
	return (uint8_t)get_int(c, 1, true);
}

uint16_t
fp_cur_le16(struct fp_cur *c)
{
	return (uint16_t)get_int(c, 2, true);
}

uint32_t
fp_cur_le32(struct fp_cur *c)
{
	return (uint32_t)get_int(c, 4, true);
}

uint64_t
fp_cur_le64(struct fp_cur *c)
{
	return get_int(c, 8, true);
}

uint16_t
fp_cur_be16(struct fp_cur *c)
{
	return (uint16_t)get_int(c, 2, false);
}

uint32_t
fp_cur_be32(struct fp_cur *c)
{
	return (uint32_t)get_int(c, 4, false);
}
