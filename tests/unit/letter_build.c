/* Making letters: text, marks, page furniture, joins, as any reader uses it. */
#include "letter_help.h"

#include "base/mem.h"
#include "letter/build.h"

static struct letter_place
at_line(int line, int col)
{
	return (struct letter_place){ .line = line, .col = col };
}

/* A box of a page: one line of text 12 points high. */
static struct letter_place
at_box(int page, float x, float y)
{
	return (struct letter_place){ .page = page, .x0 = x, .y0 = y, .x1 = x + 100, .y1 = y + 12 };
}

static void
say(struct letter_build *b, const char *text, struct letter_place at)
{
	letter_build_text(b, text, strlen(text), at);
}

static void
paragraph(struct letter_build *b, const char *text, struct letter_place at)
{
	letter_build_block(b, LETTER_PARAGRAPH, 0, at.page);
	say(b, text, at);
}

static struct letter *
end(struct letter_build *b)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	if (letter_build_end(&l, b, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return l;
}

static void
white_space_and_marks(void **state)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_TEXT, NULL);
	FP_AUTO(letter_freep) struct letter *l = NULL;

	(void)state;
	paragraph(b, "  one two", at_line(1, 1));
	say(b, " three   four ", at_line(1, 10));
	letter_build_break(b);
	letter_build_break(b);
	say(b, " five ", at_line(2, 1));
	letter_build_break(b);
	letter_build_block(b, LETTER_PARAGRAPH, 0, 0);
	say(b, " \t ", at_line(3, 1));
	letter_build_block(b, LETTER_PARAGRAPH, 0, 0);
	l = end(b);
	letter_expect(l, "p one two three four⏎five\n");
	assert_int_equal(l->blocks[0].n_marks, 3);
	assert_int_equal(l->blocks[0].marks[0].place.col, 3);
	assert_int_equal(letter_place_of(l, "four").col, 19);
	assert_int_equal(letter_place_of(l, "five").line, 2);
	assert_int_equal(letter_place_of(l, "five").col, 2);
	assert_int_equal(letter_place_at(&l->blocks[0], l->blocks[0].len).col, 6);
}

static void
ends_of_lines(void **state)
{
	static const struct {
		const char *first, *second, *joined;
	} cases[] = {
		{ "Sicher-", "heit", "p Sicherheit\n" },
		{ "Sicher\u2010", "heit", "p Sicherheit\n" },
		{ "Sicher\u00ad", "heit", "p Sicherheit\n" },
		{ "FSN2024-", "1562", "p FSN2024-1562\n" },
		{ "IT-", "Abteilung", "p IT-Abteilung\n" },
		{ "DNA-", "basiert", "p DNA-basiert\n" },
		{ "Vor-", "und Nachname", "p Vor- und Nachname\n" },
		{ "a -", "b", "p a - b\n" },
		{ "https://x.example/a-", "b", "p https://x.example/a-b\n" },
		{ "one", "two", "p one two\n" },
		{ "see https://a.example/", "b/c.html now", "p see https://a.example/b/c.html now\n" },
		{ "see https://a.example/", "then go on.", "p see https://a.example/ then go on.\n" },
		{ "-", "a", "p - a\n" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_TEXT, NULL);
		FP_AUTO(letter_freep) struct letter *l = NULL;

		paragraph(b, cases[i].first, at_line(1, 1));
		letter_build_line(b);
		say(b, cases[i].second, at_line(2, 1));
		l = end(b);
		letter_expect(l, cases[i].joined);
		assert_int_equal(letter_place_of(l, cases[i].second).line, 2);
	}
}

static void
links_in_blocks(void **state)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_TEXT, NULL);
	FP_AUTO(letter_freep) struct letter *l = NULL;

	(void)state;
	paragraph(b, "see ", at_line(1, 1));
	letter_build_link(b, "u\xff");
	say(b, " here ", at_line(1, 5));
	letter_build_link_end(b);
	say(b, "and ", at_line(1, 11));
	letter_build_link(b, "v");
	letter_build_block(b, LETTER_PARAGRAPH, 0, 0);
	say(b, "next", at_line(2, 1));
	l = end(b);
	letter_expect(l, "p see here and {here|u?} {|v}\np next\n");
}

