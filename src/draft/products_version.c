/* Versions as letters write them -> ranges in the grammar of device/version.h, per mode. What cannot be said for sure stays as it was printed. */
#include "draft/products_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/version.h"

#define RANGE_MAX 400

struct reading {
	const struct prod *p;
	const char *s;
	uint32_t block, from, to;
	json_t *list;
	char mode[24];
	char range[RANGE_MAX]; /* terms so far */
	char last[80];         /* the last number, not yet in range */
	const char *last_op;   /* what it will get: "", ">=", ... */
	const char *next_op;   /* for the next number; NULL: none */
	bool to_pending, all, unsure;
	uint32_t name_from, name_to; /* words before the first number: the software's name */
	uint32_t part;               /* where this mode's part begins */
};

static void
range_add(struct reading *r, const char *between, const char *op, const char *number)
{
	size_t n = strlen(r->range);
	int put = snprintf(r->range + n, sizeof(r->range) - n, "%s%s%s", n > 0 ? between : "", op, number);

	if (put < 0 || (size_t)put >= sizeof(r->range) - n)
		r->unsure = true;
}

/* "2.x" -> ">=2|<3". False: that is no such version. */
static bool
put_wild(struct reading *r, const char *number)
{
	size_t n = strlen(number);
	char low[80], high[80];
	unsigned long last;
	char *dot;

	if (n < 3 || (number[n - 1] != 'x' && number[n - 1] != 'X' && number[n - 1] != '*') || number[n - 2] != '.')
		return false;
	(void)snprintf(low, sizeof(low), "%.*s", (int)(n - 2), number);
	dot = strrchr(low, '.');
	last = strtoul(dot != NULL ? dot + 1 : low, NULL, 10);
	(void)snprintf(high, sizeof(high), "%.*s%lu", dot != NULL ? (int)(dot + 1 - low) : 0, low, last + 1);
	range_add(r, " || ", ">=", low);
	range_add(r, "|", "<", high);
	return true;
}

static void
end_number(struct reading *r)
{
	if (r->last[0] == '\0')
		return;
	if (strcmp(r->last_op, "") != 0 || !put_wild(r, r->last))
		range_add(r, " || ", r->last_op, r->last);
	r->last[0] = '\0';
}

static void
take_number(struct reading *r, const char *s, size_t len)
{
	if (len > 1 && (s[0] == 'v' || s[0] == 'V') && s[1] >= '0' && s[1] <= '9') {
		s++;
		len--;
	}
	if (len >= sizeof(r->last)) {
		r->unsure = true;
		return;
	}
	if (r->to_pending && r->last[0] != '\0') {
		char high[80];

		(void)snprintf(high, sizeof(high), "%.*s", (int)len, s);
		range_add(r, " || ", ">=", r->last);
		range_add(r, "|", "<=", high);
		r->last[0] = '\0';
	} else {
		end_number(r);
		(void)snprintf(r->last, sizeof(r->last), "%.*s", (int)len, s);
		r->last_op = r->next_op != NULL ? r->next_op : r->to_pending ? "<=" : "";
	}
	r->next_op = NULL;
	r->to_pending = false;
}

/* "from": where the range begins; "to" before any number: where it ends. */
static bool
take_word(struct reading *r, const char *id)
{
	if (strcmp(id, "to") == 0)
		r->to_pending = true;
	else if (strcmp(id, "from") == 0)
		r->next_op = ">=";
	else if (strcmp(id, "before") == 0)
		r->next_op = "<";
	else if (strcmp(id, "after") == 0)
		r->next_op = ">";
	else if (strcmp(id, "and-above") == 0 || strcmp(id, "and-following") == 0)
		r->last[0] != '\0' ? (void)(r->last_op = ">=") : (void)(r->next_op = ">=");
	else if (strcmp(id, "and-below") == 0)
		r->last[0] != '\0' ? (void)(r->last_op = "<=") : (void)(r->next_op = "<=");
	else if (strcmp(id, "all") == 0)
		r->all = true;
	else
		return strcmp(id, "and") == 0 || strcmp(id, "or") == 0;
	return true;
}

static void
take_gap(struct reading *r, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t left = len - i;

		if (left >= 3 && memcmp(s + i, "\xE2\x89\xA5", 3) == 0)
			r->next_op = ">=";
		else if (left >= 3 && memcmp(s + i, "\xE2\x89\xA4", 3) == 0)
			r->next_op = "<=";
		else if (s[i] == '>' || s[i] == '<')
			r->next_op = left > 1 && s[i + 1] == '=' ? (s[i] == '>' ? ">=" : "<=") : (s[i] == '>' ? ">" : "<");
		else if (r->last[0] != '\0' && (s[i] == '-' || (left >= 3 && s[i] == '\xE2' && s[i + 1] == '\x80' &&
								   (s[i + 2] == '\x93' || s[i + 2] == '\x94'))))
			r->to_pending = true;
		else if (s[i] == '+' && r->last[0] != '\0')
			r->last_op = ">=";
	}
}

