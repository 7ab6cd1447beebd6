/*
 * Rules about meaning, through the term base: who is obliged how strongly, what a step asks for, words that mean different things. A language whose terms are not
 * known says nothing here, and nothing is said about it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parity/parity_int.h"

/* A part of the notice in every version: blocks, or the label of a field of the form. */
struct unit {
	const char *subject;
	const char *section; /* NULL: a label */
	int action;          /* 0: none */
	bool heading_only, body_only;
	const char *part, *id; /* of the form's field */
};

/* What one version says in a unit. */
struct said {
	struct words obligations, concepts;
	bool there;          /* the version has the unit, and its language is known */
	const char *pointer; /* of a label; NULL: blocks */
};

static const char *
label_pointer(struct parity *p, uint32_t side, const struct unit *u)
{
	const json_t *list = draft_get(p->side[side].d, "/reply/form");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);
		const char *part = json_string_value(json_object_get(j, "part")),
			   *id = json_string_value(json_object_get(j, "id"));

		if (part != NULL && id != NULL && strcmp(part, u->part) == 0 && strcmp(id, u->id) == 0)
			return parity_text(p, "/reply/form/%zu/label", i);
	}
	return NULL;
}

/*
 * "Sollten Sie den Verdacht haben": the word of an obligation that opens a sentence as its condition obliges nobody. "Vorher sollten Sie ..." does.
 */
static bool
is_condition(const char *text, const struct term_hit *h, const struct term_hit *all, size_t n)
{
	uint32_t at = h->from;

	while (at > 0 && strchr(" *_\"", text[at - 1]) != NULL)
		at--;
	if (at > 0 && strchr(".:!?", text[at - 1]) == NULL && (unsigned char)text[at - 1] < 0x80)
		return false;
	for (size_t i = 0; i < n; i++)
		if (all[i].key->group == TERM_WORD && strcmp(all[i].key->id, "if") == 0 && all[i].from <= h->from &&
		    all[i].to >= h->to)
			return true;
	return false;
}

/* text holds h, all are its n hits. */
static void
said_add(struct said *s, const char *text, const struct term_hit *h, uint32_t block, const struct term_hit *all, size_t n)
{
	if (h->key->group == TERM_OBLIGATION && is_condition(text, h, all, n))
		return;
	if (h->key->group == TERM_OBLIGATION)
		(void)words_add(&s->obligations, h->key->id, block, h->from, h->to - h->from);
	else if (h->key->group == TERM_CONCEPT && h->key->family == NULL && h->key->severity != NULL &&
		 strcmp(h->key->severity, "S1") == 0)
		(void)words_add(&s->concepts, h->key->id, block, h->from, h->to - h->from);
}

static bool
in_unit(const struct side *s, const struct unit *u, uint32_t b)
{
	const struct letter_block *k = &s->l->blocks[b];

	if (k->zone != LETTER_BODY || strcmp(s->section[b], u->section) != 0 || s->action[b] != u->action)
		return false;
	if (u->body_only && k->kind == LETTER_HEADING)
		return false;
	return !u->heading_only || k->kind == LETTER_HEADING ||
	       (b > 0 && strcmp(s->section[b - 1], u->section) != 0 && k->len < 120);
}

static void
listen(struct parity *p, const struct unit *u, uint32_t side, struct said *out)
{
	const struct side *s = &p->side[side];

	*out = (struct said){ .there = false };
	if (s->lang == NULL)
		return;
	if (u->section == NULL) {
		struct term_hit hits[64];
		const char *label;
		size_t n;

		out->pointer = label_pointer(p, side, u);
		label = out->pointer != NULL ? json_string_value(draft_get(s->d, out->pointer)) : NULL;
		if (label == NULL)
			return;
		out->there = true;
		n = term_find(p->t, s->lang, TERM_GROUPS(TERM_OBLIGATION) | TERM_GROUPS(TERM_CONCEPT) | TERM_GROUPS(TERM_WORD),
		    label, strlen(label), hits, FP_COUNT(hits));
		for (size_t i = 0; i < n && i < FP_COUNT(hits); i++)
			said_add(out, label, &hits[i], 0, hits, n < FP_COUNT(hits) ? n : FP_COUNT(hits));
		return;
	}
	for (uint32_t b = 0; b < s->l->n_blocks; b++) {
		if (!in_unit(s, u, b))
			continue;
		out->there = true;
		for (uint32_t i = 0; i < s->span[b].n; i++)
			said_add(out, s->l->blocks[b].text, &s->hits[s->span[b].first + i], b, s->hits + s->span[b].first,
			    s->span[b].n);
	}
}

