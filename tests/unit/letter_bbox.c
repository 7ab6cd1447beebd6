/*
 * PDF: what pdftotext reads out of the letters of tests/letters/pdf (all makers are invented), and pages made here word by word. What a letter becomes stands beside
 * it as data/bbox/NAME.txt (FP_GOLDEN=write writes it anew; then read the difference).
 */
#include "letter_help.h"

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"

static struct letter *
read_words(const char *xhtml, size_t len, const struct letter_limits *o)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	if (letter_read_bbox(&l, "test.pdf", xhtml, len, o, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return l;
}

static struct letter *
read_fixture(const char *name)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct fp_err err = { 0 };
	char path[256];

	(void)snprintf(path, sizeof(path), "tests/unit/data/bbox/%s.xhtml", name);
	if (fp_file_read(&b, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return read_words(b.data, b.len, NULL);
}

static void
check_golden(const char *name)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture(name);
	FP_AUTO(fp_buf_free) struct fp_buf got = { 0 }, want = { 0 };
	struct fp_err err = { 0 };
	const char *mode = getenv("FP_GOLDEN");
	char path[256];

	letter_show(&got, l);
	(void)snprintf(path, sizeof(path), "tests/unit/data/bbox/%s.txt", name);
	if (mode != NULL && strcmp(mode, "write") == 0) {
		assert_int_equal(fp_file_publish(path, got.data, got.len, 0644, &err), FP_OK);
		return;
	}
	if (fp_file_read(&want, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(got.data, want.data);
}

static void
test_letters(void **state)
{
	static const char *const names[] = { "cs-stred", "de-pumpe", "el-forma", "en-template", "en-word", "fr-colonnes",
		"hu-hasab", "it-lettera", "nl-vervolg", "pl-tabela", "pt-linhas", "sv-kolumn" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(names); i++)
		check_golden(names[i]);
}

static const struct letter_block *
cell_of(const struct letter *l, int table, int row, int col)
{
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];

		if (b->kind == LETTER_CELL && b->table == table && b->row == row && b->col == col)
			return b;
	}
	fail_msg("no cell %d/%d/%d", table, row, col);
	return NULL;
}

static void
check_cell(const struct letter *l, int table, int row, int col, const char *text)
{
	assert_string_equal(cell_of(l, table, row, col)->text, text);
}

static void
test_table(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture("de-pumpe");

	(void)state;
	check_cell(l, 1, 0, 2, "UDI-DI");
	check_cell(l, 1, 1, 0, "Infusionspumpe Lumavent 300 mit Netzteil und Halterung für die Normschiene");
	check_cell(l, 1, 1, 1, "LV-300-0042 / 40017733");
	check_cell(l, 1, 3, 2, "nicht zutreffend");
	check_cell(l, 2, 6, 1, "\u2610 Ja \u2610 Nein");
	assert_string_equal(l->title, "Sicherheitsinformation Lumavent");
	assert_int_equal(l->format, LETTER_PDF);
}

static void
test_table_over_pages(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture("pl-tabela");

	(void)state;
	assert_int_equal(l->n_tables, 1);
	check_cell(l, 0, 14, 0, "Folia do płytek");
	check_cell(l, 0, 15, 0, "Hemotest D 96 oznaczeń");
	assert_int_equal(cell_of(l, 0, 14, 0)->page, 1);
	assert_int_equal(cell_of(l, 0, 15, 0)->page, 2);
	check_cell(l, 0, 11, 3, "290601\u2028290602\u2028290603");
	assert_int_equal(l->n_pages, 2);
	assert_int_equal(l->pages[1].printed, 2);
	assert_int_equal(l->pages[1].stated, 2);
}

static void
test_row_over_pages(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture("nl-vervolg");
	const struct letter_block *b = cell_of(l, 0, 5, 0);

	(void)state;
	assert_true(b->continued);
	assert_non_null(strstr(b->text, "de levering van de nieuwe programmatuur geldt."));
	assert_int_equal(letter_place_at(b, 0).page, 1);
	assert_int_equal(letter_place_at(b, b->len - 2).page, 2);
}

static void
test_columns(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture("fr-colonnes");
	struct letter_place left = letter_place_of(l, "Tous les concentrateurs"), right = letter_place_of(l, "quel que soit");
	const char *whole = "entre 4.0 et 4.3.2, quel que soit leur numéro de série.";

	(void)state;
	(void)letter_place_of(l, whole);
	assert_true(right.x0 > left.x1);
	assert_true(right.y0 < left.y0);
}

static void
test_places(void **state)
{
	FP_AUTO(letter_freep) struct letter *l = read_fixture("de-pumpe");
	struct letter_place code = letter_place_of(l, "04099912300434"), name = cell_of(l, 1, 2, 0)->marks[0].place;

	(void)state;
	assert_int_equal(code.page, 1);
	assert_int_equal(code.line, 0);
	assert_true(code.x0 > 300 && code.x1 < 420 && code.x1 - code.x0 > 60);
	assert_true(code.y0 > 300 && code.y1 < 500 && code.y1 - code.y0 > 9 && code.y1 - code.y0 < 14);
	assert_true(name.x1 < code.x0);
}

/* Pages made here: one "line" per string, at x and y, letters 5 points wide and 10 high, "|" is a gap of 30 points. */
struct page {
	struct fp_buf out;
	float height;
};

static void
page_begin(struct page *p)
{
	memset(p, 0, sizeof(*p));
	p->height = 10;
	fp_buf_puts(&p->out, "<!DOCTYPE html><html><body>\n<doc>\n");
	fp_buf_puts(&p->out, "  <page width=\"595.000000\" height=\"842.000000\">\n");
}

static void
page_next(struct page *p)
{
	fp_buf_puts(&p->out, "  </page>\n  <page width=\"595.000000\" height=\"842.000000\">\n");
}

static void
page_line(struct page *p, float x, float y, const char *text)
{
	fp_buf_puts(&p->out, "<line xMin=\"0.000000\">\n");
	while (*text != '\0') {
		size_t n = strcspn(text, " |"), letters = 0;

		for (size_t i = 0; i < n; i++)
			letters += ((unsigned char)text[i] & 0xC0) != 0x80;
		fp_buf_printf(&p->out, "<word xMin=\"%.6f\" yMin=\"%.6f\" xMax=\"%.6f\" yMax=\"%.6f\">%.*s</word>\n", (double)x,
		    (double)y, (double)(x + 5 * (float)letters), (double)(y + p->height), (int)n, text);
		x += 5 * (float)letters + (text[n] == '|' ? 30.0F : 3.0F);
		text += n + (text[n] != '\0');
	}
	fp_buf_puts(&p->out, "</line>\n");
}

static struct letter *
page_end(struct page *p)
{
	struct letter *l;

	fp_buf_puts(&p->out, "  </page>\n</doc>\n</body></html>\n");
	l = read_words(p->out.data, p->out.len, NULL);
	fp_buf_free(&p->out);
	return l;
}

static void
expect_page(struct page *p, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = page_end(p);

	letter_expect(l, lines);
}

#define PROSE "This line is long enough to reach the right edge of the page, as prose does, and so it shows how wide"

static void
test_paragraphs(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, PROSE " the Sicher-"); /* the right edge */
	page_line(&p, 50, 111, "heit is and then comes the catalogue number DX-410-");
	page_line(&p, 50, 140, PROSE " nr DX-410-");
	page_line(&p, 50, 151, "1001 with its digits.");
	page_line(&p, 50, 190, "Gary Example");
	page_line(&p, 50, 201, "Head of Quality");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"p " PROSE " the Sicherheit is and then comes the catalogue number DX-410-\n"
			"p " PROSE " nr DX-410-1001 with its digits.\n"
			"p Gary Example⏎Head of Quality\n");
}

