/* Vulnerabilities of a draft: what they are, and what they affect: products, versions, components that stand on them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "csaf/csaf_int.h"

/* ---- what is affected ---- */

/* One affected leaf: the product's, and the component's on it. */
struct hit {
	size_t item, component_item; /* CSAF_NONE: no component */
	size_t host, component;      /* leaves */
	size_t order;
};

struct hits {
	struct hit *items;
	size_t n, cap;
};

static int
by_item(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	if (x->component_item != y->component_item)
		return x->component_item < y->component_item ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static bool
add_hits(struct csaf_reader *r, struct hits *h, const struct csaf_leaves *leaves)
{
	for (size_t i = 0; i < leaves->n; i++) {
		const struct csaf_leaf *l = &r->doc.leaves[leaves->items[i]];
		struct hit *hit;

		if (fp_grow(&h->items, &h->cap, h->n + 1, sizeof(*h->items)) != 0)
			return false;
		hit = &h->items[h->n];
		*hit = (struct hit){ .item = l->item,
			.component_item = CSAF_NONE,
			.host = leaves->items[i],
			.component = CSAF_NONE,
			.order = h->n };
		if (l->host != CSAF_NONE) {
			hit->host = l->host;
			hit->component = l->component;
			hit->component_item = r->doc.leaves[l->component].item;
		}
		h->n += hit->item != CSAF_NONE;
	}
	return true;
}

/* Append a leaf's range to a union; false when it cannot be decided. */
static bool
unite(struct fp_buf *out, const struct csaf_leaf *l)
{
	if (l->range.kind == CSAF_RANGE_UNDECIDABLE)
		return false;
	if (l->range.kind == CSAF_RANGE_ALL || (out->len > 0 && strcmp(out->data, "*") == 0)) {
		fp_buf_clear(out);
		fp_buf_puts(out, "*");
		return true;
	}
	fp_buf_printf(out, "%s%s", out->len > 0 ? " || " : "", l->range.range);
	return true;
}

/* Is it the first time in this walk? */
static bool
first_time(struct csaf_reader *r, size_t leaf)
{
	bool first = r->doc.leaves[leaf].mark != r->walk;

	r->doc.leaves[leaf].mark = r->walk;
	return first;
}

/* What one vulnerability affects of one product (and one component on it). */
struct affect {
	struct fp_buf range, component_range;
	const char *component; /* NULL */
	bool undecidable;
	const char *why;
};

static void
affect_free(struct affect *a)
{
	fp_buf_free(&a->range);
	fp_buf_free(&a->component_range);
}

static void
gather(struct csaf_reader *r, struct affect *a, const struct hit *hits, size_t n)
{
	const struct csaf_item *it = &r->items[hits[0].item];
	size_t hosts = 0;
	bool known = true;

	r->walk++;
	for (size_t k = 0; k < n; k++) {
		if (!first_time(r, hits[k].host))
			continue;
		hosts++;
		known = unite(&a->range, &r->doc.leaves[hits[k].host]) && known;
	}
	/* All versions that the advisory names of the product: they stand with the product. */
	if (hosts >= it->n || (known && strcmp(a->range.data ? a->range.data : "", "*") == 0))
		fp_buf_clear(&a->range);
	else if (!known)
		a->undecidable = true;
	if (hits[0].component == CSAF_NONE)
		return;
	a->component = r->doc.leaves[hits[0].component].product;
	known = true;
	r->walk++;
	for (size_t k = 0; k < n; k++)
		if (first_time(r, hits[k].component))
			known = unite(&a->component_range, &r->doc.leaves[hits[k].component]) && known;
	a->undecidable = a->undecidable || !known;
}

/* Entries that say the same of several products are one. */
struct affects {
	json_t *list;
	struct csaf_map by_words;
};

static json_t *
affects_entry(struct csaf_reader *r, struct affects *all, const struct affect *a)
{
	FP_AUTO(fp_buf_free) struct fp_buf words = { .max = 1 << 20 };
	size_t at;
	json_t *j;

	fp_buf_printf(&words, "%s\x1f%s\x1f%s\x1f%s", a->component ? a->component : "",
	    a->component_range.len ? a->component_range.data : "", a->range.len ? a->range.data : "",
	    a->undecidable ? (a->why ? a->why : "version") : "");
	at = words.failed != FP_OK ? CSAF_NONE : csaf_map_get(&all->by_words, words.data);
	if (at != CSAF_NONE)
		return json_array_get(all->list, at);
	j = json_object();
	csaf_set(r, j, "products", json_array());
	if (a->range.len > 0 && !a->undecidable)
		csaf_set(r, j, "range", json_string(a->range.data));
	if (a->component != NULL)
		csaf_set(r, j, "component", json_string(a->component));
	if (a->component_range.len > 0 && !a->undecidable)
		csaf_set(r, j, "component_range", json_string(a->component_range.data));
	if (a->undecidable) {
		csaf_set(r, j, "undecidable", json_true());
		csaf_set(r, j, "why", json_string(a->why ? a->why : "version"));
	}
	if (words.failed == FP_OK)
		(void)csaf_map_put(&all->by_words, csaf_keep(&r->doc, words.data), json_array_size(all->list), &r->doc.no_memory);
	csaf_append(r, all->list, j);
	return j;
}

static void
put_affect(struct csaf_reader *r, struct affects *all, const struct hit *hits, size_t n, const char *why)
{
	FP_AUTO(affect_free) struct affect a = { .why = why, .undecidable = why != NULL };
	json_t *entry;

	gather(r, &a, hits, n);
	entry = affects_entry(r, all, &a);
	if (r->items[hits[0].item].component)
		return;
	csaf_append(r, json_object_get(entry, "products"), json_string(r->items[hits[0].item].id));
}

static bool
put_hits(struct csaf_reader *r, struct affects *all, struct hits *h, const char *why)
{
	if (h->n > 1)
		qsort(h->items, h->n, sizeof(*h->items), by_item);
	for (size_t i = 0, k; i < h->n; i = k) {
		for (k = i + 1;
		     k < h->n && h->items[k].item == h->items[i].item && h->items[k].component_item == h->items[i].component_item;
		     k++)
			;
		put_affect(r, all, h->items + i, k - i, why);
	}
	return true;
}

static bool
read_affects(struct csaf_reader *r, const struct csaf_vuln *v, json_t *list)
{
	static const enum csaf_status affected[] = { CSAF_KNOWN_AFFECTED, CSAF_FIRST_AFFECTED, CSAF_LAST_AFFECTED };
	struct affects all = { .list = list };
	struct hits h = { .n = 0 }, open = { .n = 0 };
	bool ok = true, any = false;

	for (size_t i = 0; i < FP_COUNT(affected); i++)
		ok = ok && add_hits(r, &h, &v->status[affected[i]]);
	ok = ok && put_hits(r, &all, &h, NULL) && add_hits(r, &open, &v->status[CSAF_UNDER_INVESTIGATION]) &&
	     put_hits(r, &all, &open, "under-investigation");
	for (size_t i = 0; i < CSAF_STATUS_COUNT; i++)
		any = any || v->status[i].n > 0;
	/* Without any status nobody said which products it is about. */
	if (ok && !any) {
		struct affect a = { .undecidable = true, .why = "no-status" };

		(void)affects_entry(r, &all, &a);
		csaf_finding(&r->doc, "no-status", DRAFT_WARNING, v->pointer,
		    "%s names no product: whether it applies cannot be decided", v->id);
	}
	csaf_map_free(&all.by_words);
	free(h.items);
	free(open.items);
	return ok;
}

/* ---- software that the text names ---- */

static void
add_said(struct csaf_reader *r, json_t *j, const struct csaf_vuln *v, size_t index)
{
	json_t *notes = json_object_get(v->json, "notes"), *note, *entry;
	json_t *affects = json_object_get(j, "affects");
	struct csaf_said said;
	char at[CSAF_POINTER];
	size_t i, k;

	json_array_foreach(notes, i, note)
	{
		const char *text = json_string_value(json_object_get(note, "text"));

		if (text == NULL || !csaf_component_said(&said, &r->doc, text))
			continue;
		(void)snprintf(at, sizeof(at), "%s/notes/%zu/text", v->pointer, i);
		json_array_foreach(affects, k, entry)
		{
			if (json_object_get(entry, "component") != NULL)
				continue;
			csaf_set(r, entry, "component", json_string(said.name));
			csaf_set(r, entry, "component_range", json_string(said.range));
			csaf_place(r, at, 70, said.text, "/vulnerabilities/%zu/affects/%zu/component_range", index, k);
		}
		csaf_set(r, j, "component", json_string(said.name));
		csaf_place(r, at, 70, said.text, "/vulnerabilities/%zu/component", index);
		csaf_finding(&r->doc, "component-from-text", DRAFT_INFO, at,
		    "%s is of '%s', which is no product of the advisory: read from the text as software on its products, "
		    "versions %s",
		    v->id, said.text, said.range);
		return;
	}
}

/* ---- what it is ---- */

static void
read_cwe(struct csaf_reader *r, json_t *j, const struct csaf_vuln *v, size_t index)
{
	const json_t *cwe = csaf_obj(&r->doc, v->json, "cwe", v->pointer);
	const char *id = csaf_str(&r->doc, cwe, "id", v->pointer), *name = csaf_str(&r->doc, cwe, "name", v->pointer);
	json_t *cwes = json_array();
	char at[CSAF_POINTER];

	csaf_set(r, j, "cwes", cwes);
	if (id == NULL)
		return;
	csaf_append(r, cwes, json_string(id));
	(void)snprintf(at, sizeof(at), "%s/cwe", v->pointer);
	csaf_place(r, at, 100, name, "/vulnerabilities/%zu/cwes/0", index);
}

/* "9.8": our JSON holds no numbers with a fraction. */
static json_t *
score_text(const json_t *score)
{
	char text[16];

	if (!json_is_number(score) || json_number_value(score) < 0 || json_number_value(score) > 10)
		return json_null();
	(void)snprintf(text, sizeof(text), "%.1f", json_number_value(score));
	return json_string(text);
}

static void
read_score(struct csaf_reader *r, json_t *list, const json_t *score, bool several, const char *at, size_t index)
{
	static const char *const keys[] = { "cvss_v3", "cvss_v2" };
	size_t *leaves, n;

	for (size_t k = 0; k < FP_COUNT(keys); k++) {
		const json_t *cvss = csaf_obj(&r->doc, score, keys[k], at);
		json_t *j, *products;

		if (cvss == NULL)
			continue;
		j = json_object();
		csaf_place(r, at, 100, NULL, "/vulnerabilities/%zu/cvss/%zu", index, json_array_size(list));
		csaf_append(r, list, j);
		csaf_set(r, j, "version", csaf_text_or_null(csaf_str(&r->doc, cvss, "version", at)));
		csaf_set(r, j, "vector", csaf_text_or_null(csaf_str(&r->doc, cvss, "vectorString", at)));
		csaf_set(r, j, "score", score_text(json_object_get(cvss, "baseScore")));
		if (csaf_str(&r->doc, cvss, "baseSeverity", at) != NULL)
			csaf_set(r, j, "severity", json_string(csaf_str(&r->doc, cvss, "baseSeverity", at)));
		if (!several ||
		    csaf_resolve(&r->doc, csaf_arr(&r->doc, score, "products", at), NULL, at, &leaves, &n, NULL) != FP_OK)
			continue;
		csaf_set(r, j, "products", products = json_array());
		for (size_t i = 0; i < n; i++)
			csaf_append(r, products, json_string(r->doc.leaves[leaves[i]].id));
	}
}

static void
read_scores(struct csaf_reader *r, json_t *j, const struct csaf_vuln *v, size_t index)
{
	const json_t *scores = csaf_arr(&r->doc, v->json, "scores", v->pointer);
	json_t *list = json_array(), *score;
	size_t i;

	csaf_set(r, j, "cvss", list);
	json_array_foreach(scores, i, score)
	{
		char at[CSAF_POINTER];

		(void)snprintf(at, sizeof(at), "%s/scores/%zu", v->pointer, i);
		read_score(r, list, score, json_array_size(scores) > 1, at, index);
	}
}

/* "No known public exploits specifically target these vulnerabilities." stands among the notes of the document. */
static const char *
document_exploitation(struct csaf_reader *r, char at[CSAF_POINTER])
{
	static const char *const none[] = { "no known public exploit", "no known public exploitation" };
	const json_t *notes = json_object_get(r->doc.document, "notes");
	json_t *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		const char *text = json_string_value(json_object_get(note, "text"));

		for (size_t k = 0; text != NULL && k < FP_COUNT(none); k++)
			if (strncasecmp(text, none[k], strlen(none[k])) == 0) {
				(void)snprintf(at, CSAF_POINTER, "/document/notes/%zu/text", i);
				return "none-reported";
			}
	}
	return NULL;
}

