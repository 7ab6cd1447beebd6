/* Plain text, Markdown and Markdown with HTML. */
#include "letter_help.h"

#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"

#define check letter_check_text_is

static void
headings_and_paragraphs(void **state)
{
	(void)state;
	check("", "");
	check("# One {#title}\n\n### Three ###\n#\n#no heading\n", "h1 One\nh3 Three\np #no heading\n");
	check("# {#greeting}\n\nDear reader\n", "p Dear reader\n");
	check("Big\n===\n\nSmall\n-----\ntext\n\n-----\n", "h1 Big\nh2 Small\np text\n");
	check("**Only strong**\n\n**Note:** and plain\n\n***Both***\n\n__Low__ _it_\n",
	    "!p Only strong\np Note: and plain\n!p Both\np Low it\n");
	check("**Quality notice****URGENT RECALL**\n", "!p Quality notice⏎URGENT RECALL\n");
	check("**Quality notice**\n**URGENT RECALL**\n", "!p Quality notice⏎URGENT RECALL\n");
	check("**Jane Doe**  \nHead of Quality\n", "p Jane Doe⏎Head of Quality\n");
	check("a\u00a0b  c\td", "c0/0/0 a b c\nc0/0/1 d\n");
}

static void
what_is_no_markup(void **state)
{
	(void)state;
	check("5 * 3 * 2 and a*b and lot 14** or ** x **\n", "p 5 * 3 * 2 and a*b and lot 14** or ** x **\n");
	check("snake_case_name _____ ___ fill in __\n", "p snake_case_name _____ ___ fill in __\n");
	check("a < b, <serial number>, 3 <5 mg> [note] (x) & AT&T &unknown; !\n",
	    "p a < b, <serial number>, 3 <5 mg> [note] (x) & AT&T &unknown; !\n");
	check("[text] (url) and [open](nowhere\n\nnext\n", "p [text] (url) and [open](nowhere\np next\n");
	check("\\*stars\\* and C:\\Program Files\\x and \\\\server\\share\n",
	    "p *stars* and C:\\Program Files\\x and \\\\server\\share\n");
	check("`code *x*` and ` alone\n", "p code *x* and ` alone\n");
}

static void
links(void **state)
{
	(void)state;
	check(
	    "See [the page](https://example.org/a?b=1&amp;c=2).\n", "p See the page. {the page|https://example.org/a?b=1&c=2}\n");
	check("[here](#) [a (b)](u_(v)) [c](d \"title\")\n", "p here a (b) c {here|#} {a (b)|u_(v)} {c|d}\n");
	check("<https://example.org> <help@example.org>\n",
	    "p https://example.org help@example.org {https://example.org|https://example.org} "
	    "{help@example.org|mailto:help@example.org}\n");
	check("[customer care@example.org](mailto:customer care@example.org)\n",
	    "p customer care@example.org {customer care@example.org|mailto:customer care@example.org}\n");
	check("<a href='x.html'>y</a> ![alt](p.png)\n", "p y alt {y|x.html}\n");
	check("[**strong** text](u)\n", "p strong text {strong text|u}\n");
}

static void
lists(void **state)
{
	(void)state;
	check("1. one\n2. two\n  - a\n  - o B\n3. three\n", "i1.1 one\ni1.2 two\ni2.0 a\ni2.0 B\ni1.3 three\n");
	check("* a\n* b\n    * c\n\n* d\n", "i1.0 a\ni1.0 b\ni2.0 c\ni1.0 d\n");
	check("1) one\n- below\n- below\n2) two\n", "i1.1 one\ni2.0 below\ni2.0 below\ni1.2 two\n");
	check("• a\n• b\n  o Deep\n\u25aa c\n", "i1.0 a\ni1.0 b\ni2.0 Deep\ni2.0 c\n");
	check("a) first\nb) second\n(1) third\n1.\tfourth\n", "i1.1 first\ni1.2 second\ni2.1 third\ni2.1 fourth\n");
	check("- first\n  goes on\n\n  and on\n\nnot\n", "i1.0 first⏎goes on⏎and on\np not\n");
	check("1. A\n   - b\n\nFooter text\n\n   - c\n\n2. D\n", "i1.1 A\ni2.0 b\np Footer text\ni2.0 c\ni1.2 D\n");
	check("5. April 2023\n\n8. maj 2024\n\n2023. 4. 5\n\n3. 4. 2023\n",
	    "p 5. April 2023\np 8. maj 2024\np 2023. 4. 5\np 3. 4. 2023\n");
	check("1. táblázat: mind\n\nSzöveg\n\n3. ábra\n\n1. első\n\n2. második\n\n3. harmadik\n\n1. melléklet\n",
	    "p 1. táblázat: mind\np Szöveg\np 3. ábra\ni1.1 első\ni1.2 második\ni1.3 harmadik\np 1. melléklet\n");
	check("- [ ] no\n- [x] yes\n", "i1.0 ☐ no\ni1.0 ☒ yes\n");
}

