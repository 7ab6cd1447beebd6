#include "match/match.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "device/udi.h"
#include "device/version.h"
#include "match/match_int.h"

#define KEY_MAX 96

/* What an identifier of the notice is. */
enum kind { KIND_UDI, KIND_CATALOG, KIND_ALIAS };

struct key {
	enum kind kind;
	char text[KEY_MAX];
	size_t len;
	const struct notice_product *product;
	const struct notice_part *part; /* NULL: of the product itself */
};

struct named {
	struct match_name name;
	const struct notice_product *product;
	const struct notice_part *part;
};

/* "DX-410-*": "*" stands for any letters and digits, "?" for one. */
struct wild {
	char pattern[KEY_MAX];
	struct key key;
};

struct match_index {
	const struct notice *notice;
	char maker[KEY_MAX];
	size_t maker_len;
	struct key *keys;
	size_t n_keys, keys_cap;
	uint16_t *slots; /* hash table over keys: index + 1, 0 = free */
	size_t n_slots;
	bool has_udi, has_number; /* the notice gives such identifiers at all */
	struct wild *wild;        /* catalogue numbers with "*" or "?" */
	size_t n_wild, wild_cap;
	struct named *names;
	size_t n_names, names_cap;
};

/* ---- building ---- */

static size_t
hash(enum kind kind, const char *p, size_t len)
{
	size_t h = 14695981039346656037u ^ (size_t)(kind == KIND_UDI);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

/* Catalogue numbers and aliases share one space: kind decides only between UDI and not. */
static const struct key *
find(const struct match_index *m, enum kind kind, const char *p, size_t len)
{
	for (size_t i = hash(kind, p, len) & (m->n_slots - 1); m->slots[i] != 0; i = (i + 1) & (m->n_slots - 1)) {
		const struct key *k = &m->keys[m->slots[i] - 1];

		if ((k->kind == KIND_UDI) == (kind == KIND_UDI) && k->len == len && memcmp(k->text, p, len) == 0)
			return k;
	}
	return NULL;
}

static enum fp_status
add_key(struct match_index *m, enum kind kind, const char *text, size_t len, const struct notice_product *product,
    const struct notice_part *part, struct fp_err *err)
{
	struct key *k;

	if (fp_grow(&m->keys, &m->keys_cap, m->n_keys + 1, sizeof(*m->keys)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the index of '%s'", m->notice->reference);
	k = &m->keys[m->n_keys];
	*k = (struct key){ .kind = kind, .product = product, .part = part };
	k->len = kind == KIND_UDI ? (len < KEY_MAX ? len : KEY_MAX) : match_fold(k->text, KEY_MAX, text, len);
	if (kind == KIND_UDI)
		memcpy(k->text, text, k->len);
	m->n_keys += k->len > 0;
	m->has_udi = m->has_udi || kind == KIND_UDI;
	m->has_number = m->has_number || kind != KIND_UDI;
	return FP_OK;
}

static enum fp_status
add_wild(struct match_index *m, const char *text, size_t len, const struct notice_product *product, struct fp_err *err)
{
	struct wild *w;
	size_t n = 0;

	if (fp_grow(&m->wild, &m->wild_cap, m->n_wild + 1, sizeof(*m->wild)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the index of '%s'", m->notice->reference);
	w = &m->wild[m->n_wild++];
	*w = (struct wild){ .key = { .kind = KIND_CATALOG, .product = product } };
	for (size_t i = 0; i < len; i++) {
		char one[8];

		if (text[i] == '*' || text[i] == '?')
			one[0] = text[i];
		else if (match_fold(one, sizeof(one), text + i, 1) != 1)
			continue;
		if (n + 1 < KEY_MAX)
			w->pattern[n++] = one[0];
	}
	w->pattern[n] = '\0';
	m->has_number = true;
	return FP_OK;
}

/* "DX-410-1001/15036706" in a notice is two numbers. */
static enum fp_status
add_numbers(struct match_index *m, enum kind kind, const struct notice_list *numbers, const struct notice_product *product,
    const struct notice_part *part, struct fp_err *err)
{
	for (size_t i = 0; i < numbers->n; i++)
		for (const char *p = numbers->items[i]; *p != '\0';) {
			size_t n = strcspn(p, "/,;");

			bool wild = memchr(p, '*', n) != NULL || memchr(p, '?', n) != NULL;

			if (wild ? add_wild(m, p, n, product, err) != FP_OK : add_key(m, kind, p, n, product, part, err) != FP_OK)
				return FP_ENOMEM;
			p += n + (p[n] != '\0');
		}
	return FP_OK;
}

static enum fp_status
add_names(struct match_index *m, const struct notice_list *names, const struct notice_product *product,
    const struct notice_part *part, struct fp_err *err)
{
	for (size_t i = 0; i < names->n; i++) {
		struct named *n;

		if (fp_grow(&m->names, &m->names_cap, m->n_names + 1, sizeof(*m->names)) != 0)
			return fp_fail(err, FP_ENOMEM, "out of memory for the index of '%s'", m->notice->reference);
		n = &m->names[m->n_names];
		n->product = product;
		n->part = part;
		match_name_make(&n->name, names->items[i], strlen(names->items[i]), m->notice->manufacturer);
		m->n_names += n->name.len > 0;
	}
	return FP_OK;
}

static enum fp_status
add_product(struct match_index *m, const struct notice_product *p, struct fp_err *err)
{
	if (p->udi_di != NULL && add_key(m, KIND_UDI, p->udi_di, strlen(p->udi_di), p, NULL, err) != FP_OK)
		return FP_ENOMEM;
	if (add_numbers(m, KIND_CATALOG, &p->catalog_numbers, p, NULL, err) != FP_OK ||
	    add_numbers(m, KIND_ALIAS, &p->alias_catalog_numbers, p, NULL, err) != FP_OK ||
	    add_names(m, &p->names, p, NULL, err) != FP_OK)
		return FP_ENOMEM;
	for (size_t i = 0; i < p->n_parts; i++)
		if (add_numbers(m, KIND_CATALOG, &p->parts[i].catalog_numbers, p, &p->parts[i], err) != FP_OK ||
		    add_names(m, &p->parts[i].names, p, &p->parts[i], err) != FP_OK)
			return FP_ENOMEM;
	return FP_OK;
}

static enum fp_status
make_table(struct match_index *m, struct fp_err *err)
{
	for (m->n_slots = 64; m->n_slots < m->n_keys * 4; m->n_slots *= 2)
		;
	if (m->n_keys >= UINT16_MAX)
		return fp_fail(err, FP_ELIMIT, "'%s' has more than %d identifiers", m->notice->reference, UINT16_MAX - 1);
	m->slots = fp_calloc(m->n_slots, sizeof(*m->slots));
	if (m->slots == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the index of '%s'", m->notice->reference);
	for (size_t k = 0; k < m->n_keys; k++) {
		size_t i = hash(m->keys[k].kind, m->keys[k].text, m->keys[k].len) & (m->n_slots - 1);

		while (m->slots[i] != 0)
			i = (i + 1) & (m->n_slots - 1);
		m->slots[i] = (uint16_t)(k + 1);
	}
	return FP_OK;
}

enum fp_status
match_index_new(struct match_index **out, const struct notice *n, struct fp_err *err)
{
	FP_AUTO(match_index_freep) struct match_index *m = fp_calloc(1, sizeof(*m));

	*out = NULL;
	if (m == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the index of '%s'", n->reference);
	m->notice = n;
	/* The first word of the maker's name: "Illumina" of "Illumina, Inc.". */
	if (n->manufacturer != NULL)
		m->maker_len = match_fold(m->maker, sizeof(m->maker), n->manufacturer, strcspn(n->manufacturer, " ,("));
	for (size_t i = 0; i < n->n_products; i++)
		if (add_product(m, &n->products[i], err) != FP_OK)
			return FP_ENOMEM;
	if (make_table(m, err) != FP_OK)
		return err != NULL ? err->status : FP_ENOMEM;
	*out = m;
	m = NULL;
	return FP_OK;
}

void
match_index_free(struct match_index *m)
{
	if (m == NULL)
		return;
	free(m->keys);
	free(m->slots);
	free(m->wild);
	free(m->names);
	free(m);
}

void
match_index_freep(struct match_index **m)
{
	match_index_free(*m);
	*m = NULL;
}

/* ---- what of the device is in the notice ---- */

struct clues {
	const struct key *udi, *number;
	const struct named *name;
	bool udi_given, number_given, name_given;
	bool several_numbers; /* they name different products */
	bool number_in_name;  /* the number stood in the product's name */
	bool other_maker;
	bool index_has_number;
	bool several_names;                 /* the name is that of several products */
	const struct device_span *software; /* the name is that of software in a mode, not the device's */
	struct match_name device_name;
};

static void
keep_number(struct clues *c, const struct key *k)
{
	if (k == NULL)
		return;
	if (c->number != NULL && c->number->product != k->product)
		c->several_numbers = true;
	/* The notice's own number outranks an alias. */
	if (c->number == NULL || (c->number->kind == KIND_ALIAS && k->kind == KIND_CATALOG))
		c->number = k;
}

static bool
fits(const char *pattern, const char *p, size_t len)
{
	const char *star = NULL;
	size_t i = 0, back = 0;

	while (i < len) {
		if (*pattern == '?' || (*pattern != '*' && *pattern == p[i])) {
			pattern++;
			i++;
		} else if (*pattern == '*') {
			star = pattern++;
			back = i;
		} else if (star != NULL) {
			pattern = star + 1;
			i = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* Whole, then each piece of "A/B", "A, B", "A or B"; "REF" in front does not count. */
static void
look_up_numbers(struct clues *c, const struct match_index *m, struct device_span s)
{
	char folded[KEY_MAX];
	size_t n = match_fold(folded, sizeof(folded), s.p, s.len);

	if (n == 0)
		return;
	c->number_given = true;
	keep_number(c, find(m, KIND_CATALOG, folded, n));
	for (size_t i = 0; i < m->n_wild && c->number == NULL; i++)
		if (fits(m->wild[i].pattern, folded, n))
			keep_number(c, &m->wild[i].key);
	if (c->number != NULL)
		return;
	for (size_t i = 0, piece; i < s.len; i += piece + 1) {
		for (piece = 0; i + piece < s.len && strchr("/,;| ()", s.p[i + piece]) == NULL; piece++)
			;
		n = match_fold(folded, sizeof(folded), s.p + i, piece);
		if (n > 3 && memcmp(folded, "ref", 3) == 0 && find(m, KIND_CATALOG, folded, n) == NULL)
			keep_number(c, find(m, KIND_CATALOG, folded + 3, n - 3));
		else if (n > 0)
			keep_number(c, find(m, KIND_CATALOG, folded, n));
	}
}

static bool
maker_differs(const struct match_index *m, struct device_span maker)
{
	char folded[KEY_MAX];
	size_t n = match_fold(folded, sizeof(folded), maker.p, maker.len);

	if (n == 0 || m->maker_len == 0)
		return false;
	return !match_contains(folded, n, m->maker, m->maker_len) &&
	       (n < 4 || !match_contains(m->maker, m->maker_len, folded, n));
}

static const struct named *
same_name(const struct match_index *m, const struct match_name *name)
{
	for (size_t i = 0; i < m->n_names; i++)
		if (m->names[i].name.len == name->len && memcmp(m->names[i].name.text, name->text, name->len) == 0)
			return &m->names[i];
	return NULL;
}

/* The same name stands for another product of the notice, too (in an advisory: under another catalogue number). */
static bool
several_products(const struct match_index *m, const struct named *n)
{
	for (const struct named *o = n + 1; o < m->names + m->n_names; o++)
		if (o->product != n->product && o->name.len == n->name.len &&
		    memcmp(o->name.text, n->name.text, n->name.len) == 0)
			return true;
	return false;
}

static void
gather(struct clues *c, const struct match_index *m, const struct match_query *q)
{
	memset(c, 0, offsetof(struct clues, device_name));
	c->udi_given = q->udi.len > 0;
	c->index_has_number = m->has_number;
	if (c->udi_given)
		c->udi = find(m, KIND_UDI, q->udi.p, q->udi.len);
	if (q->catalog.len > 0)
		look_up_numbers(c, m, q->catalog);
	match_name_make(&c->device_name, q->product.p, q->product.len, m->notice->manufacturer);
	c->name_given = c->device_name.len > 0;
	if (c->name_given)
		c->name = same_name(m, &c->device_name);
	if (q->manufacturer.len > 0)
		c->other_maker = maker_differs(m, q->manufacturer);
	for (size_t i = 0; c->name == NULL && i < q->n_modes; i++) {
		struct match_name software;

		if (q->modes[i].software.len == 0)
			continue;
		match_name_make(&software, q->modes[i].software.p, q->modes[i].software.len, m->notice->manufacturer);
		c->name = software.len > 0 ? same_name(m, &software) : NULL;
		c->software = c->name != NULL ? &q->modes[i].software : NULL;
	}
	if (c->name != NULL)
		c->several_names = several_products(m, c->name);
	/* "MiSeqDx (REF 15036706)" in one column. */
	for (size_t i = 0; !c->number_given && i < c->device_name.n_tokens; i++) {
		const struct key *k =
		    find(m, KIND_CATALOG, c->device_name.text + c->device_name.token[i].at, c->device_name.token[i].len);

		c->number_in_name = c->number_in_name || k != NULL;
		keep_number(c, k);
	}
}

/* ---- the answer ---- */

/* How much of a text a sentence quotes: 40 bytes, and no half character. */
static int
shown(struct device_span s)
{
	size_t n = s.len < 40 ? s.len : 40;

	while (n > 0 && n < s.len && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return (int)n;
}

void
match_say(char detail[MATCH_DETAIL_MAX], const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(detail, MATCH_DETAIL_MAX, fmt, ap);
	va_end(ap);
	/* Cut off within a character: take off the rest of it. */
	n = strlen(detail);
	if (n == MATCH_DETAIL_MAX - 1) {
		while (n > 0 && ((unsigned char)detail[n - 1] & 0xC0) == 0x80)
			n--;
		if (n > 0 && (unsigned char)detail[n - 1] >= 0xC0)
			n--;
		detail[n] = '\0';
	}
}

#define say(out, ...) match_say((out)->detail, __VA_ARGS__)

const char *
match_product_name(const struct notice_product *p)
{
	return p->names.n > 0 ? p->names.items[0] : p->id;
}

#define SHOW(s) shown(s), (s).p

void
match_answer_set(struct match_result *out, enum match_answer a, enum match_reason r, int confidence,
    const struct notice_product *p, const struct notice_part *part)
{
	out->answer = a;
	out->reason = r;
	out->confidence = confidence;
	out->product = p;
	out->part = part;
}

/* Two clues that name two products of the notice, or one of it and one that is not. True when that settled it. */
static bool
contradiction(struct match_result *out, const struct clues *c, const struct match_query *q)
{
	const struct notice_product *by_udi = c->udi == NULL ? NULL : c->udi->product,
				    *by_number = c->number == NULL ? NULL : c->number->product,
				    *by_name = c->name == NULL ? NULL : c->name->product;
	const struct notice_product *other = by_number != NULL ? by_number : by_name;

	if (c->several_numbers) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_UDI_CONTRADICTS, 30, by_udi != NULL ? by_udi : by_number, NULL);
		say(out, "catalogue numbers '%.*s' belong to different products of the notice", SHOW(q->catalog));
		return true;
	}
	if (by_udi != NULL && other != NULL && other != by_udi) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_UDI_CONTRADICTS, 50, by_udi, NULL);
		say(out, "UDI-DI %.*s is %s, %s is %s", SHOW(q->udi), match_product_name(by_udi),
		    by_number != NULL ? "the catalogue number" : "the product name", match_product_name(other));
		return true;
	}
	if (by_udi == NULL && by_number != NULL && by_name != NULL && by_name != by_number) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_UDI_CONTRADICTS, 40, by_number, NULL);
		say(out, "the catalogue number is %s, the product name is %s", match_product_name(by_number),
		    match_product_name(by_name));
		return true;
	}
	/* A UDI-DI that is not in the notice beside a number or name that is; a product without UDI-DI in the notice cannot contradict. */
	if (c->udi_given && by_udi == NULL && other != NULL && other->udi_di != NULL && !c->other_maker) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_UDI_CONTRADICTS, 40, other, NULL);
		say(out, "UDI-DI %.*s is not in the notice (%s has %s), but the %s is", SHOW(q->udi), match_product_name(other),
		    other->udi_di, by_number != NULL ? "catalogue number" : "product name");
		return true;
	}
	return false;
}

static void
by_udi(struct match_result *out, const struct clues *c, const struct match_query *q)
{
	const struct notice_product *p = c->udi->product;

	match_answer_set(out, MATCH_AFFECTED, MATCH_R_UDI, 100, p, p->n_parts > 0 ? &p->parts[0] : NULL);
	say(out, "UDI-DI %.*s is %s", SHOW(q->udi), match_product_name(p));
	if (c->other_maker) {
		out->confidence = 90;
		say(out, "UDI-DI %.*s is %s, though the list names the manufacturer '%.*s'", SHOW(q->udi), match_product_name(p),
		    SHOW(q->manufacturer));
	} else if (c->number_given && c->number == NULL) {
		out->confidence = 90;
		say(out, "UDI-DI %.*s is %s; catalogue number '%.*s' is not in the notice", SHOW(q->udi), match_product_name(p),
		    SHOW(q->catalog));
	}
}

static void
by_number(struct match_result *out, const struct clues *c, const struct match_query *q)
{
	const struct key *k = c->number;
	const struct device_span in = c->number_in_name ? q->product : q->catalog;

	match_answer_set(out, MATCH_AFFECTED, k->part != NULL ? MATCH_R_PART : MATCH_R_CATALOG, c->number_in_name ? 90 : 100,
	    k->product,
	    k->part != NULL           ? k->part
	    : k->product->n_parts > 0 ? &k->product->parts[0]
				      : NULL);
	if (k->kind == KIND_ALIAS) {
		out->reason = MATCH_R_ALIAS;
		out->confidence = 85;
		say(out, "catalogue number '%.*s' is an alias of %s%s%s%s", SHOW(in), match_product_name(k->product),
		    k->product->alias_source != NULL ? " (source: " : "",
		    k->product->alias_source != NULL ? k->product->alias_source : "",
		    k->product->alias_source != NULL ? ")" : "");
	} else {
		say(out, "catalogue number '%.*s' is %s", SHOW(in),
		    k->part != NULL && k->part->names.n > 0 ? k->part->names.items[0] : match_product_name(k->product));
	}
}

static void
by_name(struct match_result *out, const struct clues *c, const struct match_query *q)
{
	const struct named *n = c->name;

	if (c->several_names) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_NAME_ALIKE, 50, n->product, n->part);
		say(out, "'%.*s' is the name of several products of the notice", SHOW(q->product));
		return;
	}
	if (c->software != NULL) {
		match_answer_set(out, MATCH_AFFECTED, MATCH_R_NAME, 70, n->product, NULL);
		say(out, "'%.*s', which stands on the device, is %s by its name", SHOW(*c->software),
		    match_product_name(n->product));
		return;
	}
	if (n->part != NULL) {
		match_answer_set(out, MATCH_AFFECTED, MATCH_R_PART, 80, n->product, n->part);
		say(out, "'%.*s' is the affected part of %s", SHOW(q->product), match_product_name(n->product));
	} else if (n->product->n_parts > 0) {
		match_answer_set(out, MATCH_AFFECTED, MATCH_R_CONTAINS, 80, n->product, &n->product->parts[0]);
		say(out, "'%.*s' contains the affected part %s", SHOW(q->product),
		    n->product->parts[0].names.n > 0 ? n->product->parts[0].names.items[0] : n->product->parts[0].id);
	} else {
		match_answer_set(out, MATCH_AFFECTED, MATCH_R_NAME, 80, n->product, NULL);
		say(out, "'%.*s' is %s by its name", SHOW(q->product), match_product_name(n->product));
	}
	if (c->number_given && c->index_has_number) {
		out->confidence = 60;
		say(out, "'%.*s' is %s by its name; catalogue number '%.*s' is not in the notice", SHOW(q->product),
		    match_product_name(n->product), SHOW(q->catalog));
	}
}

/* Number or name equal, but another manufacturer: a number alone is chance; a name too may be the seller in the wrong column. */
static void
other_maker(struct match_result *out, const struct clues *c, const struct match_query *q)
{
	const struct notice_product *p = c->name != NULL ? c->name->product : c->number->product;

	if (c->name == NULL) {
		match_answer_set(out, MATCH_NOT_AFFECTED, MATCH_R_OTHER_MAKER, 90, NULL, NULL);
		say(out, "the number is that of %s, but the manufacturer is '%.*s'", match_product_name(p),
		    SHOW(q->manufacturer));
		return;
	}
	match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_OTHER_MAKER, 50, p, c->name->part);
	say(out, "the name is that of %s, but the manufacturer is '%.*s'", match_product_name(p), SHOW(q->manufacturer));
}