static void
read_exploitation(struct csaf_reader *r, json_t *j, const struct csaf_vuln *v, size_t index)
{
	const json_t *threats = csaf_arr(&r->doc, v->json, "threats", v->pointer);
	char at[CSAF_POINTER];
	const char *said;
	json_t *threat;
	size_t i;

	csaf_set(r, j, "exploitation", json_null());
	json_array_foreach(threats, i, threat)
	{
		const char *category = json_string_value(json_object_get(threat, "category"));

		if (category == NULL || strcmp(category, "exploit_status") != 0)
			continue;
		/* Its text stays as it is: whether it says yes or no is for a person. */
		(void)snprintf(at, sizeof(at), "%s/threats/%zu", v->pointer, i);
		csaf_set(r, j, "exploitation_text", csaf_text_or_null(csaf_str(&r->doc, threat, "details", at)));
		csaf_place(r, at, 90, NULL, "/vulnerabilities/%zu/exploitation_text", index);
		return;
	}
	said = document_exploitation(r, at);
	if (said != NULL) {
		csaf_set(r, j, "exploitation", json_string(said));
		csaf_place(r, at, 70, NULL, "/vulnerabilities/%zu/exploitation", index);
	}
}

static void
read_names(struct csaf_reader *r, json_t *j, const struct csaf_vuln *v, size_t index)
{
	static const char *const kept[] = { "ids", "notes", "threats", "product_status", "references", "flags", "involvements" };
	static const char *const texts[] = { "title", "discovery_date", "release_date" };
	const char *cve = csaf_str(&r->doc, v->json, "cve", v->pointer);
	json_t *cves = json_array();
	char at[CSAF_POINTER];

	csaf_set(r, j, "id", json_string(v->id));
	csaf_set(r, j, "component", json_null());
	csaf_set(r, j, "cves", cves);
	if (cve != NULL) {
		csaf_append(r, cves, json_string(cve));
		(void)snprintf(at, sizeof(at), "%s/cve", v->pointer);
		csaf_place(r, at, 100, NULL, "/vulnerabilities/%zu/cves/0", index);
	}
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		const char *s = csaf_str(&r->doc, v->json, texts[i], v->pointer);

		if (s != NULL)
			csaf_set(r, j, texts[i], json_string(s));
	}
	for (size_t i = 0; i < FP_COUNT(kept); i++) {
		json_t *m = json_object_get(v->json, kept[i]);

		if (json_is_array(m) || json_is_object(m))
			csaf_set(r, j, kept[i], json_incref(m));
	}
}

enum fp_status
csaf_read_vulnerabilities(struct csaf_reader *r, struct fp_err *err)
{
	json_t *list = json_array();

	(void)draft_put(r->d, "/vulnerabilities", list, NULL);
	for (size_t i = 0; i < r->doc.n_vulns; i++) {
		const struct csaf_vuln *v = &r->doc.vulns[i];
		json_t *j = json_object(), *affects = json_array();

		csaf_append(r, list, j);
		read_names(r, j, v, i);
		read_cwe(r, j, v, i);
		read_scores(r, j, v, i);
		read_exploitation(r, j, v, i);
		csaf_set(r, j, "affects", affects);
		if (!read_affects(r, v, affects))
			return fp_fail(err, FP_ENOMEM, "out of memory");
		add_said(r, j, v, i);
	}
	return FP_OK;
}
