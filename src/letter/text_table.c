/* Tables in a text: columns set by TAB, by "|", or by blanks one below the other. */
#include <string.h>

#include "letter/decode.h"
#include "letter/text_int.h"

#define WIDTH_MAX 400 /* characters of a line in which columns of blanks are looked for */

/* Where the rows of a run of lines go. */
static void
begin_table(struct text *t, bool new)
{
	if (!new)
		return;
	t->row_table = t->tables++;
	t->table_rows = 0;
}

/* Rows that come next may belong to it, unless mark-up in a cell began something else. */
static void
end_table(struct text *t, int cols, bool one)
{
	const struct letter_block *open = letter_build_open(t->b);

	t->table = open != NULL && open->kind == LETTER_CELL ? t->row_table : -1;
	t->table_cols = cols;
	t->table_one = one;
	t->table_at.n = 0;
}

static void
begin_cell(struct text *t, int row, int col)
{
	struct letter_block *open;

	letter_text_open(t, LETTER_CELL, 0);
	open = letter_build_open(t->b);
	if (open == NULL)
		return;
	open->table = t->row_table;
	open->row = row;
	open->col = col;
}

/* TAB */

bool
letter_text_is_border(const struct line *l)
{
	size_t dashes = 0;

	for (const char *p = letter_text_first(l); p < l->end; p++) {
		if (memchr("+-=|: \t\r", *p, 8) == NULL)
			return false;
		dashes += *p == '-' || *p == '=';
	}
	return dashes > 0;
}

static bool
is_tab_row(const struct line *l, bool inside)
{
	return l->tabs > 0 || (l->lead_tab && inside);
}

/* Where the first cell of a row begins: behind a TAB that all rows begin with. */
static const char *
row_start(const struct line *l, bool indented)
{
	return indented ? l->s + 1 : l->s;
}

static int
count_cells(const char *s, const char *end, bool collapse)
{
	int n = 1;

	for (; s < end; s++) {
		if (*s != '\t')
			continue;
		n++;
		while (collapse && s + 1 < end && s[1] == '\t')
			s++;
	}
	return n;
}

/* Rows aligned by several TABs have unequal numbers of TABs but equal numbers of runs of them. */
static bool
is_aligned_by_tabs(const struct text *t, size_t i, size_t n, bool indented)
{
	int raw = count_cells(row_start(&t->lines[i], indented), t->lines[i].end, false);
	int runs = count_cells(row_start(&t->lines[i], indented), t->lines[i].end, true);
	bool equal = true;

	for (size_t k = i + 1; k < i + n; k++) {
		const char *s = row_start(&t->lines[k], indented);

		if (count_cells(s, t->lines[k].end, true) != runs)
			return false;
		equal = equal && count_cells(s, t->lines[k].end, false) == raw;
	}
	return !equal;
}

static void
tab_row(struct text *t, const struct line *l, const char *s, bool collapse)
{
	int col = 0;

	for (;;) {
		const char *end = memchr(s, '\t', (size_t)(l->end - s));
		const char *stop = end != NULL ? end : l->end, *p = s;

		while (p < stop && (*p == ' ' || *p == '\r'))
			p++;
		/* the last cell also shows how wide the table is */
		if (p < stop || end == NULL) {
			begin_cell(t, t->table_rows, col);
			letter_text_inline(t, l, p, stop);
		}
		if (end == NULL)
			break;
		for (s = end + 1; collapse && s < l->end && *s == '\t'; s++)
			;
		col++;
	}
	t->table_rows++;
}

/* Rows that blank lines part, each a run of its own, are one table. */
static bool
goes_on(const struct text *t, size_t i, size_t n, int cols)
{
	return t->table >= 0 && i == 0 && t->table_cols == cols && (n == 1 || t->table_one);
}

