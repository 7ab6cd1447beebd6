/* The languages: each on its own, and each against the first one (English, where there is English). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "notice/lint_int.h"
#include "notice/text.h"

static const char *const house_languages[] = { "en", "da", "de", "it", "es", NULL };

static void
file_of(char out[48], const struct notice_text *t)
{
	(void)snprintf(out, 48, "%s.md", t->lang);
}

static int
line_of(const struct notice_section *s, const char *at)
{
	int line = s->body_line;

	for (const char *p = s->markdown; p < at; p++)
		line += *p == '\n';
	return line;
}

/* ---- one language ---- */

struct need {
	struct lint *l;
	const struct notice_text *t;
};

static void
needed(void *ctx, const char *key, enum notice_need need)
{
	struct need *w = ctx;
	char file[48];

	file_of(file, w->t);
	if (need == NOTICE_NEED_MUST && notice_section_find(w->t, key) == NULL)
		lint_add(w->l, "lang-section", NOTICE_ERROR, file, 0, "section '%s' is missing", key);
}

static void
cves(struct lint *l, const char *file, const struct notice_section *s)
{
	for (const char *p = s->markdown; (p = strstr(p, "CVE-")) != NULL; p++) {
		char cve[32] = "";
		size_t len = 4 + strspn(p + 4, "0123456789-");
		bool named = false;

		memcpy(cve, p, len < sizeof(cve) ? len : sizeof(cve) - 1);
		for (size_t i = 0; i < l->n->n_vulnerabilities; i++)
			named = named || notice_list_has(&l->n->vulnerabilities[i].cves, cve);
		if (!named)
			lint_add(l, "cve-not-named", NOTICE_ERROR, file, line_of(s, p), "'%s' is not named by the notice's facts",
			    cve);
	}
}

static void
typed(struct lint *l, const char *file, const struct notice_section *s, const char *fact, const char *placeholder)
{
	const char *at = fact != NULL ? strstr(s->markdown, fact) : NULL;

	if (at != NULL)
		lint_add(l, "typed-fact", NOTICE_WARNING, file, line_of(s, at), "'%s' is typed into section '%s'; write {{%s}}",
		    fact, s->key, placeholder);
}

/* Names of products may stand in running text; numbers and addresses, where one wrong character is another device or nobody, may not. */
static void
typed_facts(struct lint *l, const char *file, const struct notice_section *s)
{
	const struct notice *n = l->n;
	char name[80];

	typed(l, file, s, n->reference, "reference");
	typed(l, file, s, n->document_number, "document_number");
	for (size_t i = 0; i < n->n_products; i++) {
		typed(l, file, s, n->products[i].udi_di, "products.table");
		for (size_t k = 0; k < n->products[i].catalog_numbers.n; k++)
			typed(l, file, s, n->products[i].catalog_numbers.items[k], "products.table");
	}
	for (size_t i = 0; i < n->n_contacts; i++) {
		(void)snprintf(name, sizeof(name), "contact.%s", n->contacts[i].id);
		typed(l, file, s, n->contacts[i].email, name);
	}
}

/* "[here](https://...)" says nothing on paper; "<https://...>" does. */
static void
hidden_links(struct lint *l, const char *file, const struct notice_section *s)
{
	for (const char *p = s->markdown; (p = strstr(p, "](")) != NULL; p++)
		lint_add(l, "link-hidden", NOTICE_WARNING, file, line_of(s, p),
		    "section '%s' hides an address behind a word; print it, as in <https://example.org/>", s->key);
}

static bool
uses(const struct notice_text *t, const char *placeholder)
{
	for (size_t i = 0; i < t->n_sections; i++)
		if (strstr(t->sections[i].markdown, placeholder) != NULL)
			return true;
	return false;
}

static void
printed_links(
    struct lint *l, const struct notice_text *t, const char *file, const char *owner, const struct notice_link *links, size_t n)
{
	char name[160];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "{{link.%s.%s}}", owner, links[i].id);
		if (links[i].url != NULL && !uses(t, name))
			lint_add(l, "link-unprinted", NOTICE_ERROR, file, 0,
			    "the text does not print the address of '%s': write %s", links[i].id, name);
	}
}

static bool
is_nfc(const char *s)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
	int32_t len = 0;
	FP_AUTO(fp_freep) UChar *wide = fp_calloc(strlen(s) + 1, sizeof(*wide));

	if (wide == NULL || U_FAILURE(e))
		return true;
	u_strFromUTF8(wide, (int32_t)strlen(s) + 1, &len, s, -1, &e);
	return U_FAILURE(e) || unorm2_isNormalized(nfc, wide, len, &e);
}

static void
one(struct lint *l, const struct notice_text *t)
{
	struct need w = { l, t };
	char file[48];

	file_of(file, t);
	notice_section_each(l->n, needed, &w);
	for (size_t i = 0; i < t->n_sections; i++) {
		cves(l, file, &t->sections[i]);
		typed_facts(l, file, &t->sections[i]);
		hidden_links(l, file, &t->sections[i]);
		if (!is_nfc(t->sections[i].markdown) || !is_nfc(t->sections[i].heading))
			lint_add(l, "not-nfc", NOTICE_WARNING, file, t->sections[i].line, "section '%s' is not in normal form C",
			    t->sections[i].key);
	}
	for (size_t i = 0; i < l->n->n_actions; i++)
		printed_links(l, t, file, l->n->actions[i].id, l->n->actions[i].links, l->n->actions[i].n_links);
	for (size_t i = 0; i < l->n->n_recommendations; i++)
		printed_links(
		    l, t, file, l->n->recommendations[i].id, l->n->recommendations[i].links, l->n->recommendations[i].n_links);
}

