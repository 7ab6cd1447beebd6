/* What a new edition of an advisory changed: the document, and the whole report. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "csaf/changes_int.h"

#define EVEN_DEPTH 8u
#define EDITION_BYTES ((size_t)16 << 20)

/* ---- saying it ---- */

void
csaf_change_put(struct csaf_pair *p, json_t *change, const char *key, json_t *stolen)
{
	if (change == NULL) {
		json_decref(stolen);
		return;
	}
	if (json_object_set(change, key, stolen) != 0)
		p->no_memory = true;
	else
		json_decref(stolen);
}

json_t *
csaf_change(struct csaf_pair *p, const char *what, const char *kind, const char *subject, const char *vulnerability)
{
	json_t *j;

	p->n++;
	p->content = p->content || strcmp(what, "tracking") != 0;
	if (json_array_size(p->list) >= CSAF_CHANGES_MAX)
		return NULL;
	j = json_object();
	if (j == NULL || json_array_append(p->list, j) != 0) {
		p->no_memory = true;
		json_decref(j);
		return NULL;
	}
	json_decref(j);
	csaf_change_put(p, j, "what", json_string(what));
	csaf_change_put(p, j, "kind", json_string(kind));
	csaf_change_put(p, j, "subject", json_string(subject));
	if (vulnerability != NULL)
		csaf_change_put(p, j, "vulnerabilities", json_pack("[s]", vulnerability));
	return j;
}

/* ---- evening out ---- */

const char *
csaf_even_text(struct csaf_pair *p, const char *text)
{
	const char *s = csaf_clean(&p->doc[CSAF_NEW], text);

	p->no_memory = p->no_memory || p->doc[CSAF_NEW].no_memory;
	return s;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
even_list(struct csaf_pair *p, struct fp_buf *out, const json_t *v)
{
	size_t n = json_array_size(v);
	const char **items = fp_arena_alloc(p->arena, n + 1, sizeof(*items));

	if (items == NULL) {
		p->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		items[i] = csaf_even(p, json_array_get(v, i));
	if (n > 1)
		qsort(items, n, sizeof(*items), by_text);
	fp_buf_putc(out, '[');
	for (size_t i = 0; i < n; i++)
		fp_buf_printf(out, "%s,", items[i]);
	fp_buf_putc(out, ']');
}

static void
even_object(struct csaf_pair *p, struct fp_buf *out, const json_t *v)
{
	size_t n = json_object_size(v), i = 0;
	const char **keys = fp_arena_alloc(p->arena, n + 1, sizeof(*keys)), *key;
	json_t *m;

	if (keys == NULL) {
		p->no_memory = true;
		return;
	}
	json_object_foreach((json_t *)v, key, m)
	{
		if (!json_is_null(m))
			keys[i++] = key;
	}
	n = i;
	if (n > 1)
		qsort(keys, n, sizeof(*keys), by_text);
	fp_buf_putc(out, '{');
	for (i = 0; i < n; i++)
		fp_buf_printf(out, "%s:%s,", keys[i], csaf_even(p, json_object_get(v, keys[i])));
	fp_buf_putc(out, '}');
}

const char *
csaf_even(struct csaf_pair *p, const json_t *v)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	const char *copy;

	/* Nothing of CSAF nests so deep; each level costs a copy of what is below it. */
	if (p->depth >= EVEN_DEPTH) {
		return fp_json_canonical(&b, v, NULL) == FP_OK && b.data != NULL ? csaf_keep(&p->doc[CSAF_NEW], b.data) : "";
	}
	p->depth++;
	switch (v == NULL ? JSON_NULL : json_typeof(v)) {
	case JSON_OBJECT:
		even_object(p, &b, v);
		break;
	case JSON_ARRAY:
		even_list(p, &b, v);
		break;
	case JSON_STRING:
		fp_buf_printf(&b, "\"%s\"", csaf_even_text(p, json_string_value(v)));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		fp_buf_printf(&b, "%.6g", json_number_value(v));
		break;
	case JSON_TRUE:
		fp_buf_puts(&b, "true");
		break;
	case JSON_FALSE:
		fp_buf_puts(&b, "false");
		break;
	case JSON_NULL:
		break;
	}
	p->depth--;
	p->no_memory = p->no_memory || b.failed != FP_OK;
	copy = b.len > 0 && b.failed == FP_OK ? fp_arena_text(p->arena, b.data, b.len) : "";
	p->no_memory = p->no_memory || copy == NULL;
	return copy ? copy : "";
}

/* ---- the document ---- */

static void
compare_members(struct csaf_pair *p, const json_t *was, const json_t *is, const char *what, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *a = json_object_get(was, keys[i]), *b = json_object_get(is, keys[i]), *change;

		if (strcmp(csaf_even(p, a), csaf_even(p, b)) == 0)
			continue;
		change = csaf_change(p, what, a == NULL ? "added" : b == NULL ? "removed" : "changed", keys[i], NULL);
		if (a != NULL)
			csaf_change_put(p, change, "old", json_incref(a));
		if (b != NULL)
			csaf_change_put(p, change, "new", json_incref(b));
	}
}

