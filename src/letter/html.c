/* HTML by libxml2's forgiving parser, as events: no tree is made, nothing is fetched. What a page shows becomes blocks. */
#include "letter/html_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "base/mem.h"
#include "letter/build_int.h"
#include "letter/decode.h"

/* Elements */

enum element {
	E_OTHER,
	E_BLOCK,
	E_HEADING,
	E_BREAK,
	E_STRONG,
	E_LINK,
	E_LIST,
	E_ITEM,
	E_TABLE,
	E_ROW,
	E_CELL,
	E_TERMS,
	E_TERM,
	E_VALUE,
	E_INPUT,
	E_SCRIPT,

	E_DROP,
	E_HEAD,
	E_TITLE,
	E_META,
	E_HTML,
	E_PRE,
	E_RULE,
};

/* clang-format off */
static const struct {
	const char *name;
	enum element e;
} elements[] = {
	{ "a", E_LINK }, { "address", E_BLOCK }, { "applet", E_SCRIPT }, { "article", E_BLOCK }, { "aside", E_BLOCK }, { "b", E_STRONG },
	{ "blockquote", E_BLOCK }, { "body", E_BLOCK }, { "br", E_BREAK }, { "caption", E_BLOCK }, { "center", E_BLOCK }, { "dd", E_VALUE },
	{ "details", E_BLOCK }, { "div", E_BLOCK }, { "dl", E_TERMS }, { "dt", E_TERM }, { "embed", E_SCRIPT }, { "fieldset", E_BLOCK },
	{ "figcaption", E_BLOCK }, { "figure", E_BLOCK }, { "footer", E_BLOCK }, { "form", E_BLOCK }, { "h1", E_HEADING }, { "h2", E_HEADING },
	{ "h3", E_HEADING }, { "h4", E_HEADING }, { "h5", E_HEADING }, { "h6", E_HEADING }, { "head", E_HEAD }, { "header", E_BLOCK },
	{ "hr", E_RULE }, { "html", E_HTML }, { "iframe", E_SCRIPT }, { "input", E_INPUT }, { "legend", E_BLOCK }, { "li", E_ITEM },
	{ "main", E_BLOCK }, { "menu", E_LIST }, { "meta", E_META }, { "nav", E_BLOCK }, { "object", E_SCRIPT }, { "ol", E_LIST },
	{ "option", E_BREAK }, { "p", E_BLOCK }, { "pre", E_PRE }, { "script", E_SCRIPT }, { "section", E_BLOCK }, { "strong", E_STRONG },
	{ "style", E_DROP }, { "summary", E_BLOCK }, { "svg", E_DROP }, { "table", E_TABLE }, { "td", E_CELL }, { "template", E_SCRIPT },
	{ "th", E_CELL }, { "title", E_TITLE }, { "tr", E_ROW }, { "ul", E_LIST },
};
/* clang-format on */

static int
compare(const void *name, const void *row)
{
	return strcasecmp(name, *(const char *const *)row);
}

static enum element
element_of(const char *name)
{
	const void *row = bsearch(name, elements, FP_COUNT(elements), sizeof(*elements), compare);

	return row != NULL ? elements[((const char *)row - (const char *)elements) / (ptrdiff_t)sizeof(*elements)].e : E_OTHER;
}

static const char *
attribute(const xmlChar **atts, const char *name)
{
	for (; atts != NULL && *atts != NULL; atts += 2) {
		if (strcasecmp((const char *)*atts, name) == 0)
			return atts[1] != NULL ? (const char *)atts[1] : "";
	}
	return NULL;
}

static bool
is_blank(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r')
			return false;
	}
	return true;
}

int
letter_html_number(const char *s, int otherwise)
{
	int n = 0;

	while (is_blank(s, 1))
		s++;
	if (*s < '0' || *s > '9')
		return otherwise;
	for (; *s >= '0' && *s <= '9' && n < 100000; s++)
		n = n * 10 + (*s - '0');
	return n;
}

/* Is the declaration (lower case, no blanks) among those of a style attribute? */
static bool
style_says(const char *style, const char *declaration)
{
	size_t n = 0;

	for (; style != NULL && *style != '\0' && declaration[n] != '\0'; style++) {
		char c = *style >= 'A' && *style <= 'Z' ? (char)(*style | 0x20) : *style;

		if (c == ' ' || c == '\t' || c == '\n')
			continue;
		n = c == declaration[n] ? n + 1 : c == declaration[0] ? 1 : 0;
	}
	return declaration[n] == '\0';
}

