/* What a page break cut in two goes together again: words at a line's end, paragraphs, items, rows and tables. */
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "letter/build_int.h"

static bool
is_small(uint32_t c)
{
	return c < 0x80 ? c - 'a' < 26U : c != FP_UTF8_BAD && u_islower((UChar32)c);
}

static bool
is_big(uint32_t c)
{
	return c < 0x80 ? c - 'A' < 26U : c != FP_UTF8_BAD && u_isupper((UChar32)c);
}

/* The character that ends at p (p > from); *start is where it begins. */
static uint32_t
char_before(const char *from, const char *p, const char **start)
{
	const char *s = p - 1;

	while (s > from && ((unsigned char)*s & 0xC0) == 0x80)
		s--;
	*start = s;
	return fp_utf8_next(&s, p);
}

static size_t
first_word(const char *s, size_t len)
{
	const char *blank = memchr(s, ' ', len);

	return blank != NULL ? (size_t)(blank - s) : len;
}

/* "and", "or" behind a hyphen that stands for a word's common end ("Vor- und Nachname"): there nothing was cut. */
static bool
is_conjunction(const char *s, size_t len)
{
	static const char *const words[] = { "and", "or", "und", "oder", "bzw.", "sowie", "og", "eller", "och", "en", "of", "et",
		"ou", "e", "ed", "o", "y", "u", "ja", "tai", "sekä", "või", "un", "vai", "ir", "ar", "arba", "i", "oraz", "lub",
		"a", "nebo", "alebo", "in", "ali", "ili", "és", "vagy", "și", "sau", "και", "ή", "и", "или", "agus", "nó", "u",
		"jew" };
	size_t n = first_word(s, len);

	for (size_t i = 0; i < FP_COUNT(words); i++) {
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return true;
	}
	return false;
}

/* The last word holds what no hyphenation cuts: digits, strokes, addresses. */
static bool
is_code(const char *from, const char *end)
{
	for (const char *p = end; p > from && p[-1] != ' '; p--) {
		if ((p[-1] >= '0' && p[-1] <= '9') || memchr("/@:._", p[-1], 5) != NULL)
			return true;
	}
	return false;
}

/* "https://a.example/" at a line's end and "b/c.html" on the next are one address. */
static bool
is_cut_address(const char *before, size_t len, const char *after, size_t after_len)
{
	size_t from = len, word = first_word(after, after_len);

	if (before[len - 1] != '/' || word < 2)
		return false;
	while (from > 0 && before[from - 1] != ' ' && len - from < 300)
		from--;
	if (len - from < 8 || (memcmp(before + from, "http", 4) != 0 && memcmp(before + from, "www.", 4) != 0))
		return false;
	for (size_t i = 0; i + 1 < word; i++) {
		if (memchr("/._=-", after[i], 5) != NULL)
			return (unsigned char)after[0] < 0x80;
	}
	return false;
}

enum glue
letter_glue(const char *before, size_t before_len, const char *after, size_t after_len)
{
	const char *hyphen, *start, *next = after;
	uint32_t c, last, first;

	if (before_len < 2 || after_len == 0)
		return GLUE_BLANK;
	if (is_cut_address(before, before_len, after, after_len))
		return GLUE_NONE;
	c = char_before(before, before + before_len, &hyphen);
	if ((c != '-' && c != 0x2010) || hyphen == before)
		return GLUE_BLANK;
	last = char_before(before, hyphen, &start);
	first = fp_utf8_next(&next, after + after_len);
	if (last != FP_UTF8_BAD && !u_isalnum((UChar32)last))
		return GLUE_BLANK;
	if ((first - '0' < 10U) || is_big(first))
		return GLUE_NONE;
	if (!is_small(first))
		return GLUE_BLANK;
	if (is_conjunction(after, after_len))
		return GLUE_BLANK;
	return is_code(before, hyphen) || !is_small(last) ? GLUE_NONE : GLUE_DROP_HYPHEN;
}

static const char *
text_of(const struct letter_build *b, const struct raw *r)
{
	return b->text + r->text_at;
}

