/* Which field a label is of, and values that stand behind their labels: "Label: value" lines, list items, prose. */
#include "draft/products_int.h"

#include <string.h>

#include "draft/signs.h"

#define LABELS_MAX 48
#define HEAD_MAX 160u       /* bytes; a longer text is no head of a column */
#define ABBREVIATED_MAX 24u /* bytes of a head that may end in a point: "Kat. no." */
#define LINE_NAME_MAX 110u
#define PROSE_MIN 60u /* bytes */
#define GAP_MAX 3u    /* blocks between two lines of one record */

static const struct {
	const char *id; /* LABEL in concepts.json; what is not here is PROD_OTHER */
	enum prod_field field;
} labels[] = {
	{ "product", PROD_NAME },
	{ "catalog-number", PROD_CATALOG },
	{ "udi-di", PROD_UDI },
	{ "device-identification", PROD_UDI },
	{ "model", PROD_MODEL },
	{ "lot", PROD_LOT },
	{ "serial-number", PROD_SERIAL },
	{ "serial-range", PROD_SERIAL },
	{ "version", PROD_VERSION },
	{ "server-name", PROD_NAME },
};

bool
prod_is_reference(const struct prod *p, uint32_t block, uint32_t from, uint32_t to)
{
	const struct term_hit *h = p->w->hits + p->w->span[block].first;

	for (uint32_t i = 0; i < p->w->span[block].n; i++)
		if (h[i].group == TERM_LABEL && h[i].from >= from && h[i].to <= to && draft_same(h[i].key->id, "reference") &&
		    (h[i].to - h[i].from) * 10 >= (to - from) * 6)
			return true;
	return false;
}

static enum prod_field
field_of(const struct term_hit *h)
{
	for (size_t i = 0; i < FP_COUNT(labels); i++)
		if (draft_same(labels[i].id, h->key->id))
			return labels[i].field;
	return PROD_OTHER;
}

size_t
prod_labels(const struct prod *p, uint32_t block, uint32_t from, uint32_t to, struct prod_label *out, size_t max)
{
	const struct term_hit *h = p->w->hits + p->w->span[block].first;
	size_t n = 0;

	for (uint32_t i = 0; i < p->w->span[block].n && n < max; i++) {
		if (h[i].group != TERM_LABEL || h[i].from < from || h[i].to > to)
			continue;
		/* One place may be hit by terms of two keys; what it is for us comes first. */
		if (n > 0 && h[i].from < out[n - 1].to) {
			if (out[n - 1].field == PROD_OTHER)
				out[n - 1] = (struct prod_label){ h[i].from, h[i].to, field_of(&h[i]) };
			continue;
		}
		out[n++] = (struct prod_label){ h[i].from, h[i].to, field_of(&h[i]) };
	}
	return n;
}

/* A token that a label would not hold: a code. */
static bool
holds_code(const char *s, size_t len)
{
	struct draft_token t;

	for (size_t at = 0; draft_token_next(s, len, &at, &t);)
		if (t.digits >= 4 || (t.digits >= 2 && t.letters > 0))
			return true;
	return false;
}

/* "REF / UDI-DI", "product and lot": two heads in one; "identification number of the product": one. */
static bool
stands_apart(const char *s, uint32_t from, uint32_t to)
{
	if (to <= from)
		return false;
	for (uint32_t i = from; i < to; i++)
		if (strchr("/,;&+|", s[i]) != NULL || (unsigned char)s[i] == 0xE2)
			return true;
	return to - from >= 4 && to - from <= 7 && s[from] == ' ' && s[to - 1] == ' ';
}

/* "Product: Therma One" is a label with its value. */
static bool
has_value_inside(const char *s, uint32_t from, uint32_t to)
{
	const char *colon = memchr(s + from, ':', to - from);

	return colon != NULL && s + to - colon > 2;
}

unsigned
prod_head(const struct prod *p, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = p->w->l->blocks[block].text;
	struct prod_label l[LABELS_MAX];
	size_t n, covered = 0;
	unsigned fields = 0;

	while (from < to && strchr(" *0123456789.()\"'", s[from]) != NULL)
		from++;
	if (to - from > HEAD_MAX || to <= from)
		return 0;
	n = prod_labels(p, block, from, to, l, LABELS_MAX);
	for (size_t i = 0; i < n; i++) {
		/* A product named inside the head of a code is whose code it is. */
		bool apart = i == 0 || stands_apart(s, l[i - 1].to, l[i].from);

		covered += l[i].to - l[i].from;
		if (l[i].field == PROD_NAME && (fields & (PROD_CODES | PROD(PROD_VERSION))) != 0 && !apart)
			continue;
		if ((fields & PROD(PROD_NAME)) != 0 && !apart && l[i].field != PROD_OTHER)
			fields &= ~PROD(PROD_NAME);
		fields |= PROD(l[i].field);
	}
	if (n == 0 || has_value_inside(s, l[0].to, to) || (l[0].from > from + 2 && covered * 10 < (to - from) * 4) ||
	    (s[to - 1] == '.' && to - from > ABBREVIATED_MAX))
		return 0;
	return holds_code(s + l[0].to, to - l[0].to) ? 0 : fields;
}

