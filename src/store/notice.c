/* Notices with all their revisions. */
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

#define LIST                                                                                                                     \
	"SELECT n.id, n.reference, v.revision, v.hash, v.genuine, v.signer, v.imported_by, v.imported_at, v.seq"                 \
	" FROM notice n JOIN notice_version v ON v.notice_id = n.id"
#define WHOLE                                                                                                                    \
	"SELECT n.id, n.reference, v.revision, v.hash, v.genuine, v.signer, v.imported_by, v.imported_at, v.seq,"                \
	" v.canonical, v.signature FROM notice n JOIN notice_version v ON v.notice_id = n.id"
#define NEWEST " v.id = (SELECT max(w.id) FROM notice_version w WHERE w.notice_id = n.id)"

void
store_notice_clear(struct store_notice *n)
{
	free(n->canonical);
	free(n->signature);
	n->canonical = NULL;
	n->signature = NULL;
}

static enum fp_status
read_notice(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_notice *n = element;

	(void)err;
	n->id = sql_int_at(st, 0);
	sql_copy_at(st, 1, n->reference, sizeof(n->reference));
	n->revision = (int)sql_int_at(st, 2);
	sql_copy_at(st, 3, n->hash, sizeof(n->hash));
	sql_copy_at(st, 4, n->genuine, sizeof(n->genuine));
	sql_copy_at(st, 5, n->signer, sizeof(n->signer));
	sql_copy_at(st, 6, n->imported_by, sizeof(n->imported_by));
	n->imported_at = sql_int_at(st, 7);
	n->seq = sql_int_at(st, 8);
	return FP_OK;
}

static enum fp_status
read_whole(struct store_notice *n, struct sql_stmt *st, struct fp_err *err)
{
	(void)read_notice(n, st, err);
	if (!sql_dup_at(st, 9, &n->canonical, &n->canonical_len) || !sql_dup_at(st, 10, &n->signature, NULL))
		return store_no_memory(err);
	return FP_OK;
}

/* The id of the reference, made when it is new, and the hash of the newest revision there is. */
static enum fp_status
find_or_add(struct sql *db, struct store_notice *n, char hash[65], struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *find = sql_get(db, "notice-find",
	    "SELECT n.id, v.hash FROM notice n JOIN notice_version v ON v.notice_id = n.id WHERE n.reference = $1 AND" NEWEST);
	FP_AUTO(sql_reset) struct sql_stmt *add = NULL;
	enum fp_status s;

	hash[0] = '\0';
	n->id = 0;
	sql_text(find, 1, n->reference);
	if (sql_row(find)) {
		n->id = sql_int_at(find, 0);
		sql_copy_at(find, 1, hash, 65);
	}
	if ((s = sql_end(find, err)) != FP_OK || n->id != 0)
		return s;
	add = sql_get(db, "notice-add", "INSERT INTO notice (reference) VALUES ($1) RETURNING id");
	sql_text(add, 1, n->reference);
	return store_returned_id(add, &n->id, err);
}

