/* What is to be done, and by whom: maker, customer, in an emergency, after an adverse event. */
#include "draft/actions_int.h"

#include <stdio.h>
#include <string.h>

static bool
in_section(const struct draft_work *w, uint32_t i, const char *key)
{
	return w->l->blocks[i].zone == LETTER_BODY && draft_same(w->section[i], key);
}

/* The letter's own words: neither form nor page furniture nor why somebody gets it. */
static bool
is_letter(const struct draft_work *w, uint32_t i)
{
	return w->l->blocks[i].zone == LETTER_BODY && !draft_in_form(w, i) && !draft_same(w->section[i], "why");
}

static json_t *
block_text(const struct letter_block *b, size_t from, size_t to)
{
	while (from < to && (b->text[from] == ' ' || strncmp(b->text + from, "\u2028", 3) == 0))
		from += b->text[from] == ' ' ? 1 : 3;
	return json_stringn_nocheck(b->text + from, to - from);
}

/* ---- the maker ---- */

/* Items where there are any, otherwise paragraphs that do not only lead on to something. */
static void
put_manufacturer_actions(struct draft_work *w)
{
	bool items = false;

	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		items = items || (in_section(w, i, "manufacturer-actions") && w->l->blocks[i].kind == LETTER_ITEM);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		uint32_t from = draft_head_end(w, i);
		struct draft_source s = draft_from(w, i, from, b->len - from, 70);

		if (!in_section(w, i, "manufacturer-actions") || b->len == 0 || (b->kind == LETTER_ITEM) != items ||
		    (!items && (draft_is_head(w, i) || b->text[b->len - 1] == ':')))
			continue;
		(void)draft_put(w->d, "/manufacturer/actions/-", block_text(b, from, b->len), &s);
	}
}

static void
put_recommendations(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		struct step st = { .block = i, .to = b->len, .end = i + 1 };
		struct draft_source s = draft_from(w, i, 0, b->len, 70);

		if (!in_section(w, i, "recommendations") || draft_is_head(w, i))
			continue;
		(void)draft_put(w->d, "/recommendations/-",
		    json_pack("{s:s,s:o,s:o}", "id", draft_has(draft_signs_of(w, i), SIGN_FIREWALL) ? "firewall" : "other",
			"text", block_text(b, 0, b->len), "links", steps_links(w, &st)),
		    &s);
	}
}

/* ---- the customer ---- */

/* "each": separately in each mode; "once": a change covers both; NULL: the letter says nothing of modes. */
static const char *
modes_of(const struct draft_work *w)
{
	const char *rule = NULL;

	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct draft_signs *s = draft_signs_of(w, i);
		bool modes = draft_has(s, SIGN_BOTH_MODES) || draft_has(s, SIGN_DUAL_BOOT);

		if (!is_letter(w, i) || (!in_section(w, i, "modes") && !in_section(w, i, "customer-actions")))
			continue;
		if (draft_has(s, SIGN_SAME_TIME) && modes)
			return "once";
		if (draft_has(s, SIGN_SEPARATELY) && modes)
			rule = "each";
	}
	return rule;
}

/* The strongest word of the section's heading and of what leads to the first step. */
static const char *
section_obligation(const struct steps *s)
{
	struct draft_signs all = { { 0 } };

	for (uint32_t i = 0; s->n > 0 && i < s->step[0].block; i++)
		for (size_t k = 0; k < DRAFT_SIGN_WORDS && steps_block(s->w, i); k++)
			all.bits[k] |= draft_signs_of(s->w, i)->bits[k];
	return draft_obligation(&all);
}

static void
put_actions(struct draft_work *w)
{
	struct steps *s = fp_arena_alloc(w->arena, 1, sizeof(*s));

	if (s == NULL) {
		w->d->no_memory = true;
		return;
	}
	s->w = w;
	s->modes = modes_of(w);
	steps_find(s);
	s->obligation = section_obligation(s);
	steps_put(s);
}

/* ---- emergency ---- */

static void
put_code(struct draft_work *w, const char *array, const char *code, const struct draft_source *s)
{
	const json_t *have = draft_get(w->d, array), *v;
	char pointer[64];
	size_t i;

	json_array_foreach(have, i, v) if (json_is_string(v) && strcmp(json_string_value(v), code) == 0) return;
	(void)snprintf(pointer, sizeof(pointer), "%s/-", array);
	draft_put_str(w->d, pointer, code, s);
}

