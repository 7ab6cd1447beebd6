#include "collect/collect.h"

struct collect_value *
collect_offline(struct collect *c, const char *dir)
{
	collect_unknown(c, "offline.*", "'%s': this build reads no other system's registry", dir);
	return NULL;
}
