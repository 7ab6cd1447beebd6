/* Mail into parts: encodings, character sets, names, nesting, and what is too much. All texts are made up here. */

#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "letter/letter.h"
#include "letter/mail_int.h"

static struct letter_mail
read_mail(const char *text, const struct letter_limits *o)
{
	struct letter_mail m;
	struct fp_err err = { .msg = "" };
	enum fp_status status = letter_read_mail(&m, text, strlen(text), o, &err);

	if (status != FP_OK)
		print_message("%s\n", err.msg);
	assert_int_equal(status, FP_OK);
	return m;
}

static void
has_part(const struct letter_mail *m, size_t i, const char *name, const char *type, const char *bytes)
{
	assert_true(i < m->n_parts);
	assert_string_equal(m->parts[i].name, name);
	assert_string_equal(m->parts[i].type, type);
	assert_int_equal(m->parts[i].bytes.len, strlen(bytes));
	assert_memory_equal(m->parts[i].bytes.data != NULL ? m->parts[i].bytes.data : "", bytes, strlen(bytes));
}

static void
test_plain(void **state)
{
	struct letter_mail m = read_mail("From: =?iso-8859-1?Q?J=F8rgen_=C5?= <a@example.org>\r\n"
					 "Subject: =?utf-8?B?U2lja2Vy?= =?utf-8?B?aGVpdA==?= and\r\n more\r\n"
					 "Date: Wed, 08 May 2024 10:00:00 +0200\r\nContent-Language: da\r\n"
					 "Content-Type: text/plain; charset=iso-8859-1\r\n"
					 "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
					 "Vigtigt: =E6ndr=\r\ning\r\n",
	    NULL);

	(void)state;
	assert_string_equal(m.subject, "Sickerheit and more");
	assert_string_equal(m.from, "J\u00f8rgen \u00c5 <a@example.org>");
	assert_string_equal(m.date, "Wed, 08 May 2024 10:00:00 +0200");
	assert_string_equal(m.lang, "da");
	assert_int_equal(m.n_parts, 1);
	has_part(&m, 0, "", "text/plain", "Vigtigt: \u00e6ndring\r\n");
	assert_false(m.limited);
	letter_mail_free(&m);
}

#define ALTERNATIVE                                                                                                              \
	"Content-Type: multipart/alternative; boundary=in\r\n\r\n"                                                               \
	"--in\r\nContent-Type: text/plain\r\n\r\nplain words\r\n"                                                                \
	"--in\r\nContent-Type: multipart/related; boundary=rel\r\n\r\n"                                                          \
	"--rel\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>rich words</p>\r\n"                                           \
	"--rel\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: "                                     \
	"base64\r\n\r\niVBORw==\r\n--rel--\r\n"                                                                                  \
	"--in--\r\n"

static void
test_attachments(void **state)
{
	struct letter_mail m =
	    read_mail("From: a@b\r\nContent-Type: multipart/mixed; boundary=\"out\"\r\n\r\npreamble\r\n--out\r\n" ALTERNATIVE
		      "--out\r\nContent-Type: application/pdf; name=\"other.pdf\"\r\n"
		      "Content-Disposition: attachment; filename*0*=iso-8859-1''F%F8;\r\n filename*1=\"lg.pdf\"\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0x\r\nLjcK\r\n"
		      "--out\r\nContent-Type: TEXT/Plain; name=\"=?windows-1252?Q?p=E4?=.txt\"\r\nContent-Disposition: "
		      "attachment\r\n\r\nattached\r\n"
		      "--out\r\nContent-Type: application/octet-stream; name=\"../../etc/pass\\wd\"\r\n\r\n1\r\n"
		      "--out\r\nContent-Type: application/zip\r\n\r\n2\r\n"
		      "--out--\r\n",
		NULL);

	(void)state;
	assert_int_equal(m.n_parts, 6);
	has_part(&m, 0, "", "text/html", "<p>rich words</p>");
	has_part(&m, 1, "part-2", "image/png", "\x89PNG");
	has_part(&m, 2, "F\u00f8lg.pdf", "application/pdf", "%PDF-1.7\n");
	has_part(&m, 3, "p\u00e4.txt", "text/plain", "attached");
	has_part(&m, 4, "passwd", "application/octet-stream", "1");
	has_part(&m, 5, "part-6", "application/zip", "2");
	letter_mail_free(&m);
}

static void
test_nested(void **state)
{
	struct letter_mail m =
	    read_mail("Subject: fwd\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: "
		      "text/plain\r\n\r\nsee below\r\n"
		      "--o\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"original.eml\"\r\n\r\n"
		      "Subject: inner\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: "
		      "base64\r\n\r\n8NLJ18XU\r\n--o--\r\n",
		NULL);
	struct letter_mail inner;

	(void)state;
	assert_int_equal(m.n_parts, 2);
	has_part(&m, 0, "", "text/plain", "see below");
	assert_string_equal(m.parts[1].name, "original.eml");
	assert_string_equal(m.parts[1].type, "message/rfc822");
	inner = read_mail(m.parts[1].bytes.data, NULL);
	assert_string_equal(inner.subject, "inner");
	has_part(&inner, 0, "", "text/plain", "\u041f\u0440\u0438\u0432\u0435\u0442");
	letter_mail_free(&inner);
	letter_mail_free(&m);
}

