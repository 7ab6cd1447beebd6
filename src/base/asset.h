/*
 * Files that travel inside the program (tools/embed): catalogues, style sheets, schemas, SQL.
 */
#ifndef FP_BASE_ASSET_H
#define FP_BASE_ASSET_H

#include <stddef.h>

struct fp_asset {
	const char *name; /* "web/app.css", "po/da.mo", "store/0001_start.sql" */
	const char *data; /* followed by a NUL that is not counted */
	size_t len;
};

const struct fp_asset *fp_asset_find(const char *name); /* NULL when there is none */
const struct fp_asset *fp_asset_all(void);              /* ends with name NULL */

#endif
