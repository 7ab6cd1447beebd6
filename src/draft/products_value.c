/* Values of a field: codes one by one, ranges, lists, "and following", "not applicable". Nothing is expanded and nothing mended. */
#include "draft/products_int.h"

#include <string.h>

#include "device/udi.h"

#define WORDS_BEFORE 3 /* that may stand between a label and its first code */

struct values {
	struct prod *p;
	const char *s;
	uint32_t block, from, to;
	unsigned fields;
	enum prod_field focus; /* a label inside a cell says what follows; PROD_FIELDS: none */
	bool cell;
	int confidence;
	size_t first;    /* index of the first item that was added */
	uint32_t at;     /* behind the last token or word */
	bool to_pending; /* "1000 to": the next code ends a range */
	uint32_t op_at;  /* "from", ">=": where it stands; UINT32_MAX: none */
	unsigned words;  /* without digits, before the first code */
	bool stop;
};

static struct prod_item *
last_item(struct values *v)
{
	return v->p->rec.n > v->first ? &v->p->rec.items[v->p->rec.n - 1] : NULL;
}

static const struct term_hit *
hit_over(const struct values *v, uint32_t at, enum term_group g)
{
	const struct term_hit *h = v->p->w->hits + v->p->w->span[v->block].first;

	for (uint32_t i = 0; i < v->p->w->span[v->block].n && h[i].from <= at; i++)
		if (h[i].group == g && at < h[i].to)
			return &h[i];
	return NULL;
}

/* ---- ranges ---- */

/* "A1000-A1999": both halves of one shape, the second greater. At which byte is the hyphen? 0: that is no range. */
static size_t
range_inside(const char *s, size_t len)
{
	for (size_t i = 3; i + 3 < len; i++) {
		size_t k = 0, digits = 0;

		if (s[i] != '-' || len - i - 1 != i)
			continue;
		for (; k < i; k++) {
			bool a = s[k] >= '0' && s[k] <= '9', b = s[i + 1 + k] >= '0' && s[i + 1 + k] <= '9';

			if (a != b || (!a && s[k] != s[i + 1 + k]))
				break;
			digits += a;
		}
		if (k == i && digits >= 3 && memcmp(s, s + i + 1, i) < 0)
			return i;
	}
	return 0;
}

/* "1401XX", "14*", "ABC###": the last places stand for any. */
static bool
is_wild(const char *s, const struct draft_token *t)
{
	uint32_t n = 0;

	if (t->star)
		return true;
	while (t->to - n > t->from && (s[t->to - 1 - n] == 'X' || s[t->to - 1 - n] == 'x'))
		n++;
	return n >= 2 && t->digits > 0;
}

static bool
has_ranges(enum prod_field f)
{
	return f == PROD_SERIAL || f == PROD_LOT;
}

/* The item goes on to byte to. */
static void
stretch(struct values *v, struct prod_item *i, uint32_t to, unsigned is)
{
	i->is |= is;
	i->len = to - i->from;
	i->value = draft_keep(v->p->w, v->s + i->from, i->len);
}

static void
add(struct values *v, enum prod_field f, unsigned is, uint32_t from, uint32_t to, int confidence)
{
	prod_add(v->p, f, is, v->block, from, to, draft_keep(v->p->w, v->s + from, to - from), confidence);
}

static void
add_number(struct values *v, enum prod_field f, const struct draft_token *t)
{
	struct prod_item *last = last_item(v);
	bool either = f == PROD_LOT && (v->fields & PROD(PROD_SERIAL)) != 0 && v->focus == PROD_FIELDS;

	if (v->to_pending && last != NULL && last->field == f && has_ranges(f)) {
		stretch(v, last, t->to, PROD_RANGE);
		/* "Serial or lot number range": lots are not numbered through. */
		last->field = either ? PROD_SERIAL : last->field;
	} else if (has_ranges(f) && v->op_at != UINT32_MAX) {
		/* "from 1000": open until its end comes. */
		add(v, f, PROD_OPEN, v->op_at, t->to, v->confidence);
	} else if (has_ranges(f) && range_inside(v->s + t->from, t->to - t->from) != 0) {
		add(v, either ? PROD_SERIAL : f, PROD_RANGE, t->from, t->to, v->confidence);
	} else {
		add(v, f, is_wild(v->s, t) ? PROD_WILD : 0, t->from, t->to, v->confidence);
	}
	if (v->to_pending && last != NULL)
		last->is &= ~(unsigned)PROD_OPEN;
	v->to_pending = false;
	v->op_at = UINT32_MAX;
}

