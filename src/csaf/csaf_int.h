/*
 * An advisory after its first reading: products with their paths, by id. Readers of drafts and of changes share it. Private to csaf/.
 */
#ifndef FP_CSAF_CSAF_INT_H
#define FP_CSAF_CSAF_INT_H

#include "base/arena.h"
#include "csaf/csaf.h"

#define CSAF_PRODUCTS_MAX 50000u
#define CSAF_VULNERABILITIES_MAX 5000u
#define CSAF_REFERENCES_MAX 1000000u /* product ids named in all, groups counted out */
#define CSAF_POINTER 640             /* 64 levels of JSON fit */
#define CSAF_NONE ((size_t)-1)

/* ---- text -> index ---- */

struct csaf_map {
	struct csaf_map_slot *slots;
	size_t cap, n;
};
/* The index kept under key, or CSAF_NONE. */
size_t csaf_map_get(const struct csaf_map *m, const char *key);
/* Keep index under key (borrowed) when there is none yet; false: there is one, or no memory (*failed). */
bool csaf_map_put(struct csaf_map *m, const char *key, size_t index, bool *failed);
/* The same, over what is there. False: no memory. */
bool csaf_map_set(struct csaf_map *m, const char *key, size_t index, bool *failed);
void csaf_map_free(struct csaf_map *m);

/* ---- products ---- */

/* A full product name: of a branch, of the list, or of a relationship. */
struct csaf_leaf {
	const char *id;       /* product_id */
	const char *name;     /* full name, cleaned */
	const char *vendor;   /* NULL where no branch says it */
	const char *product;  /* name of the product_name branch; the full name where there is none */
	const char *version;  /* of the last product_version or product_version_range branch; NULL when there is none */
	bool exact;           /* it was product_version */
	const char *path;     /* names of all branches but the version, joined by U+001F, folded */
	const json_t *helper; /* NULL */
	const char *pointer;  /* of the full product name; name_pointer: of its product_name branch */
	const char *name_pointer, *version_pointer;
	struct csaf_range range;
	/* Of a relationship. */
	const char *relation; /* category; NULL for others */
	const char *host_id, *component_id;
	size_t host, component; /* indexes of leaves that are none themselves; CSAF_NONE when not resolved */
	bool is_component;      /* stands as component in a relationship */
	bool is_host;           /* something is installed on it */
	bool named;             /* a vulnerability names it */
	size_t item;            /* index among the draft's products or components */
	size_t mark;            /* of the last walk that met it */
};

/* In the order of /vulnerabilities[]/product_status. */
enum csaf_status {
	CSAF_FIRST_AFFECTED,
	CSAF_FIRST_FIXED,
	CSAF_FIXED,
	CSAF_KNOWN_AFFECTED,
	CSAF_KNOWN_NOT_AFFECTED,
	CSAF_LAST_AFFECTED,
	CSAF_RECOMMENDED,
	CSAF_UNDER_INVESTIGATION,
	CSAF_STATUS_COUNT
};
extern const char *const csaf_status_names[CSAF_STATUS_COUNT]; /* "first_affected", ... */

struct csaf_leaves { /* indexes into doc.leaves, each once */
	size_t *items, n;
};

struct csaf_vuln {
	const json_t *json;
	const char *id;      /* "cve-2023-1968"; "v3" for the third when it has none; unique */
	const char *pointer; /* "/vulnerabilities/2" */
	struct csaf_leaves status[CSAF_STATUS_COUNT];
};

struct csaf_doc {
	json_t *root; /* owned */
	const char *file;
	const json_t *document, *tracking, *tree, *vulnerabilities;
	struct fp_arena *arena;
	struct csaf_vuln *vulns;
	size_t n_vulns;
	struct csaf_leaf *leaves;
	size_t n_leaves, leaves_cap;
	struct csaf_map by_id;    /* product_id -> leaf */
	struct csaf_map groups;   /* group_id -> index in product_tree.product_groups */
	const json_t *group_list; /* NULL */
	size_t references;        /* counted against the limit */
	struct draft *d;          /* where findings go; may be NULL */
	bool no_memory;
};

