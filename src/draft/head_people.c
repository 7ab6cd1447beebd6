/* Who signed: lines of a name and a job title behind the greeting at the end, before the form. */
#include "draft/head_int.h"

#include <stdio.h>
#include <string.h>

#define LINES_MAX 16u
#define BLOCKS_MAX 14u
#define LINE_BYTES 90u
#define PEOPLE_MAX 6u

enum line_kind { LINE_OTHER, LINE_NAME, LINE_TITLE };

struct line {
	uint32_t block, from, to;
	enum line_kind kind;
	bool bold;
};

struct people {
	struct draft_work *w;
	struct line line[LINES_MAX];
	size_t n;
};

/* Small words inside a name. Any other word of small letters makes the line none. */
static bool
is_particle(const char *s, const struct draft_token *t)
{
	static const char *const particles[] = { "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "do", "la",
		"le", "af", "av", "zu", "zur", "ten", "ter", "el", "al", "y", "i", "e" };

	for (size_t i = 0; i < FP_COUNT(particles); i++)
		if (strlen(particles[i]) == t->to - t->from && memcmp(particles[i], s + t->from, t->to - t->from) == 0)
			return true;
	return false;
}

/* Beginnings of words of job titles. Only to tell which of two lines that look like names is the title. */
static bool
has_job_word(const char *s, uint32_t from, uint32_t to)
{
	static const char *const stems[] = { "Direct", "Direkt", "Dyrekt", "Presid", "Pr\xC3\xA9sid", "Pr\xC3\xA4sid", "Manager",
		"Head", "Chief", "Officer", "VP", "CEO", "CTO", "COO", "Leiter", "Leder", "Chef", "Respons", "Gerente", "Quality",
		"Qualit", "Kvalit", "Calidad", "Regulat", "Affairs", "Vigilan", "Specialist", "Engineer", "Executive", "Senior",
		"Vice", "Jefe", "Kierown", "Johtaja", "Vedouc", "Igazgat", "PRRC" };
	struct draft_token t;

	for (size_t at = from; draft_token_next(s, to, &at, &t);)
		for (size_t i = 0; i < FP_COUNT(stems); i++) {
			size_t n = strlen(stems[i]);

			/* A short one is the whole word: Lederer is a name. */
			if (t.to - t.from >= n && (n >= 6 || t.to - t.from == n) && memcmp(s + t.from, stems[i], n) == 0)
				return true;
		}
	return false;
}

/* Begins with a capital: ASCII, or a letter beyond it (whose case is not looked up: names begin with capitals anyway). */
static bool
begins_big(const char *s, const struct draft_token *t)
{
	return (s[t->from] >= 'A' && s[t->from] <= 'Z') || (unsigned char)s[t->from] >= 0x80;
}

/* Two to five words with capitals; no comma (but before a degree), no digit, no "of". */
static bool
looks_like_name(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;
	unsigned words = 0, particles = 0;
	uint32_t last = from;

	for (size_t at = from; draft_token_next(s, to, &at, &t); last = t.to) {
		if (t.digits > 0 || (t.letters > 3 && t.capitals == t.letters && words == 0 && t.to == to))
			return false;
		/* What follows a comma is a degree ("PhD") or no name. */
		if (words > 0 && memchr(s + last, ',', t.from - last) != NULL)
			return t.to - t.from <= 4 && words >= 2;
		if (memchr(s + last, '&', t.from - last) != NULL || memchr(s + last, '/', t.from - last) != NULL)
			return false;
		if (words > 0 && is_particle(s, &t))
			particles++;
		else if (begins_big(s, &t))
			words++;
		else
			return false;
	}
	return words >= 2 && words <= 5 && particles <= 2;
}

/* A label, an address, a date or a company is neither name nor title. */
static enum line_kind
kind_of(const struct draft_work *w, const struct line *l)
{
	const char *s = w->l->blocks[l->block].text;
	const struct term_hit *h = w->hits + w->span[l->block].first;
	uint32_t letters = 0, a, z;

	if (memchr(s + l->from, '@', l->to - l->from) != NULL || s[l->to - 1] == ':' || s[l->to - 1] == '.')
		return LINE_OTHER;
	for (uint32_t i = 0; i < w->span[l->block].n; i++)
		if (h[i].from >= l->from && h[i].to <= l->to &&
		    (h[i].group == TERM_SECTION || (h[i].group == TERM_LABEL && s[h[i].to] == ':')))
			return LINE_OTHER;
	for (uint32_t i = l->from; i < l->to; i++)
		letters += ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z') || (unsigned char)s[i] >= 0xC3;
	if (letters < 4 || head_company(s, l->from, l->to, &a, &z))
		return LINE_OTHER;
	return looks_like_name(s, l->from, l->to) && !has_job_word(s, l->from, l->to) ? LINE_NAME : LINE_TITLE;
}

static void
add_line(struct people *p, uint32_t block, uint32_t from, uint32_t to)
{
	const struct letter_block *b = &p->w->l->blocks[block];
	struct line l = { block, from, to, LINE_OTHER, b->bold };

	if (p->n == LINES_MAX || to <= from)
		return;
	l.kind = to - from <= LINE_BYTES ? kind_of(p->w, &l) : LINE_OTHER;
	p->line[p->n++] = l;
}

static void
add_block(struct people *p, uint32_t block)
{
	struct draft_rows rows = { .b = &p->w->l->blocks[block] };
	uint32_t from, to;

	while (draft_row_next(&rows, &from, &to))
		add_line(p, block, from, to);
}

