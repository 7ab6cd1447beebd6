/* Vulnerabilities of two editions: what they are, whom they affect, and what is to be done. */
#include <string.h>

#include "csaf/changes_int.h"

/* Products as the comparison knows them: the number of the new edition's leaf, or behind all of them that of an old one without a twin. */
static size_t
number_of(const struct csaf_pair *p, int e, size_t leaf)
{
	size_t twin = p->twin[e][leaf];

	if (e == CSAF_NEW)
		return leaf;
	return twin != CSAF_NONE ? twin : p->doc[CSAF_NEW].n_leaves + leaf;
}

static struct csaf_mark *
mark_of(struct csaf_pair *p, int e, size_t leaf)
{
	if (e == CSAF_OLD && p->twin[CSAF_OLD][leaf] != CSAF_NONE)
		return &p->mark[CSAF_NEW][p->twin[CSAF_OLD][leaf]];
	return &p->mark[e][leaf];
}

/* ---- one change, said once for all vulnerabilities that have it ---- */

static void
add_vulnerability(struct csaf_pair *p, json_t *change, const char *id)
{
	json_t *list = json_object_get(change, "vulnerabilities"), *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		if (strcmp(json_string_value(v), id) == 0)
			return;
	}
	if (json_array_append_new(list, json_string(id)) != 0)
		p->no_memory = true;
}

/* The change that was told in these words already, or a new one to be filled (*fresh). */
static json_t *
change_once(struct csaf_pair *p, const char *what, const char *kind, const char *subject, const char *vulnerability,
    const char *words, bool *fresh)
{
	FP_AUTO(fp_buf_free) struct fp_buf key = { .max = 0 };
	size_t at;
	json_t *j;

	*fresh = false;
	fp_buf_printf(&key, "%s\x1f%s\x1f%s\x1f%s", what, kind, subject, words);
	if (key.failed != FP_OK) {
		p->no_memory = true;
		return NULL;
	}
	at = csaf_map_get(&p->by_words, key.data);
	if (at != CSAF_NONE) {
		j = json_array_get(p->list, at);
		add_vulnerability(p, j, vulnerability);
		return j;
	}
	at = json_array_size(p->list);
	j = csaf_change(p, what, kind, subject, vulnerability);
	if (j != NULL)
		(void)csaf_map_put(&p->by_words, csaf_keep(&p->doc[CSAF_NEW], key.data), at, &p->no_memory);
	*fresh = j != NULL;
	return j;
}

/* ---- product status ---- */

static json_t *
names_json(struct csaf_pair *p, int e, const size_t *leaves, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_string(p->doc[e].leaves[leaves[i]].name)) != 0)
			p->no_memory = true;
	return list;
}

/* Which products of mine the other list does not have; into out, and how many. */
static size_t
only_mine(
    struct csaf_pair *p, int e, const struct csaf_leaves *mine, const struct csaf_leaves *other, size_t *out, bool *in_other)
{
	size_t n = 0;

	for (size_t i = 0; i < other->n; i++)
		in_other[number_of(p, 1 - e, other->items[i])] = true;
	for (size_t i = 0; i < mine->n; i++)
		if (!in_other[number_of(p, e, mine->items[i])])
			out[n++] = mine->items[i];
	for (size_t i = 0; i < other->n; i++)
		in_other[number_of(p, 1 - e, other->items[i])] = false;
	return n;
}

static size_t
numbers(const struct csaf_pair *p)
{
	return p->doc[CSAF_NEW].n_leaves + p->doc[CSAF_OLD].n_leaves + 1;
}

/* in_other and out are scratch for numbers() entries. */
struct scratch {
	bool *in_other;
	size_t *out;
};

static void
compare_products(struct csaf_pair *p, const struct scratch *s, const char *what, const char *subject, const char *vulnerability,
    const struct csaf_leaves *was, const struct csaf_leaves *is, bool remediation)
{
	const struct csaf_leaves *lists[2] = { was, is };

	for (int e = CSAF_NEW; e >= CSAF_OLD; e--) {
		size_t n = only_mine(p, e, lists[e], lists[1 - e], s->out, s->in_other);
		json_t *names, *change;
		bool fresh;

		for (size_t i = 0; i < n; i++) {
			struct csaf_mark *m = mark_of(p, e, s->out[i]);

			m->remediation = m->remediation || remediation;
			m->status = m->status || !remediation;
		}
		if (n == 0)
			continue;
		names = names_json(p, e, s->out, n);
		change = change_once(p, what, e == CSAF_NEW ? "products-added" : "products-removed", subject, vulnerability,
		    csaf_even(p, names), &fresh);
		if (fresh)
			csaf_change_put(p, change, "products", names);
		else
			json_decref(names);
	}
}

