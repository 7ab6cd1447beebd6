/* HTML: the golden page, escaping by type, nothing inline that could run, labels and ids. */

#include "unit.h"

#include <ctype.h>

#include "base/mem.h"
#include "document/html.h"
#include "document_sample.h"

#include "document_golden.h"

static void
golden_page(void **state)
{
	static const char *const styles[] = { "/assets/document.css", NULL }, *const scripts[] = { "/assets/app.js", NULL };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	assert_int_equal(doc_write_html(d,
			     &(struct doc_html_options){ .styles = styles,
				 .scripts = scripts,
				 .icon = "/icon.svg",
				 .skip_text = "Skip to content",
				 .refresh_seconds = 30 },
			     &b, NULL),
	    FP_OK);
	golden_compare("page.html", &b);
}

static void
standalone_carries_its_style_and_no_script(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_STANDALONE }, &b, NULL), FP_OK);
	assert_non_null(strstr(b.data, ".badge-fail {"));
	assert_non_null(strstr(b.data, "default-src 'none'; style-src 'unsafe-inline'"));
	assert_null(strstr(b.data, "<script"));
	assert_null(strstr(b.data, "<link"));
	/* Addresses of a server that the file does not have. */
	assert_null(strstr(b.data, "href=\"/"));
	assert_null(strstr(b.data, "url("));
	assert_null(strstr(b.data, "@import"));
	/* The matrix without links speaks as a table. */
	assert_non_null(strstr(b.data, "<th scope=\"col\">Dx, Patch</th>"));
}

/* Walk the tags of a page as a parser does and give each attribute to check. */
static void
each_attribute(const char *html, void (*check)(const char *name, size_t len, const char *value))
{
	for (const char *p = html; (p = strchr(p, '<')) != NULL; p++) {
		p += strcspn(p, " >");
		while (*p == ' ') {
			const char *name = ++p;
			size_t len = strcspn(p, "= >");
			FP_AUTO(fp_freep) char *value = NULL;

			p += len;
			if (*p == '=') {
				assert_int_equal(p[1], '"');
				p += 2;
				value = fp_strndup(p, strcspn(p, "\""));
				p += strcspn(p, "\"") + 1;
			}
			if (len != 0)
				check(name, len, value);
		}
	}
}

static void
is_quiet(const char *name, size_t len, const char *value)
{
	assert_false(len == 5 && strncmp(name, "style", 5) == 0);
	assert_false(strncmp(name, "on", 2) == 0);
	for (size_t i = 0; i < len; i++)
		assert_true(isalnum((unsigned char)name[i]) || name[i] == '-');
	if (value == NULL)
		return;
	assert_null(strchr(value, '<'));
	if ((len == 4 && strncmp(name, "href", 4) == 0) || (len == 6 && strncmp(name, "action", 6) == 0) ||
	    (len == 9 && strncmp(name, "data-live", 9) == 0))
		assert_null(strstr(value, "script:"));
}

