/* Which section each block belongs to: by headings first, by what a block speaks of where it has no heading of its own. */
#include <ctype.h>
#include <string.h>

#include "base/bytes.h"
#include "draft/form_int.h"

#define HEADING_MAX 120u /* bytes of a heading that no mark-up shows */
#define LONG_PARA 120u   /* from here on it is running text */
#define GREETING_MAX 90u
#define CLOSING_MAX 80u
#define HEAD_BLOCKS 40u /* a letter greets before this many blocks */

enum { LEVEL_BOLD = 7, LEVEL_WORDS = 8, LEVEL_ITEM = 9, LEVEL_NONE = 10 };

struct walk {
	struct draft_work *w;
	const char *cur;   /* section of the last heading */
	int level;         /* of that heading */
	bool form;         /* the reply form has begun */
	bool tail;         /* reply, emergency or adverse events have been: questions and help come next */
	int table;         /* a table of products; -1 */
	uint32_t greeting; /* block that addresses the reader; n_blocks: none */
	uint32_t running;  /* first running text behind it */
	int number;        /* of the last section that is an item of a list of sections; 0: they are none */
	int acts;          /* level of the heading of the customer's actions; 0: there was none yet */
};

static bool
is(const char *key, const char *name)
{
	return draft_same(key, name);
}

static bool
is_form(const char *key)
{
	return strncmp(key, "form", 4) == 0;
}

size_t
draft_letters(const char *s, size_t n)
{
	size_t sum = 0, i = 0;

	while (n - i >= FP_BYTES) {
		fp_bytes found = { 0 };

		/* A byte of it counts to 255. */
		for (unsigned k = 0; k < 255 && n - i >= FP_BYTES; k++, i += FP_BYTES) {
			fp_bytes v = fp_bytes_at(s + i);

			found -= fp_bytes_between(v | 0x20, 'a', 'z') | fp_bytes_between(v, 0x80, 0xFF);
		}
		sum += fp_bytes_sum(found);
	}
	for (; i < n; i++)
		sum += (unsigned char)s[i] >= 0x80 || isalpha((unsigned char)s[i]);
	return sum;
}

/* Behind "3.1 ", "Table 1: ". */
static size_t
heading_start(const struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	const struct term_hit *table = draft_sign_hit(w, i, SIGN_TABLE, 0, 4);
	size_t at = table != NULL ? table->to : 0;

	while (at < b->len && (isdigit((unsigned char)b->text[at]) || strchr(" .:)-*", b->text[at]) != NULL))
		at++;
	return at;
}

const char *
draft_named_section(const struct draft_work *w, uint32_t i, size_t from, size_t to, size_t *share)
{
	const struct letter_block *b = &w->l->blocks[i];
	const struct term_hit *h = w->hits + w->span[i].first;
	size_t all = draft_letters(b->text + from, to - from), best = 0;
	const char *key = NULL;
	bool first = false;

	for (uint32_t k = 0; k < w->span[i].n; k++) {
		enum draft_sign a = h[k].group == TERM_CONCEPT ? draft_sign_of(w, h[k].key) : SIGN_COUNT;
		bool form = a == SIGN_VERIFICATION_FORM || a == SIGN_ACKNOWLEDGEMENT_FORM || a == SIGN_REPLY_FORM;
		size_t n;

		if ((h[k].group != TERM_SECTION && !form) || h[k].from < from || h[k].to > to)
			continue;
		n = draft_letters(b->text + h[k].from, h[k].to - h[k].from);
		if (n <= best)
			continue;
		best = n;
		key = form ? "form" : h[k].key->id;
		first = h[k].from <= from + 2;
	}
	*share = all > 0 ? best * 100 / all : 0;
	/* "Information of the person who ...": heads of a form's rows go on for a while. */
	if (key != NULL && first && strncmp(key, "form-", 5) == 0)
		*share += 25;
	return key;
}

/* Of its first line: a heading may stand right above its text, without a blank line between. */
static uint32_t
line_end(const struct letter_block *b, uint32_t from)
{
	const char *cut = strstr(b->text + from, "\u2028");

	return cut != NULL ? (uint32_t)(cut - b->text) : b->len;
}

