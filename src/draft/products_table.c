/* Tables of products: heads in the first rows or in the first column, with one record a row or a column. */
#include "draft/products_int.h"

#include <string.h>

#define COLS_MAX 32u
#define HEAD_COLS 3u /* the heads of a table on its side are in one of its first columns */
#define HEAD_ROWS 40u
#define NO_CELL UINT32_MAX
#define LINES_MAX 64u

struct table {
	uint32_t first, last; /* blocks */
	uint32_t rows, cols;
	uint32_t *cell; /* rows x cols: block or NO_CELL */
	bool form;
};

/* Heads in force, and what a row without a name belongs to. */
struct reading {
	struct prod *p;
	const struct table *t;
	unsigned heads[COLS_MAX];
	uint32_t cols; /* of the table that the heads are of */
	bool have;
	bool row_was_head;
	bool any_code;         /* a column of codes is among the heads */
	unsigned pending;      /* a label alone in its row: the value is in the next one */
	struct prod_item name; /* for rows that leave it out; value NULL: none */
};

/* ---- the grid ---- */

static void
table_size(struct table *t, const struct letter *l)
{
	int id = l->blocks[t->first].table;

	t->last = t->first;
	for (uint32_t i = t->first; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];

		if (b->kind != LETTER_CELL || b->table != id || b->row < 0 || b->col < 0) {
			/* Footers may stand between two pieces of a table; another table or text ends it. */
			if (b->zone != LETTER_BODY)
				continue;
			break;
		}
		t->last = i;
		t->rows = (uint32_t)b->row + 1 > t->rows ? (uint32_t)b->row + 1 : t->rows;
		t->cols = (uint32_t)b->col + 1 > t->cols ? (uint32_t)b->col + 1 : t->cols;
	}
}

static bool
table_fill(struct prod *p, struct table *t)
{
	const struct letter *l = p->w->l;
	int id = l->blocks[t->first].table;

	if (t->cols > COLS_MAX || t->rows > l->n_blocks + 1000u)
		return false;
	t->cell = fp_arena_alloc(p->w->arena, (size_t)t->rows * t->cols + 1, sizeof(*t->cell));
	if (t->cell == NULL) {
		p->w->d->no_memory = true;
		return false;
	}
	for (size_t i = 0; i < (size_t)t->rows * t->cols; i++)
		t->cell[i] = NO_CELL;
	for (uint32_t i = t->first; i <= t->last; i++)
		if (l->blocks[i].kind == LETTER_CELL && l->blocks[i].table == id)
			t->cell[(uint32_t)l->blocks[i].row * t->cols + (uint32_t)l->blocks[i].col] = i;
	t->form = draft_in_form(p->w, t->first);
	return true;
}

static uint32_t
cell_at(const struct table *t, uint32_t row, uint32_t col)
{
	return t->cell[row * t->cols + col];
}

static unsigned
head_at(const struct prod *p, const struct table *t, uint32_t row, uint32_t col)
{
	uint32_t c = cell_at(t, row, col);

	return c != NO_CELL ? prod_head(p, c, 0, p->w->l->blocks[c].len) : 0;
}

/* ---- cells and rows ---- */

void
prod_read_cell(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to)
{
	struct prod_label l[1];
	size_t n;

	fields &= PROD_READ;
	if (fields == 0 || from >= to)
		return;
	if (fields == PROD(PROD_NAME)) {
		/* "MiSeqDx (REF DX-410-1001)": codes under labels of their own inside the cell of the name. */
		n = prod_labels(p, block, from, to, l, 1);
		if (n == 1 && l[0].field != PROD_NAME && l[0].from > from + 2 &&
		    prod_values(p, PROD(l[0].field), block, l[0].to, to, false, 90) > 0)
			to = l[0].from;
		(void)prod_name(p, block, from, to, 90);
	} else if ((fields & PROD(PROD_NAME)) != 0) {
		(void)prod_run_together(p, fields, block, from, to, 70);
	} else if ((fields & PROD_CODES) != 0) {
		(void)prod_values(p, fields & PROD_CODES, block, from, to, true, 90);
	} else {
		(void)prod_values(p, fields, block, from, to, true, 90);
	}
}

