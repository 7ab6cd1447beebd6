/* Entries of the reply form and what their ids are made of. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "draft/form_int.h"

const char *
form_part_name(enum form_part p)
{
	static const char *const names[] = {
		[FORM_CUSTOMER] = "customer", [FORM_ACTIONS] = "actions", [FORM_DISTRIBUTOR] = "distributor"
	};

	return names[p];
}

const char *
form_kind_name(enum form_kind k)
{
	static const char *const names[] = { [FORM_TEXT] = "text",
		[FORM_DATE] = "date",
		[FORM_CHOICE] = "choice",
		[FORM_YES_NO] = "yes-no",
		[FORM_YES] = "yes",
		[FORM_SERIALS] = "serial-numbers" };

	return names[k];
}

static void
take_verbs(const struct form *f, struct form_entry *e)
{
	const struct term_hit *h = f->w->hits + f->w->span[e->block].first;

	for (uint32_t i = 0; i < f->w->span[e->block].n && e->n_verbs < FP_COUNT(e->verbs); i++)
		if (h[i].group == TERM_VERB && h[i].from >= e->from && h[i].from < e->to)
			e->verbs[e->n_verbs++] = h[i].key;
}

struct form_entry *
form_entry_new(struct form *f, enum form_kind kind, struct form_text label)
{
	struct form_text t = form_trim(f->w, label);
	struct form_entry *e;

	if (f->n >= FORM_ENTRIES_MAX) {
		f->limited = true;
		return NULL;
	}
	e = fp_arena_alloc(f->w->arena, 1, sizeof(*e));
	if (e == NULL) {
		f->w->d->no_memory = true;
		return NULL;
	}
	f->entries[f->n++] = e;
	*e = (struct form_entry){ .id = "", .part = f->part, .kind = kind, .block = t.block, .from = t.from, .to = t.to };
	e->label = draft_keep(f->w, f->w->l->blocks[t.block].text + t.from, t.to - t.from);
	e->about = draft_signs_in(f->w, t.block, t.from, t.to);
	e->action = f->action;
	take_verbs(f, e);
	return e;
}

static bool
id_taken(const struct form *f, const struct form_entry *self, const char *id)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->entries[i] != self && strcmp(f->entries[i]->id, id) == 0)
			return true;
	return false;
}

void
form_entry_name(struct form *f, struct form_entry *e, const char *id)
{
	/* What the distributor is asked is another question than what the customer is asked. */
	const char *prefix = e->part == FORM_DISTRIBUTOR && id_taken(f, e, id) ? "distributor-" : "";
	char name[128];
	int len = snprintf(name, sizeof(name), "%s%.90s", prefix, id);

	for (unsigned n = 2; id_taken(f, e, name) && n <= FORM_ENTRIES_MAX; n++)
		len = snprintf(name, sizeof(name), "%s%.90s-%u", prefix, id, n);
	e->id = draft_keep(f->w, name, (size_t)len);
}

struct form_option *
form_option_add(struct form *f, struct form_entry *e, const char *id, struct form_text words)
{
	struct form_text t = form_trim(f->w, words);
	struct form_option *o;

	if (e->options == NULL)
		e->options = fp_arena_alloc(f->w->arena, FORM_OPTIONS_MAX, sizeof(*e->options));
	if (e->options == NULL) {
		f->w->d->no_memory = true;
		return NULL;
	}
	if (e->n_options >= FORM_OPTIONS_MAX) {
		f->limited = true;
		return NULL;
	}
	o = &e->options[e->n_options++];
	*o = (struct form_option){ .id = id, .from = t.from, .to = t.to, .block = t.block };
	return o;
}

/* ---- ids ---- */

/* All of these signs must be there, none of those; the first row that holds wins. */
struct statement {
	const char *id;
	enum draft_sign all[2], any[4], none[2];
};

