/* Pages: what they show becomes blocks, what they do is left out. */
#include "letter_help.h"

#include "base/mem.h"

static struct letter *
read_bytes(const char *html, size_t len)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	if (letter_read_html(&l, "test.html", html, len, NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return l;
}

static void
check(const char *html, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = read_bytes(html, strlen(html));

	letter_expect(l, lines);
}

static void
blocks(void **state)
{
	(void)state;
	check("", "");
	check("<h1>One <i>two</i></h1><p>three<br>four<p>five <b>six</b></p><div>seven</div>eight",
	    "h1 One two\np three⏎four\np five six\np seven\np eight\n");
	check("<p><b>All</b> <strong>strong</strong></p><p><span style='font-weight: bold'>too</span></p>",
	    "!p All strong\n!p too\n");
	check("<p>a&nbsp;b &euro; &#8482; &lt;c&gt; &unknown; AT&T</p>", "p a b € ™ <c> &unknown; AT&T\n");
	check("<pre>a\n  b\n</pre><blockquote>q</blockquote><hr><address>x</address>", "p a⏎b\np q\np x\n");
	check("<p>a\nb</p>\n\n<p> \n</p>", "p a b\n");
}

static void
links(void **state)
{
	(void)state;
	check("<p>See <a href='x?a=1&amp;b=2'>this <b>page</b></a>.<a name=n>y</a>", "p See this page.y {this page|x?a=1&b=2}\n");
	check("<a href='#'><p>one</p><p>two</p></a>", "p one {one|#}\np two {two|#}\n");
}

static void
lists(void **state)
{
	(void)state;
	check("<ol><li>a<li>b<ul><li>c</li></ul><li value=7>d</ol><ol start=3><li><p>e</p><p>f</p></ol><li>g",
	    "i1.1 a\ni1.2 b\ni2.0 c\ni1.7 d\ni1.3 e⏎f\ni1.0 g\n");
	check("<p style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>3.<span>&nbsp; </span></span><![endif]>three</p>"
	      "<p style='mso-list:l0 level2 lfo1'><span>·</span>below</p><p style='mso-list:none'>no</p>",
	    "i1.3 three\ni2.0 below\np no\n");
}

static void
tables(void **state)
{
	(void)state;
	check("<table><tr><th>A<th>B<th>C<tr><td rowspan=2>x<td "
	      "colspan=2>y<tr><td>1<td>2<tr><td><p>p</p><p>q</p><td><ul><li>r<li>s</ul></table>z",
	    "!c0/0/0 A\n!c0/0/1 B\n!c0/0/2 C\nc0/1/0 x\nc0/1/1+2 y\nc0/2/1 1\nc0/2/2 2\nc0/3/0 p⏎q\nc0/3/1 r⏎s\np z\n");
	/* a table that frames the page is none */
	check("<table><tr><td><h2>Head</h2>text<table><tr><td>a<td>b</table>more</td></tr></table>",
	    "h2 Head\np text\nc0/0/0 a\nc0/0/1 b\np more\n");
	check("<table><tr><td>one<td>two<table><tr><td>in</table></table>", "p one\np two\nc0/0/0 in\n");
	check("<dl><dt>Reference<dd>F 1<dt>Date<dd>1 May<dd>2 May</dl><dd>loose</dd>",
	    "c0/0/0 Reference\nc0/0/1 F 1\nc0/1/0 Date\nc0/1/1 1 May\nc0/2/1 2 May\np loose\n");
	check("<table><tr><td colspan=99999999999>a<td colspan=-1 rowspan=0>b</table>", "c0/0/0+1000 a\nc0/0/1000 b\n");
}

static void
forms(void **state)
{
	(void)state;
	check("<form><label><input type=checkbox> Yes</label><label><input type=CHECKBOX checked>No</label> <input type=radio> "
	      "Maybe"
	      "<input type=hidden value=secret><input value='typed'></form>",
	    "p ☐ Yes ☑ No ☐ Maybetyped\n");
	check("<select><option>a<option>b</select>", "p a⏎b\n");
}

static void
what_is_left_out(void **state)
{
	(void)state;
	check("a<script>document.write('<p>x</p>')</script><style>p{}</style><template>t</template>b<iframe "
	      "src=http://x.example></iframe>",
	    "p ab\nnote scripts-dropped\n");
	check("<p>a<span style='DISPLAY : none'>secret <b>x</b></span>b<span hidden> </span></p><!-- c -->",
	    "p ab\nnote hidden-text\n");
	check("<svg><text>t</text></svg><p onclick='x()'>p</p>", "p p\n");
	check("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>", "p ]>\np &e;\n");
}

static void
head(void **state)
{
	static const char html[] = "<html lang='de-AT'><head><title> Dringende\n Information</title>"
				   "<meta http-equiv=Content-Language content=en></head><p>x";
	FP_AUTO(letter_freep) struct letter *l = read_bytes(html, sizeof(html) - 1);

	(void)state;
	assert_string_equal(l->title, "Dringende Information");
	assert_string_equal(l->declared_lang, "de-AT");
	letter_expect(l, "p x\n");
}

static void
places(void **state)
{
	static const char html[] = "<html>\n<body><p>first\nsecond</p>\n<table>\n<tr><td\nclass=x>third</td></tr></table>";
	FP_AUTO(letter_freep) struct letter *l = read_bytes(html, sizeof(html) - 1);

	(void)state;
	assert_int_equal(letter_place_of(l, "first").line, 2);
	assert_int_equal(letter_place_of(l, "second").line, 3);
	assert_int_equal(letter_place_of(l, "third").line, 6);
	assert_int_equal(letter_place_of(l, "ird").col, 0);
}

static void
check_bytes(const char *html, size_t len, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = read_bytes(html, len);

	letter_expect(l, lines);
}

#define BYTES(s) s, sizeof(s) - 1

static void
encodings(void **state)
{
	(void)state;
	check_bytes(BYTES("<p>Gr\xc3\xb6\xc3\x9f"
			  "e"),
	    "p Größe\n");
	check_bytes(BYTES("<p>Gr\xf6\xdf"
			  "e"),
	    "p Größe\nnote encoding\n");
	check_bytes(BYTES("<meta charset='iso-8859-2'><p>P\xf8\xed"
			  "loha"),
	    "p Příloha\n");
	check_bytes(BYTES("<meta http-equiv=content-type content='text/html; charset=windows-1253'><p>\xd3\xc5\xcb"), "p ΣΕΛ\n");
	check_bytes(BYTES("<meta charset=iso-8859-1><p>\xe2\x82\xac 5"), "p € 5\nnote encoding\n");
	check_bytes(BYTES("\xff\xfe<\0p\0>\0\xf6\0"), "p ö\n");
	check_bytes(BYTES("<p>a\0b"), "p a b\n");
	check_bytes(BYTES("<meta charset=no-such-thing><p>\xe9"), "p é\nnote encoding\n");
}

static void
fill(char *text, size_t size, const char *piece)
{
	size_t n = strlen(piece);

	for (size_t i = 0; i < size; i++)
		text[i] = piece[i % n];
}

/* Nested without end, or a tag with attributes without end: read another way, and said. */
static void
hostile(void **state)
{
	static const char *const pieces[] = { "<div>", "<b>", "<table><tr><td>", "<ul><li>", "<p>", "<a href=x>", "</i>",
		"<b></i>", "<", "<!--", "&", "<td>", "<tr>", "<option>", "<script>", "<h1>", "<title>", "<p hidden>", "<input>",
		"<br>", "<![if>" };
	size_t size = (size_t)1 << 18;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < FP_COUNT(pieces); i++) {
		FP_AUTO(letter_freep) struct letter *l = NULL;

		fill(text, size, pieces[i]);
		assert_int_equal(letter_read_html(&l, "t", text, size, NULL, NULL), FP_OK);
	}
	fill(text, size, "a=1 ");
	memcpy(text, "<p>x<p ", 7);
	memcpy(text + size - 3, ">yz", 3);
	check_bytes(text, size, "p x\np yz\nnote limit\n");
	fill(text, size, "<div>");
	memcpy(text + size - 9, "still</b>", 9);
	check_bytes(text, size, "p still\nnote limit\n");
	free(text);
}

