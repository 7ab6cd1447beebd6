/*
 * A language file: named sections of CommonMark, facts by placeholder. Private to notice/; docs/notice-format.md is its manual.
 */
#ifndef FP_NOTICE_TEXT_H
#define FP_NOTICE_TEXT_H

#include "base/arena.h"
#include "notice/notice.h"

#define NOTICE_SECTIONS_MAX 400u
#define NOTICE_SECTION_BYTES ((size_t)64 << 10)

/* What stands under which section key. */
enum notice_need { NOTICE_NEED_NOT, NOTICE_NEED_MAY, NOTICE_NEED_MUST };

/* May, or must, a text of n have a section key? */
enum notice_need notice_section_need(const struct notice *n, const char *key);
/* Call fn for every section key that n's texts may or must have, in the order of a letter. */
void notice_section_each(const struct notice *n, void (*fn)(void *ctx, const char *key, enum notice_need need), void *ctx);

/*
 * Split len bytes of a language file into t->sections, all memory from a; file names the source in messages ("da.md line 12: ...").
 * Headings are filled already, bodies keep their placeholders (each is known to be good). n's facts must be read. FP_EINVAL, FP_ELIMIT, FP_ENOMEM.
 */
enum fp_status notice_text_read(struct notice_text *t, const struct notice *n, struct fp_arena *a, const char *md, size_t len,
    const char *file, struct fp_err *err) FP_MUST_CHECK;

/* How a placeholder's value is written. */
enum notice_fill { NOTICE_FILL_PLAIN, NOTICE_FILL_MARKDOWN };

/*
 * Append text with its {{placeholders}} replaced by the facts of n in lang. out NULL: only look whether all are known. first_line counts
 * for messages. FP_EINVAL names the placeholder, file and line.
 */
enum fp_status notice_fill(struct fp_buf *out, const struct notice *n, const char *lang, const char *text, enum notice_fill how,
    const char *file, int first_line, struct fp_err *err) FP_MUST_CHECK;

/* Find the next {{name}} at or behind *p: *p moves behind it, name gets its start, the result its length; 0 when there is none or it never closes (*bad). */
size_t notice_placeholder_next(const char **p, const char **name, bool *bad);

#endif
