/* Names of products, and the ways in which one letter spells them. */
#include "draft/products_int.h"

#include <string.h>

#define NAME_MAX 200u
#define WORDS_MAX 18
#define SPELLINGS_MAX 12
#define CORE_MIN 5u /* letters and digits that must agree before a shorter spelling is taken for the same name */

static bool
is_plain_start(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bullets, numbering, boxes and quotation marks around a name do not belong to it. */
static void
trim_name(const char *s, uint32_t *from, uint32_t *to)
{
	while (*from < *to) {
		const char *c = s + *from;

		if (*to - *from >= 3 && c[0] == '\xE2' && (c[1] == '\x80' || c[1] == '\x96' || c[1] == '\x98' || c[1] == '\x97'))
			*from += 3;
		else if (*to - *from >= 2 && c[0] == '\xC2' &&
			 ((unsigned char)c[1] == 0xA0 || (unsigned char)c[1] == 0xB7 || (unsigned char)c[1] == 0xAB))
			*from += 2;
		else if (!is_plain_start((unsigned char)*c))
			++*from;
		else
			break;
	}
	while (*to > *from) {
		const char *c = s + *to - 1;

		if (strchr(" ,;:-([/=\"'*", *c) != NULL)
			--*to;
		else if (*to - *from >= 3 && c[-2] == '\xE2' && c[-1] == '\x80')
			*to -= 3;
		else if (*to - *from >= 2 && c[-1] == '\xC2' && (*c == '\xA0' || *c == '\xBB'))
			*to -= 2;
		else if (*c == ')' && memchr(s + *from, '(', *to - *from) == NULL)
			--*to;
		else
			break;
	}
}

static bool
is_sentence(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;
	int words = 0;

	for (size_t at = from; draft_token_next(s, to, &at, &t);)
		words++;
	return words > WORDS_MAX || (words > 5 && (s[to - 1] == '.' || s[to - 1] == '?' || s[to - 1] == '!'));
}

static bool
has_letter(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;

	for (size_t at = from; draft_token_next(s, to, &at, &t);)
		if (t.letters > 0 || t.foreign > 0)
			return true;
	return false;
}

/* A choice of the form, not a name. */
static bool
has_box(const char *s, size_t len)
{
	return draft_holds(s, len, "\xE2\x98\x90") || draft_holds(s, len, "\xE2\x98\x91") || draft_holds(s, len, "\xE2\x98\x92");
}

bool
prod_name(struct prod *p, uint32_t block, uint32_t from, uint32_t to, int confidence)
{
	const struct letter_block *b = &p->w->l->blocks[block];
	char text[NAME_MAX + 1];
	size_t n = 0;

	trim_name(b->text, &from, &to);
	if (to < from + 2 || to - from > NAME_MAX || !has_letter(b->text, from, to) || is_sentence(b->text, from, to) ||
	    prod_not_applicable(p, block, from, to) || memchr(b->text + from, '@', to - from) != NULL ||
	    has_box(b->text + from, to - from))
		return false;
	for (uint32_t i = from; i < to; i++) {
		if (to - i >= 3 && memcmp(b->text + i, "\xE2\x80\xA8", 3) == 0) {
			i += 2;
			if (n > 0 && text[n - 1] != ' ')
				text[n++] = ' ';
		} else {
			text[n++] = b->text[i];
		}
	}
	prod_add(p, PROD_NAME, 0, block, from, to, draft_keep(p->w, text, n), confidence);
	return true;
}

/* ---- other spellings ---- */

/* The letters and digits of a name, each with the place in the printed name behind it. */
struct folded {
	const char *text; /* folded */
	size_t len;
	size_t core; /* so many of them must be there: up to the last word that is no plain one */
};

/* "Instrument", "Server", "Kit": a word of small letters after the first. "Dx", "v2", "550Dx", "XL" tell products apart. */
static bool
is_plain_word(const char *s, const struct draft_token *t)
{
	return t->digits == 0 && t->foreign + t->letters >= 5 && t->capitals <= 1 &&
	       (t->capitals == 0 || (s[t->from] >= 'A' && s[t->from] <= 'Z'));
}

/* How many folded bytes of the name stand up to its last telling word. */
static size_t
core_of(struct draft_work *w, const char *name)
{
	size_t len = strlen(name), end = 0;
	struct draft_token t;
	bool first = true;

	for (size_t at = 0; draft_token_next(name, len, &at, &t); first = false)
		if (first || !is_plain_word(name, &t)) {
			/* "Dx-Instrument" is one token, of which the part before the hyphen tells. */
			const char *hyphen = memchr(name + t.from, '-', t.to - t.from);
			struct draft_token tail = { .from = hyphen != NULL ? (uint32_t)(hyphen - name) + 1 : 0, .to = t.to };
			size_t k = tail.from;

			if (hyphen != NULL && draft_token_next(name, t.to, &k, &tail) && is_plain_word(name, &tail))
				end = (size_t)(hyphen - name);
			else
				end = t.to;
		}
	return strlen(draft_folded(w, name, end));
}

/* A letter or digit of the text in lower case; 0 where the byte is none. The bytes of letters beyond ASCII stand for themselves. */
static char
fold_byte(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
}

/* Bytes of a sign between letters that spellings differ in; 0: the spelling ends here. */
static size_t
between(const char *s, size_t len)
{
	if (s[0] == ' ' || s[0] == '-')
		return 1;
	if (len >= 3 &&
	    (memcmp(s, "\xE2\x84\xA2", 3) == 0 || memcmp(s, "\xE2\x80\x91", 3) == 0 || memcmp(s, "\xE2\x80\x90", 3) == 0))
		return 3;
	return len >= 2 && (memcmp(s, "\xC2\xAE", 2) == 0 || memcmp(s, "\xC2\xA0", 2) == 0) ? 2 : 0;
}

/* The longest spelling of the name that begins at s; its bytes, 0: none. */
static size_t
spelled(const char *s, size_t len, const struct folded *f)
{
	size_t i = 0, matched = 0, best = 0;

	while (i < len && matched < f->len) {
		char c = fold_byte(s[i]);
		size_t skip;

		if (c != 0) {
			if (c != f->text[matched])
				break;
			matched++;
			i++;
			if (matched >= f->core && (i == len || fold_byte(s[i]) == 0) &&
			    (i == len || (unsigned char)s[i] < 0xC3 || (unsigned char)s[i] == 0xE2))
				best = i;
			continue;
		}
		skip = between(s + i, len - i);
		if (skip == 0)
			break;
		i += skip;
	}
	return best;
}

static bool
known_spelling(const struct prod_product *is, const char *s, size_t len)
{
	for (size_t i = 0; i < is->r.n; i++)
		if (is->r.items[i].field == PROD_NAME && strlen(is->r.items[i].value) == len &&
		    memcmp(is->r.items[i].value, s, len) == 0)
			return true;
	return false;
}

static size_t
count_names(const struct prod_product *is)
{
	size_t n = 0;

	for (size_t i = 0; i < is->r.n; i++)
		n += is->r.items[i].field == PROD_NAME;
	return n;
}

/* The names of the products by their first letters: most places of a text begin none. */
struct index {
	struct folded *f;                  /* per product */
	uint8_t starts[256], outside[256]; /* per byte: begins a name; a name may begin behind it */
};

static void
take_spelling(struct prod *p, const struct index *x, uint32_t block, uint32_t at)
{
	const struct letter_block *b = &p->w->l->blocks[block];
	size_t best = 0, of = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t n = x->f[i].len > 0 && x->f[i].text[0] == fold_byte(b->text[at])
			       ? spelled(b->text + at, b->len - at, &x->f[i])
			       : 0;

		if (n > best) {
			best = n;
			of = i;
		}
	}
	if (best == 0 || known_spelling(&p->products[of], b->text + at, best) || count_names(&p->products[of]) >= SPELLINGS_MAX)
		return;
	prod_more(p, &p->products[of],
	    &(struct prod_item){ PROD_NAME, 0, block, at, (uint32_t)best, draft_keep(p->w, b->text + at, best), 70 });
}