/* ---- two languages ---- */

/* The placeholders of a text, sorted, as one string; {{brand}} is left out: grammar decides how often a name is said. */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
placeholders(struct fp_buf *out, const char *text)
{
	char *names[256];
	size_t n = 0;
	const char *p = text, *name = NULL;
	bool bad;

	for (size_t len; n < FP_COUNT(names) && (len = notice_placeholder_next(&p, &name, &bad)) != 0;) {
		if (len == 5 && memcmp(name, "brand", 5) == 0)
			continue;
		names[n] = fp_strndup(name, len);
		if (names[n] == NULL)
			break;
		n++;
	}
	qsort(names, n, sizeof(names[0]), by_text);
	for (size_t i = 0; i < n; i++) {
		fp_buf_printf(out, "%s{{%s}}", i ? " " : "", names[i]);
		free(names[i]);
	}
	return fp_buf_check(out, "placeholders", NULL) == FP_OK;
}

struct counts {
	int steps, points;
};

/* Items of lists: "1. " or "1) " and "- ", "* ", "+ ", indented or not. */
static struct counts
count_items(const char *text)
{
	struct counts c = { 0, 0 };

	for (const char *p = text; *p != '\0';) {
		size_t digits;

		p += strspn(p, " ");
		digits = strspn(p, "0123456789");
		if (digits > 0 && digits < 10 && (p[digits] == '.' || p[digits] == ')') && p[digits + 1] == ' ')
			c.steps++;
		else if ((*p == '-' || *p == '*' || *p == '+') && p[1] == ' ')
			c.points++;
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return c;
}

static void
compare_section(struct lint *l, const struct notice_text *ref, const struct notice_section *a, const char *file,
    const struct notice_section *b)
{
	FP_AUTO(fp_buf_free) struct fp_buf pa = { .max = 65536 }, pb = { .max = 65536 };
	struct counts ca = count_items(a->markdown), cb = count_items(b->markdown);

	if (!placeholders(&pa, a->markdown) || !placeholders(&pb, b->markdown))
		return;
	if (strcmp(pa.data ? pa.data : "", pb.data ? pb.data : "") != 0)
		lint_add(l, "lang-placeholder", NOTICE_ERROR, file, b->line, "section '%s' names %s; %s.md line %d names %s",
		    b->key, pb.len ? pb.data : "no fact", ref->lang, a->line, pa.len ? pa.data : "no fact");
	if (ca.steps != cb.steps)
		lint_add(l, "lang-steps", NOTICE_ERROR, file, b->line, "section '%s' has %d numbered steps; %s.md line %d has %d",
		    b->key, cb.steps, ref->lang, a->line, ca.steps);
	if (ca.points != cb.points)
		lint_add(l, "lang-steps", NOTICE_ERROR, file, b->line, "section '%s' has %d list items; %s.md line %d has %d",
		    b->key, cb.points, ref->lang, a->line, ca.points);
	if ((*a->heading == '\0') != (*b->heading == '\0'))
		lint_add(l, "lang-heading", NOTICE_WARNING, file, b->line, "section '%s' has %s heading, unlike %s.md line %d",
		    b->key, *b->heading ? "a" : "no", ref->lang, a->line);
}

static void
compare(struct lint *l, const struct notice_text *ref, const struct notice_text *t)
{
	char file[48];

	file_of(file, t);
	for (size_t i = 0; i < ref->n_sections; i++) {
		const struct notice_section *a = &ref->sections[i], *b = notice_section_find(t, a->key);

		if (b != NULL)
			compare_section(l, ref, a, file, b);
		else if (notice_section_need(l->n, a->key) != NOTICE_NEED_MUST)
			lint_add(l, "lang-section", NOTICE_ERROR, file, 0, "section '%s' is missing; %s.md has it at line %d",
			    a->key, ref->lang, a->line);
	}
	for (size_t i = 0; i < t->n_sections; i++)
		if (notice_section_need(l->n, t->sections[i].key) != NOTICE_NEED_MUST &&
		    notice_section_find(ref, t->sections[i].key) == NULL)
			lint_add(l, "lang-section", NOTICE_ERROR, file, t->sections[i].line, "section '%s' is not in %s.md",
			    t->sections[i].key, ref->lang);
}

void
lint_texts(struct lint *l)
{
	const struct notice *n = l->n;
	const struct notice_text *ref = notice_text_find(n, "en");
	const char *const *languages = l->o->languages ? l->o->languages : house_languages;
	char file[48];

	for (size_t i = 0; languages[i] != NULL; i++) {
		(void)snprintf(file, sizeof(file), "%s.md", languages[i]);
		if (notice_text_find(n, languages[i]) == NULL)
			lint_add(l, "lang-missing", NOTICE_WARNING, file, 0, "there is no text in '%s'", languages[i]);
	}
	if (ref == NULL && n->n_texts > 0)
		ref = &n->texts[0];
	for (size_t i = 0; i < n->n_texts; i++) {
		one(l, &n->texts[i]);
		if (&n->texts[i] != ref)
			compare(l, ref, &n->texts[i]);
	}
}