/* ---- lines ---- */

struct lines {
	struct prod *p;
	uint32_t last;        /* block of the last value */
	unsigned pending;     /* a label whose values come below */
	bool listing;         /* of which there may be many */
	uint32_t value_block; /* of the last one */
};

static bool
is_item(const struct letter_block *b)
{
	return b->kind == LETTER_ITEM || b->kind == LETTER_CELL;
}

/* "A (REF 1) and B (REF 2)": a bracket was closed since the last value. */
static bool
bracket_closed(const struct lines *r, uint32_t block, uint32_t at)
{
	const struct prod_item *last = &r->p->rec.items[r->p->rec.n - 1];
	uint32_t from = last->from + last->len;

	return last->block == block && at > from && memchr(r->p->w->l->blocks[block].text + from, ')', at - from) != NULL;
}

/* A field that comes again after others begins the next record. */
static void
before_field(struct lines *r, enum prod_field f, uint32_t block)
{
	struct prod_record *rec = &r->p->rec;

	if (rec->n == 0)
		return;
	if (block > r->last + GAP_MAX || ((prod_has(rec) & PROD(f)) != 0 && rec->items[rec->n - 1].field != f) ||
	    (f == PROD_NAME && (prod_has(rec) & PROD(PROD_NAME)) != 0))
		prod_flush(r->p);
}

/* "Product:", "Product -", or the label and nothing else on its line. */
static bool
colon_after(const char *s, uint32_t at, uint32_t to, uint32_t *value)
{
	while (at < to && (s[at] == ' ' || s[at] == ')' || s[at] == '*' || s[at] == '.'))
		at++;
	if (at + 3 <= to && memcmp(s + at, "\xE2\x80\x93", 3) == 0) {
		*value = at + 3;
		return true;
	}
	*value = at < to && (s[at] == ':' || s[at] == '=' || s[at] == '-') ? at + 1 : at;
	return *value > at;
}

/* Where the printed line ends that byte at stands in. */
static uint32_t
row_end(const struct letter_block *b, uint32_t at, uint32_t to)
{
	struct draft_rows rows = { .b = b };
	uint32_t from, end;

	while (draft_row_next(&rows, &from, &end))
		if (at < end)
			return end < to ? end : to;
	return to;
}

static uint32_t
next_label(const struct prod_label *l, size_t n, size_t i, uint32_t end)
{
	/* "SN 1000 - SN 1999": the second label is part of the first one's value. */
	for (size_t k = i + 1; k < n; k++)
		if (l[k].field != l[i].field)
			return l[k].from;
	return end;
}

/* A little word at the beginning of a sentence: an article. */
static bool
is_article(const struct draft_token *t)
{
	return t->to - t->from <= 4 && t->digits == 0 && t->capitals == 1 && t->letters + t->foreign <= 4;
}

/* The words of the name that ends at byte to: back to a word of small letters or a sign. Where it begins; to: there is none. */
static uint32_t
name_start(const struct lines *r, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = r->p->w->l->blocks[block].text;
	struct prod_label l[1];
	struct draft_token t;
	uint32_t start = to, last = from;
	bool article = false;

	for (size_t at = from; draft_token_next(s, to, &at, &t); last = t.to) {
		bool sign = false, small = t.capitals == 0 && t.digits == 0 && t.foreign < t.to - t.from;

		for (uint32_t i = last; i < t.from; i++)
			sign = sign || strchr(",;:.()", s[i]) != NULL;
		if (sign || (small && (unsigned char)s[t.from] < 0x80) || article)
			start = to;
		if (small && (unsigned char)s[t.from] < 0x80)
			continue;
		article = (t.from == from || sign) && is_article(&t);
		/* "the product Serotest": the word for it is no part of the name. */
		if (prod_labels(r->p, block, t.from, t.to, l, 1) == 0 && !article && start == to)
			start = t.from;
	}
	return start;
}

