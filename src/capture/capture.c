/* What facts of captures share that were read just now and those that come from a file: apart from read.c, so that only who reads captures loads libpcap. */
#include "capture/capture.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

void
capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	free(c->convs);
	free(c);
}

void
capture_freep(struct capture **c)
{
	capture_free(*c);
	*c = NULL;
}

char *
capture_address_text(char out[CAPTURE_ADDRESS_MAX], const struct capture_address *a)
{
	if (inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->bytes, out, CAPTURE_ADDRESS_MAX) == NULL)
		out[0] = '\0';
	return out;
}

bool
capture_address_of(struct capture_address *out, const char *text)
{
	memset(out, 0, sizeof(*out));
	out->family = strchr(text, ':') != NULL ? 6 : 4;
	return inet_pton(out->family == 6 ? AF_INET6 : AF_INET, text, out->bytes) == 1;
}
