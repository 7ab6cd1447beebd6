/*
 * CSV bytes: the rows are the same however the bytes arrive, fields lie where they are said to, lines count up. First byte: size of a read and limits;
 * second: delimiter and encoding.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#include "device/csv.h"

struct source {
	const uint8_t *p;
	size_t len, at, step;
};

static enum fp_status
give(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct source *s = ctx;

	(void)err;
	*got = s->len - s->at < len ? s->len - s->at : len;
	if (*got > s->step)
		*got = s->step;
	if (*got > 0)
		memcpy(buf, s->p + s->at, *got);
	s->at += *got;
	return FP_OK;
}

static void
check_row(const struct device_csv_row *row, size_t *last_line, struct fp_buf *out)
{
	FUZZ_CHECK(row->line > *last_line && row->raw_len > 0 && row->n_fields > 0);
	*last_line = row->line;
	fp_buf_printf(out, "%zu/%d:", row->line, (int)row->fault);
	for (size_t i = 0; i < row->n_fields; i++) {
		const struct device_csv_field *f = &row->fields[i];
		size_t line, column;

		FUZZ_CHECK(f->at <= row->raw_len && f->len <= row->raw_len);
		device_csv_place(row, i, &line, &column);
		FUZZ_CHECK(line >= row->line && column > 0);
		fp_buf_add(out, f->p, f->len);
		fp_buf_putc(out, '\x1f');
	}
	fp_buf_putc(out, '\x1e');
}

static void
read_all(const uint8_t *data, size_t size, size_t step, const struct device_csv_options *o, struct fp_buf *out)
{
	struct source s = { data, size, 0, step };
	FP_AUTO(device_csv_freep) struct device_csv *c = NULL;
	const struct device_csv_row *row = NULL;
	struct fp_err err = { .msg = "" };
	size_t last_line = 0;
	enum fp_status status = device_csv_open(&c, give, &s, o, &err);

	while (status == FP_OK && (status = device_csv_next(c, &row, &err)) == FP_OK && row != NULL)
		check_row(row, &last_line, out);
	FUZZ_CHECK(status == FP_OK || err.msg[0] != '\0');
	fp_buf_printf(out, "%d", (int)status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const encodings[] = { NULL, "utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1253",
		"iso-8859-7", "windows-1251" };
	static const char delimiters[] = { 0, ';', ',', '\t', '|', ' ', 'x', '\'' };
	FP_AUTO(fp_buf_free) struct fp_buf whole = { .max = 0 };
	FP_AUTO(fp_buf_free) struct fp_buf pieces = { .max = 0 };
	struct device_csv_options o = { .name = "fuzz" };

	if (size < 2)
		return 0;
	o.row_max = (data[0] & 1) != 0 ? 64 : 0;
	o.fields_max = (data[0] & 2) != 0 ? 5 : 0;
	o.encoding = encodings[data[1] & 7];
	o.delimiter = delimiters[data[1] >> 3 & 7];
	read_all(data + 2, size - 2, SIZE_MAX, &o, &whole);
	read_all(data + 2, size - 2, (size_t)(data[0] >> 2) + 1, &o, &pieces);
	FUZZ_CHECK(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
	return 0;
}
