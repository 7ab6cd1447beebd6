/* Advisories that mean harm or are broken: a clear answer, in bounded time. */
#include "csaf_help.h"

#include "base/clock.h"
#include "base/mem.h"

#define HEAD "{\"document\":{\"csaf_version\":\"2.0\",\"tracking\":{\"id\":\"H-1\"}}"

static void
refuse(const char *data, size_t len, enum fp_status status, const char *says)
{
	struct draft *d = NULL;
	struct fp_err err = { .msg = "" };
	int64_t start = fp_monotonic_ms();

	assert_int_equal(csaf_read(&d, "h.json", data, len, &err), status);
	assert_null(d);
	if (strstr(err.msg, says) == NULL)
		fail_msg("'%s' lacks '%s'", err.msg, says);
	assert_true(fp_monotonic_ms() - start < 5000);
}

static void
not_advisories(void **state)
{
	static const struct {
		const char *data;
		enum fp_status status;
		const char *says;
	} rows[] = {
		{ "", FP_EINVAL, "empty" },
		{ "[]", FP_EUNSUPPORTED, "no CSAF advisory" },
		{ "{\"document\":7}", FP_EUNSUPPORTED, "no CSAF advisory" },
		{ "{\"document\":{\"csaf_version\":\"2.1\"}}", FP_EUNSUPPORTED, "CSAF 2.1; this program reads CSAF 2.0" },
		{ "{\"document\":{\"csaf_version\":\"2.0\"},\"document\":{}}", FP_EINVAL, "duplicate" },
		{ "{\"document\":{\"csaf_version\":\"2.0\"}", FP_EINVAL, "line 1" },
		{ "{\"document\":{\"csaf_version\":\"2.0\",\"title\":\"\xff\"}}", FP_EINVAL, "h.json" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++)
		refuse(rows[i].data, strlen(rows[i].data), rows[i].status, rows[i].says);
}

static void
ten_thousand_deep(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	fp_buf_puts(&b, HEAD ",\"product_tree\":");
	for (int i = 0; i < 10000; i++)
		fp_buf_puts(&b, "{\"branches\":[");
	refuse(b.data, b.len, FP_ELIMIT, "nested deeper");
}

static void
add_leaf(struct fp_buf *b, const char *prefix, int i)
{
	fp_buf_printf(b, "%s{\"name\":\"N %d\",\"product_id\":\"%s%d\"}", i ? "," : "", i, prefix, i);
}

static void
too_many(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, c = { .max = 0 };

	(void)state;
	fp_buf_puts(&b, HEAD ",\"product_tree\":{\"full_product_names\":[");
	for (int i = 0; i < 60000; i++)
		add_leaf(&b, "P", i);
	fp_buf_puts(&b, "]}}");
	refuse(b.data, b.len, FP_ELIMIT, "more than 50000 products");
	fp_buf_puts(&c, HEAD ",\"vulnerabilities\":[{}");
	for (int i = 0; i < 6000; i++)
		fp_buf_puts(&c, ",{}");
	fp_buf_puts(&c, "]}");
	refuse(c.data, c.len, FP_ELIMIT, "the limit is 5000");
}

/* A group of many products that many remediations name: the product of both is what costs. */
static void
groups_that_multiply(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	fp_buf_puts(&b, HEAD ",\"product_tree\":{\"full_product_names\":[");
	for (int i = 0; i < 5000; i++)
		add_leaf(&b, "P", i);
	fp_buf_puts(&b, "],\"product_groups\":[{\"group_id\":\"G\",\"product_ids\":[");
	for (int i = 0; i < 5000; i++)
		fp_buf_printf(&b, "%s\"P%d\"", i ? "," : "", i);
	fp_buf_puts(&b, "]}]},\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"remediations\":[");
	for (int i = 0; i < 2000; i++)
		fp_buf_printf(&b, "%s{\"category\":\"mitigation\",\"details\":\"%d\",\"group_ids\":[\"G\"]}", i ? "," : "", i);
	fp_buf_puts(&b, "]}]}");
	refuse(b.data, b.len, FP_ELIMIT, "references to products");
}

/* As large as it may be: read in time. */
static void
large_but_allowed(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	int64_t start;
	struct draft *d;

	(void)state;
	fp_buf_puts(&b, HEAD ",\"product_tree\":{\"full_product_names\":[");
	for (int i = 0; i < 20000; i++)
		add_leaf(&b, "P", i);
	fp_buf_puts(&b, "],\"relationships\":[");
	for (int i = 0; i < 20000; i++)
		fp_buf_printf(&b,
		    "%s{\"category\":\"installed_on\",\"product_reference\":\"P%d\",\"relates_to_product_reference\":\"P%d\","
		    "\"full_product_name\":"
		    "{\"name\":\"R\",\"product_id\":\"R%d\"}}",
		    i ? "," : "", i, (i + 1) % 20000, i);
	fp_buf_puts(&b, "]},\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{\"known_affected\":[");
	for (int i = 0; i < 20000; i++)
		fp_buf_printf(&b, "%s\"R%d\"", i ? "," : "", i);
	fp_buf_puts(&b, "]}}]}");
	start = fp_monotonic_ms();
	d = read_bytes("large.json", b.data, b.len);
	/* No quadratic walk: seconds would be minutes. */
	assert_true(fp_monotonic_ms() - start < 20000);
	assert_int_equal(size_at(d, "/products"), 20000);
	draft_free(d);
}

static void
broken_but_readable(void **state)
{
	static const struct {
		const char *code;
		size_t n;
	} expected[] = { { "duplicate-product-id", 1 }, { "duplicate-group-id", 1 }, { "relationship", 3 },
		{ "product-unknown", 3 }, { "group-unknown", 1 }, { "duplicate-cve", 1 }, { "no-status", 2 },
		{ "remediation", 1 }, { "branch-unnamed", 1 } };
	struct draft *d = read_advisory(DATA "broken.json");

	(void)state;
	for (size_t i = 0; i < FP_COUNT(expected); i++)
		if (findings(d, expected[i].code) != expected[i].n)
			fail_msg(
			    "%s: %zu findings instead of %zu", expected[i].code, findings(d, expected[i].code), expected[i].n);
	assert_true(findings(d, "wrong-type") >= 5);
	/* What can be read is there. */
	assert_int_equal(size_at(d, "/vulnerabilities"), 3);
	assert_string_equal(text_at(d, "/actions/0/text"), "Do it.");
	/* A circle stands for products of its own, in no version that could be decided. */
	assert_string_equal(text_at(d, "/products/1/id"), "r1");
	assert_true(json_is_true(draft_get(d, "/products/1/versions/0/undecidable")));
	draft_free(d);
}

/* Each value of a good advisory in turn made into every other type: an answer, never a crash. */
static void
wrong_types_everywhere(void **state)
{
	static const char *const others[] = { "null", "7", "[]", "{}", "\"x\"", "[7]", "[[]]", "{\"a\":{}}" };
	FP_JSON json_t *whole = NULL;
	size_t tried = 0;

	(void)state;
	assert_int_equal(fp_json_load(&whole, DATA "identified.json", 1 << 20, NULL), FP_OK);
	for (size_t target = 0; target < 400; target++) {
		for (size_t k = 0; k < FP_COUNT(others); k++) {
			FP_JSON json_t *copy = json_deep_copy(whole);
			json_t *stack[4000], *v;
			size_t n = 0, seen = 0, i;
			bool done = false;
			const char *key;
			char *s;
			struct draft *d = NULL;
			struct fp_err err;

			stack[n++] = copy;
			while (n > 0 && !done) {
				json_t *at = stack[--n];

				json_object_foreach(at, key, v)
				{
					if (seen++ == target) {
						json_object_set_new(at, key, json_loads(others[k], JSON_DECODE_ANY, NULL));
						done = true;
						break;
					}
					stack[n++] = v;
				}
				for (i = 0; !done && json_is_array(at) && i < json_array_size(at); i++) {
					if (seen++ == target) {
						json_array_set_new(at, i, json_loads(others[k], JSON_DECODE_ANY, NULL));
						done = true;
						break;
					}
					stack[n++] = json_array_get(at, i);
				}
			}
			if (!done)
				continue;
			tried++;
			s = json_dumps(copy, JSON_COMPACT);
			if (csaf_read(&d, "w.json", s, strlen(s), &err) == FP_OK) {
				struct csaf_matchable *m = NULL;

				assert_int_equal(csaf_matchable_new(&m, d, NULL), FP_OK);
				csaf_matchable_free(m);
			}
			draft_free(d);
			free(s);
		}
	}
	assert_true(tried > 1000);
}

/* The nth allocation fails, for every n: FP_ENOMEM, or as if nothing had happened; never another answer. */
static void
out_of_memory(void **state)
{
	static const char *const files[] = { "identified.json", "freetext.json", "broken.json" };

	(void)state;
	for (size_t f = 0; f < FP_COUNT(files); f++) {
		char path[100];
		struct fp_buf b;
		struct draft *whole;
		FP_JSON json_t *expected = NULL;
		bool passed = false;

		(void)snprintf(path, sizeof(path), DATA "%s", files[f]);
		b = slurp(path);
		whole = read_bytes(path, b.data, b.len);
		expected = draft_to_json(whole);
		draft_free(whole);
		for (int64_t n = 0; n < 5000 && !passed; n++) {
			struct draft *d = NULL;
			struct csaf_changes c;
			enum fp_status s, t;

			(void)fp_mem_fail_after(n);
			s = csaf_read(&d, path, b.data, b.len, NULL);
			(void)fp_mem_fail_after(n);
			t = csaf_changes(&c, "a", b.data, b.len, "b", b.data, b.len, NULL);
			(void)fp_mem_fail_after(-1);
			assert_true(s == FP_OK || s == FP_ENOMEM);
			assert_true(t == FP_OK || t == FP_ENOMEM);
			if (t == FP_OK) {
				assert_int_equal(c.n, 0);
				csaf_changes_free(&c);
			}
			if (s == FP_OK) {
				FP_JSON json_t *got = draft_to_json(d);

				assert_true(json_equal(got, expected));
			}
			passed = s == FP_OK && t == FP_OK;
			draft_free(d);
		}
		assert_true(passed);
		fp_buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_advisories),
		cmocka_unit_test(ten_thousand_deep),
		cmocka_unit_test(too_many),
		cmocka_unit_test(groups_that_multiply),
		cmocka_unit_test(large_but_allowed),
		cmocka_unit_test(broken_but_readable),
		cmocka_unit_test(wrong_types_everywhere),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
