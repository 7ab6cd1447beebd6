/* Any bytes as a fact file: refused with words, or whole. The facts of the input are also signed as they are: no fuzzer finds a signature, and behind it the tables must hold. */
#include "fuzz.h"

#include "../unit/facts_help.h"
#include "base/json.h"
#include "facts/facts.h"

static void
read_once(const char *bytes, size_t len)
{
	FP_AUTO(facts_freep) struct facts_file *f = NULL;
	struct fp_err err = { .msg = "" };
	if (facts_read(&f, bytes, len, "fuzz", &err) != FP_OK) {
		FUZZ_CHECK(f == NULL && err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return;
	}
	FUZZ_CHECK(facts_is(bytes, len) && f->n_parts >= 1 && f->n_parts <= FACTS_PARTS_MAX && !f->parts[0].offline);
	for (size_t i = 0; i < f->n_parts; i++) {
		FUZZ_CHECK(strlen(f->parts[i].identity) == 0 || strlen(f->parts[i].identity) == 64);
		FUZZ_CHECK(json_is_object(f->parts[i].facts) && f->parts[i].mode != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_JSON json_t *j = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 }, text = { .max = 1 << 20 };
	char normal[FACTS_CHALLENGE_TEXT], again[FACTS_CHALLENGE_TEXT];
	fp_buf_add(&text, data, size);
	fp_buf_putc(&text, '\0');
	if (facts_challenge_normal(normal, text.data, NULL) == FP_OK) {
		FUZZ_CHECK(facts_challenge_normal(again, normal, NULL) == FP_OK && strcmp(normal, again) == 0);
	}
	read_once((const char *)data, size);
	if (fp_json_parse(&j, (const char *)data, size, "input", NULL) == FP_OK && json_is_object(j) &&
	    facts_help_sign(&b, j, 0)) {
		read_once(b.data, b.len);
	}
	return 0;
}
