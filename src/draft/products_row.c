/* Rows whose columns ran together: a name, then as many codes as there are fields. */
#include "draft/products_int.h"

#include <string.h>

#define TOKENS_MAX 64

/* Capitals and digits, three of the latter or more: what stands behind a name, not in it ("550Dx", "v4"). */
static bool
is_strong(const char *s, const struct draft_token *t)
{
	enum draft_number n = draft_number_of(s + t->from, t->to - t->from);

	return n != DRAFT_N_VERSION && n != DRAFT_N_DATE && t->digits >= 3 && t->letters == t->capitals && t->foreign == 0;
}

/* From the end to the front: codes, divided by "/" or "," where one field has several, until the name begins. Its end; from: no code at all. */
static uint32_t
name_end(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to)
{
	const char *s = p->w->l->blocks[block].text;
	struct draft_token t[TOKENS_MAX];
	unsigned left = 0;
	size_t n = 0;
	uint32_t end = to;

	for (size_t at = from; n < TOKENS_MAX && draft_token_next(s, to, &at, &t[n]);)
		n++;
	for (unsigned f = PROD_NAME + 1; f < PROD_OTHER; f++)
		left += (fields & PROD(f)) != 0;
	while (n > 0) {
		const struct draft_token *is = &t[n - 1];
		bool none = prod_not_applicable(p, block, is->from, end) && end > is->from;
		bool joined = false;

		for (uint32_t i = is->to; i < end; i++)
			joined = joined || s[i] == '/' || s[i] == ',' || s[i] == ';';
		if (!none && !is_strong(s, is))
			break;
		if (!joined && left-- == 0)
			break;
		end = is->from;
		n--;
	}
	return n == 0 ? from : end;
}

bool
prod_run_together(struct prod *p, unsigned fields, uint32_t block, uint32_t from, uint32_t to, int confidence)
{
	uint32_t end = name_end(p, fields, block, from, to);
	size_t had = p->rec.n;

	if (end == to || end == from)
		return end == to && from < to && prod_name(p, block, from, to, confidence);
	if (!prod_name(p, block, from, end, confidence))
		return false;
	(void)prod_values(p, fields & PROD_CODES, block, end, to, true, confidence);
	return p->rec.n > had;
}