static int32_t
first_block(const struct side *s, const struct unit *u)
{
	for (uint32_t b = 0; u->section != NULL && b < s->l->n_blocks; b++)
		if (in_unit(s, u, b))
			return (int32_t)b;
	return -1;
}

static void
spot_unit(struct parity *p, struct parity_finding *f, const struct unit *u, uint32_t side, const struct said *s,
    const struct words *w, const char *item, const char *value)
{
	if (s->pointer != NULL) {
		parity_spot_fact(p, f, side, s->pointer, value);
		if (f != NULL && f->n_spots > 0)
			f->spots[f->n_spots - 1].len = 0;
		return;
	}
	for (size_t i = 0; item != NULL && i < w->n; i++)
		if (strcmp(w->item[i], item) == 0) {
			parity_spot(p, f, side, (int32_t)w->block[i], w->from[i], w->len[i], value);
			return;
		}
	parity_spot(p, f, side, first_block(&p->side[side], u), 0, 0, value);
}

/* The strongest word; "please" and "may" bind nobody and weigh as none. */
static const char *
strongest(const struct words *w)
{
	static const char *const order[] = { "must", "must-not", "important", "should" };

	for (size_t i = 0; i < FP_COUNT(order); i++)
		if (words_has(w, order[i]))
			return order[i];
	return NULL;
}

static void
compare_obligation(struct parity *p, const struct unit *u, const struct said *said)
{
	const char *first = NULL;
	struct parity_finding *f;
	bool seen = false, differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		const char *now = said[i].there ? strongest(&said[i].obligations) : NULL;

		if (!said[i].there)
			continue;
		differ = differ || (seen && (now == NULL) != (first == NULL)) ||
			 (seen && now != NULL && first != NULL && strcmp(now, first) != 0);
		if (!seen)
			first = now;
		seen = true;
	}
	if (!differ)
		return;
	f = parity_add(p, "obligation", -1, PARITY_BY_TERM, u->subject, "the versions oblige differently in %s", u->subject);
	for (uint32_t i = 0; i < p->n; i++)
		if (said[i].there) {
			const char *now = strongest(&said[i].obligations);

			spot_unit(p, f, u, i, &said[i], &said[i].obligations, now, now != NULL ? now : "no obligation");
		}
}

/* What must be said in all, and is in some: "immediately", "on each instrument". Only where the languages have a word for it at all. */
static void
compare_concepts(struct parity *p, const struct unit *u, const struct said *said)
{
	struct words all = { .n = 0 };

	for (uint32_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < said[i].concepts.n; k++)
			(void)words_add(&all, said[i].concepts.item[k], 0, 0, 0);
	for (size_t k = 0; k < all.n; k++) {
		const struct term_key *key = term_key_find(p->t, TERM_CONCEPT, all.item[k]);
		struct parity_finding *f;
		uint32_t lacks = 0;

		for (uint32_t i = 0; i < p->n; i++)
			lacks += said[i].there && !words_has(&said[i].concepts, all.item[k]) &&
				 term_words(p->t, p->side[i].lang, key) != NULL;
		if (lacks == 0)
			continue;
		f = parity_add(p, "concept-missing", -1, PARITY_BY_TERM, parity_text(p, "%s: %s", u->subject, key->id),
		    "\"%s\" is said in some versions only (%s)", key->gloss, u->subject);
		for (uint32_t i = 0; i < p->n; i++)
			if (said[i].there) {
				bool has = words_has(&said[i].concepts, all.item[k]);

				spot_unit(p, f, u, i, &said[i], &said[i].concepts, all.item[k], has ? key->id : NULL);
			}
	}
}

static void
compare_unit(struct parity *p, const struct unit *u, bool concepts)
{
	struct said *said = fp_arena_alloc(p->arena, p->n, sizeof(*said));

	if (said == NULL) {
		p->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < p->n; i++)
		listen(p, u, i, &said[i]);
	compare_obligation(p, u, said);
	if (concepts)
		compare_concepts(p, u, said);
}

/* ---- words that exclude each other, over the whole letter ---- */

struct family {
	const char *name;
	const char *severity;
};

static size_t
families_of(struct parity *p, struct family *out, size_t max)
{
	static const enum term_group groups[] = { TERM_LABEL, TERM_CONCEPT };
	size_t n = 0;

	for (size_t g = 0; g < FP_COUNT(groups); g++) {
		size_t n_keys;
		const struct term_key *keys = term_keys(p->t, groups[g], &n_keys);

		for (size_t i = 0; i < n_keys; i++) {
			size_t k = 0;

			if (keys[i].family == NULL)
				continue;
			while (k < n && strcmp(out[k].name, keys[i].family) != 0)
				k++;
			if (k == n && n < max)
				out[n++] = (struct family){ .name = keys[i].family, .severity = keys[i].severity };
		}
	}
	return n;
}

