/* The head of a letter: reference, document number, revision, kind, edition. */
#include "draft/head_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "notice/notice.h"

#define TITLE_BLOCKS 40u
#define TITLE_LONG 220u /* bytes; a longer block is no title any more */
#define NUMBERS_MAX 64u

/* A number that may be the notice's. */
struct number {
	uint32_t block, from, to;
	const char *normal;
	int score;
	unsigned times;
	bool fsca; /* the number of the corrective action */
};

struct numbers {
	struct draft_work *w;
	struct number n[NUMBERS_MAX];
	size_t count;
	bool spaced; /* a finding was made */
};

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z');
}

/* ---- where a labelled value stands ---- */

static uint32_t
skip_signs(const char *s, uint32_t from, uint32_t to)
{
	for (;;) {
		if (from < to && strchr(" :.#=*()[]", s[from]) != NULL)
			from++;
		else if (to - from >= 2 && (memcmp(s + from, "\xC2\xB0", 2) == 0 || memcmp(s + from, "\xC2\xBA", 2) == 0 ||
					       memcmp(s + from, "\xC2\xA0", 2) == 0))
			from += 2;
		else if (to - from >= 3 && (memcmp(s + from, "\xE2\x80\x93", 3) == 0 || memcmp(s + from, "\xE2\x80\x94", 3) == 0))
			from += 3;
		else
			return from;
	}
}

/* "Local representative (name, e-mail, telephone)": what is asked for, in brackets behind the label. */
static uint32_t
skip_explained(const char *s, uint32_t from, uint32_t to)
{
	uint32_t i = from;

	while (i < to && (s[i] == ' ' || s[i] == '*'))
		i++;
	if (i >= to || s[i] != '(')
		return from;
	while (i < to && s[i] != ')')
		i++;
	return i < to && i > from + 8 ? i + 1 : from;
}

static uint32_t
line_end(const struct letter_block *b, uint32_t from)
{
	for (uint32_t i = from; i + 2 < b->len; i++)
		if (memcmp(b->text + i, "\xE2\x80\xA8", 3) == 0)
			return i;
	return b->len;
}

/* A label of any kind ends the value of the one before. */
static uint32_t
label_end(const struct draft_work *w, uint32_t block, uint32_t from, uint32_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == TERM_LABEL && h[i].from > from && h[i].from < to)
			return h[i].from;
	return to;
}

bool
head_value(const struct draft_work *w, uint32_t block, uint32_t after, struct head_slice *out)
{
	const struct letter_block *b = &w->l->blocks[block];
	uint32_t end = line_end(b, after), from = skip_signs(b->text, skip_explained(b->text, after, end), end);

	end = label_end(w, block, from, end);
	if (from < end) {
		*out = (struct head_slice){ block, from, end };
		return true;
	}
	/* The label is alone: the value is on the next line, in the cell beside it, or below. */
	if (line_end(b, after) < b->len) {
		from = skip_signs(b->text, line_end(b, after) + 3, b->len);
		*out = (struct head_slice){ block, from, line_end(b, from) };
		return from < out->to;
	}
	if (block + 1 >= w->l->n_blocks)
		return false;
	if (b->kind == LETTER_CELL &&
	    (b[1].kind != LETTER_CELL || b[1].table != b->table || (b[1].row != b->row && b[1].col != b->col)))
		return false;
	if (b[1].zone != b->zone || draft_hit_first(w, block + 1, TERM_LABEL) != NULL)
		return false;
	*out = (struct head_slice){ block + 1, 0, line_end(&b[1], 0) };
	return true;
}

/* ---- numbers of the notice ---- */

