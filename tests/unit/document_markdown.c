/* CommonMark into the tree: what is kept, what is dropped, what is refused. */

#include "unit.h"

#include "base/mem.h"
#include "document/html.h"
#include "document/markdown.h"

static void
check(const char *commonmark, unsigned base_level, const char *html)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct fp_err err = { 0 };

	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	if (doc_add_markdown(doc_root(d), commonmark, strlen(commonmark), base_level, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &b, NULL), FP_OK);
	assert_string_equal(b.data != NULL ? b.data : "", html);
}

static void
blocks(void **state)
{
	(void)state;
	check("", 0, "");
	check("# A\n\ntext *em* **strong** `a<b`  \nnext", 1,
	    "<h2>A</h2>\n<p>text <em>em</em> <strong>strong</strong> <code>a&lt;b</code><br>\nnext</p>\n");
	check("###### deep", 3, "<h6>deep</h6>\n");
	check("- a\n- b\n  1. c\n", 0, "<ul>\n<li>a</li>\n<li>b<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>\n");
	check("- a\n\n- b\n", 0, "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>\n");
	check("> q\n\n---\n\n    code\n", 0, "<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n<pre tabindex=\"0\">\ncode\n</pre>\n");
	check("| a | b |\n|---|--:|\n| 1 | *2* |\n", 0,
	    "<table>\n<thead>\n<tr><th scope=\"col\">a</th><th class=\"align-end\" scope=\"col\">b</th></tr>\n</thead>\n"
	    "<tbody>\n<tr><td>1</td><td class=\"align-end\"><em>2</em></td></tr>\n</tbody>\n</table>\n");
}

static void
hostile(void **state)
{
	(void)state;
	check("a <b onclick=x>c</b>\n\n<script>alert(1)</script>\n", 0, "<p>a c</p>\n");
	check("[x](javascript:alert(1)) [y](data:text/html,z)", 0, "<p><a href=\"#\">x</a> <a href=\"#\">y</a></p>\n");
	check("![a *picture*](http://evil.example/x.png)", 0, "<p>a <em>picture</em></p>\n");
	check("[a <https://b.example> c](/d)", 0, "<p><a href=\"/d\">a https://b.example c</a></p>\n");
	check("<javascript:alert(1)>", 0, "<p><a href=\"#\">javascript:alert(1)</a></p>\n");
	check("a\x1b[31mb\xe2\x80\xae", 0, "<p>a\uFFFD[31mb\uFFFD</p>\n");
}

static void
refused(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_freep) char *big = fp_calloc(DOC_MARKDOWN_MAX + 2, 1);
	struct fp_err err;

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	memset(big, 'a', DOC_MARKDOWN_MAX + 1);
	assert_int_equal(doc_add_markdown(doc_root(d), big, DOC_MARKDOWN_MAX + 1, 0, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "the text has 65537 bytes, more than its limit of 65536");
	assert_int_equal(doc_add_markdown(doc_root(d), "ab\xff", 3, 0, &err), FP_EINVAL);
	assert_string_equal(err.msg, "the text is not UTF-8 at byte 2");
	assert_int_equal(doc_add_markdown(doc_root(d), "a\0b", 3, 0, &err), FP_EINVAL);
	memset(big, '>', 200);
	assert_int_equal(doc_add_markdown(doc_root(d), big, 201, 0, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "the text is nested deeper than 24 (line 1)");
	assert_int_equal(doc_check(d, NULL), FP_OK);
}

/* Nothing of a refused text is left in the tree. */
static void
refused_adds_nothing(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	char text[80] = "first paragraph\n\n";

	(void)state;
	memset(text + strlen(text), '>', 50);
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	assert_int_equal(doc_add_markdown(doc_root(d), text, strlen(text), 0, NULL), FP_ELIMIT);
	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &b, NULL), FP_OK);
	assert_int_equal(b.len, 0);
}

static void
inline_only(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	const char *text = "# Press **OK**";

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	assert_int_equal(doc_add_markdown_inline(doc_heading(doc_root(d), 2, NULL), text, strlen(text), NULL), FP_OK);
	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &b, NULL), FP_OK);
	assert_string_equal(b.data, "<h2>Press <strong>OK</strong></h2>\n");
}

/* Texts on which the library is slow stay under a second at the size that is let in. */
static void
pathological_texts_end(void **state)
{
	static const char *const units[] = { "![[]()", "[a](", "*a **a ", "`a``b", "|x", "<a ", "> ", "&", "[x]: y\n" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(units); i++) {
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = DOC_MARKDOWN_MAX };
		int64_t start = fp_monotonic_ms();

		while (text.len + strlen(units[i]) <= DOC_MARKDOWN_MAX)
			fp_buf_puts(&text, units[i]);
		assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
		if (doc_add_markdown(doc_root(d), text.data, text.len, 0, NULL) != FP_OK)
			assert_int_equal(doc_check(d, NULL), FP_OK);
		assert_true(fp_monotonic_ms() - start < 10000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(hostile),
		cmocka_unit_test(refused),
		cmocka_unit_test(refused_adds_nothing),
		cmocka_unit_test(inline_only),
		cmocka_unit_test(pathological_texts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
