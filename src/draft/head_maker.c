/* Who made it: name, brand, address, registration number, representative. */
#include "draft/head_int.h"

#include <string.h>

#define NAMES_MAX 32u
#define NAME_BYTES 120u
#define LETTERHEAD_BLOCKS 10u
#define ADDRESS_BYTES 300u
#define SHORT_BLOCK 260u /* bytes */

struct name {
	uint32_t block, from, to;
	int score;
	unsigned times;
};

struct maker {
	struct draft_work *w;
	struct name n[NAMES_MAX];
	size_t count;
};

/* Forms of companies are the same in every language of a letter. Several words of one form are listed in the form that ends it. */
static const char *const company_forms[] = { "Inc", "Inc.", "GmbH", "AG", "Ltd", "Ltd.", "LLC", "L.L.C", "S.A", "SA", "S.p.A",
	"SpA", "S.r.l", "Srl", "B.V", "BV", "N.V", "NV", "AB", "A/S", "ApS", "AS", "ASA", "Oy", "Oyj", "Corp", "Corporation",
	"Co", "KG", "KGaA", "SE", "SAS", "S.A.S", "SARL", "plc", "PLC", "Limited", "Incorporated", "d.o.o", "d.d", "s.r.o", "a.s",
	"Kft", "Zrt", "Nyrt", "O\xC3\x9C", "UAB", "SIA", "EOOD", "OOD", "S.L", "SL", "S.L.U", "S.A.U", "Lda", "ehf", "hf", "Pty",
	"K.K", "Pte", "LLP", "S.R.L", "SRL", "Sp" };

static bool
is_company_form(const char *s, const struct draft_token *t)
{
	uint32_t len = t->to - t->from;

	/* Most words are none, and are told by their first letter and length. */
	if (len > 12 || t->digits > 0 || strchr("IGALSBNOCKPZEUDdaspeh", s[t->from]) == NULL)
		return false;
	for (size_t i = 0; i < FP_COUNT(company_forms); i++)
		if (company_forms[i][0] == s[t->from] && strlen(company_forms[i]) == len &&
		    memcmp(company_forms[i], s + t->from, len) == 0)
			return true;
	return false;
}

/* "A/S" is two tokens. */
static bool
ends_company(const char *s, uint32_t to, const struct draft_token *t, uint32_t *end)
{
	*end = t->to;
	if (t->to - t->from == 1 && s[t->from] == 'A' && t->to + 1 < to && memcmp(s + t->to, "/S", 2) == 0) {
		*end = t->to + 2;
		return true;
	}
	if (!is_company_form(s, t))
		return false;
	/* "Inc.", "S.p.A.": the point belongs to it. */
	if (*end < to && s[*end] == '.')
		++*end;
	/* "Co., Ltd.", "GmbH & Co. KG": the last form ends the name. */
	for (;;) {
		struct draft_token next;
		size_t at = *end;

		if (!draft_token_next(s, to, &at, &next) || next.from > *end + 3 || !is_company_form(s, &next))
			return true;
		*end = next.to < to && s[next.to] == '.' ? next.to + 1 : next.to;
	}
}

/* A word that may stand in a company's name: it begins with a capital or a digit, or binds ("of", "&", "de"). */
static bool
is_name_word(const struct draft_token *t)
{
	return t->capitals > 0 || t->digits > 0 || t->foreign > 0 || t->to - t->from <= 3;
}

bool
head_company(const char *s, uint32_t from, uint32_t to, uint32_t *a, uint32_t *z)
{
	struct draft_token t;
	uint32_t begin = from, last = from;
	unsigned words = 0;

	for (size_t at = from; draft_token_next(s, to, &at, &t); last = t.to) {
		bool gap = false;

		for (uint32_t i = last; i < t.from; i++)
			gap = gap || strchr(".:;()|", s[i]) != NULL || s[i] == '\xE2' || s[i] == '\xC2';
		if (gap || (words > 0 && !is_name_word(&t)) || words == 0) {
			begin = t.from;
			words = 0;
		}
		if (words > 0 && ends_company(s, to, &t, z)) {
			*a = begin;
			return *z - *a <= NAME_BYTES;
		}
		words =
		    t.letters + t.foreign > 0 && (words > 0 || t.capitals > 0 || t.foreign > 0 || (t.digits == 0 && last == from))
			? words + 1
			: 0;
	}
	return false;
}

static bool
same_text(const struct maker *m, const struct name *n, const char *s, uint32_t len)
{
	return n->to - n->from == len && memcmp(m->w->l->blocks[n->block].text + n->from, s, len) == 0;
}

