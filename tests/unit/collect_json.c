/* The tree of facts: canonical bytes, foreign text, sorting; what could not be read. */

#include "unit.h"

#include "collect/collect.h"

static struct collect_arena *arena;

static int
begin(void **state)
{
	(void)state;
	arena = collect_arena_new();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	collect_arena_free(arena);
	return 0;
}

static void
expect(const struct collect_value *v, const char *want)
{
	size_t len;
	char *got = collect_canonical(arena, v, &len);

	assert_string_equal(got, want);
	assert_int_equal(len, strlen(want));
}

static void
canonical_form(void **state)
{
	struct collect_value *o = collect_object(arena), *list = collect_list(arena);

	(void)state;
	expect(o, "{}");
	expect(list, "[]");
	collect_put_int(o, "z", -9223372036854775807LL - 1);
	collect_put_bool(o, "b", true);
	collect_put_bool(o, "B", false);
	collect_put(o, "", NULL);
	collect_put_text(o, "\xc3\xa9", "x");
	collect_put_text(o, "n", NULL);
	collect_add_int(list, 9223372036854775807LL);
	collect_add(list, NULL);
	collect_add_text(list, "t");
	collect_put(o, "list", list);
	expect(o, "{\"\":null,\"B\":false,\"b\":true,\"list\":[9223372036854775807,null,\"t\"],\"n\":null,"
		  "\"z\":-9223372036854775808,\"\xc3\xa9\":\"x\"}");
}

static void
text_is_escaped_and_repaired(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "\"\\/\b\f\n\r\t\x01\x1f\x7f", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\"" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		{ "a\xff\xc3z", "\"a\xef\xbf\xbd\xef\xbf\xbdz\"" },
		{ "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                 /* overlong */
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "cut\xe2\x82", "\"cut\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_value *list = collect_list(arena);

		collect_add_text(list, rows[i].in);
		expect(list, collect_text(arena, "[%s]", rows[i].out));
	}
}

/* A long text is cut between characters, a long name of a member too. */
static void
text_has_an_end(void **state)
{
	struct collect_value *o = collect_object(arena);
	char *text = collect_alloc(arena, 5001);

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		const char *got;

		memset(text, 'a', shift);
		for (size_t i = shift; i + 3 <= 5000; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		collect_put_text(o, text, text);
		got = collect_as_text(collect_get(o, collect_text(arena, "%.*s", (int)(shift + (1024 - shift) / 3 * 3), text)));
		assert_non_null(got);
		assert_int_equal(strlen(got), shift + (1024 - shift) / 3 * 3);
	}
	memset(text, '\xff', 5000);
	collect_put_text(o, "bad", text);
	assert_int_equal(strlen(collect_as_text(collect_get(o, "bad"))), 1023);
}

static void
second_value_replaces(void **state)
{
	struct collect_value *o = collect_object(arena);

	(void)state;
	for (int i = 0; i < 100; i++)
		collect_put_int(o, collect_text(arena, "k%d", i % 50), i);
	assert_int_equal(collect_count(o), 50);
	collect_put_text(o, "k7", "seven");
	assert_string_equal(collect_as_text(collect_get(o, "k7")), "seven");
	assert_null(collect_get(o, "k50"));
	assert_null(collect_get(collect_get(o, "k7"), "x"));
	assert_null(collect_as_text(collect_get(o, "k8")));
}

static void
sorted_lists_are_equal(void **state)
{
	struct collect_value *one = collect_list(arena), *two = collect_list(arena);

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct collect_value *a = collect_object(arena), *b = collect_object(arena);

		collect_put_int(a, "i", i);
		collect_put_text(a, "t", "x");
		collect_put_text(b, "t", "x");
		collect_put_int(b, "i", 299 - i);
		collect_add(one, a);
		collect_add(two, b);
	}
	assert_string_not_equal(collect_canonical(arena, one, NULL), collect_canonical(arena, two, NULL));
	collect_sort(one);
	collect_sort(two);
	assert_string_equal(collect_canonical(arena, one, NULL), collect_canonical(arena, two, NULL));
	assert_false(collect_cut(one, 300));
	assert_true(collect_cut(one, 2));
	expect(one, "[{\"i\":0,\"t\":\"x\"},{\"i\":1,\"t\":\"x\"}]");
	assert_null(collect_at(one, 2));
}

static void
memory_is_large_enough(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300000; n = n * 3 + 1) {
		char *p = collect_alloc(arena, n);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, n);
	}
	assert_string_equal(collect_text(arena, "%s-%d", "x", 5), "x-5");
}

static void
unknown_facts_are_null_with_a_reason(void **state)
{
	struct collect_options o = { .root = "/" };
	struct collect c = { &o, arena, collect_object(arena), collect_list(arena) };
	struct collect_value *fw = collect_object(arena), *list = collect_list(arena);

	(void)state;
	collect_put(c.facts, "firewall", fw);
	collect_put_text(fw, "profiles", "x");
	collect_add_text(list, "kept");
	collect_put(c.facts, "listeners", list);
	collect_unknown(&c, "firewall.profiles", "no right to read '%s'", "x");
	collect_unknown(&c, "firewall.profiles", "no right to read '%s'", "x");
	collect_unknown(&c, "listeners.pid", "of %d ports the process is not known", 3);
	collect_unknown(&c, "software", "absent");
	expect(c.facts, "{\"firewall\":{\"profiles\":null},\"listeners\":[\"kept\"],\"software\":null}");
	collect_sort(c.unknown);
	expect(c.unknown, "[{\"fact\":\"firewall.profiles\",\"why\":\"no right to read 'x'\"},"
			  "{\"fact\":\"listeners.pid\",\"why\":\"of 3 ports the process is not known\"},"
			  "{\"fact\":\"software\",\"why\":\"absent\"}]");
	for (int i = 0; i < 2000; i++)
		collect_unknown(&c, "software", "%d", i);
	assert_int_equal(collect_count(c.unknown), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(canonical_form, begin, end),
		cmocka_unit_test_setup_teardown(text_is_escaped_and_repaired, begin, end),
		cmocka_unit_test_setup_teardown(text_has_an_end, begin, end),
		cmocka_unit_test_setup_teardown(second_value_replaces, begin, end),
		cmocka_unit_test_setup_teardown(sorted_lists_are_equal, begin, end),
		cmocka_unit_test_setup_teardown(memory_is_large_enough, begin, end),
		cmocka_unit_test_setup_teardown(unknown_facts_are_null_with_a_reason, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
