#define _GNU_SOURCE /* O_PATH */
#include "collect/linux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WHY_BYTES 256
#define READ_STEP 65536
#define NAMES_MAX 50000

const char *
linux_why(int error)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = { { EACCES, "no right to read it" }, { EPERM, "no right to read it" }, { ENOENT, "it is not there" },
		{ ENOTDIR, "it is not there" }, { EFBIG, "it is too long" }, { ELOOP, "its links lead in a circle" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].text;
	return "it cannot be read";
}

/* ---- for the program: the fact file and the key ---- */

static enum collect_file
file_answer(int error, char why[WHY_BYTES])
{
	(void)snprintf(why, WHY_BYTES, "%s", linux_why(error));
	if (error == ENOENT || error == ENOTDIR)
		return COLLECT_FILE_ABSENT;
	return error == EACCES || error == EPERM ? COLLECT_FILE_DENIED : COLLECT_FILE_BROKEN;
}

/* The whole text of fd, which is closed. NULL with errno. */
static char *
read_all(struct collect_arena *a, int fd, size_t max, size_t *len)
{
	size_t cap = READ_STEP / 8, n = 0;
	char *text = collect_alloc(a, cap + 1);
	int error = 0;

	for (;;) {
		ssize_t got = read(fd, text + n, cap - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			error = got < 0 ? errno : 0;
			break;
		}
		n += (size_t)got;
		if (n > max) {
			error = EFBIG;
			break;
		}
		if (n == cap) {
			char *more = collect_alloc(a, 2 * cap + 1);

			memcpy(more, text, n);
			text = more;
			cap *= 2;
		}
	}
	(void)close(fd);
	text[n] = '\0';
	if (len != NULL)
		*len = n;
	errno = error;
	return error == 0 ? text : NULL;
}

enum collect_file
collect_file_read(struct collect_arena *a, const char *path, size_t max, char **bytes, size_t *len, char why[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return file_answer(errno, why);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		(void)snprintf(why, WHY_BYTES, "it is no plain file");
		return COLLECT_FILE_BROKEN;
	}
	*bytes = read_all(a, fd, max, len);
	return *bytes == NULL ? file_answer(errno, why) : COLLECT_FILE_OK;
}

static bool
write_all(int fd, const void *bytes, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t put = write(fd, (const char *)bytes + n, len - n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		n += (size_t)put;
	}
	return fsync(fd) == 0;
}

/* The name is safe on the stick only when its folder is flushed too; a file system that cannot do that is none of our business. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int fd;

	(void)snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path + 1), slash == NULL ? "." : path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

bool
collect_file_write(const char *path, const void *bytes, size_t len, bool private, char why[256])
{
	struct collect_arena *a = collect_arena_new();
	char *temp = collect_text(a, "%s.new", path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, private ? 0600 : 0644);
	bool ok = fd >= 0 && write_all(fd, bytes, len);
	int error = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		ok = false;
		error = errno;
	}
	if (ok && rename(temp, path) != 0) {
		ok = false;
		error = errno;
	}
	if (ok)
		sync_folder(path);
	else
		(void)snprintf(why, WHY_BYTES, "%s", strerror(error)); /* one thread */
	if (!ok && fd >= 0)
		(void)unlink(temp);
	collect_arena_free(a);
	return ok;
}

bool
collect_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
collect_elevated(void)
{
	return geteuid() == 0;
}

int64_t
collect_now(void)
{
	return time(NULL); /* lint-ok: this module stands alone; its only clock */
}

bool
collect_on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* ---- the tree that is read ---- */

bool
linux_is_live(const struct collect *c)
{
	return strcmp(c->o->root, "/") == 0;
}

int
linux_open(const struct collect *c, const char *path, int flags)
{
	/* openat2 takes nothing beside O_PATH that would have no meaning there. */
	int extra = (flags & O_PATH) != 0 ? 0 : O_NOCTTY | O_NONBLOCK;
	struct open_how how = { .flags = (uint64_t)(unsigned)(O_RDONLY | O_CLOEXEC | extra | flags), .resolve = RESOLVE_IN_ROOT };
	int root, fd, error;

	if (linux_is_live(c))
		return open(path, (int)how.flags);
	root = open(c->o->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	/* An old kernel: without links that lead out of a recorded tree it is the same. */
	if (fd < 0 && errno == ENOSYS)
		fd = openat(root, path + strspn(path, "/"), (int)how.flags);
	error = errno;
	(void)close(root);
	errno = error;
	return fd;
}

char *
linux_read(struct collect *c, const char *path, size_t max, size_t *len)
{
	int fd = linux_open(c, path, 0);
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		errno = EINVAL;
		return NULL;
	}
	return read_all(c->arena, fd, max, len);
}

char *
linux_line(struct collect *c, const char *path)
{
	char *text = linux_read(c, path, READ_STEP, NULL);

	if (text == NULL)
		return NULL;
	text[strcspn(text, "\r\n")] = '\0';
	return linux_trim(text);
}

char *
linux_link(struct collect *c, const char *path)
{
	int fd = linux_open(c, path, O_PATH | O_NOFOLLOW);
	char to[4096];
	ssize_t n;
	int error;

	if (fd < 0)
		return NULL;
	n = readlinkat(fd, "", to, sizeof(to));
	error = errno;
	(void)close(fd);
	errno = n == (ssize_t)sizeof(to) ? ENAMETOOLONG : error;
	return n < 0 || n == (ssize_t)sizeof(to) ? NULL : collect_text(c->arena, "%.*s", (int)n, to);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

ssize_t
linux_names(struct collect *c, const char *path, char ***names)
{
	int fd = linux_open(c, path, O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t n = 0, cap = 64;
	char **list = collect_alloc(c->arena, cap * sizeof(*list));

	if (dir == NULL) {
		int error = errno;

		if (fd >= 0)
			(void)close(fd);
		errno = error;
		return -1;
	}
	for (const struct dirent *e; n < NAMES_MAX && (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (n == cap) {
			char **more = collect_alloc(c->arena, 2 * cap * sizeof(*more));

			memcpy(more, list, n * sizeof(*list));
			list = more;
			cap *= 2;
		}
		list[n++] = collect_text(c->arena, "%s", e->d_name);
	}
	(void)closedir(dir);
	qsort(list, n, sizeof(*list), by_name);
	*names = list;
	return (ssize_t)n;
}

bool
linux_sha256(struct collect *c, const char *path, char hex[65])
{
	int fd = linux_open(c, path, 0);
	bool ok;

	if (fd < 0)
		return false;
	ok = collect_sha256_fd(fd, hex);
	(void)close(fd);
	return ok;
}

bool
collect_sha256_file(const char *path, char hex[65])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool ok;

	if (fd < 0)
		return false;
	ok = collect_sha256_fd(fd, hex);
	(void)close(fd);
	return ok;
}

/* ---- text ---- */

char *
linux_trim(char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n\v\f");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n\v\f", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

char *
linux_next_line(char **p, bool continued)
{
	char *line = *p, *to = *p, *from = *p;

	if (*from == '\0')
		return NULL;
	while (*from != '\0' && *from != '\n') {
		bool joint = continued && from[0] == '\\' && from[1] == '\n';

		*to++ = joint ? ' ' : *from;
		from += joint ? 2 : 1;
	}
	*p = *from == '\n' ? from + 1 : from;
	*to = '\0';
	return line;
}
