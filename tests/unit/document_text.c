/* Plain text: golden files at three widths, alignment, colours that do not bleed, and words that do not fit. */

#include "unit.h"

#include "base/utf8.h"
#include "document/text.h"
#include "document_sample.h"

#include "document_golden.h"

static void
write_sample(const struct doc_text_options *o, const char *golden)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	assert_int_equal(sample_make(&d, NULL), FP_OK);
	assert_int_equal(doc_write_text(d, o, &b, NULL), FP_OK);
	golden_compare(golden, &b);
}

static void
golden_files(void **state)
{
	(void)state;
	write_sample(NULL, "sample-80.txt");
	write_sample(&(struct doc_text_options){ .width = 32, .ascii = true }, "sample-32-ascii.txt");
	write_sample(&(struct doc_text_options){ .width = 100, .colour = true, .links = true }, "sample-100-colour.txt");
}

static struct doc *
new_doc(void)
{
	struct doc *d = NULL;

	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en" }, NULL), FP_OK);
	return d;
}

static void
no_line_is_wider_than_asked(void **state)
{
	(void)state;
	for (unsigned width = 40; width <= 120; width += 7) {
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

		assert_int_equal(sample_make(&d, NULL), FP_OK);
		assert_int_equal(doc_write_text(d, &(struct doc_text_options){ .width = width }, &b, NULL), FP_OK);
		for (char *line = strtok(b.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
			if (fp_utf8_width(line) > width)
				fail_msg("at %u: '%s' is %zu wide", width, line, fp_utf8_width(line));
			assert_int_not_equal(line[strlen(line) - 1], ' ');
		}
	}
}

static void
words_longer_than_a_line(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	size_t size = 1000000, count = 0;
	char *word = malloc(size + 1);

	(void)state;
	assert_non_null(word);
	memset(word, 'w', size);
	word[size] = '\0';
	(void)doc_para(doc_root(d), word);
	(void)doc_cell(doc_row(doc_table(doc_root(d), NULL)), word);
	free(word);
	assert_int_equal(doc_write_text(d, NULL, &b, NULL), FP_OK);
	for (const char *p = b.data; *p != '\0'; p++)
		count += *p == 'w';
	assert_int_equal(count, 2 * size);
}

/* In colour, each word is switched on and off by itself: a cell beside it, and a line end, are not coloured. */
static void
colours_do_not_bleed(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf plain = { 0 };
	FP_AUTO(fp_buf_free) struct fp_buf colour = { 0 };
	struct doc_node *row = doc_row(doc_table(doc_root(d), NULL));
	bool on = false;

	(void)state;
	(void)doc_badge(doc_cell(row, NULL), DOC_BADGE_NOT_DONE, "not done at all because of many words in it");
	(void)doc_cell(row, "neighbour with a long text that needs more than one line of the terminal");
	assert_int_equal(doc_write_text(d, &(struct doc_text_options){ .width = 40 }, &plain, NULL), FP_OK);
	assert_int_equal(doc_write_text(d, &(struct doc_text_options){ .width = 40, .colour = true }, &colour, NULL), FP_OK);
	for (const char *p = colour.data, *q = plain.data; *p != '\0';) {
		if (*p == '\033') {
			on = strncmp(p, "\033[0m", 4) != 0;
			p += strcspn(p, "m") + 1;
			continue;
		}
		assert_int_equal(*p, *q);
		assert_false(on && (*p == '\n' || *p == ' '));
		p++;
		q++;
	}
	assert_false(on);
}

static void
too_narrow_for_columns_becomes_a_list(void **state)
{
	static const char *const heads[] = { "one", "two", "three", "four" };
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct doc_node *table = doc_table(doc_root(d), NULL), *row;

	(void)state;
	(void)doc_head_row(table, heads, 4);
	row = doc_row(table);
	for (int i = 0; i < 4; i++)
		(void)doc_cell(row, "a value of some length");
	assert_int_equal(doc_write_text(d, &(struct doc_text_options){ .width = 30 }, &b, NULL), FP_OK);
	assert_string_equal(b.data, "one: a value of some length\ntwo: a value of some length\nthree: a value of some "
				    "length\nfour: a value of some length\n");
}

static void
wide_letters_keep_the_columns(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct doc_node *table = doc_table(doc_root(d), NULL), *row;

	(void)state;
	row = doc_row(table);
	(void)doc_cell(row, "文字");
	(void)doc_cell(row, "x");
	row = doc_row(table);
	(void)doc_cell(row, "e\u0301te");
	(void)doc_cell(row, "y");
	assert_int_equal(doc_write_text(d, NULL, &b, NULL), FP_OK);
	assert_string_equal(b.data, "文字 │ x\ne\u0301te  │ y\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files),
		cmocka_unit_test(no_line_is_wider_than_asked),
		cmocka_unit_test(words_longer_than_a_line),
		cmocka_unit_test(colours_do_not_bleed),
		cmocka_unit_test(too_narrow_for_columns_becomes_a_list),
		cmocka_unit_test(wide_letters_keep_the_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
