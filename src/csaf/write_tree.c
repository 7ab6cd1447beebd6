/*
 * The product tree of a notice: vendor > product > version range, components and parts beside it and set on it by relationships. Ids are those of the
 * notice, the same in every language.
 */
#include <string.h>

#include "csaf/write_int.h"

/* ---- identifiers ---- */

static void
add_uri(struct csaf_writer *w, json_t *uris, const char *namespace, const char *uri)
{
	json_t *j = json_object();

	csaf_push(w, uris, j);
	csaf_put_text(w, j, "namespace", namespace);
	csaf_put_text(w, j, "uri", uri);
}

/* Every product has the notice's own id, so that none is without (6.2.16); it ties the languages and editions together. */
static json_t *
helper_of(struct csaf_writer *w, const char *kind, const char *id, const struct notice_list *skus, const char *udi)
{
	FP_AUTO(fp_buf_free) struct fp_buf tag = { .max = 1024 }, uri = { .max = 2048 };
	json_t *h = json_object(), *uris = json_array(), *list;
	char link[64];

	if (skus != NULL && skus->n > 0) {
		csaf_put(w, h, "skus", list = json_array());
		for (size_t i = 0; i < skus->n; i++)
			csaf_push(w, list, json_string(skus->items[i]));
	}
	csaf_put(w, h, "x_generic_uris", uris);
	if (udi != NULL) {
		(void)snprintf(link, sizeof(link), "https://id.gs1.org/01/%s", udi);
		add_uri(w, uris, "https://www.gs1.org/standards/id-keys/gtin", link);
	}
	csaf_write_tag(w, &tag);
	fp_buf_printf(&uri, "%s:%s:%s", tag.data, kind, id);
	if (uri.failed != FP_OK)
		w->no_memory = true;
	else
		add_uri(w, uris, tag.data, uri.data);
	return h;
}

/* "Illumina MiSeqDx", but not "Illumina Illumina DRAGEN Server". */
static void
full_name(struct fp_buf *out, const struct notice *n, const char *name)
{
	size_t k = strlen(n->brand);

	if (strncmp(name, n->brand, k) != 0)
		fp_buf_printf(out, "%s ", n->brand);
	fp_buf_puts(out, name);
}

/* ---- branches ---- */

static json_t *
branch(struct csaf_writer *w, json_t *into, const char *category, const char *name, bool inner)
{
	json_t *b = json_object();

	csaf_push(w, into, b);
	csaf_put_text(w, b, "category", category);
	csaf_put_text(w, b, "name", name);
	if (inner)
		csaf_put(w, b, "branches", json_array());
	return b;
}

/* The branch of a product's name, made once. */
static json_t *
name_branch(struct csaf_writer *w, const char *name)
{
	size_t i;
	json_t *b;

	json_array_foreach(w->vendor_branches, i, b)
	{
		if (strcmp(json_string_value(json_object_get(b, "name")), name) == 0)
			return json_object_get(b, "branches");
	}
	return json_object_get(branch(w, w->vendor_branches, "product_name", name, true), "branches");
}

/* All versions, "vers:intdot/>=4.0.1"; where vers cannot say it, as it stands (3.1.2.3.2 allows the constraints alone). */
static void
range_words(struct fp_buf *out, const char *range)
{
	size_t was = out->len;

	if (csaf_range_vers(out, range, NULL) == FP_OK)
		return;
	out->len = was;
	fp_buf_puts(out, range);
}

struct leaf {
	const char *id, *name, *range;
	const char *mode; /* NULL or "": none */
	const char *software;
	json_t *helper; /* stolen */
};