/* A label counts where it is one: in a cell, or alone in its block. */
static bool
counts(const struct letter_block *b, const struct term_hit *h, const char *family)
{
	if (h->key->family == NULL || strcmp(h->key->family, family) != 0)
		return false;
	return h->key->group == TERM_CONCEPT || (h->key->group == TERM_LABEL && (b->kind == LETTER_CELL || h->whole));
}

static bool
words_meet(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (words_has(b, a->item[i]))
			return true;
	return false;
}

/*
 * What is grave must be said wrongly, or with a false friend, to be reported: "the network cable, not the power cable" names both. What is not, must be said
 * alike.
 */
static void
compare_family(struct parity *p, const struct family *family)
{
	struct words w[PARITY_SIDES_MAX];
	const char *note = NULL;
	bool differ = false, friend_found = false;
	int first = -1, severity = family->severity != NULL ? family->severity[1] - '1' : PARITY_S2;
	struct parity_finding *f;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct side *s = &p->side[i];

		w[i].n = 0;
		w[i].friends = false;
		for (uint32_t b = 0; b < s->l->n_blocks; b++)
			for (uint32_t k = 0; k < s->span[b].n; k++) {
				const struct term_hit *h = &s->hits[s->span[b].first + k];

				if (s->l->blocks[b].zone != LETTER_BODY || !counts(&s->l->blocks[b], h, family->name))
					continue;
				friend_found = friend_found || h->ambiguous;
				w[i].friends = w[i].friends || h->ambiguous;
				note = h->ambiguous && h->note != NULL ? h->note : note;
				(void)words_add(&w[i],
				    h->ambiguous ? parity_text(p, "%s?", h->means != NULL ? h->means : h->key->id) : h->key->id,
				    b, h->from, h->to - h->from);
			}
		if (w[i].n == 0)
			continue;
		differ = differ ||
			 (first >= 0 && (severity == PARITY_S1 ? !words_meet(&w[first], &w[i]) || w[i].friends != w[first].friends
							       : !words_equal(&w[first], &w[i])));
		first = first < 0 ? (int)i : first;
	}
	if (!differ)
		return;
	f = parity_add(p, friend_found ? "false-friend" : "term", severity, PARITY_BY_TERM,
	    parity_text(p, "words: %s", family->name), "the versions use words that mean different things (%s)%s%s", family->name,
	    note != NULL ? "; " : "", note != NULL ? note : "");
	for (uint32_t i = 0; i < p->n; i++) {
		size_t k = 0;

		/* Where the false friend stands, if the version has one. */
		while (w[i].friends && k + 1 < w[i].n && strchr(w[i].item[k], '?') == NULL)
			k++;
		if (w[i].n > 0)
			parity_spot(p, f, i, (int32_t)w[i].block[k], w[i].from[k], w[i].len[k], words_join(p, &w[i]));
	}
}

/* ---- what a step asks for ---- */

static bool
list_has(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)) != NULL ? json_string_value(json_array_get(list, i)) : "",
			text) == 0)
			return true;
	return false;
}

static const json_t *
verbs_of(struct parity *p, uint32_t side, size_t action, const char *member)
{
	return draft_get(p->side[side].d, parity_text(p, "/actions/%zu/%s", action, member));
}

/* Verbs that the heading of any version names must be in the running text of all versions, or of none; without headings all verbs are looked at. */
static void
compare_verbs(struct parity *p, size_t action)
{
	struct words named = { .n = 0 }, w[PARITY_SIDES_MAX];
	struct parity_finding *f;
	bool differ = false;
	int first = -1;

	for (int pass = 0; pass < 2 && named.n == 0; pass++)
		for (uint32_t i = 0; i < p->n; i++) {
			const json_t *list = verbs_of(p, i, action, pass == 0 ? "heading_verbs" : "verbs");

			for (size_t k = 0; k < json_array_size(list); k++)
				if (json_is_string(json_array_get(list, k)))
					(void)words_add(&named, json_string_value(json_array_get(list, k)), 0, 0, 0);
		}
	for (uint32_t i = 0; i < p->n; i++) {
		const json_t *text = verbs_of(p, i, action, "text_verbs");

		w[i].n = 0;
		if (p->side[i].lang == NULL)
			continue;
		for (size_t k = 0; k < named.n; k++)
			if (list_has(text, named.item[k]))
				(void)words_add(&w[i], named.item[k], 0, 0, 0);
		differ = differ || (first >= 0 && !words_equal(&w[first], &w[i]));
		first = first < 0 ? (int)i : first;
	}
	if (!differ)
		return;
	f = parity_add(p, "step-verb", -1, PARITY_BY_TERM, parity_text(p, "step %zu", action + 1),
	    "the running text of step %zu asks for different things", action + 1);
	for (uint32_t i = 0; i < p->n; i++)
		parity_spot_fact(
		    p, f, i, parity_text(p, "/actions/%zu/text", action), w[i].n > 0 ? words_join(p, &w[i]) : "none of them");
}