static uint32_t
count_lines(const struct letter_block *b)
{
	uint32_t n = 0, from, to;

	for (size_t at = 0; draft_line_next(b->text, b->len, &at, &from, &to);)
		n++;
	return n;
}

/* Names one below the other in one cell, and as many lines in the cells of codes: so many products. 1: no. */
static uint32_t
lines_of_row(const struct reading *r, uint32_t row)
{
	uint32_t names = 1, codes = 0, udis = 1;

	for (uint32_t c = 0; c < r->t->cols; c++) {
		uint32_t block = cell_at(r->t, row, c), n;

		if (block == NO_CELL || (r->heads[c] & PROD_READ) == 0)
			continue;
		n = count_lines(&r->p->w->l->blocks[block]);
		if (r->heads[c] == PROD(PROD_UDI))
			udis = n;
		if (r->heads[c] == PROD(PROD_NAME))
			names = n;
		else if (n > 1 && codes > 1 && codes != n)
			return 1;
		else if (n > 1)
			codes = n;
	}
	/* One name for several UDI-DIs: as many products of that name. */
	if (names == 1 && udis == codes && codes > 1)
		names = codes;
	return names > 1 && names == codes && names <= LINES_MAX ? names : 1;
}

/* Line k of the cell, or all of it when it has only one. */
static void
read_line_of(struct prod *p, unsigned fields, uint32_t block, uint32_t k, uint32_t n)
{
	const struct letter_block *b = &p->w->l->blocks[block];
	uint32_t from = 0, to = b->len, i = 0;

	if (n > 1 && count_lines(b) > 1)
		for (size_t at = 0; draft_line_next(b->text, b->len, &at, &from, &to) && i < k;)
			i++;
	prod_read_cell(p, fields, block, from, to);
}

static void
keep_name(struct reading *r)
{
	for (size_t i = 0; i < r->p->rec.n; i++)
		if (r->p->rec.items[i].field == PROD_NAME) {
			r->name = r->p->rec.items[i];
			return;
		}
	/* The cell was left out, as it holds for the rows above, too. */
	if (r->name.value != NULL && r->p->rec.n > 0)
		prod_add(r->p, PROD_NAME, 0, r->name.block, r->name.from, r->name.from + r->name.len, r->name.value,
		    r->name.confidence);
}

static void
read_data(struct reading *r, uint32_t row)
{
	uint32_t n = lines_of_row(r, row), cells = 0;
	bool only_name;

	for (uint32_t k = 0; k < n; k++) {
		for (uint32_t c = 0; c < r->t->cols; c++) {
			uint32_t block = cell_at(r->t, row, c);

			if (block == NO_CELL)
				continue;
			cells++;
			read_line_of(r->p, r->heads[c], block, k, n);
		}
		only_name = !r->t->form && prod_has(&r->p->rec) == PROD(PROD_NAME) && cells == 1 && r->any_code;
		keep_name(r);
		/* A name alone in its row is the title of the rows below. */
		if (only_name)
			r->p->rec.n = 0;
		prod_flush(r->p);
	}
}

static uint32_t
heads_of_row(const struct reading *r, uint32_t row, unsigned *heads, uint32_t *cells)
{
	uint32_t found = 0;

	*cells = 0;
	for (uint32_t c = 0; c < r->t->cols; c++) {
		uint32_t block = cell_at(r->t, row, c);

		heads[c] = head_at(r->p, r->t, row, c);
		found += (heads[c] & PROD_READ) != 0;
		*cells += block != NO_CELL;
	}
	for (uint32_t c = 0; found > 0 && c < r->t->cols; c++) {
		uint32_t block = cell_at(r->t, row, c);

		if ((heads[c] & PROD_READ) == 0 && block != NO_CELL &&
		    prod_is_reference(r->p, block, 0, r->p->w->l->blocks[block].len)) {
			heads[c] = PROD(PROD_CATALOG);
			found++;
		}
	}
	return found;
}

