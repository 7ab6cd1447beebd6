/* One line of the form: a prompt, boxes and their words, fields. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "draft/form_int.h"

#define TRADE_MAX 60u
#define CHOICE_MAX 60u /* bytes of the words of a box that is one of a choice */

static const char *
text_of(const struct form *f, struct form_text t)
{
	return f->w->l->blocks[t.block].text + t.from;
}

static bool
empty(const struct form *f, struct form_text t)
{
	t = form_trim(f->w, t);
	return t.from >= t.to;
}

static void
ask(struct form *f, struct form_text t)
{
	f->asked = t;
	f->reason = false;
	f->products = false;
	f->joins = NULL;
}

/* ---- text without boxes ---- */

static bool
read_heading(struct form *f, struct form_text t)
{
	size_t share = 0;
	const char *key = draft_named_section(f->w, t.block, t.from, t.to, &share);
	struct draft_signs s = draft_signs_in(f->w, t.block, t.from, t.to);

	if (key == NULL || share < 60 || strncmp(key, "form", 4) != 0 || t.to - t.from > 140)
		return false;
	ask(f, t);
	f->products = strcmp(key, "form-products") == 0;
	f->serial_table = -1;
	if (strcmp(key, "form-distributor") == 0 ||
	    (strcmp(key, "form") == 0 && (draft_has(&s, SIGN_LABEL_DISTRIBUTOR) || draft_has(&s, SIGN_LABEL_IMPORTER))))
		f->part = FORM_DISTRIBUTOR;
	else if (strcmp(key, "form-actions") == 0)
		f->part = FORM_ACTIONS;
	else if (strcmp(key, "form-customer") == 0 || strcmp(key, "form") == 0)
		f->part = FORM_CUSTOMER;
	if (strcmp(key, "form-person") != 0)
		f->action = 0;
	return true;
}

/* "For distributors only": a bold line that names them begins their part. */
static bool
read_trade(struct form *f, struct form_text t)
{
	const struct letter_block *b = &f->w->l->blocks[t.block];
	struct draft_signs s = draft_signs_in(f->w, t.block, t.from, t.to);

	if ((!b->bold && b->kind != LETTER_HEADING) || t.to - t.from > TRADE_MAX || b->text[t.to - 1] == ':' ||
	    (!draft_has(&s, SIGN_LABEL_DISTRIBUTOR) && !draft_has(&s, SIGN_LABEL_IMPORTER)))
		return false;
	ask(f, t);
	f->part = FORM_DISTRIBUTOR;
	f->action = 0;
	return true;
}

/* "Step 1.", "1. krok": the number of the step, and where its words begin; 0: it is none. */
static int
step_number(const struct form *f, struct form_text t, uint32_t *words)
{
	const char *s = f->w->l->blocks[t.block].text;
	const struct term_hit *h = draft_sign_hit(f->w, t.block, SIGN_STEP, t.from, t.from + 8 < t.to ? t.from + 8 : t.to);
	uint32_t i;
	int n = 0;

	if (h == NULL)
		return 0;
	for (i = h->to; i < t.to && (s[i] == ' ' || s[i] == '.'); i++)
		;
	if (i >= t.to || !isdigit((unsigned char)s[i])) {
		for (i = t.from; i < h->from && !isdigit((unsigned char)s[i]); i++)
			;
		*words = h->to;
	}
	for (; i < t.to && isdigit((unsigned char)s[i]) && n < 100; i++)
		n = n * 10 + (s[i] - '0');
	if (i > h->to)
		*words = i;
	return n;
}

static bool
read_step(struct form *f, struct form_text t)
{
	uint32_t words = t.to;
	int n = step_number(f, t, &words);

	if (n == 0)
		return false;
	while (words < t.to && strchr(". :)", f->w->l->blocks[t.block].text[words]) != NULL)
		words++;
	f->part = FORM_ACTIONS;
	f->action = n;
	ask(f, (struct form_text){ t.block, words < t.to ? words : t.from, t.to });
	return true;
}

static const struct form_entry *
last_entry(const struct form *f)
{
	return f->n > 0 ? f->entries[f->n - 1] : NULL;
}

static bool
read_serials(struct form *f, struct form_text t)
{
	const struct form_entry *last = last_entry(f);
	struct form_entry *e;
	char id[96] = "serial-numbers";

	if (!form_is_serials(f->w, t))
		return false;
	if (last != NULL && last->reason && last->action == f->action)
		(void)snprintf(id, sizeof(id), "%s-serial-numbers", last->id);
	else if (f->action > 0)
		(void)snprintf(id, sizeof(id), "step-%d-serial-numbers", f->action);
	e = form_entry_new(f, FORM_SERIALS, t);
	if (e != NULL)
		form_entry_name(f, e, id);
	f->reason = false;
	f->joins = NULL;
	return true;
}

