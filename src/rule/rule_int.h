/* Private to rule/: the tree that a rule file becomes. Everything lives in the rule's arena. */
#ifndef FP_RULE_RULE_INT_H
#define FP_RULE_RULE_INT_H

#include "base/arena.h"
#include "facts/facts.h"
#include "rule/rule.h"

#define RULE_DEPTH_MAX 16
#define RULE_NODES_MAX 600
#define RULE_RULES_MAX 48
#define RULE_LETS_MAX 24
#define RULE_REASONS_MAX 48
#define RULE_LIST_MAX 32       /* params, references, literals of one list */
#define RULE_TEXT_MAX 1000     /* bytes of a text */
#define RULE_STEPS_MAX 5000000 /* nodes that one judgement may visit: lists in lists of a hostile file end here */

enum rule_type { RULE_BOOL, RULE_INT, RULE_TEXT, RULE_LIST, RULE_OBJECT };

enum rule_op {
	RULE_OP_PATH,
	RULE_OP_LITERAL,
	RULE_OP_PARAM,
	RULE_OP_MODE,
	RULE_OP_OTHER_MODE,
	RULE_OP_AND,
	RULE_OP_OR,
	RULE_OP_NOT,
	RULE_OP_EQ,
	RULE_OP_NE,
	RULE_OP_LT,
	RULE_OP_LE,
	RULE_OP_GT,
	RULE_OP_GE,
	RULE_OP_IN,
	RULE_OP_VERSION_LT,
	RULE_OP_VERSION_GE,
	RULE_OP_VERSION_IN,
	RULE_OP_MATCHES,
	RULE_OP_JOIN,
	RULE_OP_BIT,
	RULE_OP_KNOWN,
	RULE_OP_ABSENT,
	RULE_OP_ANY,
	RULE_OP_ALL,
	RULE_OP_NONE,
	RULE_OP_COUNT,
	RULE_OP_FIRST,
	RULE_OP_ZIP
};

enum rule_base { RULE_BASE_FACTS, RULE_BASE_OTHER, RULE_BASE_ELEMENT, RULE_BASE_LET };

struct rule_node {
	enum rule_op op;
	enum rule_type type;
	const struct facts_shape *shape; /* of a list: its elements; of an object: itself; of a text of few words: itself */
	const char *fact;                /* "services.sid": what is missing when it is not known; "" for what is always known */
	enum rule_base base;             /* of a path */
	size_t up;                       /* RULE_BASE_ELEMENT: how many lists further out */
	size_t index;                    /* of the let, of the parameter */
	const char **names;              /* of a path */
	bool *in_map;                    /* beside names: a name that is not there is absent, not unknown */
	size_t n_names;
	const char *text; /* of a literal */
	json_int_t number;
	bool truth;
	const struct rule_node *
	    *args; /* of IN and VERSION_IN: the left side, then the literals; or only the left side and index is the parameter */
	size_t n_args;
};

struct rule_let {
	const char *name;
	const json_t *json;
	const struct rule_node *node;
	int state; /* 0 not read, 1 being read, 2 read */
};

/* A piece of a detail: text, or a value to be put there. */
struct rule_piece {
	const char *text;
	const struct rule_node *node;
};

struct rule_row {
	const struct rule_node *when;
	const struct evidence_reason *then;
	struct rule_piece *detail;
	size_t n_detail;
};

struct rule_body {
	struct fp_arena *arena;
	json_t *json;
	struct rule_let lets[RULE_LETS_MAX];
	size_t n_lets;
	struct rule_row rows[RULE_RULES_MAX];
	size_t n_rows;
	size_t n_nodes;
	const char *roots[40]; /* members of the facts that are read */
	size_t n_roots;
};

/* The scope that an expression stands in: the lists around it, innermost first. */
struct rule_scope {
	const struct facts_shape *element;
	const char *fact;
	const struct rule_scope *up;
};

/* What is being read: one rule file. */
struct rule_reader {
	struct rule *r;
	struct rule_body *b;
	const char *name;
	struct fp_err *err;
	int known; /* where "known" may ask for facts: 1 under an even number of negations, -1 under an odd one, 0 nowhere */
	int depth;
};

/* FP_EINVAL with "NAME: PLACE: text". */
enum fp_status rule_wrong(const struct rule_reader *rd, const char *place, const char *fmt, ...) FP_PRINTF(3, 4);
void *rule_alloc(struct rule_reader *rd, size_t count, size_t size); /* NULL: out of memory, rd->err says so */
const char *rule_copy(struct rule_reader *rd, const char *text, size_t len);

/* An expression of a known or any type (want < 0). */
enum fp_status rule_expr(const struct rule_node **out, struct rule_reader *rd, const json_t *j, int want,
    const struct rule_scope *scope, const char *place) FP_MUST_CHECK;
enum fp_status rule_lets(struct rule_reader *rd) FP_MUST_CHECK;
enum fp_status rule_detail(struct rule_row *row, struct rule_reader *rd, const char *text, const char *place) FP_MUST_CHECK;

enum rule_value_kind { RULE_UNKNOWN, RULE_ABSENT, RULE_V_BOOL, RULE_V_INT, RULE_V_TEXT, RULE_V_JSON };

struct rule_value {
	enum rule_value_kind kind;
	bool truth;
	json_int_t number;
	const char *text;
	const json_t *json;
	const char *fact; /* RULE_UNKNOWN: which, and why when it is not the collector's to say */
	const char *why;
	bool param; /* RULE_UNKNOWN: it is the operator's parameter .fact that is missing or cannot be read */
};

struct rule_frame {
	const json_t *element;
	const struct rule_frame *up;
};

struct rule_run {
	const struct rule *r;
	const json_t *facts, *other; /* other NULL: there are none of another mode */
	const struct evidence_obs *obs;
	struct rule_value lets[RULE_LETS_MAX];
	bool let_known[RULE_LETS_MAX];
	json_t *made; /* lists and texts that were put together; freed by the judge */
	long steps;
	bool failed; /* out of memory, or too many steps: nothing that follows counts */
};

struct rule_value rule_eval(struct rule_run *run, const struct rule_node *n, const struct rule_frame *frame);
/* The operator's value, or the fallback; NULL when there is neither. */
const char *rule_param_value(const struct rule_run *run, size_t index);

#endif
