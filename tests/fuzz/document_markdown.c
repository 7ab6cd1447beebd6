/* CommonMark from anywhere: the tree holds it or refuses it, and the page made of it has no markup but ours. */
#define _GNU_SOURCE /* memmem */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

#include "document/html.h"
#include "document/markdown.h"
#include "document/text.h"

static void
check_page(const char *html)
{
	/* Each '<' starts a tag that the writer knows; attributes of other people do not get in. */
	static const char *const tags[] = { "p>", "h1>", "h2>", "h3>", "h4>", "h5>", "h6>", "ul>", "ol>", "li>", "em>", "strong>",
		"code>", "pre", "blockquote>", "hr>", "br>", "a", "table>", "thead>", "tbody>", "tr>", "th", "td" };

	for (const char *p = html; (p = strchr(p, '<')) != NULL;) {
		bool known = false;

		p += p[1] == '/' ? 2 : 1;
		for (size_t i = 0; i < FP_COUNT(tags) && !known; i++)
			known = strncmp(p, tags[i], strlen(tags[i])) == 0;
		FUZZ_CHECK(known);
		/* Inside a tag '>' is escaped, so this is all of it. */
		size_t len = strcspn(p, ">");

		FUZZ_CHECK(memmem(p, len, "\"javascript:", 12) == NULL && memmem(p, len, "\"data:", 6) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf html = { 0 };
	FP_AUTO(fp_buf_free) struct fp_buf text = { 0 };

	/* The library is quadratic on some inputs: 64 KiB of them are for the unit test, not for a fuzzer. */
	if (size > 4096)
		return 0;
	FUZZ_CHECK(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL) == FP_OK);
	if (doc_add_markdown(doc_root(d), (const char *)data, size, 0, NULL) != FP_OK)
		FUZZ_CHECK(doc_check(d, NULL) == FP_OK && doc_root(d) != NULL);
	FUZZ_CHECK(doc_write_html(d, &(struct doc_html_options){ .mode = DOC_HTML_FRAGMENT }, &html, NULL) == FP_OK);
	FUZZ_CHECK(
	    doc_write_text(d, &(struct doc_text_options){ .width = 24, .colour = true, .links = true }, &text, NULL) == FP_OK);
	if (html.data != NULL)
		check_page(html.data);
	return 0;
}
