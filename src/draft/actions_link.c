/* Links of a step. */
#include <string.h>

#include "draft/actions_int.h"

struct link {
	const char *condition; /* "internet-connected", "not-connected"; NULL */
	const char *url;       /* NULL: none is printed */
	const char *contact;   /* NULL */
	uint32_t block, from, to;
	bool worded; /* words lead to an address that is not printed */
};

#define LINKS_MAX 24u

struct links {
	struct draft_work *w;
	struct link link[LINKS_MAX];
	uint32_t n;
};

/* The condition said last before that byte. */
static const char *
condition_at(const struct draft_work *w, uint32_t block, size_t at)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const char *condition = NULL;

	for (uint32_t i = 0; i < w->span[block].n && h[i].from < at; i++) {
		enum draft_sign a = draft_sign_of(w, h[i].key);

		if (a == SIGN_INTERNET)
			condition = "internet-connected";
		else if (a == SIGN_NOT_CONNECTED)
			condition = "not-connected";
	}
	return condition;
}

static bool
same_text(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

/* An address that words stood for and that is printed further on is one link. */
static void
add_link(struct links *l, struct link link)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct link *have = &l->link[i];

		if (!same_text(have->condition, link.condition))
			continue;
		if (link.url != NULL && have->url != NULL && strcmp(have->url, link.url) == 0)
			return;
		if ((link.url != NULL && have->url == NULL && have->contact == NULL) ||
		    (link.contact != NULL && have->url == NULL)) {
			have->url = have->url == NULL ? link.url : have->url;
			have->contact = link.contact != NULL ? link.contact : have->contact;
			have->worded = have->worded && link.url == NULL;
			return;
		}
	}
	if (l->n < LINKS_MAX)
		l->link[l->n++] = link;
}

/* As a notice writes it: with its scheme. */
static const char *
full_url(struct draft_work *w, const char *s, size_t len)
{
	char out[2048] = "https://";
	bool bare = len >= 4 && strncasecmp(s, "www.", 4) == 0;

	if (!bare || len + 9 > sizeof(out))
		return draft_keep(w, s, len);
	memcpy(out + 8, s, len);
	return draft_keep(w, out, len + 8);
}

static void
add_mail(struct links *l, uint32_t block, uint32_t from, uint32_t to, const char *mail, size_t len)
{
	const char *condition = condition_at(l->w, block, from);
	const char *id = draft_contact_of(l->w, mail, len);

	if (condition != NULL)
		add_link(l, (struct link){ .condition = condition,
				.contact = id != NULL ? id : draft_keep(l->w, mail, len),
				.block = block,
				.from = from,
				.to = to });
}

static bool
inside_link(const struct letter_block *b, uint32_t at)
{
	for (uint32_t i = 0; i < b->n_links; i++)
		if (at >= b->links[i].from && at < b->links[i].to)
			return true;
	return false;
}

static void
add_marked(struct links *l, uint32_t block, const struct letter_link *k)
{
	const struct letter_block *b = &l->w->l->blocks[block];
	size_t at = k->from;
	struct draft_address a;
	bool printed = draft_address_next(b->text, k->to, &at, &a);

	if (strncasecmp(k->url, "mailto:", 7) == 0) {
		add_mail(l, block, k->from, k->to, k->url + 7, strcspn(k->url + 7, "?"));
		return;
	}
	if (printed && a.kind == DRAFT_A_MAIL) {
		add_mail(l, block, k->from, k->to, b->text + a.from, a.to - a.from);
		return;
	}
	add_link(l, (struct link){ .condition = condition_at(l->w, block, k->from),
			.url = printed                               ? full_url(l->w, b->text + a.from, a.to - a.from)
			       : strncasecmp(k->url, "http", 4) == 0 ? full_url(l->w, k->url, strlen(k->url))
								     : NULL,
			.block = block,
			.from = k->from,
			.to = k->to,
			.worded = !printed });
}

