/* HTML in a text: the tags that letters hold do what they do in a page; anything else in angle brackets is text. */
#include <string.h>
#include <strings.h>

#include "letter/text_int.h"

enum action {
	TAG_IGNORE,
	TAG_STRONG,
	TAG_BREAK,
	TAG_PARAGRAPH,
	TAG_HEADING,
	TAG_LIST,
	TAG_ITEM,
	TAG_TABLE,
	TAG_ROW,
	TAG_CELL,
	TAG_INPUT,
	TAG_LINK,
	TAG_SKIP,
};

static const struct tag {
	const char *name;
	enum action action;
} tags[] = {
	{ "a", TAG_LINK },
	{ "abbr", TAG_IGNORE },
	{ "address", TAG_PARAGRAPH },
	{ "article", TAG_PARAGRAPH },
	{ "b", TAG_STRONG },
	{ "big", TAG_IGNORE },
	{ "blockquote", TAG_PARAGRAPH },
	{ "body", TAG_IGNORE },
	{ "br", TAG_BREAK },
	{ "caption", TAG_PARAGRAPH },
	{ "center", TAG_PARAGRAPH },
	{ "cite", TAG_IGNORE },
	{ "code", TAG_IGNORE },
	{ "col", TAG_IGNORE },
	{ "colgroup", TAG_IGNORE },
	{ "dd", TAG_PARAGRAPH },
	{ "del", TAG_IGNORE },
	{ "div", TAG_PARAGRAPH },
	{ "dl", TAG_PARAGRAPH },
	{ "dt", TAG_PARAGRAPH },
	{ "em", TAG_IGNORE },
	{ "fieldset", TAG_PARAGRAPH },
	{ "figure", TAG_PARAGRAPH },
	{ "font", TAG_IGNORE },
	{ "footer", TAG_PARAGRAPH },
	{ "form", TAG_PARAGRAPH },
	{ "h1", TAG_HEADING },
	{ "h2", TAG_HEADING },
	{ "h3", TAG_HEADING },
	{ "h4", TAG_HEADING },
	{ "h5", TAG_HEADING },
	{ "h6", TAG_HEADING },
	{ "head", TAG_IGNORE },
	{ "header", TAG_PARAGRAPH },
	{ "hr", TAG_PARAGRAPH },
	{ "html", TAG_IGNORE },
	{ "i", TAG_IGNORE },
	{ "img", TAG_IGNORE },
	{ "input", TAG_INPUT },
	{ "ins", TAG_IGNORE },
	{ "label", TAG_IGNORE },
	{ "legend", TAG_PARAGRAPH },
	{ "li", TAG_ITEM },
	{ "main", TAG_PARAGRAPH },
	{ "mark", TAG_IGNORE },
	{ "nobr", TAG_IGNORE },
	{ "ol", TAG_LIST },
	{ "option", TAG_BREAK },
	{ "p", TAG_PARAGRAPH },
	{ "pre", TAG_PARAGRAPH },
	{ "s", TAG_IGNORE },
	{ "script", TAG_SKIP },
	{ "section", TAG_PARAGRAPH },
	{ "select", TAG_IGNORE },
	{ "small", TAG_IGNORE },
	{ "span", TAG_IGNORE },
	{ "strike", TAG_IGNORE },
	{ "strong", TAG_STRONG },
	{ "style", TAG_SKIP },
	{ "sub", TAG_IGNORE },
	{ "sup", TAG_IGNORE },
	{ "table", TAG_TABLE },
	{ "tbody", TAG_IGNORE },
	{ "td", TAG_CELL },
	{ "template", TAG_SKIP },
	{ "textarea", TAG_IGNORE },
	{ "tfoot", TAG_IGNORE },
	{ "th", TAG_CELL },
	{ "thead", TAG_IGNORE },
	{ "tr", TAG_ROW },
	{ "tt", TAG_IGNORE },
	{ "u", TAG_IGNORE },
	{ "ul", TAG_LIST },
	{ "wbr", TAG_IGNORE },
};

static const struct tag *
find_tag(const char *s, size_t len)
{
	for (size_t i = 0; i < FP_COUNT(tags); i++) {
		if ((*s | 0x20) == *tags[i].name && strncasecmp(tags[i].name, s, len) == 0 && tags[i].name[len] == '\0')
			return &tags[i];
	}
	return NULL;
}

/* A tag as it was read. */
struct seen {
	const struct tag *tag;
	bool end;
	const char *attributes, *close; /* from behind the name to the ">" */
};

struct slice {
	const char *s, *end;
};

/* The value of an attribute; false when the tag has none of that name. */
static bool
attribute(const struct seen *tag, const char *name, struct slice *value)
{
	const char *p = tag->attributes, *end = tag->close;
	size_t len = strlen(name);

	while (p < end) {
		const char *from;
		bool mine;

		while (p < end && !text_is_alnum(*p))
			p++;
		from = p;
		while (p < end && (text_is_alnum(*p) || *p == '-'))
			p++;
		mine = (size_t)(p - from) == len && strncasecmp(from, name, len) == 0;
		*value = (struct slice){ p, p };
		if (p < end && *p == '=') {
			char quote = p + 1 < end && (p[1] == '"' || p[1] == '\'') ? p[1] : '\0';

			p += quote != '\0' ? 2 : 1;
			value->s = p;
			while (p < end && (quote != '\0' ? *p != quote : *p != ' '))
				p++;
			value->end = p;
		}
		if (mine)
			return true;
	}
	return false;
}

