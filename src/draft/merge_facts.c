/* Facts of several letters as one notice.json: the same is taken, what differs or lacks becomes a question. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "draft/merge_int.h"

#define GROUPS_MAX 200u

static const char *
text_at(const struct draft *d, const char *pointer)
{
	const json_t *j = draft_get(d, pointer);

	return json_is_string(j) && json_string_length(j) > 0 ? json_string_value(j) : NULL;
}

/* ---- single facts ---- */

const char *
merge_decide_at(struct merger *g, const char *key, const char *pointer, bool needed, const char *about)
{
	struct merge_values v = { .n = 0 };

	for (size_t i = 0; i < g->n; i++)
		merge_value_add(g, &v, text_at(g->sides[i], pointer), merge_where(g, i, pointer));
	return merge_decide(g, key, &v, needed, about);
}

/* An address as notice.json wants it. "www.x.org/y" is https, as browsers read it. */
const char *
merge_url(struct merger *g, const char *s)
{
	return s == NULL || strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0 ? s : merge_text(g, "https://%s", s);
}

static void
single_facts(struct merger *g)
{
	static const struct {
		const char *key, *from, *to, *about;
		bool needed;
	} facts[] = {
		{ "reference", "/reference", "/reference", "The number of the notice", true },
		{ "document_number", "/document_number", "/document_number", "The number of the document", true },
		{ "fsca_reference", "/fsca_reference", "/fsca_reference", "The number of the corrective action", false },
		{ "reason_class", "/reason_class", "/reason_class", "What kind of fault it is, in a word like cybersecurity",
		    true },
		{ "edition", "/edition", "/edition", "Is it new or an update?", false },
		{ "authorities", "/authorities", "/authorities", "Were the authorities informed, or are they being-informed?",
		    false },
		{ "manufacturer.name", "/manufacturer/name", "/manufacturer/name", "The manufacturer's name", true },
		{ "manufacturer.brand", "/manufacturer/brand", "/manufacturer/brand", "How the texts call the manufacturer",
		    false },
		{ "manufacturer.address", "/manufacturer/address", "/manufacturer/address", "The manufacturer's address", false },
		{ "manufacturer.srn", "/manufacturer/srn", "/manufacturer/srn", "The manufacturer's single registration number",
		    false },
		{ "manufacturer.representative", "/manufacturer/representative", "/manufacturer/representative",
		    "The local representative", false },
	};

	draft_put_str(g->out, "/format", "fieldproof-notice-1", NULL);
	for (size_t i = 0; i < FP_COUNT(facts); i++) {
		const char *v = merge_decide_at(g, facts[i].key, facts[i].from, facts[i].needed, facts[i].about);

		if (v != NULL)
			draft_put_str(g->out, facts[i].to, v, NULL);
	}
	/* The revision is the notice's own number in this format: a first edition of it is 1. */
	draft_put_int(g->out, "/revision", 1, NULL);
}

static void
put_date(struct merger *g)
{
	const char *day = merge_decide_at(
	    g, "issue_date", "/issue_date", true, "The day of issue, like 2023-04-05; none when the letters have no date");
	const char *printed = NULL;
	struct fp_date d;
	static const char *const names[] = { "", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

	if (!merge_is_open(g, "issue_date"))
		draft_put_str(g->out, "/issue_date", day, NULL);
	for (size_t i = 0; i < g->n && printed == NULL; i++)
		printed = text_at(g->sides[i], "/issue_weekday");
	/* Only where it is the day's: a wrong one is a finding of the letter. */
	if (day != NULL && printed != NULL && fp_date_parse(&d, day, NULL) == FP_OK &&
	    strcmp(names[fp_date_weekday(d)], printed) == 0)
		draft_put_str(g->out, "/issue_weekday", printed, NULL);
}

/* ---- lists of words ---- */

static bool
has_text(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)) && strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return true;
	return false;
}

