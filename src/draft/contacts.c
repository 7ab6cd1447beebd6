/* Whom to ask: mail addresses, telephone and fax numbers, by the label before them. */
#include "draft/head_int.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CONTACTS_MAX 24u

struct contact {
	const char *id; /* NULL: no label says what it is for */
	const char *mail;
	uint32_t block, from, to;
	unsigned times, labelled;
	bool own; /* of the maker's domain */
	const char *phone, *fax;
	struct head_slice phone_at, fax_at;
};

struct contacts {
	struct draft_work *w;
	struct contact c[CONTACTS_MAX];
	size_t n;
	const char *domain; /* the one that is printed most often */
};

static const struct {
	const char *label;
	const char *id;
} purposes[] = {
	{ "technical-support", "technical" },
	{ "customer-service", "customer" },
	{ "representative", "representative" },
	{ "importer", "importer" },
	{ "distributor", "distributor" },
};

/* How mail boxes are called, where no label says what they are for. */
static const struct {
	const char *part, *id;
} boxes[] = {
	{ "tech", "technical" },
	{ "support", "technical" },
	{ "customer", "customer" },
	{ "kunde", "customer" },
	{ "service", "customer" },
	{ "client", "customer" },
	{ "recall", "recall" },
	{ "fsca", "vigilance" },
	{ "fsn", "vigilance" },
	{ "vigilance", "vigilance" },
	{ "regulatory", "regulatory" },
	{ "complaint", "complaints" },
	{ "safety", "safety" },
	{ "security", "security" },
	{ "privacy", "privacy" },
	{ "info", "general" },
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static const char *
lowered(struct draft_work *w, const char *s, size_t len)
{
	char *out = fp_arena_text(w->arena, s, len);

	if (out == NULL) {
		w->d->no_memory = true;
		return "";
	}
	for (size_t i = 0; i < len; i++)
		out[i] = lower(out[i]);
	return out;
}

/* The last label of a purpose that ends before the address. */
static const char *
purpose_in(const struct draft_work *w, uint32_t block, uint32_t before)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const char *found = NULL;

	for (uint32_t i = 0; i < w->span[block].n && h[i].from < before; i++)
		for (size_t k = 0; h[i].group == TERM_LABEL && k < FP_COUNT(purposes); k++)
			if (draft_same(h[i].key->id, purposes[k].label))
				found = purposes[k].id;
	return found;
}

/* In the address' own short block, or in a label block right before it. In running text a word nearby is no label. */
static const char *
purpose_of(const struct draft_work *w, uint32_t block, uint32_t from)
{
	const struct letter_block *b = &w->l->blocks[block];
	const char *id = NULL;

	if (from <= 160)
		id = purpose_in(w, block, from);
	if (id == NULL && block > 0 && b[-1].zone == b->zone && b[-1].len <= 80 && from <= 40 &&
	    (w->holds[block - 1] & DRAFT_HOLDS_AT) == 0)
		id = purpose_in(w, block - 1, b[-1].len);
	return id;
}

static void
take_mail(struct contacts *x, uint32_t block, const struct draft_address *a)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	const char *mail = draft_keep(x->w, b->text + a->from, a->to - a->from), *id = purpose_of(x->w, block, a->from);
	struct contact *c = NULL;

	for (size_t i = 0; i < x->n && c == NULL; i++)
		if (strcasecmp(x->c[i].mail, mail) == 0)
			c = &x->c[i];
	if (c == NULL) {
		if (x->n == CONTACTS_MAX)
			return;
		c = &x->c[x->n++];
		*c = (struct contact){ .mail = mail, .block = block, .from = a->from, .to = a->to };
	}
	c->times++;
	if (id != NULL && (c->id == NULL || c->labelled == 0)) {
		c->id = id;
		c->block = block, c->from = a->from, c->to = a->to;
	}
	c->labelled += id != NULL;
}

/* "customer care@x.org": the address is broken, and no fact (draft_stage_broken reports it). */
static bool
is_broken(const struct letter_block *b, const struct draft_address *a)
{
	for (uint32_t i = 0; i < b->n_links; i++) {
		const struct letter_link *l = &b->links[i];

		if (a->from < l->from || a->to > l->to)
			continue;
		if (strncmp(l->url, "mailto:", 7) == 0 && (strchr(l->url, ' ') != NULL || strstr(l->url, "%20") != NULL))
			return true;
		/* The link's text is the address and one word more. */
		if (l->from < a->from && a->to == l->to &&
		    memchr(b->text + l->from, ' ', a->from - l->from) == b->text + a->from - 1)
			return true;
	}
	return false;
}

