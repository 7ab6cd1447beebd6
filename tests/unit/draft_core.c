/* Facts with places: putting, getting, JSON and back. */
#include "draft_help.h"

#include "base/mem.h"

static char text[] = "Reference: FSN2024-1 of May";

static struct letter_block
block_of(struct letter_mark *mark)
{
	*mark = (struct letter_mark){ .place = { .page = 2, .line = 7, .col = 3 } };
	return (struct letter_block){
		.text = text, .len = (uint32_t)strlen(text), .marks = mark, .n_marks = 1, .table = -1, .page = 2
	};
}

static void
put_and_get(void **state)
{
	struct letter_mark mark;
	struct letter_block b = block_of(&mark);
	struct draft_source s = { &b, 11, 9, 90 };
	struct draft *d = draft_new("a.txt");

	(void)state;
	draft_put_str(d, "/reference", "FSN2024-1", &s);
	is_fact(d, "/reference", "FSN2024-1");
	is_fact(d, "/format", "fieldproof-draft-1");
	is_fact(d, "/file", "a.txt");
	const json_t *place = json_object_get(d->places, "/reference");
	assert_int_equal(json_integer_value(json_object_get(place, "page")), 2);
	assert_int_equal(json_integer_value(json_object_get(place, "line")), 7);
	assert_int_equal(json_integer_value(json_object_get(place, "column")), 14);
	/* The text is the fact: it is not said twice. */
	assert_null(json_object_get(place, "text"));
	draft_put_str(d, "/reference", "OTHER", &s);
	place = json_object_get(d->places, "/reference");
	assert_string_equal(json_string_value(json_object_get(place, "text")), "FSN2024-1");
	draft_free(d);
}

static void
paths_are_made(void **state)
{
	struct letter_mark mark;
	struct letter_block b = block_of(&mark);
	struct draft_source s = { &b, 0, 0, 70 };
	struct draft *d = draft_new("a.txt");

	(void)state;
	assert_int_equal(draft_put(d, "/products/0/names/-", json_string("one"), &s), 0);
	assert_int_equal(draft_put(d, "/products/0/names/-", json_string("two"), &s), 1);
	assert_int_equal(draft_put(d, "/products/-", json_object(), NULL), 1);
	draft_put_int(d, "/products/1/count", 12, NULL);
	is_list(d, "/products/0/names", "one|two");
	is_fact(d, "/products/1/count", "12");
	/* "-" became the index that it got. */
	assert_non_null(json_object_get(d->places, "/products/0/names/1"));
	assert_null(json_object_get(d->places, "/products/0/names/-"));
	/* Escapes of RFC 6901. */
	draft_put_str(d, "/a~1b/c~0d", "x", NULL);
	assert_non_null(json_object_get(json_object_get(d->facts, "a/b"), "c~d"));
	is_fact(d, "/a~1b/c~0d", "x");
	assert_null(draft_get(d, "/products/7/names"));
	assert_null(draft_get(d, "/reference/x"));
	/* A text is no container: nothing happens, nothing leaks. */
	draft_put_str(d, "/file/x", "y", NULL);
	is_fact(d, "/file", "a.txt");
	draft_free(d);
}

static void
what_lacks(void **state)
{
	struct draft *d = draft_new("a.txt");

	(void)state;
	draft_lacks(d, "/issue_date");
	assert_true(json_is_null(draft_get(d, "/issue_date")));
	assert_true(is_missing(d, "/issue_date"));
	/* What is there does not lack. */
	draft_lacks(d, "/file");
	is_fact(d, "/file", "a.txt");
	assert_int_equal(json_array_size(d->missing), 1);
	draft_free(d);
}

static void
findings_have_places(void **state)
{
	struct letter_mark mark;
	struct letter_block b = block_of(&mark);
	struct draft_source s = { &b, 11, 9, 90 };
	struct draft *d = draft_new("a.txt");
	const json_t *f;
	char longer[3000];

	(void)state;
	draft_finding(d, "weekday", DRAFT_WARNING, &s, "not a %s", "Monday");
	f = json_array_get(d->findings, 0);
	assert_string_equal(json_string_value(json_object_get(f, "code")), "weekday");
	assert_string_equal(json_string_value(json_object_get(f, "severity")), "warning");
	assert_string_equal(json_string_value(json_object_get(f, "message")), "not a Monday");
	assert_string_equal(json_string_value(json_object_get(f, "text")), "FSN2024-1");
	assert_int_equal(json_integer_value(json_object_get(f, "line")), 7);
	/* A long foreign text is cut at a character. */
	for (size_t i = 0; i + 3 < sizeof(longer); i += 2)
		memcpy(longer + i, "\xC3\xA9", 3);
	draft_finding(d, "long", DRAFT_INFO, NULL, "x%s", longer);
	assert_non_null(json_object_get(json_array_get(d->findings, 1), "message"));
	assert_false(d->no_memory);
	draft_free(d);
}

