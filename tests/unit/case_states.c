/*
 * The cell's ways, exhaustively: from every cell that can be reached, every event, and what must hold after it. The laws are written as
 * properties, not as a second copy of the table.
 */
#include "unit.h"

#include <stdio.h>

#include "case/case.h"

static struct fp_err err;

/* One event of every sort: claim, withdraw, reopen, each reason, and each result with each level. */
struct stimulus {
	struct case_event e;
	struct evidence_verdict v;
};

#define MAX_STIMULI 128
static struct stimulus stimuli[MAX_STIMULI];
static size_t n_stimuli;

static void
add(struct case_event e)
{
	assert_true(n_stimuli < MAX_STIMULI);
	e.at = 1000;
	e.actor = "anna";
	stimuli[n_stimuli++].e = e;
}

static int
setup(void **state)
{
	const struct case_reason *reasons;
	size_t n;

	(void)state;
	add((struct case_event){ .kind = CASE_CLAIM, .text = "did it" });
	add((struct case_event){ .kind = CASE_WITHDRAW });
	add((struct case_event){ .kind = CASE_REOPEN });
	reasons = case_reasons(&n);
	for (size_t i = 0; i < n; i++)
		add((struct case_event){
		    .kind = CASE_SAY_NOT_DONE, .reason = reasons[i].code, .text = "because", .planned = { 2026, 12, 1 } });
	for (int r = 0; r < EVIDENCE_RESULT_COUNT; r++)
		for (int l = 0; l < EVIDENCE_LEVEL_COUNT; l++) {
			add((struct case_event){ .kind = CASE_SEE });
			stimuli[n_stimuli - 1].v = (struct evidence_verdict){
				.result = (enum evidence_result)r, .level = (enum evidence_level)l, .check = "SMB-2"
			};
		}
	for (size_t i = 0; i < n_stimuli; i++)
		if (stimuli[i].e.kind == CASE_SEE)
			stimuli[i].e.verdict = &stimuli[i].v;
	return 0;
}

/* What tells cells apart for the rules. */
struct mark {
	enum case_state state;
	bool claimed;
	enum evidence_result result;
	enum evidence_level level;
	bool reason;
};

static struct mark
mark_of(const struct case_cell *c)
{
	return (struct mark){ c->state, c->claimed, c->verdict.result, c->verdict.level, c->reason[0] != '\0' };
}

static bool
same(struct mark a, struct mark b)
{
	return a.state == b.state && a.claimed == b.claimed && a.result == b.result && a.level == b.level && a.reason == b.reason;
}

static bool
proves(const struct evidence_verdict *v)
{
	return (v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED) &&
	       (v->level == EVIDENCE_L2 || v->level == EVIDENCE_L_H || v->level == EVIDENCE_L0);
}

/* How far a cell is: nobody accounts for it, a person does, it is proven. */
static int
forward(enum case_state s)
{
	static const int rank[CASE_STATE_COUNT] = { [CASE_IN_SCOPE] = 0,
		[CASE_PENDING] = 0,
		[CASE_DISPUTED] = 0,
		[CASE_CLAIMED] = 1,
		[CASE_NOT_DONE] = 1,
		[CASE_NOT_APPLICABLE] = 1,
		[CASE_VERIFIED] = 2 };

	return rank[s];
}

#define HOLD(condition)                                                                                                          \
	do {                                                                                                                     \
		if (!(condition))                                                                                                \
			fail_msg("%s: state %s, claimed %d, verdict %s %s; event %d %s %s -> %s", #condition,                    \
			    case_state_name(was->state), was->claimed, evidence_result_name(was->verdict.result),                \
			    evidence_level_name(was->verdict.level), (int)e->kind,                                               \
			    e->verdict  ? evidence_result_name(e->verdict->result)                                               \
			    : e->reason ? e->reason                                                                              \
					: "",                                                                                    \
			    e->verdict ? evidence_level_name(e->verdict->level) : "", case_state_name(is->state));               \
	} while (0)

