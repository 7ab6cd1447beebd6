/* minisign's three files. A key or signature that is read can be used; an encrypted key is never opened without its password. */
#include "fuzz.h"

#include "crypto/minisign.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct fp_buf b = { .max = 0 };
	struct minisign_signature sig;
	struct minisign_public pub = { .id = { 0 } }, again;
	struct minisign_secret sec;

	if (minisign_public_parse(&pub, text, size, "input", NULL) == FP_OK) {
		minisign_public_write(&b, &pub, NULL);
		FUZZ_CHECK(minisign_public_parse(&again, b.data, b.len, "again", NULL) == FP_OK);
	}
	if (minisign_signature_parse(&sig, text, size, "input", NULL) == FP_OK)
		FUZZ_CHECK(minisign_verify(&pub, &sig, data, size, "input", NULL) == FP_EINTEGRITY);
	if (minisign_secret_parse(&sec, text, size, NULL, "input", NULL) == FP_OK) {
		FUZZ_CHECK(!minisign_secret_encrypted(text, size));
		fp_buf_clear(&b);
		FUZZ_CHECK(minisign_secret_write(&b, &sec, NULL, MINISIGN_QUICK, NULL) == FP_OK);
	}
	fp_buf_free(&b);
	return 0;
}
