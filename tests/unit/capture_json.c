/* Facts of a capture as JSON: the same verdicts from the JSON alone; what does not fit is counted and keeps from a pass; damaged facts are refused. */
#include "unit.h"

#include "base/json.h"
#include "capture_help.h"

static const char hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void
assert_ok(enum fp_status status, const struct fp_err *err)
{
	if (status != FP_OK)
		fail_msg("%s", err->msg);
}

/* The facts of what was made, with a hash as if of the file. */
static struct capture *
facts(struct cap *c)
{
	struct fp_err err;
	struct capture *k = cap_read_bytes(c->file.data, c->file.len, NULL, &err);

	assert_non_null(k);
	k->file_bytes = c->file.len;
	(void)snprintf(k->sha256, sizeof(k->sha256), "%s", hash);
	fp_buf_free(&c->file);
	return k;
}

static void
same_verdicts(const struct capture *a, const struct capture *b, const struct capture_filter *f)
{
	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		struct evidence_verdict x, y;

		capture_judge(&x, a, (enum capture_question)q, f);
		capture_judge(&y, b, (enum capture_question)q, f);
		assert_memory_equal(&x, &y, sizeof(x));
	}
}

static void
both_ways(struct cap *c)
{
	FP_AUTO(capture_freep) struct capture *k = facts(c), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	struct fp_err err;

	assert_ok(capture_json_write(&one, k, NULL, 0, &err), &err);
	assert_true(capture_json_is(one.data, one.len));
	assert_ok(capture_json_read(&again, one.data, one.len, &err), &err);
	assert_ok(capture_json_write(&two, again, NULL, 0, &err), &err);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_int_equal(again->n_convs, k->n_convs);
	assert_memory_equal(again->convs, k->convs, k->n_convs * sizeof(*k->convs));
	same_verdicts(k, again, NULL);
}

static void
test_both_ways(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_tree(&c, TREE, 1, 0x8000);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	both_ways(&c);
	cap_open_ng(&c, 1);
	c.six = true;
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 5000);
	cap_read(&c, SIGNED, 0, TREE, 0, 5000);
	c.seq[UP] += 5000; /* a gap */
	cap_write(&c, SIGNED, TREE, 0, 5000);
	both_ways(&c);
	cap_open(&c, 1);
	both_ways(&c);
	cap_open(&c, 1);
	cap_greet(&c, 4);
	c.file.len -= 3;
	both_ways(&c);
}

/* Many clients of one server: the last one, who writes in clear, must not be lost for want of room. */
static struct capture *
crowd(unsigned n, bool clear)
{
	struct cap c;

	cap_open(&c, 1);
	for (unsigned i = 0; i < n; i++) {
		c.port = (uint16_t)(i % 2 == 0 ? 445 : 139);
		c.client_port++;
		cap_greet(&c, 4);
		cap_encrypted(&c, UP, 70000);
		cap_encrypted(&c, DOWN, 90);
	}
	if (clear) {
		cap_greet(&c, 0);
		cap_tree(&c, TREE, 1, 0);
		cap_write(&c, 0, TREE, 0, 10);
	}
	return facts(&c);
}

/* n conversations made of one, each with a client of its own. */
static void
multiply(struct capture *k, size_t n)
{
	struct capture_conv *all = calloc(n, sizeof(*all)); /* lint-ok: a test */

	assert_non_null(all);
	for (size_t i = 0; i < n; i++) {
		all[i] = k->convs[i == n - 1 ? k->n_convs - 1 : 0];
		all[i].client.bytes[1] = (uint8_t)(i >> 8);
		all[i].client.bytes[2] = (uint8_t)i;
	}
	free(k->convs);
	k->convs = all;
	k->n_convs = n;
}

static const char *
reason_of(const struct capture *k, const struct capture_filter *f)
{
	static struct evidence_verdict v;

	capture_judge(&v, k, CAPTURE_SMB_ENCRYPTED, f);
	return v.reason;
}

static void
test_room(void **state)
{
	(void)state;
	for (int clear = 0; clear < 2; clear++) {
		FP_AUTO(capture_freep) struct capture *k = crowd(2, clear == 1), *small = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
		struct fp_err err;

		multiply(k, 2000);
		k->convs[0].client.bytes[3] = 77;
		assert_ok(capture_json_write(&json, k, NULL, 0, &err), &err);
		assert_true(json.len <= CAPTURE_JSON_MAX && json.len > CAPTURE_JSON_MAX - 2000);
		assert_ok(capture_json_read(&small, json.data, json.len, &err), &err);
		assert_int_equal(small->n_convs + small->left_out, 2000);
		assert_true(small->left_out > 0);
		assert_string_equal(reason_of(k, NULL), clear ? "clear-transfer" : "encrypted-in-use");
		assert_string_equal(reason_of(small, NULL), clear ? "clear-transfer" : "capture-limit");
		/* asked for one of them: all is there, and the others are counted */
		const struct capture_filter one = { .client = k->convs[0].client };
		capture_freep(&small);
		fp_buf_clear(&json);
		assert_ok(capture_json_write(&json, k, &one, 0, &err), &err);
		assert_ok(capture_json_read(&small, json.data, json.len, &err), &err);
		assert_int_equal(small->n_convs, 1);
		assert_int_equal(small->elsewhere, 1999);
		assert_string_equal(reason_of(small, &one), "encrypted-in-use");
		assert_string_equal(reason_of(small, NULL), "capture-limit"); /* asked for more than was kept */
		assert_int_equal(capture_json_write(&json, small, &(struct capture_filter){ .port = 445 }, 0, &err), FP_EINVAL);
		assert_int_equal(capture_json_write(&json, k, NULL, 100, &err), FP_ELIMIT);
	}
}

