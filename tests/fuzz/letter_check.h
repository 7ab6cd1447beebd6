/* What must hold for every letter, whatever it was read from. */
#ifndef FP_TESTS_LETTER_CHECK_H
#define FP_TESTS_LETTER_CHECK_H

#include <string.h>

#include "fuzz.h"

#include "base/utf8.h"
#include "letter/letter.h"

static bool
letter_check_at_char(const struct letter_block *b, uint32_t at)
{
	return at <= b->len && (at == b->len || ((unsigned char)b->text[at] & 0xC0) != 0x80);
}

/* One line, blanks single and only inside. */
static void
letter_check_text(const struct letter_block *b)
{
	FUZZ_CHECK(b->len > 0 && b->text[b->len] == '\0');
	FUZZ_CHECK(fp_utf8_bad_at(b->text, b->len) == b->len);
	FUZZ_CHECK(b->text[0] != ' ' && b->text[b->len - 1] != ' ');
	for (uint32_t i = 0; i < b->len; i++) {
		FUZZ_CHECK((unsigned char)b->text[i] >= 0x20 && b->text[i] != 0x7F);
		FUZZ_CHECK(b->text[i] != ' ' || b->text[i + 1] != ' ');
	}
}

static void
letter_check_block(const struct letter *l, const struct letter_block *b, bool made_here)
{
	FUZZ_CHECK(b->kind <= LETTER_CELL && b->zone <= LETTER_PAGE_FOOTER && b->page >= 0);
	if (made_here)
		letter_check_text(b);
	FUZZ_CHECK(b->n_marks > 0 && b->marks[0].at == 0);
	for (uint32_t i = 0; i < b->n_marks; i++) {
		FUZZ_CHECK(letter_check_at_char(b, b->marks[i].at));
		FUZZ_CHECK(i == 0 || b->marks[i].at > b->marks[i - 1].at);
		FUZZ_CHECK(!made_here || b->marks[i].at < b->len);
	}
	for (uint32_t i = 0; i < b->n_links; i++) {
		FUZZ_CHECK(b->links[i].from <= b->links[i].to && b->links[i].url != NULL);
		FUZZ_CHECK(letter_check_at_char(b, b->links[i].from) && letter_check_at_char(b, b->links[i].to));
	}
	if (b->kind == LETTER_CELL)
		FUZZ_CHECK(b->table >= 0 && (uint32_t)b->table < l->n_tables && b->row >= 0 && b->col >= 0 && b->colspan >= 1);
	else
		FUZZ_CHECK(b->table == -1);
	FUZZ_CHECK(!made_here || l->n_pages == 0 || (b->page >= 1 && (uint32_t)b->page <= l->n_pages));
	(void)letter_place_at(b, b->len);
}

static void
letter_check(const struct letter *l, bool made_here)
{
	FUZZ_CHECK(l->file != NULL);
	for (uint32_t i = 0; i < l->n_blocks; i++)
		letter_check_block(l, &l->blocks[i], made_here);
	for (uint32_t i = 0; i < l->n_pages; i++) {
		FUZZ_CHECK(l->pages[i].first_block <= l->n_blocks);
		FUZZ_CHECK(i == 0 || l->pages[i].first_block >= l->pages[i - 1].first_block);
		FUZZ_CHECK(l->pages[i].printed >= 0 && l->pages[i].stated >= 0);
	}
	for (uint32_t i = 0; i < l->n_notes; i++)
		FUZZ_CHECK(
		    !made_here || (l->notes[i].code[0] != '\0' &&
				      fp_utf8_bad_at(l->notes[i].text, strlen(l->notes[i].text)) == strlen(l->notes[i].text)));
}

/* To JSON and back, the letter is the same. */
static void
letter_check_json(const struct letter *l)
{
	FP_JSON json_t *first = letter_to_json(l);
	FP_JSON json_t *second = NULL;
	FP_AUTO(letter_freep) struct letter *back = NULL;

	FUZZ_CHECK(first != NULL && letter_from_json(&back, first, NULL) == FP_OK);
	letter_check(back, false);
	second = letter_to_json(back);
	FUZZ_CHECK(second != NULL && json_equal(first, second) == 1);
}

#endif
