/* Versions and ranges: order turns round with its sides, and no range holds what cannot be compared. Input: a NUL b NUL range. */
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "device/version.h"

static void
check(const char *a, const char *b, const char *range)
{
	enum device_version_order ab = device_version_compare(a, b), ba = device_version_compare(b, a);
	enum device_version_in in = device_version_in_range(range, a);
	bool sound = device_version_range_check(range, NULL) == FP_OK;

	FUZZ_CHECK(ab == DEVICE_VERSION_INCOMPARABLE ? ba == ab : (int)ba == -(int)ab);
	FUZZ_CHECK(
	    device_version_compare(a, a) == DEVICE_VERSION_EQUAL || device_version_compare(a, a) == DEVICE_VERSION_INCOMPARABLE);
	FUZZ_CHECK(sound || in == DEVICE_VERSION_UNDECIDABLE);
	FUZZ_CHECK(in == DEVICE_VERSION_OUT || in == DEVICE_VERSION_IN || in == DEVICE_VERSION_UNDECIDABLE);
	/* A version is in the range that it is itself, as far as it is one. */
	if (device_version_compare(a, a) == DEVICE_VERSION_EQUAL && device_version_range_check(a, NULL) == FP_OK &&
	    strpbrk(a, "|,<>=!*") == NULL)
		FUZZ_CHECK(device_version_in_range(a, a) == DEVICE_VERSION_IN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fp_calloc(size + 3, 1);
	const char *a = copy, *b, *range;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	b = a + strlen(a) + 1;
	b = b > copy + size ? "" : b;
	range = b[0] == '\0' ? "" : b + strlen(b) + 1;
	range = range > copy + size ? "" : range;
	check(a, b, range);
	check(range, a, b);
	free(copy);
	return 0;
}
