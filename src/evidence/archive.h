/*
 * A bundle as a file: a list of named members in a tar archive, compressed by zstd. Writing is exact: the same members and time give the same bytes. What is read is foreign:
 * evidence_archive_unpack is for the sandbox, which turns it into a plain form without tar and zstd in it; evidence_archive_load reads that outside.
 */
#ifndef FP_EVIDENCE_ARCHIVE_H
#define FP_EVIDENCE_ARCHIVE_H

#include "base/buf.h"
#include "base/clock.h"

#define EVIDENCE_BUNDLE_MAX ((size_t)256 << 20) /* bytes of a bundle, packed as well as unpacked */
#define EVIDENCE_MEMBER_MAX ((size_t)64 << 20)  /* bytes of one member */
#define EVIDENCE_MEMBERS_MAX 100000
#define EVIDENCE_NAME_MAX 96 /* bytes of a name: what the oldest form of tar can hold */

struct evidence_member {
	char *name; /* "observations/3f2a....json" */
	char *data; /* ends with a NUL that is not counted */
	size_t len;
};

struct evidence_archive {
	struct evidence_member *items;
	size_t n, cap, bytes;
	size_t *index; /* private: places in order of names, when n_index is n */
	size_t n_index;
};

struct evidence_archive *evidence_archive_new(void);
void evidence_archive_free(struct evidence_archive *a);
void evidence_archive_freep(struct evidence_archive **a);
/* Copies. FP_EINVAL for a name that no member may have (letters, digits, ".", "-", "_"; one folder at most); FP_ELIMIT. */
enum fp_status evidence_archive_add(
    struct evidence_archive *a, const char *name, const void *data, size_t len, struct fp_err *err) FP_MUST_CHECK;
/* NULL when there is none. */
const struct evidence_member *evidence_archive_find(const struct evidence_archive *a, const char *name);
/* By name, as bytes compare. FP_EINTEGRITY when a name is there twice. */
enum fp_status evidence_archive_sort(struct evidence_archive *a, struct fp_err *err) FP_MUST_CHECK;
/* Put the member that was added last in front. */
void evidence_archive_last_first(struct evidence_archive *a);
/* Append the file: members in their order, owner 0, mode 0644, all of the time (seconds). */
enum fp_status evidence_archive_write(
    struct fp_buf *out, const struct evidence_archive *a, fp_time made, struct fp_err *err) FP_MUST_CHECK;

/*
 * The file's members in plain form. FP_EINVAL: no tar archive compressed by zstd; FP_ELIMIT; FP_EINTEGRITY: cut short, damaged, or with something that no bundle has: links, folders,
 * names that lead elsewhere, a name twice.
 */
enum fp_status evidence_archive_unpack(struct fp_buf *plain, const char *file, size_t len, struct fp_err *err) FP_MUST_CHECK;
/* From the plain form, checked again. FP_EINVAL; FP_ELIMIT; FP_EINTEGRITY. */
enum fp_status evidence_archive_load(
    struct evidence_archive **out, const char *plain, size_t len, struct fp_err *err) FP_MUST_CHECK;

#endif
