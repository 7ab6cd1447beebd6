/* Bounds on their way from words or vers into the grammar of device/version.h. Private to csaf/. */
#ifndef FP_CSAF_RANGE_INT_H
#define FP_CSAF_RANGE_INT_H

#include <stdbool.h>
#include <stddef.h>

#define RANGE_TEXT 512
#define RANGE_TOKENS 64
#define RANGE_ITEMS 32
#define RANGE_VERSION 128

enum range_op { OP_NONE, OP_LT, OP_LE, OP_EQ, OP_NE, OP_GE, OP_GT };

/* One bound, or two: the stretch between them. */
struct range_item {
	enum range_op op[2]; /* op[1] OP_NONE: one bound only */
	char version[2][RANGE_VERSION];
	bool words; /* written with words: "and below" */
};
struct range_items {
	struct range_item item[RANGE_ITEMS];
	size_t n;
};

/*
 * Bounds in a row mean what vers means by them: ">=1|<=2|>=4|5" is 1 to 2, or 4 and later...; a lower bound waits for its upper one. NULL
 * when out holds the range; otherwise why not.
 */
const char *range_assemble(char *out, size_t size, const struct range_items *items);
/* What stands behind "vers:". */
const char *range_vers_read(char *out, size_t size, const char *text);

#endif
