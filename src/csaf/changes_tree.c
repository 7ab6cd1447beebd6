/* Products of two editions: which is which, and what of it is another now. product_id is a number that editors hand out anew; it counts for nothing. */
#include <string.h>

#include "base/utf8.h"
#include "csaf/changes_int.h"

/* ---- by what a product is known again, in order of rank ---- */

#define BY_HELPER 1u
#define BY_PATH 2u
#define BY_VERSION 4u
#define BY_NAME 8u

/* Whole, then helper, branch path, name; last what only the version tells apart. */
static const unsigned passes[] = { BY_HELPER | BY_PATH | BY_VERSION, BY_HELPER | BY_VERSION, BY_PATH | BY_VERSION, BY_NAME,
	BY_HELPER, BY_PATH };

static const char *
path_of(const struct csaf_doc *doc, const struct csaf_leaf *l)
{
	return l->host != CSAF_NONE ? doc->leaves[l->host].path : l->path;
}

/* The words of a leaf for a pass; false: it has none (no helper). */
static bool
words_of(struct csaf_pair *p, int e, size_t leaf, unsigned by, struct fp_buf *out)
{
	const struct csaf_doc *doc = &p->doc[e];
	const struct csaf_leaf *l = &doc->leaves[leaf];

	fp_buf_clear(out);
	/* What stands on a product is matched with what stands on it, too. */
	fp_buf_printf(out, "%s\x1e", l->relation ? l->relation : "");
	if (l->component != CSAF_NONE)
		fp_buf_printf(out, "%s\x1e%s\x1e", doc->leaves[l->component].path,
		    doc->leaves[l->component].version ? doc->leaves[l->component].version : "");
	if (by & BY_HELPER) {
		if (l->helper == NULL)
			return false;
		fp_buf_printf(out, "%s\x1e", csaf_even(p, l->helper));
	}
	if (by & BY_PATH)
		fp_buf_printf(out, "%s\x1e", path_of(doc, l));
	if (by & BY_VERSION)
		fp_buf_printf(out, "%s\x1e", l->version ? l->version : "");
	if (by & BY_NAME)
		fp_buf_printf(out, "%s\x1e", l->name);
	p->no_memory = p->no_memory || out->failed != FP_OK;
	return out->failed == FP_OK;
}

/* The old ones that are not taken yet, by their words; equal ones wait in their order. */
static bool
pass(struct csaf_pair *p, unsigned by, size_t *next)
{
	FP_AUTO(fp_buf_free) struct fp_buf words = { .max = 0 };
	struct csaf_map first = { .n = 0 };
	const struct csaf_doc *was = &p->doc[CSAF_OLD], *is = &p->doc[CSAF_NEW];

	/* Backwards, so that each chain begins with the first. */
	for (size_t i = was->n_leaves; i-- > 0;) {
		const char *key;

		if (p->twin[CSAF_OLD][i] != CSAF_NONE || !words_of(p, CSAF_OLD, i, by, &words))
			continue;
		key = csaf_keep(&p->doc[CSAF_OLD], words.data);
		next[i] = csaf_map_get(&first, key);
		(void)csaf_map_set(&first, key, i, &p->no_memory);
	}
	for (size_t i = 0; i < is->n_leaves; i++) {
		size_t at;

		if (p->twin[CSAF_NEW][i] != CSAF_NONE || !words_of(p, CSAF_NEW, i, by, &words))
			continue;
		at = csaf_map_get(&first, words.data);
		if (at == CSAF_NONE)
			continue;
		p->twin[CSAF_NEW][i] = at;
		p->twin[CSAF_OLD][at] = i;
		(void)csaf_map_set(&first, csaf_keep(&p->doc[CSAF_NEW], words.data), next[at], &p->no_memory);
	}
	csaf_map_free(&first);
	return !p->no_memory;
}

/* ---- what is another now ---- */

