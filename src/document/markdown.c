#include "document/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <string.h>

#include "base/utf8.h"
#include "document/tree.h"

struct walk {
	struct doc_node *at[DOC_MARKDOWN_DEPTH + 2]; /* where the children of each open node go */
	unsigned base_level;
	bool inline_only;
};

/* The library keeps its extensions and special characters in globals. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void
free_node(cmark_node **n)
{
	if (*n != NULL)
		cmark_node_free(*n);
}

static void
free_iter(cmark_iter **i)
{
	if (*i != NULL)
		cmark_iter_free(*i);
}

static cmark_node *
parse(const char *text, size_t len)
{
	cmark_parser *p;
	cmark_node *root;

	pthread_mutex_lock(&one_at_a_time);
	cmark_gfm_core_extensions_ensure_registered();
	p = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_parser_attach_syntax_extension(p, cmark_find_syntax_extension("table"));
	cmark_parser_feed(p, text, len);
	root = cmark_parser_finish(p);
	cmark_parser_free(p);
	pthread_mutex_unlock(&one_at_a_time);
	if (root != NULL)
		cmark_consolidate_text_nodes(root);
	return root;
}

static struct doc_node *
enter_list(struct walk *w, struct doc_node *at, cmark_node *n)
{
	(void)w;
	return doc_list(at, cmark_node_get_list_type(n) == CMARK_ORDERED_LIST);
}

static struct doc_node *
enter_para(struct walk *w, struct doc_node *at, cmark_node *n)
{
	cmark_node *list = cmark_node_parent(cmark_node_parent(n));

	(void)w;
	/* In a tight list the text stands in the item itself. */
	if (list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list))
		return at;
	return doc_para(at, NULL);
}

static struct doc_node *
enter_heading(struct walk *w, struct doc_node *at, cmark_node *n)
{
	return doc_heading(at, (unsigned)cmark_node_get_heading_level(n) + w->base_level, NULL);
}

static struct doc_node *
enter_literal(struct walk *w, struct doc_node *at, cmark_node *n)
{
	const char *s = cmark_node_get_literal(n);

	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT:
		return doc_text(at, s);
	case CMARK_NODE_SOFTBREAK:
		return doc_text(at, " ");
	case CMARK_NODE_CODE_BLOCK:
		return w->inline_only ? doc_code(at, s) : doc_pre(at, s);
	default:
		return doc_code(at, s);
	}
}

static struct doc_node *
enter_link(struct walk *w, struct doc_node *at, cmark_node *n)
{
	(void)w;
	/* The library lets an address in angle brackets through inside a link's text. */
	for (const struct doc_node *up = at; up != NULL; up = up->parent) {
		if (up->kind == DOC_LINK || up->kind == DOC_BUTTON_LINK)
			return at;
	}
	return doc_link(at, cmark_node_get_url(n), NULL);
}

static struct doc_node *
enter_cell(struct walk *w, struct doc_node *at, cmark_node *n)
{
	cmark_node *row = cmark_node_parent(n), *table = cmark_node_parent(row);
	const uint8_t *aligns = cmark_gfm_extensions_get_table_alignments(table);
	bool head = cmark_gfm_extensions_get_table_row_is_header(row);
	struct doc_node *cell = head ? doc_head_cell(at, DOC_SCOPE_COL, NULL) : doc_cell(at, NULL);
	unsigned col = 0;

	(void)w;
	for (cmark_node *c = cmark_node_first_child(row); c != NULL && c != n; c = cmark_node_next(c))
		col++;
	if (aligns != NULL && col < cmark_gfm_extensions_get_table_columns(table))
		(void)doc_cell_align(cell, aligns[col] == 'r'   ? DOC_ALIGN_END
					   : aligns[col] == 'c' ? DOC_ALIGN_CENTRE
								: DOC_ALIGN_START);
	return cell;
}

static struct doc_node *
enter_row(struct walk *w, struct doc_node *at, cmark_node *n)
{
	(void)w;
	return cmark_gfm_extensions_get_table_row_is_header(n) ? doc_head_row(at, NULL, 0) : doc_row(at);
}