static void
test_lists(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, PROSE);
	page_line(&p, 60, 120, "1. First do this.");
	page_line(&p, 60, 131, "2. Then do that, which takes more than a line, because it says much and also goes on behind the");
	page_line(&p, 73, 142, "edge of the page.");
	page_line(&p, 80, 153, "\u2022 a bullet");
	page_line(&p, 80, 164, "\uf0b7 a bullet of a picture font");
	page_line(&p, 60, 175, "3. Done.");
	page_line(
	    &p, 50, 195, "5. April 2031 is a day, and this line is as long as the first one, more or less, for all we know, see");
	page_line(&p, 50, 206, "1. In running text this is not an item.");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"p " PROSE "\n"
			"i1.1 First do this.\n"
			"i1.2 Then do that, which takes more than a line, because it says much and also goes on behind the edge "
			"of the page.\n"
			"i2.0 a bullet\ni2.0 a bullet of a picture font\n"
			"i1.3 Done.\n"
			"p 5. April 2031 is a day, and this line is as long as the first one, more or less, for all we know, see "
			"1. In running text "
			"this is not an item.\n");
}

static void
test_boxes(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, "\uf0a8 Wingdings Yes \uf0fe No");
	page_line(&p, 50, 130, "\u25a1 square Yes \u2612 No");
	page_line(&p, 50, 160, "[ ] brackets Yes [x] No");
	page_line(&p, 50, 190, "q Zapf q Dingbats");
	page_line(&p, 50, 220, "q Yes q No");
	page_line(&p, 50, 250, "from the letter q to the letter o");
	page_line(&p, 50, 280, "0 1 0 2");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"p \u2610 Wingdings Yes \u2611 No\n"
			"p \u2610 square Yes \u2612 No\n"
			"p \u2610 brackets Yes \u2612 No\n"
			"p \u2610 Zapf \u2610 Dingbats\n"
			"p \u2610 Yes \u2610 No\n"
			"p from the letter q to the letter o\n"
			"p 0 1 0 2\n");
}