static bool
is_hidden(const xmlChar **atts)
{
	const char *style = attribute(atts, "style");

	return attribute(atts, "hidden") != NULL || style_says(style, "display:none") || style_says(style, "visibility:hidden") ||
	       style_says(style, "mso-hide:all");
}

static bool
is_bold(const char *name, const xmlChar **atts)
{
	const char *style = attribute(atts, "style");

	return strcasecmp(name, "th") == 0 || style_says(style, "font-weight:bold") || style_says(style, "font-weight:700");
}

/* Text */

void
letter_html_close(struct html *h)
{
	struct letter_block *open = letter_build_open(h->b);

	if (open != NULL && !h->fresh)
		open->bold = h->saw_strong && !h->saw_plain;
	h->saw_strong = h->saw_plain = false;
	h->fresh = true;
}

void
letter_html_open(struct html *h, enum letter_kind kind, int level)
{
	letter_html_close(h);
	letter_build_block(h->b, kind, level, 0);
	h->fresh = false;
	if (h->url != NULL)
		letter_build_link(h->b, h->url);
}

struct letter_place
letter_html_place(const struct html *h)
{
	return (struct letter_place){ .line = h->ctxt->input != NULL ? h->ctxt->input->line : 0 };
}

/* A block begins or ends here: inside a cell, item or heading that is a line, elsewhere the next text opens a paragraph. */
static void
block_edge(struct html *h)
{
	const struct letter_block *open = letter_build_open(h->b);

	if (h->in_item > 0 || h->in_heading || letter_html_in_cell(h)) {
		if (open != NULL && !h->fresh)
			letter_build_break(h->b);
	} else {
		letter_html_close(h);
	}
}

static bool
has_word(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC3 && c != 0xE2))
			return true;
	}
	return false;
}

/* Each line of the source is a place of its own. */
static void
put_lines(struct html *h, const char *s, size_t len)
{
	struct letter_place at = letter_html_place(h);
	const char *end = s + len, *nl;

	for (size_t i = 0; i < len; i++)
		at.line -= s[i] == '\n' && at.line > 1;
	for (; s < end; s = nl) {
		nl = memchr(s, '\n', (size_t)(end - s));
		nl = nl != NULL ? nl + 1 : end;
		letter_build_text(h->b, s, (size_t)(nl - s), at);
		if (nl[-1] == '\n' && h->pre > 0)
			letter_build_break(h->b);
		at.line += nl[-1] == '\n';
	}
}

/* Word writes lists as paragraphs that begin with "1." or a bullet in an element of its own. */
static bool
is_word_marker(struct html *h, const char *s, size_t len)
{
	struct letter_block *open = letter_build_open(h->b);
	int number = 0;
	size_t i = 0;

	h->word_item = false;
	for (; i < len && s[i] >= '0' && s[i] <= '9' && number < 1000; i++)
		number = number * 10 + (s[i] - '0');
	if (i > 0 && i + 1 == len && (s[i] == '.' || s[i] == ')') && open != NULL) {
		open->number = number;
		return true;
	}
	return i == 0 && (len == 1 ? *s == 'o' || !has_word(s, len) : len <= 3 && (unsigned char)*s >= 0xC2);
}

void
letter_html_text(struct html *h, const char *s, size_t len)
{
	if (letter_build_open(h->b) == NULL || h->fresh) {
		if (is_blank(s, len))
			return;
		letter_html_open(h, LETTER_PARAGRAPH, 0);
	}
	if (h->word_item && (is_blank(s, len) || is_word_marker(h, s, len)))
		return;
	if (h->strong > 0)
		h->saw_strong = true;
	else if (!h->saw_plain)
		h->saw_plain = has_word(s, len);
	put_lines(h, s, len);
}

