/* The first words of a TLS server. First byte: which hello they answer; the rest is the answer. What is whole stays whole. */
#include <string.h>

#include "fuzz.h"

#include "check/tls_proto.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fp_buf request = { .max = 1024 };
	enum check_frame last = CHECK_FRAME_MORE;
	if (size == 0) {
		return 0;
	}
	unsigned offered = TLS_10 + data[0] % 4;
	tls_request(&request, (enum tls_version)offered, (data[0] & 4) != 0 ? "nas.example" : NULL);
	FUZZ_CHECK(request.failed == FP_OK);
	for (size_t n = 0; n < size; n += n < 64 || n + 1 == size ? 1 : size - 1 - n < 97 ? size - 1 - n : 97) {
		struct tls_answer a;
		enum check_frame f = tls_answer_read(&a, (const uint8_t *)request.data, request.len, data + 1, n);
		FUZZ_CHECK(last == CHECK_FRAME_MORE || f == last);
		FUZZ_CHECK(a.version <= offered && (a.version == 0 || a.version >= TLS_SSL3));
		FUZZ_CHECK(a.certificate.len < size && (a.certificate.len == 0 || a.version != 0));
		last = f;
		tls_answer_free(&a);
	}
	fp_buf_free(&request);
	return 0;
}
