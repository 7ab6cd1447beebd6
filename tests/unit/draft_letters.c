/*
 * The letters of ../shared/letters against a table of what is in them (facts only), and own letters of tests/letters/terms in many languages against the
 * tables beside them. Where a folder is not there, that is said.
 */
#include "draft_help.h"

#include <dirent.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"

#define FOLDER "../shared/letters/"
#define OWN "tests/letters/terms/"

static struct draft *
read_file(const char *path)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { 0 };
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .msg = "" };

	if (fp_file_read(&bytes, path, &err) != FP_OK || letter_read_text(&l, path, bytes.data, bytes.len, NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	letter_free(l);
	return d;
}

/* Is expected within is? Objects: every member of expected; lists: item by item. [text, url, printed] stands for a link. */
static bool
agrees(const json_t *is, const json_t *expected)
{
	static const char *const link[] = { "text", "url", "printed" };
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_null(expected))
		return is == NULL || json_is_null(is);
	if (json_is_object(expected)) {
		json_object_foreach((json_t *)expected, key, v)
		{
			if (!agrees(json_object_get(is, key), v))
				return false;
		}
		return true;
	}
	if (json_is_array(expected) && json_is_object(is)) {
		for (i = 0; i < FP_COUNT(link); i++)
			if (!agrees(json_object_get(is, link[i]), json_array_get(expected, i)))
				return false;
		return true;
	}
	if (json_is_array(expected)) {
		json_array_foreach(expected, i, v)
		{
			if (!agrees(json_array_get(is, i), v))
				return false;
		}
		return json_array_size(is) == json_array_size(expected);
	}
	return is != NULL && json_equal((json_t *)is, (json_t *)expected) == 1;
}

static int
check_letter(const json_t *table, const struct draft *d)
{
	const char *file = json_string_value(json_object_get(table, "file")), *pointer;
	int wrong = 0;
	json_t *v;
	size_t i;

	json_object_foreach(json_object_get(table, "facts"), pointer, v)
	{
		char *text;

		if (agrees(draft_get(d, pointer), v))
			continue;
		text = json_dumps(v, JSON_ENCODE_ANY);
		print_error("%s: %s should be %s\n", file, pointer, text);
		free(text);
		show(d, pointer);
		wrong++;
	}
	json_array_foreach(json_object_get(table, "findings"), i, v)
	{
		if (findings(d, json_string_value(v)) == 0)
			print_error("%s: lacks the finding %s\n", file, json_string_value(v)), wrong++;
	}
	json_array_foreach(json_object_get(table, "not_findings"), i, v)
	{
		if (findings(d, json_string_value(v)) != 0)
			print_error("%s: the finding %s is wrong\n", file, json_string_value(v)), wrong++;
	}
	return wrong;
}

static bool
there(const char *path)
{
	DIR *f = opendir(path);

	if (f != NULL)
		(void)closedir(f);
	else
		print_message("skipped: %s is not here\n", path);
	return f != NULL;
}

static void
letters_of_the_task(void **state)
{
	FP_JSON json_t *table = NULL;
	struct fp_err err = { .msg = "" };
	int wrong = 0;
	size_t i;
	json_t *letter;

	(void)state;
	if (!there(FOLDER))
		skip();
	if (fp_json_load(&table, "tests/unit/data/letters-facts.json", (size_t)1 << 20, &err) != FP_OK)
		fail_msg("%s", err.msg);
	json_array_foreach(table, i, letter)
	{
		char path[256];
		struct draft *d;

		(void)snprintf(path, sizeof(path), FOLDER "%s", json_string_value(json_object_get(letter, "file")));
		d = read_file(path);
		wrong += check_letter(letter, d);
		draft_free(d);
	}
	assert_int_equal(json_array_size(table), 5);
	assert_int_equal(wrong, 0);
}

/* Every place points to a fact that is there, with a line and a confidence; every missing pointer to null or nothing. */
static void
places_point_to_facts(void **state)
{
	(void)state;
	if (!there(FOLDER))
		skip();
	struct draft *d = read_file(FOLDER "001-FSN2023-1338-de.txt");
	const char *pointer;
	json_t *v;
	size_t i;

	assert_true(json_object_size(d->places) > 60);
	json_object_foreach(d->places, pointer, v)
	{
		if (draft_get(d, pointer) == NULL)
			fail_msg("a place of nothing: %s", pointer);
		assert_true(json_integer_value(json_object_get(v, "line")) > 0);
		assert_in_range(json_integer_value(json_object_get(v, "confidence")), 30, 100);
	}
	json_array_foreach(d->missing, i, v)
	{
		const json_t *is = draft_get(d, json_string_value(v));

		assert_true(is == NULL || json_is_null(is) || json_array_size(is) == 0);
	}
	/* The word stands where the place says. */
	v = json_object_get(d->places, "/products/0/catalog_numbers/1");
	assert_int_equal(json_integer_value(json_object_get(v, "line")), 17);
	assert_int_equal(json_integer_value(json_object_get(v, "column")), 34);
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_of_the_task),
		cmocka_unit_test(places_point_to_facts),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
