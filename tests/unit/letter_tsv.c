/* Scans: what tesseract writes, once for a printed letter of tests/letters/pdf and once made here. */
#include "letter_help.h"

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"

static struct letter *
read_tsv(const char *tsv, size_t len, int dpi)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	if (letter_read_tsv(&l, "test.png", tsv, len, dpi, NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return l;
}

#define HEAD "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
#define PAGE "1\t1\t0\t0\t0\t0\t0\t0\t1654\t2339\t-1\t\n"
#define LINE(x, y, w, h) "4\t1\t1\t1\t1\t0\t" #x "\t" #y "\t" #w "\t" #h "\t-1\t\n"
#define WORD(x, y, w, h, conf, text) "5\t1\t1\t1\t1\t1\t" #x "\t" #y "\t" #w "\t" #h "\t" conf "\t" text "\n"

static void
check_text(const char *tsv, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = read_tsv(tsv, strlen(tsv), 200);

	letter_expect(l, lines);
}

static void
test_words(void **state)
{
	const char *tsv = HEAD PAGE LINE(200, 300, 400, 30) WORD(200, 308, 60, 22, "96.5", "one")
	    WORD(275, 300, 60, 30, "91", "Type") PAGE LINE(200, 300, 400, 30) WORD(200, 300, 60, 30, "90", "Two");
	FP_AUTO(letter_freep) struct letter *l = read_tsv(tsv, strlen(tsv), 200);
	struct letter_place at;

	(void)state;
	letter_expect(l, "-- 1 (0 of 0)\np one Type\n-- 2 (0 of 0)\np Two\n");
	at = letter_place_of(l, "one");
	assert_int_equal(at.page, 1);
	assert_true(at.x0 > 71.9F && at.x0 < 72.1F && at.y0 > 107.9F && at.y0 < 108.1F);
	assert_int_equal(l->format, LETTER_PICTURE);
}

static void
test_doubt(void **state)
{
	const char *tsv = HEAD PAGE LINE(200, 300, 400, 30) WORD(200, 300, 60, 30, "12.3", "mumble")
	    WORD(275, 300, 60, 30, "39.9", "too") WORD(350, 300, 60, 30, "40", "sure");
	FP_AUTO(letter_freep) struct letter *l = read_tsv(tsv, strlen(tsv), 200);

	(void)state;
	letter_expect(l, "-- 1 (0 of 0)\np mumble too sure\nnote uncertain\n");
	assert_non_null(strstr(l->notes[0].text, "2 words"));
	assert_non_null(strstr(l->notes[0].text, "'mumble'"));
	assert_int_equal(l->notes[0].place.page, 1);
	assert_true(l->notes[0].place.x0 > 71 && l->notes[0].place.x0 < 73);
}

/* Rules of a table become strokes, empty boxes the letter O. */
static void
test_smudges(void **state)
{
	(void)state;
	check_text(HEAD PAGE LINE(200, 300, 400, 30) WORD(200, 300, 8, 30, "80", "|") WORD(220, 300, 20, 30, "80", "O")
		       WORD(250, 300, 30, 30, "90", "Yes") WORD(300, 300, 20, 30, "80", "O") WORD(330, 300, 30, 30, "90", "No")
			   LINE(200, 400, 400, 30) WORD(220, 400, 20, 30, "80", "0") WORD(250, 400, 30, 30, "90", "Yes") WORD(
			       300, 400, 20, 30, "80", "O") WORD(330, 400, 30, 30, "90", "No") WORD(380, 400, 8, 30, "80", "||"),
	    "-- 1 (0 of 0)\np \u2610 Yes \u2610 No\np \u2610 Yes \u2610 No\n");
}

static void
test_broken(void **state)
{
	(void)state;
	check_text("", "note cut-off\n");
	check_text(HEAD "rubbish\n", "note cut-off\n");
	check_text(HEAD PAGE, "note image-only\n");
	check_text(
	    HEAD PAGE WORD(200, 300, 60, 30, "90", "kept") "5\t1\t1\t1\t1\t1\t200", "-- 1 (0 of 0)\np kept\nnote cut-off\n");
}

static void
test_letter(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	FP_AUTO(letter_freep) struct letter *l = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf got = { 0 };
	static const char *const lines[] = {
		"p Genova, 21 gennaio 2031⏎Rif.: TB/AS/31-004⏎Revisione 2\n",
		"p Vi preghiamo di adottare le misure seguenti:\ni1.0 verificare la data di produzione",
		"i2.0 smaltire la batteria vecchia secondo le norme locali;\n",
		"c0/0/0 Modello\nc0/0/1 Codice\nc0/0/2 Numeri di serie\nc0/0/3 Lotto batteria\n",
		"c0/3/0 AED-3 Scuola\nc0/3/1 SC3-201\nc0/3/2 S3S-*\nc0/3/3 B2904, B2907\n",
	};

	(void)state;
	assert_int_equal(fp_file_read(&b, "tests/unit/data/tsv/it-lettera.tsv", NULL), FP_OK);
	l = read_tsv(b.data, b.len, 200);
	letter_show(&got, l);
	for (size_t i = 0; i < FP_COUNT(lines); i++) {
		if (got.data == NULL || strstr(got.data, lines[i]) == NULL)
			fail_msg("no '%s' in\n%s", lines[i], got.data != NULL ? got.data : "nothing");
	}
}

static void
test_limits(void **state)
{
	struct letter_limits pages = { .pages = 1 }, bytes = { .bytes = 20 };
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	(void)state;
	assert_int_equal(letter_read_tsv(&l, "t", PAGE PAGE, strlen(PAGE PAGE), 300, &pages, &err), FP_ELIMIT);
	assert_int_equal(letter_read_tsv(&l, "t", PAGE PAGE, strlen(PAGE PAGE), 300, &bytes, &err), FP_ELIMIT);
	assert_null(l);
	for (int64_t n = 0; n < 4; n++) {
		(void)fp_mem_fail_after(n);
		assert_int_equal(letter_read_tsv(&l, "t", PAGE, strlen(PAGE), 300, NULL, &err), FP_ENOMEM);
		(void)fp_mem_fail_after(-1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_smudges),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_letter),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("letter_tsv", tests, NULL, NULL);
}
