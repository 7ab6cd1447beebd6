/* The reply: where it goes, by when, and every field, box and option of its form. */
#include "draft/form_int.h"

#include <stdio.h>
#include <string.h>

static const enum draft_sign form_names[] = { SIGN_VERIFICATION_FORM, SIGN_ACKNOWLEDGEMENT_FORM, SIGN_REPLY_FORM, SIGN_COUNT };

static void
put_once(struct draft *d, const char *array, const char *value, const struct draft_source *s)
{
	const json_t *have = draft_get(d, array), *v;
	char pointer[64];
	size_t i;

	json_array_foreach(have, i, v) if (json_is_string(v) && strcmp(json_string_value(v), value) == 0) return;
	(void)snprintf(pointer, sizeof(pointer), "%s/-", array);
	draft_put_str(d, pointer, value, s);
}

/* ---- where to ---- */

const char *
draft_contact_of(const struct draft_work *w, const char *mail, size_t len)
{
	const json_t *contacts = draft_get(w->d, "/manufacturer/contacts"), *c;
	size_t i;

	json_array_foreach(contacts, i, c)
	{
		const json_t *email = json_object_get(c, "email");
		const char *id = json_string_value(json_object_get(c, "id"));

		if (json_is_string(email) && id != NULL && json_string_length(email) == len &&
		    strncasecmp(json_string_value(email), mail, len) == 0)
			return id;
	}
	return NULL;
}

/* Adverse events go to an authority by ways of its own: none of them is a way for the reply. */
static bool
is_about_events(const struct draft_work *w, uint32_t i)
{
	static const enum draft_sign authorities[] = { SIGN_MEDWATCH, SIGN_COMPETENT_AUTHORITY, SIGN_HEALTH_AUTHORITY,
		SIGN_REGULATOR, SIGN_COUNT };
	const struct draft_signs *s = draft_signs_of(w, i);

	return draft_has_any(s, authorities) && (draft_has(s, SIGN_MEDWATCH) || draft_has(s, SIGN_SEC_ADVERSE)) &&
	       !draft_has_any(s, form_names);
}

/* The reply is spoken of in its own section and in the words before the first row of the form; behind those, where an address stands. */
static bool
is_about_reply(const struct draft_work *w, uint32_t i, bool *rows)
{
	const struct letter_block *b = &w->l->blocks[i];
	struct form_box box;
	size_t at = 0;

	if (b->zone != LETTER_BODY || is_about_events(w, i))
		return false;
	if (draft_in_form(w, i)) {
		bool boxes = form_box_next(w, i, &at, b->len, &box);

		*rows = *rows || b->kind == LETTER_CELL || boxes;
		return !*rows || ((w->holds[i] & DRAFT_HOLDS_AT) != 0 && !boxes);
	}
	return draft_same(w->section[i], "reply") ||
	       (draft_same(w->section[i], "customer-actions") && draft_has_any(draft_signs_of(w, i), form_names));
}

static void
put_routes(struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	const struct draft_signs *s = draft_signs_of(w, i);
	struct draft_source src = draft_from(w, i, 0, 0, 70);
	struct draft_address a;
	size_t at = 0;
	bool mail = false, url = false;

	while (draft_address_next(b->text, b->len, &at, &a)) {
		const char *contact;

		mail = mail || a.kind == DRAFT_A_MAIL;
		url = url || a.kind == DRAFT_A_URL;
		if (a.kind != DRAFT_A_MAIL || draft_get(w->d, "/reply/to") != NULL)
			continue;
		contact = draft_contact_of(w, b->text + a.from, a.to - a.from);
		src = draft_from(w, i, a.from, a.to - a.from, 90);
		draft_put_str(
		    w->d, "/reply/to", contact != NULL ? contact : draft_keep(w, b->text + a.from, a.to - a.from), &src);
		put_once(w->d, "/reply/routes", "form-by-email", &src);
	}
	if (draft_has(s, SIGN_ALTERNATIVELY) && (mail || draft_has(s, SIGN_LABEL_EMAIL) || draft_has(s, SIGN_LABEL_TECHNICAL)))
		put_once(w->d, "/reply/routes", "free-email", &src);
	if ((draft_has(s, SIGN_BY_FAX) || draft_has(s, SIGN_LABEL_FAX)) && (w->holds[i] & DRAFT_HOLDS_DIGIT) != 0)
		put_once(w->d, "/reply/routes", "form-by-fax", &src);
	if (draft_by_post(w, i))
		put_once(w->d, "/reply/routes", "form-by-post", &src);
	if (url && draft_has(s, SIGN_ONLINE))
		put_once(w->d, "/reply/routes", "portal", &src);
}

