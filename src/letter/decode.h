/* Any encoding of text to UTF-8. Private to letter/. */
#ifndef FP_LETTER_DECODE_H
#define FP_LETTER_DECODE_H

#include <stddef.h>

#include "base/status.h"

struct letter_decoded {
	const char *s; /* UTF-8 without a mark; may hold NUL and other controls */
	size_t len;
	char *owned;      /* to be freed; NULL when s points into the input */
	const char *note; /* English, what was assumed; NULL when the encoding is certain */
	bool cut;         /* the last character was not whole and is left out */
};

/*
 * charset: what the container says ("iso-8859-2"), NULL: nothing. A byte order mark wins, then valid UTF-8, then the charset, then Windows-1252. FP_ENOMEM, FP_ELIMIT.
 */
enum fp_status letter_decode(
    struct letter_decoded *out, const char *data, size_t len, const char *charset, struct fp_err *err) FP_MUST_CHECK;
void letter_decoded_free(struct letter_decoded *d);

/* Frames drawn with box characters stand as "|", "-", "=" and "+" afterwards (a heavy stroke at a line's beginning as ">"), one for one, so that columns stay. FP_ENOMEM. */
enum fp_status letter_plain_frames(struct letter_decoded *d, struct fp_err *err) FP_MUST_CHECK;

/* Characters in valid UTF-8. */
size_t letter_chars(const char *s, size_t len);

/* The first byte from i on that is no ASCII; len. */
size_t letter_skip_ascii(const char *s, size_t len, size_t i);

#endif
