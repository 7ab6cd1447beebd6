/* Signed replies: kept as they were signed. */
#include <stdlib.h>

#include "store/internal.h"

#define LIST                                                                                                                     \
	"SELECT r.id, r.notice_id, r.seq, n.reference, r.lang, r.signed_by, r.function, r.hash, r.html_hash, r.pdf_hash,"        \
	" r.signed_at FROM reply r JOIN notice n ON n.id = r.notice_id"
#define WHOLE                                                                                                                    \
	"SELECT r.id, r.notice_id, r.seq, n.reference, r.lang, r.signed_by, r.function, r.hash, r.html_hash, r.pdf_hash,"        \
	" r.signed_at, r.json FROM reply r JOIN notice n ON n.id = r.notice_id"

void
store_reply_clear(struct store_reply *r)
{
	free(r->json);
	r->json = NULL;
}

enum fp_status
store_reply_put(struct store_tx *tx, struct store_reply *r, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = NULL;
	enum fp_status s;

	if ((s = store_tx_change(tx, &r->seq, NULL, err)) != FP_OK)
		return s;
	st = sql_get(tx->s->db, "reply-add",
	    "INSERT INTO reply (notice_id, lang, json, hash, html_hash, pdf_hash, signed_by, function, signed_at, seq)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");
	sql_int(st, 1, r->notice_id);
	sql_text(st, 2, r->lang);
	sql_blob(st, 3, r->json ? r->json : "", r->json_len);
	sql_text(st, 4, r->hash);
	sql_text(st, 5, r->html_hash);
	sql_text(st, 6, r->pdf_hash);
	sql_text(st, 7, r->signed_by);
	sql_text(st, 8, r->function);
	sql_int(st, 9, r->signed_at);
	sql_int(st, 10, r->seq);
	return store_returned_id(st, &r->id, err);
}

static enum fp_status
read_reply(void *element, struct sql_stmt *st, struct fp_err *err)
{
	struct store_reply *r = element;

	(void)err;
	r->id = sql_int_at(st, 0);
	r->notice_id = sql_int_at(st, 1);
	r->seq = sql_int_at(st, 2);
	sql_copy_at(st, 3, r->reference, sizeof(r->reference));
	sql_copy_at(st, 4, r->lang, sizeof(r->lang));
	sql_copy_at(st, 5, r->signed_by, sizeof(r->signed_by));
	sql_copy_at(st, 6, r->function, sizeof(r->function));
	sql_copy_at(st, 7, r->hash, sizeof(r->hash));
	sql_copy_at(st, 8, r->html_hash, sizeof(r->html_hash));
	sql_copy_at(st, 9, r->pdf_hash, sizeof(r->pdf_hash));
	r->signed_at = sql_int_at(st, 10);
	return FP_OK;
}

enum fp_status
store_reply_get(struct store *s, int64_t id, struct store_reply *out, struct fp_err *err)
{
	FP_AUTO(sql_reset) struct sql_stmt *st = sql_get(s->db, "reply-get", WHOLE " WHERE r.id = $1");
	FP_AUTO(store_reply_clear) struct store_reply r = { .id = 0 };
	enum fp_status status = FP_OK;

	sql_int(st, 1, id);
	if (sql_row(st)) {
		(void)read_reply(&r, st, err);
		if (!sql_dup_at(st, 11, &r.json, &r.json_len))
			status = store_no_memory(err);
	}
	if (status == FP_OK)
		status = sql_end(st, err);
	if (status != FP_OK)
		return status;
	if (r.id == 0)
		return fp_fail(err, FP_ENOTFOUND, "there is no reply with number %lld", (long long)id);
	*out = r;
	r.json = NULL;
	return FP_OK;
}

enum fp_status
store_replies(struct store *s, int64_t notice_id, struct store_reply **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(sql_reset)
	struct sql_stmt *st = sql_get(s->db, "replies", LIST " WHERE $1 = 0 OR r.notice_id = $1 ORDER BY r.id DESC");

	sql_int(st, 1, notice_id);
	return store_array(st, out, n, sizeof(**out), read_reply, NULL, err);
}
