#include "document/tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

/* What a kind is, and what may stand in it. */
enum { BLOCK = 1, INLINE = 2, ITEM = 4, TERM = 8, ROW = 16, CELL = 32, OPTION = 64, FLOW = BLOCK | INLINE };

static const struct {
	const char *name;
	uint8_t is, takes;
} kinds[DOC_KIND_COUNT] = {
	[DOC_ROOT] = { "the document", 0, FLOW },
	[DOC_SECTION] = { "a section", BLOCK, FLOW },
	[DOC_CALLOUT] = { "a callout", BLOCK, FLOW },
	[DOC_KEEP] = { "a keep-together block", BLOCK, FLOW },
	[DOC_HEADING] = { "a heading", BLOCK, INLINE },
	[DOC_PARA] = { "a paragraph", BLOCK, INLINE },
	[DOC_PRE] = { "preformatted text", BLOCK, INLINE },
	[DOC_QUOTE] = { "a quotation", BLOCK, FLOW },
	[DOC_LIST] = { "a list", BLOCK, ITEM },
	[DOC_ITEM] = { "a list item", ITEM, FLOW },
	[DOC_TERMS] = { "a list of terms", BLOCK, TERM },
	[DOC_TERM] = { "a term", TERM, INLINE },
	[DOC_DETAIL] = { "a detail", TERM, FLOW },
	[DOC_TABLE] = { "a table", BLOCK, ROW },
	[DOC_ROW] = { "a table row", ROW, CELL },
	[DOC_CELL] = { "a table cell", CELL, FLOW },
	[DOC_RULE] = { "a rule", BLOCK, 0 },
	[DOC_PAGE_BREAK] = { "a page break", BLOCK, 0 },
	[DOC_COLUMNS] = { "columns", BLOCK, FLOW },
	[DOC_DETAILS] = { "a folded part", BLOCK, FLOW },
	[DOC_MATRIX] = { "a matrix", BLOCK, 0 },
	[DOC_METER] = { "a meter", BLOCK, 0 },
	[DOC_BAR] = { "a bar", BLOCK, 0 },
	[DOC_QR] = { "a QR code", BLOCK, 0 },
	[DOC_PAPER_CHECK] = { "a check box on paper", BLOCK, 0 },
	[DOC_PAPER_RADIO] = { "a radio box on paper", BLOCK, 0 },
	[DOC_PAPER_LINE] = { "a line on paper", BLOCK, 0 },
	[DOC_SIGNATURE] = { "a signature line", BLOCK, 0 },
	[DOC_TEXT] = { "text", INLINE, 0 },
	[DOC_STRONG] = { "strong text", INLINE, INLINE },
	[DOC_EM] = { "emphasized text", INLINE, INLINE },
	[DOC_CODE] = { "code", INLINE, INLINE },
	[DOC_SPAN] = { "a span", INLINE, INLINE },
	[DOC_LINK] = { "a link", INLINE, INLINE },
	[DOC_BUTTON_LINK] = { "a button link", INLINE, INLINE },
	[DOC_BREAK] = { "a line break", INLINE, 0 },
	[DOC_BADGE] = { "a badge", INLINE, 0 },
	[DOC_FORM] = { "a form", BLOCK, FLOW },
	[DOC_FIELDSET] = { "a field set", BLOCK, FLOW },
	[DOC_HIDDEN] = { "a hidden field", INLINE, 0 },
	[DOC_INPUT] = { "an input", BLOCK, 0 },
	[DOC_TEXTAREA] = { "a text area", BLOCK, 0 },
	[DOC_SELECT] = { "a selection", BLOCK, OPTION },
	[DOC_OPTION] = { "an option", OPTION, 0 },
	[DOC_CHOICE] = { "a choice", INLINE, 0 },
	[DOC_SUBMIT] = { "a submit button", INLINE, 0 },
};

static const struct doc_more no_more = { "", "", "", "", "", 0, "", "", "" };

const char *
doc_kind_name(enum doc_kind kind)
{
	return kind < DOC_KIND_COUNT ? kinds[kind].name : "an unknown kind of node";
}

bool
doc_is_inline(const struct doc_node *n)
{
	return kinds[n->kind].is == INLINE;
}

bool
doc_has_kind(const struct doc_node *n, enum doc_kind kind)
{
	if (n->kind == kind)
		return true;
	for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
		if (doc_has_kind(c, kind))
			return true;
	}
	return false;
}