static void
add_name(struct maker *m, uint32_t block, uint32_t from, uint32_t to, int score)
{
	const char *s = m->w->l->blocks[block].text + from;

	for (size_t i = 0; i < m->count; i++)
		if (same_text(m, &m->n[i], s, to - from)) {
			m->n[i].times++;
			m->n[i].score = score > m->n[i].score ? score : m->n[i].score;
			return;
		}
	if (m->count < NAMES_MAX)
		m->n[m->count++] = (struct name){ block, from, to, score, 1 };
}

/* "(C) 2023 Illumina, Inc. All rights reserved." */
static void
copyright_name(struct maker *m, uint32_t block)
{
	const struct letter_block *b = &m->w->l->blocks[block];
	uint32_t from, end, a, z;
	const char *sign = strstr(b->text, "\xC2\xA9");

	if (sign == NULL)
		return;
	sign += 2;
	for (from = (uint32_t)(sign - b->text); from < b->len && strchr(" 0123456789,-", b->text[from]) != NULL;)
		from++;
	end = from;
	while (end < b->len && end < from + NAME_BYTES)
		end++;
	if (head_company(b->text, from, end, &a, &z) && a == from) {
		add_name(m, block, a, z, 80);
		return;
	}
	for (end = from; end < b->len && b->text[end] != '.' && b->text[end] != ','; end++)
		;
	if (end > from && end - from <= 60)
		add_name(m, block, from, end, 60);
}

static bool
label_is(const struct term_hit *h, const char *id)
{
	return h->group == TERM_LABEL && draft_same(h->key->id, id);
}

/* The block names somebody else. */
static bool
of_another(const struct draft_work *w, uint32_t block)
{
	return draft_hit_at(w, block, TERM_LABEL, "representative") || draft_hit_at(w, block, TERM_LABEL, "importer") ||
	       draft_hit_at(w, block, TERM_LABEL, "distributor");
}

static void
labelled_name(struct maker *m, uint32_t block)
{
	const struct term_hit *h = m->w->hits + m->w->span[block].first;
	bool maker = false;

	for (uint32_t i = 0; i < m->w->span[block].n; i++) {
		struct head_slice v;
		const char *s;
		uint32_t a, z;

		maker = maker || label_is(&h[i], "manufacturer");
		/* "Manufacturer information: a. Company name: ...". */
		if (!(label_is(&h[i], "manufacturer") || (maker && label_is(&h[i], "company"))) ||
		    !head_value(m->w, block, h[i].to, &v))
			continue;
		s = m->w->l->blocks[v.block].text;
		if (head_company(s, v.from, v.to, &a, &z) && a <= v.from + 4)
			add_name(m, v.block, a, z, 90);
	}
}

/* The letterhead, the signature and short lines name the company, too; running text does so in passing. */
static void
plain_name(struct maker *m, uint32_t block, bool letterhead)
{
	const struct letter_block *b = &m->w->l->blocks[block];
	struct draft_rows rows = { .b = b };
	uint32_t a, z, from, to;

	while (draft_row_next(&rows, &from, &to))
		if (head_company(b->text, from, to, &a, &z))
			add_name(m, block, a, z, of_another(m->w, block) ? 20 : letterhead && a <= from + 2 ? 70 : 50);
}

static void
find_names(struct maker *m)
{
	uint32_t body = 0, furniture = 0;

	for (uint32_t i = 0; i < m->w->l->n_blocks; i++) {
		const struct letter_block *b = &m->w->l->blocks[i];
		bool head;

		body += b->zone == LETTER_BODY;
		furniture += b->zone != LETTER_BODY;
		head = b->zone == LETTER_BODY ? body <= LETTERHEAD_BLOCKS : furniture <= LETTERHEAD_BLOCKS;
		if ((m->w->holds[i] & DRAFT_HOLDS_HIGH) != 0)
			copyright_name(m, i);
		if (draft_in_form(m->w, i))
			continue;
		labelled_name(m, i);
		if (b->kind != LETTER_CELL && b->len <= SHORT_BLOCK && (head || draft_same(m->w->section[i], "closing")))
			plain_name(m, i, head);
	}
}

static const struct name *
best_name(const struct maker *m)
{
	const struct name *best = NULL;

	for (size_t i = 0; i < m->count; i++) {
		const struct name *n = &m->n[i];

		if (best == NULL || n->score > best->score || (n->score == best->score && n->times > best->times))
			best = n;
	}
	return best;
}

/* ---- into the draft ---- */

