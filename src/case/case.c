#include "case/case.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* The texts are keys of the catalogues; case/ may not use i18n, so the mark is its own. */
#define N_(text) text

static const struct {
	const char *name, *text;
} states[CASE_STATE_COUNT] = {
	[CASE_IN_SCOPE] = { "in-scope", N_("open") },
	[CASE_PENDING] = { "pending", N_("under way") },
	[CASE_CLAIMED] = { "claimed", N_("claimed") },
	[CASE_VERIFIED] = { "verified", N_("verified") },
	[CASE_NOT_DONE] = { "not-done", N_("not done") },
	[CASE_NOT_APPLICABLE] = { "not-applicable", N_("not applicable") },
	[CASE_DISPUTED] = { "disputed", N_("disputed") },
};

/* The letters know the first two; the rest is what people had to write into the margin (notices.md 1.5). */
static const struct case_reason reasons[] = {
	{ "none-at-site", CASE_NOT_APPLICABLE, false, false, N_("no product at the site that needs the step") },
	{ "avoid-interruption", CASE_NOT_DONE, false, false, N_("operation shall not be interrupted") },
	{ "planned", CASE_NOT_DONE, true, false, N_("planned") },
	{ "unreachable", CASE_NOT_DONE, false, false, N_("device cannot be reached now") },
	{ "needs-help", CASE_NOT_DONE, false, true, N_("help of the manufacturer is needed") },
	{ "transferred", CASE_NOT_APPLICABLE, false, true, N_("passed on to another organisation") },
	{ "decommissioned", CASE_NOT_APPLICABLE, false, false, N_("taken out of use for good") },
	{ "not-ours", CASE_NOT_APPLICABLE, false, false, N_("not our device") },
	{ "mode-not-installed", CASE_NOT_APPLICABLE, false, false, N_("this boot mode is not installed") },
	{ "not-affected", CASE_NOT_APPLICABLE, false, true, N_("decided by a person: not affected") },
	{ "not-networked", CASE_NOT_APPLICABLE, false, false, N_("not connected to a network") },
};

const struct case_reason *
case_reasons(size_t *n)
{
	*n = FP_COUNT(reasons);
	return reasons;
}

const struct case_reason *
case_reason_find(const char *code)
{
	for (size_t i = 0; code != NULL && i < FP_COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0)
			return &reasons[i];
	return NULL;
}

const char *
case_state_name(enum case_state s)
{
	return (unsigned)s < CASE_STATE_COUNT ? states[s].name : "in-scope";
}

const char *
case_state_text(enum case_state s)
{
	return (unsigned)s < CASE_STATE_COUNT ? states[s].text : states[CASE_IN_SCOPE].text;
}

bool
case_state_of(enum case_state *out, const char *name)
{
	for (unsigned i = 0; i < CASE_STATE_COUNT; i++)
		if (strcmp(states[i].name, name) == 0) {
			*out = (enum case_state)i;
			return true;
		}
	return false;
}

/* What a verdict says of a cell. */
enum seen {
	SEEN_NOTHING, /* no check ran, or it had nothing to say of this cell */
	SEEN_TRIED,   /* it ran, and could not tell */
	SEEN_WEAK_PASS,
	SEEN_PROOF,
	SEEN_FAIL,
	SEEN_KINDS
};

static enum seen
seen_of(const struct evidence_verdict *v)
{
	switch (v->result) {
	case EVIDENCE_PASS:
	case EVIDENCE_FIXED:
		/* REQ law-1: no claim and no pass becomes verified below level L2. */
		return v->level >= EVIDENCE_L2 ? SEEN_PROOF : SEEN_WEAK_PASS;
	case EVIDENCE_FAIL:
		return SEEN_FAIL;
	case EVIDENCE_UNKNOWN:
	case EVIDENCE_ERROR:
		return SEEN_TRIED;
	default:
		return SEEN_NOTHING;
	}
}

/*
 * The state after evidence, by the state before. Not done and not applicable are words of a person about what was decided, not about what
 * holds: evidence does not overrule them, but proof on a cell said to be not done shows that it was done after all.
 * REQ law-2: what could not be told (unknown, error) closes no cell and moves VERIFIED not back.
 * What outweighs the fail of a dispute (see outweighs) without proving ends the dispute: nothing refutes the claim any more, it is a claim again.
 */
