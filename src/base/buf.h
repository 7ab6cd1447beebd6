/*
 * A growing byte buffer that knows its maximum. Failure (no memory, over the maximum) sticks: later appends do nothing, and
 * fp_buf_check reports it once at the end.
 */
#ifndef FP_BASE_BUF_H
#define FP_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

struct fp_buf {
	char *data; /* always NUL-terminated when not NULL; the NUL is not counted */
	size_t len;
	size_t cap;
	size_t max; /* 0 means FP_BUF_MAX */
	enum fp_status failed;
};

#define FP_BUF_MAX ((size_t)256 << 20)

/* struct fp_buf b = { .max = 65536 }; is a ready buffer. */
void fp_buf_free(struct fp_buf *b);  /* also for FP_AUTO; leaves an empty, usable buffer */
void fp_buf_clear(struct fp_buf *b); /* length 0, keeps the memory and clears a failure */

void fp_buf_add(struct fp_buf *b, const void *data, size_t len);
/* Room for len bytes behind the text, which fp_buf_grew counts when they are written; NULL when the buffer has failed. */
char *fp_buf_room(struct fp_buf *b, size_t len);
void fp_buf_grew(struct fp_buf *b, size_t len);    /* that many bytes of the room hold text now */
void fp_buf_puts(struct fp_buf *b, const char *s); /* NULL adds nothing */
void fp_buf_putc(struct fp_buf *b, char c);
void fp_buf_printf(struct fp_buf *b, const char *fmt, ...) FP_PRINTF(2, 3);
void fp_buf_u8(struct fp_buf *b, uint8_t v);
void fp_buf_le16(struct fp_buf *b, uint16_t v);
void fp_buf_le32(struct fp_buf *b, uint32_t v);
void fp_buf_le64(struct fp_buf *b, uint64_t v);
void fp_buf_be16(struct fp_buf *b, uint16_t v);
void fp_buf_be32(struct fp_buf *b, uint32_t v);

/* FP_OK, FP_ENOMEM or FP_ELIMIT (the message names what and the limit). */
enum fp_status fp_buf_check(const struct fp_buf *b, const char *what, struct fp_err *err) FP_MUST_CHECK;

/* Give the text away (caller frees); NULL when the buffer failed. An empty buffer gives "". */
char *fp_buf_take(struct fp_buf *b);

/*
 * A reading cursor over bytes. Reading past the end returns zeros and sets .bad; check once at the end.
 */
struct fp_cur {
	const uint8_t *p;
	size_t len;
	size_t off;
	bool bad;
};

struct fp_cur fp_cur_make(const void *data, size_t len);
size_t fp_cur_left(const struct fp_cur *c);
uint8_t fp_cur_u8(struct fp_cur *c);
uint16_t fp_cur_le16(struct fp_cur *c);
uint32_t fp_cur_le32(struct fp_cur *c);
uint64_t fp_cur_le64(struct fp_cur *c);
uint16_t fp_cur_be16(struct fp_cur *c);
uint32_t fp_cur_be32(struct fp_cur *c);
const uint8_t *fp_cur_take(struct fp_cur *c, size_t n); /* NULL and .bad when fewer are left */
void fp_cur_seek(struct fp_cur *c, size_t off);         /* absolute; .bad when past the end */

#endif