static bool
begins_small(const char *s)
{
	unsigned char a = (unsigned char)s[0], b = a >= 0x80 ? (unsigned char)s[1] : 0;

	return islower(a) || (a == 0xC3 && b >= 0xA0) || (a == 0xCE && b >= 0xAC) || a == 0xCF || (a == 0xD0 && b >= 0xB0) ||
	       a == 0xD1;
}

/* The end of a sentence whose answer boxes have come before it: a row that a page has cut. */
static bool
continues(struct form *f, struct form_text t)
{
	struct form_entry *e = f->n > 0 ? f->entries[f->n - 1] : NULL;
	struct form_text b = form_trim(f->w, t);
	size_t had = e != NULL ? strlen(e->label) : 0;
	struct draft_signs more;
	char *joined;

	if (had < 20 || strchr(".?!:;", e->label[had - 1]) != NULL || !begins_small(text_of(f, b)) || e->n_options == 0 ||
	    e->block == t.block)
		return false;
	joined = fp_arena_alloc(f->w->arena, had + 1 + (b.to - b.from) + 1, 1);
	if (joined == NULL) {
		f->w->d->no_memory = true;
		return true;
	}
	(void)snprintf(joined, had + 1 + (b.to - b.from) + 1, "%s %.*s", e->label, (int)(b.to - b.from), text_of(f, b));
	e->label = joined;
	more = draft_signs_in(f->w, t.block, t.from, t.to);
	for (size_t i = 0; i < DRAFT_SIGN_WORDS; i++)
		e->about.bits[i] |= more.bits[i];
	return true;
}

static bool
is_or(const struct form *f, struct form_text t)
{
	const struct term_hit *h = draft_sign_hit(f->w, t.block, SIGN_OR, t.from, t.to);

	t = form_trim(f->w, t);
	return h != NULL && h->from <= t.from && h->to >= t.to;
}

/* ---- answers ---- */

struct answer {
	const char *id; /* "yes", "no", "not-applicable"; NULL: other words */
	struct form_text words;
};

/* The answer that the words are, or begin with when punctuation or a field comes next. */
static struct answer
answer_of(const struct form *f, struct form_text t)
{
	static const struct {
		enum draft_sign sign;
		const char *id;
	} rows[] = { { SIGN_NOT_APPLICABLE, "not-applicable" }, { SIGN_YES, "yes" }, { SIGN_NO, "no" } };
	struct form_text b = form_trim(f->w, t);
	const char *s = f->w->l->blocks[b.block].text;

	for (size_t i = 0; i < FP_COUNT(rows) && b.from < b.to; i++) {
		const struct term_hit *h = draft_sign_hit(f->w, b.block, rows[i].sign, b.from, b.from + 2);

		if (h != NULL && (h->to >= b.to || strchr(",;:(/*.", s[h->to]) != NULL))
			return (struct answer){ rows[i].id, { b.block, h->from, h->to } };
	}
	return (struct answer){ NULL, b };
}

static void
set_kind(struct form_entry *e)
{
	bool yes = false, no = false, other = false;

	for (uint32_t i = 0; i < e->n_options; i++) {
		yes = yes || strcmp(e->options[i].id, "yes") == 0;
		no = no || strcmp(e->options[i].id, "no") == 0;
		other = other || (strcmp(e->options[i].id, "yes") != 0 && strcmp(e->options[i].id, "no") != 0);
	}
	e->kind = other || !yes ? FORM_CHOICE : no ? FORM_YES_NO : FORM_YES;
}

/* "I confirm that the patch was installed" asks for installing. */
static const char *
deed_of(const struct form *f, const struct form_entry *e)
{
	for (uint32_t i = 0; i < e->n_verbs; i++)
		if (draft_sign_of(f->w, e->verbs[i]) != SIGN_DO_CHECK)
			return e->verbs[i]->id;
	return e->n_verbs > 0 ? e->verbs[0]->id : "question";
}

static void
name_question(struct form *f, struct form_entry *e)
{
	const char *id = form_statement_id(e->part, &e->about);
	char step[32];

	if (e->action > 0 && f->part == FORM_ACTIONS) {
		(void)snprintf(step, sizeof(step), "step-%d", e->action);
		form_entry_name(f, e, step);
		return;
	}
	if (e->n_options == 1 && strcmp(e->options[0].id, "not-applicable") == 0)
		id = "not-applicable";
	else if (id != NULL && f->listed && strcmp(id, "actions-performed") == 0)
		id = "all-servers-done";
	else if (id == NULL)
		id = deed_of(f, e);
	form_entry_name(f, e, id);
}