/* ---- one thing, two names in one version ---- */

/* Has a a word (three letters and more, folded by the term base already) that b has not? */
static bool
has_own_word(const char *a, const char *b)
{
	FP_AUTO(fp_freep) char *other = fp_utf8_folded(b);
	const char *s = a;

	while (other != NULL && *s != '\0') {
		size_t n = strcspn(s, " -*");
		FP_AUTO(fp_freep) char *word = fp_strndup(s, n);
		FP_AUTO(fp_freep) char *folded = word != NULL ? fp_utf8_folded(word) : NULL;

		if (n >= 3 && folded != NULL && strstr(other, folded) == NULL)
			return true;
		s += n + strspn(s + n, " -*");
	}
	return false;
}

static void
two_words(struct parity *p, uint32_t side, const struct term_key *key)
{
	const struct side *s = &p->side[side];
	const char *const *words = s->lang != NULL ? term_words(p->t, s->lang, key) : NULL;
	const struct term_hit *first = NULL;
	uint32_t first_at = 0;

	for (uint32_t b = 0; words != NULL && b < s->l->n_blocks; b++)
		for (uint32_t k = 0; k < s->span[b].n; k++) {
			const struct term_hit *h = &s->hits[s->span[b].first + k];
			struct parity_finding *f;

			if (h->key != key || h->ambiguous)
				continue;
			if (first == NULL) {
				first = h;
				first_at = b;
				continue;
			}
			if (!has_own_word(words[h->word], words[first->word]) ||
			    !has_own_word(words[first->word], words[h->word]))
				continue;
			f = parity_add(p, "two-words", -1, PARITY_BY_TERM, parity_text(p, "%s in %s", key->id, p->r->names[side]),
			    "%s calls one thing (%s) by two names: \"%.*s\" and \"%.*s\"", p->r->names[side], key->gloss,
			    (int)(first->to - first->from), s->l->blocks[first_at].text + first->from, (int)(h->to - h->from),
			    s->l->blocks[b].text + h->from);
			parity_spot(p, f, side, (int32_t)b, h->from, h->to - h->from,
			    parity_text(p, "%.*s", (int)(h->to - h->from), s->l->blocks[b].text + h->from));
			return;
		}
}

void
parity_rules_terms(struct parity *p)
{
	static const struct {
		struct unit unit;
		bool concepts;
	} units[] = { { { .subject = "heading of the customer's measures", .section = "customer-actions", .heading_only = true },
			  false },
		{ { .subject = "words before the customer's steps", .section = "customer-actions", .body_only = true }, false },
		{ { .subject = "note about boot modes", .section = "modes" }, true },
		{ { .subject = "if a compromise is suspected", .section = "emergency" }, true },
		{ { .subject = "adverse events", .section = "adverse-events" }, true },
		{ { .subject = "returning the form", .section = "reply" }, false } };
	struct family families[32];
	size_t n = families_of(p, families, FP_COUNT(families)), n_keys, actions = SIZE_MAX;
	const struct term_key *keys = term_keys(p->t, TERM_CONCEPT, &n_keys);
	const json_t *form = draft_get(p->side[0].d, "/reply/form");

	for (size_t i = 0; i < FP_COUNT(units); i++)
		compare_unit(p, &units[i].unit, units[i].concepts);
	for (uint32_t i = 0; i < p->n; i++) {
		size_t k = json_array_size(draft_get(p->side[i].d, "/actions"));

		actions = k < actions ? k : actions;
	}
	for (size_t a = 0; a < actions; a++) {
		const struct unit u = {
			.subject = parity_text(p, "step %zu", a + 1), .section = "customer-actions", .action = (int)a + 1
		};

		compare_unit(p, &u, true);
		compare_verbs(p, a);
	}
	for (size_t i = 0; i < json_array_size(form); i++) {
		const json_t *j = json_array_get(form, i);
		const struct unit u = { .part = json_string_value(json_object_get(j, "part")),
			.id = json_string_value(json_object_get(j, "id")),
			.subject = "" };
		struct unit named = u;

		if (u.part == NULL || u.id == NULL)
			continue;
		named.subject = parity_text(p, "form: %s %s", u.part, u.id);
		compare_unit(p, &named, true);
	}
	for (size_t i = 0; i < n; i++)
		compare_family(p, &families[i]);
	for (uint32_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < n_keys; k++)
			if (keys[k].one_word)
				two_words(p, i, &keys[k]);
}