/* "FSN 2023-045", "FSN2023 -1338", "2023/12": a code, or a short word of capitals and a code, or a code that a blank cut before its hyphen. */
static bool
code_run(const char *s, uint32_t from, uint32_t to, uint32_t *a, uint32_t *z)
{
	struct draft_token t;
	size_t at = from;
	bool digits = false;

	*a = *z = from;
	while (draft_token_next(s, to, &at, &t)) {
		bool begins = *z == *a;
		bool glued = !begins && (t.from == *z || (t.from == *z + 1 && strchr("/-_.", s[*z]) != NULL));
		bool hyphen =
		    !begins && t.digits > 0 && t.from >= *z + 2 && t.from <= *z + 3 && s[t.from - 1] == '-' && s[*z] == ' ';
		bool word = !begins && !digits && t.digits > 0 && t.from == *z + 1 && s[*z] == ' ';

		/* Words before the number ("reference number of the maker") are passed over while it has not begun. */
		if (begins && t.digits == 0 && !(t.capitals == t.letters && t.letters >= 2 && t.letters <= 6)) {
			if (t.from > from + 40)
				return false;
			continue;
		}
		if (!begins && !glued && !hyphen && !word) {
			if (digits)
				break;
			*a = t.from;
		}
		if (begins)
			*a = t.from;
		*z = t.to;
		digits = digits || t.digits > 0;
	}
	return digits && *z > *a && *z - *a <= 48;
}

static const char *
normal_of(struct draft_work *w, const char *s, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 256 };
	const char *text = draft_keep(w, s, len);

	return notice_reference_normal(&out, text, NULL) == FP_OK ? draft_keep(w, out.data, out.len) : NULL;
}

static void
add_number(struct numbers *x, uint32_t block, uint32_t from, uint32_t to, int score, bool fsca)
{
	const char *normal = normal_of(x->w, x->w->l->blocks[block].text + from, to - from);

	if (normal == NULL)
		return;
	for (size_t i = 0; i < x->count; i++) {
		struct number *n = &x->n[i];

		if (strcmp(n->normal, normal) != 0)
			continue;
		n->times++;
		/* Its label knows better than its form. */
		n->fsca = n->score >= 90 && score < 90 ? n->fsca : n->fsca && fsca;
		/* The place to show is the one with the better reason; of equals the first. */
		if (score > n->score) {
			n->block = block, n->from = from, n->to = to;
			n->score = score;
		}
		return;
	}
	if (x->count < NUMBERS_MAX)
		x->n[x->count++] = (struct number){ block, from, to, normal, score, 1, fsca };
}

static void
note_spacing(struct numbers *x, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = x->w->l->blocks[block].text + from;
	struct draft_source src = draft_from(x->w, block, from, to - from, 90);

	if (x->spaced || memchr(s, '-', to - from) == NULL)
		return;
	for (uint32_t i = 0; i + 1 < to - from; i++)
		if (s[i] == ' ' && s[i + 1] == '-') {
			x->spaced = true;
			draft_finding(x->w->d, "reference-spacing", DRAFT_INFO, &src,
			    "the reference is printed with a blank inside: '%.*s'", (int)(to - from), s);
			return;
		}
}

/* "FSCA-2024-7": the words of a term are the beginning of a number. */
static bool
runs_on(const struct letter_block *b, uint32_t to)
{
	return to + 1 < b->len && strchr("-/_", b->text[to]) != NULL && is_alnum(b->text[to + 1]);
}

/* "Reference: FSCA-2024-7": a label that ran into the number gives it back its first word. */
static uint32_t
label_to(const struct letter_block *b, const struct term_hit *h, bool *glued)
{
	uint32_t to = h->to;

	*glued = runs_on(b, to);
	while (*glued && to > h->from && is_alnum(b->text[to - 1]))
		to--;
	*glued = *glued && to > h->from;
	return *glued ? to : h->to;
}

