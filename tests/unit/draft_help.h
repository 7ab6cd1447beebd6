/* Letters of our own wording, read into drafts, and what must be in them. */
#ifndef FP_TESTS_DRAFT_HELP_H
#define FP_TESTS_DRAFT_HELP_H

#include "unit.h"

#include <stdio.h>

#include "draft/draft.h"

static struct term_base *terms;

static inline int
open_terms(void **state)
{
	struct fp_err err = { .msg = "" };

	(void)state;
	if (term_base_open(&terms, NULL, &err) != FP_OK) {
		print_error("%s\n", err.msg);
		return -1;
	}
	return 0;
}

static inline int
close_terms(void **state)
{
	(void)state;
	term_base_freep(&terms);
	return 0;
}

/* lang NULL: found out. */
static inline struct draft *
read_letter(const char *text, const char *lang)
{
	struct draft_options o = { .lang = lang };
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .msg = "" };

	if (letter_read_text(&l, "letter.txt", text, strlen(text), NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, &o, &err) != FP_OK)
		fail_msg("%s", err.msg);
	letter_free(l);
	return d;
}

static inline void
show(const struct draft *d, const char *pointer)
{
	char *s = json_dumps(draft_get(d, pointer), JSON_COMPACT | JSON_ENCODE_ANY);

	print_error("%s = %s\n", pointer, s != NULL ? s : "(nothing)");
	free(s);
}

/* A text or number; NULL: null and listed as missing. */
static inline void
is_fact(const struct draft *d, const char *pointer, const char *expected)
{
	const json_t *j = draft_get(d, pointer);
	char number[32] = "";

	if (json_is_integer(j))
		(void)snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(j));
	if (expected == NULL ? j != NULL && !json_is_null(j)
			     : strcmp(number[0] != '\0'   ? number
				      : json_is_string(j) ? json_string_value(j)
							  : "(none)",
				   expected) != 0) {
		show(d, pointer);
		fail_msg("%s: expected %s", pointer, expected != NULL ? expected : "null");
	}
}

/* Texts or numbers of an array with "|" between; "" for none. */
static inline void
is_list(const struct draft *d, const char *pointer, const char *expected)
{
	const json_t *list = draft_get(d, pointer);
	char all[4096] = "";
	size_t i, n = 0;
	json_t *j;

	json_array_foreach(list, i, j)
	{
		if (json_is_integer(j))
			n += (size_t)snprintf(
			    all + n, sizeof(all) - n, "%s%lld", i > 0 ? "|" : "", (long long)json_integer_value(j));
		else
			n += (size_t)snprintf(
			    all + n, sizeof(all) - n, "%s%s", i > 0 ? "|" : "", json_is_string(j) ? json_string_value(j) : "(?)");
	}
	if (strcmp(all, expected) != 0) {
		show(d, pointer);
		fail_msg("%s: expected '%s', is '%s'", pointer, expected, all);
	}
}

static inline size_t
count(const struct draft *d, const char *pointer)
{
	return json_array_size(draft_get(d, pointer));
}

static inline void
is_count(const struct draft *d, const char *pointer, size_t n)
{
	if (count(d, pointer) != n) {
		show(d, pointer);
		fail_msg("%s: expected %zu, are %zu", pointer, n, count(d, pointer));
	}
}

static inline size_t
findings(const struct draft *d, const char *code)
{
	size_t i, n = 0;
	json_t *j;

	json_array_foreach(d->findings, i, j)
	{
		n += strcmp(json_string_value(json_object_get(j, "code")), code) == 0;
	}
	return n;
}

static inline bool
is_missing(const struct draft *d, const char *pointer)
{
	size_t i;
	json_t *j;

	json_array_foreach(d->missing, i, j)
	{
		if (strcmp(json_string_value(j), pointer) == 0)
			return true;
	}
	return false;
}

static inline int64_t
confidence(const struct draft *d, const char *pointer)
{
	return json_integer_value(json_object_get(json_object_get(d->places, pointer), "confidence"));
}

#endif
