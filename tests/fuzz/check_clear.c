/* Answers of clear-text services. First byte: which reader; the rest is the answer. What is whole stays whole. */
#include "fuzz.h"

#include "check/clear.h"

static enum check_frame
read_one(unsigned which, const uint8_t *p, size_t n)
{
	int code = 0;
	size_t used = 0, count = 0;
	bool a = false, b = false;
	enum check_frame f;
	switch (which) {
	case 0:
		f = clear_ftp_read(&code, &used, p, n);
		FUZZ_CHECK(f != CHECK_FRAME_WHOLE || (used <= n && code >= 100 && code <= 599));
		return f;
	case 1:
		f = clear_ftp_answer(&code, p, n);
		FUZZ_CHECK(f != CHECK_FRAME_WHOLE || (code >= 200 && code != 220));
		return f;
	case 2:
		f = clear_http_read(&code, &a, p, n);
		FUZZ_CHECK(f == CHECK_FRAME_WHOLE ? code >= 100 : !a);
		return f;
	case 3:
		f = clear_rfb_version(&code, p, n);
		FUZZ_CHECK(f != CHECK_FRAME_WHOLE || code == 3 || code == 7 || code == 8);
		return f;
	default:
		f = clear_rfb_types(&a, &b, &count, which == 4 ? 3 : 8, p, n);
		FUZZ_CHECK(count <= n);
		return f;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum check_frame last = CHECK_FRAME_MORE;
	if (size == 0) {
		return 0;
	}
	(void)clear_tftp_answers(data + 1, size - 1);
	for (size_t n = 0; n < size && n < 2048; n++) {
		enum check_frame f = read_one(data[0] % 6, data + 1, n);
		FUZZ_CHECK(last == CHECK_FRAME_MORE || f == last);
		last = f;
	}
	return 0;
}
