/* The writer's stages. Private to csaf/. */
#ifndef FP_CSAF_WRITE_INT_H
#define FP_CSAF_WRITE_INT_H

#include "csaf/csaf_int.h"
#include "i18n/i18n.h"

#define CSAF_ID 160 /* bytes of a product id of ours */

struct csaf_writer {
	const struct notice *n;
	const struct notice_text *t;
	const struct i18n *lang;
	const struct csaf_write_options *o;
	const char *source;   /* language of the original */
	bool translation;     /* the language is another */
	const char *base_url; /* with the slash at its end */
	struct fp_arena *arena;
	json_t *root, *document;
	/* The product tree, made as the vulnerabilities ask for it. */
	json_t *vendor_branches, *relationships;
	struct csaf_map leaves; /* "product" or "product" RS "range" -> used */
	bool no_memory;
};

void csaf_put(struct csaf_writer *w, json_t *obj, const char *key, json_t *stolen);
void csaf_put_text(struct csaf_writer *w, json_t *obj, const char *key, const char *text); /* NULL or "": nothing */
void csaf_push(struct csaf_writer *w, json_t *array, json_t *stolen);
const char *csaf_write_keep(struct csaf_writer *w, const char *text);

/* A section of the letter as plain text, its first level headings left out; "" when the language has none. FP_ENOMEM, FP_ELIMIT. */
enum fp_status csaf_section_plain(
    struct fp_buf *out, const struct csaf_writer *w, const char *key, struct fp_err *err) FP_MUST_CHECK;
/* The heading of a section; NULL when it has none. */
const char *csaf_section_heading(const struct csaf_writer *w, const char *key);

/* Append to ids the product ids that a vulnerability affects, of those products that only names (NULL: all); makes what lacks in the tree. */
enum fp_status csaf_write_targets(struct csaf_writer *w, json_t *ids, const struct notice_vulnerability *v,
    const struct notice_list *only, struct fp_err *err) FP_MUST_CHECK;
/* The tree for products that no vulnerability named, then /product_tree. */
enum fp_status csaf_write_tree(struct csaf_writer *w, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_write_vulnerabilities(struct csaf_writer *w, struct fp_err *err) FP_MUST_CHECK;
enum fp_status csaf_write_document(struct csaf_writer *w, struct fp_err *err) FP_MUST_CHECK;
/* "tag:illumina.com,2023:FSN2023-1338" (RFC 4151): the namespace in which product ids of the notice are unique. */
void csaf_write_tag(const struct csaf_writer *w, struct fp_buf *out);
/* The host that the maker's addresses have: of legal_url, otherwise of the first contact. */
enum fp_status csaf_maker_host(char out[256], const struct notice *n, struct fp_err *err) FP_MUST_CHECK;
struct fp_date csaf_first_date(const struct notice *n, const struct csaf_write_options *o);

#endif
