/* Status texts, buffers, cursors, UTF-8, assets, log lines. */

#include "unit.h"

#include <errno.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

static void
every_status_has_its_row(void **state)
{
	(void)state;
	for (int s = 0; s < FP_STATUS_COUNT; s++) {
		assert_non_null(fp_status_name((enum fp_status)s));
		assert_in_range(fp_status_http((enum fp_status)s), 200, 599);
		assert_in_range(fp_status_exit((enum fp_status)s), s == FP_OK ? 0 : 1, 5);
		for (int t = 0; t < s; t++)
			assert_string_not_equal(fp_status_name((enum fp_status)s), fp_status_name((enum fp_status)t));
	}
	assert_int_equal(fp_status_exit(FP_ENOTCORRECTED), 3);
	assert_int_equal(fp_status_exit(FP_EUNKNOWN), 4);
	assert_int_equal(fp_status_exit(FP_EINTEGRITY), 5);
	assert_string_equal(fp_status_name((enum fp_status)99), "?");
}

static void
messages_gain_context(void **state)
{
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_fail(&err, FP_EINVAL, "line %d is bad", 3), FP_EINVAL);
	assert_int_equal(fp_ctx(&err, "importing '%s'", "x.csv"), FP_EINVAL);
	assert_string_equal(err.msg, "importing 'x.csv': line 3 is bad");
	assert_int_equal(fp_fail_errno(&err, ENOSPC, "cannot write '%s'", "f"), FP_ENOSPC);
	assert_string_equal(err.msg, "cannot write 'f': No space left on device");
	assert_int_equal(fp_fail_errno(&err, ENOENT, "x"), FP_ENOTFOUND);
	assert_int_equal(fp_fail_errno(NULL, EACCES, "x"), FP_EIO);
	assert_int_equal(fp_fail(NULL, FP_EDENIED, "x"), FP_EDENIED);
}

/* A message quotes foreign bytes and may be cut anywhere: it stays UTF-8 without control characters. */
static void
messages_stay_presentable(void **state)
{
	struct fp_err err;
	char text[2 * FP_ERR_MAX];

	(void)state;
	(void)fp_fail(&err, FP_EINVAL, "a\033[31m\xff\xc3\xa9%.2s|\xc2\x9b\n", "x\xc3\xa9");
	assert_string_equal(err.msg, "a?[31m?\xc3\xa9x?|??\n");
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 5);
		(void)fp_fail(&err, FP_EINVAL, "%s", text);
		assert_int_equal(fp_utf8_bad_at(err.msg, FP_ERR_MAX), strlen(err.msg));
		assert_in_range(strlen(err.msg), FP_ERR_MAX - 5, FP_ERR_MAX - 1);
		assert_null(strchr(err.msg, '?'));
	}
}

static void
buffers_grow_and_give_away(void **state)
{
	struct fp_buf b = { .max = 0 };
	char *s;

	(void)state;
	for (int i = 0; i < 1000; i++)
		fp_buf_printf(&b, "%d,", i);
	fp_buf_puts(&b, NULL);
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	assert_int_equal(b.data[b.len], '\0');
	assert_memory_equal(b.data + b.len - 8, "998,999,", 8);
	s = fp_buf_take(&b);
	assert_int_equal(strlen(s), 3890);
	free(s);
	assert_null(b.data);
	s = fp_buf_take(&b);
	assert_string_equal(s, "");
	free(s);
}

static void
buffers_give_room(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 10 };
	char *room;

	(void)state;
	fp_buf_puts(&b, "abc");
	room = fp_buf_room(&b, 7);
	assert_non_null(room);
	memcpy(room, "defghij", 7);
	assert_int_equal(b.len, 3);
	fp_buf_grew(&b, 2);
	assert_int_equal(b.len, 5);
	assert_string_equal(b.data, "abcde");
	assert_null(fp_buf_room(&b, 6));
	assert_int_equal(b.failed, FP_ELIMIT);
}

static void
bytes_are_summed(void **state)
{
	char text[16];
	size_t sum = 0;

	(void)state;
	memset(text, 0xFF, sizeof(text));
	assert_int_equal(fp_bytes_sum(fp_bytes_at(text)), 16 * 255);
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = (char)(i * 11);
		sum += i * 11;
	}
	assert_int_equal(fp_bytes_sum(fp_bytes_at(text)), sum);
}