/* One neighbouring pair of digits changed places: what the check digit may not see (GS1 General Specifications 7.9). */
static const struct notice_product *
swapped_udi(const struct match_index *m, struct device_span udi)
{
	for (size_t i = 0; i < m->n_keys; i++)
		if (m->keys[i].kind == KIND_UDI && m->keys[i].len == udi.len &&
		    match_distance(m->keys[i].text, m->keys[i].len, udi.p, udi.len, 1) == 1)
			return m->keys[i].product;
	return NULL;
}

/* A catalogue number one slip of the finger off. */
static const struct key *
near_number(const struct match_index *m, struct device_span catalog)
{
	char folded[KEY_MAX];
	size_t n = match_fold(folded, sizeof(folded), catalog.p, catalog.len);

	for (size_t i = 0; n >= 7 && i < m->n_keys; i++)
		if (m->keys[i].kind != KIND_UDI && match_distance(m->keys[i].text, m->keys[i].len, folded, n, 1) == 1)
			return &m->keys[i];
	return NULL;
}

static const struct named *
most_alike(const struct match_index *m, const struct match_name *name, int *likeness)
{
	const struct named *best = NULL;

	*likeness = 0;
	for (size_t i = 0; i < m->n_names; i++) {
		int a = match_name_alike(name, &m->names[i].name);

		if (a > *likeness) {
			*likeness = a;
			best = &m->names[i];
		}
	}
	return best;
}

