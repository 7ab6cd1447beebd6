/* Words of mail headers and character sets: by ICU, because glibc loads its tables from files that a sandboxed reader cannot open. Private to letter/mail*.c. */
#ifndef FP_LETTER_MAIL_INT_H
#define FP_LETTER_MAIL_INT_H

#include "base/buf.h"

/* Append len bytes in the named character set as UTF-8, ill-formed ones as U+FFFD. False (nothing appended): the set is not known. */
bool mail_to_utf8(struct fp_buf *out, const char *charset, const char *s, size_t len);

/*
 * A header's raw value as it reads: folded lines joined, encoded words decoded (RFC 2047), bytes beyond ASCII taken as UTF-8 or Windows-1252, control characters
 * dropped. Appended.
 */
void mail_decode_words(struct fp_buf *out, const char *raw);

/* Parameter name of a raw Content-Type or Content-Disposition value, with RFC 2231 pieces put together. Appended, decoded; false when there is none. */
bool mail_param(struct fp_buf *out, const char *raw, const char *name);

#endif