/* ---- members ---- */

static void
compare_member(struct csaf_pair *p, const char *vulnerability, const char *what, const char *field, json_t *was, json_t *is)
{
	json_t *change;

	if (strcmp(csaf_even(p, was), csaf_even(p, is)) == 0)
		return;
	change = csaf_change(p, what, was == NULL ? "added" : is == NULL ? "removed" : "changed", vulnerability, vulnerability);
	csaf_change_put(p, change, "field", json_string(field));
	if (was != NULL)
		csaf_change_put(p, change, "old", json_incref(was));
	if (is != NULL)
		csaf_change_put(p, change, "new", json_incref(is));
}

/* A score's products are ids, which may be handed out anew: they are compared with the status, the score without them. */
static json_t *
without_products(struct csaf_pair *p, const json_t *scores)
{
	json_t *list = scores == NULL ? NULL : json_array(), *v, *copy;
	size_t i;

	json_array_foreach(scores, i, v)
	{
		copy = json_is_object(v) ? json_copy(v) : json_object();
		(void)json_object_del(copy, "products");
		(void)json_object_del(copy, "product_ids");
		(void)json_object_del(copy, "group_ids");
		if (json_array_append_new(list, copy) != 0)
			p->no_memory = true;
	}
	return list;
}

static void
compare_members(struct csaf_pair *p, const struct csaf_vuln *was, const struct csaf_vuln *is)
{
	static const char *const plain[] = { "title", "cwe", "ids", "discovery_date", "release_date", "notes", "references",
		"acknowledgments", "involvements" };
	static const char *const with_products[] = { "scores", "threats", "flags" };

	for (size_t i = 0; i < FP_COUNT(plain); i++)
		compare_member(p, is->id, "vulnerability", plain[i], json_object_get(was->json, plain[i]),
		    json_object_get(is->json, plain[i]));
	for (size_t i = 0; i < FP_COUNT(with_products); i++) {
		FP_JSON json_t *a = without_products(p, json_object_get(was->json, with_products[i]));
		FP_JSON json_t *b = without_products(p, json_object_get(is->json, with_products[i]));

		compare_member(p, is->id, "vulnerability", with_products[i], a, b);
	}
}

/* ---- remediations ---- */

struct fix {
	const json_t *json;
	const char *words;                     /* category and text, evened out */
	const char *category, *details, *rest; /* rest: url, date, restart, entitlements */
	struct csaf_leaves leaves;
	size_t twin;
};

struct fixes {
	struct fix *items;
	size_t n;
};

