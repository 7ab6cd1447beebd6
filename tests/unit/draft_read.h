/* From the text of a letter to its draft, and what is asked of it, for the tests of sections, actions and form. */
#ifndef FP_TESTS_DRAFT_READ_H
#define FP_TESTS_DRAFT_READ_H

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "draft/draft.h"

#define REAL_LETTERS "../shared/letters/"

static struct term_base *terms;

static int
open_terms(void **state)
{
	struct fp_err err = { .status = FP_OK };

	(void)state;
	if (term_base_open(&terms, NULL, &err) != FP_OK) {
		print_error("%s\n", err.msg);
		return -1;
	}
	return 0;
}

static int
close_terms(void **state)
{
	(void)state;
	term_base_free(terms);
	return 0;
}

static struct draft *
read_bytes(const char *name, const char *data, size_t len)
{
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .status = FP_OK };

	if (letter_read_text(&l, name, data, len, NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, &(struct draft_options){ .keep_letter = true }, &err) != FP_OK)
		fail_msg("%s: %s", name, err.msg);
	return d;
}

static struct draft *
read_text(const char *text)
{
	return read_bytes("letter.txt", text, strlen(text));
}

/* NULL, and a word about it, where the real letters are not there. */
static inline struct draft *
read_real(const char *name)
{
	char path[200];
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct fp_err err = { .status = FP_OK };

	(void)snprintf(path, sizeof(path), REAL_LETTERS "%s", name);
	if (access(path, R_OK) != 0) {
		print_message("skipped: no %s here\n", path);
		return NULL;
	}
	if (fp_file_read(&b, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return read_bytes(name, b.data, b.len);
}

/* A text, a number, true; "-" for what is not there or null; lists joined by blanks. */
static const char *
fact(const struct draft *d, const char *pointer)
{
	static char out[4][8192];
	static unsigned turn;
	const json_t *j = draft_get(d, pointer), *v;
	char *o = out[turn++ % 4];
	size_t i, n = 0;

	(void)snprintf(o, 8192, "-");
	if (json_is_string(j))
		(void)snprintf(o, 8192, "%s", json_string_value(j));
	else if (json_is_integer(j))
		(void)snprintf(o, 8192, "%d", (int)json_integer_value(j));
	else if (json_is_boolean(j))
		(void)snprintf(o, 8192, "%s", json_is_true(j) ? "true" : "false");
	json_array_foreach(j, i, v) if (json_is_string(v) && n < 8000) n +=
	    (size_t)snprintf(o + n, 8192 - n, "%s%s", i > 0 ? " " : "", json_string_value(v));
	return o;
}

static inline void
assert_fact(const struct draft *d, const char *pointer, const char *want)
{
	const char *got = fact(d, pointer);

	if (strcmp(got, want) != 0)
		fail_msg("%s is '%s', expected '%s'", pointer, got, want);
}

static inline int
findings(const struct draft *d, const char *code)
{
	const json_t *f;
	size_t i;
	int n = 0;

	json_array_foreach(d->findings, i, f) n += strcmp(json_string_value(json_object_get(f, "code")), code) == 0;
	return n;
}

static inline void
assert_findings(const struct draft *d, const char *code, int want)
{
	int got = findings(d, code);

	if (got != want)
		fail_msg("%d findings '%s', expected %d", got, code, want);
}

#endif