static void
add_block(struct links *l, uint32_t block, uint32_t from, uint32_t to)
{
	const struct letter_block *b = &l->w->l->blocks[block];
	struct draft_address a;
	size_t at = from;

	for (uint32_t i = 0; i < b->n_links; i++)
		if (b->links[i].from >= from && b->links[i].from < to)
			add_marked(l, block, &b->links[i]);
	if ((l->w->holds[block] & (DRAFT_HOLDS_AT | DRAFT_HOLDS_URL)) == 0)
		return;
	while (draft_address_next(b->text, to, &at, &a)) {
		if (inside_link(b, a.from))
			continue;
		if (a.kind == DRAFT_A_MAIL)
			add_mail(l, block, a.from, a.to, b->text + a.from, a.to - a.from);
		else
			add_link(l, (struct link){ .condition = condition_at(l->w, block, a.from),
					.url = full_url(l->w, b->text + a.from, a.to - a.from),
					.block = block,
					.from = a.from,
					.to = a.to });
	}
}

static const char *
link_id(const struct link *k, bool reads)
{
	if (k->condition != NULL)
		return strcmp(k->condition, "not-connected") == 0 ? "offline" : "online";
	return reads ? "guidance" : "instructions";
}

static json_t *
link_json(struct links *l, const struct link *k, bool reads, bool affected_only)
{
	json_t *j = json_object();
	struct draft_source s = draft_from(l->w, k->block, k->from, k->to - k->from, 90);
	bool kept = affected_only && (k->condition != NULL || k->url == NULL);

	json_object_set_new_nocheck(j, "id", json_string(link_id(k, reads)));
	if (k->condition != NULL)
		json_object_set_new_nocheck(j, "condition", json_string(k->condition));
	json_object_set_new_nocheck(j, "url", k->url != NULL ? json_string(k->url) : json_null());
	json_object_set_new_nocheck(j, "access",
	    json_string(kept             ? "affected-customers"
			: k->url != NULL ? "public"
					 : "not-stated"));
	if (k->contact != NULL)
		json_object_set_new_nocheck(j, "contact", json_string(k->contact));
	if (k->url == NULL && k->contact == NULL)
		draft_finding(l->w->d, "link-hidden", DRAFT_WARNING, &s, "the letter prints no address for the link '%.*s'",
		    (int)(k->to - k->from), l->w->l->blocks[k->block].text + k->from);
	else if (k->url != NULL && k->worded)
		draft_finding(l->w->d, "link-hidden", DRAFT_INFO, &s, "the address behind the words '%.*s' is lost on paper",
		    (int)(k->to - k->from), l->w->l->blocks[k->block].text + k->from);
	return j;
}

/* The other branch printed as a part of the first one: who reads the first line only does not see it. */
static void
find_nested(struct draft_work *w, const struct step *st)
{
	const struct draft_signs *first = draft_signs_of(w, st->block);

	if (!draft_has(first, SIGN_INTERNET))
		return;
	for (uint32_t i = st->block + 1; i < st->end; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		struct draft_source s = draft_from(w, i, 0, 0, 90);

		if (b->kind != LETTER_ITEM || !steps_block(w, i) || !draft_has(draft_signs_of(w, i), SIGN_NOT_CONNECTED))
			continue;
		draft_finding(w->d, "nested-condition", DRAFT_WARNING, &s,
		    "what devices without internet must do is printed below what devices with internet must do");
		return;
	}
}

json_t *
steps_links(struct draft_work *w, const struct step *st)
{
	struct links l = { .w = w };
	struct draft_signs s = draft_signs_in(w, st->block, st->from, st->to);
	bool reads = draft_has(&s, SIGN_DO_READ), only = draft_has(&s, SIGN_AFFECTED_ONLY);
	json_t *out = json_array();

	add_block(&l, st->block, st->from, st->to);
	for (uint32_t i = st->block + 1; i < st->end; i++)
		if (steps_block(w, i)) {
			add_block(&l, i, 0, w->l->blocks[i].len);
			only = only || draft_has(draft_signs_of(w, i), SIGN_AFFECTED_ONLY);
		}
	for (uint32_t i = 0; i < l.n; i++)
		(void)json_array_append_new(out, link_json(&l, &l.link[i], reads, only));
	find_nested(w, st);
	return out;
}
