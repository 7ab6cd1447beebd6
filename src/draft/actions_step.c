/* One step of the customer's, written down: verbs, obligation, what comes before, what it may change, whom it takes. */
#include <stdio.h>
#include <string.h>

#include "draft/actions_int.h"

#define VERBS_MAX 16u

const char *
draft_obligation(const struct draft_signs *s)
{
	static const struct {
		enum draft_sign sign;
		const char *id;
	} rows[] = { { SIGN_OB_MUST, "must" }, { SIGN_OB_IMPORTANT, "important" }, { SIGN_OB_SHOULD, "should" },
		{ SIGN_OB_PLEASE, "please" }, { SIGN_OB_MUST_NOT, "must-not" }, { SIGN_OB_MAY, "may" } };

	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if (draft_has(s, rows[i].sign))
			return rows[i].id;
	return NULL;
}

static json_t *
text_or_null(const char *s)
{
	return s != NULL ? json_string(s) : json_null();
}

static bool
has_text(const json_t *array, const char *text)
{
	const json_t *v;
	size_t i;

	json_array_foreach(array, i, v) if (json_is_string(v) && strcmp(json_string_value(v), text) == 0) return true;
	return false;
}

static void
add_once(json_t *array, const char *text)
{
	if (!has_text(array, text))
		(void)json_array_append_new(array, json_string(text));
}

static void
add_verbs(const struct draft_work *w, json_t *out, uint32_t block, uint32_t from, uint32_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n && json_array_size(out) < VERBS_MAX; i++)
		if (h[i].group == TERM_VERB && h[i].from >= from && h[i].from < to)
			add_once(out, h[i].key->id);
}

/* A heading of its own below the step's: what to do before, where to get it, what may change. A line that ends like no sentence is one, too. */
static bool
heads_more(const struct letter_block *b)
{
	return b->kind == LETTER_HEADING || b->bold ||
	       (b->kind == LETTER_PARAGRAPH && b->len > 0 && b->len < 80 && strchr(".:;,!?", b->text[b->len - 1]) == NULL);
}

/* A step whose heading stands alone says what to do in the paragraphs and items below it, up to the next heading. */
static void
add_text_verbs(const struct draft_work *w, const struct step *st, json_t *out)
{
	add_verbs(w, out, st->block, st->text_from, st->to);
	for (uint32_t i = st->block + 1; st->open && i < st->end && !(json_array_size(out) > 0 && heads_more(&w->l->blocks[i]));
	     i++)
		if (steps_block(w, i))
			add_verbs(w, out, i, 0, w->l->blocks[i].len);
}

/* ---- what the blocks of a step say beside its own words ---- */

struct about {
	struct draft_signs own; /* of its words */
	struct draft_signs all; /* and of the blocks that go with it */
};

static struct about
about_of(const struct draft_work *w, const struct step *st)
{
	struct about a = { .own = draft_signs_in(w, st->block, st->from, st->to) };

	a.all = a.own;
	for (uint32_t i = st->block + 1; i < st->end; i++) {
		const struct draft_signs *s = draft_signs_of(w, i);

		for (size_t k = 0; k < DRAFT_SIGN_WORDS && steps_block(w, i); k++) {
			a.all.bits[k] |= s->bits[k];
			a.own.bits[k] |= st->open ? s->bits[k] : 0;
		}
	}
	return a;
}

struct code {
	enum draft_sign sign;
	const char *id;
};

static void
put_codes(json_t *j, const char *key, const struct draft_signs *s, const struct code *rows, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		if (draft_has(s, rows[i].sign))
			add_once(out, rows[i].id);
	if (json_array_size(out) > 0)
		json_object_set_new_nocheck(j, key, out);
	else
		json_decref(out);
}

static void
put_about(json_t *j, const struct about *a)
{
	static const struct code before[] = { { SIGN_BACKUP, "backup" }, { SIGN_DO_BACK_UP, "backup" } };
	static const struct code changes[] = { { SIGN_NETWORK_PERMISSIONS, "network-permissions" },
		{ SIGN_STORAGE_ACCESS, "storage-access" }, { SIGN_ENDPOINTS, "endpoint-locations" } };
	static const struct code takes[] = { { SIGN_LOCAL_IT, "local-it" } };

	put_codes(j, "requires", &a->all, before, FP_COUNT(before));
	put_codes(j, "side_effects", &a->all, changes, FP_COUNT(changes));
	put_codes(j, "involves", &a->all, takes, FP_COUNT(takes));
	if (draft_has(&a->own, SIGN_NETWORKED))
		json_object_set_new_nocheck(j, "only_when", json_string("networked"));
	if (draft_has(&a->own, SIGN_IMMEDIATELY))
		json_object_set_new_nocheck(j, "urgency", json_string("immediately"));
}

