/* Members of a bundle: packed and unpacked. */
#include "evidence/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define LEVEL "12" /* of zstd: beyond it the time grows, the file hardly shrinks */
#define CHUNK ((size_t)64 << 10)
#define BLOCK ((size_t)512)    /* of tar */
#define RECORD ((size_t)10240) /* of tar: what stands behind the last member is zeros, at most so many */
#define TAR_MAX (EVIDENCE_BUNDLE_MAX + 2 * BLOCK * EVIDENCE_MEMBERS_MAX + RECORD)

struct evidence_archive *
evidence_archive_new(void)
{
	return fp_calloc(1, sizeof(struct evidence_archive));
}

void
evidence_archive_free(struct evidence_archive *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++) {
		free(a->items[i].name);
		free(a->items[i].data);
	}
	free(a->items);
	free(a->index);
	free(a);
}

void
evidence_archive_freep(struct evidence_archive **a)
{
	evidence_archive_free(*a);
	*a = NULL;
}

const struct evidence_member *
evidence_archive_find(const struct evidence_archive *a, const char *name)
{
	size_t low = 0, high = a->n_index;

	if (a->n_index != a->n) {
		for (size_t i = 0; i < a->n; i++)
			if (strcmp(a->items[i].name, name) == 0)
				return &a->items[i];
		return NULL;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int cmp = strcmp(a->items[a->index[mid]].name, name);

		if (cmp == 0)
			return &a->items[a->index[mid]];
		if (cmp < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/* One folder at most, no part that begins with a point: nothing that leads out of where it is unpacked, nothing hidden. */
static bool
good_name(const char *name)
{
	size_t slashes = 0;

	for (const char *p = name; *p != '\0'; p++) {
		bool begins = p == name || p[-1] == '/';

		if (*p == '/' ? begins || p[1] == '\0' : !is_letter(*p) || (begins && (*p == '.' || *p == '-')))
			return false;
		slashes += *p == '/';
	}
	return name[0] != '\0' && slashes <= 1 && strlen(name) <= EVIDENCE_NAME_MAX;
}

static enum fp_status
check_name(const char *name, struct fp_err *err)
{
	char shown[80];

	if (good_name(name))
		return FP_OK;
	fp_utf8_copy(shown, sizeof(shown), name);
	return fp_fail(err, FP_EINTEGRITY, "a member is named '%s': no bundle has such a name", shown);
}

static enum fp_status
append(struct evidence_archive *a, const char *name, const void *data, size_t len, struct fp_err *err)
{
	struct evidence_member m = { .len = len };

	if (len > EVIDENCE_MEMBER_MAX)
		return fp_fail(
		    err, FP_ELIMIT, "'%s' has %zu bytes; a bundle's member has %zu at most", name, len, EVIDENCE_MEMBER_MAX);
	if (a->n == EVIDENCE_MEMBERS_MAX)
		return fp_fail(err, FP_ELIMIT, "more than %d members are too many for a bundle", EVIDENCE_MEMBERS_MAX);
	if (len > EVIDENCE_BUNDLE_MAX - a->bytes)
		return fp_fail(err, FP_ELIMIT, "more than %zu MiB are too much for a bundle", EVIDENCE_BUNDLE_MAX >> 20);
	m.name = fp_strdup(name);
	m.data = fp_calloc(len + 1, 1);
	if (m.name == NULL || m.data == NULL || fp_grow(&a->items, &a->cap, a->n + 1, sizeof(m)) != 0) {
		free(m.name);
		free(m.data);
		return fp_fail(err, FP_ENOMEM, "out of memory for a bundle");
	}
	if (len > 0)
		memcpy(m.data, data, len);
	a->items[a->n++] = m;
	a->bytes += len;
	return FP_OK;
}

enum fp_status
evidence_archive_add(struct evidence_archive *a, const char *name, const void *data, size_t len, struct fp_err *err)
{
	if (!good_name(name))
		return fp_fail(err, FP_EINVAL, "'%.100s' cannot be the name of a bundle's member", name);
	return append(a, name, data, len, err);
}

struct place {
	const char *name;
	size_t at;
};

static int
by_name(const void *x, const void *y)
{
	return strcmp(((const struct place *)x)->name, ((const struct place *)y)->name);
}

/* A hundred thousand members must not be compared each with each. */
static enum fp_status
make_index(struct evidence_archive *a, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct place *sorted = fp_calloc(a->n + 1, sizeof(*sorted));
	size_t *index = fp_calloc(a->n + 1, sizeof(*index));

	if (sorted == NULL || index == NULL) {
		free(index);
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	}
	for (size_t i = 0; i < a->n; i++)
		sorted[i] = (struct place){ .name = a->items[i].name, .at = i };
	qsort(sorted, a->n, sizeof(*sorted), by_name);
	free(a->index);
	a->index = index;
	a->n_index = a->n;
	for (size_t i = 0; i < a->n; i++) {
		index[i] = sorted[i].at;
		if (i > 0 && strcmp(sorted[i - 1].name, sorted[i].name) == 0)
			return fp_fail(err, FP_EINTEGRITY, "'%s' is in the bundle twice", sorted[i].name);
	}
	return FP_OK;
}

static int
member_by_name(const void *x, const void *y)
{
	return strcmp(((const struct evidence_member *)x)->name, ((const struct evidence_member *)y)->name);
}

enum fp_status
evidence_archive_sort(struct evidence_archive *a, struct fp_err *err)
{
	if (a->n > 1)
		qsort(a->items, a->n, sizeof(*a->items), member_by_name);
	return make_index(a, err);
}

void
evidence_archive_last_first(struct evidence_archive *a)
{
	if (a->n > 1) {
		struct evidence_member last = a->items[a->n - 1];

		memmove(a->items + 1, a->items, (a->n - 1) * sizeof(last));
		a->items[0] = last;
	}
	a->n_index = 0;
}

/* ---- writing ---- */

static la_ssize_t
into_buf(struct archive *w, void *ctx, const void *data, size_t len)
{
	struct fp_buf *out = ctx;

	fp_buf_add(out, data, len);
	if (out->failed == FP_OK)
		return (la_ssize_t)len;
	archive_set_error(w, EIO, "out of memory, or larger than a bundle may be");
	return -1;
}

static int
write_member(struct archive *w, struct archive_entry *e, const struct evidence_member *m, fp_time made)
{
	(void)archive_entry_clear(e);
	archive_entry_set_pathname(e, m->name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)m->len);
	archive_entry_set_mtime(e, made / 1000, 0);
	archive_entry_set_uid(e, 0);
	archive_entry_set_gid(e, 0);
	if (archive_write_header(w, e) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	return archive_write_data(w, m->data, m->len) == (la_ssize_t)m->len ? ARCHIVE_OK : ARCHIVE_FATAL;
}

enum fp_status
evidence_archive_write(struct fp_buf *out, const struct evidence_archive *a, fp_time made, struct fp_err *err)
{
	struct archive *w = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	int ok = w != NULL && e != NULL ? ARCHIVE_OK : ARCHIVE_FATAL;
	enum fp_status status = FP_OK;

	if (ok == ARCHIVE_OK &&
	    (archive_write_add_filter_zstd(w) != ARCHIVE_OK || archive_write_set_format_ustar(w) != ARCHIVE_OK ||
		archive_write_set_filter_option(w, "zstd", "compression-level", LEVEL) != ARCHIVE_OK ||
		archive_write_set_bytes_in_last_block(w, 1) != ARCHIVE_OK ||
		archive_write_open(w, out, NULL, into_buf, NULL) != ARCHIVE_OK))
		ok = ARCHIVE_FATAL;
	for (size_t i = 0; i < a->n && ok == ARCHIVE_OK; i++)
		ok = write_member(w, e, &a->items[i], made);
	if (ok == ARCHIVE_OK)
		ok = archive_write_close(w);
	if (ok != ARCHIVE_OK)
		status = fp_fail(err, out->failed != FP_OK ? out->failed : FP_EIO, "the bundle cannot be written: %s",
		    w != NULL && archive_error_string(w) != NULL ? archive_error_string(w) : "out of memory");
	archive_entry_free(e);
	(void)archive_write_free(w);
	return status == FP_OK ? fp_buf_check(out, "the bundle", err) : status;
}

/* ---- reading: in the sandbox ---- */

static enum fp_status
broken(struct archive *r, struct fp_err *err)
{
	const char *why = archive_error_string(r);
	char shown[160];

	fp_utf8_copy(shown, sizeof(shown), why != NULL ? why : "no reason given");
	return fp_fail(err, FP_EINTEGRITY, "the bundle is cut short or damaged: %s", shown);
}

static enum fp_status
check_entry(const char **name, struct archive_entry *e, size_t total, struct fp_err *err)
{
	*name = archive_entry_pathname(e);
	if (*name == NULL)
		return fp_fail(err, FP_EINTEGRITY, "a member has a name that is no text");
	if (check_name(*name, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e) != NULL || archive_entry_symlink(e) != NULL ||
	    archive_entry_sparse_count(e) != 0)
		return fp_fail(
		    err, FP_EINTEGRITY, "'%s' is no plain file: a bundle has no links, folders, devices or holes", *name);
	if (!archive_entry_size_is_set(e) || archive_entry_size(e) < 0 || archive_entry_size(e) > (la_int64_t)EVIDENCE_MEMBER_MAX)
		return fp_fail(
		    err, FP_ELIMIT, "'%s' is larger than a bundle's member may be, %zu MiB", *name, EVIDENCE_MEMBER_MAX >> 20);
	if ((size_t)archive_entry_size(e) > EVIDENCE_BUNDLE_MAX - total)
		return fp_fail(err, FP_ELIMIT, "unpacked, the bundle is larger than %zu MiB", EVIDENCE_BUNDLE_MAX >> 20);
	return FP_OK;
}

static enum fp_status
copy_data(struct fp_buf *plain, struct archive *r, const char *name, size_t size, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *chunk = fp_calloc(CHUNK, 1);
	size_t left = size;
	la_ssize_t n = 0;

	if (chunk == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", name);
	while ((n = archive_read_data(r, chunk, CHUNK)) > 0 && (size_t)n <= left) {
		fp_buf_add(plain, chunk, (size_t)n);
		left -= (size_t)n;
	}
	if (n < 0)
		return broken(r, err);
	return left == 0 && n == 0 ? FP_OK : fp_fail(err, FP_EINTEGRITY, "'%s' is not as long as it says", name);
}

static bool
all_zero(const struct fp_buf *tar, size_t from, size_t to)
{
	while (from < to && from < tar->len && tar->data[from] == 0)
		from++;
	return from >= to;
}

/* A member stands where the one before it ends, and fills its last block with zeros: there is nothing in the file that is not looked at. */
static enum fp_status
check_layout(size_t *at, const struct fp_buf *tar, const char *name, size_t size, struct fp_err *err)
{
	size_t end = *at + BLOCK + size;

	*at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
	if (*at <= tar->len && all_zero(tar, end, *at))
		return FP_OK;
	return fp_fail(err, FP_EINTEGRITY, "there is something beside the content of '%s'", name);
}

/* Plain form: for each member its name's length (16 bits), name, size (32 bits), bytes; little-endian. */
static enum fp_status
unpack_members(struct fp_buf *plain, const struct fp_buf *tar, struct archive *r, struct fp_err *err)
{
	struct archive_entry *e;
	const char *name;
	size_t total = 0, n = 0, at = 0;
	int s;

	while ((s = archive_read_next_header(r, &e)) == ARCHIVE_OK) {
		size_t size;

		if (++n > EVIDENCE_MEMBERS_MAX)
			return fp_fail(err, FP_ELIMIT, "the bundle has more than %d members", EVIDENCE_MEMBERS_MAX);
		if (check_entry(&name, e, total, err) != FP_OK)
			return fp_failed(err, FP_EINTEGRITY);
		size = (size_t)archive_entry_size(e);
		total += size;
		fp_buf_le16(plain, (uint16_t)strlen(name));
		fp_buf_puts(plain, name);
		fp_buf_le32(plain, (uint32_t)size);
		if (copy_data(plain, r, name, size, err) != FP_OK || check_layout(&at, tar, name, size, err) != FP_OK)
			return fp_failed(err, FP_EINTEGRITY);
	}
	if (s != ARCHIVE_EOF)
		return broken(r, err);
	if (tar->len - at > RECORD || !all_zero(tar, at, tar->len))
		return fp_fail(err, FP_EINTEGRITY, "there is something behind the last member of the bundle");
	return fp_buf_check(plain, "the unpacked bundle", err);
}

/* What zstd holds, all of it: a reader of tar would stop at the archive's end and not see what stands behind it. */
static enum fp_status
decompress(struct fp_buf *tar, struct archive *r, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *chunk = fp_calloc(CHUNK, 1);
	struct archive_entry *e;
	la_ssize_t n;
	int s;

	if (chunk == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	if ((s = archive_read_next_header(r, &e)) != ARCHIVE_OK)
		return s == ARCHIVE_EOF ? fp_fail(err, FP_EINTEGRITY, "the bundle is empty") : broken(r, err);
	while ((n = archive_read_data(r, chunk, CHUNK)) > 0) {
		fp_buf_add(tar, chunk, (size_t)n);
		if (tar->failed == FP_ELIMIT)
			return fp_fail(err, FP_ELIMIT, "unpacked, the bundle is larger than %zu MiB", EVIDENCE_BUNDLE_MAX >> 20);
	}
	return n < 0 ? broken(r, err) : fp_buf_check(tar, "the bundle's tar archive", err);
}

static void
reader_freep(struct archive **r)
{
	(void)archive_read_free(*r);
}

enum fp_status
evidence_archive_unpack(struct fp_buf *plain, const char *file, size_t len, struct fp_err *err)
{
	static const char magic[] = "\x28\xb5\x2f\xfd";
	FP_AUTO(fp_buf_free) struct fp_buf tar = { .max = TAR_MAX };
	FP_AUTO(reader_freep) struct archive *packed = NULL, *members = NULL;

	if (len > EVIDENCE_BUNDLE_MAX)
		return fp_fail(err, FP_ELIMIT, "the bundle has %zu bytes; the limit is %zu", len, EVIDENCE_BUNDLE_MAX);
	if (len < 4 || memcmp(file, magic, 4) != 0)
		return fp_fail(err, FP_EINVAL, "this is no bundle of evidence: a tar archive compressed by zstd was expected");
	if ((packed = archive_read_new()) == NULL || (members = archive_read_new()) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	if (archive_read_support_filter_zstd(packed) != ARCHIVE_OK || archive_read_support_format_raw(packed) != ARCHIVE_OK ||
	    archive_read_support_format_tar(members) != ARCHIVE_OK)
		return fp_fail(err, FP_EUNSUPPORTED, "this libarchive cannot read zstd or tar");
	if (archive_read_open_memory(packed, file, len) != ARCHIVE_OK)
		return broken(packed, err);
	if (decompress(&tar, packed, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	if (archive_read_open_memory(members, tar.data, tar.len) != ARCHIVE_OK)
		return broken(members, err);
	return unpack_members(plain, &tar, members, err);
}

/* ---- reading: outside ---- */

static enum fp_status
load_member(struct evidence_archive *a, struct fp_cur *c, struct fp_err *err)
{
	char name[EVIDENCE_NAME_MAX + 1] = "";
	size_t name_len = fp_cur_le16(c), size;
	const uint8_t *p = fp_cur_take(c, name_len);

	if (p == NULL || name_len > EVIDENCE_NAME_MAX)
		return fp_fail(err, FP_EINVAL, "the unpacked bundle breaks off in a name");
	memcpy(name, p, name_len);
	if (strlen(name) != name_len)
		return fp_fail(err, FP_EINTEGRITY, "a member has a name with a zero in it");
	if (check_name(name, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	size = fp_cur_le32(c);
	if (c->bad || (p = fp_cur_take(c, size)) == NULL)
		return fp_fail(err, FP_EINVAL, "the unpacked bundle breaks off in '%s'", name);
	return append(a, name, p, size, err);
}

enum fp_status
evidence_archive_load(struct evidence_archive **out, const char *plain, size_t len, struct fp_err *err)
{
	FP_AUTO(evidence_archive_freep) struct evidence_archive *a = evidence_archive_new();
	struct fp_cur c = fp_cur_make(plain, len);

	if (a == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	while (fp_cur_left(&c) > 0)
		if (load_member(a, &c, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	if (make_index(a, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	*out = a;
	a = NULL;
	return FP_OK;
}
