#include "document/html_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"

static const char *const class_names[DOC_CLASS_COUNT] = {
	[DOC_CLASS_LEAD] = "lead",
	[DOC_CLASS_SMALL] = "small",
	[DOC_CLASS_MUTED] = "muted",
	[DOC_CLASS_NUMBER] = "number",
	[DOC_CLASS_MONO] = "mono",
	[DOC_CLASS_GRID] = "grid",
	[DOC_CLASS_CLUSTER] = "cluster",
	[DOC_CLASS_NARROW] = "narrow",
	[DOC_CLASS_SCROLL] = "scroll",
	[DOC_CLASS_HIDDEN] = "visually-hidden",
	[DOC_CLASS_BRAND] = "brand",
	[DOC_CLASS_TOPBAR] = "topbar",
	[DOC_CLASS_COMPACT] = "compact",
	[DOC_CLASS_PLAIN] = "plain",
};

void
html_puts(struct html *h, const char *markup)
{
	fp_buf_puts(h->out, markup);
}

/* Text is valid UTF-8 without control characters (tree.c): five characters are left that mean something. */
static void
escaped(struct fp_buf *out, const char *s)
{
	while (*s != '\0') {
		size_t run = strcspn(s, "&<>\"'");

		fp_buf_add(out, s, run);
		s += run;
		switch (*s) {
		case '&':
			fp_buf_puts(out, "&amp;");
			break;
		case '<':
			fp_buf_puts(out, "&lt;");
			break;
		case '>':
			fp_buf_puts(out, "&gt;");
			break;
		case '"':
			fp_buf_puts(out, "&quot;");
			break;
		case '\'':
			fp_buf_puts(out, "&#39;");
			break;
		default:
			return;
		}
		s++;
	}
}

void
html_text(struct html *h, const char *s)
{
	while (*s != '\0') {
		size_t run = strcspn(s, "&<>");

		fp_buf_add(h->out, s, run);
		s += run;
		if (*s == '\0')
			return;
		fp_buf_puts(h->out, *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : "&gt;");
		s++;
	}
}

void
html_attr_always(struct html *h, const char *name, const char *value)
{
	fp_buf_putc(h->out, ' ');
	fp_buf_puts(h->out, name);
	fp_buf_puts(h->out, "=\"");
	escaped(h->out, value);
	fp_buf_putc(h->out, '"');
}

void
html_attr(struct html *h, const char *name, const char *value)
{
	if (*value != '\0')
		html_attr_always(h, name, value);
}

void
html_attr_u(struct html *h, const char *name, unsigned long v)
{
	fp_buf_printf(h->out, " %s=\"%lu\"", name, v);
}

static void
class_attr(struct html *h, const struct doc_node *n, const char *base, const char *suffix)
{
	const char *gap = "";

	if (base == NULL && n->classes == 0)
		return;
	html_puts(h, " class=\"");
	if (base != NULL) {
		html_puts(h, base);
		gap = " ";
	}
	if (base != NULL && suffix != NULL)
		fp_buf_printf(h->out, " %s-%s", base, suffix);
	for (unsigned c = 1; c < DOC_CLASS_COUNT; c++) {
		if (n->classes & (1u << c)) {
			fp_buf_printf(h->out, "%s%s", gap, class_names[c]);
			gap = " ";
		}
	}
	html_puts(h, "\"");
}

void
html_open(struct html *h, const char *tag, const struct doc_node *n, const char *base, const char *suffix)
{
	const struct doc_more *m = doc_get(n);

	fp_buf_printf(h->out, "<%s", tag);
	html_attr(h, "id", m->id);
	class_attr(h, n, base, suffix);
	html_attr(h, "lang", m->lang);
	html_attr(h, "aria-label", m->label);
	html_attr(h, "title", m->title);
	if (n->flags & DOC_F_CURRENT)
		html_puts(h, " aria-current=\"page\"");
	/* What scrolls must be reachable by keyboard. */
	if (n->classes & (1u << DOC_CLASS_SCROLL))
		html_puts(h, " role=\"region\" tabindex=\"0\"");
	if (*m->live != '\0') {
		html_attr(h, "data-live", m->live);
		html_attr_u(h, "data-every", m->every);
		html_puts(h, " aria-live=\"polite\"");
	}
}

