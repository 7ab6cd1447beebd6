/* Bundles, packed and in the plain form that comes back from the sandbox: what is taken is whole and is packed again to the same members; the rest has its message. */
#include <string.h>

#include "fuzz.h"

#include "evidence/bundle.h"

/* What was taken, packed, gives the same members in the same order. */
static void
again(const struct evidence_archive *a)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 }, plain = { .max = 0 };
	FP_AUTO(evidence_archive_freep) struct evidence_archive *b = NULL;

	FUZZ_CHECK(evidence_archive_write(&file, a, 0, NULL) == FP_OK);
	FUZZ_CHECK(evidence_archive_unpack(&plain, file.data, file.len, NULL) == FP_OK);
	FUZZ_CHECK(evidence_archive_load(&b, plain.data, plain.len, NULL) == FP_OK);
	FUZZ_CHECK(a->n == b->n);
	for (size_t i = 0; i < a->n; i++)
		FUZZ_CHECK(strcmp(a->items[i].name, b->items[i].name) == 0 && a->items[i].len == b->items[i].len &&
			   memcmp(a->items[i].data, b->items[i].data, a->items[i].len) == 0);
}

static void
open_it(struct evidence_archive **a)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = NULL;
	struct fp_err err = { .status = FP_OK };

	if (evidence_bundle_open(&b, a, &err) != FP_OK) {
		FUZZ_CHECK(b == NULL && err.msg[0] != '\0');
		return;
	}
	for (size_t i = 0; i < b->n_damage; i++)
		FUZZ_CHECK(b->damage[i].where[0] != '\0' && b->damage[i].why[0] != '\0');
	FUZZ_CHECK(evidence_bundle_signed(b, NULL, &err) == FP_OK || err.msg[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(fp_buf_free) struct fp_buf plain = { .max = 1 << 24 };
	FP_AUTO(evidence_archive_freep) struct evidence_archive *a = NULL;
	struct fp_err err = { .status = FP_OK };
	enum fp_status s = evidence_archive_unpack(&plain, (const char *)data, size, &err);

	if (s == FP_EINVAL) /* no zstd: taken as the plain form, which a fuzzer can change in sensible ways */
		s = evidence_archive_load(&a, (const char *)data, size, &err);
	else if (s == FP_OK)
		s = evidence_archive_load(&a, plain.data, plain.len, &err);
	if (s != FP_OK) {
		FUZZ_CHECK(a == NULL && err.msg[0] != '\0');
		return 0;
	}
	if (a->bytes < 16384) /* packing is dear */
		again(a);
	open_it(&a);
	return 0;
}
