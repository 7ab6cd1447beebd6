/* Reading letters: what comes back from a sandboxed process is doubted, and what a use case gets of a file. The formats are in tests/flow/30-read.sh. */

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "app/reading_int.h"
#include "base/mem.h"
#include "base/utf8.h"

static const char text[] = "URGENT FIELD SAFETY NOTICE\n\nReference: FSN2024-7731\nDate: 14 March 2024\n";

static void
put(struct fp_buf *b, const char *s, size_t len)
{
	fp_buf_le32(b, (uint32_t)len + 1);
	fp_buf_add(b, s, len);
}

static bool
part(const char *name, size_t name_len, const char *type, uint64_t len, const char *bytes)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct reading_part p;
	struct fp_cur c;
	bool ok;

	put(&b, name, name_len);
	put(&b, type, strlen(type));
	fp_buf_le64(&b, len);
	fp_buf_puts(&b, bytes);
	c = fp_cur_make(b.data, b.len);
	ok = reading_mail_part(&c, &p);
	if (ok) {
		assert_int_equal(p.len, len);
		assert_memory_equal(p.data, bytes, len);
		assert_int_equal(fp_utf8_bad_at(p.name, strlen(p.name)), strlen(p.name));
	}
	return ok;
}

static void
test_parts_doubted(void **state)
{
	char long_name[600];

	(void)state;
	assert_true(part("a.pdf", 5, "application/pdf", 3, "abc"));
	assert_true(part("", 0, "text/plain", 0, ""));
	assert_false(part("a.pdf", 5, "application/pdf", 4, "abc"));
	assert_false(part("a.pdf", 5, "application/pdf", UINT64_MAX, "abc"));
	assert_false(part("../a", 4, "application/pdf", 3, "abc"));
	assert_false(part("a\x1b[31m", 6, "application/pdf", 3, "abc"));
	assert_false(part("a", 1, "text/\xff", 3, "abc"));
	/* cut to fit, but never inside a character */
	for (size_t i = 0; i < sizeof(long_name); i += 3)
		memcpy(long_name + i, "\u20ac", 3);
	assert_true(part(long_name, sizeof(long_name), "text/plain", 3, "abc"));
}

static void
test_head_doubted(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct reading_mail m;
	struct fp_cur c;

	(void)state;
	for (int i = 0; i < 4; i++)
		put(&b, "x", 1);
	fp_buf_u8(&b, 0);
	fp_buf_le32(&b, 200);
	c = fp_cur_make(b.data, b.len);
	assert_true(reading_mail_head(&c, &m));
	assert_string_equal(m.subject, "x");
	for (size_t n = 0; n < b.len; n++) {
		c = fp_cur_make(b.data, n);
		assert_false(reading_mail_head(&c, &m));
	}
	b.data[b.len - 3] = 1; /* 456 parts */
	c = fp_cur_make(b.data, b.len);
	assert_false(reading_mail_head(&c, &m));
}

static void
test_trouble_doubted(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct reading_trouble t;

	(void)state;
	put(&b, "cut-off", 7);
	put(&b, "line 1\x1b[2J", 10);
	reading_trouble_take(&t, b.data, b.len);
	assert_string_equal(t.code, "cut-off");
	assert_null(strchr(t.text, '\x1b'));
	fp_buf_clear(&b);
	put(&b, "<script>", 8);
	reading_trouble_take(&t, b.data, b.len);
	assert_string_equal(t.code, "invalid");
	assert_true(t.text[0] != '\0');
	reading_trouble_take(&t, "", 0);
	assert_string_equal(t.code, "invalid");
}

/* A file with the text, or what a function of the reader gives for it. */
struct file {
	char path[64];
};

