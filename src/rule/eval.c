/* Evaluation with three values. What is null, or rests on it, is unknown; it says which fact that was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "device/version.h"
#include "rule/rule_int.h"

/* ---- values ---- */

static struct rule_value
unknown(const char *fact, const char *why)
{
	return (struct rule_value){ .kind = RULE_UNKNOWN, .fact = fact, .why = why };
}

static struct rule_value
truth(bool b)
{
	return (struct rule_value){ .kind = RULE_V_BOOL, .truth = b };
}

static struct rule_value
text(const char *s)
{
	return (struct rule_value){ .kind = RULE_V_TEXT, .text = s };
}

static struct rule_value
of_json(const json_t *j, const char *fact)
{
	switch (j != NULL ? json_typeof(j) : JSON_NULL) {
	case JSON_TRUE:
	case JSON_FALSE:
		return truth(json_is_true(j));
	case JSON_INTEGER:
		return (struct rule_value){ .kind = RULE_V_INT, .number = json_integer_value(j) };
	case JSON_STRING:
		return text(json_string_value(j));
	case JSON_ARRAY:
	case JSON_OBJECT:
		return (struct rule_value){ .kind = RULE_V_JSON, .json = j };
	default:
		return unknown(fact, NULL);
	}
}

static bool
is_true(struct rule_value v)
{
	return v.kind == RULE_V_BOOL && v.truth;
}

static bool
is_false(struct rule_value v)
{
	return v.kind == RULE_V_BOOL && !v.truth;
}

/* ---- paths and parameters ---- */

static struct rule_value
let_value(struct rule_run *run, size_t i)
{
	if (!run->let_known[i]) {
		run->lets[i] = rule_eval(run, run->r->body->lets[i].node, NULL);
		run->let_known[i] = true;
	}
	return run->lets[i];
}

static struct rule_value
path_value(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	struct rule_value v;
	if (n->base == RULE_BASE_LET) {
		v = let_value(run, n->index);
		if (n->n_names == 0 || v.kind == RULE_UNKNOWN) {
			return v;
		}
		if (v.kind == RULE_ABSENT) {
			return unknown(n->fact, "there is no such entry");
		}
	} else if (n->base == RULE_BASE_ELEMENT) {
		for (size_t i = 0; i < n->up; i++) {
			frame = frame->up;
		}
		v = of_json(frame->element, n->fact);
	} else if (n->base == RULE_BASE_OTHER) {
		v = run->other != NULL ? of_json(run->other, n->fact)
				       : unknown(n->fact, "there are no facts of another boot mode");
	} else {
		v = of_json(run->facts, n->fact);
	}
	for (size_t i = 0; i < n->n_names && v.kind == RULE_V_JSON; i++) {
		const json_t *m = json_object_get(v.json, n->names[i]);
		if (m == NULL && n->in_map[i]) {
			return (struct rule_value){ .kind = RULE_ABSENT };
		}
		v = of_json(m, n->fact);
	}
	return v;
}

const char *
rule_param_value(const struct rule_run *run, size_t index)
{
	const struct rule_param *p = &run->r->params[index];
	const char *v = evidence_obs_param_get(run->obs, p->name);
	return v != NULL && v[0] != '\0' ? v : p->fallback;
}

static struct rule_value
param_value(const struct rule_run *run, size_t index)
{
	const char *v = rule_param_value(run, index);
	if (v != NULL) {
		return text(v);
	}
	struct rule_value none = unknown(run->r->params[index].name, "it is not set");
	none.param = true;
	return none;
}

static struct rule_value
mode_value(const char *mode, const char *what)
{
	return mode != NULL && mode[0] != '\0' ? text(mode) : unknown(what, "it was not said");
}

/* ---- comparing ---- */

static int
small(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static bool
same_text(const char *a, size_t len, const char *b)
{
	size_t i = 0;
	while (i < len && b[i] != '\0' && small(a[i]) == small(b[i])) {
		i++;
	}
	return i == len && b[i] == '\0';
}

static bool
equal(const struct rule_value *a, const struct rule_value *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case RULE_V_BOOL:
		return a->truth == b->truth;
	case RULE_V_INT:
		return a->number == b->number;
	default:
		return a->kind == RULE_V_TEXT && same_text(a->text, strlen(a->text), b->text);
	}
}