/* ---- its id ---- */

/* Both signs must be there; otherwise the id is made of the verbs. */
static const struct {
	const char *id;
	enum draft_sign a, b;
} known[] = {
	{ "patch", SIGN_PATCH, SIGN_DO_INSTALL },
	{ "patch", SIGN_PATCH, SIGN_DO_DOWNLOAD },
	{ "standard-user", SIGN_STANDARD_USER, SIGN_DO_CONFIGURE },
	{ "secure-protocol", SIGN_SECURE_PROTOCOL, SIGN_SECURE_PROTOCOL },
	{ "read-guidance", SIGN_GUIDANCE, SIGN_DO_READ },
};

static bool
id_taken(const struct draft *d, const char *id)
{
	const json_t *actions = draft_get(d, "/actions"), *a;
	size_t i;

	json_array_foreach(actions, i, a) if (strcmp(json_string_value(json_object_get(a, "id")), id) == 0) return true;
	return false;
}

static json_t *
id_of(const struct draft *d, const struct step *st, const struct about *a, const json_t *verbs)
{
	char base[80], id[96];
	const char *first = json_string_value(json_array_get(verbs, 0)), *second = json_string_value(json_array_get(verbs, 1));

	(void)snprintf(base, sizeof(base), "action-%d", st->number);
	if (first != NULL)
		(void)snprintf(base, sizeof(base), "%s%s%s", first, second != NULL ? "-" : "", second != NULL ? second : "");
	for (size_t i = 0; i < FP_COUNT(known); i++)
		if (draft_has(&a->own, known[i].a) && draft_has(&a->own, known[i].b)) {
			(void)snprintf(base, sizeof(base), "%s", known[i].id);
			break;
		}
	(void)snprintf(id, sizeof(id), "%s", base);
	for (unsigned n = 2; id_taken(d, id) && n < 100; n++)
		(void)snprintf(id, sizeof(id), "%s-%u", base, n);
	return json_string(id);
}

/* ---- the whole step ---- */

static json_t *
piece(const struct draft_work *w, uint32_t block, uint32_t from, uint32_t to)
{
	struct form_text t = form_trim(w, (struct form_text){ block, from, to });

	return json_stringn_nocheck(w->l->blocks[block].text + t.from, t.to - t.from);
}

/* Under a heading the text is the first block below it. */
static json_t *
text_of(const struct draft_work *w, const struct step *st)
{
	for (uint32_t i = st->block + 1; st->open && st->text_from >= st->to && i < st->end; i++)
		if (steps_block(w, i))
			return piece(w, i, 0, w->l->blocks[i].len);
	return piece(w, st->block, st->text_from, st->to);
}

static void
put_due(struct draft_work *w, const struct step *st, json_t *j)
{
	struct form_text words;
	char date[16];

	if (draft_due(w, st->block, st->from, st->to, date, &words) && date[0] != '\0')
		json_object_set_new_nocheck(j, "by", json_string(date));
}

static void
put_step(struct steps *s, const struct step *st)
{
	struct draft_work *w = s->w;
	struct draft_source src = draft_from(w, st->block, st->from, st->to - st->from, 70);
	struct about a = about_of(w, st);
	const char *own = draft_obligation(&a.own);
	json_t *j = json_object(), *verbs = json_array(), *head = json_array(), *text = json_array();

	add_verbs(w, head, st->block, st->head_from, st->head_to);
	add_text_verbs(w, st, text);
	add_verbs(w, verbs, st->block, st->head_from, st->head_to);
	add_text_verbs(w, st, verbs);
	json_object_set_new_nocheck(j, "id", id_of(w->d, st, &a, verbs));
	json_object_set_new_nocheck(j, "number", json_integer(st->number));
	json_object_set_new_nocheck(
	    j, "heading", st->head_to > st->head_from ? piece(w, st->block, st->head_from, st->head_to) : json_null());
	json_object_set_new_nocheck(j, "text", text_of(w, st));
	json_object_set_new_nocheck(j, "verbs", verbs);
	json_object_set_new_nocheck(j, "heading_verbs", head);
	json_object_set_new_nocheck(j, "text_verbs", text);
	json_object_set_new_nocheck(j, "obligation", text_or_null(own != NULL ? own : s->obligation));
	json_object_set_new_nocheck(j, "modes", text_or_null(s->modes));
	put_about(j, &a);
	put_due(w, st, j);
	json_object_set_new_nocheck(j, "links", steps_links(w, st));
	(void)draft_put(w->d, "/actions/-", j, &src);
}

void
steps_put(struct steps *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		put_step(s, &s->step[i]);
	if (s->limited)
		draft_finding(
		    s->w->d, "limit", DRAFT_WARNING, NULL, "the letter has more steps than the %u that are read", STEPS_MAX);
}
