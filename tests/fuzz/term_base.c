/* Files of the term base: refused with a place, or a base that answers. The first byte says which file it is. */
#include <string.h>

#include "fuzz.h"

#include "base/asset.h"
#include "term/term.h"

static void
ask(const struct term_base *t)
{
	static const char text[] =
	    "Laden Sie das Update ... herunter. Produit(s) concern\xC3\xA9(s): 5. Mai 2024, page 1 of 5 \xEF\xAC\x81";
	struct term_hit h[16];
	struct term_guess g[4];
	struct term_date d[4];
	size_t n;
	const struct term_lang *langs = term_languages(t, &n);

	(void)term_find(t, NULL, TERM_ALL, text, sizeof(text) - 1, h, 16);
	(void)term_find(t, n > 0 ? langs : NULL, TERM_ALL, text, sizeof(text) - 1, h, 16);
	(void)term_guess(t, text, sizeof(text) - 1, g, 4);
	/* With a language of its own ICU would be asked; names of the file are enough here. */
	(void)term_dates(t, NULL, text, sizeof(text) - 1, d, 4);
	for (int group = 0; group < TERM_GROUP_COUNT; group++) {
		const struct term_key *keys = term_keys(t, (enum term_group)group, &n);

		for (size_t i = 0; i < n; i++)
			FUZZ_CHECK(term_key_find(t, (enum term_group)group, keys[i].id) == &keys[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char small[] = "{\"format\":\"fieldproof-concepts-1\",\"label\":[{\"id\":\"product\",\"gloss\":\"p\"},{"
				    "\"id\":\"lot\",\"gloss\":\"l\"}],"
				    "\"verb\":[{\"id\":\"download\",\"gloss\":\"d\"}],\"word\":[{\"id\":\"page\",\"gloss\":\"p\"}"
				    ",{\"id\":\"of\",\"gloss\":\"o\"}]}";
	FP_AUTO(term_base_freep) struct term_base *t = NULL;
	struct fp_err err = { .msg = "" };
	const char *bytes = (const char *)data + 1;
	enum fp_status status;

	if (size == 0)
		return 0;
	status = data[0] == 'C' ? term_base_parse(&t, bytes, size - 1, NULL, 0, &err)
				: term_base_parse(&t, small, sizeof(small) - 1, bytes, size - 1, &err);
	if (status == FP_OK)
		ask(t);
	else
		FUZZ_CHECK(t == NULL && (strncmp(err.msg, "language", 8) == 0 || strncmp(err.msg, "concepts", 8) == 0 ||
					    err.status == FP_ENOMEM));
	return 0;
}