static const enum case_state after_seeing[CASE_STATE_COUNT][SEEN_KINDS] = {
	/* nothing, tried, weak pass, proof, fail */
	[CASE_IN_SCOPE] = { CASE_IN_SCOPE, CASE_PENDING, CASE_PENDING, CASE_VERIFIED, CASE_IN_SCOPE },
	[CASE_PENDING] = { CASE_PENDING, CASE_PENDING, CASE_PENDING, CASE_VERIFIED, CASE_IN_SCOPE },
	[CASE_CLAIMED] = { CASE_CLAIMED, CASE_CLAIMED, CASE_CLAIMED, CASE_VERIFIED, CASE_DISPUTED },
	[CASE_VERIFIED] = { CASE_VERIFIED, CASE_VERIFIED, CASE_VERIFIED, CASE_VERIFIED, CASE_DISPUTED },
	[CASE_NOT_DONE] = { CASE_NOT_DONE, CASE_NOT_DONE, CASE_NOT_DONE, CASE_VERIFIED, CASE_NOT_DONE },
	[CASE_NOT_APPLICABLE] = { CASE_NOT_APPLICABLE, CASE_NOT_APPLICABLE, CASE_NOT_APPLICABLE, CASE_NOT_APPLICABLE,
	    CASE_NOT_APPLICABLE },
	[CASE_DISPUTED] = { CASE_DISPUTED, CASE_CLAIMED, CASE_CLAIMED, CASE_VERIFIED, CASE_DISPUTED },
};

static void
clear_reason(struct case_cell *cell)
{
	cell->reason[0] = '\0';
	cell->reason_text[0] = '\0';
	cell->planned = (struct fp_date){ 0, 0, 0 };
}

/* Where a cell stands by its standing verdict alone, when no person says anything of it. */
static enum case_state
without_words(const struct case_cell *cell)
{
	switch (seen_of(&cell->verdict)) {
	case SEEN_PROOF:
		return CASE_VERIFIED;
	case SEEN_WEAK_PASS:
	case SEEN_TRIED:
		return CASE_PENDING;
	case SEEN_FAIL:
	case SEEN_NOTHING:
	case SEEN_KINDS:
		break;
	}
	return CASE_IN_SCOPE;
}

static enum fp_status
claim(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	if (cell->claimed)
		return fp_fail(err, FP_ECONFLICT, "already claimed by %s; withdraw it first", cell->claimed_by);
	if (e->actor == NULL || *e->actor == '\0')
		return fp_fail(err, FP_EINVAL, "a claim needs the name of who makes it");
	cell->claimed = true;
	cell->claimed_at = e->at;
	fp_utf8_copy(cell->claimed_by, sizeof(cell->claimed_by), e->actor);
	fp_utf8_copy(cell->claim_note, sizeof(cell->claim_note), e->text);
	clear_reason(cell);
	if (seen_of(&cell->verdict) == SEEN_PROOF)
		cell->state = CASE_VERIFIED;
	else
		cell->state = seen_of(&cell->verdict) == SEEN_FAIL ? CASE_DISPUTED : CASE_CLAIMED;
	return FP_OK;
}

static void
drop_claim(struct case_cell *cell)
{
	cell->claimed = false;
	cell->claimed_at = 0;
	cell->claimed_by[0] = '\0';
	cell->claim_note[0] = '\0';
}

static enum fp_status
withdraw(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	(void)e;
	if (!cell->claimed)
		return fp_fail(err, FP_ECONFLICT, "nothing is claimed here");
	drop_claim(cell);
	cell->state = without_words(cell);
	return FP_OK;
}

static enum fp_status
say_not_done(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	const struct case_reason *r = case_reason_find(e->reason);

	if (r == NULL)
		return fp_fail(err, FP_EINVAL, "unknown reason '%.40s'", e->reason ? e->reason : "");
	if (r->needs_date && !fp_date_valid(e->planned))
		return fp_fail(err, FP_EINVAL, "the reason '%s' needs a date", r->code);
	if (r->needs_text && (e->text == NULL || *e->text == '\0'))
		return fp_fail(err, FP_EINVAL, "the reason '%s' needs a word of explanation", r->code);
	if (cell->state == CASE_VERIFIED && r->state == CASE_NOT_DONE)
		return fp_fail(err, FP_ECONFLICT, "it is verified as done; a new check must say otherwise first");
	drop_claim(cell);
	clear_reason(cell);
	fp_utf8_copy(cell->reason, sizeof(cell->reason), r->code);
	fp_utf8_copy(cell->reason_text, sizeof(cell->reason_text), e->text);
	if (r->needs_date)
		cell->planned = e->planned;
	cell->state = r->state;
	return FP_OK;
}

