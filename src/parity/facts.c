/* Rules about facts: the same numbers, products, contacts, days and steps in every version. No dictionary: the drafts hold facts. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uloc.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parity/parity_int.h"

/* A value as text; NULL for null and for what is no scalar. */
static const char *
scalar(struct parity *p, const json_t *j)
{
	if (json_is_string(j))
		return json_string_value(j);
	if (json_is_integer(j))
		return parity_text(p, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	return json_is_boolean(j) ? (json_is_true(j) ? "yes" : "no") : NULL;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* One value per version: all the same, or a finding that says each. */
static void
one_fact(struct parity *p, const char *pointer, int severity)
{
	const char *value[PARITY_SIDES_MAX];
	struct parity_finding *f;
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		value[i] = scalar(p, draft_get(p->side[i].d, pointer));
		differ = differ || !same_text(value[0], value[i]);
	}
	if (!differ)
		return;
	f = parity_add(p, "fact", severity, PARITY_BY_STRUCTURE, pointer, "%s is not the same in every version", pointer + 1);
	for (uint32_t i = 0; i < p->n; i++)
		parity_spot_fact(p, f, i, pointer, value[i]);
}

/* ---- sets ---- */

struct set_rule {
	const char *list;  /* pointer of an array */
	const char *key;   /* member of its objects; NULL: the items are texts */
	const char *inner; /* the member is itself a list of objects: their member; NULL */
	const char *code;
	int severity;
	const char *what; /* plural, for the message */
};

static const struct set_rule sets[] = {
	{ "/products", "catalog_numbers", NULL, "product", PARITY_S1, "catalogue numbers" },
	{ "/products", "udi_di", NULL, "product", PARITY_S1, "UDI-DIs" },
	{ "/products", "models", NULL, "product", PARITY_S1, "models" },
	{ "/products", "lots", NULL, "product", PARITY_S1, "lots" },
	{ "/products", "serial_numbers", NULL, "product", PARITY_S1, "serial numbers" },
	{ "/products", "serial_ranges", NULL, "product", PARITY_S1, "serial ranges" },
	{ "/manufacturer/contacts", "email", NULL, "fact", PARITY_S2, "e-mail addresses of contacts" },
	{ "/manufacturer/contacts", "phone", NULL, "fact", PARITY_S2, "telephone numbers of contacts" },
	{ "/manufacturer/signatories", "name", NULL, "fact", PARITY_S2, "signatories" },
	{ "/vulnerabilities", "cves", NULL, "fact", PARITY_S1, "CVE numbers" },
	{ "/vulnerabilities", "cvss", "vector", "fact", PARITY_S2, "CVSS vectors" },
	{ "/adverse_events", "url", NULL, "link", PARITY_S1, "addresses for reports of adverse events" },
	{ "/deadlines", "date", NULL, "fact", PARITY_S1, "days by which something is due" },
};

/* Codes are compared without blanks, hyphens and case: "DX-410-1001 " and "DX 410-1001" are one. */
static const char *
code_normal(struct parity *p, const char *s)
{
	char out[200];
	size_t n = 0;

	for (; *s != '\0' && n + 1 < sizeof(out); s++)
		if (*s != ' ' && *s != '-' && *s != '\t')
			out[n++] = (char)toupper((unsigned char)*s);
	out[n] = '\0';
	return parity_text(p, "%s", out);
}

static void
add_value(struct parity *p, struct words *w, const json_t *v, const char *inner, uint32_t item)
{
	const char *text = json_is_object(v) && inner != NULL ? json_string_value(json_object_get(v, inner)) : scalar(p, v);

	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++)
			add_value(p, w, json_array_get(v, i), inner, item);
		return;
	}
	if (text != NULL && *text != '\0')
		(void)words_add(w, code_normal(p, text), item, 0, 0);
}

