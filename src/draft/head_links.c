/* Every link and every printed address of a letter: what is hidden behind a word is lost on paper. */
#include "draft/head_int.h"

#include <string.h>

struct links {
	struct draft_work *w;
	json_t *list;
};

/* Page headers and footers come back on every page: once is enough. */
static bool
seen_in_furniture(const json_t *list, const char *text, const char *url)
{
	size_t i;
	json_t *is;

	json_array_foreach(list, i, is)
	{
		const char *a = json_string_value(json_object_get(is, "text")), *b;

		if (a == NULL || strcmp(a, text) != 0)
			continue;
		b = json_string_value(json_object_get(is, "url"));
		if ((b == NULL) == (url == NULL) && (b == NULL || strcmp(b, url) == 0) &&
		    json_is_true(json_object_get(is, "furniture")))
			return true;
	}
	return false;
}

static void
put_link(struct links *x, uint32_t block, uint32_t from, uint32_t to, const char *url, bool printed)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	struct draft_source s = draft_from(x->w, block, from, to - from, url != NULL && !printed ? 90 : 70);
	const char *text = draft_keep(x->w, b->text + from, to - from);
	json_t *j;

	if (b->zone != LETTER_BODY && seen_in_furniture(x->list, text, url))
		return;
	j = json_object();
	fp_json_set_str(j, "text", text);
	fp_json_set(j, "url", url != NULL ? json_string(url) : json_null());
	fp_json_set(j, "printed", json_boolean(printed));
	fp_json_set_str(j, "section", x->w->section[block]);
	if (b->zone != LETTER_BODY)
		fp_json_set(j, "furniture", json_true());
	(void)draft_put(x->w->d, "/links/-", j, &s);
}

/* "#", "" and "javascript:" lead nowhere. */
static bool
leads_nowhere(const char *url)
{
	return url == NULL || url[0] == '\0' || url[0] == '#' || strncmp(url, "javascript:", 11) == 0;
}

/* Without its scheme, "www." and a final stroke: what must be readable on paper. */
static const char *
bare(const char *url, size_t *len)
{
	static const char *const starts[] = { "mailto:", "https://", "http://", "www." };

	for (size_t i = 0; i < FP_COUNT(starts); i++)
		if (strncmp(url, starts[i], strlen(starts[i])) == 0)
			url += strlen(starts[i]);
	*len = strcspn(url, "?");
	while (*len > 0 && url[*len - 1] == '/')
		--*len;
	return url;
}

/* The address can be read in the block itself, or in the one below ("the full address is:"). */
static bool
is_printed(struct draft_work *w, uint32_t block, const char *url)
{
	size_t n;
	const char *what = bare(url, &n);

	what = draft_keep(w, what, n);
	for (uint32_t i = block; i < w->l->n_blocks && i <= block + 1; i++)
		if (draft_holds(w->l->blocks[i].text, w->l->blocks[i].len, what))
			return true;
	return false;
}

/* "[dette](#) ... https://..." below: the printed address is the link's own. */
static bool
inside_link(const struct letter_block *b, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < b->n_links; i++)
		if (from < b->links[i].to && to > b->links[i].from)
			return true;
	return false;
}

static void
links_of_block(struct links *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	struct draft_address a;

	for (uint32_t i = 0; i < b->n_links; i++) {
		const char *url = leads_nowhere(b->links[i].url) ? NULL : b->links[i].url;

		if (b->links[i].to > b->links[i].from)
			put_link(x, block, b->links[i].from, b->links[i].to, url, url != NULL && is_printed(x->w, block, url));
	}
	if ((x->w->holds[block] & (DRAFT_HOLDS_AT | DRAFT_HOLDS_URL)) == 0)
		return;
	for (size_t at = 0; draft_address_next(b->text, b->len, &at, &a);)
		if (!inside_link(b, a.from, a.to))
			put_link(x, block, a.from, a.to, draft_keep(x->w, b->text + a.from, a.to - a.from), true);
}

void
head_links(struct draft_work *w)
{
	struct links x = { .w = w };
	size_t i;
	json_t *link;

	(void)draft_put(w->d, "/links", json_array(), NULL);
	x.list = draft_get(w->d, "/links");
	for (uint32_t k = 0; k < w->l->n_blocks && !w->d->no_memory; k++)
		links_of_block(&x, k);
	json_array_foreach(x.list, i, link)
	{
		(void)json_object_del(link, "furniture");
	}
}