/* '*' any text. The last star is the only one to go back to, so the time is bounded by the product of the lengths. */
static bool
fits(const char *s, const char *shape)
{
	const char *star = NULL, *from = NULL;
	while (*s != '\0') {
		if (*shape == '*') {
			star = ++shape;
			from = s;
		} else if (*shape != '\0' && small(*shape) == small(*s)) {
			shape++;
			s++;
		} else if (star != NULL) {
			shape = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*shape == '*') {
		shape++;
	}
	return *shape == '\0';
}

static struct rule_value
version_order(const struct rule_value *a, const struct rule_value *b, bool less, const char *fact)
{
	enum device_version_order o = device_version_compare(a->text, b->text);
	return o == DEVICE_VERSION_INCOMPARABLE ? unknown(fact, "the version cannot be compared with the one asked for")
						: truth(less == (o == DEVICE_VERSION_LESS));
}

/* Both sides are there. */
static struct rule_value
compared(const struct rule_node *n, const struct rule_value *a, const struct rule_value *b)
{
	switch (n->op) {
	case RULE_OP_EQ:
		return truth(equal(a, b));
	case RULE_OP_NE:
		return truth(!equal(a, b));
	case RULE_OP_LT:
		return truth(a->number < b->number);
	case RULE_OP_LE:
		return truth(a->number <= b->number);
	case RULE_OP_GT:
		return truth(a->number > b->number);
	case RULE_OP_GE:
		return truth(a->number >= b->number);
	case RULE_OP_BIT:
		return truth(b->number >= 0 && b->number < 63 && ((uint64_t)a->number >> b->number & 1) != 0);
	case RULE_OP_VERSION_LT:
		return version_order(a, b, true, n->args[0]->fact);
	case RULE_OP_VERSION_GE:
		return version_order(a, b, false, n->args[0]->fact);
	default:
		return truth(fits(a->text, b->text));
	}
}

static struct rule_value
compare(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	struct rule_value a = rule_eval(run, n->args[0], frame), b = rule_eval(run, n->args[1], frame);
	if (a.kind == RULE_UNKNOWN || b.kind == RULE_UNKNOWN) {
		return a.kind == RULE_UNKNOWN ? a : b;
	}
	if (a.kind == RULE_ABSENT || b.kind == RULE_ABSENT) {
		return truth(n->op == RULE_OP_NE && a.kind != b.kind);
	}
	return compared(n, &a, &b);
}

/* ---- one of several ---- */

/* The next item of "a, b,c", without the blanks around it; false at the end. */
static bool
next_item(const char **p, const char **item, size_t *len)
{
	const char *s = *p;
	s += strspn(s, ", \t\r\n");
	*item = s;
	*len = strcspn(s, ",");
	*p = s + *len;
	while (*len > 0 && strchr(" \t\r\n", s[*len - 1]) != NULL) {
		--*len;
	}
	return *len > 0;
}

static bool
item_equals(const struct rule_value *a, const char *item, size_t len)
{
	char number[32];
	(void)snprintf(number, sizeof(number), "%lld", (long long)a->number);
	return a->kind == RULE_V_INT ? same_text(item, len, number) : same_text(item, len, a->text);
}

static struct rule_value
version_in(const struct rule_node *n, const struct rule_value *a, const char *list, const char *param)
{
	struct rule_value open = truth(false);
	const char *item;
	size_t len;
	while (next_item(&list, &item, &len)) {
		FP_AUTO(fp_freep) char *range = fp_strndup(item, len);
		if (range == NULL || (param != NULL && device_version_range_check(range, NULL) != FP_OK)) {
			open = unknown(param, "it is no list of versions");
			open.param = true;
			return open;
		}
		enum device_version_in in = device_version_in_range(range, a->text);
		if (in == DEVICE_VERSION_IN) {
			return truth(true);
		}
		if (in == DEVICE_VERSION_UNDECIDABLE) {
			open = unknown(n->args[0]->fact, "the version cannot be compared with the list");
		}
	}
	return open;
}

static struct rule_value
in_param(struct rule_run *run, const struct rule_node *n, const struct rule_value *a)
{
	struct rule_value list = param_value(run, n->index);
	const char *p = list.text, *item;
	size_t len;
	if (list.kind == RULE_UNKNOWN) {
		return list;
	}
	if (n->op == RULE_OP_VERSION_IN) {
		return version_in(n, a, p, run->r->params[n->index].name);
	}
	while (next_item(&p, &item, &len)) {
		if (item_equals(a, item, len)) {
			return truth(true);
		}
	}
	return truth(false);
}

static struct rule_value
one_of(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	struct rule_value a = rule_eval(run, n->args[0], frame), open = truth(false);
	if (a.kind == RULE_UNKNOWN) {
		return a;
	}
	if (a.kind == RULE_ABSENT) {
		return truth(false);
	}
	if (n->n_args == 1) {
		return in_param(run, n, &a);
	}
	for (size_t i = 1; i < n->n_args; i++) {
		struct rule_value b = rule_eval(run, n->args[i], frame);
		b = n->op == RULE_OP_VERSION_IN ? version_in(n, &a, b.text, NULL) : truth(equal(&a, &b));
		if (is_true(b)) {
			return b;
		}
		open = b.kind == RULE_UNKNOWN ? b : open;
	}
	return open;
}

/* ---- conditions and lists ---- */

/* Kleene: any false makes "and" false, any true makes "or" true, whatever else is unknown. */
static struct rule_value
and_or(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	bool ends = n->op == RULE_OP_OR;
	struct rule_value result = truth(!ends);
	for (size_t i = 0; i < n->n_args; i++) {
		struct rule_value v = rule_eval(run, n->args[i], frame);
		if (v.kind == RULE_V_BOOL && v.truth == ends) {
			return v;
		}
		if (v.kind != RULE_V_BOOL && result.kind == RULE_V_BOOL) {
			result = v.kind == RULE_UNKNOWN ? v : unknown(n->args[i]->fact, "there is no such entry");
		}
	}
	return result;
}

static struct rule_value
negated(struct rule_value v)
{
	return v.kind == RULE_V_BOOL ? truth(!v.truth) : v;
}

/* Element i for which the condition holds, what the rest says, and how often. */
struct found {
	struct rule_value open; /* the first unknown */
	const json_t *first;    /* the first true one before any unknown */
	json_int_t yes, no;
	bool any_open;
};

static void
look(struct found *f, struct rule_run *run, const json_t *list, const struct rule_node *cond, const struct rule_frame *frame)
{
	*f = (struct found){ .first = NULL };
	for (size_t i = 0; i < json_array_size(list) && !run->failed; i++) {
		struct rule_frame inner = { json_array_get(list, i), frame };
		struct rule_value v = rule_eval(run, cond, &inner);
		if (is_true(v)) {
			f->first = f->yes++ == 0 && !f->any_open ? inner.element : f->first;
		} else if (is_false(v)) {
			f->no++;
		} else if (!f->any_open) {
			f->any_open = true;
			f->open = v.kind == RULE_UNKNOWN ? v : unknown(cond->fact, "there is no such entry");
		}
	}
}

static struct rule_value
over_list(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	struct rule_value list = rule_eval(run, n->args[0], frame);
	struct found f;
	if (list.kind != RULE_V_JSON) {
		return list.kind == RULE_UNKNOWN ? list : unknown(n->args[0]->fact, "there is no such entry");
	}
	look(&f, run, list.json, n->args[1], frame);
	switch (n->op) {
	case RULE_OP_ANY:
		return f.yes > 0 || !f.any_open ? truth(f.yes > 0) : f.open;
	case RULE_OP_NONE:
		return f.yes > 0 || !f.any_open ? truth(f.yes == 0) : f.open;
	case RULE_OP_ALL:
		return f.no > 0 || !f.any_open ? truth(f.no == 0) : f.open;
	case RULE_OP_COUNT:
		return f.any_open ? f.open : (struct rule_value){ .kind = RULE_V_INT, .number = f.yes };
	default:
		/* An element that may fit stands before the one that does: which is the first is not known. */
		return f.first != NULL ? of_json(f.first, n->fact)
		       : f.any_open    ? f.open
				       : (struct rule_value){ .kind = RULE_ABSENT };
	}
}

static struct rule_value
keep(struct rule_run *run, json_t *owned, const char *fact)
{
	if (owned == NULL || json_array_append_new(run->made, owned) != 0) {
		run->failed = true;
		return unknown(fact, "out of memory");
	}
	return of_json(owned, fact);
}

static struct rule_value
zipped(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	struct rule_value a = rule_eval(run, n->args[0], frame), b = rule_eval(run, n->args[1], frame);
	if (a.kind != RULE_V_JSON || b.kind != RULE_V_JSON) {
		return a.kind != RULE_V_JSON ? a : b;
	}
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(a.json); i++) {
		json_t *right = json_array_get(b.json, i), *pair = json_object();
		bool ok = json_object_set(pair, "left", json_array_get(a.json, i)) == 0 &&
			  (right != NULL ? json_object_set(pair, "right", right)
					 : json_object_set_new(pair, "right", json_null())) == 0;
		run->steps++;
		if (json_array_append_new(list, pair) != 0 || !ok) {
			run->failed = true;
		}
	}
	return keep(run, list, n->fact);
}

