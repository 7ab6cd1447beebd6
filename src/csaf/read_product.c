/* Products of a draft: the leaves of the tree that are one product in several versions, joined; what identifies them; what their versions are. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "csaf/csaf_int.h"
#include "device/udi.h"

/* ---- which leaves are one product ---- */

static const char *const list_helpers[] = { "skus", "model_numbers", "serial_numbers", "sbom_urls" };
static const char *const text_helpers[] = { "cpe", "purl" };

/* Two leaves are one product when branches and identifiers are the same; hashes are of a version's files. */
static const char *
identity_of(struct csaf_reader *r, const struct csaf_leaf *l)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	size_t i;
	json_t *v;

	fp_buf_printf(&b, "%s\x1e", l->path);
	/* Full names without branches are each a product. */
	if (l->vendor == NULL && l->version == NULL)
		fp_buf_printf(&b, "%s\x1e", l->id);
	for (size_t k = 0; k < FP_COUNT(list_helpers); k++)
		json_array_foreach(json_object_get(l->helper, list_helpers[k]), i, v)
		{
			fp_buf_printf(&b, "%s\x1f", json_is_string(v) ? json_string_value(v) : "");
		}
	json_array_foreach(json_object_get(l->helper, "x_generic_uris"), i, v)
	{
		const char *uri = json_string_value(json_object_get(v, "uri"));

		fp_buf_printf(&b, "%s\x1f", uri ? uri : "");
	}
	return csaf_keep(&r->doc, b.data ? b.data : "");
}

static bool
add_to_item(struct csaf_reader *r, size_t item, size_t leaf)
{
	struct csaf_item *it = &r->items[item];

	if (fp_grow(&it->leaves, &it->cap, it->n + 1, sizeof(*it->leaves)) != 0)
		return false;
	it->leaves[it->n++] = leaf;
	r->doc.leaves[leaf].item = item;
	return true;
}

static bool
new_item(struct csaf_reader *r, bool component, size_t *counts)
{
	if (fp_grow(&r->items, &r->items_cap, r->n_items + 1, sizeof(*r->items)) != 0)
		return false;
	r->items[r->n_items] = (struct csaf_item){ .component = component, .index = counts[component]++ };
	r->n_items++;
	return true;
}

static bool
join_leaves(struct csaf_reader *r, struct csaf_map *known)
{
	size_t counts[2] = { 0, 0 };

	for (size_t i = 0; i < r->doc.n_leaves; i++) {
		struct csaf_leaf *l = &r->doc.leaves[i];
		const char *key;
		size_t item;

		if (l->host != CSAF_NONE)
			continue;
		key = identity_of(r, l);
		item = csaf_map_get(known, key);
		if (item == CSAF_NONE) {
			if (!new_item(r, l->is_component && !l->named && !l->is_host, counts))
				return false;
			item = r->n_items - 1;
			(void)csaf_map_put(known, key, item, &r->doc.no_memory);
		}
		if (!add_to_item(r, item, i))
			return false;
	}
	/* What is installed on a product is that product, with something on it. */
	for (size_t i = 0; i < r->doc.n_leaves; i++)
		if (r->doc.leaves[i].host != CSAF_NONE)
			r->doc.leaves[i].item = r->doc.leaves[r->doc.leaves[i].host].item;
	return true;
}

