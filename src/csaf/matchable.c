/* A draft of an advisory made into what matching takes: products and vulnerabilities, with all doubt kept. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "csaf/csaf_int.h"
#include "device/version.h"

struct csaf_matchable {
	struct notice n;
	struct fp_arena *arena;
	bool no_memory;
};

/* What the draft says of one product's versions. */
struct versions {
	const char *known; /* union of what is understood; NULL: nothing is */
	bool unknown;      /* something is not */
};

static void *
make(struct csaf_matchable *m, size_t n, size_t size)
{
	void *p = fp_arena_alloc(m->arena, n + 1, size);

	m->no_memory = m->no_memory || p == NULL;
	return p;
}

static const char *
keep(struct csaf_matchable *m, const char *text)
{
	const char *copy = text == NULL ? NULL : fp_arena_text(m->arena, text, strlen(text));

	m->no_memory = m->no_memory || (text != NULL && copy == NULL);
	return copy;
}

static const char *
text_of(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

/* Append the texts of an array. */
static void
take_texts(struct csaf_matchable *m, struct notice_list *out, const json_t *array)
{
	const char **all = make(m, out->n + json_array_size(array), sizeof(*all));
	size_t i;
	json_t *v;

	if (all == NULL)
		return;
	for (i = 0; i < out->n; i++)
		all[i] = out->items[i];
	out->items = all;
	json_array_foreach(array, i, v)
	{
		if (json_is_string(v) && json_string_length(v) > 0)
			all[out->n++] = keep(m, json_string_value(v));
	}
}

static struct versions
versions_of(struct csaf_matchable *m, const json_t *product)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	const json_t *list = json_object_get(product, "versions"), *v;
	struct versions out = { .known = NULL };
	size_t i;

	json_array_foreach(list, i, v)
	{
		const char *range = text_of(v, "range");

		if (range == NULL || device_version_range_check(range, NULL) != FP_OK) {
			out.unknown = true;
		} else if (strcmp(range, "*") == 0 || (b.len > 0 && strcmp(b.data, "*") == 0)) {
			fp_buf_clear(&b);
			fp_buf_puts(&b, "*");
		} else {
			fp_buf_printf(&b, "%s%s", b.len > 0 ? " || " : "", range);
		}
	}
	if (json_array_size(list) == 0)
		fp_buf_puts(&b, "*");
	out.known = b.len > 0 ? keep(m, b.data) : NULL;
	out.unknown = out.unknown && (out.known == NULL || strcmp(out.known, "*") != 0);
	return out;
}

static void
take_product(struct csaf_matchable *m, struct notice_product *out, const json_t *p)
{
	out->id = keep(m, text_of(p, "id"));
	out->id = out->id ? out->id : "";
	take_texts(m, &out->names, json_object_get(p, "names"));
	take_texts(m, &out->catalog_numbers, json_object_get(p, "catalog_numbers"));
	/* Lists of devices keep model numbers in the same column. */
	take_texts(m, &out->catalog_numbers, json_object_get(p, "models"));
	out->udi_di = keep(m, text_of(p, "udi_di"));
}

/* ---- what a vulnerability is in ---- */

static struct notice_affects *
add_entry(struct csaf_matchable *m, struct notice_vulnerability *v, size_t *cap)
{
	if (v->n_affects == *cap) {
		size_t more = *cap == 0 ? 8 : *cap * 2;
		struct notice_affects *bigger = make(m, more, sizeof(*bigger));

		if (bigger == NULL)
			return NULL;
		if (v->n_affects > 0)
			memcpy(bigger, v->affects, v->n_affects * sizeof(*bigger));
		v->affects = bigger;
		*cap = more;
	}
	return &v->affects[v->n_affects++];
}

static void
put_entry(struct csaf_matchable *m, struct notice_vulnerability *v, size_t *cap, const char **product, const char *range,
    bool undecidable, const json_t *from)
{
	struct notice_affects *a = add_entry(m, v, cap);

	if (a == NULL)
		return;
	*a = (struct notice_affects){ .products = { .items = product, .n = product != NULL },
		.undecidable = undecidable,
		.range = range != NULL && strcmp(range, "*") == 0 ? NULL : range };
	a->component = keep(m, text_of(from, "component"));
	a->component_range = keep(m, text_of(from, "component_range"));
	if (a->component_range != NULL && (strcmp(a->component_range, "*") == 0 || a->component == NULL))
		a->component_range = NULL;
}

static bool
limited_by_serial(const json_t *product)
{
	return json_array_size(json_object_get(product, "serial_numbers")) > 0;
}

/* One product of an entry: the entry's own range, or the versions that the product names. */
static void
put_product_entry(
    struct csaf_matchable *m, struct notice_vulnerability *v, size_t *cap, const json_t *entry, const json_t *product)
{
	const char *range = text_of(entry, "range"), **id = make(m, 1, sizeof(*id));
	bool undecidable = json_is_true(json_object_get(entry, "undecidable"));
	struct versions all =
	    range == NULL && !undecidable ? versions_of(m, product) : (struct versions){ .known = keep(m, range) };

