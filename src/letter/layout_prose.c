/* Lines of one column become headings, paragraphs and list items. */
#include <math.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "letter/layout_int.h"

#define LEVELS 6 /* of lists */

/* Lines that make one block. */
struct para {
	uint32_t first, n;
	enum letter_kind kind;
	int level;
	struct lay_marker marker;
	float left;  /* where its text begins, behind a marker */
	float above; /* gap to the block before */
	float right; /* of its longest line */
};

struct prose {
	struct layout *l;
	const struct lay_seg *lines;
	uint32_t n;
	float left, right;
	struct para *paras;
	uint32_t n_paras;
	float list[LEVELS]; /* left edges of the open lists' markers */
	int depth;
};

static float
height(const struct lay_seg *s)
{
	return lay_height(&s->box);
}

static bool
same_font(const struct layout *l, const struct lay_seg *a, const struct lay_seg *b)
{
	float h = height(a), k = height(b), limit = l->scan ? 0.4F : 0.1F;

	/* Boxes and bullets may come from another font than the text. */
	return fabsf(h - k) <= limit * (h > k ? h : k) || a->letters <= 3 || b->letters <= 3;
}

static bool
is_centred(const struct prose *p, const struct lay_seg *s)
{
	float before = s->box.x0 - p->left, after = p->right - s->box.x1;

	return before > 2.0F * height(s) && fabsf(before - after) < 0.8F * height(s);
}

/* Is there an item of a list whose marker stands at the same edge? Its number: *number. */
static bool
aligned_item(const struct prose *p, float x, int *number)
{
	for (uint32_t i = p->n_paras; i > 0 && p->n_paras - i < 30; i--) {
		const struct para *q = &p->paras[i - 1];

		if (q->kind == LETTER_HEADING)
			return false;
		if (q->kind == LETTER_ITEM && fabsf(p->lines[q->first].box.x0 - x) < 2.5F) {
			*number = q->marker.number;
			return true;
		}
	}
	/* A list may go on behind a page break. */
	*number = p->l->item.number;
	return p->l->item.x > 0 && fabsf(p->l->item.x - x) < 2.5F && p->l->zone == LETTER_BODY;
}

/* Does the line after the first one begin below the text of the item and not below its marker? */
static bool
hangs(const struct prose *p, uint32_t i, const struct lay_marker *m)
{
	const struct lay_seg *a = &p->lines[i], *b = a + 1;

	return i + 1 < p->n && b->box.y0 - a->box.y1 < (p->l->wrap + 0.3F) * height(a) && m->text_x - a->box.x0 > 2.0F &&
	       fabsf(b->box.x0 - m->text_x) < 1.5F;
}

/* Does a second item follow the first? */
static bool
has_second(const struct prose *p, uint32_t i, const struct lay_marker *m)
{
	for (uint32_t k = i + 1; k < p->n && k < i + 60; k++) {
		if (fabsf(p->lines[k].box.x0 - p->lines[i].box.x0) < 3.0F) {
			struct lay_marker next = layout_marker(p->l, &p->lines[k]);

			if (next.kind == m->kind && next.number == 2)
				return true;
		}
	}
	return false;
}

/* fresh: a new paragraph would begin here anyway. */
static struct lay_marker
item_at(const struct prose *p, uint32_t i, bool fresh)
{
	struct lay_marker m = layout_marker(p->l, &p->lines[i]);
	int number = -1;
	bool aligned = m.kind != 0 && aligned_item(p, p->lines[i].box.x0, &number);
	bool list = m.wide || aligned || hangs(p, i, &m);
	bool follows = (m.number == 1 && has_second(p, i, &m)) || (aligned && m.number == number + 1);

	if (m.kind == 'b')
		return m;
	if (m.kind == 'o')
		list = fresh || aligned;
	else if (m.kind == '-')
		list = fresh || (list && m.wide) || aligned;
	else if (m.kind != 0)
		list = fresh ? list || follows : (aligned && follows) || (m.wide && hangs(p, i, &m));
	if (!list)
		m.kind = 0;
	return m;
}

