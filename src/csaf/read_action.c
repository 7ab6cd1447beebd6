/* Remediations as actions: one that stands under several vulnerabilities is one action, and check sums are no actions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "csaf/csaf_int.h"

/* ---- check sums in free text ---- */

static const struct {
	const char *word, *algorithm;
	size_t digits;
} algorithms[] = {
	{ "sha-512", "sha512", 128 },
	{ "sha512", "sha512", 128 },
	{ "sha-384", "sha384", 96 },
	{ "sha384", "sha384", 96 },
	{ "sha-256", "sha256", 64 },
	{ "sha256", "sha256", 64 },
	{ "sha-1", "sha1", 40 },
	{ "sha1", "sha1", 40 },
	{ "md5", "md5", 32 },
};

struct digest {
	const char *algorithm, *value;
	size_t digits;
};

static bool
is_separator(char c)
{
	return c != '\0' && strchr(" \t\r\n:=,;-()", c) != NULL;
}

/* The next "SHA-256: 595b..." at or behind *p; *p moves behind it. *rest: something else stood before it. */
static bool
next_digest(const char **p, struct digest *out, bool *rest)
{
	for (; **p != '\0'; (*p)++) {
		for (size_t i = 0; i < FP_COUNT(algorithms); i++) {
			size_t n = strlen(algorithms[i].word), digits;
			const char *v = *p + n;

			if (strncasecmp(*p, algorithms[i].word, n) != 0)
				continue;
			while (is_separator(*v))
				v++;
			digits = strspn(v, "0123456789abcdefABCDEF");
			if (digits != algorithms[i].digits || isalnum((unsigned char)v[digits]))
				continue;
			*out = (struct digest){ algorithms[i].algorithm, v, digits };
			*p = v + digits;
			return true;
		}
		*rest = *rest || !is_separator(**p);
	}
	return false;
}

/* All check sums of a text; *only: nothing else stands in it. */
static json_t *
digests_of(struct csaf_reader *r, const char *text, bool *only)
{
	json_t *list = NULL;
	struct digest d;
	bool rest = false;

	while (next_digest(&text, &d, &rest)) {
		json_t *j = json_object();
		char value[129];

		for (size_t i = 0; i < d.digits; i++)
			value[i] = (char)tolower((unsigned char)d.value[i]);
		value[d.digits] = '\0';
		csaf_set(r, j, "algorithm", json_string(d.algorithm));
		csaf_set(r, j, "value", json_string(value));
		list = list ? list : json_array();
		csaf_append(r, list, j);
	}
	*only = list != NULL && !rest;
	return list;
}

/* "Filename: LocalRunManagerSecurityPatch.msi" -> its length; 0: names none. */
static size_t
file_named(const char *text, const char **name)
{
	static const char *const words[] = { "filename", "file name", "file" };

	for (const char *p = text; *p != '\0'; p++)
		for (size_t i = 0; i < FP_COUNT(words); i++) {
			size_t n = strlen(words[i]), len, dot;
			const char *v = p + n;

			if (strncasecmp(p, words[i], n) != 0 || (p > text && isalnum((unsigned char)p[-1])) || *v != ':')
				continue;
			v += 1 + strspn(v + 1, " ");
			len = strcspn(v, " ,;\r\n\t\"");
			for (dot = len; dot > 0 && v[dot - 1] != '.'; dot--)
				;
			if (dot > 1 && len > dot && len - dot <= 5) {
				*name = v;
				return len;
			}
		}
	return 0;
}

static bool
speaks_of(const char *text, const char *word)
{
	for (size_t n = strlen(word); *text != '\0'; text++)
		if (strncasecmp(text, word, n) == 0)
			return true;
	return false;
}

/* ---- the actions ---- */

/* A remediation of the advisory. */
struct fix {
	const json_t *json;
	const char *pointer, *category, *url, *date;
	const char *raw, *details; /* as it stands there, and cleaned: line breaks make no other action */
	size_t vuln;
	size_t *leaves, n_leaves;
	size_t action; /* index in the list; CSAF_NONE: it is none of its own */
};

struct actions {
	json_t *list;
	struct csaf_map by_words;
	size_t hashed; /* check sums that stood as remediations */
	const char *first_hash;
	/* Of the vulnerability that is read now: where check sums belong. */
	size_t patch, announced;
	const char *filename, *announcement;
	size_t filename_len;
};