static void
test_one_choice_is_no_proof(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, "q Yes q No");
	expect_page(&p, "-- 1 (0 of 0)\np q Yes q No\n");
}

static void
test_raised(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, "MiSeq");
	p.height = 6;
	page_line(&p, 75.2F, 98, "TM");
	p.height = 10;
	page_line(&p, 88, 100, "Dx and");
	page_line(&p, 121, 100, "more");
	page_line(&p, 50, 130, "FX-10");
	p.height = 6;
	page_line(&p, 75.2F, 128, "12");
	p.height = 10;
	page_line(&p, 50, 160, "SpO");
	p.height = 6;
	page_line(&p, 65.2F, 166, "2");
	expect_page(&p, "-- 1 (0 of 0)\np MiSeq\u2122 Dx and more\np FX-10\u00b9\u00b2\np SpO2\n");
}

/* The head's names stand so near that only the rows below show where a column begins; one row has an empty cell. */
static void
test_run_together(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, "Product");
	page_line(&p, 150, 100, "Catalogue Serial");
	page_line(&p, 300, 100, "Version");
	page_line(&p, 50, 120, "Alpha");
	page_line(&p, 150, 120, "A-1");
	page_line(&p, 198, 120, "100 to 200");
	page_line(&p, 300, 120, "1.0");
	page_line(&p, 50, 140, "Beta two");
	page_line(&p, 150, 140, "B-22");
	page_line(&p, 300, 140, "1.1");
	page_line(&p, 50, 160, "Gamma");
	page_line(&p, 150, 160, "C-333333");
	page_line(&p, 198, 160, "all");
	page_line(&p, 300, 160, "2.0");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"c0/0/0 Product\nc0/0/1 Catalogue\nc0/0/2 Serial\nc0/0/3 Version\n"
			"c0/1/0 Alpha\nc0/1/1 A-1\nc0/1/2 100 to 200\nc0/1/3 1.0\n"
			"c0/2/0 Beta two\nc0/2/1 B-22\nc0/2/3 1.1\n"
			"c0/3/0 Gamma\nc0/3/1 C-333333\nc0/3/2 all\nc0/3/3 2.0\n");
}