/* A box with yes, no or not applicable: it answers what was asked, and comes to its neighbours. */
static struct form_entry *
add_answer(struct form *f, struct answer a)
{
	struct form_entry *e = f->joins;
	bool fresh = e == NULL || e->reason;

	for (uint32_t i = 0; !fresh && i < e->n_options; i++)
		fresh = strcmp(e->options[i].id, a.id) == 0;
	if (fresh)
		e = form_entry_new(f, FORM_CHOICE, f->asked.to > f->asked.from ? f->asked : a.words);
	if (e == NULL || form_option_add(f, e, a.id, a.words) == NULL)
		return e;
	set_kind(e);
	e->worded = a.words.to > a.words.from;
	if (fresh)
		name_question(f, e);
	else if (strcmp(e->id, "not-applicable") == 0)
		name_question(f, e);
	f->joins = e;
	return e;
}

/* One of several things to choose from under one question. */
static struct form_entry *
add_choice(struct form *f, const char *name, const char *id, struct form_text words, bool reason)
{
	struct form_entry *e = f->joins;

	if (e == NULL || e->kind != FORM_CHOICE || e->reason != reason) {
		e = form_entry_new(f, FORM_CHOICE, f->asked.to > f->asked.from ? f->asked : words);
		if (e == NULL)
			return NULL;
		e->reason = reason;
		form_entry_name(f, e, name);
	}
	(void)form_option_add(f, e, id, words);
	f->joins = e;
	return e;
}

/* A statement with a box of its own: ticking says yes to it. */
static struct form_entry *
add_tick(struct form *f, struct form_text words, uint32_t box)
{
	struct form_entry *e = form_entry_new(f, FORM_YES, words);
	const char *reason;

	if (e == NULL)
		return NULL;
	reason = form_reason_id(&e->about);
	(void)form_option_add(f, e, "yes", (struct form_text){ words.block, box, box });
	name_question(f, e);
	if (strcmp(e->id, "question") == 0 && reason != NULL)
		form_entry_name(f, e, reason);
	f->joins = NULL;
	return e;
}

static struct form_entry *
add_same(struct form *f, struct form_text words)
{
	struct form_entry *e = form_entry_new(f, FORM_CHOICE, words);
	char id[48] = "same-devices";

	if (e == NULL)
		return NULL;
	if (f->action > 0)
		(void)snprintf(id, sizeof(id), "step-%d-same-devices", f->action);
	form_entry_name(f, e, id);
	(void)form_option_add(f, e, "same-instrument", words);
	f->joins = NULL;
	return e;
}

static bool
names_product(struct form *f, struct form_text words)
{
	const json_t *products = draft_get(f->w->d, "/products");
	const char *id = form_product_id(f, words);
	const json_t *product;
	size_t i;

	json_array_foreach(products, i, product)
	{
		const char *known = json_string_value(json_object_get(product, "id"));

		if (known != NULL && strcmp(known, id) == 0)
			return true;
	}
	return false;
}

/* Words of a box that are no plain answer. several: the line holds more boxes. */
static struct form_entry *
add_words(struct form *f, struct form_text words, uint32_t box, bool several)
{
	struct draft_signs s = draft_signs_in(f->w, words.block, words.from, words.to);
	const char *reason = form_reason_id(&s), *statement = form_statement_id(f->part, &s);
	char id[48] = "reason";

	if (reason != NULL && strcmp(reason, "same-instrument") == 0)
		return add_same(f, words);
	if (f->reason || (f->joins != NULL && f->joins->reason) || (reason != NULL && f->action > 0)) {
		if (f->action > 0)
			(void)snprintf(id, sizeof(id), "step-%d-reason", f->action);
		return add_choice(f, id, reason != NULL ? reason : "other", words, true);
	}
	if ((f->products && statement == NULL) || names_product(f, words))
		return add_choice(f, "products", form_product_id(f, words), words, false);
	if (several && statement == NULL && f->asked.to > f->asked.from && words.to - words.from <= CHOICE_MAX)
		return add_choice(f, "choice", form_product_id(f, words), words, false);
	return add_tick(f, words, box);
}

/* ---- a line with boxes ---- */

struct line {
	struct form_text t;
	struct form_box box[FORM_OPTIONS_MAX];
	uint32_t n;
	bool before; /* the words stand in front of their boxes */
};

