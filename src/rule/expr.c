/* Expressions: JSON into a typed tree. What cannot be evaluated is found here, with its place: an unknown operator, a fact that no collector writes, a text compared with a number. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rule/rule_int.h"

#define PLACE 200

enum fp_status
rule_wrong(const struct rule_reader *rd, const char *place, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fp_fail(rd->err, FP_EINVAL, "%.200s: %s%s%s", rd->name, place, place[0] != '\0' ? ": " : "", text);
}

static enum fp_status
too_much(const struct rule_reader *rd, const char *place, const char *what, int limit)
{
	return fp_fail(rd->err, FP_ELIMIT, "%.200s: %s: %s; the limit is %d", rd->name, place, what, limit);
}

void *
rule_alloc(struct rule_reader *rd, size_t count, size_t size)
{
	void *p = fp_arena_alloc(rd->b->arena, count > 0 ? count : 1, size);
	if (p == NULL) {
		(void)fp_fail(rd->err, FP_ENOMEM, "out of memory reading '%.200s'", rd->name);
	}
	return p;
}

const char *
rule_copy(struct rule_reader *rd, const char *text, size_t len)
{
	const char *p = fp_arena_text(rd->b->arena, text, len);
	if (p == NULL) {
		(void)fp_fail(rd->err, FP_ENOMEM, "out of memory reading '%.200s'", rd->name);
	}
	return p;
}

static const char *const type_words[] = {
	[RULE_BOOL] = "a condition",
	[RULE_INT] = "a whole number",
	[RULE_TEXT] = "a text",
	[RULE_LIST] = "a list",
	[RULE_OBJECT] = "an object",
};

static enum rule_type
type_of(const struct facts_shape *s)
{
	switch (s->type) {
	case FACTS_BOOL:
		return RULE_BOOL;
	case FACTS_INT:
		return RULE_INT;
	case FACTS_LIST:
		return RULE_LIST;
	case FACTS_OBJECT:
	case FACTS_MAP:
		return RULE_OBJECT;
	default:
		return RULE_TEXT;
	}
}

/* What a node keeps of a shape: of a list that of its elements. */
static void
set_shape(struct rule_node *n, const struct facts_shape *s)
{
	n->type = type_of(s);
	n->shape = s->type == FACTS_LIST ? s->of : s;
}

static enum fp_status
new_node(struct rule_node **out, struct rule_reader *rd, enum rule_op op, enum rule_type type, const char *place)
{
	if (++rd->b->n_nodes > RULE_NODES_MAX) {
		return too_much(rd, place, "too many operators and values in one file", RULE_NODES_MAX);
	}
	*out = rule_alloc(rd, 1, sizeof(**out));
	if (*out == NULL) {
		return FP_ENOMEM;
	}
	(*out)->op = op;
	(*out)->type = type;
	(*out)->fact = "";
	return FP_OK;
}

/* ---- paths ---- */

static enum fp_status
note_root(struct rule_reader *rd, const char *name)
{
	struct rule_body *b = rd->b;
	for (size_t i = 0; i < b->n_roots; i++) {
		if (strcmp(b->roots[i], name) == 0) {
			return FP_OK;
		}
	}
	if (b->n_roots == FP_COUNT(b->roots)) {
		return fp_fail(rd->err, FP_ELIMIT, "%.200s: it reads too many members of the facts", rd->name);
	}
	b->roots[b->n_roots++] = name;
	return FP_OK;
}

