/*
 * The collector that is shipped is linked statically, so that one file runs from a stick on any Linux. libcrypto could look up names and load modules; here it cannot:
 * these take the place of the C library's functions (dlopen by the linker's --wrap: the C library has its own use for it).
 */
#include <netdb.h>
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode); /* NOLINT */

void *
__wrap_dlopen(const char *file, int mode) /* NOLINT */
{
	(void)file;
	(void)mode;
	return NULL;
}

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	(void)name;
	(void)service;
	(void)hints;
	*out = NULL;
	return EAI_FAIL;
}

struct hostent *
gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

void
freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}