/* Nothing is equal: is something near enough to ask a person? */
static void
by_likeness(struct match_result *out, const struct match_index *m, const struct clues *c, const struct match_query *q)
{
	bool udi = c->udi_given && m->has_udi, number = c->number_given && m->has_number;
	int likeness = 0;
	const struct named *n = c->name_given ? most_alike(m, &c->device_name, &likeness) : NULL;
	const struct notice_product *swapped = c->udi_given ? swapped_udi(m, q->udi) : NULL;
	const struct key *near = c->number_given && n != NULL ? near_number(m, q->catalog) : NULL;
	/* A number says nothing against a notice that gives none (an advisory that knows its products by name only). */
	bool numbers = udi || number;

	if (swapped != NULL && !c->other_maker) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_UDI_NOT_IN_CATALOG, 40, swapped, NULL);
		say(out, "UDI-DI %.*s is not in the notice; two digits that changed places make it that of %s", SHOW(q->udi),
		    match_product_name(swapped));
	} else if (near != NULL && near->product == n->product && !c->other_maker) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_NAME_ALIKE, 50, n->product, n->part);
		say(out, "name and catalogue number '%.*s' are nearly those of %s", SHOW(q->catalog),
		    match_product_name(n->product));
	} else if (n != NULL && !c->other_maker && (likeness > 50 || !numbers)) {
		/* A name that is only somewhat alike says nothing against a number that is not in the notice. */
		match_answer_set(
		    out, MATCH_CANNOT_TELL, MATCH_R_NAME_ALIKE, numbers ? likeness / 2 : likeness, n->product, n->part);
		say(out, "'%.*s' is only alike '%s'", SHOW(q->product),
		    n->part != NULL && n->part->names.n > 0 ? n->part->names.items[0] : match_product_name(n->product));
	} else if (udi) {
		match_answer_set(out, MATCH_NOT_AFFECTED, MATCH_R_UDI_NOT_IN_CATALOG, 95, NULL, NULL);
		say(out, "UDI-DI %.*s is not in the notice", SHOW(q->udi));
	} else if (number || c->name_given) {
		match_answer_set(out, MATCH_NOT_AFFECTED, MATCH_R_NONE, number ? 95 : 80, NULL, NULL);
		say(out, "%s '%.*s' is not in the notice", number ? "catalogue number" : "product name",
		    SHOW(number ? q->catalog : q->product));
	} else if (c->udi_given || c->number_given) {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_NO_IDENTITY, 0, NULL, NULL);
		say(out, "the notice names its products only, and the list gives no product name");
	} else {
		match_answer_set(out, MATCH_CANNOT_TELL, MATCH_R_NO_IDENTITY, 0, NULL, NULL);
		say(out, "the list gives no UDI-DI, catalogue number or product name");
	}
}

