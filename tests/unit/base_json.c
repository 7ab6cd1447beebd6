/* JSON is read strictly and written in one form only. */

#include "unit.h"

#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

static const struct {
	const char *text;
	enum fp_status status;
	const char *says; /* the beginning: the rest is the words of the library */
} refused[] = {
	{ "", FP_EINVAL, "n.json is empty" },
	{ "{\"a\":1,\n \"a\":2}", FP_EINVAL, "n.json line 2 column 4: " },
	{ "[1] x", FP_EINVAL, "n.json line 1 column 5: " },
	{ "{\"a\":1,}", FP_EINVAL, "n.json line 1 column 8: " },
	{ "['a']", FP_EINVAL, "n.json line 1 column 2: " },
	{ "[NaN]", FP_EINVAL, "n.json line 1 column 4: " },
	{ "[01]", FP_EINVAL, "n.json line 1 column 2: " },
	{ "[1e999]", FP_EINVAL, "n.json line 1 column 6: " },
	{ "[99999999999999999999]", FP_EINVAL, "n.json line 1 column 21: " },
	{ "[\"\\u0000\"]", FP_EINVAL, "n.json line 1 column 9: " },
	{ "[\"\xff\"]", FP_EINVAL, "n.json line 1 column 2: " },
	{ "[\"\\ud800\"]", FP_EINVAL, "n.json line 1 column 9: " },
	{ "[1", FP_EINVAL, "n.json line 1 column 2: " },
	{ "// c\n1", FP_EINVAL, "n.json line 1 column 1: " },
};

static void
strict(void **state)
{
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(refused); i++) {
		json_t *j = NULL;

		assert_int_equal(fp_json_parse(&j, refused[i].text, strlen(refused[i].text), "n.json", &err), refused[i].status);
		assert_memory_equal(err.msg, refused[i].says, strlen(refused[i].says));
		assert_null(j);
	}
}

static void
nesting_is_bounded(void **state)
{
	char text[200];
	struct fp_err err;
	FP_JSON json_t *j = NULL;

	(void)state;
	memset(text, '[', 64);
	memset(text + 64, ']', 64);
	assert_int_equal(fp_json_parse(&j, text, 128, "n.json", &err), FP_OK);
	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	assert_int_equal(fp_json_parse(&j, text, 130, "n.json", &err), FP_ELIMIT);
	assert_string_equal(err.msg, "n.json is nested deeper than 64 levels");
	/* Brackets inside texts are no nesting. */
	fp_json_freep(&j);
	memset(text, '[', 200);
	memcpy(text, "[\"\\\"", 4);
	memcpy(text + 198, "\"]", 2);
	assert_int_equal(fp_json_parse(&j, text, 200, "n.json", &err), FP_OK);
}

static void
canonical_bytes(void **state)
{
	static const char text[] = "{ \"b\" : [ 1 , -2, true ,null, \"\\u00e6\\/\\n\" "
				   "],\n\"a\":{\"z\":0.5,\"B\":\"\xf0\x9f\x98\x80\"}, \"\xc3\xa6\":\"\" }";
	struct fp_buf out = { .max = 0 };
	FP_JSON json_t *j = NULL;

	(void)state;
	assert_int_equal(fp_json_parse(&j, text, strlen(text), "t", NULL), FP_OK);
	assert_int_equal(fp_json_canonical(&out, j, NULL), FP_OK);
	assert_string_equal(
	    out.data, "{\"a\":{\"B\":\"\xf0\x9f\x98\x80\",\"z\":0.5},\"b\":[1,-2,true,null,\"\xc3\xa6/\\n\"],\"\xc3\xa6\":\"\"}");
	fp_buf_clear(&out);
	assert_int_equal(fp_json_pretty(&out, json_object_get(j, "a"), NULL), FP_OK);
	assert_string_equal(out.data, "{\n  \"z\": 0.5,\n  \"B\": \"\xf0\x9f\x98\x80\"\n}\n");
	out = (struct fp_buf){ .max = 3, .data = out.data, .cap = out.cap };
	assert_int_equal(fp_json_canonical(&out, j, NULL), FP_ELIMIT);
	fp_buf_free(&out);
}

