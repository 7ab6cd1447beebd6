/*
 * Rules: checks as data (docs/rules.md). A rule turns the facts of a fact file into a reason, and so into a verdict, without code for the check. Evaluation has three values:
 * a fact that is null or absent makes what depends on it unknown, and an unknown condition ends the rule as "facts-missing": nothing is ever skipped to reach a pass.
 */
#ifndef FP_RULE_RULE_H
#define FP_RULE_RULE_H

#include "base/json.h"
#include "base/status.h"
#include "evidence/evidence.h"

#define RULE_FILE_MAX (64 << 10)
#define RULE_FORMAT "fieldproof-check-1"

struct rule_reference { /* "NIST SP 800-53", "SC-8(1)" */
	const char *source, *id;
};

struct rule_param {
	const char *name, *text;
	bool required;
	const char *fallback; /* taken when the operator set none; NULL */
};

/* Read-only; everything lives as long as the rule. */
struct rule {
	const char *id, *title, *question, *proves;
	enum evidence_kind kind;
	enum evidence_level level;
	int fresh_days;                        /* a verdict older than that is stale; 0 = never by age alone */
	unsigned ends_with;                    /* bits 1u << EVIDENCE_END_...: what ends its validity */
	const char *const *needs;              /* members of the facts that it reads: "services", "listeners"; ends with NULL */
	const struct evidence_reason *reasons; /* ends with code NULL */
	const struct rule_reference *references;
	size_t n_references;
	const struct rule_param *params;
	size_t n_params;
	const struct rule_body *body; /* private */
	const json_t *json;           /* as read: what a bundle carries */
	char hash[65];                /* SHA-256 (hex) of its canonical bytes */
	bool
	    of_storage; /* it is about the storage server, not the device: judged from facts that were collected there ("of": "storage") */
	bool across_modes; /* it looks at the facts of every mode of the device (UCS-5) */
};

/* Messages name file and JSON place: "checks/UCS-4.json: rules[2].when: unknown operator 'conains'; known: ...". FP_EINVAL, FP_ELIMIT. */
enum fp_status rule_parse(struct rule **out, const char *json, size_t len, const char *name, struct fp_err *err) FP_MUST_CHECK;
void rule_free(struct rule *r);
void rule_freep(struct rule **r);

/*
 * Judge an observation of probe "facts" (evidence/evidence.h): its step 1 holds the fact file's bytes, the parameters say which part, the mode, what
 * the site knew when it was imported, and the operator's values. Pure: the signature is verified again. Fills reason and detail of out; the result comes from the
 * rule's reasons. What is wrong with the file itself has its own reasons, shared by every rule (rule_troubles): never a pass.
 */
void rule_judge(struct evidence_verdict *out, const struct rule *r, const struct evidence_obs *obs);
/* Reasons that every rule shares: "facts-missing", "facts-forged", "facts-undated", ... ends with code NULL. */
const struct evidence_reason *rule_troubles(void);

/* The row of the rule's reasons or of rule_troubles; NULL when there is none. r may be NULL. */
const struct evidence_reason *rule_reason_find(const struct rule *r, const char *code);
/* The maker's own translation of one of the rule's texts (English, as in the rule) into a language ("de"); NULL: look in the catalogues. */
const char *rule_text(const struct rule *r, const char *lang, const char *english);

/* Parameters of an observation of probe "facts", set at import. */
#define RULE_P_PART "part" /* "0" the running system, "1".. offline ones */
#define RULE_P_CHALLENGED                                                                                                        \
	"challenge-issued" /* RFC 3339 time at which this site issued the file's challenge; absent: not ours, none */
#define RULE_P_IDENTITY                                                                                                          \
	"identity" /* "first", "same", "other-device", "other-mode" (the same system was read under another mode), "re-imaged" (a person said so) */
#define RULE_P_OTHER "other-part" /* step 2 holds the other mode's file; this is the part of it */
#define RULE_P_OTHER_MODE "other-mode"

#endif