/* ---- the whole ---- */

static const struct device_span no_span = { "", 0 };

bool
match_index_versions(const struct match_index *m)
{
	for (size_t i = 0; i < m->notice->n_products; i++)
		if (m->notice->products[i].n_versions > 0)
			return true;
	for (size_t i = 0; i < m->notice->n_vulnerabilities; i++)
		for (size_t k = 0; k < m->notice->vulnerabilities[i].n_affects; k++)
			if (m->notice->vulnerabilities[i].affects[k].range != NULL ||
			    m->notice->vulnerabilities[i].affects[k].component_range != NULL)
				return true;
	return false;
}

void
match_query_answer(struct match_result *out, const struct match_index *m, const struct match_query *q)
{
	struct clues c;

	gather(&c, m, q);
	out->n_modes = 0;
	out->detail[0] = '\0';
	if (contradiction(out, &c, q))
		;
	else if (c.udi != NULL)
		by_udi(out, &c, q);
	else if ((c.number != NULL || c.name != NULL) && c.other_maker)
		other_maker(out, &c, q);
	else if (c.number != NULL)
		by_number(out, &c, q);
	else if (c.name != NULL)
		by_name(out, &c, q);
	else
		by_likeness(out, m, &c, q);
	match_judge_modes(out, m->notice, q);
}