static void
find_mails(struct contacts *x)
{
	for (uint32_t i = 0; i < x->w->l->n_blocks; i++) {
		const struct letter_block *b = &x->w->l->blocks[i];
		struct draft_address a;

		if ((x->w->holds[i] & DRAFT_HOLDS_AT) == 0)
			continue;
		for (size_t at = 0; draft_address_next(b->text, b->len, &at, &a);)
			if (a.kind == DRAFT_A_MAIL && !is_broken(b, &a))
				take_mail(x, i, &a);
	}
}

static const char *
domain_of(const char *mail)
{
	const char *at = strchr(mail, '@');

	return at != NULL ? at + 1 : "";
}

/* The maker's domain is the one that its labelled addresses have, or that is printed most. */
static void
find_domain(struct contacts *x)
{
	unsigned best = 0;

	for (size_t i = 0; i < x->n; i++) {
		unsigned votes = 0;

		for (size_t k = 0; k < x->n; k++)
			if (strcasecmp(domain_of(x->c[i].mail), domain_of(x->c[k].mail)) == 0)
				votes += x->c[k].times + 4 * x->c[k].labelled;
		if (votes > best) {
			best = votes;
			x->domain = domain_of(x->c[i].mail);
		}
	}
	for (size_t i = 0; i < x->n; i++)
		x->c[i].own = x->domain != NULL && strcasecmp(domain_of(x->c[i].mail), x->domain) == 0;
}

/* ---- telephone and fax ---- */

/* Digits with blanks, hyphens, points, brackets and strokes between; 6 to 16 digits. Its end; 0: none. */
static uint32_t
phone_end(const char *s, uint32_t from, uint32_t to)
{
	uint32_t end = 0, digits = 0, i = from;

	if (i < to && (s[i] == '+' || s[i] == '('))
		i++;
	for (; i < to; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			digits++;
			end = i + 1;
		} else if (strchr(" -./()", s[i]) == NULL) {
			break;
		} else if (i + 1 < to && s[i] == ' ' && s[i + 1] == ' ') {
			break;
		}
	}
	return digits >= 6 && digits <= 16 ? end : 0;
}

static bool
phone_after(const struct draft_work *w, uint32_t block, uint32_t after, struct head_slice *out)
{
	struct head_slice v;
	const char *s;

	if (!head_value(w, block, after, &v))
		return false;
	s = w->l->blocks[v.block].text;
	for (uint32_t i = v.from; i < v.to && i < v.from + 24; i++) {
		uint32_t end;

		if (s[i] != '+' && s[i] != '(' && (s[i] < '0' || s[i] > '9'))
			continue;
		end = phone_end(s, i, v.to);
		*out = (struct head_slice){ v.block, i, end };
		return end != 0;
	}
	return false;
}

/* The contact that the number stands beside: the same block, then the nearest before, then the nearest behind. */
static struct contact *
contact_near(struct contacts *x, uint32_t block, const char *id)
{
	struct contact *best = NULL;
	uint32_t least = 4;

	for (size_t i = 0; i < x->n; i++) {
		uint32_t far = x->c[i].block > block ? x->c[i].block - block : block - x->c[i].block;

		if (id != NULL && x->c[i].id != NULL && strcmp(x->c[i].id, id) == 0)
			return &x->c[i];
		if (far < least && x->c[i].own) {
			least = far;
			best = &x->c[i];
		}
	}
	return best;
}

static void
take_phone(struct contacts *x, uint32_t block, const struct term_hit *h, bool fax)
{
	const char *id = purpose_in(x->w, block, h->from), *text;
	struct head_slice v;
	struct contact *c;

	if (!phone_after(x->w, block, h->to, &v))
		return;
	text = draft_keep(x->w, x->w->l->blocks[v.block].text + v.from, v.to - v.from);
	c = contact_near(x, block, id);
	if (c == NULL && x->n < CONTACTS_MAX) {
		c = &x->c[x->n++];
		*c = (struct contact){ .id = id != NULL ? id : "general", .block = v.block, .own = true, .labelled = 1 };
	}
	if (c == NULL || (fax ? c->fax : c->phone) != NULL)
		return;
	if (fax) {
		c->fax = text;
		c->fax_at = v;
	} else {
		c->phone = text;
		c->phone_at = v;
	}
}

