#include "draft/draft_int.h"

#include <string.h>

#include "base/bytes.h"
#include "letter/decode.h"

/* In this order: each reads what those before it left on the workbench. */
static void (*const stages[])(struct draft_work *w) = {
	draft_stage_language,
	draft_stage_sections,
	draft_stage_pages,
	draft_stage_head,
	draft_stage_products,
	draft_stage_security,
	draft_stage_actions,
	draft_stage_form,
	draft_stage_broken,
	draft_stage_missing,
};

/* What the reader of the letter noticed and how much it weighs; a code that is not here is an information. */
static const struct {
	const char *code;
	enum draft_severity severity;
} notes[] = {
	{ "encrypted", DRAFT_ERROR },
	{ "image-only", DRAFT_ERROR },
	{ "cut-off", DRAFT_WARNING },
	{ "limit", DRAFT_WARNING },
	{ "encoding", DRAFT_WARNING },
	{ "hidden-text", DRAFT_WARNING },
	{ "scripts-dropped", DRAFT_WARNING },
};

static enum draft_severity
note_severity(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(notes); i++)
		if (strcmp(notes[i].code, code) == 0)
			return notes[i].severity;
	return DRAFT_INFO;
}

/* A note has a place of its own, which need not lie in any block. */
static void
add_notes(struct draft *d, const struct letter *l)
{
	for (uint32_t i = 0; i < l->n_notes; i++) {
		const struct letter_note *n = &l->notes[i];
		struct letter_mark mark = { .place = n->place };
		struct letter_block b = { .text = "", .marks = &mark, .n_marks = 1, .table = -1, .page = n->place.page };
		struct draft_source s = { .block = &b };

		draft_finding(
		    d, n->code, note_severity(n->code), n->place.page != 0 || n->place.line != 0 ? &s : NULL, "%s", n->text);
	}
}

/* Hyphens that are none, the replacement character, the beginning of what double encoding makes. */
static bool
is_odd(const unsigned char *s, size_t len)
{
	if (len < 2)
		return false;
	if (s[0] == 0xE2 && len > 2)
		return (s[1] == 0x80 && s[2] >= 0x90 && s[2] <= 0x92) || (s[1] == 0x88 && s[2] == 0x92);
	if (s[0] == 0xC3)
		return (s[1] == 0x82 || s[1] == 0x83 || s[1] == 0xA2) && len > 2 && s[2] >= 0xC2;
	return s[0] == 0xEF || (s[0] == 0xC2 && s[1] == 0xAD);
}

/* "://", "www." and what looks like them. */
static bool
holds_url(const struct letter_block *b)
{
	for (uint32_t i = 0; i + 2 < b->len; i++)
		if ((b->text[i] == ':' || b->text[i] == '.') &&
		    (b->text[i + 1] == '/' || (i >= 3 && b->text[i - 1] == 'w' && b->text[i - 2] == 'w')))
			return true;
	return false;
}

static bool
holds_odd(const struct letter_block *b)
{
	for (size_t i = 0; (i = letter_skip_ascii(b->text, b->len, i)) < b->len; i++) {
		unsigned char c = (unsigned char)b->text[i];

		/* Letters of Greek and Cyrillic may stand in a code where Latin ones should. */
		if ((c >= 0xCD && c <= 0xD3) || is_odd((const unsigned char *)b->text + i, b->len - i))
			return true;
	}
	return false;
}

/* Of all but the last bytes, sixteen at a time: from *at on, which moves. */
static unsigned
holds_many(const struct letter_block *b, uint32_t *at)
{
	fp_bytes digits = { 0 }, signs = { 0 }, urls = { 0 }, bits = { 0 };

	for (; b->len - *at > FP_BYTES; *at += FP_BYTES) {
		fp_bytes v = fp_bytes_at(b->text + *at), next = fp_bytes_at(b->text + *at + 1);

		digits |= fp_bytes_between(v, '0', '9');
		signs |= fp_bytes_are(v, '@');
		urls |= fp_bytes_are(v, '/') | (fp_bytes_are(v, 'w') & fp_bytes_are(next, 'w'));
		bits |= v;
	}
	return (fp_bytes_any(digits) ? DRAFT_HOLDS_DIGIT : 0U) | (fp_bytes_any(signs) ? DRAFT_HOLDS_AT : 0U) |
	       (fp_bytes_any(urls) ? DRAFT_HOLDS_URL : 0U) |
	       (fp_bytes_any(fp_bytes_between(bits, 0x80, 0xFF)) ? DRAFT_HOLDS_HIGH : 0U);
}