/* Every string of the tree is an attack: none gets out of its place. */
static void
hostile_strings_stay_where_they_are(void **state)
{
	static const char *const bad[] = { "\"><script>alert(1)</script>", "' onmouseover='x", "</title></textarea></style>-->",
		"&lt;&#x22;", "javascript:alert(1)", "\u202E\x1b<\x01", "]]>" };
	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		const char *x = bad[i];
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		struct doc_matrix_cell cell = { DOC_BADGE_FAIL, x, x, x };
		struct doc_bar_part part = { DOC_BADGE_PASS, 3, x };
		struct doc_field f = {
			.name = x, .label = x, .value = x, .hint = x, .error = x, .autocomplete = x, .accept = x, .placeholder = x
		};
		struct doc_node *root, *n;

		assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = x, .lang = x, .author = x }, NULL), FP_OK);
		root = doc_root(d);
		n = doc_id(doc_label(doc_lang(doc_title(doc_live(doc_section(root, DOC_ROLE_CARD), x, 3), x), x), x), x);
		(void)doc_heading(n, 2, x);
		(void)doc_badge(doc_link(doc_para(n, x), x, x), DOC_BADGE_FAIL, x);
		(void)doc_pre(n, x);
		(void)doc_callout(n, DOC_BADGE_INFO, x);
		(void)doc_details(n, x, true);
		(void)doc_term(doc_terms(n), x, x);
		(void)doc_cell(doc_row(doc_table(n, x)), x);
		(void)doc_matrix(n, &(struct doc_matrix){ x, x, 1, 1, &x, &x, &x, &cell });
		(void)doc_bar(n, x, &part, 1);
		(void)doc_meter(n, 1, 2, x);
		(void)doc_qr(n, "text", 20, x);
		(void)doc_paper_check(n, x, x, true);
		(void)doc_paper_line(n, x, x, x, 50, 2);
		(void)doc_signature(n, x);
		n = doc_form(n, DOC_POST, x);
		(void)doc_hidden(n, x, x);
		(void)doc_input(n, &f);
		(void)doc_textarea(n, &f);
		(void)doc_option(doc_select(n, &f), x, x);
		(void)doc_checkbox(doc_fieldset(n, x), x, x, x, false);
		(void)doc_submit(n, DOC_BUTTON_DANGER, x, x, x);
		assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .skip_text = x }, &b, NULL), FP_OK);
		assert_null(strstr(b.data, "<script"));
		assert_null(strstr(b.data, "--><"));
		each_attribute(b.data, is_quiet);
	}
}

static void
sample_attributes_are_quiet(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	assert_int_equal(doc_write_html(d, NULL, &b, NULL), FP_OK);
	each_attribute(b.data, is_quiet);
	assert_null(strstr(b.data, "secret")); /* a password is not sent back */
}

static void
inputs_of_one_name_have_ids_of_their_own(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	unsigned plain = 0, n = 0;

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	for (int i = 0; i < 200; i++)
		(void)doc_input(doc_form(doc_root(d), DOC_POST, "/x"),
		    &(struct doc_field){ .name = "reason", .label = "Reason", .error = "no" });
	assert_int_equal(doc_write_html(d, NULL, &b, NULL), FP_OK);
	for (const char *p = b.data; (p = strstr(p, "<label for=\"")) != NULL; p++, n++) {
		FP_AUTO(fp_freep) char *id = fp_strndup(p + 12, strcspn(p + 12, "\""));
		FP_AUTO(fp_freep) char *input = fp_asprintf("id=\"%s\" name", id);
		const char *at = strstr(b.data, input);

		plain += strcmp(id, "reason") == 0;
		assert_non_null(at);
		assert_null(strstr(at + 1, input));
	}
	assert_int_equal(n, 200);
	assert_int_equal(plain, 1);
}

static void
fragment_is_the_content_only(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	(void)doc_badge(doc_para(doc_root(d), NULL), DOC_BADGE_UNKNOWN, "unknown");
	(void)doc_only(doc_para(doc_root(d), "on paper"), DOC_IN_PDF);
	assert_int_equal(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &b, NULL), FP_OK);
	assert_string_equal(b.data, "<p><span class=\"badge badge-unknown\">unknown</span></p>\n");
}

static void
qr_that_is_too_long_is_said(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct fp_err err;
	char text[2400];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	(void)doc_qr(doc_root(d), text, 30, NULL);
	assert_int_equal(doc_write_html(d, NULL, &b, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "a QR code holds 1 to 2331 bytes, not 2399");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_page),
		cmocka_unit_test(standalone_carries_its_style_and_no_script),
		cmocka_unit_test(hostile_strings_stay_where_they_are),
		cmocka_unit_test(sample_attributes_are_quiet),
		cmocka_unit_test(inputs_of_one_name_have_ids_of_their_own),
		cmocka_unit_test(fragment_is_the_content_only),
		cmocka_unit_test(qr_that_is_too_long_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