static void
changed_text(struct csaf_pair *p, size_t leaf, const char *field, const char *was, const char *is)
{
	json_t *change;

	if ((was == NULL && is == NULL) || (was != NULL && is != NULL && strcmp(was, is) == 0))
		return;
	p->mark[CSAF_NEW][leaf].changed = true;
	change = csaf_change(p, "product", "changed", p->doc[CSAF_NEW].leaves[leaf].name, NULL);
	csaf_change_put(p, change, "field", json_string(field));
	csaf_change_put(p, change, "product_id", json_string(p->doc[CSAF_NEW].leaves[leaf].id));
	csaf_change_put(p, change, "old", csaf_text_or_null(was));
	csaf_change_put(p, change, "new", csaf_text_or_null(is));
	if (strcmp(field, "version") == 0) {
		const struct csaf_range *a = &p->doc[CSAF_OLD].leaves[p->twin[CSAF_NEW][leaf]].range,
					*b = &p->doc[CSAF_NEW].leaves[leaf].range;

		csaf_change_put(p, change, "same_meaning",
		    json_boolean(a->kind != CSAF_RANGE_UNDECIDABLE && b->kind != CSAF_RANGE_UNDECIDABLE &&
				 strcmp(a->range, b->range) == 0));
	}
}

static void
changed_helper(struct csaf_pair *p, size_t leaf, const json_t *was, const json_t *is)
{
	json_t *change;

	if (strcmp(csaf_even(p, was), csaf_even(p, is)) == 0)
		return;
	p->mark[CSAF_NEW][leaf].changed = true;
	change = csaf_change(p, "product", "changed", p->doc[CSAF_NEW].leaves[leaf].name, NULL);
	csaf_change_put(p, change, "field", json_string("identification"));
	csaf_change_put(p, change, "product_id", json_string(p->doc[CSAF_NEW].leaves[leaf].id));
	csaf_change_put(p, change, "old", was ? json_incref((json_t *)was) : json_null());
	csaf_change_put(p, change, "new", is ? json_incref((json_t *)is) : json_null());
}

static void
compare_leaf(struct csaf_pair *p, size_t leaf)
{
	const struct csaf_leaf *is = &p->doc[CSAF_NEW].leaves[leaf], *was = &p->doc[CSAF_OLD].leaves[p->twin[CSAF_NEW][leaf]];

	changed_text(p, leaf, "vendor", was->vendor, is->vendor);
	if (is->relation == NULL)
		changed_text(p, leaf, "product", was->product, is->product);
	changed_text(p, leaf, "version", was->version, is->version);
	/* A full name that only repeats the version is no news of its own. */
	if (was->version == NULL || is->version == NULL || strcmp(was->version, is->version) == 0)
		changed_text(p, leaf, "name", was->name, is->name);
	changed_helper(p, leaf, was->helper, is->helper);
}

static void
lone(struct csaf_pair *p, int e, size_t leaf)
{
	const struct csaf_leaf *l = &p->doc[e].leaves[leaf];
	json_t *change = csaf_change(p, "product", e == CSAF_NEW ? "added" : "removed", l->name, NULL);

	csaf_change_put(p, change, "product_id", json_string(l->id));
	csaf_change_put(p, change, e == CSAF_NEW ? "new" : "old", csaf_text_or_null(l->version));
}

enum fp_status
csaf_changes_products(struct csaf_pair *p, struct fp_err *err)
{
	size_t *next = fp_arena_alloc(p->arena, p->doc[CSAF_OLD].n_leaves + 1, sizeof(*next));

	if (next == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < FP_COUNT(passes); i++)
		if (!pass(p, passes[i], next))
			return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < p->doc[CSAF_NEW].n_leaves; i++)
		if (p->twin[CSAF_NEW][i] != CSAF_NONE)
			compare_leaf(p, i);
		else
			lone(p, CSAF_NEW, i);
	for (size_t i = 0; i < p->doc[CSAF_OLD].n_leaves; i++)
		if (p->twin[CSAF_OLD][i] == CSAF_NONE)
			lone(p, CSAF_OLD, i);
	return FP_OK;
}