static void
page_markers(void **state)
{
	static const struct {
		const char *text;
		int printed, stated;
	} yes[] = { { "Side 2 af 5", 2, 5 }, { "2/5", 2, 5 }, { "2 / 5", 2, 5 }, { "Page 2", 2, 0 }, { "- 2 -", 2, 0 },
		{ "– 12 –", 12, 0 }, { "2 (5)", 2, 5 }, { "Sivu 2 (5)", 2, 5 }, { "2. oldal", 2, 0 }, { "2. oldal / 5", 2, 5 },
		{ "Strana 2 z 5", 2, 5 }, { "Page: 2 of 5", 2, 5 }, { "Σελίδα 2 από 6", 2, 6 }, { "ΣΕΛΊΔΑ 3", 3, 0 },
		{ "Стр. 2 от 5", 2, 5 }, { "2 puslapis iš 5", 2, 5 }, { "[Page 2 | 5]", 2, 5 }, { "**Pagina 1 di 6**", 1, 6 },
		{ "p. 7", 7, 0 }, { "SEITE 7", 7, 0 }, { "(2/3)", 2, 3 }, { "PÁGINA 4", 4, 0 } };
	static const char *const no[] = { "", "2", "Step 2", "Table 1", "5. April 2023", "5 May 2023", "2023", "v2/5",
		"24/7 service", "5/2", "Page two", "DX-410-1001 / 15036706", "1/2/2023",
		"Page 2 of 5 is missing from this copy of the letter", "0/3", "2.5", "Page 3000 of 4000" };
	int printed, stated;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(yes); i++) {
		if (!letter_page_marker(yes[i].text, strlen(yes[i].text), &printed, &stated) || printed != yes[i].printed ||
		    stated != yes[i].stated)
			fail_msg("'%s': %d of %d", yes[i].text, printed, stated);
	}
	for (size_t i = 0; i < FP_COUNT(no); i++) {
		if (letter_page_marker(no[i], strlen(no[i]), &printed, &stated))
			fail_msg("'%s': %d of %d", no[i], printed, stated);
	}
}

/* A PDF of four pages: running head, bare numbers, a paragraph that goes on. */
static void
pages_of_a_reader(void **state)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_PDF, NULL);
	FP_AUTO(letter_freep) struct letter *l = NULL;
	static const char *const bodies[4][2] = { { "The first page begins.", "And ends." },
		{ "Then comes the second.", "A sentence that is cut before" }, { "the end of the sentence.", "Something else." },
		{ "Last of all.", "Goodbye." } };

	(void)state;
	for (int page = 1; page <= 4; page++) {
		char number[8] = { (char)('0' + page) };

		letter_build_page(b, 0, 0, at_box(page, 0, 0));
		paragraph(b, page == 1 ? "Maker Ltd" : "Maker Ltd - FSN 9", at_box(page, 50, 20));
		paragraph(b, bodies[page - 1][0], at_box(page, 50, 100));
		paragraph(b, bodies[page - 1][1], at_box(page, 50, 200));
		paragraph(b, number, at_box(page, 300, 800));
	}
	l = end(b);
	letter_expect(l, "-- 1 (1 of 0)\np Maker Ltd\np The first page begins.\np And ends.\n_p 1\n"
			 "-- 2 (2 of 0)\n^p Maker Ltd - FSN 9\np Then comes the second.\n~p A sentence that is cut before the "
			 "end of the sentence.\n_p 2\n"
			 "-- 3 (3 of 0)\n^p Maker Ltd - FSN 9\np Something else.\n_p 3\n"
			 "-- 4 (4 of 0)\n^p Maker Ltd - FSN 9\np Last of all.\np Goodbye.\n_p 4\n");
	assert_int_equal(letter_place_of(l, "the end of").page, 3);
	assert_int_equal(letter_place_of(l, "A sentence that").page, 2);
	assert_int_equal((int)l->pages[1].marker.y0, 800);
}

/* What comes before and behind a page break, and whether it belongs together. */
static void
joins(void **state)
{
	static const struct {
		const char *before, *behind;
		bool joined;
	} cases[] = {
		{ "This stops in the", "middle of it.", true },
		{ "This stops.", "middle of it.", false },
		{ "This stops:", "middle of it.", false },
		{ "one, two,", "Three and four.", true },
		{ "Please contact", "help@example.org for it", false },
		{ "A heading", "Another line.", false },
		{ "wie z. B.", "die Geräte.", true },
		{ "Diese Anweisung gilt für alle Geräte in Ihrem Haus, bei denen die", "Sicherheitslücke nicht behoben ist.",
		    true },
		{ "Diese Anweisung gilt für alle Geräte in Ihrem Haus, bei denen die.", "Sicherheitslücke nicht behoben ist.",
		    false },
		{ "Dies ist die Sicher-", "heit der Geräte.", true },
		{ "(see the annex)", "été comme hiver", true },
		{ "Text \u201cquoted.\u201d", "goes", false },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_PDF, NULL);
		FP_AUTO(letter_freep) struct letter *l = NULL;

		letter_build_page(b, 0, 0, at_box(1, 0, 0));
		paragraph(b, cases[i].before, at_box(1, 50, 20));
		letter_build_page(b, 0, 0, at_box(2, 0, 0));
		paragraph(b, cases[i].behind, at_box(2, 50, 20));
		l = end(b);
		if ((l->n_blocks == 1) != cases[i].joined)
			fail_msg("'%s' + '%s' gives %u blocks", cases[i].before, cases[i].behind, l->n_blocks);
		assert_int_equal(l->n_pages, 2);
		assert_int_equal(
		    letter_place_of(l, strstr(cases[i].behind, "heit") == cases[i].behind ? "der" : cases[i].behind).page, 2);
	}
}