void
doc_failed(struct doc *d, enum fp_status status, const char *fmt, ...)
{
	va_list ap;

	if (d->mem.fail.status != FP_OK)
		return;
	d->mem.fail.status = status;
	va_start(ap, fmt);
	(void)vsnprintf(d->mem.fail.msg, sizeof(d->mem.fail.msg), fmt, ap);
	va_end(ap);
}

enum fp_status
doc_check(const struct doc *d, struct fp_err *err)
{
	return d->mem.fail.status == FP_OK ? FP_OK : fp_fail(err, d->mem.fail.status, "%s", d->mem.fail.msg);
}

void *
doc_alloc(struct doc *d, size_t count, size_t size)
{
	return doc_arena_alloc(&d->mem, count, size);
}

/* What stands for a code point in a document: itself, U+FFFD for what could mislead a reader or break a writer, 0 for nothing. */
static uint32_t
harmless(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} bad[] = {
		{ 0x00, 0x08 },
		{ 0x0b, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x202a, 0x202e },
		{ 0x2066, 0x2069 },
		{ 0xfff9, 0xfffb },
		{ 0xfffe, 0xffff },
		{ 0xe0000, 0xe007f },
		{ 0x10fffe, UINT32_MAX },
	};

	if (c >= 0x20 && c < 0x7f)
		return c;
	if (c == 0x2028 || c == 0x2029)
		return '\n';
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		if (c >= bad[i].first && c <= bad[i].last)
			return 0xfffd;
	}
	return c;
}

static bool
is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c >= 0x7f)
			return false;
	}
	return true;
}

static size_t
encode(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | (c >> 6));
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | (c >> 12));
		out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18));
	out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
	out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Walk s and write its harmless form to out, or only measure it when out is NULL. */
static size_t
clean(char *out, const char *s, size_t len)
{
	const char *end = s + len;
	size_t n = 0;
	char scratch[4];

	while (s < end) {
		uint32_t c = fp_utf8_next(&s, end);

		if (c == '\r') {
			if (s < end && *s == '\n')
				continue;
			c = '\n';
		}
		n += encode(out != NULL ? out + n : scratch, c == FP_UTF8_BAD ? 0xfffd : harmless(c));
	}
	return n;
}

const char *
doc_copy(struct doc *d, const char *s)
{
	size_t len, n;
	char *copy;

	if (s == NULL || *s == '\0')
		return "";
	len = strlen(s);
	if (is_plain(s, len)) {
		copy = doc_alloc(d, len + 1, 1);
		if (copy == NULL)
			return "";
		memcpy(copy, s, len);
		return copy;
	}
	n = clean(NULL, s, len);
	copy = doc_alloc(d, n + 1, 1);
	if (copy == NULL)
		return "";
	(void)clean(copy, s, len);
	return copy;
}

/* May this address stand in a document? Schemes by list; nothing that a browser reads differently than it looks. */
static bool
url_safe(const char *s, size_t len)
{
	static const char *const schemes[] = { "http:", "https:", "mailto:" };
	size_t stop = strcspn(s, ":/?#");

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
	}
	if (stop >= len || s[stop] != ':')
		return strncmp(s, "//", 2) != 0;
	for (size_t i = 0; i < FP_COUNT(schemes); i++) {
		if (strncasecmp(s, schemes[i], strlen(schemes[i])) == 0)
			return stop + 1 == strlen(schemes[i]);
	}
	return false;
}

const char *
doc_copy_url(struct doc *d, const char *href)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len, n = 0;
	char *copy;

	if (href == NULL)
		return "#";
	href += strspn(href, " \t\r\n");
	len = strlen(href);
	while (len > 0 && strchr(" \t\r\n", href[len - 1]) != NULL)
		len--;
	if (len == 0 || !url_safe(href, len))
		return "#";
	copy = doc_alloc(d, len * 3 + 1, 1);
	if (copy == NULL)
		return "#";
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)href[i];

		if (c < 0x80 && (isalnum(c) || strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL)) {
			copy[n++] = (char)c;
			continue;
		}
		copy[n++] = '%';
		copy[n++] = hex[c >> 4];
		copy[n++] = hex[c & 15];
	}
	return copy;
}

