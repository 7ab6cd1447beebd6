/*
 * The shape of notice.json as tables: which keys an object has, of what type, and where they land in struct notice. One reader
 * walks them; the published schema is compared with them by a test. Private to notice/.
 */
#ifndef FP_NOTICE_SHAPE_H
#define FP_NOTICE_SHAPE_H

#include <jansson.h>

#include "base/arena.h"
#include "notice/notice.h"

#define NOTICE_FORMAT "fieldproof-notice-1"
#define NOTICE_ITEMS_MAX 1000u /* of any one array */
#define NOTICE_FACT_MAX 2000u  /* bytes of any one text */

enum notice_kind {
	NOTICE_K_NONE,   /* allowed, not kept in the struct */
	NOTICE_K_TEXT,   /* const char * */
	NOTICE_K_LIST,   /* struct notice_list */
	NOTICE_K_INT,    /* int, from 1 */
	NOTICE_K_BOOL,   /* bool */
	NOTICE_K_DATE,   /* struct fp_date */
	NOTICE_K_WORD,   /* enum: index into words */
	NOTICE_K_OBJECT, /* sub's fields land in the same struct */
	NOTICE_K_ARRAY,  /* pointer at off, count at count_off, elements of sub_size */
};

/* What a text must look like. */
enum notice_rule {
	NOTICE_R_FREE, /* any text without control characters, not empty */
	NOTICE_R_EMPTY_OK,
	NOTICE_R_ID,        /* a-z 0-9 -, at most 47 bytes: ids and codes */
	NOTICE_R_MODE,      /* A-Z a-z 0-9 - _, at most 23 bytes: modes, check ids, places */
	NOTICE_R_REFERENCE, /* already normal */
	NOTICE_R_URL,       /* http or https, no white space */
	NOTICE_R_UDI,       /* 14 digits */
	NOTICE_R_CVE,
	NOTICE_R_COUNT
};

enum { NOTICE_REQUIRED = 1, NOTICE_NULLABLE = 2, NOTICE_NOT_EMPTY = 4 };

struct notice_field {
	const char *key;
	enum notice_kind kind;
	unsigned flags;
	enum notice_rule rule;
	size_t off, count_off, sub_size;
	const struct notice_field *sub; /* ends with key NULL */
	const char *const *words;       /* the only texts allowed; ends with NULL; NULL: any */
};

extern const struct notice_field notice_fields[]; /* of the whole notice.json; ends with key NULL */

/*
 * Read facts into n (whose arena is a). file names the source in messages, which go on with the JSON place: "notice.json:
 * products[2].udi_di: must be 14 digits". FP_EINVAL, FP_ELIMIT, FP_ENOMEM.
 */
enum fp_status notice_facts_read(
    struct notice *n, struct fp_arena *a, const json_t *facts, const char *file, struct fp_err *err) FP_MUST_CHECK;

/* What one key cannot know: ids unique, references to ids that exist, numbers in order. */
enum fp_status notice_facts_check(const struct notice *n, const char *file, struct fp_err *err) FP_MUST_CHECK;

#endif