static void
members(void **state)
{
	static const char text[] =
	    "{\"s\":\"x\",\"i\":-5,\"t\":true,\"f\":false,\"n\":null,\"a\":[1],\"o\":{},\"when\":\"2024-02-29T00:00:00Z\"}";
	FP_JSON json_t *j = NULL;
	const json_t *v;
	const char *s;
	int64_t i;
	fp_time when;
	bool b;
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_json_parse(&j, text, strlen(text), "t", NULL), FP_OK);
	assert_int_equal(fp_json_str(&s, j, "s", "top", &err), FP_OK);
	assert_string_equal(s, "x");
	assert_int_equal(fp_json_str(&s, j, "zz", "top", &err), FP_EINVAL);
	assert_string_equal(err.msg, "top: 'zz' is missing; it must be a text");
	assert_int_equal(fp_json_str(&s, j, "n", "top", &err), FP_EINVAL);
	assert_int_equal(fp_json_str(&s, j, "i", "top", &err), FP_EINVAL);
	assert_string_equal(err.msg, "top: 'i' is a whole number; it must be a text");
	assert_int_equal(fp_json_str_opt(&s, j, "n", "top", &err), FP_OK);
	assert_null(s);
	assert_int_equal(fp_json_str_opt(&s, j, "a", "top", &err), FP_EINVAL);
	assert_int_equal(fp_json_int(&i, j, "i", "top", &err), FP_OK);
	assert_int_equal(i, -5);
	assert_int_equal(fp_json_int_opt(&i, j, "zz", "top", &err), FP_OK);
	assert_int_equal(i, 0);
	assert_int_equal(fp_json_int(&i, j, "s", "top", &err), FP_EINVAL);
	assert_int_equal(fp_json_bool_opt(&b, j, "t", "top", &err), FP_OK);
	assert_true(b);
	assert_int_equal(fp_json_bool_opt(&b, j, "f", "top", &err), FP_OK);
	assert_false(b);
	assert_int_equal(fp_json_bool_opt(&b, j, "i", "top", &err), FP_EINVAL);
	assert_int_equal(fp_json_arr_opt(&v, j, "a", "top", &err), FP_OK);
	assert_int_equal(json_array_size(v), 1);
	assert_int_equal(fp_json_arr_opt(&v, j, "o", "top", &err), FP_EINVAL);
	assert_int_equal(fp_json_obj_opt(&v, j, "o", "top", &err), FP_OK);
	assert_non_null(v);
	assert_int_equal(fp_json_obj_opt(&v, j, "zz", "top", &err), FP_OK);
	assert_null(v);
	assert_int_equal(fp_json_time(&when, j, "when", "top", &err), FP_OK);
	assert_int_equal(when, 1709164800000);
	assert_int_equal(fp_json_time(&when, j, "s", "top", &err), FP_EINVAL);
	assert_string_equal(err.msg, "top: 's': not a time (YYYY-MM-DDThh:mm:ssZ): 'x'");
}

static void
unknown_keys_are_named(void **state)
{
	static const char *const names[] = { "a", "b", NULL };
	FP_JSON json_t *j = json_pack("{s:i, s:i}", "a", 1, "udi", 2);
	FP_JSON json_t *list = json_array();
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_json_only(j, names, "products[2]", &err), FP_EINVAL);
	assert_string_equal(err.msg, "products[2]: unknown key 'udi'; known are: a, b");
	assert_int_equal(json_object_del(j, "udi"), 0);
	assert_int_equal(fp_json_only(j, names, "products[2]", &err), FP_OK);
	assert_int_equal(fp_json_only(list, names, "products[2]", &err), FP_EINVAL);
	assert_string_equal(err.msg, "products[2]: must be an object");
}