/* "The pump (reference P-200, UDI-DI ...)": the reference of a product, as what identifies a product stands right behind it. */
static bool
of_a_product(const struct draft_work *w, uint32_t block, uint32_t number_to)
{
	static const char *const beside[] = { "udi-di", "lot", "serial-number", "serial-range" };
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		for (size_t k = 0; k < FP_COUNT(beside); k++)
			if (h[i].group == TERM_LABEL && draft_same(h[i].key->id, beside[k]) && h[i].from >= number_to &&
			    h[i].from <= number_to + 4 && w->l->blocks[block].text[number_to] == ',')
				return true;
	return false;
}

static bool
holds_word(const char *s, uint32_t from, uint32_t to, const char *word)
{
	size_t len = strlen(word);

	for (uint32_t i = from; i + len <= to; i++)
		if (memcmp(s + i, word, len) == 0)
			return true;
	return false;
}

/* Numbers under a label of their own. "Reference" may be that of the action, where the number says so itself. */
static void
labelled_numbers(struct numbers *x, uint32_t block)
{
	const struct draft_work *w = x->w;
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++) {
		bool fsca = h[i].group == TERM_LABEL && draft_same(h[i].key->id, "fsca-reference"), glued;
		struct head_slice v;
		uint32_t a, z, within;
		const char *s;

		if (h[i].group != TERM_LABEL || (!fsca && !draft_same(h[i].key->id, "reference")) ||
		    !head_value(w, block, label_to(&w->l->blocks[block], &h[i], &glued), &v))
			continue;
		s = w->l->blocks[v.block].text;
		/* In running text the number comes at once. */
		within = memchr(s + v.from, ':', v.to - v.from) != NULL ? 40 : 12;

		if (code_run(s, v.from, v.to, &a, &z) && a <= v.from + within && !of_a_product(w, v.block, z)) {
			fsca = (fsca && !glued) || holds_word(s, a, z, "FSCA");
			add_number(x, v.block, a, z, 90, fsca);
			note_spacing(x, v.block, a, z);
		}
	}
}

static bool
has_label(const struct draft_work *w, uint32_t block, uint32_t from, uint32_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == TERM_LABEL && h[i].from >= from && h[i].to <= to)
			return true;
	return false;
}

/* "Safety notice no. TS/2024/09": the number is all that follows what the letter calls itself. */
static void
titled_number(struct numbers *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	const struct term_hit *h = x->w->hits + x->w->span[block].first;
	struct draft_rows rows = { .b = b };
	uint32_t from, to, a, z;

	if (b->len > TITLE_LONG || b->zone != LETTER_BODY)
		return;
	while (draft_row_next(&rows, &from, &to))
		for (uint32_t i = 0; i < x->w->span[block].n; i++) {
			if (h[i].group != TERM_KIND || h[i].from < from || h[i].to >= to || has_label(x->w, block, from, to) ||
			    runs_on(b, h[i].to) || !code_run(b->text, h[i].to, to, &a, &z))
				continue;
			if (z == to && a <= h[i].to + 12)
				add_number(x, block, a, z, 80, false);
		}
}

/* The next two capitals beside each other from byte at on; the block's length when there are none. */
static uint32_t
next_capitals(const struct letter_block *b, uint32_t at)
{
	for (; at + FP_BYTES < b->len; at += FP_BYTES)
		if (fp_bytes_any(fp_bytes_between(fp_bytes_at(b->text + at), 'A', 'Z') &
				 fp_bytes_between(fp_bytes_at(b->text + at + 1), 'A', 'Z')))
			break;
	while (at + 1 < b->len && !(is_upper(b->text[at]) && is_upper(b->text[at + 1])))
		at++;
	return at + 1 < b->len ? at : b->len;
}