static void
out_of_memory(void **state)
{
	static const char html[] = "<html lang=de><title>t</title><p><a href=x>y</a><table><tr><td>a<td>b</table><ol><li>c</ol>";
	int64_t n = 0;

	(void)state;
	for (;; n++) {
		struct letter *l = NULL;
		enum fp_status status;

		(void)fp_mem_fail_after(n);
		status = letter_read_html(&l, "t", html, sizeof(html) - 1, NULL, NULL);
		(void)fp_mem_fail_after(-1);
		if (status == FP_OK) {
			letter_expect(l, "p y {y|x}\nc0/0/0 a\nc0/0/1 b\ni1.1 c\n");
			letter_free(l);
			break;
		}
		assert_int_equal(status, FP_ENOMEM);
		assert_null(l);
	}
	assert_true(n > 10);
}

static void
limits(void **state)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	(void)state;
	assert_int_equal(letter_read_html(&l, "t.html", "<p>12", 5, &(struct letter_limits){ .bytes = 4 }, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "t.html: 5 bytes, the limit is 4");
	assert_int_equal(
	    letter_read_html(&l, "t.html", "<p>a<p>b<p>c", 12, &(struct letter_limits){ .blocks = 2 }, &err), FP_ELIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(links),
		cmocka_unit_test(lists),
		cmocka_unit_test(tables),
		cmocka_unit_test(forms),
		cmocka_unit_test(what_is_left_out),
		cmocka_unit_test(head),
		cmocka_unit_test(places),
		cmocka_unit_test(encodings),
		cmocka_unit_test(hostile),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
