/* Any bytes as a rule file: refused with words, or a rule that judges an observation without a file as unreadable and says the same of its own canonical bytes. */
#include <string.h>

#include "fuzz.h"

#include "rule/rule.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(rule_freep) struct rule *r = NULL, *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	struct fp_err err = { .msg = "" };
	if (rule_parse(&r, (const char *)data, size, "fuzz", &err) != FP_OK) {
		FUZZ_CHECK(r == NULL && err.msg[0] != '\0' && strlen(err.msg) < FP_ERR_MAX);
		return 0;
	}
	FUZZ_CHECK(strlen(r->hash) == 64 && r->needs != NULL && r->reasons != NULL && r->reasons[0].code != NULL);
	FUZZ_CHECK(fp_json_canonical(&b, r->json, NULL) == FP_OK);
	if (b.len <= RULE_FILE_MAX) {
		FUZZ_CHECK(rule_parse(&again, b.data, b.len, "again", &err) == FP_OK && strcmp(r->hash, again->hash) == 0);
	}
	struct evidence_obs *o = evidence_obs_new();
	struct evidence_verdict v = { .reason = "" };
	FUZZ_CHECK(o != NULL);
	rule_judge(&v, r, o);
	FUZZ_CHECK(strcmp(v.reason, "facts-unreadable") == 0);
	evidence_obs_free(o);
	(void)rule_text(r, "de", r->title);
	return 0;
}