/* "Yes [ ] No [ ]": the word of the first box ends the text in front of it. */
static struct answer
answer_at_end(const struct form *f, struct form_text t)
{
	struct form_text b = form_trim(f->w, t);
	const struct term_hit *h = f->w->hits + f->w->span[b.block].first;

	for (uint32_t i = 0; i < f->w->span[b.block].n; i++) {
		enum draft_sign a = draft_sign_of(f->w, h[i].key);

		if (h[i].to == b.to && h[i].from >= b.from && (a == SIGN_YES || a == SIGN_NO || a == SIGN_NOT_APPLICABLE))
			return (struct answer){ h[i].key->id, { b.block, h[i].from, h[i].to } };
	}
	return (struct answer){ NULL, b };
}

static struct form_text
words_of(const struct line *l, uint32_t i)
{
	uint32_t from, to;

	if (l->before) {
		from = i > 0 ? l->box[i - 1].to : l->t.from;
		to = l->box[i].from;
	} else {
		from = l->box[i].to;
		to = i + 1 < l->n ? l->box[i + 1].from : l->t.to;
	}
	return (struct form_text){ l->t.block, from, to };
}

/* What a row or a column is called: a verb that it names, a product, or its words. */
static const char *
column_id(struct form *f, struct form_text t)
{
	static const struct {
		enum draft_sign sign;
		const char *id;
	} rows[] = { { SIGN_DO_RETURN, "returned" }, { SIGN_DO_DESTROY, "destroyed" }, { SIGN_DO_QUARANTINE, "quarantined" } };
	struct draft_signs s = draft_signs_in(f->w, t.block, t.from, t.to);

	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if (draft_has(&s, rows[i].sign))
			return rows[i].id;
	return form_product_id(f, t);
}

/* A lone box takes its words from the head of its column; without one it answers yes to what its row says. */
static void
lone_box(struct form *f, struct form_text words, uint32_t box)
{
	struct answer a = { "yes", { words.block, box, box } };
	struct form_text head = f->head_table >= 0 && f->col < FORM_COLUMNS ? f->head[f->col] : (struct form_text){ 0 };

	if (f->head_table >= 0 && f->head_table == f->w->l->blocks[words.block].table && !empty(f, head)) {
		struct answer named = answer_of(f, head);

		if (named.id != NULL) {
			(void)add_answer(f, named);
			return;
		}
		(void)add_choice(f, column_id(f, f->asked), column_id(f, head), head, false);
		return;
	}
	if (f->asked.to > f->asked.from)
		(void)add_answer(f, a);
}

/* "No" right behind a box with "Yes", whatever words come next: elsewhere "No product ..." is a statement. */
static struct answer
second_answer(const struct form *f, struct form_text t)
{
	struct form_text b = form_trim(f->w, t);
	const struct term_hit *no = draft_sign_hit(f->w, b.block, SIGN_NO, b.from, b.from + 1);
	const struct form_entry *e = f->joins;

	if (no == NULL || e == NULL || e->n_options != 1 || strcmp(e->options[0].id, "yes") != 0 || !e->worded)
		return (struct answer){ NULL, b };
	return (struct answer){ "no", { b.block, no->from, no->to } };
}

static void
read_box(struct form *f, const struct line *l, uint32_t i)
{
	struct form_text words = words_of(l, i), rest = words;
	struct draft_signs s;
	struct form_entry *e;
	struct answer a;

	words.to = form_words_end(f->w, words);
	rest.from = words.to;
	if (empty(f, words)) {
		lone_box(f, words, l->box[i].from);
		return;
	}
	a = answer_of(f, words);
	if (a.id == NULL && i > 0)
		a = second_answer(f, words);
	if (a.id != NULL && a.words.to < words.to)
		rest.from = a.words.to;
	e = a.id != NULL ? add_answer(f, a) : add_words(f, words, l->box[i].from, l->n > 1);
	if (e == NULL || rest.from >= rest.to || empty(f, rest))
		return;
	/* What comes behind the last box is a field of its own; it belongs to the question. */
	/* "[ ] Yes [ ] No Next question: [ ] Yes ..." in one line. */
	if (i + 1 < l->n && a.id != NULL && draft_letters(text_of(f, rest), rest.to - rest.from) >= 8) {
		ask(f, rest);
		return;
	}
	s = draft_signs_in(f->w, rest.block, rest.from, rest.to);
	if ((draft_has(&s, SIGN_LIST_SERIALS) && read_serials(f, rest)) || form_read_fields(f, rest, e))
		return;
	(void)read_serials(f, rest);
}

/* The text in front of the first box asks, unless it is the word of that box. */
static void
read_prompt(struct form *f, struct line *l)
{
	struct form_text prompt = { l->t.block, l->t.from, l->box[0].from };

	if (l->before) {
		struct answer a = answer_at_end(f, prompt);

		if (a.id == NULL)
			return;
		prompt.to = a.words.from;
		l->t.from = a.words.from;
	}
	form_read_question(f, prompt);
}