static const char *
words_of(struct csaf_reader *r, const struct fix *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 16 << 20 };
	const json_t *restart = json_object_get(f->json, "restart_required"), *v;
	size_t i;

	fp_buf_printf(&b, "%s\x1f%s\x1f%s\x1f%s", f->category, f->details, f->url ? f->url : "", f->date ? f->date : "");
	fp_buf_printf(&b, "\x1f%s",
	    json_is_string(json_object_get(restart, "category")) ? json_string_value(json_object_get(restart, "category")) : "");
	json_array_foreach(json_object_get(f->json, "entitlements"), i, v)
	{
		fp_buf_printf(&b, "\x1f%s", json_is_string(v) ? json_string_value(v) : "");
	}
	return csaf_keep(&r->doc, b.data ? b.data : "");
}

static void
add_text_once(struct csaf_reader *r, json_t *list, const char *text)
{
	size_t i;
	json_t *v;

	if (text == NULL)
		return;
	json_array_foreach(list, i, v)
	{
		if (strcmp(json_string_value(v), text) == 0)
			return;
	}
	csaf_append(r, list, json_string(text));
}

/* Which products it is for, under which vulnerability. */
static void
add_products(struct csaf_reader *r, json_t *action, const struct fix *f)
{
	json_t *under = json_object(), *ids = json_array(), *leaf_ids = json_array();

	/* Neighbours are mostly versions of one product: the list is short, and looked through once per product. */
	for (size_t i = 0; i < f->n_leaves; i++) {
		size_t item = r->doc.leaves[f->leaves[i]].item;

		csaf_append(r, leaf_ids, json_string(r->doc.leaves[f->leaves[i]].id));
		if (item == CSAF_NONE || r->items[item].component || r->items[item].mark == r->walk)
			continue;
		r->items[item].mark = r->walk;
		csaf_append(r, ids, json_string(r->items[item].id));
	}
	r->walk++;
	csaf_set(r, under, "vulnerability", json_string(r->doc.vulns[f->vuln].id));
	csaf_set(r, under, "products", ids);
	csaf_set(r, under, "product_ids", leaf_ids);
	csaf_append(r, json_object_get(action, "applies"), under);
}

static json_t *
new_action(struct csaf_reader *r, struct actions *all, const struct fix *f)
{
	static const char *const nulls[] = { "heading", "obligation", "urgency", "modes", "only_when", "by" };
	static const char *const lists[] = { "verbs", "requires", "side_effects", "involves", "links", "cves", "products",
		"applies" };
	const json_t *restart = csaf_obj(&r->doc, f->json, "restart_required", f->pointer),
		     *entitlements = csaf_arr(&r->doc, f->json, "entitlements", f->pointer);
	json_t *j = json_object(), *link;
	size_t index = json_array_size(all->list);
	char id[32];

	(void)snprintf(id, sizeof(id), "remediation-%zu", index + 1);
	csaf_append(r, all->list, j);
	csaf_set(r, j, "id", json_string(id));
	csaf_set(r, j, "number", json_integer((json_int_t)index + 1));
	csaf_set(r, j, "category", json_string(f->category));
	csaf_set(r, j, "text", json_string(f->raw));
	for (size_t i = 0; i < FP_COUNT(nulls); i++)
		csaf_set(r, j, nulls[i], json_null());
	for (size_t i = 0; i < FP_COUNT(lists); i++)
		csaf_set(r, j, lists[i], json_array());
	csaf_set(r, j, "available_from", csaf_text_or_null(f->date));
	if (restart != NULL)
		csaf_set(r, j, "restart_required", json_incref((json_t *)restart));
	if (entitlements != NULL)
		csaf_set(r, j, "entitlements", json_incref((json_t *)entitlements));
	csaf_place(r, f->pointer, 100, NULL, "/actions/%zu", index);
	if (f->url == NULL)
		return j;
	link = json_object();
	csaf_set(r, link, "id", json_string("url"));
	csaf_set(r, link, "condition", json_null());
	csaf_set(r, link, "url", json_string(f->url));
	csaf_set(r, link, "access", json_null());
	csaf_set(r, link, "contact", json_null());
	csaf_append(r, json_object_get(j, "links"), link);
	return j;
}