/* "4. General information" after "3. Action": the sections are numbered as items are. */
static bool
next_section(const struct walk *k, const struct letter_block *b)
{
	return k->number > 0 && b->kind == LETTER_ITEM && b->number == k->number + 1;
}

/* How a block shows that it is a heading; need: the share that its words must name. */
static int
heading_level(const struct walk *k, uint32_t i, size_t *need)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	uint32_t end = line_end(b, 0);
	char last = end > 0 ? b->text[end - 1] : '.';

	if (b->kind == LETTER_HEADING) {
		*need = 35;
		return b->level;
	}
	if (end > HEADING_MAX || last == '.' || last == ',' || last == ';')
		return LEVEL_NONE;
	*need = b->bold ? 40 : 60;
	if (b->kind == LETTER_CELL) {
		*need = 70;
		return b->col == 0 ? LEVEL_WORDS : LEVEL_NONE;
	}
	if (b->kind == LETTER_ITEM) {
		/* A numbered step "Return the form" is a step, unless the sections themselves are numbered so. */
		*need = 70;
		return b->number > 0 && (next_section(k, b) || !is(k->cur, "customer-actions")) ? LEVEL_ITEM : LEVEL_NONE;
	}
	return b->bold ? LEVEL_BOLD : LEVEL_WORDS;
}

static const enum draft_sign form_signs[] = { SIGN_VERIFICATION_FORM, SIGN_ACKNOWLEDGEMENT_FORM, SIGN_REPLY_FORM, SIGN_COUNT };

/* Sections that are never opened by a heading's words alone. */
static bool
by_content_only(const char *key)
{
	return is(key, "greeting") || is(key, "closing") || is(key, "ivd-statement") || is(key, "title");
}

/* Inside the form its own headings count, and a few that can only be of the letter. */
static bool
may_open(const struct walk *k, const char *key, uint32_t i)
{
	static const char *const back[] = { "problem", "impact", "background", "risk", "why", "exploitation" };
	const struct letter_block *b = &k->w->l->blocks[i];

	if (by_content_only(key))
		return false;
	if (is_form(key))
		return k->form || is(key, "form") || b->kind == LETTER_HEADING || b->bold ||
		       draft_has_any(draft_signs_of(k->w, i), form_signs);
	if (!k->form)
		return true;
	for (size_t n = 0; n < FP_COUNT(back); n++)
		if (b->kind == LETTER_HEADING && is(key, back[n]))
			return true;
	return false;
}

static void
open_section(struct walk *k, uint32_t i, const char *key, int level)
{
	k->cur = key;
	k->level = level;
	k->form = is_form(key);
	k->tail = false;
	if (is(key, "customer-actions"))
		k->acts = level;
	draft_set_head(k->w, i, line_end(&k->w->l->blocks[i], 0));
	if (level == LEVEL_ITEM)
		k->number = k->w->l->blocks[i].number;
}

/* "Step 2: ..." as a heading below that of the customer's actions: a note about modes or an emergency stood between, and ends. */
static bool
goes_on_with_steps(const struct walk *k, uint32_t i, int level)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	const struct term_hit *h = b->kind == LETTER_HEADING ? draft_sign_hit(k->w, i, SIGN_STEP, 0, 6) : NULL;

	return h != NULL && (k->w->holds[i] & DRAFT_HOLDS_DIGIT) != 0 && !k->form && level > k->acts && k->acts > 0 &&
	       (is(k->cur, "modes") || is(k->cur, "emergency"));
}

/* A line without mark-up among the steps that names the modes heads a note, not a section: the steps go on behind it. */
static bool
heads_note(const struct walk *k, const char *key, int level)
{
	return is(key, "modes") && is(k->cur, "customer-actions") && level >= LEVEL_BOLD;
}