/* How a node of the library becomes one of ours: a kind, or a function where there is more to say. */
static const struct rule {
	const char *type;
	enum doc_kind kind;
	bool block, drop;
	bool leaf; /* the library's iterator leaves these without an exit event */
	struct doc_node *(*enter)(struct walk *w, struct doc_node *at, cmark_node *n);
} rules[] = {
	{ "text", DOC_TEXT, .leaf = true, .enter = enter_literal },
	{ "softbreak", DOC_TEXT, .leaf = true, .enter = enter_literal },
	{ "linebreak", DOC_BREAK, .leaf = true },
	{ "code", DOC_CODE, .leaf = true, .enter = enter_literal },
	{ "emph", .kind = DOC_EM },
	{ "strong", .kind = DOC_STRONG },
	{ "link", DOC_LINK, .enter = enter_link },
	{ "html_inline", .leaf = true, .drop = true },
	{ "paragraph", .block = true, .enter = enter_para },
	{ "heading", .block = true, .enter = enter_heading },
	{ "list", .block = true, .enter = enter_list },
	{ "item", DOC_ITEM, .block = true },
	{ "code_block", DOC_PRE, .leaf = true, .enter = enter_literal },
	{ "block_quote", DOC_QUOTE, .block = true },
	{ "thematic_break", DOC_RULE, .leaf = true, .block = true },
	{ "html_block", .leaf = true, .drop = true },
	{ "table", DOC_TABLE, .block = true },
	{ "table_header", .block = true, .enter = enter_row },
	{ "table_row", .block = true, .enter = enter_row },
	{ "table_cell", .block = true, .enter = enter_cell },
};

/* What has no rule (the document, a picture) is passed through: its children stand in its place. */
static const struct rule *
rule_of(cmark_node *n)
{
	static const struct rule pass = { .drop = true };
	const char *type = cmark_node_get_type_string(n);

	for (size_t i = 0; i < FP_COUNT(rules); i++) {
		if (strcmp(type, rules[i].type) == 0)
			return &rules[i];
	}
	return &pass;
}

static struct doc_node *
enter(const struct rule *r, struct walk *w, struct doc_node *at, cmark_node *n)
{
	if (r->drop || (w->inline_only && r->block))
		return at;
	return r->enter != NULL ? r->enter(w, at, n) : doc_add(at, r->kind);
}

/* Walk once with add false to measure the depth, so that a text that is too deep adds nothing. */
static enum fp_status
walk_all(struct walk *w, cmark_node *root, bool add, struct fp_err *err)
{
	FP_AUTO(free_iter) cmark_iter *it = cmark_iter_new(root);
	cmark_event_type ev;
	unsigned depth = 0;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);
		const struct rule *r = rule_of(n);

		if (ev == CMARK_EVENT_EXIT) {
			depth--;
			continue;
		}
		if (depth > DOC_MARKDOWN_DEPTH)
			return fp_fail(err, FP_ELIMIT, "the text is nested deeper than %d (line %d)", DOC_MARKDOWN_DEPTH,
			    cmark_node_get_start_line(n));
		if (add)
			w->at[depth + 1] = enter(r, w, w->at[depth], n);
		depth += !r->leaf;
	}
	return FP_OK;
}

static enum fp_status
add(struct doc_node *parent, const char *text, size_t len, struct walk *w, struct fp_err *err)
{
	FP_AUTO(free_node) cmark_node *root = NULL;
	size_t bad;

	if (len > DOC_MARKDOWN_MAX)
		return fp_fail(err, FP_ELIMIT, "the text has %zu bytes, more than its limit of %zu", len, DOC_MARKDOWN_MAX);
	bad = fp_utf8_bad_at(text, len);
	if (bad < len)
		return fp_fail(err, FP_EINVAL, "the text is not UTF-8 at byte %zu", bad);
	root = parse(text, len);
	if (root == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for a text");
	if (walk_all(w, root, false, err) != FP_OK)
		return FP_ELIMIT;
	w->at[0] = parent;
	return walk_all(w, root, true, err);
}

enum fp_status
doc_add_markdown(struct doc_node *parent, const char *commonmark, size_t len, unsigned base_level, struct fp_err *err)
{
	struct walk w = { .base_level = base_level };

	return add(parent, commonmark, len, &w, err);
}

enum fp_status
doc_add_markdown_inline(struct doc_node *parent, const char *commonmark, size_t len, struct fp_err *err)
{
	struct walk w = { .inline_only = true };

	return add(parent, commonmark, len, &w, err);
}