static void
on_characters(void *ctx, const xmlChar *s, int len)
{
	struct html *h = ctx;

	if (len <= 0 || h->deep)
		return;
	if (h->in_title) {
		fp_buf_add(&h->title, s, (size_t)len);
	} else if (h->skip > 0) {
		if (h->skip_hidden && !h->hidden_noted && !is_blank((const char *)s, (size_t)len)) {
			letter_build_note(
			    h->b, "hidden-text", letter_html_place(h), "text that the page does not show is left out");
			h->hidden_noted = true;
		}
	} else if (!h->in_head) {
		letter_html_text(h, (const char *)s, (size_t)len);
	}
}

/* Elements that hold something */

static void
put_box(struct html *h, bool ticked)
{
	letter_html_text(h, ticked ? " \xe2\x98\x91 " : " \xe2\x98\x90 ", 5);
}

static void
on_input(struct html *h, const xmlChar **atts)
{
	const char *type = attribute(atts, "type"), *value = attribute(atts, "value");

	if (type != NULL && (strcasecmp(type, "checkbox") == 0 || strcasecmp(type, "radio") == 0)) {
		put_box(h, attribute(atts, "checked") != NULL);
	} else if (value != NULL && (type == NULL || strcasecmp(type, "text") == 0 || strcasecmp(type, "email") == 0 ||
					strcasecmp(type, "date") == 0)) {
		letter_html_text(h, value, strlen(value));
	}
}

static void
on_link(struct html *h, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");

	free(h->url);
	h->url = href != NULL ? fp_strdup(href) : NULL;
	h->no_memory = h->no_memory || (href != NULL && h->url == NULL);
	if (h->url != NULL && letter_build_open(h->b) != NULL && !h->fresh)
		letter_build_link(h->b, h->url);
}

static void
on_list(struct html *h, const char *name, const xmlChar **atts)
{
	const char *start = attribute(atts, "start");

	if (h->lists < HTML_LISTS)
		h->number[h->lists] = strcasecmp(name, "ol") != 0 ? -1 : start != NULL ? letter_html_number(start, 1) - 1 : 0;
	h->lists++;
	block_edge(h);
}

static void
on_item(struct html *h, const xmlChar **atts)
{
	const char *value = attribute(atts, "value");
	int depth = h->lists < 1 ? 1 : h->lists > HTML_LISTS ? HTML_LISTS : h->lists;
	struct letter_block *open;

	if (letter_html_in_cell(h)) {
		block_edge(h);
		return;
	}
	letter_html_open(h, LETTER_ITEM, depth);
	open = letter_build_open(h->b);
	if (open == NULL || h->lists == 0 || h->number[depth - 1] < 0)
		return;
	h->number[depth - 1] = value != NULL                   ? letter_html_number(value, 0)
			       : h->number[depth - 1] < 100000 ? h->number[depth - 1] + 1
							       : 100000;
	open->number = h->number[depth - 1] > 0 ? h->number[depth - 1] : 0;
}

static void
on_heading(struct html *h, const char *name)
{
	letter_html_lay_out(h);
	letter_html_open(h, LETTER_HEADING, name[1] - '0');
	h->in_heading = true;
}

/* A paragraph, or an item as Word writes it: style='mso-list:l0 level2 lfo1'. */
static void
on_block(struct html *h, const xmlChar **atts)
{
	const char *style = attribute(atts, "style");
	const char *list = style != NULL ? strstr(style, "mso-list:") : NULL;
	const char *level = list != NULL ? strstr(list, "level") : NULL;

	block_edge(h);
	if (level == NULL || level[5] < '1' || level[5] > '9' || letter_html_in_cell(h))
		return;
	letter_html_open(h, LETTER_ITEM, level[5] - '0');
	h->word_item = true;
}

static void
on_meta(struct html *h, const xmlChar **atts)
{
	const char *what = attribute(atts, "http-equiv"), *content = attribute(atts, "content");

	if (what != NULL && content != NULL && strcasecmp(what, "content-language") == 0 && !h->has_lang)
		letter_build_lang(h->b, content, strlen(content));
}

static void
on_html(struct html *h, const xmlChar **atts)
{
	const char *lang = attribute(atts, "lang");

	lang = lang != NULL ? lang : attribute(atts, "xml:lang");
	if (lang == NULL || *lang == '\0')
		return;
	letter_build_lang(h->b, lang, strlen(lang));
	h->has_lang = true;
}