size_t
letter_text_tab_table(struct text *t, size_t i)
{
	size_t n = 0;
	bool indented = true, collapse;
	int cols = 0;

	while (i + n < t->n_lines && is_tab_row(&t->lines[i + n], n > 0 || t->table >= 0) &&
	       (n == 0 || letter_text_is_border(&t->lines[i + n]) || letter_text_line_kind(t, i + n) == LINE_ROW ||
		   (t->lines[i + n].lead_tab && t->lines[i + n].tabs == 0))) {
		indented = indented && t->lines[i + n].lead_tab && t->lines[i + n].tabs > 0;
		n++;
	}
	if (n == 0)
		return 0;
	collapse = is_aligned_by_tabs(t, i, n, indented);
	for (size_t k = i; k < i + n; k++) {
		int c = count_cells(row_start(&t->lines[k], indented), t->lines[k].end, collapse);

		cols = c > cols ? c : cols;
	}
	begin_table(t, !goes_on(t, i, n, cols));
	for (size_t k = i; k < i + n; k++) {
		if (!letter_text_is_border(&t->lines[k]))
			tab_row(t, &t->lines[k], row_start(&t->lines[k], indented), collapse);
	}
	end_table(t, cols, n == 1);
	return n;
}

/* "|" */

static const char *
next_pipe(const char *s, const char *end)
{
	const char *p = s;

	while ((p = memchr(p, '|', (size_t)(end - p))) != NULL && p > s && p[-1] == '\\')
		p++;
	return p != NULL ? p : end;
}

static void
trim(const char **s, const char **end)
{
	while (*s < *end && (**s == ' ' || **s == '\t'))
		++*s;
	while (*s < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t' || (*end)[-1] == '\r'))
		--*end;
}

/* The col-th cell of a line; false when it has fewer. Cells before it have been asked for: *from moves along. */
static bool
next_cell(const struct line *l, const char **from, const char **s, const char **end)
{
	const char *stop = l->end;

	while (stop > l->s && (stop[-1] == ' ' || stop[-1] == '\r' || stop[-1] == '\t'))
		stop--;
	if (stop > l->s && stop[-1] == '|')
		stop--;
	if (*from == NULL) {
		*from = letter_text_first(l);
		*from += *from < stop && **from == '|';
	}
	if (*from > stop)
		return false;
	*s = *from;
	*end = next_pipe(*s, stop);
	*from = *end + 1;
	trim(s, end);
	return true;
}

/* Lines [i, i + n) between two borders are one row. */
static void
pipe_row(struct text *t, size_t i, size_t n)
{
	const char *from[8] = { NULL };
	bool more = true;

	n = n < FP_COUNT(from) ? n : FP_COUNT(from);
	for (int col = 0; more; col++) {
		more = false;
		for (size_t k = 0; k < n; k++) {
			const char *s, *end;

			if (!next_cell(&t->lines[i + k], &from[k], &s, &end))
				continue;
			if (!more)
				begin_cell(t, t->table_rows, col);
			else if (s < end)
				letter_build_line(t->b);
			more = true;
			letter_text_inline(t, &t->lines[i + k], s, end);
		}
	}
	t->table_rows++;
}

size_t
letter_text_pipe_table(struct text *t, size_t i)
{
	size_t n = 0, borders = 0, rows = 0;
	bool framed;

	while (i + n < t->n_lines && (t->lines[i + n].pipes > 0 || letter_text_is_border(&t->lines[i + n])) &&
	       t->lines[i + n].tabs == 0) {
		borders += *letter_text_first(&t->lines[i + n]) == '+';
		rows += !letter_text_is_border(&t->lines[i + n]);
		n++;
	}
	if (rows == 0)
		return 0;
	framed = borders >= 3;
	begin_table(t, true);
	for (size_t k = i; k < i + n;) {
		size_t m = 1;

		if (letter_text_is_border(&t->lines[k])) {
			k++;
			continue;
		}
		while (framed && k + m < i + n && m < 8 && !letter_text_is_border(&t->lines[k + m]))
			m++;
		pipe_row(t, k, m);
		k += m;
	}
	end_table(t, 0, false);
	return n;
}

/* Columns of blanks */

/* Pieces of a line between gaps, by characters from its beginning. */
struct piece {
	const char *s, *end;
	uint16_t from, to;
};

struct pieces {
	struct piece p[COLUMNS_MAX];
	size_t n;
};

/* False: too many pieces or too long. */
static bool
cut_line(const struct line *l, struct pieces *out)
{
	const char *p = letter_text_first(l);
	size_t at = letter_chars(l->s, (size_t)(p - l->s));

	out->n = 0;
	if (l->end - l->s > 4 * WIDTH_MAX || l->tabs > 0 || l->lead_tab)
		return false;
	while (p < l->end) {
		const char *s = p, *end;
		struct piece *piece;

		if (out->n == COLUMNS_MAX)
			return false;
		for (end = p; p < l->end && (*p != ' ' || (p + 1 < l->end && p[1] != ' ')); p++)
			end = *p != ' ' && *p != '\r' ? p + 1 : end;
		piece = &out->p[out->n++];
		*piece = (struct piece){ s, end, (uint16_t)at, 0 };
		at += letter_chars(s, (size_t)(end - s));
		piece->to = (uint16_t)at;
		if (at > WIDTH_MAX)
			return false;
		for (p = end; p < l->end && (*p == ' ' || *p == '\r'); p++)
			at++;
	}
	out->n -= out->n > 0 && out->p[out->n - 1].s == out->p[out->n - 1].end;
	return out->n > 0;
}

static void
occupy(bool *taken, const struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++)
		memset(taken + p->p[i].from, true, (size_t)(p->p[i].to - p->p[i].from));
}

