/* The letters' texts as language files: sections by their keys, Markdown, and facts by placeholder, for facts stand once. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "draft/merge_int.h"

#define SWAPS_MAX 64u

/* A printed fact and the placeholder that takes its place; the longest first. */
struct swap {
	const char *text, *placeholder;
};

struct writer {
	struct merger *g;
	const struct draft *d;
	const struct term_lang *lang;
	struct fp_buf md;
	struct swap swap[SWAPS_MAX];
	size_t n_swaps;
	bool in_list; /* the last line is an item: what follows needs a blank line, or it would go on in the item */
	bool steps;   /* the letter has the notice's steps: they become sections of their own */
};

static void
add_swap(struct writer *w, const char *text, const char *placeholder)
{
	if (text != NULL && strlen(text) >= 5 && w->n_swaps < SWAPS_MAX)
		w->swap[w->n_swaps++] = (struct swap){ .text = text, .placeholder = placeholder };
}

static int
longest_first(const void *a, const void *b)
{
	size_t x = strlen(((const struct swap *)a)->text), y = strlen(((const struct swap *)b)->text);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void
add_url(struct writer *w, const char *url, const char *placeholder)
{
	if (url == NULL)
		return;
	add_swap(w, url, placeholder);
	/* Printed with or without its scheme. */
	if (strncmp(url, "https://", 8) == 0)
		add_swap(w, url + 8, placeholder);
}

static void
collect(struct writer *w)
{
	struct merger *g = w->g;
	const json_t *list = draft_get(g->out, "/manufacturer/contacts"), *item;
	size_t i, k;

	add_swap(w, json_string_value(draft_get(g->out, "/reference")), "{{reference}}");
	add_swap(w, json_string_value(draft_get(g->out, "/document_number")), "{{document_number}}");
	add_url(w, json_string_value(draft_get(g->out, "/manufacturer/legal_url")), "{{legal_url}}");
	json_array_foreach(list, i, item) add_swap(w, json_string_value(json_object_get(item, "email")),
	    merge_text(g, "{{contact.%s}}", json_string_value(json_object_get(item, "id"))));
	list = draft_get(g->out, "/adverse_events");
	json_array_foreach(list, i, item) add_url(w, json_string_value(json_object_get(item, "url")),
	    merge_text(g, "{{adverse.%s}}", json_string_value(json_object_get(item, "where"))));
	list = draft_get(g->out, "/actions");
	json_array_foreach(list, i, item)
	{
		const json_t *link, *links = json_object_get(item, "links");
		const char *id = json_string_value(json_object_get(item, "id"));

		json_array_foreach(links, k, link) if (id != NULL) add_url(w, json_string_value(json_object_get(link, "url")),
		    merge_text(g, "{{link.%s.%s}}", id, json_string_value(json_object_get(link, "id"))));
	}
	qsort(w->swap, w->n_swaps, sizeof(*w->swap), longest_first);
}

static const struct swap *
swap_at(const struct writer *w, const char *s, size_t left)
{
	for (size_t i = 0; i < w->n_swaps; i++) {
		size_t n = strlen(w->swap[i].text);

		if (n <= left && strncasecmp(w->swap[i].text, s, n) == 0)
			return &w->swap[i];
	}
	return NULL;
}

#define BREAK "\xE2\x80\xA8" /* U+2028, a forced line break inside a block */

/* Bytes before the sign that would make a list or a heading of a line; SIZE_MAX: none. "1. January" is a text, "- 5 mm" too. */
static size_t
line_mark_at(const char *s, size_t len)
{
	size_t digits = 0;

	while (digits < len && isdigit((unsigned char)s[digits]))
		digits++;
	if (digits < len && (digits == 0 ? strchr("-+=", s[digits]) != NULL : strchr(".)", s[digits]) != NULL) &&
	    s[digits] != '\0')
		return digits;
	return SIZE_MAX;
}

/* Foreign text as Markdown that says the same: what could be mark-up is escaped, also a placeholder that the letter happens to hold. */
static void
put_text(struct writer *w, const char *s, size_t len)
{
	size_t mark = line_mark_at(s, len);

	for (size_t i = 0; i < len;) {
		const struct swap *swap = swap_at(w, s + i, len - i);

		if (swap != NULL && (i == 0 || !isalnum((unsigned char)s[i - 1]))) {
			fp_buf_puts(&w->md, swap->placeholder);
			i += strlen(swap->text);
		} else if (len - i >= 3 && memcmp(s + i, BREAK, 3) == 0) {
			fp_buf_puts(&w->md, "\\\n");
			i += 3;
			mark = line_mark_at(s + i, len - i);
			mark = mark != SIZE_MAX ? mark + i : mark;
		} else {
			if (i == mark || strchr("\\`*_[]<>{}#|&~", s[i]) != NULL)
				fp_buf_putc(&w->md, '\\');
			fp_buf_putc(&w->md, s[i++]);
		}
	}
}

static void
end_list(struct writer *w)
{
	if (w->in_list)
		fp_buf_putc(&w->md, '\n');
	w->in_list = false;
}

static void
put_block(struct writer *w, const struct letter_block *b)
{
	if (b->kind == LETTER_CELL || b->zone != LETTER_BODY)
		return;
	if (b->kind != LETTER_ITEM)
		end_list(w);
	w->in_list = b->kind == LETTER_ITEM;
	if (b->kind == LETTER_ITEM) {
		for (int i = 1; i < b->level; i++)
			fp_buf_puts(&w->md, "   ");
		if (b->number > 0)
			fp_buf_printf(&w->md, "%d. ", b->number);
		else
			fp_buf_puts(&w->md, "- ");
	}
	put_text(w, b->text, b->len);
	fp_buf_puts(&w->md, b->kind == LETTER_ITEM ? "\n" : "\n\n");
}

/* Sections that language files know; others of the letter (the form, the statement about in vitro use) have no place there. */
static const char *const known[] = { "title", "greeting", "summary", "products", "scope", "purpose", "problem", "impact", "risk",
	"exploitation", "background", "manufacturer-actions", "inaction", "authorities", "customer-actions", "modes",
	"earlier-results", "reply", "emergency", "adverse-events", "pass-on", "further-notice", "support", "third-party",
	"closing", "why" };

static bool
range_of(const struct writer *w, const json_t *section, uint32_t *first, uint32_t *last)
{
	json_int_t a = json_integer_value(json_object_get(section, "first_block")),
		   b = json_integer_value(json_object_get(section, "last_block"));

	if (!json_is_integer(json_object_get(section, "first_block")) || a < 0 || b < a || (uint64_t)b >= w->d->letter->n_blocks)
		return false;
	*first = (uint32_t)a;
	*last = (uint32_t)b;
	return true;
}

/* Does the block begin the text of a step? Then its number, otherwise 0. */
static size_t
step_at(const struct writer *w, const struct letter_block *b)
{
	const json_t *actions = draft_get(w->d, "/actions");

	for (size_t i = 0; i < json_array_size(actions); i++) {
		const json_t *place = json_object_get(w->d->places, merge_text(w->g, "/actions/%zu", i));
		int line = (int)json_integer_value(json_object_get(place, "line")),
		    page = (int)json_integer_value(json_object_get(place, "page"));
		const json_t *box = json_object_get(place, "box");

		for (uint32_t m = 0; place != NULL && m < b->n_marks; m++)
			if ((line > 0 && b->marks[m].place.line == line) ||
			    (line == 0 && b->marks[m].place.page == page &&
				(int)b->marks[m].place.y0 == (int)json_integer_value(json_array_get(box, 1))))
				return i + 1;
	}
	return 0;
}

static const char *
action_id(struct writer *w, size_t number)
{
	const char *id = json_string_value(draft_get(w->g->out, merge_text(w->g, "/actions/%zu/id", number - 1)));

	return id != NULL ? id : merge_text(w->g, "step-%zu", number);
}

static void
open_section(struct writer *w, const char *heading, const char *key)
{
	FP_AUTO(fp_buf_free) struct fp_buf line = { .max = 0 };

	/* A heading is one line. */
	for (const char *s = heading; *s != '\0';) {
		bool gap = strncmp(s, BREAK, 3) == 0;

		fp_buf_putc(&line, gap ? ' ' : *s);
		s += gap ? 3 : 1;
	}
	end_list(w);
	fp_buf_puts(&w->md, "# ");
	put_text(w, line.data != NULL ? line.data : "", line.len);
	w->g->no_memory = w->g->no_memory || line.failed != FP_OK;
	fp_buf_printf(&w->md, "%s{#%s}\n\n", *heading != '\0' ? " " : "", key);
}

static const char *
step_heading(const struct writer *w, size_t number)
{
	const char *s = json_string_value(draft_get(w->d, merge_text(w->g, "/actions/%zu/heading", number - 1)));

	return s != NULL ? s : "";
}

static bool
says(const struct writer *w, const struct letter_block *b, const char *const *concepts)
{
	struct term_hit hits[64];
	size_t n =
	    w->lang != NULL ? term_find(w->g->t, w->lang, TERM_GROUPS(TERM_CONCEPT), b->text, b->len, hits, FP_COUNT(hits)) : 0;

	for (size_t i = 0; i < n && i < FP_COUNT(hits); i++)
		for (size_t k = 0; concepts[k] != NULL; k++)
			if (strcmp(hits[i].key->id, concepts[k]) == 0)
				return true;
	return false;
}

/* Name of the step's way for devices of that condition; NULL when it has none. */
static const char *
way_of(struct writer *w, size_t step, const char *condition)
{
	const json_t *links = draft_get(w->g->out, merge_text(w->g, "/actions/%zu/links", step - 1)), *link;
	size_t i;

	json_array_foreach(links, i, link)
	{
		const char *s = json_string_value(json_object_get(link, "condition"));

		if (s != NULL && strcmp(s, condition) == 0)
			return json_string_value(json_object_get(link, "id"));
	}
	return NULL;
}

static bool
step_has(const struct writer *w, size_t step, const char *list)
{
	return json_array_size(draft_get(w->g->out, merge_text(w->g, "/actions/%zu/%s", step - 1, list))) > 0;
}

/* The section of its own that a block inside a step opens: what comes before, the way for devices without internet, what it may cause. NULL: none. */
static const char *
part_of_step(struct writer *w, size_t step, const struct letter_block *b)
{
	static const char *const before[] = { "backup", NULL }, *const offline[] = { "not-connected", NULL };
	static const char *const causes[] = { "network-permissions", "storage-access", "endpoint-locations", NULL };
	const char *way = way_of(w, step, "not-connected");

	if (way != NULL && says(w, b, offline))
		return merge_text(w->g, ".link.%s", way);
	if (step_has(w, step, "requires") && says(w, b, before))
		return ".requires";
	return step_has(w, step, "side_effects") && says(w, b, causes) ? ".side-effects" : NULL;
}

/* What stands between a heading and the text of its own block. */
static const char *
behind_heading(const char *s)
{
	while (*s == ' ' || *s == ':' || *s == '*' || strncmp(s, BREAK, 3) == 0)
		s += *s == ' ' || *s == ':' || *s == '*' ? 1 : 3;
	return s;
}

/* A step: its heading names the section; what the letter says to connected devices only is the way of those. */
static void
open_step(struct writer *w, size_t step, const struct letter_block *b)
{
	static const char *const online[] = { "internet-connected", NULL };
	const char *name = step_heading(w, step), *id = action_id(w, step), *way = way_of(w, step, "internet-connected");
	const char *rest = b->text;

	fp_buf_puts(&w->md, "\n");
	open_section(w, name, merge_text(w->g, "action.%s", id));
	if (*name != '\0' && strncmp(rest, name, strlen(name)) == 0) {
		rest = behind_heading(rest + strlen(name));
	}
	if (way != NULL && *name != '\0' && says(w, b, online)) {
		put_text(w, name, strlen(name));
		fp_buf_puts(&w->md, "\n\n");
		open_section(w, "", merge_text(w->g, "action.%s.link.%s", id, way));
	}
	put_text(w, rest, strlen(rest));
	fp_buf_puts(&w->md, "\n\n");
}

/* Blocks of the customer's steps; *step goes on over the parts that a box cut the section into. */
static void
put_step_block(struct writer *w, const struct letter_block *b, size_t *step)
{
	size_t begins = step_at(w, b);
	const char *part = begins == 0 && *step > 0 ? part_of_step(w, *step, b) : NULL;

	if (begins > 0) {
		*step = begins;
		open_step(w, begins, b);
	} else if (part != NULL) {
		fp_buf_puts(&w->md, "\n");
		open_section(w, "", merge_text(w->g, "action.%s%s", action_id(w, *step), part));
		put_text(w, b->text, b->len);
		fp_buf_puts(&w->md, "\n\n");
	} else {
		put_block(w, b);
	}
}

/* The parts of a key, one behind the other: a box may have cut a section in two. */
static void
put_key(struct writer *w, const char *from, const char *as)
{
	const json_t *list = draft_get(w->d, "/sections");
	bool open = false, steps = w->steps && strcmp(from, "customer-actions") == 0;
	size_t step = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *section = json_array_get(list, i);
		const char *key = json_string_value(json_object_get(section, "key")),
			   *heading = json_string_value(json_object_get(section, "heading"));
		uint32_t first, last;

		if (key == NULL || strcmp(key, from) != 0 || !range_of(w, section, &first, &last))
			continue;
		heading = heading != NULL ? heading : "";
		if (!open)
			open_section(w, heading, as);
		for (uint32_t b = first; b <= last; b++) {
			const struct letter_block *block = &w->d->letter->blocks[b];

			/* The heading stands in the section's already. */
			if (!open && b == first && *heading != '\0' && block->len <= strlen(heading) + 8 &&
			    strcmp(from, "title") != 0)
				continue;
			if (steps)
				put_step_block(w, block, &step);
			else
				put_block(w, block);
		}
		open = true;
	}
	if (!open)
		return;
	end_list(w);
	if (strcmp(from, "products") == 0)
		fp_buf_puts(&w->md, "{{products.table}}\n\n");
	fp_buf_puts(&w->md, "\n");
}