static struct file
file_of(const char *bytes)
{
	struct file f = { "/tmp/fp-reading-XXXXXX" };
	int fd = mkstemp(f.path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	(void)close(fd);
	return f;
}

static void
test_draft(void **state)
{
	FP_AUTO(app_reader_freep) struct app_reader *r = NULL;
	FP_AUTO(draft_freep) struct draft *d = NULL;
	const struct app_read_options o = { .blocks = true };
	struct file f = file_of(text), empty = file_of("");
	struct fp_err err = { .msg = "" };

	(void)state;
	assert_int_equal(app_reader_new(&r, &o, &err), FP_OK);
	assert_int_equal(app_letter_draft(r, f.path, &d, &err), FP_OK);
	assert_string_equal(json_string_value(draft_get(d, "/reference")), "FSN2024-7731");
	assert_non_null(d->letter);
	assert_true(d->letter->n_blocks >= 2);
	draft_freep(&d);
	assert_int_equal(app_letter_draft(r, empty.path, &d, &err), FP_EINVAL);
	assert_non_null(strstr(err.msg, empty.path));
	assert_non_null(strstr(err.msg, "empty"));
	(void)unlink(f.path);
	assert_int_equal(app_letter_draft(r, f.path, &d, &err), FP_EINVAL);
	(void)unlink(empty.path);
}

static void
test_json(void **state)
{
	FP_AUTO(app_reader_freep) struct app_reader *r = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
	struct file f = file_of(text), bad = file_of("\x7f"
						     "ELF");
	struct fp_err err = { .msg = "" };
	bool ok = false;

	(void)state;
	assert_int_equal(app_reader_new(&r, NULL, &err), FP_OK);
	assert_int_equal(app_letter_read(r, f.path, &json, &ok, &err), FP_OK);
	assert_true(ok);
	assert_true(json.data[0] == '{' && json.data[json.len - 1] == '}');
	assert_null(strchr(json.data, '\n'));
	assert_null(strstr(json.data, "\"letter\""));
	fp_buf_clear(&json);
	assert_int_equal(app_letter_read(r, bad.path, &json, &ok, &err), FP_OK);
	assert_false(ok);
	assert_non_null(strstr(json.data, "\"unknown-format\""));
	assert_non_null(strstr(json.data, "\"reference\":null"));
	(void)unlink(f.path);
	(void)unlink(bad.path);
}

/* Many files, good and bad ones, read together: the answers are those of each by itself. */
static void
test_ahead(void **state)
{
	enum { FILES = 37 };
	static const char html[] = "<html><body><h1>FIELD SAFETY NOTICE</h1><p>Reference: FSN2025-0042</p></body></html>";
	FP_AUTO(app_reader_freep) struct app_reader *together = NULL, *single = NULL;
	struct file f[FILES];
	const char *paths[FILES];
	struct fp_err err = { .msg = "" };

	(void)state;
	for (int i = 0; i < FILES; i++) {
		char number[400];

		(void)snprintf(number, sizeof(number), "%s\nSerial number: DX-%d\n", text, 1000 + i);
		f[i] = file_of(i % 11 == 5   ? ""
			       : i % 13 == 7 ? "\x7f"
					       "ELF"
			       : i % 7 == 3  ? html
			       : i % 17 == 2 ? "{\"a\": 1}"
					     : number);
		paths[i] = f[i].path;
	}
	(void)unlink(f[20].path);
	assert_int_equal(app_reader_new(&together, NULL, &err), FP_OK);
	assert_int_equal(app_reader_new(&single, NULL, &err), FP_OK);
	app_reader_ahead(together, paths, FILES);
	for (int i = 0; i < FILES; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf a = { .max = 0 }, b = { .max = 0 };
		bool ok_a = false, ok_b = false;

		assert_int_equal(app_letter_read(together, paths[i], &a, &ok_a, &err), FP_OK);
		assert_int_equal(app_letter_read(single, paths[i], &b, &ok_b, &err), FP_OK);
		assert_int_equal(ok_a, ok_b);
		assert_int_equal(ok_a, i != 20 && i % 11 != 5 && i % 13 != 7 && (i % 7 == 3 || i % 17 != 2));
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		if (i == 30) /* one that was not announced comes between */
			assert_int_equal(app_letter_read(together, f[1].path, &b, &ok_b, &err), FP_OK);
	}
	assert_true(together->batched > FILES / 2);
	assert_int_equal(single->batched, 0);
	for (int i = 0; i < FILES; i++)
		(void)unlink(f[i].path);
}

/* What the worker says of many letters is doubted as of one: jobs that are cut off, a good answer beside one that is none. */
static void
test_many_doubted(void **state)
{
	FP_AUTO(app_reader_freep) struct app_reader *r = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf in = { .max = 0 }, job = { .max = 0 }, out = { .max = 0 };
	const struct reading_job j = { .kind = READING_TEXT, .name = "a.txt", .data = text, .len = sizeof(text) - 1 };
	struct fp_err err = { .msg = "" };
	size_t whole;

	(void)state;
	assert_int_equal(app_reader_new(&r, NULL, &err), FP_OK);
	reading_job_write(&job, &j);
	fp_buf_u8(&in, READING_MANY);
	reading_many_add(&in, &job);
	whole = in.len;
	reading_many_add(&in, &job);
	for (size_t n = 2; n < in.len; n += n == whole - 1 ? 2 : 1)
		assert_int_equal(fp_sandbox_worker_call(r->worker, &out, in.data, n, &err), FP_EINVAL);
	fp_buf_clear(&out);
	assert_int_equal(fp_sandbox_worker_call(r->worker, &out, in.data, in.len, &err), FP_OK);
	assert_memory_equal(out.data, out.data + out.len / 2, out.len / 2);
}

static void
test_no_memory(void **state)
{
	struct file f = file_of(text);
	bool done = false;

	(void)state;
	for (int64_t n = 0; n < 20000 && !done; n += n < 50 ? 1 : 97) {
		FP_AUTO(app_reader_freep) struct app_reader *r = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
		struct fp_err err = { .status = FP_OK, .msg = "" };
		bool ok = false;
		enum fp_status status = app_reader_new(&r, NULL, &err);

		assert_int_equal(status, FP_OK);
		(void)fp_mem_fail_after(n);
		status = app_letter_read(r, f.path, &json, &ok, &err);
		(void)fp_mem_fail_after(-1);
		/* An error of ours, a draft that says so, or the draft. */
		assert_true(status == FP_OK || status == FP_ENOMEM || status == FP_ELIMIT || status == FP_EIO);
		assert_true(status == FP_OK || err.msg[0] != '\0');
		assert_true(status != FP_OK || json.len > 2);
		done = status == FP_OK && ok;
	}
	assert_true(done);
	(void)unlink(f.path);
}

static void
test_options(void **state)
{
	const struct app_read_options o = { .lang = "xx-none" };
	struct app_reader *r = NULL;
	struct fp_err err = { .msg = "" };

	(void)state;
	assert_int_equal(app_reader_new(&r, &o, &err), FP_EUSAGE);
	assert_null(r);
	assert_non_null(strstr(err.msg, "xx-none"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_doubted),
		cmocka_unit_test(test_head_doubted),
		cmocka_unit_test(test_trouble_doubted),
		cmocka_unit_test(test_draft),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_many_doubted),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
