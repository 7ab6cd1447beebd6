#include "base/asset.h"

#include <string.h>

extern const struct fp_asset fp_asset_table[]; /* made by tools/embed */

const struct fp_asset *
fp_asset_all(void)
{
	return fp_asset_table;
}

const struct fp_asset *
fp_asset_find(const char *name)
{
	for (const struct fp_asset *a = fp_asset_table; a->name != NULL; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}