/* ---- UDI-DI ---- */

/* "(01)00816270020002(21)123": the DI, and the rest where it belongs. Returns where it ends; 0: that is no such string. */
static uint32_t
add_udi_string(struct values *v, uint32_t from)
{
	struct device_udi u;
	struct device_udi_options o = { .year = 2025, .accept_doubt = true };
	uint32_t to = from;

	while (to < v->to && v->s[to] != ' ' && v->s[to] != ',' && v->s[to] != ';' && (unsigned char)v->s[to] < 0x80)
		to++;
	if (device_udi_parse(&u, v->s + from, to - from, &o, NULL) != FP_OK || u.di[0] == '\0')
		return 0;
	prod_add(v->p, PROD_UDI, 0, v->block, from, to, draft_keep(v->p->w, u.di, strlen(u.di)), 100);
	if (u.lot[0] != '\0')
		prod_add(v->p, PROD_LOT, 0, v->block, from, to, draft_keep(v->p->w, u.lot, strlen(u.lot)), 90);
	if (u.serial[0] != '\0')
		prod_add(v->p, PROD_SERIAL, 0, v->block, from, to, draft_keep(v->p->w, u.serial, strlen(u.serial)), 90);
	return to;
}

static void
add_bad_udi(struct values *v, uint32_t from, uint32_t to, bool check_digit)
{
	struct draft_source s = draft_from(v->p->w, v->block, from, to - from, v->confidence);

	add(v, PROD_UDI, PROD_BAD, from, to, v->confidence);
	draft_finding(v->p->w->d, check_digit ? "udi-check-digit" : "udi-unreadable", DRAFT_ERROR, &s, "%s: '%.*s'",
	    check_digit ? "the check digit of a UDI-DI is wrong" : "this is no UDI-DI of GS1, HIBCC or ICCBBA", (int)(to - from),
	    v->s + from);
}

/* Digits in groups: "0 08 16270 02000 2". Returns where the last group ends; 0: they do not make a GTIN. */
static uint32_t
spaced_gtin(const struct values *v, uint32_t from, char out[15])
{
	char digits[15];
	size_t n = 0;
	uint32_t i = from;

	for (; i < v->to && (v->s[i] == ' ' || (v->s[i] >= '0' && v->s[i] <= '9')); i++) {
		if (v->s[i] == ' ')
			continue;
		if (n == 14)
			return 0;
		digits[n++] = v->s[i];
		if (n == 14 && (i + 1 == v->to || v->s[i + 1] < '0' || v->s[i + 1] > '9'))
			return device_gtin_ok(out, digits, n) ? i + 1 : 0;
	}
	return 0;
}

/* Returns where it ends; 0: that is no device identifier. */
static uint32_t
add_udi(struct values *v, const struct draft_token *t)
{
	size_t len = t->to - t->from;
	char di[DEVICE_UDI_VALUE_MAX + 1];
	uint32_t end;

	if (t->from > v->from && v->s[t->from - 1] == '(' && (end = add_udi_string(v, t->from - 1)) != 0)
		return end;
	if (t->digits == len && (len == 8 || (len >= 12 && len <= 14))) {
		if (device_gtin_ok(di, v->s + t->from, len))
			prod_add(v->p, PROD_UDI, 0, v->block, t->from, t->to, draft_keep(v->p->w, di, 14), 100);
		else
			add_bad_udi(v, t->from, t->to, true);
		return t->to;
	}
	if (t->digits == len && len < 14 && (end = spaced_gtin(v, t->from, di)) != 0) {
		prod_add(v->p, PROD_UDI, 0, v->block, t->from, end, draft_keep(v->p->w, di, 14), 100);
		return end;
	}
	if (v->s[t->from] == '+' && (end = add_udi_string(v, t->from)) != 0)
		return end;
	if (t->letters > 0 && t->digits > 0 && t->foreign == 0 && device_di_normal(di, v->s + t->from, len, NULL) == FP_OK) {
		prod_add(v->p, PROD_UDI, 0, v->block, t->from, t->to, draft_keep(v->p->w, di, strlen(di)), v->confidence);
		return t->to;
	}
	return 0;
}

/* ---- one code ---- */