static void
boxes(void **state)
{
	(void)state;
	check("<input type=\"checkbox\"/> Yes <input type=\"checkbox\" checked> No\n", "p ☐ Yes ☑ No\n");
	check("[ ] Yes [x] No ( ) Maybe □ Other <INPUT TYPE=radio>Last\n", "p ☐ Yes ☒ No ☐ Maybe ☐ Other ☐ Last\n");
	check("Name: <input type=\"text\"/>\n", "p Name:\n");
	check("\uf0a8 one \uf0fe two\n", "p ☐ one ☑ two\n");
}

static void
tab_tables(void **state)
{
	(void)state;
	check("Product\tNumber\tUDI\nA\t1 / 2\t0\nB\t3\t\n",
	    "c0/0/0 Product\nc0/0/1 Number\nc0/0/2 UDI\nc0/1/0 A\nc0/1/1 1 / 2\nc0/1/2 0\nc0/2/0 B\nc0/2/1 3\n");
	check("<b>Form</b>\t\n<p>Step</p>\t<p>Done: <input type=\"checkbox\"/> Yes</p> <p>Numbers:</p>\n\tReason\n",
	    "!c0/0/0 Form\nc0/1/0 Step\nc0/1/1 Done: ☐ Yes⏎Numbers:\nc0/2/1 Reason\n");
	check("caption\nA\tB\n\nC\tD\n\ntext\n\nE\tF\nG\tH\n\nI\tJ\nK\tL\n",
	    "p caption\nc0/0/0 A\nc0/0/1 B\nc0/1/0 C\nc0/1/1 D\np text\nc1/0/0 E\nc1/0/1 F\nc1/1/0 G\nc1/1/1 H\nc2/0/0 I\nc2/0/1 "
	    "J\nc2/1/0 K\nc2/1/1 "
	    "L\n");
	check("Product\t\tNumber\nLonger name\tX\nA\t\t\tB\n",
	    "c0/0/0 Product\nc0/0/1 Number\nc0/1/0 Longer name\nc0/1/1 X\nc0/2/0 A\nc0/2/1 B\n");
	check("A\tB\n---\t---\nC\tD\n", "c0/0/0 A\nc0/0/1 B\nc0/1/0 C\nc0/1/1 D\n");
	check("\tan indented paragraph\n", "p an indented paragraph\n");
}

static void
pipe_tables(void **state)
{
	(void)state;
	check("| A | B |\n|---|:-:|\n| a \\| x | **b** |\n||c|\n", "c0/0/0 A\nc0/0/1 B\nc0/1/0 a | x\n!c0/1/1 b\nc0/2/1 c\n");
	check("A | B | C\n1 | 2 | 3\n\nPage 2 | of the thing\n",
	    "c0/0/0 A\nc0/0/1 B\nc0/0/2 C\nc0/1/0 1\nc0/1/1 2\nc0/1/2 3\np Page 2 | of the thing\n");
	check("+---+---+\n| a | b |\n| c |   |\n+---+---+\n| d | e |\n+---+---+\n", "c0/0/0 a c\nc0/0/1 b\nc0/1/0 d\nc0/1/1 e\n");
}