static struct device_span
span(const char *s)
{
	return s == NULL ? no_span : (struct device_span){ s, strlen(s) };
}

static void
query_of(struct match_query *out, const struct device *d)
{
	struct match_query q = { .product = span(d->product),
		.manufacturer = span(d->manufacturer),
		.catalog = span(d->catalog_number),
		.udi = span(d->udi_di) };

	for (size_t i = 0; i < d->n_modes && i < DEVICE_MODES_MAX; i++) {
		q.modes[i].name = d->modes[i].name == NULL ? "" : d->modes[i].name;
		q.modes[i].software = span(d->modes[i].software);
		q.modes[i].version = span(d->modes[i].version);
		q.n_modes++;
	}
	for (size_t i = 0; i < d->n_components && i < DEVICE_COMPONENTS_MAX; i++) {
		q.components[i].name = span(d->components[i].name);
		q.components[i].mode = d->components[i].mode == NULL ? "" : d->components[i].mode;
		q.components[i].version = span(d->components[i].version);
		q.n_components++;
	}
	*out = q;
}

void
match_device(struct match_result *out, const struct match_index *m, const struct device *d)
{
	struct match_query q;

	query_of(&q, d);
	match_query_answer(out, m, &q);
}

void
match_vulnerability(struct match_vulnerability *out, const struct match_index *m, const struct match_result *r,
    const struct device *d, size_t index)
{
	struct match_query q;

	query_of(&q, d);
	match_judge_vulnerability(out, r, &q, &m->notice->vulnerabilities[index]);
}

