/*
 * The letters of ../shared/letters against a table of what is in them (facts only), and own letters of tests/letters/terms in many languages against the
 * tables beside them. Where a folder is not there, that is said.
 */
#include "draft_help.h"

#include <dirent.h>

#include "base/file.h"
#include "base/json.h"

#define FOLDER "../shared/letters/"

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

/* ---- drafts that are only written ---- */

typedef enum fp_status reader(
    struct letter **out, const char *file, const char *data, size_t len, const struct letter_limits *o, struct fp_err *err);

static char *
written(reader *read, const struct fp_buf *data, bool keep, bool to_write)
{
	const struct draft_options o = { .keep_letter = keep, .to_write = to_write };
	struct fp_buf out = { .max = FP_BUF_MAX };
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .status = FP_OK };

	if (read(&l, "letter", data->data, data->len, NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, &o, &err) != FP_OK || draft_write(&out, d, &err) != FP_OK)
		fail_msg("%s", err.msg);
	if (!keep)
		letter_free(l);
	draft_free(d);
	return fp_buf_take(&out);
}

static void
check_written(reader *read, const char *path, const char *must_hold)
{
	FP_AUTO(fp_buf_free) struct fp_buf data = { .max = FP_BUF_MAX };
	struct fp_err err = { .status = FP_OK };

	if (fp_file_read(&data, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	if (read == letter_read_bbox) /* the first byte is the fuzz target's own */
		memmove(data.data, data.data + 1, data.len--);
	for (int keep = 0; keep < 2; keep++) {
		char *tree = written(read, &data, keep, false), *text = written(read, &data, keep, true);

		assert_string_equal(tree, text);
		assert_non_null(strstr(text, must_hold));
		free(tree);
		free(text);
	}
}

/* Places kept as text are the text that the tree of them becomes: lines, boxes, words that want an escape, none at all. */
static void
written_places_are_the_same(void **state)
{
	struct fp_buf none = { .data = (char[]){ "" } },
		      quoted = { .data = (char[]){ "Field Safety Notice\n\nReference: \"FSN\\2024\" -1562\n" } };
	char *tree, *text;

	(void)state;
	quoted.len = strlen(quoted.data);
	check_written(letter_read_text, "tests/letters/unseen/open/da-hoere.txt", "\"column\":");
	check_written(letter_read_bbox, "tests/fuzz/corpus/letter_bbox/nl-vervolg", "\"box\":[");
	for (int i = 0; i < 2; i++) {
		tree = written(letter_read_text, i == 0 ? &none : &quoted, false, false);
		text = written(letter_read_text, i == 0 ? &none : &quoted, false, true);
		assert_string_equal(tree, text);
		free(tree);
		free(text);
	}
}

/* ---- own letters: facts beside them ---- */

/* A list of texts, or of {from, to} that must both stand in the printed range. */
static bool
list_agrees(const json_t *is, const json_t *expected)
{
	size_t i;
	json_t *v;

	json_array_foreach(expected, i, v)
	{
		const char *text = json_string_value(json_array_get(is, i));

		if (text == NULL)
			return false;
		if (json_is_string(v) ? strcmp(text, json_string_value(v)) != 0
				      : strstr(text, json_string_value(json_object_get(v, "from"))) == NULL ||
					    strstr(text, json_string_value(json_object_get(v, "to"))) == NULL)
			return false;
	}
	return json_array_size(is) == json_array_size(expected);
}

static int
check_product(const char *file, const struct draft *d, size_t at, const json_t *expected)
{
	static const char *const lists[] = { "catalog_numbers", "models", "lots", "serial_numbers", "serial_ranges" };
	const json_t *is = json_array_get(draft_get(d, "/products"), at), *udi = json_object_get(expected, "udi_di");
	const char *name = json_string_value(json_array_get(json_object_get(expected, "names"), 0));
	const char *first = json_string_value(json_array_get(json_object_get(is, "names"), 0));
	int wrong = 0;

	name = name != NULL ? name : "";
	if (strcmp(first != NULL ? first : "", name) != 0)
		print_error("%s: product %zu is '%s', not '%s'\n", file, at, first != NULL ? first : "", name), wrong++;
	for (size_t i = 0; i < FP_COUNT(lists); i++) {
		const json_t *want = json_object_get(expected, lists[i]);
		FP_JSON json_t *none = json_array();

		/* What the table leaves out must not be made up. */
		if (!list_agrees(json_object_get(is, lists[i]), want != NULL ? want : none))
			print_error("%s: %s: %s are wrong\n", file, name, lists[i]), wrong++;
	}
	if (udi != NULL && !agrees(json_object_get(is, "udi_di"), udi))
		print_error("%s: %s: udi_di is wrong\n", file, name), wrong++;
	if ((json_object_get(expected, "udi_di_stated") != NULL) != (json_object_get(is, "udi_di_stated") != NULL))
		if (json_object_get(expected, "udi_di_stated") != NULL)
			print_error("%s: %s: 'not applicable' was not read\n", file, name), wrong++;
	return wrong;
}

static int
check_own(const char *folder, const char *name)
{
	static const char *const keys[] = { "language", "reference", "fsca_reference", "document_number", "issue_date" };
	FP_JSON json_t *table = NULL;
	char path[512];
	struct draft *d;
	int wrong = 0;
	size_t i;
	json_t *v;
	struct fp_err err = { .msg = "" };

	(void)snprintf(path, sizeof(path), "%s%s", folder, name);
	if (fp_json_load(&table, path, (size_t)1 << 20, &err) != FP_OK)
		fail_msg("%s", err.msg);
	memcpy(path + strlen(path) - 4, "txt", 4);
	d = read_file(path);
	for (i = 0; i < FP_COUNT(keys); i++) {
		char pointer[64];

		v = json_object_get(table, keys[i]);
		(void)snprintf(pointer, sizeof(pointer), "/%s", keys[i]);
		if (v == NULL || agrees(draft_get(d, pointer), v))
			continue;
		print_error("%s: ", path);
		show(d, pointer);
		wrong++;
	}
	json_array_foreach(json_object_get(table, "products"), i, v)
	{
		wrong += check_product(path, d, i, v);
	}
	if (count(d, "/products") != i)
		print_error("%s: %zu products, not %zu\n", path, count(d, "/products"), i), wrong++;
	draft_free(d);
	return wrong;
}

static void
check_folder(const char *folder, size_t least)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort), wrong = 0;
	size_t read = 0;

	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);

		if (len > 5 && strcmp(names[i]->d_name + len - 5, ".json") == 0) {
			wrong += check_own(folder, names[i]->d_name);
			read++;
		}
		free(names[i]);
	}
	free(names);
	assert_true(read >= least);
	assert_int_equal(wrong, 0);
}

static void
own_letters_in_many_languages(void **state)
{
	(void)state;
	check_folder("tests/letters/terms/", 16);
}

static void
own_letters_in_many_layouts(void **state)
{
	(void)state;
	check_folder("tests/letters/layouts/", 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_of_the_task),
		cmocka_unit_test(places_point_to_facts),
		cmocka_unit_test(written_places_are_the_same),
		cmocka_unit_test(own_letters_in_many_languages),
		cmocka_unit_test(own_letters_in_many_layouts),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