/* The name without its form, as the letter's own sentences call the maker. */
static void
put_brand(struct draft_work *w, const struct name *n)
{
	const char *s = w->l->blocks[n->block].text;
	uint32_t end = n->from, z;
	struct draft_token t;
	struct draft_source src;

	for (size_t at = n->from; draft_token_next(s, n->to, &at, &t);) {
		if (end > n->from && ends_company(s, n->to, &t, &z))
			break;
		end = t.to;
	}
	if (end <= n->from || end == n->to)
		return;
	src = draft_from(w, n->block, n->from, end - n->from, 70);
	draft_put_str(w->d, "/manufacturer/brand", draft_keep(w, s + n->from, end - n->from), &src);
}

static bool
has_postcode(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;

	for (size_t at = from; draft_token_next(s, to, &at, &t);)
		if (t.digits >= 3 && t.digits <= 6 && t.to - t.from <= 9)
			return true;
	return false;
}

/* Behind the name on its line, or on the lines below it, up to one that is something else. */
static bool
address_after(const struct draft_work *w, const struct name *n, struct head_slice *out)
{
	const struct letter_block *b = &w->l->blocks[n->block];
	uint32_t from = n->to, to = b->len;
	const struct term_hit *h = w->hits + w->span[n->block].first;

	for (uint32_t i = 0; i < w->span[n->block].n; i++)
		if (h[i].group == TERM_LABEL && h[i].from >= from && h[i].from < to && !draft_same(h[i].key->id, "address"))
			to = h[i].from;
	while (from < to && (strchr(" ,;:-", b->text[from]) != NULL || (unsigned char)b->text[from] >= 0xE2))
		from += (unsigned char)b->text[from] >= 0xE2 ? 3 : 1;
	while (to > from && (strchr(" ,;:-|", b->text[to - 1]) != NULL))
		to--;
	if (to >= from + 3 && memcmp(b->text + to - 3, "\xE2\x80\xA8", 3) == 0)
		to -= 3;
	*out = (struct head_slice){ n->block, from, to };
	return to > from + 8 && to - from <= ADDRESS_BYTES && has_postcode(b->text, from, to) &&
	       memchr(b->text + from, '@', to - from) == NULL;
}

/* U+2028 -> ", " */
static const char *
one_line(struct draft_work *w, const char *s, size_t len)
{
	char out[ADDRESS_BYTES * 2];
	size_t n = 0;

	for (size_t i = 0; i < len && n + 3 < sizeof(out); i++) {
		if (len - i >= 3 && memcmp(s + i, "\xE2\x80\xA8", 3) == 0) {
			while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == ','))
				n--;
			out[n++] = ',';
			out[n++] = ' ';
			for (i += 2; i + 1 < len && s[i + 1] == ' ';)
				i++;
		} else {
			out[n++] = s[i];
		}
	}
	return draft_keep(w, out, n);
}

static void
put_text(struct draft_work *w, const char *pointer, struct head_slice v, int confidence)
{
	const char *text = w->l->blocks[v.block].text;
	struct draft_source s;

	while (v.to > v.from && strchr(" ,;:-", text[v.to - 1]) != NULL)
		v.to--;
	s = draft_from(w, v.block, v.from, v.to - v.from, confidence);
	draft_put_str(w->d, pointer, one_line(w, text + v.from, v.to - v.from), &s);
}

/* The value of the first label of that name outside the form. */
static bool
first_labelled(const struct draft_work *w, const char *id, struct head_slice *out)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = w->hits + w->span[i].first;

		if (draft_in_form(w, i))
			continue;
		for (uint32_t k = 0; k < w->span[i].n; k++)
			if (label_is(&h[k], id) && h[k].from <= 8 && head_value(w, i, h[k].to, out) &&
			    out->to - out->from <= ADDRESS_BYTES)
				return true;
	}
	return false;
}

/* Where the name stands again, with an address behind it: a letterhead, a footer, the signature; not the copyright line. */
static bool
find_address(const struct draft_work *w, const char *name, struct head_slice *out)
{
	size_t len = strlen(name);

	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];

		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) == 0 || b->len < len || b->len > 2 * ADDRESS_BYTES || draft_in_form(w, i) ||
		    draft_holds(b->text, b->len, "\xC2\xA9"))
			continue;
		for (uint32_t k = 0; k + len <= b->len; k++)
			if (b->text[k] == name[0] && memcmp(b->text + k, name, len) == 0 &&
			    address_after(w, &(struct name){ .block = i, .from = k, .to = k + (uint32_t)len }, out))
				return true;
	}
	return false;
}

