/* Reading files and looking things up in drafts, for the tests of csaf/. */
#ifndef FP_TESTS_CSAF_HELP_H
#define FP_TESTS_CSAF_HELP_H

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "csaf/csaf.h"

#define DATA "tests/csaf/data/"
/* Advisories of a coordinator, where they lie beside the project; tests that want them are skipped otherwise. */
#define ADVISORIES "../shared/data/cisa-icsma/"
#define ADVISORIES_OTHER "../shared/data/cisa-other/"

static inline struct fp_buf
slurp(const char *path)
{
	struct fp_buf b = { .max = 64 << 20 };
	struct fp_err err;

	if (fp_file_read(&b, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return b;
}

static inline struct draft *
read_bytes(const char *name, const char *data, size_t len)
{
	struct draft *d = NULL;
	struct fp_err err;

	if (csaf_read(&d, name, data, len, &err) != FP_OK)
		fail_msg("%s: %s", name, err.msg);
	return d;
}

static inline struct draft *
read_advisory(const char *path)
{
	struct fp_buf b = slurp(path);
	struct draft *d = read_bytes(path, b.data, b.len);

	fp_buf_free(&b);
	return d;
}

static inline const char *
text_at(const struct draft *d, const char *pointer)
{
	const json_t *j = draft_get(d, pointer);

	return json_is_string(j) ? json_string_value(j) : json_is_null(j) ? "null" : j == NULL ? "(none)" : "(no text)";
}

static inline size_t
size_at(const struct draft *d, const char *pointer)
{
	const json_t *j = draft_get(d, pointer);

	return json_is_array(j) ? json_array_size(j) : json_object_size(j);
}

static inline size_t
findings(const struct draft *d, const char *code)
{
	size_t n = 0, i;
	json_t *f;

	json_array_foreach(d->findings, i, f)
	{
		n += strcmp(json_string_value(json_object_get(f, "code")), code) == 0;
	}
	return n;
}

static inline const char *
place_of(const struct draft *d, const char *fact)
{
	const char *s = json_string_value(json_object_get(json_object_get(d->places, fact), "pointer"));

	return s ? s : "(none)";
}

/* Texts of an array, joined by blanks, into static memory. */
static inline const char *
joined_at(const struct draft *d, const char *pointer)
{
	static char out[4096];
	const json_t *list = draft_get(d, pointer);
	size_t i, n = 0;
	json_t *v;

	out[0] = '\0';
	json_array_foreach(list, i, v)
	{
		n += (size_t)snprintf(
		    out + n, sizeof(out) - n, "%s%s", i ? " " : "", json_is_string(v) ? json_string_value(v) : "?");
	}
	return out;
}

#endif
