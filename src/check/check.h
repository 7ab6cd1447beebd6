/*
 * Checks: read-only tests that an action holds. Two tables: probes (what is asked of an address) and checks (which question is
 * judged from which probe's observation). Several checks share one observation, so one server is asked once. One check may have several rows, its ways to be
 * answered: over the network, from facts read on the host (a rule, checks/ID.json), from a capture; check_combine says which of them decides.
 *
 * Law 4: no log-on, no user name, no write; only addresses of the device list; bounded packets and connections, published here.
 */
#ifndef FP_CHECK_CHECK_H
#define FP_CHECK_CHECK_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "device/device.h"
#include "evidence/evidence.h"
#include "notice/notice.h"

/* Which of a device's addresses a probe asks. */
enum check_role { CHECK_AT_HOST, CHECK_AT_BMC, CHECK_AT_STORAGE };

struct check_budget {
	int connections; /* TCP connections at most, per target */
	int packets;     /* segments with payload or datagrams that we send at most */
	int timeout_ms;  /* longest wait for a peer that never says anything */
	int deadline_ms; /* the whole job ends then, whatever the peer does */
};

struct rule;

struct check {
	const char *id;       /* "SMB-2"; rows with the same id are ways to answer the same check */
	const char *title;    /* "SMB signing required", key for i18n */
	const char *question; /* one sentence, key for i18n */
	const char *proves;   /* what a pass proves and what it does not, key for i18n */
	const char *probe;    /* row of the probe table; NULL for a check that is answered by the reply itself */
	enum evidence_level level;
	const struct evidence_reason *reasons; /* ends with code NULL */
	/* Pure: reads obs only. Names a row of .reasons in out->reason and fills detail; check_judge, the only caller, does the rest. NULL with a rule. */
	void (*judge)(struct evidence_verdict *out, const struct evidence_obs *obs);
	enum evidence_kind kind;
	const struct rule *rule; /* NULL for a way that is code */
	int fresh_days;          /* 0: CHECK_FRESH_DAYS; CHECK_FRESH_ALWAYS: age alone never ends it */
	unsigned ends_with;      /* bits 1u << EVIDENCE_END_...; 0: CHECK_ENDS_WITH */
};
#define CHECK_FRESH_DAYS 365
#define CHECK_FRESH_ALWAYS (-1)
#define CHECK_ENDS_WITH (1u << EVIDENCE_END_REIMAGE | 1u << EVIDENCE_END_SERVICE | 1u << EVIDENCE_END_NETWORK)

struct check_param {      /* operator's parameters that a probe needs (law 10) */
	const char *name; /* "ucs-port" */
	const char *text; /* what it is and where to get it, key for i18n */
	bool required;    /* without it there is no question: the reason is "parameter-missing" */
};

/* What of a probe without questions: the bytes come from a file that someone brings. */
#define CHECK_PROBE_FACTS "facts"     /* a fact file of the collector */
#define CHECK_PROBE_CAPTURE "capture" /* the facts of a network capture */

struct check_probe {
	const char *id; /* "smb" */
	enum check_role role;
	int port; /* default port; 0 when a parameter gives it */
	struct check_budget budget;
	const struct check_param *params; /* ends with name NULL; NULL when it needs none */
	const struct check_steps *steps;  /* private to check/ (check/probe.h); NULL: nothing is asked, see CHECK_PROBE_FACTS */
};

const struct check *check_find(const char *id); /* the first way; ids compare without case; NULL when there is none */
const struct check *check_table(size_t *n);     /* every way of every check */

/* The program's table and the checks that a notice brings along in checks/ of its folder. */
struct check_set;
/* Can every check of the notice be read, and has it an id of its own? FP_EINVAL names file and place. For a notice that is about to be taken in. */
enum fp_status check_set_lint(const struct notice *n, struct fp_err *err) FP_MUST_CHECK;
/* n NULL: the program's alone. Checks that check_set_lint would refuse are left out. Lives beyond n. FP_ENOMEM. */
enum fp_status check_set_new(struct check_set **out, const struct notice *n, struct fp_err *err) FP_MUST_CHECK;
void check_set_free(struct check_set *s);
void check_set_freep(struct check_set **s);
/* The i-th way of a check, from 0; NULL when there are no more. s NULL: the program's. */
const struct check *check_set_way(const struct check_set *s, const char *id, size_t i);
/* The way that is judged from observations of that probe; NULL. */
const struct check *check_set_way_of(const struct check_set *s, const char *id, const char *probe);
/* The way that a rule is: judged by this very rule, whatever the program has under its id. Lives as long as r. */
struct check check_of_rule(const struct rule *r);
const struct check_probe *check_probe_find(const char *id);
const struct check_probe *check_probe_table(size_t *n);
/* The row of the reasons of c (of all its ways), or of those that every check shares ("no-address", "parameter-missing", ...); NULL when unknown. c may be NULL. */
const struct evidence_reason *check_reason_find(const struct check *c, const char *code);
const char *check_settle_text(const char *code); /* English sentence, key for i18n; NULL when unknown */