static void
add_texts(json_t *to, const json_t *from, const char *const *only)
{
	for (size_t i = 0; i < json_array_size(from); i++) {
		const char *s = json_string_value(json_array_get(from, i));
		bool known = only == NULL;

		for (size_t k = 0; only != NULL && only[k] != NULL && s != NULL; k++)
			known = known || strcmp(only[k], s) == 0;
		if (s != NULL && *s != '\0' && known && !has_text(to, s))
			(void)json_array_append_new(to, json_string(s));
	}
}

/* Everything that any letter says. only: the words that notice.json knows; NULL: all. */
json_t *
merge_all(struct merger *g, const char *pointer, const char *const *only)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++)
		add_texts(list, draft_get(g->sides[i], pointer), only);
	return list;
}

/* "Dx, RUO" */
static json_t *
split(const char *s)
{
	json_t *list = json_array();

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, ","), skip = strspn(s, " "), end = n;

		while (end > skip && s[end - 1] == ' ')
			end--;
		if (end > skip)
			(void)json_array_append_new(list, json_stringn(s + skip, end - skip));
		s += n + (s[n] == ',');
	}
	return list;
}

/* A needed list that nobody has a word for: the answer is words with commas. */
json_t *
merge_decided_list(struct merger *g, const char *key, json_t *have, const char *about)
{
	struct merge_values v = { .n = 0 };
	const char *answer;
	json_t *list;

	if (json_array_size(have) > 0)
		merge_value_add(g, &v, "", "");
	answer = merge_decide(g, key, &v, true, about);
	if (answer == NULL || *answer == '\0')
		return have;
	list = split(answer);
	json_decref(have);
	return list;
}

/* ---- people and addresses ---- */

static void
put_contacts(struct merger *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++) {
		const json_t *from = draft_get(g->sides[i], "/manufacturer/contacts");

		for (size_t k = 0; k < json_array_size(from); k++) {
			const char *id = json_string_value(json_object_get(json_array_get(from, k), "id"));
			bool known = id == NULL;

			for (size_t m = 0; m < json_array_size(list) && !known; m++)
				known = strcmp(json_string_value(json_object_get(json_array_get(list, m), "id")), id) == 0;
			if (!known) {
				json_t *c = json_object();

				fp_json_set_str(c, "id", id);
				(void)json_array_append_new(list, c);
			}
		}
	}
	for (size_t m = 0; m < json_array_size(list); m++) {
		static const char *const members[] = { "email", "phone" };
		json_t *c = json_array_get(list, m);
		const char *id = json_string_value(json_object_get(c, "id"));

		for (size_t f = 0; f < FP_COUNT(members); f++) {
			struct merge_values v = { .n = 0 };

			for (size_t i = 0; i < g->n; i++) {
				const json_t *from = draft_get(g->sides[i], "/manufacturer/contacts");

				for (size_t k = 0; k < json_array_size(from); k++) {
					const json_t *its = json_array_get(from, k);
					const char *its_id = json_string_value(json_object_get(its, "id"));

					if (its_id != NULL && strcmp(its_id, id) == 0)
						merge_value_add(g, &v, json_string_value(json_object_get(its, members[f])),
						    merge_where(
							g, i, merge_text(g, "/manufacturer/contacts/%zu/%s", k, members[f])));
				}
			}
			fp_json_set_str(c, members[f],
			    merge_decide(g, merge_text(g, "contacts.%s.%s", id, members[f]), &v, f == 0,
				merge_text(g, "The %s of the contact '%s'", members[f], id)));
		}
	}
	(void)draft_put(g->out, "/manufacturer/contacts", list, NULL);
}

static void
put_signatories(struct merger *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++) {
		const json_t *from = draft_get(g->sides[i], "/manufacturer/signatories");

		for (size_t k = 0; k < json_array_size(from); k++) {
			const char *name = json_string_value(json_object_get(json_array_get(from, k), "name")),
				   *title = json_string_value(json_object_get(json_array_get(from, k), "title"));
			bool known = name == NULL || title == NULL;

			for (size_t m = 0; m < json_array_size(list) && !known; m++)
				known = strcmp(json_string_value(json_object_get(json_array_get(list, m), "name")), name) == 0;
			if (!known)
				(void)json_array_append_new(list, json_pack("{s:s,s:s}", "name", name, "title", title));
		}
	}
	(void)draft_put(g->out, "/manufacturer/signatories", list, NULL);
}

