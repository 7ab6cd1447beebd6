/* Columns that were printed, or taken out of a file, one below the other; heads and rows that ran together on lines. */
#include "draft/products_int.h"

#include <string.h>

#define LINE_MAX 220u
#define GROUPS_MAX 12u
#define ROWS_MAX 2000u

struct line {
	uint32_t block, from, to;
	unsigned head; /* PROD() bits; 0: no head */
};

/* A head and the lines below it. */
struct group {
	unsigned head;
	uint32_t first, n; /* lines */
};

struct lists {
	struct prod *p;
	struct line *lines;
	uint32_t n, cap;
};

static bool
word_between(const char *s, uint32_t from, uint32_t to)
{
	struct draft_token t;
	size_t at = from;

	for (uint32_t i = from; i < to; i++)
		if (strchr("/,;|", s[i]) != NULL)
			return false;
	return to > from && draft_token_next(s, to, &at, &t);
}

/* What stands between words. */
static const bool stroke[256] = { [' '] = true,
	[':'] = true,
	['/'] = true,
	[','] = true,
	[';'] = true,
	['.'] = true,
	['('] = true,
	[')'] = true,
	['-'] = true,
	['*'] = true };

/* Half of the line and more is labels: "Product Catalogue number UDI-DI". */
static unsigned
whole_head(struct prod *p, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = p->w->l->blocks[block].text;
	struct prod_label l[GROUPS_MAX];
	size_t n = prod_labels(p, block, from, to, l, GROUPS_MAX), covered = 0, letters = 0;
	unsigned fields = 0;
	bool divided = false;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		/* A label with its value behind it. */
		if (l[i].to + 1 < to && s[l[i].to] == ':')
			return 0;
		covered += l[i].to - l[i].from;
		divided = divided || (i > 0 && memchr(s + l[i - 1].to, '/', l[i].from - l[i - 1].to) != NULL);
		/* "purpose of the device": what the purpose is of. */
		if (i == 0 || l[i].field != PROD_NAME || !word_between(s, l[i - 1].to, l[i].from))
			fields |= PROD(l[i].field);
	}
	for (uint32_t i = from; i < to; i++)
		letters += !stroke[(unsigned char)s[i]];
	if (covered * 2 < letters)
		return 0;
	/* One head of a column, also of two words for it ("model/part number"), or several that ran together. */
	return n == 1 || divided ? prod_head(p, block, from, to) : fields;
}

static void
add_line(struct lists *x, uint32_t block, uint32_t from, uint32_t to)
{
	if (x->n == x->cap) {
		uint32_t cap = x->cap * 2 + 64;
		struct line *grown = fp_arena_alloc(x->p->w->arena, cap, sizeof(*grown));

		if (grown == NULL) {
			x->p->w->d->no_memory = true;
			return;
		}
		if (x->n > 0)
			memcpy(grown, x->lines, x->n * sizeof(*grown));
		x->lines = grown;
		x->cap = cap;
	}
	x->lines[x->n++] = (struct line){ block, from, to, 0 };
}

static void
add_lines(struct lists *x, uint32_t block)
{
	struct draft_rows rows = { .b = &x->p->w->l->blocks[block] };
	uint32_t from, to;

	while (draft_row_next(&rows, &from, &to))
		add_line(x, block, from, to);
}

/* Only blocks near a label are looked at. */
static bool
worth(const struct prod *p, uint32_t block)
{
	const struct letter_block *b = &p->w->l->blocks[block];

	return b->zone == LETTER_BODY && !p->used[block] && !draft_in_form(p->w, block) && b->len <= 4000;
}

static bool
is_value(const struct lists *x, uint32_t line)
{
	const struct line *l = &x->lines[line];
	const struct letter_block *b = &x->p->w->l->blocks[l->block];

	if (l->head != 0 || l->to - l->from > LINE_MAX || b->kind == LETTER_HEADING || strchr(".:!?", b->text[l->to - 1]) != NULL)
		return false;
	/* The heading of a section ends the list. */
	for (uint32_t i = 0; i < x->p->w->span[l->block].n; i++) {
		const struct term_hit *h = &x->p->w->hits[x->p->w->span[l->block].first + i];

		if (h->group == TERM_SECTION && h->whole)
			return false;
	}
	return true;
}

static void
use(struct lists *x, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		x->p->used[x->lines[i].block] = true;
}

/* ---- heads on one line, rows on the next ones ---- */

static uint32_t
rows_below(struct lists *x, uint32_t at)
{
	unsigned fields = x->lines[at].head & PROD_READ;
	uint32_t i = at + 1;

	for (; i < x->n && i - at < ROWS_MAX && is_value(x, i); i++) {
		const struct line *l = &x->lines[i];

		prod_flush(x->p);
		if (!prod_run_together(x->p, fields, l->block, l->from, l->to, 70) || (prod_has(&x->p->rec) & PROD_CODES) == 0) {
			x->p->rec.n = 0;
			break;
		}
	}
	prod_flush(x->p);
	if (i > at + 1)
		use(x, at, i);
	return i;
}

