/* Observations: what is read is written and read again the same; what does not fit its id is never read. */
#include <string.h>

#include "fuzz.h"

#include "base/json.h"
#include "crypto/crypto.h"
#include "evidence/evidence.h"

static void
round_trip(const struct evidence_obs *o)
{
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
	FP_AUTO(evidence_obs_freep) struct evidence_obs *again = NULL;

	FUZZ_CHECK(evidence_obs_write(&one, o, NULL) == FP_OK);
	FUZZ_CHECK(evidence_obs_read(&again, one.data, one.len, NULL) == FP_OK);
	FUZZ_CHECK(strcmp(again->id, o->id) == 0);
	FUZZ_CHECK(evidence_obs_write(&two, again, NULL) == FP_OK);
	FUZZ_CHECK(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
}

/* No fuzzer finds a SHA-256: the document gets the id of its own bytes, so that what follows is reached. */
static void
with_its_own_id(const uint8_t *data, size_t size)
{
	FP_JSON json_t *j = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	char id[65];

	if (fp_json_parse(&j, (const char *)data, size, "input", NULL) != FP_OK || !json_is_object(j))
		return;
	(void)json_object_del(j, "id");
	FUZZ_CHECK(fp_json_canonical(&text, j, NULL) == FP_OK);
	fp_json_set_str(j, "id", crypto_sha256_hex(id, text.data, text.len));
	fp_buf_clear(&text);
	FUZZ_CHECK(fp_json_canonical(&text, j, NULL) == FP_OK);
	if (evidence_obs_read(&o, text.data, text.len, NULL) == FP_OK)
		round_trip(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	struct fp_err err = { .status = FP_OK };

	if (evidence_obs_read(&o, (const char *)data, size, &err) == FP_OK)
		round_trip(o);
	else
		FUZZ_CHECK(o == NULL && err.status != FP_OK && err.msg[0] != '\0');
	with_its_own_id(data, size);
	return 0;
}