/* Links and buttons side by side without a text between them: a line end keeps them apart. */
static bool
is_control(const struct doc_node *n)
{
	return n->kind == DOC_LINK || n->kind == DOC_BUTTON_LINK || n->kind == DOC_BADGE;
}

void
html_children(struct html *h, const struct doc_node *n)
{
	for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
		html_node(h, c);
		if (is_control(c) && (c->next == NULL ? n->kind == DOC_SECTION : is_control(c->next)))
			html_puts(h, "\n");
	}
}

/* The kinds that are one element around their children. */
static const struct {
	const char *tag, *base;
	bool lines; /* a line end behind the start tag as well */
} simple[DOC_KIND_COUNT] = {
	[DOC_KEEP] = { "div", "keep", true },
	[DOC_PARA] = { "p", NULL, false },
	[DOC_QUOTE] = { "blockquote", NULL, true },
	[DOC_ITEM] = { "li", NULL, false },
	[DOC_TERMS] = { "dl", NULL, true },
	[DOC_TERM] = { "dt", NULL, false },
	[DOC_DETAIL] = { "dd", NULL, false },
	[DOC_COLUMNS] = { "div", "columns", true },
	[DOC_STRONG] = { "strong", NULL, false },
	[DOC_EM] = { "em", NULL, false },
	[DOC_CODE] = { "code", NULL, false },
	[DOC_SPAN] = { "span", NULL, false },
};

static void
element(struct html *h, const struct doc_node *n)
{
	html_open(h, simple[n->kind].tag, n, simple[n->kind].base, NULL);
	html_puts(h, simple[n->kind].lines ? ">\n" : ">");
	html_children(h, n);
	fp_buf_printf(h->out, "</%s>%s", simple[n->kind].tag, doc_is_inline(n) ? "" : "\n");
}

static void
section(struct html *h, const struct doc_node *n)
{
	static const char *const tags[DOC_ROLE_COUNT] = { "section", "header", "nav", "main", "aside", "footer", "section" };
	const char *tag = tags[n->style];
	bool card = n->style == DOC_ROLE_CARD;

	/* A section without a name is no landmark: it is only a box. */
	if (n->style == DOC_ROLE_PLAIN && *doc_get(n)->label == '\0')
		tag = "div";
	html_open(h, tag, n, card ? "card" : NULL, NULL);
	if (n->style == DOC_ROLE_MAIN) {
		if (*doc_get(n)->id == '\0')
			html_puts(h, " id=\"main\"");
		html_puts(h, " tabindex=\"-1\"");
	}
	html_puts(h, ">\n");
	html_children(h, n);
	fp_buf_printf(h->out, "</%s>\n", tag);
}

static void
callout(struct html *h, const struct doc_node *n)
{
	html_open(h, "div", n, "callout", doc_look(n->style)->name);
	html_puts(h, ">\n");
	if (*n->text != '\0') {
		html_puts(h, "<p class=\"callout-title\">");
		html_text(h, n->text);
		html_puts(h, "</p>\n");
	}
	html_children(h, n);
	html_puts(h, "</div>\n");
}

static void
heading(struct html *h, const struct doc_node *n)
{
	char tag[3] = { 'h', (char)('0' + n->style % 10), '\0' };

	html_open(h, tag, n, NULL, NULL);
	html_puts(h, ">");
	html_children(h, n);
	fp_buf_printf(h->out, "</%s>\n", tag);
}