/* ---- columns that a sign divides: "Product / REF / Lot" ---- */

struct columns {
	char sign;
	uint32_t n;
	unsigned head[GROUPS_MAX];
};

/* The next part of a line before the sign with blanks around it; false at the end. */
static bool
part_next(const char *s, uint32_t *at, uint32_t to, char sign, uint32_t *from, uint32_t *end)
{
	uint32_t i = *at;

	if (i > to)
		return false;
	while (i < to && !(s[i] == sign && (sign != '/' || (i > 0 && s[i - 1] == ' ' && i + 1 < to && s[i + 1] == ' '))))
		i++;
	*from = *at;
	*end = i;
	*at = i < to ? i + 1 : to + 1;
	while (*from < *end && s[*from] == ' ')
		++*from;
	while (*end > *from && s[*end - 1] == ' ')
		--*end;
	return true;
}

/* Every part of the line is a head of a column. */
static bool
divided_head(struct prod *p, const struct line *l, char sign, struct columns *c)
{
	const char *s = p->w->l->blocks[l->block].text;
	unsigned all = 0;
	uint32_t from, end;

	*c = (struct columns){ .sign = sign };
	for (uint32_t at = l->from; part_next(s, &at, l->to, sign, &from, &end);) {
		unsigned head = from < end ? prod_head(p, l->block, from, end) : 0;

		if (head == 0 || c->n == GROUPS_MAX)
			return false;
		if ((head & PROD_READ) == 0 && prod_is_reference(p, l->block, from, end))
			head = PROD(PROD_CATALOG);
		c->head[c->n++] = head;
		all |= head;
	}
	return c->n >= 2 && (all & PROD(PROD_NAME)) != 0 && (all & PROD_CODES) != 0;
}

static bool
find_columns(struct prod *p, const struct line *l, struct columns *c)
{
	static const char signs[] = "|;/";

	for (const char *sign = signs; *sign != '\0'; sign++)
		if (divided_head(p, l, *sign, c))
			return true;
	return false;
}

static bool
read_divided(struct lists *x, const struct line *l, const struct columns *c)
{
	const char *s = x->p->w->l->blocks[l->block].text;
	uint32_t n = 0, from, end;

	for (uint32_t at = l->from; part_next(s, &at, l->to, c->sign, &from, &end);)
		n++;
	if (n != c->n)
		return false;
	n = 0;
	for (uint32_t at = l->from; part_next(s, &at, l->to, c->sign, &from, &end); n++)
		prod_read_cell(x->p, c->head[n], l->block, from, end);
	prod_flush(x->p);
	return true;
}

/* Returns the first line behind the rows; at: there are none. */
static uint32_t
rows_divided(struct lists *x, uint32_t at)
{
	struct columns c;
	uint32_t i = at + 1;

	if (!find_columns(x->p, &x->lines[at], &c))
		return at;
	while (i < x->n && i - at < ROWS_MAX && read_divided(x, &x->lines[i], &c))
		i++;
	if (i == at + 1)
		return at;
	use(x, at, i);
	return i;
}

/* ---- heads one below the other ---- */

/* The line may be a value of the head: codes have digits, or say "not applicable". */
static bool
fits(const struct lists *x, unsigned head, uint32_t line)
{
	const struct line *l = &x->lines[line];
	const char *s = x->p->w->l->blocks[l->block].text;
	size_t digits = 0, small = 0;
	bool none;

	if ((head & PROD_READ) == 0)
		return true;
	for (uint32_t i = l->from; i < l->to; i++) {
		digits += s[i] >= '0' && s[i] <= '9';
		small += s[i] >= 'a' && s[i] <= 'z';
	}
	if ((head & PROD(PROD_NAME)) != 0)
		return digits * 2 <= l->to - l->from;
	none = prod_not_applicable(x->p, l->block, l->from, l->to);
	if ((head & PROD(PROD_UDI)) != 0)
		return digits >= 8 || none;
	return none || digits * 3 >= l->to - l->from || (digits > 0 && small == 0);
}

static bool
is_column(unsigned head)
{
	return head != 0 && ((head & PROD(PROD_NAME)) == 0 || (head & PROD_READ) == PROD(PROD_NAME));
}

static void
find_groups(const struct lists *x, uint32_t at, struct group *g, uint32_t *n)
{
	unsigned had = 0;

	*n = 0;
	/* A head of several fields, or one that comes again, is another list's. */
	while (at < x->n && *n < GROUPS_MAX && is_column(x->lines[at].head) && (had & x->lines[at].head & PROD_READ) == 0) {
		had |= x->lines[at].head;
		g[*n] = (struct group){ x->lines[at].head, at + 1, 0 };
		for (at++; at < x->n && is_value(x, at) && g[*n].n < ROWS_MAX; at++)
			g[*n].n++;
		++*n;
	}
	/* Below the last head other text may follow. */
	if (*n > 0 && (g[*n - 1].head & PROD(PROD_NAME)) == 0) {
		struct group *last = &g[*n - 1];
		uint32_t k = 0;

		while (k < last->n && fits(x, last->head, last->first + k))
			k++;
		last->n = *n > 1 && g[*n - 2].n == 0 ? last->n : k;
	}
}

