/*
 * The evidence of a case as one JSON document that travels: observations, verdicts, and a manifest with the SHA-256 of each part. Whoever
 * gets it can judge everything again (check_judge) without the database. Schema evidence-bundle.schema.json.
 */
#ifndef FP_EVIDENCE_BUNDLE_H
#define FP_EVIDENCE_BUNDLE_H

#include "evidence/evidence.h"

#define EVIDENCE_BUNDLE_FORMAT "fieldproof-evidence-1"
#define EVIDENCE_BUNDLE_MAX ((size_t)256 << 20)

struct evidence_bundle_verdict {
	char reference[64], device[128], mode[24], action[48]; /* the cell it is of; mode "" = all */
	struct evidence_verdict v;
	fp_time at;
};

struct evidence_bundle {
	char tool[64];
	fp_time made;
	struct evidence_obs **observations; /* owned */
	size_t n_observations, cap_observations;
	struct evidence_bundle_verdict *verdicts;
	size_t n_verdicts, cap_verdicts;
};

enum fp_status evidence_bundle_new(
    struct evidence_bundle **out, const char *tool, fp_time made, struct fp_err *err) FP_MUST_CHECK;
void evidence_bundle_free(struct evidence_bundle *b);
void evidence_bundle_freep(struct evidence_bundle **b);

/* Takes a sealed observation, also when it fails (then it is freed). */
enum fp_status evidence_bundle_add_obs(struct evidence_bundle *b, struct evidence_obs *owned, struct fp_err *err) FP_MUST_CHECK;
enum fp_status evidence_bundle_add_verdict(
    struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err) FP_MUST_CHECK;
/* The observation with that id, or NULL. */
const struct evidence_obs *evidence_bundle_find(const struct evidence_bundle *b, const char *id);

enum fp_status evidence_bundle_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err) FP_MUST_CHECK;
/*
 * Reads what write wrote. FP_EINTEGRITY names the part whose hash does not fit, an observation whose id does not fit its content, a verdict
 * whose observation is not in the bundle, or a part that the manifest does not list; FP_EINVAL for anything that is no bundle.
 */
enum fp_status evidence_bundle_read(struct evidence_bundle **out, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;

#endif
