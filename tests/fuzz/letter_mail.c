/* A mail: refused with words, or parts that keep the promises of letter.h. */
#include <string.h>

#include "fuzz.h"

#include "base/utf8.h"
#include "letter/letter.h"

static void
check_text(const char *s)
{
	FUZZ_CHECK(s == NULL || fp_utf8_bad_at(s, strlen(s)) == strlen(s));
	for (; s != NULL && *s != '\0'; s++)
		FUZZ_CHECK((unsigned char)*s >= ' ' && *s != 0x7F);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct letter_limits limits = { .bytes = (size_t)1 << 20, .depth = 16 };
	struct letter_mail m;
	struct fp_err err = { .msg = "" };
	size_t bytes = 0;

	if (letter_read_mail(&m, (const char *)data, size, &limits, &err) != FP_OK) {
		FUZZ_CHECK(err.msg[0] != '\0' && m.n_parts == 0 && m.parts == NULL);
		return 0;
	}
	check_text(m.subject);
	check_text(m.from);
	check_text(m.date);
	check_text(m.lang);
	FUZZ_CHECK(m.n_parts <= 200);
	for (size_t i = 0; i < m.n_parts; i++) {
		check_text(m.parts[i].name);
		check_text(m.parts[i].type);
		FUZZ_CHECK(strpbrk(m.parts[i].name, "/\\") == NULL && strcmp(m.parts[i].name, "..") != 0);
		bytes += m.parts[i].bytes.len;
	}
	FUZZ_CHECK(bytes <= limits.bytes);
	letter_mail_free(&m);
	return 0;
}