static void
setting(void **state)
{
	FP_JSON json_t *j = json_object();
	struct fp_buf out = { .max = 0 };

	(void)state;
	fp_json_set_str(j, "s", "x");
	fp_json_set_str(j, "none", NULL);
	fp_json_set_int(j, "i", INT64_MIN);
	fp_json_set_time(j, "t", 0);
	fp_json_set(j, "l", json_array());
	assert_int_equal(fp_json_canonical(&out, j, NULL), FP_OK);
	assert_string_equal(out.data, "{\"i\":-9223372036854775808,\"l\":[],\"s\":\"x\",\"t\":\"1970-01-01T00:00:00.000Z\"}");
	fp_buf_free(&out);
}

static void
loading_a_file(void **state)
{
	char path[] = "/tmp/fp-json-XXXXXX";
	int fd = mkstemp(path);
	FP_JSON json_t *j = NULL;
	struct fp_err err;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "[1,2]", 5), 5);
	(void)close(fd);
	assert_int_equal(fp_json_load(&j, path, 5, &err), FP_OK);
	assert_int_equal(json_array_size(j), 2);
	fp_json_freep(&j);
	assert_int_equal(fp_json_load(&j, path, 4, &err), FP_ELIMIT);
	(void)unlink(path);
	assert_int_equal(fp_json_load(&j, path, 5, &err), FP_ENOTFOUND);
}

/* RFC 4648, section 10. */
static const struct {
	const char *bytes, *text;
} base64[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" } };

static void
base64_both_ways(void **state)
{
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(base64); i++) {
		fp_buf_clear(&b);
		fp_base64_put(&b, base64[i].bytes, strlen(base64[i].bytes));
		assert_string_equal(b.data ? b.data : "", base64[i].text);
		fp_buf_clear(&b);
		assert_int_equal(fp_base64_get(&b, base64[i].text, NULL), FP_OK);
		assert_string_equal(b.data ? b.data : "", base64[i].bytes);
	}
	fp_buf_free(&b);
}

static void
base64_is_strict(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg=x", "=m9v", "Z=9v", "Zm9v====", "Zg==Zg==", "Zm 9",
		"Zh==", "Zm9=", "Zm9-" };
	struct fp_buf b = { .max = 0 };
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		assert_int_equal(fp_base64_get(&b, bad[i], &err), FP_EINVAL);
	assert_string_equal(err.msg, "base64 text has a wrong character at 4");
	fp_buf_free(&b);
}

/* The same bytes as jansson's own writer, for everything that our documents hold. */
static void
one_line_is_what_jansson_writes(void **state)
{
	static const char *const docs[] = { "{}", "[]",
		"{\"b\":1,\"a\":[null,true,false,-9223372036854775808,9223372036854775807,0]}",
		"[\"\\\"\\\\/\\n\\r\\t\\u007f \\u00e6\\u20ac\\ud83d\\ude00\"]", "{\"\\n\":{\"x\":{\"y\":[[[\"\"]]]}}}" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(docs); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		FP_JSON json_t *j = json_loads(docs[i], JSON_DECODE_ANY, NULL);
		char *theirs = json_dumps(j, JSON_COMPACT);

		assert_non_null(theirs);
		assert_int_equal(fp_json_line(&b, j, NULL), FP_OK);
		assert_string_equal(b.data, theirs);
		free(theirs);
	}
	assert_int_equal(fp_json_line(&(struct fp_buf){ .max = 8 }, NULL, NULL), FP_ENOMEM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_line_is_what_jansson_writes), cmocka_unit_test(strict),
		cmocka_unit_test(nesting_is_bounded), cmocka_unit_test(canonical_bytes), cmocka_unit_test(members),
		cmocka_unit_test(unknown_keys_are_named), cmocka_unit_test(setting), cmocka_unit_test(loading_a_file),
		cmocka_unit_test(base64_both_ways), cmocka_unit_test(base64_is_strict) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