static void
preformatted(struct html *h, const struct doc_node *n)
{
	html_open(h, "pre", n, NULL, NULL);
	/* A parser drops one line end behind the tag: give it one to drop. */
	html_puts(h, " tabindex=\"0\">\n");
	html_children(h, n);
	html_puts(h, "</pre>\n");
}

static void
list(struct html *h, const struct doc_node *n)
{
	const char *tag = n->flags & DOC_F_ORDERED ? "ol" : "ul";

	html_open(h, tag, n, NULL, NULL);
	/* Without bullets some screen readers forget that it is a list. */
	html_puts(h, n->classes & (1u << DOC_CLASS_PLAIN) ? " role=\"list\">\n" : ">\n");
	html_children(h, n);
	fp_buf_printf(h->out, "</%s>\n", tag);
}

static void
rule(struct html *h, const struct doc_node *n)
{
	html_open(h, "hr", n, n->kind == DOC_PAGE_BREAK ? "page-break" : NULL, NULL);
	html_puts(h, ">\n");
}

static void
details(struct html *h, const struct doc_node *n)
{
	html_open(h, "details", n, NULL, NULL);
	html_puts(h, n->flags & DOC_F_OPEN ? " open><summary>" : "><summary>");
	html_text(h, n->text);
	html_puts(h, "</summary>\n");
	html_children(h, n);
	html_puts(h, "</details>\n");
}

static void
table(struct html *h, const struct doc_node *n)
{
	const struct doc_node *row = n->first;

	html_open(h, "table", n, NULL, NULL);
	html_puts(h, ">\n");
	if (*n->text != '\0') {
		html_puts(h, "<caption>");
		html_text(h, n->text);
		html_puts(h, "</caption>\n");
	}
	if (row != NULL && (row->flags & DOC_F_HEAD)) {
		html_puts(h, "<thead>\n");
		for (; row != NULL && (row->flags & DOC_F_HEAD); row = row->next)
			html_node(h, row);
		html_puts(h, "</thead>\n");
	}
	html_puts(h, "<tbody>\n");
	for (; row != NULL; row = row->next)
		html_node(h, row);
	html_puts(h, "</tbody>\n</table>\n");
}

static void
table_row(struct html *h, const struct doc_node *n)
{
	html_open(h, "tr", n, NULL, NULL);
	html_puts(h, ">");
	html_children(h, n);
	html_puts(h, "</tr>\n");
}

static void
cell(struct html *h, const struct doc_node *n)
{
	static const char *const scopes[] = { "", "col", "row", "colgroup", "rowgroup" };
	static const char *const aligns[] = { NULL, "align-centre", "align-end" };
	const char *tag = n->flags & DOC_F_HEAD ? "th" : "td";

	html_open(h, tag, n, aligns[n->align <= DOC_ALIGN_END ? n->align : 0], NULL);
	html_attr(h, "scope", n->style <= DOC_SCOPE_ROWGROUP ? scopes[n->style] : "");
	if (n->cols > 1)
		html_attr_u(h, "colspan", n->cols);
	if (n->rows > 1)
		html_attr_u(h, "rowspan", n->rows);
	html_puts(h, ">");
	html_children(h, n);
	fp_buf_printf(h->out, "</%s>", tag);
}

static void
text(struct html *h, const struct doc_node *n)
{
	html_text(h, n->text);
}

static void
line_break(struct html *h, const struct doc_node *n)
{
	(void)n;
	html_puts(h, "<br>\n");
}

static void
link_to(struct html *h, const struct doc_node *n)
{
	const char *href = doc_get(n)->href;
	bool absolute = strncmp(href, "http", 4) == 0;
	bool leads = absolute || h->mode != DOC_HTML_STANDALONE || *href == '#' || strncmp(href, "mailto:", 7) == 0;
	const char *button = n->kind == DOC_BUTTON_LINK ? "button" : NULL;

	/* In a file that travels alone an address relative to a server leads nowhere. */
	html_open(h, leads ? "a" : "span", n, button, doc_button_name(n->style));
	if (leads)
		html_attr_always(h, "href", href);
	if (absolute)
		html_puts(h, " rel=\"noreferrer\"");
	html_puts(h, ">");
	html_children(h, n);
	html_puts(h, leads ? "</a>" : "</span>");
}

