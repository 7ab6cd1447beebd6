#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

static int fail_after = -1;

void
fp_file_fail_after(int n)
{
	fail_after = n;
}

static bool
refuse(int with)
{
	if (fail_after < 0)
		return false;
	if (fail_after > 0) {
		fail_after--;
		return false;
	}
	errno = with;
	return true;
}

static enum fp_status
read_fd(struct fp_buf *out, int fd, const char *name, struct fp_err *err)
{
	char chunk[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fp_fail_errno(err, errno, "cannot read '%s'", name);
		if (n == 0)
			break;
		fp_buf_add(out, chunk, (size_t)n);
		if (out->failed != FP_OK)
			break;
	}
	if (fp_buf_check(out, name, err) != FP_OK)
		return out->failed;
	fp_buf_add(out, "", 0);
	return fp_buf_check(out, name, err);
}

enum fp_status
fp_file_read(struct fp_buf *out, const char *path, struct fp_err *err)
{
	FP_AUTO(fp_closep) int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_fd(out, STDIN_FILENO, "standard input", err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open '%s'", path);
	return read_fd(out, fd, path, err);
}

static int
open_beneath(int dirfd, const char *name, int flags)
{
	struct open_how how = { .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how));
}

enum fp_status
fp_file_read_at(struct fp_buf *out, int dirfd, const char *name, struct fp_err *err)
{
	FP_AUTO(fp_closep) int fd = open_beneath(dirfd, name, O_RDONLY | O_NOCTTY);

	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open '%s'", name);
	return read_fd(out, fd, name, err);
}

enum fp_status
fp_file_write_all(int fd, const void *data, size_t len, const char *what, struct fp_err *err)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = refuse(ENOSPC) ? -1 : write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fp_fail_errno(err, errno, "cannot write '%s'", what);
		p += n;
		len -= (size_t)n;
	}
	return FP_OK;
}

static enum fp_status
sync_fd(int fd, const char *what, struct fp_err *err)
{
	if (refuse(EIO) || fsync(fd) != 0)
		return fp_fail_errno(err, errno, "cannot bring '%s' safely to disk", what);
	return FP_OK;
}

/* The file is complete and on disk under its temporary name before the rename makes it visible. */
static enum fp_status
write_temp(int dirfd, const char *temp, const void *data, size_t len, unsigned mode, const char *name, struct fp_err *err)
{
	FP_AUTO(fp_closep) int fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);

	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot create '%s'", name);
	if (fp_file_write_all(fd, data, len, name, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return sync_fd(fd, name, err);
}

enum fp_status
fp_file_publish_at(int dirfd, const char *name, const void *data, size_t len, unsigned mode, struct fp_err *err)
{
	/* Two threads that publish the same name must not share the temporary one. */
	static atomic_uint serial;
	FP_AUTO(fp_freep) char *temp = fp_asprintf("%s.%ld.%u.tmp", name, (long)getpid(), atomic_fetch_add(&serial, 1));
	struct fp_err local = { .status = FP_OK };
	struct fp_err *e = err ? err : &local;

	if (temp == NULL)
		return fp_fail(e, FP_ENOMEM, "out of memory writing '%s'", name);
	(void)unlinkat(dirfd, temp, 0);
	if (write_temp(dirfd, temp, data, len, mode, name, e) != FP_OK) {
		(void)unlinkat(dirfd, temp, 0);
		return e->status;
	}
	if (renameat(dirfd, temp, dirfd, name) != 0) {
		int saved = errno;

		(void)unlinkat(dirfd, temp, 0);
		return fp_fail_errno(e, saved, "cannot rename '%s'", name);
	}
	return sync_fd(dirfd, name, e);
}

enum fp_status
fp_file_publish(const char *path, const void *data, size_t len, unsigned mode, struct fp_err *err)
{
	const char *slash = strrchr(path, '/');
	FP_AUTO(fp_freep)
	char *dir = slash == NULL ? fp_strdup(".") : fp_strndup(path, slash == path ? 1 : (size_t)(slash - path));
	FP_AUTO(fp_closep) int fd = -1;

	if (dir == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory writing '%s'", path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open the folder '%s'", dir);
	return fp_file_publish_at(fd, slash ? slash + 1 : path, data, len, mode, err);
}

enum fp_status
fp_folder_make(const char *path, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *part = fp_strdup(path);
	struct stat st;

	if (part == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory making the folder '%s'", path);
	/* Whether one above could not be made shows at the last one. */
	for (char *slash = strchr(part + (*part == '/'), '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0777);
		*slash = '/';
	}
	if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return FP_OK;
	return fp_fail_errno(err, errno, "cannot make the folder '%s'", path);
}