static bool
has_word(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;

	for (size_t at = from; draft_token_next(s, to, &at, &t);)
		if (t.letters + t.foreign >= 2)
			return true;
	return false;
}

/* "1.6. ": the number of a row is no end of a sentence. */
static bool
is_row_number(const char *s, uint32_t from, uint32_t point)
{
	uint32_t i = point;

	while (i > from && (s[i - 1] == '.' || (s[i - 1] >= '0' && s[i - 1] <= '9')))
		i--;
	return i < point && i >= from + 3 && memcmp(s + i - 3, "\xE2\x80\xA8", 3) == 0;
}

/* Does a sentence end between the last value and byte at? */
static bool
sentence_between(const struct lines *r, uint32_t block, uint32_t at)
{
	const struct prod_item *last = &r->p->rec.items[r->p->rec.n - 1];
	const char *s = r->p->w->l->blocks[block].text;

	if (last->block != block)
		return true;
	for (uint32_t i = last->from + last->len; i + 1 < at; i++)
		if (s[i] == '.' && s[i + 1] == ' ' && !is_row_number(s, last->from, i))
			return true;
	return false;
}

/* A product that the sentence names is the one whose numbers it tells. */
static void
name_of_sentence(struct lines *r)
{
	const struct prod_record *rec = &r->p->rec;
	const struct prod_product *best = NULL;
	const char *text;
	size_t from, to;

	if (rec->n == 0 || (prod_has(rec) & (PROD(PROD_NAME) | PROD(PROD_CATALOG) | PROD(PROD_UDI))) != 0 || r->p->n < 2)
		return;
	draft_sentence(&r->p->w->l->blocks[rec->items[0].block], rec->items[0].from, &from, &to);
	text = draft_folded(r->p->w, r->p->w->l->blocks[rec->items[0].block].text + from, to - from);
	for (size_t i = 0; i < r->p->n; i++) {
		const struct prod_product *is = &r->p->products[i];

		if (is->folded[0] != '\0' && strstr(text, is->folded) != NULL &&
		    (best == NULL || strlen(is->folded) > strlen(best->folded)))
			best = is;
	}
	for (size_t i = 0; best != NULL && i < best->r.n; i++)
		if (best->r.items[i].field == PROD_NAME) {
			struct prod_item name = best->r.items[i];

			prod_add(r->p, PROD_NAME, 0, name.block, name.from, name.from + name.len, name.value, name.confidence);
			return;
		}
}

/* "... of the Quillan Arc 3D (model 7000-3D, REF 452210)": the name before a bracket that a label opens. */
static void
name_before(struct lines *r, uint32_t block, uint32_t from, uint32_t label)
{
	const char *s = r->p->w->l->blocks[block].text;
	uint32_t end = label, start;

	while (end > from && s[end - 1] == ' ')
		end--;
	if (end <= from + 2 || s[end - 1] != '(')
		return;
	end--;
	start = name_start(r, block, from, end);
	if (start >= end || !has_word(s, start, end))
		return;
	if (r->p->rec.n > 0 && sentence_between(r, block, start))
		prod_flush(r->p);
	before_field(r, PROD_NAME, block);
	if (prod_name(r->p, block, start, end, 50))
		r->last = block;
}

/*
 * "Serial numbers 6001 to 6120 for REF 452210 and 7001, 7002 for REF 452215": numbers that come before their product. Behind its own number follow
 * those of the next one.
 */
static void
numbers_of_next(struct lines *r, uint32_t block, uint32_t to)
{
	struct prod_record *rec = &r->p->rec;
	enum prod_field f;

	if (rec->n < 2 || rec->items[rec->n - 1].field != PROD_CATALOG || rec->items[0].block != block)
		return;
	f = rec->items[rec->n - 2].field;
	if ((f != PROD_SERIAL && f != PROD_LOT) || (prod_has(rec) & PROD(PROD_NAME)) != 0 || r->p->read_to >= to)
		return;
	prod_flush(r->p);
	(void)prod_values(r->p, PROD(f), block, r->p->read_to, to, false, 70);
}

static bool
in_products(const struct draft_work *w, uint32_t block)
{
	return draft_same(w->section[block], "products");
}

/* "Product: ..., Reference: P-200": among what identifies a product a reference is its catalogue number. */
static enum prod_field
field_here(const struct lines *r, uint32_t block, const struct prod_label *l, size_t n, size_t i)
{
	bool beside = i + 1 < n && (PROD(l[i + 1].field) & PROD_CODES) != 0;

	if (l[i].field != PROD_OTHER || !prod_is_reference(r->p, block, l[i].from, l[i].to))
		return l[i].field;
	return beside || in_products(r->p->w, block) ? PROD_CATALOG : PROD_OTHER;
}