/* Codes for the manufacturer's measures: the texts are the languages' own. */
static void
put_measures(struct merger *g)
{
	size_t most = 0;
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++) {
		size_t n = json_array_size(draft_get(g->sides[i], "/manufacturer/actions"));

		most = n > most ? n : most;
	}
	for (size_t k = 0; k < most; k++)
		(void)json_array_append_new(list, json_sprintf("measure-%zu", k + 1));
	(void)draft_put(g->out, "/manufacturer/actions", list, NULL);
}

static void
manufacturer(struct merger *g)
{
	const char *legal = merge_url(
	    g, merge_decide_at(g, "manufacturer.legal_url", "/manufacturer/legal_url", false, "The address of the legal notice"));

	if (legal != NULL)
		draft_put_str(g->out, "/manufacturer/legal_url", legal, NULL);
	put_contacts(g);
	put_signatories(g);
	put_measures(g);
}

/* ---- products ---- */

/* The same product in several letters. at[side]: its index there; SIZE_MAX: not there. */
struct group {
	size_t at[40];
	const char *id;
};

static const json_t *
product_at(const struct merger *g, size_t side, size_t index)
{
	return json_array_get(draft_get(g->sides[side], "/products"), index);
}

static bool
shares(const json_t *a, const json_t *b, const char *list)
{
	const json_t *x = json_object_get(a, list), *y = json_object_get(b, list);

	for (size_t i = 0; i < json_array_size(x); i++)
		if (json_is_string(json_array_get(x, i)) && has_text(y, json_string_value(json_array_get(x, i))))
			return true;
	return false;
}

static bool
names_meet(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "names"), *y = json_object_get(b, "names");

	for (size_t i = 0; i < json_array_size(x); i++)
		for (size_t k = 0; k < json_array_size(y); k++) {
			FP_AUTO(fp_freep)
			char *p = fp_utf8_folded(
			    json_string_value(json_array_get(x, i)) != NULL ? json_string_value(json_array_get(x, i)) : "");
			FP_AUTO(fp_freep)
			char *q = fp_utf8_folded(
			    json_string_value(json_array_get(y, k)) != NULL ? json_string_value(json_array_get(y, k)) : "?");

			if (p != NULL && q != NULL && *p != '\0' && strcmp(p, q) == 0)
				return true;
		}
	return false;
}

static bool
same_product(const json_t *a, const json_t *b)
{
	const char *x = json_string_value(json_object_get(a, "udi_di")), *y = json_string_value(json_object_get(b, "udi_di"));

	return shares(a, b, "catalog_numbers") || (x != NULL && y != NULL && strcmp(x, y) == 0) || names_meet(a, b);
}

static size_t
group_products(struct merger *g, struct group *out)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		size_t count = json_array_size(draft_get(g->sides[i], "/products"));

		for (size_t k = 0; k < count; k++) {
			size_t m = 0;

			while (m < n) {
				bool same = false;

				for (size_t s = 0; s < i && !same; s++)
					same = out[m].at[s] != SIZE_MAX &&
					       same_product(product_at(g, s, out[m].at[s]), product_at(g, i, k));
				if (same && out[m].at[i] == SIZE_MAX)
					break;
				m++;
			}
			if (m == n) {
				const char *id = json_string_value(json_object_get(product_at(g, i, k), "id"));

				if (n >= GROUPS_MAX)
					return n;
				for (size_t s = 0; s < FP_COUNT(out[n].at); s++)
					out[n].at[s] = SIZE_MAX;
				out[n].id = id != NULL ? id : merge_text(g, "product-%zu", n + 1);
				n++;
			}
			out[m].at[i] = k;
		}
	}
	return n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "20005715, DX-410-1001": in one order, so that two letters with the same codes say the same. */