static void
one_set(struct parity *p, const struct set_rule *rule)
{
	struct words w[PARITY_SIDES_MAX];
	struct parity_finding *f;
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		const json_t *list = draft_get(p->side[i].d, rule->list);

		w[i].n = 0;
		for (size_t k = 0; k < json_array_size(list); k++) {
			const json_t *item = json_array_get(list, k);

			add_value(
			    p, &w[i], rule->key != NULL ? json_object_get(item, rule->key) : item, rule->inner, (uint32_t)k);
		}
		differ = differ || !words_equal(&w[0], &w[i]);
	}
	if (!differ)
		return;
	f = parity_add(p, rule->code, rule->severity, PARITY_BY_STRUCTURE, rule->list, "the %s are not the same in every version",
	    rule->what);
	for (uint32_t i = 0; i < p->n; i++)
		parity_spot_fact(
		    p, f, i, parity_text(p, "%s/0/%s", rule->list, rule->key != NULL ? rule->key : ""), words_join(p, &w[i]));
}

/* ---- names of products: the same product in another spelling ---- */

static const json_t *
product_of(const struct side *s, const char *catalog)
{
	const json_t *list = draft_get(s->d, "/products");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *codes = json_object_get(json_array_get(list, i), "catalog_numbers");

		for (size_t k = 0; k < json_array_size(codes); k++)
			if (same_text(json_string_value(json_array_get(codes, k)), catalog))
				return json_array_get(list, i);
	}
	return NULL;
}

static const char *
first_name(const json_t *product)
{
	return json_string_value(json_array_get(json_object_get(product, "names"), 0));
}

/* Folded, one within the other: "NextSeq(TM) 550Dx-Instrument" and "NextSeq 550Dx" are one name. */
static bool
names_alike(const char *a, const char *b)
{
	FP_AUTO(fp_freep) char *x = fp_utf8_folded(a);
	FP_AUTO(fp_freep) char *y = fp_utf8_folded(b);

	return x == NULL || y == NULL || strstr(x, y) != NULL || strstr(y, x) != NULL;
}

static void
spellings(struct parity *p)
{
	const json_t *list = draft_get(p->side[0].d, "/products");

	for (size_t k = 0; k < json_array_size(list); k++) {
		const json_t *product = json_array_get(list, k);
		const char *code = json_string_value(json_array_get(json_object_get(product, "catalog_numbers"), 0)),
			   *name = first_name(product);
		bool differ = false;

		for (uint32_t i = 1; i < p->n && code != NULL && name != NULL; i++) {
			const char *other = first_name(product_of(&p->side[i], code));

			differ = differ || (other != NULL && !names_alike(name, other));
		}
		if (!differ)
			continue;
		struct parity_finding *f = parity_add(p, "spelling", -1, PARITY_BY_TOKEN, parity_text(p, "product %s", code),
		    "the product with catalogue number %s has different names", code);

		for (uint32_t i = 0; i < p->n; i++)
			parity_spot_fact(
			    p, f, i, parity_text(p, "/products/%zu/names/0", k), first_name(product_of(&p->side[i], code)));
	}
}

/* ---- counts ---- */

static void
one_count(struct parity *p, const char *pointer, const char *code, int severity, const char *what)
{
	struct parity_finding *f;
	size_t n[PARITY_SIDES_MAX];
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		n[i] = json_array_size(draft_get(p->side[i].d, pointer));
		differ = differ || n[i] != n[0];
	}
	if (!differ)
		return;
	f = parity_add(p, code, severity, PARITY_BY_STRUCTURE, pointer, "the versions have different numbers of %s", what);
	for (uint32_t i = 0; i < p->n; i++)
		parity_spot_fact(p, f, i, pointer, parity_text(p, "%zu", n[i]));
}

/* ---- per step ---- */

static void
steps(struct parity *p)
{
	static const struct {
		const char *key;
		int severity;
	} facts[] = { { "modes", PARITY_S1 }, { "only_when", PARITY_S1 }, { "by", PARITY_S1 }, { "urgency", PARITY_S1 } };
	size_t least = SIZE_MAX;

	for (uint32_t i = 0; i < p->n; i++) {
		size_t n = json_array_size(draft_get(p->side[i].d, "/actions"));

		least = n < least ? n : least;
	}
	for (size_t a = 0; a < least; a++)
		for (size_t k = 0; k < FP_COUNT(facts); k++)
			one_fact(p, parity_text(p, "/actions/%zu/%s", a, facts[k].key), facts[k].severity);
}

/* ---- what the letters themselves have broken ---- */

