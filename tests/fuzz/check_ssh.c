/* The first words of an SSH server. What is whole has no whole beginning; the lists lie within the bytes. */
#include <string.h>

#include "fuzz.h"

#include "check/ssh.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssh_hello h;
	enum check_frame f = ssh_hello_read(&h, data, size), last = CHECK_FRAME_MORE;
	if (f == CHECK_FRAME_WHOLE && !h.protocol1 && !h.disconnected) {
		for (int i = 0; i < SSH_LISTS; i++) {
			const uint8_t *p = (const uint8_t *)h.lists[i].names;
			FUZZ_CHECK(p >= data && p + h.lists[i].len <= data + size);
		}
		FUZZ_CHECK(strncmp(h.version, "SSH-2.0-", 8) == 0);
	}
	for (size_t n = 0; n <= size && n < 2048; n++) {
		f = ssh_hello_read(&h, data, n);
		FUZZ_CHECK(last == CHECK_FRAME_MORE || f == last);
		last = f;
	}
	return 0;
}