/* In the block that names the maker: "b. Address: ...", up to the end of its line. */
static bool
address_label(const struct draft_work *w, uint32_t block, struct head_slice *out)
{
	const struct letter_block *b = &w->l->blocks[block];
	const struct term_hit *h = w->hits + w->span[block].first;
	struct draft_rows rows = { .b = b };
	uint32_t from, to;

	for (uint32_t i = 0; i < w->span[block].n; i++) {
		if (!label_is(&h[i], "address") || !head_value(w, block, h[i].to, out) || out->block != block)
			continue;
		while (draft_row_next(&rows, &from, &to))
			if (out->from >= from && out->from < to && to < out->to)
				out->to = to;
		return has_postcode(b->text, out->from, out->to);
	}
	return false;
}

static void
put_address(struct draft_work *w, const struct name *n)
{
	const char *name = n != NULL ? draft_keep(w, w->l->blocks[n->block].text + n->from, n->to - n->from) : "";
	struct head_slice v;

	if (n != NULL && address_label(w, n->block, &v))
		put_text(w, "/manufacturer/address", v, 90);
	else if (name[0] != '\0' && find_address(w, name, &v))
		put_text(w, "/manufacturer/address", v, 70);
	else if (first_labelled(w, "address", &v) && has_postcode(w->l->blocks[v.block].text, v.from, v.to))
		put_text(w, "/manufacturer/address", v, 90);
	draft_lacks(w->d, "/manufacturer/address");
}

/* The SRN of a manufacturer has the role MF; those of others are not it. */
static void
put_srn(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		struct draft_token t;

		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) == 0 || b->len < 15 || !draft_holds(b->text, b->len, "-MF-"))
			continue;
		for (size_t at = 0; draft_token_next(b->text, b->len, &at, &t);)
			if (draft_number_of(b->text + t.from, t.to - t.from) == DRAFT_N_SRN &&
			    memcmp(b->text + t.from + 3, "MF", 2) == 0) {
				put_text(w, "/manufacturer/srn", (struct head_slice){ i, t.from, t.to }, 90);
				return;
			}
	}
	draft_lacks(w->d, "/manufacturer/srn");
}

static void
put_representative(struct draft_work *w)
{
	struct head_slice v;

	if (first_labelled(w, "representative", &v) && v.to > v.from + 3)
		put_text(w, "/manufacturer/representative", v, 90);
	draft_lacks(w->d, "/manufacturer/representative");
}

/* A copyright sign, or "Trademarks: https://...": what the address says of the law. */
static bool
speaks_of_law(const struct draft_work *w, uint32_t block)
{
	const struct letter_block *b = &w->l->blocks[block];
	const struct term_hit *h = w->hits + w->span[block].first;

	if (draft_holds(b->text, b->len, "\xC2\xA9"))
		return true;
	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == TERM_CONCEPT && h[i].to < b->len && b->text[h[i].to] == ':' &&
		    draft_same(h[i].key->id, "trademarks"))
			return true;
	return false;
}

/* The address beside those. */
static void
put_legal_url(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];
		struct draft_address a;

		if ((w->holds[i] & DRAFT_HOLDS_URL) == 0 || !speaks_of_law(w, i))
			continue;
		for (size_t at = 0; draft_address_next(b->text, b->len, &at, &a);) {
			struct draft_source s = draft_from(w, i, a.from, a.to - a.from, 70);
			const char *url = draft_keep(w, b->text + a.from, a.to - a.from);

			if (a.kind != DRAFT_A_URL)
				continue;
			for (uint32_t k = 0; k < b->n_links; k++)
				if (b->links[k].from <= a.from && b->links[k].to >= a.to &&
				    strncmp(b->links[k].url, "http", 4) == 0)
					url = b->links[k].url;
			draft_put_str(w->d, "/manufacturer/legal_url", url, &s);
			return;
		}
	}
	draft_lacks(w->d, "/manufacturer/legal_url");
}

void
head_maker(struct draft_work *w)
{
	struct maker *m = fp_arena_alloc(w->arena, 1, sizeof(*m));
	const struct name *best;

	if (m == NULL) {
		w->d->no_memory = true;
		return;
	}
	m->w = w;
	find_names(m);
	for (uint32_t i = 0; m->count == 0 && i < w->l->n_blocks; i++)
		if (w->l->blocks[i].kind != LETTER_CELL && !draft_in_form(w, i))
			plain_name(m, i, false);
	best = best_name(m);
	if (best != NULL) {
		put_text(w, "/manufacturer/name", (struct head_slice){ best->block, best->from, best->to }, best->score);
		put_brand(w, best);
	}
	draft_lacks(w->d, "/manufacturer/name");
	put_address(w, best);
	put_srn(w);
	put_representative(w);
	put_legal_url(w);
}