static void
invariants(const struct case_cell *was, const struct case_event *e, const struct case_cell *is)
{
	const struct case_reason *r = case_reason_find(is->reason);

	/* REQ law-1: never verified without evidence of level 2 or better in this very cell. */
	HOLD(is->state != CASE_VERIFIED || proves(&is->verdict));
	/* Each state says why it is what it is. */
	HOLD(is->state != CASE_CLAIMED || is->claimed);
	HOLD(is->state != CASE_DISPUTED || (is->claimed && is->verdict.result == EVIDENCE_FAIL));
	HOLD((is->state == CASE_NOT_DONE || is->state == CASE_NOT_APPLICABLE) == (r != NULL));
	HOLD(r == NULL || r->state == is->state);
	HOLD(is->claimed == (is->claimed_by[0] != '\0'));
	HOLD(!is->claimed || (is->state != CASE_NOT_DONE && is->state != CASE_NOT_APPLICABLE));
	/* A claim against a standing fail is a dispute, never a plain claim. */
	HOLD(!(is->claimed && is->verdict.result == EVIDENCE_FAIL) || is->state == CASE_DISPUTED);
}

static void
seeing(const struct case_cell *was, const struct case_event *e, const struct case_cell *is)
{
	const struct evidence_verdict *v = e->verdict;
	bool pass = v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED, fail = v->result == EVIDENCE_FAIL;

	/* REQ law-2: what is neither pass nor fail closes nothing, proves nothing, and takes nothing back. */
	if (!pass && !fail) {
		bool tried = v->result == EVIDENCE_UNKNOWN || v->result == EVIDENCE_ERROR;
		/* A fail goes only before an answer that was read, at the same level or a higher one; silence (level none) leaves it. */
		bool may_go = tried && was->verdict.result == EVIDENCE_FAIL && v->level != EVIDENCE_L_NONE &&
			      v->level >= was->verdict.level;

		HOLD(forward(is->state) == forward(was->state) ||
		     (may_go && was->state == CASE_DISPUTED && is->state == CASE_CLAIMED));
		HOLD(is->state == was->state || (was->state == CASE_IN_SCOPE && is->state == CASE_PENDING) ||
		     (may_go && was->state == CASE_DISPUTED && is->state == CASE_CLAIMED));
		HOLD(is->state == was->state || tried);
		HOLD(proves(&was->verdict) == proves(&is->verdict));
		HOLD((was->verdict.result == EVIDENCE_FAIL) == (is->verdict.result == EVIDENCE_FAIL) || may_go);
		HOLD(!may_go || is->verdict.result == v->result);
	}
	/* A pass below level 2 never verifies: it leaves a claim a claim. */
	if (pass && !proves(v)) {
		HOLD(is->state == CASE_VERIFIED ? was->state == CASE_VERIFIED : true);
		HOLD(was->state != CASE_CLAIMED || is->state == CASE_CLAIMED);
		HOLD(!(was->verdict.result == EVIDENCE_FAIL && was->verdict.level > v->level) ||
		     is->verdict.result == EVIDENCE_FAIL);
	}
	/* A person's word that something is not applicable is not overruled by evidence. */
	HOLD(was->state != CASE_NOT_APPLICABLE || is->state == CASE_NOT_APPLICABLE);
	if (proves(v) && was->state != CASE_NOT_APPLICABLE)
		HOLD(is->state == CASE_VERIFIED);
	if (fail) {
		HOLD(is->verdict.result == EVIDENCE_FAIL);
		HOLD(is->state != CASE_VERIFIED && is->state != CASE_CLAIMED);
		HOLD(!was->claimed || is->state == CASE_DISPUTED);
		HOLD(was->state != CASE_VERIFIED || was->claimed || is->state == CASE_IN_SCOPE);
	}
	HOLD(is->claimed == was->claimed);
}

static void
saying(const struct case_cell *was, const struct case_event *e, const struct case_cell *is)
{
	/* Words never make nor unmake evidence. */
	HOLD(is->verdict.result == was->verdict.result && is->verdict.level == was->verdict.level &&
	     strcmp(is->verdict.check, was->verdict.check) == 0 && is->verdict_at == was->verdict_at);
	HOLD(is->state != CASE_VERIFIED || proves(&was->verdict));
	if (e->kind == CASE_CLAIM)
		HOLD(is->claimed && strcmp(is->claimed_by, "anna") == 0 && is->claimed_at == 1000);
	if (e->kind == CASE_WITHDRAW)
		HOLD(was->claimed && !is->claimed && is->state != CASE_CLAIMED && is->state != CASE_DISPUTED);
	if (e->kind == CASE_SAY_NOT_DONE)
		HOLD(strcmp(is->reason, e->reason) == 0 && !is->claimed);
	if (e->kind == CASE_REOPEN)
		HOLD(is->reason[0] == '\0' && (was->state == CASE_NOT_DONE || was->state == CASE_NOT_APPLICABLE));
	/* What is proven is not talked away: "not done" needs evidence first. */
	if (was->state == CASE_VERIFIED)
		HOLD(is->state == CASE_VERIFIED || is->state == CASE_NOT_APPLICABLE);
}