static void
begin_skip(struct html *h, enum element e)
{
	h->scripts += e == E_SCRIPT;
	h->skip = 1;
	h->skip_hidden = e == E_OTHER;
}

static void
begin_table_part(struct html *h, enum element e, const xmlChar **atts)
{
	if (e == E_TABLE || e == E_TERMS)
		letter_html_begin_table(h, e == E_TERMS);
	else if (e == E_TERM || e == E_VALUE)
		letter_html_begin_term(h, e == E_VALUE);
	else if (e == E_ROW)
		letter_html_begin_row(h);
	else if (e == E_CELL)
		letter_html_begin_cell(h, attribute(atts, "colspan"), attribute(atts, "rowspan"));
}

static void
begin(struct html *h, enum element e, const char *name, const xmlChar **atts)
{
	switch (e) {
	case E_BLOCK:
		on_block(h, atts);
		break;
	case E_PRE:
		h->pre++;
		block_edge(h);
		break;
	case E_RULE:
		block_edge(h);
		break;
	case E_HEADING:
		on_heading(h, name);
		break;
	case E_BREAK:
		letter_build_break(h->b);
		break;
	case E_LINK:
		on_link(h, atts);
		break;
	case E_LIST:
		on_list(h, name, atts);
		break;
	case E_ITEM:
		on_item(h, atts);
		h->in_item++;
		break;
	case E_INPUT:
		on_input(h, atts);
		break;
	case E_HEAD:
		h->in_head = true;
		break;
	case E_TITLE:
		h->in_title = h->title.len == 0;
		break;
	case E_META:
		on_meta(h, atts);
		break;
	case E_HTML:
		on_html(h, atts);
		break;
	default:
		begin_table_part(h, e, atts);
		break;
	}
}

static void
end(struct html *h, enum element e)
{
	switch (e) {
	case E_BLOCK:
	case E_RULE:
		h->word_item = false;
		block_edge(h);
		break;
	case E_PRE:
		h->pre--;
		block_edge(h);
		break;
	case E_HEADING:
		h->in_heading = false;
		block_edge(h);
		break;
	case E_LINK:
		letter_build_link_end(h->b);
		free(h->url);
		h->url = NULL;
		break;
	case E_LIST:
		h->lists -= h->lists > 0;
		block_edge(h);
		break;
	case E_ITEM:
		h->in_item -= h->in_item > 0;
		if (!letter_html_in_cell(h))
			letter_html_close(h);
		break;
	case E_TABLE:
	case E_TERMS:
		letter_html_end_table(h);
		break;
	case E_TERM:
	case E_VALUE:
	case E_CELL:
		letter_html_end_cell(h);
		break;
	case E_HEAD:
		h->in_head = false;
		break;
	case E_TITLE:
		h->in_title = false;
		break;
	default:
		break;
	}
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	struct html *h = ctx;
	enum element e = element_of((const char *)name);

	if (h->deep || ++h->depth >= h->depth_max) {
		h->deep = true;
		xmlStopParser(h->ctxt);
		return;
	}
	h->strong_at[h->depth] = false;
	if (h->skip > 0) {
		h->skip++;
	} else if (e == E_SCRIPT || e == E_DROP || is_hidden(atts)) {
		begin_skip(h, e == E_SCRIPT || e == E_DROP ? e : E_OTHER);
	} else {
		h->strong_at[h->depth] = e == E_STRONG || is_bold((const char *)name, atts);
		h->strong += h->strong_at[h->depth];
		begin(h, e, (const char *)name, atts);
	}
}

static void
on_end(void *ctx, const xmlChar *name)
{
	struct html *h = ctx;

	if (h->deep || h->depth == 0)
		return;
	if (h->skip > 0) {
		h->skip--;
	} else {
		h->strong -= h->strong_at[h->depth];
		end(h, element_of((const char *)name));
	}
	h->depth--;
}

/* The whole */

/* White space runs become one blank; the length afterwards. */
static size_t
squeeze(char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool blank = is_blank(s + i, 1);

		if (!blank || (n > 0 && s[n - 1] != ' '))
			s[n++] = blank ? ' ' : s[i];
	}
	return n > 0 && s[n - 1] == ' ' ? n - 1 : n;
}