static void
put_cable(struct draft_work *w, uint32_t i)
{
	const struct term_hit *net = draft_sign_hit(w, i, SIGN_NETWORK_CABLE, 0, SIZE_MAX);
	const struct term_hit *mains = draft_sign_hit(w, i, SIGN_MAINS_CABLE, 0, SIZE_MAX);
	const struct term_hit *h = net != NULL ? net : mains;
	const struct letter_block *b = &w->l->blocks[i];
	bool doubtful = h != NULL && (h->ambiguous || net == NULL);
	struct draft_source s;

	if (h == NULL) {
		h = draft_sign_hit(w, i, SIGN_DO_DISCONNECT, 0, SIZE_MAX);
		if (h != NULL) {
			s = draft_from(w, i, h->from, h->to - h->from, 70);
			put_code(w, "/emergency", "disconnect", &s);
		}
		return;
	}
	s = draft_from(w, i, h->from, h->to - h->from, doubtful ? 50 : 90);
	/* A word that only may mean the data cable is read so, with little confidence: what the letter wants is to cut the network. */
	put_code(w, "/emergency", net == NULL && !h->ambiguous ? "unplug-mains" : "unplug-network", &s);
	if (doubtful)
		draft_finding(w->d, "ambiguous-term", DRAFT_WARNING, &s, "'%.*s' may be taken for another cable%s%s",
		    (int)(h->to - h->from), b->text + h->from, h->note != NULL ? ": " : "", h->note != NULL ? h->note : "");
}

static void
put_whom(struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	const struct draft_signs *signs = draft_signs_of(w, i);
	struct draft_source s = draft_from(w, i, 0, 0, 70);
	struct draft_address a;
	size_t at = 0;
	char code[64];

	while (draft_address_next(b->text, b->len, &at, &a)) {
		const char *id = a.kind == DRAFT_A_MAIL ? draft_contact_of(w, b->text + a.from, a.to - a.from) : NULL;

		s = draft_from(w, i, a.from, a.to - a.from, 90);
		if (a.kind != DRAFT_A_MAIL)
			continue;
		(void)snprintf(code, sizeof(code), "contact-%.40s", id != NULL ? id : "technical");
		put_code(w, "/emergency", code, &s);
		return;
	}
	if (draft_has(signs, SIGN_DO_CONTACT) || draft_has(signs, SIGN_LABEL_TECHNICAL))
		put_code(w, "/emergency", "contact-technical", &s);
}

static void
put_emergency(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (in_section(w, i, "emergency") && !draft_is_head(w, i)) {
			put_cable(w, i);
			put_whom(w, i);
		}
}

/* ---- adverse events ---- */

static const char *
full_url(struct draft_work *w, const char *s, size_t len)
{
	char out[1024];
	int n = snprintf(out, sizeof(out), "%s%.*s", len > 4 && strncasecmp(s, "www.", 4) == 0 ? "https://" : "", (int)len, s);

	return draft_keep(w, out, n > 0 && (size_t)n < sizeof(out) ? (size_t)n : 0);
}

static const char *
first_url(struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	struct draft_address a;
	size_t at = 0;

	while (draft_address_next(b->text, b->len, &at, &a))
		if (a.kind == DRAFT_A_URL)
			return full_url(w, b->text + a.from, a.to - a.from);
	for (uint32_t k = 0; k < b->n_links; k++)
		if (strncasecmp(b->links[k].url, "http", 4) == 0)
			return b->links[k].url;
	return NULL;
}

static void
put_medwatch(struct draft_work *w, uint32_t i)
{
	static const struct {
		enum draft_sign sign;
		const char *id;
	} routes[] = { { SIGN_ONLINE, "online" }, { SIGN_BY_POST, "post" }, { SIGN_BY_FAX, "fax" } };
	const struct draft_signs *signs = draft_signs_of(w, i);
	const struct term_hit *h = draft_sign_hit(w, i, SIGN_MEDWATCH, 0, SIZE_MAX);
	struct draft_source s = draft_from(w, i, h->from, h->to - h->from, 90);
	struct draft_signs told;
	const char *url = first_url(w, i), *obligation;
	json_t *j = json_pack("{s:s,s:s}", "where", "US", "to", "FDA MedWatch"), *ways = json_array();
	size_t from, to;

	draft_sentence(&w->l->blocks[i], h->from, &from, &to);
	told = draft_signs_in(w, i, from, to);
	obligation = draft_obligation(&told);
	for (size_t k = 0; k < FP_COUNT(routes); k++)
		if (routes[k].sign == SIGN_BY_POST ? draft_by_post(w, i) : draft_has(signs, routes[k].sign))
			(void)json_array_append_new(ways, json_string(routes[k].id));
	json_object_set_new_nocheck(j, "url", url != NULL ? json_string(url) : json_null());
	json_object_set_new_nocheck(j, "routes", ways);
	json_object_set_new_nocheck(j, "obligation", obligation != NULL ? json_string(obligation) : json_null());
	if (draft_has(&told, SIGN_IMMEDIATELY))
		json_object_set_new_nocheck(j, "urgency", json_string("immediately"));
	(void)draft_put(w->d, "/adverse_events/-", j, &s);
}

