/* What is broken in the letter is reported with its place. Nothing is mended: the facts hold what was printed, or nothing. */
#include "draft/draft_int.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PER_CODE_MAX 20u /* findings of one code: a letter full of them needs no longer list */
#define MAILS_MAX 32u

struct broken {
	struct draft_work *w;
	unsigned odd, replaced, mojibake, mixed;
	const char *mails[MAILS_MAX];
	size_t n_mails;
};

/* ---- addresses ---- */

static void
find_mails(struct broken *x)
{
	for (uint32_t i = 0; i < x->w->l->n_blocks; i++) {
		const struct letter_block *b = &x->w->l->blocks[i];
		struct draft_address a;

		if ((x->w->holds[i] & DRAFT_HOLDS_AT) == 0)
			continue;
		for (size_t at = 0; x->n_mails < MAILS_MAX && draft_address_next(b->text, b->len, &at, &a);)
			if (a.kind == DRAFT_A_MAIL)
				x->mails[x->n_mails++] = draft_keep(x->w, b->text + a.from, a.to - a.from);
	}
}

static bool
is_known_mail(const struct broken *x, const char *mail)
{
	for (size_t i = 0; i < x->n_mails; i++)
		if (strcasecmp(x->mails[i], mail) == 0)
			return true;
	return false;
}

/* The word before the address: where it begins; UINT32_MAX: none, or a sign between. */
static uint32_t
word_before(const char *s, uint32_t at)
{
	uint32_t from;

	if (at < 2 || s[at - 1] != ' ')
		return UINT32_MAX;
	for (from = at - 1; from > 0 && ((s[from - 1] | 32) >= 'a' && (s[from - 1] | 32) <= 'z');)
		from--;
	return from < at - 1 ? from : UINT32_MAX;
}

/* A link's text or target that holds a blank in the address. */
static bool
linked_with_space(const struct letter_block *b, uint32_t word, const struct draft_address *a)
{
	for (uint32_t i = 0; i < b->n_links; i++) {
		const struct letter_link *l = &b->links[i];

		if (l->from <= word && l->to >= a->to && l->to - l->from <= a->to - word + 2)
			return true;
		if (l->from < a->to && l->to > a->from && strncasecmp(l->url, "mailto:", 7) == 0 &&
		    (strchr(l->url, ' ') != NULL || strstr(l->url, "%20") != NULL))
			return true;
	}
	return false;
}

/* "customer care@x.org": both pieces together are an address that the letter prints elsewhere, or a link says that they belong together. */
static void
check_mail(struct broken *x, uint32_t block, const struct draft_address *a)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	uint32_t word = word_before(b->text, a->from);
	char joined[256];
	struct draft_source s;
	bool known;

	if (word == UINT32_MAX || a->to - word >= sizeof(joined))
		return;
	(void)snprintf(joined, sizeof(joined), "%.*s%.*s", (int)(a->from - 1 - word), b->text + word, (int)(a->to - a->from),
	    b->text + a->from);
	known = is_known_mail(x, joined);
	if (!known && !linked_with_space(b, word, a))
		return;
	s = draft_from(x->w, block, word, a->to - word, 90);
	draft_finding(x->w->d, "email-space", DRAFT_ERROR, &s, "a blank in a mail address: '%.*s'%s%s%s", (int)(a->to - word),
	    b->text + word, known ? "; elsewhere the letter prints '" : "", known ? joined : "", known ? "'" : "");
}

/* An @ without an address on both sides. */
static void
check_lone_sign(struct broken *x, uint32_t block, uint32_t at)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	uint32_t from = at, to = at + 1;
	struct draft_source s;

	while (from > 0 && at - from < 40 && b->text[from - 1] != ' ')
		from--;
	while (to < b->len && to - at < 60 && b->text[to] != ' ')
		to++;
	while (from < at && ((unsigned char)b->text[from] & 0xC0) == 0x80)
		from++;
	while (to < b->len && ((unsigned char)b->text[to] & 0xC0) == 0x80)
		to++;
	s = draft_from(x->w, block, from, to - from, 90);
	draft_finding(
	    x->w->d, "email-broken", DRAFT_WARNING, &s, "this is no mail address: '%.*s'", (int)(to - from), b->text + from);
}

static void
check_addresses(struct broken *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	struct draft_address a;
	size_t done = 0;

	for (size_t at = 0; draft_address_next(b->text, b->len, &at, &a); done = a.to) {
		const char *sign = memchr(b->text + done, '@', a.from - done);

		if (sign != NULL)
			check_lone_sign(x, block, (uint32_t)(sign - b->text));
		if (a.kind == DRAFT_A_MAIL)
			check_mail(x, block, &a);
	}
	if (memchr(b->text + done, '@', b->len - done) != NULL)
		check_lone_sign(x, block, (uint32_t)((const char *)memchr(b->text + done, '@', b->len - done) - b->text));
}