static bool
is_id(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n < 48 && s[n] == '\0' && strpbrk(s, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

/* The advisory's own id where it is one of ours, otherwise made of the name; unique. */
static void
name_items(struct csaf_reader *r, struct csaf_map *ids)
{
	for (size_t i = 0; i < r->n_items; i++) {
		const struct csaf_leaf *l = &r->doc.leaves[r->items[i].leaves[0]];
		char id[48], numbered[72];

		if (is_id(l->id) && r->items[i].n == 1)
			(void)snprintf(id, sizeof(id), "%s", l->id);
		else
			csaf_slug(id, l->product);
		(void)snprintf(numbered, sizeof(numbered), "%s", *id ? id : "product");
		for (size_t k = 2; csaf_map_get(ids, numbered) != CSAF_NONE; k++)
			(void)snprintf(numbered, sizeof(numbered), "%.38s-%zu", *id ? id : "product", k);
		r->items[i].id = csaf_keep(&r->doc, numbered);
		(void)csaf_map_put(ids, r->items[i].id, i, &r->doc.no_memory);
	}
}

const char *
csaf_product_id(const struct csaf_reader *r, size_t leaf)
{
	size_t item = r->doc.leaves[leaf].item;

	return item == CSAF_NONE || r->items[item].component ? NULL : r->items[item].id;
}

/* ---- what identifies a product ---- */

/* The fact's pointer: "/products/3" or "/components/0". */
static const char *
fact_of(const struct csaf_item *it, char out[64])
{
	(void)snprintf(out, 64, "/%s/%zu", it->component ? "components" : "products", it->index);
	return out;
}

/* "https://id.gs1.org/01/00816270020002": a GTIN in the form of GS1 Digital Link is a UDI-DI. */
static bool
udi_of_uri(char out[15], const char *uri, bool *wrong)
{
	const char *at = strstr(uri, "/01/");
	size_t n = at == NULL ? 0 : strspn(at + 4, "0123456789");

	*wrong = false;
	if (n != 14 || (at[18] != '\0' && strchr("/?#", at[18]) == NULL))
		return false;
	*wrong = device_gtin_normal(out, at + 4, 14, NULL) != FP_OK;
	return !*wrong;
}

static void
take_uris(struct csaf_reader *r, json_t *p, const struct csaf_leaf *l, const char *fact)
{
	const json_t *uris = csaf_arr(&r->doc, l->helper, "x_generic_uris", l->pointer);
	json_t *others = NULL, *v;
	size_t i;

	json_array_foreach(uris, i, v)
	{
		const char *uri = json_string_value(json_object_get(v, "uri"));
		char udi[15], at[CSAF_POINTER];
		bool wrong = false;

		(void)snprintf(at, sizeof(at), "%.540s/product_identification_helper/x_generic_uris/%zu", l->pointer, i);
		if (uri != NULL && udi_of_uri(udi, uri, &wrong) && json_is_null(json_object_get(p, "udi_di"))) {
			csaf_set(r, p, "udi_di", json_string(udi));
			csaf_place(r, at, 100, uri, "%s/udi_di", fact);
			continue;
		}
		if (wrong)
			csaf_finding(
			    &r->doc, "udi-check-digit", DRAFT_ERROR, at, "'%.100s' holds a GTIN whose check digit is wrong", uri);
		if (others == NULL)
			csaf_set(r, p, "uris", others = json_array());
		csaf_append(r, others, json_incref(v));
	}
}

static void
take_list(struct csaf_reader *r, json_t *p, const struct csaf_leaf *l, const char *from, const char *as, const char *fact)
{
	const json_t *list = csaf_arr(&r->doc, l->helper, from, l->pointer);
	json_t *out = json_object_get(p, as), *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		char at[CSAF_POINTER];

		(void)snprintf(at, sizeof(at), "%.560s/product_identification_helper/%s/%zu", l->pointer, from, i);
		if (!json_is_string(v)) {
			csaf_finding(&r->doc, "wrong-type", DRAFT_ERROR, at, "an identifier must be a text");
			continue;
		}
		csaf_place(r, at, 90, NULL, "%s/%s/%zu", fact, as, json_array_size(out));
		csaf_append(r, out, json_string(csaf_clean(&r->doc, json_string_value(v))));
	}
}

static void
take_helper(struct csaf_reader *r, json_t *p, const struct csaf_item *it, const char *fact)
{
	const struct csaf_leaf *l = &r->doc.leaves[it->leaves[0]];
	json_t *hashes = NULL;

	take_list(r, p, l, "skus", "catalog_numbers", fact);
	take_list(r, p, l, "model_numbers", "models", fact);
	take_list(r, p, l, "serial_numbers", "serial_numbers", fact);
	take_uris(r, p, l, fact);
	for (size_t k = 0; k < FP_COUNT(text_helpers); k++) {
		const char *s = csaf_str(&r->doc, l->helper, text_helpers[k], l->pointer);

		if (s != NULL)
			csaf_set(r, p, text_helpers[k], json_string(s));
	}
	if (json_is_array(json_object_get(l->helper, "sbom_urls")))
		csaf_set(r, p, "sbom_urls", json_incref(json_object_get(l->helper, "sbom_urls")));
	for (size_t k = 0; k < it->n; k++) {
		json_t *v = json_object_get(r->doc.leaves[it->leaves[k]].helper, "hashes");

		if (!json_is_array(v))
			continue;
		if (hashes == NULL)
			csaf_set(r, p, "hashes", hashes = json_array());
		if (json_array_extend(hashes, v) != 0)
			r->d->no_memory = true;
	}
	if (json_array_size(json_object_get(p, "serial_numbers")) > 0)
		csaf_finding(&r->doc, "serial-prefix", DRAFT_INFO, l->pointer,
		    "CSAF 2.0 leaves open whether a serial number also stands for longer ones that begin with it");
}

/* ---- versions, and models that hide among them ---- */

static bool
has_digit(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)p[i]))
			return true;
	return false;
}