static bool
is_year(const char *s, const struct draft_token *t)
{
	return t->to - t->from == 4 && t->digits == 4 && (memcmp(s + t->from, "19", 2) == 0 || memcmp(s + t->from, "20", 2) == 0);
}

static bool
is_own_reference(const struct values *v, const struct draft_token *t)
{
	static const char *const keys[] = { "reference", "fsca_reference", "document_number" };

	for (size_t i = 0; i < FP_COUNT(keys); i++) {
		const json_t *j = json_object_get(v->p->w->d->facts, keys[i]);

		if (json_is_string(j) && json_string_length(j) == t->to - t->from &&
		    memcmp(json_string_value(j), v->s + t->from, t->to - t->from) == 0)
			return true;
	}
	return false;
}

/* The token is no product's number, whatever the label says. */
static bool
is_none(const struct values *v, const struct draft_token *t)
{
	size_t len = t->to - t->from;

	switch (draft_number_of(v->s + t->from, len)) {
	case DRAFT_N_SRN:
	case DRAFT_N_IBAN:
	case DRAFT_N_HASH:
	case DRAFT_N_CVE:
	case DRAFT_N_CWE:
	case DRAFT_N_DATE:
		return true;
	case DRAFT_N_510K:
		/* Alone in a cell of its column it is what the column says. */
		return !v->cell || len != v->to - v->from;
	default:
		break;
	}
	return is_own_reference(v, t) || draft_number_beside(v->s, v->to, t) || (!v->cell && v->words > 0 && is_year(v->s, t));
}

static enum prod_field
field_for(const struct values *v)
{
	static const enum prod_field order[] = { PROD_CATALOG, PROD_LOT, PROD_SERIAL, PROD_MODEL };

	if (v->focus < PROD_FIELDS && (v->fields & PROD(v->focus)) != 0)
		return v->focus;
	for (size_t i = 0; i < FP_COUNT(order); i++)
		if ((v->fields & PROD(order[i])) != 0)
			return order[i];
	return PROD_FIELDS;
}

/* A code is long enough, and in running text not a plain word with a digit ("550Dx"). */
static bool
is_code(const struct values *v, const struct draft_token *t, enum prod_field f)
{
	uint32_t len = t->to - t->from;

	if (v->cell)
		return len >= 3 || len == v->to - v->from;
	return len >= (f == PROD_LOT ? 3 : 4) &&
	       t->letters == t->capitals + (uint32_t)(is_wild(v->s, t) ? t->letters - t->capitals : 0);
}

/* In running text a list of catalogue numbers is one of numbers that look alike; a stroke divides any. */
static bool
goes_with(const struct values *v, const struct draft_token *t, enum prod_field f)
{
	const struct prod_item *last = last_item((struct values *)v);

	return v->cell || f != PROD_CATALOG || last == NULL || (t->from > 0 && v->s[t->from - 1] == '/') ||
	       (t->from > 1 && v->s[t->from - 2] == '/') || last->len == t->to - t->from;
}

static void
take_code(struct values *v, const struct draft_token *t)
{
	enum prod_field f = field_for(v);
	size_t len = t->to - t->from;
	uint32_t end = t->to;

	v->at = t->to;
	if (is_none(v, t)) {
		v->stop = !v->cell && v->p->rec.n > v->first;
		return;
	}
	if ((v->fields & PROD(PROD_UDI)) != 0 &&
	    (f == PROD_FIELDS || v->focus == PROD_UDI || draft_number_of(v->s + t->from, len) == DRAFT_N_GTIN14 ||
		v->s[t->from] == '+' || (t->from > v->from && v->s[t->from - 1] == '('))) {
		end = add_udi(v, t);
		if (end == 0 && f == PROD_FIELDS && len >= 8)
			add_bad_udi(v, t->from, t->to, false);
		if (end != 0 || f == PROD_FIELDS) {
			v->at = end != 0 ? end : t->to;
			return;
		}
	} else if (v->cell && f == PROD_CATALOG && draft_number_of(v->s + t->from, len) == DRAFT_N_GTIN14) {
		/* No maker's catalogue number has 14 digits that make a GTIN. */
		(void)add_udi(v, t);
		return;
	}
	if (f == PROD_FIELDS || !is_code(v, t, f) || !goes_with(v, t, f)) {
		v->stop = !v->cell;
		v->at = v->stop ? t->from : t->to;
		return;
	}
	add_number(v, f, t);
}

