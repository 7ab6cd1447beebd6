#include "collect/registry.h"

#include <stdio.h>
#include <string.h>
#ifdef _WIN32
#include "collect/windows_text.h"
#else
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "collect/regf.h"

/* One of the two hives; NULL regf and why when it could not be opened. */
struct hive {
	const char *name, *path;
	struct regf *regf;
	const char *why;
	char *set;        /* SYSTEM: "ControlSet001", what CurrentControlSet means */
	const char *last; /* the path that was asked for last, and its key: values of one key are asked for one after another */
	uint32_t last_key;
	void *file;
};

struct hives {
	struct collect_arena *arena;
	struct hive hive[2];
};

/* ---- files ---- */

struct hive_file {
#ifdef _WIN32
	HANDLE handle;
#else
	int fd;
#endif
};

#ifdef _WIN32
static bool
file_read(void *ctx, uint64_t off, void *buf, size_t n)
{
	struct hive_file *f = ctx;
	OVERLAPPED at = { .Offset = (DWORD)off, .OffsetHigh = (DWORD)(off >> 32) };
	DWORD got = 0;

	return ReadFile(f->handle, buf, (DWORD)n, &got, &at) && got == n;
}

static bool
file_open(struct hives *h, const char *path, struct hive_file *f, struct regf_source *s, const char **why)
{
	LARGE_INTEGER size;

	f->handle = CreateFileW(collect_wide(h->arena, path), GENERIC_READ,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, FILE_FLAG_RANDOM_ACCESS, NULL);
	if (f->handle == INVALID_HANDLE_VALUE || !GetFileSizeEx(f->handle, &size)) {
		*why = collect_windows_error(h->arena, GetLastError());
		return false;
	}
	*s = (struct regf_source){ .read = file_read, .ctx = f, .size = (uint64_t)size.QuadPart };
	return true;
}

static void
file_close(struct hive_file *f)
{
	if (f->handle != INVALID_HANDLE_VALUE)
		(void)CloseHandle(f->handle);
}