static bool
is_value(struct slice v, const char *word)
{
	return (size_t)(v.end - v.s) == strlen(word) && strncasecmp(v.s, word, strlen(word)) == 0;
}

/* The end tag of that name at or behind p; end when there is none. */
static const char *
find_end_tag(const char *p, const char *end, const char *name)
{
	size_t len = strlen(name);

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) >= len + 2 && p[1] == '/' && strncasecmp(p + 2, name, len) == 0)
			return p;
		p++;
	}
	return end;
}

static bool
has_end_tag(struct text *t, const char **cache, const char *from, const char *name)
{
	if (*cache == NULL || (*cache < from && *cache < t->end))
		*cache = find_end_tag(from, t->end, name);
	return *cache < t->end;
}

static void
note(struct text *t, const struct line *l, const char *s, const char *code, const char *what)
{
	struct letter_place place;

	letter_text_place(t, l, s, &place);
	letter_build_note(t->b, code, place, "%s", what);
}

/* A paragraph inside a cell, item or heading is a line of it. */
static void
on_paragraph(struct text *t)
{
	const struct letter_block *open = letter_build_open(t->b);

	if (open == NULL)
		return;
	if (open->kind == LETTER_PARAGRAPH)
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	else
		letter_build_break(t->b);
}

static void
on_heading(struct text *t, const struct seen *tag)
{
	if (t->html_tables > 0) {
		letter_build_break(t->b);
		return;
	}
	if (tag->end)
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	else
		letter_text_open(t, LETTER_HEADING, tag->tag->name[1] - '0');
}

static void
on_list(struct text *t, const struct seen *tag, const char *s)
{
	if (tag->end) {
		t->html_lists -= t->html_lists > 0;
		if (!has_end_tag(t, &t->list_end, s + 1, tag->tag->name))
			t->html_lists = 0;
		if (t->html_tables == 0)
			letter_text_open(t, LETTER_PARAGRAPH, 0);
	} else if (has_end_tag(t, &t->list_end, s, tag->tag->name) && t->html_lists < LIST_DEPTH) {
		t->html_number[t->html_lists++] = (tag->tag->name[0] | 0x20) == 'o' ? 0 : -1;
	}
}

static void
on_item(struct text *t, const struct seen *tag)
{
	struct letter_block *open;
	int level = t->html_lists > 0 ? t->html_lists : 1;

	if (t->html_tables > 0) {
		letter_build_break(t->b);
		return;
	}
	if (tag->end)
		return;
	letter_text_open(t, LETTER_ITEM, level);
	open = letter_build_open(t->b);
	if (open != NULL && t->html_lists > 0 && t->html_number[level - 1] >= 0)
		open->number = ++t->html_number[level - 1];
}

static void
on_table(struct text *t, const struct seen *tag, const char *s)
{
	if (tag->end) {
		t->html_tables -= t->html_tables > 0;
		if (!has_end_tag(t, &t->table_end, s + 1, "table"))
			t->html_tables = 0;
		if (t->html_tables == 0)
			letter_text_open(t, LETTER_PARAGRAPH, 0);
	} else if (has_end_tag(t, &t->table_end, s, "table") && t->html_tables++ == 0) {
		t->html_table = t->tables++;
		t->html_row = t->html_col = -1;
	}
}

static void
on_row(struct text *t, const struct seen *tag)
{
	if (t->html_tables != 1) {
		letter_build_break(t->b);
		return;
	}
	t->html_row += !tag->end;
	t->html_col = -1;
}

static int
span_of(const struct seen *tag)
{
	struct slice v;
	int n = 0;

	if (!attribute(tag, "colspan", &v))
		return 1;
	for (; v.s < v.end && *v.s >= '0' && *v.s <= '9' && n < 1000; v.s++)
		n = n * 10 + (*v.s - '0');
	return n < 1 || n > 1000 ? 1 : n;
}

static void
on_cell(struct text *t, const struct seen *tag)
{
	struct letter_block *open = letter_build_open(t->b);

	if (t->html_tables != 1) {
		letter_build_break(t->b);
		return;
	}
	if (tag->end)
		return;
	t->html_col = t->html_col < 0                                                         ? 0
		      : open != NULL && open->kind == LETTER_CELL && open->col == t->html_col ? t->html_col + open->colspan
											      : t->html_col + 1;
	letter_text_open(t, LETTER_CELL, 0);
	open = letter_build_open(t->b);
	if (open == NULL)
		return;
	open->table = t->html_table;
	open->row = t->html_row >= 0 ? t->html_row : (t->html_row = 0);
	open->col = t->html_col;
	open->colspan = span_of(tag);
}