/* Lists of the document: which items are new, which are gone. */
static void
compare_lists(struct csaf_pair *p, const json_t *was, const json_t *is, const char *key)
{
	const json_t *lists[2] = { json_object_get(was, key), json_object_get(is, key) };
	struct csaf_map seen = { .n = 0 };

	for (int side = 0; side < 2; side++) {
		const json_t *other = lists[1 - side];
		size_t i;
		json_t *v;

		json_array_foreach(other, i, v)
		{
			(void)csaf_map_put(&seen, csaf_even(p, v), i, &p->no_memory);
		}
		json_array_foreach(lists[side], i, v)
		{
			if (csaf_map_get(&seen, csaf_even(p, v)) == CSAF_NONE)
				csaf_change_put(p, csaf_change(p, "document", side == 0 ? "removed" : "added", key, NULL),
				    side == 0 ? "old" : "new", json_incref(v));
		}
		csaf_map_free(&seen);
	}
}

static void
compare_document(struct csaf_pair *p)
{
	static const char *const members[] = { "category", "title", "lang", "source_lang", "publisher", "distribution",
		"aggregate_severity" };
	static const char *const lists[] = { "notes", "references", "acknowledgments" };
	static const char *const tracking[] = { "version", "status", "initial_release_date", "current_release_date",
		"revision_history", "aliases" };
	const json_t *was = p->doc[CSAF_OLD].document, *is = p->doc[CSAF_NEW].document;

	compare_members(p, p->doc[CSAF_OLD].tracking, p->doc[CSAF_NEW].tracking, "tracking", tracking, FP_COUNT(tracking));
	compare_members(p, was, is, "document", members, FP_COUNT(members));
	for (size_t i = 0; i < FP_COUNT(lists); i++)
		compare_lists(p, was, is, lists[i]);
}

/* ---- the whole ---- */

static void
pair_free(struct csaf_pair *p)
{
	csaf_doc_free(&p->doc[CSAF_OLD]);
	csaf_doc_free(&p->doc[CSAF_NEW]);
	fp_arena_free(p->arena);
	csaf_map_free(&p->by_words);
	json_decref(p->list);
}