static void
test_filter(void **state)
{
	FP_AUTO(capture_freep) struct capture *k = crowd(2, true), *small = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
	const struct capture_filter at445 = { .port = 445 }, other = { .port = 446 };
	struct fp_err err;

	(void)state;
	assert_string_equal(reason_of(k, NULL), "clear-transfer");
	assert_string_equal(reason_of(k, &at445), "encrypted-in-use");
	assert_string_equal(reason_of(k, &other), "nothing-seen");
	assert_ok(capture_json_write(&json, k, &at445, 0, &err), &err);
	assert_ok(capture_json_read(&small, json.data, json.len, &err), &err);
	assert_string_equal(reason_of(small, &at445), "encrypted-in-use");
	assert_string_equal(reason_of(small, &other), "capture-limit");
	assert_string_equal(reason_of(small, NULL), "capture-limit");
}

/* What is changed, and what is said about it. */
static const struct {
	const char *from, *to, *message;
} damages[] = {
	{ "\"kept\":{}", "\"kept\":{},\"more\":1", "unknown key 'more'" },
	{ "capture-1", "capture-2", "this program reads" },
	{ "\"port\":445", "\"port\":66000", "'port' must be" },
	{ "\"port\":445", "\"ports\":445", "unknown key 'ports'" },
	{ "\"smb\":{", "\"nfs\":{", "unknown key" },
	{ "\"smb\":{", "\"nfs\":{},\"smb\":{", "either" },
	{ "\"connections\":1", "\"connections\":-1", "whole number" },
	{ "\"connections\":1", "\"connections\":9007199254740992", "whole number" },
	{ "\"connections\":1", "\"connections\":1.5", "whole number" },
	{ "\"3.1.1\"", "\"3.1.2\"", "no dialect" },
	{ "\"3.1.1\"", "\"3.1.1\",\"3.1.1\"", "no dialect" },
	{ "\"frame\":", "\"frame\":1000", "names frame" },
	{ "\"multichannel\":true", "\"multichannel\":false", "left out" },
	{ "10.0.0.1", "10.0.0.01", "no address" },
	{ "\"kept\":{}", "\"kept\":{\"client\":\"10.0.0.9\"}", "does not belong" },
	{ "e3b0", "E3B0", "hexadecimal" },
	{ "\"transforms\":[", "\"transforms\":[1,", "list of 2" },
	{ "2023-", "2023/", "first" },
	{ "\"server\":\"10.0.0.2\",", "", "not all there" },
	{ "{\"conv", "[{\"conv", "" },
};

static void
test_damaged(void **state)
{
	struct fp_err err;
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, 0, TREE, 0, 10);
	cap_encrypted(&c, UP, 700);

	FP_AUTO(capture_freep) struct capture *k = facts(&c);
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
	assert_ok(capture_json_write(&json, k, NULL, 0, &err), &err);
	for (size_t i = 0; i < FP_COUNT(damages); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf bad = { .max = 0 };
		const char *at = strstr(json.data, damages[i].from);
		struct capture *none = NULL;

		if (at == NULL)
			fail_msg("'%s' is not in %s", damages[i].from, json.data);
		fp_buf_add(&bad, json.data, (size_t)(at - json.data));
		fp_buf_puts(&bad, damages[i].to);
		fp_buf_puts(&bad, at + strlen(damages[i].from));
		assert_int_not_equal(capture_json_read(&none, bad.data, bad.len, &err), FP_OK);
		assert_null(none);
		if (strstr(err.msg, damages[i].message) == NULL)
			fail_msg("'%s' gives '%s'", damages[i].to, err.msg);
	}
	for (size_t len = 0; len < json.len; len += 7) { /* cut off anywhere */
		struct capture *none = NULL;
		assert_int_not_equal(capture_json_read(&none, json.data, len, &err), FP_OK);
	}
	k->sha256[0] = '\0';
	assert_int_equal(capture_json_write(&json, k, NULL, 0, &err), FP_EINVAL);
}

static void
test_kinds_of_files(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	assert_true(capture_file_is(c.file.data, c.file.len));
	fp_buf_free(&c.file);
	cap_open_ng(&c, 1);
	assert_true(capture_file_is(c.file.data, c.file.len));
	fp_buf_free(&c.file);
	assert_false(capture_file_is("{\"format\"", 9));
	assert_false(capture_file_is("\xA1\xB2\xC3", 3));
	assert_false(capture_json_is("{\"format\":\"fieldproof-facts-1\"}", 31));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_both_ways), cmocka_unit_test(test_room),
		cmocka_unit_test(test_filter), cmocka_unit_test(test_damaged), cmocka_unit_test(test_kinds_of_files) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
