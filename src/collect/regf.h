/*
 * Reads a registry hive file (regf, versions 1.3 to 1.6) that belongs to a system which is not running. Nothing is written, no log is replayed, and every offset of the file is
 * doubted: a damaged hive gives COLLECT_REG_BROKEN with a reason, after a bounded number of reads. Layout as in the public description of the Windows registry file format
 * (M. Suhanov) and as libhivex reads it, which the tests hold this reader against.
 */
#ifndef FP_COLLECT_REGF_H
#define FP_COLLECT_REGF_H

#include "collect/collect.h"

/* Where the bytes come from: exactly n at off, false when they cannot be had. */
struct regf_source {
	bool (*read)(void *ctx, uint64_t off, void *buf, size_t n);
	void *ctx;
	uint64_t size; /* bytes */
};

struct regf; /* in the arena */

#define REGF_WHY_MAX 160

/* Check the header. NULL with why when it is no hive, or when the hive was not closed cleanly: its two sequence numbers or its checksum say that changes are still in its log. */
struct regf *regf_open(struct collect_arena *a, const struct regf_source *s, char why[REGF_WHY_MAX]);
/* Find a key below the root by its path ("ControlSet001\\Services", "" is the root itself); names are compared as Windows does for ASCII. */
enum collect_reg_answer regf_key(struct regf *h, const char *path, uint32_t *key);
/* A value of a key; name "" is the default one. Data above 1 MiB is BROKEN. */
enum collect_reg_answer regf_value(
    struct regf *h, uint32_t key, const char *name, struct collect_reg_value *out, struct collect_arena *a);
/* Names of the subkeys, or of the values, in the order of the hive. */
enum collect_reg_answer regf_names(struct regf *h, uint32_t key, bool values, char ***out, size_t *n, struct collect_arena *a);
/* Why the last answer was BROKEN. */
const char *regf_why(const struct regf *h);

#endif