/* ---- characters ---- */

/* Letters of Greek and Cyrillic that look like Latin ones. */
static bool
is_lookalike(const char *s, size_t len)
{
	static const char *const letters[] = { "\xD0\x90", "\xD0\x92", "\xD0\x95", "\xD0\x9A", "\xD0\x9C", "\xD0\x9D", "\xD0\x9E",
		"\xD0\xA0", "\xD0\xA1", "\xD0\xA2", "\xD0\xA5", "\xD0\xB0", "\xD0\xB5", "\xD0\xBE", "\xD1\x80", "\xD1\x81",
		"\xD1\x85", "\xCE\x91", "\xCE\x92", "\xCE\x95", "\xCE\x96", "\xCE\x97", "\xCE\x99", "\xCE\x9A", "\xCE\x9C",
		"\xCE\x9D", "\xCE\x9F", "\xCE\xA1", "\xCE\xA4", "\xCE\xA5", "\xCE\xA7" };

	for (size_t i = 0; len >= 2 && i < FP_COUNT(letters); i++)
		if (memcmp(s, letters[i], 2) == 0)
			return true;
	return false;
}

/* Latin capitals or digits and a letter of another script in one code. */
static void
check_token(struct broken *x, uint32_t block, const struct draft_token *t)
{
	const char *s = x->w->l->blocks[block].text;
	struct draft_source src = draft_from(x->w, block, t->from, t->to - t->from, 90);
	int len = (int)(t->to - t->from);

	if (t->odd > 0 && t->digits > 0 && x->odd < PER_CODE_MAX) {
		x->odd++;
		draft_finding(x->w->d, "odd-hyphen", DRAFT_WARNING, &src,
		    "the hyphen in '%.*s' is not the one of keyboards: searching for it finds nothing", len, s + t->from);
	}
	if (t->foreign == 0 || t->digits + t->letters == 0 || t->digits == 0 || x->mixed >= PER_CODE_MAX)
		return;
	for (uint32_t i = t->from; i < t->to; i++)
		if (is_lookalike(s + i, t->to - i)) {
			x->mixed++;
			draft_finding(x->w->d, "mixed-script", DRAFT_WARNING, &src, "a letter of another script in '%.*s'", len,
			    s + t->from);
			return;
		}
}

/* U+FFFD, and UTF-8 that was read as Windows-1252 ("Ã¼", "â€“"). */
static bool
is_mojibake(const char *s, size_t len)
{
	static const char *const pieces[] = { "\xC3\x83\xC2", "\xC3\x82\xC2", "\xC3\xA2\xE2\x82\xAC", "\xC3\x83\xC5",
		"\xC3\x83\xE2" };

	for (size_t i = 0; i < FP_COUNT(pieces); i++)
		if (len > strlen(pieces[i]) && memcmp(s, pieces[i], strlen(pieces[i])) == 0)
			return true;
	return false;
}

static void
check_characters(struct broken *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];

	for (uint32_t i = 0; i < b->len; i++) {
		struct draft_source s = draft_from(x->w, block, i, 0, 90);

		if ((unsigned char)b->text[i] < 0xC2)
			continue;
		if (b->len - i >= 3 && memcmp(b->text + i, "\xEF\xBF\xBD", 3) == 0 && x->replaced++ < PER_CODE_MAX)
			draft_finding(x->w->d, "character-lost", DRAFT_WARNING, &s,
			    "a character was lost here before the file was made (U+FFFD)");
		if (is_mojibake(b->text + i, b->len - i) && x->mojibake++ < PER_CODE_MAX)
			draft_finding(x->w->d, "mojibake", DRAFT_WARNING, &s,
			    "characters were read in a wrong encoding before the file was made");
	}
}

static void
check_tokens(struct broken *x, uint32_t block)
{
	const struct letter_block *b = &x->w->l->blocks[block];
	struct draft_token t;

	for (size_t at = 0; draft_token_next(b->text, b->len, &at, &t);)
		if (t.odd > 0 || t.foreign > 0)
			check_token(x, block, &t);
}

void
draft_stage_broken(struct draft_work *w)
{
	struct broken *x = fp_arena_alloc(w->arena, 1, sizeof(*x));

	if (x == NULL) {
		w->d->no_memory = true;
		return;
	}
	x->w = w;
	find_mails(x);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		if ((w->holds[i] & DRAFT_HOLDS_AT) != 0)
			check_addresses(x, i);
		if ((w->holds[i] & DRAFT_HOLDS_ODD) != 0)
			check_characters(x, i);
		if ((w->holds[i] & (DRAFT_HOLDS_ODD | DRAFT_HOLDS_DIGIT)) == (DRAFT_HOLDS_ODD | DRAFT_HOLDS_DIGIT))
			check_tokens(x, i);
	}
}