/* The next piece of "MMT-522(K) / MMT-722(K) Paradigm REAL-TIME": its first word with a digit; the whole piece when names are asked for. */
static size_t
next_model(const char **rest, const char **model, bool names)
{
	while (**rest != '\0') {
		const char *p = *rest + strspn(*rest, " |/,;");
		size_t n = strcspn(p, "|/,;"), word;
		const char *also = strstr(p, " and ");

		if (also != NULL && (size_t)(also - p) < n) {
			n = (size_t)(also - p);
			*rest = also + 5;
		} else {
			*rest = p + n;
		}
		while (n > 0 && p[n - 1] == ' ')
			n--;
		if (names && n > 0) {
			*model = p;
			return n;
		}
		if (n > 6 && strncasecmp(p, "model ", 6) == 0) {
			p += 6;
			n -= 6;
		}
		for (; n > 0; p += word + (word < n), n -= word + (word < n)) {
			for (word = 0; word < n && p[word] != ' '; word++)
				;
			/* "6.x model 35700BAX": the version is none. */
			if (has_digit(p, word) && memchr(p, '.', word) == NULL) {
				*model = p;
				return word;
			}
		}
	}
	return 0;
}

static bool
holds(const json_t *list, const char *p, size_t n)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		if (json_string_length(v) == n && memcmp(json_string_value(v), p, n) == 0)
			return true;
	}
	return false;
}

static void
take_models(struct csaf_reader *r, json_t *p, const struct csaf_leaf *l, const char *fact)
{
	json_t *models = json_object_get(p, "models");
	size_t before = json_array_size(models), n;

	if (l->version == NULL)
		return;
	for (int names = 0; names < 2 && json_array_size(models) == before; names++) {
		const char *rest = l->version, *model;

		while ((n = next_model(&rest, &model, names != 0)) > 0)
			if (!holds(models, model, n)) {
				csaf_place(r, l->version_pointer, 50, l->version, "%s/models/%zu", fact, json_array_size(models));
				csaf_append(r, models, json_stringn(model, n));
			}
	}
	csaf_finding(&r->doc, "model-in-version", DRAFT_WARNING, l->version_pointer,
	    "the version field of '%.80s' holds models: '%.120s'", l->product, l->version);
}