static const char *
joined(struct merger *g, const json_t *list)
{
	FP_AUTO(fp_freep) const char **items = fp_calloc(json_array_size(list) + 1, sizeof(*items));
	size_t n = 0;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	g->no_memory = g->no_memory || items == NULL;
	for (size_t i = 0; items != NULL && i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)))
			items[n++] = json_string_value(json_array_get(list, i));
	if (n > 1)
		qsort(items, n, sizeof(*items), by_text);
	for (size_t i = 0; i < n; i++)
		fp_buf_printf(&b, "%s%s", i > 0 ? ", " : "", items[i]);
	return n > 0 && b.failed == FP_OK ? merge_text(g, "%s", b.data) : NULL;
}

static json_t *
decided_codes(struct merger *g, const struct group *p, const char *member, const char *about)
{
	struct merge_values v = { .n = 0 };

	for (size_t i = 0; i < g->n; i++)
		if (p->at[i] != SIZE_MAX)
			merge_value_add(g, &v, joined(g, json_object_get(product_at(g, i, p->at[i]), member)),
			    merge_where(g, i, merge_text(g, "/products/%zu/%s/0", p->at[i], member)));
	return split(merge_decide(g, merge_text(g, "products.%s.%s", p->id, member), &v, false, about));
}

static const char *
decided_member(struct merger *g, const struct group *p, const char *member, const char *about)
{
	struct merge_values v = { .n = 0 };

	for (size_t i = 0; i < g->n; i++)
		if (p->at[i] != SIZE_MAX)
			merge_value_add(g, &v, json_string_value(json_object_get(product_at(g, i, p->at[i]), member)),
			    merge_where(g, i, merge_text(g, "/products/%zu/%s", p->at[i], member)));
	return merge_decide(g, merge_text(g, "products.%s.%s", p->id, member), &v, false, about);
}

static bool
any_modes(const struct merger *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const json_t *actions = draft_get(g->sides[i], "/actions");

		for (size_t k = 0; k < json_array_size(actions); k++)
			if (json_is_string(json_object_get(json_array_get(actions, k), "modes")))
				return true;
	}
	return false;
}

static void
put_versions(struct merger *g, json_t *o, const struct group *p)
{
	for (size_t i = 0; i < g->n; i++) {
		const json_t *list = p->at[i] != SIZE_MAX ? json_object_get(product_at(g, i, p->at[i]), "versions") : NULL;
		json_t *out;

		if (json_array_size(list) == 0)
			continue;
		out = json_array();
		for (size_t k = 0; k < json_array_size(list); k++) {
			const char *range = json_string_value(json_object_get(json_array_get(list, k), "range")),
				   *mode = json_string_value(json_object_get(json_array_get(list, k), "mode"));

			if (range != NULL)
				(void)json_array_append_new(
				    out, json_pack("{s:s,s:s}", "mode", mode != NULL ? mode : "", "range", range));
		}
		if (json_array_size(out) > 0)
			fp_json_set(o, "versions", json_incref(out));
		json_decref(out);
		return;
	}
}

/* The product's own answer, where a person gave one; otherwise what holds for all. */
static const char *
own_modes(struct merger *g, const struct group *p, const char *modes)
{
	const struct merge_values nothing = { .n = 0 };
	size_t asked = g->m->n_questions;
	const char *own =
	    merge_decide(g, merge_text(g, "products.%s.modes", p->id), &nothing, false, "The boot modes of this product");

	return g->m->n_questions > asked ? own : modes;
}

static void
one_product(struct merger *g, const struct group *p, const char *modes)
{
	json_t *o = json_object(), *names = json_array(), *ranges;
	const char *udi = decided_member(g, p, "udi_di", "The UDI-DI of the product"),
		   *stated = decided_member(g, p, "udi_di_stated", "Does the notice say that there is no UDI-DI?");

	for (size_t i = 0; i < g->n; i++)
		if (p->at[i] != SIZE_MAX)
			add_texts(names, json_object_get(product_at(g, i, p->at[i]), "names"), NULL);
	fp_json_set_str(o, "id", p->id);
	fp_json_set(o, "names", names);
	fp_json_set(
	    o, "catalog_numbers", decided_codes(g, p, "catalog_numbers", "The catalogue numbers of the product, with commas"));
	if (!merge_is_open(g, merge_text(g, "products.%s.udi_di", p->id)))
		fp_json_set(o, "udi_di", udi != NULL ? json_string(udi) : json_null());
	if (udi == NULL && stated != NULL)
		fp_json_set_str(o, "udi_di_stated", stated);
	fp_json_set(o, "modes", split(own_modes(g, p, modes)));
	put_versions(g, o, p);
	ranges = decided_codes(g, p, "serial_ranges", "The serial numbers that are affected");
	if (json_array_size(ranges) > 0)
		fp_json_set(o, "serial_ranges", json_incref(ranges));
	json_decref(ranges);
	(void)draft_put(g->out, "/products/-", o, NULL);
}