static const enum draft_sign authority_signs[] = { SIGN_COMPETENT_AUTHORITY, SIGN_HEALTH_AUTHORITY, SIGN_REGULATOR, SIGN_COUNT };

static const struct term_hit *
authority_hit(const struct draft_work *w, uint32_t i)
{
	for (size_t k = 0; authority_signs[k] != SIGN_COUNT; k++) {
		const struct term_hit *h = draft_sign_hit(w, i, authority_signs[k], 0, SIZE_MAX);

		if (h != NULL)
			return h;
	}
	return NULL;
}

static void
put_adverse_events(struct draft_work *w)
{
	bool us = false, elsewhere = false;

	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (in_section(w, i, "adverse-events") && !us && draft_has(draft_signs_of(w, i), SIGN_MEDWATCH)) {
			put_medwatch(w, i);
			us = true;
		}
	for (uint32_t i = 0; i < w->l->n_blocks && !elsewhere; i++) {
		const struct term_hit *h = in_section(w, i, "adverse-events") ? authority_hit(w, i) : NULL;
		struct draft_source s;

		if (h == NULL)
			continue;
		s = draft_from(w, i, h->from, h->to - h->from, 90);
		(void)draft_put(
		    w->d, "/adverse_events/-", json_pack("{s:s,s:s}", "where", "elsewhere", "to", "competent-authority"), &s);
		elsewhere = true;
	}
}

/* ---- authorities, and the rest ---- */

static const enum draft_sign told_signs[] = { SIGN_DO_INFORM, SIGN_SEC_AUTHORITIES, SIGN_COUNT };

/* Past or not is in the passive's auxiliary verb; a sentence that has neither says nothing certain. */
static const char *
told_when(const struct draft_signs *s)
{
	if (!draft_has_any(s, told_signs) || draft_has(s, SIGN_AFFECTED_ONLY) || draft_has(s, SIGN_MEDWATCH))
		return NULL;
	return draft_has(s, SIGN_WERE_INFORMED) ? "informed" : draft_has(s, SIGN_BEING_INFORMED) ? "being-informed" : NULL;
}

/* Its own section, or a sentence anywhere but among the steps and events. */
static void
put_authorities(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = is_letter(w, i) ? authority_hit(w, i) : NULL;
		struct draft_source s;
		struct draft_signs told;
		const char *tense;
		size_t from, to;

		if (h == NULL || in_section(w, i, "adverse-events") || (steps_block(w, i) && w->l->blocks[i].kind == LETTER_ITEM))
			continue;
		draft_sentence(&w->l->blocks[i], h->from, &from, &to);
		told = draft_signs_in(w, i, from, to);
		tense = told_when(&told);
		if (tense == NULL)
			continue;
		s = draft_from(w, i, from, to - from, 70);
		draft_put_str(w->d, "/authorities", tense, &s);
		return;
	}
}

static void
put_third_party(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = is_letter(w, i) ? draft_sign_hit(w, i, SIGN_THIRD_PARTY, 0, SIZE_MAX) : NULL;
		struct draft_source s;

		if (h == NULL)
			continue;
		s = draft_from(w, i, h->from, h->to - h->from, 70);
		(void)draft_put(w->d, "/third_party_contact", json_true(), &s);
		return;
	}
}

static void
put_not_affected(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = is_letter(w, i) ? draft_sign_hit(w, i, SIGN_NOT_AFFECTED, 0, SIZE_MAX) : NULL;
		struct draft_source s;
		size_t from, to;

		if (h == NULL || steps_block(w, i))
			continue;
		draft_sentence(&w->l->blocks[i], h->from, &from, &to);
		s = draft_from(w, i, from, to - from, 70);
		(void)draft_put(w->d, "/not_affected/-", block_text(&w->l->blocks[i], from, to), &s);
	}
}

void
draft_stage_actions(struct draft_work *w)
{
	if (!draft_signs_make(w))
		return;
	put_manufacturer_actions(w);
	put_recommendations(w);
	put_actions(w);
	put_emergency(w);
	put_adverse_events(w);
	put_authorities(w);
	put_third_party(w);
	put_not_affected(w);
	draft_put_deadlines(w);
}