/* "__ Yes __ No We have none": what is asked stands behind its boxes. */
static void
turn_round(struct form *f, struct line *l)
{
	struct form_text last = words_of(l, l->n - 1), front = { l->t.block, l->t.from, l->box[0].from },
			 b = form_trim(f->w, last);
	const struct term_hit *no = draft_sign_hit(f->w, b.block, SIGN_NO, b.from, b.from + 1);
	struct form_text prompt = { b.block, no != NULL ? no->to : b.to, b.to };

	if (l->n < 2 || l->before || no == NULL || !empty(f, front) ||
	    draft_letters(text_of(f, prompt), prompt.to - prompt.from) < 8 || answer_of(f, words_of(l, l->n - 2)).id == NULL ||
	    answer_of(f, last).id != NULL || form_words_end(f->w, last) < last.to)
		return;
	ask(f, prompt);
	l->t.to = no->to;
}

void
form_read_line(struct form *f, struct form_text t)
{
	struct line l = { .t = t, .n = 0 };
	size_t at = t.from;
	struct form_text tail, front;

	while (l.n < FORM_OPTIONS_MAX && form_box_next(f->w, t.block, &at, t.to, &l.box[l.n]))
		l.n++;
	if (l.n == 0) {
		form_read_text(f, t);
		return;
	}
	front = (struct form_text){ t.block, t.from, l.box[0].from };
	tail = (struct form_text){ t.block, l.box[l.n - 1].to, t.to };
	l.before = empty(f, tail) && !empty(f, front) &&
		   (answer_at_end(f, front).id != NULL || (l.n > 1 && answer_of(f, words_of(&l, 0)).id == NULL));
	if (empty(f, tail) && !empty(f, front) && !l.before) {
		(void)add_tick(f, front, l.box[0].from);
		return;
	}
	read_prompt(f, &l);
	turn_round(f, &l);
	for (uint32_t i = 0; i < l.n; i++)
		read_box(f, &l, i);
}

/* "Have you ...? Yes / No" without boxes: to be circled. */
static bool
read_circled(struct form *f, struct form_text t)
{
	struct form_text b = form_trim(f->w, t), ask_for = b;
	const char *s = f->w->l->blocks[t.block].text;
	const struct term_hit *h = draft_sign_hit(f->w, t.block, SIGN_YES, b.from, b.to);
	struct answer no;

	if (h == NULL)
		return false;
	ask_for.to = h->from;
	for (b.from = h->to; b.from < b.to && s[b.from] == ' '; b.from++)
		;
	if (b.from >= b.to || s[b.from] != '/')
		return false;
	no = answer_of(f, (struct form_text){ t.block, b.from + 1, b.to });
	if (no.id == NULL || no.words.to < b.to || (empty(f, ask_for) && f->asked.to <= f->asked.from))
		return false;
	if (!empty(f, ask_for))
		ask(f, ask_for);
	f->joins = NULL;
	(void)add_answer(f, (struct answer){ "yes", { t.block, h->from, h->to } });
	(void)add_answer(f, no);
	f->joins = NULL;
	return true;
}

void
form_read_question(struct form *f, struct form_text t)
{
	struct draft_signs s = draft_signs_in(f->w, t.block, t.from, t.to);

	if (empty(f, t) || is_or(f, t))
		return;
	if (!read_heading(f, t) && !read_trade(f, t) && !read_step(f, t))
		ask(f, t);
	f->reason = draft_has(&s, SIGN_REASON);
}

void
form_read_text(struct form *f, struct form_text t)
{
	struct draft_signs s = draft_signs_in(f->w, t.block, t.from, t.to);

	if (empty(f, t) || draft_sign_hit(f->w, t.block, SIGN_SEC_GREETING, t.from, t.from + 4) != NULL)
		return;
	if (read_circled(f, t) || read_heading(f, t) || read_trade(f, t) || read_step(f, t) || is_or(f, t))
		return;
	if (draft_has(&s, SIGN_REASON)) {
		ask(f, t);
		f->reason = true;
		return;
	}
	if ((draft_has(&s, SIGN_LIST_SERIALS) && read_serials(f, t)) || form_read_fields(f, t, NULL) || read_serials(f, t) ||
	    continues(f, t))
		return;
	ask(f, t);
	f->products = t.to - t.from < 60 && (draft_has(&s, SIGN_LABEL_PRODUCT) || draft_has(&s, SIGN_LABEL_SERVER));
}
