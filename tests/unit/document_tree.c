/* The tree: what may stand where, limits, harmless texts, safe addresses, and no allocation that is not checked. */

#include "unit.h"

#include "base/mem.h"
#include "document/html.h"
#include "document/text.h"
#include "document_sample.h"

static struct doc *
new_doc(void)
{
	struct doc *d = NULL;

	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	return d;
}

/* The document as a fragment, in fresh memory. */
static char *
html_of(struct doc *d)
{
	struct fp_buf b = { 0 };

	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &b, NULL), FP_OK);
	return fp_buf_take(&b);
}

static void
needs_title_and_language(void **state)
{
	struct doc *d = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T" }, &err), FP_EINVAL);
	assert_string_equal(err.msg, "a document needs a title and a language");
	assert_null(d);
}

static void
misplaced_node_sticks(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	struct fp_buf b = { 0 };
	struct fp_err err;
	struct doc_node *lost;

	(void)state;
	lost = doc_row(doc_para(doc_root(d), "x"));
	(void)doc_cell(lost, "nobody sees this");
	(void)doc_id(doc_class(lost, DOC_CLASS_LEAD), "a");
	(void)doc_cell(doc_para(doc_root(d), "y"), "a later fault");
	assert_int_equal(doc_check(d, &err), FP_EINVAL);
	assert_string_equal(err.msg, "a table row cannot stand in a paragraph");
	assert_int_equal(doc_write_html(d, NULL, &b, NULL), FP_EINVAL);
	assert_int_equal(b.len, 0);
}

static void
link_in_link_and_form_in_form(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(doc_freep) struct doc *e = new_doc();
	struct fp_err err;

	(void)state;
	(void)doc_link(doc_strong(doc_link(doc_para(d ? doc_root(d) : NULL, NULL), "/a", NULL), NULL), "/b", "x");
	assert_int_equal(doc_check(d, &err), FP_EINVAL);
	assert_string_equal(err.msg, "a link cannot stand in strong text");
	(void)doc_form(doc_section(doc_form(doc_root(e), DOC_POST, "/a"), DOC_ROLE_PLAIN), DOC_GET, "/b");
	assert_int_equal(doc_check(e, &err), FP_EINVAL);
}

static void
depth_is_limited(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	struct doc_node *n = doc_root(d);
	struct fp_err err;

	(void)state;
	for (unsigned i = 0; i < DOC_MAX_DEPTH; i++)
		n = doc_section(n, DOC_ROLE_PLAIN);
	assert_int_equal(doc_check(d, NULL), FP_OK);
	(void)doc_section(n, DOC_ROLE_PLAIN);
	assert_int_equal(doc_check(d, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "the document is nested deeper than 64");
}

static void
size_is_limited(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	size_t size = (size_t)64 << 20;
	char *big = malloc(size);

	(void)state;
	assert_non_null(big);
	memset(big, 'x', size - 1);
	big[size - 1] = '\0';
	for (int i = 0; i < 5; i++)
		(void)doc_para(doc_root(d), big);
	free(big);
	assert_int_equal(doc_check(d, NULL), FP_ELIMIT);
}

static void
texts_are_made_harmless(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "a\x01"
		  "b\x1b[31mc\x7f",
		    "a\uFFFDb\uFFFD[31mc\uFFFD" },
		{ "evil\u202Egpj.exe", "evil\uFFFDgpj.exe" },
		{ "\u2066x\u2069", "\uFFFDx\uFFFD" },
		{ "bad\xff\xc0utf", "bad\uFFFD\uFFFDutf" },
		{ "half\xe2\x82", "half\uFFFD\uFFFD" },
		{ "line\r\nend\rx", "line\nend\nx" },
		{ "c1\xc2\x85x", "c1\uFFFDx" },
		{ "Αθήνα София 文字", "Αθήνα София 文字" },
		{ "tag\U000E0041", "tag\uFFFD" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(doc_freep) struct doc *d = new_doc();
		FP_AUTO(fp_freep) char *html = NULL;
		FP_AUTO(fp_freep) char *want = fp_asprintf("<p>%s</p>\n", cases[i].out);

		(void)doc_para(doc_root(d), cases[i].in);
		html = html_of(d);
		assert_string_equal(html, want);
	}
}