#define MAX_CELLS 4096

/* Every cell that any sequence of events can make, found by walking from the new cell until nothing new comes. */
static void
every_state_every_event(void **state)
{
	static struct case_cell cells[MAX_CELLS];
	size_t n = 1, refused = 0, taken = 0;
	bool reached[CASE_STATE_COUNT] = { false };

	(void)state;
	memset(&cells[0], 0, sizeof(cells[0]));
	for (size_t i = 0; i < n; i++) {
		reached[cells[i].state] = true;
		for (size_t k = 0; k < n_stimuli; k++) {
			struct case_cell next = cells[i];
			size_t known = 0;

			if (case_apply(&next, &stimuli[k].e, &err) != FP_OK) {
				/* Refused: nothing changed, and it is said why. */
				assert_memory_equal(&next, &cells[i], sizeof(next));
				assert_true(err.msg[0] != '\0');
				refused++;
				continue;
			}
			taken++;
			invariants(&cells[i], &stimuli[k].e, &next);
			if (stimuli[k].e.kind == CASE_SEE)
				seeing(&cells[i], &stimuli[k].e, &next);
			else
				saying(&cells[i], &stimuli[k].e, &next);
			while (known < n && !same(mark_of(&cells[known]), mark_of(&next)))
				known++;
			if (known == n) {
				assert_true(n < MAX_CELLS);
				cells[n++] = next;
			}
		}
	}
	for (int s = 0; s < CASE_STATE_COUNT; s++)
		assert_true(reached[s]);
	assert_true(n > 50 && refused > 100 && taken > 1000);
}

static void
events_without_what_they_need_are_refused(void **state)
{
	static const struct case_event bad[] = {
		{ .kind = CASE_CLAIM },
		{ .kind = CASE_CLAIM, .actor = "" },
		{ .kind = CASE_SEE, .actor = "x" },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x" },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x", .reason = "because" },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x", .reason = "planned" },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x", .reason = "planned", .planned = { 2026, 2, 30 } },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x", .reason = "transferred" },
		{ .kind = CASE_SAY_NOT_DONE, .actor = "x", .reason = "transferred", .text = "" },
		{ .kind = (enum case_event_kind)77, .actor = "x" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct case_cell cell = { .id = 7 }, before = cell;

		assert_int_equal(case_apply(&cell, &bad[i], &err), FP_EINVAL);
		assert_memory_equal(&cell, &before, sizeof(cell));
	}
}

/* A long word is cut between characters, not inside one. */
static void
long_words_are_cut_at_a_character(void **state)
{
	char actor[400];
	struct case_cell cell = { .id = 1 };

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(actor); i += 2)
		memcpy(actor + i, "ü", 2);
	actor[sizeof(actor) - 1] = '\0';
	actor[sizeof(actor) - 2] = '\0';
	assert_int_equal(case_apply(&cell, &(struct case_event){ .kind = CASE_CLAIM, .actor = actor }, &err), FP_OK);
	assert_int_equal(strlen(cell.claimed_by), 126);
}

/* REQ law-5: the counts add up, whatever the cells are. */
static void
counts_add_up(void **state)
{
	struct case_counts c = { 0 };
	size_t by_state = 0, by_result = 0, n = 0;

	(void)state;
	for (int s = 0; s < CASE_STATE_COUNT; s++)
		for (int r = 0; r < EVIDENCE_RESULT_COUNT; r++)
			for (int k = 0; k <= s + r; k++, n++)
				case_count(&c, &(struct case_cell){ .state = (enum case_state)s,
						   .verdict = { .result = (enum evidence_result)r } });
	for (int s = 0; s < CASE_STATE_COUNT; s++)
		by_state += c.by_state[s];
	for (int r = 0; r < EVIDENCE_RESULT_COUNT; r++)
		by_result += c.by_result[r];
	assert_int_equal(c.cells, n);
	assert_int_equal(by_state, n);
	assert_int_equal(by_result, n);
	assert_int_equal(c.unaccounted, c.by_state[CASE_IN_SCOPE] + c.by_state[CASE_PENDING]);
}

