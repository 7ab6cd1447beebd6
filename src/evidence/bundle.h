/*
 * A bundle: observations and the verdicts that were drawn from them, as one JSON document that can be checked without the database
 * (schema evidence-bundle.schema.json). Its manifest holds the SHA-256 of each part; a signature in minisign's format covers the
 * manifest. Judging again is for those who know the checks.
 */
#ifndef FP_EVIDENCE_BUNDLE_H
#define FP_EVIDENCE_BUNDLE_H

#include "crypto/minisign.h"
#include "evidence/evidence.h"

#define EVIDENCE_BUNDLE_MAX ((size_t)256 << 20) /* bytes of a bundle */

struct evidence_bundle_verdict {
	char *notice; /* reference */
	char *device; /* serial number */
	char *mode;   /* "" = the action holds for all modes */
	char *action;
	fp_time at;
	struct evidence_verdict v;
};

/* A part that does not hold: where ("observation 3 (1a2b3c4d)", "verdicts", "manifest") and why. */
struct evidence_damage {
	char *where, *why;
};

struct evidence_bundle {
	char *tool; /* "fieldproof 0.1.0" */
	fp_time made;
	struct evidence_obs **observations;
	size_t n_observations, cap_observations;
	struct evidence_bundle_verdict *verdicts;
	size_t n_verdicts, cap_verdicts;
	char *signature;                /* minisign signature file over evidence_bundle_manifest; NULL when unsigned */
	struct evidence_damage *damage; /* filled by read */
	size_t n_damage, cap_damage;
	void *index; /* private: id -> place in observations */
};

struct evidence_bundle *evidence_bundle_new(void);
void evidence_bundle_free(struct evidence_bundle *b);
void evidence_bundle_freep(struct evidence_bundle **b);

/* Takes *o, a sealed observation, and sets it to NULL; one that the bundle has already is freed. FP_ENOMEM leaves it with the caller. */
enum fp_status evidence_bundle_obs(struct evidence_bundle *b, struct evidence_obs **o, struct fp_err *err) FP_MUST_CHECK;
/* Copies v and its texts (NULL means ""). */
enum fp_status evidence_bundle_verdict(
    struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err) FP_MUST_CHECK;
/* NULL when the bundle does not have it. */
const struct evidence_obs *evidence_bundle_find(const struct evidence_bundle *b, const char *id);

/* The bytes that the signature covers: canonical JSON of the manifest. */
enum fp_status evidence_bundle_manifest(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err) FP_MUST_CHECK;
enum fp_status evidence_bundle_sign(
    struct evidence_bundle *b, const struct minisign_secret *key, struct fp_err *err) FP_MUST_CHECK;
/* FP_ENOTFOUND when unsigned; FP_EINTEGRITY says what does not hold. Only for a bundle without damage. */
enum fp_status evidence_bundle_verify(
    const struct evidence_bundle *b, const struct minisign_public *key, struct fp_err *err) FP_MUST_CHECK;

/* Indented JSON for people and files; the same bundle gives the same bytes. */
enum fp_status evidence_bundle_write(struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err) FP_MUST_CHECK;
/*
 * Read, and check each id and the manifest. FP_EINVAL, FP_ELIMIT, FP_EUNSUPPORTED: no bundle, *out untouched. FP_EINTEGRITY: *out is given all
 * the same, with what is whole, and damage[] names every part that is not; the message tells the first and how many.
 */
enum fp_status evidence_bundle_read(struct evidence_bundle **out, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;

#endif
