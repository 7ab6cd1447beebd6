/* An advisory's first reading: JSON, its products with their paths, ids looked up, groups counted out. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "csaf/csaf_int.h"

/* ---- text -> index ---- */

struct csaf_map_slot {
	const char *key; /* NULL: free */
	size_t index;
};

static size_t
hash(const char *key)
{
	size_t h = 14695981039346656037u;

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211u;
	return h ^ h >> 29;
}

static struct csaf_map_slot *
slot_of(const struct csaf_map *m, const char *key)
{
	size_t i = hash(key) & (m->cap - 1);

	while (m->slots[i].key != NULL && strcmp(m->slots[i].key, key) != 0)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

size_t
csaf_map_get(const struct csaf_map *m, const char *key)
{
	const struct csaf_map_slot *s = m->cap == 0 ? NULL : slot_of(m, key);

	return s == NULL || s->key == NULL ? CSAF_NONE : s->index;
}

static bool
grow(struct csaf_map *m)
{
	struct csaf_map bigger = { .cap = m->cap == 0 ? 64 : m->cap * 2 };

	bigger.slots = fp_calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].key != NULL)
			*slot_of(&bigger, m->slots[i].key) = m->slots[i];
	bigger.n = m->n;
	free(m->slots);
	*m = bigger;
	return true;
}

bool
csaf_map_put(struct csaf_map *m, const char *key, size_t index, bool *failed)
{
	struct csaf_map_slot *s;

	if ((m->n + 1) * 2 > m->cap && !grow(m)) {
		*failed = true;
		return false;
	}
	s = slot_of(m, key);
	if (s->key != NULL)
		return false;
	*s = (struct csaf_map_slot){ key, index };
	m->n++;
	return true;
}

bool
csaf_map_set(struct csaf_map *m, const char *key, size_t index, bool *failed)
{
	if (csaf_map_put(m, key, index, failed))
		return true;
	if (*failed)
		return false;
	slot_of(m, key)->index = index;
	return true;
}

void
csaf_map_free(struct csaf_map *m)
{
	free(m->slots);
	*m = (struct csaf_map){ .n = 0 };
}

/* ---- findings and members ---- */

