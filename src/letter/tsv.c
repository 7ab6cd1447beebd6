/* What "tesseract ... tsv" writes: one line per page, block, paragraph, line and word, twelve fields between tabs. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "letter/layout.h"

#define FIELDS 12
#define CERTAIN 40.0F     /* % */
#define FARTHEST 19000.0F /* points; larger sheets are damage */

enum field { F_LEVEL, F_PAGE, F_BLOCK, F_PAR, F_LINE, F_WORD, F_LEFT, F_TOP, F_WIDTH, F_HEIGHT, F_CONF, F_TEXT };
enum level { L_PAGE = 1, L_LINE = 4, L_WORD = 5 };

struct row {
	float v[F_TEXT]; /* numbers before the text */
	const char *text;
	size_t len;
};

struct scan {
	struct layout *l;
	float scale; /* points per pixel */
	uint32_t line;
	struct row of_line; /* the line that the words belong to */
	int page;
	size_t words, odd, doubtful; /* of the page; of all */
	char example[64];            /* one doubtful word */
	struct lay_box example_at;
	bool open;
};

static bool
take_number(const char **p, const char *end, float *out)
{
	const char *s = *p;
	bool minus = s < end && *s == '-';
	float v = 0, unit = 1;

	s += minus;
	if (s >= end || (unsigned char)(*s - '0') >= 10)
		return false;
	for (; s < end && (unsigned char)(*s - '0') < 10; s++)
		v = v < 1e7F ? v * 10 + (float)(*s - '0') : v;
	if (s < end && *s == '.') {
		for (s++; s < end && (unsigned char)(*s - '0') < 10; s++)
			unit /= 10, v += unit * (float)(*s - '0');
	}
	*out = minus ? -v : v;
	*p = s;
	return true;
}

/* One line of the table; false when it is none. */
static bool
take_row(struct row *r, const char *p, const char *end)
{
	for (int i = 0; i < F_TEXT; i++) {
		if (!take_number(&p, end, &r->v[i]) || p > end || (p < end && *p != '\t'))
			return false;
		if (p == end && i < F_CONF)
			return false;
		p += p < end;
	}
	r->text = p;
	r->len = (size_t)(end - p);
	while (r->len > 0 && (r->text[r->len - 1] == ' ' || r->text[r->len - 1] == '\r'))
		r->len--;
	while (r->len > 0 && *r->text == ' ')
		r->text++, r->len--;
	return true;
}

static void
end_page(struct scan *s)
{
	struct letter_place at = { .page = s->page };

	if (!s->open)
		return;
	if (s->words == 0)
		letter_build_note(layout_build(s->l), "image-only", at, "page %d: no text was recognised", s->page);
	if (s->doubtful > 0) {
		at.x0 = s->example_at.x0, at.y0 = s->example_at.y0, at.x1 = s->example_at.x1, at.y1 = s->example_at.y1;
		letter_build_note(layout_build(s->l), "uncertain", at,
		    "page %d: %zu words were recognised with less than 40 %% certainty, the first is '%s': compare them with the "
		    "picture",
		    s->page, s->doubtful, s->example);
	}
	s->open = false;
}

static void
begin_page(struct scan *s, const struct row *r)
{
	end_page(s);
	layout_page(s->l, r->v[F_WIDTH] * s->scale, r->v[F_HEIGHT] * s->scale);
	s->page++;
	s->line++;
	s->words = s->doubtful = 0;
	s->open = true;
	s->of_line = (struct row){ .text = NULL };
}

static void
remember_doubt(struct scan *s, const struct row *r, const struct lay_box *box)
{
	char text[48];

	if (s->doubtful++ > 0)
		return;
	(void)snprintf(text, sizeof(text), "%.*s", (int)(r->len < 40 ? r->len : 40), r->text);
	text[fp_utf8_bad_at(text, strlen(text))] = '\0';
	fp_utf8_copy(s->example, sizeof(s->example), text);
	s->example_at = *box;
}

/* The rules of tables are taken for strokes. */
static bool
is_rule(const struct row *r)
{
	for (size_t i = 0; i < r->len; i++) {
		if (r->text[i] != '|')
			return false;
	}
	return true;
}

/* A word's box is that of its ink ("no" is lower than "Typ"): the line's box says how high the font is. */
static void
take_word(struct scan *s, const struct row *r)
{
	float top = r->v[F_TOP], height = r->v[F_HEIGHT];
	struct lay_box box;

	if (r->len == 0 || !s->open || is_rule(r))
		return;
	if (s->of_line.v[F_HEIGHT] > 0 && s->of_line.v[F_HEIGHT] < 2.5F * height + 8.0F) {
		top = s->of_line.v[F_TOP];
		height = s->of_line.v[F_HEIGHT];
	}
	box = (struct lay_box){ r->v[F_LEFT] * s->scale, top * s->scale, (r->v[F_LEFT] + r->v[F_WIDTH]) * s->scale,
		(top + height) * s->scale };
	if (!(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= FARTHEST && box.y1 <= FARTHEST && box.y1 > box.y0)) {
		s->odd++;
		return;
	}
	if (r->v[F_CONF] < CERTAIN)
		remember_doubt(s, r, &box);
	layout_word(s->l, &box, r->text, r->len, s->line);
	s->words++;
}

static void
take_line(struct scan *s, const char *p, const char *end)
{
	struct row r;

	if (p == end || (end - p >= 5 && memcmp(p, "level", 5) == 0))
		return;
	if (!take_row(&r, p, end)) {
		s->odd++;
		return;
	}
	if (r.v[F_LEVEL] == L_PAGE) {
		begin_page(s, &r);
	} else if (r.v[F_LEVEL] == L_LINE) {
		s->line++;
		s->of_line = r;
	} else if (r.v[F_LEVEL] == L_WORD) {
		take_word(s, &r);
	}
}

enum fp_status
letter_read_tsv(struct letter **out, const char *file, const char *tsv, size_t len, int dpi, const struct letter_limits *o,
    struct fp_err *err)
{
	FP_AUTO(layout_freep) struct layout *l = layout_new(file, o, true);
	struct scan s = { .l = l, .scale = 72.0F / (float)(dpi >= 20 && dpi <= 4800 ? dpi : 300) };
	size_t most = o != NULL && o->bytes != 0 ? o->bytes : (size_t)64 << 20;

	if (l == NULL)
		return fp_fail(err, FP_ENOMEM, "%s: out of memory", file);
	if (len > most)
		return fp_fail(err, FP_ELIMIT, "%s: %zu bytes of words are more than the limit of %zu", file, len, most);
	for (const char *p = tsv, *end = tsv + len; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		take_line(&s, p, stop != NULL ? stop : end);
		p = stop != NULL ? stop + 1 : end;
	}
	end_page(&s);
	if (s.odd > 0 || s.page == 0)
		letter_build_note(layout_build(l), "cut-off", (struct letter_place){ .page = s.page },
		    "%zu lines of the recognised words cannot be read", s.odd);
	return layout_end(out, l, err);
}