static enum fp_status
read_fixes(struct csaf_pair *p, int e, const struct csaf_vuln *v, struct fixes *out, struct fp_err *err)
{
	static const char *const rest[] = { "url", "date", "restart_required", "entitlements" };
	const json_t *list = json_object_get(v->json, "remediations"), *j;
	size_t i;

	out->n = 0;
	out->items = fp_arena_alloc(p->arena, json_array_size(list) + 1, sizeof(*out->items));
	if (out->items == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_array_foreach(list, i, j)
	{
		struct fix *f = &out->items[out->n];
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

		if (!json_is_object(j))
			continue;
		f->json = j;
		f->twin = CSAF_NONE;
		f->category = csaf_even_text(p, json_string_value(json_object_get(j, "category")));
		f->details = csaf_even_text(p, json_string_value(json_object_get(j, "details")));
		fp_buf_printf(&b, "%s\x1f%s", f->category, f->details);
		f->words = csaf_keep(&p->doc[e], b.data);
		p->no_memory = p->no_memory || b.failed != FP_OK; /* clearing forgets it */
		fp_buf_clear(&b);
		for (size_t k = 0; k < FP_COUNT(rest); k++)
			fp_buf_printf(&b, "%s\x1f", csaf_even(p, json_object_get(j, rest[k])));
		f->rest = csaf_keep(&p->doc[e], b.data);
		p->no_memory = p->no_memory || b.failed != FP_OK;
		if (csaf_resolve(&p->doc[e], json_object_get(j, "product_ids"), json_object_get(j, "group_ids"), v->pointer,
			&f->leaves.items, &f->leaves.n, err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
		out->n++;
	}
	return FP_OK;
}

/* The same words; then the same category and address (a text that was mended); then the same category, if only one is left on each side. */
static void
match_fixes(struct fixes *was, struct fixes *is)
{
	for (int rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < is->n && i < 2000; i++) {
			struct fix *f = &is->items[i];

			for (size_t k = 0; k < was->n && k < 2000 && f->twin == CSAF_NONE; k++) {
				struct fix *g = &was->items[k];
				bool same = rank == 0   ? strcmp(f->words, g->words) == 0
					    : rank == 1 ? strcmp(f->category, g->category) == 0 &&
							      strcmp(f->rest, g->rest) == 0 && f->rest[0] != '\x1f'
							: i == k && strcmp(f->category, g->category) == 0;

				if (g->twin == CSAF_NONE && same) {
					f->twin = k;
					g->twin = i;
				}
			}
		}
}

static void
mark_fix(struct csaf_pair *p, int e, const struct fix *f)
{
	for (size_t i = 0; i < f->leaves.n; i++)
		mark_of(p, e, f->leaves.items[i])->remediation = true;
}

static void
lone_fix(struct csaf_pair *p, int e, const struct fix *f, const char *vulnerability)
{
	bool fresh;
	json_t *change;

	mark_fix(p, e, f);
	change = change_once(p, "remediation", e == CSAF_NEW ? "added" : "removed", f->details, vulnerability, f->rest, &fresh);
	if (!fresh)
		return;
	csaf_change_put(p, change, "category", json_string(f->category));
	csaf_change_put(p, change, "products", names_json(p, e, f->leaves.items, f->leaves.n));
}

static void
changed_fix(struct csaf_pair *p, const struct fix *was, const struct fix *is, const char *vulnerability)
{
	static const char *const fields[] = { "category", "details", "url", "date", "restart_required", "entitlements" };

	for (size_t i = 0; i < FP_COUNT(fields); i++) {
		json_t *a = json_object_get(was->json, fields[i]), *b = json_object_get(is->json, fields[i]), *change;
		const char *old = csaf_even(p, a), *new = csaf_even(p, b);
		FP_AUTO(fp_buf_free) struct fp_buf words = { .max = 0 };
		bool fresh;

		if (strcmp(old, new) == 0)
			continue;
		mark_fix(p, CSAF_NEW, is);
		fp_buf_printf(&words, "%s\x1f%s\x1f%s", fields[i], old, new);
		p->no_memory = p->no_memory || words.failed != FP_OK;
		change =
		    change_once(p, "remediation", "changed", is->details, vulnerability, words.data ? words.data : "", &fresh);
		if (!fresh)
			continue;
		csaf_change_put(p, change, "field", json_string(fields[i]));
		csaf_change_put(p, change, "old", a ? json_incref(a) : json_null());
		csaf_change_put(p, change, "new", b ? json_incref(b) : json_null());
	}
}

static enum fp_status
compare_fixes(
    struct csaf_pair *p, const struct scratch *s, const struct csaf_vuln *was, const struct csaf_vuln *is, struct fp_err *err)
{
	struct fixes a = { .n = 0 }, b = { .n = 0 };
	const char *id = is != NULL ? is->id : was != NULL ? was->id : "";

	if ((was != NULL && read_fixes(p, CSAF_OLD, was, &a, err) != FP_OK) ||
	    (is != NULL && read_fixes(p, CSAF_NEW, is, &b, err) != FP_OK))
		return fp_failed(err, FP_ELIMIT);
	match_fixes(&a, &b);
	for (size_t i = 0; i < b.n; i++) {
		struct fix *f = &b.items[i];

		if (f->twin == CSAF_NONE) {
			lone_fix(p, CSAF_NEW, f, id);
			continue;
		}
		changed_fix(p, &a.items[f->twin], f, id);
		compare_products(p, s, "remediation", f->details, id, &a.items[f->twin].leaves, &f->leaves, true);
	}
	for (size_t i = 0; i < a.n; i++)
		if (a.items[i].twin == CSAF_NONE)
			lone_fix(p, CSAF_OLD, &a.items[i], id);
	return FP_OK;
}

/* ---- vulnerabilities ---- */

/* A vulnerability without CVE is known again by its ids, then by its title. */
static const char *
key_of(struct csaf_pair *p, int e, const struct csaf_vuln *v)
{
	static const char *const keys[] = { "cve", "ids", "title" };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	for (size_t i = 0; i < FP_COUNT(keys) && b.len == 0; i++)
		if (json_object_get(v->json, keys[i]) != NULL)
			fp_buf_printf(&b, "%s\x1f%s", keys[i], csaf_even(p, json_object_get(v->json, keys[i])));
	if (b.len == 0)
		fp_buf_printf(&b, "%s", v->id);
	p->no_memory = p->no_memory || b.failed != FP_OK;
	return csaf_keep(&p->doc[e], b.data ? b.data : "");
}

static void
lone_vulnerability(struct csaf_pair *p, int e, const struct csaf_vuln *v)
{
	json_t *change = csaf_change(p, "vulnerability", e == CSAF_NEW ? "added" : "removed", v->id, v->id);
	const struct csaf_leaves *affected = &v->status[CSAF_KNOWN_AFFECTED];

	csaf_change_put(p, change, "products", names_json(p, e, affected->items, affected->n));
	for (size_t k = 0; k < CSAF_STATUS_COUNT; k++)
		for (size_t i = 0; i < v->status[k].n; i++)
			mark_of(p, e, v->status[k].items[i])->status = true;
}

static enum fp_status
compare_vulnerability(
    struct csaf_pair *p, const struct scratch *s, const struct csaf_vuln *was, const struct csaf_vuln *is, struct fp_err *err)
{
	compare_members(p, was, is);
	for (size_t k = 0; k < CSAF_STATUS_COUNT; k++)
		compare_products(p, s, "status", csaf_status_names[k], is->id, &was->status[k], &is->status[k], false);
	return compare_fixes(p, s, was, is, err);
}

enum fp_status
csaf_changes_vulnerabilities(struct csaf_pair *p, struct fp_err *err)
{
	const struct csaf_doc *was = &p->doc[CSAF_OLD], *is = &p->doc[CSAF_NEW];
	struct scratch s = { fp_arena_alloc(p->arena, numbers(p), sizeof(bool)),
		fp_arena_alloc(p->arena, numbers(p), sizeof(size_t)) };
	bool *taken = fp_arena_alloc(p->arena, was->n_vulns + 1, sizeof(*taken));
	size_t *next = fp_arena_alloc(p->arena, was->n_vulns + 1, sizeof(*next));
	struct csaf_map by_key = { .n = 0 };
	enum fp_status status = FP_OK;

	if (s.in_other == NULL || s.out == NULL || taken == NULL || next == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	/* Backwards, so that those with equal keys wait in their order. */
	for (size_t i = was->n_vulns; i-- > 0;) {
		const char *key = key_of(p, CSAF_OLD, &was->vulns[i]);

		next[i] = csaf_map_get(&by_key, key);
		(void)csaf_map_set(&by_key, key, i, &p->no_memory);
	}
	for (size_t i = 0; i < is->n_vulns && status == FP_OK; i++) {
		const char *key = key_of(p, CSAF_NEW, &is->vulns[i]);
		size_t at = csaf_map_get(&by_key, key);

		if (at != CSAF_NONE) {
			taken[at] = true;
			(void)csaf_map_set(&by_key, key, next[at], &p->no_memory);
			status = compare_vulnerability(p, &s, &was->vulns[at], &is->vulns[i], err);
		} else {
			lone_vulnerability(p, CSAF_NEW, &is->vulns[i]);
			status = compare_fixes(p, &s, NULL, &is->vulns[i], err);
		}
	}
	csaf_map_free(&by_key);
	for (size_t i = 0; i < was->n_vulns && status == FP_OK; i++)
		if (!taken[i]) {
			lone_vulnerability(p, CSAF_OLD, &was->vulns[i]);
			status = compare_fixes(p, &s, &was->vulns[i], NULL, err);
		}
	return status;
}