static void
end_part(struct reading *r, uint32_t to)
{
	json_t *j = json_object();
	struct draft_source s;

	end_number(r);
	if (r->range[0] == '\0' && r->all)
		(void)snprintf(r->range, sizeof(r->range), "*");
	if (j == NULL || r->range[0] == '\0')
		r->unsure = true;
	while (to > r->part && strchr(" ,;:", r->s[to - 1]) != NULL)
		to--;
	if (to <= r->part) {
		json_decref(j);
		return;
	}
	if (r->mode[0] != '\0')
		fp_json_set_str(j, "mode", r->mode);
	if (r->name_to > r->name_from)
		fp_json_set(j, "software", json_stringn(r->s + r->name_from, r->name_to - r->name_from));
	if (r->unsure || device_version_range_check(r->range, NULL) != FP_OK) {
		s = draft_from(r->p->w, r->block, r->part, to - r->part, 90);
		draft_finding(r->p->w->d, "version-range", DRAFT_WARNING, &s,
		    "which versions '%.*s' means cannot be said for sure", (int)(to - r->part), r->s + r->part);
		fp_json_set(j, "range", json_null());
	} else {
		fp_json_set_str(j, "range", r->range);
	}
	fp_json_set(j, "printed", json_stringn(r->s + r->part, to - r->part));
	json_array_append_new(r->list, j);
	r->range[0] = r->mode[0] = '\0';
	r->all = r->unsure = r->to_pending = false;
	r->next_op = NULL;
	r->name_from = r->name_to = 0;
}

static const struct term_hit *
hit_at(const struct reading *r, uint32_t at, enum term_group g)
{
	const struct term_hit *h = r->p->w->hits + r->p->w->span[r->block].first;

	for (uint32_t i = 0; i < r->p->w->span[r->block].n && h[i].from <= at; i++)
		if (h[i].group == g && at < h[i].to)
			return &h[i];
	return NULL;
}

/* Boot modes are named the same everywhere. */
static bool
is_mode(const char *s, size_t len)
{
	return (len == 2 && memcmp(s, "Dx", 2) == 0) || (len == 3 && memcmp(s, "RUO", 3) == 0) ||
	       (len == 3 && memcmp(s, "IVD", 3) == 0);
}

/* Returns behind what was taken. */
static uint32_t
take_token(struct reading *r, const struct draft_token *t)
{
	const char *s = r->s + t->from;
	size_t len = t->to - t->from;
	const struct term_hit *h = hit_at(r, t->from, TERM_WORD);

	if (is_mode(s, len)) {
		if (r->range[0] != '\0' || r->last[0] != '\0' || r->all) {
			end_part(r, t->from);
			r->part = t->from;
		}
		(void)snprintf(r->mode, sizeof(r->mode), "%.*s", (int)len, s);
		return t->to;
	}
	/* "R2.1": a letter that belongs to it. */
	if (t->digits > 0 && (s[0] == 'v' || s[0] == 'V' || (s[0] >= '0' && s[0] <= '9') ||
				 (t->points > 0 && t->letters == 1 && s[1] >= '0' && s[1] <= '9'))) {
		take_number(r, s, len);
		return t->to;
	}
	if (h != NULL && take_word(r, h->key->id))
		return h->to;
	if (hit_at(r, t->from, TERM_LABEL) != NULL || (h == NULL && hit_at(r, t->from, TERM_CONCEPT) != NULL) ||
	    (len == 1 && (s[0] | 32) == 'v'))
		return t->to;
	if (r->range[0] == '\0' && r->last[0] == '\0') {
		r->name_from = r->name_to == 0 ? t->from : r->name_from;
		r->name_to = t->to;
	} else {
		r->unsure = true;
	}
	return t->to;
}

json_t *
prod_versions(const struct prod *p, const struct prod_item *i)
{
	const struct letter_block *b = &p->w->l->blocks[i->block];
	struct reading r = { .p = p,
		.s = b->text,
		.block = i->block,
		.from = i->from,
		.to = i->from + i->len,
		.list = json_array(),
		.part = i->from };
	struct draft_token t;
	uint32_t done = i->from;

	for (size_t at = i->from; r.list != NULL && draft_token_next(b->text, r.to, &at, &t);) {
		take_gap(&r, b->text + done, t.from > done ? t.from - done : 0);
		done = take_token(&r, &t);
		at = done;
	}
	if (r.list != NULL) {
		take_gap(&r, b->text + done, r.to > done ? r.to - done : 0);
		end_part(&r, r.to);
	}
	return r.list;
}