static void
read_value(struct lists *x, unsigned head, uint32_t line)
{
	const struct line *l = &x->lines[line];

	head &= PROD_READ;
	if (head == 0)
		return;
	if ((head & PROD(PROD_NAME)) != 0)
		(void)prod_name(x->p, l->block, l->from, l->to, 70);
	else
		(void)prod_values(x->p, head, l->block, l->from, l->to, true, 70);
}

/*
 * As many values below each head: the first of each belong together. What is below the last head may be other text; one range of serial numbers, or one
 * version, is for all of them.
 */
static bool
read_zipped(struct lists *x, const struct group *g, uint32_t n, uint32_t *end)
{
	uint32_t columns = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool short_one = g[i].n == 1 && (g[i].head & (PROD(PROD_NAME) | PROD(PROD_CATALOG) | PROD(PROD_UDI))) == 0;

		if ((g[i].head & PROD_READ) == 0 || short_one)
			continue;
		columns++;
		if (g[i].n < 2 || (g[i].n != g[0].n && (i + 1 < n || g[i].n < g[0].n)))
			return false;
		for (uint32_t k = 0; k < g[0].n; k++)
			if (!fits(x, g[i].head, g[i].first + k))
				return false;
	}
	for (uint32_t k = 0; columns >= 2 && k < g[0].n; k++) {
		for (uint32_t i = 0; i < n; i++)
			if (g[i].n > 0)
				read_value(x, g[i].head, g[i].first + (g[i].n == 1 ? 0 : k));
		prod_flush(x->p);
	}
	*end = g[n - 1].first + (g[n - 1].n < g[0].n ? g[n - 1].n : g[0].n);
	return columns >= 2;
}

/* How many rows are there whose every value fits its head, row by row or column by column? */
static uint32_t
rows_that_fit(const struct lists *x, const struct group *g, uint32_t n, bool by_row)
{
	uint32_t first = g[n - 1].first, most = g[n - 1].n / n;

	for (uint32_t rows = most; rows > 0; rows--) {
		uint32_t good = 0;

		while (good < rows * n && fits(x, g[by_row ? good % n : good / rows].head, first + good))
			good++;
		if (good == rows * n)
			return rows;
		/* Row by row a shorter list begins the same. */
		if (by_row)
			return good / n;
	}
	return 0;
}

/* All heads, then all values: row by row, or column by column, as more values fit the heads. */
static bool
read_below(struct lists *x, const struct group *g, uint32_t n, uint32_t *end)
{
	uint32_t by_row, by_col, rows;

	for (uint32_t i = 0; i + 1 < n; i++)
		if (g[i].n != 0)
			return false;
	by_row = rows_that_fit(x, g, n, true);
	by_col = rows_that_fit(x, g, n, false);
	rows = by_row >= by_col ? by_row : by_col;
	for (uint32_t k = 0; k < rows; k++) {
		for (uint32_t i = 0; i < n; i++)
			read_value(x, g[i].head, g[n - 1].first + (by_row >= by_col ? k * n + i : i * rows + k));
		prod_flush(x->p);
	}
	*end = g[n - 1].first + rows * n;
	return rows > 0;
}

static uint32_t
read_groups(struct lists *x, uint32_t at)
{
	struct group g[GROUPS_MAX];
	uint32_t n, end;

	find_groups(x, at, g, &n);
	if (n < 2 || (!read_zipped(x, g, n, &end) && !read_below(x, g, n, &end)))
		return at + 1;
	use(x, at, end);
	return end;
}

void
prod_read_lists(struct prod *p)
{
	struct lists x = { .p = p };
	bool any = false;

	for (uint32_t i = 0; i < p->w->l->n_blocks; i++)
		if (worth(p, i))
			add_lines(&x, i);
	for (uint32_t i = 0; i < x.n; i++) {
		struct line *l = &x.lines[i];

		l->head = l->to - l->from <= LINE_MAX ? whole_head(p, l->block, l->from, l->to) : 0;
		any = any || l->head != 0;
	}
	for (uint32_t i = 0; any && i < x.n;) {
		unsigned head = x.lines[i].head;
		uint32_t end = head != 0 ? rows_divided(&x, i) : i;

		if (end > i)
			i = end;
		else if (head == 0)
			i++;
		else if ((head & PROD(PROD_NAME)) != 0 && (head & PROD_CODES) != 0)
			i = rows_below(&x, i);
		else if ((head & PROD_READ) != 0)
			i = read_groups(&x, i);
		else
			i++;
	}
}