static struct rule_value
joined(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 16384 };
	for (size_t i = 0; i < n->n_args; i++) {
		struct rule_value v = rule_eval(run, n->args[i], frame);
		if (v.kind != RULE_V_TEXT) {
			return v;
		}
		fp_buf_puts(&b, v.text);
	}
	return keep(run, json_string(b.data != NULL ? b.data : ""), n->fact);
}

struct rule_value
rule_eval(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame)
{
	if (++run->steps > RULE_STEPS_MAX || run->failed) {
		run->failed = true;
		return unknown(n->fact, "too much to look through");
	}
	switch (n->op) {
	case RULE_OP_PATH:
		return path_value(run, n, frame);
	case RULE_OP_LITERAL:
		return (struct rule_value){ .kind = n->type == RULE_BOOL  ? RULE_V_BOOL
						    : n->type == RULE_INT ? RULE_V_INT
									  : RULE_V_TEXT,
			.truth = n->truth,
			.number = n->number,
			.text = n->text };
	case RULE_OP_PARAM:
		return param_value(run, n->index);
	case RULE_OP_MODE:
		return mode_value(run->obs->mode, "mode");
	case RULE_OP_OTHER_MODE:
		return mode_value(evidence_obs_param_get(run->obs, RULE_P_OTHER_MODE), "other-mode");
	case RULE_OP_AND:
	case RULE_OP_OR:
		return and_or(run, n, frame);
	case RULE_OP_NOT:
		return negated(rule_eval(run, n->args[0], frame));
	case RULE_OP_IN:
	case RULE_OP_VERSION_IN:
		return one_of(run, n, frame);
	case RULE_OP_KNOWN:
		return truth(rule_eval(run, n->args[0], frame).kind > RULE_ABSENT);
	case RULE_OP_ABSENT: {
		struct rule_value v = rule_eval(run, n->args[0], frame);
		return v.kind == RULE_UNKNOWN ? v : truth(v.kind == RULE_ABSENT);
	}
	case RULE_OP_ANY:
	case RULE_OP_ALL:
	case RULE_OP_NONE:
	case RULE_OP_COUNT:
	case RULE_OP_FIRST:
		return over_list(run, n, frame);
	case RULE_OP_ZIP:
		return zipped(run, n, frame);
	case RULE_OP_JOIN:
		return joined(run, n, frame);
	default:
		return compare(run, n, frame);
	}
}