void
csaf_finding(struct csaf_doc *doc, const char *code, enum draft_severity sev, const char *pointer, const char *fmt, ...)
{
	char text[600];
	size_t before;
	json_t *last;
	va_list ap;

	if (doc->d == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	before = json_array_size(doc->d->findings);
	draft_finding(doc->d, code, sev, NULL, "%s", text);
	last = json_array_get(doc->d->findings, before);
	if (last != NULL && pointer != NULL)
		json_object_set_new(last, "pointer", json_string(pointer));
}

static const json_t *
member(struct csaf_doc *doc, const json_t *obj, const char *key, json_type type, const char *pointer)
{
	static const char *const names[] = { [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a text" };
	const json_t *v = json_object_get(obj, key);

	if (v == NULL || json_typeof(v) == type)
		return v;
	csaf_finding(doc, "wrong-type", DRAFT_ERROR, pointer, "'%.40s' must be %s; it was not read", key, names[type]);
	return NULL;
}

const char *
csaf_str(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer)
{
	const json_t *v = member(doc, obj, key, JSON_STRING, pointer);

	return v != NULL && json_string_length(v) > 0 ? json_string_value(v) : NULL;
}

const json_t *
csaf_arr(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer)
{
	return member(doc, obj, key, JSON_ARRAY, pointer);
}

const json_t *
csaf_obj(struct csaf_doc *doc, const json_t *obj, const char *key, const char *pointer)
{
	return member(doc, obj, key, JSON_OBJECT, pointer);
}

const char *
csaf_clean(struct csaf_doc *doc, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text), n = 0;
	char *out = fp_arena_alloc(doc->arena, len + 1, 1);

	if (out == NULL) {
		doc->no_memory = true;
		return "";
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > ' ' && c != 0x7f)
			out[n++] = (char)c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

const char *
csaf_keep(struct csaf_doc *doc, const char *text)
{
	/* NULL comes from a buffer that failed. */
	const char *copy = text == NULL ? NULL : fp_arena_text(doc->arena, text, strlen(text));

	doc->no_memory = doc->no_memory || copy == NULL;
	return copy ? copy : "";
}

/* ---- the product tree ---- */

/* What the branches above say. */
struct path {
	const char *vendor, *product, *version;
	bool exact;
	const char *name_pointer, *version_pointer;
	struct fp_buf *joined; /* one for all levels: each takes off what it added */
};

static struct csaf_leaf *
add_leaf(struct csaf_doc *doc, const json_t *full, const char *pointer, struct fp_err *err)
{
	struct csaf_leaf *l;
	const char *id = csaf_str(doc, full, "product_id", pointer), *name = csaf_str(doc, full, "name", pointer);

	if (doc->n_leaves >= CSAF_PRODUCTS_MAX) {
		(void)fp_fail(err, FP_ELIMIT, "%s: more than %u products", doc->file, CSAF_PRODUCTS_MAX);
		return NULL;
	}
	if (fp_grow(&doc->leaves, &doc->leaves_cap, doc->n_leaves + 1, sizeof(*doc->leaves)) != 0) {
		(void)fp_fail(err, FP_ENOMEM, "out of memory");
		return NULL;
	}
	l = &doc->leaves[doc->n_leaves];
	*l = (struct csaf_leaf){ .host = CSAF_NONE, .component = CSAF_NONE, .item = CSAF_NONE };
	l->pointer = l->name_pointer = csaf_keep(doc, pointer);
	l->id = id ? id : "";
	l->name = csaf_clean(doc, name);
	l->helper = csaf_obj(doc, full, "product_identification_helper", pointer);
	if (id == NULL || name == NULL)
		csaf_finding(doc, "product-unnamed", DRAFT_ERROR, pointer, "a product without product_id or name");
	if (id != NULL && !csaf_map_put(&doc->by_id, id, doc->n_leaves, &doc->no_memory))
		csaf_finding(doc, "duplicate-product-id", DRAFT_ERROR, pointer,
		    "product_id '%.80s' stands twice; what is said of it is read of the first", id);
	doc->n_leaves++;
	return l;
}

/* "Sante DICOM Viewer 14.0.3", "v2": the name itself may limit the versions. */
static bool
name_holds_version(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (isdigit((unsigned char)*p) && p > s &&
		    ((p[1] == '.' && isdigit((unsigned char)p[2])) || ((p[-1] | 32) == 'v' && (p == s + 1 || p[-2] == ' '))))
			return true;
	return false;
}

static void
take_range(struct csaf_leaf *l)
{
	if (l->version != NULL) {
		csaf_range_read(&l->range, l->version, strlen(l->version), l->exact);
		return;
	}
	l->range = (struct csaf_range){ .kind = CSAF_RANGE_ALL, .range = "*" };
	if (name_holds_version(l->name))
		l->range = (struct csaf_range){ .kind = CSAF_RANGE_UNDECIDABLE, .why = "form" };
}

static enum fp_status
branch_product(struct csaf_doc *doc, const json_t *full, const char *pointer, const struct path *p, struct fp_err *err)
{
	char at[CSAF_POINTER];
	struct csaf_leaf *l;

	(void)snprintf(at, sizeof(at), "%.620s/product", pointer);
	l = add_leaf(doc, full, at, err);
	if (l == NULL)
		return fp_failed(err, FP_ELIMIT);
	l->vendor = p->vendor;
	l->product = p->product ? p->product : l->name;
	l->version = p->version;
	l->exact = p->exact;
	l->path = csaf_keep(doc, p->joined->data ? p->joined->data : "");
	l->name_pointer = p->name_pointer ? p->name_pointer : l->pointer;
	l->version_pointer = p->version_pointer ? p->version_pointer : l->pointer;
	take_range(l);
	return FP_OK;
}

/* What this branch adds to the path. */
static void
step_in(struct csaf_doc *doc, struct path *p, const char *category, const char *name, const char *pointer)
{
	FP_AUTO(fp_freep) char *folded = fp_utf8_folded(name);
	bool range = strcmp(category, "product_version_range") == 0;

	if (range || strcmp(category, "product_version") == 0) {
		p->version = name;
		p->exact = !range;
		p->version_pointer = csaf_keep(doc, pointer);
		return;
	}
	if (strcmp(category, "vendor") == 0)
		p->vendor = name;
	if (strcmp(category, "product_name") == 0) {
		p->product = name;
		p->name_pointer = csaf_keep(doc, pointer);
	}
	fp_buf_printf(p->joined, "%s\x1f", folded ? folded : "");
	doc->no_memory = doc->no_memory || folded == NULL || p->joined->failed != FP_OK;
}

static enum fp_status
walk(struct csaf_doc *doc, const json_t *branches, const char *pointer, struct path *above, struct fp_err *err)
{
	size_t i, was = above->joined->len;
	json_t *b;

	json_array_foreach(branches, i, b)
	{
		struct path p = *above;
		char at[CSAF_POINTER];
		const char *category, *name;
		const json_t *full, *sub;

		(void)snprintf(at, sizeof(at), "%.600s/branches/%zu", pointer, i);
		if (!json_is_object(b)) {
			csaf_finding(doc, "wrong-type", DRAFT_ERROR, at, "a branch must be an object; it was not read");
			continue;
		}
		category = csaf_str(doc, b, "category", at);
		name = csaf_str(doc, b, "name", at);
		if (category == NULL || name == NULL)
			csaf_finding(doc, "branch-unnamed", DRAFT_ERROR, at, "a branch without category or name");
		else
			step_in(doc, &p, category, csaf_clean(doc, name), at);
		full = csaf_obj(doc, b, "product", at);
		sub = csaf_arr(doc, b, "branches", at);
		if ((full != NULL && branch_product(doc, full, at, &p, err) != FP_OK) ||
		    (sub != NULL && walk(doc, sub, at, &p, err) != FP_OK))
			return fp_failed(err, FP_ELIMIT);
		above->joined->len = was;
		if (above->joined->data != NULL)
			above->joined->data[was] = '\0';
	}
	return FP_OK;
}

static enum fp_status
list_products(struct csaf_doc *doc, const json_t *list, struct fp_err *err)
{
	size_t i;
	json_t *full;

	json_array_foreach(list, i, full)
	{
		char at[CSAF_POINTER];
		struct csaf_leaf *l;
		FP_AUTO(fp_freep) char *folded = NULL;

		(void)snprintf(at, sizeof(at), "/product_tree/full_product_names/%zu", i);
		l = add_leaf(doc, full, at, err);
		if (l == NULL)
			return fp_failed(err, FP_ELIMIT);
		folded = fp_utf8_folded(l->name);
		l->product = l->name;
		l->path = csaf_keep(doc, folded ? folded : "");
		l->version_pointer = l->pointer;
		take_range(l);
	}
	return FP_OK;
}

static enum fp_status
relationships(struct csaf_doc *doc, const json_t *list, struct fp_err *err)
{
	size_t i;
	json_t *rel;

	json_array_foreach(list, i, rel)
	{
		char at[CSAF_POINTER], full_at[CSAF_POINTER];
		struct csaf_leaf *l;
		const json_t *full;

		(void)snprintf(at, sizeof(at), "/product_tree/relationships/%zu", i);
		(void)snprintf(full_at, sizeof(full_at), "%.600s/full_product_name", at);
		full = csaf_obj(doc, rel, "full_product_name", at);
		if (full == NULL) {
			csaf_finding(
			    doc, "relationship", DRAFT_ERROR, at, "a relationship without full_product_name was not read");
			continue;
		}
		l = add_leaf(doc, full, full_at, err);
		if (l == NULL)
			return fp_failed(err, FP_ELIMIT);
		l->relation = csaf_str(doc, rel, "category", at);
		l->relation = l->relation ? l->relation : "";
		l->host_id = csaf_str(doc, rel, "relates_to_product_reference", at);
		l->component_id = csaf_str(doc, rel, "product_reference", at);
		l->product = l->name;
		l->path = "";
		l->version_pointer = l->pointer;
	}
	return FP_OK;
}

/* Follow relationships to a product that is none; a chain longer than the relationships is a circle. */
static size_t
base_of(const struct csaf_doc *doc, const char *id, bool host)
{
	size_t at = id == NULL ? CSAF_NONE : csaf_map_get(&doc->by_id, id);

	for (size_t steps = 0; at != CSAF_NONE && steps < 64; steps++) {
		const struct csaf_leaf *l = &doc->leaves[at];

		if (l->relation == NULL)
			return at;
		id = host ? l->host_id : l->component_id;
		at = id == NULL ? CSAF_NONE : csaf_map_get(&doc->by_id, id);
	}
	return CSAF_NONE;
}

static void
resolve_relationships(struct csaf_doc *doc)
{
	for (size_t i = 0; i < doc->n_leaves; i++) {
		struct csaf_leaf *l = &doc->leaves[i];

		if (l->relation == NULL)
			continue;
		l->host = base_of(doc, l->host_id, true);
		l->component = base_of(doc, l->component_id, false);
		if (l->host == CSAF_NONE || l->component == CSAF_NONE || l->host == l->component) {
			l->host = l->component = CSAF_NONE;
			csaf_finding(doc, "relationship", DRAFT_ERROR, l->pointer,
			    "the relationship '%.80s' leads to no product, to itself, or in a circle; it stands for a product of "
			    "its own",
			    l->id);
			l->range = (struct csaf_range){ .kind = CSAF_RANGE_UNDECIDABLE, .why = "form" };
			continue;
		}
		doc->leaves[l->component].is_component = true;
		doc->leaves[l->host].is_host = true;
	}
}

static void
index_groups(struct csaf_doc *doc)
{
	size_t i;
	json_t *g;

	json_array_foreach(doc->group_list, i, g)
	{
		char at[CSAF_POINTER];
		const char *id;

		(void)snprintf(at, sizeof(at), "/product_tree/product_groups/%zu", i);
		id = csaf_str(doc, g, "group_id", at);
		if (id != NULL && !csaf_map_put(&doc->groups, id, i, &doc->no_memory))
			csaf_finding(
			    doc, "duplicate-group-id", DRAFT_ERROR, at, "group_id '%.80s' stands twice; the first counts", id);
	}
}

static enum fp_status
load_tree(struct csaf_doc *doc, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf joined = { .max = 1 << 20 };
	struct path top = { .joined = &joined };
	const json_t *branches = csaf_arr(doc, doc->tree, "branches", "/product_tree"),
		     *names = csaf_arr(doc, doc->tree, "full_product_names", "/product_tree"),
		     *rels = csaf_arr(doc, doc->tree, "relationships", "/product_tree");
	enum fp_status s = FP_OK;

	doc->group_list = csaf_arr(doc, doc->tree, "product_groups", "/product_tree");
	if (branches != NULL)
		s = walk(doc, branches, "/product_tree", &top, err);
	if (s == FP_OK && names != NULL)
		s = list_products(doc, names, err);
	if (s == FP_OK && rels != NULL)
		s = relationships(doc, rels, err);
	if (s == FP_OK)
		resolve_relationships(doc);
	if (s == FP_OK && doc->group_list != NULL)
		index_groups(doc);
	return s;
}

/* ---- references to products ---- */

struct naming {
	struct csaf_doc *doc;
	const char *pointer;
	size_t *out, n, cap;
	struct csaf_map seen; /* product ids named already */
};

static enum fp_status
name_one(struct naming *w, const json_t *id, struct fp_err *err)
{
	struct csaf_doc *doc = w->doc;
	size_t leaf;

	if (!json_is_string(id)) {
		csaf_finding(doc, "wrong-type", DRAFT_ERROR, w->pointer, "a product id must be a text");
		return FP_OK;
	}
	if (++doc->references > CSAF_REFERENCES_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: more than %u references to products", doc->file, CSAF_REFERENCES_MAX);
	leaf = csaf_map_get(&doc->by_id, json_string_value(id));
	if (leaf == CSAF_NONE) {
		csaf_finding(
		    doc, "product-unknown", DRAFT_ERROR, w->pointer, "product_id '%.80s' is not defined", json_string_value(id));
		return FP_OK;
	}
	if (!csaf_map_put(&w->seen, doc->leaves[leaf].id, leaf, &doc->no_memory))
		return FP_OK;
	if (fp_grow(&w->out, &w->cap, w->n + 1, sizeof(*w->out)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	w->out[w->n++] = leaf;
	doc->leaves[leaf].named = true;
	return FP_OK;
}

static enum fp_status
name_list(struct naming *w, const json_t *ids, struct fp_err *err)
{
	size_t i;
	json_t *id;

	json_array_foreach(ids, i, id)
	{
		if (name_one(w, id, err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
	}
	return FP_OK;
}

static enum fp_status
name_groups(struct naming *w, const json_t *groups, struct fp_err *err)
{
	size_t i;
	json_t *id;

	json_array_foreach(groups, i, id)
	{
		const char *s = json_string_value(id);
		size_t g = s == NULL ? CSAF_NONE : csaf_map_get(&w->doc->groups, s);
		const json_t *ids;

		if (g == CSAF_NONE) {
			csaf_finding(
			    w->doc, "group-unknown", DRAFT_ERROR, w->pointer, "product group '%.80s' is not defined", s ? s : "");
			continue;
		}
		/* A group holds products only, so groups cannot run in circles: an id of a group among them is an unknown product. */
		ids = json_object_get(json_array_get(w->doc->group_list, g), "product_ids");
		if (name_list(w, ids, err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
	}
	return FP_OK;
}

enum fp_status
csaf_resolve(struct csaf_doc *doc, const json_t *ids, const json_t *groups, const char *pointer, size_t **out, size_t *n,
    struct fp_err *err)
{
	struct naming w = { .doc = doc, .pointer = pointer };
	enum fp_status s = name_list(&w, ids, err);

	*out = NULL;
	*n = 0;
	if (s == FP_OK)
		s = name_groups(&w, groups, err);
	csaf_map_free(&w.seen);
	if (s == FP_OK) {
		*out = fp_arena_alloc(doc->arena, w.n + 1, sizeof(**out));
		if (*out == NULL)
			s = fp_fail(err, FP_ENOMEM, "out of memory");
		else if (w.n > 0)
			memcpy(*out, w.out, w.n * sizeof(**out));
		*n = w.n;
	}
	free(w.out);
	return s;
}

/* ---- vulnerabilities ---- */

const char *const csaf_status_names[CSAF_STATUS_COUNT] = { "first_affected", "first_fixed", "fixed", "known_affected",
	"known_not_affected", "last_affected", "recommended", "under_investigation" };

void
csaf_slug(char out[48], const char *text)
{
	size_t n = 0;

	for (; *text != '\0' && n < 40; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) && c < 0x80)
			out[n++] = (char)tolower(c);
		else if (n > 0 && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	out[n] = '\0';
}

/* Its CVE in small letters; a second one with the same, or one without, by its number. */
static void
name_vulnerability(struct csaf_doc *doc, struct csaf_vuln *v, size_t i, struct csaf_map *ids)
{
	const char *cve = csaf_str(doc, v->json, "cve", v->pointer);
	char id[48] = "", by_number[24];

	if (cve != NULL)
		csaf_slug(id, cve);
	(void)snprintf(by_number, sizeof(by_number), "v%zu", i + 1);
	v->id = csaf_keep(doc, *id ? id : by_number);
	if (csaf_map_put(ids, v->id, i, &doc->no_memory))
		return;
	csaf_finding(doc, "duplicate-cve", DRAFT_WARNING, v->pointer, "%s stands in two vulnerabilities", cve ? cve : v->id);
	v->id = csaf_keep(doc, by_number);
	(void)csaf_map_put(ids, v->id, i, &doc->no_memory);
}

enum fp_status
csaf_doc_vulnerabilities(struct csaf_doc *doc, struct fp_err *err)
{
	struct csaf_map ids = { .n = 0 };
	enum fp_status s = FP_OK;
	size_t i;
	json_t *j;

	doc->vulns = fp_arena_alloc(doc->arena, json_array_size(doc->vulnerabilities) + 1, sizeof(*doc->vulns));
	if (doc->vulns == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_array_foreach(doc->vulnerabilities, i, j)
	{
		struct csaf_vuln *v = &doc->vulns[doc->n_vulns];
		char at[CSAF_POINTER];
		const json_t *status;

		(void)snprintf(at, sizeof(at), "/vulnerabilities/%zu", i);
		if (!json_is_object(j)) {
			csaf_finding(doc, "wrong-type", DRAFT_ERROR, at, "a vulnerability must be an object; it was not read");
			continue;
		}
		doc->n_vulns++;
		v->json = j;
		v->pointer = csaf_keep(doc, at);
		name_vulnerability(doc, v, i, &ids);
		status = csaf_obj(doc, j, "product_status", at);
		for (size_t k = 0; k < CSAF_STATUS_COUNT && s == FP_OK; k++) {
			(void)snprintf(at, sizeof(at), "%s/product_status/%s", v->pointer, csaf_status_names[k]);
			s = csaf_resolve(doc, csaf_arr(doc, status, csaf_status_names[k], at), NULL, at, &v->status[k].items,
			    &v->status[k].n, err);
		}
	}
	csaf_map_free(&ids);
	return s;
}

/* ---- the whole ---- */

void
csaf_doc_free(struct csaf_doc *doc)
{
	json_decref(doc->root);
	fp_arena_free(doc->arena);
	free(doc->leaves);
	csaf_map_free(&doc->by_id);
	csaf_map_free(&doc->groups);
	memset(doc, 0, sizeof(*doc));
}

static enum fp_status
look_at_head(struct csaf_doc *doc, struct fp_err *err)
{
	const char *version;

	doc->document = json_object_get(doc->root, "document");
	version = json_string_value(json_object_get(doc->document, "csaf_version"));
	if (!json_is_object(doc->document) || version == NULL)
		return fp_fail(err, FP_EUNSUPPORTED, "%s is no CSAF advisory: it has no /document/csaf_version", doc->file);
	if (strcmp(version, "2.0") != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "%s is CSAF %.20s; this program reads CSAF 2.0", doc->file, version);
	doc->tracking = csaf_obj(doc, doc->document, "tracking", "/document");
	doc->tree = csaf_obj(doc, doc->root, "product_tree", "");
	doc->vulnerabilities = csaf_arr(doc, doc->root, "vulnerabilities", "");
	if (json_array_size(doc->vulnerabilities) > CSAF_VULNERABILITIES_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: %zu vulnerabilities; the limit is %u", doc->file,
		    json_array_size(doc->vulnerabilities), CSAF_VULNERABILITIES_MAX);
	return FP_OK;
}

enum fp_status
csaf_doc_load(struct csaf_doc *doc, const char *file, const char *data, size_t len, struct draft *d, struct fp_err *err)
{
	*doc = (struct csaf_doc){ .file = file, .d = d, .arena = fp_arena_new() };
	if (doc->arena == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (len > CSAF_BYTES_MAX)
		return fp_fail(err, FP_ELIMIT, "%s has %zu bytes; the limit is %zu", file, len, CSAF_BYTES_MAX);
	if (len >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		len -= 3;
	}
	if (fp_json_parse(&doc->root, data, len, file, err) != FP_OK || look_at_head(doc, err) != FP_OK ||
	    load_tree(doc, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return doc->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory for %s", file) : FP_OK;
}