static void
addresses_by_policy(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "https://example.com/a?b=c#d", "https://example.com/a?b=c#d" },
		{ "HTTP://EXAMPLE.COM", "HTTP://EXAMPLE.COM" },
		{ "mailto:a@example.com", "mailto:a@example.com" },
		{ "/devices/1", "/devices/1" },
		{ "../a.html", "../a.html" },
		{ "#top", "#top" },
		{ "?page=2", "?page=2" },
		{ "  /trimmed ", "/trimmed" },
		{ "/a b/ü", "/a%20b/%C3%BC" },
		{ "/q=a:b", "/q=a:b" },
		{ "javascript:alert(1)", "#" },
		{ "JavaScript:alert(1)", "#" },
		{ "java\tscript:alert(1)", "#" },
		{ "\x01javascript:alert(1)", "#" },
		{ " javascript:alert(1)", "#" },
		{ "data:text/html,<script>", "#" },
		{ "vbscript:x", "#" },
		{ "file:///etc/passwd", "#" },
		{ "httpx://a", "#" },
		{ "https", "https" },
		{ "//evil.example", "#" },
		{ "/\\evil.example", "#" },
		{ "\\\\evil", "#" },
		{ "", "#" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(doc_freep) struct doc *d = new_doc();
		FP_AUTO(fp_freep) char *html = NULL;
		FP_AUTO(fp_freep) char *want = fp_asprintf("href=\"%s\"", cases[i].out);

		(void)doc_link(doc_para(doc_root(d), NULL), cases[i].in, "x");
		html = html_of(d);
		if (strstr(html, want) == NULL)
			fail_msg("'%s' became %s", cases[i].in, html);
	}
}

/* All of the other document comes over, and its memory with it. */
static void
one_document_in_another(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_freep) char *html = NULL;
	struct doc *other = new_doc(), *bad = new_doc();
	struct doc_node *main = doc_section(doc_root(other), DOC_ROLE_MAIN);

	(void)state;
	(void)doc_heading(main, 1, "Reply");
	(void)doc_strong(doc_para(main, NULL), "words");
	(void)doc_para(doc_root(d), "before");
	doc_graft(doc_section(doc_root(d), DOC_ROLE_CARD), &other, 1);
	assert_null(other);
	(void)doc_para(doc_root(d), "behind");
	html = html_of(d);
	assert_string_equal(html,
	    "<p>before</p>\n<section "
	    "class=\"card\">\n<div>\n<h2>Reply</h2>\n<p><strong>words</strong></p>\n</div>\n</section>\n<p>behind</p>\n");
	(void)doc_row(doc_root(bad));
	doc_graft(doc_root(d), &bad, 0);
	assert_null(bad);
	assert_int_equal(doc_check(d, NULL), FP_EINVAL);
}

static void
long_formatted_text(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_freep) char *html = NULL;

	(void)state;
	(void)doc_textf(doc_paraf(doc_root(d), "%01000d", 7), "%s", "!");
	html = html_of(d);
	assert_int_equal(strlen(html), strlen("<p></p>\n") + 1001);
	assert_non_null(strstr(html, "007!</p>"));
}

/* Fail each allocation in turn: no crash, no leak, and the status says so. */
static void
every_allocation_may_fail(void **state)
{
	enum fp_status status = FP_ENOMEM;
	int n = 0;

	(void)state;
	for (; status != FP_OK && n < 2000; n++) {
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf html = { 0 };
		FP_AUTO(fp_buf_free) struct fp_buf text = { 0 };
		struct fp_err err = { 0 };

		(void)fp_mem_fail_after(n);
		status = sample_make(&d, &err);
		if (status == FP_OK)
			status = doc_write_html(d, NULL, &html, &err);
		if (status == FP_OK)
			status = doc_write_text(d, &(struct doc_text_options){ .colour = true }, &text, &err);
		(void)fp_mem_fail_after(-1);
		assert_true(status == FP_OK || status == FP_ENOMEM);
		if (status != FP_OK)
			assert_int_equal(err.status, FP_ENOMEM);
	}
	assert_int_equal(status, FP_OK);
	assert_true(n > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_title_and_language),
		cmocka_unit_test(misplaced_node_sticks),
		cmocka_unit_test(link_in_link_and_form_in_form),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(texts_are_made_harmless),
		cmocka_unit_test(addresses_by_policy),
		cmocka_unit_test(one_document_in_another),
		cmocka_unit_test(long_formatted_text),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
