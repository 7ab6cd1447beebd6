/*
 * Software that an advisory names only in its sentences. Narrow on purpose: behind "with", "running" and the like, a name in capitals that is no
 * product of the advisory, versions that are understood, and a verb behind them; anything else stays text.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "csaf/csaf_int.h"

#define NAME_WORDS 8

struct word {
	const char *p;
	size_t n;
};

static const char *const openers[] = { "with", "running", "using", "containing", "including", "runs", "run", "use", "uses" };
static const char *const verbs[] = { "are", "is", "contain", "contains", "has", "have", "does", "do", "may", "can", "could",
	"allow", "allows", "were", "was", "use", "uses", "utilize", "utilizes", "will" };

static bool
is_among(const struct word *w, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == w->n && strncasecmp(words[i], w->p, w->n) == 0)
			return true;
	return false;
}

static bool
next_word(const char **p, struct word *w)
{
	*p += strspn(*p, " \t\r\n");
	w->p = *p;
	w->n = strcspn(*p, " \t\r\n");
	*p += w->n;
	return w->n > 0;
}

/* "v2.x", "V1.0"; "version" and a number come as two words. */
static bool
starts_version(const struct word *w, const char *behind)
{
	static const char *const words[] = { "version", "versions", "ver." };

	if (w->n >= 2 && (w->p[0] | 32) == 'v' && isdigit((unsigned char)w->p[1]))
		return true;
	if (!is_among(w, words, FP_COUNT(words)))
		return false;
	behind += strspn(behind, " ");
	return isdigit((unsigned char)*behind) || ((behind[0] | 32) == 'v' && isdigit((unsigned char)behind[1]));
}

static bool
is_name_word(const struct word *w)
{
	char last = w->p[w->n - 1];

	return (isupper((unsigned char)w->p[0]) || (w->p[0] == '(' && isupper((unsigned char)w->p[1]))) && last != '.' &&
	       last != ',' && last != ';';
}

/* The versions from p to the verb behind them, as a range of ours. */
static bool
read_versions(struct csaf_said *out, const char *p)
{
	const char *start = p;
	struct csaf_range range;
	struct word w;

	while (next_word(&p, &w) && (size_t)(p - start) < 100) {
		if (is_among(&w, verbs, FP_COUNT(verbs))) {
			csaf_range_read(&range, start, (size_t)(w.p - start), false);
			if (range.kind != CSAF_RANGE_KNOWN || strlen(range.range) >= sizeof(out->range))
				return false;
			memcpy(out->range, range.range, strlen(range.range) + 1);
			for (p = w.p; p > start && isspace((unsigned char)p[-1]); p--)
				;
			(void)snprintf(out->text + strlen(out->text), sizeof(out->text) - strlen(out->text), " %.*s",
			    (int)(p - start), start);
			return true;
		}
		/* A sentence that ends before its verb is none. */
		if (w.p[w.n - 1] == '.' &&
		    !(w.n > 2 && isalnum((unsigned char)w.p[w.n - 2]) && *p == ' ' && islower((unsigned char)p[1])))
			return false;
	}
	return false;
}

static bool
same_product(struct csaf_doc *doc, const char *name)
{
	FP_AUTO(fp_freep) char *folded = fp_utf8_folded(name);

	doc->no_memory = doc->no_memory || folded == NULL;
	if (folded == NULL || *folded == '\0')
		return true;
	for (size_t i = 0; i < doc->n_leaves; i++) {
		const struct csaf_leaf *l = &doc->leaves[i];
		FP_AUTO(fp_freep) char *product = NULL;

		/* Versions of one product stand together: its name is folded once. */
		if (i > 0 && strcmp(l->product, doc->leaves[i - 1].product) == 0)
			continue;
		product = fp_utf8_folded(l->product);
		doc->no_memory = doc->no_memory || product == NULL;
		if (product == NULL || *product == '\0' || strstr(product, folded) != NULL || strstr(folded, product) != NULL)
			return true;
	}
	return false;
}

static bool
is_vendor(const struct csaf_doc *doc, const struct word *w)
{
	for (size_t i = 0; i < doc->n_leaves; i++) {
		const char *v = doc->leaves[i].vendor;

		if (v != NULL && strncasecmp(v, w->p, w->n) == 0 && (v[w->n] == '\0' || strchr(" ,.", v[w->n]) != NULL))
			return true;
	}
	return false;
}

static bool
holds_short_form(const char *text, const char *initials, size_t n)
{
	for (const char *p = text; (p = strstr(p, initials)) != NULL; p++)
		if ((p == text || !isalnum((unsigned char)p[-1])) && !isalnum((unsigned char)p[n]))
			return true;
	return false;
}

/* Do the advisory's sentences use the word: notes and remediations of any vulnerability? */
static bool
doc_uses(const struct csaf_doc *doc, const char *initials, size_t n)
{
	static const struct {
		const char *list, *text;
	} places[] = { { "notes", "text" }, { "remediations", "details" } };
	size_t i;
	json_t *v;

	for (size_t k = 0; k < doc->n_vulns; k++)
		for (size_t p = 0; p < FP_COUNT(places); p++)
			json_array_foreach(json_object_get(doc->vulns[k].json, places[p].list), i, v)
			{
				const char *text = json_string_value(json_object_get(v, places[p].text));

				if (text != NULL && holds_short_form(text, initials, n))
					return true;
			}
	return false;
}

/* " (UCS)" behind "Universal Copy Service" where the advisory calls it so. */
static void
add_short_form(struct csaf_said *out, const struct csaf_doc *doc, const struct word *name, size_t n)
{
	char initials[NAME_WORDS + 1];
	size_t k = 0;

	for (size_t i = 0; i < n && k < NAME_WORDS; i++)
		initials[k++] = name[i].p[0];
	initials[k] = '\0';
	if (k >= 3 && doc_uses(doc, initials, k))
		(void)snprintf(out->name + strlen(out->name), sizeof(out->name) - strlen(out->name), " (%s)", initials);
}

/* A name and versions from p on. */
static bool
read_said(struct csaf_said *out, struct csaf_doc *doc, const char *p)
{
	struct word name[NAME_WORDS], w;
	size_t n = 0, first;
	const char *start = p + strspn(p, " ");

	while (next_word(&p, &w) && n < NAME_WORDS) {
		if (n > 0 && starts_version(&w, p)) {
			(void)snprintf(out->text, sizeof(out->text), "%.*s", (int)(name[n - 1].p + name[n - 1].n - start), start);
			first = is_vendor(doc, &name[0]) ? 1 : 0;
			if (first == n || !read_versions(out, w.p))
				return false;
			(void)snprintf(out->name, sizeof(out->name), "%.*s", (int)(name[n - 1].p + name[n - 1].n - name[first].p),
			    name[first].p);
			if (same_product(doc, out->name))
				return false;
			if (name[n - 1].p[0] != '(')
				add_short_form(out, doc, name + first, n - first);
			return true;
		}
		if (n == 0 && w.n == 3 && strncasecmp(w.p, "the", 3) == 0) {
			start = p + strspn(p, " ");
			continue;
		}
		if (!is_name_word(&w))
			return false;
		name[n++] = w;
	}
	return false;
}

bool
csaf_component_said(struct csaf_said *out, struct csaf_doc *doc, const char *text)
{
	struct word w;

	for (const char *p = text; next_word(&p, &w);)
		if (is_among(&w, openers, FP_COUNT(openers)) && read_said(out, doc, p))
			return true;
	return false;
}
