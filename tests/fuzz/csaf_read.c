/* Any bytes as an advisory: refused with words, or a draft that is written and read again, matched, and compared with itself as the same. */
#include <string.h>

#include "fuzz.h"

#include "csaf/csaf.h"

static void
use(const struct draft *d)
{
	struct csaf_matchable *m = NULL;
	struct draft *again = NULL;
	FP_JSON json_t *j = draft_to_json(d);
	char name[CSAF_NAME_MAX], hash[65];

	FUZZ_CHECK(j != NULL);
	FUZZ_CHECK(draft_from_json(&again, j, NULL) == FP_OK);
	draft_free(again);
	FUZZ_CHECK(csaf_matchable_new(&m, d, NULL) == FP_OK && csaf_matchable_notice(m)->n_vulnerabilities > 0);
	csaf_matchable_free(m);
	if (csaf_side_named(d, name, hash))
		FUZZ_CHECK(strchr(name, '/') == NULL && name[0] != '.' && strlen(hash) == 64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(draft_freep) struct draft *d = NULL;
	struct csaf_changes c;
	struct csaf_range r;
	struct fp_err err = { .msg = "" };
	const char *text = (const char *)data;

	csaf_range_read(&r, text, size, size % 2 == 0);
	FUZZ_CHECK((r.kind == CSAF_RANGE_UNDECIDABLE) == (r.why != NULL));
	if (csaf_read(&d, "fuzz", text, size, &err) != FP_OK) {
		FUZZ_CHECK(d == NULL && err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return 0;
	}
	use(d);
	if (csaf_changes(&c, "a", text, size, "b", text, size, &err) == FP_OK) {
		FUZZ_CHECK(c.n == 0 && !c.silent && !c.form_only);
		csaf_changes_free(&c);
	}
	return 0;
}