/* Windows does not care about the case. */
static const char *
find_below(struct collect_arena *a, const char *folder, const char *name)
{
	return collect_text(a, "%s\\%s", folder, name);
}
#else
static bool
file_read(void *ctx, uint64_t off, void *buf, size_t n)
{
	struct hive_file *f = ctx;
	uint8_t *to = buf;

	while (n > 0) {
		ssize_t got = pread(f->fd, to, n, (off_t)off);

		if (got <= 0) {
			if (got < 0 && errno == EINTR)
				continue;
			return false;
		}
		to += got;
		off += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

static bool
file_open(struct hives *h, const char *path, struct hive_file *f, struct regf_source *s, const char **why)
{
	struct stat st = { .st_size = 0 };

	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &st) != 0) {
		*why = collect_text(h->arena, "%s", strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		*why = "it is no plain file";
		return false;
	}
	*s = (struct regf_source){ .read = file_read, .ctx = f, .size = (uint64_t)st.st_size };
	return true;
}

static void
file_close(struct hive_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
}

/* The entry of a folder whatever its case; the name as it was asked for when there is none. */
static const char *
find_below(struct collect_arena *a, const char *folder, const char *name)
{
	DIR *d = opendir(folder);
	const char *found = name;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (collect_same(e->d_name, name)) {
			found = collect_text(a, "%s", e->d_name);
			if (strcmp(e->d_name, name) == 0)
				break;
		}
	if (d != NULL)
		(void)closedir(d);
	return collect_text(a, "%s/%s", folder, found);
}
#endif

const char *
collect_windows_below(struct collect_arena *a, const char *folder, const char *const *parts)
{
	for (; *parts != NULL; parts++)
		folder = find_below(a, folder, *parts);
	return folder;
}

/* ---- answers ---- */

static struct hive *
hive_named(struct collect_registry *reg, const char *name)
{
	struct hives *h = reg->ctx;
	struct hive *one = collect_same(name, "SYSTEM") ? &h->hive[0] : collect_same(name, "SOFTWARE") ? &h->hive[1] : NULL;

	if (one == NULL || one->regf == NULL)
		reg->why = one == NULL ? "only SYSTEM and SOFTWARE are read from a system that is not running" : one->why;
	return one == NULL || one->regf == NULL ? NULL : one;
}

static enum collect_reg_answer
damaged(struct collect_registry *reg, struct hives *h, const struct hive *one)
{
	reg->why = collect_text(h->arena, "'%s' is damaged: %s", one->path, regf_why(one->regf));
	return COLLECT_REG_BROKEN;
}

static enum collect_reg_answer
key_of(struct collect_registry *reg, struct hive *one, const char *key, uint32_t *at)
{
	static const char current[] = "CurrentControlSet";
	struct hives *h = reg->ctx;
	size_t n = sizeof(current) - 1;
	enum collect_reg_answer got;

	if (one->last != NULL && strcmp(one->last, key) == 0) {
		*at = one->last_key;
		return COLLECT_REG_FOUND;
	}
	if (one->set != NULL && collect_begins(key, current) && (key[n] == '\\' || key[n] == '\0'))
		got = regf_key(one->regf, collect_text(h->arena, "%s%s", one->set, key + n), at);
	else
		got = regf_key(one->regf, key, at);
	if (got == COLLECT_REG_BROKEN)
		return damaged(reg, h, one);
	if (got == COLLECT_REG_FOUND) {
		one->last = collect_text(h->arena, "%s", key);
		one->last_key = *at;
	}
	return got;
}

static enum collect_reg_answer
hive_value(struct collect_registry *reg, const char *hive, const char *key, const char *name, struct collect_reg_value *out,
    struct collect_arena *a)
{
	struct hive *one = hive_named(reg, hive);
	uint32_t at;
	enum collect_reg_answer got = one == NULL ? COLLECT_REG_BROKEN : key_of(reg, one, key, &at);

	if (got != COLLECT_REG_FOUND)
		return got;
	got = regf_value(one->regf, at, name, out, a);
	return got == COLLECT_REG_BROKEN ? damaged(reg, reg->ctx, one) : got;
}

static enum collect_reg_answer
hive_names(
    struct collect_registry *reg, const char *hive, const char *key, bool values, char ***out, size_t *n, struct collect_arena *a)
{
	struct hive *one = hive_named(reg, hive);
	uint32_t at;
	enum collect_reg_answer got = one == NULL ? COLLECT_REG_BROKEN : key_of(reg, one, key, &at);

	*out = NULL;
	*n = 0;
	if (got != COLLECT_REG_FOUND)
		return got;
	got = regf_names(one->regf, at, values, out, n, a);
	return got == COLLECT_REG_BROKEN ? damaged(reg, reg->ctx, one) : got;
}

/* ---- opening ---- */

/* Select\Current says which of the control sets the system used last. */
static void
find_control_set(struct hives *h, struct hive *one)
{
	struct collect_reg_value v = { .type = COLLECT_REG_NONE };
	uint32_t key;
	enum collect_reg_answer got = regf_key(one->regf, "Select", &key);

	if (got == COLLECT_REG_FOUND)
		got = regf_value(one->regf, key, "Current", &v, h->arena);
	if (got == COLLECT_REG_FOUND && v.type == COLLECT_REG_DWORD && v.number >= 1 && v.number <= 999) {
		one->set = collect_text(h->arena, "ControlSet%03u", (unsigned)v.number);
		return;
	}
	one->why = collect_text(h->arena, "'%s': Select\\Current does not say which control set is in use", one->path);
	one->regf = NULL;
}

static void
open_hive(struct hives *h, struct hive *one, const char *config, const char *name)
{
	struct hive_file *f = collect_alloc(h->arena, sizeof(*f));
	struct regf_source s;
	char why[REGF_WHY_MAX] = "";
	const char *cannot = NULL;

	one->name = name;
	one->path = find_below(h->arena, config, name);
	one->file = f;
	if (file_open(h, one->path, f, &s, &cannot))
		one->regf = regf_open(h->arena, &s, why);
	if (one->regf == NULL)
		one->why = collect_text(h->arena, "'%s': %s", one->path, cannot != NULL ? cannot : why);
}

struct collect_registry *
collect_registry_hives(struct collect_arena *a, const char *config)
{
	struct hives *h = collect_alloc(a, sizeof(*h));
	struct collect_registry *reg = collect_alloc(a, sizeof(*reg));

	h->arena = a;
	*reg = (struct collect_registry){ .value = hive_value, .names = hive_names, .ctx = h };
	open_hive(h, &h->hive[0], config, "SYSTEM");
	open_hive(h, &h->hive[1], config, "SOFTWARE");
	if (h->hive[0].regf != NULL)
		find_control_set(h, &h->hive[0]);
	return reg;
}

void
collect_registry_close(struct collect_registry *r)
{
	struct hives *h = r->ctx;

	if (r->value != hive_value)
		return;
	for (size_t i = 0; i < 2; i++)
		if (h->hive[i].file != NULL)
			file_close(h->hive[i].file);
}
