/* Character references: "&amp;", "&#223;", "&#xDF;". Private to letter/. */
#ifndef FP_LETTER_ENTITY_H
#define FP_LETTER_ENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* s begins with '&': bytes of the reference with its semicolon and the character it stands for; 0 when it is none. */
size_t letter_entity(const char *s, size_t len, uint32_t *c);

#endif
