/*
 * A bundle of evidence: one file that holds all that one case rests on, to be checked by anyone without the database (docs/evidence.md).
 *
 *   manifest.json      every other member with its size, SHA-256 and link of the chain; tool, time, notice
 *   manifest.minisig   signature over the bytes of manifest.json, by the site's key, in minisign's format
 *   README.txt         how to check it by hand
 *   cells.json         what followed: the state of every cell
 *   notice.json        canonical bytes of the notice, its own checks included
 *   observations/ID.json, rules/ID.json, receipts/ENTRY.json
 *   site.pub           the public key that signed: to be compared with one that came another way
 *   verdicts.json      what was concluded, in order of time
 *
 * Here: the manifest, the chain, the signature, the list of verdicts. Judging again is for those who know the checks.
 */
#ifndef FP_EVIDENCE_BUNDLE_H
#define FP_EVIDENCE_BUNDLE_H

#include "crypto/minisign.h"
#include "evidence/archive.h"
#include "evidence/evidence.h"

#define EVIDENCE_BUNDLE_FORMAT "fieldproof-bundle-1"
#define EVIDENCE_MANIFEST "manifest.json"
#define EVIDENCE_SIGNATURE "manifest.minisig"
#define EVIDENCE_VERDICTS "verdicts.json"
#define EVIDENCE_KEY "site.pub"

struct evidence_bundle_head {
	char tool[64]; /* "fieldproof 0.1.0" */
	fp_time made;
	char reference[64]; /* of the notice */
	int64_t revision;
	char notice_hash[65];       /* its content hash: SHA-256 of notice.json */
	char key[MINISIGN_ID_TEXT]; /* id of the key that signs */
};

struct evidence_bundle_verdict {
	int64_t cell;  /* number of the cell at the site: the same for all verdicts of one */
	char *device;  /* serial number */
	char mode[24]; /* "" = the action holds for all modes */
	char action[48];
	char rule[65]; /* SHA-256 of the rule that judged; "" when the program's code did */
	fp_time at;
	struct evidence_verdict v;
};

/* Something that does not hold: where ("observations/1a2b.json", "manifest.json") and why. */
struct evidence_damage {
	char *where, *why;
};

struct evidence_bundle {
	struct evidence_archive *archive;
	struct evidence_bundle_head head;
	struct evidence_bundle_verdict *verdicts;
	size_t n_verdicts, cap_verdicts;
	struct evidence_damage *damage;
	size_t n_damage, cap_damage;
};

/* verdicts.json of the list (head and archive of b are not looked at). Appends. */
struct evidence_bundle *evidence_bundle_new(void);
void evidence_bundle_free(struct evidence_bundle *b);
void evidence_bundle_freep(struct evidence_bundle **b);
/* Copies v and its text. */
enum fp_status evidence_bundle_verdict(
    struct evidence_bundle *b, const struct evidence_bundle_verdict *v, struct fp_err *err) FP_MUST_CHECK;
enum fp_status evidence_bundle_verdicts_write(
    struct fp_buf *out, const struct evidence_bundle *b, struct fp_err *err) FP_MUST_CHECK;

/*
 * Finish b->archive, which holds all but what is made here: adds the public key, sorts, puts signature and manifest in front. head.key is filled. The same members, head and key
 * give the same bytes.
 */
enum fp_status evidence_bundle_seal(
    struct evidence_bundle *b, const struct minisign_secret *key, struct fp_err *err) FP_MUST_CHECK;

/*
 * Take *archive (set to NULL) for a bundle: manifest, chain, members, verdicts. FP_EINVAL, FP_EINTEGRITY, FP_EUNSUPPORTED: there is no manifest that can be read, *out untouched. Otherwise FP_OK, and damage[] names
 * every part that does not hold: changed, missing, added, renamed, in another place.
 */
enum fp_status evidence_bundle_open(
    struct evidence_bundle **out, struct evidence_archive **archive, struct fp_err *err) FP_MUST_CHECK;
/* Does the signature hold under key? NULL: under the one enclosed, which proves only that whoever made the bundle had that key. FP_EINTEGRITY; FP_EINVAL. */
enum fp_status evidence_bundle_signed(
    const struct evidence_bundle *b, const struct minisign_public *key, struct fp_err *err) FP_MUST_CHECK;
/* Note that a part does not hold. FP_ENOMEM. */
enum fp_status evidence_bundle_damaged(
    struct evidence_bundle *b, const char *where, const char *why, struct fp_err *err) FP_MUST_CHECK;

#endif