static enum fp_status
prepare(struct csaf_pair *p, struct fp_err *err)
{
	for (int e = 0; e < 2; e++) {
		size_t n = p->doc[e].n_leaves;

		p->twin[e] = fp_arena_alloc(p->arena, n + 1, sizeof(size_t));
		p->mark[e] = fp_arena_alloc(p->arena, n + 1, sizeof(struct csaf_mark));
		if (p->twin[e] == NULL || p->mark[e] == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		for (size_t i = 0; i < n; i++)
			p->twin[e][i] = CSAF_NONE;
	}
	return FP_OK;
}

static const char *
tracked(const struct csaf_doc *doc, const char *key)
{
	return json_string_value(json_object_get(doc->tracking, key));
}

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

static enum fp_status
same_advisory(const struct csaf_pair *p, struct fp_err *err)
{
	const char *a = tracked(&p->doc[CSAF_OLD], "id"), *b = tracked(&p->doc[CSAF_NEW], "id");

	if (a == NULL || b == NULL)
		return fp_fail(err, FP_EINVAL, "%s has no /document/tracking/id", p->doc[a == NULL ? CSAF_OLD : CSAF_NEW].file);
	if (strcmp(a, b) != 0)
		return fp_fail(err, FP_ECONFLICT, "%s is %.80s, %s is %.80s: these are two advisories, not two editions of one",
		    p->doc[CSAF_OLD].file, a, p->doc[CSAF_NEW].file, b);
	return FP_OK;
}

static json_t *
edition_json(const struct csaf_doc *doc)
{
	json_t *j = json_object();

	fp_json_set_str(j, "file", doc->file);
	fp_json_set_str(j, "version", tracked(doc, "version"));
	fp_json_set_str(j, "current_release_date", tracked(doc, "current_release_date"));
	return j;
}

/* Per product of the new edition, and those that are gone: does anything of it ask for a second look? */
static json_t *
products_json(const struct csaf_pair *p)
{
	json_t *list = json_array();

	for (int e = CSAF_NEW; e >= CSAF_OLD; e--)
		for (size_t i = 0; i < p->doc[e].n_leaves; i++) {
			const struct csaf_leaf *l = &p->doc[e].leaves[i];
			bool lone = p->twin[e][i] == CSAF_NONE;
			const struct csaf_mark *m = &p->mark[e][i];
			json_t *j;

			if (e == CSAF_OLD && !lone)
				continue;
			j = json_object();
			fp_json_set_str(j, "product_id", l->id);
			fp_json_set_str(j, "name", l->name);
			fp_json_set_str(j, "product",
			    !lone           ? (m->changed ? "changed" : "unchanged")
			    : e == CSAF_NEW ? "added"
					    : "removed");
			fp_json_set_str(j, "status", m->status || lone ? "changed" : "unchanged");
			fp_json_set_str(j, "remediations", m->remediation || lone ? "changed" : "unchanged");
			(void)json_array_append_new(list, j);
		}
	return list;
}

static json_t *
report(const struct csaf_pair *p, const struct csaf_changes *out)
{
	json_t *j = json_object();

	fp_json_set_str(j, "reference", tracked(&p->doc[CSAF_NEW], "id"));
	fp_json_set(j, "old", edition_json(&p->doc[CSAF_OLD]));
	fp_json_set(j, "new", edition_json(&p->doc[CSAF_NEW]));
	fp_json_set_str(j, "answer",
	    out->silent      ? "silent-edit"
	    : out->n > 0     ? "changed"
	    : out->form_only ? "form-only"
			     : "same");
	fp_json_set_int(j, "changes_total", (int64_t)p->n);
	fp_json_set(j, "changes", json_incref(p->list));
	fp_json_set(j, "products", products_json(p));
	return j;
}

static enum fp_status
load(struct csaf_doc *doc, const char *name, const char *data, size_t len, struct fp_err *err)
{
	enum fp_status s = csaf_doc_load(doc, name, data, len, NULL, err);

	return s == FP_OK ? csaf_doc_vulnerabilities(doc, err) : s;
}

enum fp_status
csaf_changes(struct csaf_changes *out, const char *old_name, const char *old_data, size_t old_len, const char *new_name,
    const char *new_data, size_t new_len, struct fp_err *err)
{
	struct fp_err own = { 0 };
	FP_AUTO(pair_free) struct csaf_pair p = { .arena = fp_arena_new(), .list = json_array() };

	err = err ? err : &own;
	memset(out, 0, sizeof(*out));
	if (p.arena == NULL || p.list == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (old_len > EDITION_BYTES || new_len > EDITION_BYTES)
		return fp_fail(
		    err, FP_ELIMIT, "%s has more than %zu bytes", old_len > EDITION_BYTES ? old_name : new_name, EDITION_BYTES);
	if (load(&p.doc[CSAF_OLD], old_name, old_data, old_len, err) != FP_OK ||
	    load(&p.doc[CSAF_NEW], new_name, new_data, new_len, err) != FP_OK || same_advisory(&p, err) != FP_OK ||
	    prepare(&p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	compare_document(&p);
	if (csaf_changes_products(&p, err) != FP_OK || csaf_changes_vulnerabilities(&p, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	out->n = p.n;
	out->silent =
	    p.content && same_text(tracked(&p.doc[CSAF_OLD], "version"), tracked(&p.doc[CSAF_NEW], "version")) &&
	    same_text(tracked(&p.doc[CSAF_OLD], "current_release_date"), tracked(&p.doc[CSAF_NEW], "current_release_date"));
	out->form_only = p.n == 0 && (old_len != new_len || memcmp(old_data, new_data, old_len) != 0);
	out->report = report(&p, out);
	if (p.no_memory || p.doc[CSAF_OLD].no_memory || p.doc[CSAF_NEW].no_memory || out->report == NULL) {
		csaf_changes_free(out);
		return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	return FP_OK;
}

void
csaf_changes_free(struct csaf_changes *c)
{
	json_decref(c->report);
	c->report = NULL;
}
