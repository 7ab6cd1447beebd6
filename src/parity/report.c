/* The report: findings with their numbers, order, waivers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "parity/parity_int.h"

#define FINDINGS_MAX 2000u

static const struct parity_rule_row rules[] = {
	{ "copy-incomplete", PARITY_S1, "pages of this copy are missing, and with them a part that the other versions have" },
	{ "form-part-missing", PARITY_S1, "a part of the reply form stands in some versions only" },
	{ "action-missing", PARITY_S1, "the versions have different numbers of steps" },
	{ "step-verb", PARITY_S1, "the running text of a step asks for different things" },
	{ "obligation", PARITY_S1, "the versions oblige differently" },
	{ "false-friend", PARITY_S1, "a word that first means something else in its language" },
	{ "term", PARITY_S1, "the versions use words that mean different things" },
	{ "concept-missing", PARITY_S1, "something is said in some versions only" },
	{ "section-missing", PARITY_S1, "a section stands in some versions only" },
	{ "fact", PARITY_S2, "a fact differs" },
	{ "product", PARITY_S1, "the affected products differ" },
	{ "number", PARITY_S2, "a number or code stands in some versions only" },
	{ "link", PARITY_S2, "an address stands in some versions only" },
	{ "email-damaged", PARITY_S2, "an e-mail address is damaged" },
	{ "date-mask", PARITY_S2, "the form asks for the date in different ways" },
	{ "form-field", PARITY_S2, "a field of the form stands in some versions only" },
	{ "form-option", PARITY_S2, "a field of the form offers different answers" },
	{ "page-id-lost", PARITY_S2, "a page lost its number or identification" },
	{ "pages", PARITY_S2, "the versions state different numbers of pages" },
	{ "block-one-language", PARITY_S2, "a statement stands in some versions only" },
	{ "language-code", PARITY_S2, "the printed language code is none" },
	{ "two-words", PARITY_S2, "one thing has two names in one version" },
	{ "spelling", PARITY_S3, "a product's name is spelled differently" },
};

const struct parity_rule_row *
parity_rules(size_t *n)
{
	*n = FP_COUNT(rules);
	return rules;
}

const char *
parity_severity_name(enum parity_severity s)
{
	static const char *const names[] = { [PARITY_S1] = "S1", [PARITY_S2] = "S2", [PARITY_S3] = "S3" };

	return names[s];
}

const char *
parity_text(struct parity *p, const char *fmt, ...)
{
	char raw[4096];
	char *copy;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	raw[fp_utf8_bad_at(raw, strlen(raw))] = '\0';
	copy = fp_arena_text(p->arena, raw, strlen(raw));
	p->no_memory = p->no_memory || copy == NULL;
	return copy != NULL ? copy : "";
}

static const struct parity_rule_row *
rule_of(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(rules); i++)
		if (strcmp(rules[i].code, code) == 0)
			return &rules[i];
	abort(); /* a rule that has no row would have no severity: found by the first test that meets it */
}

struct parity_finding *
parity_add(struct parity *p, const char *code, int severity, enum parity_by by, const char *subject, const char *fmt, ...)
{
	const struct parity_rule_row *rule = rule_of(code);
	struct parity_finding *f;
	char raw[2048];
	va_list ap;

	if (p->no_memory || p->r->n_findings >= FINDINGS_MAX)
		return NULL;
	if (fp_grow(&p->r->findings, &p->cap_findings, p->r->n_findings + 1u, sizeof(*f)) != 0) {
		p->no_memory = true;
		return NULL;
	}
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	f = &p->r->findings[p->r->n_findings++];
	*f = (struct parity_finding){ .code = rule->code,
		.severity = severity < 0 ? rule->severity : (enum parity_severity)severity,
		.by = by,
		.subject = parity_text(p, "%s", subject),
		.message = parity_text(p, "%s", raw),
		.spots = fp_arena_alloc(p->arena, p->n, sizeof(*f->spots)) };
	p->no_memory = p->no_memory || f->spots == NULL;
	return p->no_memory ? NULL : f;
}

