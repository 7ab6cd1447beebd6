/*
 * Files: read whole with a limit, publish durably (temp file, fsync, rename, fsync of the folder), walk below a held folder.
 */
#ifndef FP_BASE_FILE_H
#define FP_BASE_FILE_H

#include "base/buf.h"

/* Read a regular file, a pipe or "-" (standard input) into out (its max is the limit). The message names path. */
enum fp_status fp_file_read(struct fp_buf *out, const char *path, struct fp_err *err) FP_MUST_CHECK;
/* The same for a name relative to an open folder; never leaves the folder (openat2 RESOLVE_BENEATH, no links out). */
enum fp_status fp_file_read_at(struct fp_buf *out, int dirfd, const char *name, struct fp_err *err) FP_MUST_CHECK;

/* Write data as path: either the whole new file is there afterwards, or the old one is untouched. mode as for open(2). */
enum fp_status fp_file_publish(const char *path, const void *data, size_t len, unsigned mode, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_file_publish_at(
    int dirfd, const char *name, const void *data, size_t len, unsigned mode, struct fp_err *err) FP_MUST_CHECK;

/* Make the folder path, and those above it that are missing (mode 0777 less the umask). It may be there already. */
enum fp_status fp_folder_make(const char *path, struct fp_err *err) FP_MUST_CHECK;

/* Write all of data to an open descriptor. */
enum fp_status fp_file_write_all(int fd, const void *data, size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;

/* For tests: let n more write and fsync calls of this file succeed and fail every later one with ENOSPC or EIO; negative switches it off. */
void fp_file_fail_after(int n);

#endif