static void
products(struct merger *g)
{
	struct group *list = fp_calloc(GROUPS_MAX, sizeof(*list));
	size_t n = list != NULL ? group_products(g, list) : 0;
	struct merge_values v = { .n = 0 };
	const char *modes = NULL;

	g->no_memory = g->no_memory || list == NULL;
	/* Which modes there are is in the letter's prose; that there are some is what the steps say. */
	modes = merge_decide(g, "products.modes", &v, any_modes(g),
	    "The boot modes of the products, with commas: Dx, RUO (others for one product, or none: a line "
	    "of its own, products.NAME.modes, NAME its id in notice.json)");
	(void)draft_put(g->out, "/products", json_array(), NULL);
	for (size_t k = 0; k < n; k++)
		one_product(g, &list[k], modes);
	free(list);
}

/* ---- vulnerabilities ---- */

/* What the letters say may happen, by the words of the field. */
static json_t *
effects(struct merger *g)
{
	static const struct {
		const char *concept, *effect;
	} map[] = { { "remote-access", "remote-control" }, { "no-results", "no-results" }, { "wrong-results", "wrong-results" },
		{ "delayed-results", "delayed-results" }, { "files-damaged", "files-damaged" },
		{ "patient-data", "patient-data-exposed" } };
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++) {
		const struct letter *l = g->sides[i]->letter;
		const struct term_lang *lang = term_lang_find(g->t, text_at(g->sides[i], "/language"));

		for (uint32_t b = 0; l != NULL && lang != NULL && b < l->n_blocks; b++) {
			struct term_hit hits[64];
			size_t n = term_find(
			    g->t, lang, TERM_GROUPS(TERM_CONCEPT), l->blocks[b].text, l->blocks[b].len, hits, FP_COUNT(hits));

			for (size_t h = 0; h < n && h < FP_COUNT(hits); h++)
				for (size_t m = 0; m < FP_COUNT(map); m++)
					if (strcmp(hits[h].key->id, map[m].concept) == 0 && !has_text(list, map[m].effect))
						(void)json_array_append_new(list, json_string(map[m].effect));
		}
	}
	return list;
}

static void
vulnerabilities(struct merger *g)
{
	size_t most = 0;

	for (size_t i = 0; i < g->n; i++) {
		size_t n = json_array_size(draft_get(g->sides[i], "/vulnerabilities"));

		most = n > most ? n : most;
	}
	for (size_t k = 0; k < most; k++) {
		json_t *o = json_object();
		const char *component = merge_decide_at(g, merge_text(g, "vulnerabilities.%zu.component", k + 1),
		    merge_text(g, "/vulnerabilities/%zu/component", k), true,
		    "What is vulnerable: the name of the software or part");
		const char *state = merge_decide_at(g, merge_text(g, "vulnerabilities.%zu.exploitation", k + 1),
		    merge_text(g, "/vulnerabilities/%zu/exploitation", k), true, "Was it exploited: none-reported or reported");

		fp_json_set_str(o, "id", merge_text(g, "vulnerability-%zu", k + 1));
		fp_json_set_str(o, "component", component);
		fp_json_set(o, "effects",
		    merge_decided_list(g, merge_text(g, "vulnerabilities.%zu.effects", k + 1), effects(g),
			"What may happen, in words like wrong-results, with commas"));
		fp_json_set(o, "preconditions", json_array());
		fp_json_set_str(o, "exploitation", state);
		fp_json_set(o, "cves", merge_all(g, merge_text(g, "/vulnerabilities/%zu/cves", k), NULL));
		(void)draft_put(g->out, "/vulnerabilities/-", o, NULL);
	}
}