static void
put_sections(struct writer *w)
{
	const char *advice = json_string_value(draft_get(w->g->out, "/recommendations/0/id"));

	for (size_t k = 0; k < FP_COUNT(known); k++) {
		if (strcmp(known[k], "inaction") == 0 && advice != NULL)
			put_key(w, "recommendations", merge_text(w->g, "recommendation.%s", advice));
		put_key(w, known[k], known[k]);
	}
}

void
merge_texts(struct merger *g)
{
	g->m->texts = fp_arena_alloc(g->m->arena, g->n + 1, sizeof(*g->m->texts));
	if (g->m->texts == NULL) {
		g->no_memory = true;
		return;
	}
	for (size_t i = 0; i < g->n; i++) {
		struct writer w = { .g = g, .d = g->sides[i], .md = { .max = (size_t)1 << 20 } };
		const char *lang = json_string_value(draft_get(w.d, "/language"));

		if (w.d->letter == NULL || lang == NULL)
			continue;
		w.lang = term_lang_find(g->t, lang);
		/* With other steps than the notice's the text stays whole: which of them is which only a person knows. */
		w.steps = json_array_size(draft_get(w.d, "/actions")) == json_array_size(draft_get(g->out, "/actions"));
		collect(&w);
		put_sections(&w);
		if (w.md.failed != FP_OK)
			g->no_memory = true;
		else
			g->m->texts[g->m->n_texts++] = (struct merge_text){ .lang = merge_text(g, "%s", lang),
				.markdown = merge_text(g, "%s", w.md.data != NULL ? w.md.data : "") };
		fp_buf_free(&w.md);
	}
}