/* Judge an observation again; c is the way for it: FP_EINVAL when the observation is of another probe. */
enum fp_status check_judge(
    struct evidence_verdict *out, const struct check *c, const struct evidence_obs *obs, struct fp_err *err) FP_MUST_CHECK;
/*
 * The verdict when there is no observation: notchecked with the reason ("no-address", "parameter-missing", "mode-not-stated", ...); reason
 * NULL gives the check's own: what a check without a probe waits for. An unknown code is kept and the result stays notchecked.
 */
void check_verdict_without(struct evidence_verdict *out, const struct check *c, const char *reason, const char *detail);

/* ---- planning ---- */

struct check_params { /* operator's settings by name */
	struct evidence_param *items;
	size_t n;
};

/* One address to ask with one probe. Several cells may hang on it. */
struct check_job {
	const struct check_probe *probe;
	char *target; /* "127.0.1.11:445", "[::1]:623" or a https URL base for redfish; numeric or name as in the device list */
	char *mode;   /* boot mode stated to be running; "" */
	struct evidence_param *params;
	size_t n_params;
};

struct check_plan; /* jobs, each once per (probe, target, mode, parameters), and which device and check hang on each */
enum fp_status check_plan_new(struct check_plan **out, struct fp_err *err) FP_MUST_CHECK;
void check_plan_freep(struct check_plan **p);
/*
 * Add one question: check c for device d, whose stated running mode is mode ("" when not stated). Gives in *job the index of
 * the job that will answer it, or -1 and *why (a reason code for check_verdict_without) when none can: no address, address
 * malformed, parameter missing, check without a probe.
 */
enum fp_status check_plan_add(struct check_plan *p, const struct check *c, const struct device *d, const char *mode,
    const struct check_params *params, int *job, const char **why, struct fp_err *err) FP_MUST_CHECK;
size_t check_plan_jobs(const struct check_plan *p);
const struct check_job *check_plan_job(const struct check_plan *p, size_t i);
/* For --dry-run: what would be sent, exactly: per job the target, the budget, and every request's bytes as hex and text. Nothing is sent. */
enum fp_status check_plan_dry_run(struct fp_buf *out, const struct check_plan *p, struct fp_err *err) FP_MUST_CHECK;

/* ---- running ---- */

#define CHECK_VANTAGE_UNSTATED "this computer"

struct check_run_options {
	const struct fp_clock *clock;
	const struct fp_log *log;
	const char *vantage; /* name of the place; required; CHECK_VANTAGE_UNSTATED when nobody said one */
	const char *tool;    /* "fieldproof 0.1.0" */
	int at_once;         /* jobs under way at most; 0 = 2048 or what the limit of open files allows */
	int per_host;        /* jobs under way per host address at most, TCP and UDP counted apart; 0 = 1 */
	int timeout_ms;      /* overrides the probes' longest single wait when > 0; their other waits shrink or grow with it */
	/* Called after each job and at least every 250 ms (obs NULL then); returning false ends the run in order (FP_OK, rest not asked). */
	bool (*progress)(void *ctx, size_t done, size_t total, size_t job, const struct evidence_obs *obs);
	/* Called once per finished job, in order of finishing, with the sealed observation; the callee keeps it (frees it). */
	enum fp_status (*done)(void *ctx, size_t job, struct evidence_obs *owned, struct fp_err *err);
	void *ctx;
};

/* Ask everything in the plan: one event loop, one thread. A job that fails is an observation of that failure, not an error of the run. */
enum fp_status check_run(const struct check_plan *p, const struct check_run_options *o, struct fp_err *err) FP_MUST_CHECK;

/* ---- rolling up ---- */

/* What one way of a check last said. */
struct check_said {
	struct evidence_verdict v;
	const struct check *way;
	fp_time at;
};
/*
 * One check, answered in several ways (all of one id): the strongest kind that decides (pass, fixed, fail) is taken, the latest among equals; but a fail that is newer than
 * a pass stands whatever its kind, for things may have changed. None decides: the open one of the strongest kind, one with an observation first. *against, when given, gets an
 * answer that contradicts the one taken (pass against fail), else NULL: a finding of its own. Gives the one taken; NULL only for n 0.
 */
const struct check_said *check_combine(const struct check_said *said, size_t n, const struct check_said **against);
/* Does the verdict still hold at now? No: older than the way's fresh_days, or an event that ends it came later. Gives the reason as a word ("age", "re-image") or NULL. */
const char *check_stale(const struct check *way, fp_time at, fp_time now, const fp_time ended[EVIDENCE_END_COUNT]);

/*
 * The verdict of an action from those of its checks: any required fail -> fail; all required pass (or fixed) -> pass with the lowest of
 * their levels (fixed when one was fixed); otherwise unknown with the settle code of the first open one; supporting checks never decide
 * but for reachability: a supporting pass alone gives unknown. Required checks of one group are alternatives: any fail fails, else the strongest pass passes. What is
 * notapplicable does not count. No required check (left) -> notchecked, reason "no-check".
 */
void check_roll_up(
    struct evidence_verdict *out, const struct notice_action *a, const struct evidence_verdict *verdicts, size_t n);

#endif
