/* Bundles: sound ones are written again to the same bytes; damaged ones name what is damaged; nothing else is given out. */
#include <string.h>

#include "fuzz.h"

#include "evidence/bundle.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = NULL, *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	struct fp_err err = { .status = FP_OK };
	enum fp_status s = evidence_bundle_read(&b, (const char *)data, size, &err);

	if (s != FP_OK) {
		FUZZ_CHECK(err.msg[0] != '\0' && (b != NULL) == (s == FP_EINTEGRITY));
		FUZZ_CHECK(b == NULL || b->n_damage > 0);
		return 0;
	}
	FUZZ_CHECK(b->n_damage == 0);
	for (size_t i = 0; i < b->n_verdicts; i++)
		FUZZ_CHECK(b->verdicts[i].v.obs[0] == '\0' || evidence_bundle_find(b, b->verdicts[i].v.obs) != NULL);
	FUZZ_CHECK(evidence_bundle_write(&one, b, NULL) == FP_OK);
	FUZZ_CHECK(evidence_bundle_read(&again, one.data, one.len, NULL) == FP_OK);
	FUZZ_CHECK(evidence_bundle_write(&two, again, NULL) == FP_OK);
	FUZZ_CHECK(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	return 0;
}