static enum fp_status
add_version(struct sql *db, const struct store_notice *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(db, "notice-version-add",
	    "INSERT INTO notice_version (notice_id, revision, hash, canonical, signature, genuine, signer, imported_by, "
	    "imported_at, seq)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

	sql_int(st, 1, n->id);
	sql_int(st, 2, n->revision);
	sql_text(st, 3, n->hash);
	sql_blob(st, 4, n->canonical ? n->canonical : "", n->canonical_len);
	sql_text(st, 5, n->signature);
	sql_text(st, 6, n->genuine);
	sql_text(st, 7, n->signer);
	sql_text(st, 8, n->imported_by);
	sql_int(st, 9, n->imported_at);
	sql_int(st, 10, n->seq);
	return sql_run(st, err);
}

enum fp_status
store_notice_put(struct store_tx *tx, struct store_notice *n, struct fp_err *err)
{
	bool was = tx->unrecorded;
	enum fp_status s;
	char hash[65];

	if ((s = store_tx_change(tx, &n->seq, &n->imported_at, err)) != FP_OK ||
	    (s = find_or_add(tx->s->db, n, hash, err)) != FP_OK)
		return s;
	if (strcmp(hash, n->hash) == 0) {
		tx->unrecorded = was;
		return fp_fail(err, FP_EEXIST, "%s is stored already, with the same content", n->reference);
	}
	return add_version(tx->s->db, n, err);
}

enum fp_status
store_notice_genuine(struct store_tx *tx, int64_t id, const char *genuine, const char *signer, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	int64_t seq, changed = 0;
	enum fp_status s;

	if ((s = store_tx_change(tx, &seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "notice-genuine",
	    "UPDATE notice_version SET genuine = $2, signer = $3, seq = $4"
	    " WHERE id = (SELECT max(id) FROM notice_version WHERE notice_id = $1) RETURNING 1");
	sql_int(st, 1, id);
	sql_text(st, 2, genuine);
	sql_text(st, 3, signer);
	sql_int(st, 4, seq);
	if ((s = store_returned_id(st, &changed, err)) != FP_OK)
		return s;
	return changed == 1 ? FP_OK : fp_fail(err, FP_ENOTFOUND, "there is no such notice in the database");
}

static enum fp_status
not_there(struct store *s, const char *reference, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "notice-references", "SELECT reference FROM notice ORDER BY reference LIMIT 20");
	FP_AUTO(fp_buf_free) struct fp_buf list = { .max = 4096 };
	enum fp_status status;

	while (sql_row(st))
		fp_buf_printf(&list, "%s%s", list.len > 0 ? ", " : "", sql_borrow_at(st, 0, NULL));
	if ((status = sql_end(st, err)) != FP_OK)
		return status;
	if (list.len == 0)
		return fp_fail(err, FP_ENOTFOUND, "notice '%.100s' is not in the database; no notice is", reference);
	return fp_fail(err, FP_ENOTFOUND, "notice '%.100s' is not in the database; there are: %.700s", reference, list.data);
}

static enum fp_status
get_one(struct sql_stmt *st, struct store_notice *out, bool *found, struct fp_err *err)
{
	FP_AUTO(store_notice_clear) struct store_notice n = { .id = 0 };
	enum fp_status s = FP_OK;

	*found = sql_row(st);
	if (*found)
		s = read_whole(&n, st, err);
	if (s == FP_OK)
		s = sql_end(st, err);
	if (s != FP_OK || !*found)
		return s;
	*out = n;
	n.canonical = NULL;
	n.signature = NULL;
	return FP_OK;
}

enum fp_status
store_notice_get(struct store *s, const char *reference, struct store_notice *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "notice-get", WHOLE " WHERE n.reference = $1 AND" NEWEST);
	enum fp_status status;
	bool found;

	sql_text(st, 1, reference);
	status = get_one(st, out, &found, err);
	return status != FP_OK || found ? status : not_there(s, reference, err);
}

enum fp_status
store_notice_get_id(struct store *s, int64_t id, struct store_notice *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "notice-get-id", WHOLE " WHERE n.id = $1 AND" NEWEST);
	enum fp_status status;
	bool found;

	sql_int(st, 1, id);
	status = get_one(st, out, &found, err);
	return status != FP_OK || found ? status
					: fp_fail(err, FP_ENOTFOUND, "there is no notice with number %lld", (long long)id);
}

enum fp_status
store_notice_get_hash(struct store *s, const char *hash, struct store_notice *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "notice-get-hash", WHOLE " WHERE v.hash = $1");
	enum fp_status status;
	bool found;

	sql_text(st, 1, hash);
	status = get_one(st, out, &found, err);
	if (status != FP_OK || found)
		return status;
	return fp_fail(err, FP_ENOTFOUND, "no notice with the SHA-256 %.64s in the database", hash);
}

enum fp_status
store_notices(struct store *s, bool all_revisions, struct store_notice **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = all_revisions ? sql_get(s->db, "notices-all", LIST " ORDER BY n.reference, v.id DESC")
					    : sql_get(s->db, "notices", LIST " WHERE" NEWEST " ORDER BY n.reference");

	return store_array(st, out, n, sizeof(**out), read_notice, NULL, err);
}
