/* What "pdftotext -bbox-layout" writes: one form and no other, so a small scanner does. Pages, lines and words count; flows and blocks are what poppler guessed. */
#include <string.h>

#include "base/utf8.h"
#include "letter/entity.h"
#include "letter/layout.h"

#define FARTHEST 20000.0F /* points; PDF pages end at 14,400 */

struct scan {
	const char *p, *end;
	struct layout *l;
	uint32_t line;
	int page;
	size_t words; /* of the page */
	bool in_page;
	bool whole; /* the end of the document was seen */
	size_t odd; /* places that pdftotext would not write */
};

static bool
begins(const struct scan *s, const char *word, size_t len)
{
	return (size_t)(s->end - s->p) >= len && memcmp(s->p, word, len) == 0;
}

/* "123.456000" at *p; false when it is no such number. */
static bool
take_number(const char **p, const char *end, float *out)
{
	const char *s = *p;
	bool minus = s < end && *s == '-';
	double v = 0, unit = 1;

	s += minus;
	if (s >= end || (unsigned char)(*s - '0') >= 10)
		return false;
	for (; s < end && (unsigned char)(*s - '0') < 10; s++)
		v = v < 1e9 ? v * 10 + (*s - '0') : v;
	if (s < end && *s == '.') {
		for (s++; s < end && (unsigned char)(*s - '0') < 10; s++) {
			unit = unit > 1e-7 ? unit / 10 : 0;
			v += unit * (*s - '0');
		}
	}
	if (v > (double)FARTHEST)
		return false;
	*out = (float)(minus ? -v : v);
	*p = s;
	return true;
}

/* A tag's attributes in the order in which pdftotext writes them, and its end. Moves behind it. */
static bool
take_attributes(struct scan *s, const char *const *names, float *values, size_t n)
{
	const char *p = s->p;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		if ((size_t)(s->end - p) < len || memcmp(p, names[i], len) != 0)
			return false;
		p += len;
		if (!take_number(&p, s->end, &values[i]) || p >= s->end || *p != '"')
			return false;
		p++;
	}
	if (p >= s->end || *p != '>')
		return false;
	s->p = p + 1;
	return true;
}

/* Text without references; the arena keeps what had some. NULL: out of memory, which the layout remembers. */
static const char *
decode(struct scan *s, const char *text, size_t *len)
{
	const char *p = text, *end = text + *len;
	char *out, *to;

	if (memchr(text, '&', *len) == NULL)
		return text;
	to = out = fp_arena_alloc(layout_arena(s->l), *len + 1, 1);
	while (out != NULL && p < end) {
		struct fp_buf one = { .max = 8 };
		uint32_t c;
		size_t n = *p == '&' ? letter_entity(p, (size_t)(end - p), &c) : 0;

		if (n == 0) {
			*to++ = *p++;
			continue;
		}
		/* A reference is never shorter than its character. */
		fp_utf8_put(&one, c);
		if (one.data != NULL && one.len <= n) {
			memcpy(to, one.data, one.len);
			to += one.len;
		}
		fp_buf_free(&one);
		p += n;
	}
	*len = out != NULL ? (size_t)(to - out) : 0;
	return out;
}

/* What stands up to the next '<'; false when the input ends before it. */
static bool
take_text(struct scan *s, const char **text, size_t *len)
{
	const char *stop = memchr(s->p, '<', (size_t)(s->end - s->p));

	if (stop == NULL)
		return false;
	*len = (size_t)(stop - s->p);
	*text = decode(s, s->p, len);
	s->p = stop;
	return true;
}

static void
take_word(struct scan *s)
{
	static const char *const names[] = { " xMin=\"", " yMin=\"", " xMax=\"", " yMax=\"" };
	const char *text;
	size_t len;
	float v[4];
	struct lay_box box;

	if (!take_attributes(s, names, v, 4)) {
		s->odd++;
		return;
	}
	box = (struct lay_box){ v[0], v[1], v[2], v[3] };
	if (!take_text(s, &text, &len)) {
		s->p = s->end;
		return;
	}
	if (!(box.x1 >= box.x0 && box.y1 > box.y0) || !s->in_page || text == NULL) {
		s->odd++;
		return;
	}
	layout_word(s->l, &box, text, len, s->line);
	s->words++;
}

static void
end_page(struct scan *s)
{
	struct letter_place at = { .page = s->page };

	if (s->in_page && s->words == 0)
		letter_build_note(
		    layout_build(s->l), "image-only", at, "page %d holds no text, only pictures or nothing", s->page);
	s->in_page = false;
}

static void
take_page(struct scan *s)
{
	static const char *const names[] = { " width=\"", " height=\"" };
	float v[2] = { 595, 842 };

	end_page(s);
	if (!take_attributes(s, names, v, 2))
		s->odd++;
	layout_page(s->l, v[0], v[1]);
	s->page++;
	s->in_page = true;
	s->words = 0;
	s->line++;
}

static void
take_title(struct scan *s)
{
	const char *text;
	size_t len;

	if (take_text(s, &text, &len) && text != NULL)
		letter_build_title(layout_build(s->l), text, len);
}

static void
take_line(struct scan *s)
{
	s->line++;
}

static void
take_page_end(struct scan *s)
{
	end_page(s);
}

static void
take_end(struct scan *s)
{
	s->whole = true;
}

static const struct tag {
	const char *name;
	size_t len;
	void (*take)(struct scan *s);
} tags[] = {
	{ "word", 4, take_word },
	{ "/word>", 6, NULL },
	{ "line", 4, take_line },
	{ "page", 4, take_page },
	{ "/page>", 6, take_page_end },
	{ "title>", 6, take_title },
	{ "/doc>", 5, take_end },
};

static void
scan_all(struct scan *s)
{
	while (s->p < s->end) {
		const char *open = memchr(s->p, '<', (size_t)(s->end - s->p));

		if (open == NULL)
			break;
		s->p = open + 1;
		for (size_t i = 0; i < FP_COUNT(tags); i++) {
			if (!begins(s, tags[i].name, tags[i].len))
				continue;
			s->p += tags[i].len;
			if (tags[i].take != NULL)
				tags[i].take(s);
			break;
		}
	}
	end_page(s);
}

enum fp_status
letter_read_bbox(
    struct letter **out, const char *file, const char *xhtml, size_t len, const struct letter_limits *o, struct fp_err *err)
{
	FP_AUTO(layout_freep) struct layout *l = layout_new(file, o, false);
	struct scan s = { .p = xhtml, .end = xhtml + len, .l = l };
	size_t most = o != NULL && o->bytes != 0 ? o->bytes : (size_t)64 << 20;

	if (l == NULL)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	if (len > most)
		return fp_fail(err, FP_ELIMIT, "%s: %zu bytes of words are more than the limit of %zu", file, len, most);
	if (len > 0)
		scan_all(&s);
	if (!s.whole || s.odd > 0)
		letter_build_note(layout_build(l), "cut-off", (struct letter_place){ .page = s.page },
		    "the words of the PDF end too early or are damaged: %d pages and what could be read of them are here",
		    s.page);
	return layout_end(out, l, err);
}