static bool
is_closing(uint32_t c)
{
	static const uint32_t marks[] = { '"', '\'', ')', ']', 0xBB, 0xAB, 0x2019, 0x201C, 0x201D, 0x2018, 0x203A, 0x2039 };

	for (size_t i = 0; i < FP_COUNT(marks); i++) {
		if (c == marks[i])
			return true;
	}
	return false;
}

/* How a text ends: the character behind which only brackets and quotation marks come; *at is where it begins. */
static uint32_t
last_char(const char *s, size_t len, const char **at)
{
	const char *p = s + len;
	uint32_t c = 0;

	*at = s;
	while (p > s) {
		c = char_before(s, p, &p);
		*at = p;
		if (!is_closing(c))
			break;
	}
	return c;
}

/* A full stop behind a short word that may be an abbreviation ("bzw.", "z. B."). */
static bool
is_abbreviation(const char *s, const char *stop)
{
	size_t n = 0;

	while (stop - n > s && stop[-1 - (ptrdiff_t)n] != ' ' && n <= 4)
		n++;
	return n <= 4;
}

enum ending { ENDS, OPEN, WIDE_OPEN };

/* ENDS: a sentence or label ends here; WIDE_OPEN: something must follow (comma, hyphen, opening bracket). */
static enum ending
how_ends(const char *s, size_t len)
{
	const char *at;
	uint32_t c = last_char(s, len, &at);

	if (c == '.')
		return is_abbreviation(s, at) ? OPEN : ENDS;
	if (c == '!' || c == '?' || c == ':' || c == ';' || c == 0x2026 || c == 0x37E || (c >= 0x2610 && c <= 0x2612))
		return ENDS;
	return c == ',' || c == '-' || c == 0x2010 || c == '(' || c == 0x201E ? WIDE_OPEN : OPEN;
}

/* Begins like the middle of a sentence: a small letter, and not an address or a label of its own. */
static bool
begins_inside(const char *s, size_t len)
{
	const char *p = s, *end = s + len;
	size_t word = first_word(s, len);
	uint32_t c = fp_utf8_next(&p, end);

	while (p < end && (is_closing(c) || c == '(' || c == '[' || c == 0x201E))
		c = fp_utf8_next(&p, end);
	if (!is_small(c))
		return false;
	return memchr(s, '@', word) == NULL && memchr(s, ':', word) == NULL && memchr(s, '/', word) == NULL &&
	       !(word > 4 && memcmp(s, "www.", 4) == 0);
}

/* A long text that stops at a word in small letters: whatever follows in the same manner is its rest (German nouns begin with capitals). */
static bool
stops_short(const char *s, size_t len)
{
	size_t word = len;
	const char *p;

	if (len < 60)
		return false;
	while (word > 0 && s[word - 1] != ' ')
		word--;
	p = s + word;
	return word > 0 && is_small(fp_utf8_next(&p, s + len)) && memchr(s + word, '@', len - word) == NULL &&
	       memchr(s + word, '.', len - word) == NULL;
}

static bool
goes_on_with(const struct letter_build *b, const struct raw *x, const struct raw *y)
{
	const char *s = text_of(b, x), *t = text_of(b, y);
	enum ending e = how_ends(s, x->b.len);

	if (e == ENDS)
		return false;
	if (begins_inside(t, y->b.len))
		return true;
	if (e == WIDE_OPEN)
		return true;
	return y->b.kind == LETTER_PARAGRAPH && x->b.kind != LETTER_CELL && !x->b.bold && !y->b.bold && y->b.len >= 20 &&
	       stops_short(s, x->b.len);
}

/* x is the last block of a page, y the first of the next. */
static bool
is_cut(const struct letter_build *b, const struct raw *x, const struct raw *y)
{
	if (x->b.kind != LETTER_PARAGRAPH && x->b.kind != LETTER_ITEM)
		return false;
	return y->b.kind == LETTER_PARAGRAPH && x->b.len > 0 && y->b.len > 0 && goes_on_with(b, x, y);
}

static void
chain(struct letter_build *b, uint32_t x, uint32_t y)
{
	while (b->blocks[x].next != NONE)
		x = b->blocks[x].next;
	b->blocks[x].next = y;
	b->blocks[y].tail = true;
}