static void
column_tables(void **state)
{
	(void)state;
	check("Product          Number      UDI\nAlpha One        12-34       0401\nBeta             99          0402\n",
	    "c0/0/0 Product\nc0/0/1 Number\nc0/0/2 UDI\nc0/1/0 Alpha One\nc0/1/1 12-34\nc0/1/2 0401\nc0/2/0 Beta\nc0/2/1 "
	    "99\nc0/2/2 0402\n");
	check("Product      Remark\nAlpha        a long remark that\n             is wrapped\nBeta         short\n",
	    "c0/0/0 Product\nc0/0/1 Remark\nc0/1/0 Alpha\nc0/1/1 a long remark that is wrapped\nc0/2/0 Beta\nc0/2/1 short\n");
	check("Name      Count\nA            10\nB             5\n",
	    "c0/0/0 Name\nc0/0/1 Count\nc0/1/0 A\nc0/1/1 10\nc0/2/0 B\nc0/2/1 5\n");
	check("Product      Number\n\nAlpha        12\n\nBeta         13\n\nThe end.\n",
	    "c0/0/0 Product\nc0/0/1 Number\nc0/1/0 Alpha\nc0/1/1 12\nc0/2/0 Beta\nc0/2/1 13\np The end.\n");
	check("A sentence.  Another one.\nAnd again.  More text.\n", "p A sentence. Another one.⏎And again. More text.\n");
}

static void
frames(void **state)
{
	(void)state;
	check("Product │ Number\n────────┼───────\nA       │ 1\nB       │ 2\n",
	    "c0/0/0 Product\nc0/0/1 Number\nc0/1/0 A\nc0/1/1 1\nc0/2/0 B\nc0/2/1 2\n");
	check("┌───┬───┐\n│ a │ b │\n├───┼───┤\n│ c │ d │\n└───┴───┘\n", "c0/0/0 a\nc0/0/1 b\nc0/1/0 c\nc0/1/1 d\n");
	check("Title\n═════\n\n┃ A note\n┃\n┃ in a frame\n", "h1 Title\np A note\np in a frame\n");
}

/* What "pdftotext -layout" and people who press Return do: headings on a line of their own, but no blank line behind them. */
static void
headings_without_markup(void **state)
{
	(void)state;
	check("What can happen\nA person who exploits this weakness could read files, change them and pass\nthem on. This is all "
	      "that is known about it "
	      "today.\nKind regards\nJane Doe\n",
	    "p What can happen\np A person who exploits this weakness could read files, change them and pass them on. This is "
	    "all that is known about it "
	    "today.⏎Kind regards⏎Jane Doe\n");
	check(" • First item of the list, which is longer than one line and goes on in the\n   next line\n • Second\nThe text "
	      "goes on at the margin, and is "
	      "wrapped at about the same width as it\nwas before.\n",
	    "i1.0 First item of the list, which is longer than one line and goes on in the next line\ni1.0 Second\n"
	    "p The text goes on at the margin, and is wrapped at about the same width as it was before.\n");
	check("Table 1\nProduct      Number\n\nAlpha        12\n\nLonger       13\nname\n\nEnd.\n",
	    "p Table 1\nc0/0/0 Product\nc0/0/1 Number\nc0/1/0 Alpha\nc0/1/1 12\nc0/2/0 Longer name\nc0/2/1 13\np End.\n");
}

static void
html_in_text(void **state)
{
	(void)state;
	check("<h2>Head</h2><p>one</p><p>two<br>three</p>\n", "h2 Head\np one\np two⏎three\n");
	check("<table>\n<tr><th>A</th><th>B</th></tr>\n\n<tr><td colspan=\"2\">C\n<p>D</p></td></tr>\n</table>\nafter\n",
	    "c0/0/0 A\nc0/0/1 B\nc0/1/0+2 C⏎D\np after\n");
	check("<ol><li>x<li>y<ul><li>z</ul></ol>\n", "i1.1 x\ni1.2 y\ni2.0 z\n");
	check("a<script>\nalert(1)\n\n# no\n</script>b <!-- c\n\nd --> e\n", "p a⏎b e\nnote scripts-dropped\n");
	check("<input\ntype=\"checkbox\"> Yes\n", "p ☐ Yes\n");
	check("<table><tr><td>never closed\n\ntext\n", "p never closed\np text\n");
	check("Gr&ouml;&szlig;e &lt;b&gt; &#8482;&#x2122;\n", "p Größe <b> ™™\n");
}