/* "Problem: the pump ..." names its section in front of its text. */
static const char *
inline_heading(const struct walk *k, uint32_t i, uint32_t *to)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	const struct term_hit *h = k->w->hits + k->w->span[i].first;
	size_t from = heading_start(k->w, i);

	if (k->form || b->kind == LETTER_CELL || (b->kind == LETTER_ITEM && is(k->cur, "customer-actions")))
		return NULL;
	for (uint32_t n = 0; n < k->w->span[i].n && h[n].from <= from; n++) {
		size_t end = h[n].to;

		while (end < b->len && strchr("*_ ", b->text[end]) != NULL)
			end++;
		if (h[n].group == TERM_SECTION && h[n].from == from && end < b->len && b->text[end] == ':' &&
		    !is_form(h[n].key->id) && !by_content_only(h[n].key->id)) {
			*to = (uint32_t)end + 1;
			return h[n].key->id;
		}
	}
	return NULL;
}

static bool
try_heading(struct walk *k, uint32_t i)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	size_t need = 0, share = 0;
	uint32_t to = 0;
	int level = heading_level(k, i, &need);
	const char *key =
	    level != LEVEL_NONE ? draft_named_section(k->w, i, heading_start(k->w, i), line_end(b, 0), &share) : NULL;

	if (goes_on_with_steps(k, i, level)) {
		k->cur = "customer-actions";
		k->level = k->acts;
		return true;
	}
	if (key != NULL && share >= need && may_open(k, key, i)) {
		if (heads_note(k, key, level))
			return false;
		open_section(k, i, key, level);
		return true;
	}
	key = inline_heading(k, i, &to);
	if (key != NULL) {
		open_section(k, i, key, LEVEL_WORDS);
		draft_set_head(k->w, i, to);
		return true;
	}
	if (next_section(k, b) && !k->form && b->len < 80) {
		open_section(k, i, "other", LEVEL_ITEM);
		return true;
	}
	/* A heading of the same rank that we do not know ends a section all the same. */
	if (b->kind == LETTER_HEADING && !k->form && level <= k->level && k->level <= 6 && !is(k->cur, "title") &&
	    !is(k->cur, "closing")) {
		open_section(k, i, "other", level);
		return true;
	}
	return false;
}

/* ---- by content ---- */

/* The next stop from byte i on; the block's length when there is none. */
static size_t
next_stop(const struct letter_block *b, size_t i)
{
	for (; i + FP_BYTES <= b->len; i += FP_BYTES) {
		fp_bytes v = fp_bytes_at(b->text + i);

		if (fp_bytes_any(fp_bytes_are(v, '.') | fp_bytes_are(v, '!') | fp_bytes_are(v, '?')))
			break;
	}
	while (i < b->len && b->text[i] != '.' && b->text[i] != '!' && b->text[i] != '?')
		i++;
	return i;
}

/* One that ends earlier than byte 21 is an abbreviation. */
static size_t
first_sentence(const struct letter_block *b)
{
	for (size_t i = next_stop(b, 21); i + 2 < b->len; i = next_stop(b, i + 1))
		if (b->text[i + 1] == ' ' && ((unsigned char)b->text[i + 2] >= 0x80 || isupper((unsigned char)b->text[i + 2])))
			return i + 1;
	return b->len;
}

static const enum draft_sign authority_signs[] = { SIGN_COMPETENT_AUTHORITY, SIGN_HEALTH_AUTHORITY, SIGN_REGULATOR, SIGN_COUNT };
static const enum draft_sign told_signs[] = { SIGN_DO_INFORM, SIGN_SEC_AUTHORITIES, SIGN_WERE_INFORMED, SIGN_BEING_INFORMED,
	SIGN_COUNT };
static const enum draft_sign form_verbs[] = { SIGN_DO_COMPLETE, SIGN_DO_RETURN, SIGN_COUNT };
static const enum draft_sign cut_signs[] = { SIGN_NETWORK_CABLE, SIGN_MAINS_CABLE, SIGN_DO_DISCONNECT, SIGN_COUNT };
static const enum draft_sign break_in_signs[] = { SIGN_UNAUTHORISED, SIGN_SEC_EMERGENCY, SIGN_COUNT };
static const enum draft_sign mode_signs[] = { SIGN_BOTH_MODES, SIGN_DUAL_BOOT, SIGN_SEC_MODES, SIGN_COUNT };
static const enum draft_sign mode_rules[] = { SIGN_SEPARATELY, SIGN_SAME_TIME, SIGN_COUNT };
static const enum draft_sign event_signs[] = { SIGN_DO_REPORT, SIGN_COMPETENT_AUTHORITY, SIGN_HEALTH_AUTHORITY, SIGN_REGULATOR,
	SIGN_COUNT };