static void
read_columns(struct columns *c, const bool *taken)
{
	c->n = 0;
	for (size_t i = 0; i <= WIDTH_MAX && c->n < COLUMNS_MAX; i++) {
		if (!taken[i])
			continue;
		c->from[c->n] = (uint16_t)i;
		while (i <= WIDTH_MAX && taken[i])
			i++;
		c->to[c->n++] = (uint16_t)i;
	}
}

/* The column that a piece lies in; SIZE_MAX: it crosses two, or none. */
static size_t
column_of(const struct columns *c, const struct piece *p)
{
	for (size_t i = 0; i < c->n; i++) {
		if (p->from < c->to[i] && p->to > c->from[i])
			return i + 1 == c->n || p->to <= c->from[i + 1] ? i : SIZE_MAX;
	}
	return SIZE_MAX;
}

static bool
begins_small(const struct piece *p)
{
	return *p->s >= 'a' && *p->s <= 'z';
}

/* Does the line go on with cells of the row above? */
static bool
is_wrapped(const struct columns *c, const struct pieces *p)
{
	size_t first = column_of(c, &p->p[0]);

	if (first > 0)
		return p->n == 1 || begins_small(&p->p[0]);
	return p->n == 1 && begins_small(&p->p[0]);
}

/* A line in the run of a table: with gaps, or all of it inside one column. */
static bool
fits(const struct text *t, size_t i)
{
	return t->lines[i].gap || t->lines[i].indent > 8 || letter_text_line_kind(t, i) == LINE_TEXT;
}

/* Columns of the lines from i on; how many lines they hold for. 0: no table. */
static size_t
find_columns(const struct text *t, size_t i, struct columns *c)
{
	bool taken[WIDTH_MAX + 2] = { false };
	size_t n = 0, rows = 0, last = 0;
	struct pieces p;

	c->n = 0;
	for (; i + n < t->n_lines && fits(t, i + n) && cut_line(&t->lines[i + n], &p); n++) {
		bool tried[WIDTH_MAX + 2];
		struct columns now;

		if (p.n < 2 || !t->lines[i + n].gap) {
			/* a wrapped cell, or the end of the table */
			if (rows == 0 || (rows > 1 && column_of(c, &p.p[0]) == SIZE_MAX) || n - last > 3)
				break;
			continue;
		}
		memcpy(tried, taken, sizeof(tried));
		occupy(tried, &p);
		read_columns(&now, tried);
		if (now.n < 2 || (rows > 0 && now.n + 1 < c->n))
			break;
		memcpy(taken, tried, sizeof(taken));
		*c = now;
		rows++;
		last = n + 1;
	}
	while (rows >= 2 && last < n && cut_line(&t->lines[i + last], &p) && is_wrapped(c, &p))
		last++;
	return rows >= 2 && c->n >= 2 ? last : 0;
}

#define ROW_LINES 16