static void
take_version(struct csaf_reader *r, json_t *p, const struct csaf_leaf *l, const char *fact)
{
	json_t *versions = json_object_get(p, "versions"), *v = json_object();
	bool known = l->range.kind != CSAF_RANGE_UNDECIDABLE;

	csaf_place(r, l->version_pointer, known ? 90 : 50, known ? l->version : NULL, "%s/versions/%zu", fact,
	    json_array_size(versions));
	csaf_set(r, v, "mode", json_string(""));
	csaf_set(r, v, "range", known ? json_string(l->range.range) : json_null());
	csaf_set(r, v, "text", csaf_text_or_null(l->version));
	csaf_set(r, v, "product_id", json_string(l->id));
	csaf_append(r, versions, v);
	if (!known) {
		csaf_set(r, v, "undecidable", json_true());
		csaf_set(r, v, "why", json_string(l->range.why));
		csaf_finding(&r->doc, "version-range", DRAFT_WARNING, l->version_pointer,
		    "which versions of '%.80s' are meant by '%.120s' cannot be decided: %s", l->product,
		    l->version ? l->version : l->name, csaf_range_why(l->range.why));
	}
	if (l->range.why != NULL && strcmp(l->range.why, "model") == 0)
		take_models(r, p, l, fact);
	if (l->range.as_words || l->range.remark)
		csaf_finding(&r->doc, l->range.remark ? "version-remark" : "version-as-range", DRAFT_INFO, l->version_pointer,
		    "'%.120s' was read as %s", l->version, l->range.range);
}

/* ---- the list ---- */

static void
put_product(struct csaf_reader *r, json_t *list, const struct csaf_item *it)
{
	static const char *const lists[] = { "names", "catalog_numbers", "models", "serial_numbers", "versions" };
	const struct csaf_leaf *first = &r->doc.leaves[it->leaves[0]];
	json_t *p = json_object(), *ids = json_array();
	char fact[64], udi[80];

	(void)fact_of(it, fact);
	csaf_append(r, list, p);
	csaf_set(r, p, "id", json_string(it->id));
	for (size_t i = 0; i < FP_COUNT(lists); i++)
		csaf_set(r, p, lists[i], json_array());
	csaf_append(r, json_object_get(p, "names"), json_string(first->product));
	csaf_place(r, first->name_pointer, 100, NULL, "%s/names/0", fact);
	csaf_set(r, p, "vendor", csaf_text_or_null(first->vendor));
	csaf_set(r, p, "udi_di", json_null());
	take_helper(r, p, it, fact);
	if (!it->component && json_is_null(json_object_get(p, "udi_di"))) {
		(void)snprintf(udi, sizeof(udi), "%s/udi_di", fact);
		draft_lacks(r->d, udi);
	}
	for (size_t k = 0; k < it->n; k++) {
		const struct csaf_leaf *l = &r->doc.leaves[it->leaves[k]];
		json_t *id = json_object();

		take_version(r, p, l, fact);
		csaf_set(r, id, "product_id", json_string(l->id));
		csaf_set(r, id, "name", json_string(l->name));
		csaf_append(r, ids, id);
	}
	csaf_set(r, p, "csaf_products", ids);
}

static void
report_helpers(struct csaf_reader *r)
{
	size_t without = 0;

	for (size_t i = 0; i < r->doc.n_leaves; i++)
		without += r->doc.leaves[i].helper == NULL;
	if (without > 0)
		csaf_finding(&r->doc, "no-identifier", DRAFT_INFO, "/product_tree",
		    "%zu of %zu products have no identification but their name (no catalogue number, UDI, serial number or hash)",
		    without, r->doc.n_leaves);
}

enum fp_status
csaf_read_products(struct csaf_reader *r, struct fp_err *err)
{
	struct csaf_map known = { .n = 0 }, ids = { .n = 0 };
	json_t *products = json_array(), *components = json_array();
	bool ok;

	(void)draft_put(r->d, "/products", products, NULL);
	(void)draft_put(r->d, "/components", components, NULL);
	ok = join_leaves(r, &known);
	if (ok)
		name_items(r, &ids);
	for (size_t i = 0; ok && i < r->n_items; i++)
		put_product(r, r->items[i].component ? components : products, &r->items[i]);
	report_helpers(r);
	csaf_map_free(&known);
	csaf_map_free(&ids);
	return ok ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
}