static void
cell(struct letter_build *b, int table, int row, int col, const char *text, int page)
{
	struct letter_block *open;

	letter_build_block(b, LETTER_CELL, 0, page);
	open = letter_build_open(b);
	assert_non_null(open);
	open->table = table;
	open->row = row;
	open->col = col;
	say(b, text, at_box(page, (float)col * 100, (float)row * 20));
}

/* A footer that is a table, a table that goes on with its head printed again, and the numbers of tables afterwards. */
static void
tables_of_a_reader(void **state)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f", LETTER_PDF, NULL);
	FP_AUTO(letter_freep) struct letter *l = NULL;

	(void)state;
	for (int page = 1; page <= 2; page++) {
		int t = 10 * page;

		letter_build_page(b, 0, 0, at_box(page, 0, 0));
		cell(b, t, 0, 0, "Product", page);
		cell(b, t, 0, 1, "Number", page);
		cell(b, t, 1, 0, page == 1 ? "A" : "B", page);
		cell(b, t, 1, 1, page == 1 ? "111" : "222", page);
		cell(b, t + 1, 0, 0, "FSN 9", page);
		cell(b, t + 1, 0, 1, page == 1 ? "Page 1 of 2" : "Page 2 of 2", page);
	}
	l = end(b);
	letter_expect(l,
	    "-- 1 (1 of 2)\nc0/0/0 Product\nc0/0/1 Number\nc0/1/0 A\nc0/1/1 111\n_c1/0/0 FSN 9\n_c1/0/1 Page 1 of 2\n"
	    "-- 2 (2 of 2)\n^p Product\n^p Number\nc0/2/0 B\nc0/2/1 222\n_c2/0/0 FSN 9\n_c2/0/1 Page 2 of 2\n");
	assert_int_equal(l->n_tables, 3);
}

static void
out_of_limits(void **state)
{
	FP_AUTO(letter_build_freep)
	struct letter_build *b = letter_build_new("f.pdf", LETTER_PDF, &(struct letter_limits){ .blocks = 2, .pages = 1 });
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	(void)state;
	letter_build_page(b, 0, 0, at_box(1, 0, 0));
	letter_build_page(b, 0, 0, at_box(2, 0, 0));
	paragraph(b, "ignored from here on", at_line(1, 1));
	assert_null(letter_build_open(b));
	assert_int_equal(letter_build_end(&l, b, &err), FP_ELIMIT);
	assert_string_equal(err.msg, "f.pdf: more pages than the limit of 1: split the file or raise the limit");
	assert_null(l);
}

static void
detection(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		enum letter_format format;
	} files[] = {
		{ "a", "", 0, LETTER_EMPTY },
		{ "a", " \n\xef", 2, LETTER_EMPTY },
		{ "a.txt", "%PDF-1.7\n", 9, LETTER_PDF },
		{ "a.pdf", "junk\n%PDF-1.4", 13, LETTER_PDF },
		{ "a", "\x89PNG\r\n\x1a\n", 8, LETTER_PICTURE },
		{ "a", "{ \"document\": {} }", 18, LETTER_JSON },
		{ "a.txt", "[here](u) is { \"a\": 1 }", 23, LETTER_TEXT },
		{ "a.txt", "<!-- x --> <!DOCTYPE html><p>", 29, LETTER_HTML },
		{ "a.txt", "<b>Notice</b>", 13, LETTER_TEXT },
		{ "a.htm", "<b>Notice</b>", 13, LETTER_HTML },
		{ "a.txt", "From: Maker\nDate: 5 May\nTo: all\n\ntext", 37, LETTER_TEXT },
		{ "a.eml", "From: Maker\nDate: 5 May\nTo: all\n\ntext", 37, LETTER_MAIL },
		{ "a.txt", "Received: x\n y\nMIME-Version: 1.0\n\nt", 35, LETTER_MAIL },
		{ "a.docx", "PK\x03\x04..", 6, LETTER_UNKNOWN },
		{ "a", "{\\rtf1 x}", 9, LETTER_UNKNOWN },
		{ "a", "\x01\x02\x03\x04\x05 ab", 8, LETTER_UNKNOWN },
		{ "a",
		    "\xff\xfe"
		    "a\0b\0",
		    6, LETTER_TEXT },
		{ "a", "a\0b\0c\0d\0e\0f\0g\0h\0", 16, LETTER_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		enum letter_format f = letter_detect(files[i].name, files[i].bytes, files[i].len);

		if (f != files[i].format)
			fail_msg("file %zu is %s and not %s", i, letter_format_name(f), letter_format_name(files[i].format));
	}
	assert_non_null(strstr(letter_looks_like("\x1f\x8b..", 4), "gzip"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_and_marks),
		cmocka_unit_test(ends_of_lines),
		cmocka_unit_test(links_in_blocks),
		cmocka_unit_test(page_markers),
		cmocka_unit_test(pages_of_a_reader),
		cmocka_unit_test(joins),
		cmocka_unit_test(tables_of_a_reader),
		cmocka_unit_test(out_of_limits),
		cmocka_unit_test(detection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
