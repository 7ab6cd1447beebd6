/* The CSV reader: what people's programs write, in every encoding and line end, whole or broken, at every size of read. */

#include "unit.h"

#include <stdio.h>

#include "device/csv.h"

struct source {
	const char *p;
	size_t len, at, step; /* step: bytes a read gives at most */
	bool fails;
};

static enum fp_status
give(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct source *s = ctx;

	if (s->fails && s->at == s->len)
		return fp_fail(err, FP_EIO, "the disk is gone");
	*got = s->len - s->at < len ? s->len - s->at : len;
	if (*got > s->step)
		*got = s->step;
	memcpy(buf, s->p + s->at, *got);
	s->at += *got;
	return FP_OK;
}

/* All rows as one text: fields in brackets, a fault by its number, rows with their line. */
static char *
read_all(const char *text, size_t len, size_t step, const struct device_csv_options *o, struct fp_err *err)
{
	struct source s = { text, len, 0, step, false };
	struct fp_buf out = { .max = 0 };
	struct device_csv *c = NULL;
	const struct device_csv_row *row;
	enum fp_status status = device_csv_open(&c, give, &s, o, err);

	while (status == FP_OK && (status = device_csv_next(c, &row, err)) == FP_OK && row != NULL) {
		fp_buf_printf(&out, "%zu", row->line);
		if (row->fault != DEVICE_CSV_FINE)
			fp_buf_printf(&out, "!%d@%zu.%zu", (int)row->fault, row->fault_line, row->fault_field);
		for (size_t i = 0; i < row->n_fields; i++)
			fp_buf_printf(&out, "[%.*s]", (int)row->fields[i].len, row->fields[i].p);
		fp_buf_putc(&out, '\n');
	}
	device_csv_free(c);
	if (status != FP_OK)
		fp_buf_printf(&out, "%s", fp_status_name(status));
	return fp_buf_take(&out);
}

static void
expect_n(const char *text, size_t len, const struct device_csv_options *o, const char *rows)
{
	static const size_t steps[] = { 1 << 20, 1, 2, 3, 7, 64 };

	for (size_t i = 0; i < FP_COUNT(steps); i++) {
		struct fp_err err = { .msg = "" };
		char *got = read_all(text, len, steps[i], o, &err);

		if (strcmp(got, rows) != 0)
			fail_msg("read %zu at a time:\n%s\nexpected:\n%s\n%s", steps[i], got, rows, err.msg);
		free(got);
	}
}

static void
expect(const char *text, const char *rows)
{
	static const struct device_csv_options o = { .name = "t.csv" };

	expect_n(text, strlen(text), &o, rows);
}

static void
delimiters(void **state)
{
	(void)state;
	expect("a;b;c\n1;2;3\n", "1[a][b][c]\n2[1][2][3]\n");
	expect("a,b,c\n1,2,3\n", "1[a][b][c]\n2[1][2][3]\n");
	expect("a\tb\tc\n1\t2\t3\n", "1[a][b][c]\n2[1][2][3]\n");
	expect("a|b|c\n1|2|3\n", "1[a][b][c]\n2[1][2][3]\n");
	/* Decimal commas and commas in texts do not decide. */
	expect("a;b;c\n1,5;x, y;3\n1,5;2;3\n", "1[a][b][c]\n2[1,5][x, y][3]\n3[1,5][2][3]\n");
	expect("a,b\n\"x;y;z\",2\n\"x;y;z\",3\n", "1[a][b]\n2[x;y;z][2]\n3[x;y;z][3]\n");
	expect("sep=|\na;x|b\n", "2[a;x][b]\n");
	expect("sep=;\r\na;b\r\n", "2[a][b]\n");
	/* A title over the table, a table of one column. */
	expect(
	    "Our devices, as of May\n\na;b;c\n1;2;3\n4;5;6\n", "1[Our devices, as of May]\n3[a][b][c]\n4[1][2][3]\n5[4][5][6]\n");
	expect("serial\nA\nB\n", "1[serial]\n2[A]\n3[B]\n");
	expect_n("a;b,c", 5, &(struct device_csv_options){ .delimiter = ',' }, "1[a;b][c]\n");
	expect_n("a\"b", 3, &(struct device_csv_options){ .delimiter = '"' }, "usage");
}