static void
buffers_report_failure_once(void **state)
{
	struct fp_buf b = { .max = 4 };
	struct fp_err err;

	(void)state;
	fp_buf_puts(&b, "abcd");
	assert_int_equal(fp_buf_check(&b, "a thing", &err), FP_OK);
	fp_buf_putc(&b, 'e');
	fp_buf_clear(&b);
	fp_buf_puts(&b, "ab");
	assert_int_equal(fp_buf_check(&b, "a thing", &err), FP_OK);
	fp_buf_printf(&b, "%s", "cde");
	fp_buf_puts(&b, "x");
	assert_int_equal(fp_buf_check(&b, "a thing", &err), FP_ELIMIT);
	assert_string_equal(err.msg, "a thing is larger than its limit of 4 bytes");
	assert_string_equal(b.data, "ab");
	assert_null(fp_buf_take(&b));
	(void)fp_mem_fail_after(0);
	fp_buf_puts(&b, "x");
	(void)fp_mem_fail_after(-1);
	assert_int_equal(fp_buf_check(&b, "a thing", &err), FP_ENOMEM);
	fp_buf_free(&b);
	assert_int_equal(b.max, 4);
}

static void
numbers_go_out_and_come_in(void **state)
{
	struct fp_buf b = { .max = 0 };
	struct fp_cur c;

	(void)state;
	fp_buf_u8(&b, 0x01);
	fp_buf_le16(&b, 0x0203);
	fp_buf_le32(&b, 0x04050607);
	fp_buf_le64(&b, 0x08090A0B0C0D0E0FULL);
	fp_buf_be16(&b, 0x1011);
	fp_buf_be32(&b, 0x12131415);
	assert_memory_equal(b.data, "\x01\x03\x02\x07\x06\x05\x04\x0F\x0E\x0D\x0C\x0B\x0A\x09\x08\x10\x11\x12\x13\x14\x15", 21);
	c = fp_cur_make(b.data, b.len);
	assert_int_equal(fp_cur_u8(&c), 0x01);
	assert_int_equal(fp_cur_le16(&c), 0x0203);
	assert_int_equal(fp_cur_le32(&c), 0x04050607);
	assert_true(fp_cur_le64(&c) == 0x08090A0B0C0D0E0FULL);
	assert_int_equal(fp_cur_be16(&c), 0x1011);
	assert_int_equal(fp_cur_be32(&c), 0x12131415);
	assert_int_equal(fp_cur_left(&c), 0);
	assert_false(c.bad);
	assert_int_equal(fp_cur_u8(&c), 0);
	assert_true(c.bad);
	fp_buf_free(&b);
}

static void
cursors_never_leave_their_bytes(void **state)
{
	struct fp_cur c = fp_cur_make("abcdef", 6);

	(void)state;
	assert_memory_equal(fp_cur_take(&c, 4), "abcd", 4);
	assert_int_equal(fp_cur_be32(&c), 0); /* two bytes are left: none is read */
	assert_true(c.bad);
	assert_null(fp_cur_take(&c, 0));
	assert_int_equal(fp_cur_left(&c), 0);
	c = fp_cur_make("abcdef", 6);
	fp_cur_seek(&c, 6);
	assert_false(c.bad);
	assert_null(fp_cur_take(&c, SIZE_MAX));
	c = fp_cur_make("abcdef", 6);
	fp_cur_seek(&c, 7);
	assert_true(c.bad);
}

/* Ill-formed by RFC 3629: overlong, surrogate, above U+10FFFF, cut short, lone continuation. */
static void
utf8_refuses_ill_formed(void **state)
{
	static const char *const bad[] = { "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80",
		"\xFF" };
	const char *p;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		char text[16] = "ok";

		memcpy(text + 2, bad[i], strlen(bad[i]) + 1);
		assert_int_equal(fp_utf8_bad_at(text, strlen(text)), 2);
		p = bad[i];
		assert_true(fp_utf8_next(&p, p + strlen(p)) == FP_UTF8_BAD);
		assert_ptr_equal(p, bad[i] + 1);
	}
	assert_int_equal(fp_utf8_bad_at("a\0b", 3), 1);
	assert_int_equal(fp_utf8_bad_at("\xC3\xA6\xF0\x9F\x98\x80", 6), 6);
}

/* At every place of eight bytes and behind them; bytes of other characters are none. */
static void
control_characters(void **state)
{
	char text[21];

	(void)state;
	for (size_t at = 0; at < 20; at++)
		for (unsigned c = 1; c < 256; c++) {
			memset(text, at % 2 ? 0xE9 : ' ', 20);
			text[at] = (char)c;
			assert_int_equal(fp_utf8_has_control(text, 20), c < 0x20 || c == 0x7F);
			/* eight at a time end where the bad one stands */
			memset(text, 'a', 20);
			text[at] = (char)c;
			assert_int_equal(fp_utf8_bad_at(text, 20), c < 0x80 ? 20 : at);
		}
	assert_false(fp_utf8_has_control("", 0));
}