static void
on_input(struct text *t, const struct line *l, const char *s, const struct seen *tag)
{
	struct slice v;

	if (!attribute(tag, "type", &v) || (!is_value(v, "checkbox") && !is_value(v, "radio")))
		return;
	letter_text_box(t, l, s, attribute(tag, "checked", &v) ? 0x2611 : 0x2610);
}

static void
on_link(struct text *t, const struct seen *tag)
{
	struct slice v;

	letter_build_link_end(t->b);
	if (tag->end || !attribute(tag, "href", &v))
		return;
	if (letter_build_open(t->b) == NULL)
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	letter_text_link(t, v.s, v.end);
}

static void
on_tag(struct text *t, const struct line *l, const char *s, const struct seen *tag)
{
	switch (tag->tag->action) {
	case TAG_IGNORE:
		break;
	case TAG_STRONG:
		t->strong_tags += tag->end ? -(t->strong_tags > 0) : 1;
		break;
	case TAG_BREAK:
		letter_build_break(t->b);
		break;
	case TAG_PARAGRAPH:
		on_paragraph(t);
		break;
	case TAG_HEADING:
		on_heading(t, tag);
		break;
	case TAG_LIST:
		on_list(t, tag, s);
		break;
	case TAG_ITEM:
		on_item(t, tag);
		break;
	case TAG_TABLE:
		on_table(t, tag, s);
		break;
	case TAG_ROW:
		on_row(t, tag);
		break;
	case TAG_CELL:
		on_cell(t, tag);
		break;
	case TAG_INPUT:
		on_input(t, l, s, tag);
		break;
	case TAG_LINK:
		on_link(t, tag);
		break;
	case TAG_SKIP:
		if (tag->end)
			break;
		t->skip_name = tag->tag->name;
		if (strcmp(t->skip_name, "style") != 0)
			note(t, l, s, "scripts-dropped", "a script or template is left out");
		break;
	}
}

/* <https://...> and <a@b.c>: bytes inside, 0: no address. */
static size_t
address_inside(const char *s, const char *close)
{
	bool address = false;

	for (const char *p = s; p < close; p++) {
		if (*p == ' ' || *p == '<' || *p == '\t' || *p == '\n' || *p == '\r')
			return 0;
		address = address || *p == '@' || (*p == ':' && p - s >= 3);
	}
	return address ? (size_t)(close - s) : 0;
}

static const char *
take_address(struct text *t, const struct line *l, const char *s, const char *close)
{
	char mail[300];
	size_t n = close - s < 2048 ? address_inside(s + 1, close) : 0;

	if (n == 0)
		return s;
	if (letter_build_open(t->b) == NULL)
		letter_text_open(t, LETTER_PARAGRAPH, 0);
	if (memchr(s + 1, ':', n) == NULL && n < sizeof(mail) - 7) {
		memcpy(mail, "mailto:", 7);
		memcpy(mail + 7, s + 1, n);
		letter_text_link(t, mail, mail + 7 + n);
	} else {
		letter_text_link(t, s + 1, close);
	}
	letter_text_emit(t, l, s + 1, close);
	letter_build_link_end(t->b);
	return close + 1;
}

/* What is behind the tag that closes at close, which may be on a later line. */
static const char *
behind(struct text *t, const char *close, const char *end)
{
	if (close < end)
		return close + 1;
	t->skip_to = close + 1;
	return end;
}

static const char *
take_comment(struct text *t, const char *s, const char *end)
{
	t->skip_name = "--";
	return s + 4 <= end ? s + 4 : end;
}

const char *
letter_text_tag(struct text *t, const struct line *l, const char *s, const char *end)
{
	struct seen tag = { .end = s + 1 < end && s[1] == '/' };
	const char *name = s + 1 + tag.end, *p = name, *close;

	if (end - s >= 4 && memcmp(s, "<!--", 4) == 0)
		return take_comment(t, s, end);
	close = letter_text_find(t, FIND_ANGLE, s);
	if (close >= t->group_end)
		return s;
	while (p < end && text_is_alnum(*p))
		p++;
	tag.tag = p > name && p - name < 12 ? find_tag(name, (size_t)(p - name)) : NULL;
	if (tag.tag == NULL || (p < end && *p != '>' && *p != '/' && *p != ' ' && *p != '\t' && *p != '\r' && *p != '\n'))
		return close < end ? take_address(t, l, s, close) : s;
	tag.attributes = p;
	tag.close = close;
	on_tag(t, l, s, &tag);
	return behind(t, close, end);
}

const char *
letter_text_skip(struct text *t, const char *s, const char *end)
{
	const char *p;

	if (strcmp(t->skip_name, "--") == 0) {
		for (p = s; end - p >= 3 && memcmp(p, "-->", 3) != 0; p++)
			;
		if (end - p < 3)
			return end;
		t->skip_name = NULL;
		return p + 3;
	}
	p = find_end_tag(s, end, t->skip_name);
	if (p == end)
		return end;
	t->skip_name = NULL;
	p = memchr(p, '>', (size_t)(end - p));
	return p != NULL ? p + 1 : end;
}