/* Words, and more letters than digits. */
static bool
is_wordy(const struct letter_block *b)
{
	struct draft_token t;
	size_t letters = 0, digits = 0;
	bool word = false;

	for (size_t at = 0; draft_token_next(b->text, b->len, &at, &t);) {
		letters += t.letters + t.foreign;
		digits += t.digits;
		word = word || (t.digits == 0 && t.letters + t.foreign >= 4);
	}
	return word && letters > digits && b->len <= 120;
}

/* No head says "product", but beside the codes is a column of words whose head we do not know: that is what the codes are of. */
static void
find_name_column(struct reading *r, uint32_t row)
{
	uint32_t best = NO_CELL;

	for (uint32_t c = 0; c < r->t->cols; c++)
		if ((r->heads[c] & PROD(PROD_NAME)) != 0)
			return;
	for (uint32_t c = 0; r->any_code && best == NO_CELL && c < r->t->cols; c++) {
		uint32_t wordy = 0, cells = 0;

		for (uint32_t k = row + 1; k < r->t->rows && k <= row + 6; k++) {
			uint32_t block = cell_at(r->t, k, c);

			cells += block != NO_CELL;
			wordy += block != NO_CELL && is_wordy(&r->p->w->l->blocks[block]);
		}
		if (r->heads[c] == 0 && cells > 0 && wordy == cells)
			best = c;
	}
	if (best != NO_CELL)
		r->heads[best] = PROD(PROD_NAME);
}

/* A second row of heads refines the first: what it leaves out stays. */
static void
take_heads(struct reading *r, uint32_t row, const unsigned *heads)
{
	unsigned before = 0;

	r->any_code = false;
	for (uint32_t c = 0; c < r->t->cols; c++) {
		uint32_t block = cell_at(r->t, row, c);
		const struct letter_block *b = block != NO_CELL ? &r->p->w->l->blocks[block] : NULL;

		if (!r->row_was_head)
			r->heads[c] = heads[c];
		else if (heads[c] != 0)
			r->heads[c] = heads[c];
		/* One head over several columns. */
		if (b == NULL && before != 0 && !r->row_was_head && c > 0 && cell_at(r->t, row, c - 1) != NO_CELL &&
		    r->p->w->l->blocks[cell_at(r->t, row, c - 1)].colspan > 1)
			r->heads[c] = before;
		before = r->heads[c];
		r->any_code = r->any_code || (r->heads[c] & PROD_CODES) != 0;
	}
	r->cols = r->t->cols;
	r->have = true;
	r->name.value = NULL;
	find_name_column(r, row);
}

/* The number of a row ("1.2", "-") says nothing. */
static uint32_t
sole_cell(const struct reading *r, uint32_t row)
{
	uint32_t sole = NO_CELL;

	for (uint32_t c = 0; c < r->t->cols; c++) {
		uint32_t block = cell_at(r->t, row, c);
		const struct letter_block *b;

		if (block == NO_CELL)
			continue;
		b = &r->p->w->l->blocks[block];
		if (b->len <= 4 && strspn(b->text, "0123456789.*- ") >= b->len)
			continue;
		if (sole != NO_CELL)
			return NO_CELL;
		sole = block;
	}
	return sole;
}

/* A label alone in its row, its value in the next: the form of the European Commission. */
static bool
read_sole(struct reading *r, uint32_t row)
{
	uint32_t block = sole_cell(r, row);
	unsigned head;

	if (block == NO_CELL || r->t->form || (r->have && r->t->cols > 1 && r->pending == 0))
		return false;
	head = prod_head(r->p, block, 0, r->p->w->l->blocks[block].len);
	if (head != 0)
		r->pending = head;
	else
		prod_read_cell(r->p, r->pending, block, 0, r->p->w->l->blocks[block].len);
	r->p->used[block] = r->pending != 0;
	return true;
}