static void
utf8_round_trip(void **state)
{
	static const uint32_t points[] = { 1, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x10FFFF };
	struct fp_buf b = { .max = 0 };
	const char *p;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(points); i++)
		fp_utf8_put(&b, points[i]);
	assert_int_equal(b.len, 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4);
	p = b.data;
	for (size_t i = 0; i < FP_COUNT(points); i++)
		assert_int_equal(fp_utf8_next(&p, b.data + b.len), points[i]);
	assert_ptr_equal(p, b.data + b.len);
	fp_buf_free(&b);
}

static void
widths(void **state)
{
	(void)state;
	assert_int_equal(fp_utf8_width("Gerät"), 5);
	assert_int_equal(fp_utf8_width("e\u0301"), 1);
	assert_int_equal(fp_utf8_width("日本"), 4);
	assert_int_equal(fp_utf8_width("a\u200Bb"), 2);
	assert_int_equal(fp_utf8_width(""), 0);
}

static const struct {
	const char *text, *folded;
} folds[] = {
	{ "MiSeq™ Dx-Instrument", "miseqdxinstrument" },
	{ "MiSeq Dx Instrument", "miseqdxinstrument" },
	{ "MISEQ®DX_INSTRUMENT", "miseqdxinstrument" },
	{ "ﬁeld Ⅷ ½", "fieldviii12" },
	{ "Straße", "strasse" },
	{ "ΑΣΦΑΛΕΙΑ", "ασφαλεια" },
	{ "ΣΤΟΣ στος", "στοσστοσ" },
	{ "Пловдив", "пловдив" },
	{ "A\u030Angstro\u0308m", "ångström" },
	{ "Ångström", "ångström" },
	{ "１２３", "123" },
	{ "a-\u0301", "á" },
	{ " -_./()", "" },
	{ "", "" },
};

static void
folding(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(folds); i++) {
		FP_AUTO(fp_freep) char *got = fp_utf8_folded(folds[i].text);

		assert_string_equal(got, folds[i].folded);
	}
}

/* Longer than one piece, with an accent right at each possible seam. */
static void
folding_long_text(void **state)
{
	(void)state;
	for (size_t before = 395; before < 405; before++) {
		FP_AUTO(fp_buf_free) struct fp_buf in = { .max = 0 };
		FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

		for (size_t i = 0; i < before; i++)
			fp_buf_putc(&in, 'A');
		fp_buf_puts(&in, "e\u0301ΑΣ");
		for (size_t i = 0; i < 1000; i++)
			fp_buf_putc(&in, 'B');
		fp_utf8_fold(&out, in.data);
		assert_int_equal(out.len, before + 2 + 4 + 1000);
		assert_memory_equal(out.data + before, "éασ", 6);
	}
}

static void
assets_are_found(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++, n++) {
		assert_ptr_equal(fp_asset_find(a->name), a);
		assert_int_equal(a->data[a->len], '\0');
	}
	assert_true(n >= 4);
	assert_memory_equal(fp_asset_find("po/de.mo")->data, "\xDE\x12\x04\x95", 4);
	assert_null(fp_asset_find("po/xx.mo"));
}

static void
keep_line(void *ctx, enum fp_level level, const char *line)
{
	fp_buf_printf(ctx, "%d:%s|", (int)level, line);
}

static void
log_lines(void **state)
{
	struct fp_buf got = { .max = 0 };
	struct fp_log log = { .write = keep_line, .ctx = &got, .least = FP_INFO };

	(void)state;
	fp_log(&log, FP_DEBUG, "not made");
	fp_log(&log, FP_WARN, "file '%s'", "a\nb\033[m");
	fp_log(NULL, FP_ERROR, "nowhere");
	assert_string_equal(got.data, "2:file 'a?b?[m'|");
	fp_buf_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_status_has_its_row), cmocka_unit_test(messages_gain_context),
		cmocka_unit_test(messages_stay_presentable), cmocka_unit_test(buffers_grow_and_give_away),
		cmocka_unit_test(buffers_report_failure_once), cmocka_unit_test(buffers_give_room),
		cmocka_unit_test(bytes_are_summed), cmocka_unit_test(numbers_go_out_and_come_in),
		cmocka_unit_test(cursors_never_leave_their_bytes), cmocka_unit_test(utf8_refuses_ill_formed),
		cmocka_unit_test(utf8_round_trip), cmocka_unit_test(control_characters), cmocka_unit_test(widths),
		cmocka_unit_test(folding), cmocka_unit_test(folding_long_text), cmocka_unit_test(assets_are_found),
		cmocka_unit_test(log_lines) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
