/* Any bytes as waivers.json: refused with words, or waivers that are the same when written and read again. */
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "parity/parity.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(fp_freep) struct parity_waiver *list = NULL, *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	struct fp_err err = { .msg = "" };
	size_t n = 0, m = 0;

	if (parity_waivers_read(&list, &n, (const char *)data, size, "waivers.json", &err) != FP_OK) {
		FUZZ_CHECK(list == NULL && n == 0 && err.msg[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(parity_waivers_write(&out, list, n, NULL) == FP_OK);
	FUZZ_CHECK(parity_waivers_read(&again, &m, out.data, out.len, "again", NULL) == FP_OK && m == n);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(strcmp(list[i].id, again[i].id) == 0 && strlen(list[i].id) == 16);
		FUZZ_CHECK(strcmp(list[i].reason, again[i].reason) == 0 && strcmp(list[i].name, again[i].name) == 0);
		FUZZ_CHECK(
		    fp_date_compare(list[i].until, again[i].until) == 0 && fp_date_compare(list[i].given, again[i].given) == 0);
	}
	return 0;
}