static void
take_action(struct csaf_reader *r, struct actions *all, struct fix *f)
{
	const char *words = words_of(r, f);
	json_t *j;

	f->action = csaf_map_get(&all->by_words, words);
	if (f->action == CSAF_NONE) {
		f->action = json_array_size(all->list);
		(void)csaf_map_put(&all->by_words, words, f->action, &r->doc.no_memory);
		j = new_action(r, all, f);
	} else {
		j = json_array_get(all->list, f->action);
	}
	add_text_once(r, json_object_get(j, "cves"), json_string_value(json_object_get(r->doc.vulns[f->vuln].json, "cve")));
	add_products(r, j, f);
	if (f->url != NULL || (all->patch == CSAF_NONE && (speaks_of(f->details, "patch") || speaks_of(f->details, "download"))))
		all->patch = f->action;
}

/* ---- check sums to the action whose file they are of ---- */

static bool
has_digest(const json_t *list, const json_t *digest)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		if (json_equal(v, digest))
			return true;
	}
	return false;
}

static json_t *
hashes_of(struct csaf_reader *r, json_t *action, const char *filename, size_t len)
{
	json_t *hashes = json_object_get(action, "hashes"), *one;
	size_t i;

	if (hashes == NULL) {
		hashes = json_array();
		csaf_set(r, action, "hashes", hashes);
	}
	json_array_foreach(hashes, i, one)
	{
		const char *is = json_string_value(json_object_get(one, "filename"));

		if (is == NULL || filename == NULL ? len == 0 && is == NULL : strlen(is) == len && memcmp(is, filename, len) == 0)
			return one;
	}
	one = json_object();
	csaf_set(r, one, "filename", len > 0 ? json_stringn(filename, len) : json_null());
	csaf_set(r, one, "text", json_null());
	csaf_set(r, one, "file_hashes", json_array());
	csaf_append(r, hashes, one);
	return one;
}

static void
give_digests(struct csaf_reader *r, struct actions *all, size_t action, const json_t *digests)
{
	json_t *file = hashes_of(r, json_array_get(all->list, action), all->filename, all->filename_len), *d,
	       *list = json_object_get(file, "file_hashes");
	size_t i;

	if (all->announcement != NULL && json_is_null(json_object_get(file, "text")))
		csaf_set(r, file, "text", json_string(all->announcement));
	json_array_foreach(digests, i, d)
	{
		if (!has_digest(list, d))
			csaf_append(r, list, json_incref(d));
	}
}

/* "... has released the following hashes ...: Filename: X.msi", with nothing but check sums behind it, is no action either. */
static bool
announces(const struct fix *fixes, size_t i, size_t n, struct csaf_reader *r)
{
	const char *name;
	bool only;
	json_t *d;

	if (file_named(fixes[i].details, &name) == 0 ||
	    !(speaks_of(fixes[i].details, "hash") || speaks_of(fixes[i].details, "checksum")) || i + 1 >= n)
		return false;
	d = digests_of(r, fixes[i + 1].details, &only);
	json_decref(d);
	return only;
}

static void
take_hash(struct csaf_reader *r, struct actions *all, struct fix *f, const json_t *digests, bool only)
{
	size_t to = all->patch != CSAF_NONE ? all->patch : all->announced;

	if (!only || to == CSAF_NONE) {
		take_action(r, all, f);
		to = f->action;
	} else {
		all->hashed++;
		all->first_hash = all->first_hash ? all->first_hash : f->pointer;
	}
	give_digests(r, all, to, digests);
}

static void
take_fixes(struct csaf_reader *r, struct actions *all, struct fix *fixes, size_t n)
{
	all->patch = all->announced = CSAF_NONE;
	all->filename = all->announcement = NULL;
	all->filename_len = 0;
	for (size_t i = 0; i < n; i++) {
		bool only = false;
		json_t *digests = digests_of(r, fixes[i].details, &only);

		if (digests == NULL) {
			bool announced = announces(fixes, i, n, r);
			size_t len = file_named(fixes[i].details, &all->filename);

			all->filename_len = len;
			if (announced && all->patch != CSAF_NONE) {
				all->announcement = fixes[i].details;
			} else {
				size_t patch = all->patch;

				all->announcement = NULL;
				take_action(r, all, &fixes[i]);
				all->announced = fixes[i].action;
				/* What only announces check sums is not the patch. */
				all->patch = announced ? patch : all->patch;
			}
		} else {
			take_hash(r, all, &fixes[i], digests, only);
		}
		json_decref(digests);
	}
}