/* Right edge for the lines of a paragraph: the region's, unless all of them stay far from it and are full by their own measure. */
static float
right_edge(const struct prose *p, const struct para *q)
{
	uint32_t room = 0;

	if (q->n < 3 || q->right > p->right - 0.25F * (p->right - p->left))
		return p->right;
	for (uint32_t i = q->first + 1; i < q->first + q->n && i < q->first + 64; i++)
		room += layout_had_room(p->l, &p->lines[i - 1], &p->lines[i], q->right);
	return 3 * room < q->n - 1 ? q->right : p->right;
}

/* Does a new block begin with line i, or does it go on with block q? */
static bool
begins_block(const struct prose *p, const struct para *q, uint32_t i)
{
	const struct lay_seg *a = &p->lines[i - 1], *b = &p->lines[i];
	float gap = b->box.y0 - a->box.y1, h = height(b) < height(a) ? height(a) : height(b);
	bool room, end;

	if (!same_font(p->l, a, b) || gap > (p->l->wrap + 0.28F) * h || layout_is_box(&p->l->words[b->first]))
		return true;
	if (p->l->zone != LETTER_BODY && (layout_is_marker(p->l, a) || layout_is_marker(p->l, b)))
		return true;
	if (layout_ends_choice(p->l, a) && !u_islower((UChar32)layout_first_char(p->l, b)))
		return true;
	room = layout_had_room(p->l, a, b, right_edge(p, q));
	end = strchr(".!?:", layout_last_char(p->l, a)) != NULL;
	if (is_centred(p, b) && is_centred(p, a))
		return false;
	/* A line of bold above prose heads it, even without a gap; above a short line it is a name. */
	if (room && b->letters > 45 && layout_is_bold(p->l, a) && !layout_is_bold(p->l, b))
		return true;
	/* The first line of a paragraph stands in: only where the one before had come to its end. */
	if (b->box.x0 > q->left + 0.7F * h && (room || end) && !is_centred(p, a))
		return true;
	if (b->box.x0 < q->left - 0.7F * h)
		return q->kind == LETTER_ITEM ? b->box.x0 <= p->lines[q->first].box.x0 + 1.0F && (room || end) : room && end;
	/* A sentence that ended early in a text of full lines ends the paragraph. */
	return room && end && q->n >= 2 && !layout_had_room(p->l, a - 1, a, right_edge(p, q));
}

static void
set_list_level(struct prose *p, struct para *q)
{
	float x = p->lines[q->first].box.x0;

	while (p->depth > 0 && p->list[p->depth - 1] > x + 3.0F)
		p->depth--;
	if ((p->depth == 0 || p->list[p->depth - 1] < x - 3.0F) && p->depth < LEVELS)
		p->list[p->depth++] = x;
	q->level = p->depth;
}

static void
open_para(struct prose *p, uint32_t i, const struct lay_marker *m)
{
	struct para *q = &p->paras[p->n_paras++];
	const struct lay_seg *s = &p->lines[i];

	*q = (struct para){ .first = i, .kind = m->kind != 0 ? LETTER_ITEM : LETTER_PARAGRAPH, .marker = *m, .left = s->box.x0 };
	q->above = i > 0 ? s->box.y0 - p->lines[i - 1].box.y1 : INFINITY;
	if (m->kind != 0)
		q->left = m->text_x;
}

static void
find_paras(struct prose *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		struct para *q = p->n_paras > 0 ? &p->paras[p->n_paras - 1] : NULL;
		bool fresh = q == NULL || begins_block(p, q, i);
		bool room = q != NULL && layout_had_room(p->l, &p->lines[i - 1], &p->lines[i], right_edge(p, q));
		struct lay_marker m = item_at(p, i, fresh || room);

		if (fresh || m.kind != 0)
			open_para(p, i, &m);
		q = &p->paras[p->n_paras - 1];
		/* Behind the first line, which may stand in. */
		if (q->n == 1 && q->kind == LETTER_PARAGRAPH && !is_centred(p, &p->lines[i]))
			q->left = p->lines[i].box.x0;
		q->right = p->lines[i].box.x1 > q->right ? p->lines[i].box.x1 : q->right;
		q->n++;
	}
}

static uint32_t
letters_of(const struct prose *p, const struct para *q)
{
	uint32_t n = 0;

	for (uint32_t i = q->first; i < q->first + q->n; i++)
		n += p->lines[i].letters;
	return n;
}