/* Numbers that look like references, label or not: they begin with two capitals or more. */
static void
formed_numbers(struct numbers *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];

	for (uint32_t i = 0; (i = next_capitals(b, i)) + 4 < b->len; i++) {
		const char *s = b->text + i;
		uint32_t n = 0, a, z;
		char word[8];

		if (i > 0 && is_alnum(s[-1]))
			continue;
		while (n < 6 && i + n < b->len && is_upper(s[n]))
			n++;
		memcpy(word, s, n < 6 ? n : 6);
		word[n] = '\0';
		if (!code_run(b->text, i, i + 40 < b->len ? i + 40 : b->len, &a, &z) || a != i || z <= i + n)
			continue;
		if (draft_number_of(s, z - a) != DRAFT_N_REFERENCE &&
		    !(draft_reference_word(word, n) && n >= 3 && memchr(s, ' ', z - a) != NULL))
			continue;
		add_number(x, block, a, z, strncmp(word, "FSN", 3) == 0 ? 75 : 70, strncmp(word, "FSCA", 4) == 0);
		note_spacing(x, block, a, z);
		i = z;
	}
}

/* "... our field safety notice LKS-21 of 7 April": a code of letters and digits right behind the kind of letter, in running text or a subject. */
static void
named_number(struct numbers *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	const struct term_hit *h = x->w->hits + x->w->span[block].first;

	for (uint32_t i = 0; i < x->w->span[block].n && b->zone == LETTER_BODY; i++) {
		uint32_t end = h[i].to + 60 < b->len ? h[i].to + 60 : b->len, a, z;
		struct draft_token t;
		size_t at;

		if (h[i].group != TERM_KIND || runs_on(b, h[i].to) || !code_run(b->text, h[i].to, end, &a, &z) || a > h[i].to + 6)
			continue;
		at = a;
		if (draft_token_next(b->text, b->len, &at, &t) && t.from == a && t.to == z && t.capitals >= 2 &&
		    t.capitals == t.letters && t.digits >= 3 && memchr(b->text + a, '-', z - a) != NULL)
			add_number(x, block, a, z, 65, false);
	}
}

/* The better reason first, then the more often printed, then the first. */
static const struct number *
best_number(const struct numbers *x, bool fsca)
{
	const struct number *best = NULL;

	for (size_t i = 0; i < x->count; i++) {
		const struct number *n = &x->n[i];

		if (n->fsca != fsca)
			continue;
		if (best == NULL || n->score > best->score || (n->score == best->score && n->times > best->times))
			best = n;
	}
	return best;
}

static void
put_number(struct draft_work *w, const char *pointer, const struct number *n, int confidence)
{
	struct draft_source s = draft_from(w, n->block, n->from, n->to - n->from, confidence);

	draft_put_str(w->d, pointer, n->normal, &s);
}

static void
put_references(struct numbers *x)
{
	const struct number *own = best_number(x, false), *fsca = best_number(x, true);

	/* A letter that shows only the number of its action is known by that. */
	if (own != NULL)
		put_number(x->w, "/reference", own, own->score >= 90 ? 90 : own->score >= 70 ? 70 : 50);
	else if (fsca != NULL)
		put_number(x->w, "/reference", fsca, 50);
	else
		draft_lacks(x->w->d, "/reference");
	if (fsca != NULL)
		put_number(x->w, "/fsca_reference", fsca, fsca->score >= 90 ? 90 : 70);
	else
		draft_lacks(x->w->d, "/fsca_reference");
}

/* ---- document number and revision ---- */

/* Behind the reference, in brackets: "(M-AMR-00719)". */
static bool
bracketed(const struct draft_work *w, uint32_t block, struct head_slice *out)
{
	const struct letter_block *b = &w->l->blocks[block];
	const char *open = memchr(b->text, '(', b->len);
	struct draft_token t;

	for (; open != NULL; open = memchr(open + 1, '(', b->len - (size_t)(open + 1 - b->text))) {
		size_t at = (size_t)(open + 1 - b->text);

		if (draft_token_next(b->text, b->len, &at, &t) && b->text[t.from - 1] == '(' && t.to < b->len &&
		    b->text[t.to] == ')' && t.digits >= 3 && t.capitals >= 1) {
			*out = (struct head_slice){ block, t.from, t.to };
			return true;
		}
	}
	return false;
}