static bool
is_authorities(const struct draft_signs *s, const struct letter_block *b)
{
	return draft_has_any(s, authority_signs) && draft_has_any(s, told_signs) && !draft_has(s, SIGN_AFFECTED_ONLY) &&
	       !draft_has(s, SIGN_MEDWATCH) && b->kind != LETTER_ITEM && b->len < 500;
}

/* There data and faults spread, not notices. */
static bool
tells_harm(const char *key)
{
	return is(key, "problem") || is(key, "impact") || is(key, "risk") || is(key, "background") ||
	       is(key, "manufacturer-actions");
}

/* "Contact" is also what a battery has: an address, or the name of the service, must stand beside it. */
static bool
is_support(const struct walk *k, const struct draft_signs *s, uint32_t i)
{
	bool address = (k->w->holds[i] & DRAFT_HOLDS_AT) != 0;
	bool service = draft_has(s, SIGN_LABEL_TECHNICAL) || draft_has(s, SIGN_LABEL_CUSTOMER_SERVICE);

	if (draft_has(s, SIGN_SEC_SUPPORT) && (address || service) && !is(k->cur, "problem") &&
	    !is(k->cur, "manufacturer-actions"))
		return true;
	return k->tail && address && (draft_has(s, SIGN_DO_CONTACT) || service || draft_has(s, SIGN_THIRD_PARTY));
}

/* A line that says little else, as the head of a note does. */
static bool
names_modes(const struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	size_t share = 0;
	const char *key = b->len <= HEADING_MAX ? draft_named_section(w, i, 0, b->len, &share) : NULL;

	return key != NULL && is(key, "modes") && share >= 60;
}

/* Running text and what it is about; the strongest rule first. */
static const char *
paragraph_section(const struct walk *k, uint32_t i)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	const struct draft_signs *s = draft_signs_of(k->w, i);
	struct draft_signs first = draft_signs_in(k->w, i, 0, first_sentence(b));

	if (draft_has(s, SIGN_MEDWATCH) || (draft_has(s, SIGN_SEC_ADVERSE) && draft_has_any(s, event_signs)))
		return "adverse-events";
	if (draft_has_any(s, cut_signs) && draft_has_any(s, break_in_signs))
		return "emergency";
	if (draft_has_any(s, form_signs) && draft_has_any(s, form_verbs))
		return "reply";
	if (is(k->cur, "customer-actions") && draft_has_any(s, mode_signs) &&
	    (draft_has_any(s, mode_rules) || names_modes(k->w, i)))
		return "modes";
	if (draft_has(&first, SIGN_NONE_REPORTED))
		return "exploitation";
	if (draft_has(&first, SIGN_SEC_INACTION) && b->len > 40)
		return "inaction";
	if (is_authorities(&first, b))
		return "authorities";
	if (is(k->cur, "manufacturer-actions") && draft_has(s, SIGN_FIREWALL))
		return "recommendations";
	if (is_support(k, s, i))
		return "support";
	if (draft_has(s, SIGN_SEC_PASS_ON) && !tells_harm(k->cur))
		return "pass-on";
	return NULL;
}

static const char *
content_section(struct walk *k, uint32_t i)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	const struct draft_signs *s = draft_signs_of(k->w, i);
	const struct term_hit *h;

	if (b->kind == LETTER_CELL || b->kind == LETTER_HEADING || k->form)
		return NULL;
	if (draft_has(s, SIGN_SEC_IVD))
		return "ivd-statement";
	h = b->len <= CLOSING_MAX ? draft_sign_hit(k->w, i, SIGN_SEC_CLOSING, 0, 6) : NULL;
	if (h != NULL && b->kind != LETTER_ITEM) {
		open_section(k, i, "closing", LEVEL_WORDS);
		draft_set_head(k->w, i, 0);
		return "closing";
	}
	if (b->kind == LETTER_ITEM || is(k->cur, "why") || (is(k->cur, "customer-actions") && draft_typed_item(b, 0) > 0))
		return NULL;
	return paragraph_section(k, i);
}