void
parity_spot(
    struct parity *p, struct parity_finding *f, uint32_t side, int32_t block, uint32_t from, uint32_t len, const char *value)
{
	struct parity_spot *s;

	if (f == NULL || f->n_spots >= p->n)
		return;
	s = &f->spots[f->n_spots++];
	*s = (struct parity_spot){ .side = side,
		.block = block,
		.from = from,
		.len = len,
		.value = value != NULL ? parity_text(p, "%s", value) : NULL };
	if (block >= 0)
		s->place = letter_place_at(&p->side[side].l->blocks[block], from);
}

/* The number covers what a waiver was given for: the rule, the subject, what each side says and the text it says it in. */
static void
number(struct parity *p, struct parity_finding *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	uint8_t hash[32];

	fp_buf_printf(&b, "%s\n%s\n", f->code, f->subject);
	for (uint32_t i = 0; i < f->n_spots; i++) {
		const struct parity_spot *s = &f->spots[i];
		const struct side *side = &p->side[s->side];

		fp_buf_printf(&b, "%s=%s\n", side->lang != NULL ? side->lang->tag : "?", s->value != NULL ? s->value : "");
		if (s->block >= 0)
			fp_buf_add(&b, side->l->blocks[s->block].text, side->l->blocks[s->block].len);
		fp_buf_putc(&b, '\n');
	}
	p->no_memory = p->no_memory || b.failed != FP_OK;
	crypto_sha256(hash, b.data, b.len);
	for (size_t i = 0; i < 8; i++)
		(void)snprintf(f->id + 2 * i, 3, "%02x", hash[i]);
}

static bool
waived(const struct parity_options *o, const char *id)
{
	for (size_t i = 0; o != NULL && i < o->n_waivers; i++) {
		if (strcmp(o->waivers[i].id, id) == 0 && fp_date_compare(o->today, o->waivers[i].until) <= 0)
			return true;
	}
	return false;
}

static int
by_weight(const void *a, const void *b)
{
	const struct parity_finding *x = a, *y = b;
	int32_t xb = x->n_spots > 0 ? x->spots[0].block : -1, yb = y->n_spots > 0 ? y->spots[0].block : -1;

	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	if (xb != yb)
		return xb < yb ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Two rules may come to the same from two sides: once is enough. */
static void
drop_doubles(struct parity_report *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_findings; i++) {
		bool known = false;

		for (uint32_t k = 0; k < n && !known; k++)
			known = strcmp(r->findings[k].id, r->findings[i].id) == 0;
		if (!known)
			r->findings[n++] = r->findings[i];
	}
	r->n_findings = n;
}

static enum fp_status
same_notice(const struct draft *const *sides, size_t n, struct fp_err *err)
{
	static const char *const keys[] = { "/reference", "/document_number" };

	for (size_t k = 0; k < FP_COUNT(keys); k++)
		for (size_t i = 1; i < n; i++) {
			const char *a = json_string_value(draft_get(sides[0], keys[k])),
				   *b = json_string_value(draft_get(sides[i], keys[k]));

			if (a != NULL && b != NULL && strcmp(a, b) != 0)
				return fp_fail(err, FP_EINVAL,
				    "not versions of one notice: %s of %s is %s, of %s it is %s; compare letters of the same "
				    "notice",
				    keys[k] + 1, json_string_value(draft_get(sides[0], "/file")), a,
				    json_string_value(draft_get(sides[i], "/file")), b);
		}
	return FP_OK;
}