#define END SIGN_COUNT
static const struct statement of_customer[] = {
	{ "both-modes-understood", { END, END }, { SIGN_BOTH_MODES, SIGN_DUAL_BOOT, END, END }, { END, END } },
	/* "None is available for return or destruction": only there both are spoken of. */
	{ "none-available", { SIGN_DO_RETURN, SIGN_DO_DESTROY }, { END, END, END, END }, { END, END } },
	{ "none-available", { SIGN_NONE_AVAILABLE, END }, { END, END, END, END }, { END, END } },
	{ "no-affected-devices", { SIGN_NO_DEVICES, END }, { END, END, END, END }, { END, END } },
	{ "users-informed", { END, END }, { SIGN_USERS, SIGN_PASSED_ON, END, END }, { END, END } },
	{ "received", { SIGN_RECEIVED, END }, { END, END, END, END }, { SIGN_USERS, SIGN_GUIDANCE } },
	{ "received", { END, END }, { SIGN_UNDERSTOOD, SIGN_TAKEN_NOTE, END, END }, { SIGN_USERS, SIGN_GUIDANCE } },
	{ "guidance-read", { SIGN_DO_READ, END }, { END, END, END, END }, { END, END } },
	{ "guidance-read", { SIGN_GUIDANCE, SIGN_DO_DOWNLOAD }, { END, END, END, END }, { END, END } },
	{ "actions-performed", { END, END }, { SIGN_PERFORMED, SIGN_ALL_DEVICES, END, END }, { END, END } },
	{ "returned", { SIGN_DO_RETURN, END }, { END, END, END, END }, { END, END } },
	{ "destroyed", { SIGN_DO_DESTROY, END }, { END, END, END, END }, { END, END } },
	{ "quarantined", { SIGN_DO_QUARANTINE, END }, { END, END, END, END }, { END, END } },
	{ "other-action", { SIGN_OTHER_ACTION, END }, { END, END, END, END }, { END, END } },
	{ "query", { SIGN_QUERY, END }, { END, END, END, END }, { END, END } },
	{ "received", { SIGN_RECEIVED, END }, { END, END, END, END }, { END, END } },
};
static const struct statement of_distributor[] = {
	{ "no-affected-devices", { SIGN_NO_DEVICES, END }, { END, END, END, END }, { END, END } },
	{ "all-replied", { SIGN_ALL_REPLIED, END }, { END, END, END, END }, { END, END } },
	{ "all-replied", { SIGN_ALL, END }, { SIGN_RECEIVED, SIGN_DO_IDENTIFY, END, END },
	    { SIGN_DO_INFORM, SIGN_MAY_HAVE_RECEIVED } },
	{ "stock-checked", { SIGN_STOCK, END }, { END, END, END, END }, { END, END } },
	{ "customer-list", { SIGN_CUSTOMER_LIST, END }, { END, END, END, END }, { SIGN_DO_INFORM, END } },
	{ "received", { END, END }, { SIGN_UNDERSTOOD, SIGN_TAKEN_NOTE, END, END }, { END, END } },
	{ "informed", { SIGN_DO_INFORM, END }, { END, END, END, END }, { END, END } },
	{ "identified", { END, END }, { SIGN_DO_IDENTIFY, SIGN_MAY_HAVE_RECEIVED, END, END }, { END, END } },
	{ "returned", { SIGN_DO_RETURN, END }, { END, END, END, END }, { END, END } },
	{ "destroyed", { SIGN_DO_DESTROY, END }, { END, END, END, END }, { END, END } },
	{ "quarantined", { SIGN_DO_QUARANTINE, END }, { END, END, END, END }, { END, END } },
	{ "received", { SIGN_RECEIVED, END }, { END, END, END, END }, { END, END } },
	{ "query", { SIGN_QUERY, END }, { END, END, END, END }, { END, END } },
};

static bool
statement_holds(const struct statement *r, const struct draft_signs *s)
{
	for (size_t i = 0; i < FP_COUNT(r->all); i++)
		if (r->all[i] != END && !draft_has(s, r->all[i]))
			return false;
	for (size_t i = 0; i < FP_COUNT(r->none); i++)
		if (r->none[i] != END && draft_has(s, r->none[i]))
			return false;
	if (r->any[0] == END)
		return true;
	for (size_t i = 0; i < FP_COUNT(r->any); i++)
		if (r->any[i] != END && draft_has(s, r->any[i]))
			return true;
	return false;
}

const char *
form_statement_id(enum form_part part, const struct draft_signs *about)
{
	bool trade = part == FORM_DISTRIBUTOR;
	const struct statement *rows = trade ? of_distributor : of_customer;
	size_t n = trade ? FP_COUNT(of_distributor) : FP_COUNT(of_customer);

	for (size_t i = 0; i < n; i++)
		if (statement_holds(&rows[i], about))
			return rows[i].id;
	return NULL;
}

const char *
form_reason_id(const struct draft_signs *s)
{
	static const struct {
		enum draft_sign sign;
		const char *id;
	} rows[] = {
		{ SIGN_SAME_INSTRUMENT, "same-instrument" },
		{ SIGN_NONE_AT_SITE, "none-at-site" },
		{ SIGN_AVOID_INTERRUPTION, "avoid-interruption" },
		{ SIGN_TRANSFERRED, "transferred" },
		{ SIGN_DECOMMISSIONED, "decommissioned" },
		{ SIGN_NOT_OURS, "not-ours" },
		{ SIGN_UNREACHABLE, "unreachable" },
		{ SIGN_PLANNED, "planned" },
	};

	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if (draft_has(s, rows[i].sign))
			return rows[i].id;
	return NULL;
}

/* The product whose name says the same, letters and digits compared. */
static const char *
known_product(struct form *f, const char *folded)
{
	const json_t *products = draft_get(f->w->d, "/products");
	const json_t *product, *name;
	size_t i, k;

	json_array_foreach(products, i, product)
	{
		const char *id = json_string_value(json_object_get(product, "id"));

		json_array_foreach(json_object_get(product, "names"), k,
		    name) if (id != NULL && json_is_string(name) &&
			      strcmp(draft_folded(f->w, json_string_value(name), json_string_length(name)), folded) ==
				  0) return id;
	}
	return NULL;
}

const char *
form_product_id(struct form *f, struct form_text words)
{
	struct form_text t = form_trim(f->w, words);
	const char *s = f->w->l->blocks[t.block].text + t.from;
	const char *known = known_product(f, draft_folded(f->w, s, t.to - t.from));
	char id[48];
	size_t n = 0;

	if (known != NULL)
		return draft_keep(f->w, known, strlen(known));
	for (size_t i = 0; i < t.to - t.from && n + 1 < sizeof(id); i++) {
		unsigned char c = (unsigned char)s[i];

		if (isalnum(c))
			id[n++] = (char)tolower(c);
		else if (c < 0x80 && n > 0 && id[n - 1] != '-')
			id[n++] = '-';
	}
	while (n > 0 && id[n - 1] == '-')
		n--;
	return n > 0 ? draft_keep(f->w, id, n) : "product";
}