/* The cell of a row in a column; NONE. */
static uint32_t
cell_at(const struct letter_build *b, const struct unit *row, int col)
{
	for (uint32_t i = row->first; i <= row->last; i++) {
		if (b->blocks[i].b.col == col && b->blocks[i].b.len > 0)
			return i;
	}
	return NONE;
}

/* The last text of a cell that may be joined already. */
static const struct raw *
chain_end(const struct letter_build *b, uint32_t i)
{
	while (b->blocks[i].next != NONE)
		i = b->blocks[i].next;
	return &b->blocks[i];
}

/* Every cell of the lower row goes on with the one above it. */
static bool
row_is_cut(const struct letter_build *b, const struct unit *x, const struct unit *y)
{
	for (uint32_t i = y->first; i <= y->last; i++) {
		const struct raw *low = &b->blocks[i];
		uint32_t high;

		if (low->b.len == 0)
			continue;
		high = cell_at(b, x, low->b.col);
		if (high == NONE || !goes_on_with(b, chain_end(b, high), low))
			return false;
	}
	return true;
}

/* All cells of y's table from its row on are rows of x's table, moved by so much. */
static void
take_over_table(struct letter_build *b, const struct unit *x, const struct unit *y, int by)
{
	int from = b->blocks[y->first].b.table, to = b->blocks[x->first].b.table;

	for (size_t i = y->first; i < b->n_blocks && b->blocks[i].b.table == from; i++) {
		b->blocks[i].b.table = to;
		b->blocks[i].b.row += by;
	}
}

/* The head of the table above, printed again on its next page, is furniture. */
static bool
is_repeated_head(const struct letter_build *b, const struct units *us, const struct unit *x, const struct unit *y)
{
	const struct unit *head = x;

	while (head > us->u && b->blocks[head[-1].first].b.table == b->blocks[x->first].b.table)
		head--;
	return head != x && head->print != 0 && head->print == y->print && head->zone == LETTER_BODY;
}

static void
join_tables(struct letter_build *b, const struct units *us, const struct unit *x, struct unit *y)
{
	int row_x = b->blocks[x->first].b.row, row_y = b->blocks[y->first].b.row;

	if (b->blocks[x->first].b.table == b->blocks[y->first].b.table || x->cols != y->cols)
		return;
	if (row_is_cut(b, x, y)) {
		take_over_table(b, x, y, row_x - row_y);
		for (uint32_t i = y->first; i <= y->last; i++) {
			if (b->blocks[i].b.len > 0)
				chain(b, cell_at(b, x, b->blocks[i].b.col), i);
		}
	} else if (is_repeated_head(b, us, x, y)) {
		take_over_table(b, x, y, row_x - row_y);
		for (uint32_t i = y->first; i <= y->last; i++) {
			struct letter_block *cell = &b->blocks[i].b;

			cell->zone = LETTER_PAGE_HEADER;
			cell->kind = LETTER_PARAGRAPH;
			cell->table = -1, cell->row = cell->col = cell->colspan = 0;
		}
		y->zone = LETTER_PAGE_HEADER;
	} else {
		take_over_table(b, x, y, row_x + 1 - row_y);
	}
}

void
letter_join_pages(struct letter_build *b, struct units *us)
{
	struct unit *x = NULL;
	uint32_t page = 0;

	for (size_t i = 0; i < us->n && b->n_pages > 1; i++) {
		struct unit *y = &us->u[i];
		bool joined = false;

		if (y->zone != LETTER_BODY)
			continue;
		if (x != NULL && y->page == page + 1) {
			if (b->blocks[x->first].b.kind == LETTER_CELL && b->blocks[y->first].b.kind == LETTER_CELL) {
				join_tables(b, us, x, y);
				joined = b->blocks[y->first].tail;
			} else if (is_cut(b, chain_end(b, x->first), &b->blocks[y->first])) {
				chain(b, x->first, y->first);
				joined = true;
			}
		}
		page = y->page;
		x = joined ? x : y;
	}
}