/* ---- entries ---- */

static json_t *
options_json(const struct form *f, const struct form_entry *e)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < e->n_options; i++) {
		const struct form_option *o = &e->options[i];
		json_t *j = json_object();

		json_object_set_new_nocheck(j, "id", json_string(o->id));
		json_object_set_new_nocheck(
		    j, "label", json_stringn_nocheck(f->w->l->blocks[o->block].text + o->from, o->to - o->from));
		(void)json_array_append_new(out, j);
	}
	return out;
}

static void
put_entry(struct form *f, const struct form_entry *e)
{
	struct draft_source s = draft_from(f->w, e->block, e->from, e->to - e->from, 70);
	json_t *j = json_object();

	if (j == NULL) {
		f->w->d->no_memory = true;
		return;
	}
	json_object_set_new_nocheck(j, "id", json_string(e->id));
	json_object_set_new_nocheck(j, "part", json_string(form_part_name(e->part)));
	json_object_set_new_nocheck(j, "kind", json_string(form_kind_name(e->kind)));
	json_object_set_new_nocheck(j, "label", json_string(e->label));
	if (e->action > 0)
		json_object_set_new_nocheck(j, "action", json_integer(e->action));
	if (e->n_options > 0)
		json_object_set_new_nocheck(j, "options", options_json(f, e));
	if (e->mask != NULL)
		json_object_set_new_nocheck(j, "date_mask", json_string(e->mask));
	(void)draft_put(f->w->d, "/reply/form/-", j, &s);
}

static bool
is_boxes(const struct form_entry *e)
{
	return e->kind == FORM_CHOICE || e->kind == FORM_YES_NO || e->kind == FORM_YES;
}

/* fields, statements and the distributor's part, as a notice lists them; their places are those of the form's entries. */
struct lists {
	json_t *fields, *statements, *distributor;
};

static void
add_once(json_t **list, const char *id)
{
	const json_t *v;
	size_t i;

	if (*list == NULL)
		*list = json_array();
	json_array_foreach(*list, i, v) if (strcmp(json_string_value(v), id) == 0) return;
	(void)json_array_append_new(*list, json_string(id));
}

static void
add_to_lists(struct lists *l, const struct form_entry *e)
{
	bool received = strcmp(e->id, "received") == 0;

	if (e->part == FORM_DISTRIBUTOR) {
		if (is_boxes(e))
			add_once(&l->distributor, e->id);
		return;
	}
	if (e->kind == FORM_SERIALS)
		add_once(&l->fields, "serial-numbers");
	else if (e->kind == FORM_TEXT || e->kind == FORM_DATE || strcmp(e->id, "products") == 0)
		add_once(&l->fields, e->id);
	else if (e->action == 0 && e->kind != FORM_CHOICE)
		add_once(&l->statements, e->id);
	if (received && draft_has(&e->about, SIGN_UNDERSTOOD))
		add_once(&l->statements, "understood");
	if (received && draft_has(&e->about, SIGN_TAKEN_NOTE))
		add_once(&l->statements, "taken-note");
}

static void
put_lists(struct draft *d, const struct lists *l)
{
	if (l->fields != NULL)
		(void)draft_put(d, "/reply/fields", l->fields, NULL);
	if (l->statements != NULL)
		(void)draft_put(d, "/reply/statements", l->statements, NULL);
	if (l->distributor != NULL)
		(void)draft_put(d, "/reply/distributor", l->distributor, NULL);
}

/* ---- findings ---- */

static void
find_one(const struct form *f, const struct form_entry *e, const struct form_entry *next)
{
	struct draft_source s = draft_from(f->w, e->block, e->from, e->to - e->from, 70);

	if (e->kind == FORM_YES && e->worded)
		draft_finding(
		    f->w->d, "form-yes-only", DRAFT_INFO, &s, "the form has a box for yes and none for no: '%s'", e->label);
	for (uint32_t i = 0; e->reason && i < e->n_options; i++)
		if (strcmp(e->options[i].id, "none-at-site") == 0 && next != NULL && next->kind == FORM_SERIALS)
			draft_finding(f->w->d, "form-contradictory-pair", DRAFT_INFO, &s,
			    "the form asks for serial numbers of devices beside the reason that there is none at the site");
}