static void
finish_notes(struct html *h, const struct letter_decoded *d)
{
	if (d->note != NULL)
		letter_build_note(h->b, "encoding", (struct letter_place){ .line = 1 }, "%s", d->note);
	if (d->cut)
		letter_build_note(h->b, "cut-off", (struct letter_place){ .line = 1 }, "the file ends inside a character");
	if (h->scripts > 0)
		letter_build_note(h->b, "scripts-dropped", (struct letter_place){ .line = 1 },
		    "left out: %zu scripts, templates or embedded objects", h->scripts);
	if (h->title.len > 0 && h->title.failed == FP_OK)
		letter_build_title(h->b, h->title.data, squeeze(h->title.data, h->title.len));
}

static bool
parse(struct html *h, const struct letter_decoded *d)
{
	htmlParserCtxtPtr ctxt = htmlNewParserCtxt();

	if (ctxt == NULL)
		return false;
	h->ctxt = ctxt;
	memset(ctxt->sax, 0, sizeof(*ctxt->sax));
	ctxt->sax->startElement = on_start;
	ctxt->sax->endElement = on_end;
	ctxt->sax->characters = on_characters;
	ctxt->sax->ignorableWhitespace = on_characters;
	ctxt->userData = h;
	(void)htmlCtxtReadMemory(ctxt, d->s, (int)d->len, NULL, "UTF-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC |
		HTML_PARSE_COMPACT);
	letter_html_close(h);
	h->no_memory = h->no_memory || ctxt->errNo == XML_ERR_NO_MEMORY;
	xmlFreeDoc(ctxt->myDoc);
	htmlFreeParserCtxt(ctxt);
	h->ctxt = NULL;
	return !h->no_memory;
}

/* Pages that the parser would take too long for are read as a text with tags in it. */
static enum fp_status
read_as_text(
    struct letter **out, const char *file, const struct letter_decoded *d, const struct letter_limits *o, struct fp_err *err)
{
	enum fp_status status = letter_read_text(out, file, d->s, d->len, o, err);

	if (status != FP_OK)
		return status;
	(*out)->format = LETTER_HTML;
	return letter_add_note(
	    *out, "limit", "the mark-up is nested too deep or a tag has too many attributes: read as a text with tags", err);
}

static void
html_free(struct html *h)
{
	fp_buf_free(&h->title);
	free(h->url);
	free(h->tables);
	free(h->strong_at);
	letter_build_free(h->b);
}

static enum fp_status
read_page(struct letter **out, struct html *h, const char *file, const struct letter_decoded *d, const struct letter_limits *o,
    struct fp_err *err)
{
	enum fp_status status;

	h->b = letter_build_new(file, LETTER_HTML, o);
	h->depth_max = 4 * (o != NULL && o->depth != 0 ? o->depth : 64);
	h->strong_at = fp_calloc(h->depth_max + 1, sizeof(*h->strong_at));
	h->fresh = true;
	h->title.max = 4096;
	if (h->b == NULL || h->strong_at == NULL || !parse(h, d))
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	if (h->deep)
		return read_as_text(out, file, d, o, err);
	finish_notes(h, d);
	status = letter_build_end(out, h->b, err);
	return status;
}

enum fp_status
letter_read_html(
    struct letter **out, const char *file, const char *data, size_t len, const struct letter_limits *o, struct fp_err *err)
{
	FP_AUTO(letter_decoded_free) struct letter_decoded d = { 0 };
	FP_AUTO(html_free) struct html h = { 0 };
	size_t max = o != NULL && o->bytes != 0 ? o->bytes : LETTER_BYTES_MAX;
	char charset[64];

	if (len > max)
		return fp_fail(err, FP_ELIMIT, "%s: %zu bytes, the limit is %zu", file, len, max);
	letter_html_charset(data, len, charset, sizeof(charset));
	if (letter_decode(&d, data, len, charset[0] != '\0' ? charset : NULL, err) != FP_OK)
		return fp_ctx(err, "%s", file);
	if (d.len > INT32_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: %zu bytes of text, the limit is %d", file, d.len, INT32_MAX);
	if (!letter_html_clean(&d))
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	if (letter_html_is_hostile(d.s, d.len))
		return read_as_text(out, file, &d, o, err);
	return read_page(out, &h, file, &d, o, err);
}
