/* Any bytes as a letter: a draft whose JSON can be read again and says the same, with every place in the letter. */
#include <string.h>

#include "fuzz.h"

#include "base/json.h"
#include "draft/draft.h"

static struct term_base *
terms(void)
{
	static struct term_base *t;

	if (t == NULL)
		FUZZ_CHECK(term_base_open(&t, NULL, NULL) == FP_OK);
	return t;
}

static void
check_places(const struct draft *d)
{
	const char *pointer;
	json_t *v;

	json_object_foreach(d->places, pointer, v)
	{
		int64_t confidence = json_integer_value(json_object_get(v, "confidence"));

		FUZZ_CHECK(draft_get(d, pointer) != NULL);
		FUZZ_CHECK(confidence >= 0 && confidence <= 100);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;
	FP_AUTO(draft_freep) struct draft *d = NULL, *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf once = { 0 }, twice = { 0 };
	FP_JSON json_t *j = NULL;
	struct fp_err err = { .msg = "" };

	if (letter_read_text(&l, "letter.txt", (const char *)data, size, NULL, &err) != FP_OK)
		return 0;
	FUZZ_CHECK(draft_from_letter(&d, l, terms(), NULL, &err) == FP_OK);
	check_places(d);
	FUZZ_CHECK(draft_write(&once, d, &err) == FP_OK);
	FUZZ_CHECK(fp_json_parse(&j, once.data, once.len, "draft", &err) == FP_OK);
	FUZZ_CHECK(draft_from_json(&again, j, &err) == FP_OK);
	FUZZ_CHECK(draft_write(&twice, again, &err) == FP_OK);
	FUZZ_CHECK(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	return 0;
}
