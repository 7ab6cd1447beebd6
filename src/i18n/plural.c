/*
 * The plural rule of a catalogue: one pass over the text, no tree. All branches are evaluated (they have no side effects); a division
 * by zero counts only when its branch is taken, so a value carries whether it is one.
 */
#include <string.h>

#include "i18n/mo.h"

#define DEPTH_MAX 32

struct plural {
	const char *start;
	const char *p;
	uint64_t n;
	int depth;
	bool bad; /* syntax */
};

struct value {
	uint64_t v;
	bool undefined;
};

static struct value ternary(struct plural *x);

/* Longer operators stand before their prefixes. */
static const struct operator_row {
	const char *text;
	int level; /* a higher level binds tighter */
	int op;
} operators[] = {
	{ "||", 0, '|' },
	{ "&&", 1, '&' },
	{ "==", 2, '=' },
	{ "!=", 2, '!' },
	{ "<=", 3, 'l' },
	{ ">=", 3, 'g' },
	{ "<", 3, '<' },
	{ ">", 3, '>' },
	{ "+", 4, '+' },
	{ "-", 4, '-' },
	{ "*", 5, '*' },
	{ "/", 5, '/' },
	{ "%", 5, '%' },
};
#define LEVELS 6

static void
skip_space(struct plural *x)
{
	while (*x->p == ' ' || *x->p == '\t')
		x->p++;
}

static bool
accept(struct plural *x, char c)
{
	skip_space(x);
	if (*x->p != c)
		return false;
	x->p++;
	return true;
}

static struct value
syntax_error(struct plural *x)
{
	x->bad = true;
	return (struct value){ .undefined = true };
}

static struct value
number(struct plural *x)
{
	uint64_t v = 0;

	for (int digits = 0; *x->p >= '0' && *x->p <= '9'; x->p++, digits++) {
		if (digits == 9)
			return syntax_error(x);
		v = v * 10 + (uint64_t)(*x->p - '0');
	}
	return (struct value){ .v = v };
}

static struct value
primary(struct plural *x)
{
	struct value v;

	if (x->bad || ++x->depth > DEPTH_MAX)
		return syntax_error(x);
	skip_space(x);
	if (accept(x, '!')) {
		v = primary(x);
		v.v = v.v == 0;
	} else if (accept(x, '(')) {
		v = ternary(x);
		if (!accept(x, ')'))
			v = syntax_error(x);
	} else if (accept(x, 'n')) {
		v = (struct value){ .v = x->n };
	} else if (*x->p >= '0' && *x->p <= '9') {
		v = number(x);
	} else {
		v = syntax_error(x);
	}
	x->depth--;
	return v;
}

static uint64_t
divide(char op, uint64_t a, uint64_t b)
{
	if (b == 0)
		return 0;
	return op == '/' ? a / b : a % b;
}

static struct value
apply(int op, struct value a, struct value b)
{
	struct value r = { .undefined = a.undefined || b.undefined };

	switch (op) {
	case '|':
		return (struct value){ a.v || b.v, a.undefined || (a.v == 0 && b.undefined) };
	case '&':
		return (struct value){ a.v && b.v, a.undefined || (a.v != 0 && b.undefined) };
	case '=':
		r.v = a.v == b.v;
		return r;
	case '!':
		r.v = a.v != b.v;
		return r;
	case 'l':
		r.v = a.v <= b.v;
		return r;
	case 'g':
		r.v = a.v >= b.v;
		return r;
	case '<':
		r.v = a.v < b.v;
		return r;
	case '>':
		r.v = a.v > b.v;
		return r;
	case '+':
		r.v = a.v + b.v;
		return r;
	case '-':
		r.v = a.v - b.v;
		return r;
	case '*':
		r.v = a.v * b.v;
		return r;
	default:
		r.v = divide((char)op, a.v, b.v);
		r.undefined = r.undefined || b.v == 0;
		return r;
	}
}

static const struct operator_row *
operator_at(struct plural *x, int level)
{
	skip_space(x);
	for (size_t i = 0; i < FP_COUNT(operators); i++)
		if (strncmp(x->p, operators[i].text, strlen(operators[i].text)) == 0)
			return operators[i].level == level ? &operators[i] : NULL;
	return NULL;
}

static struct value
binary(struct plural *x, int level)
{
	const struct operator_row *row;
	struct value v;

	if (level == LEVELS)
		return primary(x);
	v = binary(x, level + 1);
	while (!x->bad && (row = operator_at(x, level)) != NULL) {
		x->p += strlen(row->text);
		v = apply(row->op, v, binary(x, level + 1));
	}
	return v;
}

static struct value
ternary(struct plural *x)
{
	struct value condition, yes, no;

	if (x->bad || ++x->depth > DEPTH_MAX)
		return syntax_error(x);
	condition = binary(x, 0);
	if (!x->bad && accept(x, '?')) {
		yes = ternary(x);
		if (!accept(x, ':'))
			return syntax_error(x);
		no = ternary(x);
		if (!condition.undefined)
			condition = condition.v ? yes : no;
	}
	x->depth--;
	return condition;
}

enum fp_status
i18n_plural_eval(uint64_t *out, const char *expression, uint64_t n, struct fp_err *err)
{
	struct plural x = { .start = expression, .p = expression, .n = n };
	struct value v = ternary(&x);

	skip_space(&x);
	if (x.bad || *x.p != '\0')
		return fp_fail(
		    err, FP_EINVAL, "plural rule '%.80s': cannot read it at byte %zu", expression, (size_t)(x.p - x.start) + 1);
	if (v.undefined)
		return fp_fail(err, FP_EINVAL, "plural rule '%.80s': division by zero", expression);
	*out = v.v;
	return FP_OK;
}