/* ---- words ---- */

#define N_(text) text /* marks a text for the catalogues */

const char *
match_answer_name(enum match_answer a)
{
	static const char *const names[] = { "not-affected", "cannot-tell", "affected" };

	return names[(size_t)a < FP_COUNT(names) ? (size_t)a : 1];
}

static const struct {
	const char *name, *text;
} reasons[MATCH_R_COUNT] = {
	[MATCH_R_NONE] = { "none", N_("Nothing of this device is in the notice.") },
	[MATCH_R_UDI] = { "udi", N_("The UDI-DI is in the notice.") },
	[MATCH_R_CATALOG] = { "catalog", N_("The catalogue number is in the notice.") },
	[MATCH_R_ALIAS] = { "alias", N_("The catalogue number is known as another number of an affected product.") },
	[MATCH_R_NAME] = { "name", N_("The product name is in the notice.") },
	[MATCH_R_CONTAINS] = { "contains", N_("The instrument contains the affected part.") },
	[MATCH_R_PART] = { "part", N_("The device is the affected part itself.") },
	[MATCH_R_NAME_ALIKE] = { "name-alike", N_("The name is only alike: a person must say.") },
	[MATCH_R_UDI_CONTRADICTS] = { "contradiction",
	    N_("UDI-DI, catalogue number and name contradict each other: a person must say.") },
	[MATCH_R_UDI_NOT_IN_CATALOG] = { "udi-not-in-notice",
	    N_("The UDI-DI is not in the notice: a right check digit is not an identity.") },
	[MATCH_R_VERSION_OUTSIDE] = { "version-outside", N_("No installed version lies in the affected range.") },
	[MATCH_R_VERSION_UNKNOWN] = { "version-unknown",
	    N_("The notice depends on a software version that the list does not give.") },
	[MATCH_R_OTHER_MAKER] = { "other-maker", N_("The number or name is the same, but the manufacturer is another.") },
	[MATCH_R_NO_IDENTITY] = { "no-identity", N_("The list gives no UDI-DI, catalogue number or product name.") },
};

const char *
match_reason_name(enum match_reason r)
{
	return reasons[(size_t)r < MATCH_R_COUNT ? r : MATCH_R_NONE].name;
}

const char *
match_reason_text(enum match_reason r)
{
	return reasons[(size_t)r < MATCH_R_COUNT ? r : MATCH_R_NONE].text;
}