/* ---- words between codes ---- */

static void
word_to(struct values *v, const struct term_hit *h)
{
	(void)h;
	v->to_pending = last_item(v) != NULL;
}

static void
word_from(struct values *v, const struct term_hit *h)
{
	v->op_at = h->from;
}

static void
word_following(struct values *v, const struct term_hit *h)
{
	struct prod_item *last = last_item(v);

	if (last != NULL && has_ranges(last->field))
		stretch(v, last, h->to, PROD_OPEN);
	v->to_pending = false;
}

/* The end of the line, where it goes on with a number; otherwise to. */
static uint32_t
to_restriction(const struct values *v, uint32_t to)
{
	struct draft_rows rows = { .b = &v->p->w->l->blocks[v->block] };
	uint32_t from, end;

	while (draft_row_next(&rows, &from, &end))
		if (to > from && to <= end)
			for (uint32_t i = to; i < end; i++)
				if (v->s[i] >= '0' && v->s[i] <= '9')
					return end;
	return to;
}

static void
word_all(struct values *v, const struct term_hit *h)
{
	enum prod_field f = field_for(v);
	uint32_t to = h->to;
	struct prod_label behind;

	if (f != PROD_LOT && f != PROD_SERIAL)
		return;
	if (!v->cell && v->words > 0)
		return;
	if (v->cell)
		for (to = v->to; to > h->to && v->s[to - 1] == ' ';)
			to--;
	else if (prod_labels(v->p, v->block, h->to, v->to, &behind, 1) == 1 && behind.from <= h->to + 1)
		to = behind.to;
	/* "All lots that begin with 2310": not all. */
	if (!v->cell)
		to = to_restriction(v, to);
	add(v, f, PROD_ALL, h->from, to, v->confidence);
	v->at = to;
	v->stop = true;
}

static void
word_none(struct values *v, const struct term_hit *h)
{
	bool udi = (v->fields & PROD(PROD_UDI)) != 0 && (v->focus == PROD_FIELDS || v->focus == PROD_UDI);

	for (size_t i = v->first; i < v->p->rec.n; i++)
		udi = udi && v->p->rec.items[i].field != PROD_UDI;
	if (udi)
		prod_add(v->p, PROD_UDI, PROD_NA, v->block, h->from, h->to, "not applicable", v->confidence);
}

static void
word_join(struct values *v, const struct term_hit *h)
{
	(void)v;
	(void)h;
}

static const struct {
	const char *id;
	void (*take)(struct values *v, const struct term_hit *h);
} words[] = {
	{ "to", word_to },
	{ "from", word_from },
	{ "and-following", word_following },
	{ "and-above", word_following },
	{ "and-below", word_following },
	{ "all", word_all },
	{ "not-applicable", word_none },
	{ "none", word_none },
	{ "and", word_join },
	{ "or", word_join },
};

/* True: the word at the token belongs to the list, and was taken. */
static bool
take_word(struct values *v, const struct draft_token *t)
{
	const struct term_hit *h = hit_over(v, t->from, TERM_WORD);

	for (size_t i = 0; h != NULL && i < FP_COUNT(words); i++) {
		if (strcmp(words[i].id, h->key->id) != 0)
			continue;
		v->at = h->to;
		words[i].take(v, h);
		return true;
	}
	return false;
}

/* A label inside a value: "LOT 123" in a cell of lots, "SN 1000 - SN 1999". */
static bool
take_label(struct values *v, const struct draft_token *t)
{
	struct prod_label l;

	if (hit_over(v, t->from, TERM_LABEL) == NULL || prod_labels(v->p, v->block, t->from, v->to, &l, 1) == 0 ||
	    l.from != t->from)
		return false;
	v->focus = l.field;
	v->at = l.to;
	return true;
}

/* A hyphen, an en or em dash, an ellipsis. */
static bool
is_dash(const char *s, uint32_t left)
{
	return s[0] == '-' ||
	       (left >= 3 && (memcmp(s, "\xE2\x80\x93", 3) == 0 || memcmp(s, "\xE2\x80\x94", 3) == 0 ||
				 memcmp(s, "\xE2\x80\xA6", 3) == 0)) ||
	       (left >= 3 && memcmp(s, "...", 3) == 0);
}

/* <, >, and their signs with a stroke (U+2264 and its neighbours). */
static bool
is_comparison(const char *s, uint32_t left)
{
	return s[0] == '<' || s[0] == '>' || (left >= 3 && s[0] == '\xE2' && s[1] == '\x89');
}

