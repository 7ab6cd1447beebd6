/* A letter as lines that a test can compare: kind, zone, number, text. */
#ifndef FP_TESTS_LETTER_HELP_H
#define FP_TESTS_LETTER_HELP_H

#include "unit.h"

#include "letter/letter.h"

/*
 * One line per block: "h1 Text", "p Text", "i2.3 Text" (level 2, printed number 3), "c0/1/2 Text" (table, row, column; "+2" behind it: colspan), before it
 * "^" page header or "_" page footer, "!" all strong, "~" goes on behind a page break; "⏎" stands for a forced break, "{text|url}" follows for links.
 */
static void
letter_show_block(struct fp_buf *out, const struct letter_block *b)
{
	static const char kinds[] = "hpic";

	if (b->zone != LETTER_BODY)
		fp_buf_putc(out, b->zone == LETTER_PAGE_HEADER ? '^' : '_');
	fp_buf_puts(out, b->bold ? "!" : "");
	fp_buf_puts(out, b->continued ? "~" : "");
	fp_buf_putc(out, kinds[b->kind]);
	if (b->kind == LETTER_HEADING)
		fp_buf_printf(out, "%d", b->level);
	if (b->kind == LETTER_ITEM)
		fp_buf_printf(out, "%d.%d", b->level, b->number);
	if (b->kind == LETTER_CELL)
		fp_buf_printf(out, "%d/%d/%d", b->table, b->row, b->col);
	if (b->colspan > 1)
		fp_buf_printf(out, "+%d", b->colspan);
	fp_buf_putc(out, ' ');
	for (uint32_t i = 0; i < b->len; i++) {
		if (b->len - i >= 3 && memcmp(b->text + i, "\xe2\x80\xa8", 3) == 0) {
			fp_buf_puts(out, "⏎");
			i += 2;
		} else {
			fp_buf_putc(out, b->text[i]);
		}
	}
	for (uint32_t i = 0; i < b->n_links; i++) {
		fp_buf_puts(out, " {");
		fp_buf_add(out, b->text + b->links[i].from, b->links[i].to - b->links[i].from);
		fp_buf_printf(out, "|%s}", b->links[i].url);
	}
	fp_buf_putc(out, '\n');
}

static void
letter_show(struct fp_buf *out, const struct letter *l)
{
	int page = 0;

	for (uint32_t i = 0; i < l->n_blocks; i++) {
		if (l->blocks[i].page != page && l->n_pages > 0) {
			const struct letter_page *p = &l->pages[l->blocks[i].page - 1];

			page = l->blocks[i].page;
			fp_buf_printf(out, "-- %d (%d of %d)\n", page, p->printed, p->stated);
		}
		letter_show_block(out, &l->blocks[i]);
	}
	for (uint32_t i = 0; i < l->n_notes; i++)
		fp_buf_printf(out, "note %s\n", l->notes[i].code);
}

static inline void
letter_expect(const struct letter *l, const char *lines)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

	letter_show(&b, l);
	assert_string_equal(b.data != NULL ? b.data : "", lines);
}

static inline struct letter *
letter_of_text(const char *text)
{
	struct letter *l = NULL;
	struct fp_err err = { 0 };

	if (letter_read_text(&l, "test.txt", text, strlen(text), NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return l;
}

static inline void
letter_check_text_is(const char *text, const char *lines)
{
	FP_AUTO(letter_freep) struct letter *l = letter_of_text(text);

	letter_expect(l, lines);
}

/* The place of the first occurrence of words in the letter. */
static inline struct letter_place
letter_place_of(const struct letter *l, const char *words)
{
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const char *p = strstr(l->blocks[i].text, words);

		if (p != NULL)
			return letter_place_at(&l->blocks[i], (size_t)(p - l->blocks[i].text));
	}
	fail_msg("'%s' is not in the letter", words);
	return (struct letter_place){ 0 };
}

#endif