static void
line_values(struct lines *r, uint32_t block, uint32_t from, uint32_t to, const struct prod_label *l, size_t n)
{
	const char *s = r->p->w->l->blocks[block].text;
	uint32_t done = from;

	for (size_t i = 0; i < n; i++) {
		uint32_t end = next_label(l, n, i, to), value;
		bool colon = colon_after(s, l[i].to, end, &value);
		size_t had = r->p->rec.n;
		enum prod_field f = field_here(r, block, l, n, i);

		if (l[i].from < done || f == PROD_OTHER)
			continue;
		if (f == PROD_NAME && (!colon || l[i].from > from + 8 || holds_code(s + from, l[i].from - from)))
			continue;
		/* Numbers of another sentence are of what that one speaks of. */
		if (r->p->w->l->blocks[block].kind == LETTER_PARAGRAPH && r->p->rec.n > 0 && r->p->rec.items[0].block == block &&
		    sentence_between(r, block, l[i].from)) {
			name_of_sentence(r);
			prod_flush(r->p);
		}
		if ((PROD(f) & PROD_CODES) != 0)
			name_before(r, block, i > 0 ? l[i - 1].to : from, l[i].from);
		before_field(r, f, block);
		if (f == PROD_CATALOG && r->p->rec.n > 0 && (prod_has(&r->p->rec) & PROD(PROD_CATALOG)) != 0 &&
		    bracket_closed(r, block, l[i].from))
			prod_flush(r->p);
		if (f == PROD_NAME)
			(void)prod_name(r->p, block, value, row_end(&r->p->w->l->blocks[block], value + 2, end), 90);
		else
			(void)prod_values(r->p, PROD(f), block, value, end, false, colon ? 90 : 70);
		if (f == PROD_CATALOG && i + 1 < n && l[i + 1].field == PROD_CATALOG)
			numbers_of_next(r, block, l[i + 1].from);
		if (r->p->rec.n > had || r->p->rec.n == 1)
			r->last = block;
		done = f == PROD_NAME ? end : r->p->read_to;
	}
}

/* "NextSeq 550Dx (REF 20005715, ...)": what stands before the first label is the name, when codes follow. */
static bool
parted(const char *s, uint32_t from, const struct prod_label *l, uint32_t to)
{
	uint32_t value;

	for (uint32_t i = from + 2; i < l->from; i++)
		if (strchr("(,;:/|", s[i]) != NULL || s[i] == '\xE2')
			return true;
	/* "Numbers of lot: 12" is one label, of which we know the last word. */
	return !colon_after(s, l->to, to, &value);
}

/* "Gateway - all versions": the word belongs to what comes behind. */
static uint32_t
before_all(const struct draft_work *w, uint32_t block, uint32_t label)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == TERM_WORD && draft_same(h[i].key->id, "all") && h[i].from < label && h[i].to + 1 >= label)
			return h[i].from;
	return label;
}

static void
line_named(struct lines *r, uint32_t block, uint32_t from, uint32_t to, const struct prod_label *l, size_t n)
{
	size_t had;

	prod_flush(r->p);
	if (!prod_name(r->p, block, from, before_all(r->p->w, block, l[0].from), 70)) {
		line_values(r, block, from, to, l, n);
		return;
	}
	had = r->p->rec.n;
	r->last = block;
	line_values(r, block, l[0].from, to, l, n);
	if ((prod_has(&r->p->rec) & PROD_CODES) == 0)
		r->p->rec.n = r->p->rec.n == had ? 0 : r->p->rec.n;
}

/* "RECALL OF A MEDICAL DEVICE" speaks of a product, and is no label of one. */
static bool
is_name_label(const struct lines *r, uint32_t block, uint32_t from, uint32_t to)
{
	const struct draft_work *w = r->p->w;
	const char *s = w->l->blocks[block].text;
	struct prod_label l[1];

	if (draft_hit_first(w, block, TERM_KIND) != NULL || draft_same(w->section[block], "title"))
		return false;
	if (s[to - 1] == ':')
		return true;
	return prod_labels(r->p, block, from, to, l, 1) == 1 && (l[0].to - l[0].from) * 10 >= (to - from) * 6;
}

/* Sections that speak of what to do, not of which products. */
static bool
is_elsewhere(const struct draft_work *w, uint32_t block)
{
	static const char *const sections[] = { "customer-actions", "manufacturer-actions", "reply", "support", "why",
		"authorities", "adverse-events", "emergency", "recommendations", "inaction", "pass-on", "closing", "third-party",
		"modes" };

	for (size_t i = 0; i < FP_COUNT(sections); i++)
		if (draft_same(w->section[block], sections[i]))
			return true;
	return false;
}