static void
put_leaf(struct csaf_writer *w, const struct leaf *l)
{
	FP_AUTO(fp_buf_free) struct fp_buf range = { .max = 4096 }, full = { .max = 8192 };
	bool mode = l->mode != NULL && *l->mode != '\0', all = strcmp(l->range, "*") == 0;
	json_t *into = name_branch(w, l->name), *b, *p = json_object();

	if (mode)
		into = json_object_get(branch(w, into, "specification", l->mode, true), "branches");
	range_words(&range, l->range);
	b = branch(w, into, "product_version_range", range.data ? range.data : "", false);
	full_name(&full, w->n, l->name);
	if (mode)
		fp_buf_printf(&full, " (%s)", l->mode);
	if (l->software != NULL)
		fp_buf_printf(&full, ", %s", l->software);
	if (!all)
		fp_buf_printf(&full, " %s", l->range);
	csaf_put(w, b, "product", p);
	csaf_put_text(w, p, "name", full.data);
	csaf_put_text(w, p, "product_id", l->id);
	csaf_put(w, p, "product_identification_helper", l->helper);
	w->no_memory = w->no_memory || range.failed != FP_OK || full.failed != FP_OK;
}

/* ---- leaves of a product ---- */

/* Called for each leaf of a product: its id and name. */
typedef enum fp_status (*leaf_fn)(
    struct csaf_writer *w, void *ctx, const struct notice_product *p, const char *leaf, struct fp_err *err);

/* "miseqdx", "miseqdx.2": the k-th leaf. */
static void
leaf_id(char out[CSAF_ID], const char *product, size_t k)
{
	if (k == 0)
		(void)snprintf(out, CSAF_ID, "%s", product);
	else
		(void)snprintf(out, CSAF_ID, "%s.%zu", product, k + 1);
}

static const char *
first_name(const struct notice_product *p)
{
	return p->names.n > 0 ? p->names.items[0] : p->id;
}

/* Put it into the tree when it is not there yet. */
static void
need_leaf(struct csaf_writer *w, const struct notice_product *p, const struct leaf *l)
{
	struct leaf whole = *l;

	if (!csaf_map_put(&w->leaves, csaf_write_keep(w, l->id), 1, &w->no_memory))
		return;
	whole.name = first_name(p);
	whole.helper = helper_of(w, "product", p->id, &p->catalog_numbers, p->udi_di);
	put_leaf(w, &whole);
}

/* How many leaves the product's own versions make. */
static size_t
own_leaves(const struct notice_product *p)
{
	return p->n_versions > 0 ? p->n_versions : 1;
}