static bool
labelled_code(const struct draft_work *w, const char *id, struct head_slice *out)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = w->hits + w->span[i].first;

		for (uint32_t k = 0; k < w->span[i].n; k++) {
			struct head_slice v;

			if (h[k].group != TERM_LABEL || !draft_same(h[k].key->id, id) || draft_in_form(w, i) ||
			    !head_value(w, i, h[k].to, &v) ||
			    !code_run(w->l->blocks[v.block].text, v.from, v.to, &out->from, &out->to))
				continue;
			out->block = v.block;
			return true;
		}
	}
	return false;
}

static void
put_document_number(struct draft_work *w, const struct numbers *x)
{
	struct head_slice v;
	int confidence = 90;
	bool found = labelled_code(w, "document-number", &v);

	for (size_t i = 0; !found && i < x->count; i++) {
		confidence = 70;
		found = bracketed(w, x->n[i].block, &v);
	}
	for (uint32_t i = 0; !found && i < w->l->n_blocks; i++)
		found = w->l->blocks[i].zone != LETTER_BODY && (w->holds[i] & DRAFT_HOLDS_DIGIT) != 0 && bracketed(w, i, &v);
	if (found) {
		struct draft_source s = draft_from(w, v.block, v.from, v.to - v.from, confidence);

		draft_put_str(w->d, "/document_number", draft_keep(w, w->l->blocks[v.block].text + v.from, v.to - v.from), &s);
		return;
	}
	draft_lacks(w->d, "/document_number");
}

/* "Rev. 2", "Revision: 01"; a letter stays a letter. Not "Rev 1: September 2018", which is the template's own. */
static bool
put_revision_at(struct draft_work *w, uint32_t block, const struct term_hit *h)
{
	struct head_slice v;
	struct draft_token t;
	const char *s;
	size_t at;
	struct draft_source src;

	if (!head_value(w, block, h->to, &v))
		return false;
	s = w->l->blocks[v.block].text;
	at = v.from;
	if (!draft_token_next(s, v.to, &at, &t) || t.from > v.from + 2 || t.to - t.from > 3)
		return false;
	if (t.to + 2 < v.to && s[t.to] == ':')
		return false;
	src = draft_from(w, v.block, t.from, t.to - t.from, 90);
	if (t.digits == t.to - t.from)
		draft_put_int(w->d, "/revision", strtol(draft_keep(w, s + t.from, t.to - t.from), NULL, 10), &src);
	else if (t.to - t.from == 1 && t.capitals == 1)
		draft_put_str(w->d, "/revision", draft_keep(w, s + t.from, 1), &src);
	else
		return false;
	return true;
}

static void
put_revision(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = w->hits + w->span[i].first;

		for (uint32_t k = 0; k < w->span[i].n; k++)
			if (h[k].group == TERM_LABEL && draft_same(h[k].key->id, "revision") && w->l->blocks[i].len <= 300 &&
			    !draft_in_form(w, i) && put_revision_at(w, i, &h[k]))
				return;
	}
	draft_lacks(w->d, "/revision");
}

/* ---- kind ---- */

/* Where the title may stand: from the top to the greeting or the first long text. */
static uint32_t
title_end(const struct draft_work *w)
{
	uint32_t seen = 0, i = 0;

	for (; i < w->l->n_blocks && seen < TITLE_BLOCKS; i++) {
		const struct letter_block *b = &w->l->blocks[i];

		if (b->zone != LETTER_BODY)
			continue;
		if ((b->len > TITLE_LONG && b->kind == LETTER_PARAGRAPH) || draft_hit_at(w, i, TERM_SECTION, "greeting"))
			break;
		seen++;
	}
	return i;
}

static bool
in_array(const json_t *list, const char *text)
{
	size_t i;
	json_t *is;

	json_array_foreach(list, i, is)
	{
		if (strcmp(json_string_value(is), text) == 0)
			return true;
	}
	return false;
}