/* Cells in the middle of a row whose first cell has three lines. */
static void
test_cell_heights(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 100, "Name of it|Number");
	page_line(&p, 50, 120, "One of the");
	page_line(&p, 50, 131, "longest of");
	page_line(&p, 50, 142, "all names");
	page_line(&p, 133, 131, "A-100");
	page_line(&p, 50, 162, "Short|A-101");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"c0/0/0 Name of it\nc0/0/1 Number\n"
			"c0/1/0 One of the longest of all names\nc0/1/1 A-100\n"
			"c0/2/0 Short\nc0/2/1 A-101\n");
}

/* A label in the middle of a row beside several paragraphs; a box whose text stands in the next line. */
static void
test_middle(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 60, 100, "Question one|\u2610 Yes \u2610");
	page_line(&p, 150, 111, "No");
	page_line(&p, 150, 140, "Patch installed: \u2610 Yes");
	page_line(&p, 60, 158, "Question two");
	page_line(&p, 150, 158, "Serial numbers:");
	page_line(&p, 150, 176, "Reason if not:");
	page_line(&p, 60, 205, "Question three|\u2610 Yes");
	expect_page(&p, "-- 1 (0 of 0)\n"
			"c0/0/0 Question one\nc0/0/1 \u2610 Yes \u2610 No\n"
			"c0/1/0 Question two\nc0/1/1 Patch installed: \u2610 Yes⏎Serial numbers:⏎Reason if not:\n"
			"c0/2/0 Question three\nc0/2/1 \u2610 Yes\n");
}

static void
test_list_over_pages(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 600, PROSE);
	page_line(&p, 60, 620, "1. First do this.");
	page_line(&p, 60, 631, "2. Then do that.");
	page_next(&p);
	page_line(&p, 60, 100, "3. Last do this.");
	page_line(&p, 50, 120, "The end.");
	expect_page(&p, "-- 1 (0 of 0)\np " PROSE "\ni1.1 First do this.\ni1.2 Then do that.\n"
			"-- 2 (0 of 0)\ni1.3 Last do this.\np The end.\n");
}

/* Only the rest of a cell stands on the next page, and another table with other columns follows it. */
static void
test_rest_over_pages(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	page_line(&p, 50, 680, PROSE);
	page_line(&p, 56, 700, "I have received the notice.|\u2610 Yes \u2610 No");
	page_line(&p, 56, 720, "All actions that the notice");
	page_line(&p, 221, 720, "\u2610 Yes \u2610 No");
	page_line(&p, 56, 731, "describes were, on all units,");
	page_next(&p);
	page_line(&p, 56, 100, "carried out.");
	page_line(&p, 56, 120, "Answers of the distributor");
	page_line(&p, 300, 120, "\u2610 Not applicable");
	page_line(&p, 56, 140, "Customers were informed.");
	page_line(&p, 300, 140, "\u2610 Yes \u2610 No");
	expect_page(&p,
	    "-- 1 (0 of 0)\np " PROSE "\n"
	    "c0/0/0 I have received the notice.\nc0/0/1 \u2610 Yes \u2610 No\n"
	    "~c0/1/0 All actions that the notice describes were, on all units, carried out.\nc0/1/1 \u2610 Yes \u2610 No\n"
	    "-- 2 (0 of 0)\n"
	    "c1/0/0 Answers of the distributor\nc1/0/1 \u2610 Not applicable\n"
	    "c1/1/0 Customers were informed.\nc1/1/1 \u2610 Yes \u2610 No\n");
}