/* One look at every byte, so that the stages need not. */
static uint8_t
holds_of(const struct letter_block *b)
{
	uint32_t i = 0;
	unsigned holds = holds_many(b, &i);

	for (; i < b->len; i++) {
		unsigned char c = (unsigned char)b->text[i];

		holds |= (unsigned)c - '0' < 10U ? DRAFT_HOLDS_DIGIT : 0U;
		holds |= c == '@' ? DRAFT_HOLDS_AT : 0U;
		holds |= c == '/' || (c == 'w' && i > 0 && b->text[i - 1] == 'w') ? DRAFT_HOLDS_URL : 0U;
		holds |= c >= 0x80 ? DRAFT_HOLDS_HIGH : 0U;
	}
	if ((holds & DRAFT_HOLDS_URL) != 0 && !holds_url(b))
		holds &= ~(unsigned)DRAFT_HOLDS_URL;
	if ((holds & DRAFT_HOLDS_HIGH) != 0 && holds_odd(b))
		holds |= DRAFT_HOLDS_ODD;
	return (uint8_t)holds;
}

static bool
work_begin(struct draft_work *w)
{
	w->arena = fp_arena_new();
	if (w->arena == NULL)
		return false;
	w->span = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*w->span));
	w->section = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*w->section));
	w->block_lang = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*w->block_lang));
	w->holds = fp_arena_alloc(w->arena, w->l->n_blocks + 1u, sizeof(*w->holds));
	if (w->span == NULL || w->section == NULL || w->block_lang == NULL || w->holds == NULL)
		return false;
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		w->section[i] = "";
		w->holds[i] = holds_of(&w->l->blocks[i]);
	}
	return true;
}

enum fp_status
draft_from_letter(
    struct draft **out, struct letter *l, const struct term_base *t, const struct draft_options *o, struct fp_err *err)
{
	static const struct draft_options none = { .lang = NULL };
	FP_AUTO(draft_freep) struct draft *d = draft_new(l->file);
	struct draft_work w = { .d = d, .l = l, .t = t, .o = o != NULL ? o : &none };

	*out = NULL;
	if (d == NULL || !work_begin(&w)) {
		fp_arena_free(w.arena);
		return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	d->written_places = w.o->to_write;
	draft_put_str(d, "/source", letter_format_name(l->format), NULL);
	for (size_t i = 0; i < FP_COUNT(stages) && !d->no_memory; i++)
		stages[i](&w);
	add_notes(d, l);
	fp_arena_free(w.arena);
	if (d->no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (w.o->keep_letter)
		d->letter = l;
	*out = d;
	d = NULL;
	return FP_OK;
}

bool
draft_hit_at(const struct draft_work *w, uint32_t block, enum term_group g, const char *id)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == g && draft_same(h[i].key->id, id))
			return true;
	return false;
}

const struct term_hit *
draft_hit_first(const struct draft_work *w, uint32_t block, enum term_group g)
{
	const struct term_hit *h = w->hits + w->span[block].first;

	for (uint32_t i = 0; i < w->span[block].n; i++)
		if (h[i].group == g)
			return &h[i];
	return NULL;
}

struct draft_source
draft_from(const struct draft_work *w, uint32_t block, size_t from, size_t len, int confidence)
{
	return (struct draft_source){ .block = &w->l->blocks[block], .from = from, .len = len, .confidence = confidence };
}

bool
draft_in_form(const struct draft_work *w, uint32_t block)
{
	const char *s = w->section[block];

	return s[0] == 'f' && s[1] == 'o' && s[2] == 'r' && s[3] == 'm';
}