/* Part of a word: a name does not begin behind it. */
static bool
is_inside(char c)
{
	return fold_byte(c) != 0 || (unsigned char)c >= 0xC3;
}

static void
scan_block(struct prod *p, const struct index *x, uint32_t block)
{
	const struct letter_block *b = &p->w->l->blocks[block];

	uint8_t outside = 1;

	for (uint32_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->text[i];

		/* One branch, and one that is hardly ever taken. */
		if ((outside & x->starts[c]) != 0)
			take_spelling(p, x, block, i);
		outside = x->outside[c];
	}
}

/* Both cases of the first letter. */
static void
add_start(struct index *x, char first)
{
	x->starts[(unsigned char)first] = 1;
	if (first >= 'a' && first <= 'z')
		x->starts[(unsigned char)first - 32] = 1;
}

void
prod_spellings(struct prod *p)
{
	struct index x = { .f = fp_arena_alloc(p->w->arena, p->n + 1, sizeof(*x.f)) };
	bool any = false;

	if (x.f == NULL || p->n > 64)
		return;
	for (size_t i = 0; i < p->n; i++) {
		struct folded *f = &x.f[i];

		f->text = p->products[i].folded;
		f->len = strlen(f->text);
		for (size_t k = 0; k < p->products[i].r.n; k++)
			if (p->products[i].r.items[k].field == PROD_NAME) {
				f->core = core_of(p->w, p->products[i].r.items[k].value);
				break;
			}
		if (f->core < CORE_MIN)
			f->core = f->len;
		/* Fewer letters are found in too many words. */
		if (f->len < CORE_MIN || fold_byte(f->text[0]) == 0)
			continue;
		add_start(&x, f->text[0]);
		any = true;
	}
	for (unsigned c = 0; c < 256; c++)
		x.outside[c] = !is_inside((char)c);
	for (uint32_t i = 0; any && i < p->w->l->n_blocks; i++)
		if (p->w->l->blocks[i].zone == LETTER_BODY && (!p->used[i] || draft_in_form(p->w, i)))
			scan_block(p, &x, i);
}