/* ---- the list ---- */

static enum fp_status
read_fixes(struct csaf_reader *r, size_t vuln, struct fix **out, size_t *n, struct fp_err *err)
{
	const struct csaf_vuln *v = &r->doc.vulns[vuln];
	const json_t *list = csaf_arr(&r->doc, v->json, "remediations", v->pointer);
	json_t *j;
	size_t i;

	*n = 0;
	*out = fp_arena_alloc(r->doc.arena, json_array_size(list) + 1, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_array_foreach(list, i, j)
	{
		struct fix *f = &(*out)[*n];
		char at[CSAF_POINTER];
		const char *details, *category;

		(void)snprintf(at, sizeof(at), "%s/remediations/%zu", v->pointer, i);
		details = csaf_str(&r->doc, j, "details", at);
		category = csaf_str(&r->doc, j, "category", at);
		if (details == NULL || category == NULL) {
			csaf_finding(
			    &r->doc, "remediation", DRAFT_ERROR, at, "a remediation without category or details was not read");
			continue;
		}
		*f = (struct fix){ .json = j,
			.vuln = vuln,
			.category = category,
			.raw = details,
			.details = csaf_clean(&r->doc, details),
			.url = csaf_str(&r->doc, j, "url", at),
			.date = csaf_str(&r->doc, j, "date", at),
			.action = CSAF_NONE };
		f->pointer = csaf_keep(&r->doc, at);
		if (csaf_resolve(&r->doc, csaf_arr(&r->doc, j, "product_ids", at), csaf_arr(&r->doc, j, "group_ids", at), at,
			&f->leaves, &f->n_leaves, err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
		(*n)++;
	}
	return FP_OK;
}

/* The products of all vulnerabilities together; "applies" stays only where they differ from one to the other. */
static void
sum_up(struct csaf_reader *r, json_t *action)
{
	json_t *applies = json_object_get(action, "applies"), *products = json_object_get(action, "products"), *a, *p,
	       *first = json_object_get(json_array_get(applies, 0), "product_ids"), *vulns = json_array();
	struct csaf_map seen = { .n = 0 };
	bool differ = false;
	size_t i, k;

	json_array_foreach(applies, i, a)
	{
		differ = differ || !json_equal(json_object_get(a, "product_ids"), first);
		csaf_append(r, vulns, json_incref(json_object_get(a, "vulnerability")));
		json_array_foreach(json_object_get(a, "products"), k, p)
		{
			if (csaf_map_put(&seen, json_string_value(p), k, &r->doc.no_memory))
				csaf_append(r, products, json_incref(p));
		}
	}
	csaf_map_free(&seen);
	csaf_set(r, action, "vulnerabilities", vulns);
	if (!differ) {
		csaf_set(r, action, "product_ids", first ? json_incref(first) : json_array());
		(void)json_object_del(action, "applies");
	}
}

enum fp_status
csaf_read_actions(struct csaf_reader *r, struct fp_err *err)
{
	struct actions all = { .list = json_array() };
	enum fp_status s = FP_OK;
	json_t *a;
	size_t i;

	(void)draft_put(r->d, "/actions", all.list, NULL);
	r->walk++;
	for (i = 0; i < r->doc.n_vulns && s == FP_OK; i++) {
		struct fix *fixes;
		size_t n;

		s = read_fixes(r, i, &fixes, &n, err);
		if (s == FP_OK)
			take_fixes(r, &all, fixes, n);
	}
	json_array_foreach(all.list, i, a)
	{
		sum_up(r, a);
	}
	if (all.hashed > 0)
		csaf_finding(&r->doc, "hash-as-remediation", DRAFT_WARNING, all.first_hash,
		    "%zu remediations are check sums of a file: they were read as hashes of the patch, not as actions",
		    all.hashed);
	csaf_map_free(&all.by_words);
	return s;
}