/* What stands between two tokens: a dash before a number makes a range, the end of a sentence ends the list. */
static void
take_gap(struct values *v, uint32_t to)
{
	bool listing = v->p->rec.n > v->first;

	for (uint32_t i = v->at; i < to; i++) {
		const char *s = v->s + i;

		if (*s == '.' && i + 1 < to && s[1] == ' ' && !v->cell && listing)
			v->stop = true;
		else if (listing && is_dash(s, to - i))
			v->to_pending = true;
		else if (is_comparison(s, to - i))
			v->op_at = v->op_at == UINT32_MAX ? i : v->op_at;
		else if (*s == ',' || *s == ';')
			v->to_pending = false;
	}
}

/* "12345699 as well as 12345705": words between two codes of one length. */
static bool
joins_codes(const struct values *v, const struct draft_token *t)
{
	const struct prod_item *last = last_item((struct values *)v);
	struct draft_token next;
	size_t at = t->to;

	for (int seen = 0; last != NULL && seen < 3 && draft_token_next(v->s, v->to, &at, &next); seen++) {
		if (memchr(v->s + t->to, '.', next.from - t->to) != NULL)
			return false;
		if (next.digits > 0) {
			struct draft_token was;
			size_t k = last->from;

			return draft_token_next(v->s, last->from + last->len, &k, &was) &&
			       was.to - was.from == next.to - next.from && was.digits == next.digits;
		}
	}
	return false;
}

/* "BL-S": capitals alone in a cell of numbers are one, too. */
static void
take_capitals(struct values *v, const struct draft_token *t)
{
	enum prod_field f = field_for(v);

	if (v->cell && f != PROD_FIELDS && t->from == v->from && t->to == v->to && t->letters == t->capitals && t->foreign == 0 &&
	    t->letters >= 3)
		add_number(v, f, t);
}

static void
take_token(struct values *v, const struct draft_token *t)
{
	take_gap(v, t->from);
	if (v->stop || take_label(v, t) || take_word(v, t))
		return;
	if (t->digits > 0) {
		take_code(v, t);
		return;
	}
	v->at = t->to;
	v->to_pending = false;
	v->words++;
	take_capitals(v, t);
	if (joins_codes(v, t))
		return;
	/* Running text ends the list; before it a few words may stand ("numbers affected"). */
	if (!v->cell && (v->p->rec.n > v->first || v->words > WORDS_BEFORE))
		v->stop = true;
}

/* ---- texts as values ---- */

static uint32_t
trim_left(const char *s, uint32_t from, uint32_t to)
{
	while (from < to && (s[from] == ' ' || s[from] == ':' || s[from] == '-' || s[from] == '*'))
		from++;
	return from;
}

static uint32_t
trim_right(const char *s, uint32_t from, uint32_t to)
{
	while (to > from && strchr(" ,;:*", s[to - 1]) != NULL)
		to--;
	return to;
}

/* Models are named as the maker likes: a cell of them is divided, not searched. */
static size_t
models(struct values *v)
{
	size_t had = v->p->rec.n;
	uint32_t from = v->from;

	for (uint32_t i = v->from; i <= v->to; i++) {
		uint32_t a, b;

		if (i < v->to && strchr(",;/", v->s[i]) == NULL && memcmp(v->s + i, "\xE2\x80\xA8", i + 3 <= v->to ? 3 : 1) != 0)
			continue;
		a = trim_left(v->s, from, i), b = trim_right(v->s, a, i);
		if (b > a && b - a <= 80 && !prod_not_applicable(v->p, v->block, a, b))
			add(v, PROD_MODEL, 0, a, b, v->confidence);
		from = i + (i < v->to && (unsigned char)v->s[i] == 0xE2 ? 3 : 1);
	}
	return v->p->rec.n - had;
}