static void
badge(struct html *h, const struct doc_node *n)
{
	html_open(h, "span", n, "badge", doc_look(n->style)->name);
	html_puts(h, ">");
	html_text(h, n->text);
	html_puts(h, "</span>");
}

static void
paper_check(struct html *h, const struct doc_node *n)
{
	bool radio = n->kind == DOC_PAPER_RADIO, on = n->flags & DOC_F_CHECKED;

	html_open(h, "p", n, "paper-check", NULL);
	html_puts(h, "><span class=\"paper-box\">");
	html_puts(h, radio ? (on ? "\u25c9" : "\u25cb") : (on ? "\u2611" : "\u2610"));
	html_puts(h, "</span> ");
	html_text(h, n->text);
	html_puts(h, "</p>\n");
}

static void
paper_line(struct html *h, const struct doc_node *n)
{
	struct doc_more more = *doc_get(n);
	struct doc_node p = *n;
	const char *label = more.label;

	/* A paragraph may bear no label of its own: it stands in it as text, unseen where the table's head says it already. */
	more.label = "";
	p.more = &more;
	html_open(h, "p", &p, n->rows > 1 ? "paper-box-field" : "paper-line", NULL);
	html_puts(h, *n->text != '\0' ? "><span class=\"paper-label\">" : "><span class=\"paper-label visually-hidden\">");
	html_text(h, *n->text != '\0' ? n->text : label);
	html_puts(h, "</span> <span class=\"paper-value\">");
	html_text(h, doc_get(n)->value);
	html_puts(h, "</span></p>\n");
}

static void
signature(struct html *h, const struct doc_node *n)
{
	html_open(h, "p", n, "signature", NULL);
	html_puts(h, ">");
	html_text(h, n->text);
	html_puts(h, "</p>\n");
}

static void (*const writers[DOC_KIND_COUNT])(struct html *h, const struct doc_node *n) = {
	[DOC_ROOT] = html_children,
	[DOC_SECTION] = section,
	[DOC_CALLOUT] = callout,
	[DOC_HEADING] = heading,
	[DOC_PRE] = preformatted,
	[DOC_LIST] = list,
	[DOC_TABLE] = table,
	[DOC_ROW] = table_row,
	[DOC_CELL] = cell,
	[DOC_RULE] = rule,
	[DOC_PAGE_BREAK] = rule,
	[DOC_DETAILS] = details,
	[DOC_MATRIX] = html_matrix,
	[DOC_METER] = html_meter,
	[DOC_BAR] = html_bar,
	[DOC_QR] = html_qr,
	[DOC_PAPER_CHECK] = paper_check,
	[DOC_PAPER_RADIO] = paper_check,
	[DOC_PAPER_LINE] = paper_line,
	[DOC_SIGNATURE] = signature,
	[DOC_TEXT] = text,
	[DOC_LINK] = link_to,
	[DOC_BUTTON_LINK] = link_to,
	[DOC_BREAK] = line_break,
	[DOC_BADGE] = badge,
	[DOC_FORM] = html_form,
	[DOC_FIELDSET] = html_fieldset,
	[DOC_HIDDEN] = html_hidden,
	[DOC_INPUT] = html_input,
	[DOC_TEXTAREA] = html_textarea,
	[DOC_SELECT] = html_select,
	[DOC_CHOICE] = html_choice,
	[DOC_SUBMIT] = html_submit,
};

void
html_node(struct html *h, const struct doc_node *n)
{
	if ((n->media & DOC_IN_HTML) == 0)
		return;
	if (simple[n->kind].tag != NULL)
		element(h, n);
	else if (writers[n->kind] != NULL)
		writers[n->kind](h, n);
}

