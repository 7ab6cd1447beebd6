/* Codes against their neighbours: two that ran together, a letter where the others have a digit. Reported; a code that is two is no fact. */
#include "draft/products_int.h"

#include <string.h>

#define CODES_MAX 4000u
#define CODE_BYTES 64u

struct code {
	struct prod_item *item;
	const char *s;
	size_t len;
	char shape[CODE_BYTES]; /* "9" for a digit, "A" for a letter, other signs as they are */
};

struct codes {
	struct prod *p;
	struct code *c;
	size_t n;
};

static void
make_shape(struct code *c)
{
	for (size_t i = 0; i < c->len; i++) {
		char ch = c->s[i];

		c->shape[i] = ch >= '0' && ch <= '9' ? '9' : (ch | 32) >= 'a' && (ch | 32) <= 'z' ? 'A' : ch;
	}
	c->shape[c->len] = '\0';
}

static void
gather(struct codes *x, enum prod_field f)
{
	x->n = 0;
	for (size_t i = 0; i < x->p->n; i++)
		for (size_t k = 0; k < x->p->products[i].r.n && x->n < CODES_MAX; k++) {
			struct prod_item *it = &x->p->products[i].r.items[k];
			size_t len = strlen(it->value);

			if (it->field != f || it->is != 0 || len < 3 || len >= CODE_BYTES)
				continue;
			x->c[x->n] = (struct code){ it, it->value, len, "" };
			make_shape(&x->c[x->n++]);
		}
}

/* Is there another code of that shape, or that very code? */
static size_t
like(const struct codes *x, const struct code *but, const char *shape, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		n += &x->c[i] != but && x->c[i].len == len && memcmp(x->c[i].shape, shape, len) == 0;
	return n;
}

static bool
is_known(const struct codes *x, const struct code *but, const char *s, size_t len)
{
	for (size_t i = 0; i < x->n; i++)
		if (&x->c[i] != but && x->c[i].len == len && memcmp(x->c[i].s, s, len) == 0)
			return true;
	return false;
}

/* Where two codes meet that ran together; 0: it is one. */
static size_t
seam_of(const struct codes *x, const struct code *c)
{
	for (size_t i = 5; i + 5 <= c->len; i++) {
		bool a = is_known(x, c, c->s, i), b = is_known(x, c, c->s + i, c->len - i);

		if ((a && b) || (a && like(x, c, c->shape + i, c->len - i) > 0) || (b && like(x, c, c->shape, i) > 0))
			return i;
	}
	/* Twice as long as the others of its column, which are all of one shape. */
	if (c->len >= 10 && c->len % 2 == 0 && x->n > 2 && like(x, c, c->shape, c->len / 2) == x->n - 1 &&
	    memcmp(c->shape, c->shape + c->len / 2, c->len / 2) == 0)
		return c->len / 2;
	return 0;
}

static void
check_seam(struct codes *x, struct code *c)
{
	size_t seam = seam_of(x, c);
	struct draft_source s;

	if (seam == 0)
		return;
	s = draft_from(x->p->w, c->item->block, c->item->from, c->item->len, 90);
	draft_finding(x->p->w->d, "lost-separator", DRAFT_ERROR, &s,
	    "'%s' looks like two numbers that ran together: '%.*s' and '%s'", c->s, (int)seam, c->s, c->s + seam);
	c->item->is |= PROD_UNTRUE;
}

/* The shape of the others, where this one has O, I or l in place of a digit, or a digit 0 or 1 in place of a letter. */
static bool
differs_by_likeness(const struct code *c, const struct code *other)
{
	bool differs = false;

	if (c->len != other->len)
		return false;
	for (size_t i = 0; i < c->len; i++) {
		if (c->shape[i] == other->shape[i])
			continue;
		if (strchr(other->shape[i] == '9' ? "OoIl" : "01", c->s[i]) == NULL)
			return false;
		differs = true;
	}
	return differs;
}

static void
check_likeness(struct codes *x, const struct code *c)
{
	struct draft_source s;

	for (size_t i = 0; i < x->n; i++) {
		if (!differs_by_likeness(c, &x->c[i]) || like(x, c, x->c[i].shape, x->c[i].len) < 2 ||
		    like(x, c, c->shape, c->len) > 0)
			continue;
		s = draft_from(x->p->w, c->item->block, c->item->from, c->item->len, 90);
		draft_finding(x->p->w->d, "letter-for-digit", DRAFT_WARNING, &s,
		    "'%s' differs from numbers like '%s' by a letter in place of a digit, or the reverse", c->s, x->c[i].s);
		return;
	}
}

void
prod_check(struct prod *p)
{
	static const enum prod_field fields[] = { PROD_CATALOG, PROD_LOT, PROD_SERIAL };
	struct codes x = { .p = p };
	size_t items = 1;

	for (size_t i = 0; i < p->n; i++)
		items += p->products[i].r.n;
	x.c = fp_arena_alloc(p->w->arena, items < CODES_MAX ? items : CODES_MAX, sizeof(*x.c));
	if (x.c == NULL) {
		p->w->d->no_memory = true;
		return;
	}
	for (size_t f = 0; f < FP_COUNT(fields); f++) {
		gather(&x, fields[f]);
		/* Every code against every other: a long list is looked at by its beginning only. */
		for (size_t i = 0; i < x.n && i < 300; i++) {
			check_seam(&x, &x.c[i]);
			check_likeness(&x, &x.c[i]);
		}
	}
}
