/* Boxes to tick, as letters print them. */
#include <string.h>

#include "draft/form_int.h"

#define RULE_MAX 12u /* underscores; a longer rule is a line to write on */

/* Signs that stand for a box. The last rows are what symbol fonts leave behind in a text. */
static const struct {
	char bytes[4];
	bool ticked;
} signs[] = {
	{ "\u2610", false },
	{ "\u2611", true },
	{ "\u2612", true },
	{ "\u25A1", false },
	{ "\u25A2", false },
	{ "\u25A0", true },
	{ "\u25FB", false },
	{ "\u25CB", false },
	{ "\u2B1C", false },
	{ "\u2750", false },
	{ "\u274F", false },
	{ "\u2751", false },
	{ "\u2752", false },
	{ "\uF06F", false },
	{ "\uF071", false },
	{ "\uF0A8", false },
	{ "\uF0FE", true },
	{ "\uF052", true },
};

static bool
sign_at(const char *s, size_t len, struct form_box *out, size_t i)
{
	if (len - i < 3)
		return false;
	for (size_t k = 0; k < FP_COUNT(signs); k++)
		if (memcmp(s + i, signs[k].bytes, 3) == 0) {
			*out = (struct form_box){ (uint32_t)i, (uint32_t)i + 3, signs[k].ticked };
			return true;
		}
	return false;
}

/* "[ ]", "[x]", "[]", "( )", "(x)". "[x](address)" would be a link, "()" belongs to a name. */
static bool
bracket_at(const char *s, size_t len, struct form_box *out, size_t i)
{
	char close = s[i] == '[' ? ']' : ')';
	size_t k = i + 1;
	bool mark = false;

	while (k < len && (s[k] == ' ' || s[k] == '_') && k - i < 6)
		k++;
	if (k < len && (s[k] == 'x' || s[k] == 'X')) {
		mark = true;
		k++;
		while (k < len && s[k] == ' ' && k - i < 6)
			k++;
	}
	if (k >= len || s[k] != close || (k == i + 1 && close == ')'))
		return false;
	if (k + 1 < len && s[k + 1] == '(')
		return false;
	*out = (struct form_box){ (uint32_t)i, (uint32_t)k + 1, mark };
	return true;
}

static bool
answer_beside(const struct draft_work *w, uint32_t block, size_t from, size_t to)
{
	const struct term_hit *h = w->hits + w->span[block].first;
	const char *s = w->l->blocks[block].text;
	size_t before = from, after = to;

	while (before > 0 && (s[before - 1] == ' ' || s[before - 1] == ':'))
		before--;
	while (after < w->l->blocks[block].len && s[after] == ' ')
		after++;
	for (uint32_t i = 0; i < w->span[block].n; i++) {
		enum draft_sign a = draft_sign_of(w, h[i].key);

		if ((a == SIGN_YES || a == SIGN_NO || a == SIGN_NOT_APPLICABLE) && (h[i].from == after || h[i].to == before))
			return true;
	}
	return false;
}

/* "__ Yes __ No", "Yes __ No __", "____ I have read the notice". */
static bool
rule_at(const struct draft_work *w, uint32_t block, size_t to, struct form_box *out, size_t i)
{
	const char *s = w->l->blocks[block].text;
	size_t end = i, k;

	while (end < to && s[end] == '_')
		end++;
	if (end - i < 2 || end - i > RULE_MAX)
		return false;
	for (k = end; k < to && s[k] == ' ';)
		k++;
	if (!answer_beside(w, block, i, end)) {
		bool first = i == 0 || (i >= 3 && memcmp(s + i - 3, "\u2028", 3) == 0);

		if (!first || draft_letters(s + k, to - k) < 8)
			return false;
	}
	*out = (struct form_box){ (uint32_t)i, (uint32_t)end, false };
	return true;
}

/* Bytes that a box may begin with. */
static const bool begins[256] = { ['['] = true, ['('] = true, ['_'] = true, [0xE2] = true, [0xEF] = true };

bool
form_box_next(const struct draft_work *w, uint32_t block, size_t *at, size_t to, struct form_box *out)
{
	const char *s = w->l->blocks[block].text;

	for (size_t i = *at; i < to; i++) {
		unsigned char c = (unsigned char)s[i];
		bool found;

		if (!begins[c])
			continue;
		if (c >= 0x80)
			found = sign_at(s, to, out, i);
		else if (c == '_')
			found = (i == 0 || s[i - 1] != '_') && rule_at(w, block, to, out, i);
		else
			found = bracket_at(s, to, out, i);
		if (found) {
			*at = out->to;
			return true;
		}
	}
	*at = to;
	return false;
}
