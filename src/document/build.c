/* The calls of document.h that say doc_add shorter. */
#include "document/tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct doc_node *
add_text(struct doc_node *parent, enum doc_kind kind, const char *text)
{
	struct doc_node *n = doc_add(parent, kind);

	n->text = doc_copy(n->doc, text);
	return n;
}

/* A node whose text is a child, so that other inlines can follow it. */
static struct doc_node *
add_with_text(struct doc_node *parent, enum doc_kind kind, const char *text)
{
	struct doc_node *n = doc_add(parent, kind);

	if (text != NULL && *text != '\0')
		(void)add_text(n, DOC_TEXT, text);
	return n;
}

static struct doc_node *
add_textv(struct doc_node *parent, enum doc_kind kind, const char *fmt, va_list ap)
{
	char stack[512];
	va_list again;
	struct doc_node *n;
	int len;

	va_copy(again, ap);
	len = vsnprintf(stack, sizeof(stack), fmt, ap);
	if (len >= 0 && (size_t)len < sizeof(stack)) {
		n = add_text(parent, kind, stack);
	} else {
		FP_AUTO(fp_freep) char *heap = len < 0 ? NULL : fp_calloc((size_t)len + 1, 1);

		if (heap == NULL)
			doc_failed(parent->doc, FP_ENOMEM, "out of memory while building a document");
		else
			(void)vsnprintf(heap, (size_t)len + 1, fmt, again);
		n = add_text(parent, kind, heap);
	}
	va_end(again);
	return n;
}

/* ---- Properties ---- */

struct doc_node *
doc_id(struct doc_node *n, const char *id)
{
	size_t len = id != NULL ? strlen(id) : 0;
	char *copy = len != 0 ? doc_alloc(n->doc, len + 1, 1) : NULL;

	if (copy == NULL)
		return n;
	for (size_t i = 0; i < len; i++)
		copy[i] = isalnum((unsigned char)id[i]) || strchr("-_.:", id[i]) != NULL ? id[i] : '-';
	doc_more(n)->id = copy;
	return n;
}

struct doc_node *
doc_label(struct doc_node *n, const char *label)
{
	doc_more(n)->label = doc_copy(n->doc, label);
	return n;
}

struct doc_node *
doc_lang(struct doc_node *n, const char *lang)
{
	doc_more(n)->lang = doc_copy(n->doc, lang);
	return n;
}

struct doc_node *
doc_title(struct doc_node *n, const char *title)
{
	doc_more(n)->title = doc_copy(n->doc, title);
	return n;
}

struct doc_node *
doc_class(struct doc_node *n, enum doc_class c)
{
	if (c > DOC_CLASS_NONE && c < DOC_CLASS_COUNT)
		n->classes |= 1u << c;
	return n;
}

struct doc_node *
doc_only(struct doc_node *n, unsigned media)
{
	n->media = (uint8_t)(media & DOC_IN_ALL);
	return n;
}

struct doc_node *
doc_current(struct doc_node *n)
{
	n->flags |= DOC_F_CURRENT;
	return n;
}

struct doc_node *
doc_live(struct doc_node *n, const char *url, unsigned seconds)
{
	doc_more(n)->live = doc_copy_url(n->doc, url);
	doc_more(n)->every = seconds > 0 ? seconds : 1;
	return n;
}

/* ---- Blocks ---- */

struct doc_node *
doc_section(struct doc_node *parent, enum doc_role role)
{
	struct doc_node *n = doc_add(parent, DOC_SECTION);

	n->style = (uint8_t)(role < DOC_ROLE_COUNT ? role : DOC_ROLE_PLAIN);
	return n;
}

struct doc_node *
doc_callout(struct doc_node *parent, enum doc_badge_style style, const char *title)
{
	struct doc_node *n = add_text(parent, DOC_CALLOUT, title);

	n->style = (uint8_t)(style < DOC_BADGE_COUNT ? style : DOC_BADGE_NEUTRAL);
	return n;
}

struct doc_node *
doc_keep(struct doc_node *parent)
{
	return doc_add(parent, DOC_KEEP);
}

struct doc_node *
doc_columns(struct doc_node *parent)
{
	return doc_add(parent, DOC_COLUMNS);
}

struct doc_node *
doc_heading(struct doc_node *parent, unsigned level, const char *text)
{
	struct doc_node *n = add_with_text(parent, DOC_HEADING, text);

	n->style = (uint8_t)(level < 1 ? 1 : level > 6 ? 6 : level);
	return n;
}

struct doc_node *
doc_para(struct doc_node *parent, const char *text)
{
	return add_with_text(parent, DOC_PARA, text);
}

struct doc_node *
doc_paraf(struct doc_node *parent, const char *fmt, ...)
{
	struct doc_node *n = doc_add(parent, DOC_PARA);
	va_list ap;

	va_start(ap, fmt);
	(void)add_textv(n, DOC_TEXT, fmt, ap);
	va_end(ap);
	return n;
}

struct doc_node *
doc_pre(struct doc_node *parent, const char *text)
{
	return add_with_text(parent, DOC_PRE, text);
}

struct doc_node *
doc_quote(struct doc_node *parent)
{
	return doc_add(parent, DOC_QUOTE);
}

