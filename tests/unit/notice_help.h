/* What the tests of notice/ share: a notice changed in one place, and folders to try things in. */
#ifndef FP_TESTS_NOTICE_HELP_H
#define FP_TESTS_NOTICE_HELP_H

#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "notice/notice.h"

#define UNUSED __attribute__((unused))

static UNUSED struct notice *
opened(const char *ref)
{
	struct notice *n = NULL;
	struct fp_err err;
	char dir[64];

	(void)snprintf(dir, sizeof(dir), "notices/%s", ref);
	if (notice_open(&n, dir, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return n;
}

/* The canonical bytes of a notice as JSON; json_decref it. */
static UNUSED json_t *
canonical_json(const char *ref)
{
	FP_AUTO(notice_freep) struct notice *n = opened(ref);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	json_t *j = NULL;

	assert_int_equal(notice_canonical(&b, n, NULL), FP_OK);
	assert_int_equal(fp_json_parse(&j, b.data, b.len, "canonical", NULL), FP_OK);
	return j;
}

/* "facts.products[0].udi_di": the container of the last step; *last is its key, or *index its place. */
static UNUSED json_t *
walk(json_t *j, const char *path, char last[128], size_t *index)
{
	char step[128];

	*index = (size_t)-1;
	for (;;) {
		size_t len = strcspn(path, ".[]");
		bool number = path[len] == ']';

		assert_true(len < sizeof(step));
		memcpy(step, path, len);
		step[len] = '\0';
		path += len + (number ? 1 : 0);
		if (*path == '\0') {
			if (number)
				*index = (size_t)strtoul(step, NULL, 10);
			memcpy(last, step, sizeof(step));
			return j;
		}
		path++;
		j = number ? json_array_get(j, (size_t)strtoul(step, NULL, 10)) : json_object_get(j, step);
		assert_non_null(j);
	}
}

/* Set what stands at path to value (JSON text); NULL deletes it. */
static UNUSED void
change(json_t *whole, const char *path, const char *value)
{
	char last[128];
	size_t index;
	json_t *in = walk(whole, path, last, &index);
	json_t *v = value ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;

	assert_true(value == NULL || v != NULL);
	if (index != (size_t)-1)
		assert_int_equal(v ? json_array_set_new(in, index, v) : json_array_remove(in, index), 0);
	else
		assert_int_equal(v ? json_object_set_new(in, last, v) : json_object_del(in, last), 0);
}

/* Parse the JSON as a notice. */
static UNUSED enum fp_status
parse_json(struct notice **out, const json_t *whole, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	assert_int_equal(fp_json_canonical(&b, whole, NULL), FP_OK);
	return notice_parse(out, b.data, b.len, err);
}

/* A notice with one change; fails the test when it does not parse. */
static UNUSED struct notice *
changed(const char *ref, const char *path, const char *value)
{
	FP_JSON json_t *whole = canonical_json(ref);
	struct notice *n = NULL;
	struct fp_err err;

	change(whole, path, value);
	if (parse_json(&n, whole, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return n;
}

/* Replace the first occurrence of from in a language's text. */
static UNUSED void
retext(json_t *whole, const char *lang, const char *from, const char *to)
{
	json_t *texts = json_object_get(whole, "texts");
	const char *was = json_string_value(json_object_get(texts, lang)), *at;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	assert_non_null(was);
	at = strstr(was, from);
	if (at == NULL)
		fail_msg("no '%s' in %s", from, lang);
	fp_buf_add(&b, was, (size_t)(at - was));
	fp_buf_puts(&b, to);
	fp_buf_puts(&b, at + strlen(from));
	assert_int_equal(fp_buf_check(&b, "text", NULL), FP_OK);
	assert_int_equal(json_object_set_new(texts, lang, json_string(b.data)), 0);
}

/* A copy of notices/REF in a fresh folder; its path into dir. */
static UNUSED void
copy_folder(char dir[64], const char *ref)
{
	static const char *const files[] = { "notice.json", "en.md", "da.md", "de.md", "it.md", "es.md" };
	char path[256];

	(void)snprintf(dir, 64, "/tmp/fp-notice-XXXXXX");
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

		(void)snprintf(path, sizeof(path), "notices/%s/%s", ref, files[i]);
		assert_int_equal(fp_file_read(&b, path, NULL), FP_OK);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		assert_int_equal(fp_file_publish(path, b.data, b.len, 0644, NULL), FP_OK);
	}
}

static UNUSED void
write_file(const char *dir, const char *name, const char *data, size_t len)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(fp_file_publish(path, data, len, 0644, NULL), FP_OK);
}

static UNUSED void
remove_folder(const char *dir)
{
	char command[160];

	assert_true(strncmp(dir, "/tmp/fp-notice-", 15) == 0);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
}

#endif