/* ---- the rest ---- */

static void
adverse(struct merger *g)
{
	(void)draft_put(g->out, "/adverse_events", json_array(), NULL);
	for (size_t i = 0; i < g->n; i++) {
		const json_t *list = draft_get(g->sides[i], "/adverse_events"), *have = draft_get(g->out, "/adverse_events");

		for (size_t k = 0; k < json_array_size(list); k++) {
			static const char *const words[] = { "where", "to", "url" };
			const json_t *its = json_array_get(list, k), *routes = json_object_get(its, "routes");
			const char *where = json_string_value(json_object_get(its, "where"));
			bool known = where == NULL || json_string_value(json_object_get(its, "to")) == NULL;
			json_t *o;

			for (size_t m = 0; m < json_array_size(have) && !known; m++)
				known = strcmp(json_string_value(json_object_get(json_array_get(have, m), "where")), where) == 0;
			if (known)
				continue;
			o = json_object();
			for (size_t w = 0; w < FP_COUNT(words); w++)
				fp_json_set_str(o, words[w], json_string_value(json_object_get(its, words[w])));
			if (json_array_size(routes) > 0)
				fp_json_set(o, "routes", json_deep_copy(routes));
			(void)draft_put(g->out, "/adverse_events/-", o, NULL);
		}
	}
}

static void
reply(struct merger *g)
{
	static const char *const routes[] = { "form-by-email", "free-email", "form-by-post", "web", NULL };
	static const char *const fields[] = { "company", "address", "name", "job-title", "email", "phone", "date", "products",
		"serial-numbers", "signature", NULL };
	static const char *const statements[] = { "received", "understood", "users-informed", "guidance-read",
		"both-modes-understood", "all-servers-done", NULL };
	static const char *const distributor[] = { "not-applicable", "identified", "informed", "stock-checked", "customer-list",
		"all-replied", NULL };
	const char *to =
	    merge_decide_at(g, "reply.to", "/reply/to", true, "Which contact replies go to, by its name (technical, customer)");
	const char *deadline = merge_decide_at(g, "reply.deadline", "/reply/deadline", false, "The day by which replies are due");
	json_t *o = json_object();

	fp_json_set_str(o, "to", to);
	fp_json_set(o, "routes",
	    merge_decided_list(g, "reply.routes", merge_all(g, "/reply/routes", routes),
		"How one may reply: form-by-email, free-email, form-by-post, web"));
	fp_json_set_str(o, "deadline", deadline);
	fp_json_set(o, "fields", merge_all(g, "/reply/fields", fields));
	fp_json_set(o, "statements",
	    merge_decided_list(g, "reply.statements", merge_all(g, "/reply/statements", statements),
		"What the customer states: received, understood, users-informed"));
	fp_json_set(o, "distributor", merge_all(g, "/reply/distributor", distributor));
	(void)draft_put(g->out, "/reply", o, NULL);
}

static bool
any_true(const struct merger *g, const char *pointer)
{
	for (size_t i = 0; i < g->n; i++)
		if (json_is_true(draft_get(g->sides[i], pointer)))
			return true;
	return false;
}

void
merge_facts(struct merger *g)
{
	static const char *const emergencies[] = { "unplug-network", "contact-technical", NULL };

	single_facts(g);
	put_date(g);
	(void)draft_put(g->out, "/kinds",
	    merge_decided_list(g, "kinds", merge_all(g, "/kinds", NULL), "What kind of notice it is: recall, safety-information"),
	    NULL);
	if (any_true(g, "/urgent"))
		(void)draft_put(g->out, "/urgent", json_true(), NULL);
	if (any_true(g, "/third_party_contact"))
		(void)draft_put(g->out, "/third_party_contact", json_true(), NULL);
	manufacturer(g);
	products(g);
	vulnerabilities(g);
	merge_recommendations(g);
	merge_actions(g);
	(void)draft_put(g->out, "/emergency", merge_all(g, "/emergency", emergencies), NULL);
	adverse(g);
	reply(g);
}