struct doc_node *
doc_list(struct doc_node *parent, bool ordered)
{
	struct doc_node *n = doc_add(parent, DOC_LIST);

	if (ordered)
		n->flags |= DOC_F_ORDERED;
	return n;
}

struct doc_node *
doc_item(struct doc_node *list, const char *text)
{
	return add_with_text(list, DOC_ITEM, text);
}

struct doc_node *
doc_terms(struct doc_node *parent)
{
	return doc_add(parent, DOC_TERMS);
}

struct doc_node *
doc_term(struct doc_node *terms, const char *term, const char *detail)
{
	(void)add_with_text(terms, DOC_TERM, term);
	return add_with_text(terms, DOC_DETAIL, detail);
}

struct doc_node *
doc_rule(struct doc_node *parent)
{
	return doc_add(parent, DOC_RULE);
}

struct doc_node *
doc_page_break(struct doc_node *parent)
{
	return doc_add(parent, DOC_PAGE_BREAK);
}

struct doc_node *
doc_details(struct doc_node *parent, const char *summary, bool open)
{
	struct doc_node *n = add_text(parent, DOC_DETAILS, summary);

	if (open)
		n->flags |= DOC_F_OPEN;
	return n;
}

/* ---- Tables ---- */

struct doc_node *
doc_table(struct doc_node *parent, const char *caption)
{
	return add_text(parent, DOC_TABLE, caption);
}

struct doc_node *
doc_table_widths(struct doc_node *table, const unsigned *weights, size_t n)
{
	struct doc_widths *w = doc_alloc(table->doc, 1, sizeof(*w));
	unsigned *copy = doc_alloc(table->doc, n, sizeof(*copy));

	if (w == NULL || copy == NULL || table->kind != DOC_TABLE)
		return table;
	memcpy(copy, weights, n * sizeof(*copy));
	*w = (struct doc_widths){ n, copy };
	table->extra = w;
	return table;
}

struct doc_node *
doc_row(struct doc_node *table)
{
	return doc_add(table, DOC_ROW);
}

struct doc_node *
doc_head_row(struct doc_node *table, const char *const *texts, size_t n)
{
	struct doc_node *row = doc_add(table, DOC_ROW);

	row->flags |= DOC_F_HEAD;
	for (size_t i = 0; i < n; i++)
		(void)doc_head_cell(row, DOC_SCOPE_COL, texts[i]);
	return row;
}

struct doc_node *
doc_cell(struct doc_node *row, const char *text)
{
	return add_with_text(row, DOC_CELL, text);
}

struct doc_node *
doc_head_cell(struct doc_node *row, enum doc_scope scope, const char *text)
{
	struct doc_node *n = add_with_text(row, DOC_CELL, text);

	n->flags |= DOC_F_HEAD;
	n->style = (uint8_t)scope;
	return n;
}

static uint16_t
span_of(unsigned n)
{
	return (uint16_t)(n < 1 ? 1 : n > 1000 ? 1000 : n);
}

struct doc_node *
doc_cell_span(struct doc_node *cell, unsigned cols, unsigned rows)
{
	cell->cols = span_of(cols);
	cell->rows = span_of(rows);
	return cell;
}

struct doc_node *
doc_cell_align(struct doc_node *cell, enum doc_align align)
{
	cell->align = (uint8_t)align;
	return cell;
}

/* ---- Inlines ---- */

struct doc_node *
doc_text(struct doc_node *parent, const char *text)
{
	if (text != NULL && *text != '\0')
		(void)add_text(parent, DOC_TEXT, text);
	return parent;
}

struct doc_node *
doc_textf(struct doc_node *parent, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)add_textv(parent, DOC_TEXT, fmt, ap);
	va_end(ap);
	return parent;
}

struct doc_node *
doc_strong(struct doc_node *parent, const char *text)
{
	return add_with_text(parent, DOC_STRONG, text);
}

struct doc_node *
doc_em(struct doc_node *parent, const char *text)
{
	return add_with_text(parent, DOC_EM, text);
}

struct doc_node *
doc_code(struct doc_node *parent, const char *text)
{
	return add_with_text(parent, DOC_CODE, text);
}

struct doc_node *
doc_span(struct doc_node *parent, enum doc_class c, const char *text)
{
	return doc_class(add_with_text(parent, DOC_SPAN, text), c);
}

struct doc_node *
doc_break(struct doc_node *parent)
{
	return doc_add(parent, DOC_BREAK);
}

struct doc_node *
doc_link(struct doc_node *parent, const char *href, const char *text)
{
	struct doc_node *n = add_with_text(parent, DOC_LINK, text);

	doc_more(n)->href = doc_copy_url(n->doc, href);
	return n;
}

struct doc_node *
doc_button_link(struct doc_node *parent, enum doc_button style, const char *href, const char *text)
{
	struct doc_node *n = add_with_text(parent, DOC_BUTTON_LINK, text);

	n->style = (uint8_t)(style < DOC_BUTTON_COUNT ? style : DOC_BUTTON_SECONDARY);
	doc_more(n)->href = doc_copy_url(n->doc, href);
	return n;
}

struct doc_node *
doc_badge(struct doc_node *parent, enum doc_badge_style style, const char *word)
{
	struct doc_node *n = add_text(parent, DOC_BADGE, word);

	n->style = (uint8_t)(style < DOC_BADGE_COUNT ? style : DOC_BADGE_NEUTRAL);
	return n;
}