/* ---- the head of the letter ---- */

static bool
addresses_reader(const struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	size_t share = 0;

	if (b->kind != LETTER_PARAGRAPH || b->len > GREETING_MAX || b->len == 0 || b->bold || b->text[b->len - 1] == '.' ||
	    (w->holds[i] & (DRAFT_HOLDS_DIGIT | DRAFT_HOLDS_AT)) != 0)
		return false;
	return draft_named_section(w, i, 0, b->len, &share) == NULL || share < 40;
}

/* One line of it is running text; a head of many short lines is none. */
static bool
is_running(const struct letter_block *b)
{
	uint32_t from, to;
	size_t at = 0;

	if (b->kind != LETTER_PARAGRAPH || b->len < LONG_PARA || b->bold)
		return false;
	while (draft_line_next(b->text, b->len, &at, &from, &to))
		if (to - from >= LONG_PARA)
			return true;
	return false;
}

static bool
greets(const struct draft_work *w, uint32_t i)
{
	return w->l->blocks[i].zone == LETTER_BODY && w->l->blocks[i].len <= GREETING_MAX &&
	       draft_sign_hit(w, i, SIGN_SEC_GREETING, 0, 4) != NULL;
}

/* The greeting says so by its words, or is the short line right before the first running text. */
static void
find_greeting(struct walk *k)
{
	const struct letter *l = k->w->l;
	uint32_t before = l->n_blocks;

	k->greeting = k->running = l->n_blocks;
	for (uint32_t i = 0; i < l->n_blocks && i < HEAD_BLOCKS; i++)
		if (greets(k->w, i)) {
			k->greeting = i;
			k->running = i + 1;
			return;
		}
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		const struct letter_block *b = &l->blocks[i];

		if (b->zone != LETTER_BODY)
			continue;
		if (is_running(b)) {
			k->running = i;
			if (before < l->n_blocks && addresses_reader(k->w, before))
				k->greeting = before;
			return;
		}
		if (b->kind == LETTER_CELL || b->kind == LETTER_ITEM)
			return;
		before = i;
	}
}

/* Two columns that name what identifies a device make a table of products, whatever stands above it. */
static bool
is_product_table(const struct draft_work *w, uint32_t i)
{
	static const enum draft_sign heads[] = { SIGN_LABEL_CATALOG, SIGN_LABEL_UDI, SIGN_LABEL_DEVICE_ID, SIGN_LABEL_PRODUCT,
		SIGN_LABEL_LOT, SIGN_LABEL_MODEL, SIGN_LABEL_SERIAL, SIGN_LABEL_VERSION, SIGN_COUNT };
	int table = w->l->blocks[i].table, row = w->l->blocks[i].row;
	unsigned n = 0;

	for (; i < w->l->n_blocks && w->l->blocks[i].table == table && w->l->blocks[i].row == row; i++)
		n += w->l->blocks[i].len < HEADING_MAX && draft_has_any(draft_signs_of(w, i), heads);
	return n >= 2;
}

static const char *
head_section(struct walk *k, uint32_t i)
{
	if (i == k->greeting)
		return "greeting";
	if (is(k->cur, "title") && i >= k->running) {
		k->cur = "summary";
		k->level = LEVEL_WORDS;
	}
	return NULL;
}

static const char *
section_of(struct walk *k, uint32_t i)
{
	const struct letter_block *b = &k->w->l->blocks[i];
	const char *key;

	if (b->zone != LETTER_BODY)
		return "page";
	key = head_section(k, i);
	if (key != NULL)
		return key;
	if (b->kind == LETTER_CELL && b->table == k->table)
		return "products";
	if (b->kind == LETTER_CELL && !k->form && b->col == 0 && b->row == 0 && is_product_table(k->w, i)) {
		k->table = b->table;
		return "products";
	}
	if (try_heading(k, i))
		return k->cur;
	key = content_section(k, i);
	if (key == NULL)
		return k->cur;
	k->tail = k->tail || is(key, "reply") || is(key, "emergency") || is(key, "adverse-events");
	return key;
}

/* ---- actions without a heading ---- */