static void
json_and_back(void **state)
{
	struct letter_mark mark;
	struct letter_block b = block_of(&mark);
	struct draft_source s = { &b, 11, 9, 90 };
	struct draft *d = draft_new("a.txt"), *again = NULL;
	struct fp_err err = { .msg = "" };
	json_t *j, *k;

	(void)state;
	draft_put_str(d, "/reference", "FSN2024-1", &s);
	draft_lacks(d, "/issue_date");
	draft_finding(d, "no-date", DRAFT_ERROR, NULL, "no date");
	j = draft_to_json(d);
	/* The facts themselves got no new members. */
	assert_null(json_object_get(d->facts, "places"));
	assert_int_equal(draft_from_json(&again, j, &err), FP_OK);
	k = draft_to_json(again);
	assert_true(json_equal(j, k));
	assert_null(json_object_get(again->facts, "places"));
	is_fact(again, "/reference", "FSN2024-1");
	assert_true(is_missing(again, "/issue_date"));
	assert_int_equal(findings(again, "no-date"), 1);
	json_decref(j);
	json_decref(k);
	draft_free(d);
	draft_free(again);
}

static void
bad_json(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{}",
		"{\"format\":1}",
		"{\"format\":\"fieldproof-draft-9\"}",
		"{\"format\":\"fieldproof-draft-1\",\"places\":[]}",
		"{\"format\":\"fieldproof-draft-1\",\"places\":{\"x\":{}}}",
		"{\"format\":\"fieldproof-draft-1\",\"places\":{\"/x\":1}}",
		"{\"format\":\"fieldproof-draft-1\",\"places\":{\"/x\":{\"line\":\"1\"}}}",
		"{\"format\":\"fieldproof-draft-1\",\"missing\":[1]}",
		"{\"format\":\"fieldproof-draft-1\",\"findings\":[{}]}",
		"{\"format\":\"fieldproof-draft-1\",\"findings\":[{\"code\":\"a\",\"severity\":\"error\"}]}",
		"{\"format\":\"fieldproof-draft-1\",\"letter\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		json_t *j = json_loads(bad[i], 0, NULL);
		struct draft *d = NULL;
		struct fp_err err = { .msg = "" };

		if (draft_from_json(&d, j, &err) != FP_EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_null(d);
		assert_true(err.msg[0] != '\0');
		json_decref(j);
	}
}

static const char sample[] =
    "Field Safety Notice\n\nReference: FSN-2024-077\n\n12 March 2024\n\nProduct\tREF\tLot\nTherma One\tTH-100-2\t24A01\n\n"
    "Contact: help@therma.example\n\nReply form\n\nName:\n";

static void
letter_is_kept(void **state)
{
	struct draft_options o = { .keep_letter = true };
	struct letter *l = NULL;
	struct draft *d = NULL, *again = NULL;
	struct fp_err err = { .msg = "" };
	json_t *j;

	(void)state;
	assert_int_equal(letter_read_text(&l, "a.txt", sample, sizeof(sample) - 1, NULL, &err), FP_OK);
	assert_int_equal(draft_from_letter(&d, l, terms, &o, &err), FP_OK);
	assert_ptr_equal(d->letter, l);
	j = draft_to_json(d);
	assert_int_equal(draft_from_json(&again, j, &err), FP_OK);
	assert_non_null(again->letter);
	assert_int_equal(again->letter->n_blocks, l->n_blocks);
	json_decref(j);
	draft_free(d);
	draft_free(again);
}

/* Every allocation fails once: an error or a whole draft, and nothing is lost. */
static void
out_of_memory(void **state)
{
	struct letter *l = NULL;
	struct fp_err err = { .msg = "" };
	bool whole = false;

	(void)state;
	assert_int_equal(letter_read_text(&l, "a.txt", sample, sizeof(sample) - 1, NULL, &err), FP_OK);
	for (int64_t n = 0; n < 200 && !whole; n++) {
		struct draft *d = NULL;
		enum fp_status s;

		(void)fp_mem_fail_after(n);
		s = draft_from_letter(&d, l, terms, NULL, &err);
		(void)fp_mem_fail_after(-1);
		assert_true(s == FP_OK || s == FP_ENOMEM);
		assert_true((d != NULL) == (s == FP_OK));
		whole = s == FP_OK && draft_get(d, "/reference") != NULL && n > 3;
		draft_free(d);
	}
	assert_true(whole);
	letter_free(l);
}

static void
nothing_to_read(void **state)
{
	static const char *const texts[] = { "", " \n\n ", "x", "\xEF\xBB\xBF", "1\t2\t3\n", "\t\t\t\n\t\n", "- \n- \n",
		"Page 1 of 9\n", "#\n##\n" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		struct draft *d = read_letter(texts[i], NULL);

		is_count(d, "/products", 0);
		assert_true(is_missing(d, "/reference"));
		assert_int_equal(findings(d, "no-products"), 1);
		draft_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_and_get),
		cmocka_unit_test(paths_are_made),
		cmocka_unit_test(what_lacks),
		cmocka_unit_test(findings_have_places),
		cmocka_unit_test(json_and_back),
		cmocka_unit_test(bad_json),
		cmocka_unit_test(letter_is_kept),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(nothing_to_read),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