static void
wrapped_lines(void **state)
{
	(void)state;
	check("This letter is wrapped at about sixty characters, as mail pro-\ngrams do it, and words are cut at the end of the "
	      "line. Codes\n"
	      "like DX-\n410 are not, and neither are Dx- or names such as the IT-\nDepartment of the laboratory, which stay as "
	      "they are written\n"
	      "here.\n\nJane Doe\nHead of Quality\n",
	    "p This letter is wrapped at about sixty characters, as mail programs do it, and words are cut at the end of the "
	    "line. Codes like "
	    "DX-⏎410 are not, and neither are Dx- or names such as the IT-Department of the laboratory, which stay as they are "
	    "written here.\n"
	    "p Jane Doe⏎Head of Quality\n");
	check("Soft\u00adhyphens are dropped, also at the end of a wrapped li\u00ad\nne, whatever comes before or behind it in "
	      "the paragraph, and al-\nso here.\n",
	    "p Softhyphens are dropped, also at the end of a wrapped line, whatever comes before or behind it in the paragraph, "
	    "and also here.\n");
	check("> A quoted letter\n> of two lines\n>\n> > twice\n", "p A quoted letter⏎of two lines\np twice\n");
	check("Verbindung von Vor- und Nachname des Kunden mit der Geräte-\nund der Seriennummer, wie sie auf dem Typenschild "
	      "angegeben\nsind.\n",
	    "p Verbindung von Vor- und Nachname des Kunden mit der Geräte- und der Seriennummer, wie sie auf dem Typenschild "
	    "angegeben sind.\n");
}

#define FOOT(n) "Maker Ltd, 12 Long Street, Somewhere\n\nFSN 7-1 (DOC-" n ")\n\nPage " n " of 3\n\n"

static void
pages_by_markers(void **state)
{
	(void)state;
	check("Letter\n\nThe first page ends in the\n\n" FOOT("1") "middle of a sentence.\n\n" FOOT("2") "Third page.\n\n" FOOT(
		  "3"),
	    "-- 1 (1 of 3)\np Letter\n~p The first page ends in the middle of a sentence.\n_p Maker Ltd, 12 Long Street, "
	    "Somewhere\n_p FSN 7-1 (DOC-1)\n"
	    "_p Page 1 of 3\n-- 2 (2 of 3)\n_p Maker Ltd, 12 Long Street, Somewhere\n_p FSN 7-1 (DOC-2)\n_p Page 2 of 3\n-- 3 (3 "
	    "of 3)\np Third page.\n"
	    "_p Maker Ltd, 12 Long Street, Somewhere\n_p FSN 7-1 (DOC-3)\n_p Page 3 of 3\n");
	/* page 2 lost its number, the last page everything but its address */
	check("One.\n\n" FOOT("1") "Two.\n\nMaker Ltd, 12 Long Street, Somewhere\n\nFSN 7-1 (DOC-2)\n\nThree.\n\n" FOOT(
		  "3") "Four.\n\n"
		       "Maker Ltd, 12 Long Street, Somewhere\n",
	    "-- 1 (1 of 3)\np One.\n_p Maker Ltd, 12 Long Street, Somewhere\n_p FSN 7-1 (DOC-1)\n_p Page 1 of 3\n-- 2 (0 of "
	    "0)\np Two.\n"
	    "_p Maker Ltd, 12 Long Street, Somewhere\n_p FSN 7-1 (DOC-2)\n-- 3 (3 of 3)\np Three.\n_p Maker Ltd, 12 Long Street, "
	    "Somewhere\n"
	    "_p FSN 7-1 (DOC-3)\n_p Page 3 of 3\n-- 4 (0 of 0)\np Four.\n_p Maker Ltd, 12 Long Street, Somewhere\n");
	/* at the top */
	check("FSN 7-1\n\n1/2\n\nFirst text of the letter.\n\nMore.\n\nFSN 7-1\n\n2/2\n\nSecond page.\n\nThe end.\n",
	    "-- 1 (1 of 2)\n^p FSN 7-1\n^p 1/2\np First text of the letter.\np More.\n-- 2 (2 of 2)\n^p FSN 7-1\n^p 2/2\np "
	    "Second page.\np The end.\n");
	/* a number that is part of a longer line counts only when it comes back */
	check("One.\n\nFSN 7-1 Rev A    Page 1 of 2\n\nTwo.\n\nFSN 7-1 Rev A    Page 2 of 2\n",
	    "-- 1 (1 of 2)\np One.\n_p FSN 7-1 Rev A Page 1 of 2\n-- 2 (2 of 2)\np Two.\n_p FSN 7-1 Rev A Page 2 of 2\n");
	check("Step 1\n\nDo this.\n\nStep 2\n\nDo that.\n", "p Step 1\np Do this.\np Step 2\np Do that.\n");
	check("Dose 1 of 2 daily\n\nThen rest.\n", "p Dose 1 of 2 daily\np Then rest.\n");
}