/* Larger than the text: its level, 0 for none. */
static int
big_level(const struct layout *l, float h)
{
	if (l->n_big == 0 || h < l->big[l->n_big - 1] * 0.93F)
		return 0;
	for (int i = 0; i < l->n_big; i++) {
		if (h >= l->big[i] * 0.93F)
			return i + 1;
	}
	return 0;
}

/* One short line, no sentence, nearer to what follows than to what stands before. */
static bool
stands_alone(const struct prose *p, uint32_t i)
{
	const struct para *q = &p->paras[i], *next = q + 1;
	const struct lay_seg *s = &p->lines[q->first];
	const struct lay_word *last = &p->l->words[s->first + s->n - 1];
	uint32_t first = layout_first_char(p->l, s);

	if (q->n > 1 || q->kind != LETTER_PARAGRAPH || s->letters < 3 || s->letters > 90 || i + 1 >= p->n_paras)
		return false;
	if (strchr(".,;:!?-_/", layout_last_char(p->l, s)) != NULL || layout_is_box(&p->l->words[s->first]) ||
	    (unsigned char)(last->text[0] - '0') < 10 || memchr(last->text, '@', last->len) != NULL)
		return false;
	if (first == FP_UTF8_BAD || u_islower((UChar32)first) || q->left > p->left + height(s) * 2)
		return false;
	if (s->box.x1 - s->box.x0 > 0.8F * (p->right - p->left))
		return false;
	if (next->above > 1.1F * height(s) || next->above > 0.75F * q->above)
		return false;
	return next->kind == LETTER_ITEM || letters_of(p, next) > 70;
}

static void
find_headings(struct prose *p)
{
	for (uint32_t i = 0; i < p->n_paras; i++) {
		struct para *q = &p->paras[i];
		int level = big_level(p->l, height(&p->lines[q->first]));

		if (p->l->zone != LETTER_BODY)
			continue;
		if (level > 0 && letters_of(p, q) <= 200 && q->marker.kind != 'b') {
			q->kind = LETTER_HEADING;
			q->marker.kind = 0;
			q->level = level;
		} else if (stands_alone(p, i)) {
			q->kind = LETTER_HEADING;
			q->level = p->l->n_big < 5 ? p->l->n_big + 1 : 6;
		}
	}
}

/*
 * Bullets that are pictures leave nothing behind but their indent. An item is what stands in behind a colon, further in than the item before, or at the edge
 * of such an item.
 */
static bool
is_bare_item(const struct prose *p, const struct para *q, const struct para *before)
{
	const struct lay_seg *s = &p->lines[q->first];
	float h = height(s), x = s->box.x0;
	bool listed, colon, deeper;

	if (before == NULL || q->kind != LETTER_PARAGRAPH || x < p->left + h || x > p->left + 8 * h ||
	    fabsf(q->left - x) > 0.5F * h || layout_is_box(&p->l->words[s->first]) || is_centred(p, s))
		return false;
	listed = before->kind == LETTER_ITEM && before->marker.kind == 0;
	colon = layout_last_char(p->l, &p->lines[q->first - 1]) == ':' && x > before->left + 0.7F * h;
	deeper = before->kind == LETTER_ITEM && x > before->left + 0.7F * h;
	return listed || colon || deeper;
}

/* The lines of q from *k on up to one that was broken on purpose. */
static struct para
next_item(const struct prose *p, const struct para *q, uint32_t *k)
{
	struct para part = *q;

	part.first = *k;
	part.kind = LETTER_ITEM;
	for ((*k)++; *k < q->first + q->n; (*k)++) {
		if (layout_join(p->l, &p->lines[*k - 1], &p->lines[*k], p->right) == JOIN_BREAK)
			break;
	}
	part.n = *k - part.first;
	return part;
}