static enum fp_status
reopen(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	(void)e;
	if (cell->state != CASE_NOT_DONE && cell->state != CASE_NOT_APPLICABLE)
		return fp_fail(err, FP_ECONFLICT,
		    "only a cell that is not done or not applicable can be opened again; this one is %s",
		    case_state_name(cell->state));
	clear_reason(cell);
	cell->state = without_words(cell);
	return FP_OK;
}

/*
 * Does the new verdict take the place of the standing one (checks.md, rule of precedence)? A fail is always shown, and nothing takes the place of a
 * proof but proof or fail. An answer that settles nothing, or a pass too weak to prove, hides a fail only when it was read at the same level
 * or a higher one: a mended server whose last question stays open has no fail any more, a server that is silent now still has.
 */
static bool
outweighs(const struct evidence_verdict *is, const struct evidence_verdict *was)
{
	enum seen now = seen_of(is), before = seen_of(was);
	bool as_strong = is->level != EVIDENCE_L_NONE && is->level >= was->level;

	switch (now) {
	case SEEN_NOTHING:
		return before == SEEN_NOTHING;
	case SEEN_TRIED:
		return before == SEEN_NOTHING || before == SEEN_TRIED || (before == SEEN_FAIL && as_strong);
	case SEEN_WEAK_PASS:
		return before != SEEN_PROOF && (before != SEEN_FAIL || as_strong);
	case SEEN_PROOF:
	case SEEN_FAIL:
	case SEEN_KINDS:
		break;
	}
	return true;
}

static enum fp_status
see(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	enum seen what;

	if (e->verdict == NULL)
		return fp_fail(err, FP_EINVAL, "an observation without a verdict");
	if (!outweighs(e->verdict, &cell->verdict))
		return FP_OK;
	what = seen_of(e->verdict);
	cell->verdict = *e->verdict;
	cell->verdict_at = e->at;
	if (cell->state == CASE_VERIFIED && what == SEEN_FAIL)
		cell->state = cell->claimed ? CASE_DISPUTED : CASE_IN_SCOPE;
	else
		cell->state = after_seeing[cell->state][what];
	if (cell->state == CASE_VERIFIED)
		clear_reason(cell);
	return FP_OK;
}

enum fp_status
case_apply(struct case_cell *cell, const struct case_event *e, struct fp_err *err)
{
	static enum fp_status (*const ways[])(struct case_cell *, const struct case_event *, struct fp_err *) = {
		[CASE_CLAIM] = claim,
		[CASE_WITHDRAW] = withdraw,
		[CASE_SAY_NOT_DONE] = say_not_done,
		[CASE_SEE] = see,
		[CASE_REOPEN] = reopen,
	};
	struct case_cell next = *cell;
	enum fp_status status;

	if ((unsigned)e->kind >= FP_COUNT(ways))
		return fp_fail(err, FP_EINVAL, "unknown event");
	status = ways[e->kind](&next, e, err);
	if (status != FP_OK)
		return status;
	next.changed_at = e->at;
	*cell = next;
	return FP_OK;
}

static void
new_cell(struct case_cell *cell, const struct notice_action *a, const struct device *d, const char *mode)
{
	memset(cell, 0, sizeof(*cell));
	cell->device_id = d->id;
	fp_utf8_copy(cell->mode, sizeof(cell->mode), mode);
	fp_utf8_copy(cell->action, sizeof(cell->action), a->id);
	if (a->only_when != NULL && strcmp(a->only_when, "networked") == 0 && d->connectivity == DEVICE_CONN_NONE) {
		cell->state = CASE_NOT_APPLICABLE;
		fp_utf8_copy(cell->reason, sizeof(cell->reason), "not-networked");
	}
}

size_t
case_cells_of(struct case_cell *cells, size_t max, const struct notice *n, const struct notice_product *p, const struct device *d,
    const char *const *modes, size_t n_modes)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_actions; i++) {
		const struct notice_action *a = &n->actions[i];
		bool each = a->modes == NOTICE_EACH_MODE && n_modes > 0;

		if (a->products.n > 0 && !notice_list_has(&a->products, p->id))
			continue;
		for (size_t m = 0; m < (each ? n_modes : 1); m++, count++)
			if (count < max)
				new_cell(&cells[count], a, d, each ? modes[m] : CASE_ALL_MODES);
	}
	return count;
}

void
case_count(struct case_counts *c, const struct case_cell *cell)
{
	c->cells++;
	c->by_state[cell->state]++;
	c->by_result[cell->verdict.result]++;
	c->unaccounted += cell->state == CASE_IN_SCOPE || cell->state == CASE_PENDING;
}