static void
test_edges(void **state)
{
	struct page p;

	(void)state;
	page_begin(&p);
	for (int i = 1; i <= 3; i++) {
		char number[32];

		page_line(&p, 50, 30, "FSN-2031-7 of Example Ltd");
		page_line(&p, 50, 100, i == 1 ? PROSE " goes on with" : i == 2 ? "small letters." : "The end.");
		page_line(&p, 50, 780, "Example Ltd, Street 1");
		(void)snprintf(number, sizeof(number), "Page %d of 3", i);
		page_line(&p, 500, 780, number);
		if (i < 3)
			page_next(&p);
	}
	expect_page(&p, "-- 1 (1 of 3)\n^p FSN-2031-7 of Example Ltd\n~p " PROSE
			" goes on with small letters.\n_p Example Ltd, Street 1\n_p Page 1 of 3\n"
			"-- 2 (2 of 3)\n^p FSN-2031-7 of Example Ltd\n_p Example Ltd, Street 1\n_p Page 2 of 3\n"
			"-- 3 (3 of 3)\n^p FSN-2031-7 of Example Ltd\np The end.\n_p Example Ltd, Street 1\n_p Page 3 of 3\n");
}

static void
check_text(const char *xhtml, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = read_words(xhtml, strlen(xhtml), NULL);

	letter_expect(l, lines);
}

#define PAGE "<doc><page width=\"595.000000\" height=\"842.000000\">"
#define WORD(text) "<word xMin=\"50.000000\" yMin=\"100.000000\" xMax=\"80.000000\" yMax=\"110.000000\">" text "</word>"

static void
test_entities(void **state)
{
	(void)state;
	check_text(PAGE WORD("&lt;A&amp;B&gt;&#x20AC;&bogus;&") "</page></doc>", "-- 1 (0 of 0)\np <A&B>€&bogus;&\n");
}

static void
test_broken(void **state)
{
	(void)state;
	check_text("", "note cut-off\n");
	check_text("\f\f%PDF", "note cut-off\n");
	check_text(PAGE WORD("kept") "<word xMin=\"50.0\" yM", "-- 1 (0 of 0)\np kept\nnote cut-off\n");
	check_text(PAGE WORD("kept") "</page>", "-- 1 (0 of 0)\np kept\nnote cut-off\n");
	check_text(PAGE WORD("kept") "<word xMin=\"nan\" yMin=\"1\" xMax=\"2\" yMax=\"3\">x</word>" WORD("too") "</page></doc>",
	    "-- 1 (0 of 0)\np kept too\nnote cut-off\n");
	check_text(PAGE "</page></doc>", "note image-only\n");
	check_text(WORD("without a page") "</doc>", "note cut-off\n");
}

static void
test_limits(void **state)
{
	const char *xhtml = PAGE WORD("a") "</page><page width=\"1.0\" height=\"1.0\">" WORD("b") "</page></doc>";
	struct letter_limits pages = { .pages = 1 }, bytes = { .bytes = 20 };
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	(void)state;
	assert_int_equal(letter_read_bbox(&l, "test.pdf", xhtml, strlen(xhtml), &pages, &err), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "1"));
	assert_int_equal(letter_read_bbox(&l, "test.pdf", xhtml, strlen(xhtml), &bytes, &err), FP_ELIMIT);
	assert_null(l);
}

static void
test_no_memory(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	int64_t asked;

	(void)state;
	assert_int_equal(fp_file_read(&b, "tests/unit/data/bbox/nl-vervolg.xhtml", NULL), FP_OK);
	(void)fp_mem_fail_after(1000000);
	letter_free(read_words(b.data, b.len, NULL));
	asked = fp_mem_fail_after(-1);
	assert_true(asked > 3);
	for (int64_t n = 0; n < asked; n++) {
		struct letter *l = NULL;

		(void)fp_mem_fail_after(n);
		assert_int_equal(letter_read_bbox(&l, "test.pdf", b.data, b.len, NULL, NULL), FP_ENOMEM);
		(void)fp_mem_fail_after(-1);
		assert_null(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_over_pages),
		cmocka_unit_test(test_row_over_pages),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_boxes),
		cmocka_unit_test(test_one_choice_is_no_proof),
		cmocka_unit_test(test_raised),
		cmocka_unit_test(test_run_together),
		cmocka_unit_test(test_cell_heights),
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_list_over_pages),
		cmocka_unit_test(test_rest_over_pages),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("letter_bbox", tests, NULL, NULL);
}