static void
test_unknown_set(void **state)
{
	struct letter_mail m = read_mail(
	    "Subject: =?no-such-set?Q?a=E4?= =?x\r\nContent-Type: text/plain; charset=no-such-set\r\n\r\n\xe4 raw\r\n", NULL);

	(void)state;
	assert_string_equal(m.subject, "a\u00e4 =?x");
	has_part(&m, 0, "", "text/plain", "\xe4 raw\r\n");
	letter_mail_free(&m);
}

static void
test_cut_off(void **state)
{
	struct letter_mail m = read_mail(
	    "From: a@b\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nfirst\r\n"
	    "--o\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLj",
	    NULL);

	(void)state;
	assert_int_equal(m.n_parts, 2);
	assert_memory_equal(m.parts[1].bytes.data, "%PDF-1", 6);
	letter_mail_free(&m);
}

static void
test_limits(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, deep = { .max = 0 };
	const struct letter_limits small = { .bytes = 100000 };
	struct letter_mail m;
	struct fp_err err = { .msg = "" };

	(void)state;
	fp_buf_puts(&b, "From: a@b\nContent-Type: multipart/mixed; boundary=o\n\n");
	for (int i = 0; i < 250; i++)
		fp_buf_printf(&b, "--o\nContent-Type: text/plain; name=%d.txt\n\n%d\n", i, i);
	m = read_mail(b.data, NULL);
	assert_int_equal(m.n_parts, 200);
	assert_true(m.limited);
	assert_string_equal(m.parts[199].name, "199.txt");
	letter_mail_free(&m);

	for (int i = 0; i < 5000; i++)
		fp_buf_printf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	fp_buf_puts(&deep, "Content-Type: text/plain\n\nbottom\n");
	m = read_mail(deep.data, NULL);
	assert_int_equal(m.n_parts, 0);
	assert_true(m.limited);
	letter_mail_free(&m);

	assert_int_equal(letter_read_mail(&m, deep.data, deep.len, &small, &err), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "100000"));
	assert_int_equal(letter_read_mail(&m, "", 0, NULL, &err), FP_EINVAL);
	assert_int_equal(letter_read_mail(&m, "\n\nno header", 11, NULL, &err), FP_EINVAL);
}

static void
test_no_memory(void **state)
{
	static const char text[] = "Subject: s\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain; "
				   "charset=latin1\n\na\n--o\n\nb\n--o--\n";

	(void)state;
	for (int64_t n = 0; n < 100; n++) {
		struct letter_mail m;
		struct fp_err err = { .msg = "" };
		enum fp_status status;

		(void)fp_mem_fail_after(n);
		status = letter_read_mail(&m, text, strlen(text), NULL, &err);
		(void)fp_mem_fail_after(-1);
		if (status == FP_OK) {
			assert_int_equal(m.n_parts, 2);
			letter_mail_free(&m);
			return;
		}
		assert_int_equal(status, FP_ENOMEM);
		assert_int_equal(m.n_parts, 0);
	}
	fail_msg("it never succeeds");
}

static void
words(const char *raw, const char *expected)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	mail_decode_words(&b, raw);
	assert_string_equal(b.data != NULL ? b.data : "", expected);
}

static void
test_words(void **state)
{
	(void)state;
	words("=?UTF-8?Q?a_b=C3?= =?UTF-8?Q?=A6?=", "a b\u00e6"); /* one character in two words */
	words("=?utf-8*da?q?x?=  y", "x y");
	words("x =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= y", "x \u65e5\u672c y");
	words("\xe6\xf8\xe5", "\u00e6\u00f8\u00e5");
	words("a\x01\x7f\r\n\tb \xe2\x80\xae"
	      "c",
	    "a b c");
	words("=?utf-8?B?", "=?utf-8?B?");
	words("", "");
}

static void
param(const char *raw, const char *name, const char *expected)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	assert_int_equal(mail_param(&b, raw, name), expected != NULL);
	if (expected != NULL)
		assert_string_equal(b.data != NULL ? b.data : "", expected);
}

static void
test_params(void **state)
{
	(void)state;
	param("text/plain; charset=utf-8", "charset", "utf-8");
	param("text/plain;\r\n\tCharset = \"utf-8\" ; x=1", "charset", "utf-8");
	param("attachment; filename=\"a \\\"b\\\"; c.pdf\"", "filename", "a \"b\"; c.pdf");
	param("attachment; filename*1=\"b\"; filename*0=\"a\"; filename*2*=%20c", "filename", "ab c");
	param("attachment; filename*=utf-8'en'%e2%82%ac%20rates", "filename", "\u20ac rates");
	param("attachment; filenamex=1", "filename", NULL);
	param("attachment", "filename", NULL);
	param("attachment; filename", "filename", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_unknown_set),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