static void
pages_by_form_feeds(void **state)
{
	(void)state;
	check("Head of letter\n\nFirst.\n\n1\n\fHead of letter\n\nSecond.\n\n2\n\fHead of letter\n\nThird.\n\n3\n\f",
	    "-- 1 (1 of 0)\n^p Head of letter\np First.\n_p 1\n-- 2 (2 of 0)\n^p Head of letter\np Second.\n_p 2\n-- 3 (3 of "
	    "0)\n^p Head of letter\n"
	    "p Third.\n_p 3\n");
	check("One two\n\fthree.\n", "-- 1 (0 of 0)\n~p One two three.\n");
}

static void
tables_over_pages(void **state)
{
	(void)state;
	/* a row that is cut, and a table that goes on */
	check("Question\tAnswer\nI confirm that all devices in the list,\t☐ Yes ☐ No\n\nPage 1 of 2\n\nwhich is attached, are "
	      "corrected.\t\n"
	      "I informed the users.\t☐ Yes ☐ No\n\nPage 2 of 2\n",
	    "-- 1 (1 of 2)\nc0/0/0 Question\nc0/0/1 Answer\n~c0/1/0 I confirm that all devices in the list, which is attached, "
	    "are corrected.\n"
	    "c0/1/1 ☐ Yes ☐ No\n_p Page 1 of 2\n-- 2 (2 of 2)\nc0/2/0 I informed the users.\nc0/2/1 ☐ Yes ☐ No\n_p Page 2 of "
	    "2\n");
	/* its head is printed again */
	check("Product\tNumber\nA\t1\n\nPage 1 of 2\n\nProduct\tNumber\nB\t2\n\nPage 2 of 2\n",
	    "-- 1 (1 of 2)\nc0/0/0 Product\nc0/0/1 Number\nc0/1/0 A\nc0/1/1 1\n_p Page 1 of 2\n-- 2 (2 of 2)\n^p Product\n^p "
	    "Number\nc0/2/0 B\nc0/2/1 2\n"
	    "_p Page 2 of 2\n");
}

static void
places(void **state)
{
	FP_AUTO(letter_freep)
	struct letter *l =
	    letter_of_text("> \u00c4ber **fett**  und\n\n1. [Link](u) Wort \u00ad\u00adweiter\nzweite  Zeile\n\nA\t B\n");
	struct letter_place p = letter_place_of(l, "fett");

	(void)state;
	assert_int_equal(p.line, 1);
	assert_int_equal(p.col, 10);
	p = letter_place_of(l, "ber");
	assert_int_equal(p.col, 4);
	p = letter_place_of(l, "und");
	assert_int_equal(p.col, 18);
	p = letter_place_of(l, "Wort");
	assert_int_equal(p.line, 3);
	assert_int_equal(p.col, 14);
	p = letter_place_of(l, "iter");
	assert_int_equal(p.col, 23);
	p = letter_place_of(l, "Zeile");
	assert_int_equal(p.line, 4);
	assert_int_equal(p.col, 9);
	p = letter_place_of(l, "B");
	assert_int_equal(p.line, 6);
	assert_int_equal(p.col, 4);
}

static void
check_bytes(const char *bytes, size_t len, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;

	assert_int_equal(letter_read_text(&l, "t", bytes, len, NULL, NULL), FP_OK);
	letter_expect(l, lines);
}

#define BYTES(s) s, sizeof(s) - 1