/* To contact, to report and to inform is told in many places; other deeds are the customer's. */
static bool
names_deed(const struct draft_work *w, uint32_t i)
{
	const struct term_hit *h = w->hits + w->span[i].first;

	for (uint32_t k = 0; k < w->span[i].n; k++) {
		enum draft_sign a = h[k].group == TERM_VERB ? draft_sign_of(w, h[k].key) : SIGN_DO_CONTACT;

		if (a != SIGN_DO_CONTACT && a != SIGN_DO_REPORT && a != SIGN_DO_INFORM && a != SIGN_DO_COMPLETE &&
		    a != SIGN_DO_IDENTIFY && a != SIGN_DO_RETURN)
			return true;
	}
	return false;
}

static bool
is_told(const struct draft_work *w, uint32_t i)
{
	static const char *const where[] = { "summary", "problem", "impact", "risk", "support", "other", "background" };

	for (size_t k = 0; k < FP_COUNT(where); k++)
		if (is(w->section[i], where[k]))
			return w->l->blocks[i].kind == LETTER_PARAGRAPH || w->l->blocks[i].kind == LETTER_ITEM;
	return false;
}

/* "Please do the following:" above items or typed numbers that name a deed: all of them. Returns the last block. */
static uint32_t
told_list(struct draft_work *w, uint32_t i)
{
	const struct letter_block *b = &w->l->blocks[i];
	uint32_t end = i + 1, deeds = 0;

	if (b->kind != LETTER_PARAGRAPH || b->len == 0 || b->len > HEADING_MAX || b->text[b->len - 1] != ':')
		return i;
	while (end < w->l->n_blocks && (is_told(w, end) || is(w->section[end], "page") || is(w->section[end], "reply")) &&
	       (is(w->section[end], "page") || w->l->blocks[end].kind == LETTER_ITEM ||
		   draft_typed_item(&w->l->blocks[end], 0) > 0)) {
		deeds += names_deed(w, end);
		end++;
	}
	if (deeds == 0)
		return i;
	for (uint32_t k = i; k < end; k++)
		if (!is(w->section[k], "page"))
			w->section[k] = "customer-actions";
	return end - 1;
}

/* Where no heading says what the customer must do, the paragraphs and items that tell a deed as a duty say it. */
static void
find_told_actions(struct draft_work *w)
{
	static const enum draft_sign duty[] = { SIGN_OB_MUST, SIGN_OB_SHOULD, SIGN_OB_PLEASE, SIGN_OB_IMPORTANT, SIGN_IMMEDIATELY,
		SIGN_COUNT };

	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (is(w->section[i], "customer-actions"))
			return;
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		uint32_t last = is_told(w, i) ? told_list(w, i) : i;

		if (last == i && is_told(w, i) && names_deed(w, i) && draft_has_any(draft_signs_of(w, i), duty))
			w->section[i] = "customer-actions";
		i = last;
	}
}

/* ---- a form without a heading ---- */

/* A rule or dots to write on. */
static bool
has_rule(const struct letter_block *b)
{
	for (uint32_t i = 0; i + 2 < b->len; i++)
		if ((b->text[i] == '_' || b->text[i] == '.') && b->text[i + 1] == b->text[i] && b->text[i + 2] == b->text[i])
			return true;
	return false;
}

/* How much a block looks like a form: its boxes, up to three, or a label to write behind. */
static uint32_t
form_weight(const struct draft_work *w, uint32_t i)
{
	static const enum draft_sign fields[] = { SIGN_LABEL_COMPANY, SIGN_LABEL_NAME, SIGN_LABEL_JOB, SIGN_LABEL_TITLE,
		SIGN_LABEL_DATE, SIGN_LABEL_SIGNATURE, SIGN_COUNT };
	const struct letter_block *b = &w->l->blocks[i];
	struct form_box box;
	size_t at = 0;
	uint32_t n = 0;

	if (b->zone != LETTER_BODY)
		return 0;
	while (n < 3 && form_box_next(w, i, &at, b->len, &box))
		n++;
	if (n > 0 || b->len == 0 || b->len >= HEADING_MAX || !draft_has_any(draft_signs_of(w, i), fields))
		return n;
	return b->text[b->len - 1] == ':' || has_rule(b);
}