static void
names_go_both_ways(void **state)
{
	const struct case_reason *r;
	enum case_state s;
	size_t n;

	(void)state;
	for (int i = 0; i < CASE_STATE_COUNT; i++) {
		assert_true(case_state_of(&s, case_state_name((enum case_state)i)));
		assert_int_equal(s, i);
		assert_true(case_state_text((enum case_state)i)[0] != '\0');
	}
	assert_false(case_state_of(&s, "done"));
	r = case_reasons(&n);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(case_reason_find(r[i].code), &r[i]);
		assert_true(r[i].state == CASE_NOT_DONE || r[i].state == CASE_NOT_APPLICABLE);
	}
	assert_null(case_reason_find(NULL));
	assert_null(case_reason_find("done"));
}

/* ---- which cells a device has ---- */

static const char *const dx_ruo[] = { "Dx", "RUO" };

static size_t
cells_of(struct case_cell *cells, const struct notice_action *actions, size_t n_actions, const struct device *d, size_t n_modes)
{
	const struct notice_product p = { .id = "miseqdx" };
	const struct notice n = { .actions = (struct notice_action *)(uintptr_t)actions, .n_actions = n_actions };

	return case_cells_of(cells, 8, &n, &p, d, dx_ruo, n_modes);
}

/* REQ law-3: done in Dx does not close RUO, unless one change covers both. */
static void
cells_per_mode_or_once(void **state)
{
	const struct notice_action actions[] = { { .id = "patch", .modes = NOTICE_EACH_MODE },
		{ .id = "guidance", .modes = NOTICE_ONCE } };
	const struct device d = { .id = 42, .serial = (char *)"SN" };
	struct case_cell cells[8];

	(void)state;
	assert_int_equal(cells_of(cells, actions, 2, &d, 2), 3);
	assert_string_equal(cells[0].mode, "Dx");
	assert_string_equal(cells[1].mode, "RUO");
	assert_string_equal(cells[1].action, "patch");
	assert_string_equal(cells[2].mode, CASE_ALL_MODES);
	assert_string_equal(cells[2].action, "guidance");
	assert_int_equal(cells[2].device_id, 42);
	/* A product without modes (a server) has one cell even where the rule says each. */
	assert_int_equal(cells_of(cells, actions, 2, &d, 0), 2);
	assert_string_equal(cells[0].mode, CASE_ALL_MODES);
}

static void
cells_only_of_the_product_and_the_network(void **state)
{
	const char *const others[] = { "nextseq" };
	const struct notice_action actions[] = {
		{ .id = "other", .modes = NOTICE_ONCE, .products = { (const char **)(uintptr_t)others, 1 } },
		{ .id = "secure", .modes = NOTICE_ONCE, .only_when = "networked" }
	};
	struct device d = { .id = 42, .serial = (char *)"SN", .connectivity = DEVICE_CONN_NONE };
	struct case_cell cells[8];

	(void)state;
	assert_int_equal(cells_of(cells, actions, 2, &d, 2), 1);
	assert_string_equal(cells[0].action, "secure");
	assert_int_equal(cells[0].state, CASE_NOT_APPLICABLE);
	assert_string_equal(cells[0].reason, "not-networked");
	/* Not knowing whether it is networked does not make it exempt. */
	d.connectivity = DEVICE_CONN_UNKNOWN;
	assert_int_equal(cells_of(cells, actions, 2, &d, 2), 1);
	assert_int_equal(cells[0].state, CASE_IN_SCOPE);
}

static void
more_cells_than_room_are_counted(void **state)
{
	const struct notice_action a = { .id = "patch", .modes = NOTICE_EACH_MODE };
	struct notice_action many[10];
	const struct device d = { .id = 1, .serial = (char *)"SN" };
	struct case_cell cells[8];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(many); i++)
		many[i] = a;
	assert_int_equal(cells_of(cells, many, FP_COUNT(many), &d, 2), 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_every_event),
		cmocka_unit_test(events_without_what_they_need_are_refused),
		cmocka_unit_test(long_words_are_cut_at_a_character),
		cmocka_unit_test(counts_add_up),
		cmocka_unit_test(names_go_both_ways),
		cmocka_unit_test(cells_per_mode_or_once),
		cmocka_unit_test(cells_only_of_the_product_and_the_network),
		cmocka_unit_test(more_cells_than_room_are_counted),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