/* Into out, which has room for a paragraph per line. */
static void
find_bare_items(struct prose *p, struct para *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_paras; i++) {
		struct para *q = &p->paras[i];

		if (!is_bare_item(p, q, n > 0 ? &out[n - 1] : NULL)) {
			out[n++] = *q;
			if (q->kind == LETTER_ITEM)
				set_list_level(p, &out[n - 1]);
			continue;
		}
		for (uint32_t k = q->first; k < q->first + q->n;) {
			out[n++] = next_item(p, q, &k);
			set_list_level(p, &out[n - 1]);
		}
	}
	p->paras = out;
	p->n_paras = n;
}

/* Lines that begin in the right half and end at the right edge. */
static bool
set_to_the_right(const struct prose *p, const struct lay_seg *a, const struct lay_seg *b)
{
	float half = p->left + 0.4F * (p->right - p->left);

	return a->box.x0 > half && b->box.x0 > half && fabsf(a->box.x1 - b->box.x1) < 1.0F &&
	       fabsf(a->box.x0 - b->box.x0) > 1.0F && fabsf(b->box.x1 - p->right) < 2.0F;
}

static void
write_line_end(const struct prose *p, uint32_t i, float right)
{
	const struct lay_seg *a = &p->lines[i - 1], *b = &p->lines[i];

	if (set_to_the_right(p, a, b) || layout_join(p->l, a, b, right) == JOIN_BREAK)
		letter_build_break(p->l->build);
	else
		letter_build_line(p->l->build);
}

/* The end of a sentence that began in the column before. */
static bool
is_rest(const struct prose *p, const struct para *q)
{
	const struct letter_block *open = letter_build_open(p->l->build);
	uint32_t first = layout_first_char(p->l, &p->lines[q->first]);

	return open != NULL && (open->kind == LETTER_PARAGRAPH || open->kind == LETTER_ITEM) && q->kind == LETTER_PARAGRAPH &&
	       first != FP_UTF8_BAD && u_islower((UChar32)first) && strchr(".:!?", p->l->last) == NULL;
}

static bool
is_bold(const struct prose *p, const struct para *q)
{
	for (uint32_t i = q->first; i < q->first + q->n; i++) {
		if (!layout_is_bold(p->l, &p->lines[i]))
			return false;
	}
	return true;
}

static void
remember_item(struct layout *l, const struct para *q, float x)
{
	if (l->zone != LETTER_BODY)
		return;
	if (q->kind == LETTER_HEADING)
		l->item.x = 0;
	if (q->kind == LETTER_ITEM && q->marker.kind != 0) {
		l->item.x = x;
		l->item.number = q->marker.number;
	}
}

static void
write_para(const struct prose *p, const struct para *q)
{
	struct letter_block *block;
	bool item = q->kind == LETTER_ITEM, goes_on = p->l->goes_on && is_rest(p, q);
	float right = right_edge(p, q);

	p->l->goes_on = false;
	if (goes_on)
		letter_build_line(p->l->build);
	else
		letter_build_block(p->l->build, q->kind, q->level, p->l->page);
	block = letter_build_open(p->l->build);
	if (block == NULL)
		return;
	remember_item(p->l, q, p->lines[q->first].box.x0);
	block->bold = block->bold && goes_on;
	if (!goes_on) {
		block->bold = is_bold(p, q);
		block->number = item ? q->marker.number : 0;
		block->zone = p->l->zone;
	}
	for (uint32_t i = q->first; i < q->first + q->n; i++) {
		bool skip = i == q->first && item && q->marker.kind != 0;

		if (i > q->first)
			write_line_end(p, i, right);
		layout_write_words(p->l, &p->lines[i], skip ? q->marker.words : 0, skip ? q->marker.bytes : 0);
	}
}

void
layout_prose(struct layout *l, const struct lay_seg *lines, uint32_t n, float left, float right)
{
	struct prose p = { .l = l, .lines = lines, .n = n, .left = left, .right = right };
	struct para *out = layout_alloc(l, (size_t)n + 1, sizeof(*out));

	p.paras = layout_alloc(l, (size_t)n + 1, sizeof(*p.paras));
	if (p.paras == NULL || out == NULL)
		return;
	find_paras(&p);
	find_headings(&p);
	find_bare_items(&p, out);
	for (uint32_t i = 0; i < p.n_paras; i++)
		write_para(&p, &p.paras[i]);
	if (n > 0 && l->zone == LETTER_BODY)
		l->last_cols.n = 0;
}