/* "services" and "sid" to "services.sid". */
static const char *
join_fact(struct rule_reader *rd, const char *outer, const char *rest)
{
	char text[PLACE];
	int n = snprintf(text, sizeof(text), "%s%s%s", outer, outer[0] != '\0' && rest[0] != '\0' ? "." : "", rest);
	return rule_copy(rd, text, n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

/* The names behind the base, each a member of what stands before it. */
static enum fp_status
walk(struct rule_node *n, struct rule_reader *rd, const struct facts_shape *at, const char *rest, const char *place)
{
	size_t count = 1;
	for (const char *p = rest; *p != '\0'; p++) {
		count += *p == '.';
	}
	n->names = rule_alloc(rd, count, sizeof(*n->names));
	n->in_map = rule_alloc(rd, count, sizeof(*n->in_map));
	if (n->names == NULL || n->in_map == NULL) {
		return FP_ENOMEM;
	}
	for (const char *p = rest; *p != '\0';) {
		size_t len = strcspn(p, ".");
		const struct facts_shape *m = at != NULL ? facts_shape_member(at, p, len) : NULL;
		if (m == NULL || len == 0) {
			return rule_wrong(rd, place, "there is no fact '%.*s' in '%.80s'%s", (int)(len > 60 ? 60 : len), p,
			    n->fact[0] != '\0' ? n->fact : "facts",
			    at != NULL && at->type == FACTS_LIST
				? ", which is a list: look into it with any, all, none, count or first"
				: "");
		}
		n->in_map[n->n_names] = at->type == FACTS_MAP;
		if ((n->names[n->n_names++] = rule_copy(rd, p, len)) == NULL) {
			return FP_ENOMEM;
		}
		at = m;
		p += len;
		if (*p == '.' && *++p == '\0') {
			return rule_wrong(rd, place, "the path ends with a dot");
		}
	}
	if (at != NULL) {
		set_shape(n, at);
	}
	n->fact = join_fact(rd, n->fact, rest);
	return n->fact != NULL ? FP_OK : FP_ENOMEM;
}

static enum fp_status read_let(struct rule_reader *rd, size_t i);

static enum fp_status
let_path(struct rule_node *n, struct rule_reader *rd, const char *text, const char *place)
{
	size_t len = strcspn(text + 1, "."), i = 0;
	struct rule_body *b = rd->b;
	while (i < b->n_lets && (strlen(b->lets[i].name) != len || memcmp(b->lets[i].name, text + 1, len) != 0)) {
		i++;
	}
	if (i == b->n_lets) {
		return rule_wrong(rd, place, "'$%.*s' is not among the names of 'let'", (int)(len > 60 ? 60 : len), text + 1);
	}
	if (b->lets[i].state == 1) {
		return rule_wrong(rd, place, "'$%s' rests on itself", b->lets[i].name);
	}
	enum fp_status st = b->lets[i].state == 0 ? read_let(rd, i) : FP_OK;
	if (st != FP_OK) {
		return st;
	}
	const struct rule_node *v = b->lets[i].node;
	const char *rest = text + 1 + len;
	n->base = RULE_BASE_LET;
	n->index = i;
	n->fact = v->fact;
	if (*rest == '.') {
		return walk(n, rd, v->type == RULE_OBJECT ? v->shape : NULL, rest + 1, place);
	}
	n->type = v->type;
	n->shape = v->shape;
	return FP_OK;
}

static enum fp_status
element_path(struct rule_node *n, struct rule_reader *rd, const char *text, const struct rule_scope *scope, const char *place)
{
	size_t dots = strspn(text, ".");
	for (n->up = 0; scope != NULL && n->up + 1 < dots; n->up++) {
		scope = scope->up;
	}
	if (scope == NULL) {
		return rule_wrong(rd, place, "'%.60s' asks for an element, but does not stand in that many lists", text);
	}
	n->base = RULE_BASE_ELEMENT;
	n->fact = scope->fact;
	return walk(n, rd, scope->element, text + dots, place);
}

static enum fp_status
root_path(struct rule_node *n, struct rule_reader *rd, const char *text, bool other, const char *place)
{
	n->base = other ? RULE_BASE_OTHER : RULE_BASE_FACTS;
	if (text[0] == '\0') {
		return rule_wrong(rd, place, "the path is empty");
	}
	enum fp_status st = walk(n, rd, facts_shape(), text, place);
	return st == FP_OK ? note_root(rd, n->names[0]) : st;
}

static enum fp_status
path(const struct rule_node **out, struct rule_reader *rd, const char *text, const struct rule_scope *scope, const char *place)
{
	struct rule_node *n;
	enum fp_status st = new_node(&n, rd, RULE_OP_PATH, RULE_OBJECT, place);
	if (st == FP_OK) {
		st = text[0] == '$'   ? let_path(n, rd, text, place)
		     : text[0] == '.' ? element_path(n, rd, text, scope, place)
				      : root_path(n, rd, text, false, place);
	}
	*out = n;
	return st;
}

/* ---- literals and parameters ---- */

static enum fp_status
literal(const struct rule_node **out, struct rule_reader *rd, const json_t *j, const char *place)
{
	struct rule_node *n;
	enum rule_type t = json_is_boolean(j) ? RULE_BOOL : json_is_integer(j) ? RULE_INT : RULE_TEXT;
	if (!json_is_boolean(j) && !json_is_integer(j) && !json_is_string(j)) {
		return rule_wrong(rd, place, "must be a text, a whole number, true or false");
	}
	enum fp_status st = new_node(&n, rd, RULE_OP_LITERAL, t, place);
	if (st == FP_OK) {
		n->truth = json_is_true(j);
		n->number = json_integer_value(j);
		n->text = json_string_value(j);
		*out = n;
	}
	return st;
}

static enum fp_status
param_index(size_t *out, struct rule_reader *rd, const json_t *j, const char *place)
{
	const char *name = json_string_value(j);
	for (*out = 0; name != NULL && *out < rd->r->n_params; ++*out) {
		if (strcmp(rd->r->params[*out].name, name) == 0) {
			return FP_OK;
		}
	}
	return rule_wrong(rd, place, "'%.60s' is not among the names of 'params'", name != NULL ? name : "");
}

static enum fp_status
param(struct rule_node *n, struct rule_reader *rd, const json_t *j, const char *place)
{
	enum fp_status st = param_index(&n->index, rd, json_array_get(j, 1), place);
	if (st == FP_OK) {
		n->fact = rd->r->params[n->index].name;
	}
	return st;
}

/* ---- operators ---- */

enum takes {
	NOTHING,
	CONDITION,  /* a condition */
	CONDITIONS, /* one or more, to the end */
	LEFT,       /* any value; a text is a path */
	RIGHT,      /* any value; a text is a literal unless it begins with '$' or '.' */
	RIGHTS,     /* one or more texts, to the end */
	A_LIST,
	FOR_EACH, /* a condition over the elements of the list before it */
	ONE_OF,   /* a list of literals, or ["list", NAME] */
	RAW       /* read by the operator itself */
};

static const struct op_row {
	const char *name;
	enum rule_op op;
	int type;       /* what it gives; -1: its own reader says */
	int takes_type; /* of LEFT and RIGHT; -1: any scalar, the same on both sides */
	enum takes takes[2];
	int flips; /* -1: negates what stands in it; 1: not; 0: "known" may not stand in it */
} ops[] = {
	{ "and", RULE_OP_AND, RULE_BOOL, 0, { CONDITIONS, NOTHING }, 1 },
	{ "or", RULE_OP_OR, RULE_BOOL, 0, { CONDITIONS, NOTHING }, 1 },
	{ "not", RULE_OP_NOT, RULE_BOOL, 0, { CONDITION, NOTHING }, -1 },
	{ "eq", RULE_OP_EQ, RULE_BOOL, -1, { LEFT, RIGHT }, 0 },
	{ "ne", RULE_OP_NE, RULE_BOOL, -1, { LEFT, RIGHT }, 0 },
	{ "lt", RULE_OP_LT, RULE_BOOL, RULE_INT, { LEFT, RIGHT }, 0 },
	{ "le", RULE_OP_LE, RULE_BOOL, RULE_INT, { LEFT, RIGHT }, 0 },
	{ "gt", RULE_OP_GT, RULE_BOOL, RULE_INT, { LEFT, RIGHT }, 0 },
	{ "ge", RULE_OP_GE, RULE_BOOL, RULE_INT, { LEFT, RIGHT }, 0 },
	{ "in", RULE_OP_IN, RULE_BOOL, -1, { LEFT, ONE_OF }, 0 },
	{ "version-lt", RULE_OP_VERSION_LT, RULE_BOOL, RULE_TEXT, { LEFT, RIGHT }, 0 },
	{ "version-ge", RULE_OP_VERSION_GE, RULE_BOOL, RULE_TEXT, { LEFT, RIGHT }, 0 },
	{ "version-in", RULE_OP_VERSION_IN, RULE_BOOL, RULE_TEXT, { LEFT, ONE_OF }, 0 },
	{ "matches", RULE_OP_MATCHES, RULE_BOOL, RULE_TEXT, { LEFT, RIGHT }, 0 },
	{ "join", RULE_OP_JOIN, RULE_TEXT, RULE_TEXT, { RIGHTS, NOTHING }, 0 },
	{ "bit", RULE_OP_BIT, RULE_BOOL, RULE_INT, { LEFT, RIGHT }, 0 },
	{ "known", RULE_OP_KNOWN, RULE_BOOL, -2, { LEFT, NOTHING }, 0 },
	{ "absent", RULE_OP_ABSENT, RULE_BOOL, -2, { LEFT, NOTHING }, 0 },
	{ "any", RULE_OP_ANY, RULE_BOOL, 0, { A_LIST, FOR_EACH }, 1 },
	{ "all", RULE_OP_ALL, RULE_BOOL, 0, { A_LIST, FOR_EACH }, 1 },
	{ "none", RULE_OP_NONE, RULE_BOOL, 0, { A_LIST, FOR_EACH }, -1 },
	{ "count", RULE_OP_COUNT, RULE_INT, 0, { A_LIST, FOR_EACH }, 0 },
	{ "first", RULE_OP_FIRST, RULE_OBJECT, 0, { A_LIST, FOR_EACH }, 0 },
	{ "zip", RULE_OP_ZIP, RULE_LIST, 0, { A_LIST, A_LIST }, 0 },
	{ "text", RULE_OP_LITERAL, -1, 0, { RAW, NOTHING }, 0 },
	{ "path", RULE_OP_PATH, -1, 0, { RAW, NOTHING }, 0 },
	{ "other", RULE_OP_PATH, -1, 0, { RAW, NOTHING }, 0 },
	{ "param", RULE_OP_PARAM, -1, 0, { RAW, NOTHING }, 0 },
	{ "mode", RULE_OP_MODE, RULE_TEXT, 0, { NOTHING, NOTHING }, 0 },
	{ "other-mode", RULE_OP_OTHER_MODE, RULE_TEXT, 0, { NOTHING, NOTHING }, 0 },
};

static const struct op_row *
find_op(struct rule_reader *rd, const json_t *j, const char *place)
{
	const char *name = json_string_value(json_array_get(j, 0));
	char known[400] = "";
	size_t at = 0;
	for (size_t i = 0; name != NULL && i < FP_COUNT(ops); i++) {
		if (strcmp(ops[i].name, name) == 0) {
			return &ops[i];
		}
	}
	for (size_t i = 0; i < FP_COUNT(ops); i++) {
		int n = snprintf(known + at, sizeof(known) - at, "%s%s", i > 0 ? ", " : "", ops[i].name);
		at += n > 0 && (size_t)n < sizeof(known) - at ? (size_t)n : 0;
	}
	(void)rule_wrong(rd, place, "unknown operator '%.60s'; known: %s", name != NULL ? name : "", known);
	return NULL;
}

/* "text", "path", "other", "param": one text that they read themselves. */
static enum fp_status
raw(const struct rule_node **out, struct rule_reader *rd, const struct op_row *op, const json_t *j,
    const struct rule_scope *scope, const char *place)
{
	const json_t *arg = json_array_get(j, 1);
	struct rule_node *n;
	if (!json_is_string(arg) || json_array_size(j) != 2) {
		return rule_wrong(rd, place, "'%s' takes one text", op->name);
	}
	if (strcmp(op->name, "text") == 0) {
		return literal(out, rd, arg, place);
	}
	if (strcmp(op->name, "path") == 0) {
		return path(out, rd, json_string_value(arg), scope, place);
	}
	enum fp_status st = new_node(&n, rd, op->op, RULE_TEXT, place);
	if (st == FP_OK && op->op == RULE_OP_PARAM) {
		st = param(n, rd, j, place);
	} else if (st == FP_OK && !rd->r->across_modes) {
		st = rule_wrong(rd, place, "'other' needs \"across_modes\": true");
	} else if (st == FP_OK) {
		st = root_path(n, rd, json_string_value(arg), true, place);
	}
	*out = n;
	return st;
}

/* What a word can be: a literal beside it that is none of them is a slip, and would never be equal. */
static enum fp_status
one_of_words(struct rule_reader *rd, const struct rule_node *left, const struct rule_node *right, const char *place)
{
	size_t i = 0;
	if (left->op != RULE_OP_PATH || left->type != RULE_TEXT || left->shape == NULL || left->shape->type != FACTS_WORD ||
	    right->op != RULE_OP_LITERAL) {
		return FP_OK;
	}
	while (left->shape->words[i] != NULL && strcmp(left->shape->words[i], right->text) != 0) {
		i++;
	}
	return left->shape->words[i] != NULL ? FP_OK
					     : rule_wrong(rd, place, "'%.60s' is never a value of '%s'", right->text, left->fact);
}

static enum fp_status
same_type(struct rule_reader *rd, const struct op_row *op, const struct rule_node *left, const struct rule_node *right,
    const char *place)
{
	enum rule_type want = op->takes_type >= 0 ? (enum rule_type)op->takes_type : left->type;
	if (op->takes_type == -2) {
		return FP_OK;
	}
	if (left->type == RULE_LIST || left->type == RULE_OBJECT || left->type != want) {
		return rule_wrong(rd, place, "the left side of '%s' is %s", op->name, type_words[left->type]);
	}
	if (right == NULL) {
		return FP_OK;
	}
	if (right->type != want) {
		return rule_wrong(
		    rd, place, "'%s' compares %s with %s", op->name, type_words[left->type], type_words[right->type]);
	}
	return one_of_words(rd, left, right, place);
}

static enum fp_status
right_side(
    const struct rule_node **out, struct rule_reader *rd, const json_t *j, const struct rule_scope *scope, const char *place)
{
	const char *text = json_string_value(j);
	return text != NULL && text[0] != '$' && text[0] != '.' ? literal(out, rd, j, place)
								: rule_expr(out, rd, j, -1, scope, place);
}

/* args[1..]: the literals; none when it is the operator's list, whose parameter is index. */
static enum fp_status
one_of(struct rule_node *n, struct rule_reader *rd, const struct op_row *op, const json_t *j, const char *place)
{
	const char *head = json_string_value(json_array_get(j, 0));
	size_t count = json_array_size(j);
	if (!json_is_array(j) || count == 0) {
		return rule_wrong(rd, place, "the right side of '%s' must be a list of values or [\"list\", NAME]", op->name);
	}
	if (head != NULL && strcmp(head, "list") == 0 && count == 2) {
		return n->args[0]->type == RULE_BOOL ? rule_wrong(rd, place, "the left side is a condition")
						     : param_index(&n->index, rd, json_array_get(j, 1), place);
	}
	if (count > RULE_LIST_MAX) {
		return too_much(rd, place, "too many values", RULE_LIST_MAX);
	}
	const struct rule_node **args = rule_alloc(rd, count + 1, sizeof(*args));
	if (args == NULL) {
		return FP_ENOMEM;
	}
	args[0] = n->args[0];
	for (size_t i = 0; i < count; i++) {
		enum fp_status st = literal(&args[i + 1], rd, json_array_get(j, i), place);
		st = st == FP_OK ? same_type(rd, op, args[0], args[i + 1], place) : st;
		if (st != FP_OK) {
			return st;
		}
	}
	n->args = args;
	n->n_args = count + 1;
	return FP_OK;
}

static enum fp_status
for_each(const struct rule_node **out, struct rule_reader *rd, const json_t *j, const struct rule_node *list,
    const struct rule_scope *scope, const char *place)
{
	struct rule_scope inner = { list->shape, list->fact, scope };
	return rule_expr(out, rd, j, RULE_BOOL, &inner, place);
}

/* The elements of two lists side by side: an object with left and right, right null where the second list is shorter. */
static enum fp_status
zipped(struct rule_node *n, struct rule_reader *rd, const char *place)
{
	struct facts_shape *members = rule_alloc(rd, 3, sizeof(*members)), *element = rule_alloc(rd, 1, sizeof(*element));
	if (members == NULL || element == NULL) {
		return FP_ENOMEM;
	}
	if (n->args[0]->shape == NULL || n->args[1]->shape == NULL) {
		return rule_wrong(rd, place, "'zip' needs two lists of the facts");
	}
	members[0] = *n->args[0]->shape;
	members[0].name = "left";
	members[1] = *n->args[1]->shape;
	members[1].name = "right";
	*element = (struct facts_shape){ .name = "", .type = FACTS_OBJECT, .of = members };
	n->shape = element;
	return FP_OK;
}

/* Argument i, as the operator's row says. */
static enum fp_status
argument(struct rule_node *n, struct rule_reader *rd, const struct op_row *op, const json_t *j, size_t i, enum takes takes,
    const struct rule_scope *scope, const char *place)
{
	const json_t *arg = json_array_get(j, i + 1);
	char at[PLACE];
	(void)snprintf(at, sizeof(at), "%.150s[%zu]", place, i + 1);
	switch (takes) {
	case CONDITION:
	case CONDITIONS:
		return rule_expr(&n->args[i], rd, arg, RULE_BOOL, scope, at);
	case LEFT:
		return rule_expr(&n->args[i], rd, arg, -1, scope, at);
	case RIGHT:
	case RIGHTS: {
		enum fp_status st = right_side(&n->args[i], rd, arg, scope, at);
		return st == FP_OK ? same_type(rd, op, n->args[takes == RIGHTS ? i : 0], n->args[i], at) : st;
	}
	case A_LIST:
		return rule_expr(&n->args[i], rd, arg, RULE_LIST, scope, at);
	case FOR_EACH:
		return for_each(&n->args[i], rd, arg, n->args[0], scope, at);
	case ONE_OF:
		n->n_args = 1;
		return one_of(n, rd, op, arg, at);
	default:
		return FP_OK;
	}
}

static size_t
arguments_wanted(const struct op_row *op)
{
	return op->takes[0] == NOTHING ? 0 : op->takes[1] == NOTHING ? 1 : 2;
}

static enum fp_status
arguments(struct rule_node *n, struct rule_reader *rd, const struct op_row *op, const json_t *j, const struct rule_scope *scope,
    const char *place)
{
	bool many = op->takes[0] == CONDITIONS || op->takes[0] == RIGHTS;
	size_t count = json_array_size(j) - 1;
	if (many ? count < 1 : count != arguments_wanted(op)) {
		return rule_wrong(rd, place, "'%s' takes %zu argument%s, not %zu", op->name, arguments_wanted(op),
		    many ? " or more" : "s", count);
	}
	n->args = rule_alloc(rd, count, sizeof(*n->args));
	if (n->args == NULL) {
		return FP_ENOMEM;
	}
	n->n_args = count;
	for (size_t i = 0; i < count; i++) {
		enum fp_status st = argument(n, rd, op, j, i, many ? op->takes[0] : op->takes[i], scope, place);
		if (st != FP_OK) {
			return st;
		}
	}
	return FP_OK;
}

/* What holds for one operator alone. */
static enum fp_status
finish(struct rule_node *n, struct rule_reader *rd, const struct op_row *op, int known, const char *place)
{
	const struct rule_node *left = n->n_args > 0 ? n->args[0] : NULL;
	switch (n->op) {
	case RULE_OP_KNOWN:
		/* "known" turns false when a fact is taken away; where that could open the way to a verdict it may not stand. */
		if (left->op != RULE_OP_PARAM && known != -1) {
			return rule_wrong(rd, place,
			    "'known' may ask for a fact only as [\"not\", [\"known\", ...]] in a rule whose result is unknown: a "
			    "fact that is missing must never lead to a verdict");
		}
		return FP_OK;
	case RULE_OP_ABSENT:
		return left->op == RULE_OP_PATH ? FP_OK : rule_wrong(rd, place, "'absent' takes a name of 'let' or a path");
	case RULE_OP_FIRST:
		set_shape(n, left->shape);
		n->fact = left->fact;
		return FP_OK;
	case RULE_OP_ZIP:
		/* Of what is in the pairs only the second list's part may be missing. */
		n->fact = n->args[1]->fact;
		return zipped(n, rd, place);
	case RULE_OP_IN:
	case RULE_OP_VERSION_IN:
		return left->type == RULE_LIST || left->type == RULE_OBJECT ||
			       (n->op == RULE_OP_VERSION_IN && left->type != RULE_TEXT)
			   ? rule_wrong(rd, place, "the left side of '%s' is %s", op->name, type_words[left->type])
			   : FP_OK;
	default:
		n->fact = left != NULL ? left->fact : "";
		return FP_OK;
	}
}

static enum fp_status
operation(
    const struct rule_node **out, struct rule_reader *rd, const json_t *j, const struct rule_scope *scope, const char *place)
{
	const struct op_row *op = find_op(rd, j, place);
	struct rule_node *n;
	if (op == NULL) {
		return FP_EINVAL;
	}
	if (op->takes[0] == RAW) {
		return raw(out, rd, op, j, scope, place);
	}
	enum fp_status st = new_node(&n, rd, op->op, op->type >= 0 ? (enum rule_type)op->type : RULE_TEXT, place);
	int known = rd->known;
	rd->known = known * op->flips;
	st = st == FP_OK ? arguments(n, rd, op, j, scope, place) : st;
	rd->known = known;
	st = st == FP_OK ? finish(n, rd, op, known, place) : st;
	*out = n;
	return st;
}

enum fp_status
rule_expr(const struct rule_node **out, struct rule_reader *rd, const json_t *j, int want, const struct rule_scope *scope,
    const char *place)
{
	enum fp_status st;
	if (rd->depth >= RULE_DEPTH_MAX) {
		return too_much(rd, place, "nested too deep", RULE_DEPTH_MAX);
	}
	rd->depth++;
	if (json_is_string(j)) {
		st = path(out, rd, json_string_value(j), scope, place);
	} else if (json_is_array(j)) {
		st = operation(out, rd, j, scope, place);
	} else {
		st = literal(out, rd, j, place);
	}
	rd->depth--;
	if (st == FP_OK && want >= 0 && (*out)->type != (enum rule_type)want) {
		return rule_wrong(rd, place, "must be %s, but is %s", type_words[want], type_words[(*out)->type]);
	}
	return st;
}

/* ---- names ---- */

static enum fp_status
read_let(struct rule_reader *rd, size_t i)
{
	struct rule_let *l = &rd->b->lets[i];
	char place[PLACE];
	int known = rd->known;
	(void)snprintf(place, sizeof(place), "let.%.60s", l->name);
	l->state = 1;
	rd->known = 0;
	enum fp_status st = rule_expr(&l->node, rd, l->json, -1, NULL, place);
	rd->known = known;
	l->state = 2;
	return st;
}

enum fp_status
rule_lets(struct rule_reader *rd)
{
	for (size_t i = 0; i < rd->b->n_lets; i++) {
		enum fp_status st = rd->b->lets[i].state == 0 ? read_let(rd, i) : FP_OK;
		if (st != FP_OK) {
			return st;
		}
	}
	return FP_OK;
}

/* ---- details ---- */

/* "{service.account}": a name of let, otherwise a fact. */
static enum fp_status
piece(struct rule_piece *out, struct rule_reader *rd, const char *text, size_t len, const char *place)
{
	char name[PLACE] = "$";
	if (len == 0 || len + 2 > sizeof(name)) {
		return rule_wrong(rd, place, "'{}' must hold a short path");
	}
	memcpy(name + 1, text, len);
	name[len + 1] = '\0';
	size_t head = strcspn(name + 1, "."), i = 0;
	while (i < rd->b->n_lets && (strlen(rd->b->lets[i].name) != head || memcmp(rd->b->lets[i].name, name + 1, head) != 0)) {
		i++;
	}
	enum fp_status st = path(&out->node, rd, i < rd->b->n_lets ? name : name + 1, NULL, place);
	if (st == FP_OK && (out->node->type == RULE_LIST || out->node->type == RULE_OBJECT)) {
		return rule_wrong(rd, place, "'{%s}' is %s", name + 1, type_words[out->node->type]);
	}
	return st;
}

enum fp_status
rule_detail(struct rule_row *row, struct rule_reader *rd, const char *text, const char *place)
{
	size_t braces = 0;
	for (const char *p = text; *p != '\0'; p++) {
		braces += *p == '{';
	}
	row->detail = rule_alloc(rd, 2 * braces + 1, sizeof(*row->detail));
	if (row->detail == NULL) {
		return FP_ENOMEM;
	}
	while (*text != '\0') {
		size_t plain = strcspn(text, "{");
		if (plain > 0 && (row->detail[row->n_detail++].text = rule_copy(rd, text, plain)) == NULL) {
			return FP_ENOMEM;
		}
		text += plain;
		if (*text == '{') {
			const char *end = strchr(text, '}');
			if (end == NULL) {
				return rule_wrong(rd, place, "'{' without '}'");
			}
			enum fp_status st = piece(&row->detail[row->n_detail++], rd, text + 1, (size_t)(end - text - 1), place);
			if (st != FP_OK) {
				return st;
			}
			text = end + 1;
		}
	}
	return FP_OK;
}