static void
line_ends(void **state)
{
	(void)state;
	expect("a,b\r\n1,2\r\n3,4", "1[a][b]\n2[1][2]\n3[3][4]\n");
	expect("a,b\r1,2\r3,4\r", "1[a][b]\n2[1][2]\n3[3][4]\n");
	expect("a,b\n\n\n1,2\r\n\r\n3,4\r\r5,6", "1[a][b]\n4[1][2]\n6[3][4]\n8[5][6]\n");
	expect("a,\n,b\n,\n", "1[a][]\n2[][b]\n3[][]\n");
	expect("", "");
	expect("\n\r\n\r", "");
	expect("a,", "1[a][]\n");
}

static void
quotes(void **state)
{
	(void)state;
	expect("a,\"b,c\",\"d\"\"e\"\n\"\",\"\"\"\",x\n", "1[a][b,c][d\"e]\n2[][\"][x]\n");
	expect("a,\"b\nc\r\nd\re\",f\ng,h,i\n", "1[a][b\nc\r\nd\re][f]\n5[g][h][i]\n");
	expect("a,5\" disk,b\"c\"d\n", "1[a][5\" disk][b\"c\"d]\n");
	expect("\"a\"", "1[a]\n");
	expect("\"a\",\"b\"", "1[a][b]\n");
}

/* A broken row is one line, and all behind it is still read. */
static void
faults(void **state)
{
	(void)state;
	expect("a,b\n1,\"x\n2,y\n3,z\n", "1[a][b]\n2!1@2.2[1][\"x]\n3[2][y]\n4[3][z]\n");
	expect("a,b\n1,\"x", "1[a][b]\n2!1@2.2[1][\"x]\n");
	expect("a,b\n\"x\"y,1\n2,3\n", "1[a][b]\n2!2@2.1[\"x\"y][1]\n3[2][3]\n");
	expect("a,b\n1,\"x\n2,\"y\"\n3,z\n", "1[a][b]\n2!2@3.2[1][\"x]\n3[2][y]\n4[3][z]\n");
	expect_n("a,b,c\n1,2\n", 10, &(struct device_csv_options){ .fields_max = 2 }, "1!3@1.3[a][b]\n2[1][2]\n");
	/* A quote closed only behind the longest row is one that never is. */
	expect_n("\"aaaa\nbbbb\ncccc\ndddd\neeee\nffff\ngggg\"\nh\n", 38, &(struct device_csv_options){ .row_max = 16 },
	    "1!1@1.1[\"aaaa]\n2[bbbb]\n3[cccc]\n4[dddd]\n5[eeee]\n6[ffff]\n7[gggg\"]\n8[h]\n");
	expect_n("a\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb\n", 54, &(struct device_csv_options){ .row_max = 16 },
	    "1[a]\nlimit");
}

