/*
 * A case: one notice at one site, as cells (device x mode x action). The states and the only ways between them (laws 1-3),
 * and the honest arithmetic over them (law 5). Pure functions: the store keeps what they give.
 */
#ifndef FP_CASE_CASE_H
#define FP_CASE_CASE_H

#include "base/clock.h"
#include "device/device.h"
#include "evidence/evidence.h"
#include "notice/notice.h"

enum case_state {
	CASE_IN_SCOPE,       /* matched, nothing said or seen yet */
	CASE_PENDING,        /* someone has taken it up: planned, or a check ran without proof */
	CASE_CLAIMED,        /* someone says it is done */
	CASE_VERIFIED,       /* evidence of level 2 or better says so */
	CASE_NOT_DONE,       /* with a reason */
	CASE_NOT_APPLICABLE, /* with a reason */
	CASE_DISPUTED,       /* claim and evidence disagree */
	CASE_STATE_COUNT
};

/* Why not done, or not applicable: the letters' two reasons and those they forgot (notices.md 1.5). */
struct case_reason {
	const char *code;      /* "avoid-interruption" */
	enum case_state state; /* NOT_DONE or NOT_APPLICABLE */
	bool needs_date;       /* "planned" */
	bool needs_text;       /* "transferred": to whom */
	const char *text;      /* English, key for i18n */
};
const struct case_reason *case_reasons(size_t *n);
const struct case_reason *case_reason_find(const char *code);

/* The mode of a cell whose action holds once for all modes, or whose product has none. */
#define CASE_ALL_MODES ""

struct case_cell {
	int64_t id;
	int64_t device_id;
	char mode[24];   /* "Dx", or CASE_ALL_MODES */
	char action[48]; /* action id of the notice */
	enum case_state state;
	char reason[48];        /* code, with NOT_DONE and NOT_APPLICABLE */
	char reason_text[256];  /* free words of the person */
	struct fp_date planned; /* with reason "planned" */
	bool claimed;           /* a claim stands, whatever the state */
	char claimed_by[128];
	fp_time claimed_at;
	char claim_note[256];
	struct evidence_verdict verdict; /* of the action's roll-up; result NOTCHECKED when never checked */
	fp_time verdict_at;
	fp_time changed_at;
};

/* What may happen to a cell. */
enum case_event_kind { CASE_CLAIM, CASE_WITHDRAW, CASE_SAY_NOT_DONE, CASE_SEE, CASE_REOPEN };

struct case_event {
	enum case_event_kind kind;
	fp_time at;
	const char *actor;
	const char *reason; /* CASE_SAY_NOT_DONE: code */
	const char *text;   /* note of the person; NULL */
	struct fp_date planned;
	const struct evidence_verdict *verdict; /* CASE_SEE */
};

/*
 * Change the cell by the event, or refuse (FP_ECONFLICT, FP_EINVAL) and leave it as it was. A pass below L2 never verifies: it leaves the
 * claim a claim. A fail against a claim, and a claim against a standing fail, give DISPUTED. Evidence against VERIFIED gives DISPUTED
 * when a claim stands, otherwise IN_SCOPE with the fail shown. Unknown never closes a cell nor moves VERIFIED back; it takes
 * the place of a fail only when it was read at the same level or a higher one, never when it is silence.
 */
enum fp_status case_apply(struct case_cell *cell, const struct case_event *e, struct fp_err *err) FP_MUST_CHECK;

const char *case_state_name(enum case_state s); /* "in-scope", "not-done" */
const char *case_state_text(enum case_state s); /* English word for people, key for i18n: "In scope" */
bool case_state_of(enum case_state *out, const char *name);

/*
 * The cells that a device has under a notice: each action x each mode of the product (NOTICE_EACH_MODE) or one (NOTICE_ONCE, or product without modes);
 * actions for other products left out; only_when "networked" with connectivity none gives NOT_APPLICABLE "not-networked". modes are match_result's affected or
 * cannot-tell ones: pass their names. Fills cells[] up to max; returns how many there are (may exceed max). Ids and times are the store's.
 */
size_t case_cells_of(struct case_cell *cells, size_t max, const struct notice *n, const struct notice_product *p,
    const struct device *d, const char *const *modes, size_t n_modes);

/* Counts whose sum is .cells, always (law 5). */
struct case_counts {
	size_t cells;
	size_t by_state[CASE_STATE_COUNT];
	size_t by_result[EVIDENCE_RESULT_COUNT];
	size_t unaccounted; /* IN_SCOPE + PENDING: nobody has said or proven anything that closes them */
};
void case_count(struct case_counts *c, const struct case_cell *cell);

#endif