static enum fp_status
each_own_leaf(struct csaf_writer *w, const struct notice_product *p, leaf_fn fn, void *ctx, struct fp_err *err)
{
	for (size_t k = 0; k < own_leaves(p); k++) {
		char id[CSAF_ID];
		struct leaf l = { .id = id, .range = "*" };

		leaf_id(id, p->id, k);
		if (p->n_versions > 0) {
			l.range = p->versions[k].range;
			l.mode = p->versions[k].mode;
			l.software = p->versions[k].software;
		}
		need_leaf(w, p, &l);
		if (fn(w, ctx, p, id, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	return FP_OK;
}

/* The leaf of a range that a vulnerability gives: the same range has one leaf, whichever vulnerability names it. */
static enum fp_status
range_leaf(struct csaf_writer *w, const struct notice_product *p, const char *range, leaf_fn fn, void *ctx, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf key = { .max = 4096 };
	char id[CSAF_ID];
	size_t k;

	for (k = 0; k < p->n_versions; k++)
		if (*p->versions[k].mode == '\0' && strcmp(p->versions[k].range, range) == 0)
			break;
	if (k == p->n_versions) {
		fp_buf_printf(&key, "%s\x1f%s", p->id, range);
		if (key.failed != FP_OK)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		k = csaf_map_get(&w->leaves, key.data);
		if (k == CSAF_NONE) {
			/* Numbers go on behind the product's own leaves; the map counts all, so no two are alike. */
			k = own_leaves(p) + w->leaves.n;
			(void)csaf_map_put(&w->leaves, csaf_write_keep(w, key.data), k, &w->no_memory);
		}
	}
	leaf_id(id, p->id, k);
	need_leaf(w, p, &(struct leaf){ .id = id, .range = range });
	return fn(w, ctx, p, id, err);
}

/* ---- what stands on a product ---- */

static void
relate(struct csaf_writer *w, const char *category, const char *what, const char *on, const char *what_name, const char *on_name,
    json_t *helper, char id[CSAF_ID])
{
	json_t *r, *full;
	FP_AUTO(fp_buf_free) struct fp_buf name = { .max = 8192 };

	(void)snprintf(id, CSAF_ID, "%.70s-on-%.70s", what, on);
	if (!csaf_map_put(&w->leaves, csaf_write_keep(w, id), 1, &w->no_memory)) {
		json_decref(helper);
		return;
	}
	r = json_object();
	full = json_object();
	csaf_push(w, w->relationships, r);
	csaf_put_text(w, r, "category", category);
	csaf_put_text(w, r, "product_reference", what);
	csaf_put_text(w, r, "relates_to_product_reference", on);
	csaf_put(w, r, "full_product_name", full);
	full_name(&name, w->n, what_name);
	fp_buf_puts(&name, strcmp(category, "installed_on") == 0 ? " installed on " : " in ");
	full_name(&name, w->n, on_name);
	csaf_put_text(w, full, "name", name.data);
	csaf_put_text(w, full, "product_id", id);
	csaf_put(w, full, "product_identification_helper", helper);
}

struct target {
	json_t *ids;
	const struct notice_affects *affects; /* NULL: the vulnerability does not say */
};

static void
push_once(struct csaf_writer *w, json_t *ids, const char *id)
{
	size_t i;
	json_t *v;

	json_array_foreach(ids, i, v)
	{
		if (strcmp(json_string_value(v), id) == 0)
			return;
	}
	csaf_push(w, ids, json_string(id));
}

/* "universal-copy-service-ucs", with a number for each of its ranges. */
static void
component_leaf(struct csaf_writer *w, const struct notice_affects *a, char id[CSAF_ID])
{
	const char *range = a->component_range ? a->component_range : "*";
	FP_AUTO(fp_buf_free) struct fp_buf key = { .max = 8192 };
	char slug[48];
	size_t k;

	csaf_slug(slug, a->component);
	fp_buf_printf(&key, "component\x1f%s\x1f%s", a->component, range);
	if (key.failed != FP_OK) {
		w->no_memory = true;
		return;
	}
	k = csaf_map_get(&w->leaves, key.data);
	if (k == CSAF_NONE) {
		k = 0;
		do
			(void)snprintf(id, CSAF_ID, k == 0 ? "component-%s" : "component-%s.%zu", slug, k + 1);
		while (csaf_map_get(&w->leaves, id) != CSAF_NONE && ++k < 10000);
		(void)csaf_map_put(&w->leaves, csaf_write_keep(w, key.data), k, &w->no_memory);
		(void)csaf_map_put(&w->leaves, csaf_write_keep(w, id), 1, &w->no_memory);
		put_leaf(w,
		    &(struct leaf){
			.id = id, .name = a->component, .range = range, .helper = helper_of(w, "component", slug, NULL, NULL) });
	} else {
		(void)snprintf(id, CSAF_ID, k == 0 ? "component-%s" : "component-%s.%zu", slug, k + 1);
	}
}

static void
part_leaf(struct csaf_writer *w, const struct notice_part *part, char id[CSAF_ID])
{
	(void)snprintf(id, CSAF_ID, "part-%.100s", part->id);
	if (csaf_map_put(&w->leaves, csaf_write_keep(w, id), 1, &w->no_memory))
		put_leaf(w, &(struct leaf){ .id = id,
				.name = part->names.items[0],
				.range = "*",
				.helper = helper_of(w, "part", part->id, &part->catalog_numbers, NULL) });
}

static enum fp_status
add_target(struct csaf_writer *w, void *ctx, const struct notice_product *p, const char *leaf, struct fp_err *err)
{
	struct target *t = ctx;
	char what[CSAF_ID], id[CSAF_ID];

	(void)err;
	if (t->affects != NULL && t->affects->component != NULL) {
		component_leaf(w, t->affects, what);
		relate(w, "installed_on", what, leaf, t->affects->component, first_name(p),
		    helper_of(w, "product", p->id, &p->catalog_numbers, p->udi_di), id);
		push_once(w, t->ids, id);
		return FP_OK;
	}
	for (size_t i = 0; i < p->n_parts; i++) {
		part_leaf(w, &p->parts[i], what);
		relate(w, "default_component_of", what, leaf, p->parts[i].names.items[0], first_name(p),
		    helper_of(w, "product", p->id, &p->catalog_numbers, p->udi_di), id);
		push_once(w, t->ids, id);
	}
	if (p->n_parts == 0)
		push_once(w, t->ids, leaf);
	return FP_OK;
}

static bool
wanted(const struct notice_product *p, const struct notice_list *a, const struct notice_list *b)
{
	return (a == NULL || a->n == 0 || notice_list_has(a, p->id)) && (b == NULL || b->n == 0 || notice_list_has(b, p->id));
}

static enum fp_status
entry_targets(
    struct csaf_writer *w, json_t *ids, const struct notice_affects *a, const struct notice_list *only, struct fp_err *err)
{
	struct target t = { .ids = ids, .affects = a };

	for (size_t i = 0; i < w->n->n_products; i++) {
		const struct notice_product *p = &w->n->products[i];
		enum fp_status s = FP_OK;

		if (!wanted(p, a ? &a->products : NULL, only))
			continue;
		if (a != NULL && a->range != NULL)
			s = range_leaf(w, p, a->range, add_target, &t, err);
		else
			s = each_own_leaf(w, p, add_target, &t, err);
		if (s != FP_OK)
			return s;
	}
	return FP_OK;
}

enum fp_status
csaf_write_targets(
    struct csaf_writer *w, json_t *ids, const struct notice_vulnerability *v, const struct notice_list *only, struct fp_err *err)
{
	if (v->n_affects == 0)
		return entry_targets(w, ids, NULL, only, err);
	for (size_t i = 0; i < v->n_affects; i++)
		if (entry_targets(w, ids, &v->affects[i], only, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	return FP_OK;
}

static enum fp_status
nothing(struct csaf_writer *w, void *ctx, const struct notice_product *p, const char *leaf, struct fp_err *err)
{
	(void)w;
	(void)ctx;
	(void)p;
	(void)leaf;
	(void)err;
	return FP_OK;
}

/* Has the product a leaf of any kind? Range leaves are kept under "product US range". */
static bool
in_tree(const struct csaf_writer *w, const struct notice_product *p)
{
	size_t i;
	json_t *b;

	json_array_foreach(w->vendor_branches, i, b)
	{
		if (strcmp(json_string_value(json_object_get(b, "name")), first_name(p)) == 0)
			return true;
	}
	return false;
}

enum fp_status
csaf_write_tree(struct csaf_writer *w, struct fp_err *err)
{
	json_t *tree = json_object(), *branches = json_array(), *vendor = json_object();

	for (size_t i = 0; i < w->n->n_products; i++)
		if (!in_tree(w, &w->n->products[i]) && each_own_leaf(w, &w->n->products[i], nothing, NULL, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	csaf_put(w, w->root, "product_tree", tree);
	csaf_put(w, tree, "branches", branches);
	csaf_push(w, branches, vendor);
	csaf_put_text(w, vendor, "category", "vendor");
	csaf_put_text(w, vendor, "name", w->n->manufacturer);
	csaf_put(w, vendor, "branches", json_incref(w->vendor_branches));
	if (json_array_size(w->relationships) > 0)
		csaf_put(w, tree, "relationships", json_incref(w->relationships));
	return FP_OK;
}