/* One row of lines[i, i + n): column by column. */
static void
column_row(struct text *t, const struct columns *c, size_t i, size_t n)
{
	struct pieces p[ROW_LINES];

	for (size_t k = 0; k < n; k++)
		(void)cut_line(&t->lines[i + k], &p[k]);
	for (size_t col = 0; col < c->n; col++) {
		bool begun = false;

		for (size_t k = 0; k < n; k++) {
			for (size_t q = 0; q < p[k].n; q++) {
				size_t at = column_of(c, &p[k].p[q]);

				if ((at == SIZE_MAX ? 0 : at) != col)
					continue;
				if (!begun)
					begin_cell(t, t->table_rows, (int)col);
				else
					letter_build_line(t->b);
				begun = true;
				letter_text_inline(t, &t->lines[i + k], p[k].p[q].s, p[k].p[q].end);
			}
		}
		if (!begun && col + 1 == c->n)
			begin_cell(t, t->table_rows, (int)col);
	}
	t->table_rows++;
}

static void
column_rows(struct text *t, const struct columns *c, size_t i, size_t n)
{
	for (size_t k = i; k < i + n;) {
		size_t m = 1;
		struct pieces p;

		while (k + m < i + n && m < ROW_LINES && cut_line(&t->lines[k + m], &p) && is_wrapped(c, &p))
			m++;
		column_row(t, c, k, m);
		k += m;
	}
}

static bool
is_near(uint16_t a, uint16_t b)
{
	return a <= b + 1 && b <= a + 1;
}

/* Each piece begins or ends where one of the columns does. */
static bool
is_row_of(const struct columns *c, const struct pieces *p)
{
	for (size_t k = 0; k < p->n; k++) {
		size_t col = column_of(c, &p->p[k]);

		if (col == SIZE_MAX || (!is_near(p->p[k].from, c->from[col]) && !is_near(p->p[k].to, c->to[col])))
			return false;
	}
	return p->n >= 2;
}

/* The columns of one row. */
static void
columns_of(struct columns *c, const struct pieces *p)
{
	c->n = p->n;
	for (size_t k = 0; k < p->n; k++) {
		c->from[k] = p->p[k].from;
		c->to[k] = p->p[k].to;
	}
}

/*
 * A row that blank lines part from the others: its columns are those of the table before it, or those of the row that comes next. Lines of wrapped cells
 * follow it. How many lines, 0: no such row.
 */
static size_t
lone_row(const struct text *t, size_t i, struct columns *c)
{
	struct line next;
	struct pieces p, q;
	size_t n = 1;

	if (!cut_line(&t->lines[i], &p) || p.n < 2)
		return 0;
	if (t->table >= 0 && i == 0 && is_row_of(&t->table_at, &p))
		*c = t->table_at;
	else
		columns_of(c, &p);
	while (i + n < t->n_lines && cut_line(&t->lines[i + n], &q) && is_wrapped(c, &q))
		n++;
	if (i + n < t->n_lines)
		return 0;
	if (t->table >= 0 && i == 0 && is_row_of(&t->table_at, &p))
		return n;
	return letter_text_next_line(t, &next) && next.gap && cut_line(&next, &q) && q.n == p.n && is_row_of(c, &q) ? n : 0;
}

bool
letter_text_is_columns(const struct text *t, size_t i)
{
	struct columns c;

	return t->lines[i].gap && (find_columns(t, i, &c) > 0 || lone_row(t, i, &c) > 0);
}

/* The columns of the table and of the rows that were added to it. */
static void
widen(struct columns *all, const struct columns *c, bool more)
{
	if (!more || all->n != c->n) {
		*all = *c;
		return;
	}
	for (size_t k = 0; k < c->n; k++) {
		all->from[k] = c->from[k] < all->from[k] ? c->from[k] : all->from[k];
		all->to[k] = c->to[k] > all->to[k] ? c->to[k] : all->to[k];
	}
}

size_t
letter_text_column_table(struct text *t, size_t i)
{
	struct columns c, all;
	struct pieces p;
	size_t n = t->lines[i].gap ? find_columns(t, i, &c) : 0;
	bool more;

	n = n == 0 && t->lines[i].gap ? lone_row(t, i, &c) : n;
	if (n == 0)
		return 0;
	more = t->table >= 0 && i == 0 && cut_line(&t->lines[i], &p) && is_row_of(&t->table_at, &p);
	c = more ? t->table_at : c;
	begin_table(t, !more);
	column_rows(t, &c, i, n);
	all = t->table_at;
	widen(&all, &c, more);
	end_table(t, (int)c.n, false);
	t->table_at = all;
	return n;
}
