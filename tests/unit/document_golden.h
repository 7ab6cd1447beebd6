/* Compare with a golden file; FP_GOLDEN=write in the environment writes it instead (then look at the difference in git). */
#ifndef FP_TESTS_DOCUMENT_GOLDEN_H
#define FP_TESTS_DOCUMENT_GOLDEN_H

#include <stdio.h>

#include "base/file.h"

static void
golden_compare(const char *name, const struct fp_buf *got)
{
	FP_AUTO(fp_buf_free) struct fp_buf want = { 0 };
	struct fp_err err = { 0 };
	const char *mode = getenv("FP_GOLDEN");
	char path[256];

	(void)snprintf(path, sizeof(path), "tests/golden/document/%s", name);
	if (mode != NULL && strcmp(mode, "write") == 0) {
		assert_int_equal(fp_file_publish(path, got->data, got->len, 0644, &err), FP_OK);
		return;
	}
	if (fp_file_read(&want, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(got->data, want.data);
}

#endif