static void
encodings(void **state)
{
	static const char le[] = "a\0,\0\xfc\0\n\0\x3d\xd8\x00\xde,\0\x41\x04\n\0";
	static const char be[] = "\xfe\xff\0a\0,\0\xfc\0\r\0\n\0b\0,\0c";
	static const char lone[] = "\xff\xfe"
				   "a\0,\0\x3d\xd8,\0b\0,\0\x00";

	(void)state;
	expect("\xef\xbb\xbf"
	       "a,\xc3\xbc\n",
	    "1[a][\xc3\xbc]\n");
	expect("a,\xc3\xbc\n", "1[a][\xc3\xbc]\n");
	expect("a,Ger\xe4t\n\x80,\x99\n", "1[a][Ger\xc3\xa4t]\n2[\xe2\x82\xac][\xe2\x84\xa2]\n");
	expect_n("\xff\xfe"
		 "a\0;\0b\0\n\0",
	    10, &(struct device_csv_options){ .name = "x" }, "1[a][b]\n");
	expect_n(be, sizeof(be) - 1, &(struct device_csv_options){ .name = "x" }, "1[a][\xc3\xbc]\n2[b][c]\n");
	/* Without a mark, told: a code point beyond 16 bits and a Cyrillic letter. */
	expect_n(le, sizeof(le) - 1, &(struct device_csv_options){ .encoding = "UTF-16LE" },
	    "1[a][\xc3\xbc]\n2[\xf0\x9f\x98\x80][\xd1\x81]\n");
	/* Without a mark, found by its zeros. */
	expect_n("S\0N\0,\0X\0\n\0"
		 "1\0,\0"
		 "2\0",
	    16, &(struct device_csv_options){ .name = "x" }, "1[SN][X]\n2[1][2]\n");
	expect_n("\0S\0N\0,\0X\0\n\0"
		 "1\0,\0"
		 "2",
	    16, &(struct device_csv_options){ .name = "x" }, "1[SN][X]\n2[1][2]\n");
	expect_n(lone, sizeof(lone) - 1, &(struct device_csv_options){ .name = "x" }, "1[a][\xef\xbf\xbd][b][\xef\xbf\xbd]\n");
	/* Only if told. */
	expect_n("a,\xe1\xe2\n", 5, &(struct device_csv_options){ .encoding = "windows-1253" }, "1[a][\xce\xb1\xce\xb2]\n");
	expect_n("a,\xe1\xe2\n", 5, &(struct device_csv_options){ .encoding = "iso-8859-7" }, "1[a][\xce\xb1\xce\xb2]\n");
	expect_n("a,\xe1\xe2\n", 5, &(struct device_csv_options){ .encoding = "windows-1251" }, "1[a][\xd0\xb1\xd0\xb2]\n");
	expect_n("a", 1, &(struct device_csv_options){ .encoding = "klingon" }, "unsupported");
	expect_n("a", 1, &(struct device_csv_options){ .encoding = "shift_jis" }, "unsupported");
}

/* The first byte that is not ASCII may stand far behind the first reads. */
static void
encoding_found_late(void **state)
{
	size_t lines = 30000, len = 0;
	char *text = malloc(lines * 8 + 64), *got;
	struct device_csv_options o = { .name = "late" };

	(void)state;
	for (size_t i = 0; i < lines; i++)
		len += (size_t)sprintf(text + len, "%05zu,x\n", i);
	len += (size_t)sprintf(text + len, "z,Ger\xe4t\n");
	got = read_all(text, len, 1 << 20, &o, NULL);
	assert_string_equal(got + strlen(got) - strlen("30001[z][Ger\xc3\xa4t]\n"), "30001[z][Ger\xc3\xa4t]\n");
	free(got);
	/* The first of its bytes is the last of the first 64 KiB. */
	memset(text, 'x', 65535);
	memcpy(text + 60000, "\n", 1);
	memcpy(text + 65535, "\xc3\xbc\n", 4);
	got = read_all(text, 65538, 1 << 20, &o, NULL);
	assert_string_equal(got + strlen(got) - strlen("xx\xc3\xbc]\n"), "xx\xc3\xbc]\n");
	free(got);
	len = 0;
	for (size_t i = 0; i < lines; i++)
		len += (size_t)sprintf(text + len, "%05zu,x\n", i);
	len += (size_t)sprintf(text + len, "z,Ger\xc3\xa4t\n");
	for (size_t step = 65530; step < 65545; step++) {
		got = read_all(text, len, step, &o, NULL);
		assert_string_equal(got + strlen(got) - strlen("30001[z][Ger\xc3\xa4t]\n"), "30001[z][Ger\xc3\xa4t]\n");
		free(got);
	}
	free(text);
}

static void
other_formats(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *says;
	} rows[] = {
		{ "PK\x03\x04xxxx", 8, "an Excel workbook or ZIP archive, not a CSV file: save the sheet as CSV" },
		{ "%PDF-1.4", 8, "a PDF" },
		{ "\x1f\x8b\x08xxxx", 7, "a gzip archive" },
		{ "\xd0\xcf\x11\xe0\xa1", 5, "an old Excel workbook" },
	};
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		char *got = read_all(rows[i].bytes, rows[i].len, 1000, &(struct device_csv_options){ .name = "my.csv" }, &err);

		assert_string_equal(got, "invalid");
		assert_non_null(strstr(err.msg, rows[i].says));
		assert_non_null(strstr(err.msg, "'my.csv'"));
		free(got);
	}
}

static void
a_failing_source(void **state)
{
	struct source s = { "a,b\n1,", 6, 0, 1000, true };
	struct device_csv *c = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(device_csv_open(&c, give, &s, &(struct device_csv_options){ .name = "my.csv" }, &err), FP_EIO);
	assert_string_equal(err.msg, "reading 'my.csv': the disk is gone");
	assert_null(c);
}