static void
read_rows(struct reading *r)
{
	for (uint32_t row = 0; row < r->t->rows; row++) {
		unsigned heads[COLS_MAX];
		uint32_t cells, found = heads_of_row(r, row, heads, &cells);
		bool is_head = found >= 2 || (found == 1 && cells >= 2 && !r->have) ||
			       (found == 1 && r->t->cols == 1 && !r->have && !r->t->form);

		if (is_head && cells >= 2) {
			prod_flush(r->p);
			r->pending = 0;
			take_heads(r, row, heads);
		} else if (!read_sole(r, row) && r->have) {
			read_data(r, row);
		}
		r->row_was_head = is_head;
	}
	prod_flush(r->p);
}

/* ---- tables on their side ---- */

static uint32_t
heads_of_column(const struct prod *p, const struct table *t, uint32_t col)
{
	uint32_t n = 0;

	for (uint32_t row = 0; row < t->rows && row < 200; row++)
		n += (head_at(p, t, row, col) & PROD_READ) != 0;
	return n;
}

/* Which column holds the heads? NO_CELL: the heads are in a row. */
static uint32_t
head_column(const struct reading *r)
{
	uint32_t best = 0, best_col = NO_CELL, in_rows = 0;

	for (uint32_t row = 0; row < r->t->rows && row < HEAD_ROWS; row++) {
		unsigned heads[COLS_MAX];
		uint32_t cells, n = heads_of_row(r, row, heads, &cells);

		in_rows = n > in_rows ? n : in_rows;
	}
	for (uint32_t c = 0; c + 1 < r->t->cols && c < HEAD_COLS; c++) {
		uint32_t n = heads_of_column(r->p, r->t, c);

		if (n > best) {
			best = n;
			best_col = c;
		}
	}
	return best > in_rows || (best == 1 && r->t->rows == 1 && in_rows == 1) ? best_col : NO_CELL;
}

static void
read_columns(struct reading *r, uint32_t head_col)
{
	bool any = false;

	for (uint32_t c = head_col + 1; c < r->t->cols; c++) {
		for (uint32_t row = 0; row < r->t->rows; row++) {
			uint32_t block = cell_at(r->t, row, c);

			if (block == NO_CELL)
				continue;
			any = true;
			prod_read_cell(r->p, head_at(r->p, r->t, row, head_col), block, 0, r->p->w->l->blocks[block].len);
		}
		prod_flush(r->p);
	}
	/* Labels without anything beside them: their values are below, as lines read them. */
	for (uint32_t i = r->t->first; any && i <= r->t->last; i++)
		r->p->used[i] = true;
}

/* ---- all of them ---- */

/* A table without heads of its own goes on with those of the table before, when nothing stands between. */
static bool
goes_on(const struct reading *r, const struct letter *l, uint32_t since)
{
	if (!r->have || r->cols != r->t->cols)
		return false;
	for (uint32_t i = since + 1; i < r->t->first; i++)
		if (l->blocks[i].zone == LETTER_BODY)
			return false;
	return true;
}

static void
read_table(struct reading *r, uint32_t since)
{
	uint32_t column = head_column(r);

	r->pending = 0;
	r->row_was_head = false;
	if (column != NO_CELL) {
		r->have = false;
		read_columns(r, column);
		return;
	}
	if (!goes_on(r, r->p->w->l, since)) {
		memset(r->heads, 0, sizeof(r->heads));
		r->have = false;
		r->name.value = NULL;
	}
	read_rows(r);
	for (uint32_t i = r->t->first; r->have && i <= r->t->last; i++)
		r->p->used[i] = true;
}

void
prod_read_tables(struct prod *p)
{
	const struct letter *l = p->w->l;
	struct reading r = { .p = p };
	uint32_t since = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		struct table t = { .first = i };

		if (l->blocks[i].kind != LETTER_CELL || l->blocks[i].table < 0 || l->blocks[i].zone != LETTER_BODY)
			continue;
		table_size(&t, l);
		if (table_fill(p, &t)) {
			r.t = &t;
			p->form = t.form;
			read_table(&r, since);
			p->form = false;
		}
		since = i = t.last;
		r.t = NULL;
	}
}