static const struct doc_node *
find_main(const struct doc_node *n)
{
	const struct doc_node *found = n->kind == DOC_SECTION && n->style == DOC_ROLE_MAIN ? n : NULL;

	for (const struct doc_node *c = n->first; c != NULL && found == NULL; c = c->next)
		found = c->kind == DOC_SECTION ? find_main(c) : NULL;
	return found;
}

static void
head_links(struct html *h, const struct doc_html_options *o)
{
	for (const char *const *s = o->styles; s != NULL && *s != NULL; s++) {
		html_puts(h, "<link rel=\"stylesheet\"");
		html_attr_always(h, "href", *s);
		html_puts(h, ">\n");
	}
	if (o->icon != NULL) {
		html_puts(h, "<link rel=\"icon\"");
		html_attr_always(h, "href", o->icon);
		html_puts(h, ">\n");
	}
	for (const char *const *s = o->scripts; s != NULL && *s != NULL; s++) {
		html_puts(h, "<script defer");
		html_attr_always(h, "src", *s);
		html_puts(h, "></script>\n");
	}
	/* With a script the page changes in place: loading it again would throw readers back to its top. */
	if (o->refresh_seconds != 0)
		fp_buf_printf(h->out, "%s<meta http-equiv=\"refresh\" content=\"%u\">%s\n",
		    o->scripts != NULL ? "<noscript>" : "", o->refresh_seconds, o->scripts != NULL ? "</noscript>" : "");
}

static void
head(struct html *h, const struct doc *d, const struct doc_html_options *o)
{
	html_puts(h, "<!doctype html>\n<html");
	html_attr_always(h, "lang", d->meta.lang);
	html_puts(h, ">\n<head>\n<meta charset=\"utf-8\">\n");
	/* A file on somebody's disk has no server that says it: nothing in it may run or load. */
	if (o->mode == DOC_HTML_STANDALONE)
		html_puts(h,
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
	html_puts(h, "<title>");
	html_text(h, d->meta.title);
	html_puts(h, "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	if (*d->meta.author != '\0') {
		html_puts(h, "<meta name=\"author\"");
		html_attr_always(h, "content", d->meta.author);
		html_puts(h, ">\n");
	}
	if (o->mode == DOC_HTML_STANDALONE)
		fp_buf_printf(h->out, "<style>\n%s</style>\n", doc_html_css());
	else
		head_links(h, o);
	html_puts(h, "</head>\n<body>\n");
}

static void
skip_link(struct html *h, const struct doc *d, const char *words)
{
	const struct doc_node *target = find_main(d->root);

	if (words == NULL || target == NULL)
		return;
	html_puts(h, "<a class=\"skip\" href=\"#");
	html_text(h, *doc_get(target)->id != '\0' ? doc_get(target)->id : "main");
	html_puts(h, "\">");
	html_text(h, words);
	html_puts(h, "</a>\n");
}

const char *
doc_html_css(void)
{
	const struct fp_asset *css = fp_asset_find("document/document.css");

	return css != NULL ? css->data : "";
}

enum fp_status
doc_write_html(const struct doc *d, const struct doc_html_options *o, struct fp_buf *out, struct fp_err *err)
{
	static const struct doc_html_options none = { 0 };
	struct html h = { .out = out };

	if (doc_check(d, err) != FP_OK)
		return d->mem.fail.status;
	if (o == NULL)
		o = &none;
	h.mode = o->mode;
	if (h.mode != DOC_HTML_FRAGMENT) {
		head(&h, d, o);
		skip_link(&h, d, o->skip_text);
	}
	html_children(&h, d->root);
	if (h.mode != DOC_HTML_FRAGMENT)
		html_puts(&h, "</body>\n</html>\n");
	free(h.ids);
	if (h.failed != FP_OK)
		return fp_fail(err, h.failed, "%s", h.err.msg);
	return fp_buf_check(out, "the HTML document", err);
}
