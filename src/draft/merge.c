/* Merging: the decisions of a person, questions, and the order of the work. */
#define _GNU_SOURCE
#include "draft/merge_int.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define DECISIONS_MAX ((size_t)1 << 20)
#define SIDES_MAX 40u

const char *
merge_text(struct merger *g, const char *fmt, ...)
{
	FP_AUTO(fp_freep) char *raw = NULL;
	char *copy;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		raw = NULL;
	va_end(ap);
	copy = raw != NULL ? fp_arena_text(g->m->arena, raw, strlen(raw)) : NULL;
	g->no_memory = g->no_memory || copy == NULL;
	return copy != NULL ? copy : "";
}

/* ---- decisions ---- */

static bool
is_key(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && strchr("._-", s[i]) == NULL)
			return false;
	return n > 0;
}

static enum fp_status
read_line(struct merger *g, const char *s, size_t n, int line, struct fp_err *err)
{
	const char *eq = memchr(s, '=', n);
	struct answer *a;
	size_t key;

	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	while (n > 0 && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	if (n == 0 || *s == '#')
		return FP_OK;
	key = eq != NULL ? (size_t)(eq - s) : n;
	while (key > 0 && (s[key - 1] == ' ' || s[key - 1] == '\t'))
		key--;
	if (eq == NULL || !is_key(s, key) || key >= sizeof(a->key))
		return fp_fail(err, FP_EINVAL,
		    "%s line %d: expected 'key = answer', a comment that starts with #, or an empty line", g->decisions_name,
		    line);
	for (size_t i = 0; i < g->n_answers; i++)
		if (strlen(g->answers[i].key) == key && memcmp(g->answers[i].key, s, key) == 0)
			return fp_fail(err, FP_EINVAL, "%s line %d: '%.*s' is answered in line %d already", g->decisions_name,
			    line, (int)key, s, g->answers[i].line);
	if (fp_grow(&g->answers, &g->cap_answers, g->n_answers + 1, sizeof(*g->answers)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	a = &g->answers[g->n_answers++];
	*a = (struct answer){ .line = line };
	memcpy(a->key, s, key);
	eq++;
	while (eq < s + n && (*eq == ' ' || *eq == '\t'))
		eq++;
	for (const char *c = eq; c < s + n; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			return fp_fail(err, FP_EINVAL, "%s line %d: the answer to '%s' holds a control character",
			    g->decisions_name, line, a->key);
	if (eq < s + n && !(s + n - eq == 1 && *eq == '?'))
		a->value = merge_text(g, "%.*s", (int)(s + n - eq), eq);
	return FP_OK;
}

enum fp_status
merge_answers_read(struct merger *g, const char *text, size_t len, const char *name, struct fp_err *err)
{
	const char *end = text + len;
	int line = 0;

	g->decisions_name = name;
	if (len > DECISIONS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s has %zu bytes; the limit is %zu", name, len, DECISIONS_MAX);
	if (len > 0 && fp_utf8_bad_at(text, len) != len)
		return fp_fail(err, FP_EINVAL, "%s is not UTF-8 text", name);
	while (text != NULL && text < end) {
		const char *next = memchr(text, '\n', (size_t)(end - text));
		size_t n = next != NULL ? (size_t)(next - text) : (size_t)(end - text);

		if (read_line(g, text, n, ++line, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		text += n + 1;
	}
	return FP_OK;
}

/* Answers that only some words or a form fit, by the end of their key. */
static const struct {
	const char *key, *words; /* NULL: a day */
} fits[] = {
	{ "issue_date", NULL },
	{ "reply.deadline", NULL },
	{ "edition", "|new|update|none|" },
	{ "authorities", "|informed|being-informed|none|" },
	{ "exploitation", "|none-reported|reported|" },
	{ ".modes", "|each|once|" },
};

static enum fp_status
check_fit(const struct merger *g, const struct answer *a, struct fp_err *err)
{
	size_t key = strlen(a->key), value = strlen(a->value);
	struct fp_date day;

	/* The products' modes are names of a maker's own. */
	for (size_t i = 0; strncmp(a->key, "products.", 9) != 0 && i < FP_COUNT(fits); i++) {
		size_t n = strlen(fits[i].key);
		const char *at = fits[i].words;

		if (key < n || strcmp(a->key + key - n, fits[i].key) != 0)
			continue;
		if (at == NULL && strcmp(a->value, "none") != 0 && fp_date_parse(&day, a->value, NULL) != FP_OK)
			return fp_fail(err, FP_EINVAL, "%s line %d: '%.40s' is no day; write it like 2026-12-31, or none",
			    g->decisions_name, a->line, a->value);
		while (at != NULL && (at = strstr(at, a->value)) != NULL && (at[-1] != '|' || at[value] != '|'))
			at++;
		if (fits[i].words != NULL && at == NULL)
			return fp_fail(err, FP_EINVAL, "%s line %d: '%.40s' does not answer '%s'; one of these does: %s",
			    g->decisions_name, a->line, a->value, a->key, fits[i].words);
	}
	return FP_OK;
}

enum fp_status
merge_answers_used(const struct merger *g, struct fp_err *err)
{
	for (size_t i = 0; i < g->n_answers; i++)
		if (!g->answers[i].used)
			return fp_fail(err, FP_EINVAL,
			    "%s line %d: nothing is called '%s' here; keys are those of the file that merging wrote",
			    g->decisions_name, g->answers[i].line, g->answers[i].key);
	for (size_t i = 0; i < g->n_answers; i++)
		if (g->answers[i].value != NULL && check_fit(g, &g->answers[i], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	return FP_OK;
}

static struct answer *
answer_of(struct merger *g, const char *key)
{
	for (size_t i = 0; i < g->n_answers; i++)
		if (strcmp(g->answers[i].key, key) == 0)
			return &g->answers[i];
	return NULL;
}

/* ---- values and questions ---- */

void
merge_value_add(struct merger *g, struct merge_values *v, const char *value, const char *where)
{
	if (value == NULL)
		return;
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->value[i], value) == 0) {
			v->where[i] = merge_text(g, "%s; %s", v->where[i], where);
			return;
		}
	if (v->n < FP_COUNT(v->value)) {
		v->value[v->n] = value;
		v->where[v->n++] = where;
	}
}

const char *
merge_where(struct merger *g, size_t side, const char *pointer)
{
	const struct draft *d = g->sides[side];
	const json_t *place = json_object_get(d->places, pointer);
	const char *file = json_string_value(draft_get(d, "/file"));
	int page = (int)json_integer_value(json_object_get(place, "page")),
	    line = (int)json_integer_value(json_object_get(place, "line"));

	file = file != NULL ? file : "-";
	if (line > 0)
		return merge_text(g, "%s line %d", file, line);
	return page > 0 ? merge_text(g, "%s page %d", file, page) : file;
}

static void
ask(struct merger *g, const char *key, const struct merge_values *v, const char *answer, bool needed, const char *about)
{
	struct merge *m = g->m;
	struct merge_question *q;

	if (fp_grow(&m->questions, &g->cap_questions, m->n_questions + 1, sizeof(*m->questions)) != 0) {
		g->no_memory = true;
		return;
	}
	q = &m->questions[m->n_questions++];
	*q = (struct merge_question){ .key = merge_text(g, "%s", key),
		.about = merge_text(g, "%s", about),
		.answer = answer,
		.needed = needed,
		.choices = fp_arena_alloc(m->arena, v->n + 1, sizeof(*q->choices)),
		.n_choices = v->n };
	if (q->choices == NULL) {
		g->no_memory = true;
		q->n_choices = 0;
	}
	for (size_t i = 0; i < q->n_choices; i++)
		/* Copied: the letters may be gone before the questions are. */
		q->choices[i] =
		    (struct merge_choice){ .value = merge_text(g, "%s", v->value[i]), .where = merge_text(g, "%s", v->where[i]) };
	m->n_open += answer == NULL;
}

const char *
merge_decide(struct merger *g, const char *key, const struct merge_values *v, bool needed, const char *about)
{
	struct answer *a = answer_of(g, key);
	const char *answer = NULL;

	if (a != NULL) {
		a->used = true;
		answer = a->value;
	}
	if (answer != NULL || v->n > 1 || (v->n == 0 && needed))
		ask(g, key, v, answer, needed, about);
	if (answer != NULL)
		return strcmp(answer, "none") == 0 ? NULL : answer;
	return v->n == 1 ? v->value[0] : NULL;
}

bool
merge_is_open(const struct merger *g, const char *key)
{
	for (size_t i = 0; i < g->m->n_questions; i++)
		if (g->m->questions[i].answer == NULL && strcmp(g->m->questions[i].key, key) == 0)
			return true;
	return false;
}

/* ---- the whole ---- */

static enum fp_status
of_one_notice(const struct merger *g, struct fp_err *err)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < i; k++) {
			const char *a = json_string_value(draft_get(g->sides[i], "/reference")),
				   *b = json_string_value(draft_get(g->sides[k], "/reference"));
			const char *x = json_string_value(draft_get(g->sides[i], "/language")),
				   *y = json_string_value(draft_get(g->sides[k], "/language"));
			const char *fa = json_string_value(draft_get(g->sides[i], "/file")),
				   *fb = json_string_value(draft_get(g->sides[k], "/file"));

			if (a != NULL && b != NULL && strcmp(a, b) != 0)
				return fp_fail(err, FP_EINVAL,
				    "not letters of one notice: the reference of %s is %s, of %s it is %s", fb, b, fa, a);
			if (x != NULL && y != NULL && strcmp(x, y) == 0)
				return fp_fail(err, FP_EINVAL,
				    "%s and %s are both in the language '%s': give one letter a language ('fieldproof notice "
				    "compare' shows how two differ)",
				    fb, fa, x);
		}
	for (size_t i = 0; i < g->n; i++)
		if (json_string_value(draft_get(g->sides[i], "/language")) == NULL)
			return fp_fail(err, FP_EINVAL, "the language of %s could not be told: its text would have no place",
			    json_string_value(draft_get(g->sides[i], "/file")));
	return FP_OK;
}

enum fp_status
draft_merge(struct merge **out, const struct draft *const *sides, size_t n, const struct term_base *t, const char *decisions,
    size_t decisions_len, const char *decisions_name, struct fp_err *err)
{
	FP_AUTO(merge_freep) struct merge *m = fp_calloc(1, sizeof(*m));
	FP_AUTO(draft_freep) struct draft *json = draft_new("notice.json");
	struct merger g = { .m = m, .sides = sides, .n = n, .t = t, .out = json };
	enum fp_status status;

	*out = NULL;
	if (n < 1 || n > SIDES_MAX)
		return fp_fail(err, FP_EINVAL, "merging takes 1 to %u letters, here are %zu", SIDES_MAX, n);
	if (m == NULL || json == NULL || (m->arena = fp_arena_new()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_object_clear(json->facts);
	status = of_one_notice(&g, err);
	if (status == FP_OK && decisions != NULL)
		status = merge_answers_read(&g, decisions, decisions_len, decisions_name, err);
	if (status == FP_OK) {
		merge_facts(&g);
		merge_texts(&g);
		/* First: what could not be made cannot be asked about either. */
		status = g.no_memory || json->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory") : merge_answers_used(&g, err);
	}
	free(g.answers);
	if (status != FP_OK)
		return status;
	m->notice = json_incref(json->facts);
	*out = m;
	m = NULL;
	return FP_OK;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	json_decref(m->notice);
	free(m->questions);
	fp_arena_free(m->arena);
	free(m);
}

void
merge_freep(struct merge **m)
{
	merge_free(*m);
	*m = NULL;
}

/* A value on one line: it may hold what a letter had. */
static void
put_line(struct fp_buf *out, const char *s)
{
	for (; *s != '\0'; s++)
		fp_buf_putc(out, (unsigned char)*s < 0x20 ? ' ' : *s);
}

enum fp_status
merge_decisions(struct fp_buf *out, const struct merge *m, struct fp_err *err)
{
	fp_buf_puts(out, "# What a person must decide before these letters are one notice. Write the answer behind the equals "
			 "sign in place of\n"
			 "# the question mark (\"none\": there is none) and merge again with the same command. Answers stay when "
			 "this file is written anew.\n");
	for (size_t i = 0; i < m->n_questions; i++) {
		const struct merge_question *q = &m->questions[i];

		fp_buf_puts(out, "\n# ");
		put_line(out, q->about);
		fp_buf_puts(out, q->needed && q->answer == NULL ? " (needed)\n" : "\n");
		for (size_t k = 0; k < q->n_choices; k++) {
			fp_buf_puts(out, "#   ");
			put_line(out, q->choices[k].value);
			fp_buf_puts(out, "\n#       ");
			put_line(out, q->choices[k].where);
			fp_buf_putc(out, '\n');
		}
		fp_buf_printf(out, "%s = ", q->key);
		put_line(out, q->answer != NULL ? q->answer : "?");
		fp_buf_putc(out, '\n');
	}
	return fp_buf_check(out, "the decisions", err);
}