enum fp_status csaf_doc_load(
    struct csaf_doc *doc, const char *file, const char *data, size_t len, struct draft *d, struct fp_err *err) FP_MUST_CHECK;
void csaf_doc_free(struct csaf_doc *doc);

/* White space runs are one blank, control characters go; memory of the arena. "" for NULL; never NULL (doc->no_memory). */
const char *csaf_clean(struct csaf_doc *doc, const char *text);
/* The member when it has that type, otherwise NULL; another type than null is a finding. pointer: of obj. */
const char *csaf_str(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer);
const json_t *csaf_arr(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer);
const json_t *csaf_obj(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer);
void csaf_finding(struct csaf_doc *doc, const char *code, enum draft_severity sev, const char *pointer, const char *fmt, ...)
    FP_PRINTF(5, 6);

/*
 * Leaves that a list of product ids and one of group ids name (either may be NULL), each once, in their order, into *out (of the arena). Unknown ids are
 * findings. FP_ELIMIT.
 */
enum fp_status csaf_resolve(struct csaf_doc *doc, const json_t *ids, const json_t *groups, const char *pointer, size_t **out,
    size_t *n, struct fp_err *err) FP_MUST_CHECK;

/* doc->vulns with their product status; leaves that a vulnerability names are marked. */
enum fp_status csaf_doc_vulnerabilities(struct csaf_doc *doc, struct fp_err *err) FP_MUST_CHECK;
/* A copy that lives as long as doc; never NULL (doc->no_memory). */
const char *csaf_keep(struct csaf_doc *doc, const char *text);
/* a-z, 0-9 and -, at most 40 bytes: "MiniSeq(TM) Control Software" -> "miniseq-tm-control-software". */
void csaf_slug(char out[48], const char *text);

/* ---- a draft in the making ---- */

struct csaf_reader {
	struct csaf_doc doc;
	struct draft *d;
	/* Products of the draft (first) and components (behind them), each with its leaves in the advisory's order. */
	struct csaf_item {
		const char *id;
		bool component;
		size_t index; /* in /products or /components */
		size_t *leaves, n, cap;
		size_t mark; /* of the last walk that met it */
	} * items;
	size_t n_items, items_cap;
	size_t walk; /* number of the walk, for marks */
};

/* obj[key] = value (stolen); out of memory sticks. */
void csaf_set(struct csaf_reader *r, json_t *obj, const char *key, json_t *stolen);
void csaf_append(struct csaf_reader *r, json_t *array, json_t *stolen);
json_t *csaf_text_or_null(const char *text);
/* Fact fmt... stands at pointer in the advisory. text: how it stands there when it differs; NULL. */
void csaf_place(struct csaf_reader *r, const char *pointer, int confidence, const char *text, const char *fmt, ...)
    FP_PRINTF(5, 6);

enum fp_status csaf_read_document(struct csaf_reader *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_read_products(struct csaf_reader *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_read_vulnerabilities(struct csaf_reader *r, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_read_actions(struct csaf_reader *r, struct fp_err *err) FP_MUST_CHECK;
/* Member "id" of the draft's product that leaf belongs to; NULL for a component. */
const char *csaf_product_id(const struct csaf_reader *r, size_t leaf);

/* ---- what a text says of a component (component.c) ---- */

struct csaf_said {
	char name[160];  /* "Universal Copy Service (UCS)" */
	char text[160];  /* as it stands there: "Illumina Universal Copy Service v1.x and v2.x" */
	char range[256]; /* "=1.x || =2.x" */
};
/*
 * "Instruments with Illumina Universal Copy Service v2.x are vulnerable": software that stands beside the products, with its versions. Names that are
 * products of the advisory are none.
 */
bool csaf_component_said(struct csaf_said *out, struct csaf_doc *doc, const char *text);

#endif