static void
take_kind(struct draft_work *w, uint32_t block, const struct term_hit *h)
{
	struct draft_source s = draft_from(w, block, h->from, h->to - h->from, 90);
	const char *id = h->key->id;

	if (strcmp(id, "urgent") == 0) {
		if (draft_get(w->d, "/urgent") == NULL)
			(void)draft_put(w->d, "/urgent", json_true(), &s);
	} else if (strcmp(id, "update") == 0 || strcmp(id, "new") == 0) {
		if (draft_get(w->d, "/edition") == NULL)
			draft_put_str(w->d, "/edition", id, &s);
	} else if (!in_array(draft_get(w->d, "/kinds"), id)) {
		draft_put_str(w->d, "/kinds/-", id, &s);
	}
}

static void
put_kinds(struct draft_work *w)
{
	uint32_t end = title_end(w);

	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct term_hit *h = w->hits + w->span[i].first;

		/* Behind the title only a heading before the form may say it; a page header says it, too. */
		if (i >= end && w->l->blocks[i].zone == LETTER_BODY)
			continue;
		for (uint32_t k = 0; k < w->span[i].n; k++)
			if (h[k].group == TERM_KIND)
				take_kind(w, i, &h[k]);
	}
	if (draft_get(w->d, "/kinds") == NULL)
		draft_lacks(w->d, "/kinds");
	/* A letter that does not say so is not urgent; of one without a word nobody knows. */
	if (w->l->n_blocks == 0)
		draft_lacks(w->d, "/urgent");
	else if (draft_get(w->d, "/urgent") == NULL)
		(void)draft_put(w->d, "/urgent", json_false(), NULL);
	draft_lacks(w->d, "/edition");
}

/* "FSN-2023-001 of 5 April 2023": the day behind a number. */
static void
put_previous_date(struct draft_work *w, const struct number *n)
{
	const struct letter_block *b = &w->l->blocks[n->block];
	struct term_date found[8];
	size_t count = term_dates(w->t, w->block_lang[n->block], b->text, b->len, found, FP_COUNT(found));
	char iso[FP_DATE_MAX];

	for (size_t i = 0; i < count && i < FP_COUNT(found); i++)
		if (found[i].from >= n->to && found[i].from <= n->to + 16 && found[i].date.year != 0 &&
		    found[i].other.year == 0) {
			struct draft_source s = draft_from(w, n->block, found[i].from, found[i].to - found[i].from, 70);

			draft_put_str(w->d, "/previous/issue_date", fp_date_text(iso, found[i].date), &s);
			return;
		}
}

/* An update names the notice that it follows. */
static void
put_previous(struct draft_work *w, const struct numbers *x)
{
	const char *own = json_string_value(draft_get(w->d, "/reference"));
	const char *edition = json_string_value(draft_get(w->d, "/edition"));

	for (size_t i = 0; edition != NULL && own != NULL && strcmp(edition, "update") == 0 && i < x->count; i++)
		if (!x->n[i].fsca && strcmp(x->n[i].normal, own) != 0) {
			put_number(w, "/previous/reference", &x->n[i], 70);
			put_previous_date(w, &x->n[i]);
			return;
		}
}

void
draft_stage_head(struct draft_work *w)
{
	struct numbers *x = fp_arena_alloc(w->arena, 1, sizeof(*x));
	uint32_t title;

	if (x == NULL) {
		w->d->no_memory = true;
		return;
	}
	x->w = w;
	title = title_end(w);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		if (!draft_in_form(w, i))
			labelled_numbers(x, i);
		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) != 0 && i < title)
			titled_number(x, i);
		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) != 0) {
			formed_numbers(x, i);
			named_number(x, i);
		}
	}
	put_references(x);
	put_document_number(w, x);
	put_revision(w);
	head_dates(w);
	put_kinds(w);
	put_previous(w, x);
	head_maker(w);
	head_contacts(w);
	head_signatories(w);
	head_links(w);
}
