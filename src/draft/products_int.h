/*
 * How products are read. Tables, label lines, lists and prose all give records: what was printed together, each value with its field and place.
 * Records that speak of one product become one product. Private to draft/products*.c.
 */
#ifndef FP_DRAFT_PRODUCTS_INT_H
#define FP_DRAFT_PRODUCTS_INT_H

#include "draft/draft_int.h"

enum prod_field {
	PROD_NAME,
	PROD_CATALOG,
	PROD_UDI,
	PROD_MODEL,
	PROD_LOT,
	PROD_SERIAL, /* a serial number or a range of them: the value tells */
	PROD_VERSION,
	PROD_OTHER, /* a label that ends the value before it and has none for us: 510(k), quantity, expiry */
	PROD_FIELDS
};
#define PROD(f) (1u << (f))
#define PROD_CODES (PROD(PROD_CATALOG) | PROD(PROD_UDI) | PROD(PROD_MODEL) | PROD(PROD_LOT) | PROD(PROD_SERIAL))
#define PROD_READ (PROD_CODES | PROD(PROD_NAME) | PROD(PROD_VERSION))

/* What a value is beside a plain one. */
enum {
	PROD_NA = 1,      /* "not applicable" */
	PROD_BAD = 2,     /* wrong check digit: as printed, not a fact */
	PROD_RANGE = 4,   /* "1000-1999" */
	PROD_OPEN = 8,    /* "1401 and following" */
	PROD_WILD = 16,   /* "1401XX" */
	PROD_ALL = 32,    /* "all lots" */
	PROD_UNTRUE = 64, /* codes run together: neither is a fact */
};

struct prod_item {
	enum prod_field field;
	unsigned is; /* PROD_NA ... */
	uint32_t block, from, len;
	const char *value; /* as it shall stand in the facts */
	int confidence;
};

struct prod_record {
	struct prod_item *items;
	size_t n, cap;
};

/* One product while it is put together. */
struct prod_product {
	struct prod_record r;
	const char *udi;    /* NULL: none */
	const char *folded; /* of its first name; "" for none */
	uint64_t *seen;     /* sieve of its values; NULL: they are few */
};

struct prod {
	struct draft_work *w;
	bool *used;             /* per block: read as part of a table or list */
	struct prod_record rec; /* being filled */
	uint32_t read_to;       /* byte behind the last value that prod_values took */
	bool limited;           /* there are more products than are kept */
	bool prose;             /* it is of running text: what stands beside it says little */
	bool form;              /* it is of the reply form: it may add to a product, never make one */
	struct prod_product *products;
	size_t n, cap;
	uint64_t *seen; /* sieve of what products are known by: a list of thousands is not searched for each of them */
};

/* ---- products.c ---- */
void prod_add(struct prod *p, enum prod_field f, unsigned is, uint32_t block, uint32_t from, uint32_t to, const char *value,
    int confidence);
unsigned prod_has(const struct prod_record *r); /* PROD() bits of the fields in it */
void prod_flush(struct prod *p);                /* the record is whole: it becomes a product, or adds to one */
void prod_more(struct prod *p, struct prod_product *to, const struct prod_item *i); /* unless the product has that value */

/* ---- products_label.c: which field a label is of ---- */
struct prod_label {
	uint32_t from, to;
	enum prod_field field;
};
/* Labels of a block in [from, to), ascending; at most max. */
size_t prod_labels(const struct prod *p, uint32_t block, uint32_t from, uint32_t to, struct prod_label *out, size_t max);
/* The block's text from ... to is the head of a column or a label of its own: which fields? 0: it is not. */
unsigned prod_head(const struct prod *p, uint32_t block, uint32_t from, uint32_t to);
/* "Reference" at the head of a column beside products is their catalogue number. */
bool prod_is_reference(const struct prod *p, uint32_t block, uint32_t from, uint32_t to);
void prod_read_lines(struct prod *p); /* "Label: value", lists, prose */

/* ---- products_table.c ---- */
void prod_read_tables(struct prod *p);
/* The value of a column with that head. */
void prod_read_cell(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to);

/* ---- products_list.c ---- */
void prod_read_lists(struct prod *p); /* columns one below the other, heads and rows run together */

/* ---- products_value.c ---- */
/*
 * Values of the fields in [from, to). cell: all of it is the value, words in between are passed over; otherwise it ends at the first word that is no part
 * of a list. Returns how many were added.
 */
size_t prod_values(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to, bool cell, int confidence);
bool prod_not_applicable(const struct prod *p, uint32_t block, uint32_t from, uint32_t to);

/* ---- products_row.c ---- */
/* A row whose columns ran together: a name, then as many codes as there are fields. */
bool prod_run_together(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to, int confidence);

/* ---- products_name.c ---- */
bool prod_name(struct prod *p, uint32_t block, uint32_t from, uint32_t to, int confidence); /* false: that is no name */
void prod_spellings(struct prod *p); /* other spellings of the names found, anywhere in the letter */

/* ---- products_check.c ---- */
void prod_check(struct prod *p); /* codes that ran together, letters for digits */

/* ---- products_version.c ---- */
/* "Dx: 4.0.1 and newer" -> [{mode, software, range, printed}]; range null where it cannot be said. */
json_t *prod_versions(const struct prod *p, const struct prod_item *i);

#endif