/* A label of its own: its values come below. */
static bool
line_head(struct lines *r, uint32_t block, uint32_t from, uint32_t to)
{
	const struct letter_block *b = &r->p->w->l->blocks[block];
	unsigned head = prod_head(r->p, block, from, to) & PROD_READ;

	if (head == 0 || (head == PROD(PROD_NAME) && !is_name_label(r, block, from, to)))
		return false;
	if (b->kind == LETTER_HEADING && head == PROD(PROD_NAME) && !in_products(r->p->w, block))
		return false;
	r->pending = head;
	r->listing = false;
	r->last = r->p->rec.n == 0 ? block : r->last;
	return true;
}

static void
pending_value(struct lines *r, uint32_t block, uint32_t from, uint32_t to)
{
	const struct letter_block *b = &r->p->w->l->blocks[block];
	unsigned codes = r->pending & (PROD_CODES | PROD(PROD_VERSION));
	enum prod_field first = PROD_NAME;

	while ((r->pending & PROD(first)) == 0)
		first++;
	/* Names below one label are those of as many products; what comes below the next labels is zipped with them. */
	if (first != PROD_NAME || r->p->rec.n == 0 || r->p->rec.items[r->p->rec.n - 1].field != PROD_NAME || r->last + 1 < block)
		before_field(r, first, block);
	if (r->pending == PROD(PROD_NAME)) {
		if (to - from <= LINE_NAME_MAX)
			(void)prod_name(r->p, block, from, to, b->kind == LETTER_ITEM ? 70 : 90);
	} else if ((r->pending & PROD(PROD_NAME)) == 0) {
		(void)prod_values(r->p, codes, block, from, to, true, 90);
	} else {
		prod_flush(r->p);
		(void)prod_run_together(r->p, r->pending, block, from, to, 70);
	}
	/* A paragraph below a label is its value, all lines of it; what comes after it is not. */
	r->last = r->value_block = block;
	r->listing = true;
}

/* A code that is labelled in running text is read where a name, a list or a bracket is beside it. */
static void
read_line(struct lines *r, uint32_t block, uint32_t from, uint32_t to)
{
	const struct draft_work *w = r->p->w;
	const struct letter_block *b = &w->l->blocks[block];
	struct prod_label l[LABELS_MAX];
	size_t n = prod_labels(r->p, block, from, to, l, LABELS_MAX), first = 0;
	uint32_t value;

	/* A word for a product without a colon is a word. */
	while (first < n && (field_here(r, block, l, n, first) == PROD_OTHER ||
				(l[first].field == PROD_NAME && !colon_after(b->text, l[first].to, to, &value))))
		first++;
	if (n > 0 && line_head(r, block, from, to))
		return;
	if (first == n) {
		if (r->pending != 0 && (!r->listing || is_item(b) || block == r->value_block) && n == 0)
			pending_value(r, block, from, to);
		else
			r->pending = 0;
		return;
	}
	r->pending = 0;
	if (l[first].field != PROD_NAME && l[first].from > from + 2 && (is_item(b) || in_products(w, block)) &&
	    l[first].from - from <= LINE_NAME_MAX && parted(b->text, from, &l[first], to))
		line_named(r, block, from, to, l + first, n - first);
	else
		line_values(r, block, from, to, l, n);
	if (b->kind == LETTER_PARAGRAPH)
		name_of_sentence(r);
}

void
prod_read_lines(struct prod *p)
{
	struct lines r = { .p = p };
	const struct letter *l = p->w->l;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];
		uint32_t from, to;
		bool prose;

		if (b->zone != LETTER_BODY || p->used[i] || draft_in_form(p->w, i) || is_elsewhere(p->w, i)) {
			r.pending = 0;
			continue;
		}
		if (r.pending == 0 && draft_hit_first(p->w, i, TERM_LABEL) == NULL)
			continue;
		/* A paragraph of running text stands for itself. */
		prose = b->kind == LETTER_PARAGRAPH && b->len > PROSE_MIN && b->text[b->len - 1] == '.';
		if (prose)
			prod_flush(p);
		p->prose = prose;
		for (size_t at = 0; draft_line_next(b->text, b->len, &at, &from, &to);)
			read_line(&r, i, from, to);
		if (prose)
			prod_flush(p);
		p->prose = false;
	}
	prod_flush(p);
}