/* Boxes in the middle of a letter may be ticks of its template; a form stands at the end and asks for a person, too. */
static void
find_bare_form(struct walk *k)
{
	struct draft_work *w = k->w;
	uint32_t first = w->l->n_blocks, n = 0;

	for (uint32_t i = w->l->n_blocks; i-- > 0;) {
		if (is(w->section[i], "customer-actions") || draft_sign_hit(w, i, SIGN_SEC_CLOSING, 0, 6) != NULL)
			break;
		if (form_weight(w, i) > 0) {
			first = i;
			n += form_weight(w, i);
		}
	}
	if (n < 3)
		return;
	while (first > 0 && w->l->blocks[first].kind == LETTER_CELL && w->l->blocks[first - 1].table == w->l->blocks[first].table)
		first--;
	for (uint32_t i = first; i < w->l->n_blocks; i++)
		if (w->l->blocks[i].zone == LETTER_BODY)
			w->section[i] = "form";
}

/* ---- what is written down ---- */

static void
put_section(struct draft_work *w, const char *key, uint32_t first, uint32_t last, bool head)
{
	const struct letter_block *b = &w->l->blocks[first];
	struct draft_source s = draft_from(w, first, 0, 0, head ? 90 : 70);
	json_t *j = json_object();

	if (j == NULL) {
		w->d->no_memory = true;
		return;
	}
	json_object_set_new_nocheck(j, "key", json_string_nocheck(key));
	json_object_set_new_nocheck(j, "heading", head ? json_stringn_nocheck(b->text, draft_head_end(w, first)) : json_null());
	json_object_set_new_nocheck(j, "first_block", json_integer((json_int_t)first));
	json_object_set_new_nocheck(j, "last_block", json_integer((json_int_t)last));
	(void)draft_put(w->d, "/sections/-", j, &s);
}

static void
put_sections(const struct walk *k)
{
	struct draft_work *w = k->w;
	uint32_t first = 0, last = 0;
	const char *key = NULL;

	for (uint32_t i = 0; i <= w->l->n_blocks; i++) {
		bool end = i == w->l->n_blocks;

		if (!end && is(w->section[i], "page"))
			continue;
		if (key != NULL && (end || draft_head_end(w, i) > 0 || !is(key, w->section[i]))) {
			put_section(w, key, first, last, draft_head_end(w, first) > 0);
			key = NULL;
		}
		if (end)
			break;
		if (key == NULL) {
			key = w->section[i];
			first = i;
		}
		last = i;
	}
}

/* A sentence in a block of another section that is a section of its own: its bytes are told. */
static void
put_sentence(struct draft_work *w, uint32_t i, enum draft_sign a, const char *key)
{
	const struct letter_block *b = &w->l->blocks[i];
	const struct term_hit *h = draft_has(draft_signs_of(w, i), a) ? draft_sign_hit(w, i, a, 0, b->len) : NULL;
	struct draft_source s;
	size_t from, to;
	json_t *j;

	if (h == NULL || is(w->section[i], key) || draft_in_form(w, i) || is(w->section[i], "why"))
		return;
	draft_sentence(b, h->from, &from, &to);
	s = draft_from(w, i, from, to - from, 70);
	j = json_pack("{s:s,s:n,s:I,s:I,s:I,s:I}", "key", key, "heading", "first_block", (json_int_t)i, "last_block",
	    (json_int_t)i, "from", (json_int_t)from, "to", (json_int_t)to);
	(void)draft_put(w->d, "/sections/-", j, &s);
}

void
draft_stage_sections(struct draft_work *w)
{
	struct walk k = { .w = w, .cur = "title", .level = LEVEL_NONE, .table = -1 };
	bool form = false;

	if (!draft_signs_make(w))
		return;
	find_greeting(&k);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		w->section[i] = section_of(&k, i);
		form = form || is_form(w->section[i]);
	}
	if (!form)
		find_bare_form(&k);
	find_told_actions(w);
	put_sections(&k);
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		put_sentence(w, i, SIGN_NONE_REPORTED, "exploitation");
		put_sentence(w, i, SIGN_NOT_AFFECTED, "scope");
		put_sentence(w, i, SIGN_THIRD_PARTY, "third-party");
	}
}
