/* Addresses: which row a path finds, what may be redirected to, what may stand in a query. */

#include "unit.h"

#include "web/internal.h"

static struct web_req *
req(void)
{
	struct web_req *r = web_req_new(NULL, NULL, "GET", "/");

	assert_non_null(r);
	return r;
}

static void
path_finds_its_row(void **state)
{
	static const struct {
		const char *method, *path, *row, *allow, *arg;
	} cases[] = {
		{ "GET", "/", "/", NULL, NULL },
		{ "HEAD", "/devices", "/devices", NULL, NULL },
		{ "GET", "/devices/import", "/devices/import", NULL, NULL },
		{ "POST", "/devices/import/apply", "/devices/import/apply", NULL, NULL },
		{ "GET", "/notice/FSN2023-1338/matrix", "/notice/*/matrix", NULL, "FSN2023-1338" },
		{ "GET", "/notice/FSN 2023", "/notice/*", NULL, "FSN 2023" },
		{ "GET", "/reply/1/receipt.json", "/reply/*/receipt.json", NULL, "1" },
		{ "GET", "/reply/1/pdf", "/reply/*/*", NULL, "1" },
		{ "POST", "/ledger", NULL, "GET, HEAD", NULL },
		{ "PUT", "/sign-in", NULL, "GET, HEAD, POST", NULL },
		{ "GET", "/cell/", NULL, "", NULL },
		{ "GET", "/cell/1/", NULL, "", NULL },
		{ "GET", "//", NULL, "", NULL },
		{ "GET", "", NULL, "", NULL },
		{ "GET", "/static/../x", NULL, "", NULL },
		{ "GET", "/reply/1/2/3", NULL, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		struct web_req *r = req();
		char allow[64];
		const struct web_route *found = web_route_find(r, cases[i].method, cases[i].path, allow);

		if (cases[i].row != NULL) {
			assert_non_null(found);
			assert_string_equal(found->path, cases[i].row);
		} else {
			assert_null(found);
			assert_string_equal(allow, cases[i].allow);
		}
		if (cases[i].arg != NULL)
			assert_string_equal(r->args[0], cases[i].arg);
		web_req_free(r);
	}
}

/* Every row can be reached: none is hidden behind one with "*" above it. */
static void
no_row_hides_another(void **state)
{
	size_t n;
	const struct web_route *rows = web_routes(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct web_req *r = req();
		char path[256], allow[64];

		assert_true(strlen(rows[i].path) < sizeof(path));
		memcpy(path, rows[i].path, strlen(rows[i].path) + 1);
		for (char *p = path; *p != '\0'; p++)
			*p = *p == '*' ? '7' : *p;
		assert_ptr_equal(web_route_find(r, rows[i].method, path, allow), &rows[i]);
		web_req_free(r);
	}
}

/* A row that changes something is a form, and forms ask for an account but for those that make or open one. */
static void
rights_of_rows(void **state)
{
	static const char *const open_forms[] = { "/sign-in", "/sign-out", "/language", "/setup" };
	size_t n;
	const struct web_route *rows = web_routes(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool post = strcmp(rows[i].method, "POST") == 0, open = false;

		for (size_t k = 0; k < FP_COUNT(open_forms); k++)
			open = open || strcmp(rows[i].path, open_forms[k]) == 0;
		assert_true(post == (rows[i].body != WEB_NO_BODY));
		assert_true(post || strcmp(rows[i].method, "GET") == 0);
		if (post && !open)
			assert_true(rows[i].access >= WEB_VIEWER);
		assert_true(rows[i].run != NULL);
	}
}

static void
only_own_paths_are_led_to(void **state)
{
	static const char *const good[] = { "/", "/devices?q=a%20b", "/cell/1#x" };
	static const char *const bad[] = { "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
		"/a\r\nX: y", "/a b", "/\xc3\xa6" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(good); i++)
		assert_true(web_is_local(good[i]));
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		assert_false(web_is_local(bad[i]));
}

static void
numbers_are_whole(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1e3", "0x1", "1.0", "9999999999999999999", "a" };
	int64_t n = 0;

	(void)state;
	assert_true(web_number(&n, "42"));
	assert_int_equal(n, 42);
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		assert_false(web_number(&n, bad[i]));
}

static void
text_in_addresses_is_encoded(void **state)
{
	struct web_req *r = req();

	(void)state;
	assert_string_equal(web_segment(r, "FSN2023-1338"), "FSN2023-1338");
	assert_string_equal(web_segment(r, "a/b?c#d&e \"<\xc3\xa6"), "a%2Fb%3Fc%23d%26e%20%22%3C%C3%A6");
	web_req_free(r);
}

static void
headers_hold_one_line(void **state)
{
	struct web_req *r = req();

	(void)state;
	web_set_header(r, "X-Test", "a\r\nSet-Cookie: b=c");
	assert_string_equal(r->headers[0].value, "a__Set-Cookie: b=c");
	assert_int_equal(web_download(r, "text/plain", "../../etc/\"pass wd\r\n"), FP_OK);
	assert_string_equal(r->headers[1].value, "attachment; filename=\".._.._etc__pass_wd__\"");
	assert_int_equal(web_redirect(r, "//evil.example"), FP_OK);
	assert_string_equal(r->headers[2].value, "/");
	web_req_free(r);
}

static void
tokens_differ_and_compare(void **state)
{
	char a[WEB_TOKEN], b[WEB_TOKEN];

	(void)state;
	web_token(a);
	web_token(b);
	assert_int_equal(strlen(a), WEB_TOKEN - 1);
	assert_string_not_equal(a, b);
	assert_true(web_same(a, a));
	assert_false(web_same(a, b));
	assert_false(web_same(a, ""));
	a[0] = a[0] == 'f' ? 'e' : 'f';
	assert_false(web_same(a, b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_finds_its_row),
		cmocka_unit_test(no_row_hides_another),
		cmocka_unit_test(rights_of_rows),
		cmocka_unit_test(only_own_paths_are_led_to),
		cmocka_unit_test(numbers_are_whole),
		cmocka_unit_test(text_in_addresses_is_encoded),
		cmocka_unit_test(headers_hold_one_line),
		cmocka_unit_test(tokens_differ_and_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