static void
damaged_addresses(struct parity *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const json_t *list = p->side[i].d->findings;

		for (size_t k = 0; k < json_array_size(list); k++) {
			const json_t *j = json_array_get(list, k);
			const char *code = json_string_value(json_object_get(j, "code")),
				   *message = json_string_value(json_object_get(j, "message"));
			struct parity_finding *f;

			if (code == NULL || message == NULL || strncmp(code, "email-", 6) != 0)
				continue;
			f = parity_add(p, "email-damaged", -1, PARITY_BY_TOKEN, parity_text(p, "address in %s", p->r->names[i]),
			    "%s", message);
			parity_spot(p, f, i, -1, 0, 0, json_string_value(json_object_get(j, "text")));
			if (f != NULL && f->n_spots > 0)
				f->spots[f->n_spots - 1].place =
				    (struct letter_place){ .page = (int)json_integer_value(json_object_get(j, "page")),
					    .line = (int)json_integer_value(json_object_get(j, "line")),
					    .col = (int)json_integer_value(json_object_get(j, "column")) };
			break; /* once a version: the footer comes back on every page */
		}
	}
}

/* "FSN2023 -1338 ESP (M-AMR-00719)": the word of two or three capitals behind the number. */
static const char *
printed_code(struct parity *p, const json_t *id)
{
	const char *s = json_string_value(json_object_get(id, "text"));
	bool first = true;

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, " "), capitals = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (!first && n == capitals && (n == 2 || n == 3))
			return parity_text(p, "%.*s", (int)n, s);
		first = first && n == 0;
		s += n + strspn(s + n, " ");
	}
	return NULL;
}

/* ISO 639-1, 639-2/T or 639-2/B. ICU knows T; B is another word in a few languages only. */
static bool
is_language_code(const char *code, const char *lang)
{
	static const struct {
		const char *lang, *b;
	} bibliographic[] = { { "cs", "cze" }, { "de", "ger" }, { "el", "gre" }, { "fr", "fre" }, { "is", "ice" },
		{ "nl", "dut" }, { "ro", "rum" }, { "sk", "slo" } };
	char lower[4];
	size_t n = strlen(code);

	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)tolower((unsigned char)code[i]);
	for (size_t i = 0; i < FP_COUNT(bibliographic); i++)
		if (strcmp(bibliographic[i].lang, lang) == 0 && strcmp(bibliographic[i].b, lower) == 0)
			return true;
	return strncmp(lower, lang, n == 2 ? 2 : SIZE_MAX) == 0 || strcmp(lower, uloc_getISO3Language(lang)) == 0;
}

static void
language_codes(struct parity *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const json_t *list = draft_get(p->side[i].d, "/printed_ids");
		const char *code = printed_code(p, json_array_get(list, 0));
		struct parity_finding *f;

		if (code == NULL || p->r->languages[i] == NULL || is_language_code(code, p->r->languages[i]))
			continue;
		f = parity_add(p, "language-code", -1, PARITY_BY_TOKEN, parity_text(p, "identification of %s", p->r->names[i]),
		    "the printed code %s is no code of the language %s (ISO 639 has %s); it may be a country's", code,
		    p->r->languages[i], uloc_getISO3Language(p->r->languages[i]));
		parity_spot_fact(p, f, i, "/printed_ids/0/text", code);
	}
}

void
parity_rules_facts(struct parity *p)
{
	static const struct {
		const char *pointer;
		int severity;
	} facts[] = { { "/reference", PARITY_S1 }, { "/document_number", PARITY_S2 }, { "/fsca_reference", PARITY_S2 },
		{ "/revision", PARITY_S2 }, { "/issue_date", PARITY_S2 }, { "/edition", PARITY_S2 },
		{ "/manufacturer/name", PARITY_S2 }, { "/authorities", PARITY_S2 }, { "/third_party_contact", PARITY_S2 } };

	for (size_t i = 0; i < FP_COUNT(facts); i++)
		one_fact(p, facts[i].pointer, facts[i].severity);
	for (size_t i = 0; i < FP_COUNT(sets); i++)
		one_set(p, &sets[i]);
	spellings(p);
	one_count(p, "/products", "product", -1, "affected products");
	one_count(p, "/actions", "action-missing", -1, "steps for the customer");
	one_count(p, "/manufacturer/actions", "fact", PARITY_S2, "measures of the manufacturer");
	steps(p);
	damaged_addresses(p);
	language_codes(p);
}