	if (id == NULL)
		return;
	id[0] = keep(m, text_of(product, "id"));
	/* Serial numbers are not compared here: what they limit is for a person. */
	undecidable = undecidable || limited_by_serial(product);
	if (undecidable || all.known != NULL)
		put_entry(m, v, cap, id, all.known, undecidable, entry);
	if (!undecidable && all.unknown)
		put_entry(m, v, cap, id, NULL, true, entry);
}

static void
take_affects(struct csaf_matchable *m, struct notice_vulnerability *out, const json_t *v, const json_t *products,
    const struct csaf_map *by_id)
{
	const json_t *affects = json_object_get(v, "affects"), *entry;
	size_t cap = 0, i, k;
	json_t *id;

	json_array_foreach(affects, i, entry)
	{
		const json_t *ids = json_object_get(entry, "products");

		if (json_array_size(ids) == 0)
			put_entry(m, out, &cap, NULL, keep(m, text_of(entry, "range")),
			    json_is_true(json_object_get(entry, "undecidable")), entry);
		json_array_foreach(ids, k, id)
		{
			size_t at = json_is_string(id) ? csaf_map_get(by_id, json_string_value(id)) : CSAF_NONE;

			if (at != CSAF_NONE)
				put_product_entry(m, out, &cap, entry, json_array_get(products, at));
		}
	}
	/* A notice of ours from a side file that does not say where: everywhere. */
	json_array_foreach(affects == NULL ? products : NULL, i, id)
	{
		put_product_entry(m, out, &cap, NULL, id);
	}
	/* It affects nothing that the advisory names ("known_not_affected", "fixed"): that is not the same as everything. */
	if (out->n_affects == 0) {
		const char **nothing = make(m, 1, sizeof(*nothing));

		if (nothing != NULL) {
			nothing[0] = "";
			put_entry(m, out, &cap, nothing, NULL, false, NULL);
		}
	}
}

static void
take_vulnerabilities(struct csaf_matchable *m, const json_t *list, const json_t *products, const struct csaf_map *by_id)
{
	size_t n = json_array_size(list), i;
	json_t *v;

	m->n.vulnerabilities = make(m, n + 1, sizeof(*m->n.vulnerabilities));
	if (m->n.vulnerabilities == NULL)
		return;
	json_array_foreach(list, i, v)
	{
		struct notice_vulnerability *out = &m->n.vulnerabilities[m->n.n_vulnerabilities++];
		const char *id = text_of(v, "id"), *component = text_of(v, "component");

		out->id = keep(m, id ? id : "");
		out->component = keep(m, component ? component : "");
		out->exploitation = "";
		take_texts(m, &out->cves, json_object_get(v, "cves"));
		take_affects(m, out, v, products, by_id);
	}
	if (n > 0)
		return;
	/* An advisory without vulnerabilities still names products in versions. */
	struct notice_vulnerability *out = &m->n.vulnerabilities[m->n.n_vulnerabilities++];
	size_t cap = 0;

	out->id = "advisory";
	out->component = out->exploitation = "";
	json_array_foreach(products, i, v)
	{
		put_product_entry(m, out, &cap, NULL, v);
	}
}

static enum fp_status
fill(struct csaf_matchable *m, const struct draft *d, struct fp_err *err)
{
	const json_t *products = draft_get(d, "/products"), *vulnerabilities = draft_get(d, "/vulnerabilities"), *v;
	const char *reference = json_string_value(draft_get(d, "/reference")),
		   *maker = json_string_value(draft_get(d, "/manufacturer/name"));
	struct csaf_map by_id = { .n = 0 };
	size_t i;

	m->n.reference = keep(m, reference ? reference : "");
	m->n.manufacturer = keep(m, maker);
	m->n.products = make(m, json_array_size(products), sizeof(*m->n.products));
	if (m->n.products == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_array_foreach(products, i, v)
	{
		take_product(m, &m->n.products[m->n.n_products], v);
		(void)csaf_map_put(&by_id, m->n.products[m->n.n_products++].id, i, &m->no_memory);
	}
	take_vulnerabilities(m, vulnerabilities, products, &by_id);
	csaf_map_free(&by_id);
	return m->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory") : FP_OK;
}

enum fp_status
csaf_matchable_new(struct csaf_matchable **out, const struct draft *d, struct fp_err *err)
{
	FP_AUTO(csaf_matchable_freep) struct csaf_matchable *m = fp_calloc(1, sizeof(*m));

	*out = NULL;
	if (m == NULL || (m->arena = fp_arena_new()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (fill(m, d, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	*out = m;
	m = NULL;
	return FP_OK;
}

const struct notice *
csaf_matchable_notice(const struct csaf_matchable *m)
{
	return &m->n;
}

void
csaf_matchable_free(struct csaf_matchable *m)
{
	if (m == NULL)
		return;
	fp_arena_free(m->arena);
	free(m);
}

void
csaf_matchable_freep(struct csaf_matchable **m)
{
	csaf_matchable_free(*m);
	*m = NULL;
}