const struct doc_more *
doc_get(const struct doc_node *n)
{
	return n->more != NULL ? n->more : &no_more;
}

struct doc_more *
doc_more(struct doc_node *n)
{
	if (n->more == NULL) {
		n->more = doc_alloc(n->doc, 1, sizeof(*n->more));
		if (n->more == NULL)
			n->more = n->doc->sink.more;
		else
			*n->more = no_more;
	}
	return n->more;
}

enum fp_status
doc_new(struct doc **out, const struct doc_meta *meta, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;

	if (meta->title == NULL || *meta->title == '\0' || meta->lang == NULL || *meta->lang == '\0')
		return fp_fail(err, FP_EINVAL, "a document needs a title and a language");
	d = fp_calloc(1, sizeof(*d));
	if (d == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for a document");
	d->sink = (struct doc_node){ .doc = d, .text = "", .kind = DOC_ROOT, .more = &d->lost };
	d->root = doc_alloc(d, 1, sizeof(*d->root));
	if (d->root != NULL)
		*d->root = (struct doc_node){ .doc = d, .text = "", .kind = DOC_ROOT, .media = DOC_IN_ALL };
	d->meta = (struct doc_meta){
		.title = doc_copy(d, meta->title),
		.lang = doc_copy(d, meta->lang),
		.author = doc_copy(d, meta->author),
		.subject = doc_copy(d, meta->subject),
		.created = meta->created,
		.head_left = doc_copy(d, meta->head_left),
		.head_right = doc_copy(d, meta->head_right),
		.foot_left = doc_copy(d, meta->foot_left),
		.foot_right = doc_copy(d, meta->foot_right),
		.font = meta->font != NULL ? doc_copy(d, meta->font) : NULL,
	};
	if (doc_check(d, err) != FP_OK)
		return d->mem.fail.status;
	*out = d;
	d = NULL;
	return FP_OK;
}

void
doc_free(struct doc *d)
{
	if (d == NULL)
		return;
	doc_arena_free(&d->mem);
	free(d);
}

void
doc_freep(struct doc **d)
{
	doc_free(*d);
	*d = NULL;
}

struct doc_node *
doc_root(struct doc *d)
{
	return d->root;
}

/* Forms in forms and links in links are not HTML: browsers close the outer one silently. */
static bool
nests_in_itself(const struct doc_node *parent, enum doc_kind kind)
{
	bool link = kind == DOC_LINK || kind == DOC_BUTTON_LINK || kind == DOC_SUBMIT || kind == DOC_CHOICE;

	if (!link && kind != DOC_FORM)
		return false;
	for (; parent != NULL; parent = parent->parent) {
		if (link ? parent->kind == DOC_LINK || parent->kind == DOC_BUTTON_LINK : parent->kind == DOC_FORM)
			return true;
	}
	return false;
}

static bool
may_add(struct doc_node *parent, enum doc_kind kind)
{
	struct doc *d = parent->doc;

	if (d->mem.fail.status != FP_OK)
		return false;
	if (kind >= DOC_KIND_COUNT || (kinds[parent->kind].takes & kinds[kind].is) == 0 || nests_in_itself(parent, kind))
		doc_failed(d, FP_EINVAL, "%s cannot stand in %s", doc_kind_name(kind), doc_kind_name(parent->kind));
	else if (parent->depth >= DOC_MAX_DEPTH)
		doc_failed(d, FP_ELIMIT, "the document is nested deeper than %u", DOC_MAX_DEPTH);
	else if (d->nodes >= DOC_MAX_NODES)
		doc_failed(d, FP_ELIMIT, "the document has more than %u parts", DOC_MAX_NODES);
	return d->mem.fail.status == FP_OK;
}

struct doc_node *
doc_add(struct doc_node *parent, enum doc_kind kind)
{
	struct doc *d = parent->doc;
	struct doc_node *n;

	if (!may_add(parent, kind))
		return &d->sink;
	n = doc_alloc(d, 1, sizeof(*n));
	if (n == NULL)
		return &d->sink;
	n->doc = d;
	n->parent = parent;
	n->kind = (uint8_t)kind;
	n->depth = (uint8_t)(parent->depth + 1);
	n->media = DOC_IN_ALL;
	n->text = "";
	n->cols = n->rows = 1;
	if (parent->last != NULL)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
	d->nodes++;
	return n;
}
