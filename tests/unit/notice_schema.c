/* The published schema and the reader's tables are two words for one thing: keys, what is required, null, words, lists. */
#include "notice_help.h"

#include "base/asset.h"
#include "notice/shape.h"

static json_t *schema;
static size_t objects;

static const json_t *
resolve(const json_t *node)
{
	const char *ref = json_string_value(json_object_get(node, "$ref"));

	if (ref == NULL)
		return node;
	assert_true(strncmp(ref, "#/$defs/", 8) == 0);
	node = json_object_get(json_object_get(schema, "$defs"), ref + 8);
	assert_non_null(node);
	return node;
}

static bool
list_holds(const json_t *list, const char *word)
{
	const json_t *v;
	size_t i;

	json_array_foreach((json_t *)list, i, v)
	{
		if (word == NULL ? json_is_null(v) : json_is_string(v) && strcmp(json_string_value(v), word) == 0)
			return true;
	}
	return false;
}

static bool
may_be_null(const json_t *node)
{
	return list_holds(json_object_get(node, "type"), "null") || list_holds(json_object_get(node, "enum"), NULL);
}

static void
compare_words(const struct notice_field *f, const json_t *node)
{
	const json_t *list = json_object_get(node, "enum");
	size_t n = 0;

	if (f->words == NULL) {
		assert_null(list);
		return;
	}
	for (; f->words[n] != NULL; n++)
		if (!list_holds(list, f->words[n]))
			fail_msg("%s: the schema lacks '%s'", f->key, f->words[n]);
	assert_int_equal(json_array_size(list), n + (may_be_null(node) ? 1 : 0));
}

static void compare_object(const struct notice_field *fields, const json_t *node);

static void
compare_field(const struct notice_field *f, const json_t *node)
{
	static const char *const types[] = { [NOTICE_K_NONE] = "string",
		[NOTICE_K_TEXT] = "string",
		[NOTICE_K_LIST] = "array",
		[NOTICE_K_INT] = "integer",
		[NOTICE_K_BOOL] = "boolean",
		[NOTICE_K_DATE] = "string",
		[NOTICE_K_WORD] = "string",
		[NOTICE_K_OBJECT] = "object",
		[NOTICE_K_ARRAY] = "array" };
	const json_t *type = json_object_get(node, "type"), *items = json_object_get(node, "items");

	if (node == NULL)
		fail_msg("the schema lacks '%s'", f->key);
	if (may_be_null(node) != ((f->flags & NOTICE_NULLABLE) != 0))
		fail_msg("'%s': null is allowed by one side only", f->key);
	if (f->words == NULL || f->kind == NOTICE_K_LIST)
		assert_true(list_holds(type, types[f->kind]) || strcmp(json_string_value(type), types[f->kind]) == 0);
	if (f->kind == NOTICE_K_LIST || f->kind == NOTICE_K_ARRAY) {
		assert_int_equal(json_integer_value(json_object_get(node, "minItems")), (f->flags & NOTICE_NOT_EMPTY) ? 1 : 0);
		assert_int_equal(json_integer_value(json_object_get(node, "maxItems")), NOTICE_ITEMS_MAX);
	}
	if (f->kind == NOTICE_K_LIST)
		compare_words(f, items);
	else if (f->kind != NOTICE_K_ARRAY && f->kind != NOTICE_K_OBJECT)
		compare_words(f, node);
	if (f->sub != NULL)
		compare_object(f->sub, f->kind == NOTICE_K_ARRAY ? resolve(items) : node);
}

static void
compare_object(const struct notice_field *fields, const json_t *node)
{
	const json_t *props = json_object_get(node, "properties"), *required = json_object_get(node, "required");
	size_t n = 0, must = 0;

	objects++;
	assert_true(json_is_false(json_object_get(node, "additionalProperties")));
	assert_non_null(json_object_get(json_object_get(node, "patternProperties"), "^x_"));
	for (; fields[n].key != NULL; n++) {
		bool is_required = (fields[n].flags & NOTICE_REQUIRED) != 0;

		must += is_required;
		if (list_holds(required, fields[n].key) != is_required)
			fail_msg("'%s' is required by one side only", fields[n].key);
		compare_field(&fields[n], json_object_get(props, fields[n].key));
	}
	assert_int_equal(json_object_size(props), n);
	assert_int_equal(json_array_size(required), must);
}

static void
schema_is_the_reader(void **state)
{
	const struct fp_asset *a = fp_asset_find("schema/notice.schema.json");
	struct fp_err err;

	(void)state;
	assert_non_null(a);
	if (fp_json_parse(&schema, a->data, a->len, a->name, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(
	    json_string_value(json_object_get(schema, "$schema")), "https://json-schema.org/draft/2020-12/schema");
	compare_object(notice_fields, schema);
	assert_true(objects >= 15);
	json_decref(schema);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(schema_is_the_reader) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