/* A version is kept with the words around it: "4.0.1 and newer". In running text it ends where no part of a range follows. */
static size_t
version_text(struct values *v)
{
	uint32_t from = trim_left(v->s, v->from, v->to), to = v->to, end = from;
	struct draft_token t;
	bool number = false;

	for (size_t at = from; !v->cell && draft_token_next(v->s, to, &at, &t);) {
		enum draft_number is = draft_number_of(v->s + t.from, t.to - t.from);
		const struct term_hit *word = hit_over(v, t.from, TERM_WORD);

		if (t.from > end + 3 && number)
			break;
		if (word == NULL && is != DRAFT_N_VERSION && !(t.digits > 0 && t.letters <= 1 && t.to - t.from <= 6))
			break;
		number = number || t.digits > 0;
		end = word != NULL && word->to > t.to ? word->to : t.to;
		at = end;
	}
	to = trim_right(v->s, from, v->cell ? to : end);
	if (to <= from || (!v->cell && !number) || to - from > 200 || prod_not_applicable(v->p, v->block, from, to))
		return 0;
	add(v, PROD_VERSION, 0, from, to, v->confidence);
	return 1;
}

bool
prod_not_applicable(const struct prod *p, uint32_t block, uint32_t from, uint32_t to)
{
	const struct term_hit *h = p->w->hits + p->w->span[block].first;
	const char *s = p->w->l->blocks[block].text;

	while (from < to && strchr(" -.*", s[from]) != NULL)
		from++;
	while (to > from && strchr(" -.*", s[to - 1]) != NULL)
		to--;
	if (from == to)
		return true;
	for (uint32_t i = 0; i < p->w->span[block].n; i++)
		if (h[i].group == TERM_WORD && (draft_same(h[i].key->id, "not-applicable") || draft_same(h[i].key->id, "none")) &&
		    h[i].from <= from && h[i].to + 1 >= to)
			return true;
	return false;
}

/* "HM 100.20": a short word of capitals, a blank and a code are all that a cell holds, and no label. */
static bool
worded_code(struct values *v)
{
	struct draft_token a, b;
	size_t at = v->from;

	if (!v->cell || !draft_token_next(v->s, v->to, &at, &a) || !draft_token_next(v->s, v->to, &at, &b) || a.from != v->from ||
	    b.to != v->to)
		return false;
	if (a.digits > 0 || a.letters != a.capitals || a.letters > 5 || a.foreign > 0 || b.digits == 0 || b.from != a.to + 1 ||
	    v->s[a.to] != ' ' || b.letters != b.capitals || hit_over(v, a.from, TERM_LABEL) != NULL ||
	    hit_over(v, a.from, TERM_WORD) != NULL)
		return false;
	add(v, PROD_CATALOG, 0, a.from, b.to, v->confidence);
	v->at = v->to;
	return true;
}

/* "0632441 0001": digits in groups, the only ones of their line, are one number; groups of five and more are numbers of their own. */
static bool
spaced_code(struct values *v)
{
	uint32_t from = trim_left(v->s, v->from, v->to), to = v->to, least = UINT32_MAX, run = 0, groups = 1;
	struct draft_rows rows = { .b = &v->p->w->l->blocks[v->block] };
	uint32_t a, z;

	while (draft_row_next(&rows, &a, &z))
		if (from >= a && from < z)
			to = z < to ? z : to;
	to = trim_right(v->s, from, to);
	for (uint32_t i = from; i <= to; i++) {
		if (i < to && v->s[i] >= '0' && v->s[i] <= '9') {
			run++;
			continue;
		}
		if (i < to && v->s[i] != ' ')
			return false;
		least = run < least ? run : least;
		groups += i < to;
		run = 0;
	}
	if (groups < 2 || least >= 5 || least == 0 || to - from > 20)
		return false;
	add(v, PROD_CATALOG, 0, from, to, v->confidence);
	v->at = to;
	return true;
}

size_t
prod_values(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to, bool cell, int confidence)
{
	struct values v = { .p = p,
		.s = p->w->l->blocks[block].text,
		.block = block,
		.from = from,
		.to = to,
		.fields = fields,
		.focus = PROD_FIELDS,
		.cell = cell,
		.confidence = confidence,
		.first = p->rec.n,
		.at = from,
		.op_at = UINT32_MAX };
	struct draft_token t;

	p->read_to = to;
	if (cell && fields == PROD(PROD_MODEL))
		return models(&v);
	if (fields == PROD(PROD_VERSION))
		return version_text(&v);
	if (fields == PROD(PROD_CATALOG) && (spaced_code(&v) || worded_code(&v)))
		v.stop = true;
	while (!v.stop) {
		size_t at = v.at;

		if (!draft_token_next(v.s, to, &at, &t))
			break;
		take_token(&v, &t);
	}
	p->read_to = v.at;
	return p->rec.n - v.first;
}