/* The greeting at the end: a SECTION term of its own, short. */
static uint32_t
find_closing(const struct draft_work *w)
{
	for (uint32_t i = w->l->n_blocks; i-- > 0;) {
		const struct letter_block *b = &w->l->blocks[i];

		if (b->zone == LETTER_BODY && b->len <= 120 && !draft_in_form(w, i) &&
		    draft_hit_at(w, i, TERM_SECTION, "closing"))
			return i;
	}
	return w->l->n_blocks;
}

static void
gather(struct people *p, uint32_t closing)
{
	const struct letter *l = p->w->l;
	uint32_t seen = 0, end = 0;

	/* Names may stand behind the greeting in the same block. */
	for (uint32_t i = 0; i < p->w->span[closing].n; i++) {
		const struct term_hit *h = &p->w->hits[p->w->span[closing].first + i];

		if (h->group == TERM_SECTION && h->to > end)
			end = h->to;
	}
	if (end < l->blocks[closing].len)
		add_block(p, closing);
	for (uint32_t i = closing + 1; i < l->n_blocks && seen < BLOCKS_MAX; i++) {
		const struct letter_block *b = &l->blocks[i];

		if (b->zone != LETTER_BODY)
			continue;
		/* Running text, a heading or the form is behind the signatures. */
		if (b->len > 2 * LINE_BYTES || draft_in_form(p->w, i) || (b->kind == LETTER_HEADING && seen > 0) ||
		    draft_hit_first(p->w, i, TERM_SECTION) != NULL)
			break;
		add_block(p, i);
		seen++;
	}
}

static void
put_person(struct people *p, size_t at, const struct line *name, const struct line *title)
{
	const struct line *lines[] = { name, title };
	static const char *const keys[] = { "/name", "/title" };

	for (size_t i = 0; i < 2; i++) {
		char pointer[DRAFT_POINTER];
		struct draft_source s;

		if (lines[i] == NULL)
			continue;
		(void)draft_pointer(pointer, "/manufacturer/signatories/", at, keys[i]);
		s = draft_from(p->w, lines[i]->block, lines[i]->from, lines[i]->to - lines[i]->from, title != NULL ? 70 : 50);
		draft_put_str(p->w->d, pointer, draft_keep(p->w, s.block->text + s.from, s.len), &s);
	}
}

/* So many names, then as many titles: two columns that were read one below the other, or pairs. */
static size_t
names_in_a_row(const struct people *p, size_t i)
{
	size_t n = 0;

	while (i + n < p->n && p->line[i + n].kind == LINE_NAME)
		n++;
	return n;
}

/* "Quality Manager" has the form of a name, too: between names every second line is a title. */
static bool
is_pair_of_names(const struct people *p, size_t i, size_t names)
{
	return names % 2 == 0 && (i + names == p->n || p->line[i + names].kind != LINE_TITLE);
}

static size_t
put_group(struct people *p, size_t i, size_t *put)
{
	size_t names = names_in_a_row(p, i), titles = 0;

	while (i + names + titles < p->n && titles < names && p->line[i + names + titles].kind == LINE_TITLE)
		titles++;
	if (is_pair_of_names(p, i, names)) {
		for (size_t k = 0; k < names && *put < PEOPLE_MAX; k += 2)
			put_person(p, (*put)++, &p->line[i + k], &p->line[i + k + 1]);
		return names;
	}
	if (titles < names && titles > 0) {
		/* The last names have the titles. */
		for (size_t k = 0; k < titles && *put < PEOPLE_MAX; k++)
			put_person(p, (*put)++, &p->line[i + names - titles + k], &p->line[i + names + k]);
		return names + titles;
	}
	for (size_t k = 0; k < names && *put < PEOPLE_MAX; k++)
		put_person(p, (*put)++, &p->line[i + k], k < titles ? &p->line[i + names + k] : NULL);
	return names + titles;
}

/* "Name/Signature: Anna Berg, Head of Quality", where no greeting comes before. */
static size_t
labelled_people(struct people *p)
{
	const struct draft_work *w = p->w;
	size_t put = 0;

	for (uint32_t i = 0; i < w->l->n_blocks && put < PEOPLE_MAX; i++) {
		const struct term_hit *h = w->hits + w->span[i].first;

		for (uint32_t k = 0; k < w->span[i].n && !draft_in_form(w, i); k++) {
			struct head_slice v;
			struct line name = { .kind = LINE_NAME }, title = { .kind = LINE_TITLE };
			const char *s, *comma;

			if (h[k].group != TERM_LABEL || !draft_same(h[k].key->id, "signature") ||
			    !head_value(w, i, h[k].to, &v) || v.to - v.from > 2 * LINE_BYTES)
				continue;
			s = w->l->blocks[v.block].text;
			comma = memchr(s + v.from, ',', v.to - v.from);
			name.block = title.block = v.block;
			name.from = v.from;
			name.to = comma != NULL ? (uint32_t)(comma - s) : v.to;
			title.from = comma != NULL ? name.to + 2 : v.to;
			title.to = v.to;
			if (!looks_like_name(s, name.from, name.to))
				continue;
			put_person(p, put++, &name, title.from < title.to ? &title : NULL);
			break;
		}
	}
	return put;
}

void
head_signatories(struct draft_work *w)
{
	struct people *p = fp_arena_alloc(w->arena, 1, sizeof(*p));
	uint32_t closing = find_closing(w);
	size_t put = 0;

	if (p == NULL) {
		w->d->no_memory = true;
		return;
	}
	p->w = w;
	if (closing < w->l->n_blocks)
		gather(p, closing);
	for (size_t i = 0; i < p->n;) {
		if (p->line[i].kind == LINE_NAME)
			i += put_group(p, i, &put);
		else
			i++;
	}
	if (put == 0 && labelled_people(p) == 0)
		draft_lacks(w->d, "/manufacturer/signatories");
}
