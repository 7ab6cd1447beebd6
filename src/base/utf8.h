/*
 * UTF-8 text. Everything inside the program is valid UTF-8 without NUL; parsers refuse or convert at the edge.
 */
#ifndef FP_BASE_UTF8_H
#define FP_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FP_UTF8_BAD 0xFFFFFFFFu

/* Decode one code point at *p (p < end), move *p behind it. FP_UTF8_BAD for an ill-formed sequence, moving one byte. RFC 3629. */
uint32_t fp_utf8_next(const char **p, const char *end);

/* Offset of the first ill-formed byte or NUL, or len when all is well. */
size_t fp_utf8_bad_at(const char *s, size_t len);

/* Is there a byte below 0x20, or 0x7F? */
bool fp_utf8_has_control(const char *s, size_t len);

/* Copy text (NULL = "") into out, cut at size - 1 bytes but never inside a character; always ends with NUL. */
void fp_utf8_copy(char *out, size_t size, const char *text);

void fp_utf8_put(struct fp_buf *b, uint32_t code_point);

/* Columns on a terminal: combining marks 0, East Asian wide 2, others 1. */
size_t fp_utf8_width(const char *s);

/* Append s folded for comparison: NFKC_Casefold (ICU), then letters and digits only; white space, hyphens, trademark signs and punctuation dropped. "MiSeq(TM) Dx-Instrument" -> "miseqdxinstrument". */
void fp_utf8_fold(struct fp_buf *b, const char *s);

/* As fp_utf8_fold into fresh memory (caller frees); NULL when out of memory. */
char *fp_utf8_folded(const char *s);

#endif