static enum fp_status
names_of(struct parity *p, struct fp_err *err)
{
	p->r->names = fp_arena_alloc(p->arena, p->n, sizeof(*p->r->names));
	p->r->languages = fp_arena_alloc(p->arena, p->n, sizeof(*p->r->languages));
	p->side = fp_arena_alloc(p->arena, p->n, sizeof(*p->side));
	if (p->r->names == NULL || p->r->languages == NULL || p->side == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return FP_OK;
}

/* The last part of each path is enough where no two are alike. */
static void
shorten(struct parity_report *r)
{
	const char *last[PARITY_SIDES_MAX];

	for (uint32_t i = 0; i < r->n_sides; i++) {
		const char *slash = strrchr(r->names[i], '/');

		last[i] = slash != NULL && slash[1] != '\0' ? slash + 1 : r->names[i];
		for (uint32_t k = 0; k < i; k++)
			if (strcmp(last[k], last[i]) == 0)
				return;
	}
	memcpy(r->names, last, r->n_sides * sizeof(*r->names));
}

enum fp_status
parity_compare(struct parity_report **out, const struct draft *const *sides, size_t n, const struct term_base *t,
    const struct parity_options *o, struct fp_err *err)
{
	FP_AUTO(parity_freep) struct parity_report *r = fp_calloc(1, sizeof(*r));
	struct parity p = { .r = r, .n = (uint32_t)n, .t = t, .o = o };

	*out = NULL;
	if (n < 2 || n > PARITY_SIDES_MAX)
		return fp_fail(err, FP_EINVAL, "comparing takes 2 to %u language versions, here are %zu", PARITY_SIDES_MAX, n);
	if (r == NULL || (r->arena = p.arena = fp_arena_new()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	r->n_sides = p.n;
	if (same_notice(sides, n, err) != FP_OK || names_of(&p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (uint32_t i = 0; i < p.n; i++) {
		const char *file = json_string_value(draft_get(sides[i], "/file"));

		if (side_open(&p.side[i], &p, sides[i], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		r->names[i] = parity_text(&p, "%s", file != NULL ? file : "-");
		r->languages[i] = p.side[i].lang != NULL ? p.side[i].lang->tag : NULL;
	}
	shorten(r);
	if (parity_align(&p, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	parity_rules_pages(&p);
	parity_rules_facts(&p);
	parity_rules_form(&p);
	parity_rules_tokens(&p);
	parity_rules_terms(&p);
	for (uint32_t i = 0; i < r->n_findings; i++) {
		number(&p, &r->findings[i]);
		r->findings[i].waived = waived(o, r->findings[i].id);
	}
	if (p.no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	drop_doubles(r);
	if (r->n_findings > 1)
		qsort(r->findings, r->n_findings, sizeof(*r->findings), by_weight);
	*out = r;
	r = NULL;
	return FP_OK;
}

void
parity_free(struct parity_report *r)
{
	if (r == NULL)
		return;
	free(r->findings);
	fp_arena_free(r->arena);
	free(r);
}

void
parity_freep(struct parity_report **r)
{
	parity_free(*r);
	*r = NULL;
}

size_t
parity_open(const struct parity_report *r, enum parity_severity s)
{
	size_t n = 0;

	for (uint32_t i = 0; i < r->n_findings; i++)
		n += r->findings[i].severity == s && !r->findings[i].waived;
	return n;
}

/* ---- sets of words ---- */

bool
words_has(const struct words *w, const char *item)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->item[i], item) == 0)
			return true;
	return false;
}

bool
words_add(struct words *w, const char *item, uint32_t block, uint32_t from, uint32_t len)
{
	size_t i = w->n;

	if (words_has(w, item) || w->n >= WORDS_MAX)
		return false;
	while (i > 0 && strcmp(w->item[i - 1], item) > 0) {
		w->item[i] = w->item[i - 1];
		w->block[i] = w->block[i - 1];
		w->from[i] = w->from[i - 1];
		w->len[i] = w->len[i - 1];
		i--;
	}
	w->item[i] = item;
	w->block[i] = block;
	w->from[i] = from;
	w->len[i] = len;
	w->n++;
	return true;
}

bool
words_equal(const struct words *a, const struct words *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->item[i], b->item[i]) != 0)
			return false;
	return true;
}

const char *
words_join(struct parity *p, const struct words *w)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4000 };

	if (w->n == 0)
		return NULL;
	for (size_t i = 0; i < w->n; i++)
		fp_buf_printf(&b, "%s%s", i > 0 ? ", " : "", w->item[i]);
	return b.failed == FP_OK ? parity_text(p, "%s", b.data) : "";
}