static void
encodings(void **state)
{
	(void)state;
	check_bytes(BYTES("\xef\xbb\xbfGr\xc3\xb6\xc3\x9f"
			  "e\r\nzwei\r\n"),
	    "p Größe⏎zwei\n");
	check_bytes(BYTES("\xff\xfeG\0r\0\xf6\0\xdf\0"
			  "e\0\x3d\xd8\x00\xde\0\xd8x\0"),
	    "p Größe😀\xef\xbf\xbdx\n");
	check_bytes(BYTES("\xfe\xff\0G\0r\0\xf6"), "p Grö\n");
	check_bytes(BYTES("Gr\xf6\xdf"
			  "e \x96 \x80 5\rzwei"),
	    "p Größe – € 5⏎zwei\nnote encoding\n");
	check_bytes(BYTES("a\0b\x01 c\x7f\x1b[1m\xe2\x80\x8b\xe2\x80\xae z"), "p ab c[1m z\nnote controls-dropped\n");
	check_bytes(BYTES("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xff."), "p ééééé \xef\xbf\xbd.\nnote encoding\n");
	check_bytes(BYTES("cut \xc3\xa9 \xe2\x84"), "p cut é\nnote cut-off\n");
	check_bytes(BYTES("T\0h\0i\0s\0 \0i\0s\0 \0w\0i\0d\0e\0!\0"), "p This is wide!\nnote encoding\n");
}

static void
limits(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;
	struct fp_err err = { 0 };

	(void)state;
	assert_int_equal(letter_read_text(&l, "t.txt", "12345", 5, &(struct letter_limits){ .bytes = 4 }, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "t.txt: 5 bytes, the limit is 4");
	assert_int_equal(
	    letter_read_text(&l, "t.txt", "a\n\nb\n\nc", 7, &(struct letter_limits){ .blocks = 2 }, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "t.txt: more blocks than the limit of 2: split the file or raise the limit");
	assert_int_equal(
	    letter_read_text(&l, "t.txt", "a\fb\n\fc\n\fd", 9, &(struct letter_limits){ .pages = 2 }, &err), FP_ELIMIT);
	assert_null(l);
}

/* Nothing in a text may cost more than its length: pieces that tempt a reader to look ahead again and again. */
static void
linear(void **state)
{
	static const char *const pieces[] = { "[", "](", "[](", "[a](b", "*", "**", "** a", "*a ", "_a ", "`", "<", "<b",
		"<a href='", "<!--", "&", "&amp;", "|a", "\t", "a\tb\n", "| a |\n", "a  b\n", "> ", "- ", "- a\n", "1. a\n",
		"  - a\n    - b\n", "a\n\n", "<table><tr><td>", "<ul><li>", "</table>", "[x](\n", "Page 1 of 2\n\n", "a\n=\n",
		"\f", "x-\n", "a b\n\n\n", "(", "( ) ", "\\", "<p>", "a  b  c\n\n", "#\n" };
	size_t size = (size_t)1 << 20;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < FP_COUNT(pieces); i++) {
		size_t n = strlen(pieces[i]);
		clock_t start = clock();
		struct letter *l = NULL;
		enum fp_status status;

		for (size_t k = 0; k + n <= size; k += n)
			memcpy(text + k, pieces[i], n);
		status = letter_read_text(
		    &l, "t", text, size - size % n, &(struct letter_limits){ .blocks = 10000000, .pages = 10000000 }, NULL);
		assert_int_equal(status, FP_OK);
		letter_free(l);
		if (clock() - start > 5 * CLOCKS_PER_SEC)
			fail_msg("1 MiB of '%s' takes %.1f s", pieces[i], (double)(clock() - start) / CLOCKS_PER_SEC);
	}
	free(text);
}

static void
out_of_memory(void **state)
{
	static const char text[] = "# Head\n\n**Bold** [x](y) text\n\nA\tB\n\n- item\n\nPage 1 of 2\n\nmore\n\nPage 2 of 2\n\f";
	int64_t n = 0;

	(void)state;
	for (;; n++) {
		struct letter *l = NULL;
		struct fp_err err = { 0 };
		enum fp_status status;

		(void)fp_mem_fail_after(n);
		status = letter_read_text(&l, "t", text, sizeof(text) - 1, NULL, &err);
		(void)fp_mem_fail_after(-1);
		if (status == FP_OK) {
			letter_free(l);
			break;
		}
		assert_int_equal(status, FP_ENOMEM);
		assert_null(l);
	}
	assert_true(n > 10);
}

/* The letters that came with the task, where they are: facts about their form. */
static const struct known {
	const char *name;
	int boxes, pages, stated, tables, items, links;
	uint32_t lost_page; /* without a number of its own; 0 none */
	const char *joined; /* a text that a page break cuts; NULL */
} known[] = {
	{ "000-FSN2024-1562-da.txt", 11, 5, 5, 2, 2, 4, 0, NULL },
	{ "001-FSN2023-1338-de.txt", 19, 6, 6, 2, 7, 28, 6, NULL },
	{ "002-FSN2023-1338-it.txt", 10, 5, 6, 2, 7, 25, 2, NULL },
	{ "003-FSN2025-1682-de.txt", 11, 4, 4, 3, 1, 4, 0, "sind, durchgeführt wurden." },
	{ "004-FSN2023-1338-es.txt", 10, 5, 6, 2, 7, 25, 0, "el acceso al almacenamiento" },
};

static int
count(const struct letter *l, const char *what)
{
	int n = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		for (const char *p = l->blocks[i].text; (p = strstr(p, what)) != NULL; p++)
			n++;
	}
	return n;
}

