/* Addresses of device lists: what is read can be written as a target, split again, and names exactly one host. */
#include <string.h>

#include "fuzz.h"

#include "check/target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[600], target[400], host[CHECK_HOST_MAX];
	struct check_target t;
	int port = 0;
	if (size >= sizeof(text)) {
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (check_target_parse(&t, text, NULL) != FP_OK) {
		return 0;
	}
	FUZZ_CHECK(t.host[0] != '\0' && t.port >= 0 && t.port <= 65535 && t.n_services <= CHECK_SERVICES_MAX);
	FUZZ_CHECK(strpbrk(t.host, " /\\@;\r\n") == NULL);
	for (size_t i = 0; i < t.n_services; i++) {
		FUZZ_CHECK(t.services[i].port > 0 && t.services[i].port <= 65535);
	}
	check_target_text(target, sizeof(target), t.host, t.v6, 445);
	FUZZ_CHECK(check_target_split(host, sizeof(host), &port, target) && port == 445 && strcmp(host, t.host) == 0);
	return 0;
}