static void
places(void **state)
{
	const char *text = "a,\"x\ny\",\xc3\xbc\xc3\xbc,d\n";
	struct source s = { text, strlen(text), 0, 1000, false };
	struct device_csv *c = NULL;
	const struct device_csv_row *row;
	size_t line, column;

	(void)state;
	assert_int_equal(device_csv_open(&c, give, &s, &(struct device_csv_options){ .name = "t" }, NULL), FP_OK);
	assert_int_equal(device_csv_next(c, &row, NULL), FP_OK);
	assert_int_equal(row->flags & (DEVICE_CSV_HIGH | DEVICE_CSV_QUOTED | DEVICE_CSV_BREAKS | DEVICE_CSV_CONTROL),
	    DEVICE_CSV_HIGH | DEVICE_CSV_QUOTED | DEVICE_CSV_BREAKS);
	device_csv_place(row, 1, &line, &column);
	assert_int_equal(line, 1);
	assert_int_equal(column, 3);
	device_csv_place(row, 3, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 7);
	device_csv_free(c);
}

/* What device_csv_put writes, the reader reads. */
static void
put_and_read(void **state)
{
	static const char *const fields[] = { "plain", "", "a;b", "say \"hi\"", " edge ", "line\nbreak", "\"", "caf\xc3\xa9" };
	struct fp_buf out = { .max = 0 };
	char *got;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(fields); i++) {
		fp_buf_puts(&out, i > 0 ? ";" : "");
		device_csv_put(&out, fields[i], strlen(fields[i]), ';');
	}
	got = read_all(out.data, out.len, 1000, &(struct device_csv_options){ .delimiter = ';' }, NULL);
	assert_string_equal(got, "1[plain][][a;b][say \"hi\"][ edge ][line\nbreak][\"][caf\xc3\xa9]\n");
	free(got);
	fp_buf_free(&out);
}

/* Line ends of two bytes wherever the buffer is cut: lines are counted right. */
static void
crlf_at_every_cut(void **state)
{
	struct fp_buf text = { .max = 0 };
	struct device_csv_options o = { .name = "crlf" };

	(void)state;
	for (int pad = 1; pad < 12; pad++) {
		char *got;

		fp_buf_clear(&text);
		fp_buf_printf(&text, "%0*d,x\r\n", pad, 0);
		for (int i = 0; i < 20000; i++)
			fp_buf_printf(&text, "%05d,%s\r\n", i, i % 5 == 0 ? "\"q\"" : "xyz");
		got = read_all(text.data, text.len, 1 << 20, &o, NULL);
		assert_string_equal(got + strlen(got) - strlen("20001[19999][xyz]\n"), "20001[19999][xyz]\n");
		free(got);
	}
	fp_buf_free(&text);
}

/* Rows larger than the buffer's first size, and many fields. */
static void
large_rows(void **state)
{
	size_t n = 700000;
	char *text = malloc(n + 64), *got;
	struct device_csv_options o = { .name = "large" };

	(void)state;
	memset(text, 'x', n);
	memcpy(text, "a,\"", 3);
	text[n] = '\0';
	memcpy(text + n, "\",c\n1,2,3\n", sizeof("\",c\n1,2,3\n"));
	got = read_all(text, strlen(text), 50000, &o, NULL);
	assert_int_equal(strlen(got), n - 3 + strlen("1[a][][c]\n2[1][2][3]\n"));
	free(got);
	for (size_t i = 0; i < 1000; i++)
		memcpy(text + i * 2, "1,", 2);
	memcpy(text + 2000, "z", 2);
	got = read_all(text, 2001, 50000, &o, NULL);
	assert_int_equal(strlen(got), 1 + 1001 * 3 + 1);
	free(got);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delimiters),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(quotes),
		cmocka_unit_test(faults),
		cmocka_unit_test(encodings),
		cmocka_unit_test(encoding_found_late),
		cmocka_unit_test(other_formats),
		cmocka_unit_test(a_failing_source),
		cmocka_unit_test(places),
		cmocka_unit_test(put_and_read),
		cmocka_unit_test(crlf_at_every_cut),
		cmocka_unit_test(large_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