/* A statement asks for a step when it speaks of doing what the step does. */
static bool
asks_for(const struct form_entry *e, const json_t *verbs, int number)
{
	static const char *const others[] = { "received", "users-informed", "both-modes-understood" };
	const json_t *verb;
	size_t k;

	/* To fill in the form is not asked by the form. */
	json_array_foreach(
	    verbs, k, verb) if (json_is_string(verb) && strcmp(json_string_value(verb), "complete-form") == 0) return true;
	if (e->action == number || strcmp(e->id, "all-servers-done") == 0 || strcmp(e->id, "actions-performed") == 0)
		return true;
	for (size_t i = 0; i < FP_COUNT(others); i++)
		if (strcmp(e->id, others[i]) == 0)
			return false;
	if (!is_boxes(e) || e->part == FORM_DISTRIBUTOR)
		return false;
	json_array_foreach(verbs, k,
	    verb) for (uint32_t i = 0; i < e->n_verbs;
		       i++) if (json_is_string(verb) && strcmp(json_string_value(verb), e->verbs[i]->id) == 0) return true;
	return false;
}

static void
find_steps(const struct form *f)
{
	const json_t *missing = draft_get(f->w->d, "/pages/missing");
	const json_t *actions = draft_get(f->w->d, "/actions"), *a;
	size_t i;

	json_array_foreach(actions, i, a)
	{
		int number = (int)json_integer_value(json_object_get(a, "number"));
		const json_t *verbs = json_object_get(a, "verbs");
		bool asked = false;

		for (uint32_t k = 0; k < f->n && !asked; k++)
			asked = asks_for(f->entries[k], verbs, number);
		if (asked)
			continue;
		if (json_array_size(missing) > 0)
			draft_finding(f->w->d, "form-incomplete", DRAFT_WARNING, NULL,
			    "the form as far as it is here does not ask for step %d; the copy lacks a page", number);
		else
			draft_finding(f->w->d, "form-step-not-asked", DRAFT_WARNING, NULL,
			    "step %d is asked of the customer, but the form never asks whether it was done", number);
	}
}

static void
find_all(const struct form *f)
{
	bool serials = false;

	for (uint32_t i = 0; i < f->n; i++) {
		find_one(f, f->entries[i], i + 1 < f->n ? f->entries[i + 1] : NULL);
		serials = serials || f->entries[i]->kind == FORM_SERIALS;
	}
	find_steps(f);
	if (!serials)
		draft_finding(f->w->d, "form-no-serials", DRAFT_WARNING, NULL,
		    "the form does not ask for serial numbers: no answer can be laid to a device");
	if (f->limited)
		draft_finding(f->w->d, "limit", DRAFT_WARNING, NULL, "the form has more entries than the %u that are read",
		    FORM_ENTRIES_MAX);
}

/* ---- the stage ---- */

static void
put_deadline(struct draft_work *w)
{
	const json_t *deadlines = draft_get(w->d, "/deadlines"), *one;
	size_t i;

	json_array_foreach(deadlines, i, one)
	{
		const char *what = json_string_value(json_object_get(one, "for"));

		if (what == NULL || strcmp(what, "reply") != 0)
			continue;
		if (json_is_string(json_object_get(one, "date")))
			draft_put_str(w->d, "/reply/deadline", json_string_value(json_object_get(one, "date")), NULL);
		return;
	}
	draft_finding(w->d, "form-no-deadline", DRAFT_WARNING, NULL, "the letter does not say by when the reply is due");
}

static bool
speaks_of_form(const struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (!draft_same(w->section[i], "page") && draft_has_any(draft_signs_of(w, i), form_names))
			return true;
	return false;
}

void
draft_stage_form(struct draft_work *w)
{
	struct form *f = draft_signs_make(w) ? fp_arena_alloc(w->arena, 1, sizeof(*f)) : NULL;
	struct lists lists = { .fields = NULL };
	bool rows = false;

	if (f == NULL) {
		w->d->no_memory = true;
		return;
	}
	f->w = w;
	f->serial_table = f->head_table = -1;
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (is_about_reply(w, i, &rows))
			put_routes(w, i);
	form_read_rows(f);
	for (uint32_t i = 0; i < f->n; i++) {
		put_entry(f, f->entries[i]);
		add_to_lists(&lists, f->entries[i]);
	}
	put_lists(w->d, &lists);
	if (f->n > 0) {
		find_all(f);
		put_deadline(w);
	} else if (speaks_of_form(w)) {
		draft_finding(w->d, "form-not-here", DRAFT_WARNING, NULL, "the letter speaks of a form that is not in it");
		put_deadline(w);
	}
}