static void
check_known(const struct known *k)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { 0 };
	FP_AUTO(letter_freep) struct letter *l = NULL;
	int items = 0, link_count = 0, joined = 0;
	char path[200];

	(void)snprintf(path, sizeof(path), "../shared/letters/%s", k->name);
	assert_int_equal(fp_file_read(&bytes, path, NULL), FP_OK);
	assert_int_equal(letter_detect(k->name, bytes.data, bytes.len), LETTER_TEXT);
	assert_int_equal(letter_read_text(&l, k->name, bytes.data, bytes.len, NULL, NULL), FP_OK);
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];

		items += b->kind == LETTER_ITEM;
		link_count += (int)b->n_links;
		joined += b->continued && k->joined != NULL && strstr(b->text, k->joined) != NULL;
		if (b->zone == LETTER_BODY)
			assert_null(strstr(b->text, "customercare@"));
		else
			assert_true(b->kind == LETTER_PARAGRAPH);
	}
	assert_int_equal(count(l, "☐"), k->boxes);
	assert_int_equal(l->n_pages, k->pages);
	assert_int_equal(l->pages[0].stated, k->stated);
	assert_int_equal(l->n_tables, k->tables);
	assert_int_equal(items, k->items);
	assert_int_equal(link_count, k->links);
	assert_int_equal(joined, k->joined != NULL);
	assert_int_equal(count(l, "<"), 0);
	assert_int_equal(count(l, "**"), 0);
	for (uint32_t p = 0; p < l->n_pages; p++)
		assert_int_equal(l->pages[p].printed, p + 1 == k->lost_page ? 0 : (int)p + 1);
	assert_int_equal(l->n_notes, 0);
}

static void
letters_of_the_task(void **state)
{
	FILE *f = fopen("../shared/letters/000-FSN2024-1562-da.txt", "rb");

	(void)state;
	if (f == NULL) {
		print_message("skipped: ../shared/letters is not here\n");
		skip();
	}
	(void)fclose(f);
	for (size_t i = 0; i < FP_COUNT(known); i++)
		check_known(&known[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_and_paragraphs),
		cmocka_unit_test(what_is_no_markup),
		cmocka_unit_test(links),
		cmocka_unit_test(lists),
		cmocka_unit_test(boxes),
		cmocka_unit_test(tab_tables),
		cmocka_unit_test(pipe_tables),
		cmocka_unit_test(column_tables),
		cmocka_unit_test(frames),
		cmocka_unit_test(headings_without_markup),
		cmocka_unit_test(html_in_text),
		cmocka_unit_test(wrapped_lines),
		cmocka_unit_test(pages_by_markers),
		cmocka_unit_test(pages_by_form_feeds),
		cmocka_unit_test(tables_over_pages),
		cmocka_unit_test(places),
		cmocka_unit_test(encodings),
		cmocka_unit_test(limits),
		cmocka_unit_test(linear),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(letters_of_the_task),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