static void
find_phones(struct contacts *x)
{
	for (uint32_t i = 0; i < x->w->l->n_blocks; i++) {
		const struct term_hit *h = x->w->hits + x->w->span[i].first;

		if (draft_in_form(x->w, i))
			continue;
		for (uint32_t k = 0; k < x->w->span[i].n; k++) {
			bool fax = draft_same(h[k].key->id, "fax");

			if (h[k].group == TERM_LABEL && (fax || draft_same(h[k].key->id, "phone")))
				take_phone(x, i, &h[k], fax);
		}
	}
}

/* ---- into the draft ---- */

static const char *
id_of_box(const char *mail)
{
	for (size_t i = 0; i < FP_COUNT(boxes); i++)
		for (const char *s = mail; *s != '\0' && *s != '@'; s++)
			if (strncasecmp(s, boxes[i].part, strlen(boxes[i].part)) == 0)
				return boxes[i].id;
	return "contact";
}

static bool
id_taken(const struct contacts *x, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (x->c[i].id != NULL && strcmp(x->c[i].id, id) == 0 && x->c[i].own)
			return true;
	return false;
}

/* Two addresses for one purpose get a number. */
static void
make_id(struct contacts *x, size_t i)
{
	struct contact *c = &x->c[i];
	const char *base = c->id != NULL ? c->id : id_of_box(c->mail);
	char id[40];

	(void)snprintf(id, sizeof(id), "%s", base);
	for (unsigned k = 2; id_taken(x, i, id) && k < 100; k++)
		(void)snprintf(id, sizeof(id), "%s-%u", base, k);
	c->id = draft_keep(x->w, id, strlen(id));
}

static void
put_slice(
    struct draft_work *w, const char *list, size_t at, const char *key, const char *value, struct head_slice v, int confidence)
{
	char pointer[DRAFT_POINTER];
	struct draft_source s = draft_from(w, v.block, v.from, v.to - v.from, confidence);

	(void)draft_pointer(pointer, list, at, key);
	draft_put_str(w->d, pointer, value, value != NULL ? &s : NULL);
}

static void
put_contact(struct contacts *x, struct contact *c, size_t at)
{
	static const char list[] = "/manufacturer/contacts/";
	struct head_slice mail = { c->block, c->from, c->to };

	put_slice(x->w, list, at, "/id", c->id, (struct head_slice){ c->block, 0, 0 }, c->labelled != 0 ? 90 : 50);
	put_slice(x->w, list, at, "/email", c->mail, mail, c->labelled != 0 ? 90 : 70);
	if (c->phone != NULL)
		put_slice(x->w, list, at, "/phone", c->phone, c->phone_at, 90);
	if (c->fax != NULL)
		put_slice(x->w, list, at, "/fax", c->fax, c->fax_at, 90);
}

static void
put_contacts(struct contacts *x)
{
	size_t put = 0;

	(void)draft_put(x->w->d, "/manufacturer/contacts", json_array(), NULL);
	for (size_t i = 0; i < x->n; i++) {
		struct contact *c = &x->c[i];

		/* Addresses of others (an authority, a carrier) are links, and no contacts of the maker. */
		if (!c->own && c->labelled == 0)
			continue;
		c->own = true;
		make_id(x, i);
		put_contact(x, c, put++);
	}
	if (put == 0)
		draft_lacks(x->w->d, "/manufacturer/contacts");
}

/* "illumina.com" -> "illumina": says at least how the maker calls itself. */
static void
put_brand_of_domain(struct contacts *x)
{
	const struct contact *c = NULL;
	struct draft_source s;
	size_t n;

	if (json_is_string(draft_get(x->w->d, "/manufacturer/brand")) || x->domain == NULL)
		return;
	for (size_t i = 0; i < x->n && c == NULL; i++)
		c = x->c[i].own && x->c[i].mail != NULL ? &x->c[i] : NULL;
	n = strcspn(x->domain, ".");
	if (c == NULL || n < 2)
		return;
	s = draft_from(x->w, c->block, c->from, c->to - c->from, 30);
	draft_put_str(x->w->d, "/manufacturer/brand", lowered(x->w, x->domain, n), &s);
}

void
head_contacts(struct draft_work *w)
{
	struct contacts *x = fp_arena_alloc(w->arena, 1, sizeof(*x));

	if (x == NULL) {
		w->d->no_memory = true;
		return;
	}
	x->w = w;
	find_mails(x);
	find_domain(x);
	find_phones(x);
	put_contacts(x);
	put_brand_of_domain(x);
}
